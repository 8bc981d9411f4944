//! Why there is no plan: obstacles that together stand in the way, of which none can be spared.

use crate::value::ids::CredentialId;
use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Part, Rule};
use crate::evaluate::outcome::Met;
use crate::value::date::Date;

use crate::plan::answers::plan::{Blockage, Blocked, Effort, Unattainable};
use crate::plan::model::closure::{Chosen, Closure};
use crate::plan::model::obstacles;
use crate::plan::model::obstacles::Barrier;
use crate::plan::model::statement::{Row, Statement, StepId};
use crate::plan::question::make::{Problem, amount};
use crate::plan::question::options::{Objective, PlanOptions};
use crate::plan::search::search::{Found, Search};
use crate::solve::simplex::Meter;

/// Something that could be otherwise.
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
    let mut items: BTreeSet<Assumption> = BTreeSet::new();
    for (number, step) in statement.steps.entries() {
        items.extend(step.obstacles.iter().map(|&obstacle| Assumption::Barrier(number, obstacle)));
    }
    let mut reaches = |items: &BTreeSet<Assumption>, meter: &mut Meter| {
        let mut work = 0;
        let blocked = |number: StepId| {
            items
                .range(Assumption::Barrier(number, Barrier::Closed)..)
                .next()
                .is_some_and(|item| matches!(item, Assumption::Barrier(of, _) if *of == number))
        };
        let chosen: Chosen = crate::plan::question::make::every_step(statement)
            .into_iter()
            .filter(|&(step, _)| !blocked(step))
            .collect();
        let free: Vec<StepId> =
            chosen.iter().map(|&(step, _)| step).filter(|&step| !items.contains(&Assumption::Rules(step))).collect();
        let met = closure.reaches_with(&chosen, &free, &mut work);
        (met, meter.spend(work).is_some())
    };
    // First, without the obstacles: do the rules alone stand in the way?
    let rules: BTreeSet<Assumption> = statement.steps.ids().map(Assumption::Rules).collect();
    let (alone, _) = reaches(&rules, meter);
    let mut needed = if alone == Met::No { rules } else { items.union(&rules).copied().collect() };
    let mut minimal = true;
    // Halves that can be spared as a whole are.
    let all: Vec<Assumption> = needed.iter().rev().copied().collect();
    let mut open = vec![all];
    while let Some(some) = open.pop() {
        let without: BTreeSet<Assumption> = needed.iter().filter(|item| !some.contains(item)).copied().collect();
        let (met, in_time) = reaches(&without, meter);
        if !in_time {
            minimal = false;
            break;
        }
        if met == Met::No {
            needed = without;
        } else if some.len() > 1 {
            let (first, second) = some.split_at(some.len() / 2);
            open.push(second.to_vec());
            open.push(first.to_vec());
        }
    }
    let waiting: BTreeSet<StepId> = needed
        .iter()
        .map(|item| match *item {
            Assumption::Rules(step) | Assumption::Barrier(step, _) => step,
        })
        .collect();
    let mut causes: BTreeSet<Blocked> = needed.into_iter().map(|item| describe(problem, item, &waiting)).collect();
    if causes.is_empty() {
        // Nothing that could be taken counts as the target at all.
        let lines = Vec::new();
        causes.insert(Blocked {
            credential: Some(statement.catalog.id(problem.target).to_owned()),
            why: Blockage::Rules { lines, waits_for: Vec::new() },
        });
    }
    unattainable(problem, causes, (minimal, meter))
}

fn describe(problem: &Problem<'_, '_, '_>, item: Assumption, waiting: &BTreeSet<StepId>) -> Blocked {
    let statement = problem.statement;
    let catalog = statement.catalog;
    let id = |credential: CredentialId| catalog.id(credential).to_owned();
    let (step, why) = match item {
        Assumption::Rules(step) => (step, rules(statement, step, waiting)),
        Assumption::Barrier(step, obstacle) => {
            let offered = catalog.at(statement.steps[step].credential).offered;
            let why = match obstacle {
                Barrier::Closed => Blockage::Closed { from: offered.from, until: offered.until },
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
    let (mut lines, mut waits_for) = (BTreeSet::new(), BTreeSet::new());
    for rule in Rule::all(credential) {
        let Some(top) = network.top(rule).filter(|_| !statement.progress.rule_is_met(rule)) else { continue };
        lines.insert(catalog.line(top));
        for leaf in network.leaves_below(top) {
            let class = names.class(network.leaf(leaf).credential);
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
    Blockage::Rules { lines: lines.into_iter().collect(), waits_for: waits_for.into_iter().collect() }
}

/// A limit that is no rule of the catalog, or an exclusion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Limit {
    Budget,
    Hours,
    /// By its place in the options.
    Besides(usize),
    Must(CredentialId),
    Exclusion(CredentialId, CredentialId),
}

/// The rules allow it; what stands in the way is among the limits.
pub(crate) fn of_limits<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    closure: &mut Closure<'s, 'p, 'c>,
    meter: &mut Meter,
) -> Unattainable {
    let (statement, options) = (problem.statement, problem.options);
    let mut kept: BTreeSet<Limit> = BTreeSet::new();
    kept.extend(options.budget.map(|_| Limit::Budget));
    kept.extend(options.most_hours.map(|_| Limit::Hours));
    kept.extend((0..options.besides.len()).map(Limit::Besides));
    kept.extend(options.must_include.iter().map(|&must| Limit::Must(must)));
    kept.extend(problem.exclusions.pairs.iter().map(|&(one, other)| Limit::Exclusion(one, other)));
    let mut minimal = true;
    // The best under some of the limits, and the least that any plan is worth.
    let mut best = |kept: &BTreeSet<Limit>, objective: Objective, any: bool| {
        let options = PlanOptions {
            objective,
            budget: options.budget.filter(|_| kept.contains(&Limit::Budget)),
            most_hours: options.most_hours.filter(|_| kept.contains(&Limit::Hours)),
            besides: (0..)
                .zip(&options.besides)
                .filter(|&(place, _)| kept.contains(&Limit::Besides(place)))
                .map(|(_, other)| other.clone())
                .collect(),
            must_include: options
                .must_include
                .iter()
                .copied()
                .filter(|&must| kept.contains(&Limit::Must(must)))
                .collect(),
            ..options.clone()
        };
        let pairs = problem.exclusions.pairs.iter().copied();
        let pairs = pairs.filter(|&(one, other)| kept.contains(&Limit::Exclusion(one, other))).collect();
        let limits: Vec<Row> = obstacles::limits(statement, &options, &pairs);
        let start = (statement.prices(objective), statement.bounds());
        let mut search = Search::new(closure, statement, start, &limits, meter);
        search.musts = obstacles::musts(statement, &options);
        search.besides = obstacles::besides(statement, &options);
        search.any = any;
        search.run()
    };
    // Halves that can be spared as a whole are.
    let mut open: Vec<Vec<Limit>> = vec![kept.iter().rev().copied().collect()];
    while let Some(some) = open.pop() {
        let without: BTreeSet<Limit> = kept.iter().filter(|limit| !some.contains(limit)).copied().collect();
        match best(&without, Objective::Cost, true) {
            Found { best: None, least: None, .. } => kept = without,
            Found { best, .. } if some.len() == 1 => minimal &= best.is_some(),
            _ => {
                let (first, second) = some.split_at(some.len() / 2);
                open.push(second.to_vec());
                open.push(first.to_vec());
            }
        }
    }
    let id = |credential: CredentialId| Some(statement.catalog.id(credential).to_owned());
    let mut causes: BTreeSet<Blocked> = BTreeSet::new();
    for &limit in &kept {
        let mut needs = |objective| {
            let without: BTreeSet<Limit> = kept.iter().filter(|other| **other != limit).copied().collect();
            amount(best(&without, objective, false).least.unwrap_or(0))
        };
        let (credential, why) = match limit {
            Limit::Budget => (None, Blockage::Budget { needs: needs(Objective::Cost) }),
            Limit::Hours => (None, Blockage::Hours { needs: needs(Objective::Hours) }),
            Limit::Besides(_) => (None, Blockage::NoOther),
            Limit::Must(must) => (id(must), Blockage::NotNeeded),
            Limit::Exclusion(one, other) => (id(one), Blockage::Excludes { other: id(other).unwrap_or_default() }),
        };
        causes.insert(Blocked { credential, why });
    }
    unattainable(problem, causes, (minimal, meter))
}

fn unattainable(
    problem: &Problem<'_, '_, '_>,
    causes: BTreeSet<Blocked>,
    (minimal, meter): (bool, &Meter),
) -> Unattainable {
    let catalog = problem.statement.catalog;
    Unattainable {
        target: catalog.id(problem.target).to_owned(),
        target_title: catalog.at(problem.target).title.clone(),
        as_of: problem.as_of,
        causes: causes.into_iter().collect(),
        minimal,
        effort: Effort { work: meter.spent(), ..Effort::default() },
    }
}

/// The target is held, so that no plan needs what must be included.
pub(crate) fn nothing_needed(
    catalog: &Catalog,
    target: CredentialId,
    (as_of, options): (Date, &PlanOptions),
) -> Unattainable {
    let musts: BTreeSet<CredentialId> = options.must_include.iter().copied().collect();
    let blocked =
        |must: CredentialId| Blocked { credential: Some(catalog.id(must).to_owned()), why: Blockage::NotNeeded };
    Unattainable {
        target: catalog.id(target).to_owned(),
        target_title: catalog.at(target).title.clone(),
        as_of,
        causes: musts.into_iter().take(1).map(blocked).collect(),
        minimal: true,
        effort: Effort::default(),
    }
}
