//! Claims made one after the other, each as soon as what it rests on is there: so that nothing rests on itself.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::catalog::network::Part;
use crate::evaluate::by_leaf::ByLeaf;
use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::division::Task;
use crate::evaluate::division_rows::{DivisionRows, If};
use crate::evaluate::evidence::EvidenceId;
use crate::evaluate::outcome::{Met, Outcome};
use crate::evaluate::shares::Shares;
use crate::evaluate::sharing::claimants::{ClaimantId, Claimants};
use crate::solve::ids::VariableId;
use crate::solve::integer::System;
use crate::value::ids::{GroupId, IdVec};

/// Says what is there once some claims are made.
pub(crate) trait Grounds {
    /// No claim is made yet. Gives the work that this took.
    fn begin(&mut self) -> u64;

    /// A claim is made. Gives the work that this took.
    fn made(&mut self, claimant: ClaimantId) -> u64;

    /// Whether a piece of evidence is there.
    fn is_there(&self, evidence: EvidenceId) -> bool;

    /// Whether a claim can be made, its stack aside.
    fn can_make(&self, claimant: ClaimantId) -> bool;

    /// Of the claims that were made, those that are demanded and whatever they rest on.
    fn needed(&self, demanded: BTreeSet<ClaimantId>, made: &MadeClaims) -> BTreeSet<ClaimantId>;
}

/// Claims in an evaluation: what nobody issued is there once it is claimed.
pub(crate) struct OfClaims<'g> {
    supplier: &'g IdVec<EvidenceId, Option<ClaimantId>>,
    made: BTreeSet<ClaimantId>,
}

impl<'g> OfClaims<'g> {
    pub(crate) fn new(claimants: &'g Claimants<'_>) -> Self {
        Self { supplier: &claimants.supplier, made: BTreeSet::new() }
    }
}

impl Grounds for OfClaims<'_> {
    fn begin(&mut self) -> u64 {
        self.made.clear();
        0
    }

    fn made(&mut self, claimant: ClaimantId) -> u64 {
        self.made.insert(claimant);
        0
    }

    fn is_there(&self, evidence: EvidenceId) -> bool {
        self.supplier[evidence].is_none_or(|supplier| self.made.contains(&supplier))
    }

    fn can_make(&self, _: ClaimantId) -> bool {
        true
    }

    fn needed(&self, mut needed: BTreeSet<ClaimantId>, made: &MadeClaims) -> BTreeSet<ClaimantId> {
        let mut open: Vec<ClaimantId> = needed.iter().copied().collect();
        while let Some(next) = open.pop() {
            let filled = made.get(&next).into_iter().flat_map(|outcome| &outcome.filled);
            let suppliers = filled.filter_map(|filled| self.supplier[filled.evidence]);
            open.extend(suppliers.filter(|&supplier| needed.insert(supplier)));
        }
        needed
    }
}

/// Claims that were made, each with what meets its stack.
pub(crate) type MadeClaims = BTreeMap<ClaimantId, Outcome>;

/// Some claimants, each with a counter of its own.
pub(crate) struct Round<'r> {
    pub(crate) ids: Vec<ClaimantId>,
    tops: Vec<Part>,
    /// Their places in the order of their turns.
    order: Vec<usize>,
    counting: Vec<Counting<'r>>,
    usable: Vec<ByLeaf<EvidenceId>>,
}

/// Shares of the awards, one set for each claimant, as columns of one system.
pub(crate) struct SharedOut {
    /// The columns that say who is claimed.
    pub(crate) claimed: Vec<VariableId>,
    pub(crate) shares: Vec<Shares>,
}

impl<'r> Round<'r> {
    /// Some waivers may be left aside.
    pub(crate) fn new(claimants: &'r Claimants<'_>, ids: &[ClaimantId], unwaived: &BTreeSet<Part>) -> Self {
        let Claimants { catalog, evidence, .. } = claimants;
        let of = |&id: &ClaimantId| {
            let claimant = &claimants.all[id];
            let exceptions = &*claimant.exceptions;
            let input = CountingInput { catalog, exceptions, evidence, steps: 0, thorough: false };
            let mut counting = Counting::new(input, claimant.usable.iter().copied());
            counting.unwaived.clone_from(unwaived);
            counting
        };
        let counting: Vec<Counting<'r>> = ids.iter().map(of).collect();
        let mut order: Vec<usize> = (0..ids.len()).collect();
        order.sort_by_key(|&place| claimants.all[ids[place]].turn);
        Self {
            ids: ids.to_vec(),
            order,
            tops: ids.iter().map(|&id| claimants.all[id].top).collect(),
            usable: counting.iter().map(|counting| counting.usable.clone()).collect(),
            counting,
        }
    }

    /// Makes claims, of those that are wanted, until no more can be made; with all that each could use, or with what it
    /// is given. `None` if the steps run out.
    pub(crate) fn make(
        &mut self,
        wanted: &dyn Fn(usize) -> bool,
        given: Option<&[ByLeaf<EvidenceId>]>,
        grounds: &mut dyn Grounds,
        steps: &mut u64,
    ) -> Option<MadeClaims> {
        *steps = steps.saturating_sub(grounds.begin());
        let mut made = MadeClaims::new();
        loop {
            let before = made.len();
            for turn in 0..self.order.len() {
                let place = self.order[turn];
                let id = self.ids[place];
                if !wanted(place) || made.contains_key(&id) || !grounds.can_make(id) {
                    continue;
                }
                let usable = given.map_or(&self.usable[place], |given| &given[place]);
                let counting = &mut self.counting[place];
                *steps = steps.saturating_sub(1 + usable.len() as u64 / 8);
                counting.usable = there(usable, grounds);
                counting.steps = *steps;
                counting.divided = given.is_some();
                let outcome = counting.part(self.tops[place]);
                *steps = counting.steps;
                if *steps == 0 {
                    return None;
                }
                if outcome.met == Met::Yes {
                    *steps = steps.saturating_sub(grounds.made(id));
                    made.insert(id, outcome);
                }
            }
            if made.len() == before {
                return Some(made);
            }
        }
    }

    /// The rows that say what each needs if it is claimed.
    pub(crate) fn rows(&mut self, system: &mut System, claimed: Vec<VariableId>, steps: &mut u64) -> Option<SharedOut> {
        let mut shares = Vec::new();
        self.share_ranks();
        for (place, &column) in claimed.iter().enumerate() {
            let counting = &mut self.counting[place];
            counting.usable.clone_from(&self.usable[place]);
            counting.divided = false;
            let parts = [self.tops[place]];
            let task = Task { group: GroupId::OUTSIDE, parts: &parts, needed: 1, window: None, each_unit: true };
            let candidates = counting.candidates(&task);
            *steps = steps.saturating_sub(1 + candidates.len() as u64);
            if *steps == 0 {
                return None;
            }
            let given = std::mem::take(system);
            let rows = DivisionRows::written_into(given, If::Column(column), counting, &task, &candidates);
            let mut of_one = Shares::of(rows);
            *system = std::mem::take(&mut of_one.system);
            shares.push(of_one);
        }
        Some(SharedOut { claimed, shares })
    }

    /// All have the same evidence, which is put in order once.
    fn share_ranks(&mut self) {
        let Some((first, others)) = self.counting.split_first() else { return };
        let ranks = first.ranks();
        for other in others {
            other.ranks.get_or_init(|| Rc::clone(ranks));
        }
    }

    /// What each claimant is given by values of the columns.
    pub(crate) fn given(&self, out: &SharedOut, values: &IdVec<VariableId, i64>) -> Vec<ByLeaf<EvidenceId>> {
        let of = |place: usize| out.shares[place].among(values, &self.usable[place], &self.counting[place]);
        (0..self.ids.len()).map(of).collect()
    }
}

/// The evidence that is there.
fn there(usable: &ByLeaf<EvidenceId>, grounds: &dyn Grounds) -> ByLeaf<EvidenceId> {
    let pairs = usable.iter().flat_map(|(leaf, list)| list.iter().map(move |&evidence| (leaf, evidence)));
    pairs.filter(|&(_, evidence)| grounds.is_there(evidence)).collect()
}
