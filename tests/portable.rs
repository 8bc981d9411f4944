//! Proofs of plans in public formats: plans to the targets of the examples are proved so, a checker that knows nothing
//! of credentials agrees, and it refuses what was changed.
//!
//! With `CREDPATH_VERIPB` in the environment, the path of the program `veripb` (version 3), it goes through all of them
//! as well.

mod strangers;

use std::fs;
use std::path::{Path, PathBuf};

use credpath::{Catalog, Date, LearnerRecord, NotPortable, Objective, Plan, PlanOptions, PlanOutcome, PortableProof};
use strangers::{Shown, check, is_verified, veripb};

/// Records begin with the name of their catalog, or with what stands here.
const CATALOGS: [(&str, &str); 6] = [
    ("compliance", "compliance"),
    ("comptia", "comptia"),
    ("hku-space", "hku"),
    ("nursing", "nursing"),
    ("vcc-drafting", "vcc-drafting"),
    ("vcc-health", "vcc-health"),
];

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn catalog(name: &str) -> Catalog {
    Catalog::parse(name, &read(&format!("examples/catalogs/{name}.toml"))).unwrap_or_else(|error| panic!("{error}"))
}

/// The records of a catalog, and one with nothing in it.
fn records(of: &str) -> Vec<LearnerRecord> {
    let entries = fs::read_dir("examples/records").expect("a folder of records");
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("a file").path()).collect();
    let is_own = |path: &Path| {
        path.file_name()
            .is_some_and(|name| name.to_string_lossy().strip_prefix(of).is_some_and(|it| it.starts_with('-')))
    };
    paths.retain(|path| is_own(path));
    paths.sort();
    let record = |path: &PathBuf| LearnerRecord::parse("record", &read(&path.to_string_lossy())).expect("a record");
    paths.iter().map(record).chain([LearnerRecord::default()]).collect()
}

fn today() -> Date {
    Date::new(2026, 12, 1).expect("a date")
}

/// The proof is right, and shows what the plan says.
fn assert_right(name: &str, plan: &Plan, proof: &PortableProof) {
    let shown = check(&proof.formula, &proof.proof).unwrap_or_else(|fault| panic!("{name}: {fault}"));
    let worth = i128::from(plan.value().hundredths());
    assert_eq!(shown, Shown { least: i128::from(proof.lower_bound.hundredths()), most: Some(worth) }, "{name}");
    assert!(proof.is_attained, "{name}");
    if let Some(program) = veripb() {
        assert!(is_verified(&program, name, &proof.formula, &proof.proof), "{name}");
    }
}

#[test]
fn plans_of_the_examples_are_proved_to_strangers() {
    if veripb().is_none() {
        eprintln!("CREDPATH_VERIPB is not set: proofs are checked by the checker of the tests alone");
    }
    let (mut proved, mut held, mut lines) = (0, 0, 0);
    for (name, prefix) in CATALOGS {
        let catalog = catalog(name);
        for (number, record) in records(prefix).iter().enumerate() {
            for (target, described) in catalog.credentials() {
                for objective in [Objective::Cost, Objective::Hours, Objective::Credentials] {
                    let options = PlanOptions::default().objective(objective);
                    let PlanOutcome::Plan(plan) = catalog.plan(record, today(), target, &options) else { continue };
                    let place = format!("{name}-{number}-{}-{objective:?}", described.id);
                    match plan.portable_proof(&catalog, record) {
                        Ok(proof) => {
                            proved += 1;
                            lines += proof.proof.lines().count();
                            assert_right(&place, &plan, &proof);
                        }
                        Err(NotPortable::NothingToProve) => held += 1,
                        Err(other) => panic!("{place}: {other}"),
                    }
                }
            }
        }
    }
    println!("{proved} plans proved in {lines} lines, {held} targets held");
    assert!(proved > 500 && held > 20, "{proved} {held}");
}

#[test]
fn plans_that_take_a_search_are_proved_to_strangers() {
    let expected: toml::Table = read("tests/planning/expected.toml").parse().expect("a table");
    for (name, expected) in &expected {
        let text = |kind: &str| read(&format!("tests/planning/{name}{kind}.toml"));
        let catalog = Catalog::parse(name, &text("")).expect("a catalog");
        let record = LearnerRecord::parse(name, &text(".record")).expect("a record");
        let target = catalog.credential(expected["target"].as_str().expect("an id")).expect("a credential");
        let PlanOutcome::Plan(plan) = catalog.plan(&record, today(), target, &PlanOptions::default()) else {
            panic!("no plan: {name}");
        };
        let proof = plan.portable_proof(&catalog, &record).unwrap_or_else(|error| panic!("{name}: {error}"));
        println!("{name}: {} lines, {} bytes", proof.proof.lines().count(), proof.proof.len());
        assert_right(name, &plan, &proof);
    }
}

/// A learner with nothing, who can come to a card by a course, or by passing an exam three times, which is dearer.
const SMALL: &str = "
    [credential]
    course = { cost = 300 }
    exam = { cost = 120, repeatable = true, credits = 1 }
    card = { cost = 50, stack = { any_of = ['course', { credits = 3, from = ['exam'] }] } }
";

fn small() -> (Catalog, Plan) {
    let catalog = Catalog::parse("catalog.toml", SMALL).unwrap_or_else(|error| panic!("{error}"));
    let card = catalog.credential("card").expect("defined above");
    let outcome = catalog.plan(&LearnerRecord::default(), today(), card, &PlanOptions::default());
    let plan = outcome.plan().expect("there is a way").clone();
    (catalog, plan)
}

/// The proof can be gone through by hand. A plan is worth 800 for the card, 4801 for the course and 1921 for each exam:
/// 160 for each 1000 hundredths, and 1 for what is taken. Constraint 6 supposes that it is worth 5600 at the most, in
/// parts of 1,048,576; 7 says that there is the card. Then 2 (three exams for the group), 3 (the course or the group,
/// for the card) and 7 are added so often that of the prices nothing is left: of x2 there is 4801 parts less than
/// 5,034,213,377, which is 1, of x3 2, and of the exams less than nothing. That is 3 at the most, and it would have to
/// be 5,034,213,377 + 838,860,800 less 5600 parts, 1,048,577. So it is worth 5601 or more, 5597 of these without what
/// is taken, and a 160th of that, rounded up, is 35.
#[test]
fn a_small_proof_is_as_it_was_worked_by_hand() {
    let (catalog, plan) = small();
    let proof = plan.portable_proof(&catalog, &LearnerRecord::default()).expect("a proof");
    let expected = (include_str!("strangers/small.opb"), include_str!("strangers/small.pbp"));
    assert_eq!((&*proof.formula, &*proof.proof), expected, "{}{}", proof.formula, proof.proof);
    assert_right("small", &plan, &proof);
}

#[test]
fn a_changed_proof_is_refused() {
    let (catalog, plan) = small();
    let PortableProof { formula, proof, .. } =
        plan.portable_proof(&catalog, &LearnerRecord::default()).expect("a proof");
    let is_right = |formula: &str, proof: &str| {
        let is_right = check(formula, proof).is_ok();
        if let Some(program) = veripb() {
            assert_eq!(is_verified(&program, "changed", formula, proof), is_right, "{formula}{proof}");
        }
        is_right
    };
    assert!(is_right(&formula, &proof));
    // Another bound; a bound that nobody reaches; a line less; a rule that asks for less.
    let cheaper = proof.replace(&format!("BOUNDS {}", plan.cost.hundredths()), "BOUNDS 35001");
    let (first_line, rest) = proof.split_once("pol ").expect("a line that derives something");
    let without_it = format!("{first_line}{}", rest.split_once('\n').expect("more lines").1);
    let less = formula.replacen(">= 1 ;", ">= 0 ;", 1);
    assert!(cheaper != proof && less != formula);
    assert!(!is_right(&formula, &cheaper) && !is_right(&formula, &without_it) && !is_right(&less, &proof));
    // Each factor of what is derived, as little as can be: mostly that is too little.
    let (mut refused, mut changed) = (0, 0);
    for (start, _) in proof.match_indices(" *") {
        let digits = proof[..start].rfind(|c: char| !c.is_ascii_digit()).expect("a space") + 1;
        let factor: u128 = proof[digits..start].parse().expect("a factor");
        if factor > 1 {
            changed += 1;
            let other = format!("{}{}{}", &proof[..digits], 1, &proof[start..]);
            refused += usize::from(!is_right(&formula, &other));
        }
    }
    assert!(changed > 2 && 2 * refused > changed, "{refused} of {changed}");
}

/// Whoever reads the formula is told where its rows come from: the rules, and what is asked for besides.
#[test]
fn a_formula_says_where_its_rows_come_from() {
    let (catalog, plan) = small();
    let budgeted = PlanOptions::default().budget(plan.cost);
    let card = catalog.credential("card").expect("defined above");
    let nobody = LearnerRecord::default();
    let outcome = catalog.plan(&nobody, today(), card, &budgeted);
    let within = outcome.plan().expect("the budget suffices");
    let origins = |plan: &Plan| {
        let formula = plan.portable_proof(&catalog, &nobody).expect("a proof").formula;
        let said = |what: &str| formula.lines().filter(|line| line.starts_with('*') && line.contains(what)).count();
        [said("the rules, read backwards from the target"), said("what is asked for besides")]
    };
    assert_eq!(origins(&plan), [1, 0]);
    assert_eq!(origins(within), [1, 1]);
}

/// A plan that is left aside is known by how often each of its steps is taken: there is a variable for just that.
#[test]
fn what_is_left_aside_is_said_of_just_these_steps() {
    let text = "
        [credential]
        r = { cost = 10, credits = 2, repeatable = true }
        s = { cost = 11, credits = 2, repeatable = true }
        x = { cost = 100, credits = 4 }
        card = { stack = { all_of = [{ credits = 4, from = ['r', 'x'] }, { credits = 4, from = ['s', 'x'] }] } }
    ";
    let catalog = Catalog::parse("catalog.toml", text).unwrap_or_else(|error| panic!("{error}"));
    let number = |id: &str| catalog.credential(id).expect("defined above");
    let aside = credpath::Besides { steps: vec![(number("r"), 2), (number("s"), 2)], differing: 1 };
    let nobody = LearnerRecord::default();
    let outcome = catalog.plan(&nobody, today(), number("card"), &PlanOptions::default().besides([aside]));
    let plan = outcome.plan().expect("there is another way");
    let proof = plan.portable_proof(&catalog, &nobody).expect("a proof");
    assert_right("aside", plan, &proof);
    let (_, besides) = proof.formula.split_once("* what is asked for besides\n").expect("a row for what is left aside");
    let twice = |id: &str| {
        let told = format!(": `{id}` is awarded 2 times or more");
        let line = proof.formula.lines().find(|line| line.ends_with(&told)).expect("a variable for that");
        line.trim_start_matches("* ").trim_end_matches(&told).to_owned()
    };
    let [first, ..] = besides.lines().collect::<Vec<_>>()[..] else { panic!("a row follows") };
    assert_eq!(first, format!("-1 {} -1 {} >= -1 ;", twice("r"), twice("s")));
}

/// A stored plan may ask for any work: its proof takes no more for that.
#[test]
fn a_stored_plan_may_ask_for_any_work() {
    let (catalog, plan) = small();
    let mut stored = serde_json::to_value(&plan).expect("data");
    stored["options"]["work"] = u64::MAX.into();
    let again: Plan = serde_json::from_value(stored).expect("a plan");
    let nobody = LearnerRecord::default();
    assert_eq!(again.portable_proof(&catalog, &nobody), plan.portable_proof(&catalog, &nobody));
}

#[test]
fn what_is_no_plan_has_no_proof() {
    let (catalog, mut plan) = small();
    let record = LearnerRecord::default();
    plan.cost = credpath::Amount::ZERO;
    assert!(matches!(plan.portable_proof(&catalog, &record), Err(NotPortable::Flaw(_))));
    let holder: LearnerRecord = ["card"].into_iter().collect();
    let card = catalog.credential("card").expect("defined above");
    let outcome = catalog.plan(&holder, today(), card, &PlanOptions::default());
    let nothing = outcome.plan().expect("it is held").portable_proof(&catalog, &holder);
    assert_eq!(nothing, Err(NotPortable::NothingToProve));
}
