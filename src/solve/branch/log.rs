//! The record of a search: its proof, and the branches in which ties lie.

use std::sync::Arc;

use crate::solve::bounding::Multipliers;
use crate::solve::certificate::Entry;
use crate::solve::ids::VariableId;
use crate::solve::row::Interval;

/// A lower bound on the value in a branch.
#[derive(Debug, Clone, Default)]
pub(crate) struct LowerBound {
    /// It is this at least.
    pub(crate) least: i64,
    /// Because multiples of rows say so.
    pub(crate) multipliers: Arc<Multipliers>,
}

/// The bounds of a branch, where they are narrower than those of the whole; of a variable that comes twice, the last
/// ones hold.
pub(crate) type BranchBounds = Vec<(VariableId, Interval)>;

/// The record of a search for the best.
#[derive(Debug)]
pub(crate) struct SearchLog<R> {
    /// The proof.
    pub(crate) entries: Vec<Entry>,
    /// Why the rows that were found on the way hold.
    pub(crate) reasons: Vec<R>,
    /// Branches that were closed because nothing in them is better than the best; something in them could be as good.
    pub(crate) ties: Vec<BranchBounds>,
    /// True if something is only tried, of which nothing is written down.
    pub(crate) is_silent: bool,
}

impl<R> Default for SearchLog<R> {
    fn default() -> Self {
        Self { entries: Vec::new(), reasons: Vec::new(), ties: Vec::new(), is_silent: false }
    }
}

impl<R> SearchLog<R> {
    pub(crate) fn note(&mut self, entry: Entry) {
        if !self.is_silent {
            self.entries.push(entry);
        }
    }
}
