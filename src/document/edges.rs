//! Which credentials the rules of which others name, and the rules as data.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Rule;
use crate::document::catalog_document::CatalogDocument;
use crate::finding::diagnostic::InvalidCatalog;
use crate::plan::answers::plan::PurposeRule;
use crate::read::limits::Limits;
use crate::value::ids::CredentialId;

/// A credential that a rule of another names, by its id or through a pool or filter.
///
/// ```
/// use credpath::{Catalog, PurposeRule};
///
/// let catalog = Catalog::parse("catalog.toml", "credential.sql = {}\ncredential.analyst = { stack = 'sql' }")?;
/// let edge = &catalog.edges()[0];
/// assert_eq!((edge.of.as_str(), edge.rule, edge.named.as_str()), ("analyst", PurposeRule::Stack, "sql"));
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[non_exhaustive]
pub struct RuleEdge {
    /// Id of the credential that has the rule.
    pub of: String,
    /// The rule.
    pub rule: PurposeRule,
    /// Id of the credential that it names.
    pub named: String,
}

impl Catalog {
    /// Whatever the rules of a credential and of its renewal name, each once per rule, in the order of rules and ids.
    #[must_use]
    pub fn requires(&self, id: CredentialId) -> Vec<RuleEdge> {
        let mut edges = Vec::new();
        if !self.knows(id) {
            return edges;
        }
        let mut add = |catalog: &Self, rule: Rule, kind: PurposeRule| {
            let Some(top) = catalog.network.top(rule) else { return };
            let leaves = catalog.network.leaves_below(top).into_iter();
            let named: BTreeSet<CredentialId> = leaves.map(|leaf| catalog.network.leaf(leaf).credential).collect();
            let edge =
                |named| RuleEdge { of: self.get(id).id.clone(), rule: kind, named: catalog.at(named).id.clone() };
            edges.extend(named.into_iter().map(edge));
        };
        for rule in Rule::all(id) {
            add(self, rule, rule.kind().into());
        }
        if let Some(rules) = self.renewal_rules.as_deref()
            && let Some(&required) = rules.of.get(&id)
        {
            add(&rules.catalog, Rule::stack(required), PurposeRule::Renewal);
        }
        edges
    }

    /// The rules that name a credential, by its own id; not those that name what it counts as or is equivalent to. It
    /// takes time with the size of the catalog: for many credentials, ask for [`edges`](Self::edges) once.
    #[must_use]
    pub fn required_by(&self, id: CredentialId) -> Vec<RuleEdge> {
        self.edges().into_iter().filter(|edge| edge.named == self.get(id).id).collect()
    }

    /// Everything that a rule names, in the order of the ids: the graph of the catalog. That some of it is enough is
    /// for the rules to say, which no edge does.
    #[must_use]
    pub fn edges(&self) -> Vec<RuleEdge> {
        self.credentials().flat_map(|(id, _)| self.requires(id)).collect()
    }

    /// The catalog as data, as it was written; pools and filters are not resolved.
    ///
    /// # Errors
    /// As [`CatalogDocument::parse`]: none is known for what has been compiled.
    ///
    /// ```
    /// use credpath::{Catalog, RequirementKind};
    ///
    /// let catalog = Catalog::parse("catalog.toml", "credential.sql = {}\ncredential.analyst = { stack = 'sql' }")?;
    /// let document = catalog.document()?;
    /// let stack = document.credentials["analyst"].stack.as_ref().expect("written above");
    /// assert_eq!(stack.kind, RequirementKind::Credential("sql".to_owned()));
    /// # Ok::<(), credpath::InvalidCatalog>(())
    /// ```
    pub fn document(&self) -> Result<CatalogDocument, InvalidCatalog> {
        let (name, text) = self.text();
        CatalogDocument::read(name, text, &Limits::default())
    }
}
