//! Switches on one fault after another and runs the tests.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

/// What is to be run.
#[derive(Debug)]
pub struct Options {
    /// The copy that was prepared.
    pub copy: PathBuf,
    /// Programs, each with its filter, in the order in which they are tried.
    pub tests: Vec<String>,
    /// One fault in so many.
    pub every: usize,
    /// The first of them.
    pub from: usize,
    /// How long a test may take.
    pub limit: Duration,
    /// These alone, if any are named.
    pub only: Vec<u32>,
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
}

#[derive(Default)]
struct Score {
    tried: usize,
    caught: usize,
    unreached: usize,
}

/// Runs the tests with each of the faults and prints what was seen by which, and a table by folder.
///
/// # Errors
/// That the tests cannot be built, or fail without a fault.
pub fn run(options: &Options) -> Result<(), String> {
    let listed = listed(&options.copy)?;
    let programs = programs(options)?;
    let mut scores: BTreeMap<String, Score> = BTreeMap::new();
    let mut place_in_file: BTreeMap<&str, usize> = BTreeMap::new();
    for mutant in &listed {
        let place = place_in_file.entry(&mutant.file).or_default();
        *place += 1;
        let chosen = match options.only.as_slice() {
            [] => (*place - 1) % options.every == options.from % options.every,
            only => only.contains(&mutant.number),
        };
        if !chosen {
            continue;
        }
        let folder = mutant.file.rsplit_once('/').map_or(mutant.file.as_str(), |(folder, _)| folder).to_owned();
        let score = scores.entry(folder).or_default();
        score.tried += 1;
        let reaching: Vec<&Program> =
            programs.iter().filter(|program| program.reached.contains(&mutant.number)).collect();
        let seen_by = reaching.iter().find(|program| !passes(program, mutant.number, options.limit));
        let verdict = match seen_by {
            Some(program) => {
                score.caught += 1;
                format!("caught by {}", program.name)
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
    println!("\nfolder\tfaults\tcaught\tnot reached\tsurvived");
    for (folder, Score { tried, caught, unreached }) in &scores {
        println!("{folder}\t{tried}\t{caught}\t{unreached}\t{}", tried - caught - unreached);
    }
    Ok(())
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
    options.tests.iter().map(|test| program(&options.copy, test, &built)).collect()
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
    };
    let log = std::path::absolute(copy.join("reached.txt")).map_err(|error| error.to_string())?;
    drop(fs::remove_file(&log));
    let begun = Instant::now();
    let passed = command(&program).env("CREDPATH_REACHED", &log).status().map_err(|error| error.to_string())?;
    if !passed.success() {
        return Err(format!("{test} fails without a fault"));
    }
    let text = fs::read_to_string(&log).unwrap_or_default();
    program.reached = text.lines().filter_map(|number| number.parse().ok()).collect();
    eprintln!("{test}: {} places are come to, in {} s", program.reached.len(), begun.elapsed().as_secs());
    Ok(program)
}

fn command(program: &Program) -> Command {
    let mut command = Command::new(&program.path);
    command.args(&program.arguments).current_dir(&program.folder).stdout(Stdio::null()).stderr(Stdio::null());
    // Deep catalogs are judged on deep stacks, which switches make deeper.
    command.env("RUST_MIN_STACK", "134217728").env("PROPTEST_MAX_SHRINK_ITERS", "0");
    command
}

/// Whether a program passes with a fault, in time.
fn passes(program: &Program, number: u32, limit: Duration) -> bool {
    let mut command = command(program);
    let Ok(mut child) = command.env("CREDPATH_MUTANT", number.to_string()).spawn() else { return false };
    let begun = Instant::now();
    while begun.elapsed() < limit {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(20)),
            Err(_) => break,
        }
    }
    drop(child.kill());
    drop(child.wait());
    false
}
