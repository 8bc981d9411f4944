//! A batch in the hands of the caller.

use std::borrow::Borrow;
use std::fmt;

use crate::evaluate::evaluation::Status;
use crate::record::record::LearnerRecord;
use crate::value::ids::CredentialId;

use crate::cohort::batch::{Batch, Columns, STATUSES, batch};
use crate::cohort::cohort::{Cohort, count};
use crate::cohort::columns::{AwardColumns, AwardDictionary};
use crate::cohort::learner::TakenIn;
use crate::cohort::report::StatusCounts;
use crate::cohort::sound::InvalidColumns;

/// Some learners at once, in room that is used again and again: for callers who take a stream of records apart
/// themselves.
///
/// ```
/// use credpath::{Catalog, CohortOptions, LearnerRecord, Status};
///
/// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }")?;
/// let b = catalog.credential("b").expect("defined above");
/// let cohort = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default());
/// let records = [LearnerRecord::default(), LearnerRecord::from_iter(["a"])];
/// let mut batch = cohort.batch(&records);
/// batch.evaluate();
/// assert_eq!(batch.status(1, b), Some(Status::Qualified));
/// assert_eq!(batch.counts()[b.index()].of(Status::Locked), 1);
///
/// batch.read(&records[1..]);
/// batch.evaluate();
/// assert_eq!((batch.len(), batch.status(0, b)), (1, Some(Status::Qualified)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct CohortBatch<'q, 'c, 'r> {
    cohort: &'q Cohort<'c>,
    learners: Vec<TakenIn<'r>>,
    batch: Box<dyn Batch>,
    columns: Columns,
}

impl<'c> Cohort<'c> {
    /// Room for a batch of learners, with the first of these records in it; [`CohortBatch::len`] says how many found
    /// room.
    pub fn batch<'q, 'r, R: Borrow<LearnerRecord>>(&'q self, records: &'r [R]) -> CohortBatch<'q, 'c, 'r> {
        let batch = batch(&self.question, records.len());
        let mut batch = CohortBatch { cohort: self, learners: Vec::new(), batch, columns: Columns::default() };
        batch.read(records);
        batch
    }
}

impl<'r> CohortBatch<'_, '_, 'r> {
    /// Takes in records, as many as there is room for, in place of those before. Nothing is known of them before they
    /// are [evaluated](Self::evaluate).
    pub fn read<R: Borrow<LearnerRecord>>(&mut self, records: &'r [R]) {
        self.learners.clear();
        let taken = records.iter().take(self.batch.capacity()).map(|record| TakenIn::Record(record.borrow()));
        self.learners.extend(taken);
        self.batch.read(&self.cohort.question, &self.learners);
    }

    /// Takes in learners in columns, as many as there is room for, in place of those before;
    /// [`read`](Self::read) takes in the same learners as records.
    ///
    /// ```
    /// use credpath::{AwardColumns, Catalog, CohortOptions, LearnerRecord, Status};
    ///
    /// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }")?;
    /// let b = catalog.credential("b").expect("defined above");
    /// let cohort = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default());
    /// let dictionary = cohort.dictionary(&["a"]);
    /// let columns = AwardColumns { offsets: &[0, 1], credential: &[0], ..AwardColumns::default() };
    /// let mut batch = cohort.batch::<LearnerRecord>(&[]);
    /// batch.read_columns(&dictionary, &columns)?;
    /// batch.evaluate();
    /// assert_eq!(batch.status(0, b), Some(Status::Qualified));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidColumns`] says what cannot be read; then those before stay.
    pub fn read_columns(
        &mut self,
        dictionary: &'r AwardDictionary<'r>,
        columns: &'r AwardColumns<'r>,
    ) -> Result<(), InvalidColumns> {
        let sound = self.cohort.sound(dictionary, columns)?;
        self.learners.clear();
        self.learners.extend(sound.learners().take(self.batch.capacity()).map(TakenIn::Columns));
        self.batch.read(&self.cohort.question, &self.learners);
        Ok(())
    }

    /// Judges everybody.
    pub fn evaluate(&mut self) {
        self.batch.evaluate(&self.cohort.question, &self.learners);
    }

    /// The number of learners.
    #[must_use]
    pub fn len(&self) -> usize {
        self.learners.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.learners.is_empty()
    }

    /// The number of them who were judged one by one as a whole.
    #[must_use]
    pub fn judged_alone(&self) -> usize {
        self.batch.learners().1
    }

    /// The status of a credential for a learner, by their place in the batch; `None` if there is no such learner, or
    /// the credential was not asked about.
    pub fn status(&mut self, learner: usize, id: CredentialId) -> Option<Status> {
        let place = self.cohort.question.place(id).filter(|_| learner < self.len())?;
        self.batch.columns(&self.cohort.question, place, &mut self.columns);
        let has = |column: &Vec<u64>| column[learner / 64] >> (learner % 64) & 1 == 1;
        let status = self.columns.statuses.iter().position(has)?;
        Some(STATUSES[status])
    }

    /// The number of learners with each status, for every credential asked about in the order of
    /// [`Cohort::credentials`].
    pub fn counts(&mut self) -> Vec<StatusCounts> {
        let mut of = |place| {
            self.batch.columns(&self.cohort.question, place, &mut self.columns);
            StatusCounts::new(std::array::from_fn(|status| count(&self.columns.statuses[status])))
        };
        self.cohort.question.asked.ids().map(&mut of).collect()
    }
}

impl fmt::Debug for CohortBatch<'_, '_, '_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CohortBatch").field("learners", &self.len()).finish_non_exhaustive()
    }
}
