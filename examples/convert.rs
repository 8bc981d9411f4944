//! Catalogs and learner records from one format to another, with what is lost on the way.
//!
//! Without arguments: a built-in curriculum, as a catalog in TOML. With arguments, yours:
//! `convert FROM TO [OPTION…]`; `--help` tells the options: formats, what tables leave to be stated, what is required
//! where a source does not say it. An option that says nothing of either format is refused.
//!
//! The format that is read is told by its content, unless it is stated; the format that is written by the end of TO,
//! `.toml`, or by `--to`. `-` stands for standard input and output. What is lost is told on standard error.
//!
//! Exit status: 0 if TO was written; 1 if something would be lost and `--strict` forbids that, so that nothing was
//! written; 2 if FROM could not be read or the arguments cannot be used.

#[path = "convert/mod.rs"]
mod conversion;
mod input;

use std::fmt::Write as _;
use std::io::Read as _;
use std::process::ExitCode;

use conversion::applies;
use conversion::columns;
use conversion::formats::{AnyFormat, FORMATS};
use credpath::{
    Catalog, CatalogDocument, CatalogFormat, CourseTableOptions, CurriculumOptions, Exported, Imported, InvalidImport,
    Limits, Loss, PathwayOptions, RecordFormat, RecordOptions, TableFormat, UtcOffset, catalogs, records,
};
use input::wishes::{self, Given, Wish, wish};
use input::{Answer, BuiltIn, forgiving};

const USAGE: &str = "usage: convert [FROM TO] [OPTION…]
catalogs and records from one format to another, with what is lost on the way; `-` is standard input or output
formats of catalogs: toml, table, curriculum, ctdl, badgr
formats of records: record (TOML), clr-2, csv; to be read as well open-badges-2, open-badges-3, europass
for example: cargo run --release --features json,csv --example convert -- examples/curricula/physics.csv physics.toml";

const OPTIONS: &[Wish] = &[
    wish("from", "FORMAT", "the format of FROM; else told by its content"),
    wish("to", "FORMAT", "the format of TO; else TOML, if its name ends so"),
    wish("losses", "text|json", "how it is told what is lost; else as text"),
    wish("strict", "", "writes nothing if something is lost"),
    wishes::LIST,
];

/// What tables leave to be stated.
const TABLES: &[Wish] = &[
    wish("separator", "comma|semicolon|tab|bar", "what stands between the cells of a table; else a comma"),
    wish("charset", "utf-8|latin-1|windows-1252|utf-16le|utf-16be", "the encoding of a table; else UTF-8"),
];

const CATALOGS: &[Wish] = &[
    wish("unlisted", "", "adds what is named and not defined"),
    wish("unstated-is-all", "", "requires all where nothing says how many"),
    wish("keep-addresses", "", "keeps whole addresses as ids"),
    wish("language", "TAG", "the language of titles, such as en"),
    wish("id", "ID", "the id of the degree that is read from a curriculum"),
    wish("target", "ID", "the degree that is written as a curriculum"),
    wish("base", "ADDRESS", "what ids in CTDL begin with"),
];

const RECORDS: &[Wish] = &[
    wish("offset", "+HH:MM", "the offset from UTC at which moments are days; else UTC"),
    wish("alias", "THEIRS=OURS", "what a badge or a table calls a credential, and its id here; may come several times"),
    wish("columns", "own|canvas|canvas-outcomes|credly|credly-bulk", "how a table of awards is laid out"),
    wish(
        "column",
        "FIELD=HEADING",
        "which column says what, in place of a known layout: credential, title, id, awarded, \
          valid-until, credits, hours, grade, issuer, status, revoked-on, learner; may come several times",
    ),
    wish(
        "word",
        "WORD=STATUS",
        "what a word for a status means: completed, in-progress, planned, revoked, or none for no \
          award; may come several times",
    ),
    wish("failing", "GRADE", "a grade of what was failed, which is no award; may come several times"),
    wish("date-order", "year-month-day|day-month-year|month-day-year", "how days are written in a table"),
    wish("years-from", "YEAR", "the first of the hundred years that years of two digits stand for"),
    wish("learner", "LEARNER", "whose awards are read from a table of several learners"),
    wish("catalog", "CATALOG.toml", "the catalog whose ids awards are matched with"),
];

const CURRICULUM: BuiltIn = ("examples/curricula/physics.csv", include_str!("curricula/physics.csv"));

fn main() -> ExitCode {
    input::answer(USAGE, &[OPTIONS, TABLES, CATALOGS, RECORDS], 2, |command| {
        let format = |name| command.given.get(name).map(AnyFormat::named).transpose();
        let mut table = TableFormat::default();
        table.separator = command.given.read("separator")?.unwrap_or(table.separator);
        table.charset = command.given.read("charset")?.or(table.charset);
        let asked = Asked { from: format("from")?, to: format("to")?, table, given: &command.given };
        convert(&asked, &command.words)
    })
}

/// What is asked for.
struct Asked<'c> {
    from: Option<AnyFormat>,
    to: Option<AnyFormat>,
    table: TableFormat,
    given: &'c Given,
}

fn convert(asked: &Asked<'_>, words: &[String]) -> Result<Answer, String> {
    let lists = asked.given.has("list");
    let (name, bytes, to_path) = match words {
        [] => (CURRICULUM.0, CURRICULUM.1.as_bytes().to_vec(), "-"),
        [from, to] => (from.as_str(), read(from)?, to.as_str()),
        [from] if lists => (from.as_str(), read(from)?, "-"),
        _ => return Err(format!("name what is written as well, or `-` for standard output\n{USAGE}")),
    };
    let from = asked.from.or_else(|| AnyFormat::recognised(&bytes)).ok_or_else(|| unrecognised(name, &bytes))?;
    if lists {
        return list(asked, name, &bytes, from);
    }
    let to = asked
        .to
        .or_else(|| from.own(to_path))
        .ok_or_else(|| format!("the end of {to_path} names no format: state one by --to; {FORMATS}"))?;
    applies::check(asked.given, from, Some(to))?;
    let Converted { text, losses } = match (from, to) {
        (AnyFormat::Catalog(from), AnyFormat::Catalog(to)) => catalog(asked, name, &bytes, from, to)?,
        (AnyFormat::Record | AnyFormat::Records(_), AnyFormat::Record | AnyFormat::Records(_)) => {
            record(asked, name, &bytes, from, to)?
        }
        _ => {
            return Err(format!(
                "from {from} to {to}: a catalog cannot be made of a record, or a record of a catalog; {FORMATS}"
            ));
        }
    };
    tell(&losses, asked.given.get("losses") == Some("json"))?;
    if asked.given.has("strict") && !losses.is_empty() {
        return Ok(Answer { text: String::new(), found: false });
    }
    if to_path == "-" {
        return Ok(text.into());
    }
    input::write(to_path, &text)?;
    Ok(String::new().into())
}

/// The credentials of the catalog that is read.
fn list(asked: &Asked<'_>, name: &str, bytes: &[u8], from: AnyFormat) -> Result<Answer, String> {
    let AnyFormat::Catalog(format) = from else {
        return Err(format!("{name} is read as a record (`{from}`), and --list tells the credentials of a catalog"));
    };
    applies::check(asked.given, from, None)?;
    if let Some(option) = ["strict", "losses", "to"].into_iter().find(|option| asked.given.has(option)) {
        return Err(format!("--{option} says nothing beside --list, which converts nothing: leave it out"));
    }
    let catalog = compiled(&catalog_in(asked, name, bytes, format)?.value)?;
    Ok(forgiving::list_all(&catalog).into())
}

/// What was read is a document; whether it is a catalog is for the rules to say.
fn compiled(document: &CatalogDocument) -> Result<Catalog, String> {
    Catalog::compile_with(document, &Limits::large()).map_err(|error| error.to_string())
}

/// What a file looks like whose format does not show.
fn unrecognised(name: &str, bytes: &[u8]) -> String {
    let text = match forgiving::text(name, bytes.to_vec()) {
        Ok(text) => text,
        Err(looks) => return looks,
    };
    let state = "state the format of FROM by --from";
    match forgiving::kind(&text) {
        Some("JSON") => format!("{name} looks like JSON of none of the formats; {state}"),
        Some("XML") => format!("{name} looks like a page or XML, which is none of the formats"),
        Some(table) => format!(
            "{name} looks like {table}; {state}: `table` or `curriculum` of courses, `csv` of awards, with \
             `--columns`, and \
             with `--separator` if its cells are not apart"
        ),
        None => format!("the format of {name} is not recognised: {state}"),
    }
}

fn read(path: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let read = if path == "-" { std::io::stdin().read_to_end(&mut bytes).map(|_| bytes) } else { std::fs::read(path) };
    read.map_err(|error| format!("cannot read {path}: {error}"))
}

/// What is written, and what is lost on both ways.
struct Converted {
    text: String,
    losses: Vec<Loss>,
}

impl Converted {
    fn of(mut losses: Vec<Loss>, exported: Exported) -> Self {
        losses.extend(exported.losses);
        Self { text: exported.text, losses }
    }
}

fn tell(losses: &[Loss], as_json: bool) -> Result<(), String> {
    if as_json {
        input::say(input::to_json(&losses)?);
    } else if !losses.is_empty() {
        let mut told = format!("lost: {}\n", losses.len());
        for loss in losses {
            _ = writeln!(told, "  {loss}");
        }
        input::say(told.trim_end());
    }
    Ok(())
}

fn catalog(
    asked: &Asked<'_>,
    name: &str,
    bytes: &[u8],
    from: CatalogFormat,
    to: CatalogFormat,
) -> Result<Converted, String> {
    let Imported { value: document, losses, .. } = catalog_in(asked, name, bytes, from)?;
    compiled(&document)?;
    let separator = asked.table.separator;
    Ok(match to {
        CatalogFormat::Toml => Converted { text: document.to_toml(), losses },
        CatalogFormat::Table => Converted::of(losses, catalogs::to_table(&document, separator)),
        CatalogFormat::Curriculum => {
            Converted::of(losses, catalogs::to_curriculum(&document, asked.given.get("target")))
        }
        CatalogFormat::Ctdl => {
            Converted::of(losses, catalogs::to_ctdl(&document, asked.given.get("base").unwrap_or_default()))
        }
        CatalogFormat::Badgr => Converted::of(losses, catalogs::to_badgr(&document)),
        other => return Err(format!("`{other}` cannot be written")),
    })
}

fn catalog_in(
    asked: &Asked<'_>,
    name: &str,
    bytes: &[u8],
    from: CatalogFormat,
) -> Result<Imported<CatalogDocument>, String> {
    // The files are the caller's own, so they may be large.
    let limits = Limits::large();
    let told = |error: InvalidImport| error.to_string();
    let mut pathway = PathwayOptions::default()
        .limits(limits.clone())
        .keeps_addresses(asked.given.has("keep-addresses"))
        .unstated_is_all(asked.given.has("unstated-is-all"))
        .adds_unlisted(asked.given.has("unlisted"));
    pathway.language = asked.given.get("language").map(str::to_owned);
    match from {
        CatalogFormat::Toml => {
            let text = forgiving::text(name, bytes.to_vec())?;
            let document = CatalogDocument::parse_with(name, &text, &limits).map_err(|error| error.to_string())?;
            Ok(Imported::from(document))
        }
        CatalogFormat::Table => {
            let options = CourseTableOptions::default()
                .format(asked.table)
                .limits(limits)
                .adds_unlisted(asked.given.has("unlisted"));
            catalogs::from_table(name, bytes, &options).map_err(told)
        }
        CatalogFormat::Curriculum => {
            let mut options = CurriculumOptions::default()
                .format(asked.table)
                .limits(limits)
                .adds_unlisted(asked.given.has("unlisted"));
            options.id = asked.given.get("id").map(str::to_owned);
            catalogs::from_curriculum(name, bytes, &options).map_err(told)
        }
        CatalogFormat::Ctdl => catalogs::from_ctdl(name, bytes, &pathway).map_err(told),
        CatalogFormat::Badgr => catalogs::from_badgr(name, bytes, &pathway).map_err(told),
        other => Err(format!("`{other}` cannot be read")),
    }
}

fn record(asked: &Asked<'_>, name: &str, bytes: &[u8], from: AnyFormat, to: AnyFormat) -> Result<Converted, String> {
    let limits = Limits::large();
    let catalog = |path| forgiving::catalog(path, &forgiving::read(path)?);
    let catalog = asked.given.get("catalog").map(catalog).transpose()?;
    let offset = asked.given.read("offset")?.unwrap_or(UtcOffset::UTC);
    let Imported { value: record, losses, .. } = match from {
        AnyFormat::Records(format) => {
            let mut options = RecordOptions::default().format(format).limits(limits);
            if let Some(catalog) = &catalog {
                options = options.catalog(catalog);
            }
            for (theirs, ours) in input::records::Stated::of(asked.given)?.aliases {
                options = options.alias(theirs, ours);
            }
            if format == RecordFormat::Csv {
                options = options.columns(columns::columns(asked.given, asked.table)?);
            }
            records::import(name, bytes, offset, &options).map_err(|error| error.to_string())?
        }
        AnyFormat::Record | AnyFormat::Catalog(_) => {
            Imported::from(forgiving::record(name, &forgiving::text(name, bytes.to_vec())?)?)
        }
    };
    Ok(match to {
        AnyFormat::Record => Converted { text: records::to_toml(&record), losses },
        AnyFormat::Records(RecordFormat::Clr2) => Converted::of(losses, records::to_clr(&record, offset)),
        AnyFormat::Records(RecordFormat::Csv) => Converted::of(losses, records::to_csv(&record)),
        AnyFormat::Records(other) => return Err(format!("`{other}` can be read and not written")),
        AnyFormat::Catalog(_) => return Err("a catalog cannot be made of a record".to_owned()),
    })
}
