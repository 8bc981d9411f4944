//! How small credentials stack into larger ones: what a learner holds and qualifies for, why, and until when.
//!
//! ```
//! use credpath::{Catalog, EvaluateOptions, LearnerRecord, Status};
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
//! let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
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
//! - A [`Catalog`] holds [`Credential`]s and the rules that bind them: a *prerequisite* is held before beginning, a
//!   *corequisite* held before or begun together with it, and a *stack* of components earns a credential. A credential
//!   with a stack is *conferred*, any other is *taken*.
//! - A [`LearnerRecord`] holds [`Award`]s. It knows of no catalog.
//! - An [`Evaluation`] is what a record means under a catalog on a [`Date`]: the [`Status`] of every credential, and
//!   since when and until when its requirements are met.
//! - An [`Audit`] explains one credential: the requirement as written, what is there, the witness, the gap.
//! - A [`Waiver`] or [`Substitution`] is an exception from the rules, made for one learner.
//! - [`Claims`] say which of several credentials can be claimed together, under the catalog's policies on [`Sharing`].
//! - A [`Plan`] is the best way to a target, proven; [`NextSteps`], [`Plans`] and [`Nearest`] answer what an adviser is
//!   asked; a [`Schedule`] puts a plan on the calendar.
//! - [`Renewals`] say what lapses up to a day and what renewing it takes, of one learner or in a [`RenewalReport`] of
//!   many.
//! - A [`Cohort`] is a question to many learners at once, in records or in [`AwardColumns`]; a [`CohortReport`] is what
//!   an institution asks about everybody.
//! - A [`Comparison`] says for whom a new version of a catalog is stricter or looser, and because of which rule; an
//!   [`Impact`] says who of the learners there are loses or gains a qualification.
//! - A [`PathwayMap`] is the catalog, or the way to one credential, as a picture, for a learner or nobody.
//! - [`CatalogYears`] are several versions at once: each learner is judged by the one that holds for them, and told
//!   what moving to the newest would change.
//! - A [`CatalogDocument`] is a catalog as data, from a database or built in code ([`rules`]), which
//!   [`Catalog::compile`] makes a catalog of; a [`CatalogCompiler`] does it again after an edit.
//! - With the features `json` and `csv`, the modules `records` and `catalogs` read and write the formats of others:
//!   badges, transcripts, published pathways, curricula, tables. What is lost on the way is named.
//! - [`Diagnostics`] say what is wrong with an input, or what a check of a catalog found: where, why, and what would be
//!   right.
//!
//! # Where to read on
//!
//! - [`semantics`] is the contract: what every word means, section by section, and what was chosen where a rule can be
//!   read in several ways.
//! - `examples/small` has programs to copy: one for an evaluation, an audit, a plan, next steps, a check, a cohort,
//!   columns, a time-out, a what-if. The other examples are tools to run on files of your own.
//! - [`guide`] says which call answers which question, what a catalog and a record can say, what the programs can be
//!   told, and what the words mean.
//!
//! The engine says that a learner meets the stated requirements of a credential as of a date; never that anybody is
//! entitled to it. It has no clock and does no input or output. Hostile input gets an error: see [`Limits`].

#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable))]

mod audit;
mod catalog;
mod check;
mod claims;
mod cohort;
mod compare;
mod document;
mod evaluate;
#[cfg(any(feature = "json", feature = "csv"))]
mod exchange;
mod finding;
pub mod guide;
mod map;
mod plan;
mod read;
mod record;
mod renewals;
mod schedule;
pub mod semantics;
mod solve;
mod value;
mod years;

pub use crate::audit::audit::{
    Audit, AuditedAward, AuditedPart, Conflict, Contested, FurtherWays, Gap, GapChoice, Missing, Note, PartKind, State,
    Support, WrittenConditions,
};
pub use crate::audit::used::{Use, UsedRenewal};
pub use crate::catalog::catalog::{Catalog, Credential, Header, Renewal, Validity};
pub use crate::catalog::sharing::Sharing;
pub use crate::check::options::CheckOptions;
pub use crate::claims::claims::{Claim, Claims, LeftOut, OverShared, Shared, WhyLeftOut};
pub use crate::cohort::answer::{LearnerAnswer, LearnerLapse, LearnerReport, LearnerStatus};
pub use crate::cohort::cohort::Cohort;
pub use crate::cohort::columns::{AwardColumns, AwardDictionary};
pub use crate::cohort::coverage::TagCoverage;
pub use crate::cohort::held::CohortBatch;
pub use crate::cohort::listed::{CohortList, ListCounts, ListedLearner};
pub use crate::cohort::merge::Unmergeable;
pub use crate::cohort::options::CohortOptions;
pub use crate::cohort::report::{CohortReport, CredentialReport, Lapse, StatusCounts};
pub use crate::cohort::sound::InvalidColumns;
pub use crate::cohort::uncounted::UncountedAwards;
pub use crate::cohort::unknown::{UnknownAwards, UnknownId};
pub use crate::compare::answer::{
    Cause, CauseGroup, Compared, Comparison, Difference, Effect, FieldChange, HeldAward, Learner, Renamed, RestsOn,
    Verdict,
};
pub use crate::compare::compare::CompareOptions;
pub use crate::compare::findings::{FindingChanges, compare_findings};
pub use crate::compare::impact::{Affected, Impact, ImpactGroup, ImpactOptions, UndecidedLearner};
pub use crate::document::catalog_compiler::CatalogCompiler;
pub use crate::document::catalog_document::{CatalogDocument, HeaderDocument, SharingDocument};
pub use crate::document::credential_document::{
    CredentialDocument, OfferedDocument, RenewalDocument, TermDocument, WindowDocument,
};
pub use crate::document::curricular::{CircularRequisites, CourseMetrics, CurricularMetrics};
pub use crate::document::edges::RuleEdge;
pub use crate::document::filter_document::{ExceptDocument, FilterDocument, RangeDocument};
pub use crate::document::requirement_document::{MembersDocument, PoolDocument, RequirementDocument, RequirementKind};
pub use crate::document::rules;
pub use crate::evaluate::evaluation::{Evaluation, Status};
pub use crate::evaluate::exceptions::{Misplaced, NoPlace};
pub use crate::evaluate::options::{EvaluateOptions, View};
pub use crate::evaluate::report::{EvaluatedCredential, EvaluationReport};
pub use crate::evaluate::uncounted::{Uncounted, WhyUncounted};
pub use crate::evaluate::validity::HeldUntil;
#[cfg(any(feature = "json", feature = "csv"))]
pub use crate::exchange::catalogs;
#[cfg(feature = "csv")]
pub use crate::exchange::catalogs::course_table::CourseTableOptions;
#[cfg(feature = "csv")]
pub use crate::exchange::catalogs::curriculum::CurriculumOptions;
#[cfg(feature = "json")]
pub use crate::exchange::catalogs::pathway_draft::PathwayOptions;
#[cfg(any(feature = "json", feature = "csv"))]
pub use crate::exchange::catalogs::recognise::CatalogFormat;
#[cfg(feature = "csv")]
pub use crate::exchange::charset::Charset;
#[cfg(any(feature = "json", feature = "csv"))]
pub use crate::exchange::exported::Exported;
#[cfg(any(feature = "json", feature = "csv"))]
pub use crate::exchange::imported::{Imported, InvalidImport, Loss};
#[cfg(any(feature = "json", feature = "csv"))]
pub use crate::exchange::records;
#[cfg(feature = "csv")]
pub use crate::exchange::records::columns::RecordColumns;
#[cfg(any(feature = "json", feature = "csv"))]
pub use crate::exchange::records::options::{RecordFormat, RecordOptions};
#[cfg(any(feature = "json", feature = "csv"))]
pub use crate::exchange::records::status_list::StatusList;
#[cfg(feature = "csv")]
pub use crate::exchange::table::{Separator, TableFormat};
pub use crate::finding::code::Code;
pub use crate::finding::diagnostic::{
    Diagnostic, Diagnostics, Fix, InvalidCatalog, InvalidRecord, Label, Severity, Unsettled,
};
pub use crate::finding::grouped::FindingGroup;
pub use crate::finding::report::{DiagnosticReport, DiagnosticsReport, FixReport, LabelReport, TextPlace};
pub use crate::finding::witness::{Because, Lasting, Needs, Witness};
pub use crate::map::map::{MapArrow, MapBox, MapEnd, MapGroup, MapMember, MapName, MapOptions, PathwayMap};
pub use crate::plan::answers::alternatives::Plans;
pub use crate::plan::answers::assignment::{PlanAward, PlanClaim};
pub use crate::plan::answers::explain::{Binding, Choice, Explanation};
pub use crate::plan::answers::nearest::{Among, Nearest};
pub use crate::plan::answers::next_steps::{NextStep, NextSteps, NextStepsOutcome, Regret, StepRole};
pub use crate::plan::answers::not_stated::NotStated;
pub use crate::plan::answers::permitted::{Permission, PermittedPlan};
pub use crate::plan::answers::plan::{
    Blockage, Blocked, Effort, Optimality, Plan, PlanLimit, PlanOutcome, PlanStep, Purpose, PurposeRule, StepKind,
    Unattainable, Undecided,
};
pub use crate::plan::answers::portable::{NotPortable, PortableProof};
pub use crate::plan::answers::unlocks::KeyStep;
pub use crate::plan::answers::verify::Flaw;
pub use crate::plan::question::options::{Besides, Objective, PlanOptions};
pub use crate::plan::search::certificate::Certificate;
pub use crate::read::limits::Limits;
pub use crate::record::exception::{Exception, RepeatedException, Substitution, Waived, Waiver, repeated_exceptions};
pub use crate::record::pursuit::Pursuit;
pub use crate::record::record::{Award, AwardStatus, LearnerRecord, Verification};
pub use crate::renewals::due::{AnotherWay, DueRenewal, RenewalOptions, RenewalTerms, Renewals};
pub use crate::renewals::joint::{
    CannotKeep, JointOutcome, JointPlan, JointProof, JointRenewal, JointRenewalOptions, JointStep, KeptCredential,
    WhyNotKept,
};
pub use crate::renewals::report::{CredentialRenewals, LearnerRenewal, RenewalReport};
pub use crate::schedule::answer::{
    Added, ChainLink, Infeasible, Lapsing, LoadUnit, Obstacle, PlannedPrice, Schedule, ScheduleOptimality,
    ScheduleOutcome, ScheduledStep, UndecidedSchedule, WaitsFor,
};
pub use crate::schedule::options::{Pace, ScheduleOptions, Term};
pub use crate::value::amount::{Amount, InvalidAmount};
pub use crate::value::date::{Date, InvalidDate, InvalidPeriod, Period};
pub use crate::value::ids::CredentialId;
pub use crate::value::meter::{Watcher, WorkDone};
#[cfg(any(feature = "json", feature = "csv"))]
pub use crate::value::moment::{DateOrder, InvalidOffset, UtcOffset};
pub use crate::value::names::UnknownName;
pub use crate::value::offering::{Offering, OfferingWindow};
pub use crate::value::points::GradePoints;
pub use crate::value::stamp::{Fingerprint, InvalidFingerprint, SCHEMA, Stamp};
pub use crate::value::term::{CalendarTerm, InvalidTermEnd, InvalidYearDay, TermEnd, YearDay};
pub use crate::years::answer::{AmountChange, Moved, Moving, PursuedReport, PursuedTarget, UnknownPursuit};
pub use crate::years::years::{CatalogYears, UnusableYears, YearsOptions};

/// The code in the README is compiled and run with the other examples.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
