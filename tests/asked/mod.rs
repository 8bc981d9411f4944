//! Cases of the reference as the engine reads them.

#![allow(unreachable_pub, reason = "as in the reference")]

use crate::reference::generate::PlanCase;
use crate::reference::model::*;
use crate::reference::write::{write_catalog, write_record};

pub struct Asked {
    pub catalog: credpath::Catalog,
    pub record: credpath::LearnerRecord,
    pub as_of: credpath::Date,
    pub target: credpath::CredentialId,
    pub options: credpath::PlanOptions,
}

impl Asked {
    pub fn new(case: &PlanCase, shuffle: Option<u64>) -> Asked {
        let catalog = credpath::Catalog::parse("catalog.toml", &write_catalog(&case.catalog, shuffle)).unwrap();
        let record = credpath::LearnerRecord::parse("record.toml", &write_record(&case.record, shuffle)).unwrap();
        let Date { year, month, day } = case.as_of;
        let as_of = credpath::Date::new(year as u16, month as u8, day as u8).unwrap();
        let target = catalog.credential(case.target).unwrap();
        let mut options = options(&catalog, &case.options);
        options.verified_only = case.record.only_verified;
        Asked { catalog, record, as_of, target, options }
    }

    pub fn plan(&self) -> credpath::PlanOutcome {
        self.catalog.plan(&self.record, self.as_of, self.target, &self.options)
    }
}

fn options(catalog: &credpath::Catalog, asked: &PlanOptions) -> credpath::PlanOptions {
    let words = |list: &[Id]| list.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
    let ids = |list: &[Id]| list.iter().map(|id| catalog.credential(id).unwrap()).collect();
    let mut options = credpath::PlanOptions::default();
    options.objective = match asked.objective {
        Objective::Cost => credpath::Objective::Cost,
        Objective::Hours => credpath::Objective::Hours,
        Objective::Credentials => credpath::Objective::Credentials,
        Objective::Weighted { cost, hours, credentials } => credpath::Objective::Weighted { cost, hours, credentials },
    };
    options.budget = asked.budget.map(amount);
    options.issuers = asked.issuers.as_deref().map(words);
    options.tags = asked.tags.as_deref().map(words);
    options.without_tags = words(&asked.without_tags);
    options.must_include = ids(&asked.must_include);
    options.avoid = ids(&asked.avoid);
    options.offered_now = asked.offered_now;
    options.view = match asked.view {
        View::Earned => credpath::View::Earned,
        View::InProgress => credpath::View::InProgress,
        View::Planned => credpath::View::Planned,
    };
    options
}

pub fn amount(hundredths: Amount) -> credpath::Amount {
    credpath::Amount::from_hundredths(u64::try_from(hundredths).unwrap())
}
