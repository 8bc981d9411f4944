//! credpath in a browser: questions and answers are JSON, and everything is computed where the page is.
//!
//! ```
//! let question = serde_json::json!({
//!     "ask": "what-if",
//!     "catalog": "credential.sql = {}\ncredential.analyst = { stack = 'sql' }",
//!     "record": "",
//!     "as_of": "2026-11-22",
//!     "also": ["sql"],
//! });
//! let answer = credpath_wasm::answer(&question.to_string());
//! let now = r#""now":{"status":"locked","words":"nothing toward it yet"}"#;
//! let then = r#""then":{"status":"qualified","words":"qualified for"}"#;
//! assert!(answer.contains(&format!(r#""credential":"analyst","title":"analyst",{now},{then}"#)), "{answer}");
//! ```

mod boundary;
mod everything;
mod what_if;

use credpath::{Catalog, Date, LearnerRecord};
use serde::{Deserialize, Serialize};

/// A question about a learner under a catalog, both as TOML.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    ask: Ask,
    catalog: String,
    record: String,
    as_of: String,
    /// Ids of credentials that are supposed to be awarded on the day.
    #[serde(default)]
    also: Vec<String>,
    /// The credential that is explained and planned for.
    #[serde(default)]
    target: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Ask {
    /// What would change if the learner had something more.
    WhatIf,
    /// All that the library says of the learner and the catalog, to be compared with what it says elsewhere.
    Everything,
}

/// A question that was read.
struct Asked {
    catalog: Catalog,
    record: LearnerRecord,
    as_of: Date,
}

/// The answer to a question, both as JSON; `{"faults": …}` says in words why there is none.
#[must_use]
pub fn answer(question: &str) -> String {
    read(question).unwrap_or_else(|faults| serde_json::json!({ "faults": faults }).to_string())
}

/// The answer, or what is wrong with the question, for people.
fn read(question: &str) -> Result<String, String> {
    let question: Question = serde_json::from_str(question).map_err(|error| error.to_string())?;
    let Question { ask, catalog, record, as_of, also, target } = question;
    let catalog = Catalog::parse("catalog", &catalog).map_err(|faults| faults.to_string())?;
    let record = LearnerRecord::parse("record", &record).map_err(|faults| faults.to_string())?;
    let as_of = as_of.parse().map_err(|fault: credpath::InvalidDate| fault.to_string())?;
    let asked = Asked { catalog, record, as_of };
    match ask {
        Ask::WhatIf => written(&what_if::answer(&asked, &also, target.as_deref())),
        Ask::Everything => written(&everything::answer(&asked)),
    }
}

fn written(answer: &impl Serialize) -> Result<String, String> {
    serde_json::to_string(answer).map_err(|error| error.to_string())
}
