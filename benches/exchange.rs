//! What it costs to take in and to write the formats of others, beside what serde takes for the same text.
//!
//! ```text
//! cargo bench --bench exchange --features json,csv              # records of 100,000 awards, pathways of 10,000
//! cargo bench --bench exchange --features json,csv -- --quick   # a tenth of that
//! ```
//! Everything is generated; that what is read is what was written is asserted, times are printed.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

use std::time::Instant;

use credpath::{
    Award, Catalog, CourseTableOptions, CurriculumOptions, Date, LearnerRecord, Limits, PathwayOptions, RecordColumns,
    RecordOptions, Separator, UtcOffset, Verification, catalogs, records,
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
    println!("catalogs of components, each with a rule; ms");
    println!(
        "{:>10} {:>10} {:>10} {:>10} {:>10} {:>10}",
        "components", "table", "ctdl", "badgr", "curriculum", "metrics"
    );
    for courses in [most / 1000, most / 100, most / 10] {
        catalogs_in_and_out(courses);
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
    let limits = Limits::default().record_bytes(usize::MAX).memory_bytes(usize::MAX);
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
        "{awards:>10} {serde:>10.1} {transcript:>12.1} {ratio:>10.1} {transcript_out:>10.1} {table:>10.1} \
         {table_out:>10.1}"
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

/// A table of so many courses, each with a rule, and what is made of it in every format.
fn catalogs_in_and_out(courses: usize) {
    let row = |number: usize| {
        let rule = match number {
            0 => String::new(),
            1 => "c0".to_owned(),
            _ => format!("c{} and (c{} or c{})", number - 1, number / 2, number / 3),
        };
        format!("c{number},Course {number},3,{rule}\n")
    };
    let table: String =
        std::iter::once("id,title,credits,prerequisite\n".to_owned()).chain((0..courses).map(row)).collect();
    let began = Instant::now();
    let read = catalogs::from_table("courses.csv", table.as_bytes(), &CourseTableOptions::default()).expect("a table");
    let from_table = began.elapsed();
    assert_eq!(read.value.credentials.len(), courses);
    // Of pathways every component is conferred, by the two before it.
    let mut pathway = read.value.clone();
    for credential in pathway.credentials.values_mut() {
        credential.stack = credential.prerequisite.take();
        credential.credits = None;
    }
    let options = PathwayOptions::default();
    let timed = |read: &dyn Fn() -> usize| {
        let began = Instant::now();
        assert_eq!(read(), courses);
        began.elapsed()
    };
    // There a group within a group is an element of its own.
    let mut flat = pathway.clone();
    for (number, credential) in flat.credentials.values_mut().enumerate() {
        credential.stack = credential.stack.take().map(|_| format!("c{}", number / 2).as_str().into());
    }
    let [ctdl, badgr, curriculum, plain] = [
        catalogs::to_ctdl(&pathway, "").text,
        catalogs::to_badgr(&flat).text,
        catalogs::to_curriculum(&read.value, None).text,
        catalogs::to_table(&read.value, Separator::Comma).text,
    ];
    assert_eq!(plain.lines().count(), courses + 1);
    let from_ctdl =
        timed(&|| catalogs::from_ctdl("p", ctdl.as_bytes(), &options).expect("a pathway").value.credentials.len());
    let from_badgr =
        timed(&|| catalogs::from_badgr("p", badgr.as_bytes(), &options).expect("a pathway").value.credentials.len());
    let from_curriculum = timed(&|| {
        let read = catalogs::from_curriculum("c", curriculum.as_bytes(), &CurriculumOptions::default());
        read.expect("a curriculum").value.credentials.len()
    });
    let catalog = Catalog::compile(&read.value).expect("a catalog");
    let began = Instant::now();
    let metrics = catalog.curricular_metrics(None).expect("no circles");
    let measured = began.elapsed();
    assert_eq!(metrics.courses.len(), courses);
    let times = [from_table, from_ctdl, from_badgr, from_curriculum, measured];
    let times = times.map(|time| format!(" {:>10.1}", time.as_secs_f64() * 1000.0)).concat();
    println!("{courses:>10}{times}");
}
