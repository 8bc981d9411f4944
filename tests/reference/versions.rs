//! Two versions of a catalog, compared by every set of credentials that a learner can hold.

use super::check::{Set, members};
use super::evaluate::*;
use super::model::*;
use std::collections::{BTreeMap, BTreeSet};

/// What another version of a catalog means for a credential: the fewest awards of a learner who meets its requirements
/// only in the first, or only in the second; none if there is no such learner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub lost: Option<usize>,
    pub gained: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    Unchanged,
    Stricter,
    Looser,
    Incomparable,
}

impl Change {
    pub fn effect(self) -> Effect {
        match (self.lost, self.gained) {
            (None, None) => Effect::Unchanged,
            (Some(_), None) => Effect::Stricter,
            (None, Some(_)) => Effect::Looser,
            (Some(_), Some(_)) => Effect::Incomparable,
        }
    }
}

/// The change of every credential that both versions have, over all records with at most one award, made on the day
/// with a sufficient grade, of each credential of either. What a version does not know counts for nothing in it (3.6).
/// Prerequisite and stack are met, or not stated.
pub fn changes(before: &Catalog, after: &Catalog, day: Date) -> BTreeMap<Id, Change> {
    let ids: Vec<Id> = before
        .credentials
        .keys()
        .chain(after.credentials.keys())
        .copied()
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let record = Record::default();
    let versions = [before, after].map(|catalog| (catalog, Rules::new(catalog, &record)));
    let both = ids.iter().filter(|id| versions.iter().all(|(catalog, _)| catalog.credentials.contains_key(*id)));
    let mut changes: BTreeMap<Id, Change> = both.map(|id| (*id, Change { lost: None, gained: None })).collect();
    let mut sets: Vec<Set> = (0..1 << ids.len()).collect();
    sets.sort_by_key(|set| set.count_ones());
    for set in sets {
        let worlds = [0, 1].map(|v: usize| versions[v].1.holding_once(members(set).map(|i| ids[i]), day));
        for (id, change) in &mut changes {
            let [was, is] = [0, 1].map(|v: usize| {
                let (catalog, rules) = &versions[v];
                rules.prerequisite_met(&worlds[v], id)
                    && (catalog.credentials[id].stack.is_none() || rules.stack_met(&worlds[v], id))
            });
            let size = Some(set.count_ones() as usize);
            if was && !is && change.lost.is_none() {
                change.lost = size;
            }
            if is && !was && change.gained.is_none() {
                change.gained = size;
            }
        }
    }
    changes
}
