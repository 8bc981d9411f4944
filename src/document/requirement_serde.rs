//! Requirements and members in the form in which they are written: a text, or a table with one operator.

use std::fmt;

use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::document::credential_document::TermDocument;
use crate::document::filter_document::FilterDocument;
use crate::document::requirement_document::{MembersDocument, RequirementDocument, RequirementKind};
use crate::document::texts::some_texts;
use crate::value::amount::{Amount, TextOrNumber};
use crate::value::date::Date;
use crate::value::points::GradePoints;

// What is large is on the heap: requirements nest, and each that is being read takes its room on the stack.
/// Every key that a requirement can have.
#[derive(Default, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
struct RequirementTable {
    credential: Option<String>,
    #[serde(deserialize_with = "parts")]
    all_of: Option<Vec<RequirementDocument>>,
    #[serde(deserialize_with = "parts")]
    any_of: Option<Vec<RequirementDocument>>,
    at_least: Option<u32>,
    credits: Option<Amount>,
    hours: Option<Amount>,
    up_to: Option<Amount>,
    from: Option<Box<MembersDocument>>,
    pool: Option<String>,
    filter: Option<Box<FilterDocument>>,
    name: Option<String>,
    distinct: Option<bool>,
    average: Option<GradePoints>,
    span: Option<String>,
    within: Option<TermDocument>,
    since: Option<Date>,
    until: Option<Date>,
    held_for: Option<TermDocument>,
    #[serde(deserialize_with = "grade")]
    grade: Option<String>,
    #[serde(deserialize_with = "some_texts")]
    issuer: Option<Vec<String>>,
    lapsed: Option<bool>,
}

/// A list of requirements. Each is put in its place where it is read, and not handed on: that too takes room on the
/// stack.
struct ListedParts(Vec<RequirementDocument>);

impl<'de> Deserialize<'de> for ListedParts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Listed;
        impl<'de> Visitor<'de> for Listed {
            type Value = ListedParts;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of requirements")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<ListedParts, A::Error> {
                let mut parts = Vec::new();
                while list.next_element_seed(PutLast(&mut parts))?.is_some() {}
                Ok(ListedParts(parts))
            }
        }
        deserializer.deserialize_seq(Listed)
    }
}

/// Reads one more part of a list.
struct PutLast<'a>(&'a mut Vec<RequirementDocument>);

impl<'de> DeserializeSeed<'de> for PutLast<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.push(RequirementDocument::deserialize(deserializer)?);
        Ok(())
    }
}

fn parts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Vec<RequirementDocument>>, D::Error> {
    Option::<ListedParts>::deserialize(deserializer).map(|listed| listed.map(|ListedParts(parts)| parts))
}

fn grade<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Option::<TextOrNumber>::deserialize(deserializer).map(|grade| grade.map(|TextOrNumber(grade)| grade))
}

impl RequirementTable {
    /// The one thing that is asked for.
    fn kind<E: Error>(&mut self) -> Result<RequirementKind, E> {
        let from = &mut self.from;
        let mut members = |key| from.take().map(|from| *from).ok_or_else(|| E::custom(format!("`{key}` needs `from`")));
        let mut kinds = Vec::new();
        kinds.extend(self.credential.take().map(RequirementKind::Credential));
        kinds.extend(self.all_of.take().map(RequirementKind::AllOf));
        kinds.extend(self.any_of.take().map(RequirementKind::AnyOf));
        kinds.extend(self.pool.take().map(RequirementKind::Pool));
        kinds.extend(self.filter.take().map(|filter| RequirementKind::Filter(*filter)));
        if let Some(needed) = self.at_least.take() {
            kinds.push(RequirementKind::AtLeast { needed, from: members("at_least")? });
        }
        if let Some(needed) = self.credits.take() {
            kinds.push(RequirementKind::Credits { needed, from: members("credits")? });
        }
        if let Some(needed) = self.hours.take() {
            kinds.push(RequirementKind::Hours { needed, from: members("hours")? });
        }
        if let Some(most) = self.up_to.take() {
            kinds.push(RequirementKind::UpTo { most, from: members("up_to")? });
        }
        if self.from.is_some() {
            return Err(E::custom("`from` stands beside `at_least`, `credits`, `hours` or `up_to`"));
        }
        let mut kinds = kinds.into_iter();
        match (kinds.next(), kinds.next()) {
            (Some(kind), None) => Ok(kind),
            (None, _) => Err(E::custom("this does not say what is required")),
            (Some(_), Some(_)) => Err(E::custom("a requirement says one thing, not two")),
        }
    }

    /// The requirement. It stays a function of its own: what it needs on the stack is not there while parts are read.
    #[inline(never)]
    fn required<E: Error>(&mut self) -> Result<RequirementDocument, E> {
        let kind = self.kind()?;
        let Self { average, since, until, distinct, lapsed, .. } = *self;
        Ok(RequirementDocument {
            kind,
            name: self.name.take(),
            distinct,
            average,
            span: self.span.take(),
            within: self.within.take(),
            since,
            until,
            held_for: self.held_for.take(),
            grade: self.grade.take(),
            issuer: self.issuer.take(),
            lapsed,
        })
    }
}

impl<'de> Deserialize<'de> for RequirementDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Required;
        impl<'de> Visitor<'de> for Required {
            type Value = RequirementDocument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of a credential, or a table with a requirement")
            }

            fn visit_str<E>(self, id: &str) -> Result<RequirementDocument, E> {
                Ok(id.into())
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<RequirementDocument, A::Error> {
                RequirementTable::deserialize(MapAccessDeserializer::new(table))?.required()
            }
        }
        deserializer.deserialize_any(Required)
    }
}

impl Serialize for RequirementDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if let Some(id) = self.plain() {
            return id.serialize(serializer);
        }
        let mut table = Keys(serializer.serialize_struct("requirement", 12)?);
        match &self.kind {
            RequirementKind::Credential(id) => table.key("credential", Some(id))?,
            RequirementKind::AllOf(parts) => table.key("all_of", Some(parts))?,
            RequirementKind::AnyOf(parts) => table.key("any_of", Some(parts))?,
            RequirementKind::AtLeast { needed, from } => table.measured("at_least", needed, from)?,
            RequirementKind::Credits { needed, from } => table.measured("credits", needed, from)?,
            RequirementKind::Hours { needed, from } => table.measured("hours", needed, from)?,
            RequirementKind::UpTo { most, from } => table.measured("up_to", most, from)?,
            RequirementKind::Pool(name) => table.key("pool", Some(name))?,
            RequirementKind::Filter(filter) => table.key("filter", Some(filter))?,
        }
        table.key("name", self.name.as_ref())?;
        table.key("distinct", self.distinct.as_ref())?;
        table.key("average", self.average.as_ref())?;
        table.key("span", self.span.as_ref())?;
        table.key("within", self.within.as_ref())?;
        table.key("since", self.since.as_ref())?;
        table.key("until", self.until.as_ref())?;
        table.key("held_for", self.held_for.as_ref())?;
        table.key("grade", self.grade.as_ref())?;
        table.key("issuer", self.issuer.as_ref())?;
        table.key("lapsed", self.lapsed.as_ref())?;
        table.0.end()
    }
}

/// A table that is being written, without the keys that have no value.
struct Keys<S>(S);

impl<S: SerializeStruct> Keys<S> {
    fn key<T: Serialize>(&mut self, key: &'static str, value: Option<&T>) -> Result<(), S::Error> {
        match value {
            Some(value) => self.0.serialize_field(key, value),
            None => self.0.skip_field(key),
        }
    }

    fn measured<T: Serialize>(&mut self, key: &'static str, value: &T, from: &MembersDocument) -> Result<(), S::Error> {
        self.key(key, Some(value))?;
        self.key("from", Some(from))
    }
}

impl<'de> Deserialize<'de> for MembersDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = MembersDocument;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list, the name of a pool, or a filter")
            }

            fn visit_str<E>(self, pool: &str) -> Result<MembersDocument, E> {
                Ok(MembersDocument::Pool(pool.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<MembersDocument, A::Error> {
                ListedParts::deserialize(SeqAccessDeserializer::new(list))
                    .map(|ListedParts(parts)| MembersDocument::List(parts))
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<MembersDocument, A::Error> {
                FilterDocument::deserialize(MapAccessDeserializer::new(table)).map(MembersDocument::Filter)
            }
        }
        deserializer.deserialize_any(Members)
    }
}

impl Serialize for MembersDocument {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::List(parts) => parts.serialize(serializer),
            Self::Pool(name) => name.serialize(serializer),
            Self::Filter(filter) => filter.serialize(serializer),
        }
    }
}
