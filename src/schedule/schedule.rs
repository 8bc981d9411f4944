//! Schedules: a plan on the calendar ([semantics 7.6](crate::semantics#7.6)).
//!
//! The steps of a plan become jobs with lengths, loads and windows (`model`). What can begin on which day is asked of
//! the evaluator, on that day, with the awards made by then (`judge`, `ageing`); no rule is looked at otherwise. A
//! branch and bound search finds the earliest finish (`search`, `bounds`). If there is none because something lapses,
//! renewals and retakes are added, those that are worth least first (`additions`). Why the result is no earlier is read
//! off it (`chain`).

use crate::schedule::answer::{
    Added, Infeasible, LoadUnit, Obstacle, PlannedPrice, Schedule, ScheduleOptimality, ScheduleOutcome, ScheduledStep,
    UndecidedSchedule,
};
use crate::schedule::chain;
use crate::schedule::options::{Pace, ScheduleOptions};
use crate::value::ids::CredentialId;
use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::evaluate::standing::Standing;
use crate::record::record::LearnerRecord;
use crate::value::amount::Amount;
use crate::value::date::Date;

use crate::evaluate::progress::progress::Progress;
use crate::plan::answers::not_stated::NotStated;
use crate::plan::answers::plan::{Plan, PlanStep, StepKind};
use crate::plan::model::amounts::amount;
use crate::plan::model::replay;
use crate::plan::question::order::kind;
use crate::schedule::additions::{Additions, Blocking, FoundChoice, Sought, Total};
use crate::schedule::assigned::AssignedAwards;
use crate::schedule::candidates;
use crate::schedule::judge::Judge;
use crate::schedule::model::{JobId, TimedStep, Timing};
use crate::schedule::renewing::{RenewalJudge, RequiredAwards};
use crate::schedule::timetable::{Asked, Timetable};
use crate::value::meter::Meter;

impl Catalog {
    /// Puts a plan on the calendar: the dates of each step, the finish and how early it can be at the best, and what it
    /// waits for. An example is at [`Schedule`].
    ///
    /// The record is the one that the plan was made for. Total and pure: it depends on nothing but its arguments, and
    /// ends within the work limit of the options.
    #[must_use]
    pub fn schedule(&self, record: &LearnerRecord, plan: &Plan, options: &ScheduleOptions) -> ScheduleOutcome {
        best(self, record, &[plan], options)
    }

    /// The best schedule of any of several plans to one target, such as [`Catalog::alternatives`] finds: where a
    /// component of the best plan would lapse before its stack is conferred, the next best plan can be cheaper than
    /// renewing it, or be the only one that has a schedule ([semantics 7.6](crate::semantics#7.6)). Best is what is
    /// worth least, added steps included, then what finishes first, then the earlier plan. If no plan has a schedule,
    /// the outcome is that of the first. `None` if there are no plans. The work limit is for all together.
    ///
    /// ```
    /// use credpath::{Catalog, LearnerRecord, Pace, PlanOptions, ScheduleOptions, ScheduleOutcome};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     seminar = { cost = 100, hours = 10, offered = { from = 2027-01-01, until = 2027-01-31 } }
    ///     workshop = { cost = 150, hours = 10 }
    ///     guide = { stack = { any_of = ["seminar", "workshop"] } }
    /// "#)?;
    /// let guide = catalog.credential("guide").expect("defined above");
    /// let (record, as_of) = (LearnerRecord::default(), "2026-11-25".parse()?);
    /// let found = catalog.alternatives(&record, as_of, guide, &PlanOptions::default(), 3, 1);
    /// let options = ScheduleOptions::new(Pace::HoursPerWeek("7".parse()?));
    /// let outcome = catalog.schedule_best(&record, &found.plans, &options);
    /// let Some(ScheduleOutcome::Schedule(schedule)) = outcome else { panic!("both have a schedule") };
    /// // The seminar is cheaper, although it has to be waited for.
    /// assert_eq!(schedule.finish.to_string(), "2027-01-10");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn schedule_best(
        &self,
        record: &LearnerRecord,
        plans: &[Plan],
        options: &ScheduleOptions,
    ) -> Option<ScheduleOutcome> {
        let plans: Vec<&Plan> = plans.iter().collect();
        (!plans.is_empty()).then(|| best(self, record, &plans, options))
    }
}

/// The best schedule of any of these plans to one target, under one work limit: the one that is worth least, added
/// steps included, and of those the one that finishes first; of equals, that of the first plan. If there is none, what
/// is said of the first plan is the answer.
fn best(catalog: &Catalog, record: &LearnerRecord, plans: &[&Plan], options: &ScheduleOptions) -> ScheduleOutcome {
    let mut meter = Meter::watched_by(options.work, options.watcher.as_ref());
    let mut best: Option<(Total, Box<Schedule>)> = None;
    let mut other: Option<Box<ScheduleOutcome>> = None;
    for plan in plans {
        match schedule(catalog, record, plan, options, &mut meter) {
            Ok((total, schedule)) => {
                let key = (total, schedule.finish);
                if best.as_ref().is_none_or(|(total, known)| key < (*total, known.finish)) {
                    best = Some((total, schedule));
                }
            }
            Err(outcome) => {
                // That nothing is decided outweighs that one plan has no schedule.
                if other.is_none() || matches!(*outcome, ScheduleOutcome::Undecided(_)) {
                    other = Some(outcome);
                }
            }
        }
    }
    let nothing = || {
        ScheduleOutcome::Undecided(UndecidedSchedule {
            stamp: catalog.stamp(),
            target: String::new(),
            target_title: String::new(),
            start: Date::FIRST,
            lower_bound: Date::FIRST,
            work: 0,
        })
    };
    best.map(|(_, schedule)| ScheduleOutcome::Schedule(schedule))
        .or(other.map(|outcome| *outcome))
        .unwrap_or_else(nothing)
}

/// The best schedule of one plan, and what all its steps are worth; or why there is none.
fn schedule(
    catalog: &Catalog,
    record: &LearnerRecord,
    plan: &Plan,
    options: &ScheduleOptions,
    meter: &mut Meter,
) -> Result<(Total, Box<Schedule>), Box<ScheduleOutcome>> {
    let start = options.start.unwrap_or(plan.as_of);
    let infeasible = |credential: String, obstacle: Obstacle, meter: &Meter| {
        Box::new(ScheduleOutcome::Infeasible(Infeasible {
            stamp: catalog.stamp(),
            target: plan.target.clone(),
            target_title: plan.target_title.clone(),
            start,
            credential,
            obstacle,
            work: meter.spent(),
        }))
    };
    let number = |id: &str| catalog.credential(id).ok_or_else(|| id.to_owned());
    let steps = plan.steps.iter().map(|step| number(&step.credential).map(|id| (id, step.times)));
    let known = steps.collect::<Result<Vec<_>, _>>().and_then(|steps| Ok((steps, number(&plan.target)?)));
    let (steps, target) = match known {
        Ok(known) => known,
        Err(id) => return Err(infeasible(id, Obstacle::Unknown, meter)),
    };
    let accepted = plan.options.accepted();
    let standing = Standing::new(catalog, record, plan.as_of, accepted);
    let required = catalog.renewal_rules.as_deref();
    let required =
        required.map(|rules| RequiredAwards::new(rules, Standing::new(&rules.catalog, record, plan.as_of, accepted)));
    let renewing = RenewalJudge::new(catalog, required);
    let known_on = start.min(plan.as_of);
    let base = replay::start(catalog, &standing, known_on);
    let seeds = counting_as(catalog, target).into_iter().chain(steps.iter().map(|step| step.0));
    let cone = candidates::cone(catalog, &standing.exceptions, &renewing, seeds);
    let mut judge = Judge::new(catalog, &standing, known_on, target, &cone, renewing);
    judge.assigned = AssignedAwards::of(plan, &standing, record, &base);
    let anew: Vec<TimedStep> =
        steps.iter().map(|&(credential, _)| TimedStep { credential, timing: Timing::Anew }).collect();
    let added = candidates::candidates(&judge, &anew, start);
    // What it begins with is in proportion to the rules.
    let begun = 1 + base.touched() + (catalog.network.len() + catalog.len()) as u64 / 8 + record.awards.len() as u64;
    if meter.spend(begun).is_none() {
        return Err(undecided(catalog, plan, start, start, meter));
    }
    let additions = Additions::new(&base, plan.objective, start.number(), options, &steps, added);
    match additions.run(&base, &mut judge, meter) {
        Sought::Found(FoundChoice { model, slots, least, total }) => {
            let entries = Entries { catalog, judge: &mut judge, at: Timetable { model: &model, slots: &slots } };
            Ok((total, Box::new(entries.schedule(plan, start, least, options, meter))))
        }
        Sought::None(Blocking { credential, obstacle }) => {
            Err(infeasible(credential.map_or(&plan.target[..], |id| catalog.id(id)).to_owned(), obstacle, meter))
        }
        Sought::Undecided { least } => Err(undecided(catalog, plan, start, date(least), meter)),
    }
}

/// Whatever counts as the target.
fn counting_as(catalog: &Catalog, target: CredentialId) -> BTreeSet<CredentialId> {
    let names = &catalog.names;
    let counting = Names::closure(names.class(target), |class| names.down(class)).into_iter();
    counting.flat_map(|class| names.members(class).iter().copied()).collect()
}

fn undecided(catalog: &Catalog, plan: &Plan, start: Date, lower_bound: Date, meter: &Meter) -> Box<ScheduleOutcome> {
    Box::new(ScheduleOutcome::Undecided(UndecidedSchedule {
        stamp: catalog.stamp(),
        target: plan.target.clone(),
        target_title: plan.target_title.clone(),
        start,
        lower_bound,
        work: meter.spent(),
    }))
}

/// The jobs with their slots, as the caller sees them.
struct Entries<'e, 'j> {
    catalog: &'e Catalog,
    judge: &'e mut Judge<'j>,
    at: Timetable<'e>,
}

impl Entries<'_, '_> {
    fn schedule(mut self, plan: &Plan, start: Date, least: i32, options: &ScheduleOptions, meter: &Meter) -> Schedule {
        let order = self.order();
        let chain = chain::chain(self.catalog, self.judge, self.at, &order);
        let mut entries: Vec<ScheduledStep> = order.iter().map(|&job| self.entry(job)).collect();
        for entry in entries.iter_mut().filter(|entry| entry.added.is_none()) {
            entry.planned = planned_price(plan, entry);
        }
        let finish = self.at.slots.finish(self.at.model.start);
        let sum = |of: fn(&ScheduledStep) -> Option<Amount>, added: bool| {
            let counted = entries.iter().filter(|entry| !added || entry.added.is_some());
            Amount::from_hundredths(counted.filter_map(of).map(Amount::hundredths).fold(0, u64::saturating_add))
        };
        Schedule {
            stamp: self.catalog.stamp(),
            target: plan.target.clone(),
            target_title: plan.target_title.clone(),
            start,
            finish: date(finish),
            lower_bound: date(least),
            optimality: if least == finish { ScheduleOptimality::Proven } else { ScheduleOptimality::Within },
            chain,
            cost: sum(|entry| entry.cost, false),
            hours: sum(|entry| entry.hours, false),
            added_cost: sum(|entry| entry.cost, true),
            added_hours: sum(|entry| entry.hours, true),
            uncounted: plan.uncounted.clone(),
            not_stated: NotStated::among(entries.iter().map(ScheduledStep::stated)),
            currency: self.catalog.header().currency.clone(),
            load_unit: match options.pace {
                Pace::HoursPerWeek(_) => LoadUnit::HoursPerWeek,
                Pace::CreditsPerTerm { .. } => LoadUnit::Credits,
            },
            work: meter.spent(),
            entries,
        }
    }

    /// By the day of beginning; claims after what begins on their day, in an order in which each is possible.
    fn order(&mut self) -> Vec<JobId> {
        let mut order: Vec<JobId> = self.at.model.jobs.ids().collect();
        let key = |&job: &JobId| (self.at.slots.begins[job], self.at.model.jobs[job].claim);
        order.sort_by_key(|job| (key(job), self.at.model.jobs[*job].credential));
        let days: Vec<Vec<JobId>> =
            order.chunk_by(|one, other| key(one) == key(other)).map(<[JobId]>::to_vec).collect();
        days.into_iter()
            .flat_map(|day| match day[..] {
                [first, _, ..] if self.at.model.jobs[first].claim => self.judge.in_order(self.at, day),
                _ => day,
            })
            .collect()
    }

    fn entry(&mut self, job: JobId) -> ScheduledStep {
        let described = &self.at.model.jobs[job];
        let replay = self.judge.before_job(self.at, job);
        ScheduledStep {
            credential: self.catalog.id(described.credential).to_owned(),
            title: self.catalog.at(described.credential).title.clone(),
            kind: match described.timing {
                Timing::WhileCurrent => StepKind::Renew,
                _ => self.kind_anew(replay.progress(), described.credential),
            },
            begin: date(self.at.slots.begins[job]),
            finish: date(self.at.slots.ends[job]),
            load: Amount::from_hundredths(described.load),
            cost: described.price.cost.map(amount),
            hours: described.price.hours.map(amount),
            added: described.added.then(|| self.added(job)),
            planned: None,
        }
    }

    /// The kind of a step that is not on the terms of a renewal.
    fn kind_anew(&self, progress: &Progress<'_>, credential: CredentialId) -> StepKind {
        match kind(progress, credential) {
            // Where renewing has terms of its own, what is not on these is taken again.
            StepKind::Renew if self.catalog.at(credential).renewal.is_some() => StepKind::Retake,
            kind => kind,
        }
    }

    /// The reason for an added job: the first thing that would not be possible without it.
    fn added(&mut self, job: JobId) -> Added {
        let Timetable { model, slots } = self.at;
        // The last day stays what it is.
        let (model, slots) = (model.without(job, slots.finish(model.start)), slots.without(job));
        self.judge.forget();
        let at = Timetable { model: &model, slots: &slots };
        let mut order: Vec<JobId> = model.jobs.ids().collect();
        order.sort_by_key(|&other| (slots.begins[other], model.jobs[other].claim, !model.jobs[other].added));
        let needs = |&other: &JobId| !self.judge.is_met(at, Asked::Job(other));
        let needing = order.into_iter().find(needs);
        self.judge.forget();
        let at = self.at;
        let last = self.judge.last_day_before(at, job);
        let needed_on = needing.map_or(model.start, |other| slots.begins[other]);
        Added {
            first: self.judge.is_first(at, job),
            until: last.filter(|&last| last < needed_on).map(date),
            needed_for: match needing {
                Some(other) => self.catalog.id(model.jobs[other].credential).to_owned(),
                None => self.judge.target_id().to_owned(),
            },
            needed_on: date(needed_on),
        }
    }
}

/// What the plan says that a step takes, if that is something else.
fn planned_price(plan: &Plan, entry: &ScheduledStep) -> Option<PlannedPrice> {
    let step = plan.steps.iter().find(|step| step.credential == entry.credential && step.times == 1)?;
    let PlanStep { cost, hours, .. } = *step;
    ((cost, hours) != (entry.cost, entry.hours)).then_some(PlannedPrice { cost, hours })
}

/// The day with this number; all that come up here can be written.
fn date(day: i32) -> Date {
    Date::numbered(day).unwrap_or(Date::LAST)
}
