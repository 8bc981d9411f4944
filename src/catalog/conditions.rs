//! Conditions on awards ([semantics 2.5](crate::semantics#2.5)).
//!
//! Questions about conditions are methods here, which name every field, so that a new condition cannot be passed over.

use std::sync::Arc;

use crate::value::date::{Date, Period};
use crate::value::ids::IssuerId;

/// Conditions that an award has to meet to count at a leaf.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Conditions {
    /// Every period must hold; one that another implies is left out.
    pub(crate) within: Vec<Period>,
    pub(crate) since: Option<Date>,
    /// At least this value on the catalog's scale.
    pub(crate) grade: Option<i64>,
    /// Issuers, ascending; an empty list lets no award count.
    pub(crate) issuers: Option<Arc<[IssuerId]>>,
    pub(crate) lapsed: bool,
}

impl Conditions {
    /// Whether an award of that day is recent enough on the date.
    pub(crate) fn are_met_in_time(&self, awarded: Option<Date>, date: Date) -> bool {
        let Self { within, since, grade: _, issuers: _, lapsed: _ } = self;
        let recent = |&period| awarded.is_some_and(|awarded| awarded.after(period).is_none_or(|end| date <= end));
        within.iter().all(recent) && since.is_none_or(|since| awarded.is_some_and(|awarded| since <= awarded))
    }

    /// Whether they ask when an award was made.
    pub(crate) fn asks_of_time(&self) -> bool {
        let Self { within, since, grade: _, issuers: _, lapsed: _ } = self;
        !within.is_empty() || since.is_some()
    }

    /// Whether they ask what an award is like, whenever it was made.
    pub(crate) fn asks_of_kind(&self) -> bool {
        let Self { within: _, since: _, grade, issuers, lapsed: _ } = self;
        grade.is_some() || issuers.is_some()
    }

    /// Whether they tell awards apart by who makes them, so that credentials that count as each other differ.
    pub(crate) fn ask_who_awards(&self) -> bool {
        let Self { within: _, since: _, grade: _, issuers, lapsed: _ } = self;
        issuers.is_some()
    }

    /// Whether a credential that the learner only qualifies for may meet them: it is there on the day, without a grade.
    pub(crate) fn admit_qualification(&self) -> bool {
        let Self { within: _, since: _, grade, issuers: _, lapsed: _ } = self;
        grade.is_none()
    }

    /// Whether an award that meets them ceases to as it ages.
    pub(crate) fn are_outgrown(&self) -> bool {
        let Self { within, since: _, grade: _, issuers: _, lapsed: _ } = self;
        !within.is_empty()
    }

    /// These and the others together.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let Self { within, since, grade, issuers, lapsed } = other;
        let mut all = self.within.clone();
        for &period in within {
            if !all.iter().any(|known| known.within(period)) {
                all.retain(|&known| !period.within(known));
                all.push(period);
            }
        }
        all.sort_unstable();
        let common = match (&self.issuers, issuers) {
            (Some(these), Some(those)) => {
                let (few, many) = if these.len() < those.len() { (these, those) } else { (those, these) };
                Some(few.iter().filter(|issuer| many.binary_search(issuer).is_ok()).copied().collect())
            }
            (these, those) => these.as_ref().or(those.as_ref()).cloned(),
        };
        Self {
            within: all,
            since: self.since.max(*since),
            grade: self.grade.max(*grade),
            issuers: common,
            lapsed: self.lapsed || *lapsed,
        }
    }
}
