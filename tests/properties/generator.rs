//! The generator reaches the corners it is made for, and the reference agrees with examples worked by hand and
//! with slower ways to the same answers.
#![allow(clippy::pedantic, reason = "a plain list of cases")]

use crate::reference::edition::Edition;
use crate::reference::evaluate::*;
use crate::reference::features::{ALL, ALL_OF_CLAIMS, interesting, interesting_claims};
use crate::reference::generate::{Case, ClaimsCase, case_of, claims_case_of};
use crate::reference::model::*;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use std::collections::{BTreeMap, BTreeSet};

/// The same cases every time, of the first edition.
fn first_cases(n: usize) -> impl Iterator<Item = Case> {
    cases_of(Edition::FIRST, n)
}

fn cases_of(edition: Edition, n: usize) -> impl Iterator<Item = Case> {
    let mut runner = TestRunner::deterministic();
    let strategy = case_of(edition);
    (0..n).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

/// The same cases every time, of both editions by turns.
fn cases(n: usize) -> impl Iterator<Item = Case> {
    first_cases(n / 2).zip(cases_of(Edition::second(), n / 2)).flat_map(|(first, second)| [first, second])
}

/// The earned view by these rules.
fn on_change(rules: &Rules, case: &Case) -> Outcome {
    let Case { catalog, record, as_of } = case;
    let days = days_of_change(catalog, record, *as_of, View::Earned);
    evaluate_on(rules, *as_of, View::Earned, &days)
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
        ("distinct decides", 120),
        ("distinct decides attainability", 50),
        ("distinct decides in a nested group", 20),
        ("distinct over groups decides", 40),
        ("distinct with a sum decides", 8),
        ("distinct with a span decides", 40),
        ("distinct met and tight", 8),
        ("distinct, several awards of a unit decide", 25),
        ("distinct, met by repetition", 15),
        ("waiver decides", 200),
        ("waived group decides", 25),
        ("waived sum decides", 12),
        ("waived component decides", 100),
        ("waived equivalent component decides", 8),
        ("waiver in a distinct group decides", 50),
        ("waiver with a span decides", 30),
        ("waiver without a place", 100),
        ("substitution decides", 150),
        ("substitution within decides", 30),
        ("substitution of an unknown id within decides", 8),
        ("substitution without a place", 40),
        ("held by substitution", 80),
        ("unknown award counts", 40),
        ("first view in progress", 150),
        ("first view planned", 80),
        ("met in a view, not for ever", 50),
    ]);
    let mut counts: BTreeMap<&str, usize> = ALL.iter().map(|name| (*name, 0)).collect();
    for case in first_cases(2000) {
        for name in interesting(&case) {
            *counts.get_mut(name).unwrap() += 1;
        }
    }
    let least = |name: &str| often.get(name).copied().unwrap_or(4);
    let rare: Vec<_> = counts.iter().filter(|(name, count)| **count < least(name)).collect();
    assert!(rare.is_empty(), "too rare: {rare:?}\nof {counts:#?}");
    assert!(often.keys().all(|name| counts.contains_key(name)));
}

fn claims_cases(edition: Edition, n: usize) -> impl Iterator<Item = ClaimsCase> {
    let mut runner = TestRunner::deterministic();
    let strategy = claims_case_of(edition);
    (0..n).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

/// Policies decide often, and for many reasons.
#[test]
fn claims_are_contested() {
    let often = BTreeMap::from([
        ("policy decides", 200),
        ("max_awards decides", 80),
        ("max_credits decides", 50),
        ("fixed claim decides", 25),
        ("credits break a tie", 40),
        ("ids break a tie", 20),
        ("three targets hold together", 200),
        ("not every way of counting will do", 70),
    ]);
    let mut counts: BTreeMap<&str, usize> = ALL_OF_CLAIMS.iter().map(|name| (*name, 0)).collect();
    for case in claims_cases(Edition::FIRST, 2000) {
        for name in interesting_claims(&case) {
            *counts.get_mut(name).unwrap() += 1;
        }
    }
    let least = |name: &str| often.get(name).copied().unwrap_or(4);
    let rare: Vec<_> = counts.iter().filter(|(name, count)| **count < least(name)).collect();
    assert!(rare.is_empty(), "too rare: {rare:?}\nof {counts:#?}");
}

/// Looking only at the days on which something can change gives what looking at every day gives.
#[test]
fn days_of_change_are_all_that_matter() {
    for (i, case) in cases(150).enumerate() {
        let Case { catalog, record, as_of } = &case;
        let view = [View::Earned, View::InProgress, View::Earned, View::Planned][i / 2 % 4];
        let every_day = evaluate_every_day(catalog, record, *as_of, view, 1300);
        assert_eq!(evaluate(catalog, record, *as_of, view), every_day, "{view:?} {case:?}");
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
            let mut rules = Rules::new(catalog, record);
            rules.every_choice_for_span = true;
            assert_eq!(evaluate(catalog, record, *as_of, View::Earned), on_change(&rules, &case), "{case:?}");
        }
    }
    assert!(compared > 200, "{compared}");
}

fn interesting_span(catalog: &Catalog) -> bool {
    let rules = catalog.credentials.values().flat_map(|c| c.prerequisite.iter().chain(&c.stack));
    rules.into_iter().any(|rule| format!("{rule:?}").contains("span: Some"))
}

/// For `distinct`, the smallest sets of units give what every division of the units among the parts gives.
#[test]
fn smallest_sets_are_all_that_matter_for_distinct() {
    let mut compared = 0;
    for case in cases(3000) {
        let Case { catalog, record, .. } = &case;
        if catalog.credentials.len() <= 5 && record.awards.len() <= 5 && interesting_distinct(catalog) {
            compared += 1;
            let rules = Rules::new(catalog, record);
            let mut slow = Rules::new(catalog, record);
            slow.every_division = true;
            assert_eq!(on_change(&rules, &case), on_change(&slow, &case), "{case:?}");
        }
    }
    assert!(compared > 200, "{compared}");
}

fn interesting_distinct(catalog: &Catalog) -> bool {
    let rules = catalog.credentials.values().flat_map(|c| c.prerequisite.iter().chain(&c.stack));
    rules.into_iter().any(|rule| format!("{rule:?}").contains("distinct: true"))
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
        let before = evaluate(catalog, record, *as_of, View::Earned);
        let mut order: Vec<Id> = Vec::new();
        while let Some(next) = before.qualified.iter().find(|id| {
            !order.contains(id)
                && can_be_conferred_in_order(catalog, record, *as_of, View::Earned, &[order.as_slice(), &[id]].concat())
        }) {
            order.push(next);
        }
        assert_eq!(order.iter().copied().collect::<BTreeSet<Id>>(), before.qualified, "{case:?}");
        for id in catalog.credentials.keys() {
            let mut more = record.clone();
            more.awards.push(award(id, *as_of));
            let after = evaluate(catalog, &more, *as_of, View::Earned);
            for (id, v) in &before.verdicts {
                let now = &after.verdicts[id];
                assert!(v.prerequisite_met <= now.prerequisite_met && v.stack_met <= now.stack_met, "{id} in {case:?}");
            }
        }
    }
}

/// 3.8: each view holds what those before it hold.
#[test]
fn views_hold_ever_more() {
    for case in cases(300) {
        let Case { catalog, record, as_of } = &case;
        let views = [View::Earned, View::InProgress, View::Planned];
        let verdicts = views.map(|view| evaluate(catalog, record, *as_of, view).verdicts);
        for (id, first) in first_view(catalog, record, *as_of) {
            let good: Vec<bool> = verdicts.iter().map(|v| ["Held", "Qualified"].contains(&v[id].status)).collect();
            let met: Vec<bool> = verdicts.iter().map(|v| v[id].met).collect();
            assert!(good.is_sorted() && met.is_sorted(), "{id} in {case:?}");
            assert_eq!(first, good.iter().position(|yes| *yes).map(|i| views[i]), "{id} in {case:?}");
        }
    }
}

/// 5.5: no answer depends on the order of the targets, the targets of an answer hold together by themselves, and
/// without policies everything that is met holds together.
#[test]
fn claims_are_plausible() {
    let mut issued = 0;
    for case in claims_cases(Edition::FIRST, 300).chain(claims_cases(Edition::second(), 300)) {
        let ClaimsCase { catalog, record, as_of, targets } = &case;
        let answer = claims(catalog, record, *as_of, targets);
        let reversed: Vec<Id> = targets.iter().rev().copied().collect();
        assert_eq!(answer, claims(catalog, record, *as_of, &reversed), "{case:?}");
        assert_eq!(answer, claims(catalog, record, *as_of, &answer), "{case:?}");
        let free = Catalog { sharing: Vec::new(), ..catalog.clone() };
        let all = claims(&free, record, *as_of, targets);
        assert!(answer.iter().all(|id| all.contains(id)), "{case:?}");
        let outcome = evaluate(catalog, record, *as_of, View::Earned);
        // In the second edition, what was issued before is not claimed again for what needs a newer one.
        let enough = met_without_claiming_again(catalog, record, *as_of);
        let is_due = |id: &&Id| targets.contains(*id) && (catalog.edition == Edition::FIRST || enough.contains(*id));
        let due: Vec<&Id> = outcome.qualified.iter().filter(is_due).collect();
        assert!(due.iter().all(|id| all.contains(id)), "{case:?}");
        let conferred = |id: Id| catalog.credentials.get(id).is_some_and(|c| c.stack.is_some());
        let before = record.awards.iter().any(|a| conferred(a.credential));
        issued += usize::from(catalog.edition != Edition::FIRST && before && !due.is_empty());
    }
    assert!(issued > 20, "of what was issued before, only {issued} cases say something");
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

fn having(awards: &[Award]) -> Record {
    Record { awards: awards.to_vec(), ..Record::default() }
}

fn earned(catalog: &Catalog, record: &Record) -> BTreeMap<Id, Verdict> {
    evaluate(catalog, record, NOW, View::Earned).verdicts
}

fn status(catalog: &Catalog, awards: &[Award], id: Id) -> &'static str {
    earned(catalog, &having(awards))[id].status
}

const NOW: Date = Date { year: 2026, month: 3, day: 1 };

#[test]
fn validity_ends_before_the_anniversary() {
    let a = Credential { valid_for: ValidFor::Period(years(3)), ..credential("a") };
    let c = catalog(vec![a, stack("s", leaf("a"))]);
    let awards = vec![award("a", date(2021, 3, 1))];
    let on = |day| evaluate(&c, &having(&awards), day, View::Earned).verdicts;
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
        let awards: Vec<Award> = ids.iter().map(|id| award(id, NOW)).collect();
        earned(c, &having(&awards))["s"].met
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
        distinct: false,
        name: None,
        average: None,
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

#[test]
fn distinct_parts_share_no_unit() {
    let met = |c: &Catalog, ids: &[Id]| {
        let awards: Vec<Award> = ids.iter().map(|id| award(id, NOW)).collect();
        earned(c, &having(&awards))["s"].met
    };
    let all = |rule| {
        let d = Credential { counts_as: vec!["a"], ..credential("d") };
        catalog(vec![carrying("a", 300), carrying("b", 300), d, stack("p", leaf("a")), stack("s", rule)])
    };
    let one_of = |parts| group(Kind::AtLeast(1), parts);
    let c = all(distinct(Kind::AllOf, vec![leaf("a"), one_of(vec![leaf("a"), leaf("b")])]));
    assert!(!met(&c, &["a"]) && !met(&c, &["a", "a"]) && met(&c, &["a", "b"]) && met(&c, &["a", "d"]));
    // Two awards of equivalents are one unit.
    let mut c = all(distinct(Kind::AllOf, vec![leaf("a"), leaf("b")]));
    assert!(met(&c, &["a", "b"]));
    c.equivalent = vec![vec!["a", "b"]];
    assert!(!met(&c, &["a", "b"]) && met(&c, &["b", "d"]));
    // Each award of a repeatable one is a unit, and there can be more of them.
    let mut c = all(distinct(Kind::AtLeast(2), vec![leaf("a"), leaf("a"), leaf("b")]));
    assert!(!met(&c, &["a", "a"]));
    c.credentials.get_mut("a").unwrap().repeatable = true;
    assert!(met(&c, &["a", "a"]) && !met(&c, &["a"]));
    let mut c = all(distinct(Kind::AllOf, vec![leaf("b"), leaf("b")]));
    assert_eq!(status(&c, &[], "s"), "Unattainable");
    c.credentials.get_mut("b").unwrap().repeatable = true;
    assert_eq!(status(&c, &[], "s"), "Locked");
    // A recognised stack is a unit by itself: the award behind it is not spent.
    let c = all(distinct(Kind::AllOf, vec![leaf("a"), leaf("p")]));
    assert!(met(&c, &["a"]));
    // A sum takes what it counts.
    let sum = group(Kind::Credits(300), vec![leaf("a"), leaf("b")]);
    let c = all(distinct(Kind::AllOf, vec![sum, leaf("b")]));
    assert!(!met(&c, &["b"]) && !met(&c, &["a"]) && met(&c, &["a", "b"]));
    // Only the direct parts: within a part one award may fill several slots.
    let inner = group(Kind::AllOf, vec![leaf("a"), leaf("a")]);
    let c = all(distinct(Kind::AllOf, vec![inner, leaf("b")]));
    assert!(met(&c, &["a", "b"]));
}

#[test]
fn waivers_satisfy_without_evidence() {
    let of = |place| Record { waivers: vec![waiver("s", place)], ..Record::default() };
    let with = |place, ids: &[Id]| Record { awards: ids.iter().map(|id| award(id, NOW)).collect(), ..of(place) };
    let two = |name, rule| catalog(vec![carrying("a", 300), carrying("b", 300), stack("s", named(name, rule))]);
    let part = Waived::Component("a");
    let c = two("n", distinct(Kind::AllOf, vec![leaf("a"), leaf("b")]));
    assert_eq!(earned(&c, &with(part, &["b"]))["s"].status, "Qualified");
    assert_eq!(earned(&c, &of(part))["s"].status, "Started");
    assert_eq!(earned(&c, &of(Waived::Requirement("n")))["s"].status, "Qualified");
    assert_eq!(earned(&c, &of(Waived::Requirement("m")))["s"].status, "Locked");
    assert_eq!(earned(&c, &of(Waived::Requirement(PREREQUISITE)))["s"].status, "Locked");
    // A sum takes nothing from a waived component, but can be waived itself.
    let c = two("n", group(Kind::Credits(600), vec![leaf("a"), leaf("b")]));
    assert_eq!(earned(&c, &with(part, &["b"]))["s"].status, "Started");
    assert_eq!(earned(&c, &of(Waived::Requirement("n")))["s"].status, "Qualified");
    // By another name of the component, in the stack and in the prerequisite.
    let mut c = two("n", group(Kind::AllOf, vec![leaf("b")]));
    c.equivalent = vec![vec!["a", "b"]];
    assert_eq!(earned(&c, &of(part))["s"].status, "Qualified");
    c.credentials.get_mut("s").unwrap().prerequisite = Some(leaf("b"));
    assert_eq!(earned(&c, &of(part))["s"].status, "Qualified");
    assert!(!earned(&c, &of(Waived::Requirement("n")))["s"].met, "the prerequisite is not waived");
    let both =
        Record { waivers: vec![waiver("s", Waived::Requirement("n")), waiver("s", Waived::Prerequisite)], ..of(part) };
    assert_eq!(earned(&c, &both)["s"].status, "Qualified");
    assert_eq!(earned(&c, &both)["s"].qualified_since, None);
}

#[test]
fn substitutions_lend_names() {
    let c = catalog(vec![
        carrying("a", 100),
        Credential { counts_as: vec!["c"], ..carrying("b", 200) },
        carrying("c", 300),
        stack("s", leaf("c")),
        stack("t", group(Kind::Credits(200), vec![leaf("c")])),
        stack("u", group(Kind::Credits(300), vec![leaf("c")])),
    ]);
    let with = |used, within| Record {
        substitutions: vec![substitution(used, "b", within)],
        ..having(&[award(used, NOW.minus_days(3))])
    };
    let statuses = |r: &Record| ["b", "c", "s", "t", "u"].map(|id| earned(&c, r)[id].status);
    let q = "Qualified";
    // A known award has the amount of the credential named in the rule, an unknown one that of `for`.
    assert_eq!(statuses(&with("a", None)), ["Held", "Held", q, q, q]);
    assert_eq!(statuses(&with("z", None)), ["Held", "Held", q, q, "Started"]);
    assert_eq!(statuses(&with("z", Some("t"))), ["Eligible", "Eligible", "Locked", q, "Locked"]);
    assert_eq!(statuses(&with("z", Some("no-such"))), ["Eligible", "Eligible", "Locked", "Locked", "Locked"]);
    // They chain, also one within with one that holds everywhere.
    let mut chain = with("z", None);
    chain.substitutions =
        vec![substitution("z", "a", None), substitution("a", "b", Some("s")), substitution("c", "z", None)];
    assert_eq!(statuses(&chain), ["Eligible", "Eligible", q, "Locked", "Locked"]);
    // Two awards of an unknown id are one unit.
    let pair = |ids: [Id; 2]| {
        let c = catalog(vec![credential("a"), stack("s", distinct(Kind::AllOf, vec![leaf("a"), leaf("a")]))]);
        let substitutions = vec![substitution("y", "a", None), substitution("z", "a", None)];
        earned(&c, &Record { substitutions, ..having(&ids.map(|id| award(id, NOW))) })["s"].met
    };
    assert!(pair(["y", "z"]) && !pair(["z", "z"]));
}

#[test]
fn views_assume_what_is_under_way() {
    let c = catalog(vec![
        Credential { valid_for: ValidFor::Period(days(7)), ..credential("a") },
        credential("b"),
        stack("s", leaf_if("a", Conditions { grade: Some(Grade::Number(900)), ..Conditions::default() })),
        stack("t", group(Kind::AllOf, vec![leaf("a"), leaf("b")])),
    ]);
    let under_way = |id, status| Award { status, ..award(id, NOW.minus_days(100)) };
    let record = having(&[under_way("a", AwardStatus::InProgress), under_way("b", AwardStatus::Planned)]);
    let in_view = |view| evaluate(&c, &record, NOW, view).verdicts;
    assert_eq!(in_view(View::Earned)["a"].status, "InProgress");
    assert_eq!(in_view(View::InProgress)["a"].status, "Held");
    let s = &in_view(View::InProgress)["s"];
    assert_eq!((s.status, s.qualified_since), ("Qualified", Some(NOW)));
    assert_eq!(s.valid_until, Some(NOW.plus_days(6)));
    let views = [("a", View::InProgress), ("b", View::Planned), ("s", View::InProgress), ("t", View::Planned)];
    assert_eq!(first_view(&c, &record, NOW), views.into_iter().map(|(id, view)| (id, Some(view))).collect());
}

#[test]
fn claims_share_what_policies_allow() {
    let typed = |id, kind, credits, rule| Credential { kind: Some(kind), credits, ..stack(id, rule) };
    let two_of = |ids: [Id; 3]| group(Kind::AtLeast(2), ids.map(leaf).to_vec());
    let mut c = catalog(vec![
        carrying("a", 100),
        carrying("b", 200),
        carrying("c", 300),
        typed("p", "Certificate", 500, two_of(["a", "b", "c"])),
        typed("q", "Degree", 600, two_of(["a", "b", "c"])),
        typed("r", "Degree", 600, leaf("c")),
    ]);
    let policy = |max_awards, max_credits| {
        vec![Sharing { between: ("Degree", "Certificate"), max_awards, max_credits, of: None }]
    };
    let all = ["r", "q", "p"];
    let have = |ids: &[Id]| having(&ids.iter().map(|id| award(id, NOW)).collect::<Vec<_>>());
    let of = |c: &Catalog, ids: &[Id]| claims(c, &have(ids), NOW, &all);
    assert_eq!(of(&c, &["a", "b", "c"]), ["p", "q", "r"]);
    c.sharing = policy(Some(0), None);
    assert_eq!(of(&c, &["a", "b", "c"]), ["q", "r"]); // q and r may share
    assert_eq!(claims(&c, &have(&["a", "b", "c"]), NOW, &["r", "p"]), ["p", "r"]); // p by a and b
    assert_eq!(claims(&c, &have(&["a", "b", "c"]), NOW, &["q", "p"]), ["q"]); // more credits
    c.credentials.get_mut("r").unwrap().stack = Some(two_of(["a", "b", "c"]));
    assert_eq!(of(&c, &["a", "b", "c"]), ["q", "r"]);
    // One award shared is enough for two of three.
    c.sharing = policy(Some(1), None);
    assert_eq!(of(&c, &["a", "b", "c"]), ["p", "q", "r"]);
    c.sharing = policy(None, Some(99));
    assert_eq!(of(&c, &["a", "b", "c"]), ["q", "r"]);
    c.sharing = policy(None, Some(100));
    assert_eq!(of(&c, &["a", "b", "c"]), ["p", "q", "r"]);
    assert_eq!(of(&c, &["a", "b"]), ["q", "r"], "more credits than p and one of them");
    // An issued one is a fixed claim, and no candidate.
    c.sharing = policy(Some(0), None);
    assert_eq!(of(&c, &["a", "b", "c", "p"]), [] as [Id; 0]);
    assert_eq!(of(&c, &["a", "p"]), [] as [Id; 0]);
    c.sharing = policy(Some(1), None);
    assert_eq!(of(&c, &["a", "b", "c", "p"]), ["q", "r"]);
}
