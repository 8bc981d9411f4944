//! Which renewals and retakes a plan needs on the calendar: those that are worth least.

use crate::value::ids::{CredentialId, to_u32};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

use crate::catalog::catalog::Catalog;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::standing::Standing;
use crate::plan::model::statement::is_renewal;
use crate::plan::question::options::Objective;
use crate::solve::simplex::Meter;
use crate::value::date::Date;

use crate::schedule::answer::Obstacle;
use crate::schedule::judge::{Asked, Judge, Slots};
use crate::schedule::model::{Model, Timing};
use crate::schedule::options::{Pace, ScheduleOptions};
use crate::schedule::search::{FoundSlots, SlotSearch, fixed_arcs};

/// What steps are worth by the objective; their cost, hours, and number of credentials taken.
pub(crate) type Total = (u128, u128, u128, u64);

/// Jobs that are looked at: plans with more, each time of a repeatable credential being one, are left undecided.
const MOST_JOBS: usize = 1_000;

/// What was found.
pub(crate) enum Sought {
    FoundSlots {
        model: Model,
        slots: Slots,
        least: i32,
        total: Total,
    },
    /// What stood in the way of the plan as it is; no credential if it is the target.
    None {
        asked: Option<CredentialId>,
        obstacle: Obstacle,
    },
    Undecided {
        least: i32,
    },
}

/// A choice of steps: how the planned ones are done, and which are added.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct StepChoice {
    total: Total,
    number: usize,
    added: Vec<(CredentialId, Timing)>,
    planned: Vec<(CredentialId, Timing)>,
    /// The first of the planned steps that may still be retaken instead, so that each choice is made once.
    retaken: usize,
}

pub(crate) struct Additions<'a, 'c> {
    catalog: &'c Catalog,
    base: &'a Progress<'c>,
    standing: &'a Standing,
    objective: Objective,
    start: i32,
    options: &'a ScheduleOptions,
    /// The planned steps as the plan has them.
    planned: Vec<(CredentialId, Timing)>,
}

impl<'a, 'c> Additions<'a, 'c> {
    pub(crate) fn new(
        catalog: &'c Catalog,
        (base, standing): (&'a Progress<'c>, &'a Standing),
        (objective, start): (Objective, i32),
        options: &'a ScheduleOptions,
        steps: &[(CredentialId, u32)],
    ) -> Self {
        let mut planned: Vec<(CredentialId, Timing)> = steps
            .iter()
            .flat_map(|&(credential, times)| {
                let renewed = catalog.at(credential).renewal.is_some() && is_renewal(base, credential);
                let mode = if renewed { Timing::WhileCurrent } else { Timing::Any };
                std::iter::repeat_n((credential, mode), times as usize)
            })
            .take(MOST_JOBS + 1)
            .collect();
        planned.sort();
        Self { catalog, base, standing, objective, start, options, planned }
    }

    /// The steps that are worth least of those that can be put on the calendar, as early as can be.
    pub(crate) fn run(&self, judge: &mut Judge<'_>, meter: &mut Meter) -> Sought {
        if self.planned.len() > MOST_JOBS {
            return Sought::Undecided { least: self.start };
        }
        let candidates = self.candidates(judge);
        let mut obstacle = None;
        let mut least: Option<i32> = None;
        let mut open: BinaryHeap<Reverse<StepChoice>> = BinaryHeap::new();
        match self.model(&self.planned, &[], judge) {
            Ok((model, total)) => {
                judge.forget();
                // What is done in another way may take less time, and what is added may stand for a step, so far as dates go.
                if candidates.is_empty() && self.planned.iter().all(|step| step.1 == Timing::Any) {
                    let arcs = fixed_arcs(&model, judge, self.base);
                    least = Some(SlotSearch::new(&model, judge, meter, arcs).least());
                }
                open.push(Reverse(StepChoice {
                    total,
                    number: 0,
                    added: Vec::new(),
                    planned: self.planned.clone(),
                    retaken: 0,
                }));
            }
            Err((credential, found)) => obstacle = Some((Some(credential), found)),
        }
        let undecided = || Sought::Undecided { least: least.unwrap_or(self.start) };
        while let Some(Reverse(choice)) = open.pop() {
            let Ok((model, total)) = self.model(&choice.planned, &choice.added, judge) else { continue };
            let found = self.search(&model, judge, meter);
            let unsure = judge.undecided;
            if let Some(slots) = found.best {
                return Sought::Found { model, slots, least: if unsure { self.start } else { found.least }, total };
            }
            if !found.exhausted || unsure {
                return undecided();
            }
            if let Some((asked, found)) = found.obstacle {
                let credential = match asked {
                    Asked::Job(job) => Some(model.jobs[job].credential),
                    Asked::Target => None,
                };
                obstacle.get_or_insert((credential, found));
            }
            // A renewal may be too late by the time that it is possible: then it is retaken.
            for place in choice.retaken..choice.planned.len() {
                if choice.planned[place].1 == Timing::WhileCurrent {
                    let mut next = choice.clone();
                    next.planned[place].1 = Timing::Lapsed;
                    next.retaken = place + 1;
                    if let Ok((_, total)) = self.model(&next.planned, &next.added, judge) {
                        open.push(Reverse(StepChoice { total, ..next }));
                    }
                }
            }
            if candidates.is_empty() {
                continue;
            }
            // If it would not help that nothing lapses, further steps do not either.
            judge.keep(candidates.iter().map(|candidate| candidate.0).collect());
            let kept = self.search(&model, judge, meter);
            judge.keep(BTreeSet::new());
            if kept.best.is_none() && kept.exhausted && !judge.undecided {
                continue;
            }
            for &(credential, mode) in candidates.iter().filter(|&candidate| Some(candidate) >= choice.added.last()) {
                let mut added = choice.added.clone();
                added.push((credential, mode));
                let steps: Vec<(CredentialId, Timing)> = choice.planned.iter().chain(&added).copied().collect();
                if !judge.may_all_serve(&steps, credential) {
                    continue;
                }
                if let Ok((_, total)) = self.model(&choice.planned, &added, judge) {
                    // Which of the planned steps are retaken is settled before anything is added.
                    let (planned, retaken) = (choice.planned.clone(), choice.planned.len());
                    open.push(Reverse(StepChoice { total, number: added.len(), added, planned, retaken }));
                }
            }
        }
        match obstacle {
            Some((asked, obstacle)) => Sought::None { asked, obstacle },
            None => undecided(),
        }
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

    /// What may be renewed or retaken although the plan does not say so: what is current today, or awarded by the plan, and can come to
    /// count no longer.
    fn candidates(&self, judge: &Judge<'_>) -> Vec<(CredentialId, Timing)> {
        if judge.timeless {
            return Vec::new();
        }
        let current = self.base.evidence.iter().filter(|admitted| admitted.current && admitted.evidence.is_issued());
        let held =
            current.map(|admitted| &admitted.evidence).filter(|evidence| evidence.is_award_of(evidence.credential));
        let all: BTreeSet<CredentialId> =
            held.map(|evidence| evidence.credential).chain(self.planned.iter().map(|step| step.0)).collect();
        let start = Date::numbered(self.start).unwrap_or(Date::LAST);
        let open = all.into_iter().filter(|&id| judge.ages(id) && !self.catalog.at(id).offered.is_over(start));
        open.flat_map(|id| {
            let renewed = self.catalog.at(id).renewal.is_some() && !self.catalog.names.repeatable(id);
            let modes = if renewed { vec![Timing::WhileCurrent, Timing::Lapsed] } else { vec![Timing::Any] };
            modes.into_iter().map(move |mode| (id, mode))
        })
        .collect()
    }

    /// The jobs of a choice, and what they are worth; or which of them can never be done.
    fn model(
        &self,
        planned: &[(CredentialId, Timing)],
        added: &[(CredentialId, Timing)],
        judge: &Judge<'_>,
    ) -> Result<(Model, Total), (CredentialId, Obstacle)> {
        let by_terms = matches!(self.options.pace, Pace::CreditsPerTerm { .. });
        let mut model = Model::new(self.start, self.options);
        let jobs = planned.iter().map(|&(id, mode)| (id, mode, false));
        for job in jobs.chain(added.iter().map(|&(id, mode)| (id, mode, true))) {
            model.add(self.catalog, job, by_terms).map_err(|obstacle| (job.0, obstacle))?;
        }
        let ends = self.standing.issued.iter().filter_map(|evidence| evidence.until).map(Date::number);
        model.set_horizon(
            self.catalog,
            ends.chain(judge.sinces.iter().map(|since| since.number())),
            judge.counts_days(),
        );
        let total = self.total(&model);
        Ok((model, total))
    }

    fn total(&self, model: &Model) -> Total {
        let sum = |of: fn(&crate::schedule::model::Job) -> u64| {
            model.jobs.iter().map(|job| u128::from(of(job))).sum::<u128>()
        };
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
        (worth, cost, hours, credentials)
    }
}
