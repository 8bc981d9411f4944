//! Awards that are there and do not count, each with the reason: as data and as text (semantics 3.10).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::record::record::{Award, AwardStatus};
use crate::value::date::{Date, Period};
use crate::value::points::GradePoints;
use crate::value::term::CalendarTerm;
use crate::value::text::{counted, printable};

/// An award of the record that does not count where it could have been expected to.
///
/// ```
/// use credpath::{Catalog, EvaluateOptions, LearnerRecord, WhyUncounted};
///
/// let catalog = Catalog::parse("catalog.toml", "credential.hardware = { title = 'Hardware' }")?;
/// let record = LearnerRecord::parse("record.toml", r#"
///     award = [{ credential = "hardware", awarded = 2027-01-10 }, { credential = "Hardware", awarded = 2024-01-10 }]
/// "#)?;
/// let evaluation = catalog.evaluate(&record, "2026-11-28".parse()?, &EvaluateOptions::default());
/// let told: Vec<String> = evaluation.uncounted().iter().map(ToString::to_string).collect();
/// assert_eq!(told, [
///     "`Hardware`, awarded 2024-01-10: the catalog does not know this id; did you mean `hardware`?",
///     "Hardware, awarded 2027-01-10: dated after 2026-11-28",
/// ]);
/// assert!(matches!(evaluation.uncounted()[1].why, WhyUncounted::DatedAfter { .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Uncounted {
    /// The award; what it is of by the credential's own id, if the catalog knows it.
    pub award: Award,
    /// The title of what it is of; none if the catalog does not know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Why it does not count.
    pub why: WhyUncounted,
}

/// Why an award does not count, in the terms of the rule that does not count it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WhyUncounted {
    /// The catalog does not know the id, and no substitution says what it stands for.
    UnknownId {
        /// The id that was clearly meant: the same but for letter case and the like, or for a slip of the keyboard.
        #[serde(skip_serializing_if = "Option::is_none")]
        nearest: Option<String>,
    },
    /// Another award of the record has the same [`id`](Award::id), says something else, and stands for both.
    SameAward,
    /// It was found not to be genuine.
    FailedVerification,
    /// Only verified awards are asked for, and it is none.
    NotVerified,
    /// It was revoked.
    Revoked {
        /// The day from which it does not count; none if it never did.
        #[serde(skip_serializing_if = "Option::is_none")]
        on: Option<Date>,
    },
    /// It is dated after the day that is asked about.
    DatedAfter {
        /// That day.
        as_of: Date,
    },
    /// It is in progress or planned, and not taken as completed.
    NotCompleted {
        /// How far it has got.
        status: AwardStatus,
    },
    /// It has lapsed.
    Lapsed {
        /// Its last valid day.
        last_day: Date,
    },
    /// It is current only while its components are met, and they are not.
    WithoutComponents,
    /// The rule asks when it was made, and it has no date.
    Undated,
    /// It was made too long ago.
    TooOld {
        /// How recent the rule asks for.
        within: CalendarTerm,
    },
    /// It was made before the first day that the rule takes.
    TooEarly {
        /// That day.
        since: Date,
    },
    /// It was made after the last day that the rule takes.
    TooLate {
        /// That day.
        until: Date,
    },
    /// It was not held for long enough yet.
    NotHeldYet {
        /// How long the rule asks for.
        held_for: CalendarTerm,
        /// The first day on which it will have been held for so long; none if that never comes.
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<Date>,
    },
    /// Its grade is too low, or it has none.
    Grade {
        /// The least grade that the rule takes.
        asked: String,
    },
    /// Its grade is not on the catalog's scale.
    UnknownGrade {
        /// The least grade that the rule takes.
        asked: String,
    },
    /// Another issuer is asked for.
    Issuer {
        /// Who made it, if that is known.
        #[serde(skip_serializing_if = "Option::is_none")]
        issuer: Option<String>,
        /// The issuers that the rule takes.
        asked: Vec<String>,
    },
    /// It counts in another place, and may count once.
    AlreadyCounted {
        /// Where: the name of a group, or the credential that a place names.
        place: String,
    },
    /// It adds once, and another award of the same adds it.
    AddsOnce {
        /// The day of the award that adds it.
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<Date>,
    },
    /// An average is asked for, and it has no points: its grade has none, or it has no grade.
    NoPoints,
    /// An average is asked for, and the others do better without it.
    LowersAverage {
        /// Its points.
        points: GradePoints,
    },
    /// The awards used have to lie within a time, and others do.
    OutsideSpan {
        /// How long that time is.
        span: Period,
    },
}

impl Uncounted {
    /// The award and the reason in few words, where it is plain what it is an award of.
    pub(crate) fn briefly(&self) -> String {
        format!("{}: {}", made(&self.award), self.reason())
    }

    pub(crate) fn reason(&self) -> String {
        let grade =
            || self.award.grade.as_deref().map_or("no grade".to_owned(), |grade| format!("grade {}", printable(grade)));
        match &self.why {
            WhyUncounted::UnknownId { nearest: None } => "the catalog does not know this id".to_owned(),
            WhyUncounted::UnknownId { nearest: Some(near) } => {
                format!("the catalog does not know this id; did you mean `{}`?", printable(near))
            }
            WhyUncounted::SameAward => "another award of the record has the same id and stands for it".to_owned(),
            WhyUncounted::FailedVerification => "its verification failed".to_owned(),
            WhyUncounted::NotVerified => "not verified".to_owned(),
            WhyUncounted::Revoked { on: None } => "revoked".to_owned(),
            WhyUncounted::Revoked { on: Some(day) } => format!("revoked on {day}"),
            WhyUncounted::DatedAfter { as_of } => format!("dated after {as_of}"),
            WhyUncounted::NotCompleted { status: AwardStatus::Planned } => "planned, not completed".to_owned(),
            WhyUncounted::NotCompleted { .. } => "in progress, not completed".to_owned(),
            WhyUncounted::Lapsed { last_day } => format!("lapsed, its last valid day was {last_day}"),
            WhyUncounted::WithoutComponents => "it counts while its components are met, and they are not".to_owned(),
            WhyUncounted::Undated => "the rule asks when it was awarded".to_owned(),
            WhyUncounted::TooOld { within } => format!("longer ago than {within}"),
            WhyUncounted::TooEarly { since } => format!("before {since}"),
            WhyUncounted::TooLate { until } => format!("after {until}"),
            WhyUncounted::NotHeldYet { held_for, .. } => format!("less than {held_for} ago"),
            WhyUncounted::Grade { asked } => format!("{} where {} is asked for", grade(), printable(asked)),
            WhyUncounted::UnknownGrade { asked } => {
                format!("{} is not on the catalog's scale, and {} is asked for", grade(), printable(asked))
            }
            WhyUncounted::Issuer { issuer, asked } => {
                let by = issuer.as_deref().map_or("no issuer".to_owned(), |by| format!("issuer {}", printable(by)));
                if asked.is_empty() {
                    return format!("{by} where no issuer is accepted");
                }
                format!("{by} where {} is asked for", printable(&asked.join(" or ")))
            }
            WhyUncounted::AlreadyCounted { place } => format!("already counted in {}", printable(place)),
            WhyUncounted::AddsOnce { by: Some(day) } => format!("it adds once, by the award of {day}"),
            WhyUncounted::AddsOnce { by: None } => "it adds once, by another award".to_owned(),
            WhyUncounted::NoPoints => format!("{}, so it has no points for the average", grade()),
            WhyUncounted::LowersAverage { points } => {
                format!("its {} would lower the average", counted(points, "point"))
            }
            WhyUncounted::OutsideSpan { span } => format!("not within {span} of the others"),
        }
    }
}

/// When an award was made.
fn made(award: &Award) -> String {
    match (award.status, award.awarded) {
        (AwardStatus::InProgress | AwardStatus::Planned, Some(day)) => format!("dated {day}"),
        (_, Some(day)) => format!("awarded {day}"),
        (_, None) => "without a date".to_owned(),
    }
}

impl fmt::Display for Uncounted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.title {
            Some(title) => f.write_str(&printable(title))?,
            // The id as the record has it: that is what is to be mended.
            None => write!(f, "`{}`", printable(&self.award.credential))?,
        }
        write!(f, ", {}", self.briefly())
    }
}

/// Ids that the catalog does not know and that mean nothing clearly are told by their number if they are more than
/// these.
const MOST_UNKNOWN: usize = 4;

/// Tells what does not count, each award on a line of its own.
pub(crate) fn write_uncounted(f: &mut fmt::Formatter<'_>, all: &[Uncounted], indent: &str) -> fmt::Result {
    let is_strange = |told: &&Uncounted| matches!(told.why, WhyUncounted::UnknownId { nearest: None });
    let strange = all.iter().filter(is_strange).count();
    for told in all.iter().filter(|told| strange <= MOST_UNKNOWN || !is_strange(told)) {
        writeln!(f, "{indent}not counted: {told}")?;
    }
    if strange > MOST_UNKNOWN {
        writeln!(f, "{indent}not counted: {strange} awards of ids that the catalog does not know")?;
    }
    Ok(())
}
