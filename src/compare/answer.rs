//! The differences between two versions of a catalog, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::plan::answers::plan::PurposeRule;
use crate::record::record::{Award, LearnerRecord};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::names::named;
use crate::value::stamp::Stamp;

/// The differences between two versions of a catalog in what they ask of learners. [`Catalog::compare`] makes it.
///
/// `Display` tells it by cause; an example is at [`Catalog::compare`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The older catalog, and the schema of the report.
    pub older: Stamp,
    /// The newer catalog, and the schema.
    pub newer: Stamp,
    /// The day for which the rules are judged; if the comparison was given none, the one that it began with.
    pub as_of: Date,
    /// Ids of the credentials that only the newer version has, in byte order.
    pub added: Vec<String>,
    /// Ids of those that only the older version has, in byte order.
    pub removed: Vec<String>,
    /// Credentials that have another id in the newer version, in the byte order of their newer ids. Everything else
    /// tells of them by those.
    pub renamed: Vec<Renamed>,
    /// The credentials of both versions that differ in any way or are undecided, in the byte order of their ids. All
    /// others are unchanged.
    pub changed: Vec<Compared>,
    /// The number of credentials of both versions that do not differ in any way.
    pub unchanged: usize,
}

/// A credential that has another id in the newer version ([semantics 8.2](crate::semantics#8.2)).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Renamed {
    /// Its id in the older version.
    pub older: String,
    /// Its id in the newer version.
    pub newer: String,
    /// Whether records may go on to name it by the older id: whether that is among its
    /// [`ids`](crate::Credential::ids) in the newer version.
    pub accepted: bool,
}

/// A credential that two versions of a catalog have, and what differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Compared {
    /// Its id.
    pub credential: String,
    /// The requirements of the newer version, compared with those of the older.
    pub verdict: Verdict,
    /// A learner who meets the older requirements and not the newer ones, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lost: Option<Difference>,
    /// A learner who meets the newer requirements and not the older ones, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gained: Option<Difference>,
    /// Everything else that is said differently. A rule is listed if it is written differently, also where the same
    /// learners meet it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
}

/// The newer requirements of a credential, compared with the older ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// The same learners meet them.
    Unchanged,
    /// Some learners do not meet them any more, and none newly do.
    Stricter,
    /// Some learners newly meet them, and none do not any more.
    Looser,
    /// Some do not meet them any more, and others newly do.
    Incomparable,
    /// Not both questions were settled: the work limit was met, or the amounts, days or points of many awards matter
    /// together in more ways than are tried.
    Undecided,
}

named! {
    Verdict, "verdict":
    Unchanged = "unchanged",
    Stricter = "stricter",
    Looser = "looser",
    Incomparable = "incomparable",
    Undecided = "undecided",
}

/// A learner whom two versions of a catalog judge differently, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Difference {
    /// The learner.
    pub learner: Learner,
    /// Whether it is proven that there is no smaller one among those who hold awards of the day, with a sufficient
    /// grade and the catalog's amounts: none has fewer awards, nor goes before this one with as many. Of two, the one
    /// goes first that does without the last id, in byte order, in which they differ. It is not told of learners who
    /// show it only by what is recorded of their awards, nor where the work limit was met, nor where such awards do
    /// not meet all that either catalog asks of days and issuers. Of their awards, none can be left out all the same,
    /// as far as there was work to see to it.
    pub smallest: bool,
    /// Why.
    pub cause: Cause,
}

/// A learner made up to show a difference: completed awards of which nothing is recorded that makes no difference. Both
/// versions evaluate the [record](Self::record) as it is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Learner {
    /// The awards, in the byte order of the ids.
    pub awards: Vec<HeldAward>,
    /// The day on which the learner is looked at.
    pub as_of: Date,
}

/// Awards of one credential that a [`Learner`] holds, all alike. Beside their day, what is recorded of them is there
/// only where it matters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HeldAward {
    /// The id of the credential; of one that was renamed, in the newer version.
    pub credential: String,
    /// Its id in the older version, if it was renamed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_id: Option<String>,
    /// The number of awards; more than one only if it is repeatable.
    pub times: u32,
    /// The day on which they were made: that of the learner, unless another one matters; none if they have no day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded: Option<Date>,
    /// Their last day, other than by the catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// The grade.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// Id of who made them, other than the credential's issuer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Credits, other than the catalog's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<Amount>,
    /// Hours, other than the catalog's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
}

/// The rule because of which a learner meets the requirements of a credential under one version and not under the
/// other. It may be one that the credential depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Cause {
    /// Id of the credential whose own rule it is.
    pub credential: String,
    /// The rule that causes it.
    pub rule: PurposeRule,
    /// The first part of the rule that the learner fails, in words; empty if that version has no such rule.
    pub asks: String,
    /// The line of the older version on which that part stands, or what it stands for; `None` if there is nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub older_line: Option<usize>,
    /// The same in the newer version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub newer_line: Option<usize>,
    /// If the rule itself is written the same in both: what it rests on and is said differently.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<RestsOn>,
}

/// Something that a rule rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RestsOn {
    /// Id of a credential.
    pub credential: String,
    /// The field that is said differently, such as `credits` or `counts_as`; `grades` is the scale of the whole
    /// catalog.
    pub field: String,
}

/// Something that is said of a credential, and said differently.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FieldChange {
    /// The key in the catalog, such as `credits`; `prerequisite` and `stack` if the rule is written differently.
    pub field: String,
    /// The older version's words, of a rule the first part that is written differently, with its line; empty if it says
    /// nothing.
    pub older: String,
    /// The newer version's words.
    pub newer: String,
}

/// The effect of a change on learners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// They met the requirements, and do not any more.
    Loses,
    /// They newly meet them.
    Gains,
}

named! {
    Effect, "effect":
    Loses = "loses",
    Gains = "gains",
}

/// A rule that differs, and all credentials that are affected by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct CauseGroup<'c> {
    /// Whether learners lose or gain by it.
    pub effect: Effect,
    /// The rule, as the first of the credentials tells it.
    pub cause: &'c Cause,
    /// Ids of the credentials, in byte order.
    pub credentials: Vec<&'c str>,
}

impl Comparison {
    /// Whether the two versions do not differ in any way that concerns credentials.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.renamed.is_empty() && self.changed.is_empty()
    }

    /// The verdict on a credential, by its id; one that not both versions have, or neither, counts as unchanged.
    #[must_use]
    pub fn verdict(&self, credential: &str) -> Verdict {
        self.get(credential).map_or(Verdict::Unchanged, |compared| compared.verdict)
    }

    /// The differences of a credential, by its id.
    #[must_use]
    pub fn get(&self, credential: &str) -> Option<&Compared> {
        let place = self.changed.binary_search_by(|compared| compared.credential.as_str().cmp(credential)).ok()?;
        Some(&self.changed[place])
    }

    /// The credentials that could not be compared within the work limit.
    pub fn undecided(&self) -> impl Iterator<Item = &Compared> {
        self.changed.iter().filter(|compared| compared.verdict == Verdict::Undecided)
    }

    /// The rules that differ, in the byte order of the ids of their credentials, each with all that are affected by it.
    #[must_use]
    pub fn causes(&self) -> Vec<CauseGroup<'_>> {
        let mut groups: BTreeMap<(&str, Effect, PurposeRule, &[RestsOn]), CauseGroup<'_>> = BTreeMap::new();
        for compared in &self.changed {
            let both = [(Effect::Loses, &compared.lost), (Effect::Gains, &compared.gained)];
            for (effect, difference) in both {
                let Some(Difference { cause, .. }) = difference else { continue };
                let key = (cause.credential.as_str(), effect, cause.rule, cause.rests_on.as_slice());
                let group = groups.entry(key).or_insert(CauseGroup { effect, cause, credentials: Vec::new() });
                group.credentials.push(&compared.credential);
            }
        }
        groups.into_values().collect()
    }
}

impl Learner {
    /// The learner as a record, which names each credential as the catalog does.
    #[must_use]
    pub fn record(&self, catalog: &Catalog) -> LearnerRecord {
        let awards = self.awards.iter().flat_map(|held| std::iter::repeat_n(held.award(catalog), held.times as usize));
        LearnerRecord { awards: awards.collect(), ..LearnerRecord::default() }
    }

    /// The number of awards that the learner has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.awards.iter().map(|held| u64::from(held.times)).sum()
    }
}

impl HeldAward {
    /// One award of a credential.
    pub(crate) fn new(credential: &str, award: &Award) -> Self {
        let Award { awarded, valid_until, credits, hours, .. } = *award;
        let Award { grade, issuer, .. } = award.clone();
        let credential = credential.to_owned();
        Self { credential, older_id: None, times: 1, awarded, valid_until, grade, issuer, credits, hours }
    }

    /// One of the awards.
    fn award(&self, catalog: &Catalog) -> Award {
        let Self { credential, older_id, times: _, awarded, valid_until, grade, issuer, credits, hours } = self.clone();
        let is_known = |id: &String| catalog.credential(id).is_some();
        let id = older_id.filter(|older| is_known(older) && !is_known(&credential)).unwrap_or(credential);
        Award { awarded, valid_until, credits, hours, grade, issuer, ..Award::new(&id) }
    }
}
