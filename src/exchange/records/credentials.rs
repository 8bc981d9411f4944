//! Which format a credential of JSON has, and its reader.

use serde_json::Value;

use crate::exchange::json::{JsonText, member};
use crate::exchange::records::options::RecordFormat;
use crate::exchange::records::reading::{AwardReader, has_type};
use crate::exchange::records::{badge2, badge3, clr, europass, token};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::excerpt;

/// Credentials that are enveloped in one another, at the most.
const MOST_ENVELOPES: usize = 4;

/// Claims of a token that are read, or serve only to check that it is genuine; the last one is its end.
const CLAIMS: [&str; 8] = ["vc", "iss", "sub", "aud", "jti", "nbf", "iat", "exp"];

/// The format of a credential, by its types.
pub(crate) fn format(value: &Value) -> Option<RecordFormat> {
    if has_type(value, &["ClrCredential"]) {
        Some(RecordFormat::Clr2)
    } else if badge3::is_badge(value) {
        Some(RecordFormat::OpenBadges3)
    } else if has_type(value, &["EuropeanDigitalCredential"]) {
        Some(RecordFormat::Europass)
    } else if has_type(value, &["Assertion"]) {
        Some(RecordFormat::OpenBadges2)
    } else {
        // The first badges had no type.
        let untyped = value.get("type").is_none() && value.get("badge").is_some() && value.get("issuedOn").is_some();
        untyped.then_some(RecordFormat::OpenBadges2)
    }
}

/// Reads whatever awards a credential is or holds.
pub(crate) fn credential<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value) {
    if reader.notes.table(value, "verifiableCredential").is_none() {
        return;
    }
    if has_type(value, &["EnvelopedVerifiableCredential"]) {
        enveloped(reader, value);
        return;
    }
    // In the older form of such tokens, the credential stands among the claims.
    if format(value).is_none()
        && let Some(inner) = member(value, "vc")
    {
        let format = format(inner);
        // What is said of a transcript says nothing of the badges in it, so that its end is lost.
        let is_of_awards = matches!(format, Some(RecordFormat::OpenBadges3 | RecordFormat::Europass));
        let read = if is_of_awards { &CLAIMS[..] } else { &CLAIMS[..CLAIMS.len() - 1] };
        reader.notes.unread(value, read);
        reader.claims = is_of_awards.then_some(value);
        credential_of(reader, inner, format);
        reader.claims = None;
        return;
    }
    credential_of(reader, value, format(value));
}

fn credential_of<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value, format: Option<RecordFormat>) {
    match format {
        Some(RecordFormat::OpenBadges2) => badge2::assertion(reader, value),
        Some(RecordFormat::OpenBadges3) => badge3::credential(reader, value),
        Some(RecordFormat::Clr2) => clr::transcript(reader, value),
        Some(RecordFormat::Europass) => europass::credential(reader, value),
        Some(RecordFormat::Csv) | None => {
            let fault = Diagnostic::new(Code::InvalidValue, 0..0, "nothing is known of credentials of this type");
            let help = "its `type` is none of Assertion, OpenBadgeCredential, AchievementCredential, ClrCredential \
                and EuropeanDigitalCredential";
            reader.notes.push(value, fault.help(help));
        }
    }
}

/// Reads a credential that is in a transcript as the token that it was signed as.
fn enveloped<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value) {
    let Some(address) = reader.notes.text(value, "id") else {
        if member(value, "id").is_none() {
            reader.notes.missing(value, "id", "an envelope");
        }
        return;
    };
    let at = &value["id"];
    let (depth, limits) = (reader.depth + 1, &reader.intake.options.limits);
    if depth > MOST_ENVELOPES {
        let message = format!("more than {MOST_ENVELOPES} envelopes are in one another");
        reader.notes.fault(at, Code::LimitExceeded, message);
        return;
    }
    let token = address.split_once(',').filter(|(kind, _)| kind.starts_with("data:")).map(|(_, token)| token);
    let Some(token) = token else {
        let fault = Diagnostic::new(Code::InvalidValue, 0..0, "an envelope is no address of data");
        reader.notes.push(at, fault.help("its `id` begins with `data:application/vc+jwt,`, and the token follows"));
        return;
    };
    let payload = token::payload("the credential in the envelope", token.as_bytes(), limits);
    let text = payload
        .and_then(|payload| JsonText::read("the credential in the envelope", &payload, limits.record_bytes, limits));
    let read = text.and_then(|text| {
        let mut inner = AwardReader::new(reader.intake, depth);
        credential(&mut inner, text.value());
        let (awards, notes) = inner.finish();
        text.imported(awards, notes, limits)
    });
    match read {
        Ok(imported) => {
            for loss in imported.losses {
                reader.notes.loss(at, format!("in the envelope, {loss}"));
            }
            for award in imported.value {
                reader.take(value, award);
            }
        }
        Err(invalid) => {
            for inner in invalid.diagnostics() {
                let place = inner.path.as_ref().map(|path| format!(" at {path}")).unwrap_or_default();
                let message = format!("in the envelope{place}: {}", excerpt(&inner.message));
                let fault = Diagnostic::new(inner.code, 0..0, message);
                reader.notes.push(at, Diagnostic { help: inner.help.clone(), ..fault });
            }
        }
    }
}
