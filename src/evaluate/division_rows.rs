//! The rows that say how units of awards can be divided among parts: what each part needs, that no unit goes to two
//! parts that differ.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::{Measure, Part};
use crate::evaluate::assignment::Placement;
use crate::evaluate::averages::{GradedRole, Offers, is_plain_sum};
use crate::evaluate::counting::Counting;
use crate::evaluate::division::{Candidates, Task};
use crate::evaluate::evidence::UnitOfAwards;
use crate::evaluate::shares::{KindId, Portion, PortionId};
use crate::evaluate::windows::Window;
use crate::solve::ids::VariableId;
use crate::solve::integer::System;
use crate::solve::row::{Interval, LinearTerm, Row};
use crate::value::ids::{GroupId, IdVec, LeafId, UnitId};

/// A use that a unit has, so that units which can do the same are of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    /// Fill some leaf of its own directly in a group and in an arm, adding an amount.
    Own { group: GroupId, arm: PortionId, amount: u64 },
    /// Fill a leaf that others can fill as well.
    Leaf { leaf: LeafId, amount: u64 },
    /// Add to a mean.
    Graded(GradedRole),
}

/// Whether something has to be met in any case, or if a column is 1.
#[derive(Clone, Copy)]
pub(crate) enum If {
    Always,
    Column(VariableId),
}

/// The sums below, each with how units can add to it, and whether nothing competes with that way of adding.
type Sums = BTreeMap<GroupId, Vec<(Placement, bool)>>;

/// The rows of a division, as they are written.
pub(crate) struct DivisionRows<'b, 'a> {
    pub(crate) counting: &'b Counting<'a>,
    task: &'b Task<'b>,
    candidates: &'b Candidates,
    pub(crate) arms: IdVec<PortionId, Portion>,
    pub(crate) arm_of: BTreeMap<LeafId, PortionId>,
    sums: Sums,
    pub(crate) offers: Offers,
    pub(crate) kinds: IdVec<KindId, Vec<UnitOfAwards>>,
    /// For each leaf the kinds that can fill it.
    filling: BTreeMap<LeafId, BTreeSet<KindId>>,
    pub(crate) columns: BTreeMap<(KindId, PortionId), VariableId>,
    pub(crate) system: System,
}

impl<'b, 'a> DivisionRows<'b, 'a> {
    /// All rows that the task asks for.
    pub(crate) fn written(counting: &'b Counting<'a>, task: &'b Task<'b>, candidates: &'b Candidates) -> Self {
        Self::written_into(System::default(), If::Always, counting, task, candidates)
    }

    /// The same beside what is in a system already, and only if something is so.
    pub(crate) fn written_into(
        system: System,
        condition: If,
        counting: &'b Counting<'a>,
        task: &'b Task<'b>,
        candidates: &'b Candidates,
    ) -> Self {
        let mut rows = Self {
            counting,
            task,
            candidates,
            arm_of: BTreeMap::new(),
            arms: vec![Portion { around: PortionId::WHOLE, group: GroupId::OUTSIDE }].into(),
            sums: Sums::new(),
            offers: Offers::new(),
            kinds: IdVec::new(),
            filling: BTreeMap::new(),
            columns: BTreeMap::new(),
            system,
        };
        rows.open_arms();
        rows.sort_into_kinds();
        rows.require_parts(task.parts, task.needed, condition);
        rows.limit_arms();
        rows
    }
}

impl DivisionRows<'_, '_> {
    /// Gives every leaf its arm, and lists the sums.
    fn open_arms(&mut self) {
        let network = &self.counting.catalog.network;
        let mut open: Vec<(Part, PortionId)> = Vec::new();
        for &part in self.task.parts {
            let arm = self.open_arm(PortionId::WHOLE, self.task.group);
            open.push((part, arm));
        }
        open.reverse();
        while let Some((part, arm)) = open.pop() {
            let group = match part {
                Part::Leaf(leaf) => {
                    self.arm_of.insert(leaf, arm);
                    continue;
                }
                Part::Group(group) => group,
            };
            self.list_offers(group);
            if is_plain_sum(network.group(group).measure, self.average_of(group)) {
                // What lies outside a span's window has been left out before.
                let groups: Vec<(GroupId, Window)> =
                    network.groups_of_sum(group).into_iter().map(|inner| (inner, self.task.window)).collect();
                let mut choices = self.counting.choices(&groups);
                self.leave_out_waived(group, &mut choices);
                self.sums.insert(group, with_rivals(&choices));
            }
            let parts = network.parts_in_id_order(group);
            let differ = network.parts_differ(group) && self.counting.overlap(&parts, self.candidates);
            for part in parts.into_iter().rev() {
                let arm = if differ { self.open_arm(arm, group) } else { arm };
                open.push((part, arm));
            }
        }
    }

    /// The days between which everything has to lie.
    pub(crate) fn window(&self) -> Window {
        self.task.window
    }

    fn open_arm(&mut self, around: PortionId, group: GroupId) -> PortionId {
        self.arms.push(Portion { around, group })
    }

    /// Puts units of one kind together: those that have the same roles.
    fn sort_into_kinds(&mut self) {
        let network = &self.counting.catalog.network;
        let mut roles: BTreeMap<UnitOfAwards, Vec<Role>> = BTreeMap::new();
        for (leaf, units) in self.candidates.iter() {
            // A leaf that needs no award gives nothing to do.
            if network.adds_up(leaf).is_some()
                || self.counting.needs_no_evidence(Part::Leaf(leaf)) && !self.is_filled_again(leaf)
            {
                continue;
            }
            let group =
                network.group_above(Part::Leaf(leaf)).filter(|&group| self.is_own(leaf) && self.is_choice(group));
            for &(unit, _) in units {
                let role = match (group, self.arm_of.get(&leaf)) {
                    (Some(group), Some(&arm)) => Role::Own { group, arm, amount: 1 },
                    _ => Role::Leaf { leaf, amount: 1 },
                };
                roles.entry(unit).or_default().push(role);
            }
        }
        for choices in self.sums.values() {
            for &(Placement { unit, amount, tag: (leaf, _), .. }, alone) in choices {
                let role = match (network.group_above(Part::Leaf(leaf)), self.arm_of.get(&leaf)) {
                    (Some(group), Some(&arm)) if alone => Role::Own { group, arm, amount },
                    _ => Role::Leaf { leaf, amount },
                };
                roles.entry(unit).or_default().push(role);
            }
        }
        for (unit, role) in self.graded() {
            roles.entry(unit).or_default().push(Role::Graded(role));
        }
        let mut kinds: BTreeMap<(Vec<Role>, Option<UnitOfAwards>), Vec<UnitOfAwards>> = BTreeMap::new();
        for (unit, mut roles) in roles {
            roles.sort_unstable();
            let alone = self.task.each_unit.then_some(unit);
            kinds.entry((roles, alone)).or_default().push(unit);
        }
        let mut kinds: Vec<Vec<UnitOfAwards>> = kinds.into_values().collect();
        // The order of kinds is that of their first units, whatever numbers the groups have.
        kinds.sort();
        self.kinds = kinds.into();
        let kind_of: BTreeMap<UnitOfAwards, KindId> =
            self.kinds.entries().flat_map(|(kind, units)| units.iter().map(move |&unit| (unit, kind))).collect();
        for (leaf, units) in self.candidates.iter() {
            self.filling.insert(leaf, units.iter().filter_map(|(unit, _)| kind_of.get(unit).copied()).collect());
        }
    }

    /// Whether one unit alone can fill the leaf.
    fn is_own(&self, leaf: LeafId) -> bool {
        self.candidates.of(leaf).len() == 1
    }

    /// Whether not all parts of the group are needed.
    fn is_choice(&self, group: GroupId) -> bool {
        let network = &self.counting.catalog.network;
        if self.has_places(group) {
            return false;
        }
        if group == self.task.group {
            return self.task.needed < self.task.parts.len() as u64;
        }
        (network.group(group).threshold as usize) < network.parts(group).len()
    }

    /// A column that says that something is so.
    pub(crate) fn choice(&mut self) -> VariableId {
        self.system.whole(Interval::new(0, 1))
    }

    /// A column for an amount that need not be whole.
    pub(crate) fn amount(&mut self, most: i64) -> VariableId {
        self.system.fractional(Interval::new(0, most))
    }

    /// The column that says how many units of the kind the arm gets.
    pub(crate) fn share(&mut self, kind: KindId, arm: PortionId) -> VariableId {
        if let Some(&column) = self.columns.get(&(kind, arm)) {
            return column;
        }
        let column = self.system.whole(Interval::new(0, whole(self.kinds[kind].len() as u64)));
        self.columns.insert((kind, arm), column);
        column
    }

    /// The terms add up to `needed`, or more; if the condition is so.
    pub(crate) fn row(&mut self, terms: Vec<LinearTerm>, needed: u64, condition: If) {
        let head = match condition {
            If::Always => None,
            If::Column(column) => Some(column),
        };
        self.system.add(Row { terms, head, need: whole(needed) });
    }

    /// Everything that an arm has for a leaf.
    pub(crate) fn fillers(&mut self, leaf: LeafId) -> Vec<LinearTerm> {
        let Some(&arm) = self.arm_of.get(&leaf) else { return Vec::new() };
        let kinds = self.filling.get(&leaf).cloned().unwrap_or_default();
        kinds.into_iter().map(|kind| (self.share(kind, arm), 1)).collect()
    }

    pub(crate) fn require(&mut self, part: Part, condition: If) {
        if self.counting.needs_no_evidence(part) {
            return;
        }
        let group = match part {
            Part::Leaf(leaf) => {
                let terms = self.fillers(leaf);
                return self.row(terms, 1, condition);
            }
            Part::Group(group) => group,
        };
        let network = &self.counting.catalog.network;
        match network.group(group).measure {
            Measure::Count => {
                let needed = u64::from(network.group(group).threshold);
                self.require_parts(&network.parts_in_id_order(group), needed, condition);
            }
            Measure::Sum(_) => self.require_sum(group, condition),
            Measure::UpTo(_) => {}
        }
    }

    fn require_parts(&mut self, parts: &[Part], needed: u64, condition: If) {
        let network = &self.counting.catalog.network;
        let group = parts.first().and_then(|&part| network.group_above(part));
        if let Some((group, least)) = group.and_then(|group| Some((group, self.average_of(group)?))) {
            return self.require_average(group, needed, least, condition);
        }
        if group.is_some_and(|group| self.has_places(group)) {
            return self.require_places(parts, needed, condition);
        }
        if needed == parts.len() as u64 {
            for &part in parts {
                self.require(part, condition);
            }
            return;
        }
        let (mut terms, mut needed) = (Vec::new(), needed);
        for &part in parts {
            match part {
                _ if self.counting.needs_no_evidence(part) => needed = needed.saturating_sub(1),
                // As many units as have leaves of their own here fill as many leaves; the first of a kind speaks for
                // all.
                Part::Leaf(leaf) if self.is_own(leaf) => {
                    if self.speaks_for_its_kind(leaf) {
                        terms.extend(self.fillers(leaf));
                    }
                }
                Part::Leaf(leaf) => {
                    let filled = self.amount(1);
                    let mut fillers = self.fillers(leaf);
                    fillers.push((filled, -1));
                    self.row(fillers, 0, If::Always);
                    terms.push((filled, 1));
                }
                Part::Group(_) => {
                    let met = self.choice();
                    self.require(part, If::Column(met));
                    terms.push((met, 1));
                }
            }
        }
        if needed > 0 {
            self.row(terms, needed, condition);
        }
    }

    /// Whether the one unit that can fill the leaf is the first of its kind.
    fn speaks_for_its_kind(&self, leaf: LeafId) -> bool {
        let unit = self.candidates.of(leaf).first().map(|&(unit, _)| unit);
        let kind = self.filling.get(&leaf).and_then(BTreeSet::first);
        unit.is_some() && kind.and_then(|&kind| self.kinds[kind].first().copied()) == unit
    }

    fn require_sum(&mut self, sum: GroupId, condition: If) {
        let network = &self.counting.catalog.network;
        let mut needed = u64::from(network.group(sum).threshold);
        if let Some(least) = self.average_of(sum) {
            return self.require_average(sum, needed, least, condition);
        }
        let choices = self.sums.get(&sum).cloned().unwrap_or_default();
        let counted = self.beside_places(sum, &mut needed);
        if needed == 0 {
            return;
        }
        let groups = network.groups_of_sum(sum);
        let mut inflow: BTreeMap<GroupId, Vec<LinearTerm>> = BTreeMap::new();
        let mut of_kind: BTreeMap<VariableId, Vec<LinearTerm>> = BTreeMap::new();
        let mut of_member: BTreeMap<UnitId, Vec<LinearTerm>> = BTreeMap::new();
        let kind_of: BTreeMap<UnitOfAwards, KindId> =
            self.kinds.entries().filter_map(|(kind, units)| Some((*units.first()?, kind))).collect();
        for (choice, alone) in choices.iter().filter(|(choice, _)| choice.amount > 0) {
            // One unit of a kind speaks for all.
            let Some(&kind) = kind_of.get(&choice.unit) else { continue };
            let (leaf, _) = choice.tag;
            let (Some(&arm), Some(group)) = (self.arm_of.get(&leaf), network.group_above(Part::Leaf(leaf))) else {
                continue;
            };
            let share = self.share(kind, arm);
            let amount = whole(choice.amount.min(needed));
            let column = if *alone {
                share
            } else {
                let column = self.amount(whole(self.kinds[kind].len() as u64));
                of_kind.entry(share).or_default().push((column, -1));
                if let Some(member) = choice.member {
                    of_member.entry(member).or_default().push((column, -1));
                }
                column
            };
            inflow.entry(group).or_default().push((column, amount));
        }
        for (share, mut terms) in of_kind {
            terms.push((share, 1));
            self.row(terms, 0, If::Always);
        }
        for terms in of_member.into_values() {
            self.system.add(Row::at_least(terms, -1));
        }
        // What lies within comes later, so what an `up_to` passes on is known before it is added further out.
        for &group in groups.iter().rev().filter(|&&group| group != sum) {
            let mut terms = inflow.remove(&group).unwrap_or_default();
            let cap = u64::from(network.group(group).threshold).min(needed);
            let passed = self.amount(whole(cap));
            terms.push((passed, -1));
            self.row(terms, 0, If::Always);
            if let Some(above) = network.group_above(Part::Group(group)) {
                inflow.entry(above).or_default().push((passed, 1));
            }
        }
        let mut terms = inflow.remove(&sum).unwrap_or_default();
        terms.extend(counted);
        self.row(terms, needed, condition);
    }

    /// No more units of a kind are given away than there are.
    fn limit_arms(&mut self) {
        // An arm within has no more than the one around it, so that one needs a column of its own.
        let mut kinds: IdVec<PortionId, BTreeSet<KindId>> = IdVec::filled(BTreeSet::new(), self.arms.len());
        for &(kind, arm) in self.columns.keys() {
            kinds[arm].insert(kind);
        }
        for arm in self.arms.ids().skip(1).rev() {
            let around = self.arms[arm].around;
            for kind in std::mem::take(&mut kinds[arm]).into_iter().filter(|_| around != PortionId::WHOLE) {
                self.share(kind, around);
                kinds[around].insert(kind);
            }
        }
        let mut given: BTreeMap<(PortionId, GroupId, KindId), Vec<LinearTerm>> = BTreeMap::new();
        for (&(kind, arm), &column) in &self.columns {
            let Portion { around, group } = self.arms[arm];
            given.entry((around, group, kind)).or_default().push((column, -1));
        }
        for ((around, _, kind), mut terms) in given {
            if around != PortionId::WHOLE {
                terms.push((self.columns[&(kind, around)], 1));
                self.row(terms, 0, If::Always);
            } else if terms.len() > 1 {
                let least = -whole(self.kinds[kind].len() as u64);
                self.system.add(Row::at_least(terms, least));
            }
        }
    }
}

/// Of the ways in which a unit adds to a leaf the best, each with whether nothing competes with it: the unit has no
/// other way, and no other unit adds to the member.
fn with_rivals(choices: &[Placement]) -> Vec<(Placement, bool)> {
    let mut best: BTreeMap<(LeafId, UnitOfAwards), Placement> = BTreeMap::new();
    for choice in choices {
        let known = best.entry((choice.tag.0, choice.unit)).or_insert(*choice);
        if known.amount < choice.amount {
            *known = *choice;
        }
    }
    let mut of_unit: BTreeMap<UnitOfAwards, usize> = BTreeMap::new();
    let mut of_member: BTreeMap<UnitId, usize> = BTreeMap::new();
    for choice in best.values() {
        *of_unit.entry(choice.unit).or_default() += 1;
        if let Some(member) = choice.member {
            *of_member.entry(member).or_default() += 1;
        }
    }
    let alone =
        |choice: &Placement| of_unit[&choice.unit] == 1 && choice.member.is_none_or(|member| of_member[&member] == 1);
    best.into_values().map(|choice| (choice, alone(&choice))).collect()
}

pub(crate) fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).min(1 << 32)
}
