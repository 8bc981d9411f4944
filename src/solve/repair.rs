//! Values that satisfy rows, found near values that do not (a *local search*): it only ever finds, and proves nothing.

use crate::solve::ids::{RowId, VariableId};
use crate::solve::integer::numbers;
use crate::solve::number::real;
use crate::solve::row::{Bounds, Interval, Row};
use crate::value::ids::IdVec;
use crate::value::meter::Meter;

/// The rows by variable, to see what a change does.
pub(crate) struct LocalSearch {
    by_variable: IdVec<VariableId, Vec<(RowId, i64)>>,
    /// The largest factor of each row: what is missing is measured in it.
    unit: IdVec<RowId, f64>,
}

/// Values on the way, and how they stand.
struct Attempt<'r> {
    repair: &'r LocalSearch,
    rows: &'r IdVec<RowId, Row>,
    /// By how much each row is more than satisfied.
    slack: IdVec<RowId, i64>,
    /// Weights of the rows: those that resist weigh more and more.
    weight: IdVec<RowId, f64>,
}

/// A change of one variable.
#[derive(Clone, Copy)]
struct Move {
    gain: f64,
    variable: VariableId,
    by: i64,
}

impl LocalSearch {
    /// The rows have no heads.
    pub(crate) fn new(rows: &IdVec<RowId, Row>, variables: usize) -> Self {
        let mut by_variable = IdVec::filled(Vec::new(), variables);
        let mut unit = IdVec::with_capacity(rows.len());
        for (id, row) in rows.entries() {
            for &(variable, times) in &row.terms {
                by_variable[variable].push((id, times));
            }
            unit.push(row.terms.iter().map(|&(_, times)| real(times).abs()).fold(1.0, f64::max));
        }
        Self { by_variable, unit }
    }

    /// Changes the values, one variable at a time, until every row is satisfied. Whether that came about soon; `None`
    /// if the work runs out.
    pub(crate) fn mend(
        &self,
        rows: &IdVec<RowId, Row>,
        bounds: &Bounds,
        values: &mut IdVec<VariableId, i64>,
        meter: &mut Meter,
    ) -> Option<bool> {
        let Some(mut attempt) = Attempt::new(self, rows, values) else { return Some(false) };
        for _ in 0..100 + 20 * rows.len() {
            let Some(worst) = attempt.worst() else { return Some(true) };
            let mut looks = rows.len();
            let best = attempt.best_move(worst, bounds, values, &mut looks);
            meter.spend(1 + numbers(looks))?;
            let Some(best) = best else { return Some(false) };
            if best.gain <= 0.0 {
                attempt.weigh_broken_rows();
            }
            values[best.variable] = values[best.variable].saturating_add(best.by);
            if !attempt.make(best) {
                return Some(false);
            }
        }
        Some(attempt.worst().is_none())
    }
}

impl<'r> Attempt<'r> {
    /// `None` if the numbers are beyond all measure.
    fn new(repair: &'r LocalSearch, rows: &'r IdVec<RowId, Row>, values: &IdVec<VariableId, i64>) -> Option<Self> {
        let slack = |row: &Row| {
            let sum = row
                .terms
                .iter()
                .try_fold(0_i64, |sum, &(variable, times)| sum.checked_add(times.checked_mul(*values.get(variable)?)?));
            sum?.checked_sub(row.need)
        };
        let slack = rows.iter().map(slack).collect::<Option<Vec<i64>>>()?.into();
        Some(Self { repair, rows, slack, weight: IdVec::filled(1.0, rows.len()) })
    }

    fn broken(&self) -> impl Iterator<Item = RowId> + '_ {
        self.slack.entries().filter(|(_, slack)| **slack < 0).map(|(id, _)| id)
    }

    /// The row that is broken most, by weight.
    fn worst(&self) -> Option<RowId> {
        let missing = |row: RowId| -self.weight[row] * real(self.slack[row]) / self.repair.unit[row];
        self.broken().max_by(|&a, &b| missing(a).total_cmp(&missing(b)).then(b.cmp(&a)))
    }

    /// The change that helps the row and makes least of all broken otherwise; `looks` counts the numbers looked at.
    fn best_move(
        &self,
        worst: RowId,
        bounds: &Bounds,
        values: &IdVec<VariableId, i64>,
        looks: &mut usize,
    ) -> Option<Move> {
        let mut best: Option<Move> = None;
        for &(variable, times) in &self.rows[worst].terms {
            let Interval { lower, upper } = bounds[variable];
            let room =
                if times > 0 { upper.saturating_sub(values[variable]) } else { values[variable].saturating_sub(lower) };
            let enough = (self.slack[worst].saturating_neg() / times.saturating_abs()).saturating_add(1);
            for size in [1, enough.min(room)] {
                if size <= 0 || size > room {
                    continue;
                }
                let by = size * times.signum();
                *looks += self.repair.by_variable[variable].len();
                let gain = self.gain(variable, by);
                if best.is_none_or(|best| best.gain < gain) {
                    best = Some(Move { gain, variable, by });
                }
            }
        }
        best
    }

    /// The gain of a change: by how much less is missing after it.
    fn gain(&self, variable: VariableId, by: i64) -> f64 {
        let less = |&(row, times): &(RowId, i64)| {
            let after = self.slack[row].saturating_add(times.saturating_mul(by));
            self.weight[row] * real(after.min(0).saturating_sub(self.slack[row].min(0))) / self.repair.unit[row]
        };
        self.repair.by_variable[variable].iter().map(less).sum()
    }

    fn weigh_broken_rows(&mut self) {
        for (weight, slack) in self.weight.iter_mut().zip(&self.slack) {
            if *slack < 0 {
                *weight += 1.0;
            }
        }
    }

    /// Takes the change into account. `false` if the numbers are beyond all measure.
    fn make(&mut self, change: Move) -> bool {
        for &(row, times) in &self.repair.by_variable[change.variable] {
            let changed = times.checked_mul(change.by).and_then(|by| self.slack[row].checked_add(by));
            let Some(changed) = changed else { return false };
            self.slack[row] = changed;
        }
        true
    }
}
