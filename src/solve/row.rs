//! What rows are made of.

use crate::solve::ids::VariableId;

/// A variable, and what it is multiplied by.
pub(crate) type Term = (VariableId, i64);
