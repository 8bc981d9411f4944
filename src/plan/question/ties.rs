//! Of all plans that are best, the one that ties go to ([semantics 7.1](crate::semantics#7.1)): best in the remaining
//! objectives in turn, and then without the last ids that it can do without.

use crate::plan::model::closure::Closure;
use crate::plan::model::limits::at_most;
use crate::plan::model::statement::Chosen;
use crate::plan::model::statement::{Statement, common_divisor};
use crate::plan::question::options::Objective;
use crate::plan::question::problem::Problem;
use crate::plan::search::search::{Best, Leaf, Search, program};
use crate::solve::ids::VariableId;
use crate::solve::simplex::Meter;
use crate::value::ids::IdVec;

/// What a plan is worth by several objectives at once, so that an earlier one outweighs all later ones together.
#[derive(Debug)]
pub(crate) struct Prices {
    pub(crate) combined: IdVec<VariableId, i64>,
    pub(crate) scale: Scale,
    /// What divides all prices of the first objective.
    grain: i64,
    /// Objectives that found no room.
    pub(crate) left: Vec<Objective>,
}

/// Which sums of prices there can be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scale {
    /// They are multiples of this.
    pub(crate) grain: i64,
    /// For each objective but the last, what one grain of it weighs, and the most that all later ones come to. That is
    /// far less, so that a bound which lies beyond it is a bound for the next grain.
    levels: Vec<(i64, i64)>,
}

/// No sum of combined prices is greater: floating-point numbers can still tell such sums apart.
const MOST: i128 = 1 << 50;
/// How many times as much as all later objectives together a grain of an objective weighs.
const SPREAD: i64 = 32;

impl Scale {
    /// All multiples of a grain.
    pub(crate) fn of(grain: i64) -> Self {
        Self { grain, levels: Vec::new() }
    }

    /// The greatest sum that there can be below a value.
    pub(crate) fn below(&self, value: i64) -> i64 {
        let mut rest = value.saturating_sub(1);
        let mut sum = 0_i64;
        for &(weight, most) in &self.levels {
            sum += rest.div_euclid(weight) * weight;
            rest = rest.rem_euclid(weight).min(most);
        }
        (sum + rest).div_euclid(self.grain.max(1)) * self.grain.max(1)
    }
}

impl Prices {
    pub(crate) fn new(statement: &Statement<'_, '_>, objective: Objective) -> Self {
        let first = statement.prices(objective);
        let grain = grain(&first);
        let mut combined: IdVec<VariableId, i64> = first.iter().map(|price| price / grain).collect();
        let mut sum = total(statement, &combined);
        let (mut levels, mut left): (Vec<(i64, i64)>, Vec<Objective>) = (Vec::new(), Vec::new());
        for next in [Objective::Cost, Objective::Hours, Objective::Credentials] {
            let prices = statement.prices(next);
            let own_grain = self::grain(&prices);
            let prices: IdVec<VariableId, i64> = prices.iter().map(|price| price / own_grain).collect();
            let most = total(statement, &prices);
            if next == objective || most == 0 {
                continue;
            }
            let times = (most + 1).saturating_mul(i128::from(SPREAD));
            let new_sum = sum.saturating_mul(times).saturating_add(most);
            let (Ok(times), Ok(most)) = (i64::try_from(times), i64::try_from(most)) else {
                left.push(next);
                continue;
            };
            if new_sum > MOST || !left.is_empty() {
                left.push(next);
                continue;
            }
            sum = new_sum;
            for level in &mut levels {
                *level = (level.0 * times, level.1 * times + most);
            }
            levels.push((times, most));
            combined.iter_mut().zip(&prices).for_each(|(combined, price)| *combined = *combined * times + price);
        }
        let scale = Scale { grain: self::grain(&combined), levels };
        Self { combined, scale, grain, left }
    }

    /// What the first objective comes to at least, if the combined one comes to so much.
    pub(crate) fn first(&self, combined: i64) -> i64 {
        let grains = match self.scale.levels.first() {
            Some(&(weight, most)) => combined.div_euclid(weight) + i64::from(combined.rem_euclid(weight) > most),
            None => combined,
        };
        grains.saturating_mul(self.grain)
    }
}

fn grain(prices: &IdVec<VariableId, i64>) -> i64 {
    prices.iter().fold(0, |grain, &price| common_divisor(grain, price)).max(1)
}

/// What everything comes to.
fn total(statement: &Statement<'_, '_>, prices: &IdVec<VariableId, i64>) -> i128 {
    let most = |(price, variable): (&i64, &crate::plan::model::statement::Variable)| {
        i128::from(*price) * i128::from(variable.upper)
    };
    prices.iter().zip(&statement.variables).map(most).sum()
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
pub(crate) fn by_ids(search: &mut Search<'_, '_, '_, '_>, statement: &Statement<'_, '_>, best: Best) -> Tied {
    let Best { candidate: mut chosen, value } = best;
    let leaves = std::mem::take(&mut search.ties);
    let mut leaves: Vec<Leaf> = leaves.iter().filter_map(|leaf| search.promising(leaf, value)).collect();
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
                        let (lower, upper) = search.within(leaf, variable);
                        leaf.push((variable, (lower.max(times), upper.min(times))));
                        lower <= times && times <= upper
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

/// Looks in these branches for a plan that is worth no more, in which a variable is less than so much.
fn with_fewer(
    search: &mut Search<'_, '_, '_, '_>,
    leaves: &[Leaf],
    variable: VariableId,
    times: i64,
    value: i64,
) -> Fewer {
    for leaf in leaves.iter().filter(|_| times > 0) {
        let (lower, upper) = search.within(leaf, variable);
        if lower < times {
            let mut part = leaf.clone();
            part.push((variable, (lower, upper.min(times - 1))));
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
    let mut kept = (prices.combined.clone(), best.clone());
    for (place, &next) in prices.left.iter().enumerate() {
        let (before, Best { candidate: chosen, value }) = kept;
        rows.push(at_most(&before, value));
        let own = statement.prices(next);
        let program = program(statement, &rows, own.clone(), statement.bounds());
        let asked = problem.asked_beside(vec![chosen.clone()]);
        let mut search = Search::new(program, statement, closure, asked, meter);
        let found = search.best();
        let Some(best) = found.best.filter(|best| found.complete && found.least == Some(best.value)) else {
            return Tied { chosen, settled: false };
        };
        if place + 1 == prices.left.len() {
            return by_ids(&mut search, statement, best);
        }
        kept = (own, best);
    }
    Tied { chosen: kept.1.candidate, settled: false }
}
