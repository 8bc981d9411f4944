//! Requirements written in code, in the words in which they are written in TOML
//! ([semantics 2](crate::semantics#2)).
//!
//! ```
//! use credpath::rules::{all_of, any_of, credential, credits, pool, up_to};
//!
//! let stack = all_of([
//!     credential("capstone").grade("B"),
//!     any_of(["law".into(), "ethics".into()]).name("society"),
//!     credits(20).from([pool("core"), up_to(6).from(pool("electives"))]).within("5 years"),
//! ]);
//! # let text = serde_json::to_string(&stack).unwrap();
//! # assert_eq!(serde_json::from_str::<credpath::RequirementDocument>(&text).unwrap(), stack);
//! ```

use crate::document::filter_document::FilterDocument;
use crate::document::requirement_document::{MembersDocument, RequirementDocument, RequirementKind};
use crate::value::amount::Amount;

/// That credential.
#[must_use]
pub fn credential(id: impl Into<String>) -> RequirementDocument {
    RequirementKind::Credential(id.into()).into()
}

/// All of the parts.
#[must_use]
pub fn all_of(parts: impl IntoIterator<Item = RequirementDocument>) -> RequirementDocument {
    RequirementKind::AllOf(parts.into_iter().collect()).into()
}

/// Any of the parts.
#[must_use]
pub fn any_of(parts: impl IntoIterator<Item = RequirementDocument>) -> RequirementDocument {
    RequirementKind::AnyOf(parts.into_iter().collect()).into()
}

/// So many of some members, which [`Quantity::from`] names.
pub fn at_least(needed: u32) -> Quantity {
    Quantity(Measured::Count(needed))
}

/// So many credits from some members, which [`Quantity::from`] names.
pub fn credits(needed: impl Into<Amount>) -> Quantity {
    Quantity(Measured::Credits(needed.into()))
}

/// So many hours from some members, which [`Quantity::from`] names.
pub fn hours(needed: impl Into<Amount>) -> Quantity {
    Quantity(Measured::Hours(needed.into()))
}

/// In a sum: so much at most from some members, which [`Quantity::from`] names.
pub fn up_to(most: impl Into<Amount>) -> Quantity {
    Quantity(Measured::UpTo(most.into()))
}

/// All members of a pool, in a list or in place of one.
#[must_use]
pub fn pool(name: impl Into<String>) -> RequirementDocument {
    RequirementKind::Pool(name.into()).into()
}

/// All credentials that a filter selects, in a list or in place of one.
#[must_use]
pub fn filter(filter: FilterDocument) -> RequirementDocument {
    RequirementKind::Filter(filter).into()
}

/// How much is needed, before it is said of what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Quantity(Measured);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Measured {
    Count(u32),
    Credits(Amount),
    Hours(Amount),
    UpTo(Amount),
}

impl Quantity {
    /// From these members: a list, [`pool`] or [`filter`].
    #[must_use]
    pub fn from(self, members: impl Into<MembersDocument>) -> RequirementDocument {
        let from = members.into();
        let kind = match self.0 {
            Measured::Count(needed) => RequirementKind::AtLeast { needed, from },
            Measured::Credits(needed) => RequirementKind::Credits { needed, from },
            Measured::Hours(needed) => RequirementKind::Hours { needed, from },
            Measured::UpTo(most) => RequirementKind::UpTo { most, from },
        };
        kind.into()
    }
}
