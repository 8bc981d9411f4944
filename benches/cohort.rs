//! How many learners a second are judged on one core, many at once and one by one, as the catalog grows.
//!
//! ```text
//! cargo bench --bench cohort               # 1,000, 10,000 and 100,000 credentials
//! cargo bench --bench cohort -- --quick    # few learners, without the largest
//! ```
//! *Evaluation* is the rules alone, over records that have been read; *reading* puts records into columns; *counting*
//! adds up how many learners have each status of every credential. *From columns* is *with reading* where the same
//! awards come as columns of numbers. *One by one* is `Catalog::evaluate` on the same
//! records in the same run. Catalogs and learners are generated from seeds, so two runs differ only in their times.
//! Answers are asserted, times never are.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

mod generate;

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use credpath::{
    Award, AwardColumns, AwardStatus, Catalog, CohortOptions, Date, EvaluateOptions, LearnerRecord, Limits, Status,
};

const SEED: u64 = 7;

fn main() {
    let given = |flag: &str| std::env::args().any(|argument| argument == flag);
    // `cargo bench` passes `--bench`; without it this is a test that the benchmark still works.
    let quick = given("--quick") || given("--test") || !given("--bench");
    let sizes: &[usize] = if quick { &[1_000, 10_000] } else { &[1_000, 10_000, 100_000] };
    println!("learners per second on one core; `times` is how many times the rate of one by one that is\n");
    println!(
        "{:>11} {:>7} {:>6} {:>12} {:>7} {:>12} {:>12} {:>12} {:>12} {:>7} {:>11}",
        "credentials",
        "earned",
        "alone",
        "evaluation",
        "times",
        "with reading",
        "from columns",
        "and counting",
        "all, streamed",
        "times",
        "one by one"
    );
    for &size in sizes {
        let model = generate::Catalog::generate(SEED, size);
        let catalog = Catalog::parse_with("catalog.toml", &model.to_toml(), &Limits::large());
        let catalog = catalog.unwrap_or_else(|error| panic!("{error}"));
        for percent in [1, 10] {
            measure((&model, &catalog), percent, quick);
        }
    }
    println!("\nthe smallest, with conferred credentials that are current while their components are");
    let model = generate::Catalog::generate(SEED, sizes[0]);
    let catalog = Catalog::parse("catalog.toml", &while_components(&model));
    measure((&model, &catalog.unwrap_or_else(|error| panic!("{error}"))), 1, quick);
    health(if quick { 20_000 } else { 1_000_000 });
}

/// A million learners of a real catalog, each with up to eight awards of the last six years, in columns: a status of each
/// credential for each of them, and the report; and the report from records.
fn health(learners: usize) {
    let catalog = Catalog::parse("vcc-health.toml", include_str!("../examples/catalogs/vcc-health.toml"));
    let catalog = catalog.unwrap_or_else(|error| panic!("{error}"));
    let as_of: Date = generate::AS_OF.to_string().parse().expect("a calendar date");
    let ids: Vec<String> = catalog.credentials().map(|(_, credential)| credential.id.clone()).collect();
    let mut random = generate::Random::new(SEED);
    let day = |ago: usize| {
        let days = as_of.days_since_1970() - i32::try_from(ago).expect("six years");
        Date::from_days_since_1970(days).expect("a day of these years")
    };
    let records: Vec<LearnerRecord> = (0..learners)
        .map(|_| {
            let awards = (0..random.below(9)).map(|_| {
                let credential = random.pick(&ids).as_str();
                Award { awarded: Some(day(random.below(6 * 365))), ..Award::new(credential) }
            });
            LearnerRecord { awards: awards.collect(), ..LearnerRecord::default() }
        })
        .collect();
    let columnar = Columnar::of(&catalog, &records);
    let (ids, columns) = (columnar.ids(), columnar.columns());
    let cohort = catalog.cohort(as_of, &CohortOptions::default());
    let dictionary = cohort.dictionary(&ids);
    let mut codes = vec![0; learners * catalog.len()];
    let start = Instant::now();
    cohort.fill_columns(&dictionary, &columns, &mut codes).expect("columns of one length");
    let filled = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let from_columns = cohort.report_columns(&dictionary, &columns).expect("columns of one length");
    let of_columns = start.elapsed().as_secs_f64();
    let start = Instant::now();
    let from_records = cohort.report(&records);
    let of_records = start.elapsed().as_secs_f64();
    assert_eq!(from_columns.to_string(), from_records.to_string(), "columns say what records say");
    println!(
        "\n{learners} learners of vcc-health with {} awards, seconds: a status of each credential from columns {filled:.2}, \
         the report from columns {of_columns:.2}, from records {of_records:.2}",
        columnar.credential.len(),
    );
}

/// The text of a catalog in which what is conferred is current while its components are.
fn while_components(model: &generate::Catalog) -> String {
    let conferred = model.credentials.iter().filter(|credential| credential.stack.is_some());
    let headers: BTreeSet<String> = conferred.map(|credential| format!("[credential.{}]", credential.id)).collect();
    let (mut text, mut is_conferred) = (String::new(), false);
    for line in model.to_toml().lines() {
        if line.starts_with('[') {
            is_conferred = headers.contains(line);
        }
        if !(is_conferred && line.starts_with("valid_for")) {
            text.extend([line, "\n"]);
        }
        if line.starts_with('[') && is_conferred {
            text.push_str("valid_for = \"while-components\"\n");
        }
    }
    text
}

fn measure((model, catalog): (&generate::Catalog, &Catalog), percent: usize, quick: bool) {
    let as_of: Date = generate::AS_OF.to_string().parse().expect("a calendar date");
    let lanes = if catalog.len() > 50_000 { 1024 } else { 2048 };
    let records: Vec<LearnerRecord> = (0_u64..).take(lanes).map(|learner| record(model, percent, learner)).collect();
    let cohort = catalog.cohort(as_of, &CohortOptions::default());
    let least = Duration::from_millis(if quick { 100 } else { 1_000 });

    let mut batch = cohort.batch(&records);
    batch.evaluate();
    let alone = batch.judged_alone();
    let evaluation = rate(lanes, least, || batch.evaluate());
    let reading = rate(lanes, least, || batch.read(&records));
    let counting = rate(lanes, least, || batch.counts());
    let columnar = Columnar::of(catalog, &records);
    let (ids, columns) = (columnar.ids(), columnar.columns());
    let dictionary = cohort.dictionary(&ids);
    let counts = batch.counts();
    let mut from_columns = cohort.batch(&records);
    let reading_columns = rate(lanes, least, || from_columns.read_columns(&dictionary, &columns).is_ok());
    from_columns.evaluate();
    assert_eq!(from_columns.counts(), counts, "columns say what records say");
    let streamed = rate(4 * lanes, least, || cohort.report(records.iter().cycle().take(4 * lanes)));

    // One by one: as many learners as there is time for, and their statuses are those that were counted.
    let some = if quick { 64 } else { 256 };
    let one_by_one = rate(some, least, || {
        for record in &records[..some] {
            black_box(catalog.evaluate(record, as_of, &EvaluateOptions::default()));
        }
    });
    let ids: Vec<_> = catalog.credentials().map(|(id, _)| id).collect();
    let qualified: u64 = batch.counts().iter().map(|counts| counts.of(Status::Qualified)).sum();
    assert!(qualified > 0, "a benchmark in which nobody qualifies measures nothing");
    for (lane, record) in records.iter().enumerate().take(if quick { 8 } else { 32 }) {
        let evaluation = catalog.evaluate(record, as_of, &EvaluateOptions::default());
        for &id in ids.iter().step_by(7) {
            assert_eq!(batch.status(lane, id), Some(evaluation.status(id)));
        }
    }
    let with_reading = 1.0 / (1.0 / evaluation + 1.0 / reading);
    let from_columns = 1.0 / (1.0 / evaluation + 1.0 / reading_columns);
    let and_counting = 1.0 / (1.0 / with_reading + 1.0 / counting);
    println!(
        "{:>11} {:>6}% {:>6} {:>12} {:>7.1} {:>12} {:>12} {:>12} {:>13} {:>7.1} {:>11}",
        catalog.len(),
        percent,
        alone,
        round(evaluation),
        evaluation / one_by_one,
        round(with_reading),
        round(from_columns),
        round(and_counting),
        round(streamed),
        streamed / one_by_one,
        round(one_by_one),
    );
}

/// A learner who has earned so many percent of all credentials, on the way to some certificates, diplomas and degrees.
fn record(model: &generate::Catalog, percent: usize, learner: u64) -> LearnerRecord {
    let awards = model.awards(learner, model.credentials.len() * percent / 100).into_iter();
    let award = |award: generate::Award| Award {
        awarded: award.awarded.map(|day| day.to_string().parse().expect("a calendar date")),
        status: if award.awarded.is_some() { AwardStatus::Completed } else { AwardStatus::InProgress },
        ..Award::new(model.credentials[award.credential].id.as_str())
    };
    LearnerRecord { awards: awards.map(award).collect(), ..LearnerRecord::default() }
}

/// Records as columns of numbers, for a dictionary of all ids of the catalog.
struct Columnar<'c> {
    catalog: &'c Catalog,
    offsets: Vec<i32>,
    credential: Vec<i32>,
    awarded: Vec<i32>,
    status: Vec<u8>,
}

impl<'c> Columnar<'c> {
    fn of(catalog: &'c Catalog, records: &[LearnerRecord]) -> Self {
        let place = |place: usize| i32::try_from(place).expect("fewer awards than that");
        let mut columns =
            Self { catalog, offsets: vec![0], credential: Vec::new(), awarded: Vec::new(), status: Vec::new() };
        for record in records {
            for award in &record.awards {
                let credential = catalog.credential(&award.credential).expect("made for it");
                columns.credential.push(place(credential.index()));
                columns.awarded.push(award.awarded.map_or(AwardColumns::NO_DAY, Date::days_since_1970));
                columns.status.push(award.status.code());
            }
            columns.offsets.push(place(columns.credential.len()));
        }
        columns
    }

    fn ids(&self) -> Vec<&str> {
        self.catalog.credentials().map(|(_, credential)| &*credential.id).collect()
    }

    fn columns(&self) -> AwardColumns<'_> {
        let Self { offsets, credential, awarded, status, .. } = self;
        AwardColumns { offsets, credential, awarded, status, ..AwardColumns::default() }
    }
}

/// How many of these learners a second the work gets through: the best of several runs that take so long together.
fn rate<T>(learners: usize, least: Duration, mut work: impl FnMut() -> T) -> f64 {
    let (start, mut best) = (Instant::now(), Duration::MAX);
    while start.elapsed() < least || best == Duration::MAX {
        let run = Instant::now();
        black_box(work());
        best = best.min(run.elapsed());
    }
    number(learners) / best.as_secs_f64()
}

/// Three digits say what there is to say.
fn round(rate: f64) -> String {
    match rate {
        rate if rate >= 1e6 => format!("{:.2} M", rate / 1e6),
        rate if rate >= 1e3 => format!("{:.1} k", rate / 1e3),
        rate => format!("{rate:.0}"),
    }
}

#[expect(clippy::cast_precision_loss, reason = "numbers of learners for people to read")]
fn number(count: usize) -> f64 {
    count as f64
}
