//! The cohort's page: who stands where, who is near, what lapses when, where skills are thin; and its tables.
//! `UPDATE_GOLDEN=1 cargo test --test team` rewrites the text in `tests/page`.

#[path = "../examples/input/mod.rs"]
mod input;
#[path = "markup/mod.rs"]
mod markup;
#[path = "../examples/story/mod.rs"]
mod story;
#[path = "../examples/team/mod.rs"]
mod team;

use std::fs;
use std::path::Path;

use credpath::{Catalog, CohortOptions, CohortReport, Date, LearnerRecord};
use markup::Markup;
use team::Team;

const CATALOG: &str = r#"
    catalog.title = "Crew"
    [credential]
    card = { title = "Safety <card>", valid_for = "1 year", tags = ["safety"] }
    crane = { title = "Crane", prerequisite = "card", tags = ["lifting"] }
    sling = { title = "Sling", tags = ["lifting"] }
    rigger = { title = "Rigger", stack = { all_of = ["card", "sling"] }, tags = ["lifting", "rigging"] }
"#;

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

fn report(catalog: &Catalog) -> CohortReport {
    let record = |text: &str| LearnerRecord::parse("record.toml", text).expect("a record");
    let records = [
        record(
            "award = [{ credential = 'card', awarded = 2026-02-01 }, { credential = 'sling', awarded = 2026-02-01 }]",
        ),
        record("award = [{ credential = 'card', awarded = 2026-03-01 }]"),
        record(""),
    ];
    let options = CohortOptions::default()
        .one_award_away(true)
        .lapses(day("2026-11-22")..=day("2027-11-22"))
        .holders([catalog.credential("rigger").expect("written above")])
        .tags(["lifting", "rigging", "safety"].map(str::to_owned).to_vec());
    catalog.cohort(day("2026-11-22"), &options).report(records)
}

#[test]
fn a_team_is_told_like_this() {
    let catalog = Catalog::parse("catalog.toml", CATALOG).unwrap_or_else(|error| panic!("{error}"));
    let report = report(&catalog);
    let name = |learner: u64| ["ana", "=ben", "<cleo>"][usize::try_from(learner).expect("one of three")].to_owned();
    let team = Team { catalog: &catalog, report: &report, until: day("2027-11-22"), skipped: 1, named: 1, name: &name };
    let story = team.story();
    let text = story.text();
    let tables: String =
        story.tables().iter().map(|(name, csv)| format!("\n{name}.csv\n{csv}")).collect::<Vec<_>>().concat();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page/team.txt");
    let came = text + &tables;
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&path, &came).expect("a golden file");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == came, "team.txt differs; UPDATE_GOLDEN=1 takes over what came:\n{came}");
    let page = story.page();
    let markup = Markup::of(&page).unwrap_or_else(|error| panic!("{error}\n{page}"));
    assert_eq!(markup.named("card").count() + markup.named("cleo").count(), 0);
    // Bars are never wider than all.
    for bar in markup.named("span").filter_map(|span| span.attribute("style")) {
        let width: f64 = bar.trim_start_matches("width:").trim_end_matches('%').parse().expect("a width");
        assert!(width <= 100.0, "{bar}");
    }
}

#[test]
fn a_team_of_nobody_has_a_page() {
    let catalog = Catalog::parse("catalog.toml", CATALOG).unwrap_or_else(|error| panic!("{error}"));
    let report = catalog.cohort(day("2026-11-22"), &CohortOptions::default()).report(Vec::<LearnerRecord>::new());
    let name = |learner: u64| learner.to_string();
    let team = Team { catalog: &catalog, report: &report, until: day("2026-11-22"), skipped: 0, named: 1, name: &name };
    Markup::of(&team.story().page()).unwrap_or_else(|error| panic!("{error}"));
}
