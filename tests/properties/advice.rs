//! What an adviser asks, against all plans that brute force finds: next steps, alternatives, trade-offs, what is
//! nearest.

#![allow(clippy::pedantic, reason = "properties read best as plain statements")]

use std::collections::{BTreeMap, BTreeSet};

use crate::asked::{Asked, amount};
use crate::reference::generate::{cases, plan_case};
use crate::reference::model::*;
use crate::reference::plan::*;
use credpath::{Among, NextStepsOutcome, PlanOutcome, StepRole};
use proptest::prelude::*;

/// The steps of a plan by id.
fn steps(plan: &credpath::Plan) -> BTreeMap<String, u32> {
    plan.steps.iter().map(|step| (step.credential.clone(), step.times)).collect()
}

fn named(steps: &Steps) -> BTreeMap<String, u32> {
    steps.iter().map(|(id, times)| ((*id).to_owned(), *times)).collect()
}

/// Several of the steps are counted: there is no one row that leaves such a plan out.
fn is_counted_twice(plan: &Plan) -> bool {
    plan.steps.values().filter(|times| **times > 1).count() > 1
}

proptest! {
    #![proptest_config(cases(1500))]

    /// What can be begun now lies on some plan, and its regret is what the best plan with it is worth more.
    #[test]
    fn regret_is_what_the_best_plan_with_a_step_adds(case in plan_case(), little in prop::option::of(0_u64..1_000)) {
        let mut asked = Asked::new(&case, None);
        // Rare cases take very long; what is then not exact has to be an interval that holds, however little work is
        // allowed.
        asked.options.work = little.unwrap_or(300_000);
        let problem = Problem::new(&case.catalog, &case.record, case.as_of, case.target, case.options.view);
        let answer = problem.answer(&case.options);
        let outcome = asked.catalog.next_steps(&asked.record, asked.as_of, asked.target, &asked.options);
        let (next, best) = match (outcome, answer.best()) {
            (NextStepsOutcome::Undecided(_), _) => return Ok(()),
            (NextStepsOutcome::Steps(next), Some(best)) => (next, best),
            (NextStepsOutcome::Unattainable(_), None) => return Ok(()),
            (outcome, best) => return Err(TestCaseError::fail(format!("{outcome:?}, not {best:?}"))),
        };
        let value = |plan: &Plan| plan.value(case.options.objective);
        let mut expected = BTreeMap::new();
        for id in answer.plans.iter().flat_map(|plan| plan.steps.keys()) {
            if problem.can_begin(id) {
                let with = answer.plans.iter().filter(|plan| plan.steps.contains_key(id)).map(value).min().unwrap();
                expected.insert((*id).to_owned(), with - value(best));
            }
        }
        let mut found = BTreeMap::new();
        for step in &next.steps {
            if Some(step.regret.least) != step.regret.most {
                let exact = expected.remove(&step.credential).map(amount);
                prop_assert!(exact.is_none_or(|exact| step.regret.least <= exact), "{:?}, not {:?}", step, exact);
                let most = step.regret.most;
                prop_assert!(
                    most.is_none_or(|most| exact.is_some_and(|exact| exact <= most)),
                    "{:?}, not {:?}",
                    step,
                    exact
                );
                continue;
            }
            let role = match step.role {
                StepRole::Essential => answer.essential.contains(&&*step.credential),
                StepRole::Optimal => step.regret.least == credpath::Amount::ZERO,
                StepRole::Alternative => step.regret.least > credpath::Amount::ZERO,
            };
            prop_assert!(role, "{:?}", step);
            found.insert(step.credential.clone(), step.regret.least);
        }
        let expected: BTreeMap<String, credpath::Amount> =
            expected.into_iter().map(|(id, regret)| (id, amount(regret))).collect();
        prop_assert_eq!(found, expected);
    }

    /// The best plans one after the other are all plans, in their order.
    #[test]
    fn alternatives_are_all_plans_in_order(case in plan_case()) {
        let asked = Asked::new(&case, None);
        let answer =
            Problem::new(&case.catalog, &case.record, case.as_of, case.target, case.options.view).answer(&case.options);
        let plans = asked.catalog.alternatives(&asked.record, asked.as_of, asked.target, &asked.options, 8, 1);
        let expected: Vec<BTreeMap<String, u32>> = answer.plans.iter().take(8).map(|plan| named(&plan.steps)).collect();
        let found: Vec<BTreeMap<String, u32>> = plans.plans.iter().map(steps).collect();
        if plans.proven {
            prop_assert_eq!(&found, &expected);
            prop_assert!(!plans.complete || found.len() == answer.plans.len());
        } else {
            prop_assert!(answer.plans.iter().any(is_counted_twice), "{:?}", &plans);
            prop_assert_eq!(&found[..], &expected[..found.len()]);
        }
        for plan in &plans.plans {
            prop_assert_eq!(plan.verify(&asked.catalog, &asked.record), Ok(()));
        }
        // Each leaves out two or more of every one before it.
        let other = asked.catalog.alternatives(&asked.record, asked.as_of, asked.target, &asked.options, 4, 2);
        let counted = answer.plans.iter().any(|plan| plan.steps.values().any(|times| *times > 1));
        if other.proven && !counted {
            let mut chosen: Vec<&Plan> = Vec::new();
            for plan in &answer.plans {
                let left_out =
                    |before: &&&Plan| before.steps.keys().filter(|id| !plan.steps.contains_key(*id)).count() >= 2;
                if chosen.len() < 4 && chosen.iter().all(|before| left_out(&before)) {
                    chosen.push(plan);
                }
            }
            let chosen: Vec<BTreeMap<String, u32>> = chosen.iter().map(|plan| named(&plan.steps)).collect();
            prop_assert_eq!(other.plans.iter().map(steps).collect::<Vec<_>>(), chosen);
        }
    }

    /// No plan is at least as good as a trade-off in both and better in one.
    #[test]
    fn trade_offs_are_all_that_nothing_beats(case in plan_case()) {
        let asked = Asked::new(&case, None);
        let answer =
            Problem::new(&case.catalog, &case.record, case.as_of, case.target, case.options.view).answer(&case.options);
        let plans = asked.catalog.trade_offs(&asked.record, asked.as_of, asked.target, &asked.options, 50);
        let all: BTreeSet<(Amount, Amount)> = answer.plans.iter().map(|plan| (plan.cost, plan.hours)).collect();
        let beaten =
            |one: &&(Amount, Amount)| all.iter().any(|other| other != *one && other.0 <= one.0 && other.1 <= one.1);
        let front: Vec<(credpath::Amount, credpath::Amount)> =
            all.iter().filter(|one| !beaten(one)).map(|one| (amount(one.0), amount(one.1))).collect();
        prop_assert!(plans.proven && plans.complete);
        prop_assert_eq!(plans.plans.iter().map(|plan| (plan.cost, plan.hours)).collect::<Vec<_>>(), front);
        for plan in &plans.plans {
            prop_assert_eq!(plan.verify(&asked.catalog, &asked.record), Ok(()));
        }
    }

    /// The nearest credentials are those whose best plans are worth least.
    #[test]
    fn the_nearest_are_those_with_the_cheapest_plans(mut case in plan_case(), most in 1_usize..5) {
        case.options.must_include.clear();
        let asked = Asked::new(&case, None);
        let mut all: Vec<(Amount, u32, Id)> = Vec::new();
        for id in case.catalog.credentials.keys() {
            let answer =
                Problem::new(&case.catalog, &case.record, case.as_of, id, case.options.view).answer(&case.options);
            if let Some(best) = answer.best().filter(|best| !best.steps.is_empty()) {
                all.push((best.value(case.options.objective), best.missing(case.options.objective), id));
            }
        }
        all.sort();
        let nearest = asked.catalog.nearest(&asked.record, asked.as_of, &Among::default(), most, &asked.options);
        prop_assert!(nearest.proven);
        let found: Vec<(credpath::Amount, &str)> =
            nearest.plans.iter().map(|plan| (plan.value(), plan.target.as_str())).collect();
        let expected: Vec<(credpath::Amount, &str)> =
            all.into_iter().take(most).map(|(value, _, id)| (amount(value), id)).collect();
        prop_assert_eq!(found, expected);
    }
}

/// A repeatable member fills a place for every award of it, also beside a group that nothing meets.
#[test]
fn what_a_repeated_member_brings_is_near() {
    let text = r#"
        [credential]
        a = { hours = 1, cost = 1, repeatable = true }
        c = { hours = 0, cost = 5 }
        e = { stack = { at_least = 2, from = [{ hours = 2, from = ["c"] }, "a"], distinct = true } }
    "#;
    let catalog = credpath::Catalog::parse("catalog.toml", text).unwrap();
    let as_of = credpath::Date::new(2026, 3, 13).unwrap();
    let options = credpath::PlanOptions::default();
    let nearest = catalog.nearest(&credpath::LearnerRecord::default(), as_of, &Among::default(), 3, &options);
    let found: Vec<(&str, String)> =
        nearest.plans.iter().map(|plan| (plan.target.as_str(), plan.cost.to_string())).collect();
    assert_eq!(found, [("a", "1".to_owned()), ("e", "2".to_owned()), ("c", "5".to_owned())]);
}

/// A waiver counts inside a group that is judged as a whole, as it does elsewhere.
#[test]
fn what_a_waiver_spares_is_near() {
    let text = r#"
        [credential]
        a = { cost = 1 }
        b = { offered = { until = 2025-12-31 } }
        e = { stack = { all_of = ["a", { credits = 3, from = ["b"], name = "more" }], distinct = true } }
    "#;
    let catalog = credpath::Catalog::parse("catalog.toml", text).unwrap();
    let waived = "[[waiver]]\ncredential = 'e'\nrequirement = 'more'\n";
    let record = credpath::LearnerRecord::parse("record.toml", waived).unwrap();
    let as_of = credpath::Date::new(2026, 3, 13).unwrap();
    let nearest = catalog.nearest(&record, as_of, &Among::default(), 3, &credpath::PlanOptions::default());
    let found: Vec<&str> = nearest.plans.iter().map(|plan| plan.target.as_str()).collect();
    assert_eq!(found, ["a", "e"]);
}

/// Of amounts that weigh nothing none is missing: where all else is alike, the id decides.
#[test]
fn what_weighs_nothing_is_not_missing() {
    let text = r#"
        [credential]
        a = { cost = 10 }
        b = { cost = 10, hours = 3 }
        c = { hours = 4 }
        d = { cost = 1, hours = 4 }
    "#;
    let catalog = credpath::Catalog::parse("catalog.toml", text).unwrap();
    let as_of = credpath::Date::new(2026, 3, 13).unwrap();
    let nearest = |cost, hours| -> Vec<String> {
        let options = credpath::PlanOptions::default();
        let options = options.objective(credpath::Objective::Weighted { cost, hours, credentials: 1 });
        let nearest = catalog.nearest(&credpath::LearnerRecord::default(), as_of, &Among::default(), 4, &options);
        nearest.plans.into_iter().map(|plan| plan.target).collect()
    };
    assert_eq!(nearest(1, 0), ["c", "d", "a", "b"]);
    assert_eq!(nearest(0, 1), ["a", "b", "c", "d"]);
}

/// What is asked of an explanation: without each credential that is taken, the best plan is worth so much more.
#[test]
fn choices_are_the_best_plans_without_a_step() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut looked_at = 0;
    for _ in 0..400 {
        let case = proptest::strategy::ValueTree::current(&plan_case().new_tree(&mut runner).unwrap());
        let asked = Asked::new(&case, None);
        let problem = Problem::new(&case.catalog, &case.record, case.as_of, case.target, case.options.view);
        let answer = problem.answer(&case.options);
        let PlanOutcome::Plan(plan) = asked.plan() else { continue };
        let explanation = plan.explain(&asked.catalog, &asked.record).unwrap();
        for choice in &explanation.choices {
            let others = answer.plans.iter().filter(|plan| !plan.steps.contains_key(&*choice.credential));
            let value = |plan: &Plan| plan.value(case.options.objective);
            let best = others.map(value).min().map(|other| amount(other - value(&answer.plans[0])));
            assert!(choice.exact);
            assert_eq!(choice.adds, best, "without {}", choice.credential);
            looked_at += 1;
        }
        let shares: u64 = explanation.binding.iter().map(|binding| binding.share.hundredths()).sum();
        // Each share is rounded.
        let most = plan.value().hundredths() + explanation.binding.len() as u64;
        assert!(shares + explanation.essential.hundredths() <= most, "{explanation}\n{plan}");
    }
    assert!(looked_at > 50, "{looked_at}");
}

/// On catalogs too large for brute force: what a step adds is what the best plan that must include it is worth more.
/// That one is found by other rows, and verified.
#[test]
fn regret_is_what_including_a_step_adds() {
    let as_of: credpath::Date = crate::catalogs::AS_OF.to_string().parse().unwrap();
    let (mut compared, mut on_none) = (0, 0);
    for seed in 1..=24 {
        let model = crate::catalogs::Catalog::generate(seed, 60);
        let catalog = credpath::Catalog::parse("generated", &model.to_toml()).unwrap();
        let conferred: Vec<usize> =
            (0..60).filter(|&at| model.credentials[at].layer >= crate::catalogs::Layer::Diploma).collect();
        let at = conferred[seed as usize % conferred.len()];
        let awards = model.awards_towards(seed, at, seed as usize % 12);
        let record =
            credpath::LearnerRecord::parse("generated", &crate::catalogs::record_text(&model, &awards)).unwrap();
        let target = catalog.credential(&model.credentials[at].id).unwrap();
        let options = credpath::PlanOptions::default();
        let NextStepsOutcome::Steps(next) = catalog.next_steps(&record, as_of, target, &options) else { continue };
        for id in model.credentials.iter().map(|credential| &credential.id) {
            let credential = catalog.credential(id).unwrap();
            let step = next.steps.iter().find(|step| step.credential == *id);
            let mut with = credpath::PlanOptions::default();
            with.must_include = vec![credential];
            with.work = 500_000;
            match (catalog.plan(&record, as_of, target, &with), step) {
                (PlanOutcome::Plan(plan), Some(step)) => {
                    assert_eq!(plan.verify(&catalog, &record), Ok(()));
                    let adds =
                        credpath::Amount::from_hundredths(plan.value().hundredths() - next.plan.value().hundredths());
                    assert_eq!(step.regret.most, Some(step.regret.least), "{step:?}");
                    if plan.optimality == credpath::Optimality::Proven {
                        assert_eq!(step.regret.least, adds, "{step:?}");
                        compared += 1;
                    } else {
                        assert!(step.regret.least <= adds, "{step:?}, but {plan}");
                    }
                }
                (PlanOutcome::Plan(plan), None) => {
                    // It is on a plan, but cannot be begun now.
                    assert_ne!(plan.steps[0].credential, *id);
                }
                (PlanOutcome::Unattainable(_), step) => {
                    assert!(step.is_none(), "{step:?}");
                    on_none += 1;
                }
                (PlanOutcome::Undecided(_), _) => {}
                _ => unreachable!(),
            }
        }
    }
    assert!(compared > 200 && on_none > 50, "{compared}, {on_none}");
}

/// What is proven of an alternative is told of the other plans only: the best plan is better.
#[test]
fn an_alternative_is_told_beside_the_best_plan() {
    let text = r#"
        [credential]
        ethics = { cost = 50 }
        logic = { cost = 100 }
        rhetoric = { cost = 250 }
        minor = { cost = 0, stack = { all_of = ["ethics", { any_of = ["logic", "rhetoric"] }] } }
    "#;
    let (catalog, as_of) = (credpath::Catalog::parse("words.toml", text).unwrap(), "2026-11-25".parse().unwrap());
    let minor = catalog.credential("minor").unwrap();
    let (record, options) = (credpath::LearnerRecord::default(), credpath::PlanOptions::default());
    let plans = catalog.alternatives(&record, as_of, minor, &options, 2, 1).plans;
    let told: Vec<String> = plans.iter().map(ToString::to_string).collect();
    assert!(told[0].contains("\n  no plan costs less: proven\n"), "{}", told[0]);
    assert!(told[0].contains("\n  in every plan: ethics, minor\n"), "{}", told[0]);
    assert!(told[1].contains("\n  no other plan costs less: proven\n"), "{}", told[1]);
    assert!(told[1].contains("\n  in every other plan: "), "{}", told[1]);
}

/// That nothing can be begun yet does not mean that nothing is to be done.
#[test]
fn next_steps_say_that_nothing_can_be_begun_yet() {
    let text = r#"
        [credential]
        w = {}
        lead = { cost = 5, offered = { from = 2027-01-11 } }
        y = { stack = { all_of = ["w", "lead"] } }
    "#;
    let (catalog, as_of) = (credpath::Catalog::parse("words.toml", text).unwrap(), "2026-11-25".parse().unwrap());
    let told = |held: &[&str], target: &str| {
        let record = credpath::LearnerRecord::from_iter(held.iter().copied());
        let target = catalog.credential(target).unwrap();
        catalog.next_steps(&record, as_of, target, &credpath::PlanOptions::default()).to_string()
    };
    let later = "begin lead: every plan needs it (5, hours not stated)\n  not before 2027-01-11\n  opens y\n";
    assert_eq!(told(&["w"], "y"), format!("nothing can be begun on 2026-11-25\n{later}"));
    assert_eq!(told(&["w"], "w"), "nothing to do: an award is current\n");
}

/// One hour is no hours.
#[test]
fn one_is_told_as_one() {
    let text = r#"
        credential.a = { cost = 5, hours = 1 }
        credential.b = { cost = 0, hours = 2, stack = { all_of = ["a"] } }
    "#;
    let (catalog, as_of) = (credpath::Catalog::parse("words.toml", text).unwrap(), "2026-11-25".parse().unwrap());
    let (record, mut options) = (credpath::LearnerRecord::default(), credpath::PlanOptions::default());
    let [a, b] = ["a", "b"].map(|id| catalog.credential(id).unwrap());
    let plan = catalog.plan(&record, as_of, a, &options).to_string();
    assert!(plan.contains("\n  5, 1 hour, 1 credential to take\n") && plan.contains(" take a: 5, 1 hour\n"), "{plan}");
    let next = catalog.next_steps(&record, as_of, b, &options).to_string();
    assert!(next.contains(" (5, 1 hour)\n"), "{next}");
    options.objective = credpath::Objective::Hours;
    let nearest = catalog.nearest(&record, as_of, &Among::default(), 2, &options).to_string();
    assert!(nearest.starts_with("a: 5, 1 hour, 1 credential to take\n"), "{nearest}");
    assert!(nearest.contains("\nb: 5, 3 hours, 1 credential to take\n"), "{nearest}");
}
