//! What a scheduler answers, as data.

use serde::{Deserialize, Serialize};

use crate::evaluate::uncounted::Uncounted;
use crate::plan::answers::not_stated::{NotStated, StatedAmounts};
use crate::plan::answers::plan::StepKind;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::names::named;
use crate::value::stamp::Stamp;

/// The result of putting a plan on the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum ScheduleOutcome {
    /// A schedule; whether none finishes earlier, it says itself.
    Schedule(Box<Schedule>),
    /// There is no schedule, and why.
    Infeasible(Infeasible),
    /// The work limit was met before a schedule was found, or before it was clear that there is none.
    Undecided(UndecidedSchedule),
}

impl ScheduleOutcome {
    /// The schedule, if there is one.
    #[must_use]
    pub fn schedule(&self) -> Option<&Schedule> {
        match self {
            Self::Schedule(schedule) => Some(schedule),
            _ => None,
        }
    }

    /// The schedule, if there is one.
    #[must_use]
    pub fn into_schedule(self) -> Option<Schedule> {
        match self {
            Self::Schedule(schedule) => Some(*schedule),
            _ => None,
        }
    }
}

/// A plan with dates ([semantics 7.6](crate::semantics#7.6)).
///
/// A step is begun after the awards that it needs were made, and awarded on its last day; a claim takes that one day,
/// on which what it needs may still be awarded. Every rule is judged by the evaluator on the day that it matters on: a
/// prerequisite on the day of beginning, components on the day of the claim, the target on the last day of all. Where
/// policies on sharing limit what claims use, each is made when its stack is met by what the plan says that it uses, or
/// by the same taken again.
///
/// Of the schedules of a plan the best is one that adds least to it: nothing, if that can be; else the renewals and
/// retakes that are worth least by the plan's objective, its ties being broken as between plans. Of those, one that
/// finishes first.
///
/// ```
/// use credpath::{Catalog, LearnerRecord, Pace, PlanOptions, ScheduleOptimality, ScheduleOptions};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential]
///     sql = { hours = 40 }
///     charts = { hours = 20, prerequisite = "sql", duration = "6 weeks" }
///     analyst = { stack = { all_of = ["sql", "charts"] } }
/// "#)?;
/// let analyst = catalog.credential("analyst").expect("defined above");
/// let record = LearnerRecord::default();
/// let outcome = catalog.plan(&record, "2027-01-04".parse()?, analyst, &PlanOptions::default());
/// let plan = outcome.plan().expect("there is a way");
///
/// let options = ScheduleOptions::new(Pace::HoursPerWeek("10".parse()?));
/// let outcome = catalog.schedule(&record, plan, &options);
/// let schedule = outcome.schedule().expect("nothing stands in the way");
/// // Four weeks, then six.
/// assert_eq!(schedule.finish.to_string(), "2027-03-14");
/// assert_eq!(schedule.optimality, ScheduleOptimality::Proven);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Schedule {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// Id of the target.
    pub target: String,
    /// Its title, for people.
    pub target_title: String,
    /// The first day on which anything could be done.
    pub start: Date,
    /// The steps, in the order in which they begin; those of one day in an order in which each is possible.
    pub entries: Vec<ScheduledStep>,
    /// The day of the last award; the first day, if there is nothing to do.
    pub finish: Date,
    /// No schedule of these steps finishes before this day.
    pub lower_bound: Date,
    /// True if no schedule of these steps finishes earlier.
    pub optimality: ScheduleOptimality,
    /// Why it cannot finish earlier as it stands: each waits for the one before it. The last one finishes last.
    pub chain: Vec<ChainLink>,
    /// The cost of all steps together, in the catalog's currency.
    pub cost: Amount,
    /// The hours of all steps together.
    pub hours: Amount,
    /// The cost of the added steps.
    pub added_cost: Amount,
    /// The hours of the added steps.
    pub added_hours: Amount,
    /// The awards of the record that do not count where the target or a step could have been expected to count them, as
    /// the plan tells.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Uncounted>,
    /// The steps whose amounts nobody stated: the cost and the hours are so much at least, and a step without hours or
    /// a duration is supposed to take one day.
    pub not_stated: NotStated,
    /// The catalog's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The unit of each entry's `load`.
    pub load_unit: LoadUnit,
    /// The work that the answer took, in the steps that the limit counts.
    pub work: u64,
}

/// The unit of loads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LoadUnit {
    /// Hours a week, while the step runs.
    HoursPerWeek,
    /// Credits, in the term in which the step begins.
    Credits,
}

named! {
    LoadUnit, "unit of load":
    HoursPerWeek = "hours-per-week",
    Credits = "credits",
}

/// A step with its dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ScheduledStep {
    /// Id of the credential that is awarded.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// The kind of step, as things are on the day of beginning.
    pub kind: StepKind,
    /// The day on which it is begun, or claimed.
    pub begin: Date,
    /// Its last day, on which the award is made.
    pub finish: Date,
    /// Its share of the pace.
    pub load: Amount,
    /// Its cost; none if nobody stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
    /// The hours it takes; none if nobody stated them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// Why it is here, if it is no step of the plan.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub added: Option<Added>,
    /// What the plan says that it takes, if that is something else: on its day, what can be renewed on the plan's date
    /// may have to be taken again, or the other way round.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned: Option<PlannedPrice>,
}

/// What a plan says that a step takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlannedPrice {
    /// Its cost; none if nobody stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
    /// Its hours; none if nobody stated them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
}

impl ScheduledStep {
    /// What is stated of it.
    pub(crate) fn stated(&self) -> StatedAmounts<'_> {
        StatedAmounts { id: &self.credential, title: &self.title, cost: self.cost, hours: self.hours }
    }
}

/// Why a step was added: without it, something would have lapsed by the day on which it is needed, or what brings that
/// again would lack something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Added {
    /// Whether there was no award of it before.
    pub first: bool,
    /// The last day of the award before it, if that is why it would no longer count; else it would be too old for a
    /// condition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    /// Id of the credential that would not be possible without it, in this schedule.
    pub needed_for: String,
    /// The day on which that is begun or claimed; the last day of all, if it is the target itself that would have
    /// lapsed.
    pub needed_on: Date,
}

/// The certainty that no schedule finishes earlier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScheduleOptimality {
    /// No schedule of these steps finishes earlier: the finish is the lower bound, or the search has seen all others.
    Proven,
    /// None finishes before the lower bound; whether one does between, the work limit left open.
    Within,
}

named! {
    ScheduleOptimality, "certainty of a schedule":
    Proven = "proven",
    Within = "within",
}

/// A step on the critical chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct ChainLink {
    /// Id of the credential.
    pub credential: String,
    /// The day on which it is begun, or claimed.
    pub begin: Date,
    /// The day of its award.
    pub finish: Date,
    /// The day on which it is begun, if it is not offered on the day before: then it may have been ready earlier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<Date>,
    /// Why it does not begin a day earlier.
    pub waits_for: WaitsFor,
}

/// Why a step does not begin a day earlier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WaitsFor {
    /// It begins on the first day of all.
    Start,
    /// It needs another award.
    Award {
        /// Id of the credential of that award.
        credential: String,
    },
    /// It is begun no earlier than another, which its corequisite asks for.
    Beginning {
        /// Id of the other one.
        credential: String,
    },
    /// It needs another award to have been held for some time.
    Held {
        /// Id of the credential of that award.
        credential: String,
    },
    /// It shares the hours, or the number of steps at once, with another one that ends on the day before.
    Hours {
        /// Id of the other one.
        credential: String,
    },
    /// It is not offered earlier in this schedule.
    Window {
        /// The first day on which it is.
        from: Date,
    },
    /// The term begins.
    Term {
        /// The first day of the term.
        from: Date,
    },
    /// The award that it renews cannot be renewed earlier.
    Renewal {
        /// The first day on which it can.
        from: Date,
    },
    /// Its award would not last, or be too old, for something later; or the steps around it are put in this order so as
    /// to finish early.
    Later,
}

/// That there is no schedule, and what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Infeasible {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// Id of the target.
    pub target: String,
    /// Its title, for people.
    pub target_title: String,
    /// The first day on which anything could be done.
    pub start: Date,
    /// Id of the credential that cannot be had in time; the target, if it is what would not be current in the end.
    pub credential: String,
    /// The obstacle, where everything else is as early as it can be. There may be other ways to fail.
    pub obstacle: Obstacle,
    /// The work that the answer took, in the steps that the limit counts.
    pub work: u64,
}

/// Why a step has no place on the calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Obstacle {
    /// It can no longer be begun or claimed when its turn comes.
    Closed {
        /// The last day on which it can.
        #[serde(skip_serializing_if = "Option::is_none")]
        until: Option<Date>,
        /// The first day on which it would be possible.
        earliest: Date,
    },
    /// No term is left for it.
    NoTerm {
        /// The first day on which it would be possible.
        earliest: Date,
    },
    /// It takes more than the pace ever gives, by itself or with what has to be begun on the same day, or
    /// that is more than may run at once.
    Pace,
    /// Its rule is not met on the day.
    Rule {
        /// The day on which everything that it could wait for is there.
        on: Date,
        /// Awards that have lapsed by then.
        lapsed: Vec<Lapsing>,
    },
    /// Its stack is met on the day, but not by the awards that the plan has it use so as to keep to the policies on
    /// sharing.
    Sharing {
        /// The day on which everything that it could wait for is there.
        on: Date,
    },
    /// The awards it needs do not last long enough, however they are put.
    NeverTogether,
    /// The catalog has no such credential.
    Unknown,
}

/// An award that ends.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lapsing {
    /// Id of the credential.
    pub credential: String,
    /// The last day on which it is current.
    pub until: Date,
}

/// That the work limit was met first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UndecidedSchedule {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// Id of the target.
    pub target: String,
    /// Its title, for people.
    pub target_title: String,
    /// The first day on which anything could be done.
    pub start: Date,
    /// No schedule, if there is one, finishes before this day.
    pub lower_bound: Date,
    /// The work that the answer took, in the steps that the limit counts.
    pub work: u64,
}
