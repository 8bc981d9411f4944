//! Records as columns of numbers: what is found of them is what is found of the records.

mod merging;
mod visiting;

use std::collections::BTreeMap;

use credpath::{
    Amount, Award, AwardColumns, AwardStatus, Catalog, CohortOptions, Date, InvalidColumns, LearnerRecord, Status,
    Verification,
};
use proptest::prelude::*;

use crate::reference::generate::{case, cases};
use crate::{cohort_of, evaluate_options, later, tags};

/// Records in columns; what they say of exceptions is left out.
#[derive(Debug, Default)]
pub(crate) struct Columnar {
    pub(crate) credentials: Vec<String>,
    pub(crate) grades: Vec<String>,
    pub(crate) issuers: Vec<String>,
    pub(crate) offsets: Vec<i32>,
    credential: Vec<i32>,
    days: [Vec<i32>; 3],
    codes: [Vec<u8>; 2],
    texts: [Vec<i32>; 2],
    amounts: [Vec<i32>; 2],
    award: Vec<i32>,
}

/// The place of a text in a list, which it is added to if it is not there.
fn place(texts: &mut Vec<String>, text: &str) -> i32 {
    let known = texts.iter().position(|known| known == text);
    known.unwrap_or_else(|| {
        texts.push(text.to_owned());
        texts.len() - 1
    }) as i32
}

impl Columnar {
    /// The awards stand behind one of nobody.
    pub(crate) fn of(records: &[LearnerRecord]) -> Self {
        let mut columns = Self::default();
        columns.push(&Award::new("nobody's"), &mut BTreeMap::new());
        columns.offsets.push(1);
        for record in records {
            let mut ids = BTreeMap::new();
            record.awards.iter().for_each(|award| columns.push(award, &mut ids));
            columns.offsets.push(columns.credential.len() as i32);
        }
        columns
    }

    fn push<'r>(&mut self, award: &'r Award, ids: &mut BTreeMap<&'r str, i32>) {
        self.credential.push(place(&mut self.credentials, &award.credential));
        let days = [award.awarded, award.valid_until, award.revoked_on];
        for (column, day) in self.days.iter_mut().zip(days) {
            column.push(day.map_or(AwardColumns::NO_DAY, Date::days_since_1970));
        }
        for (column, code) in self.codes.iter_mut().zip([award.status.code(), award.verification.code()]) {
            column.push(code);
        }
        let grade = award.grade.as_deref().map(|grade| place(&mut self.grades, grade));
        let issuer = award.issuer.as_deref().map(|issuer| place(&mut self.issuers, issuer));
        for (column, text) in self.texts.iter_mut().zip([grade, issuer]) {
            column.push(text.unwrap_or(AwardColumns::NONE));
        }
        for (column, amount) in self.amounts.iter_mut().zip([award.credits, award.hours]) {
            column.push(amount.map_or(AwardColumns::NONE, |amount| amount.hundredths() as i32));
        }
        let next = ids.len() as i32;
        let id = award.id.as_deref().filter(|id| !id.is_empty());
        self.award.push(id.map_or(AwardColumns::NONE, |id| *ids.entry(id).or_insert(next)));
    }

    pub(crate) fn columns(&self) -> AwardColumns<'_> {
        AwardColumns {
            offsets: &self.offsets,
            credential: &self.credential,
            awarded: &self.days[0],
            valid_until: &self.days[1],
            revoked_on: &self.days[2],
            status: &self.codes[0],
            verification: &self.codes[1],
            grade: &self.texts[0],
            issuer: &self.texts[1],
            credits: &self.amounts[0],
            hours: &self.amounts[1],
            award: &self.award,
            learner: &[],
        }
    }
}

/// Everything that is said of the columns is what is said of the records.
pub(crate) fn say_the_same(catalog: &Catalog, records: &[LearnerRecord], as_of: Date, options: &CohortOptions) {
    let bare = |record: &LearnerRecord| LearnerRecord { awards: record.awards.clone(), ..LearnerRecord::default() };
    let records: Vec<LearnerRecord> = records.iter().map(bare).collect();
    let columnar = Columnar::of(&records);
    let cohort = catalog.cohort(as_of, options);
    let dictionary = cohort.dictionary(&columnar.credentials);
    let dictionary = dictionary.with_grades(&columnar.grades).with_issuers(&columnar.issuers);
    let columns = columnar.columns();
    assert_eq!(columns.learners(), records.len());
    assert_eq!(cohort.report_columns(&dictionary, &columns).unwrap(), cohort.report(&records));
    let asked = cohort.credentials().len();
    let (mut statuses, mut codes) = (vec![Status::Undecided; asked * records.len()], vec![0; asked * records.len()]);
    let filled = cohort.fill(&records, &mut statuses);
    assert_eq!(cohort.fill_columns(&dictionary, &columns, &mut codes), Ok(filled));
    assert_eq!(codes, statuses.iter().map(|status| status.code()).collect::<Vec<u8>>());
}

proptest! {
    #![proptest_config(cases(700))]

    #[test]
    fn columns_say_what_records_say(case in case(),
        others in prop::collection::vec(case(), 0..4),
        evaluate in evaluate_options(),
        one_award_away in any::<bool>(),
        days in prop::option::of((0u32..900, 0u32..900)),) {
        let (catalog, records, as_of) = cohort_of(&case, &others);
        let lapses = days.map(|(from, more)| later(as_of, from)..=later(as_of, from + more));
        let holders = catalog.credentials().map(|(id, _)| id).step_by(2);
        let mut options = CohortOptions::default().evaluate(evaluate).one_award_away(one_award_away).holders(holders);
        (options.lapses, options.tags) = (lapses, tags());
        say_the_same(&catalog, &records, as_of, &options);
    }

    /// Whatever stands in columns, it is an answer or an error.
    #[test]
    fn hostile_columns_are_errors(offsets in prop::collection::vec(prop_oneof![4 => 0..6_i32, 1 => any::<i32>()], 0..5),
        numbers in prop::collection::vec(prop_oneof![6 => -1..3_i32, 1 => any::<i32>()], 0..5),
        bytes in prop::collection::vec(prop_oneof![6 => 0..3_u8, 1 => any::<u8>()], 0..5),
        learner in prop::collection::vec(any::<u64>(), 0..4),
        which in 0..512_usize,) {
        let catalog = Catalog::parse(
            "c",
            "credential.a = { valid_for = '1 year' }\ncredential.b = { stack = 'a' \
                                           }",
        )
        .unwrap();
        let options = CohortOptions::default().one_award_away(true);
        let cohort = catalog.cohort("2026-11-25".parse().unwrap(), &options);
        let dictionary = cohort.dictionary(&["a", "x"]).with_grades(&["A"]);
        let used = |bit: usize| if which >> bit & 1 == 1 { &numbers[..] } else { &[] };
        let codes = |bit: usize| if which >> bit & 1 == 1 { &bytes[..] } else { &[] };
        let columns = AwardColumns {
            offsets: &offsets,
            credential: &numbers,
            awarded: used(0),
            valid_until: used(1),
            status: codes(2),
            verification: codes(3),
            grade: used(4),
            issuer: used(5),
            credits: used(6),
            award: used(7),
            learner: if which >> 8 == 1 { &learner } else { &[] },
            ..AwardColumns::default()
        };
        let mut filled = [9; 8];
        let (told, report) =
            (cohort.fill_columns(&dictionary, &columns, &mut filled), cohort.report_columns(&dictionary, &columns));
        match (told, report) {
            (Ok(learners), Ok(report)) => {
                prop_assert_eq!(report.learners, learners as u64);
                prop_assert!(filled[..2 * learners].iter().all(|&code| code < 9));
            }
            (Err(fault), Err(same)) => {
                prop_assert_eq!(fault, same);
                prop_assert_eq!(filled, [9; 8]);
            }
            (told, report) => prop_assert!(false, "{:?} {:?}", told, report),
        }
    }
}

/// The shipped catalogs, with every record that stands beside them.
#[test]
fn shipped_records_say_the_same_in_columns() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let texts = |folder: &str| -> Vec<(String, String)> {
        let mut found: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        found.sort();
        let toml = found.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "toml"));
        toml.map(|path| (path.display().to_string(), std::fs::read_to_string(&path).unwrap())).collect()
    };
    let records = texts(folder.join("records").to_str().unwrap());
    let records: Vec<LearnerRecord> =
        records.iter().map(|(name, text)| LearnerRecord::parse(name, text).unwrap()).collect();
    let mut judged = 0;
    for (name, text) in texts(folder.join("catalogs").to_str().unwrap()) {
        let Ok(catalog) = Catalog::parse(&name, &text) else { continue };
        let as_of: Date = "2026-11-25".parse().unwrap();
        let options = CohortOptions::default().lapses(as_of..=later(as_of, 700));
        say_the_same(&catalog, &records, as_of, &options);
        judged += catalog.len() * records.len();
    }
    assert!(judged > 1000, "{judged}");
}

/// Awards that are one and the same are one in columns, too, and the one that says most stands.
#[test]
fn awards_with_one_number_are_one() {
    let rules =
        "credential.x = { credits = 1, repeatable = true }\ncredential.s = { stack = { credits = 2, from = ['x'] } }";
    let catalog = Catalog::parse("c", rules).unwrap();
    let cohort = catalog.cohort("2026-11-25".parse().unwrap(), &CohortOptions::default());
    let dictionary = cohort.dictionary(&["x"]);
    let columns =
        AwardColumns { offsets: &[0, 2, 4], credential: &[0; 4], award: &[7, 7, 7, 8], ..AwardColumns::default() };
    let report = cohort.report_columns(&dictionary, &columns).unwrap();
    assert_eq!(report.of("s").unwrap().qualified, [1]);
    let columns = AwardColumns { awarded: &[0, 20_000, 0, 0], ..columns };
    let report = cohort.report_columns(&dictionary, &columns).unwrap();
    assert_eq!((report.uncounted.len(), report.uncounted[0].learners.clone()), (1, vec![0]));
}

/// What is wrong is said with its place.
#[test]
fn faults_of_columns_are_told() {
    let catalog = Catalog::parse("c", "credential.a = {}").unwrap();
    let other = Catalog::parse("c", "credential.a = { cost = 5 }").unwrap();
    let cohort = catalog.cohort("2026-11-25".parse().unwrap(), &CohortOptions::default());
    let dictionary = cohort.dictionary(&["a", "b"]);
    let sound = AwardColumns { offsets: &[0, 1, 3], credential: &[0, 1, 1], ..AwardColumns::default() };
    let told = |columns: AwardColumns| cohort.report_columns(&dictionary, &columns).unwrap_err().to_string();
    for (columns, message) in [
        (
            AwardColumns { awarded: &[0], ..sound },
            "`awarded` is of length 1, not 3; leave it empty if nothing is recorded",
        ),
        (
            AwardColumns { learner: &[5], ..sound },
            "`learner` is of length 1, not 2; leave it empty if nothing is recorded",
        ),
        (
            AwardColumns { offsets: &[1, 0], ..sound },
            "entry 1 of `offsets` is 0; offsets do not descend, and lie from 1 to 3 here",
        ),
        (
            AwardColumns { offsets: &[0, 4], ..sound },
            "entry 1 of `offsets` is 4; offsets do not descend, and lie from 0 to 3 here",
        ),
        (
            AwardColumns { offsets: &[-1, 2], ..sound },
            "entry 0 of `offsets` is -1; offsets do not descend, and lie from 0 to 3 here",
        ),
        (
            AwardColumns { credential: &[0, -1, 0], ..sound },
            "entry 1 of `credential` is -1; it is a place in the dictionary of 2 credentials, counted from 0",
        ),
        (
            AwardColumns { grade: &[-1, -1, 0], ..sound },
            "entry 2 of `grade` is 0; it is a place in the dictionary of 0 grades, counted from 0, or -1 where none is \
             recorded",
        ),
        (
            AwardColumns { awarded: &[0, i32::MAX, 0], ..sound },
            "entry 1 of `awarded` is 2147483647; it is a day, counted from 1970-01-01, from 0001-01-01 to 9999-12-31, \
             or -2147483648 where none is recorded",
        ),
        (
            AwardColumns { credits: &[0, 0, 1_000_000_001], ..sound },
            "entry 2 of `credits` is 1000000001; it is an amount in hundredths, from 0 to 1000000000, or -1 where none \
             is recorded",
        ),
        (AwardColumns { status: &[0, 4, 0], ..sound }, "entry 1 of `status` is 4; it is a code from 0 to 3"),
        (
            AwardColumns { verification: &[0, 3, 0], ..sound },
            "entry 1 of `verification` is 3; it is a code from 0 to 2",
        ),
        (
            AwardColumns { award: &[0, -2, 0], ..sound },
            "entry 1 of `award` is -2; it is the number of an award, from 0 on, or -1 where none is recorded",
        ),
    ] {
        assert_eq!(told(columns), message);
    }
    let elsewhere = other.cohort("2026-11-25".parse().unwrap(), &CohortOptions::default());
    assert_eq!(elsewhere.report_columns(&dictionary, &sound), Err(InvalidColumns::OtherCatalog));
    // What lies outside the offsets is nobody's.
    let outside = AwardColumns { offsets: &[1, 2], credential: &[9, 0, 9], ..AwardColumns::default() };
    assert_eq!(cohort.report_columns(&dictionary, &outside).unwrap().learners, 1);
    assert_eq!(cohort.report_columns(&dictionary, &AwardColumns::default()).unwrap().learners, 0);
}

/// Codes are stored by others: they stay what they are.
#[test]
fn codes_stay_what_they_are() {
    let statuses =
        ["held", "qualified", "undecided", "in-progress", "lapsed", "unattainable", "eligible", "started", "locked"];
    for (code, name) in (0..).zip(statuses) {
        assert_eq!(Status::from_code(code).map(|status| (status.as_str(), status.code())), Some((name, code)));
    }
    for (code, name) in (0..).zip(["completed", "in-progress", "planned", "revoked"]) {
        assert_eq!(AwardStatus::from_code(code).map(|status| (status.as_str(), status.code())), Some((name, code)));
    }
    for (code, name) in (0..).zip(["unchecked", "verified", "failed"]) {
        assert_eq!(Verification::from_code(code).map(|told| (told.as_str(), told.code())), Some((name, code)));
    }
    assert_eq!((Status::from_code(9), AwardStatus::from_code(4), Verification::from_code(3)), (None, None, None));
    assert_eq!(Amount::MAX.hundredths(), 1_000_000_000);
}
