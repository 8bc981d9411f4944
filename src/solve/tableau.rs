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
/// After a pivot, smaller cells should have cancelled out: cells that are something are far larger, and what is
/// left of the others would fill the tableau.
const CANCELLED: f64 = 1e-8;
/// A line counts as stretched by no more than this: what is beyond all measure could not be compared.
const FARTHEST_STRETCHED: f64 = 1e100;
/// So many cells are looked at side by side.
const LANES: usize = 8;

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
    /// By how much each line is stretched, one and the squares of its cells: infeasibilities are compared by it (*dual
    /// steepest edge*).
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
        let squares: f64 = self.cells[start..].iter().map(|cell| cell * cell).sum();
        self.positions[quantity] = Position::Basic(self.basic.push(quantity));
        self.edge_weight.push((1.0 + squares).min(FARTHEST_STRETCHED));
    }

    /// Makes room for all columns.
    fn widen(&mut self) {
        if self.nonbasic.len() <= self.stride {
            return;
        }
        let stride = (self.nonbasic.len() * 3 / 2 + 16).next_multiple_of(LANES);
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

    /// The basic quantity of the line and the nonbasic one of the column change places. `None` if the work runs out.
    pub(crate) fn pivot(&mut self, line: LineId, column: ColumnId, meter: &mut Meter) -> Option<()> {
        let (width, stride) = (self.nonbasic.len(), self.stride);
        self.solve_for(line, column);
        let Self { cells, solved, support, edge_weight, .. } = self;
        let place = column.index();
        let lines = edge_weight.len();
        let touched = cells.chunks_exact(stride).filter(|line| line[place] != 0.0).count();
        let dense = support.len() * 4 > width;
        let padded = width.next_multiple_of(LANES);
        let each = if dense { padded } else { support.len() };
        meter.spend(1 + (2 * width + 2 * lines + touched * each) as u64 / 32)?;
        for ((other, edge_weight), cells) in edge_weight.entries_mut().zip(cells.chunks_exact_mut(stride)) {
            let factor = cells[place];
            if factor == 0.0 || other == line {
                continue;
            }
            cells[place] = 0.0;
            let stretched = if dense {
                1.0 + add_multiple(&mut cells[..padded], solved, factor)
            } else {
                *edge_weight - factor * factor + add_multiple_sparsely(cells, support, factor)
            };
            *edge_weight = stretched.clamp(1.0, FARTHEST_STRETCHED);
        }
        let squares: f64 = support.iter().map(|(_, cell)| cell * cell).sum();
        edge_weight[line] = (1.0 + squares).min(FARTHEST_STRETCHED);
        let factor = std::mem::replace(&mut self.reduced[column], 0.0);
        if factor != 0.0 {
            self.reduced.iter_mut().zip(&self.solved).for_each(|(cell, solved)| *cell += factor * solved);
        }
        std::mem::swap(&mut self.basic[line], &mut self.nonbasic[column]);
        self.positions[self.basic[line]] = Position::Basic(line);
        self.positions[self.nonbasic[column]] = Position::Nonbasic(column);
        Some(())
    }

    /// Solves the line for what the column stands for, and keeps the cells for the others.
    fn solve_for(&mut self, line: LineId, column: ColumnId) {
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
        solved.resize(width.next_multiple_of(LANES), 0.0);
    }
}

/// Adds a multiple of one line to another, and gives the sum of the squares of what comes out.
fn add_multiple(cells: &mut [f64], solved: &[f64], factor: f64) -> f64 {
    let mut squares = [0.0; LANES];
    for (cells, solved) in cells.chunks_exact_mut(LANES).zip(solved.chunks_exact(LANES)) {
        for ((cell, solved), square) in cells.iter_mut().zip(solved).zip(&mut squares) {
            let sum = *cell + factor * solved;
            *cell = if sum.abs() < CANCELLED { 0.0 } else { sum };
            *square += *cell * *cell;
        }
    }
    squares.iter().sum()
}

/// The same where most of the line that is added is 0; gives by how much the squares have grown.
fn add_multiple_sparsely(cells: &mut [f64], support: &[(usize, f64)], factor: f64) -> f64 {
    let mut more = 0.0;
    for &(place, solved) in support {
        let before = cells[place];
        let sum = before + factor * solved;
        cells[place] = if sum.abs() < CANCELLED { 0.0 } else { sum };
        more += cells[place] * cells[place] - before * before;
    }
    more
}
