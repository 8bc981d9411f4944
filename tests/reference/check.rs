//! Checks (semantics 8) by brute force: every set of credentials is tried, and what is said of a catalog is said by
//! looking at all of those that can be earned one credential at a time.
//!
//! # Choices
//!
//! Where the definitions can be read in two ways, either answer is accepted: [`Facts::faults`] gives several kinds of
//! fault, [`Told::certain`] is false, and [`Facts::redundant`] and [`Facts::harmless_cycles`] give several readings.
//! In detail:
//!
//! 1. An award that is supposed to be there is current, also of a `while-components` credential whose stack nobody
//!    could meet.
//! 2. "Names": a rule names what its leaves name, those of its pools and filters too.
//! 3. Harmless cycles: along what a rule names, or along what counts as one named.
//! 4. A set of which none can be first may hold what is not offered, or overlap with another such set: then its
//!    members may as well follow from that fault, once it is supposed to be mended.
//! 5. What is supposed to be mended may still exclude others, or not.
//! 6. Two credentials each of which can be earned if only the other's exclusions are mended: either is the root.
//! 7. "Directly" needs what is not offered: its rules are met by what can be earned and all that is not offered.
//! 8. An option is met by a set that holds c itself, so an option that c counts as is never dead. It may be left out.
//! 9. An option that even a learner who holds everything does not meet is told by another code, so it may be left out;
//!    so are options of a choice within a dead option.
//! 10. Redundant: a rule that is no `all_of` may be one of the "other such parts", or not. An `all_of` within an
//!     `all_of` is taken apart; its parts are judged, it itself is not. Then, or if two members of one list are the
//!     same unit, it is only examined whether what is told is true.
//! 11. Options and parts of pools, as of filters, are not looked at; nor are those of credentials that cannot be
//!     earned.
//! 12. Vacuous is what a learner without any award meets, not even one by qualification.
//! 13. Dearer options: if something repeatable has a price, sets of awards are tried in place of sets of credentials,
//!     with at most [`REPEATS`] awards of each.

use super::edition::Feature;
use super::evaluate::*;
use super::model::*;
use std::collections::{BTreeMap, BTreeSet};

/// Credentials by their place in id order, one bit for each.
pub type Set = u32;

/// How many awards of a repeatable credential are ever tried, where they are counted.
pub const REPEATS: u32 = 4;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Which {
    Prerequisite,
    Stack,
}

/// All that the findings are made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub ids: Vec<Id>,
    pub conferred: Vec<bool>,
    pub offered: Vec<bool>,
    pub cost: Vec<Amount>,
    /// Who says so, and whom it excludes.
    pub exclusions: Vec<(usize, usize)>,
    /// The first of its equivalents.
    pub same: Vec<usize>,
    /// What an award of it counts as, itself included.
    pub counts_as: Vec<Set>,
    /// What its rules name.
    pub named: Vec<Set>,
    /// Whether the prerequisite, or the stack, is met by the awards of a set alone; so if there is none.
    pub prerequisite: Vec<Vec<bool>>,
    pub stack: Vec<Vec<bool>>,
    /// Whether the corequisite of what is taken is; so if there is none.
    pub corequisite: Vec<Vec<bool>>,
    /// The parts of all rules as they are written, those in sums and pools left out.
    pub parts: Vec<PartFacts>,
    /// Every reachable set.
    pub reachable: Vec<Set>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartFacts {
    /// In whose rule it stands, and in which.
    pub owner: usize,
    pub which: Which,
    /// The line, counted from that of the rule.
    pub line: usize,
    /// The group around it.
    pub parent: Option<usize>,
    /// The direct parts, if they are listed.
    pub parts: Vec<usize>,
    pub shape: Shape,
    /// For each reachable set, in order.
    pub met: Vec<bool>,
    pub met_by_all: bool,
    pub met_by_none: bool,
    /// Whether who meets it may meet it no longer when time has passed.
    pub may_end: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    Leaf(usize),
    /// It needs so many of so many parts. `plain` has neither `distinct` nor `span`, `listed` no pool and no filter.
    Counts {
        need: usize,
        of: usize,
        all_of: bool,
        plain: bool,
        distinct: bool,
        listed: bool,
    },
    Sum,
}

/// Why a credential cannot be earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    Impossible,
    NotOffered,
    SelfReference,
    Cycle,
    Exclusion,
    NeedsNotOffered,
    Following,
}

/// A part of which something is told; surely, or perhaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Told {
    pub part: usize,
    pub certain: bool,
}

/// A piece of a cause; `Exclusion` as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    Prerequisite(usize),
    Stack(usize),
    Exclusion(usize, usize),
    NotOffered(usize),
}

pub fn members(set: Set) -> impl Iterator<Item = usize> {
    (0..Set::BITS as usize).filter(move |i| set & 1 << i != 0)
}

pub fn set_of(members: impl IntoIterator<Item = usize>) -> Set {
    members.into_iter().fold(0, |set, i| set | 1 << i)
}

pub(super) fn is_part(one: Set, other: Set) -> bool {
    one & other == one
}

/// The day on which all awards of a check are made.
pub fn the_day(catalog: &Catalog, as_of: Option<Date>) -> Date {
    fn since(part: &Part, dates: &mut Vec<Date>) {
        let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
        dates.extend(conditions.since);
        if let Part::Group { members: Members::List(parts), .. } = part {
            parts.iter().for_each(|p| since(p, dates));
        }
    }
    let mut dates = Vec::new();
    for c in catalog.credentials.values() {
        dates.extend(c.offered_from);
        c.prerequisite.iter().chain(&c.corequisite).chain(&c.stack).for_each(|rule| since(rule, &mut dates));
    }
    for pool in catalog.pools.values() {
        if let Members::List(parts) = pool {
            parts.iter().for_each(|p| since(p, &mut dates));
        }
    }
    as_of.or(dates.into_iter().max()).unwrap_or(date(2000, 1, 1))
}

/// A part as it is written, beside the same with what it inherits.
pub(super) struct Written<'r> {
    pub(super) facts: PartFacts,
    pub(super) requirement: &'r Requirement,
    pub(super) above: Vec<&'r Conditions>,
}

/// Lists a part, which stands on a line, and those below it; gives the first line after it.
pub(super) fn list<'r>(
    part: &Part,
    requirement: &'r Requirement,
    above: &[&'r Conditions],
    facts: PartFacts,
    index: &dyn Fn(Id) -> usize,
    listed: &mut Vec<Written<'r>>,
) -> usize {
    let (me, owner, which, line) = (listed.len(), facts.owner, facts.which, facts.line);
    listed.push(Written { facts, requirement, above: above.to_vec() });
    let Part::Group { kind, members, span, distinct, .. } = part else {
        if let Part::Credential { id, .. } = part {
            listed[me].facts.shape = Shape::Leaf(index(id));
        }
        return line + 1;
    };
    let What::Group { parts: requirements, .. } = &requirement.what else { panic!("a group") };
    let of = requirements.len();
    let need = match kind {
        Kind::AllOf => of,
        Kind::AnyOf => 1,
        Kind::AtLeast(n) => *n as usize,
        Kind::Credits(_) | Kind::Hours(_) | Kind::UpTo(_) | Kind::Each => return line + height(part),
    };
    // Parts that come from a pool or filter are not looked at, nor then are those beside them.
    let is_each = |p: &Part| matches!(p, Part::Group { kind: Kind::Each, .. });
    let is_listed = matches!(members, Members::List(parts) if !parts.iter().any(is_each));
    listed[me].facts.shape = Shape::Counts {
        need,
        of,
        all_of: matches!(kind, Kind::AllOf),
        plain: !distinct && span.is_none(),
        distinct: *distinct,
        listed: is_listed,
    };
    let Members::List(parts) = members else { return line + 1 };
    if !is_listed {
        return line + height(part);
    }
    let inherited = [above, &[&requirement.conditions]].concat();
    let mut next = line + 1;
    for (part, requirement) in parts.iter().zip(requirements) {
        let below = listed.len();
        listed[me].facts.parts.push(below);
        next = list(part, requirement, &inherited, blank(owner, which, next, Some(me)), index, listed);
    }
    line + height(part)
}

pub(super) fn blank(owner: usize, which: Which, line: usize, parent: Option<usize>) -> PartFacts {
    PartFacts {
        owner,
        which,
        line,
        parent,
        parts: Vec::new(),
        shape: Shape::Sum,
        met: Vec::new(),
        met_by_all: false,
        met_by_none: false,
        may_end: false,
    }
}

/// 2.2: a repeatable member can be filled as often as is needed, so others may be left out.
fn with_repeated_members(rules: &Rules, shape: Shape, requirement: &Requirement) -> Shape {
    let repeats = |p: &Requirement| matches!(p.what, What::Credential { id, .. } if rules.repeatable.contains(id));
    match (shape, &requirement.what) {
        (
            Shape::Counts { need, of, all_of, plain, distinct, listed },
            What::Group { kind: Kind::AtLeast(_), parts, .. },
        ) if rules.has(Feature::UnitsInAtLeast) && parts.iter().any(repeats) => {
            Shape::Counts { need, of: of.max(need + 1), all_of, plain, distinct, listed }
        }
        (shape, _) => shape,
    }
}

/// Whether anything that a part rests on is over some day: an award that lapses, or one that has to be recent.
fn may_end(rules: &Rules, part: &Requirement, above: &[&Conditions], seen: &mut BTreeSet<Id>) -> bool {
    let conditions = [above, &[&part.conditions]].concat();
    let id = match &part.what {
        What::Group { span: Some(_), .. } => return true,
        What::Group { parts, .. } => return parts.iter().any(|part| may_end(rules, part, &conditions, seen)),
        What::Credential { id, .. } => id,
    };
    if conditions.iter().any(|c| c.within.is_some() || c.since.is_some()) {
        return true;
    }
    let lapsed = conditions.iter().any(|c| c.lapsed);
    let issued_by = |issuer: Option<Id>| {
        let anybody = issuer.is_none() && rules.has(Feature::AnyIssuer);
        anybody
            || conditions.iter().all(|c| c.issuer.as_ref().is_none_or(|list| issuer.is_some_and(|i| list.contains(&i))))
    };
    let mut counting = rules.catalog.credentials.values();
    counting.any(|c| {
        rules.counts_as(c.id, id)
            && issued_by(c.issuer)
            && (matches!(c.valid_for, ValidFor::Period(_)) && !lapsed
                || c.stack.is_some()
                    && seen.insert(c.id)
                    && [rules.prerequisite.get(c.id), rules.stack.get(c.id)]
                        .into_iter()
                        .flatten()
                        .any(|rule| may_end(rules, rule, &[], seen)))
    })
}

/// How many lines a part takes, where each part begins one.
fn height(part: &Part) -> usize {
    match part {
        Part::Group { members: Members::List(parts), .. } if !parts.is_empty() => {
            2 + parts.iter().map(height).sum::<usize>()
        }
        _ => 1,
    }
}

/// The lines on which the rules begin, from 1, in a text with each part on a line of its own.
pub fn rule_lines(text: &str, ids: &[Id]) -> BTreeMap<(usize, Which), usize> {
    let mut lines = BTreeMap::new();
    let mut owner = None;
    for (line, text) in (1..).zip(text.lines()) {
        if let Some(header) = text.strip_prefix("[credential.") {
            owner = ids.iter().position(|id| header.trim_end_matches(']').trim_matches('"') == *id);
        } else if let (Some(owner), true) = (owner, text.starts_with("prerequisite = ")) {
            lines.insert((owner, Which::Prerequisite), line);
        } else if let (Some(owner), true) = (owner, text.starts_with("stack = ")) {
            lines.insert((owner, Which::Stack), line);
        }
    }
    lines
}

fn leaves(requirement: &Requirement, visit: &mut dyn FnMut(Id)) {
    match &requirement.what {
        What::Credential { id, .. } => visit(id),
        What::Group { parts, .. } => parts.iter().for_each(|p| leaves(p, visit)),
    }
}

/// Which rules, exclusions and closed offerings stand in the way; those that are left out are not looked at.
pub(super) struct InForce {
    pub(super) prerequisite: Set,
    pub(super) stack: Set,
    pub(super) exclusions: Vec<(usize, usize)>,
    pub(super) closed: Set,
}

impl Facts {
    pub fn of(catalog: &Catalog, as_of: Option<Date>) -> Facts {
        let record = Record::default();
        let rules = Rules::new(catalog, &record);
        let day = the_day(catalog, as_of);
        let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
        let index = |id: Id| ids.iter().position(|known| *known == id).unwrap();
        let n = ids.len();
        let (mut prerequisite, mut stack) = (vec![Vec::new(); n], vec![Vec::new(); n]);
        let mut corequisite = vec![Vec::new(); n];
        let awards = |set: Set, qualifies: bool| rules.holding(members(set).map(|i| ids[i]), day, qualifies);
        for set in 0..1 << n {
            let world = awards(set, false);
            for (i, id) in ids.iter().enumerate() {
                prerequisite[i].push(rules.prerequisite_met(&world, id));
                stack[i].push(catalog.credentials[id].stack.is_none() || rules.stack_met(&world, id));
                corequisite[i].push(catalog.credentials[id].stack.is_some() || rules.corequisite_met(&world, id));
            }
        }
        let mut listed = Vec::new();
        let mut named = vec![0; n];
        for (i, (id, c)) in catalog.credentials.iter().enumerate() {
            let written = [(Which::Prerequisite, &c.prerequisite), (Which::Stack, &c.stack)];
            for (which, rule) in written {
                let Some(rule) = rule else { continue };
                let requirement = match which {
                    Which::Prerequisite => &rules.prerequisite[id],
                    Which::Stack => &rules.stack[id],
                };
                leaves(requirement, &mut |id| named[i] |= 1 << index(id));
                list(rule, requirement, &[], blank(i, which, 0, None), &index, &mut listed);
            }
        }
        let offered = |c: &Credential| match as_of {
            Some(day) => !offering_over(c, day),
            None => !matches!((c.offered_from, c.offered_until), (Some(from), Some(until)) if from > until),
        };
        let mut exclusions = Vec::new();
        for (i, c) in catalog.credentials.values().enumerate() {
            exclusions.extend(c.excludes.iter().map(|e| (i, index(e))));
        }
        let mut facts = Facts {
            conferred: catalog.credentials.values().map(|c| c.stack.is_some()).collect(),
            offered: catalog.credentials.values().map(offered).collect(),
            cost: catalog.credentials.values().map(|c| c.cost).collect(),
            exclusions,
            same: ids.iter().map(|id| index(rules.same[id])).collect(),
            counts_as: ids.iter().map(|id| set_of((0..n).filter(|j| rules.counts_as(id, ids[*j])))).collect(),
            named,
            prerequisite,
            stack,
            corequisite,
            parts: Vec::new(),
            reachable: Vec::new(),
            ids: ids.clone(),
        };
        facts.reachable = facts.reachable_under(&facts.all_in_force());
        let worlds: Vec<World> = facts.reachable.iter().map(|set| awards(*set, true)).collect();
        let (all, none) = (awards((1 << n) - 1, true), awards(0, false));
        for Written { facts: mut part, requirement, above } in listed {
            part.shape = with_repeated_members(&rules, part.shape, requirement);
            let met = |world: &World| rules.part_met(world, requirement, &above);
            part.met = worlds.iter().map(met).collect();
            (part.met_by_all, part.met_by_none) = (met(&all), met(&none));
            part.may_end = may_end(&rules, requirement, &above, &mut BTreeSet::new());
            facts.parts.push(part);
        }
        facts
    }

    pub fn all(&self) -> Set {
        (1 << self.ids.len()) - 1
    }

    pub(super) fn all_in_force(&self) -> InForce {
        let closed = set_of((0..self.ids.len()).filter(|i| !self.offered[*i]));
        InForce { prerequisite: self.all(), stack: self.all(), exclusions: self.exclusions.clone(), closed }
    }

    /// Both its rules, as far as they are in force, are met by the awards of a set.
    pub(super) fn rules_met(&self, i: usize, held: Set, force: &InForce) -> bool {
        (force.prerequisite & 1 << i == 0 || self.prerequisite[i][held as usize])
            && (force.stack & 1 << i == 0 || self.stack[i][held as usize])
    }

    /// What an exclusion keeps apart: the two, and all equivalents of theirs; but nothing from itself.
    pub fn keeps_apart(&self, (one, other): (usize, usize), i: usize, j: usize) -> bool {
        let fits = |i: usize, j: usize| self.same[one] == self.same[i] && self.same[other] == self.same[j];
        i != j && (fits(i, j) || fits(j, i))
    }

    /// To the letter: every set of what is offered, without two that exclude each other, which has an order.
    pub(super) fn reachable_under(&self, force: &InForce) -> Vec<Set> {
        let n = self.ids.len();
        let apart = |i: usize, j: &usize| force.exclusions.iter().any(|e| self.keeps_apart(*e, i, *j));
        let apart: Vec<Set> = (0..n).map(|i| set_of((0..n).filter(|j| apart(i, j)))).collect();
        let sets = (0..=self.all()).filter(|set| set & force.closed == 0);
        let sets = sets.filter(|set| members(*set).all(|i| apart[i] & set == 0));
        sets.filter(|set| self.first_to_last(*set, force) == *set).collect()
    }

    /// What of a set can be earned, one after the other; 4.6: or begun together.
    fn first_to_last(&self, set: Set, force: &InForce) -> Set {
        let mut held = 0;
        loop {
            let next = members(set & !held).filter(|i| self.rules_met(*i, held, force));
            let mut next = set_of(next);
            // The greatest set in which each has its corequisite beside it.
            loop {
                let begun = set_of(members(next).filter(|i| !self.conferred[*i]));
                let stays = |i: &usize| self.corequisite[*i][(held | begun) as usize];
                let fewer = set_of(members(next).filter(stays));
                if fewer == next {
                    break;
                }
                next = fewer;
            }
            if next == 0 {
                return held;
            }
            held |= next;
        }
    }

    pub fn earnable(&self) -> Set {
        self.reachable.iter().fold(0, |all, set| all | set)
    }

    pub(super) fn is_earnable(&self, i: usize) -> bool {
        self.earnable() & 1 << i != 0
    }

    pub fn unearnable(&self) -> Set {
        self.all() & !self.earnable()
    }

    /// What could be earned if these were simply available; they then exclude others as before, or not.
    pub(super) fn earnable_if(&self, available: Set, they_exclude: bool) -> Set {
        let mut force = self.all_in_force();
        force.prerequisite &= !available;
        force.stack &= !available;
        force.closed &= !available;
        if !they_exclude {
            force.exclusions.retain(|(i, j)| available & (1 << i | 1 << j) == 0);
        }
        self.reachable_under(&force).iter().fold(0, |all, set| all | set)
    }
}
