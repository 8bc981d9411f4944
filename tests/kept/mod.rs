//! What is written and read again is what it was, and every report about a learner, put to that.

#![allow(unreachable_pub, reason = "several test programs share it")]

#[path = "../schemas/forms.rs"]
mod forms;
#[path = "../schemas/validate.rs"]
mod validate;

use std::any::type_name;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::LazyLock;

use credpath::{
    Among, Catalog, CheckOptions, CohortOptions, CohortReport, CompareOptions, CredentialId, Date, DiagnosticsReport,
    EvaluateOptions, Evaluation, EvaluationReport, ImpactOptions, JointRenewalOptions, LearnerRecord, LearnerReport,
    MapOptions, Pace, Permission, PlanOptions, RenewalOptions, ScheduleOptions, YearsOptions,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use validate::Schema;

/// Says what is wrong with the style of JSON.
pub fn faults_of_style(value: &Value, path: &str, faults: &mut Vec<String>) {
    match value {
        Value::Null => faults.push(format!("{path}: null, not absent")),
        Value::Object(map) => {
            for (key, value) in map {
                // Names of statuses and of what may hold anything are values, as keys.
                let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-';
                if !key.chars().all(plain) {
                    faults.push(format!("{path}: the key {key}"));
                }
                faults_of_style(value, &format!("{path}.{key}"), faults);
            }
        }
        Value::Array(list) => {
            list.iter().for_each(|value| faults_of_style(value, &format!("{path}[]"), faults));
        }
        _ => {}
    }
}

/// What the JSON Schema of a type has against what was written of it, and what of that it does not name; nothing of a
/// type that has none, since it is written within others only.
pub fn faults_of_schema<T>(value: &Value) -> Vec<String> {
    static SCHEMAS: LazyLock<BTreeMap<String, Schema>> = LazyLock::new(|| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/schemas");
        let paths = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let schema = |text: String| Schema::new(serde_json::from_str(&text).unwrap(), true);
        let name = |path: &std::path::Path| path.file_stem().unwrap().to_str().unwrap().to_owned();
        paths.map(|path| (name(&path), schema(std::fs::read_to_string(&path).unwrap()))).collect()
    });
    let name = type_name::<T>().rsplit("::").next().unwrap_or_default();
    SCHEMAS.get(&forms::file_of(name)).map_or_else(Vec::new, |schema| schema.faults(value))
}

/// By text and by value, through JSON; in one style, and as its schema says.
pub fn comes_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(kept: &T) -> T {
    let text = serde_json::to_string(kept).unwrap();
    let again: T = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    assert_eq!(again, *kept, "{text}");
    let value = serde_json::to_value(kept).unwrap();
    let mut faults = Vec::new();
    faults_of_style(&value, "", &mut faults);
    faults.extend(faults_of_schema::<T>(&value));
    assert!(faults.is_empty(), "{faults:?}\n{text}");
    assert_eq!(serde_json::from_value::<T>(value).unwrap(), *kept, "{text}");
    again
}

/// Options of every kind, with credentials in them.
pub fn options_come_back(catalog: &Catalog, as_of: Date) {
    let some: Vec<CredentialId> = catalog.credentials().map(|(id, _)| id).take(3).collect();
    let mut plan = PlanOptions::default();
    (plan.must_include, plan.avoid) = (some.clone(), some.clone());
    plan.budget = Some("12.5".parse().unwrap());
    plan.besides = vec![credpath::Besides { steps: some.iter().map(|&id| (id, 2)).collect(), differing: 1 }];
    comes_back(&plan);
    comes_back(&EvaluateOptions::default());
    comes_back(&Among::default().tags(["a"]));
    comes_back(&RenewalOptions::default().credentials(some.clone()));
    comes_back(&JointRenewalOptions::default().credentials(some.clone()));
    let mut cohort = CohortOptions::default();
    (cohort.holders, cohort.lapses) = (some.clone(), Some(as_of..=as_of));
    comes_back(&cohort);
    let check = CheckOptions::default().targets(some);
    comes_back(&check);
    let compare = CompareOptions::default().as_of(as_of);
    comes_back(&compare);
    let impact = ImpactOptions::default().plan(plan.clone());
    comes_back(&impact);
    let mut years = YearsOptions::default();
    (years.plan, years.schedule) = (plan, Some(paces().remove(0)));
    comes_back(&years);
    let mut map = MapOptions::whole();
    (map.target, map.listed_from) = (catalog.credentials().map(|(id, _)| id).last(), 3);
    comes_back(&map);
    assert_eq!(serde_json::from_str::<MapOptions>("{}").unwrap(), MapOptions::whole());
    assert!(serde_json::from_str::<MapOptions>(r#"{"listed": 3}"#).is_err());
    comes_back(&credpath::Limits::large());
    paces().iter().for_each(|schedule| _ = comes_back(schedule));
}

/// A pace by hours and one by credits.
pub fn paces() -> Vec<ScheduleOptions> {
    let term = |from: &str, until: &str| credpath::Term { from: from.parse().unwrap(), until: until.parse().unwrap() };
    let terms = vec![term("2027-01-11", "2027-05-14"), term("2027-09-06", "2027-12-18")];
    let paces =
        [Pace::HoursPerWeek("10".parse().unwrap()), Pace::CreditsPerTerm { terms, credits: "30".parse().unwrap() }];
    paces.map(ScheduleOptions::new).into()
}

/// Every report about a learner and some targets. A plan, once it is read again, verifies under the same catalog that
/// was read again, too.
pub fn reports_come_back(catalog: &Catalog, record: &LearnerRecord, as_of: Date, targets: &[CredentialId], work: u64) {
    let restarted = Catalog::compile(&catalog.document().unwrap()).unwrap();
    assert_eq!(restarted.fingerprint(), catalog.fingerprint());
    let evaluation = catalog.evaluate(record, as_of, &EvaluateOptions::default());
    let report = comes_back(&evaluation.report());
    assert_eq!(serde_json::to_string(&evaluation).unwrap(), serde_json::to_string(&report).unwrap());
    let _: EvaluationReport = report;
    for audit in catalog.credentials().map(|(id, _)| evaluation.audit(id)) {
        let again = comes_back(&audit);
        assert_eq!(again.to_string(), audit.to_string());
        for (again_part, part) in again.rules().zip(audit.rules()) {
            assert_eq!(again.evidence(again_part), audit.evidence(part));
        }
    }
    comes_back(&catalog.claims(record, as_of, targets, &EvaluateOptions::default()));
    maps_come_back(&evaluation, targets);
    let until = "2031-01-01".parse().unwrap();
    comes_back(&catalog.renewals(record, as_of, until, &RenewalOptions::default()));
    comes_back(&catalog.renewal_report([record], as_of, until, &RenewalOptions::default()));
    let joint = JointRenewalOptions::default().work(work);
    let joint = comes_back(&catalog.joint_renewal(record, as_of, until, &joint));
    assert_eq!(joint.verify(&restarted, record), Ok(()));
    let cohort = CohortOptions::default().one_award_away(true).lapses(as_of..=until);
    let cohort = catalog.cohort(as_of, &cohort);
    let _: CohortReport = comes_back(&cohort.report([record, record]));
    cohort.answers([record]).for_each(|answer| _ = comes_back::<LearnerReport>(&answer.report()));
    let options = PlanOptions::default().work(work);
    comes_back(&catalog.nearest(record, as_of, &Among::default(), 2, &options));
    for &target in targets {
        plans_come_back(&restarted, catalog, record, as_of, target, &options);
    }
}

/// A map that is read again is drawn as the one that was written; and the metrics, which are of the catalog alone.
fn maps_come_back(evaluation: &Evaluation<'_>, targets: &[CredentialId]) {
    let catalog = evaluation.catalog();
    for options in targets.iter().map(|&target| MapOptions::of(target)).chain([MapOptions::whole()]) {
        for map in [evaluation.map(&options), catalog.map(&options)] {
            let again = comes_back(&map);
            assert_eq!(again.stamp, catalog.stamp());
            assert_eq!((again.mermaid(), again.dot()), (map.mermaid(), map.dot()));
        }
    }
    for target in targets.iter().map(|&target| Some(target)).chain([None]) {
        if let Ok(metrics) = catalog.curricular_metrics(target) {
            assert_eq!(comes_back(&metrics).stamp, catalog.stamp());
        }
    }
}

fn plans_come_back(
    restarted: &Catalog,
    catalog: &Catalog,
    record: &LearnerRecord,
    as_of: Date,
    target: CredentialId,
    options: &PlanOptions,
) {
    let outcome = comes_back(&catalog.plan(record, as_of, target, options));
    comes_back(&catalog.next_steps(record, as_of, target, options));
    comes_back(&catalog.alternatives(record, as_of, target, options, 2, 1));
    let permitted = catalog.plan_with_permission(record, as_of, target, &Permission::for_all(catalog, None), options);
    assert_eq!(comes_back(&permitted).verify(restarted, record), Ok(()));
    let Some(plan) = outcome.plan() else { return };
    assert_eq!(plan.verify(restarted, record), Ok(()), "{plan}");
    comes_back(&plan.explain(restarted, record).unwrap());
    for pace in paces() {
        comes_back(&catalog.schedule(record, plan, &pace));
    }
}

/// What a check finds, and what is wrong with a text.
pub fn findings_come_back(findings: &credpath::Diagnostics) {
    let report: DiagnosticsReport = comes_back(&findings.report());
    assert_eq!(serde_json::to_string(findings).unwrap(), serde_json::to_string(&report).unwrap());
}
