//! The pathway map: what it shows, how few lines of it cross, and what its pictures and texts look like.
//! `UPDATE_GOLDEN=1 cargo test --test map` rewrites the pictures and texts in `tests/map`, and the
//! README's picture.

#[path = "markup/mod.rs"]
mod markup;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use credpath::{Catalog, EvaluateOptions, LearnerRecord, MapEnd, MapOptions, PathwayMap, PurposeRule, State, Status};
use markup::Markup;

fn catalog(name: &str) -> Catalog {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/catalogs").join(name);
    Catalog::parse(name, &fs::read_to_string(path).expect("an example")).expect("a valid catalog")
}

fn parsed(text: &str) -> Catalog {
    Catalog::parse("catalog.toml", text).unwrap_or_else(|error| panic!("{error}"))
}

fn way_to(catalog: &Catalog, id: &str) -> PathwayMap {
    catalog.map(&MapOptions::of(catalog.credential(id).expect("in the catalog")))
}

fn whole(catalog: &Catalog) -> PathwayMap {
    catalog.map(&MapOptions::whole())
}

/// Everything that a map can show, in few credentials.
const SMALL: &str = r#"
    catalog.title = "Small college"
    [credential]
    maths = { title = "Mathematics", type = "Course" }
    maths-b = { title = "Mathematics B", type = "Course", counts_as = ["maths"] }
    lecture = { title = "Chemistry lecture", type = "Course", prerequisite = { credential = "maths", grade = 50 }, corequisite = "lab" }
    lab = { title = "Chemistry lab", type = "Course", corequisite = "lecture" }
    ethics = {}
    law = {}
    logic = {}
    rhetoric = {}
    history = {}
    minor = { title = "Minor", type = "Certificate", stack = { all_of = [
        { any_of = ["lecture", "lab"], within = "2 years" },
        { name = "electives", at_least = 2, from = ["ethics", "law", "logic", "rhetoric", { credential = "history", grade = 60 }] },
    ], distinct = true } }
"#;

fn small() -> PathwayMap {
    let catalog = parsed(SMALL);
    let record = LearnerRecord::from_iter(["maths-b", "ethics", "law"]);
    let minor = catalog.credential("minor").expect("written above");
    catalog
        .evaluate(&record, "2026-11-22".parse().expect("a day"), &EvaluateOptions::default())
        .map(&MapOptions::of(minor))
}

fn golden(name: &str, came: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&path, came).expect("a golden file");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(expected == came, "{name} differs; UPDATE_GOLDEN=1 takes over what came:\n{came}");
}

/// The picture in the README is the one that the example `map` draws of the same files.
#[test]
fn the_picture_is_drawn_from_its_sources() {
    let catalog = catalog("vcc-health.toml");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/records/vcc-health-care-aide.toml");
    let record =
        LearnerRecord::parse("record.toml", &fs::read_to_string(path).expect("an example")).expect("a valid record");
    let target = catalog.credential("access-practical-nursing").expect("in the catalog");
    let evaluation = catalog.evaluate(&record, "2026-11-22".parse().expect("a day"), &EvaluateOptions::default());
    golden("examples/pictures/map.svg", &evaluation.map(&MapOptions::of(target)).svg());
}

#[test]
fn few_lines_cross() {
    for (name, most) in
        [("comptia.toml", 29), ("vcc-health.toml", 101), ("hku-space.toml", 2), ("vcc-drafting.toml", 118)]
    {
        let found = whole(&catalog(name)).crossings();
        assert!(found <= most, "{name}: {found} crossings");
    }
    let health = catalog("vcc-health.toml");
    for target in ["access-practical-nursing", "practical-nursing-diploma"] {
        assert_eq!(way_to(&health, target).crossings(), 0, "{target}");
    }
}

/// What a rule asks for stands in the picture whole, beside a title of whatever length.
#[test]
fn conditions_are_not_cut_off() {
    let catalog = parsed(
        r#"[credential]
        maths = { title = "Mathematics for those who have not had any since they left their school, in two parts" }
        law = { title = "Law" }
        minor = { stack = { any_of = ["law", { credential = "maths", grade = 60, within = "2 years", issuer = ["west-college", "north-university"] }] } }
        "#,
    );
    let written = way_to(&catalog, "minor").svg();
    // Rows are texts of their own.
    let rows: Vec<&str> = written.split("<text").skip(1).filter_map(|row| row.split('>').nth(1)).collect();
    let rows: Vec<&str> = rows.iter().filter_map(|row| row.split('<').next()).collect();
    let whole = rows.join(" ");
    for said in ["grade 60 or better", "awarded within 2 years", "awarded by north-university or west-college"] {
        assert!(whole.contains(said), "{said}: {whole}");
    }
}

#[test]
fn a_small_map_looks_like_this() {
    let map = small();
    golden("tests/map/small.svg", &map.svg());
    golden("tests/map/small.mmd", &map.mermaid());
    golden("tests/map/small.dot", &map.dot());
    golden("tests/map/small.json", &(serde_json::to_string_pretty(&map).expect("data") + "\n"));
}

#[test]
fn a_map_says_what_the_evaluation_says() {
    let map = small();
    let status = |id: &str| map.boxes.iter().find(|shown| shown.credential == id).and_then(|shown| shown.status);
    assert_eq!(status("maths"), Some(Status::Held), "by what counts as it");
    assert_eq!(status("minor"), Some(Status::Started));
    assert_eq!(status("ethics"), None, "it stands in the group");
    let electives = map.groups.iter().find(|group| group.name.as_deref() == Some("electives")).expect("written above");
    assert_eq!((electives.state, electives.listed.len()), (Some(State::Met), 5));
    assert_eq!(electives.listed[0].status, Some(Status::Held));
    assert_eq!(electives.listed[4].conditions.to_string(), "grade 60 or better");
    let rules: Vec<PurposeRule> = map.arrows.iter().map(|arrow| arrow.rule).collect();
    assert!(
        [PurposeRule::Prerequisite, PurposeRule::Corequisite, PurposeRule::Stack].iter().all(|r| rules.contains(r))
    );
    // What only counts as something is named in its box, and has none of its own.
    assert_eq!(
        map.boxes.iter().find(|shown| shown.credential == "maths").expect("shown").also_by[0].title,
        "Mathematics B"
    );
    assert!(status("maths-b").is_none());
}

#[test]
fn groups_that_are_the_same_are_one_and_others_are_not() {
    let same = parsed(
        "[credential]\na = {}\nb = {}\nc = { stack = { any_of = ['a', 'b'] } }\nd = { stack = { any_of = ['b', 'a'] } \
         }\n\
         e = { stack = { any_of = ['a', 'b'], within = '1 year' } }\nf = { prerequisite = { any_of = ['a', 'b'] } }",
    );
    let map = whole(&same);
    let of = |id: &str| {
        let number = map.boxes.iter().position(|shown| shown.credential == id).expect("shown");
        map.arrows.iter().find(|arrow| arrow.to == MapEnd::Box(number)).expect("an arrow").from
    };
    assert_eq!(of("c"), of("d"), "whatever the order");
    assert_ne!(of("c"), of("e"), "another condition");
    assert_ne!(of("c"), of("f"), "another rule");
    assert_eq!(map.groups.len(), 3);
}

#[test]
fn what_cannot_be_decided_is_not_told_as_missing() {
    let mut text = String::from("[credential]\nc = { stack = { credits = 9, from = [");
    let mut record = String::from("award = [");
    for number in 0..9 {
        _ = write!(text, "'a{number}', ");
        _ = write!(record, "{{ credential = 'a{number}', awarded = 2026-01-{:02} }}, ", number + 1);
    }
    text += "], span = '2 days' } }\n";
    (0..9).for_each(|number| _ = writeln!(text, "a{number} = {{ credits = 1 }}"));
    let catalog = parsed(&text);
    let record = LearnerRecord::parse("record.toml", &(record + "]")).expect("a record");
    let options = EvaluateOptions::default().search_steps(0);
    let evaluation = catalog.evaluate(&record, "2026-11-22".parse().expect("a day"), &options);
    let map = evaluation.map(&MapOptions::whole());
    let c = map.boxes.iter().find(|shown| shown.credential == "c").expect("shown");
    assert_eq!(c.status, Some(Status::Undecided));
    assert_eq!(map.groups[0].state, Some(State::Undecided));
}

#[test]
fn circles_and_rules_that_name_themselves_are_drawn() {
    let catalog = parsed(
        "[credential]\na = { prerequisite = 'b' }\nb = { prerequisite = 'c' }\nc = { prerequisite = 'a' }\n\
         d = { prerequisite = { any_of = ['d', 'a'] } }\ne = { prerequisite = 'e' }",
    );
    let map = whole(&catalog);
    assert_eq!(map.arrows.len(), 6 + 1);
    let picture = map.svg();
    Markup::of(&picture).unwrap_or_else(|error| panic!("{error}\n{picture}"));
    assert!(picture.contains("before beginning itself"));
}

#[test]
fn pictures_are_well_formed_whatever_the_titles_say() {
    let hostile = r#"</title><script>alert(1)</script> \" ' & ]]> --> \u0000 \u202e %0A #quot; | ] } ``` \\"#;
    // A name may not have what cannot be seen.
    let name = hostile.replace("\\u0000", "").replace("\\u202e", "");
    let text = format!(
        "catalog.title = \"{hostile}\"\n[credential]\n'a\"<b>' = {{ title = \"{hostile}\" }}\n\
         c = {{ title = \"{hostile}\", type = \"{hostile}\", prerequisite = {{ name = \"{name}\", any_of = ['a\"<b>', \
         'c'] }} }}"
    );
    let text = text.replace("\\u0000", "\\u0007");
    let map = whole(&parsed(&text));
    let picture = map.svg();
    let markup = Markup::of(&picture).unwrap_or_else(|error| panic!("{error}\n{picture}"));
    assert_eq!(markup.named("script").count(), 0);
    let known = ["svg", "title", "style", "text", "g", "path", "rect", "circle"];
    assert!(markup.elements.iter().all(|element| known.contains(&&*element.name)));
    assert!(markup.elements.iter().flat_map(|element| &element.attributes).all(|known| !known.0.starts_with("on")));
    assert!(!map.mermaid().contains(['<', '\u{202e}', '`', '\\']) || map.mermaid().contains("<br>"));
    for line in map.dot().lines() {
        let quotes = line.replace("\\\\", "").replace("\\\"", "").matches('"').count();
        assert_eq!(quotes % 2, 0, "{line}");
    }
}

#[test]
fn every_figure_has_a_title_and_the_same_map_the_same_picture() {
    for name in ["comptia.toml", "vcc-health.toml", "hku-space.toml", "planted-faults.toml", "compliance.toml"] {
        let catalog = catalog(name);
        let map = whole(&catalog);
        let picture = map.svg();
        assert_eq!(picture, whole(&catalog).svg());
        let markup = Markup::of(&picture).unwrap_or_else(|error| panic!("{name}: {error}"));
        let figures = markup.named("g").filter(|element| element.attribute("role") == Some("img")).count();
        assert_eq!(markup.named("title").count(), figures + 1, "{name}");
        assert!(figures >= map.boxes.len());
    }
}

#[test]
fn figures_of_a_picture_do_not_overlap() {
    for name in ["comptia.toml", "vcc-health.toml", "hku-space.toml", "planted-faults.toml", "vcc-drafting.toml"] {
        let picture = whole(&catalog(name)).svg();
        let markup = Markup::of(&picture).expect("well-formed");
        let outlines = markup.named("rect").filter(|element| {
            element.attribute("class").is_some_and(|class| class.starts_with("cp-box") || class == "cp-group")
        });
        let number = |value: Option<&str>| value.and_then(|value| value.parse::<i32>().ok()).expect("a number");
        let edges: Vec<[i32; 4]> =
            outlines.map(|one| ["x", "y", "width", "height"].map(|name| number(one.attribute(name)))).collect();
        for (place, a) in edges.iter().enumerate() {
            for b in &edges[place + 1..] {
                let apart = a[0] + a[2] <= b[0] || b[0] + b[2] <= a[0] || a[1] + a[3] <= b[1] || b[1] + b[3] <= a[1];
                // The sample in the legend is drawn below, without moving it there.
                assert!(apart || a[3] == 16 || b[3] == 16, "{name}: {a:?} and {b:?}");
            }
        }
    }
}

#[test]
fn large_catalogs_are_drawn_within_bounds() {
    let mut text = String::from("[credential]\na0 = {}\n");
    for number in 1..1_500 {
        let before = number - 1;
        let far = number / 2;
        _ = writeln!(text, "a{number} = {{ prerequisite = {{ all_of = ['a{before}', 'a0', 'a{far}'] }} }}");
    }
    let picture = whole(&parsed(&text)).svg();
    assert!(Markup::of(&picture).is_ok());
    let empty = whole(&parsed(""));
    assert!(empty.boxes.is_empty() && Markup::of(&empty.svg()).is_ok());
}

/// Of thousands of equivalents, or a chain of them, each box names a few and the number of the rest.
#[test]
fn what_counts_as_many_is_named_in_part_and_counted() {
    let ids: Vec<String> = (0..3_000).map(|number| format!("a{number:04}")).collect();
    let mut text = String::from("[credential]\n");
    for id in &ids {
        _ = writeln!(text, "{id} = {{}}");
    }
    let long = "x".repeat(1_000_000);
    let text = text.replacen("{}", &format!("{{ title = '{long}' }}"), 1);
    let equivalent = format!("catalog.equivalent = [{ids:?}]\n{text}");
    let map = whole(&parsed(&equivalent));
    assert_eq!(map.boxes.len(), 3_000);
    for shown in &map.boxes {
        assert_eq!((shown.also_by.len(), shown.also_by_more), (10, 2_989));
        assert!(shown.also_by.iter().all(|other| other.credential != shown.credential));
    }
    assert_eq!(map.boxes[5].also_by[5].credential, "a0006");
    assert_eq!(map.boxes[5].also_by[0].title, format!("{}…", "x".repeat(200)));
    let picture = map.svg();
    assert!(picture.contains("or 2997 others") && picture.contains("a0010, and 2989 more"));
    assert!(picture.len() < 10_000_000, "{}", picture.len());

    let mut chain = String::from("[credential]\na0000 = {}\n");
    for pair in ids.windows(2) {
        _ = writeln!(chain, "{} = {{ counts_as = ['{}'] }}", pair[1], pair[0]);
    }
    let map = whole(&parsed(&chain));
    let number = |place: usize| (map.boxes[place].also_by.len(), map.boxes[place].also_by_more);
    assert_eq!([number(0), number(2_989), number(2_995), number(2_999)], [(10, 2_989), (10, 0), (4, 0), (0, 0)]);
    assert_eq!(map.boxes[2_995].also_by[0].credential, "a2996");
}

/// Against what a search by hand finds: all that counts as a credential, through others and through equivalents.
#[test]
fn what_counts_as_a_credential_is_all_of_it() {
    let catalog = parsed(
        "catalog.equivalent = [['b', 'c']]\n[credential]\na = {}\nb = { counts_as = ['a'] }\nc = {}\nd = { counts_as = \
         ['c'] }\n\
         e = { counts_as = ['d', 'f'] }\nf = { counts_as = ['a'] }",
    );
    let map = whole(&catalog);
    let named: Vec<String> = map
        .boxes
        .iter()
        .map(|shown| shown.also_by.iter().map(|other| other.credential.as_str()).collect::<Vec<_>>().concat())
        .collect();
    assert_eq!(named, ["bcdef", "cde", "bde", "e", "", "e"]);
    assert!(map.boxes.iter().all(|shown| shown.also_by_more == 0));
}

/// Whatever is put in the place of anything in a stored map, it is refused or drawn.
#[test]
fn a_stored_map_that_was_tampered_with_is_drawn_or_refused() {
    let stored = serde_json::to_value(small()).expect("data");
    let mut places = Vec::new();
    pointers(&stored, String::new(), &mut places);
    let wrong = [
        "0",
        "7",
        "18446744073709551615",
        "true",
        "\"\"",
        "\"any-of\"",
        "[]",
        "{}",
        "{\"box\": 9}",
        "{\"group\": 9}",
        "{\"group\": 0}",
    ];
    let (mut read, mut refused) = (0, 0);
    for place in &places {
        for value in wrong {
            let mut changed = stored.clone();
            *changed.pointer_mut(place).expect("a place") = serde_json::from_str(value).expect("data");
            let Ok(changed) = serde_json::from_value::<PathwayMap>(changed) else {
                refused += 1;
                continue;
            };
            read += 1;
            Markup::of(&changed.svg()).unwrap_or_else(|error| panic!("{place} {value}: {error}"));
            assert!(!changed.mermaid().is_empty() && !changed.dot().is_empty());
        }
    }
    assert!(read > 50 && refused > 50, "{read} {refused}");
}

/// Every place in a value.
fn pointers(value: &serde_json::Value, at: String, places: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                pointers(value, format!("{at}/{key}"), places);
            }
        }
        serde_json::Value::Array(list) => {
            for (place, value) in list.iter().enumerate() {
                pointers(value, format!("{at}/{place}"), places);
            }
        }
        _ => {}
    }
    if !at.is_empty() {
        places.push(at);
    }
}

/// What a map says of who names whom: through groups, and by what stands in them.
fn named(map: &PathwayMap) -> BTreeSet<[String; 3]> {
    let mut found = BTreeSet::new();
    for arrow in &map.arrows {
        let MapEnd::Box(of) = arrow.to else { continue };
        let mut open = vec![arrow.from];
        let mut add = |id: &str| {
            found.insert([map.boxes[of].credential.clone(), format!("{:?}", arrow.rule), id.to_owned()]);
        };
        while let Some(end) = open.pop() {
            match end {
                MapEnd::Box(number) => add(&map.boxes[number].credential),
                MapEnd::Group(number) => {
                    map.groups[number].listed.iter().for_each(|member| add(&member.credential));
                    open.extend(map.arrows.iter().filter(|inner| inner.to == end).map(|inner| inner.from));
                }
            }
        }
    }
    found
}

#[test]
fn a_map_shows_what_the_rules_name_and_nothing_else() {
    let names = ["comptia", "vcc-health", "hku-space", "planted-faults", "compliance", "renewals", "vcc-drafting"];
    for name in names {
        let catalog = catalog(&format!("{name}.toml"));
        let edges: BTreeSet<[String; 3]> = catalog
            .edges()
            .into_iter()
            .filter(|edge| edge.rule != PurposeRule::Renewal)
            .map(|edge| [edge.of, format!("{:?}", edge.rule), edge.named])
            .collect();
        assert_eq!(named(&whole(&catalog)), edges, "{name}");
        // The way to a credential has what it names, what that names, and so on.
        for (id, credential) in catalog.credentials() {
            let mut reached = BTreeSet::from([credential.id.clone()]);
            let mut open = vec![credential.id.clone()];
            while let Some(of) = open.pop() {
                let next = edges.iter().filter(|edge| edge[0] == of).map(|edge| edge[2].clone());
                open.extend(next.filter(|next| reached.insert(next.clone())).collect::<Vec<_>>());
            }
            let expected: BTreeSet<[String; 3]> =
                edges.iter().filter(|edge| reached.contains(&edge[0])).cloned().collect();
            assert_eq!(named(&catalog.map(&MapOptions::of(id))), expected, "{name}: {}", credential.id);
        }
    }
}

#[test]
fn the_order_of_the_tables_changes_nothing() {
    let (head, credentials) = SMALL.split_once("[credential]\n").expect("there are credentials");
    let (simple, minor) = credentials.split_once("    minor").expect("the last one");
    let turned: Vec<&str> = simple.lines().rev().collect();
    let turned = format!("{head}[credential]\n    minor{minor}\n{}\n", turned.join("\n"));
    let record = LearnerRecord::from_iter(["law", "ethics", "maths-b"]);
    let catalog = parsed(&turned);
    let minor = catalog.credential("minor").expect("written above");
    let map = catalog
        .evaluate(&record, "2026-11-22".parse().expect("a day"), &EvaluateOptions::default())
        .map(&MapOptions::of(minor));
    assert_eq!((map.svg(), map.mermaid(), map.dot()), (small().svg(), small().mermaid(), small().dot()));
}
