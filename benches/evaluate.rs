//! How long it takes to read a catalog and to answer for a learner, as the catalog grows; beside a naive evaluator.
//!
//! ```text
//! cargo bench --bench evaluate                     # 1,000, 10,000 and 100,000 credentials
//! cargo bench --bench evaluate -- --quick          # few runs, without the largest
//! cargo bench --bench evaluate -- my-catalog.toml  # reading times of a file
//! ```
//! Catalogs and learners are generated from seeds, so two runs differ only in their times. Answers are asserted (the
//! engine and the naive evaluator agree on every learner), times never are.
#![expect(clippy::print_stdout, reason = "a benchmark reports to whoever runs it")]

mod generate;
mod naive;

use std::hint::black_box;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use credpath::{Catalog, CatalogCompiler, CatalogDocument, Date, EvaluateOptions, LearnerRecord, Limits};

const SEED: u64 = 7;
/// Learners, among those who qualify for something, of whom more is asked.
const DETAILED: usize = 3;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let given = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if let Some(at) = arguments.iter().position(|argument| argument == "--memory") {
        return measure_memory(arguments[at + 1].parse().expect("--memory takes a number of credentials"));
    }
    if let Some(path) = arguments.iter().find(|argument| Path::new(argument).is_file()) {
        return read_file(path);
    }
    // `cargo bench` passes `--bench`; without it this is a test that the benchmark still works.
    let quick = given("--quick") || given("--test") || !given("--bench");
    let sizes: &[usize] = if quick { &[1_000, 10_000] } else { &[1_000, 10_000, 20_000, 100_000] };
    let rows: Vec<Row> = sizes.iter().map(|&size| measure(size, quick)).collect();
    print_table(&rows);
}

/// Everything measured at one size; times are medians unless their name says otherwise.
struct Row {
    size: usize,
    bytes: usize,
    awards: usize,
    qualified: f64,
    read: Duration,
    /// Finding the fingerprint, when it is first asked for.
    stamp: Duration,
    /// Compiling the document that the text is.
    compile: Duration,
    /// Compiling it again with one credential edited.
    edit: Duration,
    evaluate: Duration,
    evaluate_p90: Duration,
    statuses: Duration,
    dates: Duration,
    audit: Duration,
    naive: Duration,
    cascade: Duration,
    /// None where the naive evaluator would take minutes.
    cascade_naive: Option<Duration>,
    /// Resident memory of one compiled catalog in bytes, where the system tells.
    memory: Option<usize>,
}

fn measure(size: usize, quick: bool) -> Row {
    let (reads, learners) = if quick { (3, 5) } else { (if size > 10_000 { 5 } else { 15 }, 40) };
    let model = generate::Catalog::generate(SEED, size);
    let text = model.to_toml();
    let read = times(reads, || parse(&text));
    let catalog = parse(&text);
    let (stamp, fingerprint) = time(|| catalog.fingerprint());
    let document = catalog.document().unwrap_or_else(|error| panic!("{error}"));
    let compiled = || Catalog::compile_with(&document, &Limits::large()).unwrap_or_else(|error| panic!("{error}"));
    let compile = times(reads, compiled);
    assert_eq!(compiled().fingerprint(), fingerprint);
    let edit = measure_edit(document, reads);
    let ids: Vec<_> =
        model.credentials.iter().map(|credential| catalog.credential(&credential.id).expect("a known id")).collect();
    assert_eq!(catalog.len(), size);

    let as_of = as_of();
    let awards = size / 50;
    let [mut evaluate, mut statuses, mut dates, mut audit, mut naive] = [const { Vec::new() }; 5];
    let mut qualified = 0;
    for learner in 0..learners {
        let taken = model.awards(learner, awards);
        let record = generate::record_text(&model, &taken);
        let record = LearnerRecord::parse("record.toml", &record).unwrap_or_else(|error| panic!("{error}"));
        let (took, evaluation) = time(|| catalog.evaluate(&record, as_of, &EvaluateOptions::default()));
        evaluate.push(took);
        let reached: Vec<_> = evaluation.qualified().collect();
        let (took, expected) = time(|| naive::qualified(&model, &taken, generate::AS_OF));
        naive.push(took);
        assert_eq!(
            reached.len(),
            expected,
            "the engine and the naive evaluator differ for learner {learner} of {size}"
        );
        qualified += reached.len();
        if reached.is_empty() || statuses.len() == DETAILED {
            continue;
        }
        statuses.push(time(|| ids.iter().map(|&id| evaluation.status(id)).for_each(|status| _ = black_box(status))).0);
        let both = |&id: &_| (evaluation.qualified_since(id), evaluation.valid_until(id));
        dates.push(time(|| reached.iter().map(both).for_each(|dates| _ = black_box(dates))).0);
        // An audit of the learner's first success, and of the most demanding credential there is.
        for &id in reached.iter().take(1).chain(ids.last()) {
            audit.push(time(|| catalog.audit(&record, as_of, id, &EvaluateOptions::default())).0);
        }
    }
    assert!(qualified > 0, "a benchmark in which nobody qualifies measures nothing");
    let (cascade, cascade_naive) = measure_cascade(size, reads);
    let evaluate_p90 = quantile(&mut evaluate, 90);
    Row {
        size,
        bytes: text.len(),
        awards,
        qualified: number(qualified) / number(evaluate.len()),
        read,
        stamp,
        compile,
        edit,
        evaluate: quantile(&mut evaluate, 50),
        evaluate_p90,
        statuses: quantile(&mut statuses, 50),
        dates: quantile(&mut dates, 50),
        audit: quantile(&mut audit, 50),
        naive: quantile(&mut naive, 50),
        cascade,
        cascade_naive,
        memory: memory_of(size),
    }
}

/// A credential in the middle of the document is edited each time.
fn measure_edit(mut document: CatalogDocument, runs: usize) -> Duration {
    let mut compiler = CatalogCompiler::new(&Limits::large());
    let mut compile = |document: &CatalogDocument| compiler.compile(document).unwrap_or_else(|error| panic!("{error}"));
    compile(&document);
    let id = document.credentials.keys().nth(document.credentials.len() / 2).expect("a credential").clone();
    let mut took: Vec<Duration> = Vec::new();
    for run in 0..runs {
        let note = format!("edited {run} times");
        document.credentials.get_mut(&id).expect("an id of the document").note = Some(note);
        let (edit, catalog) = time(|| compile(&document));
        took.push(edit);
        let is_same = || {
            catalog.fingerprint()
                == Catalog::compile_with(&document, &Limits::large()).expect("a catalog").fingerprint()
        };
        assert!(run > 0 || is_same());
    }
    quantile(&mut took, 50)
}

/// Every credential confers the one written before it, so a walk over the rules in the order of the text earns one at a
/// time.
fn measure_cascade(size: usize, runs: usize) -> (Duration, Option<Duration>) {
    let model = generate::Catalog::cascade(size);
    let catalog = parse(&model.to_toml());
    let start = generate::Award { credential: size - 1, awarded: Some(generate::AS_OF) };
    let record: LearnerRecord = [&*model.credentials[size - 1].id].into_iter().collect();
    assert_eq!(catalog.evaluate(&record, as_of(), &EvaluateOptions::default()).qualified().count(), size - 1);
    let naive = || {
        let (took, reached) = time(|| naive::qualified(&model, &[start], generate::AS_OF));
        assert_eq!(reached, size - 1);
        took
    };
    (times(runs, || catalog.evaluate(&record, as_of(), &EvaluateOptions::default())), (size <= 10_000).then(naive))
}

fn print_table(rows: &[Row]) {
    let sizes: Vec<String> = rows.iter().map(|row| row.size.to_string()).collect();
    print!("{:<34}", "credentials");
    for size in sizes {
        print!("{size:>12}{:>9}", "growth");
    }
    println!();
    let line = |name: &str, value: &dyn Fn(&Row) -> Option<f64>| {
        print!("{name:<34}");
        for (at, row) in rows.iter().enumerate() {
            let before = at.checked_sub(1).and_then(|before| value(&rows[before])).filter(|&before| before > 0.0);
            let growth = value(row).zip(before).map(|(now, before)| format!("x{:.1}", now / before));
            let shown = value(row).map_or_else(|| "n/a".to_owned(), |value| format!("{value:.2}"));
            print!("{shown:>12}{:>9}", growth.unwrap_or_default());
        }
        println!();
    };
    let micro = |time: Duration| Some(time.as_secs_f64() * 1e6);
    line("catalog, kB of TOML", &|row| Some(number(row.bytes) / 1e3));
    line("read and compile, ms", &|row| Some(row.read.as_secs_f64() * 1e3));
    line("its first fingerprint, ms", &|row| Some(row.stamp.as_secs_f64() * 1e3));
    line("compile its document, ms", &|row| Some(row.compile.as_secs_f64() * 1e3));
    line("compile it with one edited, ms", &|row| Some(row.edit.as_secs_f64() * 1e3));
    line("whole / edited", &|row| Some(row.compile.as_secs_f64() / row.edit.as_secs_f64()));
    line("read and compile, MB/s", &|row| Some(number(row.bytes) / 1e6 / row.read.as_secs_f64()));
    line("memory, multiple of the TOML", &|row| Some(number(row.memory?) / number(row.bytes)));
    line("awards of a learner", &|row| Some(number(row.awards)));
    line("qualified for (mean)", &|row| Some(row.qualified));
    line("evaluate a learner, us", &|row| micro(row.evaluate));
    line("evaluate a learner, us (p90)", &|row| micro(row.evaluate_p90));
    line("naive evaluator, us", &|row| micro(row.naive));
    line("naive / engine", &|row| Some(row.naive.as_secs_f64() / row.evaluate.as_secs_f64()));
    line("evaluate a cascade, us", &|row| micro(row.cascade));
    line("naive evaluator of a cascade, us", &|row| micro(row.cascade_naive?));
    line("status of every credential, us", &|row| micro(row.statuses));
    line("dates of every qualification, us", &|row| micro(row.dates));
    line("audit of one credential, us", &|row| micro(row.audit));
}

/// Reading times of a catalog file of the user's own.
fn read_file(path: &str) {
    let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("cannot read `{path}`: {error}"));
    let read = times(9, || parse(&text)).as_secs_f64();
    println!("{path}: {} credentials, {} bytes", parse(&text).len(), text.len());
    println!("read and compile: {:.2} ms, {:.1} MB/s", read * 1e3, number(text.len()) / 1e6 / read);
}

fn parse(text: &str) -> Catalog {
    Catalog::parse_with("catalog.toml", text, &Limits::large()).unwrap_or_else(|error| panic!("{error}"))
}

fn as_of() -> Date {
    generate::AS_OF.to_string().parse().expect("a calendar date")
}

/// Asks a fresh process for [`measure_memory`], so that nothing else in this one is counted.
fn memory_of(size: usize) -> Option<usize> {
    let output = Command::new(std::env::current_exe().ok()?).args(["--memory", &size.to_string()]).output().ok()?;
    String::from_utf8(output.stdout).ok()?.trim().parse().ok()
}

/// Prints the resident bytes that one more compiled catalog takes, the mean of several. The first copy is not counted:
/// it also pays for the memory that reading needs for a while, which the later copies use again.
fn measure_memory(size: usize) {
    let copies = if size > 10_000 { 3 } else { 16 };
    let text = generate::catalog(SEED, size);
    let mut kept = vec![parse(&text)];
    let before = resident();
    kept.extend((0..copies).map(|_| parse(&text)));
    let after = resident();
    assert_eq!(kept.len(), copies + 1);
    match before.zip(after) {
        Some((before, after)) => println!("{}", after.saturating_sub(before) / copies),
        None => println!("not available"),
    }
}

/// The resident memory of this process in bytes, on systems that have `/proc`.
fn resident() -> Option<usize> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<usize>().ok()? * 1024)
}

fn time<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let result = black_box(work());
    (start.elapsed(), result)
}

/// The median time of some runs.
fn times<T>(runs: usize, mut work: impl FnMut() -> T) -> Duration {
    let mut all: Vec<Duration> = (0..runs).map(|_| time(&mut work).0).collect();
    quantile(&mut all, 50)
}

fn quantile(times: &mut [Duration], percent: usize) -> Duration {
    times.sort_unstable();
    times.get(times.len() * percent / 100).or(times.last()).copied().unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "sizes for people to read")]
fn number(count: usize) -> f64 {
    count as f64
}
