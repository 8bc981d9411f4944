//! The JSON Schemas under `examples/schemas`: made from the types that serde reads and writes, which have the keys of
//! the reader; every example passes, and no text does in which a key is unknown.

#![allow(clippy::pedantic, reason = "tests read best as plain statements")]
#![allow(unreachable_pub, reason = "the parts of a test program are shared between its files")]

#[path = "schemas/forms.rs"]
mod forms;
#[path = "schemas/sources.rs"]
mod sources;
#[path = "schemas/validate.rs"]
mod validate;
#[path = "schemas/written.rs"]
mod written;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use forms::file_of;
use serde_json::Value;
use sources::{Body, Content, Described, types};
use syn::Type;
use validate::Schema;
use written::Writer;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The types that are written as a whole, with the names of their files: whatever is stamped, outcomes in which that
/// stands, options, limits, catalogs and records.
fn whole(types: &BTreeMap<String, Described>) -> BTreeMap<String, String> {
    let is_named = |ty: &Type, names: &[&str]| {
        let Type::Path(path) = ty else { return false };
        path.path.segments.last().is_some_and(|last| names.iter().any(|name| last.ident == name))
    };
    let lib = std::fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let words: BTreeSet<&str> = lib.split(|c: char| !c.is_alphanumeric()).collect();
    let is_whole = |name: &str, described: &Described| match &described.body {
        Body::Struct(fields) => {
            let stamped = fields
                .iter()
                .any(|field| ["stamp", "older"].contains(&&*field.name) && is_named(&field.ty, &["Stamp"]));
            let diagnosed = name == "DiagnosticsReport";
            stamped
                || diagnosed
                || ["CatalogDocument", "LearnerRecord", "Limits"].contains(&name)
                || name.ends_with("Options")
        }
        Body::Enum(variants) => {
            name.ends_with("Outcome")
                && variants.iter().any(|variant| match &variant.content {
                    Content::Newtype(ty) => !is_named(ty, &["String"]),
                    _ => false,
                })
        }
        _ => false,
    };
    // How files of others are read is no part of an answer, and does not go through serde.
    let exchange = ["RecordOptions", "CourseTableOptions", "CurriculumOptions", "PathwayOptions"];
    let of_whole = types.iter().filter(|(name, described)| words.contains(name.as_str()) && is_whole(name, described));
    let named = of_whole.filter(|(name, _)| !exchange.contains(&name.as_str()));
    named.map(|(name, _)| (name.clone(), file_of(name))).collect()
}

/// All of them, by their files, made once.
fn made() -> &'static BTreeMap<String, Value> {
    static MADE: LazyLock<BTreeMap<String, Value>> = LazyLock::new(|| {
        let types = types();
        let writer = Writer::new(&types);
        whole(&types).into_iter().map(|(name, file)| (file.clone(), writer.schema(&name, &file))).collect()
    });
    &MADE
}

/// With `UPDATE_GOLDEN` they are written anew.
#[test]
fn the_schemas_are_those_of_the_types() {
    let folder = root().join("examples/schemas");
    let mut wrong = Vec::new();
    let made = made();
    for (file, schema) in made {
        let path = folder.join(format!("{file}.json"));
        let text = serde_json::to_string_pretty(schema).unwrap() + "\n";
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(&path, text).unwrap();
        } else if std::fs::read_to_string(&path).ok().as_ref() != Some(&text) {
            wrong.push(path);
        }
    }
    assert!(wrong.is_empty(), "not as the types are; look at them and set UPDATE_GOLDEN: {wrong:?}");
    for path in files(&folder, "json") {
        let file = path.file_stem().unwrap().to_str().unwrap().to_owned();
        assert!(made.contains_key(&file), "{} is of no type", path.display());
    }
}

fn keys(schema: &Value, definition: &str) -> BTreeSet<String> {
    let properties = schema["definitions"][definition]["properties"].as_object().or(schema["properties"].as_object());
    properties.unwrap().keys().cloned().collect()
}

/// What the reader of texts knows is what serde reads, and so what the schemas say.
#[test]
fn the_schemas_have_the_keys_of_the_reader() {
    let made = made();
    let (catalog, record) = (&made["catalog"], &made["record"]);
    let told = |file: &str, tables: &[&str]| -> BTreeSet<String> {
        tables.iter().flat_map(|constant| sources::table(file, constant)).collect()
    };
    assert_eq!(keys(catalog, "CredentialDocument"), told("catalog/document.rs", &["CREDENTIAL_KEYS"]));
    assert_eq!(keys(catalog, "HeaderDocument"), told("catalog/document.rs", &["HEADER_KEYS"]));
    assert_eq!(keys(catalog, "FilterDocument"), told("catalog/filter.rs", &["FILTERS"]));
    assert_eq!(keys(catalog, "SharingDocument"), told("catalog/sharing_tables.rs", &["KEYS"]));
    let mut requirement = told("catalog/requirement.rs", &["OPERATORS", "CONDITIONS", "UNFOLDED"]);
    requirement.extend(["from", "name", "span", "distinct", "average"].map(str::to_owned));
    assert_eq!(keys(catalog, "RequirementDocument"), requirement);
    assert_eq!(keys(record, "Award"), told("record/award.rs", &["KEYS"]));
    assert_eq!(keys(record, "Pursuit"), told("record/pursuit.rs", &["KEYS"]));
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.extension().is_some_and(|of| of == extension));
    found.sort();
    found
}

/// TOML as JSON, dates as texts: as editors see it.
fn as_json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(list) => list.into_iter().map(as_json).collect(),
        toml::Value::Table(table) => table.into_iter().map(|(key, value)| (key, as_json(value))).collect(),
    }
}

fn faults(schema: &Schema, path: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(path).unwrap();
    let value: toml::Value = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    schema.faults(&as_json(value))
}

#[test]
fn every_example_passes() {
    let made = made();
    for (folder, file) in [("catalogs", "catalog"), ("records", "record")] {
        let schema = Schema::new(made[file].clone(), true);
        let paths = files(&root().join("examples").join(folder), "toml");
        assert!(!paths.is_empty());
        for path in paths {
            assert_eq!(faults(&schema, &path), Vec::<String>::new(), "{}", path.display());
        }
    }
}

#[test]
fn catalogs_that_are_read_pass() {
    let schema = Schema::new(made()["catalog"].clone(), true);
    let mut seen = 0;
    for path in files(&root().join("tests/checks"), "toml") {
        assert_eq!(faults(&schema, &path), Vec::<String>::new(), "{}", path.display());
        seen += 1;
    }
    assert!(seen > 100);
}

/// The texts with which the reader's messages on unknown keys are shown, and each with one mistake of its own.
#[test]
fn what_has_an_unknown_key_fails() {
    let made = made();
    let [catalog, record] = ["catalog", "record"].map(|file| Schema::new(made[file].clone(), false));
    let mut seen = 0;
    for path in files(&root().join("tests/ui"), "toml") {
        let name = path.file_name().unwrap().to_str().unwrap();
        if !["unknown-key", "wrong-type", "missing-key"].iter().any(|code| name.starts_with(code)) {
            continue;
        }
        let schema = if name.ends_with(".record.toml") { &record } else { &catalog };
        let found = faults(schema, &path);
        assert!(!found.is_empty(), "{name} passes");
        seen += usize::from(name.starts_with("unknown-key"));
    }
    assert!(seen >= 9, "{seen}");
    for (text, fault) in [
        ("credential.a = { stack = { all_of = ['b'], from = ['c'] } }", "must not stand"),
        ("credential.a = { stack = { credential = 'b', distinct = true } }", "must not stand"),
        ("credential.a = { stack = { all_of = ['b'], any_of = ['c'] } }", "must not stand"),
        ("credential.a = { stack = { at_least = 2 } }", "is missing"),
        ("credential.a = { stack = { name = 'all' } }", "none of what can stand"),
        ("credential.a = { stack = { all_of = ['b'], average = 2.5 } }", "must not stand"),
        ("credential.a = { credits = -1 }", "too small"),
        ("credential.a = { offered = { from = 'soon' } }", "none of what can stand"),
        ("credentials.a = {}", "an unknown key"),
    ] {
        let found = catalog.faults(&as_json(toml::from_str(text).unwrap()));
        assert!(found.iter().any(|told| told.contains(fault)), "{text}: {found:?}");
    }
}
