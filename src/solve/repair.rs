//! Values that satisfy rows, found near values that do not: a search that only ever finds, and proves nothing.

use crate::solve::integer::{Row, real, spend};

/// The rows by column, to see what a change does.
pub(crate) struct Repair {
    by_column: Vec<Vec<(usize, i64)>>,
    /// The largest factor of each row: what is missing is measured in it.
    unit: Vec<f64>,
}

impl Repair {
    pub(crate) fn new(rows: &[Row], columns: usize) -> Self {
        let mut by_column = vec![Vec::new(); columns];
        let mut unit = Vec::with_capacity(rows.len());
        for (row, Row { terms, .. }) in rows.iter().enumerate() {
            for &(column, factor) in terms {
                by_column[column as usize].push((row, factor));
            }
            unit.push(terms.iter().map(|&(_, factor)| real(factor).abs()).fold(1.0, f64::max));
        }
        Self { by_column, unit }
    }

    /// Changes the values, one column at a time, until every row is satisfied; rows that resist weigh more and more.
    /// Whether that came about soon; `None` if the steps run out.
    pub(crate) fn mend(
        &self,
        rows: &[Row],
        bounds: &[(i64, i64)],
        values: &mut [i64],
        steps: &mut u64,
    ) -> Option<bool> {
        let mut slack: Vec<i64> = Vec::with_capacity(rows.len());
        for Row { terms, least } in rows {
            let sum = terms.iter().try_fold(0_i64, |sum, &(column, factor)| {
                sum.checked_add(factor.checked_mul(*values.get(column as usize)?)?)
            });
            let Some(slack_of_row) = sum.and_then(|sum| sum.checked_sub(*least)) else { return Some(false) };
            slack.push(slack_of_row);
        }
        let mut weight = vec![1.0; rows.len()];
        for _ in 0..100 + 20 * rows.len() {
            let missing = |row: usize| -weight[row] * real(slack[row]) / self.unit[row];
            let worst = (0..rows.len()).filter(|&row| slack[row] < 0);
            let Some(worst) = worst.max_by(|&a, &b| missing(a).total_cmp(&missing(b)).then(b.cmp(&a))) else {
                return Some(true);
            };
            let mut best: Option<(f64, usize, i64)> = None;
            let mut looks = rows.len();
            for &(column, factor) in &rows[worst].terms {
                let column = column as usize;
                let (lower, upper) = bounds[column];
                let room = if factor > 0 {
                    upper.saturating_sub(values[column])
                } else {
                    values[column].saturating_sub(lower)
                };
                let enough = (slack[worst].saturating_neg() / factor.saturating_abs()).saturating_add(1);
                for step in [1, enough.min(room)] {
                    if step <= 0 || step > room {
                        continue;
                    }
                    let step = step * factor.signum();
                    looks += self.by_column[column].len();
                    let gain = self.gain(column, step, &slack, &weight);
                    if best.is_none_or(|(best, ..)| best < gain) {
                        best = Some((gain, column, step));
                    }
                }
            }
            spend(steps, looks)?;
            let Some((gain, column, step)) = best else { return Some(false) };
            if gain <= 0.0 {
                for row in (0..rows.len()).filter(|&row| slack[row] < 0) {
                    weight[row] += 1.0;
                }
            }
            values[column] = values[column].saturating_add(step);
            for &(row, factor) in &self.by_column[column] {
                let Some(changed) = factor.checked_mul(step).and_then(|by| slack[row].checked_add(by)) else {
                    return Some(false);
                };
                slack[row] = changed;
            }
        }
        Some(slack.iter().all(|&slack| slack >= 0))
    }

    /// How much less is missing after a step.
    fn gain(&self, column: usize, step: i64, slack: &[i64], weight: &[f64]) -> f64 {
        let less = |&(row, factor): &(usize, i64)| {
            let after = slack[row].saturating_add(factor.saturating_mul(step));
            weight[row] * real(after.min(0).saturating_sub(slack[row].min(0))) / self.unit[row]
        };
        self.by_column[column].iter().map(less).sum()
    }
}
