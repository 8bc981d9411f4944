//! What a learner can begin today on the way to a credential, and what each choice adds to the cost.
//!
//! ```text
//! begin sql: every plan needs it (100 EUR, 40 hours)
//! begin python: on a best plan (300 EUR, 60 hours)
//! begin statistics: 50 EUR more than the best plan (250 EUR, 50 hours)
//!   opens modelling
//! ```

use std::error::Error;

use credpath::{Catalog, LearnerRecord, NextStepsOutcome, PlanOptions};

const CATALOG: &str = r#"
    catalog.currency = "EUR"
    [credential]
    sql = { cost = 100, hours = 40 }
    python = { cost = 300, hours = 60 }
    statistics = { cost = 250, hours = 50 }
    modelling = { cost = 100, hours = 20, prerequisite = "statistics" }
    analyst = { stack = { all_of = ["sql", { any_of = ["python", "modelling"] }] } }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", run()?);
    Ok(())
}

pub(crate) fn run() -> Result<String, Box<dyn Error>> {
    let catalog = Catalog::parse("catalog.toml", CATALOG)?;
    let analyst = catalog.credential("analyst").ok_or("no such credential")?;
    let (record, as_of) = (LearnerRecord::default(), "2026-11-22".parse()?);
    match catalog.next_steps(&record, as_of, analyst, &PlanOptions::default()) {
        NextStepsOutcome::Steps(next) => Ok(next.to_string()),
        other => Err(other.to_string().into()),
    }
}
