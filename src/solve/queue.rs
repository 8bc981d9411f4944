//! Rows that have to be looked at, each once, the first one first.

use crate::solve::ids::RowId;
use crate::value::ids::Id;

/// A set of rows, as bits.
#[derive(Debug, Default)]
pub(crate) struct Queue {
    bits: Vec<u64>,
    /// There is nothing before this word.
    first: usize,
}

impl Queue {
    pub(crate) fn insert(&mut self, row: RowId) {
        let word = row.index() / 64;
        if self.bits.len() <= word {
            self.bits.resize(word + 1, 0);
        }
        self.bits[word] |= 1 << (row.index() % 64);
        self.first = self.first.min(word);
    }

    pub(crate) fn extend(&mut self, rows: &[RowId]) {
        for &row in rows {
            self.insert(row);
        }
    }

    pub(crate) fn pop_first(&mut self) -> Option<RowId> {
        while let Some(&bits) = self.bits.get(self.first) {
            if bits != 0 {
                let row = self.first * 64 + bits.trailing_zeros() as usize;
                self.bits[self.first] = bits & (bits - 1);
                return Some(RowId::at(row));
            }
            self.first += 1;
        }
        None
    }

    pub(crate) fn clear(&mut self) {
        self.bits.fill(0);
        self.first = self.bits.len();
    }

    /// The rows in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = RowId> + '_ {
        let has = |row: &RowId| self.bits[row.index() / 64] >> (row.index() % 64) & 1 == 1;
        RowId::first(self.bits.len() * 64).filter(has)
    }
}
