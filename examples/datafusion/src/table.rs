//! Awards of everybody in Parquet: one row for each, with the dictionary of the places in every file.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use datafusion::common::DataFusionError;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions};
use datafusion::parquet::basic::Encoding;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::parquet::schema::types::ColumnPath;
use datafusion::prelude::{ParquetReadOptions, SessionContext};

use crate::question::{Dictionary, Question};
use crate::report::Report;
use crate::statuses::Statuses;

/// Where the dictionary stands in the metadata of a file.
const DICTIONARY: &str = "credpath.dictionary";

/// What is wrong with tables of awards.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// A file or a folder cannot be read or written.
    #[error("{}: {error}", path.display())]
    File {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file is no Parquet, or cannot be written as such.
    #[error("{}: {error}", path.display())]
    Parquet {
        /// Which one.
        path: PathBuf,
        /// Why.
        error: ParquetError,
    },
    /// A folder has no table in it.
    #[error("{} has no Parquet files; `write` makes some", path.display())]
    Empty {
        /// Which one.
        path: PathBuf,
    },
    /// A file has no dictionary, or none that can be read.
    #[error("{} has no `credpath.dictionary` that can be read in its metadata: {told}", path.display())]
    NoDictionary {
        /// Which one.
        path: PathBuf,
        /// Why not.
        told: String,
    },
    /// The places of two files, or of a table and a question, are in different dictionaries.
    #[error("{} has another dictionary than {other}; places in the one mean nothing in the other", path.display())]
    OtherDictionary {
        /// The file or folder.
        path: PathBuf,
        /// What it was compared with.
        other: String,
    },
    /// The engine does not take the table.
    #[error(transparent)]
    Engine(#[from] DataFusionError),
}

/// The columns of awards in a table; the first is the key of the learner.
#[must_use]
pub fn award_fields() -> Vec<Field> {
    vec![
        Field::new("learner", DataType::UInt64, false),
        Field::new("credential", DataType::Int32, false),
        Field::new("awarded", DataType::Date32, true),
        Field::new("valid_until", DataType::Date32, true),
        Field::new("status", DataType::UInt8, true),
        Field::new("grade", DataType::Int32, true),
        Field::new("issuer", DataType::Int32, true),
    ]
}

/// The columns of the table of all learners, those without awards among them.
#[must_use]
pub fn learner_fields() -> Vec<Field> {
    vec![Field::new("learner", DataType::UInt64, false)]
}

/// A file of a table while it is written.
#[derive(Debug)]
pub struct PartWriter {
    path: PathBuf,
    writer: ArrowWriter<File>,
    schema: SchemaRef,
}

impl PartWriter {
    /// Begins a file `part-NUMBER.parquet` of a table in a folder.
    ///
    /// # Errors
    /// What the file system or the writer say.
    pub fn new(
        folder: &Path,
        table: &str,
        number: usize,
        fields: Vec<Field>,
        dictionary: &Dictionary,
    ) -> Result<Self, TableError> {
        let folder = folder.join(table);
        fs::create_dir_all(&folder).map_err(|error| TableError::File { path: folder.clone(), error })?;
        let path = folder.join(format!("part-{number:04}.parquet"));
        let file = File::create(&path).map_err(|error| TableError::File { path: path.clone(), error })?;
        let told = |error: serde_json::Error| TableError::NoDictionary { path: path.clone(), told: error.to_string() };
        let dictionary = serde_json::to_string(dictionary).map_err(told)?;
        let schema = Schema::new_with_metadata(fields, HashMap::from([(DICTIONARY.to_owned(), dictionary)]));
        let schema = Arc::new(schema);
        // Keys ascend, so what is written of each is how far it is from the one before.
        let learner = ColumnPath::from("learner");
        let properties = WriterProperties::builder()
            .set_column_dictionary_enabled(learner.clone(), false)
            .set_column_encoding(learner, Encoding::DELTA_BINARY_PACKED)
            .build();
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties));
        let writer = writer.map_err(|error| TableError::Parquet { path: path.clone(), error })?;
        Ok(Self { path, writer, schema })
    }

    /// The columns, and the dictionary with them.
    #[must_use]
    pub fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// Writes rows.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&mut self, rows: &RecordBatch) -> Result<(), TableError> {
        self.writer.write(rows).map_err(|error| TableError::Parquet { path: self.path.clone(), error })
    }

    /// Ends the file, and says how many bytes it has.
    ///
    /// # Errors
    /// What the writer says.
    pub fn finish(self) -> Result<u64, TableError> {
        let Self { path, writer, .. } = self;
        writer.close().map_err(|error| TableError::Parquet { path: path.clone(), error })?;
        fs::metadata(&path).map(|told| told.len()).map_err(|error| TableError::File { path, error })
    }
}

/// A folder with the tables `awards` and `learners`.
#[derive(Debug)]
pub struct AwardTable {
    folder: PathBuf,
    dictionary: Dictionary,
}

impl AwardTable {
    /// Looks at the files in a folder: each has to have the same dictionary.
    ///
    /// # Errors
    /// Which file has none, or another one.
    pub fn open(folder: &Path) -> Result<Self, TableError> {
        let awards = folder.join("awards");
        let mut dictionary: Option<(PathBuf, Dictionary)> = None;
        for path in parts(&awards)?.into_iter().chain(parts(&folder.join("learners"))?) {
            let found = dictionary_of(&path)?;
            match &dictionary {
                None => dictionary = Some((path, found)),
                Some((_, known)) if *known == found => {}
                Some((first, _)) => {
                    return Err(TableError::OtherDictionary { path, other: first.display().to_string() });
                }
            }
        }
        let (_, dictionary) = dictionary.ok_or(TableError::Empty { path: awards })?;
        Ok(Self { folder: folder.to_owned(), dictionary })
    }

    /// The texts that its places refer to.
    #[must_use]
    pub fn dictionary(&self) -> &Dictionary {
        &self.dictionary
    }

    /// Makes its tables known to a session, with the functions that answer a question.
    ///
    /// # Errors
    /// [`TableError::OtherDictionary`], if the question has another one.
    pub async fn register(&self, session: &SessionContext, question: &Arc<Question>) -> Result<(), TableError> {
        if *question.dictionary() != self.dictionary {
            return Err(TableError::OtherDictionary { path: self.folder.clone(), other: "the question".to_owned() });
        }
        for table in ["awards", "learners"] {
            let path = self.folder.join(table);
            session.register_parquet(table, path.to_string_lossy(), ParquetReadOptions::default()).await?;
        }
        register_functions(session, question);
        Ok(())
    }
}

/// Makes the functions that answer a question known to a session.
pub fn register_functions(session: &SessionContext, question: &Arc<Question>) {
    session.register_udf(ScalarUDF::from(Statuses::new(Arc::clone(question))));
    session.register_udaf(AggregateUDF::from(Report::new(Arc::clone(question))));
}

/// The Parquet files in a folder, in the order of their names.
pub(crate) fn parts(folder: &Path) -> Result<Vec<PathBuf>, TableError> {
    let failed = |error| TableError::File { path: folder.to_owned(), error };
    let entries = fs::read_dir(folder).map_err(failed)?;
    let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>().map_err(failed)?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "parquet"));
    paths.sort_unstable();
    Ok(paths)
}

/// Removes the files of a table, if there are any: what is left of a table with more files would be part of a new one.
///
/// # Errors
/// What the file system says.
pub(crate) fn remove_parts(folder: &Path) -> Result<(), TableError> {
    if !folder.is_dir() {
        return Ok(());
    }
    for path in parts(folder)? {
        fs::remove_file(&path).map_err(|error| TableError::File { path: path.clone(), error })?;
    }
    Ok(())
}

fn dictionary_of(path: &Path) -> Result<Dictionary, TableError> {
    let file = File::open(path).map_err(|error| TableError::File { path: path.to_owned(), error })?;
    let told = ArrowReaderMetadata::load(&file, ArrowReaderOptions::default());
    let told = told.map_err(|error| TableError::Parquet { path: path.to_owned(), error })?;
    let none = |told: String| TableError::NoDictionary { path: path.to_owned(), told };
    let text = told.schema().metadata().get(DICTIONARY).ok_or_else(|| none("there is none".to_owned()))?;
    serde_json::from_str(text).map_err(|error| none(error.to_string()))
}

/// Everybody with a list of their awards: those without awards as well.
pub const LEARNERS_WITH_AWARDS: &str = "\
    SELECT learner, array_agg(award) FILTER (WHERE award IS NOT NULL) AS awards FROM (\
        SELECT learner, named_struct('credential', credential, 'awarded', awarded, 'valid_until', valid_until, \
            'status', status, 'grade', grade, 'issuer', issuer) AS award FROM awards \
        UNION ALL SELECT learner, NULL FROM learners\
    ) GROUP BY learner";

/// The query for the report on everybody.
#[must_use]
pub fn report_query() -> String {
    format!("SELECT {}(learner, awards) AS report FROM ({LEARNERS_WITH_AWARDS})", Report::NAME)
}

/// The query for the statuses of everybody.
#[must_use]
pub fn statuses_query() -> String {
    format!("SELECT learner, {}(awards) AS statuses FROM ({LEARNERS_WITH_AWARDS})", Statuses::NAME)
}
