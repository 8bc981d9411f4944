//! credpath
#![cfg_attr(not(test), warn(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::unreachable))]

mod amount;
mod catalog;
mod date;
mod diagnostic;
mod evaluate;
mod limits;
mod reader;
mod record;
mod render;
mod source;

pub use amount::{Amount, InvalidAmount};
pub use catalog::{Catalog, Credential, CredentialId, Header, Offering, Renewal, Validity};
pub use date::{Date, InvalidDate, InvalidPeriod, Period};
pub use diagnostic::{Code, Diagnostic, Diagnostics, InvalidCatalog, InvalidRecord, Label};
pub use limits::Limits;
pub use evaluate::{
    Audit, AuditedAward, AuditedPart, EvaluateOptions, Evaluation, Gap, Missing, Note, PartKind, State, Status, Support, Use,
    WrittenConditions,
};
pub use record::{Award, AwardStatus, LearnerRecord};
