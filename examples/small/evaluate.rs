//! What a learner holds and qualifies for, and until when.
//!
//! ```text
//! hardware: held
//! networks: held
//! security: eligible
//! technician: qualified, until 2027-01-09
//! ```

use std::error::Error;

use credpath::{Catalog, EvaluateOptions, LearnerRecord};

const CATALOG: &str = r#"
    [credential]
    hardware = { valid_for = "3 years" }
    networks = { valid_for = "3 years" }
    security = { prerequisite = "networks" }
    technician = { stack = { all_of = ["hardware", "networks"] } }
"#;
const RECORD: &str = r#"
    award = [{ credential = "hardware", awarded = 2024-01-10 }, { credential = "networks", awarded = 2025-03-01 }]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", run()?);
    Ok(())
}

pub(crate) fn run() -> Result<String, Box<dyn Error>> {
    let catalog = Catalog::parse("catalog.toml", CATALOG)?;
    let record = LearnerRecord::parse("record.toml", RECORD)?;
    let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
    let lines = evaluation.statuses().map(|(id, status)| {
        let until = evaluation.valid_until(id).map(|day| format!(", until {day}")).unwrap_or_default();
        format!("{}: {status}{until}", catalog.get(id).id)
    });
    Ok(lines.collect::<Vec<_>>().join("\n"))
}
