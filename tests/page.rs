//! The adviser's page and its calendar: what stands there, that it is well-formed whatever titles say, and that a
//! reader who sees nothing, or uses no mouse, finds their way. `UPDATE_GOLDEN=1 cargo test --test page` rewrites the
//! page in `tests/page`.

#[path = "../examples/input/mod.rs"]
mod input;
#[path = "markup/mod.rs"]
mod markup;
#[path = "../examples/story/mod.rs"]
mod story;

use std::fs;
use std::path::Path;

use credpath::{Catalog, EvaluateOptions, LearnerRecord};
use input::Input;
use markup::Markup;
use story::answers::Answers;

const CATALOG: &str = r#"
    catalog.currency = "CAD"
    [credential]
    card = { title = "Safety card", valid_for = "1 year", cost = 40, hours = 3, renewal = { cost = 20, hours = 1 } }
    sql = { title = "SQL", cost = 100, hours = 40, credits = 3, offered = { until = 2026-12-31 } }
    python = { title = "Python", cost = 300, hours = 60, credits = 3 }
    statistics = { title = "Statistics", cost = 250, hours = 60, credits = 3, prerequisite = "sql" }
    badge = { title = "Badge", stack = "card" }
    analyst = { title = "Analyst", cost = 25, hours = 0, stack = { all_of = ["card", "sql", { any_of = ["python", "statistics"] }] } }
"#;
const RECORD: &str = r#"award = [
    { credential = "card", awarded = 2026-02-01 },
    { credential = "Python", awarded = 2026-02-01 },
    { credential = "statistics", status = "revoked" },
]"#;

fn asked(catalog: &str, record: &str) -> Input {
    Input {
        catalog: Catalog::parse("catalog.toml", catalog).unwrap_or_else(|error| panic!("{error}")),
        record: LearnerRecord::parse("record.toml", record).unwrap_or_else(|error| panic!("{error}")),
        as_of: "2026-11-22".parse().expect("a day"),
        options: EvaluateOptions::default(),
        targets: Vec::new(),
        built_in: false,
        nobody: false,
        json: false,
        given: input::wishes::Given::default(),
    }
}

fn answers<'i>(input: &'i Input, target: &str) -> Answers<'i> {
    Answers::new(input, input.catalog.credential(target).expect("in the catalog")).expect("answers")
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
fn a_small_story_is_told_like_this() {
    let input = asked(CATALOG, RECORD);
    let answers = answers(&input, "analyst");
    let story = answers.story();
    golden("small.html", &story.page());
    golden("small.txt", &story.text());
    golden("small.ics", &answers.calendar_text().expect("days"));
}

#[test]
fn the_first_things_come_first() {
    let input = asked(CATALOG, RECORD);
    let text = answers(&input, "analyst").story().text();
    let place = |words: &str| text.find(words).unwrap_or_else(|| panic!("no {words:?} in\n{text}"));
    let order = [
        "Take SQL (sql)",
        "begin by 2026-12-31",
        "Finish ",
        "Cost ",
        "last valid day: 2027-01-31",
        "renew it: 20 CAD, 1 hour",
        "Held:",
        "still missing: Statistics, or Python; SQL",
        "In the record, but not counted",
        "The plan",
        "Python instead of Statistics: 50 CAD more",
        "no entitlement",
    ];
    let places: Vec<usize> = order.iter().map(|words| place(words)).collect();
    assert!(places.is_sorted(), "{places:?}\n{text}");
    // What the record calls `Python` is no credential of the catalog, and that is told with what was meant.
    assert!(text.contains("`Python`") && text.contains("python"), "{text}");
}

#[test]
fn unknown_is_not_zero() {
    let input = asked("[credential]\na = { title = 'A' }\nb = { title = 'B', stack = 'a' }", "");
    let text = answers(&input, "b").story().text();
    assert!(text.contains("Cost     not stated") && text.contains("Hours    not stated"), "{text}");
    assert!(text.contains("Finish   not before 2026-11-22"), "{text}");
}

#[test]
fn nothing_to_do_and_no_way_are_told() {
    let input = asked(
        "[credential]\na = {}\nb = { stack = 'a', offered = { until = 2020-01-01 } }",
        "award = [{ credential = 'a' }]",
    );
    let done = answers(&input, "a").story();
    assert!(done.text().contains("Nothing has to be done: an award is current."));
    let none = answers(&input, "b").story();
    assert!(none.text().contains("No plan leads to b"), "{}", none.text());
    for story in [done, none] {
        Markup::of(&story.page()).unwrap_or_else(|error| panic!("{error}"));
    }
}

#[test]
fn one_page_tells_of_one_plan() {
    let catalog = "[credential]\np = { hours = 400, cost = 0 }\na = { cost = 10, prerequisite = 'p', offered = { until \
                   = 2026-12-01 } }\n\
                   b = { cost = 12, hours = 1 }\nt = { stack = { any_of = ['a', 'b'] } }";
    let input = asked(catalog, "");
    let answers = answers(&input, "t");
    let text = answers.story().text();
    let calendar = answers.calendar_text().expect("days");
    assert!(calendar.contains("SUMMARY:take b") && !calendar.contains("take a"), "{calendar}");
    assert!(text.contains("- Take b: 12, 1 hour") && !text.contains("Take p") && !text.contains("Take a"), "{text}");
    assert!(text.contains("Cost     at least 12\n"), "{text}");
    // Every step has a purpose, and what is not the best is not called so.
    assert_eq!(text.matches("for: the target").count(), 2, "{text}");
    assert!(!text.contains("No plan is better"), "{text}");
    let why = "By cost alone another plan comes first: a and p instead of b: 2 less, and 399 hours more, as far as \
               that is \
               stated. It is not told of here: it has no place on the calendar (a: possible on 2027-08-29 at the \
               earliest, \
               but closed after 2026-12-01).";
    assert!(text.contains(why), "{text}");
}

/// What can be said in a title against a page.
const HOSTILE: &str =
    r#"</main></title><script>alert(1)</script><img src=x onerror=alert(1)> \" ' & ]]> --> \u202e \u0007"#;

fn hostile() -> Input {
    let catalog = format!(
        "[catalog]\ncredit_unit = \"{HOSTILE}\"\n[credential]\n\
         'a\"<b>' = {{ title = \"{HOSTILE}\", credits = 1, valid_for = '1 year' }}\nc = {{ title = \"{HOSTILE}\", \
         stack = 'd' }}\n\
         d = {{ title = \"{HOSTILE}\", prerequisite = 'a\"<b>' }}\ne = {{ title = \"{HOSTILE}\", stack = 'a\"<b>' }}"
    );
    let record = "award = [{ credential = 'a\"<b>', awarded = 2026-01-01 }, { credential = '<i>' }]";
    asked(&catalog, record)
}

#[test]
fn hostile_titles_do_nothing_to_a_page() {
    let input = hostile();
    let page = answers(&input, "c").story().page();
    let markup = Markup::of(&page).unwrap_or_else(|error| panic!("{error}\n{page}"));
    for element in &markup.elements {
        assert!(!["script", "img", "i", "b", "iframe"].contains(&&*element.name), "{element:?}");
        assert!(element.attributes.iter().all(|known| !known.0.starts_with("on") && known.0 != "src"), "{element:?}");
        let to = element.attribute("href").unwrap_or("#");
        assert!(to.starts_with('#'), "{to}");
    }
    assert!(!page.contains('\u{202e}'));
    // Nothing is fetched from anywhere; the one address names the language of pictures.
    assert_eq!(page.matches("http").count(), page.matches("http://www.w3.org/2000/svg").count());
    assert!(!page.contains("url(") && !page.contains("@import"));
}

#[test]
fn a_page_can_be_found_through_without_eyes_or_mouse() {
    let input = asked(CATALOG, RECORD);
    for page in [answers(&input, "analyst").story().page(), answers(&hostile(), "c").story().page()] {
        let markup = Markup::of(&page).expect("well-formed");
        let levels: Vec<u32> =
            markup.elements.iter().filter_map(|element| element.name.strip_prefix('h')?.parse().ok()).collect();
        assert_eq!(levels.iter().filter(|&&level| level == 1).count(), 1);
        assert!(levels[0] == 1 && levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
        assert_eq!(markup.named("html").next().and_then(|html| html.attribute("lang")), Some("en"));
        for landmark in ["header", "nav", "main"] {
            assert_eq!(markup.named(landmark).count(), 1, "{landmark}");
        }
        assert!(markup.named("th").all(|head| head.attribute("scope").is_some()));
        let mut ids: Vec<&str> = markup.elements.iter().filter_map(|element| element.attribute("id")).collect();
        let links: Vec<&str> = markup.named("a").filter_map(|link| link.attribute("href")?.strip_prefix('#')).collect();
        assert!(links.iter().all(|to| ids.contains(to)), "{links:?} {ids:?}");
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
    }
}

#[test]
fn calendars_keep_to_their_form() {
    for (input, target) in [(asked(CATALOG, RECORD), "analyst"), (hostile(), "c")] {
        let text = answers(&input, target).calendar_text().expect("days");
        assert!(text.ends_with("END:VCALENDAR\r\n") && !text.replace("\r\n", "").contains(['\r', '\n']));
        assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
        let unfolded = text.replace("\r\n ", "");
        let count = |words: &str| unfolded.lines().filter(|line| line.starts_with(words)).count();
        assert!(count("BEGIN:VEVENT") > 0);
        for needed in ["END:VEVENT", "UID:", "DTSTAMP:", "DTSTART;VALUE=DATE:", "DTEND;VALUE=DATE:", "SUMMARY:"] {
            assert_eq!(count(needed), count("BEGIN:VEVENT"), "{needed}");
        }
        let mut keys: Vec<&str> = unfolded.lines().filter_map(|line| line.strip_prefix("UID:")).collect();
        keys.sort_unstable();
        assert!(keys.windows(2).all(|pair| pair[0] != pair[1]), "{keys:?}");
        for line in unfolded.lines().filter_map(|line| line.strip_prefix("SUMMARY:")) {
            let bare = line.replace("\\\\", "").replace("\\;", "").replace("\\,", "");
            assert!(!bare.contains([';', ',', '\\']), "{line}");
        }
    }
}

#[test]
fn the_same_question_has_the_same_page() {
    let page = |record: &str| answers(&asked(CATALOG, record), "analyst").story().page();
    let turned = RECORD.lines().collect::<Vec<_>>();
    let turned = [turned[0], turned[3], turned[2], turned[1], turned[4]].join("\n");
    assert_eq!(page(RECORD), page(&turned));
}

/// What is proven is said of what was asked for.
#[test]
fn a_plan_is_best_by_what_was_asked_for() {
    let words = [
        ("cost", "by what it costs, as far as costs are stated"),
        ("hours", "by the hours it takes, as far as hours are stated"),
        ("credentials", "by the number of credentials it takes"),
    ];
    for (objective, own) in words {
        let mut input = asked(CATALOG, RECORD);
        input.given.take("objective", objective.to_owned());
        let text = answers(&input, "analyst").story().text();
        let told: Vec<&str> = text.split_whitespace().collect();
        let told = told.join(" ");
        for (other, words) in words {
            assert_eq!(told.contains(words), other == objective, "{own}: {text}");
        }
    }
}

/// Of a sum of weights it is said what weighs how much.
#[test]
fn weights_are_told_in_words() {
    let mut input = asked(CATALOG, RECORD);
    input.given.take("weights", "1,10,0".to_owned());
    let text = answers(&input, "analyst").story().text();
    let told: Vec<&str> = text.split_whitespace().collect();
    let words =
        "by its weight, where a unit of cost weighs 1 and an hour 10, as far as cost and hours are stated: that is";
    assert!(told.join(" ").contains(words), "{text}");
}
