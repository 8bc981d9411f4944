//! Words and characters that every text for people is made of.

use std::fmt::{self, Write as _};

use crate::value::amount::Amount;

/// Text that can do nothing to a terminal: control characters and those that change the direction of text are escaped,
/// tabs become spaces.
pub(crate) fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push_str("    "),
            c if is_hostile(c) => {
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}

/// Whether a number is left out where a report is written, since it is nothing.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
pub(crate) fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A number with what it counts, which is one or several.
pub(crate) fn counted(number: impl fmt::Display + Copy, word: &str) -> String {
    let number = number.to_string();
    let ending = if number == "1" { "" } else { "s" };
    format!("{number} {word}{ending}")
}

/// Control characters, and characters that change the direction of the text around them or cannot be seen.
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
/// An amount of money, with its currency if there is one.
pub(crate) fn money(amount: Amount, currency: Option<&str>) -> String {
    match currency {
        Some(currency) => format!("{amount} {}", printable(currency)),
        None => format!("{amount}"),
    }
}
