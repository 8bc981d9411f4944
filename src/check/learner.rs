//! A learner on trial: the evaluator's word on whoever has these awards.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::catalog::network::{Part, Rule};
use crate::check::facts::WORK_OF_A_RULE;
use crate::evaluate::evidence::Evidence;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::value::ids::CredentialId;
use crate::value::meter::Meter;

/// Someone who is given awards on the day.
pub(crate) struct TrialLearner<'c> {
    pub(crate) progress: Progress<'c>,
    /// The same, supposing that what could not be decided is met; if anything could not, and once it matters.
    possibly: OnceCell<Option<Progress<'c>>>,
    /// What parts were found to be.
    known: RefCell<BTreeMap<Part, Met>>,
    /// The work that may still be done, which counting draws on.
    work: Rc<RefCell<Meter>>,
}

impl<'c> TrialLearner<'c> {
    pub(crate) fn new(progress: Progress<'c>, work: &Rc<RefCell<Meter>>) -> Self {
        Self { progress, possibly: OnceCell::new(), known: RefCell::default(), work: Rc::clone(work) }
    }

    /// Draws the consequences of the awards that were given.
    pub(crate) fn settle(&mut self) {
        self.progress.settle();
        self.possibly.take();
        self.known.take();
    }

    /// Gives the learner an award, which lasts if it is current on the day that it is made.
    pub(crate) fn receive(&mut self, award: Evidence, lasts: bool) {
        // Also where it lasts only while its components do: these are there, or could be.
        if lasts { self.progress.suppose(award) } else { self.progress.receive(award) }
    }

    /// Whether the part of a rule is met.
    pub(crate) fn met(&self, part: Part) -> Met {
        if self.progress.is_met(part) {
            return Met::Yes;
        }
        if let Some(&known) = self.known.borrow().get(&part) {
            return known;
        }
        let met = match self.judged(&self.progress, part) {
            Met::No => match self.possibly.get_or_init(|| self.progress.possibly()) {
                Some(possibly) if self.judged(possibly, part) != Met::No => Met::Undecided,
                _ => Met::No,
            },
            met => met,
        };
        self.known.borrow_mut().insert(part, met);
        met
    }

    /// Judges a part, within the work that is left.
    fn judged(&self, progress: &Progress<'c>, part: Part) -> Met {
        // What is decided at once is decided whatever is left.
        let given = self.work.borrow().left.clamp(WORK_OF_A_RULE, progress.scope.steps.max(WORK_OF_A_RULE));
        let mut steps = given;
        let met = progress.met_within(part, &mut steps);
        self.work.borrow_mut().spend_at_most(given - steps);
        met
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
