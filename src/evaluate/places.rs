//! How many places of an `at_least` are filled ([semantics 2.2](crate::semantics#2.2)): of its leaves, equivalent
//! members are one, each unit of awards fills one of them, and a repeatable one is filled once for every award, as in a
//! sum. Parts that are groups count one each, whatever else their awards fill.
//!
//! A waiver is one more award that fills its leaf and nothing else: of a repeatable member it fills a place beside
//! those of the awards, of any other one the place that an award could fill.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Measure, Part, Unit};
use crate::evaluate::assignment;
use crate::evaluate::assignment::{Bucket, Placement, SumGoal};
use crate::evaluate::averages::{GradedOffer, Worth};
use crate::evaluate::counting::Counting;
use crate::evaluate::evidence::EvidenceId;
use crate::evaluate::outcome::{DivisionConflict, Filled, Met, Outcome};
use crate::evaluate::windows::Window;
use crate::value::ids::{GroupId, Id, LeafId, UnitId};
use crate::value::points::GradePoints;

/// The leaves of a group, and what can fill them.
struct PlacesToFill {
    choices: Vec<Placement>,
    /// Each member with a leaf that is waived.
    waived: BTreeMap<UnitId, LeafId>,
}

/// What counts in a group: groups among its parts, and its leaves.
#[derive(Clone, Copy)]
struct Tally<'t> {
    groups: &'t [Part],
    members: &'t PlacesToFill,
    needed: u64,
    window: Window,
}

impl Counting<'_> {
    /// Whether the leaves of the group are places for units of awards, and not each a part by itself that any award
    /// meets: always where it makes a difference.
    pub(crate) fn has_places(&self, group: GroupId) -> bool {
        let network = &self.catalog.network;
        match network.group(group).measure {
            Measure::Sum(unit) => unit == Unit::Places,
            Measure::UpTo(_) => false,
            Measure::Count if network.is_averaged(group) => true,
            Measure::Count => {
                let substituted = !self.exceptions.substitutions.is_empty();
                let several = || network.parts_differ(group) && self.are_not_one_each(network.parts(group));
                network.counts_units(group) && (substituted || several())
            }
        }
    }

    /// Whether so many of the parts of a group are met, each by itself; places that units of awards fill, if that is
    /// what its leaves are.
    pub(crate) fn tally(&mut self, group: GroupId, parts: &[Part], needed: u64, window: Window) -> Outcome {
        if group == GroupId::OUTSIDE || !self.has_places(group) {
            return self.count_parts(parts, needed, window);
        }
        self.tally_places(group, parts, needed, window)
    }

    /// The same where units of awards fill places. Groups nest as deep as the limit says, so what most of them do
    /// without is kept off their stack.
    #[inline(never)]
    fn tally_places(&mut self, group: GroupId, parts: &[Part], needed: u64, window: Window) -> Outcome {
        let is_group = |part: &Part| matches!(part, Part::Group(_));
        let (groups, leaves): (Vec<Part>, Vec<Part>) = parts.iter().copied().partition(is_group);
        let mut outcome = self.count_parts(&groups, needed, window);
        let members = self.members(&leaves, window);
        if let Some(least) = self.catalog.network.extras(group).average {
            return self.tally_averaged(Tally { groups: &groups, members: &members, needed, window }, least);
        }
        let (places, complete) = self.fill_places(&members, needed.saturating_sub(outcome.have));
        outcome.have = outcome.have.saturating_add(places.have);
        outcome.filled.extend(places.filled);
        outcome.waived.extend(places.waived);
        if outcome.have >= needed {
            outcome.met = Met::Yes;
        } else if !complete {
            outcome.met = Met::Undecided;
        } else if outcome.met == Met::Undecided {
            // Whether the groups that are undecided could make up for what is missing.
            outcome.met = self.count_parts(&groups, needed.saturating_sub(places.have), window).met;
        }
        outcome
    }

    /// The same where a mean is asked of the awards in the places.
    fn tally_averaged(&mut self, tally: Tally<'_>, least: GradePoints) -> Outcome {
        let Tally { groups, members, needed, window } = tally;
        let mut outcome = self.count_parts(groups, needed, window);
        let places = self.fill_averaged(members, needed.saturating_sub(outcome.have), least);
        outcome.met = places.met;
        if places.met != Met::Yes && self.steps > 0 {
            // Whether the groups that are undecided could make up for what is missing.
            let undecided =
                groups.iter().filter(|&&part| self.within(part, window).met == Met::Undecided).count() as u64;
            if undecided > 0 {
                let wanted = needed.saturating_sub(outcome.have).saturating_sub(undecided);
                let met = self.fill_averaged(members, wanted, least).met;
                outcome.met = outcome.met.max(met.min(Met::Undecided));
            }
        }
        outcome.have = outcome.have.saturating_add(places.have);
        outcome.filled.extend(places.filled);
        outcome.waived.extend(places.waived);
        outcome
    }

    /// Fills so many places with such a mean. No more is waived than has to be.
    fn fill_averaged(&mut self, members: &PlacesToFill, needed: u64, least: GradePoints) -> Outcome {
        let mut waived: BTreeSet<UnitId> = members.waived.keys().copied().collect();
        let mut best = self.average_beside(members, &waived, needed, least);
        for &member in members.waived.keys() {
            if best.met != Met::Yes {
                break;
            }
            waived.remove(&member);
            let outcome = self.average_beside(members, &waived, needed, least);
            if outcome.met == Met::Yes {
                best = Outcome { have: best.have.max(outcome.have), ..outcome };
            } else {
                waived.insert(member);
            }
        }
        best
    }

    /// The places beside those of some members that waivers fill, counting these; the points of an award for such a
    /// member count all the same.
    fn average_beside(
        &mut self,
        members: &PlacesToFill,
        waived: &BTreeSet<UnitId>,
        needed: u64,
        least: GradePoints,
    ) -> Outcome {
        let by_waiver = waived.len() as u64;
        let wanted = needed.saturating_sub(by_waiver);
        let offers = members.choices.iter().filter_map(|&choice| {
            let fills = choice.member.is_none_or(|member| !waived.contains(&member));
            Some(GradedOffer { fills, ..self.offer(choice, wanted)? })
        });
        let offers: Vec<GradedOffer> = offers.collect();
        let outcome = self.averaged_places(&offers, wanted, least);
        let filled: BTreeSet<UnitId> = outcome.filled.iter().filter_map(|filled| self.member(filled.leaf)).collect();
        // An award for a member that is waived fills it.
        let leaf = |member: &UnitId| members.waived.get(member).map(|&leaf| Part::Leaf(leaf));
        let waived = waived.iter().filter(|member| !filled.contains(*member)).filter_map(leaf).collect();
        Outcome { have: outcome.have.saturating_add(by_waiver), waived, ..outcome }
    }

    /// The member that a leaf names, if it counts once.
    fn member(&self, leaf: LeafId) -> Option<UnitId> {
        let Catalog { network, names, .. } = self.catalog;
        let credential = network.leaf(leaf).credential;
        (!names.repeatable(credential)).then(|| names.unit(credential))
    }

    /// The leaves of a group that are met by themselves, if they are enough, and the group is not met all the same.
    pub(crate) fn conflict_of_places(&mut self, group: GroupId) -> Option<DivisionConflict> {
        let network = &self.catalog.network;
        // Where it is for want of points, nobody stands in the way of another.
        if !network.wants_different(group) || !self.are_too_few(group) {
            return None;
        }
        let mut parts = network.parts_in_id_order(group);
        // What fills a leaf fills another of the same member on the same conditions, which it may stand for.
        let place = |part: Part| match part {
            Part::Leaf(leaf) => {
                let leaf = network.leaf(leaf);
                Some((self.catalog.names.unit(leaf.credential), leaf.conditions))
            }
            Part::Group(_) => None,
        };
        let met: BTreeSet<Part> =
            parts.iter().copied().filter(|&part| self.within(part, None).met == Met::Yes).collect();
        let places: BTreeSet<_> = met.iter().filter_map(|&part| place(part)).collect();
        parts.retain(|part| met.contains(part) || place(*part).is_some_and(|place| places.contains(&place)));
        (parts.len() as u64 >= u64::from(network.group(group).threshold)).then(|| DivisionConflict::between(parts))
    }

    /// Whether the group would not be met even if every award had the points that any average at or below it asks for.
    fn are_too_few(&mut self, group: GroupId) -> bool {
        let network = &self.catalog.network;
        let averages = network.groups_below(Part::Group(group)).into_iter();
        let Some(points) = averages.filter_map(|group| network.extras(group).average).max() else { return true };
        let before = self.worth.replace(Worth { from: EvidenceId::at(0), points });
        let met = self.outcome(group).met;
        self.worth = before;
        met == Met::No
    }

    fn members(&self, leaves: &[Part], window: Window) -> PlacesToFill {
        let (network, names) = (&self.catalog.network, &self.catalog.names);
        let mut members = PlacesToFill { choices: Vec::new(), waived: BTreeMap::new() };
        for &part in leaves {
            let Part::Leaf(leaf) = part else { continue };
            if self.needs_no_evidence(part) {
                members.waived.entry(names.unit(network.leaf(leaf).credential)).or_insert(leaf);
            }
            members.choices.extend(self.placements(0, leaf, Unit::Places, window));
        }
        members
    }

    /// The most places, what fills as many of them as are needed, and whether no more can be filled, or at least not as
    /// many as are needed. No more is waived than has to be.
    fn fill_places(&mut self, members: &PlacesToFill, needed: u64) -> (Outcome, bool) {
        let mut waived: BTreeSet<UnitId> = members.waived.keys().copied().collect();
        let (mut best, mut complete) = self.fill_beside(members, &waived, needed);
        let most = best.have;
        for &member in members.waived.keys() {
            waived.remove(&member);
            let (outcome, all) = self.fill_beside(members, &waived, needed);
            if outcome.have >= needed.min(most) {
                (best, complete) = (outcome, all);
            } else {
                waived.insert(member);
            }
        }
        // Waiving more never makes it fewer.
        (Outcome { have: most, ..best }, complete)
    }

    /// The most places beside those of some members that waivers fill, counting these.
    fn fill_beside(&mut self, members: &PlacesToFill, waived: &BTreeSet<UnitId>, needed: u64) -> (Outcome, bool) {
        let open = |choice: &&Placement| choice.member.is_none_or(|member| !waived.contains(&member));
        let choices: Vec<Placement> = members.choices.iter().filter(open).copied().collect();
        let by_waiver = waived.len() as u64;
        let wanted = needed.saturating_sub(by_waiver);
        let buckets = [Bucket { above: 0, cap: u64::MAX }];
        let found = assignment::most(&choices, &buckets, SumGoal { needed: wanted, most: true }, &mut self.steps);
        let used = found.used.into_iter().map(|choice| {
            let (leaf, evidence) = choices[choice].tag;
            Filled { leaf, evidence, amount: 1 }
        });
        let leaf = |member: &UnitId| members.waived.get(member).map(|&leaf| Part::Leaf(leaf));
        let outcome = Outcome {
            have: found.total.saturating_add(by_waiver),
            filled: if wanted > 0 { used.collect() } else { Vec::new() },
            waived: waived.iter().filter_map(leaf).collect(),
            ..Outcome::none(Met::No)
        };
        (outcome, found.complete)
    }
}
