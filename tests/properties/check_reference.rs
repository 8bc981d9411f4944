//! The reference of the checks against examples worked by hand, and against slower ways to the same answers.

#![allow(clippy::pedantic, reason = "properties read best as plain statements")]

use std::collections::{BTreeMap, BTreeSet};

use crate::reference::catalogs::{CheckCase, check_case_of};
use crate::reference::check::*;
use crate::reference::edition::Edition;
use crate::reference::model::*;
use crate::reference::small;
use crate::reference::versions::{Change, Effect, changes};
use crate::reference::walks::Walks;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// The same cases every time.
fn cases(n: usize) -> impl Iterator<Item = CheckCase> {
    let mut runner = TestRunner::deterministic();
    let strategy = check_case_of(Edition::FIRST);
    (0..n).map(move |_| strategy.new_tree(&mut runner).unwrap().current())
}

/// At least one in ten catalogs has each of what matters most.
#[test]
fn the_generator_reaches_the_corners() {
    let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
    let n = 1000;
    for case in cases(n) {
        let facts = Facts::of(&case.catalog, case.as_of);
        let faults = facts.faults();
        let is = |fault: Fault| faults.values().any(|may| *may == BTreeSet::from([fault]));
        let mut see = |what: &'static str, is_so: bool| *seen.entry(what).or_default() += usize::from(is_so);
        see("blocking cycle", is(Fault::Cycle));
        see("harmless cycle", facts.harmless_cycles().iter().all(|cycles| !cycles.is_empty()));
        see("unearnable by exclusions only", is(Fault::Exclusion));
        see("dead option", facts.dead_options().keys().any(|told| told.certain));
        see("false choice", facts.false_choices().iter().any(|told| told.certain));
        see("- shadowed option", facts.shadowed().keys().any(|told| told.certain));
        see("double counting", !facts.impossible_distinct().is_empty());
        let redundant = facts.redundant();
        see("redundant requirement", redundant.values().flatten().any(|[one, other]| one == other && !one.is_empty()));
        see("strong conflict", !facts.strong_conflicts().is_empty());
        // These matter too, but may be rarer.
        see("- impossible", is(Fault::Impossible));
        see("- not offered", is(Fault::NotOffered));
        see("- self-reference", is(Fault::SelfReference));
        see("- needs what is not offered", is(Fault::NeedsNotOffered));
        see("- following", is(Fault::Following));
        see("- either of several faults", faults.values().any(|may| may.len() > 1));
        let ids: Vec<usize> = case.targets.iter().map(|t| facts.ids.iter().position(|id| id == t).unwrap()).collect();
        see("- dead end", ids.iter().any(|t| facts.dead_ends(*t) != 0));
        let dearer = if case.prices { facts.dearer_options(&case.catalog, case.as_of) } else { None };
        see("- dearer option", dearer.is_some_and(|found| !found.is_empty()));
    }
    for (what, times) in &seen {
        let least = if what.starts_with('-') { n / 50 } else { n / 10 };
        assert!(*times >= least, "{what} in {times} of {n}: {seen:#?}");
    }
}

fn catalog(credentials: Vec<Credential>) -> Catalog {
    Catalog { credentials: credentials.into_iter().map(|c| (c.id, c)).collect(), ..Catalog::default() }
}

fn taken(id: Id) -> Credential {
    credential(id)
}

fn conferred(id: Id, stack: Part) -> Credential {
    Credential { stack: Some(stack), ..credential(id) }
}

fn after(prerequisite: Id, c: Credential) -> Credential {
    Credential { prerequisite: Some(leaf(prerequisite)), ..c }
}

fn excluding(other: Id, c: Credential) -> Credential {
    Credential { excludes: vec![other], ..c }
}

fn over(c: Credential) -> Credential {
    Credential { offered_until: Some(date(2020, 1, 1)), ..c }
}

fn leaves(ids: &[Id]) -> Vec<Part> {
    ids.iter().map(|id| leaf(id)).collect()
}

fn all(ids: &[Id]) -> Part {
    group(Kind::AllOf, leaves(ids))
}

fn any(ids: &[Id]) -> Part {
    group(Kind::AnyOf, leaves(ids))
}

const TODAY: Option<Date> = Some(Date { year: 2026, month: 3, day: 1 });

fn facts(credentials: Vec<Credential>) -> Facts {
    Facts::of(&catalog(credentials), TODAY)
}

fn at(facts: &Facts, id: Id) -> usize {
    facts.ids.iter().position(|known| *known == id).unwrap()
}

fn ids(facts: &Facts, set: Set) -> String {
    members(set).map(|i| facts.ids[i]).collect()
}

/// What may be said of each credential that cannot be earned.
fn faults(facts: &Facts) -> Vec<(Id, Vec<Fault>)> {
    facts.faults().into_iter().map(|(i, may)| (facts.ids[i], may.into_iter().collect())).collect()
}

/// The part, as a credential or by its line in the rule.
fn told(facts: &Facts, parts: impl IntoIterator<Item = usize>) -> Vec<(Id, Which, usize)> {
    let told = |part: usize| (facts.ids[facts.parts[part].owner], facts.parts[part].which, facts.parts[part].line);
    parts.into_iter().map(told).collect()
}

#[test]
fn reachable_is_what_can_be_earned_one_by_one() {
    // Nothing, a, and b after a; not b alone.
    let f = facts(vec![taken("a"), conferred("b", leaf("a"))]);
    assert_eq!(f.reachable, [0b00, 0b01, 0b11]);
    // Not both of two that exclude each other, whichever says so; nor what is closed.
    let f = facts(vec![taken("a"), excluding("a", taken("b")), over(taken("c"))]);
    assert_eq!(f.reachable, [0b000, 0b001, 0b010]);
    // c counts once b is claimed, not when a learner only qualifies for it.
    let f = facts(vec![taken("a"), conferred("b", leaf("a")), after("b", taken("c"))]);
    assert_eq!(f.reachable, [0b000, 0b001, 0b011, 0b111]);
    // But a learner who qualifies meets a part that names it.
    assert_eq!(
        f.parts.iter().map(|p| &*p.met).collect::<Vec<_>>(),
        [[false, true, true, true], [false, true, true, true]]
    );
    // One award of a is not two; repeatable, it is as many as help.
    let two = || conferred("b", group(Kind::Credits(300), leaves(&["a"])));
    let a = Credential { credits: 200, ..taken("a") };
    assert_eq!(facts(vec![a.clone(), two()]).reachable, [0b00, 0b01]);
    assert_eq!(facts(vec![Credential { repeatable: true, ..a }, two()]).reachable, [0b00, 0b01, 0b11]);
}

#[test]
fn each_unearnable_credential_has_its_fault() {
    use Fault::*;
    let count = |n| group(Kind::AtLeast(n), leaves(&["a", "b"]));
    let f = facts(vec![taken("a"), taken("b"), conferred("c", count(3)), conferred("d", leaf("c"))]);
    assert_eq!(faults(&f), [("c", vec![Impossible]), ("d", vec![Following])]);
    let f = facts(vec![
        over(taken("a")),
        conferred("b", leaf("a")),
        conferred("c", leaf("b")),
        conferred("d", any(&["a", "e"])),
        taken("e"),
    ]);
    assert_eq!(
        faults(&f),
        [("a", vec![NotOffered]), ("b", vec![NeedsNotOffered]), ("c", vec![NeedsNotOffered, Following])]
    );
    assert!(f.is_smallest_cause(1, &BTreeSet::from([Reason::Stack(1), Reason::NotOffered(0)])));
    assert!(f.is_smallest_cause(0, &BTreeSet::from([Reason::NotOffered(0)])));
    assert!(!f.is_smallest_cause(1, &BTreeSet::from([Reason::NotOffered(0)])), "not enough");
    assert!(
        !f.is_smallest_cause(1, &BTreeSet::from([Reason::Stack(1), Reason::Stack(2), Reason::NotOffered(0)])),
        "too much"
    );
    assert!(!f.is_smallest_cause(1, &BTreeSet::from([Reason::Stack(1), Reason::NotOffered(4)])), "not true");
    // a and b need each other, c only needs them; d needs itself.
    let f = facts(vec![
        conferred("a", all(&["b", "e"])),
        after("a", taken("b")),
        conferred("c", all(&["a", "e"])),
        conferred("d", all(&["d", "e"])),
        taken("e"),
    ]);
    assert_eq!(
        faults(&f),
        [("a", vec![Cycle]), ("b", vec![Cycle]), ("c", vec![Following]), ("d", vec![SelfReference])]
    );
    assert_eq!(f.cycles(), [0b01000, 0b00011]);
    assert!(f.is_blocking_cycle(0b00011) && f.needs_some_of(0, 0b00010) && !f.needs_some_of(0, 0b00100));
    assert!(!f.is_blocking_cycle(0b00111) && !f.is_blocking_cycle(0b00101) && !f.is_blocking_cycle(0b01000));
    // Three in a circle; leaving one out, another can be first.
    let f = facts(vec![conferred("a", leaf("b")), conferred("b", leaf("c")), conferred("c", leaf("a"))]);
    assert_eq!(f.cycles(), [0b111]);
    assert!(f.is_blocking_cycle(0b111) && !f.is_blocking_cycle(0b011));
    // c needs two that exclude each other, d needs c; e has a way round.
    let f = facts(vec![
        excluding("b", taken("a")),
        taken("b"),
        conferred("c", all(&["a", "b"])),
        conferred("d", leaf("c")),
        conferred("e", any(&["a", "b"])),
    ]);
    assert_eq!(faults(&f), [("c", vec![Exclusion]), ("d", vec![Following])]);
    let cause = BTreeSet::from([Reason::Stack(2), Reason::Exclusion(0, 1)]);
    assert!(f.is_smallest_cause(2, &cause));
    assert!(
        !f.is_smallest_cause(2, &BTreeSet::from([Reason::Stack(2), Reason::Exclusion(1, 0)])),
        "written the other way"
    );
    assert!(!f.is_smallest_cause(3, &cause), "of another credential");
    // d needs a and c, c needs b: two rules and an exclusion. That c excludes nobody does not matter.
    let f = facts(vec![
        excluding("b", taken("a")),
        taken("b"),
        conferred("c", leaf("b")),
        conferred("d", all(&["a", "c"])),
    ]);
    assert_eq!(faults(&f), [("d", vec![Exclusion])]);
    assert!(f.is_smallest_cause(3, &BTreeSet::from([Reason::Stack(2), Reason::Stack(3), Reason::Exclusion(0, 1)])));
    // Through equivalents: b is a under another name.
    let mut model = catalog(vec![excluding("b", taken("a")), taken("b"), taken("c"), conferred("d", all(&["a", "c"]))]);
    model.equivalent = vec![vec!["b", "c"]];
    let f = Facts::of(&model, TODAY);
    assert_eq!(faults(&f), [("d", vec![Exclusion])]);
    assert!(f.is_smallest_cause(3, &BTreeSet::from([Reason::Stack(3), Reason::Exclusion(0, 1)])));
}

#[test]
fn without_a_day_an_offering_that_is_over_counts_as_one() {
    let model =
        catalog(vec![over(taken("a")), Credential { offered_from: Some(date(2027, 1, 1)), ..over(taken("b")) }]);
    assert_eq!(faults(&Facts::of(&model, None)), [("b", vec![Fault::NotOffered])]);
    assert_eq!(faults(&Facts::of(&model, TODAY)).len(), 2);
    // What is offered later counts as offered, and `since` a later day is met without a day only.
    let since = Conditions { since: Some(date(2027, 1, 1)), ..Conditions::default() };
    let model = catalog(vec![
        Credential { offered_from: Some(date(2026, 6, 1)), ..taken("a") },
        conferred("b", leaf_if("a", since)),
    ]);
    assert_eq!(the_day(&model, None), date(2027, 1, 1));
    assert_eq!(faults(&Facts::of(&model, None)), []);
    assert_eq!(faults(&Facts::of(&model, TODAY)), [("b", vec![Fault::Impossible])]);
}

#[test]
fn harmless_cycles_have_a_way_round() {
    let f = facts(vec![conferred("a", any(&["b", "c"])), conferred("b", any(&["a", "d"])), taken("c"), taken("d")]);
    assert_eq!(f.harmless_cycles(), [BTreeSet::from([0b0011]), BTreeSet::from([0b0011])]);
    assert!(f.is_order(&[2, 0, 1]) && f.is_order(&[2, 3, 1, 0]));
    assert!(!f.is_order(&[0, 1]) && !f.is_order(&[2, 1, 0]) && !f.is_order(&[2, 0, 0]));
    // Not if a member cannot be earned; not what only names itself.
    let f =
        facts(vec![conferred("a", any(&["b", "c"])), conferred("b", all(&["a", "d"])), taken("c"), over(taken("d"))]);
    assert_eq!(f.harmless_cycles(), [BTreeSet::new(), BTreeSet::new()]);
    let f = facts(vec![conferred("a", any(&["a", "b"])), taken("b")]);
    assert_eq!(f.harmless_cycles(), [BTreeSet::new(), BTreeSet::new()]);
    // Only along counts_as: a names c, b counts as c, and b names a.
    let f = facts(vec![
        conferred("a", any(&["c", "d"])),
        Credential { counts_as: vec!["c"], ..conferred("b", leaf("a")) },
        taken("c"),
        taken("d"),
    ]);
    assert_eq!(f.harmless_cycles(), [BTreeSet::new(), BTreeSet::from([0b0011])]);
}

#[test]
fn conflicts_come_from_exclusions_further_down() {
    let f = facts(vec![
        conferred("a", all(&["x", "z"])),
        conferred("b", all(&["y", "z"])),
        conferred("c", any(&["x", "y"])),
        excluding("y", taken("x")),
        taken("y"),
        taken("z"),
    ]);
    assert_eq!(f.strong_conflicts(), BTreeMap::from([(0, 0b10)]));
    // Towards a, taking y is a dead end only if it lies on the way.
    assert_eq!(ids(&f, f.cone(0)), "axz");
    assert_eq!(f.dead_ends(0), 0);
    let f = facts(vec![
        conferred("a", group(Kind::AllOf, vec![leaf("x"), any(&["y", "z"])])),
        excluding("y", taken("x")),
        taken("y"),
        taken("z"),
    ]);
    assert_eq!(ids(&f, f.dead_ends(0)), "y");
    // On the way lies what counts as one that is named, too.
    let f = facts(vec![
        excluding("w", conferred("a", any(&["y", "z"]))),
        Credential { counts_as: vec!["y"], ..taken("w") },
        taken("y"),
        taken("z"),
    ]);
    assert_eq!(ids(&f, f.cone(0)), "awyz");
    assert_eq!(ids(&f, f.dead_ends(0)), "w");
    // Those that say so are no finding.
    let f = facts(vec![excluding("b", conferred("a", leaf("x"))), conferred("b", leaf("x")), taken("x")]);
    assert_eq!(f.strong_conflicts(), BTreeMap::new());
}

#[test]
fn options_are_dead_false_or_shadowed() {
    use Which::*;
    // y excludes x, which is needed: y is dead. v cannot be earned at all: a note. Who has x has w: false.
    let f = facts(vec![
        conferred("a", group(Kind::AllOf, vec![leaf("x"), any(&["y", "z", "v", "w"])])),
        over(taken("v")),
        taken("w"),
        after("w", taken("x")),
        excluding("x", taken("y")),
        taken("z"),
    ]);
    let dead = f.dead_options();
    assert!(dead.keys().all(|told| told.certain));
    assert_eq!(told(&f, dead.keys().map(|told| told.part)), [("a", Stack, 3), ("a", Stack, 5)]);
    assert_eq!(dead.values().copied().collect::<Vec<_>>(), [false, true]);
    assert_eq!(told(&f, f.false_choices().into_iter().map(|told| told.part)), [("a", Stack, 6)]);
    assert_eq!(f.shadowed(), BTreeMap::new());
    // Whoever meets y meets x, which is its prerequisite.
    let f = facts(vec![conferred("a", any(&["x", "y", "z"])), taken("x"), after("x", taken("y")), taken("z")]);
    let shadowed = f.shadowed();
    assert_eq!(told(&f, shadowed.keys().map(|told| told.part)), [("a", Stack, 2)]);
    assert_eq!(told(&f, shadowed.into_values()), [("a", Stack, 1)]);
    // Of two that imply each other, the later one; not if two are needed.
    let model = |kind| {
        facts(vec![
            conferred("a", group(kind, leaves(&["x", "y", "z"]))),
            conferred("x", leaf("y")),
            taken("y"),
            taken("z"),
        ])
    };
    let f = model(Kind::AnyOf);
    assert_eq!(
        told(&f, f.shadowed().into_keys().map(|told| told.part)),
        [("a", Stack, 2)],
        "a learner with y qualifies for x"
    );
    assert_eq!(model(Kind::AtLeast(2)).shadowed(), BTreeMap::new());
    // Equivalents do not shadow each other, and one of them that is there anyway may be told as written twice.
    let mut model = catalog(vec![conferred("a", any(&["x", "y", "z"])), taken("x"), taken("y"), taken("z")]);
    model.equivalent = vec![vec!["x", "y"]];
    assert!(Facts::of(&model, TODAY).shadowed().is_empty());
    model.credentials.get_mut("a").unwrap().prerequisite = Some(leaf("x"));
    let f = Facts::of(&model, TODAY);
    assert_eq!(f.false_choices().into_iter().map(|told| told.certain).collect::<Vec<_>>(), [false, false]);
    // Nothing is false beside nothing but what is dead.
    let f = facts(vec![
        conferred("a", group(Kind::AllOf, vec![leaf("x"), any(&["x", "y"])])),
        taken("x"),
        over(taken("y")),
    ]);
    assert!(f.false_choices().is_empty());
    // All of them are needed: no choice.
    let f = facts(vec![conferred("a", any(&["x"])), over(taken("x"))]);
    assert!(f.dead_options().is_empty() && f.false_choices().is_empty());
}

#[test]
fn what_the_others_imply_is_redundant() {
    use Which::*;
    let exact = |f: &Facts, id: Id| {
        let [one, other] = f.redundant()[&at(f, id)].clone().unwrap();
        [told(f, one), told(f, other)]
    };
    let f = facts(vec![conferred("a", all(&["x", "y"])), taken("x"), after("x", taken("y"))]);
    assert_eq!(exact(&f, "a"), [[("a", Stack, 1)], [("a", Stack, 1)]]);
    assert!(f.are_redundant(0, &BTreeSet::from([1])) && !f.are_redundant(0, &BTreeSet::from([2])));
    // Of several that imply each other the last one goes.
    let f = facts(vec![
        conferred("a", all(&["x", "y", "z"])),
        after("y", taken("x")),
        conferred("y", leaf("x")),
        taken("z"),
    ]);
    assert_eq!(f.unearnable(), 0b0111, "a circle: nothing is said");
    let f = facts(vec![conferred("a", all(&["x", "y", "z"])), taken("x"), conferred("y", leaf("x")), taken("z")]);
    assert_eq!(exact(&f, "a"), [[("a", Stack, 2)], [("a", Stack, 2)]], "a learner with x qualifies for y");
    assert!(!f.are_redundant(0, &BTreeSet::from([1, 2])));
    // The prerequisite is another requirement, if it is an all_of; else it may be.
    let f = facts(vec![after("x", conferred("a", all(&["x", "y"]))), taken("x"), taken("y")]);
    assert_eq!(exact(&f, "a"), [vec![("a", Stack, 1)], vec![]]);
    // Not below a distinct group.
    let f = facts(vec![conferred("a", distinct(Kind::AllOf, leaves(&["x", "y"]))), taken("x"), after("x", taken("y"))]);
    assert_eq!(exact(&f, "a"), [vec![], vec![]]);
}

#[test]
fn an_option_is_dearer_if_the_cheapest_way_does_without() {
    let cost = |cost: Amount, c: Credential| Credential { cost, ..c };
    let model = catalog(vec![
        conferred("a", any(&["x", "y", "z"])),
        cost(200, taken("x")),
        cost(300, taken("y")),
        after("x", taken("z")),
    ]);
    let f = Facts::of(&model, TODAY);
    assert_eq!(told(&f, f.dearer_options(&model, TODAY).unwrap()), [("a", Which::Stack, 2)]);
    // Two awards of x, which is repeatable, cost as much as y and more than z.
    let twice = group(Kind::Credits(400), leaves(&["x"]));
    let model = catalog(vec![
        conferred("a", any(&["w", "y", "z"])),
        conferred("w", twice),
        Credential { repeatable: true, credits: 200, ..cost(200, taken("x")) },
        cost(400, taken("y")),
        cost(300, taken("z")),
    ]);
    let f = Facts::of(&model, TODAY);
    assert_eq!(told(&f, f.dearer_options(&model, TODAY).unwrap()), [("a", Which::Stack, 1), ("a", Which::Stack, 2)]);
}

/// Where every award is counted the same options are dearer, if nothing can be repeated.
#[test]
fn counting_awards_makes_nothing_dearer() {
    let mut dearer = 0;
    for case in cases(700).filter(|case| case.catalog.credentials.values().all(|c| !c.repeatable)) {
        let facts = Facts::of(&case.catalog, case.as_of);
        if let Some(found) = facts.dearer_options_by_awards(&case.catalog, case.as_of, &[]) {
            dearer += found.len();
            assert_eq!(Some(found), facts.dearer_options(&case.catalog, case.as_of), "{case:?}");
        }
    }
    assert!(dearer > 20, "{dearer}");
}

#[test]
fn parts_that_want_too_many_awards_are_seen() {
    let parts = || vec![any(&["x", "y"]), leaf("x"), leaf("y")];
    let f = facts(vec![conferred("a", distinct(Kind::AllOf, parts())), taken("x"), taken("y")]);
    assert_eq!(f.impossible_distinct(), [0]);
    assert_eq!(faults(&f), [("a", vec![Fault::Impossible])]);
    let f = facts(vec![conferred("a", group(Kind::AllOf, parts())), taken("x"), taken("y")]);
    assert!(f.impossible_distinct().is_empty());
}

#[test]
fn lines_are_where_the_parts_are() {
    for case in cases(200) {
        let facts = Facts::of(&case.catalog, case.as_of);
        let text = crate::reference::write::write_catalog_in_lines(&case.catalog);
        let (lines, rules): (Vec<&str>, _) = (text.lines().collect(), rule_lines(&text, &facts.ids));
        for part in &facts.parts {
            let line = lines[rules[&(part.owner, part.which)] + part.line - 1];
            let text = line.trim_start_matches("stack = ").trim_start_matches("prerequisite = ");
            let fits = match part.shape {
                Shape::Leaf(i) => text.contains(&format!("\"{}\"", facts.ids[i])) && !text.contains('['),
                Shape::Counts { all_of, .. } => text.starts_with("{ a") && text.contains("all_of") == all_of,
                Shape::Sum => text.starts_with("{ credits = ") || text.starts_with("{ hours = "),
            };
            assert!(fits || text.contains("issuer = ["), "{line}: {part:?}");
        }
    }
}

/// Credentials that are taken one at a time, at random, come to the same sets.
#[test]
fn random_walks_see_the_same_sets() {
    let (mut state, mut compared, mut sets) = (1u64, 0, 0);
    let record = Record::default();
    for case in cases(400).filter(|case| case.catalog.credentials.len() <= 6) {
        let facts = Facts::of(&case.catalog, case.as_of);
        let as_set = |held: &BTreeSet<Id>| set_of(held.iter().map(|id| at(&facts, id)));
        let mut walks = Walks::new(&case.catalog, &record, case.as_of);
        let mut seen = BTreeSet::new();
        for _ in 0..3000 {
            let mut choose = |n: usize| {
                state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                (state >> 33) as usize % n
            };
            seen.extend(walks.walk(&mut choose).iter().map(as_set));
        }
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), facts.reachable, "{case:?}");
        compared += 1;
        sets += facts.reachable.len();
    }
    assert!(compared > 100 && sets > 1000, "{compared} catalogs, {sets} sets");
}

/// The little evaluator says of small catalogs what the reference says.
#[test]
fn small_catalogs_are_judged_as_any_other() {
    for number in (0..small::COUNT).step_by(499) {
        let small = small::small(number);
        assert_eq!(small.facts(), Facts::of(&small.catalog(), None), "{small:?}");
    }
}

/// What holds of every small catalog, whatever is found in it.
#[test]
fn all_small_catalogs_are_gone_through() {
    let mut seen = BTreeMap::new();
    for number in 0..small::COUNT {
        let facts = small::small(number).facts();
        let faults = facts.faults();
        assert_eq!(set_of(faults.keys().copied()), facts.unearnable());
        for (i, may) in &faults {
            *seen.entry(may.clone()).or_insert(0) += 1;
            assert!(*may != BTreeSet::from([Fault::SelfReference]) || facts.needs_some_of(*i, 1 << i), "{number}");
        }
        for cycle in facts.cycles() {
            assert!(cycle.count_ones() == 1 || facts.is_blocking_cycle(cycle), "{number}");
            assert!(members(cycle).all(|i| faults.contains_key(&i)), "{number}");
        }
        let (dead, false_choices) = (facts.dead_options(), facts.false_choices());
        assert!(false_choices.iter().all(|told| !dead.keys().any(|d| d.part == told.part)), "{number}");
        assert!(facts.shadowed().keys().all(|told| !dead.keys().any(|d| d.part == told.part)), "{number}");
        for (owner, found) in facts.redundant() {
            for found in found.into_iter().flatten() {
                assert!(facts.are_redundant(owner, &found), "{number}");
            }
        }
    }
    assert!(seen.len() >= 5, "{seen:?}");
}

fn change(before: &Catalog, after: &Catalog, id: Id) -> (Effect, Change) {
    let change = changes(before, after, date(2026, 3, 1))[id];
    (change.effect(), change)
}

#[test]
fn changes_are_seen_by_the_least_learner() {
    let with = |stack: Part| catalog(vec![taken("a"), taken("b"), taken("c"), conferred("d", stack)]);
    let (both, either) = (with(all(&["a", "b"])), with(any(&["a", "b"])));
    assert_eq!(change(&both, &both, "d"), (Effect::Unchanged, Change { lost: None, gained: None }));
    assert_eq!(change(&both, &either, "d"), (Effect::Looser, Change { lost: None, gained: Some(1) }));
    assert_eq!(change(&either, &both, "d"), (Effect::Stricter, Change { lost: Some(1), gained: None }));
    let other = with(all(&["a", "c"]));
    assert_eq!(change(&both, &other, "d"), (Effect::Incomparable, Change { lost: Some(2), gained: Some(2) }));
    // A component whose own rules changed: a learner with a qualifies for it no longer.
    let with = |stack: Part| catalog(vec![taken("a"), taken("b"), conferred("c", stack), conferred("d", leaf("c"))]);
    assert_eq!(change(&with(leaf("a")), &with(all(&["a", "b"])), "d").1, Change { lost: Some(1), gained: None });
    // A new component, an old one that is gone.
    let (old, new) =
        (catalog(vec![taken("a"), conferred("d", leaf("a"))]), catalog(vec![taken("b"), conferred("d", leaf("b"))]));
    assert_eq!(change(&old, &new, "d").1, Change { lost: Some(1), gained: Some(1) });
    assert_eq!(changes(&old, &new, date(2026, 3, 1)).len(), 1);
}

/// A catalog is as strict as itself; what is lost one way is gained the other way.
#[test]
fn changes_are_mirrored() {
    let cases: Vec<CheckCase> = cases(60).filter(|case| case.catalog.credentials.len() <= 5).collect();
    let mut differ = 0;
    for pair in cases.windows(2) {
        let (one, other, day) = (&pair[0].catalog, &pair[1].catalog, date(2026, 3, 1));
        assert!(changes(one, one, day).values().all(|change| change.effect() == Effect::Unchanged));
        let (there, back) = (changes(one, other, day), changes(other, one, day));
        for (id, change) in &there {
            assert_eq!(*change, Change { lost: back[id].gained, gained: back[id].lost });
            differ += usize::from(change.effect() != Effect::Unchanged);
        }
    }
    assert!(differ > 20, "{differ}");
}

/// What plans reach from an empty record is what can be earned, under any of its names.
#[test]
fn plans_reach_what_can_be_earned() {
    let mut reached = [0, 0];
    for case in cases(700) {
        let Some(day) = case.as_of else { continue };
        let facts = Facts::of(&case.catalog, case.as_of);
        let text = crate::reference::write::write_catalog(&case.catalog, None);
        let catalog = credpath::Catalog::parse("catalog.toml", &text).unwrap();
        let day = credpath::Date::new(day.year as u16, day.month as u8, day.day as u8).unwrap();
        for (i, id) in facts.ids.iter().enumerate() {
            let named = set_of((0..facts.ids.len()).filter(|j| facts.counts_as[*j] & 1 << i != 0));
            let target = catalog.credential(id).unwrap();
            let outcome = catalog.plan(&Default::default(), day, target, &Default::default());
            let is_so = facts.earnable() & named != 0;
            assert_eq!(outcome.plan().is_some(), is_so, "{id} in {case:?}{outcome:?}");
            reached[usize::from(is_so)] += 1;
        }
    }
    assert!(reached[0] > 200 && reached[1] > 1000, "{reached:?}");
}
