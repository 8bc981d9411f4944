//! Credentials as data.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::document::requirement_document::RequirementDocument;
use crate::document::tables::from_tables_alone;
use crate::document::texts::texts;
use crate::value::amount::Amount;
use crate::value::date::Date;

/// A credential and its rules, as data ([semantics 1](crate::semantics#1)). What is not given is as in TOML:
/// [`Credential`](crate::Credential) tells what it means.
///
/// ```
/// use credpath::CredentialDocument;
///
/// let json = r#"{ "credits": 7.5, "valid_for": "3 years", "tags": "data" }"#;
/// let course: CredentialDocument = serde_json::from_str(json)?;
/// assert_eq!(course.credits, Some("7.5".parse().unwrap()));
/// assert_eq!(serde_json::to_string(&course)?, r#"{"credits":"7.5","valid_for":"3 years","tags":["data"]}"#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct CredentialDocument {
    /// The title, for people; else the id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Further ids.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<String>,
    /// The type; else `MicroCredential`.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Id of the awarding body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// Rank in the catalog's level framework.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<i64>,
    /// Credits, in the catalog's one unit; else 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credits: Option<Amount>,
    /// Hours of study or work; if not given, not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// The cost in the catalog's one currency; if not given, not stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
    /// The calendar length, such as "12 weeks".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<String>,
    /// Whether its hours are hours of study; else they are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub study: Option<bool>,
    /// How long an award stays current: a term, or "while-components"; else for ever.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_for: Option<TermDocument>,
    /// How it is renewed; else as taking it anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub renewal: Option<RenewalDocument>,
    /// The credentials that an award of this one renews.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub renews: Vec<String>,
    /// When it can be begun or claimed; if not given, always.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered: Option<OfferedDocument>,
    /// Free labels.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Whether it may be earned many times; else it may not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeatable: Option<bool>,
    /// The credentials that holding this one also counts as.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub counts_as: Vec<String>,
    /// The credentials that cannot be taken as well.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub excludes: Vec<String>,
    /// What has to be held before beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prerequisite: Option<RequirementDocument>,
    /// What has to be held before beginning, or begun together with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corequisite: Option<RequirementDocument>,
    /// What earns it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<RequirementDocument>,
    /// Where the rule comes from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// A note, shown in explanations.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// How a credential is renewed, as data ([semantics 7.9](crate::semantics#7.9)).
///
/// ```
/// let renewal: credpath::RenewalDocument = serde_json::from_str(r#"{ "cost": 40, "window": "6 months" }"#)?;
/// assert_eq!(renewal.window.as_deref(), Some("6 months"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct RenewalDocument {
    /// What renewing costs; else nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
    /// The hours that renewing takes; else none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// What has to be done for it since the cycle began.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requires: Option<RequirementDocument>,
    /// How long before the last day it can be renewed, such as "6 months"; else at any time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<String>,
    /// Whether an early renewal runs on from the old last day; else it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keeps_cycle: Option<bool>,
}

/// A term as it is written ([semantics 1.2](crate::semantics#1.2)): a text in place of a period may say
/// "while-components" in `valid_for`.
///
/// ```
/// use credpath::TermDocument;
///
/// let term: TermDocument = serde_json::from_str(r#"{ "period": "2 years", "to": "month-end" }"#)?;
/// assert_eq!((term.period.as_str(), term.to.as_deref()), ("2 years", Some("month-end")));
/// assert_eq!(serde_json::to_string(&TermDocument::from("5 years"))?, r#""5 years""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct TermDocument {
    /// The period, such as "2 years".
    pub period: String,
    /// Where on the calendar it ends: "month-end", "quarter-end", "year-end", or a day of the year such as "06-30".
    pub to: Option<String>,
}

impl From<&str> for TermDocument {
    fn from(period: &str) -> Self {
        Self { period: period.to_owned(), to: None }
    }
}

#[derive(Serialize, Deserialize)]
#[serde(rename = "term", deny_unknown_fields)]
struct TermTable {
    period: String,
    #[serde(default)]
    to: Option<String>,
}

impl Serialize for TermDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.to {
            None => self.period.serialize(serializer),
            Some(to) => TermTable { period: self.period.clone(), to: Some(to.clone()) }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for TermDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Written;
        impl<'de> Visitor<'de> for Written {
            type Value = TermDocument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a period such as \"2 years\", or a table with `period` and `to`")
            }

            fn visit_str<E>(self, period: &str) -> Result<TermDocument, E> {
                Ok(period.into())
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<TermDocument, A::Error> {
                let TermTable { period, to } = TermTable::deserialize(MapAccessDeserializer::new(table))?;
                Ok(TermDocument { period, to })
            }
        }
        deserializer.deserialize_any(Written)
    }
}

/// When a credential is offered, as data: in one window, or in any of several.
///
/// ```
/// use credpath::OfferedDocument;
///
/// let offered: OfferedDocument = serde_json::from_str(r#"{ "yearly": ["09-01", "09-30"] }"#)?;
/// assert_eq!(offered.windows().len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
#[non_exhaustive]
pub enum OfferedDocument {
    /// In one window.
    Window(WindowDocument),
    /// In any of these; in none, if there are none.
    Windows(Vec<WindowDocument>),
}

impl OfferedDocument {
    /// All windows.
    #[must_use]
    pub fn windows(&self) -> &[WindowDocument] {
        match self {
            Self::Window(window) => std::slice::from_ref(window),
            Self::Windows(windows) => windows,
        }
    }
}

impl<'de> Deserialize<'de> for OfferedDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Offered;
        impl<'de> Visitor<'de> for Offered {
            type Value = OfferedDocument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a window or a list of windows")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<OfferedDocument, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(OfferedDocument::Windows)
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<OfferedDocument, A::Error> {
                WindowDocument::deserialize(MapAccessDeserializer::new(table)).map(OfferedDocument::Window)
            }
        }
        deserializer.deserialize_any(Offered)
    }
}

/// One window: from a day until a day, an end that is not given being open, or in every year.
///
/// ```
/// let window: credpath::WindowDocument = toml::from_str("from = 2026-09-01")?;
/// assert_eq!(window.from, Some("2026-09-01".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct WindowDocument {
    /// The first day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The last day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// The first and the last day of every year, such as "09-01".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub yearly: Option<[String; 2]>,
}

from_tables_alone!(CredentialDocument, RenewalDocument, WindowDocument);
