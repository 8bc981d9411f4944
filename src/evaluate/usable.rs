//! The evidence that can fill a leaf, found from the leaf; and the counting of groups by it, within one allowance for
//! all that is asked.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use crate::catalog::names::Names;
use crate::value::ids::{ClassId, LeafId};

use crate::catalog::conditions::Conditions;
use crate::catalog::network::Part;
use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::evidence::{Admitted, EvidenceId};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::value::csr::Csr;

/// Evidence by the class of its credential, to find what fills a leaf.
pub(crate) struct Usable<'p, 'c> {
    pub(crate) progress: &'p Progress<'c>,
    by_class: Csr<ClassId, EvidenceId>,
    /// Search steps that are left for counting.
    steps: Cell<u64>,
    /// What parts of joint regions were found to be.
    known: RefCell<BTreeMap<Part, Met>>,
}

/// So many times the steps that the fixpoint was given may be taken to explain what it found: each group is counted a
/// few times over, for whether it is met, by what, and for what it has at most.
const EXPLAINING: u64 = 4;
/// Steps to explain with in any case: what is decided at once is explained at once.
const AT_LEAST: u64 = 20_000;

impl<'p, 'c> Usable<'p, 'c> {
    pub(crate) fn new(progress: &'p Progress<'c>) -> Self {
        Self::within(progress, allowance(progress))
    }

    /// The same with an allowance of so many search steps.
    pub(crate) fn within(progress: &'p Progress<'c>, steps: u64) -> Self {
        let names = &progress.catalog.names;
        let class = |admitted: &Admitted| names.class(admitted.evidence.named());
        let pairs: Vec<(ClassId, EvidenceId)> =
            progress.evidence.entries().map(|(number, admitted)| (class(admitted), number)).collect();
        Self {
            progress,
            by_class: Csr::new(progress.catalog.len(), &pairs),
            steps: Cell::new(steps),
            known: RefCell::default(),
        }
    }

    /// Search steps that are left.
    pub(crate) fn left(&self) -> u64 {
        self.steps.get()
    }

    /// Whether the allowance has been used up, so that what was counted last may be open though it was decided before.
    pub(crate) fn is_spent(&self) -> bool {
        self.steps.get() == 0
    }

    /// Whether a part is satisfied, also inside a joint region, where it is judged by itself. What rests on other
    /// regions that could not be decided counts as not met.
    pub(crate) fn met(&self, part: Part) -> Met {
        if self.progress.is_met(part) {
            return Met::Yes;
        }
        if !self.progress.is_inside(part) {
            return Met::No;
        }
        if let Some(&known) = self.known.borrow().get(&part) {
            return known;
        }
        let met = self.counting(part, EvidenceId::END, false, |counting| counting.part(part)).met;
        self.known.borrow_mut().insert(part, met);
        met
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

    /// Counts the parts below `part` by the first `limit` pieces of evidence, by a counter that finds the most if it is
    /// `thorough`, any other just enough.
    pub(crate) fn counting<T>(
        &self,
        part: Part,
        limit: EvidenceId,
        thorough: bool,
        ask: impl FnOnce(&mut Counting<'_>) -> T,
    ) -> T {
        let Progress { catalog, evidence, exceptions, .. } = self.progress;
        let leaves = catalog.network.leaves_below(part).into_iter().filter(|&leaf| !catalog.network.is_shadowed(leaf));
        let usable = leaves.flat_map(|leaf| self.at(leaf, limit).into_iter().map(move |number| (leaf, number)));
        let input = CountingInput { catalog, exceptions, evidence, steps: self.steps.get(), thorough };
        let mut counting = Counting::new(input, usable);
        // Finding what is usable at a place is a few look-ups.
        counting.pay(4 * counting.usable.len() as u64);
        let answer = ask(&mut counting);
        self.steps.set(counting.steps);
        answer
    }
}

fn allowance(progress: &Progress<'_>) -> u64 {
    progress.scope.steps.saturating_mul(EXPLAINING).saturating_add(AT_LEAST)
}
