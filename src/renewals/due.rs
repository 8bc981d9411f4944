//! What lapses, and what renewing it takes, as data ([semantics 7.9](crate::semantics#7.9)).

use serde::{Deserialize, Serialize};

use crate::audit::audit::{AuditedPart, State};
use crate::evaluate::options::EvaluateOptions;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::setters::setters;
use crate::value::stamp::Stamp;
use crate::value::text::is_zero;

/// What is asked about renewals, beside the learner, the date and the horizon.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RenewalOptions {
    /// The view of the record, and what it takes for awarded.
    pub evaluate: EvaluateOptions,
    /// The credentials that are asked about; all if none are given. Those that the catalog does not
    /// [know](crate::Catalog::knows) are counted in the answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Vec<CredentialId>>,
}

setters! { RenewalOptions {
    /// The view of the record, and what it takes for awarded.
    evaluate: value => EvaluateOptions,
    /// The credentials that are asked about.
    credentials: some list => CredentialId,
} }

/// What a learner holds and loses up to a horizon, and what renewing it takes: an answer of
/// [`Catalog::renewals`](crate::Catalog::renewals). `Display` tells it to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Renewals {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The date that the answer is for.
    pub as_of: Date,
    /// The last day that is looked at.
    pub until: Date,
    /// The currency of costs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The meaning of one credit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_unit: Option<String>,
    /// What lapses by then, the first to lapse first, then by id.
    pub due: Vec<DueRenewal>,
    /// Ids of those of which it was not found out whether what their renewals require is there: of a hundred, the first
    /// to lapse, it is.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_open: Vec<String>,
    /// The number of credentials that were asked about and are of another catalog, so that nothing is said of them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub of_other_catalogs: u64,
}

/// A credential that is held and lapses, with what renewing it takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct DueRenewal {
    /// Id of the credential.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// The day of the award that is to be renewed: of those that are current, the one that lasts longest; of these the
    /// latest. None if it has no date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub awarded: Option<Date>,
    /// The last day on which it is held.
    pub last_day: Date,
    /// The last day is that of its components: it is renewed by renewing these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_components: bool,
    /// How it is renewed by the catalog's terms for that, if it states any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal: Option<RenewalTerms>,
    /// What taking it again takes, or claiming it again if it is conferred.
    pub again: AnotherWay,
    /// The credentials of which an award would renew it, in id order.
    pub renewed_by: Vec<AnotherWay>,
}

/// The terms of a renewal for a learner on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct RenewalTerms {
    /// The first day on which it can be renewed; none if that is any day on which it is current.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// Whether it can be renewed on the date: that day has come, it is offered, and what is required is there.
    pub is_possible: bool,
    /// What renewing it requires, counting only awards made after the one that is to be renewed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<AuditedPart>,
    /// The money that it costs.
    pub cost: Amount,
    /// The hours that it takes.
    pub hours: Amount,
    /// Where it is not offered on the date: when it will be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<Date>,
    /// The last day afterwards, if it is renewed as soon as the date and the first day allow; none if it then never
    /// ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewed_until: Option<Date>,
    /// The same, if it is renewed on its last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewed_late_until: Option<Date>,
    /// Whether it lasts on from its old last day, whenever it is renewed.
    pub keeps_cycle: bool,
}

impl RenewalTerms {
    /// Whether what is required is there, or nothing is.
    #[must_use]
    pub fn meets_requirements(&self) -> bool {
        self.requires.as_ref().is_none_or(|part| part.state == State::Met)
    }
}

/// A way to hold a credential for longer without renewing it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AnotherWay {
    /// Id of what is earned.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// What it costs; none if nobody stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
    /// The hours that it takes; none if nobody stated them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// Whether it is conferred, so that its components have to be there.
    pub conferred: bool,
    /// The last day of what is to be renewed, if it is earned on the date; none if that never ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lasts_until: Option<Date>,
}
