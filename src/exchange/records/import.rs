//! Records in: what the bytes are, and what is made of them.

use std::borrow::Cow;

#[cfg(feature = "json")]
use crate::exchange::imported::Loss;
use crate::exchange::imported::{Imported, InvalidImport};
#[cfg(feature = "json")]
use crate::exchange::json::JsonText;
use crate::exchange::records::intake::Intake;
use crate::exchange::records::options::{RecordFormat, RecordOptions};
#[cfg(feature = "csv")]
use crate::exchange::records::rows;
#[cfg(feature = "json")]
use crate::exchange::records::{credentials, png, reading::AwardReader, svg, token};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics};
use crate::read::limits::Limits;
use crate::record::record::LearnerRecord;
use crate::value::moment::UtcOffset;

/// Signed texts and images that are within one another, at the most.
const MOST_WRAPPINGS: usize = 4;

/// A badge out of what it was carried in.
struct Carried<'b> {
    name: String,
    bytes: Cow<'b, [u8]>,
    losses: Vec<Loss>,
}

/// Reads a learner record that others wrote. `name` stands in messages; moments are turned into days at `offset` from
/// UTC; everything else that is to be known is in the options.
///
/// An image, or a signed text in its compact form, is read as the badge that it holds. A list of badges is one record.
/// What of the source has no place in a record is named in [`Imported::losses`], except what serves only to check that
/// a badge is genuine.
///
/// # Errors
/// [`InvalidImport`] with everything that is wrong with the text: a format that is not recognised, a moment without an
/// offset, a credential without an id.
pub fn import(
    name: &str,
    bytes: &[u8],
    offset: UtcOffset,
    options: &RecordOptions<'_>,
) -> Result<Imported<LearnerRecord>, InvalidImport> {
    let mut intake = Intake::new(options, offset);
    #[cfg(feature = "csv")]
    if let Some(columns) = options.columns.as_ref().filter(|_| is_table(bytes, options)) {
        return rows::import(name, bytes, &mut intake, columns);
    }
    if options.format == Some(RecordFormat::Csv) {
        let help = "state which column says what, by `RecordOptions::columns`, with the feature `csv`";
        return Err(refused(name, "a table is no record until its columns are stated", help, &options.limits));
    }
    #[cfg(feature = "json")]
    return import_json(name, bytes, &mut intake);
    #[cfg(not(feature = "json"))]
    Err(refused(name, "no format is recognised", "badges and transcripts need the feature `json`", &options.limits))
}

/// The format of a learner record, by its content, in whatever it is carried; `None` if it is none that is known. A
/// table has no mark to be recognised by.
///
/// ```
/// use credpath::{RecordFormat, records};
///
/// let clr = br#"{ "type": ["VerifiableCredential", "ClrCredential"] }"#;
/// assert_eq!(records::recognise(clr), Some(RecordFormat::Clr2));
/// assert_eq!(records::recognise(b"student,course,grade"), None);
/// ```
#[must_use]
pub fn recognise(bytes: &[u8]) -> Option<RecordFormat> {
    recognise_within(bytes, &Limits::large())
}

#[cfg(feature = "csv")]
fn is_table(bytes: &[u8], options: &RecordOptions<'_>) -> bool {
    options.format.map_or_else(|| recognise_within(bytes, &options.limits).is_none(), |is| is == RecordFormat::Csv)
}

#[cfg(not(feature = "json"))]
fn recognise_within(_: &[u8], _: &Limits) -> Option<RecordFormat> {
    None
}

#[cfg(feature = "json")]
fn recognise_within(bytes: &[u8], limits: &Limits) -> Option<RecordFormat> {
    let mut open = unwrapped("", bytes, limits).ok()?.bytes;
    for _ in 0..MOST_WRAPPINGS {
        let text = JsonText::read("", &open, limits.record_bytes, limits).ok()?;
        let value = text.value();
        if token::is_json_form(value) {
            open = token::decoded("", value.get("payload")?.as_str()?.as_bytes(), limits).ok()?.into();
            continue;
        }
        let first = value.get(0).unwrap_or(value);
        return credentials::format(first).or_else(|| credentials::format(first.get("vc")?));
    }
    None
}

/// Takes badges out of images and signed texts.
#[cfg(feature = "json")]
fn unwrapped<'b>(name: &str, bytes: &'b [u8], limits: &Limits) -> Result<Carried<'b>, InvalidImport> {
    let mut carried = Carried { name: name.to_owned(), bytes: bytes.into(), losses: Vec::new() };
    for _ in 0..MOST_WRAPPINGS {
        let bytes = &carried.bytes;
        let inner = if png::is_png(bytes) {
            let found = png::baked(&carried.name, bytes, limits)?;
            let (first, others) = (found[0].to_vec(), found.len() - 1);
            if others > 0 {
                let what = "the image holds the badge in an older version too, which is not read".to_owned();
                carried.losses.push(Loss { place: "the image".to_owned(), what });
            }
            first
        } else if svg::is_xml(bytes) {
            svg::baked(&carried.name, bytes, limits)?.into_bytes()
        } else if token::is_compact(bytes) {
            token::payload(&carried.name, bytes, limits)?
        } else if bytes.trim_ascii().starts_with(b"http") {
            let help = "get the badge from there, and import that";
            return Err(refused(name, "this is only the address of a badge", help, limits));
        } else {
            return Ok(carried);
        };
        carried.name = format!("{name}, the badge in it");
        carried.bytes = inner.into();
    }
    Err(refused(name, "too many images and signed texts are in one another", "import the innermost one", limits))
}

#[cfg(feature = "json")]
fn import_json(
    name: &str,
    bytes: &[u8],
    intake: &mut Intake<'_, '_>,
) -> Result<Imported<LearnerRecord>, InvalidImport> {
    let limits = &intake.options.limits;
    let Carried { mut name, bytes, mut losses } = unwrapped(name, bytes, limits)?;
    let mut text = JsonText::read(&name, &bytes, limits.record_bytes, limits)?;
    for _ in 0..MOST_WRAPPINGS {
        let payload = text.value().get("payload").and_then(serde_json::Value::as_str);
        let Some(payload) = payload.filter(|_| token::is_json_form(text.value())) else { break };
        let bytes = token::decoded(&name, payload.as_bytes(), limits)?;
        name = format!("{name}, the signed text in it");
        text = JsonText::read(&name, &bytes, limits.record_bytes, limits)?;
    }
    let mut reader = AwardReader::new(intake, 0);
    let value = text.value();
    match value.as_array() {
        Some(badges) => badges.iter().for_each(|badge| read_one(&mut reader, badge)),
        None => read_one(&mut reader, value),
    }
    let (awards, notes) = reader.finish();
    let record = LearnerRecord { awards, ..LearnerRecord::default() };
    let mut imported = text.imported(record, notes, limits)?;
    losses.append(&mut imported.losses);
    Ok(Imported { losses, ..imported })
}

/// Reads one credential, if it has the format that is asked for.
#[cfg(feature = "json")]
fn read_one<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v serde_json::Value) {
    let found = credentials::format(value);
    if let (Some(asked), Some(found)) = (reader.intake.options.format, found)
        && asked != found
    {
        let message = format!("this is {}, not {}", found.name(), asked.name());
        reader.notes.fault(value, Code::InvalidValue, message);
        return;
    }
    credentials::credential(reader, value);
}

fn refused(name: &str, message: &str, help: &str, limits: &Limits) -> InvalidImport {
    let fault = Diagnostic::new(Code::InvalidValue, 0..0, message).help(help);
    InvalidImport(Diagnostics::new(name, "", vec![fault], limits.errors))
}
