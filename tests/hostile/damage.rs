//! A property: valid texts, damaged at random, never panic, and are accepted or refused soundly.

use credpath::{Catalog, EvaluateOptions, LearnerRecord, Limits};

use crate::generate;
use crate::support::{as_of, read_record, read_with, small_stack};

/// A valid catalog that uses every part of the format, to be damaged.
const CATALOG: &str = r#"
[catalog]
title = "Sample ☃"
currency = "CAD"
credit_unit = "ECTS"
level_framework = "EQF"
grades = ["F", "C", "B", "A"]
equivalent = [["python", "python-for-analysts"]]

[credential.python]
title = "Python"
type = "Course"
issuer = "north"
level = 5
credits = 7.5
hours = 80
cost = 350.25
valid_for = "4 years"
tags = ["elective", "programming"]
renewal = { cost = 50, hours = 4 }
duration = "12 weeks"
offered = { from = 2020-01-01, until = 2027-12-31 }
counts_as = "coding"
renews = ["coding", "statistics"]

[credential.python-for-analysts]
credits = 5
excludes = ["statistics"]

[credential.coding]
credits = 2
repeatable = true

[credential.statistics]
credits = 10
tags = "elective"
prerequisite = { any_of = ["python", { credential = "coding", within = "5 years", grade = "C" }] }

[credential.analyst]
type = "Certificate"
valid_for = "while-components"
source = "rules 2026, section 4"
note = "as amended"
prerequisite = "python"
stack = { all_of = [
    { name = "core", at_least = 1, from = ["python", "statistics"], since = 2019-01-01 },
    { name = "breadth", credits = 12.5, from = ["statistics", { up_to = 6, from = "electives" }], within = "6 years" },
    { hours = 40, from = "electives", issuer = ["north"], lapsed = true },
    { all_of = ["python", { at_least = 1, from = "electives" }], distinct = true },
], span = "8 years" }

[[sharing]]
between = ["Certificate", "Course"]
max_awards = 1
max_credits = 7.5

[pool.electives]
members = { tags = ["elective"], level = { min = 4, max = 7 } }
"#;

/// A valid record that uses every part of the format, to be damaged.
const RECORD: &str = r#"
[[award]]
credential = "python"
awarded = 2025-05-01
valid_until = 2028-04-30
grade = "B"
issuer = "north"
credits = 7.5
hours = 80

[[award]]
credential = "statistics"
status = "in-progress"

[[waiver]]
credential = "analyst"
requirement = "core"
reason = "recognition"
authority = "registrar"

[[waiver]]
credential = "analyst"
component = "python"

[[substitution]]
use = "elsewhere"
for = "coding"
within = "analyst"
"#;

#[test]
fn damaged_texts_never_panic() {
    small_stack("damage", || {
        let generated = generate::catalog(1, 60);
        let sound =
            read_with(CATALOG, &Limits::default()).unwrap_or_else(|codes| panic!("the sample is valid: {codes:?}"));
        let record = read_record(RECORD).unwrap_or_else(|codes| panic!("the sample is valid: {codes:?}"));
        let mut random = generate::Random::new(20_261_122);
        let mut accepted = 0;
        for round in 0..6_000 {
            let original = if round % 8 == 0 { &generated } else { CATALOG };
            if let Ok(catalog) = read_with(&damage(&mut random, original), &Limits::default()) {
                accepted += 1;
                answer_everything(&catalog, &record);
            }
            if let Ok(record) = read_record(&damage(&mut random, RECORD)) {
                accepted += 1;
                answer_everything(&sound, &record);
            }
        }
        // Otherwise the damage is so great that only the parser of TOML is tested.
        assert!(accepted > 500, "only {accepted} damaged texts were still valid");
        for end in (0..CATALOG.len()).filter(|&end| CATALOG.is_char_boundary(end)) {
            _ = read_with(&CATALOG[..end], &Limits::default());
            _ = read_record(RECORD.get(..end).unwrap_or(RECORD));
        }
    });
}

fn answer_everything(catalog: &Catalog, record: &LearnerRecord) {
    let evaluation = catalog.evaluate(record, as_of(), &EvaluateOptions::default());
    for id in ["python", "python-for-analysts", "coding", "statistics", "analyst"] {
        if let Some(id) = catalog.credential(id) {
            _ = (evaluation.status(id), evaluation.qualified_since(id), evaluation.valid_until(id));
            assert!(!catalog.audit(record, as_of(), id, &EvaluateOptions::default()).to_string().is_empty());
            _ = (evaluation.first_view(id), evaluation.claims(&[id]));
        }
    }
}

/// Deletes, doubles, swaps or replaces a few bytes, or moves a word to another place.
fn damage(random: &mut generate::Random, text: &str) -> String {
    const SPICE: &[&str] = &[
        "\"", "[", "]", "{", "}", "=", ".", ",", "\n", "\r", "#", "-", "0", "9", "e", "'", "\t", "\u{202e}", "数",
        "\u{feff}", "\u{0}",
    ];
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=random.below(2) {
        let at = random.below(bytes.len());
        let end = (at + 1 + random.below(6)).min(bytes.len());
        match random.below(6) {
            0 => drop(bytes.drain(at..end)),
            1 => drop(bytes.splice(end..end, bytes[at..end].to_vec())),
            2 => bytes.swap(at, end - 1),
            3 => bytes[at] = u8::try_from(random.below(256)).unwrap(),
            4 => drop(bytes.splice(at..at, random.pick(SPICE).bytes())),
            _ => {
                let words: Vec<&str> = text.split_whitespace().collect();
                let word = (*random.pick(&words)).bytes().collect::<Vec<_>>();
                drop(bytes.splice(at..end, word));
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
