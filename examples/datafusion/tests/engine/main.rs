//! The engine's answers beside the library's, on one machine and on a cluster.

mod answers;
mod cluster;
mod refusals;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use credpath::{Catalog, CohortOptions, Date};
use credpath_datafusion::whole::Whole;
use credpath_datafusion::{AwardTable, Question, made_up};
use datafusion::arrow::array::{AsArray, RecordBatch, types};
use datafusion::prelude::{SessionConfig, SessionContext};
use tempfile::TempDir;

pub(crate) const AS_OF: &str = "2026-11-30";

/// Made-up learners, and a question about them.
pub(crate) struct Cohort {
    folder: TempDir,
    pub(crate) table: AwardTable,
    pub(crate) question: Arc<Question>,
}

impl Cohort {
    pub(crate) fn new(catalog: &str, learners: u64, files: usize, options: &CohortOptions) -> Self {
        let folder = TempDir::new().unwrap();
        let catalog = catalog_of(catalog);
        made_up::write(folder.path(), &catalog, learners, files).unwrap();
        let table = AwardTable::open(folder.path()).unwrap();
        let question = Question::new(catalog, date(AS_OF), options.clone(), table.dictionary().clone());
        Self { folder, table, question: Arc::new(question.unwrap()) }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the library says of everybody at once.
    pub(crate) fn report(&self) -> String {
        serde_json::to_string(&Whole::read(self.folder()).unwrap().report(&self.question).unwrap()).unwrap()
    }

    /// The statuses that the library finds, by key.
    pub(crate) fn statuses(&self) -> Vec<(u64, Vec<u8>)> {
        let whole = Whole::read(self.folder()).unwrap();
        let columns = whole.columns();
        self.question.ask(|cohort, dictionary| {
            let asked = cohort.credentials().len();
            let mut codes = vec![0; columns.learners() * asked];
            cohort.fill_columns(dictionary, &columns, &mut codes).unwrap();
            columns.learner.iter().copied().zip(codes.chunks(asked).map(<[u8]>::to_vec)).collect()
        })
    }

    pub(crate) async fn session(&self, config: SessionConfig) -> SessionContext {
        let session = SessionContext::new_with_config(config);
        self.table.register(&session, &self.question).await.unwrap();
        session
    }
}

pub(crate) fn catalog_of(name: &str) -> Catalog {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../catalogs").join(name);
    Catalog::parse(name, &std::fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn date(text: &str) -> Date {
    text.parse().unwrap()
}

/// Everything that a report may tell, with lists.
pub(crate) fn all(catalog: &str) -> CohortOptions {
    let catalog = catalog_of(catalog);
    let mut options = CohortOptions::default().one_award_away(true).lapses(date(AS_OF)..=date("2027-05-31"));
    let tags = catalog.credentials().flat_map(|(_, described)| described.tags.clone());
    options.tags = tags.collect();
    options.holders(catalog.credentials().map(|(id, _)| id).step_by(2))
}

/// The one text of an answer.
pub(crate) async fn text(session: &SessionContext, query: &str) -> String {
    let rows = session.sql(query).await.unwrap().collect().await.unwrap();
    let rows: Vec<&RecordBatch> = rows.iter().filter(|rows| rows.num_rows() > 0).collect();
    assert_eq!((rows.len(), rows[0].num_rows()), (1, 1));
    rows[0].column(0).as_string::<i32>().value(0).to_owned()
}

/// Statuses by key, in order.
pub(crate) async fn statuses(session: &SessionContext, query: &str) -> Vec<(u64, Vec<u8>)> {
    let rows = session.sql(query).await.unwrap().collect().await.unwrap();
    let mut found = Vec::new();
    for rows in rows {
        let keys = rows.column(0).as_primitive::<types::UInt64Type>();
        let lists = rows.column(1).as_list::<i32>();
        for (&key, list) in keys.values().iter().zip(lists.iter()) {
            found.push((key, list.unwrap().as_primitive::<types::UInt8Type>().values().to_vec()));
        }
    }
    found.sort_unstable();
    found
}

/// What is wrong with a query, in words.
pub(crate) async fn refused(session: &SessionContext, query: &str) -> String {
    match session.sql(query).await {
        Err(error) => error.to_string(),
        Ok(rows) => rows.collect().await.unwrap_err().to_string(),
    }
}
