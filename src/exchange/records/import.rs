//! Records in: what the bytes are, and what is made of them.

use crate::exchange::imported::{Imported, InvalidImport};
#[cfg(feature = "json")]
use crate::exchange::records::carried;
use crate::exchange::records::intake::Intake;
use crate::exchange::records::options::{RecordFormat, RecordOptions};
#[cfg(feature = "csv")]
use crate::exchange::records::rows;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics};
use crate::read::limits::Limits;
use crate::record::record::LearnerRecord;
use crate::value::moment::UtcOffset;

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
    import_badges(name, bytes, &mut intake)
}

#[cfg(feature = "json")]
fn import_badges(
    name: &str,
    bytes: &[u8],
    intake: &mut Intake<'_, '_>,
) -> Result<Imported<LearnerRecord>, InvalidImport> {
    carried::import(name, bytes, intake)
}

#[cfg(not(feature = "json"))]
fn import_badges(name: &str, _: &[u8], intake: &mut Intake<'_, '_>) -> Result<Imported<LearnerRecord>, InvalidImport> {
    let help = "badges and transcripts need the feature `json`";
    Err(refused(name, "no format is recognised", help, &intake.options.limits))
}

/// The format of a learner record, by its content, in whatever it is carried; `None` if it is none that is known. A
/// table has no mark to be recognised by, and what exceeds the default [`Limits`] is not looked at.
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
    recognise_within(bytes, &Limits::default())
}

#[cfg(feature = "csv")]
fn is_table(bytes: &[u8], options: &RecordOptions<'_>) -> bool {
    options.format.map_or_else(|| recognise_within(bytes, &options.limits).is_none(), |is| is == RecordFormat::Csv)
}

#[cfg(feature = "json")]
fn recognise_within(bytes: &[u8], limits: &Limits) -> Option<RecordFormat> {
    carried::recognise(bytes, limits)
}

#[cfg(not(feature = "json"))]
fn recognise_within(_: &[u8], _: &Limits) -> Option<RecordFormat> {
    None
}

fn refused(name: &str, message: &str, help: &str, limits: &Limits) -> InvalidImport {
    let fault = Diagnostic::new(Code::InvalidValue, 0..0, message).help(help);
    InvalidImport(Diagnostics::new(name, "", vec![fault], limits.errors))
}
