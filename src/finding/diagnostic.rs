//! Diagnostics: what is wrong with an input, or what a check of a catalog found, as data. `render` makes the text.

use crate::value::names::named;
use crate::value::stamp::Stamp;
use crate::value::text::counted;
use std::fmt::{self, Write as _};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::finding::code::Code;
use crate::finding::render;
use crate::finding::source::{Source, floor_char_boundary};
use crate::finding::witness::Witness;

/// One thing that is wrong with a catalog or a learner record, for the person who must fix it; or a finding of
/// [`Catalog::check`](crate::Catalog::check).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The kind of fault; stable across versions.
    pub code: Code,
    /// The gravity. A fault that makes an input unusable is always an error.
    pub severity: Severity,
    /// Id of the credential that it is about, or that it stands in, if there is one.
    pub credential: Option<String>,
    /// The fault, in one sentence without a full stop.
    pub message: String,
    /// Where it is wrong.
    pub primary: Label,
    /// Other places that have to do with it, such as a first definition.
    pub secondary: Vec<Label>,
    /// Help: what would be right.
    pub help: Option<String>,
    /// The proof that a finding is true, as data.
    pub witness: Option<Witness>,
    /// A change of the text that mends it, where there is a mechanical one.
    pub fix: Option<Fix>,
    /// Names that tell it apart from others of the same code about the same credential: ids, names of groups and pools,
    /// keys.
    pub subjects: Vec<String>,
    /// The value that an input is wrong in, from the top, such as `credential.analyst.stack.all_of[1]`; none for a
    /// finding, and for what cannot be parsed.
    pub path: Option<String>,
}

/// The gravity of a [`Diagnostic`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The rules cannot be meant so.
    Error,
    /// The rules are almost surely not meant so.
    Warning,
    /// Worth knowing.
    Note,
}

named! {
    Severity, "severity":
    Error = "error",
    Warning = "warning",
    Note = "note",
}

/// A change of a text: what the span covers is replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// Byte offsets into the text.
    pub span: Range<usize>,
    /// The text that stands there instead; empty if it is only taken away.
    pub replacement: String,
}

/// A place in a text, with a few words about it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Label {
    /// Byte offsets into the text; always on character boundaries and within the text.
    pub span: Range<usize>,
    /// A few words to stand beside the underlined text; may be empty.
    pub text: String,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, span: Range<usize>, message: impl Into<String>) -> Self {
        let primary = Label { span, text: String::new() };
        Self {
            code,
            severity: Severity::Error,
            credential: None,
            message: message.into(),
            primary,
            secondary: Vec::new(),
            help: None,
            witness: None,
            fix: None,
            subjects: Vec::new(),
            path: None,
        }
    }

    pub(crate) fn severity(mut self, severity: Severity) -> Self {
        self.severity = severity;
        self
    }

    pub(crate) fn about(mut self, credential: &str) -> Self {
        self.credential = Some(credential.to_owned());
        self
    }

    pub(crate) fn subject<'n>(mut self, name: impl Into<Option<&'n str>>) -> Self {
        self.subjects.extend(name.into().map(str::to_owned));
        self
    }

    pub(crate) fn witness(mut self, witness: Witness) -> Self {
        self.witness = Some(witness);
        self
    }

    pub(crate) fn fix(mut self, span: Range<usize>, replacement: impl Into<String>) -> Self {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }

    pub(crate) fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Marks another place; one that several parts have, which a filter selects, once.
    pub(crate) fn also(mut self, span: Range<usize>, text: impl Into<String>) -> Self {
        let label = Label { span, text: text.into() };
        if !self.secondary.contains(&label) {
            self.secondary.push(label);
        }
        self
    }
}

/// Everything that is wrong with one text, in the order of the text. `Display` shows it the way a compiler would;
/// `Serialize` gives file, line and column (from 1, in characters) of each.
#[derive(Clone, PartialEq, Eq)]
pub struct Diagnostics {
    source: Source,
    list: Vec<Diagnostic>,
    /// The numbers of errors, warnings and notes, those that are not listed included.
    counts: [usize; 3],
    /// `None` for what is wrong with an input.
    checked: Option<Box<Checked>>,
}

/// What a check says besides its findings.
#[derive(Clone, PartialEq, Eq)]
struct Checked {
    /// The catalog that was checked.
    stamp: Stamp,
    /// Questions that were left open.
    undecided: Vec<Unsettled>,
}

/// A question about a catalog that a check could not settle within its work limit: neither a finding nor a clean bill.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unsettled {
    /// The finding that it would be if the answer is yes.
    pub code: Code,
    /// Id of the credential that the question is about; empty if that is of another catalog.
    pub credential: String,
    /// The line, from 1.
    pub line: usize,
    /// The question that is open, as a sentence without a full stop.
    pub message: String,
}

impl Diagnostics {
    /// Sorts what was found in `text` by place, and bounds its number.
    pub(crate) fn new(name: &str, text: &str, mut list: Vec<Diagnostic>, most: usize) -> Self {
        let on_boundaries = |span: &Range<usize>| {
            let start = floor_char_boundary(text, span.start);
            start..floor_char_boundary(text, span.end).max(start)
        };
        for diagnostic in &mut list {
            diagnostic.primary.span = on_boundaries(&diagnostic.primary.span);
            for label in &mut diagnostic.secondary {
                label.span = on_boundaries(&label.span);
            }
            if let Some(fix) = &mut diagnostic.fix {
                fix.span = on_boundaries(&fix.span);
            }
        }
        let key = |d: &Diagnostic| (d.primary.span.start, d.primary.span.end, d.code);
        list.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message)));
        list.dedup();
        let counts = [Severity::Error, Severity::Warning, Severity::Note]
            .map(|severity| list.iter().filter(|diagnostic| diagnostic.severity == severity).count());
        list.truncate(most);
        // A huge rejected text is not carried along: what was found in it lies within its first part, or it was not
        // read at all.
        let kept = list.iter().flat_map(Diagnostic::ends).max().unwrap_or(0);
        let line_end = text[kept..].find('\n').map_or(text.len(), |end| kept + end);
        let kept = floor_char_boundary(text, line_end.min(kept + 4096));
        Self { source: Source::new(name, &text[..kept]), list, counts, checked: None }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [Diagnostic] {
        &mut self.list
    }

    /// The faults, in the order of the text.
    #[must_use]
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.list
    }

    /// The number of those that are not listed (see [`Limits::errors`](crate::Limits::errors)).
    #[must_use]
    pub fn unlisted(&self) -> usize {
        self.counts.iter().sum::<usize>() - self.list.len()
    }

    /// As the findings of a check, with what it left open, in the order of the text.
    pub(crate) fn of_a_check(mut self, mut undecided: Vec<Unsettled>, stamp: Stamp) -> Self {
        undecided.sort_by(|a, b| (a.line, a).cmp(&(b.line, b)));
        undecided.dedup();
        self.checked = Some(Box::new(Checked { stamp, undecided }));
        self
    }

    /// The catalog that was checked; none if these are faults of a text.
    #[must_use]
    pub fn stamp(&self) -> Option<Stamp> {
        self.checked.as_ref().map(|checked| checked.stamp)
    }

    pub(crate) fn is_of_a_check(&self) -> bool {
        self.checked.is_some()
    }

    /// Some of them, and some of what is open. What is not listed stays counted.
    pub(crate) fn with_only(&self, list: Vec<Diagnostic>, undecided: Vec<Unsettled>) -> Self {
        let mut counts = self.counts;
        for (count, severity) in counts.iter_mut().zip([Severity::Error, Severity::Warning, Severity::Note]) {
            let of = |list: &[Diagnostic]| list.iter().filter(|diagnostic| diagnostic.severity == severity).count();
            *count -= of(&self.list) - of(&list);
        }
        let checked = self.stamp().map(|stamp| Box::new(Checked { stamp, undecided }));
        Self { source: self.source.clone(), list, counts, checked }
    }

    /// Questions that a check could not settle within its work limit.
    #[must_use]
    pub fn undecided(&self) -> &[Unsettled] {
        self.checked.as_ref().map(|checked| &checked.undecided[..]).unwrap_or_default()
    }

    /// The number of those of a severity, those that are not listed included.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let [errors, warnings, notes] = self.counts;
        match severity {
            Severity::Error => errors,
            Severity::Warning => warnings,
            Severity::Note => notes,
        }
    }

    /// For the findings of a check, how many there are, in a line.
    pub(crate) fn summary(&self) -> Option<String> {
        let undecided = self.checked.as_ref()?.undecided.len();
        let counted = |number: usize, word: &str| (number > 0).then(|| counted(number, word));
        let [errors, warnings, notes] = self.counts;
        let open = counted(undecided, "question").map(|questions| format!("{questions} undecided"));
        let all = [counted(errors, "error"), counted(warnings, "warning"), counted(notes, "note"), open];
        let all: Vec<String> = all.into_iter().flatten().collect();
        Some(if all.is_empty() { "nothing found".to_owned() } else { all.join(", ") })
    }

    /// The name of the text, as given to `parse`.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// The text up to the end of the last line that a fault lies in.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.source.text
    }

    /// Line and column of a byte offset, each from 1, the column in characters.
    #[must_use]
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let (line, column) = self.source.position(offset);
        // A byte order mark is no character of the first line.
        let marked = line == 1 && column > 1 && self.source.text.starts_with('\u{feff}');
        (line, if marked { column - 1 } else { column })
    }
}

impl Diagnostic {
    /// A fingerprint, which tells it apart from other findings about the same catalog, whatever else in the text
    /// changes: its code, the credential and its [subjects](field@Self::subjects); of a fault of an
    /// input that has none, its message as well. By it the findings about two versions of a catalog are compared.
    #[must_use]
    pub fn key(&self) -> String {
        let mut key = self.code.as_str().to_owned();
        for name in self.credential.iter().chain(&self.subjects) {
            _ = write!(key, " {name:?}");
        }
        if self.subjects.is_empty() && (self.credential.is_none() || self.path.is_some()) {
            _ = write!(key, " {:?}", self.message);
        }
        key
    }

    /// Where its places end.
    fn ends(&self) -> impl Iterator<Item = usize> {
        let labels = std::iter::once(&self.primary).chain(&self.secondary).map(|label| label.span.end);
        labels.chain(self.fix.as_ref().map(|fix| fix.span.end))
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        render::render(self, f)
    }
}

impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

/// A catalog that cannot be given a meaning, with everything that is wrong with it.
///
/// ```
/// use credpath::Catalog;
///
/// let error = Catalog::parse("catalog.toml", "[credential.sql]\ncredit = 5\n").unwrap_err();
/// assert_eq!(error.to_string(), "\
/// error[unknown-key]: a credential has no key `credit`
///  --> catalog.toml:2:1
///   |
/// 2 | credit = 5
///   | ^^^^^^
///   |
///   = help: did you mean `credits`?
/// ");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidCatalog(pub(crate) Diagnostics);

/// A learner record that cannot be read, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidRecord(pub(crate) Diagnostics);

impl InvalidCatalog {
    /// The faults, in the order of the text.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.0.as_slice()
    }

    /// The same, together with the text it was found in.
    #[must_use]
    pub fn report(&self) -> &Diagnostics {
        &self.0
    }
}

impl InvalidRecord {
    /// The faults, in the order of the text.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.0.as_slice()
    }

    /// The same, together with the text it was found in.
    #[must_use]
    pub fn report(&self) -> &Diagnostics {
        &self.0
    }
}
