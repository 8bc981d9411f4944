//! What a caller states about an import of a record, since nothing of it is guessed.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
#[cfg(feature = "csv")]
use crate::exchange::records::columns::RecordColumns;
use crate::exchange::records::status_list::StatusList;
use crate::read::limits::Limits;
use crate::record::record::Verification;
use crate::value::names::named;

/// A format of learner records that others write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum RecordFormat {
    /// Open Badges 2.0: an assertion, or a list of them.
    OpenBadges2,
    /// Open Badges 3.0: an achievement credential, or a list of them.
    OpenBadges3,
    /// Comprehensive Learner Record 2.0.
    Clr2,
    /// A European Digital Credential in the European Learning Model 3.
    Europass,
    /// A table whose columns are stated.
    Csv,
}

impl RecordFormat {
    /// Every format.
    pub const ALL: &'static [Self] = &[Self::OpenBadges2, Self::OpenBadges3, Self::Clr2, Self::Europass, Self::Csv];
}

named!(RecordFormat, "format of records":
    OpenBadges2 = "open-badges-2",
    OpenBadges3 = "open-badges-3",
    Clr2 = "clr-2",
    Europass = "europass",
    Csv = "csv",
);

/// What a caller states about an import: which credentials there are and what else they are called, what came of
/// checking that the awards are genuine, how a table is laid out. Made by [`RecordOptions::default`] and the methods
/// that take it on.
///
/// ```
/// use credpath::{Catalog, RecordOptions, UtcOffset, Verification, records};
///
/// let catalog = Catalog::parse("catalog.toml", "credential.python = { title = 'Python' }")?;
/// let badge = r#"{
///     "@context": "https://w3id.org/openbadges/v2",
///     "type": "Assertion",
///     "id": "https://badges.example/a/17",
///     "badge": "https://badges.example/b/python",
///     "issuedOn": "2024-12-31T23:30:00Z"
/// }"#;
/// let options = RecordOptions::default()
///     .catalog(&catalog)
///     .alias("https://badges.example/b/python", "python")
///     .verification(Verification::Verified);
/// let brussels: UtcOffset = "+01:00".parse()?;
/// let imported = records::import("badge.json", badge.as_bytes(), brussels, &options)?;
/// let award = &imported.value.awards[0];
/// assert_eq!((award.credential.as_str(), award.awarded), ("python", Some("2025-01-01".parse()?)));
/// assert_eq!(award.id.as_deref(), Some("https://badges.example/a/17"));
/// assert!(imported.losses.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct RecordOptions<'c> {
    pub(crate) format: Option<RecordFormat>,
    pub(crate) catalog: Option<&'c Catalog>,
    pub(crate) known: BTreeSet<String>,
    pub(crate) aliases: BTreeMap<String, String>,
    pub(crate) issuers: BTreeMap<String, String>,
    pub(crate) titles_as_ids: bool,
    #[cfg(feature = "json")]
    pub(crate) language: Option<String>,
    pub(crate) local_times: bool,
    pub(crate) verification: Verification,
    pub(crate) status_lists: BTreeMap<String, StatusList>,
    #[cfg(feature = "csv")]
    pub(crate) columns: Option<RecordColumns>,
    pub(crate) limits: Limits,
}

impl<'c> RecordOptions<'c> {
    /// The format; if none is stated it is [recognised](crate::records::recognise) by the content.
    #[must_use]
    pub fn format(self, format: RecordFormat) -> Self {
        Self { format: Some(format), ..self }
    }

    /// The catalog whose credentials awards are matched with, by [`id`](crate::Credential::id) or one of their further
    /// [`ids`](crate::Credential::ids). Without one, and without [known ids](Self::known), every id is taken as it is.
    #[must_use]
    pub fn catalog(self, catalog: &'c Catalog) -> Self {
        Self { catalog: Some(catalog), ..self }
    }

    /// Ids of credentials that there are, where there is no catalog at hand, or besides those of a catalog.
    #[must_use]
    pub fn known<S: Into<String>>(mut self, ids: impl IntoIterator<Item = S>) -> Self {
        self.known.extend(ids.into_iter().map(Into::into));
        self
    }

    /// What others call a credential, by an id or by its title, and what its id is here. It goes before everything
    /// else.
    #[must_use]
    pub fn alias(mut self, theirs: impl Into<String>, ours: impl Into<String>) -> Self {
        self.aliases.insert(theirs.into(), ours.into());
        self
    }

    /// What others call an issuer, by an id or by a name, and what its id is here.
    #[must_use]
    pub fn issuer(mut self, theirs: impl Into<String>, ours: impl Into<String>) -> Self {
        self.issuers.insert(theirs.into(), ours.into());
        self
    }

    /// Whether a credential that has a title and no id of its own goes by the title. If not, it needs an
    /// [alias](Self::alias).
    #[must_use]
    pub fn titles_as_ids(self, are: bool) -> Self {
        Self { titles_as_ids: are, ..self }
    }

    /// The language, such as `en`, whose title a credential goes by where it has titles in several.
    #[cfg(feature = "json")]
    #[must_use]
    pub fn language(self, language: impl Into<String>) -> Self {
        Self { language: Some(language.into()), ..self }
    }

    /// Whether a time that states no offset from UTC is in the one that the import is asked for. If not, it is an
    /// error.
    #[must_use]
    pub fn local_times(self, are: bool) -> Self {
        Self { local_times: are, ..self }
    }

    /// What came of checking that all of the awards are genuine: the caller's word, see
    /// [`records`](crate::records#whether-a-badge-is-genuine).
    #[must_use]
    pub fn verification(self, verification: Verification) -> Self {
        Self { verification, ..self }
    }

    /// A status list that was got from this address: an award whose entry there is set was revoked.
    #[must_use]
    pub fn status_list(mut self, address: impl Into<String>, list: StatusList) -> Self {
        self.status_lists.insert(address.into(), list);
        self
    }

    /// How a table is laid out. A text in which nothing else is recognised is read as that table.
    #[cfg(feature = "csv")]
    #[must_use]
    pub fn columns(self, columns: RecordColumns) -> Self {
        Self { columns: Some(columns), ..self }
    }

    /// Bounds on the size of the text ([`Limits::record_bytes`]), its nesting and the memory that reading it takes.
    #[must_use]
    pub fn limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }
}
