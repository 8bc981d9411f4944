//! Two versions of a catalog, compared by every set of credentials that a learner can hold, and by records of any kind.

use super::check::{Set, members, the_day};
use super::drawing::Drawing;
use super::evaluate::*;
use super::implied::{Shown, Values, well};
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
                is_met(catalog, rules, &worlds[v], id)
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

/// Whether the requirements of a credential are met in a world: prerequisite, corequisite and stack, as far as they are
/// stated; a corequisite as what is held meets it.
fn is_met(catalog: &Catalog, rules: &Rules, world: &World, id: Id) -> bool {
    rules.prerequisite_met(world, id)
        && rules.corequisite_met(world, id)
        && (catalog.credentials[id].stack.is_none() || rules.stack_met(world, id))
}

/// The credentials whose requirements a record meets on a day. What the catalog does not know counts for nothing.
pub fn met_by(catalog: &Catalog, record: &Record, as_of: Date) -> BTreeSet<Id> {
    let rules = Rules::new(catalog, record);
    let world = rules.held_set(as_of);
    catalog.credentials.keys().copied().filter(|id| is_met(catalog, &rules, &world, id)).collect()
}

/// For each credential of both versions, a record that meets its requirements in the first and not in the second, and
/// one the other way round, if one is come across (8.2): one award of every kind, and so many random records. They are
/// looked at on the day, or on some day on which something may begin or end.
pub fn shown_by_records(
    versions: [&Catalog; 2],
    as_of: Option<Date>,
    numbers: &mut Drawing,
    tries: usize,
) -> BTreeMap<Id, [Option<Shown>; 2]> {
    let [before, after] = versions;
    let days = versions.map(|catalog| the_day(catalog, as_of));
    let day = days[0].max(days[1]);
    let values = versions.map(|catalog| Values::of(catalog, day));
    let ids: BTreeSet<Id> = versions.iter().flat_map(|catalog| catalog.credentials.keys().copied()).collect();
    let both = before.credentials.keys().filter(|id| after.credentials.contains_key(*id));
    let mut found: BTreeMap<Id, [Option<Shown>; 2]> = both.map(|id| (*id, [None, None])).collect();
    let mut look = |record: Record, as_of: Date| {
        let met = versions.map(|catalog| met_by(catalog, &record, as_of));
        for (id, shown) in &mut found {
            for side in 0..2 {
                if shown[side].is_none() && met[side].contains(id) && !met[1 - side].contains(id) {
                    shown[side] = Some(Shown { record: record.clone(), as_of });
                }
            }
        }
    };
    for id in &ids {
        for values in &values {
            for awarded in &values.days {
                for grade in &values.grades {
                    let made = Award { grade: *grade, ..award(id, *awarded) };
                    let on = as_of.unwrap_or_else(|| day.max(*awarded));
                    look(Record { awards: vec![made], ..Record::default() }, on);
                }
            }
        }
    }
    for _ in 0..tries {
        let (catalog, values) = (numbers.pick(&versions), &values[numbers.below(2)]);
        let on = as_of.unwrap_or_else(|| numbers.pick(&values.days));
        look(random_record(catalog, &ids, values, numbers), on);
    }
    found
}

/// A record of few awards with whatever is recorded of them.
fn random_record(catalog: &Catalog, ids: &BTreeSet<Id>, values: &Values, numbers: &mut Drawing) -> Record {
    let some = numbers.pick(&[20, 40, 60]);
    let mut awards = Vec::new();
    for id in ids {
        while numbers.chance(some) && awards.len() < 8 {
            let day = numbers.pick(&values.days);
            let mut made = well(catalog, id, day);
            if numbers.chance(60) {
                made.grade = numbers.pick(&values.grades);
                made.issuer = numbers.pick(&values.issuers);
                made.credits = numbers.pick(&values.amounts);
                made.hours = numbers.pick(&values.amounts);
                made.valid_until = numbers.chance(20).then(|| numbers.pick(&values.days));
                made.awarded = made.awarded.filter(|_| !numbers.chance(10));
            }
            awards.push(made);
            if !numbers.chance(30) {
                break;
            }
        }
    }
    Record { awards, ..Record::default() }
}
