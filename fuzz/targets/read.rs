//! Inputs that are bytes of others: whatever they are, they are read or refused; and what was read says the same
//! however it is written.

use credpath::{
    Catalog, CatalogDocument, CheckOptions, CourseTableOptions, CurriculumOptions, Diagnostics, InvalidCatalog,
    InvalidImport, LearnerRecord, Limits, PathwayOptions, RecordColumns, RecordFormat, RecordOptions, Separator,
    UtcOffset, catalogs, records,
};

/// What a service would allow, and smaller: a fuzzer gets nowhere with large inputs.
fn limits() -> Limits {
    let mut limits = Limits::default();
    (limits.catalog_bytes, limits.record_bytes) = (64 << 10, 64 << 10);
    (limits.credentials, limits.requirement_nodes) = (500, 5_000);
    limits
}

/// What is told of a fault is told in every form, and nothing of it lies outside the text.
fn told(report: &Diagnostics) {
    assert!(!report.as_slice().is_empty(), "refused without a reason");
    let (text, length) = (report.to_string(), report.text().len());
    assert!(!text.is_empty());
    for diagnostic in report.as_slice() {
        assert!(diagnostic.primary.span.end <= length, "a place outside the text: {text}");
    }
    serde_json::to_string(report).expect("a report is data");
    serde_json::to_string(&report.sarif()).expect("SARIF is data");
    let _ = report.github().to_string();
}

/// A document says the same as a text, as JSON, and as the catalog that it makes.
fn same_everywhere(document: &CatalogDocument) {
    let refused = |invalid: &InvalidCatalog| told(invalid.report());
    let catalog = match Catalog::compile_with(document, &limits()) {
        Ok(catalog) => catalog,
        Err(invalid) => return refused(&invalid),
    };
    let text = document.to_toml();
    let again = CatalogDocument::parse("again", &text).expect("what was compiled is a catalog as text");
    assert_eq!(again.to_toml(), text, "what is read again is written as it was");
    let parsed = Catalog::parse("again", &text).expect("what was compiled is a catalog as text");
    assert_eq!(parsed.fingerprint(), catalog.fingerprint());
    let json = serde_json::to_string(document).expect("a document is data");
    assert_eq!(&serde_json::from_str::<CatalogDocument>(&json).expect("it was written"), document);
    let own = catalog.document().expect("it was compiled from one");
    assert_eq!(own.to_toml(), text);
}

/// A text that may be a catalog.
pub fn catalog(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match Catalog::parse_with("catalog.toml", text, &limits()) {
        Err(invalid) => told(invalid.report()),
        Ok(catalog) => {
            let document = CatalogDocument::parse_with("catalog.toml", text, &limits()).expect("it makes a catalog");
            same_everywhere(&document);
            let mut options = CheckOptions::default();
            options.work = 20_000;
            let _ = catalog.check(&options).to_string();
            let required: usize = catalog.credentials().map(|(id, _)| catalog.requires(id).len()).sum();
            assert_eq!(catalog.edges().len(), required);
        }
    }
}

/// A text that may be a learner record; what is read is refused by no other road.
pub fn record(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    match LearnerRecord::parse_with("record.toml", text, &limits()) {
        Err(invalid) => told(invalid.report()),
        Ok(record) => {
            record.check().expect("what a text may say");
            let json = serde_json::to_string(&record).expect("a record is data");
            assert_eq!(serde_json::from_str::<LearnerRecord>(&json).expect("it was written"), record);
        }
    }
    if let Ok(record) = serde_json::from_str::<LearnerRecord>(text) {
        record.check().expect("serde refuses what a text may not say");
    }
}

/// A document in JSON.
pub fn document(data: &[u8]) {
    if let Ok(document) = serde_json::from_slice::<CatalogDocument>(data) {
        same_everywhere(&document);
    }
}

/// Formats of others: the first byte says which. What is read is what a text could say, and is written again.
pub fn imports(data: &[u8]) {
    let Some((&choice, bytes)) = data.split_first() else { return };
    let (limits, zone) = (limits(), UtcOffset::UTC);
    let options = RecordOptions::default().limits(limits.clone());
    let format = |format| records::import("x", bytes, zone, &options.clone().format(format));
    let table = |columns| records::import("x", bytes, zone, &options.clone().columns(columns));
    let pathway = PathwayOptions::default().limits(limits.clone());
    match choice % 12 {
        0 => a_record(format(RecordFormat::OpenBadges2).map(|read| read.value)),
        1 => a_record(format(RecordFormat::OpenBadges3).map(|read| read.value)),
        2 => a_record(format(RecordFormat::Clr2).map(|read| read.value)),
        3 => a_record(format(RecordFormat::Europass).map(|read| read.value)),
        4 => a_record(table(RecordColumns::own()).map(|read| read.value)),
        5 => a_record(table(RecordColumns::credly()).map(|read| read.value)),
        6 => a_record(records::import("x", bytes, zone, &options).map(|read| read.value)),
        7 => a_catalog(catalogs::from_ctdl("x", bytes, &pathway).map(|read| read.value)),
        8 => a_catalog(catalogs::from_ctdl("x", bytes, &pathway.adds_unlisted(true)).map(|read| read.value)),
        9 => a_catalog(catalogs::from_badgr("x", bytes, &pathway).map(|read| read.value)),
        10 => {
            let options = CurriculumOptions::default().limits(limits);
            a_catalog(catalogs::from_curriculum("x", bytes, &options).map(|read| read.value));
        }
        _ => {
            let options = CourseTableOptions::default().limits(limits);
            a_catalog(catalogs::from_table("x", bytes, &options).map(|read| read.value));
        }
    }
}

fn a_record(read: Result<LearnerRecord, InvalidImport>) {
    match read {
        Err(invalid) => told(invalid.report()),
        Ok(record) => {
            record.check().expect("an import says nothing that a text may not say");
            let _ = records::to_clr(&record, UtcOffset::UTC);
            let _ = records::to_csv(&record);
        }
    }
}

fn a_catalog(read: Result<CatalogDocument, InvalidImport>) {
    match read {
        Err(invalid) => told(invalid.report()),
        Ok(document) => {
            same_everywhere(&document);
            let _ = catalogs::to_ctdl(&document, "https://example.org/");
            let _ = catalogs::to_badgr(&document);
            let _ = catalogs::to_curriculum(&document, None);
            let _ = catalogs::to_table(&document, Separator::Comma);
        }
    }
}
