//! The rules that a question to a cohort depends on, and what a machine is to find out about them.

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Part, Rule};
use crate::evaluate::cone::Cone;
use crate::evaluate::exceptions::Exceptions;
use crate::value::date::Date;
use crate::value::ids::{ClassId, CredentialId, IdVec};

/// The fixpoint that a machine works out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MachineMode {
    /// The least fixpoint: all that is held and qualified for.
    Evaluate {
        /// Whether what is qualified for counts.
        qualification_counts: bool,
        /// Whether the work limit is so low that joint regions may be left undecided.
        hurried: bool,
    },
    /// An upper bound on what was met on an earlier day: whatever the record says of counts anywhere.
    Past,
    /// An upper bound: whatever is still offered is taken, and whatever the record says of counts anywhere.
    Attain,
}

/// The rules that are compiled, and for what.
pub(crate) struct RuleSelection<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) as_of: Date,
    pub(crate) mode: MachineMode,
    /// For each credential, whether it is asked about.
    pub(crate) asked: &'c IdVec<CredentialId, bool>,
    /// Whether the prerequisites of what is taken matter, also where it is not asked about.
    pub(crate) taking: bool,
    /// The credentials whose rules matter, in id order.
    pub(crate) inside: Vec<CredentialId>,
}

impl<'c> RuleSelection<'c> {
    pub(crate) fn new(
        catalog: &'c Catalog,
        as_of: Date,
        mode: MachineMode,
        asked: &'c IdVec<CredentialId, bool>,
        taking: bool,
    ) -> Self {
        let mut selection = Self { catalog, as_of, mode, asked, taking, inside: Vec::new() };
        let none = Exceptions::default();
        let followed = |rule| selection.follows(rule);
        let cone = Cone::following(catalog, &none, selection.counting_as_asked(), followed);
        let inside = cone.credentials.entries().filter(|(_, inside)| **inside);
        selection.inside = inside.map(|(credential, _)| credential).collect();
        selection
    }

    pub(crate) fn evaluates(&self) -> bool {
        matches!(self.mode, MachineMode::Evaluate { .. })
    }

    pub(crate) fn follows(&self, rule: Rule) -> bool {
        let credential = rule.credential();
        self.taking || self.asked[credential] || self.catalog.network.has_stack(credential)
    }

    /// Everything that counts as something asked about.
    fn counting_as_asked(&self) -> Vec<CredentialId> {
        let names = &self.catalog.names;
        let mut counts = IdVec::filled(false, self.catalog.len());
        let asked = self.asked.ids().filter(|&credential| self.asked[credential]);
        let mut open: Vec<ClassId> = asked.map(|credential| names.class(credential)).collect();
        let mut found = Vec::new();
        while let Some(class) = open.pop() {
            if !std::mem::replace(&mut counts[class], true) {
                found.extend_from_slice(names.members(class));
                open.extend_from_slice(names.down(class));
            }
        }
        found
    }

    /// The rules of a credential that matter, with what they say.
    pub(crate) fn tops(&self, credential: CredentialId) -> impl Iterator<Item = Part> {
        Rule::all(credential).filter(|&rule| self.follows(rule)).filter_map(|rule| self.catalog.network.top(rule))
    }

    /// Whether the rules of a credential may give an award of it.
    pub(crate) fn gives(&self, credential: CredentialId) -> bool {
        let (network, terms) = (&self.catalog.network, self.catalog.terms(credential));
        let conferred = network.has_stack(credential);
        conferred || self.mode == MachineMode::Attain && !terms.offered.is_over(self.as_of)
    }
}
