//! What it costs to take in and to write the formats of others, beside what serde takes for the same text.
//!
//! ```text
//! cargo bench --bench exchange --features json,csv              # records of 100,000 awards
//! cargo bench --bench exchange --features json,csv -- --quick   # a tenth of that
//! ```
//! Everything is generated; that what is read is what was written is asserted, times are printed.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

use std::time::Instant;

use credpath::{
    Award, Catalog, Date, LearnerRecord, Limits, RecordColumns, RecordOptions, UtcOffset, Verification, records,
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let quick = given("--quick") || given("--test") || !given("--bench");
    let most = if quick { 10_000 } else { 100_000 };
    println!("records of awards with ids, days and grades; ms, and beside serde_json on the same text");
    println!(
        "{:>10} {:>10} {:>12} {:>10} {:>10} {:>10} {:>10}",
        "awards", "serde", "transcript", "ratio", "out", "table", "out"
    );
    for awards in [most / 100, most / 10, most] {
        records_in_and_out(awards);
    }
}

/// A record of so many awards of a thousand credentials.
fn record_of(awards: usize) -> LearnerRecord {
    let award = |number: usize| {
        let day =
            Date::new(2015 + u16::try_from(number % 10).unwrap_or(0), 6, 1 + u8::try_from(number % 28).unwrap_or(0));
        let grade = Some(["A", "B", "C"][number % 3].to_owned());
        let id = Some(format!("https://badges.example/assertions/{number}"));
        Award { id, awarded: day, grade, ..Award::new(format!("c{}", number % 1000)) }
    };
    LearnerRecord { awards: (0..awards).map(award).collect(), ..LearnerRecord::default() }
}

fn records_in_and_out(awards: usize) {
    let record = record_of(awards);
    let lines: Vec<String> = (0..1000).map(|number| format!("credential.c{number} = {{}}")).collect();
    let catalog = Catalog::parse("generated", &lines.join("\n")).expect("a catalog");
    // As large as the text is: what is measured is no attack.
    let limits = Limits { record_bytes: usize::MAX, memory_bytes: usize::MAX, ..Limits::default() };
    let options = RecordOptions::default().catalog(&catalog).verification(Verification::Unchecked).limits(limits);
    let clr = records::to_clr(&record, UtcOffset::UTC);
    let csv = records::to_csv(&record);
    let read = |text: &str, options: &RecordOptions<'_>| {
        let imported =
            records::import("generated", text.as_bytes(), UtcOffset::UTC, options).expect("as it was written");
        assert_eq!(imported.value, record);
    };
    let tabular = options.clone().columns(RecordColumns::own());
    let serde = fastest(|| drop(serde_json::from_str::<serde_json::Value>(&clr.text)));
    let transcript = fastest(|| read(&clr.text, &options));
    let transcript_out = fastest(|| drop(records::to_clr(&record, UtcOffset::UTC)));
    let table = fastest(|| read(&csv.text, &tabular));
    let table_out = fastest(|| drop(records::to_csv(&record)));
    let ratio = transcript / serde;
    println!(
        "{awards:>10} {serde:>10.1} {transcript:>12.1} {ratio:>10.1} {transcript_out:>10.1} {table:>10.1} {table_out:>10.1}"
    );
}

/// The time in ms that the work takes when nothing else is in its way: the least of some runs.
fn fastest(mut work: impl FnMut()) -> f64 {
    const ENOUGH: f64 = 500.0;
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
