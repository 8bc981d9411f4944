//! Two versions of a catalog compared: worked examples, the laws, and random pairs against enumeration over all
//! learners.

#![allow(clippy::pedantic, reason = "properties read best as plain statements")]

#[path = "compare/random.rs"]
mod random;
#[path = "compare/worked.rs"]
mod worked;

use std::collections::{BTreeMap, BTreeSet};

use crate::reference::drawing::Drawing;
use crate::reference::generate::cases;
use crate::reference::model::{self, Grade, Id, Record};
use crate::reference::versions::{met_by, shown_by_records};
use crate::reference::write::write_catalog;
use credpath::{Amount, Catalog, CompareOptions, Comparison, Date, Difference, EvaluateOptions, Learner, Verdict};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use random::{Edited, Pair, edited, unrelated};

/// How often each credential is held.
type Held = BTreeMap<Id, u32>;

fn parse(catalog: &model::Catalog) -> Catalog {
    Catalog::parse("catalog.toml", &write_catalog(catalog, None)).unwrap()
}

fn day(date: model::Date) -> Date {
    Date::new(date.year as u16, date.month as u8, date.day as u8).unwrap()
}

/// The record of a learner with these awards, made well: on the day, with the best grade.
fn well(catalog: &model::Catalog, held: &Held, as_of: model::Date) -> Record {
    let grade = match &catalog.grades {
        Some(grades) => Grade::Text(grades.last().unwrap()),
        None => Grade::Number(100_000_000),
    };
    let award = |id: &Id| model::Award { grade: Some(grade), ..model::award(id, as_of) };
    let awards = held.iter().flat_map(|(id, times)| (0..*times).map(move |_| award(id))).collect();
    Record { awards, ..Record::default() }
}

/// What the engine tells of a learner, as the reference has it.
fn told(learner: &Learner, catalog: &model::Catalog) -> Record {
    let text = |text: &String| -> &'static str { text.clone().leak() };
    let hundredths = |amount: Amount| i64::try_from(amount.hundredths()).unwrap();
    let awards = learner.awards.iter().flat_map(|held| {
        let grade = held.grade.as_ref().and_then(|grade| match &catalog.grades {
            Some(_) => Some(Grade::Text(text(grade))),
            None => grade.parse::<f64>().ok().map(|grade| Grade::Number((grade * 100.0 + 1e-6).floor() as i64)),
        });
        let made = model::Award {
            awarded: held.awarded.map(date),
            valid_until: held.valid_until.map(date),
            grade,
            issuer: held.issuer.as_ref().map(text),
            credits: held.credits.map(hundredths),
            hours: held.hours.map(hundredths),
            ..model::award(known(&held.credential), date(learner.as_of))
        };
        std::iter::repeat_n(made, held.times as usize)
    });
    Record { awards: awards.collect(), ..Record::default() }
}

fn date(day: Date) -> model::Date {
    model::date(day.year().into(), day.month().into(), day.day().into())
}

fn known(id: &str) -> Id {
    random::ALL_IDS.iter().find(|known| **known == id).unwrap()
}

/// So many awards at most are tried where credentials are held repeatedly.
const MOST_REPEATED: u32 = 4;

/// All learners: every set of credentials, and those with few awards in which repeatable credentials are held more than
/// once.
fn learners(catalogs: [&model::Catalog; 2]) -> Vec<Held> {
    let ids: BTreeSet<Id> = catalogs.iter().flat_map(|catalog| catalog.credentials.keys().copied()).collect();
    let repeatable = |id: Id| {
        catalogs.iter().any(|catalog| {
            let equals = catalog.equivalent.iter().filter(|set| set.contains(&id)).flatten();
            let overlapping = equals.flat_map(|id| catalog.equivalent.iter().filter(|set| set.contains(id)).flatten());
            let mut same = overlapping.chain([&id]).filter_map(|id| catalog.credentials.get(id));
            same.any(|credential| credential.repeatable)
        })
    };
    let mut found = vec![Held::new()];
    for id in ids {
        let most = if repeatable(id) { MOST_REPEATED } else { 1 };
        for held in found.clone() {
            for times in 1..=most {
                let mut held = held.clone();
                held.insert(id, times);
                if held.values().all(|&times| times == 1) || size(&held) <= u64::from(MOST_REPEATED) {
                    found.push(held);
                }
            }
        }
    }
    found
}

fn size(held: &Held) -> u64 {
    held.values().map(|&times| u64::from(times)).sum()
}

/// Whether one learner goes before another: fewer awards, else without the last id in which they differ.
fn goes_before(one: &Held, other: &Held) -> bool {
    let backwards = |held: &Held| -> Vec<u32> {
        random::ALL_IDS.iter().rev().map(|id| held.get(id).copied().unwrap_or(0)).collect()
    };
    (size(one), backwards(one)) < (size(other), backwards(other))
}

fn held(difference: &Difference) -> Held {
    let mut held = Held::new();
    for award in &difference.learner.awards {
        *held.entry(known(&award.credential)).or_default() += award.times;
    }
    held
}

/// For each credential of both, the first learner who meets its requirements here and not there.
fn first_differences(pair: &Pair, comparison: &Comparison) -> BTreeMap<Id, [Option<Held>; 2]> {
    let as_of = date(comparison.as_of);
    let [older, newer] = [&pair.older, &pair.newer];
    let common = older.credentials.keys().filter(|id| newer.credentials.contains_key(*id));
    let mut found: BTreeMap<Id, [Option<Held>; 2]> = common.map(|id| (*id, [None, None])).collect();
    for learner in learners([older, newer]) {
        // What is the best grade in one version may be none in the other.
        let graded = if older.grades == newer.grades { vec![older] } else { vec![older, newer] };
        for record in graded.into_iter().map(|catalog| well(catalog, &learner, as_of)) {
            let met = [older, newer].map(|catalog| met_by(catalog, &record, as_of));
            for (id, first) in &mut found {
                for side in 0..2 {
                    let differs = met[side].contains(id) && !met[1 - side].contains(id);
                    if differs && first[side].as_ref().is_none_or(|first| goes_before(&learner, first)) {
                        first[side] = Some(learner.clone());
                    }
                }
            }
        }
    }
    found
}

fn agrees_with_enumeration(pair: &Pair) -> Result<(), TestCaseError> {
    let (older, newer) = (parse(&pair.older), parse(&pair.newer));
    let mut options = CompareOptions::default();
    options.as_of = pair.as_of.map(day);
    let comparison = older.compare(&newer, &options);
    for (id, expected) in first_differences(pair, &comparison) {
        let compared = comparison.get(id);
        let verdict = comparison.verdict(id);
        let found = [compared.and_then(|c| c.lost.as_ref()), compared.and_then(|c| c.gained.as_ref())];
        for (side, (found, expected)) in found.into_iter().zip(&expected).enumerate() {
            let what = format!("{id}, side {side}: {found:?}, {expected:?}");
            if let Some(found) = found {
                is_right(pair, id, side, found)?;
            }
            match (found, expected) {
                (None, None) => {}
                (Some(found), Some(expected)) if found.smallest => {
                    // Enumeration of repeated awards ends early.
                    let beyond = size(expected) > u64::from(MOST_REPEATED) && goes_before(&held(found), expected);
                    prop_assert!(held(found) == *expected || beyond, "{what}");
                }
                // Days that no award can be made on at once suit everything, or it took more work than there was.
                (Some(_), Some(_)) => {}
                (Some(found), None) => {
                    prop_assert!(!found.smallest || found.learner.size() > u64::from(MOST_REPEATED), "{what}");
                }
                (None, Some(_)) => prop_assert!(verdict == Verdict::Undecided, "{what}"),
            }
        }
        if verdict == Verdict::Undecided {
            continue;
        }
        let expected = match found {
            [None, None] => Verdict::Unchanged,
            [Some(_), None] => Verdict::Stricter,
            [None, Some(_)] => Verdict::Looser,
            [Some(_), Some(_)] => Verdict::Incomparable,
        };
        prop_assert_eq!(verdict, expected);
    }
    Ok(())
}

/// Reference and engine say of the learner what the comparison says.
fn is_right(pair: &Pair, id: Id, side: usize, difference: &Difference) -> Result<(), TestCaseError> {
    let day = difference.learner.as_of;
    for (here, model) in [&pair.older, &pair.newer].into_iter().enumerate() {
        let record = told(&difference.learner, model);
        prop_assert_eq!(
            met_by(model, &record, date(day)).contains(id),
            here == side,
            "{} in {}: {}",
            id,
            here,
            difference.learner
        );
        let catalog = parse(model);
        let record = difference.learner.record(&catalog);
        let evaluation = catalog.evaluate(&record, day, &EvaluateOptions::default());
        let credential = catalog.credential(id).unwrap();
        if catalog.is_conferred(credential) {
            prop_assert_eq!(evaluation.meets_requirements(credential), here == side, "{} in {}", id, here);
        }
    }
    Ok(())
}

/// No record that is come across shows what the comparison says there is not.
fn is_not_refuted(pair: &Pair, numbers: Vec<u32>) -> Result<(), TestCaseError> {
    let mut options = CompareOptions::default();
    options.as_of = pair.as_of.map(day);
    let comparison = parse(&pair.older).compare(&parse(&pair.newer), &options);
    let shown = shown_by_records([&pair.older, &pair.newer], pair.as_of, &mut Drawing::new(numbers), 60);
    for (id, [lost, gained]) in shown {
        let verdict = comparison.verdict(id);
        let [never_lost, never_gained] = match verdict {
            Verdict::Unchanged => [true, true],
            Verdict::Stricter => [false, true],
            Verdict::Looser => [true, false],
            Verdict::Incomparable | Verdict::Undecided => [false, false],
        };
        prop_assert!(!never_lost || lost.is_none(), "{} is {}: {:?}", id, verdict, lost);
        prop_assert!(!never_gained || gained.is_none(), "{} is {}: {:?}", id, verdict, gained);
    }
    Ok(())
}

/// The same difference as seen from the other side.
fn turned(difference: &Difference) -> Difference {
    let mut turned = difference.clone();
    std::mem::swap(&mut turned.cause.older_line, &mut turned.cause.newer_line);
    turned
}

fn opposite(verdict: Verdict) -> Verdict {
    match verdict {
        Verdict::Stricter => Verdict::Looser,
        Verdict::Looser => Verdict::Stricter,
        other => other,
    }
}

proptest! {
    #![proptest_config(cases(250))]

    /// After an edit, the comparison says what trying all learners says; each smallest learner is the first of all.
    #[test]
    fn edited_catalogs_agree_with_enumeration(edited in edited()) {
        agrees_with_enumeration(&edited.pair)?;
    }

    /// The same for catalogs that have nothing to do with each other but ids.
    #[test]
    fn unrelated_catalogs_agree_with_enumeration(pair in unrelated()) {
        agrees_with_enumeration(&pair)?;
    }
}

proptest! {
    #![proptest_config(cases(60))]

    /// Records with whatever grades, days, issuers and amounts show nothing that the comparison denies.
    #[test]
    fn no_record_refutes_a_comparison(
        edited in edited(),
        pair in unrelated(),
        numbers in proptest::collection::vec(any::<u32>(), 1500),
    ) {
        is_not_refuted(&edited.pair, numbers.clone())?;
        is_not_refuted(&pair, numbers)?;
    }
}

proptest! {
    #![proptest_config(cases(1000))]

    /// Nothing differs from itself, however its tables are ordered.
    #[test]
    fn nothing_differs_from_itself(pair in unrelated(), seed in any::<u64>()) {
        let text = write_catalog(&pair.older, Some(seed));
        let other = Catalog::parse("catalog.toml", &text).unwrap();
        let comparison = parse(&pair.older).compare(&other, &CompareOptions::default());
        for compared in &comparison.changed {
            prop_assert_eq!(compared.verdict, Verdict::Unchanged);
        }
        let comparison = other.compare(&other, &CompareOptions::default());
        prop_assert!(comparison.is_empty() && comparison.causes().is_empty(), "{:?}", comparison);
        prop_assert_eq!(comparison.unchanged, other.len());
    }

    /// Seen from the newer version, what was stricter is looser, shown by the same learners, for the same reasons.
    #[test]
    fn comparisons_mirror(edited in edited()) {
        let (older, newer) = (parse(&edited.pair.older), parse(&edited.pair.newer));
        let (there, back) =
            (older.compare(&newer, &CompareOptions::default()), newer.compare(&older, &CompareOptions::default()));
        prop_assert_eq!((&there.added, &there.removed, there.as_of), (&back.removed, &back.added, back.as_of));
        prop_assert_eq!(there.changed.len(), back.changed.len());
        for (there, back) in there.changed.iter().zip(&back.changed) {
            prop_assert_eq!(&there.credential, &back.credential);
            prop_assert_eq!(there.verdict, opposite(back.verdict));
            prop_assert_eq!(there.lost.as_ref().map(turned), back.gained.clone());
            prop_assert_eq!(there.gained.as_ref().map(turned), back.lost.clone());
        }
    }

    /// If only the rules of one credential are edited, they are the cause of everything.
    #[test]
    fn an_edited_rule_is_the_cause(edited in edited()) {
        let Edited { pair, only_rules_of: Some(id) } = edited else { return Ok(()) };
        let comparison = parse(&pair.older).compare(&parse(&pair.newer), &CompareOptions::default());
        for group in comparison.causes() {
            prop_assert_eq!(group.cause.credential.as_str(), id, "{}", comparison);
            prop_assert!(group.cause.rests_on.is_empty());
        }
    }
}

/// The text with another id in place of one, which records may go on to use or not.
fn renamed(text: &str, older: Id, newer: &str, accepted: bool) -> String {
    let text = text.replace(&format!("\"{older}\""), &format!("\"{newer}\""));
    let header = format!("[credential.{newer}]\n");
    let text = text.replace(&format!("[credential.{older}]\n"), &header);
    let (before, table) = text.split_once(&header).expect("its table");
    if !accepted {
        return text;
    }
    let (own, after) = table.split_at(table.find("\n[").unwrap_or(table.len()));
    let own = if own.contains("ids = [") {
        own.replace("ids = [", &format!("ids = [\"{older}\", "))
    } else {
        format!("ids = [\"{older}\"]\n{own}")
    };
    format!("{before}{header}{own}{after}")
}

proptest! {
    #![proptest_config(cases(400))]

    /// A renamed credential is told as renamed, and makes nothing stricter or looser, whichever version is the older.
    #[test]
    fn a_renamed_credential_is_the_same(
        pair in unrelated(),
        which in any::<prop::sample::Index>(),
        first: bool,
        accepted: bool,
        turned: bool,
    ) {
        let ids: Vec<Id> = pair.older.credentials.keys().copied().collect();
        let (older, newer) = (*which.get(&ids), if first { "0" } else { "zz" });
        let text = write_catalog(&pair.older, None);
        let mut catalogs =
            [text.clone(), renamed(&text, older, newer, accepted)].map(|text| Catalog::parse("c", &text).unwrap());
        let mut names = [older, newer];
        if turned {
            catalogs.reverse();
            names.reverse();
        }
        let comparison = catalogs[0].compare(&catalogs[1], &CompareOptions::default());
        let told: Vec<[&str; 2]> = comparison.renamed.iter().map(|r| [r.older.as_str(), r.newer.as_str()]).collect();
        if told.is_empty() {
            // Nothing says that it is the same: it has no title, and nothing names it.
            prop_assert!(!accepted);
            prop_assert_eq!(
                (&comparison.removed[..], &comparison.added[..]),
                (&[names[0].to_owned()][..], &[names[1].to_owned()][..])
            );
        } else {
            prop_assert_eq!(told, [names]);
            prop_assert_eq!(comparison.renamed[0].accepted, accepted && !turned);
            prop_assert!(
                comparison.changed.is_empty() && comparison.added.is_empty() && comparison.removed.is_empty(),
                "{}",
                comparison
            );
            prop_assert_eq!(comparison.unchanged, ids.len());
        }
    }
}

/// The random pairs come to every verdict often, and to learners of all kinds.
#[test]
fn random_pairs_reach_every_verdict() {
    let mut runner = TestRunner::deterministic();
    let mut seen: BTreeMap<Verdict, usize> = BTreeMap::new();
    let (mut deep, mut several, mut repeated, mut resting, mut recorded, mut proven, mut all) = (0, 0, 0, 0, 0, 0, 0);
    for _ in 0..240 {
        let pair = edited().new_tree(&mut runner).unwrap().current().pair;
        let comparison = parse(&pair.older).compare(&parse(&pair.newer), &CompareOptions::default());
        *seen.entry(Verdict::Unchanged).or_default() += comparison.unchanged;
        for compared in &comparison.changed {
            *seen.entry(compared.verdict).or_default() += 1;
            for difference in compared.lost.iter().chain(&compared.gained) {
                all += 1;
                deep += usize::from(difference.cause.credential != compared.credential);
                several += usize::from(difference.learner.size() > 1);
                repeated += usize::from(difference.learner.awards.iter().any(|held| held.times > 1));
                resting += usize::from(!difference.cause.rests_on.is_empty());
                recorded += usize::from(!difference.smallest);
                proven += usize::from(difference.smallest);
            }
        }
    }
    for verdict in [Verdict::Unchanged, Verdict::Stricter, Verdict::Looser, Verdict::Incomparable] {
        assert!(seen.get(&verdict).is_some_and(|&often| often >= 5), "{verdict}: {seen:?}");
    }
    // Where spans, averages and amounts of many awards matter together, not all records are gone through.
    let open = seen.get(&Verdict::Undecided).copied().unwrap_or_default();
    assert!(4 * open <= seen.values().sum::<usize>(), "{seen:?}");
    // Where days, issuers or the scale of grades matter, a witness is made as small as it can be, and not called
    // smallest.
    assert!(4 * proven >= all, "{proven} of {all} are proven to be smallest");
    let counts = [deep, several, repeated, resting, recorded];
    assert!(counts.iter().all(|&often| often >= 3), "deep, several, repeated, resting, recorded: {counts:?} of {all}");
}
