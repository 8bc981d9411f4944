//! Junctions of Badgr: which badges or elements earn an element, as the service itself says it.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::document::requirement_document::RequirementDocument;
use crate::document::rules::credential;
use crate::exchange::catalogs::badgr::{BadgrReader, CHILDREN, ELEMENT_IDS};
use crate::exchange::catalogs::linked::number;
use crate::exchange::catalogs::pathway_draft::{PathwayDraft, Required};
use crate::exchange::json::{member, one_or_many};
use crate::finding::code::Code;

impl<'v> BadgrReader<'v, '_> {
    /// What earns an element that has a junction.
    pub(crate) fn junction(&mut self, at: &'v Value, junction: &'v Value) -> Option<RequirementDocument> {
        if let Some(other) = ["countRule", "badgeRequirements"].into_iter().find_map(|key| member(at, key)) {
            let message = "the element has `requirements`, and says what it requires here as well";
            self.draft.fault(other, Code::AmbiguousRequirement, message, "keep the one that is meant");
        }
        self.draft.notes.table(junction, "requirements")?;
        let kind = self.draft.notes.text(junction, "@type");
        let key = if kind == Some("ElementJunction") { "elements" } else { "badges" };
        self.draft.notes.unread(junction, &["@type", "junctionConfig", key]);
        let mut parts = Vec::new();
        let mut named = BTreeSet::new();
        for part in one_or_many(member(junction, key)) {
            if kind == Some("ElementJunction") {
                let Some(address) = element_address(part) else {
                    self.draft.notes.missing(part, "@id", "an element");
                    continue;
                };
                named.insert(address);
                parts.push(credential(self.draft.name(address, part)));
            } else {
                parts.extend(self.badge(part).map(credential));
            }
        }
        for child in CHILDREN.into_iter().flat_map(|key| one_or_many(member(at, key))) {
            if element_address(child).is_some_and(|address| !named.contains(&address)) {
                self.draft.notes.loss(child, "a child that the rule of its element does not name is not required");
            }
        }
        let required = self.junction_number(junction)?;
        if parts.is_empty() || required == Required::Number(0) {
            self.draft.notes.loss(junction, "an element that requires none of its parts has no rule");
            return None;
        }
        PathwayDraft::group(parts, required)
    }

    /// How many of its parts a junction requires.
    fn junction_number(&mut self, junction: &'v Value) -> Option<Required> {
        let config = member(junction, "junctionConfig").unwrap_or(junction);
        match (member(junction, "@type").and_then(Value::as_str), member(config, "@type").and_then(Value::as_str)) {
            (Some("BadgeJunction" | "ElementJunction"), Some("Conjunction")) => Some(Required::All),
            (Some("BadgeJunction" | "ElementJunction"), Some("Disjunction")) => {
                let stated = member(config, "requiredNumber").and_then(number).and_then(|text| text.parse().ok());
                if stated.is_none() {
                    let help = "a disjunction has a whole number in `requiredNumber`";
                    self.draft.fault(config, Code::AmbiguousRequirement, "it is not said how many are required", help);
                }
                stated.map(Required::Number)
            }
            _ => {
                let help = "a `BadgeJunction` or an `ElementJunction` is a `Conjunction` or a `Disjunction`";
                self.draft.fault(junction, Code::InvalidValue, "this is no rule that is known", help);
                None
            }
        }
    }
}

/// The address of an element that is named or stands here.
pub(crate) fn element_address(at: &Value) -> Option<&str> {
    at.as_str().or_else(|| ELEMENT_IDS.into_iter().find_map(|key| at.get(key).and_then(Value::as_str)))
}
