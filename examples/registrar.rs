//! The registrar's page: what is wrong with a catalog before it is published, programme by programme and the gravest
//! first, each finding with the rule as it is written, what shows it and what to do; what has changed since last year;
//! who loses what by it; and, as a table for a spreadsheet, who has earned what nobody has issued.
//!
//! Without arguments: a built-in catalog with planted faults. With arguments, yours:
//! `registrar CATALOG.toml [OPTION…]`; `--help` tells the options. Records are one JSON record to a line, each with an
//! `id` if it has one. `--csv` writes the list of awards to be issued. Exit status 0; 2 for input that cannot be used.

mod input;
#[path = "registrar/mod.rs"]
mod registrar_page;
mod story;

use std::process::ExitCode;

use credpath::{Catalog, CheckOptions, LearnerRecord};
use input::command::Command;
use input::lines::{none_read, parse};
use input::wishes::{self, Wish, wish};
use input::{Answer, BuiltIn, forgiving};
use registrar_page::desk::Desk;

const USAGE: &str = "usage: registrar [CATALOG.toml] [OPTION…]
one page on a catalog before it is published: what is wrong with it, what has changed, who loses what
for example: cargo run --release --example registrar -- examples/catalogs/comptia.toml --out page.html";

const OPTIONS: &[Wish] = &[
    wish("against", "OLD.toml", "tells what has changed since an older version"),
    wish(
        "records",
        "RECORDS.jsonl",
        "tells what they have earned, and with --against who loses what; one JSON record to a line",
    ),
    wish("csv", "FILE", "where the awards to be issued go, as a table"),
    wish("out", "FILE", "where the page goes; else to standard output"),
    wishes::DAY,
    wishes::TO_KEEP_OPEN,
    wishes::PRICES,
    wishes::WORK,
    wishes::VIEW,
    wishes::VERIFIED_ONLY,
    wishes::SEARCH_STEPS,
    wish("format", "html|text|json", "how the page is written; else as HTML"),
    wishes::LIST,
];

const CATALOG: BuiltIn = ("examples/catalogs/planted-faults.toml", include_str!("catalogs/planted-faults.toml"));

fn main() -> ExitCode {
    input::answer(USAGE, &[OPTIONS], 1, answer)
}

fn answer(command: &Command) -> Result<Answer, String> {
    let Command { words, given, .. } = command;
    if given.has("list") {
        return input::list(command, CATALOG).map(Into::into);
    }
    let as_of = input::day(given.day("as-of")?, words.is_empty())?;
    let catalog = match words.first() {
        Some(path) => catalog(path)?,
        None => Catalog::parse(CATALOG.0, CATALOG.1).map_err(|error| error.to_string())?,
    };
    let older = given.get("against").map(self::catalog).transpose()?;
    let Read { records, skipped } = given.get("records").map_or_else(|| Ok(Read::default()), records)?;
    if records.is_empty() && given.get("csv").is_some() {
        return Err("--csv writes the awards to be issued by records: name them with --records".to_owned());
    }
    let mut check = CheckOptions::default().as_of(as_of);
    check.work = wishes::work(given)?.unwrap_or(check.work);
    (check.prices, check.watcher) = (given.has("prices"), input::progress::watcher());
    for target in given.all("target") {
        check.targets.push(forgiving::credential(&catalog, target)?);
    }
    let evaluate = wishes::evaluate(given)?;
    let desk = Desk { catalog: &catalog, older: older.as_ref(), records: &records, skipped, check, evaluate, as_of };
    if let Some(path) = given.get("csv") {
        input::write(path, &desk.csv())?;
    }
    let story = desk.story();
    let text = match given.get("format") {
        Some("text") => story.text(),
        Some("json") => input::to_json(&story)?,
        _ => story.page(),
    };
    match given.get("out") {
        Some(path) => input::write(path, &text).map(|()| String::new().into()),
        None => Ok(text.into()),
    }
}

fn catalog(path: &str) -> Result<Catalog, String> {
    forgiving::catalog(path, &forgiving::read(path)?)
}

/// The records of a file, and how many of its lines cannot be read.
#[derive(Default)]
struct Read {
    records: Vec<(String, LearnerRecord)>,
    skipped: usize,
}

/// Lines that are left out are told one by one up to so many.
const TOLD: usize = 50;

/// The records of a file, each with its id or the number of its line. A line that cannot be read is left out, and told.
fn records(path: &str) -> Result<Read, String> {
    let text = std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
    let (mut records, mut first, mut skipped) = (Vec::new(), None, 0);
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        match parse(line) {
            Ok(None) => {}
            Ok(Some(mut line)) => {
                let id = line.id.take().unwrap_or_else(|| format!("line {number}"));
                records.push((id, line.into()));
            }
            Err((column, message)) => {
                first = first.or_else(|| Some(String::from_utf8_lossy(line).into_owned()));
                skipped += 1;
                if skipped <= TOLD {
                    input::say(format_args!("{path}:{number}:{column}: left out: {message}"));
                }
            }
        }
    }
    if records.is_empty() {
        return Err(none_read(path, first.as_deref()));
    }
    if skipped > TOLD {
        input::say(format_args!("{path}: {} more lines left out", skipped - TOLD));
    }
    Ok(Read { records, skipped })
}
