//! Awards as columns of numbers, as a database or a data frame holds them: a status for everybody, and one report of
//! two parts.
//!
//! ```text
//! codes of b: [1, 8, 1]
//! earned and not awarded: learners [4711, 4713]
//! ```

use std::error::Error;

use credpath::{AwardColumns, Catalog, CohortOptions, Status};

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", run()?);
    Ok(())
}

pub(crate) fn run() -> Result<String, Box<dyn Error>> {
    let catalog = Catalog::parse("catalog.toml", "credential = { a = {}, b = { stack = 'a' } }")?;
    let options = CohortOptions::default().credentials(catalog.credential("b"));
    let cohort = catalog.cohort("2026-11-22".parse()?, &options);
    let dictionary = cohort.dictionary(&["a"]);
    // The first learner has one award, the second none, the third two.
    let (offsets, credential, learner) = (&[0, 1, 1, 3], &[0, 0, 0], &[4711, 4712, 4713]);
    let columns = AwardColumns { offsets, credential, learner, ..AwardColumns::default() };
    let mut codes = [Status::Undecided.code(); 3];
    cohort.fill_columns(&dictionary, &columns, &mut codes)?;

    // Each part could be judged by another machine.
    let part = |from, to| AwardColumns { offsets: &offsets[from..=to], learner: &learner[from..to], ..columns };
    let mut report = cohort.report_columns(&dictionary, &part(0, 2))?;
    report.merge(cohort.report_columns(&dictionary, &part(2, 3))?)?;
    let b = report.of("b").ok_or("not asked about")?;
    Ok(format!("codes of b: {codes:?}\nearned and not awarded: learners {:?}", b.qualified))
}
