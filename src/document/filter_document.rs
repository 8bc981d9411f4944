//! Filters as data.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::document::tables::from_tables_alone;
use crate::document::texts::some_texts;
use crate::value::amount::Amount;

/// Selects credentials by what the catalog says of them, as data ([semantics 2.3](crate::semantics#2.3)): every key
/// given has to match, and a key matches if any of its values does.
///
/// ```
/// let filter: credpath::FilterDocument =
///     serde_json::from_str(r#"{ "tags": "elective", "level": { "min": 3 }, "except": ["thesis"] }"#)?;
/// assert_eq!(filter.tags, Some(vec!["elective".to_owned()]));
/// assert_eq!(filter.level.unwrap().max, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct FilterDocument {
    /// Has one of these tags.
    #[serde(deserialize_with = "some_texts", skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// Has none of these.
    #[serde(deserialize_with = "some_texts", skip_serializing_if = "Option::is_none")]
    pub without_tags: Option<Vec<String>>,
    /// Is of one of these types.
    #[serde(rename = "type", deserialize_with = "some_texts", skip_serializing_if = "Option::is_none")]
    pub kinds: Option<Vec<String>>,
    /// Has one of these issuers.
    #[serde(rename = "issuer", deserialize_with = "some_texts", skip_serializing_if = "Option::is_none")]
    pub issuers: Option<Vec<String>>,
    /// Has a level in this range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<RangeDocument<i64>>,
    /// Carries credits in this range.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<RangeDocument<Amount>>,
    /// But none of these.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub except: Option<Box<ExceptDocument>>,
}

/// What a filter leaves out, as data.
///
/// ```
/// use credpath::{ExceptDocument, FilterDocument};
///
/// let filter: FilterDocument = serde_json::from_str(r#"{ "except": { "tags": ["retired"] } }"#)?;
/// assert!(matches!(*filter.except.unwrap(), ExceptDocument::Filter(_)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum ExceptDocument {
    /// These credentials, by their ids.
    Credentials(Vec<String>),
    /// What another filter selects.
    Filter(FilterDocument),
}

impl<'de> Deserialize<'de> for ExceptDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Excepted;
        impl<'de> Visitor<'de> for Excepted {
            type Value = ExceptDocument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of ids, or a filter")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<ExceptDocument, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(ExceptDocument::Credentials)
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<ExceptDocument, A::Error> {
                FilterDocument::deserialize(MapAccessDeserializer::new(table)).map(ExceptDocument::Filter)
            }
        }
        deserializer.deserialize_any(Excepted)
    }
}

/// A range whose ends are in it; an end that is not given is open.
///
/// ```
/// let range: credpath::RangeDocument<i64> = serde_json::from_str("5")?;
/// assert_eq!((range.min, range.max), (Some(5), Some(5)));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RangeDocument<T> {
    /// The least.
    pub min: Option<T>,
    /// The most.
    pub max: Option<T>,
}

impl<T> Default for RangeDocument<T> {
    fn default() -> Self {
        Self { min: None, max: None }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "range", deny_unknown_fields)]
struct RangeTable<T> {
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    min: Option<T>,
    #[serde(default = "Option::default", skip_serializing_if = "Option::is_none")]
    max: Option<T>,
}

impl<T: Serialize + PartialEq> Serialize for RangeDocument<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match (&self.min, &self.max) {
            (Some(min), Some(max)) if min == max => min.serialize(serializer),
            (min, max) => RangeTable { min: min.as_ref(), max: max.as_ref() }.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de> + Clone> Deserialize<'de> for RangeDocument<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Range<T>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de> + Clone> Visitor<'de> for Range<T> {
            type Value = RangeDocument<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number, or a table with `min` and `max`")
            }

            fn visit_i64<E: serde::de::Error>(self, number: i64) -> Result<RangeDocument<T>, E> {
                exactly(serde::de::value::I64Deserializer::new(number))
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<RangeDocument<T>, E> {
                exactly(serde::de::value::U64Deserializer::new(number))
            }

            fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<RangeDocument<T>, E> {
                exactly(serde::de::value::F64Deserializer::new(number))
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<RangeDocument<T>, E> {
                exactly(serde::de::value::StrDeserializer::new(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<RangeDocument<T>, A::Error> {
                let RangeTable { min, max } = RangeTable::deserialize(MapAccessDeserializer::new(table))?;
                Ok(RangeDocument { min, max })
            }
        }
        deserializer.deserialize_any(Range(std::marker::PhantomData))
    }
}

/// The range of one number.
fn exactly<'de, T: Deserialize<'de> + Clone, D: Deserializer<'de>>(number: D) -> Result<RangeDocument<T>, D::Error> {
    let number = T::deserialize(number)?;
    Ok(RangeDocument { min: Some(number.clone()), max: Some(number) })
}

from_tables_alone!(FilterDocument);
