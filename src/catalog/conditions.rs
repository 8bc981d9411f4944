//! Conditions on awards ([semantics 2.5](crate::semantics#2.5)).
//!
//! Questions about conditions are methods here, which name every field, so that a new condition cannot be passed over.

use std::sync::Arc;

use crate::value::date::Date;
use crate::value::ids::IssuerId;
use crate::value::term::CalendarTerm;

/// Conditions that an award has to meet to count at a leaf.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Conditions {
    /// Every term must hold; one that another implies is left out.
    pub(crate) within: Vec<CalendarTerm>,
    pub(crate) since: Option<Date>,
    pub(crate) until: Option<Date>,
    /// Every term must have passed; one that another implies is left out.
    pub(crate) held_for: Vec<CalendarTerm>,
    /// At least this value on the catalog's scale.
    pub(crate) grade: Option<i64>,
    /// Issuers, ascending; an empty list lets no award count.
    pub(crate) issuers: Option<Arc<[IssuerId]>>,
    pub(crate) lapsed: bool,
    /// That an award which counts as current is so on this day still, by a last day of its own. No catalog writes it:
    /// what is asked of several renewals together does.
    pub(crate) lasts: Option<Date>,
}

impl Conditions {
    /// Whether an award of that day was made when they ask for it, seen on the date. What has no date was made before
    /// any other day, so it may be too old, but is never too new.
    pub(crate) fn are_met_in_time(&self, awarded: Option<Date>, date: Date) -> bool {
        let Some(awarded) = awarded else { return !self.asks_for_a_date() };
        self.is_late_enough(awarded, date) && self.is_early_enough(awarded, date)
    }

    /// Whether an award of that day is not too old, seen on the date. None of a later day is.
    pub(crate) fn is_late_enough(&self, awarded: Date, date: Date) -> bool {
        let Self { within, since, until: _, held_for: _, grade: _, issuers: _, lapsed: _, lasts: _ } = self;
        since.is_none_or(|since| since <= awarded) && within.iter().all(|term| term.reaches(awarded, date))
    }

    /// Whether an award of that day is not too new, seen on the date. None of an earlier day is.
    pub(crate) fn is_early_enough(&self, awarded: Date, date: Date) -> bool {
        let Self { within: _, since: _, until, held_for, grade: _, issuers: _, lapsed: _, lasts: _ } = self;
        until.is_none_or(|until| awarded <= until)
            && held_for.iter().all(|term| term.first_held(awarded).is_some_and(|first| first <= date))
    }

    /// Whether an award can meet them in time that is made on whatever day suits, from one day on, and seen on a date,
    /// or later if it has to be held; an award that stays current for so long.
    pub(crate) fn can_be_met_in_time(&self, from: Date, date: Date, valid_for: Option<CalendarTerm>) -> bool {
        let Self { within, since, until, held_for, grade: _, issuers: _, lapsed, lasts: _ } = self;
        let exceeded = |held: &CalendarTerm| {
            within.iter().any(|&within| held.exceeds(within))
                || valid_for.is_some_and(|valid_for| !lapsed && held.exceeds_validity(valid_for))
        };
        since.is_none_or(|since| since <= date)
            && until.is_none_or(|until| from <= until && since.is_none_or(|since| since <= until))
            && !held_for.iter().any(exceeded)
    }

    /// The last day up to a date on which an award can still be made that is not too new on the date: the date itself,
    /// unless it has to be held first. `None` if it is too late for any.
    pub(crate) fn last_to_count(&self, date: Date) -> Option<Date> {
        let Self { within: _, since: _, until, held_for, grade: _, issuers: _, lapsed: _, lasts: _ } = self;
        CalendarTerm::last_held(held_for, date).filter(|_| until.is_none_or(|until| date <= until))
    }

    /// Whether no award without a date meets them.
    pub(crate) fn asks_for_a_date(&self) -> bool {
        let Self { within, since, until: _, held_for: _, grade: _, issuers: _, lapsed: _, lasts: _ } = self;
        !within.is_empty() || since.is_some()
    }

    /// Whether they ask what an award is like, whenever it was made.
    pub(crate) fn asks_of_kind(&self) -> bool {
        let Self { within: _, since: _, until: _, held_for: _, grade, issuers, lapsed: _, lasts: _ } = self;
        grade.is_some() || issuers.is_some()
    }

    /// Whether they tell awards apart by who makes them, so that credentials that count as each other differ.
    pub(crate) fn ask_who_awards(&self) -> bool {
        let Self { within: _, since: _, until: _, held_for: _, grade: _, issuers, lapsed: _, lasts: _ } = self;
        issuers.is_some()
    }

    /// Whether a credential that the learner only qualifies for may meet them: it is there on the day, without a grade,
    /// and was not held for any time.
    pub(crate) fn admit_qualification(&self) -> bool {
        let Self { within: _, since: _, until: _, held_for, grade, issuers: _, lapsed: _, lasts: _ } = self;
        grade.is_none() && held_for.is_empty()
    }

    /// Whether an award that meets them ceases to as it ages.
    pub(crate) fn are_outgrown(&self) -> bool {
        let Self { within, since: _, until: _, held_for: _, grade: _, issuers: _, lapsed: _, lasts: _ } = self;
        !within.is_empty()
    }

    /// What of them reaches a member of the group on which they are written: a grade is about what is graded, and a
    /// conferred credential has met rules of its own.
    pub(crate) fn reaching(&self, conferred: bool) -> Self {
        Self { grade: self.grade.filter(|_| !conferred), ..self.clone() }
    }

    /// These and the others together.
    pub(crate) fn and(&self, other: &Self) -> Self {
        let Self { within, since, until, held_for, grade, issuers, lapsed, lasts } = other;
        let common = match (&self.issuers, issuers) {
            (Some(these), Some(those)) => {
                let (few, many) = if these.len() < those.len() { (these, those) } else { (those, these) };
                Some(few.iter().filter(|issuer| many.binary_search(issuer).is_ok()).copied().collect())
            }
            (these, those) => these.as_ref().or(those.as_ref()).cloned(),
        };
        Self {
            within: joined(&self.within, within, CalendarTerm::is_within),
            since: self.since.max(*since),
            until: self.until.into_iter().chain(*until).min(),
            held_for: joined(&self.held_for, held_for, CalendarTerm::outlasts),
            grade: self.grade.max(*grade),
            issuers: common,
            lapsed: self.lapsed || *lapsed,
            lasts: self.lasts.max(*lasts),
        }
    }
}

/// The terms of both lists without those that another one implies.
fn joined(
    these: &[CalendarTerm],
    those: &[CalendarTerm],
    implies: fn(CalendarTerm, CalendarTerm) -> bool,
) -> Vec<CalendarTerm> {
    let mut terms = these.to_vec();
    for &term in those {
        if !terms.iter().any(|&known| implies(known, term)) {
            terms.retain(|&known| !implies(term, known));
            terms.push(term);
        }
    }
    terms.sort_unstable();
    terms
}
