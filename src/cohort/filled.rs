//! A cohort asked about learners in columns.

use crate::evaluate::evaluation::Status;

use crate::cohort::cohort::Cohort;
use crate::cohort::columns::{AwardColumns, AwardDictionary, SoundColumns};
use crate::cohort::listed::ListedLearner;
use crate::cohort::report::CohortReport;
use crate::cohort::sound::InvalidColumns;

impl Cohort<'_> {
    /// Looks up the ids of credentials that columns of awards refer to by their places: their own, or further ones. An
    /// id that the catalog does not know is an award that counts for nothing, as in a record.
    #[must_use]
    pub fn dictionary<'d, S: AsRef<str>>(&'d self, credentials: &'d [S]) -> AwardDictionary<'d> {
        AwardDictionary::new(self.question.catalog, credentials)
    }

    /// Writes the status of every credential asked about for every learner into a buffer of the caller's, as its
    /// [code](Status::code): learner by learner, for each the credentials in the order of
    /// [`credentials`](Self::credentials). Returns how many learners there was room for; the rest of the buffer stays
    /// as it is. They are the statuses that [`fill`](Self::fill) finds of the same learners in records.
    ///
    /// ```
    /// use credpath::{AwardColumns, Catalog, CohortOptions, Status};
    ///
    /// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }")?;
    /// let cohort = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default());
    /// let dictionary = cohort.dictionary(&["a"]);
    /// let columns = AwardColumns { offsets: &[0, 0, 1], credential: &[0], ..AwardColumns::default() };
    /// let mut codes = [u8::MAX; 4];
    /// assert_eq!(cohort.fill_columns(&dictionary, &columns, &mut codes)?, 2);
    /// let expected = [Status::Eligible, Status::Locked, Status::Held, Status::Qualified];
    /// assert_eq!(codes, expected.map(Status::code));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidColumns`] says what cannot be read; then the buffer stays as it is.
    pub fn fill_columns(
        &self,
        dictionary: &AwardDictionary,
        columns: &AwardColumns,
        codes: &mut [u8],
    ) -> Result<usize, InvalidColumns> {
        let sound = self.sound(dictionary, columns)?;
        Ok(self.fill_of(sound.learners(), codes, Status::code))
    }

    /// The [report](Self::report) on learners in columns. Lists name them by the column `learner`, if it is not empty.
    ///
    /// ```
    /// use credpath::{AwardColumns, Catalog, CohortOptions};
    ///
    /// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }")?;
    /// let cohort = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default());
    /// let dictionary = cohort.dictionary(&["a"]);
    /// let (offsets, credential, learner) = (&[0, 0, 1], &[0], &[1_004_711, 1_004_712]);
    /// let columns = AwardColumns { offsets, credential, learner, ..AwardColumns::default() };
    /// let report = cohort.report_columns(&dictionary, &columns)?;
    /// assert_eq!(report.of("b").map(|b| &*b.qualified), Some(&[1_004_712][..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidColumns`] says what cannot be read.
    pub fn report_columns(
        &self,
        dictionary: &AwardDictionary,
        columns: &AwardColumns,
    ) -> Result<CohortReport, InvalidColumns> {
        self.report_columns_visiting(dictionary, columns, |_| ())
    }

    /// The report on learners in columns, and whom it lists, shown to a visitor as
    /// [`report_visiting`](Self::report_visiting) does.
    ///
    /// ```
    /// use credpath::{AwardColumns, Catalog, CohortList, CohortOptions};
    ///
    /// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }")?;
    /// let cohort = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default());
    /// let dictionary = cohort.dictionary(&["a"]);
    /// let columns = AwardColumns { offsets: &[0, 0, 1], credential: &[0], ..AwardColumns::default() };
    /// let mut seen = Vec::new();
    /// cohort.report_columns_visiting(&dictionary, &columns, |listed| seen.push((listed.list, listed.learner)))?;
    /// assert_eq!(seen, [(CohortList::Qualified, 1)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`InvalidColumns`] says what cannot be read; then nobody is shown.
    pub fn report_columns_visiting(
        &self,
        dictionary: &AwardDictionary,
        columns: &AwardColumns,
        mut visitor: impl FnMut(ListedLearner),
    ) -> Result<CohortReport, InvalidColumns> {
        let sound = self.sound(dictionary, columns)?;
        let keyed = columns.learners() > 0 && !columns.learner.is_empty();
        Ok(CohortReport { keyed, ..self.report_of(sound.learners(), &mut visitor) })
    }

    pub(crate) fn sound<'a>(
        &self,
        dictionary: &'a AwardDictionary<'a>,
        columns: &'a AwardColumns<'a>,
    ) -> Result<SoundColumns<'a>, InvalidColumns> {
        let (own, other) = (self.question.catalog, dictionary.catalog);
        if !std::ptr::eq(own, other) && own.fingerprint() != other.fingerprint() {
            return Err(InvalidColumns::OtherCatalog);
        }
        columns.check(dictionary)?;
        Ok(SoundColumns::new(columns, dictionary))
    }
}
