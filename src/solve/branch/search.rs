//! *Branch and bound*: a search for the best solution, every bound that closes a branch being confirmed in whole
//! numbers. What the rows leave out the oracle tells when it is come across.

use std::sync::Arc;

use crate::solve::bounding::Proved;
use crate::solve::branch::greedy::Greedy;
use crate::solve::branch::log::{BranchBounds, LowerBound, SearchLog};
use crate::solve::branch::oracle::{Cut, Frame, Incumbent, Judged, Oracle};
use crate::solve::branch::relaxation::{Relaxation, Root};
use crate::solve::certificate::Entry;
use crate::solve::domains::{Domains, Mark};
use crate::solve::ids::{RowId, VariableId};
use crate::solve::number::{nearest, real};
use crate::solve::objective::Scale;
use crate::solve::pseudo_costs::{Branching, PseudoCosts, Side};
use crate::solve::row::{Bounds, Interval, Row};
use crate::value::ids::IdVec;
use crate::value::meter::Meter;

/// An *integer program*: values between bounds are sought that satisfy the rows and cost least.
#[derive(Debug)]
pub(crate) struct Program {
    pub(crate) rows: IdVec<RowId, Row>,
    pub(crate) bounds: Bounds,
    pub(crate) prices: IdVec<VariableId, i64>,
    /// The sums of prices that there can be.
    pub(crate) scale: Scale,
}

/// The result of a search.
#[derive(Debug)]
pub(crate) struct Found<C> {
    pub(crate) best: Option<Incumbent<C>>,
    /// Nothing costs less. Equal to the best value if that is proven best; none if nothing at all is possible.
    pub(crate) least: Option<i64>,
    /// True if every branch was closed: if not, others as good may lie in the rest.
    pub(crate) complete: bool,
    /// True if the work sufficed.
    pub(crate) ended: bool,
}

/// The purpose of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Aim {
    /// The best solution, and a proof that nothing is better.
    Best,
    /// Any solution that costs no more than this; nothing is written down.
    Any { most: i64 },
}

#[derive(Debug)]
pub(crate) struct Search<'a, O: Oracle> {
    pub(super) oracle: O,
    pub(super) meter: &'a mut Meter,
    pub(super) domains: Domains,
    pub(super) relaxation: Relaxation,
    pub(super) greedy: Greedy,
    scale: Scale,
    pub(super) incumbent: Option<Incumbent<O::Candidate>>,
    pub(super) aim: Aim,
    pub(super) log: SearchLog<O::Reason>,
    pseudo_costs: PseudoCosts,
    /// The way in which the present branch came about, and what was known of its value.
    by: Option<(Branching, i64)>,
    pub(super) nodes: u64,
    /// True once the root is begun with.
    pub(super) begun: bool,
    pub(super) dived: bool,
    /// No solution costs less, as was proved before any split.
    pub(super) least: i64,
}

/// A branch that is still to be looked at.
struct Open {
    mark: Mark,
    part: Option<(VariableId, Interval)>,
    bound: LowerBound,
    by: Option<Branching>,
}

/// The outcome of looking at a branch.
#[derive(Debug)]
pub(super) enum Examined {
    Closed,
    /// Nothing more can be done here; it may hold something.
    Unsettled,
    Split(Split),
}

/// Two branches: the variable is at most `at`, or more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Split {
    pub(super) variable: VariableId,
    pub(super) at: i64,
    pub(super) up_first: bool,
}

impl<C> Found<C> {
    /// True if the best is proven to be that.
    pub(crate) fn is_proven(&self) -> bool {
        self.best.as_ref().is_some_and(|best| self.least == Some(best.value))
    }
}

impl<'a, O: Oracle> Search<'a, O> {
    pub(crate) fn new(program: Program, oracle: O, meter: &'a mut Meter) -> Self {
        let Program { rows, bounds, prices, scale } = program;
        let variables = bounds.len();
        let greedy = Greedy::new(&rows, &prices);
        let domains = Domains::new(rows, bounds);
        let relaxation = Relaxation::new(prices, &scale, &domains);
        let mut search = Self {
            oracle,
            meter,
            domains,
            relaxation,
            greedy,
            scale,
            incumbent: None,
            aim: Aim::Best,
            log: SearchLog::default(),
            pseudo_costs: PseudoCosts::new(variables),
            by: None,
            nodes: 0,
            begun: false,
            dived: false,
            least: 0,
        };
        search.incumbent = search.oracle.known(&frame(&search.domains, &search.relaxation));
        search
    }

    /// Looks for the best.
    pub(crate) fn best(&mut self) -> Found<O::Candidate> {
        self.run(Aim::Best, &BranchBounds::new())
    }

    /// Looks for anything within these bounds that costs no more than so much.
    pub(crate) fn any(&mut self, within: &BranchBounds, most: i64) -> Found<O::Candidate> {
        self.incumbent = None;
        self.run(Aim::Any { most }, within)
    }

    /// Looks for the best, begun from a root with some bounds changed from what they are there. What was written down
    /// before is forgotten.
    pub(crate) fn best_from(
        &mut self,
        root: &Root,
        changed: &BranchBounds,
        incumbent: Option<Incumbent<O::Candidate>>,
    ) -> Found<O::Candidate> {
        self.incumbent = incumbent;
        self.log = SearchLog::default();
        (self.nodes, self.begun, self.dived, self.least) = (0, false, false, 0);
        self.domains.clear_due();
        self.domains.reset(root.bounds().clone());
        for &(variable, interval) in changed {
            self.domains.set(variable, interval);
        }
        let of_the_question = |row: &Row| row.variables().any(|variable| self.oracle.is_of_the_question(variable));
        let rows = self.domains.rows().entries();
        let of_the_problem = rows.filter(|(_, row)| !of_the_question(row)).map(|(id, _)| id);
        let live = of_the_problem.chain(self.domains.due()).collect();
        self.relaxation.begin_from(root, live);
        self.run(Aim::Best, &BranchBounds::new())
    }

    fn run(&mut self, aim: Aim, within: &BranchBounds) -> Found<O::Candidate> {
        self.aim = aim;
        self.log.is_silent = aim != Aim::Best;
        let start = self.domains.mark();
        self.enter_leaf(within);
        let root = Open { mark: self.domains.mark(), part: None, bound: LowerBound::default(), by: None };
        let mut open = vec![root];
        let mut unsettled: Option<i64> = None;
        while let Some(node) = open.pop() {
            if self.log.is_full() {
                open.push(node);
                break;
            }
            if self.meter.tells() && aim == Aim::Best {
                let all = open.iter().chain([&node]).map(|open| open.bound.least).min();
                let best = self.incumbent.as_ref().map(|best| best.value);
                let least = all.unwrap_or(0).min(best.unwrap_or(i64::MAX));
                self.meter.tell(best, least);
            }
            self.enter(&node);
            if node.bound.least > self.cutoff() {
                self.close(&node.bound);
                continue;
            }
            self.nodes += 1;
            let mut bound = node.bound.clone();
            self.by = node.by.map(|by| (by, bound.least));
            match self.examine(&mut bound) {
                None => {
                    open.push(Open { bound, ..node });
                    break;
                }
                Some(Examined::Closed) => self.learn(None),
                Some(Examined::Unsettled) => {
                    let least = bound.least;
                    self.log.note(Entry::Closed(bound.multipliers));
                    unsettled = Some(unsettled.map_or(least, |other| other.min(least)));
                }
                Some(Examined::Split(split)) => open.extend(self.split(split, &bound)),
            }
            if self.is_content() {
                break;
            }
        }
        self.domains.undo_changes(start);
        self.found(&open, unsettled)
    }

    /// The branches on both sides of a split; the second one is looked at first.
    fn split(&mut self, split: Split, bound: &LowerBound) -> [Open; 2] {
        let Split { variable, at, up_first } = split;
        self.log.note(Entry::Split { variable, at, up_first });
        let Interval { lower, upper } = self.domains.of(variable);
        let below = (self.relaxation.value(variable) - real(at)).clamp(0.01, 0.99);
        let mark = self.domains.mark();
        let side = |interval, side, distance| Open {
            mark,
            part: Some((variable, interval)),
            bound: bound.clone(),
            by: Some(Branching { variable, side, distance }),
        };
        let down = side(Interval::new(lower, at), Side::Down, below);
        let up = side(Interval::new(at + 1, upper), Side::Up, 1.0 - below);
        if up_first { [down, up] } else { [up, down] }
    }

    /// The result of the search, with branches that are still open, and the least value of those that could not be
    /// settled.
    fn found(&mut self, open: &[Open], unsettled: Option<i64>) -> Found<O::Candidate> {
        let ended = open.is_empty();
        let complete = ended && unsettled.is_none();
        let mut least = unsettled;
        for node in open.iter().rev() {
            self.log.note(Entry::Closed(Arc::clone(&node.bound.multipliers)));
            // A branch that could only hold what costs more than the cutoff holds nothing better than the incumbent.
            let own = if node.bound.least > self.cutoff() { i64::MAX } else { node.bound.least };
            least = Some(least.map_or(own, |other| other.min(own)));
        }
        let value = self.incumbent.as_ref().map(|best| best.value);
        let least = match (least, value) {
            (Some(least), Some(value)) => Some(least.min(value)),
            (least, value) => least.or(value),
        };
        Found { best: self.incumbent.clone(), least, complete, ended }
    }

    fn enter(&mut self, node: &Open) {
        if self.domains.mark() > node.mark {
            self.domains.undo(node.mark);
        }
        if let Some((variable, interval)) = node.part {
            self.domains.narrow(variable, interval);
        }
    }

    pub(super) fn enter_leaf(&mut self, leaf: &BranchBounds) {
        for &(variable, interval) in leaf {
            self.domains.narrow(variable, interval);
        }
    }

    /// The cutoff: a branch is closed if everything in it costs more than this.
    pub(super) fn cutoff(&self) -> i64 {
        match (&self.incumbent, self.aim) {
            (Some(best), _) => self.scale.below(best.value),
            (None, Aim::Any { most }) => most,
            (None, Aim::Best) => i64::MAX,
        }
    }

    /// The cutoff that keeps what costs as much as the incumbent, among which ties are settled.
    fn tie_cutoff(&self) -> i64 {
        self.incumbent.as_ref().map_or_else(|| self.cutoff(), |best| best.value)
    }

    /// True if anything was all that was asked for, and it is found.
    pub(super) fn is_content(&self) -> bool {
        self.aim != Aim::Best && self.incumbent.is_some()
    }

    /// Closes a branch in which nothing is better than the best.
    pub(super) fn close(&mut self, bound: &LowerBound) -> Examined {
        let could_be_as_good = self.incumbent.as_ref().is_some_and(|best| bound.least <= best.value);
        if !self.log.is_silent && could_be_as_good {
            self.log.note_tie(self.domains.narrowed());
        }
        self.log.note(Entry::Closed(Arc::clone(&bound.multipliers)));
        Examined::Closed
    }

    /// Notes what a split brought: the value now known, or none if it closed the branch.
    pub(super) fn learn(&mut self, least: Option<i64>) {
        let Some((branching, before)) = self.by.take() else { return };
        let grain = self.scale.grain();
        let after = least.unwrap_or_else(|| self.cutoff().saturating_add(grain));
        if after == i64::MAX {
            return;
        }
        self.pseudo_costs.learn(branching, real((after - before).max(0) / grain));
    }

    /// Where to split: where both sides promise to be dear.
    pub(super) fn choose(&mut self, fractional: &[VariableId], bound: &LowerBound) -> Examined {
        let looked_at = fractional.len() * self.relaxation.simplex().columns();
        self.meter.left = self.meter.left.saturating_sub(looked_at as u64 / 16 + 1);
        // More than closes the branch is no better than that.
        let gap = match self.cutoff() {
            i64::MAX => f64::INFINITY,
            cutoff => real((cutoff - bound.least) / self.scale.grain() + 1),
        };
        let mut best: Option<(f64, VariableId, bool)> = None;
        for &variable in fractional {
            let value = self.relaxation.value(variable);
            let below = value - value.floor();
            let penalties = self.relaxation.simplex().penalties(variable).unwrap_or_default();
            let down = penalties.down.max(self.pseudo_costs.down(variable));
            let up = penalties.up.max(self.pseudo_costs.up(variable));
            let (down, up) = ((down * below).min(gap), (up * (1.0 - below)).min(gap));
            let score = (down + 1e-6) * (up + 1e-6);
            if best.is_none_or(|(known, _, _)| score > known) {
                best = Some((score, variable, up < down || up <= down && below > 0.5));
            }
        }
        let (_, variable, up_first) = best.unwrap_or((0.0, fractional[0], true));
        let Interval { lower, upper } = self.domains.of(variable);
        let at = nearest(self.relaxation.value(variable).floor()).clamp(lower, (upper - 1).max(lower));
        Examined::Split(Split { variable, at, up_first })
    }

    /// Draws in the bounds beyond which the value would be too high (reduced-cost fixing).
    pub(super) fn fix_by_reduced_costs(&mut self, proved: &Proved) {
        let most = self.tie_cutoff();
        if most == i64::MAX {
            return;
        }
        for (variable, near) in proved.within_reach(most, self.domains.bounds()) {
            self.domains.narrow(variable, near);
        }
    }

    /// Has the oracle judge a candidate that leads to what is wanted: if it costs less than the *incumbent*, it is the
    /// incumbent from now on.
    pub(super) fn install(&mut self, candidate: O::Candidate) -> Option<Judged<O::Candidate, O::Reason>> {
        let frame = Frame { most: self.cutoff(), least: self.least, ..frame(&self.domains, &self.relaxation) };
        let mut judged = self.oracle.judge(candidate, &frame, self.meter)?;
        for cut in judged.cuts.drain(..) {
            self.add(cut);
        }
        if let Some(value) = judged.value.filter(|&value| value <= self.cutoff()) {
            self.incumbent = Some(Incumbent { candidate: judged.candidate.clone(), value });
            self.log.ties.clear();
        }
        Some(judged)
    }

    /// The greatest number that divides all values.
    pub(super) fn grain(&self) -> i64 {
        self.scale.grain()
    }

    /// Adds a row that was found on the way.
    pub(super) fn add(&mut self, cut: Cut<O::Reason>) {
        let id = self.domains.add(cut.row);
        self.log.reasons.extend(cut.reason);
        self.relaxation.add(id);
    }
}

/// The frame that a candidate is measured by, as long as nothing is known of values.
fn frame<'f>(domains: &'f Domains, relaxation: &'f Relaxation) -> Frame<'f> {
    Frame { rows: domains.rows(), bounds: relaxation.common(), prices: relaxation.prices(), most: i64::MAX, least: 0 }
}
