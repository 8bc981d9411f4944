//! When something can be begun or claimed: the windows of a credential (semantics 1).

use std::fmt;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::value::date::Date;
use crate::value::term::YearDay;

/// When a credential can be begun or claimed: always, or in so many [windows](OfferingWindow). Outside all of them it
/// is retired, or not there yet.
///
/// A catalog writes one window, or a list of them, in which yearly ones may stand beside others.
///
/// ```
/// use credpath::Catalog;
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential]
///     seminar = { offered = [{ from = 2026-03-01, until = 2026-03-31 }, { yearly = ["11-15", "01-15"] }] }
/// "#)?;
/// let offered = &catalog.get(catalog.credential("seminar").expect("defined above")).offered;
/// let day = "2026-03-20".parse()?;
/// assert!(offered.contains(day));
/// assert_eq!(offered.closes(day), Some("2026-03-31".parse()?));
/// assert_eq!(offered.opens(day), Some("2026-11-15".parse()?));
/// assert_eq!(offered.to_string(), "2026-03-01 to 2026-03-31, every year from 11-15 to 01-15");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Offering {
    /// In order, each once; none if there is no limit.
    windows: Option<Box<[OfferingWindow]>>,
    /// A day after which it is not offered, whatever the windows say.
    last: Option<Date>,
}

/// Days on which something can be begun or claimed, the first and the last included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum OfferingWindow {
    /// Once; an end that is not given is open.
    Once {
        /// The first day.
        from: Option<Date>,
        /// The last day. If it comes before the first one, the window has no day.
        until: Option<Date>,
    },
    /// In every year. 29 February stands for the last day of February.
    Yearly {
        /// The first day.
        from: YearDay,
        /// The last day; that of the next year, if it comes before the first one in the year.
        until: YearDay,
    },
}

/// Days without a gap on which a window is open.
#[derive(Clone, Copy)]
struct OpenDays {
    from: Date,
    until: Date,
}

/// After so many years without a date of its own, a pattern of yearly windows has shown a gap if it has one: leap years
/// are eight years apart at the most.
const YEARS_OF_A_PATTERN: u16 = 9;

impl Offering {
    /// Open in these windows, and at no other time.
    pub(crate) fn within(mut windows: Vec<OfferingWindow>) -> Self {
        windows.sort_unstable();
        windows.dedup();
        Self { windows: Some(windows.into()), last: None }
    }

    /// The same, but never after a day.
    pub(crate) fn ending(self, last: Date) -> Self {
        Self { last: Some(self.last.map_or(last, |own| own.min(last))), ..self }
    }

    /// The day after which it is not offered, whatever the windows say: where the whole catalog is taught out
    /// ([`teach_out`](crate::Header::teach_out)).
    #[must_use]
    pub fn last(&self) -> Option<Date> {
        self.last
    }

    /// The last day of all on which it is offered; `None` if that never comes, or there is no day.
    #[must_use]
    pub fn ends(&self) -> Option<Date> {
        if self.never_ends() {
            return None;
        }
        let end = self.dates().max()?;
        if self.contains(end) { Some(end) } else { self.last_before(end) }
    }

    /// Whether it is offered on every day.
    pub(crate) fn is_always(&self) -> bool {
        self.windows.is_none() && self.last.is_none()
    }

    fn is_in_time(&self, date: Date) -> bool {
        self.last.is_none_or(|last| date <= last)
    }

    /// The windows, in order: those with dates, then the yearly ones. `None` if there is no limit.
    #[must_use]
    pub fn windows(&self) -> Option<&[OfferingWindow]> {
        self.windows.as_deref()
    }

    /// Whether it is offered on the date.
    #[must_use]
    pub fn contains(&self, date: Date) -> bool {
        self.is_in_time(date) && self.windows().is_none_or(|windows| windows.iter().any(|window| window.contains(date)))
    }

    /// Whether it will not be offered on the date or later. What has no day is over on every date.
    #[must_use]
    pub fn is_over(&self, date: Date) -> bool {
        self.windows().is_some_and(|windows| windows.iter().all(|window| window.is_over(date)))
            || self.last.is_some() && self.first_from(date).is_none()
    }

    /// If it is offered on the date, the last day on which it is without a break; `None` if that never comes, or it is
    /// not offered on the date.
    #[must_use]
    pub fn closes(&self, date: Date) -> Option<Date> {
        let cut = |end: Option<Date>| self.last.map_or(end, |last| Some(end.map_or(last, |end| end.min(last))));
        if !self.contains(date) {
            return None;
        }
        cut(self.closes_by_windows(date))
    }

    fn closes_by_windows(&self, date: Date) -> Option<Date> {
        let windows = self.windows()?;
        let settled =
            windows.iter().flat_map(|window| window.dates()).fold(date, Date::max).year() + YEARS_OF_A_PATTERN;
        let mut last = date;
        while last.year() <= settled {
            let (before, year) = (last, last.year());
            let runs = windows.iter().flat_map(|window| window.runs([year - 1, year, year + 1]));
            let mut runs: Vec<OpenDays> = runs.collect();
            runs.sort_unstable_by_key(|run| run.from);
            for run in runs {
                if run.from > last.next()? {
                    break;
                }
                last = last.max(run.until);
            }
            if last == before {
                return Some(last);
            }
        }
        None
    }

    /// The first day after the date on which it is offered and was not on the day before; `None` if there is none.
    #[must_use]
    pub fn opens(&self, date: Date) -> Option<Date> {
        if self.contains(date) { self.first_from(self.closes(date)?.next()?) } else { self.first_from(date) }
    }

    /// The first day on which it is offered, on this one or later.
    pub(crate) fn first_from(&self, date: Date) -> Option<Date> {
        let Some(windows) = self.windows() else { return Some(date).filter(|&date| self.is_in_time(date)) };
        let first = windows.iter().filter_map(|window| window.run(date)).map(|run| run.from.max(date)).min();
        first.filter(|&first| self.is_in_time(first))
    }

    /// The last day before the date on which it was offered; `None` if there was none.
    pub(crate) fn last_before(&self, date: Date) -> Option<Date> {
        let day = date.previous()?;
        let day = self.last.map_or(day, |last| day.min(last));
        let Some(windows) = self.windows() else { return Some(day) };
        windows.iter().filter_map(|window| window.run_begun_by(day)).map(|run| run.until.min(day)).max()
    }

    /// Whether no window has a day.
    pub(crate) fn is_empty(&self) -> bool {
        self.windows().is_some_and(|windows| windows.iter().all(|window| window.is_empty()))
            || self.last.is_some() && self.first_from(Date::FIRST).is_none()
    }

    /// Whether on every date there is a later one on which it is offered.
    pub(crate) fn never_ends(&self) -> bool {
        self.last.is_none() && self.windows().is_none_or(|windows| windows.iter().any(|window| window.never_ends()))
    }

    /// The first day on which it is offered, if there is one before which it is not.
    pub(crate) fn begins(&self) -> Option<Date> {
        let first = |window: &OfferingWindow| match *window {
            OfferingWindow::Once { from, .. } => from,
            OfferingWindow::Yearly { .. } => None,
        };
        let windows = self.windows()?;
        if windows.iter().any(|window| first(window).is_none()) { None } else { windows.iter().filter_map(first).min() }
    }

    /// The dates at which windows begin and end.
    pub(crate) fn dates(&self) -> impl Iterator<Item = Date> {
        self.windows().unwrap_or_default().iter().flat_map(|window| window.dates()).chain(self.last)
    }

    /// Whether a window comes again every year.
    pub(crate) fn is_yearly(&self) -> bool {
        self.windows().unwrap_or_default().iter().any(|window| matches!(window, OfferingWindow::Yearly { .. }))
    }
}

impl OfferingWindow {
    /// Whether the date lies in it.
    #[must_use]
    pub fn contains(self, date: Date) -> bool {
        self.run(date).is_some_and(|run| run.from <= date)
    }

    /// Whether it has no day: it ends before it begins.
    #[must_use]
    pub fn is_empty(self) -> bool {
        matches!(self, Self::Once { from: Some(from), until: Some(until) } if from > until)
    }

    fn is_over(self, date: Date) -> bool {
        match self {
            Self::Once { until, .. } => self.is_empty() || until.is_some_and(|until| until < date),
            Self::Yearly { .. } => false,
        }
    }

    fn never_ends(self) -> bool {
        match self {
            Self::Once { until, .. } => until.is_none(),
            Self::Yearly { .. } => true,
        }
    }

    fn dates(self) -> impl Iterator<Item = Date> {
        let (from, until) = match self {
            Self::Once { from, until } => (from, until),
            Self::Yearly { .. } => (None, None),
        };
        [from, until].into_iter().flatten()
    }

    /// Its first days without a gap that do not end before the date.
    fn run(self, date: Date) -> Option<OpenDays> {
        let year = date.year();
        self.runs([year - 1, year, year + 1]).find(|run| date <= run.until)
    }

    /// Its last days without a gap that have begun by the date.
    fn run_begun_by(self, date: Date) -> Option<OpenDays> {
        let year = date.year();
        self.runs([year, year - 1, year.saturating_sub(2)]).find(|run| run.from <= date)
    }

    /// All its days if it comes once; else those that begin in these years. The calendar cuts them off at its ends.
    fn runs<const MANY: usize>(self, years: [u16; MANY]) -> impl Iterator<Item = OpenDays> {
        let once = match self {
            Self::Once { from, until } if !self.is_empty() => {
                Some(OpenDays { from: from.unwrap_or(Date::FIRST), until: until.unwrap_or(Date::LAST) })
            }
            Self::Once { .. } | Self::Yearly { .. } => None,
        };
        let yearly = years.into_iter().filter_map(move |year| {
            let Self::Yearly { from, until } = self else { return None };
            let ends_in = year + u16::from(until < from);
            let from = if year == 0 { Some(Date::FIRST) } else { from.in_year(year) };
            let until = if ends_in > Date::LAST.year() { Some(Date::LAST) } else { until.in_year(ends_in) };
            Some(OpenDays { from: from?, until: until? })
        });
        once.into_iter().chain(yearly)
    }
}

/// As one would say it.
impl fmt::Display for OfferingWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once { from: Some(from), until: Some(until) } => write!(f, "{from} to {until}"),
            Self::Once { from: Some(from), until: None } => write!(f, "from {from} on"),
            Self::Once { from: None, until: Some(until) } => write!(f, "until {until}"),
            Self::Once { from: None, until: None } => f.write_str("always"),
            Self::Yearly { from, until } => write!(f, "every year from {from} to {until}"),
        }
    }
}

/// As one would say it, one window after the other.
impl fmt::Display for Offering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.windows(), self.last) {
            (None, None) => f.write_str("always"),
            (None, Some(last)) => write!(f, "until {last}"),
            (Some([]), _) => f.write_str("never"),
            (Some(windows), last) => {
                f.write_str(&windows.iter().map(OfferingWindow::to_string).collect::<Vec<_>>().join(", "))?;
                last.map_or(Ok(()), |last| write!(f, ", and not after {last}"))
            }
        }
    }
}

/// As a catalog writes it.
impl Serialize for OfferingWindow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Once { from, until } => {
                let given = usize::from(from.is_some()) + usize::from(until.is_some());
                let mut table = serializer.serialize_struct("OfferingWindow", given)?;
                match from {
                    Some(from) => table.serialize_field("from", from)?,
                    None => table.skip_field("from")?,
                }
                match until {
                    Some(until) => table.serialize_field("until", until)?,
                    None => table.skip_field("until")?,
                }
                table.end()
            }
            Self::Yearly { from, until } => {
                let mut table = serializer.serialize_struct("OfferingWindow", 1)?;
                table.serialize_field("yearly", &[from, until])?;
                table.end()
            }
        }
    }
}

/// As a catalog writes it: one window, or a list of them; none if there is no limit.
impl Serialize for Offering {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.windows() {
            None => serializer.serialize_none(),
            Some([window]) => window.serialize(serializer),
            Some(windows) => windows.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().unwrap()
    }

    /// Windows such as `2026-01-01..2026-02-01`, `..2026-02-01` and `11-15..01-15`.
    fn offering(windows: &[&str]) -> Offering {
        let window = |text: &&str| {
            let (from, until) = text.split_once("..").unwrap();
            if from.len() == 5 {
                OfferingWindow::Yearly { from: from.parse().unwrap(), until: until.parse().unwrap() }
            } else {
                OfferingWindow::Once { from: from.parse().ok(), until: until.parse().ok() }
            }
        };
        Offering::within(windows.iter().map(window).collect())
    }

    /// For each of several days: whether it is offered, when it closes, when it opens next.
    #[track_caller]
    fn expect(windows: &[&str], days: &[(&str, bool, Option<&str>, Option<&str>)]) {
        let offered = offering(windows);
        for &(day, open, closes, opens) in days {
            let found = (offered.contains(date(day)), offered.closes(date(day)), offered.opens(date(day)));
            assert_eq!(found, (open, closes.map(date), opens.map(date)), "{windows:?} on {day}");
        }
    }

    #[test]
    fn both_ends_belong_to_a_window() {
        expect(
            &["2026-09-01..2026-09-30", "2026-02-01..2026-02-20"],
            &[
                ("2026-01-31", false, None, Some("2026-02-01")),
                ("2026-02-01", true, Some("2026-02-20"), Some("2026-09-01")),
                ("2026-02-20", true, Some("2026-02-20"), Some("2026-09-01")),
                ("2026-02-21", false, None, Some("2026-09-01")),
                ("2026-09-30", true, Some("2026-09-30"), None),
                ("2026-10-01", false, None, None),
            ],
        );
        let offered = offering(&["2026-09-01..2026-09-30", "2026-02-01..2026-02-20"]);
        assert_eq!((offered.is_over(date("2026-09-30")), offered.is_over(date("2026-10-01"))), (false, true));
        assert_eq!(offered.last_before(date("2026-09-01")), Some(date("2026-02-20")));
        assert_eq!(offered.last_before(date("2026-09-02")), Some(date("2026-09-01")));
        assert_eq!(offered.last_before(date("2026-02-01")), None);
        assert_eq!((offered.begins(), offered.never_ends()), (Some(date("2026-02-01")), false));
    }

    #[test]
    fn a_yearly_window_comes_again_also_over_the_new_year() {
        expect(
            &["09-01..09-30"],
            &[
                ("2026-08-31", false, None, Some("2026-09-01")),
                ("2026-09-30", true, Some("2026-09-30"), Some("2027-09-01")),
                ("2026-10-01", false, None, Some("2027-09-01")),
            ],
        );
        expect(
            &["11-15..01-15"],
            &[
                ("2026-11-14", false, None, Some("2026-11-15")),
                ("2026-12-31", true, Some("2027-01-15"), Some("2027-11-15")),
                ("2027-01-15", true, Some("2027-01-15"), Some("2027-11-15")),
                ("2027-01-16", false, None, Some("2027-11-15")),
                ("0001-01-10", true, Some("0001-01-15"), Some("0001-11-15")),
                ("9999-12-01", true, None, None),
                ("9999-11-14", false, None, Some("9999-11-15")),
            ],
        );
        let winter = offering(&["11-15..01-15"]);
        assert_eq!(winter.last_before(date("2027-11-15")), Some(date("2027-01-15")));
        assert_eq!(winter.last_before(date("2027-01-10")), Some(date("2027-01-09")));
        assert_eq!(winter.last_before(date("0001-01-01")), None);
        assert!(winter.never_ends() && !winter.is_over(date("9999-12-31")) && winter.begins().is_none());
    }

    #[test]
    fn the_last_day_of_february_stands_for_the_29th() {
        expect(
            &["02-29..03-10"],
            &[
                ("2027-02-27", false, None, Some("2027-02-28")),
                ("2027-02-28", true, Some("2027-03-10"), Some("2028-02-29")),
                ("2028-02-28", false, None, Some("2028-02-29")),
            ],
        );
        expect(
            &["02-01..02-29"],
            &[
                ("2027-02-28", true, Some("2027-02-28"), Some("2028-02-01")),
                ("2028-02-28", true, Some("2028-02-29"), Some("2029-02-01")),
                ("2028-03-01", false, None, Some("2029-02-01")),
            ],
        );
    }

    #[test]
    fn what_follows_without_a_gap_is_one() {
        expect(
            &["2026-01-01..2026-01-31", "2026-02-01..2026-02-10", "2026-02-05..2026-02-07"],
            &[("2026-01-10", true, Some("2026-02-10"), None)],
        );
        expect(&["07-01..06-30"], &[("2026-01-10", true, None, None)]);
        expect(&["01-01..06-30", "07-01..12-31"], &[("2026-06-30", true, None, None)]);
        // Closed on the one day that the year does not always have.
        expect(&["03-01..02-28"], &[("2096-03-01", true, Some("2104-02-28"), Some("2104-03-01"))]);
        expect(&["2026-01-01..2026-12-31", "2027-01-01.."], &[("2026-05-05", true, None, None)]);
    }

    #[test]
    fn is_written_as_a_catalog_writes_it() {
        for (windows, json, words) in [
            (
                &["2026-01-01..2026-02-01"][..],
                r#"{"from":"2026-01-01","until":"2026-02-01"}"#,
                "2026-01-01 to 2026-02-01",
            ),
            (&["..2026-02-01"], r#"{"until":"2026-02-01"}"#, "until 2026-02-01"),
            (&["2026-02-01.."], r#"{"from":"2026-02-01"}"#, "from 2026-02-01 on"),
            (&["11-15..01-15"], r#"{"yearly":["11-15","01-15"]}"#, "every year from 11-15 to 01-15"),
            (
                &["09-01..09-30", "2026-02-01..", "09-01..09-30"],
                r#"[{"from":"2026-02-01"},{"yearly":["09-01","09-30"]}]"#,
                "from 2026-02-01 on, every year from 09-01 to 09-30",
            ),
            (&[], "[]", "never"),
        ] {
            let offered = offering(windows);
            assert_eq!(
                (serde_json::to_string(&offered).unwrap().as_str(), offered.to_string().as_str()),
                (json, words)
            );
        }
        let always = Offering::default();
        assert_eq!((serde_json::to_string(&always).unwrap(), always.to_string()), ("null".into(), "always".into()));
    }

    #[test]
    fn what_has_no_day_is_over() {
        for windows in [&["2027-01-01..2026-01-01"][..], &[]] {
            let never = offering(windows);
            assert!(never.is_empty() && never.is_over(Date::FIRST) && !never.never_ends());
            expect(windows, &[("2026-06-01", false, None, None)]);
            assert_eq!(never.last_before(date("2030-01-01")), None);
        }
        let some = offering(&["2027-01-01..2026-01-01", "2028-01-01..2028-01-01"]);
        assert!(!some.is_empty() && !some.is_over(date("2028-01-01")) && some.is_over(date("2028-01-02")));
    }

    #[test]
    fn a_last_day_ends_every_window() {
        let always = Offering::default().ending(date("2027-08-31"));
        assert_eq!((always.ends(), always.to_string()), (Some(date("2027-08-31")), "until 2027-08-31".to_owned()));
        assert!(always.contains(date("2027-08-31")) && !always.contains(date("2027-09-01")) && !always.never_ends());
        let yearly = offering(&["11-15..01-15"]);
        assert_eq!(yearly.ends(), None);
        for (last, ends) in [("2027-08-31", "2027-01-15"), ("2027-12-24", "2027-12-24")] {
            assert_eq!(yearly.clone().ending(date(last)).ends(), Some(date(ends)), "{last}");
        }
        // The earlier of two, and what would begin later has no day.
        assert_eq!(always.ending(date("2026-01-01")).ends(), Some(date("2026-01-01")));
        let never = offering(&["2028-01-01.."]).ending(date("2027-08-31"));
        assert!(never.is_empty() && never.is_over(Date::FIRST) && never.ends().is_none());
        assert_eq!(offering(&["2026-02-01..2026-03-01", "..2026-01-01"]).ends(), Some(date("2026-03-01")));
    }

    #[test]
    fn agrees_with_every_day_looked_at_by_itself() {
        let sets: &[&[&str]] = &[
            &["11-15..01-15", "2026-12-20..2027-03-01"],
            &["02-29..02-29", "..2025-03-01"],
            &["02-29..02-28", "2027-05-05..2027-05-04"],
            &["06-01..06-01", "06-02..06-02", "2028-06-03..2028-06-03"],
            &["12-31..01-01", "2029-01-02.."],
        ];
        let all = sets.iter().map(|windows| offering(windows));
        let ended = all.clone().map(|offered| offered.ending(date("2027-01-10")));
        for windows in all.chain(ended) {
            let offered = &windows;
            let mut day = date("2024-01-01");
            while day < date("2030-01-01") {
                let next = day.next().unwrap();
                let (today, tomorrow) = (offered.contains(day), offered.contains(next));
                if today && !tomorrow {
                    assert_eq!(offered.closes(day), Some(day), "{windows:?} on {day}");
                } else if today {
                    assert_eq!(offered.closes(day), offered.closes(next), "{windows:?} on {day}");
                }
                if !today && tomorrow {
                    assert_eq!(offered.opens(day), Some(next), "{windows:?} on {day}");
                } else {
                    assert_eq!(offered.opens(day), offered.opens(next), "{windows:?} on {day}");
                }
                let before = if today { Some(day) } else { offered.last_before(day) };
                assert_eq!(offered.last_before(next), before, "{windows:?} on {day}");
                assert_eq!(offered.is_over(day), offered.first_from(day).is_none(), "{windows:?} on {day}");
                day = next;
            }
        }
    }
}
