//! From text to a table with places, or the reasons why not.

use std::ops::Range;

use toml::Spanned;
use toml::de::DeTable;
use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::limits::Limits;
use crate::read::reader::{FLATTEN, RAISE, Reader, Table, excerpt};
use crate::read::slips;

/// Repeated keys for which the first definition is looked for.
const MOST_COMPARED: usize = 200;
/// For so many the text is looked through for the bracket that is open.
const MOST_OPENED: usize = 4;

/// Parses `text` into a table, or tells why not. A text that would take up too much memory is refused before it is
/// parsed.
pub(crate) fn parse<'t>(
    text: &'t str,
    most_bytes: usize,
    limits: &Limits,
) -> Result<(Spanned<Table<'t>>, Reader), Vec<Diagnostic>> {
    if text.len() > most_bytes {
        let message = format!("the text has {} bytes; the limit is {most_bytes}", text.len());
        return Err(vec![Diagnostic::new(Code::LimitExceeded, 0..0, message).help(RAISE)]);
    }
    estimate(text, limits).map_err(|exceeded| vec![*exceeded])?;
    let (table, errors) = DeTable::parse_recoverable(text);
    let mut of_brackets = errors.iter().filter(|error| is_of_brackets(error)).take(MOST_OPENED);
    let bracket = of_brackets.find_map(|error| open_bracket(text, error));
    // What follows a bracket that is not closed is its mere consequence.
    let opened = bracket.iter().flat_map(|fault| &fault.secondary).map(|label| label.span.start).min();
    let before = |error: &&toml::de::Error| opened.is_none_or(|opened| at(error).start < opened);
    let errors = errors.iter().filter(before).zip(0..);
    let found = errors.map(|(error, number)| syntax_error(text, table.get_ref(), error, number));
    let mut found: Vec<Diagnostic> = found.chain(bracket).collect();
    if found.iter().any(|diagnostic| diagnostic.code == Code::Syntax) {
        // What follows a syntax error can be its mere consequence.
        found.retain(|diagnostic| diagnostic.code == Code::Syntax);
        return Err(found);
    }
    Ok((table, Reader::new(found, limits)))
}

/// Estimates from the tokens alone what parsing will cost, in bytes of memory: a few megabytes of `[a.a.a]` unfold into
/// gigabytes of tables, and brackets nest without end. What a text costs that is made of whole lines of others, outside
/// of brackets, is the sum of what they cost.
pub(crate) fn estimate(text: &str, limits: &Limits) -> Result<usize, Box<Diagnostic>> {
    /// Bytes that the parser was measured to need for a table that a header, a dotted key or a brace opens, for any
    /// token, and for a byte of text.
    const TABLE: usize = 1200;
    const TOKEN: usize = 150;
    const BYTE: usize = 5;
    let (mut open, mut bytes, mut dots) = (0_usize, 0_usize, 0_usize);
    for token in Source::new(text).lex() {
        let span = token.span().start()..token.span().end();
        bytes += span.len() * BYTE;
        match token.kind() {
            TokenKind::Whitespace | TokenKind::Comment => {}
            TokenKind::Newline => dots = 0,
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => {
                (open, dots) = (open + 1, 0);
                bytes += TABLE;
            }
            TokenKind::Equals | TokenKind::Comma => {
                dots = 0;
                bytes += TOKEN;
            }
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => open = open.saturating_sub(1),
            TokenKind::Dot => {
                dots += 1;
                bytes += TABLE;
            }
            _ => bytes += TOKEN,
        }
        let exceeded = |what: String| Diagnostic::new(Code::LimitExceeded, span.clone(), what);
        if open > limits.nesting {
            let message = format!("more than {} brackets are open here", limits.nesting);
            return Err(Box::new(exceeded(message).help(FLATTEN)));
        }
        // The parser nests a dotted key as deep as it has parts, so a long one is the same attack.
        if dots > limits.nesting {
            return Err(Box::new(exceeded(format!("this key has more than {} parts", limits.nesting))));
        }
        if bytes > limits.memory_bytes {
            let message =
                format!("reading on would take more than {} bytes of memory, by estimate", limits.memory_bytes);
            return Err(Box::new(exceeded(message).help(RAISE)));
        }
    }
    Ok(bytes)
}

fn at(error: &toml::de::Error) -> Range<usize> {
    error.span().unwrap_or(0..0)
}

fn is_of_brackets(error: &toml::de::Error) -> bool {
    let mut told = ["unclosed inline table", "unclosed array", "missing inline table opening", "missing array opening"]
        .into_iter();
    told.any(|start| error.message().starts_with(start))
}

/// That a bracket is not closed, or closed by one of the other kind, with the one that is open beside it.
fn open_bracket(text: &str, error: &toml::de::Error) -> Option<Diagnostic> {
    let opening = slips::opening(text, at(error).start)?;
    let open = text.get(opening.clone())?;
    let due = if open == "[" { "]" } else { "}" };
    let fault = Diagnostic::new(Code::Syntax, unexpected(text, at(error)), format!("`{open}` is not closed"));
    Some(fault.label(format!("`{due}` is due here at the latest")).also(opening, "opened here"))
}

/// The parser's error as a diagnostic; of the first few second definitions, with the first beside it where it is plain
/// which that is.
fn syntax_error(text: &str, table: &Table, error: &toml::de::Error, number: usize) -> Diagnostic {
    let span = at(error);
    let message: String = error.message().chars().take(200).map(|c| if c == '\n' { ' ' } else { c }).collect();
    if message.starts_with("duplicate key") {
        let key = text.get(span.clone()).unwrap_or_default();
        let diagnostic =
            Diagnostic::new(Code::DuplicateKey, span.clone(), format!("`{}` is given twice", excerpt(unquoted(key))));
        return match (number < MOST_COMPARED).then(|| first_definition(text, table, span)).flatten() {
            Some(first) => diagnostic.label("again here").also(first, "first here"),
            None => diagnostic.label("the second time"),
        };
    }
    if message.starts_with("invalid date") {
        return Diagnostic::new(Code::InvalidDate, span, message)
            .help("write a day that exists, in the form 2026-11-22");
    }
    let fault = |message: &str| Diagnostic::new(Code::Syntax, unexpected(text, span.clone()), message);
    if let Some(slip) = (number < MOST_COMPARED).then(|| slips::in_text(text, span.start)).flatten() {
        return fault(slip.message).help(slip.help);
    }
    if message.starts_with("invalid basic string, expected `\"`")
        || message.starts_with("invalid literal string, expected `'`")
    {
        return fault("this text in quotes does not end")
            .help("end it with the quote that it begins with, on the same line");
    }
    if message.starts_with("string values must be quoted") {
        return fault("a text must stand in quotes");
    }
    fault(message.strip_suffix(", expected nothing").unwrap_or(&message))
}

/// The place of a syntax error; one that is empty becomes the character that was not expected, if the line has one.
fn unexpected(text: &str, span: Range<usize>) -> Range<usize> {
    if !span.is_empty() {
        return span;
    }
    let rest = text.get(span.start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    let found = rest.char_indices().find(|(_, c)| !c.is_whitespace());
    found.map_or(span.clone(), |(at, c)| span.start + at..span.start + at + c.len_utf8())
}

/// Where the key that stands a second time at `again` stood first; `None` if that is not plain.
fn first_definition(text: &str, table: &Table, again: Range<usize>) -> Option<Range<usize>> {
    let before = text.get(..again.start)?;
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let header = |line: &str| line.trim_start().starts_with('[');
    if header(&text[line..]) {
        // The parser keeps the second of two tables, so the first is looked for in the text.
        let same = &text[line..again.end];
        let mut starts = text[..line].match_indices(same).map(|(start, _)| start);
        let first = starts.find(|&start| {
            let after = text[start + same.len()..].trim_start_matches([' ', '\t']);
            text[..start].chars().next_back().is_none_or(|c| c == '\n') && after.starts_with(']')
        })?;
        return Some(first + (again.start - line)..first + same.len());
    }
    let section = before.split_inclusive('\n').scan(0, |end, line| {
        let start = *end;
        *end += line.len();
        Some((start, line))
    });
    let section = section.filter(|(_, line)| header(line)).last().map_or(0, |(start, _)| start);
    let key = unquoted(&text[again.clone()]);
    let mut earlier = Vec::new();
    let mut tables = vec![table];
    while let Some(table) = tables.pop() {
        for (name, value) in table {
            if name.get_ref() == key && (section..again.start).contains(&name.span().start) {
                earlier.push(name.span());
            }
            tables.extend(value.get_ref().as_table());
            tables.extend(
                value
                    .get_ref()
                    .as_array()
                    .into_iter()
                    .flat_map(|list| list.iter())
                    .filter_map(|item| item.get_ref().as_table()),
            );
        }
    }
    if let [first] = &earlier[..] { Some(first.clone()) } else { None }
}

/// A key without the quotes around it.
fn unquoted(key: &str) -> &str {
    let inner = |quote: char| key.strip_prefix(quote).and_then(|key| key.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(key)
}
