//! Further ids of credentials, by which records and imports may name them (semantics 1): no two credentials share one.

use std::ops::Range;

use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::{Reader, Table, excerpt};
use crate::value::ids::{CredentialId, Id};
use crate::value::text_hash::TextMap;

const ONE_EACH: &str = "an id names one credential; list it once";

/// The further ids that were read.
#[derive(Clone, Default)]
pub(crate) struct FurtherIds(TextMap<(CredentialId, Range<usize>)>);

impl FurtherIds {
    /// Reads the key `ids` of every credential. `own` has the credentials' own ids, in the order of their numbers, as
    /// the table has them.
    pub(crate) fn read(reader: &mut Reader, credentials: &Table, own: &[Box<str>]) -> Self {
        let mut further = Self::default();
        for (index, value) in credentials.values().enumerate() {
            let written = value.get_ref().as_table().and_then(|table| table.get("ids"));
            for (id, place) in written.map(|value| reader.texts(value, "ids")).unwrap_or_default() {
                reader.name(&id, place.clone(), "an id");
                let fault =
                    |message: String| Diagnostic::new(Code::DuplicateKey, place.clone(), message).help(ONE_EACH);
                if let Some((key, _)) = credentials.get_key_value(&*id) {
                    let message = format!("`{}` is a credential's own id", excerpt(&id));
                    reader.push(fault(message).also(key.span(), "this one's"));
                    continue;
                }
                let of = CredentialId::at(index);
                match further.0.get(&*id) {
                    Some((other, first)) if *other == of => {
                        let message = format!("`{}` is listed twice", excerpt(&id));
                        reader.push(fault(message).also(first.clone(), "first here"));
                    }
                    Some((other, first)) => {
                        let other = own.get(other.index()).map_or("", AsRef::as_ref);
                        let message = format!("`{}` is an id of `{}` as well", excerpt(&id), excerpt(other));
                        reader.push(fault(message).also(first.clone(), "there"));
                    }
                    None => {
                        further.0.insert(id.into(), (of, place));
                    }
                }
            }
        }
        further
    }

    /// The credential that an id is a further id of.
    pub(crate) fn get(&self, id: &str) -> Option<CredentialId> {
        self.0.get(id).map(|&(of, _)| of)
    }

    /// These ids with what they name, beside the credentials' own.
    pub(crate) fn beside(&self, own: TextMap<CredentialId>) -> TextMap<CredentialId> {
        let mut all = own;
        all.extend(self.0.iter().map(|(id, &(of, _))| (id.clone(), of)));
        all
    }
}
