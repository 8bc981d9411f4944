//! The same answer without an engine: all awards at once, in the library's columns.

use std::fs::File;
use std::path::Path;

use credpath::{AwardColumns, CohortReport};
use datafusion::arrow::array::types::{ArrowPrimitiveType, Date32Type, Int32Type, UInt8Type, UInt64Type};
use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::common::{DataFusionError, exec_datafusion_err};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use crate::question::Question;
use crate::table::{TableError, parts};

/// All awards of a folder.
#[derive(Debug, Default)]
pub struct Whole {
    learner: Vec<u64>,
    offsets: Vec<i32>,
    credential: Vec<i32>,
    awarded: Vec<i32>,
    valid_until: Vec<i32>,
    status: Vec<u8>,
    grade: Vec<i32>,
    issuer: Vec<i32>,
}

impl Whole {
    /// Reads the tables in a folder, whose rows ascend by the keys of the learners.
    ///
    /// # Errors
    /// What cannot be read, or a key that is out of order.
    pub fn read(folder: &Path) -> Result<Self, TableError> {
        let mut whole = Self::default();
        let mut of: Vec<u64> = Vec::new();
        for rows in rows(folder, "awards")? {
            let rows = rows?;
            of.extend(numbers::<UInt64Type>(&rows, "learner", 0)?);
            whole.credential.extend(numbers::<Int32Type>(&rows, "credential", AwardColumns::NONE)?);
            whole.awarded.extend(numbers::<Date32Type>(&rows, "awarded", AwardColumns::NO_DAY)?);
            whole.valid_until.extend(numbers::<Date32Type>(&rows, "valid_until", AwardColumns::NO_DAY)?);
            whole.status.extend(numbers::<UInt8Type>(&rows, "status", 0)?);
            whole.grade.extend(numbers::<Int32Type>(&rows, "grade", AwardColumns::NONE)?);
            whole.issuer.extend(numbers::<Int32Type>(&rows, "issuer", AwardColumns::NONE)?);
        }
        for rows in rows(folder, "learners")? {
            whole.learner.extend(numbers::<UInt64Type>(&rows?, "learner", 0)?);
        }
        if let Some(&[before, after]) = whole.learner.windows(2).find(|two| two[0] >= two[1]) {
            return Err(exec_datafusion_err!(
                "learner {after} stands after {before}; the keys of learners ascend, and each is there once"
            ))?;
        }
        whole.offsets.push(0);
        let mut end = 0;
        for &learner in &whole.learner {
            while of.get(end) == Some(&learner) {
                end += 1;
            }
            let offset = i32::try_from(end).map_err(|_| exec_datafusion_err!("more awards than offsets can count"))?;
            whole.offsets.push(offset);
        }
        match of.get(end) {
            None => Ok(whole),
            Some(learner) => Err(exec_datafusion_err!(
                "award {end} is of learner {learner}, out of order or not among the learners; rows ascend by key"
            ))?,
        }
    }

    /// The library's view of them.
    #[must_use]
    pub fn columns(&self) -> AwardColumns<'_> {
        AwardColumns {
            offsets: &self.offsets,
            credential: &self.credential,
            awarded: &self.awarded,
            valid_until: &self.valid_until,
            status: &self.status,
            grade: &self.grade,
            issuer: &self.issuer,
            learner: &self.learner,
            ..AwardColumns::default()
        }
    }

    /// The library's report on everybody.
    ///
    /// # Errors
    /// What is out of place in the columns.
    pub fn report(&self, question: &Question) -> Result<CohortReport, TableError> {
        let report = question.ask(|cohort, dictionary| cohort.report_columns(dictionary, &self.columns()));
        Ok(report.map_err(|wrong| DataFusionError::External(Box::new(wrong)))?)
    }
}

type Rows = Box<dyn Iterator<Item = Result<RecordBatch, TableError>>>;

fn rows(folder: &Path, table: &str) -> Result<Rows, TableError> {
    let mut all: Rows = Box::new(std::iter::empty());
    for path in parts(&folder.join(table))? {
        let file = File::open(&path).map_err(|error| TableError::File { path: path.clone(), error })?;
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(ParquetRecordBatchReaderBuilder::build);
        let reader = reader.map_err(|error| TableError::Parquet { path, error })?;
        all = Box::new(all.chain(reader.map(|rows| Ok(rows.map_err(DataFusionError::from)?))));
    }
    Ok(all)
}

fn numbers<T: ArrowPrimitiveType>(
    rows: &RecordBatch,
    name: &str,
    none: T::Native,
) -> Result<Vec<T::Native>, DataFusionError> {
    let column = rows.column_by_name(name).and_then(|column| column.as_primitive_opt::<T>());
    let column =
        column.ok_or_else(|| exec_datafusion_err!("`{name}` is not there, or no column of {}", T::DATA_TYPE))?;
    Ok(column.iter().map(|number| number.unwrap_or(none)).collect())
}
