//! The rows of an `at_least`: the places that units of awards fill ([semantics 2.2](crate::semantics#2.2)), and the
//! groups among its parts, which count one each.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Measure, Part, Unit};
use crate::evaluate::assignment::Placement;
use crate::evaluate::division_rows::{DivisionRows, If};
use crate::solve::row::{LinearTerm, Row};
use crate::value::ids::{GroupId, LeafId, UnitId};

/// What fills places, and for each member that is filled once what fills it.
#[derive(Default)]
struct FilledPlaces {
    terms: Vec<LinearTerm>,
    of_member: BTreeMap<UnitId, Vec<LinearTerm>>,
}

impl DivisionRows<'_, '_> {
    /// Whether the parts of the group differ, and several units could count at a leaf of it, or two of its leaves are
    /// one member.
    pub(crate) fn has_places(&self, group: GroupId) -> bool {
        let network = &self.counting.catalog.network;
        let parts = network.parts(group);
        network.parts_differ(group)
            && (network.is_averaged(group) || network.counts_units(group) && self.counting.are_not_one_each(parts))
    }

    /// Whether awards fill places of the leaf beside that which a waiver fills.
    pub(crate) fn is_filled_again(&self, leaf: LeafId) -> bool {
        let Catalog { network, names, .. } = self.counting.catalog;
        let group = network.group_above(Part::Leaf(leaf));
        names.repeatable(network.leaf(leaf).credential) && group.is_some_and(|group| self.has_places(group))
    }

    /// So many places are filled: a repeatable leaf by each unit, any other by one, equivalents together by one; and
    /// parts that are groups count one each.
    pub(crate) fn require_places(&mut self, parts: &[Part], needed: u64, condition: If) {
        let waived = self.waived_members(parts);
        let mut needed = needed.saturating_sub(waived.len() as u64);
        let mut places = FilledPlaces::default();
        for &part in parts {
            if let Part::Leaf(leaf) = part {
                self.fill_place(leaf, &waived, &mut places);
            }
        }
        let FilledPlaces { mut terms, of_member } = places;
        terms.extend(self.counted_groups(parts, &mut needed));
        for filled in of_member.into_values() {
            self.system.add(Row::at_least(filled, -1));
        }
        if needed > 0 {
            self.row(terms, needed, condition);
        }
    }

    fn fill_place(&mut self, leaf: LeafId, waived: &BTreeSet<UnitId>, places: &mut FilledPlaces) {
        let names = &self.counting.catalog.names;
        let credential = self.counting.catalog.network.leaf(leaf).credential;
        let member = names.unit(credential);
        if names.repeatable(credential) {
            places.terms.extend(self.fillers(leaf));
        } else if !waived.contains(&member) {
            let filled = self.amount(1);
            let mut fillers = self.fillers(leaf);
            fillers.push((filled, -1));
            self.row(fillers, 0, If::Always);
            places.of_member.entry(member).or_default().push((filled, -1));
            places.terms.push((filled, 1));
        }
    }

    /// The members among some parts that are waived.
    pub(crate) fn waived_members(&self, parts: &[Part]) -> BTreeSet<UnitId> {
        let Catalog { network, names, .. } = self.counting.catalog;
        let waived = parts.iter().filter(|&&part| self.counting.needs_no_evidence(part));
        let member = |part: &Part| match *part {
            Part::Leaf(leaf) => Some(names.unit(network.leaf(leaf).credential)),
            Part::Group(_) => None,
        };
        waived.filter_map(member).collect()
    }

    /// Leaves out the ways of adding to members of an `at_least` that are waived, which no award fills then.
    pub(crate) fn leave_out_waived(&self, group: GroupId, choices: &mut Vec<Placement>) {
        let network = &self.counting.catalog.network;
        if network.group(group).measure == Measure::Sum(Unit::Places) {
            let waived = self.waived_members(network.parts(group));
            choices.retain(|choice| choice.member.is_none_or(|member| !waived.contains(&member)));
        }
    }

    /// What counts in an `at_least` beside the places that awards fill: groups, and what is waived, which is needed no
    /// more.
    pub(crate) fn beside_places(&mut self, group: GroupId, needed: &mut u64) -> Vec<LinearTerm> {
        let network = &self.counting.catalog.network;
        if network.group(group).measure != Measure::Sum(Unit::Places) {
            return Vec::new();
        }
        *needed = needed.saturating_sub(self.waived_members(network.parts(group)).len() as u64);
        self.counted_groups(&network.parts_in_id_order(group), needed)
    }

    /// The groups among the parts, which count one each; those that need nothing count already.
    pub(crate) fn counted_groups(&mut self, parts: &[Part], needed: &mut u64) -> Vec<LinearTerm> {
        let mut terms = Vec::new();
        for &part in parts {
            match part {
                Part::Leaf(_) => {}
                Part::Group(_) if self.counting.needs_no_evidence(part) => *needed = needed.saturating_sub(1),
                Part::Group(_) => {
                    let met = self.choice();
                    self.require(part, If::Column(met));
                    terms.push((met, 1));
                }
            }
        }
        terms
    }
}
