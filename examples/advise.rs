//! One learner's whole story: what to do next and by when, what lapses within a year and what renewing it takes, what
//! they hold and qualify for, what is missing, the way to a target, another way, and what all of it takes for granted.
//!
//! Without arguments: a built-in learner under a real catalog. With arguments, yours:
//! `advise CATALOG.toml RECORD TARGET [OPTION…]`; `--help` tells the options: what a plan is to be best in, what it may
//! cost, what it has to contain or to avoid, and how much the learner can do.
//! Exit status 0 if there is a plan, 1 if there is none, 2 for input that cannot be used.

mod input;
mod story;

use std::process::ExitCode;

use input::{Answer, BuiltIn, Input, wishes};
use serde_json::json;
use story::answers::Answers;
use story::sections::is_found;

const USAGE: &str = "usage: advise [CATALOG.toml RECORD TARGET] [OPTION…]
one learner's whole story on the way to TARGET, the id or the title of a credential; 10 hours a week if nothing is said
RECORD is TOML, JSON, a badge or a table of awards; `none` stands for a record with nothing in it
for example: cargo run --release --example advise -- \
    examples/catalogs/hku-space.toml examples/records/hku-learner.toml data-programme --hours-per-week 8";

const CATALOG: BuiltIn = ("examples/catalogs/hku-space.toml", include_str!("catalogs/hku-space.toml"));
const RECORD: BuiltIn = ("examples/records/hku-learner.toml", include_str!("records/hku-learner.toml"));
/// What the built-in learner wants to become.
const TARGET: &str = "diploma-professional-practice";

fn main() -> ExitCode {
    input::run(USAGE, (CATALOG, RECORD), &[wishes::PLAN, wishes::PACE, wishes::HORIZON], answer)
}

fn answer(input: &Input) -> Result<Answer, String> {
    let answers = Answers::new(input, input.target(TARGET, USAGE)?)?;
    let found = is_found(&answers.next);
    let text = if input.json {
        input::to_json(&json!({
            "renewals": answers.renewals, "joint_renewal": answers.joint, "evaluation": answers.evaluation,
            "nearest": answers.nearest, "key_steps": answers.keys, "next_steps": answers.next,
            "trade_offs": answers.trade_offs, "alternatives": answers.alternatives, "schedule": answers.schedule,
            "audit": answers.audit, "map": answers.map, "story": answers.story(),
        }))?
    } else {
        answers.story().text()
    };
    Ok(Answer { text, found })
}
