//! What the engine finds in a catalog, beside what the reference says of it.

#![allow(dead_code, reason = "each test that includes this module uses a part of it")]
#![allow(unreachable_pub, reason = "as in the reference")]

use crate::reference::catalogs::CheckCase;
use crate::reference::check::*;
use crate::reference::drawing::Drawing;
use crate::reference::implied::{Implied, Records};
use crate::reference::model::{Catalog, Date};
use credpath::{Because, CheckOptions, Code, Severity, Witness};
use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

/// A finding, under the names of the catalog.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub code: &'static str,
    pub severity: Severity,
    pub credential: String,
    pub line: usize,
    pub shown: Shown,
}

/// A witness, as far as it is examined; a reason with the line it names, 0 for what has none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Shown {
    Order(Vec<String>),
    Credentials(Vec<String>),
    /// Each with those that it needs some of, and the line of the rule.
    Cycle(Vec<(String, Vec<String>, usize)>),
    Cause(Vec<(Why, String, String, usize)>),
    /// The lines of parts, how many awards they want, and the credentials that fit.
    Crowd(Vec<usize>, u64, Vec<String>),
    Other(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    Prerequisite,
    Corequisite,
    Stack,
    Exclusion,
    NotOffered,
}

/// What to look for, in the words of the reference.
#[derive(Clone, Debug, Default)]
pub struct Asking {
    pub as_of: Option<Date>,
    pub targets: Vec<&'static str>,
    pub prices: bool,
}

impl Asking {
    pub fn of(case: &CheckCase) -> Asking {
        Asking { as_of: case.as_of, targets: case.targets.clone(), prices: case.prices }
    }
}

/// The same, as the engine is asked.
pub fn options(catalog: &credpath::Catalog, asking: &Asking) -> CheckOptions {
    let mut options = CheckOptions::default();
    options.as_of = asking.as_of.map(|d| credpath::Date::new(d.year as u16, d.month as u8, d.day as u8).unwrap());
    options.targets = asking.targets.iter().map(|id| catalog.credential(id).unwrap()).collect();
    options.prices = asking.prices;
    options.findings = usize::MAX;
    options
}

/// Everything that the engine finds; it must leave nothing open.
pub fn check(text: &str, asking: &Asking) -> Vec<Found> {
    let catalog = credpath::Catalog::parse("catalog.toml", text).unwrap();
    let found = catalog.check(&options(&catalog, asking));
    assert_eq!(found.undecided(), [], "{text}");
    let one = |d: &credpath::Diagnostic| Found {
        code: d.code.as_str(),
        severity: d.severity,
        credential: d.credential.clone().unwrap_or_default(),
        line: text[..d.primary.span.start].matches('\n').count() + 1,
        shown: shown(d.witness.as_ref()),
    };
    found.as_slice().iter().map(one).collect()
}

fn shown(witness: Option<&Witness>) -> Shown {
    match witness {
        Some(Witness::Order { credentials }) => Shown::Order(credentials.clone()),
        Some(Witness::Credentials { credentials }) => Shown::Credentials(credentials.clone()),
        Some(Witness::Conflict { with, .. }) => Shown::Credentials(with.clone()),
        Some(Witness::Circle { needs }) => {
            Shown::Cycle(needs.iter().map(|n| (n.credential.clone(), n.needs.clone(), n.line)).collect())
        }
        Some(Witness::Cause { because }) => {
            let piece = |because: &Because| match because.clone() {
                Because::Prerequisite { credential, line } => (Why::Prerequisite, credential, String::new(), line),
                Because::Corequisite { credential, line } => (Why::Corequisite, credential, String::new(), line),
                Because::Stack { credential, line } => (Why::Stack, credential, String::new(), line),
                Because::Exclusion { credential, excludes } => (Why::Exclusion, credential, excludes, 0),
                Because::NotOffered { credential } => (Why::NotOffered, credential, String::new(), 0),
                _ => panic!("an unknown reason"),
            };
            Shown::Cause(because.iter().map(piece).collect())
        }
        Some(Witness::Crowd { lines, wanted, fitting }) => Shown::Crowd(lines.clone(), *wanted, fitting.clone()),
        Some(other) => Shown::Other(format!("{other:?}")),
        None => Shown::Other(String::new()),
    }
}

/// By its name, as there is one such code for each kind of part.
fn is_impossible(found: &Found) -> bool {
    found.code.starts_with("impossible-")
}

/// The credentials that cannot be earned, by what is found.
pub fn unearnable(found: &[Found]) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for f in found {
        let is_error = f.severity == Severity::Error;
        if let (true, Shown::Cycle(needs)) = (is(f, Code::BlockingCycle), &f.shown) {
            ids.extend(needs.iter().map(|(id, _, _)| id.clone()));
        } else if is(f, Code::Unearnable)
            || is(f, Code::ContradictoryExclusion)
            || is(f, Code::FollowingFault)
            || (is_error && (is(f, Code::SelfReference) || is_impossible(f)))
        {
            ids.insert(f.credential.clone());
        }
    }
    ids
}

pub fn is(found: &Found, code: Code) -> bool {
    found.code == code.as_str()
}

/// What the reference says of a catalog, and where that is in its text.
pub struct Expected<'a> {
    facts: &'a Facts,
    catalog: &'a Catalog,
    asking: &'a Asking,
    rules: BTreeMap<(usize, Which), usize>,
    /// The lines from here on are not those of credentials.
    end: usize,
    tried: OnceCell<Implied>,
}

/// Is what it should be, or a text that says what is wrong.
type Verdict = Result<(), String>;

fn that(is_so: bool, text: impl FnOnce() -> String) -> Verdict {
    if is_so { Ok(()) } else { Err(text()) }
}

impl<'a> Expected<'a> {
    pub fn new(facts: &'a Facts, catalog: &'a Catalog, text: &str, asking: &'a Asking) -> Expected<'a> {
        let pools = text.lines().position(|line| line.starts_with("[pool."));
        let end = pools.unwrap_or(text.lines().count()) + 1;
        Expected { facts, catalog, asking, rules: rule_lines(text, &facts.ids), end, tried: OnceCell::new() }
    }

    fn index(&self, id: &str) -> Result<usize, String> {
        self.facts.ids.iter().position(|known| *known == id).ok_or_else(|| format!("no credential {id:?}"))
    }

    fn set(&self, ids: &[String]) -> Result<Set, String> {
        ids.iter().try_fold(0, |set, id| Ok(set | 1 << self.index(id)?))
    }

    fn line(&self, part: usize) -> usize {
        let part = &self.facts.parts[part];
        self.rules[&(part.owner, part.which)] + part.line
    }

    /// Compares everything.
    pub fn compare(&self, found: &[Found]) -> Verdict {
        self.compare_faults(found)?;
        self.compare_impossible(found)?;
        self.compare_cycles(found)?;
        self.compare_exclusions(found)?;
        self.compare_dead_and_dear(found)?;
        self.compare_implied(found)
    }

    /// The records that are tried: the more, the less is said by the systematic ones.
    fn tried(&self) -> &Implied {
        self.tried.get_or_init(|| self.try_records())
    }

    fn try_records(&self) -> Implied {
        let mut state: u64 = 7;
        let next = |_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 32) as u32
        };
        let mut numbers = Drawing::new((0..20_000).map(next).collect());
        Implied::of(self.catalog, self.asking.as_of, Records::Any, &mut numbers, 60)
    }

    /// Of what is told to be implied, no record shows that it is not (8.1). What is left out is looked for where the
    /// systematic records say all.
    fn compare_implied(&self, found: &[Found]) -> Verdict {
        let implied = self.tried();
        // The parts of `implied` are numbered as here; those of pools are not looked at.
        let at = |f: &Found| {
            let is_it = |part: &usize| {
                self.facts.ids[self.facts.parts[*part].owner] == f.credential && self.line(*part) == f.line
            };
            (0..self.facts.parts.len()).find(is_it)
        };
        let mut redundant: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (f, part) in found.iter().filter_map(|f| at(f).map(|part| (f, part))) {
            let option = self.facts.parts[part].parent.is_some();
            let shown = if is(f, Code::RedundantRequirement) {
                redundant.entry(&f.credential).or_default().insert(part);
                None
            } else if is(f, Code::FalseChoice) && option {
                implied.no_false_choice(part).map(|shown| format!("{shown:?}"))
            } else if is(f, Code::ShadowedOption) && option {
                implied.not_shadowed(part).map(|shown| format!("{shown:?}"))
            } else {
                None
            };
            that(shown.is_none(), || format!("is not so: {f:?}, by {}", shown.unwrap_or_default()))?;
        }
        for (id, parts) in redundant {
            let shown = implied.not_redundant(&parts);
            that(shown.is_none(), || format!("not redundant in {id}: {parts:?}, by {shown:?}"))?;
        }
        if !Implied::says_all(self.catalog) {
            return Ok(());
        }
        self.compare_choices(found, implied)?;
        self.compare_redundant(found, implied)
    }

    /// Options that have to be met anyway, or are not needed beside another one.
    fn choices(&self, implied: &Implied) -> (BTreeSet<Told>, BTreeMap<Told, usize>) {
        let always = self.facts.false_choices_where(&|option| implied.is_met_anyway(option));
        let shadowed = self.facts.shadowed_where(&always, &|one, other| implied.follows(other, &[one]));
        (always, shadowed)
    }

    fn of<'f>(&self, found: &'f [Found], code: Code) -> impl Iterator<Item = &'f Found> + use<'f> {
        found.iter().filter(move |f| is(f, code))
    }

    fn cause(&self, found: &Found) -> Result<BTreeSet<Reason>, String> {
        let Shown::Cause(pieces) = &found.shown else { return Err(format!("no cause: {found:?}")) };
        let mut cause = BTreeSet::new();
        for (why, id, other, line) in pieces {
            let i = self.index(id)?;
            let reason = match why {
                Why::Prerequisite => Reason::Prerequisite(i),
                Why::Stack => Reason::Stack(i),
                // The reference gives causes without corequisites.
                Why::Corequisite => return Err(format!("a corequisite: {found:?}")),
                Why::Exclusion => Reason::Exclusion(i, self.index(other)?),
                Why::NotOffered => Reason::NotOffered(i),
            };
            let expected = match reason {
                Reason::Prerequisite(_) => self.rules.get(&(i, Which::Prerequisite)),
                Reason::Stack(_) => self.rules.get(&(i, Which::Stack)),
                _ => Some(&0),
            };
            that(expected == Some(line), || format!("{why:?} of {id} stands on line {expected:?}: {found:?}"))?;
            that(cause.insert(reason), || format!("twice: {found:?}"))?;
        }
        that(self.facts.is_smallest_cause(self.index(&found.credential)?, &cause), || {
            format!("no smallest cause: {found:?}")
        })?;
        Ok(cause)
    }

    /// What cannot be earned, and nothing else, has a fault, of one kind; witnesses are right.
    fn compare_faults(&self, found: &[Found]) -> Verdict {
        let facts = self.facts;
        let mut seen: BTreeMap<usize, BTreeSet<Fault>> = BTreeMap::new();
        let mut see = |i: usize, fault: Fault| {
            seen.entry(i).or_default().insert(fault);
        };
        let mut circles = Vec::new();
        for f in found {
            let severity = |severity: Severity| that(f.severity == severity, || format!("not {severity}: {f:?}"));
            let i = || self.index(&f.credential);
            if is(f, Code::BlockingCycle) {
                severity(Severity::Error)?;
                let circle = self.circle(f)?;
                that(circle.trailing_zeros() as usize == i()?, || format!("not at the first: {f:?}"))?;
                that(!circles.contains(&circle), || format!("twice: {f:?}"))?;
                members(circle).for_each(|i| see(i, Fault::Cycle));
                circles.push(circle);
            } else if is(f, Code::Unearnable) {
                let cause = self.cause(f)?;
                let closed = cause.iter().any(|reason| matches!(reason, Reason::NotOffered(_)));
                let alone = cause.contains(&Reason::NotOffered(i()?));
                // That something is not offered any more is no fault in itself.
                severity(if alone { Severity::Note } else { Severity::Error })?;
                see(
                    i()?,
                    match (closed, alone) {
                        (_, true) => Fault::NotOffered,
                        (true, false) => Fault::NeedsNotOffered,
                        // A rule that alone rules it out, where no part of it is told of: it may be that it needs
                        // itself.
                        (false, false) => {
                            let may = facts.faults().remove(&i()?).unwrap_or_default();
                            if may.contains(&Fault::SelfReference) { Fault::SelfReference } else { Fault::Impossible }
                        }
                    },
                );
            } else if is(f, Code::ContradictoryExclusion) {
                severity(Severity::Error)?;
                self.cause(f)?;
                see(i()?, Fault::Exclusion);
            } else if is(f, Code::FollowingFault) {
                severity(Severity::Note)?;
                see(i()?, Fault::Following);
            } else if is(f, Code::SelfReference) && f.severity == Severity::Error {
                see(i()?, Fault::SelfReference);
            } else if is_impossible(f) && f.severity == Severity::Error {
                see(i()?, Fault::Impossible);
            }
        }
        let expected = facts.faults();
        let cycles = facts.cycles();
        let overlapping = cycles.iter().enumerate().any(|(at, one)| cycles[..at].iter().any(|other| one & other != 0));
        for (i, id) in facts.ids.iter().enumerate() {
            let mut kinds = seen.remove(&i).unwrap_or_default();
            let Some(may) = expected.get(&i) else {
                that(kinds.is_empty(), || format!("{id} can be earned: {kinds:?}"))?;
                continue;
            };
            // Beside a fault that goes first, it may be told that a credential needs itself.
            let itself = set_of((0..facts.ids.len()).filter(|j| facts.same[*j] == facts.same[i]));
            if kinds.len() > 1 && facts.needs_some_of(i, itself) {
                kinds.remove(&Fault::SelfReference);
            }
            // What is not offered may be in a circle with what is.
            if kinds.len() > 1 && !facts.offered[i] {
                kinds.remove(&Fault::Cycle);
            }
            // Where sets of which none can be first overlap, it depends on which of them is mended what then follows
            // from it alone.
            let either = overlapping && may.contains(&Fault::Following) && kinds == BTreeSet::from([Fault::Exclusion]);
            let is_so = kinds.len() == 1 && (kinds.is_subset(may) || either);
            that(is_so, || format!("{id} cannot be earned: {kinds:?}, not one of {may:?}"))?;
        }
        let closed = set_of((0..facts.ids.len()).filter(|i| !facts.offered[*i]));
        for cycle in facts.cycles().into_iter().filter(|cycle| cycle.count_ones() > 1 && cycle & closed == 0) {
            let is_told = circles.iter().any(|circle| circle & cycle != 0);
            that(is_told, || format!("a blocking cycle is not told: {cycle:#b}"))?;
        }
        Ok(())
    }

    /// What a learner who holds everything does not meet is an error where no rule that is there is met, and only a
    /// warning where all are; distinct groups of this kind are told in the right number, with parts that want too much.
    fn compare_impossible(&self, found: &[Found]) -> Verdict {
        let facts = self.facts;
        let all = facts.all() as usize;
        let mut times: BTreeMap<usize, usize> = BTreeMap::new();
        for f in found.iter().filter(|f| is_impossible(f)) {
            let i = self.index(&f.credential)?;
            let met = [(Which::Prerequisite, facts.prerequisite[i][all]), (Which::Stack, facts.stack[i][all])];
            let mut stated = met.into_iter().filter(|(which, _)| self.rules.contains_key(&(i, *which)));
            let severities = [Severity::Error, Severity::Warning];
            let may = severities
                [usize::from(stated.clone().all(|(_, met)| met))..=usize::from(stated.any(|(_, met)| met))]
                .to_vec();
            that(may.contains(&f.severity), || format!("not one of {may:?}: {f:?}"))?;
            if is(f, Code::ImpossibleDistinct) {
                *times.entry(i).or_default() += 1;
                if let Shown::Crowd(lines, wanted, fitting) = &f.shown {
                    let units: BTreeSet<usize> =
                        fitting.iter().map(|id| Ok(facts.same[self.index(id)?])).collect::<Result<_, String>>()?;
                    // 0 says that it is no matter of number.
                    that(*wanted == 0 || *wanted > units.len() as u64, || format!("there are enough: {f:?}"))?;
                    let distinct =
                        |part: usize| matches!(facts.parts[part].shape, Shape::Counts { distinct: true, .. });
                    let is_one = |line: &usize| {
                        (0..facts.parts.len()).any(|part| {
                            let p = &facts.parts[part];
                            p.owner == i && self.line(part) == *line && p.parent.is_some_and(distinct)
                        })
                    };
                    that(lines.iter().all(|line| is_one(line) || *line >= self.end), || {
                        format!("no such part: {f:?}")
                    })?;
                }
            }
        }
        for (i, id) in facts.ids.iter().enumerate() {
            let least = facts.impossible_distinct().into_iter().filter(|part| facts.parts[*part].owner == i).count();
            // Those whose members come from a pool or a filter are not examined; those with too few parts are told as
            // such, or so.
            let perhaps = |p: &&PartFacts| match p.shape {
                Shape::Counts { distinct: true, listed, need, of, .. } => {
                    p.owner == i && !p.met_by_all && (!listed || need > of)
                }
                _ => false,
            };
            let most = least + facts.parts.iter().filter(perhaps).count();
            let told = times.get(&i).copied().unwrap_or(0);
            that((least..=most).contains(&told), || format!("{told} times impossible-distinct of {id}, not {least}"))?;
        }
        Ok(())
    }

    fn circle(&self, f: &Found) -> Result<Set, String> {
        let Shown::Cycle(needs) = &f.shown else { return Err(format!("no circle: {f:?}")) };
        let ids: Vec<String> = needs.iter().map(|(id, _, _)| id.clone()).collect();
        let circle = self.set(&ids)?;
        that(circle.count_ones() as usize == ids.len(), || format!("twice: {f:?}"))?;
        that(self.facts.is_blocking_cycle(circle), || format!("no smallest blocking cycle: {f:?}"))?;
        for (id, some, line) in needs {
            let (i, some) = (self.index(id)?, self.set(some)?);
            let within = some & circle == some && self.facts.needs_some_of(i, some);
            that(within, || format!("{id} can do without these: {f:?}"))?;
            let lines = [Which::Prerequisite, Which::Stack].map(|which| self.rules.get(&(i, which)));
            that(lines.contains(&Some(line)), || format!("no rule of {id} is on line {line}: {f:?}"))?;
        }
        Ok(circle)
    }

    fn compare_cycles(&self, found: &[Found]) -> Verdict {
        let mut at = Vec::new();
        for f in self.of(found, Code::HarmlessCycle) {
            that(f.severity == Severity::Note, || format!("not a note: {f:?}"))?;
            at.push(self.index(&f.credential)?);
        }
        let fits = |cycles: &BTreeSet<Set>| {
            at.len() == cycles.len()
                && cycles.iter().all(|cycle| at.iter().filter(|i| cycle & 1 << **i != 0).count() == 1)
        };
        let readings = self.facts.harmless_cycles();
        let reading = readings.iter().find(|cycles| fits(cycles));
        let reading = reading.ok_or_else(|| format!("harmless cycles at {at:?}, not one in each of {readings:?}"))?;
        for f in self.of(found, Code::HarmlessCycle) {
            let i = self.index(&f.credential)?;
            let cycle = *reading.iter().find(|cycle| *cycle & 1 << i != 0).expect("it fits");
            if !self.facts.reachable.iter().any(|set| set & cycle == cycle) {
                continue; // not all of them together, so there is no order
            }
            let Shown::Order(order) = &f.shown else { return Err(format!("no order: {f:?}")) };
            let order: Vec<usize> = order.iter().map(|id| self.index(id)).collect::<Result<_, _>>()?;
            let all = set_of(order.iter().copied()) & cycle == cycle;
            that(all && self.facts.is_order(&order), || format!("no order of {cycle:#b}: {f:?}"))?;
        }
        Ok(())
    }

    fn compare_exclusions(&self, found: &[Found]) -> Verdict {
        let mut conflicts = BTreeMap::new();
        for f in self.of(found, Code::StrongConflict) {
            that(f.severity == Severity::Warning, || format!("not a warning: {f:?}"))?;
            let Shown::Credentials(others) = &f.shown else { return Err(format!("no credentials: {f:?}")) };
            let i = self.index(&f.credential)?;
            let others = self.set(others)? & !(1 << i);
            that(conflicts.insert(i, others).is_none(), || format!("twice: {f:?}"))?;
        }
        let mut expected = self.facts.strong_conflicts();
        // Exclusions hold through equivalents, so these are said to exclude each other as well.
        for (&i, others) in &mut expected {
            let apart = |j: usize| self.facts.exclusions.iter().any(|&pair| self.facts.keeps_apart(pair, i, j));
            *others = set_of(members(*others).filter(|&j| !apart(j)));
        }
        expected.retain(|_, others| *others != 0);
        that(conflicts == expected, || format!("strong conflicts {conflicts:?}, not {expected:?}"))?;
        let mut times: BTreeMap<usize, usize> = BTreeMap::new();
        for f in self.of(found, Code::DeadEnd) {
            that(f.severity == Severity::Warning, || format!("not a warning: {f:?}"))?;
            *times.entry(self.index(&f.credential)?).or_default() += 1;
        }
        let mut expected: BTreeMap<usize, usize> = BTreeMap::new();
        for target in &self.asking.targets {
            for i in members(self.facts.dead_ends(self.index(target)?)) {
                *expected.entry(i).or_default() += 1;
            }
        }
        that(times == expected, || format!("dead ends {times:?}, not {expected:?}"))
    }

    /// What is told of parts: all that is certain, nothing that is not so, each once.
    fn compare_told(&self, found: &[Found], code: Code, expected: &BTreeMap<Told, Severity>) -> Verdict {
        let at = |f: &Found, part: usize| {
            self.facts.ids[self.facts.parts[part].owner] == f.credential && self.line(part) == f.line
        };
        for f in self.of(found, code) {
            let told = expected.iter().find(|(told, _)| at(f, told.part));
            let Some((_, severity)) = told else {
                let unlisted = |part: usize| {
                    let shape = self.facts.parts[part].shape;
                    at(f, part) && matches!(shape, Shape::Counts { listed: false, .. })
                };
                let of_a_pool = f.line >= self.end || (0..self.facts.parts.len()).any(unlisted);
                that(of_a_pool, || format!("is not so: {f:?}"))?;
                continue;
            };
            that(f.severity == *severity, || format!("not {severity}: {f:?}"))?;
        }
        for told in expected.keys() {
            let times = self.of(found, code).filter(|f| at(f, told.part)).count();
            let (owner, line) = (self.facts.ids[self.facts.parts[told.part].owner], self.line(told.part));
            let maybe = !told.certain;
            that(times == 1 || (times == 0 && maybe), || format!("{times} times {code} of {owner} on line {line}"))?;
        }
        Ok(())
    }

    fn compare_choices(&self, found: &[Found], implied: &Implied) -> Verdict {
        let (always, shadowed) = self.choices(implied);
        let always = always.into_iter().map(|told| (told, Severity::Warning)).collect();
        self.compare_told(found, Code::FalseChoice, &always)?;
        let shadowed = shadowed.into_keys().map(|told| (told, Severity::Note)).collect();
        self.compare_told(found, Code::ShadowedOption, &shadowed)
    }

    fn compare_dead_and_dear(&self, found: &[Found]) -> Verdict {
        let facts = self.facts;
        let severity = |note: bool| if note { Severity::Note } else { Severity::Warning };
        let dead = facts.dead_options().into_iter().map(|(told, note)| (told, severity(note))).collect();
        self.compare_told(found, Code::DeadOption, &dead)?;
        let dearer = if self.asking.prices {
            facts.dearer_options(self.catalog, self.asking.as_of)
        } else {
            Some(BTreeSet::new())
        };
        match dearer {
            Some(parts) => {
                let told = parts.into_iter().map(|part| (Told { part, certain: true }, Severity::Note)).collect();
                self.compare_told(found, Code::DearerOption, &told)
            }
            None => Ok(()),
        }
    }

    fn compare_redundant(&self, found: &[Found], implied: &Implied) -> Verdict {
        let redundant = self.facts.redundant_where(&|part, others| implied.follows(part, others));
        for (owner, readings) in redundant {
            let mut parts = BTreeSet::new();
            for f in self.of(found, Code::RedundantRequirement).filter(|f| f.credential == self.facts.ids[owner]) {
                that(f.severity == Severity::Note, || format!("not a note: {f:?}"))?;
                let at = |part: &usize| self.facts.parts[*part].owner == owner && self.line(*part) == f.line;
                let part = (0..self.facts.parts.len()).find(at).ok_or_else(|| format!("no part: {f:?}"))?;
                that(parts.insert(part), || format!("twice: {f:?}"))?;
            }
            let id = self.facts.ids[owner];
            if let Some(readings) = readings {
                let lines = |parts: &BTreeSet<usize>| parts.iter().map(|p| self.line(*p)).collect::<Vec<_>>();
                that(readings.contains(&parts), || {
                    format!("redundant in {id} on {:?}, not {:?}", lines(&parts), readings.each_ref().map(lines))
                })?;
            }
        }
        Ok(())
    }

    /// One list of findings that the reference would make; only to see that the comparison lets it pass.
    pub fn findings(&self) -> Vec<Found> {
        let facts = self.facts;
        let name = |i: usize| facts.ids[i].to_owned();
        let names = |set: Set| members(set).map(name).collect::<Vec<String>>();
        let nothing = || Shown::Other(String::new());
        let mut found = Vec::new();
        let mut add = |code: Code, severity: Severity, i: usize, line: usize, shown: Shown| {
            found.push(Found { code: code.as_str(), severity, credential: name(i), line, shown });
        };
        let faults = facts.faults();
        for part in facts.impossible_distinct() {
            let p = &facts.parts[part];
            let rules = if p.which == Which::Stack { &facts.stack } else { &facts.prerequisite };
            let severity = if rules[p.owner][facts.all() as usize] { Severity::Warning } else { Severity::Error };
            add(Code::ImpossibleDistinct, severity, p.owner, self.line(part), nothing());
        }
        // What may be in a cycle is told as one, if it is all that is told of it.
        let may_be = |i: usize| faults.get(&i).is_some_and(|may| may.contains(&Fault::Cycle));
        let cycles: Vec<Set> = facts.cycles().into_iter().filter(|cycle| members(*cycle).all(may_be)).collect();
        let in_cycles = cycles.iter().fold(0, |all, cycle| all | cycle);
        for (i, may) in &faults {
            let cause = || {
                let piece = |reason: Reason| match reason {
                    Reason::Prerequisite(j) => {
                        (Why::Prerequisite, name(j), String::new(), self.rules[&(j, Which::Prerequisite)])
                    }
                    Reason::Stack(j) => (Why::Stack, name(j), String::new(), self.rules[&(j, Which::Stack)]),
                    Reason::Exclusion(j, k) => (Why::Exclusion, name(j), name(k), 0),
                    Reason::NotOffered(j) => (Why::NotOffered, name(j), String::new(), 0),
                };
                Shown::Cause(facts.smallest_cause(*i).into_iter().map(piece).collect())
            };
            match may.iter().next_back().expect("some") {
                _ if in_cycles & 1 << i != 0 => {}
                Fault::Impossible => {
                    let told = |part: &usize| facts.parts[*part].owner == *i;
                    if !facts.impossible_distinct().iter().any(told) {
                        add(Code::ImpossibleCount, Severity::Error, *i, 1, nothing());
                    }
                }
                Fault::NotOffered => {
                    let alone = vec![(Why::NotOffered, name(*i), String::new(), 0)];
                    add(Code::Unearnable, Severity::Note, *i, 1, Shown::Cause(alone));
                }
                Fault::SelfReference => add(Code::SelfReference, Severity::Error, *i, 1, nothing()),
                Fault::Cycle | Fault::Exclusion => add(Code::ContradictoryExclusion, Severity::Error, *i, 1, cause()),
                Fault::NeedsNotOffered => add(Code::Unearnable, Severity::Error, *i, 1, cause()),
                Fault::Following => add(Code::FollowingFault, Severity::Note, *i, 1, nothing()),
            }
        }
        for cycle in cycles {
            let line = |i: usize| {
                let lines = [Which::Stack, Which::Prerequisite].map(|which| self.rules.get(&(i, which)));
                *lines.into_iter().flatten().next().expect("a rule")
            };
            let needs = members(cycle).map(|i| (name(i), names(cycle), line(i))).collect();
            add(Code::BlockingCycle, Severity::Error, cycle.trailing_zeros() as usize, 1, Shown::Cycle(needs));
        }
        for cycle in &facts.harmless_cycles()[0] {
            let whole = facts.reachable.iter().find(|set| *set & cycle == *cycle);
            let order = whole.map_or_else(Vec::new, |whole| self.some_order(*whole));
            let first = cycle.trailing_zeros() as usize;
            add(Code::HarmlessCycle, Severity::Note, first, 1, Shown::Order(order.into_iter().map(name).collect()));
        }
        for (i, others) in facts.strong_conflicts() {
            add(Code::StrongConflict, Severity::Warning, i, 1, Shown::Credentials(names(others)));
        }
        for target in &self.asking.targets {
            for i in members(facts.dead_ends(self.index(target).expect("known"))) {
                add(Code::DeadEnd, Severity::Warning, i, 1, nothing());
            }
        }
        let mut tell = |code: Code, severity: Severity, part: usize| {
            add(code, severity, facts.parts[part].owner, self.line(part), nothing());
        };
        for (told, note) in facts.dead_options() {
            tell(Code::DeadOption, if note { Severity::Note } else { Severity::Warning }, told.part);
        }
        if Implied::says_all(self.catalog) {
            let implied = self.tried();
            let (always, shadowed) = self.choices(implied);
            always.iter().for_each(|told| tell(Code::FalseChoice, Severity::Warning, told.part));
            shadowed.keys().for_each(|told| tell(Code::ShadowedOption, Severity::Note, told.part));
            let redundant = facts.redundant_where(&|part, others| implied.follows(part, others));
            for [parts, _] in redundant.into_values().flatten() {
                parts.into_iter().for_each(|part| tell(Code::RedundantRequirement, Severity::Note, part));
            }
        }
        let dearer = if self.asking.prices { facts.dearer_options(self.catalog, self.asking.as_of) } else { None };
        dearer.into_iter().flatten().for_each(|part| tell(Code::DearerOption, Severity::Note, part));
        found
    }

    fn some_order(&self, set: Set) -> Vec<usize> {
        let mut order = Vec::new();
        while let Some(next) = members(set).filter(|i| !order.contains(i)).find(|i| {
            let mut longer = order.clone();
            longer.push(*i);
            self.facts.is_order(&longer)
        }) {
            order.push(next);
        }
        order
    }
}
