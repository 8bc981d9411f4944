//! The answers that a story is told from.

use std::collections::BTreeMap;

use credpath::{
    Among, Audit, CredentialId, Date, Evaluation, JointRenewal, JointRenewalOptions, KeyStep, MapOptions, Nearest,
    NextSteps, NextStepsOutcome, PathwayMap, Plan, Plans, RenewalOptions, Renewals, Schedule, ScheduleOutcome,
};

use crate::input::{Input, wishes};

/// The hours a week that a learner has beside a job, if nothing else is said.
const HOURS: &str = "10";
/// Steps of work for next steps, if nothing else is said. What choosing one would cost at the least is told of those that
/// are not settled then.
const WORK_OF_NEXT_STEPS: u64 = 30_000_000;
/// How many are named of what is near, and of what else there is.
pub(crate) const NEAR: usize = 3;

/// All that is asked about one learner and one target.
pub(crate) struct Answers<'i> {
    pub(crate) input: &'i Input,
    pub(crate) target: CredentialId,
    pub(crate) evaluation: Evaluation<'i>,
    pub(crate) renewals: Renewals,
    pub(crate) joint: JointRenewal,
    pub(crate) nearest: Nearest,
    pub(crate) keys: Vec<KeyStep>,
    pub(crate) next: NextStepsOutcome,
    pub(crate) trade_offs: Plans,
    pub(crate) alternatives: Plans,
    pub(crate) schedule: Option<ScheduleOutcome>,
    /// The plan that is on the calendar, if that is not the best one, and what became of the best one there.
    pub(crate) instead: Option<Instead>,
    /// The pace in words, and whether somebody said it.
    pub(crate) load: String,
    pub(crate) load_is_said: bool,
    /// Up to when lapses are looked for, if somebody said it; else a year.
    pub(crate) said_until: Option<Date>,
    pub(crate) audit: Audit,
    pub(crate) map: PathwayMap,
}

/// A plan in place of the best one.
pub(crate) struct Instead {
    pub(crate) plan: Plan,
    /// The best one by itself, on the calendar.
    pub(crate) best: ScheduleOutcome,
}

impl<'i> Answers<'i> {
    pub(crate) fn new(input: &'i Input, target: CredentialId) -> Result<Self, String> {
        let Input { catalog, record, as_of, options: evaluate, given, .. } = input;
        let options = wishes::plan(given, catalog, evaluate)?;
        let evaluation = catalog.evaluate(record, *as_of, evaluate);
        let renewing = RenewalOptions::default().evaluate(evaluate.clone());
        let mut together = JointRenewalOptions::default().view(evaluate.view).verified_only(evaluate.verified_only);
        (together.work, together.watcher) = (options.work, options.watcher.clone());
        together.objective = options.objective;
        together.avoid.clone_from(&options.avoid);
        let said = wishes::schedule(given)?;
        let load_is_said = said.is_some();
        let (pace, load) = if let Some(asked) = said {
            asked
        } else {
            let mut usual = given.clone();
            usual.take("hours-per-week", HOURS.to_owned());
            wishes::schedule(&usual)?.ok_or("no pace")?
        };
        let said_until: Option<Date> = given.day("until")?;
        if let Some(until) = said_until.filter(|until| until < as_of) {
            return Err(format!("--until {until} is before the day of the answer, {as_of}"));
        }
        let until = said_until.unwrap_or_else(|| year_after(*as_of));
        let alternatives = catalog.alternatives(record, *as_of, target, &options, NEAR, 1);
        let schedule = catalog.schedule_best(record, &alternatives.plans, &pace);
        let work_of_next = wishes::work(given)?.unwrap_or(WORK_OF_NEXT_STEPS);
        let for_next = options.clone().work(work_of_next);
        let next = catalog.next_steps(record, *as_of, target, &for_next);
        let on_calendar = schedule.as_ref().and_then(ScheduleOutcome::schedule);
        let instead = match (on_calendar, &next) {
            (Some(schedule), NextStepsOutcome::Steps(next)) if !is_scheduled(&next.plan, schedule) => {
                let plan = alternatives.plans.iter().find(|plan| is_scheduled(plan, schedule)).cloned();
                plan.map(|plan| Instead { plan, best: catalog.schedule(record, &next.plan, &pace) })
            }
            _ => None,
        };
        Ok(Self {
            renewals: catalog.renewals(record, *as_of, until, &renewing),
            joint: catalog.joint_renewal(record, *as_of, until, &together),
            nearest: catalog.nearest(record, *as_of, &Among::default(), NEAR, &options),
            keys: catalog.key_steps(record, *as_of, evaluate),
            next,
            trade_offs: catalog.trade_offs(record, *as_of, target, &options, NEAR),
            schedule,
            instead,
            alternatives,
            load,
            load_is_said,
            said_until,
            audit: evaluation.audit(target),
            map: evaluation.map(&MapOptions::of(target)),
            evaluation,
            input,
            target,
        })
    }

    /// The plan that is told of, if there is one: that on the calendar, or else the best.
    pub(crate) fn plan(&self) -> Option<&Plan> {
        self.instead.as_ref().map(|instead| &instead.plan).or(self.steps().map(|next| &next.plan))
    }

    /// The next steps, if there is a plan.
    pub(crate) fn steps(&self) -> Option<&NextSteps> {
        match &self.next {
            NextStepsOutcome::Steps(next) => Some(next),
            _ => None,
        }
    }
}

/// Whether a schedule is one of this plan: its steps are those of the plan, each as often, beside what is added.
fn is_scheduled(plan: &Plan, schedule: &Schedule) -> bool {
    let mut steps: BTreeMap<&str, u32> = BTreeMap::new();
    for entry in schedule.entries.iter().filter(|entry| entry.added.is_none()) {
        *steps.entry(&entry.credential).or_default() += 1;
    }
    plan.steps.iter().map(|step| (&*step.credential, step.times)).collect::<BTreeMap<_, _>>() == steps
}

/// The day a year later, or the last day of that month.
fn year_after(day: Date) -> Date {
    let of = |last: u8| Date::new(day.year() + 1, day.month(), last);
    of(day.day()).or_else(|| of(28)).unwrap_or(day)
}
