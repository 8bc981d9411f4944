//! A learner as a cohort takes them in: by a record, or by columns.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeSet;
use std::ops::Range;

use crate::catalog::catalog::Catalog;
use crate::cohort::columns::LearnerColumns;
use crate::cohort::marks::UNDATED;
use crate::evaluate::award_kind::{AwardIssuer, AwardKind, Grade};
use crate::evaluate::exceptions::unknown_ids;
use crate::evaluate::options::Accepted;
use crate::evaluate::standing::AwardCounting;
use crate::record::award::copies;
use crate::record::facts::AwardFacts;
use crate::record::record::{Award, AwardStatus, LearnerRecord, Verification};
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// Whatever tells a learner's awards.
pub(crate) trait AnyLearner: Send + Sync {
    fn taken_in(&self) -> TakenIn<'_>;
}

impl<R: Borrow<LearnerRecord> + Send + Sync> AnyLearner for R {
    fn taken_in(&self) -> TakenIn<'_> {
        TakenIn::Record(self.borrow())
    }
}

impl AnyLearner for LearnerColumns<'_> {
    fn taken_in(&self) -> TakenIn<'_> {
        TakenIn::Columns(*self)
    }
}

/// A learner's awards, wherever they are.
#[derive(Debug, Clone, Copy)]
pub(crate) enum TakenIn<'r> {
    Record(&'r LearnerRecord),
    Columns(LearnerColumns<'r>),
}

impl<'r> TakenIn<'r> {
    pub(crate) fn record(self) -> Cow<'r, LearnerRecord> {
        match self {
            Self::Record(record) => Cow::Borrowed(record),
            Self::Columns(columns) => columns.record(),
        }
    }

    pub(crate) fn has_exceptions(self) -> bool {
        match self {
            Self::Record(record) => !record.waivers.is_empty() || !record.substitutions.is_empty(),
            Self::Columns(_) => false,
        }
    }

    /// The places of the awards.
    pub(crate) fn places(self) -> Range<usize> {
        match self {
            Self::Record(record) => 0..record.awards.len(),
            Self::Columns(columns) => columns.places(),
        }
    }

    /// The credential of the award in a place, if the catalog knows it.
    pub(crate) fn credential(self, catalog: &Catalog, place: usize) -> Option<CredentialId> {
        match self {
            Self::Record(record) => catalog.credential(&record.awards.get(place)?.credential),
            Self::Columns(columns) => columns.credential(place),
        }
    }

    /// What is recorded of the award in one of its places, if that is nothing unusual.
    pub(crate) fn plain(self, place: usize) -> Option<PlainAward> {
        match self {
            Self::Record(record) => PlainAward::of(record.awards.get(place)?),
            Self::Columns(columns) => columns.plain(place),
        }
    }

    /// The grade and the issuer of the award in one of its places, which is of this credential.
    pub(crate) fn kind(self, catalog: &Catalog, place: usize, credential: CredentialId) -> AwardKind {
        match self {
            Self::Record(record) => {
                let Award { grade, issuer, .. } = &record.awards[place];
                let grade = Grade::recorded(catalog, grade.as_deref());
                AwardKind::new(grade, AwardIssuer::recorded(catalog, issuer.as_deref()), catalog, credential)
            }
            Self::Columns(columns) => columns.kind(place, credential),
        }
    }

    /// The day of the award in one of its places.
    pub(crate) fn awarded(self, place: usize) -> Option<Date> {
        match self {
            Self::Record(record) => record.awards[place].awarded,
            Self::Columns(columns) => columns.awarded(place),
        }
    }

    /// What is recorded of the award in one of its places.
    pub(crate) fn facts(self, place: usize) -> AwardFacts<'r> {
        match self {
            Self::Record(record) => record.awards[place].facts(),
            Self::Columns(columns) => columns.facts(place),
        }
    }

    /// For each award, whether another one stands for it; nothing where none does.
    pub(crate) fn copies(self) -> Vec<bool> {
        match self {
            Self::Record(record) => copies(&record.awards),
            Self::Columns(columns) if columns.may_repeat() => copies(&columns.record().awards),
            Self::Columns(_) => Vec::new(),
        }
    }

    /// The ids of awards that the catalog does not know.
    pub(crate) fn unknown_ids(self, catalog: &Catalog) -> BTreeSet<&'r str> {
        match self {
            Self::Record(record) => unknown_ids(catalog, record),
            Self::Columns(columns) => columns.unknown_ids().collect(),
        }
    }
}

/// What is recorded of an award beside its credential, its grade and its issuer, where that is nothing unusual: no last
/// day, no amount and no day on which it was revoked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PlainAward {
    /// The day, counted from 1970-01-01, or [`UNDATED`].
    pub(crate) day: i32,
    pub(crate) status: AwardStatus,
    pub(crate) verification: Verification,
}

impl PlainAward {
    fn of(award: &Award) -> Option<Self> {
        // Nobody may add a field without deciding whether it is something unusual.
        let Award {
            credential: _,
            id: _,
            awarded,
            valid_until: None,
            credits: None,
            hours: None,
            grade: _,
            issuer: _,
            status,
            revoked_on: None,
            verification,
        } = award
        else {
            return None;
        };
        let day = awarded.map_or(UNDATED, Date::days_since_1970);
        Some(Self { day, status: *status, verification: *verification })
    }

    /// How it counts; none if not at all. `last` is the last day on which what counts was made.
    pub(crate) fn counting(self, last: i32, accepted: Accepted) -> Option<AwardCounting> {
        AwardCounting::of_made(self.status, self.verification, accepted, || self.day <= last)
    }
}

/// The learners of a batch, by their lanes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TakenBatch<'r> {
    pub(crate) learners: &'r [TakenIn<'r>],
    /// The number of the first one in the stream.
    pub(crate) first: u64,
}

impl TakenBatch<'_> {
    /// The number by which lists name the learner in a lane: the caller's own, or their place in the stream.
    pub(crate) fn name(&self, lane: usize) -> u64 {
        let key = match self.learners.get(lane) {
            Some(TakenIn::Columns(columns)) => columns.key,
            Some(TakenIn::Record(_)) | None => None,
        };
        key.unwrap_or(self.first + lane as u64)
    }
}
