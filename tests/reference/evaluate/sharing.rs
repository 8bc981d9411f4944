//! Who may share what (semantics 5.5): claims, each with the sets of units that it may use, judged in pairs.

use super::super::edition::Feature;
use super::super::model::*;
use super::rules::selects;
use super::world::{Counted, Unit};
use super::{Awards, Rules, World, contains, type_of};
use std::collections::{BTreeMap, BTreeSet};

/// What a claim may use: units, and among them the awards that nobody issued, by their credentials.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Witness {
    pub units: BTreeSet<Unit>,
    pub rests_on: BTreeSet<Id>,
}

/// A claim that has chosen what it uses. Two fixed ones are not judged, nor is one with itself.
#[derive(Clone, Debug)]
pub struct Chosen {
    pub id: Id,
    /// Of a fixed one, the day on which it is judged.
    pub fixed: Option<Date>,
    pub witness: Witness,
}

/// What is known of units: the credentials of their awards, and the most credits that one of those has which are
/// current.
pub struct Judge<'r> {
    rules: &'r Rules<'r>,
    units: BTreeMap<Unit, (BTreeSet<Id>, Amount)>,
}

impl<'r> Judge<'r> {
    pub fn new(rules: &'r Rules<'r>) -> Judge<'r> {
        Judge { rules, units: BTreeMap::new() }
    }

    pub fn learn(&mut self, world: &World) {
        for a in &world.awards {
            let credits = if a.current { self.credits_of(a) } else { 0 };
            let (credentials, most) = self.units.entry(a.unit.clone()).or_default();
            credentials.insert(a.credential);
            *most = (*most).max(credits);
        }
    }

    /// 5.5: the credits of an award: its own, else those of its credential; of an unknown id the most of any `for` of
    /// its substitutions.
    fn credits_of(&self, a: &Counted) -> Amount {
        let declared = |id: Id| self.rules.catalog.credentials[id].credits;
        match a.credits {
            Some(own) => own,
            None if self.rules.catalog.credentials.contains_key(a.credential) => declared(a.credential),
            None => self.rules.stands_for(a.credential).into_iter().map(declared).max().unwrap_or(0),
        }
    }

    /// Whether every policy between the types of two claims lets them share what they both use.
    pub fn may_share(&self, one: &Chosen, other: &Chosen) -> bool {
        if (one.fixed.is_some() && other.fixed.is_some()) || one.id == other.id {
            return true;
        }
        let kind = |claim: &Chosen| type_of(&self.rules.catalog.credentials[claim.id]);
        let (a, b) = (kind(one), kind(other));
        let applies = |p: &&Sharing| p.between == (a, b) || p.between == (b, a);
        let shared: Vec<&Unit> = one.witness.units.intersection(&other.witness.units).collect();
        self.rules.catalog.sharing.iter().filter(applies).all(|policy| {
            let limited: Vec<&Unit> = shared.iter().copied().filter(|unit| self.is_limited(policy, unit)).collect();
            let credits = limited.iter().map(|unit| self.units.get(unit).map_or(0, |(_, credits)| *credits));
            policy.max_awards.is_none_or(|most| limited.len() <= most as usize)
                && policy.max_credits.is_none_or(|most| credits.sum::<Amount>() <= most)
        })
    }

    /// `of`: a unit is limited if the filter selects the credential of one of its awards, an equivalent of it, or what
    /// an unknown one stands for.
    fn is_limited(&self, policy: &Sharing, unit: &Unit) -> bool {
        let Some(of) = &policy.of else {
            return true;
        };
        let rules = self.rules;
        let all = &rules.catalog.credentials;
        let known = |id: Id| {
            all.values().any(|c| rules.same.get(id).is_some_and(|same| rules.same[c.id] == *same) && selects(of, c))
        };
        let credentials = self.units.get(unit).map(|(credentials, _)| credentials.clone()).unwrap_or_default();
        credentials.into_iter().any(|id| known(id) || rules.stands_for(id).into_iter().any(known))
    }
}

impl Rules<'_> {
    /// 3.6: what an award of an id unknown to the catalog stands for.
    fn stands_for(&self, id: Id) -> Vec<Id> {
        let unknown = !self.catalog.credentials.contains_key(id);
        self.substitutions.iter().filter(|s| unknown && s.used == id).map(|s| s.stands_for).collect()
    }

    /// The smallest sets that satisfy the stack of a claim, without its own award by qualification. Of one unit,
    /// awards that are issued and those by qualification are told apart, so that it is known what a claim rests on.
    pub(crate) fn witnesses(&self, world: &World, claim: Id) -> Vec<Witness> {
        let mut grains: BTreeMap<(&Unit, Option<Id>), Awards> = BTreeMap::new();
        for (i, a) in world.awards.iter().enumerate() {
            let unissued = (!a.issued).then_some(a.credential);
            if unissued != Some(claim) {
                *grains.entry((&a.unit, unissued)).or_default() |= 1 << i;
            }
        }
        let grains = grains.into_values().collect();
        let sets = self.smallest_out_of(world, &self.stack[claim], &[], grains, 0);
        let witness = |set: Awards| {
            let used = || (0..world.awards.len()).filter(|i| contains(set, *i)).map(|i| &world.awards[i]);
            Witness {
                units: used().map(|a| a.unit.clone()).collect(),
                rests_on: used().filter(|a| !a.issued).map(|a| a.credential).collect(),
            }
        };
        sets.into_iter().map(witness).collect()
    }

    /// The issued credentials of types under a policy that are current in a world, each with the days on which it was
    /// made: fixed claims. Without a date it is judged on the day of the world.
    pub(crate) fn fixed_claims(&self, now: &World) -> Vec<(Id, Vec<Date>)> {
        let types: Vec<Id> = self.catalog.sharing.iter().flat_map(|p| [p.between.0, p.between.1]).collect();
        let mut found = Vec::new();
        for c in self.catalog.credentials.values().filter(|c| c.stack.is_some() && types.contains(&type_of(c))) {
            let issued = now.awards.iter().filter(|a| a.issued && a.current && a.credential == c.id);
            let mut days: Vec<Date> = issued.map(|a| a.awarded.unwrap_or(now.day)).collect();
            days.sort();
            days.dedup();
            if !days.is_empty() {
                found.push((c.id, days));
            }
        }
        found
    }

    pub(crate) fn plans_share(&self) -> bool {
        self.has(Feature::PlansShare) && !self.catalog.sharing.is_empty()
    }
}
