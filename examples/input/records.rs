//! A learner's record in whatever it is written, by its content: TOML, JSON, a badge, a table.

use credpath::{Catalog, LearnerRecord};

use super::forgiving;

/// A record and what of the file it does not hold, to be told.
pub(crate) struct Taken {
    pub(crate) record: LearnerRecord,
    pub(crate) told: Vec<String>,
}

/// The record in a file. Ids are matched with the catalog; moments are days at the offset, or in UTC.
pub(crate) fn read(path: &str, catalog: &Catalog, offset: Option<&str>) -> Result<Taken, String> {
    let bytes = std::fs::read(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    taken(path, bytes, catalog, offset)
}

/// What stands in the bytes of a file.
pub(crate) fn taken(path: &str, bytes: Vec<u8>, catalog: &Catalog, offset: Option<&str>) -> Result<Taken, String> {
    match kind(&bytes) {
        Kind::Own => {
            let record = serde_json::from_slice(without_mark(&bytes)).map_err(|error| format!("{path}: {error}"))?;
            Ok(Taken { record, told: Vec::new() })
        }
        Kind::Badge => badge(path, &bytes, catalog, offset),
        Kind::Table => table(path, &bytes, catalog, offset),
        Kind::Text => {
            let record = forgiving::record(path, &forgiving::text(path, bytes)?)?;
            Ok(Taken { record, told: Vec::new() })
        }
    }
}

enum Kind {
    /// The crate's own record, as JSON.
    Own,
    Badge,
    /// The crate's own table.
    Table,
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
    let cells: Vec<&[u8]> = head.split(|&byte| byte == b',').map(<[u8]>::trim_ascii).collect();
    let is_heading = |cell: &&[u8]| matches!(*cell, b"credential" | b"\"credential\"");
    if cells.len() > 1 && cells.iter().any(is_heading) { Kind::Table } else { Kind::Text }
}

#[cfg(any(feature = "json", feature = "csv"))]
fn imported(
    path: &str,
    bytes: &[u8],
    offset: Option<&str>,
    options: &credpath::RecordOptions<'_>,
) -> Result<Taken, String> {
    let offset = offset.unwrap_or("+00:00");
    let offset = offset.parse().map_err(|error| format!("--offset {offset}: {error}"))?;
    let imported = credpath::records::import(path, bytes, offset, options).map_err(|error| error.to_string())?;
    let told = imported.losses.iter().map(|loss| format!("{path}: left out: {loss}")).collect();
    Ok(Taken { record: imported.value, told })
}

#[cfg(feature = "json")]
fn badge(path: &str, bytes: &[u8], catalog: &Catalog, offset: Option<&str>) -> Result<Taken, String> {
    imported(path, bytes, offset, &credpath::RecordOptions::default().catalog(catalog))
}

#[cfg(not(feature = "json"))]
fn badge(path: &str, _: &[u8], _: &Catalog, _: Option<&str>) -> Result<Taken, String> {
    Err(format!("{path} looks like a badge or a transcript; to read it, run this with `--features json`"))
}

#[cfg(feature = "csv")]
fn table(path: &str, bytes: &[u8], catalog: &Catalog, offset: Option<&str>) -> Result<Taken, String> {
    // The columns that are there say what they say; those of the table that are not there say nothing.
    let columns = credpath::RecordColumns::own().columns_may_lack(true);
    imported(path, bytes, offset, &credpath::RecordOptions::default().catalog(catalog).columns(columns))
}

#[cfg(not(feature = "csv"))]
fn table(path: &str, _: &[u8], _: &Catalog, _: Option<&str>) -> Result<Taken, String> {
    Err(format!("{path} looks like a table of awards; to read it, run this with `--features csv`"))
}
