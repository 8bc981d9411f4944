//! A question for a plan, as a value.

use crate::catalog::catalog::Catalog;
use crate::evaluate::options::Accepted;
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::evaluate::standing::Standing;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

use crate::plan::model::replay;
use crate::plan::question::options::PlanOptions;

/// A question for a plan.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'q> {
    pub(crate) target: CredentialId,
    pub(crate) as_of: Date,
    /// The objective, the limits, what must be included and what is set aside, the view of the record, and the work
    /// limit.
    pub(crate) options: &'q PlanOptions,
}

impl Question<'_> {
    /// The learner as plans begin with them.
    pub(crate) fn start<'c>(&self, catalog: &'c Catalog, record: &LearnerRecord) -> Progress<'c> {
        start(catalog, record, self.as_of, self.options.accepted())
    }

    /// True if the target is held already, so that there is nothing to plan.
    pub(crate) fn is_held(&self, progress: &Progress<'_>) -> bool {
        progress.marks(self.target) & HELD != 0
    }

    /// True if it matters how often something is awarded at least.
    pub(crate) fn counts(&self) -> bool {
        !self.options.must_include.is_empty() || !self.options.besides.is_empty()
    }
}

/// A learner as plans begin with them.
pub(crate) fn start<'c>(catalog: &'c Catalog, record: &LearnerRecord, as_of: Date, accepted: Accepted) -> Progress<'c> {
    let standing = Standing::new(catalog, record, as_of, accepted);
    replay::start(catalog, &standing, as_of)
}
