//! Random numbers that are the same everywhere.

/// Splitmix64: a few lines, no dependency, the same sequence everywhere.
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Random {
        Random(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        // The remainder is below `limit`, so both conversions are exact.
        usize::try_from(self.next() % limit as u64).unwrap_or_default()
    }

    /// A number between the two, both included.
    pub(crate) fn between(&mut self, least: u32, most: u32) -> u32 {
        let offset = self.next() % u64::from(most - least + 1);
        least + u32::try_from(offset).unwrap_or_default()
    }

    pub(crate) fn percent(&mut self, chance: u32) -> bool {
        self.between(1, 100) <= chance
    }

    pub(crate) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }

    /// Up to `count` different members of a slice, in its order.
    pub(crate) fn choose(&mut self, from: &[usize], count: u32) -> Vec<usize> {
        let mut places = self.sample(from.len(), count as usize);
        places.sort_unstable();
        places.into_iter().map(|place| from[place]).collect()
    }

    /// Up to `count` different numbers below `limit`, in random order.
    pub(crate) fn sample(&mut self, limit: usize, count: usize) -> Vec<usize> {
        let mut places: Vec<usize> = (0..limit).collect();
        let count = count.min(limit);
        for at in 0..count {
            let other = at + self.below(limit - at);
            places.swap(at, other);
        }
        places.truncate(count);
        places
    }
}
