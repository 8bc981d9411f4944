//! Which steps a plan needs beside its own on the calendar, since something lapses: those that are worth least.
//!
//! A *best-first search* over choices of steps. A choice without a schedule is made good by further steps only if one
//! of them is among those that it *needs*: with all others kept up for nothing, as early and as often as they ever
//! could be, there is still no schedule. So only what is asked for is ever added.

use crate::value::ids::{CredentialId, to_u32};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::catalog::catalog::Catalog;
use crate::evaluate::progress::progress::Progress;
use crate::plan::model::amounts::Price;
use crate::plan::question::options::Objective;
use crate::value::date::Date;
use crate::value::meter::Meter;

use crate::schedule::answer::Obstacle;
use crate::schedule::judge::Judge;
use crate::schedule::kept::KeptUp;
use crate::schedule::landmarks::Landmarks;
use crate::schedule::model::{Job, Model, TimedStep, Timing};
use crate::schedule::options::ScheduleOptions;
use crate::schedule::search::{FoundSlots, SlotSearch};
use crate::schedule::timetable::{Asked, Slots};

/// The worth of steps by the objective, and what they take in the order in which ties are broken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Total {
    worth: u128,
    /// The number of amounts that the objective asks for and nobody stated.
    missing: u64,
    cost: u128,
    hours: u128,
    credentials: u64,
}

/// Jobs that are looked at: plans with more, each time of a repeatable credential being one, are left undecided.
const MOST_JOBS: usize = 1_000;
/// Work set aside for a schedule on stated terms alone.
const MOST_ON_TERMS: u64 = 500_000;
/// Steps in all choices that wait to be looked at.
const MOST_WAITING: usize = 2_000_000;

/// The answer: steps on the calendar, or none.
pub(crate) enum Sought {
    Found(FoundChoice),
    /// The first obstacle to the plan as it is.
    None(Blocking),
    Undecided {
        least: i32,
    },
}

impl Sought {
    /// What was found; if nothing was, what was found before.
    fn or(self, before: FoundChoice) -> Self {
        match self {
            Self::Found(found) => Self::Found(found),
            Self::None(_) | Self::Undecided { .. } => Self::Found(before),
        }
    }
}

/// Steps on the calendar.
pub(crate) struct FoundChoice {
    pub(crate) model: Model,
    pub(crate) slots: Slots,
    pub(crate) least: i32,
    pub(crate) total: Total,
}

/// An obstacle, and the credential that it keeps back; no credential if it is the target that is not held.
pub(crate) struct Blocking {
    pub(crate) credential: Option<CredentialId>,
    pub(crate) obstacle: Obstacle,
}

/// A choice of steps: which of the planned ones are done on the terms that are worth more, and which are added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct StepChoice {
    total: Total,
    number: usize,
    /// Awards of one credential in their order.
    added: Vec<TimedStep>,
    /// Places of planned steps, ascending.
    dearer: Vec<u32>,
}

/// A way in which a choice can be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Alteration {
    Add(CredentialId),
    /// The planned step with this place is done on its other terms.
    Reword(u32),
}

/// A planned step, on the terms that are worth less; and on the others, if there are others.
#[derive(Debug, Clone, Copy)]
struct PlannedStep {
    step: TimedStep,
    dearer: Option<Timing>,
}

pub(crate) struct Additions<'a> {
    objective: Objective,
    start: i32,
    options: &'a ScheduleOptions,
    planned: Vec<PlannedStep>,
    /// What may be added.
    candidates: BTreeSet<CredentialId>,
    /// What states how it is renewed, and not what taking it anew takes by the objective, and is not taken anew as long
    /// as it can be renewed: what nobody stated would always look cheaper.
    not_anew: BTreeSet<CredentialId>,
}

struct Choices<'s, 'a, 'j> {
    additions: &'s Additions<'a>,
    judge: &'s mut Judge<'j>,
    meter: &'s mut Meter,
    landmarks: Landmarks<'j>,
    open: BinaryHeap<Reverse<StepChoice>>,
    seen: BTreeSet<(Vec<u32>, Vec<TimedStep>)>,
    /// Steps in the choices that wait.
    waiting: usize,
    /// The first obstacle that was met.
    blocking: Option<Blocking>,
    /// Work on choices that wait, which is not paid for yet.
    unpaid: u64,
    /// Nothing finishes before this day.
    least: i32,
    best: Option<FoundChoice>,
}

impl<'a> Additions<'a> {
    /// `base` is the learner on the first day; `candidates` are the credentials that may be added.
    pub(crate) fn new(
        base: &Progress<'_>,
        objective: Objective,
        start: i32,
        options: &'a ScheduleOptions,
        steps: &[(CredentialId, u32)],
        candidates: BTreeSet<CredentialId>,
    ) -> Self {
        let not_anew = BTreeSet::new();
        let mut additions = Self { objective, start, options, planned: Vec::new(), candidates, not_anew };
        let at_hand = |credential: CredentialId| {
            is_renewable(base, credential) || steps.iter().any(|&(planned, _)| planned == credential)
        };
        let again = additions.candidates.iter().copied().chain(steps.iter().map(|&(planned, _)| planned));
        let unstated = |credential: &CredentialId| is_bargain(base.catalog, *credential, objective);
        additions.not_anew = again.filter(unstated).filter(|&credential| at_hand(credential)).collect();
        let as_planned = |&(credential, times): &(CredentialId, u32)| {
            std::iter::repeat_n(additions.planned_step(base, credential), times as usize)
        };
        let mut planned: Vec<PlannedStep> = steps.iter().flat_map(as_planned).take(MOST_JOBS + 1).collect();
        planned.sort_by_key(|planned| planned.step);
        additions.planned = planned;
        additions
    }

    fn planned_step(&self, base: &Progress<'_>, credential: CredentialId) -> PlannedStep {
        let step = |timing| TimedStep { credential, timing };
        let anew = PlannedStep { step: step(Timing::Anew), dearer: None };
        if !is_renewable(base, credential) {
            return anew;
        }
        let worth = |timing| {
            let mut model = Model::new(self.start, self.options);
            model.add(base.catalog, step(timing), false).ok().map(|()| self.total(&model))
        };
        match (worth(Timing::WhileCurrent), worth(Timing::Anew)) {
            (None, _) => anew,
            (Some(renewed), Some(dear)) if dear < renewed && !self.not_anew.contains(&credential) => {
                PlannedStep { dearer: Some(Timing::WhileCurrent), ..anew }
            }
            (Some(_), _) => PlannedStep { step: step(Timing::WhileCurrent), dearer: Some(Timing::Anew) },
        }
    }

    /// The steps that are worth least of those that can be put on the calendar, as early as can be; of what has stated
    /// terms and no stated price the terms, if a share of the work finds a schedule on these.
    pub(crate) fn run(mut self, base: &Progress<'_>, judge: &mut Judge<'_>, meter: &mut Meter) -> Sought {
        if !self.not_anew.is_empty() {
            let mut share = meter.portion((meter.left / 8).min(MOST_ON_TERMS));
            let on_terms = self.seek(base, judge, &mut share);
            meter.take_back(&share);
            if let Sought::Found(found) = on_terms {
                // The share may have sufficed for a schedule, and not for the proof that none is earlier.
                let is_proven = found.least >= found.slots.finish(self.start);
                return if is_proven { Sought::Found(found) } else { self.seek(base, judge, meter).or(found) };
            }
            self.not_anew.clear();
            // What is worth less is planned first: totals never fall from a choice to what comes of it.
            let again = self.planned.iter().map(|planned| self.planned_step(base, planned.step.credential));
            let mut planned: Vec<PlannedStep> = again.collect();
            planned.sort_by_key(|planned| planned.step);
            self.planned = planned;
        }
        self.seek(base, judge, meter)
    }

    fn seek(&self, base: &Progress<'_>, judge: &mut Judge<'_>, meter: &mut Meter) -> Sought {
        judge.begin_anew();
        let planned: Vec<TimedStep> = self.planned.iter().map(|planned| planned.step).collect();
        let start = Date::numbered(self.start).unwrap_or(Date::LAST);
        let again = self.candidates.iter().copied().chain(planned.iter().map(|step| step.credential));
        let again = again.filter(|&credential| is_renewable(base, credential)).collect();
        let landmarks = Landmarks::new(judge, start, &planned, &self.candidates, again);
        let (open, seen) = (BinaryHeap::new(), BTreeSet::new());
        let (least, waiting, blocking, best) = (self.start, 0, None, None);
        Choices { additions: self, judge, meter, landmarks, open, seen, waiting, blocking, unpaid: 0, least, best }
            .run()
    }

    /// The jobs of a choice; or which of them can never be done.
    fn model(&self, steps: &[TimedStep], judge: &Judge<'_>) -> Result<Model, Blocking> {
        let mut model = Model::new(self.start, self.options);
        for (place, &step) in steps.iter().enumerate() {
            let blocking = |obstacle| Blocking { credential: Some(step.credential), obstacle };
            model.add(judge.catalog, step, place >= self.planned.len()).map_err(blocking)?;
        }
        model.set_horizon(judge.catalog, judge.turns());
        Ok(model)
    }

    fn total(&self, model: &Model) -> Total {
        let sum = |of: fn(&Job) -> u64| model.jobs.iter().map(|job| u128::from(of(job))).sum::<u128>();
        let (cost, hours) = (sum(|job| job.cost), sum(|job| job.hours));
        let credentials = u64::from(to_u32(model.jobs.iter().filter(|job| !job.claim).count()));
        let worth = match self.objective {
            Objective::Cost => cost,
            Objective::Hours => hours,
            Objective::Credentials => u128::from(credentials),
            Objective::Weighted { cost: a, hours: b, credentials: c } => {
                u128::from(a) * cost + u128::from(b) * hours + u128::from(c) * u128::from(credentials) * 100
            }
        };
        let missing = model.jobs.iter().map(|job| u64::try_from(job.price.missing(self.objective)).unwrap_or(0)).sum();
        Total { worth, missing, cost, hours, credentials }
    }

    /// The steps of a choice: the planned ones first.
    fn steps(&self, choice: &StepChoice) -> Vec<TimedStep> {
        let planned = self.planned.iter().zip(0..).map(|(planned, place)| match planned.dearer {
            Some(timing) if choice.dearer.binary_search(&place).is_ok() => TimedStep { timing, ..planned.step },
            _ => planned.step,
        });
        planned.chain(choice.added.iter().copied()).collect()
    }
}

/// True if it is stated what renewing the credential takes, and not what taking it anew does, by the objective.
fn is_bargain(catalog: &Catalog, credential: CredentialId, objective: Objective) -> bool {
    let has_terms = catalog.at(credential).renewal.is_some() && !catalog.names.repeatable(credential);
    has_terms && Price::with(catalog, credential, None).missing(objective) > 0
}

/// True if an award of the credential is current that can be renewed on terms of its own.
fn is_renewable(base: &Progress<'_>, credential: CredentialId) -> bool {
    let current = base
        .evidence
        .iter()
        .any(|admitted| admitted.current && admitted.evidence.is_issued() && admitted.evidence.is_award_of(credential));
    current && base.catalog.at(credential).renewal.is_some() && !base.catalog.names.repeatable(credential)
}

impl Choices<'_, '_, '_> {
    fn run(mut self) -> Sought {
        if self.begin().is_none() {
            return self.open();
        }
        while let Some(Reverse(choice)) = self.open.pop() {
            if self.best.as_ref().is_some_and(|best| best.total < choice.total) {
                break;
            }
            self.waiting -= 1 + choice.added.len() + choice.dearer.len();
            if self.look_at(&choice).is_none() {
                return self.open();
            }
        }
        match (self.best.take(), self.blocking.take()) {
            (Some(best), _) => Sought::Found(best),
            (None, Some(blocking)) => Sought::None(blocking),
            (None, None) => self.open(),
        }
    }

    /// What is known when the work ends.
    fn open(mut self) -> Sought {
        match self.best.take() {
            // Another choice that is worth as much may finish earlier.
            Some(best) => Sought::Found(FoundChoice { least: best.least.min(self.least), ..best }),
            None => Sought::Undecided { least: self.least },
        }
    }

    /// The steps as they are planned, after what all schedules have in common. `None` if there is nothing to look at.
    fn begin(&mut self) -> Option<()> {
        let planned = &self.additions.planned;
        let either = |planned: &PlannedStep| TimedStep { timing: Timing::Either, ..planned.step };
        let least: Vec<TimedStep> = planned.iter().map(either).collect();
        let jobs = &least[..least.len().min(MOST_JOBS)];
        if let Ok(model) = self.additions.model(jobs, self.judge) {
            let arcs = self.landmarks.precedences(&model, self.judge, self.meter);
            self.least = SlotSearch::new(&model, self.judge, self.meter, arcs).least();
        }
        let choice = StepChoice { total: Total::default(), number: 0, added: Vec::new(), dearer: Vec::new() };
        self.push(choice);
        (planned.len() <= MOST_JOBS).then_some(())
    }

    fn push(&mut self, choice: StepChoice) {
        let steps = self.additions.steps(&choice);
        self.unpaid += 1 + 4 * steps.len() as u64;
        match self.additions.model(&steps, self.judge) {
            Ok(model) => {
                if self.seen.insert((choice.dearer.clone(), choice.added.clone())) {
                    self.waiting += 1 + choice.added.len() + choice.dearer.len();
                    self.unpaid += model.work;
                    self.open.push(Reverse(StepChoice { total: self.additions.total(&model), ..choice }));
                }
            }
            Err(blocking) => {
                self.blocking.get_or_insert(blocking);
            }
        }
    }

    /// Whether a choice has a schedule; if not, the choices that come of it. `None` when the work ends.
    fn look_at(&mut self, choice: &StepChoice) -> Option<()> {
        let Ok(model) = self.additions.model(&self.additions.steps(choice), self.judge) else { return Some(()) };
        self.meter.spend(1 + model.number() + model.work + std::mem::take(&mut self.unpaid))?;
        let before = self.best.as_ref().map(|best| best.slots.finish(self.additions.start));
        let found = self.search(&model, before.unwrap_or(i32::MAX));
        let unsure = std::mem::take(&mut self.judge.undecided);
        if let Some(slots) = found.best {
            let least = if unsure { self.least } else { found.least.max(self.least) };
            let least = least.min(slots.finish(self.additions.start));
            self.best = Some(FoundChoice { model, slots, least, total: choice.total });
            return Some(());
        }
        if !found.exhausted || unsure {
            return None;
        }
        if self.best.is_some() {
            return Some(());
        }
        if let Some((asked, obstacle)) = found.obstacle {
            let credential = match asked {
                Asked::Job(job) => Some(model.jobs[job].credential),
                Asked::Target => None,
            };
            self.blocking.get_or_insert(Blocking { credential, obstacle });
        }
        self.alter(choice)
    }

    fn search(&mut self, model: &Model, before: i32) -> FoundSlots {
        self.judge.forget();
        let arcs = self.landmarks.precedences(model, self.judge, self.meter);
        SlotSearch::new(model, self.judge, self.meter, arcs).finishing_before(before).run()
    }

    /// The choices in which one of the alterations is made that this one needs.
    fn alter(&mut self, choice: &StepChoice) -> Option<()> {
        for alteration in self.needed(choice)? {
            match alteration {
                Alteration::Reword(place) => {
                    let mut next = choice.clone();
                    next.dearer.push(place);
                    next.dearer.sort_unstable();
                    self.push(next);
                }
                Alteration::Add(credential) => self.add(choice, credential),
            }
        }
        (self.waiting < MOST_WAITING).then_some(())
    }

    /// The same choice with one award more, on all terms, and after any of the others that are added.
    fn add(&mut self, choice: &StepChoice, credential: CredentialId) {
        let has_terms = self.judge.has_terms(credential);
        let from = choice.added.partition_point(|step| step.credential < credential);
        let to = choice.added.partition_point(|step| step.credential <= credential);
        for timing in [Timing::WhileCurrent, Timing::Anew] {
            let is_held_back = timing == Timing::Anew && self.additions.not_anew.contains(&credential);
            if is_held_back || timing == Timing::WhileCurrent && !has_terms {
                continue;
            }
            for place in from..=to {
                let mut next = StepChoice { number: choice.number + 1, ..choice.clone() };
                next.added.insert(place, TimedStep { credential, timing });
                self.push(next);
            }
        }
    }

    /// Alterations of which one has to be made, whatever becomes of the others; none if nothing helps.
    fn needed(&mut self, choice: &StepChoice) -> Option<Vec<Alteration>> {
        let not_anew = &self.additions.not_anew;
        let can_change =
            |planned: &PlannedStep| planned.dearer.is_some() && !not_anew.contains(&planned.step.credential);
        let places = self.additions.planned.iter().zip(0..).filter(|(planned, _)| can_change(planned));
        let places = places.map(|(_, place)| place).filter(|place| !choice.dearer.contains(place));
        let added = self.additions.candidates.iter().copied().map(Alteration::Add);
        let all: Vec<Alteration> = places.map(Alteration::Reword).chain(added).collect();
        let mut kept: Vec<Alteration> = Vec::new();
        let mut needed: Vec<Alteration> = Vec::new();
        if all.is_empty() || self.is_hopeless(choice, &all)? {
            return Some(needed);
        }
        let mut open: Vec<Vec<Alteration>> = vec![all];
        while let Some(mut few) = open.pop() {
            let tried: Vec<Alteration> = kept.iter().chain(&few).copied().collect();
            if (!needed.is_empty() || !open.is_empty()) && self.is_hopeless(choice, &tried)? {
                kept = tried;
            } else if let [only] = few[..] {
                needed.push(only);
            } else {
                let half = few.split_off(few.len() / 2);
                open.extend([half, few]);
            }
        }
        Some(needed)
    }

    /// Whether there is no schedule of a choice, whatever is done in these ways. What the work set aside for it leaves
    /// open is not hopeless. `None` when the work ends.
    fn is_hopeless(&mut self, choice: &StepChoice, ways: &[Alteration]) -> Option<bool> {
        let mut steps = self.additions.steps(choice);
        let mut credentials = BTreeSet::new();
        for way in ways {
            match *way {
                Alteration::Add(credential) => drop(credentials.insert(credential)),
                Alteration::Reword(place) => steps[place as usize].timing = Timing::Either,
            }
        }
        let Ok(model) = self.additions.model(&steps, self.judge) else { return Some(true) };
        self.meter.spend(1 + model.number() + model.work + ways.len() as u64)?;
        let kept = KeptUp::all(self.judge.catalog, &model, &credentials);
        self.meter.spend(4 * kept.len() as u64)?;
        self.judge.keep(kept.clone());
        let arcs = self.landmarks.precedences(&model, self.judge, self.meter);
        if let Some(slots) = SlotSearch::new(&model, self.judge, self.meter, arcs.clone()).earliest() {
            let spent = self.judge.spent;
            let kept = self.landmarks.in_time(self.judge, &model, &slots, kept);
            self.judge.keep(kept);
            if self.meter.spend(self.judge.spent - spent).is_none() {
                self.judge.begin_anew();
                return None;
            }
        }
        // No one question takes what all others need.
        let mut share = Meter::new((self.meter.left / 8).min(MOST_FOR_ONE));
        let limit = share.limit;
        let feasible = SlotSearch::new(&model, self.judge, &mut share, arcs).feasible();
        self.judge.keep(Vec::new());
        let unsure = std::mem::take(&mut self.judge.undecided);
        self.meter.spend(limit - share.left)?;
        Some(feasible == Some(false) && !unsure)
    }
}

/// Work set aside for the question whether something is needed.
const MOST_FOR_ONE: u64 = 500_000;
