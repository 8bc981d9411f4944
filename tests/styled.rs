//! Diagnostics in colour, with the feature `render`.
#![cfg(feature = "render")]

use credpath::{Catalog, CheckOptions};

/// The text without the escape sequences for colours.
fn plain(styled: &str) -> String {
    let mut parts = styled.split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').expect("only colours").1)
}

#[test]
fn drawn_as_the_compiler_does() {
    let findings = Catalog::parse("catalog.toml", include_str!("checks/repeated-member-1.toml")).unwrap();
    let findings = findings.check(&CheckOptions::default());
    let styled = findings.styled();
    assert!(styled.contains("\u{1b}[1m\u{1b}[33mwarning[repeated-member]"), "{styled:?}");
    let due = r#"
warning[repeated-member]: `d20pa` is listed twice
  --> catalog.toml:15:23
   |
13 |     "d20pa", "d20pb", "d20pc",
   |     ------- first here
14 |     "d20pd",
15 |     "d20pe", "d20pf", "d20pa",
   |                       ^^^^^^^ one award fills both places
   |
   = help: leave one of them out; the choice has one member less than it seems

catalog.toml: 1 warning
"#;
    assert_eq!(plain(&styled), due.trim_start());
}

/// Faults of an input are drawn too; what is far away is not in between; nothing in a text can command the terminal.
#[test]
fn whatever_the_text_is_like() {
    let far = format!("[credential.a]\n{}[pool.p]\nmembers = [\"a\", \"a\"]\n", "# far away\n".repeat(100_000));
    let far = format!("{far}[credential.c]\nstack = {{ at_least = 1, from = \"p\" }}\n");
    for text in [
        far,
        "\u{feff}[credential.\"日本語\"]\r\nstack = { all_of = [\r\n] }\r\n".to_owned(),
        format!("credential.c = {{ stack = {{ all_of = [] }}, title = \"{}\" }}", "x".repeat(100_000)),
        "[credential.a]\ntitle = \"\\u001b[31m\" # \u{202e}\u{200b}\nvalid_for = \"0 days\" # \u{202e}\n".to_owned(),
        "[credential.a]\ncredit = 5 # \u{202e}\n".to_owned(),
        "[".to_owned(),
        "x = \"\u{1b}[2J\"".to_owned(),
    ] {
        let styled = match Catalog::parse("c\u{1b}[31m.toml", &text) {
            Ok(catalog) => catalog.check(&CheckOptions::default()).styled(),
            Err(error) => error.report().styled(),
        };
        let shown = plain(&styled);
        assert!(shown.len() < 3_000 && shown.contains("[1m") == shown.contains("\\u{1b}[1m"), "{shown}");
        let bad =
            |c: char| c.is_control() && c != '\n' || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}');
        assert!(!shown.contains(bad), "{shown:?}");
        assert!(shown.contains("c\\u{1b}[31m.toml"), "{shown}");
    }
}
