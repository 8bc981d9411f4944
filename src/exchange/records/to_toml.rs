//! Records out, as the text that the library itself reads.

use crate::document::toml_text::{TomlEntry, TomlText, write_entries};
use crate::record::exception::{Substitution, Waived, Waiver};
use crate::record::pursuit::Pursuit;
use crate::record::record::{Award, AwardStatus, LearnerRecord, Verification};

/// Writes a record as the TOML that [`LearnerRecord::parse`] reads, one table to an award, a waiver, a substitution and
/// a credential that is pursued. Nothing is lost. What no text may say, and a record made in code can, such as an empty
/// id, is written as it is, and refused when it is read.
///
/// ```
/// use credpath::{Award, LearnerRecord, records};
///
/// let record = LearnerRecord { awards: vec![Award::new("python").on("2025-05-01".parse()?)], ..Default::default() };
/// let text = records::to_toml(&record);
/// assert_eq!(text, "[[award]]\ncredential = \"python\"\nawarded = 2025-05-01\n");
/// assert_eq!(LearnerRecord::parse("record.toml", &text)?, record);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn to_toml(record: &LearnerRecord) -> String {
    let awards = record.awards.iter().map(|award| ("award", of_award(award)));
    let waivers = record.waivers.iter().map(|waiver| ("waiver", of_waiver(waiver)));
    let substitutions = record.substitutions.iter().map(|substitution| ("substitution", of_substitution(substitution)));
    let pursued = record.pursued.iter().map(|pursuit| ("pursued", of_pursuit(pursuit)));
    let mut text = String::new();
    for (header, entries) in awards.chain(waivers).chain(substitutions).chain(pursued) {
        text.push_str(if text.is_empty() { "[[" } else { "\n[[" });
        text.push_str(header);
        text.push_str("]]\n");
        write_entries(&entries, &mut text);
    }
    text
}

/// The entries that have a value.
fn entries<const N: usize>(all: [(&'static str, Option<TomlText>); N]) -> Vec<TomlEntry> {
    all.into_iter().filter_map(|(key, value)| Some(TomlEntry { key, value: value? })).collect()
}

fn quoted(text: Option<&String>) -> Option<TomlText> {
    text.map(|text| TomlText::text(text))
}

/// A number or a day: without quotes.
fn bare<T: ToString>(value: Option<&T>) -> Option<TomlText> {
    value.map(TomlText::scalar)
}

fn of_award(award: &Award) -> Vec<TomlEntry> {
    let status = (award.status != AwardStatus::Completed).then(|| TomlText::text(&award.status.to_string()));
    let verification =
        (award.verification != Verification::Unchecked).then(|| TomlText::text(&award.verification.to_string()));
    entries([
        ("credential", quoted(Some(&award.credential))),
        ("id", quoted(award.id.as_ref())),
        ("awarded", bare(award.awarded.as_ref())),
        ("valid_until", bare(award.valid_until.as_ref())),
        ("credits", bare(award.credits.as_ref())),
        ("hours", bare(award.hours.as_ref())),
        ("grade", quoted(award.grade.as_ref())),
        ("issuer", quoted(award.issuer.as_ref())),
        ("status", status),
        ("revoked_on", bare(award.revoked_on.as_ref())),
        ("verification", verification),
    ])
}

fn of_waiver(waiver: &Waiver) -> Vec<TomlEntry> {
    let [prerequisite, requirement, component] = match &waiver.waived {
        Waived::Prerequisite => [Some(TomlText::scalar(&true)), None, None],
        Waived::Requirement(name) => [None, quoted(Some(name)), None],
        Waived::Component(id) => [None, None, quoted(Some(id))],
    };
    entries([
        ("credential", quoted(Some(&waiver.credential))),
        ("prerequisite", prerequisite),
        ("requirement", requirement),
        ("component", component),
        ("reason", quoted(waiver.reason.as_ref())),
        ("authority", quoted(waiver.authority.as_ref())),
        ("until", bare(waiver.until.as_ref())),
    ])
}

fn of_substitution(substitution: &Substitution) -> Vec<TomlEntry> {
    entries([
        ("use", quoted(Some(&substitution.used))),
        ("for", quoted(Some(&substitution.stands_for))),
        ("within", quoted(substitution.within.as_ref())),
        ("reason", quoted(substitution.reason.as_ref())),
        ("authority", quoted(substitution.authority.as_ref())),
    ])
}

fn of_pursuit(pursuit: &Pursuit) -> Vec<TomlEntry> {
    entries([("credential", quoted(Some(&pursuit.credential))), ("under", quoted(Some(&pursuit.under)))])
}
