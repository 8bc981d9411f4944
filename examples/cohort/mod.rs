//! What a cohort is read from, and how its report is written as text and as a table.

pub(crate) mod college;
pub(crate) mod csv;
pub(crate) mod lines;
pub(crate) mod text;
