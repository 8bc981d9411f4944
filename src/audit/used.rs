//! The awards that fill places, as an audit shows them.

use serde::{Deserialize, Serialize};

use crate::evaluate::evidence::Origin;
use crate::record::exception::{Substitution, Waiver};
use crate::record::record::Award;
use crate::value::amount::Amount;
use crate::value::points::GradePoints;

/// An award that fills a place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Use {
    pub(crate) slot: String,
    pub(crate) award: Award,
    pub(crate) issued: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) adds: Option<Amount>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) points: Option<GradePoints>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) substitutions: Vec<Substitution>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) renewal: Option<UsedRenewal>,
    /// Tells apart awards that look alike, of those that a renewal rests on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) renewal_origins: Vec<Origin>,
    /// Tells apart awards that look alike.
    pub(crate) origin: Origin,
}

impl Use {
    /// Id of the credential that the rule names.
    #[must_use]
    pub fn slot(&self) -> &str {
        &self.slot
    }

    /// The award, which may be of an equivalent credential or of one that counts as the slot. If the learner only
    /// qualifies for it, it is dated as of the audit.
    #[must_use]
    pub fn award(&self) -> &Award {
        &self.award
    }

    /// The substitutions by which the award counts here, one after the other.
    #[must_use]
    pub fn substitutions(&self) -> &[Substitution] {
        &self.substitutions
    }

    /// What the award is an award of besides, where it counts as that because it renews it ([semantics
    /// 3.9](crate::semantics#3.9)).
    #[must_use]
    pub fn renewal(&self) -> Option<&UsedRenewal> {
        self.renewal.as_ref()
    }

    /// Whether the award is in the record. If not, the learner qualifies for it.
    #[must_use]
    pub fn is_issued(&self) -> bool {
        self.issued
    }

    /// The amount that it adds, in a sum.
    #[must_use]
    pub fn adds(&self) -> Option<Amount> {
        self.adds
    }

    /// The points of its grade, where an average is asked for; none if it is supposed to have as many as it takes.
    #[must_use]
    pub fn points(&self) -> Option<GradePoints> {
        self.points
    }
}

/// What an award that is used is an award of besides, since it renews that, and what was there for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UsedRenewal {
    /// Id of the credential that is renewed.
    pub credential: String,
    /// The awards that were current on the day, and what these rested on then, in the order of awards.
    pub awards: Vec<Award>,
    /// The waivers that this rested on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<Waiver>,
    /// The substitutions that this rested on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub substitutions: Vec<Substitution>,
}
