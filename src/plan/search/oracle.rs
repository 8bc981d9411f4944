//! The oracle of the search for plans, for all that its rows leave out: what a set of steps leads to, and which sets
//! are no plans that are asked for.

use std::cmp::Reverse;
use std::collections::BTreeSet;
use std::rc::Rc;

use crate::evaluate::outcome::Met;
use crate::evaluate::sharing::claimants::PolicyId;
use crate::plan::model::closure::Closure;
use crate::plan::model::decisive::Decisive;
use crate::plan::model::policies::{Obeyed, PlanPolicies};
use crate::plan::model::statement::{Chosen, Statement, StepId};
use crate::plan::search::certificate::CutReason;
use crate::solve::branch::oracle::{Cut, Frame, Incumbent, Judged, Leads, Oracle, Separated};
use crate::solve::branch::search::{Found, Program, Search};
use crate::solve::deletion::{Trial, deletion_filter};
use crate::solve::ids::VariableId;
use crate::solve::objective::Scale;
use crate::solve::row::{Bounds, Row};
use crate::value::ids::IdVec;
use crate::value::meter::Meter;

/// The search for plans.
pub(crate) type PlanSearch<'a, 's, 'p, 'c> = Search<'a, PlanOracle<'a, 's, 'p, 'c>>;

/// The best set of steps, and its cost.
pub(crate) type Best = Incumbent<Chosen>;

/// The result of a search for plans.
pub(crate) type FoundPlan = Found<Chosen>;

/// Gives the part of a set of steps that is to be left aside, with all that contain it, if the set will not do although
/// it reaches the target.
pub(crate) type Refusal<'a> = &'a mut dyn FnMut(&[(StepId, i64)]) -> Option<Chosen>;

/// The plans that are asked for.
#[derive(Default)]
pub(crate) struct AskedPlans<'a> {
    /// Steps that a plan has to contain.
    pub(crate) musts: Vec<StepId>,
    /// Plans that are left aside, with all that contain them.
    pub(crate) besides: Vec<Chosen>,
    /// Plans that are known from before, as good or not.
    pub(crate) known: Vec<Chosen>,
    pub(crate) refusal: Option<Refusal<'a>>,
    /// The policies on sharing that plans keep to.
    pub(crate) policies: Option<KeptPolicies<'a>>,
    /// The rows that say what each of some steps is needed for, if plans with one of them at a time are asked for.
    pub(crate) decisive: Option<&'a Decisive>,
    /// True if whatever reaches the target is one: then none costs less than the least of the search.
    pub(crate) are_all: bool,
}

/// Policies on sharing, but for some that are left aside.
pub(crate) struct KeptPolicies<'a> {
    pub(crate) policies: &'a PlanPolicies<'a>,
    pub(crate) lifted: BTreeSet<PolicyId>,
}

impl<'a> KeptPolicies<'a> {
    pub(crate) fn all(policies: &'a PlanPolicies<'a>) -> Self {
        Self { policies, lifted: BTreeSet::new() }
    }
}

/// Sets of steps that reach the target, none of which can be left out.
pub(crate) struct PlanOracle<'a, 's, 'p, 'c> {
    statement: &'s Statement<'p, 'c>,
    closure: &'a mut Closure<'s, 'p, 'c>,
    asked: AskedPlans<'a>,
    /// Plans within all limits that were come across, as good or not, so far as they are of use.
    seen: Vec<Chosen>,
    /// The best plans found with each step, where that is asked for.
    with: IdVec<StepId, Option<Rc<Best>>>,
    /// A step that a plan has to contain, and to need.
    wanted: Option<StepId>,
}

/// So many plans that were come across are kept.
const MOST_SEEN: usize = 64;

/// The rows of a statement and further ones as an integer program.
pub(crate) fn program(
    statement: &Statement<'_, '_>,
    further: &[Row],
    prices: IdVec<VariableId, i64>,
    bounds: Bounds,
) -> Program {
    let rows = statement.rows.iter().map(|rule| &rule.row).chain(further).cloned().collect();
    Program { rows, bounds, scale: Scale::of_prices(&prices), prices }
}

impl<'a, 's, 'p, 'c> PlanOracle<'a, 's, 'p, 'c> {
    pub(crate) fn new(
        statement: &'s Statement<'p, 'c>,
        closure: &'a mut Closure<'s, 'p, 'c>,
        asked: AskedPlans<'a>,
    ) -> Self {
        let with = if asked.decisive.is_some() { IdVec::filled(None, statement.steps.len()) } else { IdVec::new() };
        Self { statement, closure, asked, seen: Vec::new(), with, wanted: None }
    }

    /// The search for the best of the plans that are asked for.
    pub(crate) fn search(self, program: Program, meter: &'a mut Meter) -> PlanSearch<'a, 's, 'p, 'c> {
        Search::new(program, self, meter)
    }

    /// Plans within all limits that were come across, as good or not.
    pub(crate) fn seen(&self) -> &[Chosen] {
        &self.seen
    }

    pub(crate) fn take_seen(&mut self) -> Vec<Chosen> {
        std::mem::take(&mut self.seen)
    }

    /// From now on, plans that need this step are asked for. Gives the best one that is known.
    pub(crate) fn want(&mut self, step: StepId) -> Option<Best> {
        self.wanted = Some(step);
        self.with[step].as_deref().cloned()
    }

    /// The best of the plans that were come across without a step.
    pub(crate) fn best_without(&self, step: StepId, prices: &IdVec<VariableId, i64>) -> Option<Best> {
        let without = self.seen.iter().filter(|plan| plan.iter().all(|&(other, _)| other != step));
        let valued = |chosen: &Chosen| Best { candidate: chosen.clone(), value: self.cost(chosen, prices) };
        without.map(valued).min_by_key(|best| best.value)
    }

    /// The price of a set of steps.
    fn cost(&self, chosen: &[(StepId, i64)], prices: &IdVec<VariableId, i64>) -> i64 {
        let price = |&(step, times): &(StepId, i64)| {
            let step = &self.statement.steps[step];
            let Some(counted) = step.times else { return prices[step.variable].saturating_mul(times) };
            prices[counted].saturating_mul(times).saturating_add(prices[step.variable])
        };
        chosen.iter().map(price).fold(0, i64::saturating_add)
    }

    /// Of each step of a plan, the best plan with it is kept.
    pub(crate) fn remember(&mut self, chosen: &Chosen, prices: &IdVec<VariableId, i64>) {
        if self.with.is_empty() {
            return;
        }
        let best = Rc::new(Best { candidate: chosen.clone(), value: self.cost(chosen, prices) });
        for &(step, _) in chosen {
            let known = &mut self.with[step];
            if known.as_ref().is_none_or(|known| known.value > best.value) {
                *known = Some(Rc::clone(&best));
            }
        }
    }

    /// Steps that a plan has to contain, and the one that is wanted.
    fn all_musts(&self) -> Vec<StepId> {
        self.asked.musts.iter().copied().chain(self.wanted).collect()
    }

    /// True if the steps are all of those of a plan that is left aside.
    fn is_left_aside(&self, chosen: &[(StepId, i64)]) -> bool {
        let has = |&(step, times): &(StepId, i64)| chosen.iter().any(|&(own, often)| own == step && often >= times);
        self.asked.besides.iter().any(|other| other.iter().all(has))
    }

    /// True if a set of steps keeps to the common bounds and to the rows that are no rules.
    fn is_allowed(&self, chosen: &[(StepId, i64)], frame: &Frame<'_>) -> bool {
        let mut values = IdVec::filled(0, frame.bounds.len());
        for &(step, times) in chosen {
            let step = &self.statement.steps[step];
            values[step.variable] = 1;
            if let Some(counted) = step.times {
                values[counted] = times;
            }
        }
        let mut bounds = frame.bounds.entries().filter(|&(variable, _)| self.decides(variable));
        let bounded = bounds.all(|(variable, interval)| interval.contains(values[variable]));
        let is_rule = |id| self.statement.rows.get(id).is_some_and(|rule| rule.is_rule);
        let kept = |(id, row): (_, &Row)| {
            row.head.is_some()
                || is_rule(id)
                || !row.variables().all(|variable| self.decides(variable))
                || row.activity(|variable| values[variable]) >= row.need
        };
        bounded && frame.rows.entries().all(kept)
    }

    /// The row that says that no plan has all of these steps, which are one, and this one as well.
    fn not_beside(&self, plan: &Chosen, must: StepId) -> Option<Cut<CutReason<StepId>>> {
        let mut both = plan.clone();
        both.push((must, 1));
        let mut row = self.statement.not_all(&both)?;
        let looked_at = self.asked.decisive.and_then(|decisive| decisive.looked_at(must));
        if let (Some(looked_at), Some(last)) = (looked_at, row.terms.last_mut()) {
            // Where another step is looked at, it does not matter.
            last.0 = looked_at;
        }
        Some(Cut { row, reason: Some(CutReason::NotBeside { plan: plan.clone(), beside: must }) })
    }

    /// Rows that a plan with the wanted step satisfies, and these steps, which are a plan without it, do not: what they
    /// are enough for is not lost where all of them are taken. `None` if the work runs out.
    fn needs_for_something(
        &mut self,
        wanted: StepId,
        chosen: &Chosen,
        meter: &mut Meter,
    ) -> Option<Vec<Cut<CutReason<StepId>>>> {
        let mut cuts = Vec::new();
        let Some(decisive) = self.asked.decisive else { return Some(cuts) };
        let mut work = 0;
        self.closure.follow(chosen, &[], &mut work);
        let kept = decisive.kept(self.statement.steps[wanted].variable, |variable| self.closure.holds(variable));
        for (variable, lost) in kept {
            let enough = self.closure.enough_for(variable, chosen, &mut work, meter.left);
            meter.spend(std::mem::take(&mut work).min(meter.left))?;
            let enough = enough?;
            if let Some(mut row) = self.statement.not_all(&enough) {
                row.terms.push((lost, -1));
                row.need -= 1;
                // Where one of these steps is itself the one that is looked at, they are not all there without it.
                let looked_at = enough.iter().filter_map(|&(step, _)| decisive.looked_at(step));
                row.terms.extend(looked_at.map(|own| (own, 1)));
                cuts.push(Cut { row, reason: None });
            }
        }
        Some(cuts)
    }
}

impl Oracle for PlanOracle<'_, '_, '_, '_> {
    type Candidate = Chosen;
    type Reason = CutReason<StepId>;

    fn decides(&self, variable: VariableId) -> bool {
        self.statement.step_of.get(variable).is_some_and(Option::is_some)
    }

    fn is_of_the_question(&self, variable: VariableId) -> bool {
        !self.statement.has(variable)
    }

    fn candidate(&self, value: impl Fn(VariableId) -> i64) -> Chosen {
        let taken = self.statement.steps.entries().map(|(id, step)| {
            let times = step.times.map_or(1, &value);
            (id, if value(step.variable) > 0 { times } else { 0 })
        });
        taken.filter(|&(_, times)| times > 0).collect()
    }

    fn known(&mut self, frame: &Frame<'_>) -> Option<Best> {
        let mut known = std::mem::take(&mut self.asked.known);
        let has = |chosen: &Chosen, must: StepId| chosen.iter().any(|&(step, _)| step == must);
        known.retain(|chosen| {
            let complete = self.asked.musts.iter().all(|&must| has(chosen, must));
            complete && self.is_allowed(chosen, frame) && !self.is_left_aside(chosen)
        });
        let valued = |chosen: &Chosen| Best { candidate: chosen.clone(), value: self.cost(chosen, frame.prices) };
        let best = known.iter().map(valued).min_by_key(|best| best.value);
        self.seen = known;
        best
    }

    fn leads(&mut self, candidate: &Chosen, meter: &mut Meter) -> Option<Leads> {
        let mut work = 0;
        let met = self.closure.are_enough(None, candidate, &mut work);
        meter.spend(work)?;
        match met {
            Met::Yes => self.obeys(candidate, meter),
            Met::No => Some(Leads::No),
            Met::Undecided => Some(Leads::Undecided),
        }
    }

    /// Makes the set as small as can be. If it lacks what must be included, no plan has all its steps and that as well.
    fn judge(
        &mut self,
        candidate: Chosen,
        frame: &Frame<'_>,
        meter: &mut Meter,
    ) -> Option<Judged<Chosen, CutReason<StepId>>> {
        let mut chosen = candidate.clone();
        let mut work = 0;
        let (statement, musts) = (self.statement, self.all_musts());
        let dearness = |step: StepId| {
            let described = &statement.steps[step];
            let price = frame.prices[described.times.unwrap_or(described.variable)];
            if musts.contains(&step) { -1 } else { price }
        };
        let to_spare = if self.asked.are_all { self.cost(&chosen, frame.prices) - frame.least } else { i64::MAX };
        let reduced = self.closure.reduce(&mut chosen, dearness, to_spare, &mut work, meter.left);
        meter.spend(work.min(meter.left))?;
        if !reduced {
            return None;
        }
        // What leads to the target by itself may not do so within the policies.
        if self.obeys(&chosen, meter)? != Leads::Yes {
            chosen = candidate;
            self.reduce_obeying(&mut chosen, dearness, meter)?;
        }
        let has = |step: &StepId| chosen.iter().any(|(chosen, _)| chosen == step);
        let missing: Vec<StepId> = musts.into_iter().filter(|must| !has(must)).collect();
        let mut cuts = Vec::new();
        if let Some(wanted) = self.wanted.filter(|wanted| missing.contains(wanted)) {
            cuts = self.needs_for_something(wanted, &chosen, meter)?;
        }
        cuts.extend(missing.iter().filter_map(|&must| self.not_beside(&chosen, must)));
        let is_set_aside = self.is_left_aside(&chosen);
        let is_plan = missing.iter().all(|&must| Some(must) == self.wanted && !self.asked.musts.contains(&must))
            && self.is_allowed(&chosen, frame)
            && !is_set_aside;
        let mut judged = Judged { candidate: chosen, value: None, is_set_aside, cuts };
        if is_plan {
            self.remember(&judged.candidate, frame.prices);
        }
        if is_plan && missing.is_empty() {
            self.keep(&mut judged, frame);
        }
        Some(judged)
    }

    /// *Separates an unfounded set*: extends the steps to a maximal set that misses the target; of the steps outside of
    /// it one is needed, as nothing within supports the target.
    fn separate(&mut self, candidate: &Chosen, meter: &mut Meter) -> Option<Separated<CutReason<StepId>>> {
        let statement = self.statement;
        let most = |step: StepId| {
            let described = &statement.steps[step];
            statement.variables[described.times.unwrap_or(described.variable)].upper
        };
        let list = |taken: &BTreeSet<StepId>| taken.iter().map(|&step| (step, most(step))).collect::<Chosen>();
        let mut taken: BTreeSet<StepId> = candidate.iter().map(|&(step, _)| step).collect();
        if self.leads(&list(&taken), meter)? != Leads::No {
            return Some(Separated::Nothing);
        }
        let is_open = |&step: &StepId| !taken.contains(&step) && statement.steps[step].barriers.is_empty();
        let rest: Vec<StepId> = statement.steps.ids().rev().filter(is_open).collect();
        let mut ran_out = false;
        let mut needed = deletion_filter(&rest, |some| {
            let mut with = taken.clone();
            with.extend(some);
            match self.leads(&list(&with), meter) {
                Some(Leads::No) => {
                    taken = with;
                    Trial::Spared
                }
                Some(Leads::Yes | Leads::Undecided) => Trial::Needed,
                None => {
                    ran_out = true;
                    Trial::Stop
                }
            }
        });
        if ran_out {
            return None;
        }
        needed.sort_unstable();
        let row = Row::at_least(needed.iter().map(|&step| (statement.steps[step].variable, 1)).collect(), 1);
        Some(Separated::By(Cut { row, reason: Some(CutReason::OneOf(needed)) }))
    }
}

impl PlanOracle<'_, '_, '_, '_> {
    /// Tells whether steps that reach the target do so by claims that keep to the policies. `None` if the work runs
    /// out.
    fn obeys(&self, steps: &Chosen, meter: &mut Meter) -> Option<Leads> {
        let Some(KeptPolicies { policies, lifted }) = &self.asked.policies else { return Some(Leads::Yes) };
        Some(match policies.obey(&self.statement.credentials(steps), lifted, meter)? {
            Obeyed::Yes(_) => Leads::Yes,
            Obeyed::No => Leads::No,
            Obeyed::Undecided => Leads::Undecided,
        })
    }

    /// Makes a set that leads to the target within the policies irreducible, as [`Closure::reduce`] does where there
    /// are none. `None` if the work runs out.
    fn reduce_obeying(&mut self, chosen: &mut Chosen, price: impl Fn(StepId) -> i64, meter: &mut Meter) -> Option<()> {
        let mut order: Vec<StepId> = chosen.iter().map(|&(step, _)| step).collect();
        order.sort_unstable_by_key(|&step| Reverse((price(step), step)));
        let mut in_time = true;
        deletion_filter(&order, |some| {
            let fewer: Chosen = chosen.iter().copied().filter(|(step, _)| !some.contains(step)).collect();
            match self.leads(&fewer, meter) {
                Some(Leads::Yes) => {
                    *chosen = fewer;
                    Trial::Spared
                }
                Some(_) => Trial::Needed,
                None => {
                    in_time = false;
                    Trial::Stop
                }
            }
        });
        // Of what is repeated, the least number of times that does.
        for place in 0..chosen.len() {
            let (mut too_few, mut enough) = (0, chosen[place].1);
            while in_time && enough - too_few > 1 {
                let mut fewer = chosen.clone();
                fewer[place].1 = too_few + (enough - too_few) / 2;
                let does = self.leads(&fewer, meter)? == Leads::Yes;
                *(if does { &mut enough } else { &mut too_few }) = fewer[place].1;
            }
            chosen[place].1 = enough;
        }
        in_time.then_some(())
    }

    /// Values a plan that is asked for, and lists it among those seen, unless it will not do for a reason of the
    /// caller's: then what is the matter with it is left aside from now on.
    fn keep(&mut self, judged: &mut Judged<Chosen, CutReason<StepId>>, frame: &Frame<'_>) {
        if self.seen.len() < MOST_SEEN {
            self.seen.push(judged.candidate.clone());
        }
        let value = self.cost(&judged.candidate, frame.prices);
        if value > frame.most {
            return;
        }
        match self.asked.refusal.as_mut().and_then(|refusal| refusal(&judged.candidate)) {
            Some(part) => {
                let row = self.statement.not_all(&part);
                judged.cuts.extend(row.map(|row| Cut { row, reason: None }));
                self.asked.besides.push(part);
                judged.is_set_aside = true;
            }
            None => judged.value = Some(value),
        }
    }
}
