//! Which renewals and retakes a plan needs on the calendar: those that are worth least.

use crate::value::ids::{CredentialId, to_u32};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::evaluate::progress::progress::Progress;
use crate::plan::model::amounts::is_renewal;
use crate::plan::question::options::Objective;
use crate::value::date::Date;
use crate::value::meter::Meter;

use crate::schedule::answer::Obstacle;
use crate::schedule::judge::Judge;
use crate::schedule::model::{Job, Model, TimedStep, Timing};
use crate::schedule::options::{Pace, ScheduleOptions};
use crate::schedule::search::{FoundSlots, SlotSearch, fixed_arcs};
use crate::schedule::timetable::{Asked, Slots};

/// The worth of steps by the objective, and what they take in the order in which ties are broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Total {
    worth: u128,
    cost: u128,
    hours: u128,
    credentials: u64,
}

/// Jobs that are looked at: plans with more, each time of a repeatable credential being one, are left undecided.
const MOST_JOBS: usize = 1_000;

/// The answer: steps on the calendar, or none.
pub(crate) enum Sought {
    Found {
        model: Model,
        slots: Slots,
        least: i32,
        total: Total,
    },
    /// The first obstacle to the plan as it is.
    None(Blocking),
    Undecided {
        least: i32,
    },
}

/// An obstacle, and the credential that it keeps back; no credential if it is the target that is not held.
pub(crate) struct Blocking {
    pub(crate) credential: Option<CredentialId>,
    pub(crate) obstacle: Obstacle,
}

/// A choice of steps: how the planned ones are done, and which are added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct StepChoice {
    total: Total,
    number: usize,
    added: Vec<TimedStep>,
    planned: Vec<TimedStep>,
    /// The first of the planned steps that may still be retaken instead, so that each choice is made once.
    retaken: usize,
}

pub(crate) struct Additions<'a, 'c> {
    base: &'a Progress<'c>,
    objective: Objective,
    start: i32,
    options: &'a ScheduleOptions,
    /// The planned steps as the plan has them.
    planned: Vec<TimedStep>,
}

/// A *best-first search* over choices of steps: what is worth least is looked at first.
struct Choices<'s, 'a, 'c, 'j> {
    additions: &'s Additions<'a, 'c>,
    judge: &'s mut Judge<'j>,
    meter: &'s mut Meter,
    /// Steps that may be added: renewals and retakes.
    candidates: Vec<TimedStep>,
    open: BinaryHeap<Reverse<StepChoice>>,
    /// The first obstacle that was met.
    blocking: Option<Blocking>,
    /// Nothing finishes before this day.
    least: Option<i32>,
}

impl<'a, 'c> Additions<'a, 'c> {
    pub(crate) fn new(
        base: &'a Progress<'c>,
        objective: Objective,
        start: i32,
        options: &'a ScheduleOptions,
        steps: &[(CredentialId, u32)],
    ) -> Self {
        let as_planned = |&(credential, times): &(CredentialId, u32)| {
            let renewed = base.catalog.at(credential).renewal.is_some() && is_renewal(base, credential);
            let timing = if renewed { Timing::WhileCurrent } else { Timing::Any };
            std::iter::repeat_n(TimedStep { credential, timing }, times as usize)
        };
        let mut planned: Vec<TimedStep> = steps.iter().flat_map(as_planned).take(MOST_JOBS + 1).collect();
        planned.sort();
        Self { base, objective, start, options, planned }
    }

    /// The steps that are worth least of those that can be put on the calendar, as early as can be.
    pub(crate) fn run(&self, judge: &mut Judge<'_>, meter: &mut Meter) -> Sought {
        if self.planned.len() > MOST_JOBS {
            return Sought::Undecided { least: self.start };
        }
        let candidates = self.candidates(judge);
        let open = BinaryHeap::new();
        Choices { additions: self, judge, meter, candidates, open, blocking: None, least: None }.run()
    }

    fn search(&self, model: &Model, judge: &mut Judge<'_>, meter: &mut Meter) -> FoundSlots {
        judge.forget();
        // What comes before the search: each job is left out once, and all others are taken.
        if meter.spend(model.number() * model.number()).is_none() {
            return FoundSlots { best: None, least: self.start, exhausted: false, obstacle: None };
        }
        let arcs = fixed_arcs(model, judge, self.base);
        SlotSearch::new(model, judge, meter, arcs).run()
    }

    /// Renewals and retakes that the plan does not ask for: of what is current today, or awarded by the plan, and can
    /// come to count no longer.
    fn candidates(&self, judge: &Judge<'_>) -> Vec<TimedStep> {
        if judge.timeless {
            return Vec::new();
        }
        let current = self.base.evidence.iter().filter(|admitted| admitted.current && admitted.evidence.is_issued());
        let held =
            current.map(|admitted| &admitted.evidence).filter(|evidence| evidence.is_award_of(evidence.credential));
        let all: BTreeSet<CredentialId> =
            held.map(|evidence| evidence.credential).chain(self.planned.iter().map(|step| step.credential)).collect();
        let start = Date::numbered(self.start).unwrap_or(Date::LAST);
        let open = all.into_iter().filter(|&id| judge.ages(id) && !self.base.catalog.at(id).offered.is_over(start));
        open.flat_map(|id| {
            let renewed = self.base.catalog.at(id).renewal.is_some() && !self.base.catalog.names.repeatable(id);
            let modes = if renewed { vec![Timing::WhileCurrent, Timing::Lapsed] } else { vec![Timing::Any] };
            modes.into_iter().map(move |timing| TimedStep { credential: id, timing })
        })
        .collect()
    }

    /// The jobs of a choice, and what they are worth; or which of them can never be done.
    fn model(&self, planned: &[TimedStep], added: &[TimedStep], judge: &Judge<'_>) -> Result<(Model, Total), Blocking> {
        let catalog = self.base.catalog;
        let by_terms = matches!(self.options.pace, Pace::CreditsPerTerm { .. });
        let mut model = Model::new(self.start, self.options);
        for (&step, added) in planned.iter().map(|step| (step, false)).chain(added.iter().map(|step| (step, true))) {
            let blocking = |obstacle| Blocking { credential: Some(step.credential), obstacle };
            model.add(catalog, step, added, by_terms).map_err(blocking)?;
        }
        model.set_horizon(catalog, judge.turns());
        let total = self.total(&model);
        Ok((model, total))
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
        Total { worth, cost, hours, credentials }
    }
}

impl Choices<'_, '_, '_, '_> {
    fn run(mut self) -> Sought {
        self.begin();
        while let Some(Reverse(choice)) = self.open.pop() {
            let Ok((model, total)) = self.additions.model(&choice.planned, &choice.added, self.judge) else { continue };
            let found = self.additions.search(&model, self.judge, self.meter);
            let unsure = self.judge.undecided;
            if let Some(slots) = found.best {
                let least = if unsure { self.additions.start } else { found.least };
                return Sought::Found { model, slots, least, total };
            }
            if !found.exhausted || unsure {
                return self.undecided();
            }
            if let Some((asked, obstacle)) = found.obstacle {
                let credential = match asked {
                    Asked::Job(job) => Some(model.jobs[job].credential),
                    Asked::Target => None,
                };
                self.blocking.get_or_insert(Blocking { credential, obstacle });
            }
            self.retake(&choice);
            if !self.candidates.is_empty() && self.could_help(&model) {
                self.add_one(&choice);
            }
        }
        match self.blocking.take() {
            Some(blocking) => Sought::None(blocking),
            None => self.undecided(),
        }
    }

    fn undecided(&self) -> Sought {
        Sought::Undecided { least: self.least.unwrap_or(self.additions.start) }
    }

    /// The steps as they are planned.
    fn begin(&mut self) {
        let planned = &self.additions.planned;
        match self.additions.model(planned, &[], self.judge) {
            Ok((model, total)) => {
                self.judge.forget();
                // What is done in another way may take less time, and what is added may stand for a step, so far as
                // dates go.
                if self.candidates.is_empty() && planned.iter().all(|step| step.timing == Timing::Any) {
                    let arcs = fixed_arcs(&model, self.judge, self.additions.base);
                    self.least = Some(SlotSearch::new(&model, self.judge, self.meter, arcs).least());
                }
                let (added, planned) = (Vec::new(), planned.clone());
                self.open.push(Reverse(StepChoice { total, number: 0, added, planned, retaken: 0 }));
            }
            Err(blocking) => self.blocking = Some(blocking),
        }
    }

    /// A renewal may be too late by the time that it is possible: then it is retaken.
    fn retake(&mut self, choice: &StepChoice) {
        for place in choice.retaken..choice.planned.len() {
            if choice.planned[place].timing == Timing::WhileCurrent {
                let mut next = StepChoice { retaken: place + 1, ..choice.clone() };
                next.planned[place].timing = Timing::Lapsed;
                if let Ok((_, total)) = self.additions.model(&next.planned, &next.added, self.judge) {
                    self.open.push(Reverse(StepChoice { total, ..next }));
                }
            }
        }
    }

    /// If it would not help that nothing lapses, further steps do not either.
    fn could_help(&mut self, model: &Model) -> bool {
        self.judge.keep(self.candidates.iter().map(|candidate| candidate.credential).collect());
        let kept = self.additions.search(model, self.judge, self.meter);
        self.judge.keep(BTreeSet::new());
        kept.best.is_some() || !kept.exhausted || self.judge.undecided
    }

    /// The same choice with one step more, in all ways that may be of use.
    fn add_one(&mut self, choice: &StepChoice) {
        for candidate in self.candidates.iter().filter(|&candidate| Some(candidate) >= choice.added.last()) {
            let mut added = choice.added.clone();
            added.push(*candidate);
            let steps: Vec<TimedStep> = choice.planned.iter().chain(&added).copied().collect();
            if !self.judge.may_all_serve(&steps, candidate.credential) {
                continue;
            }
            if let Ok((_, total)) = self.additions.model(&choice.planned, &added, self.judge) {
                // Which of the planned steps are retaken is settled before anything is added.
                let (planned, retaken) = (choice.planned.clone(), choice.planned.len());
                self.open.push(Reverse(StepChoice { total, number: added.len(), added, planned, retaken }));
            }
        }
    }
}
