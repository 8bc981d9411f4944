//! Numbers for tests that look random and are the same on every run.

/// xorshift64.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number from the first to the last, both included.
    pub(crate) fn between(&mut self, first: i64, last: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        first + i64::try_from((self.0 >> 20) % u64::try_from(last - first + 1).unwrap()).unwrap()
    }

    /// A number below the end; 0 if that is 0.
    pub(crate) fn below(&mut self, end: u32) -> u32 {
        u32::try_from(self.between(0, i64::from(end.max(1)) - 1)).unwrap()
    }
}
