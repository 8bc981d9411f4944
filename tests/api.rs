//! The promises of the public surface: thread safety, formats, and that what README and guide show is real.

use std::path::Path;
use std::process::Command;

use credpath::{
    Amount, Audit, Award, AwardStatus, CalendarTerm, Catalog, Cohort, CohortOptions, CohortReport, CredentialId, Date,
    Diagnostics, EvaluateOptions, Evaluation, InvalidCatalog, InvalidRecord, LearnerRecord, Limits, Period, Plan,
    PlanOptions, PlanOutcome, Schedule, Status, StepKind,
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
    shared::<(Plan, PlanOutcome, PlanOptions, Schedule)>();
    shared::<(Cohort<'static>, CohortOptions, CohortReport)>();
    shared::<(Amount, Award, CalendarTerm, CredentialId, Date, EvaluateOptions, Limits, Period)>();
}

/// One catalog serves many threads, and all get the same answers.
#[test]
fn one_catalog_serves_many_threads() {
    let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }").unwrap();
    let date = "2026-11-22".parse().unwrap();
    let answer = |record: &LearnerRecord| {
        serde_json::to_string(&catalog.evaluate(record, date, &EvaluateOptions::default())).unwrap()
    };
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
    let evaluation = catalog.evaluate(&record, "2026-11-22".parse().unwrap(), &EvaluateOptions::default());
    assert_eq!(
        serde_json::to_string(&evaluation).unwrap(),
        r#"{"stamp":{"schema":1,"catalog":"478921cd65974f8180788d7bfe1106fd"},"as_of":"2026-11-22","view":"earned","credentials":[{"credential":"a","status":"held","first_view":"earned"},{"credential":"b","status":"qualified","first_view":"earned","qualified_since":"2026-01-01","valid_until":"2026-12-31"}],"qualified":["b"],"unknown_awards":["z"],"uncounted":[{"award":{"credential":"z","status":"completed"},"why":{"unknown-id":{}}}],"dates_are_complete":true}"#
    );
}

#[test]
fn an_audit_serializes_ids_and_exact_amounts() {
    let catalog = Catalog::parse(
        "c",
        "credential.a = { credits = 2.5 }\ncredential.b = { credits = 9 }\ncredential.s = { stack = { credits = 5, \
         from = ['a', 'b'] } }",
    )
    .unwrap();
    let record = LearnerRecord::from_iter(["a"]);
    let audit = catalog.audit(
        &record,
        "2026-11-22".parse().unwrap(),
        catalog.credential("s").unwrap(),
        &EvaluateOptions::default(),
    );
    let json = serde_json::to_value(&audit).unwrap();
    let stack = &json["stack"];
    assert_eq!((&stack["kind"], &stack["have"], &stack["need"]), (&"credits".into(), &"2.5".into(), &"5".into()));
    assert_eq!((&stack["line"], &stack["state"]), (&3.into(), &"unmet".into()));
    assert_eq!(stack["gap"]["missing"][0]["credential"], "b");
    assert_eq!(stack["gap"]["out_of"], serde_json::json!(["b"]));
    assert_eq!(stack["parts"][0]["witness"][0]["adds"], "2.5");
}

/// An exception and a claim go out and come back as documented.
#[test]
fn exceptions_and_claims_serialize_as_documented() {
    let record = LearnerRecord::parse(
        "r",
        "waiver = [{ credential = 'x', component = 'a', reason = 'moved' }]\nsubstitution = [{ use = 'b', for = 'a', \
         within = 'x' }]\naward = [{ credential = 'b' }]",
    )
    .unwrap();
    let json = serde_json::to_value(&record).unwrap();
    assert_eq!(json["waiver"], serde_json::json!([{"credential": "x", "component": "a", "reason": "moved"}]));
    assert_eq!(json["substitution"], serde_json::json!([{"use": "b", "for": "a", "within": "x"}]));
    assert_eq!(serde_json::from_value::<LearnerRecord>(json).unwrap(), record);
    for wrong in [
        r#"{"waiver": [{"credential": "x"}]}"#,
        r#"{"waiver": [{"credential": "x", "component": "a", "requirement": "b"}]}"#,
        r#"{"waiver": [{"credential": "x", "component": "a", "raeson": "b"}]}"#,
        r#"{"substitution": [{"use": "a"}]}"#,
    ] {
        assert!(serde_json::from_str::<LearnerRecord>(wrong).is_err(), "{wrong}");
    }
    let catalog = Catalog::parse(
        "c",
        "credential.a = {}\ncredential.b = {}\ncredential.x = { type = 'T', stack = 'a' }\ncredential.y = { type = \
         'T', stack = { any_of = ['a', 'b'] } }\nsharing = [{ between = ['T', 'T'], max_awards = 0 }]",
    )
    .unwrap();
    let both = [catalog.credential("x").unwrap(), catalog.credential("y").unwrap()];
    let claims = catalog.claims(
        &LearnerRecord::from_iter(["a"]),
        "2026-11-22".parse().unwrap(),
        &both,
        &EvaluateOptions::default(),
    );
    let json = serde_json::to_value(&claims).unwrap();
    assert_eq!(json["claimed"][0]["credential"], "x");
    assert_eq!(json["claimed"][0]["witness"][0]["slot"], "a");
    let conflict = &json["left_out"][0]["why"]["conflict"];
    assert_eq!((&conflict["with"], &conflict["give_up"]), (&serde_json::json!(["x"]), &serde_json::json!(["x"])));
    let over = &conflict["over"][0];
    assert_eq!((&over["between"], &over["awards"][0]["credential"]), (&serde_json::json!(["x", "y"]), &"a".into()));
    assert_eq!((&over["policy"]["max_awards"], &json["claimed"][0]["judged_on"]), (&0.into(), &"2026-11-22".into()));
    assert_eq!(json["proven"], true);
    let record = LearnerRecord { awards: vec![Award::new("b")], ..record };
    let audit = catalog.audit(&record, "2026-11-22".parse().unwrap(), both[0], &EvaluateOptions::default());
    let json = serde_json::to_value(&audit).unwrap();
    assert_eq!(json["stack"]["witness"][0]["substitutions"][0]["use"], "b");
    assert_eq!(json["substituted"][0]["for"], "a");
}

/// Exceptions are counted by learner, whatever the reason; one record does not count twice.
#[test]
fn repeated_exceptions_are_counted() {
    let waiver = |reason: &str| format!("[[waiver]]\ncredential = 'x'\nrequirement = 'core'\nreason = '{reason}'\n");
    let records: Vec<LearnerRecord> = [
        waiver("moved"),
        waiver("ill") + &waiver("moved") + "[[substitution]]\nuse = 'a'\nfor = 'b'\n",
        "[[substitution]]\nuse = 'a'\nfor = 'b'\nwithin = 'x'\n".to_owned(),
    ]
    .iter()
    .map(|text| LearnerRecord::parse("r", text).unwrap())
    .collect();
    let told: Vec<String> = credpath::repeated_exceptions(&records).iter().map(ToString::to_string).collect();
    assert_eq!(
        told,
        [
            "2 learners: waiver of `core` for `x`",
            "1 learner: `a` in place of `b`",
            "1 learner: `a` in place of `b` within `x`"
        ]
    );
}

/// A block of a text in Markdown: what kind it is, how far it is indented, and which of its like.
fn block(text: &str, kind: &str, indent: &str, number: usize) -> String {
    let from = text.split(&format!("\n{indent}```{kind}\n")).nth(number).expect("a block");
    let lines = from.split(&format!("\n{indent}```")).next().unwrap().lines();
    lines.flat_map(|line| [line.strip_prefix(indent).unwrap_or(line), "\n"]).collect()
}

/// The catalog and the record in a code; nobody's, if there is none.
fn inputs(code: &str) -> (Catalog, LearnerRecord) {
    let texts: Vec<&str> = code.split("r#\"").skip(1).map(|text| text.split("\"#").next().unwrap()).collect();
    let record =
        texts.get(1).map_or_else(LearnerRecord::default, |text| LearnerRecord::parse("record.toml", text).unwrap());
    (Catalog::parse("catalog.toml", texts[0]).unwrap(), record)
}

/// The plan that the texts show.
fn shown_plan(catalog: &Catalog, record: &LearnerRecord, target: &str) -> Plan {
    let target = catalog.credential(target).unwrap();
    let outcome = catalog.plan(record, "2026-11-22".parse().unwrap(), target, &PlanOptions::default());
    outcome.plan().unwrap().clone()
}

/// The README's code prints its two blocks of text, and its faulty catalog is rejected with the indented one.
#[test]
fn the_readme_shows_what_really_comes_out() {
    let readme = include_str!("../README.md");
    let (catalog, record) = inputs(&block(readme, "rust", "", 1));
    let audit = catalog.audit(
        &record,
        "2026-11-22".parse().unwrap(),
        catalog.credential("engineer").unwrap(),
        &EvaluateOptions::default(),
    );
    assert_eq!(audit.to_string(), block(readme, "text", "", 1));
    assert_eq!(shown_plan(&catalog, &record, "engineer").to_string(), block(readme, "text", "", 2));

    let faulty = "credential.hardware = {}\ncredential.networks = {}\n[credential.technician]\nstack = { all_of = \
                  [\"hardware\", \"netwroks\"] }\n";
    let error = Catalog::parse("catalog.toml", faulty).unwrap_err();
    assert_eq!(error.to_string(), block(readme, "text", "  ", 1));
}

/// The README names every program under `examples/` and every feature, and the files that it leads to are there.
#[test]
fn the_readme_leads_to_what_is_there() {
    let (root, readme) = (Path::new(env!("CARGO_MANIFEST_DIR")), include_str!("../README.md"));
    for entry in std::fs::read_dir(root.join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|end| end == "rs") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(readme.contains(&format!("\n| `{name}` |")), "{name}");
        }
    }
    for feature in ["rayon", "render", "json", "csv"] {
        assert!(readme.contains(&format!("`{feature}`")), "{feature}");
    }
    let linked: Vec<&str> = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(linked.len() > 4, "{linked:?}");
    for file in linked {
        assert!(root.join(file).exists(), "{file}");
    }
}

/// The guide's codes print the blocks of text that follow them.
#[test]
fn the_guide_shows_what_really_comes_out() {
    let guide = include_str!("../src/guide.md");
    let (catalog, record) = inputs(&block(guide, "rust", "", 2));
    let audit = catalog.audit(
        &record,
        "2026-11-22".parse().unwrap(),
        catalog.credential("minor").unwrap(),
        &EvaluateOptions::default(),
    );
    assert_eq!(audit.to_string(), block(guide, "text", "", 1));

    let (catalog, record) = inputs(&block(guide, "rust", "", 3));
    let plan = shown_plan(&catalog, &record, "analyst");
    assert_eq!(format!("{plan}\n{}", plan.explain(&catalog, &record).unwrap()), block(guide, "text", "", 2));
}

/// The words of the guide are those of the answers.
#[test]
fn the_guide_has_a_word_for_every_status_and_step() {
    let (_, words) = include_str!("../src/guide.md").split_once("\n## Words\n").unwrap();
    let statuses = "".parse::<Status>().unwrap_err().known;
    for name in statuses.into_iter().chain("".parse::<StepKind>().unwrap_err().known) {
        let spoken = [name.to_owned(), name.replace('-', " "), name.replace("retake", "take again")];
        assert!(spoken.iter().any(|word| words.contains(word)), "{name}");
    }
}

/// The guide's check of two versions is what the example says of them.
#[test]
fn the_guide_shows_what_a_check_prints() {
    let guide = include_str!("../src/guide.md");
    let section = guide.split("\n## Before a catalog is published\n").nth(1).expect("a section");
    let directory = std::env::temp_dir().join(format!("credpath-readme-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let newer = block(section, "toml", "", 1);
    assert!(newer.contains("credits = 24"));
    std::fs::write(directory.join("2026.toml"), newer.replace("credits = 24", "credits = 12")).unwrap();
    std::fs::write(directory.join("2027.toml"), newer).unwrap();
    let (status, told, _) = run_example_in(&directory, "check", &["2027.toml", "--against", "2026.toml"]);
    std::fs::remove_dir_all(&directory).unwrap();
    assert_eq!((status, told), (Some(1), block(section, "text", "", 1)));
}

/// Exit status, standard output and standard error of an example.
fn run_example(name: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    run_example_in(Path::new(env!("CARGO_MANIFEST_DIR")), name, arguments)
}

fn run_example_in(directory: &Path, name: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let cargo = Command::new(env!("CARGO"))
        // As CI builds them.
        .args(["run", "--quiet", "--all-features", "--profile", "test"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
        .args(["--example", name, "--"])
        .args(arguments)
        .current_dir(directory)
        .output();
    let output = cargo.unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// The help of the programs; with `UPDATE_GOLDEN` it is written anew.
#[test]
fn the_help_of_the_programs_is_as_it_was_looked_at() {
    let programs = ["advise", "page", "audit", "plan", "claims", "map", "check", "registrar", "cohort"];
    let help = |program: &str| {
        let (status, help, _) = run_example(program, &["--help"]);
        assert_eq!(status, Some(0), "{program}");
        help
    };
    let told: Vec<String> = programs.iter().map(|program| format!("== {program}\n{}", help(program))).collect();
    for (name, told) in [("help.txt", told.concat()), ("help-convert.txt", help("convert"))] {
        let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page").join(name);
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&golden, &told).unwrap();
        }
        assert_eq!(told, std::fs::read_to_string(&golden).unwrap_or_default(), "{name}");
    }
}

/// What cannot be used is refused with what would be right, and what can only be asked of a catalog needs no more than
/// it.
#[test]
fn what_a_program_cannot_use_is_refused_with_what_would_be_right() {
    let [space, learner, nursing] =
        ["examples/catalogs/hku-space.toml", "examples/records/hku-learner.toml", "examples/catalogs/nursing.toml"];
    let one = "one target is due, and 2 are named; if it is a title, put quotes: \"Data Programme\"";
    let applies = "--charset says nothing of reading toml and writing ctdl: it is for reading table, curriculum, csv; \
                   leave it \
                   out\n--column says nothing of reading toml and writing ctdl: it is for reading csv; leave it out";
    let told = [
        (
            "check",
            "--against a.toml --findings 3",
            "--findings limits the list of one catalog's findings; with --against",
        ),
        (
            "cohort",
            &format!("{nursing} x.jsonl --learners 3"),
            "--learners is for learners that are made up, and x.jsonl",
        ),
        ("cohort", nursing, "name a file of records as well, or `-` for those on standard input"),
        ("advise", &format!("{space} none Data Programme"), one),
        ("audit", &format!("{space} none Data Programme"), one),
        ("convert", &format!("{nursing} - --to ctdl --column a=b --charset utf-8"), applies),
        (
            "convert",
            &format!("{learner} - --base https://a.example/"),
            "--base says nothing of reading record and writing",
        ),
        ("convert", &format!("{nursing} nursing.odd"), "the end of nursing.odd names no format: state one by --to"),
        ("convert", &format!("{nursing} - --to csv"), "from toml to csv: a catalog cannot be made of a record"),
        ("convert", &format!("{learner} --list"), "read as a record (`record`), and --list tells the credentials of a"),
    ];
    for (program, asked, says) in told {
        let (status, _, message) = run_example(program, &asked.split(' ').collect::<Vec<_>>());
        assert!(status == Some(2) && message.contains(says), "{program} {asked}: {message}");
    }
    let list = run_example("registrar", &[nursing, "--list"]);
    assert!(
        list.0 == Some(0) && list.1.contains("\nearned by their components:\n  certificate  Practical"),
        "{}",
        list.1
    );
    assert_eq!(run_example("convert", &[nursing, "--list"]), list);
}

/// The tables of a cohort go to a folder that need not be there.
#[test]
fn the_folder_of_tables_is_made() {
    let directory = std::env::temp_dir().join(format!("credpath-tables-{}", std::process::id()));
    let folder = directory.join("all/tables");
    let (status, _, message) =
        run_example("cohort", &["--learners", "50", "--tables", folder.to_str().unwrap(), "--format", "csv"]);
    assert_eq!(status, Some(0), "{message}");
    let table = std::fs::read_to_string(folder.join("standing.csv")).unwrap();
    std::fs::remove_dir_all(&directory).unwrap();
    assert!(table.starts_with("\"credential\",\"status\",\"learners\"\n"), "{table}");
}

/// The example of plans answers and exits as it says, and so does that of advice.
#[test]
fn the_examples_of_plans_keep_their_exit_status() {
    let files = ["examples/catalogs/hku-space.toml", "examples/records/hku-learner.toml"];
    for (example, says) in
        [("plan", "no plan costs less, as far as costs are stated: proven"), ("advise", ", with 10 hours a week")]
    {
        let (status, told, _) = run_example(example, &[]);
        assert_eq!(status, Some(0));
        assert!(told.contains(says), "{told}");
        let asked = [files[0], files[1], "data-programme", "--as-of", "2026-11-22", "--format", "json"];
        let (status, json, _) = run_example(example, &asked);
        assert_eq!(status, Some(0), "{json}");
        let _: serde_json::Value = serde_json::from_str(&json).unwrap();
    }
    let json = |arguments: &[&str]| -> (Option<i32>, serde_json::Value) {
        let (status, json, message) =
            run_example("plan", &[arguments, &["--as-of", "2026-11-22", "--format", "json"]].concat());
        (status, serde_json::from_str(&json).unwrap_or_else(|_| panic!("{json} {message}")))
    };
    let (status, plan) = json(&[files[0], files[1], "diploma-professional-practice", "--objective", "hours"]);
    assert_eq!((status, plan["status"].as_str(), plan["hours"].as_str()), (Some(0), Some("proven"), Some("120")));
    assert_eq!((plan["lower_bound"].as_str(), plan["steps"][0]["credential"].is_string()), (Some("120"), true));
    let drafting = "examples/catalogs/vcc-drafting.toml";
    let (status, none) = json(&[drafting, files[1], "mechanical-engineering-technician"]);
    assert_eq!((status, none["status"].as_str()), (Some(1), Some("unattainable")), "{none}");
    let (status, open) = json(&[files[0], files[1], "diploma-professional-practice", "--work", "3"]);
    assert_eq!((status, open["status"].as_str()), (Some(1), Some("undecided")));
    let (status, _, message) = run_example("plan", &[files[0], files[1], "data-programme", "--objective", "fun"]);
    assert_eq!((status, message.contains("it is `cost`, `hours` or `credentials`")), (Some(2), true));
}

/// What a plan is best by is told in words, and other weights lead to another plan.
#[test]
fn a_plan_is_best_by_the_weights_that_are_given() {
    let directory = std::env::temp_dir().join(format!("credpath-weights-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let catalog = "[credential]\na = { cost = 300, hours = 10 }\nb = { cost = 100, hours = 40 }\n\
                   t = { cost = 0, hours = 0, stack = { any_of = ['a', 'b'] } }";
    std::fs::write(directory.join("catalog.toml"), catalog).unwrap();
    let ask = |program: &str, weights: &str| {
        let day = ["--as-of", "2026-11-22"];
        let asked = [&["catalog.toml", "none", "t", "--weights", weights], &day[..]].concat();
        run_example_in(&directory, program, &asked)
    };
    let told = [
        ("1,0,0", "take b:", "no plan weighs less, where a unit of cost weighs 1: proven"),
        ("1,10,0", "take a:", "no plan weighs less, where a unit of cost weighs 1 and an hour 10: proven"),
        (
            "2,1,5",
            "take b:",
            "no plan weighs less, where a unit of cost weighs 2, an hour 1 and a credential 5: proven",
        ),
        ("1,10,0", "without a: a weight of 100 more, with b", "  why, and what else:"),
    ];
    for (weights, step, words) in told {
        let (status, plan, message) = ask("plan", weights);
        assert!(status == Some(0) && plan.contains(step) && plan.contains(words), "{weights}: {plan} {message}");
    }
    let (status, story, message) = ask("advise", "1,10,0");
    let words = "No plan is better by its weight, where a unit of cost weighs 1 and an hour 10, as far as cost and \
                 hours are \
                 stated: that is proven.";
    assert!(
        status == Some(0) && story.contains("- Take a: 300, 10 hours") && story.contains(words),
        "{story} {message}"
    );
    for (weights, says) in [
        ("1,10", "--weights 1,10: three whole numbers up to 65,535, such as 1,10,0"),
        ("1,x,0", "--weights 1,x,0: three whole numbers"),
        ("0,0,0", "--weights 0,0,0: at least one of the three has to weigh something, such as 1,10,0"),
    ] {
        let (status, _, message) = ask("plan", weights);
        assert!(status == Some(2) && message.contains(says), "{message}");
    }
    std::fs::remove_dir_all(&directory).unwrap();
}

/// The page, the text and the data tell one story, section by section; the text is that of `advise`.
#[test]
fn a_page_can_be_had_as_text_and_as_data() {
    let page = |format: &str| {
        let (status, told, message) = run_example("page", &["--format", format]);
        assert_eq!(status, Some(0), "{message}");
        told
    };
    let (html, text, json) = (page("html"), page("text"), page("json"));
    assert_eq!(run_example("page", &[]).1, html);
    assert_eq!(run_example("advise", &[]).1, text);
    let story: serde_json::Value = serde_json::from_str(&json).unwrap();
    let mut after = [0, 0];
    for section in story["sections"].as_array().unwrap() {
        let (anchor, heading) = (section["anchor"].as_str().unwrap(), section["heading"].as_str().unwrap());
        let mut find = |told: &str, words: &str, which: usize| {
            let at = told[after[which]..].find(words).unwrap_or_else(|| panic!("no {words:?} where it is due"));
            after[which] += at;
        };
        find(&html, &format!("<section id=\"{anchor}\""), 0);
        // A text has no pictures.
        if section["blocks"].as_array().is_some_and(|blocks| !blocks.is_empty()) {
            find(&text, &format!("\n{heading}\n"), 1);
        }
    }
}

/// The example of cohorts answers and exits as it says: bad lines are reported and skipped, and count only if it is to
/// be strict.
#[test]
fn the_example_of_cohorts_keeps_its_exit_status() {
    let (status, told, progress) = run_example("cohort", &["--learners", "20000"]);
    assert_eq!(status, Some(0));
    assert!(
        told.contains("20000 learners as of 2026-11-22") && told.contains("Qualified for, though nobody has issued it"),
        "{told}"
    );
    // How far it has come is shown on a terminal, and nowhere else.
    assert_eq!(progress, "20000 made-up learners\n");
    let catalog = "examples/catalogs/comptia.toml";
    let path = std::env::temp_dir().join(format!("credpath-cohort-{}.jsonl", std::process::id()));
    let lines = [
        r#"{"id": "ana", "awards": [{"credential": "220-1101", "awarded": "2025-03-01"}, {"credential": "220-1102", "awarded": "2025-03-02"}]}"#,
        r#"{"id": "ben", "awards": [{"credential": "220-1101"}"#,
        "",
        r#"{"awards": [{"credential": "220-1102"}, {"credential": "netplus", "awarded": "2024-02-01"}, {"credential": "netwrok"}]}"#,
        r#"{"id": 7}"#,
        r#"{"id": "b", "awards": [{"credential": "220-1101"}], "awards": []}"#,
        r#"{"id": "c", "id": "d"}"#,
        r#"{"awards": [{"credential": "220-1101", "credential": "220-1102"}]}"#,
        r#"{"award": [], "awards": []}"#,
        r#"{"awrads": []}"#,
        r#" ["ana"]"#,
    ];
    // A byte order mark is no part of the first record.
    std::fs::write(&path, format!("\u{feff}{}\n", lines.join("\r\n"))).unwrap();
    let records = path.to_str().unwrap();
    let ask = |further: &[&str]| {
        run_example("cohort", &[&[catalog, records, "netplus", "--as-of", "2026-11-22"], further].concat())
    };
    let (status, json, skipped) = ask(&["--format", "json", "--until", "2027-03-31"]);
    assert_eq!(status, Some(0), "{skipped}");
    let mut told = skipped.lines().map(|line| line.split_once(".jsonl:").expect("a place").1);
    for due in [
        "2:51: skipped: EOF while parsing a list",
        "5:8: skipped: invalid type: integer `7`, expected a string",
        "6:60: skipped: duplicate field `awards`",
        "7:16: skipped: duplicate field `id`",
        "8:51: skipped: duplicate field `credential`",
        "9:22: skipped: duplicate field `awards`",
        "10:9: skipped: unknown field `awrads`, expected one of ",
        "11:2: skipped: not a JSON object",
    ] {
        assert!(told.next().is_some_and(|told| told.starts_with(due) && !told.contains("line 1")), "{due}: {skipped}");
    }
    assert_eq!(told.next(), None);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["skipped_lines"], &json["ids"]["0"], &json["report"]["learners"]),
        (&8.into(), &"ana".into(), &2.into())
    );
    let of = |id: &str| {
        json["report"]["credentials"].as_array().unwrap().iter().find(|of| of["credential"] == id).unwrap().clone()
    };
    assert_eq!((&of("aplus")["qualified"], &of("netplus")["held"]), (&serde_json::json!([0]), &serde_json::json!([1])));
    assert_eq!(json["report"]["lapses"][0]["until"], "2027-01-31");
    assert_eq!(
        json["report"]["unknown_awards"],
        serde_json::json!({ "awards": 1, "ids": [{ "id": "netwrok", "learners": 1 }], "unlisted": 0 })
    );
    let (_, text, _) = ask(&[]);
    assert!(text.contains("\nIn the records, but unknown to the catalog\n        1  `netwrok`\n"), "{text}");
    let (status, csv, _) = ask(&["--format", "csv", "--strict"]);
    assert_eq!(status, Some(1));
    for due in [r#"credential,"aplus","A+",0,1,0,0,0,0,0,1,0,1,1,0,2,false"#, r#"unknown id,"netwrok",,,,,,,,,,,,,,1,"#]
    {
        assert!(csv.lines().any(|line| line == due), "{csv}");
    }
    // The lists that are longest come first, and learners in their order.
    let lapsing = [("netplus", "02-01"), ("netplus", "01-31"), ("aplus", "01-15")];
    let lines = lapsing.map(|(id, day)| {
        format!(r#"{{"id": "{id} {day}", "awards": [{{"credential": "{id}", "awarded": "2024-{day}"}}]}}"#)
    });
    std::fs::write(&path, lines.join("\n")).unwrap();
    let (_, text, _) = ask(&[]);
    let due = "\nAwards that lapse by 2027-02-20\n        2  Network+: netplus 02-01, netplus 01-31, the first on \
               2027-01-30\n        1  A+: aplus 01-15, the first on 2027-01-14\n";
    assert!(text.contains(due), "{text}");
    // There is no day after the last one.
    let (status, text, _) = run_example("cohort", &[catalog, records, "--as-of", "9999-12-31"]);
    assert_eq!(status, Some(0));
    assert!(text.starts_with("3 learners as of 9999-12-31"), "{text}");
    let (status, _, message) = ask(&["--until", "2026-11-21"]);
    assert_eq!(
        (status, message.trim_end()),
        (Some(2), "--until 2026-11-21 is before the day of the report, 2026-11-22")
    );
    std::fs::remove_file(&path).unwrap();
    for wrong in [&["no such file", "-"][..], &[catalog, "no such file"], &[catalog], &["--format", "yaml"]] {
        assert_eq!(run_example("cohort", wrong).0, Some(2), "{wrong:?}");
    }
}

/// The example of checks answers and exits as it says: errors fail, warnings and open questions if they are denied, and
/// beside an older version only what is new.
#[test]
fn the_example_of_checks_keeps_its_exit_status() {
    let (status, told, _) = run_example("check", &[]);
    assert_eq!(status, Some(0), "what is built in is there to be looked at");
    assert!(told.contains("error[impossible-amount]"), "{told}");
    let catalog = |name: &str| format!("tests/checks/{name}.toml");
    let (error, warning, open) =
        (&*catalog("impossible-amount-1"), &*catalog("repeated-member-1"), &*catalog("unreachable-total-1"));
    let status = |arguments: &[&str]| run_example("check", arguments).0;
    assert_eq!(status(&[error]), Some(1));
    assert_eq!((status(&[warning]), status(&[warning, "--deny", "warnings"])), (Some(0), Some(1)));
    let hurried = [open, "--work", "5"];
    let (decided, told, _) = run_example("check", &[&hurried[..], &["--deny", "warnings"]].concat());
    assert_eq!((status(&hurried), decided), (Some(0), Some(1)));
    assert!(told.ends_with("unreachable-total-1.toml: 1 question undecided\n"), "{told}");

    // A catalog that is rejected has its faults in every report.
    let rejected = "tests/ui/unknown-credential-1.toml";
    for (format, due) in
        [("json", "\"unknown-credential\""), ("sarif", "\"unknown-credential\""), ("github", "::error ")]
    {
        let (status, report, told) = run_example("check", &[rejected, "--format", format]);
        assert!(status == Some(2) && report.contains(due) && told.starts_with("error[unknown-credential]"), "{report}");
    }

    // What was there before is not held against a change.
    let path = std::env::temp_dir().join(format!("credpath-check-{}.toml", std::process::id()));
    let text = std::fs::read_to_string(warning).unwrap();
    std::fs::write(&path, format!("{text}\n[credential.late]\nstack = {{ all_of = [] }}\n")).unwrap();
    let newer = path.to_str().unwrap();
    let ask =
        |format: &str| run_example("check", &[newer, "--against", warning, "--deny", "warnings", "--format", format]);
    let (status_of_change, json, _) = ask("json");
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let marks: Vec<(&str, bool)> = json["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| (finding["code"].as_str().unwrap(), finding["new"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        (status_of_change, &marks[..]),
        (Some(1), &[("repeated-member", false), ("vacuous-requirement", true)][..])
    );
    let (_, annotations, _) = ask("github");
    assert_eq!(
        (annotations.lines().count(), annotations.contains("title=vacuous-requirement::")),
        (1, true),
        "{annotations}"
    );
    let (_, sarif, _) = ask("sarif");
    let sarif: serde_json::Value = serde_json::from_str(&sarif).unwrap();
    let results = sarif["runs"][0]["results"].as_array().unwrap();
    assert_eq!((results.len(), &results[0]["ruleId"]), (1, &"vacuous-requirement".into()));
    let (_, text, _) = ask("text");
    assert!(text.contains("\nsince then: 1 new, 0 fixed\n  new warning: "), "{text}");
    std::fs::remove_file(&path).unwrap();
    let again = [open, "--against", open, "--work", "5", "--deny", "warnings"];
    assert_eq!(status(&again), Some(0), "what was open before");
    for wrong in [&["no such file"][..], &[error, "--deny", "notes"], &[error, "--format", "yaml"]] {
        assert_eq!(status(wrong), Some(2), "{wrong:?}");
    }
}

/// The example of claims answers and exits as it says.
#[test]
fn the_example_of_claims_keeps_its_exit_status() {
    let files = ["examples/catalogs/hku-space.toml", "examples/records/hku-programme-or-stack.toml"];
    let (status, told, _) = run_example("claims", &[]);
    assert_eq!(status, Some(0));
    assert!(told.contains("Programme in Data and Processes: cannot be claimed together with"), "{told}");
    let asked = [files[0], files[1], "certificate", "data-programme", "--as-of", "2026-11-22", "--format", "json"];
    let (status, json, _) = run_example("claims", &asked);
    assert_eq!(status, Some(0));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["left_out"][0]["credential"], "data-programme");
    let (status, _, message) = run_example("claims", &[files[0], files[1], "no-such-credential"]);
    assert_eq!(status, Some(2));
    assert!(message.contains("no credential"), "{message}");
}

/// The example answers and exits as it says.
#[test]
fn the_example_keeps_its_exit_status() {
    let run = |arguments: &[&str]| run_example("audit", arguments);
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
        (&[files[0], files[1], "--format", "yaml"], "it is `text` or `json`"),
    ] {
        let (status, _, message) = run(wrong);
        assert_eq!(status, Some(2), "{wrong:?}");
        assert!(message.contains(says), "{wrong:?}: {message}");
    }
}

/// An award that only the view takes as completed is told as what it is.
#[test]
fn what_a_view_takes_as_completed_is_not_told_as_awarded() {
    let text = "credential.a = {}\ncredential.b = {}\ncredential.c = {}\n\
                credential.top = { stack = { all_of = [\"a\", \"b\", \"c\"] } }\n";
    let record = "[[award]]\ncredential = \"a\"\nstatus = \"in-progress\"\n\
                  [[award]]\ncredential = \"b\"\nstatus = \"planned\"\n[[award]]\ncredential = \"c\"\n";
    let catalog = Catalog::parse("words.toml", text).unwrap();
    let record = LearnerRecord::parse("learner.toml", record).unwrap();
    let options = EvaluateOptions::default().view(credpath::View::Planned);
    let top = catalog.credential("top").unwrap();
    let told = catalog.evaluate(&record, "2026-11-25".parse().unwrap(), &options).audit(top).to_string();
    for line in ["a: in progress, taken as completed", "b: planned, taken as completed", "c: awarded, without a date"] {
        assert!(told.contains(&format!("✓ {line}\n")), "{told}");
    }
}

/// What is missing is told with the conditions on time that every place for it asks for.
#[test]
fn what_is_missing_is_told_with_its_conditions_on_time() {
    let text = r#"
        [credential]
        cpr = { title = "CPR" }
        aid = {}
        nurse = { stack = { all_of = [{ credential = "cpr", within = "1 year" }, { credential = "aid", since = 2026-01-01 }] } }
        cook = { stack = { all_of = ["aid", { credential = "aid", since = 2026-01-01 }] } }
    "#;
    let catalog = Catalog::parse("words.toml", text).unwrap();
    let told = |id: &str| {
        let audit = catalog.audit(
            &LearnerRecord::default(),
            "2026-11-25".parse().unwrap(),
            catalog.credential(id).unwrap(),
            &EvaluateOptions::default(),
        );
        audit.to_string()
    };
    let nurse = told("nurse");
    assert!(
        nurse.contains("still missing: aid (awarded 2026-01-01 or later), CPR (awarded within 1 year)\n"),
        "{nurse}"
    );
    let cook = told("cook");
    assert!(cook.contains("still missing: aid\n"), "{cook}");
}
