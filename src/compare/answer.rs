//! The differences between two versions of a catalog, as data.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::catalog::Catalog;
use crate::plan::answers::plan::PurposeRule;
use crate::record::record::{Award, LearnerRecord};
use crate::value::date::Date;
use crate::value::points::GradePoints;

/// The differences between two versions of a catalog in what they ask of learners. [`Catalog::compare`] makes it.
///
/// `Display` tells it by cause; an example is at [`Catalog::compare`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Comparison {
    /// The day on which the learners' awards are made, and for which the rules are judged.
    pub as_of: Date,
    /// Ids of the credentials that only the newer version has, in byte order.
    pub added: Vec<String>,
    /// Ids of those that only the older version has, in byte order.
    pub removed: Vec<String>,
    /// The credentials of both versions that differ in any way or are undecided, in the byte order of their ids. All
    /// others are unchanged.
    pub changed: Vec<Compared>,
    /// The number of credentials of both versions that do not differ in any way.
    pub unchanged: usize,
}

/// A credential that two versions of a catalog have, and what differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldChange>,
}

/// The newer requirements of a credential, compared with the older ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The same learners meet them.
    Unchanged,
    /// Some learners do not meet them any more, and none newly do.
    Stricter,
    /// Some learners newly meet them, and none do not any more.
    Looser,
    /// Some do not meet them any more, and others newly do.
    Incomparable,
    /// The work limit was met before both questions were settled.
    Undecided,
}

/// A learner whom two versions of a catalog judge differently, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The learner.
    pub learner: Learner,
    /// Whether it is proven that no such learner has fewer awards, nor goes before this one with as many: of two, the
    /// one goes first that does without the last id, in byte order, in which they differ. If not, the work limit was
    /// met.
    pub smallest: bool,
    /// Why.
    pub cause: Cause,
}

/// A learner made up to show a difference: completed awards, made on one day, with a sufficient grade, by each
/// credential's own issuer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Learner {
    /// The awards, in the byte order of the ids.
    pub awards: Vec<HeldAward>,
    /// The day on which they were made.
    pub as_of: Date,
}

/// The awards of one credential that a [`Learner`] holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct HeldAward {
    /// Its id.
    pub credential: String,
    /// The number of awards of it; more than one only if it is repeatable.
    pub times: u32,
}

/// The rule because of which a learner meets the requirements of a credential under one version and not under the
/// other. It may be one that the credential depends on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Cause {
    /// Id of the credential whose own rule it is.
    pub credential: String,
    /// The rule that causes it.
    pub rule: PurposeRule,
    /// The first part of the rule that the learner fails, in words; empty if that version has no such rule.
    pub asks: String,
    /// The line of the older version on which that part stands, or what it stands for; `None` if there is nothing.
    pub older_line: Option<usize>,
    /// The same in the newer version.
    pub newer_line: Option<usize>,
    /// If the rule itself is written the same in both: what it rests on and is said differently.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rests_on: Vec<RestsOn>,
}

/// Something that a rule rests on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct RestsOn {
    /// Id of a credential.
    pub credential: String,
    /// The field that is said differently, such as `credits` or `counts_as`; `grades` is the scale of the whole
    /// catalog.
    pub field: String,
}

/// Something that is said of a credential, and said differently.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// They met the requirements, and do not any more.
    Loses,
    /// They newly meet them.
    Gains,
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
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
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
    /// The learner as a record, with the best grade that the catalog knows.
    #[must_use]
    pub fn record(&self, catalog: &Catalog) -> LearnerRecord {
        let highest = || {
            let grades = catalog.network.conditions.iter().filter_map(|conditions| conditions.grade);
            let averages = catalog.network.averages().map(|average: GradePoints| average.millionths());
            grades.chain(averages).max().map(|grade| catalog.grade_name(grade))
        };
        let grade = catalog.header().grades.last().cloned().or_else(highest);
        let award = |held: &HeldAward| Award { grade: grade.clone(), ..Award::new(&held.credential).on(self.as_of) };
        let awards = self.awards.iter().flat_map(|held| std::iter::repeat_n(award(held), held.times as usize));
        LearnerRecord { awards: awards.collect(), ..LearnerRecord::default() }
    }

    /// The number of awards that the learner has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.awards.iter().map(|held| u64::from(held.times)).sum()
    }
}
