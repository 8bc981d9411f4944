//! Who holds one credential, and who nearly does.

use std::borrow::Borrow;

use serde::Serialize;

use crate::catalog::CredentialId;
use crate::record::LearnerRecord;

use super::batch::Columns;
use super::{Cohort, lanes};

/// Who holds one credential and who nearly does. Learners are named by their place in the stream of records, from 0, in that order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Roll {
    /// Id of the credential.
    pub credential: String,
    /// Those with the status [`Held`](crate::Status::Held).
    pub held: Vec<u64>,
    /// Those with the status [`Qualified`](crate::Status::Qualified).
    pub qualified: Vec<u64>,
    /// Those who are one award away from it, if the cohort was asked for that; see
    /// [`CredentialReport::one_award_away`](crate::CredentialReport::one_award_away).
    pub one_award_away: Vec<u64>,
    /// Those of whom the status, or whether they are one award away, was not decided within the work limit.
    pub undecided: Vec<u64>,
}

impl Cohort<'_> {
    /// Who holds a credential, and who nearly does; `None` if it was not asked about.
    ///
    /// ```
    /// use credpath::{Catalog, CohortOptions, LearnerRecord};
    ///
    /// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = {}\ncredential.s = { stack = { all_of = ['a', 'b'] } }")?;
    /// let s = catalog.credential("s").expect("defined above");
    /// let options = CohortOptions { credentials: Some(vec![s]), one_award_away: true, ..CohortOptions::default() };
    /// let records = [&["s"][..], &["a", "b"], &["b"], &[]].map(|ids| LearnerRecord::from_iter(ids.iter().copied()));
    /// let roll = catalog.cohort("2026-11-25".parse()?, &options).roll(&records, s).expect("asked about");
    /// assert_eq!((&*roll.held, &*roll.qualified, &*roll.one_award_away), (&[0][..], &[1][..], &[2][..]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn roll<R: Borrow<LearnerRecord> + Send + Sync>(
        &self,
        records: impl IntoIterator<Item = R>,
        id: CredentialId,
    ) -> Option<Roll> {
        let question = &self.question;
        let place = question.place(id)?;
        let credential = question.catalog.id(id.0).to_owned();
        let mut roll = Roll {
            credential,
            held: Vec::new(),
            qualified: Vec::new(),
            one_award_away: Vec::new(),
            undecided: Vec::new(),
        };
        let parts = self.batches(records, |batch, first| {
            let mut columns = Columns::default();
            batch.columns(question, place, &mut columns);
            let [held, qualified, undecided, ..] = &columns.statuses;
            let undecided: Vec<u64> = undecided.iter().zip(&columns.nearly_undecided).map(|(a, b)| a | b).collect();
            let learners = |column: &[u64]| lanes(column).map(|lane| first + lane as u64).collect::<Vec<u64>>();
            [held, qualified, &columns.nearly, &undecided].map(|column| learners(column))
        });
        for [held, qualified, nearly, undecided] in parts {
            roll.held.extend(held);
            roll.qualified.extend(qualified);
            roll.one_award_away.extend(nearly);
            roll.undecided.extend(undecided);
        }
        Some(roll)
    }
}
