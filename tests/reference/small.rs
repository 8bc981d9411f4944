//! Every catalog of three credentials whose rules have at most two parts, with every way to exclude each other; and a
//! little evaluator for just these, so that all of them can be gone through.

use super::check::{Facts, PartFacts, Set, Shape, Which, members};
use super::model::*;

pub const IDS: [Id; 3] = ["a", "b", "c"];
/// So that some ways cost the same and some do not.
const COSTS: [Amount; 3] = [100, 100, 200];

/// One of some of the three (that credential, if it is one), or two of the three.
const PARTS: usize = 8;
const TWO_OF_ALL: usize = 7;
/// No rule, one part, or two of them.
const RULES: usize = 1 + PARTS + PARTS * (PARTS - 1) / 2;
const PAIRS: [(usize, usize); 3] = [(0, 1), (0, 2), (1, 2)];

/// How many catalogs there are.
pub const COUNT: usize = RULES * RULES * RULES * 8;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Small {
    /// The parts of each stack.
    stacks: [Vec<usize>; 3],
    exclusions: Vec<(usize, usize)>,
}

/// The catalog of that number.
pub fn small(number: usize) -> Small {
    let rule = |number: usize| {
        let mut rules: Vec<Vec<usize>> = vec![Vec::new()];
        rules.extend((0..PARTS).map(|p| vec![p]));
        rules.extend((0..PARTS).flat_map(|p| (p + 1..PARTS).map(move |q| vec![p, q])));
        rules.swap_remove(number)
    };
    let (a, rest) = (number % RULES, number / RULES);
    let (b, rest) = (rest % RULES, rest / RULES);
    let (c, exclusions) = (rest % RULES, rest / RULES);
    let exclusions = (0..3).filter(|e| exclusions & 1 << e != 0).map(|e| PAIRS[e]).collect();
    Small { stacks: [rule(a), rule(b), rule(c)], exclusions }
}

/// Whom a part names, and how many of them it needs.
fn named(part: usize) -> (Set, u32) {
    if part == TWO_OF_ALL { (7, 2) } else { (part as Set + 1, 1) }
}

fn part_met(part: usize, held: Set) -> bool {
    let (named, need) = named(part);
    (held & named).count_ones() >= need
}

impl Small {
    pub fn catalog(&self) -> Catalog {
        let mut catalog = Catalog::default();
        for i in 0..3 {
            let mut parts: Vec<Part> = self.stacks[i].iter().map(|p| written(*p)).collect();
            let stack = if parts.len() < 2 { parts.pop() } else { Some(group(Kind::AllOf, parts)) };
            let excludes = self.exclusions.iter().filter(|e| e.0 == i).map(|e| IDS[e.1]).collect();
            catalog.credentials.insert(IDS[i], Credential { cost: COSTS[i], stack, excludes, ..credential(IDS[i]) });
        }
        catalog
    }

    fn stack_met(&self, i: usize, held: Set) -> bool {
        self.stacks[i].iter().all(|part| part_met(*part, held))
    }

    /// What is held, and what qualifies by that, and so on.
    fn with_qualified(&self, held: Set) -> Set {
        let more = (0..3).filter(|i| !self.stacks[*i].is_empty() && self.stack_met(*i, held));
        let more = more.fold(held, |all, i| all | 1 << i);
        if more == held { held } else { self.with_qualified(more) }
    }

    fn is_reachable(&self, set: Set) -> bool {
        let apart = |e: &(usize, usize)| set & 1 << e.0 != 0 && set & 1 << e.1 != 0;
        let last = |i: usize| self.is_reachable(set & !(1 << i)) && self.stack_met(i, set & !(1 << i));
        set == 0 || (!self.exclusions.iter().any(apart) && members(set).any(last))
    }

    pub fn facts(&self) -> Facts {
        let reachable: Vec<Set> = (0..8).filter(|set| self.is_reachable(*set)).collect();
        let held: Vec<Set> = reachable.iter().map(|set| self.with_qualified(*set)).collect();
        let mut parts: Vec<PartFacts> = Vec::new();
        for (owner, stack) in self.stacks.iter().enumerate() {
            let mut add = |line: usize, parent: Option<usize>, shape: Shape, met: &dyn Fn(Set) -> bool| {
                let me = parts.len();
                if let Some(parent) = parent {
                    parts[parent].parts.push(me);
                }
                let met_at = held.iter().map(|held| met(*held)).collect();
                let (which, met_by_all, met_by_none) = (Which::Stack, met(7), met(0));
                parts.push(PartFacts {
                    owner,
                    which,
                    line,
                    parent,
                    parts: Vec::new(),
                    shape,
                    met: met_at,
                    met_by_all,
                    met_by_none,
                    may_end: false,
                });
                me
            };
            let counts = |need: usize, of: usize, all_of: bool| Shape::Counts {
                need,
                of,
                all_of,
                plain: true,
                distinct: false,
                listed: true,
            };
            let mut line = 0;
            let mut top = None;
            if stack.len() == 2 {
                top = Some(add(0, None, counts(2, 2, true), &|held| self.stack_met(owner, held)));
                line = 1;
            }
            for part in stack {
                let (named, need) = named(*part);
                if named.count_ones() == 1 {
                    add(line, top, Shape::Leaf(named.trailing_zeros() as usize), &|held| held & named != 0);
                    line += 1;
                    continue;
                }
                let shape = counts(need as usize, named.count_ones() as usize, false);
                let me = add(line, top, shape, &|held| part_met(*part, held));
                line += 1;
                for i in members(named) {
                    add(line, Some(me), Shape::Leaf(i), &|held| held & 1 << i != 0);
                    line += 1;
                }
                line += 1;
            }
        }
        let table =
            |met: &dyn Fn(usize, Set) -> bool| (0..3).map(|i| (0..8).map(|held| met(i, held)).collect()).collect();
        Facts {
            ids: IDS.to_vec(),
            conferred: self.stacks.iter().map(|stack| !stack.is_empty()).collect(),
            offered: vec![true; 3],
            cost: COSTS.to_vec(),
            exclusions: self.exclusions.clone(),
            same: vec![0, 1, 2],
            counts_as: vec![1, 2, 4],
            named: self.stacks.iter().map(|stack| stack.iter().fold(0, |all, part| all | named(*part).0)).collect(),
            prerequisite: table(&|_, _| true),
            stack: table(&|i, held| self.stack_met(i, held)),
            corequisite: table(&|_, _| true),
            parts,
            reachable,
        }
    }
}

fn written(part: usize) -> Part {
    let (named, need) = named(part);
    let leaves: Vec<Part> = members(named).map(|i| leaf(IDS[i])).collect();
    match leaves.as_slice() {
        [one] => one.clone(),
        _ if need == 1 => group(Kind::AnyOf, leaves),
        _ => group(Kind::AtLeast(need), leaves),
    }
}
