//! Joint regions that come to the same as adding their parts up.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::catalog::network::{Measure, Part};
use crate::value::ids::{ClassId, GroupId, LeafId, UnitId};

/// Whether a joint region decomposes into its groups.
#[derive(Debug, Default)]
pub(crate) struct Decomposition {
    /// Leaves that can be left out: another one takes whatever they could take, and adds no less.
    pub(crate) spare: BTreeSet<LeafId>,
    /// Whether the region is satisfied exactly if it is when each of its groups is counted by itself.
    pub(crate) exact: bool,
}

impl Decomposition {
    /// Looks at a joint region, or at a plain sum. `looks` bounds the names that are looked at; without any left,
    /// nothing is exact.
    pub(crate) fn of(catalog: &Catalog, top: GroupId, looks: &mut usize) -> Self {
        let network = &catalog.network;
        let mut found = Self { spare: BTreeSet::new(), exact: true };
        let mut open = vec![top];
        while let Some(group) = open.pop() {
            found.exact &= network.extras(group).span.is_none() && !network.is_averaged(group);
            if matches!(network.group(group).measure, Measure::Sum(_)) {
                found.exact &= network.groups_of_sum(group).iter().all(|&inner| network.extras(inner).span.is_none());
                found.exact &= sum(catalog, group, &mut found.spare, looks);
                // What counts there as a whole is looked at by itself.
                open.extend(network.parts(group).iter().filter_map(|part| match *part {
                    Part::Group(inner) if !network.is_up_to(inner) => Some(inner),
                    _ => None,
                }));
                continue;
            }
            if network.parts_differ(group) {
                found.exact &= parts_are_apart(catalog, group, looks);
            }
            open.extend(network.parts(group).iter().filter_map(|part| match part {
                Part::Group(group) => Some(*group),
                Part::Leaf(_) => None,
            }));
        }
        found
    }
}

/// Every class whose awards count as one of the class.
fn reaching(catalog: &Catalog, class: ClassId, looks: &mut usize) -> Option<Vec<ClassId>> {
    let names = &catalog.names;
    if names.down(class).is_empty() {
        return Some(vec![class]);
    }
    if *looks == 0 {
        return None;
    }
    let found = Names::closure(class, |class| names.down(class));
    *looks = looks.saturating_sub(found.len());
    Some(found)
}

/// Whether no award can serve two parts of a group.
fn parts_are_apart(catalog: &Catalog, group: GroupId, looks: &mut usize) -> bool {
    let (network, names) = (&catalog.network, &catalog.names);
    let mut serves: BTreeMap<ClassId, usize> = BTreeMap::new();
    for (part, number) in network.parts(group).iter().zip(0..) {
        for leaf in network.leaves_below(*part) {
            let Some(classes) = reaching(catalog, names.class(network.leaf(leaf).credential), looks) else {
                return false;
            };
            if classes.into_iter().any(|class| *serves.entry(class).or_insert(number) != number) {
                return false;
            }
        }
    }
    true
}

/// Finds the spare leaves of a sum, and whether no award can fill two of the others.
fn sum(catalog: &Catalog, top: GroupId, spare: &mut BTreeSet<LeafId>, looks: &mut usize) -> bool {
    let (network, names) = (&catalog.network, &catalog.names);
    // The leaves, each with the groups around it up to the sum.
    let mut leaves: Vec<(LeafId, Vec<GroupId>)> = Vec::new();
    let mut open = vec![(top, vec![top])];
    while let Some((group, around)) = open.pop() {
        for &part in network.parts(group) {
            match part {
                Part::Group(inner) if !network.is_up_to(inner) => {}
                Part::Group(inner) => open.push((inner, [&around[..], &[inner]].concat())),
                Part::Leaf(leaf) => leaves.push((leaf, around.clone())),
            }
        }
    }
    let mut exact = true;
    let mut by_unit: BTreeMap<UnitId, Vec<(LeafId, Vec<GroupId>)>> = BTreeMap::new();
    for (leaf, around) in leaves {
        by_unit.entry(names.unit(network.leaf(leaf).credential)).or_default().push((leaf, around));
    }
    let mut filled_by = BTreeSet::new();
    for (unit, mut leaves) in by_unit {
        let class = names.class(unit.first_credential());
        let alone =
            !names.repeatable(unit.first_credential()) && names.down(class).is_empty() && !names.is_mixed(class);
        // The best place first: nothing cuts off there that does not cut off elsewhere, and nothing adds more.
        leaves.sort_by_key(|(leaf, around)| (around.len(), std::cmp::Reverse(network.leaf(*leaf).weight), *leaf));
        let (best, around) = &leaves[0];
        let serves = |(leaf, within): &(LeafId, Vec<GroupId>)| {
            let (best, leaf) = (network.leaf(*best), network.leaf(*leaf));
            alone && within.starts_with(around) && leaf.conditions == best.conditions && leaf.weight <= best.weight
        };
        let spared = leaves[1..].iter().filter(|leaf| serves(leaf)).count();
        exact &= spared + 1 == leaves.len();
        if spared + 1 == leaves.len() {
            spare.extend(leaves[1..].iter().map(|(leaf, _)| leaf));
        }
        let Some(classes) = reaching(catalog, class, looks) else { return false };
        if names.repeatable(unit.first_credential()) && (classes.len() > 1 || names.is_mixed(class)) {
            exact = false;
        }
        exact &= classes.into_iter().all(|class| filled_by.insert(class));
    }
    exact
}
