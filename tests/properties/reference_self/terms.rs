//! 1.2: the last days of periods and terms, and what rests on them.

use super::*;
use crate::reference::edition::Feature;
use crate::reference::model::*;

fn last_day(begins: Date, period: Period) -> Date {
    begins.last_day(period, true)
}

#[test]
fn months_that_are_too_short() {
    assert_eq!(last_day(date(2024, 2, 29), years(1)), date(2025, 2, 28));
    assert_eq!(last_day(date(2025, 8, 31), months(6)), date(2026, 2, 28));
    assert_eq!(last_day(date(2023, 8, 31), months(6)), date(2024, 2, 29));
    // The day exists: the day before.
    assert_eq!(last_day(date(2021, 3, 1), years(3)), date(2024, 2, 29));
    assert_eq!(last_day(date(2024, 2, 29), years(4)), date(2028, 2, 28));
    assert_eq!(last_day(date(2026, 1, 28), months(1)), date(2026, 2, 27));
    assert_eq!(last_day(date(2026, 1, 31), weeks(4)), date(2026, 2, 27));
    assert_eq!(date(2024, 2, 29).last_day(years(1), false), date(2025, 2, 27), "in the first edition");
}

#[test]
fn a_term_goes_on_to_an_end() {
    let end = |begins: Date, to: To| begins.end_of(crate::reference::model::to(to, years(2)), true);
    assert_eq!(end(date(2024, 3, 10), To::MonthEnd), date(2026, 3, 31));
    assert_eq!(end(date(2024, 3, 1), To::MonthEnd), date(2026, 2, 28), "that is the last day of the two years");
    assert_eq!(end(date(2024, 3, 10), To::QuarterEnd), date(2026, 3, 31));
    assert_eq!(end(date(2024, 4, 2), To::QuarterEnd), date(2026, 6, 30));
    assert_eq!(end(date(2024, 1, 1), To::YearEnd), date(2025, 12, 31));
    assert_eq!(end(date(2024, 1, 2), To::YearEnd), date(2026, 12, 31));
    assert_eq!(end(date(2024, 7, 1), To::Day(6, 30)), date(2026, 6, 30));
    assert_eq!(end(date(2024, 7, 2), To::Day(6, 30)), date(2027, 6, 30));
}

#[test]
fn validity_takes_terms() {
    let term = to(To::MonthEnd, years(1));
    let a = Credential { valid_for: ValidFor::Period(term), ..credential("a") };
    let c = catalog(vec![a, stack("s", leaf("a"))]);
    let record = having(&[award("a", date(2025, 3, 10))]);
    let last = date(2026, 3, 31);
    assert_eq!(on(last, &c, &record)["a"].status, "Held");
    assert_eq!(on(last.next(), &c, &record)["a"].status, "Lapsed");
    assert_eq!(on(NOW, &c, &record)["s"].valid_until, Some(last));
    // A leap day.
    let leap = Credential { valid_for: ValidFor::Period(years(1)), ..credential("a") };
    let mut c = catalog(vec![leap]);
    let record = having(&[award("a", date(2024, 2, 29))]);
    assert_eq!(on(date(2025, 2, 28), &c, &record)["a"].status, "Held");
    assert_eq!(on(date(2025, 3, 1), &c, &record)["a"].status, "Lapsed");
    c.edition = c.edition.without(Feature::ShortMonths);
    assert_eq!(on(date(2025, 2, 28), &c, &record)["a"].status, "Lapsed");
}

#[test]
fn conditions_take_terms() {
    let year_end = to(To::YearEnd, months(12));
    let within = Conditions { within: Some(year_end), ..Conditions::default() };
    let held_for = Conditions { held_for: Some(year_end), ..Conditions::default() };
    let c = catalog(vec![credential("a"), stack("w", leaf_if("a", within)), stack("h", leaf_if("a", held_for))]);
    let record = having(&[award("a", date(2024, 5, 5))]);
    let met = |day| ["w", "h"].map(|id| on(day, &c, &record)[id].met);
    assert_eq!(met(date(2025, 12, 31)), [true, false]);
    assert_eq!(met(date(2026, 1, 1)), [false, true]);
    let verdicts = on(date(2025, 6, 1), &c, &record);
    assert_eq!(verdicts["w"].valid_until, Some(date(2025, 12, 31)));
    assert_eq!(on(NOW, &c, &record)["h"].qualified_since, Some(date(2026, 1, 1)));
}
