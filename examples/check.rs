//! Whether the rules of a catalog are consistent: what an institution runs before it publishes. Unless a date is given,
//! your catalogs are judged as of today, so that what is closed is told.
//!
//! Without arguments: a built-in catalog with planted faults. With arguments, yours:
//! `check CATALOG.toml [--against OLD.toml] [--format text|json|sarif|github] [--deny warnings] [--as-of YYYY-MM-DD]
//! [--target ID]… [--prices] [--findings NUMBER] [--work STEPS]`
//!
//! Exit status: 0 if nothing is wrong, or nothing but warnings; 1 with errors and, if warnings are denied, with
//! warnings or with questions that could not be settled within the work limit (`--work`, which also bounds the
//! comparison); 2 if it could not run: a catalog that is rejected has its faults in the report all the same, of
//! whatever format. With `--against` an older version, only what is new since then counts, SARIF and annotations show
//! nothing else, JSON marks it, and it is told for whom the rules have become stricter or looser.

mod input;

use std::process::ExitCode;

use credpath::{
    Catalog, CheckOptions, CompareOptions, Date, Diagnostics, FindingChanges, InvalidCatalog, Limits, Severity,
    Unsettled, compare_findings,
};
use input::{Answer, BuiltIn, forgiving};

const USAGE: &str = "usage: check [CATALOG.toml] [--against OLD.toml] [--format text|json|sarif|github] \
    [--deny warnings] [--as-of YYYY-MM-DD] [--target ID]... [--prices] [--findings NUMBER] [--work STEPS]
--target is the id or the title of what no choice should close for good; may come several times
--prices also looks for options that are never the cheapest; --findings is how many are listed, else 1,000
--deny warnings also denies questions of the check that are left undecided
--work bounds the search steps of a check, and of the comparison with an older version: 50 million each, unless it says otherwise
for example: cargo run --release --example check -- examples/catalogs/comptia.toml --as-of 2026-11-22 --deny warnings";

const CATALOG: BuiltIn = ("examples/catalogs/planted-faults.toml", include_str!("catalogs/planted-faults.toml"));

fn main() -> ExitCode {
    input::print(arguments().map_err(|error| format!("{error}\n{USAGE}")).and_then(|arguments| answer(&arguments)))
}

#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Format {
    #[default]
    Text,
    Json,
    Sarif,
    Github,
}

#[derive(Default)]
struct Arguments {
    catalog: Option<String>,
    against: Option<String>,
    format: Format,
    warnings_denied: bool,
    as_of: Option<Date>,
    targets: Vec<String>,
    work: Option<u64>,
    findings: Option<usize>,
    prices: bool,
    help: bool,
}

fn arguments() -> Result<Arguments, lexopt::Error> {
    use lexopt::prelude::*;
    let mut arguments = Arguments::default();
    let mut parser = lexopt::Parser::from_env();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("against") => arguments.against = Some(parser.value()?.string()?),
            Long("format") => {
                arguments.format = match parser.value()?.string()?.as_str() {
                    "text" => Format::Text,
                    "json" => Format::Json,
                    "sarif" => Format::Sarif,
                    "github" => Format::Github,
                    other => return Err(format!("no format `{other}`").into()),
                }
            }
            Long("deny") => match parser.value()?.string()?.as_str() {
                "warnings" => arguments.warnings_denied = true,
                other => return Err(format!("only `warnings` can be denied, not `{other}`").into()),
            },
            Long("as-of") => arguments.as_of = Some(parser.value()?.parse()?),
            Long("target") => arguments.targets.push(parser.value()?.string()?),
            Long("findings") => arguments.findings = Some(parser.value()?.parse()?),
            Long("prices") => arguments.prices = true,
            Long("work") => arguments.work = Some(parser.value()?.parse()?),
            Long("help") | Short('h') => arguments.help = true,
            Value(word) if arguments.catalog.is_none() => arguments.catalog = Some(word.string()?),
            other => return Err(other.unexpected()),
        }
    }
    Ok(arguments)
}

fn answer(arguments: &Arguments) -> Result<Answer, String> {
    if arguments.help {
        return Ok(USAGE.to_owned().into());
    }
    let catalog = match &arguments.catalog {
        Some(path) => read(path)?,
        None => Catalog::parse(CATALOG.0, CATALOG.1),
    };
    let catalog = match catalog {
        Ok(catalog) => catalog,
        Err(error) => {
            // Whoever reads the report by machine has to see these faults as well.
            input::show(&rejected(error.report(), arguments.format)?);
            return Err(error.to_string());
        }
    };
    let mut options = CheckOptions::default();
    options.as_of = match (arguments.as_of, &arguments.catalog) {
        (None, Some(_)) => Some(input::today()?),
        (given, _) => given,
    };
    options.work = arguments.work.unwrap_or(options.work);
    options.findings = arguments.findings.unwrap_or(options.findings);
    (options.prices, options.watcher) = (arguments.prices, input::progress::watcher());
    for target in &arguments.targets {
        options.targets.push(forgiving::credential(&catalog, target)?);
    }
    let older = arguments.against.as_deref().map(read).transpose()?;
    let older = older.transpose().map_err(|error| error.to_string())?;
    if older.is_some() {
        options.findings = usize::MAX;
    }
    let findings = catalog.check(&options);
    let known = older.as_ref().map(|older| {
        let targets = arguments.targets.iter().filter_map(|target| forgiving::credential(older, target).ok()).collect();
        let mut options = options.clone();
        options.targets = targets;
        older.check(&options)
    });
    // With an older version, what is new beside it; else everything.
    let new = known.as_ref().map_or_else(|| findings.clone(), |known| findings.new_since(known));
    let change = known.as_ref().map(|known| compare_findings(known, &findings));
    let as_of = options.as_of;
    let comparison = older.as_ref().map(|older| {
        let mut options = CompareOptions::default();
        options.as_of = as_of;
        options.work = arguments.work.unwrap_or(options.work);
        options.watcher = input::progress::watcher();
        older.compare(&catalog, &options)
    });
    let mut text = match arguments.format {
        Format::Text => findings.grouped().to_string(),
        Format::Json => {
            let mut report = serde_json::json!(findings);
            if let (Some(change), Some(comparison)) = (&change, &comparison) {
                mark(&mut report["diagnostics"], findings.as_slice(), new.as_slice());
                mark(&mut report["undecided"], findings.undecided(), new.undecided());
                report["new"] = change.new.iter().map(|finding| finding.key()).collect();
                report["fixed"] = change.fixed.iter().map(|finding| finding.key()).collect();
                report["comparison"] = serde_json::to_value(comparison).map_err(|error| error.to_string())?;
            }
            input::to_json(&report)?
        }
        Format::Sarif => input::to_json(&new.sarif())?,
        Format::Github => new.github().to_string(),
    };
    if let (Format::Text, Some(change), Some(comparison)) = (arguments.format, &change, &comparison) {
        text += &told(change, &findings, new.undecided());
        text.extend(["\n", &comparison.to_string()]);
    }
    let denied = new.count(Severity::Warning) > 0 || !new.undecided().is_empty();
    let failed = new.count(Severity::Error) > 0 || arguments.warnings_denied && denied;
    // The built-in catalog is there to be looked at: that it has faults is no failure.
    Ok(Answer { text, found: arguments.catalog.is_none() || !failed })
}

/// The catalog in a file, or what is wrong with it.
fn read(path: &str) -> Result<Result<Catalog, InvalidCatalog>, String> {
    let text = forgiving::read(path)?;
    // The files are the caller's own, so they may be large.
    let catalog = Catalog::parse_with(path, &text, &Limits::large());
    if let Err(error) = &catalog {
        forgiving::looks(path, &text, error.report()).iter().for_each(input::say);
    }
    Ok(catalog)
}

/// What is wrong with a catalog that cannot be given a meaning, so that nothing more is asked of it.
fn rejected(faults: &Diagnostics, format: Format) -> Result<String, String> {
    match format {
        Format::Text => Ok(String::new()),
        Format::Json => input::to_json(faults),
        Format::Sarif => input::to_json(&faults.sarif()),
        Format::Github => Ok(faults.github().to_string()),
    }
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
