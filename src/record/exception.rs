//! Exceptions that somebody with authority made from the rules for one learner: waivers and substitutions (semantics
//! 3.7).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::near::nearest;
use crate::read::reader::{Reader, Table, Value};
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::text::printable;

/// A requirement that a learner need not meet. What is waived counts as satisfied without any award; it adds no
/// credits.
///
/// The whole prerequisite is waived by `prerequisite = true`, a named group of the credential's rules by `requirement =
/// "NAME"`, one component by `component = "ID"`. Where several waivers concern one place, the one that lasts longest
/// stands, and is named.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, LearnerRecord, Status};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     credential.python = {}
///     credential.sql = {}
///     credential.analyst = { stack = { all_of = ["python", "sql"] } }
/// "#)?;
/// let record = LearnerRecord::parse("record.toml", r#"
///     award = [{ credential = "sql" }]
///     [[waiver]]
///     credential = "analyst"
///     component = "python"
///     reason = "recognition of prior learning"
///     authority = "registrar"
/// "#)?;
/// let analyst = catalog.credential("analyst").expect("defined above");
/// let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
/// assert_eq!(evaluation.status(analyst), Status::Qualified);
/// assert_eq!(evaluation.audit(analyst).waived[0], record.waivers[0]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "WrittenWaiver", into = "WrittenWaiver")]
pub struct Waiver {
    /// Id of the credential whose requirement is waived.
    pub credential: String,
    /// The requirement that is waived.
    pub waived: Waived,
    /// Why.
    pub reason: Option<String>,
    /// Who decided it.
    pub authority: Option<String>,
    /// Its last day; none if it does not end. It holds on every day before.
    pub until: Option<Date>,
}

/// The part that a waiver waives.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Waived {
    /// The whole prerequisite of the credential.
    Prerequisite,
    /// A group of the credential, by its name.
    Requirement(String),
    /// One component: wherever the credential's prerequisite, corequisite or stack, or what its renewal requires, names
    /// this credential or an equivalent.
    Component(String),
}

/// A waiver as it is written: one of three keys says what is waived.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenWaiver {
    credential: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    prerequisite: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    requirement: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    component: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authority: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Date>,
}

const ONE_PLACE: &str = "a waiver says one of `prerequisite`, `requirement` and `component`";

impl TryFrom<WrittenWaiver> for Waiver {
    type Error = &'static str;

    fn try_from(written: WrittenWaiver) -> Result<Self, Self::Error> {
        let WrittenWaiver { credential, prerequisite, requirement, component, reason, authority, until } = written;
        let waived = match (prerequisite, requirement, component) {
            (true, None, None) => Waived::Prerequisite,
            (false, Some(name), None) => Waived::Requirement(name),
            (false, None, Some(id)) => Waived::Component(id),
            _ => return Err(ONE_PLACE),
        };
        Ok(Self { credential, waived, reason, authority, until })
    }
}

impl From<Waiver> for WrittenWaiver {
    fn from(Waiver { credential, waived, reason, authority, until }: Waiver) -> Self {
        let (prerequisite, requirement, component) = match waived {
            Waived::Prerequisite => (true, None, None),
            Waived::Requirement(name) => (false, Some(name), None),
            Waived::Component(id) => (false, None, Some(id)),
        };
        Self { credential, prerequisite, requirement, component, reason, authority, until }
    }
}

/// An award that stands for another credential: for this learner, whatever counts as `used` also counts as
/// `stands_for`, and as whatever that counts as. It stays one award. The catalog need not know `used`.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, LearnerRecord};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     credential.statistics = {}
///     credential.analyst = { stack = "statistics" }
/// "#)?;
/// let record = LearnerRecord::parse("record.toml", r#"
///     award = [{ credential = "stats-101-elsewhere" }]
///     [[substitution]]
///     use = "stats-101-elsewhere"
///     for = "statistics"
/// "#)?;
/// let analyst = catalog.credential("analyst").expect("defined above");
/// assert!(catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default()).meets_requirements(analyst));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Substitution {
    /// Id of the credential whose awards are used.
    #[serde(rename = "use")]
    pub used: String,
    /// Id of the credential that they stand for.
    #[serde(rename = "for")]
    pub stands_for: String,
    /// Id of the one credential in whose own requirements this holds; in all if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who decided it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
}

/// A waiver or a substitution.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Exception {
    /// A waiver.
    Waiver(Waiver),
    /// A substitution.
    Substitution(Substitution),
}

impl Exception {
    /// The same exception, whatever the reason for it and whoever decided it.
    pub(crate) fn bare(self) -> Self {
        match self {
            Self::Waiver(waiver) => Self::Waiver(Waiver { reason: None, authority: None, ..waiver }),
            Self::Substitution(substitution) => {
                Self::Substitution(Substitution { reason: None, authority: None, ..substitution })
            }
        }
    }
}

/// An exception that several learners have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RepeatedException {
    /// The exception, without reason and authority: those may differ.
    pub exception: Exception,
    /// The number of learners who have it.
    pub learners: usize,
}

/// Counts the learners who have the same exception; those that most learners have come first. An exception that
/// everybody gets is a sign that the rule is wrong.
///
/// ```
/// use credpath::{LearnerRecord, repeated_exceptions};
///
/// let waiver = "waiver = [{ credential = 'analyst', requirement = 'core', reason = 'prior learning' }]";
/// let [one, two] = [LearnerRecord::parse("one", waiver)?, LearnerRecord::parse("two", waiver)?];
/// let records = [one, two, LearnerRecord::default()];
/// let repeated = repeated_exceptions(&records);
/// assert_eq!(repeated[0].learners, 2);
/// assert_eq!(repeated[0].to_string(), "2 learners: waiver of `core` for `analyst`");
/// # Ok::<(), credpath::InvalidRecord>(())
/// ```
pub fn repeated_exceptions<'r>(records: impl IntoIterator<Item = &'r LearnerRecord>) -> Vec<RepeatedException> {
    let mut learners: BTreeMap<Exception, usize> = BTreeMap::new();
    for record in records {
        let mut own: Vec<Exception> = record.exceptions().map(Exception::bare).collect();
        own.sort();
        own.dedup();
        for exception in own {
            *learners.entry(exception).or_default() += 1;
        }
    }
    let mut repeated: Vec<RepeatedException> =
        learners.into_iter().map(|(exception, learners)| RepeatedException { exception, learners }).collect();
    // The sort is stable: what equally many have stays in its own order.
    repeated.sort_by_key(|repeated| std::cmp::Reverse(repeated.learners));
    repeated
}

impl fmt::Display for Waiver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.waived {
            Waived::Prerequisite => write!(f, "waiver of the prerequisite")?,
            Waived::Requirement(name) => write!(f, "waiver of `{}`", printable(name))?,
            Waived::Component(id) => write!(f, "waiver of the component `{}`", printable(id))?,
        }
        write!(f, " for `{}`", printable(&self.credential))?;
        if let Some(until) = self.until {
            write!(f, " to {until}")?;
        }
        f.write_str(&grounds(self.reason.as_ref(), self.authority.as_ref()))
    }
}

impl fmt::Display for Substitution {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` in place of `{}`", printable(&self.used), printable(&self.stands_for))?;
        if let Some(within) = &self.within {
            write!(f, " within `{}`", printable(within))?;
        }
        f.write_str(&self.grounds())
    }
}

impl Substitution {
    /// Why, and on whose authority, in parentheses.
    pub(crate) fn grounds(&self) -> String {
        grounds(self.reason.as_ref(), self.authority.as_ref())
    }
}

fn grounds(reason: Option<&String>, authority: Option<&String>) -> String {
    match (reason, authority) {
        (None, None) => String::new(),
        (Some(one), None) | (None, Some(one)) => format!(" ({})", printable(one)),
        (Some(reason), Some(authority)) => format!(" ({}; {})", printable(reason), printable(authority)),
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiver(waiver) => waiver.fmt(f),
            Self::Substitution(substitution) => substitution.fmt(f),
        }
    }
}

impl fmt::Display for RepeatedException {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let people = if self.learners == 1 { "learner" } else { "learners" };
        write!(f, "{} {people}: {}", self.learners, self.exception)
    }
}

/// Reads one `[[waiver]]`.
pub(crate) fn waiver(reader: &mut Reader, value: &Value) -> Option<Waiver> {
    let keys = ["credential", "prerequisite", "requirement", "component", "reason", "authority", "until"];
    let table = table(reader, value, "waiver", &keys)?;
    let credential = required(reader, table, value, "credential", "a waiver", &keys);
    let places = ["prerequisite", "requirement", "component"];
    let named: Vec<(&str, &Value)> = places.into_iter().filter_map(|key| Some((key, table.get(key)?))).collect();
    let waived = match named[..] {
        [(key, place)] => waived(reader, key, place),
        [] => {
            let message = "a waiver needs `prerequisite`, `requirement` or `component`";
            let diagnostic = Diagnostic::new(Code::MissingKey, value.span(), message);
            let help = "write `requirement = \"NAME\"` for a named group, `prerequisite = true`, or \
                `component = \"ID\"`";
            // A misspelt key has been told already.
            let misspelt = |key: &toml::Spanned<toml::de::DeString>| {
                let near = nearest(key.get_ref(), keys.iter().copied());
                !keys.contains(&&**key.get_ref()) && near.is_some_and(|near| places.contains(&near))
            };
            if !table.keys().any(misspelt) {
                reader.push(diagnostic.help(help));
            }
            None
        }
        [.., (_, last)] => {
            let diagnostic = Diagnostic::new(Code::InvalidValue, last.span(), ONE_PLACE);
            reader.push(diagnostic.help("make a waiver of its own for each"));
            None
        }
    };
    let (reason, authority) = (remark(reader, table, "reason"), remark(reader, table, "authority"));
    let until = table.get("until").and_then(|value| reader.date(value, "until"));
    Some(Waiver { credential: credential?, waived: waived?, reason, authority, until })
}

/// What one of the three keys says to be waived.
fn waived(reader: &mut Reader, key: &str, value: &Value) -> Option<Waived> {
    match key {
        "prerequisite" => {
            let whole = reader.flag(value, key)?;
            if !whole {
                let message = "a waiver of no prerequisite waives nothing";
                let diagnostic = Diagnostic::new(Code::InvalidValue, value.span(), message);
                reader.push(diagnostic.help("write `prerequisite = true`, or leave the waiver out"));
            }
            whole.then_some(Waived::Prerequisite)
        }
        "requirement" => id(reader, value, key).map(Waived::Requirement),
        _ => id(reader, value, key).map(Waived::Component),
    }
}

/// Reads one `[[substitution]]`.
pub(crate) fn substitution(reader: &mut Reader, value: &Value) -> Option<Substitution> {
    let keys = ["use", "for", "within", "reason", "authority"];
    let table = table(reader, value, "substitution", &keys)?;
    let used = required(reader, table, value, "use", "a substitution", &keys);
    let stands_for = required(reader, table, value, "for", "a substitution", &keys);
    let within = table.get("within").and_then(|value| id(reader, value, "within"));
    let (reason, authority) = (remark(reader, table, "reason"), remark(reader, table, "authority"));
    Some(Substitution { used: used?, stands_for: stands_for?, within, reason, authority })
}

fn table<'v, 't>(reader: &mut Reader, value: &'v Value<'t>, key: &str, keys: &[&str]) -> Option<&'v Table<'t>> {
    let table = value.get_ref().as_table();
    match table {
        Some(table) => reader.known_keys(table, keys, &format!("a {key}")),
        None => reader.wrong_member(value, key, &format!("a table, headed `[[{key}]]`")),
    }
    table
}

fn required(reader: &mut Reader, table: &Table, whole: &Value, key: &str, what: &str, keys: &[&str]) -> Option<String> {
    let Some(value) = table.get(key) else {
        let diagnostic = Diagnostic::new(Code::MissingKey, whole.span(), format!("{what} needs `{key}`"));
        reader.missing_key(table, keys, key, diagnostic.help(format!("write `{key} = \"id\"`")));
        return None;
    };
    id(reader, value, key)
}

fn id(reader: &mut Reader, value: &Value, key: &str) -> Option<String> {
    let text = reader.text(value, key)?.to_owned();
    reader.id(&text, value.span());
    Some(text)
}

fn remark(reader: &mut Reader, table: &Table, key: &str) -> Option<String> {
    table.get(key).and_then(|value| reader.text(value, key)).map(str::to_owned)
}
