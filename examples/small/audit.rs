//! Why a learner does not have a credential yet: what is there, by which award, and what is missing.
//!
//! ```text
//! Analyst (analyst)
//!   started as of 2026-11-22
//!
//!   components:
//!     ✗ 12 credits from these: 9 (grade C or better)
//!       ✓ SQL: awarded 2025-06-30, grade B, adds 6
//!       ○ Python
//!       ✓ Charts: awarded, without a date, grade A, adds 3
//!     still missing: Python with grade C or better
//!
//!   note: the award of Charts has no date; it meets no condition on time
//! ```

use std::error::Error;

use credpath::{Catalog, EvaluateOptions, LearnerRecord};

const CATALOG: &str = r#"
    catalog.grades = ["D", "C", "B", "A"]
    [credential]
    sql = { title = "SQL", credits = 6 }
    python = { title = "Python", credits = 6 }
    charts = { title = "Charts", credits = 3 }
    analyst = { title = "Analyst", stack = { credits = 12, from = ["sql", "python", "charts"], grade = "C" } }
"#;
const RECORD: &str = r#"
    award = [{ credential = "sql", awarded = 2025-06-30, grade = "B" }, { credential = "charts", grade = "A" }]
"#;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", run()?);
    Ok(())
}

pub(crate) fn run() -> Result<String, Box<dyn Error>> {
    let catalog = Catalog::parse("catalog.toml", CATALOG)?;
    let record = LearnerRecord::parse("record.toml", RECORD)?;
    let analyst = catalog.credential("analyst").ok_or("no such credential")?;
    Ok(catalog.audit(&record, "2026-11-22".parse()?, analyst, &EvaluateOptions::default()).to_string())
}
