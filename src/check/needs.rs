//! The credentials that the rules of another one name, by any name.

use std::collections::BTreeSet;

use crate::catalog::names::Names;
use crate::catalog::network::Rule;
use crate::value::ids::{ClassId, CredentialId};

use crate::check::facts::Facts;

/// Every credential whose award fills a leaf of the credential's rules, in id order.
pub(crate) fn needed_by(facts: &Facts<'_>, credential: CredentialId) -> Vec<CredentialId> {
    let (network, names) = (&facts.catalog.network, &facts.catalog.names);
    let rules = Rule::all(credential);
    let leaves = rules.into_iter().filter_map(|rule| network.top(rule)).flat_map(|top| network.leaves_below(top));
    let classes: BTreeSet<ClassId> = leaves.map(|leaf| names.class(network.leaf(leaf).credential)).collect();
    let below: BTreeSet<ClassId> =
        classes.into_iter().flat_map(|class| Names::closure(class, |class| names.down(class))).collect();
    let all: BTreeSet<CredentialId> = below.into_iter().flat_map(|class| names.members(class)).copied().collect();
    all.into_iter().collect()
}
