//! Which credentials a learner can claim together, where the catalog limits what they may share.
//!
//! Without arguments: a built-in learner under a real rule. With arguments, yours; without targets, all that the
//! learner qualifies for: `claims CATALOG.toml RECORD [TARGET …] [OPTION…]`. The options of plans hold for what is to
//! be done for what was left out.

mod input;

use std::process::ExitCode;

use credpath::{CredentialId, WhyLeftOut};
use input::{BuiltIn, Input, forgiving, wishes};

const USAGE: &str = "usage: claims [CATALOG.toml RECORD [TARGET …]] [OPTION…]
TARGET is the id or the title of a credential; without one, all that the learner qualifies for
RECORD is TOML, JSON, a badge or a table of awards; `none` stands for a record with nothing in it
for example: cargo run --release --example claims -- \
    examples/catalogs/hku-space.toml examples/records/hku-programme-or-stack.toml certificate data-programme";

const CATALOG: BuiltIn = ("examples/catalogs/hku-space.toml", include_str!("catalogs/hku-space.toml"));
const RECORD: BuiltIn =
    ("examples/records/hku-programme-or-stack.toml", include_str!("records/hku-programme-or-stack.toml"));

fn main() -> ExitCode {
    input::run(USAGE, (CATALOG, RECORD), &[wishes::PLAN], answer)
}

fn answer(input: &Input) -> Result<String, String> {
    let Input { catalog, record, as_of, options, targets, json, given, .. } = input;
    let evaluation = catalog.evaluate(record, *as_of, options);
    let known = |given: &String| forgiving::credential(catalog, given);
    let mut targets = targets.iter().map(known).collect::<Result<Vec<CredentialId>, String>>()?;
    if targets.is_empty() {
        targets.extend(evaluation.qualified());
    }
    let claims = evaluation.claims(&targets);
    let wished = wishes::plan(given, catalog, options)?;
    let mut further = Vec::new();
    for left_out in claims.left_out.iter().filter(|left_out| matches!(left_out.why, WhyLeftOut::Conflict { .. })) {
        let id = known(&left_out.credential)?;
        if let Some(plan) = catalog.plan(&claims.once_issued(record), *as_of, id, &wished).into_plan() {
            further.push(plan);
        }
    }
    if *json {
        let mut answer = serde_json::to_value(&claims).map_err(|error| error.to_string())?;
        answer["further_awards"] = serde_json::to_value(&further).map_err(|error| error.to_string())?;
        return input::to_json(&answer);
    }
    let plans = further.iter().map(|plan| format!("\nor else, with further awards, {plan}"));
    Ok(claims.to_string() + &plans.collect::<String>())
}
