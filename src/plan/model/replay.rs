//! Steps taken one after the other, each judged by the evaluator.

use crate::value::ids::{CredentialId, to_u32};
use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Rule;
use crate::evaluate::evidence::{AwardId, Evidence, Origin};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::evaluate::progress::scope::{Scope, Supposing};
use crate::evaluate::standing::Standing;
use crate::value::date::Date;

/// A learner on the way.
#[derive(Debug, Clone)]
pub(crate) struct Replay<'c> {
    progress: Progress<'c>,
    /// The number of awards that were taken or claimed.
    awards: usize,
    /// What was taken or claimed, and how often, in order.
    taken: Vec<(CredentialId, u32)>,
}

/// An award that a step brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct BroughtAward {
    pub(crate) credential: CredentialId,
    /// Which it is of all that the step brought, from 1 on.
    pub(crate) number: u32,
}

/// Where plans start: nothing is held by qualification ([semantics 7](crate::semantics#7)).
pub(crate) fn start<'c>(catalog: &'c Catalog, standing: &Standing, as_of: Date) -> Progress<'c> {
    Progress::run(catalog, standing, scope(as_of))
}

/// What the learner would have who takes or claims everything that is still offered, as it becomes possible.
pub(crate) fn everything<'c>(catalog: &'c Catalog, standing: &Standing, as_of: Date) -> Progress<'c> {
    let mut standing = standing.clone();
    standing.in_progress.clear();
    Progress::run(catalog, &standing, Scope { supposing: Supposing::WhatIsOffered, ..scope(as_of) })
}

fn scope(as_of: Date) -> Scope {
    let options = EvaluateOptions { qualification_counts: false, ..EvaluateOptions::default() };
    Scope::certain(as_of, &options)
}

/// The same of a learner who has nothing, and can wait, from a day on, until what is asked of the days of awards suits.
pub(crate) fn start_from_nothing(catalog: &Catalog, date: Date, from: Date) -> Progress<'_> {
    Progress::run(catalog, &Standing::default(), Scope { suiting: Some(from), ..scope(date) })
}

impl<'c> Replay<'c> {
    pub(crate) fn new(progress: &Progress<'c>) -> Self {
        Self { progress: progress.clone(), awards: 0, taken: Vec::new() }
    }

    /// True if the credential can be taken or claimed now, its offering aside.
    pub(crate) fn is_possible(&self, credential: CredentialId) -> bool {
        let network = &self.progress.catalog.network;
        let met = |rule| network.top(rule).is_none() || self.progress.rule_is_met(rule);
        met(Rule::prerequisite(credential)) && met(Rule::stack(credential))
    }

    /// Takes or claims it, as often as given.
    pub(crate) fn take(&mut self, credential: CredentialId, times: u32) {
        for _ in 0..times {
            self.awards += 1;
            let origin = Origin::Issued(AwardId::from_end(self.awards));
            self.progress.receive(self.progress.new_award(credential, origin));
        }
        self.taken.push((credential, times));
        self.progress.settle();
    }

    /// What was taken or claimed, and how often, in order.
    pub(crate) fn taken(&self) -> &[(CredentialId, u32)] {
        &self.taken
    }

    pub(crate) fn has_taken(&self, credential: CredentialId) -> bool {
        self.taken.iter().any(|taken| taken.0 == credential)
    }

    /// What an award is that was taken or claimed; `None` for one of the record.
    pub(crate) fn brought(&self, origin: Origin) -> Option<BroughtAward> {
        let Origin::Issued(award) = origin else { return None };
        let mut left = award.number_from_end().checked_sub(1).filter(|&place| place < self.awards)?;
        for &(credential, times) in &self.taken {
            match left.checked_sub(times as usize) {
                Some(beyond) => left = beyond,
                None => return Some(BroughtAward { credential, number: to_u32(left + 1) }),
            }
        }
        None
    }

    /// Steps of work that it took, from where it began on.
    pub(crate) fn work(&self, start: &Progress<'_>) -> u64 {
        let steps = start.steps_left().saturating_sub(self.progress.steps_left());
        // What is copied to begin with is looked at in words, of which many are one step.
        let copied = self.progress.catalog.len() as u64 / 64;
        (self.progress.touched() - start.touched()) / 8 + steps + copied + self.taken.len() as u64 + 1
    }

    /// Takes in awards that were made on other days.
    pub(crate) fn receive(&mut self, awards: impl IntoIterator<Item = Evidence>) {
        for award in awards {
            self.progress.receive(award);
        }
        self.progress.settle();
    }

    /// The state of the learner now, as the evaluator has it.
    pub(crate) fn progress(&self) -> &Progress<'c> {
        &self.progress
    }

    /// True if an award that counts as the credential is current.
    pub(crate) fn holds(&self, credential: CredentialId) -> bool {
        self.progress.marks(credential) & HELD != 0
    }

    /// True if the evaluator could not decide everything.
    pub(crate) fn is_undecided(&self) -> bool {
        !self.progress.undecided.is_empty()
    }

    /// Takes whatever of these is possible, going through them again and again until nothing more is.
    pub(crate) fn take_in_passes(&mut self, steps: &[(CredentialId, u32)]) {
        let mut left = steps.to_vec();
        loop {
            let before = left.len();
            left.retain(|&(credential, times)| {
                let possible = self.is_possible(credential);
                if possible {
                    self.take(credential, times);
                }
                !possible
            });
            if left.len() == before {
                return;
            }
        }
    }

    /// Takes whatever of these is possible, until nothing more is; those it took, at every turn the first in the order
    /// of ids.
    pub(crate) fn take_all(&mut self, steps: &[(CredentialId, u32)]) -> Vec<(CredentialId, u32)> {
        self.take_all_when(steps, |_, _| true)
    }

    /// The same, each as soon as something else besides is so.
    pub(crate) fn take_all_when(
        &mut self,
        steps: &[(CredentialId, u32)],
        is_so: impl Fn(&Self, CredentialId) -> bool,
    ) -> Vec<(CredentialId, u32)> {
        let mut left: BTreeSet<(CredentialId, u32)> = steps.iter().copied().collect();
        let mut taken = Vec::new();
        while let Some(&step) = left.iter().find(|step| self.is_possible(step.0) && is_so(self, step.0)) {
            left.remove(&step);
            self.take(step.0, step.1);
            taken.push(step);
        }
        taken
    }
}
