//! The best pathway to a target, with a proof.
//!
//! Without arguments: a built-in learner and target under a real catalog. With arguments, yours:
//! `plan CATALOG.toml RECORD.toml TARGET [--objective cost|hours|credentials] [--as-of YYYY-MM-DD] [--view
//! earned|in-progress|planned] [--work STEPS] [--hours-per-week HOURS | --terms FROM..UNTIL,… --credits-per-term CREDITS]
//! [--format text|json]`. With hours or terms, it is put on the calendar as well. Exit status 0 for a plan, 1 for none, 2
//! for input that cannot be used.

mod input;

use std::process::ExitCode;
use std::time::Instant;

use credpath::{Amount, Objective, Optimality, PlanOptions, PlanOutcome, ScheduleOptions};
use input::{Answer, BuiltIn, Input};
use serde_json::{Value, json};

const USAGE: &str =
    "usage: plan [CATALOG.toml RECORD.toml TARGET] [--objective cost|hours|credentials] [--as-of YYYY-MM-DD] \
    [--view earned|in-progress|planned] [--work STEPS] \
    [--hours-per-week HOURS | --terms FROM..UNTIL,… --credits-per-term CREDITS] [--format text|json]
TARGET is the id or the title of a credential; `none` stands for a record with nothing in it
--objective says what is to be least, else the cost; --work how many steps the search may take
--hours-per-week, or --terms with --credits-per-term, puts the plan on the calendar
--as-of is the day of the answer, else today; --view supposes that what is in progress, or planned, is completed
for example: cargo run --release --example plan -- \
    examples/catalogs/hku-space.toml examples/records/hku-learner.toml data-programme --objective hours";

const CATALOG: BuiltIn = ("examples/catalogs/hku-space.toml", include_str!("catalogs/hku-space.toml"));
const RECORD: BuiltIn = ("examples/records/hku-learner.toml", include_str!("records/hku-learner.toml"));
/// What the built-in learner wants to become.
const TARGET: &str = "diploma-professional-practice";

fn main() -> ExitCode {
    let [hours, terms, credits] = input::PACE;
    input::run(USAGE, (CATALOG, RECORD), &["objective", "work", hours, terms, credits], answer)
}

fn answer(input: &Input) -> Result<Answer, String> {
    let Input { catalog, record, as_of, options: evaluate, json, further, .. } = input;
    let mut options = PlanOptions::default().view(evaluate.view);
    options.objective = match further.get("objective").map_or("cost", String::as_str) {
        "cost" => Objective::Cost,
        "hours" => Objective::Hours,
        "credentials" => Objective::Credentials,
        other => return Err(format!("no objective `{other}`; there is `cost`, `hours` and `credentials`")),
    };
    if let Some(work) = further.get("work") {
        options.work = work.parse().map_err(|_| format!("`{work}` is no number of steps"))?;
    }
    let id = input.target(TARGET, USAGE)?;
    let start = Instant::now();
    let outcome = catalog.plan(record, *as_of, id, &options);
    let elapsed = start.elapsed();
    if let Some(plan) = outcome.plan() {
        plan.verify(catalog, record).map_err(|flaw| format!("the plan does not stand up to verification: {flaw}"))?;
    }
    let found = outcome.plan().is_some();
    let schedule = match (outcome.plan(), input::pace(further)?) {
        (Some(plan), Some((pace, _))) => Some(catalog.schedule(record, plan, &ScheduleOptions::new(pace))),
        _ => None,
    };
    let text = if *json {
        let mut answer = fields(&outcome);
        if let Some(schedule) = &schedule {
            answer["schedule"] = json!(schedule);
        }
        answer["elapsed_ms"] = json!(elapsed.as_secs_f64() * 1000.0);
        input::to_json(&answer)?
    } else {
        let mut text = outcome.to_string();
        if let Some(plan) = outcome.plan() {
            let explanation = plan.explain(catalog, record).map_err(|flaw| flaw.to_string())?.to_string();
            let lines: Vec<String> = explanation.lines().map(|line| format!("  {line}\n")).collect();
            text = format!("{text}\n  why, and what else:\n{}", lines.concat());
        }
        if let Some(schedule) = &schedule {
            text = format!("{text}\nOn the calendar:\n{schedule}");
        }
        text
    };
    Ok(Answer { text, found })
}

/// What a program wants to know of an outcome.
fn fields(outcome: &PlanOutcome) -> Value {
    match outcome {
        PlanOutcome::Plan(plan) => {
            let (status, lower_bound) = match plan.optimality {
                Optimality::Proven => ("proven", plan.value()),
                Optimality::Within { lower_bound } => ("within", lower_bound),
            };
            let steps = plan.steps.iter().map(|step| {
                json!({
                    "credential": step.credential, "kind": step.kind, "times": step.times, "cost": step.cost, "hours": step.hours,
                    "closes": step.closes, "opens": step.opens,
                })
            });
            json!({
                "target": plan.target, "status": status, "cost": plan.cost, "hours": plan.hours, "lower_bound": lower_bound,
                "steps": steps.collect::<Vec<_>>(), "essential": plan.essential, "work": plan.effort.work,
                "nodes": plan.effort.nodes, "pivots": plan.effort.pivots,
            })
        }
        PlanOutcome::Unattainable(none) => json!({
            "target": none.target, "status": "unattainable", "cost": null, "hours": null, "lower_bound": null, "steps": [],
            "essential": [], "work": none.effort.work, "causes": none.causes,
        }),
        PlanOutcome::Undecided(open) => json!({
            "target": open.target, "status": "undecided", "cost": null, "hours": null, "lower_bound": open.lower_bound,
            "steps": [], "essential": [], "work": open.effort.work,
        }),
        _ => json!({ "status": "undecided", "lower_bound": Amount::ZERO }),
    }
}
