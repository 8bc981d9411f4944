//! What the programs under `examples/` understand of what people give them.

#[path = "../examples/input/mod.rs"]
mod input;

use credpath::{Catalog, EvaluateOptions, LearnerRecord};
use input::command::Command;
use input::{Input, forgiving, records, wishes};

fn catalog() -> Catalog {
    let text = r#"
        [credential]
        sql = { title = "Databases" }
        statistics = { title = "Statistics" }
        SQL-2 = { title = "Databases II" }
        maths-a = { title = "Mathematics" }
        maths-b = { title = "Mathematics" }
        odd = { title = "sql" }
        analyst = { title = "Data Analyst", stack = { all_of = ["sql", "statistics"] } }
        technician = { stack = { all_of = ["sql", "maths-a"] } }
    "#;
    Catalog::parse("catalog.toml", text).unwrap()
}

#[test]
fn a_credential_goes_by_its_id_or_its_title_in_any_case() {
    let catalog = catalog();
    let found = |given: &str| forgiving::credential(&catalog, given).map(|id| catalog.get(id).id.clone());
    for (given, id) in [
        ("analyst", "analyst"),
        ("Data Analyst", "analyst"),
        ("data analyst", "analyst"),
        (" ANALYST ", "analyst"),
        ("sql-2", "SQL-2"),
        ("databases ii", "SQL-2"),
        // An id comes before a title.
        ("sql", "sql"),
    ] {
        assert_eq!(found(given), Ok(id.to_owned()), "{given}");
    }
    for (given, says) in [
        ("Mathematics", "`Mathematics` is the name of several credentials; name one by its id: maths-a, maths-b"),
        ("SQL", "`SQL` is the name of several credentials; name one by its id: odd, sql"),
        ("statisitcs", "the catalog has no credential `statisitcs`; did you mean `statistics`?"),
        ("maths-c", "the catalog has no credential `maths-c`"),
        ("astronomy", "the catalog has no credential `astronomy`"),
        ("", "the catalog has no credential ``"),
    ] {
        assert_eq!(found(given), Err(says.to_owned()), "{given}");
    }
}

#[test]
fn who_names_no_target_is_told_which_there_are() {
    let mut input = Input {
        catalog: catalog(),
        record: LearnerRecord::default(),
        as_of: "2026-11-22".parse().unwrap(),
        options: EvaluateOptions::default(),
        targets: Vec::new(),
        built_in: false,
        nobody: false,
        json: false,
        given: wishes::Given::default(),
    };
    let told = input.target("analyst", "usage: …").unwrap_err();
    assert_eq!(told, "no target is named; the catalog confers\n  analyst  Data Analyst\n  technician\nusage: …");
    input.targets = vec!["data analyst".to_owned()];
    assert_eq!(input.target("analyst", "usage: …").ok(), input.catalog.credential("analyst"));

    let many: Vec<String> = (0..40).map(|number| format!("credential.c{number} = {{}}\n")).collect();
    let told = forgiving::list(&Catalog::parse("many.toml", &many.concat()).unwrap());
    assert!(told.starts_with("the catalog has\n  c0\n  c1\n  c10\n") && told.ends_with("\n  and 10 more"), "{told}");
}

#[test]
fn a_file_that_is_no_text_is_told_as_what_it_looks_like() {
    let told = |bytes: &[u8]| forgiving::text("file", bytes.to_vec());
    for (bytes, says) in [
        (&b"\xFF\xFEc\0a\0"[..], "a text in UTF-16"),
        (b"\xFE\xFF\0c\0a", "a text in UTF-16"),
        (b"c\0r\0e\0", "a text in UTF-16"),
        (b"PK\x03\x04rest", "a spreadsheet, a document or an archive"),
        (b"%PDF-1.7", "a PDF"),
        (b"a = 1\nb = 'caf\xE9'", "a text in Windows-1252 or the like (line 2 has a byte that UTF-8 has not)"),
    ] {
        assert_eq!(told(bytes), Err(format!("file looks like {says}; save it as plain text in UTF-8")));
    }
    assert_eq!(told("title = 'café'".as_bytes()), Ok("title = 'café'".to_owned()));
    assert_eq!(told(b""), Ok(String::new()));
}

#[test]
fn a_text_that_is_no_toml_is_told_as_what_it_looks_like() {
    let json = "{\"credential\": {\"a\": {}}}";
    let csv = "learner,course,date\nana,SQL,2026-01-01\nben,SQL,2026-01-02\n";
    for (text, looks) in [
        (json, "looks like JSON, and TOML is due"),
        (" [\n{\"id\": 1}]", "looks like JSON"),
        ("\u{feff}[]\n,", "looks like JSON"),
        (csv, "looks like a table of comma-separated values"),
        ("code;title\nA;B\n", "looks like a table of comma-separated values"),
        ("<html>", "looks like a page or XML"),
    ] {
        let told = forgiving::catalog("given", text).unwrap_err();
        assert!(told.starts_with("given ") && told.contains(looks), "{text}: {told}");
        let told = forgiving::record("given", text).unwrap_err();
        assert!(told.contains(looks), "{text}: {told}");
    }
    // What is TOML, but for a slip, is told of as such.
    for text in ["[credential.a\ntitle = 'A'", "credential.a = {,\n", "title\n", "a, b\nc = 1"] {
        let told = forgiving::catalog("given", text).unwrap_err();
        assert!(told.starts_with("error[syntax]"), "{text}: {told}");
    }
    assert!(forgiving::record("given", "award = []").is_ok());
}

/// What is wished for, as one would type it.
fn given(wishes: &[(&'static str, &str)]) -> wishes::Given {
    let mut given = wishes::Given::default();
    for &(name, value) in wishes {
        given.take(name, value.to_owned());
    }
    given
}

#[test]
fn what_is_wished_of_a_plan_is_what_is_asked_for() {
    let text = r#"
        [credential]
        sql = { title = "Databases", tags = ["online", "data"] }
        law = { tags = ["campus"] }
        analyst = { stack = { any_of = ["sql", "law"] } }
    "#;
    let catalog = Catalog::parse("catalog.toml", text).unwrap();
    let id = |id: &str| catalog.credential(id).unwrap();
    let evaluate = EvaluateOptions::default().verified_only(true);
    let plan = |wishes: &[(&'static str, &str)]| wishes::plan(&given(wishes), &catalog, &evaluate);
    let asked = [
        ("objective", "hours"),
        ("budget", "400.5"),
        ("most-hours", "60"),
        ("avoid", "databases"),
        ("avoid", "analyst"),
        ("include", "law"),
        ("tags", "online, data"),
        ("tags", "campus"),
        ("without-tags", "data"),
        ("issuers", "vcc"),
        ("offered-now", ""),
        ("work", "1000"),
    ];
    let expected = credpath::PlanOptions::default()
        .objective(credpath::Objective::Hours)
        .budget("400.5".parse().unwrap())
        .most_hours("60".parse().unwrap())
        .avoid([id("sql"), id("analyst")])
        .must_include([id("law")])
        .tags(["online", "data", "campus"])
        .without_tags(["data"])
        .issuers(["vcc"])
        .offered_now(true)
        .verified_only(true)
        .work(1000);
    let mut told = plan(&asked).unwrap();
    told.watcher = None;
    assert_eq!(told, expected);
    for (wish, says) in [
        (("budget", "$100"), "--budget $100: an amount is a plain decimal number, such as 30 or 22.5"),
        (("avoid", "chemistry"), "the catalog has no credential `chemistry`"),
        (("tags", "onlien"), "--tags: no credential of the catalog has the tag `onlien`"),
        (("work", "much"), "--work much: it is a whole number, such as 100"),
        (("work", "1,000"), "--work 1,000: it is a whole number, such as 100"),
    ] {
        assert_eq!(plan(&[wish]).unwrap_err(), says);
    }
}

/// One table says what is read, what is refused and what the help says.
#[test]
fn a_command_line_is_read_by_the_table_of_what_is_taken() {
    let table = [wishes::ALWAYS, wishes::PLAN];
    let read = |words: &str| {
        let parser = lexopt::Parser::from_args(words.split_whitespace());
        Command::of(parser, &table, 2).map_err(|error| error.to_string())
    };
    let command = read("a --format=json --avoid x --avoid y b --offered-now").unwrap();
    assert_eq!(command.words, ["a", "b"]);
    assert_eq!((command.given.get("format"), command.given.all("avoid").len()), (Some("json"), 2));
    assert!(command.given.has("offered-now") && !command.given.has("list") && !command.help);
    assert!(read("-h").unwrap().help && read("--help a").unwrap().help);
    for (words, says) in [
        ("--format yaml", "--format `yaml`: it is `text` or `json`"),
        ("--view all", "--view `all`: it is `earned`, `in-progress` or `planned`"),
        ("--formt json", "there is no option `--formt`; did you mean `--format`?"),
        ("--asof 2026-11-22", "there is no option `--asof`; did you mean `--as-of`?"),
        ("--nothing", "there is no option `--nothing`; `--help` tells which there are"),
        ("--list=yes", "unexpected argument for option '--list': \"yes\""),
        ("--as-of", "missing argument for option '--as-of'"),
        ("-x", "invalid option '-x'"),
        ("a b c", "`c` is one too many"),
    ] {
        assert_eq!(read(words).unwrap_err(), says, "{words}");
    }
    let help = input::command::help("usage: it\nfor example: it a b", &table);
    for wish in table.iter().copied().flatten() {
        assert!(help.contains(&format!("\n  --{} ", wish.name)), "{}: {help}", wish.name);
    }
    assert!(help.ends_with("\nfor example: it a b"));
}

/// A day in another form is told as it is written; of two that it could be, both.
#[test]
fn a_day_in_another_form_is_told_as_it_is_written() {
    let day = |said: &str| given(&[("until", said)]).day("until");
    assert_eq!(day("2027-02-01"), Ok("2027-02-01".parse().ok()));
    for (said, ends) in [
        ("01/02/2027", "; write 2027-01-02 or 2027-02-01, whichever is meant"),
        ("31.1.2027", "; write 2027-01-31"),
        ("2027/1/31", "; write 2027-01-31"),
        ("tomorrow", "is not a date of the form YYYY-MM-DD"),
        ("1/2/27", "is not a date of the form YYYY-MM-DD"),
        ("2027-02-30", "is a day that does not exist"),
    ] {
        let told = day(said).unwrap_err();
        assert!(told.starts_with(&format!("--until {said}: ")) && told.ends_with(ends), "{told}");
    }
}

#[test]
fn what_is_wished_of_the_calendar_is_what_is_asked_for() {
    assert!(wishes::schedule(&given(&[])).unwrap().is_none());
    let asked = [("hours-per-week", "7.5"), ("start", "2027-01-11"), ("at-once", "2"), ("hours-per-step", "5")];
    let (mut options, words) = wishes::schedule(&given(&asked)).unwrap().unwrap();
    options.watcher = None;
    let expected = credpath::ScheduleOptions::new(credpath::Pace::HoursPerWeek("7.5".parse().unwrap()))
        .start("2027-01-11".parse().unwrap())
        .at_once(2)
        .hours_per_step("5".parse().unwrap());
    assert_eq!((options, &*words), (expected, "7.5 hours a week"));
    for (wishes, says) in [
        (&[("terms", "2027-01-11..2027-05-14")][..], "terms need both `--terms` and `--credits-per-term`"),
        (
            &[("hours-per-week", "7"), ("terms", "x")],
            "it is `--hours-per-week`, or `--terms` with `--credits-per-term`",
        ),
        (&[("hours-per-week", "0")], "--hours-per-week 0: at no pace nothing is ever finished"),
        (
            &[("terms", "2027-01-11..2027-05-14"), ("credits-per-term", "0.00")],
            "--credits-per-term 0: at no pace nothing is ever finished",
        ),
        (&[("hours-per-week", "ten")], "`ten` hours: an amount is a plain decimal number, such as 30 or 22.5"),
    ] {
        assert_eq!(wishes::schedule(&given(wishes)).unwrap_err(), says);
    }
}

/// A record is read in whatever it is written, and where a feature is needed for that, it is named.
#[test]
fn a_record_is_taken_by_its_content() {
    let catalog = catalog();
    let stated = records::Stated::default();
    let taken = |bytes: &str| records::taken("given", bytes.as_bytes().to_vec(), &catalog, &stated);
    let ids = |bytes: &str| -> Vec<String> {
        let record = taken(bytes).unwrap_or_else(|error| panic!("{error}")).record;
        record.awards.into_iter().map(|award| award.credential).collect()
    };
    assert_eq!(ids("award = [{ credential = 'sql' }]"), ["sql"]);
    assert_eq!(ids(r#" { "award": [{ "credential": "sql", "awarded": "2026-01-01" }] }"#), ["sql"]);
    assert_eq!(ids("{}"), [""; 0]);
    let table = "credential,awarded,grade\nsql,2026-01-01,B\nanalyst,2026-02-01,\n";
    let badge = r#"{ "@context": "https://w3id.org/openbadges/v2", "type": "Assertion", "id": "https://b.example/1",
        "recipient": { "type": "id", "identity": "x", "hashed": false }, "issuedOn": "2026-01-01T00:00:00Z",
        "verification": { "type": "hosted" }, "badge": { "type": "BadgeClass", "id": "https://b.example/sql",
        "name": "Databases", "issuer": "https://b.example/i" } }"#;
    if cfg!(feature = "csv") {
        assert_eq!(ids(table), ["sql", "analyst"]);
        // In a table of the crate's own the separator shows, and columns that are not there say nothing.
        assert_eq!(ids(&table.replace(',', ";")), ["sql", "analyst"]);
        assert_eq!(ids(&table.replace(',', "\t")), ["sql", "analyst"]);
        assert_eq!(taken(table).ok().unwrap().told, [""; 0]);
        let told = taken(&table.replace("2026-01-01", "10/01/2024")).err().unwrap();
        let help =
            "help: write 2024-01-10 or 2024-10-01, whichever is meant; or, in a table, state the order of its dates";
        assert!(told.contains(help), "{told}");
    } else {
        assert!(taken(table).err().unwrap().ends_with("run this with `--features csv`"));
    }
    if cfg!(feature = "json") {
        assert_eq!(ids(badge), ["https://b.example/sql"]);
        let asked = given(&[("alias", "https://b.example/sql=sql"), ("offset", "+01:00")]);
        let stated = records::Stated::of(&asked).unwrap();
        let taken =
            records::taken("given", badge.as_bytes().to_vec(), &catalog, &stated).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(taken.record.awards[0].credential, "sql");
        assert!(records::Stated::of(&given(&[("offset", "99")])).unwrap_err().starts_with("--offset 99: "));
    } else {
        assert!(taken(badge).err().unwrap().ends_with("run this with `--features json`"));
    }
    let no_alias = records::Stated::of(&given(&[("alias", "sql")])).unwrap_err();
    assert_eq!(no_alias, "--alias `sql`: write THEIRS=OURS, such as A+=aplus");
    let several = taken("{\"awards\": []}\n{\"awards\": []}\n").err().unwrap();
    assert_eq!(several, "given has several records, one to a line; this is about one, `cohort` about all");
    // What is none of these is told as what it looks like.
    assert!(taken(r#"{ "credential": { "a": {} } }"#).err().unwrap().contains("looks like JSON"));
    assert!(taken("learner,course\nana,SQL\n").err().unwrap().contains("looks like a table"));
    assert!(taken(r#"{ "award": [{ "credential": "" }] }"#).is_err());
}

/// Of nothing nothing is told, and a source of records that are none is told as what it looks like.
#[test]
fn nothing_is_no_answer() {
    for text in ["", "# to come\n", "catalog.title = 'Empty'"] {
        let told = forgiving::catalog("given", text).unwrap_err();
        assert_eq!(told, "given is a catalog without credentials; each is a table such as `[credential.sql]`");
    }
    for (first, says) in [
        (None, "has no record"),
        (Some("learner,course\n"), "looks like a table of comma-separated values"),
        (Some("[[award]]\n"), "looks like TOML"),
        (Some("[{\"awards\": []}]"), "looks like one list of JSON"),
        (Some("{\"awrads\": []}"), "has no record that can be read"),
        (Some("<html>"), "looks like XML"),
    ] {
        let told = input::lines::none_read("given", first);
        assert!(told.starts_with(&format!("given {says}")) && told.ends_with("one JSON object to a line"), "{told}");
    }
}

#[test]
fn a_list_has_all_there_is() {
    let told = forgiving::list_all(&catalog());
    assert!(told.starts_with("taken:\n  SQL-2  Databases II\n"), "{told}");
    assert!(told.contains("\nearned by their components:\n  analyst  Data Analyst\n"), "{told}");
}

/// The help of each program has an example, of files that are there.
#[test]
fn every_help_has_an_example() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for entry in std::fs::read_dir(root.join("examples")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_str().unwrap();
        let (_, example) = source.split_once("\nfor example: ").unwrap_or_else(|| panic!("{name} shows no example"));
        let (example, _) = example.split_once('"').unwrap();
        assert!(example.split_whitespace().any(|word| word == name), "{name}: {example}");
        for file in example.split_whitespace().filter(|word| word.starts_with("examples/")) {
            assert!(root.join(file).exists(), "{name}: {file}");
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}
