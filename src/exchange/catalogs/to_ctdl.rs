//! Documents written as a pathway in CTDL.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::document::catalog_document::CatalogDocument;
use crate::document::credential_document::CredentialDocument;
use crate::document::requirement_document::{MembersDocument, RequirementDocument, RequirementKind};
use crate::exchange::catalogs::losing::Losing;
use crate::exchange::catalogs::pathway_draft::escaped;
use crate::exchange::exported::Exported;

/// Keys of credentials that have a place.
const PLACED: [&str; 8] = ["title", "ids", "type", "credits", "prerequisite", "stack", "source", "note"];

/// Types that are kinds of components; any other is the type of a credential.
const COMPONENTS: [&str; 10] = [
    "Assessment",
    "Basic",
    "Cocurricular",
    "Collection",
    "Competency",
    "Course",
    "Extracurricular",
    "Job",
    "Selection",
    "WorkExperience",
];

/// Writes a document as a pathway in CTDL, compact JSON-LD, which [`from_ctdl`](crate::catalogs::from_ctdl)
/// reads. `base` stands before every id, such as `https://example.org/pathways/data/`; without one addresses are
/// relative. Whatever a stack names and no other stack, is no destination; all else of which a stack is
/// written is one.
///
/// ```
/// use credpath::{CatalogDocument, catalogs};
///
/// let text = "credential = { sql = { cost = 90 }, r = {}, analyst = { stack = { any_of = ['sql', 'r'] } } }";
/// let exported = catalogs::to_ctdl(&CatalogDocument::parse("c.toml", text)?, "");
/// assert!(exported.text.contains(r#""ceterms:requiredNumber": 1"#));
/// assert_eq!(exported.losses[0].place, "credential.sql.cost");
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[must_use]
pub fn to_ctdl(document: &CatalogDocument, base: &str) -> Exported {
    let mut writer = CtdlWriter { losing: Losing::new(document, "a pathway", &["title"]), base };
    let mut components = Vec::new();
    let mut inner = BTreeSet::new();
    for (id, credential) in &document.credentials {
        components.push(writer.component(id, credential, &mut inner));
    }
    let address = |id: &String| Value::from(format!("{base}{}", escaped(id)));
    // A stack of which nothing could be written leads nowhere.
    let is_led_to = |component: &Value| component.get("ceterms:hasCondition").is_some();
    let written = document.credentials.keys().zip(&components);
    let destinations = written.filter(|(id, component)| is_led_to(component) && !inner.contains(*id));
    let destinations: Vec<Value> = destinations.map(|(id, _)| address(id)).collect();
    let parts: Vec<Value> = document.credentials.keys().map(address).collect();
    let mut pathway = json!({
        "@id": format!("{base}#pathway"),
        "@type": "ceterms:Pathway",
        "ceterms:hasDestinationComponent": destinations,
        "ceterms:hasPart": parts,
    });
    if let Some(title) = writer.losing.title() {
        pathway["ceterms:name"] = in_no_language(&title);
    }
    let graph: Vec<Value> = std::iter::once(pathway).chain(components).collect();
    let whole = json!({ "@context": "https://credreg.net/ctdl/schema/context/json", "@graph": graph });
    writer.losing.exported(format!("{whole:#}\n"))
}

/// A text of which nobody said what language it is in.
fn in_no_language(text: &str) -> Value {
    json!({ "und": text })
}

struct CtdlWriter<'d> {
    losing: Losing<'d>,
    base: &'d str,
}

impl CtdlWriter<'_> {
    fn address(&self, id: &str) -> Value {
        Value::from(format!("{}{}", self.base, escaped(id)))
    }

    fn component(&mut self, id: &str, credential: &CredentialDocument, inner: &mut BTreeSet<String>) -> Value {
        self.losing.credential(id, credential, &PLACED);
        let mut node = Map::new();
        node.insert("@id".to_owned(), self.address(id));
        let mut set = |key: &str, value: Option<Value>| {
            node.extend(value.map(|value| (format!("ceterms:{key}"), value)));
        };
        let losing = &mut self.losing;
        set("name", losing.text(id, "title", credential.title.as_ref()).map(|text| in_no_language(&text)));
        set("description", losing.text(id, "note", credential.note.as_ref()).map(|text| in_no_language(&text)));
        set("subjectWebpage", self.addresses_alone(id, "source", credential.source.as_slice()).pop());
        let ids = self.addresses_alone(id, "ids", &credential.ids);
        set("proxyFor", (!ids.is_empty()).then_some(Value::Array(ids)));
        let value =
            |credits: String| json!([{ "@type": "schema:QuantitativeValue", "schema:value": number(&credits) }]);
        set("creditValue", credential.credits.map(|credits| value(credits.to_string())));
        set("prerequisite", self.prerequisite(id, credential.prerequisite.as_ref()));
        set("hasCondition", self.stack(id, credential.stack.as_ref(), inner));
        let kind = self.losing.text(id, "type", credential.kind.as_ref());
        let component = kind.as_deref().filter(|kind| COMPONENTS.contains(kind));
        if component.is_none() {
            set("credentialType", kind.as_ref().map(|kind| Value::from(format!("ceterms:{kind}"))));
        }
        node.insert("@type".to_owned(), Value::from(format!("ceterms:{}Component", component.unwrap_or("Credential"))));
        Value::Object(node)
    }

    /// The texts that are addresses, of which alone there is a place; others are lost.
    fn addresses_alone(&mut self, id: &str, key: &str, texts: &[String]) -> Vec<Value> {
        let is_address = |text: &&String| text.contains("://") && !text.contains(char::is_whitespace);
        if !texts.iter().all(|text| is_address(&text)) {
            self.losing.lost(id, key, "what is no address has no place in a pathway");
        }
        texts.iter().filter(is_address).map(|text| Value::from(text.as_str())).collect()
    }

    fn prerequisite(&mut self, id: &str, rule: Option<&RequirementDocument>) -> Option<Value> {
        let rule = self.losing.rule(id, "prerequisite", rule)?;
        let parts = match &rule.kind {
            RequirementKind::AllOf(parts) if rule == RequirementDocument::from(rule.kind.clone()) => &parts[..],
            _ => std::slice::from_ref(&rule),
        };
        let ids: Option<Vec<&str>> = parts.iter().map(RequirementDocument::plain).collect();
        if ids.is_none() {
            self.losing.lost(id, "prerequisite", "a component has a list of prerequisites, all of them required");
        }
        Some(Value::Array(ids?.into_iter().map(|id| self.address(id)).collect()))
    }

    fn stack(&mut self, id: &str, rule: Option<&RequirementDocument>, inner: &mut BTreeSet<String>) -> Option<Value> {
        let rule = self.losing.rule(id, "stack", rule)?;
        let mut conditions = ConditionWriter { base: self.base, lost: BTreeSet::new(), named: inner };
        let condition = match rule.plain() {
            Some(_) => conditions.group(&rule, Some(1), std::slice::from_ref(&rule)),
            None => conditions.condition(&rule),
        };
        for what in conditions.lost {
            self.losing.lost(id, "stack", what);
        }
        condition.map(|condition| json!([condition]))
    }
}

/// A number as it is written.
fn number(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
}

/// The conditions of one component.
struct ConditionWriter<'c> {
    base: &'c str,
    lost: BTreeSet<&'static str>,
    named: &'c mut BTreeSet<String>,
}

impl ConditionWriter<'_> {
    fn condition(&mut self, rule: &RequirementDocument) -> Option<Value> {
        match &rule.kind {
            RequirementKind::AllOf(parts) => {
                let mut condition = self.group(rule, None, parts)?;
                // Of two parts that are the same an award fills one if parts are counted, and both if all are due.
                condition["ceterms:logicalOperator"] = Value::from("logic:And");
                Some(condition)
            }
            RequirementKind::AnyOf(parts) => self.group(rule, Some(1), parts),
            RequirementKind::AtLeast { needed, from: MembersDocument::List(parts) } => {
                self.group(rule, Some(*needed), parts)
            }
            RequirementKind::Credential(_) => self.group(rule, Some(1), std::slice::from_ref(rule)),
            _ => {
                self.lost.insert("a condition counts components, and nothing that they carry");
                None
            }
        }
    }

    /// So many of the parts; all that can be written, if no number is given.
    fn group(
        &mut self,
        rule: &RequirementDocument,
        needed: Option<u32>,
        parts: &[RequirementDocument],
    ) -> Option<Value> {
        let unnamed = RequirementDocument { name: None, ..rule.clone() };
        if unnamed != RequirementDocument::from(rule.kind.clone()) {
            self.lost.insert("a condition has no place for what a rule says of awards");
        }
        if parts.is_empty() || needed == Some(0) {
            self.lost.insert("a condition names at least one component and requires at least one");
            return None;
        }
        let (mut targets, mut inner) = (Vec::new(), Vec::new());
        for part in parts {
            match &part.kind {
                RequirementKind::Credential(id) => {
                    if part.plain().is_none() {
                        self.lost.insert("a condition has no place for what a rule says of awards");
                    }
                    self.named.insert(id.clone());
                    targets.push(Value::from(format!("{}{}", self.base, escaped(id))));
                }
                _ => inner.extend(self.condition(part)),
            }
        }
        let written = targets.len() + inner.len();
        if written == 0 {
            return None;
        }
        let mut condition = json!({
            "@type": "ceterms:ComponentCondition",
            "ceterms:requiredNumber": needed.map_or(Value::from(written), Value::from),
        });
        if !targets.is_empty() {
            condition["ceterms:targetComponent"] = Value::Array(targets);
        }
        if !inner.is_empty() {
            condition["ceterms:hasCondition"] = Value::Array(inner);
        }
        if let Some(name) = &rule.name {
            condition["ceterms:name"] = in_no_language(name);
        }
        Some(condition)
    }
}
