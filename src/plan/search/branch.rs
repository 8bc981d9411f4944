//! One branch: what is certain in it, what the relaxation says of it, and where to split it.

use crate::solve::ids::{RowId, VariableId};
use crate::solve::row::Term;
use std::collections::BTreeSet;
use std::sync::Arc;

use crate::evaluate::outcome::Met;
use crate::plan::model::rows::{Bounds, Inequality, PARTS, Proved, weigh};
use crate::plan::model::statement::Chosen;
use crate::plan::model::statement::StepId;
use crate::plan::search::certificate::{Entry, Further};
use crate::solve::simplex::{Settled, real};

use crate::plan::search::search::{Examined, NEARLY_WHOLE, Relaxed, Search, Spread, Weights, whole};

/// What drawing in the bounds came to.
enum Drawn {
    In,
    /// The relaxation's point lies outside them now.
    Again,
    Out(Examined),
}

/// What came of whole steps.
enum Whole {
    Done(Examined),
    /// A row was found that they break.
    Again,
}

impl Search<'_, '_, '_, '_> {
    /// `None` if the work runs out.
    pub(crate) fn examine(&mut self, least: &mut i64, weights: &mut Weights) -> Option<Examined> {
        loop {
            if let Spread::Conflict(row) = self.propagate()? {
                return Some(self.conflict(row));
            }
            match self.relax(least, weights)? {
                Relaxed::Impossible(contradiction) => {
                    self.note(Entry::Contradiction(Arc::new(contradiction)));
                    return Some(Examined::Closed);
                }
                Relaxed::Unclear => return self.split_blindly(),
                Relaxed::Beyond => return Some(self.close(*least, Arc::clone(weights))),
                Relaxed::Optimal => {}
            }
            match self.draw_in(least, weights)? {
                Drawn::In => {}
                Drawn::Again => continue,
                Drawn::Out(examined) => return Some(examined),
            }
            self.learn(Some(*least));
            let (steps, others) = self.fractional();
            if steps.is_empty() {
                match self.examine_whole(&others, least, weights)? {
                    Whole::Done(examined) => return Some(examined),
                    Whole::Again => continue,
                }
            }
            if self.nodes == 1 || self.nodes.is_multiple_of(8) || self.best.is_none() {
                let before = self.threshold();
                self.round()?;
                if self.any && self.best.is_some() {
                    return Some(Examined::Closed);
                }
                if self.nodes == 1 && !self.dived {
                    self.dived = true;
                    self.dive()?;
                    continue;
                }
                if self.threshold() < before {
                    // More is certain now, or all is done.
                    continue;
                }
            }
            // What a step is needed for is as good to split by as a step.
            let beyond = |&variable: &VariableId| !self.statement.has(variable);
            let parts: Vec<VariableId> = steps.into_iter().chain(others.into_iter().filter(beyond)).collect();
            return Some(self.choose(&parts, *least));
        }
    }

    /// Draws the bounds in by what the relaxation proves.
    fn draw_in(&mut self, least: &mut i64, weights: &Weights) -> Option<Drawn> {
        self.meter.spend(1 + self.bounds.len() as u64 / 16)?;
        let Some(proved) = self.weigh(weights) else { return Some(Drawn::In) };
        *least = (*least).max(self.rounded(&proved));
        if *least > self.threshold() {
            return Some(Drawn::Out(self.close(*least, Arc::clone(weights))));
        }
        let before = self.trail.len();
        self.narrow_by(&proved);
        if self.trail.len() > before {
            self.note(Entry::Narrow(Arc::clone(weights)));
            let narrowed = self.trail.len();
            if let Spread::Conflict(row) = self.propagate()? {
                return Some(Drawn::Out(self.conflict(row)));
            }
            if self.nodes == 1 && self.restart() || self.trail.len() > narrowed && self.is_beyond() {
                return Some(Drawn::Again);
            }
        }
        Some(Drawn::In)
    }

    /// The relaxation takes whole steps: do they reach the target?
    fn examine_whole(&mut self, others: &[VariableId], least: &mut i64, weights: &Weights) -> Option<Whole> {
        let chosen = self.rounded_point();
        let mut work = 0;
        let met = self.closure.reaches(&chosen, &mut work);
        self.meter.spend(work)?;
        match met {
            Met::Yes => {
                let rows = self.rows.len();
                self.install(chosen)?;
                if self.any && self.best.is_some() {
                    return Some(Whole::Done(Examined::Closed));
                }
                if self.rows.len() > rows {
                    return Some(Whole::Again);
                }
                if *least > self.threshold() {
                    return Some(Whole::Done(self.close(*least, Arc::clone(weights))));
                }
            }
            Met::No if others.is_empty() && self.need_another(&chosen)? => return Some(Whole::Again),
            Met::No | Met::Undecided if !others.is_empty() => return Some(Whole::Done(self.choose(others, *least))),
            Met::No | Met::Undecided => {}
        }
        self.split_blindly().map(Whole::Done)
    }

    fn conflict(&mut self, row: RowId) -> Examined {
        self.note(Entry::Conflict(row));
        Examined::Closed
    }

    /// Draws the bounds in as far as each row by itself demands; the row that cannot be satisfied, if there is one.
    pub(crate) fn propagate(&mut self) -> Option<Spread> {
        while let Some(number) = self.queue.pop_first() {
            let row = &self.rows[number];
            self.meter.spend(1 + row.terms.len() as u64 / 16)?;
            let room = row.room(&self.bounds);
            if room < 0 {
                self.queue.clear();
                return Some(Spread::Conflict(number));
            }
            if !row.forces_something(room, &self.bounds) {
                continue;
            }
            let row = row.clone();
            for variable in row.variables() {
                let bounds = self.bounds[variable];
                if bounds.0 == bounds.1 {
                    continue;
                }
                let narrower = row.narrowed(variable, room, &self.bounds);
                if narrower != bounds {
                    self.note(Entry::Forced { row: number, variable });
                    self.narrow(variable, narrower);
                }
            }
        }
        Some(Spread::Consistent)
    }

    pub(crate) fn relax(&mut self, least: &mut i64, weights: &mut Weights) -> Option<Relaxed> {
        // A little above what closes the branch, so that whole numbers confirm it.
        let threshold = self.threshold();
        let mut ceiling = match threshold {
            i64::MAX => f64::INFINITY,
            _ => (real(threshold / self.grain) + 1e-4) * (1.0 + 1e-9),
        };
        loop {
            let Some(settled) = self.simplex.settle(&self.bounds, ceiling, self.meter) else {
                // Whatever basis was come to, its bound holds.
                let duals = self.simplex.duals();
                self.keep(duals, least, weights);
                return None;
            };
            match settled {
                Settled::Impossible(contradiction) => {
                    return Some(match self.confirmed(&contradiction) {
                        Some(contradiction) => Relaxed::Impossible(contradiction),
                        None => Relaxed::Unclear,
                    });
                }
                Settled::Unclear => return Some(Relaxed::Unclear),
                Settled::Beyond => {
                    let duals = self.simplex.duals();
                    self.keep(duals, least, weights);
                    if *least > threshold {
                        return Some(Relaxed::Beyond);
                    }
                    ceiling = f64::INFINITY;
                    continue;
                }
                Settled::Optimal => {}
            }
            if !self.add_violated()? {
                let duals = self.simplex.duals();
                self.keep(duals, least, weights);
                return Some(Relaxed::Optimal);
            }
        }
    }

    /// Begins the relaxation anew without what has become certain, if that is much. Whether it did.
    fn restart(&mut self) -> bool {
        const RESTARTS: usize = 4;
        let fixed = |bounds: &Bounds| bounds.iter().filter(|(lower, upper)| lower == upper).count();
        let free = self.common.len() - fixed(&self.common);
        let much = (fixed(&self.bounds) - fixed(&self.common)) * 10 >= free;
        if self.any || self.restarts >= RESTARTS || !much {
            return false;
        }
        self.restarts += 1;
        self.common.clone_from(&self.bounds);
        self.simplex = self.simplex.anew();
        true
    }

    /// Keeps new weights if they prove more than the old ones.
    pub(crate) fn keep(&mut self, duals: Vec<(RowId, f64)>, least: &mut i64, weights: &mut Weights) {
        let scale = real(PARTS) * real(self.grain);
        let new: Vec<(RowId, i64)> = duals.into_iter().map(|(row, weight)| (row, whole(weight * scale))).collect();
        let proved = weigh(&new, |row| self.rows.get(row), Some(&self.prices), &self.bounds, &mut self.scratch);
        if let Some(proved) = proved {
            let bound = self.rounded(&proved);
            if bound >= *least {
                *least = bound;
                *weights = Arc::new(new);
            }
        }
    }

    /// The least value, a multiple of the grain, that is not below what was proved.
    pub(crate) fn rounded(&self, proved: &Proved) -> i64 {
        let grain = i128::from(self.grain);
        let unit = i128::from(PARTS) * grain;
        let grains = proved.least.div_euclid(unit) + i128::from(proved.least.rem_euclid(unit) > 0);
        i64::try_from(grains * grain).unwrap_or(if grains > 0 { i64::MAX } else { 0 }).max(0)
    }

    /// What the weights prove between the present bounds.
    pub(crate) fn weigh(&mut self, weights: &Weights) -> Option<Proved> {
        weigh(weights, |row| self.rows.get(row), Some(&self.prices), &self.bounds, &mut self.scratch)
    }

    /// Whole weights near these that prove that nothing satisfies the rows.
    pub(crate) fn confirmed(&mut self, weights: &[(RowId, f64)]) -> Option<Vec<(RowId, i64)>> {
        let largest = weights.iter().map(|&(_, weight)| weight).fold(0.0, f64::max);
        let small = weights.iter().map(|&(_, weight)| weight).filter(|&weight| weight > largest * 1e-9);
        let smallest = small.fold(largest, f64::min);
        // Where a variable has to cancel out, small multiples do better than nearly equal ones.
        let units = [largest / real(1 << 40), smallest, smallest / 2.0, smallest / 6.0];
        units.into_iter().find_map(|unit| {
            let whole: Vec<(RowId, i64)> = weights.iter().map(|&(row, weight)| (row, whole(weight / unit))).collect();
            let proved = weigh(&whole, |row| self.rows.get(row), None, &self.bounds, &mut self.scratch)?;
            (proved.least > 0).then_some(whole)
        })
    }

    /// Gives the relaxation the rows that its point breaks.
    pub(crate) fn add_violated(&mut self) -> Option<bool> {
        let mut added = false;
        self.meter.spend(1 + self.live.len() as u64 / 4)?;
        for place in 0..self.live.len() {
            let number = self.live[place];
            if self.simplex.is_active(number) {
                continue;
            }
            let row = &self.rows[number];
            if row.head.is_some_and(|head| self.simplex.value(head) <= NEARLY_WHOLE) {
                continue;
            }
            let least = row.head.map_or(1.0, |head| self.simplex.value(head)) * real(row.need);
            let sum: f64 = row.terms.iter().map(|&(variable, times)| real(times) * self.simplex.value(variable)).sum();
            if sum < least - NEARLY_WHOLE * least.abs().max(1.0)
                && let Some(Inequality { terms, least }) = row.sharpened(&self.common)
            {
                self.simplex.activate(number, &terms, least, self.meter)?;
                added = true;
            }
        }
        Some(added)
    }

    /// Draws in the bounds beyond which the value would be too high.
    pub(crate) fn narrow_by(&mut self, proved: &Proved) {
        // What is as good as the best is kept, for ties to be settled.
        let most = self.best.as_ref().map_or(self.ceiling, |best| best.value);
        if most == i64::MAX {
            return;
        }
        let room = (i128::from(most) * i128::from(PARTS)) - proved.least;
        let mut open = Vec::new();
        for &(variable, reduced) in &proved.reduced {
            let (lower, upper) = self.bounds[variable];
            if lower == upper || reduced == 0 {
                continue;
            }
            let most = i64::try_from(room.max(0) / reduced.abs()).unwrap_or(i64::MAX);
            if most < upper - lower {
                open.push((variable, if reduced > 0 { (lower, lower + most) } else { (upper - most, upper) }));
            }
        }
        // Prices of variables that no weighted row names stand for themselves.
        for (variable, narrower) in open {
            self.narrow(variable, narrower);
        }
    }

    /// Whether the relaxation's point lies outside the bounds.
    pub(crate) fn is_beyond(&self) -> bool {
        self.bounds.entries().any(|(variable, &(lower, upper))| {
            let value = self.simplex.value(variable);
            value < real(lower) - NEARLY_WHOLE || value > real(upper) + NEARLY_WHOLE
        })
    }

    /// Steps and other variables that are not whole.
    pub(crate) fn fractional(&self) -> (Vec<VariableId>, Vec<VariableId>) {
        let (mut steps, mut others) = (Vec::new(), Vec::new());
        for variable in self.bounds.ids() {
            let value = self.simplex.value(variable);
            let (lower, upper) = self.bounds[variable];
            if lower < upper && (value - value.round()).abs() > NEARLY_WHOLE {
                if self.is_of_a_step(variable) { steps.push(variable) } else { others.push(variable) }
            }
        }
        (steps, others)
    }

    /// Adds a row that the relaxation's point breaks: of the steps that are left when nothing more can be added to
    /// those chosen without reaching the target, one is needed. Whether that was possible.
    pub(crate) fn need_another(&mut self, chosen: &[(StepId, i64)]) -> Option<bool> {
        let mut taken: BTreeSet<StepId> = chosen.iter().map(|&(step, _)| step).collect();
        let most = |step: StepId| {
            let described = &self.statement.steps[step];
            self.statement.variables[described.times.unwrap_or(described.variable)].upper
        };
        let list = |taken: &BTreeSet<StepId>| taken.iter().map(|&step| (step, most(step))).collect::<Chosen>();
        let mut work = 0;
        if self.closure.reaches(&list(&taken), &mut work) != Met::No {
            self.meter.spend(work)?;
            return Some(false);
        }
        let mut rest: Vec<StepId> = self
            .statement
            .steps
            .ids()
            .filter(|step| !taken.contains(step) && self.statement.steps[*step].barriers.is_empty())
            .collect();
        // Halves that can be added as a whole are.
        let mut needed = Vec::new();
        rest.reverse();
        let mut open = vec![rest];
        while let Some(some) = open.pop() {
            let mut with = taken.clone();
            with.extend(&some);
            let met = self.closure.reaches(&list(&with), &mut work);
            self.meter.spend(std::mem::take(&mut work))?;
            match met {
                Met::No => taken = with,
                _ if some.len() == 1 => needed.extend(some),
                _ => {
                    let (first, second) = some.split_at(some.len() / 2);
                    open.push(second.to_vec());
                    open.push(first.to_vec());
                }
            }
        }
        needed.sort_unstable();
        let terms: Vec<Term> = needed.iter().map(|&step| (self.statement.steps[step].variable, 1)).collect();
        self.add_row(terms, 1, Some(Further::OneOf(needed)));
        Some(true)
    }

    /// Splits where the relaxation gives no advice; closes if nothing is left to choose.
    pub(crate) fn split_blindly(&mut self) -> Option<Examined> {
        let free = |variable: &VariableId| {
            let (lower, upper) = self.bounds[*variable];
            lower < upper && self.is_of_a_step(*variable)
        };
        if let Some(variable) = self.bounds.ids().find(free) {
            let (lower, upper) = self.bounds[variable];
            // The midpoint of -1 and 0 is 0.
            return Some(Examined::Split { variable, at: lower.midpoint(upper).min(upper - 1), up_first: false });
        }
        let mut work = 0;
        let chosen = self.everything();
        let met = self.closure.reaches(&chosen, &mut work);
        self.meter.spend(work)?;
        match met {
            Met::No => {
                self.note(Entry::Barren);
                return Some(Examined::Closed);
            }
            Met::Yes => {
                let before = chosen.clone();
                let kept = self.install(chosen)?;
                if self.any && self.best.is_some() {
                    return Some(Examined::Closed);
                }
                if kept != before || self.is_left_aside(&kept) {
                    self.note(Entry::NoPlan);
                    return Some(Examined::Closed);
                }
            }
            Met::Undecided => return Some(Examined::Unsettled),
        }
        let none: Weights = Arc::new(Vec::new());
        let proved = self.weigh(&none);
        let least = proved.map_or(0, |proved| self.rounded(&proved));
        if least > self.threshold() {
            return Some(self.close(least, none));
        }
        Some(Examined::Unsettled)
    }
}
