//! Lists of lists in two vectors (compressed sparse rows).

/// Lists end to end.
#[derive(Debug, Clone, Default)]
pub(crate) struct Csr<T = u32> {
    starts: Vec<u32>,
    items: Vec<T>,
}

impl<T: Copy + Default> Csr<T> {
    /// Groups `(list, item)` pairs by list; each list keeps the order of its pairs.
    pub(crate) fn new(lists: usize, pairs: &[(u32, T)]) -> Self {
        let mut starts = vec![0_u32; lists + 1];
        for &(list, _) in pairs {
            starts[list as usize + 1] += 1;
        }
        for list in 0..lists {
            starts[list + 1] += starts[list];
        }
        let mut next = starts.clone();
        let mut items = vec![T::default(); pairs.len()];
        for &(list, item) in pairs {
            items[next[list as usize] as usize] = item;
            next[list as usize] += 1;
        }
        Self { starts, items }
    }

    pub(crate) fn list(&self, list: u32) -> &[T] {
        let list = list as usize;
        &self.items[self.starts[list] as usize..self.starts[list + 1] as usize]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}
