//! Quick values near a point of the relaxation: whatever is lacking is taken where it is cheapest.

use crate::solve::ids::{RowId, VariableId};
use crate::solve::number::{divided_up, real};
use crate::solve::row::{Bounds, Row};
use crate::value::csr::Csr;
use crate::value::ids::{Id, IdVec};

#[derive(Debug)]
pub(crate) struct Greedy {
    /// The cost of each variable together with all that it needs, if nothing is shared.
    estimates: IdVec<VariableId, f64>,
    /// The rows that demand more when a variable grows.
    demands: Csr<VariableId, RowId>,
}

/// Estimates are improved so often by those of what they rest on.
const ROUNDS: usize = 3;
/// A variable that is 0 at the point counts for a little less than its estimate.
const NOT_QUITE_ONE: f64 = 0.999;
/// The estimate of a variable that cannot be had at all: dearer than any that can.
const DEAREST: f64 = 1e15;

/// One way to meet some of a demand.
struct Offer {
    cost: f64,
    brings: f64,
}

impl Greedy {
    pub(crate) fn new(rows: &IdVec<RowId, Row>, prices: &IdVec<VariableId, i64>) -> Self {
        let mut demands: Vec<(VariableId, RowId)> = Vec::new();
        for (id, row) in rows.entries() {
            demands.extend(row.head.map(|head| (head, id)));
            demands.extend(row.terms.iter().filter(|term| term.1 < 0).map(|term| (term.0, id)));
        }
        let demands = Csr::new(prices.len(), &demands);
        let of = |(variable, &price)| if demands.list(variable).is_empty() { real(price) } else { f64::INFINITY };
        let mut greedy = Self { estimates: prices.entries().map(of).collect(), demands };
        let mut offers = Vec::new();
        for _ in 0..ROUNDS {
            let mut changed = false;
            // What is needed was found after what needs it.
            for variable in prices.ids().rev() {
                let estimate = greedy.estimate(variable, rows, real(prices[variable]), &mut offers);
                if estimate < greedy.estimates[variable] {
                    greedy.estimates[variable] = estimate;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        greedy
    }

    /// The price of a variable and of what it needs, each row met where that is cheapest. `offers` is scratch paper.
    fn estimate(&self, variable: VariableId, rows: &IdVec<RowId, Row>, price: f64, offers: &mut Vec<Offer>) -> f64 {
        let mut estimate = price;
        for &id in self.demands.list(variable) {
            let row = &rows[id];
            let mut missing = match row.head {
                None => 1.0 + real(row.need),
                Some(_) => real(row.need),
            };
            offers.clear();
            let positive = row.terms.iter().filter(|term| term.1 > 0);
            offers.extend(positive.map(|&(other, times)| Offer { cost: self.estimates[other], brings: real(times) }));
            offers.sort_unstable_by(|a, b| (a.cost * b.brings).total_cmp(&(b.cost * a.brings)));
            for offer in &*offers {
                if missing <= 0.0 {
                    break;
                }
                estimate += offer.cost * (missing / offer.brings).min(1.0);
                missing -= offer.brings;
            }
            if missing > 0.0 {
                estimate = f64::INFINITY;
            }
        }
        estimate
    }

    /// Values that satisfy the rows, as far as greed leads there. What it took is added to `work`.
    pub(crate) fn complete(
        &self,
        rows: &IdVec<RowId, Row>,
        bounds: &Bounds,
        point: impl Fn(VariableId) -> f64,
        work: &mut u64,
    ) -> IdVec<VariableId, i64> {
        let mut values: IdVec<VariableId, i64> = bounds.iter().map(|interval| interval.lower).collect();
        let mut open: Vec<RowId> = RowId::first(rows.len()).rev().collect();
        let mut seen = 0;
        while let Some(id) = open.pop() {
            let row = &rows[id];
            let least = row.head.map_or(row.need, |head| row.need * values[head]);
            seen += row.terms.len();
            let mut missing = least - row.activity(|variable| values[variable]);
            while missing > 0 {
                let weight = |variable: VariableId, times: i64| {
                    let (at, estimate) = (point(variable), self.estimates[variable]);
                    let certain = if at >= 1.0 { NOT_QUITE_ONE } else { 0.0 };
                    let factor = (1.001 - at.fract().min(NOT_QUITE_ONE) - certain).max(0.0);
                    (estimate.min(DEAREST) * factor) / real(times.min(missing))
                };
                let candidates = row
                    .terms
                    .iter()
                    .filter(|&&(variable, times)| times > 0 && values[variable] < bounds[variable].upper);
                let best = candidates.min_by(|a, b| weight(a.0, a.1).total_cmp(&weight(b.0, b.1)).then(a.0.cmp(&b.0)));
                let Some(&(variable, times)) = best else { break };
                seen += row.terms.len();
                let more = divided_up(missing, times).min(bounds[variable].upper - values[variable]);
                values[variable] += more;
                missing -= more * times;
                open.extend(self.demands.list(variable));
            }
        }
        *work += seen as u64 / 8 + 1;
        values
    }
}
