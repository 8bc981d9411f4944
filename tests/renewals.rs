//! Renewals (semantics 7.9) against a reference that was written from the contract, and the joint renewal against every
//! set of steps.

#![allow(clippy::pedantic, reason = "properties read best as plain statements")]

#[path = "reference/mod.rs"]
mod reference;
#[path = "renewals/tampered.rs"]
mod tampered;
#[path = "renewals/worked.rs"]
mod worked;

use std::collections::BTreeMap;

use credpath::{
    Catalog, Date, JointOutcome, JointRenewal, JointRenewalOptions, LearnerRecord, Optimality, RenewalOptions, State,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use reference::generate::cases;
use reference::renewing::{Due, NEVER, Situation};
use reference::renewing_cases::{id, situation, written_catalog, written_day, written_record};
use reference::renewing_together::{Together, Worth};

struct Read {
    catalog: Catalog,
    record: LearnerRecord,
    as_of: Date,
    until: Date,
}

fn read(situation: &Situation) -> Read {
    let catalog = Catalog::parse("catalog.toml", &written_catalog(situation)).unwrap();
    let record = LearnerRecord::parse("record.toml", &written_record(situation)).unwrap();
    Read { catalog, record, as_of: day(situation.as_of), until: day(situation.until) }
}

fn day(day: reference::dates::Date) -> Date {
    written_day(day).parse().unwrap()
}

/// A last day that never comes is none.
fn end(last: reference::dates::Date) -> Option<Date> {
    (last != NEVER).then(|| day(last))
}

fn situations() -> impl Strategy<Value = Situation> {
    vec(any::<u32>(), 160).prop_map(situation)
}

proptest! {
    #![proptest_config(cases(600))]

    /// What lapses, the first day, whether it can be renewed, the last days afterwards, and other ways.
    #[test]
    fn what_lapses_is_as_the_reference_has_it(situation in situations()) {
        let Read { catalog, record, as_of, until } = read(&situation);
        let renewals = catalog.renewals(&record, as_of, until, &RenewalOptions::default());
        let due = situation.due();
        let ids: Vec<String> = due.iter().map(|due| id(due.of)).collect();
        let found: Vec<&str> = renewals.due.iter().map(|due| due.credential.as_str()).collect();
        prop_assert_eq!(&found, &ids, "{:?}", situation);
        for (found, due) in renewals.due.iter().zip(&due) {
            let Due { awarded, last_day, from, can_renew, required, renewed_until, again_until, renewed_by, .. } = due;
            prop_assert_eq!((found.awarded, found.last_day), (Some(day(*awarded)), day(*last_day)), "{:?}", situation);
            let terms = found.renewal.as_ref();
            prop_assert_eq!(terms.map(|terms| terms.is_possible), *can_renew, "{:?}", situation);
            prop_assert_eq!(terms.and_then(|terms| terms.from), from.map(day), "{:?}", situation);
            let state = terms.and_then(|terms| terms.requires.as_ref()).map(|part| part.state == State::Met);
            prop_assert_eq!(state, *required, "{:?}", situation);
            let gap = terms.and_then(|terms| terms.requires.as_ref()).is_some_and(|part| part.gap.is_some());
            prop_assert!(!gap || *required == Some(false), "{:?}", situation);
            prop_assert_eq!(terms.map(|terms| terms.renewed_until), renewed_until.map(end), "{:?}", situation);
            prop_assert_eq!(found.again.lasts_until, end(*again_until), "{:?}", situation);
            let by: Vec<(String, Option<Date>)> = renewed_by.iter().map(|(by, last)| (id(*by), end(*last))).collect();
            let told: Vec<(String, Option<Date>)> =
                found.renewed_by.iter().map(|way| (way.credential.clone(), way.lasts_until)).collect();
            prop_assert_eq!(told, by, "{:?}", situation);
        }
    }

    /// The joint renewal is as good as the best of all sets of steps, and what cannot be kept is the same.
    #[test]
    fn a_joint_renewal_is_the_best_of_all_sets_of_steps(situation in situations()) {
        let Read { catalog, record, as_of, until } = read(&situation);
        let together = situation.together();
        let joint = catalog.joint_renewal(&record, as_of, until, &JointRenewalOptions::default());
        compare(&situation, &joint, &together)?;
        prop_assert_eq!(joint.verify(&catalog, &record), Ok(()), "{:?}\n{}", situation, joint);
    }
}

fn compare(situation: &Situation, joint: &JointRenewal, together: &Together) -> Result<(), TestCaseError> {
    let ids = |list: &[usize]| list.iter().map(|&of| id(of)).collect::<Vec<_>>();
    prop_assert_eq!(&joint.lasting, &ids(&together.lasting), "{:?}", situation);
    let cannot: Vec<String> = joint.cannot.iter().map(|cannot| cannot.credential.clone()).collect();
    prop_assert_eq!(cannot, ids(&together.cannot), "{:?}\n{}", situation, joint);
    match (joint.plan(), &together.best) {
        (Some(plan), Some((worth, steps))) => {
            let kept: Vec<String> = plan.kept.iter().map(|kept| kept.credential.clone()).collect();
            prop_assert_eq!(kept, ids(&together.kept), "{:?}\n{}", situation, joint);
            let whole = |amount: credpath::Amount| amount.hundredths() as u32 / 100;
            let found = Worth {
                cost: whole(plan.cost),
                missing: plan.steps.iter().filter(|step| step.cost.is_none()).count() as u32,
                hours: whole(plan.hours),
                credentials: plan.credentials as u32,
            };
            prop_assert_eq!(found, *worth, "{:?}\n{}\n{:?}", situation, joint, steps);
            prop_assert_eq!(plan.optimality, Optimality::Proven, "{:?}", situation);
        }
        (None, None) => {
            prop_assert!(matches!(joint.outcome, JointOutcome::NotTogether { .. }), "{:?}\n{}", situation, joint)
        }
        (found, best) => prop_assert!(false, "{:?}\n{}\n{:?} {:?}", situation, joint, found, best),
    }
    Ok(())
}

/// The random situations reach what is of interest.
#[test]
fn situations_reach_the_corners() {
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    let mut runner = TestRunner::new(cases(1));
    for _ in 0..600 {
        let situation = situations().new_tree(&mut runner).unwrap().current();
        let due = situation.due();
        let together = situation.together();
        let mut note = |what: &'static str, is: bool| *seen.entry(what).or_default() += u32::from(is);
        note("nothing lapses", due.is_empty());
        note("several lapse", due.len() > 1);
        note("the window is yet to open", due.iter().any(|due| due.from.is_some_and(|from| from > situation.as_of)));
        note("it can be renewed", due.iter().any(|due| due.can_renew == Some(true)));
        note("something is missing", due.iter().any(|due| due.required == Some(false)));
        note("what is required is there", due.iter().any(|due| due.required == Some(true)));
        note("the horizon is a last day", due.iter().any(|due| due.last_day == situation.until));
        note("by components", due.iter().any(|due| due.of + 1 == situation.catalog.len() && due.can_renew.is_none()));
        note("an award is another one besides", situation.awards().made.iter().any(|made| made.besides));
        note("something lasts all the same", !together.lasting.is_empty());
        note("something cannot be kept", !together.cannot.is_empty());
        let Some((_, steps)) = &together.best else {
            note("not together", true);
            continue;
        };
        note("a renewal", steps.iter().any(|step| step.renewed));
        note("with what it requires", steps.iter().any(|step| step.renewed) && steps.len() > together.kept.len());
        note("several renewals", steps.iter().filter(|step| step.renewed).count() > 1);
        note("taken again", steps.iter().any(|step| !step.renewed && together.kept.contains(&step.of)));
        note("one step keeps several", !steps.is_empty() && steps.len() < together.kept.len());
        note("more than once", steps.iter().any(|step| step.times > 1));
        note(
            "cycles",
            steps.iter().any(|step| {
                situation.catalog[step.of].renewal.as_ref().is_some_and(|terms| step.renewed && terms.keeps_cycle)
            }),
        );
    }
    for what in seen.keys() {
        println!("{what}: {}", seen[what]);
    }
    let rare: Vec<_> = seen.iter().filter(|(_, times)| **times < 3).collect();
    assert!(seen.len() > 17 && rare.is_empty(), "{rare:?}");
}
