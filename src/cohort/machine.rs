//! Many learners at once, one bit each: cells of lanes, and the few operations on them that all rules come down to.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ops::Range;

use crate::value::csr::Csr;

/// The number of a cell.
pub(crate) type Cell = u32;

/// The cell in which no bit is ever set, and the one in which every bit is.
pub(crate) const ZEROS: Cell = 0;
pub(crate) const ONES: Cell = 1;
/// The learners of whom the machine cannot be certain.
pub(crate) const DOUBT: Cell = 2;
/// The first cell that is free for use.
pub(crate) const FIRST_FREE: Cell = 3;

/// One bit for each of `64 * L * C` learners: `C` chunks of `L` words, a chunk being what is worked on at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lanes<const L: usize, const C: usize>([[u64; L]; C]);

impl<const L: usize, const C: usize> Lanes<L, C> {
    pub(crate) const NONE: Self = Self([[0; L]; C]);
    pub(crate) const ALL: Self = Self([[u64::MAX; L]; C]);
    /// How many learners there is room for.
    pub(crate) const CAPACITY: usize = 64 * L * C;

    pub(crate) fn words(&self) -> &[u64] {
        self.0.as_flattened()
    }

    pub(crate) fn set(&mut self, lane: usize) {
        self.0.as_flattened_mut()[lane / 64] |= 1 << (lane % 64);
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

    /// What is in here and not in the other.
    pub(crate) fn without(mut self, other: &Self) -> Self {
        for (word, other) in self.0.as_flattened_mut().iter_mut().zip(other.words()) {
            *word &= !other;
        }
        self
    }

    pub(crate) fn is_none(&self) -> bool {
        self.words().iter().all(|&word| word == 0)
    }
}

/// One operation; operands that are lists stand in [`Machine::operands`].
#[derive(Debug, Clone, Copy)]
pub(crate) enum Op {
    All {
        of: (u32, u32),
        into: Cell,
    },
    Any {
        of: (u32, u32),
        into: Cell,
    },
    /// Bits of one weight are added by full adders, two at a time to what they come to so far: that is the sum, of the same weight, and
    /// every step carries a bit of twice the weight. So many inputs stand in the list, and after them half as many cells for what is carried.
    Column {
        list: u32,
        inputs: u32,
        sum: Cell,
    },
    /// Whether the number whose digits are listed, the lowest first, is at least the threshold.
    Reaches {
        of: (u32, u32),
        threshold: u64,
        into: Cell,
    },
    /// What is in the first and not in the second.
    Without {
        of: [Cell; 2],
        into: Cell,
    },
}

/// A stretch of operations.
pub(crate) type Code = (u32, u32);

/// Operations that work out some cells from others.
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) code: Code,
    /// What they work out, for others to read.
    pub(crate) outputs: Vec<Cell>,
    /// What they read: cells that are given or that other nodes work out.
    pub(crate) reads: Vec<Cell>,
}

/// Nodes one after the other, each after those that it reads.
#[derive(Debug, Clone)]
pub(crate) struct Stretch {
    pub(crate) nodes: Range<u32>,
    /// Whether they read each other, so that they have to be gone through until nothing changes.
    pub(crate) cyclic: bool,
}

/// The rules as operations.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    pub(crate) ops: Vec<Op>,
    pub(crate) operands: Vec<Cell>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) stretches: Vec<Stretch>,
    /// The nodes that read each cell.
    pub(crate) readers: Csr,
    /// How many cells there are, and which of them are given.
    pub(crate) cells: usize,
    pub(crate) inputs: Range<usize>,
}

impl Machine {
    pub(crate) fn readers(&self, cell: Cell) -> &[u32] {
        self.readers.list(cell)
    }
}

/// The cells of a machine at work, and what is still to be done.
#[derive(Debug)]
pub(crate) struct State<const L: usize, const C: usize> {
    pub(crate) cells: Vec<Lanes<L, C>>,
    queue: BinaryHeap<Reverse<u32>>,
    queued: Vec<bool>,
}

/// A cell that changed, and what was in it.
pub(crate) type Change<const L: usize, const C: usize> = (Cell, Lanes<L, C>);

impl<const L: usize, const C: usize> State<L, C> {
    pub(crate) fn new(machine: &Machine) -> Self {
        let mut cells = vec![Lanes::NONE; machine.cells];
        if let Some(ones) = cells.get_mut(ONES as usize) {
            *ones = Lanes::ALL;
        }
        Self { cells, queue: BinaryHeap::new(), queued: vec![false; machine.nodes.len()] }
    }

    /// Empties the cells that are given.
    pub(crate) fn clear(&mut self, machine: &Machine) {
        self.cells[machine.inputs.clone()].fill(Lanes::NONE);
    }

    /// Works out everything from what is given: the least fixpoint.
    pub(crate) fn run(&mut self, machine: &Machine) {
        self.cells[DOUBT as usize] = Lanes::NONE;
        for stretch in &machine.stretches {
            if stretch.cyclic {
                for node in stretch.nodes.clone() {
                    for &output in &machine.nodes[node as usize].outputs {
                        self.cells[output as usize] = Lanes::NONE;
                    }
                    self.enqueue(node);
                }
                self.settle(machine, stretch.nodes.end, |_| {});
            } else {
                for node in stretch.nodes.clone() {
                    self.execute(machine, machine.nodes[node as usize].code);
                }
            }
        }
    }

    /// A cell has changed: whatever reads it is to be worked out again.
    pub(crate) fn touched(&mut self, machine: &Machine, cell: Cell, end: u32) {
        for &node in machine.readers(cell) {
            if node < end {
                self.enqueue(node);
            }
        }
    }

    fn enqueue(&mut self, node: u32) {
        if !std::mem::replace(&mut self.queued[node as usize], true) {
            self.queue.push(Reverse(node));
        }
    }

    /// Works out what is to be worked out again, among the nodes before `end`, until nothing changes. Cells only ever gain bits.
    pub(crate) fn settle(&mut self, machine: &Machine, end: u32, mut changed: impl FnMut(Change<L, C>)) {
        while let Some(Reverse(number)) = self.queue.pop() {
            self.queued[number as usize] = false;
            let node = &machine.nodes[number as usize];
            let before: [Lanes<L, C>; 2] = std::array::from_fn(|place| {
                node.outputs.get(place).map_or(Lanes::NONE, |&cell| self.cells[cell as usize])
            });
            self.execute(machine, node.code);
            for (&cell, before) in node.outputs.iter().zip(before) {
                if self.cells[cell as usize] != before {
                    changed((cell, before));
                    self.touched(machine, cell, end);
                }
            }
        }
    }

    /// Carries out some operations.
    pub(crate) fn execute(&mut self, machine: &Machine, code: Code) {
        let cells = &mut self.cells[..];
        for op in &machine.ops[code.0 as usize..code.1 as usize] {
            match *op {
                Op::All { of, into } => {
                    let of = &machine.operands[of.0 as usize..of.1 as usize];
                    for chunk in 0..C {
                        let mut all = [u64::MAX; L];
                        for &cell in of {
                            let words = &cells[cell as usize].0[chunk];
                            for (all, word) in all.iter_mut().zip(words) {
                                *all &= word;
                            }
                        }
                        cells[into as usize].0[chunk] = all;
                    }
                }
                Op::Any { of, into } => {
                    let of = &machine.operands[of.0 as usize..of.1 as usize];
                    for chunk in 0..C {
                        let mut any = [0; L];
                        for &cell in of {
                            let words = &cells[cell as usize].0[chunk];
                            for (any, word) in any.iter_mut().zip(words) {
                                *any |= word;
                            }
                        }
                        cells[into as usize].0[chunk] = any;
                    }
                }
                Op::Column { list, inputs, sum } => {
                    let (of, carries) = machine.operands[list as usize..].split_at(inputs as usize);
                    let (first, pairs) = of.split_at(1);
                    for chunk in 0..C {
                        let mut total = cells[first[0] as usize].0[chunk];
                        for (pair, &carry) in pairs.chunks(2).zip(carries) {
                            let b = cells[pair[0] as usize].0[chunk];
                            let odd: [u64; L] = std::array::from_fn(|word| total[word] ^ b[word]);
                            let mut both: [u64; L] = std::array::from_fn(|word| total[word] & b[word]);
                            total = odd;
                            if let Some(&c) = pair.get(1) {
                                let c = cells[c as usize].0[chunk];
                                both = std::array::from_fn(|word| both[word] | (odd[word] & c[word]));
                                total = std::array::from_fn(|word| odd[word] ^ c[word]);
                            }
                            cells[carry as usize].0[chunk] = both;
                        }
                        cells[sum as usize].0[chunk] = total;
                    }
                }
                Op::Reaches { of, threshold, into } => {
                    let of = &machine.operands[of.0 as usize..of.1 as usize];
                    for chunk in 0..C {
                        let mut reaches = [u64::MAX; L];
                        for (digit, &cell) in of.iter().enumerate() {
                            let words = &cells[cell as usize].0[chunk];
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
                        cells[into as usize].0[chunk] = reaches;
                    }
                }
                Op::Without { of: [a, b], into } => {
                    for chunk in 0..C {
                        let [a, b] = [a, b].map(|cell| cells[cell as usize].0[chunk]);
                        cells[into as usize].0[chunk] = std::array::from_fn(|word| a[word] & !b[word]);
                    }
                }
            }
        }
    }
}
