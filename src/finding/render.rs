//! Diagnostics as a compiler shows them: the line, the underlined text, what is wrong and what would be right.

use crate::value::text::printable;
use std::fmt::{self, Display as _, Write};

use unicode_width::UnicodeWidthStr;

use crate::finding::diagnostic::{Diagnostic, Diagnostics, Label, Unsettled};
use crate::finding::source::floor_char_boundary;

/// Characters of a source line that are shown; what lies beyond is cut, so that one long line cannot flood a terminal.
const WIDEST: usize = 140;

/// Undecided questions that are shown; a check that ran out of work leaves many of one kind.
const QUESTIONS: usize = 20;

pub(crate) fn render(diagnostics: &Diagnostics, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (i, diagnostic) in diagnostics.as_slice().iter().enumerate() {
        if i > 0 {
            f.write_char('\n')?;
        }
        render_one(diagnostics, diagnostic, None, f)?;
    }
    Trailer(diagnostics).fmt(f)
}

/// One of the diagnostics, with a remark at its end if there is one.
pub(crate) fn render_one(
    diagnostics: &Diagnostics,
    diagnostic: &Diagnostic,
    remark: Option<&str>,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    writeln!(f, "{}[{}]: {}", diagnostic.severity, diagnostic.code, printable(&diagnostic.message))?;
    let mut labels: Vec<(&Label, char)> = vec![(&diagnostic.primary, '^')];
    labels.extend(diagnostic.secondary.iter().map(|label| (label, '-')));
    let (line, column) = diagnostics.position(diagnostic.primary.span.start);
    let lines = labels.iter().map(|(label, _)| diagnostics.position(label.span.start).0);
    let width = lines.max().unwrap_or(line).to_string().len();
    writeln!(f, "{:width$}--> {}:{line}:{column}", "", printable(diagnostics.name()))?;
    labels.sort_by_key(|(label, _)| label.span.start);
    writeln!(f, "{:width$} |", "")?;
    let mut shown = None;
    for (label, mark) in labels {
        let (line, _) = diagnostics.position(label.span.start);
        if shown.is_some_and(|shown| line > shown + 1) {
            writeln!(f, "{:.<width$}...", "")?;
        }
        snippet(f, diagnostics.text(), label, mark, line, width, shown != Some(line))?;
        shown = Some(line);
    }
    let remarks = [("help", diagnostic.help.as_deref()), ("note", remark)];
    let remarks = remarks.into_iter().filter_map(|(kind, text)| Some((kind, text?)));
    for (number, (kind, text)) in remarks.enumerate() {
        if number == 0 {
            writeln!(f, "{:width$} |", "")?;
        }
        writeln!(f, "{:width$} = {kind}: {}", "", printable(text))?;
    }
    Ok(())
}

/// The lines after the list: questions that a check left open, how many more there are, and a line that sums up.
pub(crate) struct Trailer<'d>(pub(crate) &'d Diagnostics);

impl fmt::Display for Trailer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(diagnostics) = self;
        let mut listed = !diagnostics.as_slice().is_empty();
        for Unsettled { code, line, message, .. } in diagnostics.undecided().iter().take(QUESTIONS) {
            if std::mem::replace(&mut listed, true) {
                f.write_char('\n')?;
            }
            writeln!(f, "undecided[{code}]: {}", printable(message))?;
            writeln!(f, "{:1$}--> {2}:{line}", "", line.to_string().len(), printable(diagnostics.name()))?;
        }
        if diagnostics.undecided().len() > QUESTIONS {
            writeln!(f, "\n... and {} more questions", diagnostics.undecided().len() - QUESTIONS)?;
        }
        if diagnostics.unlisted() > 0 {
            writeln!(f, "\n... and {} more", diagnostics.unlisted())?;
        }
        let gap = if listed { "\n" } else { "" };
        diagnostics.summary().map_or(Ok(()), |summary| writeln!(f, "{gap}{}: {summary}", printable(diagnostics.name())))
    }
}

/// One source line with the label's part of it underlined.
fn snippet(
    f: &mut fmt::Formatter<'_>,
    text: &str,
    label: &Label,
    mark: char,
    line: usize,
    width: usize,
    with_line: bool,
) -> fmt::Result {
    let first = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let start = label.span.start.max(first);
    let line_start = text[..start].rfind('\n').map_or(first, |newline| newline + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |newline| start + newline);
    // The carriage return of a line end is no part of the line.
    let line_end = if text[start..line_end].ends_with('\r') { line_end - 1 } else { line_end };
    let start = start.min(line_end);
    let end = label.span.end.max(start);
    // A window of the line that holds the start of the underlined text.
    let from = if start - line_start > WIDEST { floor_char_boundary(text, start - WIDEST / 2) } else { line_start };
    let to = floor_char_boundary(text, line_end.min(from + 2 * WIDEST));

    let (lead, tail) = (if from > line_start { "..." } else { "" }, if to < line_end { "..." } else { "" });
    if with_line {
        writeln!(f, "{line:>width$} | {}", format!("{lead}{}{tail}", printable(&text[from..to])).trim_end())?;
    }
    let before = lead.len() + printable(&text[from..start]).width();
    let underlined = printable(&text[start..end.clamp(start, to.max(start))]).width().max(1);
    let marks: String = std::iter::repeat_n(mark, underlined).collect();
    let words = printable(&label.text);
    let words = if words.is_empty() { words } else { format!(" {words}") };
    writeln!(f, "{:width$} | {:before$}{marks}{words}", "", "")
}
