//! Reasons why there is no plan: *irreducible* sets of obstacles, which together stand in the way and of which none can
//! be spared.

use crate::value::ids::{CredentialId, Id};
use std::collections::BTreeSet;

use crate::catalog::catalog::{Catalog, Credential};
use crate::catalog::network::{Part, Rule};
use crate::evaluate::outcome::Met;
use crate::evaluate::sharing::claimants::PolicyId;
use crate::solve::deletion::{Trial, deletion_filter};

use crate::plan::answers::plan::{Blockage, Blocked, Effort, Unattainable};
use crate::plan::answers::uses::over_shared;
use crate::plan::model::amounts::amount;
use crate::plan::model::barriers::Barrier;
use crate::plan::model::closure::Closure;
use crate::plan::model::limits::limits;
use crate::plan::model::policies::Obeyed;
use crate::plan::model::statement::{Chosen, Statement, StepId};
use crate::plan::question::options::{Objective, PlanOptions};
use crate::plan::question::problem::{Problem, asked};
use crate::plan::question::question::Question;
use crate::plan::search::oracle::{AskedPlans, FoundPlan, KeptPolicies, PlanOracle, program};
use crate::solve::branch::log::BranchBounds;
use crate::value::meter::Meter;

/// Something that stands in the way, and is supposed not to be there to see whether it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Assumption {
    /// The rules of the step's credential.
    Rules(StepId),
    Barrier(StepId, Barrier),
}

/// The target is beyond reach even if all exclusions between steps, the budget and the like are left aside.
pub(crate) fn of_rules<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    closure: &mut Closure<'s, 'p, 'c>,
    meter: &mut Meter,
) -> Unattainable {
    let statement = problem.statement;
    let mut barriers: BTreeSet<Assumption> = BTreeSet::new();
    for (id, step) in statement.steps.entries() {
        barriers.extend(step.barriers.iter().map(|&barrier| Assumption::Barrier(id, barrier)));
    }
    // First, without the barriers: do the rules alone stand in the way?
    let rules: BTreeSet<Assumption> = statement.steps.ids().map(Assumption::Rules).collect();
    let (alone, _) = reaches_under(&rules, statement, closure, meter);
    let mut needed = if alone == Met::No { rules } else { barriers.union(&rules).copied().collect() };
    let mut minimal = true;
    let all: Vec<Assumption> = needed.iter().rev().copied().collect();
    deletion_filter(&all, |some| {
        let without: BTreeSet<Assumption> = needed.iter().filter(|one| !some.contains(one)).copied().collect();
        match reaches_under(&without, statement, closure, meter) {
            (_, false) => {
                minimal = false;
                Trial::Stop
            }
            (Met::No, true) => {
                needed = without;
                Trial::Spared
            }
            _ => Trial::Needed,
        }
    });
    let step = |assumption: &Assumption| match *assumption {
        Assumption::Rules(step) | Assumption::Barrier(step, _) => step,
    };
    let waiting: BTreeSet<StepId> = needed.iter().map(step).collect();
    let mut causes: BTreeSet<Blocked> =
        needed.into_iter().map(|assumption| describe(statement, assumption, &waiting)).collect();
    if causes.is_empty() {
        // Nothing that could be taken counts as the target at all.
        let why = Blockage::Rules { lines: Vec::new(), waits_for: Vec::new(), to_be_held: Vec::new() };
        let target = statement.catalog.id(problem.question.target).to_owned();
        causes.insert(Blocked { credential: Some(target), why });
    }
    unattainable(statement.catalog, &problem.question, causes, minimal, meter.spent())
}

/// The steps lead to the target if only these things stand in the way; and whether that could be told in time.
fn reaches_under<'s, 'p, 'c>(
    assumptions: &BTreeSet<Assumption>,
    statement: &'s Statement<'p, 'c>,
    closure: &mut Closure<'s, 'p, 'c>,
    meter: &mut Meter,
) -> (Met, bool) {
    let is_barred = |step: StepId| {
        let mut barriers = assumptions.range(Assumption::Barrier(step, Barrier::Closed)..);
        barriers.next().is_some_and(|next| matches!(next, Assumption::Barrier(of, _) if *of == step))
    };
    let chosen: Chosen = statement.every_step().into_iter().filter(|&(step, _)| !is_barred(step)).collect();
    let ids = chosen.iter().map(|&(step, _)| step);
    let free: Vec<StepId> = ids.filter(|&step| !assumptions.contains(&Assumption::Rules(step))).collect();
    let mut work = 0;
    let met = closure.reaches_with(&chosen, &free, &mut work);
    (met, meter.spend(work).is_some())
}

fn describe(statement: &Statement<'_, '_>, assumption: Assumption, waiting: &BTreeSet<StepId>) -> Blocked {
    let catalog = statement.catalog;
    let id = |credential: CredentialId| catalog.id(credential).to_owned();
    let (step, why) = match assumption {
        Assumption::Rules(step) => (step, rules(statement, step, waiting)),
        Assumption::Barrier(step, barrier) => {
            let offered = &catalog.at(statement.steps[step].credential).offered;
            let why = match barrier {
                Barrier::Closed => {
                    let as_of = statement.progress.date();
                    Blockage::Closed { after: offered.last_before(as_of), opens: offered.opens(as_of) }
                }
                Barrier::ExcludedBy(held) => Blockage::Held { excluded_by: id(held) },
                Barrier::Avoided => Blockage::Avoided,
                Barrier::Issuer => Blockage::Issuer,
                Barrier::Tags => Blockage::Tags,
            };
            (step, why)
        }
    };
    Blocked { credential: Some(id(statement.steps[step].credential)), why }
}

/// Where the rules of a step are written that are not met, and which of the other causes they name.
fn rules(statement: &Statement<'_, '_>, step: StepId, waiting: &BTreeSet<StepId>) -> Blockage {
    let catalog = statement.catalog;
    let (network, names) = (&catalog.network, &catalog.names);
    let credential = statement.steps[step].credential;
    let (mut lines, mut waits_for, mut to_be_held) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for rule in Rule::all(credential) {
        let Some(top) = network.top(rule).filter(|_| !statement.progress.rule_is_met(rule)) else { continue };
        lines.insert(catalog.line(top));
        for leaf in network.leaves_below(top) {
            let class = names.class(network.leaf(leaf).credential);
            let held = !network.conditions[network.leaf(leaf).conditions].held_for.is_empty();
            if held && !statement.progress.is_met(Part::Leaf(leaf)) {
                to_be_held.insert(catalog.id(network.leaf(leaf).credential).to_owned());
            }
            let exceptions = &statement.progress.exceptions;
            let counting = exceptions.counting_as(names, class, Some(credential));
            for &other in waiting.iter().filter(|&&other| other != step) {
                let other = statement.steps[other].credential;
                if counting.contains(&names.class(other)) && !statement.progress.is_met(Part::Leaf(leaf)) {
                    waits_for.insert(catalog.id(other).to_owned());
                }
            }
        }
    }
    Blockage::Rules {
        lines: lines.into_iter().collect(),
        waits_for: waits_for.into_iter().collect(),
        to_be_held: to_be_held.into_iter().collect(),
    }
}

/// A limit that is no rule of the catalog, or an exclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Limit {
    Budget,
    Hours,
    /// By its place in the options.
    Besides(usize),
    Must(CredentialId),
    Sharing(PolicyId),
    Exclusion(CredentialId, CredentialId),
}

/// The rules allow it; what stands in the way is among the limits.
pub(crate) fn of_limits<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    closure: &mut Closure<'s, 'p, 'c>,
    meter: &mut Meter,
) -> Unattainable {
    let catalog = problem.statement.catalog;
    let mut kept = all_limits(problem);
    let mut minimal = true;
    let all: Vec<Limit> = kept.iter().rev().copied().collect();
    deletion_filter(&all, |some| {
        let without: BTreeSet<Limit> = kept.iter().filter(|limit| !some.contains(limit)).copied().collect();
        match within(problem, &without, LimitAim::Any, closure, meter) {
            FoundPlan { best: None, least: None, .. } => {
                kept = without;
                Trial::Spared
            }
            FoundPlan { best, .. } => {
                minimal &= some.len() > 1 || best.is_some();
                Trial::Needed
            }
        }
    });
    let id = |credential: CredentialId| Some(catalog.id(credential).to_owned());
    let mut causes: BTreeSet<Blocked> = BTreeSet::new();
    for &limit in &kept {
        let mut needs = |objective| {
            let without: BTreeSet<Limit> = kept.iter().filter(|other| **other != limit).copied().collect();
            amount(within(problem, &without, LimitAim::Least(objective), closure, meter).least.unwrap_or(0))
        };
        let (credential, why) = match limit {
            Limit::Budget => (None, Blockage::Budget { needs: needs(Objective::Cost) }),
            Limit::Hours => (None, Blockage::Hours { needs: needs(Objective::Hours) }),
            Limit::Besides(_) => (None, Blockage::NoOther),
            Limit::Must(must) => (id(must), Blockage::NotNeeded),
            Limit::Sharing(policy) => (None, over_policy(problem, policy, &kept, closure, meter)),
            Limit::Exclusion(one, other) => (id(one), Blockage::Excludes { other: id(other).unwrap_or_default() }),
        };
        causes.insert(Blocked { credential, why });
    }
    unattainable(catalog, &problem.question, causes, minimal, meter.spent())
}

/// What a plan would share beyond what a policy allows, if only the other limits that are kept stood in the way.
fn over_policy<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    policy: PolicyId,
    kept: &BTreeSet<Limit>,
    closure: &mut Closure<'s, 'p, 'c>,
    meter: &mut Meter,
) -> Blockage {
    let without: BTreeSet<Limit> = kept.iter().filter(|other| **other != Limit::Sharing(policy)).copied().collect();
    let found = within(problem, &without, LimitAim::Least(problem.question.options.objective), closure, meter);
    let mut over = Vec::new();
    if let (Some(policies), Some(best)) = (problem.policies, found.best) {
        let all = policies.among(problem.statement).into_iter();
        let lifted = all.filter(|&other| !without.contains(&Limit::Sharing(other))).collect();
        let steps = problem.statement.credentials(&best.candidate);
        if let Some(Obeyed::Yes(Some(assignment))) = policies.obey(&steps, &lifted, meter) {
            over = over_shared(problem, &assignment, policy);
        }
    }
    Blockage::Sharing { policy: problem.statement.catalog.sharing()[policy.index()].clone(), over }
}

fn all_limits(problem: &Problem<'_, '_, '_>) -> BTreeSet<Limit> {
    let options = problem.question.options;
    let mut all: BTreeSet<Limit> = BTreeSet::new();
    all.extend(options.budget.map(|_| Limit::Budget));
    all.extend(options.most_hours.map(|_| Limit::Hours));
    all.extend((0..options.besides.len()).map(Limit::Besides));
    all.extend(options.must_include.iter().map(|&must| Limit::Must(must)));
    let policies = problem.policies.map(|policies| policies.among(problem.statement));
    all.extend(policies.into_iter().flatten().map(Limit::Sharing));
    all.extend(problem.exclusions.pairs.iter().map(|&(one, other)| Limit::Exclusion(one, other)));
    all
}

/// The aim of a search within some limits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LimitAim {
    /// Any plan at all.
    Any,
    /// The least that any plan is worth.
    Least(Objective),
}

/// A search that keeps to some of the limits.
fn within<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    kept: &BTreeSet<Limit>,
    aim: LimitAim,
    closure: &mut Closure<'s, 'p, 'c>,
    meter: &mut Meter,
) -> FoundPlan {
    let (statement, options) = (problem.statement, keeping(problem.question.options, kept));
    let pairs = problem.exclusions.pairs.iter().copied();
    let pairs = pairs.filter(|&(one, other)| kept.contains(&Limit::Exclusion(one, other))).collect();
    let objective = match aim {
        LimitAim::Any => options.limited().unwrap_or(Objective::Cost),
        LimitAim::Least(objective) => objective,
    };
    let rows = limits(statement, &options, &pairs);
    let program = program(statement, &rows, statement.prices(objective), statement.bounds());
    let lifted = problem.policies.map(|policies| policies.among(statement)).unwrap_or_default();
    let lifted = lifted.into_iter().filter(|&policy| !kept.contains(&Limit::Sharing(policy))).collect();
    let policies = problem.policies.map(|policies| KeptPolicies { policies, lifted });
    let asked = AskedPlans { policies, ..asked(statement, &options) };
    let mut search = PlanOracle::new(statement, closure, asked).search(program, meter);
    match aim {
        LimitAim::Any => search.any(&BranchBounds::new(), i64::MAX),
        LimitAim::Least(_) => search.best(),
    }
}

/// The options with some of the limits only.
fn keeping(options: &PlanOptions, kept: &BTreeSet<Limit>) -> PlanOptions {
    let besides = options.besides.iter().enumerate().filter(|&(place, _)| kept.contains(&Limit::Besides(place)));
    let musts = options.must_include.iter().copied().filter(|&must| kept.contains(&Limit::Must(must)));
    PlanOptions {
        budget: options.budget.filter(|_| kept.contains(&Limit::Budget)),
        most_hours: options.most_hours.filter(|_| kept.contains(&Limit::Hours)),
        besides: besides.map(|(_, other)| other.clone()).collect(),
        must_include: musts.collect(),
        ..options.clone()
    }
}

/// The target is held, so that no plan needs what must be included.
pub(crate) fn nothing_needed(catalog: &Catalog, question: &Question<'_>) -> Unattainable {
    let first = question.options.must_include.iter().min();
    let blocked =
        |&must: &CredentialId| Blocked { credential: Some(catalog.id(must).to_owned()), why: Blockage::NotNeeded };
    unattainable(catalog, question, first.map(blocked).into_iter().collect(), true, 0)
}

/// That the question names a credential of another catalog, as its target or in its options; none if it does not.
pub(crate) fn of_another_catalog(catalog: &Catalog, question: &Question<'_>) -> Option<Unattainable> {
    let Question { target, as_of, options } = *question;
    let mut named = options.credentials().chain([&target]);
    let Credential { id, title, .. } = catalog.get(target).clone();
    named.any(|&id| !catalog.knows(id)).then(|| Unattainable {
        stamp: catalog.stamp(),
        target: id,
        target_title: title,
        as_of,
        causes: vec![Blocked { credential: None, why: Blockage::OtherCatalog }],
        minimal: true,
        from: None,
        uncounted: Vec::new(),
        effort: Effort::default(),
    })
}

fn unattainable(
    catalog: &Catalog,
    question: &Question<'_>,
    causes: BTreeSet<Blocked>,
    minimal: bool,
    work: u64,
) -> Unattainable {
    let Question { target, as_of, .. } = *question;
    Unattainable {
        stamp: catalog.stamp(),
        target: catalog.id(target).to_owned(),
        target_title: catalog.at(target).title.clone(),
        as_of,
        causes: causes.into_iter().collect(),
        minimal,
        from: None,
        uncounted: Vec::new(),
        effort: Effort { work, ..Effort::default() },
    }
}
