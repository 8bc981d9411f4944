//! The things that solvers number.

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

id! {
    /// A demand for so many filled slots.
    DemandId
}
id! {
    /// A slot of a demand, which takes one item.
    SlotId
}
id! {
    /// An item, which fills one slot.
    ItemId
}
