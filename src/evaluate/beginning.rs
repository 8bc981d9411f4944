//! What a learner can begin on the date, and what has to be begun with it ([semantics 4.6](crate::semantics#4.6)).

use std::collections::BTreeSet;

use crate::catalog::network::{Part, Rule};
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::together::BegunTogether;
use crate::value::ids::{CredentialId, Id, LeafId};

/// Leaves looked at before a set that is enough is made no smaller: a small part of a second.
const MOST_TOUCHED: u64 = 2_000_000;

/// The taken credentials that can be begun, alone or together with others that can.
pub(crate) struct Beginnings {
    pub(crate) certainly: BTreeSet<CredentialId>,
    pub(crate) possibly: BTreeSet<CredentialId>,
}

impl Beginnings {
    pub(crate) fn new(progress: &Progress<'_>, possible: Option<&Progress<'_>>) -> Self {
        let certain = begun_from(progress, false);
        let possibly = match possible {
            Some(possible) => begun_from(possible, true).credentials,
            None if certain.undecided.is_empty() => certain.credentials.clone(),
            None => begun_from(progress, true).credentials,
        };
        Self { certainly: certain.credentials, possibly }
    }
}

/// What can be begun on the date from there on, alone or together with others.
pub(crate) fn begun_from(progress: &Progress<'_>, undecided_met: bool) -> BegunTogether {
    let catalog = progress.catalog;
    let is_open = |&credential: &CredentialId| {
        let rule = Rule::prerequisite(credential);
        !catalog.network.has_stack(credential)
            && catalog.terms(credential).offered.contains(progress.date())
            && (catalog.network.top(rule).is_none() || progress.rule_is_met(rule))
    };
    let open = CredentialId::first(catalog.len()).filter(is_open);
    progress.begun_together(open.map(|credential| (credential, progress.tried_award(credential, true))), undecided_met)
}

/// Looks for what has to be begun with something.
pub(crate) struct Companions<'p, 'c> {
    pub(crate) progress: &'p Progress<'c>,
    /// What can be begun together, all of it.
    pub(crate) among: &'p BTreeSet<CredentialId>,
    /// Whether the awards of these are only supposed to be made.
    pub(crate) supposed: bool,
}

impl Companions<'_, '_> {
    /// What has to be begun with one of them.
    pub(crate) fn of(&self, credential: CredentialId) -> Vec<CredentialId> {
        let mut kept = self.reached(credential, |leaf| self.naming(leaf, self.among));
        // What is the only one that could fill a place which has to be filled.
        let needed = self.reached(credential, |leaf| {
            let named = self.naming(leaf, &kept);
            if named.len() == 1 && self.is_required(leaf) { named } else { Vec::new() }
        });
        let mut touched = 0;
        for spare in (&kept - &needed).into_iter().rev() {
            if touched > MOST_TOUCHED || !kept.contains(&spare) {
                continue;
            }
            let others = kept.iter().copied().filter(|&other| other != spare);
            let award = |other| (other, self.progress.tried_award(other, self.supposed));
            let fewer = self.progress.begun_together(others.map(award), false);
            touched += fewer.touched + kept.len() as u64;
            if fewer.credentials.contains(&credential) {
                kept = fewer.credentials;
            }
        }
        let named = self.reached(credential, |leaf| self.naming(leaf, &kept));
        named.into_iter().filter(|&other| other != credential).collect()
    }

    /// The credential, and whatever the leaves of corequisites that are not met lead to, from one to the next.
    fn reached(&self, credential: CredentialId, leads: impl Fn(LeafId) -> Vec<CredentialId>) -> BTreeSet<CredentialId> {
        let network = &self.progress.catalog.network;
        let mut found = BTreeSet::from([credential]);
        let mut open = vec![credential];
        while let Some(credential) = open.pop() {
            let top = network.top(Rule::corequisite(credential));
            let lacking = top.filter(|_| self.progress.lacks_corequisite(credential));
            for leaf in lacking.into_iter().flat_map(|top| network.leaves_below(top)) {
                open.extend(leads(leaf).into_iter().filter(|&other| found.insert(other)));
            }
        }
        found
    }

    /// Whether a rule cannot be met without the leaf: all groups around it need all of their parts.
    fn is_required(&self, leaf: LeafId) -> bool {
        let network = &self.progress.catalog.network;
        let mut above = network.group_above(Part::Leaf(leaf));
        while let Some(group) = above {
            if !network.needs_all(group) || self.progress.is_met(Part::Group(group)) {
                return false;
            }
            above = network.group_above(Part::Group(group));
        }
        true
    }

    /// Those of some credentials that could fill a leaf which nothing fills.
    fn naming(&self, leaf: LeafId, among: &BTreeSet<CredentialId>) -> Vec<CredentialId> {
        let Progress { catalog, exceptions, .. } = self.progress;
        if catalog.network.unit_of(leaf).is_none() && self.progress.is_met(Part::Leaf(leaf)) {
            return Vec::new();
        }
        let class = catalog.names.class(catalog.network.leaf(leaf).credential);
        let classes = exceptions.counting_as(&catalog.names, class, Some(catalog.network.rule_of(leaf).credential()));
        let named = classes.into_iter().flat_map(|class| catalog.names.members(class)).copied();
        named.filter(|credential| among.contains(credential)).collect()
    }
}
