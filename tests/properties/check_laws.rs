//! The checks of a catalog against the naive reference, on every small catalog and on random ones; and laws that hold
//! at any size.

#![allow(clippy::pedantic, reason = "properties read best as plain statements")]

use std::collections::BTreeSet;

use crate::checked::*;
use crate::reference::catalogs::{CheckCase, check_case, check_case_of, large_catalog};
use crate::reference::check::Facts;
use crate::reference::edition::Edition;
use crate::reference::generate::cases;
use crate::reference::model::*;
use crate::reference::small;
use crate::reference::write::{write_catalog, write_catalog_in_lines};
use credpath::Code;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

proptest! {
    #![proptest_config(cases(1500))]

    /// The engine finds what the reference finds, where it finds it, with witnesses that hold.
    #[test]
    fn findings_agree_with_the_reference(case in check_case()) {
        let (text, asking) = (write_catalog_in_lines(&case.catalog), Asking::of(&case));
        let facts = Facts::of(&case.catalog, case.as_of);
        let found = check(&text, &asking);
        if let Err(flaw) = Expected::new(&facts, &case.catalog, &text, &asking).compare(&found) {
            return Err(TestCaseError::fail(format!("{flaw}\n{found:#?}")));
        }
    }

    /// Law L1: the order of tables and keys changes no finding, but for which of two that imply each other is
    /// redundant.
    #[test]
    fn input_order_changes_nothing(case in check_case(), seed in any::<u64>()) {
        let asking = Asking::of(&case);
        let told = |shuffle: Option<u64>| {
            let mut told = check(&write_catalog(&case.catalog, shuffle), &asking);
            told.retain(|f| !is(f, Code::RedundantRequirement));
            without_lines(told)
        };
        prop_assert_eq!(told(None), told(Some(seed)));
    }
}

proptest! {
    #![proptest_config(cases(400))]

    /// With little work, questions are left open: nothing is told that is not so, and nothing passed over as clean.
    #[test]
    fn little_work_leaves_questions_open(case in check_case(), work in prop_oneof![0..100_u64, 0..3_000_u64]) {
        let text = write_catalog_in_lines(&case.catalog);
        let catalog = credpath::Catalog::parse("catalog.toml", &text).unwrap();
        let all = options(&catalog, &Asking::of(&case));
        let mut little = all.clone();
        little.work = work;
        let (all, little) = (catalog.check(&all), catalog.check(&little));
        // What is told depends on what was told before it for these: a larger circle, another part of several that
        // imply each other.
        let follows = [Code::BlockingCycle, Code::RedundantRequirement, Code::ShadowedOption, Code::StrongConflict];
        let told = |found: &credpath::Diagnostics| {
            let all = found.as_slice().iter().filter(|d| !follows.contains(&d.code));
            all.map(|d| (d.code, d.severity, d.credential.clone(), d.primary.span.start)).collect::<BTreeSet<_>>()
        };
        // Whether it is a cause or a consequence may depend on a circle that is known to be no smallest one.
        let of_circle = little.undecided().iter().any(|open| open.code == Code::BlockingCycle);
        let faulty: BTreeSet<_> =
            all.as_slice().iter().filter(|d| d.severity == credpath::Severity::Error).map(|d| &d.credential).collect();
        for new in told(&little).difference(&told(&all)) {
            // Which part of the rule cannot be met may be open.
            let of_rule = new.0 == Code::Unearnable && faulty.contains(&new.2);
            prop_assert!(of_circle || of_rule, "{:?} at {}: {}\n{}", new, work, text, little);
        }
        let open: BTreeSet<&str> = little.undecided().iter().map(|open| open.credential.as_str()).collect();
        let about = told(&little);
        for lost in told(&all).difference(&about) {
            let owner = lost.2.as_deref().unwrap_or_default();
            // Nothing closes a target as long as it is open whether anybody can earn it.
            let of_target = lost.0 == Code::DeadEnd && case.targets.iter().any(|target| open.contains(target));
            // A circle with a way round is told if all of it can be earned.
            let of_way = lost.0 == Code::HarmlessCycle && !open.is_empty();
            let of_circle =
                of_circle && matches!(lost.0, Code::FollowingFault | Code::ContradictoryExclusion | Code::Unearnable);
            prop_assert!(
                open.contains(owner) || of_target || of_way || of_circle,
                "{:?} lost at {}: \
                {}\n{}",
                lost,
                work,
                text,
                little
            );
        }
    }
}

/// On every catalog of three credentials with at most two parts in each rule; usually on some of them.
#[test]
fn findings_agree_on_small_catalogs() {
    let step = if std::env::var_os("CREDPATH_CASES").is_some() { 1 } else { 41 };
    for number in (0..small::COUNT).step_by(step) {
        let small = small::small(number);
        let catalog = small.catalog();
        let text = write_catalog_in_lines(&catalog);
        let asking = Asking { targets: small::IDS.to_vec(), prices: number % 7 == 0, ..Asking::default() };
        let found = check(&text, &asking);
        if let Err(flaw) = Expected::new(&small.facts(), &catalog, &text, &asking).compare(&found) {
            panic!("number {number}: {flaw}\n{text}\n{found:#?}");
        }
    }
}

/// The comparison lets right findings about small catalogs pass.
#[test]
fn the_comparison_takes_small_catalogs() {
    for number in (0..small::COUNT).step_by(101) {
        let small = small::small(number);
        let (catalog, facts) = (small.catalog(), small.facts());
        let asking = Asking { targets: small::IDS.to_vec(), prices: true, ..Asking::default() };
        let expected = Expected::new(&facts, &catalog, &write_catalog_in_lines(&catalog), &asking);
        assert_eq!(expected.compare(&expected.findings()), Ok(()), "number {number}");
    }
}

/// The comparison lets right findings pass, and tells when one is left out, moved, repeated, or about another
/// credential.
#[test]
fn the_comparison_compares() {
    let mut runner = TestRunner::deterministic();
    let strategy = check_case_of(Edition::FIRST);
    let codes = [
        Code::ImpossibleCount,
        Code::ImpossibleDistinct,
        Code::Unearnable,
        Code::BlockingCycle,
        Code::ContradictoryExclusion,
        Code::FollowingFault,
        Code::SelfReference,
        Code::HarmlessCycle,
        Code::StrongConflict,
        Code::DeadEnd,
        Code::DeadOption,
        Code::FalseChoice,
        Code::ShadowedOption,
        Code::RedundantRequirement,
        Code::DearerOption,
    ];
    let mut seen = BTreeSet::new();
    for number in 0..1200 {
        // What is seldom told surely is looked for in further catalogs.
        if number >= 400 && seen.len() == codes.len() {
            break;
        }
        let case: CheckCase = strategy.new_tree(&mut runner).unwrap().current();
        let (text, asking) = (write_catalog_in_lines(&case.catalog), Asking::of(&case));
        let facts = Facts::of(&case.catalog, case.as_of);
        let expected = Expected::new(&facts, &case.catalog, &text, &asking);
        let right = expected.findings();
        // Of further ones those are passed over of which not all that is right is put together: conflicts of equivalents.
        if number >= 400 && expected.compare(&right).is_err() {
            continue;
        }
        assert_eq!(expected.compare(&right), Ok(()), "{case:?}{right:#?}");
        let passes = |change: &dyn Fn(&mut Vec<Found>)| {
            let mut found = right.clone();
            change(&mut found);
            expected.compare(&found).is_ok()
        };
        for (i, f) in right.iter().enumerate() {
            let left_out = passes(&|found| drop(found.remove(i)));
            let renamed = passes(&|found| found[i].credential = "nobody".to_owned());
            if !left_out {
                seen.insert(f.code);
            }
            // What could be left out may be told of another credential as well.
            assert!(left_out || !renamed, "{f:?} in {case:?}");
        }
        for (i, f) in right.iter().enumerate().filter(|(_, f)| matches!(f.shown, Shown::Cause(_))) {
            let Shown::Cause(pieces) = &f.shown else { continue };
            let empty = passes(&|found| found[i].shown = Shown::Cause(Vec::new()));
            let shorter = passes(&|found| found[i].shown = Shown::Cause(pieces[1..].to_vec()));
            assert!(!empty && !shorter, "{f:?} in {case:?}");
        }
    }
    assert_eq!(seen, codes.iter().map(|code| code.as_str()).collect());
}

// Laws at real sizes.

const SIZE: usize = 150;

/// What is found, apart from where.
fn without_lines(mut found: Vec<Found>) -> Vec<Found> {
    for f in &mut found {
        f.line = 0;
        match &mut f.shown {
            Shown::Cycle(needs) => needs.iter_mut().for_each(|(_, _, line)| *line = 0),
            Shown::Cause(pieces) => pieces.iter_mut().for_each(|(_, _, _, line)| *line = 0),
            Shown::Crowd(lines, _, _) => lines.iter_mut().for_each(|line| *line = 0),
            Shown::Other(text) => text.clear(),
            _ => {}
        }
    }
    found.sort();
    found
}

fn asking_large() -> Asking {
    Asking { targets: vec!["cred-140", "cred-180", "cred-240"], ..Asking::default() }
}

fn cannot_be_earned(catalog: &Catalog) -> BTreeSet<String> {
    unearnable(&check(&write_catalog_in_lines(catalog), &Asking::default()))
}

/// Another option, an exclusion less, or a lower threshold closes nothing.
#[test]
fn more_ways_close_nothing() {
    let mut opened = 0;
    for seed in 0..4 {
        let catalog = large_catalog(seed, SIZE);
        let before = cannot_be_earned(&catalog);
        assert!(!before.is_empty() && before.len() < SIZE / 2, "{}", before.len());
        let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
        let mut with_options = catalog.clone();
        for (i, id) in ids.iter().enumerate().skip(10).step_by(5) {
            let c = with_options.credentials.get_mut(id).unwrap();
            let other = leaf(ids[i / 2]);
            c.stack = c.stack.take().map(|stack| group(Kind::AnyOf, vec![stack, other]));
        }
        let mut with_less_exclusions = catalog.clone();
        with_less_exclusions.credentials.values_mut().step_by(2).for_each(|c| c.excludes.clear());
        let mut with_lower_thresholds = catalog.clone();
        with_lower_thresholds.credentials.values_mut().for_each(|c| c.stack.iter_mut().for_each(lower));
        for easier in [with_options, with_less_exclusions, with_lower_thresholds] {
            let after = cannot_be_earned(&easier);
            assert!(after.is_subset(&before), "{:?}", after.difference(&before));
            opened += before.len() - after.len();
        }
    }
    assert!(opened > 0);
}

fn lower(part: &mut Part) {
    if let Part::Group { kind, members, .. } = part {
        match kind {
            Kind::AtLeast(n) => *n = n.saturating_sub(1).max(1),
            Kind::Credits(x) | Kind::Hours(x) => *x = (*x - 100).max(100),
            Kind::AllOf | Kind::AnyOf | Kind::UpTo(_) | Kind::Each => {}
        }
        if let Members::List(parts) = members {
            parts.iter_mut().for_each(lower);
        }
    }
}

/// Other names, in the same order, and tables in another order: the same findings about the other names.
#[test]
fn names_and_the_order_of_tables_change_nothing() {
    for seed in 10..13 {
        let text = write_catalog_in_lines(&large_catalog(seed, SIZE));
        let mut tables: Vec<&str> = text.split("\n\n").collect();
        tables.sort_by_key(|table| {
            table.bytes().fold(seed, |hash, byte| hash.wrapping_mul(31).wrapping_add(byte.into()))
        });
        let renamed = tables.join("\n\n").replace("cred-", "a-");
        let names: Vec<String> = asking_large().targets.iter().map(|id| id.replace("cred-", "a-")).collect();
        let asking = Asking { targets: names.into_iter().map(|name| &*name.leak()).collect(), ..asking_large() };
        let found = without_lines(check(&text, &asking_large()));
        assert!(found.len() > 10, "{}", found.len());
        let other = without_lines(check(&renamed, &asking));
        assert_eq!(format!("{found:#?}").replace("cred-", "a-"), format!("{other:#?}"));
    }
}

/// A credential that no rule names changes nothing that is found.
#[test]
fn an_unused_credential_changes_nothing() {
    for seed in 20..23 {
        let catalog = large_catalog(seed, SIZE);
        let mut more = catalog.clone();
        more.credentials.insert("unused", credential("unused"));
        let found = check(&write_catalog_in_lines(&catalog), &asking_large());
        assert!(found.len() > 10, "{}", found.len());
        assert_eq!(found, check(&write_catalog_in_lines(&more), &asking_large()));
    }
}
