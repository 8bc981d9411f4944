//! One branch: what is certain in it, what the relaxation says of it, and where to split it.

use std::sync::Arc;

use crate::solve::branch::log::LowerBound;
use crate::solve::branch::oracle::{Leads, Oracle, Separated};
use crate::solve::branch::relaxation::{NEARLY_WHOLE, Relaxed};
use crate::solve::branch::search::{Aim, Examined, Search, Split};
use crate::solve::certificate::Entry;
use crate::solve::domains::Propagated;
use crate::solve::ids::{RowId, VariableId};
use crate::solve::number::nearest;
use crate::value::ids::Id;

/// The outcome of drawing in the bounds.
enum Drawn {
    In,
    /// The relaxation's point lies outside them now.
    Again,
    Out(Examined),
}

/// The outcome at a point that is whole.
enum Whole {
    Done(Examined),
    /// A row was found that it breaks.
    Again,
}

/// Variables that are not whole at the relaxation's point.
pub(super) struct Fractional {
    pub(super) deciding: Vec<VariableId>,
    pub(super) others: Vec<VariableId>,
}

/// After the first node, the point is rounded to a candidate at every so many nodes.
const ROUNDED_EVERY: u64 = 8;

impl<O: Oracle> Search<'_, O> {
    /// `None` if the work runs out.
    pub(super) fn examine(&mut self, bound: &mut LowerBound) -> Option<Examined> {
        loop {
            if let Propagated::Conflict(row) = self.propagate()? {
                return Some(self.conflict(row));
            }
            if !std::mem::replace(&mut self.begun, true) {
                self.find_something()?;
            }
            match self.relax(bound)? {
                Relaxed::Impossible(contradiction) => {
                    self.log.note(Entry::Contradiction(Arc::new(contradiction)));
                    return Some(Examined::Closed);
                }
                Relaxed::Unclear => return self.split_blindly(),
                Relaxed::Beyond => return Some(self.close(bound)),
                Relaxed::Optimal => {}
            }
            if self.nodes == 1 && self.aim == Aim::Best {
                // What was drawn in before may have left out what costs more than the incumbent.
                let best = self.incumbent.as_ref().map_or(i64::MAX, |best| best.value);
                self.least = self.least.max(bound.least.min(best));
            }
            match self.draw_in(bound)? {
                Drawn::In => {}
                Drawn::Again => continue,
                Drawn::Out(examined) => return Some(examined),
            }
            self.learn(Some(bound.least));
            let Fractional { deciding, others } = self.fractional();
            if deciding.is_empty() {
                match self.examine_whole(&others, bound)? {
                    Whole::Done(examined) => return Some(examined),
                    Whole::Again => continue,
                }
            }
            if self.nodes == 1 || self.nodes.is_multiple_of(ROUNDED_EVERY) || self.incumbent.is_none() {
                let before = self.cutoff();
                self.round()?;
                if self.is_content() {
                    return Some(Examined::Closed);
                }
                if self.nodes == 1 && !self.dived {
                    self.dived = true;
                    self.dive()?;
                    continue;
                }
                if self.cutoff() < before {
                    // More is certain now, or all is done.
                    continue;
                }
            }
            let of_the_question = |&variable: &VariableId| self.oracle.is_of_the_question(variable);
            let parts: Vec<VariableId> =
                deciding.into_iter().chain(others.into_iter().filter(of_the_question)).collect();
            return Some(self.choose(&parts, bound));
        }
    }

    /// Before the relaxation of the root, which may take all the work that there is: what greed comes to is better than
    /// no answer. `None` if the work runs out.
    fn find_something(&mut self) -> Option<()> {
        if self.aim == Aim::Best && self.incumbent.is_none() { self.round() } else { Some(()) }
    }

    /// Raises the bound to what the relaxation proves, and draws the bounds of variables in by *reduced-cost fixing*.
    fn draw_in(&mut self, bound: &mut LowerBound) -> Option<Drawn> {
        self.meter.spend(1 + self.domains.bounds().len() as u64 / 16)?;
        let Some(proved) = self.relaxation.price(&bound.multipliers, &self.domains) else {
            return Some(Drawn::In);
        };
        bound.least = bound.least.max(proved.cost(self.grain()));
        if bound.least > self.cutoff() {
            return Some(Drawn::Out(self.close(bound)));
        }
        let before = self.domains.mark();
        self.fix_by_reduced_costs(&proved);
        if self.domains.mark() > before {
            self.log.note(Entry::Narrow(Arc::clone(&bound.multipliers)));
            let narrowed = self.domains.mark();
            if let Propagated::Conflict(row) = self.propagate()? {
                return Some(Drawn::Out(self.conflict(row)));
            }
            let may_restart = self.nodes == 1 && self.aim == Aim::Best;
            if may_restart && self.relaxation.restart(&self.domains)
                || self.domains.mark() > narrowed && self.relaxation.is_outside(&self.domains)
            {
                return Some(Drawn::Again);
            }
        }
        Some(Drawn::In)
    }

    /// The point decides everything: is it a solution?
    fn examine_whole(&mut self, others: &[VariableId], bound: &LowerBound) -> Option<Whole> {
        let relaxation = &self.relaxation;
        let candidate = self.oracle.candidate(|variable| nearest(relaxation.value(variable)));
        match self.oracle.leads(&candidate, self.meter)? {
            Leads::Yes => {
                let rows = self.domains.rows().len();
                self.install(candidate)?;
                if self.is_content() {
                    return Some(Whole::Done(Examined::Closed));
                }
                if self.domains.rows().len() > rows {
                    return Some(Whole::Again);
                }
                if bound.least > self.cutoff() {
                    return Some(Whole::Done(self.close(bound)));
                }
            }
            Leads::No if others.is_empty() => {
                if let Separated::By(cut) = self.oracle.separate(&candidate, self.meter)? {
                    self.add(cut);
                    return Some(Whole::Again);
                }
            }
            Leads::No | Leads::Undecided if !others.is_empty() => {
                return Some(Whole::Done(self.choose(others, bound)));
            }
            Leads::No | Leads::Undecided => {}
        }
        self.split_blindly().map(Whole::Done)
    }

    fn conflict(&mut self, row: RowId) -> Examined {
        self.log.note(Entry::Conflict(row));
        Examined::Closed
    }

    /// Draws the bounds in as far as each row by itself demands, and notes what it did.
    pub(super) fn propagate(&mut self) -> Option<Propagated> {
        let before = self.domains.mark();
        let meter = &mut *self.meter;
        let propagated = self.domains.propagate(usize::MAX, |terms| meter.spend(1 + terms as u64 / 16));
        if !self.log.is_silent {
            for change in self.domains.changes(before) {
                if let Some(row) = change.by {
                    self.log.note(Entry::Forced { row, variable: change.variable });
                }
            }
        }
        propagated
    }

    pub(super) fn relax(&mut self, bound: &mut LowerBound) -> Option<Relaxed> {
        let cutoff = self.cutoff();
        self.relaxation.settle(&self.domains, cutoff, bound, self.meter)
    }

    pub(super) fn fractional(&self) -> Fractional {
        let mut fractional = Fractional { deciding: Vec::new(), others: Vec::new() };
        for variable in VariableId::first(self.domains.bounds().len()) {
            let value = self.relaxation.value(variable);
            if !self.domains.of(variable).is_fixed() && (value - value.round()).abs() > NEARLY_WHOLE {
                let list =
                    if self.oracle.decides(variable) { &mut fractional.deciding } else { &mut fractional.others };
                list.push(variable);
            }
        }
        fractional
    }

    /// Splits where the relaxation gives no advice; closes if nothing is left to choose.
    fn split_blindly(&mut self) -> Option<Examined> {
        let is_free = |variable: &VariableId| !self.domains.of(*variable).is_fixed() && self.oracle.decides(*variable);
        if let Some(variable) = self.domains.bounds().ids().find(is_free) {
            let interval = self.domains.of(variable);
            // The midpoint of -1 and 0 is 0.
            let at = interval.lower.midpoint(interval.upper).min(interval.upper - 1);
            return Some(Examined::Split(Split { variable, at, up_first: false }));
        }
        let everything = self.everything();
        match self.oracle.leads(&everything, self.meter)? {
            Leads::No => {
                self.log.note(Entry::Barren);
                return Some(Examined::Closed);
            }
            Leads::Yes => {
                let judged = self.install(everything.clone())?;
                if self.is_content() {
                    return Some(Examined::Closed);
                }
                if judged.candidate != everything || judged.is_set_aside {
                    self.log.note(Entry::Refused);
                    return Some(Examined::Closed);
                }
            }
            Leads::Undecided => return Some(Examined::Unsettled),
        }
        let mut bound = LowerBound::default();
        let proved = self.relaxation.price(&bound.multipliers, &self.domains);
        bound.least = proved.map_or(0, |proved| proved.cost(self.grain()));
        if bound.least > self.cutoff() {
            return Some(self.close(&bound));
        }
        Some(Examined::Unsettled)
    }
}
