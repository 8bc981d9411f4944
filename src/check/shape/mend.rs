//! Pieces that can be taken out of the text so that the rest stays sound.

use std::ops::Range;

use crate::catalog::document::Pool;

/// A member of a list, with its comma, and with its line if nothing else stands there. `previous` is where the member
/// before it ends.
pub(crate) fn without_member(text: &str, previous: Option<usize>, place: &Range<usize>) -> Range<usize> {
    let rest = &text[place.end..];
    let blank = rest.len() - rest.trim_start().len();
    if !rest[blank..].starts_with(',') {
        // The last of its list: the comma before it goes, unless a comment stands between.
        let start = previous.filter(|&end| text[end..place.start].trim() == ",").unwrap_or(place.start);
        return start..place.end;
    }
    let end = place.end + blank + 1;
    let line_start = text[..place.start].rfind('\n').map_or(0, |newline| newline + 1);
    let line_end = text[end..].find('\n').map_or(text.len(), |newline| end + newline + 1);
    if text[line_start..place.start].trim().is_empty() && text[end..line_end].trim().is_empty() {
        return line_start..line_end;
    }
    let gap = text[end..line_end].len() - text[end..line_end].trim_start_matches([' ', '\t']).len();
    place.start..end + gap
}

/// The table of a pool, if it stands on lines of its own.
pub(crate) fn without_table(text: &str, pool: &Pool) -> Option<Range<usize>> {
    let line_start = text[..pool.place.start].rfind('\n').map_or(0, |newline| newline + 1);
    let before: String = text[line_start..pool.place.start].split_whitespace().collect();
    let before = before.trim_start_matches('\u{feff}');
    if !matches!(before, "" | "[pool." | "pool.") || text[line_start..].starts_with('\u{feff}') {
        return None;
    }
    let line_end = text[pool.end..].find('\n').map_or(text.len(), |newline| pool.end + newline + 1);
    let end = if text[pool.end..line_end].trim().is_empty() { line_end } else { pool.end };
    Some(line_start..end)
}
