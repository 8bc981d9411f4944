//! Reading one `[[award]]`, and which awards are copies of one.

use std::collections::HashMap;
use std::ops::Range;

use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader;
use crate::read::reader::{Reader, Table, Value};
use crate::record::record::{Award, AwardStatus, Verification};
use crate::value::text::is_hostile;

const KEYS: [&str; 11] = [
    "credential",
    "id",
    "awarded",
    "valid_until",
    "credits",
    "hours",
    "grade",
    "issuer",
    "status",
    "revoked_on",
    "verification",
];

/// Reads one `[[award]]`.
pub(crate) fn award(reader: &mut Reader, value: &Value) -> Option<Award> {
    let Some(table) = value.get_ref().as_table() else {
        reader.wrong_member(value, "award", "a table, headed `[[award]]`");
        return None;
    };
    reader.known_keys(table, &KEYS, "an award");
    let Some(credential) = table.get("credential") else {
        let diagnostic = Diagnostic::new(Code::MissingKey, value.span(), "an award needs `credential`");
        reader.missing_key(table, &KEYS, "credential", diagnostic.help("write `credential = \"id\"`"));
        return None;
    };
    let of = reader.text(credential, "credential")?.to_owned();
    reader.id(&of, credential.span());
    let mut date = |key| table.get(key).and_then(|value| reader.date(value, key));
    let (awarded, valid_until, revoked_on) = (date("awarded"), date("valid_until"), date("revoked_on"));
    let mut amount = |key| table.get(key).and_then(|value| reader.amount(value, key));
    let (credits, hours) = (amount("credits"), amount("hours"));
    let grade = table.get("grade").and_then(|value| reader.grade(value));
    let issuer = table.get("issuer").and_then(|value| reader.text(value, "issuer")).map(str::to_owned);
    let id = table.get("id").and_then(|value| address(reader, value));
    let status = table.get("status").map_or(Some(AwardStatus::Completed), |value| status(reader, value));
    let verification = table.get("verification").and_then(|value| verification(reader, value)).unwrap_or_default();
    if status.is_some_and(|status| status != AwardStatus::Revoked) {
        only_of_revoked(reader, table);
    }
    Some(Award {
        credential: of,
        id,
        awarded,
        valid_until,
        credits,
        hours,
        grade,
        issuer,
        status: status.unwrap_or_default(),
        revoked_on,
        verification,
    })
}

/// The id of the award itself: often an address, so longer than ids of credentials may be.
fn address(reader: &mut Reader, value: &Value) -> Option<String> {
    let text = reader.text(value, "id")?;
    match address_fault(text) {
        None => Some(text.to_owned()),
        Some(fault) => {
            reader.push(no_address(fault, value.span()));
            None
        }
    }
}

/// Why a text cannot be the id of an award.
pub(crate) fn address_fault(text: &str) -> Option<String> {
    if text.is_empty() {
        Some("the id of an award cannot be empty".to_owned())
    } else if text.trim() != text {
        Some("the id of an award cannot begin or end with white space".to_owned())
    } else {
        let hostile = text.chars().find(|&c| is_hostile(c))?;
        Some(format!("the id of an award cannot contain the character U+{:04X}", u32::from(hostile)))
    }
}

pub(crate) fn no_address(fault: String, span: Range<usize>) -> Diagnostic {
    Diagnostic::new(Code::InvalidId, span, fault).help("write the address of the badge, or leave `id` out")
}

fn only_of_revoked(reader: &mut Reader, table: &Table) {
    if let Some((key, _)) = table.get_key_value("revoked_on") {
        reader.push(not_revoked(key.span()));
    }
}

pub(crate) fn not_revoked(span: Range<usize>) -> Diagnostic {
    let message = "`revoked_on` is said of an award that is not revoked";
    Diagnostic::new(Code::InvalidValue, span, message).help("write `status = \"revoked\"` as well")
}

fn status(reader: &mut Reader, value: &Value) -> Option<AwardStatus> {
    let words = [
        ("completed", AwardStatus::Completed),
        ("in-progress", AwardStatus::InProgress),
        ("planned", AwardStatus::Planned),
        ("revoked", AwardStatus::Revoked),
    ];
    word(reader, value, "status", &words)
}

fn verification(reader: &mut Reader, value: &Value) -> Option<Verification> {
    let words = [
        ("unchecked", Verification::Unchecked),
        ("verified", Verification::Verified),
        ("failed", Verification::Failed),
    ];
    word(reader, value, "verification", &words)
}

/// One of a few words.
fn word<T: Copy>(reader: &mut Reader, value: &Value, key: &str, words: &[(&str, T)]) -> Option<T> {
    let text = reader.text(value, key)?;
    if let Some((_, meant)) = words.iter().find(|(word, _)| *word == text) {
        return Some(*meant);
    }
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    let message = format!("an award has no {key} `{}`", reader::excerpt(text));
    let diagnostic = Diagnostic::new(Code::InvalidValue, value.span(), message);
    reader.push(match reader.nearest(text, known.iter().copied()) {
        Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
        None => diagnostic.help(format!("the {key} of an award is one of {}", reader::listed(&known))),
    });
    None
}

impl Award {
    /// Its own id; an empty one is none.
    pub(crate) fn own_id(&self) -> Option<&str> {
        self.id.as_deref().filter(|id| !id.is_empty())
    }

    /// How far it stands before other copies of one award: see [`LearnerRecord`](crate::LearnerRecord).
    fn standing_before(&self) -> impl Ord + use<'_> {
        // Nobody may add a field without deciding whether it is something that is stated.
        let Self {
            credential: _,
            id: _,
            awarded,
            valid_until,
            credits,
            hours,
            grade,
            issuer,
            status,
            revoked_on,
            verification,
        } = self;
        let far = match status {
            AwardStatus::Planned => 0,
            AwardStatus::InProgress => 1,
            AwardStatus::Completed => 2,
            AwardStatus::Revoked => 3,
        };
        let stated = [
            awarded.is_some(),
            valid_until.is_some(),
            credits.is_some(),
            hours.is_some(),
            grade.is_some(),
            issuer.is_some(),
            revoked_on.is_some(),
        ];
        (far, *verification, stated.into_iter().filter(|&is| is).count(), self)
    }
}

/// For each award, whether another one stands for it: they have one id, and are one award.
pub(crate) fn copies(awards: &[Award]) -> Vec<bool> {
    let mut is_copy = Vec::new();
    let mut stands: HashMap<&str, usize> = HashMap::new();
    for (place, award) in awards.iter().enumerate() {
        let Some(id) = award.own_id() else { continue };
        let Some(&other) = stands.get(id) else {
            stands.insert(id, place);
            continue;
        };
        is_copy.resize(awards.len(), false);
        // Of equals the first in the record stays, which nobody can tell from the second.
        if award.standing_before() > awards[other].standing_before() {
            is_copy[other] = true;
            stands.insert(id, place);
        } else {
            is_copy[place] = true;
        }
    }
    is_copy
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(grade: Option<&str>, status: AwardStatus) -> Award {
        let grade = grade.map(str::to_owned);
        Award { id: Some("urn:1".to_owned()), grade, status, ..Award::new("math") }
    }

    #[test]
    fn of_copies_one_stands_whatever_their_order() {
        let (plain, graded) = (one(None, AwardStatus::Completed), one(Some("B"), AwardStatus::Completed));
        let revoked = one(None, AwardStatus::Revoked);
        assert_eq!(copies(&[plain.clone(), graded.clone()]), [true, false]);
        assert_eq!(copies(&[graded.clone(), plain.clone()]), [false, true]);
        assert_eq!(copies(&[graded.clone(), revoked.clone(), plain.clone()]), [true, false, true]);
        assert_eq!(copies(&[plain.clone(), revoked.clone(), graded.clone()]), [true, false, true]);
        assert_eq!(copies(&[revoked, plain.clone(), graded]), [false, true, true]);
        assert_eq!(copies(&[plain.clone(), plain]), [false, true]);
        assert_eq!(copies(&[Award::new("math"), Award::new("math")]), [false; 0]);
        let empty = Award { id: Some(String::new()), ..Award::new("math") };
        assert_eq!(copies(&[empty.clone(), empty]), [false; 0]);
    }
}
