//! The reachable sets of a check in another way, to see that they are right.

use super::check::{REPEATS, the_day};
use super::evaluate::*;
use super::model::*;
use super::plan::Problem;
use std::collections::{BTreeMap, BTreeSet};

/// The reachable sets once more, in another way: credentials are taken one at a time, whichever `choose` picks of
/// those that are possible, until none is or it picks none. Awards are issued ones of a record, several of what is
/// repeatable.
pub struct Walks<'a> {
    catalog: &'a Catalog,
    problem: Problem<'a>,
    record: &'a Record,
    as_of: Option<Date>,
    possible: BTreeMap<BTreeSet<Id>, Vec<Id>>,
}

impl<'a> Walks<'a> {
    pub fn new(catalog: &'a Catalog, record: &'a Record, as_of: Option<Date>) -> Walks<'a> {
        let first = catalog.credentials.keys().next().unwrap();
        let problem = Problem::new(catalog, record, the_day(catalog, as_of), first, View::Earned);
        Walks { catalog, problem, record, as_of, possible: BTreeMap::new() }
    }

    fn possible(&mut self, held: &BTreeSet<Id>) -> Vec<Id> {
        if let Some(known) = self.possible.get(held) {
            return known.clone();
        }
        let rules = &self.problem.rules;
        let times = |id: Id| if self.problem.is_repeatable(id) { REPEATS as usize } else { 1 };
        let awards: Vec<Id> = held.iter().flat_map(|id| vec![*id; times(id)]).collect();
        let world = rules.issued(the_day(self.catalog, self.as_of), View::Earned, &awards);
        let open = |c: &Credential| match (self.as_of, c.offered_from, c.offered_until) {
            (Some(day), ..) => !offering_over(c, day),
            (None, Some(from), Some(until)) => from <= until,
            _ => true,
        };
        let possible = |c: &&Credential| {
            !held.contains(c.id)
                && open(c)
                && !held.iter().any(|other| self.problem.exclude(c.id, other))
                && rules.prerequisite_met(&world, c.id)
                && (c.stack.is_none() || rules.stack_met(&world, c.id))
        };
        let possible: Vec<Id> = self.catalog.credentials.values().filter(possible).map(|c| c.id).collect();
        self.possible.insert(held.clone(), possible.clone());
        possible
    }

    /// Every set on the way.
    pub fn walk(&mut self, choose: &mut dyn FnMut(usize) -> usize) -> Vec<BTreeSet<Id>> {
        let (mut held, mut seen) = (BTreeSet::new(), vec![BTreeSet::new()]);
        loop {
            let possible = self.possible(&held);
            if possible.is_empty() {
                return seen;
            }
            held.insert(possible[choose(possible.len())]);
            seen.push(held.clone());
        }
    }
}
