//! Which credentials an award renews besides ([semantics 3.9](crate::semantics#3.9)).

use std::collections::BTreeSet;

use crate::catalog::names::Names;
use crate::value::csr::Csr;
use crate::value::ids::{CredentialId, Id, UnitId};

/// What awards renew, equivalents being one and the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct Renewing {
    /// For each unit class, the credentials that an award of it renews, in the order of their ids.
    renews: Csr<UnitId, CredentialId>,
    /// For each unit class, the credentials of which an award renews one of it, in the order of their ids.
    renewed_by: Csr<UnitId, CredentialId>,
}

impl Renewing {
    /// `written` are the pairs of the catalog: what renews, and what it renews.
    pub(crate) fn new(written: &[(CredentialId, CredentialId)], names: &Names) -> Self {
        if written.is_empty() {
            return Self::default();
        }
        let pairs: BTreeSet<(UnitId, CredentialId)> =
            written.iter().map(|&(by, renewed)| (names.unit(by), renewed)).collect();
        let pairs: Vec<(UnitId, CredentialId)> = pairs.into_iter().collect();
        let renews = Csr::new(names.len(), &pairs);
        let all = Self { renews, renewed_by: Csr::default() };
        let mut reverse: Vec<(UnitId, CredentialId)> = Vec::new();
        for by in CredentialId::first(names.len()) {
            reverse.extend(all.renews(names.unit(by)).iter().map(|&renewed| (names.unit(renewed), by)));
        }
        reverse.sort_unstable();
        reverse.dedup();
        Self { renewed_by: Csr::new(names.len(), &reverse), ..all }
    }

    /// Whether nothing renews anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.renews.is_empty()
    }

    /// The credentials that an award of the unit class renews directly, in the order of their ids.
    pub(crate) fn renews(&self, unit: UnitId) -> &[CredentialId] {
        if self.is_empty() { &[] } else { self.renews.list(unit) }
    }

    /// The credentials of which an award renews one of the unit class directly, in the order of their ids.
    pub(crate) fn renewed_by(&self, unit: UnitId) -> &[CredentialId] {
        if self.is_empty() { &[] } else { self.renewed_by.list(unit) }
    }

    /// All that an award of the credential renews, one by another; `None` if they are more than `most`.
    pub(crate) fn in_turn(&self, by: CredentialId, names: &Names, most: usize) -> Option<BTreeSet<CredentialId>> {
        let mut found: BTreeSet<CredentialId> = BTreeSet::new();
        let mut open = vec![by];
        while let Some(next) = open.pop() {
            open.extend(self.renews(names.unit(next)).iter().filter(|&&renewed| found.insert(renewed)));
            if found.len() > most {
                return None;
            }
        }
        Some(found)
    }
}
