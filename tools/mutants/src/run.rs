//! Switches on one fault after another and runs the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// What is to be run.
#[derive(Debug)]
pub struct Options {
    /// The copy that was prepared.
    pub copy: PathBuf,
    /// Programs, each with its filter; what took least time without a fault is tried first.
    pub tests: Vec<String>,
    /// One fault in so many of each folder.
    pub every: usize,
    /// Instead: about so many of each folder, in even steps.
    pub about: Option<usize>,
    /// The first of them.
    pub from: usize,
    /// How long a test may take.
    pub limit: Duration,
    /// These alone, if any are named.
    pub only: Vec<u32>,
    /// Those of files whose path below `src` begins so, if any are named.
    pub within: Vec<String>,
}

struct Listed {
    number: u32,
    file: String,
    line: String,
    what: String,
    source: String,
}

struct Program {
    name: String,
    folder: PathBuf,
    path: PathBuf,
    arguments: Vec<String>,
    reached: BTreeSet<u32>,
    took: Duration,
}

#[derive(PartialEq, Eq)]
enum Ending {
    Passed,
    Failed,
    Late,
}

#[derive(Default)]
struct Score {
    tried: usize,
    caught: usize,
    unreached: usize,
    /// One in so many was tried.
    every: usize,
}

/// Runs the tests with each of the faults and prints what was seen by which, and a table by folder.
///
/// # Errors
/// That the tests cannot be built, or fail without a fault.
pub fn run(options: &Options) -> Result<(), String> {
    let listed = listed(&options.copy)?;
    let programs = programs(options)?;
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    for (mutant, every) in chosen(options, &listed) {
        let score = scores.entry(folder(&mutant.file)).or_default();
        score.every = every;
        score.tried += 1;
        let reaching: Vec<&Program> =
            programs.iter().filter(|program| program.reached.contains(&mutant.number)).collect();
        let seen_by = reaching.iter().find_map(|program| {
            let ending = ending(program, mutant.number, options.limit);
            (ending != Ending::Passed).then_some((program, ending))
        });
        let verdict = match seen_by {
            Some((program, ending)) => {
                score.caught += 1;
                // On a busy machine that may be no fault of the fault, and is to be tried again.
                let late = if ending == Ending::Late { ", not in time" } else { "" };
                format!("caught by {}{late}", program.name)
            }
            None if reaching.is_empty() => {
                score.unreached += 1;
                "NOT REACHED".to_owned()
            }
            None => "SURVIVED".to_owned(),
        };
        let Listed { number, file, line, what, source } = mutant;
        println!("{verdict}\t{number}\t{file}:{line}\t{what}\t{source}");
    }
    println!("\n| folder | one in | faults | caught | not caught | never come to |\n|---|---|---|---|---|---|");
    for (folder, Score { tried, caught, unreached, every }) in &scores {
        let survived = tried - caught - unreached;
        println!("| `{folder}` | {every} | {tried} | {caught} | {survived} | {unreached} |");
    }
    Ok(())
}

/// What is to be tried, each with what one in how many was tried of its folder.
fn chosen<'l>(options: &Options, listed: &'l [Listed]) -> Vec<(&'l Listed, usize)> {
    let is_within = |mutant: &&Listed| {
        let below = mutant.file.strip_prefix("src/").unwrap_or(&mutant.file);
        options.within.is_empty() || options.within.iter().any(|part| below.starts_with(part.as_str()))
    };
    let mut folders: BTreeMap<String, Vec<&Listed>> = BTreeMap::new();
    for mutant in listed.iter().filter(is_within) {
        folders.entry(folder(&mutant.file)).or_default().push(mutant);
    }
    let mut chosen = Vec::new();
    for mutants in folders.values() {
        let every = options.about.map_or(options.every, |about| mutants.len().div_ceil(about.max(1)));
        if options.only.is_empty() {
            chosen.extend(mutants.iter().skip(options.from % every).step_by(every).map(|mutant| (*mutant, every)));
        } else {
            chosen.extend(mutants.iter().filter(|of| options.only.contains(&of.number)).map(|mutant| (*mutant, 1)));
        }
    }
    chosen
}

/// What a file is counted under: the folder of `src` that it is in.
fn folder(file: &str) -> String {
    let below = file.strip_prefix("src/").unwrap_or(file);
    below.split_once('/').map_or(below, |(folder, _)| folder).to_owned()
}

fn listed(copy: &Path) -> Result<Vec<Listed>, String> {
    let text =
        fs::read_to_string(copy.join("mutants.tsv")).map_err(|error| format!("no faults are prepared: {error}"))?;
    let of_line = |line: &str| {
        let mut parts = line.splitn(5, '\t').map(str::to_owned);
        Some(Listed {
            number: parts.next()?.parse().ok()?,
            file: parts.next()?,
            line: parts.next()?,
            what: parts.next()?,
            source: parts.next()?,
        })
    };
    Ok(text.lines().filter_map(of_line).collect())
}

/// The test programs, built, each with the switches that it comes to.
fn programs(options: &Options) -> Result<Vec<Program>, String> {
    let mut command = Command::new("cargo");
    command.args(["test", "--no-run", "--lib"]).current_dir(&options.copy).env("RUSTFLAGS", "-A warnings");
    for test in &options.tests {
        let name = test.split(' ').next().unwrap_or_default();
        if name != "lib" {
            command.args(["--test", name]);
        }
    }
    let output = command.output().map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!("the tests cannot be built:\n{said}"));
    }
    let mut built = BTreeMap::new();
    for line in said.lines().filter(|line| line.trim_start().starts_with("Executable")) {
        if let Some((of, path)) = line.rsplit_once('(') {
            let stem = if of.contains("unittests") {
                "lib"
            } else {
                let source = of.trim().trim_end_matches("/main.rs").trim_end_matches(".rs");
                source.rsplit(['/', ' ']).next().unwrap_or_default()
            };
            built.insert(stem.to_owned(), options.copy.join(path.trim_end_matches(')')));
        }
    }
    let programs: Result<Vec<Program>, String> =
        options.tests.iter().map(|test| program(&options.copy, test, &built)).collect();
    programs.map(|mut programs| {
        programs.sort_by_key(|program| program.took);
        programs
    })
}

fn program(copy: &Path, test: &str, built: &BTreeMap<String, PathBuf>) -> Result<Program, String> {
    let mut words = test.split(' ').map(str::to_owned);
    let name = words.next().unwrap_or_default();
    let path = built.get(&name).ok_or_else(|| format!("{name} is no test program"))?.clone();
    let mut program = Program {
        name: test.to_owned(),
        folder: copy.to_owned(),
        path,
        arguments: words.collect(),
        reached: BTreeSet::new(),
        took: Duration::ZERO,
    };
    let log = std::path::absolute(copy.join(format!("reached-{}.txt", std::process::id())))
        .map_err(|error| error.to_string())?;
    drop(fs::remove_file(&log));
    let begun = Instant::now();
    let passed = command(&program).env("CREDPATH_REACHED", &log).status().map_err(|error| error.to_string())?;
    if !passed.success() {
        return Err(format!("{test} fails without a fault"));
    }
    let text = fs::read_to_string(&log).unwrap_or_default();
    drop(fs::remove_file(&log));
    program.reached = text.lines().filter_map(|number| number.parse().ok()).collect();
    program.took = begun.elapsed();
    eprintln!("{test}: {} places are come to, in {:.1} s", program.reached.len(), program.took.as_secs_f64());
    Ok(program)
}

fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command.args(&program.arguments).current_dir(&program.folder).stdout(Stdio::null()).stderr(Stdio::null());
    // Deep catalogs are judged on deep stacks, which switches make deeper.
    command.env("RUST_MIN_STACK", "134217728").env("PROPTEST_MAX_SHRINK_ITERS", "0");
    command
}

/// How a program ends with a fault. It is stopped as soon as one of its tests has failed.
fn ending(program: &Program, number: u32, limit: Duration) -> Ending {
    let mut command = command(program);
    command.env("CREDPATH_MUTANT", number.to_string()).stdout(Stdio::piped());
    let Ok(mut child) = command.spawn() else { return Ending::Failed };
    let (failed, told) = channel();
    if let Some(said) = child.stdout.take() {
        thread::spawn(move || listen(BufReader::new(said), &failed));
    }
    let ending = match told.recv_timeout(limit) {
        // It says nothing more: it has ended, or is about to.
        Err(RecvTimeoutError::Disconnected) => {
            let passed = child.wait().is_ok_and(|status| status.success());
            return if passed { Ending::Passed } else { Ending::Failed };
        }
        Err(RecvTimeoutError::Timeout) => Ending::Late,
        Ok(()) => Ending::Failed,
    };
    drop(child.kill());
    drop(child.wait());
    ending
}

/// Reads what a test program says, and tells once that a test of it failed.
fn listen(said: impl BufRead, failed: &Sender<()>) {
    for line in said.split(b'\n').map_while(Result::ok) {
        // After the first, nobody listens: the program is being stopped.
        if line.ends_with(b"... FAILED") && failed.send(()).is_err() {
            break;
        }
    }
}
