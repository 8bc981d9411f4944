//! The database: catalogs, records and plans, each by its rows.

use std::path::Path;

use credpath::{Catalog, CatalogDocument, Fingerprint, LearnerRecord, PlanOutcome};
use rusqlite::{Connection, Result, TransactionBehavior};

use crate::catalog_rows;
use crate::learner_rows;
use crate::learner_rows::KeptPlan;

/// A database with what the service knows. What is read by several queries is read in one transaction, as other
/// programs may write to it.
#[derive(Debug)]
pub struct Store(Connection);

impl Store {
    /// Opens a database, and makes its tables if it is new.
    ///
    /// # Errors
    /// If it cannot be opened, or is none.
    pub fn open(path: &Path) -> Result<Self> {
        Self::with_tables(Connection::open(path)?)
    }

    /// One that lasts as long as the process.
    ///
    /// # Errors
    /// If there is no memory for it.
    pub fn in_memory() -> Result<Self> {
        Self::with_tables(Connection::open_in_memory()?)
    }

    fn with_tables(database: Connection) -> Result<Self> {
        database.pragma_update(None, "journal_mode", "WAL")?;
        database.pragma_update(None, "foreign_keys", true)?;
        database.execute_batch(include_str!("schema.sql"))?;
        Ok(Self(database))
    }

    /// The catalog in force, as its rows say it; an empty one if nobody has given any.
    pub(crate) fn document(&self) -> Result<CatalogDocument> {
        let read = self.0.unchecked_transaction()?;
        let version = catalog_rows::version_in_force(&read)?;
        version.map_or_else(|| Ok(CatalogDocument::default()), |version| catalog_rows::read(&read, version))
    }

    /// The catalog with this fingerprint, if it is kept.
    pub(crate) fn earlier(&self, fingerprint: Fingerprint) -> Result<Option<CatalogDocument>> {
        let read = self.0.unchecked_transaction()?;
        let version = catalog_rows::version_of(&read, fingerprint)?;
        version.map(|version| catalog_rows::read(&read, version)).transpose()
    }

    /// Puts a catalog in force: all its rows, or none.
    pub(crate) fn put_in_force(&mut self, document: &CatalogDocument, catalog: &Catalog) -> Result<()> {
        let change = self.0.transaction()?;
        catalog_rows::write(&change, document, catalog.fingerprint())?;
        change.commit()
    }

    /// Notes which catalog the rows in force are, after they were changed by another program; false if they were
    /// changed again since they were read as this document.
    pub(crate) fn note(&mut self, read: &CatalogDocument, catalog: &Catalog) -> Result<bool> {
        let change = self.0.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(version) = catalog_rows::version_in_force(&change)? else {
            return Ok(*read == CatalogDocument::default());
        };
        if catalog_rows::read(&change, version)? != *read {
            return Ok(false);
        }
        catalog_rows::set_fingerprint(&change, version, catalog.fingerprint())?;
        change.commit().map(|()| true)
    }

    pub(crate) fn record(&self, learner: &str) -> Result<Option<LearnerRecord>> {
        learner_rows::read(&*self.0.unchecked_transaction()?, learner)
    }

    pub(crate) fn put_record(&mut self, learner: &str, record: &LearnerRecord) -> Result<()> {
        let change = self.0.transaction()?;
        learner_rows::write(&change, learner, record)?;
        change.commit()
    }

    pub(crate) fn learners(&self) -> Result<Vec<String>> {
        learner_rows::all(&self.0)
    }

    pub(crate) fn keep_plan(&self, learner: &str, outcome: &PlanOutcome) -> Result<i64> {
        learner_rows::keep_plan(&self.0, learner, outcome)
    }

    pub(crate) fn kept_plan(&self, id: i64) -> Result<Option<KeptPlan>> {
        learner_rows::kept_plan(&self.0, id)
    }
}
