//! The findings of one or more passes of a check, and the questions that they leave open.

use std::ops::Range;

use crate::catalog::catalog::Catalog;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity, Unsettled};
use crate::finding::witness::Witness;
use crate::value::ids::CredentialId;

pub(crate) struct Findings<'c> {
    catalog: &'c Catalog,
    pub(crate) found: Vec<Diagnostic>,
    pub(crate) undecided: Vec<Unsettled>,
}

impl<'c> Findings<'c> {
    pub(crate) fn new(catalog: &'c Catalog) -> Self {
        Self { catalog, found: Vec::new(), undecided: Vec::new() }
    }

    /// These findings, then those of another pass.
    pub(crate) fn chain(mut self, other: Self) -> Self {
        self.found.extend(other.found);
        self.undecided.extend(other.undecided);
        self
    }

    /// Notes a finding about a credential, which is told apart from others of its kind by what its witness names.
    pub(crate) fn find(&mut self, credential: CredentialId, mut diagnostic: Diagnostic, severity: Severity) {
        if diagnostic.subjects.is_empty() {
            diagnostic.subjects = diagnostic.witness.iter().flat_map(Witness::subjects).collect();
        }
        self.tell(credential, diagnostic, severity);
    }

    /// Notes a finding about a credential, which says itself what tells it apart.
    pub(crate) fn tell(&mut self, credential: CredentialId, diagnostic: Diagnostic, severity: Severity) {
        self.found.push(diagnostic.severity(severity).about(self.catalog.id(credential)));
    }

    /// Notes a finding that is not about one credential.
    pub(crate) fn tell_of_all(&mut self, diagnostic: Diagnostic) {
        self.found.push(diagnostic);
    }

    /// Notes that a question about a credential is open.
    pub(crate) fn leave_open(&mut self, code: Code, credential: CredentialId, place: &Range<usize>, message: String) {
        let credential = self.catalog.get(credential).id.clone();
        self.undecided.push(Unsettled { code, credential, line: self.catalog.line_at(place.start), message });
    }
}
