//! Whether columns of awards can be read: their lengths, their offsets, and every number in them.

use std::ops::{Range, RangeInclusive};

use crate::cohort::columns::{AwardColumns, AwardDictionary};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::text::counted;

/// What is wrong with columns of awards; nothing is made of such columns.
///
/// ```
/// use credpath::{AwardColumns, Catalog, CohortOptions};
///
/// let catalog = Catalog::parse("c", "credential.a = {}")?;
/// let cohort = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default());
/// let dictionary = cohort.dictionary(&["a"]);
/// let columns = AwardColumns { offsets: &[0, 2], credential: &[0, 1], ..AwardColumns::default() };
/// assert_eq!(
///     cohort.report_columns(&dictionary, &columns).unwrap_err().to_string(),
///     "entry 1 of `credential` is 1; it is a place in the dictionary of 1 credential, counted from 0",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidColumns {
    /// A column is neither empty nor of the length that the others have.
    #[error("`{column}` is of length {entries}, not {due}; leave it empty if nothing is recorded")]
    Length {
        /// The column, by its field of [`AwardColumns`].
        column: &'static str,
        /// The number of its entries.
        entries: usize,
        /// The number that there would have to be.
        due: usize,
    },
    /// An offset lies before the one before it, below zero, or after the last award.
    #[error("entry {place} of `offsets` is {offset}; offsets do not descend, and lie from {least} to {most} here")]
    Offset {
        /// The place in `offsets`, from 0.
        place: usize,
        /// What stands there.
        offset: i32,
        /// The offset before it; 0 for the first one.
        least: usize,
        /// The number of awards.
        most: usize,
    },
    /// A number in a column stands for nothing.
    #[error("entry {place} of `{column}` is {value}; it is {due}")]
    Value {
        /// The column, by its field of [`AwardColumns`].
        column: &'static str,
        /// The place in it, from 0.
        place: usize,
        /// What stands there.
        value: i64,
        /// What may stand there.
        due: String,
    },
    /// The dictionary was looked up in another catalog than the cohort asks about.
    #[error("the dictionary is that of another catalog; make it with `dictionary` of the cohort that is asked")]
    OtherCatalog,
}

impl AwardColumns<'_> {
    /// Looks at all columns, as far as the offsets reach.
    pub(crate) fn check(&self, dictionary: &AwardDictionary) -> Result<(), InvalidColumns> {
        self.check_lengths()?;
        let span = self.check_offsets()?;
        let places = |column, texts: usize, what| {
            let due = format!("a place in the dictionary of {}, counted from 0", counted(texts, what));
            ColumnEntries { column, most: i64::try_from(texts).unwrap_or(i64::MAX) - 1, due, ..ColumnEntries::places() }
        };
        let (credentials, grades, issuers) =
            (dictionary.credentials.len(), dictionary.grades.len(), dictionary.issuers.len());
        places("credential", credentials, "credential").required().check(self.credential, &span)?;
        places("grade", grades, "grade").check(self.grade, &span)?;
        places("issuer", issuers, "issuer").check(self.issuer, &span)?;
        ColumnEntries::days("awarded").check(self.awarded, &span)?;
        ColumnEntries::days("valid_until").check(self.valid_until, &span)?;
        ColumnEntries::days("revoked_on").check(self.revoked_on, &span)?;
        ColumnEntries::amounts("credits").check(self.credits, &span)?;
        ColumnEntries::amounts("hours").check(self.hours, &span)?;
        let due = "the number of an award, from 0 on".to_owned();
        ColumnEntries { column: "award", due, ..ColumnEntries::places() }.check(self.award, &span)?;
        ColumnEntries::codes("status", 3).check(self.status, &span)?;
        ColumnEntries::codes("verification", 2).check(self.verification, &span)
    }

    fn check_lengths(&self) -> Result<(), InvalidColumns> {
        let (awards, learners) = (self.credential.len(), self.learners());
        for (column, entries, due) in [
            ("awarded", self.awarded.len(), awards),
            ("valid_until", self.valid_until.len(), awards),
            ("status", self.status.len(), awards),
            ("revoked_on", self.revoked_on.len(), awards),
            ("verification", self.verification.len(), awards),
            ("grade", self.grade.len(), awards),
            ("issuer", self.issuer.len(), awards),
            ("credits", self.credits.len(), awards),
            ("hours", self.hours.len(), awards),
            ("award", self.award.len(), awards),
            ("learner", self.learner.len(), learners),
        ] {
            if entries != 0 && entries != due {
                return Err(InvalidColumns::Length { column, entries, due });
            }
        }
        Ok(())
    }

    /// The places of all awards.
    fn check_offsets(&self) -> Result<Range<usize>, InvalidColumns> {
        let (mut first, mut least, most) = (0, 0, self.credential.len());
        for (place, &offset) in self.offsets.iter().enumerate() {
            match usize::try_from(offset) {
                Ok(found) if (least..=most).contains(&found) => least = found,
                _ => return Err(InvalidColumns::Offset { place, offset, least, most }),
            }
            if place == 0 {
                first = least;
            }
        }
        Ok(first..least)
    }
}

/// What may stand in a column.
struct ColumnEntries {
    column: &'static str,
    least: i64,
    most: i64,
    /// What stands where nothing is recorded.
    none: Option<i64>,
    due: String,
}

impl ColumnEntries {
    fn places() -> Self {
        let none = Some(i64::from(AwardColumns::NONE));
        Self { column: "", least: 0, most: i64::from(i32::MAX), none, due: String::new() }
    }

    fn days(column: &'static str) -> Self {
        let days = |date: Date| i64::from(date.days_since_1970());
        let due = format!("a day, counted from 1970-01-01, from {} to {}", Date::FIRST, Date::LAST);
        let none = Some(i64::from(AwardColumns::NO_DAY));
        Self { column, least: days(Date::FIRST), most: days(Date::LAST), none, due }
    }

    fn amounts(column: &'static str) -> Self {
        let most = i64::try_from(Amount::MAX.hundredths()).unwrap_or(i64::MAX);
        Self { column, most, due: format!("an amount in hundredths, from 0 to {most}"), ..Self::places() }
    }

    fn codes(column: &'static str, most: i64) -> Self {
        Self { column, most, due: format!("a code from 0 to {most}"), none: None, ..Self::places() }
    }

    fn required(self) -> Self {
        Self { none: None, ..self }
    }

    fn check<N: Copy + Into<i64>>(&self, column: &[N], span: &Range<usize>) -> Result<(), InvalidColumns> {
        let (range, none): (RangeInclusive<i64>, _) = (self.least..=self.most, self.none);
        let sound = |&number: &N| range.contains(&number.into()) || none == Some(number.into());
        let entries = column.get(span.clone()).unwrap_or_default();
        let Some(wrong) = entries.iter().position(|number| !sound(number)) else { return Ok(()) };
        let due = match self.none {
            Some(none) => format!("{}, or {none} where none is recorded", self.due),
            None => self.due.clone(),
        };
        let value = entries[wrong].into();
        Err(InvalidColumns::Value { column: self.column, place: span.start + wrong, value, due })
    }
}
