//! The random cases reach what the second edition brings, each feature in each of the ways that matter.

#![allow(clippy::pedantic, reason = "a plain list of cases")]

use std::collections::BTreeMap;

use crate::reference::edition::{Edition, Feature, SECOND_EDITION};
use crate::reference::generate::{Case, case_of, claims_case_of, plan_case_of};
use crate::reference::probes::{ALL_OF_SECOND, probes};
use crate::reference::probes_of_plans::*;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// The same cases every time.
fn drawn<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>, n: usize) -> Vec<T> {
    let mut runner = TestRunner::deterministic();
    (0..n).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
}

fn expect<K: Ord + std::fmt::Debug>(counts: &BTreeMap<K, usize>, least: impl Fn(&K) -> usize) {
    let rare: Vec<_> = counts.iter().filter(|(name, count)| **count < least(name)).collect();
    assert!(rare.is_empty(), "too rare: {rare:?}\nof {counts:#?}");
}

/// Each comes up in at least 10 of 2,000 cases; what takes several features at once, in a few.
#[test]
fn cases_reach_each_feature() {
    let mut counts: BTreeMap<&str, usize> = ALL_OF_SECOND.iter().map(|(_, name)| (*name, 0)).collect();
    for case in drawn(case_of(Edition::second()), 2000) {
        for name in probes(&case) {
            *counts.get_mut(name).unwrap() += 1;
        }
    }
    expect(&counts, |name| if ["average tight", "renewal in a chain"].contains(name) { 3 } else { 10 });
}

/// A feature that is on alone is reached as well, and no other is.
#[test]
fn a_feature_alone_is_reached() {
    let of_cases = |feature: &Feature| ALL_OF_SECOND.iter().any(|(of, _)| of == feature);
    for (feature, _) in SECOND_EDITION.into_iter().filter(|(feature, _)| of_cases(feature)) {
        let mut counts: BTreeMap<Feature, usize> = BTreeMap::new();
        for case in drawn(case_of(only(&[feature])), 250) {
            for name in probes(&case) {
                let (of, _) = ALL_OF_SECOND.iter().find(|(_, known)| *known == name).unwrap();
                *counts.entry(*of).or_default() += 1;
            }
        }
        assert!(counts.get(&feature).is_some_and(|often| *often >= 5), "{feature:?} of {counts:?}");
    }
}

#[test]
fn claims_reach_what_is_new() {
    let mut counts: BTreeMap<&str, usize> = OF_CLAIMS.iter().map(|name| (*name, 0)).collect();
    let edition = only(&[Feature::SharingOf, Feature::SharingOfParts]);
    for case in drawn(claims_case_of(edition), 1500) {
        for name in probes_of_claims(&case) {
            *counts.get_mut(name).unwrap() += 1;
        }
    }
    expect(&counts, |_| 10);
}

#[test]
fn plans_reach_what_is_new() {
    let mut counts: BTreeMap<&str, usize> = OF_PLANS.iter().map(|name| (*name, 0)).collect();
    for case in drawn(plan_case_of(Edition::second()), 1500) {
        for name in probes_of_plans(&case) {
            *counts.get_mut(name).unwrap() += 1;
        }
    }
    expect(&counts, |_| 8);
}

#[test]
fn each_feature_decides_plans() {
    let not_of_plans = [Feature::SharingOfParts, Feature::ImpliedForAll];
    let of_plans = SECOND_EDITION.into_iter().map(|(feature, _)| feature).filter(|f| !not_of_plans.contains(f));
    let mut counts: BTreeMap<Feature, usize> = of_plans.map(|feature| (feature, 0)).collect();
    for case in drawn(plan_case_of(Edition::second()), 1500) {
        for feature in features_that_decide(&case) {
            *counts.entry(feature).or_default() += 1;
        }
    }
    expect(&counts, |_| 3);
}

/// Without any feature the cases are those of the first edition.
#[test]
fn without_features_nothing_is_woven() {
    let cases = drawn(case_of(Edition::FIRST), 200);
    let has_new_words = |case: &&Case| {
        let text = format!("{case:?}");
        ["held_for", "average", "corequisite", "renews", "verification", "pool = ", "except", "period = "]
            .iter()
            .any(|word| text.contains(word))
    };
    assert_eq!(cases.iter().filter(has_new_words).count(), 0);
}
