//! A derivation by cutting planes, in reverse Polish notation.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::solve::portable::bits::{BitId, BitTerm};
use crate::value::ids::Id as _;

/// The number of a constraint in a proof, from 1 on: first those of the formula, then what is derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct ConstraintId(pub(crate) u64);

impl ConstraintId {
    /// The one after it.
    pub(crate) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl Display for ConstraintId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.0, f)
    }
}

impl Display for BitId {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "x{}", self.index() + 1)
    }
}

/// A sum of constraints that are multiplied, divided and saturated.
#[derive(Debug, Clone, Default)]
pub(crate) struct Derivation {
    text: String,
}

impl Derivation {
    pub(crate) fn of(constraint: ConstraintId) -> Self {
        Self { text: constraint.to_string() }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    fn push(&mut self, what: impl Display) {
        let separator = if self.text.is_empty() { "" } else { " " };
        // Writing to a string cannot fail.
        let _ = write!(self.text, "{separator}{what}");
    }

    /// Adds a constraint so many times. Times 0 adds nothing.
    pub(crate) fn add(&mut self, constraint: ConstraintId, times: u128) {
        self.add_all(&Self::of(constraint), times);
    }

    /// Adds what another derivation gives, so many times.
    pub(crate) fn add_all(&mut self, other: &Self, times: u128) {
        if times == 0 {
            return;
        }
        let is_first = self.is_empty();
        self.push(&other.text);
        if times > 1 {
            self.push(times);
            self.push('*');
        }
        if !is_first {
            self.push('+');
        }
    }

    /// Adds that the bit, so many times, is not below 0.
    pub(crate) fn add_bit(&mut self, BitTerm { bit, factor }: BitTerm) {
        match factor {
            ..=0 => {}
            1 => self.push(format_args!("{bit} +")),
            _ => self.push(format_args!("{bit} {factor} * +")),
        }
    }

    /// Adds that the bit, so many times, does not exceed 1.
    pub(crate) fn add_negated_bit(&mut self, BitTerm { bit, factor }: BitTerm) {
        match factor {
            ..=0 => {}
            1 => self.push(format_args!("~{bit} +")),
            _ => self.push(format_args!("~{bit} {factor} * +")),
        }
    }

    /// Divides, and rounds up: in the form in which all factors are above 0, of bits or of what bits are short of 1.
    pub(crate) fn divide(&mut self, by: u128) {
        if by > 1 {
            self.push(by);
            self.push('d');
        }
    }

    /// *Saturates*: no factor counts for more than is needed, in the same form.
    pub(crate) fn saturate(&mut self) {
        self.push('s');
    }
}
