//! Decisions made out of a list of numbers, so that what they make shrinks.

use super::model::Id;

/// Every decision takes a number; when there are no more, it falls on the first choice.
pub struct Drawing(std::vec::IntoIter<u32>);

impl Drawing {
    pub fn new(numbers: Vec<u32>) -> Drawing {
        Drawing(numbers.into_iter())
    }

    pub fn below(&mut self, n: usize) -> usize {
        ((u64::from(self.0.next().unwrap_or(0)) * n as u64) >> 32) as usize
    }

    /// No, if there are no more numbers.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) >= 100 - percent
    }

    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// So many of them, each once.
    pub fn some(&mut self, ids: &[Id], n: usize) -> Vec<Id> {
        let mut left = ids.to_vec();
        (0..n.min(ids.len())).map(|_| left.remove(self.below(left.len()))).collect()
    }
}
