//! Groups whose parts must be met by different awards (semantics 5): the units of awards are divided among the parts.
//!
//! Where each part wants a number of awards for places of its own, this is a flow, decided by `matching`; a refusal names parts that
//! together need more awards than there are for them. Anything else, such as sums and choices between groups, becomes a system of
//! whole numbers for `integer`, whose every answer is checked: a division by counting what each part has by its own awards alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::{Measure, Network, Part, to_u32};
use crate::evaluate::by_leaf::ByLeaf;
use crate::evaluate::counting::{Counting, Filled, Met, Outcome, Window, preference};
use crate::evaluate::integer::{self, Found};
use crate::evaluate::matching::{self, Place};
use crate::evaluate::shares::Shares;
use crate::evaluate::standing::UnitOfAwards;

/// Parts that cannot be met by different awards all at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The parts, or places within them, with the awards that each needs; 0 where that is no number.
    pub(crate) parts: Vec<(Part, u32)>,
    /// If they need more awards than there are: how many they need, and all that there are.
    pub(crate) shortage: Option<Shortage>,
}

/// Fewer awards than needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shortage {
    pub(crate) needs: u64,
    /// One piece of evidence for each unit that fits any of the places.
    pub(crate) evidence: Vec<u32>,
    /// Leaves that several units fit but that count once.
    pub(crate) leaves: Vec<u32>,
}

/// The evidence that can fill each leaf, the best of each unit, the best first.
pub(super) type Candidates = ByLeaf<(UnitOfAwards, u32)>;

/// A group, the parts of it that are looked at, and how many of them are wanted; the window of each span below it.
pub(super) struct Task<'t> {
    group: u32,
    pub(super) parts: &'t [Part],
    pub(super) needed: u64,
    window: Window,
    spans: BTreeMap<u32, Window>,
    /// How much which parts may share, if they may share at all.
    pub(super) sharing: Option<&'t SharingLimits<'t>>,
}

/// How much two parts may share; without a limit they share freely.
pub(super) struct Limit {
    /// Their places among the parts.
    pub(super) between: [usize; 2],
    pub(super) units: Option<u64>,
    /// Hundredths of credits.
    pub(super) credits: Option<u64>,
}

/// The limits on sharing between some parts.
pub(super) struct SharingLimits<'t> {
    pub(super) limits: Vec<Limit>,
    /// Hundredths that each unit carries.
    pub(super) credits: &'t BTreeMap<UnitOfAwards, u64>,
}

impl SharingLimits<'_> {
    /// The credits of some units.
    pub(super) fn credits_of<'u>(&self, units: impl Iterator<Item = &'u UnitOfAwards>) -> u64 {
        units.map(|unit| self.credits.get(unit).copied().unwrap_or(0)).fold(0, u64::saturating_add)
    }

    /// Whether what the parts use keeps the limits.
    fn allows(&self, used: &[BTreeSet<UnitOfAwards>]) -> bool {
        self.limits.iter().all(|Limit { between: [one, other], units, credits }| {
            let shared: Vec<&UnitOfAwards> = used[*one].intersection(&used[*other]).collect();
            units.is_none_or(|most| shared.len() as u64 <= most)
                && credits.is_none_or(|most| self.credits_of(shared.into_iter()) <= most)
        })
    }
}

/// What each part that wants a number of awards for its places needs.
#[derive(Default)]
struct Flow {
    parts: Vec<Part>,
    needs: Vec<u32>,
    /// The leaf and the part of each place.
    places: Vec<(u32, u32)>,
    waived: Vec<Part>,
}

impl Counting<'_> {
    /// What a group has whose parts are met by different awards.
    pub(super) fn divide(&mut self, group: u32, window: Window) -> Outcome {
        let network = &self.catalog.network;
        let parts = network.parts_in_id_order(group);
        let needed = u64::from(network.group(group).threshold);
        // How much the parts have beside what is needed of them is not asked: nested groups would ask it over and over.
        let thorough = std::mem::replace(&mut self.thorough, false);
        let mut outcome = self.met_by_different(group, &parts, needed, window);
        if thorough {
            outcome.have = self.most_by_different(group, &parts, needed, window, outcome.met);
        }
        self.thorough = thorough;
        outcome
    }

    /// How many of the parts can be met at most, given whether the number needed can.
    #[inline(never)]
    fn most_by_different(&mut self, group: u32, parts: &[Part], needed: u64, window: Window, met: Met) -> u64 {
        let alone = parts.iter().filter(|&&part| self.within(part, window).met == Met::Yes).count() as u64;
        if parts.iter().all(|part| matches!(part, Part::Leaf(_))) {
            // As many as can be filled is what a matching finds by itself.
            return self.met_by_different(group, parts, alone, window).have;
        }
        let (mut least, mut most) = if met == Met::Yes { (needed, alone) } else { (0, alone.min(needed - 1)) };
        while least < most {
            let middle = least + (most - least).div_ceil(2);
            if self.met_by_different(group, parts, middle, window).met == Met::Yes {
                least = middle;
            } else {
                most = middle - 1;
            }
        }
        least
    }

    /// Whether so many of the parts can be met by different awards, whatever the windows of the spans below.
    #[inline(never)]
    pub(super) fn met_by_different(&mut self, group: u32, parts: &[Part], needed: u64, window: Window) -> Outcome {
        let network = &self.catalog.network;
        let mut task = Task { group, parts, needed, window, spans: BTreeMap::new(), sharing: None };
        self.choose_spans(&spanned(network, parts), &mut task)
    }

    /// Whether all the parts, which need not be of one group, can be met together within the limits on what they share.
    pub(super) fn met_together(&mut self, parts: &[Part], sharing: &SharingLimits<'_>) -> Outcome {
        let (group, needed, spans) = (u32::MAX, parts.len() as u64, BTreeMap::new());
        let mut task = Task { group, parts, needed, window: None, spans, sharing: Some(sharing) };
        self.choose_spans(&spanned(&self.catalog.network, parts), &mut task)
    }

    /// Fixes the window of each span in turn, then divides; keeps the best.
    fn choose_spans(&mut self, spanned: &[u32], task: &mut Task<'_>) -> Outcome {
        let Some((&group, rest)) = spanned.split_first() else { return self.in_windows(task) };
        let mut best = Outcome::none(Met::No);
        for window in self.windows(group, task.window_around(self, Part::Group(group))) {
            task.spans.insert(group, window);
            let outcome = self.choose_spans(rest, task);
            if best.met < outcome.met {
                best = outcome;
            }
            if best.met == Met::Yes {
                break;
            }
            if self.steps == 0 {
                best.met = Met::Undecided;
                break;
            }
        }
        task.spans.remove(&group);
        best
    }

    /// Divides only what lies in the windows, now that all are fixed.
    fn in_windows(&mut self, task: &Task<'_>) -> Outcome {
        if task.spans.is_empty() {
            return self.with_few_waivers(task);
        }
        let leaves = task.parts.iter().flat_map(|&part| self.catalog.network.leaves_below(part));
        let inside = leaves.flat_map(|leaf| {
            let window = task.window_around(self, Part::Leaf(leaf));
            self.fitting(leaf, window).map(move |number| (leaf, number))
        });
        let inside: ByLeaf<u32> = inside.collect();
        let usable = std::mem::replace(&mut self.usable, inside);
        let outcome = self.with_few_waivers(task);
        self.usable = usable;
        outcome
    }

    /// Divides, waiving no more than has to be.
    fn with_few_waivers(&mut self, task: &Task<'_>) -> Outcome {
        let network = &self.catalog.network;
        let waivable = |part: &Part| self.exceptions.is_waived(*part) && !self.unwaived.contains(part);
        let below = |&part: &Part| -> Vec<Part> {
            let groups = network.groups_below(part).into_iter().map(Part::Group);
            groups.chain(network.leaves_below(part).into_iter().map(Part::Leaf)).collect()
        };
        let mut waived = Vec::new();
        if !self.exceptions.waived.is_empty() {
            waived = task.parts.iter().flat_map(below).filter(waivable).collect::<Vec<Part>>();
        }
        if waived.is_empty() {
            return self.divide_once(task);
        }
        let before = self.unwaived.clone();
        self.unwaived.extend(&waived);
        let mut best = self.divide_once(task);
        if best.met != Met::Yes {
            self.unwaived.clone_from(&before);
            best = self.divide_once(task);
            for &part in &waived {
                if best.met != Met::Yes {
                    break;
                }
                self.unwaived.insert(part);
                let outcome = self.divide_once(task);
                if outcome.met == Met::Yes {
                    best = outcome;
                } else {
                    self.unwaived.remove(&part);
                }
            }
        }
        self.unwaived = before;
        best
    }

    fn divide_once(&mut self, task: &Task<'_>) -> Outcome {
        let candidates = self.candidates(task);
        self.steps = self.steps.saturating_sub(candidates.len() as u64);
        if !self.overlap(task.parts, &candidates) {
            return self.count_parts(task.parts, task.needed, task.window);
        }
        if task.sharing.is_none()
            && let Some(flow) = self.flow(task, &candidates)
        {
            return self.match_places(flow, &candidates);
        }
        self.share_out(task, &candidates)
    }

    /// The best evidence of each unit for each leaf.
    fn candidates(&self, task: &Task<'_>) -> Candidates {
        let network = &self.catalog.network;
        let rank = self.ranks.get_or_init(|| {
            let mut order: Vec<u32> = (0..to_u32(self.evidence.len())).collect();
            order.sort_by_cached_key(|&number| preference(&self.evidence[number as usize]));
            let mut rank = vec![0; order.len()];
            for (place, &number) in (0_u32..).zip(&order) {
                rank[number as usize] = place;
            }
            rank
        });
        let mut candidates: Vec<(u32, (UnitOfAwards, u32))> = Vec::with_capacity(self.usable.len());
        let mut seen = BTreeSet::new();
        for leaf in task.parts.iter().flat_map(|&part| network.leaves_below(part)) {
            let mut fitting: Vec<u32> = self.fitting(leaf, task.window_around(self, Part::Leaf(leaf))).collect();
            fitting.sort_unstable_by_key(|&number| rank[number as usize]);
            seen.clear();
            for &number in &fitting {
                let unit = self.unit(leaf, number);
                if fitting.len() == 1 || seen.insert(unit) {
                    candidates.push((leaf, (unit, number)));
                }
            }
        }
        candidates.into_iter().collect()
    }

    /// Whether a unit could be used in two of the parts.
    pub(super) fn overlap(&self, parts: &[Part], candidates: &Candidates) -> bool {
        let mut used: BTreeMap<UnitOfAwards, usize> = BTreeMap::new();
        parts.iter().enumerate().any(|(number, &part)| {
            let leaves = self.catalog.network.leaves_below(part).into_iter();
            let mut units = leaves.flat_map(|leaf| candidates.of(leaf));
            units.any(|&(unit, _)| *used.entry(unit).or_insert(number) != number)
        })
    }

    /// Whether the part is satisfied without evidence.
    pub(super) fn needs_no_evidence(&self, part: Part) -> bool {
        self.exceptions.is_waived(part) && !self.unwaived.contains(&part)
    }

    /// The parts as places that each take one award, if that is what they are.
    fn flow(&self, task: &Task<'_>, candidates: &Candidates) -> Option<Flow> {
        let network = &self.catalog.network;
        let mut flow = Flow::default();
        let all_leaves = task.parts.iter().all(|part| matches!(part, Part::Leaf(_)));
        if all_leaves {
            self.add_places(&mut flow, (Part::Group(task.group), task.needed), task.parts);
            return Some(flow);
        }
        if task.needed != task.parts.len() as u64 {
            return None;
        }
        let mut open: Vec<Part> = task.parts.iter().rev().copied().collect();
        while let Some(part) = open.pop() {
            let group = match part {
                _ if self.needs_no_evidence(part) => {
                    flow.waived.push(part);
                    continue;
                }
                Part::Leaf(_) => {
                    self.add_places(&mut flow, (part, 1), &[part]);
                    continue;
                }
                Part::Group(group) => group,
            };
            let described = network.group(group);
            let parts = network.parts(group);
            let needed = u64::from(described.threshold);
            let differ = network.parts_differ(group);
            if described.measure != Measure::Count {
                return None;
            }
            if parts.iter().all(|part| matches!(part, Part::Leaf(_))) {
                // One award must not fill two places, be it forbidden or only impossible; of one place it fills any.
                if needed > 1 && !differ && self.overlap(parts, candidates) {
                    return None;
                }
                self.add_places(&mut flow, (part, needed), &network.parts_in_id_order(group));
            } else if needed == parts.len() as u64 && (differ || !self.overlap(parts, candidates)) {
                open.extend(network.parts_in_id_order(group).into_iter().rev());
            } else {
                return None;
            }
        }
        Some(flow)
    }

    fn add_places(&self, flow: &mut Flow, (part, needed): (Part, u64), leaves: &[Part]) {
        let number = to_u32(flow.needs.len());
        let mut needed = u32::try_from(needed).unwrap_or(u32::MAX);
        for &leaf in leaves {
            if self.needs_no_evidence(leaf) {
                if needed > 0 {
                    flow.waived.push(leaf);
                }
                needed = needed.saturating_sub(1);
            } else if let Part::Leaf(leaf) = leaf {
                flow.places.push((leaf, number));
            }
        }
        flow.parts.push(part);
        flow.needs.push(needed);
    }

    /// Decides a flow.
    fn match_places(&mut self, flow: Flow, candidates: &Candidates) -> Outcome {
        let mut numbers: BTreeMap<UnitOfAwards, u32> = BTreeMap::new();
        let mut evidence: Vec<u32> = Vec::new();
        let mut places: Vec<Place> = Vec::with_capacity(flow.places.len());
        for &(leaf, demand) in &flow.places {
            let mut units = Vec::new();
            for &(unit, number) in candidates.of(leaf) {
                units.push(*numbers.entry(unit).or_insert_with(|| {
                    evidence.push(number);
                    to_u32(evidence.len() - 1)
                }));
            }
            places.push(Place { demand, units });
        }
        let Some(filling) = matching::fill(&flow.needs, &places, evidence.len(), &mut self.steps) else {
            self.steps = 0;
            return Outcome::none(Met::Undecided);
        };
        let best = |leaf: u32, place: usize, unit: u32| {
            let position = places[place].units.iter().position(|&known| known == unit)?;
            let &(_, evidence) = candidates.of(leaf).get(position)?;
            Some(Filled { leaf, evidence, amount: 1 })
        };
        let filled = flow.places.iter().zip(&filling.by).enumerate();
        let filled = filled.filter_map(|(place, (&(leaf, _), &by))| best(leaf, place, by?)).collect();
        let conflict = filling.shortage.map(|shortage| Conflict {
            parts: shortage
                .demands
                .iter()
                .map(|&demand| (flow.parts[demand as usize], flow.needs[demand as usize]))
                .collect(),
            shortage: Some(Shortage {
                needs: shortage.needs,
                evidence: shortage.units.iter().map(|&unit| evidence[unit as usize]).collect(),
                leaves: shortage.places.iter().map(|&place| flow.places[place as usize].0).collect(),
            }),
        });
        let have = u64::from(filling.filled) + flow.waived.len() as u64;
        if conflict.is_some() {
            return Outcome { have, conflict, ..Outcome::none(Met::No) };
        }
        Outcome { have, filled, waived: flow.waived, ..Outcome::none(Met::Yes) }
    }

    /// Decides by search what is no flow.
    #[inline(never)]
    fn share_out(&mut self, task: &Task<'_>, candidates: &Candidates) -> Outcome {
        let shares = Shares::new(self, task, candidates);
        let mut found = Outcome::none(Met::No);
        let usable = std::mem::take(&mut self.usable);
        let divided = std::mem::replace(&mut self.divided, true);
        let mut steps = self.steps;
        let mut accept = |values: &[i64], steps: &mut u64| {
            self.steps = *steps;
            self.usable = shares.among(values, &usable, self);
            let outcome = self.count_parts(task.parts, task.needed, task.window);
            *steps = self.steps;
            if outcome.met == Met::Yes
                && task.sharing.is_some_and(|sharing| !sharing.allows(&self.used(task, &outcome)))
            {
                return false;
            }
            if found.met < outcome.met {
                found = outcome;
            }
            found.met == Met::Yes
        };
        let answer = integer::solve(&shares.system, &mut steps, &mut accept);
        self.usable = usable;
        self.divided = divided;
        self.steps = steps;
        match answer {
            Found::Yes => found,
            // A division that could not be counted may have been one.
            Found::No => Outcome::none(found.met.min(Met::Undecided)),
            Found::Undecided => {
                self.steps = 0;
                Outcome::none(Met::Undecided)
            }
        }
    }

    /// The units that each part uses.
    fn used(&self, task: &Task<'_>, outcome: &Outcome) -> Vec<BTreeSet<UnitOfAwards>> {
        let network = &self.catalog.network;
        let below = |&part: &Part| network.leaves_below(part).into_iter().collect::<BTreeSet<u32>>();
        let leaves: Vec<BTreeSet<u32>> = task.parts.iter().map(below).collect();
        let units = |leaves: &BTreeSet<u32>| {
            let filled = outcome.filled.iter().filter(|filled| leaves.contains(&filled.leaf));
            filled.map(|filled| self.unit(filled.leaf, filled.evidence)).collect()
        };
        leaves.iter().map(units).collect()
    }

    /// Parts that stand in each other's way in a group that is not met although enough of its parts are, each by itself: as few as
    /// cannot all be met; or, where not all are needed, all that are met.
    pub(crate) fn conflict(&mut self, group: u32) -> Option<Conflict> {
        let network = &self.catalog.network;
        let needed = u64::from(network.group(group).threshold);
        if !network.parts_differ(group) {
            return None;
        }
        let mut parts = network.parts_in_id_order(group);
        let all = needed == parts.len() as u64;
        parts.retain(|&part| self.within(part, None).met == Met::Yes);
        if (parts.len() as u64) < needed {
            return None;
        }
        let refused = |counting: &mut Self, parts: &[Part], needed: u64| {
            let outcome = counting.met_by_different(group, parts, needed, None);
            (outcome.met == Met::No).then_some(outcome.conflict)
        };
        if let Some(conflict) = refused(self, &parts, needed)? {
            return Some(conflict);
        }
        let mut kept = 0;
        while all && kept < parts.len() {
            let part = parts.remove(kept);
            if refused(self, &parts, parts.len() as u64).is_none() {
                parts.insert(kept, part);
                kept += 1;
            }
        }
        Some(Conflict { parts: parts.into_iter().map(|part| (part, 0)).collect(), shortage: None })
    }
}

/// The groups with a span at or below the parts.
fn spanned(network: &Network, parts: &[Part]) -> Vec<u32> {
    let groups = parts.iter().flat_map(|&part| network.groups_below(part));
    groups.filter(|&group| network.extras(group).span.is_some()).collect()
}

impl Task<'_> {
    pub(super) fn group(&self) -> u32 {
        self.group
    }

    /// The window in which the awards counted by a group have to lie.
    pub(super) fn window_within(&self, counting: &Counting<'_>, group: u32) -> Window {
        self.spans.get(&group).copied().unwrap_or_else(|| self.window_around(counting, Part::Group(group)))
    }

    /// The window in which the awards below a part have to lie.
    pub(super) fn window_around(&self, counting: &Counting<'_>, part: Part) -> Window {
        let network = &counting.catalog.network;
        let mut group = network.group_above(part);
        while let Some(number) = group.filter(|&number| number != self.group) {
            if let Some(&window) = self.spans.get(&number) {
                return window;
            }
            group = network.group_above(Part::Group(number));
        }
        self.window
    }
}
