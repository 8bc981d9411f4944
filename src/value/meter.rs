//! What a question may take, and what is left of it.

/// What the work limit leaves. Work is counted in steps of a fixed meaning and not in time, so that every run comes to
/// the same end.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Meter {
    pub(crate) limit: u64,
    pub(crate) left: u64,
}

impl Meter {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, left: limit }
    }

    /// `None` if so much is not left.
    pub(crate) fn spend(&mut self, work: u64) -> Option<()> {
        self.left = self.left.checked_sub(work)?;
        Some(())
    }

    pub(crate) fn spent(&self) -> u64 {
        self.limit - self.left
    }
}
