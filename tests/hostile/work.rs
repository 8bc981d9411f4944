//! Limits of work in every place that searches: with a limit of one step it ends at once, and says what is open.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use credpath::{
    Among, Catalog, CheckOptions, Code, CohortOptions, CompareOptions, Diagnostics, EvaluateOptions, ImpactOptions,
    LearnerRecord, Limits, Pace, PlanOptions, PlanOutcome, RenewalOptions, ScheduleOptions, ScheduleOutcome, Severity,
    Status, Verdict, Watcher, WorkDone,
};

use crate::generate::limits::{Costly, FAMILIES};
use crate::support::{as_of, small_stack};

/// A plan may take what it begins with, which is in proportion to the rules, but no more than that.
const AT_ONCE: u64 = 50_000;

fn read(costly: &Costly) -> (Catalog, LearnerRecord) {
    let catalog = Catalog::parse_with("catalog", &costly.catalog, &Limits::large()).expect("a catalog");
    (catalog, LearnerRecord::parse("record", &costly.record).expect("a record"))
}

/// Plans with a limit of one step; whatever is found is a plan, and little work was done.
fn plan_at_once(name: &str, catalog: &Catalog, record: &LearnerRecord) {
    let target = catalog.credential("target").expect("a target");
    let options = PlanOptions::default().work(1);
    let effort = match catalog.plan(record, as_of(), target, &options) {
        PlanOutcome::Plan(plan) => {
            assert_eq!(plan.verify(catalog, record), Ok(()), "{name}");
            let explanation = plan.explain(catalog, record).expect("an explanation");
            assert!(explanation.choices.iter().all(|choice| choice.adds.is_some() || choice.exact), "{name}");
            plan.effort
        }
        PlanOutcome::Unattainable(none) => none.effort,
        PlanOutcome::Undecided(open) => open.effort,
        _ => panic!("{name}: another outcome"),
    };
    assert!(effort.work <= AT_ONCE, "{name}: {} steps", effort.work);
    _ = catalog.alternatives(record, as_of(), target, &options, 5, 1);
    _ = catalog.trade_offs(record, as_of(), target, &options, 5);
    _ = catalog.next_steps(record, as_of(), target, &options);
    _ = catalog.nearest(record, as_of(), &Among::default(), 3, &options);
    let few = PlanOptions::default();
    if let Some(plan) = catalog.plan(record, as_of(), target, &few).plan() {
        let options = ScheduleOptions::new(Pace::HoursPerWeek("10".parse().expect("an amount"))).work(1);
        let outcome = catalog.schedule(record, plan, &options);
        if let ScheduleOutcome::Undecided(open) = outcome {
            assert!(open.work <= AT_ONCE, "{name}: {} steps", open.work);
        }
    }
}

/// What is decided with a limit of one step is right.
fn evaluate_at_once(name: &str, catalog: &Catalog, record: &LearnerRecord) {
    let target = catalog.credential("target").expect("a target");
    let options = EvaluateOptions::default().search_steps(1);
    let hurried = catalog.evaluate(record, as_of(), &options);
    let full = catalog.evaluate(record, as_of(), &EvaluateOptions::default());
    for ((id, hurried), (_, full)) in hurried.statuses().zip(full.statuses()) {
        assert!(hurried == Status::Undecided || hurried == full, "{name}: {} is {hurried}", catalog.get(id).id);
    }
    let audit = hurried.audit(target);
    assert_eq!(audit.status, hurried.status(target), "{name}");
    assert!(!audit.to_string().is_empty());
    _ = (hurried.claims(&[target]), hurried.first_view(target), hurried.awards());
    let cohort = CohortOptions::default().evaluate(options.clone()).one_award_away(true);
    let report = catalog.cohort(as_of(), &cohort).report([record]);
    assert!(report.of("target").is_some(), "{name}");
    let renewals = RenewalOptions::default().evaluate(options);
    _ = catalog.renewals(record, as_of(), "2028-01-01".parse().expect("a date"), &renewals);
}

/// What a check says that had no time for more is what the full one says.
fn are_among(name: &str, hurried: &Diagnostics, full: &Diagnostics) {
    let told = |findings: &Diagnostics| {
        let mut told: BTreeMap<(&'static str, usize), usize> = BTreeMap::new();
        for finding in findings.as_slice() {
            *told.entry((finding.code.as_str(), finding.primary.span.start)).or_default() += 1;
        }
        told
    };
    // That nobody can earn something is told of it where the cause is not found any more.
    let has_errors = full.count(Severity::Error) > 0;
    let full = told(full);
    for finding in told(hurried).keys() {
        let is_known = full.contains_key(finding) || has_errors && finding.0 == Code::Unearnable.as_str();
        assert!(is_known, "{name}: {finding:?} is told of nothing");
    }
}

/// A check of all that it finds with its default says the same with a limit of one step, or leaves it open.
fn check_at_once(name: &str, catalog: &Catalog) {
    let mut options = CheckOptions::default().as_of(as_of());
    let full = catalog.check(&options);
    options.work = 1;
    let hurried = catalog.check(&options);
    are_among(name, &hurried, &full);
    let compare = CompareOptions::default().work(1);
    assert!(catalog.compare(catalog, &compare).changed.is_empty(), "{name}");
    let mut impact = ImpactOptions::default();
    impact.plan.work = 1;
    let record = LearnerRecord::default();
    assert!(catalog.impact(catalog, [("nobody", &record)], as_of(), &impact).groups.is_empty(), "{name}");
}

#[test]
fn a_limit_of_one_step_ends_every_question() {
    for family in FAMILIES {
        for size in family.sizes {
            small_stack(family.name, move || {
                let (catalog, record) = read(&(family.make)(size));
                evaluate_at_once(family.name, &catalog, &record);
                check_at_once(family.name, &catalog);
                plan_at_once(family.name, &catalog, &record);
            });
        }
    }
}

/// Who watches is shown more and more work, and a bound that only rises; stopped, the answer is that of the limit.
#[test]
fn a_watcher_stops_a_search_as_a_limit_would() {
    let mut stopped = 0;
    for family in FAMILIES {
        stopped += small_stack(family.name, move || {
            let (catalog, record) = read(&(family.make)(family.sizes[0]));
            (1..4).filter(|&looks| watched(&catalog, &record, looks)).count()
        });
    }
    assert!(stopped > 5, "{stopped}");
}

/// Stops a plan at such a look; whether it came to that.
fn watched(catalog: &Catalog, record: &LearnerRecord, looks: usize) -> bool {
    let target = catalog.credential("target").expect("a target");
    let shown: Arc<Mutex<Vec<WorkDone>>> = Arc::default();
    let seen = Arc::clone(&shown);
    let mut options = PlanOptions::default().work(2_000_000);
    options.watcher = Some(Watcher::new(move |done| {
        let mut seen = seen.lock().expect("nobody else");
        seen.push(*done);
        seen.len() < looks
    }));
    let outcome = catalog.plan(record, as_of(), target, &options);
    let shown = shown.lock().expect("nobody else").clone();
    assert!(shown.is_sorted_by(|a, b| a.work < b.work));
    assert!(shown.iter().all(|done| done.limit == 2_000_000 && done.work <= done.limit));
    let worse = |done: &WorkDone| done.best.zip(done.bound).is_some_and(|(best, bound)| best < bound);
    assert!(!shown.iter().any(worse));
    if shown.len() < looks {
        return false;
    }
    let work = shown[looks - 1].work;
    let limited = PlanOptions::default().work(work);
    let (stopped, limited) = (outcome, catalog.plan(record, as_of(), target, &limited));
    match (stopped, limited) {
        (PlanOutcome::Plan(one), PlanOutcome::Plan(other)) => {
            assert_eq!((&one.steps, one.optimality, one.effort), (&other.steps, other.optimality, other.effort));
            assert_eq!(one.verify(catalog, record), Ok(()));
        }
        (PlanOutcome::Undecided(one), PlanOutcome::Undecided(other)) => assert_eq!(one, other),
        (PlanOutcome::Unattainable(one), PlanOutcome::Unattainable(other)) => assert_eq!(one, other),
        (one, other) => panic!("{one}{other}"),
    }
    true
}

/// Whoever watches a check, a comparison or a schedule stops it: it goes on no further than to its next look, and what
/// it says is true.
#[test]
fn a_watcher_stops_checks_comparisons_and_schedules() {
    let mut stopped = [0; 3];
    for family in FAMILIES {
        let found = small_stack(family.name, move || {
            let costly = (family.make)(family.sizes[0]);
            let (catalog, record) = read(&costly);
            let (large, _) = read(&(family.make)(family.sizes[1]));
            [
                check_watched(family.name, &large),
                compare_watched(family.name, &costly.catalog),
                schedule_watched(family.name, &catalog, &record),
            ]
        });
        for (stopped, found) in stopped.iter_mut().zip(found) {
            *stopped += usize::from(found);
        }
    }
    assert!(stopped.iter().all(|&stopped| stopped > 0), "{stopped:?}");
}

/// A watcher that stops at its second look, and what it was shown.
fn stopping() -> (Watcher, Arc<Mutex<Vec<WorkDone>>>) {
    let shown: Arc<Mutex<Vec<WorkDone>>> = Arc::default();
    let seen = Arc::clone(&shown);
    let watcher = Watcher::new(move |done| {
        let mut seen = seen.lock().expect("nobody else");
        seen.push(*done);
        seen.len() < 2
    });
    (watcher, shown)
}

/// Whether it came to the second look; there is none after it.
fn came_to_an_end(name: &str, shown: &Mutex<Vec<WorkDone>>) -> bool {
    let shown = shown.lock().expect("nobody else");
    assert!(shown.len() <= 2, "{name}: asked again after it was stopped: {shown:?}");
    assert!(shown.is_sorted_by(|a, b| a.work < b.work), "{name}: {shown:?}");
    assert!(shown.iter().all(|done| done.work <= done.limit), "{name}: {shown:?}");
    shown.len() == 2
}

fn check_watched(name: &str, catalog: &Catalog) -> bool {
    let mut options = CheckOptions::default().as_of(as_of());
    let full = catalog.check(&options);
    let (watcher, shown) = stopping();
    options.watcher = Some(watcher);
    let hurried = catalog.check(&options);
    are_among(name, &hurried, &full);
    let stopped = came_to_an_end(name, &shown);
    assert_eq!(!stopped, hurried == full, "{name}: what is open is told, and nothing else is");
    stopped
}

fn compare_watched(name: &str, text: &str) -> bool {
    let catalog = Catalog::parse_with("catalog", text, &Limits::large()).expect("a catalog");
    let mut options = CompareOptions::default().as_of(as_of());
    // Another catalog of the same rules, so that each of them has to be looked at.
    let other = text.replace("at_least = ", "at_least = 1");
    let Ok(other) = Catalog::parse_with("other", &other, &Limits::large()) else { return false };
    let full = catalog.compare(&other, &options);
    let (watcher, shown) = stopping();
    options.watcher = Some(watcher);
    let hurried = catalog.compare(&other, &options);
    for compared in &hurried.changed {
        let same = full.changed.iter().find(|known| known.credential == compared.credential);
        let is_open = compared.verdict == Verdict::Undecided;
        assert!(is_open || same.is_some_and(|same| same.verdict == compared.verdict), "{name}: {compared:?}");
    }
    came_to_an_end(name, &shown)
}

fn schedule_watched(name: &str, catalog: &Catalog, record: &LearnerRecord) -> bool {
    let target = catalog.credential("target").expect("a target");
    let options = PlanOptions::default().work(2_000_000);
    let outcome = catalog.plan(record, as_of(), target, &options);
    let Some(plan) = outcome.plan() else { return false };
    let mut options = ScheduleOptions::new(Pace::HoursPerWeek("10".parse().expect("an amount"))).work(2_000_000);
    let (watcher, shown) = stopping();
    options.watcher = Some(watcher);
    let outcome = catalog.schedule(record, plan, &options);
    let stopped = came_to_an_end(name, &shown);
    if stopped && let ScheduleOutcome::Schedule(schedule) = outcome {
        assert!(schedule.finish >= schedule.lower_bound, "{name}");
    }
    stopped
}
