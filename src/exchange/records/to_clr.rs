//! Records out, in the shape of a Comprehensive Learner Record 2.0.

use serde_json::{Map, Value, json};

use crate::exchange::exported::Exported;
use crate::exchange::imported::Loss;
use crate::exchange::records::leaving::{LeavingAward, each_leaving};
use crate::record::record::{AwardStatus, LearnerRecord};
use crate::value::date::Date;
use crate::value::moment::UtcOffset;

/// The contexts that give the members their meaning.
const CONTEXTS: [&str; 3] = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
];

/// The id of the only kind of results that are written, within a credential.
const GRADE: &str = "urn:credpath:grade";

/// Writes a record as JSON in the shape of a Comprehensive Learner Record 2.0: one credential to an award, the day of
/// the award as the first moment of it at `offset` from UTC, its last valid day as the last second.
///
/// It is not signed and names no learner, so it proves nothing to anybody: it is what an issuer would sign. What the
/// format cannot say is named in [`Exported::losses`]; awards that are planned or revoked are left out of it, since
/// nobody issues those.
///
/// ```
/// use credpath::{Award, LearnerRecord, RecordOptions, UtcOffset, records};
///
/// let record = LearnerRecord { awards: vec![Award::new("python").on("2025-05-01".parse()?)], ..Default::default() };
/// let written = records::to_clr(&record, UtcOffset::UTC);
/// assert!(written.losses.is_empty());
/// let read = records::import("clr.json", written.text.as_bytes(), UtcOffset::UTC, &RecordOptions::default())?;
/// assert_eq!(read.value, record);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn to_clr(record: &LearnerRecord, offset: UtcOffset) -> Exported {
    let mut losses = Vec::new();
    let mut credentials: Vec<Value> = Vec::new();
    each_leaving(record, &mut losses, |award, losses| credentials.extend(credential(award, offset, losses)));
    let clr = json!({
        "@context": CONTEXTS,
        "type": ["VerifiableCredential", "ClrCredential"],
        "credentialSubject": { "type": ["ClrSubject"], "verifiableCredential": credentials },
    });
    let text = serde_json::to_string_pretty(&clr).unwrap_or_else(|_| clr.to_string());
    Exported { text: text + "\n", losses }
}

fn credential(leaving: &LeavingAward<'_>, offset: UtcOffset, losses: &mut Vec<Loss>) -> Option<Value> {
    let award = leaving.award;
    if matches!(award.status, AwardStatus::Planned | AwardStatus::Revoked) || award.revoked_on.is_some() {
        losses
            .push(leaving.loss("status", "an award that is planned or revoked is left out: nobody issues such a one"));
        return None;
    }
    let mut whole = Map::new();
    whole.insert("@context".to_owned(), json!([CONTEXTS[0], CONTEXTS[2]]));
    whole.insert("type".to_owned(), json!(["VerifiableCredential", "OpenBadgeCredential"]));
    if let Some(id) = leaving.own_id(losses) {
        whole.insert("id".to_owned(), json!(id));
    }
    if let Some(issuer) = &award.issuer {
        whole.insert("issuer".to_owned(), json!({ "id": issuer, "type": ["Profile"] }));
    }
    if let Some(day) = award.awarded {
        for key in ["awardedDate", "validFrom"] {
            whole.insert(key.to_owned(), json!(moment(day, "00:00:00", offset)));
        }
    }
    if let Some(day) = award.valid_until {
        whole.insert("validUntil".to_owned(), json!(moment(day, "23:59:59", offset)));
    }
    if award.hours.is_some() {
        losses.push(leaving.loss("hours", "the format has no place for hours"));
    }
    let mut achievement = json!({ "id": award.credential, "type": ["Achievement"] });
    let mut results = Vec::new();
    if let Some(grade) = &award.grade {
        let described = json!([{
            "id": GRADE, "type": ["ResultDescription"], "name": "Grade", "resultType": "LetterGrade",
        }]);
        achievement["resultDescription"] = described;
        results.push(json!({ "type": ["Result"], "resultDescription": GRADE, "value": grade }));
    }
    if award.status == AwardStatus::InProgress {
        results.push(json!({ "type": ["Result"], "status": "InProgress" }));
    }
    let mut subject = json!({ "type": ["AchievementSubject"], "achievement": achievement });
    if let Some(credits) = leaving.amount("credits", award.credits, losses) {
        subject["creditsEarned"] = number(&credits.to_string());
    }
    if !results.is_empty() {
        subject["result"] = Value::Array(results);
    }
    whole.insert("credentialSubject".to_owned(), subject);
    Some(Value::Object(whole))
}

/// A moment of a day, as the format writes it.
fn moment(day: Date, time: &str, offset: UtcOffset) -> String {
    format!("{day}T{time}{offset}")
}

/// An amount as a number of JSON: a decimal of two places, up to ten million, comes back from one as it was.
fn number(amount: &str) -> Value {
    serde_json::from_str(amount).unwrap_or_else(|_| Value::String(amount.to_owned()))
}
