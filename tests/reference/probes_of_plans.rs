//! What a case of claims or plans exercises of the second edition.

use super::edition::{Edition, Feature};
use super::evaluate::{Judging, claims, claims_judged};
use super::generate::{ClaimsCase, PlanCase};
use super::model::*;
use super::plan::{Answer, plan};
use super::weave::strip;
use std::collections::BTreeSet;

/// Every name that `probes_of_claims` knows.
pub const OF_CLAIMS: &[&str] = &[
    "of decides",
    "parts that nobody issued decide",
    "parts that nobody issued are claimed",
    "own dates decide",
    "own dates let more be claimed",
    "own dates let less be claimed",
    "everything is claimed",
    "something is not",
];

pub fn probes_of_claims(case: &ClaimsCase) -> BTreeSet<&'static str> {
    let ClaimsCase { catalog, record, as_of, targets } = case;
    let answer = claims(catalog, record, *as_of, targets);
    let judged = |parts, own_dates| claims_judged(catalog, record, *as_of, targets, Judging { parts, own_dates });
    let all = claims(&Catalog { sharing: Vec::new(), ..catalog.clone() }, record, *as_of, targets);
    let (mut without_of, mut same) = (catalog.clone(), record.clone());
    strip(&mut without_of, &mut same, Feature::SharingOf);
    let (alone, today) = (judged(false, true), judged(true, false));
    let is_conferred = |id: &Id| catalog.credentials[id].stack.is_some();
    let rests = |id: &Id| {
        let mut found = false;
        super::generate::walk(catalog.credentials[id].stack.as_ref().unwrap(), &mut |part| {
            found |= matches!(part, Part::Credential { id, .. } if is_conferred(id));
        });
        found
    };
    let names = [
        ("of decides", claims(&without_of, record, *as_of, targets) != answer),
        ("parts that nobody issued decide", alone != answer),
        ("parts that nobody issued are claimed", !catalog.sharing.is_empty() && answer.iter().any(rests)),
        ("own dates decide", today != answer),
        ("own dates let more be claimed", today.len() < answer.len()),
        ("own dates let less be claimed", today.len() > answer.len()),
        ("everything is claimed", answer == all && all.len() > 1),
        ("something is not", answer != all),
    ];
    names.into_iter().filter(|(_, yes)| *yes).map(|(name, _)| name).collect()
}

/// Every name that `probes_of_plans` knows beside the features that decide.
pub const OF_PLANS: &[&str] =
    &["a plan", "no plan", "a policy asks for more", "a policy leaves no plan", "issued claims decide"];

/// The features without which the plans are others.
pub fn features_that_decide(case: &PlanCase) -> BTreeSet<Feature> {
    let answer = answer_to(case);
    let decides = |feature: &Feature| {
        let mut other = case.clone();
        strip(&mut other.catalog, &mut other.record, *feature);
        other != *case && answer_to(&other) != answer
    };
    super::edition::SECOND_EDITION.iter().map(|(feature, _)| *feature).filter(decides).collect()
}

pub fn probes_of_plans(case: &PlanCase) -> BTreeSet<&'static str> {
    let answer = answer_to(case);
    let mut free = case.clone();
    free.catalog.sharing.clear();
    let free = answer_to(&free);
    let value = |answer: &Answer| answer.best().map(|plan| plan.steps.values().sum::<u32>());
    let mut unissued = case.clone();
    let conferred: Vec<Id> = case.catalog.credentials.values().filter(|c| c.stack.is_some()).map(|c| c.id).collect();
    // With policies about no type of what is issued.
    for id in &conferred {
        if unissued.record.awards.iter().any(|a| a.credential == *id) {
            unissued.catalog.credentials.get_mut(id).unwrap().kind = Some("Other");
        }
    }
    let under_policy = !case.catalog.sharing.is_empty();
    let names = [
        ("a plan", answer.best().is_some_and(|plan| !plan.steps.is_empty())),
        ("no plan", answer.plans.is_empty()),
        ("a policy asks for more", value(&answer) > value(&free)),
        ("a policy leaves no plan", answer.plans.is_empty() && !free.plans.is_empty()),
        ("issued claims decide", under_policy && answer_to(&unissued) != answer && answer != free),
    ];
    names.into_iter().filter(|(_, yes)| *yes).map(|(name, _)| name).collect()
}

fn answer_to(case: &PlanCase) -> Answer {
    let PlanCase { catalog, record, as_of, target, options } = case;
    plan(catalog, record, *as_of, target, options)
}

/// The edition of which only these features are on.
pub fn only(features: &[Feature]) -> Edition {
    features.iter().fold(Edition::FIRST, |edition, feature| edition.with(*feature))
}
