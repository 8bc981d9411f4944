//! What format a catalog has, by its content.

use crate::value::names::named;

/// A format of catalogs.
///
/// ```
/// use credpath::CatalogFormat;
///
/// assert_eq!("ctdl".parse(), Ok(CatalogFormat::Ctdl));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum CatalogFormat {
    /// The crate's own.
    Toml,
    /// A plain table of courses.
    Table,
    /// A curriculum in the table of Curricular Analytics.
    Curriculum,
    /// A pathway in CTDL.
    Ctdl,
    /// A pathway of Badgr.
    Badgr,
}

impl CatalogFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::Toml, Self::Table, Self::Curriculum, Self::Ctdl, Self::Badgr];
}

named!(CatalogFormat, "format of catalogs":
    Toml = "toml",
    Table = "table",
    Curriculum = "curriculum",
    Ctdl = "ctdl",
    Badgr = "badgr",
);

/// The format of a catalog, by its content; `None` if it is none that is known. That does not say that it can be read.
///
/// Pathways are told by the terms that they use, curricula by the row that begins with `Course ID`, and a plain table
/// by a first row with a column `id`, whatever separates its columns; how to read it is to be stated all the same.
///
/// ```
/// use credpath::{CatalogFormat, catalogs};
///
/// assert_eq!(catalogs::recognise(b"[credential.sql]"), Some(CatalogFormat::Toml));
/// assert_eq!(catalogs::recognise(b"id;title\nsql;SQL"), Some(CatalogFormat::Table));
/// assert_eq!(catalogs::recognise(br#"{ "elements": [{ "elementId": "a" }] }"#), Some(CatalogFormat::Badgr));
/// assert_eq!(catalogs::recognise(b"Dear all,"), None);
/// ```
#[must_use]
pub fn recognise(bytes: &[u8]) -> Option<CatalogFormat> {
    // Whatever marks a format is ASCII: of UTF-16 the other bytes are taken out.
    let text: Vec<u8> = bytes.iter().copied().filter(|&byte| byte != 0 && byte.is_ascii()).collect();
    let text = String::from_utf8_lossy(&text);
    let text = text.trim_start();
    let is_json =
        text.starts_with('{') || text.strip_prefix('[').is_some_and(|rest| rest.trim_start().starts_with('{'));
    if is_json {
        let has = |terms: &[&str]| terms.iter().any(|term| text.contains(term));
        return if has(&["ceterms:", "purl.org/ctdl/terms/", "credreg.net/ctdl/"]) {
            Some(CatalogFormat::Ctdl)
        } else {
            has(&["\"elementId\"", "\"junctionConfig\"", "\"rootElement\""]).then_some(CatalogFormat::Badgr)
        };
    }
    let mut lines = text.lines().map(str::trim);
    let first = lines.clone().find(|line| !line.is_empty())?;
    let is_toml = |line: &str| {
        let line = line.trim_start_matches('[').trim_start();
        let rest = ["catalog", "credential", "pool", "sharing"].into_iter().find_map(|key| line.strip_prefix(key));
        rest.is_some_and(|rest| rest.trim_start().starts_with(['.', '=', ']']))
    };
    let is_named = |cell: &str, name: &str| cell.trim().trim_matches('"').eq_ignore_ascii_case(name);
    let mut cells = first.split([',', ';', '\t', '|']);
    if lines.any(|line| line.trim_start_matches('"').to_ascii_lowercase().starts_with("course id")) {
        Some(CatalogFormat::Curriculum)
    } else if cells.any(|cell| is_named(cell, "id")) {
        Some(CatalogFormat::Table)
    } else {
        text.lines().any(|line| is_toml(line.trim())).then_some(CatalogFormat::Toml)
    }
}
