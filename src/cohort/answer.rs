//! The answers about each learner.

use std::borrow::Borrow;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};

use crate::evaluate::evaluation::Status;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, IdVec};

use crate::cohort::batch::{Batch, Columns, STATUSES};
use crate::cohort::cohort::{Cohort, lanes};
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
        self.batches(records, self.rows_at_once(), move |batch, first| answers(question, batch, first)).flatten()
    }
}

fn answers<'q>(question: &'q CohortQuestion<'q>, batch: &mut dyn Batch, first: u64) -> Vec<LearnerAnswer<'q>> {
    let (learners, _) = batch.learners();
    let mut found: Vec<LearnerAnswer> = (first..)
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

/// `{"learner", "statuses": [{"id", "status"}], "qualified": [ids], "one_award_away": [ids],
/// "one_award_away_undecided": [ids], "lapses": [{"id", "until"}], "lapses_undecided": [ids]}`
impl Serialize for LearnerAnswer<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct WithStatus<'i> {
            id: &'i str,
            status: Status,
        }
        #[derive(Serialize)]
        struct WithEnd<'i> {
            id: &'i str,
            until: Date,
        }
        let name = |id: CredentialId| self.question.catalog.id(id);
        let names = |ids: &[CredentialId]| ids.iter().map(|&id| name(id)).collect::<Vec<_>>();
        let statuses: Vec<_> = self.statuses().map(|(id, status)| WithStatus { id: name(id), status }).collect();
        let lapses: Vec<_> = self.lapses.iter().map(|&(id, until)| WithEnd { id: name(id), until }).collect();
        let mut answer = serializer.serialize_struct("LearnerAnswer", 7)?;
        answer.serialize_field("learner", &self.learner)?;
        answer.serialize_field("statuses", &statuses)?;
        answer.serialize_field("qualified", &names(&self.qualified))?;
        answer.serialize_field("one_award_away", &names(&self.one_award_away))?;
        answer.serialize_field("one_award_away_undecided", &names(&self.one_award_away_undecided))?;
        answer.serialize_field("lapses", &lapses)?;
        answer.serialize_field("lapses_undecided", &names(&self.lapses_undecided))?;
        answer.end()
    }
}
