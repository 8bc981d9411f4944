//! Open Badges 2.0: assertions.

use serde_json::Value;

use crate::exchange::json::member;
use crate::exchange::records::reading::{AwardReader, CredentialNames};
use crate::record::record::AwardStatus;
use crate::value::date::Date;

/// What of an assertion is read, or serves only to check that it is genuine.
const READ: [&str; 11] = [
    "@context",
    "id",
    "type",
    "@type",
    "badge",
    "recipient",
    "issuedOn",
    "expires",
    "revoked",
    "verification",
    "verify",
];

/// Reads one assertion.
pub(crate) fn assertion<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value) {
    reader.notes.unread(value, &READ);
    if let Some(recipient) = member(value, "recipient") {
        reader.notes.loss(recipient, "whose badge it is has no place in a record, and is not checked");
    }
    let Some(badge) = member(value, "badge") else {
        reader.notes.missing(value, "badge", "an assertion");
        return;
    };
    let (names, issuer) = match badge {
        Value::String(address) => (CredentialNames { id: Some(address), title: None }, None),
        Value::Object(_) => {
            reader.notes.unread(badge, &["@context", "id", "type", "name", "issuer"]);
            let (id, title) = (reader.notes.text(badge, "id"), reader.notes.text(badge, "name"));
            (CredentialNames { id, title }, reader.issuer(badge, "issuer"))
        }
        _ => {
            reader.notes.wrong_type(badge, "badge", "an address or an object");
            return;
        }
    };
    let revoked = member(value, "revoked");
    if let Some(revoked) = revoked.filter(|revoked| !revoked.is_boolean()) {
        reader.notes.wrong_type(revoked, "revoked", "true or false");
    }
    let (id, awarded) = (reader.award_id(value, "id"), issued_on(reader, value));
    let valid_until = reader.last_day(value, "expires");
    let Some(mut award) = reader.award(badge, names) else { return };
    if revoked == Some(&Value::Bool(true)) {
        award.status = AwardStatus::Revoked;
    }
    (award.id, award.awarded, award.valid_until, award.issuer) = (id, awarded, valid_until, issuer);
    reader.take(value, award);
}

/// The day of issue. Badges of older versions count the seconds since 1970.
fn issued_on<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value) -> Option<Date> {
    let Some(issued) = member(value, "issuedOn") else {
        reader.notes.loss(value, "it says no day of issue, so the award has none");
        return None;
    };
    let Value::Number(seconds) = issued else { return reader.day(value, "issuedOn") };
    let day = reader.intake.day_of_seconds(seconds.as_i64(), "issuedOn");
    reader.noted(issued, day)
}
