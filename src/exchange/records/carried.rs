//! Badges in whatever they are carried: images, signed texts, or as they are.

use std::borrow::Cow;

use serde_json::Value;

use crate::exchange::imported::{Imported, InvalidImport, Loss};
use crate::exchange::json::JsonText;
use crate::exchange::records::intake::Intake;
use crate::exchange::records::options::RecordFormat;
use crate::exchange::records::reading::AwardReader;
use crate::exchange::records::{credentials, png, svg, token};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics};
use crate::read::limits::Limits;
use crate::record::record::LearnerRecord;

/// Signed texts and images that are within one another, at the most.
const MOST_WRAPPINGS: usize = 4;

/// A badge out of what it was carried in.
struct Carried<'b> {
    name: String,
    bytes: Cow<'b, [u8]>,
    losses: Vec<Loss>,
}

/// The format of what bytes carry, if it is known.
pub(crate) fn recognise(bytes: &[u8], limits: &Limits) -> Option<RecordFormat> {
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
fn unwrapped<'b>(name: &str, bytes: &'b [u8], limits: &Limits) -> Result<Carried<'b>, InvalidImport> {
    let mut carried = Carried { name: name.to_owned(), bytes: bytes.into(), losses: Vec::new() };
    for _ in 0..MOST_WRAPPINGS {
        let bytes = &carried.bytes;
        let inner = if png::is_png(bytes) {
            let found = png::baked(&carried.name, bytes, limits)?;
            let newest = found[0].to_vec();
            carried.losses.extend(older_version(found.len()));
            newest
        } else if svg::is_xml(bytes) {
            let found = svg::baked(&carried.name, bytes, limits)?;
            carried.losses.extend(older_version(found.len()));
            found.into_iter().next().unwrap_or_default().into_bytes()
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

/// What is lost of an image with so many versions of a badge, of which the newest is read.
fn older_version(versions: usize) -> Option<Loss> {
    let what = "the image holds the badge in an older version too, which is not read";
    (versions > 1).then(|| Loss { place: "the image".to_owned(), what: what.to_owned() })
}

/// Reads the badges that bytes carry.
pub(crate) fn import(
    name: &str,
    bytes: &[u8],
    intake: &mut Intake<'_, '_>,
) -> Result<Imported<LearnerRecord>, InvalidImport> {
    let limits = &intake.options.limits;
    let Carried { mut name, bytes, mut losses } = unwrapped(name, bytes, limits)?;
    let mut text = JsonText::read(&name, &bytes, limits.record_bytes, limits)?;
    for _ in 0..MOST_WRAPPINGS {
        let payload = text.value().get("payload").and_then(Value::as_str);
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
fn read_one<'v>(reader: &mut AwardReader<'v, '_, '_, '_>, value: &'v Value) {
    let found = credentials::format(value);
    if let (Some(asked), Some(found)) = (reader.intake.options.format, found)
        && asked != found
    {
        let message = format!("this is {found}, not {asked}");
        reader.notes.fault(value, Code::InvalidValue, message);
        return;
    }
    credentials::credential(reader, value);
}

fn refused(name: &str, message: &str, help: &str, limits: &Limits) -> InvalidImport {
    let fault = Diagnostic::new(Code::InvalidValue, 0..0, message).help(help);
    InvalidImport(Diagnostics::new(name, "", vec![fault], limits.errors))
}
