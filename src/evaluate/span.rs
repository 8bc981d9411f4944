//! Spans: the windows in which a group could have enough ([semantics 2.5](crate::semantics#2.5)).
//!
//! The awards below the group are sorted by their days, once. As the window moves from one day of an award to the next,
//! awards come in at its end and go out at its beginning (*two pointers*), and the most that the group could have is
//! kept up to date: what each part would have if no award were wanted elsewhere, and spans within were none. Only where
//! that is enough is the group counted.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::catalog::network::{Measure, Part, Unit};
use crate::evaluate::assignment::Placement;
use crate::evaluate::counting::Counting;
use crate::evaluate::evidence::UnitOfAwards;
use crate::evaluate::outcome::{Met, Outcome};
use crate::evaluate::windows::Window;
use crate::value::date::Date;
use crate::value::ids::{GroupId, LeafId};

/// A window of a span, and the most that the group could have by awards within it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SpanWindow {
    pub(crate) window: Window,
    most: u64,
}

impl Counting<'_> {
    /// The outcome of a group with a span: that of the first window in which it is satisfied, or, if that is asked for,
    /// of the first in which it has the most.
    #[inline(never)]
    pub(crate) fn spanned_group(&mut self, group: GroupId, around: Window) -> Outcome {
        let windows = self.span_windows(group, around);
        let needed = self.needed(group);
        let mut order: Vec<usize> = (0..windows.len()).collect();
        if self.thorough {
            order.sort_by_key(|&number| (Reverse(windows[number].most), number));
        } else {
            order.retain(|&number| windows[number].most >= needed);
        }
        let mut best: Option<(usize, Outcome)> = None;
        for number in order {
            let SpanWindow { window, most } = windows[number];
            let no_more = |(at, best): &(usize, Outcome)| most < best.have || most == best.have && *at < number;
            if self.thorough && best.as_ref().is_some_and(no_more) {
                continue;
            }
            self.pay(1);
            let outcome = self.counted(group, window);
            let rank = |(at, outcome): &(usize, Outcome)| (outcome.met, outcome.have, Reverse(*at));
            let found = (number, outcome);
            if best.as_ref().is_none_or(|best| rank(best) < rank(&found)) {
                best = Some(found);
            }
            if !self.thorough && best.as_ref().is_some_and(|(_, best)| best.met == Met::Yes) {
                break;
            }
            if self.steps == 0 {
                // What was not tried could have been satisfied.
                let best = best.map_or(Outcome::none(Met::Undecided), |(_, best)| best);
                return Outcome { met: best.met.max(Met::Undecided), ..best };
            }
        }
        best.map_or(Outcome::none(Met::No), |(_, best)| best)
    }

    /// What satisfies a group; an `up_to` passes on whatever it has.
    fn needed(&self, group: GroupId) -> u64 {
        let described = self.catalog.network.group(group);
        if matches!(described.measure, Measure::UpTo(_)) { 0 } else { u64::from(described.threshold) }
    }

    /// The windows of a span, in the order of their days: from each day of an award below it. That is enough, as the
    /// awards used have an earliest day, and all lie in the window that begins there. A window that has no award which
    /// the one before has not is left out.
    pub(crate) fn span_windows(&mut self, group: GroupId, around: Window) -> Vec<SpanWindow> {
        let network = &self.catalog.network;
        let Some(span) = network.extras(group).span else { return vec![SpanWindow { window: around, most: u64::MAX }] };
        let (mut most, dated) = MostWithin::new(self, group, around);
        self.pay(SORTING_IN * (dated.len() + most.leaves.len()) as u64);
        // With a mean to be reached, more awards can be worth less.
        let averaged = network.groups_below(Part::Group(group)).into_iter().any(|group| network.is_averaged(group));
        let last = around.map_or(Date::LAST, |(_, until)| until);
        let mut windows = Vec::new();
        let (mut entered, mut left) = (0, 0);
        while let Some(first) = dated.get(left).map(|award| award.awarded) {
            let until = first.after(span).map_or(last, |end| end.min(last));
            let before = entered;
            while let Some(award) = dated.get(entered).filter(|award| award.awarded <= until) {
                most.enter(award);
                entered += 1;
            }
            if averaged {
                windows.push(SpanWindow { window: Some((first, until)), most: u64::MAX });
            } else if entered > before {
                windows.push(SpanWindow { window: Some((first, until)), most: most.most() });
            }
            while let Some(award) = dated.get(left).filter(|award| award.awarded == first) {
                most.leave(award);
                left += 1;
            }
        }
        if windows.is_empty() {
            // Without any award, only what needs none can be satisfied: no award lies in a window that ends before it
            // begins.
            let none = Date::LAST.previous().map(|day| (Date::LAST, day));
            windows.push(SpanWindow { window: none, most: u64::MAX });
        }
        windows
    }

    /// The windows in which a span below some group has to be tried: where it cannot be satisfied, it need not be.
    pub(crate) fn windows(&mut self, group: GroupId, around: Window) -> Vec<Window> {
        let needed = self.needed(group);
        let all = self.span_windows(group, around);
        let some: Vec<Window> = all.iter().filter(|window| window.most >= needed).map(|window| window.window).collect();
        if some.is_empty() { all.iter().take(1).map(|window| window.window).collect() } else { some }
    }
}

/// Steps for each award, and each leaf, to bring the awards into the order of their days.
const SORTING_IN: u64 = 4;

/// An award that could be used at a leaf.
struct DatedAward {
    awarded: Date,
    leaf: usize,
    unit: usize,
    amount: u64,
}

/// A leaf below the group at a place, and the window around.
#[derive(Clone, Copy)]
struct FittingLeaf {
    leaf: LeafId,
    above: usize,
    around: Window,
}

/// What a leaf adds to the group above it.
struct MostOfLeaf {
    above: usize,
    /// Whether every award adds; else the one that adds most.
    repeats: bool,
    best: u64,
    awards: usize,
}

/// What a group could have.
struct MostOfGroup {
    above: Option<usize>,
    measure: Measure,
    needed: u64,
    /// Whether it counts whatever it has.
    waived: bool,
    has: u64,
}

impl MostOfGroup {
    fn passes_on(&self) -> u64 {
        match self.measure {
            Measure::UpTo(_) => self.has.min(self.needed),
            Measure::Count | Measure::Sum(_) => u64::from(self.waived || self.has >= self.needed),
        }
    }
}

/// What a unit of awards adds at most.
#[derive(Default)]
struct MostOfUnit {
    best: u64,
    awards: usize,
}

/// The most that a group could have by the awards that are there.
struct MostWithin {
    /// The group itself comes first.
    groups: Vec<MostOfGroup>,
    leaves: Vec<MostOfLeaf>,
    units: Vec<MostOfUnit>,
    /// What all units together add, if each of them adds once.
    by_units: Option<u64>,
}

impl MostWithin {
    /// With no award there; and all awards that could come, in the order of their days.
    fn new(counting: &Counting<'_>, top: GroupId, around: Window) -> (Self, Vec<DatedAward>) {
        let network = &counting.catalog.network;
        let below = network.groups_below(Part::Group(top));
        let numbers: BTreeMap<GroupId, usize> = below.iter().enumerate().map(|(at, &group)| (group, at)).collect();
        let group = |&group: &GroupId| MostOfGroup {
            above: network.group_above(Part::Group(group)).and_then(|above| numbers.get(&above).copied()),
            measure: network.group(group).measure,
            needed: u64::from(network.group(group).threshold),
            waived: counting.needs_no_evidence(Part::Group(group)),
            has: 0,
        };
        // Each unit of awards adds once, unless parts are counted that are each met by themselves.
        let adds_units = network.group(top).measure != Measure::Count || counting.has_places(top);
        let mut most = Self {
            groups: below.iter().map(group).collect(),
            leaves: Vec::new(),
            units: Vec::new(),
            by_units: (adds_units && below[1..].iter().all(|&group| network.is_up_to(group))).then_some(0),
        };
        most.groups[0].above = None;
        for number in 1..most.groups.len() {
            let MostOfGroup { above: Some(above), .. } = most.groups[number] else { continue };
            let passes_on = most.groups[number].passes_on();
            most.change(above, |has| has + passes_on);
        }
        let mut units: BTreeMap<UnitOfAwards, usize> = BTreeMap::new();
        let mut dated = Vec::new();
        for (&group, &above) in &numbers {
            for &part in network.parts(group) {
                let Part::Leaf(leaf) = part else { continue };
                let mut takes = |placement: Placement, leaf: usize| {
                    let awarded = counting.evidence[placement.tag.1].evidence.awarded?;
                    let next = units.len();
                    let unit = *units.entry(placement.unit).or_insert(next);
                    dated.push(DatedAward { awarded, leaf, unit, amount: placement.amount });
                    Some(unit)
                };
                let fitting = FittingLeaf { leaf, above, around };
                most.leaf(counting, fitting, &mut takes);
            }
        }
        dated.sort_by_key(|award| award.awarded);
        (most, dated)
    }

    /// Adds a leaf; `takes` is told of every award that fills it, and gives the number of its unit.
    fn leaf(
        &mut self,
        counting: &Counting<'_>,
        fitting: FittingLeaf,
        takes: &mut dyn FnMut(Placement, usize) -> Option<usize>,
    ) {
        let FittingLeaf { leaf, above, around } = fitting;
        let Counting { catalog, .. } = counting;
        let group = catalog.network.group_above(Part::Leaf(leaf)).unwrap_or(GroupId::OUTSIDE);
        let adds = match self.groups[above].measure {
            Measure::Sum(unit) | Measure::UpTo(unit) => Some(unit),
            Measure::Count if counting.has_places(group) => Some(Unit::Places),
            Measure::Count => None,
        };
        let repeats = adds.is_some() && catalog.names.repeatable(catalog.network.leaf(leaf).credential);
        let is_waived = counting.needs_no_evidence(Part::Leaf(leaf)) && self.groups[above].measure.is_count();
        if is_waived {
            self.change(above, |has| has + 1);
            if let Some(by_units) = &mut self.by_units {
                *by_units += 1;
            }
        }
        let number = self.leaves.len();
        let mut described = MostOfLeaf { above, repeats, best: 0, awards: 0 };
        for placement in counting.placements(0, leaf, adds.unwrap_or(Unit::Places), around) {
            let placement = Placement { amount: if adds.is_none() { 1 } else { placement.amount }, ..placement };
            let Some(unit) = takes(placement, number) else { continue };
            if self.units.len() <= unit {
                self.units.push(MostOfUnit::default());
            }
            self.units[unit].best = self.units[unit].best.max(placement.amount);
            described.best = described.best.max(placement.amount);
        }
        if is_waived && !repeats {
            described.best = 0;
        }
        self.leaves.push(described);
    }

    fn enter(&mut self, award: &DatedAward) {
        let leaf = &mut self.leaves[award.leaf];
        leaf.awards += 1;
        let (above, best, first) = (leaf.above, leaf.best, leaf.awards == 1);
        if leaf.repeats {
            self.change(above, |has| has + award.amount);
        } else if first {
            self.change(above, |has| has + best);
        }
        let unit = &mut self.units[award.unit];
        unit.awards += 1;
        if let Some(by_units) = self.by_units.as_mut().filter(|_| unit.awards == 1) {
            *by_units += unit.best;
        }
    }

    fn leave(&mut self, award: &DatedAward) {
        let leaf = &mut self.leaves[award.leaf];
        leaf.awards -= 1;
        let (above, best, last) = (leaf.above, leaf.best, leaf.awards == 0);
        if leaf.repeats {
            self.change(above, |has| has - award.amount);
        } else if last {
            self.change(above, |has| has - best);
        }
        let unit = &mut self.units[award.unit];
        unit.awards -= 1;
        if let Some(by_units) = self.by_units.as_mut().filter(|_| unit.awards == 0) {
            *by_units -= unit.best;
        }
    }

    /// Changes what a group has, and so what those around it have.
    fn change(&mut self, group: usize, to: impl FnOnce(u64) -> u64) {
        let described = &mut self.groups[group];
        let before = described.passes_on();
        described.has = to(described.has);
        let (mut above, mut after) = (described.above, described.passes_on());
        let mut before = before;
        while let Some(described) = above.map(|above| &mut self.groups[above]).filter(|_| before != after) {
            let passed_on = described.passes_on();
            described.has = described.has + after - before;
            (above, before, after) = (described.above, passed_on, described.passes_on());
        }
    }

    fn most(&self) -> u64 {
        self.groups[0].has.min(self.by_units.unwrap_or(u64::MAX))
    }
}
