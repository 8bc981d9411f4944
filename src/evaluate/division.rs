//! Groups whose parts must be met by different awards ([semantics 5](crate::semantics#5)): the units of awards are
//! divided among the parts.
//!
//! Where each part wants a number of awards for places of its own, this is a flow, decided by `matching`; a refusal
//! names parts that together need more awards than there are for them (a Hall violator). Anything else, such as sums
//! and choices between groups, becomes a system of whole numbers for `integer`, whose every answer is checked: a
//! division by counting what each part has by its own awards alone.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::catalog::network::Part;
use crate::evaluate::by_leaf::ByLeaf;
use crate::evaluate::counting::{Counting, preference};
use crate::evaluate::evidence::{EvidenceId, UnitOfAwards};
use crate::evaluate::outcome::{DivisionConflict, Met, Outcome};
use crate::evaluate::shares::Shares;
use crate::evaluate::windows::{Window, Windows, spanned};
use crate::solve::ids::VariableId;
use crate::solve::integer;
use crate::solve::integer::Feasible;
use crate::value::ids::{GroupId, IdVec, LeafId};
use crate::value::meter::Meter;

/// The evidence that can fill each leaf, the best of each unit, the best first.
pub(crate) type Candidates = ByLeaf<(UnitOfAwards, EvidenceId)>;

/// Steps for a candidate, which is looked up in a few sorted lists.
const COST_OF_A_CANDIDATE: u64 = 4;
/// Steps for a term of the rows of a division, which is looked up before it is written.
const COST_OF_A_TERM: u64 = 4;

/// A group, the parts of it that are looked at, and how many of them are wanted.
pub(crate) struct Task<'t> {
    pub(crate) group: GroupId,
    pub(crate) parts: &'t [Part],
    pub(crate) needed: u64,
    pub(crate) window: Window,
    /// Whether units are told apart one by one, even if no rule does: others have a say in who uses which of them.
    pub(crate) each_unit: bool,
}

impl Counting<'_> {
    /// The outcome of a group whose parts are met by different awards.
    #[inline(never)]
    pub(crate) fn divide(&mut self, group: GroupId, window: Window) -> Outcome {
        let network = &self.catalog.network;
        let parts = network.parts_in_id_order(group);
        let needed = u64::from(network.group(group).threshold);
        // How much the parts have beside what is needed of them is not asked: nested groups would ask it over and over.
        let thorough = std::mem::replace(&mut self.thorough, false);
        let mut outcome = self.met_by_different(group, &parts, needed, window);
        if thorough {
            let most = self.most_by_different(group, &parts, needed, window, outcome.met);
            outcome.have = most.have;
            // What falls short is told by the division that falls short least.
            if outcome.met != Met::Yes {
                (outcome.filled, outcome.waived) = (most.filled, most.waived);
            }
        }
        self.thorough = thorough;
        outcome
    }

    /// The most parts that can be met, given whether the number needed can.
    #[inline(never)]
    fn most_by_different(&mut self, group: GroupId, parts: &[Part], needed: u64, window: Window, met: Met) -> Outcome {
        // A repeatable leaf can count for more than one, if it does not have to differ from the others.
        let alone = self.tally(group, parts, needed, window).have;
        if parts.iter().all(|part| matches!(part, Part::Leaf(_))) {
            // As many as can be filled is what a matching finds by itself.
            let most = self.met_by_different(group, parts, alone, window);
            let have = if met == Met::Yes { most.have.max(needed) } else { most.have };
            return Outcome { have, ..most };
        }
        let (mut least, mut most) =
            if met == Met::Yes { (needed, alone) } else { (0, alone.min(needed.saturating_sub(1))) };
        let mut best = Outcome::none(Met::No);
        while least < most {
            let middle = least + (most - least).div_ceil(2);
            let outcome = self.met_by_different(group, parts, middle, window);
            if outcome.met == Met::Yes {
                (least, best) = (middle, outcome);
            } else {
                most = middle - 1;
            }
        }
        Outcome { have: least, ..best }
    }

    /// Whether so many of the parts can be met by different awards, whatever the windows of the spans below.
    #[inline(never)]
    pub(crate) fn met_by_different(&mut self, group: GroupId, parts: &[Part], needed: u64, window: Window) -> Outcome {
        self.in_some_windows(&Task { group, parts, needed, window, each_unit: false })
    }

    /// Divides for every choice of windows of the spans; keeps the best.
    fn in_some_windows(&mut self, task: &Task<'_>) -> Outcome {
        let mut best: Option<Outcome> = None;
        let spanned = spanned(&self.catalog.network, task.parts);
        let all = self.each_choice(&spanned, Windows::new(task.group, task.window), |counting, windows| {
            let outcome = counting.in_windows(task, windows);
            if best.as_ref().is_none_or(|best| best.met < outcome.met) {
                // What stands in the way in one choice of windows need not in another.
                let conflict = outcome.conflict.filter(|_| windows.is_one());
                best = Some(Outcome { conflict, ..outcome });
            }
            best.as_ref().is_some_and(|best| best.met == Met::Yes)
        });
        let best = best.unwrap_or(Outcome::none(Met::No));
        Outcome { met: if all { best.met } else { best.met.max(Met::Undecided) }, ..best }
    }

    /// Divides only what lies in the windows, now that all are fixed.
    fn in_windows(&mut self, task: &Task<'_>, windows: &Windows) -> Outcome {
        if windows.is_one() {
            return self.with_few_waivers(task);
        }
        let network = &self.catalog.network;
        let leaves = task.parts.iter().flat_map(|&part| network.leaves_below(part));
        let inside = leaves.flat_map(|leaf| {
            let window = windows.around(network, Part::Leaf(leaf));
            self.fitting(leaf, window).map(move |number| (leaf, number))
        });
        let inside: ByLeaf<EvidenceId> = inside.collect();
        self.pay(inside.len() as u64);
        let usable = std::mem::replace(&mut self.usable, inside);
        let outcome = self.with_few_waivers(task);
        self.usable = usable;
        outcome
    }

    /// Divides, waiving no more than has to be.
    fn with_few_waivers(&mut self, task: &Task<'_>) -> Outcome {
        let network = &self.catalog.network;
        let waivable = |part: &Part| self.exceptions.is_waived(*part) && !self.unwaived.contains(part);
        let below = |&part: &Part| -> Vec<Part> {
            let groups = network.groups_below(part).into_iter().map(Part::Group);
            groups.chain(network.leaves_below(part).into_iter().map(Part::Leaf)).collect()
        };
        let mut waived = Vec::new();
        if !self.exceptions.waived.is_empty() {
            waived = task.parts.iter().flat_map(below).filter(waivable).collect::<Vec<Part>>();
        }
        if waived.is_empty() {
            return self.divide_once(task);
        }
        let before = self.unwaived.clone();
        self.unwaived.extend(&waived);
        let mut best = self.divide_once(task);
        if best.met != Met::Yes {
            self.unwaived.clone_from(&before);
            best = self.divide_once(task);
            for &part in &waived {
                if best.met != Met::Yes {
                    break;
                }
                self.unwaived.insert(part);
                let outcome = self.divide_once(task);
                if outcome.met == Met::Yes {
                    best = outcome;
                } else {
                    self.unwaived.remove(&part);
                }
            }
        }
        self.unwaived = before;
        best
    }

    fn divide_once(&mut self, task: &Task<'_>) -> Outcome {
        let candidates = self.candidates(task);
        // Each is looked up among others, once for what it can fill and once for whether it is wanted elsewhere.
        self.steps = self.steps.saturating_sub(COST_OF_A_CANDIDATE * candidates.len() as u64);
        if !self.overlap(task.parts, &candidates) {
            return self.tally(task.group, task.parts, task.needed, task.window);
        }
        match self.flow(task, &candidates) {
            Some(flow) => self.match_places(flow, &candidates),
            None => self.share_out(task, &candidates),
        }
    }

    /// The best evidence of each unit for each leaf.
    pub(crate) fn candidates(&self, task: &Task<'_>) -> Candidates {
        let network = &self.catalog.network;
        let rank = self.ranks();
        let mut candidates: Vec<(LeafId, (UnitOfAwards, EvidenceId))> = Vec::with_capacity(self.usable.len());
        let mut seen = BTreeSet::new();
        for leaf in task.parts.iter().flat_map(|&part| network.leaves_below(part)) {
            let mut fitting: Vec<EvidenceId> = self.fitting(leaf, task.window).collect();
            fitting.sort_unstable_by_key(|&number| rank[number]);
            seen.clear();
            for &number in &fitting {
                let unit = self.unit(leaf, number);
                if fitting.len() == 1 || seen.insert(unit) {
                    candidates.push((leaf, (unit, number)));
                }
            }
        }
        candidates.into_iter().collect()
    }

    /// The place of each piece of evidence in the order of preference.
    pub(crate) fn ranks(&self) -> &Rc<IdVec<EvidenceId, usize>> {
        self.ranks.get_or_init(|| {
            let mut order: Vec<EvidenceId> = self.evidence.ids().collect();
            order.sort_by_cached_key(|&number| preference(&self.evidence[number]));
            let mut rank = IdVec::filled(0, order.len());
            for (place, &number) in order.iter().enumerate() {
                rank[number] = place;
            }
            Rc::new(rank)
        })
    }

    /// Whether a unit could be used in two of the parts.
    pub(crate) fn overlap(&self, parts: &[Part], candidates: &Candidates) -> bool {
        let mut used: BTreeMap<UnitOfAwards, usize> = BTreeMap::new();
        parts.iter().enumerate().any(|(number, &part)| {
            let leaves = self.catalog.network.leaves_below(part).into_iter();
            let mut units = leaves.flat_map(|leaf| candidates.of(leaf));
            units.any(|&(unit, _)| *used.entry(unit).or_insert(number) != number)
        })
    }

    /// Whether the part is satisfied without evidence.
    pub(crate) fn needs_no_evidence(&self, part: Part) -> bool {
        self.exceptions.is_waived(part) && !self.unwaived.contains(&part)
    }

    /// Decides by search what is no flow.
    #[inline(never)]
    fn share_out(&mut self, task: &Task<'_>, candidates: &Candidates) -> Outcome {
        let shares = Shares::new(self, task, candidates);
        self.steps = self.steps.saturating_sub(COST_OF_A_TERM * shares.system.size());
        let mut found = Outcome::none(Met::No);
        let usable = std::mem::take(&mut self.usable);
        let divided = std::mem::replace(&mut self.divided, true);
        let mut meter = Meter::new(self.steps);
        let mut accept = |values: &IdVec<VariableId, i64>, meter: &mut Meter| {
            self.steps = meter.left;
            self.usable = shares.among(values, &usable, self);
            let outcome = self.tally(task.group, task.parts, task.needed, task.window);
            meter.left = self.steps;
            if found.met < outcome.met {
                found = outcome;
            }
            found.met == Met::Yes
        };
        let answer = integer::solve(&shares.system, &mut meter, &mut accept);
        self.usable = usable;
        self.divided = divided;
        self.steps = meter.left;
        match answer {
            Feasible::Yes => found,
            // A division that could not be counted may have been one.
            Feasible::No => Outcome::none(found.met.min(Met::Undecided)),
            Feasible::Undecided => {
                self.steps = 0;
                Outcome::none(Met::Undecided)
            }
        }
    }

    /// Parts that stand in each other's way in a group that is not met although enough of its parts are, each by
    /// itself: as few as cannot all be met; or, where not all are needed, all that are met.
    pub(crate) fn conflict(&mut self, group: GroupId) -> Option<DivisionConflict> {
        let network = &self.catalog.network;
        let needed = u64::from(network.group(group).threshold);
        if !network.parts_differ(group) || network.is_averaged(group) {
            return self.conflict_of_places(group);
        }
        let mut parts = network.parts_in_id_order(group);
        let all = needed == parts.len() as u64;
        parts.retain(|&part| self.within(part, None).met == Met::Yes);
        if (parts.len() as u64) < needed {
            return None;
        }
        let refused = |counting: &mut Self, parts: &[Part], needed: u64| {
            let outcome = counting.met_by_different(group, parts, needed, None);
            (outcome.met == Met::No).then_some(outcome.conflict)
        };
        let conflict = refused(self, &parts, needed)?;
        // A shortage of the group itself speaks of all its parts.
        let of_group = |conflict: &DivisionConflict| conflict.parts.iter().any(|&(part, _)| part == Part::Group(group));
        let some = parts.len() < network.parts(group).len();
        if conflict.is_some() && !(some && conflict.as_ref().is_some_and(of_group)) {
            return conflict;
        }
        let mut kept = 0;
        while all && kept < parts.len() {
            let part = parts.remove(kept);
            if refused(self, &parts, parts.len() as u64).is_none() {
                parts.insert(kept, part);
                kept += 1;
            }
        }
        Some(DivisionConflict::between(parts))
    }
}
