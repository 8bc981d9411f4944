//! What pathways of every format have in common: options, components under ids, and groups of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use serde_json::Value;

use crate::document::catalog_document::CatalogDocument;
use crate::document::credential_document::CredentialDocument;
use crate::document::requirement_document::{MembersDocument, RequirementDocument, RequirementKind};
use crate::document::rules::{all_of, any_of, at_least};
use crate::exchange::imported::{Imported, InvalidImport};
use crate::exchange::json::{JsonNotes, JsonText};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::limits::Limits;
use crate::read::near::nearest;
use crate::read::reader::{RAISE, excerpt, faulty_name};
use crate::value::setters::setters;

/// How a published pathway is read.
///
/// ```
/// use credpath::PathwayOptions;
///
/// let options = PathwayOptions::default().language("fr").unstated_is_all(true);
/// assert!(options.unstated_is_all && !options.keeps_addresses);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PathwayOptions {
    /// Whether the id of a credential is the whole address of its component; else it is what stands behind the last
    /// `/` or `#` of it, and the address is a further id.
    pub keeps_addresses: bool,
    /// Whether all is required where components stand together and nothing says how many of them are; else that is a
    /// fault.
    pub unstated_is_all: bool,
    /// Whether a component that is named and not defined becomes a credential of which nothing more is known; else it
    /// is a fault.
    pub adds_unlisted: bool,
    /// The language of titles that are there in several, such as `en`; else it is the first by its tag.
    pub language: Option<String>,
    /// Bounds on the input: [`catalog_bytes`](Limits::catalog_bytes), [`memory_bytes`](Limits::memory_bytes),
    /// [`nesting`](Limits::nesting), [`credentials`](Limits::credentials), [`id_bytes`](Limits::id_bytes),
    /// [`requirement_nodes`](Limits::requirement_nodes), [`errors`](Limits::errors).
    pub limits: Limits,
}

setters! { PathwayOptions {
    /// Whether the id of a credential is the whole address of its component.
    keeps_addresses: value => bool,
    /// Whether all is required where nothing says how many are.
    unstated_is_all: value => bool,
    /// Whether what is named and not defined becomes a credential of its own.
    adds_unlisted: value => bool,
    /// The language of titles that are there in several.
    language: some text => String,
    /// Bounds on the input.
    limits: value => Limits,
} }

impl PathwayOptions {
    /// The id of the credential that has this address.
    pub(crate) fn id(&self, address: &str) -> String {
        if self.keeps_addresses { address.to_owned() } else { last_segment(address) }
    }
}

/// What stands behind the last `/` or `#` of an address, or behind the last `:` if it has neither; decoded.
pub(crate) fn last_segment(address: &str) -> String {
    let trimmed = without_end(address);
    let segment = match trimmed.rsplit_once(['/', '#']) {
        Some((_, segment)) => segment,
        None => trimmed.rsplit_once(':').map_or(trimmed, |(_, segment)| segment),
    };
    decoded(segment)
}

/// An address without what may stand behind its last part.
fn without_end(address: &str) -> &str {
    address.trim_end_matches(['/', '#'])
}

/// An address without how it is fetched: the same one is written with `http` here and `https` there.
fn without_scheme(address: &str) -> &str {
    address.strip_prefix("https:").or_else(|| address.strip_prefix("http:")).unwrap_or(address)
}

/// A part of an address without its escapes; as it is, if they make no text.
fn decoded(segment: &str) -> String {
    let mut bytes = Vec::with_capacity(segment.len());
    let mut at = 0;
    while let Some(&byte) = segment.as_bytes().get(at) {
        let digits = segment.get(at + 1..at + 3).filter(|_| byte == b'%');
        let escaped = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(escaped.unwrap_or(byte));
        at += if escaped.is_some() { 3 } else { 1 };
    }
    String::from_utf8(bytes).unwrap_or_else(|_| segment.to_owned())
}

/// An id as a part of an address: whatever is neither a letter nor a digit of ASCII, `-`, `_`, `.` nor `~` is escaped.
pub(crate) fn escaped(id: &str) -> String {
    let mut address = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            address.push(char::from(byte));
        } else {
            _ = write!(address, "%{byte:02X}");
        }
    }
    address
}

/// A pathway that is being read: its credentials so far, and what is to be told.
pub(crate) struct PathwayDraft<'v, 'o> {
    pub(crate) options: &'o PathwayOptions,
    pub(crate) document: CatalogDocument,
    pub(crate) notes: JsonNotes<'v>,
    defined: BTreeMap<String, &'v Value>,
    named: Vec<NamedComponent<'v>>,
    /// Further ids, with the credentials that have them.
    further: BTreeMap<String, Vec<FurtherId<'v>>>,
    /// The address that each id was made of.
    addresses: BTreeMap<String, &'v str>,
    /// How much may still be read where it is named, and not where it stands.
    nodes: Option<usize>,
}

/// A component that a condition names.
struct NamedComponent<'v> {
    id: String,
    at: &'v Value,
}

struct FurtherId<'v> {
    of: String,
    at: &'v Value,
}

/// How many parts of a group are required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Required {
    All,
    Number(u32),
}

impl<'v, 'o> PathwayDraft<'v, 'o> {
    pub(crate) fn new(options: &'o PathwayOptions) -> Self {
        Self {
            options,
            document: CatalogDocument::default(),
            notes: JsonNotes::default(),
            defined: BTreeMap::new(),
            named: Vec::new(),
            further: BTreeMap::new(),
            addresses: BTreeMap::new(),
            nodes: Some(options.limits.requirement_nodes),
        }
    }

    /// Whether so many nodes may be read; noted where there are too many for the first time.
    pub(crate) fn pay(&mut self, at: &'v Value, nodes: usize) -> bool {
        let Some(left) = self.nodes else { return false };
        self.nodes = left.checked_sub(nodes);
        if self.nodes.is_none() {
            let most = self.options.limits.requirement_nodes;
            let message = format!("conditions have more than {most} nodes, each counted wherever it is named");
            self.fault(at, Code::LimitExceeded, message, RAISE);
        }
        self.nodes.is_some()
    }

    /// Notes that something is wrong with a value, and what would be right.
    pub(crate) fn fault(&mut self, at: &'v Value, code: Code, message: impl Into<String>, help: impl Into<String>) {
        self.notes.push(at, Diagnostic::new(code, 0..0, message).help(help));
    }

    /// The id of a credential that is defined at a value, unless something is wrong with it. A whole address that is
    /// not the id is a further id.
    pub(crate) fn define(&mut self, address: &'v str, at: &'v Value) -> Option<String> {
        let id = self.options.id(address);
        if let Some(fault) = faulty_name(&id, 0..0, "an id", self.options.limits.id_bytes) {
            self.fault(at, fault.code, fault.message, "give the component another address");
            return None;
        }
        if self.defined.contains_key(&id) {
            let message = format!("`{}` is defined twice", excerpt(&id));
            let help = if self.options.keeps_addresses {
                "keep one of the two, or give the other one an address of its own"
            } else {
                "keep one of the two; if their addresses differ, ask for whole addresses as ids"
            };
            self.fault(at, Code::DuplicateKey, message, help);
            return None;
        }
        self.id_at(address, at);
        let most = self.options.limits.credentials;
        if self.defined.len() == most {
            self.notes.fault(at, Code::LimitExceeded, format!("there are more than {most} components"));
            return None;
        }
        self.defined.insert(id.clone(), at);
        if address.contains("://") || address.starts_with("urn:") {
            self.further_id(&id, address, at);
        }
        Some(id)
    }

    /// The id of the credential that has this address; noted if another address has it too. What is no more than an id
    /// may be of any address.
    pub(crate) fn id_at(&mut self, address: &'v str, at: &'v Value) -> String {
        let id = self.options.id(address);
        let is_address = address.contains(['/', '#', ':']);
        let first = if is_address { *self.addresses.entry(id.clone()).or_insert(address) } else { address };
        if without_scheme(without_end(first)) != without_scheme(without_end(address)) {
            let (name, first, other) = (excerpt(&id), excerpt(first), excerpt(address));
            let message = format!("`{name}` is the end of two addresses, `{first}` and `{other}`");
            let help = "if they mean the same, keep one of them; if not, ask for whole addresses as ids";
            self.fault(at, Code::DuplicateKey, message, help);
        }
        id
    }

    /// Whether something is defined under an id.
    pub(crate) fn is_defined(&self, id: &str) -> bool {
        self.defined.contains_key(id)
    }

    /// Notes a further id of a credential. One that is too long or already its id is none.
    pub(crate) fn further_id(&mut self, of: &str, id: &str, at: &'v Value) {
        if id == of || id.starts_with("_:") {
            return;
        }
        if faulty_name(id, 0..0, "an id", self.options.limits.id_bytes).is_some() {
            self.notes.loss(at, format!("`{}` cannot be an id", excerpt(id)));
            return;
        }
        self.further.entry(id.to_owned()).or_default().push(FurtherId { of: of.to_owned(), at });
    }

    /// The id of a component that is named at a value.
    pub(crate) fn name(&mut self, address: &'v str, at: &'v Value) -> String {
        let id = self.id_at(address, at);
        self.named.push(NamedComponent { id: id.clone(), at });
        id
    }

    /// A group of parts of which so many are required; nothing, if there are none.
    pub(crate) fn group(parts: Vec<RequirementDocument>, required: Required) -> Option<RequirementDocument> {
        match required {
            _ if parts.is_empty() => None,
            Required::Number(1) | Required::All if parts.len() == 1 => parts.into_iter().next(),
            Required::Number(1) => Some(any_of(parts)),
            // Where parts are counted an award fills one of them, so that this may be more than all of them.
            Required::Number(number) => Some(at_least(number).from(parts)),
            Required::All => Some(all_of(parts)),
        }
    }

    /// What is named and not defined is added or a fault, further ids that two credentials have are lost, and the
    /// document is done.
    pub(crate) fn finish(mut self, text: &JsonText) -> Result<Imported<CatalogDocument>, InvalidImport> {
        let mut is_first = BTreeSet::new();
        for NamedComponent { id, at } in std::mem::take(&mut self.named) {
            if self.defined.contains_key(&id) {
                continue;
            }
            let name = excerpt(&id);
            if let Some(fault) = faulty_name(&id, 0..0, "an id", self.options.limits.id_bytes) {
                self.notes.fault(at, fault.code, fault.message);
            } else if self.options.adds_unlisted {
                if is_first.insert(id.clone()) {
                    self.notes.loss(at, format!("`{name}` is not defined, so nothing more is known of it"));
                    self.document.credentials.insert(id, CredentialDocument::default());
                }
            } else if is_first.insert(id.clone()) {
                // To compare every unknown id with every id there is takes too long in a text made for that.
                let known = (is_first.len() <= MOST_SUGGESTED).then(|| self.defined.keys().map(String::as_str));
                let help = match known.and_then(|known| nearest(&id, known)) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "define it, or ask for what is not defined to be added".to_owned(),
                };
                let message = format!("there is no component `{name}`");
                self.fault(at, Code::UnknownCredential, message, help);
            }
        }
        for (id, owners) in std::mem::take(&mut self.further) {
            match &owners[..] {
                [FurtherId { of, .. }] if !self.document.credentials.contains_key(&id) => {
                    if let Some(credential) = self.document.credentials.get_mut(of) {
                        credential.ids.push(id);
                    }
                }
                _ => {
                    for FurtherId { of, at } in owners {
                        let what = format!("`{}` is no further id of `{}`: another has it", excerpt(&id), excerpt(&of));
                        self.notes.loss(at, what);
                    }
                }
            }
        }
        text.imported(self.document, self.notes, &self.options.limits)
    }
}

/// Ids for which a near one is looked for.
const MOST_SUGGESTED: usize = 200;

/// Makes the names of groups within one credential differ: where a name comes again, its number is added. `seen` has
/// the number that was added last to each.
pub(crate) fn tell_names_apart(rule: &mut RequirementDocument, seen: &mut BTreeMap<String, u32>) {
    if let Some(name) = &mut rule.name {
        let first = name.clone();
        while let Some(number) = seen.contains_key(name).then(|| seen.entry(first.clone()).or_insert(1)) {
            *number += 1;
            *name = format!("{first} ({number})");
        }
        seen.insert(name.clone(), 1);
    }
    match &mut rule.kind {
        RequirementKind::AllOf(parts)
        | RequirementKind::AnyOf(parts)
        | RequirementKind::AtLeast { from: MembersDocument::List(parts), .. } => {
            for part in parts {
                tell_names_apart(part, seen);
            }
        }
        _ => {}
    }
}
