//! Cones of influence: all that the rules of some credentials can depend on.

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Rule;
use crate::evaluate::exceptions::Exceptions;
use crate::value::ids::{ClassId, CredentialId, IdVec};

/// The credentials that the rules of some others depend on, directly or not; those others too. All that is
/// reachable backwards from them in the graph of rules, names and substitutions.
#[derive(Debug, Clone)]
pub(crate) struct Cone {
    pub(crate) credentials: IdVec<CredentialId, bool>,
}

impl Cone {
    /// The cone of these credentials.
    pub(crate) fn of(
        catalog: &Catalog,
        exceptions: &Exceptions,
        credentials: impl IntoIterator<Item = CredentialId>,
    ) -> Self {
        Self::following(catalog, exceptions, credentials, |_| true)
    }

    /// The same, where only some rules are asked about.
    pub(crate) fn following(
        catalog: &Catalog,
        exceptions: &Exceptions,
        credentials: impl IntoIterator<Item = CredentialId>,
        asked: impl Fn(Rule) -> bool,
    ) -> Self {
        let (network, names) = (&catalog.network, &catalog.names);
        let mut cone = Self { credentials: IdVec::filled(false, catalog.len()) };
        let mut classes = IdVec::<ClassId, bool>::filled(false, catalog.len());
        let mut open: Vec<CredentialId> = Vec::new();
        for credential in credentials {
            if !std::mem::replace(&mut cone.credentials[credential], true) {
                open.push(credential);
            }
        }
        while let Some(credential) = open.pop() {
            // What renews it gives an award of it.
            for &by in catalog.renewing.renewed_by(names.unit(credential)) {
                if !std::mem::replace(&mut cone.credentials[by], true) {
                    open.push(by);
                }
            }
            let tops = Rule::all(credential).filter(|&rule| asked(rule)).filter_map(|rule| network.top(rule));
            for leaf in tops.flat_map(|top| network.leaves_below(top)) {
                let mut reached = vec![names.class(network.leaf(leaf).credential)];
                while let Some(class) = reached.pop() {
                    if std::mem::replace(&mut classes[class], true) {
                        continue;
                    }
                    reached.extend(names.down(class));
                    reached.extend(exceptions.standing_anywhere(names, class));
                    for &member in names.members(class) {
                        if !std::mem::replace(&mut cone.credentials[member], true) {
                            open.push(member);
                        }
                    }
                }
            }
        }
        cone
    }
}
