//! Diagnostics in colour, as `annotate-snippets` draws them.

use std::ops::Range;

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use crate::finding::diagnostic::{Diagnostic, Diagnostics, Severity};
use crate::finding::render::Trailer;
use crate::finding::source::floor_char_boundary;
use crate::value::text::printable;

/// Bytes between two labels from which on each is shown by itself, so that what lies between need not be looked at.
const NEAR: usize = 2_000;
/// Bytes that are shown before a label on its line and after it, so that one long line cannot flood a terminal.
const AROUND: usize = 200;

impl Diagnostics {
    /// The same that `Display` shows, drawn for a terminal with colours, as the Rust compiler does. Needs the feature
    /// `render`.
    ///
    /// ```
    /// use credpath::{Catalog, CheckOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", "credential.a = { stack = { all_of = [] } }")?;
    /// let findings = catalog.check(&CheckOptions::default());
    /// assert!(findings.styled().contains("\u{1b}["));
    /// # Ok::<(), credpath::InvalidCatalog>(())
    /// ```
    #[must_use]
    pub fn styled(&self) -> String {
        let renderer = Renderer::styled();
        let drawn: Vec<String> = self.as_slice().iter().map(|diagnostic| self.drawn(diagnostic, &renderer)).collect();
        format!("{}{}", drawn.join("\n"), Trailer(self))
    }

    fn drawn(&self, diagnostic: &Diagnostic, renderer: &Renderer) -> String {
        let level = match diagnostic.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
            Severity::Note => Level::NOTE,
        };
        let title = level.primary_title(printable(&diagnostic.message)).id(diagnostic.code.as_str());
        let mut group = Group::with_title(title);
        for window in self.windows(diagnostic) {
            group = group.element(self.snippet(diagnostic, &window));
        }
        if let Some(help) = &diagnostic.help {
            group = group.element(Level::HELP.message(printable(help)));
        }
        renderer.render(&[group]) + "\n"
    }

    /// Parts of the text in which labels lie close together, that of the primary one first.
    fn windows(&self, diagnostic: &Diagnostic) -> Vec<Range<usize>> {
        let text = self.text();
        let bom = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let around = |span: &Range<usize>| {
            let from = floor_char_boundary(text, span.start.saturating_sub(AROUND)).max(bom).min(text.len());
            let line_start = text[..span.start].rfind('\n').map_or(bom, |newline| newline + 1);
            // What spans many lines is shown by its first ones.
            let end = floor_char_boundary(text, span.end.min(span.start + NEAR)).max(line_start);
            let line_end = text[end..].find('\n').map_or(text.len(), |newline| end + newline);
            line_start.max(from)..floor_char_boundary(text, line_end.min(end + AROUND))
        };
        let primary = around(&diagnostic.primary.span);
        let mut windows: Vec<Range<usize>> =
            diagnostic.secondary.iter().map(|label| around(&label.span)).chain([primary.clone()]).collect();
        windows.sort_by_key(|window| (window.start, window.end));
        let mut joined: Vec<Range<usize>> = Vec::new();
        for window in windows {
            match joined.last_mut() {
                Some(last) if window.start <= last.end + NEAR => last.end = last.end.max(window.end),
                _ => joined.push(window),
            }
        }
        joined.sort_by_key(|window| !(window.start <= primary.start && primary.start <= window.end));
        joined
    }

    fn snippet(
        &self,
        diagnostic: &Diagnostic,
        window: &Range<usize>,
    ) -> Snippet<'_, annotate_snippets::Annotation<'_>> {
        let text = self.text();
        let place = |span: &Range<usize>| {
            let start = span.start.clamp(window.start, window.end);
            let start = shown(&text[window.start..start]).len();
            let end = floor_char_boundary(text, span.end.clamp(window.start, window.end));
            start..shown(&text[window.start..end]).len().max(start)
        };
        let mut snippet = Snippet::source(shown(&text[window.clone()]))
            .line_start(self.position(window.start).0)
            .path(printable(self.name()));
        let labels = diagnostic.secondary.iter().map(|label| (label, AnnotationKind::Context));
        for (label, kind) in labels.chain([(&diagnostic.primary, AnnotationKind::Primary)]) {
            if !window.contains(&label.span.start) && label.span.start != window.end {
                continue;
            }
            let words = (!label.text.is_empty()).then(|| printable(&label.text));
            snippet = snippet.annotation(kind.span(place(&label.span)).label(words));
        }
        snippet
    }
}

/// Lines that can do nothing to a terminal.
fn shown(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| printable(line.strip_suffix('\r').unwrap_or(line))).collect();
    lines.join("\n")
}
