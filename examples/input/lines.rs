//! Learner records, one JSON record to a line.

use credpath::{Award, LearnerRecord, Substitution, Waiver};
use serde::Deserialize;

/// A record as it stands on a line, with an id. Its keys are listed here because a record that is flattened into it
/// would not notice keys that stand there twice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    pub(crate) id: Option<String>,
    #[serde(alias = "award", default)]
    awards: Vec<Award>,
    #[serde(alias = "waiver", default)]
    waivers: Vec<Waiver>,
    #[serde(alias = "substitution", default)]
    substitutions: Vec<Substitution>,
}

impl From<Line> for LearnerRecord {
    fn from(line: Line) -> Self {
        let Line { id: _, awards, waivers, substitutions } = line;
        Self { awards, waivers, substitutions, ..Self::default() }
    }
}

/// The record on a line; nothing for an empty line. What is wrong with it comes with its column.
pub(crate) fn parse(line: &[u8]) -> Result<Option<Line>, (usize, String)> {
    let line = line.trim_ascii_end();
    if line.is_empty() {
        return Ok(None);
    }
    // Else a list would be taken for the values of the keys.
    let indent = line.len() - line.trim_ascii_start().len();
    if !line[indent..].starts_with(b"{") {
        return Err((indent + 1, "not a JSON object".to_owned()));
    }
    let told = |error: serde_json::Error| {
        let message = error.to_string();
        // The parser counts lines from this one.
        let place = format!(" at line {} column {}", error.line(), error.column());
        (error.column(), message.strip_suffix(&place).unwrap_or(&message).to_owned())
    };
    serde_json::from_slice(line).map(Some).map_err(told)
}

/// Why nothing was read from a source of records, by the beginning of the first line that was none.
pub(crate) fn none_read(name: &str, first: Option<&str>) -> String {
    let due = "records are one JSON object to a line";
    let Some(first) = first.map(str::trim) else { return format!("{name} has no record; {due}") };
    let looks = match super::forgiving::kind(first) {
        Some("JSON") if first.starts_with('[') => "one list of JSON",
        Some("JSON") => return format!("{name} has no record that can be read; {due}"),
        Some(looks) => looks,
        None if first.starts_with("[[") || first.contains(" = ") || first.starts_with('#') => "TOML",
        None if first.contains([',', ';', '\t']) => "a table of comma-separated values",
        None => return format!("{name} has no record; {due}"),
    };
    format!("{name} looks like {looks}; {due}")
}

/// A cell of a table of comma-separated values. A spreadsheet would take some texts for formulas; those begin with a
/// quote.
pub(crate) fn cell(text: &str) -> String {
    let plain = |text: &str| if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{}{}\"", plain(text), text.replace('"', "\"\""))
}
