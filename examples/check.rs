//! Whether the rules of a catalog are consistent: what an institution runs before it publishes.
//!
//! Without arguments: a built-in catalog with planted faults. With arguments, yours:
//! `check CATALOG.toml [--against OLD.toml] [--format text|json|sarif|github] [--deny warnings] [--as-of YYYY-MM-DD] [--target ID]…`
//!
//! Exit status: 0 if nothing is wrong, or nothing but warnings; 1 with errors, or with warnings that are denied; 2 if it could not run.
//! With `--against` an older version, only what is new since then counts, and it is told for whom the rules have become stricter or looser.

mod input;

use std::process::ExitCode;

use credpath::{
    Catalog, CheckOptions, CompareOptions, Date, Diagnostics, FindingChanges, Limits, Severity, compare_findings,
};
use input::{Answer, BuiltIn};

const USAGE: &str = "usage: check [CATALOG.toml] [--against OLD.toml] [--format text|json|sarif|github] \
    [--deny warnings] [--as-of YYYY-MM-DD] [--target ID]...";

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
        None => Catalog::parse(CATALOG.0, CATALOG.1).map_err(|error| error.to_string())?,
    };
    let mut options = CheckOptions::default();
    options.as_of = arguments.as_of;
    for target in &arguments.targets {
        let id = catalog.credential(target);
        options.targets.push(id.ok_or_else(|| format!("the catalog has no credential `{target}`"))?);
    }
    let older = arguments.against.as_deref().map(read).transpose()?;
    if older.is_some() {
        options.findings = usize::MAX;
    }
    let findings = catalog.check(&options);
    let known = older.as_ref().map(|older| {
        let targets = arguments.targets.iter().filter_map(|target| older.credential(target)).collect();
        let mut options = options.clone();
        options.targets = targets;
        older.check(&options)
    });
    let change = known.as_ref().map(|known| compare_findings(known, &findings));
    let comparison = older.as_ref().map(|older| {
        let mut options = CompareOptions::default();
        options.as_of = arguments.as_of;
        older.compare(&catalog, &options)
    });
    let mut text = match arguments.format {
        Format::Text => findings.to_string(),
        Format::Json => {
            let mut report = serde_json::json!({ "findings": findings, "undecided": findings.undecided() });
            if let (Some(change), Some(comparison)) = (&change, &comparison) {
                report["new"] = change.new.iter().map(|finding| finding.key()).collect();
                report["fixed"] = change.fixed.iter().map(|finding| finding.key()).collect();
                report["comparison"] = serde_json::to_value(comparison).map_err(|error| error.to_string())?;
            }
            input::to_json(&report)?
        }
        Format::Sarif => input::to_json(&findings.sarif())?,
        Format::Github => findings.github().to_string(),
    };
    if let (Format::Text, Some(change), Some(comparison)) = (arguments.format, &change, &comparison) {
        text += &told(change, &findings);
        text.extend(["\n", &comparison.to_string()]);
    }
    let has = |severity| match &change {
        Some(change) => change.new.iter().any(|finding| finding.severity == severity),
        None => findings.count(severity) > 0,
    };
    let failed = has(Severity::Error) || arguments.warnings_denied && has(Severity::Warning);
    // The built-in catalog is there to be looked at: that it has faults is no failure.
    Ok(Answer { text, found: arguments.catalog.is_none() || !failed })
}

fn read(path: &str) -> Result<Catalog, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))?;
    // The files are the caller's own, so they may be large.
    Catalog::parse_with(path, &text, &Limits::large()).map_err(|error| error.to_string())
}

/// What has changed in the findings since an older version of the catalog.
fn told(change: &FindingChanges<'_>, findings: &Diagnostics) -> String {
    let mut lines = vec![String::new(), format!("since then: {} new, {} fixed", change.new.len(), change.fixed.len())];
    lines.extend(change.new.iter().map(|finding| {
        let (line, _) = findings.position(finding.primary.span.start);
        format!("  new {}: {} (line {line})", finding.severity, finding.message)
    }));
    lines.extend(change.fixed.iter().map(|finding| format!("  fixed: {}", finding.message)));
    lines.join("\n") + "\n"
}
