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
    /// Numbers that were written down.
    numbers: usize,
}

/// Numbers that are written down, of eight bytes each; a search that would write down more ends.
const MOST_NUMBERS: usize = 16_000_000;

impl<R> Default for SearchLog<R> {
    fn default() -> Self {
        Self { entries: Vec::new(), reasons: Vec::new(), ties: Vec::new(), is_silent: false, numbers: 0 }
    }
}

impl<R> SearchLog<R> {
    pub(crate) fn note(&mut self, entry: Entry) {
        if !self.is_silent {
            self.numbers += entry.numbers();
            self.entries.push(entry);
        }
    }

    /// Notes a branch in which something could be as good as the best.
    pub(crate) fn note_tie(&mut self, branch: BranchBounds) {
        self.numbers += 3 * branch.len() + 3;
        self.ties.push(branch);
    }

    /// True if there is no room to write down more.
    pub(crate) fn is_full(&self) -> bool {
        self.numbers > MOST_NUMBERS
    }
}
