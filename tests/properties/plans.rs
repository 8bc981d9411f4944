//! Plans against the naive reference, and the reference against examples worked by hand and slower ways to the same
//! answers.

#![allow(clippy::pedantic, reason = "properties read best as plain statements")]

use std::collections::{BTreeMap, BTreeSet};

use crate::asked::{Asked, amount};
use crate::reference::edition::Edition;
use crate::reference::evaluate::evaluate;
use crate::reference::features::{ALL_OF_PLANS, interesting_plans};
use crate::reference::generate::{PlanCase, cases, plan_case, plan_case_of};
use crate::reference::model::*;
use crate::reference::plan::*;
use credpath::{Permission, PlanOutcome};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// The steps of a plan under the names of the model, in the order given.
fn order(case: &PlanCase, plan: &credpath::Plan) -> Vec<(Id, u32)> {
    let known = |id: &str| *case.catalog.credentials.keys().find(|known| **known == id).unwrap();
    plan.steps.iter().map(|step| (known(&step.credential), step.times)).collect()
}

fn kind(kind: StepKind) -> credpath::StepKind {
    match kind {
        StepKind::Take => credpath::StepKind::Take,
        StepKind::Retake => credpath::StepKind::Retake,
        StepKind::Renew => credpath::StepKind::Renew,
        StepKind::Claim => credpath::StepKind::Claim,
    }
}

/// Each credential is in one step, the steps can be taken in their order and lead to the target, and each is called and
/// costs what the reference says; so does the plan.
fn check_steps(case: &PlanCase, problem: &Problem, plan: &credpath::Plan) -> Result<Steps, TestCaseError> {
    let order = order(case, plan);
    let steps: Steps = order.iter().copied().collect();
    prop_assert_eq!(steps.len(), order.len(), "{:?}", &order);
    prop_assert_eq!(problem.replay(&order), Ok(()));
    for ((id, times), step) in order.into_iter().zip(&plan.steps) {
        let expected = problem.step(id, times);
        prop_assert_eq!(step.kind, kind(expected.kind), "{}", id);
        let stated = (step.cost.unwrap_or_default(), step.hours.unwrap_or_default());
        prop_assert_eq!(stated, (amount(expected.cost), amount(expected.hours)), "{}", id);
    }
    Ok(steps)
}

/// The answer as text, without the lines of the catalog on which rules stand: only those may differ when tables are
/// shuffled.
fn without_lines(outcome: &PlanOutcome) -> String {
    let text = format!("{outcome:#?}");
    let is_number = |line: &str| line.trim_end_matches(',').parse::<u64>().is_ok();
    // The order of a list is part of the fingerprint.
    let differs = |line: &str| line.starts_with("line:") || line.starts_with("catalog: Fingerprint(");
    let lines = text.lines().filter(|line| !differs(line.trim_start()) && !is_number(line.trim()));
    lines.flat_map(|line| [line, "\n"]).collect()
}

/// A plan in the numbers of the engine.
fn check_sums(found: &credpath::Plan, expected: &Plan, objective: Objective) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.value(), amount(expected.value(objective)), "{:?}", found.steps);
    prop_assert_eq!((found.cost, found.hours), (amount(expected.cost), amount(expected.hours)));
    prop_assert_eq!(found.credentials, u64::from(expected.credentials));
    let missing = (found.not_stated.cost.len() as u32, found.not_stated.hours.len() as u32);
    prop_assert_eq!(missing, (expected.missing_costs, expected.missing_hours), "{:?}", found.steps);
    Ok(())
}

/// All steps that bring an award which a claim uses come before it.
fn comes_last(plan: &credpath::Plan, claim: &credpath::PlanClaim) -> bool {
    let place = |id: &str| plan.steps.iter().position(|step| step.credential == id);
    let mut brought = claim.awards.iter().filter(|used| used.by_step);
    claim.issued.is_some() || brought.all(|used| place(&used.award.credential) < place(&claim.credential))
}

/// It uses an award of the record that may become current on the way only.
fn waits_for_components(case: &PlanCase, claim: &credpath::PlanClaim) -> bool {
    let depends = |id: &str| case.catalog.credentials.get(id).is_some_and(|c| c.valid_for == ValidFor::WhileComponents);
    claim.awards.iter().any(|used| !used.by_step && depends(&used.award.credential))
}

proptest! {
    #![proptest_config(cases(3000))]

    /// The engine finds the plan that the reference finds, and no plan where there is none; however the input is
    /// ordered.
    #[test]
    fn plans_agree_with_the_reference(case in plan_case(), seed in any::<u64>()) {
        let problem = Problem::new(&case.catalog, &case.record, case.as_of, case.target, case.options.view);
        let answer = problem.answer(&case.options);
        let asked = Asked::new(&case, None);
        let outcome = asked.plan();
        let shuffled = Asked::new(&case, Some(seed)).plan();
        match (&outcome, answer.best()) {
            (PlanOutcome::Plan(found), Some(best)) => {
                prop_assert_eq!(&found.target, case.target);
                prop_assert_eq!(found.as_of, asked.as_of);
                prop_assert_eq!(found.optimality, credpath::Optimality::Proven);
                prop_assert_eq!(check_steps(&case, &problem, found)?, best.steps.clone(), "of {:?}", answer.plans);
                check_sums(found, best, case.options.objective)?;
                prop_assert_eq!(&found.essential, &answer.essential);
                if let Err(flaw) = found.verify(&asked.catalog, &asked.record) {
                    return Err(TestCaseError::fail(format!("{flaw:?}")));
                }
            }
            (PlanOutcome::Unattainable(_), None) => {}
            _ => return Err(TestCaseError::fail(format!("{outcome:?}, not {answer:?}"))),
        }
        prop_assert_eq!(without_lines(&outcome), without_lines(&shuffled));
    }

    /// The statuses are those of the reference, where some credentials can be renewed on terms of their own; and
    /// whatever has a plan is attainable.
    #[test]
    fn statuses_beside_renewals_agree_with_the_reference(case in plan_case()) {
        let asked = Asked::new(&case, None);
        let (view, verified_only) = (asked.options.view, asked.options.verified_only);
        let options = credpath::EvaluateOptions::default().view(view).verified_only(verified_only);
        let evaluation = asked.catalog.evaluate(&asked.record, asked.as_of, &options);
        let expected = evaluate(&case.catalog, &case.record, case.as_of, case.options.view);
        for (id, credential) in asked.catalog.credentials() {
            let verdict = &expected.verdicts[credential.id.as_str()];
            prop_assert_eq!(format!("{:?}", evaluation.status(id)), verdict.status, "{}", credential.id);
        }
        if asked.plan().plan().is_some() {
            prop_assert_ne!(evaluation.status(asked.target), credpath::Status::Unattainable);
        }
    }

    /// With too few steps the engine may find less, but says nothing that is false: a plan can be carried out and is
    /// allowed, its bound holds, and what is called proven, essential or unattainable is.
    #[test]
    fn a_work_limit_is_owned_up_to(case in plan_case(), work in prop_oneof![0u64..60, 0u64..3000]) {
        let problem = Problem::new(&case.catalog, &case.record, case.as_of, case.target, case.options.view);
        let answer = problem.answer(&case.options);
        let mut asked = Asked::new(&case, None);
        asked.options.work = work;
        match (asked.plan(), answer.best()) {
            (PlanOutcome::Plan(found), Some(best)) => {
                let steps = check_steps(&case, &problem, &found)?;
                let same = answer.plans.iter().find(|plan| plan.steps == steps);
                prop_assert!(same.is_some(), "{:?} is none of {:?}", steps, answer.plans);
                check_sums(&found, same.unwrap(), case.options.objective)?;
                let value = amount(best.value(case.options.objective));
                match found.optimality {
                    credpath::Optimality::Proven => {
                        prop_assert_eq!(found.value(), value);
                        prop_assert!(!found.ties_settled || steps == best.steps, "{:?}, not {:?}", steps, best.steps);
                    }
                    credpath::Optimality::Within { lower_bound } => prop_assert!(lower_bound <= value),
                }
                let is_essential = |id: &String| answer.essential.contains(&id.as_str());
                prop_assert!(found.essential.iter().all(is_essential), "{:?}", found.essential);
            }
            (PlanOutcome::Plan(found), None) => return Err(TestCaseError::fail(format!("{found:?}, not {answer:?}"))),
            (PlanOutcome::Unattainable(_), Some(best)) => return Err(TestCaseError::fail(format!("there is {best:?}"))),
            (PlanOutcome::Undecided(undecided), Some(best)) => {
                prop_assert!(undecided.lower_bound <= amount(best.value(case.options.objective)));
            }
            _ => {}
        }
    }

    /// A plan that was changed is not verified: with a step less, in an order in which it cannot be carried out, or
    /// with another sum.
    #[test]
    fn a_changed_plan_is_found_out(case in plan_case(), which in any::<prop::sample::Index>()) {
        let asked = Asked::new(&case, None);
        let outcome = asked.plan();
        let problem = Problem::new(&case.catalog, &case.record, case.as_of, case.target, case.options.view);
        if let Some(found) = outcome.plan().filter(|found| !found.steps.is_empty()) {
            let verified = |plan: &credpath::Plan| plan.verify(&asked.catalog, &asked.record).is_ok();
            let mut fewer = found.clone();
            let left_out = fewer.steps.remove(which.index(found.steps.len()));
            let less = |sum: credpath::Amount, part: Option<credpath::Amount>| {
                credpath::Amount::from_hundredths(sum.hundredths() - part.unwrap_or_default().hundredths())
            };
            (fewer.cost, fewer.hours) = (less(found.cost, left_out.cost), less(found.hours, left_out.hours));
            fewer.credentials -= if left_out.kind == credpath::StepKind::Claim { 0 } else { u64::from(left_out.times) };
            prop_assert!(!verified(&fewer), "{:?}", fewer.steps);
            let mut turned = found.clone();
            turned.steps.reverse();
            // What is begun together says so.
            let mut sizes: Vec<usize> = Vec::new();
            while let Some(step) = turned.steps.get(sizes.iter().sum::<usize>()) {
                sizes.push(step.begun_with.len() + 1);
            }
            let replayed = problem.replay_in_groups(&order(&case, &turned), &sizes).is_ok();
            if turned.claims.iter().any(|claim| waits_for_components(&case, claim)) {
                prop_assert!(replayed || !verified(&turned), "{:?}", turned.steps);
            } else {
                // What a claim is said to use has to be there as well.
                let expected = replayed && turned.claims.iter().all(|claim| comes_last(&turned, claim));
                prop_assert_eq!(verified(&turned), expected, "{:?} {:?}", turned.steps, turned.claims);
            }
            let mut dearer = found.clone();
            dearer.cost = credpath::Amount::from_hundredths(dearer.cost.hundredths() + 1);
            prop_assert!(!verified(&dearer));
        }
    }
}

proptest! {
    #![proptest_config(cases(300))]

    /// With permission a plan is the best one for a learner who has the waivers, and told only if it is better; and of
    /// the permissions that it needs none can be left out.
    #[test]
    fn plans_with_permission_agree_with_the_reference(case in plan_case(), which in any::<[prop::sample::Index; 2]>()) {
        let asking: Vec<Id> =
            case.catalog.credentials.values().filter(|c| c.prerequisite.is_some()).map(|c| c.id).collect();
        if asking.is_empty() {
            return Ok(());
        }
        let permitted: BTreeSet<Id> = which.iter().map(|index| *index.get(&asking)).collect();
        let mut having = case.record.clone();
        having.waivers.extend(permitted.iter().map(|id| waiver(id, Waived::Prerequisite)));
        let plain = Problem::new(&case.catalog, &case.record, case.as_of, case.target, case.options.view);
        let waived = Problem::new(&case.catalog, &having, case.as_of, case.target, case.options.view);
        let (without, with) = (plain.answer(&case.options), waived.answer(&case.options));
        let asked = Asked::new(&case, None);
        let permissions: Vec<Permission> = permitted.iter().map(|id| Permission::new(*id, Some("dean"))).collect();
        let Asked { catalog, record, as_of, target, options } = &asked;
        let both = catalog.plan_with_permission(record, *as_of, *target, &permissions, options);
        prop_assert_eq!(&both.without, &asked.plan());
        let value = |plan: &Plan| {
            let missing = match case.options.objective {
                Objective::Cost => plan.missing_costs,
                Objective::Hours => plan.missing_hours,
                Objective::Credentials => 0,
                Objective::Weighted { cost, hours, .. } => {
                    u32::from(cost > 0) * plan.missing_costs + u32::from(hours > 0) * plan.missing_hours
                }
            };
            (plan.value(case.options.objective), missing)
        };
        match (with.best(), without.best()) {
            (Some(with), Some(without)) if value(with) >= value(without) => {
                prop_assert_eq!(value(with), value(without), "more never costs more");
                prop_assert!(both.with.is_none(), "{}", both);
            }
            (Some(best), _) => {
                let found = both.with.as_ref().and_then(PlanOutcome::plan);
                prop_assert_eq!(found.map(credpath::Plan::value), Some(amount(best.value(case.options.objective))));
                let order = order(&case, found.unwrap());
                for left_out in std::iter::once(None).chain(both.needs.iter().map(Some)) {
                    let needed = both.needs.iter().filter(|needed| Some(*needed) != left_out);
                    let id = |needed: &Permission| *permitted.iter().find(|id| **id == needed.credential).unwrap();
                    let mut having = case.record.clone();
                    having.waivers.extend(needed.map(|needed| waiver(id(needed), Waived::Prerequisite)));
                    let problem =
                        Problem::new(&case.catalog, &having, case.as_of, case.target, case.options.view);
                    let steps: Steps = order.iter().copied().collect();
                    prop_assert_eq!(problem.can_take_all(&steps), left_out.is_none(), "{}", both);
                }
            }
            (None, _) => prop_assert!(both.with.is_none() && both.needs.is_empty(), "{}", both),
        }
        prop_assert_eq!(both.verify(catalog, record), Ok(()), "{}", both);
    }
}

/// Permission makes a plan better, or possible at all, often enough.
#[test]
fn permissions_matter() {
    let (mut better, mut possible, mut several) = (0, 0, 0);
    for case in first_cases_of_plans(400) {
        let Asked { catalog, record, as_of, target, options } = Asked::new(&case, None);
        let permissions = Permission::for_all(&catalog, None);
        let both = catalog.plan_with_permission(&record, as_of, target, &permissions, &options);
        let helps = both.with.as_ref().is_some_and(|with| with.plan().is_some());
        assert_eq!(helps, !both.needs.is_empty(), "{case:?}\n{both}");
        better += u32::from(helps && both.without.plan().is_some());
        possible += u32::from(helps && both.without.plan().is_none());
        several += u32::from(both.needs.len() > 1);
    }
    println!("better {better}, possible {possible}, several {several}");
    assert!(better >= 10 && possible >= 5 && several >= 2, "{better} {possible} {several}");
}

/// The same cases every time, of the first edition.
fn first_cases_of_plans(n: usize) -> impl Iterator<Item = PlanCase> {
    cases_of_edition(Edition::FIRST, n)
}

fn cases_of_edition(edition: Edition, n: usize) -> impl Iterator<Item = PlanCase> {
    let mut runner = TestRunner::deterministic();
    let strategy = plan_case_of(edition);
    (0..n).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

/// The same cases every time, of both editions by turns.
fn cases_of_plans(n: usize) -> impl Iterator<Item = PlanCase> {
    let both = first_cases_of_plans(n / 2).zip(cases_of_edition(Edition::second(), n / 2));
    both.flat_map(|(first, second)| [first, second])
}

/// Every feature comes up in at least 3 of 3,000 cases, and those that matter most far more often.
#[test]
fn the_generator_reaches_the_corners() {
    let often = BTreeMap::from([
        ("avoid asks for a dearer plan", 7),
        ("avoid decides", 80),
        ("budget decides", 30),
        ("budget met exactly", 19),
        ("claim with a fee", 270),
        ("claimed again", 20),
        ("cost and credentials disagree", 30),
        ("cost and hours disagree", 90),
        ("counts trade", 8),
        ("counts_as cycle decides", 6),
        ("counts_as decides", 230),
        ("cycle with a way round", 50),
        ("cycle without a way round", 11),
        ("distinct decides", 110),
        ("distinct decides in a nested group", 20),
        ("distinct with a sum decides", 20),
        ("equivalent decides", 170),
        ("excluded by a current award", 60),
        ("excluded through an equivalent", 16),
        ("exclusion decides", 210),
        ("five steps", 50),
        ("four plans", 70),
        ("grade decides", 19),
        ("held already", 90),
        ("issuer decides", 20),
        ("issuers decide", 20),
        ("lapsed decides", 10),
        ("must_include asks for a dearer plan", 11),
        ("must_include decides", 60),
        ("nothing is essential", 130),
        ("offered_now decides", 7),
        ("own amount decides", 10),
        ("prerequisite decides", 250),
        ("renewal price decides", 20),
        ("renewed", 15),
        ("repeatable decides", 200),
        ("retaken", 15),
        ("several of one", 110),
        ("since decides", 14),
        ("some are essential, some not", 230),
        ("span decides", 8),
        ("steps exclude each other", 90),
        ("substitution decides", 60),
        ("sum contested", 90),
        ("tags decide", 18),
        ("taken at no cost", 160),
        ("the best set is excluded", 30),
        ("the record decides", 360),
        ("three of one", 40),
        ("three steps", 350),
        ("tie but for the ids", 30),
        ("tie in the objective", 140),
        ("two claims", 90),
        ("two plans", 380),
        ("unattainable by exclusions", 130),
        ("unattainable by filters", 230),
        ("unattainable by rules", 50),
        ("unattainable by windows", 70),
        ("unknown award decides", 11),
        ("up_to decides", 40),
        ("view decides", 20),
        ("waiting award becomes current", 40),
        ("waiver decides", 50),
        ("window decides", 110),
        ("window yet to come", 50),
        ("within decides", 20),
        ("without_tags decides", 20),
    ]);
    let mut counts: BTreeMap<&str, usize> = ALL_OF_PLANS.iter().map(|name| (*name, 0)).collect();
    for case in first_cases_of_plans(3600) {
        for name in interesting_plans(&case) {
            *counts.get_mut(name).unwrap() += 1;
        }
    }
    let least = |name: &str| often.get(name).copied().unwrap_or(3);
    let rare: Vec<_> = counts.iter().filter(|(name, count)| **count < least(name)).collect();
    assert!(rare.is_empty(), "too rare: {rare:?}\nof {counts:#?}");
    assert!(often.keys().all(|name| counts.contains_key(name)));
}

/// Step by step gives what trying every set and every order gives, and no more awards of a credential than its limit
/// are ever of use.
#[test]
fn the_reference_agrees_with_the_letter() {
    let mut compared = 0;
    for case in cases_of_plans(3000) {
        let PlanCase { catalog, record, as_of, target, options } = &case;
        let mut problem = Problem::new(catalog, record, *as_of, target, options.view);
        let minimal: BTreeSet<Steps> = problem.minimal().into_iter().collect();
        let sets: u32 = problem.limits.values().map(|n| n + 1).product();
        if sets <= 64 {
            compared += 1;
            let to_the_letter: BTreeSet<Steps> = problem.minimal_to_the_letter().into_iter().collect();
            assert_eq!(minimal, to_the_letter, "{case:?}");
        }
        if sets <= 100 {
            let limit = |id: &Id| problem.limits.get(id).copied().unwrap_or(0);
            let one_more = |id: &Id| if problem.is_repeatable(id) { limit(id) + 1 } else { 1 };
            problem.limits = catalog.credentials.keys().map(|id| (*id, one_more(id))).collect();
            assert_eq!(minimal, problem.minimal().into_iter().collect(), "{case:?}");
        }
    }
    assert!(compared > 1000, "{compared}");
}

/// 7, 7.2: the plan is empty if the target is held, and what can be reached by a plan is attainable by 4.2. Every plan
/// can be carried out, and none holds another.
#[test]
fn plans_are_plausible() {
    for case in cases_of_plans(2000) {
        let PlanCase { catalog, record, as_of, target, options } = &case;
        let problem = Problem::new(catalog, record, *as_of, target, options.view);
        let minimal = problem.minimal();
        let open = PlanOptions { view: options.view, ..PlanOptions::default() };
        let answer = problem.answer_out_of(minimal.clone(), &open);
        let status = evaluate(catalog, record, *as_of, options.view).verdicts[target].status;
        let is_held = minimal == [Steps::new()];
        assert!(!is_held || status == "Held", "{case:?}");
        // What is held may rest on what is not claimed yet, but only by `while-components`.
        let waits = |c: &Credential| c.valid_for == ValidFor::WhileComponents;
        assert!(is_held || status != "Held" || catalog.credentials.values().any(waits), "{case:?}");
        assert!(answer.plans.is_empty() || status != "Unattainable", "{case:?}");
        for set in &minimal {
            assert!(minimal.iter().all(|other| other == set || !is_part(other, set)), "{case:?}");
            // What is begun together has no order of its own.
            if set.keys().any(|id| catalog.credentials[id].corequisite.is_some()) {
                continue;
            }
            let mut left: Vec<(Id, u32)> = set.iter().map(|(id, n)| (*id, *n)).collect();
            let mut order = Vec::new();
            while !left.is_empty() {
                let next = (0..left.len()).find(|i| {
                    let so_far = [order.as_slice(), &[left[*i]]].concat();
                    problem.replay(&so_far).is_ok()
                        || problem.replay(&so_far).is_err_and(|why| why.ends_with("reached"))
                });
                order.push(left.remove(next.unwrap_or_else(|| panic!("{set:?} in {case:?}"))));
            }
            assert_eq!(problem.replay(&order), Ok(()), "{case:?}");
        }
    }
}

/// Constraints only take plans away, and each says why by itself.
#[test]
fn constraints_only_take_away() {
    for case in cases_of_plans(1000) {
        let PlanCase { catalog, record, as_of, target, options } = &case;
        let problem = Problem::new(catalog, record, *as_of, target, options.view);
        let answer = problem.answer(options);
        let open =
            problem.answer(&PlanOptions { objective: options.objective, view: options.view, ..PlanOptions::default() });
        assert!(answer.plans.iter().all(|p| open.plans.contains(p)), "{case:?}");
        assert_eq!(answer.cause.is_some(), answer.plans.is_empty(), "{case:?}");
        assert_eq!(answer.cause == Some(Cause::Filters), answer.plans.is_empty() && !open.plans.is_empty(), "{case:?}");
        let values: Vec<Amount> = answer.plans.iter().map(|p| p.value(options.objective)).collect();
        assert!(values.is_sorted(), "{case:?}");
    }
}

// Examples worked by hand.

const NOW: Date = Date { year: 2026, month: 3, day: 1 };

fn catalog(credentials: Vec<Credential>) -> Catalog {
    Catalog { credentials: credentials.into_iter().map(|c| (c.id, c)).collect(), ..Catalog::default() }
}

/// A taken credential of this cost, and of one hour.
fn priced(id: Id, cost: Amount) -> Credential {
    Credential { cost, hours: 100, ..credential(id) }
}

fn after(prerequisite: Rule, c: Credential) -> Credential {
    Credential { prerequisite: Some(prerequisite), ..c }
}

fn stack(id: Id, rule: Rule) -> Credential {
    Credential { stack: Some(rule), ..credential(id) }
}

fn all_of(ids: &[Id]) -> Part {
    group(Kind::AllOf, ids.iter().map(|id| leaf(id)).collect())
}

fn any_of(ids: &[Id]) -> Part {
    group(Kind::AnyOf, ids.iter().map(|id| leaf(id)).collect())
}

fn having(awards: &[Award]) -> Record {
    Record { awards: awards.to_vec(), ..Record::default() }
}

fn steps(steps: &[(Id, u32)]) -> Steps {
    steps.iter().copied().collect()
}

fn once(ids: &[Id]) -> Steps {
    ids.iter().map(|id| (*id, 1)).collect()
}

/// The cheapest plan from what is held.
fn cheapest(c: &Catalog, awards: &[Award], target: Id) -> Answer {
    plan(c, &having(awards), NOW, target, &PlanOptions::default())
}

/// The steps of the best plan, and what they cost.
fn best(answer: &Answer) -> (Steps, Amount) {
    let best = answer.best().unwrap_or_else(|| panic!("no plan: {:?}", answer.cause));
    (best.steps.clone(), best.cost)
}

fn why_not(answer: &Answer) -> Cause {
    assert!(answer.plans.is_empty() && answer.essential.is_empty());
    answer.cause.unwrap()
}

#[test]
fn steps_come_in_an_order() {
    let fee = Credential { cost: 50, ..stack("s", all_of(&["b", "c"])) };
    let c = catalog(vec![priced("a", 100), after(leaf("a"), priced("b", 200)), priced("c", 300), fee]);
    let answer = cheapest(&c, &[], "s");
    assert_eq!(best(&answer), (once(&["a", "b", "c", "s"]), 650));
    assert_eq!((answer.plans[0].hours, answer.plans[0].credentials), (300, 3), "the claim is free but for its fee");
    assert_eq!(answer.essential, ["a", "b", "c", "s"]);
    let record = Record::default();
    let problem = Problem::new(&c, &record, NOW, "s", View::Earned);
    let replay = |ids: &[Id]| problem.replay(&ids.iter().map(|id| (*id, 1)).collect::<Vec<_>>()).is_ok();
    assert!(replay(&["c", "a", "b", "s"]));
    assert!(!replay(&["b", "a", "c", "s"]) && !replay(&["a", "b", "s", "c"]) && !replay(&["a", "b", "c"]));
    // What is there already is no step; nothing is when all is there but the claim; then nothing.
    let held = |ids: &[Id]| ids.iter().map(|id| award(id, NOW)).collect::<Vec<_>>();
    assert_eq!(best(&cheapest(&c, &held(&["b"]), "s")), (once(&["c", "s"]), 350));
    assert_eq!(best(&cheapest(&c, &held(&["b", "c"]), "s")), (once(&["s"]), 50));
    assert_eq!(best(&cheapest(&c, &held(&["s"]), "s")), (once(&[]), 0));
}

#[test]
fn a_cycle_needs_a_way_in() {
    let mut c = catalog(vec![
        after(leaf("b"), priced("a", 100)),
        after(any_of(&["a", "c"]), priced("b", 100)),
        after(leaf("b"), priced("c", 100)),
        stack("s", all_of(&["a", "b"])),
    ]);
    assert_eq!(why_not(&cheapest(&c, &[], "s")), Cause::Rules);
    assert_eq!(best(&cheapest(&c, &[award("c", NOW)], "s")), (once(&["a", "b", "s"]), 200));
    // By another name, dear as it is; the cheaper one that needs what it is to open does not help.
    c.credentials.insert("d", Credential { counts_as: vec!["c"], ..after(leaf("s"), priced("d", 10)) });
    c.credentials.insert("e", Credential { counts_as: vec!["d"], ..priced("e", 900) });
    let answer = cheapest(&c, &[], "s");
    assert_eq!(best(&answer), (once(&["a", "b", "e", "s"]), 1100));
    assert_eq!(answer.plans.len(), 1);
    // A waiver is a way in too.
    let record = Record { waivers: vec![waiver("b", Waived::Prerequisite)], ..Record::default() };
    assert_eq!(best(&plan(&c, &record, NOW, "s", &PlanOptions::default())).0, once(&["a", "b", "s"]));
}

#[test]
fn what_serves_twice_may_be_dearer() {
    // c serves all three groups; each of the others is cheaper for its own.
    let rule = group(Kind::AllOf, vec![any_of(&["a", "c"]), any_of(&["b", "c"]), any_of(&["d", "c"])]);
    let price = [("a", 200), ("b", 200), ("c", 500), ("d", 200)].map(|(id, cost)| priced(id, cost));
    let mut c = catalog([price.to_vec(), vec![stack("s", rule.clone())]].concat());
    let answer = cheapest(&c, &[], "s");
    assert_eq!(best(&answer), (once(&["c", "s"]), 500));
    assert_eq!(answer.plans.len(), 2);
    assert_eq!(answer.plans[1].steps, once(&["a", "b", "d", "s"]), "none with c and another: it would not be minimal");
    assert_eq!(answer.essential, ["s"]);
    // With part of them there already, they are the cheaper way.
    assert_eq!(best(&cheapest(&c, &[award("a", NOW)], "s")), (once(&["b", "d", "s"]), 400));
    // If no award may serve twice, c cannot.
    let Part::Group { kind, members: Members::List(parts), .. } = rule else { panic!() };
    c.credentials.insert("s", stack("s", distinct(kind, parts)));
    let answer = cheapest(&c, &[], "s");
    let sets: Vec<Steps> = answer.plans.iter().map(|p| p.steps.clone()).collect();
    let with_c = [["a", "b", "d"], ["a", "b", "c"], ["a", "c", "d"], ["b", "c", "d"]].map(|ids| {
        let mut set = once(&ids);
        set.insert("s", 1);
        set
    });
    assert_eq!(
        sets, with_c,
        "a, b, d first; of the three that tie, the one without the greatest id in which they differ"
    );
}

#[test]
fn a_renewal_has_its_price() {
    let license = Credential {
        valid_for: ValidFor::Period(years(1)),
        renewal: Some(Renewal { cost: 100, hours: 50 }),
        ..priced("l", 900)
    };
    let fresh = Conditions { within: Some(months(6)), ..Conditions::default() };
    let c = catalog(vec![license, stack("s", leaf_if("l", fresh)), stack("t", leaf("l"))]);
    let on = |day| [award("l", day)];
    // Recent: only the claim. Too old for s, but current: renewed. Lapsed: taken again at its full price.
    assert_eq!(best(&cheapest(&c, &on(date(2025, 9, 1)), "s")), (once(&["s"]), 0));
    assert_eq!(best(&cheapest(&c, &on(date(2025, 8, 31)), "s")), (once(&["l", "s"]), 100));
    assert_eq!(best(&cheapest(&c, &on(date(2025, 3, 1)), "s")), (once(&["l", "s"]), 900));
    assert_eq!(best(&cheapest(&c, &on(date(2025, 3, 2)), "t")), (once(&["t"]), 0), "its last day is tomorrow's eve");
    let kinds = [(date(2025, 8, 31), StepKind::Renew, 50), (date(2025, 3, 1), StepKind::Retake, 100)];
    for (day, kind, hours) in kinds {
        let record = having(&on(day));
        let step = Problem::new(&c, &record, NOW, "s", View::Earned).step("l", 1);
        assert_eq!((step.kind, step.hours), (kind, hours));
    }
    // Planned, it is an award of the as-of date.
    let record = having(&[Award { status: AwardStatus::Planned, ..award("l", date(2027, 1, 1)) }]);
    let in_view = |view| best(&plan(&c, &record, NOW, "s", &PlanOptions { view, ..PlanOptions::default() })).0;
    assert_eq!(in_view(View::InProgress), once(&["l", "s"]));
    assert_eq!(in_view(View::Planned), once(&["s"]));
}

#[test]
fn repeatable_ones_come_in_counts() {
    // 820 of 2,000 hours are there; a term brings 400 at 10, a season 650 at 30, and seasons count for 800 at most.
    let term = Credential { hours: 40_000, cost: 1000, repeatable: true, ..credential("t") };
    let season = Credential { hours: 65_000, cost: 3000, repeatable: true, ..credential("w") };
    let seasons = group(Kind::UpTo(80_000), vec![leaf("w")]);
    let rule = |need| group(Kind::Hours(need), vec![leaf("t"), seasons.clone()]);
    let c = catalog(vec![term, season, stack("s", rule(200_000))]);
    let worked = Award { hours: Some(82_000), ..award("t", date(2025, 6, 1)) };
    let answer = cheapest(&c, std::slice::from_ref(&worked), "s");
    assert_eq!(best(&answer), (steps(&[("t", 3), ("s", 1)]), 3000));
    let all: Vec<(u32, u32)> =
        answer.plans.iter().map(|p| ["t", "w"].map(|id| p.steps.get(id).copied().unwrap_or(0)).into()).collect();
    assert_eq!(all, [(3, 0), (2, 1), (1, 2)], "1180 hours: 3 t; 2 t and a season; a t and 800 of two seasons");
    assert_eq!(answer.plans.iter().map(|p| p.credentials).collect::<Vec<_>>(), [3, 3, 3]);
    // One less is not enough, and the members that are not repeatable add once.
    let mut once_only = c.clone();
    once_only.credentials.get_mut("t").unwrap().repeatable = false;
    assert_eq!(why_not(&cheapest(&once_only, &[worked], "s")), Cause::Rules);
}

#[test]
fn distinct_parts_need_awards_of_their_own() {
    let pair = |a, b| distinct(Kind::AllOf, vec![leaf(a), leaf(b)]);
    let mut c = catalog(vec![
        priced("a", 100),
        priced("b", 300),
        Credential { repeatable: true, ..priced("r", 200) },
        stack("p", pair("a", "b")),
        stack("q", distinct(Kind::AllOf, vec![pair("r", "r"), any_of(&["r", "b"]), any_of(&["a", "r"])])),
    ]);
    assert_eq!(best(&cheapest(&c, &[], "p")), (once(&["a", "b", "p"]), 400));
    // Two of r for the pair, one or b for the next, a for the last.
    let answer = cheapest(&c, &[], "q");
    assert_eq!(best(&answer), (steps(&[("a", 1), ("r", 3), ("q", 1)]), 700));
    let sets: BTreeSet<Steps> = answer.plans.into_iter().map(|p| p.steps).collect();
    let others = [steps(&[("r", 4), ("q", 1)]), steps(&[("a", 1), ("b", 1), ("r", 2), ("q", 1)])];
    assert!(others.iter().all(|set| sets.contains(set)) && sets.contains(&steps(&[("b", 1), ("r", 3), ("q", 1)])));
    assert_eq!(sets.len(), 4);
    // Two of r that are there are two units; two of a are one.
    let there = [award("r", NOW), award("r", NOW.previous()), award("a", NOW), award("a", NOW.previous())];
    assert_eq!(best(&cheapest(&c, &there, "q")), (steps(&[("r", 1), ("q", 1)]), 200));
    // Equivalents are one unit, however many there are, unless one is repeatable.
    c.equivalent = vec![vec!["a", "b"]];
    assert_eq!(why_not(&cheapest(&c, &[], "p")), Cause::Rules);
    c.equivalent = vec![vec!["a", "b", "r"]];
    assert_eq!(best(&cheapest(&c, &[], "p")), (steps(&[("a", 2), ("p", 1)]), 200));
}

#[test]
fn a_waiting_award_wakes_up() {
    let card = Credential { valid_for: ValidFor::Period(years(1)), ..priced("a", 100) };
    let license = Credential { valid_for: ValidFor::WhileComponents, cost: 700, ..stack("l", all_of(&["a", "b"])) };
    let c = catalog(vec![card, priced("b", 400), license, stack("s", leaf("l"))]);
    let record = [award("a", date(2024, 1, 1)), award("b", date(2024, 1, 1)), award("l", date(2024, 1, 1))];
    // The card is taken again; the license is there again with it, and is not claimed.
    assert_eq!(best(&cheapest(&c, &record, "l")), (once(&["a"]), 100));
    assert_eq!(best(&cheapest(&c, &record, "s")), (once(&["a", "s"]), 100));
    // Ended by its own date, it is claimed anew. So it is if nobody issued it.
    let mut ended = record.to_vec();
    ended[2].valid_until = Some(date(2026, 2, 28));
    assert_eq!(best(&cheapest(&c, &ended, "l")), (once(&["a", "l"]), 800));
    assert_eq!(best(&cheapest(&c, &record[..2], "l")), (once(&["a", "l"]), 800));
}

#[test]
fn nothing_is_held_by_qualification() {
    let fee = Credential { cost: 50, hours: 200, ..stack("p", leaf("a")) };
    let held = Credential { valid_for: ValidFor::WhileComponents, ..stack("w", leaf("p")) };
    let c = catalog(vec![priced("a", 100), fee, stack("s", leaf("p")), after(leaf("p"), priced("n", 300)), held]);
    let a = award("a", NOW);
    assert_eq!(best(&cheapest(&c, std::slice::from_ref(&a), "s")), (once(&["p", "s"]), 50));
    assert_eq!(best(&cheapest(&c, std::slice::from_ref(&a), "n")), (once(&["n", "p"]), 350));
    // Held, as p counts by qualification; but for a plan p has yet to be claimed.
    let w = [a, award("w", NOW)];
    assert_eq!(evaluate(&c, &having(&w), NOW, View::Earned).verdicts["w"].status, "Held");
    assert_eq!(best(&cheapest(&c, &w, "w")), (once(&["p"]), 50));
}

#[test]
fn exclusions_bar_the_way() {
    let excluding = |other, c| Credential { excludes: vec![other], ..c };
    let mut c = catalog(vec![
        priced("a", 100),
        excluding("a", priced("b", 100)),
        priced("c", 500),
        priced("d", 100),
        stack("s", group(Kind::AllOf, vec![leaf("a"), any_of(&["b", "c"])])),
    ]);
    let lapsed = Award { valid_until: Some(NOW.previous()), ..award("b", date(2025, 1, 1)) };
    assert_eq!(best(&cheapest(&c, &[], "s")), (once(&["a", "c", "s"]), 600));
    assert_eq!(why_not(&cheapest(&c, &[award("b", NOW)], "s")), Cause::Exclusions, "b is there, and a cannot be taken");
    assert_eq!(best(&cheapest(&c, &[lapsed], "s")).0, once(&["a", "c", "s"]), "what has lapsed excludes nothing");
    assert_eq!(best(&cheapest(&c, &[award("a", NOW), award("b", NOW)], "s")).0, once(&["s"]), "both are there");
    assert_eq!(best(&cheapest(&c, &[award("a", NOW)], "s")).0, once(&["c", "s"]));
    // Through equivalents, either way; not through counts_as.
    c.credentials.insert("c", Credential { counts_as: vec!["b"], ..priced("c", 500) });
    assert_eq!(best(&cheapest(&c, &[], "s")).0, once(&["a", "c", "s"]));
    c.equivalent = vec![vec!["c", "b"]];
    assert_eq!(why_not(&cheapest(&c, &[], "s")), Cause::Exclusions);
    c.equivalent = vec![vec!["d", "a"]];
    let answer = cheapest(&c, &[], "s");
    assert_eq!(answer.plans.len(), 2, "a or d, with c");
    assert_eq!(best(&answer).0, once(&["a", "c", "s"]), "of a and d, not the greater id");
    assert_eq!(answer.essential, ["c", "s"]);
    assert_eq!(best(&cheapest(&c, &[award("d", NOW)], "s")).0, once(&["c", "s"]));
    // Where equivalents exclude each other, what is there can be taken again, but not the other one.
    let again = Conditions { since: Some(NOW), ..Conditions::default() };
    let mut c = catalog(vec![excluding("b", priced("a", 100)), priced("b", 100), stack("s", leaf_if("a", again))]);
    c.equivalent = vec![vec!["a", "b"]];
    assert_eq!(cheapest(&c, &[], "s").plans.len(), 2);
    let answer = cheapest(&c, &[award("b", NOW.previous())], "s");
    assert_eq!(answer.essential, ["b", "s"]);
    let both = [award("a", NOW.previous()), award("b", NOW.previous())];
    assert_eq!(why_not(&cheapest(&c, &both, "s")), Cause::Exclusions);
}

#[test]
fn windows_and_filters() {
    let closed = Credential { offered_until: Some(NOW.previous()), ..priced("a", 100) };
    let to_come =
        Credential { offered_from: Some(NOW.next()), tags: vec!["night"], issuer: Some("x"), ..priced("b", 200) };
    let open = Credential { tags: vec!["online"], issuer: Some("y"), ..priced("c", 300) };
    let s = Credential { tags: vec!["fee"], issuer: Some("x"), cost: 10, ..stack("s", any_of(&["a", "b", "c"])) };
    let mut c = catalog(vec![closed, to_come, open, s, stack("t", leaf("a"))]);
    let with = |o: PlanOptions| plan(&c, &Record::default(), NOW, "s", &o);
    let plain = PlanOptions::default;
    let ids = |o: PlanOptions| best(&with(o)).0.into_keys().collect::<Vec<Id>>();
    assert_eq!(ids(plain()), ["b", "s"]);
    assert_eq!(why_not(&cheapest(&c, &[], "t")), Cause::Windows);
    assert_eq!(ids(PlanOptions { offered_now: true, ..plain() }), ["c", "s"]);
    assert_eq!(ids(PlanOptions { avoid: vec!["b"], ..plain() }), ["c", "s"]);
    assert_eq!(ids(PlanOptions { must_include: vec!["c"], ..plain() }), ["c", "s"]);
    assert_eq!(ids(PlanOptions { without_tags: vec!["night"], ..plain() }), ["c", "s"]);
    assert_eq!(ids(PlanOptions { tags: Some(vec!["online"]), ..plain() }), ["c", "s"], "the claim needs no such tag");
    assert_eq!(ids(PlanOptions { issuers: Some(vec!["x"]), ..plain() }), ["b", "s"]);
    assert_eq!(ids(PlanOptions { budget: Some(210), ..plain() }), ["b", "s"]);
    let filtered = [
        PlanOptions { budget: Some(209), ..plain() },
        PlanOptions { issuers: Some(vec!["y"]), ..plain() },
        PlanOptions { issuers: Some(vec![]), ..plain() },
        PlanOptions { without_tags: vec!["fee"], ..plain() },
        PlanOptions { avoid: vec!["s"], ..plain() },
        PlanOptions { must_include: vec!["b", "c"], ..plain() },
        PlanOptions { must_include: vec!["t"], ..plain() },
        PlanOptions { offered_now: true, budget: Some(300), ..plain() },
    ];
    for options in filtered {
        assert_eq!(why_not(&with(options.clone())), Cause::Filters, "{options:?}");
    }
    // Claims need open windows as well; of two causes the first is named.
    c.credentials.get_mut("s").unwrap().offered_until = Some(NOW.previous());
    let options = PlanOptions { avoid: vec!["s"], ..plain() };
    assert_eq!(why_not(&plan(&c, &Record::default(), NOW, "s", &options)), Cause::Windows);
}

#[test]
fn ties_are_broken_in_order() {
    let of = |id, cost, hours| Credential { cost, hours, ..credential(id) };
    let choice = |credentials: Vec<Credential>, rule, objective| {
        let c = catalog([credentials, vec![stack("s", rule)]].concat());
        let options = PlanOptions { objective, ..PlanOptions::default() };
        let mut steps = best(&plan(&c, &Record::default(), NOW, "s", &options)).0;
        steps.remove("s");
        steps
    };
    let two = any_of(&["a", "b"]);
    let weighted = |cost, hours, credentials| Objective::Weighted { cost, hours, credentials };
    let a_or_b = |a, b, objective| choice(vec![a, b], two.clone(), objective);
    assert_eq!(a_or_b(of("a", 200, 100), of("b", 100, 200), Objective::Cost), once(&["b"]));
    assert_eq!(a_or_b(of("a", 200, 100), of("b", 100, 200), Objective::Hours), once(&["a"]));
    assert_eq!(a_or_b(of("a", 200, 100), of("b", 100, 200), Objective::Credentials), once(&["b"]), "then cost");
    assert_eq!(a_or_b(of("a", 100, 200), of("b", 100, 100), Objective::Cost), once(&["b"]), "then hours");
    assert_eq!(a_or_b(of("a", 100, 100), of("b", 100, 100), Objective::Cost), once(&["a"]), "then ids");
    assert_eq!(a_or_b(of("a", 300, 100), of("b", 100, 200), weighted(1, 2, 7)), once(&["b"]), "a tie of sums: cost");
    assert_eq!(a_or_b(of("a", 300, 100), of("b", 100, 200), weighted(1, 3, 0)), once(&["a"]));
    // Fewer credentials for the same price; not if it is a claim that is added.
    let pair_or_c = group(Kind::AnyOf, vec![all_of(&["a", "b"]), leaf("c")]);
    let three = vec![of("a", 100, 0), of("b", 0, 100), of("c", 100, 100)];
    assert_eq!(choice(three, pair_or_c, Objective::Cost), once(&["c"]));
    let claim_or_b = any_of(&["p", "b"]);
    let four = vec![of("a", 100, 100), stack("p", leaf("a")), of("b", 100, 100)];
    assert_eq!(choice(four.clone(), claim_or_b.clone(), Objective::Credentials), once(&["b"]), "p is the greater id");
    let four = four.into_iter().map(|c| if c.id == "b" { of("q", 100, 100) } else { c }).collect();
    assert_eq!(choice(four, any_of(&["p", "q"]), Objective::Credentials), once(&["a", "p"]), "q is");
    // The greatest id in which they differ decides, not the least or the number of ids.
    let pairs = group(Kind::AnyOf, vec![all_of(&["a", "d"]), all_of(&["b", "c"])]);
    let alike = ["a", "b", "c", "d"].map(|id| of(id, 100, 100)).to_vec();
    assert_eq!(choice(alike, pairs, Objective::Cost), once(&["b", "c"]));
    // Counts: fewer of the greatest.
    let add = |id| Credential { repeatable: true, credits: 100, ..of(id, 100, 100) };
    let sum = group(Kind::Credits(300), vec![leaf("a"), group(Kind::UpTo(200), vec![leaf("b")])]);
    assert_eq!(choice(vec![add("a"), add("b")], sum, Objective::Cost), steps(&[("a", 3)]));
    let sum = group(Kind::Credits(300), vec![leaf("b"), group(Kind::UpTo(200), vec![leaf("a")])]);
    assert_eq!(choice(vec![add("a"), add("b")], sum, Objective::Cost), steps(&[("a", 2), ("b", 1)]));
}

#[test]
fn the_target_has_many_names() {
    let mut c = catalog(vec![
        Credential { counts_as: vec!["b"], ..priced("a", 300) },
        Credential { counts_as: vec!["a"], ..priced("b", 200) },
        priced("c", 100),
        stack("s", leaf("a")),
        Credential { counts_as: vec!["s"], ..after(leaf("c"), priced("d", 50)) },
    ]);
    // a and b lend each other their names; d counts as s without any claim.
    let answer = cheapest(&c, &[], "s");
    assert_eq!(best(&answer), (once(&["c", "d"]), 150));
    let sets: Vec<Steps> = answer.plans.iter().map(|p| p.steps.clone()).collect();
    assert_eq!(sets, [once(&["c", "d"]), once(&["b", "s"]), once(&["a", "s"])]);
    assert!(answer.essential.is_empty());
    assert_eq!(best(&cheapest(&c, &[], "a")), (once(&["b"]), 200));
    // By a substitution c is as good as s; an award of an id that the catalog does not know is there already.
    let standing_in = |used, awards: &[Award], within| Record {
        substitutions: vec![substitution(used, "s", within)],
        ..having(awards)
    };
    let with = |record: &Record| best(&plan(&c, record, NOW, "s", &PlanOptions::default()));
    assert_eq!(with(&standing_in("c", &[], None)), (once(&["c"]), 100));
    assert_eq!(with(&standing_in("z", &[award("z", NOW)], None)), (once(&[]), 0));
    assert_eq!(with(&standing_in("z", &[award("z", NOW)], Some("d"))).1, 150);
    // New awards have their credential's issuer and a sufficient grade.
    let strict =
        |issuer| Conditions { issuer: Some(vec![issuer]), grade: Some(Grade::Number(9900)), ..Conditions::default() };
    c.credentials.get_mut("a").unwrap().issuer = Some("z");
    c.credentials.get_mut("b").unwrap().issuer = Some("x");
    c.credentials.insert("s", stack("s", leaf_if("a", strict("x"))));
    c.credentials.remove("d");
    assert_eq!(cheapest(&c, &[award("b", NOW)], "s").plans.len(), 1, "without a grade, the award does not do");
    assert_eq!(best(&cheapest(&c, &[award("b", NOW)], "s")), (once(&["b", "s"]), 200));
    c.credentials.insert("s", stack("s", leaf_if("a", strict("y"))));
    assert_eq!(why_not(&cheapest(&c, &[], "s")), Cause::Rules);
}

/// One more award of what is there already has its purpose, too.
#[test]
fn another_award_of_what_counts_each_time_has_its_purpose() {
    let text =
        "[credential]\nunit = { credits = 1, repeatable = true }\nlog = { stack = { credits = 3, from = ['unit'] } }\n";
    let catalog = credpath::Catalog::parse("c", text).unwrap();
    let record = credpath::LearnerRecord::from_iter(["unit"]);
    let target = catalog.credential("log").unwrap();
    let outcome = catalog.plan(&record, "2026-11-25".parse().unwrap(), target, &credpath::PlanOptions::default());
    let step = &outcome.plan().unwrap().steps[0];
    let purposes: Vec<&str> = step.purposes.iter().map(|purpose| purpose.credential.as_str()).collect();
    assert_eq!((step.credential.as_str(), step.times, &purposes[..]), ("unit", 2, &["log"][..]));
}
