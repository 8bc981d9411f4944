//! What the examples have in common: a catalog, a record and a date from the command line, and how an answer leaves.
#![allow(dead_code, reason = "not every example needs everything")]

pub(crate) mod command;
pub(crate) mod forgiving;
pub(crate) mod lines;
pub(crate) mod progress;
pub(crate) mod records;
pub(crate) mod wishes;

use std::io::Write;
use std::process::ExitCode;

use command::Command;
use credpath::{Catalog, CatalogDocument, CredentialId, Date, EvaluateOptions, LearnerRecord, View};
use wishes::{Given, Wish};

/// A file that is built in: its name and its text.
pub(crate) type BuiltIn = (&'static str, &'static str);

/// The built-in learners are asked about on this day, so that the output is always the same.
pub(crate) const AS_OF: &str = "2026-11-22";

/// Stands for a record with nothing in it.
const NOBODY: &str = "none";

/// What was asked.
#[derive(Debug)]
pub(crate) struct Input {
    /// The rules.
    pub(crate) catalog: Catalog,
    /// The learner.
    pub(crate) record: LearnerRecord,
    /// The date of the answer.
    pub(crate) as_of: Date,
    /// The view.
    pub(crate) options: EvaluateOptions,
    /// Ids named after the two files.
    pub(crate) targets: Vec<String>,
    /// Whether the files are those that are built in.
    pub(crate) built_in: bool,
    /// Whether `none` stands for the record.
    pub(crate) nobody: bool,
    /// Whether the answer is to be JSON.
    pub(crate) json: bool,
    /// What else was wished for, such as given.
    pub(crate) given: Given,
}

/// What an example prints, and whether that is what was asked for.
pub(crate) struct Answer {
    pub(crate) text: String,
    /// If not, the exit status is 1.
    pub(crate) found: bool,
}

impl From<String> for Answer {
    fn from(text: String) -> Self {
        Self { text, found: true }
    }
}

/// Prints what `answer` makes of the input; with arguments that cannot be used, says why and gives exit status 2.
/// `wishes` are the options that it takes besides those that are always taken.
pub(crate) fn run<A: Into<Answer>>(
    usage: &str,
    built_in: (BuiltIn, BuiltIn),
    wishes: &[&[Wish]],
    answer: impl Fn(&Input) -> Result<A, String>,
) -> ExitCode {
    print(match read(usage, built_in, wishes) {
        Ok(Asked::Question(input)) => answer(&input).map(Into::into),
        Ok(Asked::Text(text)) => Ok(text.into()),
        Err(message) => Err(message),
    })
}

/// What the command line asks for.
enum Asked {
    Question(Box<Input>),
    /// Help, or a list.
    Text(String),
}

/// Prints what `answer` makes of the command line of a program that looks at no single learner; with arguments that
/// cannot be used, says why and gives exit status 2. It takes so many words at `most`.
pub(crate) fn answer(
    usage: &str,
    groups: &[&[Wish]],
    most: usize,
    answer: impl FnOnce(&Command) -> Result<Answer, String>,
) -> ExitCode {
    let asked = |command: Command| {
        if command.help { Ok(command::help(usage, groups).into()) } else { answer(&command) }
    };
    print(Command::read(usage, groups, most).and_then(asked))
}

/// Prints an answer, or why there is none.
pub(crate) fn print(answer: Result<Answer, String>) -> ExitCode {
    progress::clear();
    match answer {
        Ok(Answer { text, found }) => {
            show(&text);
            if found { ExitCode::SUCCESS } else { ExitCode::FAILURE }
        }
        Err(message) => {
            say(message.trim_end());
            ExitCode::from(2)
        }
    }
}

/// Shows what was asked for. Who reads only the first lines may close the pipe.
pub(crate) fn show(text: &str) {
    if !text.is_empty() {
        _ = writeln!(std::io::stdout(), "{}", text.trim_end());
    }
}

/// Says something beside the answer; nobody may be there to hear it.
pub(crate) fn say(message: impl std::fmt::Display) {
    _ = writeln!(std::io::stderr(), "{message}");
}

/// A report as JSON.
pub(crate) fn to_json(value: &impl serde::Serialize) -> Result<String, String> {
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}

fn read(usage: &str, built_in: (BuiltIn, BuiltIn), wishes: &[&[Wish]]) -> Result<Asked, String> {
    let groups = [wishes, &[wishes::ALWAYS]].concat();
    let command = Command::read(usage, &groups, usize::MAX)?;
    if command.help {
        return Ok(Asked::Text(command::help(usage, &groups)));
    }
    if command.given.has("list") {
        return list(&command, built_in.0).map(Asked::Text);
    }
    question(usage, built_in, command).map(|input| Asked::Question(Box::new(input)))
}

/// The credentials of the catalog that is named first, or of the one that is built in.
pub(crate) fn list(command: &Command, built_in: BuiltIn) -> Result<String, String> {
    let (path, text) = match command.words.first() {
        Some(path) => (path.as_str(), forgiving::read(path)?),
        None => (built_in.0, built_in.1.to_owned()),
    };
    Ok(forgiving::list_all(&forgiving::catalog(path, &text)?))
}

fn question(
    usage: &str,
    (catalog, record): (BuiltIn, BuiltIn),
    Command { words, given, .. }: Command,
) -> Result<Input, String> {
    let json = given.get("format") == Some("json");
    let as_of: Option<Date> = given.day("as-of").map_err(|error| format!("{error}\n{usage}"))?;
    let (catalog, record) = match &words[..] {
        [] => {
            let record = |_: &Catalog| forgiving::record(record.0, record.1);
            both(forgiving::catalog(catalog.0, catalog.1), record)?
        }
        [_] => return Err(format!("name a record as well, or `none` for one with nothing in it\n{usage}")),
        [catalog, record, ..] => {
            let text = forgiving::read(catalog)?;
            both(forgiving::catalog(catalog, &text), |catalog| learner(record, catalog, &given))?
        }
    };
    let as_of = day(as_of, words.is_empty())?;
    let options = wishes::evaluate(&given)?;
    let (built_in, nobody) = (words.is_empty(), words.get(1).is_some_and(|record| record == NOBODY));
    let targets = words.into_iter().skip(2).collect();
    Ok(Input { catalog, record, as_of, options, targets, built_in, nobody, json, given })
}

/// The record in a file, in whatever it is written. What of the file it does not hold is said.
fn learner(path: &str, catalog: &Catalog, given: &Given) -> Result<LearnerRecord, String> {
    if path == NOBODY {
        return Ok(LearnerRecord::default());
    }
    let taken = records::read(path, catalog, &records::Stated::of(given)?)?;
    taken.told.iter().for_each(say);
    Ok(taken.record)
}

/// A catalog and a record, or what is wrong with either.
fn both(
    catalog: Result<Catalog, String>,
    record: impl FnOnce(&Catalog) -> Result<LearnerRecord, String>,
) -> Result<(Catalog, LearnerRecord), String> {
    match catalog {
        Ok(catalog) => {
            let record = record(&catalog)?;
            Ok((catalog, record))
        }
        Err(faults) => {
            // What the record has against it is no matter of the catalog.
            let nothing = CatalogDocument::default();
            let nothing = Catalog::compile(&nothing).map_err(|error| error.to_string())?;
            Err([Some(faults), record(&nothing).err()].into_iter().flatten().collect::<Vec<_>>().join("\n"))
        }
    }
}

impl Input {
    /// The one target that is named, or that of the learner who is built in.
    pub(crate) fn target(&self, built_in: &str, usage: &str) -> Result<CredentialId, String> {
        let target = match &self.targets[..] {
            [] if self.built_in => built_in,
            [target] => target,
            [] => return Err(format!("no target is named; {}\n{usage}", forgiving::list(&self.catalog))),
            several => return Err(one_target(several, usage)),
        };
        forgiving::credential(&self.catalog, target)
    }
}

/// Several targets where one is due; a title of several words is one with quotes.
pub(crate) fn one_target(targets: &[String], usage: &str) -> String {
    let whole = targets.join(" ");
    format!("one target is due, and {} are named; if it is a title, put quotes: \"{whole}\"\n{usage}", targets.len())
}

/// The view that is wished for.
pub(crate) fn view(given: &Given) -> View {
    let named = |name: &str| View::ALL.into_iter().find(|view| view.to_string() == name);
    given.get("view").and_then(named).unwrap_or_default()
}

/// The day of the answer: the one that is given, that of what is built in, or today. An answer needs a date, and there
/// is no clock in the library; a program may have one, but says so by asking for it.
pub(crate) fn day(given: Option<Date>, built_in: bool) -> Result<Date, String> {
    match given {
        Some(day) => Ok(day),
        None if built_in => AS_OF.parse().map_err(|error| format!("{error}")),
        None => today(),
    }
}

/// Writes a file.
pub(crate) fn write(path: impl AsRef<std::path::Path>, text: &str) -> Result<(), String> {
    let path = path.as_ref();
    std::fs::write(path, text).map_err(|error| format!("cannot write {}: {error}", path.display()))
}

/// So many days after a date, or before it; the last or the first day that can be written, if that is beyond it.
#[allow(dead_code, reason = "not every example needs it")]
pub(crate) fn later(date: Date, days: i64) -> Result<Date, String> {
    let date: jiff::civil::Date = date.to_string().parse().map_err(|error| format!("{error}"))?;
    let later = date.saturating_add(jiff::Span::new().days(days));
    later.max(jiff::civil::date(1, 1, 1)).to_string().parse().map_err(|error| format!("{error}"))
}

/// The day by the clock of the machine.
pub(crate) fn today() -> Result<Date, String> {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    now.to_string().parse().map_err(|error| format!("{error}"))
}
