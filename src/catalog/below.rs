//! What stands below a part of a rule, and what a place adds to.

use crate::catalog::network::{Network, Part};
use crate::value::ids::{GroupId, LeafId};
use crate::value::points::GradePoints;

impl Network {
    /// The group that asks for a mean of what a leaf adds to it, perhaps by way of `up_to` groups.
    pub(crate) fn averaged_around(&self, leaf: LeafId) -> Option<GroupId> {
        let mut above = self.group_above(Part::Leaf(leaf))?;
        while self.is_up_to(above) {
            above = self.group_above(Part::Group(above))?;
        }
        Some(above).filter(|&group| self.is_averaged(group))
    }

    /// Every mean that is asked for.
    pub(crate) fn averages(&self) -> impl Iterator<Item = GradePoints> {
        let groups = self.groups.entries().map(|(group, _)| group);
        groups.filter_map(|group| self.extras(group).average)
    }

    /// Whether a mean is asked of the awards that the group counts.
    pub(crate) fn is_averaged(&self, group: GroupId) -> bool {
        self.extras(group).average.is_some()
    }

    /// All groups at or below a part.
    pub(crate) fn groups_below(&self, part: Part) -> Vec<GroupId> {
        let mut found = Vec::new();
        let mut open = vec![part];
        while let Some(part) = open.pop() {
            if let Part::Group(group) = part {
                found.push(group);
                open.extend(self.parts(group).iter().rev());
            }
        }
        found
    }

    /// A sum, and the `up_to` groups that add to it.
    pub(crate) fn groups_of_sum(&self, sum: GroupId) -> Vec<GroupId> {
        let mut found = vec![sum];
        let mut next = 0;
        while let Some(&group) = found.get(next) {
            let inner = self.parts(group).iter().filter_map(|&part| match part {
                Part::Group(inner) if self.is_up_to(inner) => Some(inner),
                _ => None,
            });
            found.extend(inner);
            next += 1;
        }
        found
    }

    /// All leaves below a part, in the order they are written.
    pub(crate) fn leaves_below(&self, part: Part) -> Vec<LeafId> {
        let mut found = Vec::new();
        let mut open = vec![part];
        while let Some(part) = open.pop() {
            match part {
                Part::Leaf(leaf) => found.push(leaf),
                Part::Group(group) => open.extend(self.parts(group).iter().rev()),
            }
        }
        found
    }
}
