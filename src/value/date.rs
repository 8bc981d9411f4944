//! Calendar dates and calendar periods.

use std::fmt;
use std::str::FromStr;

use jiff::civil;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::text::counted;

/// A calendar day, without time of day or time zone, from `0001-01-01` to `9999-12-31`.
///
/// There is no clock in this crate: every question is asked *as of* a date that the caller gives.
///
/// ```
/// use credpath::Date;
///
/// let date: Date = "2026-11-22".parse()?;
/// assert_eq!(date, Date::new(2026, 11, 22).expect("a day in November"));
/// assert!(Date::new(2026, 2, 29).is_none());
/// # Ok::<(), credpath::InvalidDate>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date(civil::Date);

/// A text that is not a date of the form `YYYY-MM-DD`, or names a day that there is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` {fault}")]
pub struct InvalidDate {
    text: String,
    pub(crate) fault: DateFault,
}

impl InvalidDate {
    /// The days that the text could be meant for, where it has another form, in their order: `10/01/2024` is one of
    /// two, `31.12.2024` is one. Nothing for any other text.
    ///
    /// ```
    /// use credpath::Date;
    ///
    /// let invalid = "10/01/2024".parse::<Date>().expect_err("day and month could be either");
    /// assert_eq!(invalid.meant(), ["2024-01-10".parse()?, "2024-10-01".parse()?]);
    /// # Ok::<(), credpath::InvalidDate>(())
    /// ```
    #[must_use]
    pub fn meant(&self) -> Vec<Date> {
        days_meant(&self.text)
    }
}

/// The days that a text in another form could be meant for, in their order.
pub(crate) fn days_meant(text: &str) -> Vec<Date> {
    let numbers: Vec<&str> = text.trim().split(['/', '.', '-']).collect();
    let &[first, second, third] = &numbers[..] else { return Vec::new() };
    let day = |year: &str, month: &str, day: &str| -> Option<Date> {
        let short = |number: &str| (1..=2).contains(&number.len());
        let digits = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit());
        (year.len() == 4 && short(month) && short(day)).then_some(())?;
        [year, month, day].into_iter().all(digits).then_some(())?;
        Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
    };
    let orders = [day(first, second, third), day(third, second, first), day(third, first, second)];
    let mut days: Vec<Date> = orders.into_iter().flatten().collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// The fault of a text that should be a date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum DateFault {
    #[error("is not a date of the form YYYY-MM-DD")]
    Form,
    #[error("lies before the first day that can be written, {}", Date::FIRST)]
    Year,
    #[error("is a day that does not exist")]
    Day,
}

impl Date {
    /// The first day that can be written, `0001-01-01`.
    pub(crate) const FIRST: Self = Self(civil::date(1, 1, 1));

    /// The last day that can be written, `9999-12-31`.
    pub(crate) const LAST: Self = Self(civil::date(9999, 12, 31));

    /// The days from the first day to `1970-01-01`.
    const UNTIL_1970: i32 = 719_162;

    const SECONDS_OF_DAY: i64 = 86_400;

    /// The date with this year (1 to 9999), month (1 to 12) and day, or `None` if there is no such day.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let year = i16::try_from(year).ok().filter(|year| (1..=9999).contains(year))?;
        let (month, day) = (i8::try_from(month).ok()?, i8::try_from(day).ok()?);
        civil::Date::new(year, month, day).ok().map(Self)
    }

    /// The year, 1 to 9999.
    #[must_use]
    pub fn year(self) -> u16 {
        self.0.year().unsigned_abs()
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.0.month().unsigned_abs()
    }

    /// The day of the month, 1 to 31.
    #[must_use]
    pub fn day(self) -> u8 {
        self.0.day().unsigned_abs()
    }

    /// The days from `1970-01-01` to this one, negative before it: as columns and databases store a date.
    ///
    /// ```
    /// use credpath::Date;
    ///
    /// let date: Date = "2026-11-22".parse()?;
    /// assert_eq!(date.days_since_1970(), 20_779);
    /// assert_eq!(Date::from_days_since_1970(20_779), Some(date));
    /// assert_eq!(Date::from_days_since_1970(-1), Some("1969-12-31".parse()?));
    /// assert_eq!(Date::from_days_since_1970(i32::MAX), None);
    /// # Ok::<(), credpath::InvalidDate>(())
    /// ```
    #[must_use]
    pub fn days_since_1970(self) -> i32 {
        self.number() - Self::UNTIL_1970
    }

    /// The day so many days after `1970-01-01`, or before it; `None` if it lies before `0001-01-01` or after
    /// `9999-12-31`.
    #[must_use]
    pub fn from_days_since_1970(days: i32) -> Option<Self> {
        Self::numbered(days.checked_add(Self::UNTIL_1970)?)
    }

    /// The day before, or `None` before `0001-01-01`.
    pub(crate) fn previous(self) -> Option<Self> {
        self.0.yesterday().ok().filter(|day| day.year() >= 1).map(Self)
    }

    /// The day after, or `None` after `9999-12-31`.
    pub(crate) fn next(self) -> Option<Self> {
        self.0.tomorrow().ok().map(Self)
    }

    /// The day as a number: days since [`Date::FIRST`].
    pub(crate) fn number(self) -> i32 {
        let seconds = self.0.duration_since(Self::FIRST.0).as_secs();
        i32::try_from(seconds / Self::SECONDS_OF_DAY).unwrap_or(0)
    }

    /// The day with this number, if it can be written.
    pub(crate) fn numbered(number: i32) -> Option<Self> {
        let span = jiff::Span::new().try_days(number).ok()?;
        Self::FIRST.0.checked_add(span).ok().map(Self).filter(|day| *day >= Self::FIRST)
    }

    /// This date and a period: months first, clamped to the month's end, then days. `None` when that is past year 9999,
    /// which every caller reads as "never ends".
    pub(crate) fn after(self, period: Period) -> Option<Self> {
        let span = jiff::Span::new().try_months(period.months).and_then(|span| span.try_days(period.days)).ok()?;
        self.0.checked_add(span).ok().map(Self)
    }

    /// The day so long before this one, months first; the first day that can be written if it would lie before that.
    pub(crate) fn before(self, period: Period) -> Self {
        let span = jiff::Span::new().try_months(period.months).and_then(|span| span.try_days(period.days));
        let day = span.and_then(|span| self.0.checked_sub(span));
        day.map_or(Self::FIRST, |day| Self(day).max(Self::FIRST))
    }

    /// The last day of a period that begins on this day (semantics 1.2): the day before its anniversary; where the
    /// month is too short to have that, the last day of the month. `None` as with [`Date::after`].
    pub(crate) fn last_day_of(self, period: Period) -> Option<Self> {
        let anniversary = self.after(period)?;
        let in_short_month = period.days == 0 && anniversary.day() != self.day();
        Some(if in_short_month { anniversary } else { anniversary.previous().unwrap_or(anniversary) })
    }

    /// The last day of its month.
    pub(crate) fn month_end(self) -> Self {
        Self(self.0.last_of_month())
    }
}

impl FromStr for Date {
    type Err = InvalidDate;

    /// Reads `YYYY-MM-DD` and nothing else.
    ///
    /// # Errors
    /// [`InvalidDate`] when the text has another form or names a day that does not exist.
    fn from_str(text: &str) -> Result<Self, InvalidDate> {
        let read = || {
            let has_form = text.len() == 10
                && text.bytes().enumerate().all(|(i, byte)| match i {
                    4 | 7 => byte == b'-',
                    _ => byte.is_ascii_digit(),
                });
            let parts =
                has_form.then(|| Some((text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?)));
            let (year, month, day): (u16, u8, u8) = parts.flatten().ok_or(DateFault::Form)?;
            if year == 0 {
                return Err(DateFault::Year);
            }
            Self::new(year, month, day).ok_or(DateFault::Day)
        };
        read().map_err(|fault| InvalidDate { text: text.chars().take(40).collect(), fault })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl fmt::Debug for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Date {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// From a text, or from a date of TOML.
impl<'de> Deserialize<'de> for Date {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Day;
        impl<'de> Visitor<'de> for Day {
            type Value = Date;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date such as 2026-11-22")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Date, E> {
                text.parse().map_err(E::custom)
            }

            // In serde's data model, which knows no dates, one of TOML is a table with one text.
            fn visit_map<A: MapAccess<'de>>(self, mut table: A) -> Result<Date, A::Error> {
                let (_, text) = table.next_entry::<String, String>()?.ok_or_else(|| A::Error::custom("no date"))?;
                text.parse().map_err(A::Error::custom)
            }
        }
        deserializer.deserialize_any(Day)
    }
}

/// A calendar length such as "3 years", "18 months", "12 weeks" or "1 year 6 months".
///
/// Months and years follow the calendar and are clamped to the month's end: one month after 31 January is the last day
/// of February. Weeks and days are counted.
///
/// ```
/// use credpath::Period;
///
/// let period: Period = "18 months".parse()?;
/// assert_eq!(period.to_string(), "18 months");
/// assert_eq!("36 months".parse::<Period>()?.to_string(), "3 years");
/// # Ok::<(), credpath::InvalidPeriod>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    months: u32,
    days: u32,
}

/// A text that is not a period.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a period is a number and a unit, such as \"3 years\", \"18 months\", \"12 weeks\" or \"10 days\"")]
pub struct InvalidPeriod(());

impl InvalidPeriod {
    pub(crate) fn new() -> Self {
        Self(())
    }
}

impl Period {
    /// The months of the period; a year is twelve.
    #[must_use]
    pub fn months(self) -> u32 {
        self.months
    }

    /// The days of the period beside its months; a week is seven.
    #[must_use]
    pub fn days(self) -> u32 {
        self.days
    }

    /// Whether this period ends no later than the other one from whatever date both begin.
    pub(crate) fn within(self, other: Self) -> bool {
        self.months <= other.months && self.days <= other.days
    }
}

impl FromStr for Period {
    type Err = InvalidPeriod;

    /// Reads one or more pairs of a whole number and `day`, `week`, `month` or `year`, with or without a plural `s`.
    ///
    /// # Errors
    /// [`InvalidPeriod`] for anything else, and for lengths above 20,000 years.
    fn from_str(text: &str) -> Result<Self, InvalidPeriod> {
        const LONGEST: u32 = 20_000 * 366;
        let invalid = InvalidPeriod(());
        let mut period = Self { months: 0, days: 0 };
        let mut words = text.split_ascii_whitespace();
        let mut pairs = 0;
        while let Some(count) = words.next() {
            if count.len() > 9 || !count.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(invalid);
            }
            let count: u32 = count.parse().map_err(|_| InvalidPeriod(()))?;
            let (total, factor) = match words.next() {
                Some("year" | "years") => (&mut period.months, 12),
                Some("month" | "months") => (&mut period.months, 1),
                Some("week" | "weeks") => (&mut period.days, 7),
                Some("day" | "days") => (&mut period.days, 1),
                _ => return Err(invalid),
            };
            *total = count
                .checked_mul(factor)
                .and_then(|more| more.checked_add(*total))
                .filter(|&total| total <= LONGEST)
                .ok_or(InvalidPeriod(()))?;
            pairs += 1;
        }
        if pairs == 0 { Err(invalid) } else { Ok(period) }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let months = match self.months {
            0 => None,
            months if months % 12 == 0 => Some(counted(months / 12, "year")),
            months => Some(counted(months, "month")),
        };
        let days = match self.days {
            0 => None,
            days if days % 7 == 0 => Some(counted(days / 7, "week")),
            days => Some(counted(days, "day")),
        };
        match (months, days) {
            (None, None) => f.write_str("0 days"),
            (Some(months), Some(days)) => write!(f, "{months} {days}"),
            (one, other) => f.write_str(&one.or(other).unwrap_or_default()),
        }
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn adds_months_clamped_to_the_month_end_then_days() {
        for (start, length, end) in [
            ("2021-03-01", "3 years", "2024-03-01"),
            ("2024-01-31", "1 month", "2024-02-29"),
            ("2024-02-29", "1 year", "2025-02-28"),
            ("2024-02-29", "4 years", "2028-02-29"),
            ("2024-12-30", "2 weeks", "2025-01-13"),
            ("2024-01-30", "1 month 1 day", "2024-03-01"),
        ] {
            assert_eq!(date(start).after(period(length)), Some(date(end)), "{start} + {length}");
        }
        assert_eq!(date("9999-12-31").after(period("1 day")), None);
        assert_eq!(date("2024-01-01").after(period("19999 years")), None);
    }

    #[test]
    fn numbers_days_one_after_the_other() {
        for (text, number) in
            [("0001-01-01", 0), ("0001-03-01", 59), ("2026-11-25", 739_944), ("9999-12-31", 3_652_058)]
        {
            assert_eq!((date(text).number(), Date::numbered(number)), (number, Some(date(text))));
            assert_eq!(Date::from_days_since_1970(date(text).days_since_1970()), Some(date(text)));
        }
        assert_eq!((Date::numbered(-1), Date::numbered(3_652_059)), (None, None));
    }

    #[test]
    fn says_what_is_wrong_with_a_date() {
        for (text, fault) in [
            ("26-02-03", "is not a date of the form YYYY-MM-DD"),
            ("2026-02-30", "is a day that does not exist"),
            ("2026-00-10", "is a day that does not exist"),
            ("0000-01-01", "lies before the first day that can be written, 0001-01-01"),
        ] {
            assert_eq!(text.parse::<Date>().unwrap_err().to_string(), format!("`{text}` {fault}"));
        }
    }

    #[test]
    fn refuses_what_is_no_date_or_period() {
        for text in
            ["", "2026-2-3", "2026-02-30", "2026-13-01", "0000-01-01", "2026-02-03T00:00", "+026-02-03", "２026-02-0"]
        {
            assert!(text.parse::<Date>().is_err(), "{text}");
        }
        for text in ["", "3", "years", "3 decades", "-3 years", "1.5 years", "4294967295 years", "3 years and"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }
}
