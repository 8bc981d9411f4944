//! Checks of catalogs that are large, deep or written to be awkward.

use credpath::{Catalog, CheckOptions, Diagnostics, Limits};

use crate::support::{credentials, ids, repeated, small_stack, sound_codes};

/// The findings, looked at: fit to be shown, in every form.
fn check(name: &str, text: String) -> Diagnostics {
    small_stack(name, move || {
        let catalog = Catalog::parse_with("hostile.toml", &text, &Limits::large()).expect("a valid catalog");
        let mut options = CheckOptions::default();
        options.as_of = credpath::Date::new(2026, 11, 22);
        let findings = catalog.check(&options);
        let rendered = findings.to_string();
        if !findings.as_slice().is_empty() {
            sound_codes(&text, findings.as_slice(), &rendered);
        }
        for written in [
            findings.github().to_string(),
            serde_json::to_string(&findings.sarif()).expect("JSON"),
            serde_json::to_string(&findings).expect("JSON"),
        ] {
            assert!(!written.contains(['\u{1b}', '\u{7}']), "{written}");
        }
        findings
    })
}

fn codes(findings: &Diagnostics) -> Vec<&'static str> {
    let mut codes: Vec<&str> = findings.as_slice().iter().map(|finding| finding.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

#[test]
fn a_chain_of_prerequisites() {
    let chain = repeated(100_000, |at| match at {
        0 => "[credential.c0]\n".to_owned(),
        _ => format!("[credential.c{at}]\nprerequisite = \"c{}\"\n", at - 1),
    });
    assert_eq!(codes(&check("chain", chain)), [] as [&str; 0]);
    let stacks = repeated(100_000, |at| match at {
        0 => "[credential.c0]\nvalid_for = \"1 year\"\n".to_owned(),
        _ => format!("[credential.c{at}]\nvalid_for = \"while-components\"\nstack = \"c{}\"\n", at - 1),
    });
    assert_eq!(codes(&check("stacks", stacks)), [] as [&str; 0]);
    // Everything rests on an exclusion, and nothing is ruled out.
    let excluding = repeated(20_000, |at| match at {
        0 => "[credential.other]\n[credential.c0]\nexcludes = [\"other\"]\n".to_owned(),
        _ => format!("[credential.c{at}]\nprerequisite = \"c{}\"\n", at - 1),
    });
    let findings = check("a chain that excludes", excluding);
    assert_eq!((codes(&findings), findings.undecided()), (Vec::new(), &[][..]));
}

#[test]
fn a_ladder_of_choices_above_an_exclusion() {
    let ladder = repeated(1_500, |at| {
        if at == 0 {
            return "[credential.a0]\n[credential.b0]\nexcludes = [\"a0\"]\n".to_owned();
        }
        let either = format!("{{ any_of = [\"a{0}\", \"b{0}\"] }}", at - 1);
        format!("[credential.a{at}]\nprerequisite = {either}\n[credential.b{at}]\nprerequisite = {either}\n")
    });
    // Nothing is wrong, which takes long to find out everywhere.
    assert_eq!(codes(&check("a ladder", ladder)), [] as [&str; 0]);
}

#[test]
fn names_that_all_count_as_each_other() {
    let names = repeated(3_000, |at| {
        let next = (at + 1) % 3_000;
        format!(
            "[credential.c{at}]\ncounts_as = [\"c{next}\"]\nstack = {{ all_of = [\"c{next}\", {{ any_of = [\"c{at}\"] \
             }}] }}\n"
        )
    });
    // Too many names to look at: what is left open is told.
    let findings = check("names", names);
    assert!(!findings.undecided().is_empty());
    let line = repeated(20_000, |at| {
        format!("[credential.c{at}]\ncounts_as = [\"c{}\"]\nstack = \"c0\"\n", (at + 1).min(19_999))
    });
    check("a line of names", line);
}

#[test]
fn a_pool_that_everything_uses() {
    let pool = format!("[pool.p]\nmembers = [{}]\n{}", ids("m", 2_000), credentials("m", 2_000, "credits = 3.01"));
    let users = repeated(200, |at| {
        format!("[credential.u{at}]\ncredits = 600\nstack = {{ credits = {}, from = \"p\" }}\n", 5_000 + at)
    });
    let findings = check("a pool", format!("{pool}{users}"));
    assert!(
        codes(&findings).iter().all(|code| ["unequal-total", "unreachable-total"].contains(code)),
        "{:?}",
        codes(&findings)
    );
    let twice =
        format!("[pool.p]\nmembers = [{}, {}]\n{}", ids("m", 10_000), ids("m", 10_000), credentials("m", 10_000, ""));
    let findings = check("twice", twice + "[credential.u]\nstack = { at_least = 2, from = \"p\" }\n");
    assert_eq!((findings.as_slice().len(), findings.unlisted()), (1_000, 9_000));
}

#[test]
fn amounts_that_take_long_to_add_up() {
    let members = repeated(1_000, |at| format!("[credential.m{at}]\ncredits = {}.{:02}\n", 1_000 + at * 7, at % 100));
    let sum =
        format!("[credential.c]\ncredits = 1000000\nstack = {{ credits = 999999.99, from = [{}] }}\n", ids("m", 1_000));
    let findings = check("amounts", members + &sum);
    assert_eq!(findings.undecided().len(), 1);
}

#[test]
fn names_and_line_ends_from_everywhere() {
    let text = "\u{feff}[credential.\"grundlagen-für-日本語\"]\nstack = { all_of = [] }\n\
        [credential.\"🎓\"]\ntitle = \"\\u001b[31m\"\nstack = { all_of = [\"🎓\", \"🎓\"] }\n[pool.\"p\\u00fc\"]\nmembers \
        = []\n";
    for text in [text.to_owned(), text.replace('\n', "\r\n")] {
        let findings = check("unicode", text);
        assert_eq!(codes(&findings), ["repeated-member", "self-reference", "unused-pool", "vacuous-requirement"]);
        let first = &findings.as_slice()[0];
        assert_eq!(findings.position(first.primary.span.start), (2, 9));
    }
    let one_line = format!(
        "credential.c = {{ stack = {{ all_of = [{}] }} }}\n{}",
        ids("m", 5_000).replace("\"m4999\"", "\"m0\""),
        credentials("m", 4_999, "")
    );
    assert_eq!(codes(&check("one line", one_line)), ["repeated-member"]);
}

/// Every one of some names excludes every one of others, and what needs both cannot be earned.
#[test]
fn many_names_that_exclude_many() {
    let names = |count: usize| {
        let (ours, theirs) = (ids("a", count), ids("b", count));
        format!("catalog.equivalent = [[{ours}], [{theirs}]]\n")
            + &repeated(count, |at| format!("[credential.a{at}]\nexcludes = [{theirs}]\n"))
            + &credentials("b", count, "")
            + "[credential.both]\nstack = { all_of = [\"a0\", \"b0\"] }\n"
    };
    assert_eq!(codes(&check("names that exclude", names(40))), ["contradictory-exclusion"]);
    // Too many pairs to search: it is not told, and not passed over.
    let findings = check("many names that exclude", names(160));
    assert_eq!(codes(&findings).len() + findings.undecided().len(), 1);
}

/// Groups in groups on both sides of a question: each of the one is looked at beside each of the other, once.
#[test]
fn nested_choices_that_do_not_imply_each_other() {
    let nested = |leaf: &str| (0..25).fold(leaf.to_owned(), |inner, _| format!("{{ any_of = [{inner}, \"b\"] }}"));
    let (one, other) = (nested("\"a\""), nested("{ credential = \"a\", grade = 20 }"));
    let text = format!("[credential]\na = {{}}\nb = {{}}\nc = {{ stack = {{ all_of = [{one}, {other}] }} }}\n");
    let findings = check("nested choices", text);
    assert_eq!((codes(&findings), findings.undecided()), (vec!["redundant-requirement", "unstated-distinct"], &[][..]));
}

/// Each option of a choice implies the next, and there is not enough work to find that out for all.
#[test]
fn a_choice_among_a_chain() {
    let chain = |length: usize| {
        let links = repeated(length, |at| {
            let first = if at == 0 { String::new() } else { format!("\"c{}\", ", at - 1) };
            format!("[credential.x{at}]\n[credential.c{at}]\nstack = {{ any_of = [{first}\"x{at}\"] }}\n")
        });
        links + &format!("[credential.all]\nstack = {{ any_of = [{}] }}\n", ids("c", length))
    };
    let findings = check("a short chain of choices", chain(60));
    assert_eq!(codes(&findings), ["shadowed-option"]);
    assert_eq!((findings.as_slice().len(), findings.undecided()), (59, &[][..]));
    // Of each credential the first other one that is enough is told, and no pair is left open.
    let findings = check("a long chain of choices", chain(1_000));
    assert_eq!((findings.as_slice().len(), findings.undecided()), (999, &[][..]));
}

/// Many credentials whose components come after each other, and one that lasts a month beside them.
#[test]
fn a_chain_beside_what_lapses() {
    let length = 1_500;
    let chain = repeated(length, |at| match at {
        0 => "[credential.short]\nvalid_for = \"1 month\"\n[credential.c0]\n".to_owned(),
        _ => format!("[credential.c{at}]\nduration = \"1 day\"\nprerequisite = \"c{}\"\n", at - 1),
    });
    let stacks = repeated(length, |at| format!("[credential.s{at}]\nstack = {{ all_of = [\"short\", \"c{at}\"] }}\n"));
    let findings = check("a chain beside what lapses", chain + &stacks);
    assert_eq!((codes(&findings), findings.undecided()), (Vec::new(), &[][..]));
}

/// Whatever is damaged and still a catalog can be checked.
#[test]
fn damaged_catalogs() {
    small_stack("damage", || {
        let mut random = crate::generate::Random::new(7);
        let texts = [
            include_str!("../../examples/catalogs/planted-faults.toml"),
            include_str!("../../examples/catalogs/vcc-health.toml"),
            include_str!("../../examples/catalogs/hku-space.toml"),
        ];
        let mut checked = 0;
        for round in 0..600 {
            let mut bytes = texts[round % texts.len()].as_bytes().to_vec();
            for _ in 0..=random.below(3) {
                let at = random.below(bytes.len());
                match random.below(3) {
                    0 => bytes[at] = b"0123456789[]{}\",=. \nabc"[random.below(23)],
                    1 => _ = bytes.remove(at),
                    _ => bytes.insert(at, bytes[at]),
                }
            }
            let text = String::from_utf8_lossy(&bytes);
            if let Ok(catalog) = Catalog::parse("damaged.toml", &text) {
                checked += 1;
                let findings = catalog.check(&CheckOptions::default());
                if !findings.as_slice().is_empty() {
                    sound_codes(&text, findings.as_slice(), &findings.to_string());
                }
            }
        }
        assert!(checked > 50, "{checked}");
    });
}
