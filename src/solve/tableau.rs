//! The tableau of the simplex method: what is *basic* as sums of what is *nonbasic*, and the step from one basis to the
//! next.

use crate::solve::ids::VariableId;
use crate::value::ids::{Id, IdVec, id};
use crate::value::meter::Meter;

id! {
    /// A variable, or the slack of a row: what its terms add up to. Variables come first.
    QuantityId
}
id! {
    /// A line of the tableau: one basic quantity.
    LineId
}
id! {
    /// A column of the tableau: one nonbasic quantity.
    ColumnId
}

/// Smaller numbers are rounding errors.
pub(crate) const NOTHING: f64 = 1e-9;
/// After a pivot, smaller cells are what should have cancelled out.
const CANCELLED: f64 = 1e-13;
/// A line counts as stretched by no more than this: what is beyond all measure could not be compared.
const FARTHEST_STRETCHED: f64 = 1e100;

/// Where a quantity stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// It is a variable that no active row names, or the slack of a row that is not active.
    Absent,
    /// It is one of those that the others are sums of, and stands at one of its bounds.
    Nonbasic(ColumnId),
    /// It is a sum of the nonbasic ones.
    Basic(LineId),
}

/// Each line says of which multiples of the nonbasic quantities its basic one is the sum.
#[derive(Debug, Clone, Default)]
pub(crate) struct Tableau {
    /// Lines end to end, each with room for more columns than there are.
    cells: Vec<f64>,
    stride: usize,
    positions: IdVec<QuantityId, Position>,
    basic: IdVec<LineId, QuantityId>,
    nonbasic: IdVec<ColumnId, QuantityId>,
    /// The *reduced cost* of each nonbasic quantity: what one more of it costs, all in all.
    reduced: IdVec<ColumnId, f64>,
    /// By how much each line has been stretched: infeasibilities are compared by it (*steepest edge*, approximately).
    edge_weight: IdVec<LineId, f64>,
    /// The line of a pivot, all of it and what is not 0 of it, to be added to others.
    solved: Vec<f64>,
    support: Vec<(usize, f64)>,
}

impl Tableau {
    /// Makes room for quantities up to this one.
    pub(crate) fn extend_to(&mut self, quantities: usize) {
        if self.positions.len() < quantities {
            self.positions.resize(quantities, Position::Absent);
        }
    }

    pub(crate) fn position(&self, quantity: QuantityId) -> Position {
        self.positions[quantity]
    }

    pub(crate) fn basic(&self) -> &IdVec<LineId, QuantityId> {
        &self.basic
    }

    pub(crate) fn nonbasic(&self) -> &IdVec<ColumnId, QuantityId> {
        &self.nonbasic
    }

    pub(crate) fn reduced(&self) -> &IdVec<ColumnId, f64> {
        &self.reduced
    }

    /// The number of lines and columns.
    pub(crate) fn size(&self) -> usize {
        self.basic.len() + self.nonbasic.len()
    }

    pub(crate) fn edge_weight(&self, line: LineId) -> f64 {
        self.edge_weight[line]
    }

    /// The cells of a line, by column.
    pub(crate) fn line(&self, line: LineId) -> &[f64] {
        &self.cells[line.index() * self.stride..][..self.nonbasic.len()]
    }

    pub(crate) fn cell(&self, line: LineId, column: ColumnId) -> f64 {
        self.cells[line.index() * self.stride + column.index()]
    }

    /// Basic quantities with what they are.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (QuantityId, &[f64])> {
        self.basic.entries().map(|(line, &quantity)| (quantity, self.line(line)))
    }

    /// A quantity that was absent becomes nonbasic; no line has anything of it yet.
    pub(crate) fn add_column(&mut self, quantity: QuantityId, cost: f64) {
        self.positions[quantity] = Position::Nonbasic(self.nonbasic.push(quantity));
        self.reduced.push(cost);
    }

    /// A quantity becomes basic: the sum of multiples of variables, none of which is absent.
    pub(crate) fn add_line(&mut self, quantity: QuantityId, terms: &[(VariableId, f64)]) {
        self.widen();
        let start = self.basic.len() * self.stride;
        self.cells.resize(start + self.stride, 0.0);
        let width = self.nonbasic.len();
        for &(variable, times) in terms {
            match self.positions[QuantityId::at(variable.index())] {
                Position::Nonbasic(column) => self.cells[start + column.index()] += times,
                Position::Basic(line) => {
                    let (before, own) = self.cells.split_at_mut(start);
                    let other = &before[line.index() * self.stride..][..width];
                    own.iter_mut().zip(other).for_each(|(cell, other)| *cell += times * other);
                }
                Position::Absent => {}
            }
        }
        self.positions[quantity] = Position::Basic(self.basic.push(quantity));
        self.edge_weight.push(1.0);
    }

    /// Makes room for all columns.
    fn widen(&mut self) {
        if self.nonbasic.len() <= self.stride {
            return;
        }
        let stride = (self.nonbasic.len() * 3 / 2 + 16).next_multiple_of(8);
        let mut cells = vec![0.0; stride * self.basic.len()];
        if self.stride > 0 {
            for (old, new) in self.cells.chunks_exact(self.stride).zip(cells.chunks_exact_mut(stride)) {
                new[..self.stride].copy_from_slice(old);
            }
        }
        self.cells = cells;
        self.stride = stride;
    }

    /// Begins anew with these columns, each at its own cost, and no lines.
    pub(crate) fn restart(&mut self, columns: impl Iterator<Item = (QuantityId, f64)>) {
        self.nonbasic.clear();
        self.reduced.clear();
        self.basic.clear();
        self.edge_weight.clear();
        self.cells.clear();
        self.stride = 0;
        for (quantity, cost) in columns {
            self.add_column(quantity, cost);
        }
    }

    /// All lines count as not stretched.
    pub(crate) fn reset_weights(&mut self) {
        self.edge_weight.iter_mut().for_each(|edge_weight| *edge_weight = 1.0);
    }

    /// The basic quantity of the line and the nonbasic one of the column change places. `None` if the work runs out.
    pub(crate) fn pivot(&mut self, line: LineId, column: ColumnId, meter: &mut Meter) -> Option<()> {
        let (width, stride) = (self.nonbasic.len(), self.stride);
        let by = self.solve_for(line, column);
        let Self { cells, solved, support, edge_weight, .. } = self;
        let place = column.index();
        let lines = edge_weight.len();
        let touched = cells.chunks_exact(stride).filter(|line| line[place] != 0.0).count();
        meter.spend(1 + (2 * width + 2 * lines + touched * support.len()) as u64 / 32)?;
        let dense = support.len() * 4 > width;
        let own_stretched = edge_weight[line];
        for ((other, edge_weight), cells) in edge_weight.entries_mut().zip(cells.chunks_exact_mut(stride)) {
            let factor = cells[place];
            if factor == 0.0 || other == line {
                continue;
            }
            cells[place] = 0.0;
            if dense {
                cells[..width].iter_mut().zip(&solved[..]).for_each(|(cell, solved)| *cell += factor * solved);
            } else {
                for &(place, solved) in &support[..] {
                    cells[place] += factor * solved;
                }
            }
            let ratio = factor * by;
            *edge_weight = edge_weight.max(ratio * ratio * own_stretched).min(FARTHEST_STRETCHED);
        }
        edge_weight[line] = (own_stretched * by * by).clamp(1.0, FARTHEST_STRETCHED);
        let factor = std::mem::replace(&mut self.reduced[column], 0.0);
        if factor != 0.0 {
            self.reduced.iter_mut().zip(&self.solved).for_each(|(cell, solved)| *cell += factor * solved);
        }
        std::mem::swap(&mut self.basic[line], &mut self.nonbasic[column]);
        self.positions[self.basic[line]] = Position::Basic(line);
        self.positions[self.nonbasic[column]] = Position::Nonbasic(column);
        Some(())
    }

    /// Solves the line for what the column stands for, and keeps the cells for the others. Gives one by what the cell
    /// was.
    fn solve_for(&mut self, line: LineId, column: ColumnId) -> f64 {
        let width = self.nonbasic.len();
        let Self { cells, solved, support, .. } = self;
        let own = &mut cells[line.index() * self.stride..][..width];
        let by = 1.0 / own[column.index()];
        solved.clear();
        support.clear();
        for (place, cell) in own.iter_mut().enumerate() {
            let new = if place == column.index() { by } else { -*cell * by };
            *cell = if new.abs() < CANCELLED { 0.0 } else { new };
            if *cell != 0.0 {
                support.push((place, *cell));
            }
            solved.push(*cell);
        }
        by
    }
}
