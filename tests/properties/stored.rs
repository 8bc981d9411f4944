//! Random catalogs, records and questions: what is written is read again as what it was, and what is read verifies.

use std::cell::Cell;

use credpath::{Catalog, CheckOptions, CompareOptions, ImpactOptions, LearnerRecord, PlanOutcome};
use proptest::prelude::*;

use crate::asked::Asked;
use crate::kept::{comes_back, findings_come_back, options_come_back, reports_come_back};
use crate::reference::generate::{case, cases, plan_case};
use crate::reference::write::{write_catalog, write_record};

proptest! {
    #![proptest_config(cases(40))]

    #[test]
    fn every_report_comes_back(case in case(), other in case()) {
        let catalog =
            |case: &crate::reference::model::Catalog| Catalog::parse("c", &write_catalog(case, None)).unwrap();
        let (one, other) = (catalog(&case.catalog), catalog(&other.catalog));
        let record = LearnerRecord::parse("r", &write_record(&case.record, None)).unwrap();
        comes_back(&record);
        let day = format!("{:04}-{:02}-{:02}", case.as_of.year, case.as_of.month, case.as_of.day).parse().unwrap();
        let targets: Vec<_> = one.credentials().map(|(id, _)| id).take(2).collect();
        reports_come_back(&one, &record, day, &targets, 20_000);
        options_come_back(&one, day);
        let check = CheckOptions::default().work(50_000);
        findings_come_back(&one.check(&check));
        let compare = CompareOptions::default().work(20_000);
        comes_back(&one.compare(&other, &compare));
        let mut impact = ImpactOptions::default();
        impact.plan.work = 20_000;
        comes_back(&one.impact(&other, [("a", &record)], day, &impact));
    }
}

/// Under options of every kind; under a catalog that was written and read again, and under no other.
#[test]
fn a_plan_that_is_read_verifies() {
    let (plans, proofs) = (Cell::new(0), Cell::new(0));
    proptest!(cases(400), |(case in plan_case())| {
        let mut asked = Asked::new(&case, None);
        asked.options.work = 300_000;
        let outcome = comes_back(&asked.plan());
        let PlanOutcome::Plan(plan) = outcome else { return Ok(()) };
        plans.set(plans.get() + 1);
        proofs.set(proofs.get() + plan.certificate.lines().min(1));
        let restarted = Catalog::compile(&asked.catalog.document().unwrap()).unwrap();
        prop_assert_eq!(asked.catalog.fingerprint(), restarted.fingerprint());
        prop_assert_eq!(plan.verify(&restarted, &asked.record), Ok(()));
        let text = format!("{}\n[credential.one-more]\n", write_catalog(&case.catalog, None));
        let other = Catalog::parse("c", &text).unwrap();
        prop_assert!(plan.verify(&other, &asked.record).is_err());
    });
    assert!(plans.get() > 100 && proofs.get() > 50, "{plans:?} {proofs:?}");
}
