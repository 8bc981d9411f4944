//! JSON of others: read within limits, with a place for whatever is wrong with it and whatever is lost of it.
//!
//! Whoever reads a value notes faults and losses at the values they are about, in [`JsonNotes`]. Where these stand in
//! the text is looked for once, at the end, and only if there is something to be told.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::ops::Range;

use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::exchange::imported::{Imported, InvalidImport, Loss};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics};
use crate::finding::source::floor_char_boundary;
use crate::read::limits::Limits;
use crate::read::paths::{PathStep, path};
use crate::read::reader::{FLATTEN, RAISE, excerpt};

/// A text of JSON and the value that it is.
#[derive(Debug)]
pub(crate) struct JsonText {
    name: String,
    text: String,
    value: Value,
}

/// What a reader of a JSON value has to tell: each fault and each loss at the value that it is about.
#[derive(Debug, Default)]
pub(crate) struct JsonNotes<'v> {
    faults: Vec<(&'v Value, Diagnostic)>,
    losses: Vec<(&'v Value, String)>,
    /// Losses beyond those that are kept.
    unlisted: usize,
}

/// Faults that are kept; of more than are listed only the number is told, and that may as well be this one.
const MOST_FAULTS: usize = 10_000;

/// Losses that are kept; of the others only the number is told.
const MOST_LOSSES: usize = 100_000;

/// Characters of a long path that are kept of its start, and of its end.
const PATH_START: usize = 300;
const PATH_END: usize = 100;

/// What a path calls the value that is the whole text.
const WHOLE: &str = "the whole";

impl JsonText {
    /// Reads a text of at most `most_bytes`: UTF-8, with a byte order mark or without.
    ///
    /// # Errors
    /// What is no JSON, has a member twice, or exceeds a limit.
    pub(crate) fn read(name: &str, bytes: &[u8], most_bytes: usize, limits: &Limits) -> Result<Self, InvalidImport> {
        let invalid = |text: &str, fault| InvalidImport(Diagnostics::new(name, text, vec![fault], limits.errors));
        if bytes.len() > most_bytes {
            let message = format!("the text has {} bytes; the limit is {most_bytes}", bytes.len());
            return Err(invalid("", Diagnostic::new(Code::LimitExceeded, 0..0, message).help(RAISE)));
        }
        let text = decoded(bytes).map_err(|wrong| invalid(wrong.text, wrong.fault()))?;
        if let Some(exceeded) = scan(text, limits) {
            return Err(invalid(text, exceeded));
        }
        let mut deserializer = serde_json::Deserializer::from_str(text);
        let twice = RefCell::default();
        let value = JsonValue { twice: &twice }
            .deserialize(&mut deserializer)
            .and_then(|value| deserializer.end().map(|()| value));
        let value = value.map_err(|error| invalid(text, syntax_error(text, &error, twice.take())))?;
        Ok(Self { name: name.to_owned(), text: text.to_owned(), value })
    }

    /// The value.
    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// What was made of the value, with the losses that were noted, in the order of the text.
    ///
    /// # Errors
    /// The faults, if any were noted.
    pub(crate) fn imported<T>(
        &self,
        made: T,
        notes: JsonNotes<'_>,
        limits: &Limits,
    ) -> Result<Imported<T>, InvalidImport> {
        let JsonNotes { faults, losses, unlisted } = notes;
        let noted = faults.iter().map(|(value, _)| *value).chain(losses.iter().map(|(value, _)| *value));
        let mut walk = Walk { text: &self.text, at: 0, steps: Vec::new(), found: HashMap::new() };
        walk.found.extend(noted.map(|value| (address(value), None)));
        if !walk.found.is_empty() {
            walk.value(&self.value);
        }
        let place = |value: &Value| walk.found.get(&address(value)).and_then(Option::as_ref);
        if faults.is_empty() {
            let start = |value: &Value| place(value).map(|place| place.span.start);
            let mut losses = losses;
            losses.sort_by_key(|(value, _)| start(value));
            let loss = |(value, what): (&Value, String)| Loss {
                place: place(value).map_or(WHOLE.to_owned(), |place| place.path.clone()),
                what,
            };
            let more = (unlisted > 0)
                .then(|| Loss { place: WHOLE.to_owned(), what: format!("{unlisted} more losses are not listed") });
            return Ok(Imported { value: made, losses: losses.into_iter().map(loss).chain(more).collect() });
        }
        let placed = |(value, mut fault): (&Value, Diagnostic)| {
            if let Some(JsonPlace { span, path, .. }) = place(value) {
                fault.primary.span = span.clone();
                fault.path = Some(path.clone());
            }
            fault
        };
        let list = faults.into_iter().map(placed).collect();
        Err(InvalidImport(Diagnostics::new(&self.name, &self.text, list, limits.errors)))
    }
}

impl<'v> JsonNotes<'v> {
    /// Notes that something is wrong with a value.
    pub(crate) fn fault(&mut self, at: &'v Value, code: Code, message: impl Into<String>) {
        self.push(at, Diagnostic::new(code, 0..0, message));
    }

    /// Notes a fault that has no place yet.
    pub(crate) fn push(&mut self, at: &'v Value, fault: Diagnostic) {
        if self.faults.len() < MOST_FAULTS {
            self.faults.push((at, fault));
        }
    }

    /// Notes that what is made of the value does not hold something of it.
    pub(crate) fn loss(&mut self, at: &'v Value, what: impl Into<String>) {
        if self.losses.len() < MOST_LOSSES {
            self.losses.push((at, what.into()));
        } else {
            self.unlisted += 1;
        }
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_content(&self) -> bool {
        self.faults.is_empty()
    }

    /// Notes that the value of a key has the wrong type.
    pub(crate) fn wrong_type(&mut self, at: &'v Value, key: &str, due: &str) {
        let message = format!("`{}` must be {due}, not {}", excerpt(key), found(at));
        self.fault(at, Code::WrongType, message);
    }

    /// Notes that a table lacks a key that it has to have. `what` says what the table is, with its article.
    pub(crate) fn missing(&mut self, at: &'v Value, key: &str, what: &str) {
        self.fault(at, Code::MissingKey, format!("{what} needs `{key}`"));
    }

    /// The value as a table; noted if it is none.
    pub(crate) fn table(&mut self, value: &'v Value, key: &str) -> Option<&'v Map<String, Value>> {
        let table = value.as_object();
        if table.is_none() {
            self.wrong_type(value, key, "an object");
        }
        table
    }

    /// The text that a member of a table is, if there is one; noted if it is no text.
    pub(crate) fn text(&mut self, table: &'v Value, key: &str) -> Option<&'v str> {
        let value = member(table, key)?;
        if value.as_str().is_none() {
            self.wrong_type(value, key, "a string");
        }
        value.as_str()
    }

    /// Notes as lost every member of a table that has something in it and is not among the `read` ones.
    pub(crate) fn unread(&mut self, table: &'v Value, read: &[&str]) {
        for (key, value) in table.as_object().into_iter().flatten() {
            if !read.contains(&key.as_str()) && !is_nothing(value) {
                self.loss(value, format!("`{}` has no place here", excerpt(key)));
            }
        }
    }
}

/// The member of a table with this key; `null` is none.
pub(crate) fn member<'v>(table: &'v Value, key: &str) -> Option<&'v Value> {
    table.get(key).filter(|value| !value.is_null())
}

/// The items of a list; any other value is a list of one, and `null` of none.
pub(crate) fn one_or_many(value: Option<&Value>) -> &[Value] {
    match value {
        None | Some(Value::Null) => &[],
        Some(Value::Array(list)) => list,
        Some(one) => std::slice::from_ref(one),
    }
}

/// Nothing that could be lost: no text, and no list or table with something in it. Texts by their languages are nothing
/// if none of them is there.
pub(crate) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(list) => list.iter().all(Value::is_null),
        Value::Object(table) => table.values().all(Value::is_null),
        Value::Bool(_) | Value::Number(_) => false,
    }
}

fn found(value: &Value) -> &'static str {
    match value {
        Value::Null => "`null`",
        Value::Bool(true) => "`true`",
        Value::Bool(false) => "`false`",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// What of some bytes is text, and why no more of them.
struct NotUtf8<'b> {
    text: &'b str,
    message: String,
}

impl NotUtf8<'_> {
    fn fault(&self) -> Diagnostic {
        let end = self.text.len();
        let fault = Diagnostic::new(Code::Syntax, end..end, self.message.as_str());
        fault.help("JSON is exchanged as UTF-8: write it in that")
    }
}

/// The text that bytes are.
fn decoded(bytes: &[u8]) -> Result<&str, NotUtf8<'_>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(NotUtf8 { text: "", message: "the text is UTF-16".to_owned() });
    }
    std::str::from_utf8(bytes).map_err(|error| {
        let (valid, rest) = bytes.split_at(error.valid_up_to());
        let strange = rest.first().copied().unwrap_or_default();
        let message = format!("the text is not UTF-8: the byte 0x{strange:02X} stands here");
        NotUtf8 { text: std::str::from_utf8(valid).unwrap_or_default(), message }
    })
}

/// Estimates before it is parsed what a text will cost: brackets nest without end, and a few bytes of text can be a
/// table of hundreds in memory.
fn scan(text: &str, limits: &Limits) -> Option<Diagnostic> {
    /// Bytes that a table or list is estimated to take up, any other value, and a byte of text: a table has room for
    /// eleven members from its first one on.
    const TABLE: usize = 700;
    const VALUE: usize = 64;
    const BYTE: usize = 2;
    /// What the parser itself allows.
    const DEEPEST: usize = 126;
    let deepest = limits.nesting.min(DEEPEST);
    let (mut open, mut bytes, mut in_text, mut escaped) = (0_usize, 0_usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        bytes += BYTE;
        if in_text {
            (in_text, escaped) = (escaped || byte != b'"', !escaped && byte == b'\\');
            continue;
        }
        match byte {
            b'"' => in_text = true,
            b'{' | b'[' => (open, bytes) = (open + 1, bytes + TABLE),
            b'}' | b']' => open = open.saturating_sub(1),
            b',' | b':' => bytes += VALUE,
            _ => {}
        }
        let exceeded = |message: String| Diagnostic::new(Code::LimitExceeded, at..at + 1, message);
        if open > deepest {
            return Some(exceeded(format!("more than {deepest} brackets are open here")).help(FLATTEN));
        }
        if bytes > limits.memory_bytes {
            let most = limits.memory_bytes;
            let message = format!("reading on would take more than {most} bytes of memory, by estimate");
            return Some(exceeded(message).help(RAISE));
        }
    }
    None
}

/// The parser's error at its place, or that a table has this key twice.
fn syntax_error(text: &str, error: &serde_json::Error, twice: Option<String>) -> Diagnostic {
    let line_start = match error.line() {
        0 | 1 => 0,
        line => text.match_indices('\n').nth(line - 2).map_or(text.len(), |(newline, _)| newline + 1),
    };
    let end = floor_char_boundary(text, line_start.saturating_add(error.column()));
    if let Some(key) = twice {
        // The place is behind the key, which ends with its quote.
        let close = text[..end].rfind('"').unwrap_or(0);
        let start = floor_char_boundary(text, (close + 1).saturating_sub(key.len() + 2));
        let fault =
            Diagnostic::new(Code::DuplicateKey, start..close + 1, format!("`{}` is given twice", excerpt(&key)));
        return fault.label("the second time");
    }
    if error.is_eof() {
        let fault = Diagnostic::new(Code::Syntax, text.len()..text.len(), "the text ends before the JSON does");
        return fault.help("it may have been cut off: get the whole of it");
    }
    let told = error.to_string();
    let message = told.rsplit_once(" at line ").map_or(told.as_str(), |(message, _)| message);
    let start = text[..end].char_indices().next_back().map_or(0, |(at, _)| at);
    Diagnostic::new(Code::Syntax, start..end, message.chars().take(200).collect::<String>())
}

/// Reads a value as `serde_json` does, except that a table may not have one key twice: which of the two would stand is
/// a guess.
#[derive(Clone, Copy)]
struct JsonValue<'t> {
    /// Where that key is put. The parser looks for places in the messages of errors, so that none may have it.
    twice: &'t RefCell<Option<String>>,
}

impl<'de> DeserializeSeed<'de> for JsonValue<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for JsonValue<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, is: bool) -> Result<Value, E> {
        Ok(Value::Bool(is))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Value, E> {
        Ok(Value::from(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Value, E> {
        Ok(Value::from(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element_seed(self)? {
            items.push(item);
        }
        Ok(Value::Array(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Value, A::Error> {
        let mut members = Map::new();
        while let Some(key) = table.next_key::<String>()? {
            if members.contains_key(&key) {
                self.twice.replace(Some(key));
                return Err(A::Error::custom("a key is given twice"));
            }
            members.insert(key, table.next_value_seed(self)?);
        }
        Ok(Value::Object(members))
    }
}

/// A path without the middle of it, if it is long.
fn shortened(path: String) -> String {
    let length = path.chars().count();
    if length <= PATH_START + PATH_END {
        return path;
    }
    let start: String = path.chars().take(PATH_START).collect();
    let end: String = path.chars().skip(length - PATH_END).collect();
    format!("{start}…{end}")
}

/// Where a value stands.
#[derive(Debug)]
struct JsonPlace {
    /// Of a table or list, only the bracket that opens it: the whole of it can be the whole text.
    span: Range<usize>,
    path: String,
}

/// Values are told apart by where they are in memory; equal ones are different values.
fn address(value: &Value) -> *const Value {
    std::ptr::from_ref(value)
}

/// A walk through a text and its value side by side, which finds out where values stand that something is told of.
struct Walk<'w> {
    text: &'w str,
    at: usize,
    steps: Vec<PathStep<'w>>,
    found: HashMap<*const Value, Option<JsonPlace>>,
}

impl<'w> Walk<'w> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_while(&mut self, skipped: impl Fn(u8) -> bool) {
        while self.peek().is_some_and(&skipped) {
            self.at += 1;
        }
    }

    /// To the next member or item: past white space, commas and colons, which stand where they are due, since the text
    /// was parsed. Whether there is one.
    fn has_next(&mut self) -> bool {
        self.skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, b',' | b':'));
        self.peek().is_some_and(|byte| !matches!(byte, b'}' | b']'))
    }

    /// Past a text in quotes.
    fn quoted(&mut self) -> Range<usize> {
        let start = self.at;
        self.at += 1;
        while let Some(byte) = self.peek().filter(|&byte| byte != b'"') {
            self.at += if byte == b'\\' { 2 } else { 1 };
        }
        self.at = (self.at + 1).min(self.text.len());
        start..self.at
    }

    /// As deep as the text is nested, which is bounded.
    fn value(&mut self, value: &'w Value) {
        self.has_next();
        let start = self.at;
        match value {
            Value::Object(members) => {
                self.at += 1;
                while self.has_next() {
                    let written = self.quoted();
                    let key: String = serde_json::from_str(&self.text[written]).unwrap_or_default();
                    let Some((key, value)) = members.get_key_value(&key) else { return };
                    self.steps.push(PathStep::Key(key));
                    self.value(value);
                    self.steps.pop();
                }
                self.at += 1;
            }
            Value::Array(items) => {
                self.at += 1;
                for (place, item) in items.iter().enumerate() {
                    self.steps.push(PathStep::Item(place));
                    self.value(item);
                    self.steps.pop();
                }
                self.has_next();
                self.at += 1;
            }
            Value::String(_) => drop(self.quoted()),
            Value::Null | Value::Bool(_) | Value::Number(_) => {
                self.skip_while(|byte| !byte.is_ascii_whitespace() && !matches!(byte, b',' | b'}' | b']'));
            }
        }
        if let Some(place) = self.found.get_mut(&address(value)) {
            let end = if value.is_object() || value.is_array() { start + 1 } else { self.at };
            let told = shortened(path(&self.steps));
            *place = Some(JsonPlace { span: start..end, path: if told.is_empty() { WHOLE.to_owned() } else { told } });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<JsonText, InvalidImport> {
        JsonText::read("badge.json", text.as_bytes(), 1 << 20, &Limits::default())
    }

    fn told(bytes: &[u8]) -> String {
        JsonText::read("badge.json", bytes, 1 << 20, &Limits::default()).unwrap_err().to_string()
    }

    #[test]
    fn a_fault_is_placed_and_losses_are_in_the_order_of_the_text() {
        let text = "{ \"z\": [1, {\"b\\u0061d\": \"\\\"x\\\\\"}],\n  \"@a\": { \"name\": [] }, \"n\": 5.50 }";
        let json = read(text).unwrap();
        let value = json.value();
        let mut notes = JsonNotes::default();
        notes.loss(&value["@a"], "first noted");
        notes.loss(&value["z"][1]["bad"], "second noted");
        notes.loss(value, "third");
        let imported = json.imported((), notes, &Limits::default()).unwrap();
        let losses: Vec<String> = imported.losses.iter().map(ToString::to_string).collect();
        assert_eq!(losses, ["the whole: third", "z[1].bad: second noted", "@a: first noted"]);
        let mut notes = JsonNotes::default();
        assert_eq!(notes.text(value, "n"), None);
        assert_eq!(notes.text(value, "absent"), None);
        notes.missing(&value["@a"], "id", "a thing");
        let error = json.imported((), notes, &Limits::default()).unwrap_err();
        assert_eq!(
            error.to_string(),
            r#"error[missing-key]: a thing needs `id`
 --> badge.json:2:9
  |
2 |   "@a": { "name": [] }, "n": 5.50 }
  |         ^

error[wrong-type]: `n` must be a string, not a number
 --> badge.json:2:30
  |
2 |   "@a": { "name": [] }, "n": 5.50 }
  |                              ^^^^
"#
        );
        assert_eq!(error.diagnostics()[1].path.as_deref(), Some("n"));
    }

    #[test]
    fn what_is_no_json_is_told_with_its_place() {
        for (text, due) in [
            (&b"{ \"a\": 1,\n  \"b\" 2 }"[..], "error[syntax]: expected `:`\n --> badge.json:2:7"),
            (b"{ \"a\": 1", "error[syntax]: the text ends before the JSON does\n --> badge.json:1:9"),
            (b"", "error[syntax]: the text ends before the JSON does\n --> badge.json:1:1"),
            (b"{} {}", "error[syntax]: trailing characters\n --> badge.json:1:4"),
            (b"{ \"a\": 1, \"a\": 2 }", "error[duplicate-key]: `a` is given twice\n --> badge.json:1:11"),
            (b"\xff\xfe{\0", "error[syntax]: the text is UTF-16\n --> badge.json:1:1"),
            (b"\"M\xfcller\"", "error[syntax]: the text is not UTF-8: the byte 0xFC stands here\n --> badge.json:1:3"),
            (b"\"a\0b\"", "error[syntax]: control character (\\u0000-\\u001F) found while parsing a string"),
            (b"[1e999]", "error[syntax]: number out of range\n"),
        ] {
            let told = told(text);
            assert!(told.starts_with(due), "{told}");
        }
    }

    #[test]
    fn hostile_texts_meet_a_limit() {
        let deep = "[".repeat(10 << 20);
        let told = JsonText::read("x", deep.as_bytes(), 1 << 30, &Limits::default()).unwrap_err();
        assert_eq!(told.diagnostics()[0].message, "more than 72 brackets are open here");
        let deep = [&"[".repeat(126)[..], &"]".repeat(126)].concat();
        let lax = Limits { nesting: 1000, ..Limits::default() };
        assert!(JsonText::read("x", deep.as_bytes(), 1 << 20, &lax).is_ok());
        let wide = format!("[{}0]", "{\"a\":0},".repeat(600_000));
        let told = JsonText::read("x", wide.as_bytes(), 1 << 30, &Limits::default()).unwrap_err();
        assert!(told.diagnostics()[0].message.starts_with("reading on would take more than"));
        let told = JsonText::read("x", b"[1, 2]", 5, &Limits::default()).unwrap_err();
        assert_eq!(told.diagnostics()[0].message, "the text has 6 bytes; the limit is 5");
    }

    #[test]
    fn a_mark_at_the_start_is_no_part_of_the_text() {
        let json = JsonText::read("x", b"\xef\xbb\xbf[1]", 100, &Limits::default()).unwrap();
        assert_eq!(one_or_many(Some(json.value())).len(), 1);
        assert_eq!(one_or_many(Some(&json.value()[0])), [Value::from(1)]);
        assert!(one_or_many(None).is_empty() && one_or_many(Some(&Value::Null)).is_empty());
    }
}
