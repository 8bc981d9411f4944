//! The impact of a new version of a catalog on the learners there are.

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::plan::answers::plan::{PlanOutcome, PurposeRule};
use crate::plan::question::options::PlanOptions;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::setters::setters;
use crate::value::stamp::Stamp;

use crate::compare::answer::{Cause, Effect, RestsOn};
use crate::compare::cause::cause;
use crate::compare::holder::{evaluated, meets};
use crate::compare::renamed;
use crate::compare::versions::VersionPair;

/// The options of [`Catalog::impact`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct ImpactOptions {
    /// Whether to look for a plan for everybody who loses a qualification: true.
    pub repairs: bool,
    /// The options of the plans; the cheapest ones by default.
    pub plan: PlanOptions,
}

setters! { ImpactOptions {
    /// Whether to look for a plan for everybody who loses a qualification.
    repairs: value => bool,
    /// The options of the plans.
    plan: value => PlanOptions,
} }

impl Default for ImpactOptions {
    fn default() -> Self {
        Self { repairs: true, plan: PlanOptions::default() }
    }
}

/// The learners who lose or gain a qualification by a new version of a catalog, by cause. [`Catalog::impact`] makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Impact {
    /// The older catalog, and the schema of the report.
    pub older: Stamp,
    /// The newer catalog, and the schema.
    pub newer: Stamp,
    /// The date for which the records are judged.
    pub as_of: Date,
    /// The number of records that were looked at.
    pub learners: usize,
    /// The changes for them: losses first, by the byte order of the ids of the credentials whose rules cause it.
    pub groups: Vec<ImpactGroup>,
    /// Learners and credentials of which one of the versions could not say, within the work limit, whether the
    /// requirements are met.
    pub undecided: Vec<UndecidedLearner>,
}

/// A learner and a credential of which the work limit left open whether the learner is affected.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UndecidedLearner {
    /// The learner, as the caller names them.
    pub learner: String,
    /// Id of the credential.
    pub credential: String,
}

/// The effect of the change of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ImpactGroup {
    /// Whether learners lose or gain by it.
    pub effect: Effect,
    /// Id of the credential whose rule causes it.
    pub credential: String,
    /// The rule, as the first of the learners tells it; none if only one of the versions has the credential.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// The number of learners who are affected.
    pub learners: usize,
    /// Each of them with each credential, in the order in which the records came, and of ids.
    pub affected: Vec<Affected>,
}

/// A learner who loses or gains a qualification.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Affected {
    /// The name under which the record was given.
    pub learner: String,
    /// Id of the credential.
    pub credential: String,
    /// For a loss of a credential that the newer version still has: the best plan to it there, if plans were asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repair: Option<PlanOutcome>,
}

impl Catalog {
    /// The learners who lose or gain a qualification if this version of a catalog is replaced by a newer one: learners
    /// who meet the requirements of a conferred credential under the one version and not under the other. Nobody loses
    /// what was issued: learners who hold a current award that counts as the credential under the version that says no
    /// are passed over. A renamed credential is one, by its newer id; awards of the older id count in the newer version
    /// only if that knows it. The records are judged on the date, in the earned view, and read one after the other.
    ///
    /// ```
    /// use credpath::{Catalog, ImpactOptions, LearnerRecord};
    ///
    /// let older = Catalog::parse("2025.toml", "credential.a = { cost = 100 }\ncredential.b = {}\n\
    ///     credential.c = { stack = { any_of = ['a', 'b'] } }")?;
    /// let newer = Catalog::parse("2026.toml", "credential.a = { cost = 100 }\ncredential.b = {}\n\
    ///     credential.c = { stack = 'a' }")?;
    /// let records = [("ada", LearnerRecord::from_iter(["a"])), ("bob", LearnerRecord::from_iter(["b"]))];
    ///
    /// let impact = older.impact(&newer, records, "2026-11-25".parse()?, &ImpactOptions::default());
    /// let lost = &impact.groups[0];
    /// assert_eq!((lost.credential.as_str(), lost.learners), ("c", 1));
    /// assert_eq!(lost.affected[0].learner, "bob");
    /// let repair = lost.affected[0].repair.as_ref().and_then(|repair| repair.plan()).expect("there is a way");
    /// assert_eq!(repair.cost.to_string(), "100");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn impact<N: Into<String>, R: Borrow<LearnerRecord>>(
        &self,
        newer: &Catalog,
        records: impl IntoIterator<Item = (N, R)>,
        as_of: Date,
        options: &ImpactOptions,
    ) -> Impact {
        let versions = renamed::versions([self, newer]);
        let mut impact = Impact {
            older: self.stamp(),
            newer: newer.stamp(),
            as_of,
            learners: 0,
            groups: Vec::new(),
            undecided: Vec::new(),
        };
        let mut groups: BTreeMap<ImpactKey, ImpactGroup> = BTreeMap::new();
        for (name, record) in records {
            impact.learners += 1;
            let (learner, record) = (name.into(), record.borrow());
            let progress = [self, newer].map(|catalog| evaluated(catalog, record, as_of));
            let mut counted: BTreeSet<ImpactKey> = BTreeSet::new();
            for (common, pair) in versions.pairs.entries() {
                let id = versions.name(common);
                let from = match shift(&progress, *pair) {
                    Shift::None => continue,
                    Shift::From(from) => from,
                    Shift::Undecided => {
                        let credential = id.to_owned();
                        impact.undecided.push(UndecidedLearner { learner: learner.clone(), credential });
                        continue;
                    }
                };
                let effect = if from == 0 { Effect::Loses } else { Effect::Gains };
                let both = pair[from].filter(|_| pair[1 - from].is_some());
                let cause = both.map(|own| cause(&versions, from, [&progress[from], &progress[1 - from]], own));
                let credential = cause.as_ref().map_or(id, |cause| &cause.credential).to_owned();
                let repair = pair[1].filter(|_| from == 0 && options.repairs);
                let repair = repair.map(|own| newer.plan(record, as_of, own, &options.plan));
                let rule = cause.as_ref().map(|cause| (cause.rule, cause.rests_on.clone()));
                let key = (effect, credential.clone(), rule);
                let none = || ImpactGroup { effect, credential, cause, learners: 0, affected: Vec::new() };
                let group = groups.entry(key.clone()).or_insert_with(none);
                group.learners += usize::from(counted.insert(key));
                group.affected.push(Affected { learner: learner.clone(), credential: id.to_owned(), repair });
            }
        }
        impact.groups = groups.into_values().collect();
        impact
    }
}

/// The key that effects are grouped by: the credential whose rule is the cause, which of its rules, and what that rests
/// on.
type ImpactKey = (Effect, String, Option<(PurposeRule, Vec<RestsOn>)>);

/// The fate of a qualification.
enum Shift {
    None,
    /// Only this side gives it.
    From(usize),
    Undecided,
}

fn shift(progress: &[Progress<'_>; 2], pair: VersionPair) -> Shift {
    let conferred = |side: usize| match pair[side] {
        Some(own) if progress[side].catalog.network.has_stack(own) => meets(&progress[side], own),
        _ => Met::No,
    };
    let held = |side: usize| pair[side].is_some_and(|own| progress[side].marks(own) & HELD != 0);
    match [conferred(0), conferred(1)] {
        [Met::Undecided, _] | [_, Met::Undecided] => Shift::Undecided,
        [Met::Yes, Met::No] if !held(1) => Shift::From(0),
        [Met::No, Met::Yes] if !held(0) => Shift::From(1),
        _ => Shift::None,
    }
}
