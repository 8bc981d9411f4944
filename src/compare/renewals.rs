//! Renewals by another credential that one version states and the other does not ([semantics
//! 3.9](crate::semantics#3.9)).

use crate::evaluate::cone::Cone;
use crate::evaluate::exceptions::Exceptions;
use crate::record::record::Award;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

use crate::compare::shown::{CommonAward, best_grade};
use crate::compare::versions::{Versions, suppliers};

/// An award of the first credential renews one of the other.
pub(crate) type RenewedPair = [CredentialId; 2];

/// What renews what on side `from` and not on the other, of all that a credential rests on there.
pub(crate) fn lost_renewals(versions: &Versions<'_>, from: usize, own: CredentialId) -> Vec<RenewedPair> {
    let [catalog, other] = [from, 1 - from].map(|side| versions.catalogs[side]);
    if catalog.renewing.is_empty() {
        return Vec::new();
    }
    let cone = Cone::of(catalog, &Exceptions::default(), [own]);
    let inside = cone.credentials.entries().filter(|(_, inside)| **inside).map(|(credential, _)| credential);
    let renewed_by = |renewed: CredentialId| {
        let by = catalog.renewing.renewed_by(catalog.names.unit(renewed)).iter();
        by.map(move |&by| [by, renewed])
    };
    let is_kept = |pair: &RenewedPair| {
        let [by, renewed] = pair.map(|own| versions.across(from, own));
        let there = by.zip(renewed);
        there.is_some_and(|(by, renewed)| other.renewing.renewed_by(other.names.unit(renewed)).contains(&by))
    };
    inside.flat_map(renewed_by).filter(|pair| !is_kept(pair)).collect()
}

/// Awards of which one was renewed by another on its last day, the day before: by themselves, and beside good ones of
/// all else that a credential rests on.
pub(crate) fn renewed_before(
    versions: &Versions<'_>,
    from: usize,
    own: CredentialId,
    [by, renewed]: RenewedPair,
    day: Date,
) -> Option<[Vec<CommonAward>; 2]> {
    let catalog = versions.catalogs[from];
    let before = day.previous()?;
    let award = |credential: CredentialId, award: Award| CommonAward {
        credential: versions.common[from][credential],
        award: Award { grade: best_grade(catalog), ..award },
    };
    let last = Award { valid_until: Some(before), ..Award::new("").on(before) };
    let alone = vec![award(renewed, last), award(by, Award::new("").on(before))];
    let cone = Cone::of(catalog, &Exceptions::default(), [own]);
    let inside = cone.credentials.entries().filter(|(_, inside)| **inside).map(|(credential, _)| credential);
    // What is conferred is left to be qualified for: an award of it would count without what was renewed.
    let known = |other: &CredentialId| {
        *other == by
            || catalog.network.has_stack(*other)
            || suppliers(catalog, renewed).any(|supplier| supplier == *other)
    };
    let others =
        inside.filter(|other| *other != own && !known(other)).map(|other| award(other, Award::new("").on(day)));
    let beside = alone.iter().cloned().chain(others).collect();
    Some([alone, beside])
}
