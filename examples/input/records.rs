//! A learner's record in whatever it is written, by its content: TOML, JSON, a badge, a table.

use credpath::{Catalog, LearnerRecord};

use super::forgiving;
use super::wishes::Given;

/// What is stated of records of others.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stated {
    /// At this offset moments are days; else in UTC.
    pub(crate) offset: Option<String>,
    /// What others call credentials, and their ids here.
    pub(crate) aliases: Vec<(String, String)>,
}

impl Stated {
    pub(crate) fn of(given: &Given) -> Result<Self, String> {
        let alias = |said: &String| {
            // An address may have `=` in it, an id hardly.
            let (theirs, ours) =
                said.rsplit_once('=').filter(|(theirs, ours)| !theirs.is_empty() && !ours.is_empty())?;
            Some((theirs.to_owned(), ours.to_owned()))
        };
        let read = |said| alias(said).ok_or_else(|| format!("--alias `{said}`: write THEIRS=OURS, such as A+=aplus"));
        let aliases = given.all("alias").iter().map(read).collect::<Result<_, _>>()?;
        #[cfg(any(feature = "json", feature = "csv"))]
        given.read::<credpath::UtcOffset>("offset")?;
        Ok(Self { offset: given.get("offset").map(str::to_owned), aliases })
    }
}

/// A record and what of the file it does not hold, to be told.
pub(crate) struct Taken {
    pub(crate) record: LearnerRecord,
    pub(crate) told: Vec<String>,
}

/// The record in a file. Ids are matched with the catalog; moments are days at the offset, or in UTC.
pub(crate) fn read(path: &str, catalog: &Catalog, stated: &Stated) -> Result<Taken, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    taken(path, bytes, catalog, stated)
}

/// What stands in the bytes of a file.
pub(crate) fn taken(path: &str, bytes: Vec<u8>, catalog: &Catalog, stated: &Stated) -> Result<Taken, String> {
    match kind(&bytes) {
        Kind::Own => {
            let text = without_mark(&bytes);
            let several =
                || format!("{path} has several records, one to a line; this is about one, `cohort` about all");
            let told = |error| if is_lines(text) { several() } else { format!("{path}: {error}") };
            let record = serde_json::from_slice(text).map_err(|error: serde_json::Error| told(error))?;
            Ok(Taken { record, told: Vec::new() })
        }
        Kind::Badge => badge(path, &bytes, catalog, stated),
        Kind::Table(separator) => table(path, &bytes, catalog, stated, separator),
        Kind::Text => {
            let record = forgiving::record(path, &forgiving::text(path, bytes)?)?;
            Ok(Taken { record, told: Vec::new() })
        }
    }
}

/// Whether there are several lines, each an object.
fn is_lines(text: &[u8]) -> bool {
    let lines = || text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    lines().count() > 1 && lines().all(|line| line.starts_with(b"{") && line.ends_with(b"}"))
}

enum Kind {
    /// The crate's own record, as JSON.
    Own,
    Badge,
    /// The crate's own table, with what stands between its cells.
    Table(&'static str),
    Text,
}

/// What stands behind a byte order mark.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)
}

fn kind(bytes: &[u8]) -> Kind {
    let text = without_mark(bytes).trim_ascii_start();
    if text.starts_with(b"\x89PNG") || text.starts_with(b"eyJ") || text.starts_with(b"<svg") {
        return Kind::Badge;
    }
    if text.starts_with(b"{") || text.starts_with(b"[{") {
        let keys = ["award", "awards", "waiver", "waivers", "substitution", "substitutions", "pursued"];
        let own = serde_json::from_slice::<serde_json::Map<String, serde_json::Value>>(text);
        return match own {
            Ok(map) if map.is_empty() || map.keys().any(|key| keys.contains(&key.as_str())) => Kind::Own,
            Ok(map) if map.contains_key("@context") || map.contains_key("type") => Kind::Badge,
            Err(_) if text.starts_with(b"[{") => Kind::Badge,
            // Nothing else begins so: what is wrong with it is told as of JSON.
            Err(_) => Kind::Own,
            _ => Kind::Text,
        };
    }
    let head = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let separators = [(b',', "comma"), (b';', "semicolon"), (b'\t', "tab"), (b'|', "bar")];
    let is_own = |mark: u8| {
        let cells: Vec<&[u8]> = head.split(|&byte| byte == mark).map(<[u8]>::trim_ascii).collect();
        cells.len() > 1 && cells.iter().any(|cell| matches!(*cell, b"credential" | b"\"credential\""))
    };
    let found = separators.into_iter().find(|(mark, _)| is_own(*mark));
    found.map_or(Kind::Text, |(_, separator)| Kind::Table(separator))
}

#[cfg(any(feature = "json", feature = "csv"))]
fn imported(
    path: &str,
    bytes: &[u8],
    stated: &Stated,
    mut options: credpath::RecordOptions<'_>,
) -> Result<Taken, String> {
    for (theirs, ours) in &stated.aliases {
        options = options.alias(theirs, ours);
    }
    let offset = stated.offset.as_deref().unwrap_or("+00:00");
    let offset = offset.parse().map_err(|error| format!("--offset {offset}: {error}"))?;
    let imported = credpath::records::import(path, bytes, offset, &options).map_err(|error| error.to_string())?;
    let told = imported.losses.iter().map(|loss| format!("{path}: left out: {loss}")).collect();
    Ok(Taken { record: imported.value, told })
}

#[cfg(feature = "json")]
fn badge(path: &str, bytes: &[u8], catalog: &Catalog, stated: &Stated) -> Result<Taken, String> {
    imported(path, bytes, stated, credpath::RecordOptions::default().catalog(catalog))
}

#[cfg(not(feature = "json"))]
fn badge(path: &str, _: &[u8], _: &Catalog, _: &Stated) -> Result<Taken, String> {
    Err(format!("{path} looks like a badge or a transcript; to read it, run this with `--features json`"))
}

#[cfg(feature = "csv")]
fn table(path: &str, bytes: &[u8], catalog: &Catalog, stated: &Stated, separator: &str) -> Result<Taken, String> {
    // The columns that are there say what they say; those of the table that are not there say nothing.
    let separator = separator.parse().map_err(|error| format!("{path}: {error}"))?;
    let format = credpath::TableFormat::default().separator(separator);
    let columns = credpath::RecordColumns::own().columns_may_lack(true).format(format);
    let taken = imported(path, bytes, stated, credpath::RecordOptions::default().catalog(catalog).columns(columns))?;
    let told = taken.told.into_iter().filter(|told| !told.contains(": the table has no column `")).collect();
    Ok(Taken { told, ..taken })
}

#[cfg(not(feature = "csv"))]
fn table(path: &str, _: &[u8], _: &Catalog, _: &Stated, _: &str) -> Result<Taken, String> {
    Err(format!("{path} looks like a table of awards; to read it, run this with `--features csv`"))
}
