//! *Integer feasibility*: whether whole numbers exist that satisfy a few inequalities. Branch and bound over a linear
//! relaxation, each point near it being shown to whoever asks. What the relaxation refuses in floating point is given
//! up only if integers confirm it.

use crate::solve::bounding::Ledger;
use crate::solve::domains::{Domains, Mark, Propagated};
use crate::solve::ids::{RowId, VariableId};
use crate::solve::number::{jitter, nearest, real};
use crate::solve::repair::LocalSearch;
use crate::solve::row::{Bounds, Interval, LinearTerm, Row};
use crate::solve::simplex::{Settled, Simplex};
use crate::value::ids::{Id, IdVec, to_u32};
use crate::value::meter::Meter;

/// Whole numbers are sought for the variables, each between its bounds, that satisfy every row.
#[derive(Debug, Clone, Default)]
pub(crate) struct System {
    bounds: Bounds,
    is_fractional: IdVec<VariableId, bool>,
    rows: Vec<Row>,
}

impl System {
    /// Adds a variable that must be whole.
    pub(crate) fn whole(&mut self, interval: Interval) -> VariableId {
        self.is_fractional.push(false);
        self.bounds.push(interval)
    }

    /// Adds a variable that may be fractional.
    pub(crate) fn fractional(&mut self, interval: Interval) -> VariableId {
        self.is_fractional.push(true);
        self.bounds.push(interval)
    }

    /// Adds a row. One that makes no sense is passed over.
    pub(crate) fn add(&mut self, row: Row) {
        self.rows.push(row);
    }

    /// The number of its variables and terms.
    pub(crate) fn size(&self) -> u64 {
        (self.bounds.len() + self.rows.iter().map(|row| row.terms.len()).sum::<usize>()) as u64
    }
}

/// The answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Feasible {
    Yes,
    No,
    /// The work ran out first.
    Undecided,
}

/// Is shown whole values for all variables that must be whole (those of the others mean nothing) and says whether they
/// do. It may refuse values that satisfy the rows; if it runs out of work it leaves none.
pub(crate) type Accepts<'a> = &'a mut dyn FnMut(&IdVec<VariableId, i64>, &mut Meter) -> bool;

/// Looks for values that are accepted.
pub(crate) fn solve(system: &System, meter: &mut Meter, accepts: Accepts<'_>) -> Feasible {
    if system.bounds.iter().any(|interval| interval.is_empty()) {
        return Feasible::No;
    }
    let mut search = FeasibilitySearch::new(system);
    let mut open = vec![Branch { mark: search.domains.mark(), part: None }];
    while let Some(branch) = open.pop() {
        search.enter(branch);
        match search.examine(meter, accepts) {
            None => return Feasible::Undecided,
            Some(Looked::Accepted) => return Feasible::Yes,
            Some(Looked::Refused) => {}
            Some(Looked::Split(parts)) => {
                let mark = search.domains.mark();
                open.extend(parts.into_iter().rev().map(|part| Branch { mark, part: Some(part) }));
            }
        }
    }
    Feasible::No
}

/// A variable with narrower bounds.
#[derive(Debug, Clone, Copy)]
struct BranchPart {
    variable: VariableId,
    interval: Interval,
}

/// A branch that is still to be looked at: the part of what there was at the mark.
#[derive(Debug, Clone, Copy)]
struct Branch {
    mark: Mark,
    part: Option<BranchPart>,
}

enum Looked {
    Accepted,
    Refused,
    /// Together as much as before, without what has just been refused. The first ones are more promising.
    Split(Vec<BranchPart>),
}

enum Point {
    /// Values of the variables if they need not be whole.
    At(IdVec<VariableId, f64>),
    Impossible,
    /// Rounding errors are in the way.
    Unclear,
}

struct FeasibilitySearch {
    domains: Domains,
    is_fractional: IdVec<VariableId, bool>,
    /// With all rows active; made when it is first needed.
    simplex: Option<Simplex>,
    ledger: Ledger,
    repair: LocalSearch,
    /// The values that were refused last.
    refused: Option<IdVec<VariableId, i64>>,
}

/// Rows are gone through so often at once: bounds can creep towards each other for ever.
const ROUNDS: usize = 8;
/// Numbers in a tableau, of eight bytes each; a larger one is not made.
const MOST_NUMBERS: usize = 1 << 24;
/// A value nearer to a whole number is meant to be one.
const NEARLY_WHOLE: f64 = 1e-6;

impl FeasibilitySearch {
    fn new(system: &System) -> Self {
        let is_fractional = system.is_fractional.clone();
        let rows: IdVec<RowId, Row> = system.rows.iter().filter_map(|row| simplified(row, &is_fractional)).collect();
        let variables = system.bounds.len();
        let repair = LocalSearch::new(&rows, variables);
        let domains = Domains::new(rows, system.bounds.clone()).with_fractional(is_fractional.clone());
        let ledger = Ledger::new(IdVec::filled(0, variables));
        Self { domains, is_fractional, simplex: None, ledger, repair, refused: None }
    }

    fn enter(&mut self, branch: Branch) {
        self.domains.undo_changes(branch.mark);
        if let Some(BranchPart { variable, interval }) = branch.part {
            self.domains.narrow(variable, interval);
        }
    }

    /// `None` if the work runs out.
    fn examine(&mut self, meter: &mut Meter, accepts: Accepts<'_>) -> Option<Looked> {
        if let Propagated::Conflict(_) = self.propagate(meter)? {
            return Some(Looked::Refused);
        }
        let is_free = |&variable: &VariableId| self.is_whole(variable) && !self.domains.of(variable).is_fixed();
        let first_free = self.domains.bounds().ids().find(is_free);
        let point = match first_free {
            Some(_) => self.relax(meter)?,
            None => Point::At(self.domains.bounds().iter().map(|interval| real(interval.lower)).collect()),
        };
        let point = match point {
            Point::Impossible => return Some(Looked::Refused),
            Point::At(point) => Some(point),
            Point::Unclear => None,
        };
        let lowest = || self.domains.bounds().iter().map(|interval| interval.lower).collect();
        let mut offer = Some(point.as_ref().map_or_else(lowest, |point| self.rounded(point)));
        if let Some(values) = &mut offer
            && first_free.is_some()
            && !point.as_ref().is_some_and(|point| self.is_whole_at(point))
            && !self.repair.mend(self.domains.rows(), self.domains.bounds(), values, meter)?
        {
            offer = None;
        }
        if let Some(values) = offer
            && self.refused.as_ref() != Some(&values)
        {
            if accepts(&values, meter) {
                return Some(Looked::Accepted);
            }
            self.refused = Some(values);
        }
        let looked = match first_free {
            Some(variable) => Looked::Split(self.split(variable, point.as_ref())),
            None => Looked::Refused,
        };
        // What was refused for want of work may be right.
        (meter.left > 0).then_some(looked)
    }

    fn is_whole(&self, variable: VariableId) -> bool {
        !self.is_fractional[variable]
    }

    fn propagate(&mut self, meter: &mut Meter) -> Option<Propagated> {
        meter.spend(1)?;
        let mut seen = 0;
        let most_rows = ROUNDS * self.domains.rows().len();
        self.domains.propagate(most_rows, |terms| {
            seen += terms;
            let due = numbers(seen);
            seen %= NUMBERS;
            meter.spend(due)
        })
    }

    fn relax(&mut self, meter: &mut Meter) -> Option<Point> {
        let variables = self.domains.bounds().len();
        if self.domains.rows().len().saturating_mul(variables + self.domains.rows().len()) > MOST_NUMBERS {
            return Some(Point::Unclear);
        }
        loop {
            let known = self.simplex.take();
            let is_new = known.is_none();
            let mut simplex = match known {
                Some(simplex) => simplex,
                None => self.tableau(meter)?,
            };
            let settled = simplex.settle(self.domains.bounds(), f64::INFINITY, meter)?;
            let point = match settled {
                Settled::Optimal => {
                    Some(Point::At(self.domains.bounds().ids().map(|variable| simplex.value(variable)).collect()))
                }
                Settled::Impossible(multipliers) if self.is_confirmed(&multipliers) => Some(Point::Impossible),
                _ if is_new => Some(Point::Unclear),
                _ => None,
            };
            if let Some(point) = point {
                self.simplex = Some(simplex);
                return Some(point);
            }
        }
    }

    /// A relaxation with all rows.
    fn tableau(&self, meter: &mut Meter) -> Option<Simplex> {
        // The method moves on as long as no two costs are alike.
        let costs = self.domains.bounds().ids().map(|variable| 1.0 + jitter(to_u32(variable.index() + 1)));
        let mut simplex = Simplex::new(costs.collect());
        for (id, row) in self.domains.rows().entries() {
            simplex.activate(id, &row.inequality(), meter)?;
        }
        Some(simplex)
    }

    fn is_confirmed(&mut self, multipliers: &[(RowId, f64)]) -> bool {
        let rows = self.domains.rows();
        let read = |row: RowId| Some(rows.get(row)?.inequality());
        self.ledger.confirmed(multipliers, read, self.domains.bounds()).is_some()
    }

    fn is_whole_at(&self, point: &IdVec<VariableId, f64>) -> bool {
        point.entries().all(|(variable, at)| !self.is_whole(variable) || (at - at.round()).abs() <= NEARLY_WHOLE)
    }

    fn rounded(&self, point: &IdVec<VariableId, f64>) -> IdVec<VariableId, i64> {
        let value = |(variable, at): (VariableId, &f64)| {
            let Interval { lower, upper } = self.domains.of(variable);
            nearest(if self.is_whole(variable) { *at } else { at.floor() }).clamp(lower, upper)
        };
        point.entries().map(value).collect()
    }

    fn split(&self, first_free: VariableId, point: Option<&IdVec<VariableId, f64>>) -> Vec<BranchPart> {
        let part = |variable, lower, upper| BranchPart { variable, interval: Interval::new(lower, upper) };
        let Interval { lower, upper } = self.domains.of(first_free);
        let Some(point) = point else {
            // The midpoint of -1 and 0 is 0.
            let middle = lower.midpoint(upper).min(upper - 1);
            return vec![part(first_free, lower, middle), part(first_free, middle + 1, upper)];
        };
        if let Some(variable) = self.most_fractional(point) {
            let (at, Interval { lower, upper }) = (point[variable], self.domains.of(variable));
            let below = nearest(at.floor()).clamp(lower, upper - 1);
            let (down, up) = (part(variable, lower, below), part(variable, below + 1, upper));
            return if at - at.floor() <= 0.5 { vec![down, up] } else { vec![up, down] };
        }
        let at = nearest(point[first_free]).clamp(lower, upper);
        let mut parts = vec![part(first_free, at, at)];
        if lower < at {
            parts.push(part(first_free, lower, at - 1));
        }
        if at < upper {
            parts.push(part(first_free, at + 1, upper));
        }
        parts
    }

    /// The variable that must be whole and is farthest from it, within its bounds.
    fn most_fractional(&self, point: &IdVec<VariableId, f64>) -> Option<VariableId> {
        let mut farthest = NEARLY_WHOLE;
        let mut fractional = None;
        for (variable, &at) in point.entries().filter(|&(variable, _)| self.is_whole(variable)) {
            let off = (at - at.round()).abs();
            let Interval { lower, upper } = self.domains.of(variable);
            if off > farthest && real(lower) < at && at < real(upper) {
                farthest = off;
                fractional = Some(variable);
            }
        }
        fractional
    }
}

/// The row with each variable once, divided by what divides all factors: then a whole sum is that much more. `None` for
/// a row that makes no sense, or is beyond all measure: to do without it is on the safe side.
fn simplified(row: &Row, is_fractional: &IdVec<VariableId, bool>) -> Option<Row> {
    let mut sorted = row.inequality().terms;
    sorted.sort_unstable();
    let mut terms: Vec<LinearTerm> = Vec::with_capacity(sorted.len());
    for (variable, times) in sorted {
        match terms.last_mut().filter(|last| last.0 == variable) {
            Some(last) => last.1 = last.1.checked_add(times)?,
            None => terms.push((variable, times)),
        }
    }
    terms.retain(|&(_, times)| times != 0);
    let mut is_whole = true;
    for &(variable, _) in &terms {
        is_whole &= !is_fractional.get(variable)?;
    }
    let mut simplified = Row::at_least(terms, row.inequality().least);
    if is_whole {
        simplified.divide();
    }
    Some(simplified)
}

/// Looking at so many numbers is one step of work.
const NUMBERS: usize = 64;

/// The steps that looking at numbers takes.
pub(crate) fn numbers(looked_at: usize) -> u64 {
    (looked_at / NUMBERS) as u64
}
