//! Sets of credentials that can be earned together, one for each credential.

use std::collections::BTreeMap;

use crate::plan::model::statement::Goal;
use crate::value::ids::{CredentialId, IdVec};

use crate::check::derivation::Preference;
use crate::check::facts::Facts;

/// For each credential, a set of credentials that can be earned together and has it, if there is one.
pub(crate) struct Examples {
    /// Whether there is one.
    pub(crate) earnable: IdVec<CredentialId, bool>,
    /// Sets in which exclusions had to be kept apart; any other can be derived.
    sets: BTreeMap<CredentialId, Vec<CredentialId>>,
    /// Those in each set that an exclusion names.
    pub(crate) contested: IdVec<CredentialId, Vec<CredentialId>>,
}

impl Examples {
    pub(crate) fn none(credentials: usize) -> Self {
        Self {
            earnable: IdVec::filled(false, credentials),
            sets: BTreeMap::new(),
            contested: IdVec::filled(Vec::new(), credentials),
        }
    }

    pub(crate) fn put(&mut self, facts: &Facts<'_>, credential: CredentialId, set: Vec<CredentialId>) {
        let contested = set.iter().copied().filter(|&member| facts.excluded[member]).collect();
        self.contested[credential] = contested;
        self.earnable[credential] = true;
        self.sets.insert(credential, set);
    }

    /// Whether there is a set that can be earned together and has the credential.
    pub(crate) fn has(&self, credential: CredentialId) -> bool {
        self.earnable[credential]
    }

    /// Such a set; the derivation, unless exclusions do not allow that.
    pub(crate) fn with(&self, facts: &Facts<'_>, credential: CredentialId) -> Vec<CredentialId> {
        self.sets
            .get(&credential)
            .cloned()
            .unwrap_or_else(|| facts.derivation([Goal::Credential(credential)], Preference::First))
    }
}
