//! The registrar's page: what is wrong with a catalog before it is published, programme by programme and the gravest
//! first, each finding with the rule as it is written, what shows it and what to do; what has changed since last year;
//! who loses what by it; and, as a table for a spreadsheet, who has earned what nobody has issued.
//!
//! Without arguments: a built-in catalog with planted faults. With arguments, yours:
//! `registrar CATALOG.toml [--against OLD.toml] [--records RECORDS.jsonl] [--csv FILE] [--out FILE] [--as-of YYYY-MM-DD]
//! [--format html|text|json]`. Records are one JSON record to a line, each with an `id` if it has one. `--csv` writes the
//! list of awards to be issued. Exit status 0; 2 for input that cannot be used.

mod input;
#[path = "registrar/mod.rs"]
mod registrar_page;
mod story;

use std::process::ExitCode;

use credpath::{Catalog, Date, LearnerRecord};
use input::lines::parse;
use input::{Answer, BuiltIn, forgiving};
use registrar_page::desk::Desk;

const USAGE: &str =
    "usage: registrar [CATALOG.toml] [--against OLD.toml] [--records RECORDS.jsonl] [--csv FILE] [--out FILE] \
    [--as-of YYYY-MM-DD] [--format html|text|json]
--against tells what has changed since an older version, --records who loses what by it
--csv writes the awards to be issued as a table, --out the page to a file; --as-of is the day, else today
for example: cargo run --release --example registrar -- examples/catalogs/comptia.toml --out page.html";

const CATALOG: BuiltIn = ("examples/catalogs/planted-faults.toml", include_str!("catalogs/planted-faults.toml"));

fn main() -> ExitCode {
    input::print(arguments().map_err(|error| format!("{error}\n{USAGE}")).and_then(|arguments| answer(&arguments)))
}

#[derive(Default)]
struct Arguments {
    catalog: Option<String>,
    against: Option<String>,
    records: Option<String>,
    csv: Option<String>,
    out: Option<String>,
    as_of: Option<Date>,
    format: String,
    help: bool,
}

fn arguments() -> Result<Arguments, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments { format: "html".to_owned(), ..Arguments::default() };
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("against") => arguments.against = Some(parser.value()?.string()?),
            Long("records") => arguments.records = Some(parser.value()?.string()?),
            Long("csv") => arguments.csv = Some(parser.value()?.string()?),
            Long("out") => arguments.out = Some(parser.value()?.string()?),
            Long("as-of") => arguments.as_of = Some(parser.value()?.parse()?),
            Long("format") => {
                arguments.format = parser.value()?.string()?;
                if !["html", "text", "json"].contains(&&*arguments.format) {
                    let format = &arguments.format;
                    return Err(format!("no format `{format}`; there is `html`, `text` and `json`").into());
                }
            }
            Long("help") | Short('h') => arguments.help = true,
            Value(word) if arguments.catalog.is_none() => arguments.catalog = Some(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(arguments)
}

fn answer(arguments: &Arguments) -> Result<Answer, String> {
    if arguments.help {
        return Ok(USAGE.to_owned().into());
    }
    let as_of = match (arguments.as_of, &arguments.catalog) {
        (Some(as_of), _) => as_of,
        (None, Some(_)) => input::today()?,
        (None, None) => input::AS_OF.parse().map_err(|error| format!("{error}"))?,
    };
    let catalog = match &arguments.catalog {
        Some(path) => catalog(path)?,
        None => Catalog::parse(CATALOG.0, CATALOG.1).map_err(|error| error.to_string())?,
    };
    let older = arguments.against.as_deref().map(self::catalog).transpose()?;
    let records = arguments.records.as_deref().map_or_else(|| Ok(Vec::new()), records)?;
    let desk = Desk { catalog: &catalog, older: older.as_ref(), records: &records, as_of };
    let write =
        |path: &String, text: &str| std::fs::write(path, text).map_err(|error| format!("cannot write {path}: {error}"));
    if let Some(path) = &arguments.csv {
        write(path, &desk.csv())?;
    }
    let story = desk.story();
    let text = match &*arguments.format {
        "text" => story.text(),
        "json" => input::to_json(&story)?,
        _ => story.page(),
    };
    match &arguments.out {
        Some(path) => write(path, &text).map(|()| String::new().into()),
        None => Ok(text.into()),
    }
}

fn catalog(path: &str) -> Result<Catalog, String> {
    forgiving::catalog(path, &forgiving::read(path)?)
}

/// The records of a file, each with its id or the number of its line. A line that cannot be read is told and left out.
fn records(path: &str) -> Result<Vec<(String, LearnerRecord)>, String> {
    let text = std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&text);
    let mut records = Vec::new();
    for (number, line) in (1..).zip(text.split(|&byte| byte == b'\n')) {
        match parse(line) {
            Ok(None) => {}
            Ok(Some(mut line)) => {
                let id = line.id.take().unwrap_or_else(|| format!("line {number}"));
                records.push((id, line.into()));
            }
            Err((column, message)) => input::say(format_args!("{path}:{number}:{column}: left out: {message}")),
        }
    }
    if records.is_empty() {
        return Err(format!("{path} has no record, one JSON object to a line"));
    }
    Ok(records)
}
