//! An evaluation as data that stands by itself: written, kept, and read again.

use serde::{Deserialize, Serialize, Serializer};

use crate::evaluate::evaluation::{Evaluation, Status};
use crate::evaluate::exceptions::Misplaced;
use crate::evaluate::options::View;
use crate::evaluate::uncounted::Uncounted;
use crate::evaluate::validity::MetPeriod;
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::stamp::Stamp;

/// What an [`Evaluation`] says, as data that needs neither the catalog nor the record: [`Evaluation::report`] makes it,
/// and it is what an evaluation is written as.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, EvaluationReport, LearnerRecord, Status};
///
/// let catalog = Catalog::parse("catalog.toml", "credential.sql = {}\ncredential.lead = { prerequisite = 'sql' }")?;
/// let record: LearnerRecord = ["sql"].into_iter().collect();
/// let stored = serde_json::to_string(&catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default()))?;
/// let report: EvaluationReport = serde_json::from_str(&stored)?;
/// assert_eq!(report.status("lead"), Some(Status::Eligible));
/// assert_eq!(report.stamp, catalog.stamp());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EvaluationReport {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The date that everything is judged on.
    pub as_of: Date,
    /// The view.
    pub view: View,
    /// Every credential of the catalog, in byte order of ids.
    pub credentials: Vec<EvaluatedCredential>,
    /// Ids of the credentials that the learner qualifies for and does not hold, in an order in which each can be
    /// conferred ([`Evaluation::qualified`]).
    pub qualified: Vec<String>,
    /// Ids in the record that the catalog does not know.
    pub unknown_awards: Vec<String>,
    /// The awards of the record that count for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Uncounted>,
    /// The exceptions that have no place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub misplaced: Vec<Misplaced>,
    /// Whether all dates are known; false if the work limit was met before.
    pub dates_are_complete: bool,
}

/// What an evaluation says of one credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EvaluatedCredential {
    /// Id of the credential.
    pub credential: String,
    /// Its status.
    pub status: Status,
    /// The first view under which its requirements are met ([`Evaluation::first_view`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_view: Option<View>,
    /// Since when they are met ([`Evaluation::qualified_since`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub qualified_since: Option<Date>,
    /// Until when they are met ([`Evaluation::valid_until`]).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Date>,
    /// Whether policies on sharing could touch it ([`Evaluation::sharing_is_limited`]).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sharing_is_limited: bool,
    /// Ids of what has to be begun together with it, if it is eligible ([`Evaluation::begun_with`]).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begun_with: Vec<String>,
}

impl EvaluationReport {
    /// The status of the credential with this id; none if the catalog has none with it.
    #[must_use]
    pub fn status(&self, credential: &str) -> Option<Status> {
        let place = self.credentials.binary_search_by(|known| known.credential.as_str().cmp(credential));
        place.ok().map(|place| self.credentials[place].status)
    }
}

impl Evaluation<'_> {
    /// All that it says, as data that can be kept.
    #[must_use]
    pub fn report(&self) -> EvaluationReport {
        let name = |id: CredentialId| self.catalog.id(id).to_owned();
        let periods = self.periods();
        let credential = |(id, status): (CredentialId, Status)| {
            let MetPeriod { since, until, .. } = periods[id];
            let begun_with = if status == Status::Eligible { self.begun_with(id) } else { None };
            EvaluatedCredential {
                credential: name(id),
                status,
                first_view: self.first_view(id),
                qualified_since: since,
                valid_until: until,
                sharing_is_limited: self.sharing_is_limited(id),
                begun_with: begun_with.into_iter().flatten().map(name).collect(),
            }
        };
        EvaluationReport {
            stamp: self.catalog.stamp(),
            as_of: self.as_of,
            view: self.view(),
            credentials: self.statuses().map(credential).collect(),
            qualified: self.qualified().map(name).collect(),
            unknown_awards: self.unknown_awards().to_vec(),
            uncounted: self.uncounted().to_vec(),
            misplaced: self.misplaced().to_vec(),
            dates_are_complete: periods.iter().all(|period| period.complete),
        }
    }
}

/// As its [`report`](Evaluation::report).
impl Serialize for Evaluation<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.report().serialize(serializer)
    }
}
