//! All that is said about the catalogs in `tests/checks`, those that come near to a fault included: each finding with
//! its witness, which the texts do not show; and the differences between each catalog and the one after it.
//!
//! Where that has changed on purpose, `UPDATE_GOLDEN=1 cargo test --test checks` takes it over.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use credpath::{Catalog, Code, CompareOptions};

use crate::golden::{Case, cases};

fn assert_kept(name: &str, came: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/check").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&path, came).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let [lost, new] = [(&*kept, came), (came, &*kept)].map(|(one, other)| {
        let lines = one.lines().filter(|line| !other.lines().any(|known| known == *line));
        lines.fold(String::new(), |text, line| text + line + "\n")
    });
    assert!(kept == came, "\n--- due\n{lost}--- came\n{new}UPDATE_GOLDEN=1 takes over what came");
}

fn name(case: &Case) -> String {
    case.path.file_stem().unwrap().to_string_lossy().into_owned()
}

#[test]
fn all_findings_have_the_witnesses_that_were_kept() {
    let mut text = String::new();
    for case in cases() {
        for finding in case.findings.as_slice() {
            let line = case.findings.position(finding.primary.span.start).0;
            let witness = serde_json::to_string(&finding.witness).unwrap();
            let (severity, credential) = (finding.severity, finding.credential.as_deref().unwrap_or_default());
            _ = writeln!(text, "{}:{line} {severity:?} {} {credential} {witness}", name(&case), finding.code);
        }
    }
    assert_kept("witnesses.txt", &text);
}

#[test]
fn all_comparisons_are_as_they_were_kept() {
    let (cases, mut text) = (cases(), String::new());
    let catalog = |case: &Case| Catalog::parse("catalog.toml", &case.text).unwrap();
    for pair in cases.windows(2) {
        let comparison = catalog(&pair[0]).compare(&catalog(&pair[1]), &CompareOptions::default());
        let answer = format!("{}\n{comparison}", serde_json::to_string(&comparison).unwrap());
        let mut hash = crate::hash::Hash::default();
        hash.add(&answer);
        _ = writeln!(text, "{} and {} {hash}", name(&pair[0]), name(&pair[1]));
    }
    assert_kept("comparisons.txt", &text);
}

/// With little work nothing is told that is not so, and what is not told is left open.
#[test]
fn little_work_passes_over_nothing() {
    for case in cases() {
        let catalog = Catalog::parse("catalog.toml", &case.text).unwrap();
        let about = |findings: &credpath::Diagnostics| {
            let all = findings.as_slice().iter();
            all.map(|finding| (finding.code, finding.credential.clone())).collect::<Vec<_>>()
        };
        for work in (0..24).chain((3..11).map(|power| 3 << power)) {
            let options = case.options.clone().work(work);
            let findings = catalog.check(&options);
            let told = about(&findings);
            let open = findings.undecided();
            let circles = open.iter().any(|open| open.code == Code::BlockingCycle);
            for (code, credential) in about(&case.findings).into_iter().filter(|one| !told.contains(one)) {
                let own = open.iter().any(|open| Some(&open.credential) == credential.as_ref());
                // What is told only of what can be earned, and what follows from circles, may wait for these.
                let waits = match code {
                    Code::DeadEnd | Code::HarmlessCycle | Code::StrongConflict => !open.is_empty(),
                    Code::FollowingFault | Code::ContradictoryExclusion | Code::Unearnable => circles,
                    _ => false,
                };
                let name = case.path.display();
                assert!(own || waits, "{name}, {code} of {credential:?} within {work}:\n{findings}");
            }
        }
    }
}
