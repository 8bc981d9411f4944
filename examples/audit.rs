//! What a learner holds and qualifies for, is close to, and what lapses when.
//!
//! Without arguments: a built-in learner under a real catalog. With arguments, yours:
//! `audit CATALOG.toml RECORD [TARGET] [OPTION…]`

mod input;

use std::process::ExitCode;

use credpath::{Audit, CredentialId, Date, Evaluation, HeldUntil, State, Status, Validity, View};
use input::{BuiltIn, Input, forgiving};

const USAGE: &str = "usage: audit [CATALOG.toml RECORD [TARGET]] [OPTION…]
explains TARGET in full, the id or the title of a credential; without it, all are gone through
RECORD is TOML, JSON, a badge or a table of awards; `none` stands for a record with nothing in it
for example: cargo run --release --example audit -- \
    examples/catalogs/comptia.toml examples/records/comptia-technician.toml csis --as-of 2026-11-22";

/// The learner and the catalog that are shown without arguments.
const CATALOG: BuiltIn = ("examples/catalogs/comptia.toml", include_str!("catalogs/comptia.toml"));
const RECORD: BuiltIn = ("examples/records/comptia-technician.toml", include_str!("records/comptia-technician.toml"));

fn main() -> ExitCode {
    input::run(USAGE, (CATALOG, RECORD), &[], answer)
}

fn answer(input: &Input) -> Result<String, String> {
    let Input { catalog, record, as_of, options, targets, json, .. } = input;
    let evaluation = catalog.evaluate(record, *as_of, options);
    match &targets[..] {
        [] if *json => input::to_json(&evaluation),
        [] => Ok(story(&evaluation)),
        [target] => {
            let audit = evaluation.audit(forgiving::credential(catalog, target)?);
            if *json { input::to_json(&audit) } else { Ok(audit.to_string()) }
        }
        several => Err(input::one_target(several, USAGE)),
    }
}

/// How many credentials the learner is told to be close to, and how many awards "close" is.
const CLOSEST: usize = 5;
const CLOSE: usize = 2;

fn story(evaluation: &Evaluation) -> String {
    let catalog = evaluation.catalog();
    let title = |id: CredentialId| catalog.get(id).title.as_str();
    let mut story = vec![format!("As of {}:", evaluation.as_of())];
    let mut section = |heading: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            story.push(format!("\n{heading}"));
            story.extend(lines.into_iter().map(|line| format!("  {line}").trim_end().to_owned()));
        }
    };
    let with_status =
        |status: Status| evaluation.statuses().filter(move |&(_, found)| found == status).map(|(id, _)| id);
    section("You hold", with_status(Status::Held).map(|id| title(id).to_owned()).collect());
    let qualified = evaluation.qualified().map(|id| {
        let since = evaluation.qualified_since(id).map(|since| format!(" since {since}")).unwrap_or_default();
        let alone =
            if evaluation.sharing_is_limited(id) { ", judged by itself: what it may share is limited" } else { "" };
        format!("{}: its stated requirements are met{since}{alone}", title(id))
    });
    section("You qualify for, though nobody has issued it", qualified.collect());
    section("In progress", with_status(Status::InProgress).map(|id| title(id).to_owned()).collect());
    for (view, with) in [(View::InProgress, "in progress"), (View::Planned, "in progress and planned")] {
        let sooner = |id: CredentialId| catalog.is_conferred(id) && evaluation.first_view(id) == Some(view);
        let would: Vec<String> =
            catalog.credentials().map(|(id, _)| id).filter(|&id| sooner(id)).map(|id| title(id).to_owned()).collect();
        if evaluation.view() < view {
            section(&format!("You would qualify for with what is {with}"), would);
        }
    }
    section("Lapsed", with_status(Status::Lapsed).map(|id| title(id).to_owned()).collect());

    let mut close: Vec<(usize, Audit)> = Vec::new();
    for id in with_status(Status::Started) {
        let audit = evaluation.audit(id);
        let open: Vec<_> = audit.rules().filter(|part| part.state != State::Met).collect();
        let gaps: Option<Vec<_>> = open.iter().map(|part| part.gap.as_ref()).collect();
        let missing: usize = gaps.unwrap_or_default().iter().map(|gap| gap.missing.len()).sum();
        if (1..=CLOSE).contains(&missing) {
            close.push((missing, audit));
        }
    }
    close.sort_by(|a, b| (a.0, &a.1.credential).cmp(&(b.0, &b.1.credential)));
    let close = close.into_iter().take(CLOSEST).map(|(_, audit)| {
        let gaps = audit.rules().filter_map(|part| part.gap.as_ref());
        let missing: Vec<String> = gaps.map(ToString::to_string).collect();
        format!("{}: still missing {}", audit.title, missing.join("; "))
    });
    section("You are close to", close.collect());

    let mut ends: Vec<(Date, String)> = Vec::new();
    for award in evaluation.awards() {
        let depends = catalog
            .credential(&award.credential)
            .filter(|&id| award.last_day.is_none() && catalog.get(id).valid_for == Validity::WhileComponents);
        let last = match depends.map(|id| evaluation.held_until(id)) {
            Some(HeldUntil::Date(last)) => Some(last),
            _ => award.last_day,
        };
        if let Some(last) = last.filter(|&last| award.is_current(evaluation.as_of()) && evaluation.as_of() <= last) {
            ends.push((last, format!("{last}  last day of {}", award.title)));
        }
    }
    for id in evaluation.qualified() {
        if let Some(last) = evaluation.valid_until(id) {
            ends.push((last, format!("{last}  last day on which the requirements of {} are met", title(id))));
        }
    }
    ends.sort();
    ends.dedup();
    section("What lapses when, if nothing new is earned", ends.into_iter().map(|(_, line)| line).collect());
    section("In the record, but not counted", evaluation.uncounted().iter().map(ToString::to_string).collect());
    section("Exceptions without effect", evaluation.misplaced().iter().map(ToString::to_string).collect());
    if let Some(first) = evaluation.qualified().next() {
        section("In full", evaluation.audit(first).to_string().lines().map(str::to_owned).collect());
    }
    if story.len() == 1 {
        story.push("\nNothing is held, begun or lapsed; name a target to see what it takes.".to_owned());
    }
    story.join("\n")
}
