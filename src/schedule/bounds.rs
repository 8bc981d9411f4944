//! Lower bounds on the finish: what follows what, and what all of it takes of the pace (*energetic reasoning*).

use crate::value::date::Date;
use crate::value::ids::IdVec;
use crate::value::term::CalendarTerm;
use std::collections::BTreeSet;

use crate::schedule::model::{JobId, Model, first};
use crate::schedule::timetable::Slots;

/// A *precedence*: one job waits for another, whatever the rules say on the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Precedence {
    pub(crate) from: JobId,
    pub(crate) to: JobId,
    pub(crate) lag: Lag,
}

/// The least *time lag* of a precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lag {
    /// It begins after the other's last day.
    AfterEnd,
    /// It begins on the other's last day or later.
    OnEnd,
    /// It begins no earlier than the other, which is just the same.
    WithBegin,
    /// It begins no earlier than the other, whichever of them takes longer.
    AfterBegin,
    /// Its award, which is valid for the term, lasts until the other begins.
    Lasting(CalendarTerm),
}

impl Precedence {
    /// The first day on which the second job can begin.
    pub(crate) fn earliest(&self, model: &Model, slots: &Slots) -> i32 {
        match self.lag {
            Lag::AfterEnd => slots.ends[self.from].saturating_add(1),
            Lag::OnEnd => slots.ends[self.from],
            Lag::WithBegin | Lag::AfterBegin => slots.begins[self.from],
            Lag::Lasting(term) => {
                let (needed, made) = (slots.begins[self.from], slots.ends[self.to]);
                let lasts = |award: i32| {
                    let last = Date::numbered(award).and_then(|award| term.last_day(award));
                    last.is_none_or(|last| last.number() >= needed)
                };
                if needed <= made || lasts(made) {
                    return slots.begins[self.to];
                }
                let award = first(made, needed, lasts);
                model.begin_to_end(&model.jobs[self.to], slots.begins[self.to], award)
            }
        }
    }
}

/// Something that the jobs which run on one day take no more of, in sum, than there is: hours, or places. Further ones
/// follow from it by *dual feasible functions*: no two jobs that take more than half each run at once, however much
/// they take.
struct Resource {
    capacity: u128,
    weights: IdVec<JobId, u64>,
}

/// The resources of a model, given and derived.
pub(crate) struct ResourceBounds {
    running: Vec<Resource>,
    /// For credits begun in one term.
    begun: Vec<Resource>,
}

/// Resources derived from one.
const MOST_DERIVED: usize = 6;

impl ResourceBounds {
    pub(crate) fn new(model: &Model) -> Self {
        let loads: IdVec<JobId, u64> = model.jobs.iter().map(|job| job.load).collect();
        let derived = resources(&loads, model.capacity);
        let (mut running, begun) = if model.terms.is_empty() { (derived, Vec::new()) } else { (Vec::new(), derived) };
        if model.at_once < model.jobs.len() {
            let weights = model.jobs.iter().map(|job| u64::from(job.shares())).collect();
            running.push(Resource { capacity: model.at_once as u128, weights });
        }
        Self { running, begun }
    }

    /// The first day on which all of these can have been done, none beginning earlier than in these slots; nothing if
    /// they never can.
    pub(crate) fn done(&self, model: &Model, slots: &Slots, jobs: &[JobId]) -> Option<i32> {
        let none = IdVec::filled(0_i32, model.jobs.len());
        self.done_with_tails(model, slots, jobs, &none)
    }

    /// The first day on which all jobs can have been done, none beginning earlier than in these slots; nothing if they
    /// never can.
    pub(crate) fn finish<'a>(
        &self,
        model: &Model,
        slots: &Slots,
        arcs: &(impl Iterator<Item = &'a Precedence> + Clone),
    ) -> Option<i32> {
        if model.jobs.is_empty() {
            return Some(model.start);
        }
        let all: Vec<JobId> = model.jobs.ids().collect();
        self.done_with_tails(model, slots, &all, &tails(model, arcs))
    }

    /// The same for some jobs, each being followed by so many days at the least.
    fn done_with_tails(&self, model: &Model, slots: &Slots, jobs: &[JobId], tails: &IdVec<JobId, i32>) -> Option<i32> {
        let mut least = jobs.iter().map(|&job| slots.ends[job]).fold(model.start, i32::max);
        let mut order: Vec<JobId> = jobs.iter().copied().filter(|&job| !model.jobs[job].claim).collect();
        order.sort_unstable_by_key(|&job| std::cmp::Reverse(slots.begins[job]));
        for resource in &self.running {
            let (mut energy, mut tail) = (0_u128, i32::MAX);
            for &job in order.iter().filter(|&&job| resource.weights[job] > 0) {
                let days = u128::try_from(model.jobs[job].shortest).unwrap_or(1);
                energy += u128::from(resource.weights[job]) * days;
                tail = tail.min(tails[job]);
                let days = i32::try_from(energy.div_ceil(resource.capacity.max(1))).ok()?;
                least = least.max(slots.begins[job].checked_add(days - 1)?.checked_add(tail)?);
            }
        }
        for resource in &self.begun {
            let (mut sum, mut shortest) = (0_u128, i32::MAX);
            for &job in order.iter().filter(|&&job| resource.weights[job] > 0 && model.jobs[job].counts_credits()) {
                sum += u128::from(resource.weights[job]);
                shortest = shortest.min(model.jobs[job].shortest.saturating_add(tails[job]));
                let terms = usize::try_from(sum.div_ceil(resource.capacity.max(1))).ok()?;
                let last = model.terms.get(model.term(slots.begins[job])? + terms - 1)?;
                least = least.max(last.0.checked_add(shortest - 1)?);
            }
        }
        Some(least)
    }
}

/// Jobs that are done before one begins, in every schedule.
#[derive(Debug, Clone)]
pub(crate) struct Ancestors {
    pub(crate) of: JobId,
    pub(crate) jobs: Vec<JobId>,
}

/// Ancestors that are looked at, of all jobs together.
const MOST_ANCESTORS: usize = 4_000;

impl Ancestors {
    /// Those of all jobs that have two or more, which then share the pace, as far as they are looked at.
    pub(crate) fn all(model: &Model, arcs: &[Precedence]) -> Vec<Self> {
        let mut before: IdVec<JobId, Vec<JobId>> = IdVec::filled(Vec::new(), model.jobs.len());
        for arc in arcs.iter().filter(|arc| matches!(arc.lag, Lag::AfterEnd | Lag::OnEnd)) {
            before[arc.to].push(arc.from);
        }
        let mut all: Vec<Self> = Vec::new();
        let mut looked_at = 0_usize;
        for of in model.jobs.ids().rev().filter(|&job| before[job].len() > 1) {
            let mut seen: BTreeSet<JobId> = BTreeSet::new();
            let mut open = before[of].clone();
            while let Some(job) = open.pop() {
                if seen.insert(job) {
                    open.extend(&before[job]);
                }
            }
            looked_at += seen.len();
            if looked_at > MOST_ANCESTORS {
                break;
            }
            all.push(Self { of, jobs: seen.into_iter().collect() });
        }
        all.sort_by_key(|ancestors| ancestors.jobs.len());
        all
    }
}

/// For each job, how many days after its award the last one of those that wait for it is awarded, at the least.
fn tails<'a>(model: &Model, arcs: &(impl Iterator<Item = &'a Precedence> + Clone)) -> IdVec<JobId, i32> {
    let mut tails = IdVec::filled(0_i32, model.jobs.len());
    // Without a cycle, the longest chain has fewer links than there are jobs.
    for _ in 0..model.jobs.len() {
        let mut changed = false;
        for arc in arcs.clone().filter(|arc| !matches!(arc.lag, Lag::AfterBegin | Lag::Lasting(_))) {
            let own = if arc.lag == Lag::AfterEnd { model.jobs[arc.to].shortest } else { 0 };
            let tail = tails[arc.to].saturating_add(own);
            if tail > tails[arc.from] {
                tails[arc.from] = tail;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    tails
}

/// A resource, and others that follow from it: with a threshold, what takes more than all but it takes all, and what
/// takes less, nothing.
fn resources(loads: &IdVec<JobId, u64>, capacity: u64) -> Vec<Resource> {
    let mut all = vec![Resource { capacity: u128::from(capacity), weights: loads.clone() }];
    let half = |&load: &u64| {
        let twice = u128::from(load) * 2;
        u64::from(twice >= u128::from(capacity) && load > 0) + u64::from(twice > u128::from(capacity))
    };
    all.push(Resource { capacity: 2, weights: loads.iter().map(half).collect() });
    let small: BTreeSet<u64> = loads.iter().copied().filter(|&load| load > 0 && load <= capacity / 2).collect();
    for threshold in small.into_iter().rev().take(MOST_DERIVED) {
        let rounded = |&load: &u64| match load {
            load if load > capacity - threshold => capacity,
            load if load < threshold => 0,
            load => load,
        };
        all.push(Resource { capacity: u128::from(capacity), weights: loads.iter().map(rounded).collect() });
    }
    all
}
