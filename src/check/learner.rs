//! A learner on trial: the evaluator's word on whoever has these awards.

use std::cell::OnceCell;

use crate::catalog::network::{Part, Rule};
use crate::evaluate::evidence::Evidence;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::value::ids::CredentialId;

/// Someone who is given awards on the day.
pub(crate) struct TrialLearner<'c> {
    pub(crate) progress: Progress<'c>,
    /// The same, supposing that what could not be decided is met; if anything could not, and once it matters.
    possibly: OnceCell<Option<Progress<'c>>>,
}

impl<'c> TrialLearner<'c> {
    pub(crate) fn new(progress: Progress<'c>) -> Self {
        Self { progress, possibly: OnceCell::new() }
    }

    /// Gives the learner an award, which lasts if it is current on the day that it is made.
    pub(crate) fn receive(&mut self, award: Evidence, lasts: bool) {
        self.possibly.take();
        // Also where it lasts only while its components do: these are there, or could be.
        if lasts { self.progress.suppose(award) } else { self.progress.receive(award) }
    }

    /// Whether the part of a rule is met.
    pub(crate) fn met(&self, part: Part) -> Met {
        match self.progress.met(part) {
            Met::No => match self.possibly.get_or_init(|| self.progress.possibly()) {
                Some(possibly) if possibly.met(part) != Met::No => Met::Undecided,
                _ => Met::No,
            },
            met => met,
        }
    }

    /// Whether it is certain that a rule is not met.
    pub(crate) fn lacks(&self, rule: Rule) -> bool {
        self.progress.catalog.network.top(rule).is_some_and(|top| self.met(top) == Met::No)
    }

    /// The rule of a credential that is certainly not met, if one is.
    pub(crate) fn lacking(&self, credential: CredentialId) -> Option<Rule> {
        Rule::all(credential).find(|&rule| self.lacks(rule))
    }
}
