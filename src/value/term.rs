//! How long something counts: a period, or one that goes on to a day of the calendar (semantics 1.2).

use std::fmt;
use std::str::FromStr;

use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::date::{Date, InvalidPeriod, Period};

/// How long something counts: a [`Period`], or one that goes on to the end of the month, of the quarter, of the year,
/// or to a day of the year. It then ends on the first such day on or after the period's own last day.
///
/// A catalog writes `"2 years"` or `{ period = "2 years", to = "month-end" }`; so do JSON and every other format.
///
/// ```
/// use credpath::{CalendarTerm, TermEnd};
///
/// let term = CalendarTerm::new("24 months".parse()?).to(TermEnd::MonthEnd);
/// assert_eq!(term.to_string(), "2 years, to the end of the month");
/// assert_eq!(CalendarTerm::new("24 months".parse()?).to_string(), "2 years");
/// assert_eq!("2 years, to the end of the month".parse(), Ok(term));
/// # Ok::<(), credpath::InvalidPeriod>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarTerm {
    period: Period,
    to: Option<TermEnd>,
}

/// Where on the calendar a [`CalendarTerm`] ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TermEnd {
    /// `month-end`: the last day of a month.
    MonthEnd,
    /// `quarter-end`: the last day of March, June, September or December.
    QuarterEnd,
    /// `year-end`: 31 December.
    YearEnd,
    /// A day of the year, such as `06-30`.
    On(YearDay),
}

/// A day of every year, written `MM-DD`. 29 February is the last day of February in every year.
///
/// ```
/// use credpath::YearDay;
///
/// let day: YearDay = "06-30".parse()?;
/// assert_eq!((day.month(), day.day()), (6, 30));
/// assert!("06-31".parse::<YearDay>().is_err());
/// # Ok::<(), credpath::InvalidYearDay>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct YearDay {
    month: u8,
    day: u8,
}

/// A text that is not a day of the year of the form `MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a day of the year is written as month and day, such as \"06-30\"")]
pub struct InvalidYearDay(());

/// A text that does not say where on the calendar a term ends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a term goes to \"month-end\", \"quarter-end\", \"year-end\" or a day of the year such as \"06-30\"")]
pub struct InvalidTermEnd(());

impl CalendarTerm {
    /// The period alone.
    #[must_use]
    pub fn new(period: Period) -> Self {
        Self { period, to: None }
    }

    /// The same period, going on to a day of the calendar.
    #[must_use]
    pub fn to(self, end: TermEnd) -> Self {
        Self { to: Some(end), ..self }
    }

    /// The period.
    #[must_use]
    pub fn period(self) -> Period {
        self.period
    }

    /// Where on the calendar it ends, if not where its period does.
    #[must_use]
    pub fn end(self) -> Option<TermEnd> {
        self.to
    }

    /// The last day of the term if it begins on that day; `None` if that is past year 9999, which every caller reads as
    /// "never ends".
    pub(crate) fn last_day(self, begins: Date) -> Option<Date> {
        let last = begins.last_day_of(self.period)?;
        self.to.map_or(Some(last), |end| end.on_or_after(last))
    }

    /// The last day on which an award of that day is within the term: a period counts the anniversary itself (semantics
    /// 2.5). `None` if that never comes.
    pub(crate) fn last_within(self, awarded: Date) -> Option<Date> {
        if self.to.is_some() { self.last_day(awarded) } else { awarded.after(self.period) }
    }

    /// Whether an award of that day is within the term on the date.
    pub(crate) fn reaches(self, awarded: Date, date: Date) -> bool {
        // Mostly it is asked on the day of the award, which every term has that has a day.
        (date <= awarded && !self.is_empty()) || self.last_within(awarded).is_none_or(|last| date <= last)
    }

    /// The first day on which an award of that day was held for the term; `None` if that never comes.
    pub(crate) fn first_held(self, awarded: Date) -> Option<Date> {
        if self.to.is_some() { self.last_day(awarded)?.next() } else { awarded.after(self.period) }
    }

    /// The last day up to a date such that an award of that day was held for every one of the terms by the date; `None`
    /// if there is none.
    pub(crate) fn last_held(terms: &[Self], date: Date) -> Option<Date> {
        let held = |day: i32| {
            let awarded = Date::numbered(day)?;
            terms.iter().all(|term| term.first_held(awarded).is_some_and(|first| first <= date)).then_some(awarded)
        };
        if terms.is_empty() {
            return Some(date);
        }
        // What is made later is held for less.
        let (mut held_at, mut too_late) = (-1, date.number() + 1);
        while held_at + 1 < too_late {
            let middle = held_at + (too_late - held_at) / 2;
            if held(middle).is_some() {
                held_at = middle;
            } else {
                too_late = middle;
            }
        }
        held(held_at)
    }

    /// The first day up to another one such that an award of it is within every one of the terms on a date; `None` if
    /// there is none.
    pub(crate) fn first_within(terms: &[Self], up_to: Date, date: Date) -> Option<Date> {
        let within = |day: i32| {
            let awarded = Date::numbered(day)?;
            terms.iter().all(|term| term.reaches(awarded, date)).then_some(awarded)
        };
        // What is made later is within for longer.
        let (mut too_early, mut is_within) = (-1, up_to.number());
        within(is_within)?;
        while too_early + 1 < is_within {
            let middle = too_early + (is_within - too_early) / 2;
            if within(middle).is_some() {
                is_within = middle;
            } else {
                too_early = middle;
            }
        }
        within(is_within)
    }

    /// Whether every award that is within this term is within the other one, whatever its day.
    pub(crate) fn is_within(self, other: Self) -> bool {
        let no_longer = self.period.within(other.period);
        match (self.to, other.to) {
            (None, None) => no_longer,
            // A day later, since a period counts its anniversary and the day before is what another term goes on from.
            (None, Some(_)) => no_longer && self.period != other.period,
            (Some(_), None) => false,
            (Some(this), Some(that)) => no_longer && that.is_among(this),
        }
    }

    /// Whether every award that was held for this term was held for the other one, whatever its day.
    pub(crate) fn outlasts(self, other: Self) -> bool {
        let no_shorter = other.period.within(self.period);
        match (self.to, other.to) {
            (_, None) => no_shorter,
            (None, Some(_)) => false,
            (Some(this), Some(that)) => no_shorter && this.is_among(that),
        }
    }

    /// Whether no award can have been held for this term and still be within the other one, whatever its day.
    pub(crate) fn exceeds(self, within: Self) -> bool {
        let no_shorter = within.period.within(self.period);
        match (self.to, within.to) {
            (_, None) => no_shorter && self.period != within.period,
            (None, Some(_)) => false,
            (Some(this), Some(that)) => no_shorter && this.is_among(that),
        }
    }

    /// Whether no award that is valid for the other term can be current when it has been held for this one, whatever
    /// its day.
    pub(crate) fn exceeds_validity(self, valid_for: Self) -> bool {
        let no_shorter = valid_for.period.within(self.period);
        match (self.to, valid_for.to) {
            // In a month that is too short, the last day is the anniversary.
            (None, None) => no_shorter && (self.period != valid_for.period || self.period.days() > 0),
            (Some(_), None) => no_shorter,
            (None, Some(_)) => false,
            (Some(this), Some(that)) => no_shorter && this.is_among(that),
        }
    }

    /// Whether it has no day at all.
    pub(crate) fn is_empty(self) -> bool {
        (self.period.months(), self.period.days()) == (0, 0)
    }

    /// Whether all such terms are equally long, whatever day they begin on.
    pub(crate) fn counts_days(self) -> bool {
        self.period.months() == 0 && self.to.is_none()
    }

    /// As many days as it has at the most.
    pub(crate) fn most_days(self) -> u32 {
        let further = match self.to {
            None => 0,
            Some(TermEnd::MonthEnd) => 31,
            Some(TermEnd::QuarterEnd) => 92,
            Some(TermEnd::YearEnd | TermEnd::On(_)) => 366,
        };
        self.period.months().saturating_mul(31).saturating_add(self.period.days()).saturating_add(further)
    }
}

impl From<Period> for CalendarTerm {
    fn from(period: Period) -> Self {
        Self::new(period)
    }
}

impl TermEnd {
    /// The first such day on or after a day.
    fn on_or_after(self, day: Date) -> Option<Date> {
        match self {
            Self::MonthEnd => Some(day.month_end()),
            Self::QuarterEnd => Date::new(day.year(), day.month().div_ceil(3) * 3, 1).map(Date::month_end),
            Self::YearEnd => Date::new(day.year(), 12, 31),
            Self::On(of_year) => {
                let in_this = of_year.in_year(day.year()).filter(|&end| end >= day);
                in_this.or_else(|| of_year.in_year(day.year() + 1))
            }
        }
    }

    /// Whether whatever ends on such a day ends on a day of the other kind.
    fn is_among(self, other: Self) -> bool {
        // A common year and a leap year have every case.
        let mut days =
            [2027, 2028].into_iter().flat_map(|year| (1..=12).filter_map(move |month| Date::new(year, month, 1)));
        days.all(|day| self.on_or_after(day).is_none_or(|end| other.on_or_after(end) == Some(end)))
    }
}

impl YearDay {
    /// The day of this month (1 to 12) with this number, or `None` if no year has it.
    #[must_use]
    pub fn new(month: u8, day: u8) -> Option<Self> {
        // A leap year has every day that there is.
        Date::new(2028, month, day).map(|_| Self { month, day })
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.day
    }

    /// The day in a year, if the calendar goes that far.
    pub(crate) fn in_year(self, year: u16) -> Option<Date> {
        Date::new(year, self.month, self.day).or_else(|| Date::new(year, self.month, 1).map(Date::month_end))
    }
}

impl FromStr for YearDay {
    type Err = InvalidYearDay;

    /// Reads `MM-DD` and nothing else.
    ///
    /// # Errors
    /// [`InvalidYearDay`] when the text has another form or names a day that no year has.
    fn from_str(text: &str) -> Result<Self, InvalidYearDay> {
        let read = || {
            let has_form = text.len() == 5
                && text.bytes().enumerate().all(|(i, byte)| if i == 2 { byte == b'-' } else { byte.is_ascii_digit() });
            let (month, day) = text.split_once('-').filter(|_| has_form)?;
            Self::new(month.parse().ok()?, day.parse().ok()?)
        };
        read().ok_or(InvalidYearDay(()))
    }
}

impl FromStr for TermEnd {
    type Err = InvalidTermEnd;

    /// Reads `month-end`, `quarter-end`, `year-end` or a day of the year such as `06-30`.
    ///
    /// # Errors
    /// [`InvalidTermEnd`] for anything else.
    fn from_str(text: &str) -> Result<Self, InvalidTermEnd> {
        match text {
            "month-end" => Ok(Self::MonthEnd),
            "quarter-end" => Ok(Self::QuarterEnd),
            "year-end" => Ok(Self::YearEnd),
            _ => text.parse().map(Self::On).map_err(|_| InvalidTermEnd(())),
        }
    }
}

/// As a catalog writes it.
impl fmt::Display for YearDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}-{:02}", self.month, self.day)
    }
}

/// As a catalog writes it.
impl fmt::Display for TermEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MonthEnd => f.write_str("month-end"),
            Self::QuarterEnd => f.write_str("quarter-end"),
            Self::YearEnd => f.write_str("year-end"),
            Self::On(day) => day.fmt(f),
        }
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl FromStr for CalendarTerm {
    type Err = InvalidPeriod;

    /// Reads a period, or one in the words of `Display`: "2 years, to the end of the month", "2 years, to 30 June".
    ///
    /// # Errors
    /// [`InvalidPeriod`] for anything else.
    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        let Some((period, end)) = text.split_once(", to ") else { return text.parse().map(Self::new) };
        let end = match end {
            "the end of the month" => TermEnd::MonthEnd,
            "the end of the quarter" => TermEnd::QuarterEnd,
            "the end of the year" => TermEnd::YearEnd,
            day => TermEnd::On(in_words(day).ok_or_else(InvalidPeriod::new)?),
        };
        Ok(Self::new(period.parse()?).to(end))
    }
}

/// A day of the year such as "30 June".
fn in_words(text: &str) -> Option<YearDay> {
    let (day, month) = text.split_once(' ')?;
    let month = MONTHS.iter().position(|name| *name == month)? + 1;
    YearDay::new(u8::try_from(month).ok()?, day.parse().ok()?)
}

/// In words, such as "2 years, to the end of the month".
impl fmt::Display for CalendarTerm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.period.fmt(f)?;
        match self.to {
            None => Ok(()),
            Some(TermEnd::MonthEnd) => f.write_str(", to the end of the month"),
            Some(TermEnd::QuarterEnd) => f.write_str(", to the end of the quarter"),
            Some(TermEnd::YearEnd) => f.write_str(", to the end of the year"),
            Some(TermEnd::On(YearDay { month, day })) => {
                write!(f, ", to {day} {}", MONTHS.get(usize::from(month) - 1).unwrap_or(&""))
            }
        }
    }
}

impl Serialize for YearDay {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for TermEnd {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Serialize for CalendarTerm {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Some(to) = &self.to else { return self.period.serialize(serializer) };
        let mut table = serializer.serialize_struct("CalendarTerm", 2)?;
        table.serialize_field("period", &self.period)?;
        table.serialize_field("to", to)?;
        table.end()
    }
}

impl<'de> Deserialize<'de> for YearDay {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for TermEnd {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl<'de> Deserialize<'de> for CalendarTerm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "a period such as \"2 years\", or a table with `period` and `to`")]
        enum Written {
            Period(Period),
            Term(Table),
        }
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Table {
            period: Period,
            to: Option<TermEnd>,
        }
        let term = Written::deserialize(deserializer)?;
        Ok(match term {
            Written::Period(period) => Self::new(period),
            Written::Term(Table { period, to }) => Self { period, to },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn term(text: &str) -> CalendarTerm {
        let (period, to) = text.split_once(" to ").map_or((text, None), |(period, to)| (period, Some(to)));
        CalendarTerm { period: period.parse().unwrap(), to: to.map(|to| to.parse().unwrap()) }
    }

    const TERMS: &[&str] = &[
        "1 day",
        "30 days",
        "1 month",
        "1 month 1 day",
        "2 months",
        "1 year",
        "1 day to month-end",
        "1 month to month-end",
        "2 months to month-end",
        "1 month to quarter-end",
        "1 month to year-end",
        "1 month to 12-31",
        "1 month to 06-30",
        "1 month to 06-15",
        "1 month to 02-28",
        "1 month to 02-29",
        "1 year to year-end",
    ];

    #[test]
    fn ends_before_the_anniversary_or_with_the_month_that_is_too_short_for_it() {
        for (begins, length, last) in [
            ("2021-03-01", "3 years", "2024-02-29"),
            ("2024-02-29", "1 year", "2025-02-28"),
            ("2024-02-29", "4 years", "2028-02-28"),
            ("2025-08-31", "6 months", "2026-02-28"),
            ("2025-08-28", "6 months", "2026-02-27"),
            ("2024-01-31", "1 month 1 day", "2024-02-29"),
            ("2026-01-01", "1 day", "2026-01-01"),
            ("2024-01-15", "24 months to month-end", "2026-01-31"),
            ("2024-02-01", "24 months to month-end", "2026-01-31"),
            ("2026-11-15", "1 day to quarter-end", "2026-12-31"),
            ("2026-02-15", "1 day to quarter-end", "2026-03-31"),
            ("2026-02-15", "1 year to year-end", "2027-12-31"),
            ("2026-07-01", "1 year to 06-30", "2027-06-30"),
            ("2026-07-02", "1 year to 06-30", "2028-06-30"),
            ("2026-02-10", "1 day to 02-29", "2026-02-28"),
            ("2028-02-10", "1 day to 02-29", "2028-02-29"),
        ] {
            assert_eq!(term(length).last_day(date(begins)), Some(date(last)), "{begins} for {length}");
        }
        assert_eq!(term("1 day to 06-30").last_day(date("9999-07-01")), None);
        assert_eq!(term("19999 years to month-end").last_day(date("2026-01-01")), None);
    }

    #[test]
    fn counts_the_anniversary_of_a_period_and_not_of_what_has_an_end_of_its_own() {
        let begins = date("2026-02-15");
        let ends = |text: &str| (term(text).last_within(begins).unwrap(), term(text).first_held(begins).unwrap());
        assert_eq!(ends("1 year"), (date("2027-02-15"), date("2027-02-15")));
        assert_eq!(ends("1 year to year-end"), (date("2027-12-31"), date("2028-01-01")));
    }

    #[test]
    fn reaches_every_day_up_to_its_last() {
        let days = || (date("2027-12-20").number()..date("2028-01-10").number()).filter_map(Date::numbered);
        for term in TERMS.iter().map(|&text| term(text)).chain([term("0 days"), term("0 days to month-end")]) {
            for (awarded, on) in days().flat_map(|awarded| days().map(move |on| (awarded, on))) {
                let last = term.last_within(awarded).unwrap();
                assert_eq!(term.reaches(awarded, on), on <= last, "{term:?} from {awarded} on {on}");
            }
        }
    }

    #[test]
    fn says_of_two_terms_which_implies_the_other_only_if_it_does() {
        let days = || (date("2027-01-01").number()..date("2029-01-01").number()).filter_map(Date::numbered);
        let mut implied = 0;
        for (this, that) in TERMS.iter().flat_map(|&this| TERMS.iter().map(move |&that| (term(this), term(that)))) {
            if this.is_within(that) {
                implied += 1;
                assert!(days().all(|day| this.last_within(day) <= that.last_within(day)), "{this:?} within {that:?}");
            }
            if this.outlasts(that) {
                implied += 1;
                assert!(days().all(|day| this.first_held(day) >= that.first_held(day)), "{this:?} outlasts {that:?}");
            }
        }
        assert!(implied > 80, "{implied}");
        let mut never = 0;
        for (held, other) in TERMS.iter().flat_map(|&this| TERMS.iter().map(move |&that| (term(this), term(that)))) {
            if held.exceeds(other) {
                never += 1;
                assert!(days().all(|day| held.first_held(day) > other.last_within(day)), "{held:?} {other:?}");
            }
            if held.exceeds_validity(other) {
                never += 1;
                assert!(days().all(|day| held.first_held(day) > other.last_day(day)), "{held:?} {other:?}");
            }
        }
        assert!(never > 80, "{never}");
        for (this, that) in [
            ("1 month to month-end", "1 month to quarter-end"),
            ("1 month to quarter-end", "1 month to 12-31"),
            ("1 month to year-end", "1 month to 12-31"),
            ("1 month to 12-31", "1 month to year-end"),
            ("1 month", "2 months to month-end"),
        ] {
            assert!(term(this).is_within(term(that)), "{this} within {that}");
        }
        assert!(!term("1 month").is_within(term("1 month to month-end")));
        assert!(!term("1 month to month-end").is_within(term("1 month to 02-28")));
        assert!(term("1 month to month-end").outlasts(term("1 month")));
    }

    #[test]
    fn is_read_as_it_is_written() {
        for text in ["1-1", "00-10", "02-30", "13-01", "006-3", "06-30 ", "0é-1", "", "-", "06/30", "+6-30"] {
            assert!(text.parse::<YearDay>().is_err(), "{text}");
            assert!(text.parse::<TermEnd>().is_err(), "{text}");
        }
        for text in TERMS {
            let json = serde_json::to_string(&term(text)).unwrap();
            assert_eq!(serde_json::from_str::<CalendarTerm>(&json).unwrap(), term(text), "{json}");
        }
        assert_eq!(serde_json::to_string(&term("2 years")).unwrap(), r#""2 years""#);
        assert_eq!(serde_json::to_string(&term("2 years to 06-30")).unwrap(), r#"{"period":"2 years","to":"06-30"}"#);
        assert!(serde_json::from_str::<CalendarTerm>(r#"{"period":"2 years","too":"06-30"}"#).is_err());
        assert_eq!(term("2 years to 06-30").to_string(), "2 years, to 30 June");
    }
}
