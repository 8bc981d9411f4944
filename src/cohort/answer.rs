//! The answers about each learner.

use std::borrow::Borrow;

use serde::{Deserialize, Serialize, Serializer};

use crate::evaluate::evaluation::Status;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, IdVec};
use crate::value::stamp::Stamp;

use crate::cohort::batch::{Batch, Columns, STATUSES};
use crate::cohort::cohort::{Cohort, lanes};
use crate::cohort::learner::TakenBatch;
use crate::cohort::question::{AskedId, CohortQuestion};

/// The answers about one learner of a cohort.
#[derive(Debug, Clone)]
pub struct LearnerAnswer<'q> {
    question: &'q CohortQuestion<'q>,
    learner: u64,
    statuses: IdVec<AskedId, Status>,
    qualified: Vec<CredentialId>,
    one_award_away: Vec<CredentialId>,
    one_award_away_undecided: Vec<CredentialId>,
    lapses: Vec<(CredentialId, Date)>,
    lapses_undecided: Vec<CredentialId>,
}

impl LearnerAnswer<'_> {
    /// The place of the learner in the stream of records, from 0.
    #[must_use]
    pub fn learner(&self) -> u64 {
        self.learner
    }

    /// The status of a credential, if it was asked about.
    #[must_use]
    pub fn status(&self, id: CredentialId) -> Option<Status> {
        self.question.place(id).map(|place| self.statuses[place])
    }

    /// Every credential that was asked about with its status, in the byte order of the ids.
    pub fn statuses(&self) -> impl Iterator<Item = (CredentialId, Status)> {
        self.question.asked.iter().copied().zip(self.statuses.iter().copied())
    }

    /// The conferred credentials whose own requirements are met and of which no current award is held, in the byte
    /// order of the ids: those of [`Evaluation::qualified`](crate::Evaluation::qualified) that were asked about.
    #[must_use]
    pub fn qualified(&self) -> &[CredentialId] {
        &self.qualified
    }

    /// The conferred credentials that the learner does not hold and would newly qualify for by one award of something
    /// that they can begin or claim on the date, in the byte order of the ids; empty if it was not asked for.
    /// [`Catalog::key_steps`](crate::Catalog::key_steps) says by which award.
    #[must_use]
    pub fn one_award_away(&self) -> &[CredentialId] {
        &self.one_award_away
    }

    /// Those for which the work limit was met before that could be decided.
    #[must_use]
    pub fn one_award_away_undecided(&self) -> &[CredentialId] {
        &self.one_award_away_undecided
    }

    /// The credentials that the learner holds and that lapse on one of the days asked about, each with its last day
    /// ([`Evaluation::held_until`](crate::Evaluation::held_until)), in the byte order of the ids.
    #[must_use]
    pub fn lapses(&self) -> &[(CredentialId, Date)] {
        &self.lapses
    }

    /// Those for which the work limit was met before their last day was found.
    #[must_use]
    pub fn lapses_undecided(&self) -> &[CredentialId] {
        &self.lapses_undecided
    }
}

impl<'c> Cohort<'c> {
    /// The answers about each learner, in the order of the records; they are taken in as answers are asked for.
    pub fn answers<'q, R, I>(&'q self, records: I) -> impl Iterator<Item = LearnerAnswer<'q>> + use<'q, 'c, R, I>
    where
        R: Borrow<LearnerRecord> + Send + Sync,
        I: IntoIterator<Item = R>,
    {
        let question = &self.question;
        self.batches(records, self.rows_at_once(), move |batch, taken| answers(question, batch, taken)).flatten()
    }
}

fn answers<'q>(question: &'q CohortQuestion<'q>, batch: &mut dyn Batch, taken: &TakenBatch) -> Vec<LearnerAnswer<'q>> {
    let (learners, _) = batch.learners();
    let mut found: Vec<LearnerAnswer> = (taken.first..)
        .take(learners)
        .map(|learner| LearnerAnswer {
            question,
            learner,
            statuses: IdVec::filled(Status::Locked, question.asked.len()),
            qualified: Vec::new(),
            one_award_away: Vec::new(),
            one_award_away_undecided: Vec::new(),
            lapses: Vec::new(),
            lapses_undecided: Vec::new(),
        })
        .collect();
    let mut columns = Columns::default();
    for (place, &id) in question.asked.entries() {
        batch.columns(question, place, &mut columns);
        for (status, column) in STATUSES.iter().zip(&columns.statuses) {
            lanes(column).for_each(|lane| found[lane].statuses[place] = *status);
        }
        lanes(&columns.qualified).for_each(|lane| found[lane].qualified.push(id));
        lanes(&columns.nearly).for_each(|lane| found[lane].one_award_away.push(id));
        lanes(&columns.nearly_undecided).for_each(|lane| found[lane].one_award_away_undecided.push(id));
    }
    for ends in batch.lapses() {
        let id = question.asked[ends.place];
        match ends.until {
            Some(until) => found[ends.lane].lapses.push((id, until)),
            None => found[ends.lane].lapses_undecided.push(id),
        }
    }
    found
}

/// The answers about one learner, as data that stands by itself: [`LearnerAnswer::report`] makes it, and it is what an
/// answer is written as.
///
/// ```
/// use credpath::{Catalog, CohortOptions, LearnerRecord, LearnerReport, Status};
///
/// let catalog = Catalog::parse("catalog.toml", "credential.sql = {}\ncredential.lead = { stack = 'sql' }")?;
/// let cohort = catalog.cohort("2026-11-22".parse()?, &CohortOptions::default());
/// let records: [LearnerRecord; 1] = [["sql"].into_iter().collect()];
/// let written = cohort.answers(records).map(|answer| serde_json::to_string(&answer));
/// let lines: Vec<String> = written.collect::<Result<_, _>>()?;
/// let report: LearnerReport = serde_json::from_str(&lines[0])?;
/// assert_eq!(report.qualified, ["lead"]);
/// assert_eq!(report.statuses[1].status, Status::Held);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LearnerReport {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The place of the learner in the stream of records, from 0.
    pub learner: u64,
    /// The status of each credential that was asked about.
    pub statuses: Vec<LearnerStatus>,
    /// Ids of the credentials among them that the learner qualifies for ([`LearnerAnswer::qualified`]).
    pub qualified: Vec<String>,
    /// Ids of those that one more award would bring ([`LearnerAnswer::one_award_away`]).
    pub one_award_away: Vec<String>,
    /// Ids of those of which that is not decided.
    pub one_award_away_undecided: Vec<String>,
    /// What lapses ([`LearnerAnswer::lapses`]).
    pub lapses: Vec<LearnerLapse>,
    /// Ids of those of which that is not decided.
    pub lapses_undecided: Vec<String>,
}

/// The status of a credential for a learner of a cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LearnerStatus {
    /// Id of the credential.
    pub credential: String,
    /// Its status.
    pub status: Status,
}

/// A credential that a learner of a cohort holds, and that lapses.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LearnerLapse {
    /// Id of the credential.
    pub credential: String,
    /// The last day on which it is held, if nothing new is awarded.
    pub until: Date,
}

impl LearnerAnswer<'_> {
    /// All that it says, as data that can be kept.
    #[must_use]
    pub fn report(&self) -> LearnerReport {
        let catalog = self.question.catalog;
        let name = |id: CredentialId| catalog.id(id).to_owned();
        let names = |ids: &[CredentialId]| ids.iter().map(|&id| name(id)).collect();
        LearnerReport {
            stamp: catalog.stamp(),
            learner: self.learner,
            statuses: self.statuses().map(|(id, status)| LearnerStatus { credential: name(id), status }).collect(),
            qualified: names(&self.qualified),
            one_award_away: names(&self.one_award_away),
            one_award_away_undecided: names(&self.one_award_away_undecided),
            lapses: self.lapses.iter().map(|&(id, until)| LearnerLapse { credential: name(id), until }).collect(),
            lapses_undecided: names(&self.lapses_undecided),
        }
    }
}

/// As its [`report`](LearnerAnswer::report).
impl Serialize for LearnerAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.report().serialize(serializer)
    }
}
