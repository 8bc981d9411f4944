//! What every export gives: the text, and what it could not say.

use serde::{Deserialize, Serialize};

use crate::exchange::imported::Loss;

/// What was written in a format of somebody else's, and what of the value that cannot say.
///
/// ```
/// use credpath::{CatalogDocument, Separator, catalogs};
///
/// let document = CatalogDocument::parse("c.toml", "credential.sql = { title = 'SQL', valid_for = '3 years' }")?;
/// let exported = catalogs::to_table(&document, Separator::Comma);
/// assert_eq!(exported.text.lines().nth(1), Some("sql,SQL,,,,,,,"));
/// assert_eq!(exported.losses[0].to_string(), "credential.sql.valid_for: a table of courses has no place for it");
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Exported {
    /// The text.
    pub text: String,
    /// What the value says and the text does not, in the order of the value.
    pub losses: Vec<Loss>,
}
