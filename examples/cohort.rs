//! What an institution asks about everybody: who has earned what was never awarded, who is one award away, what lapses
//! soon, where skills are thin.
//!
//! Without arguments: a college of 50,000 made-up learners under a real catalog, or of so many as `--learners NUMBER`
//! says. With arguments, yours, one JSON record to a line, from a file or, as `-`, from standard input: `cohort
//! CATALOG.toml RECORDS.jsonl [TARGET…] [OPTION…]`; `--help` tells the options. As `html` it is one page, and
//! `--tables` writes each table of that for a spreadsheet, into a folder that is made if it is not there. A record may
//! have an `id`. Of the targets, if any are named, it also says who holds them; `--until` ends the time in which lapses
//! are looked for, else 90 days. A line that cannot be read is reported with its number, skipped and counted; awards of
//! ids that the catalog does not know count for nothing, and are listed, as are learners with waivers or substitutions
//! that have no place in it. Exit status 0; with `--strict`, 1 if a line was skipped; 2 for input that cannot be used.

#[path = "cohort/mod.rs"]
mod everybody;
mod input;
mod story;
mod team;

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::ExitCode;

use credpath::{Catalog, CohortOptions, CredentialId};
use everybody::college::college;
use everybody::csv::csv;
use everybody::lines::{Lines, Told};
use everybody::text::Text;
use input::command::Command;
use input::lines::none_read;
use input::wishes::{self, Given, Wish, wish};
use input::{Answer, forgiving};
use serde_json::json;
use team::Team;

const USAGE: &str = "usage: cohort [CATALOG.toml RECORDS.jsonl|- [TARGET…]] [OPTION…]
what an institution asks about everybody; records are one JSON record to a line, from a file or, as `-`, from standard \
input
TARGET is the id or the title of a credential of which the holders are listed
for example: cargo run --release --example cohort -- \
    examples/catalogs/comptia.toml records.jsonl csis --until 2027-02-28 --format html";

const OPTIONS: &[Wish] = &[
    wishes::DAY,
    wish("until", "YYYY-MM-DD", "up to when lapses are looked for; else 90 days"),
    wishes::VIEW,
    wishes::VERIFIED_ONLY,
    wishes::SEARCH_STEPS,
    wish("tags", "TAG,…", "the tags of which the coverage is told; else all"),
    wish("format", "text|json|csv|html", "how the report is written; else as text"),
    wish("tables", "FOLDER", "where each table of the page goes, for a spreadsheet"),
    wish("strict", "", "exit status 1 if a line was skipped"),
    wish("learners", "NUMBER", "how many are made up where no records are named; else 50,000"),
    wishes::LIST,
];

const CATALOG: input::BuiltIn = ("examples/catalogs/comptia.toml", include_str!("catalogs/comptia.toml"));
/// So many learners are made up, unless `--learners` says otherwise.
const LEARNERS: u64 = 50_000;
/// Lapses are looked for in so many days, unless something else is said.
const SOON: i64 = 90;
/// Names in a cell of a page.
const NAMED_ON_A_PAGE: usize = 8;

fn main() -> ExitCode {
    input::answer(USAGE, &[OPTIONS], usize::MAX, answer)
}

fn answer(command: &Command) -> Result<Answer, String> {
    let Command { words, given, .. } = command;
    if given.has("list") {
        return input::list(command, CATALOG).map(Into::into);
    }
    let sources = Sources::of(words, given)?;
    let catalog = &sources.catalog;
    let as_of = input::day(given.day("as-of")?, sources.records.is_none())?;
    let until = given.day("until")?.map_or_else(|| input::later(as_of, SOON), Ok)?;
    if until < as_of {
        return Err(format!("--until {until} is before the day of the report, {as_of}"));
    }
    let targets = sources.targets.iter().map(|target| forgiving::credential(catalog, target));
    let options = CohortOptions::default()
        .evaluate(wishes::evaluate(given)?)
        .one_award_away(true)
        .lapses(as_of..=until)
        .holders(targets.collect::<Result<Vec<CredentialId>, String>>()?)
        .tags(tags(given, catalog)?);
    let mut told = Told::default();
    let cohort = catalog.cohort(as_of, &options);
    let report = match sources.records {
        None => {
            let learners = given.number("learners")?.unwrap_or(LEARNERS);
            if given.has("strict") {
                return Err("--strict is for lines that are read, and no records are named: leave it out".to_owned());
            }
            if learners == 0 {
                return Err("--learners 0: of nobody there is nothing to report".to_owned());
            }
            input::say(format_args!("{learners} made-up learners"));
            cohort.report(college(catalog, as_of, learners)?.inspect(|_| told.progress()))
        }
        Some(Records { name, source }) => {
            let mut lines = Lines { name: name.to_owned(), source, number: 0, told: &mut told, failed: None };
            let report = cohort.report(lines.by_ref());
            match lines.failed {
                Some(error) => return Err(error),
                None if told.read == 0 => return Err(none_read(name, told.first_skipped.as_deref())),
                None => report,
            }
        }
    };
    input::progress::clear();
    let found = !given.has("strict") || told.skipped == 0;
    let text = written(given, &Text { catalog, report: &report, told: &told, until })?;
    Ok(Answer { text, found })
}

/// What is asked about: the rules, the learners, and of what the holders are listed.
struct Sources<'w> {
    catalog: Catalog,
    /// If none are named, learners are made up.
    records: Option<Records<'w>>,
    targets: &'w [String],
}

struct Records<'w> {
    name: &'w str,
    source: Box<dyn BufRead>,
}

impl<'w> Sources<'w> {
    fn of(words: &'w [String], given: &Given) -> Result<Self, String> {
        let (catalog, name, targets) = match words {
            [] => {
                let catalog = forgiving::catalog(CATALOG.0, CATALOG.1)?;
                return Ok(Self { catalog, records: None, targets: &[] });
            }
            [_] => {
                return Err(format!("name a file of records as well, or `-` for those on standard input\n{USAGE}"));
            }
            [catalog, records, targets @ ..] => (catalog, records, targets),
        };
        if given.has("learners") {
            return Err(format!("--learners is for learners that are made up, and {name} names records: leave it out"));
        }
        let catalog = forgiving::catalog(catalog, &forgiving::read(catalog)?)?;
        let source: Box<dyn BufRead> = if name == "-" {
            Box::new(std::io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(name).map_err(|error| format!("cannot read {name}: {error}"))?))
        };
        Ok(Self { catalog, records: Some(Records { name, source }), targets })
    }
}

/// The tags that are asked for, or else all.
fn tags(given: &Given, catalog: &Catalog) -> Result<Vec<String>, String> {
    let mut tags = match given.listed("tags") {
        Some(tags) => {
            wishes::known_tags(catalog, "tags", &tags)?;
            tags
        }
        None => catalog.credentials().flat_map(|(_, credential)| credential.tags.clone()).collect(),
    };
    tags.sort_unstable();
    tags.dedup();
    Ok(tags)
}

/// The report in the format that is wished for; its tables go to files, if these are.
fn written(given: &Given, of: &Text<'_>) -> Result<String, String> {
    let &Text { catalog, report, told, until } = of;
    let name = |learner: u64| told.name(learner);
    let team = Team { catalog, report, until, skipped: told.skipped, named: NAMED_ON_A_PAGE, name: &name };
    if let Some(folder) = given.get("tables").map(Path::new) {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("cannot make the folder {}: {error}", folder.display()))?;
        // A table names everybody.
        let everybody = Team { named: usize::MAX, ..team };
        for (name, csv) in everybody.story().tables() {
            input::write(folder.join(format!("{name}.csv")), &csv)?;
        }
    }
    match given.get("format") {
        Some("json") => input::to_json(&json!({ "skipped_lines": told.skipped, "ids": told.ids, "report": report })),
        Some("csv") => Ok(csv(report)),
        Some("html") => Ok(team.story().page()),
        _ => Ok(of.written()),
    }
}
