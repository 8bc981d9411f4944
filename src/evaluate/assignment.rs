//! The most that a sum can reach: each unit of awards adds once, each member is added once, caps cut off (semantics
//! 2.2).
//!
//! Without caps this is a maximum-weight bipartite matching. With caps it is a knapsack over nested capacities, solved
//! unit by unit by dynamic programming over sets of loads of which none dominates another (Pareto fronts); where there
//! would be too many of them, as a system of whole numbers ([`capped`](crate::evaluate::capped)).

use std::collections::BTreeMap;

use petgraph::unionfind::UnionFind;

use crate::evaluate::capped::{CappedSum, SumReached};
use crate::evaluate::evidence::{EvidenceId, UnitOfAwards};
use crate::value::ids::{Id, LeafId, UnitId};

/// A group of the sum that passes on at most its cap to the one above. The first is the sum itself; every other one
/// comes after the one above it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bucket {
    pub(crate) above: usize,
    pub(crate) cap: u64,
}

/// One way for a unit to add to a member.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Placement {
    /// The unit adds by one choice only.
    pub(crate) unit: UnitOfAwards,
    /// The member is added by one choice only; `None` if it is repeatable.
    pub(crate) member: Option<UnitId>,
    pub(crate) bucket: usize,
    pub(crate) amount: u64,
    /// The leaf and the evidence.
    pub(crate) tag: (LeafId, EvidenceId),
}

#[derive(Debug)]
pub(crate) struct Assigned {
    pub(crate) total: u64,
    /// Choices that add up to the total, or to what is needed if that is less.
    pub(crate) used: Vec<usize>,
    /// Whether nothing more, or at least not what is needed, can be reached.
    pub(crate) complete: bool,
}

/// A set of choices, with what it adds to each bucket by itself.
#[derive(Debug, Clone)]
struct Load {
    amounts: Vec<u64>,
    used: Vec<usize>,
}

/// How far to go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SumGoal {
    pub(crate) needed: u64,
    /// Whether the most is asked for, and not only whether there is enough.
    pub(crate) most: bool,
}

/// Steps for each choice to sort it in; this is about twenty look-ups.
const SORTING: u64 = 16;
/// Steps for fronts of loads: what takes more is easier as a system of whole numbers.
const STEPS_OF_FRONTS: u64 = 100_000;
/// Numbers in the loads of a front: more would take too much memory.
const NUMBERS_OF_FRONTS: usize = 1_000_000;

/// The greatest total, and choices that reach it.
pub(crate) fn most(choices: &[Placement], buckets: &[Bucket], wanted: SumGoal, steps: &mut u64) -> Assigned {
    *steps = steps.saturating_sub(SORTING * choices.len() as u64);
    let kept = best_of_each(choices);
    let needed = wanted.needed;
    if buckets.len() == 1 {
        let (mut used, mut complete) = (Vec::new(), true);
        for component in components(choices, &kept) {
            let Some(matched) = heaviest_matching(choices, &component, steps) else {
                complete = false;
                break;
            };
            used.extend(matched);
        }
        let total = used.iter().map(|&number| choices[number].amount).fold(0, u64::saturating_add);
        complete = complete || total < needed && ceiling(choices, &kept, buckets) < needed;
        return Assigned { total, used: enough(used, choices, buckets, needed.min(total)), complete };
    }
    if !wanted.most && ceiling(choices, &kept, buckets) < needed {
        return Assigned { total: 0, used: Vec::new(), complete: true };
    }
    let mut left = STEPS_OF_FRONTS.min(*steps / 2);
    let before = left;
    let fronts = fronts(choices, &kept, buckets, &mut left);
    *steps -= before - left;
    let SumReached { total, used, complete } = if let Some(loads) = fronts {
        let best = loads
            .into_iter()
            .map(|load| (total(&load.amounts, buckets), load.used))
            .max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.cmp(&a.1)));
        let (total, used) = best.unwrap_or_default();
        SumReached { total, used, complete: true }
    } else {
        let ceiling = ceiling(choices, &kept, buckets);
        CappedSum { choices, kept: &kept, buckets }.most(wanted, ceiling, steps)
    };
    Assigned { total, used: enough(used, choices, buckets, needed.min(total)), complete }
}

/// The loads that choices can make under caps, without those that another one exceeds everywhere. `None` if that would
/// be too many.
fn fronts(choices: &[Placement], kept: &[usize], buckets: &[Bucket], steps: &mut u64) -> Option<Vec<Load>> {
    let mut fronts: Vec<Load> = vec![Load { amounts: vec![0; buckets.len()], used: Vec::new() }];
    for component in components(choices, kept) {
        let loads = alternatives(choices, &component, buckets, steps)?;
        fronts = combine(&fronts, &loads, buckets, steps)?;
    }
    Some(fronts)
}

/// Of the choices that differ only in the award, the one that adds most. Choices that add nothing are left out.
fn best_of_each(choices: &[Placement]) -> Vec<usize> {
    let mut best: BTreeMap<_, usize> = BTreeMap::new();
    for (number, choice) in choices.iter().enumerate().filter(|(_, choice)| choice.amount > 0) {
        let kept = best.entry((choice.unit, choice.member, choice.bucket)).or_insert(number);
        if choices[*kept].amount < choice.amount {
            *kept = number;
        }
    }
    best.into_values().collect()
}

/// Splits the choices into sets that share no unit and no member: the connected components, each solved by itself.
fn components(choices: &[Placement], kept: &[usize]) -> Vec<Vec<usize>> {
    let mut sets = UnionFind::<usize>::new(kept.len());
    let mut of_unit: BTreeMap<_, usize> = BTreeMap::new();
    let mut of_member: BTreeMap<UnitId, usize> = BTreeMap::new();
    for (place, &number) in kept.iter().enumerate() {
        sets.union(*of_unit.entry(choices[number].unit).or_insert(place), place);
        if let Some(member) = choices[number].member {
            sets.union(*of_member.entry(member).or_insert(place), place);
        }
    }
    let mut components: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (place, &number) in kept.iter().enumerate() {
        components.entry(sets.find(place)).or_default().push(number);
    }
    let mut components: Vec<Vec<usize>> = components.into_values().collect();
    components.sort();
    components
}

/// Without caps, only the total matters: the heaviest matching of units and members, by successive augmentation along
/// the alternating path that gains most (found by Bellman and Ford's relaxation) until none gains. `None` if the steps
/// run out.
fn heaviest_matching(choices: &[Placement], component: &[usize], steps: &mut u64) -> Option<Vec<usize>> {
    let mut matching = WeightedMatching::new(choices, component);
    while let PathEnd::Gains(member) = matching.best_path(steps)? {
        matching.augment(member);
    }
    Some(matching.placed.iter().flatten().map(|&edge| matching.edges[edge].choice).collect())
}

/// A way in which a unit adds to a member.
struct Edge {
    unit: usize,
    member: usize,
    amount: i64,
    choice: usize,
}

/// A matching of units and members that is the heaviest of its size, and the paths by which it can grow.
struct WeightedMatching {
    edges: Vec<Edge>,
    /// The edge by which each member is taken, and by which each unit is placed.
    taken: Vec<Option<usize>>,
    placed: Vec<Option<usize>>,
    /// The edge by which the best alternating path reaches each member.
    through: Vec<usize>,
}

/// Where the best alternating path ends.
enum PathEnd {
    /// No path gains anything.
    Nowhere,
    /// At this member.
    Gains(usize),
}

impl WeightedMatching {
    fn new(choices: &[Placement], component: &[usize]) -> Self {
        let mut units: BTreeMap<_, usize> = BTreeMap::new();
        let mut members: BTreeMap<_, usize> = BTreeMap::new();
        // A repeatable member takes any number of units: for each of its choices it is a member of its own.
        let mut edges = Vec::with_capacity(component.len());
        for &number in component {
            let choice = &choices[number];
            let (next_unit, next_member) = (units.len(), members.len());
            let unit = *units.entry(choice.unit).or_insert(next_unit);
            let key = choice.member.map_or((1, number), |member| (0, member.index()));
            let member = *members.entry(key).or_insert(next_member);
            let amount = i64::try_from(choice.amount).unwrap_or(i64::MAX / 4);
            edges.push(Edge { unit, member, amount, choice: number });
        }
        let (taken, placed) = (vec![None; members.len()], vec![None; units.len()]);
        Self { edges, taken, placed, through: vec![usize::MAX; members.len()] }
    }

    /// Where the alternating path from a free unit ends that gains most, by relaxation; none if no path gains. The
    /// matching stays the heaviest of its size, so once no path gains, it is the heaviest of all. `None` if the steps
    /// run out.
    fn best_path(&mut self, steps: &mut u64) -> Option<PathEnd> {
        let mut gain: Vec<Option<i64>> = vec![None; self.taken.len()];
        let mut changed = true;
        while changed {
            changed = false;
            *steps = steps.checked_sub(self.edges.len() as u64 / 4 + 1)?;
            for (number, &Edge { unit, member, amount, .. }) in self.edges.iter().enumerate() {
                if self.placed[unit] == Some(number) {
                    continue;
                }
                // A placed unit can move on only from the member that the path has just reached.
                let before = match self.placed[unit] {
                    None => Some(0),
                    Some(old) => gain[self.edges[old].member].map(|gain| gain - self.edges[old].amount),
                };
                if let Some(before) = before
                    && gain[member].is_none_or(|known| known < before + amount)
                {
                    gain[member] = Some(before + amount);
                    self.through[member] = number;
                    changed = true;
                }
            }
        }
        let free = (0..gain.len()).filter(|&member| self.taken[member].is_none());
        let end = free.max_by_key(|&member| (gain[member], std::cmp::Reverse(member)));
        let gains = end.filter(|&member| gain[member].is_some_and(|gained| gained > 0));
        Some(gains.map_or(PathEnd::Nowhere, PathEnd::Gains))
    }

    /// Takes the edges along the path to this member, and lets go of every other one on it.
    fn augment(&mut self, end: usize) {
        let mut member = end;
        loop {
            let edge = self.through[member];
            let before = self.placed[self.edges[edge].unit].replace(edge);
            self.taken[member] = Some(edge);
            match before {
                Some(old) if self.taken[self.edges[old].member] == Some(old) => {
                    member = self.edges[old].member;
                    self.taken[member] = None;
                }
                _ => break,
            }
        }
    }
}

/// Every load that the choices of one component can make, without those that another one exceeds everywhere. `None` if
/// the steps run out.
fn alternatives(choices: &[Placement], component: &[usize], buckets: &[Bucket], steps: &mut u64) -> Option<Vec<Load>> {
    let mut by_unit: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for &number in component {
        by_unit.entry(choices[number].unit).or_default().push(number);
    }
    // The members that are taken, sorted, with the loads that are possible then.
    let mut states: BTreeMap<Vec<UnitId>, Vec<Load>> =
        BTreeMap::from([(Vec::new(), vec![Load { amounts: vec![0; buckets.len()], used: Vec::new() }])]);
    for of_unit in by_unit.values() {
        // All loads are copied.
        let numbers: usize = states.values().flatten().map(Load::numbers).sum();
        *steps = steps.checked_sub(numbers as u64 / 2 + 1).filter(|_| numbers <= NUMBERS_OF_FRONTS)?;
        let mut next = states.clone();
        for (taken, loads) in &states {
            for &number in of_unit {
                let choice = &choices[number];
                let mut taken = taken.clone();
                if let Some(member) = choice.member {
                    match taken.binary_search(&member) {
                        Ok(_) => continue,
                        Err(place) => taken.insert(place, member),
                    }
                }
                let kept = next.entry(taken).or_default();
                for load in loads {
                    let mut load = load.clone();
                    add(&mut load.amounts, choice.bucket, choice.amount, buckets);
                    load.used.push(number);
                    keep(kept, load, steps)?;
                }
            }
        }
        states = next;
    }
    let mut all = Vec::new();
    for load in states.into_values().flatten() {
        keep(&mut all, load, steps)?;
    }
    Some(all)
}

/// All sums of a load of one list and a load of the other.
fn combine(these: &[Load], those: &[Load], buckets: &[Bucket], steps: &mut u64) -> Option<Vec<Load>> {
    let mut all = Vec::new();
    for this in these {
        for that in those {
            let mut load = this.clone();
            for (bucket, &amount) in that.amounts.iter().enumerate() {
                add(&mut load.amounts, bucket, amount, buckets);
            }
            load.used.extend(&that.used);
            keep(&mut all, load, steps)?;
        }
    }
    Some(all)
}

impl Load {
    /// Numbers that it takes to write it down, with what it takes to keep them.
    fn numbers(&self) -> usize {
        self.amounts.len() + self.used.len() + 8
    }
}

/// Amounts above a bucket's own cap are worth nothing.
fn add(amounts: &mut [u64], bucket: usize, amount: u64, buckets: &[Bucket]) {
    amounts[bucket] = amounts[bucket].saturating_add(amount).min(buckets[bucket].cap);
}

/// Keeps a load unless another one dominates it, being as good everywhere, and drops those that it dominates.
fn keep(loads: &mut Vec<Load>, load: Load, steps: &mut u64) -> Option<()> {
    // A comparison looks at every bucket; the load has just been made.
    let looks = loads.len().saturating_mul(load.amounts.len() + 4) / 4 + load.numbers();
    *steps = steps.checked_sub(looks as u64 / 2 + 1)?;
    let exceeds = |a: &Load, b: &Load| a.amounts.iter().zip(&b.amounts).all(|(a, b)| a >= b);
    if !loads.iter().any(|known| exceeds(known, &load)) {
        loads.retain(|known| !exceeds(&load, known));
        loads.push(load);
    }
    Some(())
}

/// The amount that the buckets pass on in all.
pub(crate) fn total(amounts: &[u64], buckets: &[Bucket]) -> u64 {
    let mut amounts = amounts.to_vec();
    for bucket in (1..buckets.len()).rev() {
        let passed = amounts[bucket].min(buckets[bucket].cap);
        amounts[buckets[bucket].above] = amounts[buckets[bucket].above].saturating_add(passed);
    }
    amounts.first().copied().unwrap_or(0)
}

/// An upper bound, a total that no assignment exceeds: every unit, and every bucket, has the best of all its choices.
fn ceiling(choices: &[Placement], kept: &[usize], buckets: &[Bucket]) -> u64 {
    let mut by_unit: BTreeMap<_, u64> = BTreeMap::new();
    let mut amounts = vec![0_u64; buckets.len()];
    for &number in kept {
        let choice = &choices[number];
        let best = by_unit.entry(choice.unit).or_default();
        *best = (*best).max(choice.amount);
        amounts[choice.bucket] = amounts[choice.bucket].saturating_add(choice.amount);
    }
    total(&amounts, buckets).min(by_unit.into_values().fold(0, u64::saturating_add))
}

/// Leaves out choices, those that add least first, while the rest still reaches what is needed.
fn enough(mut used: Vec<usize>, choices: &[Placement], buckets: &[Bucket], needed: u64) -> Vec<usize> {
    let mut amounts = vec![0_u64; buckets.len()];
    for &number in &used {
        amounts[choices[number].bucket] = amounts[choices[number].bucket].saturating_add(choices[number].amount);
    }
    used.sort_by_key(|&number| (choices[number].amount, std::cmp::Reverse(choices[number].tag)));
    used.retain(|&number| {
        let bucket = choices[number].bucket;
        let rest = amounts[bucket].saturating_sub(choices[number].amount);
        let before = std::mem::replace(&mut amounts[bucket], rest);
        let needless = total(&amounts, buckets) >= needed;
        if !needless {
            amounts[bucket] = before;
        }
        !needless
    });
    used.sort_by_key(|&number| choices[number].tag);
    used
}
