//! The learner record: what somebody has earned, independent of any catalog.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::finding::diagnostic::{Diagnostics, InvalidRecord};
use crate::read::limits::Limits;
use crate::read::parse::parse;
use crate::read::paths::with_paths;
use crate::read::reader::{Reader, Table, Value};
use crate::record::award;
use crate::record::exception;
use crate::record::exception::{Exception, Substitution, Waiver};
use crate::record::pursuit;
use crate::record::pursuit::Pursuit;
use crate::value::amount::{Amount, TextOrNumber, stated};
use crate::value::codes::coded;
use crate::value::date::Date;
use crate::value::names::named;

/// A learner's record: what they have earned or are earning, and what was decided for them ([semantics
/// 3](crate::semantics#3)). The order has no meaning anywhere.
///
/// Awards with one [`id`](Award::id) are one award, read more than once. Where they differ, one of them stands as it is
/// written and the others count for nothing, which every answer tells: it is the one that has got furthest (planned, in
/// progress, completed, revoked); of these the one whose verification says most (unchecked, verified, failed); of these
/// the one in which most is stated; of these the last in the order of awards.
///
/// A record comes from TOML ([`LearnerRecord::parse`]), from any format that describes itself and has a serde reader,
/// or from a list of ids. What is refused in TOML is refused by serde as well, and [`LearnerRecord::check`] finds it in
/// what was made in code:
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
#[serde(deny_unknown_fields, remote = "Self")]
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
    /// The credentials that the learner is declared for under some version of the catalog.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pursued: Vec<Pursuit>,
}

/// One award of a credential to a learner. Awards are ordered by their fields, for callers who want them sorted.
///
/// ```
/// use credpath::{Award, AwardStatus, Catalog, EvaluateOptions, LearnerRecord, Status};
///
/// let catalog = Catalog::parse("catalog.toml", "credential.licence = { ids = ['https://example.org/licence'] }")?;
/// let record = LearnerRecord::parse("record.toml", r#"
///     [[award]]
///     credential = "https://example.org/licence"
///     id = "urn:uuid:3d1b"
///     awarded = 2020-01-01
///     status = "revoked"
///     revoked_on = 2026-05-01
/// "#)?;
/// let licence = catalog.credential("licence").expect("defined above");
/// // It was good up to the day on which it was revoked.
/// let options = EvaluateOptions::default();
/// assert_eq!(catalog.evaluate(&record, "2026-04-30".parse()?, &options).status(licence), Status::Held);
/// assert_eq!(catalog.evaluate(&record, "2026-05-01".parse()?, &options).status(licence), Status::Lapsed);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Award {
    /// Id of the credential: its own, or one of its further [`ids`](crate::Credential::ids).
    pub credential: String,
    /// Id of the award itself, such as the address of the badge. Awards with one id are one award, read twice; see
    /// [`LearnerRecord`] for which of them stands where they differ. An empty id is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The day of the award. An undated award counts as awarded before every date, but meets no condition on time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awarded: Option<Date>,
    /// The last day on which the award is current, instead of what the catalog's `valid_for` gives.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Credits, if other than the catalog's.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "stated")]
    pub credits: Option<Amount>,
    /// Hours, if other than the catalog's.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "stated")]
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
    /// Of a revoked award, the day on which it was: it counts on the days before. Without one it never counted. A
    /// completed award made in code that has such a day is taken as revoked; a text that says so is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revoked_on: Option<Date>,
    /// What came of checking that it is genuine. Nothing is checked here: this is the caller's word.
    #[serde(default, skip_serializing_if = "Verification::is_unchecked")]
    pub verification: Verification,
}

/// The state of an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum AwardStatus {
    /// Awarded. Only completed awards count.
    #[default]
    Completed,
    /// Being earned.
    InProgress,
    /// Intended.
    Planned,
    /// Taken back: it does not count, or only on the days before [`Award::revoked_on`].
    Revoked,
}

named! {
    AwardStatus, "status of an award":
    Completed = "completed",
    InProgress = "in-progress",
    Planned = "planned",
    Revoked = "revoked",
}

coded! { AwardStatus: Completed = 0, InProgress = 1, Planned = 2, Revoked = 3 }

/// What came of checking that an award is genuine.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, LearnerRecord, Status};
///
/// let catalog = Catalog::parse("catalog.toml", "credential.sql = {}")?;
/// let record = LearnerRecord::parse("record.toml", "award = [{ credential = 'sql', awarded = 2025-05-01 }]")?;
/// let (sql, date) = (catalog.credential("sql").expect("defined above"), "2026-11-22".parse()?);
/// assert_eq!(catalog.evaluate(&record, date, &EvaluateOptions::default()).status(sql), Status::Held);
/// let options = EvaluateOptions::default().verified_only(true);
/// assert_eq!(catalog.evaluate(&record, date, &options).status(sql), Status::Eligible);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Verification {
    /// Nobody has, or it is not known. The award counts, unless verified ones alone are asked for.
    #[default]
    Unchecked,
    /// It is genuine.
    Verified,
    /// It is not: it never counts.
    Failed,
}

named! {
    Verification, "verification":
    Unchecked = "unchecked",
    Verified = "verified",
    Failed = "failed",
}

coded! { Verification: Unchecked = 0, Verified = 1, Failed = 2 }

impl Verification {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks by reference")]
    fn is_unchecked(&self) -> bool {
        *self == Self::Unchecked
    }
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

impl Serialize for LearnerRecord {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Self::serialize(self, serializer)
    }
}

impl LearnerRecord {
    /// Its waivers, then its substitutions.
    pub fn exceptions(&self) -> impl Iterator<Item = Exception> {
        let waivers = self.waivers.iter().cloned().map(Exception::Waiver);
        waivers.chain(self.substitutions.iter().cloned().map(Exception::Substitution))
    }

    /// Reads a record from TOML under the default [`Limits`]: lists of `[[award]]`, `[[waiver]]`,
    /// `[[substitution]]` and `[[pursued]]` tables. `name` stands in messages.
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
        let faults = |list| Diagnostics::new(name, text, list, limits.errors);
        let invalid = |list| InvalidRecord(with_paths(text, faults(list)));
        let parsed = parse(text, limits.record_bytes, limits);
        let (table, mut reader) = parsed.map_err(|list| InvalidRecord(faults(list)))?;
        let table = table.get_ref();
        reader.known_keys(table, &["award", "waiver", "substitution", "pursued"], "a learner record");
        let awards = list(&mut reader, table, "award", award::award);
        let waivers = list(&mut reader, table, "waiver", exception::waiver);
        let substitutions = list(&mut reader, table, "substitution", exception::substitution);
        let pursued = list(&mut reader, table, "pursued", pursuit::pursuit);
        let record = Self { awards, waivers, substitutions, pursued };
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
