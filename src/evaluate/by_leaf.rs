//! Lists of things that belong to leaves.

use crate::value::ids::{Id, LeafId};

/// For each of some leaves a list, all lists end to end. The leaves of one rule have numbers next to each other, so a
/// list is found by its number.
#[derive(Debug, Clone)]
pub(crate) struct ByLeaf<T> {
    /// The first leaf that has a list.
    first: usize,
    /// Where the list of each leaf from the first on ends.
    ends: Vec<usize>,
    items: Vec<T>,
}

impl<T> ByLeaf<T> {
    /// The list of a leaf.
    pub(crate) fn of(&self, leaf: LeafId) -> &[T] {
        let place = leaf.index().wrapping_sub(self.first);
        let Some(&end) = self.ends.get(place) else { return &[] };
        let start = if place == 0 { 0 } else { self.ends[place - 1] };
        &self.items[start..end]
    }

    /// Every leaf that has a list, with it.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (LeafId, &[T])> {
        let leaves = (self.first..).take(self.ends.len()).map(LeafId::at);
        leaves.map(|leaf| (leaf, self.of(leaf))).filter(|(_, list)| !list.is_empty())
    }

    /// The length of all lists together.
    pub(crate) fn len(&self) -> usize {
        self.items.len()
    }
}

impl<T> Default for ByLeaf<T> {
    fn default() -> Self {
        Self { first: 0, ends: Vec::new(), items: Vec::new() }
    }
}

/// Each list keeps the order in which its items come.
impl<T> FromIterator<(LeafId, T)> for ByLeaf<T> {
    fn from_iter<I: IntoIterator<Item = (LeafId, T)>>(pairs: I) -> Self {
        let mut pairs: Vec<(LeafId, T)> = pairs.into_iter().collect();
        if !pairs.is_sorted_by_key(|&(leaf, _)| leaf) {
            pairs.sort_by_key(|&(leaf, _)| leaf);
        }
        let first = pairs.first().map_or(0, |&(leaf, _)| leaf.index());
        let (mut ends, mut items) = (Vec::new(), Vec::with_capacity(pairs.len()));
        for (leaf, item) in pairs {
            // Leaves between have empty lists; the end of a list that goes on is taken back.
            ends.resize(leaf.index() - first, items.len());
            items.push(item);
            ends.push(items.len());
        }
        Self { first, ends, items }
    }
}
