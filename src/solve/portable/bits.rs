//! Whole numbers as sums of bits.

use crate::value::ids::{Id, id};

id! {
    /// A bit of a formula: a variable that is 0 or 1.
    BitId
}

/// A whole number from 0 on as a sum of weighted bits: each value between the bounds is some sum of the weights, and
/// no other number is.
#[derive(Debug, Clone)]
pub(crate) struct Bits {
    first: usize,
    weights: Vec<i64>,
}

/// A bit, and what it is multiplied by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct BitTerm {
    pub(crate) bit: BitId,
    pub(crate) factor: i128,
}

impl Bits {
    /// For the numbers up to a bound, which is 1 at the least; from this bit on.
    pub(crate) fn up_to(upper: i64, first: usize) -> Self {
        let mut rest = upper.max(1);
        let mut weights = Vec::new();
        while rest > 0 {
            // Powers of two, and last what is missing of the bound.
            let weight = 1_i64.checked_shl(u32::try_from(weights.len()).unwrap_or(u32::MAX)).unwrap_or(rest);
            let weight = if weight > 0 { weight.min(rest) } else { rest };
            weights.push(weight);
            rest -= weight;
        }
        Self { first, weights }
    }

    /// The greatest number.
    pub(crate) fn upper(&self) -> i64 {
        self.weights.iter().sum()
    }

    /// The number of bits.
    pub(crate) fn len(&self) -> usize {
        self.weights.len()
    }

    /// The bits, each with so many times its weight.
    pub(crate) fn times(&self, factor: i128) -> impl Iterator<Item = BitTerm> + '_ {
        let bits = (self.first..).map(BitId::at);
        bits.zip(&self.weights).map(move |(bit, &weight)| BitTerm { bit, factor: factor * i128::from(weight) })
    }

    /// Each of the bits once.
    pub(crate) fn each(&self) -> impl Iterator<Item = BitId> + '_ {
        (self.first..self.first + self.weights.len()).map(BitId::at)
    }

    /// The bits of a value between the bounds.
    pub(crate) fn of(&self, value: i64) -> Vec<bool> {
        let mut left = value;
        let mut bits: Vec<bool> = Vec::with_capacity(self.weights.len());
        for &weight in self.weights.iter().rev() {
            // The last weight, if it is taken, leaves no more than the others make up; if it is not, they suffice.
            let is_set = left >= weight;
            bits.push(is_set);
            left -= if is_set { weight } else { 0 };
        }
        bits.reverse();
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_up_to_the_bound_is_a_sum_of_weights() {
        for upper in 1..300 {
            let bits = Bits::up_to(upper, 0);
            assert_eq!(bits.upper(), upper);
            for value in 0..=upper {
                let set = bits.of(value);
                let sum: i128 = bits.times(1).zip(&set).filter(|(_, set)| **set).map(|(term, _)| term.factor).sum();
                assert_eq!(sum, i128::from(value), "of {upper}");
            }
        }
        assert_eq!(Bits::up_to(i64::MAX, 0).upper(), i64::MAX);
        assert_eq!(Bits::up_to(0, 0).upper(), 1);
    }
}
