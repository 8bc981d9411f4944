//! Steps that can only be taken together ([semantics 4.6](crate::semantics#4.6)), as a set of steps is followed.
//!
//! All steps that lack nothing but their corequisite are tried at once: the rows of corequisites, and no others, count
//! an award of each. Then those that still lack something are taken back, with what they added, until none does. What
//! is left is the greatest set that can be begun together, and is taken.

use crate::plan::model::closure::Closure;
use crate::plan::model::statement::{Name, StepId};
use crate::solve::ids::VariableId;
use crate::value::ids::to_u32;

impl Closure<'_, '_, '_> {
    /// Takes those of the chosen steps that can be begun together; true if there are any.
    pub(crate) fn take_together(&mut self, chosen: &[(StepId, i64)], work: &mut u64) -> bool {
        if self.corequisite_rows.is_empty() {
            return false;
        }
        let first = self.touched.len();
        let mut tried: Vec<StepId> =
            chosen.iter().map(|&(step, _)| step).filter(|&step| self.lacks_corequisite_alone(step)).collect();
        for &step in &tried {
            self.try_step(step, 1);
        }
        self.settle_trial(work);
        loop {
            *work += tried.len() as u64 / 8 + 1;
            let variable = |step: StepId| self.statement.steps[step].variable;
            let (staying, left): (Vec<StepId>, Vec<StepId>) =
                tried.into_iter().partition(|&step| self.lacks[variable(step)] == 0);
            tried = staying;
            if left.is_empty() {
                break;
            }
            for step in left {
                self.try_step(step, 0);
            }
            self.settle_trial(work);
        }
        for &step in &tried {
            self.take(step);
        }
        let last = to_u32(self.touched.len());
        if !tried.is_empty() {
            let together = self.touched.get(first..).unwrap_or_default();
            self.came_by.extend(together.iter().map(|&variable| (variable, last)));
        }
        !tried.is_empty()
    }

    /// True if the step is not taken yet, and lacks nothing but its corequisite.
    fn lacks_corequisite_alone(&self, step: StepId) -> bool {
        let variable = self.statement.steps[step].variable;
        let Some(&all) = self.corequisite_rows.get(&step) else { return false };
        let lacks = self.lacks_of_corequisite.get(&variable).copied().unwrap_or(all);
        self.chosen[step] > 0 && self.values[variable] == 0 && self.lacks[variable] == lacks
    }

    /// Notes that a step lacks more, or fewer, of the rows of its corequisite.
    pub(crate) fn lack(&mut self, head: VariableId, more: i32) {
        let step = self.statement.step_of[head];
        if let Some(&all) = step.and_then(|step| self.corequisite_rows.get(&step)) {
            let lacks = self.lacks_of_corequisite.entry(head).or_insert(all);
            *lacks = lacks.saturating_add_signed(more);
        }
    }

    /// Lets the rows of corequisites count one award of a step, or none.
    fn try_step(&mut self, step: StepId, times: i64) {
        let described = &self.statement.steps[step];
        for variable in [Some(described.variable), described.times].into_iter().flatten() {
            self.touched.push(variable);
            self.tell_corequisites(variable, times);
        }
    }

    /// Lets the rows and regions of corequisites know of a value.
    pub(crate) fn tell_corequisites(&mut self, variable: VariableId, value: i64) {
        let more = value - std::mem::replace(&mut self.tried[variable], value);
        if more == 0 {
            return;
        }
        for place in 0..self.corequisite_uses.list(variable).len() {
            let (row, times) = self.corequisite_uses.list(variable)[place];
            self.add(row, times.saturating_mul(more));
        }
        for place in 0..self.corequisite_feeds.list(variable).len() {
            self.dirty.insert(self.corequisite_feeds.list(variable)[place]);
        }
    }

    /// Works until nothing about the corequisites changes any more; no step is taken yet.
    fn settle_trial(&mut self, work: &mut u64) {
        let statement = self.statement;
        loop {
            if let Some(variable) = self.open.pop() {
                *work += 1;
                match statement.variables[variable].name {
                    Name::Step(_) => {}
                    Name::Passed(_) => {
                        let has = self.has[self.row_of[variable]];
                        self.set(variable, has.min(statement.variables[variable].upper));
                    }
                    _ => self.set(variable, i64::from(self.lacks[variable] == 0)),
                }
            } else if let Some(region) = self.dirty.pop_first() {
                let is_met = self.is_met(region, work);
                self.set(statement.regions[region].variable, i64::from(is_met));
            } else {
                break;
            }
        }
    }

    /// Gives a part of a corequisite a value, higher or lower than what it had.
    fn set(&mut self, variable: VariableId, to: i64) {
        if to > self.values[variable] {
            self.raise(variable, to);
        } else if to < self.values[variable] {
            self.lower(variable, to);
        }
    }
}
