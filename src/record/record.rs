//! The learner record: what somebody has earned, independent of any catalog.

use serde::{Deserialize, Deserializer, Serialize};

use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics, InvalidRecord};
use crate::read::limits::Limits;
use crate::read::parse::parse;
use crate::read::reader;
use crate::read::reader::{Reader, Table, Value};
use crate::record::exception;
use crate::record::exception::{Exception, Substitution, Waiver};
use crate::value::amount::{Amount, TextOrNumber};
use crate::value::date::Date;

/// A learner's record: what they have earned or are earning, and what was decided for them ([semantics
/// 3](crate::semantics#3)). The order has no meaning anywhere.
///
/// A record comes from TOML ([`LearnerRecord::parse`]), from any format with a serde reader, or from a list of ids:
///
/// ```
/// use credpath::{Award, LearnerRecord};
///
/// let dated = LearnerRecord::parse("record.toml", "[[award]]\ncredential = 'sql'\nawarded = 2025-05-01\n")?;
/// assert_eq!(dated.awards[0].awarded, Some("2025-05-01".parse().expect("a date")));
///
/// let undated: LearnerRecord = ["sql", "statistics"].into_iter().collect();
/// assert_eq!(undated.awards[1], Award::new("statistics"));
///
/// assert_eq!(LearnerRecord::parse("empty.toml", "")?, LearnerRecord::default());
/// # Ok::<(), credpath::InvalidRecord>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnerRecord {
    /// The awards, several of one credential being its history.
    #[serde(rename = "award", alias = "awards", default)]
    pub awards: Vec<Award>,
    /// Requirements that the learner need not meet.
    #[serde(rename = "waiver", alias = "waivers", default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
    /// Awards that stand for other credentials.
    #[serde(rename = "substitution", alias = "substitutions", default, skip_serializing_if = "Vec::is_empty")]
    pub substitutions: Vec<Substitution>,
}

/// One award of a credential to a learner. Awards are ordered by their fields, for callers who want them sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// Id of the credential.
    pub credential: String,
    /// The day of the award. An undated award counts as awarded before every date, but meets no condition on time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awarded: Option<Date>,
    /// The last day on which the award is current, instead of what the catalog's `valid_for` gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Credits, if other than the catalog's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credits: Option<Amount>,
    /// Hours, if other than the catalog's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// The grade, as the catalog's `grades` spell it, or a number.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "grade")]
    pub grade: Option<String>,
    /// Id of who made the award; the credential's issuer if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The state of the award.
    #[serde(default)]
    pub status: AwardStatus,
}

/// The state of an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AwardStatus {
    /// Awarded. Only completed awards count.
    #[default]
    Completed,
    /// Being earned.
    InProgress,
    /// Intended.
    Planned,
    /// Taken back.
    Revoked,
}

fn grade<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Ok(Option::<TextOrNumber>::deserialize(deserializer)?.map(|grade| grade.0))
}

impl Award {
    /// A completed award without a date or anything else recorded.
    #[must_use]
    pub fn new(credential: impl Into<String>) -> Self {
        Self { credential: credential.into(), ..Self::default() }
    }

    /// The same award, made on this day.
    #[must_use]
    pub fn on(self, awarded: Date) -> Self {
        Self { awarded: Some(awarded), ..self }
    }
}

impl<S: Into<String>> FromIterator<S> for LearnerRecord {
    /// The record of a learner who holds these credentials, without dates.
    fn from_iter<I: IntoIterator<Item = S>>(ids: I) -> Self {
        Self { awards: ids.into_iter().map(Award::new).collect(), ..Self::default() }
    }
}

impl LearnerRecord {
    /// Its waivers, then its substitutions.
    pub fn exceptions(&self) -> impl Iterator<Item = Exception> {
        let waivers = self.waivers.iter().cloned().map(Exception::Waiver);
        waivers.chain(self.substitutions.iter().cloned().map(Exception::Substitution))
    }

    /// Reads a record from TOML under the default [`Limits`]: lists of `[[award]]`, `[[waiver]]` and `[[substitution]]`
    /// tables. `name` stands in messages.
    ///
    /// # Errors
    /// [`InvalidRecord`] with everything that is wrong with the text, each with its place. An id that no catalog knows
    /// is no fault of a record.
    pub fn parse(name: &str, text: &str) -> Result<Self, InvalidRecord> {
        Self::parse_with(name, text, &Limits::default())
    }

    /// Reads a record from TOML under limits of your own.
    ///
    /// # Errors
    /// As [`LearnerRecord::parse`].
    pub fn parse_with(name: &str, text: &str, limits: &Limits) -> Result<Self, InvalidRecord> {
        let invalid = |list| InvalidRecord(Diagnostics::new(name, text, list, limits.errors));
        let (table, mut reader) = parse(text, limits.record_bytes, limits).map_err(invalid)?;
        let table = table.get_ref();
        reader.known_keys(table, &["award", "waiver", "substitution"], "a learner record");
        let awards = list(&mut reader, table, "award", award);
        let waivers = list(&mut reader, table, "waiver", exception::waiver);
        let substitutions = list(&mut reader, table, "substitution", exception::substitution);
        let record = Self { awards, waivers, substitutions };
        if reader.is_content() { Ok(record) } else { Err(invalid(reader.into_diagnostics())) }
    }
}

/// Reads every table of a list.
fn list<T>(reader: &mut Reader, table: &Table, key: &str, read: fn(&mut Reader, &Value) -> Option<T>) -> Vec<T> {
    let Some(value) = table.get(key) else { return Vec::new() };
    let Some(list) = value.get_ref().as_array() else {
        reader.wrong_type(value, key, &format!("a list of tables, each headed `[[{key}]]`"));
        return Vec::new();
    };
    list.iter().filter_map(|value| read(reader, value)).collect()
}

fn award(reader: &mut Reader, value: &Value) -> Option<Award> {
    let Some(table) = value.get_ref().as_table() else {
        reader.wrong_member(value, "award", "a table, headed `[[award]]`");
        return None;
    };
    let keys = ["credential", "awarded", "valid_until", "credits", "hours", "grade", "issuer", "status"];
    reader.known_keys(table, &keys, "an award");
    let Some(credential) = table.get("credential") else {
        let diagnostic = Diagnostic::new(Code::MissingKey, value.span(), "an award needs `credential`");
        reader.missing_key(table, &keys, "credential", diagnostic.help("write `credential = \"id\"`"));
        return None;
    };
    let id = reader.text(credential, "credential")?.to_owned();
    reader.id(&id, credential.span());
    let mut date = |key| table.get(key).and_then(|value| reader.date(value, key));
    let (awarded, valid_until) = (date("awarded"), date("valid_until"));
    let mut amount = |key| table.get(key).and_then(|value| reader.amount(value, key));
    let (credits, hours) = (amount("credits"), amount("hours"));
    let grade = table.get("grade").and_then(|value| reader.grade(value));
    let issuer = table.get("issuer").and_then(|value| reader.text(value, "issuer")).map(str::to_owned);
    let status = table.get("status").and_then(|value| status(reader, value)).unwrap_or_default();
    Some(Award { credential: id, awarded, valid_until, credits, hours, grade, issuer, status })
}

fn status(reader: &mut Reader, value: &Value) -> Option<AwardStatus> {
    let known = ["completed", "in-progress", "planned", "revoked"];
    let text = reader.text(value, "status")?;
    let status = match text {
        "completed" => AwardStatus::Completed,
        "in-progress" => AwardStatus::InProgress,
        "planned" => AwardStatus::Planned,
        "revoked" => AwardStatus::Revoked,
        _ => {
            let message = format!("an award has no status `{}`", reader::excerpt(text));
            let diagnostic = Diagnostic::new(Code::InvalidValue, value.span(), message);
            reader.push(match reader.nearest(text, known) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None => diagnostic.help(format!("the status of an award is one of {}", reader::listed(&known))),
            });
            return None;
        }
    };
    Some(status)
}
