//! Random catalogs for checks with corequisites (semantics 4.6): whoever is said not to be earned cannot be, and all
//! who cannot be are told, with a cause or as following from one.

use std::collections::{BTreeMap, BTreeSet};

use crate::checked::{Asking, Found, Shown, check};
use crate::reference::catalogs::{CheckCase, check_case};
use crate::reference::check::{Facts, members};
use crate::reference::drawing::Drawing;
use crate::reference::generate::cases;
use crate::reference::model::*;
use crate::reference::write::write_catalog_in_lines;
use credpath::{Code, Severity};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

/// A catalog with corequisites of some of what is taken: mostly of one or two others, and now and then of each other.
fn with_corequisites() -> impl Strategy<Value = CheckCase> {
    (check_case(), vec(any::<u32>(), 60)).prop_map(|(mut case, numbers)| {
        let mut drawing = Drawing::new(numbers);
        let ids: Vec<Id> = case.catalog.credentials.keys().copied().collect();
        for id in &ids {
            let taken = case.catalog.credentials[id].stack.is_none();
            if !taken || !drawing.chance(40) {
                continue;
            }
            let parts: Vec<Part> = drawing.some(&ids, 2).into_iter().map(leaf).collect();
            let rule = match drawing.below(4) {
                0 | 1 => parts[0].clone(),
                2 => group(Kind::AnyOf, parts),
                _ => group(Kind::AllOf, parts),
            };
            if let (Part::Credential { id: other, .. }, true) = (&rule, drawing.chance(50)) {
                let other = case.catalog.credentials.get_mut(other).unwrap();
                if other.stack.is_none() {
                    other.corequisite = Some(leaf(id));
                }
            }
            case.catalog.credentials.get_mut(id).unwrap().corequisite = Some(rule);
        }
        case
    })
}

/// The credentials that are said not to be earnable.
fn said_unearnable(found: &[Found]) -> BTreeSet<&str> {
    let codes = [
        Code::Unearnable,
        Code::FollowingFault,
        Code::ContradictoryExclusion,
        Code::SelfReference,
        Code::ImpossibleCount,
        Code::BlockingCycle,
    ];
    let codes = codes.map(Code::as_str);
    let mut said = BTreeSet::new();
    let notes = [Code::Unearnable.as_str(), Code::FollowingFault.as_str()];
    // What names itself beside another way to it is warned of only.
    let is_fault = |finding: &&Found| {
        codes.contains(&finding.code) && (finding.severity == Severity::Error || notes.contains(&finding.code))
    };
    for finding in found.iter().filter(is_fault) {
        said.insert(finding.credential.as_str());
        if let Shown::Cycle(needs) = &finding.shown {
            said.extend(needs.iter().map(|(member, _, _)| member.as_str()));
        }
    }
    said
}

/// Those that are not, and those of which any fault of a rule is told.
fn compare(case: &CheckCase) -> Result<Facts, String> {
    let text = write_catalog_in_lines(&case.catalog);
    let facts = Facts::of(&case.catalog, case.as_of);
    let found = check(&text, &Asking::of(case));
    let said = said_unearnable(&found);
    let unearnable: BTreeSet<&str> = members(facts.unearnable()).map(|i| facts.ids[i]).collect();
    let wrongly: Vec<_> = said.difference(&unearnable).collect();
    let told: BTreeSet<&str> = found
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .map(|finding| finding.credential.as_str())
        .collect();
    let passed_over: Vec<_> = unearnable.iter().filter(|id| !said.contains(*id) && !told.contains(*id)).collect();
    if wrongly.is_empty() && passed_over.is_empty() {
        return Ok(facts);
    }
    Err(format!("can be earned: {wrongly:?}; passed over: {passed_over:?}\n{case:?}\n{found:#?}"))
}

proptest! {
    #![proptest_config(cases(600))]

    #[test]
    fn who_can_be_earned_agrees_with_the_reference(case in with_corequisites()) {
        if let Err(flaw) = compare(&case) {
            return Err(TestCaseError::fail(flaw));
        }
    }
}

/// The random catalogs reach what is of interest.
#[test]
fn corequisites_decide_in_both_directions() {
    let mut runner = TestRunner::deterministic();
    let strategy = with_corequisites();
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for _ in 0..300 {
        let case = strategy.new_tree(&mut runner).unwrap().current();
        let earnable = |case: &CheckCase| Facts::of(&case.catalog, case.as_of).earnable();
        let all = earnable(&case);
        let mut without = case.clone();
        without.catalog.credentials.values_mut().for_each(|c| c.corequisite = None);
        // As a prerequisite, what is to be begun beside it would have to be held before.
        let mut before = case.clone();
        for c in before.catalog.credentials.values_mut() {
            if let Some(rule) = c.corequisite.take() {
                let both = c.prerequisite.take().into_iter().chain([rule]).collect();
                c.prerequisite = Some(group(Kind::AllOf, both));
            }
        }
        *seen.entry("a corequisite stands in the way").or_default() += u32::from(all != earnable(&without));
        *seen.entry("only together").or_default() += u32::from(all != earnable(&before));
    }
    assert!(seen.values().all(|times| *times > 10), "{seen:?}");
}
