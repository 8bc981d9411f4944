//! Under which version of a catalog a learner pursues a credential.

use serde::{Deserialize, Serialize};

use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::{Reader, Value};

/// What a learner is declared for: a credential, and the version of the catalog, often a year, whose rules hold for it.
/// Only [`CatalogYears`](crate::CatalogYears) reads it; every question to one catalog is about that catalog alone.
///
/// ```
/// use credpath::LearnerRecord;
///
/// let record = LearnerRecord::parse("record.toml", r#"
///     [[pursued]]
///     credential = "analyst"
///     under = "2025"
/// "#)?;
/// assert_eq!((record.pursued[0].credential.as_str(), record.pursued[0].under.as_str()), ("analyst", "2025"));
/// # Ok::<(), credpath::InvalidRecord>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pursuit {
    /// Id of the credential.
    pub credential: String,
    /// The version, as the catalog's [`version`](crate::Header::version) says it.
    pub under: String,
}

const KEYS: [&str; 2] = ["credential", "under"];

/// Reads one `[[pursued]]`.
pub(crate) fn pursuit(reader: &mut Reader, value: &Value) -> Option<Pursuit> {
    let Some(table) = value.get_ref().as_table() else {
        reader.wrong_member(value, "pursued", "a table, headed `[[pursued]]`");
        return None;
    };
    reader.known_keys(table, &KEYS, "`[[pursued]]`");
    let mut text = |key: &str, example: &str| {
        let Some(value) = table.get(key) else {
            let message = format!("`[[pursued]]` needs `{key}`");
            let diagnostic = Diagnostic::new(Code::MissingKey, value.span(), message);
            reader.missing_key(table, &KEYS, key, diagnostic.help(format!("write `{key} = \"{example}\"`")));
            return None;
        };
        let text = reader.text(value, key)?.to_owned();
        reader.id(&text, value.span());
        Some(text)
    };
    let (credential, under) = (text("credential", "id"), text("under", "2025"));
    Some(Pursuit { credential: credential?, under: under? })
}
