//! The credentials that every plan contains: the *dominators* of the target.

use std::collections::BTreeSet;

use crate::evaluate::outcome::Met;
use crate::value::ids::CredentialId;

use crate::plan::model::closure::Closure;
use crate::plan::model::statement::{Chosen, StepId};
use crate::plan::question::problem::Problem;
use crate::plan::search::oracle::{PlanOracle, program};
use crate::solve::row::Interval;
use crate::value::meter::Meter;

/// All that is known from plans that were made with fewer left aside, or wider limits.
#[derive(Default)]
pub(crate) struct Known {
    /// Credentials that every plan contains.
    essential: BTreeSet<CredentialId>,
    /// Plans, by the numbers of their steps.
    pub(crate) seen: Vec<Chosen>,
}

/// The chosen credentials that every plan contains.
pub(crate) fn essential<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    closure: &mut Closure<'s, 'p, 'c>,
    chosen: &[(StepId, i64)],
    known: &mut Known,
    meter: &mut Meter,
) -> Vec<CredentialId> {
    let statement = problem.statement;
    let mut open = Vec::new();
    let Known { essential, seen } = known;
    let in_all = |step: &StepId| {
        let known = essential.contains(&statement.steps[*step].credential);
        !known && !seen.iter().any(|plan| spares(plan, *step))
    };
    let unclear: Vec<StepId> = chosen.iter().map(|&(step, _)| step).filter(in_all).collect();
    for step in unclear {
        let mut work = 0;
        let met = closure.are_enough(None, &statement.all_steps_but(step), &mut work);
        let in_time = meter.spend(work).is_some();
        if met == Met::No {
            essential.insert(statement.steps[step].credential);
        } else if in_time {
            open.push(step);
        } else {
            break;
        }
    }
    if (!problem.limits.is_empty() || problem.policies.is_some()) && !open.is_empty() {
        essential.extend(needed_within_limits(problem, closure, open, meter));
    }
    essential.iter().copied().collect()
}

/// Of steps that the rules could do without, the credentials of those that are needed all the same: with exclusions,
/// policies and such, there may be no way round them.
fn needed_within_limits<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    closure: &mut Closure<'s, 'p, 'c>,
    open: Vec<StepId>,
    meter: &mut Meter,
) -> Vec<CredentialId> {
    let statement = problem.statement;
    let options = problem.question.options;
    let prices = statement.prices(options.limited().unwrap_or(options.objective));
    let program = program(statement, &problem.limits, prices, statement.bounds());
    let mut search = PlanOracle::new(statement, closure, problem.asked()).search(program, meter);
    let mut needed = Vec::new();
    for step in open {
        if search.oracle().seen().iter().any(|plan| spares(plan, step)) {
            continue;
        }
        let described = &statement.steps[step];
        let found = search.any(&vec![(described.variable, Interval::only(0))], i64::MAX);
        if found.best.is_none() && found.least.is_none() {
            needed.push(described.credential);
        }
    }
    needed
}

fn spares(plan: &Chosen, step: StepId) -> bool {
    plan.iter().all(|&(other, _)| other != step)
}
