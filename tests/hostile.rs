//! Hostile input: whatever is read, the answer is a value or an error that says what is wrong.
//!
//! Every case runs on a thread with a stack of 256 KiB, so that recursion over the size of an input shows, and under a
//! watchdog far above what it needs, so that a hang shows. What is refused must be refused with the expected codes, at
//! places that lie within the text, in a message that is short and prints safely.

#[path = "hostile/checks.rs"]
mod checks;
#[path = "hostile/corequisites.rs"]
mod corequisites;
#[path = "hostile/counting.rs"]
mod counting;
#[path = "hostile/damage.rs"]
mod damage;
#[path = "../benches/generate/mod.rs"]
mod generate;
#[path = "hostile/support.rs"]
mod support;
#[path = "hostile/work.rs"]
mod work;
#[path = "hostile/years.rs"]
mod years;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use credpath::{Catalog, Date, EvaluateOptions, Limits, Pace, PlanOptions, ScheduleOptions, Status};
use support::{
    as_of, credentials, ids, read_record, read_with, record_refused, refused, repeated, small_stack, sound_codes,
    statuses,
};

const SYNTAX: &str = "syntax";
const DUPLICATE_KEY: &str = "duplicate-key";
const UNKNOWN_KEY: &str = "unknown-key";
const MISSING_KEY: &str = "missing-key";
const WRONG_TYPE: &str = "wrong-type";
const INVALID_VALUE: &str = "invalid-value";
const INVALID_AMOUNT: &str = "invalid-amount";
const INVALID_DATE: &str = "invalid-date";
const INVALID_PERIOD: &str = "invalid-period";
const INVALID_ID: &str = "invalid-id";
const INVALID_PART: &str = "invalid-part";
const UNKNOWN_CREDENTIAL: &str = "unknown-credential";
const UNKNOWN_POOL: &str = "unknown-pool";
const CYCLIC_POOL: &str = "cyclic-pool";
const AMBIGUOUS: &str = "ambiguous-requirement";
const NO_COMPONENTS: &str = "no-components";
const LIMIT: &str = "limit-exceeded";

/// As many names for one thing as a default catalog has room for.
const MANY: usize = 20_000;

#[test]
fn text_that_is_not_toml() {
    for text in [
        "[",
        "=",
        "a = ",
        "credential.a = {",
        "[credential.a]\ncredits 3",
        "x = \"\u{1}\"",
        "\u{0}",
        "[credential.\"a]\n",
        "'''",
        "\u{feff}\u{feff}",
    ] {
        refused(&format!("{text:?}"), text, &[SYNTAX]);
    }
    refused("two faults", "a = \n[credential.b]\ncredits = 1e\n", &[SYNTAX]);
    refused("a duplicate table", "[credential.a]\n[credential.a]\n", &[DUPLICATE_KEY]);
    refused("a duplicate key", "[credential.a]\ncost = 1\ncost = 2\n", &[DUPLICATE_KEY]);
    refused("signs", format!("x = {}", "+".repeat(1_000_000)), &[SYNTAX]);
    refused("quotes", format!("x = {}", "\"".repeat(1_000_001)), &[SYNTAX]);
    refused("underscores", format!("credential.a.cost = 1{}", "_1".repeat(1_000_000)), &[INVALID_AMOUNT]);
}

#[test]
fn noise() {
    small_stack("noise", || {
        let mut random = generate::Random::new(1);
        for length in 0..2_000 {
            let bytes: Vec<u8> = (0..length % 300).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
            let text = String::from_utf8_lossy(&bytes);
            // Noise can be a comment by chance, but never a credential.
            assert!(!read_with(&text, &Limits::default()).is_ok_and(|catalog| !catalog.is_empty()), "{text:?}");
            _ = read_record(&text);
        }
    });
}

#[test]
fn names_that_mean_nothing() {
    refused("unknown credential", "[credential.a]\nprerequisite = \"b\"\n", &[UNKNOWN_CREDENTIAL]);
    refused(
        "in a group",
        "[credential.a]\nstack = { all_of = [\"b\", { any_of = [\"c\"] }] }\n",
        &[UNKNOWN_CREDENTIAL],
    );
    refused("in an equivalent", "[catalog]\nequivalent = [[\"a\", \"b\"]]\n[credential.a]\n", &[UNKNOWN_CREDENTIAL]);
    refused("in counts_as", "[credential.a]\ncounts_as = [\"b\"]\n", &[UNKNOWN_CREDENTIAL]);
    refused("in a pool", "[pool.p]\nmembers = [\"a\"]\n", &[UNKNOWN_CREDENTIAL]);
    refused("unknown pool", "[credential.a]\nstack = { credits = 1, from = \"p\" }\n", &[UNKNOWN_POOL]);
    refused("unknown table", "[credentials.a]\n", &[UNKNOWN_KEY]);
    refused("unknown key", "[credential.a]\nexclude = [\"a\"]\n", &[UNKNOWN_KEY]);
    refused("unknown operator", "[credential.a]\nstack = { none_of = [\"a\"] }\n", &[AMBIGUOUS]);
    refused(
        "two operators",
        "[credential.a]\n[credential.b]\nstack = { all_of = [\"a\"], any_of = [\"a\"] }\n",
        &[AMBIGUOUS],
    );
    refused("no operator", "[credential.a]\nstack = {}\n", &[AMBIGUOUS]);
    refused("no members", "[credential.a]\nstack = { credits = 3 }\n", &[MISSING_KEY]);
    refused(
        "a group in a sum",
        "[credential.a]\n[credential.b]\nstack = { credits = 3, from = [{ any_of = [\"a\"] }] }\n",
        &[INVALID_PART],
    );
    refused("while without components", "[credential.a]\nvalid_for = \"while-components\"\n", &[NO_COMPONENTS]);
    for (what, text) in [
        ("a list for a table", "credential = [1]\n"),
        ("a number for a credential", "[credential]\na = 3\n"),
        ("a number for a rule", "[credential.a]\nstack = 3\n"),
        ("a string for a list", "[credential.a]\nstack = { all_of = \"a\" }\n"),
        ("a string for credits", "[credential.a]\ncredits = \"3\"\n"),
        ("a number for a title", "[credential.a]\ntitle = 3\n"),
    ] {
        refused(what, text, &[WRONG_TYPE]);
    }
}

#[test]
fn amounts_that_are_none() {
    for amount in [
        "-1",
        "-0.01",
        "10000000.01",
        "99999999999999999999",
        "1e3",
        "1E400",
        "nan",
        "inf",
        "-inf",
        "0x10",
        "0b1",
        "1.005",
        "0.001",
    ] {
        refused(amount, format!("[credential.a]\ncredits = {amount}\n"), &[INVALID_AMOUNT]);
        refused(amount, format!("[credential.a]\ncost = {amount}\n"), &[INVALID_AMOUNT]);
        refused(
            amount,
            format!("[credential.a]\n[credential.b]\nstack = {{ hours = {amount}, from = [\"a\"] }}\n"),
            &[INVALID_AMOUNT],
        );
        record_refused(amount, format!("[[award]]\ncredential = \"a\"\ncredits = {amount}\n"), &[INVALID_AMOUNT]);
    }
    for count in ["-1", "1.5", "4294967296", "99999999999999999999", "1e3", "nan"] {
        refused(
            count,
            format!("[credential.a]\n[credential.b]\nstack = {{ at_least = {count}, from = [\"a\"] }}\n"),
            &[INVALID_VALUE],
        );
    }
    for level in ["1.5", "99999999999999999999"] {
        refused(level, format!("[credential.a]\nlevel = {level}\n"), &[INVALID_VALUE]);
    }
    for period in ["", "3", "-3 years", "1.5 years", "3 decades", "4294967295 years", "99999999999999999999 days"] {
        refused(period, format!("[credential.a]\nvalid_for = \"{period}\"\n"), &[INVALID_PERIOD]);
    }
}

#[test]
fn sums_beyond_any_single_amount() {
    // Five of these do not fit into 32 bits of hundredths: a sum must neither wrap round nor stop short.
    let mut text = credentials("c", 1_000, "credits = 10000000");
    _ = write!(text, "[credential.sum]\nstack = {{ credits = 10000000, from = [{}] }}\n", ids("c", 1_000));
    for held in [1, 5, 430, 1_000] {
        let held: Vec<String> = (0..held).map(|at| format!("c{at}")).collect();
        let held: Vec<&str> = held.iter().map(String::as_str).collect();
        assert_eq!(statuses("a sum", text.clone(), &held, &["sum"]), [Status::Qualified]);
    }
}

#[test]
fn dates_that_are_none() {
    for date in ["2026-02-30", "2026-13-01", "2026-00-10"] {
        // Whether the reader of TOML or the reader of dates notices is not for the author to know.
        for text in [
            format!("[credential.a]\noffered = {{ from = {date} }}\n"),
            format!("[[award]]\ncredential = \"a\"\nawarded = {date}\n"),
        ] {
            let found =
                small_stack(date, move || (read_with(&text, &Limits::default()).err(), read_record(&text).err()));
            let found: BTreeSet<_> = found.0.into_iter().chain(found.1).flatten().collect();
            assert!(found.contains(SYNTAX) || found.contains(INVALID_DATE), "{date}: {found:?}");
        }
    }
    for date in [
        "0000-01-01",
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05",
        "03:04:05",
        "\"2026-01-02\"",
        "\"soon\"",
        "20260102",
        "true",
    ] {
        refused(date, format!("[credential.a]\noffered = {{ until = {date} }}\n"), &[INVALID_DATE]);
        refused(
            date,
            format!("[credential.a]\n[credential.b]\nstack = {{ any_of = [\"a\"], since = {date} }}\n"),
            &[INVALID_DATE],
        );
        record_refused(date, format!("[[award]]\ncredential = \"a\"\nawarded = {date}\n"), &[INVALID_DATE]);
    }
}

#[test]
fn dates_at_the_ends_of_the_calendar() {
    small_stack("calendar", || {
        let text = "[credential.a]\nvalid_for = \"3 years\"\n[credential.b]\nstack = { any_of = [\"a\"], within = \
                    \"19999 years\", span = \"19999 years\" }\n";
        let catalog = read_with(text, &Limits::default()).expect("a valid catalog");
        let [a, b] = ["a", "b"].map(|id| catalog.credential(id).expect("a known id"));
        for (awarded, judged, status) in [
            ("9999-12-31", "9999-12-31", Status::Qualified),
            ("9998-01-01", "9999-12-31", Status::Qualified),
            ("0001-01-01", "0001-01-01", Status::Qualified),
            ("0001-01-01", "9999-12-31", Status::Locked),
        ] {
            let record =
                read_record(&format!("[[award]]\ncredential = \"a\"\nawarded = {awarded}\n")).expect("a valid record");
            let day = judged.parse().expect("a day");
            let evaluation = catalog.evaluate(&record, day, &EvaluateOptions::default());
            assert_eq!(evaluation.status(b), status, "{awarded} judged on {judged}");
            for id in [a, b] {
                _ = (evaluation.qualified_since(id), evaluation.valid_until(id));
                assert!(!catalog.audit(&record, day, id, &EvaluateOptions::default()).to_string().is_empty());
            }
        }
    });
}

#[test]
fn everything_renews_everything() {
    let chain = |length: usize| -> String {
        (0..length).fold("[credential]\n".to_owned(), |mut text, number| {
            writeln!(text, "c{number:05} = {{ valid_for = '3 years', renews = ['c{:05}'] }}", (number + 1) % length)
                .unwrap();
            text
        })
    };
    refused("a circle of renewals", chain(65), &[LIMIT]);
    // Each of 64 renews all others by one another, and each was awarded on each of many days.
    let catalog = read_with(&chain(64), &Limits::default()).expect("within limits");
    let mut record = String::from("award = [\n");
    for number in 0..64 * 24 {
        let (year, month) = (2024 + number / 768, number / 64 % 12 + 1);
        writeln!(record, "{{ credential = 'c{:05}', awarded = {year}-{month:02}-01 }},", number % 64).unwrap();
    }
    record.push_str("]\n");
    let record = read_record(&record).expect("a record");
    small_stack("renewals", move || {
        let evaluation = catalog.evaluate(&record, as_of(), &EvaluateOptions::default());
        let held = evaluation.statuses().filter(|(_, status)| *status == Status::Held).count();
        assert_eq!(held, 64);
        let first = catalog.credentials().next().expect("there are some").0;
        assert!(catalog.plan(&record, as_of(), first, &PlanOptions::default()).plan().is_some());
    });
}

#[test]
fn windows_at_the_ends_of_the_calendar() {
    let windows =
        |many: usize| repeated(many, |at| format!("{{ from = {:04}-01-01, until = {:04}-12-31 }}, ", at + 1, at + 1));
    refused("windows", format!("[credential.a]\noffered = [{}]\n", windows(101)), &[LIMIT]);
    // A hundred windows that follow each other, every year or once.
    let days = |at: usize| {
        format!(
            "{{ yearly = [\"{:02}-{:02}\", \"{:02}-{:02}\"] }}, ",
            at / 28 + 1,
            at % 28 + 1,
            at / 28 + 1,
            at % 28 + 1
        )
    };
    let text = format!(
        "[credential.a]\noffered = [{}]\n[credential.b]\noffered = [{}]\nprerequisite = \"a\"\n\
         [credential.c]\nstack = \"b\"\noffered = {{ yearly = [\"02-29\", \"02-28\"] }}\n\
         [credential.d]\noffered = [{{ yearly = [\"03-01\", \"02-28\"] }}, {{ from = 9990-02-28 }}]\n",
        repeated(100, days),
        windows(100),
    );
    small_stack("windows", move || {
        let catalog = read_with(&text, &Limits::default()).expect("a valid catalog");
        let c = catalog.credential("c").expect("a known id");
        for day in ["0001-01-01", "0100-12-31", "2026-11-28", "9999-12-30", "9999-12-31"] {
            let day: Date = day.parse().expect("a day");
            let record = read_record("").expect("a record");
            for (id, credential) in catalog.credentials() {
                let offered = &credential.offered;
                let closes = offered.closes(day);
                assert!(closes.is_none_or(|last| day <= last && offered.contains(last)), "{} on {day}", credential.id);
                assert!(offered.opens(day).is_none_or(|first| day < first && offered.contains(first)));
                assert!(!catalog.audit(&record, day, id, &EvaluateOptions::default()).to_string().is_empty());
            }
            let outcome = catalog.plan(&record, day, c, &PlanOptions::default());
            if let Some(plan) = outcome.plan() {
                let options = ScheduleOptions::new(Pace::HoursPerWeek("1".parse().expect("an amount")));
                assert!(!catalog.schedule(&record, plan, &options).to_string().is_empty());
            }
            assert!(!catalog.next_steps(&record, day, c, &PlanOptions::default()).to_string().is_empty());
        }
    });
}

#[test]
fn groups_without_parts() {
    // Findings of a checker, not errors: "all of nothing" is met, "any of nothing" never.
    let text = "[credential.a]\nstack = { all_of = [] }\n[credential.b]\nstack = { any_of = [] }\n\
                [credential.c]\nstack = { at_least = 3, from = [] }\n[credential.d]\nstack = { credits = 1, from = [] \
                }\n\
                [credential.e]\nstack = { at_least = 0, from = [\"b\"] }\n[pool.p]\nmembers = \
                []\n[credential.f]\nstack = { hours = 1, from = \"p\" }\n";
    let found = statuses("empty groups", text.to_owned(), &[], &["a", "b", "c", "d", "e", "f"]);
    let (met, never) = (Status::Qualified, Status::Unattainable);
    assert_eq!(found, [met, never, never, never, met, never]);
}

#[test]
fn nesting() {
    for depth in [100, 10_000, 1_000_000] {
        refused("lists", format!("x = {}", "[".repeat(depth)), &[LIMIT]);
        refused("closed lists", format!("x = {}{}", "[".repeat(depth), "]".repeat(depth)), &[LIMIT]);
        refused("tables", format!("x = {}", "{a=".repeat(depth)), &[LIMIT]);
        refused(
            "rules",
            format!("[credential.a]\nstack = {}\"a\"{}", "{all_of=[".repeat(depth), "]}".repeat(depth)),
            &[LIMIT],
        );
        refused("dotted key", format!("{}a = 1", "a.".repeat(depth)), &[LIMIT]);
        refused("dotted header", format!("[{}a]\n", "a.".repeat(depth)), &[LIMIT]);
        refused("dotted list header", format!("[[{}a]]\n", "a.".repeat(depth)), &[LIMIT]);
        refused("dotted key in a table", format!("x = {{ {}a = 1 }}", "a.".repeat(depth)), &[LIMIT]);
        refused("dotted key in a table in a list", format!("x = [{{ {}a = 1 }}]", "a.".repeat(depth)), &[LIMIT]);
    }
    // As deep as is admitted: thirty groups within each other.
    let deep =
        format!("[credential.a]\n[credential.b]\nstack = {}\"a\"{}\n", "{ any_of = [".repeat(30), "] }".repeat(30));
    assert_eq!(statuses("thirty groups", deep, &["a"], &["b"]), [Status::Qualified]);
}

#[test]
fn texts_that_unfold() {
    let header = |at: usize| format!("[h{at}{}]\n", ".a".repeat(60));
    refused("headers", repeated(30_000, header), &[LIMIT]);
    refused("tables", repeated(700_000, |at| format!("[t{at}]\n")), &[LIMIT]);
    refused("a list", format!("x = [{}]", "1,".repeat(4_000_000)), &[LIMIT]);
    refused("50 MB of values", format!("x = [{}]", "1,".repeat(25_000_000)), &[LIMIT]);
    refused("50 MB of one string", format!("x = \"{}\"", "a".repeat(50_000_000)), &[LIMIT]);
    refused("50 MB of blanks", " ".repeat(50_000_000), &[LIMIT]);
    refused("9 MB of comments", "#\n".repeat(4_500_000), &[LIMIT]);
    refused("credentials", credentials("c", 20_001, ""), &[LIMIT]);
    record_refused("a large record", "[[award]]\ncredential = \"a\"\n".repeat(50_000), &[LIMIT]);
    let comments = small_stack("8 MB of comments", || {
        read_with(&"#\n".repeat(4_000_000), &Limits::default()).map(|catalog| catalog.len())
    });
    assert_eq!(comments, Ok(0));
}

#[test]
fn faults_by_the_thousand() {
    // Each fault is cheap to find and to explain, and no more than a few hundred are listed.
    let body = "prerequisite = { all_of = [\"x1\", \"y2\", \"z3\", \"cc4\", \"c5x\"] }\nnone = 1\ncost = -1";
    refused("faults", credentials("c", 20_000, body), &[UNKNOWN_CREDENTIAL, UNKNOWN_KEY, INVALID_AMOUNT]);
    let keys = repeated(150_000, |at| format!("k{at} = 1\n"));
    refused("unknown keys", format!("[catalog]\n{keys}"), &[UNKNOWN_KEY]);
    refused("duplicate keys", format!("[catalog]\n{keys}{keys}"), &[DUPLICATE_KEY]);
    refused("one key again and again", format!("[catalog]\n{}", "title = \"a\"\n".repeat(200_000)), &[DUPLICATE_KEY]);
    refused("broken lines", "a = \n".repeat(500_000), &[SYNTAX]);
    refused(
        "one long line",
        format!("[catalog]\ntitle = \"{}\" {}", "a".repeat(4_000_000), "x".repeat(1000)),
        &[SYNTAX],
    );
}

#[test]
fn long_lists() {
    // Two long lists, each harmless alone, that a careless reader compares member by member.
    let list = |n: usize, what: &str| (0..n).map(|at| format!("\"{what}{at}\"")).collect::<Vec<_>>().join(",");
    let (these, others) = (list(300_000, "t"), list(300_000, "u"));
    let lists = [
        ("grades", format!("[catalog]\ngrades = [{these},{others}]\n[credential.a]\n")),
        (
            "tags",
            format!(
                "[credential.a]\ntags = [{these}]\n[credential.b]\nstack = {{ at_least = 1, from = {{ tags = \
                 [{others}] }} }}\n"
            ),
        ),
        (
            "issuers",
            format!(
                "[credential.a]\n[credential.b]\nstack = {{ issuer = [{these}], all_of = [{{ issuer = [{others}], \
                 all_of = [\"a\"] }}] }}\n"
            ),
        ),
    ];
    for (what, text) in lists {
        assert_eq!(statuses(what, text, &[], &["a"]), [Status::Eligible], "{what}");
    }
}

#[test]
fn many_filters() {
    // Many filters, each with many tags, over many credentials with many tags.
    let tags = |from: usize| (from..from + 10).map(|at| format!("\"t{at}\"")).collect::<Vec<_>>().join(",");
    let tagged = repeated(10_000, |at| format!("[credential.c{at}]\ntags = [{}]\n", tags(at)));
    let filter = |at: usize| {
        format!("[credential.f{at}]\nstack = {{ at_least = 1, from = {{ tags = [{}] }} }}\n", tags(50_000 + at))
    };
    assert_eq!(
        statuses("filters", format!("{tagged}{}", repeated(9_000, filter)), &[], &["f7"]),
        [Status::Unattainable]
    );
}

#[test]
fn a_pool_of_many_pools() {
    // A pool that draws on each of very many others.
    let groups = (0..30_000).map(|at| format!("{{ at_least = 1, from = \"p{at}\" }}")).collect::<Vec<_>>().join(", ");
    let pools = repeated(30_000, |at| format!("[pool.p{at}]\nmembers = [\"a\"]\n"));
    let text = format!(
        "[credential.a]\n{pools}[pool.all]\nmembers = [{groups}]\n[credential.b]\nstack = {{ at_least = 30000, from = \
         \"all\" }}\n"
    );
    assert_eq!(statuses("many pools", text, &["a"], &["b"]), [Status::Qualified]);
}

#[test]
fn many_sums_over_a_chain_of_names() {
    // Very many sums over the end of a long chain of names.
    let chain = repeated(5_000, |at| format!("[credential.c{at}]\ncounts_as = \"c{}\"\n", at + 1));
    let sums = vec!["{ credits = 1, from = [\"c5000\"] }"; 50_000].join(", ");
    let text = format!("{chain}[credential.c5000]\ncredits = 1\n[credential.b]\nstack = {{ all_of = [{sums}] }}\n");
    assert_eq!(statuses("sums over names", text, &["c0"], &["c5000", "b"]), [Status::Held, Status::Qualified]);
}

#[test]
fn many_misspelt_names() {
    // Very many misspelt names, each of which might be likened to each of very many others.
    let long = "a".repeat(50);
    let text = credentials(
        &long,
        8_000,
        &format!("prerequisite = {{ any_of = [\"{0}x\", \"{0}yyyyyyyyy\"] }}", "b".repeat(40)),
    );
    refused("misspelt names", text, &[UNKNOWN_CREDENTIAL]);
}

#[test]
fn pools_of_pools() {
    // Ten pools, each of ten groups over the one before: ten thousand million credentials when written out.
    let mut text = credentials("c", 10, "credits = 1");
    _ = write!(text, "[pool.p0]\nmembers = [{}]\n", ids("c", 10));
    for pool in 1..10 {
        let group = format!("{{ at_least = 1, from = \"p{}\" }}", pool - 1);
        _ = write!(text, "[pool.p{pool}]\nmembers = [{}]\n", vec![group; 10].join(", "));
    }
    text += "[credential.top]\nstack = { at_least = 1, from = \"p9\" }\n";
    refused("a pool that unfolds", text, &[LIMIT]);

    refused("a pool of itself", "[pool.p]\nmembers = [{ at_least = 1, from = \"p\" }]\n", &[CYCLIC_POOL]);
    let linked = |at: usize, next: usize| format!("[pool.p{at}]\nmembers = [{{ at_least = 1, from = \"p{next}\" }}]\n");
    refused("a ring of pools", repeated(1_000, |at| linked(at, (at + 1) % 1_000)), &[CYCLIC_POOL]);
    let chain = repeated(20_000, |at| linked(at, at + 1));
    let user = "[credential.a]\n[credential.b]\nstack = { at_least = 1, from = \"p0\" }\n";
    refused("a chain of pools", format!("{user}[pool.p20000]\nmembers = [\"a\"]\n{chain}"), &[LIMIT]);

    // A large pool used by everything: written once, unfolded 10,000 times.
    let users = credentials("u", 10_000, "stack = { at_least = 1, from = \"all\" }");
    refused(
        "a shared pool",
        format!("{}[pool.all]\nmembers = [{}]\n{users}", credentials("c", 5_000, ""), ids("c", 5_000)),
        &[LIMIT],
    );
}

#[test]
fn a_chain_of_a_hundred_thousand() {
    let chain = || generate::chain(100_000);
    assert_eq!(
        statuses("a chain", chain(), &[], &["c0", "c1", "c99999"]),
        [Status::Eligible, Status::Locked, Status::Locked]
    );
    assert_eq!(
        statuses("a chain", chain(), &["c0"], &["c0", "c1", "c2"]),
        [Status::Held, Status::Eligible, Status::Locked]
    );
    assert_eq!(statuses("a cycle", generate::cycle(100_000), &[], &["c0", "c99999"]), [Status::Unattainable; 2]);
    assert_eq!(
        statuses("a cycle", generate::cycle(100_000), &["c5"], &["c6", "c5", "c99999"]),
        [Status::Eligible, Status::Held, Status::Locked]
    );
    let stacks = repeated(50_000, |at| format!("[credential.c{at}]\nstack = \"c{}\"\n", (at + 1) % 50_000));
    assert_eq!(statuses("a cycle of stacks", stacks, &[], &["c0", "c49999"]), [Status::Unattainable; 2]);
}

#[test]
fn a_cascade_of_a_hundred_thousand() {
    let (qualified, since, until, audit) = small_stack("a cascade", || {
        let catalog = read_with(&generate::cascade(100_000), &Limits::large()).expect("a valid catalog");
        let record = read_record("[[award]]\ncredential = \"c0\"\nawarded = 2020-01-01\nvalid_until = 2030-01-01\n")
            .expect("a valid record");
        let evaluation = catalog.evaluate(&record, as_of(), &EvaluateOptions::default());
        let top = catalog.credential("c99999").expect("a known id");
        let audit = catalog.audit(&record, as_of(), top, &EvaluateOptions::default()).to_string();
        (evaluation.qualified().count(), evaluation.qualified_since(top), evaluation.valid_until(top), audit)
    });
    assert_eq!((qualified, since, until), (99_999, Date::new(2020, 1, 1), Date::new(2030, 1, 1)));
    assert!(audit.contains("c99999"));
}

#[test]
fn sixty_four_layers_of_diamonds() {
    let met = statuses("diamonds", generate::diamonds(64), &["a0", "b0"], &["a64"]);
    assert_eq!(met, [Status::Qualified]);
    assert_eq!(
        statuses("diamonds", generate::diamonds(64), &["a0"], &["a1", "a64"]),
        [Status::Started, Status::Locked]
    );
    let lengths = small_stack("audits of diamonds", || {
        let catalog = read_with(&generate::diamonds(64), &Limits::default()).expect("a valid catalog");
        let top = catalog.credential("a64").expect("a known id");
        [vec!["a0", "b0"], vec!["a0"]].map(|held| {
            catalog.audit(&held.into_iter().collect(), as_of(), top, &EvaluateOptions::default()).to_string().len()
        })
    });
    assert!(lengths.iter().all(|length| (1..64 * 1024).contains(length)), "audits of {lengths:?} bytes");
}

#[test]
fn equivalents_by_the_thousand() {
    // All of them together are one member: they add one credit.
    let all: Vec<String> = (0..MANY).map(|at| format!("c{at}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let pool = format!("[catalog]\nequivalent = [[{0}]]\n[pool.all]\nmembers = [{0}]\n", ids("c", MANY));
    let sums = "[credential.one]\nstack = { credits = 1, from = \"all\" }\n[credential.two]\nstack = { credits = 2, \
                from = \"all\" }\n";
    let text = format!("{pool}{}{sums}", credentials("c", MANY, "credits = 1"));
    for held in [&all[..1], &all[..]] {
        let found = statuses("equivalents", text.clone(), held, &["c0", "c19999", "one", "two"]);
        assert_eq!(found, [Status::Held, Status::Held, Status::Qualified, Status::Unattainable]);
    }
}

#[test]
fn names_by_the_thousand() {
    let all: Vec<String> = (0..MANY).map(|at| format!("c{at}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let name = |at: usize| format!("[credential.c{at}]\ncounts_as = [\"c{}\"]\n", (at + 1) % MANY);
    let ring = repeated(MANY, name);
    let chain = repeated(MANY - 1, name) + "[credential.c19999]\n";
    assert_eq!(statuses("a ring of names", ring.clone(), &["c7"], &["c6", "c7", "c8"]), [Status::Held; 3]);
    assert_eq!(
        statuses("a chain of names", chain.clone(), &["c7"], &["c6", "c7", "c19999"]),
        [Status::Eligible, Status::Held, Status::Held]
    );
    assert_eq!(statuses("a ring of names", ring, &all, &["c0", "c19999"]), [Status::Held; 2]);
    assert_eq!(statuses("a chain of names", chain, &all, &["c0", "c19999"]), [Status::Held; 2]);
}

#[test]
fn choices_without_number() {
    // 20 of 40 has 137,846,528,820 ways.
    let all: Vec<String> = (0..40).map(|at| format!("c{at}")).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let choose = format!(
        "{}[credential.top]\nstack = {{ at_least = 20, from = [{}] }}\n",
        credentials("c", 40, "credits = 3"),
        ids("c", 40)
    );
    assert_eq!(statuses("20 of 40", choose.clone(), &all[..19], &["top"]), [Status::Started]);
    assert_eq!(statuses("20 of 40", choose, &all[..20], &["top"]), [Status::Qualified]);

    // Forty awards, each of which counts as one of four others in a sum with a cap: the search for the best assignment
    // may end undecided, and it ends, however many such sums there are, but it is never wrong. The awards add at most
    // their forty credits; ten are within the reach of any assignment.
    let names = |at: usize| {
        let of = [1, 3, 7, 12].map(|step| format!("\"m{}\"", (at * 5 + step) % 40)).join(", ");
        format!("[credential.c{at}]\ncounts_as = [{of}]\n")
    };
    let members = repeated(40, |at| format!("[credential.m{at}]\ncredits = {}\n", 1 + at % 3));
    let sum = |need: usize, shift: usize| {
        let member = |at: usize| format!("\"m{}\"", (at + shift) % 40);
        let (free, capped): (Vec<_>, Vec<_>) = ((0..25).map(member).collect(), (25..40).map(member).collect());
        let (free, capped) = (free.join(", "), capped.join(", "));
        format!("{{ credits = {need}, from = [{free}, {{ up_to = 9, from = [{capped}] }}] }}")
    };
    for (need, possible) in
        [(10, [Status::Qualified, Status::Undecided]), (1000, [Status::Unattainable, Status::Undecided])]
    {
        let one = format!("[credential.top]\nstack = {}\n", sum(need, 0));
        let found = statuses("a hard sum", format!("{}{members}{one}", repeated(40, names)), &all, &["top"]);
        assert!(possible.contains(&found[0]), "{need} credits: {found:?}");
    }
    let many = repeated(400, |at| format!("[credential.top{at}]\nstack = {}\n", sum(60, at)));
    let found = statuses("hard sums", format!("{}{members}{many}", repeated(40, names)), &all, &["top0", "top399"]);
    assert!(found.iter().all(|status| *status != Status::Held && *status != Status::Eligible), "{found:?}");
}

#[test]
fn ids_that_deceive() {
    let long = "a".repeat(10_000);
    for id in ["", " a", "a ", "a\\u001bb", "a\\u0000", "a\\nb", "a\\u202eb", "a\\u2066b", "a\\u200fb", &long] {
        refused(id, format!("[credential.\"{id}\"]\n"), &[INVALID_ID]);
    }
    // Fair ids in any script, told apart by their bytes.
    let found =
        statuses("scripts", "[credential.é]\n[credential.\"数据\"]\n".replace("é", "\"é\""), &["é"], &["é", "数据"]);
    assert_eq!(found, [Status::Held, Status::Eligible]);
    // Deceitful text elsewhere is shown harmlessly.
    refused(
        "a title",
        "[credential.a]\ntitle = \"\\u001b[2J\\u202e\"\nprerequisite = \"\\u001b[31m\\u202eb\"\n",
        &[UNKNOWN_CREDENTIAL],
    );
    refused("raw bidi", "[credential.a]\n# \u{202e}\nprerequisite = \"\u{202e}b\" # \u{2066}\n", &[UNKNOWN_CREDENTIAL]);
    refused(
        "a long name",
        format!("[credential.a]\nprerequisite = \"{}\"\n", "数".repeat(100_000)),
        &[UNKNOWN_CREDENTIAL],
    );
    refused("a long key", format!("[credential.a]\n{long} = 1\n"), &[UNKNOWN_KEY]);
}

#[test]
fn what_stands_before_a_fault() {
    for (what, before, line) in [
        ("nothing", "", 2),
        ("a byte order mark", "\u{feff}", 2),
        ("carriage returns", "# one\r\n\r\n", 4),
        ("tabs", "\t\t# tabs\n", 3),
        ("wide characters", "# 数据分析 👩‍🎓 e\u{301}\n", 3),
    ] {
        for fault in [
            "prerequisite = \"b\"",
            "\tprerequisite\t=\t\"b\"\r",
            "title = \"数据\"\r\nprerequisite = \"\u{1f469}\u{200d}\u{1f393}\" # 数",
        ] {
            let text = format!("{before}[credential.a]\n{fault}\n");
            let expected = line + fault.matches("\r\n").count();
            let found = small_stack(what, move || {
                let error = Catalog::parse("hostile.toml", &text).expect_err("an unknown credential");
                sound_codes(&text, error.diagnostics(), &error.to_string());
                error.report().position(error.diagnostics()[0].primary.span.start).0
            });
            assert_eq!(found, expected, "{what}, {fault:?}");
        }
    }
}

#[test]
fn records_that_lie() {
    let status = |awards: &str| {
        let text = format!("[[award]]\ncredential = \"a\"\n{awards}\n");
        small_stack("a lie", move || {
            let catalog = read_with("[credential.a]\n[credential.b]\nstack = \"a\"\n", &Limits::default())
                .expect("a valid catalog");
            let record = read_record(&text)?;
            let evaluation = catalog.evaluate(&record, as_of(), &EvaluateOptions::default());
            let [a, b] = ["a", "b"].map(|id| catalog.credential(id).expect("a known id"));
            assert!(!catalog.audit(&record, as_of(), b, &EvaluateOptions::default()).to_string().is_empty());
            Ok::<_, BTreeSet<&str>>([evaluation.status(a), evaluation.status(b)])
        })
    };
    let held = Ok([Status::Held, Status::Qualified]);
    let nothing = Ok([Status::Eligible, Status::Locked]);
    let award = "[[award]]\ncredential = \"a\"\nawarded = 2020-01-01\n";
    assert_eq!(status(&format!("awarded = 2020-01-01\n{award}{award}")), held, "said three times");
    assert_eq!(status("awarded = 2030-01-01"), nothing, "awarded in the future");
    assert_eq!(status("awarded = 2020-01-01\nstatus = \"revoked\""), nothing, "revoked");
    assert_eq!(status("awarded = 2020-01-01\n[[award]]\ncredential = \"nowhere\""), held, "unknown beside known");
    assert_eq!(status("awarded = 2020-01-01\nvalid_until = 2019-01-01"), nothing, "expired before it was issued");
    assert_eq!(status("status = \"stolen\""), Err([INVALID_VALUE].into()));
    assert_eq!(status("waiver = true"), Err([UNKNOWN_KEY].into()));
    record_refused("an award of nothing", "[[award]]\nawarded = 2020-01-01\n", &[MISSING_KEY]);
    record_refused("a number", "award = 3\n", &[WRONG_TYPE]);
    record_refused("no TOML", "award = [", &[SYNTAX]);
}
