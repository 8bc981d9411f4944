//! Questions to a search beside that for the best: bounds before any split, branches that hold something, its log.

use crate::solve::branch::log::{BranchBounds, LowerBound};
use crate::solve::branch::oracle::Oracle;
use crate::solve::branch::relaxation::{Relaxed, Root};
use crate::solve::branch::search::{Aim, Search};
use crate::solve::certificate::Entry;
use crate::solve::domains::Propagated;
use crate::solve::ids::VariableId;
use crate::solve::row::{Bounds, Interval};

impl<O: Oracle> Search<'_, O> {
    pub(crate) fn oracle(&self) -> &O {
        &self.oracle
    }

    pub(crate) fn oracle_mut(&mut self) -> &mut O {
        &mut self.oracle
    }

    /// The proof so far, and why the rows hold that it rests on beside those that were given.
    pub(crate) fn take_proof(&mut self) -> (Vec<Entry>, Vec<O::Reason>) {
        (std::mem::take(&mut self.log.entries), std::mem::take(&mut self.log.reasons))
    }

    /// The branches in which something could be as good as the best.
    pub(crate) fn take_ties(&mut self) -> Vec<BranchBounds> {
        std::mem::take(&mut self.log.ties)
    }

    /// The number of branches that were looked at.
    pub(crate) fn nodes(&self) -> u64 {
        self.nodes
    }

    pub(crate) fn pivots(&self) -> u64 {
        self.relaxation.simplex().pivots()
    }

    /// Who watches has been told all that is known of the answer.
    pub(crate) fn tell_no_more(&mut self) {
        self.meter.tell_no_more();
    }

    /// Does something with one of so many equal parts of the work that is left.
    pub(crate) fn with_part_of_the_work<T>(&mut self, parts: u64, run: impl FnOnce(&mut Self) -> T) -> T {
        let kept = self.meter.left - self.meter.left / parts.max(1);
        self.meter.left -= kept;
        let outcome = run(self);
        if !self.meter.is_stopped() {
            self.meter.left += kept;
        }
        outcome
    }

    /// The number of parts of so much work each that what is left can be divided into.
    pub(crate) fn parts_of(&self, work: u64) -> u64 {
        self.meter.left / work
    }

    /// The bounds of a variable in a branch.
    pub(crate) fn within(&self, leaf: &BranchBounds, variable: VariableId) -> Interval {
        let narrower = leaf.iter().rev().find(|narrower| narrower.0 == variable);
        narrower.map_or(self.domains.of(variable), |narrower| narrower.1)
    }

    /// The root: what is certain of all solutions between these bounds, and the relaxation at its optimum. `None` if
    /// the work runs out.
    pub(crate) fn root(&mut self, bounds: Bounds) -> Option<Root> {
        self.domains.reset(bounds);
        self.propagate()?;
        self.domains.forget_trail();
        self.relax(&mut LowerBound::default())?;
        Some(self.relaxation.root(&self.domains))
    }

    /// The bound that the relaxation proves before any split, and the bounds of variables between which it does. `None`
    /// if it proves nothing, or if the work runs out.
    pub(crate) fn first_bound(&mut self) -> Option<(LowerBound, Bounds)> {
        if matches!(self.propagate()?, Propagated::Conflict(_)) {
            return None;
        }
        let mut bound = LowerBound::default();
        let relaxed = self.relax(&mut bound)?;
        matches!(relaxed, Relaxed::Optimal).then(|| (bound, self.domains.bounds().clone()))
    }

    /// The part of a branch in which something could cost no more than so much; `None` if there is nothing.
    pub(crate) fn promising(&mut self, leaf: &BranchBounds, most: i64) -> Option<BranchBounds> {
        self.incumbent = None;
        self.aim = Aim::Any { most };
        self.log.is_silent = true;
        let start = self.domains.mark();
        self.enter_leaf(leaf);
        let left = self.leaves_something();
        let narrowed = self.domains.narrowed();
        self.domains.undo(start);
        // Without work to find out, everything could be.
        left.unwrap_or(true).then_some(narrowed)
    }

    /// True if anything is left when bounds are drawn in as far as the relaxation allows. `None` if the work runs out.
    fn leaves_something(&mut self) -> Option<bool> {
        if matches!(self.propagate()?, Propagated::Conflict(_)) {
            return Some(false);
        }
        let mut bound = LowerBound::default();
        match self.relax(&mut bound)? {
            Relaxed::Beyond | Relaxed::Impossible(_) => return Some(false),
            Relaxed::Unclear => return Some(true),
            Relaxed::Optimal => {}
        }
        if let Some(proved) = self.relaxation.price(&bound.multipliers, &self.domains) {
            if proved.cost(self.grain()) > self.cutoff() {
                return Some(false);
            }
            self.fix_by_reduced_costs(&proved);
        }
        Some(matches!(self.propagate()?, Propagated::Consistent))
    }
}
