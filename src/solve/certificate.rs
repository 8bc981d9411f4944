//! The check of a proof that nothing is better: bounds from multiples of rows, added up in whole numbers. It shares
//! nothing with the search but the rows themselves, and trusts nothing that the search wrote down. A proof that was
//! stored is untrusted input: whatever numbers it has, each is looked up or refused, sums that do not fit prove
//! nothing, and every line is paid for by what is looked at for it.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::solve::bounding::Multipliers;
use crate::solve::ids::{RowId, VariableId};
use crate::solve::row::{Bounds, Interval, Row};
use crate::value::ids::{Id, IdVec};

/// One line of a proof. A proof goes through the branches of a search in order, each branch to its end before the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Entry {
    /// The row alone lets the variable be no more, or no less, than so much.
    Forced { row: RowId, variable: VariableId },
    /// Reduced-cost fixing: beyond some bounds, the multiplied rows demand the value that is to be proved, or more.
    #[serde(with = "multipliers")]
    Narrow(Arc<Multipliers>),
    /// Goes on with one side, and then with the other: the variable is at most `at`, or more.
    Split { variable: VariableId, at: i64, up_first: bool },
    /// The multiplied rows demand the value that is to be proved, or more: this branch is done.
    #[serde(with = "multipliers")]
    Closed(Arc<Multipliers>),
    /// The row cannot be satisfied: done.
    Conflict(RowId),
    /// A Farkas row: the multiplied rows demand what cannot be: done.
    #[serde(with = "multipliers")]
    Contradiction(Arc<Multipliers>),
    /// Even all that is allowed reaches nothing: done.
    Barren,
    /// All is decided, and what it comes to is refused: done.
    Refused,
}

impl Entry {
    /// The numbers that it takes to write it down, of eight bytes each.
    pub(crate) fn numbers(&self) -> usize {
        3 + match self {
            Self::Narrow(multipliers) | Self::Closed(multipliers) | Self::Contradiction(multipliers) => {
                2 * multipliers.len()
            }
            Self::Forced { .. } | Self::Split { .. } | Self::Conflict(_) | Self::Barren | Self::Refused => 0,
        }
    }
}

/// Multipliers as serde reads and writes them: as what they are, whoever has them as well.
mod multipliers {
    use std::sync::Arc;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    use crate::solve::bounding::Multipliers;

    pub(super) fn serialize<S: Serializer>(shared: &Arc<Multipliers>, serializer: S) -> Result<S::Ok, S::Error> {
        Multipliers::serialize(shared, serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<Multipliers>, D::Error> {
        Multipliers::deserialize(deserializer).map(Arc::new)
    }
}

/// The claim that a proof is for.
pub(crate) struct ProofClaim<'a> {
    pub(crate) rows: &'a IdVec<RowId, Row>,
    pub(crate) bounds: Bounds,
    pub(crate) prices: &'a IdVec<VariableId, i64>,
    /// No values that satisfy the rows cost this, or less.
    pub(crate) below: i64,
    /// True if what the bounds allow reaches nothing.
    pub(crate) barren: &'a dyn Fn(&Bounds) -> bool,
    /// True if the bounds decide everything, and what they leave is refused.
    pub(crate) refused: &'a dyn Fn(&Bounds) -> bool,
    /// Pays for so many variables and terms that are looked at. `None` if so much is not left.
    pub(crate) spend: &'a dyn Fn(u64) -> Option<()>,
}

/// The scale of multipliers: a price is so many parts. It stands here again, as the check shares nothing with the
/// search.
pub(crate) const PARTS: i128 = 1 << 20;

/// A line of a proof that was found to be true.
#[derive(Debug)]
pub(crate) struct ProofLine<'a> {
    pub(crate) entry: &'a Entry,
    /// The bounds before it.
    pub(crate) bounds: &'a Bounds,
    /// The bounds of variables after it.
    pub(crate) narrower: &'a [(VariableId, Interval)],
    /// What one more of each variable costs beside the multiplied rows, in parts.
    pub(crate) costs: &'a IdVec<VariableId, i128>,
    /// True if nothing is left of its branch.
    pub(crate) ends: bool,
}

/// Is told of a proof while it is checked: of each line once it is found to be true, those aside that stand where
/// nothing is left any more.
pub(crate) trait ProofFollower {
    fn line(&mut self, line: &ProofLine<'_>);

    /// Nothing is left between the bounds of a variable since it has those of a side of a split.
    fn clashed(&mut self, variable: VariableId);

    /// A branch is done, and all that it narrowed taken back: on with the other side of the last split.
    fn other_side(&mut self, variable: VariableId, interval: Interval);
}

/// Follows a proof for nothing.
pub(crate) struct Unfollowed;

impl ProofFollower for Unfollowed {
    fn line(&mut self, _: &ProofLine<'_>) {}

    fn clashed(&mut self, _: VariableId) {}

    fn other_side(&mut self, _: VariableId, _: Interval) {}
}

impl ProofClaim<'_> {
    /// A row that is looked at, and paid for.
    fn row(&self, row: RowId) -> Option<&Row> {
        let row = self.rows.get(row)?;
        (self.spend)(row.terms.len() as u64 + 1)?;
        Some(row)
    }

    /// True if the entries prove it. What they say is told to whoever follows.
    pub(crate) fn holds_by(self, entries: &[Entry], follower: &mut impl ProofFollower) -> bool {
        let mut check = Check { bounds: self.bounds.clone(), changes: Vec::new(), open: Vec::new(), void: None };
        for (number, entry) in entries.iter().enumerate() {
            let was_void = check.void.is_some();
            let mut shown = Shown::default();
            let Some(is_done) = check.read(&self, entry, &mut shown) else { return false };
            let Shown { mut narrower, costs } = shown;
            let is_empty = matches!(entry, Entry::Forced { .. }) && narrower.iter().any(|part| part.1.is_empty());
            if !was_void {
                let ends = is_done || is_empty || check.void.is_some();
                let bounds = &check.bounds;
                follower.line(&ProofLine { entry, bounds, narrower: &narrower, costs: &costs, ends });
            }
            if is_done {
                let Some(side) = check.open.pop() else { return number + 1 == entries.len() };
                check.go_back(&side);
                narrower.push((side.variable, side.interval));
                if check.void.is_none() {
                    follower.other_side(side.variable, side.interval);
                }
            }
            if check.void.is_none()
                && let Some(variable) = check.narrow(narrower).filter(|_| !is_empty)
            {
                follower.clashed(variable);
            }
        }
        false
    }
}

/// The state of a check.
struct Check {
    bounds: Bounds,
    /// Variables with the bounds that they had before.
    changes: Vec<(VariableId, Interval)>,
    /// Sides still to be gone through.
    open: Vec<OtherSide>,
    /// Where nothing is left between the bounds, everything is true; that began with so many sides open.
    void: Option<usize>,
}

/// What a line of a proof shows.
#[derive(Default)]
struct Shown {
    /// The bounds of variables after it.
    narrower: Vec<(VariableId, Interval)>,
    /// What one more of each variable costs beside the multiplied rows, in parts.
    costs: IdVec<VariableId, i128>,
}

/// A side of a split that is still to be gone through.
struct OtherSide {
    /// The number of changes before the split.
    changes: usize,
    variable: VariableId,
    interval: Interval,
}

impl Check {
    /// True if the entry ends its branch; what it shows is added. `None` if it is untrue.
    fn read(&mut self, claim: &ProofClaim<'_>, entry: &Entry, shown: &mut Shown) -> Option<bool> {
        let Shown { narrower, costs } = shown;
        let below = i128::from(claim.below) * PARTS;
        let is_void = self.void.is_some();
        (claim.spend)(1)?;
        match entry {
            &Entry::Split { variable, at, up_first } => {
                let &Interval { lower, upper } = self.bounds.get(variable)?;
                let down = Interval::new(lower, upper.min(at));
                let up = Interval::new(lower.max(at.saturating_add(1)), upper);
                let (first, second) = if up_first { (up, down) } else { (down, up) };
                self.open.push(OtherSide { changes: self.changes.len(), variable, interval: second });
                narrower.push((variable, first));
            }
            Entry::Forced { .. } | Entry::Narrow(_) if is_void => {}
            &Entry::Forced { row, variable } => {
                narrower.push((variable, forced(claim.row(row)?, variable, &self.bounds)?));
            }
            Entry::Narrow(multipliers) => {
                let weighted = Weighted::new(multipliers, claim, Some(claim.prices), &self.bounds)?;
                let Weighted { sum, costs: reduced, named } = weighted;
                *costs = reduced;
                if sum > below {
                    // Nothing of interest is left.
                    self.void = Some(self.open.len());
                    return Some(false);
                }
                let spare = below.checked_sub(sum)?.unsigned_abs();
                for (variable, &price) in costs.entries().filter(|&(variable, _)| named[variable]) {
                    let Interval { lower, upper } = self.bounds[variable];
                    // So far from its cheaper bound, everything costs more than that.
                    let steps = spare.checked_div(price.unsigned_abs());
                    let Some(steps) = steps.and_then(|steps| i64::try_from(steps).ok()) else { continue };
                    if steps < upper.saturating_sub(lower) {
                        let near = if price > 0 {
                            Interval::new(lower, lower + steps)
                        } else {
                            Interval::new(upper - steps, upper)
                        };
                        narrower.push((variable, near));
                    }
                }
            }
            _ if is_void => return Some(true),
            Entry::Closed(multipliers) => {
                let weighted = Weighted::new(multipliers, claim, Some(claim.prices), &self.bounds)?;
                *costs = weighted.costs;
                return (weighted.sum > below).then_some(true);
            }
            Entry::Contradiction(multipliers) => {
                let weighted = Weighted::new(multipliers, claim, None, &self.bounds)?;
                *costs = weighted.costs;
                return (weighted.sum > 0).then_some(true);
            }
            Entry::Conflict(row) => return (spare(claim.row(*row)?, &self.bounds)? < 0).then_some(true),
            Entry::Barren => return (claim.barren)(&self.bounds).then_some(true),
            Entry::Refused => return (claim.refused)(&self.bounds).then_some(true),
        }
        Some(false)
    }

    /// A branch is done: back to where the split of this side was.
    fn go_back(&mut self, side: &OtherSide) {
        for (variable, earlier) in self.changes.drain(side.changes..).rev() {
            self.bounds[variable] = earlier;
        }
        self.void = self.void.filter(|&since| self.open.len() >= since);
    }

    /// Goes on within these bounds. Gives the variable of which nothing is left.
    fn narrow(&mut self, narrower: Vec<(VariableId, Interval)>) -> Option<VariableId> {
        for (variable, interval) in narrower {
            self.changes.push((variable, self.bounds[variable]));
            self.bounds[variable] = interval;
            if interval.lower > interval.upper {
                self.void = Some(self.open.len());
                return Some(variable);
            }
        }
        None
    }
}

/// A variable, and what it is multiplied by, in full.
pub(crate) type Factor = (VariableId, i128);

/// The row as factors of variables, and what they add up to at least.
pub(crate) struct Written {
    pub(crate) factors: Vec<Factor>,
    pub(crate) least: i128,
}

pub(crate) fn written(row: &Row) -> Written {
    let mut factors: Vec<Factor> = row.terms.iter().map(|&(variable, times)| (variable, i128::from(times))).collect();
    let Some(head) = row.head else { return Written { factors, least: i128::from(row.need) } };
    factors.push((head, -i128::from(row.need)));
    Written { factors, least: 0 }
}

/// By how much the row can be exceeded at the most.
fn spare(row: &Row, bounds: &Bounds) -> Option<i128> {
    let Written { factors, least } = written(row);
    let mut most = -least;
    for (variable, factor) in factors {
        let Interval { lower, upper } = *bounds.get(variable)?;
        most += factor * i128::from(if factor > 0 { upper } else { lower });
    }
    Some(most)
}

/// The bounds that the row leaves to a variable.
fn forced(row: &Row, variable: VariableId, bounds: &Bounds) -> Option<Interval> {
    let spare = spare(row, bounds)?;
    let own = written(row).factors.into_iter().filter(|factor| factor.0 == variable);
    let factor: i128 = own.map(|factor| factor.1).sum();
    let Interval { lower, upper } = *bounds.get(variable)?;
    if factor == 0 {
        return None;
    }
    if spare < 0 {
        // Nothing is left.
        return Some(Interval::new(1, 0));
    }
    let steps = i64::try_from(spare / factor.abs()).ok()?;
    Some(if factor > 0 {
        Interval::new(lower.max(upper.saturating_sub(steps)), upper)
    } else {
        Interval::new(lower, upper.min(lower.saturating_add(steps)))
    })
}

/// The sum of multiplied rows.
struct Weighted {
    /// The least that prices come to, in parts.
    sum: i128,
    /// The cost of one more of each variable.
    costs: IdVec<VariableId, i128>,
    /// The variables that the rows name.
    named: IdVec<VariableId, bool>,
}

impl Weighted {
    fn new(
        multipliers: &[(RowId, i64)],
        claim: &ProofClaim<'_>,
        prices: Option<&IdVec<VariableId, i64>>,
        bounds: &Bounds,
    ) -> Option<Self> {
        (claim.spend)(bounds.len() as u64)?;
        let mut used = BTreeSet::new();
        let price = |variable: VariableId| prices.map_or(0, |prices| i128::from(prices[variable]) * PARTS);
        let mut costs: IdVec<VariableId, i128> = VariableId::first(bounds.len()).map(price).collect();
        let mut named: IdVec<VariableId, bool> = IdVec::filled(false, bounds.len());
        let mut sum = 0_i128;
        for &(row, multiplier) in multipliers {
            if multiplier < 0 || !used.insert(row) {
                return None;
            }
            let row = claim.row(row)?;
            // A row that nothing can break any more says nothing, but its variables may still be too dear by
            // themselves.
            written(row).factors.iter().for_each(|factor| named[factor.0] = true);
            let Written { factors, least } = strengthened(row, bounds);
            let multiplier = i128::from(multiplier);
            sum = sum.checked_add(multiplier.checked_mul(least)?)?;
            for (variable, factor) in factors {
                costs[variable] = costs[variable].checked_sub(multiplier.checked_mul(factor)?)?;
            }
        }
        for (cost, interval) in costs.iter().zip(bounds) {
            let cheaper = if *cost < 0 { interval.upper } else { interval.lower };
            sum = sum.checked_add(cost.checked_mul(i128::from(cheaper))?)?;
        }
        Some(Self { sum, costs, named })
    }
}

/// *Coefficient tightening*: between these bounds the row says the same about whole numbers if what is certain is taken
/// off, and if no factor exceeds what is then needed. The search has its own (`Row::sharpened`), on purpose.
fn strengthened(row: &Row, bounds: &Bounds) -> Written {
    let head_bounds = row.head.map_or(Interval::only(1), |head| bounds[head]);
    if head_bounds.upper > 1 || row.terms.iter().any(|term| term.1 < 0) {
        return written(row);
    }
    let lower = |variable: VariableId| i128::from(bounds[variable].lower);
    let own: Vec<Factor> = written(row).factors.into_iter().filter(|factor| Some(factor.0) != row.head).collect();
    let need = i128::from(row.need) - own.iter().map(|&(variable, factor)| factor * lower(variable)).sum::<i128>();
    if need <= 0 || head_bounds.upper == 0 {
        return Written { factors: Vec::new(), least: 0 };
    }
    let mut factors: Vec<Factor> = own
        .into_iter()
        .filter(|&(variable, _)| bounds[variable].lower < bounds[variable].upper)
        .map(|(variable, factor)| (variable, factor.min(need)))
        .collect();
    let certain: i128 = factors.iter().map(|&(variable, factor)| factor * lower(variable)).sum();
    let Some(head) = row.head.filter(|_| head_bounds.lower < 1) else {
        return Written { factors, least: certain + need };
    };
    factors.push((head, -need));
    Written { factors, least: certain }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether the entries prove that two variables, each 0 or 1 and for free, cost more than `below`, by these rows.
    fn proves(rows: Vec<Row>, below: i64, entries: &[Entry], mut left: u64) -> bool {
        let paid = std::cell::RefCell::new(&mut left);
        let claim = ProofClaim {
            rows: &rows.into(),
            bounds: vec![Interval::new(0, 1); 2].into(),
            prices: &vec![0; 2].into(),
            below,
            barren: &|_| false,
            refused: &|_| false,
            spend: &|work| {
                let mut left = paid.borrow_mut();
                **left = left.checked_sub(work)?;
                Some(())
            },
        };
        claim.holds_by(entries, &mut Unfollowed)
    }

    fn row(variable: usize, times: i64, need: i64) -> Row {
        Row::at_least(vec![(VariableId::at(variable), times)], need)
    }

    fn narrow(multipliers: &[(usize, i64)]) -> Entry {
        let multipliers = multipliers.iter().map(|&(row, multiplier)| (RowId::at(row), multiplier)).collect();
        Entry::Narrow(Arc::new(multipliers))
    }

    #[test]
    fn where_all_is_too_dear_nothing_is_narrowed() {
        // The rows demand 2 to the 63rd, and each variable lowers that by one.
        let rows = || vec![row(0, 1, 3), row(1, 1, i64::MAX)];
        let entries = [narrow(&[(0, 1), (1, 1)]), Entry::Barren];
        assert!(proves(rows(), 0, &entries, 1000));
        // Of what is dearer still it proves nothing.
        assert!(!proves(rows(), i64::MAX, &entries, 1000));
    }

    #[test]
    fn sums_beyond_all_measure_prove_nothing() {
        let rows = || vec![row(0, -1, i64::MIN), row(1, -1, i64::MIN)];
        let multipliers = [(0, i64::MAX), (1, i64::MAX)];
        for below in [i64::MIN, 0, i64::MAX] {
            assert!(!proves(rows(), below, &[narrow(&multipliers), Entry::Barren], 1000));
        }
    }

    #[test]
    fn a_row_is_multiplied_once() {
        let prove =
            |multipliers: &[(usize, i64)]| proves(vec![row(0, 1, 3)], 0, &[narrow(multipliers), Entry::Barren], 1000);
        assert!(prove(&[(0, 2)]));
        assert!(!prove(&[(0, 1), (0, 1)]));
    }

    #[test]
    fn every_line_is_paid_for() {
        let mut entries = vec![narrow(&[]); 10];
        entries.push(Entry::Conflict(RowId::at(0)));
        let rows = || vec![row(0, 1, 3)];
        // Ten times a line and two variables; a line, a row and its term.
        assert!(proves(rows(), 0, &entries, 33));
        assert!(!proves(rows(), 0, &entries, 32));
    }
}
