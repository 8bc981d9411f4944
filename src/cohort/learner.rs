//! A learner as a cohort takes them in: by a record, or by columns.

use std::borrow::{Borrow, Cow};
use std::collections::BTreeSet;
use std::ops::Range;

use crate::catalog::catalog::Catalog;
use crate::cohort::columns::LearnerColumns;
use crate::evaluate::exceptions::unknown_ids;
use crate::record::award::copies;
use crate::record::facts::AwardFacts;
use crate::record::record::LearnerRecord;
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
