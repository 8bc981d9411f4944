//! Linked data as far as pathways need it: the members of a node by their terms, compact or expanded.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use crate::exchange::json::{JsonNotes, one_or_many};
use crate::finding::code::Code;
use crate::read::reader::excerpt;

/// What terms are written behind: in compact form, and in full.
const PREFIXES: [&str; 10] = [
    "ceterms:",
    "https://purl.org/ctdl/terms/",
    "http://purl.org/ctdl/terms/",
    "ceasn:",
    "asn:",
    "https://purl.org/ctdlasn/terms/",
    "http://purl.org/ctdlasn/terms/",
    "schema:",
    "https://schema.org/",
    "http://schema.org/",
];

/// The term that a key or a type is, without what stands before it.
pub(crate) fn term(key: &str) -> &str {
    PREFIXES.iter().find_map(|prefix| key.strip_prefix(prefix)).unwrap_or(key)
}

/// The member of a node that has this term, if there is something in it.
pub(crate) fn of_term<'v>(node: &'v Value, wanted: &str) -> Option<&'v Value> {
    let members = node.as_object()?;
    members.iter().find(|(key, value)| term(key) == wanted && !value.is_null()).map(|(_, value)| value)
}

/// Notes members of a node that have one term and do not say the same: one of them alone is read.
pub(crate) fn fault_terms_twice<'v>(whole: &'v Value, notes: &mut JsonNotes<'v>) {
    let mut open = vec![whole];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                let mut first: BTreeMap<&str, &Value> = BTreeMap::new();
                for (key, member) in members.iter().filter(|(_, member)| !member.is_null()) {
                    if *first.entry(term(key)).or_insert(member) != member {
                        let message = format!("`{}` says otherwise than another key of the same term", excerpt(key));
                        notes.fault(member, Code::DuplicateKey, message);
                    }
                }
                open.extend(members.values());
            }
            _ => {}
        }
    }
}

/// The values of a term.
pub(crate) fn values_of<'v>(node: &'v Value, wanted: &str) -> &'v [Value] {
    one_or_many(of_term(node, wanted))
}

/// The address of a node; contexts of CTDL call it `id`, too.
pub(crate) fn address(node: &Value) -> Option<&str> {
    node.get("@id").or_else(|| node.get("id")).and_then(Value::as_str)
}

/// The types of a node, without what stands before them.
pub(crate) fn types(node: &Value) -> impl Iterator<Item = &str> {
    one_or_many(node.get("@type").or_else(|| node.get("type"))).iter().filter_map(Value::as_str).map(term)
}

/// What a value names: an address by itself, or a node that has one.
pub(crate) fn named(value: &Value) -> Option<&str> {
    value.as_str().or_else(|| address(value))
}

/// A literal without what is said around it in expanded form.
pub(crate) fn literal(value: &Value) -> &Value {
    value.get("@value").unwrap_or(value)
}

/// A number that stands as such or as its text, as its text.
pub(crate) fn number(value: &Value) -> Option<String> {
    match literal(value) {
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(text.trim().to_owned()),
        _ => None,
    }
}

/// Every node of a text by its address; of several with one address, the one that says most.
pub(crate) fn nodes(whole: &Value) -> HashMap<&str, &Value> {
    let mut nodes: HashMap<&str, &Value> = HashMap::new();
    let size = |node: &Value| node.as_object().map_or(0, serde_json::Map::len);
    let mut open = vec![whole];
    while let Some(value) = open.pop() {
        match value {
            Value::Array(items) => open.extend(items),
            Value::Object(members) => {
                if let Some(address) = address(value)
                    && members.len() > 1
                    && nodes.get(address).is_none_or(|known| size(known) < members.len())
                {
                    nodes.insert(address, value);
                }
                open.extend(members.values());
            }
            _ => {}
        }
    }
    nodes
}

/// The nodes of a text in its order: those of its graph, those of its list, or the one that it is.
pub(crate) fn graph(whole: &Value) -> &[Value] {
    // Expanded, a graph that has an address is the one item of a list.
    let whole = whole.as_array().filter(|list| list.len() == 1).and_then(|list| list.first()).unwrap_or(whole);
    match whole.get("@graph") {
        Some(graph) => one_or_many(Some(graph)),
        None => one_or_many(Some(whole)),
    }
}

/// What a text may be.
const TEXTS: &str = "a text, or texts by their languages";

/// A text in the language that is asked for, or else in the first by its tag; further languages are noted as lost.
pub(crate) fn text_in<'v>(
    node: &'v Value,
    wanted: &str,
    language: Option<&str>,
    notes: &mut JsonNotes<'v>,
) -> Option<String> {
    let value = of_term(node, wanted)?;
    let mut texts: Vec<(&str, &str)> = Vec::new();
    for one in one_or_many(Some(value)) {
        match one {
            Value::String(text) => texts.push(("", text)),
            Value::Object(members) if members.contains_key("@value") => match literal(one) {
                Value::String(text) => {
                    texts.push((one.get("@language").and_then(Value::as_str).unwrap_or_default(), text));
                }
                Value::Null => {}
                other => notes.wrong_type(other, wanted, TEXTS),
            },
            Value::Object(members) => {
                let tagged = members.iter().flat_map(|(tag, of_tag)| {
                    one_or_many(Some(of_tag)).iter().map(move |text| (if tag == "@none" { "" } else { tag }, text))
                });
                for (tag, text) in tagged {
                    match text.as_str().filter(|_| !tag.starts_with('@')) {
                        Some(text) => texts.push((tag, text)),
                        None if text.is_null() => {}
                        None => notes.wrong_type(text, wanted, TEXTS),
                    }
                }
            }
            _ => notes.wrong_type(one, wanted, TEXTS),
        }
    }
    let of_language = |tag: &str| {
        language.is_some_and(|language| tag == language || tag.split('-').next().is_some_and(|main| main == language))
    };
    let chosen = texts.iter().find(|(tag, _)| of_language(tag)).or_else(|| texts.iter().min_by_key(|(tag, _)| *tag));
    if texts.len() > 1 {
        notes.loss(value, format!("`{wanted}` is there in {} languages, and a catalog has one", texts.len()));
    }
    chosen.map(|(_, text)| text.trim().to_owned()).filter(|text| !text.is_empty())
}
