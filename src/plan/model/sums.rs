//! Sums of credits and hours as rows.

use crate::solve::ids::VariableId;
use crate::solve::number::{common_divisor, divided_up};
use crate::solve::row::{LinearTerm, Row};
use crate::value::ids::{GroupId, LeafId};
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::{Measure, Part, Unit};

use crate::plan::model::area::Area;
use crate::plan::model::builder::{Affine, Builder, Counts};
use crate::plan::model::sources::AwardSource;
use crate::plan::model::statement::{Name, StatedRow};

/// Amounts by which a row is divided.
const MOST_DIVISORS: usize = 4;

/// The inflow of a sum: what goes into it, and what comes in by way of `up_to` groups: the group, what it has room for,
/// and what goes into it.
#[derive(Debug, Default)]
pub(crate) struct Inflow {
    terms: Vec<LinearTerm>,
    fixed: i64,
    passed: Vec<(GroupId, i64, Inflow)>,
}

impl Inflow {
    /// The greatest divisor of all amounts.
    pub(crate) fn divisor(&self) -> i64 {
        let own = self.terms.iter().map(|&(_, amount)| amount);
        let passed = self.passed.iter().flat_map(|(_, room, passed)| [*room, passed.divisor()]);
        common_divisor(own.chain(passed))
    }
}

impl Builder<'_, '_> {
    /// The sum is needed if the head is 1.
    pub(crate) fn sum(&mut self, sum: GroupId, head: Option<VariableId>, mut area: Option<&mut Area>) {
        let network = &self.catalog().network;
        let is_rule = area.is_none();
        let additions = area.as_deref_mut().map(|area| self.additions(sum, area));
        let mut flow = self.flow(sum, additions.as_ref());
        self.add_counted(&mut flow, sum, area);
        let need = i64::from(network.group(sum).threshold) - flow.fixed;
        if need <= 0 {
            return;
        }
        // What cannot be told apart need not be counted: amounts are divided by what divides them all, and the need is
        // rounded up (a *Chvátal–Gomory cut*).
        let divisor = flow.divisor().max(1);
        let terms = self.emit(&flow, divisor, is_rule);
        self.at.part = Some(Part::Group(sum));
        let before = self.statement.rows.len();
        self.row(terms, head, divided_up(need, divisor), is_rule);
        if self.statement.rows.len() > before {
            self.round_up();
        }
    }

    /// Adds what the last row says of whole numbers and no row says of fractions: divided by one of its amounts, each
    /// amount counts as a whole number of them, rounded up, as does the need (*Chvátal–Gomory cuts*). By the greatest
    /// amount, this is how many awards it takes at least.
    fn round_up(&mut self) {
        let Some(stated) = self.statement.rows.iter().next_back().cloned() else { return };
        let Row { terms, head, need } = &stated.row;
        if !self.statement.is_of_one(*head) || terms.iter().any(|&(_, amount)| amount <= 0) {
            return;
        }
        let amounts: BTreeSet<i64> = terms.iter().map(|&(_, amount)| amount).collect();
        for &divisor in amounts.iter().rev().take(MOST_DIVISORS).filter(|&&divisor| divisor > 1) {
            let most = divided_up(*need, divisor);
            let sharper = |&amount: &i64| {
                let (own, cut) = (i128::from(*need) * i128::from(divided_up(amount, divisor)), i128::from(most));
                own < cut * i128::from(amount)
            };
            if amounts.iter().any(sharper) {
                let terms = terms.iter().map(|&(variable, amount)| (variable, divided_up(amount, divisor))).collect();
                let row = Row { terms, head: *head, need: most };
                self.statement.rows.push(StatedRow { row, is_rule: false, part: stated.part });
            }
        }
    }

    /// Adds what counts as a whole in an `at_least`: groups among its parts, and in a joint region what is waived,
    /// which elsewhere is among what there is already.
    fn add_counted(&mut self, flow: &mut Inflow, group: GroupId, mut area: Option<&mut Area>) {
        let (network, progress) = (&self.catalog().network, self.statement.progress);
        if network.group(group).measure != Measure::Sum(Unit::Places) {
            return;
        }
        for part in network.parts_in_id_order(group) {
            if area.is_some() && progress.exceptions.is_waived(part) {
                flow.fixed += 1;
            } else if matches!(part, Part::Group(_)) && !(area.is_none() && progress.is_met(part)) {
                match self.counted(part, false, area.as_deref_mut()) {
                    Counts::Already => flow.fixed += 1,
                    Counts::By(terms) => flow.terms.extend(terms),
                }
            }
        }
    }

    /// The inflow of a sum, or of an `up_to` within one.
    pub(crate) fn flow(&mut self, group: GroupId, additions: Option<&BTreeMap<LeafId, Affine>>) -> Inflow {
        let (network, progress) = (&self.catalog().network, self.statement.progress);
        let mut flow = Inflow::default();
        if additions.is_none() {
            flow.fixed = i64::from(progress.have(group));
        }
        for &part in network.parts(group) {
            match (part, additions) {
                (Part::Leaf(leaf), Some(additions)) => {
                    if let Some(Affine { terms, fixed }) = additions.get(&leaf) {
                        flow.terms.extend(terms);
                        flow.fixed += fixed;
                    }
                }
                (Part::Leaf(leaf), None) => flow.terms.extend(self.plain_additions(leaf)),
                (Part::Group(inner), _) if !network.is_up_to(inner) => {}
                (Part::Group(inner), _) => {
                    let passed = self.flow(inner, additions);
                    let cap = i64::from(network.group(inner).threshold);
                    let full = passed.fixed.min(cap);
                    if additions.is_some() {
                        flow.fixed += full;
                    }
                    if full < cap && !(passed.terms.is_empty() && passed.passed.is_empty()) {
                        flow.passed.push((inner, cap - full, passed));
                    }
                }
            }
        }
        flow
    }

    /// The terms of a flow, in whole divisors.
    pub(crate) fn emit(&mut self, flow: &Inflow, divisor: i64, is_rule: bool) -> Vec<LinearTerm> {
        let mut terms: Vec<LinearTerm> =
            flow.terms.iter().map(|&(variable, amount)| (variable, amount / divisor)).collect();
        for (group, room, passed) in &flow.passed {
            let more = self.emit(passed, divisor, is_rule);
            let room = room / divisor;
            let counted = |variable: VariableId| matches!(self.statement.variables[variable].name, Name::Times(_));
            let most =
                more.iter().map(|&(variable, amount)| amount.saturating_mul(self.statement.variables[variable].upper));
            if most.fold(0, i64::saturating_add) <= room && !more.iter().any(|&(variable, _)| counted(variable)) {
                terms.extend(more);
            } else {
                let variable = self.variable(Name::Passed(*group), room);
                self.row(more, Some(variable), 1, is_rule);
                terms.push((variable, 1));
            }
        }
        terms
    }

    /// The terms that would add to a leaf of a plain sum, beyond what adds to it already.
    pub(crate) fn plain_additions(&mut self, leaf: LeafId) -> Vec<LinearTerm> {
        let network = &self.catalog().network;
        let described = network.leaf(leaf);
        let unit = network.adds_up(leaf).unwrap_or(Unit::Credits);
        let sources = self.sources(leaf);
        let adds = |source: &AwardSource| i64::from(source.evidence.adds(unit, described.weight));
        if self.catalog().names.repeatable(described.credential) {
            let each = sources.iter().map(|source| (source.times.unwrap_or(source.variable), adds(source)));
            return each.filter(|&(_, amount)| amount > 0).collect();
        }
        // Of a unit the award counts that adds most: each further amount is added by all awards that add as much or
        // more.
        let already = self.statement.progress.adds_at(leaf).map_or(0, i64::from);
        let amounts: BTreeSet<i64> = sources.iter().map(adds).filter(|&amount| amount > already).collect();
        let mut terms = Vec::new();
        let mut below = already;
        for (level, amount) in (0..).zip(amounts) {
            let by: BTreeSet<VariableId> =
                sources.iter().filter(|source| adds(source) >= amount).map(|source| source.variable).collect();
            let by: Vec<LinearTerm> = by.into_iter().map(|variable| (variable, 1)).collect();
            let variable = if let [(variable, _)] = by[..] {
                variable
            } else {
                let variable = self.variable(Name::Leaf { leaf, level }, 1);
                self.row(by, Some(variable), 1, true);
                variable
            };
            terms.push((variable, amount - below));
            below = amount;
        }
        terms
    }
}
