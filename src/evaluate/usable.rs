//! The evidence that can fill a leaf, found from the leaf.

use crate::catalog::names::Names;
use crate::value::ids::{ClassId, LeafId};

use crate::catalog::conditions::Conditions;
use crate::catalog::network::Part;
use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::evidence::{Admitted, EvidenceId};
use crate::evaluate::progress::progress::Progress;
use crate::value::csr::Csr;

/// Evidence by the class of its credential, to find what fills a leaf.
pub(crate) struct Usable<'p, 'c> {
    pub(crate) progress: &'p Progress<'c>,
    by_class: Csr<ClassId, EvidenceId>,
}

impl<'p, 'c> Usable<'p, 'c> {
    pub(crate) fn new(progress: &'p Progress<'c>) -> Self {
        let names = &progress.catalog.names;
        let class = |admitted: &Admitted| names.class(admitted.evidence.named());
        let pairs: Vec<(ClassId, EvidenceId)> =
            progress.evidence.entries().map(|(number, admitted)| (class(admitted), number)).collect();
        Self { progress, by_class: Csr::new(progress.catalog.len(), &pairs) }
    }

    /// The evidence, of the first `limit` pieces, that can fill the leaf, in the order in which it came.
    pub(crate) fn at(&self, leaf: LeafId, limit: EvidenceId) -> Vec<EvidenceId> {
        let network = &self.progress.catalog.network;
        self.meeting(leaf, &network.conditions[network.leaf(leaf).conditions], limit)
    }

    /// The same if these were the conditions.
    pub(crate) fn meeting(&self, leaf: LeafId, conditions: &Conditions, limit: EvidenceId) -> Vec<EvidenceId> {
        let Progress { catalog, evidence, scope, .. } = self.progress;
        let credential = catalog.network.rule_of(leaf).credential();
        let leaf = catalog.network.leaf(leaf);
        let class = catalog.names.class(leaf.credential);
        let mut found = Vec::new();
        for class in Names::closure(class, |class| catalog.names.down(class)) {
            found.extend(self.by_class.list(class).iter().copied().filter(|&number| {
                let admitted = &evidence[number];
                number < limit && admitted.evidence.counts_in(credential) && admitted.counts_on(conditions, scope.date)
            }));
        }
        found.sort_unstable();
        found
    }

    /// A counter for the parts below `part`, using the first `limit` pieces of evidence; a thorough one finds the most,
    /// any other just enough.
    pub(crate) fn counting(&self, part: Part, limit: EvidenceId, thorough: bool) -> Counting<'_> {
        /// Search steps to explain with, beside those that the fixpoint was given: what it decided can then be decided
        /// again.
        const EXPLAINING: u64 = 2_000_000;
        let Progress { catalog, evidence, scope, exceptions, .. } = self.progress;
        let leaves = catalog.network.leaves_below(part).into_iter().filter(|&leaf| !catalog.network.is_shadowed(leaf));
        let usable = leaves.flat_map(|leaf| self.at(leaf, limit).into_iter().map(move |number| (leaf, number)));
        let steps = scope.steps.saturating_add(EXPLAINING);
        Counting::new(CountingInput { catalog, exceptions, evidence, steps, thorough }, usable)
    }
}
