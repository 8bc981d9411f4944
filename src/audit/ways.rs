//! In how many ways a gap could be filled ([semantics 4.4](crate::semantics#4.4)): where there is an *or*, every
//! irreducible set of awards if they are few, else the cheapest and how many more.
//!
//! The ways of a group that counts parts which have nothing to do with each other are made of the ways of these. Those
//! of a sum, or of parts that share awards, are found by a hitting-set tree: whatever is no superset of a known way
//! lacks something of it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::AddAssign;

use crate::audit::audit::FurtherWays;
use crate::audit::gap::{Gaps, Grant, Way};
use crate::catalog::network::{Measure, Part};
use crate::evaluate::evidence::{AwardId, EvidenceId, Origin};
use crate::evaluate::outcome::Met;
use crate::evaluate::usable::Usable;
use crate::value::ids::{GroupId, Id, RegionId};

/// Ways that are told one by one.
const MOST_WAYS: usize = 6;
/// Combinations of the ways of parts that are looked at one by one.
const MOST_TRIED: u64 = 24;
/// Steps in which it is counted how many ways there are.
const MOST_COUNTED: usize = 1_000_000;

/// The ways in which a part could be satisfied, the cheapest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ways {
    pub(crate) list: Vec<Way>,
    pub(crate) further: FurtherWays,
}

impl Ways {
    pub(crate) fn only(way: Way) -> Self {
        Self { list: vec![way], further: FurtherWays::None }
    }

    /// How many there are, if that is known.
    fn number(&self) -> Option<u64> {
        let listed = self.list.len() as u64;
        match self.further {
            FurtherWays::None => Some(listed),
            FurtherWays::Number(more) => Some(listed.saturating_add(more)),
            FurtherWays::Unknown => None,
        }
    }
}

/// Choices of which each has to be made, in one way or the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GapChoices(pub(crate) Vec<Ways>);

impl GapChoices {
    /// How many ways there are in all, if that is known.
    fn number(&self) -> Option<u64> {
        self.0.iter().try_fold(1_u64, |number, ways| Some(number.saturating_mul(ways.number()?)))
    }

    /// The first way of each choice.
    pub(crate) fn first(&self) -> Way {
        joined(self.0.iter().filter_map(|ways| ways.list.first()))
    }

    /// Every way, if all are listed.
    fn all(&self) -> Vec<Way> {
        let mut all = vec![Way { grants: Vec::new(), minimal: true }];
        for ways in &self.0 {
            all = all.iter().flat_map(|one| ways.list.iter().map(move |way| joined([one, way].into_iter()))).collect();
        }
        all
    }

    fn is_listed(&self) -> bool {
        self.0.iter().all(|ways| ways.further == FurtherWays::None)
    }
}

/// A way of each of several parts that have nothing to do with each other.
fn joined<'w>(ways: impl Iterator<Item = &'w Way>) -> Way {
    let mut all = Way { grants: Vec::new(), minimal: true };
    for way in ways {
        all.minimal &= way.minimal;
        all.grants.extend_from_slice(&way.grants);
    }
    all.grants.sort();
    all
}

/// What ways are compared by: that nothing has to be waited for or made again, that every cost is stated, cost, hours,
/// number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct WayCost {
    waits: u64,
    again: u64,
    not_stated: u64,
    cost: u64,
    hours: u64,
    awards: u64,
}

impl AddAssign for WayCost {
    fn add_assign(&mut self, other: Self) {
        let Self { waits, again, not_stated, cost, hours, awards } = other;
        self.waits = self.waits.saturating_add(waits);
        self.again = self.again.saturating_add(again);
        self.not_stated = self.not_stated.saturating_add(not_stated);
        self.cost = self.cost.saturating_add(cost);
        self.hours = self.hours.saturating_add(hours);
        self.awards = self.awards.saturating_add(awards);
    }
}

impl Gaps<'_, '_> {
    /// The awards that would satisfy the part; `None` if no awards made on the as-of date can.
    pub(crate) fn of(&mut self, part: Part) -> Option<GapChoices> {
        if let Some(found) = self.found.get(&part) {
            return found.clone();
        }
        let found = match part {
            Part::Group(group) => self.of_parts(group),
            Part::Leaf(_) => None,
        };
        let found = found.or_else(|| Some(GapChoices(vec![self.of_whole(part)?])));
        self.found.insert(part, found.clone());
        found
    }

    /// The same for a group that counts its parts, from the ways of these, if they have nothing to do with each other.
    fn of_parts(&mut self, group: GroupId) -> Option<GapChoices> {
        let network = &self.catalog.network;
        let described = network.group(group);
        let plain = self.progress().region(group) == RegionId::PLAIN
            && described.measure == Measure::Count
            && network.extras(group).average.is_none();
        let again = |part: &Part| match *part {
            Part::Leaf(leaf) => self.catalog.names.repeatable(network.leaf(leaf).credential),
            Part::Group(_) => false,
        };
        if !plain || (network.counts_units(group) && network.parts(group).iter().any(again)) {
            return None;
        }
        let wanted = described.threshold.saturating_sub(self.progress().have(group)) as usize;
        let parts = network.parts_in_id_order(group);
        let mut choices = Vec::new();
        for &part in &parts {
            if self.usable.met(part) == Met::Yes {
                continue;
            }
            if self.work == 0 {
                return None;
            }
            choices.extend(self.of(part));
        }
        if wanted == 0 || choices.len() < wanted || !self.stand_apart(&parts) {
            return None;
        }
        if choices.len() == wanted {
            return Some(GapChoices(choices.into_iter().flat_map(|found| found.0).collect()));
        }
        let number = combinations(&choices, wanted);
        let listed = choices.iter().all(GapChoices::is_listed);
        let ways = if listed && number.is_some_and(|number| number <= MOST_TRIED) {
            // None of them holds another: what each grants is of use to its own part alone.
            told(self.sorted(all_combinations(&choices, wanted)), true)
        } else {
            self.cheapest(&choices, wanted, number)
        };
        Some(GapChoices(vec![ways]))
    }

    /// Of parts that have nothing to do with each other, the cheapest ways of those that are cheapest.
    fn cheapest(&self, choices: &[GapChoices], wanted: usize, number: Option<u64>) -> Ways {
        let firsts = self.sorted(choices.iter().map(GapChoices::first).collect());
        let further = match number {
            Some(0 | 1) => FurtherWays::None,
            Some(u64::MAX) | None => FurtherWays::Unknown,
            Some(number) => FurtherWays::Number(number - 1),
        };
        Ways { list: vec![joined(firsts.iter().take(wanted))], further }
    }

    /// Whether nothing that could be granted for one of the parts is of any use to another one that is not met.
    fn stand_apart(&mut self, parts: &[Part]) -> bool {
        if parts.len() < 2 {
            return true;
        }
        let mut progress = self.begun();
        let before = EvidenceId::at(progress.evidence.len());
        let mut granted_for: BTreeMap<AwardId, usize> = BTreeMap::new();
        let mut number = AwardId::NONE;
        for (place, &part) in parts.iter().enumerate() {
            for grant in self.possible(part) {
                for _ in 0..grant.times {
                    number = number.before();
                    granted_for.insert(number, place);
                    progress.receive(self.award(&grant, number));
                }
            }
        }
        progress.settle();
        self.pay_for(&progress);
        let network = &self.catalog.network;
        let usable = Usable::new(&progress);
        let mut unmet = parts.iter().enumerate().filter(|&(_, &part)| self.usable.met(part) != Met::Yes);
        let apart = unmet.all(|(place, &part)| {
            let mut new = network.leaves_below(part).into_iter().flat_map(|leaf| usable.at(leaf, EvidenceId::END));
            new.all(|evidence| {
                let granted = match progress.evidence[evidence].evidence.origin {
                    Origin::Issued(number) => granted_for.get(&number) == Some(&place),
                    _ => false,
                };
                evidence < before || granted
            })
        });
        self.ask_next(progress);
        apart
    }

    /// The ways other than the first, as far as few questions find them: a known way that lacks one of its grants
    /// leaves a smaller question.
    pub(super) fn further(&mut self, first: Way, all: &[Grant], part: Part, worth: u64) -> Ways {
        let until = self.asked.saturating_add(worth);
        let mut ways = vec![first];
        // How often each grant is there at most.
        let mut open: VecDeque<BTreeMap<Grant, u32>> = VecDeque::from([BTreeMap::new()]);
        let mut seen: BTreeSet<BTreeMap<Grant, u32>> = BTreeSet::new();
        while let Some(most) = open.pop_front() {
            let room = |grant: &Grant| most.get(&grant.kind()).copied();
            let fits = |way: &&Way| way.grants.iter().all(|grant| room(grant).is_none_or(|room| grant.times <= room));
            let way = if let Some(way) = ways.iter().find(fits) {
                way.clone()
            } else {
                if self.asked >= until || self.work == 0 || ways.len() > MOST_WAYS {
                    return told(self.sorted(least(&ways)), false);
                }
                let times = |grant: &Grant| room(grant).map_or(grant.times, |room| room.min(grant.times));
                let rest = all.iter().map(|grant| Grant { times: times(grant), ..grant.clone() });
                let rest: Vec<Grant> = rest.filter(|grant| grant.times > 0).collect();
                if !self.satisfies(&rest, part) {
                    continue;
                }
                let way = self.reduced(&rest, part);
                ways.push(way.clone());
                way
            };
            for grant in &way.grants {
                let mut less = most.clone();
                less.insert(grant.kind(), grant.times - 1);
                if seen.insert(less.clone()) {
                    open.push_back(less);
                }
            }
        }
        told(self.sorted(least(&ways)), true)
    }

    /// Each way once, the cheapest first.
    fn sorted(&self, mut ways: Vec<Way>) -> Vec<Way> {
        ways.sort_by_cached_key(|way| (self.cost(way), way.grants.clone()));
        ways.dedup();
        ways
    }

    fn cost(&self, way: &Way) -> WayCost {
        let mut sum = WayCost::default();
        for grant in &way.grants {
            let described = self.catalog.at(grant.credential);
            let times = u64::from(grant.times);
            // What a conferred credential costs is mostly what its components do.
            let cost = described.cost.filter(|_| !self.catalog.network.has_stack(grant.credential));
            let waits = if grant.awarded < self.progress().date() { times } else { 0 };
            let is_made =
                !self.catalog.names.repeatable(grant.credential) && self.progress().marks(grant.credential) != 0;
            sum += WayCost {
                waits,
                again: if is_made { times } else { 0 },
                not_stated: if cost.is_none() { times } else { 0 },
                cost: cost.map_or(0, |cost| cost.hundredths().saturating_mul(times)),
                hours: described.hours.map_or(0, |hours| hours.hundredths().saturating_mul(times)),
                awards: times,
            };
        }
        sum
    }
}

/// Every combination of the ways of so many of the choices.
fn all_combinations(choices: &[GapChoices], wanted: usize) -> Vec<Way> {
    let mut of_so_many: Vec<Vec<Way>> = vec![Vec::new(); wanted + 1];
    of_so_many[0].push(Way { grants: Vec::new(), minimal: true });
    for found in choices {
        let ways = found.all();
        for taken in (1..=wanted).rev() {
            let with = |one: &Way| ways.iter().map(|way| joined([one, way].into_iter())).collect::<Vec<Way>>();
            let more: Vec<Way> = of_so_many[taken - 1].iter().flat_map(with).collect();
            of_so_many[taken].extend(more);
        }
    }
    of_so_many.pop().unwrap_or_default()
}

/// Ways in their order as they are told: all of them if they are few.
fn told(mut list: Vec<Way>, complete: bool) -> Ways {
    let further = match (complete, list.len()) {
        (true, ..=MOST_WAYS) => FurtherWays::None,
        (true, number) => FurtherWays::Number(number as u64 - 1),
        (false, _) => FurtherWays::Unknown,
    };
    if further != FurtherWays::None {
        list.truncate(1);
    }
    Ways { list, further }
}

/// Without those that ask for more than another one.
fn least(ways: &[Way]) -> Vec<Way> {
    let graded: Vec<ByGrade> = ways.iter().map(by_grade).collect();
    let is_least = |way: &Way, own: &ByGrade| {
        let mut others = ways.iter().zip(&graded);
        !others.any(|(other, less)| other.grants != way.grants && is_within(less, own))
    };
    let kept = ways.iter().zip(&graded).filter(|(way, own)| is_least(way, own));
    kept.map(|(way, _)| way.clone()).collect()
}

/// The awards of a way that are alike but for their grades, and how many there are of each grade.
type ByGrade = BTreeMap<Grant, BTreeMap<Option<i64>, u64>>;

fn by_grade(way: &Way) -> ByGrade {
    let mut alike = ByGrade::new();
    for grant in &way.grants {
        let of_grade = alike.entry(Grant { grade: None, ..grant.kind() }).or_default();
        *of_grade.entry(grant.grade).or_default() += u64::from(grant.times);
    }
    alike
}

/// Whether for each award of the one there is an award of its own in the other that is as good.
fn is_within(less: &ByGrade, more: &ByGrade) -> bool {
    less.iter().all(|(kind, wanted)| {
        let Some(there) = more.get(kind) else { return false };
        let mut best = there.iter().rev().peekable();
        let (mut needed, mut as_good) = (0_u64, 0_u64);
        wanted.iter().rev().all(|(grade, times)| {
            needed = needed.saturating_add(*times);
            while let Some((_, times)) = best.next_if(|(other, _)| *other >= grade) {
                as_good = as_good.saturating_add(*times);
            }
            needed <= as_good
        })
    })
}

/// In how many ways so many of the choices can be made, if that is known, and no labour to count.
fn combinations(choices: &[GapChoices], wanted: usize) -> Option<u64> {
    if choices.len().saturating_mul(wanted) > MOST_COUNTED {
        return None;
    }
    let mut of_so_many = vec![0_u64; wanted + 1];
    of_so_many[0] = 1;
    for found in choices {
        let number = found.number()?;
        for taken in (1..=wanted).rev() {
            let with = of_so_many[taken - 1].saturating_mul(number);
            of_so_many[taken] = of_so_many[taken].saturating_add(with);
        }
    }
    of_so_many.last().copied()
}
