//! The formats of catalogs and of records under one name.

use std::fmt::{self, Display, Formatter};
use std::path::Path;

use credpath::{CatalogFormat, RecordFormat, catalogs, records};

/// A format of catalogs or of records.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum AnyFormat {
    Catalog(CatalogFormat),
    /// The crate's own.
    Record,
    Records(RecordFormat),
}

pub(crate) const FORMATS: &str =
    "of catalogs there are toml, table, curriculum, ctdl and badgr, of records record, clr-2 and csv";

/// The name of the crate's own format of records.
const RECORD: &str = "record";

impl Display for AnyFormat {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Catalog(format) => format.fmt(f),
            Self::Record => f.write_str(RECORD),
            Self::Records(format) => format.fmt(f),
        }
    }
}

impl AnyFormat {
    pub(crate) fn named(name: &str) -> Result<Self, String> {
        let own = (name == RECORD).then_some(Self::Record);
        let known = own.or_else(|| name.parse().ok().map(Self::Catalog));
        let known = known.or_else(|| name.parse().ok().map(Self::Records));
        known.ok_or_else(|| format!("there is no format `{name}`; {FORMATS}"))
    }

    /// The format that shows in a text, if one does.
    pub(crate) fn recognised(bytes: &[u8]) -> Option<Self> {
        let catalog = catalogs::recognise(bytes).map(Self::Catalog);
        let known = catalog.or_else(|| records::recognise(bytes).map(Self::Records));
        // Both are TOML, of other keys.
        known.map(|format| if is_record(bytes) { Self::Record } else { format })
    }

    /// TOML, if the file says so or there is none.
    pub(crate) fn own(self, path: &str) -> Option<Self> {
        let is_toml = path == "-" || Path::new(path).extension().is_some_and(|end| end == "toml");
        is_toml.then_some(match self {
            Self::Catalog(_) => Self::Catalog(CatalogFormat::Toml),
            Self::Record | Self::Records(_) => Self::Record,
        })
    }
}

/// Whether the tables of a text are those of a record.
fn is_record(bytes: &[u8]) -> bool {
    let table = std::str::from_utf8(bytes).ok().and_then(|text| text.parse::<toml::Table>().ok());
    let keys = ["award", "waiver", "substitution", "pursued"];
    table.is_some_and(|table| !table.is_empty() && table.keys().all(|key| keys.contains(&key.as_str())))
}
