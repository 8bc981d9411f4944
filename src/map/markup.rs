//! Text that stands in markup.

use std::fmt::Write as _;

use crate::value::text::printable;

/// Text as it may stand in XML and HTML, between tags and in quotes: nothing in it is read as markup, and what can do
/// harm unseen is spelled out.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in printable_lines(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML has no such characters.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// Text in double quotes for DOT: within them, only a backslash and a quote mean anything.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in printable_lines(text).chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Text in double quotes for Mermaid, which knows characters by their numbers; whatever could be read as markup, or as
/// a list or a heading, goes by its number.
pub(crate) fn numbered(text: &str) -> String {
    let mut out = String::from("\"");
    // A number with a dot or a bracket begins a list, at the beginning of a line.
    let mut only_digits = true;
    for c in printable_lines(text).chars() {
        let begins_list = only_digits && matches!(c, '.' | ')');
        only_digits = c == '\n' || only_digits && (c.is_ascii_digit() || c == ' ');
        match c {
            '\n' => out.push_str("<br>"),
            c if begins_list => _ = write!(out, "#{};", u32::from(c)),
            c if c.is_alphanumeric() || matches!(c, ' ' | ',' | '.' | ':' | '(' | ')' | '·' | '+' | '–' | '✓') => {
                out.push(c);
            }
            c => _ = write!(out, "#{};", u32::from(c)),
        }
    }
    out.push('"');
    out
}

/// Text without what can do harm, in its lines.
fn printable_lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "</title><script>alert('1')</script> & \"\\ \u{202e}\u{0}\n#x";

    #[test]
    fn nothing_is_read_as_markup() {
        let text = escaped(HOSTILE);
        assert!(!text.contains(['<', '>', '"', '\'', '\u{202e}', '\0']), "{text}");
        assert!(text.starts_with("&lt;/title&gt;&lt;script&gt;alert(&#39;1&#39;)"));
        assert!(text.contains("&amp; &quot;\\ \\u{202e}\\u{0}\n#x"));
    }

    #[test]
    fn quotes_end_no_text() {
        assert_eq!(quoted("a\"b\\c\nd"), r#""a\"b\\c\nd""#);
        assert_eq!(numbered("a\"b<c>\n;"), r#""a#34;b#60;c#62;<br>#59;""#);
        assert_eq!(numbered("1. a 2. b\n12) c"), r#""1#46; a 2. b<br>12#41; c""#, "no lists");
    }
}
