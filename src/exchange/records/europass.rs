//! European Digital Credentials in the European Learning Model 3: claims that somebody achieved something.

use serde_json::Value;

use crate::exchange::json::{member, one_or_many};
use crate::exchange::records::badge3::{one_grade, valid_until};
use crate::exchange::records::intake::Intake;
use crate::exchange::records::reading::{AwardReader, CredentialNames, has_type};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::reader::excerpt;
use crate::record::record::{Award, AwardStatus};
use crate::value::amount::Amount;
use crate::value::date::Date;

/// What of a credential is read, or serves only to check or to show it.
const READ: [&str; 15] = [
    "@context",
    "id",
    "type",
    "issuer",
    "issuanceDate",
    "issued",
    "validFrom",
    "validUntil",
    "expirationDate",
    "credentialSubject",
    "credentialSchema",
    "credentialStatus",
    "credentialProfiles",
    "displayParameter",
    "proof",
];

/// How ids begin that name something only within one file: in the next one they name something else.
const LOCAL: &str = "urn:epass:";

/// What a credential says of all of its claims.
struct ElmCredential<'v> {
    value: &'v Value,
    id: Option<String>,
    valid_until: Option<Date>,
    status: AwardStatus,
}

/// Reads one credential.
pub(crate) fn credential<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value) {
    reader.notes.unread(value, &READ);
    let id = reader.award_id(value, "id");
    let mut of_all = Award::default();
    reader.look_up_status(value, &mut of_all);
    let whole = ElmCredential { value, id, valid_until: valid_until(reader, value), status: of_all.status };
    if member(value, "credentialSubject").is_none() {
        reader.notes.missing(value, "credentialSubject", "a credential");
    }
    for subject in one_or_many(value.get("credentialSubject")) {
        if reader.notes.table(subject, "credentialSubject").is_none() {
            continue;
        }
        if subject.as_object().is_some_and(|subject| subject.keys().any(|key| !["type", "hasClaim"].contains(&&**key)))
        {
            reader.notes.loss(subject, "whose credential it is has no place in a record, and is not checked");
        }
        // Last claim first, so that the first is the next one; parts come after what they are parts of.
        let mut open: Vec<&Value> = one_or_many(subject.get("hasClaim")).iter().rev().collect();
        if open.is_empty() {
            reader.notes.missing(subject, "hasClaim", "the subject of a credential");
        }
        while let Some(claim) = open.pop() {
            if has_type(claim, &["LearningAchievement"]) {
                achievement(reader, claim, &whole);
                open.extend(one_or_many(claim.get("hasPart")).iter().rev());
            } else {
                let types = one_or_many(claim.get("type")).iter().find_map(Value::as_str).unwrap_or("unknown type");
                reader.notes.loss(claim, format!("a claim of {} is no award", excerpt(types)));
            }
        }
    }
}

/// Reads one claim.
fn achievement<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, claim: &'v Value, whole: &ElmCredential<'v>) {
    let read =
        ["id", "type", "identifier", "title", "awardedBy", "provenBy", "specifiedBy", "creditReceived", "hasPart"];
    reader.notes.unread(claim, &read);
    let specification = one_or_many(claim.get("specifiedBy"));
    for of in specification {
        reader.notes.unread(of, &["id", "type", "identifier", "title", "creditPoint", "volumeOfLearning"]);
    }
    let Some(names) = names(reader, claim, specification) else { return };
    let Some(mut award) = reader.award(claim, names) else { return };
    award.id = own_id(reader, claim, whole);
    award.awarded = awarded(reader, claim, whole);
    (award.valid_until, award.status) = (whole.valid_until, whole.status);
    award.issuer = issuer(reader, claim, whole);
    award.credits = match one_or_many(claim.get("creditReceived")) {
        [] => credits(reader, claim, specification.iter().flat_map(|of| one_or_many(of.get("creditPoint")))),
        received => credits(reader, claim, received.iter()),
    };
    award.hours = specification.iter().find_map(|of| hours(reader, of));
    let mut grades = Vec::new();
    for proof in one_or_many(claim.get("provenBy")) {
        reader.notes.unread(proof, &["id", "type", "title", "grade"]);
        for grade in one_or_many(proof.get("grade")) {
            grades.extend(texts(grade.get("noteLiteral").unwrap_or(grade)));
        }
    }
    award.grade = one_grade(reader, claim, &grades);
    reader.take(claim, award);
}

/// What the credential is called: of several ids the first that is known, or else the first.
fn names<'v>(
    reader: &mut AwardReader<'v, '_, '_, '_>,
    claim: &'v Value,
    specification: &'v [Value],
) -> Option<CredentialNames<'v>> {
    let global = |value: &'v Value| value.get("id").and_then(Value::as_str).filter(|id| !id.starts_with(LOCAL));
    let mut ids: Vec<&str> = specification.iter().filter_map(global).collect();
    for of in specification.iter().chain([claim]) {
        ids.extend(notations(of));
    }
    let id = ids.iter().find(|id| reader.intake.knows(id)).or(ids.first()).copied();
    let own = texts(claim.get("title").unwrap_or(&Value::Null));
    let all: Vec<&str> =
        own.into_iter().chain(specification.iter().filter_map(|of| of.get("title")).flat_map(texts)).collect();
    let options = reader.intake.options;
    let known = all.iter().find(|title| options.aliases.contains_key(**title));
    let stated = options.language.as_deref().and_then(|language| {
        let titles = std::iter::once(claim).chain(specification).filter_map(|of| of.get("title")?.get(language));
        titles.flat_map(texts).next()
    });
    let title = known.copied().or(stated).or(all.first().copied());
    let several = all.iter().any(|other| Some(*other) != all.first().copied());
    if id.is_none() && known.is_none() && stated.is_none() && several && options.titles_as_ids {
        let fault =
            Diagnostic::new(Code::InvalidValue, 0..0, "the credential has several titles, and no id of its own");
        reader.notes.push(claim, fault.help("state the language, or say by an alias which credential it is"));
        return None;
    }
    Some(CredentialNames { id, title })
}

/// The notations of the identifiers of something.
fn notations(value: &Value) -> impl Iterator<Item = &str> {
    one_or_many(value.get("identifier")).iter().filter_map(|id| id.get("notation").unwrap_or(id).as_str())
}

/// All texts that are said of something: as a text, or by language, each one or several.
fn texts(value: &Value) -> Vec<&str> {
    let by_language = value.as_object().into_iter().flat_map(serde_json::Map::values);
    let all = std::iter::once(value).chain(by_language);
    all.flat_map(|texts| one_or_many(Some(texts))).filter_map(Value::as_str).collect()
}

/// The id of the award: one that holds only within the file is made one of its own by that of the file.
fn own_id<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, claim: &'v Value, whole: &ElmCredential<'v>) -> Option<String> {
    let id = reader.award_id(claim, "id")?;
    if !id.starts_with(LOCAL) {
        return Some(id);
    }
    whole.id.as_ref().map(|of| format!("{of}#{id}"))
}

fn awarded<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, claim: &'v Value, whole: &ElmCredential<'v>) -> Option<Date> {
    for process in one_or_many(claim.get("awardedBy")) {
        reader.notes.unread(process, &["id", "type", "awardingBody", "awardingDate"]);
        if member(process, "awardingDate").is_some() {
            return reader.day(process, "awardingDate");
        }
    }
    for key in ["validFrom", "issuanceDate", "issued"] {
        if member(whole.value, key).is_some() {
            let what = format!("the day of the award is not stated: `{key}` of the credential is taken");
            reader.notes.loss(claim, what);
            return reader.day(whole.value, key);
        }
    }
    None
}

/// Who awarded it; the issuer of the credential, if that is not said.
fn issuer<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, claim: &'v Value, whole: &ElmCredential<'v>) -> Option<String> {
    let of_whole = member(whole.value, "issuer");
    let bodies = one_or_many(claim.get("awardedBy")).iter().flat_map(|of| one_or_many(of.get("awardingBody")));
    let bodies: Vec<&Value> = bodies.collect();
    if let Some(second) = bodies.get(1) {
        reader.notes.loss(second, "a second awarding body has no place in a record");
    }
    // A body that was described before is often only named.
    let same = |body: &&Value| of_whole.filter(|whole| body.get("id").is_some() && whole.get("id") == body.get("id"));
    let body = bodies.first().map(|body| same(body).unwrap_or(body)).or(of_whole)?;
    if let Some(id) = body.as_str() {
        return reader.intake.issuer(&[Some(id)]);
    }
    let id = body.get("id").and_then(Value::as_str).filter(|id| !id.starts_with(LOCAL));
    let registered = member(body, "registration").and_then(|of| of.get("notation")).and_then(Value::as_str);
    let names = texts(body.get("legalName").unwrap_or(&Value::Null));
    let given = [id, registered, notations(body).next()].into_iter();
    let given: Vec<Option<&str>> = given.chain(names.into_iter().map(Some)).collect();
    reader.intake.issuer(&given)
}

/// The credits, if all say the same. Which of several would be meant is not guessed.
fn credits<'v>(
    reader: &mut AwardReader<'v, '_, '_, '_>,
    claim: &'v Value,
    points: impl Iterator<Item = &'v Value>,
) -> Option<Amount> {
    let mut found: Vec<Amount> = Vec::new();
    for credit in points {
        found.extend(reader.amount(credit, "point"));
        if let Some(framework) = member(credit, "framework") {
            reader.notes.loss(framework, "the framework of the credits has no place in a record");
        }
    }
    found.dedup();
    if found.len() > 1 {
        reader.notes.loss(claim, "there are several amounts of credits: none is taken");
        return None;
    }
    found.first().copied()
}

/// The volume of learning in hours.
fn hours<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, of: &'v Value) -> Option<Amount> {
    let text = reader.notes.text(of, "volumeOfLearning")?;
    let hours = hours_of(text);
    if hours.is_none() {
        let what = format!("`{}` is no number of hours with at most two places", excerpt(text));
        reader.notes.loss(&of["volumeOfLearning"], what);
    }
    hours
}

/// The hours that a length of time such as `PT60H` or `PT1H30M` is, if it is of hours and minutes.
fn hours_of(text: &str) -> Option<Amount> {
    let (hours, minutes) = match text.strip_prefix("PT")?.split_once('H') {
        Some((hours, "")) => (hours, "0"),
        Some((hours, rest)) => (hours, rest.strip_suffix('M')?),
        None => ("0", text.strip_prefix("PT")?.strip_suffix('M')?),
    };
    let hours = Intake::amount(hours, "volumeOfLearning").ok()?;
    let minutes: u64 = minutes.parse().ok().filter(|&minutes| minutes <= 1_000_000)?;
    let hundredths = (minutes * 100).is_multiple_of(60).then_some(minutes * 100 / 60)?;
    Some(Amount::from_hundredths(hours.hundredths() + hundredths)).filter(|&all| all <= Amount::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_hours_and_minutes_are_amounts() {
        let hours = |text| hours_of(text).map(|hours| hours.to_string());
        for (text, due) in
            [("PT60H", Some("60")), ("PT1H30M", Some("1.5")), ("PT45M", Some("0.75")), ("PT1.5H", Some("1.5"))]
        {
            assert_eq!(hours(text).as_deref(), due, "{text}");
        }
        for text in ["P5D", "P1DT2H", "PT20M", "PT", "PTH", "60", "", "PT-1H", "PT1H99999999999M", "PT1H30S"] {
            assert_eq!(hours(text), None, "{text}");
        }
    }
}
