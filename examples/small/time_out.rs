//! A search with a time-out and a progress bar: what is found by then is the answer, and says what it is worth.
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
use std::io::{IsTerminal, stderr};
use std::time::{Duration, Instant};

use credpath::{Catalog, LearnerRecord, PlanOptions, Watcher};

fn main() -> Result<(), Box<dyn Error>> {
    run().map(|told| println!("{told}"))
}

pub(crate) fn run() -> Result<String, Box<dyn Error>> {
    let (catalog, record) = (Catalog::parse("catalog.toml", CATALOG)?, LearnerRecord::from_iter(["python"]));
    let (mut options, deadline) = (PlanOptions::default(), Instant::now() + Duration::from_secs(10));
    options.watcher = Some(Watcher::new(move |done| {
        if stderr().is_terminal() {
            let bar = "#".repeat(usize::try_from(10 * done.work / done.limit.max(1)).unwrap_or(10));
            eprint!("\r[{bar:<10}] best {:?}, none below {:?}", done.best, done.bound);
        }
        Instant::now() < deadline
    }));
    let analyst = catalog.credential("analyst").ok_or("no such credential")?;
    Ok(catalog.plan(&record, "2026-11-22".parse()?, analyst, &options).to_string())
}

const CATALOG: &str = r#"
    catalog.currency = "EUR"
    credential.sql = { cost = 100, hours = 40 }
    credential.python = { cost = 300, hours = 60 }
    credential.analyst = { cost = 25, hours = 5, stack = { all_of = ["sql", "python"] } }
"#;
