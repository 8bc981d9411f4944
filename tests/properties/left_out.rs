//! What a check says can be left out can be: no record of awards, of whatever grade, day, issuer and amount, meets a
//! rule with it and not without, or the other way round.

#![allow(clippy::pedantic, reason = "properties read best as plain statements")]

use std::cell::Cell;

use crate::reference::catalogs::{CheckCase, check_case};
use crate::reference::generate::cases;
use crate::reference::write::write_catalog_in_lines;
use credpath::{
    Award, Catalog, CheckOptions, Code, CredentialId, Date, Diagnostic, EvaluateOptions, LearnerRecord, State,
};
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// The text with what a finding says mended as its help says; none if that is not written in the table of one
/// credential, or in another way than it usually is.
fn mended(text: &str, finding: &Diagnostic) -> Option<String> {
    let owner = finding.credential.as_deref()?;
    let span = finding.primary.span.clone();
    let table = text[..span.start].rfind("\n[")?;
    if !text[table..].starts_with(&format!("\n[credential.{owner}]")) {
        return None;
    }
    let (before, part, after) = (&text[..span.start], &text[span.clone()], &text[span.end..]);
    match finding.code {
        Code::NeedlessDistinct => {
            let once = part.matches("distinct = true").count() == 1;
            once.then(|| format!("{before}{}{after}", part.replace("distinct = true", "distinct = false")))
        }
        Code::ShadowedOption | Code::RedundantRequirement => {
            let (ahead, behind) = (before.trim_end(), after.trim_start());
            match (ahead.ends_with(['[', ',']), ahead.strip_suffix(','), behind.strip_prefix(',')) {
                (true, _, Some(behind)) => Some(format!("{before}{behind}")),
                (true, Some(ahead), None) if behind.starts_with(']') => Some(format!("{ahead}{after}")),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Numbers that follow from a seed.
struct Drawn(u64);

impl Drawn {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % most
    }

    fn record(&mut self, case: &CheckCase, catalog: &Catalog, as_of: Date) -> LearnerRecord {
        let days = ["2024-02-29", "2026-01-31", "2026-10-01"].map(|day| day.parse::<Date>().unwrap());
        let grades: Vec<&str> = case.catalog.grades.iter().flatten().copied().collect();
        let mut awards = Vec::new();
        for (_, credential) in catalog.credentials() {
            for _ in 0..[0, 0, 1, 1, 2][self.below(5)] {
                let mut award = Award::new(credential.id.as_str()).on(match self.below(5) {
                    place @ 0..3 => days[place].min(as_of),
                    _ => as_of,
                });
                if !grades.is_empty() && self.below(3) > 0 {
                    award.grade = Some(grades[self.below(grades.len())].to_owned());
                }
                if self.below(8) == 0 {
                    award.credits = Some(["0", "1", "30"][self.below(3)].parse().unwrap());
                }
                awards.push(award);
            }
        }
        LearnerRecord { awards, ..LearnerRecord::default() }
    }
}

/// Whether all rules of a credential are met.
fn meets(catalog: &Catalog, record: &LearnerRecord, as_of: Date, of: &str) -> bool {
    let id: CredentialId = catalog.credential(of).unwrap();
    let audit = catalog.audit(record, as_of, id, &EvaluateOptions::default());
    [audit.prerequisite, audit.corequisite, audit.stack].iter().flatten().all(|rule| rule.state == State::Met)
}

fn day(date: crate::reference::model::Date) -> Date {
    Date::new(date.year as u16, date.month as u8, date.day as u8).unwrap()
}

/// Goes through what is found of a catalog; how much of it was mended, by code.
fn leave_out(case: &CheckCase, seed: u64) -> Result<[u64; 3], TestCaseError> {
    let text = write_catalog_in_lines(&case.catalog);
    let catalog = Catalog::parse("catalog.toml", &text).unwrap();
    let as_of = case.as_of.map_or_else(|| "2026-11-25".parse().unwrap(), day);
    let mut options = CheckOptions::default();
    options.as_of = case.as_of.map(day);
    let (mut drawn, mut tried) = (Drawn(seed), [0; 3]);
    let codes = [Code::NeedlessDistinct, Code::ShadowedOption, Code::RedundantRequirement];
    for finding in catalog.check(&options).as_slice() {
        let Some(place) = codes.iter().position(|&code| code == finding.code) else { continue };
        let Some(other) = mended(&text, finding) else { continue };
        let Ok(other) = Catalog::parse("mended.toml", &other) else { continue };
        tried[place] += 1;
        let owner = finding.credential.as_deref().unwrap();
        for _ in 0..60 {
            let record = drawn.record(case, &catalog, as_of);
            let [with, without] = [&catalog, &other].map(|catalog| meets(catalog, &record, as_of, owner));
            prop_assert_eq!(with, without, "{} {}\n{}\n{:?}", finding.code, &finding.message, &text, &record.awards);
        }
    }
    Ok(tried)
}

proptest! {
    #![proptest_config(cases(800))]

    #[test]
    fn what_can_be_left_out_changes_nothing(case in check_case(), seed in any::<u64>()) {
        leave_out(&case, seed)?;
    }
}

/// The catalogs have what can be left out.
#[test]
fn much_can_be_left_out() {
    let tried = Cell::new([0_u64; 3]);
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(300) };
    let mut runner =
        TestRunner::new_with_rng(config, proptest::test_runner::TestRng::deterministic_rng(Default::default()));
    let counted = runner.run(&(check_case(), any::<u64>()), |(case, seed)| {
        let found = leave_out(&case, seed)?;
        let before = tried.get();
        tried.set([0, 1, 2].map(|place| before[place] + found[place]));
        Ok(())
    });
    counted.unwrap();
    assert!(tried.get().iter().all(|&number| number > 1), "{:?}", tried.get());
}
