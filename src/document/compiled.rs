//! From documents to catalogs, and from texts to documents.

use crate::catalog::catalog::Catalog;
use crate::document::catalog_document::CatalogDocument;
use crate::document::nesting;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics, InvalidCatalog};
use crate::read::limits::Limits;
use crate::read::reader::FLATTEN;

/// How a document that was built is called in messages.
pub(crate) const NAME: &str = "document";

/// Refuses what nests too deeply to be written.
pub(crate) fn reject_deep(document: &CatalogDocument, limits: &Limits) -> Result<(), InvalidCatalog> {
    let Some(path) = nesting::too_deep(document, limits.nesting) else { return Ok(()) };
    let message = format!("requirements are nested more than {} deep", limits.nesting);
    let found = Diagnostic::new(Code::LimitExceeded, 0..0, message).help(FLATTEN);
    let found = Diagnostic { path: Some(path), ..found };
    Err(InvalidCatalog(Diagnostics::new(NAME, "", vec![found], limits.errors)))
}

impl Catalog {
    /// Makes a catalog of a document, under the default [`Limits`].
    ///
    /// # Errors
    /// [`InvalidCatalog`] with everything that is wrong: each has the path of what it is about, and a place in the
    /// document as [`CatalogDocument::to_toml`] writes it.
    ///
    /// ```
    /// use credpath::rules::all_of;
    /// use credpath::{Catalog, CatalogDocument, CredentialDocument};
    ///
    /// let mut document = CatalogDocument::default();
    /// let mut analyst = CredentialDocument::default();
    /// analyst.stack = Some(all_of(["sql".into()]));
    /// document.credentials.insert("analyst".to_owned(), analyst);
    /// let invalid = Catalog::compile(&document).unwrap_err();
    /// let fault = &invalid.diagnostics()[0];
    /// assert_eq!(fault.message, "the catalog has no credential `sql`");
    /// assert_eq!(fault.path.as_deref(), Some("credential.analyst.stack.all_of[0]"));
    /// ```
    pub fn compile(document: &CatalogDocument) -> Result<Self, InvalidCatalog> {
        Self::compile_with(document, &Limits::default())
    }

    /// Makes a catalog of a document, under limits of your own: they hold for the document as
    /// [`CatalogDocument::to_toml`] writes it.
    ///
    /// # Errors
    /// As [`Catalog::compile`].
    pub fn compile_with(document: &CatalogDocument, limits: &Limits) -> Result<Self, InvalidCatalog> {
        reject_deep(document, limits)?;
        let mut catalog = Self::parse_with(NAME, &document.to_toml(), limits)?;
        catalog.identity.is_of_document = true;
        Ok(catalog)
    }
}

impl CatalogDocument {
    /// Reads the document that a TOML text is, once it is known to make a catalog. `name` stands in messages.
    ///
    /// A text that makes none yet, because of an id that is still missing, say, can be read by serde.
    ///
    /// # Errors
    /// As [`Catalog::parse`].
    ///
    /// ```
    /// use credpath::CatalogDocument;
    ///
    /// let document = CatalogDocument::parse("catalog.toml", "credential.sql = { title = 'SQL', credits = 5 }")?;
    /// assert_eq!(document.credentials["sql"].title.as_deref(), Some("SQL"));
    /// # Ok::<(), credpath::InvalidCatalog>(())
    /// ```
    pub fn parse(name: &str, text: &str) -> Result<Self, InvalidCatalog> {
        Self::parse_with(name, text, &Limits::default())
    }

    /// Reads the document that a TOML text is, under limits of your own.
    ///
    /// # Errors
    /// As [`Catalog::parse`].
    pub fn parse_with(name: &str, text: &str, limits: &Limits) -> Result<Self, InvalidCatalog> {
        Catalog::parse_with(name, text, limits)?;
        Self::read(name, text, limits)
    }

    /// Reads a text of which it is known that it makes a catalog.
    pub(crate) fn read(name: &str, text: &str, limits: &Limits) -> Result<Self, InvalidCatalog> {
        toml::from_str(text).map_err(|error| {
            let place = error.span().unwrap_or(0..0);
            let message: String = error.message().chars().take(200).collect();
            let found = vec![Diagnostic::new(Code::InvalidValue, place, message)];
            InvalidCatalog(Diagnostics::new(name, text, found, limits.errors))
        })
    }
}
