//! Joint regions: the groups that have to be judged as a whole, and members of theirs for which another one counts.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::names::Names;
use crate::catalog::network::{Above, Measure, Network, Part};
use crate::value::ids::{ClassId, ConditionsId, GroupId, LeafId, RegionId, UnitId};

/// Finds the groups that have to be judged as a whole: those with a `span`, those whose parts must be met by different
/// awards, and sums in which an award could fill two places.
pub(crate) fn mark_regions(network: &mut Network, names: &Names) {
    let mut looks = 20_000_000;
    for group in network.groups.ids() {
        if network.group(group).region != RegionId::PLAIN {
            continue;
        }
        let outermost_sum = matches!(network.group(group).measure, Measure::Sum(_));
        if network.ties_parts(group) || outermost_sum && is_joint_sum(network, names, group, &mut looks) {
            network.add_region(group);
        }
    }
}

/// Whether the parts of a sum depend on each other: an award could fill two of its places, several awards that are one
/// unit could fill a repeatable one, or a span lies within. Once there are no more `looks` at names, a sum counts as
/// joint: that is only slower, never wrong.
fn is_joint_sum(network: &Network, names: &Names, sum: GroupId, looks: &mut usize) -> bool {
    let mut open = vec![sum];
    let mut filled_by: BTreeMap<ClassId, LeafId> = BTreeMap::new();
    let mut units = BTreeSet::new();
    while let Some(group) = open.pop() {
        for &part in network.parts(group) {
            let leaf = match part {
                Part::Group(part) if network.extras(part).span.is_some() => return true,
                Part::Group(part) => {
                    open.push(part);
                    continue;
                }
                Part::Leaf(leaf) => leaf,
            };
            let credential = network.leaf(leaf).credential;
            if !units.insert(names.unit(credential)) {
                return true;
            }
            let class = names.class(credential);
            if *looks == 0 && !names.down(class).is_empty() {
                return true;
            }
            let reaching = Names::closure(class, |class| names.down(class));
            *looks = looks.saturating_sub(reaching.len());
            if names.repeatable(credential) && (reaching.len() > 1 || names.is_mixed(class)) {
                return true;
            }
            if reaching.into_iter().any(|class| filled_by.insert(class, leaf).is_some()) {
                return true;
            }
        }
    }
    false
}

/// Finds the members of joint sums for which an equivalent one counts.
pub(crate) fn shadow_members(network: &mut Network, names: &Names) {
    let mut first: BTreeMap<(GroupId, UnitId, ConditionsId), LeafId> = BTreeMap::new();
    let mut shadowed = BTreeSet::new();
    for (number, leaf) in network.leaves.entries() {
        let Above::Group(group) = network.above(number) else { continue };
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
