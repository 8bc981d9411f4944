//! Several versions of a catalog: each credential by the version under which a learner pursues it.

use credpath::{
    Award, Catalog, CatalogYears, Date, LearnerRecord, Moving, Pace, PlanOutcome, PursuedReport, PursuedTarget,
    Pursuit, ScheduleOptions, ScheduleOutcome, Status, UnusableYears, Verdict, YearsOptions,
};

/// Under 2025 the certificate is Python and a project; under 2026 SQL comes to it, the project costs less, and the
/// diploma has a new id; 2024 has ended.
const VERSIONS: [&str; 3] = [
    r#"
    catalog = { version = "2024", teach_out = 2026-08-31, currency = "CAD" }
    [credential]
    python = { cost = 100, hours = 60 }
    certificate = { stack = "python", cost = 0, hours = 0 }
    badge = { stack = "python", cost = 0, hours = 0 }
    "#,
    r#"
    catalog = { version = "2025", teach_out = 2027-08-31, currency = "CAD" }
    [credential]
    python = { cost = 100, hours = 60 }
    project = { cost = 300, hours = 120 }
    certificate = { stack = { all_of = ["python", "project"] }, cost = 0, hours = 0 }
    diploma = { stack = "certificate", offered = { until = 2027-06-30 }, cost = 0, hours = 0 }
    "#,
    r#"
    catalog = { version = "2026", currency = "CAD" }
    [credential]
    python = { cost = 100, hours = 60 }
    sql = { cost = 80, hours = 40 }
    project = { cost = 200, hours = 120 }
    certificate = { stack = { all_of = ["python", "project", "sql"] }, cost = 0, hours = 0 }
    higher-diploma = { ids = ["diploma"], stack = "certificate", cost = 0, hours = 0 }
    "#,
];

fn versions() -> Vec<Catalog> {
    VERSIONS.iter().map(|text| Catalog::parse("catalog.toml", text).unwrap()).collect()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn pursuing(held: &[&str], pursued: &[(&str, &str)]) -> LearnerRecord {
    let mut record: LearnerRecord = held.iter().copied().collect();
    for (credential, under) in pursued {
        record.pursued.push(Pursuit { credential: (*credential).to_owned(), under: (*under).to_owned() });
    }
    record
}

fn report(record: &LearnerRecord, as_of: &str, options: &YearsOptions) -> PursuedReport {
    let versions = versions();
    CatalogYears::new(&versions).unwrap().pursued(record, day(as_of), options)
}

#[track_caller]
fn only(report: &PursuedReport) -> &PursuedTarget {
    let [target] = &report.targets[..] else { panic!("one target, not {:?}", report.targets) };
    target
}

#[test]
fn each_credential_is_judged_by_the_version_under_which_it_is_pursued() {
    let record = pursuing(&["python"], &[("certificate", "2025"), ("badge", "2024")]);
    let report = report(&record, "2026-07-01", &YearsOptions::default());
    // Python is all of the badge of 2024, and half of the certificate of 2025.
    assert_eq!(
        report.to_string(),
        "\
badge under 2024: qualified
  it can be claimed until 2026-08-31
  1 step to it: badge
  2026 does not have it
certificate under 2025: started
  it can be claimed until 2027-08-31
  2 steps to it: project, certificate
  moving to 2026, which asks for more: 20 less in cost; 40 more in hours; sql besides
"
    );
    let Some(Moving::To(moved)) = &report.targets[1].moving else { panic!("2026 has it") };
    // The project of 2026 and SQL for 280, in place of the project of 2025 for 300.
    assert_eq!((moved.verdict, moved.status), (Verdict::Stricter, Status::Started));
    assert_eq!((&moved.more[..], &moved.fewer[..]), (&["sql".to_owned()][..], &[][..]));
    let cost = moved.cost.unwrap();
    assert_eq!((cost.stays.to_string(), cost.moves.to_string(), cost.at_least), ("300".into(), "280".into(), false));
}

#[test]
fn a_version_can_be_claimed_up_to_its_last_day_and_not_after() {
    let record = pursuing(&["python"], &[("badge", "2024")]);
    let on_the_last_day = report(&record, "2026-08-31", &YearsOptions::default());
    assert!(only(&on_the_last_day).plan.plan().is_some());
    let after = report(&record, "2026-09-01", &YearsOptions::default());
    let target = only(&after);
    // Who qualifies still does, but nothing can be claimed.
    assert_eq!((target.status, target.meets_requirements), (Status::Qualified, true));
    assert!(matches!(target.plan, PlanOutcome::Unattainable(_)), "{:?}", target.plan);
    assert_eq!(target.last_claim, Some(day("2026-08-31")));
    assert_eq!(
        after.to_string(),
        "\
badge under 2024: qualified
  it could last be claimed on 2026-08-31
  there is no plan to it under 2024
  2026 does not have it
"
    );
    // What is issued stays.
    let mut record = pursuing(&[], &[("badge", "2024")]);
    record.awards.push(Award::new("badge").on(day("2026-08-31")));
    let held = report(&record, "2026-09-01", &YearsOptions::default());
    assert_eq!(only(&held).status, Status::Held);
}

#[test]
fn the_last_day_is_the_earlier_of_its_own_and_of_the_version() {
    let report = report(&pursuing(&[], &[("diploma", "2025")]), "2026-11-29", &YearsOptions::default());
    let target = only(&report);
    assert_eq!(target.last_claim, Some(day("2027-06-30")));
    // It is found under its new id.
    let Some(Moving::To(moved)) = &target.moving else { panic!("2026 has it") };
    assert_eq!(moved.credential, "higher-diploma");
}

#[test]
fn a_schedule_says_whether_there_is_time() {
    let record = pursuing(&[], &[("certificate", "2025")]);
    let mut options = YearsOptions::default();
    // 180 hours: 18 weeks at 10 a week, 180 weeks at one.
    for (hours, in_time) in [("10", true), ("1", false)] {
        options.schedule = Some(ScheduleOptions::new(Pace::HoursPerWeek(hours.parse().unwrap())));
        let report = report(&record, "2026-11-30", &options);
        match &only(&report).schedule {
            Some(ScheduleOutcome::Schedule(schedule)) => {
                assert!(in_time && schedule.finish <= day("2027-08-31"), "{}", schedule.finish);
            }
            Some(ScheduleOutcome::Infeasible(_)) => assert!(!in_time),
            other => panic!("{other:?}"),
        }
        let told = if in_time { "  finished by 20" } else { "  at that pace it cannot be finished under 2025\n" };
        assert!(report.to_string().contains(told), "{report}");
    }
}

#[test]
fn what_is_not_pursued_is_asked_of_the_newest() {
    let options = YearsOptions::default().targets(["certificate", "higher-diploma", "certificat"]);
    let report = report(&pursuing(&[], &[("certificate", "2025")]), "2026-11-29", &options);
    let under: Vec<(&str, &str, bool)> =
        report.targets.iter().map(|target| (&*target.credential, &*target.under, target.declared)).collect();
    assert_eq!(under, [("certificate", "2025", true), ("higher-diploma", "2026", false)]);
    assert!(report.targets[1].moving.is_none());
    assert!(report.to_string().contains("higher-diploma under 2026, the newest version: locked\n"), "{report}");
    assert!(report.to_string().ends_with("2026 has no certificat; did you mean certificate?\n"), "{report}");
}

#[test]
fn what_cannot_be_judged_is_told() {
    let record = pursuing(&[], &[("certificate", "2019"), ("welding", "2025"), ("diplma", "2025"), ("badge", "2026")]);
    let report = report(&record, "2026-11-29", &YearsOptions::default());
    assert!(report.targets.is_empty());
    assert_eq!(
        report.to_string(),
        "\
2026 has no badge
certificate is pursued under 2019, and there is no such version
2025 has no diplma; did you mean diploma?
2025 has no welding
"
    );
    assert_eq!(report.unknown.iter().filter(|unknown| unknown.version).count(), 1);
}

#[test]
fn a_learner_may_be_declared_under_two_versions() {
    let record = pursuing(&["python"], &[("certificate", "2026"), ("certificate", "2024"), ("certificate", "2024")]);
    let report = report(&record, "2026-07-01", &YearsOptions::default());
    let told: Vec<(&str, Status)> = report.targets.iter().map(|target| (&*target.under, target.status)).collect();
    assert_eq!(told, [("2024", Status::Qualified), ("2026", Status::Started)]);
}

#[test]
fn an_amount_that_is_not_stated_is_no_zero() {
    let older =
        "catalog.version = '1'\ncredential.a = { hours = 1 }\ncredential.c = { stack = 'a', cost = 0, hours = 0 }";
    let newer = "catalog.version = '2'\ncredential.a = { cost = 5, hours = 1 }\ncredential.c = { stack = 'a', cost = \
                 0, hours = 0 }";
    let versions = [older, newer].map(|text| Catalog::parse("catalog.toml", text).unwrap());
    let record = pursuing(&[], &[("c", "1")]);
    let report = CatalogYears::new(&versions).unwrap().pursued(&record, day("2026-11-29"), &YearsOptions::default());
    let told = "moving to 2, which asks for the same: 5 more in cost, as far as it is stated\n";
    assert!(report.to_string().ends_with(told), "{report}");
}

#[test]
fn versions_need_names_of_their_own() {
    let named = |text: &str| Catalog::parse("2025.toml", text).unwrap();
    let (one, other, nameless) = (named("catalog.version = '1'"), named("catalog.version = '1'"), named(""));
    let error = |catalogs: &[&Catalog]| CatalogYears::new(catalogs.iter().copied()).unwrap_err();
    assert_eq!(error(&[]), UnusableYears::NoVersions);
    assert_eq!(error(&[&one, &other]), UnusableYears::SameVersion { version: "1".into() });
    assert_eq!(
        error(&[&one, &nameless]).to_string(),
        "2025.toml does not say which version it is: write `version = \"2026\"` in `[catalog]`"
    );
    let years = CatalogYears::new([&one]).unwrap();
    assert!(years.version("1").is_some() && years.version("2").is_none());
    assert_eq!(years.newest().header().version.as_deref(), Some("1"));
}

#[test]
fn a_declaration_comes_by_toml_and_by_serde() {
    let record = LearnerRecord::parse("r.toml", "[[pursued]]\ncredential = 'c'\nunder = '2025'\n").unwrap();
    assert_eq!(record, pursuing(&[], &[("c", "2025")]));
    let json = serde_json::to_value(&record).unwrap();
    assert_eq!(json, serde_json::json!({ "award": [], "pursued": [{ "credential": "c", "under": "2025" }] }));
    assert_eq!(serde_json::from_value::<LearnerRecord>(json).unwrap(), record);
    let whole = report(&pursuing(&[], &[("certificate", "2025")]), "2026-11-29", &YearsOptions::default());
    let json = serde_json::to_value(&whole).unwrap();
    assert_eq!(json["targets"][0]["moving"]["to"]["verdict"], "stricter");
}
