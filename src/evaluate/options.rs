//! Options of an evaluation, and the views that say which awards count.

use serde::{Deserialize, Serialize};

use crate::record::record::{AwardStatus, Verification};
use crate::value::names::named;
use crate::value::setters::setters;

/// Options of an evaluation.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, LearnerRecord};
///
/// let text = "credential.a = {}\ncredential.b = { stack = 'a' }\ncredential.c = { stack = 'b' }";
/// let catalog = Catalog::parse("c", text)?;
/// let record = LearnerRecord::from_iter(["a"]);
/// let issued_only = EvaluateOptions::default().qualification_counts(false);
/// let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?, &issued_only);
/// // `b` is qualified for but was not issued, so it is no component of `c` yet.
/// assert_eq!(evaluation.qualified().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct EvaluateOptions {
    /// Whether a credential that the learner qualifies for counts as a component of others although nobody issued it
    /// ([semantics 4.1](crate::semantics#4.1)): true.
    pub qualification_counts: bool,
    /// Which awards count ([semantics 3.8](crate::semantics#3.8)): [`View::Earned`].
    pub view: View,
    /// Whether only awards count that are [verified](crate::Verification::Verified): false.
    pub verified_only: bool,
    /// Search steps for what has to be judged as a whole; what they do not suffice for is
    /// [`Status::Undecided`](crate::Status::Undecided): 10,000,000, which is about a second.
    pub search_steps: u64,
}

setters! { EvaluateOptions {
    /// Whether what the learner qualifies for counts although nobody issued it.
    qualification_counts: value => bool,
    /// Which awards count.
    view: value => View,
    /// Whether only verified awards count.
    verified_only: value => bool,
    /// The search steps for what has to be judged as a whole.
    search_steps: value => u64,
} }

impl Default for EvaluateOptions {
    fn default() -> Self {
        Self { qualification_counts: true, view: View::Earned, verified_only: false, search_steps: 10_000_000 }
    }
}

/// Which awards a question takes: the caller's choice beside the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Accepted {
    pub(crate) view: View,
    pub(crate) verified_only: bool,
}

impl Accepted {
    /// Whether an award that does not count does so for another reason than that it is not completed.
    pub(crate) fn is_set_aside(self, status: AwardStatus, verification: Verification) -> bool {
        let is_open = match status {
            AwardStatus::InProgress => self.view < View::InProgress,
            AwardStatus::Planned => self.view < View::Planned,
            AwardStatus::Completed | AwardStatus::Revoked => false,
        };
        verification == Verification::Failed || !is_open
    }

    /// Whether an award is genuine enough.
    pub(crate) fn takes(self, verification: Verification) -> bool {
        match verification {
            Verification::Verified => true,
            Verification::Unchecked => !self.verified_only,
            Verification::Failed => false,
        }
    }
}

impl EvaluateOptions {
    pub(crate) fn accepted(&self) -> Accepted {
        Accepted { view: self.view, verified_only: self.verified_only }
    }
}

/// A choice of the awards of a record that count: each view adds to the one before ([semantics
/// 3.8](crate::semantics#3.8)).
///
/// An award that is not completed counts as if it were completed on the as-of date with a sufficient grade.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, LearnerRecord, Status, View};
///
/// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }")?;
/// let record = LearnerRecord::parse("r", "award = [{ credential = 'a', status = 'in-progress' }]")?;
/// let b = catalog.credential("b").expect("defined above");
///
/// let earned = catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
/// assert_eq!((earned.status(b), earned.first_view(b)), (Status::Locked, Some(View::InProgress)));
///
/// let options = EvaluateOptions::default().view(View::InProgress);
/// assert_eq!(catalog.evaluate(&record, "2026-11-22".parse()?, &options).status(b), Status::Qualified);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum View {
    /// Completed awards.
    #[default]
    Earned,
    /// Awards in progress as well.
    InProgress,
    /// And those that are planned.
    Planned,
}

named! {
    View, "view":
    Earned = "earned",
    InProgress = "in-progress",
    Planned = "planned",
}

impl View {
    /// All views, each adding to the one before.
    pub const ALL: [Self; 3] = [Self::Earned, Self::InProgress, Self::Planned];
}
