//! What renewals require, compiled as the stacks of further credentials ([semantics 7.9](crate::semantics#7.9)): so it
//! is judged and explained as any other rule.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::beside::Beside;
use crate::catalog::catalog::{Catalog, Credential, RenewalRules, worth_nothing};
use crate::catalog::compile;
use crate::catalog::document::{Document, Places, WrittenCredential};
use crate::finding::source::Source;
use crate::read::limits::Limits;
use crate::read::reader::Reader;
use crate::value::ids::CredentialId;

/// The catalog with a further credential, beyond all others, for each that is renewed by what its renewal requires.
pub(crate) fn compile(
    mut document: Document,
    source: Source,
    reader: &mut Reader,
    limits: &Limits,
) -> Option<RenewalRules> {
    let mut requiring: Vec<(CredentialId, WrittenCredential)> = Vec::new();
    for (number, written) in document.credentials.entries_mut() {
        if let Some(requires) = written.renewal.take() {
            let credential = Arc::new(renewal_of(&written.credential));
            let (counts_as, renews) = (Vec::new(), Vec::new());
            let (prerequisite, corequisite, stack, renewal) = (None, None, Some(requires), None);
            let places = Places::at(written.places.id.clone());
            let beside = Some(Beside::Required(number));
            let further = WrittenCredential {
                credential,
                counts_as,
                renews,
                prerequisite,
                corequisite,
                stack,
                renewal,
                places,
                beside,
            };
            requiring.push((number, further));
        }
    }
    let mut of = BTreeMap::new();
    for (number, further) in requiring {
        of.insert(number, document.credentials.push(further));
    }
    let catalog: Catalog = compile::compile(&document, source, reader, limits)?;
    Some(RenewalRules { catalog, of })
}

/// The renewal of a credential as one that nothing names and that is worth nothing.
fn renewal_of(renewed: &Credential) -> Credential {
    let Credential { id, title, kind, study, source, note, .. } = renewed.clone();
    Credential { id, title, kind, study, source, note, hours: None, cost: None, ..worth_nothing() }
}
