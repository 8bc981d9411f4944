//! Forward chaining with corequisites ([semantics 4.6](crate::semantics#4.6)): what can only be begun together is taken
//! together, in sets, where everything else comes one after the other.
//!
//! So a greatest fixpoint is nested in the least one. It is asked for when nothing else changes any more, and looks
//! only at credentials whose corequisite has got something since it was last looked at, and those that ask for these
//! in turn: no other one could have come to be met.

use std::collections::BTreeSet;

use crate::catalog::names::Names;
use crate::evaluate::evidence::EvidenceId;
use crate::evaluate::exceptions::Bearer;
use crate::evaluate::progress::progress::{DONE, Progress};
use crate::value::ids::{CredentialId, Id};

impl Progress<'_> {
    /// A credential that is supposed to be taken waits for its corequisite.
    pub(crate) fn lack(&mut self, credential: CredentialId) {
        let inside = self.cone.is_none_or(|cone| cone.credentials[credential]);
        if inside && self.is_supposed(credential) && self.work.lacking.insert(credential) {
            self.work.stirred.insert(credential);
        }
    }

    /// Takes the credentials that can be begun together; whether there were any.
    pub(crate) fn begin_together(&mut self) -> bool {
        let candidates = self.concerned();
        if candidates.is_empty() {
            return false;
        }
        let awards = candidates.into_iter().map(|credential| (credential, self.tried_award(credential, true)));
        let begun = self.begun_together(awards, self.scope.undecided_met);
        self.steps = begun.steps;
        self.touched = self.touched.saturating_add(begun.touched);
        self.undecided.extend(begun.undecided);
        // One right after the other: nothing that rests on one of them comes between.
        for &credential in &begun.credentials {
            self.rules[credential] |= DONE;
            self.work.lacking.remove(&credential);
            self.confer(credential);
        }
        let last = EvidenceId::at(self.evidence.len());
        self.came_by.extend(begun.credentials.iter().map(|&credential| (credential, last)));
        !begun.credentials.is_empty()
    }

    /// The credentials whose corequisite has got something, and those that ask for one of them.
    fn concerned(&mut self) -> BTreeSet<CredentialId> {
        let stirred = std::mem::take(&mut self.work.stirred);
        let lacking = &self.work.lacking;
        let mut found: BTreeSet<CredentialId> = stirred.intersection(lacking).copied().collect();
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        let substituted = !self.exceptions.substitutions.is_empty();
        let mut open: Vec<CredentialId> = found.iter().copied().collect();
        while let Some(credential) = open.pop() {
            let own = names.class(credential);
            let mut classes = Names::closure(own, |class| names.up(class));
            let routes = if substituted { self.exceptions.routes(names, Bearer::Class(own)) } else { Vec::new() };
            for route in routes {
                classes.extend(Names::closure(names.class(route.named), |class| names.up(class)));
            }
            for class in classes {
                for &leaf in network.corequisite_uses.list(class) {
                    let by = network.rule_of(leaf).credential();
                    if lacking.contains(&by) && found.insert(by) {
                        open.push(by);
                    }
                }
            }
        }
        found
    }
}
