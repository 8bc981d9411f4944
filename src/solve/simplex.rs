//! The bounded dual simplex method: the least cost of satisfying rows when variables need not be whole (the *linear
//! relaxation*), on a dense tableau that holds only the rows which matter so far and the variables which these name.
//!
//! All costs are 0 or more, so that every basis which it comes to stays *dual feasible*: as good a start for other
//! bounds and for further rows. The planner adds rows as they are broken, and stops at a ceiling on the cost; counting
//! has all rows active, a cost of about one for everything, and no ceiling. Nothing rests on its numbers: they only
//! propose what integers confirm.

use crate::solve::ids::{RowId, VariableId};
use crate::solve::number::real;
use crate::solve::row::{Bounds, Inequality};
use crate::solve::tableau::{ColumnId, LineId, NOTHING, Position, QuantityId, Tableau};
use crate::value::ids::{Id, IdVec};
use crate::value::meter::Meter;

/// The outcome.
#[derive(Debug)]
pub(crate) enum Settled {
    Optimal,
    /// The cost exceeds the ceiling by now, and can only grow.
    Beyond,
    /// A *Farkas row*: the rows times these multipliers demand more than the variables can reach, give or take rounding
    /// errors.
    Impossible(Vec<(RowId, f64)>),
    /// Rounding errors are in the way.
    Unclear,
}

#[derive(Debug, Clone)]
struct ActiveRow {
    terms: Vec<(VariableId, f64)>,
    /// A power of two that the row was multiplied by, so that its greatest factor is about one.
    scale: f64,
}

/// Bounds of a quantity.
#[derive(Debug, Clone, Copy)]
struct Range {
    lower: f64,
    upper: f64,
}

/// A basic quantity that is outside its bounds, and the bound that it is beyond.
#[derive(Debug, Clone, Copy)]
struct BrokenBound {
    line: LineId,
    bound: f64,
}

#[derive(Debug, Clone)]
pub(crate) struct Simplex {
    costs: IdVec<VariableId, f64>,
    rows: IdVec<RowId, Option<ActiveRow>>,
    tableau: Tableau,
    bounds: IdVec<QuantityId, Range>,
    values: IdVec<QuantityId, f64>,
    pivots: u64,
    since_renewal: u32,
}

/// Feasibility tolerance: a quantity outside its bounds by less is inside.
const NEAR: f64 = 1e-8;
/// Values that are farther from what their rows say have drifted.
const DRIFTED: f64 = 1e-6;
/// No pivot is made on a smaller cell: it would make errors as much larger.
const SAFE: f64 = 1e-7;
/// After so many pivots it is better to begin anew.
const WORN: u32 = 5000;

impl Simplex {
    /// Costs are 0 or more.
    pub(crate) fn new(costs: IdVec<VariableId, f64>) -> Self {
        let variables = costs.len();
        let mut tableau = Tableau::default();
        tableau.extend_to(variables);
        Self {
            rows: IdVec::new(),
            tableau,
            bounds: IdVec::filled(Range { lower: 0.0, upper: 0.0 }, variables),
            values: IdVec::filled(0.0, variables),
            pivots: 0,
            since_renewal: 0,
            costs,
        }
    }

    /// The same without any rows.
    pub(crate) fn anew(&self) -> Self {
        Self { pivots: self.pivots, ..Self::new(self.costs.clone()) }
    }

    pub(crate) fn pivots(&self) -> u64 {
        self.pivots
    }

    /// The number of quantities that are not basic.
    pub(crate) fn columns(&self) -> usize {
        self.tableau.nonbasic().len()
    }

    pub(crate) fn is_active(&self, row: RowId) -> bool {
        self.rows.get(row).is_some_and(Option::is_some)
    }

    /// The value of a variable at the point.
    pub(crate) fn value(&self, variable: VariableId) -> f64 {
        self.values[quantity(variable)]
    }

    fn slack(&self, row: RowId) -> QuantityId {
        QuantityId::at(self.costs.len() + row.index())
    }

    fn is_variable(&self, quantity: QuantityId) -> bool {
        quantity.index() < self.costs.len()
    }

    fn cost_of(&self, quantity: QuantityId) -> f64 {
        self.costs.as_slice().get(quantity.index()).copied().unwrap_or(0.0)
    }

    /// Adds a row. `None` if the work runs out.
    pub(crate) fn activate(&mut self, row: RowId, inequality: &Inequality, meter: &mut Meter) -> Option<()> {
        let Inequality { terms, least } = inequality;
        meter.spend(1 + (terms.len() * (1 + self.tableau.nonbasic().len() / 32)) as u64 / 8)?;
        let slack = self.slack(row);
        if self.rows.len() <= row.index() {
            self.rows.resize(row.index() + 1, None);
            self.tableau.extend_to(slack.index() + 1);
            self.bounds.resize(slack.index() + 1, Range { lower: 0.0, upper: f64::INFINITY });
            self.values.resize(slack.index() + 1, 0.0);
        }
        let largest = terms.iter().map(|&(_, times)| times.unsigned_abs()).max().unwrap_or(1).max(1);
        // A power of two changes no digits.
        let scale = 1.0 / real(1 << largest.ilog2().min(62));
        let terms: Vec<(VariableId, f64)> =
            terms.iter().map(|&(variable, times)| (variable, real(times) * scale)).collect();
        for &(variable, _) in &terms {
            if self.tableau.position(quantity(variable)) == Position::Absent {
                self.tableau.add_column(quantity(variable), self.costs[variable]);
            }
        }
        self.bounds[slack] = Range { lower: real(*least) * scale, upper: f64::INFINITY };
        self.tableau.add_line(slack, &terms);
        self.rows[row] = Some(ActiveRow { terms, scale });
        Some(())
    }

    /// Makes the point optimal for these bounds, unless the cost gets above a ceiling. `None` if the work runs out.
    pub(crate) fn settle(&mut self, bounds: &Bounds, ceiling: f64, meter: &mut Meter) -> Option<Settled> {
        if self.since_renewal >= WORN {
            self.renew(meter)?;
        }
        let mut again = self.since_renewal > 0;
        loop {
            self.start(bounds, meter)?;
            match self.improve(ceiling, meter)? {
                Settled::Optimal if again && self.has_drifted(meter)? => {}
                Settled::Unclear if again => {}
                settled => return Some(settled),
            }
            again = false;
            self.renew(meter)?;
        }
    }

    /// True if pivots were made since it was begun anew, so that rounding errors may be in the way.
    pub(crate) fn is_worn(&self) -> bool {
        self.since_renewal > 0
    }

    fn improve(&mut self, ceiling: f64, meter: &mut Meter) -> Option<Settled> {
        for _ in 0..200 + 10 * self.values.len() {
            // All quantities are looked at, for the one that is farthest off and the one to take its place.
            meter.spend(1 + (self.costs.len() + self.tableau.size()) as u64 / 16)?;
            if ceiling.is_finite() && self.cost() > ceiling {
                return Some(Settled::Beyond);
            }
            let Some(worst) = self.farthest_off() else { return Some(Settled::Optimal) };
            let Some(column) = self.entering(worst) else {
                return Some(Settled::Impossible(self.farkas(worst)));
            };
            self.shift(worst, column);
            self.pivot(worst.line, column, meter)?;
        }
        Some(Settled::Unclear)
    }

    fn pivot(&mut self, line: LineId, column: ColumnId, meter: &mut Meter) -> Option<()> {
        self.tableau.pivot(line, column, meter)?;
        self.pivots += 1;
        self.since_renewal += 1;
        Some(())
    }

    fn cost(&self) -> f64 {
        self.costs.iter().zip(&self.values).map(|(cost, value)| cost * value).sum()
    }

    /// True if the values have drifted from what the rows say.
    fn has_drifted(&self, meter: &mut Meter) -> Option<bool> {
        let mut looked_at = self.rows.len();
        let drifted = self.rows.entries().any(|(row, active)| {
            let Some(active) = active else { return false };
            looked_at += active.terms.len();
            let sum: f64 = active.terms.iter().map(|&(variable, times)| times * self.value(variable)).sum();
            (sum - self.values[self.slack(row)]).abs() > DRIFTED
        });
        meter.spend(looked_at as u64 / 16)?;
        Some(drifted)
    }

    /// Begins anew with the same variables basic, so that rounding errors do not pile up.
    pub(crate) fn renew(&mut self, meter: &mut Meter) -> Option<()> {
        let wanted: Vec<QuantityId> =
            self.tableau.basic().iter().copied().filter(|&quantity| self.is_variable(quantity)).collect();
        let mut leaving: IdVec<QuantityId, bool> = IdVec::filled(false, self.values.len());
        for &quantity in self.tableau.nonbasic() {
            leaving[quantity] = true;
        }
        let nonbasic = self.tableau.nonbasic().iter().copied().filter(|&quantity| self.is_variable(quantity));
        let mut columns: Vec<QuantityId> = wanted.iter().copied().chain(nonbasic).collect();
        columns.sort_unstable();
        let columns: Vec<(QuantityId, f64)> =
            columns.into_iter().map(|quantity| (quantity, self.cost_of(quantity))).collect();
        self.tableau.restart(columns.into_iter());
        for (row, active) in self.rows.entries() {
            if let Some(active) = active {
                let slack = QuantityId::at(self.costs.len() + row.index());
                self.tableau.add_line(slack, &active.terms);
            }
        }
        for quantity in wanted {
            let Position::Nonbasic(column) = self.tableau.position(quantity) else { continue };
            let mut best = (SAFE, None);
            for (line, &slack) in self.tableau.basic().entries() {
                let size = self.tableau.cell(line, column).abs();
                if leaving[slack] && size > best.0 {
                    best = (size, Some(line));
                }
            }
            if let (_, Some(line)) = best {
                self.pivot(line, column, meter)?;
            }
        }
        self.since_renewal = 0;
        Some(())
    }

    /// Puts what is nonbasic where it costs least, and adds up the lines.
    fn start(&mut self, bounds: &Bounds, meter: &mut Meter) -> Option<()> {
        for (variable, interval) in bounds.entries() {
            let of = quantity(variable);
            self.bounds[of] = Range { lower: real(interval.lower), upper: real(interval.upper) };
            if self.tableau.position(of) == Position::Absent {
                self.values[of] = real(interval.lower);
            }
        }
        let mut summed = Vec::new();
        for (column, &quantity) in self.tableau.nonbasic().entries() {
            let Range { lower, upper } = self.bounds[quantity];
            let before = self.values[quantity];
            // Where both are alike it stays where it was.
            let value = match self.tableau.reduced()[column] {
                cost if cost < -NOTHING && upper.is_finite() => upper,
                cost if cost <= NOTHING && before >= upper => upper,
                _ => lower,
            };
            self.values[quantity] = value;
            if value != 0.0 {
                summed.push((column.index(), value));
            }
        }
        meter.spend(1 + (2 * bounds.len() + self.tableau.basic().len() * (1 + summed.len())) as u64 / 16)?;
        for (quantity, cells) in self.tableau.lines() {
            self.values[quantity] = summed.iter().map(|&(column, value)| cells[column] * value).sum();
        }
        Some(())
    }

    /// The basic quantity that is farthest outside its bounds.
    fn farthest_off(&self) -> Option<BrokenBound> {
        let mut farthest = None;
        let mut most = 0.0;
        for (line, &quantity) in self.tableau.basic().entries() {
            let (value, Range { lower, upper }) = (self.values[quantity], self.bounds[quantity]);
            let (bound, off) = if value < lower { (lower, lower - value) } else { (upper, value - upper) };
            if off > NEAR + bound.abs() * 1e-11 && off * off > most * self.tableau.edge_weight(line) {
                most = off * off / self.tableau.edge_weight(line);
                farthest = Some(BrokenBound { line, bound });
            }
        }
        farthest
    }

    /// The column that brings the line to its bound at the least cost (the *ratio test*). Those that cost less go all
    /// the way to their other bound (*bound flipping*).
    fn entering(&mut self, worst: BrokenBound) -> Option<ColumnId> {
        struct Candidate {
            ratio: f64,
            factor: f64,
            column: ColumnId,
        }
        let mut missing = (worst.bound - self.values[self.tableau.basic()[worst.line]]).abs();
        let up = self.direction(worst);
        let mut candidates = Vec::new();
        for ((column, &cost), &cell) in self.tableau.reduced().entries().zip(self.tableau.line(worst.line)) {
            if cell.abs() <= SAFE {
                continue;
            }
            let quantity = self.tableau.nonbasic()[column];
            let Range { lower, upper } = self.bounds[quantity];
            let sign = if self.values[quantity] < upper { 1.0 } else { -1.0 };
            let factor = cell * up * sign;
            if factor > NOTHING && lower < upper {
                candidates.push(Candidate { ratio: (cost * sign).max(0.0) / factor, factor, column });
            }
        }
        candidates.sort_unstable_by(|a, b| {
            a.ratio.total_cmp(&b.ratio).then(b.factor.total_cmp(&a.factor)).then(a.column.cmp(&b.column))
        });
        for (number, candidate) in candidates.iter().enumerate() {
            let Range { lower, upper } = self.bounds[self.tableau.nonbasic()[candidate.column]];
            let gain = candidate.factor * (upper - lower);
            if gain >= missing - NOTHING {
                // Of those that cost as much, the largest factor is safest.
                let alike = candidates[number..].iter().take_while(|other| other.ratio <= candidate.ratio + 1e-9);
                let safest = alike.max_by(|a, b| a.factor.total_cmp(&b.factor).then(b.column.cmp(&a.column)));
                let chosen = match safest {
                    Some(safest) if candidate.factor < 1e-5 && safest.factor > candidate.factor * 10.0 => safest.column,
                    _ => candidate.column,
                };
                for flipped in &candidates[..number] {
                    self.flip(flipped.column);
                }
                return Some(chosen);
            }
            missing -= gain;
        }
        None
    }

    /// The direction in which the line has to go: 1 to grow, -1 to shrink.
    fn direction(&self, worst: BrokenBound) -> f64 {
        if self.values[self.tableau.basic()[worst.line]] < worst.bound { 1.0 } else { -1.0 }
    }

    fn flip(&mut self, column: ColumnId) {
        let quantity = self.tableau.nonbasic()[column];
        let Range { lower, upper } = self.bounds[quantity];
        let to = if self.values[quantity] < upper { upper } else { lower };
        self.add(column, to - self.values[quantity]);
        self.values[quantity] = to;
    }

    /// Adds to a nonbasic quantity, and so to the basic ones.
    fn add(&mut self, column: ColumnId, change: f64) {
        self.values[self.tableau.nonbasic()[column]] += change;
        for (line, &quantity) in self.tableau.basic().entries() {
            self.values[quantity] += self.tableau.cell(line, column) * change;
        }
    }

    /// Brings the line to its bound by way of the column.
    fn shift(&mut self, worst: BrokenBound, column: ColumnId) {
        let quantity = self.tableau.basic()[worst.line];
        let change = (worst.bound - self.values[quantity]) / self.tableau.cell(worst.line, column);
        self.add(column, change);
        self.values[quantity] = worst.bound;
    }

    /// The line says that a sum of slacks, the rows times these multipliers, is too small whatever the variables are.
    fn farkas(&self, worst: BrokenBound) -> Vec<(RowId, f64)> {
        let up = self.direction(worst);
        let cells = self.tableau.nonbasic().iter().zip(self.tableau.line(worst.line));
        let terms = cells.map(|(&quantity, cell)| (quantity, -cell * up));
        self.of_rows(terms.chain([(self.tableau.basic()[worst.line], up)]))
    }

    /// The *dual values*: what each row's demand adds to the least cost.
    pub(crate) fn duals(&self) -> Vec<(RowId, f64)> {
        self.of_rows(self.tableau.nonbasic().iter().copied().zip(self.tableau.reduced().iter().copied()))
    }

    fn of_rows(&self, terms: impl Iterator<Item = (QuantityId, f64)>) -> Vec<(RowId, f64)> {
        let row = |(quantity, multiplier): (QuantityId, f64)| {
            let row = RowId::at(quantity.index().checked_sub(self.costs.len())?);
            let scale = self.rows.get(row)?.as_ref()?.scale;
            (multiplier > NOTHING).then_some((row, multiplier * scale))
        };
        terms.filter_map(row).collect()
    }

    /// The least that bringing a basic variable down, or up, by one costs (*Driebeek penalties*); nothing is known
    /// of others.
    pub(crate) fn penalties(&self, variable: VariableId) -> Option<Penalties> {
        let Position::Basic(line) = self.tableau.position(quantity(variable)) else { return None };
        let mut penalties = Penalties { down: f64::INFINITY, up: f64::INFINITY };
        for ((column, &cost), &cell) in self.tableau.reduced().entries().zip(self.tableau.line(line)) {
            if cell.abs() <= NOTHING {
                continue;
            }
            let other = self.tableau.nonbasic()[column];
            let Range { lower, upper } = self.bounds[other];
            if lower >= upper {
                continue;
            }
            let sign = if self.values[other] < upper { 1.0 } else { -1.0 };
            let ratio = (cost * sign).max(0.0) / cell.abs();
            let side = if cell * sign > 0.0 { &mut penalties.up } else { &mut penalties.down };
            *side = side.min(ratio);
        }
        Some(penalties)
    }
}

/// The least that one less and one more of a variable cost.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Penalties {
    pub(crate) down: f64,
    pub(crate) up: f64,
}

fn quantity(variable: VariableId) -> QuantityId {
    QuantityId::at(variable.index())
}
