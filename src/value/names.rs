//! Values that go by a name: in texts, in JSON, and read from either ([semantics 10.4](crate::semantics#10.4)).

use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Deserializer;
use serde::de::{Error, Visitor};

use crate::value::text::printable;

/// That a text is not the name of one of the values that it should name.
///
/// ```
/// use credpath::{Status, StepKind};
///
/// assert_eq!("in-progress".parse(), Ok(Status::InProgress));
/// assert_eq!(StepKind::Retake.to_string(), "retake");
/// assert_eq!(
///     "taken".parse::<StepKind>().unwrap_err().to_string(),
///     "`taken` is no kind of step: it is one of take, retake, renew, claim",
/// );
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is no {what}: it is one of {}", printable(name), known.join(", "))]
#[non_exhaustive]
pub struct UnknownName {
    /// What it should name, such as `status`.
    pub what: &'static str,
    /// The text, or its first 100 characters.
    pub name: String,
    /// All names that there are.
    pub known: Vec<&'static str>,
}

impl UnknownName {
    pub(crate) fn new(what: &'static str, name: &str, known: impl IntoIterator<Item = &'static str>) -> Self {
        Self { what, name: name.chars().take(100).collect(), known: known.into_iter().collect() }
    }
}

/// Reads what is written as a text, from a format that describes itself alone: what is left out of a report is not
/// there, so that nothing in it could be read by its place.
pub(crate) fn parsed<'de, T, D>(deserializer: D, due: &'static str) -> Result<T, D::Error>
where
    T: FromStr<Err: fmt::Display>,
    D: Deserializer<'de>,
{
    struct Text<T>(&'static str, PhantomData<T>);
    impl<T: FromStr<Err: fmt::Display>> Visitor<'_> for Text<T> {
        type Value = T;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            text.parse().map_err(E::custom)
        }
    }
    deserializer.deserialize_any(Text(due, PhantomData))
}

/// Gives each value of an enum its name: `as_str` and `Display` write it, `FromStr` reads it, and serde does both.
macro_rules! named {
    ($type:ident, $what:literal: $($variant:ident = $name:literal),+ $(,)?) => {
        impl $type {
            /// Its name, as texts and JSON spell it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }

        $crate::value::names::by_name!($type, $what, [$(Self::$variant),+]);
    };
}

/// Reads and writes values that have an `as_str`, of which these are all.
macro_rules! by_name {
    ($type:ident, $what:literal, $all:expr) => {
        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $type {
            type Err = $crate::value::names::UnknownName;

            fn from_str(name: &str) -> Result<Self, Self::Err> {
                let all = $all;
                let unknown = || Self::Err::new($what, name, all.iter().map(|known| known.as_str()));
                all.iter().copied().find(|known| known.as_str() == name).ok_or_else(unknown)
            }
        }

        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::value::names::parsed(deserializer, concat!("a text, the ", $what))
            }
        }
    };
}
pub(crate) use {by_name, named};
