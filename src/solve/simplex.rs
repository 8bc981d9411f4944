//! The least cost of satisfying rows when variables need not be whole: the dual simplex method on a dense tableau that
//! holds only the rows which matter so far and the variables which these name. All costs are 0 or more, so every basis
//! that it comes to is as good a start for other bounds and for further rows. Nothing rests on its numbers: they only
//! propose what integers confirm.

use crate::solve::ids::{RowId, VariableId};
use crate::solve::row::Term;
use crate::value::ids::{Id, IdVec, to_u32};

/// What the work limit leaves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meter {
    pub(crate) limit: u64,
    pub(crate) left: u64,
}

impl Meter {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, left: limit }
    }

    /// `None` if so much is not left.
    pub(crate) fn spend(&mut self, work: u64) -> Option<()> {
        self.left = self.left.checked_sub(work)?;
        Some(())
    }

    pub(crate) fn spent(&self) -> u64 {
        self.limit - self.left
    }
}

pub(crate) enum Settled {
    Optimal,
    /// The cost exceeds the ceiling by now, and can only grow.
    Beyond,
    /// The rows times these weights demand more than the variables can reach, give or take rounding errors.
    Impossible(Vec<(RowId, f64)>),
    /// Rounding errors are in the way.
    Unclear,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Absent,
    Outside(u32),
    Inside(u32),
}

#[derive(Clone)]
struct ActiveRow {
    terms: Vec<(u32, f64)>,
    /// What the row was multiplied by, so that its greatest factor is about one.
    scale: f64,
}

/// In a line, one variable or slack is a sum of those that stand outside, each at one of its bounds. A slack is what
/// its row adds up to.
#[derive(Clone)]
pub(crate) struct Simplex {
    variables: usize,
    costs: Vec<f64>,
    rows: Vec<Option<ActiveRow>>,
    places: Vec<Place>,
    bounds: Vec<(f64, f64)>,
    values: Vec<f64>,
    stride: usize,
    cells: Vec<f64>,
    /// What one more of each outside variable costs.
    reduced: Vec<f64>,
    inside: Vec<u32>,
    outside: Vec<u32>,
    /// How far each line has been stretched: infeasibilities are compared by it.
    weights: Vec<f64>,
    pub(crate) pivots: u64,
    since_renewal: usize,
    solved: Vec<f64>,
    support: Vec<(u32, f64)>,
}

/// Smaller numbers are rounding errors.
const NOTHING: f64 = 1e-9;
/// What is outside its bounds by less is inside.
const NEAR: f64 = 1e-8;
/// A line counts as stretched by no more than this: what is beyond all measure could not be compared.
const FARTHEST_STRETCHED: f64 = 1e100;
/// After so many pivots it is better to begin anew.
const WORN: usize = 5000;

impl Simplex {
    /// Costs are 0 or more.
    pub(crate) fn new(costs: Vec<f64>) -> Self {
        let variables = costs.len();
        Self {
            variables,
            costs,
            rows: Vec::new(),
            places: vec![Place::Absent; variables],
            bounds: vec![(0.0, 0.0); variables],
            values: vec![0.0; variables],
            stride: 0,
            cells: Vec::new(),
            reduced: Vec::new(),
            inside: Vec::new(),
            outside: Vec::new(),
            weights: Vec::new(),
            pivots: 0,
            since_renewal: 0,
            solved: Vec::new(),
            support: Vec::new(),
        }
    }

    /// The same without any rows.
    pub(crate) fn anew(&self) -> Self {
        Self { pivots: self.pivots, ..Self::new(self.costs.clone()) }
    }

    pub(crate) fn is_active(&self, row: RowId) -> bool {
        self.rows.get(row.index()).is_some_and(Option::is_some)
    }

    /// What a variable is.
    pub(crate) fn value(&self, variable: VariableId) -> f64 {
        self.values[variable.index()]
    }

    /// Adds a row: its terms add up to `least` or more.
    pub(crate) fn activate(&mut self, row: RowId, terms: &[Term], least: i64, meter: &mut Meter) -> Option<()> {
        meter.spend(1 + (terms.len() * (1 + self.outside.len() / 32)) as u64 / 8)?;
        let row = row.index();
        let slack = self.variables + row;
        if self.rows.len() <= row {
            self.rows.resize_with(row + 1, || None);
            self.places.resize(slack + 1, Place::Absent);
            self.bounds.resize(slack + 1, (0.0, f64::INFINITY));
            self.values.resize(slack + 1, 0.0);
        }
        let largest = terms.iter().map(|&(_, times)| times.unsigned_abs()).max().unwrap_or(1).max(1);
        // A power of two changes no digits.
        let scale = 1.0 / real(1 << largest.ilog2().min(62));
        let terms: Vec<(u32, f64)> =
            terms.iter().map(|&(variable, times)| (to_u32(variable.index()), real(times) * scale)).collect();
        let least = real(least) * scale;
        for &(variable, _) in &terms {
            if self.places[variable as usize] == Place::Absent {
                self.places[variable as usize] = Place::Outside(to_u32(self.outside.len()));
                self.outside.push(variable);
                self.reduced.push(self.costs[variable as usize]);
            }
        }
        self.widen();
        self.bounds[slack] = (least, f64::INFINITY);
        let active = ActiveRow { terms, scale };
        self.add_line(slack, &active);
        self.rows[row] = Some(active);
        Some(())
    }

    fn add_line(&mut self, slack: usize, row: &ActiveRow) {
        let line = self.inside.len();
        let start = line * self.stride;
        self.cells.resize(start + self.stride, 0.0);
        for &(variable, times) in &row.terms {
            match self.places[variable as usize] {
                Place::Outside(column) => self.cells[start + column as usize] += times,
                Place::Inside(other) => {
                    let (before, own) = self.cells.split_at_mut(start);
                    let other = &before[other as usize * self.stride..][..self.outside.len()];
                    own.iter_mut().zip(other).for_each(|(cell, other)| *cell += times * other);
                }
                Place::Absent => {}
            }
        }
        self.places[slack] = Place::Inside(to_u32(line));
        self.inside.push(to_u32(slack));
        self.weights.push(1.0);
    }

    /// Makes room for all columns.
    fn widen(&mut self) {
        if self.outside.len() <= self.stride {
            return;
        }
        let stride = (self.outside.len() * 3 / 2 + 16).next_multiple_of(8);
        let mut cells = vec![0.0; stride * self.inside.len()];
        if self.stride > 0 {
            for (old, new) in self.cells.chunks_exact(self.stride).zip(cells.chunks_exact_mut(stride)) {
                new[..self.stride].copy_from_slice(old);
            }
        }
        self.cells = cells;
        self.stride = stride;
    }

    fn line(&self, line: usize) -> &[f64] {
        &self.cells[line * self.stride..][..self.outside.len()]
    }

    /// Makes the point optimal for these bounds, unless the cost gets above a ceiling. `None` if the work runs out.
    pub(crate) fn settle(
        &mut self,
        bounds: &IdVec<VariableId, (i64, i64)>,
        ceiling: f64,
        meter: &mut Meter,
    ) -> Option<Settled> {
        if self.since_renewal >= WORN {
            self.renew(meter)?;
        }
        let mut again = self.since_renewal > 0;
        loop {
            self.start(bounds, meter)?;
            match self.improve(ceiling, meter)? {
                Settled::Optimal if again && self.is_off() => {}
                Settled::Unclear if again => {}
                settled => return Some(settled),
            }
            again = false;
            self.renew(meter)?;
        }
    }

    fn improve(&mut self, ceiling: f64, meter: &mut Meter) -> Option<Settled> {
        for _ in 0..200 + 10 * self.values.len() {
            if ceiling.is_finite() && self.cost() > ceiling {
                return Some(Settled::Beyond);
            }
            let Some((line, bound)) = self.farthest_off() else { return Some(Settled::Optimal) };
            let Some(column) = self.entering(line, bound) else {
                return Some(Settled::Impossible(self.contradiction(line, bound)));
            };
            self.shift(line, column, bound);
            self.pivot(line, column, meter)?;
        }
        Some(Settled::Unclear)
    }

    fn cost(&self) -> f64 {
        self.costs.iter().zip(&self.values).map(|(cost, value)| cost * value).sum()
    }

    /// Whether the values have drifted from what the rows say.
    fn is_off(&self) -> bool {
        self.rows.iter().enumerate().any(|(row, active)| {
            let Some(active) = active else { return false };
            let sum: f64 = active.terms.iter().map(|&(variable, times)| times * self.values[variable as usize]).sum();
            (sum - self.values[self.variables + row]).abs() > 1e-6
        })
    }

    /// Begins anew with the same variables inside, so that rounding errors do not pile up.
    fn renew(&mut self, meter: &mut Meter) -> Option<()> {
        let wanted: Vec<u32> =
            self.inside.iter().copied().filter(|&variable| (variable as usize) < self.variables).collect();
        let mut leaving: Vec<bool> = vec![false; self.values.len()];
        for &variable in &self.outside {
            leaving[variable as usize] = true;
        }
        self.outside = wanted
            .iter()
            .copied()
            .chain(self.outside.iter().copied().filter(|&variable| (variable as usize) < self.variables))
            .collect();
        self.outside.sort_unstable();
        self.reduced = self.outside.iter().map(|&variable| self.costs[variable as usize]).collect();
        for (column, &variable) in self.outside.iter().enumerate() {
            self.places[variable as usize] = Place::Outside(to_u32(column));
        }
        self.inside.clear();
        self.weights.clear();
        self.cells.clear();
        let rows = std::mem::take(&mut self.rows);
        self.stride = 0;
        self.widen();
        for (row, active) in rows.iter().enumerate() {
            if let Some(active) = active {
                self.add_line(self.variables + row, active);
            }
        }
        self.rows = rows;
        self.since_renewal = 0;
        for variable in wanted {
            let Place::Outside(column) = self.places[variable as usize] else { continue };
            let mut best = (1e-7, None);
            for (line, &slack) in self.inside.iter().enumerate() {
                let size = self.cells[line * self.stride + column as usize].abs();
                if leaving[slack as usize] && size > best.0 {
                    best = (size, Some(line));
                }
            }
            if let (_, Some(line)) = best {
                self.pivot(line, column as usize, meter)?;
            }
        }
        self.since_renewal = 0;
        self.weights.iter_mut().for_each(|weight| *weight = 1.0);
        Some(())
    }

    /// Puts what stands outside where it costs least, and adds up the lines.
    fn start(&mut self, bounds: &IdVec<VariableId, (i64, i64)>, meter: &mut Meter) -> Option<()> {
        for (variable, &(lower, upper)) in bounds.iter().enumerate() {
            self.bounds[variable] = (real(lower), real(upper));
            if self.places[variable] == Place::Absent {
                self.values[variable] = real(lower);
            }
        }
        let mut summed = Vec::new();
        for (column, &variable) in self.outside.iter().enumerate() {
            let (lower, upper) = self.bounds[variable as usize];
            let before = self.values[variable as usize];
            // Where both are alike it stays where it was.
            let value = match self.reduced[column] {
                cost if cost < -NOTHING && upper.is_finite() => upper,
                cost if cost <= NOTHING && before >= upper => upper,
                _ => lower,
            };
            self.values[variable as usize] = value;
            if value != 0.0 {
                summed.push((column, value));
            }
        }
        meter.spend(1 + (bounds.len() + self.inside.len() * (1 + summed.len())) as u64 / 32)?;
        for (line, &variable) in self.inside.iter().enumerate() {
            let cells = &self.cells[line * self.stride..][..self.outside.len()];
            self.values[variable as usize] = summed.iter().map(|&(column, value)| cells[column] * value).sum();
        }
        Some(())
    }

    /// The line that is farthest outside its bounds, and the bound that it is beyond.
    fn farthest_off(&self) -> Option<(usize, f64)> {
        let mut farthest = None;
        let mut most = 0.0;
        for (line, &variable) in self.inside.iter().enumerate() {
            let (value, (lower, upper)) = (self.values[variable as usize], self.bounds[variable as usize]);
            let (bound, off) = if value < lower { (lower, lower - value) } else { (upper, value - upper) };
            if off > NEAR + bound.abs() * 1e-11 && off * off > most * self.weights[line] {
                most = off * off / self.weights[line];
                farthest = Some((line, bound));
            }
        }
        farthest
    }

    /// The column that brings the line to its bound at the least cost. Those that cost less go all the way to their
    /// other bound.
    fn entering(&mut self, line: usize, bound: f64) -> Option<usize> {
        let mut missing = (bound - self.values[self.inside[line] as usize]).abs();
        let up = self.direction(line, bound);
        let mut candidates = Vec::new();
        for (column, (&cell, &cost)) in self.line(line).iter().zip(&self.reduced).enumerate() {
            if cell.abs() <= NOTHING {
                continue;
            }
            let variable = self.outside[column] as usize;
            let (lower, upper) = self.bounds[variable];
            let sign = if self.values[variable] < upper { 1.0 } else { -1.0 };
            let factor = cell * up * sign;
            if factor > NOTHING && lower < upper {
                candidates.push(((cost * sign).max(0.0) / factor, factor, column));
            }
        }
        candidates.sort_unstable_by(|a, b| a.0.total_cmp(&b.0).then(b.1.total_cmp(&a.1)).then(a.2.cmp(&b.2)));
        for number in 0..candidates.len() {
            let (ratio, factor, column) = candidates[number];
            let (lower, upper) = self.bounds[self.outside[column] as usize];
            let gain = factor * (upper - lower);
            if gain >= missing - NOTHING {
                // Of those that cost as much, the largest factor is safest.
                let alike = candidates[number..].iter().take_while(|other| other.0 <= ratio + 1e-9);
                let safest = alike.max_by(|a, b| a.1.total_cmp(&b.1).then(b.2.cmp(&a.2)));
                let chosen = match safest {
                    Some(&(_, larger, other)) if factor < 1e-5 && larger > factor * 10.0 => other,
                    _ => column,
                };
                for &(_, _, column) in &candidates[..number] {
                    self.flip(column);
                }
                return Some(chosen);
            }
            missing -= gain;
        }
        None
    }

    /// Whether the line has to grow or to shrink.
    fn direction(&self, line: usize, bound: f64) -> f64 {
        if self.values[self.inside[line] as usize] < bound { 1.0 } else { -1.0 }
    }

    fn flip(&mut self, column: usize) {
        let variable = self.outside[column] as usize;
        let (lower, upper) = self.bounds[variable];
        let to = if self.values[variable] < upper { upper } else { lower };
        self.add(column, to - self.values[variable]);
        self.values[variable] = to;
    }

    /// Adds to a column, and so to the lines.
    fn add(&mut self, column: usize, change: f64) {
        self.values[self.outside[column] as usize] += change;
        for (line, &variable) in self.inside.iter().enumerate() {
            self.values[variable as usize] += self.cells[line * self.stride + column] * change;
        }
    }

    /// Brings the line to its bound by way of the column.
    fn shift(&mut self, line: usize, column: usize, bound: f64) {
        let variable = self.inside[line] as usize;
        self.add(column, (bound - self.values[variable]) / self.line(line)[column]);
        self.values[variable] = bound;
    }

    /// The line comes to stand for what the column is, which now stands outside instead.
    fn pivot(&mut self, line: usize, column: usize, meter: &mut Meter) -> Option<()> {
        let (width, stride) = (self.outside.len(), self.stride);
        let Self { cells, solved, support, weights, .. } = self;
        let own = &mut cells[line * stride..][..width];
        let by = 1.0 / own[column];
        solved.clear();
        support.clear();
        for (place, cell) in own.iter_mut().enumerate() {
            let new = if place == column { by } else { -*cell * by };
            *cell = if new.abs() < 1e-13 { 0.0 } else { new };
            if *cell != 0.0 {
                support.push((to_u32(place), *cell));
            }
            solved.push(*cell);
        }
        let lines = weights.len();
        let touched = cells.chunks_exact(stride).filter(|line| line[column] != 0.0).count();
        meter.spend(1 + (width + lines + touched * support.len()) as u64 / 32)?;
        let dense = support.len() * 4 > width;
        let stretched = weights[line];
        for (other, (cells, weight)) in cells.chunks_exact_mut(stride).zip(weights.iter_mut()).enumerate() {
            let factor = cells[column];
            if factor == 0.0 || other == line {
                continue;
            }
            cells[column] = 0.0;
            if dense {
                cells[..width].iter_mut().zip(&solved[..]).for_each(|(cell, solved)| *cell += factor * solved);
            } else {
                for &(place, solved) in &support[..] {
                    cells[place as usize] += factor * solved;
                }
            }
            let ratio = factor * by;
            *weight = weight.max(ratio * ratio * stretched).min(FARTHEST_STRETCHED);
        }
        self.weights[line] = (stretched * by * by).clamp(1.0, FARTHEST_STRETCHED);
        let factor = std::mem::replace(&mut self.reduced[column], 0.0);
        if factor != 0.0 {
            self.reduced.iter_mut().zip(&*solved).for_each(|(cell, solved)| *cell += factor * solved);
        }
        std::mem::swap(&mut self.inside[line], &mut self.outside[column]);
        self.places[self.inside[line] as usize] = Place::Inside(to_u32(line));
        self.places[self.outside[column] as usize] = Place::Outside(to_u32(column));
        self.pivots += 1;
        self.since_renewal += 1;
        Some(())
    }

    /// The line says that a sum of slacks, the rows times these weights, is too small whatever the variables are.
    fn contradiction(&self, line: usize, bound: f64) -> Vec<(RowId, f64)> {
        let up = self.direction(line, bound);
        let terms = self.outside.iter().zip(self.line(line)).map(|(&variable, cell)| (variable, -cell * up));
        self.of_rows(terms.chain([(self.inside[line], up)]))
    }

    /// What each row's demand adds to the least cost.
    pub(crate) fn duals(&self) -> Vec<(RowId, f64)> {
        self.of_rows(self.outside.iter().copied().zip(self.reduced.iter().copied()))
    }

    fn of_rows(&self, terms: impl Iterator<Item = (u32, f64)>) -> Vec<(RowId, f64)> {
        let row = |(variable, weight): (u32, f64)| {
            let row = (variable as usize).checked_sub(self.variables)?;
            let scale = self.rows.get(row)?.as_ref()?.scale;
            (weight > NOTHING).then_some((RowId::at(row), weight * scale))
        };
        terms.filter_map(row).collect()
    }

    /// What bringing an inside variable down, or up, by one costs at least; nothing is known of others.
    pub(crate) fn penalties(&self, variable: VariableId) -> Option<(f64, f64)> {
        let Place::Inside(line) = self.places[variable.index()] else { return None };
        let (mut down, mut up) = (f64::INFINITY, f64::INFINITY);
        for (column, (&cell, &cost)) in self.line(line as usize).iter().zip(&self.reduced).enumerate() {
            if cell.abs() <= NOTHING {
                continue;
            }
            let other = self.outside[column] as usize;
            let (lower, upper) = self.bounds[other];
            if lower >= upper {
                continue;
            }
            let sign = if self.values[other] < upper { 1.0 } else { -1.0 };
            let ratio = (cost * sign).max(0.0) / cell.abs();
            if cell * sign > 0.0 { up = up.min(ratio) } else { down = down.min(ratio) }
        }
        Some((down, up))
    }
}

#[expect(clippy::cast_precision_loss, reason = "what must be exact is computed in integers")]
pub(crate) fn real(number: i64) -> f64 {
    number as f64
}
