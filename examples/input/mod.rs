//! What the examples have in common: a catalog, a record and a date from the command line, and how an answer leaves.
#![allow(dead_code, reason = "not every example needs everything")]

pub(crate) mod forgiving;
pub(crate) mod lines;

use std::collections::BTreeMap;
use std::io::Write;
use std::process::ExitCode;

use credpath::{Catalog, CredentialId, Date, EvaluateOptions, LearnerRecord, Pace, Term, View};

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
    /// The further options of the example, such as given.
    pub(crate) further: BTreeMap<&'static str, String>,
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
/// `further` names options of the example's own, each with a value.
pub(crate) fn run<A: Into<Answer>>(
    usage: &str,
    built_in: (BuiltIn, BuiltIn),
    further: &[&'static str],
    answer: impl Fn(&Input) -> Result<A, String>,
) -> ExitCode {
    print(match read(usage, built_in, further) {
        Ok(Some(input)) => answer(&input).map(Into::into),
        Ok(None) => Ok(usage.to_owned().into()),
        Err(message) => Err(message),
    })
}

/// Prints an answer, or why there is none.
pub(crate) fn print(answer: Result<Answer, String>) -> ExitCode {
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

#[derive(Default)]
struct Arguments {
    words: Vec<String>,
    as_of: Option<Date>,
    view: View,
    json: bool,
    help: bool,
    further: BTreeMap<&'static str, String>,
}

fn arguments(further: &[&'static str]) -> Result<Arguments, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("as-of") => arguments.as_of = Some(parser.value()?.parse()?),
            Long("view") => arguments.view = view(&parser.value()?.string()?)?,
            Long("format") => {
                arguments.json = match parser.value()?.string()?.as_str() {
                    "text" => false,
                    "json" => true,
                    other => return Err(format!("no format `{other}`; there is `text` and `json`").into()),
                }
            }
            Long("help") | Short('h') => arguments.help = true,
            Long(name) if further.contains(&name) => {
                let name = further.iter().copied().find(|known| *known == name).unwrap_or_default();
                arguments.further.insert(name, parser.value()?.string()?);
            }
            Value(word) => arguments.words.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(arguments)
}

/// The input; `None` if only help was asked for.
fn read(usage: &str, (catalog, record): (BuiltIn, BuiltIn), further: &[&'static str]) -> Result<Option<Input>, String> {
    let Arguments { words, as_of, view, json, help, further } =
        arguments(further).map_err(|error| format!("{error}\n{usage}"))?;
    if help {
        return Ok(None);
    }
    let (catalog, record, targets) = match &words[..] {
        [] => (forgiving::catalog(catalog.0, catalog.1), forgiving::record(record.0, record.1), &[][..]),
        [catalog, record, targets @ ..] => {
            let text = if record == NOBODY { String::new() } else { forgiving::read(record)? };
            let rules = forgiving::read(catalog)?;
            (forgiving::catalog(catalog, &rules), forgiving::record(record, &text), targets)
        }
        [_] => return Err(usage.to_owned()),
    };
    let (catalog, record) = match (catalog, record) {
        (Ok(catalog), Ok(record)) => (catalog, record),
        (catalog, record) => {
            let faults = [catalog.err(), record.err()];
            return Err(faults.into_iter().flatten().collect::<Vec<_>>().join("\n"));
        }
    };
    // An answer needs a date, and there is no clock in the library; a program may have one, but says so by asking for
    // it.
    let as_of = match as_of {
        Some(as_of) => as_of,
        None if words.is_empty() => AS_OF.parse().map_err(|error| format!("{error}"))?,
        None => today()?,
    };
    let options = EvaluateOptions::default().view(view);
    let (targets, built_in) = (targets.to_vec(), words.is_empty());
    let nobody = words.get(1).is_some_and(|record| record == NOBODY);
    Ok(Some(Input { catalog, record, as_of, options, targets, built_in, nobody, json, further }))
}

impl Input {
    /// The one target that is named, or that of the learner who is built in.
    pub(crate) fn target(&self, built_in: &str, usage: &str) -> Result<CredentialId, String> {
        let target = match &self.targets[..] {
            [] if self.built_in => built_in,
            [target] => target,
            [] => return Err(format!("no target is named; {}\n{usage}", forgiving::list(&self.catalog))),
            _ => return Err(usage.to_owned()),
        };
        forgiving::credential(&self.catalog, target)
    }
}

/// The options that say how much a learner can do: hours of study a week, or terms with their most credits.
pub(crate) const PACE: [&str; 3] = ["hours-per-week", "terms", "credits-per-term"];

/// How much the learner can do, and that in words; `None` if nothing is said of it.
pub(crate) fn pace(further: &BTreeMap<&'static str, String>) -> Result<Option<(Pace, String)>, String> {
    let [hours, terms, credits] = PACE.map(|name| further.get(name));
    match (hours, terms, credits) {
        (None, None, None) => Ok(None),
        (Some(hours), None, None) => {
            let amount = hours.parse().map_err(|error| format!("`{hours}` hours: {error}"))?;
            Ok(Some((Pace::HoursPerWeek(amount), format!("{hours} hours a week"))))
        }
        (None, Some(terms), Some(credits)) => {
            let terms = terms.split(',').map(term).collect::<Result<Vec<_>, _>>()?;
            let amount = credits.parse().map_err(|error| format!("`{credits}` credits: {error}"))?;
            Ok(Some((Pace::CreditsPerTerm { terms, credits: amount }, format!("{credits} credits a term"))))
        }
        (None, _, _) => Err("terms need both `--terms` and `--credits-per-term`".to_owned()),
        (Some(_), _, _) => Err("it is `--hours-per-week`, or `--terms` with `--credits-per-term`".to_owned()),
    }
}

/// A term such as `2027-01-11..2027-05-14`.
fn term(text: &str) -> Result<Term, String> {
    let wrong = || format!("`{text}` is no term; write its first and last day as 2027-01-11..2027-05-14");
    let (from, until) = text.trim().split_once("..").ok_or_else(wrong)?;
    let [from, until] = [from, until].map(|day| day.parse::<Date>().map_err(|error| error.to_string()));
    let (from, until) = (from?, until?);
    if from > until {
        return Err(format!("the term `{text}` ends before it begins"));
    }
    Ok(Term { from, until })
}

/// The view of that name.
pub(crate) fn view(name: &str) -> Result<View, String> {
    let none = || format!("no view `{name}`; there is `earned`, `in-progress` and `planned`");
    View::ALL.into_iter().find(|view| view.to_string() == name).ok_or_else(none)
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
