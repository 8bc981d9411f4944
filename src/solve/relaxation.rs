//! Inequalities over columns that need not be whole, by the dual simplex method on one dense tableau. Every basis that
//! it comes to is as good a start for other bounds.

use crate::solve::integer::{Row, real, spend};

pub(crate) enum Settled {
    /// What the columns are.
    Point(Vec<f64>),
    /// The rows times these weights demand more than the columns can reach, give or take rounding errors.
    Impossible(Vec<f64>),
    Unclear,
}

/// Each row has a slack: what its terms add up to. In a line, one of the columns and slacks is a sum of those that
/// stand outside, each at one of its bounds. The last line is the cost, which no line may stand for.
#[derive(Debug)]
pub(crate) struct Tableau {
    columns: usize,
    cells: Vec<f64>,
    /// What each line stands for: the columns come first, then the slacks.
    inside: Vec<usize>,
    /// What stands outside.
    outside: Vec<usize>,
    values: Vec<f64>,
    bounds: Vec<(f64, f64)>,
    /// What each row is multiplied by, so that its greatest factor is about one.
    scales: Vec<f64>,
    /// How many pivots, each with its rounding errors, the cells have gone through.
    pivots: usize,
}

/// Smaller factors are rounding errors.
const NOTHING: f64 = 1e-9;
/// After so many pivots it is better to begin anew.
const WORN: usize = 2000;

impl Tableau {
    pub(crate) fn new(rows: &[Row], columns: usize) -> Self {
        let scale = |row: &Row| {
            let largest = row.terms.iter().map(|&(_, factor)| factor.unsigned_abs()).max().unwrap_or(1);
            // A power of two changes no digits.
            1.0 / real(1 << largest.max(1).ilog2().min(62))
        };
        let scales: Vec<f64> = rows.iter().map(scale).collect();
        let mut bounds = vec![(0.0, 0.0); columns];
        bounds.extend(rows.iter().zip(&scales).map(|(row, scale)| (real(row.least) * scale, f64::INFINITY)));
        Tableau {
            columns,
            cells: Vec::new(),
            inside: Vec::new(),
            outside: Vec::new(),
            values: vec![0.0; bounds.len()],
            bounds,
            scales,
            pivots: WORN,
        }
    }

    pub(crate) fn is_fresh(&self) -> bool {
        self.pivots == 0
    }

    pub(crate) fn is_worn(&self) -> bool {
        self.pivots >= WORN
    }

    /// Begins anew: each line stands for a slack. `None` if the steps run out.
    pub(crate) fn renew(&mut self, rows: &[Row], steps: &mut u64) -> Option<()> {
        self.spend(steps)?;
        let columns = self.columns;
        self.cells.clear();
        self.cells.resize((rows.len() + 1) * columns, 0.0);
        for ((row, scale), line) in rows.iter().zip(&self.scales).zip(self.cells.chunks_exact_mut(columns)) {
            for &(column, factor) in &row.terms {
                line[column as usize] = real(factor) * scale;
            }
        }
        // The method moves on as long as no two costs are alike.
        let mut cost = 0.0;
        for cell in &mut self.cells[rows.len() * columns..] {
            cost = (cost + 0.618_034) % 1.0;
            *cell = 1.0 + cost;
        }
        self.outside = (0..columns).collect();
        self.inside = (columns..columns + rows.len()).collect();
        self.pivots = 0;
        Some(())
    }

    /// `None` if the steps run out.
    pub(crate) fn settle(&mut self, bounds: &[(i64, i64)], steps: &mut u64) -> Option<Settled> {
        self.spend(steps)?;
        self.start(bounds);
        for _ in 0..20 + 5 * self.values.len() {
            let Some((line, bound)) = self.farthest_off() else {
                return Some(Settled::Point(self.values[..self.columns].to_vec()));
            };
            let Some(column) = self.entering(line, bound) else {
                return Some(Settled::Impossible(self.weights(line, bound)));
            };
            self.spend(steps)?;
            self.shift(line, column, bound);
            self.pivot(line, column);
        }
        Some(Settled::Unclear)
    }

    fn spend(&self, steps: &mut u64) -> Option<()> {
        spend(steps, self.scales.len().saturating_mul(self.columns))
    }

    fn line(&self, line: usize) -> &[f64] {
        &self.cells[line * self.columns..][..self.columns]
    }

    fn costs(&self) -> &[f64] {
        self.line(self.inside.len())
    }

    /// Puts what stands outside where it costs least, and adds up the lines.
    fn start(&mut self, bounds: &[(i64, i64)]) {
        for (own, &(lower, upper)) in self.bounds.iter_mut().zip(bounds) {
            *own = (real(lower), real(upper));
        }
        let mut summed = Vec::new();
        for (column, &variable) in self.outside.iter().enumerate() {
            let (lower, upper) = self.bounds[variable];
            let value = if self.costs()[column] < 0.0 && upper.is_finite() { upper } else { lower };
            self.values[variable] = value;
            if value != 0.0 {
                summed.push((column, value));
            }
        }
        for (line, &variable) in self.inside.iter().enumerate() {
            let cells = self.line(line);
            self.values[variable] = summed.iter().map(|&(column, value)| cells[column] * value).sum();
        }
    }

    /// The line that is farthest outside its bounds, and the bound that it is beyond.
    fn farthest_off(&self) -> Option<(usize, f64)> {
        let mut farthest = None;
        let mut most = 0.0;
        for (line, &variable) in self.inside.iter().enumerate() {
            let (value, (lower, upper)) = (self.values[variable], self.bounds[variable]);
            let bound = if value < lower { lower } else { upper };
            let off = if value < lower { lower - value } else { value - upper };
            if off > most && off > NOTHING + bound.abs() * 1e-12 {
                most = off;
                farthest = Some((line, bound));
            }
        }
        farthest
    }

    /// The column that brings the line to its bound at the least cost. Those that cost less go all the way to their
    /// other bound.
    fn entering(&mut self, line: usize, bound: f64) -> Option<usize> {
        let mut missing = (bound - self.values[self.inside[line]]).abs();
        let up = self.direction(line, bound);
        let mut candidates = Vec::new();
        for (column, (&cell, &cost)) in self.line(line).iter().zip(self.costs()).enumerate() {
            let variable = self.outside[column];
            let (lower, upper) = self.bounds[variable];
            let sign = if self.values[variable] < upper { 1.0 } else { -1.0 };
            let factor = cell * up * sign;
            if factor > NOTHING && lower < upper {
                candidates.push(((cost * sign).max(0.0) / factor, factor, column));
            }
        }
        candidates.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        for (number, &(_, factor, column)) in candidates.iter().enumerate() {
            let (lower, upper) = self.bounds[self.outside[column]];
            let gain = factor * (upper - lower);
            if gain >= missing - NOTHING {
                for &(_, _, column) in &candidates[..number] {
                    self.flip(column);
                }
                return Some(column);
            }
            missing -= gain;
        }
        None
    }

    /// Whether the line has to grow or to shrink.
    fn direction(&self, line: usize, bound: f64) -> f64 {
        if self.values[self.inside[line]] < bound { 1.0 } else { -1.0 }
    }

    fn flip(&mut self, column: usize) {
        let variable = self.outside[column];
        let (lower, upper) = self.bounds[variable];
        let to = if self.values[variable] < upper { upper } else { lower };
        self.add(column, to - self.values[variable]);
        self.values[variable] = to;
    }

    /// Adds to a column, and so to the lines.
    fn add(&mut self, column: usize, change: f64) {
        self.values[self.outside[column]] += change;
        for (&variable, cells) in self.inside.iter().zip(self.cells.chunks_exact(self.columns)) {
            self.values[variable] += cells[column] * change;
        }
    }

    /// Brings the line to its bound by way of the column.
    fn shift(&mut self, line: usize, column: usize, bound: f64) {
        let variable = self.inside[line];
        self.add(column, (bound - self.values[variable]) / self.line(line)[column]);
        self.values[variable] = bound;
    }

    /// The line comes to stand for what the column is, which now stands outside instead.
    fn pivot(&mut self, line: usize, column: usize) {
        let by = 1.0 / self.line(line)[column];
        let mut solved: Vec<f64> = self.line(line).iter().map(|cell| -cell * by).collect();
        solved[column] = by;
        for (number, cells) in self.cells.chunks_exact_mut(self.columns).enumerate() {
            let factor = std::mem::replace(&mut cells[column], 0.0);
            if number == line {
                cells.copy_from_slice(&solved);
            } else if factor != 0.0 {
                cells.iter_mut().zip(&solved).for_each(|(cell, solved)| *cell += factor * solved);
            }
        }
        std::mem::swap(&mut self.inside[line], &mut self.outside[column]);
        self.pivots += 1;
    }

    /// The line says that a sum of slacks, the rows times these weights, is too small whatever the columns are.
    fn weights(&self, line: usize, bound: f64) -> Vec<f64> {
        let up = self.direction(line, bound);
        let mut weights = vec![0.0; self.scales.len()];
        let terms = self.outside.iter().zip(self.line(line)).map(|(&variable, cell)| (variable, -cell * up));
        for (variable, weight) in terms.chain([(self.inside[line], up)]) {
            if let Some(row) = variable.checked_sub(self.columns) {
                weights[row] = (weight * self.scales[row]).max(0.0);
            }
        }
        weights
    }
}
