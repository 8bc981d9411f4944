//! Values of the library as values of a database, and back.

use std::error::Error;
use std::str::FromStr;

use credpath::Amount;
use rusqlite::types::Type;
use rusqlite::{Result, Row};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// What stands in a column cannot be what it is read as.
fn unreadable(column: &str, error: impl Into<Box<dyn Error + Send + Sync>>) -> rusqlite::Error {
    let error = format!("column `{column}`: {}", error.into());
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, error.into())
}

/// What has a text: days, states.
pub(crate) fn named<T: FromStr<Err: Error + Send + Sync + 'static>>(row: &Row<'_>, column: &str) -> Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|error| unreadable(column, error))).transpose()
}

/// What is kept as JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|error| unreadable(column, error))).transpose()
}

/// An amount in hundredths.
pub(crate) fn amount(row: &Row<'_>, column: &str) -> Result<Option<Amount>> {
    let hundredths: Option<i64> = row.get(column)?;
    let amount = |hundredths| u64::try_from(hundredths).map(Amount::from_hundredths);
    hundredths.map(|hundredths| amount(hundredths).map_err(|error| unreadable(column, error))).transpose()
}

/// As JSON, to be kept.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// As JSON, to be kept, if there is anything.
pub(crate) fn some_to_json<T: Serialize>(value: Option<&T>) -> Result<Option<String>> {
    value.map(to_json).transpose()
}

/// In hundredths, to be kept. An amount that no catalog may state is kept as the most there is, and refused when read.
pub(crate) fn hundredths(amount: Option<Amount>) -> Option<i64> {
    amount.map(|amount| i64::try_from(amount.hundredths()).unwrap_or(i64::MAX))
}
