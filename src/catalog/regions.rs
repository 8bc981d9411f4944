//! Joint regions: the groups that have to be judged as a whole, and members of theirs for which another one counts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::names::Names;
use crate::catalog::network::{Above, Measure, Network, Part};
use crate::value::ids::{ClassId, ConditionsId, GroupId, IdVec, LeafId, RegionId, UnitId};

/// Names that may be looked at before rules count as too entangled.
const MOST_LOOKS: usize = 20_000_000;

/// Finds the `at_least` groups in which a unit of awards could fill two leaves, or several units one: they add up the
/// places that are filled ([semantics 2.2](crate::semantics#2.2)). In all others as many leaves are filled as there are
/// units that fill them.
pub(crate) fn count_units(network: &mut Network, names: &Names) {
    let mut filled = FilledLeaves::new(names);
    for group in network.groups.ids() {
        if network.is_averaged(group) && network.group(group).measure == Measure::Count {
            // The points of every award matter.
            let parts = network.parts(group).len();
            if !network.parts_differ(group) || leaves_of(network, group).len() == parts {
                network.fill_places(group);
            }
            continue;
        }
        if !network.counts_units(group) {
            continue;
        }
        let leaves = leaves_of(network, group);
        let repeats = leaves.iter().any(|&leaf| names.repeatable(network.leaf(leaf).credential));
        let fills = if network.extras(group).distinct {
            // There, the parts are met by different awards anyway; what the groups among them take is divided.
            leaves.len() == network.parts(group).len() && (repeats || filled.repeat_a_unit(network, &leaves))
        } else {
            repeats || filled.compete(network, &leaves)
        };
        if fills {
            network.fill_places(group);
        }
    }
}

/// The leaves directly in a group.
fn leaves_of(network: &Network, group: GroupId) -> Vec<LeafId> {
    let leaf = |part: &Part| match *part {
        Part::Leaf(leaf) => Some(leaf),
        Part::Group(_) => None,
    };
    network.parts(group).iter().filter_map(leaf).collect()
}

/// Finds the groups that have to be judged as a whole: those with a `span`, those whose parts must be met by different
/// awards, and sums in which an award could fill two places.
pub(crate) fn mark_regions(network: &mut Network, names: &Names) {
    let mut filled = FilledLeaves::new(names);
    for group in network.groups.ids() {
        if network.group(group).region != RegionId::PLAIN {
            continue;
        }
        let outermost_sum = matches!(network.group(group).measure, Measure::Sum(_));
        if network.ties_parts(group) || outermost_sum && is_joint_sum(network, group, &mut filled) {
            network.add_region(group);
        }
    }
}

/// Whether the parts of a sum depend on each other: an award could fill two of its places, several awards that are one
/// unit could fill a repeatable one, or a span lies within.
fn is_joint_sum(network: &Network, sum: GroupId, filled: &mut FilledLeaves<'_>) -> bool {
    let mut open = vec![sum];
    let mut leaves = Vec::new();
    while let Some(group) = open.pop() {
        leaves.extend(leaves_of(network, group));
        for &part in network.parts(group) {
            // What is no `up_to` counts as a whole, whatever else its awards fill.
            if let Part::Group(inner) = part
                && network.is_up_to(inner)
            {
                if network.extras(inner).span.is_some() {
                    return true;
                }
                open.push(inner);
            }
        }
    }
    filled.compete(network, &leaves)
}

/// What fills the leaves that are looked at together. A mark of an earlier round is none, so that nothing is cleared.
struct FilledLeaves<'n> {
    names: &'n Names,
    round: u32,
    units: IdVec<UnitId, u32>,
    classes: IdVec<ClassId, u32>,
    /// Names that may still be looked at.
    looks: usize,
}

impl<'n> FilledLeaves<'n> {
    fn new(names: &'n Names) -> Self {
        let (units, classes) = (IdVec::filled(0, names.len()), IdVec::filled(0, names.len()));
        Self { names, round: 0, units, classes, looks: MOST_LOOKS }
    }

    /// Whether two leaves are of one unit.
    fn repeat_a_unit(&mut self, network: &Network, leaves: &[LeafId]) -> bool {
        self.round += 1;
        leaves.iter().any(|&leaf| {
            let unit = self.names.unit(network.leaf(leaf).credential);
            std::mem::replace(&mut self.units[unit], self.round) == self.round
        })
    }

    /// Whether an award could fill two of the leaves, or several awards that are one unit a repeatable one. Once there
    /// are no more looks, leaves count as competing: that is only slower, never wrong.
    fn compete(&mut self, network: &Network, leaves: &[LeafId]) -> bool {
        if self.repeat_a_unit(network, leaves) {
            return true;
        }
        leaves.iter().any(|&leaf| {
            let credential = network.leaf(leaf).credential;
            let class = self.names.class(credential);
            let is_alone = self.names.down(class).is_empty();
            if self.looks == 0 && !is_alone {
                return true;
            }
            let reaching = if is_alone { vec![class] } else { Names::closure(class, |class| self.names.down(class)) };
            self.looks = self.looks.saturating_sub(reaching.len());
            self.names.repeatable(credential) && (!is_alone || self.names.is_mixed(class))
                || reaching
                    .into_iter()
                    .any(|class| std::mem::replace(&mut self.classes[class], self.round) == self.round)
        })
    }
}

/// Finds the members of joint sums for which an equivalent one counts.
pub(crate) fn shadow_members(network: &mut Network, names: &Names) {
    let mut first: BTreeMap<(GroupId, UnitId, ConditionsId), LeafId> = BTreeMap::new();
    let mut shadowed = BTreeSet::new();
    for (number, leaf) in network.leaves.entries() {
        let Above::Group(group) = network.above(number) else { continue };
        // Where a mean is asked for, what adds less may serve better.
        if network.averaged_around(number).is_some() {
            continue;
        }
        if network.group(group).region == RegionId::PLAIN || network.group(group).measure == Measure::Count {
            continue;
        }
        let best = first.entry((group, names.unit(leaf.credential), leaf.conditions)).or_insert(number);
        if *best != number {
            let order = |leaf: LeafId| (Reverse(network.leaf(leaf).weight), network.leaf(leaf).credential, leaf);
            let (better, worse) = if order(number) < order(*best) { (number, *best) } else { (*best, number) };
            *best = better;
            shadowed.insert(worse);
        }
    }
    network.shadowed = shadowed;
}
