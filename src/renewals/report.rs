//! What lapses among many learners: who can renew it already, and who lacks what.

use std::borrow::Borrow;
use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::audit::audit::Gap;
use crate::catalog::catalog::Catalog;
use crate::record::record::LearnerRecord;
use crate::renewals::display::write_others;
use crate::renewals::due::{RenewalOptions, Renewals};
use crate::value::date::Date;
use crate::value::stamp::Stamp;
use crate::value::text::{is_zero, printable};

/// What the learners of a cohort hold and lose up to a horizon, by credential: an answer of
/// [`Catalog::renewal_report`]. Learners go by their places, from 0.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RenewalReport {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The date that the answer is for.
    pub as_of: Date,
    /// The last day that is looked at.
    pub until: Date,
    /// The number of learners.
    pub learners: u64,
    /// The credentials that lapse for anybody, in id order.
    pub credentials: Vec<CredentialRenewals>,
    /// The number of credentials that were asked about and are of another catalog, so that nothing is said of them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub of_other_catalogs: u64,
}

/// Those who lose one credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CredentialRenewals {
    /// Id of the credential.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// Whoever loses it, the first to lose it first, then by place.
    pub learners: Vec<LearnerRenewal>,
}

/// One who loses a credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LearnerRenewal {
    /// The learner's place.
    pub learner: u64,
    /// The last day on which it is held.
    pub last_day: Date,
    /// Whether it can be renewed on the date.
    pub can_renew: bool,
    /// The first day on which it can be renewed, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// What is missing of what the renewal requires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lacks: Option<Gap>,
    /// True if it was not found out whether what the renewal requires is there, as so much lapses for the learner
    /// ([`Renewals::left_open`]): then `can_renew` is false, and nothing is said to be missing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_open: bool,
}

impl Catalog {
    /// The renewals of many learners, each as [`Catalog::renewals`] has them ([semantics 7.9](crate::semantics#7.9)).
    ///
    /// ```
    /// use credpath::{Catalog, LearnerRecord, RenewalOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     credential.unit = { repeatable = true, credits = 1 }
    ///     [credential.licence]
    ///     title = "Licence"
    ///     valid_for = "2 years"
    ///     renewal = { requires = { credits = 2, from = ["unit"] } }
    /// "#)?;
    /// let record = |units: &str| LearnerRecord::parse("record.toml", &format!(
    ///     "award = [{{ credential = 'licence', awarded = 2025-01-01 }}{units}]"
    /// ));
    /// let unit = ", { credential = 'unit', awarded = 2025-06-01 }";
    /// let records = [record("")?, record(&unit.repeat(2))?];
    /// let (as_of, until) = ("2026-11-29".parse()?, "2026-12-31".parse()?);
    /// let report = catalog.renewal_report(&records, as_of, until, &RenewalOptions::default());
    /// assert_eq!(report.to_string(), "\
    /// Held as of 2026-11-29, lapsing up to 2026-12-31, of 2 learners:
    ///   Licence: 2 learners; 1 can renew it now, 1 lacks what it takes
    ///     learner 0, last valid day 2026-12-31: lacks unit 2 times
    /// ");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn renewal_report<R: Borrow<LearnerRecord>>(
        &self,
        records: impl IntoIterator<Item = R>,
        as_of: Date,
        until: Date,
        options: &RenewalOptions,
    ) -> RenewalReport {
        let mut found: BTreeMap<String, CredentialRenewals> = BTreeMap::new();
        let mut learners = 0;
        for record in records {
            let renewals = self.renewals(record.borrow(), as_of, until, options);
            note(&mut found, renewals, learners);
            learners += 1;
        }
        let mut credentials: Vec<CredentialRenewals> = found.into_values().collect();
        for lapsing in &mut credentials {
            lapsing.learners.sort_by_key(|learner| (learner.last_day, learner.learner));
        }
        let of_other_catalogs = self.number_of_others(options.credentials.iter().flatten());
        RenewalReport { stamp: self.stamp(), as_of, until, learners, credentials, of_other_catalogs }
    }
}

/// Notes what one learner loses.
fn note(found: &mut BTreeMap<String, CredentialRenewals>, renewals: Renewals, learner: u64) {
    let Renewals { due, left_open, .. } = renewals;
    for due in due {
        let is_open = left_open.contains(&due.credential);
        let title = due.title;
        let of = found.entry(due.credential.clone()).or_insert_with(|| CredentialRenewals {
            credential: due.credential,
            title,
            learners: Vec::new(),
        });
        let terms = due.renewal.as_ref();
        let lacks = terms.and_then(|terms| terms.requires.as_ref()).and_then(|required| required.gap.clone());
        of.learners.push(LearnerRenewal {
            learner,
            last_day: due.last_day,
            can_renew: terms.is_some_and(|terms| terms.is_possible),
            from: terms.and_then(|terms| terms.from),
            lacks,
            is_open,
        });
    }
}

impl Display for RenewalReport {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { stamp: _, as_of, until, learners, credentials, of_other_catalogs } = self;
        write_others(f, *of_other_catalogs)?;
        writeln!(f, "Held as of {as_of}, lapsing up to {until}, of {learners} learners:")?;
        for CredentialRenewals { title, learners, .. } in credentials {
            let number = |is: fn(&LearnerRenewal) -> bool| learners.iter().filter(|learner| is(learner)).count();
            let (can, lack) = (number(|learner| learner.can_renew), number(|learner| learner.lacks.is_some()));
            let lack_word = if lack == 1 { "lacks" } else { "lack" };
            let learner_word = if learners.len() == 1 { "learner" } else { "learners" };
            write!(f, "  {}: {} {learner_word}; ", printable(title), learners.len())?;
            write!(f, "{can} can renew it now, {lack} {lack_word} what it takes")?;
            match number(|learner| learner.is_open) {
                0 => writeln!(f)?,
                open => writeln!(f, ", of {open} it was not looked at")?,
            }
            for LearnerRenewal { learner, last_day, lacks, .. } in learners {
                if let Some(lacks) = lacks {
                    writeln!(f, "    learner {learner}, last valid day {last_day}: lacks {lacks}")?;
                }
            }
        }
        Ok(())
    }
}
