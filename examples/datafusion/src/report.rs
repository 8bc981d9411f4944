//! The report on everybody as an aggregate.

use std::mem::size_of_val;
use std::sync::Arc;

use credpath::{AwardColumns, CohortReport};
use datafusion::arrow::array::{ArrayRef, AsArray};
use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{DataFusionError, Result, ScalarValue, exec_datafusion_err, exec_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{Accumulator, AggregateUDF, AggregateUDFImpl, Signature, Volatility};

use crate::columns::{LearnerLists, check_awards};
use crate::question::Question;

/// `credpath_report(learner, awards)`: the [`CohortReport`] on all learners as JSON, each with a key and a list of
/// awards.
///
/// The state of a part is its report, as JSON. An engine puts parts together in any order, so the lists of the result
/// are put in the order of the keys: what [`report_columns`](credpath::Cohort::report_columns) says of the learners
/// sorted by key, to the byte, as long as no two learners share one.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Report {
    question: Arc<Question>,
    signature: Signature,
}

impl Report {
    /// Its name in queries.
    pub const NAME: &str = "credpath_report";

    /// The aggregate that answers a question.
    #[must_use]
    pub fn new(question: Arc<Question>) -> Self {
        Self { question, signature: Signature::user_defined(Volatility::Immutable) }
    }

    /// What it answers.
    #[must_use]
    pub fn question(&self) -> &Question {
        &self.question
    }
}

impl From<Report> for Arc<AggregateUDF> {
    fn from(report: Report) -> Self {
        Self::new(report.into())
    }
}

impl AggregateUDFImpl for Report {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, found: &[DataType]) -> Result<Vec<DataType>> {
        let [learner, awards] = found else {
            return plan_err!(
                "{} takes the key of the learner and the awards, not {} arguments",
                Self::NAME,
                found.len()
            );
        };
        if !learner.is_integer() {
            return plan_err!("{} takes a whole number as the key of a learner; this is {learner}", Self::NAME);
        }
        check_awards(Self::NAME, awards)?;
        Ok(vec![DataType::UInt64, awards.clone()])
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8)
    }

    fn is_nullable(&self) -> bool {
        false
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        Ok(vec![Arc::new(Field::new(format_state_name(args.name, "report"), DataType::Binary, false))])
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        if args.is_distinct {
            return plan_err!("{} has no DISTINCT: every learner is one", Self::NAME);
        }
        Ok(Box::new(ReportSoFar { question: Arc::clone(&self.question), report: None }))
    }
}

/// The report on the learners of a part.
#[derive(Debug)]
struct ReportSoFar {
    question: Arc<Question>,
    report: Option<CohortReport>,
}

impl ReportSoFar {
    fn take_in(&mut self, later: CohortReport) -> Result<()> {
        match &mut self.report {
            None => self.report = Some(later),
            Some(report) => {
                report.merge(later).map_err(|told| exec_datafusion_err!("two parts make no report: {told}"))?;
            }
        }
        Ok(())
    }

    fn judge(&self, lists: &LearnerLists) -> Result<CohortReport> {
        self.question.ask(|cohort, dictionary| match cohort.report_columns(dictionary, &lists.columns()) {
            Ok(report) => Ok(report),
            Err(wrong) => exec_err!("{}", lists.told(&wrong)),
        })
    }

    /// The report; on nobody, if nobody has come.
    fn taken(&mut self) -> Result<CohortReport> {
        if let Some(report) = self.report.take() {
            return Ok(report);
        }
        let nobody = |cohort: &credpath::Cohort<'_>, dictionary: &credpath::AwardDictionary<'_>| {
            cohort.report_columns(dictionary, &AwardColumns::default())
        };
        self.question.ask(nobody).map_err(|wrong| exec_datafusion_err!("{wrong}"))
    }
}

impl Accumulator for ReportSoFar {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let lists = LearnerLists::read(Some(&values[0]), &values[1])?;
        let report = self.judge(&lists)?;
        self.take_in(report)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        let report = self.taken()?;
        Ok(vec![ScalarValue::Binary(Some(serde_json::to_vec(&report).map_err(external)?))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for part in states[0].as_binary::<i32>().iter().flatten() {
            let part = serde_json::from_slice(part).map_err(external)?;
            self.take_in(part)?;
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        let mut report = self.taken()?;
        sort_lists(&mut report);
        Ok(ScalarValue::Utf8(Some(serde_json::to_string(&report).map_err(external)?)))
    }

    fn size(&self) -> usize {
        let report = self.report.as_ref();
        let listed = report.map_or(0, |report| {
            let lists = report.credentials.iter().map(|of| {
                of.qualified.capacity() + of.one_award_away.capacity() + of.held.as_ref().map_or(0, Vec::capacity)
            });
            let lists = lists.sum::<usize>() * size_of::<u64>();
            let uncounted = report.uncounted.iter().map(|kind| kind.learners.capacity()).sum::<usize>();
            let lists = lists + (uncounted + report.misplaced.capacity()) * size_of::<u64>();
            lists + size_of_val(&*report.credentials) + size_of_val(&*report.lapses)
        });
        size_of_val(self) + listed
    }
}

fn external(error: serde_json::Error) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// Puts lists of learners in the order of their keys; lapses are put in order as reports are merged.
fn sort_lists(report: &mut CohortReport) {
    report.misplaced.sort_unstable();
    report.uncounted.iter_mut().for_each(|awards| awards.learners.sort_unstable());
    for of in &mut report.credentials {
        of.qualified.sort_unstable();
        of.one_award_away.sort_unstable();
        if let Some(held) = &mut of.held {
            held.sort_unstable();
        }
    }
}
