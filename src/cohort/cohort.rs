//! Many learners at once: the same rules and the same answers, for an institution that asks about everybody.
//!
//! One bit stands for one learner, and what the rules come to is worked out for hundreds of them in one pass
//! (`machine`). Groups that have to be judged as a whole are taken for satisfied when their parts by themselves would
//! do; whoever that might make a difference to, and whoever has a record that one bit for an award cannot tell, is
//! judged alone, by the code for one learner. So there is one meaning.

use std::borrow::Borrow;
use std::fmt;

use crate::catalog::catalog::Catalog;
use crate::cohort::batch::{Batch, Columns, STATUSES};
use crate::cohort::learner::{AnyLearner, TakenBatch};
use crate::cohort::options::CohortOptions;
use crate::cohort::question::CohortQuestion;
use crate::cohort::stream::Batches;
use crate::evaluate::evaluation::Status;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id};

/// A question to many learners, made ready once and asked of any number of records.
///
/// Learners go by their place in the stream of records, from 0. Records are taken in batch by batch, at most 2,048 of
/// them at a time (times the number of threads, with the feature `rayon`), so a million records need never be in memory
/// at once. What is found is what the code for one learner says of each ([`Catalog::evaluate`]); only where the
/// work limit binds can something be decided here that the evaluation of a whole catalog leaves undecided, because
/// rules that were not asked about take no part in it.
///
/// ```
/// use credpath::{Award, Catalog, CohortOptions, LearnerRecord, Status};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential]
///     sql = { tags = ["data"] }
///     python = { tags = ["data"], valid_for = "2 years" }
///     analyst = { type = "Certificate", stack = { all_of = ["sql", "python"] } }
/// "#)?;
/// let records = [
///     LearnerRecord::from_iter(["sql", "python"]),
///     LearnerRecord::from_iter(["sql", "python", "analyst"]),
///     LearnerRecord { awards: vec![Award::new("python").on("2025-02-01".parse()?)], ..LearnerRecord::default() },
/// ];
/// let analyst = catalog.credential("analyst").expect("defined above");
/// let options = CohortOptions::default().one_award_away(true).lapses("2027-01-01".parse()?..="2027-03-31".parse()?);
/// let cohort = catalog.cohort("2026-11-25".parse()?, &options);
///
/// let report = cohort.report(&records);
/// let of_analyst = report.of("analyst").expect("asked about");
/// assert_eq!(of_analyst.statuses.of(Status::Held), 1);
/// assert_eq!(of_analyst.qualified, [0], "has earned it, and nobody has awarded it");
/// assert_eq!(of_analyst.one_award_away, [2]);
/// assert_eq!((report.lapses[0].learner, report.lapses[0].until), (2, "2027-01-31".parse()?));
///
/// // Or learner by learner.
/// let statuses: Vec<_> = cohort.answers(&records).map(|answer| answer.status(analyst)).collect();
/// assert_eq!(statuses, [Some(Status::Qualified), Some(Status::Held), Some(Status::Started)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Cohort<'c> {
    pub(crate) question: CohortQuestion<'c>,
}

impl Catalog {
    /// A question to many learners on a date. Making it ready takes about as long as compiling the rules that are asked
    /// about; it then can be asked of any number of records.
    #[must_use]
    pub fn cohort(&self, as_of: Date, options: &CohortOptions) -> Cohort<'_> {
        Cohort { question: CohortQuestion::new(self, as_of, options) }
    }
}

impl<'c> Cohort<'c> {
    /// The catalog whose rules are asked about.
    #[must_use]
    pub fn catalog(&self) -> &'c Catalog {
        self.question.catalog
    }

    /// The credentials that are asked about, each once, in the byte order of their ids.
    #[must_use]
    pub fn credentials(&self) -> &[CredentialId] {
        self.question.asked.as_slice()
    }

    /// The number of credentials in the options that are of another catalog, so that nothing is asked about them.
    #[must_use]
    pub fn of_other_catalogs(&self) -> u64 {
        self.question.of_other_catalogs
    }

    /// The summaries of each batch of records, in order.
    pub(crate) fn batches<R, I, T, F>(
        &self,
        records: I,
        at_once: usize,
        summary: F,
    ) -> Batches<'_, 'c, R, I::IntoIter, T, F>
    where
        R: AnyLearner,
        I: IntoIterator<Item = R>,
        T: Send,
        F: Fn(&mut dyn Batch, &TakenBatch) -> T + Sync,
    {
        Batches::new(&self.question, records.into_iter(), at_once, summary)
    }

    /// Writes the status of every credential asked about for every record into a buffer of the caller's: learner by
    /// learner, for each the credentials in the order of [`credentials`](Self::credentials). Returns how many learners
    /// there was room for; the rest of the buffer stays as it is.
    ///
    /// ```
    /// use credpath::{Catalog, CohortOptions, LearnerRecord, Status};
    ///
    /// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }")?;
    /// let cohort = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default());
    /// let records = [LearnerRecord::default(), LearnerRecord::from_iter(["a"])];
    /// let mut statuses = [Status::Undecided; 4];
    /// assert_eq!(cohort.fill(&records, &mut statuses), 2);
    /// assert_eq!(statuses, [Status::Eligible, Status::Locked, Status::Held, Status::Qualified]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fill<R: Borrow<LearnerRecord> + Send + Sync>(
        &self,
        records: impl IntoIterator<Item = R>,
        statuses: &mut [Status],
    ) -> usize {
        self.fill_of(records, statuses, |status| status)
    }

    /// Writes what stands for the statuses of learners, however they come.
    pub(crate) fn fill_of<R: AnyLearner, S: Copy>(
        &self,
        learners: impl IntoIterator<Item = R>,
        buffer: &mut [S],
        written: impl Fn(Status) -> S,
    ) -> usize {
        let asked = self.question.asked.len();
        let room = buffer.len().checked_div(asked).unwrap_or(0);
        let mut filled = 0;
        for batch in self.batches(learners.into_iter().take(room), self.rows_at_once(), |batch, _| self.rows(batch)) {
            let start = filled * asked;
            for (place, &status) in buffer[start..].iter_mut().zip(&batch) {
                *place = written(status);
            }
            filled += batch.len() / asked;
        }
        filled
    }

    /// For how many learners a status of everything asked about is kept at a time: there may be very much.
    pub(crate) fn rows_at_once(&self) -> usize {
        MOST_STATUSES / self.question.asked.len().max(1)
    }

    /// The statuses of a batch, learner by learner.
    fn rows(&self, batch: &mut dyn Batch) -> Vec<Status> {
        let asked = self.question.asked.len();
        let (learners, _) = batch.learners();
        let mut rows = vec![Status::Locked; learners * asked];
        let mut columns = Columns::default();
        for place in self.question.asked.ids() {
            batch.columns(&self.question, place, &mut columns);
            for (status, column) in
                STATUSES.iter().zip(&columns.statuses).filter(|(status, _)| **status != Status::Locked)
            {
                for lane in lanes(column) {
                    rows[lane * asked + place.index()] = *status;
                }
            }
        }
        rows
    }
}

/// So many statuses are kept at a time where they are asked for learner by learner.
const MOST_STATUSES: usize = 1 << 24;

/// The learners whose bits are set, in order.
pub(crate) fn lanes(column: &[u64]) -> impl Iterator<Item = usize> {
    column.iter().zip(0..).flat_map(|(&word, number)| {
        let mut rest = word;
        std::iter::from_fn(move || {
            let lane = (rest != 0).then(|| number * 64 + rest.trailing_zeros() as usize)?;
            rest &= rest - 1;
            Some(lane)
        })
    })
}

/// The number of bits that are set.
pub(crate) fn count(column: &[u64]) -> u64 {
    column.iter().map(|word| u64::from(word.count_ones())).sum()
}

impl fmt::Debug for Cohort<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cohort")
            .field("as_of", &self.question.as_of)
            .field("credentials", &self.question.asked.len())
            .finish_non_exhaustive()
    }
}
