//! What an institution asks about everybody: who has earned what was never awarded, who is one award away, what lapses
//! soon, where skills are thin.
//!
//! Without arguments: a college of 50,000 made-up learners under a real catalog, or of so many as `--learners NUMBER`
//! says. With arguments, yours, one JSON record to a line, from a file or, as `-`, from standard input: `cohort
//! CATALOG.toml RECORDS.jsonl [TARGET…] [OPTION…]`; `--help` tells the options. As `html` it is one page, and `--tables`
//! writes each table of that for a spreadsheet. A record may have an `id`. Of the targets, if any are named, it also says who
//! holds them; `--until` ends the time in which lapses are looked for, else 90 days. A line that cannot be read is
//! reported with its number, skipped and counted; awards of ids that the catalog does not know count for nothing, and
//! are listed, as are learners with waivers or substitutions that have no place in it. Exit status 0; with `--strict`,
//! 1 if a line was skipped; 2 for input that cannot be used.

mod input;
mod story;
mod team;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::ExitCode;

use credpath::{
    Award, Catalog, CohortOptions, CohortReport, CredentialId, CredentialReport, Date, EvaluateOptions, LearnerRecord,
    Limits, Status,
};
use input::command::Command;
use input::lines::{cell, none_read, parse};
use input::wishes::{self, Wish, wish};
use input::{Answer, forgiving};
use serde_json::json;
use team::Team;

const USAGE: &str = "usage: cohort [CATALOG.toml RECORDS.jsonl|- [TARGET…]] [OPTION…]
what an institution asks about everybody; records are one JSON record to a line, from a file or, as `-`, from standard input
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
/// So many lines of a list, and names in a line, are shown as text.
const SHOWN: usize = 12;
const NAMED: usize = 3;
/// Lines that are skipped are told one by one up to so many, and of a line so much is looked at to tell what it is.
const MOST_SKIPPED: u64 = 50;
const MOST_LOOKED_AT: usize = 400;
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
    let (catalog, source, targets) = match &words[..] {
        [] => (forgiving::catalog(CATALOG.0, CATALOG.1), None, &[][..]),
        [_] => return Err(USAGE.to_owned()),
        [catalog, records, targets @ ..] => {
            let text = forgiving::read(catalog)?;
            let source: Box<dyn BufRead> = match &**records {
                "-" => Box::new(std::io::stdin().lock()),
                path => {
                    Box::new(BufReader::new(File::open(path).map_err(|error| format!("cannot read {path}: {error}"))?))
                }
            };
            (forgiving::catalog(catalog, &text), Some((records.clone(), source)), targets)
        }
    };
    let catalog = catalog?;
    let as_of = input::day(given.day("as-of")?, source.is_none())?;
    let until = given.day("until")?.map_or_else(|| input::later(as_of, SOON), Ok)?;
    if until < as_of {
        return Err(format!("--until {until} is before the day of the report, {as_of}"));
    }
    let targets = targets
        .iter()
        .map(|target| forgiving::credential(&catalog, target))
        .collect::<Result<Vec<CredentialId>, String>>()?;
    let mut tags: Vec<String> = match given.listed("tags") {
        Some(tags) => {
            wishes::known_tags(&catalog, "tags", &tags)?;
            tags
        }
        None => catalog.credentials().flat_map(|(_, credential)| credential.tags.clone()).collect(),
    };
    tags.sort_unstable();
    tags.dedup();
    let options = CohortOptions::default()
        .evaluate(wishes::evaluate(given)?)
        .one_award_away(true)
        .lapses(as_of..=until)
        .holders(targets.clone())
        .tags(tags);
    let cohort = catalog.cohort(as_of, &options);
    let mut told = Told::default();
    let report = match source {
        None => {
            let learners = given.number("learners")?.unwrap_or(LEARNERS);
            if learners == 0 {
                return Err("--learners 0: of nobody there is nothing to report".to_owned());
            }
            input::say(format_args!("{learners} made-up learners"));
            cohort.report(college(&catalog, as_of, learners)?.inspect(|_| told.progress()))
        }
        Some((name, source)) => {
            let mut lines = Lines { name: name.clone(), source, number: 0, told: &mut told, failed: None };
            let report = cohort.report(lines.by_ref());
            match lines.failed {
                Some(error) => return Err(error),
                None if told.read == 0 => return Err(none_read(&name, told.first_skipped.as_deref())),
                None => report,
            }
        }
    };
    input::progress::clear();
    let name = |learner: u64| told.name(learner);
    let team =
        Team { catalog: &catalog, report: &report, until, skipped: told.skipped, named: NAMED_ON_A_PAGE, name: &name };
    if let Some(folder) = given.get("tables") {
        // A table names everybody.
        let everybody = Team { named: usize::MAX, ..team };
        for (name, csv) in everybody.story().tables() {
            input::write(std::path::Path::new(folder).join(format!("{name}.csv")), &csv)?;
        }
    }
    let text = match given.get("format") {
        Some("json") => input::to_json(&json!({ "skipped_lines": told.skipped, "ids": told.ids, "report": report }))?,
        Some("csv") => csv(&report),
        Some("html") => team.story().page(),
        _ => text(&catalog, &report, &told, until),
    };
    Ok(Answer { text, found: !given.has("strict") || told.skipped == 0 })
}

/// What was said while records were read, and what is kept of them.
#[derive(Default)]
struct Told {
    read: u64,
    skipped: u64,
    /// The beginning of the first line that was skipped.
    first_skipped: Option<String>,
    /// The ids that lines have, by the place of the learner.
    ids: BTreeMap<u64, String>,
}

impl Told {
    fn progress(&mut self) {
        self.read += 1;
        if self.read.is_multiple_of(10_000) && input::progress::is_watched() {
            input::progress::show(&format!("{} learners read", self.read));
        }
    }

    fn name(&self, learner: u64) -> String {
        self.ids.get(&learner).cloned().unwrap_or_else(|| format!("#{learner}"))
    }

    /// Some of the learners, for a line of text.
    fn names(&self, learners: &[u64]) -> String {
        let named: Vec<String> = learners.iter().take(NAMED).map(|&learner| self.name(learner)).collect();
        let more = if learners.len() > NAMED { ", …" } else { "" };
        format!("{}{more}", named.join(", "))
    }
}

/// The records of a source, one to a line.
struct Lines<'t> {
    name: String,
    source: Box<dyn BufRead>,
    number: u64,
    told: &'t mut Told,
    /// Why the source could not be read to its end.
    failed: Option<String>,
}

impl Iterator for Lines<'_> {
    type Item = LearnerRecord;

    fn next(&mut self) -> Option<LearnerRecord> {
        loop {
            self.number += 1;
            let mut line = Vec::new();
            let most = Limits::large().record_bytes as u64;
            if let Err(error) = self.source.by_ref().take(most).read_until(b'\n', &mut line) {
                self.failed = Some(format!("cannot read {}: {error}", self.name));
                return None;
            }
            if line.is_empty() {
                return None;
            }
            // A byte order mark is no part of the first line.
            let text = match self.number {
                1 => line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line),
                _ => &line,
            };
            let mut read = parse(text);
            if line.len() as u64 == most && line.last() != Some(&b'\n') {
                read = Err((line.len(), format!("longer than {most} bytes")));
                if let Err(error) = self.source.skip_until(b'\n') {
                    self.failed = Some(format!("cannot read {}: {error}", self.name));
                }
            }
            match read {
                Ok(None) => {}
                Ok(Some(mut line)) => {
                    if let Some(id) = line.id.take() {
                        self.told.ids.insert(self.told.read, id);
                    }
                    self.told.progress();
                    return Some(line.into());
                }
                Err((column, message)) => {
                    self.told.skipped += 1;
                    if self.told.first_skipped.is_none() {
                        let beginning = &text[..text.len().min(MOST_LOOKED_AT)];
                        self.told.first_skipped = Some(String::from_utf8_lossy(beginning).into_owned());
                    }
                    match self.told.skipped.cmp(&MOST_SKIPPED) {
                        Ordering::Less => {
                            input::say(format_args!("{}:{}:{column}: skipped: {message}", self.name, self.number));
                        }
                        Ordering::Equal => input::say("further lines that are skipped are counted only"),
                        Ordering::Greater => {}
                    }
                }
            }
        }
    }
}

/// Totals, of a kind each that the first column says: one credential to a line, then one id to a line that the catalog
/// does not know, and last how many awards have further such ids, and how many learners have waivers or substitutions
/// without a place in the catalog.
fn csv(report: &CohortReport) -> String {
    let mut csv = "kind,id,title".to_owned();
    let statuses: Vec<String> = report
        .credentials
        .iter()
        .take(1)
        .flat_map(|of| of.statuses.iter())
        .map(|(status, _)| status.to_string())
        .collect();
    for status in &statuses {
        _ = write!(csv, ",{status}");
    }
    csv.push_str(
        ",earned and not awarded,one award away,undecided whether one award away,learners,sharing is limited\n",
    );
    for of in &report.credentials {
        _ = write!(csv, "credential,{},{}", cell(&of.credential), cell(&of.title));
        for (_, count) in of.statuses.iter() {
            _ = write!(csv, ",{count}");
        }
        let [qualified, nearly] = [&of.qualified, &of.one_award_away].map(Vec::len);
        let limited = of.sharing_is_limited;
        _ = writeln!(csv, ",{qualified},{nearly},{},{},{limited}", of.one_award_away_undecided, report.learners);
    }
    let nothing = ",".repeat(statuses.len() + 4);
    for id in &report.unknown_awards.ids {
        _ = writeln!(csv, "unknown id,{},{nothing}{},", cell(&id.id), id.learners);
    }
    if report.unknown_awards.unlisted > 0 {
        _ = writeln!(csv, "further unknown ids,,{nothing}{},", report.unknown_awards.unlisted);
    }
    for of in &report.uncounted {
        _ = writeln!(
            csv,
            "not counted,{},{}{nothing}{},",
            cell(&of.credential),
            cell(&of.to_string()),
            of.learners.len()
        );
    }
    if !report.misplaced.is_empty() {
        _ = writeln!(csv, "misplaced exceptions,,{nothing}{},", report.misplaced.len());
    }
    csv
}

/// The longest lists first; of equals, in the order of ids, as they come.
fn longest_first<T>(mut lists: Vec<(u64, T)>) -> Vec<(u64, T)> {
    lists.sort_by_key(|(learners, _)| std::cmp::Reverse(*learners));
    lists
}

/// The institution's report.
fn text(catalog: &Catalog, report: &CohortReport, told: &Told, until: Date) -> String {
    let mut text = format!("{} learners as of {}", report.learners, report.as_of);
    if let Some(title) = &catalog.header().title {
        _ = write!(text, ", under {title}");
    }
    text.push('\n');
    if told.skipped > 0 {
        _ = writeln!(text, "{} lines could not be read and were skipped", told.skipped);
    }
    let unknown = &report.unknown_awards;
    let mut section = |heading: &str, lines: Vec<String>| {
        if !lines.is_empty() {
            _ = writeln!(text, "\n{heading}");
            for line in lines.iter().take(SHOWN) {
                _ = writeln!(text, "  {line}");
            }
            if lines.len() > SHOWN {
                _ = writeln!(text, "  and {} more", lines.len() - SHOWN);
            }
        }
    };
    let listed = |list: fn(&CredentialReport) -> &Vec<u64>| {
        let of = report.credentials.iter().map(|of| (list(of).len() as u64, of)).filter(|(learners, _)| *learners > 0);
        let line = |(learners, of): (u64, &CredentialReport)| {
            let alone = if of.sharing_is_limited { " (judged by itself: what it may share is limited)" } else { "" };
            format!("{learners:>7}  {}: {}{alone}", of.title, told.names(list(of)))
        };
        longest_first(of.collect()).into_iter().map(line).collect::<Vec<String>>()
    };
    let ids = unknown.ids.iter().map(|id| (id.learners, id.id.escape_debug().to_string())).collect();
    let mut ids: Vec<String> =
        longest_first(ids).into_iter().map(|(learners, id)| format!("{learners:>7}  `{id}`")).collect();
    if unknown.unlisted > 0 {
        ids.push(format!("{:>7}  awards of further ids", unknown.unlisted));
    }
    section("In the records, but unknown to the catalog", ids);
    let misplaced = report.misplaced.iter().map(|&learner| told.name(learner)).collect();
    section("With waivers or substitutions that have no place in the catalog", misplaced);
    section("Earned and not awarded", listed(|of| &of.qualified));
    section("One award away", listed(|of| &of.one_award_away));
    // They come by their last day.
    let mut lapsing: BTreeMap<&str, (Date, Vec<u64>)> = BTreeMap::new();
    for lapse in &report.lapses {
        lapsing.entry(&lapse.credential).or_insert((lapse.until, Vec::new())).1.push(lapse.learner);
    }
    let lapsing = lapsing.into_iter().map(|(id, (first, mut learners))| {
        learners.sort_unstable();
        let title = report.of(id).map_or(id, |of| &of.title);
        let count = learners.len();
        (count as u64, format!("{count:>7}  {title}: {}, the first on {first}", told.names(&learners)))
    });
    let lines = longest_first(lapsing.collect()).into_iter().map(|(_, line)| line).collect();
    section(&format!("Awards that lapse by {until}"), lines);
    let tags = report.coverage.iter().map(|tag| {
        let (held, qualified, nearly) = (tag.held, tag.qualified, tag.one_award_away);
        format!("{:>7}  {}: {qualified} more qualify, {nearly} are one award away", held, tag.tag)
    });
    section("Holders of something in each field, the thinnest first", tags.collect());
    for of in report.credentials.iter().filter(|of| of.held.is_some()) {
        let held = of.held.iter().flatten().map(|&learner| told.name(learner)).collect();
        section(&format!("Holders of {}", of.title), held);
    }
    let mut table =
        vec![format!("{:>7} {:>9} {:>7} {:>7}  {}", "held", "qualified", "lapsed", "started", "credential")];
    for of in report
        .credentials
        .iter()
        .filter(|of| catalog.credential(&of.credential).is_some_and(|id| catalog.is_conferred(id)))
    {
        let [held, qualified, lapsed, started] =
            [Status::Held, Status::Qualified, Status::Lapsed, Status::Started].map(|status| of.statuses.of(status));
        table.push(format!("{held:>7} {qualified:>9} {lapsed:>7} {started:>7}  {}", of.title));
    }
    _ = writeln!(text, "\nWhat is conferred");
    for line in table {
        _ = writeln!(text, "  {line}");
    }
    let undecided: u64 =
        report.credentials.iter().map(|of| of.statuses.of(Status::Undecided) + of.one_award_away_undecided).sum();
    if undecided + report.lapses_undecided > 0 {
        _ = writeln!(text, "\n{} answers were not decided within the work limit", undecided + report.lapses_undecided);
    }
    text
}

/// Made-up learners: exams passed over six years; what they qualified for was awarded to most, on the day they
/// qualified.
fn college(catalog: &Catalog, as_of: Date, learners: u64) -> Result<impl Iterator<Item = LearnerRecord>, String> {
    let taken: Vec<&str> = catalog
        .credentials()
        .filter(|&(id, _)| !catalog.is_conferred(id))
        .map(|(_, credential)| credential.id.as_str())
        .collect();
    let days = (0..6 * 365).map(|day| input::later(as_of, -day)).collect::<Result<Vec<Date>, String>>()?;
    let mut state = 2_026_u64;
    // SplitMix64: the same learners on every run.
    let mut below = move |bound: usize| {
        state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        usize::try_from((mixed ^ (mixed >> 31)) % bound as u64).unwrap_or(0)
    };
    let learner = move |_| {
        // Some exams are taken by many, others by few.
        let exams = 1 + below(7);
        let exam = |below: &mut dyn FnMut(usize) -> usize| below(taken.len()).min(below(taken.len()));
        let mut awards: Vec<Award> =
            (0..exams).map(|_| Award::new(taken[exam(&mut below)]).on(days[below(days.len())])).collect();
        let record = LearnerRecord { awards: awards.clone(), ..LearnerRecord::default() };
        let evaluation = catalog.evaluate(&record, as_of, &EvaluateOptions::default());
        for id in evaluation.qualified() {
            if let Some(since) = evaluation.qualified_since(id)
                && below(10) < 8
            {
                awards.push(Award::new(catalog.get(id).id.as_str()).on(since));
            }
        }
        LearnerRecord { awards, ..LearnerRecord::default() }
    };
    Ok((0..learners).map(learner))
}
