//! Records out, as a table.

use crate::exchange::exported::Exported;
use crate::exchange::imported::Loss;
use crate::exchange::records::leaving::{LeavingAward, each_leaving};
use crate::exchange::table::{Separator, written_row};
use crate::record::record::{AwardStatus, LearnerRecord};
use crate::value::text::is_hostile;

/// The headings, as [`RecordColumns::own`](crate::RecordColumns::own) names them.
const HEADINGS: [&str; 10] =
    ["credential", "id", "awarded", "valid_until", "credits", "hours", "grade", "issuer", "status", "revoked_on"];

/// Writes a record as a table of commas, one award to a row, that
/// [`RecordColumns::own`](crate::RecordColumns::own) reads. What a table cannot say is named in [`Exported::losses`].
///
/// ```
/// use credpath::{Award, LearnerRecord, records};
///
/// let record = LearnerRecord { awards: vec![Award::new("python").on("2025-05-01".parse()?)], ..Default::default() };
/// let written = records::to_csv(&record);
/// assert_eq!(written.text, "\
/// credential,id,awarded,valid_until,credits,hours,grade,issuer,status,revoked_on
/// python,,2025-05-01,,,,,,completed,
/// ");
/// # Ok::<(), credpath::InvalidDate>(())
/// ```
#[must_use]
pub fn to_csv(record: &LearnerRecord) -> Exported {
    let mut losses = Vec::new();
    let mut text = written_row(HEADINGS, Separator::Comma);
    each_leaving(record, &mut losses, |award, losses| text.push_str(&row(award, losses)));
    Exported { text, losses }
}

fn row(leaving: &LeavingAward<'_>, losses: &mut Vec<Loss>) -> String {
    let award = leaving.award;
    let id = leaving.own_id(losses).unwrap_or_default().to_owned();
    let grade = plain(leaving, "grade", award.grade.as_ref(), losses);
    let issuer = plain(leaving, "issuer", award.issuer.as_ref(), losses);
    let credits = leaving.amount("credits", award.credits, losses);
    let hours = leaving.amount("hours", award.hours, losses);
    // What has such a day is revoked, whatever else is said of it.
    let is_revoked = award.revoked_on.is_some();
    if is_revoked && award.status != AwardStatus::Revoked {
        losses.push(leaving.loss("status", "it has a day of revocation, so it is written as revoked"));
    }
    let status = match award.status {
        _ if is_revoked => "revoked",
        AwardStatus::Completed => "completed",
        AwardStatus::InProgress => "in-progress",
        AwardStatus::Planned => "planned",
        AwardStatus::Revoked => "revoked",
    };
    let cells = [
        award.credential.clone(),
        id,
        shown(award.awarded),
        shown(award.valid_until),
        shown(credits),
        shown(hours),
        grade,
        issuer,
        status.to_owned(),
        shown(award.revoked_on),
    ];
    written_row(cells.iter().map(String::as_str), Separator::Comma)
}

/// A value as it is written; an empty cell if there is none.
fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// A text, if it can be told in a cell from none and from itself without the white space around it.
fn plain(leaving: &LeavingAward<'_>, key: &str, said: Option<&String>, losses: &mut Vec<Loss>) -> String {
    let Some(said) = said else { return String::new() };
    if said.is_empty() || said.trim() != said || said.contains(is_hostile) {
        losses.push(leaving.loss(key, "a cell of a table cannot hold this text: it is left out"));
        return String::new();
    }
    said.clone()
}
