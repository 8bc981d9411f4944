//! The text of a catalog, read once more for what the compiled rules no longer show.

use crate::catalog::document;
use crate::catalog::document::Document;
use crate::read::limits::Limits;
use crate::read::parse::parse;

/// The document of a catalog that was accepted before, so that no limit needs to hold and no fault is to be expected.
pub(crate) fn read_again(text: &str) -> Document {
    let limits = Limits {
        catalog_bytes: usize::MAX,
        record_bytes: usize::MAX,
        memory_bytes: usize::MAX,
        nesting: usize::MAX,
        credentials: usize::MAX,
        requirement_nodes: usize::MAX,
        windows: usize::MAX,
        renewals: usize::MAX,
        id_bytes: usize::MAX,
        errors: usize::MAX,
    };
    parse(text, usize::MAX, &limits)
        .ok()
        .and_then(|(table, mut reader)| document::read(&mut reader, &table, &limits))
        .unwrap_or_default()
}
