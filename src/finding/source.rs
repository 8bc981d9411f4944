//! A text and where its lines begin.

use std::sync::Arc;

use crate::value::ids::to_u32;

/// A named text whose positions can be told to a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Source {
    pub(crate) name: Box<str>,
    pub(crate) text: Arc<str>,
    line_starts: Arc<[u32]>,
}

impl Source {
    pub(crate) fn new(name: &str, text: &str) -> Self {
        let line_starts =
            std::iter::once(0).chain(text.match_indices('\n').map(|(newline, _)| to_u32(newline + 1))).collect();
        Self { name: name.into(), text: text.into(), line_starts }
    }

    /// The line of a byte offset, from 1.
    pub(crate) fn line(&self, offset: usize) -> usize {
        self.line_starts.partition_point(|&start| start as usize <= offset)
    }

    /// Line and column of a byte offset, each from 1, the column in characters.
    pub(crate) fn position(&self, offset: usize) -> (usize, usize) {
        let offset = floor_char_boundary(&self.text, offset);
        let line = self.line(offset);
        (line, self.text[self.line_starts[line - 1] as usize..offset].chars().count() + 1)
    }
}

/// The largest character boundary at or before `offset`.
pub(crate) fn floor_char_boundary(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}
