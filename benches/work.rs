//! How long a step of work takes, in every place that takes steps: a limit bounds time only if it is about the same.
//!
//! ```text
//! cargo bench --bench work              # small and large questions
//! cargo bench --bench work -- --quick   # small ones
//! ```
//! Plans say how many steps they took, and checks show it to whoever watches. For everything else the least limit is
//! looked for with which the answer is as good as with none, and the time is that of the question under this limit. What is answered in very few steps says
//! nothing of their length and is left out of the spread.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use credpath::{
    Catalog, CheckOptions, CompareOptions, CredentialId, Date, EvaluateOptions, LearnerRecord, Limits, PlanOptions,
    PlanOutcome, Status, Watcher,
};

mod clock;
#[path = "generate/mod.rs"]
mod generate;
use clock::Clock;
use generate::limits::{Costly, FAMILIES};

/// Fewer steps say nothing of how long one of them takes, beside what is done without any.
const MANY: u64 = 20_000;
/// Steps between two looks of a watcher, and how many looks say how much was done.
const LOOK: u64 = 1 << 16;
const LEAST_LOOKS: u64 = 3;
/// No limit is greater.
const MOST: u64 = 50_000_000;

fn main() {
    let quick = !std::env::args().any(|argument| argument == "--bench")
        || std::env::args().any(|argument| argument == "--quick" || argument == "--test");
    println!("{:<30}{:>6}  {:<10}{:>14}{:>12}{:>12}", "family", "size", "question", "steps", "time", "ns a step");
    let mut all = Vec::new();
    for family in FAMILIES {
        for &size in if quick { &family.sizes[..1] } else { &family.sizes[..] } {
            let question = Question::new(&(family.make)(size));
            for (asked, ask) in QUESTIONS {
                let Some(Taken { steps, time }) = ask(&question) else { continue };
                let each = time.as_secs_f64() * 1e9 / real(steps.max(1));
                let counts = steps >= MANY;
                if counts {
                    all.push(each);
                }
                let shown = if counts { format!("{each:.1}") } else { "-".to_owned() };
                println!("{:<30}{size:>6}  {asked:<10}{steps:>14}{:>10.2?}{shown:>12}", family.name, time);
            }
        }
    }
    all.sort_by(f64::total_cmp);
    if let (Some(least), Some(most)) = (all.first(), all.last()) {
        let median = all[all.len() / 2];
        println!(
            "\n{} measured: median {median:.1} ns, from {least:.1} to {most:.1}: {:.1} x",
            all.len(),
            most / least
        );
    }
}

#[expect(clippy::cast_precision_loss, reason = "times are not that exact")]
fn real(number: u64) -> f64 {
    number as f64
}

/// The steps that an answer took, and the time.
struct Taken {
    steps: u64,
    time: Duration,
}

struct Question {
    catalog: Catalog,
    record: LearnerRecord,
    target: CredentialId,
    as_of: Date,
}

type Ask = fn(&Question) -> Option<Taken>;

const QUESTIONS: [(&str, Ask); 5] = [
    ("evaluate", Question::evaluate),
    ("audit", Question::audit),
    ("check", Question::check),
    ("compare", Question::compare),
    ("plan", Question::plan),
];

impl Question {
    fn new(costly: &Costly) -> Self {
        let catalog = Catalog::parse_with("bench.toml", &costly.catalog, &Limits::large());
        let catalog = catalog.unwrap_or_else(|error| panic!("{error}"));
        let record = LearnerRecord::parse("bench.toml", &costly.record).unwrap_or_else(|error| panic!("{error}"));
        let target = catalog.credential("target").expect("every family has one");
        Self { catalog, record, target, as_of: "2026-11-22".parse().expect("a date") }
    }

    fn evaluate(&self) -> Option<Taken> {
        least(|search_steps| {
            let options = EvaluateOptions::default().search_steps(search_steps);
            let evaluation = self.catalog.evaluate(&self.record, self.as_of, &options);
            evaluation.status(self.target) != Status::Undecided
        })
    }

    fn audit(&self) -> Option<Taken> {
        let audited = |search_steps| {
            let options = EvaluateOptions::default().search_steps(search_steps);
            self.catalog.evaluate(&self.record, self.as_of, &options).audit(self.target)
        };
        let full = audited(MOST);
        least(|search_steps| audited(search_steps) == full)
    }

    /// The work is that which whoever watches is shown last, half a look added: each of its questions may do no more
    /// than its share, so that a limit which is enough says little of what was done.
    fn check(&self) -> Option<Taken> {
        let done = Arc::new(AtomicU64::new(0));
        let seen = Arc::clone(&done);
        let watcher = Watcher::new(move |shown| {
            seen.store(shown.work + LOOK / 2, Ordering::Relaxed);
            true
        });
        let mut options = CheckOptions::default();
        (options.as_of, options.work, options.watcher) = (Some(self.as_of), MOST, Some(watcher));
        let clock = Clock::start();
        let is_decided = self.catalog.check(&options).undecided().is_empty();
        let time = clock.elapsed();
        let steps = done.load(Ordering::Relaxed);
        is_decided.then_some(Taken { steps: if steps < LEAST_LOOKS * LOOK { 0 } else { steps }, time })
    }

    fn compare(&self) -> Option<Taken> {
        least(|work| {
            let mut options = CompareOptions::default();
            (options.as_of, options.work) = (Some(self.as_of), work);
            self.catalog.compare(&self.catalog, &options).changed.is_empty()
        })
    }

    fn plan(&self) -> Option<Taken> {
        let options = PlanOptions::default().work(MOST);
        let clock = Clock::start();
        let outcome = self.catalog.plan(&self.record, self.as_of, self.target, &options);
        let time = clock.elapsed();
        let effort = match outcome {
            PlanOutcome::Plan(plan) => plan.effort,
            PlanOutcome::Unattainable(none) => none.effort,
            PlanOutcome::Undecided(open) => open.effort,
            _ => return None,
        };
        Some(Taken { steps: effort.work, time })
    }
}

/// The least limit, give or take a tenth, under which it is decided, and the time that it takes then; none if no limit
/// is enough.
fn least(decided: impl Fn(u64) -> bool) -> Option<Taken> {
    let timed = |limit: u64| {
        let clock = Clock::start();
        let is_decided = decided(limit);
        is_decided.then(|| Taken { steps: limit, time: clock.elapsed() })
    };
    let (mut too_few, mut enough) = (0, 1);
    let mut found = loop {
        match timed(enough) {
            Some(taken) => break taken,
            None if enough >= MOST => return None,
            None => (too_few, enough) = (enough, enough * 4),
        }
    };
    while enough - too_few > 1 + enough / 10 {
        let middle = too_few + (enough - too_few) / 2;
        match timed(middle) {
            Some(taken) => (enough, found) = (middle, taken),
            None => too_few = middle,
        }
    }
    Some(found)
}
