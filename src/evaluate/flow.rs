//! Parts that want a number of awards for places of their own: which award fills which place is a flow ([semantics
//! 5.3](crate::semantics#5.3)).

use crate::value::ids::{LeafId, to_u32};
use std::collections::BTreeMap;

use crate::catalog::network::{Measure, Part};

use crate::evaluate::counting::Counting;
use crate::evaluate::division::{Candidates, Task};
use crate::evaluate::evidence::{EvidenceId, UnitOfAwards};
use crate::evaluate::outcome::{AwardShortage, DivisionConflict, Filled, Met, Outcome};
use crate::solve::matching;
use crate::solve::matching::Place;

/// What each part that wants a number of awards for its places needs.
#[derive(Default)]
pub(crate) struct DivisionFlow {
    parts: Vec<Part>,
    needs: Vec<u32>,
    /// The leaf and the part of each place.
    places: Vec<(LeafId, u32)>,
    waived: Vec<Part>,
}

impl Counting<'_> {
    /// The parts as places that each take one award, if that is what they are.
    pub(crate) fn flow(&self, task: &Task<'_>, candidates: &Candidates) -> Option<DivisionFlow> {
        let network = &self.catalog.network;
        let mut flow = DivisionFlow::default();
        let all = task.needed == task.parts.len() as u64;
        let all_leaves = task.parts.iter().all(|part| matches!(part, Part::Leaf(_)));
        if all_leaves && !all {
            self.add_places(&mut flow, Part::Group(task.group), task.needed, task.parts);
            return Some(flow);
        }
        if !all {
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
            if described.measure != Measure::Count {
                return None;
            }
            if parts.iter().all(|part| matches!(part, Part::Leaf(_))) {
                // One award must not fill two places, be it forbidden or only impossible; of one place it fills any.
                if needed > 1 && !differ && self.overlap(parts, candidates) {
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

    fn add_places(&self, flow: &mut DivisionFlow, part: Part, needed: u64, leaves: &[Part]) {
        let number = to_u32(flow.needs.len());
        let mut needed = u32::try_from(needed).unwrap_or(u32::MAX);
        for &leaf in leaves {
            if self.needs_no_evidence(leaf) {
                if needed > 0 {
                    flow.waived.push(leaf);
                }
                needed = needed.saturating_sub(1);
            } else if let Part::Leaf(leaf) = leaf {
                flow.places.push((leaf, number));
            }
        }
        flow.parts.push(part);
        flow.needs.push(needed);
    }

    /// Decides a flow.
    pub(crate) fn match_places(&mut self, flow: DivisionFlow, candidates: &Candidates) -> Outcome {
        let mut numbers: BTreeMap<UnitOfAwards, u32> = BTreeMap::new();
        let mut evidence: Vec<EvidenceId> = Vec::new();
        let mut places: Vec<Place> = Vec::with_capacity(flow.places.len());
        for &(leaf, demand) in &flow.places {
            let mut units = Vec::new();
            for &(unit, number) in candidates.of(leaf) {
                units.push(*numbers.entry(unit).or_insert_with(|| {
                    evidence.push(number);
                    to_u32(evidence.len() - 1)
                }));
            }
            places.push(Place { demand, units });
        }
        let Some(filling) = matching::fill(&flow.needs, &places, evidence.len(), &mut self.steps) else {
            self.steps = 0;
            return Outcome::none(Met::Undecided);
        };
        let best = |leaf: LeafId, place: usize, unit: u32| {
            let position = places[place].units.iter().position(|&known| known == unit)?;
            let &(_, evidence) = candidates.of(leaf).get(position)?;
            Some(Filled { leaf, evidence, amount: 1 })
        };
        let filled = flow.places.iter().zip(&filling.by).enumerate();
        let filled = filled.filter_map(|(place, (&(leaf, _), &by))| best(leaf, place, by?)).collect();
        let conflict = filling.shortage.map(|shortage| DivisionConflict {
            parts: shortage
                .demands
                .iter()
                .map(|&demand| (flow.parts[demand as usize], flow.needs[demand as usize]))
                .collect(),
            shortage: Some(AwardShortage {
                needs: shortage.needs,
                evidence: shortage.units.iter().map(|&unit| evidence[unit as usize]).collect(),
                leaves: shortage.places.iter().map(|&place| flow.places[place as usize].0).collect(),
            }),
        });
        let have = u64::from(filling.filled) + flow.waived.len() as u64;
        if conflict.is_some() {
            return Outcome { have, conflict, ..Outcome::none(Met::No) };
        }
        Outcome { have, filled, waived: flow.waived, ..Outcome::none(Met::Yes) }
    }
}
