//! Reports on parts of a cohort, put together, are the report on the whole.

use credpath::{AwardColumns, Catalog, CohortOptions, CohortReport, LearnerRecord, Unmergeable, View};
use proptest::prelude::*;

use super::Columnar;
use crate::reference::generate::{case, cases};
use crate::{cohort_of, evaluate_options, later, tags};

fn json(report: &CohortReport) -> String {
    serde_json::to_string(report).unwrap()
}

/// The report as it comes back from another machine.
fn sent(report: &CohortReport) -> CohortReport {
    serde_json::from_str(&json(report)).unwrap()
}

/// The report on parts that begin at these learners.
fn merged(ends: &[usize], all: usize, part: impl Fn(std::ops::Range<usize>) -> CohortReport) -> CohortReport {
    let mut ends: Vec<usize> = ends.iter().map(|end| end % (all + 1)).chain([all]).collect();
    ends.sort_unstable();
    let mut report = part(0..ends[0]);
    for pair in ends.windows(2) {
        report.merge(sent(&part(pair[0]..pair[1]))).unwrap();
    }
    report
}

proptest! {
    #![proptest_config(cases(500))]

    #[test]
    fn parts_are_the_whole_to_the_byte(
        case in case(),
        others in prop::collection::vec(case(), 0..4),
        evaluate in evaluate_options(),
        one_award_away in any::<bool>(),
        counts_only in any::<bool>(),
        days in prop::option::of((0u32..900, 0u32..900)),
        ends in prop::collection::vec(any::<usize>(), 0..4),
        keys in prop::option::of(prop::collection::vec(0u64..1000, 20)),
    ) {
        let (catalog, records, as_of) = cohort_of(&case, &others);
        let lapses = days.map(|(from, more)| later(as_of, from)..=later(as_of, from + more));
        let holders = catalog.credentials().map(|(id, _)| id).step_by(2);
        let mut options = CohortOptions::default().evaluate(evaluate).one_award_away(one_award_away).holders(holders);
        (options.lapses, options.tags, options.counts_only) = (lapses, tags(), counts_only);
        let cohort = catalog.cohort(as_of, &options);
        let report = merged(&ends, records.len(), |part| cohort.report(&records[part]));
        prop_assert_eq!(json(&report), json(&cohort.report(&records)));

        // In columns, parts are cut out of the same arrays.
        let columnar = Columnar::of(&records);
        let dictionary = cohort.dictionary(&columnar.credentials);
        let dictionary = dictionary.with_grades(&columnar.grades).with_issuers(&columnar.issuers);
        let all = columnar.columns();
        let part = |part: std::ops::Range<usize>| {
            let learner = keys.as_ref().map_or(&[][..], |keys| &keys[part.clone()]);
            let columns = AwardColumns { offsets: &all.offsets[part.start..=part.end], learner, ..all };
            cohort.report_columns(&dictionary, &columns).unwrap()
        };
        prop_assert_eq!(json(&merged(&ends, records.len(), part)), json(&part(0..records.len())));
    }
}

/// Ids that the catalog does not know are counted over all parts, and each is told with what was meant.
#[test]
fn unknown_ids_of_parts_are_those_of_the_whole() {
    let catalog = Catalog::parse("c", "credential = { hardware = {}, networks = {} }").unwrap();
    let cohort = catalog.cohort("2026-11-25".parse().unwrap(), &CohortOptions::default());
    let ids = |n: usize| vec![format!("u{:03}", n * 7 % 300), format!("u{:03}", n % 150), "Hardwrae".to_owned()];
    let records: Vec<LearnerRecord> = (0..300).map(|n| LearnerRecord::from_iter(ids(n))).collect();
    let whole = cohort.report(&records);
    assert_eq!(
        (whole.unknown_awards.ids.len(), whole.unknown_awards.ids[0].nearest.as_deref()),
        (100, Some("hardware"))
    );
    let report = merged(&[30, 31, 200], 300, |part| cohort.report(&records[part]));
    assert_eq!(json(&report), json(&whole));
}

/// What is not an answer to the same question is refused, and nothing changes.
#[test]
fn unlike_reports_are_refused() {
    let rules = "credential.a = { tags = ['t'] }\ncredential.b = { stack = 'a' }";
    let catalog = Catalog::parse("c", rules).unwrap();
    let dearer = Catalog::parse("c", &rules.replace("{ tags", "{ cost = 5, tags")).unwrap();
    let as_of = "2026-11-25".parse().unwrap();
    let options = CohortOptions::default().tags(["t".to_owned()]);
    let records = [LearnerRecord::from_iter(["a"]), LearnerRecord::default()];
    let report = catalog.cohort(as_of, &options).report(&records);
    let refused = |other: CohortReport| {
        let mut merged = report.clone();
        let refused = merged.merge(other).unwrap_err();
        assert_eq!(merged, report);
        refused
    };
    let other = dearer.cohort(as_of, &options).report(&records);
    let told = refused(other).to_string();
    assert_eq!(
        told,
        format!("the one was made under catalog {}, the other under {}", catalog.fingerprint(), dearer.fingerprint())
    );
    let other = catalog.cohort("2026-11-26".parse().unwrap(), &options).report(&records);
    assert_eq!(refused(other).to_string(), "the one is as of 2026-11-25, the other as of 2026-11-26");
    let mut unlike = vec![options.clone().one_award_away(true)];
    unlike.push(options.clone().lapses(as_of..=as_of));
    unlike.push(options.clone().tags(Vec::<String>::new()));
    unlike.push(options.clone().holders([catalog.credential("a").unwrap()]));
    unlike.push(options.clone().credentials([catalog.credential("a").unwrap()]));
    let mut views = options.clone();
    views.evaluate.view = View::Planned;
    unlike.push(views);
    for options in unlike {
        assert_eq!(refused(catalog.cohort(as_of, &options).report(&records)), Unmergeable::Options, "{options:?}");
    }
    let cohort = catalog.cohort(as_of, &options);
    let dictionary = cohort.dictionary(&["a"]);
    let keyed = AwardColumns { offsets: &[0, 1], credential: &[0], learner: &[77], ..AwardColumns::default() };
    let keyed = cohort.report_columns(&dictionary, &keyed).unwrap();
    assert_eq!(refused(keyed.clone()), Unmergeable::Names);
    // Nobody goes with anybody.
    let mut nobody = cohort.report(Vec::<LearnerRecord>::new());
    nobody.merge(keyed.clone()).unwrap();
    assert_eq!(json(&nobody), json(&keyed));
    nobody.merge(cohort.report(Vec::<LearnerRecord>::new())).unwrap();
    assert_eq!(json(&nobody), json(&keyed));
    // The order in which things were asked makes no difference.
    let mut ids: Vec<_> = catalog.credentials().map(|(id, _)| id).collect();
    ids.reverse();
    let again = options.credentials(ids).tags(vec!["t".to_owned(); 2]);
    assert!(report.clone().merge(catalog.cohort(as_of, &again).report(&records)).is_ok());

    let mut changed = report.clone();
    changed.credentials.pop();
    assert_eq!(refused(changed), Unmergeable::Contents);
    let mut changed = report.clone();
    changed.coverage.clear();
    assert_eq!(refused(changed), Unmergeable::Contents);
    // Numbers that were changed overflow nothing.
    let mut most = report.clone();
    (most.learners, most.judged_alone, most.coverage[0].held) = (u64::MAX, u64::MAX, u64::MAX);
    let mut merged = most.clone();
    merged.merge(most).unwrap();
    assert_eq!((merged.learners, merged.of("b").unwrap().qualified.clone()), (u64::MAX, vec![0, u64::MAX]));
}
