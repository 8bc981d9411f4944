//! Dividing units of awards among parts as a system of whole numbers.
//!
//! Where the parts of a group have to differ, each of them is an *arm*; arms within arms where such groups are nested.
//! A column says how many units of a kind go to an arm, a row that no more of them are given away than the arm around
//! it has, and further rows what the groups in an arm need. Units that no rule tells apart are of one kind, so that it
//! does not matter which of them goes where. The rows leave out what only the awards themselves can tell, so what
//! satisfies them is counted again (`division`).

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::by_leaf::ByLeaf;
use crate::evaluate::counting::Counting;
use crate::evaluate::division::{Candidates, Task};
use crate::evaluate::division_rows::DivisionRows;
use crate::evaluate::evidence::{EvidenceId, UnitOfAwards};
use crate::solve::ids::VariableId;
use crate::solve::integer::System;
use crate::value::ids::{GroupId, IdVec, LeafId, id};

id! {
    /// An arm; the first is around all others.
    PortionId
}
id! {
    /// A kind of units that no rule tells apart.
    KindId
}

impl PortionId {
    /// All that there is, which the outermost arms are parts of.
    pub(crate) const WHOLE: Self = Self(0);
    /// The first of these.
    pub(crate) const OUTERMOST: Self = Self(1);
}

pub(crate) struct Shares {
    pub(crate) system: System,
    /// The arms, each after the one around it.
    arms: IdVec<PortionId, Portion>,
    arm_of: BTreeMap<LeafId, PortionId>,
    /// The units of each kind.
    kinds: IdVec<KindId, Vec<UnitOfAwards>>,
    /// The column that says how many units of a kind an arm gets.
    columns: BTreeMap<(KindId, PortionId), VariableId>,
}

pub(crate) struct Portion {
    /// The arm around it; the first has none.
    pub(crate) around: PortionId,
    /// The group whose parts differ: its arms have no unit in common.
    pub(crate) group: GroupId,
}

impl Shares {
    pub(crate) fn new(counting: &Counting<'_>, task: &Task<'_>, candidates: &Candidates) -> Self {
        Self::of(DivisionRows::written(counting, task, candidates))
    }

    pub(crate) fn of(rows: DivisionRows<'_, '_>) -> Self {
        let DivisionRows { arms, arm_of, kinds, columns, system, .. } = rows;
        Self { system, arms, arm_of, kinds, columns }
    }

    /// Where there is one outermost arm, and units are told apart one by one: the columns that say which it gets.
    pub(crate) fn of_each_unit(&self) -> BTreeMap<UnitOfAwards, VariableId> {
        let column = |(kind, units): (KindId, &Vec<UnitOfAwards>)| {
            Some((*units.first()?, *self.columns.get(&(kind, PortionId::OUTERMOST))?))
        };
        self.kinds.entries().filter_map(column).collect()
    }

    /// The usable evidence, each leaf with that of the units which its arm gets.
    pub(crate) fn among(
        &self,
        values: &IdVec<VariableId, i64>,
        usable: &ByLeaf<EvidenceId>,
        counting: &Counting<'_>,
    ) -> ByLeaf<EvidenceId> {
        let mut given: IdVec<PortionId, BTreeSet<UnitOfAwards>> = IdVec::filled(BTreeSet::new(), self.arms.len());
        // For each kind, the units of each arm in order, and how many of these the arms within have got, by group.
        for (kind, units) in self.kinds.entries() {
            let mut lists: BTreeMap<PortionId, Vec<UnitOfAwards>> = BTreeMap::from([(PortionId::WHOLE, units.clone())]);
            let mut taken: BTreeMap<(PortionId, GroupId), usize> = BTreeMap::new();
            for (arm, &Portion { around, group }) in self.arms.entries().skip(1) {
                let Some(&column) = self.columns.get(&(kind, arm)) else { continue };
                let share = values.get(column).map_or(0, |&value| usize::try_from(value).unwrap_or(0));
                let from = taken.entry((around, group)).or_default();
                let list: Vec<UnitOfAwards> =
                    lists.get(&around).into_iter().flatten().skip(*from).take(share).copied().collect();
                *from += list.len();
                given[arm].extend(&list);
                lists.insert(arm, list);
            }
        }
        let of_its_arm = |(leaf, evidence): (LeafId, &[EvidenceId])| -> Vec<(LeafId, EvidenceId)> {
            let Some(&arm) = self.arm_of.get(&leaf) else { return Vec::new() };
            let own = |&&number: &&EvidenceId| given[arm].contains(&counting.unit(leaf, number));
            evidence.iter().filter(own).map(|&number| (leaf, number)).collect()
        };
        usable.iter().flat_map(of_its_arm).collect()
    }
}
