//! Awards of many learners as columns of numbers, as databases and data frames hold them ([semantics
//! 10.4](crate::semantics#10.4)).

use std::borrow::Cow;
use std::ops::Range;

use crate::catalog::catalog::Catalog;
use crate::cohort::learner::PlainAward;
use crate::cohort::marks::UNDATED;
use crate::evaluate::award_kind::{AwardIssuer, AwardKind, Grade};
use crate::record::facts::AwardFacts;
use crate::record::record::{AwardStatus, LearnerRecord, Verification};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// The awards of many learners as columns that the caller owns, laid out as lists of Apache Arrow are: one entry for
/// each award, the awards of a learner next to each other, and `offsets` that say where those of each begin. A column
/// that is left empty says nothing of any award.
///
/// What is not recorded of an award is [`NONE`](Self::NONE) in a column of numbers or amounts and
/// [`NO_DAY`](Self::NO_DAY) in one of days. Texts stand in an [`AwardDictionary`], and columns hold their places in it.
/// A column says all that an [`Award`](crate::Award) may say; learners with waivers or substitutions go by
/// [`LearnerRecord`]s.
///
/// ```
/// use credpath::{AwardColumns, Catalog, CohortOptions, Date, Status};
///
/// let catalog = Catalog::parse("c", "credential.a = { valid_for = '1 year' }\ncredential.b = { stack = 'a' }")?;
/// let cohort = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default());
/// let dictionary = cohort.dictionary(&["a", "b"]);
/// let day = |text: &str| text.parse().map(Date::days_since_1970);
/// let columns = AwardColumns {
///     // The first learner has an award, the second none, the third two.
///     offsets: &[0, 1, 1, 3],
///     credential: &[0, 0, 1],
///     awarded: &[day("2026-05-01")?, day("2020-05-01")?, AwardColumns::NO_DAY],
///     ..AwardColumns::default()
/// };
/// let mut codes = [0; 6];
/// assert_eq!(cohort.fill_columns(&dictionary, &columns, &mut codes)?, 3);
/// let statuses = codes.map(Status::from_code).map(Option::unwrap);
/// assert_eq!(statuses[..2], [Status::Held, Status::Qualified]);
/// assert_eq!(statuses[2..], [Status::Eligible, Status::Locked, Status::Lapsed, Status::Held]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct AwardColumns<'a> {
    /// Where the awards of each learner begin in the other columns, and at last where those of the last learner end:
    /// one entry more than there are learners, none descending. What lies outside is not looked at.
    pub offsets: &'a [i32],
    /// The credential: its place in the dictionary. The one column that every award has an entry in.
    pub credential: &'a [i32],
    /// The day of the award, in days since 1970-01-01 ([`Date::days_since_1970`]).
    pub awarded: &'a [i32],
    /// The last day on which the award is current, instead of what the catalog's `valid_for` gives; in such days.
    pub valid_until: &'a [i32],
    /// The state of the award: [`AwardStatus::code`]. Completed, if the column is empty.
    pub status: &'a [u8],
    /// Of a revoked award, the day on which it was; in days since 1970-01-01.
    pub revoked_on: &'a [i32],
    /// What came of checking the award: [`Verification::code`]. Unchecked, if the column is empty.
    pub verification: &'a [u8],
    /// The grade: its place among the grades of the dictionary.
    pub grade: &'a [i32],
    /// Who made the award: the place among the issuers of the dictionary.
    pub issuer: &'a [i32],
    /// Credits in hundredths, if other than the catalog's: at most 1,000,000,000.
    pub credits: &'a [i32],
    /// Hours in hundredths, if other than the catalog's: at most 1,000,000,000.
    pub hours: &'a [i32],
    /// Any number of the award itself, from 0: awards of a learner with one number are one award, read twice
    /// ([`LearnerRecord`]).
    pub award: &'a [i32],
    /// For each learner, the number by which lists of a report name them: one entry less than `offsets` has. If it is
    /// empty, it is their place, from 0.
    pub learner: &'a [u64],
}

impl AwardColumns<'_> {
    /// What stands where no number is recorded: -1.
    pub const NONE: i32 = -1;

    /// What stands where no day is recorded: the least number that there is.
    pub const NO_DAY: i32 = i32::MIN;

    /// The number of learners.
    #[must_use]
    pub fn learners(&self) -> usize {
        self.offsets.len().saturating_sub(1)
    }
}

/// The texts that columns of awards refer to by their places, looked up in a catalog once: make one with
/// [`Cohort::dictionary`](crate::Cohort::dictionary) and use it for any number of columns.
///
/// ```
/// use credpath::{AwardColumns, Catalog, CohortOptions, Status};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     catalog.grades = ["C", "B", "A"]
///     credential.math = {}
///     credential.honours = { stack = { credential = "math", grade = "B" } }
/// "#)?;
/// let cohort = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default());
/// let dictionary = cohort.dictionary(&["math"]).with_grades(&["A", "C"]);
/// let (offsets, credential, grade) = (&[0, 1, 2], &[0, 0], &[0, 1]);
/// let columns = AwardColumns { offsets, credential, grade, ..AwardColumns::default() };
/// let report = cohort.report_columns(&dictionary, &columns)?;
/// assert_eq!(report.of("honours").map(|honours| honours.statuses.of(Status::Qualified)), Some(1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct AwardDictionary<'d> {
    pub(crate) catalog: &'d Catalog,
    pub(crate) credentials: Vec<NamedCredential<'d>>,
    pub(crate) grades: Vec<&'d str>,
    pub(crate) issuers: Vec<&'d str>,
    /// What the catalog knows by these grades and issuers.
    known_grades: Vec<Grade>,
    known_issuers: Vec<AwardIssuer>,
}

/// An id of a credential, and what the catalog knows by it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NamedCredential<'d> {
    text: &'d str,
    known: Option<CredentialId>,
}

impl<'d> AwardDictionary<'d> {
    pub(crate) fn new<S: AsRef<str>>(catalog: &'d Catalog, credentials: &'d [S]) -> Self {
        let named = |text: &'d S| NamedCredential { text: text.as_ref(), known: catalog.credential(text.as_ref()) };
        let credentials = credentials.iter().map(named).collect();
        let (grades, issuers, known_grades, known_issuers) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self { catalog, credentials, grades, issuers, known_grades, known_issuers }
    }

    /// The same with these grades, as the catalog's `grades` spell them, or numbers.
    #[must_use]
    pub fn with_grades<S: AsRef<str>>(self, grades: &'d [S]) -> Self {
        let grades: Vec<&'d str> = grades.iter().map(AsRef::as_ref).collect();
        let known_grades = grades.iter().map(|grade| Grade::recorded(self.catalog, Some(grade))).collect();
        Self { grades, known_grades, ..self }
    }

    /// The same with these ids of issuers.
    #[must_use]
    pub fn with_issuers<S: AsRef<str>>(self, issuers: &'d [S]) -> Self {
        let issuers: Vec<&'d str> = issuers.iter().map(AsRef::as_ref).collect();
        let known_issuers = issuers.iter().map(|issuer| AwardIssuer::recorded(self.catalog, Some(issuer))).collect();
        Self { issuers, known_issuers, ..self }
    }
}

/// Columns in which nothing is out of place, with their dictionary.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SoundColumns<'a> {
    columns: &'a AwardColumns<'a>,
    dictionary: &'a AwardDictionary<'a>,
}

impl<'a> SoundColumns<'a> {
    /// To be made of what [`AwardColumns::check`] finds nothing wrong with; anything else would be read as not
    /// recorded.
    pub(crate) fn new(columns: &'a AwardColumns<'a>, dictionary: &'a AwardDictionary<'a>) -> Self {
        Self { columns, dictionary }
    }

    /// The learners in order.
    pub(crate) fn learners(self) -> impl Iterator<Item = LearnerColumns<'a>> {
        let span = move |ends: &[i32]| place(ends, 0).unwrap_or(0)..place(ends, 1).unwrap_or(0);
        let spans = self.columns.offsets.windows(2).map(span);
        spans.enumerate().map(move |(learner, span)| LearnerColumns {
            sound: self,
            key: self.columns.learner.get(learner).copied(),
            first: span.start,
            end: span.end,
        })
    }
}

/// The awards of one learner in columns.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LearnerColumns<'a> {
    sound: SoundColumns<'a>,
    pub(crate) key: Option<u64>,
    first: usize,
    end: usize,
}

impl<'a> LearnerColumns<'a> {
    /// The places of the awards in the columns.
    pub(crate) fn places(self) -> Range<usize> {
        self.first..self.end
    }

    fn named(self, at: usize) -> Option<NamedCredential<'a>> {
        place(self.sound.columns.credential, at).and_then(|id| self.sound.dictionary.credentials.get(id)).copied()
    }

    /// The credential of an award, if the catalog knows it.
    pub(crate) fn credential(self, at: usize) -> Option<CredentialId> {
        self.named(at)?.known
    }

    /// The ids of awards that the catalog does not know, some perhaps several times.
    pub(crate) fn unknown_ids(self) -> impl Iterator<Item = &'a str> {
        let named = self.places().filter_map(move |at| self.named(at));
        named.filter(|named| named.known.is_none()).map(|named| named.text)
    }

    /// What is recorded of an award.
    pub(crate) fn facts(self, at: usize) -> AwardFacts<'a> {
        let (columns, dictionary) = (self.sound.columns, self.sound.dictionary);
        let text = |column, texts: &[&'a str]| place(column, at).and_then(|text| texts.get(text)).copied();
        let code = |column: &[u8]| column.get(at).copied();
        AwardFacts {
            awarded: day(columns.awarded, at),
            valid_until: day(columns.valid_until, at),
            credits: amount(columns.credits, at),
            hours: amount(columns.hours, at),
            grade: text(columns.grade, &dictionary.grades),
            issuer: text(columns.issuer, &dictionary.issuers),
            status: code(columns.status).and_then(AwardStatus::from_code).unwrap_or_default(),
            revoked_on: day(columns.revoked_on, at),
            verification: code(columns.verification).and_then(Verification::from_code).unwrap_or_default(),
        }
    }

    /// What is recorded of an award, if that is nothing unusual.
    pub(crate) fn plain(self, at: usize) -> Option<PlainAward> {
        let columns = self.sound.columns;
        let said = |column: &[i32], nothing: i32| column.get(at).is_some_and(|&number| number != nothing);
        let (no_day, none) = (AwardColumns::NO_DAY, AwardColumns::NONE);
        let is_unusual = said(columns.valid_until, no_day) || said(columns.revoked_on, no_day);
        if is_unusual || said(columns.credits, none) || said(columns.hours, none) {
            return None;
        }
        let code = |column: &[u8]| column.get(at).copied();
        Some(PlainAward {
            // What stands where no day is recorded is the same number here.
            day: columns.awarded.get(at).copied().unwrap_or(UNDATED),
            status: code(columns.status).and_then(AwardStatus::from_code).unwrap_or_default(),
            verification: code(columns.verification).and_then(Verification::from_code).unwrap_or_default(),
        })
    }

    /// The day of an award.
    pub(crate) fn awarded(self, at: usize) -> Option<Date> {
        day(self.sound.columns.awarded, at)
    }

    /// The grade and the issuer of an award of a credential.
    pub(crate) fn kind(self, at: usize, credential: CredentialId) -> AwardKind {
        let (columns, dictionary) = (self.sound.columns, self.sound.dictionary);
        let grade = place(columns.grade, at).and_then(|grade| dictionary.known_grades.get(grade));
        let issuer = place(columns.issuer, at).and_then(|issuer| dictionary.known_issuers.get(issuer));
        let (grade, issuer) = (grade.copied().unwrap_or(Grade::None), issuer.copied().unwrap_or_default());
        AwardKind::new(grade, issuer, dictionary.catalog, credential)
    }

    /// Whether some of the awards may be one and the same.
    pub(crate) fn may_repeat(self) -> bool {
        let numbers = self.sound.columns.award.get(self.places()).unwrap_or_default();
        if numbers.len() < 2 {
            return false;
        }
        let mut numbers: Vec<i32> = numbers.iter().copied().filter(|&number| number != AwardColumns::NONE).collect();
        numbers.sort_unstable();
        numbers.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// The same as a record.
    pub(crate) fn record(self) -> Cow<'a, LearnerRecord> {
        let award = |at| {
            let id = place(self.sound.columns.award, at).map(|number| number.to_string());
            Some(self.facts(at).award(self.named(at)?.text, id))
        };
        Cow::Owned(LearnerRecord { awards: self.places().filter_map(award).collect(), ..LearnerRecord::default() })
    }
}

/// A number that is not negative.
fn place(column: &[i32], at: usize) -> Option<usize> {
    column.get(at).and_then(|&number| usize::try_from(number).ok())
}

fn day(column: &[i32], at: usize) -> Option<Date> {
    column.get(at).filter(|&&day| day != AwardColumns::NO_DAY).and_then(|&day| Date::from_days_since_1970(day))
}

fn amount(column: &[i32], at: usize) -> Option<Amount> {
    column.get(at).and_then(|&hundredths| u64::try_from(hundredths).ok()).map(Amount::from_hundredths)
}
