//! A copy of the checkout, with a switch at every place where a fault can be put in.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::switches::{Mutant, with_switches};

/// What the copy has to have besides, to ask for a switch.
const SWITCHBOARD: &str = include_str!("mutant.rs.txt");

struct Source {
    /// Below the checkout, as the compiler names it.
    name: String,
    text: String,
}

/// Copies the checkout, puts the switches in, and leaves out those that do not compile.
///
/// # Errors
/// What is wrong with the files, or that the copy does not compile.
pub fn prepare(checkout: &Path, copy: &Path, parts: &[String]) -> Result<(), String> {
    if !fs::exists(checkout.join("src/lib.rs")).unwrap_or(false) {
        return Err(format!("{} is no checkout", checkout.display()));
    }
    copy_files(checkout, copy).map_err(|error| format!("the checkout cannot be copied: {error}"))?;
    write(&copy.join("src/mutant.rs"), SWITCHBOARD)?;
    let lib = read(&copy.join("src/lib.rs"))?;
    let first_module = lib.find("\nmod ").or(lib.find("\npub mod ")).ok_or("src/lib.rs names no module")?;
    write(&copy.join("src/lib.rs"), &format!("{}\nmod mutant;{}", &lib[..first_module], &lib[first_module..]))?;
    let sources = sources(checkout, parts)?;
    let mut skipped = BTreeSet::new();
    loop {
        let mutants = put_in(copy, &sources, &skipped)?;
        let refused = refused(copy, &mutants, &skipped)?;
        let before = skipped.len();
        skipped.extend(refused);
        if skipped.len() == before {
            return list(copy, &mutants, &skipped);
        }
        eprintln!("{} of {} places do not compile and are left out", skipped.len(), mutants.len());
    }
}

fn copy_files(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        let (from, to) = (entry.path(), to.join(&name));
        match entry.file_type()? {
            kind if kind.is_dir() && name != "target" && name != ".git" => copy_files(&from, &to)?,
            kind if kind.is_file() => drop(fs::copy(from, to)?),
            _ => {}
        }
    }
    Ok(())
}

fn sources(checkout: &Path, parts: &[String]) -> Result<Vec<Source>, String> {
    let mut files = Vec::new();
    rust_files(&checkout.join("src"), &mut files).map_err(|error| error.to_string())?;
    files.sort();
    let tests = only_for_tests(&files)?;
    files.retain(|file| !tests.contains(file));
    let mut found = Vec::new();
    for file in files {
        let name = file.strip_prefix(checkout).map_err(|error| error.to_string())?.to_string_lossy().into_owned();
        if parts.is_empty() || parts.iter().any(|part| name["src/".len()..].starts_with(part.as_str())) {
            found.push(Source { text: read(&file)?, name });
        }
    }
    Ok(found)
}

/// Files that their `mod.rs` names for tests alone: a fault in a test says nothing of the library.
fn only_for_tests(files: &[PathBuf]) -> Result<BTreeSet<PathBuf>, String> {
    let mut found = BTreeSet::new();
    for file in files.iter().filter(|file| file.ends_with("mod.rs")) {
        let text = read(file)?;
        let after = text.split("#[cfg(test)]").skip(1);
        let names = after.filter_map(|after| after.split(';').next()?.split_whitespace().last());
        found.extend(names.map(|name| file.with_file_name(format!("{name}.rs"))));
    }
    Ok(found)
}

fn rust_files(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            rust_files(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    Ok(())
}

fn put_in(copy: &Path, sources: &[Source], skipped: &BTreeSet<u32>) -> Result<Vec<(String, Mutant)>, String> {
    let mut all: Vec<(String, Mutant)> = Vec::new();
    for source in sources {
        let first = u32::try_from(all.len() + 1).map_err(|error| error.to_string())?;
        let (text, mutants) = with_switches(&source.text, first, &|number| skipped.contains(&number))
            .map_err(|error| format!("{}: {error}", source.name))?;
        write(&copy.join(&source.name), &text)?;
        all.extend(mutants.into_iter().map(|mutant| (source.name.clone(), mutant)));
    }
    Ok(all)
}

/// The mutants that the compiler refuses, of those that are not skipped already.
fn refused(copy: &Path, mutants: &[(String, Mutant)], skipped: &BTreeSet<u32>) -> Result<BTreeSet<u32>, String> {
    let output = Command::new("cargo")
        .args(["check", "--lib", "--message-format=short"])
        .current_dir(copy)
        .env("RUSTFLAGS", "-A warnings")
        .output()
        .map_err(|error| error.to_string())?;
    let said = String::from_utf8_lossy(&output.stderr);
    let mut refused = BTreeSet::new();
    for place in said.lines().filter(|line| line.contains(": error")) {
        let mut words = place.split(':');
        let file = words.next().unwrap_or_default();
        let Some(line) = words.next().and_then(|line| line.parse::<usize>().ok()) else { continue };
        let left: Vec<&Mutant> = mutants
            .iter()
            .filter(|(name, mutant)| name == file && !skipped.contains(&mutant.number))
            .map(|(_, mutant)| mutant)
            .collect();
        // What is wrong may be told of a later line: that something was moved, say. In a loop even of an earlier one.
        let before = left.iter().map(|mutant| mutant.line).filter(|&of| of <= line).max();
        let to_blame = before.into_iter().chain(left.iter().map(|mutant| mutant.line).find(|&of| of > line));
        let to_blame: Vec<usize> = to_blame.take(if before == Some(line) { 1 } else { 2 }).collect();
        refused.extend(left.iter().filter(|mutant| to_blame.contains(&mutant.line)).map(|mutant| mutant.number));
    }
    if !output.status.success() && refused.is_empty() {
        return Err(format!("the copy does not compile:\n{said}"));
    }
    Ok(refused)
}

/// What can be switched on, a line each: number, file, line, what is done, the source.
fn list(copy: &Path, mutants: &[(String, Mutant)], skipped: &BTreeSet<u32>) -> Result<(), String> {
    let mut text = String::new();
    for (name, mutant) in mutants.iter().filter(|(_, mutant)| !skipped.contains(&mutant.number)) {
        let Mutant { number, line, what, source } = mutant;
        writeln!(text, "{number}\t{name}\t{line}\t{what}\t{source}").map_err(|error| error.to_string())?;
    }
    println!("{} faults can be switched on", mutants.len() - skipped.len());
    write(&copy.join("mutants.tsv"), &text)
}

fn read(file: &Path) -> Result<String, String> {
    fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))
}

fn write(file: &Path, text: &str) -> Result<(), String> {
    fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))
}
