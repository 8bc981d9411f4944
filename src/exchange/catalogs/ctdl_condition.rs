//! Conditions of pathways in CTDL: how many of which components and further conditions.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::document::requirement_document::RequirementDocument;
use crate::document::rules::{all_of, credential};
use crate::exchange::catalogs::linked::{literal, named, number, of_term, term, text_in, values_of};
use crate::exchange::catalogs::pathway_draft::{PathwayDraft, Required};
use crate::exchange::json::{JsonNotes, is_nothing};
use crate::finding::code::Code;
use crate::read::reader::{excerpt, faulty_name};

/// Terms of conditions that are read.
const OF_CONDITIONS: [&str; 9] =
    ["@id", "@type", "id", "type", "name", "requiredNumber", "logicalOperator", "targetComponent", "hasCondition"];

/// Reads the conditions of one component.
pub(crate) struct ConditionReader<'d, 'v, 'o> {
    draft: &'d mut PathwayDraft<'v, 'o>,
    nodes: &'d HashMap<&'v str, &'v Value>,
    /// The addresses of all components that a condition names.
    pub(crate) targets: BTreeSet<&'v str>,
    /// The conditions that are being read: one that stands in itself is met by nothing.
    open: Vec<&'v Value>,
}

impl<'d, 'v, 'o> ConditionReader<'d, 'v, 'o> {
    pub(crate) fn new(draft: &'d mut PathwayDraft<'v, 'o>, nodes: &'d HashMap<&'v str, &'v Value>) -> Self {
        Self { draft, nodes, targets: BTreeSet::new(), open: Vec::new() }
    }

    /// The requirement that a condition is, if it names anything.
    pub(crate) fn condition(&mut self, at: &'v Value) -> Option<RequirementDocument> {
        // It may stand elsewhere in the graph and only be named here.
        let is_named = at.is_string() || at.as_object().is_some_and(|members| members.len() == 1);
        let elsewhere = if is_named { named(at).and_then(|address| self.nodes.get(address).copied()) } else { None };
        let node = elsewhere.unwrap_or(at);
        if !node.is_object() {
            self.draft.notes.fault(at, Code::UnknownCredential, "there is no such condition");
            return None;
        }
        if self.open.len() >= self.draft.options.limits.nesting / 2
            || self.open.iter().any(|open| std::ptr::eq(*open, node))
        {
            let message = "conditions stand in each other in a circle, or too deeply";
            self.draft.fault(at, Code::LimitExceeded, message, "nest less deeply");
            return None;
        }
        // What stands where it is read is as large as the text; what is named is read at every mention.
        if elsewhere.is_some_and(|node| !self.draft.pay(at, size(node))) {
            return None;
        }
        self.open.push(node);
        let parts = self.parts(node);
        self.open.pop();
        self.lose_what_is_no_rule(node);
        if parts.is_empty() {
            self.draft.notes.loss(node, "a condition that names no component is no rule");
            return None;
        }
        let count = values_of(node, "targetComponent").len() + values_of(node, "hasCondition").len();
        let required = self.required(node, count, parts.len())?;
        let mut group = PathwayDraft::group(parts, required)?;
        if !self.open.is_empty() && group.plain().is_some() {
            // Where parts are counted, a condition within another is met for itself, even if it names the same.
            group = all_of([group]);
        }
        Some(self.with_name(node, group))
    }

    fn parts(&mut self, node: &'v Value) -> Vec<RequirementDocument> {
        let mut parts = Vec::new();
        for target in values_of(node, "targetComponent") {
            match named(target) {
                Some(address) => {
                    self.targets.insert(address);
                    parts.push(credential(self.draft.name(address, target)));
                }
                None => self.draft.notes.missing(target, "@id", "a component that is named"),
            }
        }
        for inner in values_of(node, "hasCondition") {
            parts.extend(self.condition(inner));
        }
        parts
    }

    fn lose_what_is_no_rule(&mut self, node: &'v Value) {
        for (key, value) in node.as_object().into_iter().flatten().filter(|(_, value)| !is_nothing(value)) {
            match term(key) {
                known if OF_CONDITIONS.contains(&known) => {}
                "hasConstraint" | "requiredConstraints" => {
                    self.draft.notes.loss(value, "a constraint is not judged here: whoever meets the rest meets this");
                }
                _ => self.draft.notes.loss(value, format!("a catalog has no place for `{}`", excerpt(key))),
            }
        }
    }

    /// How many of the parts are required, of which so many are left; noted if that is not said, or said in two ways.
    fn required(&mut self, node: &'v Value, count: usize, left: usize) -> Option<Required> {
        let stated = self.required_number(node)?;
        let is_all = |number: u32| usize::try_from(number).is_ok_and(|number| number == count);
        let Some((operator, at)) = self.operator(node) else {
            return match stated {
                // What is no rule is lost, and all of the rest is due.
                Some(number) if is_all(number) && left < count => Some(Required::All),
                Some(number) => Some(Required::Number(number)),
                None if count == 1 || self.draft.options.unstated_is_all => Some(Required::All),
                None => {
                    let message = match text_in(node, "description", None, &mut JsonNotes::default()) {
                        Some(text) => {
                            format!("the condition says how many are required in words alone: {}", excerpt(&text))
                        }
                        None => "the condition does not say how many are required".to_owned(),
                    };
                    let help = "give it `ceterms:requiredNumber`, or ask for all where nothing is said";
                    self.draft.fault(node, Code::AmbiguousRequirement, message, help);
                    None
                }
            };
        };
        match (operator, stated) {
            ("and", None) => Some(Required::All),
            ("and", Some(number)) if is_all(number) => Some(Required::All),
            ("or", stated) => Some(Required::Number(stated.unwrap_or(1))),
            ("onlyone" | "xor", None | Some(1)) => {
                let what = "`only one` is read as any of them: to have more does not count against anybody";
                self.draft.notes.loss(at, what);
                Some(Required::Number(1))
            }
            ("and" | "onlyone" | "xor", Some(number)) => {
                let message = format!("the condition requires {number} of {count}, and its operator says otherwise");
                let help = "keep what is meant, the number or the operator";
                self.draft.fault(at, Code::AmbiguousRequirement, message, help);
                None
            }
            _ => {
                let message = "this operator has no meaning here";
                let help = "a condition is met by all of its parts, by so many, or by any";
                self.draft.fault(at, Code::InvalidValue, message, help);
                None
            }
        }
    }

    /// The one value of a term; noted if another one says otherwise.
    fn once(&mut self, node: &'v Value, key: &str) -> Option<&'v Value> {
        let (first, others) = values_of(node, key).split_first()?;
        if let Some(other) = others.iter().find(|other| *other != first) {
            let message = format!("the condition has another `{key}` already");
            self.draft.fault(other, Code::AmbiguousRequirement, message, "keep the one that is meant");
        }
        Some(first)
    }

    /// The number that is stated; `None` if it is no number.
    #[allow(clippy::option_option, reason = "that nothing is stated is no fault")]
    fn required_number(&mut self, node: &'v Value) -> Option<Option<u32>> {
        let Some(at) = self.once(node, "requiredNumber") else { return Some(None) };
        match number(at).and_then(|text| text.parse().ok()) {
            Some(number) if number > 0 => Some(Some(number)),
            Some(_) => {
                self.draft.notes.loss(node, "a condition that requires none of its components is no rule");
                None
            }
            None => {
                self.draft.notes.wrong_type(at, "requiredNumber", "a whole number");
                None
            }
        }
    }

    /// The operator, in small letters and without what stands around it.
    fn operator(&mut self, node: &'v Value) -> Option<(&'static str, &'v Value)> {
        let at = self.once(node, "logicalOperator")?;
        let stated = literal(at);
        let text = named(stated).or_else(|| of_term(stated, "targetNode").and_then(named)).unwrap_or_default();
        let word = text.rsplit([':', '/', '#']).next().unwrap_or_default().to_lowercase();
        let word = word.strip_suffix("operator").unwrap_or(&word);
        let known = ["and", "or", "onlyone", "xor"].into_iter().find(|known| *known == word);
        Some((known.unwrap_or("unknown"), at))
    }

    /// The group under the name of its condition, unless that is no name.
    fn with_name(&mut self, node: &'v Value, group: RequirementDocument) -> RequirementDocument {
        let language = self.draft.options.language.as_deref();
        let Some(name) = text_in(node, "name", language, &mut self.draft.notes) else { return group };
        // A number may be added to it.
        let most = self.draft.options.limits.id_bytes.saturating_sub(MOST_ADDED);
        if faulty_name(&name, 0..0, "a name", most).is_some() {
            let at = of_term(node, "name").unwrap_or(node);
            self.draft.notes.loss(at, "this cannot be the name of a group");
            return group;
        }
        let is_group = group.plain().is_none() && group.name.is_none();
        if is_group { group.name(name) } else { all_of([group]).name(name) }
    }
}

/// What it takes to read a value once more: a unit for each item, member, and stretch of a text.
fn size(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(size).sum::<usize>() + 1,
        Value::Object(members) => members.iter().map(|(key, value)| size_of_text(key) + size(value)).sum::<usize>() + 1,
        Value::String(text) => size_of_text(text),
        Value::Null | Value::Bool(_) | Value::Number(_) => 1,
    }
}

fn size_of_text(text: &str) -> usize {
    text.len() / 128 + 1
}

/// The bytes that may be added to a name to tell it apart from another one.
const MOST_ADDED: usize = 13;
