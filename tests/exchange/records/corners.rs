//! Corners of the formats that no fixture shows.

use credpath::{Catalog, Code, RecordFormat, RecordOptions};
use serde_json::{Value, json};

use super::{fixture, import, lines, losses, read};

fn of(value: &Value, options: &RecordOptions<'_>) -> credpath::Imported<credpath::LearnerRecord> {
    read(value.to_string().as_bytes(), "Z", options).unwrap_or_else(|error| panic!("{error}"))
}

fn fault(value: &Value) -> (Code, String) {
    let refused = read(value.to_string().as_bytes(), "Z", &RecordOptions::default()).unwrap_err();
    (refused.diagnostics()[0].code, refused.diagnostics()[0].message.clone())
}

#[test]
fn values_of_a_wrong_type_are_told() {
    let assertion = json!({ "type": "Assertion", "badge": "x", "issuedOn": "2024-05-06", "revoked": "yes" });
    assert_eq!(fault(&assertion), (Code::WrongType, "`revoked` must be true or false, not a string".to_owned()));
    let badge = json!({ "type": "OpenBadgeCredential", "validFrom": "2024-05-06", "issuer": 7, "credentialSubject": {
        "achievement": { "id": "x" } } });
    assert_eq!(fault(&badge), (Code::WrongType, "`issuer` must be an address or an object, not a number".to_owned()));
    let mut badge = badge;
    badge["credentialSubject"]["result"] = json!(["B"]);
    assert_eq!(fault(&badge), (Code::WrongType, "`result` must be an object, not a string".to_owned()));
    let clr = |inner: Value| json!({ "type": "ClrCredential", "credentialSubject": { "verifiableCredential": inner } });
    let envelope = clr(json!({ "type": "EnvelopedVerifiableCredential" }));
    assert_eq!(fault(&envelope), (Code::MissingKey, "an envelope needs `id`".to_owned()));
    let envelope = clr(json!({ "type": "EnvelopedVerifiableCredential", "id": "https://badges.example/1" }));
    assert_eq!(fault(&envelope), (Code::InvalidValue, "an envelope is no address of data".to_owned()));
}

#[test]
fn a_day_that_is_said_twice_is_no_loss() {
    let badge = json!({
        "type": "OpenBadgeCredential", "awardedDate": "2024-05-06T08:00:00Z", "validFrom": "2024-05-06T23:00:00Z",
        "credentialSubject": { "achievement": { "id": "x" } },
    });
    let imported = of(&badge, &RecordOptions::default());
    assert_eq!((lines(&imported), losses(&imported)), (vec!["x, awarded 2024-05-06".to_owned()], Vec::new()));
}

#[test]
fn claims_are_of_the_token_that_they_stand_in() {
    let subject = json!({ "achievement": { "id": "x" } });
    let credential = json!({ "type": "OpenBadgeCredential", "credentialSubject": subject });
    let list = json!([{ "nbf": 0, "jti": "urn:1", "vc": credential }, credential]);
    let imported = of(&list, &RecordOptions::default());
    assert_eq!(lines(&imported), ["x, id urn:1, awarded 1970-01-01", "x"]);
    assert_eq!(losses(&imported), ["[1]: it says no day of award or issue, so the award has none"]);
}

/// The token is about the transcript, and not about any badge in it.
#[test]
fn claims_around_a_transcript_are_not_those_of_its_badges() {
    let badge =
        |id: &str| json!({ "type": "OpenBadgeCredential", "credentialSubject": { "achievement": { "id": id } } });
    let mut signed = badge("z");
    signed["awardedDate"] = "2024-05-06".into();
    let subject = json!({ "verifiableCredential": [badge("x"), badge("y"), { "jti": "urn:own", "vc": signed }] });
    let clr = json!({ "type": "ClrCredential", "credentialSubject": subject });
    let token = json!({ "jti": "urn:x", "nbf": 0, "exp": 86_400, "vc": clr });
    let imported = of(&token, &RecordOptions::default());
    assert_eq!(lines(&imported), ["x", "y", "z, id urn:own, awarded 2024-05-06"]);
    let undated = |item| {
        let badge = format!("vc.credentialSubject.verifiableCredential[{item}]");
        format!("{badge}: it says no day of award or issue, so the award has none")
    };
    let ends = "exp: `exp` has no place here".to_owned();
    let mut due = vec![undated(0), undated(1), ends];
    let mut told = losses(&imported);
    due.sort();
    told.sort();
    assert_eq!(told, due);
}

/// A European credential with one claim.
fn european(claim: &Value) -> Value {
    json!({
        "id": "urn:credential:1", "type": "EuropeanDigitalCredential", "issuer": "urn:uni",
        "validFrom": "2024-05-06", "expirationDate": "2027-01-01T00:00:00Z", "credentialSubject": { "hasClaim": claim },
    })
}

#[test]
fn what_a_european_credential_says_of_all_its_claims_holds_for_each() {
    let claim = json!({
        "id": "urn:claim:1", "type": "LearningAchievement", "title": { "en": "Data" }, "provenBy": { "grade": "A" },
        "awardedBy": { "awardingBody": "urn:body", "awardingDate": "2024-05-01", "location": { "id": "urn:x" } },
        "specifiedBy": { "volumeOfLearning": "PT10000000H" },
    });
    let imported = of(&european(&claim), &RecordOptions::default().titles_as_ids(true));
    let due = "Data, id urn:claim:1, awarded 2024-05-01, until 2026-12-31, hours 10000000, grade A, issuer urn:body";
    assert_eq!(lines(&imported), [due]);
    let place = "credentialSubject.hasClaim.awardedBy.location";
    assert_eq!(losses(&imported), [format!("{place}: `location` has no place here")]);
}

#[test]
fn of_several_ids_the_one_that_is_known_is_taken() {
    let claim = json!({
        "type": "LearningAchievement", "identifier": { "notation": "N-3" },
        "specifiedBy": { "id": "https://uni.example/1", "identifier": [{ "notation": "N-1" }, { "notation": "N-2" }] },
    });
    let taken = |options: &RecordOptions<'_>| of(&european(&claim), options).value.awards[0].credential.clone();
    assert_eq!(taken(&RecordOptions::default()), "https://uni.example/1");
    assert_eq!(taken(&RecordOptions::default().known(["N-2"])), "N-2");
    assert_eq!(taken(&RecordOptions::default().alias("N-3", "three")), "three");
    let catalog = Catalog::parse("c.toml", "credential.one = { ids = ['N-1'] }").unwrap();
    assert_eq!(taken(&RecordOptions::default().catalog(&catalog)), "one");
}

#[test]
fn several_amounts_and_bodies_are_told() {
    let claim = json!({
        "type": "LearningAchievement", "specifiedBy": { "id": "x", "volumeOfLearning": "P5D" },
        "creditReceived": [{ "point": "6" }, { "point": 9 }],
        "awardedBy": { "awardingBody": [{ "id": "urn:a" }, { "id": "urn:b" }], "awardingDate": "2024-05-01" },
    });
    let imported = of(&european(&claim), &RecordOptions::default());
    assert_eq!(lines(&imported), ["x, awarded 2024-05-01, until 2026-12-31, issuer urn:a"]);
    let claim = "credentialSubject.hasClaim";
    let due = [
        format!("{claim}: there are several amounts of credits: none is taken"),
        format!("{claim}.awardedBy.awardingBody[1]: a second awarding body has no place in a record"),
        format!("{claim}.specifiedBy.volumeOfLearning: `P5D` is no number of hours with at most two places"),
    ];
    assert_eq!(losses(&imported), due);
}

#[test]
fn states_of_results_are_states_of_awards() {
    for (state, due) in [
        ("Completed", Some("x, awarded 2024-05-06")),
        ("Enrolled", Some("x, awarded 2024-05-06, status InProgress")),
        ("InProgress", Some("x, awarded 2024-05-06, status InProgress")),
        ("OnHold", Some("x, awarded 2024-05-06, status InProgress")),
        ("Provisional", Some("x, awarded 2024-05-06, status InProgress")),
        ("Failed", None),
        ("Withdrew", None),
    ] {
        let badge = json!({ "type": "OpenBadgeCredential", "awardedDate": "2024-05-06", "credentialSubject": {
            "achievement": { "id": "x" }, "result": [{ "status": state }, { "status": "Completed" }] } });
        let imported = of(&badge, &RecordOptions::default());
        assert_eq!(lines(&imported).first().map(String::as_str), due, "{state}");
        let told = usize::from(matches!(state, "OnHold" | "Provisional" | "Failed" | "Withdrew"));
        assert_eq!(imported.losses.len(), told, "{state}");
    }
}

#[test]
fn a_suspension_is_taken_as_a_revocation_and_told() {
    let badge = |purpose: &str, index: Value| {
        json!({ "type": "OpenBadgeCredential", "awardedDate": "2024-05-06", "credentialSubject": {
            "achievement": { "id": "x" } }, "credentialStatus": { "statusPurpose": purpose, "statusListIndex": index,
            "statusListCredential": "urn:list" } })
    };
    let options = RecordOptions::default().status_list("urn:list", credpath::StatusList::from_bytes([0b1000_0000]));
    let look = |purpose, index| {
        let imported = of(&badge(purpose, index), &options);
        (format!("{:?}", imported.value.awards[0].status), imported.losses.len())
    };
    assert_eq!(look("revocation", json!(0)), ("Revoked".to_owned(), 0));
    assert_eq!(look("suspension", json!("0")), ("Revoked".to_owned(), 1));
    assert_eq!(look("suspension", json!(1)), ("Completed".to_owned(), 0));
    assert_eq!(look("message", json!(0)), ("Completed".to_owned(), 1));
}

#[test]
fn a_table_needs_its_columns_and_a_long_id_an_alias() {
    let refused = read(b"a,b\n", "Z", &RecordOptions::default().format(RecordFormat::Csv)).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "a table is no record until its columns are stated");
    let long = format!("https://badges.example/{}", "x".repeat(120));
    let assertion = json!({ "type": "Assertion", "badge": long, "issuedOn": "2024-05-06" });
    let refused = read(assertion.to_string().as_bytes(), "Z", &RecordOptions::default()).unwrap_err();
    let fault = &refused.diagnostics()[0];
    assert_eq!(fault.message, "the id of a credential has at most 128 bytes, and this one 143");
    assert_eq!(fault.help.as_deref(), Some("say by an alias which credential it is"));
    assert_eq!(lines(&of(&assertion, &RecordOptions::default().alias(long, "short"))), ["short, awarded 2024-05-06"]);
    let hidden = json!({ "type": "Assertion", "badge": "a\u{200b}b", "issuedOn": "2024-05-06" });
    let refused = read(hidden.to_string().as_bytes(), "Z", &RecordOptions::default()).unwrap_err();
    let help = "it cannot be seen, or changes how the text around it is shown";
    assert_eq!(refused.diagnostics()[0].help.as_deref(), Some(help));
}

#[test]
fn an_empty_list_is_an_empty_record_and_an_address_is_no_badge() {
    assert!(of(&json!([]), &RecordOptions::default()).value.awards.is_empty());
    let refused = read(b"https://badges.example/a/1\n", "Z", &RecordOptions::default()).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "this is only the address of a badge");
    let other = RecordOptions::default().format(RecordFormat::Clr2);
    let refused = read(&fixture("ob2-links.json"), "Z", &other).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "this is open-badges-2, not clr-2");
    assert_eq!(import("clr.json", "Z", &other).value.awards.len(), 4);
}

#[test]
fn a_table_may_lack_columns_but_not_that_of_the_credential() {
    let columns = credpath::RecordColumns::new("course").grade("grade").columns_may_lack(true);
    let refused = read(b"title,grade\nSQL,A\n", "Z", &RecordOptions::default().columns(columns)).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "the table has no column `course`");
    let columns = credpath::RecordColumns::own();
    let table =
        b"credential,id,awarded,valid_until,credits,hours,grade,issuer,status,revoked_on\na,,,,,,,,,2025-01-01\n";
    let refused = read(table, "Z", &RecordOptions::default().columns(columns)).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "a day of revocation is said of what is not revoked");
    let nobody = credpath::RecordColumns::new("credential").only("7");
    let refused = read(b"credential\na\n", "Z", &RecordOptions::default().columns(nobody)).unwrap_err();
    assert_eq!(refused.diagnostics()[0].message, "no column tells learners apart");
}
