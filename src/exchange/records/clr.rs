//! Comprehensive Learner Records 2.0: transcripts of badges.

use serde_json::Value;

use crate::exchange::json::{member, one_or_many};
use crate::exchange::records::badge3;
use crate::exchange::records::credentials;
use crate::exchange::records::reading::AwardReader;

/// Reads the awards of a transcript. Only the credentials in it are awards: what it tells of achievements besides, and
/// of how they belong together, is a catalog's.
pub(crate) fn transcript<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value) {
    let mut read = badge3::READ.to_vec();
    // That the transcript was issued, or ends, says nothing of the awards in it.
    read.retain(|key| !["awardedDate", "validUntil", "expirationDate", "exp", "credentialStatus"].contains(key));
    reader.notes.unread(value, &read);
    let Some(subject) = member(value, "credentialSubject") else {
        reader.notes.missing(value, "credentialSubject", "a learner record");
        return;
    };
    if reader.notes.table(subject, "credentialSubject").is_none() {
        return;
    }
    reader.notes.unread(subject, &["type", "id", "verifiableCredential"]);
    let learner = member(subject, "id");
    if let Some(who) = learner {
        reader.notes.loss(who, "whose record it is has no place in one, and is not checked");
    }
    if member(subject, "verifiableCredential").is_none() {
        reader.notes.missing(subject, "verifiableCredential", "the subject of a learner record");
    }
    for credential in one_or_many(subject.get("verifiableCredential")) {
        let of = credential.get("credentialSubject").and_then(|subject| subject.get("id"));
        if let (Some(of), Some(learner)) = (of, learner)
            && of != learner
        {
            reader.notes.loss(of, "it names another learner than the record that it is in does");
        }
        credentials::credential(reader, credential);
    }
}
