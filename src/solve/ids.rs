//! What the solvers number.

use crate::value::ids::id;

id! {
    /// A variable: a whole number that is sought, between bounds.
    VariableId
}
id! {
    /// A row: an inequality that the variables have to satisfy.
    RowId
}

impl RowId {
    /// The first row.
    pub(crate) const FIRST: Self = Self(0);
}
