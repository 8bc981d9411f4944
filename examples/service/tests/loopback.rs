//! The service, asked by a real client over the loopback.

mod kit;

use std::fs;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use credpath::{Catalog, CatalogDocument, EvaluateOptions, LearnerRecord, PlanOptions, RenewalOptions};
use credpath_service::{ServiceOptions, Store};
use serde_json::{Value, json};

use kit::{Outcome, Running, hard};

const RULES: &str = r#"
    catalog.currency = "CAD"
    [credential]
    sql = { title = "SQL", cost = 100, hours = 40, valid_for = "3 years" }
    python = { title = "Python", cost = 300, hours = 60, tags = ["code"] }
    statistics = { title = "Statistics", cost = 250, hours = 50, prerequisite = "sql" }
    analyst = { title = "Analyst", cost = 25, stack = { all_of = ["sql", { any_of = ["python", "statistics"] }] } }
    [pool.electives]
    members = ["python", "statistics"]
    [[sharing]]
    between = ["Certificate", "Degree"]
    max_awards = 2
"#;
const RECORD: &str = "award = [{ credential = 'sql', awarded = 2025-05-01, grade = 'B', credits = 4.5 }]";
const DAY: &str = "2026-11-22";

/// What the library says, as the service would write it.
fn library(answer: impl serde::Serialize) -> Result<Value, serde_json::Error> {
    serde_json::to_value(answer)
}

fn with_ada() -> Result<Running, Box<dyn std::error::Error>> {
    let service = Running::in_memory()?;
    service.put_catalog(RULES)?;
    service.ask("PUT", "/learners/ada", RECORD)?.good()?;
    Ok(service)
}

#[test]
fn rows_are_the_document_to_the_last_key() -> Outcome {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../catalogs");
    let mut seen = 0;
    for entry in fs::read_dir(examples)? {
        let text = fs::read_to_string(entry?.path())?;
        let document = CatalogDocument::parse("example", &text)?;
        let file = tempfile(&format!("rows-{seen}"));
        let in_force = Running::with_file(&file)?.put_catalog(&text)?;
        // Another process: whatever is known now was in rows.
        let again = Running::with_file(&file)?;
        assert_eq!(again.in_force()?, in_force);
        let told = again.get("/catalog")?;
        assert_eq!(serde_json::from_value::<CatalogDocument>(told["document"].clone())?, document);
        seen += 1;
    }
    assert!(seen > 5, "the examples have moved");
    Ok(())
}

#[test]
fn answers_are_those_of_the_library() -> Outcome {
    let service = with_ada()?;
    // What comes from rows has its lines where the document has them.
    let catalog = Catalog::compile(&CatalogDocument::parse("body", RULES)?)?;
    let record = LearnerRecord::parse("body", RECORD)?;
    let analyst = catalog.credential("analyst").ok_or("defined above")?;
    let day = DAY.parse()?;
    assert_eq!(service.get("/learners/ada")?, library(&record)?);
    let status = service.get(&format!("/learners/ada/status?as_of={DAY}"))?;
    assert_eq!(status, library(catalog.evaluate(&record, day, &EvaluateOptions::default()))?);
    let audit = service.get(&format!("/learners/ada/audits/analyst?as_of={DAY}"))?;
    assert_eq!(audit["audit"], library(catalog.audit(&record, day, analyst, &EvaluateOptions::default()))?);
    assert!(audit["text"].as_str().is_some_and(|text| text.contains("still missing")), "{audit}");
    let options = PlanOptions::default();
    let question = json!({ "target": "analyst", "as_of": DAY }).to_string();
    let next = service.ask("POST", "/learners/ada/next-steps", &question)?.good()?;
    let mut expected = library(catalog.next_steps(&record, day, analyst, &options))?;
    // What was asked stands in the answer: the service allows more work than the library by default.
    expected["steps"]["plan"]["options"]["work"] = next["steps"]["plan"]["options"]["work"].clone();
    assert_eq!(next, expected);
    let renewals = service.get(&format!("/learners/ada/renewals?as_of={DAY}&until=2029-01-01"))?;
    let until = "2029-01-01".parse()?;
    assert_eq!(renewals, library(catalog.renewals(&record, day, until, &RenewalOptions::default()))?);
    let check = service.get(&format!("/catalog/check?as_of={DAY}"))?;
    assert_eq!((check["diagnostics"].is_array(), check["undecided"].is_array()), (true, true));
    let rules = service.get("/catalog/credentials/statistics")?;
    assert_eq!((&rules["document"]["cost"], &rules["document"]["prerequisite"]), (&json!("250"), &json!("sql")));
    assert_eq!(rules["required_by"].as_array().map(Vec::len), Some(1), "{rules}");
    Ok(())
}

#[test]
fn plans_outlive_the_process_and_their_catalog() -> Outcome {
    let file = tempfile("plans");
    let service = Running::with_file(&file)?;
    let before = service.put_catalog(RULES)?;
    service.ask("PUT", "/learners/ada", RECORD)?.good()?;
    let question = json!({ "target": "analyst", "as_of": DAY }).to_string();
    let planned = service.ask("POST", "/learners/ada/plans", &question)?.good()?;
    assert_eq!(planned["outcome"]["plan"]["cost"], json!("275"));
    let id = planned["id"].as_i64().ok_or("no number")?;
    drop(service);

    let service = Running::with_file(&file)?;
    assert_eq!(service.get(&format!("/plans/{id}"))?, planned["outcome"]);
    let verified = service.get(&format!("/plans/{id}/verification"))?;
    assert_eq!(verified, json!({ "holds": true, "made_under": before, "in_force": true }));
    // Under a new catalog it is still what it was under its own, and told apart.
    service.put_catalog(&RULES.replace("cost = 250", "cost = 500"))?;
    let verified = service.get(&format!("/plans/{id}/verification"))?;
    assert_eq!(verified, json!({ "holds": true, "made_under": before, "in_force": false }));
    // The learner has what was planned by now: nothing of it is needed.
    let more = RECORD.replace("[{", "[{ credential = 'analyst', awarded = 2026-01-01 }, {");
    service.ask("PUT", "/learners/ada", &more)?.good()?;
    let verified = service.get(&format!("/plans/{id}/verification"))?;
    assert_eq!(verified["holds"], json!(false), "{verified}");
    assert_eq!(service.ask("GET", "/plans/99/verification", "")?.status, 404);
    Ok(())
}

#[test]
fn a_new_version_is_compared_before_it_is_taken() -> Outcome {
    let service = with_ada()?;
    let mut held = LearnerRecord::from_iter(["sql", "statistics"]);
    held.awards[0].grade = Some("A".to_owned());
    service.ask("PUT", "/learners/bob", &serde_json::to_string(&held)?)?.good()?;
    let stricter = RULES.replace("{ any_of = [\"python\", \"statistics\"] }", "\"python\"");
    let compared = service.ask("POST", &format!("/catalog/comparison?as_of={DAY}"), &stricter)?.good()?;
    assert_eq!(compared["replaces"], json!(service.in_force()?));
    assert!(compared["comparison"].to_string().contains("stricter"), "{compared}");
    let lost = &compared["impact"]["groups"][0];
    assert_eq!((&lost["affected"][0]["learner"], &lost["learners"]), (&json!("bob"), &json!(1)), "{compared}");
    assert!(compared["findings"]["new"].is_array(), "{compared}");

    // Somebody else was quicker: what was compared is not what is in force.
    let path = format!("/catalog?replaces={}", compared["replaces"].as_str().ok_or("a fingerprint")?);
    let one = json!({ "title": "Python", "cost": 320 }).to_string();
    let edited = path.replace("/catalog?", "/catalog/credentials/python?");
    service.ask("PUT", &edited, &one)?.good()?;
    let refused = service.ask("PUT", &path, &stricter)?;
    assert_eq!((refused.status, &refused.body["fault"]), (409, &json!("replaced")));
    assert_eq!(service.get("/catalog/credentials/python")?["document"]["cost"], json!("320"));
    Ok(())
}

/// One credential after another is edited: what is in force is what the whole document makes, after a fault as well.
#[test]
fn an_edited_credential_makes_the_catalog_of_the_whole_document() -> Outcome {
    let service = with_ada()?;
    let mut document = CatalogDocument::parse("rules", RULES)?;
    let put = |id: &str, text: &str| -> Result<kit::Answer, Box<dyn std::error::Error>> {
        service.ask("PUT", &format!("/catalog/credentials/{id}?replaces={}", service.in_force()?), text)
    };
    for (id, edited, status) in [
        ("python", json!({ "title": "Python", "cost": 320 }), 200),
        ("analyst", json!({ "title": "Analyst", "stack": { "all_of": ["sql", "python"] } }), 200),
        ("analyst", json!({ "title": "Analyst", "stack": { "all_of": ["sql", "pyhton"] } }), 422),
        ("sql", json!({ "title": "SQL", "cost": 90 }), 200),
        // An id that there was not.
        ("ethics", json!({ "prerequisite": "analyst" }), 200),
        ("python", json!({ "title": "Python 3", "prerequisite": "sql" }), 200),
    ] {
        let answer = put(id, &edited.to_string())?;
        assert_eq!(answer.status, status, "{id}: {answer:?}");
        if status == 200 {
            document.credentials.insert(id.to_owned(), serde_json::from_value(edited)?);
            assert_eq!(answer.body["fingerprint"], json!(Catalog::compile(&document)?.fingerprint()), "{id}");
        } else {
            assert_eq!(
                answer.body["diagnostics"]["diagnostics"][0]["path"],
                json!("credential.analyst.stack.all_of[1]")
            );
        }
    }
    let told = service.get("/catalog")?;
    assert_eq!(serde_json::from_value::<CatalogDocument>(told["document"].clone())?, document);
    let status = service.get(&format!("/learners/ada/status?as_of={DAY}"))?;
    let catalog = Catalog::compile(&document)?;
    let record = LearnerRecord::parse("ada", RECORD)?;
    assert_eq!(status, library(catalog.evaluate(&record, DAY.parse()?, &EvaluateOptions::default()))?);
    Ok(())
}

#[test]
fn numbers_of_an_old_catalog_are_refused_and_not_mistaken() -> Outcome {
    let service = with_ada()?;
    let numbers = service.get("/catalog/credentials")?;
    let python = numbers.as_array().and_then(|all| all.iter().find(|known| known["credential"] == "python"));
    let python = python.ok_or("defined above")?["number"].clone();
    let question = json!({ "target": "analyst", "as_of": DAY, "options": { "must_include": [python] } }).to_string();
    let planned = service.ask("POST", "/learners/ada/plans", &question)?.good()?;
    assert_eq!(planned["outcome"]["plan"]["cost"], json!("325"));
    // The same ids: the numbers stay good. Others: they would be of another credential.
    service.put_catalog(&RULES.replace("cost = 300", "cost = 310"))?;
    let planned = service.ask("POST", "/learners/ada/plans", &question)?.good()?;
    assert_eq!(planned["outcome"]["plan"]["cost"], json!("335"));
    service.put_catalog(&RULES.replace("sql =", "ethics = {}\n    sql ="))?;
    let refused = service.ask("POST", "/learners/ada/plans", &question)?;
    assert_eq!((refused.status, &refused.body["fault"]), (409, &json!("other-catalog")));
    Ok(())
}

#[test]
fn a_search_ends_when_its_time_is_over_or_nobody_waits() -> Outcome {
    let service = Running::in_memory()?;
    service.put_catalog(&hard(160, 12))?;
    service.ask("PUT", "/learners/ada", "{}")?.good()?;
    let options = json!({ "work": u64::MAX });
    let question = |time: u64| json!({ "target": "target", "as_of": DAY, "milliseconds": time, "options": options });
    let answer = service.ask("POST", "/learners/ada/plans", &question(200).to_string())?.good()?;
    let health = service.get("/health")?;
    assert_eq!((&health["timed_out"], &health["abandoned"]), (&json!(1), &json!(0)), "{answer}");
    // What was found by then is the answer, and says what it is worth.
    assert!(answer["outcome"]["plan"]["optimality"] != json!("proven"), "{answer}");

    let asked = question(600_000).to_string();
    service.ask_and_leave("/learners/ada/plans", &asked, Duration::from_millis(300))?;
    let health = service.until(|health| health["abandoned"] == json!(1) && health["searching"] == json!(0))?;
    assert_eq!(health["timed_out"], json!(1));
    Ok(())
}

#[test]
fn faults_have_paths_and_bodies_have_limits() -> Outcome {
    let mut options = ServiceOptions::default();
    (options.limits.record_bytes, options.limits.catalog_bytes) = (2_000, 4_000);
    let service = Running::on(Store::in_memory()?, options)?;
    let in_force = service.in_force()?;
    let put = format!("/catalog?replaces={in_force}");
    let faulty = json!({ "credential": { "analyst": { "stack": { "all_of": ["sql", "sql"] } } } }).to_string();
    let refused = service.ask("PUT", &put, &faulty)?;
    assert_eq!((refused.status, &refused.body["fault"]), (422, &json!("invalid")));
    let fault = &refused.body["diagnostics"]["diagnostics"][0];
    assert_eq!(fault["path"], json!("credential.analyst.stack.all_of[0]"), "{fault}");
    assert_eq!(service.ask("PUT", &put, "[credential.sql]\ncredit = 5")?.status, 422);
    assert_eq!(service.ask("PUT", &put, "{ \"credential\": 5 }")?.status, 400);
    assert_eq!(service.in_force()?, in_force);
    let unread = service.ask("PUT", "/learners/ada", "[[award]]\ncredential = ''")?;
    assert_eq!(unread.body["diagnostics"]["diagnostics"][0]["path"], json!("award[0].credential"), "{unread:?}");
    assert_eq!(service.ask("PUT", "/learners/ada", r#"{ "award": [{ "credential": "" }] }"#)?.status, 400);
    let large = service.ask("PUT", "/learners/ada", &" ".repeat(2_001))?;
    assert_eq!((large.status, &large.body["fault"]), (413, &json!("too-large")));
    assert_eq!(service.ask("PUT", &put, &" ".repeat(4_001))?.status, 413);
    assert_eq!(service.ask("GET", "/learners/nobody/status?as_of=2026-11-22", "")?.status, 404);
    assert_eq!(service.ask("GET", "/learners/nobody/status?as_of=tomorrow", "")?.status, 400);
    Ok(())
}

/// Begins a request whose body does not come as long as the connection is kept.
fn begin(service: &Running, path: &str) -> Result<TcpStream, Box<dyn std::error::Error>> {
    let mut stream = TcpStream::connect(service.address)?;
    write!(stream, "PUT {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: 9\r\n\r\n")?;
    Ok(stream)
}

/// Bodies that do not come take room as long as one of them may take, and no longer.
#[test]
fn bodies_that_do_not_come_take_no_room_for_good() -> Outcome {
    let mut options = ServiceOptions::default();
    (options.time, options.at_once, options.waiting) = (Duration::from_secs(1), 1, 1);
    let service = Running::on(Store::in_memory()?, options)?;
    let begun: Vec<_> = (0..2).map(|_| begin(&service, "/learners/ada")).collect::<Result<_, _>>()?;
    let mut answers = Vec::new();
    service.until(|_| {
        answers.extend(service.ask("PUT", "/learners/bob", "{}").map(|answer| answer.status));
        answers.ends_with(&[204]) && answers.contains(&503) || answers.len() > 200
    })?;
    assert!(answers.ends_with(&[204]) && answers.contains(&503), "{answers:?}");
    assert!(answers.iter().all(|status| [204, 503].contains(status)), "{answers:?}");
    drop(begun);
    Ok(())
}

#[test]
fn what_another_program_wrote_is_taken_if_it_makes_a_catalog() -> Outcome {
    let file = tempfile("reload");
    let service = Running::with_file(&file)?;
    let before = service.put_catalog(RULES)?;
    let other = rusqlite::Connection::open(&file)?;
    other.execute("UPDATE credential SET cost = 12300 WHERE id = 'sql'", [])?;
    assert_eq!(service.in_force()?, before);
    let after = service.ask("POST", "/catalog/reload", "")?.good()?;
    assert_eq!(
        after["fingerprint"],
        json!(Catalog::parse("c", &RULES.replace("cost = 100", "cost = 123"))?.fingerprint())
    );
    other.execute("UPDATE credential SET stack = '\"nothing\"' WHERE id = 'analyst'", [])?;
    let refused = service.ask("POST", "/catalog/reload", "")?;
    assert_eq!((refused.status, &refused.body["fault"]), (422, &json!("invalid")));
    assert_eq!(json!(service.in_force()?), after["fingerprint"]);
    Ok(())
}

/// A file that is not there yet.
fn tempfile(name: &str) -> std::path::PathBuf {
    let path = std::env::temp_dir().join(format!("credpath-service-{}-{name}.db", std::process::id()));
    for end in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(format!("{}{end}", path.display()));
    }
    path
}
