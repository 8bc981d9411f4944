//! What one more award would bring: the "one key skill", and credentials that are one award away.

use crate::value::ids::{CredentialId, Id};
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Rule;
use crate::evaluate::beginning::begun_from;
use crate::evaluate::evidence::{AwardId, Origin};
use crate::evaluate::options::{Accepted, EvaluateOptions};
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::standing::Standing;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;

/// A learner, and what one more award would change.
pub(crate) struct Unlocks<'c> {
    progress: Progress<'c>,
    /// The same with the award that was tried last: what came with it is taken back before the next one, in place of a
    /// copy of all there is for each.
    after: Progress<'c>,
    /// What can be begun, if anything has a corequisite.
    begun: BTreeSet<CredentialId>,
}

/// What can be begun on the date, alone or together with others; nothing where no credential has a corequisite.
fn begun(progress: &Progress<'_>) -> BTreeSet<CredentialId> {
    if progress.catalog.network.corequisite_uses.is_empty() {
        return BTreeSet::new();
    }
    begun_from(progress, progress.scope.undecided_met).credentials
}

/// True if all rules of a credential are met.
fn has_rules(progress: &Progress<'_>, credential: CredentialId) -> bool {
    Rule::all(credential).all(|rule| progress.catalog.network.top(rule).is_none() || progress.rule_is_met(rule))
}

impl<'c> Unlocks<'c> {
    pub(crate) fn new(catalog: &'c Catalog, record: &LearnerRecord, as_of: Date, options: &EvaluateOptions) -> Self {
        Self::within(catalog, record, Scope::certain(as_of, options), options.accepted())
    }

    fn within(catalog: &'c Catalog, record: &LearnerRecord, scope: Scope, accepted: Accepted) -> Self {
        let standing = Standing::new(catalog, record, scope.date, accepted);
        let progress = Progress::run(catalog, &standing, scope);
        Self { begun: begun(&progress), after: progress.clone(), progress }
    }

    /// True if the credential can be begun, alone or together with others, or claimed now and would bring something: it
    /// is offered, and no award of it is current, unless each counts by itself.
    fn is_startable(&self, credential: CredentialId) -> bool {
        let catalog = self.progress.catalog;
        let held = self.progress.marks(credential) & HELD != 0;
        catalog.terms(credential).offered.contains(self.progress.date())
            && (self.has_rules(credential) || self.begun.contains(&credential))
            && (!held || catalog.names.repeatable(credential))
    }

    /// Everything of which that is true, in id order.
    fn startable(&self) -> Vec<CredentialId> {
        CredentialId::first(self.progress.catalog.len()).filter(|&credential| self.is_startable(credential)).collect()
    }

    fn has_rules(&self, credential: CredentialId) -> bool {
        has_rules(&self.progress, credential)
    }

    /// Tries an award of the credential.
    fn try_award(&mut self, credential: CredentialId) {
        let Self { progress, after, .. } = self;
        after.return_to(progress);
        after.receive(progress.new_award(credential, Origin::Issued(AwardId::from_end(1))));
        after.settle();
    }

    /// The credentials, in id order, that become eligible or qualified by an award of this one.
    pub(crate) fn by(&mut self, credential: CredentialId) -> Vec<CredentialId> {
        self.try_award(credential);
        let (catalog, after) = (self.progress.catalog, &self.after);
        let conferred = |&other: &CredentialId| after.is_conferred(other) && !self.progress.is_conferred(other);
        let begun = begun(after);
        let eligible = |&other: &CredentialId| {
            !catalog.network.has_stack(other)
                && (has_rules(after, other) || begun.contains(&other))
                && !(self.has_rules(other) || self.begun.contains(&other))
                && after.marks(other) & HELD == 0
                && catalog.terms(other).offered.contains(after.date())
        };
        let advanced = after.advanced[self.progress.advanced.len()..].iter();
        let advanced: BTreeSet<CredentialId> = advanced.chain(begun.difference(&self.begun)).copied().collect();
        let new = |other: &CredentialId| *other != credential && (conferred(other) || eligible(other));
        advanced.into_iter().filter(new).collect()
    }

    /// The conferred credentials, in id order, that the learner newly qualifies for by an award of this one.
    fn qualifies(&mut self, credential: CredentialId) -> Vec<CredentialId> {
        self.try_award(credential);
        self.newly(&self.after, credential)
    }

    /// The credentials that are newly qualified for after an award of the credential.
    fn newly(&self, after: &Progress, credential: CredentialId) -> Vec<CredentialId> {
        let new = |&other: &CredentialId| {
            other != credential && !self.progress.is_conferred(other) && self.progress.marks(other) & HELD == 0
        };
        let conferred = after.conferred[self.progress.conferred.len()..].iter();
        let mut found: Vec<CredentialId> = conferred.copied().filter(new).collect();
        found.sort_unstable();
        found
    }
}

/// The credentials that a learner is one award away from.
#[derive(Debug, Default)]
pub(crate) struct OneAwardAway {
    /// Those that some key step qualifies for.
    pub(crate) certainly: BTreeSet<CredentialId>,
    /// Those that one might, where the work limit left something undecided.
    pub(crate) possibly: BTreeSet<CredentialId>,
}

impl OneAwardAway {
    pub(crate) fn of(catalog: &Catalog, record: &LearnerRecord, as_of: Date, options: &EvaluateOptions) -> Self {
        let scope = Scope::certain(as_of, options);
        let mut certain = Unlocks::within(catalog, record, scope, options.accepted());
        let mut found = Self::default();
        let mut undecided = !certain.progress.undecided.is_empty();
        for credential in certain.startable() {
            found.certainly.extend(certain.qualifies(credential));
            undecided |= !certain.after.undecided.is_empty();
        }
        if undecided {
            let scope = Scope { undecided_met: true, ..scope };
            let mut upper = Unlocks::within(catalog, record, scope, options.accepted());
            for credential in upper.startable() {
                upper.try_award(credential);
                found.possibly.extend(certain.newly(&upper.after, credential));
            }
            found.possibly.retain(|credential| !found.certainly.contains(credential));
        }
        found
    }
}

/// Something that can be begun now, and what it would newly qualify the learner for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeyStep {
    /// Id of the credential that can be begun or claimed.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// Ids of the conferred credentials that the learner would newly qualify for, in byte order. Each is one award
    /// away.
    pub qualifies_for: Vec<String>,
}

impl Catalog {
    /// For everything that the learner can begin or claim on the date: what one award of it would newly qualify them
    /// for ([semantics 7.8](crate::semantics#7.8)). Steps that qualify for most come first, then ids; those that
    /// qualify for nothing are left out.
    ///
    /// ```
    /// use credpath::{Catalog, EvaluateOptions, LearnerRecord};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     sql = {}
    ///     python = {}
    ///     charts = {}
    ///     analyst = { stack = { all_of = ["sql", "python"] } }
    ///     engineer = { stack = { all_of = ["python", { any_of = ["sql", "charts"] }] } }
    /// "#)?;
    /// let record = LearnerRecord::from_iter(["sql"]);
    /// let keys = catalog.key_steps(&record, "2026-11-25".parse()?, &EvaluateOptions::default());
    /// assert_eq!(keys[0].credential, "python");
    /// assert_eq!(keys[0].qualifies_for, ["analyst", "engineer"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn key_steps(&self, record: &LearnerRecord, as_of: Date, options: &EvaluateOptions) -> Vec<KeyStep> {
        let mut unlocks = Unlocks::new(self, record, as_of, options);
        let startable = unlocks.startable().into_iter();
        let mut keys: Vec<KeyStep> = startable
            .map(|credential| KeyStep {
                credential: self.id(credential).to_owned(),
                title: self.at(credential).title.clone(),
                qualifies_for: unlocks
                    .qualifies(credential)
                    .into_iter()
                    .map(|other| self.id(other).to_owned())
                    .collect(),
            })
            .filter(|key| !key.qualifies_for.is_empty())
            .collect();
        keys.sort_by(|a, b| {
            b.qualifies_for.len().cmp(&a.qualifies_for.len()).then_with(|| a.credential.cmp(&b.credential))
        });
        keys
    }
}
