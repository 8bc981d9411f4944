//! The windows of a credential, as they are written.

use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::{RAISE, Reader, Table, Value, excerpt};
use crate::value::offering::{Offering, OfferingWindow};
use crate::value::term::YearDay;

const YEARLY: &str = "write `yearly = [\"09-01\", \"09-30\"]`, the first and the last day";

/// Reads one window, or a list of them.
pub(crate) fn read(reader: &mut Reader, value: &Value) -> Offering {
    let key = "offered";
    if let Some(table) = value.get_ref().as_table() {
        return Offering::within(vec![window(reader, value, table)]);
    }
    let Some(list) = value.get_ref().as_array() else {
        reader.wrong_type(value, key, "a window or a list of windows");
        return Offering::default();
    };
    if list.len() > reader.windows {
        let message = format!("`offered` has {} windows; the limit is {}", list.len(), reader.windows);
        reader.push(Diagnostic::new(Code::LimitExceeded, value.span(), message).help(RAISE));
        return Offering::default();
    }
    let mut windows = Vec::with_capacity(list.len());
    for item in list {
        match item.get_ref().as_table() {
            Some(table) => windows.push(window(reader, item, table)),
            None => reader.wrong_member(item, key, "a window, `{ from = …, until = … }`"),
        }
    }
    Offering::within(windows)
}

/// One window; an open one in place of one that there were complaints about.
fn window(reader: &mut Reader, value: &Value, table: &Table) -> OfferingWindow {
    reader.known_keys(table, &["from", "until", "yearly"], "a window of `offered`");
    let mut date = |key| table.get(key).and_then(|value| reader.date(value, key));
    let once = OfferingWindow::Once { from: date("from"), until: date("until") };
    let Some(yearly) = table.get("yearly") else { return once };
    if table.contains_key("from") || table.contains_key("until") {
        let message = "a window is `yearly`, or has `from` and `until`";
        let help = "write two windows in a list, or leave one of the two out";
        reader.push(Diagnostic::new(Code::InvalidValue, value.span(), message).help(help));
    }
    let Some(days) = yearly.get_ref().as_array() else {
        reader.wrong_type(yearly, "yearly", "a list of two days of the year");
        return once;
    };
    let [from, until] = &days[..] else {
        let message = format!("`yearly` needs two days of the year, and has {}", days.len());
        reader.push(Diagnostic::new(Code::InvalidValue, yearly.span(), message).help(YEARLY));
        return once;
    };
    match (year_day(reader, from), year_day(reader, until)) {
        (Some(from), Some(until)) => OfferingWindow::Yearly { from, until },
        _ => once,
    }
}

fn year_day(reader: &mut Reader, value: &Value) -> Option<YearDay> {
    let Some(text) = value.get_ref().as_str() else {
        reader.wrong_member(value, "yearly", "a day of the year in quotes, such as \"09-30\"");
        return None;
    };
    let day = text.parse().ok();
    if day.is_none() {
        let message = format!("`{}` is no day of the year", excerpt(text));
        let help = "write month and day, such as \"09-30\"";
        reader.push(Diagnostic::new(Code::InvalidDate, value.span(), message).help(help));
    }
    day
}
