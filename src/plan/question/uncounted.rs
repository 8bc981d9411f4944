//! Awards of the record that a plan could have been expected to count ([semantics 3.10](crate::semantics#3.10)).

use crate::catalog::catalog::Catalog;
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::uncounted::Uncounted;
use crate::plan::answers::plan::{Plan, PlanOutcome};
use crate::plan::question::options::PlanOptions;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// A learner as plans begin with them, to be asked what of the record does not count.
pub(crate) struct UncountedInPlans<'c>(Option<Evaluation<'c>>);

impl<'c> UncountedInPlans<'c> {
    pub(crate) fn new(catalog: &'c Catalog, record: &'c LearnerRecord, as_of: Date, options: &PlanOptions) -> Self {
        let evaluate = || {
            let (view, verified_only) = (options.view, options.verified_only);
            let options =
                EvaluateOptions { view, verified_only, qualification_counts: false, ..EvaluateOptions::default() };
            catalog.evaluate(record, as_of, &options)
        };
        // A record without awards, which is what most questions about catalogs are asked with, has nothing to tell.
        Self((!record.awards.is_empty()).then(evaluate))
    }

    /// The outcome, with the awards that the target and the steps could have been expected to count.
    pub(crate) fn told(&self, outcome: PlanOutcome) -> PlanOutcome {
        match outcome {
            PlanOutcome::Plan(mut plan) => {
                self.tell(&mut plan);
                PlanOutcome::Plan(plan)
            }
            PlanOutcome::Unattainable(mut none) => {
                none.uncounted = self.of([&*none.target]);
                PlanOutcome::Unattainable(none)
            }
            PlanOutcome::Undecided(mut open) => {
                open.uncounted = self.of([&*open.target]);
                PlanOutcome::Undecided(open)
            }
        }
    }

    /// Adds to a plan the awards that its target and its steps could have been expected to count.
    pub(crate) fn tell(&self, plan: &mut Plan) {
        let steps = plan.steps.iter().map(|step| &*step.credential);
        plan.uncounted = self.of(steps.chain([&*plan.target]));
    }

    fn of<'i>(&self, ids: impl IntoIterator<Item = &'i str>) -> Vec<Uncounted> {
        let Some(evaluation) = &self.0 else { return Vec::new() };
        let credentials: Vec<CredentialId> =
            ids.into_iter().filter_map(|id| evaluation.catalog().credential(id)).collect();
        evaluation.uncounted_for(credentials)
    }
}
