//! Whether a requirement is met by given awards (semantics 2, 5.1, 5.2).

use super::super::edition::Feature;
use super::super::model::*;
use super::rules::{Requirement, What};
use super::sums::Counting;
use super::world::Counted;
use super::{Awards, Rules, World, contains};
use std::collections::BTreeMap;

impl Rules<'_> {
    /// Whether a part is met, given the conditions of the groups around it.
    pub fn part_met(&self, world: &World, part: &Requirement, above: &[&Conditions]) -> bool {
        self.holds(world, part, above, Awards::MAX)
    }

    /// 2: whether a requirement is met by the usable awards, given the conditions of the groups around it. 3.7: what
    /// is waived is met by none.
    pub(super) fn holds(&self, world: &World, part: &Requirement, above: &[&Conditions], usable: Awards) -> bool {
        let conditions = [above, &[&part.conditions]].concat();
        if part.is_waived(world.day) {
            return true;
        }
        let What::Group { kind, distinct, span, average, parts } = &part.what else {
            return self.some_leaf_holds(world, part, above, usable);
        };
        let count = |need: usize, usable| self.several(world, need, *distinct, parts, &conditions, usable);
        let sum =
            |need: Amount, counting, usable| self.sum(world, need, counting, *average, parts, &conditions, usable);
        self.choices(world, *span, usable).into_iter().any(|usable| match kind {
            Kind::AllOf => count(parts.len(), usable),
            Kind::AnyOf => count(1, usable),
            Kind::AtLeast(n) if self.has(Feature::UnitsInAtLeast) || average.is_some() => {
                self.members(world, *n as usize, *distinct, *average, parts, &conditions, usable)
            }
            Kind::AtLeast(n) => count(*n as usize, usable),
            Kind::Credits(need) => sum(*need, Counting::Credits, usable),
            Kind::Hours(need) => sum(*need, Counting::Hours, usable),
            Kind::UpTo(_) | Kind::Each => panic!("no requirement by itself"),
        })
    }

    /// 2, 5.1: whether so many of the parts are met; if `distinct`, by pairwise disjoint sets of units.
    fn several(
        &self,
        world: &World,
        need: usize,
        distinct: bool,
        parts: &[Requirement],
        conditions: &[&Conditions],
        usable: Awards,
    ) -> bool {
        let met = parts.iter().filter(|p| self.holds(world, p, conditions, usable)).count();
        if !distinct || met < need {
            return met >= need;
        }
        if self.every_division {
            return self.divided(world, need, parts, conditions, usable);
        }
        // It is enough to try, for every part, the sets of units out of which nothing can be left.
        let sets: Vec<Vec<Awards>> = parts.iter().map(|p| self.smallest(world, p, conditions, usable)).collect();
        some_are_disjoint(&sets, need, 0)
    }

    /// 5.1: the sets of units that meet a part and hold no smaller set that does. A set is given as the awards of its
    /// units. What there is without end (4.2) serves every part, and belongs to no set.
    pub(super) fn smallest(
        &self,
        world: &World,
        part: &Requirement,
        above: &[&Conditions],
        usable: Awards,
    ) -> Vec<Awards> {
        let (units, endless) = self.units(world, usable);
        self.smallest_out_of(world, part, above, units, endless)
    }

    /// The same out of these units, beside what is there anyway.
    pub(super) fn smallest_out_of(
        &self,
        world: &World,
        part: &Requirement,
        above: &[&Conditions],
        mut units: Vec<Awards>,
        anyway: Awards,
    ) -> Vec<Awards> {
        // A unit that counts for no leaf of the part is in no such set.
        units.retain(|unit| self.some_leaf_holds(world, part, above, *unit));
        let mut sets: Vec<(usize, Awards)> = vec![(0, 0)];
        for unit in units {
            sets.extend(sets.clone().into_iter().map(|(size, set)| (size + 1, set | unit)));
        }
        sets.sort(); // smaller ones first
        let mut smallest: Vec<Awards> = Vec::new();
        for (_, set) in sets {
            let holds_a_smaller_one = smallest.iter().any(|s| set & s == *s);
            if !holds_a_smaller_one && self.holds(world, part, above, set | anyway) {
                smallest.push(set);
            }
        }
        smallest
    }

    /// 5.1, to the letter: every way to give each unit to one of the parts or to none.
    fn divided(
        &self,
        world: &World,
        need: usize,
        parts: &[Requirement],
        conditions: &[&Conditions],
        usable: Awards,
    ) -> bool {
        let (units, endless) = self.units(world, usable);
        let mut divisions = vec![vec![endless; parts.len()]];
        for unit in units {
            for division in divisions.clone() {
                for i in 0..parts.len() {
                    let mut division = division.clone();
                    division[i] |= unit;
                    divisions.push(division);
                }
            }
        }
        divisions.into_iter().any(|division| {
            let own = parts.iter().zip(division);
            own.filter(|(part, usable)| self.holds(world, part, conditions, *usable)).count() >= need
        })
    }

    /// 5.2: the usable awards, those of every unit by themselves; and those that are there without end (4.2).
    pub(super) fn units(&self, world: &World, usable: Awards) -> (Vec<Awards>, Awards) {
        let (mut units, mut endless) = (BTreeMap::new(), 0);
        for (i, a) in world.awards.iter().enumerate().filter(|(i, _)| contains(usable, *i)) {
            if a.endless {
                endless |= 1 << i;
            } else {
                let which = if self.awards_are_units { i } else { 0 };
                *units.entry((&a.unit, which)).or_default() |= 1 << i;
            }
        }
        (units.into_values().collect(), endless)
    }

    /// 2.5, `span`: the sets of awards, latest ≤ earliest + period, out of which a group may choose; an undated award
    /// is in none (3.1). It is enough to try, for every earliest date, all awards from that date on that fit:
    /// those are the largest sets, and a larger set meets whatever a smaller one meets.
    pub(super) fn choices(&self, world: &World, span: Option<Period>, usable: Awards) -> Vec<Awards> {
        let Some(period) = span else {
            return vec![usable];
        };
        let dated = |i: &usize| contains(usable, *i) && world.awards[*i].awarded.is_some();
        let awards: Vec<(usize, Date)> =
            (0..world.awards.len()).filter(dated).map(|i| (i, world.awards[i].awarded.unwrap())).collect();
        let mut sets = vec![0]; // a group that needs no award
        if self.every_choice_for_span {
            for (i, _) in &awards {
                sets.extend(sets.clone().into_iter().map(|set| set | 1 << i));
            }
            sets.retain(|set| {
                let dates = || awards.iter().filter(|(i, _)| contains(*set, *i)).map(|(_, d)| *d);
                dates().min().is_none_or(|earliest| dates().max().unwrap() <= earliest.plus(period))
            });
        } else {
            for (_, earliest) in &awards {
                let fits = awards.iter().filter(|(_, d)| earliest <= d && *d <= earliest.plus(period));
                sets.push(fits.fold(0, |set, (i, _)| set | 1 << i));
            }
        }
        sets.sort();
        sets.dedup();
        sets
    }

    /// 2.5, 3.1, 3.2, 3.4, 3.6: whether an award counts for a leaf that names `id`, in a rule of `owner`, under all its
    /// conditions: those of the leaf come last.
    pub(super) fn counts(&self, world: &World, a: &Counted, id: Id, owner: Id, conditions: &[&Conditions]) -> bool {
        let (own, groups) = conditions.split_last().expect("the leaf's own");
        let conferred = self.catalog.credentials[id].stack.is_some();
        let grades_reach = !(conferred && self.has(Feature::GradeOnGroups));
        let grade_on_groups = groups.iter().all(|c| !grades_reach || self.grade_met(a, c));
        self.counts_as_within(owner, a.credential, id)
            && (a.current || conditions.iter().any(|c| c.lapsed))
            && conditions.iter().all(|c| self.dates_met(world.day, a, c))
            && self.grade_met(a, own)
            && grade_on_groups
            && issuers_met(a, conditions)
    }

    /// 2.5, 3.1: an undated award counts as awarded before every date: that meets `until` and `held_for`.
    fn dates_met(&self, day: Date, a: &Counted, c: &Conditions) -> bool {
        // With a term that is taken to some end, that end is the last day; a period counts from the award.
        let within = |d: Date, p: Period| match p.to {
            Some(_) => day <= self.end_of(d, p),
            None => day <= d.plus(p),
        };
        let held_for = |d: Date, p: Period| match p.to {
            Some(_) => day > self.end_of(d, p),
            None => day >= d.plus(p),
        };
        c.within.is_none_or(|p| a.awarded.is_some_and(|d| within(d, p)))
            && c.since.is_none_or(|since| a.awarded.is_some_and(|d| d >= since))
            && c.until.is_none_or(|until| a.awarded.is_none_or(|d| d <= until))
            && c.held_for.is_none_or(|p| a.awarded.is_none_or(|d| held_for(d, p)))
    }

    /// 2.5, `grade`: the order of the catalog's `grades`, or of numbers.
    fn grade_met(&self, a: &Counted, c: &Conditions) -> bool {
        let at_least = |least: Grade| match (&self.catalog.grades, a.grade, least) {
            (Some(order), Some(Grade::Text(g)), Grade::Text(l)) => {
                let rank = |word| order.iter().position(|o| *o == word);
                rank(g).is_some_and(|g| rank(l).is_some_and(|l| g >= l))
            }
            (None, Some(Grade::Number(g)), Grade::Number(l)) => g >= l,
            _ => false,
        };
        c.grade.is_none_or(|least| a.sufficient_grade || at_least(least))
    }

    /// 4.2, Started: some leaf below holds by the usable awards, or is waived.
    pub(super) fn some_leaf_holds(
        &self,
        world: &World,
        part: &Requirement,
        above: &[&Conditions],
        usable: Awards,
    ) -> bool {
        let conditions = [above, &[&part.conditions]].concat();
        match &part.what {
            What::Credential { id, owner } => {
                part.is_waived(world.day)
                    || (0..world.awards.len())
                        .any(|i| contains(usable, i) && self.counts(world, &world.awards[i], id, owner, &conditions))
            }
            What::Group { parts, .. } => parts.iter().any(|p| self.some_leaf_holds(world, p, &conditions, usable)),
        }
    }
}

/// 2.5, `issuer`: nested lists are intersected.
fn issuers_met(a: &Counted, conditions: &[&Conditions]) -> bool {
    let lists: Vec<&Vec<Id>> = conditions.iter().filter_map(|c| c.issuer.as_ref()).collect();
    let in_all = |issuer: &Id| lists.iter().all(|list| list.contains(issuer));
    match lists.first() {
        None => true,
        Some(first) if a.any_issuer => first.iter().any(in_all),
        Some(_) => a.issuer.as_ref().is_some_and(in_all),
    }
}

/// 5.1: whether so many sets, each out of another list, are pairwise disjoint and hold nothing that is taken.
pub(super) fn some_are_disjoint(lists: &[Vec<Awards>], need: usize, taken: Awards) -> bool {
    let Some((first, rest)) = lists.split_first() else {
        return need == 0;
    };
    need == 0
        || first.iter().any(|set| set & taken == 0 && some_are_disjoint(rest, need - 1, taken | set))
        || some_are_disjoint(rest, need, taken)
}
