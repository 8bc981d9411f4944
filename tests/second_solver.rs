//! Plans against a second solver: the same rules as a mixed-integer model, and minima that others have proven.

#![allow(clippy::pedantic, reason = "comparisons read best as plain statements")]

#[path = "../benches/generate/mod.rs"]
mod generate;
#[path = "reference/milp.rs"]
mod milp;

use std::path::{Path, PathBuf};
use std::time::Duration;

use credpath::{Amount, Catalog, Date, LearnerRecord, Objective, Optimality, Plan, PlanOptions, PlanOutcome};
use generate::{Layer, Random};
use milp::{Answer, Goal, Rules};
use toml::Table;

const GOALS: [(Goal, Objective); 3] =
    [(Goal::Cost, Objective::Cost), (Goal::Hours, Objective::Hours), (Goal::Credentials, Objective::Credentials)];

/// The second solver answers what is asked here far sooner; where it did not, nothing would be compared, and the test
/// says so.
const LIMIT: Duration = Duration::from_secs(60);

fn as_of() -> Date {
    generate::AS_OF.to_string().parse().unwrap()
}

/// A catalog and a record, as both solvers read them.
struct Case {
    name: String,
    catalog: Catalog,
    record: LearnerRecord,
    rules: Rules,
    record_text: String,
}

impl Case {
    fn new(name: String, catalog: &str, record: &str) -> Case {
        Case {
            catalog: Catalog::parse(&name, catalog).unwrap_or_else(|error| panic!("{error}")),
            record: LearnerRecord::parse("record.toml", record).unwrap_or_else(|error| panic!("{error}")),
            rules: Rules::parse(catalog).unwrap_or_else(|error| panic!("{name}: {error}")),
            record_text: record.to_owned(),
            name,
        }
    }

    /// The proven plan, verified, or none if there is no plan.
    fn plan(&self, target: &str, objective: Objective) -> Option<Plan> {
        let options = PlanOptions::default().objective(objective);
        let target = self.catalog.credential(target).unwrap();
        match self.catalog.plan(&self.record, as_of(), target, &options) {
            PlanOutcome::Plan(plan) => {
                assert_eq!(plan.optimality, Optimality::Proven, "{}", self.name);
                plan.verify(&self.catalog, &self.record).unwrap_or_else(|flaw| panic!("{}: {flaw:?}", self.name));
                Some(*plan)
            }
            PlanOutcome::Unattainable(_) => None,
            other => panic!("{}: {other:?}", self.name),
        }
    }

    /// Both solvers find the same minimum for each objective, or both find that there is no plan. Says whether there is
    /// one.
    fn both_agree(&self, target: &str, goals: &[(Goal, Objective)]) -> bool {
        let model = self.rules.model(&self.record_text, &generate::AS_OF.to_string(), target);
        let model = model.unwrap_or_else(|refused| panic!("{}: {refused}", self.name));
        let mut attainable = true;
        for &(goal, objective) in goals {
            let plan = self.plan(target, objective);
            let answer = plan.as_ref().map_or(Answer::Infeasible, |plan| Answer::Optimal(worth(plan, goal)));
            assert_eq!(answer, model.solve(goal, LIMIT), "{goal:?} of {target} in {}: {plan:#?}", self.name);
            attainable &= plan.is_some();
        }
        attainable
    }
}

/// In hundredths, as the second solver has it.
fn worth(plan: &Plan, goal: Goal) -> u64 {
    match goal {
        Goal::Cost => plan.cost.hundredths(),
        Goal::Hours => plan.hours.hundredths(),
        Goal::Credentials => plan.credentials * 100,
    }
}

/// The catalogs in `tests/planning`: the planner, the second solver and `expected.toml` say the same.
#[test]
fn known_minima_are_found_and_proven() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/planning");
    let read = |file: PathBuf| std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
    let expected: Table = read(folder.join("expected.toml")).parse().unwrap();
    for (name, expected) in &expected {
        let catalog = read(folder.join(format!("{name}.toml")));
        let record = read(folder.join(format!("{name}.record.toml")));
        let case = Case::new(name.clone(), &catalog, &record);
        let target = expected["target"].as_str().unwrap();
        let plan = case.plan(target, Objective::Cost).unwrap_or_else(|| panic!("{name}: there is a plan"));
        let cost: Amount = expected["cost"].to_string().parse().unwrap();
        assert_eq!(plan.cost, cost, "{name}");
        assert_eq!(plan.value(), cost, "{name}");
        case.both_agree(target, &GOALS[..1]);
    }
    assert_eq!(expected.len(), 9);
}

/// Layered catalogs as the benchmarks use them, with equivalents, pools, caps and sums of recent awards.
#[test]
fn layered_catalogs_have_the_same_minima() {
    for (seed, size) in [(1, 60), (2, 60), (3, 80), (4, 100), (5, 120), (6, 150), (7, 200), (8, 300)] {
        let model = generate::Catalog::generate(seed, size);
        let text = model.to_toml();
        let mut random = Random::new(seed);
        for (layer, most) in [(Layer::Degree, 120), (Layer::Diploma, 200), (Layer::Certificate, 300)] {
            if size > most {
                continue;
            }
            let targets = model.credentials.iter().enumerate().filter(|(_, credential)| credential.layer == layer);
            let targets: Vec<usize> = targets.map(|(at, _)| at).collect();
            let target = *random.pick(&targets);
            for awards in [0, 12] {
                let record = generate::record_text(&model, &model.awards_towards(seed, target, awards));
                let case = Case::new(format!("seed {seed}, {size} credentials, {awards} awards"), &text, &record);
                assert!(case.both_agree(&model.credentials[target].id, &GOALS), "{}", case.name);
            }
        }
    }
}

/// Choices that cut across each other.
#[test]
fn hard_catalogs_have_the_same_minima() {
    for seed in 0..3 {
        let hard = [
            generate::hard::knapsacks(seed, 60, 4, false),
            generate::hard::knapsacks(seed, 60, 3, true),
            generate::hard::set_cover(seed, 80, 100),
            generate::hard::deep(seed, 4, 16),
        ];
        for (number, hard) in hard.iter().enumerate() {
            let case = Case::new(format!("hard catalog {number}, seed {seed}"), &hard.text, "");
            assert!(case.both_agree(&hard.target, &GOALS), "{}", case.name);
        }
    }
}

/// Before the relaxation is solved at the root, something is found by greed: work that runs out there leaves a plan.
#[test]
fn work_that_runs_out_at_the_root_leaves_a_plan() {
    let hard = generate::hard::deep(0, 8, 60);
    let catalog = Catalog::parse("hard", &hard.text).unwrap();
    let (record, target) = (LearnerRecord::default(), catalog.credential(&hard.target).unwrap());
    for work in [300_000, 1_000_000, 10_000_000] {
        let PlanOutcome::Plan(plan) = catalog.plan(&record, as_of(), target, &PlanOptions::default().work(work)) else {
            panic!("no plan within {work} steps")
        };
        assert!(matches!(plan.optimality, Optimality::Within { .. }), "{work}");
        plan.verify(&catalog, &record).unwrap();
    }
}

/// The same in small, many times: what goes wrong shows here in a catalog that can be read.
#[test]
fn small_catalogs_have_the_same_minima() {
    for seed in 0..500 {
        let size = 4 + usize::try_from(seed % 23).unwrap();
        let hard = match seed % 4 {
            0 => generate::hard::knapsacks(seed, size, 3, true),
            1 => generate::hard::knapsacks(seed, size, 4, false),
            2 => generate::hard::set_cover(seed, size, 2 * size),
            _ => generate::hard::deep(seed, 3, 4 + size / 3),
        };
        let case = Case::new(format!("small catalog of seed {seed}:\n{}", hard.text), &hard.text, "");
        case.both_agree(&hard.target, &GOALS);
    }
    // In their proofs a weighted row has nothing left to say where it is checked, and had something where it was
    // written down.
    for (seed, size) in [(11_845, 17), (11_375, 27)] {
        let hard = generate::hard::knapsacks(seed, size, 3, true);
        Case::new(hard.text.clone(), &hard.text, "").both_agree(&hard.target, &GOALS);
    }
}

/// Sums that may not count the same credential, nearly all of it as good as something else.
#[test]
fn sums_that_share_nothing_have_the_same_minima() {
    for seed in 0..12 {
        let (sums, courses) = (2 + usize::try_from(seed).unwrap() % 3, 12 + usize::try_from(seed).unwrap() % 5);
        let hard = generate::hard::divided(seed, sums, courses);
        let case = Case::new(format!("seed {seed}, {sums} sums"), &hard.text, "");
        assert!(case.both_agree(&hard.target, &GOALS[..1]), "{}", case.name);
    }
}

/// Rules of every shape that the second solver knows, in each other, some of which ask for more than there is.
#[test]
fn mixed_catalogs_have_the_same_minima() {
    let (mut attainable, mut unattainable) = (0, 0);
    for seed in 0..40 {
        let mut random = Random::new(seed);
        let size = 60 + 4 * usize::try_from(seed).unwrap();
        let text = mixed(&mut random, size);
        let held = random.sample(size, size / 12);
        let record: String = held.iter().map(|at| format!("[[award]]\ncredential = \"c{at}\"\n")).collect();
        let case = Case::new(format!("mixed catalog of seed {seed}"), &text, &record);
        for target in [size - 1, size - 2] {
            match case.both_agree(&format!("c{target}"), &GOALS) {
                true => attainable += 1,
                false => unattainable += 1,
            }
        }
    }
    assert!(attainable > 40 && unattainable > 8, "{attainable} can be reached and {unattainable} cannot");
}

/// The second solver refuses what its model does not say, rather than answer another question.
#[test]
fn the_model_refuses_what_it_does_not_cover() {
    let refused = [
        ("stack = { all_of = [\"a\", \"b\"], distinct = true }", "`distinct`"),
        ("stack = { any_of = [\"a\", \"b\"], span = \"2 years\" }", "`span`"),
        ("stack = { credits = 2, from = [\"a\", { up_to = 1, from = [\"a\", \"b\"] }] }", "two places"),
        ("stack = { credits = 2, from = [\"a\", { any_of = [\"b\"] }] }", "no member of a sum"),
        ("stack = { at_least = 1, from = { level = { min = 2 } } }", "`level`"),
        ("stack = \"a\"\nrepeatable = true", "`repeatable`"),
        ("stack = \"a\"\noffered = { until = 2027-01-01 }", "`offered`"),
        ("prerequisite = \"round\"", "circle"),
    ];
    for (rules, why) in refused {
        let text = format!(
            "[credential]\na = {{ credits = 1 }}\nb = {{ credits = 1 }}\nround = {{ stack = \"target\" \
             }}\n[credential.target]\n{rules}\n"
        );
        let model = Rules::parse(&text).and_then(|rules| rules.model("", &generate::AS_OF.to_string(), "target"));
        let refusal = model.expect_err(rules);
        assert!(refusal.contains(why), "{rules}: {refusal}");
    }
}

/// A third of the credentials are simply taken; the rules of the others look down, most of them at one neighbourhood.
fn mixed(random: &mut Random, size: usize) -> String {
    let mut text = String::new();
    for at in 0..size {
        let (cost, hours) = (random.between(0, 400), random.between(0, 60));
        let credits = ["0.25", "0.5", "1", "1.5", "2", "3", "4", "6"][random.below(8)];
        text.push_str(&format!(
            "[credential.c{at}]\ncost = {cost}.{:02}\nhours = {hours}\ncredits = {credits}\n",
            at % 4 * 25
        ));
        if at < size / 3 {
            continue;
        }
        let first = random.below(at * 2 / 3);
        let below: Vec<usize> = (first..at.min(first + size / 4)).collect();
        if random.percent(60) {
            text.push_str(&format!("prerequisite = {}\n", rule(random, &below, 1)));
        }
        if random.percent(50) || at + 2 >= size {
            text.push_str(&format!("stack = {}\n", rule(random, &below, 2)));
        }
    }
    text
}

/// A requirement over some of these credentials; groups stand in each other up to `depth` deep.
fn rule(random: &mut Random, from: &[usize], depth: u32) -> String {
    let parts = |random: &mut Random, least: u32, most: u32| {
        let count = random.between(least, most);
        let parts: Vec<String> = (0..count)
            .map(|_| match depth {
                0 => format!("\"c{}\"", random.pick(from)),
                _ if random.percent(40) => rule(random, from, depth - 1),
                _ => format!("\"c{}\"", random.pick(from)),
            })
            .collect();
        format!("[{}]", parts.join(", "))
    };
    match random.below(if depth == 0 { 3 } else { 6 }) {
        0 => format!("{{ all_of = {} }}", parts(random, 2, 3)),
        1 => format!("{{ any_of = {} }}", parts(random, 2, 4)),
        2 => format!("{{ at_least = 2, from = {} }}", parts(random, 3, 5)),
        kind => {
            let mut members = random.choose(from, 12);
            let measure = if kind == 3 { "hours" } else { "credits" };
            let need = if measure == "hours" { random.between(20, 120) } else { random.between(3, 14) };
            // More than the twelve can give.
            let need = if random.percent(30) { need * 40 } else { need };
            let capped = members.split_off(members.len() / 2);
            let listed = |ids: &[usize]| ids.iter().map(|at| format!("\"c{at}\", ")).collect::<String>();
            let cap = need / 3 + 1;
            let capped = if random.percent(60) {
                format!("{{ up_to = {cap}, from = [{}] }}", listed(&capped))
            } else {
                listed(&capped)
            };
            format!("{{ {measure} = {need}, from = [{}{capped}] }}", listed(&members))
        }
    }
}
