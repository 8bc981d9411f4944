//! What a registrar is told, for a page, a text, and a table.

pub(crate) mod desk;
pub(crate) mod shown;
