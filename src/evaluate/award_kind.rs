//! What rules ask of an award beside its days: its grade and its issuer.

use crate::catalog::catalog::Catalog;
use crate::catalog::conditions::Conditions;
use crate::value::ids::{CredentialId, IssuerId};

/// A grade on the catalog's scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    /// None, or one that the catalog's scale does not have: meets no condition.
    None,
    Value(i64),
    /// Sufficient for any condition.
    Sufficient,
}

/// Who made an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Issuer {
    /// Neither the award nor the catalog says who made it: meets no condition.
    NotSaid,
    /// One that the catalog does not mention: meets no condition.
    Unknown,
    Known(IssuerId),
    /// Whoever is asked for: a new award of a credential to which the catalog gives no issuer.
    Any,
}

/// What is asked of an award beside its days: its grade and its issuer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AwardKind {
    pub(crate) grade: Grade,
    pub(crate) issuer: Issuer,
}

impl AwardKind {
    /// That of an award of a credential.
    pub(crate) fn new(grade: Grade, issuer: AwardIssuer, catalog: &Catalog, credential: CredentialId) -> Self {
        let AwardIssuer(said) = issuer;
        Self { grade, issuer: said.unwrap_or_else(|| catalog.terms(credential).issuer.into()) }
    }

    /// Whether they are what the conditions ask for.
    pub(crate) fn is_asked_for(self, conditions: &Conditions) -> bool {
        let Conditions { within: _, since: _, until: _, held_for: _, grade, issuers, lapsed: _, lasts: _ } = conditions;
        grade.is_none_or(|least| match self.grade {
            Grade::None => false,
            Grade::Value(grade) => least <= grade,
            Grade::Sufficient => true,
        }) && issuers.as_ref().is_none_or(|issuers| match self.issuer {
            Issuer::NotSaid | Issuer::Unknown => false,
            Issuer::Known(issuer) => issuers.binary_search(&issuer).is_ok(),
            Issuer::Any => !issuers.is_empty(),
        })
    }
}

impl Grade {
    /// The grade that is recorded of an award.
    pub(crate) fn recorded(catalog: &Catalog, grade: Option<&str>) -> Self {
        grade.and_then(|grade| catalog.grade(grade)).map_or(Self::None, Self::Value)
    }
}

/// The issuer that is recorded of an award; none if it is the credential's own.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct AwardIssuer(Option<Issuer>);

impl AwardIssuer {
    pub(crate) fn recorded(catalog: &Catalog, issuer: Option<&str>) -> Self {
        Self(issuer.map(|issuer| catalog.issuer(issuer).map_or(Issuer::Unknown, Issuer::Known)))
    }
}

impl From<Option<IssuerId>> for Issuer {
    fn from(issuer: Option<IssuerId>) -> Self {
        issuer.map_or(Self::NotSaid, Self::Known)
    }
}

impl Issuer {
    /// The same of an award that is supposed to be made, if its grade says so.
    pub(crate) fn of_new(self, grade: Grade) -> Self {
        if self == Self::NotSaid && grade == Grade::Sufficient { Self::Any } else { self }
    }
}
