//! Finding out what lapses, and what renewing it takes.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::audit::AuditedPart;
use crate::catalog::catalog::{Catalog, Credential, Validity};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::evidence::{Evidence, Origin, last_day};
use crate::evaluate::renewable::made_since;
use crate::evaluate::standing::Standing;
use crate::evaluate::validity::HeldUntil;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

use crate::renewals::due::{AnotherWay, DueRenewal, RenewalOptions, RenewalTerms, Renewals};

impl Catalog {
    /// What the learner holds and loses up to a horizon, that day included, and what renewing it takes ([semantics
    /// 7.9](crate::semantics#7.9)): the last day, the first day on which it can be renewed, what that requires, with
    /// what is there and what is missing, cost and hours, the last day afterwards, and other ways.
    ///
    /// Total and pure: it depends on nothing but its arguments.
    ///
    /// ```
    /// use credpath::{Catalog, LearnerRecord, RenewalOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential.course]
    ///     hours = 4
    ///     repeatable = true
    ///
    ///     [credential.licence]
    ///     title = "Licence"
    ///     cost = 500
    ///     valid_for = "2 years"
    ///
    ///     [credential.licence.renewal]
    ///     cost = 90
    ///     window = "3 months"
    ///     keeps_cycle = true
    ///     requires = { hours = 12, from = ["course"] }
    /// "#)?;
    /// let record = LearnerRecord::parse("record.toml", r#"
    ///     award = [
    ///         { credential = "course", awarded = 2024-05-01 },
    ///         { credential = "licence", awarded = 2025-02-01 },
    ///         { credential = "course", awarded = 2025-06-01 },
    ///         { credential = "course", awarded = 2026-03-01 },
    ///     ]
    /// "#)?;
    /// let (as_of, until) = ("2026-11-29".parse()?, "2027-06-30".parse()?);
    /// let renewals = catalog.renewals(&record, as_of, until, &RenewalOptions::default());
    /// let licence = &renewals.due[0];
    /// assert_eq!(licence.last_day, "2027-01-31".parse()?);
    /// let terms = licence.renewal.as_ref().expect("the catalog states some");
    /// // The course of 2024 was before the licence, so 4 of 12 hours are missing.
    /// let required = terms.requires.as_ref().expect("something is required");
    /// assert_eq!((required.have.to_string(), required.need.to_string()), ("8".into(), "12".into()));
    /// assert_eq!((terms.from, terms.is_possible), (Some("2026-10-31".parse()?), false));
    /// assert_eq!(terms.renewed_until, Some("2029-01-31".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn renewals(&self, record: &LearnerRecord, as_of: Date, until: Date, options: &RenewalOptions) -> Renewals {
        let evaluation = self.evaluate(record, as_of, &options.evaluate);
        let asked: Option<BTreeSet<CredentialId>> =
            options.credentials.as_ref().map(|ids| ids.iter().copied().filter(|&id| self.knows(id)).collect());
        let of_other_catalogs = self.number_of_others(options.credentials.iter().flatten());
        let is_asked = |credential: &CredentialId| asked.as_ref().is_none_or(|asked| asked.contains(credential));
        let finder = RenewalFinder { evaluation: &evaluation, options };
        let own = finder.own_awards();
        let asked = own.iter().filter(|(credential, _)| is_asked(credential));
        let expiring =
            asked.filter_map(|(&credential, awards)| Some((credential, finder.expiring(credential, awards)?)));
        let mut expiring: Vec<(CredentialId, ExpiringAward)> =
            expiring.filter(|(_, award)| award.last_day <= until).collect();
        expiring.sort_by_key(|(credential, award)| (award.last_day, *credential));
        let (mut due, mut left_open) = (Vec::new(), Vec::new());
        for (place, (credential, award)) in expiring.into_iter().enumerate() {
            let audited = place < MOST_AUDITED;
            if !audited && finder.required(credential).is_some() {
                left_open.push(self.id(credential).to_owned());
            }
            due.push(finder.due(credential, &award, audited));
        }
        let (currency, credit_unit) = (self.header().currency.clone(), self.header().credit_unit.clone());
        Renewals { stamp: self.stamp(), as_of, until, currency, credit_unit, due, left_open, of_other_catalogs }
    }
}

/// Credentials of which it is found out whether what their renewals require is there.
const MOST_AUDITED: usize = 100;

pub(crate) struct RenewalFinder<'e, 'c> {
    pub(crate) evaluation: &'e Evaluation<'c>,
    pub(crate) options: &'e RenewalOptions,
}

/// An award that is to be renewed, and its last day.
pub(crate) struct ExpiringAward {
    pub(crate) awarded: Option<Date>,
    pub(crate) last_day: Date,
    pub(crate) by_components: bool,
}

impl RenewalFinder<'_, '_> {
    /// The current awards of the record, by their own credentials.
    pub(crate) fn own_awards(&self) -> BTreeMap<CredentialId, Vec<&Evidence>> {
        let mut own: BTreeMap<CredentialId, Vec<&Evidence>> = BTreeMap::new();
        for admitted in self.evaluation.progress.evidence.iter().filter(|admitted| admitted.current) {
            let evidence = &admitted.evidence;
            if evidence.is_issued() && !evidence.is_substituted() {
                own.entry(evidence.credential).or_default().push(evidence);
            }
        }
        own
    }

    /// What renewing the credential takes, of which an award lapses.
    fn due(&self, credential: CredentialId, award: &ExpiringAward, audited: bool) -> DueRenewal {
        let catalog = self.evaluation.catalog;
        let described = catalog.at(credential);
        let Credential { id, title, .. } = described;
        let names = &catalog.names;
        let by = catalog.renewing.renewed_by(names.unit(credential)).iter().copied();
        let renews = |by: &CredentialId| catalog.renewing.renews(names.unit(*by)).contains(&credential);
        let renewed_by = by.filter(renews).map(|by| {
            let new = self.new_award(by).renewing(catalog, credential);
            self.another_way(by, new.until)
        });
        DueRenewal {
            credential: id.clone(),
            title: title.clone(),
            awarded: award.awarded,
            last_day: award.last_day,
            by_components: award.by_components,
            renewal: self.terms(credential, award, audited),
            again: self.another_way(credential, renewed_until(described, award.last_day, self.evaluation.as_of)),
            renewed_by: renewed_by.collect(),
        }
    }

    /// Of the current awards of just this id, the one that lasts longest; none if one has no end.
    pub(crate) fn expiring(&self, credential: CredentialId, own: &[&Evidence]) -> Option<ExpiringAward> {
        let longest = *own.iter().max_by_key(|award| (award.until.is_none(), award.until, award.awarded))?;
        let by_components = longest.depends();
        let held_until = || match self.evaluation.held_until(credential) {
            HeldUntil::Date(last) => Some(last),
            _ => None,
        };
        let last_day = if by_components { held_until()? } else { longest.until? };
        Some(ExpiringAward { awarded: longest.awarded, last_day, by_components })
    }

    fn new_award(&self, credential: CredentialId) -> Evidence {
        let Evaluation { catalog, as_of, .. } = *self.evaluation;
        Evidence::new(catalog, credential, as_of, Grade::Sufficient, Origin::Supposed)
    }

    fn another_way(&self, credential: CredentialId, lasts_until: Option<Date>) -> AnotherWay {
        let catalog = self.evaluation.catalog;
        let Credential { id, title, cost, hours, .. } = catalog.at(credential);
        let conferred = catalog.is_conferred(credential);
        AnotherWay { credential: id.clone(), title: title.clone(), cost: *cost, hours: *hours, conferred, lasts_until }
    }

    /// The terms that the catalog states for a renewal.
    fn terms(&self, credential: CredentialId, award: &ExpiringAward, audited: bool) -> Option<RenewalTerms> {
        let Evaluation { catalog, as_of, .. } = *self.evaluation;
        let described = catalog.at(credential);
        let renewal = described.renewal?;
        let from = renewal.window.map(|window| award.last_day.before(window));
        let requires = if audited { self.requires(credential, award) } else { None };
        let is_known = audited || self.required(credential).is_none();
        let first = from.map_or(as_of, |from| from.max(as_of));
        let ends = |day: Date| renewed_until(described, award.last_day, day);
        let offered = described.offered.contains(as_of);
        let mut terms = RenewalTerms {
            from,
            is_possible: false,
            requires,
            cost: renewal.cost,
            hours: renewal.hours,
            opens: described.offered.opens(as_of),
            renewed_until: ends(first),
            renewed_late_until: ends(award.last_day),
            keeps_cycle: renewal.keeps_cycle,
        };
        terms.is_possible = is_known && offered && first == as_of && terms.meets_requirements();
        Some(terms)
    }

    /// The credential of the rules of renewals whose stack is what this one's renewal requires.
    fn required(&self, credential: CredentialId) -> Option<CredentialId> {
        self.evaluation.catalog.renewal_rules.as_deref()?.of.get(&credential).copied()
    }

    /// What the renewal requires, judged by the awards made after the one that is to be renewed.
    fn requires(&self, credential: CredentialId, award: &ExpiringAward) -> Option<AuditedPart> {
        let Evaluation { catalog, record, as_of, .. } = *self.evaluation;
        let rules = catalog.renewal_rules.as_deref()?;
        let required = self.required(credential)?;
        let options = &self.options.evaluate;
        let all = Standing::new(&rules.catalog, record, as_of, options.accepted());
        let standing = made_since(all, award.awarded);
        Evaluation::of(&rules.catalog, record, as_of, options, standing).audit(required).stack
    }
}

/// The last day of a credential that is renewed on a day; none if it never ends.
pub(crate) fn renewed_until(described: &Credential, last: Date, day: Date) -> Option<Date> {
    let keeps_cycle = described.renewal.is_some_and(|renewal| renewal.keeps_cycle);
    match described.valid_for {
        Validity::For(term) if keeps_cycle => last.next().and_then(|begins| term.last_day(begins)),
        valid_for => last_day(valid_for, day),
    }
}
