//! Filters: credentials selected by what the catalog says of them
//! ([semantics 2.3](crate::semantics#2.3)).

use std::collections::BTreeSet;

use crate::catalog::catalog::Credential;
use crate::catalog::lookup::Lookup;
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::{FLATTEN, Reader, Table, Value};
use crate::value::amount::Amount;
use crate::value::ids::CredentialId;

const FILTERS: &[&str] = &["tags", "without_tags", "type", "issuer", "level", "credits", "except"];

/// Selects credentials by what the catalog says of them ([semantics 2.3](crate::semantics#2.3)). Every key given has to
/// match; a key matches if any of its values does.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Filter {
    pub(crate) tags: Option<Vec<String>>,
    pub(crate) without_tags: Option<Vec<String>>,
    pub(crate) kinds: Option<Vec<String>>,
    pub(crate) issuers: Option<Vec<String>>,
    pub(crate) level: Option<(i64, i64)>,
    pub(crate) credits: Option<(Amount, Amount)>,
    pub(crate) except: Option<Box<Except>>,
}

/// What a filter leaves out of what it would select.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Except {
    /// These, in the order of their ids.
    Credentials(Vec<CredentialId>),
    /// What another filter matches.
    Filter(Filter),
}

impl Filter {
    pub(crate) fn read(reader: &mut Reader, value: &Value, lookup: &Lookup) -> Option<Self> {
        // From the outside to the inside, each excepted from the one before it.
        let mut filters = Vec::new();
        let mut next = Some(value);
        let mut except = None;
        while let Some((place, table)) = next.and_then(|value| Some((value.span(), value.get_ref().as_table()?))) {
            if filters.len() > reader.nesting {
                let message = format!("filters are nested more than {} deep", reader.nesting);
                reader.push(Diagnostic::new(Code::LimitExceeded, place, message).help(FLATTEN));
                return None;
            }
            filters.push(Self::without_except(reader, table));
            next = table.get("except").filter(|value| value.get_ref().is_table());
            if next.is_none() {
                except = table.get("except").and_then(|value| excepted(reader, value, lookup));
            }
        }
        filters.into_iter().rev().fold(None, |inner, filter| {
            let except = inner.map_or_else(|| except.take(), |inner| Some(Except::Filter(inner)));
            Some(Self { except: except.map(Box::new), ..filter })
        })
    }

    fn without_except(reader: &mut Reader, table: &Table) -> Self {
        reader.known_keys(table, FILTERS, "a filter");
        let mut values = |key: &str| {
            let texts = reader.texts(table.get(key)?, key).into_iter();
            Some(texts.map(|(text, _)| text).collect::<BTreeSet<_>>().into_iter().collect())
        };
        let (tags, without_tags) = (values("tags"), values("without_tags"));
        let (kinds, issuers) = (values("type"), values("issuer"));
        let level = table.get("level").and_then(|value| level(reader, value));
        let credits = table.get("credits").and_then(|value| credits(reader, value));
        Self { tags, without_tags, kinds, issuers, level, credits, except: None }
    }

    /// Whether every key that is given matches.
    pub(crate) fn matches(&self, number: CredentialId, credential: &Credential) -> bool {
        let Self { tags, without_tags, kinds, issuers, level, credits, except } = self;
        // The values are sorted.
        let has = |values: &Vec<String>, of: &[String]| of.iter().any(|value| values.binary_search(value).is_ok());
        let any = |values: &Option<Vec<String>>, of: &[String]| values.as_ref().is_none_or(|values| has(values, of));
        any(tags, &credential.tags)
            && any(kinds, std::slice::from_ref(&credential.kind))
            && any(issuers, credential.issuer.as_slice())
            && level.is_none_or(|(min, max)| credential.level.is_some_and(|level| (min..=max).contains(&level)))
            && credits.is_none_or(|(min, max)| (min..=max).contains(&credential.credits))
            && !without_tags.as_ref().is_some_and(|tags| has(tags, &credential.tags))
            && !except.as_ref().is_some_and(|except| match &**except {
                Except::Credentials(numbers) => numbers.binary_search(&number).is_ok(),
                Except::Filter(filter) => filter.matches(number, credential),
            })
    }

    /// How many filters there are one inside the other.
    pub(crate) fn depth(&self) -> usize {
        let (mut filter, mut depth) = (self, 1);
        while let Some(Except::Filter(inner)) = filter.except.as_deref() {
            (filter, depth) = (inner, depth + 1);
        }
        depth
    }
}

/// The credentials that a filter leaves out, written as a list of ids.
fn excepted(reader: &mut Reader, value: &Value, lookup: &Lookup) -> Option<Except> {
    if !value.get_ref().is_array() {
        reader.wrong_type(value, "except", "a list of ids, or a filter");
        return None;
    }
    let ids = reader.texts(value, "except");
    let known = ids.into_iter().filter_map(|(id, place)| lookup.credential(reader, &id, place));
    Some(Except::Credentials(known.collect::<BTreeSet<_>>().into_iter().collect()))
}

/// One level, or a range with one end or both.
fn level(reader: &mut Reader, value: &Value) -> Option<(i64, i64)> {
    const LOWEST: i64 = -1000;
    const HIGHEST: i64 = 1000;
    let Some(table) = value.get_ref().as_table() else {
        return reader.whole(value, "level", LOWEST, HIGHEST).map(|level| (level, level));
    };
    reader.known_keys(table, &["min", "max"], "`level`");
    let mut end = |key, open| table.get(key).map_or(Some(open), |value| reader.whole(value, key, LOWEST, HIGHEST));
    Some((end("min", LOWEST)?, end("max", HIGHEST)?))
}

/// A number of credits, or a range with one end or both.
fn credits(reader: &mut Reader, value: &Value) -> Option<(Amount, Amount)> {
    let Some(table) = value.get_ref().as_table() else {
        return reader.amount(value, "credits").map(|credits| (credits, credits));
    };
    reader.known_keys(table, &["min", "max"], "`credits`");
    let mut end = |key, open| table.get(key).map_or(Some(open), |value| reader.amount(value, key));
    Some((end("min", Amount::default())?, end("max", Amount::MAX)?))
}
