//! Renewals that all require something, and pursuits without number.

use credpath::{
    Catalog, CatalogYears, Limits, Optimality, PlanLimit, PlanOptions, PlanOutcome, RenewalOptions, YearsOptions,
};

use super::support::{as_of, read_record, read_with, refused, repeated, small_stack};
use super::{INVALID_DATE, WRONG_TYPE};

/// Licences of which each renewal requires units of one pool.
fn licences(n: usize) -> (String, String) {
    let licence = |at: usize| {
        format!(
            "[credential.l{at}]\nvalid_for = \"2 years\"\ncost = 9\nhours = 1\n\
             renewal = {{ cost = 1, hours = 1, requires = {{ credits = 5, from = \"units\" }} }}\n"
        )
    };
    let units = repeated(50, |at| format!("[credential.u{at}]\ncredits = 1\nrepeatable = true\n"));
    let members = (0..50).map(|at| format!("\"u{at}\"")).collect::<Vec<_>>().join(", ");
    let goals = "[credential.first]\nstack = { credential = \"l0\", within = \"1 week\" }\n\
                 [credential.last]\nstack = { credential = \"l99\", within = \"1 week\" }\n";
    let catalog = format!("{units}{goals}{}[pool.units]\nmembers = [{members}]\n", repeated(n, licence));
    let award = |at: usize| format!("[[award]]\ncredential = \"l{at}\"\nawarded = 2025-01-01\n");
    (catalog, repeated(n, award))
}

#[test]
fn everything_lapses_at_once() {
    let n = 500;
    let (open, told, [first, last]) = small_stack("renewals", move || {
        let (catalog, record) = licences(n);
        let catalog = read_with(&catalog, &Limits::large()).expect("a valid catalog");
        let record = read_record(&record).expect("a valid record");
        let until = "2027-12-31".parse().expect("a date");
        let options = RenewalOptions::default();
        let renewals = catalog.renewals(&record, as_of(), until, &options);
        assert_eq!(renewals.due.len(), n);
        let report = catalog.renewal_report([&record], as_of(), until, &options);
        let open = report.credentials.iter().filter(|lapsing| lapsing.learners[0].is_open);
        let told = open.map(|lapsing| lapsing.credential.clone()).collect::<Vec<_>>();
        // Of those that come last by their ids it is not known whether they could be renewed for less.
        let plans = ["first", "last"].map(|id| {
            let target = catalog.credential(id).expect("a known id");
            catalog.plan(&record, as_of(), target, &PlanOptions::default())
        });
        (renewals.left_open, told, plans)
    });
    // The first hundred to lapse are looked at, and the others are told.
    assert_eq!(open.len(), n - 100);
    let mut by_id = open;
    by_id.sort_unstable();
    assert_eq!(told, by_id);
    // The units are not there, so it is taken again, for its full price.
    let first = first.into_plan().expect("there is a way");
    assert_eq!((first.cost.to_string(), first.optimality), ("9".to_owned(), Optimality::Proven));
    assert!(matches!(&last, PlanOutcome::Undecided(why) if why.limit == PlanLimit::Evaluation), "{last:?}");
}

#[test]
fn pursuits_without_number() {
    refused("no date", "[catalog]\nversion = \"1\"\nteach_out = \"soon\"\n", &[INVALID_DATE]);
    refused("a number", "[catalog]\nversion = 2025\n", &[WRONG_TYPE]);
    let report = small_stack("pursuits", || {
        let text = |version: &str, last: &str| {
            format!(
                "[catalog]\nversion = \"{version}\"\nteach_out = {last}\n[credential.a]\n[credential.c]\nstack = \
                 \"a\"\n"
            )
        };
        let versions = [("1", "0001-01-01"), ("2", "9999-12-31")]
            .map(|(version, last)| Catalog::parse("catalog.toml", &text(version, last)).expect("a valid catalog"));
        let pursued = |at: usize| {
            let (id, under) = [("c", "1"), ("c", "2"), ("x", "1"), ("c", "3")][at % 4];
            format!("[[pursued]]\ncredential = \"{id}{}\"\nunder = \"{under}\"\n", if id == "x" { at } else { 0 })
        };
        let record = repeated(20_000, pursued).replace("\"c0\"", "\"c\"");
        let record = read_record(&record).expect("a valid record");
        let years = CatalogYears::new(&versions).expect("two versions");
        years.pursued(&record, as_of(), &YearsOptions::default())
    });
    assert_eq!(report.targets.len(), 2);
    assert!(report.targets[0].plan.plan().is_none() && report.targets[1].plan.plan().is_some());
    // Each credential that is not known, and the version that is not.
    assert_eq!(report.unknown.len(), 5_001);
    assert!(!report.to_string().is_empty());
}
