//! Many learners at once, one bit each: cells of lanes, and the few operations on them that all rules come down to.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use crate::value::csr::Csr;
use crate::value::ids::{Id, IdVec, id, to_u32};

id! {
    /// A cell: one bit for each learner.
    Cell
}
id! {
    /// A block of operations.
    BlockId
}

/// The cell in which no bit is ever set, and the one in which every bit is.
pub(crate) const ZEROS: Cell = Cell(0);
pub(crate) const ONES: Cell = Cell(1);
/// The learners of whom the machine cannot be certain.
pub(crate) const DOUBT: Cell = Cell(2);
/// The first cell that is free for use.
pub(crate) const FIRST_FREE: Cell = Cell(3);

/// One bit for each of `64 * L * C` learners: `C` chunks of `L` words, a chunk being what is worked on at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lanes<const L: usize, const C: usize>([[u64; L]; C]);

impl<const L: usize, const C: usize> Lanes<L, C> {
    pub(crate) const NONE: Self = Self([[0; L]; C]);
    pub(crate) const ALL: Self = Self([[u64::MAX; L]; C]);
    /// The number of learners that there is room for.
    pub(crate) const CAPACITY: usize = 64 * L * C;

    pub(crate) fn words(&self) -> &[u64] {
        self.0.as_flattened()
    }

    pub(crate) fn set(&mut self, lane: usize) {
        self.0.as_flattened_mut()[lane / 64] |= 1 << (lane % 64);
    }

    pub(crate) fn has(&self, lane: usize) -> bool {
        self.words()[lane / 64] >> (lane % 64) & 1 == 1
    }

    pub(crate) fn and(mut self, other: &Self) -> Self {
        for (word, other) in self.0.as_flattened_mut().iter_mut().zip(other.words()) {
            *word &= other;
        }
        self
    }

    pub(crate) fn or(mut self, other: &Self) -> Self {
        for (word, other) in self.0.as_flattened_mut().iter_mut().zip(other.words()) {
            *word |= other;
        }
        self
    }

    /// The learners in here and not in the other.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        for (word, other) in self.0.as_flattened_mut().iter_mut().zip(other.words()) {
            *word &= !other;
        }
        self
    }

    /// The learners, in order.
    pub(crate) fn lanes(&self) -> impl Iterator<Item = usize> {
        let bits = |word: u64| (0..64).filter(move |bit| word >> bit & 1 == 1);
        let words = self.words().iter().enumerate().filter(|&(_, &word)| word != 0);
        words.flat_map(move |(place, &word)| bits(word).map(move |bit| 64 * place + bit))
    }

    pub(crate) fn is_none(&self) -> bool {
        self.words().iter().all(|&word| word == 0)
    }
}

/// One operation; operands that are lists stand in [`Machine::operands`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Op {
    All {
        of: Extent,
        into: Cell,
    },
    Any {
        of: Extent,
        into: Cell,
    },
    /// Bits of one weight are added by full adders, two at a time to what they come to so far: that is the sum, of the
    /// same weight, and every step carries a bit of twice the weight into a cell of its own.
    Column {
        inputs: Extent,
        carries: Extent,
        sum: Cell,
    },
    /// Whether the number whose digits are listed, the lowest first, is at least the threshold.
    Reaches {
        of: Extent,
        threshold: u64,
        into: Cell,
    },
    /// The learners in the first and not in the second.
    Without {
        of: [Cell; 2],
        into: Cell,
    },
}

/// Items that stand one after the other in a list.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Extent {
    start: u32,
    end: u32,
}

impl Extent {
    /// The items that were added to a list since it had this length.
    pub(crate) fn since<T>(list: &[T], start: usize) -> Self {
        Self { start: to_u32(start), end: to_u32(list.len()) }
    }

    pub(crate) fn of<T>(self, list: &[T]) -> &[T] {
        &list[self.start as usize..self.end as usize]
    }
}

/// Operations that work out some cells from others: a basic block, run from its first operation to its last.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) code: Extent,
    /// The cells that they work out, for other blocks to read.
    pub(crate) outputs: Vec<Cell>,
    /// The cells that they read, which are given or worked out by other blocks.
    pub(crate) reads: Vec<Cell>,
}

/// Blocks one after the other, each after those that it reads.
#[derive(Debug, Clone)]
pub(crate) struct Stretch {
    pub(crate) blocks: Range<usize>,
    /// Whether they read each other, so that they have to be gone through until nothing changes.
    pub(crate) cyclic: bool,
}

/// The rules as operations.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    pub(crate) ops: Vec<Op>,
    pub(crate) operands: Vec<Cell>,
    pub(crate) blocks: IdVec<BlockId, Block>,
    pub(crate) stretches: Vec<Stretch>,
    /// The blocks that read each cell.
    pub(crate) readers: Csr<Cell, BlockId>,
    /// The number of cells, and those of them that are given.
    pub(crate) cells: usize,
    pub(crate) inputs: Range<usize>,
}

impl Machine {
    pub(crate) fn readers(&self, cell: Cell) -> &[BlockId] {
        self.readers.list(cell)
    }
}

/// The cells of a machine at work, and what is still to be done.
#[derive(Debug)]
pub(crate) struct Execution<const L: usize, const C: usize> {
    pub(crate) cells: IdVec<Cell, Lanes<L, C>>,
    queue: BinaryHeap<Reverse<BlockId>>,
    queued: IdVec<BlockId, bool>,
}

/// A cell that changed, and what was in it.
pub(crate) type Change<const L: usize, const C: usize> = (Cell, Lanes<L, C>);

impl<const L: usize, const C: usize> Execution<L, C> {
    pub(crate) fn new(machine: &Machine) -> Self {
        let mut cells = IdVec::filled(Lanes::NONE, machine.cells);
        if machine.cells > ONES.index() {
            cells[ONES] = Lanes::ALL;
        }
        Self { cells, queue: BinaryHeap::new(), queued: IdVec::filled(false, machine.blocks.len()) }
    }

    /// Empties the cells that are given.
    pub(crate) fn clear(&mut self, machine: &Machine) {
        self.cells.as_mut_slice()[machine.inputs.clone()].fill(Lanes::NONE);
    }

    /// Works out everything from what is given: the least fixpoint.
    pub(crate) fn run(&mut self, machine: &Machine) {
        self.cells[DOUBT] = Lanes::NONE;
        for stretch in &machine.stretches {
            let blocks = stretch.blocks.clone().map(BlockId::at);
            if stretch.cyclic {
                for block in blocks {
                    for &output in &machine.blocks[block].outputs {
                        self.cells[output] = Lanes::NONE;
                    }
                    self.enqueue(block);
                }
                self.settle(machine, BlockId::at(stretch.blocks.end), |_| {});
            } else {
                for block in blocks {
                    self.execute(machine, machine.blocks[block].code);
                }
            }
        }
    }

    /// A cell has changed: whatever reads it is to be worked out again.
    pub(crate) fn touched(&mut self, machine: &Machine, cell: Cell, end: BlockId) {
        for &block in machine.readers(cell) {
            if block < end {
                self.enqueue(block);
            }
        }
    }

    fn enqueue(&mut self, block: BlockId) {
        if !std::mem::replace(&mut self.queued[block], true) {
            self.queue.push(Reverse(block));
        }
    }

    /// Works out what is to be worked out again, among the blocks before `end`, until nothing changes. Cells only ever
    /// gain bits.
    pub(crate) fn settle(&mut self, machine: &Machine, end: BlockId, mut changed: impl FnMut(Change<L, C>)) {
        while let Some(Reverse(id)) = self.queue.pop() {
            self.queued[id] = false;
            let block = &machine.blocks[id];
            let before: [Lanes<L, C>; 2] =
                std::array::from_fn(|place| block.outputs.get(place).map_or(Lanes::NONE, |&cell| self.cells[cell]));
            self.execute(machine, block.code);
            for (&cell, before) in block.outputs.iter().zip(before) {
                if self.cells[cell] != before {
                    changed((cell, before));
                    self.touched(machine, cell, end);
                }
            }
        }
    }

    /// Carries out some operations.
    pub(crate) fn execute(&mut self, machine: &Machine, code: Extent) {
        let (cells, operands) = (&mut self.cells, &machine.operands[..]);
        for op in code.of(&machine.ops) {
            match *op {
                Op::All { of, into } => all(cells, of.of(operands), into),
                Op::Any { of, into } => any(cells, of.of(operands), into),
                Op::Column { inputs, carries, sum } => column(cells, inputs.of(operands), carries.of(operands), sum),
                Op::Reaches { of, threshold, into } => reaches(cells, of.of(operands), threshold, into),
                Op::Without { of: [a, b], into } => {
                    for chunk in 0..C {
                        let [a, b] = [a, b].map(|cell| cells[cell].0[chunk]);
                        cells[into].0[chunk] = std::array::from_fn(|word| a[word] & !b[word]);
                    }
                }
            }
        }
    }
}

/// The conjunction of some cells.
fn all<const L: usize, const C: usize>(cells: &mut IdVec<Cell, Lanes<L, C>>, of: &[Cell], into: Cell) {
    for chunk in 0..C {
        let mut all = [u64::MAX; L];
        for &cell in of {
            for (all, word) in all.iter_mut().zip(&cells[cell].0[chunk]) {
                *all &= word;
            }
        }
        cells[into].0[chunk] = all;
    }
}

/// The disjunction of some cells.
fn any<const L: usize, const C: usize>(cells: &mut IdVec<Cell, Lanes<L, C>>, of: &[Cell], into: Cell) {
    for chunk in 0..C {
        let mut any = [0; L];
        for &cell in of {
            for (any, word) in any.iter_mut().zip(&cells[cell].0[chunk]) {
                *any |= word;
            }
        }
        cells[into].0[chunk] = any;
    }
}

/// The sum of some bits of one weight, by full adders; every one of them carries into a cell.
fn column<const L: usize, const C: usize>(
    cells: &mut IdVec<Cell, Lanes<L, C>>,
    inputs: &[Cell],
    carries: &[Cell],
    sum: Cell,
) {
    let (first, pairs) = inputs.split_at(1);
    for chunk in 0..C {
        let mut total = cells[first[0]].0[chunk];
        for (pair, &carry) in pairs.chunks(2).zip(carries) {
            let b = cells[pair[0]].0[chunk];
            let odd: [u64; L] = std::array::from_fn(|word| total[word] ^ b[word]);
            let mut both: [u64; L] = std::array::from_fn(|word| total[word] & b[word]);
            total = odd;
            if let Some(&c) = pair.get(1) {
                let c = cells[c].0[chunk];
                both = std::array::from_fn(|word| both[word] | (odd[word] & c[word]));
                total = std::array::from_fn(|word| odd[word] ^ c[word]);
            }
            cells[carry].0[chunk] = both;
        }
        cells[sum].0[chunk] = total;
    }
}

/// A comparator: whether the number with these digits, the lowest first, is at least the threshold.
fn reaches<const L: usize, const C: usize>(
    cells: &mut IdVec<Cell, Lanes<L, C>>,
    digits: &[Cell],
    threshold: u64,
    into: Cell,
) {
    for chunk in 0..C {
        let mut reaches = [u64::MAX; L];
        for (digit, &cell) in digits.iter().enumerate() {
            let words = &cells[cell].0[chunk];
            // Below the digits seen so far it is enough; this digit decides unless it is as the threshold's.
            if threshold >> digit & 1 == 1 {
                for (reaches, word) in reaches.iter_mut().zip(words) {
                    *reaches &= word;
                }
            } else {
                for (reaches, word) in reaches.iter_mut().zip(words) {
                    *reaches |= word;
                }
            }
        }
        cells[into].0[chunk] = reaches;
    }
}
