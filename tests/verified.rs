//! Plans that are changed so that only one rule of what verifies them is broken, and plans that keep to each of these
//! rules just so: each limit, the objective, and what may be shared. `src/plan/answers/tampering.rs` changes proofs.

use credpath::{Among, Catalog, Date, Flaw, LearnerRecord, Objective, Plan, PlanOptions};
use serde_json::{Value, json};

fn today() -> Date {
    "2026-11-25".parse().unwrap()
}

fn catalog(text: &str) -> Catalog {
    Catalog::parse("catalog", text).unwrap_or_else(|error| panic!("{error}"))
}

fn plan(catalog: &Catalog, record: &LearnerRecord, options: &PlanOptions) -> Plan {
    let target = catalog.credential("target").unwrap();
    let outcome = catalog.plan(record, today(), target, options);
    let plan = outcome.plan().unwrap_or_else(|| panic!("{outcome}")).clone();
    assert_eq!(plan.verify(catalog, record), Ok(()), "{plan}");
    plan
}

/// What is wrong with the plan once it was changed.
fn flaw(catalog: &Catalog, record: &LearnerRecord, plan: &Plan, change: impl FnOnce(&mut Plan)) -> Option<Flaw> {
    let mut plan = plan.clone();
    change(&mut plan);
    plan.verify(catalog, record).err()
}

/// What a caller rules out is in no plan, whichever way it is ruled out, and although the proof holds all the same.
#[test]
fn a_step_that_the_options_rule_out_is_found() {
    let catalog = catalog(
        r#"
        [credential]
        a = { cost = 10, issuer = "north", tags = ["day"] }
        b = { cost = 20, issuer = "south", tags = ["night"] }
        target = { stack = { any_of = ["a", "b"] } }
        "#,
    );
    let nothing = LearnerRecord::default();
    let plan = plan(&catalog, &nothing, &PlanOptions::default());
    let a = catalog.credential("a").unwrap();
    let ruled_out =
        |change: &dyn Fn(&mut PlanOptions)| flaw(&catalog, &nothing, &plan, |plan| change(&mut plan.options));
    let impossible = Some(Flaw::Impossible("a".to_owned()));
    assert_eq!(ruled_out(&|options| options.avoid = vec![a]), impossible);
    assert_eq!(ruled_out(&|options| options.issuers = Some(vec!["south".to_owned()])), impossible);
    assert_eq!(ruled_out(&|options| options.tags = Some(vec!["night".to_owned()])), impossible);
    assert_eq!(ruled_out(&|options| options.without_tags = vec!["day".to_owned()]), impossible);
    // What does not rule it out leaves the plan as good as it is.
    assert_eq!(ruled_out(&|options| options.avoid = vec![catalog.credential("b").unwrap()]), None);
    assert_eq!(ruled_out(&|options| options.tags = Some(vec!["day".to_owned()])), None);
}

/// Where all amounts are alike, the proof shows as much by another objective: only that it is not what was asked for
/// is wrong.
#[test]
fn a_plan_is_of_the_objective_that_was_asked_for() {
    let catalog = catalog(
        r#"
        [credential]
        a = { cost = 1, hours = 1 }
        b = { cost = 2, hours = 2 }
        target = { cost = 0, hours = 0, stack = { any_of = ["a", "b"] } }
        "#,
    );
    let nothing = LearnerRecord::default();
    let objectives = [Objective::Cost, Objective::Hours, Objective::Credentials];
    for own in objectives {
        let plan = plan(&catalog, &nothing, &PlanOptions::default().objective(own));
        for other in objectives.into_iter().filter(|other| *other != own) {
            assert_eq!(flaw(&catalog, &nothing, &plan, |plan| plan.objective = other), Some(Flaw::WrongSums));
            let asked = flaw(&catalog, &nothing, &plan, |plan| plan.options.objective = other);
            assert_eq!(asked, Some(Flaw::WrongSums));
        }
    }
}

/// Each sum by itself is looked at, with all else right.
#[test]
fn each_sum_is_looked_at() {
    let catalog = catalog(
        r#"
        [credential]
        a = { cost = 10, hours = 4 }
        b = { hours = 1 }
        target = { cost = 0, stack = { all_of = ["a", "b"] } }
        "#,
    );
    let nothing = LearnerRecord::default();
    let plan = plan(&catalog, &nothing, &PlanOptions::default());
    assert_eq!(plan.not_stated.cost, ["b"]);
    assert_eq!(plan.not_stated.hours, ["target"]);
    let changed = |change: &dyn Fn(&mut Plan)| flaw(&catalog, &nothing, &plan, change);
    assert_eq!(changed(&|plan| plan.not_stated.cost.clear()), Some(Flaw::WrongSums));
    assert_eq!(changed(&|plan| plan.not_stated.hours.clear()), Some(Flaw::WrongSums));
    assert_eq!(changed(&|plan| plan.hours = "4".parse().unwrap()), Some(Flaw::WrongSums));
    assert_eq!(changed(&|plan| plan.cost = "9.99".parse().unwrap()), Some(Flaw::WrongSums));
    assert_eq!(changed(&|plan| plan.credentials = 3), Some(Flaw::WrongSums));
}

/// A claim uses another award, which some other claim uses, in place of one of its own.
fn use_instead(plan: &mut Plan, claim: &str, own: &str, other: &str) {
    let mut all = plan.claims.iter().flat_map(|claim| &claim.awards);
    let other = all.find(|used| used.award.credential == other).unwrap().clone();
    let claim = plan.claims.iter_mut().find(|one| one.credential == claim).unwrap();
    *claim.awards.iter_mut().find(|used| used.award.credential == own).unwrap() = other;
}

const TWO: &str = r#"
    [credential]
    x = { cost = 10, credits = 3 }
    y = { cost = 20, credits = 3 }
    first = { type = "Badge", stack = { any_of = ["x", "y"] } }
    second = { type = "Badge", stack = { any_of = ["x", "y"] } }
    target = { stack = { all_of = ["first", "second"] } }
"#;

/// Two may share as much as the policy says, and nothing more.
#[test]
fn what_is_shared_is_counted_to_the_last_award_and_credit() {
    let nothing = LearnerRecord::default();
    for (limit, cost) in [
        ("max_awards = 1", "10"),
        ("max_awards = 0", "30"),
        ("max_credits = 3", "10"),
        ("max_credits = 2.99", "30"),
        ("max_awards = 1, max_credits = 3", "10"),
        ("max_awards = 0, max_credits = 3", "30"),
        ("max_awards = 1, max_credits = 2.99", "30"),
    ] {
        let catalog = catalog(&format!("sharing = [{{ between = [\"Badge\", \"Badge\"], {limit} }}]\n{TWO}"));
        let plan = plan(&catalog, &nothing, &PlanOptions::default());
        assert_eq!(plan.cost, cost.parse().unwrap(), "{limit}");
        if cost == "30" {
            let own = plan.claims.iter().find(|claim| claim.awards[0].award.credential == "y").unwrap();
            let changed = flaw(&catalog, &nothing, &plan, |plan| use_instead(plan, &own.credential, "y", "x"));
            assert!(matches!(changed, Some(Flaw::OverShared(_))), "{limit}: {changed:?}");
        }
    }
    // Only what the policy is about is limited.
    let of_tags =
        format!("sharing = [{{ between = [\"Badge\", \"Badge\"], max_awards = 0, of = {{ tags = [\"t\"] }} }}]\n{TWO}");
    assert_eq!(plan(&catalog(&of_tags), &nothing, &PlanOptions::default()).cost, "10".parse().unwrap());
}

/// A policy between two types is none between two of one type, whatever else they are bound by.
#[test]
fn a_policy_binds_the_types_that_it_names() {
    let catalog = catalog(
        r#"
        sharing = [{ between = ["Badge", "Card"], max_awards = 0 }]
        [credential]
        x = { cost = 10 }
        y = { cost = 20 }
        first = { type = "Badge", stack = { any_of = ["x", "y"] } }
        second = { type = "Badge", stack = { any_of = ["x", "y"] } }
        third = { type = "Card", stack = { any_of = ["x", "y"] } }
        target = { stack = { all_of = ["first", "second", "third"] } }
        "#,
    );
    let nothing = LearnerRecord::default();
    let plan = plan(&catalog, &nothing, &PlanOptions::default());
    assert_eq!((plan.cost.to_string(), plan.claims.len()), ("30".to_owned(), 3));
    let used = |id: &str| {
        let claim = plan.claims.iter().find(|claim| claim.credential == id).unwrap();
        claim.awards[0].award.credential.clone()
    };
    assert_eq!((used("first") == used("second"), used("second") == used("third")), (true, false), "{plan}");
    let (card, badge) = (used("third"), used("second"));
    let changed = flaw(&catalog, &nothing, &plan, |plan| use_instead(plan, "third", &card, &badge));
    assert!(matches!(changed, Some(Flaw::OverShared(_))), "{changed:?}");
}

/// What was issued is as it is: two of that may share what they like, and a new claim may share nothing with either.
#[test]
fn what_was_issued_binds_new_claims_and_not_each_other() {
    let catalog = catalog(
        r#"
        sharing = [{ between = ["Badge", "Badge"], max_awards = 0 }]
        [credential]
        x = {}
        z = {}
        old = { type = "Badge", stack = "z" }
        older = { type = "Badge", stack = "z" }
        target = { type = "Badge", stack = { any_of = ["x", "z"] } }
        "#,
    );
    let record = LearnerRecord::from_iter(["x", "z", "old", "older"]);
    let plan = plan(&catalog, &record, &PlanOptions::default());
    let told: Vec<String> = plan.claims.iter().map(ToString::to_string).collect();
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(told[0], "target uses x");
    let changed = flaw(&catalog, &record, &plan, |plan| use_instead(plan, "target", "x", "z"));
    assert_eq!(changed, Some(Flaw::OverShared("target".to_owned())));
    for place in 0..3 {
        let fewer = flaw(&catalog, &record, &plan, |plan| drop(plan.claims.remove(place)));
        assert!(matches!(fewer, Some(Flaw::OverShared(_))), "{place}: {fewer:?}");
    }
}

/// What has no weight in the objective is not missed: of two that are worth the same, the one whose hours nobody stated
/// comes first by its id where hours do not count, and last where they do.
#[test]
fn only_amounts_that_are_weighed_are_missed() {
    let catalog = catalog(
        r#"
        [credential]
        a = { cost = 10 }
        b = { cost = 10, hours = 0 }
        first = { type = "Certificate", cost = 0, hours = 0, stack = "a" }
        second = { type = "Certificate", cost = 0, hours = 0, stack = "b" }
        "#,
    );
    let nearest = |cost, hours| {
        let options = PlanOptions::default().objective(Objective::Weighted { cost, hours, credentials: 0 });
        let among = Among::default().types(["Certificate"]);
        let nearest = catalog.nearest(&LearnerRecord::default(), today(), &among, 2, &options);
        nearest.plans.iter().map(|plan| plan.target.clone()).collect::<Vec<_>>()
    };
    assert_eq!(nearest(1, 0), ["first", "second"]);
    assert_eq!(nearest(1, 1), ["second", "first"]);
}

/// The entries of a proof that tells all ways of setting some variables apart, and ends each of them as is said.
fn tree(variables: &[u32], ends: &mut impl Iterator<Item = Value>) -> Vec<Value> {
    let Some((variable, others)) = variables.split_first() else { return ends.take(1).collect() };
    let mut entries = vec![json!({ "split": { "variable": variable, "at": 0, "up_first": true } })];
    entries.extend(tree(others, ends));
    entries.extend(tree(others, ends));
    entries
}

/// However the ways of taking three steps are turned down, as leading nowhere or as no plan, one of them is a plan that
/// is worth less, so that nothing is proved.
#[test]
fn a_plan_is_not_turned_down_for_nothing() {
    let catalog = catalog(
        r#"
        [credential]
        a = { cost = 10 }
        b = { cost = 20 }
        target = { stack = { any_of = ["a", "b"] } }
        "#,
    );
    let nothing = LearnerRecord::default();
    let b = catalog.credential("b").unwrap();
    // The best with b, told as the best of all.
    let dearer = plan(&catalog, &nothing, &PlanOptions::default().must_include([b]));
    assert_eq!(dearer.cost, "20".parse().unwrap());
    let mut stored = serde_json::to_value(&dearer).unwrap();
    stored["options"]["must_include"] = json!([]);
    let triples =
        (0..3).flat_map(|one| (one + 1..4).flat_map(move |two| (two + 1..5).map(move |three| [one, two, three])));
    for variables in triples {
        for ends in 0..256_u32 {
            let mut ends = (0..8).map(|leaf| json!(if ends >> leaf & 1 == 1 { "refused" } else { "barren" }));
            stored["certificate"]["entries"] = tree(&variables, &mut ends).into();
            let changed: Plan = serde_json::from_value(stored.clone()).unwrap();
            assert_eq!(changed.verify(&catalog, &nothing), Err(Flaw::Unproven), "{variables:?}: {changed:?}");
        }
    }
}
