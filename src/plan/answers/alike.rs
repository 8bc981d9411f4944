//! Steps that nothing tells apart but their names: what is true of plans with one is true of plans with the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Terms;
use crate::catalog::network::{Part, Rule};
use crate::plan::model::amounts::Price;
use crate::plan::model::statement::StepId;
use crate::plan::question::problem::Problem;
use crate::value::amount::Amount;
use crate::value::ids::{ConditionsId, CredentialId, GroupId, LeafId};

/// A place that an award can fill: the group that it stands in, what is asked of the award, what it adds, and whether
/// another place counts for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct PlaceOfAward {
    group: GroupId,
    conditions: ConditionsId,
    weight: u32,
    is_shadowed: bool,
}

/// All that tells steps of the same places apart.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TraitsOfStep {
    price: Price,
    terms: Terms,
    credits: Amount,
    hours: Option<Amount>,
}

/// For each of some steps the first of them that is like it. Two are alike if each can be put in the place of the other
/// in the rules, the record and the question, and nothing changes but names.
pub(crate) fn alike(
    problem: &Problem<'_, '_, '_>,
    steps: impl IntoIterator<Item = StepId>,
) -> BTreeMap<StepId, StepId> {
    let mut kinds: BTreeMap<Vec<PlaceOfAward>, Vec<(TraitsOfStep, StepId)>> = BTreeMap::new();
    let mut found = BTreeMap::new();
    let set_apart = set_apart(problem);
    for step in steps {
        if found.contains_key(&step) {
            continue;
        }
        let own = set_apart.as_ref().and_then(|apart| places(problem, apart, step));
        let first = own.map_or(step, |places| {
            let (known, traits) = (kinds.entry(places).or_default(), traits(problem, step));
            let first = known.iter().find(|(other, _)| *other == traits).map(|&(_, first)| first);
            first.unwrap_or_else(|| {
                known.push((traits, step));
                step
            })
        });
        found.insert(step, first);
    }
    found
}

/// The credentials that the record, the question or an exclusion names; `None` if more than names may matter.
fn set_apart(problem: &Problem<'_, '_, '_>) -> Option<BTreeSet<CredentialId>> {
    let (statement, options) = (problem.statement, problem.question.options);
    let (progress, standing) = (statement.progress, &problem.start.standing);
    let exceptions = &progress.exceptions;
    let is_plain = statement.catalog.renewing.is_empty()
        && problem.policies.is_none()
        && options.besides.is_empty()
        && progress.kept.is_empty()
        && exceptions.substitutions.is_empty()
        && exceptions.waived.is_empty();
    if !is_plain {
        return None;
    }
    let of_record = progress.evidence.iter().map(|admitted| &admitted.evidence).chain(&standing.in_progress);
    let mut apart: BTreeSet<CredentialId> = of_record.map(|evidence| evidence.credential).collect();
    apart.extend(options.must_include.iter().copied());
    apart.extend(progress.renewable.iter().chain(&*progress.unrenewable).copied());
    apart.extend(problem.exclusions.pairs.iter().flat_map(|&(one, other)| [one, other]));
    Some(apart)
}

/// The places that awards of a step can fill, if it asks for nothing, goes by no other name and is named by nothing
/// else.
fn places(problem: &Problem<'_, '_, '_>, apart: &BTreeSet<CredentialId>, step: StepId) -> Option<Vec<PlaceOfAward>> {
    let statement = problem.statement;
    let described = &statement.steps[step];
    let credential = described.credential;
    let (network, names) = (&statement.catalog.network, &statement.catalog.names);
    let class = names.class(credential);
    let is_plain = !apart.contains(&credential)
        && credential != problem.question.target
        && described.times.is_none()
        && described.barriers.is_empty()
        && !names.repeatable(credential)
        && names.members(class).len() == 1
        && names.up(class).is_empty()
        && names.down(class).is_empty()
        && network.corequisite_uses.list(class).is_empty()
        && Rule::all(credential).all(|rule| network.top(rule).is_none());
    if !is_plain {
        return None;
    }
    let place = |leaf: LeafId| {
        let described = network.leaf(leaf);
        let group = network.group_above(Part::Leaf(leaf))?;
        let is_shadowed = network.is_shadowed(leaf);
        Some(PlaceOfAward { group, conditions: described.conditions, weight: described.weight, is_shadowed })
    };
    let mut places: Vec<PlaceOfAward> = network.uses(class).map(place).collect::<Option<_>>()?;
    places.sort_unstable();
    Some(places)
}

fn traits(problem: &Problem<'_, '_, '_>, step: StepId) -> TraitsOfStep {
    let Problem { statement, .. } = *problem;
    let step = &statement.steps[step];
    let credential = statement.catalog.at(step.credential);
    let terms = statement.catalog.terms(step.credential).clone();
    TraitsOfStep { price: step.price, terms, credits: credential.credits, hours: credential.hours }
}
