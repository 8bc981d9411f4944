//! The proof that no plan is better, and its check: bounds from weights on the rows, added up in whole numbers. The
//! check shares nothing with the search but the rows themselves, and trusts nothing that the search wrote down.

use crate::plan::model::rows::Bounds;
use crate::solve::ids::{RowId, VariableId};
use crate::value::ids::{CredentialId, IdVec};
use std::fmt;
use std::sync::Arc;

use crate::plan::model::statement::Row;

/// One line of a proof. A proof goes through the branches of a search in order, each branch to its end before the next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Entry {
    /// The row alone lets the variable be no more, or no less, than so much.
    Forced { row: RowId, variable: VariableId },
    /// Beyond some bounds, the weighted rows demand more than the value that is to be proved.
    Narrow(Arc<Vec<(RowId, i64)>>),
    /// Goes on with one side, and then with the other: the variable is at most `at`, or more.
    Split { variable: VariableId, at: i64, up_first: bool },
    /// The weighted rows demand the value that is to be proved, or more: this branch is done.
    Closed(Arc<Vec<(RowId, i64)>>),
    /// The row cannot be satisfied: done.
    Conflict(RowId),
    /// The weighted rows demand what cannot be: done.
    Contradiction(Arc<Vec<(RowId, i64)>>),
    /// Even all that is allowed reaches nothing: done.
    Barren,
    /// All steps are decided, and they are no plan that is asked for, because one of them can be spared, or because all
    /// are those of a plan that is left aside: done.
    NoPlan,
}

/// A row that was found on the way: in terms of the steps of a statement while it is sought, of credentials in a proof.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Further<S> {
    /// Without one of these, everything else does not reach the target.
    OneOf(Vec<S>),
    /// These are a plan, each as often as given; so no plan, having no step to spare, has them all and the other one as
    /// well.
    NotBeside { plan: Vec<(S, i64)>, beside: S },
}

/// A proof that no plan is worth less than so much: the branches of a search, each closed by weights on the
/// requirements that add up to enough. [`Plan::verify`](crate::Plan::verify) checks it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Certificate {
    /// What is proved: no plan is worth less by all objectives, each outweighing all later ones.
    pub(crate) least: i64,
    pub(crate) further: Vec<Further<CredentialId>>,
    pub(crate) entries: Vec<Entry>,
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").field("lines", &self.entries.len()).finish_non_exhaustive()
    }
}

impl Certificate {
    /// How many lines the proof has.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.entries.len()
    }
}

/// What a proof is about.
pub(crate) struct Claim<'a> {
    pub(crate) rows: &'a IdVec<RowId, Row>,
    pub(crate) bounds: Bounds,
    pub(crate) prices: &'a IdVec<VariableId, i64>,
    /// No values that satisfy the rows cost so little.
    pub(crate) below: i64,
}

/// The scale of weights: a price is so many parts.
const PARTS: i128 = 1 << 20;

/// Whether the entries prove the claim; `barren` says whether what the bounds allow reaches nothing, `no_plan` whether
/// they leave one set of steps that is no plan.
pub(crate) fn proves(
    claim: Claim<'_>,
    entries: &[Entry],
    (barren, no_plan): (impl Fn(&Bounds) -> bool, impl Fn(&Bounds) -> bool),
) -> bool {
    let Claim { rows, mut bounds, prices, below } = claim;
    let below = i128::from(below) * PARTS;
    // Sides still to be gone through: how many changes there were before, and the variable with its bounds.
    let mut open: Vec<(usize, VariableId, (i64, i64))> = Vec::new();
    let mut changes: Vec<(VariableId, (i64, i64))> = Vec::new();
    // Where nothing is left between the bounds, everything is true; that began with so many sides open.
    let mut void: Option<usize> = None;
    for (number, entry) in entries.iter().enumerate() {
        let mut narrower = Vec::new();
        let done = match entry {
            Entry::Split { variable, at, up_first } => {
                let Some(&(lower, upper)) = bounds.get(*variable) else { return false };
                let (down, up) = ((lower, upper.min(*at)), (lower.max(at.saturating_add(1)), upper));
                let (first, second) = if *up_first { (up, down) } else { (down, up) };
                open.push((changes.len(), *variable, second));
                narrower.push((*variable, first));
                false
            }
            Entry::Forced { .. } | Entry::Narrow(_) if void.is_some() => false,
            Entry::Forced { row, variable } => {
                let Some(row) = rows.get(*row) else { return false };
                let Some(forced) = forced(row, *variable, &bounds) else { return false };
                narrower.push((*variable, forced));
                false
            }
            Entry::Narrow(weights) => {
                let Some((sum, reduced)) = weighted(weights, rows, Some(prices), &bounds) else { return false };
                if sum > below {
                    // Nothing of interest is left.
                    void = Some(open.len());
                }
                for (variable, price) in reduced {
                    let (lower, upper) = bounds[variable];
                    // So far from its cheaper bound, everything costs more than that.
                    let steps = (below - sum).checked_div(price.abs());
                    let Some(steps) = steps.and_then(|steps| i64::try_from(steps).ok()) else { continue };
                    if steps < upper - lower {
                        let bounds = if price > 0 { (lower, lower + steps) } else { (upper - steps, upper) };
                        narrower.push((variable, bounds));
                    }
                }
                false
            }
            _ if void.is_some() => true,
            Entry::Closed(weights) => match weighted(weights, rows, Some(prices), &bounds) {
                Some((sum, _)) if sum > below => true,
                _ => return false,
            },
            Entry::Contradiction(weights) => match weighted(weights, rows, None, &bounds) {
                Some((sum, _)) if sum > 0 => true,
                _ => return false,
            },
            Entry::Conflict(row) => match rows.get(*row).and_then(|row| slack(row, &bounds)) {
                Some(slack) if slack < 0 => true,
                _ => return false,
            },
            Entry::Barren if barren(&bounds) => true,
            Entry::NoPlan if no_plan(&bounds) => true,
            Entry::Barren | Entry::NoPlan => return false,
        };
        if done {
            let Some((before, variable, side)) = open.pop() else { return number + 1 == entries.len() };
            for (variable, earlier) in changes.drain(before..).rev() {
                bounds[variable] = earlier;
            }
            void = void.filter(|&since| open.len() >= since);
            narrower.push((variable, side));
        }
        for (variable, (lower, upper)) in narrower.into_iter().filter(|_| void.is_none()) {
            changes.push((variable, bounds[variable]));
            bounds[variable] = (lower, upper);
            if lower > upper {
                void = Some(open.len());
                break;
            }
        }
    }
    false
}

/// The row as factors of variables, and what they add up to at least.
fn written(row: &Row) -> (Vec<(VariableId, i128)>, i128) {
    let mut factors: Vec<(VariableId, i128)> =
        row.terms.iter().map(|&(variable, times)| (variable, i128::from(times))).collect();
    let Some(head) = row.head else { return (factors, i128::from(row.need)) };
    factors.push((head, -i128::from(row.need)));
    (factors, 0)
}

/// By how much the row can be exceeded at the most.
fn slack(row: &Row, bounds: &Bounds) -> Option<i128> {
    let (factors, least) = written(row);
    let mut most = -least;
    for (variable, factor) in factors {
        let (lower, upper) = *bounds.get(variable)?;
        most += factor * i128::from(if factor > 0 { upper } else { lower });
    }
    Some(most)
}

/// What the row leaves of a variable's bounds.
fn forced(row: &Row, variable: VariableId, bounds: &Bounds) -> Option<(i64, i64)> {
    let slack = slack(row, bounds)?;
    let own = written(row).0.into_iter().filter(|factor| factor.0 == variable);
    let factor: i128 = own.map(|factor| factor.1).sum();
    let (lower, upper) = *bounds.get(variable)?;
    if factor == 0 {
        return None;
    }
    if slack < 0 {
        // Nothing is left.
        return Some((1, 0));
    }
    let spare = i64::try_from(slack / factor.abs()).ok()?;
    Some(if factor > 0 {
        (lower.max(upper.saturating_sub(spare)), upper)
    } else {
        (lower, upper.min(lower.saturating_add(spare)))
    })
}

/// The least that prices come to, in parts, by what the weighted rows demand, and what one more of each named variable
/// costs.
fn weighted(
    weights: &[(RowId, i64)],
    rows: &IdVec<RowId, Row>,
    prices: Option<&IdVec<VariableId, i64>>,
    bounds: &Bounds,
) -> Option<(i128, Vec<(VariableId, i128)>)> {
    let price = |variable: VariableId| prices.map_or(0, |prices| i128::from(prices[variable]) * PARTS);
    let mut costs: IdVec<VariableId, i128> = bounds.ids().map(price).collect();
    let mut named = IdVec::filled(false, bounds.len());
    let mut sum = 0_i128;
    for &(row, weight) in weights {
        if weight < 0 {
            return None;
        }
        let row = rows.get(row)?;
        // A row that nothing can break any more says nothing, but its variables may still be too dear by themselves.
        written(row).0.iter().for_each(|factor| named[factor.0] = true);
        let (factors, least) = strengthened(row, bounds);
        let weight = i128::from(weight);
        sum = sum.checked_add(weight.checked_mul(least)?)?;
        for (variable, factor) in factors {
            costs[variable] = costs[variable].checked_sub(weight.checked_mul(factor)?)?;
        }
    }
    for (cost, &(lower, upper)) in costs.iter().zip(bounds) {
        let cheaper = if *cost < 0 { upper } else { lower };
        sum = sum.checked_add(cost.checked_mul(i128::from(cheaper))?)?;
    }
    let reduced =
        costs.entries().filter(|&(variable, _)| named[variable]).map(|(variable, &cost)| (variable, cost)).collect();
    Some((sum, reduced))
}

/// Between these bounds the row says the same about whole numbers if what is certain is taken off, and if no factor
/// exceeds what is then needed.
fn strengthened(row: &Row, bounds: &Bounds) -> (Vec<(VariableId, i128)>, i128) {
    let (factors, least) = written(row);
    let head = row.head;
    let head_bounds = head.map_or((1, 1), |head| bounds[head]);
    if head_bounds.1 > 1 || row.terms.iter().any(|term| term.1 < 0) {
        return (factors, least);
    }
    let lower = |variable: VariableId| i128::from(bounds[variable].0);
    let own: Vec<(VariableId, i128)> = factors.into_iter().filter(|factor| Some(factor.0) != head).collect();
    let need = i128::from(row.need) - own.iter().map(|&(variable, factor)| factor * lower(variable)).sum::<i128>();
    if need <= 0 || head_bounds.1 == 0 {
        return (Vec::new(), 0);
    }
    let mut left: Vec<(VariableId, i128)> = own
        .into_iter()
        .filter(|&(variable, _)| bounds[variable].0 < bounds[variable].1)
        .map(|(variable, factor)| (variable, factor.min(need)))
        .collect();
    let certain: i128 = left.iter().map(|&(variable, factor)| factor * lower(variable)).sum();
    match head {
        Some(head) if head_bounds.0 < 1 => {
            left.push((head, -need));
            (left, certain)
        }
        _ => (left, certain + need),
    }
}
