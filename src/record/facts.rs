//! What is recorded of an award beside its credential, wherever it is recorded.

use crate::record::record::{Award, AwardStatus, Verification};
use crate::value::amount::Amount;
use crate::value::date::Date;

/// What is recorded of one award, without the credential that it is of and without its own id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AwardFacts<'r> {
    pub(crate) awarded: Option<Date>,
    pub(crate) valid_until: Option<Date>,
    pub(crate) credits: Option<Amount>,
    pub(crate) hours: Option<Amount>,
    pub(crate) grade: Option<&'r str>,
    pub(crate) issuer: Option<&'r str>,
    pub(crate) status: AwardStatus,
    pub(crate) revoked_on: Option<Date>,
    pub(crate) verification: Verification,
}

impl Award {
    /// What is recorded of it.
    pub(crate) fn facts(&self) -> AwardFacts<'_> {
        // Nobody may add a field without deciding whether it is such a fact.
        let Self {
            credential: _,
            id: _,
            awarded,
            valid_until,
            credits,
            hours,
            grade,
            issuer,
            status,
            revoked_on,
            verification,
        } = self;
        AwardFacts {
            awarded: *awarded,
            valid_until: *valid_until,
            credits: *credits,
            hours: *hours,
            grade: grade.as_deref(),
            issuer: issuer.as_deref(),
            status: *status,
            revoked_on: *revoked_on,
            verification: *verification,
        }
    }
}

impl AwardFacts<'_> {
    /// The award of a credential of which this is recorded.
    pub(crate) fn award(self, credential: &str, id: Option<String>) -> Award {
        let Self { awarded, valid_until, credits, hours, grade, issuer, status, revoked_on, verification } = self;
        Award {
            credential: credential.to_owned(),
            id,
            awarded,
            valid_until,
            credits,
            hours,
            grade: grade.map(str::to_owned),
            issuer: issuer.map(str::to_owned),
            status,
            revoked_on,
            verification,
        }
    }
}
