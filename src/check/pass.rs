//! A pass of a check at work.

use crate::catalog::network::Part;
use crate::finding::code::Code;
use crate::value::ids::CredentialId;

use crate::check::facts::Facts;
use crate::check::findings::Findings;

/// The facts that a pass looks at, and what it has found.
pub(crate) struct Pass<'f, 'c> {
    pub(crate) facts: &'f Facts<'c>,
    pub(crate) findings: Findings<'c>,
}

impl<'f, 'c> Pass<'f, 'c> {
    pub(crate) fn new(facts: &'f Facts<'c>) -> Self {
        Self { facts, findings: Findings::new(facts.catalog) }
    }

    /// Notes that a question about a part of a credential's rules is open.
    pub(crate) fn open_part(&mut self, code: Code, credential: CredentialId, part: Part, message: String) {
        let place = self.facts.catalog.network.place(part);
        self.findings.leave_open(code, credential, &place, message);
    }

    /// Notes that a question about a credential as a whole is open.
    pub(crate) fn open_credential(&mut self, code: Code, credential: CredentialId, message: String) {
        let place = self.facts.place_of_id(credential);
        self.findings.leave_open(code, credential, &place, message);
    }

    /// Leaves open why nobody can earn the credential; that nobody can is certain.
    pub(crate) fn leave_why(&mut self, code: Code, credential: CredentialId) {
        let message = format!("why nobody can earn {}", self.facts.quoted(credential));
        self.open_credential(code, credential, message);
    }
}
