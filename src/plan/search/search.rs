//! The search for the best plan: branch and bound over the relaxation, every bound that closes a branch being confirmed
//! in whole numbers.

use crate::solve::ids::{RowId, VariableId};
use crate::value::ids::IdVec;
use std::rc::Rc;
use std::sync::Arc;

use crate::plan::model::closure::Closure;
use crate::plan::model::decisive::Decisive;
use crate::plan::model::rows::Bounds;
use crate::plan::model::statement::Chosen;
use crate::plan::model::statement::{Row, Statement, StepId, common_divisor};
use crate::plan::question::ties::Scale;
use crate::plan::search::certificate::{Entry, Further};
use crate::plan::search::greedy::Greedy;
use crate::solve::simplex::{Meter, Simplex, real};
use crate::value::csr::Csr;

use crate::plan::search::queue::Queue;

pub(crate) type Weights = Arc<Vec<(RowId, i64)>>;

/// A set of steps that reaches the target, none of which can be left out, and what it costs.
#[derive(Debug, Clone)]
pub(crate) struct Best {
    pub(crate) candidate: Chosen,
    pub(crate) value: i64,
}

/// What of a set of steps is to be left aside, with all that contain it, if the set will not do although it reaches the
/// target.
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
    /// What each of some steps is needed for, if plans with one of them at a time are asked for.
    pub(crate) decisive: Option<&'a Decisive>,
}

/// An *integer program*: values between bounds are sought that satisfy the rows and cost least.
pub(crate) struct Program {
    pub(crate) rows: IdVec<RowId, Row>,
    pub(crate) bounds: Bounds,
    pub(crate) prices: IdVec<VariableId, i64>,
    /// Which sums of prices there can be.
    pub(crate) scale: Scale,
}

/// The rows of a statement and further ones as an integer program.
pub(crate) fn program(
    statement: &Statement<'_, '_>,
    further: &[Row],
    prices: IdVec<VariableId, i64>,
    bounds: Bounds,
) -> Program {
    let rows = statement.rows.iter().chain(further).cloned().collect();
    Program { rows, bounds, scale: Scale::of(grain(&prices)), prices }
}

fn grain(prices: &IdVec<VariableId, i64>) -> i64 {
    prices.iter().fold(0, |grain, &price| common_divisor(grain, price)).max(1)
}

/// What the search found.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) best: Option<Best>,
    /// Nothing costs less. Equal to the best value if that is proven best; none if nothing at all is possible.
    pub(crate) least: Option<i64>,
    /// Whether every branch was looked at: if not, others as good may lie in the rest.
    pub(crate) complete: bool,
    /// Whether nothing was left aside for want of work.
    pub(crate) ended: bool,
}

pub(crate) struct Search<'a, 's, 'p, 'c> {
    pub(crate) statement: &'s Statement<'p, 'c>,
    pub(crate) closure: &'a mut Closure<'s, 'p, 'c>,
    pub(crate) meter: &'a mut Meter,
    /// The rows of the statement, and those that were found on the way.
    pub(crate) rows: IdVec<RowId, Row>,
    uses: Csr<VariableId, RowId>,
    /// Rows that can matter.
    pub(crate) live: Vec<RowId>,
    pub(crate) further_uses: IdVec<VariableId, Vec<RowId>>,
    pub(crate) prices: IdVec<VariableId, i64>,
    /// What divides all prices.
    pub(crate) grain: i64,
    /// Which values there can be.
    pub(crate) scale: Scale,
    pub(crate) bounds: Bounds,
    pub(crate) trail: Vec<(VariableId, (i64, i64))>,
    /// The bounds that hold for the whole search; rows are given to the relaxation as sharp as these allow.
    pub(crate) common: Bounds,
    pub(crate) simplex: Simplex,
    pub(crate) greedy: Greedy,
    pub(crate) best: Option<Best>,
    pub(crate) entries: Vec<Entry>,
    /// The rows found on the way, in terms of the numbers of steps.
    pub(crate) further: Vec<Further<StepId>>,
    /// Steps that a plan has to contain, and one more.
    pub(crate) musts: Vec<StepId>,
    pub(crate) wanted: Option<StepId>,
    /// What a wanted step is needed for.
    pub(crate) decisive: Option<&'a Decisive>,
    /// Plans within all limits that were come across, as good or not, so far as they are of use.
    pub(crate) seen: Vec<Chosen>,
    /// If they are asked for, the best plans found with each step.
    pub(crate) with: IdVec<StepId, Option<Rc<Best>>>,
    /// Plans that are left aside, with all that contain them.
    pub(crate) besides: Vec<Chosen>,
    /// What of a set of steps is to be left aside, with all that contain it, if the set will not do although it reaches
    /// the target.
    pub(crate) refusal: Option<Refusal<'a>>,
    pub(crate) nodes: u64,
    pub(crate) scratch: IdVec<VariableId, i128>,
    pub(crate) queue: Queue,
    /// Ends when anything is found; nothing is written down then.
    pub(crate) any: bool,
    /// Branches that were closed because nothing in them is better than the best; something in them could be as good.
    /// Each with the bounds in which it differs from all.
    pub(crate) ties: Vec<Leaf>,
    /// Whether it only tries something, of which nothing is written down.
    pub(crate) diving: bool,
    pub(crate) dived: bool,
    gains: IdVec<VariableId, Gains>,
    /// How the branch came about that is looked at, and what was known of its value.
    by: Option<((VariableId, bool, f64), i64)>,
    pub(crate) restarts: usize,
    /// What is worth more is of no interest.
    pub(crate) ceiling: i64,
}

/// The bounds of a branch, where they are narrower than those of the whole.
pub(crate) type Leaf = Vec<(VariableId, (i64, i64))>;

struct Open {
    mark: usize,
    part: Option<(VariableId, i64, i64)>,
    /// What is known to be the least value here, and why.
    least: i64,
    weights: Weights,
    /// Which variable it was split by, whether upwards, and by how much that moved it.
    by: Option<(VariableId, bool, f64)>,
}

/// What splitting by a variable brought so far, per unit: the sum, and how often.
#[derive(Debug, Clone, Copy, Default)]
struct Gains {
    down: (f64, f64),
    up: (f64, f64),
}

pub(crate) enum Examined {
    Closed,
    /// Nothing more can be done here; it may hold something.
    Unsettled,
    Split {
        variable: VariableId,
        at: i64,
        up_first: bool,
    },
}

/// What is nearer to a whole number is meant to be one.
pub(crate) const NEARLY_WHOLE: f64 = 1e-6;
/// What a price is raised by at random, in grains: no two ways cost the same, so that the method moves on.
const JITTER: f64 = 1e-6;

impl<'a, 's, 'p, 'c> Search<'a, 's, 'p, 'c> {
    pub(crate) fn new(
        program: Program,
        statement: &'s Statement<'p, 'c>,
        closure: &'a mut Closure<'s, 'p, 'c>,
        asked: AskedPlans<'a>,
        meter: &'a mut Meter,
    ) -> Self {
        let Program { rows, bounds, prices, scale } = program;
        let AskedPlans { musts, besides, known, refusal, decisive } = asked;
        let variables = bounds.len();
        let uses: Vec<(VariableId, RowId)> =
            rows.entries().flat_map(|(number, row)| row.variables().map(move |of| (of, number))).collect();
        let grain = grain(&prices);
        let costs = prices
            .iter()
            .zip(0_u32..)
            .map(|(&price, number)| real(price / grain) + JITTER * (f64::from(number) * 0.618_033_988_749_895).fract());
        let with = if decisive.is_some() { IdVec::filled(None, statement.steps.len()) } else { IdVec::new() };
        let mut search = Self {
            uses: Csr::new(variables, &uses),
            further_uses: IdVec::filled(Vec::new(), variables),
            simplex: Simplex::new(costs.collect()),
            greedy: Greedy::new(&rows, &prices),
            common: bounds.clone(),
            bounds,
            trail: Vec::new(),
            queue: Queue::of_all(rows.len()),
            live: rows.ids().collect(),
            rows,
            prices,
            grain,
            scale,
            statement,
            closure,
            meter,
            best: None,
            entries: Vec::new(),
            further: Vec::new(),
            musts,
            wanted: None,
            decisive,
            seen: Vec::new(),
            with,
            besides,
            refusal,
            nodes: 0,
            scratch: IdVec::new(),
            any: false,
            ties: Vec::new(),
            diving: false,
            dived: false,
            gains: IdVec::filled(Gains::default(), variables),
            by: None,
            restarts: 0,
            ceiling: i64::MAX,
        };
        search.begin_with(known);
        search
    }

    /// What of the prices a set of steps comes to.
    pub(crate) fn value(&self, chosen: &[(StepId, i64)]) -> i64 {
        let price = |&(step, times): &(StepId, i64)| {
            let step = &self.statement.steps[step];
            self.prices[step.times.unwrap_or(step.variable)].saturating_mul(times)
        };
        chosen.iter().map(price).fold(0, i64::saturating_add)
    }

    /// Branches are closed if nothing in them is worth more than this, at the most.
    pub(crate) fn threshold(&self) -> i64 {
        self.best.as_ref().map_or(self.ceiling, |best| self.scale.below(best.value))
    }

    pub(crate) fn pivots(&self) -> u64 {
        self.simplex.pivots
    }

    /// Looks for the best.
    pub(crate) fn best(&mut self) -> Found {
        self.run_within(&[])
    }

    /// Looks for anything within these bounds that is worth no more than so much.
    pub(crate) fn any(&mut self, within: &Leaf, most: i64) -> Found {
        (self.any, self.ceiling, self.best) = (true, most, None);
        self.run_within(within)
    }

    /// Does something with one of so many equal parts of the work that is left.
    pub(crate) fn with_part_of_the_work<T>(&mut self, parts: u64, run: impl FnOnce(&mut Self) -> T) -> T {
        let kept = self.meter.left - self.meter.left / parts.max(1);
        self.meter.left -= kept;
        let outcome = run(self);
        self.meter.left += kept;
        outcome
    }

    /// The proof so far, and the rows that it rests on beside those that were given.
    pub(crate) fn take_proof(&mut self) -> (Vec<Entry>, Vec<Further<StepId>>) {
        (std::mem::take(&mut self.entries), std::mem::take(&mut self.further))
    }

    /// Plans within all limits that were come across, as good or not.
    pub(crate) fn seen(&self) -> &[Chosen] {
        &self.seen
    }

    pub(crate) fn take_seen(&mut self) -> Vec<Chosen> {
        std::mem::take(&mut self.seen)
    }

    fn run_within(&mut self, leaf: &[(VariableId, (i64, i64))]) -> Found {
        let none: Weights = Arc::new(Vec::new());
        for &(variable, bounds) in leaf {
            self.narrow(variable, bounds);
        }
        let mut open = vec![Open { mark: self.trail.len(), part: None, least: 0, weights: none, by: None }];
        let mut unsettled: Option<i64> = None;
        while let Some(node) = open.pop() {
            self.enter(&node);
            if node.least > self.threshold() {
                self.close(node.least, node.weights);
                continue;
            }
            self.nodes += 1;
            let (mut least, mut weights) = (node.least, Arc::clone(&node.weights));
            self.by = node.by.map(|by| (by, node.least));
            match self.examine(&mut least, &mut weights) {
                None => {
                    open.push(Open { least, weights, ..node });
                    break;
                }
                Some(Examined::Closed) => self.learn(None),
                Some(Examined::Unsettled) => {
                    self.note(Entry::Closed(weights));
                    unsettled = Some(unsettled.map_or(least, |other| other.min(least)));
                }
                Some(Examined::Split { variable, at, up_first }) => {
                    self.note(Entry::Split { variable, at, up_first });
                    let (lower, upper) = self.bounds[variable];
                    let (down, up) = ((variable, lower, at), (variable, at + 1, upper));
                    let value = self.simplex.value(variable);
                    let below = (value - real(at)).clamp(0.01, 0.99);
                    let (down, up) = ((down, (variable, false, below)), (up, (variable, true, 1.0 - below)));
                    let parts = if up_first { [down, up] } else { [up, down] };
                    let mark = self.trail.len();
                    open.extend(parts.map(|(part, by)| Open {
                        mark,
                        part: Some(part),
                        least,
                        weights: Arc::clone(&weights),
                        by: Some(by),
                    }));
                }
            }
            if self.any && self.best.is_some() {
                break;
            }
        }
        self.undo(0);
        let ended = open.is_empty();
        let complete = ended && unsettled.is_none();
        let mut least = unsettled;
        for node in open.iter().rev() {
            self.note(Entry::Closed(Arc::clone(&node.weights)));
            // There is no value between the best and the one below it.
            let own = if node.least > self.threshold() { i64::MAX } else { node.least };
            least = Some(least.map_or(own, |other| other.min(own)));
        }
        let value = self.best.as_ref().map(|best| best.value);
        let least = match (least, value) {
            (Some(least), Some(value)) => Some(least.min(value)),
            (least, value) => least.or(value),
        };
        Found { best: self.best.clone(), least, complete, ended }
    }

    pub(crate) fn note(&mut self, entry: Entry) {
        if !self.any && !self.diving {
            self.entries.push(entry);
        }
    }

    /// Notes what a split brought: the value now known, or none if it closed the branch.
    pub(crate) fn learn(&mut self, least: Option<i64>) {
        let Some(((variable, up, distance), before)) = self.by.take() else { return };
        let after = least.unwrap_or_else(|| self.threshold().saturating_add(self.grain));
        if after == i64::MAX || self.diving {
            return;
        }
        let gain = real((after - before).max(0) / self.grain) / distance;
        let gains = &mut self.gains[variable];
        let gains = if up { &mut gains.up } else { &mut gains.down };
        *gains = (gains.0 + gain, gains.1 + 1.0);
    }

    /// Whether a variable says that a step is taken, or how often.
    pub(crate) fn is_of_a_step(&self, variable: VariableId) -> bool {
        self.statement.step_of.get(variable).is_some_and(Option::is_some)
    }

    /// Begins anew for plans that need this step, with some bounds changed from what they are in general. What is known
    /// of such plans stands.
    pub(crate) fn want(
        &mut self,
        step: StepId,
        (general, simplex): &(Bounds, Simplex),
        changed: &[(VariableId, (i64, i64))],
    ) {
        self.wanted = Some(step);
        self.best = self.with[step].as_deref().cloned();
        self.entries.clear();
        self.ties.clear();
        self.queue.clear();
        (self.nodes, self.dived, self.restarts) = (0, false, usize::MAX);
        self.simplex.clone_from(simplex);
        self.bounds.clone_from(general);
        for &(variable, bounds) in changed {
            self.bounds[variable] = bounds;
            self.queue.extend(self.uses.list(variable));
            self.queue.extend(&self.further_uses[variable]);
        }
        let beyond = |row: &Row| row.variables().any(|variable| !self.statement.has(variable));
        let of_the_rules = self.rows.entries().filter(|(_, row)| !beyond(row)).map(|(number, _)| number);
        self.live = of_the_rules.chain(self.queue.iter()).collect();
    }

    /// What is certain of all plans between these bounds, and the relaxation at its optimum. `None` if there is none,
    /// or if the work runs out.
    pub(crate) fn in_general(&mut self, bounds: Bounds) -> Option<(Bounds, Simplex)> {
        self.bounds = bounds;
        self.propagate()?;
        self.trail.clear();
        self.relax(&mut 0, &mut Arc::default())?;
        Some((self.bounds.clone(), self.simplex.clone()))
    }

    pub(crate) fn undo(&mut self, mark: usize) {
        for (variable, bounds) in self.trail.drain(mark..).rev() {
            self.bounds[variable] = bounds;
        }
    }

    fn enter(&mut self, node: &Open) {
        if self.trail.len() > node.mark {
            self.undo(node.mark);
            self.queue.clear();
        }
        if let Some((variable, lower, upper)) = node.part {
            self.narrow(variable, (lower, upper));
        }
    }

    pub(crate) fn narrow(&mut self, variable: VariableId, bounds: (i64, i64)) {
        self.trail.push((variable, self.bounds[variable]));
        self.bounds[variable] = bounds;
        self.queue.extend(self.uses.list(variable));
        self.queue.extend(&self.further_uses[variable]);
    }

    /// Closes a branch in which nothing is better than the best.
    pub(crate) fn close(&mut self, least: i64, weights: Weights) -> Examined {
        if !self.any && !self.diving && self.best.as_ref().is_some_and(|best| least <= best.value) {
            self.ties.push(self.trail.iter().map(|&(variable, _)| (variable, self.bounds[variable])).collect());
        }
        self.note(Entry::Closed(weights));
        Examined::Closed
    }

    /// The bounds of a variable in a branch.
    pub(crate) fn within(&self, leaf: &Leaf, variable: VariableId) -> (i64, i64) {
        let narrower = leaf.iter().rev().find(|narrower| narrower.0 == variable);
        narrower.map_or(self.bounds[variable], |narrower| narrower.1)
    }

    /// What the relaxation proves before any split, and between which bounds.
    pub(crate) fn first(&mut self) -> Option<(Weights, Bounds)> {
        if matches!(self.propagate()?, Spread::Conflict(_)) {
            return None;
        }
        let (mut least, mut weights) = (0, Arc::new(Vec::new()));
        let relaxed = self.relax(&mut least, &mut weights)?;
        matches!(relaxed, Relaxed::Optimal).then(|| (weights, self.bounds.clone()))
    }

    /// The part of a branch in which something could be worth no more than so much; `None` if there is nothing.
    pub(crate) fn promising(&mut self, leaf: &Leaf, most: i64) -> Option<Leaf> {
        (self.any, self.ceiling, self.best) = (true, most, None);
        for &(variable, bounds) in leaf {
            self.narrow(variable, bounds);
        }
        self.diving = true;
        let left = self.leaves_something();
        self.diving = false;
        let narrowed = self.trail.iter().map(|&(variable, _)| (variable, self.bounds[variable])).collect();
        self.undo(0);
        self.queue.clear();
        // Without work to find out, everything could be.
        left.unwrap_or(true).then_some(narrowed)
    }

    /// Whether anything is left when bounds are drawn in as far as the relaxation allows. `None` if the work runs out.
    fn leaves_something(&mut self) -> Option<bool> {
        if matches!(self.propagate()?, Spread::Conflict(_)) {
            return Some(false);
        }
        let (mut least, mut weights) = (0, Arc::new(Vec::new()));
        match self.relax(&mut least, &mut weights)? {
            Relaxed::Beyond | Relaxed::Impossible(_) => return Some(false),
            Relaxed::Unclear => return Some(true),
            Relaxed::Optimal => {}
        }
        if let Some(proved) = self.weigh(&weights) {
            if self.rounded(&proved) > self.threshold() {
                return Some(false);
            }
            self.narrow_by(&proved);
        }
        Some(matches!(self.propagate()?, Spread::Consistent))
    }

    /// Where to split: where both sides promise to be dear.
    pub(crate) fn choose(&self, fractional: &[VariableId], least: i64) -> Examined {
        // More than closes the branch is no better than that.
        let gap = match self.threshold() {
            i64::MAX => f64::INFINITY,
            threshold => real((threshold - least) / self.grain + 1),
        };
        let mut best: Option<(f64, VariableId, bool)> = None;
        for &variable in fractional {
            let value = self.simplex.value(variable);
            let below = value - value.floor();
            let (down, up) = self.simplex.penalties(variable).unwrap_or((0.0, 0.0));
            let learned = |(sum, times): (f64, f64)| if times > 0.0 { sum / times } else { 0.0 };
            let gains = self.gains[variable];
            let (down, up) = (down.max(learned(gains.down)), up.max(learned(gains.up)));
            let (down, up) = ((down * below).min(gap), (up * (1.0 - below)).min(gap));
            let score = (down + 1e-6) * (up + 1e-6);
            if best.is_none_or(|(known, _, _)| score > known) {
                best = Some((score, variable, up < down || up <= down && below > 0.5));
            }
        }
        let (_, variable, up_first) = best.unwrap_or((0.0, fractional[0], true));
        let (lower, upper) = self.bounds[variable];
        let at = whole(self.simplex.value(variable).floor()).clamp(lower, (upper - 1).max(lower));
        Examined::Split { variable, at, up_first }
    }
}

pub(crate) enum Relaxed {
    Optimal,
    /// Nothing here is of interest.
    Beyond,
    Impossible(Vec<(RowId, i64)>),
    Unclear,
}

/// What the rows leave when each is looked at by itself.
pub(crate) enum Spread {
    Consistent,
    /// This row cannot be satisfied.
    Conflict(RowId),
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
pub(crate) fn whole(number: f64) -> i64 {
    number.round() as i64
}
