//! What a joint region is made of while its rows are made: units of awards, and the parts that want them.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::averages::Merit;
use crate::evaluate::evidence::{EvidenceId, UnitOfAwards};
use crate::solve::ids::VariableId;
use crate::value::ids::{CredentialId, GroupId, IdVec, LeafId};

use crate::plan::model::statement::{ArmId, JointId, StockId};

/// A unit of awards that could be used for a leaf.
#[derive(Debug, Default)]
pub(crate) struct LeafStock {
    /// The amount that an award which is there adds.
    pub(crate) old: Option<i64>,
    /// The awards that are not there yet.
    pub(crate) new: BTreeSet<VariableId>,
    /// The most that one of these would add.
    pub(crate) most: i64,
    /// Where an average is asked for, what the awards add that are there, with their points.
    pub(crate) graded: Vec<(i64, Merit)>,
    /// The points of one that is not there yet.
    pub(crate) merit: Option<Merit>,
}

/// The stock of a unit in a region.
#[derive(Debug, Default)]
pub(crate) struct Stock {
    pub(crate) old: bool,
    pub(crate) new: BTreeSet<VariableId>,
    /// The variable that counts it, if there can be more than one.
    pub(crate) times: Option<VariableId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum UnitOf {
    Awards(UnitOfAwards),
    /// New awards of a repeatable credential: each is a unit of its own, and none differs from another.
    New(CredentialId),
    /// The same where they have waited for their components.
    Waiting(CredentialId),
    /// The same where new awards of another credential are awards of this one besides.
    Renewed {
        by: CredentialId,
        credential: CredentialId,
    },
}

/// Parts that have to be met by different awards are arms.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arm {
    pub(crate) around: ArmId,
    pub(crate) group: GroupId,
}

/// A joint region while its rows are made.
#[derive(Debug, Default)]
pub(crate) struct Area {
    pub(crate) number: JointId,
    pub(crate) candidates: BTreeMap<LeafId, BTreeMap<StockId, LeafStock>>,
    pub(crate) stocks: IdVec<StockId, Stock>,
    /// The place in the region of each piece of evidence that is there.
    pub(crate) places: BTreeMap<EvidenceId, EvidenceId>,
    pub(crate) arms: IdVec<ArmId, Arm>,
    pub(crate) arm_of: BTreeMap<LeafId, ArmId>,
    /// The arms of a group that want a unit, where there are several.
    pub(crate) contested: BTreeMap<(StockId, GroupId), BTreeSet<ArmId>>,
}

impl Area {
    pub(crate) fn candidate(&self, place: LeafUnit) -> Option<&LeafStock> {
        self.candidates.get(&place.leaf)?.get(&place.unit)
    }
}

impl LeafStock {
    /// True if an award that is there does as much as one of such an amount, with such points if they matter.
    pub(crate) fn is_as_good(&self, amount: i64, merit: Option<Merit>) -> bool {
        match merit {
            Some(merit) => self.graded.iter().any(|&(old, has)| old >= amount && has >= merit),
            None => self.old.is_some_and(|old| old >= amount),
        }
    }

    /// True if any award of the unit that there is or could be fills the leaf.
    pub(crate) fn takes_all(&self, stock: &Stock) -> bool {
        self.old.is_some() || !stock.old && self.new == stock.new
    }
}

/// A unit of awards at a leaf that it could be used for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LeafUnit {
    pub(crate) unit: StockId,
    pub(crate) leaf: LeafId,
}
