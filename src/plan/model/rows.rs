//! Rows between bounds: what they force, how they can be sharpened, and what multiples of them prove. Everything here
//! is exact.

use crate::plan::model::statement::Row;
use crate::solve::ids::{RowId, VariableId};
use crate::solve::row::Term;
use crate::value::ids::IdVec;

/// The least and the greatest value of every variable.
pub(crate) type Bounds = IdVec<VariableId, (i64, i64)>;

/// Terms that add up to `least` or more.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inequality {
    pub(crate) terms: Vec<Term>,
    pub(crate) least: i64,
}

impl Row {
    /// All terms, the head among them, and what they add up to at least.
    fn all_terms(&self) -> (impl Iterator<Item = Term> + '_, i64) {
        let head = self.head.map(|head| (head, -self.need));
        (self.terms.iter().copied().chain(head), if self.head.is_none() { self.need } else { 0 })
    }

    /// The variables of the row.
    pub(crate) fn variables(&self) -> impl Iterator<Item = VariableId> + '_ {
        self.all_terms().0.map(|(variable, _)| variable)
    }

    /// By how much the row can be more than satisfied.
    pub(crate) fn room(&self, bounds: &Bounds) -> i64 {
        let (terms, least) = self.all_terms();
        let most = terms.map(|(variable, times)| times.saturating_mul(best(times, bounds[variable])));
        most.fold(0, i64::saturating_add).saturating_sub(least)
    }

    /// Whether a variable, by itself, can use up more than there is room for.
    pub(crate) fn forces_something(&self, room: i64, bounds: &Bounds) -> bool {
        self.all_terms().0.any(|(variable, times)| {
            let (lower, upper) = bounds[variable];
            times.saturating_abs().saturating_mul(upper - lower) > room
        })
    }

    /// What the row by itself lets a variable be, given what it has room for.
    pub(crate) fn narrowed(&self, variable: VariableId, room: i64, bounds: &Bounds) -> (i64, i64) {
        let (lower, upper) = bounds[variable];
        let times: i64 = self.all_terms().0.filter(|term| term.0 == variable).map(|term| term.1).sum();
        match times {
            0 => (lower, upper),
            1.. => (lower.max(upper.saturating_sub(room / times)), upper),
            _ => (lower, upper.min(lower.saturating_add(room / times.saturating_abs()))),
        }
    }

    /// The row between these bounds, as sharp as can be: what is certain is counted, and no term counts for more than
    /// is needed. `None` if nothing can break it.
    pub(crate) fn sharpened(&self, bounds: &Bounds) -> Option<Inequality> {
        let (all, least) = self.all_terms();
        let head = self.head.map_or((1, 1), |head| bounds[head]);
        if head.1 > 1 || self.terms.iter().any(|term| term.1 < 0) {
            return Some(Inequality { terms: all.collect(), least });
        }
        if head.1 == 0 {
            return None;
        }
        let mut need = self.need;
        for &(variable, times) in &self.terms {
            need = need.saturating_sub(times.saturating_mul(bounds[variable].0));
        }
        if need <= 0 {
            return None;
        }
        let free = self.terms.iter().filter(|(variable, _)| {
            let (lower, upper) = bounds[*variable];
            lower < upper
        });
        let mut terms: Vec<Term> = free.map(|&(variable, times)| (variable, times.min(need))).collect();
        // The terms count from the lower bounds on.
        let certain = terms.iter().map(|&(variable, times)| times * bounds[variable].0).sum::<i64>();
        let Some(own) = self.head.filter(|_| head.0 < 1) else {
            return Some(Inequality { terms, least: need + certain });
        };
        terms.push((own, -need));
        Some(Inequality { terms, least: certain })
    }
}

fn best(times: i64, bounds: (i64, i64)) -> i64 {
    let (lower, upper) = bounds;
    if times > 0 { upper } else { lower }
}

/// Costs are counted in so many parts, so that weights can be whole.
pub(crate) const PARTS: i64 = 1 << 20;

/// What weights on rows prove: the least cost, in parts, and what one more of a variable costs, for those that the rows
/// name.
#[derive(Debug, Default)]
pub(crate) struct Proved {
    pub(crate) least: i128,
    pub(crate) reduced: Vec<(VariableId, i128)>,
}

/// Adds up weighted rows against the prices, in whole numbers; the result holds whatever the weights are. Without
/// prices it is more than 0 if nothing satisfies the rows. `None` if the numbers are beyond all measure.
pub(crate) fn weigh<'r>(
    weights: &[(RowId, i64)],
    row: impl Fn(RowId) -> Option<&'r Row>,
    prices: Option<&IdVec<VariableId, i64>>,
    bounds: &Bounds,
    scratch: &mut IdVec<VariableId, i128>,
) -> Option<Proved> {
    scratch.clear();
    scratch.resize(bounds.len(), 0);
    let mut least = 0_i128;
    let mut named: Vec<VariableId> = Vec::new();
    for &(number, weight) in weights {
        let Some(Inequality { terms, least: own }) = row(number)?.sharpened(bounds) else { continue };
        let weight = i128::from(weight.max(0));
        least = least.checked_add(weight * i128::from(own))?;
        for (variable, times) in terms {
            let sum = &mut scratch[variable];
            if *sum == 0 {
                named.push(variable);
            }
            *sum = sum.checked_add(weight * i128::from(times))?;
        }
    }
    named.sort_unstable();
    named.dedup();
    let mut reduced = Vec::with_capacity(named.len());
    for variable in named {
        let weighed = scratch[variable];
        let price = prices.map_or(0, |prices| prices[variable]);
        let reduced_price = i128::from(price) * i128::from(PARTS) - weighed;
        let (lower, upper) = bounds[variable];
        let at = if reduced_price < 0 { upper } else { lower };
        least = least.checked_add(reduced_price.checked_mul(i128::from(at))?)?;
        // What is paid in any case is counted below, with all others.
        least = least.checked_sub(i128::from(price) * i128::from(PARTS) * i128::from(lower))?;
        reduced.push((variable, reduced_price));
    }
    for (&price, &(lower, _)) in prices.into_iter().flatten().zip(bounds) {
        if price != 0 && lower != 0 {
            least = least.checked_add(i128::from(price) * i128::from(PARTS) * i128::from(lower))?;
        }
    }
    Some(Proved { least, reduced })
}
