//! A question as rows.

use crate::evaluate::progress::progress::Progress;
use crate::solve::ids::RowId;
use crate::solve::row::Row;
use crate::value::ids::{CredentialId, IdVec};

use crate::plan::model::barriers::barriers;
use crate::plan::model::builder::Builder;
use crate::plan::model::exclusions::Exclusions;
use crate::plan::model::limits::{besides, limits, musts};
use crate::plan::model::statement::{Chosen, Statement};
use crate::plan::question::options::PlanOptions;
use crate::plan::question::question::Question;
use crate::plan::search::oracle::AskedPlans;

/// The rules as rows, and what keeps credentials out of plans: the same for all questions that differ only in their
/// limits.
pub(crate) struct Formulation<'p, 'c> {
    statement: Statement<'p, 'c>,
    exclusions: Exclusions,
}

/// A question in terms of rows.
pub(crate) struct Problem<'s, 'p, 'c> {
    pub(crate) question: Question<'s>,
    pub(crate) statement: &'s Statement<'p, 'c>,
    pub(crate) exclusions: &'s Exclusions,
    /// Rows that are no rules of the catalog.
    pub(crate) limits: Vec<Row>,
}

impl<'p, 'c> Formulation<'p, 'c> {
    /// For a learner who does not hold the target.
    pub(crate) fn new(progress: &'p Progress<'c>, question: &Question<'_>) -> Self {
        Self::stated(progress, question, question.counts())
    }

    /// The same, with variables for how often something is awarded at least.
    pub(crate) fn counted(progress: &'p Progress<'c>, question: &Question<'_>) -> Self {
        Self::stated(progress, question, true)
    }

    fn stated(progress: &'p Progress<'c>, question: &Question<'_>, counts: bool) -> Self {
        let mut statement = Builder::new(progress).build(question.target, counts);
        let credentials: Vec<CredentialId> = statement.steps.iter().map(|step| step.credential).collect();
        let exclusions = Exclusions::among(progress, &credentials);
        for step in statement.steps.iter_mut() {
            step.barriers = barriers(progress.catalog, step.credential, question, &exclusions);
        }
        Self { statement, exclusions }
    }

    /// A question, which differs from the one that this was made for in its limits alone.
    pub(crate) fn problem<'s>(&'s self, question: Question<'s>) -> Problem<'s, 'p, 'c> {
        let limits = limits(&self.statement, question.options, &self.exclusions.pairs);
        Problem { question, statement: &self.statement, exclusions: &self.exclusions, limits }
    }
}

impl Problem<'_, '_, '_> {
    /// The rows of the rules, and of all else.
    pub(crate) fn rows(&self) -> IdVec<RowId, Row> {
        self.statement.rows.iter().map(|stated| &stated.row).chain(&self.limits).cloned().collect()
    }

    /// The plans that are asked for.
    pub(crate) fn asked<'a>(&self) -> AskedPlans<'a> {
        asked(self.statement, self.question.options)
    }

    /// The same, some plans being known.
    pub(crate) fn asked_knowing<'a>(&self, known: Vec<Chosen>) -> AskedPlans<'a> {
        AskedPlans { known, ..self.asked() }
    }
}

/// The plans that the options ask for.
pub(crate) fn asked<'a>(statement: &Statement<'_, '_>, options: &PlanOptions) -> AskedPlans<'a> {
    AskedPlans { musts: musts(statement, options), besides: besides(statement, options), ..AskedPlans::default() }
}
