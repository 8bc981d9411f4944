//! Sets of steps that reach the target: found near the relaxation, made as small as can be, and kept if they are
//! better.

use crate::solve::ids::VariableId;
use crate::solve::row::Term;
use crate::value::ids::IdVec;
use std::rc::Rc;
use std::sync::Arc;

use crate::evaluate::outcome::Met;
use crate::plan::model::statement::Chosen;
use crate::plan::model::statement::{Row, Step, StepId};
use crate::plan::search::certificate::Further;

use crate::plan::search::search::{Best, Relaxed, Search, Spread, whole};

/// So many plans that were come across are kept.
const MOST_SEEN: usize = 64;

impl Search<'_, '_, '_, '_> {
    /// The steps that the relaxation takes.
    pub(crate) fn rounded_point(&self) -> Chosen {
        let mut chosen = Chosen::new();
        for (number, step) in self.statement.steps.entries() {
            let times = whole(self.simplex.value(step.times.unwrap_or(step.variable)));
            if times > 0 {
                chosen.push((number, times));
            }
        }
        chosen
    }

    /// Makes a set that reaches the target as small as can be, and keeps it if it is better than the best. Gives the
    /// small set. If it lacks what must be included, no plan has all its steps and that as well.
    pub(crate) fn install(&mut self, mut chosen: Chosen) -> Option<Chosen> {
        let mut work = 0;
        let (prices, statement) = (&self.prices, self.statement);
        let musts: Vec<StepId> = self.musts.iter().copied().chain(self.wanted).collect();
        let dearness = |step: StepId| {
            let described = &statement.steps[step];
            let price = prices[described.times.unwrap_or(described.variable)];
            if musts.contains(&step) { -1 } else { price }
        };
        let reduced = self.closure.reduce(&mut chosen, dearness, &mut work, self.meter.left);
        let spent = self.meter.spend(work.min(self.meter.left));
        if !reduced {
            return None;
        }
        let has = |step: &&StepId| chosen.iter().any(|(chosen, _)| chosen == *step);
        let missing: Vec<StepId> = musts.into_iter().filter(|must| !has(&must)).collect();
        if let Some(wanted) = self.wanted.filter(|wanted| missing.contains(wanted)) {
            self.need_for_something(wanted, &chosen)?;
        }
        for &must in &missing {
            let mut both = chosen.clone();
            both.push((must, 1));
            if let Some((mut terms, need)) = self.statement.not_all(&both) {
                let looked_at = self.decisive.and_then(|decisive| decisive.looked_at(must));
                if let (Some(looked_at), Some(last)) = (looked_at, terms.last_mut()) {
                    // Where another step is looked at, it does not matter.
                    last.0 = looked_at;
                }
                self.add_row(terms, need, Some(Further::NotBeside { plan: chosen.clone(), beside: must }));
            }
        }
        let is_plan = missing.iter().all(|&must| Some(must) == self.wanted && !self.musts.contains(&must))
            && self.is_allowed(&chosen)
            && !self.is_left_aside(&chosen);
        if is_plan {
            self.remember(&chosen);
        }
        if is_plan && missing.is_empty() {
            if self.seen.len() < MOST_SEEN {
                self.seen.push(chosen.clone());
            }
            let value = self.value(&chosen);
            if value <= self.threshold() && !self.is_refused(&chosen) {
                self.best = Some(Best { candidate: chosen.clone(), value });
                self.ties.clear();
            }
        }
        spent.map(|()| chosen)
    }

    /// Begins with plans that are known, those of them that keep within all limits.
    pub(crate) fn begin_with(&mut self, mut known: Vec<Chosen>) {
        let has = |chosen: &Chosen, must: StepId| chosen.iter().any(|&(step, _)| step == must);
        known.retain(|chosen| {
            let complete = self.musts.iter().all(|&must| has(chosen, must));
            complete && self.is_allowed(chosen) && !self.is_left_aside(chosen)
        });
        let best = known.iter().min_by_key(|chosen| self.value(chosen));
        self.best = best.map(|chosen| Best { candidate: chosen.clone(), value: self.value(chosen) });
        self.seen = known;
    }

    /// Adds rows that a plan with the wanted step satisfies, and these steps, which are a plan without it, do not: what
    /// they are enough for is not lost where all of them are taken.
    fn need_for_something(&mut self, wanted: StepId, chosen: &Chosen) -> Option<()> {
        let Some(decisive) = self.decisive else { return Some(()) };
        let mut work = 0;
        self.closure.reaches(chosen, &mut work);
        let kept = decisive.kept(self.statement.steps[wanted].variable, |variable| self.closure.holds(variable));
        for (variable, lost) in kept {
            let enough = self.closure.enough_for(variable, chosen, &mut work, self.meter.left);
            self.meter.spend(std::mem::take(&mut work).min(self.meter.left))?;
            let enough = enough?;
            if let Some((mut terms, need)) = self.statement.not_all(&enough) {
                terms.push((lost, -1));
                // Where one of these steps is itself the one that is looked at, they are not all there without it.
                let looked_at = enough.iter().filter_map(|&(step, _)| decisive.looked_at(step));
                terms.extend(looked_at.map(|own| (own, 1)));
                self.add_row(terms, need - 1, None);
            }
        }
        Some(())
    }

    /// Of each step of a plan, the best plan with it is kept.
    pub(crate) fn remember(&mut self, chosen: &Chosen) {
        if self.with.is_empty() {
            return;
        }
        let best = Rc::new(Best { candidate: chosen.clone(), value: self.value(chosen) });
        for &(step, _) in chosen {
            let known = &mut self.with[step];
            if known.as_ref().is_none_or(|known| known.value > best.value) {
                *known = Some(Rc::clone(&best));
            }
        }
    }

    /// Whether the set will not do for a reason of the caller's. If so, what is the matter with it is left aside from
    /// now on.
    fn is_refused(&mut self, chosen: &[(StepId, i64)]) -> bool {
        let Some(part) = self.refusal.as_mut().and_then(|refusal| refusal(chosen)) else { return false };
        if let Some((terms, need)) = self.statement.not_all(&part) {
            self.add_row(terms, need, None);
        }
        self.besides.push(part);
        true
    }

    /// Whether the steps are all of those of a plan that is left aside.
    pub(crate) fn is_left_aside(&self, chosen: &[(StepId, i64)]) -> bool {
        let has = |&(step, times): &(StepId, i64)| chosen.iter().any(|&(own, often)| own == step && often >= times);
        self.besides.iter().any(|other| other.iter().all(has))
    }

    /// Adds a row that was found on the way.
    pub(crate) fn add_row(&mut self, terms: Vec<Term>, need: i64, further: Option<Further<StepId>>) {
        let row = Row { terms, head: None, need, supports: false, part: None };
        let variables: Vec<VariableId> = row.variables().collect();
        let number = self.rows.push(row);
        for variable in variables {
            self.further_uses[variable].push(number);
        }
        self.further.extend(further);
        self.queue.extend(&[number]);
        self.live.push(number);
    }

    /// Whether a set of steps keeps to the common bounds and to the rows that are no rules.
    pub(crate) fn is_allowed(&self, chosen: &[(StepId, i64)]) -> bool {
        let mut values = IdVec::filled(0, self.bounds.len());
        for &(step, times) in chosen {
            let step = &self.statement.steps[step];
            values[step.variable] = 1;
            if let Some(counted) = step.times {
                values[counted] = times;
            }
        }
        let of_steps = |&variable: &VariableId| self.is_of_a_step(variable);
        let bounded = values.ids().filter(of_steps).all(|variable| {
            let (lower, upper) = self.common[variable];
            (lower..=upper).contains(&values[variable])
        });
        let kept = |row: &Row| {
            row.head.is_some()
                || row.supports
                || !row.variables().all(|variable| of_steps(&variable))
                || row.terms.iter().map(|&(variable, times)| times * values[variable]).sum::<i64>() >= row.need
        };
        bounded && self.rows.iter().all(kept)
    }

    /// Follows the relaxation to a whole point, taking what it takes most of, and rounds on the way.
    pub(crate) fn dive(&mut self) -> Option<()> {
        let mark = self.trail.len();
        self.diving = true;
        let dived = self.dive_down();
        self.diving = false;
        self.undo(mark);
        self.queue.clear();
        dived
    }

    pub(crate) fn dive_down(&mut self) -> Option<()> {
        loop {
            let (steps, others) = self.fractional();
            let most = |list: &[VariableId]| {
                let up = |variable: &VariableId| {
                    let value = self.simplex.value(*variable);
                    value - value.floor()
                };
                list.iter().copied().max_by(|a, b| up(a).total_cmp(&up(b)).then(b.cmp(a)))
            };
            let Some(variable) = most(&steps).or_else(|| most(&others)) else { break };
            let mark = self.trail.len();
            let (lower, upper) = self.bounds[variable];
            let above = whole(self.simplex.value(variable).floor()) + 1;
            self.narrow(variable, (above.clamp(lower, upper), upper));
            if matches!(self.propagate()?, Spread::Conflict(_)) {
                self.undo(mark);
                self.queue.clear();
                self.narrow(variable, (lower, (above - 1).clamp(lower, upper)));
                if matches!(self.propagate()?, Spread::Conflict(_)) {
                    return Some(());
                }
            }
            let (mut least, mut weights) = (0, Arc::new(Vec::new()));
            if !matches!(self.relax(&mut least, &mut weights)?, Relaxed::Optimal) {
                return Some(());
            }
        }
        self.round()
    }

    /// Rounds the relaxation's point to a set of steps.
    pub(crate) fn round(&mut self) -> Option<()> {
        let point: IdVec<VariableId, f64> = self.bounds.ids().map(|variable| self.simplex.value(variable)).collect();
        let mut work = 0;
        let chosen = self.greedy.complete(self.statement, &self.rows, &self.bounds, &point, &mut work);
        self.meter.spend(work)?;
        let mut work = 0;
        let mut met = self.closure.reaches(&chosen, &mut work);
        let mut chosen = chosen;
        if met != Met::Yes && self.best.is_none() {
            // Everything that is allowed, for want of better.
            chosen = self.everything();
            met = self.closure.reaches(&chosen, &mut work);
        }
        self.meter.spend(work)?;
        if met == Met::Yes { self.install(chosen).map(drop) } else { Some(()) }
    }

    /// All steps within the bounds.
    pub(crate) fn everything(&self) -> Chosen {
        let most =
            |step: &Step| self.bounds[step.variable].1.min(1) * self.bounds[step.times.unwrap_or(step.variable)].1;
        let steps = self.statement.steps.entries().map(|(number, step)| (number, most(step)));
        steps.filter(|&(_, times)| times > 0).collect()
    }
}
