//! Many learners at once: whatever is said of a cohort is what the code for one learner says of each, added up.

#![allow(clippy::pedantic, reason = "properties read best as plain statements")]

mod columnar;
mod reference;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use credpath::{
    Award, AwardColumns, Catalog, CohortBatch, CohortOptions, CohortReport, CredentialId, Date, EvaluateOptions,
    Evaluation, HeldUntil, LearnerRecord, Status, View,
};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reference::generate::{Case, case, cases};
use reference::write::{write_catalog, write_record};

fn day(date: reference::model::Date) -> Date {
    Date::new(date.year as u16, date.month as u8, date.day as u8).unwrap()
}

fn read(text: &str) -> LearnerRecord {
    LearnerRecord::parse("record.toml", text).unwrap()
}

/// A catalog, a date, and learners: those of several cases, each also without exceptions, and then without amounts of
/// their own.
fn cohort_of(case: &Case, others: &[Case]) -> (Catalog, Vec<LearnerRecord>, Date) {
    let catalog = Catalog::parse("catalog.toml", &write_catalog(&case.catalog, None)).unwrap();
    let mut records = Vec::new();
    for of in [case].into_iter().chain(others) {
        let record = read(&write_record(&of.record, None));
        let bare = LearnerRecord { awards: record.awards.clone(), ..LearnerRecord::default() };
        let mut plain = bare.clone();
        for award in &mut plain.awards {
            (award.credits, award.hours) = (None, None);
        }
        let few = LearnerRecord { awards: plain.awards.iter().take(2).cloned().collect(), ..LearnerRecord::default() };
        records.extend([record, bare, plain, few]);
    }
    (catalog, records, day(case.as_of))
}

/// What the code for one learner says, added up; compared with everything that is said of the cohort. How many were
/// judged alone.
fn compare(catalog: &Catalog, records: &[LearnerRecord], as_of: Date, options: &CohortOptions) -> CohortReport {
    let cohort = catalog.cohort(as_of, options);
    let asked: Vec<CredentialId> = cohort.credentials().to_vec();
    let evaluations: Vec<Evaluation> =
        records.iter().map(|record| catalog.evaluate(record, as_of, &options.evaluate)).collect();
    let name = |id: CredentialId| catalog.get(id).id.clone();
    let nearly: Vec<Vec<String>> = records
        .iter()
        .map(|record| {
            let keys =
                if options.one_award_away { catalog.key_steps(record, as_of, &options.evaluate) } else { vec![] };
            keys.into_iter().flat_map(|key| key.qualifies_for).collect()
        })
        .collect();
    let report = cohort.report(records);
    let mut lapses = Vec::new();
    for (&id, told) in asked.iter().zip(&report.credentials) {
        let with =
            |ok: &dyn Fn(usize) -> bool| (0..records.len()).filter(|&n| ok(n)).map(|n| n as u64).collect::<Vec<_>>();
        for (status, count) in told.statuses.iter() {
            let expected = with(&|n| evaluations[n].status(id) == status);
            assert_eq!(count, expected.len() as u64, "{status} of {} {expected:?}", name(id));
        }
        assert_eq!(
            told.qualified,
            with(&|n| evaluations[n].qualified().any(|qualified| qualified == id)),
            "{}",
            name(id)
        );
        assert_eq!(told.one_award_away, with(&|n| nearly[n].contains(&name(id))), "{}", name(id));
        let between = options.lapses.clone();
        for (n, evaluation) in evaluations.iter().enumerate() {
            if let (HeldUntil::Date(until), Some(between)) = (evaluation.held_until(id), &between)
                && between.contains(&until)
            {
                lapses.push((until, name(id), n as u64));
            }
        }
    }
    lapses.sort();
    let told: Vec<_> =
        report.lapses.iter().map(|lapse| (lapse.until, lapse.credential.clone(), lapse.learner)).collect();
    assert_eq!(told, lapses);
    assert_eq!(report.learners, records.len() as u64);
    let unknown: Vec<&String> = evaluations.iter().flat_map(Evaluation::unknown_awards).collect();
    let mut ids: BTreeMap<&String, u64> = BTreeMap::new();
    unknown.iter().for_each(|id| *ids.entry(id).or_default() += 1);
    let told = report.unknown_awards.ids.iter().map(|id| (&id.id, id.learners));
    assert_eq!(told.collect::<BTreeMap<_, _>>(), ids);
    assert_eq!((report.unknown_awards.awards, report.unknown_awards.unlisted), (unknown.len() as u64, 0));
    let misplaced = (0..).zip(&evaluations).filter(|(_, evaluation)| !evaluation.misplaced().is_empty());
    assert_eq!(report.misplaced, misplaced.map(|(learner, _)| learner).collect::<Vec<u64>>());

    // The same learner by learner, in a buffer, for one credential, and by tags.
    let mut buffer = vec![Status::Undecided; asked.len() * records.len()];
    assert_eq!(cohort.fill(records.iter().cloned(), &mut buffer), if asked.is_empty() { 0 } else { records.len() });
    for (n, answer) in cohort.answers(records).enumerate() {
        assert_eq!(answer.learner(), n as u64);
        for (place, &id) in asked.iter().enumerate() {
            let status = evaluations[n].status(id);
            assert_eq!((answer.status(id), buffer[n * asked.len() + place]), (Some(status), status), "{}", name(id));
            assert_eq!(answer.qualified().contains(&id), evaluations[n].qualified().any(|qualified| qualified == id));
            assert_eq!(answer.one_award_away().contains(&id), nearly[n].contains(&name(id)));
        }
        let ends: Vec<_> =
            lapses.iter().filter(|lapse| lapse.2 == n as u64).map(|(until, of, _)| (of.clone(), *until)).collect();
        let told: BTreeMap<_, _> = answer.lapses().iter().map(|&(id, until)| (name(id), until)).collect();
        assert_eq!(told, ends.into_iter().collect());
    }
    for (&id, told) in asked.iter().zip(&report.credentials) {
        let held = || (0..records.len()).filter(|&n| evaluations[n].status(id) == Status::Held).map(|n| n as u64);
        assert_eq!(told.held, options.holders.contains(&id).then(|| held().collect()));
    }
    for told in &report.coverage {
        let carrying: Vec<CredentialId> =
            asked.iter().copied().filter(|&id| catalog.get(id).tags.contains(&told.tag)).collect();
        let mut expected = [0; 4];
        for (n, evaluation) in evaluations.iter().enumerate() {
            let has = |status| carrying.iter().any(|&id| evaluation.status(id) == status);
            let nearly = options.one_award_away && has(Status::Eligible)
                || carrying.iter().any(|&id| nearly[n].contains(&name(id)));
            match (has(Status::Held), has(Status::Qualified), nearly, has(Status::Undecided)) {
                (true, ..) => expected[0] += 1,
                (_, true, ..) => expected[1] += 1,
                (_, _, true, _) => expected[2] += 1,
                (.., true) => expected[3] += 1,
                _ => {}
            }
        }
        let count = [told.held, told.qualified, told.one_award_away];
        assert_eq!(
            (told.credentials, count),
            (carrying.len(), [expected[0], expected[1], expected[2]]),
            "{}",
            told.tag
        );
        assert!(told.undecided >= expected[3]);
    }
    let ranks: Vec<_> =
        report.coverage.iter().map(|tag| (tag.held, tag.qualified, tag.one_award_away, &tag.tag)).collect();
    assert!(ranks.is_sorted());
    assert_eq!(ranks.len(), if options.tags.is_empty() { 0 } else { 3 });
    report
}

/// What is asked about of tags; one is asked about twice, one carried by nothing.
fn tags() -> Vec<String> {
    ["u", "t", "nothing", "t"].map(str::to_owned).to_vec()
}

fn evaluate_options() -> impl Strategy<Value = EvaluateOptions> {
    let steps = prop_oneof![6 => Just(2_000_000), 1 => Just(1)];
    let (views, usually) = (prop::sample::select(View::ALL.to_vec()), prop::bool::weighted(0.85));
    (views, usually, prop::bool::weighted(0.15), steps).prop_map(
        |(view, qualification_counts, verified_only, search_steps)| {
            let options = EvaluateOptions::default().qualification_counts(qualification_counts).view(view);
            options.verified_only(verified_only).search_steps(search_steps)
        },
    )
}

proptest! {
    #![proptest_config(cases(1500))]

    /// Every total and list is that of the learners one by one: all statuses, views and exceptions, lapses, what is one
    /// award away, tags.
    #[test]
    fn a_cohort_is_its_learners(case in case(),
        others in prop::collection::vec(case(), 0..4),
        evaluate in evaluate_options(),
        one_award_away in any::<bool>(),
        days in prop::option::of((0u32..900, 0u32..900)),
        asked in prop::option::weighted(0.4, prop::collection::vec(any::<prop::sample::Index>(), 0..3)),) {
        let (catalog, records, as_of) = cohort_of(&case, &others);
        let all: Vec<CredentialId> = catalog.credentials().map(|(id, _)| id).collect();
        // Where the work limit binds, rules that are not asked about take up some of it.
        let asked = asked.filter(|_| evaluate.search_steps > 1);
        let credentials = asked.map(|picks| picks.iter().map(|pick| *pick.get(&all)).collect());
        let holders = all.iter().copied().step_by(2);
        let lapses = days.map(|(from, more)| later(as_of, from)..=later(as_of, from + more));
        let mut options = CohortOptions::default().evaluate(evaluate).one_award_away(one_award_away).holders(holders);
        (options.credentials, options.lapses, options.tags) = (credentials, lapses, tags());
        compare(&catalog, &records, as_of, &options);
    }

    /// The last day on which something is held is the day before it first is not.
    #[test]
    fn held_until_is_what_the_days_say(case in case()) {
        let (catalog, records, as_of) = cohort_of(&case, &[]);
        for record in &records {
            // Awards that come later are not known yet.
            let awards = record.awards.iter().filter(|award| award.awarded.is_none_or(|awarded| awarded <= as_of));
            let known = LearnerRecord { awards: awards.cloned().collect(), ..record.clone() };
            let evaluation = catalog.evaluate(record, as_of, &EvaluateOptions::default());
            let days: Vec<Date> = (0..500).map(|n| later(as_of, n)).collect();
            let on: Vec<Evaluation> =
                days.iter().step_by(1).map(|&day| catalog.evaluate(&known, day, &EvaluateOptions::default())).collect();
            for (id, _) in catalog.credentials() {
                let first = on.iter().position(|evaluation| evaluation.status(id) != Status::Held);
                match (evaluation.held_until(id), first) {
                    (HeldUntil::NotHeld, first) => prop_assert_eq!(first, Some(0)),
                    (HeldUntil::Date(until), Some(first)) => {
                        prop_assert_eq!(Some(until), days[..first].last().copied())
                    }
                    (HeldUntil::Date(until), None) => prop_assert!(until >= days[days.len() - 1]),
                    (HeldUntil::NoEnd, first) => prop_assert_eq!(first, None),
                    (HeldUntil::Undecided, _) => prop_assert!(false),
                }
            }
        }
    }
}

/// So many days later.
fn later(date: Date, days: u32) -> Date {
    let first = jiff::civil::date(date.year() as i16, date.month() as i8, date.day() as i8);
    first.checked_add(jiff::Span::new().days(i64::from(days))).unwrap().to_string().parse().unwrap()
}

/// The random cases reach both ways of judging, and every status and list on both.
#[test]
fn both_ways_of_judging_occur() {
    let mut runner = TestRunner::deterministic();
    let (strategy, mut alone, mut together) = (case(), 0, 0);
    let mut statuses = BTreeMap::new();
    let (mut nearly, mut lapsing) = (0, 0);
    for _ in 0..4000 {
        let case = strategy.new_tree(&mut runner).unwrap().current();
        let (catalog, records, as_of) = cohort_of(&case, &[]);
        let lapses = Some(as_of..=later(as_of, 400));
        let mut options = CohortOptions::default().one_award_away(true).tags(tags());
        options.lapses = lapses;
        let cohort = catalog.cohort(as_of, &options);
        // One by one, so that it is known who was judged how.
        for record in &records {
            let report = cohort.report([record]);
            alone += report.judged_alone;
            if report.judged_alone == 0 {
                together += 1;
                lapsing += report.lapses.len();
                for credential in &report.credentials {
                    nearly += credential.one_award_away.len();
                    for (status, count) in credential.statuses.iter() {
                        *statuses.entry(status).or_insert(0) += count;
                    }
                }
            }
        }
    }
    println!("alone {alone}, together {together}, {statuses:?}, nearly {nearly}, lapsing {lapsing}");
    assert!(alone > 500 && together > 1500, "{alone} {together}");
    assert!(nearly > 100 && lapsing > 100, "{nearly} {lapsing}");
    for (status, count) in statuses {
        assert!(count > 25 || status == Status::Undecided, "{status} {count}");
    }
}

/// Rules that are nothing but numbers: sums with caps and odd weights, counts of parts, stacks of stacks; and learners
/// with every set of awards that there is.
#[test]
fn every_set_of_awards_is_counted_right() {
    let mut state = 1_u64;
    let mut below = move |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let taken = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let sets =
        (0..256_usize).map(|set| LearnerRecord::from_iter((0..8).filter(|n| set >> n & 1 == 1).map(|n| taken[n])));
    let records: Vec<LearnerRecord> = sets.collect();
    for _ in 0..150 {
        let mut text = String::new();
        for id in taken {
            text += &format!(
                "credential.{id} = {{ credits = {} }}\n",
                (1 + below(12)) as f64 / if below(2) == 0 { 4.0 } else { 1.0 }
            );
        }
        for rule in 0..3 {
            // Each award stands in one place, some of them under a cap, some of those under another.
            let list = |ids: &[&str]| ids.iter().map(|id| format!("'{id}'")).collect::<Vec<_>>().join(", ");
            let (first, second) = (1 + below(3) as usize, 4 + below(4) as usize);
            let (outer, inner) = (1 + below(16), 1 + below(8));
            let capped = format!("{{ up_to = {inner}, from = [{}] }}", list(&taken[second..]));
            let capped = format!("{{ up_to = {outer}, from = [{}, {capped}] }}", list(&taken[first..second]));
            let sum = format!("{{ credits = {}, from = [{}, {capped}] }}", 1 + below(24), list(&taken[..first]));
            let count = format!("{{ at_least = {}, from = [{}] }}", 1 + below(6), list(&taken[..7]));
            let rules = [sum, count];
            let before = if rule == 0 { String::new() } else { format!("'s{}', ", rule - 1) };
            text += &format!(
                "credential.s{rule} = {{ stack = {{ at_least = {}, from = [{before}{}] }} }}\n",
                1 + below(2),
                rules.join(", ")
            );
        }
        let catalog = Catalog::parse("catalog.toml", &text).unwrap();
        let options = CohortOptions::default().one_award_away(true);
        let report = compare(&catalog, &records, "2026-11-25".parse().unwrap(), &options);
        assert_eq!(report.judged_alone, 0, "{text}");
    }
}

/// Who holds something by an award that lasts as its components do is not one award of it away from what asks for a
/// grade or an issuer that this award has not.
#[test]
fn what_is_held_by_components_cannot_be_awarded_again() {
    let text = "catalog.grades = ['C', 'B']
        credential.a = {}
        credential.c = {}
        credential.k = { valid_for = 'while-components', counts_as = 'c', stack = 'a' }
        credential.x = { stack = { credential = 'c', grade = 'B', lapsed = true } }
        credential.y = { stack = { credential = 'k', issuer = ['z'], lapsed = true } }";
    let catalog = Catalog::parse("catalog.toml", text).unwrap();
    let taken = ["a", "c", "k"];
    let award = |n: usize| Award::new(taken[n]).on("2026-05-01".parse().unwrap());
    let records: Vec<LearnerRecord> = (0..8)
        .map(|set| (0..3).filter(|n| set >> n & 1 == 1).map(award).collect())
        .map(|awards| LearnerRecord { awards, ..LearnerRecord::default() })
        .collect();
    for one_award_away in [true, false] {
        let options = CohortOptions::default().one_award_away(one_award_away);
        compare(&catalog, &records, "2026-11-25".parse().unwrap(), &options);
    }
}

/// Rules that rest on each other, in every order of their ids: whatever is found late is told to all that read it.
#[test]
fn what_rests_on_itself_by_awards_that_last_as_components_do_is_found_in_any_order() {
    let as_of: Date = "2026-11-25".parse().unwrap();
    let orders = (0..24).map(|order| {
        let mut left = vec!['a', 'b', 'c', 'd'];
        [order / 6, order / 2 % 3, order % 2, 0].map(|place| left.remove(place))
    });
    let distinct: BTreeSet<[char; 4]> = orders.clone().collect();
    assert_eq!(distinct.len(), 24, "{distinct:?}");
    for [a, b, c, d] in orders {
        let text = format!(
            "credential.x = {{}}
            credential.y = {{}}
            credential.{a} = {{ valid_for = 'while-components', stack = {{ any_of = ['{d}', 'y'] }} }}
            credential.{b} = {{ counts_as = ['{a}'], stack = {{ all_of = ['{c}', 'x'] }} }}
            credential.{c} = {{ stack = {{ any_of = ['{d}', 'x'] }} }}
            credential.{d} = {{ stack = {{ any_of = ['{a}', '{b}'] }} }}"
        );
        let catalog = Catalog::parse("catalog.toml", &text).unwrap();
        let names = [a, b, c, d, 'x', 'y'].map(String::from);
        let award = |n: usize| Award::new(names[n].as_str()).on("2026-05-01".parse().unwrap());
        let awards = |set: usize| (0..6).filter(|n| set >> n & 1 == 1).map(award).collect();
        let records: Vec<LearnerRecord> =
            (0..64).map(|set| LearnerRecord { awards: awards(set), ..LearnerRecord::default() }).collect();
        for one_award_away in [false, true] {
            let options = CohortOptions::default().one_award_away(one_award_away);
            let report = compare(&catalog, &records, as_of, &options);
            assert_eq!(report.judged_alone, 0, "{text}");
        }
    }
}

/// What lasts as its components do is judged together with all else; whether it lapsed and when it ends is asked of the
/// code for one learner by itself; whatever else such awards do by counting as others.
#[test]
fn awards_that_last_as_their_components_do_are_judged_together() {
    let text = "credential.a = { valid_for = '1 year' }
        credential.b = {}
        credential.c = {}
        credential.s = { valid_for = 'while-components', stack = { all_of = ['a', 'b'] } }
        credential.t = { valid_for = 'while-components', counts_as = ['b'], stack = { all_of = ['s', 'c'] } }
        credential.u = { stack = { at_least = 2, from = ['s', 't', 'c'] } }
        credential.v = { valid_for = 'while-components', stack = { any_of = ['u', { all_of = ['c', V] }] } }
        credential.w = { prerequisite = 's' }
        credential.x = { stack = { at_least = 2, from = ['u', 't', V] } }";
    let as_of: Date = "2026-11-25".parse().unwrap();
    let taken = ["a", "b", "c", "s", "t", "u", "v", "w"];
    let records = |day: &str| -> Vec<LearnerRecord> {
        let award = |n: usize| Award::new(taken[n]).on(day.parse().unwrap());
        let awards = |set: usize| (0..8).filter(|n| set >> n & 1 == 1).map(award).collect();
        (0..256).map(|set| LearnerRecord { awards: awards(set), ..LearnerRecord::default() }).collect()
    };
    let (fresh, old) = (records("2026-05-01"), records("2020-05-01"));
    for v in ["'v'", "{ credential = 'v', lapsed = true }"] {
        let catalog = Catalog::parse("catalog.toml", &text.replace('V', v)).unwrap();
        let of_fresh = compare(&catalog, &fresh, as_of, &CohortOptions::default());
        let of_old = compare(&catalog, &old, as_of, &CohortOptions::default());
        assert_eq!((of_fresh.judged_alone, of_old.judged_alone), (0, 0), "{v}");
        // What came by components and what is asked of days is told by the code for one learner.
        let all: Vec<LearnerRecord> = fresh.iter().chain(&old).step_by(3).cloned().collect();
        let options = CohortOptions::default().one_award_away(true);
        compare(&catalog, &all, as_of, &options);
        let options = CohortOptions::default().lapses(as_of..=later(as_of, 400));
        compare(&catalog, &all, as_of, &options);
        let evaluate = EvaluateOptions::default().qualification_counts(false);
        compare(&catalog, &all, as_of, &CohortOptions::default().evaluate(evaluate));
    }
}

/// Where every award of a credential adds, what the learner qualifies for adds once more.
#[test]
fn qualifying_adds_once_more_where_every_award_does() {
    let text = "credential.a = {}\ncredential.x = { credits = 1, repeatable = true, stack = 'a' }\ncredential.s = { \
                stack = { credits = 2, from = ['x'] } }";
    let catalog = Catalog::parse("catalog.toml", text).unwrap();
    let records =
        [&["x"][..], &["x", "a"], &["a"], &["x", "x"]].map(|ids| LearnerRecord::from_iter(ids.iter().copied()));
    let report = compare(&catalog, &records, "2026-11-25".parse().unwrap(), &CohortOptions::default());
    assert_eq!(report.of("s").unwrap().qualified, [1, 3]);
}

/// Who has something that does not suffice is an award away where another one can be made, and not where it cannot.
#[test]
fn what_is_there_is_made_once_more_only_where_it_repeats() {
    let catalog = Catalog::parse(
        "catalog.toml",
        r#"
        catalog.grades = ["F", "D", "C"]
        [credential]
        exam = {}
        module = { repeatable = true }
        better = { stack = { credential = "exam", grade = "C" } }
        newer = { stack = { credential = "module", since = 2026-06-01 } }
        "#,
    );
    let catalog = catalog.unwrap();
    let of = |award: &str| read(&format!("award = [{{ {award} }}]"));
    let low = of("credential = 'exam', awarded = 2026-01-01, grade = 'D'");
    let records = [low, of("credential = 'module', awarded = 2026-01-01"), LearnerRecord::default()];
    let options = CohortOptions::default().one_award_away(true);
    let as_of = "2026-11-28".parse().unwrap();
    let report = compare(&catalog, &records, as_of, &options);
    assert_eq!(report.of("better").unwrap().one_award_away, [1, 2]);
    assert_eq!(report.of("newer").unwrap().one_award_away, [0, 1, 2]);
}

/// A batch that is filled again, from columns too, says nothing of those before.
#[test]
fn a_batch_is_of_those_last_taken_in() {
    let catalog = Catalog::parse("catalog.toml", "credential.a = {}\ncredential.b = { stack = 'a' }").unwrap();
    let b = catalog.credential("b").unwrap();
    let cohort = catalog.cohort("2026-11-25".parse().unwrap(), &CohortOptions::default());
    let (with, without) = (LearnerRecord::from_iter(["a"]), LearnerRecord::default());
    let (before, after) = ([without, with.clone()], [with]);
    let dictionary = cohort.dictionary(&["a"]);
    let columns = AwardColumns { offsets: &[0, 0, 1, 1], credential: &[0], ..AwardColumns::default() };
    let mut batch = cohort.batch(&before);
    let statuses = |batch: &mut CohortBatch<'_, '_, '_>| {
        batch.evaluate();
        (0..=batch.len()).map(|learner| batch.status(learner, b)).collect::<Vec<_>>()
    };
    let (yes, no) = (Some(Status::Qualified), Some(Status::Locked));
    assert_eq!(statuses(&mut batch), [no, yes, None]);
    batch.read(&after);
    assert_eq!(statuses(&mut batch), [yes, None]);
    batch.read_columns(&dictionary, &columns).unwrap();
    assert_eq!(statuses(&mut batch), [no, yes, no, None]);
}

/// Of ids that the catalog does not know the first hundred are listed, whatever the batch they come in, and the rest is
/// counted.
#[test]
fn unknown_ids_are_told_as_far_as_there_is_room() {
    let catalog = Catalog::parse("c", "credential.a = {}").unwrap();
    let cohort = catalog.cohort("2026-11-25".parse().unwrap(), &CohortOptions::default());
    // From the last id to the first, two learners for each, and one of them twice.
    let ids = (0..3000).rev().map(|n| format!("u{n:04}"));
    let records =
        ids.flat_map(|id| [vec!["a".to_owned(), id.clone(), id.clone()], vec![id]].map(LearnerRecord::from_iter));
    let report = cohort.report(records);
    let unknown = &report.unknown_awards;
    assert_eq!((unknown.awards, unknown.unlisted, unknown.ids.len()), (6000, 5800, 100));
    for (n, told) in unknown.ids.iter().enumerate() {
        assert_eq!((told.id.clone(), told.learners), (format!("u{n:04}"), 2));
    }
    let text = report.to_string();
    assert!(
        text.contains("\n  unknown to the catalog: u0000 (2), u0001 (2), ") && text.contains("further ids (5800)\n"),
        "{text}"
    );
    // A waiver has its learner judged alone.
    let alone = "award = [{ credential = 'x' }, { credential = 'a' }]\nwaiver = [{ credential = 'a', requirement = \
                 'prerequisite' }]";
    let report = cohort.report([read(alone), LearnerRecord::from_iter(["a"])]);
    assert_eq!((report.judged_alone, report.unknown_awards.to_string().as_str()), (1, "unknown to the catalog: x (1)"));
    // It has no place: the credential has no prerequisite.
    assert_eq!(report.misplaced, [0]);
    assert!(
        report.to_string().contains("\n  1 with waivers or substitutions that have no place in the catalog\n"),
        "{report}"
    );
}

/// Records come in batch by batch: none is read before the answers to those before its batch are out.
#[test]
fn records_are_taken_in_batch_by_batch() {
    let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }").unwrap();
    let b = catalog.credential("b").unwrap();
    let cohort = catalog.cohort("2026-11-25".parse().unwrap(), &CohortOptions::default());
    let (read, most) = (Cell::new(0_u64), 100_000);
    let records = (0..most).map(|n| {
        read.set(read.get() + 1);
        LearnerRecord::from_iter(if n % 3 == 0 { vec!["a"] } else { vec![] })
    });
    #[cfg(feature = "rayon")]
    let batch = 2048 * rayon::current_num_threads() as u64;
    #[cfg(not(feature = "rayon"))]
    let batch = 2048;
    let mut answered = 0;
    for answer in cohort.answers(records) {
        assert!(read.get() <= answer.learner() + batch, "{} {}", read.get(), answer.learner());
        let expected = if answer.learner() % 3 == 0 { Status::Qualified } else { Status::Locked };
        assert_eq!(answer.status(b), Some(expected));
        answered += 1;
    }
    assert_eq!(answered, most);
}

/// Whatever the number of lanes and threads: the first learners are answered as they are by themselves, in order.
#[test]
fn every_size_of_cohort_is_answered_alike() {
    let mut runner = TestRunner::deterministic();
    let strategy = (case(), prop::collection::vec(case(), 3));
    for size in [0, 1, 63, 64, 65, 512, 513, 5000] {
        let (case, others) = strategy.new_tree(&mut runner).unwrap().current();
        let (catalog, records, as_of) = cohort_of(&case, &others);
        let records: Vec<LearnerRecord> = records.into_iter().cycle().take(size).collect();
        let lapses = Some(as_of..=later(as_of, 400));
        let mut options = CohortOptions::default().one_award_away(true).tags(tags());
        options.lapses = lapses;
        compare(&catalog, &records, as_of, &options);
    }
}

/// Several threads and one say the same, in the same order.
#[cfg(feature = "rayon")]
#[test]
fn threads_make_no_difference() {
    let mut runner = TestRunner::deterministic();
    let (case, others) = (case(), prop::collection::vec(case(), 3)).new_tree(&mut runner).unwrap().current();
    let (catalog, records, as_of) = cohort_of(&case, &others);
    let records: Vec<LearnerRecord> = records.into_iter().cycle().take(9_000).collect();
    let lapses = Some(as_of..=later(as_of, 400));
    let mut options = CohortOptions::default().one_award_away(true).tags(tags());
    options.lapses = lapses;
    let cohort = catalog.cohort(as_of, &options);
    let told = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let learners = || cohort.answers(&records).map(|answer| answer.learner()).collect::<Vec<u64>>();
        pool.install(|| (cohort.report(&records), learners()))
    };
    assert_eq!(told(1), told(4));
}

/// A ring and a chain of many credentials, against the order of their ids, settle without end or recursion.
#[test]
fn long_chains_and_rings_settle() {
    let n = 20_000;
    let text: String = (0..n)
        .map(|i| match i {
            0 => "credential.c000000 = {}\n".to_owned(),
            // Each is earned by the one before it, or by the one after: one ring of all.
            _ => {
                format!("credential.c{i:06} = {{ stack = {{ any_of = ['c{:06}', 'c{:06}'] }} }}\n", i - 1, (i + 1) % n)
            }
        })
        .collect();
    let catalog = Catalog::parse("ring", &text).unwrap();
    let ids: Vec<CredentialId> =
        [1, n / 2, n - 1].iter().map(|i| catalog.credential(&format!("c{i:06}")).unwrap()).collect();
    let options = CohortOptions::default().credentials(ids.clone());
    let cohort = catalog.cohort("2026-11-25".parse().unwrap(), &options);
    let somewhere = LearnerRecord { awards: vec![Award::new(format!("c{:06}", n / 3))], ..LearnerRecord::default() };
    let report = cohort.report([LearnerRecord::default(), LearnerRecord::from_iter(["c000000"]), somewhere]);
    for credential in &report.credentials {
        assert_eq!(credential.qualified, [1, 2], "{}", credential.credential);
    }
}
