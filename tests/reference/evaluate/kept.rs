//! An award that carries an amount of its own is not earned again for the catalog's amount (semantics 7).
//!
//! Choices: a new award beside such ones carries what they carry, of several the most. That is so where every current
//! award of the unit (5.2) has such an amount, and serves wherever a new one would: where none of them does, a new one
//! has another purpose. "Unless the target needs it": unless it cannot be reached in this way even by everything whose
//! offering is not over.

use super::super::model::*;
use super::rules::{Requirement, What};
use super::world::{Counted, World};
use super::{Rules, offering_over};
use std::collections::BTreeMap;

/// Credits and hours, by the least id of a credential and its equivalents.
pub type Kept = BTreeMap<Id, (Option<Amount>, Option<Amount>)>;

/// The awards of a unit, and what they carry.
struct Old<'w> {
    awards: &'w [&'w Counted],
    credits: Option<Amount>,
    hours: Option<Amount>,
}

/// The sum that a leaf stands in, if it does in one (of hours: true), and whether a mean is asked of its points.
#[derive(Clone, Copy, Default)]
struct Around {
    sum: Option<bool>,
    averaged: bool,
}

impl Rules<'_> {
    /// What new awards carry because those of the record do.
    pub fn kept_amounts(&self, as_of: Date, view: View) -> Kept {
        let world = self.issued(as_of, view, &[]);
        let mut units: BTreeMap<Id, Vec<&Counted>> = BTreeMap::new();
        for a in &world.awards {
            let known = self.catalog.credentials.get(a.credential);
            let lasting = known.is_some_and(|c| c.valid_for != ValidFor::WhileComponents);
            if a.current && lasting && !self.repeatable.contains(a.credential) {
                units.entry(self.same[a.credential]).or_default().push(a);
            }
        }
        let mut kept = Kept::new();
        for (id, awards) in units {
            let most = |amounts: Vec<Option<Amount>>| match amounts.contains(&None) {
                true => None,
                false => amounts.into_iter().flatten().max(),
            };
            let credits = most(awards.iter().map(|a| a.credits).collect());
            let hours = most(awards.iter().map(|a| a.hours).collect());
            let old = Old { awards: &awards, credits, hours };
            if (credits.is_some() || hours.is_some()) && self.serve_as_well(&old, as_of) {
                kept.insert(id, (credits, hours));
            }
        }
        kept
    }

    /// Whether one of the awards counts wherever a new one would.
    fn serve_as_well(&self, old: &Old, day: Date) -> bool {
        let world = World { day, awards: Vec::new() };
        let new = self.obtained_award(old.awards[0].credential, day);
        let rules = [&self.prerequisite, &self.corequisite, &self.stack].into_iter().flat_map(|rules| rules.values());
        rules.into_iter().all(|rule| self.serve_in(&world, rule, &[], Around::default(), old, &new))
    }

    fn serve_in(
        &self,
        world: &World,
        part: &Requirement,
        above: &[&Conditions],
        around: Around,
        old: &Old,
        new: &Counted,
    ) -> bool {
        let conditions = [above, &[&part.conditions]].concat();
        match &part.what {
            What::Group { kind, average, parts, .. } => {
                let averaged = average.is_some();
                let around = match kind {
                    Kind::Credits(_) => Around { sum: Some(false), averaged },
                    Kind::Hours(_) => Around { sum: Some(true), averaged },
                    Kind::AtLeast(_) => Around { sum: None, averaged },
                    Kind::AllOf | Kind::AnyOf => Around::default(),
                    Kind::UpTo(_) | Kind::Each => around,
                };
                parts.iter().all(|p| self.serve_in(world, p, &conditions, around, old, new))
            }
            What::Credential { id, owner } => {
                let counts = |a: &Counted| self.counts(world, a, id, owner, &conditions);
                let c = &self.catalog.credentials[id];
                let (own, most) = match around.sum {
                    Some(true) => (old.hours, c.hours),
                    Some(false) => (old.credits, c.credits),
                    None => (None, 0),
                };
                let as_good = !around.averaged && own.is_none_or(|own| own <= most);
                !counts(new) || as_good && old.awards.iter().any(|a| counts(a))
            }
        }
    }

    /// Whether the target is reached by everything that can still be had, each as often as it may be of use.
    pub fn reached_by_everything(&self, as_of: Date, view: View, target: Id, limits: &BTreeMap<Id, u32>) -> bool {
        let mut new: Vec<Id> = Vec::new();
        loop {
            let world = self.issued(as_of, view, &new);
            if self.reached(&world, target) {
                return true;
            }
            let open = |id: Id| !offering_over(&self.catalog.credentials[id], as_of);
            let mut more: Vec<Id> = self.can_be_begun(&world, &open).into_iter().collect();
            let claimed = |id: &&Id| open(id) && self.own_rules_met(&world, id);
            more.extend(self.catalog.credentials.keys().filter(claimed).copied());
            let times = |id: &Id| new.iter().filter(|n| *n == id).count();
            more.retain(|id| limits.get(id).is_some_and(|limit| times(id) < *limit as usize));
            if more.is_empty() {
                return false;
            }
            new.extend(more);
        }
    }
}
