//! What is asked of a schedule.

use serde::{Deserialize, Serialize};

use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::meter::Watcher;
use crate::value::setters::setters;

/// The pace: how much the learner can do.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Pace {
    /// So many hours a week, shared by all that runs at once.
    ///
    /// The hours of a step are spread evenly over its days. It lasts for its `duration`, or as many whole days as its
    /// hours need at this pace, a day having a seventh of a week's hours: whichever is longer. So a step without a
    /// duration takes all hours while it runs, unless [`ScheduleOptions::hours_per_step`] says less; a step without
    /// hours takes a day. What it takes of a week is rounded up to a hundredth of an hour, and on no day do the steps
    /// that run take more of a week than there is; so no seven days in a row have more hours than this. Where a
    /// duration is in months, the hours are spread over the shortest that it can be.
    ///
    /// What is no [study](crate::Credential::study), such as work experience, takes nothing of the week and runs beside
    /// everything: for its duration, however many hours that has, or without one, as long as its hours alone take at
    /// this pace.
    HoursPerWeek(Amount),
    /// So many credits a term, whatever hours they take.
    ///
    /// A step with a `duration` lies within one term, or begins on the first day of one if it is longer than that term;
    /// a step without takes the whole of one. Its credits count in the term in which it begins. Claims, and renewals
    /// for which the catalog says what they take, need no term and no credits; such a renewal takes a day. Nor does
    /// what is no [study](crate::Credential::study): it takes its duration, or a day.
    CreditsPerTerm {
        /// The terms. The days that two of them share belong to the one that begins first.
        terms: Vec<Term>,
        /// The most credits that are begun in one of them.
        credits: Amount,
    },
}

/// A term: the days on which teaching takes place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Term {
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub until: Date,
}

/// The question of a schedule. There is no usual pace, so there are no default options: [`ScheduleOptions::new`].
///
/// ```
/// use credpath::{Pace, ScheduleOptions};
///
/// let options = ScheduleOptions::new(Pace::HoursPerWeek("7.5".parse()?)).start("2027-01-11".parse()?).at_once(2);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[non_exhaustive]
pub struct ScheduleOptions {
    /// The first day on which anything can be done: the plan's date, if none is given. It may be an earlier one: a plan
    /// that can be made as of a later day only, since something has to be held until then, is begun before, and what
    /// has to wait waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub start: Option<Date>,
    /// The pace: how much the learner can do.
    pub pace: Pace,
    /// The most hours a week that go to one step without a `duration`: the whole pace, if nothing is given. With less,
    /// others have room beside it, and it lasts longer. Of no effect where credits count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours_per_step: Option<Amount>,
    /// The most steps that run on one day, if there is a limit. Claims do not run, and what is no study is not counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_once: Option<u32>,
    /// The work limit, in steps of the search: 20,000,000. Never seconds, so that the answer is the same everywhere.
    #[serde(default = "usual_work")]
    pub work: u64,
    /// Who is shown how far the search has come, and may stop it: nobody. The schedule is then the one of a limit of
    /// just this work.
    #[serde(skip)]
    pub watcher: Option<Watcher>,
}

setters! { ScheduleOptions {
    /// The first day on which anything can be done.
    start: some => Date,
    /// The pace.
    pace: value => Pace,
    /// The most hours a week that go to one step without a `duration`.
    hours_per_step: some => Amount,
    /// The most steps that run on one day.
    at_once: some => u32,
    /// The work limit, in steps of the search.
    work: value => u64,
    /// Who is shown how far the search has come, and may stop it.
    watcher: some => Watcher,
} }

fn usual_work() -> u64 {
    20_000_000
}

impl ScheduleOptions {
    /// From the plan's date on, at this pace, as much at once as the pace allows.
    #[must_use]
    pub fn new(pace: Pace) -> Self {
        Self { start: None, pace, hours_per_step: None, at_once: None, work: usual_work(), watcher: None }
    }
}
