//! From a text to a catalog: parsing, reading, compiling.

use crate::catalog::catalog::{Catalog, Identity, RenewalRules};
use crate::catalog::compile;
use crate::catalog::document;
use crate::catalog::document::Document;
use crate::catalog::renewal_rules;
use crate::finding::diagnostic::{Diagnostics, InvalidCatalog};
use crate::finding::source::Source;
use crate::read::limits::Limits;
use crate::read::parse::parse;
use crate::read::paths::with_paths;
use crate::read::reader::Reader;

impl Catalog {
    /// Reads a catalog from TOML under the default [`Limits`]. `name` stands in messages, such as a file's name.
    ///
    /// # Errors
    /// [`InvalidCatalog`] with everything that is wrong with the text, each with its place, if it cannot be given a
    /// meaning.
    pub fn parse(name: &str, text: &str) -> Result<Self, InvalidCatalog> {
        Self::parse_with(name, text, &Limits::default())
    }

    /// Reads a catalog from TOML under limits of your own.
    ///
    /// # Errors
    /// As [`Catalog::parse`].
    pub fn parse_with(name: &str, text: &str, limits: &Limits) -> Result<Self, InvalidCatalog> {
        let ReadText { document, mut reader } = read(name, text, limits)?;
        let catalog = document.and_then(|document| compiled(&document, Source::new(name, text), &mut reader, limits));
        catalog.ok_or_else(|| invalid(name, text, reader, limits))
    }
}

/// A text that was read.
pub(crate) struct ReadText {
    /// None if it is too large to go on.
    pub(crate) document: Option<Document>,
    /// What was found on the way.
    pub(crate) reader: Reader,
}

/// Reads a text as far as its tables.
pub(crate) fn read(name: &str, text: &str, limits: &Limits) -> Result<ReadText, InvalidCatalog> {
    let parsed = parse(text, limits.catalog_bytes, limits);
    let (table, mut reader) =
        parsed.map_err(|list| InvalidCatalog(Diagnostics::new(name, text, list, limits.errors)))?;
    // The parsed table is many times the text; what follows is built in the room that it leaves.
    Ok(ReadText { document: document::read(&mut reader, &table, limits), reader })
}

/// Makes the catalog of what was read; `None` if the reader then knows of a fault.
pub(crate) fn compiled(document: &Document, source: Source, reader: &mut Reader, limits: &Limits) -> Option<Catalog> {
    let catalog = compile::compile(document, source.clone(), reader, limits)?;
    if !reader.is_content() {
        return None;
    }
    // What renewals require is looked at once all else has a meaning, so that nothing is told twice.
    let requires = document.credentials.iter().any(|written| written.renewal.is_some());
    let rules = match requires.then(|| document.clone()) {
        None => None,
        Some(document) => Some(renewal_rules::compile(document, source, reader, limits)?),
    };
    let identity = Identity::of(&catalog.credentials);
    let renewal_rules = rules.map(|RenewalRules { catalog: required, of }| {
        Box::new(RenewalRules { catalog: Catalog { identity: identity.clone(), ..required }, of })
    });
    reader.is_content().then_some(Catalog { identity, renewal_rules, ..catalog })
}

/// That the text is no catalog, with all that the reader found.
pub(crate) fn invalid(name: &str, text: &str, reader: Reader, limits: &Limits) -> InvalidCatalog {
    let found = Diagnostics::new(name, text, reader.into_diagnostics(), limits.errors);
    InvalidCatalog(with_paths(text, found))
}
