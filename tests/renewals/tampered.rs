//! Whatever is changed in a joint renewal that was stored, verification says no, but for what people are only told.

use std::collections::BTreeSet;

use credpath::{
    Amount, CannotKeep, Catalog, CredentialId, Flaw, JointOutcome, JointPlan, JointRenewal, JointRenewalOptions,
    LearnerRecord, PlanLimit,
};
use serde_json::{Value, json};

/// A licence to be renewed with a course of which two are needed, a role that a component keeps, two that cannot be had
/// any more, one that lasts, and one that nobody has.
const CATALOG: &str = r#"
    [credential]
    course = { cost = 40, hours = 8, repeatable = true }
    first-aid = { cost = 60, hours = 6, valid_for = "2 years", offered = { until = 2028-01-31 } }
    guard = { valid_for = "while-components", stack = "first-aid" }
    card = { valid_for = "5 years", offered = { until = 2020-01-01 } }
    badge = { valid_for = "5 years", offered = { until = 2020-01-01 } }
    degree = {}
    never = {}
    [credential.licence]
    cost = 500
    hours = 20
    valid_for = "2 years"
    renewal = { cost = 100, hours = 0, window = "3 months", requires = { hours = 12, from = ["course"] } }
"#;

const RECORD: &str = "
    award = [
        { credential = 'licence', awarded = 2025-02-01 }, { credential = 'first-aid', awarded = 2025-06-01 },
        { credential = 'guard', awarded = 2025-06-01 }, { credential = 'card', awarded = 2022-01-01 },
        { credential = 'badge', awarded = 2022-02-01 }, { credential = 'degree', awarded = 2020-01-01 },
    ]
";

fn renewal(change: impl FnOnce(&Catalog, &mut JointRenewalOptions)) -> (Catalog, LearnerRecord, JointRenewal) {
    let catalog = Catalog::parse("catalog", CATALOG).unwrap();
    let record = LearnerRecord::parse("record", RECORD).unwrap();
    let mut options =
        JointRenewalOptions::default().credentials(catalog.credentials().map(|(credential, _)| credential));
    options.credentials.as_mut().unwrap().retain(|&credential| catalog.get(credential).id != "course");
    change(&catalog, &mut options);
    let joint = catalog.joint_renewal(&record, "2026-11-29".parse().unwrap(), "2027-12-31".parse().unwrap(), &options);
    assert_eq!(joint.verify(&catalog, &record), Ok(()), "{joint}");
    (catalog, record, joint)
}

/// What may stand in the place of anything.
fn wrong_values() -> Vec<Value> {
    let texts =
        ["", "card", "course", "degree", "nobody", "2026-11-30", "2027-12-31", "0.01", "take", "retake", "claim"];
    let others = [json!(0), json!(1), json!(2), json!(7), json!(u64::MAX), json!(-1), json!(true), json!(false)];
    let empty = [json!([]), json!({}), Value::Null];
    texts.into_iter().map(|text| json!(text)).chain(others).chain(empty).collect()
}

/// The same with one thing changed: another value, a key less, or a list in another order, with one less or one more.
fn changes(value: &Value) -> Vec<Value> {
    let mut changed: Vec<Value> = wrong_values();
    if let Value::Array(list) = value
        && let (Some(first), Some(last)) = (list.first(), list.last())
    {
        changed.push(list.iter().rev().cloned().collect());
        changed.push(list[1..].to_vec().into());
        changed.push(list[..list.len() - 1].to_vec().into());
        changed.push(list.iter().chain([first]).cloned().collect());
        changed.push([last].into_iter().chain(list).cloned().collect());
    }
    if let Value::Object(map) = value {
        let without = |key: &String| {
            let mut fewer = map.clone();
            fewer.remove(key);
            fewer.into()
        };
        changed.extend(map.keys().map(without));
    }
    changed.retain(|other| other != value);
    changed
}

fn pointers(value: &Value, at: &str, places: &mut Vec<String>) {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(list) => list.iter().enumerate().map(|(place, value)| (place.to_string(), value)).collect(),
        _ => Vec::new(),
    };
    places.push(at.to_owned());
    inner.into_iter().for_each(|(key, value)| pointers(value, &format!("{at}/{key}"), places));
}

/// The places in which something else may stand, with a cipher for each number, and for how many changes the answer
/// does not verify. Certificates have tests of their own.
fn places_not_checked((catalog, record, joint): &(Catalog, LearnerRecord, JointRenewal)) -> Vec<String> {
    let stored = serde_json::to_value(joint).unwrap();
    let (mut places, mut held, mut refused) = (Vec::new(), BTreeSet::new(), 0);
    pointers(&stored, "", &mut places);
    places.retain(|place| !place.contains("/certificate") && !place.is_empty());
    for place in &places {
        for other in changes(stored.pointer(place).unwrap()) {
            let mut changed = stored.clone();
            *changed.pointer_mut(place).unwrap() = other;
            let Ok(changed) = serde_json::from_value::<JointRenewal>(changed) else { continue };
            // What means the same is no change.
            if changed == *joint {
                continue;
            }
            if changed.verify(catalog, record).is_ok() {
                held.insert(place.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect::<String>());
            } else {
                refused += 1;
            }
        }
    }
    assert!(refused > 20, "{refused}");
    held.into_iter().collect()
}

/// What people are told beside what is checked: lines of a text that may be laid out otherwise, and the work. What is
/// asked for may be named in any order, and twice; so may what a step is for.
#[test]
fn a_stored_joint_renewal_that_was_tampered_with_is_an_error() {
    let joint = renewal(|_, _| ());
    assert_eq!((joint.2.cannot.len(), joint.2.lasting.len()), (3, 1), "{}", joint.2);
    let told = [
        "/cannot/#/why/blocked/causes/#/why/rules/lines",
        "/cannot/#/why/blocked/causes/#/why/rules/lines/#",
        "/effort/nodes",
        "/effort/pivots",
        "/effort/work",
        "/options/credentials",
        "/outcome/plan/proof/plan/effort/nodes",
        "/outcome/plan/proof/plan/effort/pivots",
        "/outcome/plan/proof/plan/effort/work",
        "/outcome/plan/proof/plan/essential",
        "/outcome/plan/proof/plan/essential/#",
        "/outcome/plan/proof/plan/steps/#/purposes",
        "/outcome/plan/proof/plan/steps/#/purposes/#",
        "/outcome/plan/proof/plan/steps/#/purposes/#/conditions",
        "/outcome/plan/proof/plan/steps/#/purposes/#/conditions/since",
        "/outcome/plan/proof/plan/steps/#/purposes/#/credential",
        "/outcome/plan/proof/plan/steps/#/purposes/#/line",
        "/outcome/plan/proof/plan/steps/#/purposes/#/rule",
        "/outcome/plan/proof/plan/steps/#/title",
        "/outcome/plan/proof/plan/target_title",
        "/outcome/plan/steps/#/purposes",
        "/outcome/plan/steps/#/purposes/#/line",
    ];
    assert_eq!(places_not_checked(&joint), told);
}

/// Of what is not kept together no proof is asked for, nor of the limits that rule it out; what cannot be kept at all
/// is looked at.
#[test]
fn what_cannot_be_kept_is_checked_where_there_is_no_plan() {
    let joint = renewal(|_, options| options.budget = Some(Amount::ZERO));
    assert!(matches!(joint.2.outcome, JointOutcome::NotTogether { .. }), "{}", joint.2);
    let told = [
        "/as_of",
        "/cannot/#/why/blocked/causes/#/why/rules/lines",
        "/cannot/#/why/blocked/causes/#/why/rules/lines/#",
        "/effort/nodes",
        "/effort/pivots",
        "/effort/work",
        "/options",
        "/options/budget",
        "/options/credentials",
        "/options/credentials/#/#",
        "/options/work",
        "/outcome/not-together/causes",
        "/outcome/not-together/causes/#/why/budget/needs",
    ];
    assert_eq!(places_not_checked(&joint), told);
}

/// Where the work ended, what is told is true, and not all of it has to be told.
#[test]
fn what_was_left_open_is_checked() {
    let (mut open, mut told, mut held) = (0, BTreeSet::new(), BTreeSet::new());
    for work in (0..200).chain((4..40).map(|times| times * 100)) {
        let joint = renewal(|_, options| options.work = work);
        let JointOutcome::Undecided { limit, .. } = joint.2.outcome else { continue };
        assert_eq!(limit, PlanLimit::Work);
        open += 1;
        if told.insert(joint.2.cannot.len()) || work % 1000 == 0 {
            held.extend(places_not_checked(&joint));
        }
    }
    assert!(open > 10 && told.len() > 1, "{open} {told:?}");
    let among = [
        "/as_of",
        "/cannot",
        "/cannot/#/why/blocked/causes/#/why/rules/lines",
        "/cannot/#/why/blocked/causes/#/why/rules/lines/#",
        "/effort/nodes",
        "/effort/pivots",
        "/effort/work",
        "/options",
        "/options/credentials",
        "/options/credentials/#/#",
        "/options/work",
        "/outcome/undecided/lower_bound",
    ];
    assert_eq!(held.iter().map(String::as_str).collect::<Vec<_>>(), among);
}

/// What has to be done is not made nothing, nor nothing something, with no proof of either.
#[test]
fn nothing_to_do_is_just_that() {
    let (catalog, record, something) = renewal(|_, _| ());
    let of_degree = |catalog: &Catalog, options: &mut JointRenewalOptions| {
        options.credentials = Some(vec![catalog.credential("degree").unwrap()]);
    };
    let (_, _, nothing) = renewal(of_degree);
    let [full, empty] = [&something, &nothing].map(|joint| joint.plan().unwrap().clone());
    assert!(full.proof.is_some() && empty.proof.is_none() && empty.steps.is_empty(), "{nothing}");
    let mut emptied = something.clone();
    emptied.outcome = JointOutcome::Plan(Box::new(empty.clone()));
    assert_eq!(emptied.verify(&catalog, &record), Err(Flaw::Short));
    let changed = |change: &dyn Fn(&mut JointPlan)| {
        let (mut changed, mut plan) = (nothing.clone(), empty.clone());
        change(&mut plan);
        changed.outcome = JointOutcome::Plan(Box::new(plan));
        changed.verify(&catalog, &record)
    };
    assert_eq!(changed(&|_| ()), Ok(()));
    assert_eq!(changed(&|plan| plan.steps.clone_from(&full.steps)), Err(Flaw::Short));
    assert_eq!(changed(&|plan| plan.kept.clone_from(&full.kept)), Err(Flaw::Short));
    assert_eq!(changed(&|plan| plan.cost = full.cost), Err(Flaw::Short));
    assert_eq!(changed(&|plan| plan.hours = full.hours), Err(Flaw::Short));
    assert_eq!(changed(&|plan| plan.credentials = 1), Err(Flaw::Short));
    assert!(changed(&|plan| plan.proof.clone_from(&full.proof)).is_err());
}

/// The flaw names the first step that is told wrongly.
#[test]
fn a_flaw_names_the_step_that_is_told_wrongly() {
    let (catalog, record, joint) = renewal(|_, _| ());
    let steps: Vec<String> = joint.plan().unwrap().steps.iter().map(|step| step.credential.clone()).collect();
    assert_eq!(steps, ["course", "first-aid", "licence"]);
    for (place, id) in steps.iter().enumerate() {
        let mut changed = joint.clone();
        let JointOutcome::Plan(plan) = &mut changed.outcome else { unreachable!() };
        plan.steps[place..].iter_mut().for_each(|step| step.title = "another".to_owned());
        assert_eq!(changed.verify(&catalog, &record), Err(Flaw::Misstated(id.clone())));
    }
}

/// The flaw names what is told wrongly, what is left out, and what is told besides.
#[test]
fn a_flaw_names_what_is_told_wrongly_of_what_cannot_be_kept() {
    let (catalog, record, joint) = renewal(|_, _| ());
    let flaw = |change: &dyn Fn(&mut Vec<CannotKeep>)| {
        let mut changed = joint.clone();
        change(&mut changed.cannot);
        changed.verify(&catalog, &record)
    };
    let named = |id: &str| Err(Flaw::Misstated(id.to_owned()));
    let ids: Vec<&str> = joint.cannot.iter().map(|cannot| cannot.credential.as_str()).collect();
    assert_eq!(ids, ["badge", "card", "never"]);
    for (place, id) in ids.into_iter().enumerate() {
        assert_eq!(flaw(&|cannot| drop(cannot.remove(place))), named(id));
        assert_eq!(flaw(&|cannot| cannot[place].title = "another".to_owned()), named(id));
    }
    let more = |cannot: &mut Vec<CannotKeep>| {
        let mut other = cannot[2].clone();
        other.credential = "degree".to_owned();
        cannot.push(other);
    };
    assert_eq!(flaw(&|cannot| more(cannot)), named("degree"));
    assert!(flaw(&|cannot| cannot.reverse()).is_err());
}

#[test]
fn options_of_another_catalog_are_told() {
    let foreign = Catalog::parse("other", "credential.a = {}\n").unwrap().credential("a").unwrap();
    let joint = renewal(|_, options| options.credentials.as_mut().unwrap().push(foreign));
    assert!(joint.2.plan().is_none(), "{}", joint.2);
    let mut changed = joint.2.clone();
    changed.outcome = renewal(|_, _| ()).2.outcome;
    assert!(changed.verify(&joint.0, &joint.1).is_err());
    let known: Vec<CredentialId> = joint.0.credentials().map(|(credential, _)| credential).take(1).collect();
    changed.options.credentials = Some(known);
    assert!(changed.verify(&joint.0, &joint.1).is_err());
}
