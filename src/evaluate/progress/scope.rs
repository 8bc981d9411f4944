//! The questions that the fixpoint can be asked.

use crate::evaluate::options::EvaluateOptions;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// Credentials that the learner is supposed to take or claim as soon as they can be ([semantics
/// 4.2](crate::semantics#4.2)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Supposing {
    Nothing,
    /// Everything whose offering is not over; and awards in progress are completed.
    WhatIsOffered,
    /// Everything that is offered without end, so that the answer holds on every date.
    WhatIsAlwaysOffered,
    /// Everything that is offered on any day.
    WhatIsEverOffered,
    /// Everything, offered or not.
    Everything,
}

/// A question to the fixpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) date: Date,
    /// Whether a credential that the learner qualifies for counts as an award of it.
    pub(crate) qualification_counts: bool,
    /// A credential that does not count by qualification, so that what is found does not rest on it.
    pub(crate) without: Option<CredentialId>,
    /// Credentials that are supposed to be taken or claimed as soon as they can be.
    pub(crate) supposing: Supposing,
    /// If given, what is only supposed may have been made on whatever day from this one on suits what rules ask of its
    /// day; else it is made on the date.
    pub(crate) suiting: Option<Date>,
    /// Whether a region that cannot be decided is supposed to be satisfied: gives the upper bound where three-valued
    /// logic needs it.
    pub(crate) undecided_met: bool,
    /// Whether awards of the record may renew others that the standing does not list.
    pub(crate) derives: bool,
    /// Search steps for all joint regions together.
    pub(crate) steps: u64,
}

impl Scope {
    /// The question what is certain on the date.
    pub(crate) fn certain(date: Date, options: &EvaluateOptions) -> Self {
        Self {
            date,
            qualification_counts: options.qualification_counts,
            without: None,
            supposing: Supposing::Nothing,
            suiting: None,
            undecided_met: false,
            derives: false,
            steps: options.search_steps,
        }
    }
}
