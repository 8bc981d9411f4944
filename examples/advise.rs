//! One learner's whole story: what lapses within a year and what renewing it takes, what they hold, what they qualify
//! for, what is near, and the way to a target.
//!
//! Without arguments: a built-in learner under a real catalog. With arguments, yours:
//! `advise CATALOG.toml RECORD.toml TARGET [--hours-per-week HOURS | --terms FROM..UNTIL,… --credits-per-term CREDITS]
//! [--as-of YYYY-MM-DD] [--view earned|in-progress|planned] [--format text|json]`. Hours are hours of study: what the
//! catalog calls no study, such as work experience, runs beside them.
//! Exit status 0 if there is a plan, 1 if there is none, 2 for input that cannot be used.

mod input;

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::ExitCode;

use credpath::{
    Among, Date, JointRenewalOptions, NextStepsOutcome, PlanOptions, RenewalOptions, ScheduleOptions, Status, View,
};
use input::{Answer, BuiltIn, Input};
use serde_json::json;

const USAGE: &str = "usage: advise [CATALOG.toml RECORD.toml TARGET] [--hours-per-week HOURS | --terms FROM..UNTIL,… \
    --credits-per-term CREDITS] [--as-of YYYY-MM-DD] [--view earned|in-progress|planned] [--format text|json]";

const CATALOG: BuiltIn = ("examples/catalogs/hku-space.toml", include_str!("catalogs/hku-space.toml"));
const RECORD: BuiltIn = ("examples/records/hku-learner.toml", include_str!("records/hku-learner.toml"));
/// What the built-in learner wants to become.
const TARGET: &str = "diploma-professional-practice";
/// The hours a week that a learner has beside a job, if nothing else is said.
const HOURS: &str = "10";
/// How many are named of what is near, and of what else there is.
const NEAR: usize = 3;

fn main() -> ExitCode {
    input::run(USAGE, (CATALOG, RECORD), &input::PACE, answer)
}

fn answer(input: &Input) -> Result<Answer, String> {
    let Input { catalog, record, as_of, options: evaluate, json, further, .. } = input;
    let id = input.target(TARGET, USAGE)?;
    let mut options = PlanOptions::default();
    options.view = evaluate.view;
    let evaluation = catalog.evaluate_with(record, *as_of, evaluate);
    let asked = RenewalOptions { evaluate: evaluate.clone(), ..RenewalOptions::default() };
    let renewals = catalog.renewals(record, *as_of, year_after(*as_of), &asked);
    let asked = JointRenewalOptions {
        view: evaluate.view,
        verified_only: evaluate.verified_only,
        ..JointRenewalOptions::default()
    };
    let joint = catalog.joint_renewal(record, *as_of, year_after(*as_of), &asked);
    let nearest = catalog.nearest(record, *as_of, &Among::default(), NEAR, &options);
    let keys = catalog.key_steps(record, *as_of);
    let next = catalog.next_steps(record, *as_of, id, &options);
    let trade_offs = catalog.trade_offs(record, *as_of, id, &options, NEAR);
    let alternatives = catalog.alternatives(record, *as_of, id, &options, NEAR, 1);
    let usual = || BTreeMap::from([(input::PACE[0], HOURS.to_owned())]);
    let (pace, load) = match input::pace(further)? {
        Some(asked) => asked,
        None => input::pace(&usual())?.ok_or("no pace")?,
    };
    let schedule = catalog.schedule_best(record, &alternatives.plans, &ScheduleOptions::new(pace));
    let found = matches!(next, NextStepsOutcome::Steps(_));
    if *json {
        let answer = json!({
            "renewals": renewals, "joint_renewal": joint, "evaluation": evaluation, "nearest": nearest, "key_steps": keys, "next_steps": next, "trade_offs": trade_offs,
            "alternatives": alternatives, "schedule": schedule,
        });
        return Ok(Answer { text: input::to_json(&answer)?, found });
    }
    let title = |id| catalog.get(id).title.as_str();
    let supposing = match evaluate.view {
        View::InProgress => ", if all that is in progress is completed",
        View::Planned => ", if all that is in progress or planned is completed",
        View::Earned => "",
    };
    let mut story = format!("As of {as_of}{supposing}:\n");
    let mut section = |heading: &str, text: String| {
        if !text.is_empty() {
            _ = write!(story, "\n{heading}\n");
            for line in text.trim_end().lines() {
                _ = writeln!(story, "{}", format!("  {line}").trim_end());
            }
        }
    };
    if !renewals.due.is_empty() {
        section("What lapses within a year", renewals.to_string());
        section("The least that keeps all of it", joint.to_string());
    }
    let held = evaluation.statuses().filter(|&(_, status)| status == Status::Held);
    let list = |lines: Vec<String>| lines.join("\n");
    section("You hold", list(held.map(|(id, _)| title(id).to_owned()).collect()));
    let qualified = |id| {
        let closed =
            if catalog.get(id).offered.contains(*as_of) { "" } else { ", which cannot be claimed on this day" };
        format!("{}{closed}", title(id))
    };
    section("You qualify for", list(evaluation.qualified().map(qualified).collect()));
    let begun = evaluation.statuses().filter(|&(_, status)| status == Status::InProgress);
    section("In progress", list(begun.map(|(id, _)| title(id).to_owned()).collect()));
    let mut lapses: Vec<_> =
        evaluation.qualified().filter_map(|id| Some((evaluation.valid_until(id)?, title(id)))).collect();
    lapses.sort();
    section("Qualified only until", list(lapses.iter().map(|(until, title)| format!("{until}: {title}")).collect()));
    section("In the record, but not counted", list(evaluation.uncounted().iter().map(ToString::to_string).collect()));
    let misplaced = evaluation.misplaced().iter().map(ToString::to_string);
    section("Exceptions without effect", list(misplaced.collect()));
    section("Nearest", nearest.to_string());
    section("One award away", list(keys.iter().take(NEAR).map(ToString::to_string).collect()));
    section("What you can begin now", next.to_string());
    if let NextStepsOutcome::Steps(next) = &next {
        section("The plan", next.plan.to_string());
    }
    if let Some(schedule) = &schedule {
        section(&format!("On the calendar, with {load}"), schedule.to_string());
    }
    if let Some(other) = trade_offs.plans.get(1) {
        section("Dearer, but with fewer hours", other.to_string());
    }
    if let Some(other) = alternatives.plans.get(1) {
        section("Another way", other.to_string());
    }
    Ok(Answer { text: story, found })
}

/// The day a year later, or the last day of that month.
fn year_after(day: Date) -> Date {
    let of = |last: u8| Date::new(day.year() + 1, day.month(), last);
    of(day.day()).or_else(|| of(28)).unwrap_or(day)
}
