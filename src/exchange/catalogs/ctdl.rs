//! Pathways in CTDL, as compact or expanded linked data.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::document::catalog_document::CatalogDocument;
use crate::document::credential_document::CredentialDocument;
use crate::document::requirement_document::RequirementDocument;
use crate::document::rules::{all_of, credential};
use crate::exchange::catalogs::ctdl_condition::ConditionReader;
use crate::exchange::catalogs::linked::{
    address, fault_terms_twice, graph, literal, named, nodes, number, of_term, term, text_in, types, values_of,
};
use crate::exchange::catalogs::pathway_draft::{PathwayDraft, PathwayOptions, Required, tell_names_apart};
use crate::exchange::imported::{Imported, InvalidImport};
use crate::exchange::json::{JsonText, is_nothing};
use crate::finding::code::Code;
use crate::read::reader::excerpt;
use crate::value::amount::Amount;

/// Reads a pathway that is published in CTDL (the Credential Transparency Description Language), as JSON-LD in compact
/// or expanded form. Only terms of CTDL are looked for, whatever the text says of its context.
///
/// Every component becomes a credential: with conditions it is conferred, and they are its stack; without it is taken.
/// A condition is met by so many of its components and further conditions as it requires. `OnlyOne` is read as *any
/// of*, and said to be: that somebody has more than one must not count against them.
///
/// # Errors
/// [`InvalidImport`] with everything that is wrong, each with its place. What could be meant in two ways is a fault, or
/// has an option: a condition that does not say how many, a destination that only has children.
///
/// ```
/// use credpath::{Catalog, PathwayOptions, catalogs};
///
/// let text = r#"{ "@graph": [
///     { "@id": "x:p", "@type": "ceterms:Pathway", "ceterms:hasDestinationComponent": ["x:analyst"] },
///     { "@id": "x:analyst", "@type": "ceterms:CredentialComponent", "ceterms:name": { "en": "Analyst" },
///       "ceterms:hasCondition": [{ "@type": "ceterms:ComponentCondition",
///         "ceterms:requiredNumber": 1, "ceterms:targetComponent": ["x:sql", "x:r"] }] },
///     { "@id": "x:sql", "@type": "ceterms:CourseComponent", "ceterms:precedes": "x:r" },
///     { "@id": "x:r", "@type": "ceterms:CourseComponent" }
/// ] }"#;
/// let imported = catalogs::from_ctdl("pathway.json", text.as_bytes(), &PathwayOptions::default())?;
/// assert_eq!(imported.losses[0].to_string(), "@graph[2].ceterms:precedes: an advised order is no rule");
/// let catalog = Catalog::compile(&imported.value)?;
/// assert_eq!(catalog.get(catalog.credential("analyst").expect("defined above")).title, "Analyst");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_ctdl(
    name: &str,
    bytes: &[u8],
    options: &PathwayOptions,
) -> Result<Imported<CatalogDocument>, InvalidImport> {
    let text = JsonText::read(name, bytes, options.limits.catalog_bytes, &options.limits)?;
    let mut reader = CtdlReader {
        draft: PathwayDraft::new(options),
        nodes: nodes(text.value()),
        destinations: BTreeSet::new(),
        children: HashMap::new(),
    };
    reader.pathways(text.value());
    let mut components: Vec<DefinedComponent<'_>> = Vec::new();
    fault_terms_twice(text.value(), &mut reader.draft.notes);
    for node in graph(text.value()) {
        reader.define(node, &mut components);
    }
    if components.is_empty() && reader.draft.notes.is_content() {
        let help = "a pathway has nodes such as `ceterms:CredentialComponent` in its `@graph`";
        reader.draft.fault(text.value(), Code::MissingKey, "no component is defined here", help);
    }
    for component in &components {
        reader.inverses(component.node);
    }
    let is_alone = components.len() == 1;
    for DefinedComponent { id, node } in components {
        let component = reader.component(&id, node, is_alone);
        reader.draft.document.credentials.insert(id, component);
    }
    reader.draft.finish(&text)
}

/// A component and the id of its credential.
struct DefinedComponent<'v> {
    id: String,
    node: &'v Value,
}

/// Terms that say the same as another one in the other direction, or that every node has.
const SAID_ELSEWHERE: [&str; 11] = [
    "@id",
    "@type",
    "id",
    "type",
    "@context",
    "isPartOf",
    "isChildOf",
    "isDestinationComponentOf",
    "isDestinationComponentFor",
    "ctid",
    "name",
];

/// Terms of components that are read, beside those.
const OF_COMPONENTS: [&str; 9] = [
    "description",
    "subjectWebpage",
    "proxyFor",
    "sourceData",
    "credentialType",
    "creditValue",
    "hasCondition",
    "hasChild",
    "prerequisite",
];

struct CtdlReader<'v, 'o> {
    draft: PathwayDraft<'v, 'o>,
    nodes: HashMap<&'v str, &'v Value>,
    destinations: BTreeSet<&'v str>,
    /// The components that say whose children they are, by that.
    children: HashMap<&'v str, Vec<&'v Value>>,
}

fn is_pathway(node: &Value) -> bool {
    types(node).any(|kind| kind == "Pathway")
}

/// The type of a component, such as `Credential` of `CredentialComponent`.
fn component_type(node: &Value) -> Option<&str> {
    types(node).find_map(|kind| kind.strip_suffix("Component"))
}

impl<'v> CtdlReader<'v, '_> {
    /// What pathways say of themselves: which components are their destinations, and a title if there is one pathway.
    fn pathways(&mut self, whole: &'v Value) {
        let pathways: Vec<&Value> = graph(whole).iter().filter(|node| is_pathway(node)).collect();
        let language = self.draft.options.language.as_deref();
        for pathway in &pathways {
            self.destinations.extend(values_of(pathway, "hasDestinationComponent").iter().filter_map(named));
            for key in ["hasDestinationComponent", "hasPart"] {
                for part in values_of(pathway, key) {
                    self.part(part);
                }
            }
            let title = text_in(pathway, "name", language, &mut self.draft.notes);
            if pathways.len() == 1 {
                self.draft.document.header.title = title;
            } else if let Some(name) = of_term(pathway, "name").filter(|_| title.is_some()) {
                self.draft.notes.loss(name, "there are several pathways, and a catalog has one title");
            }
            self.unread(pathway, &["hasDestinationComponent", "hasPart"]);
        }
    }

    /// Notes what a pathway names as a part of it.
    fn part(&mut self, at: &'v Value) {
        let Some(address) = named(at) else {
            return self.draft.notes.missing(at, "@id", "a component that is named");
        };
        match self.nodes.get(address) {
            Some(node) if component_type(node).is_none() => {
                self.draft.notes.loss(at, "this is no component of a pathway");
            }
            Some(_) => {}
            None => _ = self.draft.name(address, at),
        }
    }

    /// Notes what a component says of others: whose child it is, and that it is a destination.
    fn inverses(&mut self, node: &'v Value) {
        let Some(own) = address(node) else { return };
        if !values_of(node, "isDestinationComponentOf").is_empty() {
            self.destinations.insert(own);
        }
        for parent in values_of(node, "isChildOf") {
            match named(parent) {
                // A child of the whole is a part of it.
                Some(address) if self.nodes.get(address).is_some_and(|parent| is_pathway(parent)) => {}
                Some(address) => {
                    self.draft.name(address, parent);
                    self.children.entry(address).or_default().push(node);
                }
                None => self.draft.notes.missing(parent, "@id", "a component that is named"),
            }
        }
    }

    /// The children of a component: those that it names, and those that name it.
    fn children(&self, node: &'v Value) -> Vec<&'v Value> {
        let stated = values_of(node, "hasChild");
        let mut seen: BTreeSet<&str> = stated.iter().filter_map(named).collect();
        let naming = address(node).and_then(|address| self.children.get(address)).into_iter().flatten().copied();
        let naming = naming.filter(|child| address(child).is_some_and(|address| seen.insert(address)));
        stated.iter().chain(naming).collect()
    }

    /// Defines what a node of the graph is, and the components that stand in it.
    fn define(&mut self, node: &'v Value, components: &mut Vec<DefinedComponent<'v>>) {
        let mut open = vec![node];
        while let Some(value) = open.pop() {
            match value {
                Value::Array(items) => open.extend(items.iter().rev()),
                Value::Object(members) => {
                    if component_type(value).is_some() {
                        self.define_component(value, components);
                    } else if std::ptr::eq(value, node)
                        && !types(value).any(|kind| kind == "Pathway" || kind == "ComponentCondition")
                    {
                        self.draft.notes.loss(value, "a node that is no component of a pathway is not read");
                        continue;
                    }
                    open.extend(members.values().rev());
                }
                _ => {}
            }
        }
    }

    fn define_component(&mut self, node: &'v Value, components: &mut Vec<DefinedComponent<'v>>) {
        let Some(address) = address(node) else {
            return self.draft.notes.missing(node, "@id", "a component");
        };
        // A node may be mentioned with its type alone.
        if self.nodes.get(address).is_some_and(|known| !std::ptr::eq(*known, node))
            && node.as_object().is_some_and(|members| members.len() <= 2)
        {
            return;
        }
        if let Some(id) = self.draft.define(address, node) {
            components.push(DefinedComponent { id, node });
        }
    }

    fn component(&mut self, id: &str, node: &'v Value, is_alone: bool) -> CredentialDocument {
        let language = self.draft.options.language.as_deref();
        let notes = &mut self.draft.notes;
        let title = text_in(node, "name", language, notes);
        let note = text_in(node, "description", language, notes);
        for value in ["ctid", "proxyFor", "sourceData"].into_iter().flat_map(|key| values_of(node, key)) {
            if let Some(further) = named(literal(value)) {
                self.draft.further_id(id, further, value);
            } else {
                self.draft.notes.loss(value, "what has no address is no further id");
            }
        }
        let component = CredentialDocument {
            title,
            note,
            source: self.named_once(node, "subjectWebpage").map(str::to_owned),
            kind: self.kind(node),
            credits: self.credits(node),
            prerequisite: self.prerequisite(node),
            stack: self.stack(node, is_alone),
            ..CredentialDocument::default()
        };
        for order in ["precedes", "preceeds", "precededBy"] {
            if let Some(value) = of_term(node, order) {
                self.draft.notes.loss(value, "an advised order is no rule");
            }
        }
        self.unread(node, &OF_COMPONENTS);
        component
    }

    /// The type of the credential: of a credential what the component says, else what kind of component it is.
    fn kind(&mut self, node: &'v Value) -> Option<String> {
        let stated = self.named_once(node, "credentialType");
        match component_type(node) {
            Some("Credential") | None => stated.map(|kind| term(kind).to_owned()),
            Some(kind) => {
                if let Some(at) = of_term(node, "credentialType") {
                    self.draft.notes.loss(at, format!("the type is `{kind}` already"));
                }
                Some(kind.to_owned())
            }
        }
    }

    /// What a term names; noted if it is nothing that has a name, or several.
    fn named_once(&mut self, node: &'v Value, key: &str) -> Option<&'v str> {
        let (first, others) = values_of(node, key).split_first()?;
        if let Some(second) = others.first() {
            self.draft.notes.loss(second, format!("a credential has one `{key}`, and this is another one"));
        }
        let name = named(literal(first));
        if name.is_none() {
            self.draft.notes.wrong_type(first, key, "an address");
        }
        name
    }

    fn credits(&mut self, node: &'v Value) -> Option<Amount> {
        let values = values_of(node, "creditValue");
        let (first, others) = values.split_first()?;
        if let Some(second) = others.first() {
            let message = "the component carries credits twice";
            let help = "a catalog counts one unit of credits: keep the value that counts";
            self.draft.fault(second, Code::InvalidValue, message, help);
        }
        for (key, value) in first.as_object().into_iter().flatten() {
            match term(key) {
                "value" | "@value" | "@type" => {}
                "minValue" | "maxValue" => self.draft.notes.loss(value, "a range of credits is no amount"),
                _ => {
                    let what = "a catalog has one unit of credits, which is stated of the whole";
                    self.draft.notes.loss(value, what);
                }
            }
        }
        let value = match values_of(first, "value") {
            [value, ..] => value,
            [] if first.is_object() && first.get("@value").is_none() => return None,
            [] => first,
        };
        let Some(text) = number(value) else {
            self.draft.notes.wrong_type(value, "schema:value", "a number");
            return None;
        };
        text.parse()
            .inspect_err(|error| {
                let message = format!("`{}`: {error}", excerpt(&text));
                self.draft.notes.fault(value, Code::InvalidAmount, message);
            })
            .ok()
    }

    fn prerequisite(&mut self, node: &'v Value) -> Option<RequirementDocument> {
        let parts = self.components(values_of(node, "prerequisite").iter());
        PathwayDraft::group(parts, Required::All)
    }

    /// The components that values name.
    fn components(&mut self, values: impl Iterator<Item = &'v Value>) -> Vec<RequirementDocument> {
        let mut parts = Vec::new();
        for value in values {
            match named(value) {
                Some(address) => parts.push(credential(self.draft.name(address, value))),
                None => self.draft.notes.missing(value, "@id", "a component that is named"),
            }
        }
        parts
    }

    /// What earns the component.
    fn stack(&mut self, node: &'v Value, is_alone: bool) -> Option<RequirementDocument> {
        let conditions = values_of(node, "hasCondition");
        let children = self.children(node);
        let mut conditions_read = ConditionReader::new(&mut self.draft, &self.nodes);
        let parts: Vec<RequirementDocument> =
            conditions.iter().filter_map(|condition| conditions_read.condition(condition)).collect();
        let targets = conditions_read.targets;
        if !parts.is_empty() {
            for child in children {
                if named(child).is_some_and(|address| !targets.contains(address)) {
                    self.draft.notes.loss(child, "no condition names this child, so it is not required");
                }
            }
            let mut stack = if parts.len() == 1 { parts.into_iter().next()? } else { all_of(parts) };
            tell_names_apart(&mut stack, &mut BTreeMap::new());
            return Some(stack);
        }
        let is_destination = address(node).is_some_and(|address| self.destinations.contains(address));
        if !children.is_empty() && self.draft.options.unstated_is_all {
            return PathwayDraft::group(self.components(children.into_iter()), Required::All);
        }
        let help = "give it a condition that says how many of what, or ask for all where nothing is said";
        let is_refused = !conditions.is_empty() && !self.draft.notes.is_content();
        if !children.is_empty() && !is_refused {
            let message = "the component has children, and no condition says how many of them are required";
            self.draft.fault(node, Code::AmbiguousRequirement, message, help);
        } else if is_destination && !is_alone && conditions.is_empty() {
            let message = "no condition says what leads to this destination";
            if self.draft.options.unstated_is_all {
                self.draft.notes.loss(node, format!("{message}, so it can be taken at once"));
            } else {
                self.draft.fault(node, Code::AmbiguousRequirement, message, help);
            }
        }
        None
    }

    /// Notes what a node says beside what is read.
    fn unread(&mut self, node: &'v Value, read: &[&str]) {
        let orders = ["precedes", "preceeds", "precededBy"];
        let is_read = |key: &str| SAID_ELSEWHERE.contains(&key) || read.contains(&key) || orders.contains(&key);
        for (key, value) in node.as_object().into_iter().flatten() {
            if !is_read(term(key)) && !is_nothing(value) {
                self.draft.notes.loss(value, format!("a catalog has no place for `{}`", excerpt(key)));
            }
        }
    }
}
