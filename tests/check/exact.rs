//! Findings against the naive reference, and against trying everything.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use credpath::{CheckOptions, Code, Diagnostics, Severity};
use proptest::prelude::*;

use crate::check_with;
use crate::reference::edition::Feature;
use crate::reference::evaluate::{Rules, Verdict, evaluate, evaluate_on};
use crate::reference::generate::{Case, case, cases};
use crate::reference::model::*;
use crate::reference::weave::strip;
use crate::reference::write::write_catalog;

fn as_of(day: Date) -> CheckOptions {
    let mut options = CheckOptions::default();
    let number = |part: u32| u8::try_from(part).unwrap();
    options.as_of = credpath::Date::new(u16::try_from(day.year).unwrap(), number(day.month), number(day.day));
    options
}

/// An award of each credential but one, made on the day with the best grade; where the catalog names no issuer, by
/// each.
fn everything_but(catalog: &Catalog, without: Option<Id>, day: Date) -> Record {
    let best = catalog.grades.as_ref().map_or(Grade::Number(100_000), |grades| Grade::Text(grades[grades.len() - 1]));
    let ids = catalog.credentials.keys().filter(|id| Some(**id) != without);
    let hours = |id: &Id| catalog.credentials[id].not_stated.hours.then_some(1_000_000_000);
    let award = |id: &Id| Award { grade: Some(best), hours: hours(id), ..award(id, day) };
    let awards = ids.flat_map(|id| {
        let issuers = if catalog.credentials[id].issuer.is_none() { vec![Some("x"), Some("y")] } else { vec![None] };
        issuers.into_iter().map(move |issuer| Award { issuer, ..award(id) })
    });
    Record { awards: awards.collect(), ..Record::default() }
}

/// As many awards of one credential as help are too many to try; and awards that wait for each other are not current,
/// although a learner holds everything. Nor is anything asked for that no award of the day has.
fn simplify(catalog: &mut Catalog) {
    for feature in [Feature::Until, Feature::HeldFor] {
        strip(catalog, &mut Record::default(), feature);
    }
    for credential in catalog.credentials.values_mut() {
        credential.repeatable = false;
        if matches!(credential.valid_for, ValidFor::WhileComponents) {
            credential.valid_for = ValidFor::Forever;
        }
    }
}

fn verdict(catalog: &Catalog, record: &Record, day: Date, id: &str) -> Verdict {
    evaluate_on(&Rules::new(catalog, record), day, View::Earned, &[]).verdicts[id].clone()
}

/// Whether a rule of the credential is not met.
fn is_blocked(catalog: &Catalog, record: &Record, day: Date, id: &str) -> bool {
    let verdict = verdict(catalog, record, day, id);
    !verdict.prerequisite_met || catalog.credentials[id].stack.is_some() && !verdict.stack_met
}

fn of(findings: &Diagnostics, code: Code, severity: Severity) -> impl Iterator<Item = &str> {
    let found = findings.as_slice().iter().filter(move |finding| finding.code == code && finding.severity == severity);
    found.filter_map(|finding| finding.credential.as_deref())
}

const IMPOSSIBLE: [Code; 3] = [Code::ImpossibleCount, Code::ImpossibleAmount, Code::ImpossibleCondition];

proptest! {
    #![proptest_config(cases(400))]

    /// What is called impossible is not met by a learner who holds everything, and what such a learner does not meet is
    /// called so.
    #[test]
    fn what_is_impossible_is_not_met_holding_everything(Case { mut catalog, as_of: day, .. } in case()) {
        simplify(&mut catalog);
        let findings = check_with(&write_catalog(&catalog, None), &as_of(day));
        prop_assert_eq!(findings.undecided(), &[]);
        let everything = everything_but(&catalog, None, day);
        let blocked: BTreeSet<Id> =
            catalog.credentials.keys().copied().filter(|id| is_blocked(&catalog, &everything, day, id)).collect();
        let blamed: BTreeSet<&str> = IMPOSSIBLE.iter().flat_map(|&code| of(&findings, code, Severity::Error)).collect();
        for id in &blamed {
            prop_assert!(blocked.contains(id), "{id} is met\n{findings}");
        }
        let text = write_catalog(&catalog, None);
        // Parts that are each met, but not by different awards, have a code of their own.
        if !text.contains("distinct = true") {
            prop_assert!(blocked.is_empty() || !blamed.is_empty(), "{blocked:?}\n{findings}");
        }
    }

    /// A rule that names its own credential is an error exactly if the rule is not met without it.
    #[test]
    fn a_self_reference_is_an_error_if_it_blocks(Case { mut catalog, as_of: day, .. } in case()) {
        simplify(&mut catalog);
        let findings = check_with(&write_catalog(&catalog, None), &as_of(day));
        let everything = everything_but(&catalog, None, day);
        for finding in findings.as_slice().iter().filter(|finding| finding.code == Code::SelfReference) {
            let id = *catalog.credentials.keys().find(|id| finding.credential.as_deref() == Some(**id)).unwrap();
            let met = |record: &Record| {
                let verdict = verdict(&catalog, record, day, id);
                if finding.subjects[0] == "stack" { verdict.stack_met } else { verdict.prerequisite_met }
            };
            let blocked = met(&everything) && !met(&everything_but(&catalog, Some(id), day));
            prop_assert_eq!(blocked, finding.severity == Severity::Error, "{}\n{}", id, findings);
        }
    }

    /// Where a validity is said to have no effect, whoever meets the rules meets them for ever.
    #[test]
    fn an_idle_validity_never_matters(Case { catalog, mut record, as_of: day } in case()) {
        // What one record says of its own awards and rules, the catalog does not know.
        record.substitutions.clear();
        for award in &mut record.awards {
            (award.valid_until, award.revoked_on) = (None, None);
        }
        for waiver in &mut record.waivers {
            waiver.until = None;
        }
        record.waivers.retain(|waiver| waiver.until.is_none());
        let findings = check_with(&write_catalog(&catalog, None), &CheckOptions::default());
        let outcome = evaluate(&catalog, &record, day, View::Earned);
        for id in of(&findings, Code::IdleValidity, Severity::Note) {
            prop_assert_eq!(outcome.verdicts[id].valid_until, None, "{}\n{}", id, findings);
        }
    }

    /// What no minimal choice can carry, against all choices.
    #[test]
    fn an_unreachable_total_is_carried_by_no_minimal_choice(
        members in prop::collection::vec((1_u64..10, prop::bool::weighted(0.1)), 1..7),
        fixed in 0_u64..4,
        need in 1_u64..20,
        more in 0_u64..6,
    ) {
        let declared = fixed + need + more;
        let mut text = format!("[credential.fixed]\ncredits = {fixed}\n[credential.whole]\ncredits = {declared}\n");
        let ids: Vec<String> = (0..members.len()).map(|at| format!("\"m{at}\"")).collect();
        _ = writeln!(text, "stack = {{ all_of = [\"fixed\", {{ credits = {need}, from = [{}] }}] }}", ids.join(", "));
        for (at, (credits, repeatable)) in members.iter().enumerate() {
            _ = writeln!(text, "[credential.m{at}]\ncredits = {credits}\nrepeatable = {repeatable}");
        }
        let findings = crate::check(&text);
        let totals = minimal_totals(&members, need);
        let told = findings.as_slice().iter().find(|finding| finding.code == Code::UnreachableTotal);
        let elsewhere = [Code::UnequalTotal, Code::ImpossibleAmount];
        if findings.as_slice().iter().any(|finding| elsewhere.contains(&finding.code)) {
            prop_assert!(told.is_none(), "{}", findings);
        } else {
            prop_assert_eq!(
                told.is_none(),
                totals.contains(&(declared - fixed)),
                "{:?}\n{}\n{}",
                totals,
                text,
                findings
            );
        }
    }
}

/// What every choice carries that reaches the amount and does not without any one of its members.
fn minimal_totals(members: &[(u64, bool)], need: u64) -> BTreeSet<u64> {
    let mut choices: Vec<Vec<u64>> = vec![vec![]];
    for &(credits, repeatable) in members {
        let most = if repeatable { need.div_ceil(credits) } else { 1 };
        choices = choices
            .into_iter()
            .flat_map(|choice| {
                (0..=most).map(move |times| [choice.clone(), vec![credits; usize::try_from(times).unwrap()]].concat())
            })
            .collect();
    }
    let total = |choice: &[u64]| choice.iter().sum::<u64>();
    let minimal = |choice: &Vec<u64>| total(choice) >= need && choice.iter().all(|one| total(choice) - one < need);
    choices.iter().filter(|choice| minimal(choice)).map(|choice| total(choice)).collect()
}
