//! Checks (semantics 8) by brute force: every set of credentials is tried, and what is said of a catalog is said by looking at
//! all of those that can be earned one credential at a time.
//!
//! # Choices
//!
//! Where the definitions can be read in two ways, either answer is accepted: [`Facts::faults`] gives several kinds of fault,
//! [`Told::certain`] is false, and [`Facts::redundant`] and [`Facts::harmless_cycles`] give several readings. In detail:
//!
//! 1. An award that is supposed to be there is current, also of a `while-components` credential whose stack nobody could meet.
//! 2. "Names": a rule names what its leaves name, those of its pools and filters too.
//! 3. Harmless cycles: along what a rule names, or along what counts as one named.
//! 4. A set of which none can be first may hold what is not offered, or overlap with another such set: then its members
//!    may as well follow from that fault, once it is supposed to be mended.
//! 5. What is supposed to be mended may still exclude others, or not.
//! 6. Two credentials each of which can be earned if only the other's exclusions are mended: either is the root.
//! 7. "Directly" needs what is not offered: its rules are met by what can be earned and all that is not offered.
//! 8. An option is met by a set that holds c itself, so an option that c counts as is never dead. It may be left out.
//! 9. An option that even a learner who holds everything does not meet is told by another code, so it may be left out; so
//!    are options of a choice within a dead option.
//! 10. Redundant: a rule that is no `all_of` may be one of the "other such parts", or not. An `all_of` within an `all_of` is
//!     taken apart; its parts are judged, it itself is not. Then, or if two members of one list are the same unit, it is only
//!     examined whether what is told is true.
//! 11. Options and parts of pools, as of filters, are not looked at; nor are those of credentials that cannot be earned.
//! 12. Vacuous is what a learner without any award meets, not even one by qualification.
//! 13. Dearer options: if something repeatable has a price, sets of awards are tried in place of sets of credentials, with at
//!     most [`REPEATS`] awards of each.

use super::evaluate::*;
use super::model::*;
use super::plan::Problem;
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

fn is_part(one: Set, other: Set) -> bool {
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
        c.prerequisite.iter().chain(&c.stack).for_each(|rule| since(rule, &mut dates));
    }
    for pool in catalog.pools.values() {
        if let Members::List(parts) = pool {
            parts.iter().for_each(|p| since(p, &mut dates));
        }
    }
    as_of.or(dates.into_iter().max()).unwrap_or(date(2000, 1, 1))
}

/// A part as it is written, beside the same with what it inherits.
struct Written<'r> {
    facts: PartFacts,
    requirement: &'r Requirement,
    above: Vec<&'r Conditions>,
}

/// Lists a part, which stands on a line, and those below it; gives the first line after it.
fn list<'r>(
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
        Kind::Credits(_) | Kind::Hours(_) | Kind::UpTo(_) => return line + height(part),
    };
    let is_listed = matches!(members, Members::List(_));
    listed[me].facts.shape = Shape::Counts {
        need,
        of,
        all_of: matches!(kind, Kind::AllOf),
        plain: !distinct && span.is_none(),
        distinct: *distinct,
        listed: is_listed,
    };
    let Members::List(parts) = members else { return line + 1 };
    let inherited = [above, &[&requirement.conditions]].concat();
    let mut next = line + 1;
    for (part, requirement) in parts.iter().zip(requirements) {
        let below = listed.len();
        listed[me].facts.parts.push(below);
        next = list(part, requirement, &inherited, blank(owner, which, next, Some(me)), index, listed);
    }
    line + height(part)
}

fn blank(owner: usize, which: Which, line: usize, parent: Option<usize>) -> PartFacts {
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
    }
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
struct InForce {
    prerequisite: Set,
    stack: Set,
    exclusions: Vec<(usize, usize)>,
    closed: Set,
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
        let awards = |set: Set, qualifies: bool| rules.holding(members(set).map(|i| ids[i]), day, qualifies);
        for set in 0..1 << n {
            let world = awards(set, false);
            for (i, id) in ids.iter().enumerate() {
                prerequisite[i].push(rules.prerequisite_met(&world, id));
                stack[i].push(catalog.credentials[id].stack.is_none() || rules.stack_met(&world, id));
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
            parts: Vec::new(),
            reachable: Vec::new(),
            ids: ids.clone(),
        };
        facts.reachable = facts.reachable_under(&facts.all_in_force());
        let worlds: Vec<World> = facts.reachable.iter().map(|set| awards(*set, true)).collect();
        let (all, none) = (awards((1 << n) - 1, true), awards(0, false));
        for Written { facts: mut part, requirement, above } in listed {
            let met = |world: &World| rules.part_met(world, requirement, &above);
            part.met = worlds.iter().map(met).collect();
            (part.met_by_all, part.met_by_none) = (met(&all), met(&none));
            facts.parts.push(part);
        }
        facts
    }

    pub fn all(&self) -> Set {
        (1 << self.ids.len()) - 1
    }

    fn all_in_force(&self) -> InForce {
        let closed = set_of((0..self.ids.len()).filter(|i| !self.offered[*i]));
        InForce { prerequisite: self.all(), stack: self.all(), exclusions: self.exclusions.clone(), closed }
    }

    /// Both its rules, as far as they are in force, are met by the awards of a set.
    fn rules_met(&self, i: usize, held: Set, force: &InForce) -> bool {
        (force.prerequisite & 1 << i == 0 || self.prerequisite[i][held as usize])
            && (force.stack & 1 << i == 0 || self.stack[i][held as usize])
    }

    /// What an exclusion keeps apart: the two, and all equivalents of theirs; but nothing from itself.
    pub fn keeps_apart(&self, (one, other): (usize, usize), i: usize, j: usize) -> bool {
        let fits = |i: usize, j: usize| self.same[one] == self.same[i] && self.same[other] == self.same[j];
        i != j && (fits(i, j) || fits(j, i))
    }

    /// To the letter: every set of what is offered, without two that exclude each other, which has an order.
    fn reachable_under(&self, force: &InForce) -> Vec<Set> {
        let n = self.ids.len();
        let apart = |i: usize, j: &usize| force.exclusions.iter().any(|e| self.keeps_apart(*e, i, *j));
        let apart: Vec<Set> = (0..n).map(|i| set_of((0..n).filter(|j| apart(i, j)))).collect();
        let sets = (0..=self.all()).filter(|set| set & force.closed == 0);
        let sets = sets.filter(|set| members(*set).all(|i| apart[i] & set == 0));
        sets.filter(|set| self.first_to_last(*set, force) == *set).collect()
    }

    /// What of a set can be earned, one after the other.
    fn first_to_last(&self, set: Set, force: &InForce) -> Set {
        let mut held = 0;
        loop {
            let next = members(set & !held).filter(|i| self.rules_met(*i, held, force));
            let next = set_of(next);
            if next == 0 {
                return held;
            }
            held |= next;
        }
    }

    pub fn earnable(&self) -> Set {
        self.reachable.iter().fold(0, |all, set| all | set)
    }

    fn is_earnable(&self, i: usize) -> bool {
        self.earnable() & 1 << i != 0
    }

    pub fn unearnable(&self) -> Set {
        self.all() & !self.earnable()
    }

    /// What could be earned if these were simply available; they then exclude others as before, or not.
    fn earnable_if(&self, available: Set, they_exclude: bool) -> Set {
        let mut force = self.all_in_force();
        force.prerequisite &= !available;
        force.stack &= !available;
        force.closed &= !available;
        if !they_exclude {
            force.exclusions.retain(|(i, j)| available & (1 << i | 1 << j) == 0);
        }
        self.reachable_under(&force).iter().fold(0, |all, set| all | set)
    }

    // Earnability.

    /// The rules of each are unmet when everything outside is there.
    fn none_is_first(&self, set: Set) -> bool {
        members(set).all(|i| !self.rules_met(i, self.all() & !set, &self.all_in_force()))
    }

    /// Every smallest set of which none can be first, one of what is impossible by itself too.
    pub fn cycles(&self) -> Vec<Set> {
        let mut sets: Vec<Set> = (1..=self.all()).collect();
        sets.sort_by_key(|set| set.count_ones());
        let mut found: Vec<Set> = Vec::new();
        for set in sets {
            if self.none_is_first(set) && !found.iter().any(|smaller| is_part(*smaller, set)) {
                found.push(set);
            }
        }
        found
    }

    /// Re-checks a witness.
    pub fn is_blocking_cycle(&self, set: Set) -> bool {
        let smaller = || (1..set).filter(|s| is_part(*s, set));
        set.count_ones() > 1 && self.none_is_first(set) && !smaller().any(|s| self.none_is_first(s))
    }

    /// Whether the rules of a credential are unmet when all is there but these.
    pub fn needs_some_of(&self, i: usize, set: Set) -> bool {
        !self.rules_met(i, self.all() & !set, &self.all_in_force())
    }

    /// For each credential that cannot be earned, what may be said of it; if that is one thing it must be said.
    pub fn faults(&self) -> BTreeMap<usize, BTreeSet<Fault>> {
        let unearnable = self.unearnable();
        if unearnable == 0 {
            return BTreeMap::new();
        }
        let (all, force) = (self.all(), self.all_in_force());
        let impossible = set_of(members(unearnable).filter(|i| !self.rules_met(*i, all, &force)));
        let closed = force.closed & !impossible;
        let cycles: Vec<Set> = self.cycles().into_iter().filter(|set| set & impossible == 0).collect();
        let in_cycles = cycles.iter().fold(0, |all, set| all | set) & !closed;
        let rest = unearnable & !impossible & !closed & !in_cycles;
        // In both readings of what is mended.
        let mended = |i: usize, available: Set| {
            let [one, other] =
                [true, false].map(|they_exclude| self.earnable_if(available, they_exclude) & 1 << i != 0);
            if one == other { Some(one) } else { None }
        };
        let excluded = members(rest).filter(|i| mended(*i, unearnable & !(1 << i)) == Some(false));
        let excluded = set_of(excluded);
        let mut faults = BTreeMap::new();
        for i in members(unearnable) {
            let bit: Set = 1 << i;
            let may: Vec<Fault> = if impossible & bit != 0 {
                vec![Fault::Impossible]
            } else if closed & bit != 0 {
                vec![Fault::NotOffered]
            } else if cycles.contains(&bit) {
                vec![Fault::SelfReference]
            } else if in_cycles & bit != 0 {
                self.faults_in_cycles(i, &cycles, closed)
            } else if excluded & bit != 0 {
                vec![Fault::Exclusion]
            } else {
                let told_elsewhere = impossible | in_cycles | excluded;
                let one = mended(i, closed);
                let other = mended(i, told_elsewhere);
                let direct = self.rules_met(i, self.earnable() | closed, &force);
                match (one, other, mended(i, closed | told_elsewhere)) {
                    (Some(true), Some(false), _) if direct => vec![Fault::NeedsNotOffered],
                    (Some(false), Some(true), _) => vec![Fault::Following],
                    (Some(_), Some(_), Some(true)) => vec![Fault::NeedsNotOffered, Fault::Following],
                    _ => vec![Fault::NeedsNotOffered, Fault::Following, Fault::Exclusion],
                }
            };
            faults.insert(i, may.into_iter().collect());
        }
        faults
    }

    fn faults_in_cycles(&self, i: usize, cycles: &[Set], closed: Set) -> Vec<Fault> {
        let own = || cycles.iter().filter(|set| *set & 1 << i != 0);
        let alone = |set: &&Set| *set & closed == 0 && cycles.iter().all(|s| s == *set || s & *set == 0);
        let mut may = vec![Fault::Cycle];
        if own().all(|set| !alone(&set)) {
            may.extend([Fault::Following, Fault::NeedsNotOffered, Fault::Exclusion]);
        }
        // Equivalents that need each other name themselves under another name.
        let twice = |set: &Set| members(*set).any(|j| j != i && self.same[j] == self.same[i]);
        if own().any(twice) {
            may.push(Fault::SelfReference);
        }
        may
    }

    /// Whether the credential cannot be earned for these reasons alone.
    fn suffices(&self, i: usize, cause: &BTreeSet<Reason>) -> bool {
        let mut force = InForce { prerequisite: 0, stack: 0, exclusions: Vec::new(), closed: 0 };
        for reason in cause {
            match reason {
                Reason::Prerequisite(j) => force.prerequisite |= 1 << j,
                Reason::Stack(j) => force.stack |= 1 << j,
                Reason::Exclusion(j, k) => force.exclusions.push((*j, *k)),
                Reason::NotOffered(j) => force.closed |= 1 << j,
            }
        }
        self.reachable_under(&force).iter().all(|set| set & 1 << i == 0)
    }

    /// Re-checks a witness: the reasons are true, the credential cannot be earned for these alone, and could be if one of them
    /// were gone.
    pub fn is_smallest_cause(&self, i: usize, cause: &BTreeSet<Reason>) -> bool {
        let without = |reason: &Reason| cause.iter().filter(|r| *r != reason).copied().collect();
        let reasons = self.reasons();
        cause.iter().all(|reason| reasons.contains(reason))
            && self.suffices(i, cause)
            && !cause.iter().any(|reason| self.suffices(i, &without(reason)))
    }

    /// All that can stand in the way of anything.
    fn reasons(&self) -> Vec<Reason> {
        let all = 0..self.ids.len();
        let mut reasons: Vec<Reason> = self.exclusions.iter().map(|(i, j)| Reason::Exclusion(*i, *j)).collect();
        reasons.extend(all.clone().filter(|i| self.prerequisite[*i].contains(&false)).map(Reason::Prerequisite));
        reasons.extend(all.clone().filter(|i| self.stack[*i].contains(&false)).map(Reason::Stack));
        reasons.extend(all.filter(|i| !self.offered[*i]).map(Reason::NotOffered));
        reasons
    }

    /// A smallest cause of what cannot be earned: of all reasons, whatever can be left out is, closed offerings last.
    pub fn smallest_cause(&self, i: usize) -> BTreeSet<Reason> {
        let reasons = self.reasons();
        let mut cause: BTreeSet<Reason> = reasons.iter().copied().collect();
        for reason in &reasons {
            let mut less = cause.clone();
            less.remove(reason);
            if self.suffices(i, &less) {
                cause = less;
            }
        }
        cause
    }

    /// Re-checks a witness: each can be earned after those before it, and no two exclude each other.
    pub fn is_order(&self, order: &[usize]) -> bool {
        let mut held = 0;
        for i in order {
            if held & 1 << i != 0 || !self.reachable.contains(&(held | 1 << i)) {
                return false;
            }
            held |= 1 << i;
        }
        true
    }

    /// The strongly connected components, or self-loops that are not self-references, all of whose members are earnable; in
    /// each of two readings.
    pub fn harmless_cycles(&self) -> [BTreeSet<Set>; 2] {
        let n = self.ids.len();
        let counted = |i: usize| set_of((0..n).filter(|j| self.counts_as[*j] & self.named[i] != 0));
        let readings = [self.named.clone(), (0..n).map(counted).collect()];
        readings.map(|next| {
            let reach = |i: usize| {
                let mut reached = next[i];
                loop {
                    let more = members(reached).fold(reached, |all, j| all | next[j]);
                    if more == reached {
                        return reached;
                    }
                    reached = more;
                }
            };
            let reached: Vec<Set> = (0..n).map(reach).collect();
            let with = |i: usize| {
                set_of((0..n).filter(|j| *j == i || (reached[i] & 1 << j != 0 && reached[*j] & 1 << i != 0)))
            };
            let names_itself = |i: usize| members(self.named[i]).any(|j| self.same[j] == self.same[i]);
            let is_cycle = |set: &Set| {
                let first = set.trailing_zeros() as usize;
                set.count_ones() > 1 || (next[first] & set != 0 && !names_itself(first))
            };
            let components: BTreeSet<Set> = (0..n).map(with).collect();
            components.into_iter().filter(|set| is_cycle(set) && is_part(*set, self.earnable())).collect()
        })
    }

    /// The credential, and all that a rule of one of them names or that counts as one named.
    pub fn cone(&self, target: usize) -> Set {
        let mut cone: Set = 1 << target;
        loop {
            let named = members(cone).fold(0, |all, i| all | self.named[i]);
            let more = cone | set_of((0..self.ids.len()).filter(|i| self.counts_as[*i] & named != 0));
            if more == cone {
                return cone;
            }
            cone = more;
        }
    }

    // Exclusions.

    fn never_both(&self, i: usize, j: usize) -> bool {
        let both: Set = 1 << i | 1 << j;
        is_part(both, self.earnable()) && !self.reachable.iter().any(|set| is_part(both, *set))
    }

    pub fn strong_conflicts(&self) -> BTreeMap<usize, Set> {
        let says_so = |i: usize, j: usize| self.exclusions.contains(&(i, j)) || self.exclusions.contains(&(j, i));
        let mut found = BTreeMap::new();
        for i in 0..self.ids.len() {
            let others = (i + 1..self.ids.len())
                .filter(|j| self.conferred[i] && self.conferred[*j] && !says_so(i, *j) && self.never_both(i, *j));
            match set_of(others) {
                0 => {}
                others => drop(found.insert(i, others)),
            }
        }
        found
    }

    /// What closes the target for good.
    pub fn dead_ends(&self, target: usize) -> Set {
        set_of(members(self.cone(target)).filter(|i| *i != target && self.never_both(*i, target)))
    }

    // Choices.

    /// The reachable sets, by number, with the credential.
    fn with(&self, c: usize) -> impl Iterator<Item = usize> {
        (0..self.reachable.len()).filter(move |s| self.reachable[*s] & 1 << c != 0)
    }

    /// Groups with listed parts of which some may be left out, in rules of what can be earned.
    fn choices(&self) -> impl Iterator<Item = (usize, &PartFacts)> {
        self.parts.iter().filter(|p| self.is_earnable(p.owner)).filter_map(|p| match p.shape {
            Shape::Counts { need, of, listed: true, .. } if (1..of).contains(&need) => Some((need, p)),
            _ => None,
        })
    }

    fn is_dead(&self, option: usize) -> bool {
        let option = &self.parts[option];
        !self.with(option.owner).any(|s| option.met[s])
    }

    fn leaf(&self, part: usize) -> Option<usize> {
        match self.parts[part].shape {
            Shape::Leaf(i) => Some(i),
            _ => None,
        }
    }

    /// Dead options, each with whether it is a note.
    pub fn dead_options(&self) -> BTreeMap<Told, bool> {
        let mut found = BTreeMap::new();
        for (_, choice) in self.choices() {
            for part in choice.parts.iter().copied().filter(|part| self.is_dead(*part)) {
                let mut around = self.parts[part].parent;
                let mut in_dead = false;
                while let Some(group) = around {
                    in_dead |= self.is_dead(group);
                    around = self.parts[group].parent;
                }
                let note = self.leaf(part).is_some_and(|i| !self.is_earnable(i));
                found.insert(Told { part, certain: self.parts[part].met_by_all && !in_dead }, note);
            }
        }
        found
    }

    pub fn false_choices(&self) -> BTreeSet<Told> {
        let mut found = BTreeSet::new();
        for (_, choice) in self.choices() {
            for part in choice.parts.iter().copied() {
                let Some(i) = self.leaf(part) else { continue };
                let others = || choice.parts.iter().copied().filter(|other| *other != part);
                let always = self.with(choice.owner).all(|s| self.parts[part].met[s]);
                if always && !self.is_dead(part) && others().any(|other| !self.is_dead(other)) {
                    let again = others().any(|other| self.leaf(other).is_some_and(|j| self.same[i] == self.same[j]));
                    let own = self.counts_as[choice.owner] & 1 << i != 0;
                    found.insert(Told { part, certain: !again && !own });
                }
            }
        }
        found
    }

    /// Shadowed options, each with the first that shadows it.
    pub fn shadowed(&self) -> BTreeMap<Told, usize> {
        let false_choices = self.false_choices();
        let mut found = BTreeMap::new();
        let implies = |one: usize, other: usize| {
            self.parts[one].met.iter().zip(&self.parts[other].met).all(|(one, other)| !one || *other)
        };
        for (_, choice) in self.choices().filter(|(need, _)| *need == 1) {
            let leaves: Vec<(usize, usize)> = choice
                .parts
                .iter()
                .filter_map(|p| Some((*p, self.leaf(*p)?)))
                .filter(|(p, _)| !self.is_dead(*p))
                .collect();
            for (part, i) in &leaves {
                let is_false = false_choices.iter().find(|told| told.part == *part);
                if is_false.is_some_and(|told| told.certain) {
                    continue;
                }
                let by = leaves.iter().find(|(other, j)| {
                    self.same[*i] != self.same[*j]
                        && implies(*part, *other)
                        && !(implies(*other, *part) && part < other)
                });
                if let Some((other, _)) = by {
                    found.insert(Told { part: *part, certain: is_false.is_none() }, *other);
                }
            }
        }
        found
    }

    /// The parts that a rule is, if `all_of` groups at its top are taken apart.
    fn conjuncts(&self, owner: usize) -> Vec<usize> {
        let mut open: Vec<usize> = (0..self.parts.len())
            .rev()
            .filter(|p| self.parts[*p].owner == owner && self.parts[*p].parent.is_none())
            .collect();
        let mut found = Vec::new();
        while let Some(part) = open.pop() {
            match self.parts[part].shape {
                Shape::Counts { all_of: true, plain: true, listed: true, .. } => {
                    open.extend(self.parts[part].parts.iter().rev());
                }
                _ => found.push(part),
            }
        }
        found
    }

    /// Of the parts that are judged, those that the others imply, the last written first: in each of two readings.
    fn implied(&self, owner: usize) -> [BTreeSet<usize>; 2] {
        let conjuncts = self.conjuncts(owner);
        let judged = |part: &usize| {
            self.parts[*part].parent.is_some_and(|group| self.parts[group].parts.len() > 1)
                && !self.parts[*part].met_by_none
        };
        [true, false].map(|all| {
            let mut left: Vec<usize> =
                conjuncts.iter().copied().filter(|part| all || self.parts[*part].parent.is_some()).collect();
            let mut found = BTreeSet::new();
            for part in conjuncts.iter().rev().copied().filter(judged) {
                let others: Vec<usize> = left.iter().copied().filter(|other| *other != part).collect();
                if self.follows(part, &others) {
                    left = others;
                    found.insert(part);
                }
            }
            found
        })
    }

    fn follows(&self, part: usize, others: &[usize]) -> bool {
        (0..self.reachable.len())
            .all(|s| self.parts[part].met[s] || others.iter().any(|other| !self.parts[*other].met[s]))
    }

    /// Whether all of these can be left out of the rules of a credential together.
    pub fn are_redundant(&self, owner: usize, parts: &BTreeSet<usize>) -> bool {
        let others: Vec<usize> = self.conjuncts(owner).into_iter().filter(|part| !parts.contains(part)).collect();
        parts.iter().all(|part| self.follows(*part, &others))
    }

    /// For what can be earned: the redundant requirements, in each reading; none if they are not told exactly.
    pub fn redundant(&self) -> BTreeMap<usize, Option<[BTreeSet<usize>; 2]>> {
        let mut found = BTreeMap::new();
        for owner in members(self.earnable()) {
            let conjuncts = self.conjuncts(owner);
            let nested = |part: &usize| {
                let group = self.parts[*part].parent;
                group.is_some_and(|group| self.parts[group].parent.is_some())
            };
            let again = |part: &usize| {
                let leaf = |part: usize| self.leaf(part).map(|i| self.same[i]);
                let others = conjuncts.iter().filter(|other| *other != part);
                leaf(*part).is_some()
                    && others
                        .filter(|other| self.parts[**other].parent == self.parts[*part].parent)
                        .any(|o| leaf(*o) == leaf(*part))
            };
            let exact = !conjuncts.iter().any(|part| nested(part) || again(part));
            found.insert(owner, exact.then(|| self.implied(owner)));
        }
        found
    }

    /// Options of a choice with which it is never as cheap as without; none if that would take too many sets.
    pub fn dearer_options(&self, catalog: &Catalog, as_of: Option<Date>) -> Option<BTreeSet<usize>> {
        let repeatable: Vec<usize> = (0..self.ids.len()).filter(|i| self.is_repeatable(catalog, *i)).collect();
        if repeatable.iter().any(|i| self.cost[*i] > 0) {
            return self.dearer_options_by_awards(catalog, as_of, &repeatable);
        }
        let cost = |s: usize| members(self.reachable[s]).map(|i| self.cost[i]).sum::<Amount>();
        let mut found = BTreeSet::new();
        for (_, choice) in self.choices() {
            let cheapest = self.with(choice.owner).map(cost).min();
            for part in choice.parts.iter().copied().filter(|p| self.leaf(*p).is_some() && !self.is_dead(*p)) {
                let with_it = self.with(choice.owner).filter(|s| self.parts[part].met[*s]).map(cost).min();
                if with_it > cheapest {
                    found.insert(part);
                }
            }
        }
        Some(found)
    }

    fn is_repeatable(&self, catalog: &Catalog, i: usize) -> bool {
        (0..self.ids.len()).any(|j| self.same[i] == self.same[j] && catalog.credentials[self.ids[j]].repeatable)
    }

    /// The same with every award counted and paid.
    pub fn dearer_options_by_awards(
        &self,
        catalog: &Catalog,
        as_of: Option<Date>,
        repeatable: &[usize],
    ) -> Option<BTreeSet<usize>> {
        let (ids, day) = (&self.ids, the_day(catalog, as_of));
        if ids.len() + repeatable.len() * (REPEATS as usize - 1) / 2 > 9 {
            return None;
        }
        let record = Record::default();
        let problem = Problem::new(catalog, &record, day, ids[0], View::Earned);
        let awards = |times: &[u32]| -> Vec<Id> {
            let each = times.iter().enumerate();
            each.flat_map(|(i, times)| vec![ids[i]; *times as usize]).collect()
        };
        let mut sets: BTreeSet<Vec<u32>> = BTreeSet::from([vec![0; ids.len()]]);
        let mut open: Vec<Vec<u32>> = sets.iter().cloned().collect();
        while let Some(times) = open.pop() {
            let world = problem.rules.issued(&record, day, View::Earned, &awards(&times));
            for (i, id) in ids.iter().enumerate() {
                let most = if repeatable.contains(&i) { REPEATS } else { 1 };
                let apart = |j: usize| times[j] > 0 && problem.exclude(id, ids[j]);
                let stack = || catalog.credentials[id].stack.is_none() || problem.rules.stack_met(&world, id);
                if self.offered[i]
                    && times[i] < most
                    && !(0..ids.len()).any(apart)
                    && problem.rules.prerequisite_met(&world, id)
                    && stack()
                {
                    let mut times = times.clone();
                    times[i] += 1;
                    if sets.insert(times.clone()) {
                        open.push(times);
                    }
                }
            }
        }
        let (mut listed, index) = (Vec::new(), |id: Id| ids.iter().position(|known| *known == id).unwrap());
        for (i, (id, c)) in catalog.credentials.iter().enumerate() {
            let rules = &problem.rules;
            let written =
                [(Which::Prerequisite, &c.prerequisite, &rules.prerequisite), (Which::Stack, &c.stack, &rules.stack)];
            for (which, rule, requirements) in written {
                if let Some(rule) = rule {
                    list(rule, &requirements[id], &[], blank(i, which, 0, None), &index, &mut listed);
                }
            }
        }
        let priced: Vec<(Amount, &Vec<u32>, World)> = sets
            .iter()
            .map(|times| {
                let cost = times.iter().zip(&self.cost).map(|(n, cost)| Amount::from(*n) * cost).sum();
                (cost, times, problem.rules.given_and_qualified(&record, day, &awards(times)))
            })
            .collect();
        let mut found = BTreeSet::new();
        for (_, choice) in self.choices() {
            let with = || priced.iter().filter(|(_, times, _)| times[choice.owner] > 0);
            let cheapest = with().map(|(cost, _, _)| *cost).min();
            for part in choice.parts.iter().copied().filter(|p| self.leaf(*p).is_some() && !self.is_dead(*p)) {
                let met = |world: &World| problem.rules.part_met(world, listed[part].requirement, &listed[part].above);
                let with_it = with().filter(|(_, _, world)| met(world)).map(|(cost, _, _)| *cost).min();
                if with_it.is_none() {
                    return None; // it takes more awards than were tried
                }
                if with_it > cheapest {
                    found.insert(part);
                }
            }
        }
        Some(found)
    }

    // Double counting.

    /// Distinct groups that a learner who holds everything does not meet, although each of their parts is met.
    pub fn impossible_distinct(&self) -> Vec<usize> {
        let is_so = |p: &PartFacts| {
            matches!(p.shape, Shape::Counts { distinct: true, listed: true, .. })
                && !p.met_by_all
                && p.parts.iter().all(|part| self.parts[*part].met_by_all)
        };
        (0..self.parts.len()).filter(|i| is_so(&self.parts[*i])).collect()
    }
}

/// The reachable sets once more, in another way: credentials are taken one at a time, whichever `choose` picks of those that
/// are possible, until none is or it picks none. Awards are issued ones of a record, several of what is repeatable.
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
        let world = rules.issued(self.record, the_day(self.catalog, self.as_of), View::Earned, &awards);
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

/// What another version of a catalog means for a credential: the fewest awards of a learner who meets its requirements only in
/// the first, or only in the second; none if there is no such learner.
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

/// The change of every credential that both versions have, over all records with at most one award, made on the day with a
/// sufficient grade, of each credential of either. What a version does not know counts for nothing in it (3.6). Prerequisite
/// and stack are met, or not stated.
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
