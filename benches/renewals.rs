//! What renewals cost: those of many learners, beside evaluating each of them; and the joint renewal of ever more
//! licences that ask for the same courses, beside reading the catalog, which it does once or twice.
//!
//! ```text
//! cargo bench --bench renewals              # up to 2,000 learners and 64 licences
//! cargo bench --bench renewals -- --quick   # few instances
//! ```
//! Everything is generated from seeds. Every joint renewal is verified; times are printed, never asserted.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

mod generate;

use std::fmt::Write as _;
use std::time::Instant;

use credpath::{Catalog, Date, EvaluateOptions, JointRenewalOptions, LearnerRecord, Optimality, RenewalOptions};
use generate::Random;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let quick = given("--quick") || given("--test") || !given("--bench");
    let learners: &[usize] = if quick { &[100] } else { &[100, 500, 2_000] };
    println!("renewals of learners on examples/catalogs/renewals.toml; ms for all of them");
    println!("{:>10} {:>12} {:>10} {:>8}", "learners", "evaluated", "report", "ratio");
    for &learners in learners {
        cohort(learners);
    }
    let licences: &[usize] = if quick { &[4, 8] } else { &[4, 8, 16, 32, 64] };
    println!(
        "\nthe joint renewal of licences that ask for courses which count for several; ms, medians of 5 instances"
    );
    println!("{:>10} {:>10} {:>10} {:>10} {:>8}", "licences", "reading", "joint", "verify", "proven");
    for &licences in licences {
        joint(licences);
    }
}

fn day(text: &str) -> Date {
    text.parse().expect("a calendar date")
}

/// Learners with awards that lapse, and some of the units that renewing them takes.
fn cohort(learners: usize) {
    let text = include_str!("../examples/catalogs/renewals.toml");
    let catalog = Catalog::parse("renewals.toml", text).expect("a catalog");
    let records: Vec<LearnerRecord> = (0..learners).map(|number| learner(number as u64)).collect();
    let (as_of, until) = (day("2026-11-29"), day("2027-11-29"));
    let evaluated = fastest(|| {
        for record in &records {
            drop(catalog.evaluate(record, as_of, &EvaluateOptions::default()));
        }
    });
    let report = fastest(|| drop(catalog.renewal_report(&records, as_of, until, &RenewalOptions::default())));
    println!("{learners:>10} {evaluated:>12.1} {report:>10.1} {:>8.1}", report / evaluated);
}

fn learner(seed: u64) -> LearnerRecord {
    let mut random = Random::new(seed + 1);
    let mut text = String::new();
    let mut award = |id: &str, random: &mut Random| {
        let (year, month, of_month) = (2024 + random.below(3), 1 + random.below(10), 1 + random.below(28));
        let _ = writeln!(text, "[[award]]\ncredential = \"{id}\"\nawarded = {year}-{month:02}-{of_month:02}");
    };
    for id in ["pmp", "csm", "first-aid", "bls", "smart-serve", "food-handler", "registration"] {
        if random.below(2) == 0 {
            award(id, &mut random);
        }
    }
    for id in ["pdu-education", "pdu-giving-back", "seu", "practice", "learning-alone", "learning-with-others"] {
        for _ in 0..random.below(12) {
            award(id, &mut random);
        }
    }
    LearnerRecord::parse("generated", &text).expect("a record")
}

/// As many licences, each of which asks for hours of some of as many courses and one more.
fn joint(licences: usize) {
    let (as_of, until) = (day("2026-11-29"), day("2027-11-29"));
    let mut times: [Vec<f64>; 3] = Default::default();
    let mut proven = 0;
    for seed in 1..=5 {
        let text = catalog_of(licences, seed);
        let catalog = Catalog::parse("generated", &text).expect("a catalog");
        let awards =
            (0..licences).map(|number| format!("[[award]]\ncredential = \"licence-{number}\"\nawarded = 2025-03-01\n"));
        let record = LearnerRecord::parse("generated", &awards.collect::<String>()).expect("a record");
        let options = JointRenewalOptions::default();
        times[0].push(fastest(|| drop(Catalog::parse("generated", &text))));
        times[1].push(fastest(|| drop(catalog.joint_renewal(&record, as_of, until, &options))));
        let found = catalog.joint_renewal(&record, as_of, until, &options);
        times[2].push(fastest(|| found.verify(&catalog, &record).expect("it is what it says")));
        proven += usize::from(found.plan().is_some_and(|plan| plan.optimality == Optimality::Proven));
    }
    let [reading, joint, verify] = times.map(|mut times| {
        times.sort_by(f64::total_cmp);
        times[times.len() / 2]
    });
    println!("{licences:>10} {reading:>10.2} {joint:>10.2} {verify:>10.2} {proven:>6}/5");
}

fn catalog_of(licences: usize, seed: u64) -> String {
    let mut random = Random::new(seed);
    let mut text = String::new();
    for course in 0..=licences {
        let (cost, hours) = (20 + 5 * random.below(20), 2 + random.below(8));
        let _ = writeln!(text, "[credential.course-{course}]\ncost = {cost}\nhours = {hours}");
    }
    for number in 0..licences {
        let courses: Vec<String> = (0..5).map(|_| format!("\"course-{}\"", random.below(licences + 1))).collect();
        let hours = 6 + random.below(8);
        let requires = format!("{{ hours = {hours}, from = [{}] }}", courses.join(", "));
        let _ = writeln!(text, "[credential.licence-{number}]\ncost = 900\nhours = 40\nvalid_for = \"2 years\"");
        let _ = writeln!(text, "renewal = {{ cost = 50, hours = 0, requires = {requires} }}");
    }
    text
}

/// The time in ms that the work takes when nothing else is in its way: the least of some runs.
fn fastest(mut work: impl FnMut()) -> f64 {
    const ENOUGH: f64 = 200.0;
    let (mut all, mut least) = (0.0, f64::INFINITY);
    for _ in 0..5 {
        let start = Instant::now();
        work();
        let time = start.elapsed().as_secs_f64() * 1000.0;
        (all, least) = (all + time, time.min(least));
        if all > ENOUGH {
            break;
        }
    }
    least
}
