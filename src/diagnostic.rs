//! What is wrong with an input, as data. `render` makes the text.

use std::fmt;
use std::ops::Range;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::source::{Source, floor_char_boundary};

/// One thing that is wrong with a catalog or a learner record, for the person who must fix it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Diagnostic {
    /// The kind of fault; stable across versions.
    pub code: Code,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// Where it is wrong.
    pub primary: Label,
    /// Other places that have to do with it, such as a first definition.
    pub secondary: Vec<Label>,
    /// What would be right.
    pub help: Option<String>,
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

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal: $explanation:literal,)*) => {
        /// The kind of a [`Diagnostic`]: a stable, readable name.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The stable name, such as `unknown-credential`.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $code,)*
                }
            }

            /// A paragraph on what the code means and how to mend what it reports.
            #[must_use]
            pub const fn explain(self) -> &'static str {
                match self {
                    $(Self::$name => $explanation,)*
                }
            }
        }
    };
}

codes! {
    /// The text is not TOML.
    Syntax = "syntax":
        "The text is not valid TOML, so nothing in it was read. Syntax errors are reported alone: mend them first, and what \
         else is wrong is told next time.",
    /// One key is given twice.
    DuplicateKey = "duplicate-key":
        "A table gives the same key twice, or an id is defined twice. TOML allows each key once; keep one of the two.",
    /// A key that means nothing here.
    UnknownKey = "unknown-key":
        "A key that means nothing in this place. It is an error and never ignored: a misspelt `exclude` must not turn into no \
         exclusion at all.",
    /// A key that has to be there is not.
    MissingKey = "missing-key":
        "Something needs a key that is not there, such as `from` beside `credits`.",
    /// A value of another type than the key takes.
    WrongType = "wrong-type":
        "A value has another type than its key takes, such as a number where a list is due.",
    /// A value of the right type that the key does not take.
    InvalidValue = "invalid-value":
        "A value has the right type but not a meaning, such as a status that does not exist or a level that is not a whole \
         number.",
    /// A number that is not an exact amount.
    InvalidAmount = "invalid-amount":
        "Credits, hours and money are exact decimals: not negative, at most two decimal places, at most ten million, no \
         exponent.",
    /// A date that is not a plain calendar date.
    InvalidDate = "invalid-date":
        "A date is written as TOML's local date, `2026-11-22`, without quotes, time or time zone, and must be a day that exists.",
    /// A length of time that is none.
    InvalidPeriod = "invalid-period":
        "A length of time is a whole number and a unit in quotes: `\"3 years\"`, `\"18 months\"`, `\"12 weeks\"`, `\"10 days\"`.",
    /// A grade that the catalog's scale does not have.
    InvalidGrade = "invalid-grade":
        "A grade condition names a grade of the catalog's `grades`, listed there from worst to best. In a catalog without \
         `grades`, grades are numbers.",
    /// An id that is empty, too long, or holds control characters.
    InvalidId = "invalid-id":
        "An id is not empty, not longer than the limit, has no white space at its ends, and holds no control characters or \
         characters that change the direction of text.",
    /// A rule names a credential that the catalog does not have.
    UnknownCredential = "unknown-credential":
        "A rule names a credential that the catalog does not define. Define it as `[credential.ID]` or correct the name; a rule \
         that names nothing cannot be judged.",
    /// A rule names a pool that the catalog does not have.
    UnknownPool = "unknown-pool":
        "`from` names a pool that the catalog does not define. Define it as `[pool.NAME]`, or write the members as a list.",
    /// Pools that are made of each other.
    CyclicPool = "cyclic-pool":
        "A pool is made of itself, directly or through other pools, so it has no members that could be listed.",
    /// A group that states no operator, or two.
    AmbiguousRequirement = "ambiguous-requirement":
        "A requirement says exactly one of `credential`, `all_of`, `any_of`, `at_least`, `credits`, `hours` (or `up_to` inside a \
         sum). With none or two of them it has no meaning.",
    /// A part that a credit or hour sum cannot add up, or `up_to` outside a sum.
    InvalidPart = "invalid-part":
        "The parts of a `credits` or `hours` sum are credentials and `up_to` groups, because only these carry an amount; and \
         `up_to` has a meaning only inside such a sum.",
    /// `valid_for = "while-components"` on a credential without a stack.
    NoComponents = "no-components":
        "`valid_for = \"while-components\"` lets an award stay current while the credential's stack is met, so the credential \
         needs a `stack`.",
    /// The input is larger than a limit.
    LimitExceeded = "limit-exceeded":
        "The input is larger than one of the limits, which protect a service from hostile input. Raise the limit if the source \
         is trusted (`Limits::large()` is ready-made).",
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Diagnostic {
    pub(crate) fn new(code: Code, span: Range<usize>, message: impl Into<String>) -> Self {
        let primary = Label { span, text: String::new() };
        Self { code, message: message.into(), primary, secondary: Vec::new(), help: None }
    }

    pub(crate) fn label(mut self, text: impl Into<String>) -> Self {
        self.primary.text = text.into();
        self
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn also(mut self, span: Range<usize>, text: impl Into<String>) -> Self {
        self.secondary.push(Label { span, text: text.into() });
        self
    }
}

/// Everything that is wrong with one text, in the order of the text. `Display` shows it the way a compiler would; `Serialize`
/// gives file, line and column (from 1, in characters) of each.
#[derive(Clone, PartialEq, Eq)]
pub struct Diagnostics {
    source: Source,
    list: Vec<Diagnostic>,
    unlisted: usize,
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
        }
        let key = |d: &Diagnostic| (d.primary.span.start, d.primary.span.end, d.code);
        list.sort_by(|a, b| key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message)));
        list.dedup();
        let unlisted = list.len().saturating_sub(most);
        list.truncate(most);
        // A huge rejected text is not carried along: what was found in it lies within its first part, or it was not read at all.
        let kept = list.iter().flat_map(Diagnostic::labels).map(|label| label.span.end).max().unwrap_or(0);
        let line_end = text[kept..].find('\n').map_or(text.len(), |end| kept + end);
        let kept = floor_char_boundary(text, line_end.min(kept + 4096));
        Self { source: Source::new(name, &text[..kept]), list, unlisted }
    }

    /// The faults, in the order of the text.
    #[must_use]
    pub fn as_slice(&self) -> &[Diagnostic] {
        &self.list
    }

    /// How many more there are that are not listed (see [`Limits::errors`](crate::Limits::errors)).
    #[must_use]
    pub fn unlisted(&self) -> usize {
        self.unlisted
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
    fn labels(&self) -> impl Iterator<Item = &Label> {
        std::iter::once(&self.primary).chain(&self.secondary)
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::render::render(self, f)
    }
}

impl fmt::Debug for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl Serialize for Diagnostics {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.list.iter().map(|diagnostic| Placed { diagnostics: self, diagnostic }))
    }
}

/// A diagnostic with its position in words a person uses.
struct Placed<'d> {
    diagnostics: &'d Diagnostics,
    diagnostic: &'d Diagnostic,
}

impl Serialize for Placed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (line, column) = self.diagnostics.position(self.diagnostic.primary.span.start);
        let (end_line, end_column) = self.diagnostics.position(self.diagnostic.primary.span.end);
        let mut out = serializer.serialize_struct("Diagnostic", 9)?;
        out.serialize_field("code", &self.diagnostic.code)?;
        out.serialize_field("message", &self.diagnostic.message)?;
        out.serialize_field("label", &self.diagnostic.primary.text)?;
        out.serialize_field("help", &self.diagnostic.help)?;
        out.serialize_field("file", self.diagnostics.name())?;
        out.serialize_field("line", &line)?;
        out.serialize_field("column", &column)?;
        out.serialize_field("end_line", &end_line)?;
        out.serialize_field("end_column", &end_column)?;
        out.end()
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
    /// What is wrong, in the order of the text.
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
    /// What is wrong, in the order of the text.
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
