//! What advice costs, as the catalog grows, beside one plan: next steps, ten alternatives, and the ten nearest
//! credentials.
//!
//! ```text
//! cargo bench --bench advice              # up to 10,000 credentials
//! cargo bench --bench advice -- --quick   # few instances
//! ```
//! Everything is generated from seeds. Times of the processor are printed, never asserted.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

mod clock;
mod generate;

use clock::Clock;
use credpath::{Among, Catalog, Date, LearnerRecord, Limits, NextStepsOutcome, PlanOptions};
use generate::{Layer, Random};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let quick = given("--quick") || given("--test") || !given("--bench");
    let sizes: &[usize] = if quick { &[100, 1_000] } else { &[100, 1_000, 10_000] };
    println!(
        "medians in ms; in brackets how many times one plan; steps, plans for 20 of them, and plans made for the \
         nearest are medians too"
    );
    println!(
        "{:>12} {:>8} {:>20} {:>8} {:>7} {:>20} {:>20} {:>8}",
        "credentials", "plan", "next steps", "steps", "per 20", "10 alternatives", "10 nearest", "planned"
    );
    for &size in sizes {
        row(size, if quick { 2 } else { 7 });
    }
}

fn row(size: usize, seeds: u64) {
    let as_of: Date = generate::AS_OF.to_string().parse().expect("a calendar date");
    let options = PlanOptions::default();
    let mut times: [Vec<f64>; 4] = Default::default();
    let (mut steps, mut planned, mut per_20) = (Vec::new(), Vec::new(), Vec::new());
    for seed in 1..=seeds {
        let model = generate::Catalog::generate(seed, size);
        let catalog = Catalog::parse_with("generated", &model.to_toml(), &Limits::large()).expect("a catalog");
        let of_layer = |at: &usize| matches!(model.credentials[*at].layer, Layer::Diploma);
        let targets: Vec<usize> = (0..model.credentials.len()).filter(of_layer).collect();
        let target = *Random::new(seed).pick(&targets);
        let text = generate::record_text(&model, &model.awards_towards(seed, target, 30));
        let record = LearnerRecord::parse("generated", &text).expect("a record");
        let id = catalog.credential(&model.credentials[target].id).expect("a target of the catalog");
        times[0].push(fastest(|| drop(catalog.plan(&record, as_of, id, &options))));
        let mut candidates = 0;
        times[1].push(fastest(|| {
            if let NextStepsOutcome::Steps(next) = catalog.next_steps(&record, as_of, id, &options) {
                candidates = next.steps.len();
            }
        }));
        steps.push(candidates);
        let candidates = u32::try_from(candidates.max(20)).map_or(f64::INFINITY, f64::from);
        let last = |place: usize| times[place].last().copied().unwrap_or(f64::NAN);
        per_20.push(last(1) / last(0) * 20.0 / candidates);
        times[2].push(fastest(|| drop(catalog.alternatives(&record, as_of, id, &options, 10, 1))));
        let mut made = 0;
        times[3].push(fastest(|| made = catalog.nearest(&record, as_of, &Among::default(), 10, &options).planned));
        planned.push(made);
    }
    let median = |mut numbers: Vec<f64>| {
        numbers.sort_by(f64::total_cmp);
        numbers[numbers.len() / 2]
    };
    let middle = times.map(median);
    let beside = |time: f64| format!("{time:.1} ({:.1})", time / middle[0]);
    let count = |mut counts: Vec<usize>| {
        counts.sort_unstable();
        counts.get(counts.len() / 2).copied().unwrap_or(0)
    };
    println!(
        "{size:>12} {:>8.1} {:>20} {:>8} {:>7.1} {:>20} {:>20} {:>8}",
        middle[0],
        beside(middle[1]),
        count(steps),
        median(per_20),
        beside(middle[2]),
        beside(middle[3]),
        count(planned)
    );
}

/// The time in ms that the work takes when nothing else is in its way: the least of some runs.
fn fastest(mut work: impl FnMut()) -> f64 {
    const ENOUGH: f64 = 300.0;
    let (mut all, mut least) = (0.0, f64::INFINITY);
    for _ in 0..9 {
        let clock = Clock::start();
        work();
        let time = clock.elapsed().as_secs_f64() * 1000.0;
        (all, least) = (all + time, time.min(least));
        if all > ENOUGH {
            break;
        }
    }
    least
}
