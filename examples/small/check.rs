//! Whether the rules of a catalog are consistent, before anybody relies on them.
//!
//! ```text
//! error[blocking-cycle]: `python` and `statistics` need each other, so none of them can be earned first
//!  --> catalog.toml:4:40
//!   |
//! 4 | python = { credits = 6, prerequisite = "statistics" }
//!   |                                        ^^^^^^^^^^^^ `python` needs `statistics`
//! 5 | statistics = { credits = 6, prerequisite = "python" }
//!   |                                            -------- `statistics` needs `python`
//!   |
//!   = help: leave out one of these needs, or give one of them another way to be met
//!
//! error[impossible-amount]: 24 credits are needed, and all members together carry 18
//!  --> catalog.toml:6:21
//!   |
//! 6 | analyst = { stack = { credits = 24, from = ["sql", "python", "statistics"] } }
//!   |                     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ at most 18
//!   |
//!   = help: ask for at most 18, list more members, or correct what they carry
//!
//! catalog.toml: 2 errors
//! ```

use std::error::Error;

use credpath::{Catalog, CheckOptions};

const CATALOG: &str = r#"
[credential]
sql = { credits = 6 }
python = { credits = 6, prerequisite = "statistics" }
statistics = { credits = 6, prerequisite = "python" }
analyst = { stack = { credits = 24, from = ["sql", "python", "statistics"] } }
"#;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", run()?);
    Ok(())
}

pub(crate) fn run() -> Result<String, Box<dyn Error>> {
    let catalog = Catalog::parse("catalog.toml", CATALOG)?;
    Ok(catalog.check(&CheckOptions::default()).to_string())
}
