//! Solutions near the relaxation's point: by rounding it, and by following it down to one that is whole.

use crate::solve::branch::log::LowerBound;
use crate::solve::branch::node::Fractional;
use crate::solve::branch::oracle::{Leads, Oracle};
use crate::solve::branch::relaxation::Relaxed;
use crate::solve::branch::search::Search;
use crate::solve::domains::Propagated;
use crate::solve::ids::VariableId;
use crate::solve::number::nearest;
use crate::solve::row::Interval;

impl<O: Oracle> Search<'_, O> {
    /// *Diving*: follows the relaxation to a whole point, taking what it takes most of, and rounds that to a candidate.
    pub(super) fn dive(&mut self) -> Option<()> {
        let mark = self.domains.mark();
        let was_silent = std::mem::replace(&mut self.log.is_silent, true);
        let dived = self.dive_down();
        self.log.is_silent = was_silent;
        self.domains.undo(mark);
        dived
    }

    fn dive_down(&mut self) -> Option<()> {
        loop {
            let Fractional { deciding, others } = self.fractional();
            let most = |list: &[VariableId]| {
                let up = |variable: &VariableId| {
                    let value = self.relaxation.value(*variable);
                    value - value.floor()
                };
                list.iter().copied().max_by(|a, b| up(a).total_cmp(&up(b)).then(b.cmp(a)))
            };
            let Some(variable) = most(&deciding).or_else(|| most(&others)) else { break };
            let mark = self.domains.mark();
            let Interval { lower, upper } = self.domains.of(variable);
            let above = nearest(self.relaxation.value(variable).floor()) + 1;
            self.domains.narrow(variable, Interval::new(above.clamp(lower, upper), upper));
            if matches!(self.propagate()?, Propagated::Conflict(_)) {
                self.domains.undo(mark);
                self.domains.narrow(variable, Interval::new(lower, (above - 1).clamp(lower, upper)));
                if matches!(self.propagate()?, Propagated::Conflict(_)) {
                    return Some(());
                }
            }
            if !matches!(self.relax(&mut LowerBound::default())?, Relaxed::Optimal) {
                return Some(());
            }
        }
        self.round()
    }

    /// Rounds the relaxation's point to a candidate.
    pub(super) fn round(&mut self) -> Option<()> {
        let mut work = 0;
        let point = |variable| self.relaxation.value(variable);
        let values = self.greedy.complete(self.domains.rows(), self.domains.bounds(), point, &mut work);
        self.meter.spend(work)?;
        let mut candidate = self.oracle.candidate(|variable| values[variable]);
        let mut leads = self.oracle.leads(&candidate, self.meter)?;
        if leads != Leads::Yes && self.incumbent.is_none() {
            // Everything that is allowed, for want of better.
            candidate = self.everything();
            leads = self.oracle.leads(&candidate, self.meter)?;
        }
        if leads == Leads::Yes { self.install(candidate).map(drop) } else { Some(()) }
    }

    /// All that the bounds allow.
    pub(super) fn everything(&self) -> O::Candidate {
        self.oracle.candidate(|variable| self.domains.of(variable).upper)
    }
}
