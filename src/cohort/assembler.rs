//! Thresholds over weighted parts as operations: bits of one weight go through full adders, three into two, until one
//! number is left.

use crate::cohort::machine::{Cell, Extent, FIRST_FREE, ONES, Op, ZEROS};
use crate::value::ids::Id;

/// The truth of a part of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// The same for every learner.
    Known(bool),
    In(Cell),
}

impl Signal {
    /// The cell in which it is.
    pub(crate) fn cell(self) -> Cell {
        match self {
            Self::Known(true) => ONES,
            Self::Known(false) => ZEROS,
            Self::In(cell) => cell,
        }
    }
}

/// Writes operations. Intermediate results go to cells beyond the lasting ones, which are used again and again.
#[derive(Debug)]
pub(crate) struct Assembler {
    pub(crate) ops: Vec<Op>,
    pub(crate) operands: Vec<Cell>,
    first_passing: Cell,
    cells: usize,
    free: Vec<Cell>,
    /// The lasting cells that were read since the last [`Assembler::finish`].
    reads: Vec<Cell>,
    started: usize,
}

impl Assembler {
    /// Cells from `first_passing` on are for intermediate results.
    pub(crate) fn new(first_passing: Cell) -> Self {
        Self {
            ops: Vec::new(),
            operands: Vec::new(),
            first_passing,
            cells: first_passing.index(),
            free: Vec::new(),
            reads: Vec::new(),
            started: 0,
        }
    }

    /// The number of cells in all.
    pub(crate) fn cells(&self) -> usize {
        self.cells
    }

    /// Ends a stretch of operations: where it is, and which lasting cells it reads.
    pub(crate) fn finish(&mut self) -> (Extent, Vec<Cell>) {
        let code = Extent::since(&self.ops, std::mem::replace(&mut self.started, self.ops.len()));
        let mut reads = std::mem::take(&mut self.reads);
        reads.sort_unstable();
        reads.dedup();
        (code, reads)
    }

    fn passing(&mut self) -> Cell {
        self.free.pop().unwrap_or_else(|| {
            self.cells += 1;
            Cell::at(self.cells - 1)
        })
    }

    /// An intermediate result is not needed any more.
    pub(crate) fn release(&mut self, cell: Cell) {
        if cell >= self.first_passing {
            self.free.push(cell);
        }
    }

    fn release_all(&mut self, cells: &[Cell]) {
        for &cell in cells {
            self.release(cell);
        }
    }

    fn list(&mut self, cells: &[Cell]) -> Extent {
        let start = self.operands.len();
        self.operands.extend_from_slice(cells);
        self.read(cells);
        Extent::since(&self.operands, start)
    }

    fn read(&mut self, cells: &[Cell]) {
        let lasting = FIRST_FREE..self.first_passing;
        self.reads.extend(cells.iter().filter(|cell| lasting.contains(cell)));
    }

    /// Puts a value into a lasting cell.
    pub(crate) fn store(&mut self, value: Signal, target: Cell) {
        if let Signal::In(cell) = value
            && cell >= self.first_passing
            && self.ops.len() > self.started
            && let Some(Op::All { into, .. } | Op::Any { into, .. } | Op::Reaches { into, .. }) = self.ops.last_mut()
            && *into == cell
        {
            *into = target;
        } else {
            let of = self.list(&[value.cell()]);
            self.ops.push(Op::Any { of, into: target });
        }
        self.release(value.cell());
    }

    /// Adds what is in a value to a lasting cell that is not counted as read.
    pub(crate) fn gather(&mut self, value: Signal, target: Cell) {
        let of = self.list(&[target, value.cell()]);
        self.ops.push(Op::Any { of, into: target });
    }

    /// Whether so many of the values hold. Uses them up.
    pub(crate) fn at_least(&mut self, threshold: u64, values: &[Signal]) -> Signal {
        let known = values.iter().filter(|&&value| value == Signal::Known(true)).count() as u64;
        let open: Vec<Cell> = values
            .iter()
            .filter_map(|&value| match value {
                Signal::In(cell) => Some(cell),
                Signal::Known(_) => None,
            })
            .collect();
        let threshold = threshold.saturating_sub(known);
        let value = match (threshold, &open[..]) {
            (0, _) => Signal::Known(true),
            (1, &[cell]) => return Signal::In(cell),
            (1, _) => self.any(&open),
            (all, _) if all == open.len() as u64 => self.all(&open),
            _ => {
                let digits = self.add(vec![open.iter().map(|&cell| (cell, false)).collect()]);
                self.reaches(&digits, threshold)
            }
        };
        for cell in open {
            self.release(cell);
        }
        value
    }

    fn all(&mut self, cells: &[Cell]) -> Signal {
        let (of, into) = (self.list(cells), self.passing());
        self.ops.push(Op::All { of, into });
        Signal::In(into)
    }

    /// Whether any cell holds. Does not use them up.
    pub(crate) fn any(&mut self, cells: &[Cell]) -> Signal {
        match cells {
            [] => Signal::Known(false),
            &[cell] => Signal::In(cell),
            _ => {
                let (of, into) = (self.list(cells), self.passing());
                self.ops.push(Op::Any { of, into });
                Signal::In(into)
            }
        }
    }

    /// Adds up bits, which are listed by the power of two that they stand for, each with whether it is used up. The
    /// digits of the sum, the lowest first, are all intermediate results or constants.
    pub(crate) fn add(&mut self, mut columns: Vec<Vec<(Cell, bool)>>) -> Vec<Cell> {
        let mut digits = Vec::new();
        let mut place = 0;
        while place < columns.len() {
            let mut column = std::mem::take(&mut columns[place]);
            if column.len() > 1 {
                let inputs: Vec<Cell> = column.iter().map(|&(cell, _)| cell).collect();
                let sum = self.passing();
                let carries: Vec<Cell> = (0..inputs.len() / 2).map(|_| self.passing()).collect();
                let (inputs, carried) = (self.list(&inputs), self.list(&carries));
                self.ops.push(Op::Column { inputs, carries: carried, sum });
                // Not before: what is carried must not overwrite what has not been added yet.
                column.iter().filter(|(_, used_up)| *used_up).for_each(|&(cell, _)| self.release(cell));
                if columns.len() == place + 1 {
                    columns.push(Vec::new());
                }
                columns[place + 1].extend(carries.into_iter().map(|carry| (carry, true)));
                column = vec![(sum, true)];
            }
            digits.push(match column[..] {
                [] => ZEROS,
                [(cell, true)] => cell,
                [(cell, _), ..] => {
                    let (of, into) = (self.list(&[cell]), self.passing());
                    self.ops.push(Op::Any { of, into });
                    into
                }
            });
            place += 1;
        }
        digits
    }

    /// Whether a number is at least so much. Uses it up.
    pub(crate) fn reaches(&mut self, digits: &[Cell], threshold: u64) -> Signal {
        let value = self.compare(digits, threshold);
        self.release_all(digits);
        value
    }

    fn compare(&mut self, digits: &[Cell], threshold: u64) -> Signal {
        if threshold == 0 {
            return Signal::Known(true);
        }
        if u32::try_from(digits.len()).is_ok_and(|digits| digits < 64 && threshold >> digits != 0) {
            return Signal::Known(false);
        }
        let (of, into) = (self.list(digits), self.passing());
        self.ops.push(Op::Reaches { of, threshold, into });
        Signal::In(into)
    }

    /// The number or the cap, whichever is less. Uses the number up.
    pub(crate) fn capped(&mut self, digits: Vec<Cell>, cap: u64) -> Vec<Cell> {
        let Signal::In(beyond) = self.compare(&digits, cap) else {
            // Nothing reaches the cap, or it is zero.
            if cap > 0 {
                return digits;
            }
            self.release_all(&digits);
            return Vec::new();
        };
        let length = u64::BITS - cap.leading_zeros();
        let mut capped = Vec::new();
        for (place, &digit) in digits.iter().enumerate() {
            if place < length as usize {
                let into = if cap >> place & 1 == 1 {
                    let of = self.list(&[digit, beyond]);
                    let into = self.passing();
                    self.ops.push(Op::Any { of, into });
                    into
                } else {
                    self.read(&[digit]);
                    let into = self.passing();
                    self.ops.push(Op::Without { of: [digit, beyond], into });
                    into
                };
                capped.push(into);
            }
        }
        self.release_all(&digits);
        self.release(beyond);
        capped
    }
}
