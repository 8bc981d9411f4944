//! What learners have under the versions that they are declared for, as data.

use serde::{Deserialize, Serialize};

use crate::compare::answer::Verdict;
use crate::evaluate::evaluation::Status;
use crate::plan::answers::plan::PlanOutcome;
use crate::record::pursuit::Pursuit;
use crate::schedule::answer::ScheduleOutcome;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::stamp::Stamp;

/// What a learner has of each credential under the version of the catalog that holds for it.
/// [`CatalogYears::pursued`](crate::CatalogYears::pursued) makes it; `Display` tells it to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PursuedReport {
    /// The newest version of the catalog, and the schema of the report.
    pub stamp: Stamp,
    /// The day that everything is judged on.
    pub as_of: Date,
    /// The newest version.
    pub newest: String,
    /// Each credential that was asked for or is pursued, in byte order of ids, then in the order of versions.
    pub targets: Vec<PursuedTarget>,
    /// What the record says is pursued and could not be judged, in the order of credentials and versions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<UnknownPursuit>,
}

/// A credential under one version of the catalog.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PursuedTarget {
    /// Its id in that version.
    pub credential: String,
    /// Its title there, for people.
    pub title: String,
    /// The version.
    pub under: String,
    /// True if the record says that it is pursued under this version; otherwise it is the newest one.
    pub declared: bool,
    /// Its status under this version.
    pub status: Status,
    /// Whether its requirements are met under this version.
    pub meets_requirements: bool,
    /// The last day on which it can be claimed, or if it is taken, begun, under this version; none if that does not
    /// end, or there never was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_claim: Option<Date>,
    /// The best plan under this version.
    pub plan: PlanOutcome,
    /// The plan on the calendar, if a pace was given and there is a plan: its claims keep to the last day. Where no
    /// schedule does, it says which step is in the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleOutcome>,
    /// What moving to the newest version would change; none if this is the newest one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub moving: Option<Moving>,
}

/// What changes for a learner who moves to the newest version with one credential.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Moving {
    /// The newest version does not have the credential.
    Gone,
    /// It has it.
    To(Box<Moved>),
}

/// A credential under the newest version, compared with the one under which it is pursued.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Moved {
    /// Its id there.
    pub credential: String,
    /// What the newest version asks for, compared with the other one.
    pub verdict: Verdict,
    /// Its status there.
    pub status: Status,
    /// The best plan there.
    pub plan: PlanOutcome,
    /// What the best plans cost; none if there is no plan under one of the versions, or their currencies differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<AmountChange>,
    /// The hours that the best plans take; none if there is no plan under one of the versions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<AmountChange>,
    /// Ids of the steps of the best plan there that the best plan here does without, in its order: what is missing.
    pub more: Vec<String>,
    /// Ids of the steps of the best plan here that the best plan there does without, in its order.
    pub fewer: Vec<String>,
}

/// An amount under the version under which something is pursued, and under the newest one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AmountChange {
    /// Under the version under which it is pursued.
    pub stays: Amount,
    /// Under the newest one.
    pub moves: Amount,
    /// True if one of them is an amount at least, as something is not stated
    /// ([semantics 1.1](crate::semantics#1.1)).
    pub at_least: bool,
}

/// Something that is pursued and cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnknownPursuit {
    /// What the record says.
    pub pursued: Pursuit,
    /// True if it is the version that is not known; otherwise the version does not have the credential.
    pub version: bool,
    /// The version or credential that was most likely meant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meant: Option<String>,
}
