//! Learner records of others, in and out: what each format says, what is lost of it, and what is refused.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use credpath::{
    Award, AwardStatus, Catalog, Charset, Code, DateOrder, EvaluateOptions, Imported, InvalidImport, LearnerRecord,
    Limits, RecordColumns, RecordFormat, RecordOptions, Separator, StatusList, TableFormat, UtcOffset, Verification,
    records,
};

#[path = "exchange/records/corners.rs"]
mod corners;
#[path = "exchange/records/hostile.rs"]
mod hostile;
#[path = "exchange/records/round_trip.rs"]
mod round_trip;
#[path = "exchange/records/rows.rs"]
mod rows;

fn fixture(name: &str) -> Vec<u8> {
    fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange/records").join(name)).unwrap()
}

fn offset(text: &str) -> UtcOffset {
    text.parse().unwrap()
}

fn import(name: &str, at: &str, options: &RecordOptions<'_>) -> Imported<LearnerRecord> {
    read(&fixture(name), at, options).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn read(bytes: &[u8], at: &str, options: &RecordOptions<'_>) -> Result<Imported<LearnerRecord>, InvalidImport> {
    records::import("record", bytes, offset(at), options)
}

/// An award in a line: what is stated of it, in the order of its fields.
fn line(award: &Award) -> String {
    let mut out = award.credential.clone();
    let Award {
        credential: _,
        id,
        awarded,
        valid_until,
        credits,
        hours,
        grade,
        issuer,
        status,
        revoked_on,
        verification,
    } = award;
    let said = [
        ("id", id.clone()),
        ("awarded", awarded.map(|day| day.to_string())),
        ("until", valid_until.map(|day| day.to_string())),
        ("credits", credits.map(|credits| credits.to_string())),
        ("hours", hours.map(|hours| hours.to_string())),
        ("grade", grade.clone()),
        ("issuer", issuer.clone()),
        ("status", (*status != AwardStatus::Completed).then(|| format!("{status:?}"))),
        ("revoked", revoked_on.map(|day| day.to_string())),
        ("verification", (*verification != Verification::Unchecked).then(|| format!("{verification:?}"))),
    ];
    for (key, value) in said {
        if let Some(value) = value {
            _ = write!(out, ", {key} {value}");
        }
    }
    out
}

fn lines(imported: &Imported<LearnerRecord>) -> Vec<String> {
    imported.value.awards.iter().map(line).collect()
}

fn losses(imported: &Imported<LearnerRecord>) -> Vec<String> {
    imported.losses.iter().map(ToString::to_string).collect()
}

const WHOSE_BADGE: &str = "whose badge it is has no place in a record, and is not checked";

#[test]
fn a_badge_of_version_2_is_an_award() {
    let imported = import("ob2-embedded.json", "+01:00", &RecordOptions::default());
    assert_eq!(
        lines(&imported),
        ["https://badges.example/classes/welding, id https://badges.example/assertions/17, awarded 2023-01-01, \
          until 2025-12-31, issuer https://forge.example"]
    );
    let whose = format!("recipient: {WHOSE_BADGE}");
    let due = [
        whose.as_str(),
        "badge.description: `description` has no place here",
        "badge.criteria: `criteria` has no place here",
        "badge.issuer.url: `url` has no place here",
        "evidence: `evidence` has no place here",
        "narrative: `narrative` has no place here",
    ];
    assert_eq!(losses(&imported), due);
}

#[test]
fn a_moment_is_a_day_where_the_caller_says() {
    let days = |at| {
        let imported = import("ob2-embedded.json", at, &RecordOptions::default());
        let award = &imported.value.awards[0];
        [award.awarded.unwrap().to_string(), award.valid_until.unwrap().to_string()]
    };
    assert_eq!(days("+01:00"), ["2023-01-01", "2025-12-31"]);
    // It ends at eleven in the evening there, so that day is its last one.
    assert_eq!(days("Z"), ["2022-12-31", "2025-12-31"]);
    assert_eq!(days("+05:30"), ["2023-01-01", "2026-01-01"]);
}

#[test]
fn a_badge_of_which_only_addresses_are_known_is_one_all_the_same() {
    let imported = import("ob2-links.json", "Z", &RecordOptions::default());
    let due = [
        "https://badges.example/classes/soldering, id https://badges.example/assertions/18, awarded 2024-05-06, \
         status Revoked",
        "https://badges.example/classes/brazing, awarded 2013-01-01",
    ];
    assert_eq!(lines(&imported), due);
    let due = ["[0].revocationReason: `revocationReason` has no place here", "[1].uid: `uid` has no place here"];
    assert_eq!(losses(&imported), due);
}

#[test]
fn the_day_of_the_award_goes_before_that_of_issue() {
    let imported = import("ob3-dates.json", "Z", &RecordOptions::default());
    let due = [
        "https://forge.example/a/welding, id urn:badge:1, awarded 2023-04-01, issuer did:example:forge",
        "https://forge.example/a/soldering, id urn:badge:2, awarded 2023-03-28, issuer did:example:forge",
        "https://forge.example/a/brazing, id urn:badge:3, awarded 2025-09-01, until 2027-09-01, \
         issuer did:example:forge",
    ];
    assert_eq!(lines(&imported), due);
    let moved = "the day of the award is not stated: that of issue is taken, which moves with a new issue";
    let due = [
        "[0].validFrom: that the badge was issued on 2025-09-01 is not kept: `awardedDate` says 2023-04-01".to_owned(),
        "[1].validFrom: that the badge was issued on 2025-09-01 is not kept: `activityEndDate` says 2023-03-28"
            .to_owned(),
        format!("[2].issuanceDate: {moved}"),
    ];
    assert_eq!(losses(&imported), due);
}

#[test]
fn results_are_grade_status_and_credits() {
    let imported = import("ob3-results.json", "Z", &RecordOptions::default());
    assert_eq!(
        lines(&imported),
        ["https://forge.example/a/metallurgy, id urn:badge:9, awarded 2024-06-30, credits 40.5, grade B+, \
          issuer did:example:forge"]
    );
    let whose = format!("credentialSubject.id: {WHOSE_BADGE}");
    let due = [
        whose.as_str(),
        "credentialSubject.achievement.description: `description` has no place here",
        "credentialSubject.creditsEarned: 40.5 credits were earned where there are 36: those earned are taken",
        "credentialSubject.result[0].value: 87 as `RawScore` has no place here",
        "credentialSubject.result[1].achievedLevel: `achievedLevel` has no place here",
        "credentialStatus: whether it was revoked or suspended since is told elsewhere, and not looked up",
        "endorsementJwt: `endorsementJwt` has no place here",
    ];
    assert_eq!(losses(&imported), due);
}

#[test]
fn a_status_list_is_looked_up() {
    let mut bytes = vec![0; 16];
    let with = |bytes: &[u8]| {
        let list = StatusList::from_bytes(bytes);
        let options = RecordOptions::default().status_list("https://forge.example/status/3", list);
        read(&fixture("ob3-results.json"), "Z", &options)
    };
    let good = with(&bytes).unwrap();
    assert_eq!(good.value.awards[0].status, AwardStatus::Completed);
    assert!(!losses(&good).iter().any(|loss| loss.starts_with("credentialStatus")));
    // The bit 94 is the second lowest of the twelfth byte.
    bytes[11] = 0b0000_0010;
    assert_eq!(with(&bytes).unwrap().value.awards[0].status, AwardStatus::Revoked);
    bytes[11] = !0b0000_0010;
    assert_eq!(with(&bytes).unwrap().value.awards[0].status, AwardStatus::Completed);
    let short = with(&bytes[..11]).unwrap_err();
    assert_eq!(short.diagnostics()[0].message, "the status list `https://forge.example/status/3` has no such entry");
}

#[test]
fn the_verdict_of_the_caller_is_carried() {
    for verification in [Verification::Unchecked, Verification::Verified, Verification::Failed] {
        let imported = import("ob3-dates.json", "Z", &RecordOptions::default().verification(verification));
        assert!(imported.value.awards.iter().all(|award| award.verification == verification));
    }
}

#[test]
fn what_has_no_id_needs_an_alias_or_leave() {
    let refused = read(&fixture("ob3-nameless.json"), "Z", &RecordOptions::default()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        r#"error[missing-key]: the credential `Forging by hand` has no id of its own
 --> record:7:20
  |
7 |     "achievement": { "type": ["Achievement"], "name": "Forging by hand" }
  |                    ^
  |
  = help: say by an alias which credential that title is, or let titles be ids
"#
    );
    let aliased = import("ob3-nameless.json", "Z", &RecordOptions::default().alias("Forging by hand", "forging"));
    assert_eq!(lines(&aliased), ["forging, awarded 2024-06-30, issuer did:example:forge"]);
    let titled = import("ob3-nameless.json", "Z", &RecordOptions::default().titles_as_ids(true));
    assert_eq!(titled.value.awards[0].credential, "Forging by hand");
}

#[test]
fn only_the_credentials_of_a_transcript_are_awards() {
    let imported = import("clr.json", "Z", &RecordOptions::default());
    let due: Vec<String> = (1..=4)
        .map(|number| {
            let year = 2020 + number;
            format!(
                "https://college.example/a/first-aid, id urn:c:{number}, awarded {year}-05-01, issuer \
                 did:example:college"
            )
        })
        .collect();
    assert_eq!(lines(&imported), due);
    let place = "credentialSubject.verifiableCredential";
    let due = [
        "name: `name` has no place here".to_owned(),
        "credentialSubject.id: whose record it is has no place in one, and is not checked".to_owned(),
        "credentialSubject.achievement: `achievement` has no place here".to_owned(),
        "credentialSubject.association: `association` has no place here".to_owned(),
        format!("{place}[0].credentialSubject.id: it names another learner than the record that it is in does"),
        format!("{place}[0].credentialSubject.id: {WHOSE_BADGE}"),
        format!("{place}[4]: the award `urn:c:4` is there more than once: it is taken once"),
        format!("{place}[5].credentialSubject: `https://college.example/a/rescue` was not achieved: there is no award"),
    ];
    assert_eq!(losses(&imported), due);
}

#[test]
fn a_transcript_holds_signed_credentials_in_envelopes() {
    let badge = String::from_utf8(fixture("ob3-results.json")).unwrap();
    let clr = serde_json::json!({
        "type": ["VerifiableCredential", "ClrCredential"],
        "credentialSubject": { "type": ["ClrSubject"], "verifiableCredential": [
            { "type": ["EnvelopedVerifiableCredential"], "id": format!("data:application/vc+jwt,{}", signed(&badge)) },
        ] },
    });
    let imported = read(clr.to_string().as_bytes(), "Z", &RecordOptions::default()).unwrap();
    assert_eq!(imported.value.awards[0].grade.as_deref(), Some("B+"));
    let place = "credentialSubject.verifiableCredential[0].id";
    let due = format!("{place}: in the envelope, endorsementJwt: `endorsementJwt` has no place here");
    assert!(losses(&imported).contains(&due), "{:?}", losses(&imported));
    let wrong = clr.to_string().replace("data:application/vc+jwt,", "data:application/vc+jwt,x");
    let refused = read(wrong.as_bytes(), "Z", &RecordOptions::default()).unwrap_err();
    assert_eq!(refused.diagnostics()[0].path.as_deref(), Some(place));
    let wrong = clr.to_string().replace(&signed(&badge), &signed(&badge.replace("2024-06-30T", "2024-06-31T")));
    let refused = read(wrong.as_bytes(), "Z", &RecordOptions::default()).unwrap_err();
    let message = "in the envelope at awardedDate: `awardedDate` is a day or time that does not exist";
    assert!(refused.diagnostics()[0].message.starts_with(message), "{refused}");
}

#[test]
fn claims_of_achievements_are_awards_and_their_ids_are_of_the_file() {
    let options = RecordOptions::default()
        .alias("Data ethics", "ethics")
        .alias("https://university.example/units/privacy", "privacy")
        .issuer("BE-0123", "university");
    let imported = import("europass.json", "+01:00", &options);
    let due = [
        "ethics, id urn:credential:5b1f#urn:epass:learningAchievement:1, awarded 2023-01-01, credits 2.5, hours 60, \
         grade 16/20, issuer university",
        "privacy, id urn:credential:5b1f#urn:epass:learningAchievement:2, awarded 2023-02-01, issuer university",
    ];
    assert_eq!(lines(&imported), due);
    let claim = "credentialSubject.hasClaim[0]";
    let due = [
        "credentialSubject: whose credential it is has no place in a record, and is not checked".to_owned(),
        format!("{claim}.specifiedBy.creditPoint[0].framework: the framework of the credits has no place in a record"),
        format!("{claim}.specifiedBy.learningOutcome: `learningOutcome` has no place here"),
        format!("{claim}.hasPart[0]: the day of the award is not stated: `validFrom` of the credential is taken"),
        "credentialSubject.hasClaim[1]: a claim of LearningActivity is no award".to_owned(),
    ];
    assert_eq!(losses(&imported), due);
    // In another place it was still the year before.
    let london = import("europass.json", "Z", &options);
    assert_eq!(london.value.awards[0].awarded, Some("2022-12-31".parse().unwrap()));
}

#[test]
fn titles_in_several_languages_are_not_chosen_from() {
    let options = RecordOptions::default().titles_as_ids(true);
    let refused = read(&fixture("europass.json"), "Z", &options).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "the credential has several titles, and no id of its own");
    let imported = import("europass.json", "Z", &options.language("fr"));
    assert_eq!(imported.value.awards[0].credential, "Éthique des données");
    assert_eq!(imported.value.awards[1].credential, "https://university.example/units/privacy");
}

/// Bytes in base64url, without padding.
fn base64url(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let held = chunk.iter().fold(0_u32, |held, &byte| held << 8 | u32::from(byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            out.push(char::from(DIGITS[(held >> (18 - 6 * place)) as usize % 64]));
        }
    }
    out
}

/// A text as a JWS in its compact form, with a signature that is none.
fn signed(text: &str) -> String {
    format!("{}.{}.{}", base64url(b"{\"alg\":\"EdDSA\"}"), base64url(text.as_bytes()), base64url(b"no signature"))
}

/// A PNG of these chunks. Checksums are not looked at.
fn png(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, data) in chunks {
        bytes.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
        bytes.extend(*kind);
        bytes.extend(data);
        bytes.extend([0; 4]);
    }
    bytes
}

fn itxt(keyword: &str, text: &str) -> Vec<u8> {
    [keyword.as_bytes(), b"\0\0\0en\0\0", text.as_bytes()].concat()
}

#[test]
fn a_badge_is_the_same_however_it_is_carried() {
    let options = RecordOptions::default();
    for (name, format) in [
        ("ob2-embedded.json", RecordFormat::OpenBadges2),
        ("ob3-results.json", RecordFormat::OpenBadges3),
        ("clr.json", RecordFormat::Clr2),
        ("europass.json", RecordFormat::Europass),
    ] {
        let plain = fixture(name);
        let text = String::from_utf8(plain.clone()).unwrap();
        let options = options.clone().titles_as_ids(true).language("en");
        let due = read(&plain, "Z", &options).unwrap();
        let token = signed(&text);
        let flat = serde_json::json!({ "payload": base64url(text.as_bytes()), "protected": "e30", "signature": "eA" });
        let general =
            serde_json::json!({ "payload": base64url(text.as_bytes()), "signatures": [{ "signature": "eA" }] });
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&#34;");
        let with_iend = |chunk| png(&[(b"IHDR", vec![0; 13]), chunk, (b"IEND", Vec::new())]);
        let carried = [
            token.clone().into_bytes(),
            format!("\n{token}\n").into_bytes(),
            flat.to_string().into_bytes(),
            general.to_string().into_bytes(),
            with_iend((b"iTXt", itxt("openbadgecredential", &text))),
            with_iend((b"iTXt", itxt("openbadges", &token))),
            with_iend((b"tEXt", [b"openbadges\0", text.as_bytes()].concat())),
            svg(
                "xmlns:openbadges='http://openbadges.org'",
                &format!("<openbadges:assertion><![CDATA[{text}]]></openbadges:assertion>"),
            ),
            svg("xmlns:ob=\"https://purl.imsglobal.org/ob/v3p0\"", &format!("<ob:credential verify=\"{token}\"/>")),
            svg("", &format!("<openbadges:credential verify='{token}'></openbadges:credential>")),
            svg("", &format!("<openbadges:credential>{escaped}</openbadges:credential>")),
        ];
        for (number, bytes) in carried.iter().enumerate() {
            assert_eq!(records::recognise(bytes), Some(format), "{name} as {number}");
            let came = read(bytes, "Z", &options).unwrap_or_else(|error| panic!("{name} as {number}: {error}"));
            assert_eq!(came, due, "{name} as {number}");
        }
        let asked = options.clone().format(RecordFormat::OpenBadges3);
        assert_eq!(read(&plain, "Z", &asked).is_ok(), format == RecordFormat::OpenBadges3, "{name}");
    }
}

/// An SVG as programs write them, with a badge in it.
fn svg(namespace: &str, badge: &str) -> Vec<u8> {
    format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE svg [ <!ENTITY ns \"http://www.w3.org/2000/svg\"> ]>\n\
         <!-- <openbadges:assertion>no</openbadges:assertion> -->\n\
         <svg xmlns=\"&ns;\" {namespace}>{badge}<rect a='>' width=\"1\"/></svg>"
    )
    .into_bytes()
}

#[test]
fn two_versions_of_a_badge_in_one_image_are_told() {
    let older = (b"iTXt", itxt("openbadges", "{}"));
    let newer = (b"iTXt", itxt("openbadgecredential", &String::from_utf8(fixture("ob3-results.json")).unwrap()));
    let image = png(&[older, newer, (b"IEND", Vec::new())]);
    let imported = read(&image, "Z", &RecordOptions::default()).unwrap();
    assert_eq!(losses(&imported)[0], "the image: the image holds the badge in an older version too, which is not read");
    assert_eq!(imported.value.awards[0].id.as_deref(), Some("urn:badge:9"));
}

#[test]
fn claims_of_a_token_stand_for_what_the_credential_in_it_does_not_say() {
    let claims = serde_json::json!({
        "jti": "urn:badge:jti", "nbf": 1_672_527_600, "exp": 1_704_063_600, "vc": {
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "credentialSubject": { "achievement": { "id": "welding" } },
        },
    });
    let imported = read(signed(&claims.to_string()).as_bytes(), "+01:00", &RecordOptions::default()).unwrap();
    // From the first second of 2023 in Brussels to the last one of that year.
    assert_eq!(lines(&imported), ["welding, id urn:badge:jti, awarded 2023-01-01, until 2023-12-31"]);
}

const CATALOG: &str = r#"
    credential.welding = { title = "Welding", ids = ["https://forge.example/a/welding"] }
    credential.soldering = { title = "Soldering" }
    credential.first-aid = { title = "First aid" }
    credential.hard-soldering = { title = "Brazing" }
"#;

#[test]
fn credentials_are_matched_by_id_further_ids_and_aliases() {
    let catalog = Catalog::parse("catalog.toml", CATALOG).unwrap();
    let options = RecordOptions::default().catalog(&catalog);
    let ids = |imported: &Imported<LearnerRecord>| -> Vec<String> {
        imported.value.awards.iter().map(|award| award.credential.clone()).collect()
    };
    let imported = import("ob3-dates.json", "Z", &options);
    let due = ["welding", "https://forge.example/a/soldering", "https://forge.example/a/brazing"];
    assert_eq!(ids(&imported), due);
    let told: Vec<String> = losses(&imported).into_iter().filter(|loss| loss.contains("no credential")).collect();
    let place = "credentialSubject.achievement";
    let due = [
        format!(
            "[1].{place}: the catalog has no credential `https://forge.example/a/soldering` (Soldering); did you mean \
             `soldering`? If so, say it by an alias"
        ),
        format!(
            "[2].{place}: the catalog has no credential `https://forge.example/a/brazing` (Brazing); did you mean \
             `hard-soldering`? If so, say it by an alias"
        ),
    ];
    assert_eq!(told, due);
    let options = options.alias("https://forge.example/a/soldering", "soldering").alias("Brazing", "hard-soldering");
    let imported = import("ob3-dates.json", "Z", &options);
    assert_eq!(ids(&imported), ["welding", "soldering", "hard-soldering"]);
    assert!(!losses(&imported).iter().any(|loss| loss.contains("no credential")));
    // Without a catalog, a list of ids does as well.
    let options = RecordOptions::default().known(["https://forge.example/a/welding", "soldering"]);
    let told = losses(&import("ob3-dates.json", "Z", &options)).join("\n");
    assert!(
        told.contains("there is no credential `https://forge.example/a/brazing` (Brazing): it is kept under that id")
    );
    assert!(told.contains("did you mean `soldering`?") && !told.contains("`https://forge.example/a/welding`"));
}

#[test]
fn an_audit_names_the_badge_behind_an_award() {
    let catalog =
        Catalog::parse("catalog.toml", &format!("{CATALOG}\ncredential.smith = {{ stack = 'welding' }}")).unwrap();
    let imported = import("ob3-dates.json", "Z", &RecordOptions::default().catalog(&catalog));
    let audit = |id| {
        catalog.audit(
            &imported.value,
            "2026-11-22".parse().unwrap(),
            catalog.credential(id).unwrap(),
            &EvaluateOptions::default(),
        )
    };
    let smith = audit("smith");
    let told = serde_json::to_string(&smith).unwrap();
    assert!(told.contains("urn:badge:1"), "{told}");
    assert_eq!(audit("welding").awards[0].id.as_deref(), Some("urn:badge:1"));
    let text = smith.to_string();
    assert!(text.contains("✓ Welding: awarded 2023-04-01 (urn:badge:1)"), "{text}");
    let text = audit("welding").to_string();
    assert!(text.contains("urn:badge:1"), "{text}");
}

#[test]
fn a_table_is_read_as_it_is_stated_to_be() {
    let columns = RecordColumns::new("course")
        .title("title")
        .learner("student")
        .awarded("completed")
        .valid_until("expires")
        .credits("units")
        .grade("grade")
        .date_order(DateOrder::MonthDayYear);
    let options = RecordOptions::default().local_times(true);
    let refused = read(&fixture("us.csv"), "-05:00", &options.clone().columns(columns.clone())).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "the year of `completed` has two digits: `12/31/23 11:30 PM`");
    let options = options.columns(columns.two_digit_years_from(1970));
    let imported = import("us.csv", "-05:00", &options);
    let due = [
        "CS-101, awarded 2023-12-31, credits 3, grade A-",
        "CS-102, awarded 2024-01-05, until 2027-06-30, credits 4.5, grade B",
    ];
    assert_eq!(lines(&imported), due);
    assert_eq!(losses(&imported), ["line 1, column remark: the column has no place in a record"]);
    let refused = read(&fixture("us.csv"), "-05:00", &options.local_times(false)).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "error[invalid-date]: `completed` has a time, and no offset from UTC: `12/31/23 11:30 PM`
 --> record:2:23
  |
2 | 17,CS-101,Programming,12/31/23 11:30 PM,,3,A-,
  |                       ^^^^^^^^^^^^^^^^^
  |
  = help: say that times without an offset are local ones, if they are
"
    );
}

#[test]
fn a_table_in_another_encoding_with_another_separator() {
    let columns = RecordColumns::new("Kurs")
        .awarded("Abgeschlossen am")
        .valid_until("Gültig bis")
        .grade("Note")
        .status("Status")
        .status_word("bestanden", AwardStatus::Completed)
        .date_order(DateOrder::DayMonthYear)
        .learner("Student");
    let format = TableFormat::default().separator(Separator::Semicolon).charset(Charset::Windows1252);
    let options = RecordOptions::default().format(RecordFormat::Csv);
    let guessed =
        options.clone().columns(columns.clone().format(TableFormat::default().separator(Separator::Semicolon)));
    assert!(read(&fixture("windows.csv"), "Z", &guessed).unwrap_err().to_string().contains("not UTF-8"));
    let columns = columns.format(format);
    let refused = read(&fixture("windows.csv"), "Z", &options.clone().columns(columns.clone())).unwrap_err();
    assert_eq!(refused.diagnostics().len(), 1);
    assert_eq!(refused.diagnostics()[0].message, "nobody said what the status `angemeldet` means");
    let columns = columns.status_word("angemeldet", AwardStatus::InProgress);
    let imported = import("windows.csv", "Z", &options.columns(columns));
    assert_eq!(lines(&imported), ["Münzkunde, awarded 2023-12-31, grade 1,3", "Heraldik, status InProgress"]);
    assert!(imported.losses.is_empty());
}

#[test]
fn exports_of_canvas_and_credly_are_read() {
    let canvas = RecordOptions::default().columns(RecordColumns::canvas_grades());
    let several = read(&fixture("canvas.csv"), "Z", &canvas).unwrap_err();
    assert_eq!(several.diagnostics()[0].message, "the table tells of several learners");
    let canvas = RecordOptions::default().columns(RecordColumns::canvas_grades().only("s1"));
    let imported = import("canvas.csv", "Z", &canvas);
    assert_eq!(lines(&imported), ["CS-101, grade A-", "CS-102, status InProgress"]);
    assert!(
        losses(&imported)
            .contains(&"line 4, column enrollment state: `deleted` means that there is no award".to_owned())
    );
    let failed = "line 5, column final grade: the grade `F` means that it was failed: no award".to_owned();
    assert!(losses(&imported).contains(&failed), "{:?}", losses(&imported));
    let credly = RecordOptions::default().columns(RecordColumns::credly()).issuer("Cloud School", "cloud");
    let imported = import("credly.csv", "+02:00", &credly);
    let due = [
        "t-1, id b-1, awarded 2014-04-02, until 2017-04-01, issuer cloud",
        "t-2, id b-2, awarded 2016-04-01, issuer cloud",
        "t-3, id b-3, awarded 2018-04-01, issuer cloud, status Revoked",
    ];
    assert_eq!(lines(&imported), due);
    assert!(losses(&imported).contains(&"line 5, column Status: `rejected` means that there is no award".to_owned()));
    let nobody = RecordOptions::default().columns(RecordColumns::credly().only("bo@example.org"));
    let refused = read(&fixture("credly.csv"), "Z", &nobody).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "no row is of the learner `bo@example.org`");
    let bulk = RecordOptions::default().columns(RecordColumns::credly_bulk());
    let due = ["t-1, awarded 2024-04-01, until 2027-04-01", "t-2, awarded 2025-05-02"];
    assert_eq!(lines(&import("credly-bulk.csv", "Z", &bulk)), due);
}

/// What was not mastered, or not assessed, is no award of the outcome.
#[test]
fn outcomes_of_canvas_are_awards_where_they_are_mastered() {
    let options = RecordOptions::default().columns(RecordColumns::canvas_outcomes()).alias("17", "proofs");
    let imported = import("canvas-outcomes.csv", "+02:00", &options);
    assert_eq!(lines(&imported), ["proofs, awarded 2026-05-01, grade Meets Mastery"]);
    let told = losses(&imported);
    for due in [
        "line 3, column learning outcome mastered: `0` means that there is no award",
        "line 4, column learning outcome mastered: nothing means that there is no award",
    ] {
        assert!(told.iter().any(|loss| loss == due), "{told:?}");
    }
    // Of nobody assessed the report says so in its first column.
    let none = b"student name,student sis id,learning outcome id,learning outcome mastered\nNo outcomes found\n";
    assert!(read(none, "Z", &options).unwrap().value.awards.is_empty());
}

#[test]
fn a_column_that_is_not_there_is_a_fault_or_a_loss() {
    let table = b"Course,Awarded on\nsql,2025-05-01\n";
    let columns = RecordColumns::new("course").awarded("Awardd on").grade("Grade");
    let strict = read(table, "Z", &RecordOptions::default().columns(columns.clone())).unwrap_err();
    let told: Vec<(&str, Option<&str>)> =
        strict.diagnostics().iter().map(|fault| (fault.message.as_str(), fault.help.as_deref())).collect();
    assert_eq!(told[0], ("the table has no column `Awardd on`", Some("is it the column `Awarded on`?")));
    let lax = read(table, "Z", &RecordOptions::default().columns(columns.columns_may_lack(true))).unwrap();
    let due = [
        "line 1: the table has no column `Awardd on`, so no award says it",
        "line 1: the table has no column `Grade`, so no award says it",
        "line 1, column Awarded on: the column has no place in a record",
    ];
    assert_eq!(losses(&lax), due);
    let empty = read(b"\n", "Z", &RecordOptions::default().columns(RecordColumns::own())).unwrap_err();
    assert_eq!(empty.diagnostics()[0].message, "the table is empty");
}

#[test]
fn copies_of_one_award_are_one_whatever_the_table() {
    let table = b"credential,id,grade\nsql,urn:1,\nsql,urn:1,B\nsql,,\n";
    let columns = RecordColumns::new("credential").id("id").grade("grade");
    let imported = read(table, "Z", &RecordOptions::default().columns(columns)).unwrap();
    assert_eq!(lines(&imported), ["sql, id urn:1, grade B", "sql"]);
    assert_eq!(losses(&imported), ["line 2: the award `urn:1` is there more than once: it is taken once"]);
}

#[test]
fn what_is_wrong_with_a_badge_is_told_with_its_place() {
    for (text, code, message, path) in [
        (r#"{ "type": "Assertion" }"#, Code::MissingKey, "an assertion needs `badge`", "the whole"),
        (
            r#"{ "type": "Assertion", "badge": 7 }"#,
            Code::WrongType,
            "`badge` must be an address or an object, not a number",
            "badge",
        ),
        (
            r#"{ "type": "BadgeClass", "id": "x" }"#,
            Code::InvalidValue,
            "nothing is known of credentials of this type",
            "the whole",
        ),
        ("[1]", Code::WrongType, "`verifiableCredential` must be an object, not a number", "[0]"),
        (
            r#"{ "type": "Assertion", "badge": "x", "issuedOn": "2024-05-06T10:00:00" }"#,
            Code::InvalidDate,
            "`issuedOn` has a time, and no offset from UTC: `2024-05-06T10:00:00`",
            "issuedOn",
        ),
        (
            r#"{ "type": "Assertion", "badge": "x", "issuedOn": "6 May 2024" }"#,
            Code::InvalidDate,
            "`issuedOn` is no date: `6 May 2024`",
            "issuedOn",
        ),
        (
            r#"{ "type": "Assertion", "id": "a\u0000b", "badge": "x" }"#,
            Code::InvalidId,
            "the id of an award cannot contain the character U+0000",
            "id",
        ),
        (
            r#"{ "type": "Assertion", "badge": { "name": "\u202eevil", "id": "\u202eevil" } }"#,
            Code::InvalidId,
            "the id of a credential cannot contain the character U+202E",
            "badge",
        ),
        (
            r#"{ "type": ["OpenBadgeCredential"], "validFrom": "2024-05-06", "credentialSubject": {
                "achievement": { "id": "x" }, "creditsEarned": 0.125 } }"#,
            Code::InvalidAmount,
            "`0.125` is no amount for `creditsEarned`: an amount has at most two decimal places",
            "credentialSubject.creditsEarned",
        ),
        (
            r#"{ "type": ["OpenBadgeCredential"], "validFrom": "2024-05-06", "credentialSubject": {
                "achievement": { "id": "x" }, "result": { "status": "Done" } } }"#,
            Code::InvalidValue,
            "a result has no status `Done`",
            "credentialSubject.result.status",
        ),
        (
            r#"{ "type": ["ClrCredential"] }"#,
            Code::MissingKey,
            "a learner record needs `credentialSubject`",
            "the whole",
        ),
        (
            r#"{ "type": ["EuropeanDigitalCredential"], "credentialSubject": {} }"#,
            Code::MissingKey,
            "the subject of a credential needs `hasClaim`",
            "credentialSubject",
        ),
    ] {
        let refused = read(text.as_bytes(), "Z", &RecordOptions::default()).expect_err(text);
        let fault = &refused.diagnostics()[0];
        assert_eq!((fault.code, fault.message.as_str(), fault.path.as_deref()), (code, message, Some(path)), "{text}");
    }
}

#[test]
fn several_grades_or_amounts_are_not_chosen_from() {
    let mut badge: serde_json::Value = serde_json::from_slice(&fixture("ob3-results.json")).unwrap();
    let results = badge["credentialSubject"]["result"].as_array_mut().unwrap();
    results.push(serde_json::json!({ "resultDescription": "urn:r:letter", "value": "C" }));
    let imported = read(badge.to_string().as_bytes(), "Z", &RecordOptions::default()).unwrap();
    assert_eq!(imported.value.awards[0].grade, None);
    let due = "credentialSubject: there are several grades, `B+` and `C`: none is taken";
    assert!(losses(&imported).iter().any(|loss| loss == due));
}

/// The recipe in the documentation is the code that the package of it compiles and tests.
#[test]
fn the_recipe_for_signatures_is_code_that_is_tested() {
    let documented = include_str!("../src/exchange/records/mod.rs");
    let (_, recipe) = documented.split_once("//! pub fn verdict").expect("the recipe");
    let (recipe, _) = recipe.split_once("//! ```").expect("its end");
    let recipe: Vec<&str> = recipe.lines().map(|line| line.trim_start_matches("//!").trim()).collect();
    let (_, code) = include_str!("../examples/badges/src/lib.rs").split_once("pub fn verdict").expect("the code");
    let code: Vec<&str> = code.lines().map(str::trim).collect();
    assert_eq!(recipe, code);
}

#[test]
fn formats_have_names() {
    for &format in RecordFormat::ALL {
        assert_eq!(format.as_str().parse(), Ok(format));
        assert_eq!(serde_json::to_value(format).unwrap(), format.to_string());
    }
    assert_eq!(
        "badge".parse::<RecordFormat>().unwrap_err().to_string(),
        "`badge` is no format of records: it is one of open-badges-2, open-badges-3, clr-2, europass, csv"
    );
    assert_eq!("utf8".parse::<Charset>().unwrap_err().name, "utf8");
    for name in ["utf-8", "latin-1", "windows-1252", "utf-16le", "utf-16be"] {
        let charset: Charset = name.parse().unwrap();
        assert_eq!((charset.to_string().as_str(), serde_json::to_value(charset).unwrap()), (name, name.into()));
    }
    for name in ["comma", "semicolon", "tab", "bar"] {
        let separator: Separator = name.parse().unwrap();
        assert_eq!((separator.to_string().as_str(), serde_json::to_value(separator).unwrap()), (name, name.into()));
    }
    for name in ["year-month-day", "day-month-year", "month-day-year"] {
        let order: DateOrder = name.parse().unwrap();
        assert_eq!((order.to_string().as_str(), serde_json::to_value(order).unwrap()), (name, name.into()));
    }
    for bytes in [&b""[..], b"{}", b"student,course", b"<svg/>", b"\x89PNG\r\n\x1a\n", b"eyJ.x", b"https://a.example/b"]
    {
        assert_eq!(records::recognise(bytes), None);
    }
}

#[test]
fn limits_are_those_of_the_caller() {
    let small = RecordOptions::default().limits(Limits::default().record_bytes(100));
    let refused = read(&fixture("clr.json"), "Z", &small).unwrap_err();
    assert_eq!(refused.diagnostics()[0].code, Code::LimitExceeded);
}

#[test]
fn what_a_badge_says_does_nothing_to_a_terminal() {
    let badge =
        r#"{ "type": "Assertion", "badge": "x", "issuedOn": "2024-05-06", "\u001b[2J": 1, "\u202ea": { "b": 2 } }"#;
    let imported = read(badge.as_bytes(), "Z", &RecordOptions::default()).unwrap();
    assert_eq!(imported.losses.len(), 2);
    for loss in losses(&imported) {
        assert!(loss.chars().all(|c| !c.is_control() && c != '\u{202e}'), "{loss:?}");
    }
}

/// The program that converts, on a table in a file of its own.
fn converted(name: &str, table: &str, arguments: &[&str]) -> (Option<i32>, String, String) {
    let path = std::env::temp_dir().join(format!("credpath-{}-{name}.csv", std::process::id()));
    fs::write(&path, table).unwrap();
    let output = std::process::Command::new(env!("CARGO"))
        .args(["run", "--quiet", "--all-features", "--profile", "test"])
        .args(["--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), "--example", "convert", "--"])
        .args([path.to_str().unwrap(), "-", "--from", "csv", "--to", "record"])
        .args(arguments)
        .output()
        .unwrap();
    fs::remove_file(&path).unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

/// What a table of another system says is stated on the command line as it is in code.
#[test]
fn a_table_of_any_layout_is_read_by_the_program() {
    let table = "Who;Course;Done;Result;Mark\n7;CS 101;03/12/24;passed;1.0\n7;CS 102;;enrolled;\n\
                 7;CS 103;04/12/24;passed;5.0\n7;CS 104;;withdrawn;\n8;CS 101;;enrolled;\n";
    let layout = "--separator semicolon --column credential=Course --column awarded=Done --column status=Result \
                  --column grade=Mark --column learner=Who --word passed=completed --word enrolled=in-progress \
                  --word withdrawn=none --failing 5.0 --date-order day-month-year --years-from 1990 --learner 7";
    let arguments: Vec<&str> = layout.split(' ').filter(|word| !word.is_empty()).collect();
    let (status, record, losses) = converted("layout", table, &arguments);
    assert_eq!(status, Some(0), "{losses}");
    let record = LearnerRecord::parse("record", &record).unwrap();
    let told: Vec<String> =
        record.awards.iter().map(|award| format!("{} {:?}", award.credential, award.status)).collect();
    assert_eq!(told, ["CS 101 Completed", "CS 102 InProgress"]);
    assert_eq!(record.awards[0].awarded, Some("2024-12-03".parse().unwrap()));
    assert!(losses.contains("`5.0` means that it was failed") && losses.contains("`withdrawn` means"), "{losses}");
    let (status, _, message) = converted("field", table, &["--column", "credential=Course", "--column", "day=Done"]);
    assert!(status == Some(2) && message.contains("no award says `day`"), "{message}");
}
