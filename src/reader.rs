//! Reading TOML by hand, so that every value keeps its place in the text and every fault is found in one pass.
//!
//! A [`Reader`] collects diagnostics; its methods return `None` for a value they have complained about, and reading goes on.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::amount::{Amount, InvalidAmount};
use crate::date::{Date, Period};
use crate::diagnostic::{Code, Diagnostic};
use crate::limits::Limits;
use crate::render::is_hostile;

pub(crate) type Value<'t> = Spanned<DeValue<'t>>;
pub(crate) type Table<'t> = DeTable<'t>;

pub(crate) struct Reader {
    diagnostics: Vec<Diagnostic>,
    id_bytes: usize,
}

/// Faults that are kept before the first of them in the text are listed; and of these, how many are looked at for a near name.
const MOST_KEPT: usize = 10_000;
const MOST_SUGGESTED: usize = 500;

/// Parses `text` into a table, or tells why not. A text that would take up too much memory is refused before it is parsed.
pub(crate) fn parse<'t>(
    text: &'t str,
    most_bytes: usize,
    limits: &Limits,
) -> Result<(Spanned<Table<'t>>, Reader), Vec<Diagnostic>> {
    if text.len() > most_bytes {
        let message = format!("the text has {} bytes; the limit is {most_bytes}", text.len());
        return Err(vec![Diagnostic::new(Code::LimitExceeded, 0..0, message).help(RAISE)]);
    }
    scan(text, limits).map_err(|diagnostic| vec![diagnostic])?;
    let (table, errors) = DeTable::parse_recoverable(text);
    let found: Vec<Diagnostic> = errors.iter().map(|error| syntax_error(text, table.get_ref(), error)).collect();
    let readable = found.iter().all(|diagnostic| diagnostic.code == Code::DuplicateKey);
    if readable { Ok((table, Reader { diagnostics: found, id_bytes: limits.id_bytes })) } else { Err(found) }
}

pub(crate) const RAISE: &str = "if the source is trusted, pass larger `Limits`";

/// Estimates from the tokens alone what parsing will cost: a few megabytes of `[a.a.a]` unfold into gigabytes of tables, and
/// brackets nest without end.
fn scan(text: &str, limits: &Limits) -> Result<(), Diagnostic> {
    /// Bytes that the parser was measured to need for a table that a header, a dotted key or a brace opens, for any token,
    /// and for a byte of text.
    const TABLE: usize = 1200;
    const TOKEN: usize = 150;
    const BYTE: usize = 5;
    let (mut open, mut bytes, mut dots) = (0_usize, 0_usize, 0_usize);
    for token in Source::new(text).lex() {
        let span = token.span().start()..token.span().end();
        bytes += span.len() * BYTE;
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Comment | TokenKind::Newline => {}
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                open += 1;
                bytes += TABLE;
            }
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => open = open.saturating_sub(1),
            TokenKind::Dot => {
                dots += 1;
                bytes += TABLE;
            }
            _ => bytes += TOKEN,
        }
        if matches!(token.kind(), TokenKind::Newline) {
            dots = 0;
        }
        let exceeded = |what: String| Err(Diagnostic::new(Code::LimitExceeded, span.clone(), what));
        if open > limits.nesting {
            return exceeded(format!("more than {} brackets are open here", limits.nesting));
        }
        // The parser nests a dotted key as deep as it has parts, so a long one is the same attack; a line of floats is not.
        if dots > limits.nesting && matches!(token.kind(), TokenKind::Dot) && open <= 1 {
            return exceeded(format!("a key of more than {} parts", limits.nesting));
        }
        if bytes > limits.memory_bytes {
            let message =
                format!("reading on would take more than {} bytes of memory, by estimate", limits.memory_bytes);
            return exceeded(message).map_err(|diagnostic| diagnostic.help(RAISE));
        }
    }
    Ok(())
}

/// The parser's error as a diagnostic, with the first definition beside a second one where it is plain which that is.
fn syntax_error(text: &str, table: &Table, error: &toml::de::Error) -> Diagnostic {
    let span = error.span().unwrap_or(0..0);
    let message: String = error.message().chars().take(200).map(|c| if c == '\n' { ' ' } else { c }).collect();
    if !message.starts_with("duplicate key") {
        return Diagnostic::new(Code::Syntax, span, message);
    }
    let key = text.get(span.clone()).unwrap_or_default();
    let diagnostic = Diagnostic::new(Code::DuplicateKey, span.clone(), format!("`{}` is given twice", excerpt(key)));
    let mut earlier = Vec::new();
    let mut tables = vec![table];
    while let Some(table) = tables.pop() {
        for (name, value) in table {
            if name.get_ref() == key && name.span().start < span.start {
                earlier.push(name.span());
            }
            tables.extend(value.get_ref().as_table());
        }
    }
    match &earlier[..] {
        [first] => diagnostic.label("again here").also(first.clone(), "first here"),
        _ => diagnostic.label("the second time"),
    }
}

impl Reader {
    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_KEPT {
            self.diagnostics.push(diagnostic);
        }
    }

    /// Whether nothing was wrong so far.
    pub(crate) fn is_content(&self) -> bool {
        self.diagnostics.is_empty()
    }

    pub(crate) fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// The nearest known name, unless so much is wrong already that looking for names would take the longest.
    pub(crate) fn nearest<'n>(&self, name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
        if self.diagnostics.len() < MOST_SUGGESTED { nearest(name, known) } else { None }
    }

    /// Complains about a value of the wrong type.
    pub(crate) fn wrong_type(&mut self, value: &Value, key: &str, due: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a string",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        let message = format!("`{key}` is {due}, not {found}");
        self.push(Diagnostic::new(Code::WrongType, value.span(), message));
    }

    pub(crate) fn table<'v, 't>(&mut self, value: &'v Value<'t>, key: &str) -> Option<&'v Table<'t>> {
        let table = value.get_ref().as_table();
        if table.is_none() {
            self.wrong_type(value, key, "a table");
        }
        table
    }

    /// Complains about every key of the table that is not known. `what` says what the table is, with its article.
    pub(crate) fn known_keys(&mut self, table: &Table, known: &[&str], what: &str) {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            let message = format!("{what} has no key `{}`", excerpt(name));
            let diagnostic = Diagnostic::new(Code::UnknownKey, key.span(), message);
            self.push(match self.nearest(name, known.iter().copied()) {
                Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                None if known.is_empty() => diagnostic,
                None => diagnostic.help(format!("its keys are {}", listed(known))),
            });
        }
    }

    pub(crate) fn text<'v>(&mut self, value: &'v Value, key: &str) -> Option<&'v str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.wrong_type(value, key, "a string");
        }
        text
    }

    /// A text, or a list of texts.
    pub(crate) fn texts(&mut self, value: &Value, key: &str) -> Vec<(String, Range<usize>)> {
        if let Some(text) = value.get_ref().as_str() {
            return vec![(text.to_owned(), value.span())];
        }
        let Some(list) = value.get_ref().as_array() else {
            self.wrong_type(value, key, "a string or a list of strings");
            return Vec::new();
        };
        list.iter().filter_map(|item| Some((self.text(item, key)?.to_owned(), item.span()))).collect()
    }

    pub(crate) fn flag(&mut self, value: &Value, key: &str) -> Option<bool> {
        let flag = value.get_ref().as_bool();
        if flag.is_none() {
            self.wrong_type(value, key, "true or false");
        }
        flag
    }

    /// A number as its text in the document, decimal.
    fn number<'v>(&mut self, value: &'v Value, key: &str, due: &str) -> Option<&'v str> {
        match value.get_ref() {
            DeValue::Integer(integer) if integer.radix() == 10 => Some(integer.as_str()),
            DeValue::Integer(_) => {
                let message = format!("`{key}` is written in decimal digits");
                self.push(Diagnostic::new(Code::InvalidAmount, value.span(), message));
                None
            }
            DeValue::Float(float) => Some(float.as_str()),
            _ => {
                self.wrong_type(value, key, due);
                None
            }
        }
    }

    pub(crate) fn amount(&mut self, value: &Value, key: &str) -> Option<Amount> {
        let text = self.number(value, key, "a number")?;
        match text.parse::<Amount>() {
            Ok(amount) => Some(amount),
            Err(error) => {
                let diagnostic =
                    Diagnostic::new(Code::InvalidAmount, value.span(), format!("`{key}` is no amount: {error}"));
                self.push(if error == InvalidAmount::NotADecimal {
                    diagnostic.help("write it as 30 or 22.5")
                } else {
                    diagnostic
                });
                None
            }
        }
    }

    /// A whole number from `least` to `most`.
    pub(crate) fn whole(&mut self, value: &Value, key: &str, least: i64, most: i64) -> Option<i64> {
        let text = self.number(value, key, "a whole number")?;
        let number = text.parse().ok().filter(|number| (least..=most).contains(number));
        if number.is_none() {
            let message = format!("`{key}` is a whole number from {least} to {most}");
            self.push(Diagnostic::new(Code::InvalidValue, value.span(), message));
        }
        number
    }

    /// A text, or a number as its decimal text: a grade.
    pub(crate) fn text_or_number(&mut self, value: &Value, key: &str) -> Option<String> {
        if let Some(text) = value.get_ref().as_str() {
            return Some(text.to_owned());
        }
        self.number(value, key, "a string or a number").map(str::to_owned)
    }

    pub(crate) fn date(&mut self, value: &Value, key: &str) -> Option<Date> {
        let diagnostic = |message: String| Diagnostic::new(Code::InvalidDate, value.span(), message);
        match value.get_ref() {
            DeValue::Datetime(datetime) => {
                let date = datetime.date.and_then(|date| Date::new(date.year, date.month, date.day));
                if datetime.time.is_none()
                    && let Some(date) = date
                {
                    return Some(date);
                }
                let plain = diagnostic(format!("`{key}` is a calendar date, without time or time zone"));
                self.push(match date {
                    Some(date) => plain.help(format!("write {date}")),
                    None => plain.help("write it as 2026-11-22"),
                });
            }
            DeValue::String(text) if text.parse::<Date>().is_ok() => {
                self.push(
                    diagnostic(format!("`{key}` is a date, and dates have no quotes")).help(format!("write {text}")),
                );
            }
            _ => self.push(diagnostic(format!("`{key}` is a date")).help("write it as 2026-11-22, without quotes")),
        }
        None
    }

    pub(crate) fn period(&mut self, value: &Value, key: &str) -> Option<Period> {
        let text = self.text(value, key)?;
        match text.parse() {
            Ok(period) => Some(period),
            Err(error) => {
                let message = format!("`{key}` is no length of time");
                self.push(Diagnostic::new(Code::InvalidPeriod, value.span(), message).help(error.to_string()));
                None
            }
        }
    }

    /// Complains about an id that could not be told from another one by eye, or that would flood a message.
    pub(crate) fn id(&mut self, id: &str, span: Range<usize>) {
        let fault = if id.is_empty() {
            "an id is not empty".to_owned()
        } else if id.len() > self.id_bytes {
            format!("an id has at most {} bytes; this one has {}", self.id_bytes, id.len())
        } else if id.trim() != id {
            "an id has no white space at its ends".to_owned()
        } else if id.chars().any(is_hostile) {
            "an id has no control characters and none that change the direction of text".to_owned()
        } else {
            return;
        };
        self.push(Diagnostic::new(Code::InvalidId, span, fault));
    }
}

/// The start of a text that may be long or strange, for a message.
pub(crate) fn excerpt(text: &str) -> String {
    let mut start: String = text.chars().take(60).collect();
    if start.len() < text.len() {
        start.push('…');
    }
    start
}

/// "`a`, `b` and `c`".
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}

/// The known name that `name` was most likely meant to be: the nearest by edit distance, if it is near (a third of its length,
/// or the same but for letter case). Ties go to the first in byte order.
pub(crate) fn nearest<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let length = name.chars().count();
    let most = length.max(3) / 3;
    let distance = |other: &str| {
        if other.len().abs_diff(name.len()) > 4 * most || name.len() > 256 {
            None
        } else if other.to_lowercase() == name.to_lowercase() {
            Some(0)
        } else {
            Some(strsim::osa_distance(name, other)).filter(|&distance| distance <= most && distance < length)
        }
    };
    known.into_iter().filter_map(|other| Some((distance(other)?, other))).min().map(|(_, other)| other)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn suggests_near_names_and_never_distant_ones() {
        let known = ["credits", "all_of", "at_least", "python", "SQL"];
        assert_eq!(nearest("credit", known), Some("credits"));
        assert_eq!(nearest("at_leest", known), Some("at_least"));
        assert_eq!(nearest("al_lof", known), Some("all_of"));
        assert_eq!(nearest("sql", known), Some("SQL"));
        assert_eq!(nearest("haskell", known), None);
        assert_eq!(nearest("x", known), None);
        assert_eq!(nearest("", known), None);
    }
}
