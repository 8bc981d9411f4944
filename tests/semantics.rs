//! What code and tests cite of the contract is there: every section that they name has a place in the module
//! `semantics`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const CONTRACT: &str = include_str!("../src/semantics.md");

#[test]
fn every_section_that_is_cited_is_there() {
    let sections = sections();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut found, mut wrong) = (0, Vec::new());
    for folder in ["src", "tests", "examples"] {
        each_file(&root.join(folder), &mut |path| {
            // The reference is ahead of the engine: it follows sections that come to the module as they are built.
            let within = path.strip_prefix(root).unwrap_or(path);
            if within.starts_with("tests/reference") || within.starts_with("tests/properties/reference_self") {
                return;
            }
            let Ok(text) = fs::read_to_string(path) else { return };
            for cited in citations(&text) {
                found += 1;
                if !sections.contains(&*cited) {
                    wrong.push(format!("{}: no section {cited}", path.strip_prefix(root).unwrap().display()));
                }
            }
        });
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(found > 60, "only {found} citations were found");
}

#[test]
fn sections_are_in_order_and_lead_to_each_other() {
    let sections = sections();
    let anchors: Vec<&str> = after_each(CONTRACT, "<a id=\"").filter_map(|rest| rest.split('"').next()).collect();
    let order = |section: &&str| section.split('.').map(|number| number.parse().unwrap_or(0)).collect::<Vec<u32>>();
    let numbers: Vec<Vec<u32>> = anchors.iter().filter(|anchor| !anchor.starts_with('L')).map(order).collect();
    assert!(numbers.is_sorted_by(|a, b| a < b), "{anchors:?}");
    for linked in after_each(CONTRACT, "](#").filter_map(|rest| rest.split(')').next()) {
        assert!(sections.contains(linked), "no section {linked}");
    }
}

/// The sections of the contract, by their anchors.
fn sections() -> BTreeSet<&'static str> {
    after_each(CONTRACT, "<a id=\"").filter_map(|rest| rest.split('"').next()).collect()
}

/// The sections that a text cites: after the word, in a list or a range, or in a link to the module.
fn citations(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split_whitespace().filter(|word| !["//!", "///", "//", "#"].contains(word)).collect();
    let text = words.join(" ");
    let mut cited = Vec::new();
    for after in after_each(&text, "semantics ").chain(after_each(&text, "semantics#")) {
        let mut rest = after;
        while let Some(section) = section(rest) {
            cited.push(section.to_owned());
            rest = &rest[section.len()..];
            let further = [", ", " to ", " and "].into_iter().find_map(|between| rest.strip_prefix(between));
            rest = further.unwrap_or_default();
        }
    }
    cited
}

/// The section that a text begins with, such as `7`, `2.5` or `L2`.
fn section(text: &str) -> Option<&str> {
    let digits = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let law = usize::from(text.starts_with('L'));
    let whole = digits(&text[law..]);
    let part = text[law + whole..].strip_prefix('.').map_or(0, digits);
    (whole > 0).then(|| &text[..law + whole + if part > 0 { 1 + part } else { 0 }])
}

/// What follows each occurrence of a word.
fn after_each<'t>(text: &'t str, word: &'t str) -> impl Iterator<Item = &'t str> {
    text.match_indices(word).map(move |(place, _)| &text[place + word.len()..])
}

fn each_file(folder: &Path, then: &mut impl FnMut(&Path)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, then);
        } else {
            then(&path);
        }
    }
}
