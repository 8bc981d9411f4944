//! Worked cases: a catalog, a record, a date, and what has to come out. A new file in `tests/cases` is a new test.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use credpath::{
    Audit, AuditedPart, Catalog, CheckOptions, CohortOptions, CompareOptions, CredentialId, Date, EvaluateOptions,
    Evaluation, HeldUntil, LearnerRecord, NextStep, NextStepsOutcome, Objective, Pace, PlanOptions, PlanOutcome,
    RenewalOptions, ScheduleOptions, State, Term, View,
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
    let parse = |text: &str| Catalog::parse(&from, text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let catalog = parse(&text);
    let older = document.get("older_text").map(|text| parse(text.as_str().unwrap()));
    let cases = document["case"].as_array().unwrap();
    let mut wrong = Vec::new();
    for case in cases {
        let case = case.as_table().unwrap();
        let mut faults = Vec::new();
        check(&catalog, older.as_ref(), case, &mut faults);
        wrong.extend(faults.into_iter().map(|fault| format!("{name}, {}: {fault}", case["name"])));
    }
    (cases.len(), wrong)
}

fn check(catalog: &Catalog, older: Option<&Catalog>, case: &Table, faults: &mut Vec<String>) {
    let record = LearnerRecord::parse("record", case.get("record").map_or("", |text| text.as_str().unwrap())).unwrap();
    let as_of: Date = case["as_of"].to_string().parse().unwrap();
    let view = match case.get("view").map(|view| view.as_str().unwrap()) {
        None => View::Earned,
        Some(name) => View::ALL.into_iter().find(|view| view.to_string() == name).expect("a view"),
    };
    let options = EvaluateOptions::default().view(view);
    let evaluation = catalog.evaluate(&record, as_of, &options);
    let mut expect = |what: String, found: String, expected: String| {
        if found != expected {
            faults.push(format!("{what} is {found}, not {expected}"));
        }
    };
    let cohort = catalog.cohort(as_of, &CohortOptions::default().evaluate(options));
    for (id, status) in cohort.answers([&record]).flat_map(|answer| answer.statuses().collect::<Vec<_>>()) {
        let id = (id, &catalog.get(id).id);
        expect(format!("status of {} in a cohort", id.1), status.to_string(), evaluation.status(id.0).to_string());
    }
    let tables = |list: &Value| -> Vec<Table> {
        list.as_array().unwrap().iter().map(|table| table.as_table().unwrap().clone()).collect()
    };
    for (what, expected) in case["expect"].as_table().unwrap() {
        match what.as_str() {
            "qualified" => expect(what.clone(), ids(catalog, &evaluation), expected.to_string()),
            "unknown_awards" => {
                expect(what.clone(), format!("{:?}", evaluation.unknown_awards()), expected.to_string());
            }
            "misplaced" => {
                let misplaced: Vec<String> = evaluation.misplaced().iter().map(ToString::to_string).collect();
                expect(what.clone(), format!("{misplaced:?}"), expected.to_string());
            }
            "claims" => check_claims(catalog, &evaluation, expected.as_table().unwrap(), &mut expect),
            "check" => check_check(catalog, as_of, expected.as_table().unwrap(), &mut expect),
            "compare" => {
                let comparison = older.expect("`older_text`").compare(catalog, &CompareOptions::default());
                for (id, expected) in expected.as_table().unwrap() {
                    let verdict = format!("{:?}", comparison.verdict(id));
                    expect(format!("the newer version of {id}"), verdict, text(expected));
                }
            }
            "audit" => tables(expected).iter().for_each(|audit| {
                let found = evaluation.audit(known(catalog, audit["credential"].as_str().unwrap()));
                check_audit(&found, audit, &mut expect);
            }),
            "plan" => tables(expected).iter().for_each(|plan| {
                check_plan(catalog, (&record, as_of, view), plan, &mut expect);
            }),
            "next_steps" => tables(expected).iter().for_each(|next| {
                check_next_steps(catalog, (&record, as_of), next, &mut expect);
            }),
            "schedule" => tables(expected).iter().for_each(|schedule| {
                check_schedule(catalog, (&record, as_of), schedule, &mut expect);
            }),
            "renewals" => check_renewals(catalog, (&record, as_of), expected.as_table().unwrap(), &mut expect),
            _ => {
                for (id, expected) in expected.as_table().unwrap_or_else(|| panic!("no such expectation: {what}")) {
                    let found = of_one(&evaluation, what, known(catalog, id));
                    expect(format!("{what} of {id}"), found, text(expected));
                }
            }
        }
    }
}

/// What lapses up to a day, and what renewing it takes; what is not mentioned is not there.
fn check_renewals(
    catalog: &Catalog,
    (record, as_of): (&LearnerRecord, Date),
    expected: &Table,
    expect: &mut impl FnMut(String, String, String),
) {
    let until: Date = expected["until"].to_string().parse().unwrap();
    let found = catalog.renewals(record, as_of, until, &RenewalOptions::default());
    let day = |date: Option<Date>| date.map(|date| date.to_string()).unwrap_or_default();
    let due = expected["due"].as_array().unwrap();
    expect("renewals due".into(), found.due.len().to_string(), due.len().to_string());
    for (expected, found) in due.iter().zip(&found.due) {
        let expected = expected.as_table().unwrap();
        let terms = found.renewal.as_ref();
        let required = terms.and_then(|terms| terms.requires.as_ref());
        let missing = required.and_then(|part| part.gap.as_ref()).map(|gap| {
            let told = |missing: &credpath::Missing| format!("{} times {}", missing.times, missing.credential);
            gap.missing.iter().map(told).collect::<Vec<_>>().join(", ")
        });
        let by: Vec<&str> = found.renewed_by.iter().map(|way| way.credential.as_str()).collect();
        for (what, expected) in expected {
            let found = match what.as_str() {
                "credential" => found.credential.clone(),
                "last_day" => found.last_day.to_string(),
                "from" => day(terms.and_then(|terms| terms.from)),
                "possible" => terms.is_some_and(|terms| terms.is_possible).to_string(),
                "have" => required.map(|part| part.have.to_string()).unwrap_or_default(),
                "need" => required.map(|part| part.need.to_string()).unwrap_or_default(),
                "missing" => missing.clone().unwrap_or_default(),
                "until" => day(terms.and_then(|terms| terms.renewed_until)),
                "late" => day(terms.and_then(|terms| terms.renewed_late_until)),
                "again" => day(found.again.lasts_until),
                "renewed_by" => by.join(", "),
                other => panic!("no such expectation: {other}"),
            };
            expect(format!("{what} of a renewal"), found, text(expected));
        }
    }
}

/// What is said of one credential.
fn of_one(evaluation: &Evaluation, what: &str, id: CredentialId) -> String {
    match what {
        "status" => format!("{:?}", evaluation.status(id)),
        "first_view" => evaluation.first_view(id).map_or("none".to_owned(), |view| view.to_string()),
        "valid_until" => end(evaluation, id, evaluation.valid_until(id), "never"),
        "qualified_since" => end(evaluation, id, evaluation.qualified_since(id), "always"),
        "begun_with" => {
            let ids = evaluation.begun_with(id).map(|with| evaluation_ids(evaluation, &with));
            ids.map_or("not begun".to_owned(), |ids| ids.join(", "))
        }
        "held_until" => match evaluation.held_until(id) {
            HeldUntil::Date(date) => date.to_string(),
            other => format!("{other:?}"),
        },
        other => panic!("no such expectation: {other}"),
    }
}

fn evaluation_ids(evaluation: &Evaluation, ids: &[CredentialId]) -> Vec<String> {
    ids.iter().map(|&id| evaluation.catalog().get(id).id.clone()).collect()
}

/// A text for people says all the words of `says`, and none of `says_not`.
fn check_words(found: &str, expected: &Table, expect: &mut impl FnMut(String, String, String)) {
    for (key, wanted) in [("says", true), ("says_not", false)] {
        for words in expected.get(key).into_iter().flat_map(|list| list.as_array().unwrap()) {
            let words = words.as_str().unwrap();
            if found.contains(words) != wanted {
                let not = if wanted { "a text with" } else { "a text without" };
                expect("the text".to_owned(), found.to_owned(), format!("{not} `{words}`"));
            }
        }
    }
}

/// Findings are named by their code, or by code and credential.
fn check_check(catalog: &Catalog, as_of: Date, expected: &Table, expect: &mut impl FnMut(String, String, String)) {
    let mut options = CheckOptions::default();
    options.as_of = expected.get("on_the_day").map(|_| as_of);
    options.work = expected.get("within_work").map_or(options.work, |work| work.as_integer().unwrap().unsigned_abs());
    let findings = catalog.check(&options);
    let told: BTreeSet<String> = findings
        .as_slice()
        .iter()
        .map(|finding| (finding.code, finding.credential.as_deref().unwrap_or_default()))
        .flat_map(|(code, id)| [code.to_string(), format!("{code} {id}")])
        .collect();
    let open: BTreeSet<&str> = findings.undecided().iter().map(|open| open.credential.as_str()).collect();
    check_words(&findings.to_string(), expected, expect);
    for (key, wanted) in [("finds", true), ("lacks", false)] {
        for finding in expected.get(key).into_iter().flat_map(|list| list.as_array().unwrap()) {
            let found = told.contains(finding.as_str().unwrap());
            expect(format!("that a check finds {finding}"), found.to_string(), wanted.to_string());
        }
    }
    if let Some(among) = expected.get("undecided_among") {
        let among = |id: &&&str| !among.as_array().unwrap().iter().any(|named| named.as_str() == Some(id));
        let further = format!("{:?}", open.iter().filter(among).collect::<Vec<_>>());
        expect("what else a check leaves open".to_owned(), further, "[]".to_owned());
    }
}

/// Each step by its role, its credential, and what it adds.
fn check_next_steps(
    catalog: &Catalog,
    (record, as_of): (&LearnerRecord, Date),
    expected: &Table,
    expect: &mut impl FnMut(String, String, String),
) {
    let target = known(catalog, expected["target"].as_str().unwrap());
    let outcome = catalog.next_steps(record, as_of, target, &PlanOptions::default());
    check_words(&outcome.to_string(), expected, expect);
    if let Some(steps) = expected.get("steps") {
        let NextStepsOutcome::Steps(found) = outcome else {
            return expect("the next steps".to_owned(), outcome.to_string(), steps.to_string());
        };
        let told = found.steps.iter().map(|step| format!("{:?} {} +{}", step.role, step.credential, step.regret.least));
        let told: Vec<String> = told.map(|step| step.to_lowercase()).collect();
        expect("the next steps".to_owned(), format!("{told:?}"), steps.to_string());
        let day = |day: Option<Date>| day.map_or("-".to_owned(), |day| day.to_string());
        let told = |step: &NextStep| format!("{} {} {}", step.credential, day(step.closes), day(step.opens));
        for (key, list) in [("days", &found.steps), ("later", &found.later)] {
            if let Some(expected) = expected.get(key) {
                let told: Vec<String> = list.iter().map(told).collect();
                expect(format!("{key} of the next steps"), format!("{told:?}"), expected.to_string());
            }
        }
    }
}

/// The best plan, at so many hours a week or credits a term.
fn check_schedule(
    catalog: &Catalog,
    (record, as_of): (&LearnerRecord, Date),
    expected: &Table,
    expect: &mut impl FnMut(String, String, String),
) {
    let target = known(catalog, expected["target"].as_str().unwrap());
    // A plan that can only be made as of a later day is begun before.
    let plan_as_of = expected.get("plan_as_of").map_or(as_of, |date| date.to_string().parse().unwrap());
    let outcome = catalog.plan(record, plan_as_of, target, &PlanOptions::default());
    let plan = outcome.plan().expect("a plan to put on the calendar");
    let amount = |key: &str| expected[key].to_string().parse().unwrap();
    let term = |term: &Value| {
        let day = |key: &str| term[key].to_string().parse().unwrap();
        Term { from: day("from"), until: day("until") }
    };
    let mut options = ScheduleOptions::new(match expected.get("terms") {
        Some(terms) => {
            let terms = terms.as_array().unwrap().iter().map(term).collect();
            Pace::CreditsPerTerm { terms, credits: amount("credits_per_term") }
        }
        None => Pace::HoursPerWeek(amount("hours_per_week")),
    });
    options.start = Some(as_of);
    let outcome = catalog.schedule(record, plan, &options);
    check_words(&outcome.to_string(), expected, expect);
    let schedule = outcome.schedule();
    for (key, value) in expected {
        let found = match key.as_str() {
            "finish" => schedule.map_or("none".to_owned(), |schedule| schedule.finish.to_string()),
            "begins" => {
                let step = |step: &credpath::ScheduledStep| format!("{} {}", step.credential, step.begin);
                let steps = schedule.map(|schedule| schedule.entries.iter().map(step).collect::<Vec<_>>());
                format!("{:?}", steps.unwrap_or_default())
            }
            "steps" => {
                let step = |step: &credpath::ScheduledStep| format!("{:?} {}", step.kind, step.credential);
                let steps = schedule.map(|schedule| schedule.entries.iter().map(step).collect::<Vec<_>>());
                format!("{:?}", steps.unwrap_or_default()).to_lowercase()
            }
            _ => continue,
        };
        expect(format!("{key} of the schedule"), found, value.to_string());
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
    let mut options = PlanOptions::default().view(view);
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
    options.work = expected.get("within_work").map_or(options.work, |work| work.as_integer().unwrap().unsigned_abs());
    let outcome = catalog.plan(record, as_of, known(catalog, target), &options);
    check_words(&outcome.to_string(), expected, expect);
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
    check_words(&audit.to_string(), expected, expect);
    let top = audit.rules().last().expect("a rule to audit");
    for (key, value) in expected {
        let found = match key.as_str() {
            "credential" | "says" | "says_not" => continue,
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
    check_words(&claims.to_string(), expected, expect);
    for (key, value) in expected {
        let found = match key.as_str() {
            "targets" | "says" | "says_not" => continue,
            "claimed" => ids(&claims.claimed),
            "held" => ids(&claims.held),
            "left_out" => claims.left_out.iter().map(ToString::to_string).collect(),
            "shared" => {
                claims.shared.iter().flat_map(|shared| &shared.awards).map(|award| award.credential.clone()).collect()
            }
            "with" | "without" => {
                let named = |id: &String| value.as_array().unwrap().iter().any(|named| named.as_str() == Some(id));
                let claimed: BTreeSet<String> = ids(&claims.claimed).into_iter().filter(named).collect();
                let wanted = if key == "with" { value.as_array().unwrap().len() } else { 0 };
                expect(format!("how many of {value} are claimed"), claimed.len().to_string(), wanted.to_string());
                continue;
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
