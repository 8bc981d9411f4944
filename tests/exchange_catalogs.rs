//! Catalogs of others, in and out: each format, its traps, and what comes back of what was written.

#![allow(clippy::pedantic, reason = "tests read best as plain statements")]

#[path = "reference/mod.rs"]
mod reference;

#[path = "exchange/catalogs_contrary.rs"]
mod contrary;
#[path = "exchange/catalogs_hostile.rs"]
mod hostile;
#[path = "exchange/catalogs_out.rs"]
mod out;
#[path = "exchange/pathways.rs"]
mod pathways;
#[path = "exchange/shaped.rs"]
mod shaped;
#[path = "exchange/tables.rs"]
mod tables;

use std::path::Path;

use credpath::{Catalog, CatalogDocument, CheckOptions, CompareOptions, Comparison, Imported, InvalidImport, Severity};

/// A fixture.
fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange/catalogs");
    std::fs::read(folder.join(name)).unwrap()
}

fn compiled(document: &CatalogDocument) -> Catalog {
    Catalog::compile(document).unwrap_or_else(|error| panic!("{error}"))
}

/// What was imported, its losses as text.
fn value(imported: Result<Imported<CatalogDocument>, InvalidImport>) -> (CatalogDocument, Vec<String>) {
    let imported = imported.unwrap_or_else(|error| panic!("{error}"));
    (imported.value, imported.losses.iter().map(ToString::to_string).collect())
}

fn compared(older: &CatalogDocument, newer: &CatalogDocument) -> Comparison {
    compiled(older).compare(&compiled(newer), &CompareOptions::default())
}

/// The codes of what a check finds that is worse than a note.
fn found(document: &CatalogDocument) -> Vec<String> {
    let findings = compiled(document).check(&CheckOptions::default());
    assert!(findings.undecided().is_empty());
    let worse = findings.as_slice().iter().filter(|finding| finding.severity != Severity::Note);
    worse.map(|finding| format!("{} {}", finding.code, finding.credential.as_deref().unwrap_or(""))).collect()
}
