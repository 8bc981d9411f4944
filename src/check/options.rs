//! The options of a check.

use serde::{Deserialize, Serialize};

use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::meter::Watcher;
use crate::value::setters::setters;

/// The options of [`Catalog::check`](crate::Catalog::check): what to look for, and how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CheckOptions {
    /// The date on which new learners begin. Without one, a credential counts as offered if it is offered on any day,
    /// and what is closed or not open yet is not reported.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// Targets that no choice should close for good; those credentials are looked at for dead ends. If the catalog does
    /// not [know](crate::Catalog::knows) one of them, that is told as [undecided](crate::Diagnostics::undecided).
    pub targets: Vec<CredentialId>,
    /// Whether to look for options that are never the cheapest, which takes a plan for each.
    pub prices: bool,
    /// The work that may be done, in search steps: 50 million by default. What is not settled then is told as
    /// undecided.
    pub work: u64,
    /// Who is shown how far the check has come, and may stop it: nobody. What is not settled then is told as undecided.
    #[serde(skip)]
    pub watcher: Option<Watcher>,
    /// The number of findings that are listed one by one: 1,000 by default.
    pub findings: usize,
}

setters! { CheckOptions {
    /// The date on which new learners begin.
    as_of: some => Date,
    /// Targets that no choice should close for good.
    targets: list => CredentialId,
    /// Whether to look for options that are never the cheapest.
    prices: value => bool,
    /// The work that may be done, in search steps.
    work: value => u64,
    /// Who is shown how far the check has come, and may stop it.
    watcher: some => Watcher,
    /// The number of findings that are listed one by one.
    findings: value => usize,
} }

impl Default for CheckOptions {
    fn default() -> Self {
        Self { as_of: None, targets: Vec::new(), prices: false, work: 50_000_000, watcher: None, findings: 1_000 }
    }
}
