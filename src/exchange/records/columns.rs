//! How a table of awards is laid out: which column says what, and how.

use std::collections::{BTreeMap, BTreeSet};

use crate::exchange::table::TableFormat;
use crate::record::record::AwardStatus;
use crate::value::moment::{DateOrder, DayForm};

/// What a column can say of an award.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum AwardColumn {
    Credential,
    Title,
    Id,
    Awarded,
    ValidUntil,
    Credits,
    Hours,
    Grade,
    Issuer,
    Status,
    RevokedOn,
    Learner,
}

/// How a table of awards is laid out, one award to a row below a row of headings. Headings are compared without letter
/// case and without what stands between words. A column that is not named here is a loss.
///
/// ```
/// use credpath::{AwardStatus, DateOrder, RecordColumns, RecordOptions, Separator, TableFormat, UtcOffset, records};
///
/// let table = "Student;Course;Completed on;Result
/// 7;CS 101;03/12/24;passed
/// 7;CS 102;;enrolled
/// 8;CS 101;;enrolled
/// ";
/// let columns = RecordColumns::new("Course")
///     .learner("Student")
///     .only("7")
///     .awarded("Completed on")
///     .date_order(DateOrder::DayMonthYear)
///     .two_digit_years_from(1990)
///     .status("Result")
///     .status_word("passed", AwardStatus::Completed)
///     .status_word("enrolled", AwardStatus::InProgress)
///     .format(TableFormat::default().separator(Separator::Semicolon));
/// let options = RecordOptions::default().columns(columns).alias("CS 101", "programming");
/// let imported = records::import("courses.csv", table.as_bytes(), UtcOffset::UTC, &options)?;
/// let awards = &imported.value.awards;
/// assert_eq!((awards[0].credential.as_str(), awards[0].awarded), ("programming", Some("2024-12-03".parse()?)));
/// assert_eq!((awards.len(), awards[1].status), (2, AwardStatus::InProgress));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RecordColumns {
    pub(crate) headings: BTreeMap<AwardColumn, String>,
    pub(crate) only: Option<String>,
    pub(crate) may_lack: bool,
    pub(crate) form: DayForm,
    /// What the words for a status mean; nothing if there is no award.
    pub(crate) words: BTreeMap<String, Option<AwardStatus>>,
    /// Grades of what was failed, in lower case.
    pub(crate) failing: BTreeSet<String>,
    pub(crate) format: TableFormat,
}

impl RecordColumns {
    /// A table in which this column says which credential was awarded, by an id, and others say nothing yet.
    #[must_use]
    pub fn new(credential: impl Into<String>) -> Self {
        let columns = Self {
            headings: BTreeMap::new(),
            only: None,
            may_lack: false,
            form: DayForm::default(),
            words: BTreeMap::new(),
            failing: BTreeSet::new(),
            format: TableFormat::default(),
        };
        columns.with(AwardColumn::Credential, credential)
    }

    /// Whether the column, as it is stated, may not be left out of the table: that of the credential, and those without
    /// which an award would be taken for what it may not be.
    pub(crate) fn needs(&self, column: AwardColumn) -> bool {
        match column {
            AwardColumn::Credential => true,
            AwardColumn::Learner => self.only.is_some(),
            AwardColumn::Status => !self.words.is_empty(),
            _ => false,
        }
    }

    fn with(mut self, column: AwardColumn, heading: impl Into<String>) -> Self {
        self.headings.insert(column, heading.into());
        self
    }

    /// The column with the id of the credential, in place of the one that was stated before.
    #[must_use]
    pub fn credential(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::Credential, heading)
    }

    /// The column with the title of the credential.
    #[must_use]
    pub fn title(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::Title, heading)
    }

    /// The column with the [id of the award](crate::Award::id) itself.
    #[must_use]
    pub fn id(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::Id, heading)
    }

    /// The column with the day of the award.
    #[must_use]
    pub fn awarded(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::Awarded, heading)
    }

    /// The column with the last day on which it is valid.
    #[must_use]
    pub fn valid_until(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::ValidUntil, heading)
    }

    /// The column with the credits that it carries.
    #[must_use]
    pub fn credits(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::Credits, heading)
    }

    /// The column with the hours that it carries.
    #[must_use]
    pub fn hours(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::Hours, heading)
    }

    /// The column with the grade.
    #[must_use]
    pub fn grade(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::Grade, heading)
    }

    /// The column with the id or the name of who made the award.
    #[must_use]
    pub fn issuer(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::Issuer, heading)
    }

    /// The column with the state of the award, by the words `completed`, `in-progress`, `planned` and `revoked`, and
    /// those that [`status_word`](Self::status_word) adds. An empty cell is a completed award, unless the empty word is
    /// said to mean something else.
    #[must_use]
    pub fn status(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::Status, heading)
    }

    /// The column with the day on which it was revoked.
    #[must_use]
    pub fn revoked_on(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::RevokedOn, heading)
    }

    /// The column that tells learners apart. All rows have to be of one, unless [`only`](Self::only) says of whom.
    #[must_use]
    pub fn learner(self, heading: impl Into<String>) -> Self {
        self.with(AwardColumn::Learner, heading)
    }

    /// The learner whose rows are read, as the [column](Self::learner) that tells them apart has it.
    #[must_use]
    pub fn only(self, learner: impl Into<String>) -> Self {
        Self { only: Some(learner.into()), ..self }
    }

    /// What a word for a status means, letter case aside.
    #[must_use]
    pub fn status_word(mut self, word: impl AsRef<str>, status: AwardStatus) -> Self {
        self.words.insert(word.as_ref().to_lowercase(), Some(status));
        self
    }

    /// A word for a status that means that there is no award: the row is left out, with a loss.
    #[must_use]
    pub fn no_award(mut self, word: impl AsRef<str>) -> Self {
        self.words.insert(word.as_ref().to_lowercase(), None);
        self
    }

    /// A grade of what was failed, letter case aside: what is completed with it is no award, and the row is left out
    /// with a loss.
    #[must_use]
    pub fn failing_grade(mut self, grade: impl AsRef<str>) -> Self {
        self.failing.insert(grade.as_ref().to_lowercase());
        self
    }

    /// Whether the table may lack columns that are stated: then the lack is a loss. It may never lack that of the
    /// credential, that of the learner if one is [asked for](Self::only), and that of the status if
    /// [words](Self::status_word) for it are stated.
    #[must_use]
    pub fn columns_may_lack(self, may: bool) -> Self {
        Self { may_lack: may, ..self }
    }

    /// In which order the parts of a date stand: year, month and day, unless stated.
    #[must_use]
    pub fn date_order(self, order: DateOrder) -> Self {
        Self { form: DayForm { order, ..self.form }, ..self }
    }

    /// The first of the hundred years that years of two digits stand for. Unless it is stated, they are an error.
    #[must_use]
    pub fn two_digit_years_from(self, year: u16) -> Self {
        Self { form: DayForm { century: Some(year), ..self.form }, ..self }
    }

    /// The separator and the encoding.
    #[must_use]
    pub fn format(self, format: TableFormat) -> Self {
        Self { format, ..self }
    }
}
