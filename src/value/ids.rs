//! Numbers that name things, and lists indexed by them.

/// Counts of nodes and bytes are bounded by `Limits`, far below four billion; whatever is not saturates instead of wrapping.
pub(crate) fn to_u32(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
