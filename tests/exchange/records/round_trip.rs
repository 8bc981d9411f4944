//! What is written of a record is the same when it is read again, or the loss was named.

use credpath::{
    Amount, Award, AwardStatus, Date, LearnerRecord, Loss, RecordColumns, RecordFormat, RecordOptions, UtcOffset,
    Verification, records,
};
use proptest::prelude::*;

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-z]{1,8}",
        2 => "https://[a-z]{1,5}\\.example/[a-z0-9]{1,4}",
        1 => "[ -~]{0,12}",
        1 => ".{0,6}",
        1 => Just("say \"a,b\"\nor not".to_owned()),
    ]
}

fn day() -> impl Strategy<Value = Date> {
    (1_u16..=9999, 1_u8..=12, 1_u8..=31).prop_filter_map("a day", |(year, month, day)| Date::new(year, month, day))
}

fn amount() -> impl Strategy<Value = Amount> {
    prop_oneof![9 => 0_u64..=1_000_000_000, 1 => 0_u64..=u64::MAX].prop_map(Amount::from_hundredths)
}

fn award() -> impl Strategy<Value = Award> {
    use prop::option::of;
    let status = prop_oneof![
        5 => Just(AwardStatus::Completed),
        2 => Just(AwardStatus::InProgress),
        1 => Just(AwardStatus::Planned),
        1 => Just(AwardStatus::Revoked),
    ];
    let verification = prop_oneof![8 => Just(Verification::Unchecked), 1 => Just(Verification::Verified)];
    let facts = (text(), of(text()), of(day()), of(day()), of(amount()), of(amount()));
    let more = (of(text()), of(text()), status, prop::option::weighted(0.1, day()), verification);
    (facts, more).prop_map(|(facts, more)| {
        let (credential, id, awarded, valid_until, credits, hours) = facts;
        let (grade, issuer, status, revoked_on, verification) = more;
        Award { credential, id, awarded, valid_until, credits, hours, grade, issuer, status, revoked_on, verification }
    })
}

fn record() -> impl Strategy<Value = LearnerRecord> {
    prop::collection::vec(award(), 0..6).prop_map(|awards| LearnerRecord { awards, ..LearnerRecord::default() })
}

fn offset() -> impl Strategy<Value = UtcOffset> {
    (-1439_i32..=1439).prop_map(|minutes| UtcOffset::new(minutes).unwrap())
}

/// What a record is without what was named as lost. `revoked` says what becomes of an award whose status is lost.
fn without(record: &LearnerRecord, losses: &[Loss], revoked: Option<AwardStatus>) -> LearnerRecord {
    let mut awards: Vec<Option<Award>> = record.awards.iter().cloned().map(Some).collect();
    for loss in losses {
        let place = loss.place.strip_prefix("award[").and_then(|rest| rest.split_once("].")).expect("of an award");
        let number: usize = place.0.parse().expect("a number");
        let Some(award) = &mut awards[number] else { continue };
        match (place.1, revoked) {
            ("credential", _) | ("status", None) => awards[number] = None,
            ("status", Some(status)) => award.status = status,
            // Nothing is named as lost that was not there.
            ("verification", _) => {
                let lost = std::mem::take(&mut award.verification);
                assert_ne!(lost, Verification::Unchecked);
            }
            ("id", _) => assert!(award.id.take().is_some()),
            ("credits", _) => assert!(award.credits.take().is_some()),
            ("hours", _) => assert!(award.hours.take().is_some()),
            ("grade", _) => assert!(award.grade.take().is_some()),
            ("issuer", _) => assert!(award.issuer.take().is_some()),
            (key, _) => panic!("{key} is lost"),
        }
    }
    LearnerRecord { awards: awards.into_iter().flatten().collect(), ..LearnerRecord::default() }
}

/// That no two awards have one id: those are one award, which the import tells.
fn has_copies(record: &LearnerRecord) -> bool {
    let ids: Vec<&String> = record.awards.iter().filter_map(|award| award.id.as_ref()).collect();
    (1..ids.len()).any(|place| ids[..place].contains(&ids[place]))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn a_transcript_comes_back(record in record(), offset in offset()) {
        prop_assume!(!has_copies(&record));
        let written = records::to_clr(&record, offset);
        prop_assert_eq!(records::recognise(written.text.as_bytes()), Some(RecordFormat::Clr2));
        let read = records::import("clr.json", written.text.as_bytes(), offset, &RecordOptions::default());
        let read = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&read.value, &without(&record, &written.losses, None));
        // Only days that were not there are told.
        let undated = read.value.awards.iter().filter(|award| award.awarded.is_none()).count();
        prop_assert_eq!(read.losses.len(), undated);
        // What was written once is written and read the same ever after.
        let again = records::to_clr(&read.value, offset);
        prop_assert!(again.losses.is_empty(), "{:?}", again.losses);
        let reread = records::import("clr.json", again.text.as_bytes(), offset, &RecordOptions::default()).unwrap();
        prop_assert_eq!(reread.value, read.value);
    }

    #[test]
    fn a_text_comes_back(mut record in record()) {
        for award in &mut record.awards {
            award.id = award.id.take().filter(|id| !id.is_empty());
            award.revoked_on = award.revoked_on.filter(|_| award.status == AwardStatus::Revoked);
        }
        let text = records::to_toml(&record);
        // Data is held against the same guards.
        let data = serde_json::from_value::<LearnerRecord>(serde_json::to_value(&record).unwrap());
        match (LearnerRecord::parse("record.toml", &text), data) {
            (Ok(read), _) => prop_assert_eq!(read, record),
            (Err(refused), Ok(_)) => return Err(TestCaseError::fail(format!("{refused}\n{text}"))),
            (Err(_), Err(_)) => {}
        }
    }

    #[test]
    fn a_table_comes_back(record in record(), offset in offset()) {
        let options = RecordOptions::default().columns(RecordColumns::own());
        prop_assume!(!has_copies(&record));
        let written = records::to_csv(&record);
        let read = records::import("awards.csv", written.text.as_bytes(), offset, &options);
        let read = read.map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(&read.value, &without(&record, &written.losses, Some(AwardStatus::Revoked)));
        prop_assert!(read.losses.is_empty());
        let again = records::to_csv(&read.value);
        prop_assert!(again.losses.is_empty(), "{:?}", again.losses);
        let reread = records::import("awards.csv", again.text.as_bytes(), offset, &options).unwrap();
        prop_assert_eq!(reread.value, read.value);
    }
}

#[test]
fn what_cannot_be_written_is_named() {
    let record = LearnerRecord::parse(
        "record.toml",
        r#"
        award = [
            { credential = "a", hours = 20, verification = "verified" },
            { credential = "b", status = "planned" },
            { credential = "c", status = "revoked", revoked_on = 2025-01-01 },
        ]
        waiver = [{ credential = "a", prerequisite = true }]
        substitution = [{ use = "a", for = "b" }]
        pursued = [{ credential = "a", under = "2025" }]
        "#,
    )
    .unwrap();
    let told = |losses: Vec<Loss>| losses.iter().map(ToString::to_string).collect::<Vec<_>>();
    let decided = "what was decided for a learner is no award, and not written";
    let unwritten = "an award that is planned or revoked is left out: nobody issues such a one";
    let checked =
        "award[0].verification: what came of checking it is not written: whoever reads it has to check it anew";
    let clr = told(records::to_clr(&record, UtcOffset::UTC).losses);
    let due = [
        "award[0].hours: the format has no place for hours".to_owned(),
        checked.to_owned(),
        format!("award[1].status: {unwritten}"),
        format!("award[2].status: {unwritten}"),
        format!("waiver[0]: {decided}"),
        format!("substitution[0]: {decided}"),
        format!("pursued[0]: {decided}"),
    ];
    assert_eq!(clr, due);
    let csv = records::to_csv(&record);
    assert_eq!(csv.text.lines().nth(3), Some("c,,,,,,,,revoked,2025-01-01"));
    assert_eq!(told(csv.losses).len(), 4);
}

/// All that a record can say, as text and back.
#[test]
fn all_of_a_record_comes_back_as_text() {
    let text = "[[award]]\ncredential = \"licence\"\nid = \"urn:uuid:3d1b\"\nawarded = 2020-01-01\nvalid_until = \
                2026-12-31\n\
                credits = 4.5\nhours = 30\ngrade = \"A-\"\nissuer = \"north\"\nstatus = \"revoked\"\nrevoked_on = \
                2026-05-01\n\
                verification = \"verified\"\n\n\
                [[waiver]]\ncredential = \"analyst\"\nprerequisite = true\nuntil = 2026-12-31\n\n\
                [[waiver]]\ncredential = \"analyst\"\nrequirement = \"core\"\nreason = \"prior learning\"\n\n\
                [[waiver]]\ncredential = \"analyst\"\ncomponent = \"sql\"\nauthority = \"the dean\"\n\n\
                [[substitution]]\nuse = \"stats\"\nfor = \"statistics\"\nwithin = \"analyst\"\nreason = \"the \
                \\\"same\\\"\"\n\n\
                [[pursued]]\ncredential = \"analyst\"\nunder = \"2025\"\n";
    let record = LearnerRecord::parse("record.toml", text).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(records::to_toml(&record), text);
}
