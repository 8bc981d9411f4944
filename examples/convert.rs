//! Catalogs and learner records from one format to another, with what is lost on the way.
//!
//! Without arguments: a built-in curriculum, as a catalog in TOML. With arguments, yours:
//! `convert FROM TO [--from FORMAT] [--to FORMAT] [--losses text|json] [--strict]`, and what the formats leave to be
//! stated: `[--separator comma|semicolon|tab|bar] [--charset utf-8|latin-1|windows-1252|utf-16le|utf-16be]
//! [--unlisted] [--unstated-is-all] [--keep-addresses] [--language TAG] [--id ID] [--target ID] [--base ADDRESS]`; of
//! records `[--offset +01:00] [--columns own|canvas|credly] [--catalog CATALOG.toml]`.
//!
//! The format that is read is told by its content, unless it is stated; the format that is written by the end of TO,
//! `.toml`, or by `--to`. `-` stands for standard input and output. What is lost is told on standard error.
//!
//! Exit status: 0 if TO was written; 1 if something would be lost and `--strict` forbids that, so that nothing was
//! written; 2 if FROM could not be read or the arguments cannot be used.

mod input;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Read as _;
use std::process::ExitCode;

use credpath::{
    Catalog, CatalogDocument, CatalogFormat, CourseTableOptions, CurriculumOptions, Exported, Imported, InvalidImport,
    LearnerRecord, Limits, Loss, PathwayOptions, RecordColumns, RecordFormat, RecordOptions, TableFormat, catalogs,
    records,
};
use input::{Answer, BuiltIn};

const USAGE: &str = "usage: convert FROM TO [--from FORMAT] [--to FORMAT] [--losses text|json] [--strict]
    [--separator comma|semicolon|tab|bar] [--charset utf-8|latin-1|windows-1252|utf-16le|utf-16be]
    [--unlisted] [--unstated-is-all] [--keep-addresses] [--language TAG] [--id ID] [--target ID] [--base ADDRESS]
    [--offset +01:00] [--columns own|canvas|credly] [--catalog CATALOG.toml]
formats of catalogs: toml, table, curriculum, ctdl, badgr
formats of records: record (TOML), clr-2, csv; to be read as well open-badges-2, open-badges-3, europass
--unlisted adds what is named and not defined; --unstated-is-all requires all where nothing says how many
--id is the id of the degree that is read, --target that of the degree that is written
--separator and --charset are those of a table; of two tables both have the separator
for example: cargo run --release --features json,csv --example convert -- examples/curricula/physics.csv physics.toml";

const CURRICULUM: BuiltIn = ("examples/curricula/physics.csv", include_str!("curricula/physics.csv"));

fn main() -> ExitCode {
    input::print(arguments().map_err(|error| format!("{error}\n{USAGE}")).and_then(|arguments| convert(&arguments)))
}

#[derive(Default)]
struct Arguments {
    paths: Vec<String>,
    from: Option<AnyFormat>,
    to: Option<AnyFormat>,
    /// What is said by an option without a value.
    flags: BTreeSet<String>,
    table: TableFormat,
    language: Option<String>,
    id: Option<String>,
    target: Option<String>,
    base: String,
    offset: Option<String>,
    columns: Option<String>,
    catalog: Option<String>,
}

impl Arguments {
    fn has(&self, flag: &str) -> bool {
        self.flags.contains(flag)
    }
}

/// A format of catalogs or of records.
#[derive(Clone, Copy, PartialEq, Eq)]
enum AnyFormat {
    Catalog(CatalogFormat),
    /// The crate's own.
    Record,
    Records(RecordFormat),
}

impl AnyFormat {
    fn named(name: &str) -> Result<Self, String> {
        let own = (name == "record").then_some(Self::Record);
        let known = own.or_else(|| name.parse().ok().map(Self::Catalog));
        let known = known.or_else(|| name.parse().ok().map(Self::Records));
        known.ok_or_else(|| format!("no format `{name}`"))
    }
}

/// A value out of several words.
fn one_of<T: Copy>(words: &[(&str, T)], given: &str) -> Result<T, String> {
    let known = words.iter().find(|(word, _)| *word == given).map(|(_, value)| *value);
    let names: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    known.ok_or_else(|| format!("it is one of {}, not `{given}`", names.join(", ")))
}

fn arguments() -> Result<Arguments, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("from") => arguments.from = Some(AnyFormat::named(&parser.value()?.string()?)?),
            Long("to") => arguments.to = Some(AnyFormat::named(&parser.value()?.string()?)?),
            Long("losses") => {
                if one_of(&[("text", false), ("json", true)], &parser.value()?.string()?)? {
                    arguments.flags.insert("losses-as-json".to_owned());
                }
            }
            Long(flag @ ("strict" | "unlisted" | "unstated-is-all" | "keep-addresses" | "help")) => {
                arguments.flags.insert(flag.to_owned());
            }
            Long("separator") => {
                arguments.table = arguments.table.separator(parser.value()?.parse()?);
            }
            Long("charset") => {
                arguments.table = arguments.table.charset(parser.value()?.parse()?);
            }
            Long("language") => arguments.language = Some(parser.value()?.string()?),
            Long("id") => arguments.id = Some(parser.value()?.string()?),
            Long("target") => arguments.target = Some(parser.value()?.string()?),
            Long("base") => arguments.base = parser.value()?.string()?,
            Long("offset") => arguments.offset = Some(parser.value()?.string()?),
            Long("columns") => arguments.columns = Some(parser.value()?.string()?),
            Long("catalog") => arguments.catalog = Some(parser.value()?.string()?),
            Short('h') => {
                arguments.flags.insert("help".to_owned());
            }
            Value(word) => arguments.paths.push(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(arguments)
}

fn convert(arguments: &Arguments) -> Result<Answer, String> {
    if arguments.has("help") {
        return Ok(USAGE.to_owned().into());
    }
    let (name, bytes, to_path) = match &arguments.paths[..] {
        [] => (CURRICULUM.0, CURRICULUM.1.as_bytes().to_vec(), "-"),
        [from, to] => (from.as_str(), read(from)?, to.as_str()),
        _ => return Err(USAGE.to_owned()),
    };
    let recognised = || {
        let catalog = catalogs::recognise(&bytes).map(AnyFormat::Catalog);
        catalog.or_else(|| records::recognise(&bytes).map(AnyFormat::Records))
    };
    let from = arguments.from.or_else(recognised).ok_or("the format of FROM is not recognised: state it by --from")?;
    let to = arguments.to.or_else(|| own_format(from, to_path)).ok_or("state the format of TO by --to")?;
    let Converted { text, losses } = match (from, to) {
        (AnyFormat::Catalog(from), AnyFormat::Catalog(to)) => catalog(arguments, name, &bytes, from, to)?,
        (AnyFormat::Record | AnyFormat::Records(_), AnyFormat::Record | AnyFormat::Records(_)) => {
            record(arguments, name, &bytes, from, to)?
        }
        _ => return Err("a catalog cannot be made of a record, or a record of a catalog".to_owned()),
    };
    tell(&losses, arguments.has("losses-as-json"))?;
    if arguments.has("strict") && !losses.is_empty() {
        return Ok(Answer { text: String::new(), found: false });
    }
    if to_path == "-" {
        return Ok(text.into());
    }
    std::fs::write(to_path, text).map_err(|error| format!("cannot write {to_path}: {error}"))?;
    Ok(String::new().into())
}

/// TOML, if the file says so or there is none.
fn own_format(from: AnyFormat, path: &str) -> Option<AnyFormat> {
    let is_toml = path == "-" || std::path::Path::new(path).extension().is_some_and(|end| end == "toml");
    is_toml.then_some(match from {
        AnyFormat::Catalog(_) => AnyFormat::Catalog(CatalogFormat::Toml),
        AnyFormat::Record | AnyFormat::Records(_) => AnyFormat::Record,
    })
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
    arguments: &Arguments,
    name: &str,
    bytes: &[u8],
    from: CatalogFormat,
    to: CatalogFormat,
) -> Result<Converted, String> {
    let Imported { value: document, losses, .. } = catalog_in(arguments, name, bytes, from)?;
    // What was read is a document; whether it is a catalog is for the rules to say.
    Catalog::compile_with(&document, &Limits::large()).map_err(|error| error.to_string())?;
    let separator = arguments.table.separator;
    Ok(match to {
        CatalogFormat::Toml => Converted { text: document.to_toml(), losses },
        CatalogFormat::Table => Converted::of(losses, catalogs::to_table(&document, separator)),
        CatalogFormat::Curriculum => {
            Converted::of(losses, catalogs::to_curriculum(&document, arguments.target.as_deref()))
        }
        CatalogFormat::Ctdl => Converted::of(losses, catalogs::to_ctdl(&document, &arguments.base)),
        CatalogFormat::Badgr => Converted::of(losses, catalogs::to_badgr(&document)),
        other => return Err(format!("`{other}` cannot be written")),
    })
}

fn catalog_in(
    arguments: &Arguments,
    name: &str,
    bytes: &[u8],
    from: CatalogFormat,
) -> Result<Imported<CatalogDocument>, String> {
    // The files are the caller's own, so they may be large.
    let limits = Limits::large();
    let told = |error: InvalidImport| error.to_string();
    let mut pathway = PathwayOptions::default()
        .limits(limits.clone())
        .keeps_addresses(arguments.has("keep-addresses"))
        .unstated_is_all(arguments.has("unstated-is-all"))
        .adds_unlisted(arguments.has("unlisted"));
    pathway.language.clone_from(&arguments.language);
    match from {
        CatalogFormat::Toml => {
            let text = std::str::from_utf8(bytes).map_err(|error| format!("{name} is not UTF-8: {error}"))?;
            let document = CatalogDocument::parse_with(name, text, &limits).map_err(|error| error.to_string())?;
            Ok(Imported::from(document))
        }
        CatalogFormat::Table => {
            let options = CourseTableOptions::default()
                .format(arguments.table)
                .limits(limits)
                .adds_unlisted(arguments.has("unlisted"));
            catalogs::from_table(name, bytes, &options).map_err(told)
        }
        CatalogFormat::Curriculum => {
            let mut options = CurriculumOptions::default()
                .format(arguments.table)
                .limits(limits)
                .adds_unlisted(arguments.has("unlisted"));
            options.id.clone_from(&arguments.id);
            catalogs::from_curriculum(name, bytes, &options).map_err(told)
        }
        CatalogFormat::Ctdl => catalogs::from_ctdl(name, bytes, &pathway).map_err(told),
        CatalogFormat::Badgr => catalogs::from_badgr(name, bytes, &pathway).map_err(told),
        other => Err(format!("`{other}` cannot be read")),
    }
}

fn record(
    arguments: &Arguments,
    name: &str,
    bytes: &[u8],
    from: AnyFormat,
    to: AnyFormat,
) -> Result<Converted, String> {
    let limits = Limits::large();
    let catalog = match &arguments.catalog {
        Some(path) => {
            let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
            Some(Catalog::parse_with(path, &text, &limits).map_err(|error| error.to_string())?)
        }
        None => None,
    };
    let offset =
        arguments.offset.as_deref().unwrap_or("+00:00").parse().map_err(|error| format!("--offset: {error}"))?;
    let Imported { value: record, losses, .. } = match from {
        AnyFormat::Records(format) => {
            let mut options = RecordOptions::default().format(format).limits(limits);
            if let Some(catalog) = &catalog {
                options = options.catalog(catalog);
            }
            if let Some(columns) = &arguments.columns {
                options = options.columns(columns_named(columns)?);
            }
            records::import(name, bytes, offset, &options).map_err(|error| error.to_string())?
        }
        AnyFormat::Record | AnyFormat::Catalog(_) => {
            let text = std::str::from_utf8(bytes).map_err(|error| format!("{name} is not UTF-8: {error}"))?;
            let record = LearnerRecord::parse_with(name, text, &limits).map_err(|error| error.to_string())?;
            Imported::from(record)
        }
    };
    Ok(match to {
        AnyFormat::Record => {
            let text = toml::to_string(&record).map_err(|error| error.to_string())?;
            Converted { text, losses }
        }
        AnyFormat::Records(RecordFormat::Clr2) => Converted::of(losses, records::to_clr(&record, offset)),
        AnyFormat::Records(RecordFormat::Csv) => Converted::of(losses, records::to_csv(&record)),
        AnyFormat::Records(other) => return Err(format!("`{other}` can be read and not written")),
        AnyFormat::Catalog(_) => return Err("a catalog cannot be made of a record".to_owned()),
    })
}

fn columns_named(name: &str) -> Result<RecordColumns, String> {
    match name {
        "own" => Ok(RecordColumns::own()),
        "canvas" => Ok(RecordColumns::canvas_grades()),
        "credly" => Ok(RecordColumns::credly()),
        other => Err(format!("no columns `{other}`; there is `own`, `canvas` and `credly`")),
    }
}
