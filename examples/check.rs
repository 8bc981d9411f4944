//! Whether the rules of a catalog are consistent: what an institution runs before it publishes. Unless a date is given,
//! your catalogs are judged as of today, so that what is closed is told.
//!
//! Without arguments: a built-in catalog with planted faults. With arguments, yours:
//! `check CATALOG.toml [OPTION…]`; `--help` tells the options.
//!
//! Exit status: 0 if nothing is wrong, or nothing but warnings; 1 with errors and, if warnings are denied, with
//! warnings or with questions that could not be settled within the work limit (`--work`, which also bounds the
//! comparison); 2 if it could not run: a catalog that is rejected has its faults in the report all the same, of
//! whatever format. With `--against` an older version, only what is new since then counts, SARIF and annotations show
//! nothing else, JSON marks it, and it is told for whom the rules have become stricter or looser.

mod input;

use std::process::ExitCode;

use credpath::{
    Catalog, CheckOptions, CompareOptions, Comparison, Diagnostics, FindingChanges, InvalidCatalog, Limits, Severity,
    Unsettled, compare_findings,
};
use input::command::Command;
use input::wishes::{self, Given, Wish, wish};
use input::{Answer, BuiltIn, forgiving};

const USAGE: &str = "usage: check [CATALOG.toml] [OPTION…]
whether the rules of a catalog are consistent, and beside an older version, what has changed
for example: cargo run --release --example check -- examples/catalogs/comptia.toml --as-of 2026-11-22 --deny warnings";

const OPTIONS: &[Wish] = &[
    wish("against", "OLD.toml", "an older version: only what is new since then counts; tells who loses and who gains"),
    wish("format", "text|json|sarif|github", "how the findings are written; else as text"),
    wish("deny", "warnings", "exit status 1 for warnings too, and for questions that are left undecided"),
    wishes::DAY,
    wishes::TO_KEEP_OPEN,
    wishes::PRICES,
    wish("findings", "NUMBER", "how many are listed; else 1,000, and with --against all"),
    wishes::WORK,
    wishes::LIST,
];

const CATALOG: BuiltIn = ("examples/catalogs/planted-faults.toml", include_str!("catalogs/planted-faults.toml"));

fn main() -> ExitCode {
    input::answer(USAGE, &[OPTIONS], 1, answer)
}

fn answer(command: &Command) -> Result<Answer, String> {
    let Command { words, given, .. } = command;
    if given.has("list") {
        return input::list(command, CATALOG).map(Into::into);
    }
    if given.has("findings") && given.has("against") {
        return Err(
            "--findings limits the list of one catalog's findings; with --against all of them are compared: leave \
                    one of the two out"
                .to_owned(),
        );
    }
    let format = given.get("format").unwrap_or("text");
    let catalog = match words.first() {
        Some(path) => read(path)?,
        None => Catalog::parse(CATALOG.0, CATALOG.1),
    };
    let catalog = match catalog {
        Ok(catalog) => catalog,
        Err(error) => {
            // Whoever reads the report by machine has to see these faults as well.
            input::show(&rejected(error.report(), format)?);
            return Err(error.to_string());
        }
    };
    let options = options(given, &catalog, words.is_empty())?;
    let older = given.get("against").map(read).transpose()?;
    let older = older.transpose().map_err(|error| error.to_string())?;
    let findings = catalog.check(&options);
    // With an older version, what is new beside it counts; else everything.
    let (text, new) = match &older {
        Some(older) => {
            let known = known(older, given, &options);
            let new = findings.new_since(&known);
            let change = compare_findings(&known, &findings);
            let compared = || compared(older, &catalog, given, &options);
            (Beside { findings: &findings, new: &new, change }.written(format, compared)?, new)
        }
        None => (written(&findings, format)?, findings),
    };
    let denied = new.count(Severity::Warning) > 0 || !new.undecided().is_empty();
    let failed = new.count(Severity::Error) > 0 || given.has("deny") && denied;
    // The built-in catalog is there to be looked at: that it has faults is no failure.
    Ok(Answer { text, found: words.is_empty() || !failed })
}

/// What is asked of the catalog.
fn options(given: &Given, catalog: &Catalog, is_built_in: bool) -> Result<CheckOptions, String> {
    let mut options = CheckOptions::default();
    options.as_of = match (given.day("as-of")?, is_built_in) {
        (None, false) => Some(input::today()?),
        (given, _) => given,
    };
    options.work = wishes::work(given)?.unwrap_or(options.work);
    options.findings = given.number("findings")?.unwrap_or(options.findings);
    if given.has("against") {
        options.findings = usize::MAX;
    }
    (options.prices, options.watcher) = (given.has("prices"), input::progress::watcher());
    for target in given.all("target") {
        options.targets.push(forgiving::credential(catalog, target)?);
    }
    Ok(options)
}

/// The findings of the older version, asked in the same way; of targets, those that it has.
fn known(older: &Catalog, given: &Given, options: &CheckOptions) -> Diagnostics {
    let mut options = options.clone();
    options.targets =
        given.all("target").iter().filter_map(|target| forgiving::credential(older, target).ok()).collect();
    older.check(&options)
}

fn compared(older: &Catalog, newer: &Catalog, given: &Given, options: &CheckOptions) -> Comparison {
    let mut compared = CompareOptions::default();
    compared.as_of = options.as_of;
    compared.work = if given.has("work") { options.work } else { compared.work };
    compared.watcher = input::progress::watcher();
    older.compare(newer, &compared)
}

/// Findings beside those of an older version.
struct Beside<'f> {
    findings: &'f Diagnostics,
    /// Those of them that are new.
    new: &'f Diagnostics,
    change: FindingChanges<'f>,
}

impl Beside<'_> {
    /// What has changed in the findings; as text and as JSON, in the rules as well.
    fn written(&self, format: &str, compared: impl FnOnce() -> Comparison) -> Result<String, String> {
        let Self { findings, new, change } = self;
        match format {
            "json" => {
                let mut report = serde_json::json!(findings);
                mark(&mut report["diagnostics"], findings.as_slice(), new.as_slice());
                mark(&mut report["undecided"], findings.undecided(), new.undecided());
                report["new"] = change.new.iter().map(|finding| finding.key()).collect();
                report["fixed"] = change.fixed.iter().map(|finding| finding.key()).collect();
                report["comparison"] = serde_json::to_value(compared()).map_err(|error| error.to_string())?;
                input::to_json(&report)
            }
            "text" => {
                let told = told(change, findings, new.undecided());
                Ok(format!("{}{told}\n{}", findings.grouped(), compared()))
            }
            _ => written(new, format),
        }
    }
}

/// The findings of one catalog.
fn written(findings: &Diagnostics, format: &str) -> Result<String, String> {
    match format {
        "json" => input::to_json(findings),
        "sarif" => input::to_json(&findings.sarif()),
        "github" => Ok(findings.github().to_string()),
        _ => Ok(findings.grouped().to_string()),
    }
}

/// The catalog in a file, or what is wrong with it.
fn read(path: &str) -> Result<Result<Catalog, InvalidCatalog>, String> {
    let text = forgiving::read(path)?;
    // The files are the caller's own, so they may be large.
    let catalog = Catalog::parse_with(path, &text, &Limits::large());
    match catalog {
        Ok(catalog) => forgiving::not_empty(path, catalog).map(Ok),
        Err(error) => {
            forgiving::looks(path, &text, error.report()).iter().for_each(input::say);
            Ok(Err(error))
        }
    }
}

/// What is wrong with a catalog that cannot be given a meaning, so that nothing more is asked of it; as text, all of it
/// is told on standard error.
fn rejected(faults: &Diagnostics, format: &str) -> Result<String, String> {
    if format == "text" { Ok(String::new()) } else { written(faults, format) }
}

/// Says of each entry of a list whether it is new; what is new stands in the same order.
fn mark<T: PartialEq>(list: &mut serde_json::Value, all: &[T], new: &[T]) {
    let mut new = new.iter().peekable();
    for (entry, item) in list.as_array_mut().into_iter().flatten().zip(all) {
        entry["new"] = new.next_if_eq(&item).is_some().into();
    }
}

/// What has changed in the findings since an older version of the catalog.
fn told(change: &FindingChanges<'_>, findings: &Diagnostics, undecided: &[Unsettled]) -> String {
    let mut lines = vec![String::new(), format!("since then: {} new, {} fixed", change.new.len(), change.fixed.len())];
    lines.extend(change.new.iter().map(|finding| {
        let (line, _) = findings.position(finding.primary.span.start);
        format!("  new {}: {} (line {line})", finding.severity, finding.message)
    }));
    lines.extend(undecided.iter().map(|open| format!("  newly undecided: {} (line {})", open.message, open.line)));
    lines.extend(change.fixed.iter().map(|finding| format!("  fixed: {}", finding.message)));
    lines.join("\n") + "\n"
}
