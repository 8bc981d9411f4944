//! Credentials that cannot be taken as well as others ([semantics 7.4](crate::semantics#7.4)).

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::evaluate::progress::progress::Progress;
use crate::value::ids::{CredentialId, UnitId};

/// The exclusions that matter to a plan.
#[derive(Debug, Default)]
pub(crate) struct Exclusions {
    /// For a credential, an award that is held and excludes it.
    pub(crate) held: BTreeMap<CredentialId, CredentialId>,
    /// Pairs of which only one can be awarded.
    pub(crate) pairs: BTreeSet<(CredentialId, CredentialId)>,
}

type ByUnit = BTreeMap<UnitId, Vec<CredentialId>>;

impl Exclusions {
    /// Among these credentials, sorted, and what is held.
    pub(crate) fn among(progress: &Progress<'_>, credentials: &[CredentialId]) -> Self {
        let catalog = progress.catalog;
        let held = held(progress);
        let credentials: Vec<CredentialId> =
            credentials.iter().copied().filter(|&credential| !catalog.is_notional(credential)).collect();
        let (candidates, holding) = (by_unit(&catalog.names, &credentials), by_unit(&catalog.names, &held));
        let mut found = Self::default();
        for &holds in &held {
            for unit in excluded(catalog, holds) {
                for &credential in of(&candidates, unit) {
                    found.exclude(credential, &[holds]);
                }
            }
        }
        for (&unit, members) in &candidates {
            for other in excluded_by_any(catalog, unit) {
                for &credential in members {
                    let others = of(&candidates, other).iter().filter(|&&other| other != credential);
                    found.pairs.extend(others.map(|&other| (credential.min(other), credential.max(other))));
                    found.exclude(credential, of(&holding, other));
                }
            }
        }
        for (&unit, holding) in &holding {
            for other in excluded_by_any(catalog, unit) {
                for &credential in of(&candidates, other) {
                    found.exclude(credential, holding);
                }
            }
        }
        found
    }

    /// The first of these awards excludes the credential, unless it is of the credential itself.
    fn exclude(&mut self, credential: CredentialId, holding: &[CredentialId]) {
        if let Some(&holds) = holding.iter().find(|&&holds| holds != credential) {
            self.held.entry(credential).or_insert(holds);
        }
    }
}

/// The credentials of which a current award is held, under their own names.
fn held(progress: &Progress<'_>) -> Vec<CredentialId> {
    let issued = progress.evidence.iter().filter(|admitted| admitted.current && admitted.evidence.is_issued());
    let own = issued.map(|admitted| &admitted.evidence).filter(|evidence| evidence.is_award_of(evidence.credential));
    let mut held: Vec<CredentialId> = own.map(|evidence| evidence.credential).collect();
    held.sort_unstable();
    held.dedup();
    held
}

fn by_unit(names: &Names, credentials: &[CredentialId]) -> ByUnit {
    let mut by_unit = ByUnit::new();
    for &credential in credentials {
        by_unit.entry(names.unit(credential)).or_default().push(credential);
    }
    by_unit
}

fn of(units: &ByUnit, unit: UnitId) -> &[CredentialId] {
    units.get(&unit).map_or(&[], Vec::as_slice)
}

/// The units that a credential excludes.
fn excluded(catalog: &Catalog, credential: CredentialId) -> BTreeSet<UnitId> {
    let excludes = catalog.at(credential).excludes.iter();
    excludes.filter_map(|id| catalog.credential(id)).map(|id| catalog.names.unit(id)).collect()
}

/// The units that a unit excludes: an equivalent excludes what the credential excludes.
fn excluded_by_any(catalog: &Catalog, unit: UnitId) -> BTreeSet<UnitId> {
    let names = &catalog.names;
    let all = names.members(names.class(unit.first_credential())).iter();
    all.filter(|&&other| names.unit(other) == unit).flat_map(|&same| excluded(catalog, same)).collect()
}
