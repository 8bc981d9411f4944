//! Pathways of Badgr and Canvas Credentials: elements, badges that they require, and rules of counting.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::catalog_document::CatalogDocument;
use crate::document::credential_document::CredentialDocument;
use crate::document::requirement_document::RequirementDocument;
use crate::document::rules::credential;
use crate::exchange::catalogs::badgr_junction::element_address;
use crate::exchange::catalogs::pathway_draft::{PathwayDraft, PathwayOptions, Required};
use crate::exchange::imported::{Imported, InvalidImport};
use crate::exchange::json::{JsonText, member, one_or_many};
use crate::finding::code::Code;
use crate::read::reader::excerpt;

/// Reads a pathway of Badgr, now Canvas Credentials, as its JSON: one pathway or a list of them, with or without the
/// `result` that an answer of the service puts around them.
///
/// Every element becomes a credential. Its children and the badges that it requires are what earns it: all of them, or
/// so many as its `countRule` says, `"all"` or `"atLeastN"`, with the number in the word (`"atLeast2"`), in the rule
/// (`{ "atLeastN": 2 }`), or beside it (`requiredCount`). A badge that is required is a taken credential of the type
/// `Badge`; the badge that completes an element is a further id of it, and whoever requires that badge requires the
/// element. A shortcut badge counts as its element.
///
/// The service's own answers name elements by `@id` and say what earns one under `requirements`: a junction of badges
/// or of elements, `Conjunction` for all of them and `Disjunction` with a `requiredNumber` for so many. Then what the
/// junction names is required, and a child that it does not name is not.
///
/// # Errors
/// [`InvalidImport`] with everything that is wrong, each with its place; what could be meant in two ways is a fault, or
/// has an option.
///
/// ```
/// use credpath::{Catalog, PathwayOptions, catalogs};
///
/// let text = r#"{ "name": "Data", "elements": [
///     { "elementId": "analyst", "name": "Analyst", "countRule": "atLeast1",
///       "badgeRequirements": [{ "badgeId": "sql", "name": "SQL" }, { "badgeId": "r", "name": "R" }],
///       "shortcutBadges": ["expert"] }
/// ] }"#;
/// let imported = catalogs::from_badgr("pathway.json", text.as_bytes(), &PathwayOptions::default())?;
/// assert_eq!(imported.value.credentials["expert"].counts_as, ["analyst"]);
/// let catalog = Catalog::compile(&imported.value)?;
/// assert!(catalog.is_conferred(catalog.credential("analyst").expect("defined above")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn from_badgr(
    name: &str,
    bytes: &[u8],
    options: &PathwayOptions,
) -> Result<Imported<CatalogDocument>, InvalidImport> {
    let text = JsonText::read(name, bytes, options.limits.catalog_bytes, &options.limits)?;
    let mut reader = BadgrReader {
        draft: PathwayDraft::new(options),
        elements: Vec::new(),
        completed_by: BTreeMap::new(),
        badges: BTreeMap::new(),
        shortcuts: Vec::new(),
        root_badges: Vec::new(),
    };
    let whole = text.value();
    let pathways = one_or_many(Some(member(whole, "result").unwrap_or(whole)));
    for pathway in pathways {
        reader.pathway(pathway, pathways.len() == 1);
    }
    if reader.elements.is_empty() && reader.draft.notes.is_content() {
        let help = "a pathway has `elements`, each with an `elementId`";
        reader.draft.fault(whole, Code::MissingKey, "no element is defined here", help);
    }
    reader.completions();
    for element in std::mem::take(&mut reader.elements) {
        reader.element(element);
    }
    reader.finish(&text)
}

/// Keys of elements under which others stand.
pub(crate) const CHILDREN: [&str; 2] = ["children", "elements"];

/// Keys under which the number of a rule may stand beside it.
const NUMBERS: [&str; 4] = ["requiredCount", "requiredNumber", "count", "n"];

/// Keys that an element may have its address under.
pub(crate) const ELEMENT_IDS: [&str; 2] = ["elementId", "@id"];

/// Keys of pathways that are read, or only say again what the elements say.
const OF_PATHWAYS: [&str; 9] =
    ["name", "elements", "children", "@context", "@type", "@id", "slug", "rootElement", "completionBadge"];

/// Keys of pathways that count what is there.
const COUNTS: [&str; 2] = ["elementCount", "rootChildCount"];

/// Keys of elements that are read, or say nothing that is a rule.
const OF_ELEMENTS: [&str; 20] = [
    "elementId",
    "@id",
    "@type",
    "slug",
    "ordering",
    "badges",
    "requirements",
    "name",
    "title",
    "description",
    "children",
    "elements",
    "countRule",
    "requiredCount",
    "requiredNumber",
    "count",
    "n",
    "badgeRequirements",
    "shortcutBadges",
    "completionBadge",
];

/// Keys that a badge may have its address under.
const BADGE_IDS: [&str; 5] = ["badgeId", "@id", "id", "entityId", "badgeclass"];

/// An element and the id of its credential.
struct DefinedElement<'v> {
    id: String,
    at: &'v Value,
}

/// The badge that completes a pathway, and so its first element.
struct RootBadge<'v> {
    element: &'v str,
    badge: &'v Value,
}

/// A badge that counts as an element.
struct Shortcut {
    badge: String,
    element: String,
}

/// Reads the elements of pathways.
pub(crate) struct BadgrReader<'v, 'o> {
    pub(crate) draft: PathwayDraft<'v, 'o>,
    elements: Vec<DefinedElement<'v>>,
    /// The element that each completion badge stands for.
    completed_by: BTreeMap<String, String>,
    /// Badges that are credentials of their own.
    badges: BTreeMap<String, CredentialDocument>,
    shortcuts: Vec<Shortcut>,
    /// The badges that complete whole pathways.
    root_badges: Vec<RootBadge<'v>>,
}

impl<'v> BadgrReader<'v, '_> {
    fn pathway(&mut self, at: &'v Value, is_alone: bool) {
        if self.draft.notes.table(at, "pathway").is_none() {
            return;
        }
        if member(at, "elementId").is_some() {
            return self.define(at);
        }
        let title = self.draft.notes.text(at, "name");
        match (title, member(at, "name")) {
            (Some(title), _) if is_alone => self.draft.document.header.title = Some(title.trim().to_owned()),
            (Some(_), Some(at)) => self.draft.notes.loss(at, "there are several pathways, and a catalog has one title"),
            _ => {}
        }
        let read: Vec<&str> = OF_PATHWAYS.into_iter().chain(COUNTS).collect();
        self.draft.notes.unread(at, &read);
        if let (Some(element), Some(badge)) = (self.draft.notes.text(at, "rootElement"), member(at, "completionBadge"))
        {
            self.root_badges.push(RootBadge { element, badge });
        }
        for child in CHILDREN.into_iter().flat_map(|key| one_or_many(member(at, key))) {
            self.define(child);
        }
    }

    /// Defines an element and those within it.
    fn define(&mut self, top: &'v Value) {
        let mut open = vec![top];
        while let Some(at) = open.pop() {
            if at.is_string() {
                continue;
            }
            if self.draft.notes.table(at, "element").is_none() {
                continue;
            }
            let key = ELEMENT_IDS.into_iter().find(|key| member(at, key).is_some());
            let Some(key) = key else {
                self.draft.notes.missing(at, "elementId", "an element");
                continue;
            };
            let Some(address) = self.draft.notes.text(at, key) else { continue };
            if let Some(id) = self.draft.define(address, at) {
                self.elements.push(DefinedElement { id, at });
            }
            let within: Vec<&Value> = CHILDREN.into_iter().flat_map(|key| one_or_many(member(at, key))).collect();
            open.extend(within.into_iter().rev());
        }
    }

    /// Which badge completes which element. One that completes two is a badge of its own.
    fn completions(&mut self) {
        let mut owners: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        let of_elements = self
            .elements
            .iter()
            .filter_map(|element| Some((element.id.clone(), member(element.at, "completionBadge")?)));
        let of_roots = self.root_badges.iter().map(|root| (self.draft.options.id(root.element), root.badge));
        let completing: Vec<(String, &Value)> = of_elements.chain(of_roots).collect();
        for (id, badge) in completing {
            let Some(address) = badge_address(badge) else {
                self.draft.notes.missing(badge, "badgeId", "a badge");
                continue;
            };
            // A pathway may say again what its first element says.
            if owners.entry(self.draft.id_at(address, badge)).or_default().insert(id.clone()) {
                self.draft.further_id(&id, address, badge);
            }
        }
        let single = owners.into_iter().filter(|(_, elements)| elements.len() == 1);
        self.completed_by = single.filter_map(|(badge, mut elements)| Some((badge, elements.pop_first()?))).collect();
    }

    fn element(&mut self, DefinedElement { id, at }: DefinedElement<'v>) {
        let stack = match member(at, "requirements") {
            Some(junction) => self.junction(at, junction),
            None => self.counted(at),
        };
        for badge in one_or_many(member(at, "shortcutBadges")) {
            if let Some(badge) = self.badge(badge).filter(|badge| *badge != id) {
                self.shortcuts.push(Shortcut { badge, element: id.clone() });
            }
        }
        let text = |reader: &mut Self, key| {
            let text = reader.draft.notes.text(at, key).map(str::trim);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let completes = member(at, "completionBadge").is_some();
        let element = CredentialDocument {
            title: text(self, "name").or_else(|| text(self, "title")),
            note: text(self, "description"),
            kind: completes.then(|| "Badge".to_owned()),
            stack,
            ..CredentialDocument::default()
        };
        self.draft.notes.unread(at, &OF_ELEMENTS);
        self.draft.document.credentials.insert(id, element);
    }

    /// What earns an element that has a rule of counting over its children and badges.
    fn counted(&mut self, at: &'v Value) -> Option<RequirementDocument> {
        let mut parts = Vec::new();
        for child in CHILDREN.into_iter().flat_map(|key| one_or_many(member(at, key))) {
            parts.extend(element_address(child).map(|address| credential(self.draft.name(address, child))));
        }
        for badge in one_or_many(member(at, "badgeRequirements")) {
            parts.extend(self.badge(badge).map(credential));
        }
        let required = match member(at, "countRule") {
            Some(rule) => self.count_rule(at, rule, parts.len())?,
            None if NUMBERS.into_iter().any(|key| member(at, key).is_some()) => {
                let message = "the element has a number, and no rule that counts";
                let help = "give it the `countRule` `atLeastN`, or leave the number out";
                self.draft.fault(at, Code::AmbiguousRequirement, message, help);
                return None;
            }
            None if parts.len() < 2 || self.draft.options.unstated_is_all => Required::All,
            None => {
                let message = "the element does not say how many of its parts are required";
                let help = "give it a `countRule`, or ask for all where nothing is said";
                self.draft.fault(at, Code::AmbiguousRequirement, message, help);
                return None;
            }
        };
        if required == Required::Number(0) {
            self.draft.notes.loss(at, "an element that requires none of its parts has no rule");
            return None;
        }
        PathwayDraft::group(parts, required)
    }

    /// What a rule of counting says of so many parts; noted if the number beside it says otherwise.
    fn count_rule(&mut self, at: &'v Value, rule: &'v Value, parts: usize) -> Option<Required> {
        let word = rule.as_str();
        let mut beside = Vec::new();
        for value in NUMBERS.into_iter().filter_map(|key| member(at, key)) {
            match whole(value) {
                Some(number) => beside.push(number),
                None => self.draft.notes.wrong_type(value, "requiredCount", "a whole number"),
            }
        }
        let number = match word {
            Some("all") => u32::try_from(parts).ok(),
            Some("atLeastN") => beside.first().copied(),
            Some(word) => word.strip_prefix("atLeast").and_then(|number| number.parse().ok()),
            None => rule.get("atLeastN").and_then(whole),
        };
        if number.is_none() {
            let message = format!("`{}` is no rule of counting", excerpt(word.unwrap_or("this")));
            let help = "write `all`, or `atLeastN` with a whole number in `requiredCount`";
            self.draft.fault(rule, Code::InvalidValue, message, help);
        }
        let number = number?;
        if beside.iter().any(|other| *other != number) {
            let message = "the number of the element says otherwise than its rule of counting";
            self.draft.fault(at, Code::AmbiguousRequirement, message, "keep the one that is meant");
        }
        Some(if word == Some("all") { Required::All } else { Required::Number(number) })
    }

    /// The id of the credential that a badge is: of the element that it completes, or its own.
    pub(crate) fn badge(&mut self, at: &'v Value) -> Option<String> {
        let Some(address) = badge_address(at) else {
            self.draft.notes.missing(at, "badgeId", "a badge");
            return None;
        };
        let id = self.draft.id_at(address, at);
        if let Some(element) = self.completed_by.get(&id) {
            return Some(element.clone());
        }
        let title = at.get("name").and_then(Value::as_str).map(str::trim).filter(|title| !title.is_empty());
        if !self.draft.is_defined(&id) {
            let badge = CredentialDocument { kind: Some("Badge".to_owned()), ..CredentialDocument::default() };
            self.badges.insert(self.draft.define(address, at)?, badge);
        }
        if let Some(badge) = self.badges.get_mut(&id) {
            badge.title = badge.title.take().or_else(|| title.map(str::to_owned));
        }
        if at.is_object() {
            let read: Vec<&str> = BADGE_IDS.into_iter().chain(["name", "badge"]).collect();
            self.draft.notes.unread(at, &read);
        }
        Some(id)
    }

    fn finish(mut self, text: &JsonText) -> Result<Imported<CatalogDocument>, InvalidImport> {
        self.draft.document.credentials.append(&mut self.badges);
        for Shortcut { badge, element } in self.shortcuts {
            if let Some(badge) = self.draft.document.credentials.get_mut(&badge)
                && !badge.counts_as.contains(&element)
            {
                badge.counts_as.push(element);
            }
        }
        self.draft.finish(text)
    }
}

/// A number as such.
fn whole(value: &Value) -> Option<u32> {
    value.as_u64().and_then(|number| u32::try_from(number).ok())
}

/// The address of a badge, which is a text or has one.
fn badge_address(at: &Value) -> Option<&str> {
    fn own(at: &Value) -> Option<&Value> {
        BADGE_IDS.into_iter().find_map(|key| at.get(key))
    }
    match at {
        Value::String(address) => Some(address),
        _ => own(at).or_else(|| own(at.get("badge")?)).and_then(Value::as_str),
    }
}
