//! Moments as other formats write them, and the day that they are in a stated offset from UTC.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::value::date::Date;
use crate::value::names::named;

/// How far the clocks of a place are from UTC, in whole minutes, less than a day. It is no time zone: it knows of no
/// summer time.
///
/// ```
/// use credpath::UtcOffset;
///
/// let brussels: UtcOffset = "+01:00".parse()?;
/// assert_eq!(brussels.minutes(), 60);
/// assert_eq!("Z".parse::<UtcOffset>()?, UtcOffset::UTC);
/// assert_eq!(UtcOffset::new(-210).expect("less than a day").to_string(), "-03:30");
/// # Ok::<(), credpath::InvalidOffset>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UtcOffset(i16);

/// A text that is no offset from UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an offset from UTC is `Z` or hours and minutes, such as +01:00 or -05:00")]
pub struct InvalidOffset(());

const DAY: i32 = 24 * 60;

impl UtcOffset {
    /// None.
    pub const UTC: Self = Self(0);

    /// The offset of so many minutes, ahead of UTC if they are positive; `None` from a whole day on.
    #[must_use]
    pub fn new(minutes: i32) -> Option<Self> {
        i16::try_from(minutes).ok().filter(|_| minutes.abs() < DAY).map(Self)
    }

    /// The minutes ahead of UTC; behind it if negative.
    #[must_use]
    pub fn minutes(self) -> i32 {
        i32::from(self.0)
    }
}

impl FromStr for UtcOffset {
    type Err = InvalidOffset;

    /// Reads `Z`, `UTC`, `GMT`, or a sign with `hh:mm`, `hhmm` or `hh`.
    ///
    /// # Errors
    /// [`InvalidOffset`] for anything else.
    fn from_str(text: &str) -> Result<Self, InvalidOffset> {
        if ["Z", "z", "UTC", "GMT"].contains(&text) {
            return Ok(Self::UTC);
        }
        let read = || {
            let (sign, digits) = match text.as_bytes().first()? {
                b'+' => (1, &text[1..]),
                b'-' => (-1, &text[1..]),
                _ => return None,
            };
            let (hours, minutes) = match (digits.len(), digits.is_ascii()) {
                (5, true) if digits.as_bytes()[2] == b':' => (&digits[..2], &digits[3..]),
                (4, true) => (&digits[..2], &digits[2..]),
                (2, true) => (digits, "00"),
                _ => return None,
            };
            let minutes = number(minutes).filter(|&minutes| minutes < 60)?;
            Self::new(sign * (number(hours)? * 60 + minutes))
        };
        read().ok_or(InvalidOffset(()))
    }
}

impl fmt::Display for UtcOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.unsigned_abs();
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

impl Serialize for UtcOffset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UtcOffset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// In which order the parts of a date stand.
///
/// ```
/// use credpath::DateOrder;
///
/// assert_eq!(DateOrder::default(), DateOrder::YearMonthDay);
/// assert_eq!("day-month-year".parse(), Ok(DateOrder::DayMonthYear));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
#[non_exhaustive]
pub enum DateOrder {
    /// 2026-11-22.
    #[default]
    YearMonthDay,
    /// 22.11.2026 or 22/11/2026.
    DayMonthYear,
    /// 11/22/2026.
    MonthDayYear,
}

named!(DateOrder, "order of dates":
    YearMonthDay = "year-month-day",
    DayMonthYear = "day-month-year",
    MonthDayYear = "month-day-year",
);

/// How the days of a text are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct DayForm {
    pub(crate) order: DateOrder,
    /// The first of the hundred years that two digits stand for; none if a year has four.
    pub(crate) century: Option<u16>,
}

/// A day, and what time it is there if that is stated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    day: Date,
    time: Option<TimeOfDay>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct TimeOfDay {
    minutes: i32,
    /// Whether no second of that minute has passed.
    exact: bool,
    offset: Option<UtcOffset>,
}

/// Why a text is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MomentFault {
    /// It has another form.
    Form,
    /// There is no such day, or no such time.
    NoSuchDay,
    /// The year has two digits, and nobody said of which century.
    Century,
    /// It has a time, and nothing says in which offset.
    NoOffset,
}

impl Moment {
    /// Reads a day, with or without a time, as in `2026-11-22`, `2026-11-22T09:41:00Z`, `2014-04-01 09:41:00 -0500` or
    /// `11/22/2026 9:41 AM`.
    pub(crate) fn read(text: &str, form: DayForm) -> Result<Self, MomentFault> {
        let text = text.trim();
        let (day, time) = match text.find(['T', 't', ' ']) {
            Some(at) => (&text[..at], text[at + 1..].trim()),
            None => (text, ""),
        };
        let day = form.day(day)?;
        if time.is_empty() {
            return Ok(Self { day, time: None });
        }
        let mut time = TimeOfDay::read(time)?;
        // 24:00 is the start of the next day.
        let mut day = day;
        if time.minutes == DAY {
            (day, time.minutes) = (day.next().ok_or(MomentFault::NoSuchDay)?, 0);
        }
        Ok(Self { day, time: Some(time) })
    }

    /// The moment so many seconds after the start of 1970, in UTC.
    #[cfg(feature = "json")]
    pub(crate) fn of_seconds(seconds: i64) -> Option<Self> {
        const EPOCH: i32 = 719_162;
        let day = i32::try_from(seconds.div_euclid(86_400)).ok()?.checked_add(EPOCH)?;
        let rest = i32::try_from(seconds.rem_euclid(86_400)).ok()?;
        let time = TimeOfDay { minutes: rest / 60, exact: rest % 60 == 0, offset: Some(UtcOffset::UTC) };
        Some(Self { day: Date::numbered(day)?, time: Some(time) })
    }

    /// Its day in an offset. A time without an offset of its own is taken to be in that one if `local` says so.
    pub(crate) fn day(self, offset: UtcOffset, local: bool) -> Result<Date, MomentFault> {
        self.shifted(offset, local, 0)
    }

    /// The last day of what lasts until then: what ends as a day begins was good for the last time on the day before.
    pub(crate) fn last_day(self, offset: UtcOffset, local: bool) -> Result<Date, MomentFault> {
        let exact = self.time.is_some_and(|time| time.exact);
        self.shifted(offset, local, if exact { -1 } else { 0 })
    }

    fn shifted(self, offset: UtcOffset, local: bool, minutes: i32) -> Result<Date, MomentFault> {
        let Some(time) = self.time else { return Ok(self.day) };
        let own = match time.offset {
            Some(own) => own,
            None if local => offset,
            None => return Err(MomentFault::NoOffset),
        };
        let minutes = time.minutes - own.minutes() + offset.minutes() + minutes;
        Date::numbered(self.day.number() + minutes.div_euclid(DAY)).ok_or(MomentFault::NoSuchDay)
    }
}

impl DayForm {
    fn day(self, text: &str) -> Result<Date, MomentFault> {
        let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
        let &[first, second, third] = &parts[..] else { return Err(MomentFault::Form) };
        let (year, month, day) = match self.order {
            DateOrder::YearMonthDay => (first, second, third),
            DateOrder::DayMonthYear => (third, second, first),
            DateOrder::MonthDayYear => (third, first, second),
        };
        let fits = |part: &str| (1..=2).contains(&part.len());
        if !fits(month) || !fits(day) || ![2, 4].contains(&year.len()) {
            return Err(MomentFault::Form);
        }
        let part = |text| number(text).ok_or(MomentFault::Form);
        let (mut years, month, day) = (part(year)?, part(month)?, part(day)?);
        if year.len() == 2 {
            let from = i32::from(self.century.ok_or(MomentFault::Century)?);
            years = from + (years - from).rem_euclid(100);
        }
        let date = u16::try_from(years).ok().zip(u8::try_from(month).ok()).zip(u8::try_from(day).ok());
        date.and_then(|((year, month), day)| Date::new(year, month, day)).ok_or(MomentFault::NoSuchDay)
    }
}

impl TimeOfDay {
    fn read(text: &str) -> Result<Self, MomentFault> {
        let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ',')).unwrap_or(text.len());
        let (clock, mut rest) = (&text[..end], text[end..].trim_start());
        let mut half = None;
        for (word, hours) in [("AM", 0), ("PM", 12), ("am", 0), ("pm", 12)] {
            if let Some(after) = rest.strip_prefix(word) {
                (half, rest) = (Some(hours), after.trim_start());
                break;
            }
        }
        let parts: Vec<&str> = clock.split(':').collect();
        let (hours, minutes, seconds) = match parts[..] {
            [hours, minutes] => (hours, minutes, "00"),
            [hours, minutes, seconds] => (hours, minutes, seconds),
            _ => return Err(MomentFault::Form),
        };
        let (whole, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, "0"));
        let fits = |part: &str| part.len() == 2;
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !(1..=2).contains(&hours.len()) || !fits(minutes) || !fits(whole) || !digits(fraction) {
            return Err(MomentFault::Form);
        }
        let part = |text| number(text).ok_or(MomentFault::Form);
        let (mut hours, minutes, whole) = (part(hours)?, part(minutes)?, part(whole)?);
        let exact = whole == 0 && fraction.bytes().all(|byte| byte == b'0');
        if let Some(half) = half {
            if !(1..=12).contains(&hours) {
                return Err(MomentFault::NoSuchDay);
            }
            hours = hours % 12 + half;
        }
        let end_of_day = hours == 24 && minutes == 0 && exact;
        if (hours > 23 && !end_of_day) || minutes > 59 || whole > 60 {
            return Err(MomentFault::NoSuchDay);
        }
        let offset = match rest {
            "" => None,
            zone => Some(zone.parse().map_err(|_| MomentFault::Form)?),
        };
        Ok(Self { minutes: hours * 60 + minutes, exact, offset })
    }
}

/// A few decimal digits, and nothing else, as a number.
fn number(text: &str) -> Option<i32> {
    let plain = !text.is_empty() && text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, offset: &str) -> Result<String, MomentFault> {
        let moment = Moment::read(text, DayForm::default())?;
        moment.day(offset.parse().unwrap(), false).map(|day| day.to_string())
    }

    fn last(text: &str, offset: &str) -> String {
        let moment = Moment::read(text, DayForm::default()).unwrap();
        moment.last_day(offset.parse().unwrap(), true).unwrap().to_string()
    }

    #[test]
    fn a_moment_is_another_day_elsewhere() {
        for (text, offset, due) in [
            ("2022-12-31T23:00:00Z", "+01:00", "2023-01-01"),
            ("2022-12-31T23:00:00Z", "Z", "2022-12-31"),
            ("2022-12-31T22:59:59.999Z", "+01:00", "2022-12-31"),
            ("2014-04-01 09:41:00 -0500", "+10:00", "2014-04-02"),
            ("2014-04-01 23:41 UTC", "-05:00", "2014-04-01"),
            ("2020-03-01T00:30:00+02:00", "Z", "2020-02-29"),
            ("2020-02-29T24:00:00Z", "Z", "2020-03-01"),
            ("2022-12-31", "+14:00", "2022-12-31"),
            ("2016-12-31T23:59:60Z", "Z", "2016-12-31"),
        ] {
            assert_eq!(day(text, offset).as_deref(), Ok(due), "{text} {offset}");
        }
    }

    #[test]
    fn what_lasts_until_midnight_was_good_the_day_before() {
        assert_eq!(last("2026-01-01T00:00:00Z", "Z"), "2025-12-31");
        assert_eq!(last("2026-01-01T00:00:01Z", "Z"), "2026-01-01");
        assert_eq!(last("2025-12-31T23:00:00Z", "+01:00"), "2025-12-31");
        assert_eq!(last("2025-12-31", "Z"), "2025-12-31");
        assert_eq!(last("2025-12-31T23:59:59", "Z"), "2025-12-31");
    }

    #[test]
    fn days_are_read_in_the_order_that_is_stated() {
        let read = |text, order, century| Moment::read(text, DayForm { order, century }).map(|moment| moment.day);
        let day = |text: &str| Ok(text.parse::<Date>().unwrap());
        assert_eq!(read("03/04/2014", DateOrder::MonthDayYear, None), day("2014-03-04"));
        assert_eq!(read("3.4.2014", DateOrder::DayMonthYear, None), day("2014-04-03"));
        assert_eq!(read("12/31/69", DateOrder::MonthDayYear, Some(1970)), day("2069-12-31"));
        assert_eq!(read("12/31/70", DateOrder::MonthDayYear, Some(1970)), day("1970-12-31"));
        assert_eq!(read("04/01/2014 12:05 AM", DateOrder::MonthDayYear, None), day("2014-04-01"));
        assert_eq!(read("12/31/70", DateOrder::MonthDayYear, None), Err(MomentFault::Century));
        assert_eq!(read("31/12/2014", DateOrder::MonthDayYear, None), Err(MomentFault::NoSuchDay));
        assert_eq!(read("2014-04-01", DateOrder::MonthDayYear, None), Err(MomentFault::Form));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in ["2024-01-01 12:00 AMPM", "2024-01-01 1:00 PM am", "2024-01-01 1:00 AMAM", "2024-01-01 1:00 M"] {
            assert_eq!(Moment::read(text, DayForm::default()), Err(MomentFault::Form), "{text}");
        }
        assert_eq!(day("2024-01-01 11:30 PM -0100", "Z").as_deref(), Ok("2024-01-02"));
        for text in ["", "2022", "2022-12", "2022-1-1T", "2022-12-31T", "2022-12-31X", "20221231", "2022-12-31T1"] {
            let is_day = Moment::read(text, DayForm::default());
            assert!(is_day.is_err() || matches!(text, "2022-1-1T" | "2022-12-31T"), "{text}: {is_day:?}");
        }
        for text in ["2022-12-31T25:00Z", "2022-12-31T24:01Z", "2022-12-31T23:60Z", "0000-01-01", "2022-02-30"] {
            assert_eq!(Moment::read(text, DayForm::default()).err(), Some(MomentFault::NoSuchDay), "{text}");
        }
        assert_eq!(day("2022-12-31T23:00:00", "Z"), Err(MomentFault::NoOffset));
        assert_eq!(day("2022-12-31T23:00:00 CET", "Z"), Err(MomentFault::Form));
        assert_eq!(day("9999-12-31T23:00:00Z", "+01:00"), Err(MomentFault::NoSuchDay));
        assert_eq!(day("0001-01-01T00:00:00Z", "-01:00"), Err(MomentFault::NoSuchDay));
        for text in ["+1:00", "+25:00", "+01:60", "1:00", "", "+é1:0", "+0é0"] {
            assert!(text.parse::<UtcOffset>().is_err(), "{text}");
        }
    }

    #[cfg(feature = "json")]
    #[test]
    fn seconds_of_the_epoch_are_moments() {
        let of = |seconds| Moment::of_seconds(seconds).unwrap().day(UtcOffset::UTC, false).unwrap().to_string();
        assert_eq!(of(0), "1970-01-01");
        assert_eq!(of(-1), "1969-12-31");
        assert_eq!(of(1_700_000_000), "2023-11-14");
        assert_eq!(Moment::of_seconds(i64::MAX), None);
    }
}
