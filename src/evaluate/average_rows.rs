//! The rows of a mean that is asked of what a part of a division counts ([semantics 2.7](crate::semantics#2.7)): each
//! unit adds to one place of its arm, and the surplus of what is added is not below nothing.

use std::collections::BTreeMap;

use crate::catalog::network::Part;
use crate::evaluate::assignment::Placement;
use crate::evaluate::averages::{GradedOffer, GradedRole, Weighed, surplus};
use crate::evaluate::division_rows::{DivisionRows, If, whole};
use crate::evaluate::evidence::UnitOfAwards;
use crate::evaluate::shares::KindId;
use crate::evaluate::windows::Window;
use crate::solve::ids::VariableId;
use crate::solve::row::{LinearTerm, Row};
use crate::value::ids::{GroupId, UnitId};
use crate::value::points::GradePoints;

/// What adds to a group, and the rows to come.
#[derive(Default)]
struct Adding {
    of_kind: BTreeMap<VariableId, Vec<LinearTerm>>,
    of_member: BTreeMap<UnitId, Vec<LinearTerm>>,
    /// What adds within each `up_to`.
    within: BTreeMap<GroupId, Vec<LinearTerm>>,
    filling: Vec<LinearTerm>,
    weighed: Vec<Weighed>,
}

impl DivisionRows<'_, '_> {
    /// Lists what could add to a group, if it asks for a mean.
    pub(crate) fn list_offers(&mut self, group: GroupId) {
        let network = &self.counting.catalog.network;
        if !network.is_averaged(group) {
            return;
        }
        // What lies outside a span's window has been left out before.
        let groups: Vec<(GroupId, Window)> =
            network.groups_of_sum(group).into_iter().map(|inner| (inner, self.window())).collect();
        let waived = self.waived_members(network.parts(group));
        let mut offers = self.counting.offers(&groups, u64::from(network.group(group).threshold));
        if network.group(group).measure.is_count() {
            for offer in &mut offers {
                offer.fills = offer.placement.member.is_none_or(|member| !waived.contains(&member));
            }
        }
        self.offers.insert(group, offers);
    }

    /// What a group adds up, or the places in it, with the mean that it asks for.
    pub(crate) fn require_average(&mut self, group: GroupId, mut needed: u64, least: GradePoints, condition: If) {
        let network = &self.counting.catalog.network;
        let mut counted = Vec::new();
        if network.group(group).measure.is_count() {
            let parts = network.parts_in_id_order(group);
            needed = needed.saturating_sub(self.waived_members(&parts).len() as u64);
            counted = self.counted_groups(&parts, &mut needed);
        }
        if needed == 0 {
            return;
        }
        let mut adding = Adding::default();
        let first_of: BTreeMap<UnitOfAwards, KindId> =
            self.kinds.entries().filter_map(|(kind, units)| Some((*units.first()?, kind))).collect();
        for offer in self.offers.get(&group).cloned().unwrap_or_default() {
            // One unit of a kind speaks for all.
            if let Some(&kind) = first_of.get(&offer.placement.unit) {
                self.add_offer(offer, kind, &mut adding);
            }
        }
        let Adding { of_kind, of_member, within, mut filling, weighed } = adding;
        for (share, mut terms) in of_kind {
            terms.push((share, 1));
            self.row(terms, 0, If::Always);
        }
        for terms in of_member.into_values() {
            self.system.add(Row::at_least(terms, -1));
        }
        for (inner, terms) in within {
            let cap = u64::from(self.counting.catalog.network.group(inner).threshold);
            self.system.add(Row::at_least(terms, -whole(cap)));
        }
        if let Some(terms) = surplus(&weighed, least) {
            self.system.add(Row::at_least(terms, 0));
        }
        filling.extend(counted);
        self.row(filling, needed, condition);
    }

    fn add_offer(&mut self, offer: GradedOffer, kind: KindId, adding: &mut Adding) {
        let network = &self.counting.catalog.network;
        let Placement { member, amount, tag: (leaf, _), .. } = offer.placement;
        let Some(&arm) = self.arm_of.get(&leaf) else { return };
        let share = self.share(kind, arm);
        let most = whole(self.kinds[kind].len() as u64);
        let used = self.amount(most);
        adding.of_kind.entry(share).or_default().push((used, -1));
        if let Some(member) = member {
            adding.of_member.entry(member).or_default().push((used, -1));
        }
        let (mut column, mut amount, mut most) = (used, whole(amount), most);
        let mut above = network.group_above(Part::Leaf(leaf));
        if above.is_some_and(|group| network.is_up_to(group)) {
            // Under a cap, perhaps not all of it adds.
            most = most.saturating_mul(amount);
            let adds = self.amount(most);
            self.row(vec![(used, amount), (adds, -1)], 0, If::Always);
            while let Some(inner) = above.filter(|&group| network.is_up_to(group)) {
                adding.within.entry(inner).or_default().push((adds, -1));
                above = network.group_above(Part::Group(inner));
            }
            (column, amount) = (adds, 1);
        }
        adding.filling.extend(offer.fills.then_some((column, amount)));
        adding.weighed.push(Weighed { column, amount, most, merit: offer.merit });
    }

    /// The offers of units in places of groups that ask for a mean, by which units are told apart.
    pub(crate) fn graded(&self) -> Vec<(UnitOfAwards, GradedRole)> {
        let role = |offer: &GradedOffer| {
            let Placement { unit, amount, tag: (leaf, _), .. } = offer.placement;
            (unit, GradedRole { leaf, amount, merit: offer.merit })
        };
        self.offers.values().flatten().map(role).collect()
    }

    /// Whether the rows of the group are those of a mean.
    pub(crate) fn average_of(&self, group: GroupId) -> Option<GradePoints> {
        self.counting.catalog.network.extras(group).average
    }
}
