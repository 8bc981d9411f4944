//! Documents written as a pathway of Badgr.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use crate::document::catalog_document::CatalogDocument;
use crate::document::credential_document::CredentialDocument;
use crate::document::requirement_document::{MembersDocument, RequirementDocument, RequirementKind};
use crate::exchange::catalogs::losing::Losing;
use crate::exchange::catalogs::pathway_draft::{escaped, last_segment};
use crate::exchange::exported::Exported;

/// Writes a document as a pathway of Badgr, which [`from_badgr`](crate::catalogs::from_badgr) reads. What has
/// a stack is an element; what is taken and of the type `Badge` is a badge, all else an element without a rule. A group
/// within a group becomes an element of its own, and is named as lost: it was no credential.
///
/// ```
/// use credpath::{CatalogDocument, catalogs};
///
/// let text = "[credential]
///     sql = { type = 'Badge' }
///     r = { type = 'Badge' }
///     analyst = { stack = { any_of = ['sql', 'r'] } }";
/// let exported = catalogs::to_badgr(&CatalogDocument::parse("c.toml", text)?);
/// assert!(exported.text.contains(r#""countRule": "atLeastN""#));
/// assert!(exported.losses.is_empty());
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[must_use]
pub fn to_badgr(document: &CatalogDocument) -> Exported {
    let mut writer = BadgrWriter {
        losing: Losing::new(document, "a pathway of Badgr", &["title"]),
        document,
        shortcuts: BTreeMap::new(),
        required: BTreeSet::new(),
        completing: completing(document),
        elements: BTreeMap::new(),
    };
    for (id, credential) in &document.credentials {
        writer.counts_as(id, credential);
    }
    for (id, credential) in document.credentials.iter().filter(|(_, credential)| credential.stack.is_some()) {
        writer.element(id, credential);
    }
    for (id, credential) in document.credentials.iter().filter(|(_, credential)| credential.stack.is_none()) {
        writer.taken(id, credential);
    }
    let elements: Vec<Value> = writer.elements.into_values().collect();
    let mut whole = json!({ "elements": elements });
    if let Some(title) = writer.losing.title() {
        whole["name"] = Value::from(title);
    }
    writer.losing.exported(format!("{whole:#}\n"))
}

/// How many elements a badge completes of which the address ends with each id.
fn completing(document: &CatalogDocument) -> BTreeMap<String, usize> {
    let mut completing = BTreeMap::new();
    let elements = document.credentials.values().filter(|element| element.stack.is_some());
    for badge in elements.filter(|element| element.kind.as_deref() == Some("Badge")).filter_map(|one| one.ids.first()) {
        *completing.entry(last_segment(badge)).or_default() += 1;
    }
    completing
}

struct BadgrWriter<'d> {
    losing: Losing<'d>,
    document: &'d CatalogDocument,
    /// The badges that count as each element.
    shortcuts: BTreeMap<&'d str, Vec<&'d str>>,
    /// The badges that stand in an element.
    required: BTreeSet<String>,
    /// How many badges that complete an element are read under each id.
    completing: BTreeMap<String, usize>,
    elements: BTreeMap<String, Value>,
}

impl<'d> BadgrWriter<'d> {
    fn is_badge(&self, id: &str) -> bool {
        let credential = self.document.credentials.get(id);
        credential.is_some_and(|badge| badge.stack.is_none() && badge.kind.as_deref() == Some("Badge"))
    }

    fn counts_as(&mut self, id: &'d str, credential: &'d CredentialDocument) {
        for element in &credential.counts_as {
            let is_element = self.document.credentials.get(element).is_some_and(|element| element.stack.is_some());
            if self.is_badge(id) && is_element {
                self.shortcuts.entry(element).or_default().push(id);
                self.required.insert(id.to_owned());
            } else {
                self.losing.lost(id, "counts_as", "only a badge counts as something, and only as an element");
            }
        }
    }

    fn badge(&mut self, id: &str) -> Value {
        self.required.insert(id.to_owned());
        let title = self.document.credentials.get(id).and_then(|badge| badge.title.as_deref());
        match title.map(str::trim).filter(|title| !title.is_empty()) {
            Some(title) => json!({ "badgeId": escaped(id), "name": title }),
            None => json!({ "badgeId": escaped(id) }),
        }
    }

    fn element(&mut self, id: &str, credential: &CredentialDocument) {
        self.losing.credential(id, credential, &["title", "ids", "type", "counts_as", "stack", "note"]);
        let mut element = self.described(id, credential);
        let completion = self.completion(id, credential);
        if let Some(badge) = completion {
            element["completionBadge"] = json!({ "badgeId": badge });
        }
        let shortcuts: Vec<Value> =
            self.shortcuts.get(id).cloned().unwrap_or_default().into_iter().map(|badge| self.badge(badge)).collect();
        if !shortcuts.is_empty() {
            element["shortcutBadges"] = Value::Array(shortcuts);
        }
        if let Some(rule) = self.losing.rule(id, "stack", credential.stack.as_ref()) {
            self.count(id, id, &rule, &mut element);
        }
        self.elements.insert(id.to_owned(), element);
    }

    fn described(&mut self, id: &str, credential: &CredentialDocument) -> Value {
        let mut element = json!({ "elementId": escaped(id) });
        if let Some(title) = self.losing.text(id, "title", credential.title.as_ref()) {
            element["name"] = Value::from(title);
        }
        if let Some(note) = self.losing.text(id, "note", credential.note.as_ref()) {
            element["description"] = Value::from(note);
        }
        element
    }

    /// The badge that completes an element: its one further id, if it is a badge.
    fn completion(&mut self, id: &str, credential: &CredentialDocument) -> Option<String> {
        match (credential.kind.as_deref(), &credential.ids[..]) {
            (Some("Badge"), [badge, others @ ..]) => {
                if !others.is_empty() {
                    self.losing.lost(id, "ids", "an element has one badge that completes it");
                }
                let read = last_segment(badge);
                let is_other = read != id && self.document.credentials.contains_key(&read);
                if !is_other && self.completing.get(&read) == Some(&1) {
                    return Some(badge.clone());
                }
                let what = format!("the badge that completes an element is read as `{read}`, and so is another");
                self.losing.lost(id, "ids", what);
                self.losing.lost(id, "type", "an element that no badge completes has no type");
            }
            (kind, ids) => {
                if kind.is_some() {
                    self.losing.lost(id, "type", "an element that no badge completes has no type");
                }
                if !ids.is_empty() {
                    self.losing.lost(id, "ids", "an element that is no badge has one id");
                }
            }
        }
        None
    }

    fn taken(&mut self, id: &str, credential: &CredentialDocument) {
        if self.is_badge(id) && self.required.contains(id) {
            self.losing.credential(id, credential, &["title", "type", "counts_as"]);
            self.losing.text(id, "title", credential.title.as_ref());
            return;
        }
        self.losing.credential(id, credential, &["title", "counts_as", "note"]);
        let element = self.described(id, credential);
        self.elements.insert(id.to_owned(), element);
    }

    /// Writes a rule into an element: the parts, and how many of them are required.
    fn count(&mut self, owner: &str, own: &str, rule: &RequirementDocument, element: &mut Value) {
        let (needed, parts) = match &rule.kind {
            RequirementKind::AllOf(parts) => (None, &parts[..]),
            RequirementKind::AnyOf(parts) => (Some(1), &parts[..]),
            RequirementKind::AtLeast { needed, from: MembersDocument::List(parts) } => (Some(*needed), &parts[..]),
            RequirementKind::Credential(_) => (None, std::slice::from_ref(rule)),
            _ => return self.losing.lost(owner, "stack", "an element counts its parts, and nothing that they carry"),
        };
        if *rule != RequirementDocument::from(rule.kind.clone()) {
            self.losing.lost(owner, "stack", "an element has no place for what a rule says of awards, and no name");
        }
        if parts.is_empty() || needed == Some(0) {
            self.losing.lost(owner, "stack", "an element has at least one part and requires at least one");
        }
        let (mut children, mut badges) = (Vec::new(), Vec::new());
        for (at, part) in (1..).zip(parts) {
            match &part.kind {
                RequirementKind::Credential(id) => {
                    let is_rule_itself = std::ptr::eq(part, rule);
                    if part.plain().is_none() && !is_rule_itself {
                        self.losing.lost(owner, "stack", "an element has no place for what a rule says of awards");
                    }
                    if self.is_badge(id) {
                        badges.push(self.badge(id));
                    } else {
                        children.push(Value::from(escaped(id)));
                    }
                }
                _ => children.push(Value::from(escaped(&self.inner(owner, &format!("{own}.{at}"), part)))),
            }
        }
        element["countRule"] = Value::from(if needed.is_some() { "atLeastN" } else { "all" });
        if let Some(needed) = needed {
            element["requiredCount"] = Value::from(needed);
        }
        element["children"] = Value::Array(children);
        element["badgeRequirements"] = Value::Array(badges);
    }

    /// A group within a group as an element of its own, whose id is nobody else's.
    fn inner(&mut self, owner: &str, wanted: &str, rule: &RequirementDocument) -> String {
        let is_taken = |id: &str| self.document.credentials.contains_key(id) || self.elements.contains_key(id);
        let mut id = wanted.to_owned();
        while is_taken(&id) {
            id.push('+');
        }
        self.losing.lost(owner, "stack", format!("a group within a group becomes an element of its own, `{id}`"));
        let mut element = json!({ "elementId": escaped(&id) });
        self.elements.insert(id.clone(), Value::Null);
        self.count(owner, &id, rule, &mut element);
        self.elements.insert(id.clone(), element);
        id
    }
}
