//! Awards of ids that the catalog does not know: they count for nothing, and are told ([semantics
//! 3.6](crate::semantics#3.6)).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::evaluate::expected::{MOST_NAMES, meant};

/// So many ids are kept; a stream of records may bring any number.
const LISTED: usize = 100;

/// The awards of a cohort that count for nothing by themselves, unless a substitution says what they stand for, because
/// the catalog does not know their ids ([`Evaluation::unknown_awards`](crate::Evaluation::unknown_awards)); there may
/// be ids among them that are mistyped.
///
/// ```
/// use credpath::{Catalog, CohortOptions, LearnerRecord};
///
/// let catalog = Catalog::parse("c", "credential.network-plus = {}")?;
/// let records = [&["netwrok-plus"][..], &["network-plus", "netwrok-plus"]];
/// let records = records.map(|ids| LearnerRecord::from_iter(ids.iter().copied()));
/// let unknown = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default()).report(&records).unknown_awards;
/// assert_eq!((unknown.awards, unknown.ids[0].id.as_str(), unknown.ids[0].learners), (2, "netwrok-plus", 2));
/// assert_eq!(unknown.ids[0].nearest.as_deref(), Some("network-plus"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnknownAwards {
    /// The number of them; several of one id to one learner count as one.
    pub awards: u64,
    /// The first 100 of their ids, in byte order.
    pub ids: Vec<UnknownId>,
    /// The number of awards of further ids.
    pub unlisted: u64,
}

impl UnknownAwards {
    /// Adds those of another part of the cohort. The first ids of all are among the first of each part that they
    /// occur in, so they are counted right.
    pub(crate) fn merge(&mut self, other: Self) {
        self.awards = self.awards.saturating_add(other.awards);
        let mut first: BTreeMap<String, UnknownId> = BTreeMap::new();
        for id in std::mem::take(&mut self.ids).into_iter().chain(other.ids) {
            match first.get_mut(&id.id) {
                Some(known) => known.learners = known.learners.saturating_add(id.learners),
                None => _ = first.insert(id.id.clone(), id),
            }
        }
        self.ids = first.into_values().take(LISTED).collect();
        let listed = self.ids.iter().fold(0_u64, |sum, id| sum.saturating_add(id.learners));
        self.unlisted = self.awards.saturating_sub(listed);
    }
}

/// An id that the catalog does not know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UnknownId {
    /// The id.
    pub id: String,
    /// The id of the catalog that was clearly meant: the same but for letter case and the like, or for a slip of the
    /// keyboard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nearest: Option<String>,
    /// The number of learners who have an award of it.
    pub learners: u64,
}

/// Unknown ids while they are counted. The first ones are counted right from wherever they occur: an id that is given
/// up for lower ones never comes back.
#[derive(Debug, Default)]
pub(crate) struct Unknown {
    awards: u64,
    first: BTreeMap<String, u64>,
}

impl Unknown {
    pub(crate) fn add(&mut self, id: &str, learners: u64) {
        self.awards += learners;
        self.list(id, learners);
    }

    pub(crate) fn extend(&mut self, other: &Self) {
        self.awards += other.awards;
        other.first.iter().for_each(|(id, &learners)| self.list(id, learners));
    }

    fn list(&mut self, id: &str, learners: u64) {
        if let Some(known) = self.first.get_mut(id) {
            *known += learners;
        } else if self.first.len() < LISTED || self.first.last_key_value().is_some_and(|(last, _)| id < last.as_str()) {
            self.first.insert(id.to_owned(), learners);
            if self.first.len() > LISTED {
                self.first.pop_last();
            }
        }
    }

    pub(crate) fn told(self, catalog: &Catalog) -> UnknownAwards {
        let unlisted = self.awards - self.first.values().sum::<u64>();
        // Of every id by itself, so that parts of a cohort say the same of it as the whole.
        let told = |(id, learners): (String, u64)| {
            let mut names_left = MOST_NAMES;
            let nearest = meant(catalog, &id, &mut names_left);
            UnknownId { id, nearest, learners }
        };
        let ids = self.first.into_iter().map(told).collect();
        UnknownAwards { awards: self.awards, ids, unlisted }
    }
}
