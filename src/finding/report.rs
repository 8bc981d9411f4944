//! What was found, as data that stands by itself: written, kept, and read again.

use std::ops::Range;

use serde::{Deserialize, Serialize, Serializer};

use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics, Severity, Unsettled};
use crate::finding::witness::Witness;
use crate::value::stamp::Stamp;

/// What [`Diagnostics`] say, as data that needs no text beside it: [`Diagnostics::report`] makes it, and it is what
/// they are written as.
///
/// ```
/// use credpath::{Catalog, Code, DiagnosticsReport};
///
/// let invalid = Catalog::parse("catalog.toml", "[credential.sql]\ncredit = 5").unwrap_err();
/// let stored = serde_json::to_string(invalid.report())?;
/// let report: DiagnosticsReport = serde_json::from_str(&stored)?;
/// assert_eq!(report.file, "catalog.toml");
/// assert_eq!((report.diagnostics[0].code, report.diagnostics[0].place.line), (Code::UnknownKey, 2));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DiagnosticsReport {
    /// The catalog that was checked, and the schema of the report; none if the text makes no catalog.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stamp: Option<Stamp>,
    /// The name of the text.
    pub file: String,
    /// Each, in the order of the text.
    pub diagnostics: Vec<DiagnosticReport>,
    /// How many further ones there are, which are not listed.
    pub unlisted: usize,
    /// What a check left open; none if this is not what a check found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub undecided: Option<Vec<Unsettled>>,
}

/// A fault or finding, as data that stands by itself ([`Diagnostic`]).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DiagnosticReport {
    /// Its kind.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// Id of the credential that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// What is wrong.
    pub message: String,
    /// A word at the place.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// What would be right.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Where it is.
    pub place: TextPlace,
    /// Other places that it has to do with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<LabelReport>,
    /// The path of what it is about, such as `credential.analyst.stack.all_of[1]`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// What stays the same when lines move ([`Diagnostic::key`]).
    pub key: String,
    /// What proves it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
    /// What would mend it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fix: Option<FixReport>,
}

/// A part of a text: lines and columns count from 1, columns in characters; the end is the first place behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TextPlace {
    /// The line on which it begins.
    pub line: usize,
    /// The column at which it begins.
    pub column: usize,
    /// The line on which it ends.
    pub end_line: usize,
    /// The column behind its end.
    pub end_column: usize,
}

/// A place, and a word about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LabelReport {
    /// Where it is.
    pub place: TextPlace,
    /// The word.
    pub text: String,
}

/// A part of a text, and what should stand there instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FixReport {
    /// What is to be replaced.
    pub place: TextPlace,
    /// By what.
    pub replacement: String,
}

impl Diagnostics {
    /// All that they say, as data that can be kept.
    #[must_use]
    pub fn report(&self) -> DiagnosticsReport {
        DiagnosticsReport {
            stamp: self.stamp(),
            file: self.name().to_owned(),
            diagnostics: self.as_slice().iter().map(|diagnostic| self.told(diagnostic)).collect(),
            unlisted: self.unlisted(),
            undecided: self.is_of_a_check().then(|| self.undecided().to_vec()),
        }
    }

    fn told(&self, diagnostic: &Diagnostic) -> DiagnosticReport {
        let also = diagnostic.secondary.iter();
        let fix = diagnostic.fix.as_ref();
        DiagnosticReport {
            code: diagnostic.code,
            severity: diagnostic.severity,
            credential: diagnostic.credential.clone(),
            message: diagnostic.message.clone(),
            label: diagnostic.primary.text.clone(),
            help: diagnostic.help.clone(),
            place: self.place(&diagnostic.primary.span),
            also: also.map(|label| LabelReport { place: self.place(&label.span), text: label.text.clone() }).collect(),
            path: diagnostic.path.clone(),
            key: diagnostic.key(),
            witness: diagnostic.witness.clone(),
            fix: fix.map(|fix| FixReport { place: self.place(&fix.span), replacement: fix.replacement.clone() }),
        }
    }

    fn place(&self, span: &Range<usize>) -> TextPlace {
        let ((line, column), (end_line, end_column)) = (self.position(span.start), self.position(span.end));
        TextPlace { line, column, end_line, end_column }
    }
}

/// As their [`report`](Diagnostics::report).
impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.report().serialize(serializer)
    }
}
