//! `at_least` in the second edition: members are filled, by units (semantics 2.2, 2.7, 5.1).

use super::super::model::*;
use super::averages::Points;
use super::rules::{Requirement, What};
use super::world::Unit;
use super::{Awards, Rules, World, contains};
use std::collections::{BTreeMap, BTreeSet};

/// How often each member is filled; and, for an average, the points of the awards that fill them and their number.
type Filled = (BTreeMap<Id, usize>, Points, usize);

impl Rules<'_> {
    /// 2.2: whether there are so many of the parts. Parts that are groups count one each, freely unless the group is
    /// `distinct`: then they take what they need, in every possible way, and the leaves have what is left.
    pub(super) fn members(
        &self,
        world: &World,
        need: usize,
        distinct: bool,
        average: Option<Amount>,
        parts: &[Requirement],
        conditions: &[&Conditions],
        usable: Awards,
    ) -> bool {
        let is_leaf = |part: &&Requirement| matches!(part.what, What::Credential { .. });
        let (leaves, groups): (Vec<&Requirement>, Vec<&Requirement>) = parts.iter().partition(is_leaf);
        let ways = if distinct {
            let sets: Vec<Vec<Awards>> = groups.iter().map(|p| self.smallest(world, p, conditions, usable)).collect();
            disjoint_choices(&sets)
        } else {
            let met = groups.iter().filter(|p| self.holds(world, p, conditions, usable)).count();
            vec![(met, 0)]
        };
        ways.into_iter().any(|(met, taken)| {
            let need = need.saturating_sub(met);
            let filled = self.fill(world, need, average.is_some(), &leaves, conditions, usable & !taken);
            filled.into_iter().any(|(members, points, number)| {
                let count: usize = members.values().sum();
                count >= need && average.is_none_or(|least| points.at_least(least, number as Amount))
            })
        })
    }

    /// 2.2: every way to fill the leaves, unit by unit; each unit fills one of them or none. Equivalents are one
    /// member, filled once, or once per award if it is repeatable. 3.7: what is waived is filled once by nothing. 2.7:
    /// in an average, awards without points fill nothing.
    fn fill(
        &self,
        world: &World,
        need: usize,
        graded: bool,
        leaves: &[&Requirement],
        above: &[&Conditions],
        usable: Awards,
    ) -> BTreeSet<Filled> {
        // What each unit can fill, with what points; of an endless award there is one for every place.
        let mut units: BTreeMap<(&Unit, usize), BTreeSet<(usize, Points, bool)>> = BTreeMap::new();
        let (mut waived, mut repeated) = (BTreeSet::new(), BTreeSet::new());
        for (p, leaf) in leaves.iter().enumerate() {
            let What::Credential { id, owner } = &leaf.what else { panic!("a leaf") };
            let conditions = [above, &[&leaf.conditions]].concat();
            if leaf.is_waived(world.day) {
                waived.insert(self.member(id, p));
            }
            if self.repeatable.contains(id) {
                repeated.insert(self.member(id, p));
            }
            let there = world.awards.iter().enumerate().filter(|(i, _)| contains(usable, *i));
            for a in there.map(|(_, a)| a) {
                let points = if graded { self.points(a) } else { Some(Points::NONE) };
                let where_else = if a.endless || self.places_do_not_compete { p } else { 0 };
                if let Some(points) = points.filter(|_| self.counts(world, a, id, owner, &conditions)) {
                    units.entry((&a.unit, where_else)).or_default().insert((p, points, a.endless));
                }
            }
        }
        let mut ways: BTreeSet<Filled> = BTreeSet::from([(BTreeMap::new(), Points::NONE, 0)]);
        for choices in units.values() {
            for (members, points, number) in ways.clone() {
                for (p, own, endless) in choices {
                    let What::Credential { id, .. } = &leaves[*p].what else { panic!("a leaf") };
                    let repeatable = self.repeatable.contains(id);
                    let times = if *endless && repeatable { need } else { 1 };
                    let mut members = members.clone();
                    let filled = members.entry(self.member(id, *p)).or_default();
                    if repeatable || *filled == 0 {
                        // More than all that is needed is as good, unless all have to be good.
                        *filled = if graded { *filled + times } else { need.min(*filled + times) };
                        let number = if graded { number + times } else { 0 };
                        ways.insert((members, points.plus(*own, times as Amount), number));
                    }
                }
            }
        }
        let with_waived = |(mut members, points, number): Filled| {
            for member in &waived {
                let filled = members.entry(*member).or_default();
                // One more of what is filled any number of times.
                *filled = if repeated.contains(member) { *filled + 1 } else { (*filled).max(1) };
            }
            (members, points, number)
        };
        ways.into_iter().map(with_waived).collect()
    }

    /// 2.2: the member that a leaf names.
    fn member(&self, id: Id, place: usize) -> Id {
        // As many names as there may be places.
        const APART: [Id; 12] = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"];
        if self.places_do_not_compete { APART[place] } else { self.same[id] }
    }
}

/// Every choice of sets out of some of the lists, pairwise disjoint: how many they are, and what they hold.
fn disjoint_choices(lists: &[Vec<Awards>]) -> Vec<(usize, Awards)> {
    let mut choices: Vec<(usize, Awards)> = vec![(0, 0)];
    for list in lists {
        for (number, taken) in choices.clone() {
            let fits = list.iter().filter(|set| **set & taken == 0);
            choices.extend(fits.map(|set| (number + 1, taken | set)));
        }
    }
    choices
}
