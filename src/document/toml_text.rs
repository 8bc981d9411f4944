//! TOML as a person would have written it: a value on one line while it fits, else its lists broken over lines.

use std::fmt::Write as _;

/// The widest line, in characters, if a value can be broken at all.
const WIDTH: usize = 100;

/// A value to be written.
pub(crate) enum TomlText {
    /// In the form that TOML has for it.
    Scalar(String),
    List(Vec<TomlText>),
    Table(Vec<TomlEntry>),
}

/// A key and its value.
pub(crate) struct TomlEntry {
    pub(crate) key: &'static str,
    pub(crate) value: TomlText,
}

impl TomlText {
    pub(crate) fn text(text: &str) -> Self {
        Self::Scalar(quoted(text))
    }

    pub(crate) fn texts(texts: &[String]) -> Self {
        Self::List(texts.iter().map(|text| Self::text(text)).collect())
    }

    pub(crate) fn scalar(value: &impl ToString) -> Self {
        Self::Scalar(value.to_string())
    }

    /// How many characters the value has in one line.
    fn width(&self) -> usize {
        match self {
            Self::Scalar(text) => width(text),
            // Brackets around, and a comma and a space between two.
            Self::List(items) => items.iter().map(Self::width).sum::<usize>() + 2 * items.len().saturating_sub(1) + 2,
            Self::Table(entries) if entries.is_empty() => 2,
            Self::Table(entries) => {
                let entry = |TomlEntry { key, value }: &TomlEntry| key.len() + value.width() + 3;
                entries.iter().map(entry).sum::<usize>() + 2 * (entries.len() - 1) + 4
            }
        }
    }

    /// Writes the value in one line.
    fn write_line(&self, out: &mut String) {
        match self {
            Self::Scalar(text) => out.push_str(text),
            Self::List(items) => {
                out.push('[');
                for (number, item) in items.iter().enumerate() {
                    out.push_str(if number > 0 { ", " } else { "" });
                    item.write_line(out);
                }
                out.push(']');
            }
            Self::Table(entries) if entries.is_empty() => out.push_str("{}"),
            Self::Table(entries) => {
                out.push_str("{ ");
                for (number, TomlEntry { key, value }) in entries.iter().enumerate() {
                    out.push_str(if number > 0 { ", " } else { "" });
                    out.push_str(key);
                    out.push_str(" = ");
                    value.write_line(out);
                }
                out.push_str(" }");
            }
        }
    }

    /// Writes the value behind what stands in its line already, which has so many characters.
    fn write(&self, out: &mut String, column: usize, indent: usize) {
        if column + self.width() <= WIDTH {
            return self.write_line(out);
        }
        match self {
            Self::Scalar(text) => out.push_str(text),
            Self::List(items) if items.is_empty() => out.push_str("[]"),
            Self::List(items) => {
                out.push('[');
                Self::write_items(items, out, indent + 4);
                new_line(out, indent);
                out.push(']');
            }
            // Within a table of one line only its lists can be broken.
            Self::Table(entries) => {
                out.push_str("{ ");
                for (number, TomlEntry { key, value }) in entries.iter().enumerate() {
                    out.push_str(if number > 0 { ", " } else { "" });
                    let _ = write!(out, "{key} = ");
                    let rest: usize =
                        entries[number + 1..].iter().map(|entry| entry.key.len() + entry.value.width() + 5).sum();
                    value.write(out, last_line(out) + rest + 2, indent);
                }
                out.push_str(" }");
            }
        }
    }

    /// Writes the items of a list: short ones several to a line, tables a line each.
    fn write_items(items: &[Self], out: &mut String, indent: usize) {
        let mut begun = false;
        for item in items {
            let line = item.width() + 1;
            let goes_on = begun && matches!(item, Self::Scalar(_)) && last_line(out) + 1 + line <= WIDTH;
            if goes_on {
                out.push(' ');
            } else {
                new_line(out, indent);
            }
            item.write(out, indent + 1, indent);
            out.push(',');
            begun = matches!(item, Self::Scalar(_));
        }
    }
}

/// Writes entries, a line each or more.
pub(crate) fn write_entries(entries: &[TomlEntry], out: &mut String) {
    for TomlEntry { key, value } in entries {
        out.push_str(key);
        out.push_str(" = ");
        value.write(out, key.len() + 3, 0);
        out.push('\n');
    }
}

/// A key as it stands in a header or before `=`.
pub(crate) fn key(key: &str) -> String {
    let is_bare =
        !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if is_bare { key.to_owned() } else { quoted(key) }
}

/// A text in quotes, on one line.
fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\') {
        quoted.push_str(text);
        quoted.push('"');
        return quoted;
    }
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// How many characters a text has.
fn width(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

fn new_line(out: &mut String, indent: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n(' ', indent));
}

/// How many characters the last line has.
fn last_line(out: &str) -> usize {
    out.rsplit('\n').next().unwrap_or_default().chars().count()
}
