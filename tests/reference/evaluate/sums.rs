//! Sums (semantics 2.2): every assignment of units to places.

use super::super::model::*;
use super::averages::{Added, Points, mean_is_at_least};
use super::rules::{Requirement, What};
use super::world::{Counted, Unit};
use super::{Awards, Rules, World, contains};
use std::collections::{BTreeMap, BTreeSet};

/// 2.2: one place of a sum where a credential is named, and the awards that may be used there.
struct Place<'p> {
    id: Id,
    owner: Id,
    conditions: Vec<&'p Conditions>,
    usable: Awards,
}

/// 2.2: the shape of a sum; the places are numbered as in the list of them.
pub enum Node {
    Place(usize),
    UpTo(Amount, Vec<Node>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Counting {
    Credits,
    Hours,
}

/// What a unit can add, and where; with its points, if there is an average.
type Choice = (usize, Amount, Points);

impl Rules<'_> {
    /// 2.2: whether some assignment of units to places reaches the sum.
    pub(super) fn sum(
        &self,
        world: &World,
        need: Amount,
        counting: Counting,
        average: Option<Amount>,
        parts: &[Requirement],
        above: &[&Conditions],
        usable: Awards,
    ) -> bool {
        let layouts = self.lay_out(world, parts, above, usable);
        layouts.into_iter().any(|(nodes, places)| {
            let graded = average.is_some();
            let units = self.what_units_add(world, need, counting, graded, &places);
            match average {
                Some(least) => self.assign_graded(need, least, &units, &nodes, &places),
                None => self.assign(need, &units, &nodes, &places),
            }
        })
    }

    /// 2.2: the shape of a sum and the places in it, each with all conditions that apply there; more than one if
    /// an `up_to` in it has a `span`, one for every choice of awards. 3.7: what is waived adds nothing.
    fn lay_out<'p>(
        &self,
        world: &World,
        parts: &'p [Requirement],
        above: &[&'p Conditions],
        usable: Awards,
    ) -> Vec<(Vec<Node>, Vec<Place<'p>>)> {
        let Some((last, before)) = parts.split_last() else {
            return vec![(Vec::new(), Vec::new())];
        };
        let conditions = [above, &[&last.conditions]].concat();
        let mut layouts = Vec::new();
        match &last.what {
            What::Credential { id, owner } => {
                for (mut nodes, mut places) in self.lay_out(world, before, above, usable) {
                    nodes.push(Node::Place(places.len()));
                    places.push(Place { id, owner, conditions: conditions.clone(), usable });
                    layouts.push((nodes, places));
                }
            }
            What::Group { kind: Kind::UpTo(cap), span, parts, .. } => {
                for choice in self.choices(world, *span, usable) {
                    for (inner, inner_places) in self.lay_out(world, parts, &conditions, choice) {
                        for (mut nodes, mut places) in self.lay_out(world, before, above, usable) {
                            nodes.push(Node::UpTo(*cap, inner.iter().map(|n| n.shifted(places.len())).collect()));
                            places
                                .extend(inner_places.iter().map(|p| Place { conditions: p.conditions.clone(), ..*p }));
                            layouts.push((nodes, places));
                        }
                    }
                }
            }
            What::Group { .. } => panic!("only credentials and up_to stand in sums"),
        }
        layouts
    }

    /// 2.2: what an award can add in a place: its own amount, else that of the credential named there. 3.6: if the
    /// catalog does not know the award's id, that of the `for` of a substitution by which it counts there.
    fn amounts(&self, a: &Counted, counting: Counting, place: &Place) -> Vec<Amount> {
        let hours = counting == Counting::Hours;
        let carried = |id: Id| {
            let c = &self.catalog.credentials[id];
            if hours { c.hours } else { c.credits }
        };
        if let Some(own) = if hours { a.hours } else { a.credits } {
            return vec![own];
        }
        if self.catalog.credentials.contains_key(a.credential) {
            return vec![carried(place.id)];
        }
        let by = |s: &&Substitution| {
            s.used == a.credential
                && s.within.is_none_or(|within| within == place.owner)
                && self.counts_as_within(place.owner, s.stands_for, place.id)
        };
        self.substitutions.iter().filter(by).map(|s| carried(s.stands_for)).collect()
    }

    /// What each unit can add, and where. 2.7: in an average, awards without points add nothing.
    fn what_units_add(
        &self,
        world: &World,
        need: Amount,
        counting: Counting,
        graded: bool,
        places: &[Place],
    ) -> Vec<BTreeSet<Choice>> {
        let mut units: BTreeMap<(&Unit, usize), BTreeSet<Choice>> = BTreeMap::new();
        for (i, a) in world.awards.iter().enumerate() {
            let points = if graded { self.points(a) } else { Some(Points::NONE) };
            let Some(points) = points else { continue };
            for (p, place) in places.iter().enumerate() {
                if !contains(place.usable, i) || !self.counts(world, a, place.id, place.owner, &place.conditions) {
                    continue;
                }
                // Of an endless award there is one for every place.
                let where_else = if a.endless || self.places_do_not_compete { p } else { 0 };
                for mut amount in self.amounts(a, counting, place) {
                    if a.endless && amount > 0 && self.repeatable.contains(place.id) {
                        amount = need; // enough of them, if `up_to` lets them all add
                    }
                    units.entry((&a.unit, where_else)).or_default().insert((p, amount, points));
                }
            }
        }
        units.into_values().collect()
    }

    /// 2.2: the member named in a place: by whatever equivalent name and in whatever place, one that is not repeatable
    /// adds once.
    fn member_added(&self, place: usize, places: &[Place], added: &mut BTreeSet<(Id, usize)>) -> bool {
        let id = places[place].id;
        let member = if self.places_do_not_compete { (id, place) } else { (self.same[id], 0) };
        self.repeatable.contains(id) || added.insert(member)
    }

    /// 2.2: tries every assignment, unit by unit; of assignments that have the same effect one is kept.
    fn assign(&self, need: Amount, units: &[BTreeSet<Choice>], nodes: &[Node], places: &[Place]) -> bool {
        // The amount in every place so far, and the members, not repeatable, that have added.
        let mut assignments = BTreeSet::from([(vec![0; places.len()], BTreeSet::new())]);
        for choices in units {
            let mut next = BTreeSet::new();
            for (amounts, added) in assignments {
                for (p, amount, _) in choices {
                    let (mut amounts, mut added) = (amounts.clone(), added.clone());
                    if self.member_added(*p, places, &mut added) {
                        amounts[*p] = need.min(amounts[*p] + amount); // more than all that is needed is as good
                        next.insert((amounts, added));
                    }
                }
                // In no place: no better where it could have added and kept nothing else out.
                if !choices.iter().any(|(p, ..)| self.repeatable.contains(places[*p].id)) {
                    next.insert((amounts, added));
                }
            }
            assignments = next;
        }
        assignments.iter().any(|(amounts, _)| total(nodes, amounts) >= need)
    }

    /// 2.7: the same with every award kept by itself, for the mean; each may be left out.
    fn assign_graded(
        &self,
        need: Amount,
        least: Amount,
        units: &[BTreeSet<Choice>],
        nodes: &[Node],
        places: &[Place],
    ) -> bool {
        let mut assignments: BTreeSet<(Vec<Added>, BTreeSet<(Id, usize)>)> = BTreeSet::from([Default::default()]);
        for choices in units {
            for (awards, added) in assignments.clone() {
                for (p, amount, points) in choices {
                    let (mut awards, mut added) = (awards.clone(), added.clone());
                    if self.member_added(*p, places, &mut added) {
                        awards.push((*points, *p, *amount));
                        awards.sort();
                        assignments.insert((awards, added));
                    }
                }
            }
        }
        assignments.into_iter().any(|(awards, _)| {
            let mut amounts = vec![0; places.len()];
            awards.iter().for_each(|(_, p, amount)| amounts[*p] += amount);
            total(nodes, &amounts) >= need && mean_is_at_least(least, nodes, awards)
        })
    }
}

impl Node {
    fn shifted(&self, by: usize) -> Node {
        match self {
            Node::Place(p) => Node::Place(p + by),
            Node::UpTo(cap, nodes) => Node::UpTo(*cap, nodes.iter().map(|n| n.shifted(by)).collect()),
        }
    }

    /// Whether the place is below.
    pub fn holds(&self, place: usize) -> bool {
        match self {
            Node::Place(p) => *p == place,
            Node::UpTo(_, nodes) => nodes.iter().any(|n| n.holds(place)),
        }
    }
}

/// 2.2: what the parts of a sum add, given the amount in every place; `up_to` adds at most its own.
fn total(nodes: &[Node], amounts: &[Amount]) -> Amount {
    let add = |node: &Node| match node {
        Node::Place(p) => amounts[*p],
        Node::UpTo(cap, nodes) => total(nodes, amounts).min(*cap),
    };
    nodes.iter().map(add).sum()
}
