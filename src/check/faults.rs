//! The credentials that cannot be earned, by what is to blame.

use std::collections::BTreeSet;

use crate::value::ids::CredentialId;

/// Credentials that cannot be earned, exclusions aside.
pub(crate) struct Faults {
    /// Those of which it is told why: because of their own rules, or in a circle.
    pub(crate) told: BTreeSet<CredentialId>,
    /// Those that are not offered, which is told as well.
    pub(crate) closed: BTreeSet<CredentialId>,
    /// The others: what they need cannot be earned.
    pub(crate) left: Vec<CredentialId>,
}

/// Credentials that cannot be earned for what others need or exclude.
pub(crate) struct RuledOut {
    /// Those that are to blame for nothing.
    pub(crate) left: Vec<CredentialId>,
    /// Those of which it is told why.
    pub(crate) told: BTreeSet<CredentialId>,
}
