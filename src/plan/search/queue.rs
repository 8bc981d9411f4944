//! Rows that have to be looked at, each once, the first one first.

use crate::solve::ids::RowId;
use crate::value::ids::Id;

/// A set of numbers, as bits.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    bits: Vec<u64>,
    /// There is nothing before this word.
    first: usize,
}

impl Queue {
    /// All numbers below this one.
    pub(crate) fn of_all(most: usize) -> Self {
        let mut queue = Self::default();
        for number in 0..most {
            queue.insert(number);
        }
        queue
    }

    fn insert(&mut self, number: usize) {
        let word = number / 64;
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << (number % 64);
        self.first = self.first.min(word);
    }

    pub(crate) fn extend(&mut self, numbers: &[RowId]) {
        for &number in numbers {
            self.insert(number.index());
        }
    }

    pub(crate) fn pop_first(&mut self) -> Option<RowId> {
        while let Some(&bits) = self.bits.get(self.first) {
            if bits != 0 {
                let number = self.first * 64 + bits.trailing_zeros() as usize;
                self.bits[self.first] = bits & (bits - 1);
                return Some(RowId::at(number));
            }
            self.first += 1;
        }
        None
    }

    pub(crate) fn clear(&mut self) {
        self.bits.fill(0);
        self.first = self.bits.len();
    }

    /// The numbers in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = RowId> + '_ {
        let has = |number: &usize| self.bits[number / 64] >> (number % 64) & 1 == 1;
        (0..self.bits.len() * 64).filter(has).map(RowId::at)
    }
}
