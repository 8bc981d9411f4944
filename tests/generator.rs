//! The generator reaches the corners it is made for, and the reference agrees with examples worked by hand and
//! with slower ways to the same answers.
#![allow(clippy::pedantic, reason = "a plain list of cases")]

mod reference;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use reference::evaluate::*;
use reference::features::{ALL, interesting};
use reference::generate::{Case, case};
use reference::model::*;
use std::collections::{BTreeMap, BTreeSet};

/// The same cases every time.
fn cases(n: usize) -> impl Iterator<Item = Case> {
    let mut runner = TestRunner::deterministic();
    let strategy = case();
    (0..n).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

/// Every feature comes up in at least 4 of 2,000 cases, and those that matter most far more often.
#[test]
fn the_generator_reaches_the_corners() {
    let often = BTreeMap::from([
        ("Held", 600),
        ("Qualified", 200),
        ("InProgress", 150),
        ("Lapsed", 150),
        ("Unattainable", 400),
        ("Eligible", 400),
        ("Started", 40),
        ("Locked", 250),
        ("held by another name", 200),
        ("qualified by another name", 40),
        ("attainable by repetition", 20),
        ("attainable by claiming", 10),
        ("qualified in a chain", 40),
        ("qualified_since finite", 200),
        ("valid_until finite", 60),
        ("begins on the as-of date", 10),
        ("last valid day is as-of", 40),
        ("month-end clamp", 20),
        ("while-components current", 60),
        ("while-components not current", 100),
        ("self reference", 60),
        ("cycle", 300),
        ("sum contested", 25),
        ("sum tight", 30),
        ("up_to decides", 12),
        ("span decides", 15),
        ("span of a sum decides", 6),
        ("nested span decides", 4),
        ("within decides", 50),
        ("since decides", 40),
        ("grade decides", 50),
        ("issuer decides", 50),
        ("lapsed decides", 40),
        ("equivalent decides", 200),
        ("counts_as decides", 200),
        ("repeatable decides", 30),
        ("own amount decides", 15),
        ("filter decides", 20),
        ("pool decides", 40),
    ]);
    let mut counts: BTreeMap<&str, usize> = ALL.iter().map(|name| (*name, 0)).collect();
    for case in cases(2000) {
        for name in interesting(&case) {
            *counts.get_mut(name).unwrap() += 1;
        }
    }
    let least = |name: &str| often.get(name).copied().unwrap_or(4);
    let rare: Vec<_> = counts.iter().filter(|(name, count)| **count < least(name)).collect();
    assert!(rare.is_empty(), "too rare: {rare:?}\nof {counts:#?}");
    assert!(often.keys().all(|name| counts.contains_key(name)));
}

/// Looking only at the days on which something can change gives what looking at every day gives.
#[test]
fn days_of_change_are_all_that_matter() {
    for case in cases(150) {
        let Case { catalog, record, as_of } = &case;
        assert_eq!(evaluate(catalog, record, *as_of), evaluate_every_day(catalog, record, *as_of, 900), "{case:?}");
    }
}

/// For `span`, windows of dates give what every set of awards gives.
#[test]
fn windows_are_all_that_matter_for_span() {
    let mut compared = 0;
    for case in cases(4000) {
        let Case { catalog, record, as_of } = &case;
        let small = catalog.credentials.len() <= 4 && record.awards.len() <= 4;
        if small && interesting_span(catalog) {
            compared += 1;
            let mut rules = Rules::new(catalog);
            rules.every_choice_for_span = true;
            let days = days_of_change(catalog, record);
            assert_eq!(evaluate(catalog, record, *as_of), evaluate_on(&rules, record, *as_of, &days), "{case:?}");
        }
    }
    assert!(compared > 200, "{compared}");
}

fn interesting_span(catalog: &Catalog) -> bool {
    let rules = catalog.credentials.values().flat_map(|c| c.prerequisite.iter().chain(&c.stack));
    rules.into_iter().any(|rule| format!("{rule:?}").contains("span: Some"))
}

/// A later date plus a period is never earlier, although months are clamped: windows rest on it.
#[test]
fn adding_a_period_keeps_the_order_of_dates() {
    let mut d = date(2023, 12, 1);
    for _ in 0..500 {
        for period in [days(1), weeks(2), months(1), months(2), months(13), years(1), years(4)] {
            assert!(d.plus(period) <= d.next().plus(period));
        }
        assert_eq!(d.next().previous(), d);
        d = d.next();
    }
}

/// Law L2, and 4.3: what is qualified can be conferred in some order.
#[test]
fn more_never_hurts_and_orders_exist() {
    for case in cases(1500) {
        let Case { catalog, record, as_of } = &case;
        let before = evaluate(catalog, record, *as_of);
        let mut order: Vec<Id> = Vec::new();
        while let Some(next) = before.qualified.iter().find(|id| {
            !order.contains(id)
                && can_be_conferred_in_order(catalog, record, *as_of, &[order.as_slice(), &[id]].concat())
        }) {
            order.push(next);
        }
        assert_eq!(order.iter().copied().collect::<BTreeSet<Id>>(), before.qualified, "{case:?}");
        for id in catalog.credentials.keys() {
            let mut more = record.clone();
            more.awards.push(award(id, *as_of));
            let after = evaluate(catalog, &more, *as_of);
            for (id, v) in &before.verdicts {
                let now = &after.verdicts[id];
                assert!(v.prerequisite_met <= now.prerequisite_met && v.stack_met <= now.stack_met, "{id} in {case:?}");
            }
        }
    }
}

// Examples worked by hand.

fn catalog(credentials: Vec<Credential>) -> Catalog {
    Catalog { credentials: credentials.into_iter().map(|c| (c.id, c)).collect(), ..Catalog::default() }
}

fn stack(id: Id, rule: Rule) -> Credential {
    Credential { stack: Some(rule), ..credential(id) }
}

fn carrying(id: Id, credits: Amount) -> Credential {
    Credential { credits, ..credential(id) }
}

fn status(catalog: &Catalog, awards: &[Award], id: Id) -> &'static str {
    evaluate(catalog, &Record { awards: awards.to_vec() }, NOW).verdicts[id].status
}

const NOW: Date = Date { year: 2026, month: 3, day: 1 };

#[test]
fn validity_ends_before_the_anniversary() {
    let a = Credential { valid_for: ValidFor::Period(years(3)), ..credential("a") };
    let c = catalog(vec![a, stack("s", leaf("a"))]);
    let awards = vec![award("a", date(2021, 3, 1))];
    let on = |day| evaluate(&c, &Record { awards: awards.clone() }, day).verdicts;
    let last = date(2024, 2, 29);
    assert_eq!(on(last)["a"].status, "Held");
    assert_eq!(on(last.next())["a"].status, "Lapsed");
    assert_eq!(on(last)["s"].qualified_since, Some(date(2021, 3, 1)));
    assert_eq!(on(last)["s"].valid_until, Some(last));
    assert_eq!(on(date(2021, 2, 28))["a"].status, "Eligible");
}

#[test]
fn cycles_support_nothing() {
    let mut c = catalog(vec![stack("p", leaf("q")), stack("q", leaf("p")), stack("v", group(Kind::AllOf, vec![]))]);
    assert_eq!(status(&c, &[], "p"), "Unattainable");
    assert_eq!(status(&c, &[], "v"), "Qualified");
    assert_eq!(status(&c, &[award("p", NOW)], "q"), "Qualified");
    // 3.3: an issued award does not hold up its own components.
    for credential in c.credentials.values_mut() {
        credential.valid_for = ValidFor::WhileComponents;
    }
    assert_eq!(status(&c, &[award("p", NOW), award("q", NOW)], "p"), "Unattainable");
    assert_eq!(status(&c, &[award("v", NOW)], "v"), "Held");
}

#[test]
fn a_unit_and_a_member_add_once() {
    let up_to = |cap, parts| group(Kind::UpTo(cap), parts);
    let sum = |need, parts| group(Kind::Credits(need), parts);
    let all = |rule| catalog(vec![carrying("a", 300), carrying("b", 1200), stack("s", rule)]);
    let met = |c: &Catalog, ids: &[Id]| {
        let awards = ids.iter().map(|id| award(id, NOW)).collect();
        evaluate(c, &Record { awards }, NOW).verdicts["s"].met
    };
    // 12 credits under up_to = 10 add 10.
    assert!(met(&all(sum(1000, vec![up_to(1000, vec![leaf("b")])])), &["b"]));
    assert!(!met(&all(sum(1001, vec![up_to(1000, vec![leaf("b")])])), &["b"]));
    // The same credential in two places adds in one, the better one.
    assert!(!met(&all(sum(400, vec![leaf("a"), up_to(100, vec![leaf("a")])])), &["a", "a"]));
    assert!(met(&all(sum(300, vec![up_to(100, vec![leaf("a")]), leaf("a")])), &["a"]));
    // Two equivalents are one member and one unit.
    let mut c = all(sum(1201, vec![leaf("a"), leaf("b")]));
    assert!(met(&c, &["a", "b"]));
    c.equivalent = vec![vec!["a", "b"]];
    assert!(!met(&c, &["a", "b"]));
    // A repeatable one adds once per award.
    let mut c = all(sum(900, vec![leaf("a")]));
    assert!(!met(&c, &["a", "a", "a"]));
    assert_eq!(status(&c, &[], "s"), "Unattainable");
    c.credentials.get_mut("a").unwrap().repeatable = true;
    assert!(met(&c, &["a", "a", "a"]));
    assert!(!met(&c, &["a", "a"]));
    assert_eq!(status(&c, &[], "s"), "Locked");
    // By counts_as an award may serve the one or the other, whichever is needed.
    let mut c = all(sum(1500, vec![leaf("a"), leaf("b")]));
    c.credentials.insert("d", Credential { counts_as: vec!["a", "b"], ..credential("d") });
    assert!(!met(&c, &["d"]));
    assert!(met(&c, &["d", "a"]) && met(&c, &["d", "b"]));
}

#[test]
fn span_needs_dates_close_together() {
    let rule = Part::Group {
        kind: Kind::AtLeast(2),
        members: Members::List(vec![leaf("a"), leaf("b"), leaf("c")]),
        conditions: Conditions::default(),
        span: Some(days(7)),
    };
    let c = catalog(vec![credential("a"), credential("b"), credential("c"), stack("s", rule)]);
    let on = |id, n| award(id, NOW.minus_days(n));
    assert_eq!(status(&c, &[on("a", 20), on("b", 12), on("c", 4)], "s"), "Started");
    assert_eq!(status(&c, &[on("a", 20), on("b", 12), on("c", 5)], "s"), "Qualified");
    assert_eq!(status(&c, &[on("a", 20), on("b", 12), on("a", 12)], "s"), "Qualified");
    let undated = Award { awarded: None, ..award("a", NOW) };
    assert_eq!(status(&c, &[undated.clone(), on("b", 12)], "s"), "Started");
}

#[test]
fn conditions_and_names() {
    let mut graded = catalog(vec![
        Credential { counts_as: vec!["b"], issuer: Some("x"), ..credential("a") },
        Credential { offered_until: Some(NOW.previous()), ..credential("b") },
        stack(
            "s",
            leaf_if(
                "b",
                Conditions { grade: Some(Grade::Text("B")), issuer: Some(vec!["x"]), ..Conditions::default() },
            ),
        ),
        stack("w", leaf_if("b", Conditions { within: Some(months(1)), ..Conditions::default() })),
        Credential { prerequisite: Some(leaf("s")), ..credential("n") },
    ]);
    graded.grades = Some(vec!["C", "B", "A"]);
    let a = |grade| Award { grade: Some(Grade::Text(grade)), ..award("a", date(2026, 2, 1)) };
    assert_eq!(status(&graded, &[a("C")], "s"), "Locked"); // a can be retaken
    assert_eq!(status(&graded, &[a("A")], "s"), "Qualified");
    assert_eq!(status(&graded, &[a("A")], "b"), "Held");
    assert_eq!(status(&graded, &[a("A")], "n"), "Eligible");
    assert_eq!(status(&graded, &[a("A")], "w"), "Qualified"); // 2026-02-01 and a month is the as-of date
    let elsewhere = Award { issuer: Some("y"), ..a("A") };
    assert_eq!(status(&graded, &[elsewhere], "s"), "Locked");
    graded.credentials.get_mut("a").unwrap().offered_until = Some(NOW.previous());
    assert_eq!(status(&graded, &[], "s"), "Unattainable");
    assert_eq!(status(&graded, &[Award { status: AwardStatus::InProgress, ..award("a", NOW) }], "b"), "InProgress");
    assert_eq!(status(&graded, &[Award { status: AwardStatus::InProgress, ..award("a", NOW) }], "s"), "Locked");
}
