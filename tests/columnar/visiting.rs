//! Lists of learners: counted, left out, shown to a visitor.

use std::collections::BTreeMap;

use credpath::{CohortList, CohortOptions, CohortReport, CredentialId, LearnerRecord};
use proptest::prelude::*;

use super::Columnar;
use crate::reference::generate::{case, cases};
use crate::{cohort_of, later, tags};

/// The report without its lists.
fn without_lists(report: &CohortReport) -> CohortReport {
    let mut bare = report.clone();
    bare.options.counts_only = true;
    bare.misplaced.clear();
    bare.lapses.clear();
    bare.uncounted.iter_mut().for_each(|awards| awards.learners.clear());
    for credential in &mut bare.credentials {
        credential.held = None;
        credential.qualified.clear();
        credential.one_award_away.clear();
    }
    bare
}

proptest! {
    #![proptest_config(cases(400))]

    #[test]
    fn counts_and_visits_are_the_lists(
        case in case(),
        others in prop::collection::vec(case(), 0..4),
        days in 0u32..900,
    ) {
        let (catalog, records, as_of) = cohort_of(&case, &others);
        let listed = CohortOptions::default()
            .one_award_away(true)
            .lapses(as_of..=later(as_of, days))
            .holders(catalog.credentials().map(|(id, _)| id).step_by(2))
            .tags(tags());
        let counted = listed.clone().counts_only(true);
        let report = catalog.cohort(as_of, &listed).report(&records);
        for of in &report.credentials {
            let lapses = report.lapses.iter().filter(|lapse| lapse.credential == of.credential).count();
            let lists = [of.qualified.len(), of.one_award_away.len(), lapses].map(|len| len as u64);
            prop_assert_eq!([of.counts.qualified, of.counts.one_award_away, of.counts.lapses], lists);
        }
        prop_assert_eq!(report.misplaced_count, report.misplaced.len() as u64);
        prop_assert!(report.uncounted.iter().all(|awards| awards.count == awards.learners.len() as u64));

        let cohort = catalog.cohort(as_of, &counted);
        let mut lists: BTreeMap<(CredentialId, CohortList), Vec<u64>> = BTreeMap::new();
        let told = cohort.report_visiting(&records, |seen| {
            lists.entry((seen.credential, seen.list)).or_default().push(seen.learner);
        });
        prop_assert_eq!(&told, &without_lists(&report));
        let mut expected: BTreeMap<(CredentialId, CohortList), Vec<u64>> = BTreeMap::new();
        let mut expect = |id: &str, list, learners: &[u64]| {
            let id = catalog.credential(id).unwrap();
            if !learners.is_empty() {
                expected.entry((id, list)).or_default().extend(learners);
            }
        };
        for of in &report.credentials {
            expect(&of.credential, CohortList::Held, of.held.as_deref().unwrap_or_default());
            expect(&of.credential, CohortList::Qualified, &of.qualified);
            expect(&of.credential, CohortList::OneAwardAway, &of.one_award_away);
        }
        report
            .lapses
            .iter()
            .for_each(|lapse| expect(&lapse.credential, CohortList::Lapses(lapse.until), &[lapse.learner]));
        prop_assert_eq!(&lists, &expected);

        // The same of columns, by numbers of the caller's own.
        let bare = |record: &LearnerRecord| LearnerRecord { awards: record.awards.clone(), ..LearnerRecord::default() };
        let bare: Vec<LearnerRecord> = records.iter().map(bare).collect();
        let columnar = Columnar::of(&bare);
        let dictionary = cohort.dictionary(&columnar.credentials);
        let dictionary = dictionary.with_grades(&columnar.grades).with_issuers(&columnar.issuers);
        let keys: Vec<u64> = (0..bare.len() as u64).map(|n| 1_000_000 - n).collect();
        let columns = credpath::AwardColumns { learner: &keys, ..columnar.columns() };
        let (mut by_place, mut by_key) = (Vec::new(), Vec::new());
        cohort.report_visiting(&bare, |seen| by_place.push((seen.credential, seen.list, 1_000_000 - seen.learner)));
        let report = cohort.report_columns_visiting(&dictionary, &columns, |seen| {
            by_key.push((seen.credential, seen.list, seen.learner));
        });
        prop_assert_eq!(by_place, by_key);
        prop_assert!(report.unwrap().keyed);
    }
}

/// A report without lists says in words how many there are.
#[test]
fn counts_are_told_in_words() {
    let rules = "credential.a = { valid_for = '1 year' }\ncredential.b = { stack = 'a' }";
    let catalog = credpath::Catalog::parse("c", rules).unwrap();
    let as_of = "2026-11-25".parse().unwrap();
    let lapses = Some(as_of..=later(as_of, 400));
    let mut options = CohortOptions::default().counts_only(true).one_award_away(true);
    options.lapses = lapses;
    let award = credpath::Award::new("a").on("2026-05-01".parse().unwrap());
    let records = [LearnerRecord { awards: vec![award], ..LearnerRecord::default() }, LearnerRecord::default()];
    let text = catalog.cohort(as_of, &options).report(&records).to_string();
    assert_eq!(
        text,
        "2 learners as of 2026-11-25\n  a (a): 1 held, 1 eligible\n  b (b): 1 qualified, 1 locked; 1: earned and not \
         awarded; 1: one award away\n  a of 1 learner lapses\n"
    );
}
