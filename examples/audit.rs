//! What a learner holds and qualifies for, is close to, and what lapses when.
//!
//! Without arguments: a built-in learner under a real catalog. With arguments, yours:
//! `audit CATALOG.toml RECORD.toml [TARGET] [--as-of YYYY-MM-DD] [--format text|json]`

use std::process::ExitCode;

use credpath::{Audit, Catalog, CredentialId, Date, Evaluation, LearnerRecord, Limits, State, Status};

const USAGE: &str = "usage: audit [CATALOG.toml RECORD.toml [TARGET]] [--as-of YYYY-MM-DD] [--format text|json]";

/// The learner and the catalog that are shown without arguments.
const CATALOG: (&str, &str) = ("examples/catalogs/comptia.toml", include_str!("catalogs/comptia.toml"));
const RECORD: (&str, &str) =
    ("examples/records/comptia-technician.toml", include_str!("records/comptia-technician.toml"));
/// The built-in learner is asked about on this day, so that the output is always the same.
const AS_OF: &str = "2026-11-22";

fn main() -> ExitCode {
    match run() {
        Ok(text) => {
            println!("{}", text.trim_end());
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{}", message.trim_end());
            ExitCode::from(2)
        }
    }
}

struct Arguments {
    files: Vec<String>,
    as_of: Option<Date>,
    json: bool,
    help: bool,
}

fn arguments() -> Result<Arguments, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments { files: Vec::new(), as_of: None, json: false, help: false };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("as-of") => arguments.as_of = Some(parser.value()?.parse()?),
            Long("format") => {
                arguments.json = match parser.value()?.string()?.as_str() {
                    "text" => false,
                    "json" => true,
                    other => return Err(format!("no format `{other}`; there is `text` and `json`").into()),
                }
            }
            Long("help") | Short('h') => arguments.help = true,
            Value(file) => arguments.files.push(file.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(arguments)
}

fn run() -> Result<String, String> {
    let Arguments { files, as_of, json, help } = arguments().map_err(|error| format!("{error}\n{USAGE}"))?;
    if help {
        return Ok(USAGE.to_owned());
    }
    let read = |path: &str| std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"));
    let (catalog, record, target) = match &files[..] {
        [] => (Catalog::parse(CATALOG.0, CATALOG.1), LearnerRecord::parse(RECORD.0, RECORD.1), None),
        [catalog, record, target @ ..] if target.len() <= 1 => {
            // The files are the caller's own, so they may be large.
            let limits = Limits::large();
            let (catalog, record) = ((catalog, read(catalog)?), (record, read(record)?));
            (
                Catalog::parse_with(catalog.0, &catalog.1, &limits),
                LearnerRecord::parse_with(record.0, &record.1, &limits),
                target.first(),
            )
        }
        _ => return Err(USAGE.to_owned()),
    };
    let (catalog, record) = match (catalog, record) {
        (Ok(catalog), Ok(record)) => (catalog, record),
        (catalog, record) => {
            let faults = [catalog.err().map(|error| error.to_string()), record.err().map(|error| error.to_string())];
            return Err(faults.into_iter().flatten().collect::<Vec<_>>().join("\n"));
        }
    };
    // An answer needs a date, and there is no clock in the library; a program may have one, but says so by asking for it.
    let as_of = match as_of {
        Some(as_of) => as_of,
        None if files.is_empty() => AS_OF.parse().map_err(|error| format!("{error}"))?,
        None => today()?,
    };
    let evaluation = catalog.evaluate(&record, as_of);
    let Some(target) = target else {
        return if json { to_json(&evaluation) } else { Ok(story(&evaluation)) };
    };
    let id = catalog.credential(target).ok_or_else(|| format!("the catalog has no credential `{target}`"))?;
    let audit = evaluation.audit(id);
    if json { to_json(&audit) } else { Ok(audit.to_string()) }
}

fn to_json(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}

fn today() -> Result<Date, String> {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    now.to_string().parse().map_err(|error| format!("{error}"))
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
        format!("{}: its stated requirements are met{since}", title(id))
    });
    section("You qualify for, though nobody has issued it", qualified.collect());
    section("In progress", with_status(Status::InProgress).map(|id| title(id).to_owned()).collect());
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
        let missing: Vec<String> = gaps.flat_map(|gap| &gap.missing).map(ToString::to_string).collect();
        format!("{}: still missing {}", audit.title, missing.join(" and "))
    });
    section("You are close to", close.collect());

    let mut ends: Vec<(Date, String)> = Vec::new();
    for award in evaluation.awards() {
        if let Some(last) =
            award.last_day.filter(|&last| award.is_current(evaluation.as_of()) && evaluation.as_of() <= last)
        {
            ends.push((last, format!("{last}  last day of {}", award.title)));
        }
    }
    for id in evaluation.qualified() {
        if let Some(last) = evaluation.valid_until(id) {
            ends.push((last, format!("{last}  last day on which the requirements of {} are met", title(id))));
        }
    }
    ends.sort();
    section("What lapses when, if nothing new is earned", ends.into_iter().map(|(_, line)| line).collect());
    section("In the record, but unknown to the catalog", evaluation.unknown_awards().to_vec());
    if let Some(first) = evaluation.qualified().next() {
        section("In full", evaluation.audit(first).to_string().lines().map(str::to_owned).collect());
    }
    story.join("\n")
}
