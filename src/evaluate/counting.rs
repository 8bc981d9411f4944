//! Groups whose parts depend on each other, judged as a whole (semantics 2.2, 2.5).
//!
//! Two things tie parts together: a `span`, under which all awards that are used must lie close enough in time, and a sum in which
//! an award could fill several places but adds only once. Both are decided exactly: by trying every first day of a span, and by the
//! best assignment of units of awards to members of a sum. Where that would take more steps than allowed, the answer says so.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::Catalog;
use crate::catalog::network::{Measure, Part};
use crate::date::Date;
use crate::evaluate::assignment::{self, Bucket, Choice};
use crate::evaluate::progress::Admitted;
use crate::evaluate::standing::Origin;

/// An answer in three-valued logic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Met {
    No,
    Undecided,
    Yes,
}

/// A leaf filled by a piece of evidence, adding so many hundredths if it stands in a sum (1 elsewhere).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) leaf: u32,
    pub(crate) evidence: u32,
    pub(crate) amount: u64,
}

/// What a group has, and by what.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) met: Met,
    /// Satisfied parts, or hundredths.
    pub(crate) have: u64,
    /// Enough to satisfy the group if it is satisfied.
    pub(crate) filled: Vec<Filled>,
}

/// The days between which awards may lie; `None` for any day, and for undated awards too.
type Window = Option<(Date, Date)>;

pub(crate) struct Counting<'a> {
    catalog: &'a Catalog,
    evidence: &'a [Admitted],
    usable: BTreeMap<u32, Vec<u32>>,
    /// Search steps that are left.
    pub(crate) steps: u64,
    /// Whether the most is asked for, and not only whether it is enough.
    thorough: bool,
}

impl<'a> Counting<'a> {
    /// `usable` lists leaves with the evidence that can fill them.
    pub(crate) fn new(
        catalog: &'a Catalog,
        evidence: &'a [Admitted],
        usable: impl IntoIterator<Item = (u32, u32)>,
        (steps, thorough): (u64, bool),
    ) -> Self {
        let mut by_leaf: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (leaf, number) in usable {
            by_leaf.entry(leaf).or_default().push(number);
        }
        Self { catalog, evidence, usable: by_leaf, steps, thorough }
    }

    /// What the group has, awards of any day being used.
    pub(crate) fn outcome(&mut self, group: u32) -> Outcome {
        self.group(group, None)
    }

    /// What a part has: a leaf has 1 if it is filled.
    pub(crate) fn part(&mut self, part: Part) -> Outcome {
        self.within(part, None)
    }

    fn within(&mut self, part: Part, window: Window) -> Outcome {
        let leaf = match part {
            Part::Group(group) => return self.group(group, window),
            Part::Leaf(leaf) => leaf,
        };
        let best = self.fitting(leaf, window).min_by_key(|&number| preference(&self.evidence[number as usize]));
        let filled: Vec<Filled> = best.map(|evidence| Filled { leaf, evidence, amount: 1 }).into_iter().collect();
        Outcome { met: if filled.is_empty() { Met::No } else { Met::Yes }, have: filled.len() as u64, filled }
    }

    /// The evidence that can fill the leaf from within the window.
    fn fitting(&self, leaf: u32, window: Window) -> impl Iterator<Item = u32> {
        let list = self.usable.get(&leaf).map_or(&[][..], Vec::as_slice);
        list.iter().copied().filter(move |&number| self.fits(number, window))
    }

    fn fits(&self, evidence: u32, window: Window) -> bool {
        let awarded = self.evidence[evidence as usize].evidence.awarded;
        window.is_none_or(|(from, until)| awarded.is_some_and(|awarded| (from..=until).contains(&awarded)))
    }

    fn group(&mut self, group: u32, window: Window) -> Outcome {
        let mut best: Option<Outcome> = None;
        for window in self.windows(group, window) {
            self.steps = self.steps.saturating_sub(1);
            let outcome = match self.catalog.network.group(group).measure {
                Measure::Count => self.count(group, window),
                Measure::Sum(_) | Measure::UpTo(_) => self.sum(group, window),
            };
            if best.as_ref().is_none_or(|best| (best.met, best.have) < (outcome.met, outcome.have)) {
                best = Some(outcome);
            }
            if !self.thorough && best.as_ref().is_some_and(|best| best.met == Met::Yes) {
                break;
            }
            if self.steps == 0 {
                // What was not tried could have been satisfied.
                let best = best.unwrap_or(Outcome { met: Met::Undecided, have: 0, filled: Vec::new() });
                return Outcome { met: best.met.max(Met::Undecided), ..best };
            }
        }
        best.unwrap_or(Outcome { met: Met::No, have: 0, filled: Vec::new() })
    }

    /// The windows that a group has to be tried in: the one around it, or for a span, one from each day of an award below it.
    ///
    /// That is enough: the awards used have an earliest day, and all lie in the window that begins there.
    fn windows(&self, group: u32, around: Window) -> Vec<Window> {
        let network = &self.catalog.network;
        let Some(span) = network.extras(group).span else { return vec![around] };
        let mut days: BTreeSet<Date> = BTreeSet::new();
        for leaf in network.leaves_below(Part::Group(group)) {
            days.extend(
                self.fitting(leaf, around).filter_map(|number| self.evidence[number as usize].evidence.awarded),
            );
        }
        let last = around.map_or(Date::LAST, |(_, until)| until);
        let mut windows: Vec<Window> =
            days.iter().map(|&day| Some((day, day.after(span).map_or(last, |end| end.min(last))))).collect();
        if windows.is_empty() {
            // Without any award, only what needs none can be satisfied: no award lies in a window that ends before it begins.
            windows.extend(Date::LAST.previous().map(|day| Some((Date::LAST, day))));
        }
        windows
    }

    fn count(&mut self, group: u32, window: Window) -> Outcome {
        let network = &self.catalog.network;
        let needed = u64::from(network.group(group).threshold);
        let (mut have, mut possible, mut filled) = (0, 0, Vec::new());
        for part in network.parts_in_id_order(group) {
            let outcome = self.within(part, window);
            match outcome.met {
                Met::Yes => {
                    if have < needed {
                        filled.extend(outcome.filled);
                    }
                    have += 1;
                }
                Met::Undecided => possible += 1,
                Met::No => {}
            }
        }
        let met = if have >= needed {
            Met::Yes
        } else if have + possible >= needed {
            Met::Undecided
        } else {
            Met::No
        };
        Outcome { met, have, filled }
    }

    /// The most that a sum can add up to, over every choice of windows for the spans inside it.
    fn sum(&mut self, group: u32, window: Window) -> Outcome {
        let network = &self.catalog.network;
        let mut buckets = vec![Bucket { above: 0, cap: u64::MAX }];
        let mut groups = vec![(group, window)];
        let mut next = 0;
        while let Some(&(group, _)) = groups.get(next) {
            for &part in network.parts(group) {
                if let Part::Group(inner) = part {
                    groups.push((inner, window));
                    buckets.push(Bucket { above: next, cap: u64::from(network.group(inner).threshold) });
                }
            }
            next += 1;
        }
        let needed = match network.group(group).measure {
            Measure::UpTo(_) => 0,
            _ => u64::from(network.group(group).threshold),
        };
        let mut best = Outcome { met: Met::No, have: 0, filled: Vec::new() };
        let mut complete = true;
        self.choose_windows(1, &mut groups, &buckets, needed, &mut best, &mut complete);
        best.met = if best.have >= needed {
            Met::Yes
        } else if complete {
            Met::No
        } else {
            Met::Undecided
        };
        best
    }

    /// Fixes the window of each inner group in turn, then adds up; keeps the best.
    fn choose_windows(
        &mut self,
        index: usize,
        groups: &mut [(u32, Window)],
        buckets: &[Bucket],
        needed: u64,
        best: &mut Outcome,
        complete: &mut bool,
    ) {
        if !self.thorough && best.have >= needed && needed > 0 {
            return;
        }
        if index < groups.len() {
            let around = groups[buckets[index].above].1;
            for window in self.windows(groups[index].0, around) {
                groups[index].1 = window;
                self.choose_windows(index + 1, groups, buckets, needed, best, complete);
                if self.steps == 0 {
                    *complete = false;
                    return;
                }
            }
            return;
        }
        let choices = self.choices(groups);
        self.steps = self.steps.saturating_sub(choices.len() as u64);
        let found = assignment::most(&choices, buckets, needed, &mut self.steps);
        *complete &= found.complete;
        if found.total > best.have || best.filled.is_empty() {
            let used = found.used.into_iter().map(|choice| {
                let Choice { tag: (leaf, evidence), amount, .. } = choices[choice];
                Filled { leaf, evidence, amount }
            });
            best.filled = used.collect();
            best.have = found.total;
        }
    }

    /// Every way in which a unit of awards can add to a member in one of the groups.
    fn choices(&self, groups: &[(u32, Window)]) -> Vec<Choice> {
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        let mut choices = Vec::new();
        for (bucket, &(group, window)) in groups.iter().enumerate() {
            let unit = match network.group(group).measure {
                Measure::Sum(unit) | Measure::UpTo(unit) => unit,
                Measure::Count => continue,
            };
            for &part in network.parts(group) {
                let Part::Leaf(number) = part else { continue };
                let leaf = network.leaf(number);
                let member_repeats = names.repeatable(leaf.credential);
                for evidence in self.fitting(number, window) {
                    let counted = &self.evidence[evidence as usize].evidence;
                    let repeats = names.repeatable(counted.credential);
                    let endless = repeats && counted.origin == Origin::Supposed;
                    let mut amount = u64::from(counted.adds(unit, leaf.weight));
                    if endless && member_repeats && amount > 0 {
                        amount = u64::from(u32::MAX);
                    }
                    // A unit is the unit class of its credential, an award of the record, or a piece of evidence; one that can be
                    // had without end is a unit of its own for each use.
                    let unit = match counted.origin {
                        _ if endless => (3, number, evidence),
                        _ if !repeats => (0, names.unit(counted.credential), 0),
                        Origin::Issued(award) => (1, award, 0),
                        _ => (2, evidence, 0),
                    };
                    let member = (!member_repeats).then(|| names.unit(leaf.credential));
                    choices.push(Choice { unit, member, bucket, amount, tag: (number, evidence) });
                }
            }
        }
        choices
    }
}

/// Which of several awards is named as the one that fills a leaf: issued ones first, then those that last longest, then the latest.
pub(crate) fn preference(admitted: &Admitted) -> impl Ord + use<> {
    let evidence = &admitted.evidence;
    let last = evidence.until.unwrap_or(Date::LAST);
    (
        !admitted.current,
        !evidence.is_issued(),
        std::cmp::Reverse(last),
        std::cmp::Reverse(evidence.awarded),
        evidence.credential,
    )
}
