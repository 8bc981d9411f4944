//! What an adviser hands to a learner: one page (HTML) with what to do next and by when, what lapses, what is there,
//! the way as a map, the plan, and what all of it takes for granted.
//!
//! Without arguments: the page of a built-in learner under a real catalog. With arguments, yours:
//! `page CATALOG.toml RECORD TARGET [--out FILE] [--ics FILE] [OPTION…]`, with the options of `advise`. The page
//! goes to standard output, or to the file that `--out` names; `--ics` writes the days of the schedule and of what
//! lapses for a calendar. `--format text` tells the same in the same order as text, `--format json` as data. Exit
//! status 0 if there is a plan, 1 if there is none, 2 for input that cannot be used.

mod input;
mod story;

use std::process::ExitCode;

use input::wishes::{self, Wish, wish};
use input::{Answer, BuiltIn, Input};
use story::answers::Answers;
use story::sections::is_found;

const USAGE: &str = "usage: page [CATALOG.toml RECORD TARGET] [--out FILE] [--ics FILE] [OPTION…]
the page on the way to TARGET, the id or the title of a credential; 10 hours a week if nothing is said
RECORD is TOML, JSON, a badge or a table of awards; `none` stands for a record with nothing in it
for example: cargo run --release --example page -- \
    examples/catalogs/hku-space.toml examples/records/hku-learner.toml data-programme --out page.html --ics days.ics";

const CATALOG: BuiltIn = ("examples/catalogs/hku-space.toml", include_str!("catalogs/hku-space.toml"));
const RECORD: BuiltIn = ("examples/records/hku-learner.toml", include_str!("records/hku-learner.toml"));
/// What the built-in learner wants to become.
const TARGET: &str = "diploma-professional-practice";

const FILES: &[Wish] = &[
    wish("out", "FILE", "where the page goes; else to standard output"),
    wish("ics", "FILE", "where the days of the plan and of what lapses go, for a calendar"),
    wish("format", "html|text|json", "how the page is written; else as HTML"),
];

fn main() -> ExitCode {
    input::run(USAGE, (CATALOG, RECORD), &[FILES, wishes::PLAN, wishes::PACE, wishes::HORIZON], answer)
}

fn answer(input: &Input) -> Result<Answer, String> {
    let answers = Answers::new(input, input.target(TARGET, USAGE)?)?;
    let found = is_found(&answers.next);
    if let Some(path) = input.given.get("ics") {
        input::write(path, &answers.calendar_text()?)?;
    }
    let story = answers.story();
    let text = match input.given.get("format") {
        Some("text") => story.text(),
        Some("json") => input::to_json(&story)?,
        _ => story.page(),
    };
    match input.given.get("out") {
        Some(path) => {
            input::write(path, &text)?;
            Ok(Answer { text: String::new(), found })
        }
        None => Ok(Answer { text, found }),
    }
}
