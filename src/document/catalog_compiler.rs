//! Documents that are compiled one after another, each an edited form of the one before.

use std::fmt;

use crate::catalog::catalog::Catalog;
use crate::catalog::load;
use crate::catalog::load::ReadText;
use crate::catalog::reread::{KeptText, NewTable};
use crate::document::catalog_document::CatalogDocument;
use crate::document::compiled::{NAME, reject_deep};
use crate::document::nesting;
use crate::document::to_toml::{TextWithTables, write_credential};
use crate::finding::diagnostic::InvalidCatalog;
use crate::finding::source::Source;
use crate::read::limits::Limits;
use crate::read::parse::estimate;
use crate::read::reader::Reader;
use crate::value::ids::{CredentialId, Id};

/// Compiles a document that is edited and compiled again: it keeps what was read of the last one, and reads the
/// credentials that differ. Each catalog, and each fault, is the one that [`Catalog::compile`] makes of the document.
///
/// All is read anew where there was a fault, and where something else than the credentials differs: which ids there
/// are, further ids and issuers among them, pools, policies, or the head. It keeps the document and what was read of
/// it.
///
/// ```
/// use credpath::{Catalog, CatalogCompiler, CatalogDocument, Limits};
///
/// let mut document = CatalogDocument::parse("catalog.toml", r#"
///     [credential]
///     sql = { cost = 350 }
///     statistics = { cost = 400 }
///     analyst = { stack = { all_of = ["sql", "statistics"] } }
/// "#)?;
/// let mut compiler = CatalogCompiler::new(&Limits::default());
/// let catalog = compiler.compile(&document)?;
///
/// document.credentials.get_mut("sql").expect("defined above").cost = Some(375.into());
/// let edited = compiler.compile(&document)?;
/// assert_ne!(edited.fingerprint(), catalog.fingerprint());
/// assert_eq!(edited.fingerprint(), Catalog::compile(&document)?.fingerprint());
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
pub struct CatalogCompiler {
    limits: Limits,
    last: Option<LastDocument>,
}

/// A document that made a catalog, and what was read of it.
struct LastDocument {
    document: CatalogDocument,
    read: KeptText,
}

impl CatalogCompiler {
    /// One that has compiled nothing yet. The limits hold for each document, as with [`Catalog::compile_with`].
    #[must_use]
    pub fn new(limits: &Limits) -> Self {
        Self { limits: limits.clone(), last: None }
    }

    /// Makes a catalog of a document.
    ///
    /// # Errors
    /// As [`Catalog::compile`].
    pub fn compile(&mut self, document: &CatalogDocument) -> Result<Catalog, InvalidCatalog> {
        match self.last.take().and_then(|last| self.edited(last, document)) {
            Some(catalog) => Ok(catalog),
            None => self.anew(document),
        }
    }

    /// The catalog of the last document with some credentials changed; `None` if it has to be read anew.
    fn edited(&mut self, last: LastDocument, document: &CatalogDocument) -> Option<Catalog> {
        let LastDocument { document: mut before, read } = last;
        let CatalogDocument { header, credentials, pools, sharing } = document;
        let same = before.header == *header && before.pools == *pools && before.sharing == *sharing;
        if !same || before.credentials.len() != credentials.len() {
            return None;
        }
        let mut changed = Vec::new();
        let pairs = before.credentials.iter_mut().zip(credentials);
        for (number, ((old_id, old), (id, new))) in CredentialId::first(credentials.len()).zip(pairs) {
            if old_id != id {
                return None;
            }
            if old == new {
                continue;
            }
            let too_deep = nesting::credential_too_deep(new, self.limits.nesting);
            if too_deep || old.ids != new.ids || nesting::issuers(old) != nesting::issuers(new) {
                return None;
            }
            let mut text = String::new();
            write_credential(id, new, &mut text);
            changed.push(NewTable { credential: number, text });
            old.clone_from(new);
        }
        let read = read.with_tables(&changed, &self.limits)?;
        let catalog = self.made(&read, &mut Reader::new(Vec::new(), &self.limits))?;
        self.last = Some(LastDocument { document: before, read });
        Some(catalog)
    }

    fn anew(&mut self, document: &CatalogDocument) -> Result<Catalog, InvalidCatalog> {
        reject_deep(document, &self.limits)?;
        let TextWithTables { text, tables } = document.written();
        let ReadText { document: read, mut reader } = load::read(NAME, &text, &self.limits)?;
        let Some(read) = read else { return Err(load::invalid(NAME, &text, reader, &self.limits)) };
        let estimate = estimate(&text, &self.limits).unwrap_or(usize::MAX);
        let read = KeptText { text, tables, document: read, estimate };
        match self.made(&read, &mut reader) {
            Some(catalog) => {
                self.last = Some(LastDocument { document: document.clone(), read });
                Ok(catalog)
            }
            None => Err(load::invalid(NAME, &read.text, reader, &self.limits)),
        }
    }

    /// The catalog of what was read; `None` if the reader then knows of a fault.
    fn made(&self, read: &KeptText, reader: &mut Reader) -> Option<Catalog> {
        let mut catalog = load::compiled(&read.document, Source::new(NAME, &read.text), reader, &self.limits)?;
        catalog.identity.is_of_document = true;
        Some(catalog)
    }
}

impl fmt::Debug for CatalogCompiler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keeps = self.last.as_ref().map(|last| last.document.credentials.len());
        f.debug_struct("CatalogCompiler").field("limits", &self.limits).field("credentials", &keeps).finish()
    }
}
