//! The places of rules in the text, and the names of credentials and rules in findings.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::catalog::document::WrittenCredential;
use crate::catalog::network::{Part, Rule, RuleKind};
use crate::finding::witness::Because;
use crate::read::reader::some_listed;
use crate::value::ids::CredentialId;

use crate::check::facts::Facts;

impl Facts<'_> {
    /// A credential as it is written.
    pub(crate) fn written(&self, credential: CredentialId) -> &WrittenCredential {
        &self.document.credentials[credential]
    }

    /// The place of a credential's id in the text.
    pub(crate) fn place_of_id(&self, credential: CredentialId) -> Range<usize> {
        self.written(credential).places.id.clone()
    }

    /// The place of a rule in the text.
    pub(crate) fn place_of(&self, rule: Rule) -> Range<usize> {
        let top = self.catalog.network.top(rule);
        top.map_or_else(|| self.written(rule.credential()).places.id.clone(), |top| self.catalog.network.place(top))
    }

    /// A rule as a piece of a cause.
    pub(crate) fn because_of(&self, rule: Rule) -> Because {
        let credential = self.catalog.id(rule.credential()).to_owned();
        let line = self.catalog.line_at(self.place_of(rule).start);
        match rule.kind() {
            RuleKind::Prerequisite => Because::Prerequisite { credential, line },
            RuleKind::Corequisite => Because::Corequisite { credential, line },
            RuleKind::Stack => Because::Stack { credential, line },
        }
    }

    /// Its id in quotes.
    pub(crate) fn quoted(&self, credential: CredentialId) -> String {
        self.some_quoted(&[credential])
    }

    /// Their ids in quotes; of many, the first, and how many more.
    pub(crate) fn some_quoted(&self, credentials: &[CredentialId]) -> String {
        let ids: Vec<&str> = credentials.iter().map(|&credential| self.catalog.id(credential)).collect();
        some_listed(&ids)
    }

    /// Every credential named at or below a part, in byte order.
    pub(crate) fn ids_below(&self, part: Part) -> Vec<String> {
        let network = &self.catalog.network;
        let named: BTreeSet<CredentialId> =
            network.leaves_below(part).into_iter().map(|leaf| network.leaf(leaf).credential).collect();
        named.into_iter().map(|credential| self.catalog.id(credential).to_owned()).collect()
    }
}
