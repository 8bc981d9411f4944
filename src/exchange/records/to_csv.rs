//! Records out, as a table.

use crate::exchange::imported::Imported;
use crate::exchange::records::leaving::leaving;
use crate::exchange::table::{Separator, written_row};
use crate::record::record::{AwardStatus, LearnerRecord};
use crate::value::text::is_hostile;

/// The headings, as [`RecordColumns::own`](crate::RecordColumns::own) names them.
const HEADINGS: [&str; 10] = [
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
];

/// Writes a record as a table of commas, one award to a row, that
/// [`RecordColumns::own`](crate::RecordColumns::own) reads. What a table cannot say is named in [`Imported::losses`].
///
/// ```
/// use credpath::{Award, LearnerRecord, records};
///
/// let record = LearnerRecord { awards: vec![Award::new("python").on("2025-05-01".parse()?)], ..Default::default() };
/// let written = records::to_csv(&record);
/// assert_eq!(written.value, "\
/// credential,id,awarded,valid_until,credits,hours,grade,issuer,status,revoked_on
/// python,,2025-05-01,,,,,,completed,
/// ");
/// # Ok::<(), credpath::InvalidDate>(())
/// ```
#[must_use]
pub fn to_csv(record: &LearnerRecord) -> Imported<String> {
    let mut losses = Vec::new();
    let mut text = written_row(HEADINGS, Separator::Comma);
    for leaving in leaving(record, &mut losses) {
        let award = leaving.award;
        let mut plain = |key: &str, said: &Option<String>| {
            let said = said.clone().unwrap_or_default();
            if said.trim() != said || said.contains(is_hostile) || (said.is_empty() && award_says(award, key)) {
                losses.push(leaving.loss(key, "a cell of a table cannot hold this text: it is left out"));
                return String::new();
            }
            said
        };
        let (grade, issuer) = (plain("grade", &award.grade), plain("issuer", &award.issuer));
        let day = |day: Option<crate::value::date::Date>| day.map(|day| day.to_string()).unwrap_or_default();
        let id = leaving.own_id(&mut losses).unwrap_or_default().to_owned();
        let credits = leaving.amount("credits", award.credits, &mut losses);
        let hours = leaving.amount("hours", award.hours, &mut losses);
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
        let amount = |amount: Option<crate::value::amount::Amount>| amount.map(|is| is.to_string()).unwrap_or_default();
        let (awarded, valid_until, revoked_on) = (day(award.awarded), day(award.valid_until), day(award.revoked_on));
        let (credits, hours) = (amount(credits), amount(hours));
        let row = [
            award.credential.as_str(),
            &id,
            &awarded,
            &valid_until,
            &credits,
            &hours,
            &grade,
            &issuer,
            status,
            &revoked_on,
        ];
        text.push_str(&written_row(row, Separator::Comma));
    }
    Imported { value: text, losses }
}
