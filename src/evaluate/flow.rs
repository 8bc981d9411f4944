//! Parts that want a number of awards for places of their own: which award fills which place is a flow ([semantics
//! 5.3](crate::semantics#5.3)).

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::Part;

use crate::evaluate::counting::Counting;
use crate::evaluate::division::{Candidates, Task};
use crate::evaluate::evidence::{EvidenceId, UnitOfAwards};
use crate::evaluate::outcome::{AwardShortage, DivisionConflict, Filled, Met, Outcome};
use crate::solve::ids::{DemandId, ItemId, SlotId};
use crate::solve::matching;
use crate::solve::matching::{Slot, Violator};
use crate::value::ids::{GroupId, IdVec, LeafId};
use crate::value::meter::Meter;

/// The needs of parts that each want a number of awards for their places.
#[derive(Default)]
pub(crate) struct DivisionFlow {
    parts: IdVec<DemandId, Part>,
    needs: IdVec<DemandId, u32>,
    /// The leaf and the part of each place.
    places: IdVec<SlotId, (LeafId, DemandId)>,
    waived: Vec<Part>,
}

impl Counting<'_> {
    /// The parts as places that each take one award, if that is what they are.
    pub(crate) fn flow(&self, task: &Task<'_>, candidates: &Candidates) -> Option<DivisionFlow> {
        let network = &self.catalog.network;
        let mut flow = DivisionFlow::default();
        let all = task.needed == task.parts.len() as u64;
        let all_leaves = task.parts.iter().all(|part| matches!(part, Part::Leaf(_)));
        if all_leaves && !all && !self.counts_several(task) {
            self.add_places(&mut flow, Part::Group(task.group), task.needed, task.parts);
            return Some(flow);
        }
        if !all || self.counts_several(task) {
            return None;
        }
        let mut open: Vec<Part> = task.parts.iter().rev().copied().collect();
        while let Some(part) = open.pop() {
            let group = match part {
                _ if self.needs_no_evidence(part) => {
                    flow.waived.push(part);
                    continue;
                }
                Part::Leaf(_) => {
                    self.add_places(&mut flow, part, 1, &[part]);
                    continue;
                }
                Part::Group(group) => group,
            };
            let described = network.group(group);
            let parts = network.parts(group);
            let needed = u64::from(described.threshold);
            let differ = network.parts_differ(group);
            if !described.measure.is_count()
                || network.is_averaged(group)
                || network.counts_units(group) && self.are_not_one_each(parts)
            {
                return None;
            }
            if parts.iter().all(|part| matches!(part, Part::Leaf(_))) {
                // One award must not fill two places, be it forbidden or only impossible; of one place it fills any.
                if needed > 1 && !differ && !self.has_places(group) && self.overlap(parts, candidates) {
                    return None;
                }
                self.add_places(&mut flow, part, needed, &network.parts_in_id_order(group));
            } else if needed == parts.len() as u64 && (differ || !self.overlap(parts, candidates)) {
                open.extend(network.parts_in_id_order(group).into_iter().rev());
            } else {
                return None;
            }
        }
        Some(flow)
    }

    /// Whether a leaf of the task could count for several places, or two of them for one.
    fn counts_several(&self, task: &Task<'_>) -> bool {
        let network = &self.catalog.network;
        task.group != GroupId::OUTSIDE
            && (network.is_averaged(task.group)
                || network.counts_units(task.group) && self.are_not_one_each(task.parts))
    }

    /// Whether several units could count at one of the leaves, or two of the leaves are one member.
    pub(crate) fn are_not_one_each(&self, leaves: &[Part]) -> bool {
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        let mut members = BTreeSet::new();
        leaves.iter().any(|part| {
            let Part::Leaf(leaf) = *part else { return false };
            let credential = network.leaf(leaf).credential;
            names.repeatable(credential) || !members.insert(names.unit(credential))
        })
    }

    fn add_places(&self, flow: &mut DivisionFlow, part: Part, needed: u64, leaves: &[Part]) {
        let demand = flow.parts.push(part);
        let mut needed = u32::try_from(needed).unwrap_or(u32::MAX);
        for &leaf in leaves {
            if self.needs_no_evidence(leaf) {
                if needed > 0 {
                    flow.waived.push(leaf);
                }
                needed = needed.saturating_sub(1);
            } else if let Part::Leaf(leaf) = leaf {
                flow.places.push((leaf, demand));
            }
        }
        flow.needs.push(needed);
    }

    /// Decides a flow: units of awards are the items that fill places.
    pub(crate) fn match_places(&mut self, flow: DivisionFlow, candidates: &Candidates) -> Outcome {
        let mut numbers: BTreeMap<UnitOfAwards, ItemId> = BTreeMap::new();
        let mut evidence: IdVec<ItemId, EvidenceId> = IdVec::new();
        let mut slots: IdVec<SlotId, Slot> = IdVec::with_capacity(flow.places.len());
        for &(leaf, demand) in &flow.places {
            let units = candidates.of(leaf).iter();
            let items =
                units.map(|&(unit, number)| *numbers.entry(unit).or_insert_with(|| evidence.push(number))).collect();
            slots.push(Slot { demand, items });
        }
        let mut meter = Meter::new(self.steps);
        let filling = matching::fill(&flow.needs, &slots, evidence.len(), &mut meter);
        let Some(filling) = filling else {
            self.steps = 0;
            return Outcome::none(Met::Undecided);
        };
        self.steps = meter.left;
        let best = |slot: SlotId, item: ItemId| {
            let (leaf, _) = flow.places[slot];
            let position = slots[slot].items.iter().position(|&known| known == item)?;
            let &(_, evidence) = candidates.of(leaf).get(position)?;
            Some(Filled { leaf, evidence, amount: 1 })
        };
        let have = u64::from(filling.filled) + flow.waived.len() as u64;
        if let Some(violator) = &filling.violator {
            let conflict = Some(flow.conflict(violator, &evidence));
            return Outcome { have, conflict, ..Outcome::none(Met::No) };
        }
        let filled = filling.by.entries().filter_map(|(slot, &item)| best(slot, item?)).collect();
        Outcome { have, filled, waived: flow.waived, ..Outcome::none(Met::Yes) }
    }
}

impl DivisionFlow {
    /// The parts that a Hall violator is about, and the awards that there are for them.
    fn conflict(&self, violator: &Violator, evidence: &IdVec<ItemId, EvidenceId>) -> DivisionConflict {
        DivisionConflict {
            parts: violator.demands.iter().map(|&demand| (self.parts[demand], self.needs[demand])).collect(),
            shortage: Some(AwardShortage {
                needs: violator.needs,
                evidence: violator.items.iter().map(|&item| evidence[item]).collect(),
                leaves: violator.slots.iter().map(|&slot| self.places[slot].0).collect(),
            }),
        }
    }
}
