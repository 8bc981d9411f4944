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

/// A cell of a table of comma-separated values. A spreadsheet would take some texts for formulas; those begin with a
/// quote.
pub(crate) fn cell(text: &str) -> String {
    let plain = |text: &str| if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { "'" } else { "" };
    format!("\"{}{}\"", plain(text), text.replace('"', "\"\""))
}
