//! The example catalogs with their records: every target has a plan or none, proven, and a place on the calendar or
//! none, on every day, within the work that is the default.
//!
//! Each target of each record is asked for on one day of sixty; with `CREDPATH_SWEEP` in the environment, on all of
//! them.

use std::fs;

use credpath::{
    Catalog, Date, LearnerRecord, Optimality, Pace, PlanOptions, PlanOutcome, ScheduleOptimality, ScheduleOptions,
    ScheduleOutcome,
};

/// Records begin with the name of their catalog, or with what stands here.
const CATALOGS: [(&str, &str); 6] = [
    ("compliance", "compliance"),
    ("comptia", "comptia"),
    ("hku-space", "hku"),
    ("nursing", "nursing"),
    ("vcc-drafting", "vcc-drafting"),
    ("vcc-health", "vcc-health"),
];
const DAYS: usize = 60;

fn read(path: &str) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The records of a catalog, each with its name.
fn records(of: &str) -> Vec<(String, LearnerRecord)> {
    let entries = fs::read_dir("examples/records").expect("a folder of records");
    let mut names: Vec<String> =
        entries.map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name.strip_prefix(of).is_some_and(|rest| rest.starts_with('-')));
    names.sort();
    let record = |name: String| {
        let text = read(&format!("examples/records/{name}"));
        let record = LearnerRecord::parse(&name, &text).unwrap_or_else(|error| panic!("{error}"));
        (name, record)
    };
    names.into_iter().map(record).collect()
}

/// Sixty days from the first on which plans are made in the examples.
fn days() -> Vec<Date> {
    let day = |(year, month, day)| Date::new(year, month, day).expect("a date");
    let november = (22..=30).map(|day| (2026, 11, day));
    let rest = (1..=31).map(|day| (2026, 12, day)).chain((1..=20).map(|day| (2027, 1, day)));
    november.chain(rest).map(day).collect()
}

/// What is left open of one target on one day, if anything is; and whether there is a schedule.
fn left_open(catalog: &Catalog, record: &LearnerRecord, target: &str, day: Date) -> (Option<String>, bool) {
    let number = catalog.credential(target).expect("a credential of the catalog");
    let plan = match catalog.plan(record, day, number, &PlanOptions::default()) {
        PlanOutcome::Plan(plan) if plan.optimality == Optimality::Proven && plan.ties_settled => plan,
        PlanOutcome::Unattainable(_) => return (None, false),
        other => return (Some(other.to_string()), false),
    };
    let pace = Pace::HoursPerWeek("10".parse().expect("an amount"));
    match catalog.schedule(record, &plan, &ScheduleOptions::new(pace)) {
        ScheduleOutcome::Schedule(schedule) if schedule.optimality == ScheduleOptimality::Proven => (None, true),
        ScheduleOutcome::Infeasible(_) => (None, false),
        other => (Some(other.to_string()), false),
    }
}

#[test]
fn every_target_of_the_examples_is_decided() {
    let (days, whole) = (days(), std::env::var_os("CREDPATH_SWEEP").is_some());
    assert_eq!(days.len(), DAYS);
    let (mut asked, mut scheduled, mut open) = (0, 0, Vec::new());
    for (file, of) in CATALOGS {
        let catalog = Catalog::parse(file, &read(&format!("examples/catalogs/{file}.toml")));
        let catalog = catalog.unwrap_or_else(|error| panic!("{error}"));
        let records = records(of);
        assert!(!records.is_empty(), "{file} has no records");
        for (name, record) in &records {
            for (place, (_, described)) in catalog.credentials().enumerate() {
                // One day each, from all over the sixty.
                let one = (asked + place * 7) % DAYS;
                for day in if whole { &days[..] } else { &days[one..=one] } {
                    let (left, has_schedule) = left_open(&catalog, record, &described.id, *day);
                    asked += 1;
                    scheduled += usize::from(has_schedule);
                    open.extend(left.map(|left| format!("{name}, {} on {day}: {left}", described.id)));
                }
            }
        }
    }
    assert!(open.is_empty(), "{} of {asked} are left open:\n{}", open.len(), open.join("\n"));
    assert!(asked > 200 && scheduled > 100, "{scheduled} schedules of {asked}");
}
