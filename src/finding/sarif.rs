//! Findings in the Static Analysis Results Interchange Format, SARIF 2.1.0 (OASIS).

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::ops::Range;

use serde::Serialize;

use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics, Fix, Label, Severity, Unsettled};
use crate::finding::witness::Witness;

impl Diagnostics {
    /// The findings as a SARIF 2.1.0 log, which code hosts and editors read: write it as JSON by any serializer. What a
    /// check left open is in it as results of the kind `open`.
    ///
    /// ```
    /// use credpath::{Catalog, CheckOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", "credential.a = { stack = { all_of = [] } }")?;
    /// let log = serde_json::to_value(catalog.check(&CheckOptions::default()).sarif())?;
    /// assert_eq!(log["runs"][0]["results"][0]["ruleId"], "vacuous-requirement");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn sarif(&self) -> impl Serialize + use<> {
        let codes =
            self.as_slice().iter().map(|finding| finding.code).chain(self.undecided().iter().map(|open| open.code));
        let codes: Vec<Code> = codes.collect::<BTreeSet<_>>().into_iter().collect();
        let writer = SarifWriter { diagnostics: self, codes: &codes };
        let results = self.as_slice().iter().map(|finding| writer.result(finding));
        let results = results.chain(self.undecided().iter().map(|open| writer.open(open))).collect();
        let rules = codes.iter().map(|code| Rule {
            id: code.as_str(),
            full_description: Message::new(code.explain()),
            help: Message::new(code.explain()),
        });
        let driver = Driver { name: "credpath", version: env!("CARGO_PKG_VERSION"), rules: rules.collect() };
        let unlisted = (self.unlisted() > 0).then(|| Notification {
            level: "note",
            message: Message::new(format!("further findings, not listed: {}", self.unlisted())),
        });
        let invocation =
            Invocation { execution_successful: true, tool_execution_notifications: unlisted.into_iter().collect() };
        let run = Run { tool: Tool { driver }, invocations: [invocation], column_kind: "unicodeCodePoints", results };
        Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }
    }
}

struct SarifWriter<'d> {
    diagnostics: &'d Diagnostics,
    codes: &'d [Code],
}

impl SarifWriter<'_> {
    fn result(&self, finding: &Diagnostic) -> SarifResult {
        let mut text = finding.message.clone();
        if let Some(help) = &finding.help {
            text += "\nhelp: ";
            text += help;
        }
        SarifResult {
            rule_id: finding.code.as_str(),
            rule_index: self.index(finding.code),
            kind: "fail",
            level: match finding.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
                Severity::Note => "note",
            },
            message: Message::new(text),
            locations: [self.location(&finding.primary.span, None)],
            related_locations: finding.secondary.iter().map(|label| self.related(label)).collect(),
            partial_fingerprints: Fingerprints { key: finding.key() },
            fixes: finding.fix.iter().map(|fix| self.fix(fix, finding.help.as_deref())).collect(),
            properties: Properties { credential: finding.credential.clone(), witness: finding.witness.clone() },
        }
    }

    /// A question that could not be settled.
    fn open(&self, open: &Unsettled) -> SarifResult {
        let region = SarifRegion { start_line: open.line, start_column: None, end_line: None, end_column: None };
        SarifResult {
            rule_id: open.code.as_str(),
            rule_index: self.index(open.code),
            kind: "open",
            level: "none",
            message: Message::new(format!("undecided: {}", open.message)),
            locations: [self.at(region, None)],
            related_locations: Vec::new(),
            partial_fingerprints: Fingerprints { key: format!("{} {:?}", open.code, open.credential) },
            fixes: Vec::new(),
            properties: Properties { credential: Some(open.credential.clone()), witness: None },
        }
    }

    fn index(&self, code: Code) -> usize {
        self.codes.partition_point(|&known| known < code)
    }

    fn related(&self, label: &Label) -> Location {
        let words = (!label.text.is_empty()).then(|| Message::new(&label.text));
        self.location(&label.span, words)
    }

    fn location(&self, span: &Range<usize>, message: Option<Message>) -> Location {
        self.at(self.region(span), message)
    }

    fn at(&self, region: SarifRegion, message: Option<Message>) -> Location {
        let artifact_location = self.artifact();
        Location { physical_location: PhysicalLocation { artifact_location, region }, message }
    }

    fn artifact(&self) -> ArtifactLocation {
        ArtifactLocation { uri: uri(self.diagnostics.name()) }
    }

    fn region(&self, span: &Range<usize>) -> SarifRegion {
        let (start_line, start_column) = self.diagnostics.position(span.start);
        let (end_line, end_column) = self.diagnostics.position(span.end);
        SarifRegion {
            start_line,
            start_column: Some(start_column),
            end_line: Some(end_line),
            end_column: Some(end_column),
        }
    }

    fn fix(&self, fix: &Fix, help: Option<&str>) -> Mending {
        let replacement =
            Replacement { deleted_region: self.region(&fix.span), inserted_content: Message::new(&fix.replacement) };
        let change = ArtifactChange { artifact_location: self.artifact(), replacements: [replacement] };
        Mending { description: help.map(Message::new), artifact_changes: [change] }
    }
}

/// The name of a text as a relative reference: whatever is not plain in one is written as its bytes.
fn uri(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for byte in name.replace('\\', "/").bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte) {
            out.push(char::from(byte));
        } else {
            _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[derive(Serialize)]
struct Log {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run {
    tool: Tool,
    invocations: [Invocation; 1],
    column_kind: &'static str,
    results: Vec<SarifResult>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
struct Driver {
    name: &'static str,
    version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    full_description: Message,
    help: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Message,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifResult {
    rule_id: &'static str,
    rule_index: usize,
    kind: &'static str,
    level: &'static str,
    message: Message,
    locations: [Location; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location>,
    partial_fingerprints: Fingerprints,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    fixes: Vec<Mending>,
    properties: Properties,
}

/// A text, in a message or as the content of a file.
#[derive(Serialize)]
struct Message {
    text: String,
}

impl Message {
    fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location {
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Message>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: SarifRegion,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// Lines and columns from 1; the end is the place after the last character.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SarifRegion {
    start_line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_column: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_line: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_column: Option<usize>,
}

#[derive(Serialize)]
struct Fingerprints {
    #[serde(rename = "credpath/v1")]
    key: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Mending {
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<Message>,
    artifact_changes: [ArtifactChange; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: [Replacement; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Replacement {
    deleted_region: SarifRegion,
    inserted_content: Message,
}

#[derive(Serialize)]
struct Properties {
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<Witness>,
}
