//! The cheapest way to a credential, with a proof that nothing is cheaper.
//!
//! ```text
//! analyst, as of 2026-11-22
//!   125 EUR, 45 hours, 1 credential to take
//!   no plan costs less: proven
//!
//!    1. take sql: 100 EUR, 40 hours
//!         for analyst
//!    2. claim analyst: 25 EUR, 5 hours
//!         for the target
//!
//!   in every plan: all of these
//! ```

use std::error::Error;

use credpath::{Catalog, LearnerRecord, PlanOptions};

const CATALOG: &str = r#"
    catalog.currency = "EUR"
    [credential]
    sql = { cost = 100, hours = 40 }
    python = { cost = 300, hours = 60 }
    statistics = { cost = 250, hours = 50, prerequisite = "sql" }
    analyst = { cost = 25, hours = 5, stack = { at_least = 2, from = ["sql", "python", "statistics"] } }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", run()?);
    Ok(())
}

pub(crate) fn run() -> Result<String, Box<dyn Error>> {
    let catalog = Catalog::parse("catalog.toml", CATALOG)?;
    let record = LearnerRecord::from_iter(["python"]);
    let analyst = catalog.credential("analyst").ok_or("no such credential")?;
    let outcome = catalog.plan(&record, "2026-11-22".parse()?, analyst, &PlanOptions::default());
    let plan = outcome.plan().ok_or("there is no way")?;
    plan.verify(&catalog, &record)?;
    Ok(plan.to_string())
}
