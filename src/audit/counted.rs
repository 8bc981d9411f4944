//! A group that is counted as a whole, as its places see it: what each award adds, and what is left out because it
//! counts elsewhere.

use std::collections::BTreeMap;

use crate::audit::explain::Auditor;
use crate::audit::used::Use;
use crate::catalog::network::Part;
use crate::evaluate::averages::Merit;
use crate::evaluate::evidence::{EvidenceId, UnitOfAwards};
use crate::evaluate::expected::told;
use crate::evaluate::outcome::{Filled, Met, Outcome};
use crate::evaluate::uncounted::{Uncounted, WhyUncounted};
use crate::evaluate::usable::Usable;
use crate::value::ids::{GroupId, LeafId};
use crate::value::points::GradePoints;

/// How a group was counted: which awards fill which places below it.
pub(crate) struct CountedGroup {
    group: GroupId,
    met: Met,
    filled: BTreeMap<LeafId, Vec<Filled>>,
    /// The place that each unit of awards fills.
    units: BTreeMap<UnitOfAwards, Filled>,
}

impl Auditor<'_, '_> {
    pub(crate) fn counted_group(&self, group: GroupId, outcome: &Outcome, usable: &Usable) -> CountedGroup {
        let mut counted = CountedGroup { group, met: outcome.met, filled: BTreeMap::new(), units: BTreeMap::new() };
        for &filled in &outcome.filled {
            counted.filled.entry(filled.leaf).or_default().push(filled);
            let evidence = &usable.progress.evidence[filled.evidence].evidence;
            counted.units.entry(evidence.unit(&self.catalog.names, filled.leaf)).or_insert(filled);
        }
        counted
    }

    /// The mean of the points of what a group was counted with, if it asks for one.
    pub(crate) fn mean(&self, counted: &CountedGroup, usable: &Usable) -> Option<GradePoints> {
        let network = &self.catalog.network;
        let (mut sum, mut weights) = (0_i128, 0_i128);
        let filled = counted.filled.iter().filter(|(leaf, _)| network.averaged_around(**leaf) == Some(counted.group));
        for filled in filled.flat_map(|(_, filled)| filled) {
            let points = usable.progress.evidence[filled.evidence].evidence.merit(self.catalog)?.points()?;
            sum += i128::from(points.millionths()) * i128::from(filled.amount);
            weights += i128::from(filled.amount);
        }
        let mean = sum.checked_div_euclid(weights)?;
        Some(GradePoints::from_millionths(i64::try_from(mean).ok()?))
    }

    /// The awards that add to the sum around a place, with what each adds, the earliest first.
    pub(crate) fn adding(&self, leaf: LeafId, counted: &CountedGroup, usable: &Usable) -> Vec<Use> {
        if self.catalog.network.unit_of(leaf).is_none() {
            return Vec::new();
        }
        let filled = counted.filled.get(&leaf).map(Vec::as_slice).unwrap_or_default();
        let mut uses: Vec<Use> = filled.iter().map(|filled| self.used(filled, &usable.progress.evidence)).collect();
        uses.sort_by(|a, b| (a.award(), a.origin).cmp(&(b.award(), b.origin)));
        uses
    }

    /// The awards that could fill a place, were they not left out where the group was counted: one that is not met, or
    /// one whose parts want different awards.
    pub(crate) fn left_out(&self, leaf: LeafId, counted: &CountedGroup, usable: &Usable) -> Vec<Uncounted> {
        if counted.met == Met::Yes && !self.is_divided(leaf, counted.group) {
            return Vec::new();
        }
        let evidence_of = |number: EvidenceId| &usable.progress.evidence[number].evidence;
        let fills = |number: EvidenceId| {
            let here = counted.filled.get(&leaf).into_iter().flatten();
            here.into_iter().any(|filled| evidence_of(filled.evidence).origin == evidence_of(number).origin)
        };
        let mut found = Vec::new();
        for number in usable.at(leaf, EvidenceId::END) {
            let evidence = evidence_of(number);
            if !evidence.is_issued() || fills(number) {
                continue;
            }
            let by = counted.units.get(&evidence.unit(&self.catalog.names, leaf));
            let why = match by {
                Some(filled) if filled.leaf != leaf => {
                    Some(WhyUncounted::AlreadyCounted { place: self.place(filled.leaf, counted.group) })
                }
                // Elsewhere than in sums, any one of the awards is as good as the others.
                Some(filled) if self.catalog.network.unit_of(leaf).is_some() => {
                    Some(WhyUncounted::AddsOnce { by: evidence_of(filled.evidence).awarded })
                }
                Some(_) => None,
                None => self.span_around(leaf).map(|span| WhyUncounted::OutsideSpan { span }).or_else(|| {
                    // What has no points is told wherever it stands.
                    let points = evidence.merit(self.catalog).and_then(Merit::points)?;
                    self.catalog.network.averaged_around(leaf)?;
                    Some(WhyUncounted::LowersAverage { points })
                }),
            };
            found.extend(why.map(|why| told(self.catalog, &self.award_of(evidence), why)));
        }
        found.sort();
        found.dedup();
        found
    }

    /// Whether the division that satisfies a group leaves a place empty which an award would fill by itself.
    pub(crate) fn is_idle(&self, leaf: LeafId, counted: &CountedGroup, usable: &Usable) -> bool {
        counted.met == Met::Yes
            && self.is_divided(leaf, counted.group)
            && usable.progress.is_met(Part::Leaf(leaf))
            && !counted.filled.contains_key(&leaf)
            && !self.left_out(leaf, counted, usable).is_empty()
    }

    /// Whether a group around a place, within the one that was counted, wants different awards for its parts.
    fn is_divided(&self, leaf: LeafId, counted: GroupId) -> bool {
        let network = &self.catalog.network;
        let mut above = network.group_above(Part::Leaf(leaf));
        while let Some(group) = above {
            if network.wants_different(group) {
                return true;
            }
            above = network.group_above(Part::Group(group)).filter(|_| group != counted);
        }
        false
    }

    /// The words for a place: the name of the innermost group around it that has one, below the group that was counted;
    /// else its credential.
    fn place(&self, leaf: LeafId, counted: GroupId) -> String {
        let network = &self.catalog.network;
        let mut above = network.group_above(Part::Leaf(leaf));
        while let Some(group) = above.filter(|&group| group != counted) {
            if let Some(name) = network.extras(group).name.as_deref() {
                return name.to_owned();
            }
            above = network.group_above(Part::Group(group));
        }
        self.catalog.at(network.leaf(leaf).credential).title.clone()
    }

    /// The innermost span around a place.
    fn span_around(&self, leaf: LeafId) -> Option<crate::value::date::Period> {
        let network = &self.catalog.network;
        let mut above = network.group_above(Part::Leaf(leaf));
        while let Some(group) = above {
            if let Some(span) = network.extras(group).span {
                return Some(span);
            }
            above = network.group_above(Part::Group(group));
        }
        None
    }
}
