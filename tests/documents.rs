//! Catalogs as data: every example, and every case, is the same catalog by every road.

#![allow(clippy::pedantic, reason = "tests read best as plain statements")]

use std::path::{Path, PathBuf};

use credpath::rules::{all_of, any_of, at_least, credential, credits, filter, hours, pool, up_to};
use credpath::{
    Catalog, CatalogCompiler, CatalogDocument, CheckOptions, CompareOptions, CredentialDocument, EvaluateOptions,
    FilterDocument, LearnerRecord, Limits, PoolDocument, Verdict,
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

/// The catalogs of the examples and of the worked cases.
fn texts() -> Vec<(String, String)> {
    let mut texts = Vec::new();
    let files = |folder: &str| {
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
        files.sort();
        files
    };
    for file in files("examples/catalogs").into_iter().chain(files("tests/checks")) {
        texts.push((file.display().to_string(), std::fs::read_to_string(file).unwrap()));
    }
    for file in files("tests/cases") {
        let case: toml::Table = std::fs::read_to_string(&file).unwrap().parse().unwrap();
        for key in ["catalog_text", "older_text"] {
            let text = case.get(key).and_then(|text| text.as_str());
            texts.extend(text.map(|text| (format!("{} {key}", file.display()), text.to_owned())));
        }
    }
    assert!(texts.len() > 300, "{} catalogs", texts.len());
    texts
}

#[test]
fn text_to_document_to_text_to_document_is_the_identity() {
    for (name, text) in texts() {
        let document = CatalogDocument::parse(&name, &text).unwrap_or_else(|error| panic!("{error}"));
        let written = document.to_toml();
        let again = CatalogDocument::parse(&name, &written).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(again, document, "{name}");
        assert_eq!(again.to_toml(), written, "{name}");
    }
}

#[test]
fn serde_brings_every_document_back_from_json_and_toml() {
    for (name, text) in texts() {
        let document = CatalogDocument::parse(&name, &text).unwrap();
        let json = serde_json::to_string(&document).unwrap();
        assert_eq!(serde_json::from_str::<CatalogDocument>(&json).unwrap(), document, "{name}");
        let value = serde_json::to_value(&document).unwrap();
        assert_eq!(serde_json::from_value::<CatalogDocument>(value).unwrap(), document, "{name}");
        let toml = toml::to_string(&document).unwrap();
        assert_eq!(toml::from_str::<CatalogDocument>(&toml).unwrap(), document, "{name}");
    }
}

#[test]
fn a_document_means_what_its_text_means() {
    for (name, text) in texts() {
        let read = Catalog::parse(&name, &text).unwrap();
        let compiled = Catalog::compile(&CatalogDocument::parse(&name, &text).unwrap()).unwrap();
        let ids = |catalog: &Catalog| catalog.credentials().map(|(id, _)| catalog.get(id).clone()).collect::<Vec<_>>();
        assert_eq!(ids(&read), ids(&compiled), "{name}");
        assert_eq!(read.header(), compiled.header(), "{name}");
        let day = "2026-11-29".parse().unwrap();
        let record = LearnerRecord::default();
        let (one, two) = (
            read.evaluate(&record, day, &EvaluateOptions::default()),
            compiled.evaluate(&record, day, &EvaluateOptions::default()),
        );
        for (id, _) in read.credentials().take(40) {
            let what = |audit: credpath::Audit| {
                audit
                    .rules()
                    .map(|part| (part.kind.clone(), part.need.to_string(), part.parts.len()))
                    .collect::<Vec<_>>()
            };
            assert_eq!(what(one.audit(id)), what(two.audit(id)), "{name}");
        }
    }
    let (name, text) = texts().into_iter().next().unwrap();
    let read = Catalog::parse(&name, &text).unwrap();
    let compiled = Catalog::compile(&CatalogDocument::parse(&name, &text).unwrap()).unwrap();
    let comparison = read.compare(&compiled, &CompareOptions::default());
    assert!(read.credentials().all(|(id, _)| comparison.verdict(&read.get(id).id) == Verdict::Unchanged));
}

/// As a registrar would have written it.
#[test]
fn what_is_built_is_written_as_a_person_would_write_it() {
    let mut document = CatalogDocument::default();
    document.header.title = Some("Data \"and\" law".to_owned());
    document.header.currency = Some("CAD".to_owned());
    document.header.equivalent = vec![vec!["law".to_owned(), "law-online".to_owned()]];
    let mut electives = FilterDocument::default();
    electives.tags = Some(vec!["elective".to_owned()]);
    document.pools.insert("electives".to_owned(), PoolDocument::of(electives.clone()));
    for (id, cost) in [("sql", 300), ("statistics", 450), ("law", 200), ("law-online", 150), ("capstone", 0)] {
        let mut course = CredentialDocument::default();
        course.credits = Some("7.5".parse().unwrap());
        course.cost = Some(u16::into(cost));
        course.tags = vec!["elective".to_owned()];
        document.credentials.insert(id.to_owned(), course);
    }
    let mut analyst = CredentialDocument::default();
    analyst.valid_for = Some("3 years".into());
    analyst.stack = Some(
        all_of([
            credential("capstone").within("2 years"),
            any_of(["law".into(), "statistics".into()]).name("society"),
            at_least(2).from(["sql", "statistics", "law"]),
            credits(15)
                .from([pool("electives"), up_to(7).from(filter(electives))])
                .since("2024-01-01".parse().unwrap()),
            hours(0).from(pool("electives")),
        ])
        .distinct(),
    );
    document.credentials.insert("analyst".to_owned(), analyst);
    Catalog::compile(&document).unwrap_or_else(|error| panic!("{error}"));
    let written = document.to_toml();
    assert!(
        written.starts_with(
            r#"[catalog]
title = "Data \"and\" law"
currency = "CAD"
equivalent = [["law", "law-online"]]

[pool.electives]
members = { tags = ["elective"] }

[credential.analyst]
valid_for = "3 years"
stack = { all_of = [
    { credential = "capstone", within = "2 years" },
    { any_of = ["law", "statistics"], name = "society" },
    { at_least = 2, from = ["sql", "statistics", "law"] },
    { credits = 15, from = [
        { pool = "electives" },
        { up_to = 7, from = { tags = ["elective"] } },
    ], since = 2024-01-01 },
    { hours = 0, from = "electives" },
], distinct = true }

[credential.capstone]
credits = 7.5
cost = 0
tags = ["elective"]
"#
        ),
        "{written}"
    );
}

/// Serde's readers say what is wrong in their own words; that they refuse is what counts.
#[test]
fn what_is_no_document_is_refused() {
    for text in [
        r#"{ "credentials": {} }"#,
        r#"{ "credential": { "a": { "credit": 3 } } }"#,
        r#"{ "credential": { "a": { "stack": {} } } }"#,
        r#"{ "credential": { "a": { "stack": { "all_of": [], "any_of": [] } } } }"#,
        r#"{ "credential": { "a": { "stack": { "at_least": 2 } } } }"#,
        r#"{ "credential": { "a": { "stack": { "all_of": ["b"], "from": ["b"] } } } }"#,
        r#"{ "credential": { "a": { "stack": 3 } } }"#,
        r#"{ "credential": { "a": { "credits": -3 } } }"#,
        r#"{ "credential": { "a": { "credits": 0.125 } } }"#,
        r#"{ "credential": { "a": { "offered": { "from": "2026-02-30" } } } }"#,
        r#"{ "credential": { "a": { "valid_for": { "to": "month-end" } } } }"#,
        r#"{ "pool": { "x": ["a"] } }"#,
        r#"{ "sharing": [{ "between": ["Degree"] }] }"#,
    ] {
        assert!(serde_json::from_str::<CatalogDocument>(text).is_err(), "{text}");
    }
    // Of the right shape, and without a meaning.
    for (text, path, message) in [
        (r#"{ "credential": { "a": { "stack": "b" } } }"#, "credential.a.stack", "no credential `b`"),
        (r#"{ "credential": { "a": { "valid_for": "soon" } } }"#, "credential.a.valid_for", "no length of time"),
        (
            r#"{ "credential": { "a": { "stack": { "any_of": [{ "pool": "x" }] } } } }"#,
            "credential.a.stack.any_of[0].pool",
            "no pool `x`",
        ),
        (r#"{ "credential": { "": {} } }"#, "credential.\"\"", "id"),
        (r#"{ "catalog": { "currency": "dollars" } }"#, "catalog.currency", "three capital letters"),
        (r#"{ "sharing": [{ "between": ["A", "B"] }] }"#, "sharing[0]", "needs `max_awards`"),
    ] {
        let document: CatalogDocument = serde_json::from_str(text).unwrap();
        let refused = Catalog::compile(&document).unwrap_err();
        let fault = &refused.diagnostics()[0];
        assert!(fault.message.contains(message), "{refused}");
        assert_eq!(fault.path.as_deref(), Some(path), "{refused}");
    }
}

#[test]
fn what_nests_without_end_is_refused() {
    let mut nested = any_of(["a".into()]);
    for _ in 0..2_000 {
        nested = any_of([nested]);
    }
    let mut document = CatalogDocument::default();
    document.credentials.insert("a".to_owned(), CredentialDocument::default());
    let mut deep = CredentialDocument::default();
    deep.stack = Some(nested);
    document.credentials.insert("deep".to_owned(), deep);
    let refused = Catalog::compile(&document).unwrap_err();
    let fault = &refused.diagnostics()[0];
    assert_eq!((fault.code.as_str(), fault.path.as_deref()), ("limit-exceeded", Some("credential.deep.stack")));

    let deep = format!("{}{}", r#"{ "credential": { "a": { "stack": "#, r#"{ "any_of": ["#.repeat(100_000));
    assert!(serde_json::from_str::<CatalogDocument>(&deep).is_err());
}

/// A database knows one credential after the other; what is wrong with one of many is told with its path.
#[test]
fn one_credential_of_many_is_changed() {
    let mut document = CatalogDocument::default();
    for number in 0..500 {
        let mut course = CredentialDocument::default();
        course.prerequisite = (number > 0).then(|| credential(format!("c{:03}", number - 1)));
        document.credentials.insert(format!("c{number:03}"), course);
    }
    let before = Catalog::compile(&document).unwrap();
    assert_eq!(before.edges().len(), 499);
    document.credentials.get_mut("c250").unwrap().prerequisite = Some(credential("c2490"));
    let refused = Catalog::compile(&document).unwrap_err();
    assert_eq!(refused.diagnostics().len(), 1, "{refused}");
    assert_eq!(refused.diagnostics()[0].path.as_deref(), Some("credential.c250.prerequisite"));
    assert_eq!(refused.diagnostics()[0].credential.as_deref(), Some("c250"));
    document.credentials.get_mut("c250").unwrap().prerequisite = None;
    let after = Catalog::compile(&document).unwrap();
    assert_eq!(before.compare(&after, &CompareOptions::default()).verdict("c250"), Verdict::Looser);
}

/// A list in place of a table is not taken for the values of its keys, and `null` is a key that is not given.
#[test]
fn tables_are_tables_and_nothing_is_nothing() {
    for text in [
        r#"[]"#,
        r#"{ "credential": { "a": ["Algebra"] } }"#,
        r#"{ "catalog": ["Title"] }"#,
        r#"{ "credential": { "a": { "offered": [["2026-01-01"]] } } }"#,
        r#"{ "credential": { "a": { "renewal": [10] } } }"#,
        r#"{ "credential": { "a": { "stack": { "all_of": [{ "filter": [["tag"]] }] } } } }"#,
        r#"{ "sharing": [[["A", "B"], 2]] }"#,
    ] {
        assert!(serde_json::from_str::<CatalogDocument>(text).is_err(), "{text}");
    }
    let nulls = r#"{ "credential": { "a": { "title": null, "stack":
        { "credential": "b", "grade": null, "issuer": null, "within": null, "name": null } } } }"#;
    let document: CatalogDocument = serde_json::from_str(nulls).unwrap();
    assert_eq!(document.credentials["a"].stack, Some("b".into()));
}

/// What is said of a pool where a list is asked for is refused as in TOML, not forgotten.
#[test]
fn conditions_on_a_pool_are_not_forgotten() {
    let mut document = CatalogDocument::default();
    document.pools.insert("core".to_owned(), PoolDocument::of(["a"]));
    let mut course = CredentialDocument::default();
    course.credits = Some(3.into());
    document.credentials.insert("a".to_owned(), course);
    let mut target = CredentialDocument::default();
    target.stack = Some(credits(3).from(pool("core").grade("3")));
    document.credentials.insert("t".to_owned(), target);
    let refused = Catalog::compile(&document).unwrap_err();
    assert_eq!(refused.diagnostics()[0].path.as_deref(), Some("credential.t.stack.from[0].grade"), "{refused}");
}

/// Grades that are listed as words may look like numbers.
#[test]
fn grades_that_look_like_numbers_come_back() {
    let text = "[catalog]\ngrades = [\"5.0\", \"4.0\", \"2.0\", \"1.3\"]\n[credential]\na = {}\n\
        t = { stack = { credential = \"a\", grade = 2.0 } }\nu = { stack = { credential = \"a\", grade = 1.3 } }\n";
    let catalog = Catalog::parse("c", text).unwrap();
    Catalog::compile(&catalog.document().unwrap()).unwrap_or_else(|error| panic!("{error}"));
}

/// Paths are for people: a key as long as the text is cut, however many faults are told below it.
#[test]
fn paths_stay_short() {
    let faults: String = (0..300).map(|at| format!("x{at} = 1\n")).collect();
    let text = format!("[credential.{}]\n{faults}[credential.ok]\nstack = \"nobody\"\n", "a".repeat(100_000));
    let refused = Catalog::parse("c", &text).unwrap_err();
    assert!(refused.diagnostics().len() > 100);
    for fault in refused.diagnostics() {
        assert!(fault.path.as_ref().is_none_or(|path| path.len() < 500), "{:?}", fault.path);
        assert!(fault.credential.as_ref().is_none_or(|id| id.len() <= 200));
    }
    // A limit that is met after parsing takes the paths of nothing else away.
    let windows = vec!["{ from = 2026-01-01 }"; 200].join(", ");
    let text = format!("[credential.a]\noffered = [{windows}]\n[credential.b]\nstack = \"nobody\"\n");
    let refused = Catalog::parse("c", &text).unwrap_err();
    let paths: Vec<_> = refused.diagnostics().iter().map(|fault| fault.path.as_deref().unwrap_or("none")).collect();
    assert_eq!(paths, ["credential.a.offered", "credential.b.stack"], "{refused}");
}

#[test]
fn renewals_are_edges_too() {
    let text = "credential.ethics = {}\n\
        credential.nurse = { valid_for = '2 years', renewal = { requires = 'ethics' }, prerequisite = 'ethics' }";
    let catalog = Catalog::parse("c", text).unwrap();
    let edges = catalog.required_by(catalog.credential("ethics").unwrap());
    let rules: Vec<_> = edges.iter().map(|edge| (edge.of.as_str(), edge.rule)).collect();
    let due = [("nurse", credpath::PurposeRule::Prerequisite), ("nurse", credpath::PurposeRule::Renewal)];
    assert_eq!(rules, due);
}

/// All that could show where a rule was read, and what as.
fn told(catalog: &Catalog) -> String {
    let (record, options) = (LearnerRecord::default(), EvaluateOptions::default());
    let evaluation = catalog.evaluate(&record, "2026-11-29".parse().unwrap(), &options);
    let audits: Vec<_> = catalog.credentials().map(|(id, _)| evaluation.audit(id)).collect();
    let findings = catalog.check(&CheckOptions::default().work(20_000));
    let described: Vec<_> = catalog.credentials().map(|(_, described)| described).collect();
    serde_json::to_string(&(described, audits, findings.report(), catalog.header(), catalog.sharing())).unwrap()
}

fn assert_same(compiler: &mut CatalogCompiler, document: &CatalogDocument, what: &str) {
    match (compiler.compile(document), Catalog::compile(document)) {
        (Ok(again), Ok(anew)) => {
            assert_eq!(again.fingerprint(), anew.fingerprint(), "{what}");
            assert_eq!(told(&again), told(&anew), "{what}");
        }
        (Err(again), Err(anew)) => assert_eq!(again.to_string(), anew.to_string(), "{what}"),
        (again, anew) => panic!("{what}: {:?}, and anew {:?}", again.err(), anew.err()),
    }
}

/// With `CREDPATH_SWEEP`, of every catalog.
#[test]
fn an_edited_document_is_the_catalog_that_it_is_anew() {
    let every = if std::env::var_os("CREDPATH_SWEEP").is_some() { 1 } else { 12 };
    for (name, text) in texts().into_iter().step_by(every) {
        let before = CatalogDocument::parse(&name, &text).unwrap();
        let mut compiler = CatalogCompiler::new(&Limits::default());
        let ids: Vec<&String> = before.credentials.keys().collect();
        let conferred: Vec<&CredentialDocument> =
            before.credentials.values().filter(|credential| credential.stack.is_some()).collect();
        for (number, id) in ids.iter().enumerate().step_by((ids.len() / 3).max(1)) {
            let edit = |edit: &dyn Fn(&mut CredentialDocument)| {
                let mut document = before.clone();
                edit(document.credentials.get_mut(*id).unwrap());
                document
            };
            let other = conferred.get(number % conferred.len().max(1));
            let edits = [
                before.clone(),
                edit(&|credential| credential.note = Some("of several\nlines".to_owned())),
                edit(&|credential| credential.stack = other.and_then(|other| other.stack.clone())),
                edit(&|credential| credential.tags = vec!["new".to_owned()]),
                edit(&|credential| credential.excludes = vec!["nothing".to_owned()]),
                before.clone(),
                edit(&|credential| credential.issuer = Some("somebody".to_owned())),
                edit(&|credential| credential.ids = vec!["further".to_owned()]),
                edit(&|credential| credential.stack = Some(all_of(ids.iter().map(|id| id.as_str().into())))),
            ];
            for (edit, document) in edits.iter().enumerate() {
                assert_same(&mut compiler, document, &format!("{name}, {id}, edit {edit}"));
            }
        }
        let mut fewer = before.clone();
        fewer.credentials.pop_last();
        assert_same(&mut compiler, &fewer, &name);
        let mut titled = before.clone();
        titled.header.title = Some("another".to_owned());
        assert_same(&mut compiler, &titled, &name);
    }
}

/// What one compiled catalog shares with the next stays what it was.
#[test]
fn an_edit_leaves_the_catalog_before_it_alone() {
    let text = "[catalog]\nteach_out = 2027-06-30\n[credential]\na = { cost = 3 }\nb = { stack = 'a', cost = 1 }\n\
        c = { stack = { any_of = ['a', 'b'] } }";
    let mut document = CatalogDocument::parse("c", text).unwrap();
    let mut compiler = CatalogCompiler::new(&Limits::default());
    let first = compiler.compile(&document).unwrap();
    let before = told(&first);
    document.credentials.get_mut("a").unwrap().cost = Some(4.into());
    document.credentials.get_mut("a").unwrap().note = Some("dearer".to_owned());
    let second = compiler.compile(&document).unwrap();
    assert_ne!(told(&second), before);
    assert_eq!(told(&first), before);
    assert_eq!(told(&second), told(&Catalog::compile(&document).unwrap()));
}

#[test]
fn limits_hold_for_what_is_edited_too() {
    let mut document = CatalogDocument::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }").unwrap();
    let length = document.to_toml().len();
    let bytes = Limits::default().catalog_bytes(length + 40);
    let mut compiler = CatalogCompiler::new(&bytes);
    compiler.compile(&document).unwrap();
    document.credentials.get_mut("a").unwrap().note = Some("x".repeat(30));
    compiler.compile(&document).unwrap();
    document.credentials.get_mut("a").unwrap().note = Some("x".repeat(60));
    let again = compiler.compile(&document).unwrap_err();
    assert_eq!(again.to_string(), Catalog::compile_with(&document, &bytes).unwrap_err().to_string());

    let mut deep = all_of(["a".into()]);
    for _ in 0..1000 {
        deep = all_of([deep]);
    }
    let mut compiler = CatalogCompiler::new(&Limits::default());
    document.credentials.get_mut("a").unwrap().note = None;
    compiler.compile(&document).unwrap();
    document.credentials.get_mut("b").unwrap().stack = Some(deep);
    let again = compiler.compile(&document).unwrap_err();
    assert_eq!(again.to_string(), Catalog::compile(&document).unwrap_err().to_string());
}
