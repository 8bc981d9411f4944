//! Whatever is changed in a plan or its proof, verification says no.

use crate::solve::ids::{RowId, VariableId};
use crate::value::ids::{CredentialId, Id};
use std::sync::Arc;

use crate::catalog::catalog::Catalog;
use crate::plan::answers::assignment::{PlanAward, PlanClaim};
use crate::plan::answers::plan::{Optimality, Plan, StepKind};
use crate::plan::answers::verify::Flaw;
use crate::plan::question::options::{Besides, PlanOptions};
use crate::plan::search::certificate::CutReason;
use crate::record::record::LearnerRecord;
use crate::solve::certificate::Entry;
use crate::value::amount::Amount;

/// Pools that share, so that the proof needs branches; a loop, so that it needs a row of its own.
const CATALOG: &str = r#"
    [credential]
    a = { cost = 70, credits = 3 }
    b = { cost = 110, credits = 5 }
    c = { cost = 90, credits = 4 }
    d = { cost = 130, credits = 6 }
    e = { cost = 40, credits = 2 }
    f = { cost = 60, credits = 3 }
    x = { cost = 1, prerequisite = { any_of = ["y", "d"] } }
    y = { cost = 1, prerequisite = "x" }
    target = { stack = { all_of = [
        { credits = 11, from = ["a", "b", "c", "d"] },
        { credits = 9, from = ["c", "d", "e", "f"] },
        { at_least = 3, from = ["a", "c", "e", "f"] },
        "x", "y",
    ] } }
"#;

fn planned(options: &PlanOptions) -> (Catalog, LearnerRecord, Plan) {
    let catalog = Catalog::parse("catalog.toml", CATALOG).unwrap();
    let record = LearnerRecord::default();
    let target = catalog.credential("target").unwrap();
    let plan = catalog.plan(&record, "2026-11-25".parse().unwrap(), target, options).into_plan().unwrap();
    plan.verify(&catalog, &record).unwrap();
    (catalog, record, plan)
}

#[test]
fn a_changed_plan_does_not_verify() {
    let (catalog, record, plan) = planned(&PlanOptions::default());
    let one = Amount::from_hundredths(100);
    let more = |amount: Amount| Amount::from_hundredths(amount.hundredths() + 100);
    let changed = |change: &dyn Fn(&mut Plan)| {
        let mut plan = plan.clone();
        change(&mut plan);
        plan.verify(&catalog, &record).unwrap_err()
    };
    assert_eq!(changed(&|plan| plan.cost = more(plan.cost)), Flaw::WrongSums);
    assert_eq!(changed(&|plan| plan.hours = one), Flaw::WrongSums);
    assert_eq!(changed(&|plan| plan.credentials += 1), Flaw::WrongSums);
    assert_eq!(changed(&|plan| plan.not_stated.cost.push("a".into())), Flaw::WrongSums);
    assert!(matches!(changed(&|plan| plan.steps[0].cost = None), Flaw::Misstated(_)));
    assert_eq!(changed(&|plan| plan.target = "nobody".into()), Flaw::UnknownCredential("nobody".into()));
    assert!(matches!(changed(&|plan| plan.steps[0].cost = Some(one)), Flaw::Misstated(_)));
    assert!(matches!(changed(&|plan| plan.steps[0].kind = StepKind::Renew), Flaw::Misstated(_)));
    assert!(matches!(changed(&|plan| plan.steps[0].closes = Some(plan.as_of)), Flaw::Misstated(_)));
    assert!(matches!(changed(&|plan| plan.steps[0].opens = Some(plan.as_of)), Flaw::Misstated(_)));
    assert!(matches!(changed(&|plan| plan.steps.reverse()), Flaw::Impossible(_)));
    assert!(matches!(changed(&|plan| plan.steps[0].times = 0), Flaw::Impossible(_)));
    assert!(matches!(changed(&|plan| plan.steps[0].times = 2), Flaw::Impossible(_)));
    assert_eq!(changed(&|plan| drop(plan.steps.pop())), Flaw::Short);
    // One step too many, its sums right.
    let spare = changed(&|plan| {
        let other =
            ["a", "b", "c", "d", "e", "f"].into_iter().find(|id| !plan.steps.iter().any(|step| step.credential == *id));
        let cost = catalog.get(catalog.credential(other.unwrap()).unwrap()).cost.unwrap();
        let mut step = plan.steps[0].clone();
        (step.credential, step.cost) = (other.unwrap().into(), Some(cost));
        plan.steps.insert(0, step);
        plan.cost = Amount::from_hundredths(plan.cost.hundredths() + cost.hundredths());
        plan.credentials += 1;
    });
    assert!(matches!(spare, Flaw::Spare(_)), "{spare:?}");
    assert_eq!(changed(&|plan| plan.options.budget = Some(Amount::ZERO)), Flaw::BeyondLimits);
}

/// The change makes the proof one that proves nothing.
fn assert_unproven(change: impl Fn(&mut Plan)) {
    let (catalog, record, mut plan) = planned(&PlanOptions::default());
    change(&mut plan);
    assert_eq!(plan.verify(&catalog, &record), Err(Flaw::Unproven));
}

/// The multipliers of an entry that has some.
fn multipliers(entry: &Entry) -> Option<Arc<Vec<(RowId, i64)>>> {
    match entry {
        Entry::Closed(weights) | Entry::Narrow(weights) | Entry::Contradiction(weights) if !weights.is_empty() => {
            Some(Arc::clone(weights))
        }
        _ => None,
    }
}

/// The result of verifying the plan with other multipliers at one place of its proof.
fn verified_with(place: usize, other: Vec<(RowId, i64)>) -> Result<(), Flaw> {
    let (catalog, record, mut plan) = planned(&PlanOptions::default());
    let entry = &mut plan.certificate.entries[place];
    let other = Arc::new(other);
    *entry = if let Entry::Narrow(_) = entry { Entry::Narrow(other) } else { Entry::Closed(other) };
    plan.verify(&catalog, &record)
}

/// The first place of the proof that does not hold without its multipliers: some branches are closed by what narrowed
/// them before.
fn place_of_multipliers(plan: &Plan) -> usize {
    let entries = &plan.certificate.entries;
    let mut closed = (0..entries.len()).filter(|&place| multipliers(&entries[place]).is_some());
    closed.find(|&place| verified_with(place, Vec::new()).is_err()).expect("a branch closed by weights")
}

#[test]
fn a_changed_bound_does_not_verify() {
    let (_, _, plan) = planned(&PlanOptions::default());
    let below = Optimality::Within { lower_bound: Amount::from_hundredths(plan.cost.hundredths() - 1) };
    assert_unproven(|plan| plan.optimality = below);
    assert_unproven(|plan| plan.certificate.least += 1);
    assert_unproven(|plan| plan.certificate.entries.clear());
    assert!(plan.certificate.lines() > 3, "{}", plan.certificate.lines());
}

#[test]
fn changed_multipliers_do_not_verify() {
    let (_, _, plan) = planned(&PlanOptions::default());
    let place = place_of_multipliers(&plan);
    let weights = multipliers(&plan.certificate.entries[place]).unwrap();
    let changed = |change: &dyn Fn(RowId, i64) -> (RowId, i64)| -> Vec<(RowId, i64)> {
        weights.iter().map(|&(row, weight)| change(row, weight)).collect()
    };
    let below_zero = changed(&|row, weight| (row, -weight));
    let nowhere = changed(&|row, weight| (RowId::at(row.index() + 1000), weight));
    let small = changed(&|row, weight| (row, weight / 1000));
    for other in [below_zero, nowhere, small] {
        assert_eq!(verified_with(place, other), Err(Flaw::Unproven));
    }
    // Nothing at all is proved without weights.
    assert_unproven(|plan| {
        for entry in &mut plan.certificate.entries {
            if multipliers(entry).is_some() {
                *entry = Entry::Closed(Arc::new(Vec::new()));
            }
        }
    });
}

#[test]
fn a_changed_proof_does_not_verify() {
    let (catalog, _, plan) = planned(&PlanOptions::default());
    let place = place_of_multipliers(&plan);
    let (variable, nowhere) = (VariableId::at(0), VariableId::at(9999));
    // A branch less, and one more.
    assert_unproven(|plan| drop(plan.certificate.entries.pop()));
    assert_unproven(|plan| plan.certificate.entries.push(Entry::Barren));
    assert_unproven(|plan| plan.certificate.entries[place] = Entry::Barren);
    assert_unproven(|plan| plan.certificate.entries[place] = Entry::Conflict(RowId::at(0)));
    assert_unproven(|plan| plan.certificate.entries.insert(0, Entry::Split { variable, at: 0, up_first: true }));
    let split = Entry::Split { variable: nowhere, at: 0, up_first: true };
    assert_unproven(|plan| plan.certificate.entries.insert(0, split.clone()));
    let forced = Entry::Forced { row: RowId::at(9999), variable };
    assert_unproven(|plan| plan.certificate.entries.insert(0, forced.clone()));
    // Rows that do not hold: without `e` there are other ways, and `e` alone is no plan.
    let e = catalog.credential("e").unwrap();
    assert_unproven(|plan| plan.certificate.further.push(CutReason::OneOf(vec![e])));
    let beside = CredentialId::at(0);
    assert_unproven(|plan| plan.certificate.further.push(CutReason::NotBeside { plan: vec![(e, 1)], beside }));
}

#[test]
fn a_bound_that_is_too_high_does_not_verify() {
    let mut options = PlanOptions::default();
    let (catalog, record, plan) = planned(&options);
    // A plan within a bound, by a search that was cut short.
    options.work = 0;
    let mut within = None;
    while within.is_none() && options.work < 5_000 {
        options.work += 1;
        let target = catalog.credential("target").unwrap();
        let plan = catalog.plan(&record, plan.as_of, target, &options).into_plan();
        within = plan.filter(|plan| plan.optimality != Optimality::Proven);
    }
    let within = within.expect("some limit is met between a plan and its proof");
    within.verify(&catalog, &record).unwrap();
    let Optimality::Within { lower_bound } = within.optimality else { unreachable!() };
    assert!(lower_bound <= plan.cost);
    let mut higher = within.clone();
    let above = Amount::from_hundredths(within.cost.hundredths() + 1);
    higher.optimality = Optimality::Within { lower_bound: above };
    assert_eq!(higher.verify(&catalog, &record), Err(Flaw::Unproven));
}

/// Two that may share nothing: the one uses what the other does not.
const SHARING: &str = r#"
    sharing = [{ between = ["Badge", "Badge"], max_awards = 0 }]
    [credential]
    x = {}
    y = { cost = 20 }
    z = { cost = 30 }
    r = { cost = 5, repeatable = true }
    old = { type = "Badge", stack = "z" }
    first = { type = "Badge", stack = { all_of = ["r", { any_of = ["x", "y"] }] } }
    second = { type = "Badge", stack = { all_of = ["r", { any_of = ["x", "z"] }] } }
    target = { stack = { all_of = ["first", "second"] } }
"#;

#[test]
fn a_changed_assignment_does_not_verify() {
    let catalog = Catalog::parse("sharing", SHARING).unwrap();
    let record = LearnerRecord::from_iter(["x", "z", "old"]);
    let target = catalog.credential("target").unwrap();
    let outcome = catalog.plan(&record, "2026-11-25".parse().unwrap(), target, &PlanOptions::default());
    let plan = outcome.into_plan().unwrap();
    let told: Vec<String> = plan.claims.iter().map(ToString::to_string).collect();
    assert_eq!(told, ["first uses r, y", "second uses r, x", "old, issued on 2026-11-25, uses z"]);
    plan.verify(&catalog, &record).unwrap();
    let changed = |change: &dyn Fn(&mut Plan)| {
        let mut plan = plan.clone();
        change(&mut plan);
        plan.verify(&catalog, &record).unwrap_err()
    };
    let of = |id: &str| Flaw::OverShared(id.to_owned());
    // One that is left out, or that uses too little.
    assert_eq!(changed(&|plan| plan.claims.clear()), of("second"));
    assert_eq!(changed(&|plan| drop(plan.claims.remove(0))), of("first"));
    assert_eq!(changed(&|plan| drop(plan.claims.pop())), of("old"));
    assert_eq!(changed(&|plan| drop(plan.claims[0].awards.pop())), of("first"));
    assert_eq!(changed(&|plan| plan.claims[2].awards.clear()), of("old"));
    // One that uses the same as another, or what there is not.
    let same = changed(&|plan| {
        let other = plan.claims[1].awards.clone();
        plan.claims[0].awards = other;
    });
    assert_eq!(same, of("second"));
    let used = |plan: &Plan, id: &str| {
        let mut used = plan.claims[0].awards.iter().chain(&plan.claims[1].awards);
        used.find(|used| used.award.credential == id).unwrap().clone()
    };
    let add = |more: PlanAward, plan: &mut Plan| plan.claims[0].awards.push(more);
    let one_more = changed(&|plan| add(used(plan, "x"), plan));
    assert_eq!(one_more, of("second"));
    let other_of_r = changed(&|plan| {
        let r = |used: &&mut PlanAward| used.award.credential == "r";
        let number = plan.claims[1].awards.iter().find(|used| used.award.credential == "r").unwrap().number;
        plan.claims[0].awards.iter_mut().find(r).unwrap().number = number;
    });
    assert_eq!(other_of_r, of("second"));
    assert_eq!(changed(&|plan| plan.claims[0].awards[0].number = 3), of("first"));
    assert_eq!(changed(&|plan| plan.claims[0].awards[0].by_step = false), of("first"));
    // One that is there for nobody, besides those that suffice.
    let besides_all = changed(&|plan| add(PlanAward { number: 3, ..used(plan, "r") }, plan));
    assert_eq!(besides_all, of("first"));
    // What is said of something else, and of another day.
    assert_eq!(changed(&|plan| plan.claims[2].issued = plan.as_of.previous()), of("old"));
    assert_eq!(changed(&|plan| plan.claims[2].credential = "target".to_owned()), of("old"));
    let more = changed(&|plan| {
        let other = PlanClaim { credential: "x".to_owned(), ..plan.claims[0].clone() };
        plan.claims.push(other);
    });
    assert_eq!(more, of("x"));
    // Without the policy, the dearer step is spared.
    let free = Catalog::parse("free", &SHARING.replace("max_awards = 0", "max_awards = 9")).unwrap();
    assert!(plan.verify(&free, &record).is_err());
}

/// Two ways to each of two parts; the cheapest of each exclude each other.
const LIMITED: &str = r#"
    [credential]
    a = { cost = 10, hours = 4, excludes = ["c"] }
    b = { cost = 20, hours = 2 }
    c = { cost = 15, hours = 3 }
    d = { cost = 30, hours = 1 }
    target = { stack = { all_of = [{ any_of = ["a", "b"] }, { any_of = ["c", "d"] }] } }
"#;

#[test]
fn each_limit_is_looked_at() {
    let catalog = Catalog::parse("limited", LIMITED).unwrap();
    let number = |id: &str| catalog.credential(id).unwrap();
    let as_of = "2026-11-25".parse().unwrap();
    let planned = |record: &LearnerRecord, options: &PlanOptions| {
        let plan = catalog.plan(record, as_of, number("target"), options).into_plan().unwrap();
        plan.verify(&catalog, record).unwrap();
        plan
    };
    let nothing = LearnerRecord::default();
    let (cost, hours) = (Amount::from_hundredths(3500), Amount::from_hundredths(500));
    let less = |amount: Amount| Amount::from_hundredths(amount.hundredths() - 1);
    // What it takes just is allowed, and no less.
    let limits = PlanOptions::default().budget(cost).most_hours(hours).must_include([number("b")]);
    let plan = planned(&nothing, &limits);
    let taken: Vec<&str> = plan.steps.iter().map(|step| step.credential.as_str()).collect();
    assert_eq!((plan.cost, plan.hours), (cost, hours));
    assert!(taken.contains(&"b") && taken.contains(&"c"), "{taken:?}");
    let flaw = |change: &dyn Fn(&mut PlanOptions)| {
        let mut plan = plan.clone();
        change(&mut plan.options);
        plan.verify(&catalog, &nothing).unwrap_err()
    };
    let own = |differing| Besides { steps: vec![(number("b"), 1), (number("c"), 1)], differing };
    let others = Besides { steps: vec![(number("b"), 1), (number("d"), 1)], differing: 2 };
    assert_eq!(flaw(&|options| options.budget = Some(less(cost))), Flaw::BeyondLimits);
    assert_eq!(flaw(&|options| options.most_hours = Some(less(hours))), Flaw::BeyondLimits);
    assert_eq!(flaw(&|options| options.must_include.push(number("d"))), Flaw::BeyondLimits);
    assert_eq!(flaw(&|options| options.besides.push(own(1))), Flaw::BeyondLimits);
    assert_eq!(flaw(&|options| options.besides.push(own(0))), Flaw::BeyondLimits);
    assert_eq!(flaw(&|options| options.besides.push(others.clone())), Flaw::BeyondLimits);
    // Two that exclude each other, one of them from another plan, with sums that are right.
    let mut both = planned(&nothing, &PlanOptions::default());
    let other = planned(&nothing, &PlanOptions::default().must_include([number("a")]));
    let place = both.steps.iter().position(|step| step.credential == "b").unwrap();
    both.steps[place] = other.steps.iter().find(|step| step.credential == "a").unwrap().clone();
    (both.cost, both.hours) = (Amount::from_hundredths(2500), Amount::from_hundredths(700));
    assert_eq!(both.verify(&catalog, &nothing), Err(Flaw::BeyondLimits));
    // Whoever has the target has no step that could be included.
    let there = LearnerRecord::from_iter(["target"]);
    let mut held = planned(&there, &PlanOptions::default());
    held.options.must_include.push(number("a"));
    assert_eq!(held.verify(&catalog, &there), Err(Flaw::BeyondLimits));
}

/// An alternative is the best of what is left only as long as the others are left aside: the proof says which are.
#[test]
fn a_proof_leaves_aside_what_the_plan_says() {
    let catalog = Catalog::parse("limited", LIMITED).unwrap();
    let number = |id: &str| catalog.credential(id).unwrap();
    let first = Besides { steps: vec![(number("b"), 1), (number("c"), 1)], differing: 1 };
    let options = PlanOptions::default().besides([first]);
    let (nothing, as_of) = (LearnerRecord::default(), "2026-11-25".parse().unwrap());
    let mut second = catalog.plan(&nothing, as_of, number("target"), &options).into_plan().unwrap();
    assert_eq!(second.cost, Amount::from_hundredths(4000));
    second.verify(&catalog, &nothing).unwrap();
    second.options.besides.clear();
    assert_eq!(second.verify(&catalog, &nothing), Err(Flaw::Unproven));
}

/// Two that are counted, and one that does for both.
const COUNTED: &str = r#"
    [credential]
    r = { cost = 10, credits = 2, repeatable = true }
    s = { cost = 11, credits = 2, repeatable = true }
    x = { cost = 100, credits = 4 }
    target = { stack = { all_of = [{ credits = 4, from = ["r", "x"] }, { credits = 4, from = ["s", "x"] }] } }
"#;

#[test]
fn a_proof_leaves_aside_just_these_numbers() {
    let catalog = Catalog::parse("counted", COUNTED).unwrap();
    let number = |id: &str| catalog.credential(id).unwrap();
    let aside = |of_r, of_s| Besides { steps: vec![(number("r"), of_r), (number("s"), of_s)], differing: 1 };
    let options = PlanOptions::default().besides([aside(2, 2)]);
    let (nothing, as_of) = (LearnerRecord::default(), "2026-11-25".parse().unwrap());
    let plan = catalog.plan(&nothing, as_of, number("target"), &options).into_plan().unwrap();
    assert_eq!(plan.cost, Amount::from_hundredths(10000));
    plan.verify(&catalog, &nothing).unwrap();
    for other in [aside(3, 2), aside(2, 3)] {
        let mut changed = plan.clone();
        changed.options.besides = vec![other];
        assert_eq!(changed.verify(&catalog, &nothing), Err(Flaw::Unproven));
    }
}
