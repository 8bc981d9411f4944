//! Catalogs of others, in and out.
//!
//! Each format has a function that reads it, which gives a [`CatalogDocument`](crate::CatalogDocument) and what of the
//! source that does not hold, and one that writes it, which gives a text and what of the document that does not say.
//! [`recognise`](fn@recognise) says which of the formats something has, by its content.
//!
//! | format | in | out |
//! |---|---|---|
//! | TOML, the crate's own | `CatalogDocument::parse` | `CatalogDocument::to_toml` |
//! | a plain table of courses | `from_table` | `to_table` |
//! | curricula of Curricular Analytics | `from_curriculum` | `to_curriculum` |
//! | pathways in CTDL, compact or expanded JSON-LD | `from_ctdl` | `to_ctdl` |
//! | pathways of Badgr, Canvas Credentials | `from_badgr` | `to_badgr` |
//!
//! Nothing is guessed and nothing is dropped in silence ([semantics 10.2](crate::semantics#10.2)): where a source can
//! be meant in two ways the import is refused, unless the options say which is meant; separators and encodings are
//! stated. What is written and read again is unchanged under [`Catalog::compare`](crate::Catalog::compare), except for
//! what was named as lost ([semantics 10.3](crate::semantics#10.3)).
//!
//! Whether the rules that were read are consistent is for [`Catalog::check`](crate::Catalog::check) to say; its
//! [`grouped`](crate::Diagnostics::grouped) findings show notes of one cause together, of which converted degrees have
//! many.

#[cfg(feature = "json")]
pub(crate) mod badgr;
#[cfg(feature = "json")]
pub(crate) mod badgr_junction;
#[cfg(feature = "csv")]
pub(crate) mod course_table;
#[cfg(feature = "json")]
pub(crate) mod ctdl;
#[cfg(feature = "json")]
pub(crate) mod ctdl_condition;
#[cfg(feature = "csv")]
pub(crate) mod curriculum;
#[cfg(feature = "json")]
pub(crate) mod linked;
#[cfg(feature = "csv")]
pub(crate) mod listed;
pub(crate) mod losing;
#[cfg(feature = "json")]
pub(crate) mod pathway_draft;
pub(crate) mod recognise;
#[cfg(feature = "csv")]
pub(crate) mod rule_text;
#[cfg(feature = "json")]
pub(crate) mod to_badgr;
#[cfg(feature = "json")]
pub(crate) mod to_ctdl;
#[cfg(feature = "csv")]
pub(crate) mod to_curriculum;

#[cfg(feature = "json")]
pub use badgr::from_badgr;
#[cfg(feature = "csv")]
pub use course_table::{from_table, to_table};
#[cfg(feature = "json")]
pub use ctdl::from_ctdl;
#[cfg(feature = "csv")]
pub use curriculum::from_curriculum;
pub use recognise::recognise;
#[cfg(feature = "json")]
pub use to_badgr::to_badgr;
#[cfg(feature = "json")]
pub use to_ctdl::to_ctdl;
#[cfg(feature = "csv")]
pub use to_curriculum::to_curriculum;
