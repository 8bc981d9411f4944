//! What people mean by what they give: a credential by its title or its id, and files that are none of TOML.

use std::fmt::Write as _;

use credpath::{Catalog, Code, CredentialId, Date, Diagnostics, EvaluateOptions, LearnerRecord, Limits, WhyUncounted};

/// So many credentials are listed where none is named.
const LISTED: usize = 30;

/// The credential of that id or that title, in any case; with a misspelt one, the one that was clearly meant is told.
pub(crate) fn credential(catalog: &Catalog, given: &str) -> Result<CredentialId, String> {
    if let Some(id) = catalog.credential(given) {
        return Ok(id);
    }
    let given = given.trim();
    let named = |alike: &dyn Fn(&str) -> bool| -> Vec<CredentialId> {
        let all = catalog.credentials();
        all.filter(|(_, one)| alike(&one.title) || alike(&one.id)).map(|(id, _)| id).collect()
    };
    let exact = named(&|name| name == given);
    let found = if exact.is_empty() { named(&|name| same(name, given)) } else { exact };
    match found[..] {
        [one] => Ok(one),
        [] => {
            let meant = meant(catalog, given).map(|id| format!("; did you mean `{id}`?")).unwrap_or_default();
            Err(format!("the catalog has no credential `{given}`{meant}"))
        }
        _ => {
            let ids: Vec<&str> = found.iter().map(|&id| catalog.get(id).id.as_str()).collect();
            Err(format!("`{given}` is the name of several credentials; name one by its id: {}", ids.join(", ")))
        }
    }
}

fn same(name: &str, given: &str) -> bool {
    name.to_lowercase() == given.to_lowercase()
}

/// What a misspelt id was clearly meant to be, as it is told of ids in records.
fn meant(catalog: &Catalog, given: &str) -> Option<String> {
    let record = LearnerRecord::from_iter([given]);
    let evaluation = catalog.evaluate(&record, Date::new(2000, 1, 1)?, &EvaluateOptions::default());
    evaluation.uncounted().iter().find_map(|award| match &award.why {
        WhyUncounted::UnknownId { nearest } => nearest.clone(),
        _ => None,
    })
}

/// What can be asked for: what the catalog confers or, if that is nothing, all of it.
pub(crate) fn list(catalog: &Catalog) -> String {
    let conferred: Vec<CredentialId> =
        catalog.credentials().map(|(id, _)| id).filter(|&id| catalog.is_conferred(id)).collect();
    let (all, of) = if conferred.is_empty() {
        (catalog.credentials().map(|(id, _)| id).collect(), "has")
    } else {
        (conferred, "confers")
    };
    let mut told = format!("the catalog {of}");
    for &id in all.iter().take(LISTED) {
        let credential = catalog.get(id);
        let title = if credential.title == credential.id { String::new() } else { format!("  {}", credential.title) };
        _ = write!(told, "\n  {}{title}", credential.id);
    }
    if all.len() > LISTED {
        _ = write!(told, "\n  and {} more", all.len() - LISTED);
    }
    told
}

/// All credentials: what is taken, then what is conferred, each with its id and its title.
pub(crate) fn list_all(catalog: &Catalog) -> String {
    let mut told = String::new();
    for (heading, conferred) in [("taken", false), ("earned by their components", true)] {
        let of = catalog.credentials().filter(|&(id, _)| catalog.is_conferred(id) == conferred);
        let lines: Vec<String> = of.map(|(_, one)| format!("  {}  {}", one.id, one.title)).collect();
        if !lines.is_empty() {
            _ = writeln!(told, "{heading}:\n{}", lines.join("\n"));
        }
    }
    if told.is_empty() { "the catalog has no credentials".to_owned() } else { told }
}

/// The catalog in a text, or all that is wrong with it.
pub(crate) fn catalog(path: &str, text: &str) -> Result<Catalog, String> {
    // The files are the caller's own, so they may be large.
    let catalog = Catalog::parse_with(path, text, &Limits::large());
    let catalog = catalog.map_err(|error| faults(path, text, error.report()))?;
    not_empty(path, catalog)
}

/// A catalog, unless there is nothing in it: of nothing there is nothing to be told, and nothing is right.
pub(crate) fn not_empty(path: &str, catalog: Catalog) -> Result<Catalog, String> {
    if catalog.credentials().next().is_none() {
        return Err(format!("{path} is a catalog without credentials; each is a table such as `[credential.sql]`"));
    }
    Ok(catalog)
}

/// The record in a text, or all that is wrong with it.
pub(crate) fn record(path: &str, text: &str) -> Result<LearnerRecord, String> {
    LearnerRecord::parse_with(path, text, &Limits::large()).map_err(|error| faults(path, text, error.report()))
}

/// What is wrong with a text; where it is none of TOML, what it looks like in place of what TOML has to say of it.
fn faults(path: &str, text: &str, found: &Diagnostics) -> String {
    looks(path, text, found).unwrap_or_else(|| found.to_string())
}

/// What a text looks like in which not even TOML was found, and what to do with it.
pub(crate) fn looks(path: &str, text: &str, found: &Diagnostics) -> Option<String> {
    found.as_slice().iter().any(|fault| fault.code == Code::Syntax).then(|| looks_like(path, text)).flatten()
}

/// The text of a file, or what it is instead.
pub(crate) fn read(path: &str) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    text(path, bytes)
}

/// The text that bytes are in UTF-8, or what else they look like.
pub(crate) fn text(path: &str, bytes: Vec<u8>) -> Result<String, String> {
    let none = |looks: &str| Err(format!("{path} looks like {looks}; save it as plain text in UTF-8"));
    match &bytes[..] {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] | [_, 0, _, 0, ..] | [0, _, 0, _, ..] => return none("a text in UTF-16"),
        [b'P', b'K', 3, 4, ..] => return none("a spreadsheet, a document or an archive"),
        [b'%', b'P', b'D', b'F', ..] => return none("a PDF"),
        _ => {}
    }
    String::from_utf8(bytes).or_else(|error| {
        let (at, bytes) = (error.utf8_error().valid_up_to(), error.as_bytes());
        let line = bytes[..at].split(|&byte| byte == b'\n').count();
        none(&format!("a text in Windows-1252 or the like (line {line} has a byte that UTF-8 has not)"))
    })
}

fn looks_like(path: &str, text: &str) -> Option<String> {
    let (looks, from) = match kind(text)? {
        "JSON" => ("JSON", ""),
        "XML" => return Some(format!("{path} looks like a page or XML, and TOML is due")),
        table => (table, " --from table"),
    };
    Some(format!(
        "{path} looks like {looks}, and TOML is due; if it is in a format that can be read, \
         `cargo run --features json,csv --example convert -- {path} NEW.toml{from}` makes TOML of it (`--from \
         curriculum` if it is a curriculum, `--from csv` if it is a record)"
    ))
}

/// What a text looks like, if it is none of TOML.
pub(crate) fn kind(text: &str) -> Option<&'static str> {
    let text = text.trim_start_matches('\u{feff}').trim_start();
    if is_json(text) {
        Some("JSON")
    } else if is_table(text) {
        Some("a table of comma-separated values")
    } else {
        text.starts_with('<').then_some("XML")
    }
}

/// A table of TOML begins with a word in brackets, a list of JSON with what a list can hold.
fn is_json(text: &str) -> bool {
    let within = text.strip_prefix('[').map(str::trim_start);
    text.starts_with('{') || within.is_some_and(|rest| rest.starts_with(['{', ']']))
}

/// Lines of several cells, as many in each, and no `=` between a key and a value.
fn is_table(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(3).collect();
    let Some(head) = lines.first().filter(|head| !head.contains('=') && !head.starts_with(['[', '#'])) else {
        return false;
    };
    let cells = |line: &str, separator: char| line.matches(separator).count();
    [',', ';', '\t'].into_iter().any(|separator| {
        cells(head, separator) > 0 && lines.iter().all(|line| cells(line, separator) >= cells(head, separator))
    })
}
