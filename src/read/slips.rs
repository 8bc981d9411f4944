//! What people write out of habit where a plain number, a date or a straight quote is due, and how it would be right.

use std::ops::Range;

use toml_parser::Source;
use toml_parser::lexer::TokenKind;

use crate::value::amount::Amount;
use crate::value::date::days_meant;

/// So many characters of a currency or a unit may stand on either side of a number.
const MOST_AROUND: usize = 4;

/// What is wrong with a value, and how it would be right.
pub(crate) struct Slip {
    pub(crate) message: &'static str,
    pub(crate) help: String,
}

/// How a number in quotes would be right.
pub(crate) fn number_in_quotes(text: &str) -> Option<String> {
    if text.parse::<Amount>().is_ok() {
        return Some("leave out the quotes".to_owned());
    }
    amount(text).map(|plain| format!("write it as {plain}, without quotes"))
}

/// How a date in another form would be right, in TOML.
pub(crate) fn date(text: &str) -> Option<String> {
    Some(format!("{}, without quotes", written_date(text)?))
}

/// How a date in another form is written; where day and month could be either, both are told.
pub(crate) fn written_date(text: &str) -> Option<String> {
    match days_meant(text)[..] {
        [] => None,
        [one] => Some(format!("write {one}")),
        [one, other, ..] => Some(format!("write {one} or {other}, whichever is meant")),
    }
}

/// The amount that a text was meant to be which has a currency or a percent sign, a decimal comma, or thousands apart;
/// nothing where a comma could be either.
pub(crate) fn amount(text: &str) -> Option<Amount> {
    let digit = |c: char| c.is_ascii_digit();
    let (start, end) = (text.find(digit)?, text.rfind(digit)? + 1);
    let around = |text: &str| {
        text.chars().count() <= MOST_AROUND && !text.contains(['-', '+', '.', ',', '_', '/', '"', '\'', '=', '{', '['])
    };
    if !around(&text[..start]) || !around(&text[end..]) {
        return None;
    }
    let number = &text[start..end];
    let (whole, places) = match number.rsplit_once(['.', ',']) {
        Some((whole, places)) if (1..=2).contains(&places.len()) => (whole, places),
        Some(_) if number.matches(['.', ',']).count() == 1 => return None,
        _ => (number, ""),
    };
    let groups: Vec<&str> = whole.split(['.', ',', ' ', '\'', '\u{a0}', '\u{202f}']).collect();
    let grouped = groups.iter().skip(1).all(|group| group.len() == 3) && groups.iter().all(|group| group.len() <= 3);
    if groups.len() > 1 && !grouped {
        return None;
    }
    let plain = if places.is_empty() { groups.concat() } else { format!("{}.{places}", groups.concat()) };
    plain.parse().ok()
}

/// What was meant by what stands at a place where TOML goes no further.
pub(crate) fn in_text(text: &str, at: usize) -> Option<Slip> {
    let line = text.get(at..)?.split(['\n', '#']).next().unwrap_or_default().trim_start();
    if line.starts_with(['\u{201c}', '\u{201d}', '\u{201e}', '\u{2018}', '\u{2019}', '\u{ab}', '\u{bb}']) {
        let help = "write straight ones, \" or '; a word processor makes them curly".to_owned();
        return Some(Slip { message: "curly quotes are none in TOML", help });
    }
    let word = line.split([',', '}', ']']).next().unwrap_or_default().trim();
    if let Some(help) = date(word) {
        return Some(Slip { message: "a date has another form", help: help.replace(", without quotes", "") });
    }
    if let Some(slip) = divided(text, at) {
        return Some(slip);
    }
    let plain = word.parse::<Amount>().is_err().then(|| amount(word)).flatten()?;
    Some(Slip { message: "an amount is a plain number", help: format!("write it as {plain}") })
}

/// The number before a place that a comma divides, which ends a value in TOML.
fn divided(text: &str, at: usize) -> Option<Slip> {
    let line = text.get(..at)?.rfind('\n').map_or(0, |newline| newline + 1);
    let start = line + text[line..at].rfind('=')? + 1;
    let value = &text[start..];
    let end = value.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | ',' | ' ')).unwrap_or(value.len());
    let number = value[..end].trim_matches([' ', ',']);
    if !number.contains(',') || at > start + end {
        return None;
    }
    let help = format!("write it as {}", amount(number)?);
    Some(Slip { message: "an amount is a plain number, with a point before its decimals", help })
}

/// The bracket that is open at a place in a text.
pub(crate) fn opening(text: &str, at: usize) -> Option<Range<usize>> {
    let mut open = Vec::new();
    for token in Source::new(text).lex() {
        let span = token.span().start()..token.span().end();
        if span.start >= at {
            break;
        }
        match token.kind() {
            TokenKind::LeftSquareBracket | TokenKind::LeftCurlyBracket => open.push(span),
            TokenKind::RightSquareBracket | TokenKind::RightCurlyBracket => _ = open.pop(),
            _ => {}
        }
    }
    open.pop()
}

#[cfg(test)]
mod tests {
    use super::{amount, date};

    #[test]
    fn amounts_of_habit_are_read_where_they_are_plain() {
        for (text, plain) in [
            ("$100", "100"),
            ("CA$ 1,234.50", "1234.5"),
            ("1,5", "1.5"),
            ("1.234,50 EUR", "1234.5"),
            ("60%", "60"),
            ("12 345", "12345"),
            ("1'000'000", "1000000"),
            ("0,75 €", "0.75"),
        ] {
            assert_eq!(amount(text), plain.parse().ok(), "{text}");
        }
        for text in ["", "free", "1,234", "1.234", "-5", "1,2,3", "12,34,567", "about 30 hours", "3-4", "1 2", "1,,5"] {
            assert_eq!(amount(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_of_habit_is_told_in_every_way_that_it_could_be_meant() {
        let told = |text| date(text);
        assert_eq!(
            told("10/01/2024").as_deref(),
            Some("write 2024-01-10 or 2024-10-01, whichever is meant, without quotes")
        );
        assert_eq!(told("31.12.2024").as_deref(), Some("write 2024-12-31, without quotes"));
        assert_eq!(told("2024/1/5").as_deref(), Some("write 2024-01-05, without quotes"));
        assert_eq!(told("5-5-2024").as_deref(), Some("write 2024-05-05, without quotes"));
        for text in ["", "32/13/2024", "1/2/24", "2024", "1.2.3.2024", "2024/+1/05", "yesterday"] {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
