//! The `[[sharing]]` tables of a document.

use std::ops::Range;

use crate::catalog::filter::Filter;
use crate::catalog::lookup::Lookup;
use crate::catalog::sharing::Sharing;
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::{Reader, Table, Value};

/// A policy as it is written.
#[derive(Debug, Clone)]
pub(crate) struct WrittenSharing {
    pub(crate) policy: Sharing,
    /// Where the table stands.
    pub(crate) place: Range<usize>,
    /// The filter, and where it stands.
    pub(crate) of: Option<(Filter, Range<usize>)>,
}

/// Reads the `[[sharing]]` tables.
pub(crate) fn read(reader: &mut Reader, table: &Table, lookup: &Lookup) -> Vec<WrittenSharing> {
    let Some(value) = table.get("sharing") else { return Vec::new() };
    let Some(list) = value.get_ref().as_array() else {
        reader.wrong_type(value, "sharing", "a list of tables, each headed `[[sharing]]`");
        return Vec::new();
    };
    list.iter().filter_map(|value| policy(reader, value, lookup)).collect()
}

const KEYS: &[&str] = &["between", "max_awards", "max_credits", "of"];

fn policy(reader: &mut Reader, value: &Value, lookup: &Lookup) -> Option<WrittenSharing> {
    let Some(table) = value.get_ref().as_table() else {
        reader.wrong_member(value, "sharing", "a table, headed `[[sharing]]`");
        return None;
    };
    reader.known_keys(table, KEYS, "a sharing policy");
    let max_awards = table.get("max_awards").map(|value| reader.whole(value, "max_awards", 0, i64::from(u32::MAX)));
    let max_credits = table.get("max_credits").map(|value| reader.amount(value, "max_credits"));
    if max_awards.is_none() && max_credits.is_none() {
        let message = "a sharing policy needs `max_awards` or `max_credits`";
        let diagnostic = Diagnostic::new(Code::MissingKey, value.span(), message);
        let help = "write `max_awards = 0` if no award may be used by both";
        let known = KEYS.iter().copied();
        // A misspelt key has been told.
        let near = |name: &str| reader.nearest(name, known.clone()).filter(|_| !KEYS.contains(&name));
        if !table.keys().any(|name| near(name.get_ref()).is_some_and(|near| near != "between")) {
            reader.push(diagnostic.help(help));
        }
    }
    let of = table.get("of").and_then(|value| filter(reader, value, lookup));
    let between = types(reader, table, value)?;
    let max_awards = max_awards.flatten().and_then(|most| u32::try_from(most).ok());
    let policy = Sharing { between, max_awards, max_credits: max_credits.flatten(), of: None };
    Some(WrittenSharing { policy, place: value.span(), of })
}

/// The filter of what is limited, with its place.
fn filter(reader: &mut Reader, value: &Value, lookup: &Lookup) -> Option<(Filter, Range<usize>)> {
    if !value.get_ref().is_table() {
        reader.wrong_type(value, "of", "a filter, such as `{ level = { min = 3 } }`");
        return None;
    }
    Some((Filter::read(reader, value, lookup)?, value.span()))
}

/// The two types that it is between.
fn types(reader: &mut Reader, table: &Table, value: &Value) -> Option<[String; 2]> {
    let Some(between) = table.get("between") else {
        let diagnostic = Diagnostic::new(Code::MissingKey, value.span(), "a sharing policy needs `between`");
        let help = "name the two types of credential, such as `between = [\"Certificate\", \"Degree\"]`";
        reader.missing_key(table, KEYS, "between", diagnostic.help(help));
        return None;
    };
    let Some(list) = between.get_ref().as_array() else {
        reader.wrong_type(between, "between", "a list of two types of credential");
        return None;
    };
    let types: Vec<String> = reader.texts(between, "between").into_iter().map(|(kind, _)| kind).collect();
    let Ok(mut types) = <[String; 2]>::try_from(types) else {
        if list.len() == 2 {
            // A member of the wrong type has been told.
            return None;
        }
        let message = "`between` names exactly two types of credential";
        let diagnostic = Diagnostic::new(Code::InvalidValue, between.span(), message);
        reader.push(diagnostic.help("for two credentials of one type, write the type twice"));
        return None;
    };
    for (kind, place) in types.iter().zip(list) {
        if kind.trim().is_empty() {
            let message = "the type of a credential cannot be empty";
            reader.push(Diagnostic::new(Code::InvalidValue, place.span(), message));
        }
    }
    // A policy holds both ways round.
    types.sort();
    Some(types)
}
