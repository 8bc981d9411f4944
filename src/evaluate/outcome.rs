//! Outcomes: what a group or leaf has, by what, and what stands in its way.

use crate::catalog::network::Part;
use crate::evaluate::evidence::EvidenceId;
use crate::value::ids::LeafId;

/// An answer in three-valued logic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Met {
    No,
    Undecided,
    Yes,
}

/// A leaf filled by a piece of evidence, adding so many hundredths if it stands in a sum (1 elsewhere).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Filled {
    pub(crate) leaf: LeafId,
    pub(crate) evidence: EvidenceId,
    pub(crate) amount: u64,
}

/// The outcome of judging a group or leaf.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) met: Met,
    /// Satisfied parts, or hundredths.
    pub(crate) have: u64,
    /// Enough to satisfy the group if it is satisfied.
    pub(crate) filled: Vec<Filled>,
    /// Parts that are satisfied without evidence.
    pub(crate) waived: Vec<Part>,
    /// If parts that have to be met by different awards are not, those that stand in each other's way, as far as that
    /// was found.
    pub(crate) conflict: Option<DivisionConflict>,
}

impl Outcome {
    pub(crate) fn none(met: Met) -> Self {
        Self { met, have: 0, filled: Vec::new(), waived: Vec::new(), conflict: None }
    }
}

/// Parts that cannot be met by different awards all at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DivisionConflict {
    /// The parts, or places within them, with the awards that each needs; 0 where that is no number.
    pub(crate) parts: Vec<(Part, u32)>,
    /// If they need more awards than there are: how many they need, and all that there are.
    pub(crate) shortage: Option<AwardShortage>,
}

impl DivisionConflict {
    /// Parts that stand in each other's way, where that is no matter of number.
    pub(crate) fn between(parts: Vec<Part>) -> Self {
        Self { parts: parts.into_iter().map(|part| (part, 0)).collect(), shortage: None }
    }
}

/// Fewer awards than needed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AwardShortage {
    pub(crate) needs: u64,
    /// One piece of evidence for each unit that fits any of the places.
    pub(crate) evidence: Vec<EvidenceId>,
    /// Leaves that several units fit but that count once.
    pub(crate) leaves: Vec<LeafId>,
}
