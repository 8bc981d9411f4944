//! What would be if: nothing is stored, so it is the same question about another record, another day, another catalog.
//!
//! ```text
//! now: 400
//! in January: 450
//! if an earlier course in SQL is recognised: 300
//! ```

use std::error::Error;

use credpath::{Award, Catalog, LearnerRecord, PlanOptions};

const CATALOG: &str = r#"
    [credential]
    sql = { cost = 100 }
    python = { cost = 300, offered = { until = 2026-12-31 } }
    statistics = { cost = 350 }
    analyst = { stack = { all_of = ["sql", { any_of = ["python", "statistics"] }] } }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", run()?);
    Ok(())
}

pub(crate) fn run() -> Result<String, Box<dyn Error>> {
    let catalog = Catalog::parse("catalog.toml", CATALOG)?;
    let analyst = catalog.credential("analyst").ok_or("no such credential")?;
    let cost = |record: &LearnerRecord, as_of: &str| -> Result<String, Box<dyn Error>> {
        let outcome = catalog.plan(record, as_of.parse()?, analyst, &PlanOptions::default());
        Ok(outcome.plan().map_or("out of reach".to_owned(), |plan| plan.cost.to_string()))
    };
    let record = LearnerRecord::default();
    let recognised = LearnerRecord { awards: vec![Award::new("sql")], ..record.clone() };
    let (now, january) = (cost(&record, "2026-11-25")?, cost(&record, "2027-01-01")?);
    let with_sql = cost(&recognised, "2026-11-25")?;
    Ok(format!("now: {now}\nin January: {january}\nif an earlier course in SQL is recognised: {with_sql}"))
}
