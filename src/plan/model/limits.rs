//! The rows that are no rules of the catalog: exclusions and the caller's conditions.

use std::collections::BTreeSet;

use crate::solve::ids::VariableId;
use crate::solve::row::Row;
use crate::value::ids::{CredentialId, IdVec, to_u32};

use crate::plan::model::amounts::hundredths;
use crate::plan::model::statement::{Chosen, StatedRow, Statement, StepId};
use crate::plan::question::options::{Besides, Objective, PlanOptions};

/// The rows that keep a plan within exclusions, a budget, and what must be included.
pub(crate) fn limits(
    statement: &Statement<'_, '_>,
    options: &PlanOptions,
    pairs: &BTreeSet<(CredentialId, CredentialId)>,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let variable = |credential: CredentialId| {
        let step = statement.step(credential)?;
        Some(&statement.steps[step]).filter(|step| step.barriers.is_empty()).map(|step| step.variable)
    };
    for &(one, other) in pairs {
        if let (Some(one), Some(other)) = (variable(one), variable(other)) {
            rows.push(Row::at_least(vec![(one, -1), (other, -1)], -1));
        }
    }
    if let Some(budget) = options.budget {
        rows.push(at_most(&statement.prices(Objective::Cost), hundredths(budget)));
    }
    if let Some(most) = options.most_hours {
        rows.push(at_most(&statement.prices(Objective::Hours), hundredths(most)));
    }
    for other in &options.besides {
        // What cannot be taken here at all is left out in any case.
        let steps: Vec<(StepId, i64)> =
            other.steps.iter().filter_map(|&(id, times)| Some((statement.step(id)?, i64::from(times)))).collect();
        let absent = i64::from(to_u32(other.steps.len() - steps.len()));
        let once = other.steps.iter().all(|step| step.1 == 1);
        let differing = if once { i64::from(other.differing.max(1)) } else { 1 };
        if let Some(mut row) = statement.not_all(&steps).filter(|_| absent < differing) {
            row.need += differing - absent - 1;
            rows.push(row);
        }
    }
    for &must in &options.must_include {
        // If there is no such step, nothing satisfies the row.
        rows.push(Row::at_least(variable(must).into_iter().map(|variable| (variable, 1)).collect(), 1));
    }
    if !options.must_include.is_empty() {
        rows.extend(demands(statement));
    }
    rows
}

/// That the prices come to so much at most.
pub(crate) fn at_most(prices: &IdVec<VariableId, i64>, most: i64) -> Row {
    let priced = prices.entries().filter(|(_, price)| **price != 0);
    Row::at_least(priced.map(|(variable, &price)| (variable, -price)).collect(), -most)
}

/// The rows of *completion*: whatever is taken is used by something that is needed. True of every plan, as it has no
/// step to spare.
pub(crate) fn demands(statement: &Statement<'_, '_>) -> Vec<Row> {
    let mut users: IdVec<VariableId, Option<BTreeSet<VariableId>>> =
        IdVec::filled(Some(BTreeSet::new()), statement.variables.len());
    for StatedRow { row, .. } in &statement.rows {
        let mut by: BTreeSet<VariableId> = row.terms.iter().filter(|term| term.1 < 0).map(|term| term.0).collect();
        by.extend(row.head);
        for &(variable, times) in &row.terms {
            if times > 0 {
                match &mut users[variable] {
                    // The goal itself uses it.
                    users if by.is_empty() => *users = None,
                    Some(users) => users.extend(&by),
                    None => {}
                }
            }
        }
    }
    // The rows of a joint region leave out spans, and so not all that could be of use in it has a place in them.
    for region in &statement.regions {
        for &source in region.sources.keys() {
            if let Some(users) = &mut users[source] {
                users.insert(region.variable);
            }
        }
    }
    // A claim under a policy may need what the rows do not ask for.
    for (&claim, fills) in &statement.limited {
        for &source in fills {
            if let Some(users) = &mut users[source] {
                users.insert(claim);
            }
        }
    }
    for step in &statement.steps {
        // How often it is taken goes by whether it is.
        if let Some(times) = step.times {
            let counted = users[times].take();
            let own = &mut users[step.variable];
            *own = match (own.take(), counted) {
                (Some(own), Some(counted)) => {
                    let both = own.into_iter().chain(counted);
                    Some(both.filter(|&user| user != times && user != step.variable).collect())
                }
                _ => None,
            };
        }
    }
    let one = |variable: VariableId| statement.variables[variable].upper == 1;
    let rows = users.entries().filter(|&(variable, _)| one(variable)).filter_map(|(variable, users)| {
        let terms = users.as_ref()?.iter().map(|&user| (user, 1)).collect();
        Some(Row { terms, head: Some(variable), need: 1 })
    });
    rows.collect()
}

/// The steps that must be included, by their numbers.
pub(crate) fn musts(statement: &Statement<'_, '_>, options: &PlanOptions) -> Vec<StepId> {
    let musts: BTreeSet<CredentialId> = options.must_include.iter().copied().collect();
    musts.into_iter().filter_map(|must| statement.step(must)).collect()
}

/// The plans that are left aside, by the numbers of their steps; those that have a step which cannot be taken here are
/// in no one's way.
pub(crate) fn besides(statement: &Statement<'_, '_>, options: &PlanOptions) -> Vec<Chosen> {
    let steps = |other: &Besides| {
        let number = |&(id, times): &(CredentialId, u32)| Some((statement.step(id)?, i64::from(times)));
        other.steps.iter().map(number).collect::<Option<Chosen>>()
    };
    options.besides.iter().filter_map(steps).collect()
}
