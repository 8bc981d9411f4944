//! What a check of a catalog costs, as the catalog grows: realistic catalogs with one to two prerequisites in a hundred
//! that point upwards, and one great ring in which none can be first.
//!
//! ```text
//! cargo bench --bench check               # 1,000, 5,000 and 10,000 credentials, and a ring of 4,000
//! cargo bench --bench check -- --quick    # 1,000, and a ring of 400
//! ```
//! Everything is generated from seeds. *Reading* is `Catalog::parse` of the same text in the same run, to compare with.
//! Times of the processor are printed, never asserted.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

mod clock;
mod generate;

use clock::Clock;
use credpath::{Catalog, CheckOptions, Limits, Severity};
use generate::{Random, Rule};

const SEED: u64 = 11;

fn main() {
    let given = |flag: &str| std::env::args().any(|argument| argument == flag);
    // `cargo bench` passes `--bench`; without it this is a test that the benchmark still works.
    let quick = given("--quick") || given("--test") || !given("--bench");
    let (sizes, ring): (&[usize], usize) = if quick { (&[1_000], 400) } else { (&[1_000, 5_000, 10_000], 4_000) };
    println!(
        "{:>20} {:>10} {:>12} {:>12} {:>8} {:>8} {:>10} {:>8} {:>10}",
        "catalog", "edges", "reading ms", "check ms", "times", "errors", "warnings", "notes", "undecided"
    );
    let mut before = None;
    for &size in sizes {
        let time = row(&format!("{size} credentials"), &with_back_edges(size));
        if let Some((smaller, earlier)) = before {
            println!("{:>20} {:.1} times the size, {:.1} times the time", "", ratio(size, smaller), time / earlier);
        }
        before = Some((size, time));
    }
    row(&format!("ring of {ring}"), &generate::cycle(ring));
}

fn ratio(size: usize, smaller: usize) -> f64 {
    let float = |size: usize| f64::from(u32::try_from(size).unwrap_or(u32::MAX));
    float(size) / float(smaller)
}

/// A realistic catalog in which some credentials can also be begun with one from further up.
fn with_back_edges(size: usize) -> String {
    let mut catalog = generate::Catalog::generate(SEED, size);
    let mut random = Random::new(SEED);
    let all: Vec<usize> = (0..catalog.credentials.len()).collect();
    for _ in 0..size * 3 / 200 {
        let (of, from) = (*random.pick(&all), *random.pick(&all));
        if of != from
            && let Some(rule) = catalog.credentials[of].prerequisite.take()
        {
            catalog.credentials[of].prerequisite = Some(Rule::Any(vec![rule, Rule::One(from)]));
        }
    }
    catalog.to_toml()
}

/// Prints what a check takes; gives its milliseconds.
fn row(name: &str, text: &str) -> f64 {
    let clock = Clock::start();
    let catalog = Catalog::parse_with("generated", text, &Limits::large()).expect("a catalog");
    let reading = clock.elapsed().as_secs_f64() * 1000.0;
    let clock = Clock::start();
    let findings = catalog.check(&CheckOptions::default());
    let checking = clock.elapsed().as_secs_f64() * 1000.0;
    let [errors, warnings, notes] =
        [Severity::Error, Severity::Warning, Severity::Note].map(|severity| findings.count(severity));
    println!(
        "{name:>20} {:>10} {reading:>12.1} {checking:>12.1} {:>8.1} {errors:>8} {warnings:>10} {notes:>8} {:>10}",
        catalog.edges().len(),
        checking / reading,
        findings.undecided().len()
    );
    checking
}
