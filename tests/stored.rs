//! What is written is read again as what it was: every report and all options, on the catalogs of the examples. A plan
//! that was kept verifies after a restart, and under its own catalog alone.

#![allow(clippy::pedantic, reason = "tests read best as plain statements")]

#[path = "kept/mod.rs"]
mod kept;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use credpath::{
    Among, Blockage, Catalog, CatalogYears, CheckOptions, CohortOptions, CompareOptions, CredentialId, Date,
    EvaluateOptions, Fingerprint, Flaw, HeldUntil, ImpactOptions, JointOutcome, JointRenewalOptions, LearnerRecord,
    MapOptions, NextStepsOutcome, Plan, PlanOptions, PlanOutcome, Pursuit, RenewalOptions, SCHEMA, Status,
    YearsOptions,
};
use kept::{comes_back, findings_come_back, options_come_back, paces, reports_come_back};
use serde_json::{Value, json};

fn as_of() -> Date {
    "2026-11-22".parse().unwrap()
}

/// The files of a folder of the examples, in order.
fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(folder);
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn catalogs() -> Vec<(String, String)> {
    let read = |path: PathBuf| (path.display().to_string(), std::fs::read_to_string(path).unwrap());
    files("catalogs").into_iter().map(read).collect()
}

fn records(catalog: &Catalog) -> Vec<LearnerRecord> {
    let read = |path: PathBuf| LearnerRecord::parse("record", &std::fs::read_to_string(path).unwrap()).unwrap();
    let known =
        |record: &LearnerRecord| record.awards.iter().any(|award| catalog.credential(&award.credential).is_some());
    let mut records: Vec<LearnerRecord> = files("records").into_iter().map(read).filter(known).collect();
    records.push(LearnerRecord::default());
    records
}

#[test]
fn every_report_on_the_examples_comes_back() {
    for (name, text) in catalogs() {
        let catalog = Catalog::parse(&name, &text).unwrap();
        options_come_back(&catalog, as_of());
        // The last conferred ones rest on the most.
        let conferred = |&(id, _): &(CredentialId, _)| catalog.is_conferred(id);
        let mut targets: Vec<CredentialId> = catalog.credentials().filter(conferred).map(|(id, _)| id).collect();
        targets.drain(..targets.len().saturating_sub(2));
        for record in records(&catalog) {
            comes_back(&record);
            reports_come_back(&catalog, &record, as_of(), &targets, 200_000);
        }
        let mut check = CheckOptions::default();
        (check.as_of, check.work, check.findings) = (Some(as_of()), 500_000, 5);
        findings_come_back(&catalog.check(&check));
        comes_back(catalog.header());
    }
}

#[test]
fn what_is_wrong_with_a_text_comes_back() {
    let invalid = Catalog::parse("c", "credential.a = { credit = 1, stack = ['a'], hours = -1 }").unwrap_err();
    findings_come_back(invalid.report());
    assert_eq!(invalid.report().stamp(), None);
    let record = LearnerRecord::parse("r", "award = [{ credential = '' }]").unwrap_err();
    findings_come_back(record.report());
}

#[test]
fn two_versions_come_back() {
    let older = "catalog.version = '2025'\n[credential]\na = { cost = 1 }\nb = {}\nc = { stack = 'a' }\nd = {}\n";
    let newer = older.replace("2025", "2026").replace("'a'", "{ all_of = ['a', 'b'] }").replace("d = {}", "e = {}");
    let [older, newer] = [older, &newer].map(|text| Catalog::parse("c", text).unwrap());
    let comparison = comes_back(&older.compare(&newer, &CompareOptions::default()));
    assert_eq!((comparison.older, comparison.newer), (older.stamp(), newer.stamp()));
    assert!(!comparison.changed.is_empty());

    let record: LearnerRecord = ["a"].into_iter().collect();
    let impact = older.impact(&newer, [("ann", &record)], as_of(), &ImpactOptions::default());
    assert_eq!(impact.groups.len(), 1);
    comes_back(&impact);

    let years = CatalogYears::new([&older, &newer]).unwrap();
    let options = YearsOptions::default().schedule(paces().remove(0));
    let pursued = |under: &str| Pursuit { credential: "c".to_owned(), under: under.to_owned() };
    let record = LearnerRecord { pursued: vec![pursued("2025"), pursued("1999")], ..record };
    let report = comes_back(&years.pursued(&record, as_of(), &options));
    assert_eq!((report.stamp, report.targets.len()), (newer.stamp(), 1));
}

/// A catalog with a choice, and one more that differs in a price.
fn two_catalogs() -> [Catalog; 2] {
    let text = "[credential]\na = { cost = 3 }\nb = { cost = 2 }\nc = { stack = { any_of = ['a', 'b'] } }\n";
    [text.to_owned(), text.replace("cost = 3", "cost = 4")].map(|text| Catalog::parse("c", &text).unwrap())
}

fn a_plan(catalog: &Catalog) -> Plan {
    let target = catalog.credential("c").unwrap();
    catalog.plan(&LearnerRecord::default(), as_of(), target, &PlanOptions::default()).into_plan().unwrap()
}

#[test]
fn a_plan_verifies_under_its_own_catalog_alone() {
    let [own, other] = two_catalogs();
    let (plan, record) = (comes_back(&a_plan(&own)), LearnerRecord::default());
    assert_eq!(plan.verify(&own, &record), Ok(()));
    let flaw = plan.verify(&other, &record).unwrap_err();
    assert_eq!(flaw, Flaw::OtherCatalog { made_under: own.fingerprint(), this: other.fingerprint() });
    assert_eq!(plan.explain(&other, &record), Err(flaw.clone()));
    let text =
        format!("the plan was made under the catalog {}, and this one is {}", own.fingerprint(), other.fingerprint());
    assert_eq!(flaw.to_string(), text);
}

/// A repeatable, a policy on sharing, a corequisite, and pools that share, so that the proof has branches.
const INTRICATE: &str = r#"
    sharing = [{ between = ["Badge", "Badge"], max_awards = 0 }]
    [credential]
    a = { cost = 70, credits = 3 }
    b = { cost = 110, credits = 5 }
    c = { cost = 90, credits = 4 }
    d = { cost = 130, credits = 6 }
    e = { cost = 40, credits = 2 }
    f = { cost = 60, credits = 3 }
    lecture = { cost = 9, corequisite = "lab" }
    lab = { cost = 2, corequisite = "lecture" }
    r = { cost = 5, repeatable = true }
    s = { cost = 5, repeatable = true }
    first = { type = "Badge", stack = { all_of = ["r", { any_of = ["e", "f"] }] } }
    second = { type = "Badge", stack = { all_of = ["r", { any_of = ["e", "c"] }] } }
    target = { stack = { all_of = [
        "first", "second", "lab",
        { credits = 11, from = ["a", "b", "c", "d"] },
        { credits = 9, from = ["c", "d", "e", "f"] },
        { at_least = 3, from = ["a", "c", "e", "f"] },
    ] } }
"#;

fn an_intricate_plan() -> (Catalog, Value) {
    let catalog = Catalog::parse("c", INTRICATE).unwrap();
    let options = PlanOptions::default().work(100_000);
    let target = catalog.credential("target").unwrap();
    let plan = catalog.plan(&LearnerRecord::default(), as_of(), target, &options).into_plan().unwrap();
    assert_eq!(plan.verify(&catalog, &LearnerRecord::default()), Ok(()));
    let stored = serde_json::to_value(&plan).unwrap();
    let entries = stored["certificate"]["entries"].to_string();
    assert!(entries.contains("split") && plan.steps.iter().any(|step| step.times == 2), "{entries}");
    assert!(!plan.claims.is_empty() && plan.steps.iter().any(|step| !step.begun_with.is_empty()));
    (catalog, stored)
}

fn wrong_values() -> Vec<Value> {
    let numbers = [0, 1, -1, 7, i64::from(u32::MAX), i64::MIN, i64::MAX].map(|number| json!(number));
    let others = [
        json!(u64::MAX),
        json!("c"),
        json!("99999999999"),
        json!([]),
        json!([[0, i64::MAX]]),
        json!([[0, i64::MAX], [1, i64::MAX], [2, i64::MAX], [0, i64::MAX]]),
        json!([[4_000_000, 1]]),
        json!({}),
        json!({ "one-of": [[9, 0]] }),
        json!({ "not-beside": { "plan": [[[9, 0], 1]], "beside": [0, 0] } }),
        json!({ "narrow": [] }),
        json!({ "narrow": [[0, i64::MAX], [1, i64::MAX]] }),
        json!("barren"),
        json!("refused"),
        json!({ "split": { "variable": 0, "at": i64::MIN, "up_first": true } }),
        json!({ "split": { "variable": 0, "at": i64::MAX, "up_first": false } }),
        json!({ "conflict": 77 }),
        json!({ "forced": { "row": 9, "variable": 99 } }),
        Value::Null,
    ];
    numbers.into_iter().chain(others).collect()
}

/// Whatever is put in the place of anything in a stored plan, it is refused or verified, and never a panic. What may be
/// changed is what a plan only tells, and what of a proof still proves it.
#[test]
fn a_stored_plan_that_was_tampered_with_is_an_error() {
    let [small, _] = two_catalogs();
    let plan = serde_json::to_value(a_plan(&small)).unwrap();
    let (mut held, mut refused) = (BTreeSet::new(), 0);
    for (catalog, plan) in [(small, plan), an_intricate_plan()] {
        let mut places = Vec::new();
        pointers(&plan, String::new(), &mut places);
        for place in &places {
            for value in wrong_values() {
                if plan.pointer(place) == Some(&value) {
                    continue;
                }
                let mut changed = plan.clone();
                *changed.pointer_mut(place).unwrap() = value;
                let Ok(changed) = serde_json::from_value::<Plan>(changed) else { continue };
                if changed.verify(&catalog, &LearnerRecord::default()).is_ok() {
                    held.insert(place.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect::<String>());
                } else {
                    refused += 1;
                }
                if !place.starts_with("/certificate/") {
                    _ = changed.explain(&catalog, &LearnerRecord::default());
                    _ = changed.to_string();
                }
            }
        }
    }
    let (proof, told): (Vec<&str>, Vec<&str>) =
        held.iter().map(String::as_str).partition(|place| place.starts_with("/certificate/entries"));
    // What people are told beside what is checked; hours of 0 as a number; the limit of the search, and all options as
    // they are by default.
    let only_told = [
        "/claims/#/title",
        "/effort/nodes",
        "/effort/pivots",
        "/effort/work",
        "/essential",
        "/essential/#",
        "/hours",
        "/options",
        "/options/work",
        "/steps/#/purposes",
        "/steps/#/purposes/#/credential",
        "/steps/#/purposes/#/line",
        "/steps/#/purposes/#/rule",
        "/steps/#/title",
        "/target_title",
    ];
    assert_eq!(told, only_told);
    assert!(!proof.is_empty() && refused > 500, "{proof:?} {refused}");
}

/// Lists as long as one likes are no work: nothing is carried out for what comes twice, or more often than it counts.
#[test]
fn long_lists_in_a_stored_plan_are_flaws() {
    let (catalog, stored) = an_intricate_plan();
    let verified = |change: &dyn Fn(&mut Value)| {
        let mut changed = stored.clone();
        change(&mut changed);
        serde_json::from_value::<Plan>(changed).unwrap().verify(&catalog, &LearnerRecord::default())
    };
    let id = |id: &str| serde_json::to_value(catalog.credential(id).unwrap()).unwrap();
    let further = |reason: Value| verified(&|plan| plan["certificate"]["further"] = json!([reason]));
    let often: Vec<Value> = (1..=10_000).map(|times| json!([id("r"), times])).collect();
    assert_eq!(further(json!({ "not-beside": { "plan": often, "beside": id("a") } })), Err(Flaw::Unproven));
    let same = vec![id("r"); 10_000];
    assert_eq!(further(json!({ "one-of": same })), Err(Flaw::Unproven));
    let r = stored["steps"].as_array().unwrap().iter().position(|step| step["credential"] == json!("r")).unwrap();
    let taken = |times: u32, copies: usize| {
        verified(&|plan| {
            let mut step = plan["steps"][r].clone();
            step["times"] = json!(times);
            plan["steps"] = json!(vec![step; copies]);
        })
    };
    assert_eq!(taken(1, 1000), Err(Flaw::Impossible("r".to_owned())));
    assert_eq!(taken(10_000, 1), Err(Flaw::Spare("r".to_owned())));
    assert_eq!(taken(10_001, 1), Err(Flaw::Impossible("r".to_owned())));
    let lines = |line: Value| verified(&|plan| plan["certificate"]["entries"] = json!(vec![line.clone(); 20_000]));
    for line in [json!({ "narrow": [] }), json!({ "split": { "variable": 0, "at": 0, "up_first": true } })] {
        assert_eq!(lines(line), Err(Flaw::Unproven));
    }
}

/// The work limit that is stored is no promise to work that long.
#[test]
fn a_stored_work_limit_is_taken_for_no_more_than_it_may_be() {
    let (catalog, mut stored) = an_intricate_plan();
    stored["options"]["work"] = json!(u64::MAX);
    let plan: Plan = serde_json::from_value(stored).unwrap();
    assert_eq!(plan.verify(&catalog, &LearnerRecord::default()), Ok(()));
    assert!(plan.explain(&catalog, &LearnerRecord::default()).is_ok());
}

/// Every place in a value.
fn pointers(value: &Value, at: String, places: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| pointers(value, format!("{at}/{key}"), places)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, value)| pointers(value, format!("{at}/{place}"), places));
        }
        _ => {}
    }
    if !at.is_empty() {
        places.push(at);
    }
}

#[test]
fn numbers_of_no_credential_in_a_stored_plan_are_flaws() {
    let [own, _] = two_catalogs();
    let stored = serde_json::to_value(a_plan(&own)).unwrap();
    let verified = |change: &dyn Fn(&mut Value)| {
        let mut changed = stored.clone();
        change(&mut changed);
        serde_json::from_value::<Plan>(changed).unwrap().verify(&own, &LearnerRecord::default())
    };
    assert_eq!(verified(&|_| ()), Ok(()));
    assert_eq!(verified(&|plan| plan["options"]["avoid"] = json!([[3, 0]])), Err(Flaw::BeyondLimits));
    assert_eq!(verified(&|plan| plan["certificate"]["further"] = json!([{ "one-of": [[3, 0]] }])), Err(Flaw::Unproven));
    let beside = json!([{ "not-beside": { "plan": [[[0, 0], u32::MAX]], "beside": [1, 0] } }]);
    assert_eq!(verified(&|plan| plan["certificate"]["further"] = beside.clone()), Err(Flaw::Unproven));
}

#[test]
fn a_report_in_another_schema_is_refused() {
    let [own, _] = two_catalogs();
    let mut plan = serde_json::to_value(a_plan(&own)).unwrap();
    plan["stamp"]["schema"] = json!(SCHEMA + 1);
    let error = serde_json::from_value::<Plan>(plan).unwrap_err().to_string();
    assert_eq!(error, format!("written in schema {}; schema {SCHEMA} is what can be read", SCHEMA + 1));
}

/// What is stored today has to be found again by every later version.
#[test]
fn fingerprints_stay_as_they_are() {
    let of = |text: &str| Catalog::parse("c", text).unwrap().fingerprint().to_string();
    assert_eq!(of("credential.sql = { credits = 5 }"), "ecf052252dcec37a9b805b7cdf5cdd1e");
}

#[test]
fn a_fingerprint_is_of_what_is_said_and_not_of_how() {
    let of = |text: &str| Catalog::parse("c", text).unwrap_or_else(|error| panic!("{error}")).fingerprint();
    let text = "[credential.sql]\ncredits = 5\ntags = ['a']\n[credential.lead]\nstack = { all_of = ['sql'] }\n";
    for same in [
        "# A remark.\n[credential.lead]\nstack = { all_of = [ \"sql\" ] }\n\n[credential.sql]\ntags = 'a'\ncredits = \
         5.0\n",
        "credential = { lead = { stack.all_of = ['sql'] }, sql = { credits = 5.00, tags = ['a'] } }",
    ] {
        assert_eq!(of(same), of(text), "{same}");
    }
    for (from, to) in [("5", "6"), ("'a'", "'b'"), ("all_of", "any_of"), ("['sql']", "['sql', 'sql']"), ("lead", "led")]
    {
        assert_ne!(of(&text.replacen(from, to, 1)), of(text), "{to}");
    }
    let all: BTreeSet<Fingerprint> = catalogs().iter().map(|(_, text)| of(text)).collect();
    assert_eq!(all.len(), catalogs().len());
}

/// Whatever is asked with an id of another catalog, it is never taken for the credential that has its number here.
#[test]
fn an_id_of_another_catalog_is_of_no_credential() {
    let [small, _] = two_catalogs();
    let text = "[credential]\nalgebra = {}\nbasics = { stack = 'algebra' }\ncalculus = { stack = 'basics' }\nz = {}\n";
    let other = Catalog::parse("c", text).unwrap();
    let record: LearnerRecord = ["algebra", "calculus"].into_iter().collect();
    let foreign: Vec<CredentialId> = small.credentials().map(|(id, _)| id).chain(small.credential("c")).collect();
    let known = other.credential("z").unwrap();
    assert!(other.knows(known) && !small.knows(known), "a larger number than the catalog has");
    let evaluation = other.evaluate(&record, as_of(), &EvaluateOptions::default());
    for &id in &foreign {
        assert!(!other.knows(id) && small.knows(id));
        assert_eq!((&*other.get(id).id, other.is_conferred(id)), ("", false));
        assert_eq!(evaluation.status(id), Status::Unattainable);
        assert!(!evaluation.meets_requirements(id) && evaluation.dates_are_complete(id));
        assert_eq!([evaluation.qualified_since(id), evaluation.valid_until(id)], [None; 2]);
        assert_eq!([evaluation.met_from(id), evaluation.attainable_from(id)], [None; 2]);
        assert_eq!((evaluation.first_view(id), evaluation.held_until(id)), (None, HeldUntil::NotHeld));
        assert_eq!((evaluation.begun_with(id), evaluation.sharing_is_limited(id)), (None, false));
        assert_eq!((other.requires(id), other.required_by(id)), (vec![], vec![]));
        let audit = comes_back(&evaluation.audit(id));
        assert_eq!((&*audit.credential, audit.status, audit.rules().count()), ("", Status::Unattainable, 0));
    }
    assert!(evaluation.uncounted_for(foreign.iter().copied()).is_empty());
    let claims = evaluation.claims(&[foreign[0], other.credential("basics").unwrap()]);
    let left_out: Vec<String> = claims.left_out.iter().map(ToString::to_string).collect();
    assert_eq!((left_out, claims.claimed.len()), (vec!["a target is of another catalog".to_owned()], 1));

    let cohort = CohortOptions::default().credentials([foreign[0], known]).holders(foreign.clone());
    let cohort = other.cohort(as_of(), &cohort);
    assert_eq!(cohort.credentials(), [known]);
    assert_eq!(cohort.of_other_catalogs(), 1 + foreign.len() as u64);
    let report = comes_back(&cohort.report([&record]));
    assert_eq!(report.of_other_catalogs, cohort.of_other_catalogs());
    assert!(report.to_string().contains("of another catalog; nothing is said of that"));
    assert_eq!(cohort.answers([&record]).next().unwrap().status(foreign[0]), None);
    let check = CheckOptions::default().targets(foreign.clone());
    let checked = other.check(&check);
    assert_eq!(checked.as_slice(), other.check(&CheckOptions::default()).as_slice());
    let open = &checked.undecided()[0];
    assert_eq!((&*open.credential, checked.undecided().len()), ("", 1));
    assert!(open.message.ends_with("of another catalog, which this one does not know"), "{}", open.message);
    let until = "2030-01-01".parse().unwrap();
    let renewals = RenewalOptions::default().credentials(foreign.clone());
    let (due, everybody) = (
        comes_back(&other.renewals(&record, as_of(), until, &renewals)),
        comes_back(&other.renewal_report([&record], as_of(), until, &renewals)),
    );
    assert!(due.due.is_empty());
    assert_eq!([due.of_other_catalogs, everybody.of_other_catalogs], [foreign.len() as u64; 2]);
    assert!(due.to_string().contains("of another catalog") && everybody.to_string().contains("of another catalog"));
    let joint = JointRenewalOptions::default().avoid([foreign[0]]);
    let joint = comes_back(&other.joint_renewal(&record, as_of(), until, &joint));
    assert!(matches!(&joint.outcome, JointOutcome::NotTogether { causes } if causes[0].why == Blockage::OtherCatalog));
    assert_eq!(joint.verify(&other, &record), Ok(()));
}

/// Neither by a number that the catalog has, of another credential, nor by one that is too large.
#[test]
fn maps_and_metrics_of_another_catalogs_credential_are_empty() {
    let [small, _] = two_catalogs();
    let other = Catalog::parse("c", "credential = { k = {}, l = { prerequisite = 'k' }, m = { stack = 'l' }, z = {} }")
        .unwrap();
    for (of, catalog) in [(&small, &other), (&other, &small)] {
        for (id, _) in of.credentials() {
            let way = MapOptions::of(id);
            for map in [
                catalog.map(&way),
                catalog.evaluate(&LearnerRecord::default(), as_of(), &EvaluateOptions::default()).map(&way),
            ] {
                assert_eq!((map.target.as_deref(), &*map.title), (Some(""), "Pathways"));
                assert!(map.boxes.is_empty() && map.groups.is_empty() && map.arrows.is_empty());
                assert!(map.svg().contains("Pathways"));
            }
            let metrics = catalog.curricular_metrics(Some(id)).unwrap();
            assert!(metrics.courses.is_empty() && metrics.longest.is_empty());
            assert_eq!((metrics.complexity, metrics.centrality), (0, Some(0)));
        }
    }
}

#[test]
fn a_plan_for_a_credential_of_another_catalog_says_so() {
    let [small, _] = two_catalogs();
    let other = Catalog::parse("c", "[credential]\nalgebra = {}\nbasics = { stack = 'algebra' }\nz = {}\n").unwrap();
    let (foreign, known) = (small.credential("b").unwrap(), other.credential("basics").unwrap());
    let record = LearnerRecord::default();
    let plain = PlanOptions::default();
    let mut questions = vec![(foreign, plain.clone())];
    for name in [
        |options: &mut PlanOptions, id| options.avoid.push(id),
        |options: &mut PlanOptions, id| options.must_include.push(id),
        |options: &mut PlanOptions, id| options.besides.push(credpath::Besides { steps: vec![(id, 1)], differing: 1 }),
    ] {
        let mut options = plain.clone();
        name(&mut options, foreign);
        questions.push((known, options));
    }
    for (target, options) in questions {
        let outcome = comes_back(&other.plan(&record, as_of(), target, &options));
        let PlanOutcome::Unattainable(none) = &outcome else { panic!("{outcome}") };
        assert_eq!(none.causes[0].why, Blockage::OtherCatalog);
        assert!(outcome.to_string().contains("the question names a credential of another catalog"), "{outcome}");
        let next = other.next_steps(&record, as_of(), target, &options);
        assert!(matches!(next, NextStepsOutcome::Unattainable(_)), "{next}");
        let plans = other.alternatives(&record, as_of(), target, &options, 3, 1);
        assert_eq!((plans.plans.len(), plans.complete, plans.proven), (0, false, false));
        assert!(other.trade_offs(&record, as_of(), target, &options, 3).plans.is_empty());
        let both = other.plan_with_permission(&record, as_of(), target, &[], &options);
        assert_eq!((both.without.plan(), both.verify(&other, &record)), (None, Ok(())));
        if options != plain {
            assert!(other.nearest(&record, as_of(), &Among::default(), 3, &options).plans.is_empty());
        }
    }
}

/// Options that are kept name the same credentials as long as the ids are the same.
#[test]
fn options_that_are_kept_know_their_catalog() {
    let [own, dearer] = two_catalogs();
    let options = PlanOptions::default().avoid([own.credential("b").unwrap()]);
    let kept = comes_back(&options);
    assert_ne!(own.fingerprint(), dearer.fingerprint());
    let target = dearer.credential("c").unwrap();
    let plan = dearer.plan(&LearnerRecord::default(), as_of(), target, &kept).into_plan().unwrap();
    assert_eq!(plan.steps[0].credential, "a");
    let longer = Catalog::parse("c", "credential = { a = {}, aa = {}, b = {}, c = { stack = 'b' } }").unwrap();
    let outcome = longer.plan(&LearnerRecord::default(), as_of(), longer.credential("c").unwrap(), &kept);
    assert!(matches!(outcome, PlanOutcome::Unattainable(_)), "{outcome}");
}

/// What a stored answer says of its work limit is no licence to verify without end.
#[test]
fn a_joint_renewal_is_verified_within_a_limit_whatever_it_says() {
    let text = "credential.licence = { valid_for = '2 years', cost = 50, renewal = { cost = 20 } }";
    let catalog = Catalog::parse("catalog.toml", text).unwrap();
    let record = "award = [{ credential = 'licence', awarded = 2025-06-01 }]";
    let record = LearnerRecord::parse("record.toml", record).unwrap();
    let options = JointRenewalOptions::default().work(u64::MAX);
    let joint = comes_back(&catalog.joint_renewal(&record, as_of(), "2028-01-01".parse().unwrap(), &options));
    assert_eq!(joint.verify(&catalog, &record), Ok(()));
    assert_eq!(joint.plan().map(|plan| plan.steps.len()), Some(1));
    // The proof was looked for under the most that counts; the options alone say what was asked.
    let text = serde_json::to_string(&joint).unwrap();
    let limits: Vec<u64> = text.split("\"work\":").skip(1).map(leading_number).collect();
    assert_eq!(limits.iter().filter(|&&limit| limit > 2_000_000_000).count(), 1, "{limits:?}");
    assert!(limits.len() > 1, "{text}");
}

fn leading_number(text: &str) -> u64 {
    text[..text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())].parse().unwrap()
}
