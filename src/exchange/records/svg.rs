//! Badges baked into images of SVG: an element of another namespace, found by a walk over the tags.
//!
//! No entity is ever unfolded but those of single characters, and nothing is built of what is not a badge.

use std::collections::BTreeSet;

use crate::exchange::imported::InvalidImport;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics};
use crate::read::limits::Limits;

/// Whether a text is XML.
pub(crate) fn is_xml(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    bytes.trim_ascii_start().starts_with(b"<")
}

/// The elements that badges are in, the newest version first.
const ELEMENTS: [&str; 2] = ["credential", "assertion"];

/// The badges in an SVG, the newest version first: text, a JWS, or only an address.
pub(crate) fn baked(name: &str, bytes: &[u8], limits: &Limits) -> Result<Vec<String>, InvalidImport> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let refused = |text: &str, at: usize, message: &str, help: &str| {
        let fault = Diagnostic::new(Code::Syntax, at..at, message).help(help);
        InvalidImport(Diagnostics::new(name, text, vec![fault], limits.errors))
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        return Err(refused("", 0, "the image is not UTF-8", "save it in that encoding"));
    };
    let mut walk = Markup { text, at: 0 };
    let mut prefixes: BTreeSet<&str> = BTreeSet::from(["openbadges"]);
    let mut found: [Option<String>; 2] = [None, None];
    loop {
        let tag = match walk.next_piece() {
            NextTag::Whole(tag) => tag,
            NextTag::End => break,
            NextTag::Open => {
                return Err(refused(text, walk.at, "the image is cut off, or damaged", "get the whole of it"));
            }
        };
        let Some(tag) = tag.strip_prefix('<').filter(|tag| !tag.starts_with(['!', '?', '/'])) else { continue };
        for attribute in attributes(tag) {
            let is_badges = ["openbadges.org", "purl.imsglobal.org"].iter().any(|of| attribute.value.contains(of));
            if let Some(prefix) = attribute.name.strip_prefix("xmlns:").filter(|_| is_badges) {
                prefixes.insert(prefix);
            }
        }
        let Some(BadgeElement { called, version }) = badge_element(tag, &prefixes) else { continue };
        let Some(badge) = badge(tag, || walk.content(called)) else {
            let help = "its text is JSON in a section CDATA, or its attribute `verify` is a signed text";
            return Err(refused(text, walk.at, "the badge in the image cannot be read", help));
        };
        if found[version].as_ref().is_some_and(|other| *other != badge) {
            let help = "have one badge baked into one image";
            return Err(refused(text, walk.at, "two different badges are baked into the image", help));
        }
        found[version] = Some(badge);
    }
    let found: Vec<String> = found.into_iter().flatten().collect();
    if found.is_empty() {
        let help = "save the image as it was got: other programs leave out what they do not know";
        return Err(refused(text, text.len(), "no badge is baked into the image", help));
    }
    Ok(found)
}

/// An element that a badge is in.
struct BadgeElement<'t> {
    /// Its name, with its prefix.
    called: &'t str,
    /// Which of the [`ELEMENTS`] it is.
    version: usize,
}

/// What a tag begins, if that is the element of a badge under one of these prefixes.
fn badge_element<'t>(tag: &'t str, prefixes: &BTreeSet<&str>) -> Option<BadgeElement<'t>> {
    let called = tag.split(|c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>')).next()?;
    let (prefix, local) = called.split_once(':')?;
    let version = ELEMENTS.iter().position(|element| *element == local)?;
    prefixes.contains(prefix).then_some(BadgeElement { called, version })
}

/// What the element of a badge holds: its text if it has any, else what is to be verified.
fn badge<'t>(tag: &str, content: impl FnOnce() -> Option<&'t str>) -> Option<String> {
    let body = if tag.ends_with("/>") { String::new() } else { plain(content()?)? };
    if !body.trim().is_empty() {
        return Some(body);
    }
    let verify = attributes(tag).find(|attribute| attribute.name == "verify")?;
    plain(verify.value).filter(|verify| !verify.trim().is_empty())
}

/// A piece of markup.
enum NextTag<'t> {
    /// A tag, a comment, a section of CDATA, an instruction or a declaration.
    Whole(&'t str),
    /// One that does not end.
    Open,
    /// There is no more.
    End,
}

/// A walk from one piece of markup to the next.
struct Markup<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Markup<'t> {
    /// The next piece of markup.
    fn next_piece(&mut self) -> NextTag<'t> {
        let rest = &self.text[self.at..];
        let Some(start) = rest.find('<').map(|start| self.at + start) else { return NextTag::End };
        let rest = &self.text[start..];
        self.at = start;
        let end = if rest.starts_with("<!--") {
            end_of(rest, "-->")
        } else if rest.starts_with("<![CDATA[") {
            end_of(rest, "]]>")
        } else if rest.starts_with("<?") {
            end_of(rest, "?>")
        } else {
            end_of_tag(rest)
        };
        let Some(end) = end else { return NextTag::Open };
        self.at = start + end;
        NextTag::Whole(&rest[..end])
    }

    /// What stands between the tag that was just passed and the one that closes it.
    fn content(&self, called: &str) -> Option<&'t str> {
        let mut within = Markup { text: self.text, at: self.at };
        loop {
            let before = within.at;
            let NextTag::Whole(markup) = within.next_piece() else { return None };
            if markup.strip_prefix("</").and_then(|tag| tag.strip_prefix(called)).is_some() {
                let end = within.at - markup.len();
                return self.text.get(self.at..end.max(before));
            }
        }
    }
}

fn end_of(rest: &str, mark: &str) -> Option<usize> {
    rest.find(mark).map(|at| at + mark.len())
}

/// Where a tag or declaration ends: at the first `>` that is in no quotes and in no brackets.
fn end_of_tag(rest: &str) -> Option<usize> {
    let (mut quote, mut open) = (None, 0_usize);
    for (at, byte) in rest.bytes().enumerate() {
        match (quote, byte) {
            (Some(is), byte) => quote = (is != byte).then_some(is),
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'[') => open += 1,
            (None, b']') => open = open.saturating_sub(1),
            (None, b'>') if open == 0 => return Some(at + 1),
            (None, _) => {}
        }
    }
    None
}

/// An attribute as it is written.
struct Attribute<'t> {
    name: &'t str,
    value: &'t str,
}

/// The attributes of a tag.
fn attributes(tag: &str) -> impl Iterator<Item = Attribute<'_>> {
    let mut rest = tag;
    std::iter::from_fn(move || {
        let equals = rest.find('=')?;
        let name = rest[..equals].trim_end().rsplit(|c: char| c.is_ascii_whitespace()).next().unwrap_or_default();
        let after = rest[equals + 1..].trim_start();
        let quote = after.chars().next().filter(|&c| matches!(c, '"' | '\''))?;
        let (value, behind) = after[1..].split_once(quote)?;
        rest = behind;
        Some(Attribute { name, value })
    })
}

/// The characters that a text stands for: sections of CDATA as they are, comments left out, entities of single
/// characters. Nothing if there are other entities, which could unfold into anything, or other tags.
fn plain(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(section) = rest.strip_prefix("<![CDATA[") {
            let (inside, behind) = section.split_once("]]>")?;
            out.push_str(inside);
            rest = behind;
        } else if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->")?.1;
        } else {
            let (entity, behind) = rest.strip_prefix('&')?.split_once(';')?;
            out.push(character(entity)?);
            rest = behind;
        }
    }
    out.push_str(rest);
    Some(out)
}

fn character(entity: &str) -> Option<char> {
    match entity {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = entity.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(digits) => u32::from_str_radix(digits, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)
        }
    }
}
