//! Plans on real catalogs, under work limits, and in whatever order things are written.

#![allow(clippy::pedantic, reason = "comparisons read best as plain statements")]

use std::path::{Path, PathBuf};

use credpath::{
    Catalog, CredentialId, Date, LearnerRecord, NextStepsOutcome, Objective, Optimality, Plan, PlanLimit, PlanOptions,
    PlanOutcome, StepRole,
};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: impl AsRef<Path>) -> String {
    std::fs::read_to_string(root().join(path)).unwrap()
}

fn as_of() -> Date {
    "2026-11-22".parse().unwrap()
}

/// Every catalog of the examples with every record that knows its credentials, and with nothing.
fn learners() -> Vec<(String, Catalog, LearnerRecord)> {
    let list = |folder: &str| -> Vec<PathBuf> {
        let mut paths: Vec<PathBuf> =
            std::fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path()).collect();
        paths.sort();
        paths
    };
    let mut found = Vec::new();
    for path in list("examples/catalogs") {
        let text = read(&path);
        let catalog = || Catalog::parse("catalog", &text).unwrap();
        found.push((format!("{} with nothing", path.display()), catalog(), LearnerRecord::default()));
        for record in list("examples/records") {
            let name = format!("{} with {}", path.display(), record.display());
            let record = LearnerRecord::parse("record", &read(&record)).unwrap();
            if record.awards.iter().any(|award| catalog().credential(&award.credential).is_some()) {
                found.push((name, catalog(), record));
            }
        }
    }
    assert!(found.len() > 10, "{}", found.len());
    found
}

#[test]
fn a_plan_that_is_worth_its_bound_is_proven() {
    let mut proven_before_ties = 0;
    for (name, target) in [("deep_4x20", "c80"), ("mk_corr_60x4", "c60"), ("sc_100x150", "c100")] {
        let catalog = Catalog::parse("catalog", &read(format!("tests/planning/{name}.toml"))).unwrap();
        let target = catalog.credential(target).unwrap();
        let mut work = 1_000;
        loop {
            let options = PlanOptions::default().work(work);
            let outcome = catalog.plan(&LearnerRecord::default(), as_of(), target, &options);
            if let Some(plan) = outcome.plan() {
                plan.verify(&catalog, &LearnerRecord::default()).unwrap();
                match plan.optimality {
                    Optimality::Within { lower_bound } => assert!(lower_bound < plan.value(), "{name}: {plan}"),
                    Optimality::Proven if plan.ties_settled => break,
                    Optimality::Proven => proven_before_ties += 1,
                }
            }
            work += work / 8;
        }
    }
    assert!(proven_before_ties > 0);
}

#[test]
fn every_credential_of_every_real_catalog_is_planned_for_and_proven() {
    let (mut plans, mut none) = (0, 0);
    for (name, catalog, record) in learners() {
        let targets: Vec<CredentialId> = catalog.credentials().map(|(id, _)| id).collect();
        for target in targets {
            for objective in [Objective::Cost, Objective::Hours, Objective::Credentials] {
                let options = PlanOptions::default().objective(objective);
                match catalog.plan(&record, as_of(), target, &options) {
                    PlanOutcome::Plan(plan) => {
                        assert_eq!(plan.optimality, Optimality::Proven, "{name}: {plan}");
                        assert!(plan.ties_settled, "{name}: {plan}");
                        plan.verify(&catalog, &record).unwrap_or_else(|flaw| panic!("{name}: {flaw}\n{plan}"));
                        plans += 1;
                    }
                    PlanOutcome::Unattainable(why) => {
                        assert!(why.minimal && !why.causes.is_empty(), "{name}: {why}");
                        none += 1;
                    }
                    other => panic!("{name}: {other}"),
                }
            }
        }
    }
    assert!(plans > 1000 && none > 0, "{plans} plans, {none} without");
}

#[test]
fn next_steps_lie_on_plans_and_cost_what_they_say() {
    let mut looked_at = 0;
    for (name, catalog, record) in learners() {
        for (target, credential) in catalog.credentials().filter(|(id, _)| catalog.is_conferred(*id)) {
            let NextStepsOutcome::Steps(next) = catalog.next_steps(&record, as_of(), target, &PlanOptions::default())
            else {
                continue;
            };
            for step in next.steps.iter().take(6) {
                let options = PlanOptions::default().must_include([catalog.credential(&step.credential).unwrap()]);
                let with = catalog.plan(&record, as_of(), target, &options).into_plan();
                let with =
                    with.unwrap_or_else(|| panic!("{name}, {}: no plan with {}", credential.id, step.credential));
                with.verify(&catalog, &record).unwrap();
                let more = with.cost.hundredths() - next.plan.cost.hundredths();
                assert_eq!(more, step.regret.least.hundredths(), "{name}, {}: {}", credential.id, step.credential);
                assert_eq!(Some(step.regret.least), step.regret.most);
                assert_eq!(more == 0, step.role != StepRole::Alternative);
                looked_at += 1;
            }
        }
    }
    assert!(looked_at > 200, "{looked_at}");
}

/// The instances that take longest, each with its target.
const HARD: [(&str, &str); 4] =
    [("deep_4x20", "c80"), ("mk_100x5", "c100"), ("sc_100x150", "c100"), ("real_1k_0", "c983")];

#[test]
fn no_work_limit_is_overrun_and_every_bound_holds() {
    for (name, target) in HARD {
        let catalog = Catalog::parse(name, &read(format!("tests/planning/{name}.toml"))).unwrap();
        let record = LearnerRecord::parse(name, &read(format!("tests/planning/{name}.record.toml"))).unwrap();
        let target = catalog.credential(target).unwrap();
        let mut options = PlanOptions::default();
        let best = catalog.plan(&record, as_of(), target, &options).into_plan().unwrap();
        let mut open = 0;
        for exponent in 4..22 {
            options.work = 1 << exponent;
            let effort = match catalog.plan(&record, as_of(), target, &options) {
                PlanOutcome::Plan(plan) => {
                    plan.verify(&catalog, &record).unwrap_or_else(|flaw| panic!("{name} at {}: {flaw}", options.work));
                    assert!(plan.cost >= best.cost);
                    match plan.optimality {
                        Optimality::Proven => assert_eq!(plan.cost, best.cost),
                        Optimality::Within { lower_bound } => {
                            assert!(lower_bound <= best.cost, "{name}: {lower_bound} is above {}", best.cost);
                            open += 1;
                        }
                    }
                    plan.effort
                }
                PlanOutcome::Undecided(undecided) => {
                    assert!(undecided.lower_bound <= best.cost);
                    undecided.effort
                }
                other => panic!("{name}: {other}"),
            };
            // Feasibility is decided whatever the limit is, and counted in the first few steps.
            assert!(effort.work <= options.work, "{name}: {} of {}", effort.work, options.work);
        }
        assert!(open > 0, "{name}: no limit lay between a plan and its proof");
    }
}

#[test]
fn the_order_of_tables_and_awards_decides_nothing() {
    for (name, target) in [("real_100_0", "c98"), ("real_100_2", "c98"), ("deep_4x20", "c80")] {
        let (text, record) =
            (read(format!("tests/planning/{name}.toml")), read(format!("tests/planning/{name}.record.toml")));
        let (header, tables) = text.split_once("[credential]\n").unwrap();
        let mut tables: Vec<&str> = tables.lines().filter(|line| !line.is_empty()).collect();
        let plan = |text: &str, record: &LearnerRecord| -> Plan {
            let catalog = Catalog::parse(name, text).unwrap();
            let target = catalog.credential(target).unwrap();
            let mut plan = catalog.plan(record, as_of(), target, &PlanOptions::default()).into_plan().unwrap();
            plan.steps = plan.steps.into_iter().map(without_lines).collect();
            plan
        };
        let record = LearnerRecord::parse("record", &record).unwrap();
        let before = plan(&text, &record);
        for turn in 0..3 {
            match turn {
                0 => tables.reverse(),
                _ => {
                    let by = 17 * turn % tables.len();
                    tables.rotate_left(by);
                }
            }
            assert!(tables.len() > 50, "{}", tables.len());
            let mut record = record.clone();
            record.awards.reverse();
            let turned = plan(&format!("{header}[credential]\n{}", tables.join("\n")), &record);
            assert_eq!(turned, before, "{name}");
        }
    }
}

/// Where a rule is written is all that may change.
fn without_lines(mut step: credpath::PlanStep) -> credpath::PlanStep {
    step.purposes.iter_mut().for_each(|purpose| purpose.line = 0);
    step.purposes.sort();
    step
}

/// Chains and choices of any length end within the limits, and nothing recurses over them.
#[test]
fn long_chains_and_large_choices_are_planned_for() {
    let number = 2_000;
    let mut chain = String::from("[credential]\n");
    for at in 0..number {
        // The last id comes first.
        let rule = if at + 1 < number { format!(", prerequisite = \"c{:05}\"", at + 1) } else { String::new() };
        chain += &format!("c{at:05} = {{ cost = 1{rule} }}\n");
    }
    let list: Vec<String> = (0..number).map(|at| format!("\"c{at:05}\"")).collect();
    let mut pool: String =
        (0..number).map(|at| format!("c{at:05} = {{ cost = {}, credits = {} }}\n", 5 + at % 7, 1 + at % 5)).collect();
    pool = format!(
        "[credential]\n{pool}all = {{ stack = {{ all_of = [{{ credits = 900, from = \"p\" }}, {{ at_least = 300, from \
         = \"p\" }}] }} }}\n[pool.p]\nmembers = [{}]\n",
        list.join(", ")
    );
    for (text, target) in [(chain, "c00000"), (pool, "all")] {
        let catalog =
            Catalog::parse_with("large", &text, &credpath::Limits::large()).unwrap_or_else(|error| panic!("{error}"));
        let (record, id) = (LearnerRecord::default(), catalog.credential(target).unwrap());
        for work in [100, 10_000, 3_000_000] {
            let options = PlanOptions::default().work(work);
            match catalog.plan(&record, as_of(), id, &options) {
                PlanOutcome::Plan(plan) => {
                    assert!(plan.effort.work <= work);
                    plan.verify(&catalog, &record).unwrap_or_else(|flaw| panic!("{target}: {flaw}"));
                }
                PlanOutcome::Undecided(open) => assert!(open.effort.work <= work),
                other => panic!("{target}: {other}"),
            }
        }
    }
}

/// What keeps a plan from being found is told: the work limit, or what may be spent on one evaluation however much work
/// is allowed.
#[test]
fn the_limit_that_was_met_is_told() {
    // Two sums of half of everything each, over amounts that look like noise.
    let amounts: Vec<u64> = (1..=48_u64).map(|at| 100_000 + at * at * 7_919_777 % 900_000).collect();
    let mut text = "[credential]\n".to_owned();
    for (at, amount) in amounts.iter().enumerate() {
        text += &format!("p{at} = {{ credits = {}.{:02}, cost = 1 }}\n", amount / 100, amount % 100);
    }
    let members: Vec<String> = (0..amounts.len()).map(|at| format!("\"p{at}\"")).collect();
    let half = amounts.iter().sum::<u64>() / 2;
    let sum = format!("{{ credits = {}.{:02}, from = [{}] }}", half / 100, half % 100, members.join(", "));
    text += &format!("hard = {{ stack = {{ all_of = [{sum}, {sum}], distinct = true }} }}\n");
    text += "easy = { stack = { all_of = [\"p1\", \"p2\"] } }\n";
    let catalog = Catalog::parse("c", &text).unwrap();
    let ask = |id: &str, work: u64| {
        let options = PlanOptions::default().work(work);
        let (record, id) = (LearnerRecord::default(), catalog.credential(id).unwrap());
        match (catalog.plan(&record, as_of(), id, &options), catalog.next_steps(&record, as_of(), id, &options)) {
            (PlanOutcome::Undecided(open), NextStepsOutcome::Undecided(same)) if open == same => open,
            other => panic!("{other:?}"),
        }
    };
    let open = ask("hard", PlanOptions::default().work);
    assert_eq!(open.limit, PlanLimit::Evaluation);
    assert!(open.effort.work < PlanOptions::default().work / 100, "{}", open.effort.work);
    assert!(open.to_string().contains("A higher work limit does not change that."), "{open}");
    let open = ask("easy", 0);
    assert_eq!(open.limit, PlanLimit::Work);
    assert!(open.to_string().starts_with("The work limit was met before a plan to easy was found"), "{open}");
}

/// A sum that wants a billion awards is left undecided, and a plan that says so is refused.
#[test]
fn endless_repetition_is_not_planned_for() {
    let text = |hours: &str| {
        format!(
            "[credential]\nx = {{ hours = 0.01, repeatable = true }}\ny = {{ stack = {{ hours = {hours}, from = \
             [\"x\"] }} }}\n"
        )
    };
    let plan = |hours: &str| {
        let catalog = Catalog::parse("c", &text(hours)).unwrap();
        let outcome =
            catalog.plan(&LearnerRecord::default(), as_of(), catalog.credential("y").unwrap(), &PlanOptions::default());
        (catalog, outcome)
    };
    let (_, PlanOutcome::Undecided(open)) = plan("10000000") else { panic!("so much is not planned for") };
    assert_eq!(open.limit, PlanLimit::Repetition);
    assert!(open.to_string().contains("more than 10,000 times"), "{open}");
    let (catalog, outcome) = plan("0.5");
    let mut plan = outcome.into_plan().unwrap();
    assert_eq!(plan.steps[0].times, 50);
    plan.steps[0].times = u32::MAX;
    assert!(plan.verify(&catalog, &LearnerRecord::default()).is_err());
}

/// Where pools share members and no award counts twice, the rows know it: leaving that to single sets would never end.
#[test]
fn pools_that_share_are_planned_for_within_little_work() {
    let mut text = String::from("[credential]\n");
    for at in 0..30 {
        text += &format!("c{at:02} = {{ cost = {} }}\n", 10 + at % 7);
    }
    let list = |from: u32, to: u32| (from..to).map(|at| format!("\"c{at:02}\"")).collect::<Vec<_>>().join(", ");
    let (one, two) = (list(0, 20), list(10, 30));
    text += &format!(
        "both = {{ stack = {{ all_of = [{{ at_least = 9, from = [{one}] }}, {{ at_least = 8, from = [{two}] }}], \
         distinct = true }} }}\n"
    );
    let catalog = Catalog::parse("c", &text).unwrap();
    let options = PlanOptions::default().work(1_000_000);
    let record = LearnerRecord::default();
    let outcome = catalog.plan(&record, as_of(), catalog.credential("both").unwrap(), &options);
    let plan = outcome.plan().expect("a plan");
    assert_eq!((plan.optimality, plan.credentials), (Optimality::Proven, 17));
    plan.verify(&catalog, &record).unwrap();
}

/// A substitution that counts within another credential alone makes nothing harder here.
#[test]
fn a_substitution_elsewhere_costs_no_work() {
    let mut text = String::from("[credential]\nh = { credits = 3, cost = 3 }\ng = { credits = 3, cost = 3 }\n");
    for at in 0..13 {
        let size = if at < 10 { 3 } else { 4 };
        text += &format!("a{at:02} = {{ credits = {size}, cost = {size} }}\n");
    }
    let members = (0..13).map(|at| format!("\"a{at:02}\"")).collect::<Vec<_>>().join(", ");
    text += &format!("t = {{ stack = {{ credits = 22, from = [{members}, \"h\", \"g\"] }} }}\n");
    text += "other = { stack = { any_of = [\"g\"] } }\n";
    let catalog = Catalog::parse("c", &text).unwrap();
    let target = catalog.credential("t").unwrap();
    let work = |within: &str| {
        let text = format!(
            "award = [{{ credential = \"h\", awarded = 2026-01-15 }}]\n\
             substitution = [{{ use = \"h\", for = \"g\"{within} }}]"
        );
        let record = LearnerRecord::parse("record", &text).unwrap();
        let outcome = catalog.plan(&record, as_of(), target, &PlanOptions::default());
        let plan = outcome.plan().expect("a plan");
        // 19 credits are lacking: five of three and one of four.
        assert_eq!((plan.optimality, plan.cost.to_string().as_str()), (Optimality::Proven, "19"));
        plan.verify(&catalog, &record).unwrap();
        plan.effort.work
    };
    let (elsewhere, here) = (work(", within = \"other\""), work(", within = \"t\""));
    assert!(elsewhere * 4 < here, "{elsewhere} beside {here}");
}

/// Five sums that may not share, over courses of three and four credits at a dollar each: seven courses of three are
/// enough, and the rows say so once each sum is rounded up to whole courses.
#[test]
fn sums_that_may_not_share_are_planned_for_within_little_work() {
    let mut text = String::from("[credential]\n");
    for at in 0..48 {
        let credits = if at % 4 == 3 { 4 } else { 3 };
        text += &format!("c{at:02} = {{ credits = {credits}, cost = {credits} }}\n");
    }
    let sum = |credits: u32, from: u32, to: u32| {
        let members = (from..to).map(|at| format!("\"c{at:02}\"")).collect::<Vec<_>>().join(", ");
        format!("{{ credits = {credits}, from = [{members}] }}")
    };
    let sums = [sum(3, 0, 12), sum(3, 12, 24), sum(6, 24, 36), sum(3, 36, 48), sum(6, 0, 48)].join(", ");
    text += &format!("all = {{ stack = {{ all_of = [{sums}], distinct = true }} }}\n");
    let catalog = Catalog::parse("c", &text).unwrap();
    let options = PlanOptions::default().work(1_000_000);
    let record = LearnerRecord::default();
    let outcome = catalog.plan(&record, as_of(), catalog.credential("all").unwrap(), &options);
    let plan = outcome.plan().expect("a plan");
    assert_eq!((plan.optimality, plan.credentials), (Optimality::Proven, 7));
    assert_eq!(plan.cost.to_string(), "21");
    plan.verify(&catalog, &record).unwrap();
}

/// A choice takes a search of its own: all of them together are paid from the work that the plan left of its limit, and
/// from a sixteenth of the limit in any case (semantics 7.10).
#[test]
fn an_explanation_is_paid_from_what_the_plan_left() {
    let text = r#"
        [credential]
        a = { cost = 70, credits = 3 }
        b = { cost = 110, credits = 5 }
        c = { cost = 90, credits = 4 }
        d = { cost = 130, credits = 6 }
        e = { cost = 40, credits = 2 }
        f = { cost = 60, credits = 3 }
        target = { stack = { all_of = [
            { credits = 11, from = ["a", "b", "c", "d"] },
            { credits = 9, from = ["c", "d", "e", "f"] },
            { at_least = 3, from = ["a", "c", "e", "f"] },
        ] } }
    "#;
    let (catalog, record) = (Catalog::parse("c", text).unwrap(), LearnerRecord::default());
    let target = catalog.credential("target").unwrap();
    let plan = catalog.plan(&record, as_of(), target, &PlanOptions::default()).into_plan().unwrap();
    let is_exact = |limit: u64, spent: u64| {
        let mut plan = plan.clone();
        (plan.options.work, plan.effort.work) = (limit, spent);
        let explanation = plan.explain(&catalog, &record).unwrap();
        assert!(explanation.choices.len() > 1, "{explanation}");
        explanation.choices.iter().all(|choice| choice.exact)
    };
    let needed = (0..100_000).find(|&limit| is_exact(limit, 0)).expect("enough work for all choices");
    assert!(needed > 100, "{needed}");
    for spent in [1, needed, 10 * needed] {
        assert!(is_exact(needed + spent, spent), "{needed} are left beside {spent}");
        assert!(!is_exact(needed + spent - 1, spent), "{needed} less one are left beside {spent}");
    }
    assert!(!is_exact(needed, needed));
    // What was spent beyond the limit takes no more away.
    for spent in [15 * needed, 16 * needed, u64::MAX] {
        assert!(is_exact(16 * needed, spent), "a sixteenth of {}", 16 * needed);
    }
    assert!(!is_exact(16 * needed - 1, 16 * needed));
}
