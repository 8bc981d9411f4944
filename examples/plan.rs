//! The best pathway to a target, with a proof.
//!
//! Without arguments: a built-in learner and target under a real catalog. With arguments, yours:
//! `plan CATALOG.toml RECORD TARGET [OPTION…]`; `--help` tells the options: what the plan is to be best in, what it may
//! cost, what it has to contain or to avoid. With hours or terms, it is put on the calendar as well. Exit status 0 for
//! a plan, 1 for none, 2 for input that cannot be used.

mod input;

use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use credpath::{Amount, NotPortable, Optimality, Plan, PlanOutcome};
use input::{Answer, BuiltIn, Input, wishes};
use serde_json::{Value, json};

const USAGE: &str = "usage: plan [CATALOG.toml RECORD TARGET] [OPTION…]
the best plan to TARGET, the id or the title of a credential; with hours a week, or terms, on the calendar as well
RECORD is TOML, JSON, a badge or a table of awards; `none` stands for a record with nothing in it
for example: cargo run --release --example plan -- \
    examples/catalogs/hku-space.toml examples/records/hku-learner.toml data-programme --objective hours";

const CATALOG: BuiltIn = ("examples/catalogs/hku-space.toml", include_str!("catalogs/hku-space.toml"));
const RECORD: BuiltIn = ("examples/records/hku-learner.toml", include_str!("records/hku-learner.toml"));
/// What the built-in learner wants to become.
const TARGET: &str = "diploma-professional-practice";

fn main() -> ExitCode {
    input::run(USAGE, (CATALOG, RECORD), &[wishes::PLAN, wishes::PACE, wishes::PROOF], answer)
}

fn answer(input: &Input) -> Result<Answer, String> {
    let Input { catalog, record, as_of, options: evaluate, json, given, .. } = input;
    let options = wishes::plan(given, catalog, evaluate)?;
    let pace = wishes::schedule(given)?;
    let id = input.target(TARGET, USAGE)?;
    let start = Instant::now();
    let outcome = catalog.plan(record, *as_of, id, &options);
    let elapsed = start.elapsed();
    if let Some(plan) = outcome.plan() {
        plan.verify(catalog, record).map_err(|flaw| format!("the plan does not stand up to verification: {flaw}"))?;
    }
    if let (Some(plan), Some(folder)) = (outcome.plan(), given.get("certificate")) {
        write_proof(Path::new(folder), plan, input)?;
    }
    let found = outcome.plan().is_some();
    let schedule = match (outcome.plan(), pace) {
        (Some(plan), Some((options, _))) => Some(catalog.schedule(record, plan, &options)),
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
            if !lines.is_empty() {
                text = format!("{text}\n  why, and what else:\n{}", lines.concat());
            }
        }
        if let Some(schedule) = &schedule {
            text = format!("{text}\nOn the calendar:\n{schedule}");
        }
        text
    };
    Ok(Answer { text, found })
}

/// Writes the proof of the plan for others.
fn write_proof(folder: &Path, plan: &Plan, input: &Input) -> Result<(), String> {
    let proof = match plan.portable_proof(&input.catalog, &input.record) {
        Ok(proof) => proof,
        Err(NotPortable::Flaw(flaw)) => return Err(flaw.to_string()),
        // The plan is none the worse for it.
        Err(why) => {
            input::say(format_args!("no proof is written: {why}"));
            return Ok(());
        }
    };
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    write("plan.opb", &proof.formula)?;
    write("plan.pbp", &proof.proof)
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
                    "credential": step.credential, "kind": step.kind, "times": step.times,
                    "cost": step.cost, "hours": step.hours, "closes": step.closes, "opens": step.opens,
                })
            });
            json!({
                "target": plan.target, "status": status, "cost": plan.cost, "hours": plan.hours,
                "lower_bound": lower_bound,
                "steps": steps.collect::<Vec<_>>(), "essential": plan.essential, "work": plan.effort.work,
                "nodes": plan.effort.nodes, "pivots": plan.effort.pivots,
            })
        }
        PlanOutcome::Unattainable(none) => json!({
            "target": none.target, "status": "unattainable", "cost": null, "hours": null,
            "lower_bound": null, "steps": [], "essential": [], "work": none.effort.work, "causes": none.causes,
        }),
        PlanOutcome::Undecided(open) => json!({
            "target": open.target, "status": "undecided", "cost": null, "hours": null, "lower_bound": open.lower_bound,
            "steps": [], "essential": [], "work": open.effort.work,
        }),
        _ => json!({ "status": "undecided", "lower_bound": Amount::ZERO }),
    }
}
