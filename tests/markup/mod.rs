//! Whether markup is well-formed: every tag is closed in turn, every attribute is in quotes, every `&` begins an entity
//! that there is. SVG is read as XML; of HTML, elements that are never closed are known.
#![allow(dead_code, reason = "not every test needs everything")]

/// Elements of HTML that have no end.
const WITHOUT_END: [&str; 5] = ["meta", "br", "hr", "link", "input"];
const ENTITIES: [&str; 5] = ["amp", "lt", "gt", "quot", "#39"];

/// What is found in a well-formed text.
#[derive(Debug, Default)]
pub(crate) struct Markup {
    /// The elements, in the order in which they begin, each with its attributes.
    pub(crate) elements: Vec<Element>,
}

#[derive(Debug)]
pub(crate) struct Element {
    pub(crate) name: String,
    pub(crate) attributes: Vec<(String, String)>,
}

impl Element {
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|known| known.0 == name).map(|known| known.1.as_str())
    }
}

impl Markup {
    /// The elements of a text; what is wrong with it, if it is not well-formed.
    pub(crate) fn of(text: &str) -> Result<Self, String> {
        let mut found = Self::default();
        let mut open: Vec<String> = Vec::new();
        let mut rest = text.strip_prefix("<!doctype html>").unwrap_or(text);
        while let Some((before, tag)) = rest.split_once('<') {
            check_text(before)?;
            let (tag, after) = tag.split_once('>').ok_or_else(|| format!("no end of <{}", start(tag)))?;
            rest = after;
            if let Some(name) = tag.strip_prefix('/') {
                let last = open.pop();
                if last.as_deref() != Some(name) {
                    return Err(format!("</{name}> where {last:?} is open, before {}", start(rest)));
                }
                continue;
            }
            let (tag, closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
            let element = element(tag)?;
            if !closed && !WITHOUT_END.contains(&&*element.name) {
                open.push(element.name.clone());
            }
            if element.name == "style" {
                rest = &rest[rest.find("</style>").ok_or("no end of a style")?..];
            }
            found.elements.push(element);
        }
        check_text(rest)?;
        if open.is_empty() { Ok(found) } else { Err(format!("never closed: {open:?}")) }
    }

    pub(crate) fn named(&self, name: &str) -> impl Iterator<Item = &Element> {
        self.elements.iter().filter(move |element| element.name == name)
    }
}

fn element(tag: &str) -> Result<Element, String> {
    let (name, mut rest) = tag.split_once(' ').unwrap_or((tag, ""));
    let plain = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-:".contains(c));
    if !plain(name) {
        return Err(format!("<{}> is no element", start(tag)));
    }
    let mut attributes: Vec<(String, String)> = Vec::new();
    while !rest.trim().is_empty() {
        let (key, value) = rest.trim_start().split_once("=\"").ok_or_else(|| format!("in <{}", start(tag)))?;
        let (value, after) = value.split_once('"').ok_or_else(|| format!("a quote is open in <{}", start(tag)))?;
        if !plain(key) || attributes.iter().any(|known| known.0 == key) {
            return Err(format!("the attribute `{key}` of <{}", start(tag)));
        }
        check_text(value)?;
        attributes.push((key.to_owned(), value.to_owned()));
        rest = after;
    }
    Ok(Element { name: name.to_owned(), attributes })
}

fn check_text(text: &str) -> Result<(), String> {
    for after in text.split('&').skip(1) {
        if !after.split_once(';').is_some_and(|(entity, _)| ENTITIES.contains(&entity)) {
            return Err(format!("no entity: &{}", start(after)));
        }
    }
    match text.chars().find(|&c| c.is_control() && c != '\n' || c == '>' || c == '\u{fffe}' || c == '\u{ffff}') {
        Some(c) => Err(format!("{c:?} in {}", start(text))),
        None => Ok(()),
    }
}

fn start(text: &str) -> String {
    text.chars().take(60).collect()
}
