//! How small credentials stack into larger ones: what a learner holds and qualifies for, why, and until when.
//!
//! ```
//! use credpath::{Catalog, LearnerRecord, Status};
//!
//! let catalog = Catalog::parse("catalog.toml", r#"
//!     credential.hardware = { valid_for = "3 years" }
//!     credential.networks = { valid_for = "3 years" }
//!     credential.technician = { stack = { all_of = ["hardware", "networks"] } }
//! "#)?;
//! let record = LearnerRecord::parse("record.toml", r#"
//!     award = [{ credential = "hardware", awarded = 2024-01-10 }, { credential = "networks", awarded = 2025-03-01 }]
//! "#)?;
//! let technician = catalog.credential("technician").expect("defined above");
//!
//! let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?);
//! assert_eq!(evaluation.status(technician), Status::Qualified);
//! assert_eq!(evaluation.audit(technician).to_string(), "\
//! technician
//!   qualified for as of 2026-11-22
//!   meets its stated requirements since 2025-03-01, to 2027-01-09 (then hardware no longer counts)
//!
//!   components:
//!     ✓ all of these: 2 of 2
//!       ✓ hardware: awarded 2024-01-10
//!       ✓ networks: awarded 2025-03-01
//! ");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The nouns
//!
//! - A [`Catalog`] holds [`Credential`]s and the rules that bind them: a *prerequisite* is held before beginning, a *stack* of
//!   components earns a credential. A credential with a stack is *conferred*, any other is *taken*.
//! - A [`LearnerRecord`] holds [`Award`]s. It knows of no catalog.
//! - An [`Evaluation`] is what a record means under a catalog on a [`Date`]: the [`Status`] of every credential, and since when and until
//!   when its requirements are met.
//! - An [`Audit`] explains one credential: the requirement as written, what is there, the witness, the gap.
//! - A [`Waiver`] or [`Substitution`] is an exception from the rules, made for one learner.
//! - [`Claims`] say which of several credentials can be claimed together, under the catalog's policies on [`Sharing`].
//! - A [`Plan`] is the best way to a target, proven; [`NextSteps`], [`Plans`] and [`Nearest`] answer what an adviser is asked; a [`Schedule`]
//!   puts a plan on the calendar.
//! - A [`Cohort`] is a question to many learners at once; a [`CohortReport`] is what an institution asks about everybody.
//! - A [`Comparison`] says for whom a new version of a catalog is stricter or looser, and because of which rule; an [`Impact`] says who of
//!   the learners there are loses or gains a qualification.
//! - [`Diagnostics`] say what is wrong with an input, or what a check of a catalog found: where, why, and what would be right.
//!
//! # What if
//!
//! Nothing is stored, so a what-if is the same question about something else: hypothetical awards, another date, another version of the catalog.
//!
//! ```
//! use credpath::{Award, Catalog, LearnerRecord, PlanOptions};
//!
//! let catalog = Catalog::parse("catalog.toml", r#"
//!     [credential]
//!     sql = { cost = 100 }
//!     python = { cost = 300, offered = { until = 2026-12-31 } }
//!     statistics = { cost = 350 }
//!     analyst = { stack = { all_of = ["sql", { any_of = ["python", "statistics"] }] } }
//! "#)?;
//! let analyst = catalog.credential("analyst").expect("defined above");
//! let record = LearnerRecord::default();
//! let cost = |record: &LearnerRecord, as_of: &str| {
//!     let outcome = catalog.plan(record, as_of.parse().expect("a date"), analyst, &PlanOptions::default());
//!     outcome.plan().map(|plan| plan.cost.to_string())
//! };
//! assert_eq!(cost(&record, "2026-11-25"), Some("400".to_owned()));
//! // If they wait until January, a course is closed.
//! assert_eq!(cost(&record, "2027-01-01"), Some("450".to_owned()));
//! // If their earlier course in SQL is recognised, a part is done.
//! let mut recognised = record.clone();
//! recognised.awards.push(Award::new("sql"));
//! assert_eq!(cost(&recognised, "2026-11-25"), Some("300".to_owned()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Laws
//!
//! Every answer is a function of catalog, record, date and options: no clock, no environment, and the order of tables and awards
//! changes nothing. More awards never hurt. Where awards can be counted in several ways, the learner's best case counts.
//! Answers are yes with a witness, no with a reason, or undecided when the work limit is met.
//!
//! # Choices
//!
//! Where an adviser might ask how a rule is meant.
//!
//! ## Rules
//!
//! - A set of equivalents is repeatable as a whole if one of it is, and sets that overlap are one set.
//! - A filter's keys all have to match; a key matches if any of its values does.
//! - `at_least` counts parts as they are written: one award may fill several of them. In a sum it adds once.
//! - Under `distinct`, all awards of a credential and its equivalents are one unit, which goes whole to one part; inside a part it may serve
//!   several places, unless that part is distinct itself. In a sum an award adds once anyway.
//! - Ids are compared byte by byte, and so are ties between equals.
//!
//! ## Records
//!
//! - An award whose last day lies before its first was never current, but `lapsed = true` counts it.
//! - Grades outside the catalog's scale, and awards without a grade, meet no condition on grades.
//! - A waiver of a component concerns the leaves of the credential's stack that name it or an equivalent. A waived part uses up no award,
//!   which is then free for others; it has no effect where amounts are added. Waivers hold on every date.
//! - A substitution is a `counts_as` of one record; it chains with others and merges nothing. Within one credential it concerns that
//!   credential's own rules only, and changes no status but through them.
//! - An award of an id that the catalog does not know counts only by substitutions, has no issuer but its own, and adds its own amount or
//!   that of the credential which the substitution names.
//! - In a [`View`] beyond the earned one, an award that is not completed counts as completed on the as-of date, with a sufficient grade.
//!
//! ## Answers about a learner
//!
//! - The dates of an [`Evaluation`] speak of a conferred credential's own requirements, not of those of its equivalents.
//! - *Unattainable* supposes that whatever can still be taken or claimed is, with a sufficient grade, by its own issuer.
//! - A claim is judged by its stack; what it needs as a prerequisite it does not use up. A credential is held, for claims, if a current award
//!   of this very credential was issued; two that are held are not judged against each other. The credits of a unit are the most that
//!   one of its current awards carries.
//!
//! ## Plans and schedules
//!
//! - Plans judge every rule on the as-of date. Every step needs its prerequisite, renewals too; a renewal's price holds while an award of the
//!   very credential is current. What waits for its components becomes current without a step. Exclusions look at awards that are current at
//!   the start, and at steps; a credential does not exclude itself.
//! - Ties between plans go by cost, hours, credentials, and then to the plan without the last id, in byte order, in which they differ.
//! - `must_include` asks for plans that need the step; a plan contains nothing that it can do without.
//! - In a [`Schedule`] a step is begun on the day after the last award that it needs, and awarded on its last day; a claim is made on the
//!   day itself, takes that day, and none of the week's hours. The record counts as known on the plan's date. Windows hold for renewals
//!   too. Awards of one credential that is not repeatable follow each other: the next is begun when the one before it is made.
//! - Schedules add steps only if there is no other way, those worth least by the plan's objective; the earliest finish comes after that.
//!
//! ## Checks and comparisons
//!
//! - A check tells what stands in a pool once, with the graver of its consequences, about the first credential in byte order that it concerns.
//! - Redundant requirements, false choices and shadowed options are judged on the day on which something is earned. Where what is implied can lapse
//!   or has to be recent, they are notes that say so: the part still asks that it counts.
//! - A credential listed twice in a distinct group is no repetition if it is repeatable: that is how several awards of it are asked for.
//! - A condition on a group may choose among what a filter selects; it is a fault if it leaves nothing of that, or shuts out what is listed.
//! - A conferred credential's hours are those of claiming it, so only its credits are compared with those of its parts.
//! - A member of a credit sum without credits is a finding if it is listed, not if a filter selects it; hours are often known of awards only.
//! - A validity has no effect only if nothing that could count for its rules has one: an award may have been issued although its rules are unmet.
//! - Versions are compared by learners whose awards are all made on one day, with a sufficient grade, by the credential's own issuer; of
//!   learners with equally few awards the one is shown that plans would go to by their ids. A taken credential asks for its prerequisite alone.
//!
//! ## Cohorts
//!
//! - *One award away* is a conferred credential that the learner does not hold and would newly qualify for by one award of something that they can begin
//!   or claim on the date. An award lapses on the last day on which the credential is held, under any of its names, if nothing new is awarded.
//! - A cohort covers a tag by whoever holds a credential that carries it; each learner counts once, in the first group that they belong to.
//!
//! # Scope
//!
//! The engine says that a learner meets the stated requirements of a credential as of a date; never that anybody is entitled to it. It
//! does no input or output. Hostile input gets an error: see [`Limits`].

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable))]

mod audit;
mod catalog;
mod check;
mod claims;
mod cohort;
mod compare;
mod evaluate;
mod finding;
mod plan;
mod read;
mod record;
mod schedule;
pub mod semantics;
mod solve;
mod value;

pub use crate::audit::audit::{
    Audit, AuditedAward, AuditedPart, Conflict, Contested, Gap, Missing, Note, PartKind, State, Support, Use,
    WrittenConditions,
};
pub use crate::catalog::catalog::{Catalog, Credential, Header, Offering, Renewal, Validity};
pub use crate::catalog::sharing::Sharing;
pub use crate::check::check::CheckOptions;
pub use crate::claims::claims::{Claim, Claims, LeftOut, Shared, WhyLeftOut};
pub use crate::cohort::answer::LearnerAnswer;
pub use crate::cohort::cohort::{Cohort, CohortOptions};
pub use crate::cohort::coverage::TagCoverage;
pub use crate::cohort::held::CohortBatch;
pub use crate::cohort::report::{CohortReport, CredentialReport, Lapse, StatusCounts};
pub use crate::cohort::unknown::{UnknownAwards, UnknownId};
pub use crate::compare::answer::{
    Cause, CauseGroup, Compared, Comparison, Difference, Effect, FieldChange, HeldAward, Learner, RestsOn, Verdict,
};
pub use crate::compare::compare::CompareOptions;
pub use crate::compare::findings::{FindingChanges, compare_findings};
pub use crate::compare::impact::{Affected, Impact, ImpactGroup, ImpactOptions};
pub use crate::evaluate::evaluation::{Evaluation, Status};
pub use crate::evaluate::exceptions::{Misplaced, NoPlace};
pub use crate::evaluate::options::{EvaluateOptions, View};
pub use crate::evaluate::validity::HeldUntil;
pub use crate::finding::code::Code;
pub use crate::finding::diagnostic::{
    Diagnostic, Diagnostics, Fix, InvalidCatalog, InvalidRecord, Label, Severity, Unsettled,
};
pub use crate::finding::witness::{Because, Lasting, Needs, Witness};
pub use crate::plan::answers::alternatives::Plans;
pub use crate::plan::answers::explain::{Binding, Choice, Explanation};
pub use crate::plan::answers::nearest::{Among, Nearest};
pub use crate::plan::answers::next_steps::{NextStep, NextSteps, NextStepsOutcome, Regret, StepRole};
pub use crate::plan::answers::plan::{
    Blockage, Blocked, Effort, Optimality, Plan, PlanLimit, PlanOutcome, PlanStep, Purpose, PurposeRule, StepKind,
    Unattainable, Undecided,
};
pub use crate::plan::answers::unlocks::KeyStep;
pub use crate::plan::answers::verify::Flaw;
pub use crate::plan::question::options::{Besides, Objective, PlanOptions};
pub use crate::plan::search::certificate::Certificate;
pub use crate::read::limits::Limits;
pub use crate::record::exception::{Exception, RepeatedException, Substitution, Waived, Waiver, repeated_exceptions};
pub use crate::record::record::{Award, AwardStatus, LearnerRecord};
pub use crate::schedule::answer::{
    Added, ChainLink, Infeasible, Lapsing, LoadUnit, Obstacle, Schedule, ScheduleOptimality, ScheduleOutcome,
    ScheduledStep, UndecidedSchedule, WaitsFor,
};
pub use crate::schedule::options::{Pace, ScheduleOptions, Term};
pub use crate::value::amount::{Amount, InvalidAmount};
pub use crate::value::date::{Date, InvalidDate, InvalidPeriod, Period};
pub use crate::value::ids::CredentialId;

/// The code in the README is compiled and run with the other examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
