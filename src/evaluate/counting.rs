//! Groups whose parts depend on each other, judged as a whole ([semantics 2.2](crate::semantics#2.2),
//! [2.5](crate::semantics#2.5)).
//!
//! Three things tie parts together: a `span`, under which all awards that are used must lie close enough in time; a sum
//! in which an award could fill several places but adds only once; and a group whose parts must be met by different
//! awards. All are decided exactly: by trying every first day of a span, by the best assignment of units of awards to
//! members of a sum, and by dividing the units among the parts (`division`). Where that would take more steps than
//! allowed, the answer says so.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Measure, Part, Unit};
use crate::evaluate::assignment;
use crate::evaluate::assignment::{Bucket, Placement, SumGoal};
use crate::evaluate::averages::Worth;
use crate::evaluate::by_leaf::ByLeaf;
use crate::evaluate::evidence::{Admitted, EvidenceId, UnitOfAwards};
use crate::evaluate::exceptions::Exceptions;
use crate::evaluate::outcome::{Filled, Met, Outcome};
use crate::evaluate::windows::{Window, Windows, spanned};
use crate::value::date::Date;
use crate::value::ids::{GroupId, IdVec, LeafId};

/// With what a group is counted: the rules, the exceptions, all evidence, and how far to go.
#[derive(Clone, Copy)]
pub(crate) struct CountingInput<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) exceptions: &'a Exceptions,
    pub(crate) evidence: &'a IdVec<EvidenceId, Admitted>,
    /// Search steps.
    pub(crate) steps: u64,
    /// Whether the most is asked for, and not only whether it is enough.
    pub(crate) thorough: bool,
}

pub(crate) struct Counting<'a> {
    pub(crate) catalog: &'a Catalog,
    pub(crate) exceptions: &'a Exceptions,
    pub(crate) evidence: &'a IdVec<EvidenceId, Admitted>,
    /// The evidence that can fill each leaf.
    pub(crate) usable: ByLeaf<EvidenceId>,
    /// Search steps that are left.
    pub(crate) steps: u64,
    /// Whether the most is asked for, and not only whether it is enough.
    pub(crate) thorough: bool,
    /// The place of each piece of evidence in the order of preference, found when first needed.
    pub(crate) ranks: OnceCell<Rc<IdVec<EvidenceId, usize>>>,
    /// Waivers that are left aside, because evidence may do.
    pub(crate) unwaived: BTreeSet<Part>,
    /// Whether the usable evidence has been divided among the parts that must differ, so that none can meet two of
    /// them.
    pub(crate) divided: bool,
    /// Points that awards are supposed to have.
    pub(crate) worth: Option<Worth>,
}

impl<'a> Counting<'a> {
    /// `usable` lists leaves with the evidence that can fill them.
    pub(crate) fn new(given: CountingInput<'a>, usable: impl IntoIterator<Item = (LeafId, EvidenceId)>) -> Self {
        let CountingInput { catalog, exceptions, evidence, steps, thorough } = given;
        Self {
            catalog,
            exceptions,
            evidence,
            usable: usable.into_iter().collect(),
            steps,
            thorough,
            ranks: OnceCell::new(),
            unwaived: BTreeSet::new(),
            divided: false,
            worth: None,
        }
    }

    /// The outcome of a group, awards of any day being used.
    pub(crate) fn outcome(&mut self, group: GroupId) -> Outcome {
        self.group(group, None)
    }

    /// The outcome of a part: a leaf has 1 if it is filled.
    pub(crate) fn part(&mut self, part: Part) -> Outcome {
        self.within(part, None)
    }

    pub(crate) fn within(&mut self, part: Part, window: Window) -> Outcome {
        match part {
            Part::Group(group) => self.group(group, window),
            Part::Leaf(leaf) => self.filled(leaf, window),
        }
    }

    /// The outcome of a leaf. Groups nest as deep as the limit says, so what is not nested is kept off their stack.
    #[inline(never)]
    fn filled(&self, leaf: LeafId, window: Window) -> Outcome {
        let best = self.fitting(leaf, window).min_by_key(|&number| preference(&self.evidence[number]));
        match best {
            Some(evidence) => {
                let filled = vec![Filled { leaf, evidence, amount: 1 }];
                Outcome { have: 1, filled, ..Outcome::none(Met::Yes) }
            }
            None => self.waived(Part::Leaf(leaf), Outcome::none(Met::No)),
        }
    }

    /// A part that is not met otherwise may be waived; evidence goes first.
    #[inline(never)]
    fn waived(&self, part: Part, outcome: Outcome) -> Outcome {
        if outcome.met == Met::Yes || !self.needs_no_evidence(part) {
            return outcome;
        }
        Outcome { met: Met::Yes, filled: Vec::new(), waived: vec![part], ..outcome }
    }

    /// The evidence that can fill the leaf from within the window.
    pub(crate) fn fitting(&self, leaf: LeafId, window: Window) -> impl Iterator<Item = EvidenceId> {
        self.usable.of(leaf).iter().copied().filter(move |&number| self.fits(number, window))
    }

    fn fits(&self, evidence: EvidenceId, window: Window) -> bool {
        let awarded = self.evidence[evidence].evidence.awarded;
        window.is_none_or(|(from, until)| awarded.is_some_and(|awarded| (from..=until).contains(&awarded)))
    }

    fn group(&mut self, group: GroupId, window: Window) -> Outcome {
        let outcome = if self.catalog.network.extras(group).span.is_some() {
            self.spanned_group(group, window)
        } else {
            self.pay(1);
            let outcome = self.counted(group, window);
            let is_open = self.steps == 0 && (self.thorough || outcome.met != Met::Yes);
            Outcome { met: if is_open { outcome.met.max(Met::Undecided) } else { outcome.met }, ..outcome }
        };
        self.waived(Part::Group(group), outcome)
    }

    /// The outcome of a group by awards from within a window, its own span and waiver aside.
    pub(crate) fn counted(&mut self, group: GroupId, window: Window) -> Outcome {
        let network = &self.catalog.network;
        match network.group(group).measure {
            Measure::Count if network.parts_differ(group) && !self.divided => self.divide(group, window),
            Measure::Count | Measure::Sum(Unit::Places) => self.count(group, window),
            Measure::Sum(_) | Measure::UpTo(_) => self.sum(group, window),
        }
    }

    /// Pays for work from what is left.
    pub(crate) fn pay(&mut self, steps: u64) {
        self.steps = self.steps.saturating_sub(steps);
    }

    fn count(&mut self, group: GroupId, window: Window) -> Outcome {
        let network = &self.catalog.network;
        self.tally(group, &network.parts_in_id_order(group), u64::from(network.group(group).threshold), window)
    }

    /// Whether so many of the parts are met, each by itself.
    pub(crate) fn count_parts(&mut self, parts: &[Part], needed: u64, window: Window) -> Outcome {
        let (mut have, mut possible) = (0, 0);
        let (mut filled, mut waived) = (Vec::new(), Vec::new());
        // What is met by evidence is named before what is waived.
        let mut spare = Vec::new();
        self.pay(parts.len() as u64);
        for &part in parts {
            let outcome = self.within(part, window);
            match outcome.met {
                Met::Yes if !outcome.waived.is_empty() => spare.push(outcome),
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
        for outcome in spare {
            if have < needed {
                filled.extend(outcome.filled);
                waived.extend(outcome.waived);
            }
            have += 1;
        }
        let met = if have >= needed {
            Met::Yes
        } else if have + possible >= needed {
            Met::Undecided
        } else {
            Met::No
        };
        Outcome { met, have, filled, waived, conflict: None }
    }

    /// The most that a sum can add up to, over every choice of windows for the spans inside it.
    #[inline(never)]
    fn sum(&mut self, group: GroupId, window: Window) -> Outcome {
        let network = &self.catalog.network;
        if let Some(least) = network.extras(group).average {
            return self.averaged_sum(group, window, least);
        }
        let needed = match network.group(group).measure {
            Measure::UpTo(_) => 0,
            _ => u64::from(network.group(group).threshold),
        };
        let mut best = Outcome::none(Met::No);
        let mut complete = true;
        complete &= self.in_each_bucket(group, window, |counting, groups, buckets| {
            complete &= counting.add_up(groups, buckets, needed, &mut best);
            !counting.thorough && best.have >= needed && needed > 0
        });
        best.met = if best.have >= needed {
            Met::Yes
        } else if complete {
            Met::No
        } else {
            Met::Undecided
        };
        best
    }

    /// Calls `visit` with a sum and the `up_to` groups in it, each within its window, and their caps, for every choice
    /// of windows for the spans inside, until it has seen enough. Whether all choices were seen, or enough.
    pub(crate) fn in_each_bucket(
        &mut self,
        group: GroupId,
        window: Window,
        mut visit: impl FnMut(&mut Self, &[(GroupId, Window)], &[Bucket]) -> bool,
    ) -> bool {
        let network = &self.catalog.network;
        let mut buckets = vec![Bucket { above: 0, cap: u64::MAX }];
        let mut groups = vec![group];
        let mut next = 0;
        while let Some(&group) = groups.get(next) {
            for &part in network.parts(group) {
                if let Part::Group(inner) = part {
                    groups.push(inner);
                    buckets.push(Bucket { above: next, cap: u64::from(network.group(inner).threshold) });
                }
            }
            next += 1;
        }
        self.each_choice(&spanned(network, network.parts(group)), Windows::new(group, window), |counting, windows| {
            let groups: Vec<(GroupId, Window)> =
                groups.iter().map(|&group| (group, windows.within(network, group))).collect();
            visit(counting, &groups, &buckets)
        })
    }

    /// Adds up within the windows of the groups, and keeps the result if it is better. Whether nothing more can be
    /// reached there.
    fn add_up(&mut self, groups: &[(GroupId, Window)], buckets: &[Bucket], needed: u64, best: &mut Outcome) -> bool {
        let choices = self.choices(groups);
        let wanted = SumGoal { needed, most: self.thorough || needed == 0 };
        let found = assignment::most(&choices, buckets, wanted, &mut self.steps);
        if found.total > best.have || best.filled.is_empty() {
            let used = found.used.into_iter().map(|choice| {
                let Placement { tag: (leaf, evidence), amount, .. } = choices[choice];
                Filled { leaf, evidence, amount }
            });
            best.filled = used.collect();
            best.have = found.total;
        }
        found.complete
    }

    /// Every way in which a unit of awards can add to a member in one of the groups.
    pub(crate) fn choices(&self, groups: &[(GroupId, Window)]) -> Vec<Placement> {
        let network = &self.catalog.network;
        let mut choices = Vec::new();
        for (bucket, &(group, window)) in groups.iter().enumerate() {
            let unit = match network.group(group).measure {
                Measure::Sum(unit) | Measure::UpTo(unit) => unit,
                Measure::Count => continue,
            };
            for &part in network.parts(group) {
                let Part::Leaf(leaf) = part else { continue };
                choices.extend(self.placements(bucket, leaf, unit, window));
            }
        }
        choices
    }

    /// Every way in which a unit of awards can add to a leaf.
    pub(crate) fn placements(
        &self,
        bucket: usize,
        number: LeafId,
        unit: Unit,
        window: Window,
    ) -> impl Iterator<Item = Placement> {
        let names = &self.catalog.names;
        let leaf = self.catalog.network.leaf(number);
        let member_repeats = names.repeatable(leaf.credential);
        self.fitting(number, window).map(move |evidence| {
            let counted = &self.evidence[evidence].evidence;
            let mut amount = u64::from(counted.adds(unit, leaf.weight));
            if counted.is_endless(names) && member_repeats && amount > 0 {
                amount = u64::from(u32::MAX);
            }
            let unit = counted.unit(names, number);
            let member = (!member_repeats).then(|| names.unit(leaf.credential));
            Placement { unit, member, bucket, amount, tag: (number, evidence) }
        })
    }

    /// The unit that a piece of evidence belongs to where it fills a leaf.
    pub(crate) fn unit(&self, leaf: LeafId, evidence: EvidenceId) -> UnitOfAwards {
        self.evidence[evidence].evidence.unit(&self.catalog.names, leaf)
    }
}

/// The order in which one of several awards is named as that which fills a leaf: issued ones first, then those that
/// last longest, then the latest.
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
