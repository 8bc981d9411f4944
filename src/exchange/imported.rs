//! What every import gives: the value, and what of the source it does not hold.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::finding::diagnostic::{Diagnostic, Diagnostics};
use crate::value::text::printable;

/// What was read from a format of somebody else's, and what of it was lost: an import drops nothing silently.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Imported<T> {
    /// The value.
    pub value: T,
    /// What the source says and the value does not, in the order of the source.
    pub losses: Vec<Loss>,
}

/// Something that a text says and that what was made of it does not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Loss {
    /// Where: a path in the source (`@graph[3].hasCondition`), or a line of a table (`line 12, column prerequisites`);
    /// of an export, the path in the document.
    pub place: String,
    /// What was lost, as a sentence without a full stop.
    pub what: String,
}

impl fmt::Display for Loss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", printable(&self.place), printable(&self.what))
    }
}

/// A text of another format that could not be imported; holds everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidImport(pub(crate) Diagnostics);

impl InvalidImport {
    /// What is wrong, in the order of the text.
    #[must_use]
    pub fn diagnostics(&self) -> &[Diagnostic] {
        self.0.as_slice()
    }

    /// What is wrong, with the text and its name.
    #[must_use]
    pub fn report(&self) -> &Diagnostics {
        &self.0
    }
}

/// A value of which nothing was lost.
impl<T> From<T> for Imported<T> {
    fn from(value: T) -> Self {
        Self { value, losses: Vec::new() }
    }
}
