//! What rows do not say, and a proof rests on all the same: sets of bounds that somebody else found to be impossible.

use crate::solve::certificate::{Entry, ProofFollower, ProofLine};
use crate::solve::ids::VariableId;
use crate::solve::row::{Bounds, Interval};

/// A bound of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VariableBound {
    AtMost { variable: VariableId, value: i64 },
    AtLeast { variable: VariableId, value: i64 },
}

/// Nothing that is sought keeps to all of these bounds at once.
pub(crate) type BoundFact = Vec<VariableBound>;

/// The bounds that a line which somebody else answers for goes by.
pub(crate) type FactOf<'a> = &'a dyn Fn(&Entry, &Bounds) -> BoundFact;

/// Collects what lines of a proof rest on beside the rows, in their order.
pub(crate) struct FactCollector<'a> {
    pub(crate) of: FactOf<'a>,
    pub(crate) facts: Vec<BoundFact>,
    /// Bounds in all of them.
    pub(crate) terms: usize,
}

/// Bounds in all facts together: with more the formula would be too long.
const MOST_TERMS: usize = 1 << 22;

impl FactCollector<'_> {
    /// True if there was more than is kept.
    pub(crate) fn is_full(&self) -> bool {
        self.terms > MOST_TERMS
    }
}

impl ProofFollower for FactCollector<'_> {
    fn line(&mut self, line: &ProofLine<'_>) {
        if matches!(line.entry, Entry::Barren | Entry::Refused) && !self.is_full() {
            let fact = (self.of)(line.entry, line.bounds);
            self.terms += 1 + fact.len();
            self.facts.push(fact);
        }
    }

    fn clashed(&mut self, _: VariableId) {}

    fn other_side(&mut self, _: VariableId, _: Interval) {}
}
