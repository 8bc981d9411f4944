//! The search for the best plan: branch and bound over the relaxation, every bound that closes a branch being confirmed in whole numbers.

use std::collections::BTreeSet;
use std::rc::Rc;

use crate::catalog::names::Csr;
use crate::catalog::network::to_u32;
use crate::evaluate::counting::Met;

use super::certificate::{Entry, Further};
use super::closure::{Chosen, Closure};
use super::greedy::Greedy;
use super::rows::{Bounds, Inequality, PARTS, Proved, weigh};
use super::simplex::{Meter, Settled, Simplex, real};
use super::statement::{NONE, Name, Row, Statement};

pub(super) type Weights = Rc<Vec<(u32, i64)>>;

/// A set of steps that reaches the target, none of which can be left out, and what it costs.
#[derive(Debug, Clone)]
pub(super) struct Best {
    pub(super) chosen: Chosen,
    pub(super) value: i64,
}

/// What the search found.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) best: Option<Best>,
    /// Nothing costs less. Equal to the best value if that is proven best; none if nothing at all is possible.
    pub(super) least: Option<i64>,
}

pub(super) struct Search<'a, 's, 'p, 'c> {
    statement: &'s Statement<'p, 'c>,
    pub(super) closure: &'a mut Closure<'s, 'p, 'c>,
    pub(super) meter: &'a mut Meter,
    /// The rows of the statement, and those that were found on the way.
    rows: Vec<Row>,
    uses: Csr<u32>,
    further_uses: Vec<Vec<u32>>,
    prices: Vec<i64>,
    /// What divides all prices: values are multiples of it.
    grain: i64,
    pub(super) bounds: Bounds,
    trail: Vec<(u32, (i64, i64))>,
    /// The bounds that hold for the whole search; rows are given to the relaxation as sharp as these allow.
    common: Bounds,
    simplex: Simplex,
    greedy: Greedy,
    pub(super) best: Option<Best>,
    pub(super) entries: Vec<Entry>,
    /// The rows found on the way, in terms of the numbers of steps.
    pub(super) further: Vec<Further>,
    /// Steps that a plan has to contain.
    pub(super) musts: Vec<u32>,
    pub(super) nodes: u64,
    scratch: Vec<i128>,
    queue: BTreeSet<u32>,
    /// Ends when anything is found; nothing is written down then.
    pub(super) any: bool,
    /// Branches that were closed because nothing in them is better than the best; something in them could be as good. Each with
    /// the bounds in which it differs from all.
    pub(super) ties: Vec<Leaf>,
    /// Whether it only tries something, of which nothing is written down.
    diving: bool,
    dived: bool,
    gains: Vec<Gains>,
    /// How the branch came about that is looked at, and what was known of its value.
    by: Option<((u32, bool, f64), i64)>,
    restarts: usize,
    /// What is worth more is of no interest.
    pub(super) ceiling: i64,
}

/// The bounds of a branch, where they are narrower than those of the whole.
pub(super) type Leaf = Vec<(u32, (i64, i64))>;

struct Open {
    mark: usize,
    part: Option<(u32, i64, i64)>,
    /// What is known to be the least value here, and why.
    least: i64,
    weights: Weights,
    /// Which variable it was split by, whether upwards, and by how much that moved it.
    by: Option<(u32, bool, f64)>,
}

/// What splitting by a variable brought so far, per unit: the sum, and how often.
#[derive(Debug, Clone, Copy, Default)]
struct Gains {
    down: (f64, f64),
    up: (f64, f64),
}

enum Examined {
    Closed,
    /// Nothing more can be done here; it may hold something.
    Unsettled,
    Split { variable: u32, at: i64, up_first: bool },
}

/// What is nearer to a whole number is meant to be one.
const NEARLY_WHOLE: f64 = 1e-6;
/// What a price is raised by at random, in grains: no two ways cost the same, so that the method moves on.
const JITTER: f64 = 1e-6;

impl<'a, 's, 'p, 'c> Search<'a, 's, 'p, 'c> {
    pub(super) fn new(
        closure: &'a mut Closure<'s, 'p, 'c>,
        statement: &'s Statement<'p, 'c>,
        (prices, bounds): (Vec<i64>, Bounds),
        further: &[Row],
        meter: &'a mut Meter,
    ) -> Self {
        let mut rows = statement.rows.clone();
        rows.extend_from_slice(further);
        let variables = statement.variables.len();
        let uses: Vec<(u32, u32)> =
            rows.iter().zip(0..).flat_map(|(row, number)| row.variables().map(move |of| (of, number))).collect();
        let grain = prices.iter().fold(0, |grain, &price| super::statement::common_divisor(grain, price)).max(1);
        let costs = prices.iter().zip(0_u32..).map(|(&price, number)| {
            real(price / grain) + JITTER * (f64::from(number) * 0.618_033_988_749_895).fract()
        });
        Self {
            uses: Csr::new(variables, &uses),
            further_uses: vec![Vec::new(); variables],
            simplex: Simplex::new(costs.collect()),
            greedy: Greedy::new(statement, &rows, &prices),
            common: bounds.clone(),
            bounds,
            trail: Vec::new(),
            queue: (0..to_u32(rows.len())).collect(),
            rows,
            prices,
            grain,
            statement,
            closure,
            meter,
            best: None,
            entries: Vec::new(),
            further: Vec::new(),
            musts: Vec::new(),
            nodes: 0,
            scratch: Vec::new(),
            any: false,
            ties: Vec::new(),
            diving: false,
            dived: false,
            gains: vec![Gains::default(); variables],
            by: None,
            restarts: 0,
            ceiling: i64::MAX,
        }
    }

    /// What of the prices a set of steps comes to.
    pub(super) fn value(&self, chosen: &[(u32, i64)]) -> i64 {
        let price = |&(step, times): &(u32, i64)| {
            let step = &self.statement.steps[step as usize];
            self.prices[step.times.unwrap_or(step.variable) as usize].saturating_mul(times)
        };
        chosen.iter().map(price).fold(0, i64::saturating_add)
    }

    /// Branches are closed if nothing in them is worth more than this, at the most.
    fn threshold(&self) -> i64 {
        self.best.as_ref().map_or(self.ceiling, |best| best.value - self.grain)
    }

    fn note(&mut self, entry: Entry) {
        if !self.any && !self.diving {
            self.entries.push(entry);
        }
    }

    pub(super) fn pivots(&self) -> u64 {
        self.simplex.pivots
    }

    /// Looks for the best.
    pub(super) fn run(&mut self) -> Found {
        self.run_within(&[])
    }

    /// The same within narrower bounds. What was found before stands.
    pub(super) fn run_within(&mut self, leaf: &[(u32, (i64, i64))]) -> Found {
        let none: Weights = Rc::new(Vec::new());
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
            let (mut least, mut weights) = (node.least, Rc::clone(&node.weights));
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
                    let (lower, upper) = self.bounds[variable as usize];
                    let (down, up) = ((variable, lower, at), (variable, at + 1, upper));
                    let value = self.simplex.value(variable);
                    let below = (value - real(at)).clamp(0.01, 0.99);
                    let (down, up) = ((down, (variable, false, below)), (up, (variable, true, 1.0 - below)));
                    let parts = if up_first { [down, up] } else { [up, down] };
                    let mark = self.trail.len();
                    open.extend(parts.map(|(part, by)| {
                        Open { mark, part: Some(part), least, weights: Rc::clone(&weights), by: Some(by) }
                    }));
                }
            }
            if self.any && self.best.is_some() {
                break;
            }
        }
        self.undo(0);
        let mut least = unsettled;
        for node in open.iter().rev() {
            self.note(Entry::Closed(Rc::clone(&node.weights)));
            least = Some(least.map_or(node.least, |other| other.min(node.least)));
        }
        let value = self.best.as_ref().map(|best| best.value);
        let least = match (least, value) {
            (Some(least), Some(value)) => Some(least.min(value)),
            (least, value) => least.or(value),
        };
        Found { best: self.best.clone(), least }
    }

    /// Notes what a split brought: the value now known, or none if it closed the branch.
    fn learn(&mut self, least: Option<i64>) {
        let Some(((variable, up, distance), before)) = self.by.take() else { return };
        let after = least.unwrap_or_else(|| self.threshold().saturating_add(self.grain));
        if after == i64::MAX || self.diving {
            return;
        }
        let gain = real((after - before).max(0) / self.grain) / distance;
        let gains = &mut self.gains[variable as usize];
        let gains = if up { &mut gains.up } else { &mut gains.down };
        *gains = (gains.0 + gain, gains.1 + 1.0);
    }

    fn undo(&mut self, mark: usize) {
        for (variable, bounds) in self.trail.drain(mark..).rev() {
            self.bounds[variable as usize] = bounds;
        }
    }

    /// The bounds of a variable in a branch.
    pub(super) fn within(&self, leaf: &Leaf, variable: u32) -> (i64, i64) {
        let narrower = leaf.iter().rev().find(|narrower| narrower.0 == variable);
        narrower.map_or(self.bounds[variable as usize], |narrower| narrower.1)
    }

    /// The part of a branch in which something could be as good as the ceiling allows; `None` if there is nothing.
    pub(super) fn promising(&mut self, leaf: &Leaf) -> Option<Leaf> {
        for &(variable, bounds) in leaf {
            self.narrow(variable, bounds);
        }
        self.diving = true;
        let left = self.draw_in();
        self.diving = false;
        let narrowed = self.trail.iter().map(|&(variable, _)| (variable, self.bounds[variable as usize])).collect();
        self.undo(0);
        self.queue.clear();
        // Without work to find out, everything could be.
        left.unwrap_or(true).then_some(narrowed)
    }

    /// Whether anything is left when bounds are drawn in as far as the relaxation allows. `None` if the work runs out.
    fn draw_in(&mut self) -> Option<bool> {
        if self.propagate()?.is_some() {
            return Some(false);
        }
        let (mut least, mut weights) = (0, Rc::new(Vec::new()));
        match self.relax(&mut least, &mut weights)? {
            Relaxed::Beyond | Relaxed::Impossible(_) => return Some(false),
            Relaxed::Unclear => return Some(true),
            Relaxed::Optimal => {}
        }
        if let Some(proved) = self.weigh(&weights, true)? {
            if self.rounded(&proved) > self.threshold() {
                return Some(false);
            }
            self.narrow_by(&proved);
        }
        Some(self.propagate()?.is_none())
    }

    /// Closes a branch in which nothing is better than the best.
    fn close(&mut self, least: i64, weights: Weights) {
        if !self.any && !self.diving && self.best.as_ref().is_some_and(|best| best.value == least) {
            self.ties.push(self.trail.iter().map(|&(variable, _)| (variable, self.bounds[variable as usize])).collect());
        }
        self.note(Entry::Closed(weights));
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

    fn narrow(&mut self, variable: u32, bounds: (i64, i64)) {
        self.trail.push((variable, self.bounds[variable as usize]));
        self.bounds[variable as usize] = bounds;
        self.queue.extend(self.uses.list(variable));
        self.queue.extend(&self.further_uses[variable as usize]);
    }

    /// `None` if the work runs out.
    fn examine(&mut self, least: &mut i64, weights: &mut Weights) -> Option<Examined> {
        loop {
            if let Some(row) = self.propagate()? {
                self.note(Entry::Conflict(row));
                return Some(Examined::Closed);
            }
            match self.relax(least, weights)? {
                Relaxed::Impossible(contradiction) => {
                    self.note(Entry::Contradiction(Rc::new(contradiction)));
                    return Some(Examined::Closed);
                }
                Relaxed::Unclear => return self.split_blindly(),
                Relaxed::Beyond => {
                    self.close(*least, Rc::clone(weights));
                    return Some(Examined::Closed);
                }
                Relaxed::Optimal => {}
            }
            let proved = self.weigh(weights, true)?;
            if let Some(proved) = &proved {
                *least = (*least).max(self.rounded(proved));
                if *least > self.threshold() {
                    self.close(*least, Rc::clone(weights));
                    return Some(Examined::Closed);
                }
                let before = self.trail.len();
                self.narrow_by(proved);
                if self.trail.len() > before {
                    self.note(Entry::Narrow(Rc::clone(weights)));
                    let narrowed = self.trail.len();
                    if let Some(row) = self.propagate()? {
                        self.note(Entry::Conflict(row));
                        return Some(Examined::Closed);
                    }
                    if self.trail.len() > narrowed && self.is_beyond() {
                        continue;
                    }
                }
            }
            self.learn(Some(*least));
            let (steps, others) = self.fractional();
            if steps.is_empty() {
                let chosen = self.rounded_point();
                let mut work = 0;
                let met = self.closure.reaches(&chosen, &mut work);
                self.meter.spend(work)?;
                match met {
                    Met::Yes => {
                        let rows = self.rows.len();
                        self.install(chosen)?;
                        if self.any && self.best.is_some() {
                            return Some(Examined::Closed);
                        }
                        if self.rows.len() > rows {
                            continue;
                        }
                        if *least > self.threshold() {
                            self.close(*least, Rc::clone(weights));
                            return Some(Examined::Closed);
                        }
                        return self.split_blindly();
                    }
                    Met::No if others.is_empty() => {
                        if self.need_another(&chosen)? {
                            continue;
                        }
                        return self.split_blindly();
                    }
                    Met::No | Met::Undecided => {}
                }
                if others.is_empty() {
                    return self.split_blindly();
                }
                return Some(self.choose(&others, *least));
            }
            if self.nodes == 1 || self.nodes.is_multiple_of(8) || self.best.is_none() {
                self.round()?;
                if self.any && self.best.is_some() {
                    return Some(Examined::Closed);
                }
                if *least > self.threshold() {
                    self.close(*least, Rc::clone(weights));
                    return Some(Examined::Closed);
                }
                if self.nodes == 1 && !self.dived {
                    self.dived = true;
                    self.dive()?;
                    continue;
                }
                if self.nodes == 1
                    && let Some(proved) = &proved
                {
                    let before = self.trail.len();
                    self.narrow_by(proved);
                    if self.trail.len() > before {
                        self.note(Entry::Narrow(Rc::clone(weights)));
                        self.restart();
                        continue;
                    }
                }
            }
            return Some(self.choose(&steps, *least));
        }
    }

    /// Draws the bounds in as far as each row by itself demands; the row that cannot be satisfied, if there is one.
    fn propagate(&mut self) -> Option<Option<u32>> {
        while let Some(number) = self.queue.pop_first() {
            let row = &self.rows[number as usize];
            self.meter.spend(1 + row.terms.len() as u64 / 16)?;
            let room = row.room(&self.bounds);
            if room < 0 {
                self.queue.clear();
                return Some(Some(number));
            }
            let row = self.rows[number as usize].clone();
            for variable in row.variables() {
                let bounds = self.bounds[variable as usize];
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
        Some(None)
    }

    fn relax(&mut self, least: &mut i64, weights: &mut Weights) -> Option<Relaxed> {
        // A little above what closes the branch, so that whole numbers confirm it.
        let threshold = self.threshold();
        let mut ceiling = match threshold {
            i64::MAX => f64::INFINITY,
            _ => (real(threshold / self.grain) + 1e-4) * (1.0 + 1e-9),
        };
        loop {
            let settled = match self.simplex.settle(&self.bounds, ceiling, self.meter) {
                Some(settled) => settled,
                None => {
                    // Whatever basis was come to, its bound holds.
                    let duals = self.simplex.duals();
                    self.keep(duals, least, weights);
                    return None;
                }
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

    /// Begins the relaxation anew without what has become certain, if that is much.
    fn restart(&mut self) {
        const RESTARTS: usize = 4;
        let fixed = |bounds: &Bounds| bounds.iter().filter(|(lower, upper)| lower == upper).count();
        let free = self.common.len() - fixed(&self.common);
        if self.restarts < RESTARTS && (fixed(&self.bounds) - fixed(&self.common)) * 10 >= free {
            self.restarts += 1;
            self.common.clone_from(&self.bounds);
            self.simplex = self.simplex.anew();
        }
    }

    /// Keeps new weights if they prove more than the old ones.
    fn keep(&mut self, duals: Vec<(u32, f64)>, least: &mut i64, weights: &mut Weights) {
        let scale = real(PARTS) * real(self.grain);
        let new: Vec<(u32, i64)> = duals.into_iter().map(|(row, weight)| (row, whole(weight * scale))).collect();
        let proved = weigh(
            &new,
            |row| self.rows.get(row as usize),
            Some(&self.prices),
            &self.bounds,
            &mut self.scratch,
        );
        if let Some(proved) = proved {
            let bound = self.rounded(&proved);
            if bound >= *least {
                *least = bound;
                *weights = Rc::new(new);
            }
        }
    }

    /// The least value, a multiple of the grain, that is not below what was proved.
    fn rounded(&self, proved: &Proved) -> i64 {
        let grain = i128::from(self.grain);
        let unit = i128::from(PARTS) * grain;
        let grains = proved.least.div_euclid(unit) + i128::from(proved.least.rem_euclid(unit) > 0);
        i64::try_from(grains * grain).unwrap_or(if grains > 0 { i64::MAX } else { 0 }).max(0)
    }

    fn weigh(&mut self, weights: &Weights, spend: bool) -> Option<Option<Proved>> {
        if spend {
            self.meter.spend(1 + self.bounds.len() as u64 / 16)?;
        }
        Some(weigh(weights, |row| self.rows.get(row as usize), Some(&self.prices), &self.bounds, &mut self.scratch))
    }

    /// Whole weights near these that prove that nothing satisfies the rows.
    fn confirmed(&mut self, weights: &[(u32, f64)]) -> Option<Vec<(u32, i64)>> {
        let largest = weights.iter().map(|&(_, weight)| weight).fold(0.0, f64::max);
        let small = weights.iter().map(|&(_, weight)| weight).filter(|&weight| weight > largest * 1e-9);
        let smallest = small.fold(largest, f64::min);
        // Where a variable has to cancel out, small multiples do better than nearly equal ones.
        let units = [largest / real(1 << 40), smallest, smallest / 2.0, smallest / 6.0];
        units.into_iter().find_map(|unit| {
            let whole: Vec<(u32, i64)> = weights.iter().map(|&(row, weight)| (row, whole(weight / unit))).collect();
            let proved = weigh(&whole, |row| self.rows.get(row as usize), None, &self.bounds, &mut self.scratch)?;
            (proved.least > 0).then_some(whole)
        })
    }

    /// Gives the relaxation the rows that its point breaks.
    fn add_violated(&mut self) -> Option<bool> {
        let mut added = false;
        self.meter.spend(1 + self.rows.len() as u64 / 4)?;
        for number in 0..to_u32(self.rows.len()) {
            if self.simplex.is_active(number) {
                continue;
            }
            let row = &self.rows[number as usize];
            if row.head != NONE && self.simplex.value(row.head) <= NEARLY_WHOLE {
                continue;
            }
            let least = if row.head == NONE { real(row.need) } else { real(row.need) * self.simplex.value(row.head) };
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
    fn narrow_by(&mut self, proved: &Proved) {
        // What is as good as the best is kept, for ties to be settled.
        let most = self.best.as_ref().map_or(self.ceiling, |best| best.value);
        if most == i64::MAX {
            return;
        }
        let room = (i128::from(most) * i128::from(PARTS)) - proved.least;
        let mut open = Vec::new();
        for &(variable, reduced) in &proved.reduced {
            let (lower, upper) = self.bounds[variable as usize];
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
    fn is_beyond(&self) -> bool {
        self.bounds.iter().zip(0..).any(|(&(lower, upper), variable)| {
            let value = self.simplex.value(variable);
            value < real(lower) - NEARLY_WHOLE || value > real(upper) + NEARLY_WHOLE
        })
    }

    /// Steps and other variables that are not whole.
    fn fractional(&self) -> (Vec<u32>, Vec<u32>) {
        let (mut steps, mut others) = (Vec::new(), Vec::new());
        for variable in 0..to_u32(self.bounds.len()) {
            let value = self.simplex.value(variable);
            let (lower, upper) = self.bounds[variable as usize];
            if lower < upper && (value - value.round()).abs() > NEARLY_WHOLE {
                match self.statement.variables[variable as usize].name {
                    Name::Step(_) | Name::Times(_) => steps.push(variable),
                    _ => others.push(variable),
                }
            }
        }
        (steps, others)
    }

    /// The steps that the relaxation takes.
    fn rounded_point(&self) -> Chosen {
        let mut chosen = Chosen::new();
        for (step, number) in self.statement.steps.iter().zip(0..) {
            let times = whole(self.simplex.value(step.times.unwrap_or(step.variable)));
            if times > 0 {
                chosen.push((number, times));
            }
        }
        chosen
    }

    /// Makes a set that reaches the target as small as can be, and keeps it if it is better than the best. If it lacks what must be
    /// included, no other set with all its steps is a plan that includes that.
    fn install(&mut self, mut chosen: Chosen) -> Option<()> {
        let mut work = 0;
        let (prices, musts, statement) = (&self.prices, &self.musts, self.statement);
        let dearness = |step: u32| {
            let described = &statement.steps[step as usize];
            let price = prices[described.times.unwrap_or(described.variable) as usize];
            if musts.contains(&step) { -1 } else { price }
        };
        self.closure.reduce(&mut chosen, dearness, &mut work);
        let spent = self.meter.spend(work);
        let has = |step: &u32| chosen.iter().any(|(chosen, _)| chosen == step);
        if !self.musts.iter().all(has) {
            if chosen.iter().all(|&(_, times)| times == 1) {
                let steps: Vec<u32> = chosen.iter().map(|&(step, _)| step).collect();
                let terms = steps.iter().map(|&step| (self.statement.steps[step as usize].variable, -1)).collect();
                self.add_row(terms, 1 - chosen.len() as i64, Further::NotAll(steps));
            }
            return spent;
        }
        if self.is_allowed(&chosen) {
            let value = self.value(&chosen);
            if value <= self.threshold() {
                self.best = Some(Best { chosen, value });
                self.ties.clear();
            }
        }
        spent
    }

    /// Adds a row that was found on the way.
    fn add_row(&mut self, terms: Vec<(u32, i64)>, need: i64, further: Further) {
        let number = to_u32(self.rows.len());
        for &(variable, _) in &terms {
            self.further_uses[variable as usize].push(number);
        }
        self.rows.push(Row { terms, head: NONE, need, supports: false });
        self.further.push(further);
        self.queue.insert(number);
    }

    /// Whether a set of steps keeps to the common bounds and to the rows that are no rules.
    fn is_allowed(&self, chosen: &[(u32, i64)]) -> bool {
        let mut values = vec![0; self.bounds.len()];
        for &(step, times) in chosen {
            let step = &self.statement.steps[step as usize];
            values[step.variable as usize] = 1;
            if let Some(counted) = step.times {
                values[counted as usize] = times;
            }
        }
        let of_steps = |&variable: &u32| {
            matches!(self.statement.variables[variable as usize].name, Name::Step(_) | Name::Times(_))
        };
        let bounded = (0..to_u32(values.len())).filter(of_steps).all(|variable| {
            let (lower, upper) = self.common[variable as usize];
            (lower..=upper).contains(&values[variable as usize])
        });
        let kept = |row: &Row| {
            row.head != NONE
                || row.supports
                || !row.variables().all(|variable| of_steps(&variable))
                || row.terms.iter().map(|&(variable, times)| times * values[variable as usize]).sum::<i64>() >= row.need
        };
        bounded && self.rows.iter().all(kept)
    }

    /// Follows the relaxation to a whole point, taking what it takes most of, and rounds on the way.
    fn dive(&mut self) -> Option<()> {
        let mark = self.trail.len();
        self.diving = true;
        let dived = self.dive_down();
        self.diving = false;
        self.undo(mark);
        self.queue.clear();
        dived
    }

    fn dive_down(&mut self) -> Option<()> {
        loop {
            let (steps, others) = self.fractional();
            let most = |list: &[u32]| {
                let up = |variable: &u32| {
                    let value = self.simplex.value(*variable);
                    value - value.floor()
                };
                list.iter().copied().max_by(|a, b| up(a).total_cmp(&up(b)).then(b.cmp(a)))
            };
            let Some(variable) = most(&steps).or_else(|| most(&others)) else { break };
            let mark = self.trail.len();
            let (lower, upper) = self.bounds[variable as usize];
            let above = whole(self.simplex.value(variable).floor()) + 1;
            self.narrow(variable, (above.clamp(lower, upper), upper));
            if self.propagate()?.is_some() {
                self.undo(mark);
                self.queue.clear();
                self.narrow(variable, (lower, (above - 1).clamp(lower, upper)));
                if self.propagate()?.is_some() {
                    return Some(());
                }
            }
            let (mut least, mut weights) = (0, Rc::new(Vec::new()));
            if !matches!(self.relax(&mut least, &mut weights)?, Relaxed::Optimal) {
                return Some(());
            }
        }
        self.round()
    }

    /// Rounds the relaxation's point to a set of steps.
    fn round(&mut self) -> Option<()> {
        let point: Vec<f64> = (0..to_u32(self.bounds.len())).map(|variable| self.simplex.value(variable)).collect();
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
        if met == Met::Yes { self.install(chosen) } else { Some(()) }
    }

    /// All steps within the bounds.
    fn everything(&self) -> Chosen {
        let most = |step: &super::statement::Step| {
            self.bounds[step.variable as usize].1.min(1) * self.bounds[step.times.unwrap_or(step.variable) as usize].1
        };
        let steps = self.statement.steps.iter().zip(0..).map(|(step, number)| (number, most(step)));
        steps.filter(|&(_, times)| times > 0).collect()
    }

    /// Adds a row that the relaxation's point breaks: of the steps that are left when nothing more can be added to those chosen without
    /// reaching the target, one is needed. Whether that was possible.
    fn need_another(&mut self, chosen: &[(u32, i64)]) -> Option<bool> {
        let mut taken: BTreeSet<u32> = chosen.iter().map(|&(step, _)| step).collect();
        let most = |step: u32| {
            let described = &self.statement.steps[step as usize];
            self.statement.variables[described.times.unwrap_or(described.variable) as usize].upper
        };
        let list = |taken: &BTreeSet<u32>| taken.iter().map(|&step| (step, most(step))).collect::<Chosen>();
        let mut work = 0;
        if self.closure.reaches(&list(&taken), &mut work) != Met::No {
            self.meter.spend(work)?;
            return Some(false);
        }
        let mut rest: Vec<u32> = (0..to_u32(self.statement.steps.len()))
            .filter(|step| !taken.contains(step) && self.statement.steps[*step as usize].obstacles.is_empty())
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
        let terms: Vec<(u32, i64)> =
            needed.iter().map(|&step| (self.statement.steps[step as usize].variable, 1)).collect();
        self.add_row(terms, 1, Further::OneOf(needed));
        Some(true)
    }

    /// Splits where the relaxation gives no advice; closes if nothing is left to choose.
    fn split_blindly(&mut self) -> Option<Examined> {
        let free = |variable: &u32| {
            let (lower, upper) = self.bounds[*variable as usize];
            let name = self.statement.variables[*variable as usize].name;
            lower < upper && matches!(name, Name::Step(_) | Name::Times(_))
        };
        if let Some(variable) = (0..to_u32(self.bounds.len())).find(free) {
            let (lower, upper) = self.bounds[variable as usize];
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
                let rows = self.rows.len();
                self.install(chosen)?;
                if self.any && self.best.is_some() {
                    return Some(Examined::Closed);
                }
                if self.rows.len() > rows {
                    if let Some(row) = self.propagate()? {
                        self.note(Entry::Conflict(row));
                        return Some(Examined::Closed);
                    }
                }
            }
            Met::Undecided => return Some(Examined::Unsettled),
        }
        let none: Weights = Rc::new(Vec::new());
        let proved = self.weigh(&none, true)?;
        let least = proved.map_or(0, |proved| self.rounded(&proved));
        if least > self.threshold() {
            self.close(least, none);
            return Some(Examined::Closed);
        }
        Some(Examined::Unsettled)
    }

    /// Where to split: where both sides promise to be dear.
    fn choose(&self, fractional: &[u32], least: i64) -> Examined {
        // More than closes the branch is no better than that.
        let gap = match self.threshold() {
            i64::MAX => f64::INFINITY,
            threshold => real((threshold - least) / self.grain + 1),
        };
        let mut best: Option<(f64, u32, bool)> = None;
        for &variable in fractional {
            let value = self.simplex.value(variable);
            let below = value - value.floor();
            let (down, up) = self.simplex.penalties(variable).unwrap_or((0.0, 0.0));
            let learned = |(sum, times): (f64, f64)| if times > 0.0 { sum / times } else { 0.0 };
            let gains = self.gains[variable as usize];
            let (down, up) = (down.max(learned(gains.down)), up.max(learned(gains.up)));
            let (down, up) = ((down * below).min(gap), (up * (1.0 - below)).min(gap));
            let score = (down + 1e-6) * (up + 1e-6);
            if best.is_none_or(|(known, _, _)| score > known) {
                best = Some((score, variable, up < down || up <= down && below > 0.5));
            }
        }
        let (_, variable, up_first) = best.unwrap_or((0.0, fractional[0], true));
        Examined::Split { variable, at: whole(self.simplex.value(variable).floor()), up_first }
    }
}

enum Relaxed {
    Optimal,
    /// Nothing here is of interest.
    Beyond,
    Impossible(Vec<(u32, i64)>),
    Unclear,
}

#[expect(clippy::cast_possible_truncation, reason = "saturates")]
fn whole(number: f64) -> i64 {
    number.round() as i64
}
