//! The promises of the public surface: thread safety, formats, and that what the README shows is real.

use std::path::Path;
use std::process::Command;

use credpath::{
    Amount, Audit, Award, AwardStatus, Catalog, CredentialId, Date, Diagnostics, EvaluateOptions, Evaluation,
    InvalidCatalog, InvalidRecord, LearnerRecord, Limits, Period,
};

#[test]
fn everything_can_be_sent_and_shared() {
    fn shared<T: Send + Sync + 'static>() {}
    shared::<Catalog>();
    shared::<LearnerRecord>();
    shared::<Audit>();
    shared::<Evaluation<'static>>();
    shared::<InvalidCatalog>();
    shared::<InvalidRecord>();
    shared::<Diagnostics>();
    shared::<(Amount, Award, CredentialId, Date, EvaluateOptions, Limits, Period)>();
}

/// One catalog serves many threads, and all get the same answers.
#[test]
fn one_catalog_serves_many_threads() {
    let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }").unwrap();
    let date = "2026-11-22".parse().unwrap();
    let answer = |record: &LearnerRecord| serde_json::to_string(&catalog.evaluate(record, date)).unwrap();
    let record = LearnerRecord::from_iter(["a"]);
    let expected = answer(&record);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| answer(&record))).collect();
        assert!(threads.into_iter().all(|thread| thread.join().unwrap() == expected));
    });
}

#[test]
fn a_record_comes_through_serde() {
    let json = r#"{"awards": [
        {"credential": "a", "awarded": "2025-05-01", "credits": 22.5, "hours": "820", "grade": 68, "issuer": "x"},
        {"credential": "b", "status": "in-progress", "valid_until": "2026-01-31", "grade": "C+"}
    ]}"#;
    let record: LearnerRecord = serde_json::from_str(json).unwrap();
    let toml = r#"
        [[award]]
        credential = "a"
        awarded = 2025-05-01
        credits = 22.5
        hours = 820
        grade = 68
        issuer = "x"
        [[award]]
        credential = "b"
        status = "in-progress"
        valid_until = 2026-01-31
        grade = "C+"
    "#;
    assert_eq!(record, LearnerRecord::parse("record.toml", toml).unwrap());
    assert_eq!(record.awards[1].status, AwardStatus::InProgress);
    let again: LearnerRecord = serde_json::from_str(&serde_json::to_string(&record).unwrap()).unwrap();
    assert_eq!(record, again);
    for wrong in [
        r#"{"awards": [{"credential": "a", "awarded": "2025-02-30"}]}"#,
        r#"{"awards": [{"credential": "a", "credits": 0.125}]}"#,
        r#"{"awards": [{"credential": "a", "credits": -1}]}"#,
        r#"{"awards": [{"credential": "a", "credits": 1e300}]}"#,
        r#"{"awards": [{"credential": "a", "satus": "planned"}]}"#,
        r#"{"awards": [{}]}"#,
    ] {
        assert!(serde_json::from_str::<LearnerRecord>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn an_evaluation_serializes_as_documented() {
    let catalog =
        Catalog::parse("c", "credential.a = { valid_for = '1 year' }\ncredential.b = { stack = 'a' }").unwrap();
    let record =
        LearnerRecord::parse("r", "award = [{ credential = 'a', awarded = 2026-01-01 }, { credential = 'z' }]")
            .unwrap();
    let evaluation = catalog.evaluate(&record, "2026-11-22".parse().unwrap());
    assert_eq!(
        serde_json::to_string(&evaluation).unwrap(),
        r#"{"as_of":"2026-11-22","credentials":[{"id":"a","status":"Held"},{"id":"b","status":"Qualified","qualified_since":"2026-01-01","valid_until":"2026-12-31"}],"qualified":["b"],"unknown_awards":["z"]}"#
    );
}

#[test]
fn an_audit_serializes_ids_and_exact_amounts() {
    let catalog = Catalog::parse(
        "c",
        "credential.a = { credits = 2.5 }\ncredential.b = { credits = 9 }\ncredential.s = { stack = { credits = 5, from = ['a', 'b'] } }",
    )
    .unwrap();
    let record = LearnerRecord::from_iter(["a"]);
    let audit = catalog.audit(&record, "2026-11-22".parse().unwrap(), catalog.credential("s").unwrap());
    let json = serde_json::to_value(&audit).unwrap();
    let stack = &json["stack"];
    assert_eq!((&stack["kind"], &stack["have"], &stack["need"]), (&"credits".into(), &"2.5".into(), &"5".into()));
    assert_eq!((&stack["line"], &stack["state"]), (&3.into(), &"unmet".into()));
    assert_eq!(stack["gap"]["missing"][0]["credential"], "b");
    assert_eq!(stack["gap"]["out_of"], serde_json::json!(["b"]));
    assert_eq!(stack["parts"][0]["witness"][0]["adds"], "2.5");
}

/// The README's first code prints the first block of text, and its faulty catalog is rejected with the second.
#[test]
fn the_readme_shows_what_really_comes_out() {
    let readme = include_str!("../README.md");
    let block = |start: &str, indent: &str| -> String {
        let from = readme.split(&format!("{indent}```{start}\n")).nth(1).expect("a block");
        let lines = from.split(&format!("\n{indent}```")).next().unwrap().lines();
        lines.flat_map(|line| [line.strip_prefix(indent).unwrap_or(line), "\n"]).collect()
    };
    let code = block("rust", "");
    let texts: Vec<&str> = code.split("r#\"").skip(1).map(|text| text.split("\"#").next().unwrap()).collect();
    let catalog = Catalog::parse("catalog.toml", texts[0]).unwrap();
    let record = LearnerRecord::parse("record.toml", texts[1]).unwrap();
    let audit = catalog.audit(&record, "2026-11-22".parse().unwrap(), catalog.credential("engineer").unwrap());
    assert_eq!(audit.to_string(), block("text", ""));

    let faulty = "credential.hardware = {}\ncredential.networks = {}\n[credential.technician]\nstack = { all_of = [\"hardware\", \"netwroks\"] }\n";
    let error = Catalog::parse("catalog.toml", faulty).unwrap_err();
    assert_eq!(error.to_string(), block("text", "  "));
}

/// The example answers and exits as it says.
#[test]
fn the_example_keeps_its_exit_status() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let run = |arguments: &[&str]| {
        let cargo = Command::new(env!("CARGO"))
            .args(["run", "--quiet", "--example", "audit", "--"])
            .args(arguments)
            .current_dir(root)
            .output();
        let output = cargo.unwrap();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let files = ["examples/catalogs/comptia.toml", "examples/records/comptia-technician.toml"];
    let (status, told, _) = run(&[]);
    assert_eq!(status, Some(0));
    assert!(told.contains("IT Operations Specialist") && told.contains("2027-01-09"), "{told}");
    assert_eq!(run(&["--help"]).0, Some(0));
    let (status, json, _) = run(&[files[0], files[1], "--as-of", "2026-11-22", "--format", "json"]);
    assert_eq!(status, Some(0));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["qualified"], serde_json::json!(["cios"]));
    let (status, json, _) = run(&[files[0], files[1], "csis", "--as-of", "2026-11-22", "--format", "json"]);
    assert_eq!(status, Some(0));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["stack"]["gap"]["missing"][0]["credential"], "secplus");
    for (wrong, says) in [
        (&["README.md", files[1]][..], "error[syntax]"),
        (&[files[0], files[0]], "error[unknown-key]"),
        (&[files[0]], "usage:"),
        (&["no such file", files[1]], "cannot read"),
        (&[files[0], files[1], "no-such-credential"], "no credential"),
        (&[files[0], files[1], "--as-of", "yesterday"], "yesterday"),
        (&[files[0], files[1], "--format", "yaml"], "no format"),
    ] {
        let (status, _, message) = run(wrong);
        assert_eq!(status, Some(2), "{wrong:?}");
        assert!(message.contains(says), "{wrong:?}: {message}");
    }
}
