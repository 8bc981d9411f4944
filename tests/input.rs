//! What the programs under `examples/` understand of what people give them.

#[path = "../examples/input/mod.rs"]
mod input;

use std::collections::BTreeMap;

use credpath::{Catalog, EvaluateOptions, LearnerRecord};
use input::{Input, forgiving};

fn catalog() -> Catalog {
    let text = r#"
        [credential]
        sql = { title = "Databases" }
        statistics = { title = "Statistics" }
        SQL-2 = { title = "Databases II" }
        maths-a = { title = "Mathematics" }
        maths-b = { title = "Mathematics" }
        odd = { title = "sql" }
        analyst = { title = "Data Analyst", stack = { all_of = ["sql", "statistics"] } }
        technician = { stack = { all_of = ["sql", "maths-a"] } }
    "#;
    Catalog::parse("catalog.toml", text).unwrap()
}

#[test]
fn a_credential_goes_by_its_id_or_its_title_in_any_case() {
    let catalog = catalog();
    let found = |given: &str| forgiving::credential(&catalog, given).map(|id| catalog.get(id).id.clone());
    for (given, id) in [
        ("analyst", "analyst"),
        ("Data Analyst", "analyst"),
        ("data analyst", "analyst"),
        (" ANALYST ", "analyst"),
        ("sql-2", "SQL-2"),
        ("databases ii", "SQL-2"),
        // An id comes before a title.
        ("sql", "sql"),
    ] {
        assert_eq!(found(given), Ok(id.to_owned()), "{given}");
    }
    for (given, says) in [
        ("Mathematics", "`Mathematics` is the name of several credentials; name one by its id: maths-a, maths-b"),
        ("SQL", "`SQL` is the name of several credentials; name one by its id: odd, sql"),
        ("statisitcs", "the catalog has no credential `statisitcs`; did you mean `statistics`?"),
        ("maths-c", "the catalog has no credential `maths-c`"),
        ("astronomy", "the catalog has no credential `astronomy`"),
        ("", "the catalog has no credential ``"),
    ] {
        assert_eq!(found(given), Err(says.to_owned()), "{given}");
    }
}

#[test]
fn who_names_no_target_is_told_which_there_are() {
    let mut input = Input {
        catalog: catalog(),
        record: LearnerRecord::default(),
        as_of: "2026-11-22".parse().unwrap(),
        options: EvaluateOptions::default(),
        targets: Vec::new(),
        built_in: false,
        nobody: false,
        json: false,
        further: BTreeMap::new(),
    };
    let told = input.target("analyst", "usage: …").unwrap_err();
    assert_eq!(told, "no target is named; the catalog confers\n  analyst  Data Analyst\n  technician\nusage: …");
    input.targets = vec!["data analyst".to_owned()];
    assert_eq!(input.target("analyst", "usage: …").ok(), input.catalog.credential("analyst"));

    let many: Vec<String> = (0..40).map(|number| format!("credential.c{number} = {{}}\n")).collect();
    let told = forgiving::list(&Catalog::parse("many.toml", &many.concat()).unwrap());
    assert!(told.starts_with("the catalog has\n  c0\n  c1\n  c10\n") && told.ends_with("\n  and 10 more"), "{told}");
}

#[test]
fn a_file_that_is_no_text_is_told_as_what_it_looks_like() {
    let told = |bytes: &[u8]| forgiving::text("file", bytes.to_vec());
    for (bytes, says) in [
        (&b"\xFF\xFEc\0a\0"[..], "a text in UTF-16"),
        (b"\xFE\xFF\0c\0a", "a text in UTF-16"),
        (b"c\0r\0e\0", "a text in UTF-16"),
        (b"PK\x03\x04rest", "a spreadsheet, a document or an archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"a = 1\nb = 'caf\xE9'", "a text in Windows-1252 or the like (line 2 has a byte that UTF-8 has not)"),
    ] {
        assert_eq!(told(bytes), Err(format!("file looks like {says}; save it as plain text in UTF-8")));
    }
    assert_eq!(told("title = 'café'".as_bytes()), Ok("title = 'café'".to_owned()));
    assert_eq!(told(b""), Ok(String::new()));
}

#[test]
fn a_text_that_is_no_toml_is_told_as_what_it_looks_like() {
    let json = "{\"credential\": {\"a\": {}}}";
    let csv = "learner,course,date\nana,SQL,2026-01-01\nben,SQL,2026-01-02\n";
    for (text, looks) in [
        (json, "looks like JSON, and TOML is due"),
        (" [\n{\"id\": 1}]", "looks like JSON"),
        ("\u{feff}[]\n,", "looks like JSON"),
        (csv, "looks like a table of comma-separated values"),
        ("code;title\nA;B\n", "looks like a table of comma-separated values"),
        ("<html>", "looks like a page or XML"),
    ] {
        let told = forgiving::catalog("given", text).unwrap_err();
        assert!(told.starts_with("given ") && told.contains(looks), "{text}: {told}");
        let told = forgiving::record("given", text).unwrap_err();
        assert!(told.contains(looks), "{text}: {told}");
    }
    // What is TOML, but for a slip, is told of as such.
    for text in ["[credential.a\ntitle = 'A'", "credential.a = {,\n", "title\n", "a, b\nc = 1"] {
        let told = forgiving::catalog("given", text).unwrap_err();
        assert!(told.starts_with("error[syntax]"), "{text}: {told}");
    }
    assert!(forgiving::record("given", "award = []").is_ok());
}

/// The help of each program has an example, of files that are there.
#[test]
fn every_help_has_an_example() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for entry in std::fs::read_dir(root.join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (_, example) = source.split_once("\nfor example: ").unwrap_or_else(|| panic!("{name} shows no example"));
        let (example, _) = example.split_once('"').unwrap();
        assert!(example.split_whitespace().any(|word| word == name), "{name}: {example}");
        for file in example.split_whitespace().filter(|word| word.starts_with("examples/")) {
            assert!(root.join(file).exists(), "{name}: {file}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}
