//! A question as rows.

use crate::solve::ids::RowId;
use crate::solve::row::Row;
use crate::value::ids::{CredentialId, IdVec};

use crate::plan::model::barriers::barriers;
use crate::plan::model::builder::Builder;
use crate::plan::model::exclusions::Exclusions;
use crate::plan::model::limits::{besides, limits, musts};
use crate::plan::model::policies::PlanPolicies;
use crate::plan::model::statement::{Chosen, Statement};
use crate::plan::question::options::PlanOptions;
use crate::plan::question::question::{Question, Start};
use crate::plan::search::oracle::{AskedPlans, KeptPolicies};

/// The rules as rows, and what keeps credentials out of plans: the same for all questions that differ only in their
/// limits.
pub(crate) struct Formulation<'p, 'c> {
    start: &'p Start<'c>,
    statement: Statement<'p, 'c>,
    exclusions: Exclusions,
    policies: Option<PlanPolicies<'p>>,
}

/// A question in terms of rows.
pub(crate) struct Problem<'s, 'p, 'c> {
    pub(crate) question: Question<'s>,
    pub(crate) start: &'p Start<'c>,
    pub(crate) statement: &'s Statement<'p, 'c>,
    pub(crate) exclusions: &'s Exclusions,
    /// The policies on sharing, if any could be in the way of a plan.
    pub(crate) policies: Option<&'s PlanPolicies<'s>>,
    /// Rows that are no rules of the catalog.
    pub(crate) limits: Vec<Row>,
}

impl<'p, 'c> Formulation<'p, 'c> {
    /// For a learner who does not hold the target.
    pub(crate) fn new(start: &'p Start<'c>, question: &Question<'_>) -> Self {
        Self::stated(start, question, question.counts())
    }

    /// The same, with variables for how often something is awarded at least.
    pub(crate) fn counted(start: &'p Start<'c>, question: &Question<'_>) -> Self {
        Self::stated(start, question, true)
    }

    fn stated(start: &'p Start<'c>, question: &Question<'_>, counts: bool) -> Self {
        let Start { progress, standing, .. } = start;
        let (mut statement, mut exclusions) = rules(Builder::new(progress), question, counts);
        let policies = PlanPolicies::new(progress, standing, question.target, &statement);
        if policies.is_some() {
            (statement, exclusions) = rules(Builder::new(progress).within_policies(), question, counts);
        }
        Self { start, statement, exclusions, policies }
    }

    /// A question, which differs from the one that this was made for in its limits alone.
    pub(crate) fn problem<'s>(&'s self, question: Question<'s>) -> Problem<'s, 'p, 'c> {
        let limits = limits(&self.statement, question.options, &self.exclusions.pairs);
        let policies = self.policies.as_ref();
        let Self { start, statement, exclusions, .. } = self;
        Problem { question, start, statement, exclusions, policies, limits }
    }
}

/// The rules as rows, and what keeps credentials out of plans.
fn rules<'p, 'c>(builder: Builder<'p, 'c>, question: &Question<'_>, counts: bool) -> (Statement<'p, 'c>, Exclusions) {
    let mut statement = builder.build(question.target, counts);
    let progress = statement.progress;
    let credentials: Vec<CredentialId> = statement.steps.iter().map(|step| step.credential).collect();
    let exclusions = Exclusions::among(progress, &credentials);
    for step in statement.steps.iter_mut() {
        step.barriers = barriers(progress.catalog, step.credential, question, &exclusions);
    }
    (statement, exclusions)
}

impl<'s, 'p, 'c> Problem<'s, 'p, 'c> {
    /// The same question with other limits.
    pub(crate) fn within<'o>(&self, options: &'o PlanOptions) -> Problem<'o, 'p, 'c>
    where
        's: 'o,
    {
        let Problem { question, start, statement, exclusions, policies, .. } = *self;
        let limits = limits(statement, options, &exclusions.pairs);
        Problem { question: Question { options, ..question }, start, statement, exclusions, policies, limits }
    }

    /// The rows of the rules, and of all else.
    pub(crate) fn rows(&self) -> IdVec<RowId, Row> {
        self.statement.rows.iter().map(|stated| &stated.row).chain(&self.limits).cloned().collect()
    }

    /// The plans that are asked for.
    pub(crate) fn asked<'a>(&self) -> AskedPlans<'a>
    where
        's: 'a,
    {
        let policies = self.policies.map(KeptPolicies::all);
        let are_all = policies.is_none() && self.limits.is_empty();
        let asked = asked(self.statement, self.question.options);
        AskedPlans { policies, are_all: are_all && asked.musts.is_empty() && asked.besides.is_empty(), ..asked }
    }

    /// The same, some plans being known.
    pub(crate) fn asked_knowing<'a>(&self, known: Vec<Chosen>) -> AskedPlans<'a>
    where
        's: 'a,
    {
        AskedPlans { known, ..self.asked() }
    }
}

/// The plans that the options ask for, the policies on sharing aside.
pub(crate) fn asked<'a>(statement: &Statement<'_, '_>, options: &PlanOptions) -> AskedPlans<'a> {
    AskedPlans { musts: musts(statement, options), besides: besides(statement, options), ..AskedPlans::default() }
}
