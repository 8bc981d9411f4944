//! The registrar's page: findings by programme, the gravest first, what has changed, who loses what, and the table of
//! awards to be issued. `UPDATE_GOLDEN=1 cargo test --test registrar` rewrites the text in `tests/page`.

#[path = "../examples/input/mod.rs"]
mod input;
#[path = "markup/mod.rs"]
mod markup;
#[path = "../examples/registrar/mod.rs"]
mod registrar_page;
#[path = "../examples/story/mod.rs"]
mod story;

use std::fs;
use std::path::Path;

use credpath::{Catalog, CheckOptions, EvaluateOptions, LearnerRecord};
use markup::Markup;
use registrar_page::desk::Desk;

const NEWER: &str = r#"
[catalog]
title = "Harbour College"
version = "2027"
[credential]
sql = { title = "SQL", credits = 6 }
python = { title = "Python", credits = 6 }
statistics = { title = "Statistics", credits = 6 }
analyst = { title = "Analyst", stack = { credits = 24, from = ["sql", "python", "statistics"] } }
tutor = { title = "Tutor", stack = { any_of = ["sql", "sql"] } }
"#;

fn parsed(text: &str) -> Catalog {
    Catalog::parse("catalog.toml", text).unwrap_or_else(|error| panic!("{error}"))
}

fn records() -> Vec<(String, LearnerRecord)> {
    let record = |text: &str| LearnerRecord::parse("record.toml", text).unwrap_or_else(|error| panic!("{error}"));
    let ana = "award = [{ credential = 'sql', awarded = 2026-01-01 }, { credential = 'python', awarded = 2026-02-01 }]";
    let ben = "award = [{ credential = 'sql' }]\nwaiver = [{ credential = 'analyst', component = 'python' }]";
    vec![("ana".to_owned(), record(ana)), ("=ben, \"b\"".to_owned(), record(ben))]
}

fn golden(name: &str, came: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&path, came).expect("a golden file");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == came, "{name} differs; UPDATE_GOLDEN=1 takes over what came:\n{came}");
}

#[test]
fn a_registrar_is_told_like_this() {
    let (newer, older) = (parsed(NEWER), parsed(&NEWER.replace("= 24", "= 12")));
    let records = records();
    let as_of = "2026-11-22".parse().expect("a day");
    let desk = Desk {
        catalog: &newer,
        older: Some(&older),
        records: &records,
        skipped: 0,
        check: CheckOptions::default(),
        evaluate: EvaluateOptions::default(),
        as_of,
    };
    let story = desk.story();
    golden("registrar.txt", &story.text());
    Markup::of(&story.page()).unwrap_or_else(|error| panic!("{error}"));
    let desk = Desk {
        catalog: &older,
        older: None,
        records: &records,
        skipped: 0,
        check: CheckOptions::default(),
        evaluate: EvaluateOptions::default(),
        as_of,
    };
    golden("registrar.csv", &desk.csv());
}

#[test]
fn the_gravest_programme_comes_first_and_what_is_wrong_is_shown_as_it_is_written() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/catalogs/planted-faults.toml");
    let catalog = parsed(&fs::read_to_string(path).expect("an example"));
    let as_of = "2026-11-22".parse().expect("a day");
    let text = Desk {
        catalog: &catalog,
        older: None,
        records: &[],
        skipped: 3,
        check: CheckOptions::default(),
        evaluate: EvaluateOptions::default(),
        as_of,
    }
    .story()
    .text();
    let grave =
        ["  Error, line", "  Warning, line", "  Note, line"].map(|words| text.find(words).expect("one of each"));
    assert!(grave.is_sorted(), "{text}");
    assert!(text.contains("Records left out  3, which cannot be read"), "{text}");
    assert!(text.contains("50 | prerequisite = { all_of = [\"spreadsheets\", \"visualisation\"] }"), "{text}");
    assert!(text.contains("In this order") || text.contains("These credentials"), "{text}");
}

#[test]
fn hostile_text_does_nothing_to_the_page_or_to_a_spreadsheet() {
    let hostile = "</pre><script>alert(1)</script>' & ]]>";
    let text = format!(
        "credential.a = {{ title = \"{hostile}\" }}\ncredential.b = {{ title = \"{hostile}\", stack = {{ any_of = \
         ['a', 'a'] }} }}"
    );
    let catalog = parsed(&text);
    let records = [("@sum(1)".to_owned(), LearnerRecord::from_iter(["a"]))];
    let as_of = "2026-11-22".parse().expect("a day");
    let desk = Desk {
        catalog: &catalog,
        older: None,
        records: &records,
        skipped: 0,
        check: CheckOptions::default(),
        evaluate: EvaluateOptions::default(),
        as_of,
    };
    let page = desk.story().page();
    let markup = Markup::of(&page).unwrap_or_else(|error| panic!("{error}\n{page}"));
    assert_eq!(markup.named("script").count(), 0);
    assert!(desk.csv().contains("\n\"'@sum(1)\","), "{}", desk.csv());
}
