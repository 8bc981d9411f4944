//! Lists of lists in two vectors (compressed sparse rows).

use std::marker::PhantomData;

use crate::value::ids::Id;

/// A list for every thing of a kind, all lists end to end.
#[derive(Debug, Clone)]
pub(crate) struct Csr<L, T> {
    starts: Vec<u32>,
    items: Vec<T>,
    kind: PhantomData<fn(L) -> L>,
}

impl<L, T> Default for Csr<L, T> {
    fn default() -> Self {
        Self { starts: Vec::new(), items: Vec::new(), kind: PhantomData }
    }
}

impl<L: Id, T: Copy + Default> Csr<L, T> {
    /// Groups `(list, item)` pairs by list; each list keeps the order of its pairs.
    pub(crate) fn new(lists: usize, pairs: &[(L, T)]) -> Self {
        let mut starts = vec![0_u32; lists + 1];
        for &(list, _) in pairs {
            starts[list.index() + 1] += 1;
        }
        for list in 0..lists {
            starts[list + 1] += starts[list];
        }
        let mut next = starts.clone();
        let mut items = vec![T::default(); pairs.len()];
        for &(list, item) in pairs {
            items[next[list.index()] as usize] = item;
            next[list.index()] += 1;
        }
        Self { starts, items, kind: PhantomData }
    }

    #[inline]
    pub(crate) fn list(&self, list: L) -> &[T] {
        let list = list.index();
        &self.items[self.starts[list] as usize..self.starts[list + 1] as usize]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}
