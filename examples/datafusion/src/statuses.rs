//! The statuses of learners as a scalar function.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ListArray, UInt8Array};
use datafusion::arrow::buffer::OffsetBuffer;
use datafusion::arrow::datatypes::{DataType, Field};
use datafusion::common::{Result, exec_err, plan_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility};

use crate::columns::{LearnerLists, check_awards};
use crate::question::Question;

/// `credpath_statuses(awards)`: of a list of awards, the [codes](credpath::Status::code) of the statuses of all
/// credentials asked about, in the order of [`Cohort::credentials`](credpath::Cohort::credentials). No list is nobody's
/// lack of awards: who has none has statuses as well.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Statuses {
    question: Arc<Question>,
    signature: Signature,
}

impl Statuses {
    /// Its name in queries.
    pub const NAME: &str = "credpath_statuses";

    /// The function that answers a question.
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

impl From<Statuses> for Arc<ScalarUDF> {
    fn from(statuses: Statuses) -> Self {
        Self::new(statuses.into())
    }
}

fn entry() -> Arc<Field> {
    Arc::new(Field::new_list_field(DataType::UInt8, false))
}

impl ScalarUDFImpl for Statuses {
    fn name(&self) -> &str {
        Self::NAME
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, found: &[DataType]) -> Result<Vec<DataType>> {
        let [awards] = found else {
            return plan_err!("{} takes one argument, the awards, and not {}", Self::NAME, found.len());
        };
        check_awards(Self::NAME, awards)?;
        Ok(found.to_vec())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::List(entry()))
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let awards = args.args[0].to_array(args.number_rows)?;
        let (learners, lists) = (awards.len(), LearnerLists::read(None, &awards)?);
        let (asked, codes) = self.question.ask(|cohort, dictionary| {
            let asked = cohort.credentials().len();
            if learners.checked_mul(asked).is_none_or(|codes| i32::try_from(codes).is_err()) {
                return exec_err!(
                    "{learners} learners in a batch, {asked} statuses for each: ask for fewer, or set batch_size lower"
                );
            }
            let mut codes = vec![0; learners * asked];
            match cohort.fill_columns(dictionary, &lists.columns(), &mut codes) {
                Ok(_) => Ok((asked, codes)),
                Err(wrong) => exec_err!("{}", lists.told(&wrong)),
            }
        })?;
        let offsets = OffsetBuffer::from_repeated_length(asked, learners);
        let statuses = ListArray::try_new(entry(), offsets, Arc::new(UInt8Array::from(codes)), None)?;
        Ok(ColumnarValue::Array(Arc::new(statuses)))
    }
}
