//! Worked cases: a catalog, a record, a date, and what has to come out. A new file in `tests/cases` is a new test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use credpath::{
    Audit, AuditedPart, Catalog, CredentialId, Date, EvaluateOptions, Evaluation, LearnerRecord, Objective,
    PlanOptions, PlanOutcome, State, View,
};
use toml::{Table, Value};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn every_case_comes_out_as_worked_by_hand() {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root().join("tests/cases")).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut cases, mut wrong) = (0, Vec::new());
    for file in files {
        let (ran, faults) = run(&file);
        cases += ran;
        wrong.extend(faults);
    }
    assert!(wrong.is_empty(), "{} of {cases} cases:\n{}", wrong.len(), wrong.join("\n"));
    assert!(cases > 200, "only {cases} cases were found");
}

fn run(file: &Path) -> (usize, Vec<String>) {
    let name = file.file_name().unwrap().to_string_lossy();
    let document: Table =
        std::fs::read_to_string(file).unwrap().parse().unwrap_or_else(|error| panic!("{name}: {error}"));
    let (from, text) = match (document.get("catalog"), document.get("catalog_text")) {
        (Some(path), None) => (path.to_string(), std::fs::read_to_string(root().join(path.as_str().unwrap())).unwrap()),
        (None, Some(text)) => (name.to_string(), text.as_str().unwrap().to_owned()),
        _ => panic!("{name}: either `catalog` or `catalog_text`"),
    };
    let catalog = Catalog::parse(&from, &text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let cases = document["case"].as_array().unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let case = case.as_table().unwrap();
        let mut faults = Vec::new();
        check(&catalog, case, &mut faults);
        wrong.extend(faults.into_iter().map(|fault| format!("{name}, {}: {fault}", case["name"])));
    }
    (cases.len(), wrong)
}

fn check(catalog: &Catalog, case: &Table, faults: &mut Vec<String>) {
    let record = LearnerRecord::parse("record", case.get("record").map_or("", |text| text.as_str().unwrap())).unwrap();
    let as_of: Date = case["as_of"].to_string().parse().unwrap();
    let view = match case.get("view").map(|view| view.as_str().unwrap()) {
        None => View::Earned,
        Some(name) => View::ALL.into_iter().find(|view| view.to_string() == name).expect("a view"),
    };
    let evaluation = catalog.evaluate_with(&record, as_of, &EvaluateOptions { view, ..EvaluateOptions::default() });
    let mut expect = |what: String, found: String, expected: String| {
        if found != expected {
            faults.push(format!("{what} is {found}, not {expected}"));
        }
    };
    for (what, expected) in case["expect"].as_table().unwrap() {
        let each = expected.as_table().into_iter().flatten().map(|(id, expected)| (id, known(catalog, id), expected));
        match what.as_str() {
            "qualified" => expect(what.clone(), ids(catalog, &evaluation), expected.to_string()),
            "unknown_awards" => {
                expect(what.clone(), format!("{:?}", evaluation.unknown_awards()), expected.to_string());
            }
            "misplaced" => {
                let misplaced: Vec<String> = evaluation.misplaced().iter().map(ToString::to_string).collect();
                expect(what.clone(), format!("{misplaced:?}"), expected.to_string());
            }
            "first_view" => each.for_each(|(id, key, expected)| {
                let view = evaluation.first_view(key).map_or("none".to_owned(), |view| view.to_string());
                expect(format!("first view of {id}"), view, text(expected));
            }),
            "claims" => check_claims(catalog, &evaluation, expected.as_table().unwrap(), &mut expect),
            "status" => each.for_each(|(id, key, expected)| {
                expect(format!("status of {id}"), evaluation.status(key).to_string(), text(expected));
            }),
            "valid_until" => each.for_each(|(id, key, expected)| {
                expect(
                    format!("valid_until of {id}"),
                    end(&evaluation, key, evaluation.valid_until(key), "never"),
                    text(expected),
                );
            }),
            "qualified_since" => each.for_each(|(id, key, expected)| {
                expect(
                    format!("qualified_since of {id}"),
                    end(&evaluation, key, evaluation.qualified_since(key), "always"),
                    text(expected),
                );
            }),
            "audit" => {
                for audit in expected.as_array().unwrap() {
                    let audit = audit.as_table().unwrap();
                    let found = evaluation.audit(known(catalog, audit["credential"].as_str().unwrap()));
                    check_audit(&found, audit, &mut expect);
                }
            }
            "plan" => {
                for plan in expected.as_array().unwrap() {
                    check_plan(catalog, (&record, as_of, view), plan.as_table().unwrap(), &mut expect);
                }
            }
            other => panic!("no such expectation: {other}"),
        }
    }
}

fn check_plan(
    catalog: &Catalog,
    (record, as_of, view): (&LearnerRecord, Date, View),
    expected: &Table,
    expect: &mut impl FnMut(String, String, String),
) {
    let text = |key: &str| expected.get(key).map(|value| value.as_str().unwrap());
    let list = |key: &str| -> Option<Vec<String>> {
        Some(expected.get(key)?.as_array()?.iter().map(|word| word.as_str().unwrap().to_owned()).collect())
    };
    let target = text("target").unwrap();
    let mut options = PlanOptions::default();
    options.view = view;
    options.objective = match text("objective") {
        None | Some("cost") => Objective::Cost,
        Some("hours") => Objective::Hours,
        Some("credentials") => Objective::Credentials,
        Some(other) => panic!("no such objective: {other}"),
    };
    options.budget = text("budget").map(|amount| amount.parse().unwrap());
    options.issuers = list("issuers");
    options.tags = list("tags");
    options.without_tags = list("without_tags").unwrap_or_default();
    let ids = |key| list(key).unwrap_or_default().iter().map(|id| known(catalog, id)).collect();
    (options.must_include, options.avoid) = (ids("must_include"), ids("avoid"));
    options.offered_now = expected.get("offered_now").is_some();
    let outcome = catalog.plan(record, as_of, known(catalog, target), &options);
    if let Some(plan) = outcome.plan() {
        expect(format!("the plan to {target}"), format!("{:?}", plan.verify(catalog, record)), "Ok(())".to_owned());
        expect(format!("the plan to {target}"), format!("{:?}", plan.optimality), "Proven".to_owned());
    }
    let steps = |plan: &credpath::Plan| -> Vec<String> {
        let told = |step: &credpath::PlanStep| {
            let kind = format!("{:?}", step.kind).to_lowercase();
            let times = if step.times > 1 { format!(" x{}", step.times) } else { String::new() };
            format!("{kind} {}{times}", step.credential)
        };
        plan.steps.iter().map(told).collect()
    };
    let causes = match &outcome {
        PlanOutcome::Unattainable(none) => none.causes.iter().map(ToString::to_string).collect(),
        _ => Vec::new(),
    };
    let of_plan = |of: fn(&credpath::Plan) -> String| outcome.plan().map_or("no plan".to_owned(), of);
    for (key, value) in expected {
        let found = match key.as_str() {
            "steps" => format!("{:?}", outcome.plan().map(steps).unwrap_or_default()),
            "causes" => format!("{causes:?}"),
            "cost_of_it" => format!("{:?}", of_plan(|plan| plan.cost.to_string())),
            "hours_of_it" => format!("{:?}", of_plan(|plan| plan.hours.to_string())),
            "essential" => format!("{:?}", outcome.plan().map(|plan| plan.essential.clone()).unwrap_or_default()),
            "explained" => {
                let explained = outcome.plan().map(|plan| plan.explain(catalog, record).unwrap().to_string());
                format!("{:?}", explained.unwrap_or_default().lines().collect::<Vec<_>>())
            }
            _ => continue,
        };
        expect(format!("{key} of the plan to {target}"), found, value.to_string());
    }
}

fn check_audit(audit: &Audit, expected: &Table, expect: &mut impl FnMut(String, String, String)) {
    let top = audit.stack.as_ref().or(audit.prerequisite.as_ref()).expect("a rule to audit");
    for (key, value) in expected {
        let found = match key.as_str() {
            "credential" => continue,
            "met" => (audit.rules().all(|part| part.state == State::Met)).to_string(),
            "missing" => format!("{:?}", missing(audit)),
            "waived" => format!("{:?}", audit.waived.iter().map(ToString::to_string).collect::<Vec<_>>()),
            "substituted" => format!("{:?}", audit.substituted.iter().map(ToString::to_string).collect::<Vec<_>>()),
            "conflict" => format!("{:?}", top.conflict.as_ref().map_or("none".to_owned(), ToString::to_string)),
            "notes" => format!("{:?}", audit.notes.iter().map(ToString::to_string).collect::<Vec<_>>()),
            "filled_by" => format!("{:?}", filled_by(top)),
            "have" => format!("{:?}", top.have.to_string()),
            "need" => format!("{:?}", top.need.to_string()),
            other => panic!("no such expectation: {other}"),
        };
        expect(format!("{key} of {}", audit.credential), found, value.to_string());
    }
}

/// `slot` or `slot by award`, in the order of the witness.
fn filled_by(part: &AuditedPart) -> Vec<String> {
    let told = |used: &credpath::Use| match &*used.award().credential {
        own if own == used.slot() => own.to_owned(),
        other => format!("{} by {other}", used.slot()),
    };
    part.witness.iter().map(told).collect()
}

fn check_claims(
    catalog: &Catalog,
    evaluation: &Evaluation,
    expected: &Table,
    expect: &mut impl FnMut(String, String, String),
) {
    let targets = expected["targets"].as_array().unwrap().iter().map(|id| known(catalog, id.as_str().unwrap()));
    let claims = evaluation.claims(&targets.collect::<Vec<_>>());
    let ids = |claims: &[credpath::Claim]| claims.iter().map(|claim| claim.credential.clone()).collect::<Vec<_>>();
    assert!(claims.proven);
    for (key, value) in expected {
        let found = match key.as_str() {
            "targets" => continue,
            "claimed" => ids(&claims.claimed),
            "held" => ids(&claims.held),
            "left_out" => claims.left_out.iter().map(ToString::to_string).collect(),
            "shared" => {
                claims.shared.iter().flat_map(|shared| &shared.awards).map(|award| award.credential.clone()).collect()
            }
            other => panic!("no such expectation: {other}"),
        };
        expect(format!("{key} of the claims"), format!("{found:?}"), value.to_string());
    }
}

/// What both rules lack, sorted.
fn missing(audit: &Audit) -> Vec<&str> {
    let gaps = audit.rules().filter_map(|part: &AuditedPart| part.gap.as_ref());
    let missing: BTreeSet<&str> =
        gaps.flat_map(|gap| &gap.missing).map(|missing| missing.credential.as_str()).collect();
    missing.into_iter().collect()
}

fn known(catalog: &Catalog, id: &str) -> CredentialId {
    catalog.credential(id).unwrap_or_else(|| panic!("the catalog has no {id}"))
}

fn ids(catalog: &Catalog, evaluation: &Evaluation) -> String {
    format!("{:?}", evaluation.qualified().map(|id| &catalog.get(id).id).collect::<Vec<_>>())
}

fn end(evaluation: &Evaluation, id: CredentialId, date: Option<Date>, open: &str) -> String {
    let met = evaluation.meets_requirements(id);
    date.map_or(if met { open.to_owned() } else { "not met".to_owned() }, |date| date.to_string())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
