//! Open Badges 3.0: achievement credentials.

use serde_json::Value;

use crate::exchange::json::{member, one_or_many};
use crate::exchange::records::reading::{AwardReader, CredentialNames, has_type};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::excerpt;
use crate::record::record::{Award, AwardStatus};
use crate::value::date::Date;

/// What of a credential is read, or serves only to check that it is genuine.
pub(crate) const READ: [&str; 19] = [
    "@context",
    "id",
    "type",
    "issuer",
    "awardedDate",
    "validFrom",
    "issuanceDate",
    "validUntil",
    "expirationDate",
    "credentialSubject",
    "credentialStatus",
    "credentialSchema",
    "proof",
    "iss",
    "jti",
    "sub",
    "nbf",
    "iat",
    "exp",
];

const SUBJECT_READ: [&str; 7] =
    ["type", "id", "identifier", "achievement", "activityEndDate", "creditsEarned", "result"];

/// What is left of a result in a record.
#[derive(Default)]
struct BadgeResults<'v> {
    grades: Vec<&'v str>,
    status: Option<AwardStatus>,
    /// Whether it says that nothing was achieved.
    failed: bool,
}

/// Reads one credential.
pub(crate) fn credential<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value) {
    reader.notes.unread(value, &READ);
    let Some(subject) = member(value, "credentialSubject") else {
        reader.notes.missing(value, "credentialSubject", "a credential");
        return;
    };
    if reader.notes.table(subject, "credentialSubject").is_none() {
        return;
    }
    reader.notes.unread(subject, &SUBJECT_READ);
    for key in ["id", "identifier"] {
        if let Some(who) = member(subject, key) {
            reader.notes.loss(who, "whose badge it is has no place in a record, and is not checked");
        }
    }
    let Some(achievement) = member(subject, "achievement") else {
        reader.notes.missing(subject, "achievement", "the subject of a badge");
        return;
    };
    if reader.notes.table(achievement, "achievement").is_none() {
        return;
    }
    reader.notes.unread(achievement, &["type", "id", "name", "resultDescription", "creditsAvailable"]);
    let results = results(reader, subject, achievement);
    let claims = reader.claims.unwrap_or(value);
    let id = reader.award_id(value, "id").or_else(|| reader.award_id(claims, "jti"));
    let awarded = awarded(reader, value, subject);
    let valid_until = valid_until(reader, value);
    let issuer = reader.issuer(value, "issuer");
    let credits = reader.amount(subject, "creditsEarned");
    let names =
        CredentialNames { id: reader.notes.text(achievement, "id"), title: reader.notes.text(achievement, "name") };
    let Some(mut award) = reader.award(achievement, names) else { return };
    award.status = results.status.unwrap_or_default();
    (award.id, award.awarded, award.valid_until, award.issuer) = (id, awarded, valid_until, issuer);
    award.credits = credits;
    note_surplus(reader, subject, achievement, &award);
    award.grade = one_grade(reader, subject, &results.grades);
    reader.look_up_status(value, &mut award);
    if results.failed {
        reader.notes.loss(subject, format!("`{}` was not achieved: there is no award", excerpt(&award.credential)));
    } else {
        reader.take(value, award);
    }
}

/// The day of the award. The day of issue moves when a badge is issued anew, so it comes last.
fn awarded<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value, subject: &'v Value) -> Option<Date> {
    let issued_key = if member(value, "validFrom").is_some() { "validFrom" } else { "issuanceDate" };
    let issued = reader.day(value, issued_key);
    for (table, key) in [(value, "awardedDate"), (subject, "activityEndDate")] {
        if member(table, key).is_none() {
            continue;
        }
        let awarded = reader.day(table, key);
        if let (Some(awarded), Some(issued)) = (awarded, issued)
            && awarded != issued
        {
            let what = format!("that the badge was issued on {issued} is not kept: `{key}` says {awarded}");
            reader.notes.loss(&value[issued_key], what);
        }
        return awarded;
    }
    if issued.is_some() {
        let what = "the day of the award is not stated: that of issue is taken, which moves with a new issue";
        reader.notes.loss(&value[issued_key], what);
    } else if member(value, issued_key).is_none() {
        // Of a signed badge, the envelope may say it in seconds.
        let Some(seconds) = member(reader.claims.unwrap_or(value), "nbf") else {
            reader.notes.loss(value, "it says no day of award or issue, so the award has none");
            return None;
        };
        let day = reader.intake.day_of_seconds(seconds.as_i64(), "nbf");
        return reader.noted(seconds, day);
    }
    issued
}

/// The last day on which it is valid, in either version of the credentials that badges are.
pub(crate) fn valid_until<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value) -> Option<Date> {
    let key = if member(value, "validUntil").is_some() { "validUntil" } else { "expirationDate" };
    if member(value, key).is_some() {
        return reader.last_day(value, key);
    }
    let seconds = member(reader.claims.unwrap_or(value), "exp")?;
    // It ends within that second, so the one before it is the last whole one.
    let before = seconds.as_i64().and_then(|seconds| seconds.checked_sub(1));
    let day = reader.intake.day_of_seconds(before, "exp");
    reader.noted(seconds, day)
}

/// Says where more credits were earned than there are.
fn note_surplus<'v>(
    reader: &mut AwardReader<'v, '_, '_, '_>,
    subject: &'v Value,
    achievement: &'v Value,
    award: &Award,
) {
    let available = reader.amount(achievement, "creditsAvailable");
    let (Some(earned), Some(available)) = (award.credits, available) else { return };
    if earned > available {
        let what = format!("{earned} credits were earned where there are {available}: those earned are taken");
        reader.notes.loss(&subject["creditsEarned"], what);
    }
}

/// What the results say: grades by letters, and the state of the award. All else of them is lost.
fn results<'v>(
    reader: &mut AwardReader<'v, '_, '_, '_>,
    subject: &'v Value,
    achievement: &'v Value,
) -> BadgeResults<'v> {
    let mut read = BadgeResults::default();
    let descriptions = one_or_many(achievement.get("resultDescription"));
    for result in one_or_many(subject.get("result")) {
        if reader.notes.table(result, "result").is_none() {
            continue;
        }
        reader.notes.unread(result, &["type", "resultDescription", "status", "value"]);
        let described = reader.notes.text(result, "resultDescription");
        let description =
            described.and_then(|id| descriptions.iter().find(|of| of.get("id").and_then(Value::as_str) == Some(id)));
        let kind = description.and_then(|of| of.get("resultType")).and_then(Value::as_str);
        if let Some(text) = reader.notes.text(result, "value") {
            if kind == Some("LetterGrade") {
                read.grades.push(text);
            } else {
                let kind =
                    kind.map_or("a result whose kind is not told".to_owned(), |kind| format!("`{}`", excerpt(kind)));
                reader.notes.loss(&result["value"], format!("{} as {kind} has no place here", excerpt(text)));
            }
        }
        if let Some(status) = reader.notes.text(result, "status") {
            state(reader, &result["status"], status, &mut read);
        }
    }
    read
}

fn state<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, at: &'v Value, status: &str, read: &mut BadgeResults<'v>) {
    match status {
        "Completed" => read.status = read.status.or(Some(AwardStatus::Completed)),
        "Enrolled" | "InProgress" => read.status = Some(AwardStatus::InProgress),
        "OnHold" | "Provisional" => {
            reader.notes.loss(at, format!("`{status}` is more than a record can say: it is taken as in progress"));
            read.status = Some(AwardStatus::InProgress);
        }
        "Failed" | "Withdrew" => read.failed = true,
        other => {
            let fault =
                Diagnostic::new(Code::InvalidValue, 0..0, format!("a result has no status `{}`", excerpt(other)));
            let help = "it is one of Completed, Enrolled, Failed, InProgress, OnHold, Provisional and Withdrew";
            reader.notes.push(at, fault.help(help));
        }
    }
}

/// The grade, if there is one. Which of several would be meant is not guessed.
pub(crate) fn one_grade<'v>(
    reader: &mut AwardReader<'v, '_, '_, '_>,
    at: &'v Value,
    grades: &[&str],
) -> Option<String> {
    let (first, rest) = grades.split_first()?;
    if rest.iter().all(|other| other == first) {
        return Some((*first).to_owned());
    }
    let all: Vec<String> = grades.iter().map(|grade| format!("`{}`", excerpt(grade))).collect();
    reader.notes.loss(at, format!("there are several grades, {}: none is taken", all.join(" and ")));
    None
}

/// Whether a value is a badge of this version.
pub(crate) fn is_badge(value: &Value) -> bool {
    has_type(value, &["OpenBadgeCredential", "AchievementCredential"])
}
