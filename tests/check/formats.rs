//! Findings as JSON and as annotations; and that they hang on nothing but the catalog.

use std::collections::BTreeMap;

use credpath::{Catalog, CheckOptions, Diagnostics, Severity};
use proptest::prelude::*;
use serde_json::json;

use crate::reference::generate::{Case, case, cases};
use crate::reference::write::write_catalog;

#[test]
fn json_says_what_the_text_says() {
    let findings = crate::check(include_str!("../checks/impossible-amount-1.toml"));
    let due = json!({
        "stamp": { "schema": 1, "catalog": "0120c94a6fef6a1082be4da6a3ae768b" },
        "file": "catalog.toml",
        "diagnostics": [{
            "code": "impossible-amount",
            "severity": "error",
            "credential": "diploma",
            "message": "30 credits are needed, and no more than 22 can count",
            "label": "at most 22",
            "help": "ask for at most 22, raise a cap, or list more members outside of it",
            "place": { "line": 9, "column": 9, "end_line": 12, "end_column": 4 },
            "also": [{
                "place": { "line": 10, "column": 5, "end_line": 10, "end_column": 51 },
                "text": "10 of 28 count here",
            }],
            "key": "impossible-amount \"diploma\" \"stack\"",
            "witness": { "amounts": { "need": "30", "below": "22" } },
        }],
        "unlisted": 0,
        "undecided": [],
    });
    assert_eq!(serde_json::to_value(&findings).unwrap(), due);
}

#[test]
fn annotations_are_escaped() {
    let text = "[credential.a]\ntitle = \"100 %\"\n[credential.c]\nstack = { all_of = [\n\"a\", \"a\"\n] }\nvalid_for \
                = \"0 days\"\n";
    let findings = Catalog::parse("a:b,c%\n::error::x.toml", text).unwrap().check(&CheckOptions::default());
    let annotations = findings.github().to_string();
    let file = "file=a%3Ab%2Cc%25\\u{a}%3A%3Aerror%3A%3Ax.toml";
    let due = [
        format!(
            "::warning {file},line=5,endLine=5,col=6,endColumn=9,title=repeated-member::`a` is listed twice%0Ahelp: \
             leave"
        ),
        format!("::error {file},line=7,endLine=7,col=13,endColumn=21,title=empty-validity::an award of `c`"),
    ];
    let lines: Vec<&str> = annotations.lines().collect();
    assert_eq!(lines.len(), due.len(), "{annotations}");
    for (line, due) in lines.iter().zip(&due) {
        assert!(line.starts_with(due), "{line}");
    }
    // What spans lines has no columns.
    let several = crate::check("[credential.c]\nstack = {\n  all_of = [],\n}\n").github().to_string();
    assert!(
        several.starts_with("::warning file=catalog.toml,line=2,endLine=4,title=vacuous-requirement::"),
        "{several}"
    );
}

/// Findings without their places, which move with the tables.
fn told(findings: &Diagnostics) -> BTreeMap<(String, Severity, String), usize> {
    let mut told = BTreeMap::new();
    for finding in findings.as_slice() {
        *told.entry((finding.key(), finding.severity, finding.message.clone())).or_default() += 1;
    }
    told
}

proptest! {
    #![proptest_config(cases(300))]

    /// The order of tables, keys and lists changes nothing but places; and asking twice gives the same text.
    #[test]
    fn the_order_of_tables_changes_no_finding(
        Case { catalog, as_of, .. } in case(),
        seed in any::<u64>(),
        dated in any::<bool>(),
    ) {
        let mut options = CheckOptions::default();
        options.as_of = dated.then(|| {
            credpath::Date::new(
                u16::try_from(as_of.year).unwrap(),
                u8::try_from(as_of.month).unwrap(),
                u8::try_from(as_of.day).unwrap(),
            )
            .unwrap()
        });
        let findings = crate::check_with(&write_catalog(&catalog, None), &options);
        let shuffled = crate::check_with(&write_catalog(&catalog, Some(seed)), &options);
        prop_assert_eq!(told(&findings), told(&shuffled), "{}\n{}", findings, shuffled);
        prop_assert_eq!(findings.undecided().len(), shuffled.undecided().len());
        let again = crate::check_with(&write_catalog(&catalog, None), &options);
        prop_assert_eq!(findings.to_string(), again.to_string());
        crate::sarif::log(&findings);
    }
}

/// A degree that lists all its courses has a note for each that others imply: shown once, with what it is as true of.
#[test]
fn notes_of_one_cause_are_shown_together() {
    let course = |course: u32| format!("c{course:02} = {{ stack = 'c{:02}' }}", course - 1);
    let courses: Vec<String> = (1..20).map(course).collect();
    let all: Vec<String> = (0..20).map(|course| format!("'c{course:02}'")).collect();
    let text = format!(
        "[credential]\nc00 = {{}}\nlost = {{ stack = {{ at_least = 3, from = ['c00', 'c01'] }} }}\n{}\n\
         degree = {{ stack = {{ all_of = [{}] }} }}\n",
        courses.join("\n"),
        all.join(", ")
    );
    let catalog = Catalog::parse("degree.toml", &text).unwrap();
    let findings = catalog.check(&CheckOptions::default());
    let groups = findings.groups();
    assert_eq!(groups.iter().map(|group| group.findings.len()).sum::<usize>(), findings.as_slice().len());
    let redundant = groups.iter().find(|group| group.code == credpath::Code::RedundantRequirement).unwrap();
    assert_eq!((redundant.credential, redundant.findings.len()), (Some("degree"), 19));
    // What is graver has to be mended one by one.
    assert!(groups.iter().all(|group| group.severity == Severity::Note || group.findings.len() == 1));
    let shown = findings.grouped().to_string();
    assert_eq!(shown.matches("note[redundant-requirement]").count(), 1, "{shown}");
    assert!(shown.contains("  = note: the same is true of `c02`, "), "{shown}");
    assert!(shown.contains(", `c13` and 6 more\n"), "{shown}");
    // The last line counts all of them.
    assert!(shown.contains("19 note"), "{shown}");
}
