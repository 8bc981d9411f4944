//! Of all plans that are best, the one that ties go to ([semantics 7.1](crate::semantics#7.1)): with the fewest
//! amounts that nobody stated, best in the remaining objectives in turn, and then without the last ids that it can do
//! without.

use crate::plan::model::closure::Closure;
use crate::plan::model::limits::at_most;
use crate::plan::model::statement::Chosen;
use crate::plan::model::statement::Statement;
use crate::plan::question::options::Objective;
use crate::plan::question::problem::Problem;
use crate::plan::search::oracle::{AskedPlans, Best, PlanOracle, PlanSearch, program};
use crate::solve::branch::log::BranchBounds;
use crate::solve::ids::VariableId;
use crate::solve::objective::Lexicographic;
use crate::solve::row::{Bounds, Interval};
use crate::value::ids::IdVec;
use crate::value::meter::Meter;

/// Something that plans are told apart by, the objective being equal.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Criterion {
    /// The number of amounts that the objective asks for and nobody stated.
    MissingAmounts(Objective),
    Objective(Objective),
}

impl Criterion {
    fn prices(self, statement: &Statement<'_, '_>) -> IdVec<VariableId, i64> {
        match self {
            Self::MissingAmounts(objective) => statement.missing_amounts(objective),
            Self::Objective(objective) => statement.prices(objective),
        }
    }
}

/// Prices by several objectives at once, so that an earlier one outweighs all later ones together.
#[derive(Debug)]
pub(crate) struct Prices {
    pub(crate) combined: Lexicographic,
    /// What found no room.
    pub(crate) left: Vec<Criterion>,
}

impl Prices {
    pub(crate) fn new(statement: &Statement<'_, '_>, objective: Objective) -> Self {
        let all: Bounds = statement.variables.iter().map(|variable| Interval::new(0, variable.upper)).collect();
        let mut combined = Lexicographic::new(&statement.prices(objective), &all);
        let others = [Objective::Cost, Objective::Hours, Objective::Credentials].into_iter();
        let others = others.filter(|&next| next != objective).map(Criterion::Objective);
        let criteria = [Criterion::MissingAmounts(objective)].into_iter().chain(others);
        let left = criteria.filter(|next| !combined.then(&next.prices(statement), &all)).collect();
        Self { combined, left }
    }
}

/// The plan that ties go to.
#[derive(Debug, Clone)]
pub(crate) struct Tied {
    pub(crate) chosen: Chosen,
    /// True if it is certain that ties go to it.
    pub(crate) settled: bool,
}

/// From the last id on: is there a plan, as good, that does without it, or with less of it? Gives the last one found.
/// The search has to have proved that `best` is best; only in the branches that it left can others be as good.
pub(crate) fn by_ids(search: &mut PlanSearch<'_, '_, '_, '_>, statement: &Statement<'_, '_>, best: Best) -> Tied {
    let Best { candidate: mut chosen, value } = best;
    let ties = search.take_ties();
    let mut leaves: Vec<BranchBounds> = ties.iter().filter_map(|leaf| search.promising(leaf, value)).collect();
    for number in statement.steps.ids().rev() {
        let step = &statement.steps[number];
        let variable = step.times.unwrap_or(step.variable);
        loop {
            let times = chosen.iter().find(|(chosen, _)| *chosen == number).map_or(0, |&(_, times)| times);
            match with_fewer(search, &leaves, variable, times, value) {
                Fewer::Found(fewer) => chosen = fewer,
                Fewer::Unknown => return Tied { chosen, settled: false },
                Fewer::None => {
                    // All that follows has it as often as this.
                    leaves.retain_mut(|leaf| {
                        let within = search.within(leaf, variable);
                        leaf.push((variable, Interval::only(times)));
                        within.contains(times)
                    });
                    break;
                }
            }
        }
    }
    Tied { chosen, settled: true }
}

/// A plan that is as good, with less of a step.
enum Fewer {
    Found(Chosen),
    None,
    /// The work did not suffice to tell.
    Unknown,
}

/// Looks in these branches for a plan that costs no more, in which a variable is less than so much.
fn with_fewer(
    search: &mut PlanSearch<'_, '_, '_, '_>,
    leaves: &[BranchBounds],
    variable: VariableId,
    times: i64,
    value: i64,
) -> Fewer {
    for leaf in leaves.iter().filter(|_| times > 0) {
        let Interval { lower, upper } = search.within(leaf, variable);
        if lower < times {
            let mut part = leaf.clone();
            part.push((variable, Interval::new(lower, upper.min(times - 1))));
            let found = search.any(&part, value);
            match (found.best, found.least) {
                (Some(best), _) => return Fewer::Found(best.candidate),
                (None, Some(_)) => return Fewer::Unknown,
                (None, None) => {}
            }
        }
    }
    Fewer::None
}

/// The objectives that found no room, one after the other, and then ids.
pub(crate) fn in_turn<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    closure: &mut Closure<'s, 'p, 'c>,
    prices: &Prices,
    best: &Best,
    meter: &mut Meter,
) -> Tied {
    let statement = problem.statement;
    let mut rows = problem.limits.clone();
    let mut kept = (prices.combined.prices().clone(), best.clone());
    for (place, &next) in prices.left.iter().enumerate() {
        let (before, Best { candidate: chosen, value }) = kept;
        rows.push(at_most(&before, value));
        let own = next.prices(statement);
        let program = program(statement, &rows, own.clone(), statement.bounds());
        // Here rows also say what the objectives before are worth.
        let asked = AskedPlans { are_all: false, ..problem.asked_knowing(vec![chosen.clone()]) };
        let mut search = PlanOracle::new(statement, closure, asked).search(program, meter);
        let found = search.best();
        let is_proven = found.complete && found.is_proven();
        let Some(best) = found.best.filter(|_| is_proven) else {
            return Tied { chosen, settled: false };
        };
        if place + 1 == prices.left.len() {
            return by_ids(&mut search, statement, best);
        }
        kept = (own, best);
    }
    Tied { chosen: kept.1.candidate, settled: false }
}
