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
        let faults = |list| Diagnostics::new(name, text, list, limits.errors);
        let invalid = |list| InvalidCatalog(with_paths(text, faults(list)));
        let parsed = parse(text, limits.catalog_bytes, limits);
        let (table, mut reader) = parsed.map_err(|list| InvalidCatalog(faults(list)))?;
        let document = document::read(&mut reader, &table, limits);
        let requires = |document: &Document| document.credentials.iter().any(|written| written.renewal.is_some());
        let again = document.as_ref().is_some_and(requires).then(|| document::read(&mut reader, &table, limits));
        // The parsed table is many times the text; what follows is built in the room that it leaves.
        drop(table);
        let catalog =
            document.and_then(|document| compile::compile(document, Source::new(name, text), &mut reader, limits));
        // What renewals require is looked at once all else has a meaning, so that nothing is told twice.
        let rules = again.flatten().filter(|_| reader.is_content() && catalog.is_some());
        let rules =
            rules.map(|document| renewal_rules::compile(document, Source::new(name, text), &mut reader, limits));
        match catalog {
            Some(catalog) if reader.is_content() => {
                let identity = Identity::of(&catalog.credentials);
                let renewal_rules = rules.flatten().map(|RenewalRules { catalog: required, of }| {
                    Box::new(RenewalRules { catalog: Self { identity: identity.clone(), ..required }, of })
                });
                Ok(Self { identity, renewal_rules, ..catalog })
            }
            _ => Err(invalid(reader.into_diagnostics())),
        }
    }
}
