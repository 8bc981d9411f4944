//! The lists of learners in a report: how long they are, and whom they name, one by one.

use serde::{Deserialize, Serialize};

use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// The numbers of learners whom the lists on a credential name, also where the lists themselves are left out
/// ([`CohortOptions::counts_only`](crate::CohortOptions::counts_only)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ListCounts {
    /// Of [`CredentialReport::qualified`](crate::CredentialReport::qualified).
    pub qualified: u64,
    /// Of [`CredentialReport::one_award_away`](crate::CredentialReport::one_award_away).
    pub one_award_away: u64,
    /// Of those of whom it lapses on one of the days asked about ([`CohortReport::lapses`](crate::CohortReport)).
    pub lapses: u64,
}

impl ListCounts {
    /// Adds those of another part of the cohort.
    pub(crate) fn merge(&mut self, other: Self) {
        for (total, more) in [
            (&mut self.qualified, other.qualified),
            (&mut self.one_award_away, other.one_award_away),
            (&mut self.lapses, other.lapses),
        ] {
            *total = total.saturating_add(more);
        }
    }
}

/// A learner whom a list on a credential names, as a visitor is shown them
/// ([`Cohort::report_visiting`](crate::Cohort::report_visiting)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct ListedLearner {
    /// The credential.
    pub credential: CredentialId,
    /// The list.
    pub list: CohortList,
    /// The learner: their place in the stream, or the caller's own number.
    pub learner: u64,
}

/// A list on a credential in a report on a cohort.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum CohortList {
    /// Those who hold it, if they were to be listed: [`CredentialReport::held`](crate::CredentialReport::held).
    Held,
    /// [`CredentialReport::qualified`](crate::CredentialReport::qualified).
    Qualified,
    /// [`CredentialReport::one_award_away`](crate::CredentialReport::one_award_away).
    OneAwardAway,
    /// Those of whom it lapses on one of the days asked about, after this last day.
    Lapses(Date),
}
