//! Policies on sharing: which credentials may use the same awards ([semantics 5.5](crate::semantics#5.5)).

use serde::Serialize;

use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::{Reader, Table, Value};
use crate::value::amount::Amount;

/// A limit on what two credentials may share when they are claimed together, by their types: one `[[sharing]]` table of
/// a catalog. It holds both ways round, and says nothing of a third credential. Where no table names a pair of types,
/// they share freely.
///
/// ```
/// use credpath::Catalog;
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [[sharing]]
///     between = ["Minor", "Major"]
///     max_awards = 2
/// "#)?;
/// assert_eq!(catalog.sharing()[0].max_awards, Some(2));
/// # Ok::<(), credpath::InvalidCatalog>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Sharing {
    /// The types of the two credentials; the same type twice for two credentials of one type.
    pub between: [String; 2],
    /// The most awards that both may use. All awards of one credential are one, unless it is repeatable.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_awards: Option<u32>,
    /// The most credits that the awards which both use may carry, in the catalog's credit unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_credits: Option<Amount>,
}

impl Sharing {
    /// Whether it is about credentials of these two types.
    #[must_use]
    pub fn applies(&self, one: &str, other: &str) -> bool {
        let [a, b] = &self.between;
        (a == one && b == other) || (a == other && b == one)
    }

    /// Whether it is about credentials of this type at all.
    #[must_use]
    pub fn names(&self, kind: &str) -> bool {
        self.between.iter().any(|named| named == kind)
    }
}

/// Reads the `[[sharing]]` tables.
pub(crate) fn read(reader: &mut Reader, table: &Table) -> Vec<Sharing> {
    let Some(value) = table.get("sharing") else { return Vec::new() };
    let Some(list) = value.get_ref().as_array() else {
        reader.wrong_type(value, "sharing", "a list of tables, each headed `[[sharing]]`");
        return Vec::new();
    };
    list.iter().filter_map(|value| policy(reader, value)).collect()
}

fn policy(reader: &mut Reader, value: &Value) -> Option<Sharing> {
    const KEYS: &[&str] = &["between", "max_awards", "max_credits"];
    let Some(table) = value.get_ref().as_table() else {
        reader.wrong_member(value, "sharing", "a table, headed `[[sharing]]`");
        return None;
    };
    reader.known_keys(table, KEYS, "a sharing policy");
    let max_awards = table.get("max_awards").map(|value| reader.whole(value, "max_awards", 0, i64::from(u32::MAX)));
    let max_credits = table.get("max_credits").map(|value| reader.amount(value, "max_credits"));
    if max_awards.is_none() && max_credits.is_none() {
        let message = "a sharing policy needs `max_awards` or `max_credits`";
        let diagnostic = Diagnostic::new(Code::MissingKey, value.span(), message);
        let help = "write `max_awards = 0` if no award may be used by both";
        let known = KEYS.iter().copied();
        // A misspelt key has been told.
        let near = |name: &str| reader.nearest(name, known.clone()).filter(|_| !KEYS.contains(&name));
        if !table.keys().any(|name| near(name.get_ref()).is_some_and(|near| near != "between")) {
            reader.push(diagnostic.help(help));
        }
    }
    let Some(between) = table.get("between") else {
        let diagnostic = Diagnostic::new(Code::MissingKey, value.span(), "a sharing policy needs `between`");
        let help = "name the two types of credential, such as `between = [\"Certificate\", \"Degree\"]`";
        reader.missing_key(table, KEYS, "between", diagnostic.help(help));
        return None;
    };
    let Some(list) = between.get_ref().as_array() else {
        reader.wrong_type(between, "between", "a list of two types of credential");
        return None;
    };
    let types: Vec<String> = reader.texts(between, "between").into_iter().map(|(kind, _)| kind).collect();
    let Ok(types) = <[String; 2]>::try_from(types) else {
        if list.len() == 2 {
            // A member of the wrong type has been told.
            return None;
        }
        let message = "`between` names exactly two types of credential";
        let diagnostic = Diagnostic::new(Code::InvalidValue, between.span(), message);
        reader.push(diagnostic.help("for two credentials of one type, write the type twice"));
        return None;
    };
    for (kind, place) in types.iter().zip(list) {
        if kind.trim().is_empty() {
            let message = "the type of a credential cannot be empty";
            reader.push(Diagnostic::new(Code::InvalidValue, place.span(), message));
        }
    }
    let max_awards = max_awards.flatten().and_then(|most| u32::try_from(most).ok());
    Some(Sharing { between: types, max_awards, max_credits: max_credits.flatten() })
}
