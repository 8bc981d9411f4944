//! What tells one catalog from another.

use crate::catalog::catalog::Catalog;
use crate::value::stamp::{Fingerprint, Stamp};

impl Catalog {
    /// The fingerprint of all that the catalog says, in whatever layout: two catalogs with the same one give the same
    /// answers to everything ([semantics 10.4](crate::semantics#10.4)). The places of faults and lines of rules aside,
    /// which are those of the text.
    ///
    /// It is found when it is first asked for, by this or for a report, which takes a part of the time that reading
    /// the catalog took, and kept.
    ///
    /// ```
    /// use credpath::Catalog;
    ///
    /// let older = Catalog::parse("catalog.toml", "credential.sql = { cost = 350 }")?;
    /// let newer = Catalog::parse("catalog.toml", "credential.sql = { cost = 400 }")?;
    /// assert_ne!(older.fingerprint(), newer.fingerprint());
    /// # Ok::<(), credpath::InvalidCatalog>(())
    /// ```
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        *self.identity.fingerprint.get_or_init(|| {
            if self.identity.is_of_document {
                return Fingerprint::of(self.text().1);
            }
            match self.document() {
                Ok(document) => Fingerprint::of(&document.to_toml()),
                // A catalog's text can be read as a document. Were there one that cannot, its text would tell it apart.
                Err(_) => Fingerprint::of(self.text().1),
            }
        })
    }

    /// What a report that is made under this catalog begins with.
    ///
    /// ```
    /// use credpath::{Catalog, SCHEMA};
    ///
    /// let catalog = Catalog::parse("catalog.toml", "credential.sql = {}")?;
    /// assert_eq!(catalog.stamp().schema, SCHEMA);
    /// assert_eq!(catalog.stamp().catalog, catalog.fingerprint());
    /// # Ok::<(), credpath::InvalidCatalog>(())
    /// ```
    #[must_use]
    pub fn stamp(&self) -> Stamp {
        Stamp::new(self.fingerprint())
    }
}
