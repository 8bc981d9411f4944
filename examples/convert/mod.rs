//! What is said of a conversion on the command line: formats, where an option applies, columns of a table.

pub(crate) mod applies;
pub(crate) mod columns;
pub(crate) mod formats;
