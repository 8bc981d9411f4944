//! Many learners at once: who has earned what nobody awarded, and who is one award away from it.
//!
//! ```text
//! analyst: held by 1 of 3
//! earned and not awarded: learners [0]
//! one award away: learners [1]
//! ```

use std::error::Error;

use credpath::{Catalog, CohortOptions, LearnerRecord, Status};

const CATALOG: &str = r#"
    [credential]
    sql = {}
    python = {}
    analyst = { stack = { all_of = ["sql", "python"] } }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", run()?);
    Ok(())
}

pub(crate) fn run() -> Result<String, Box<dyn Error>> {
    let catalog = Catalog::parse("catalog.toml", CATALOG)?;
    let options = CohortOptions::default().one_award_away(true);
    let records = [vec!["sql", "python"], vec!["sql"], vec!["sql", "python", "analyst"]].map(LearnerRecord::from_iter);
    let report = catalog.cohort("2026-11-22".parse()?, &options).report(&records);
    let analyst = report.of("analyst").ok_or("not asked about")?;
    Ok(format!(
        "analyst: held by {} of {}\nearned and not awarded: learners {:?}\none award away: learners {:?}",
        analyst.statuses.of(Status::Held),
        report.learners,
        analyst.qualified,
        analyst.one_award_away,
    ))
}
