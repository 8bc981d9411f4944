//! Tables of awards whose headings and words are known.

use crate::exchange::records::columns::RecordColumns;
use crate::record::record::AwardStatus;
use crate::value::moment::DateOrder;

impl RecordColumns {
    /// The table that [`records::to_csv`](crate::records::to_csv()) writes.
    #[must_use]
    pub fn own() -> Self {
        Self::new("credential")
            .id("id")
            .awarded("awarded")
            .valid_until("valid_until")
            .credits("credits")
            .hours("hours")
            .grade("grade")
            .issuer("issuer")
            .status("status")
            .revoked_on("revoked_on")
    }

    /// The report of grades that Canvas writes for an account: the course by its SIS id, the final grade, and whether
    /// the enrolment is over. It tells no days. An enrolment that is deleted or inactive is no award, nor is one that
    /// is concluded with an F; say which grades fail besides ([`failing_grade`](Self::failing_grade)). Where grades are
    /// overridden, say `.grade("override grade")`. Headings and words are those of the published source of Canvas LMS.
    ///
    /// ```
    /// use credpath::{AwardStatus, RecordColumns, RecordOptions, UtcOffset, records};
    ///
    /// let report = "student sis,course,course sis,enrollment state,final grade\ns1,Latin,LA-1,concluded,B\n";
    /// let options = RecordOptions::default().columns(RecordColumns::canvas_grades());
    /// let imported = records::import("grades.csv", report.as_bytes(), UtcOffset::UTC, &options)?;
    /// let award = &imported.value.awards[0];
    /// assert_eq!((award.credential.as_str(), award.status), ("LA-1", AwardStatus::Completed));
    /// # Ok::<(), credpath::InvalidImport>(())
    /// ```
    #[must_use]
    pub fn canvas_grades() -> Self {
        Self::new("course sis")
            .title("course")
            .learner("student sis")
            .grade("final grade")
            .status("enrollment state")
            .status_word("active", AwardStatus::InProgress)
            .status_word("concluded", AwardStatus::Completed)
            .failing_grade("F")
            .no_award("inactive")
            .no_award("deleted")
            .no_award("")
            .columns_may_lack(true)
    }

    /// The report of outcome results that Canvas writes for an account: each result by which an outcome was mastered is
    /// an award of it, on the day of the submission, with the rating as its grade; any other is no award. Outcomes go
    /// by the numbers that Canvas gives them, so they need an [alias](crate::RecordOptions::alias), or a further id in
    /// the catalog. Headings and words are those of the published source of Canvas LMS.
    ///
    /// ```
    /// use credpath::{RecordColumns, RecordOptions, UtcOffset, records};
    ///
    /// let report = "student sis id,submission date,learning outcome name,learning outcome id,\
    /// learning outcome mastered,learning outcome rating
    /// s1,2026-05-01T09:41:00Z,Writes proofs,17,1,Meets Mastery
    /// s1,2026-05-01T09:41:00Z,Draws graphs,18,0,Near Mastery
    /// ";
    /// let options = RecordOptions::default().columns(RecordColumns::canvas_outcomes()).alias("17", "proofs");
    /// let imported = records::import("outcomes.csv", report.as_bytes(), UtcOffset::UTC, &options)?;
    /// assert_eq!(imported.value.awards.len(), 1);
    /// assert_eq!(imported.value.awards[0].credential, "proofs");
    /// # Ok::<(), credpath::InvalidImport>(())
    /// ```
    #[must_use]
    pub fn canvas_outcomes() -> Self {
        Self::new("learning outcome id")
            .title("learning outcome name")
            .learner("student sis id")
            .awarded("submission date")
            .grade("learning outcome rating")
            .status("learning outcome mastered")
            .status_word("1", AwardStatus::Completed)
            .no_award("0")
            .no_award("")
            .columns_may_lack(true)
    }

    /// The analytics export of Credly: the badge by its template's id. A badge that nobody has accepted yet was awarded
    /// all the same; one that was rejected is no award. Headings and words are those of Credly's published glossary of
    /// the export, but for `Expiration Date`, which could not be seen there: where the export has another heading, or
    /// another [order of dates](Self::date_order), state it anew; a column that is not there is told as a loss.
    #[must_use]
    pub fn credly() -> Self {
        Self::new("Badge Template ID")
            .title("Badge Name")
            .id("Earner Badge ID")
            .learner("Issued to Email")
            .issuer("Issued by")
            .awarded("Issue Date")
            .valid_until("Expiration Date")
            .status("Status")
            .status_word("accepted", AwardStatus::Completed)
            .status_word("pending", AwardStatus::Completed)
            .status_word("revoked", AwardStatus::Revoked)
            .no_award("rejected")
            .no_award("")
            .columns_may_lack(true)
    }

    /// The table by which badges are issued in bulk with Credly, for those who have kept it: every row is an award, on
    /// days such as `04/01/24`. It does not tell what was revoked since. Headings are those of the published template.
    #[must_use]
    pub fn credly_bulk() -> Self {
        Self::new("Badge Template ID")
            .learner("Recipient Email")
            .awarded("Issued at")
            .valid_until("Expires at")
            .date_order(DateOrder::MonthDayYear)
            .two_digit_years_from(2000)
            .columns_may_lack(true)
    }
}
