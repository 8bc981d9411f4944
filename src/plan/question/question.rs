//! A question for a plan, as a value.

use crate::catalog::catalog::Catalog;
use std::sync::Arc;

use crate::evaluate::options::Accepted;
use crate::evaluate::own_amounts::OwnAmounts;
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
    pub(crate) fn start<'c>(&self, catalog: &'c Catalog, record: &'c LearnerRecord) -> Start<'c> {
        Starts::new(catalog, record, self.as_of, self.options.accepted()).into_start(self.target)
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

/// A learner as plans begin with them, and the awards that they have.
pub(crate) struct Start<'c> {
    pub(crate) progress: Progress<'c>,
    pub(crate) standing: Standing,
    pub(crate) record: &'c LearnerRecord,
}

impl<'c> Start<'c> {
    fn new(catalog: &'c Catalog, standing: Standing, record: &'c LearnerRecord, as_of: Date) -> Self {
        Self { progress: replay::start(catalog, &standing, as_of), standing, record }
    }
}

/// A learner as plans begin with them: an award that carries an amount of its own is not earned again for the
/// catalog's amount, unless the target needs it ([semantics 7](crate::semantics#7)).
pub(crate) struct Starts<'c> {
    /// New awards carry what the catalog says.
    pub(crate) free: Start<'c>,
    keeping: Option<KeepingAmounts<'c>>,
}

/// A learner of whom new awards carry no more than those that are there.
struct KeepingAmounts<'c> {
    start: Start<'c>,
    /// The same with everything that can be taken.
    everything: Progress<'c>,
}

impl<'c> Starts<'c> {
    pub(crate) fn new(catalog: &'c Catalog, record: &'c LearnerRecord, as_of: Date, accepted: Accepted) -> Self {
        let mut standing = Standing::new(catalog, record, as_of, accepted);
        standing.judge_renewals(catalog, record, as_of, accepted);
        let kept = OwnAmounts::there(catalog, &standing, as_of);
        let keeping = (!kept.is_empty()).then(|| {
            let mut standing = standing.clone();
            standing.kept = Arc::new(kept);
            let everything = replay::everything(catalog, &standing, as_of);
            KeepingAmounts { start: Start::new(catalog, standing, record, as_of), everything }
        });
        let free = Start::new(catalog, standing, record, as_of);
        Self { free, keeping }
    }

    /// The one for plans to a target.
    pub(crate) fn start(&self, target: CredentialId) -> &Start<'c> {
        match &self.keeping {
            Some(keeping) if keeping.everything.marks(target) != 0 => &keeping.start,
            _ => &self.free,
        }
    }

    fn into_start(self, target: CredentialId) -> Start<'c> {
        match self.keeping {
            Some(keeping) if keeping.everything.marks(target) != 0 => keeping.start,
            _ => self.free,
        }
    }
}
