//! A quick set of steps near a point of the relaxation: whatever is lacking is taken where it is cheapest.

use crate::solve::ids::{RowId, VariableId};
use crate::value::csr::Csr;
use crate::value::ids::IdVec;

use crate::plan::model::rows::Bounds;
use crate::plan::model::statement::Chosen;
use crate::plan::model::statement::{Row, Statement};
use crate::solve::simplex::real;

pub(crate) struct Greedy {
    /// What holding a variable costs, together with all that it needs, if nothing is shared.
    estimates: IdVec<VariableId, f64>,
    /// The rows that demand more when a variable grows.
    demands: Csr<VariableId, RowId>,
}

impl Greedy {
    pub(crate) fn new(rows: &IdVec<RowId, Row>, prices: &IdVec<VariableId, i64>) -> Self {
        const ROUNDS: usize = 3;
        let variables = prices.len();
        let mut demands = Vec::new();
        for (number, row) in rows.entries() {
            demands.extend(row.head.map(|head| (head, number)));
            demands.extend(row.terms.iter().filter(|term| term.1 < 0).map(|term| (term.0, number)));
        }
        let demands = Csr::new(variables, &demands);
        let mut estimates: IdVec<VariableId, f64> =
            prices.ids().map(|of| if demands.list(of).is_empty() { real(prices[of]) } else { f64::INFINITY }).collect();
        let mut sorted: Vec<(f64, f64)> = Vec::new();
        for _ in 0..ROUNDS {
            let mut changed = false;
            // What is needed was found after what needs it.
            for variable in prices.ids().rev() {
                let mut estimate = real(prices[variable]);
                for &number in demands.list(variable) {
                    let row = &rows[number];
                    let mut missing = match row.head {
                        None => 1.0 + real(row.need),
                        Some(_) => real(row.need),
                    };
                    sorted.clear();
                    sorted.extend(
                        row.terms
                            .iter()
                            .filter(|term| term.1 > 0)
                            .map(|&(other, times)| (estimates[other], real(times))),
                    );
                    sorted.sort_unstable_by(|a, b| (a.0 * b.1).total_cmp(&(b.0 * a.1)));
                    for &(cost, times) in &sorted {
                        if missing <= 0.0 {
                            break;
                        }
                        estimate += cost * (missing / times).min(1.0);
                        missing -= times;
                    }
                    if missing > 0.0 {
                        estimate = f64::INFINITY;
                    }
                }
                if estimate < estimates[variable] {
                    estimates[variable] = estimate;
                    changed = true;
                }
            }
            if !changed {
                break;
            }
        }
        Self { estimates, demands }
    }

    /// Steps that satisfy the rows, as far as greed leads there; what it took is added to `work`.
    pub(crate) fn complete(
        &self,
        statement: &Statement<'_, '_>,
        rows: &IdVec<RowId, Row>,
        bounds: &Bounds,
        point: &IdVec<VariableId, f64>,
        work: &mut u64,
    ) -> Chosen {
        let mut values: IdVec<VariableId, i64> = bounds.iter().map(|bounds| bounds.0).collect();
        let mut open: Vec<RowId> = rows.ids().rev().collect();
        let mut seen = 0;
        while let Some(number) = open.pop() {
            let row = &rows[number];
            let least = row.head.map_or(1, |head| values[head]) * row.need;
            let sum: i64 = row.terms.iter().map(|&(variable, times)| times * values[variable]).sum();
            seen += row.terms.len();
            let mut missing = least - sum;
            while missing > 0 {
                let weight = |variable: VariableId, times: i64| {
                    let (at, estimate) = (point[variable], self.estimates[variable]);
                    (estimate.min(1e15)
                        * (1.001 - at.fract().min(0.999) - if at >= 1.0 { 0.999 } else { 0.0 }).max(0.0))
                        / real(times.min(missing))
                };
                let candidates =
                    row.terms.iter().filter(|&&(variable, times)| times > 0 && values[variable] < bounds[variable].1);
                let best = candidates.min_by(|a, b| weight(a.0, a.1).total_cmp(&weight(b.0, b.1)).then(a.0.cmp(&b.0)));
                let Some(&(variable, times)) = best else { break };
                seen += row.terms.len();
                let room = bounds[variable].1 - values[variable];
                let more = (missing / times + i64::from(missing % times > 0)).min(room);
                values[variable] += more;
                missing -= more * times;
                open.extend(self.demands.list(variable));
            }
        }
        *work += seen as u64 / 8 + 1;
        let mut chosen = Chosen::new();
        for (number, step) in statement.steps.entries() {
            let times = values[step.times.unwrap_or(step.variable)];
            if values[step.variable] > 0 && times > 0 {
                chosen.push((number, times));
            }
        }
        chosen
    }
}
