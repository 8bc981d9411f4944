//! What is nested in a document, and how deep: one that is built in code has no limit of its own, and is written by
//! recursion.

use std::collections::BTreeSet;

use crate::document::catalog_document::CatalogDocument;
use crate::document::credential_document::CredentialDocument;
use crate::document::filter_document::{ExceptDocument, FilterDocument};
use crate::document::requirement_document::{MembersDocument, RequirementDocument, RequirementKind};
use crate::read::paths::path_key;

/// The path of a rule, pool or policy that nests more than so deep.
pub(crate) fn too_deep(document: &CatalogDocument, most: usize) -> Option<String> {
    let pools =
        document.pools.iter().map(|(name, pool)| (format!("pool.{}.members", path_key(name)), parts(&pool.members)));
    let rules = document.credentials.iter().flat_map(|(id, credential)| {
        let path = move |key| format!("credential.{}.{key}", path_key(id));
        rules(credential).map(move |rule| (path(rule.key), vec![Nested::Requirement(rule.requirement)]))
    });
    let policies = document
        .sharing
        .iter()
        .enumerate()
        .map(|(number, policy)| (format!("sharing[{number}].of"), policy.of.iter().map(Nested::Filter).collect()));
    pools.chain(rules).chain(policies).find_map(|(path, parts)| is_deep(parts, most).then_some(path))
}

/// A rule of a credential.
struct KeyedRule<'d> {
    key: &'static str,
    requirement: &'d RequirementDocument,
}

fn rules(credential: &CredentialDocument) -> impl Iterator<Item = KeyedRule<'_>> {
    let renewal = credential.renewal.as_ref().and_then(|renewal| renewal.requires.as_ref());
    let rules = [
        ("prerequisite", credential.prerequisite.as_ref()),
        ("corequisite", credential.corequisite.as_ref()),
        ("stack", credential.stack.as_ref()),
        ("renewal.requires", renewal),
    ];
    rules.into_iter().filter_map(|(key, rule)| Some(KeyedRule { key, requirement: rule? }))
}

/// Whether a rule of the credential nests more than so deep.
pub(crate) fn credential_too_deep(credential: &CredentialDocument, most: usize) -> bool {
    rules(credential).any(|rule| is_deep(vec![Nested::Requirement(rule.requirement)], most))
}

/// The issuers that a credential and its rules name, filters aside.
pub(crate) fn issuers(credential: &CredentialDocument) -> BTreeSet<&str> {
    let mut issuers: BTreeSet<&str> = credential.issuer.iter().map(String::as_str).collect();
    let mut open: Vec<Nested<'_>> = rules(credential).map(|rule| Nested::Requirement(rule.requirement)).collect();
    while let Some(part) = open.pop() {
        if let Nested::Requirement(RequirementDocument { issuer: Some(named), .. }) = part {
            issuers.extend(named.iter().map(String::as_str));
        }
        open.extend(part.parts());
    }
    issuers
}

/// Whether a rule nests more than so deep.
#[cfg(any(feature = "json", feature = "csv"))]
pub(crate) fn rule_too_deep(rule: &RequirementDocument, most: usize) -> bool {
    is_deep(vec![Nested::Requirement(rule)], most)
}

fn is_deep(parts: Vec<Nested<'_>>, most: usize) -> bool {
    let mut open: Vec<(Nested<'_>, usize)> = parts.into_iter().map(|part| (part, 1)).collect();
    while let Some((part, depth)) = open.pop() {
        if depth > most {
            return true;
        }
        let brackets = part.brackets();
        open.extend(part.parts().into_iter().map(|part| (part, depth + brackets)));
    }
    false
}

#[derive(Clone, Copy)]
enum Nested<'d> {
    Requirement(&'d RequirementDocument),
    Filter(&'d FilterDocument),
}

impl Nested<'_> {
    /// The brackets that are open around its parts, as it is written.
    fn brackets(self) -> usize {
        match self {
            Self::Filter(_) => 1,
            Self::Requirement(_) => 2,
        }
    }

    /// What stands in it, one step further down.
    fn parts(self) -> Vec<Self> {
        match self {
            Self::Filter(filter) => match filter.except.as_deref() {
                Some(ExceptDocument::Filter(filter)) => vec![Self::Filter(filter)],
                Some(ExceptDocument::Credentials(_)) | None => Vec::new(),
            },
            Self::Requirement(requirement) => match &requirement.kind {
                RequirementKind::Credential(_) | RequirementKind::Pool(_) => Vec::new(),
                RequirementKind::AllOf(parts) | RequirementKind::AnyOf(parts) => {
                    parts.iter().map(Self::Requirement).collect()
                }
                RequirementKind::AtLeast { from, .. }
                | RequirementKind::Credits { from, .. }
                | RequirementKind::Hours { from, .. }
                | RequirementKind::UpTo { from, .. } => parts(from),
                RequirementKind::Filter(filter) => vec![Self::Filter(filter)],
            },
        }
    }
}

fn parts(members: &MembersDocument) -> Vec<Nested<'_>> {
    match members {
        MembersDocument::List(parts) => parts.iter().map(Nested::Requirement).collect(),
        MembersDocument::Filter(filter) => vec![Nested::Filter(filter)],
        MembersDocument::Pool(_) => Vec::new(),
    }
}
