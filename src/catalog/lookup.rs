//! The names that rules can use, and complaints about those that they cannot.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::catalog::catalog::Header;
use crate::catalog::further_ids::FurtherIds;
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::{Reader, Value, excerpt};
use crate::value::ids::{CredentialId, Id, IssuerId, PoolId};
use crate::value::text_hash::TextMap;

/// Every name that a rule can use. All are collected before the first rule is read.
#[derive(Clone, Default)]
pub(crate) struct Lookup {
    pub(crate) credentials: TextMap<CredentialId>,
    /// Ids that records may use as well, and rules may not.
    pub(crate) further: FurtherIds,
    /// The credentials' own ids in byte order, to look through.
    pub(crate) ids: Vec<Box<str>>,
    pub(crate) pools: BTreeMap<Box<str>, PoolId>,
    pub(crate) issuers: TextMap<IssuerId>,
    /// The grades of the catalog, read first: rules compare with them.
    pub(crate) header: Header,
}

impl Lookup {
    pub(crate) fn issuer(&mut self, issuer: &str) -> IssuerId {
        let next = IssuerId::at(self.issuers.len());
        *self.issuers.entry(issuer.into()).or_insert(next)
    }

    /// The credential named in a rule, or a complaint.
    pub(crate) fn credential(&self, reader: &mut Reader, id: &str, span: Range<usize>) -> Option<CredentialId> {
        let known = self.credentials.get(id).copied();
        if known.is_none() {
            let message = format!("the catalog has no credential `{}`", excerpt(id));
            let diagnostic = Diagnostic::new(Code::UnknownCredential, span, message);
            reader.push(if self.pools.contains_key(id) {
                let id = excerpt(id);
                diagnostic.help(format!("`{id}` is a pool; a group takes its members by `from = \"{id}\"`"))
            } else if let Some(own) = self.further.get(id).and_then(|of| self.ids.get(of.index())) {
                diagnostic.help(format!("it is a further id of `{own}`, for records; rules write `{own}`"))
            } else {
                match reader.nearest(id, self.ids.iter().map(AsRef::as_ref)) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic,
                }
            });
        }
        known
    }

    /// The credentials named in a list, complaining about those that are not known.
    pub(crate) fn credentials(&self, reader: &mut Reader, value: &Value, key: &str) -> Vec<CredentialId> {
        let names = reader.texts(value, key);
        names.into_iter().filter_map(|(id, span)| self.credential(reader, &id, span)).collect()
    }
}
