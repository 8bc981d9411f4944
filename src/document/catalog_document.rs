//! The catalog as data ([semantics 10.1](crate::semantics#10.1)).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::document::credential_document::CredentialDocument;
use crate::document::filter_document::FilterDocument;
use crate::document::requirement_document::PoolDocument;
use crate::document::tables::from_tables_alone;
use crate::document::texts::texts;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::points::GradePoints;

/// A catalog as data, before it has a meaning: whatever its TOML says, as values that serde reads and writes, that code
/// builds and changes, and that [`Catalog::compile`](crate::Catalog::compile) makes a catalog of
/// ([semantics 10.1](crate::semantics#10.1)).
///
/// Lengths of time and grades are texts as in TOML, so that a document can hold what is yet to be mended; compiling
/// says what is wrong with them. Serde needs a format that describes itself, such as JSON or TOML.
///
/// ```
/// use credpath::rules::{all_of, credits, pool};
/// use credpath::{Catalog, CatalogDocument, CredentialDocument, PoolDocument};
///
/// let mut document = CatalogDocument::default();
/// for id in ["sql", "statistics", "ethics"] {
///     let mut course = CredentialDocument::default();
///     course.credits = Some(10.into());
///     document.credentials.insert(id.to_owned(), course);
/// }
/// document.pools.insert("electives".to_owned(), PoolDocument::of(["statistics", "ethics"]));
/// let mut analyst = CredentialDocument::default();
/// analyst.stack = Some(all_of(["sql".into(), credits(10).from(pool("electives")).within("5 years")]));
/// document.credentials.insert("analyst".to_owned(), analyst);
///
/// let catalog = Catalog::compile(&document)?;
/// assert!(catalog.is_conferred(catalog.credential("analyst").expect("defined above")));
/// assert_eq!(CatalogDocument::parse("catalog.toml", &document.to_toml())?, document);
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct CatalogDocument {
    /// What the catalog says of itself: the table `[catalog]`.
    #[serde(rename = "catalog", skip_serializing_if = "HeaderDocument::is_empty")]
    pub header: HeaderDocument,
    /// The credentials, by their ids.
    #[serde(rename = "credential", skip_serializing_if = "BTreeMap::is_empty")]
    pub credentials: BTreeMap<String, CredentialDocument>,
    /// Named lists of members.
    #[serde(rename = "pool", skip_serializing_if = "BTreeMap::is_empty")]
    pub pools: BTreeMap<String, PoolDocument>,
    /// Policies on what two claims may use both ([semantics 5.5](crate::semantics#5.5)).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub sharing: Vec<SharingDocument>,
}

/// The head of a catalog, as data ([`Header`](crate::Header) is what it means).
///
/// ```
/// let document: credpath::HeaderDocument = toml::from_str("currency = 'CAD'\nteach_out = 2027-06-30")?;
/// assert_eq!(document.currency.as_deref(), Some("CAD"));
/// assert_eq!(document.teach_out, Some("2027-06-30".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct HeaderDocument {
    /// The catalog's title, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The version of the rules, often a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The last day on which anything can be claimed under this version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub teach_out: Option<Date>,
    /// The currency of every cost, three letters (ISO 4217).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The meaning of one credit, for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credit_unit: Option<String>,
    /// The framework that levels are ranks of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level_framework: Option<String>,
    /// Grades from worst to best; if there are none, grades are numbers.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub grades: Vec<String>,
    /// What grades are worth in an average.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub grade_points: BTreeMap<String, GradePoints>,
    /// Sets of credentials that are one and the same for every rule.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub equivalent: Vec<Vec<String>>,
}

impl HeaderDocument {
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A policy on sharing, as data ([`Sharing`](crate::Sharing) is what it means).
///
/// ```
/// let document: credpath::SharingDocument =
///     serde_json::from_str(r#"{ "between": ["Certificate", "Degree"], "max_awards": 2 }"#)?;
/// assert_eq!(document.max_awards, Some(2));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, remote = "Self")]
#[non_exhaustive]
pub struct SharingDocument {
    /// The two types of credential that it is between.
    pub between: [String; 2],
    /// How many awards both may use at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_awards: Option<u32>,
    /// How many credits both may use at most.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_credits: Option<Amount>,
    /// The awards that are limited; all, if it is not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<FilterDocument>,
}

from_tables_alone!(CatalogDocument, HeaderDocument, SharingDocument);
