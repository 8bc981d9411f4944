//! Consequences of rows taken so many times, added up in whole numbers: the least cost, what is too dear to be part of
//! anything cheap, and that nothing satisfies the rows at all. It holds whatever the multipliers are; the relaxation
//! only proposes them.

use crate::solve::ids::{RowId, VariableId};
use crate::solve::number::{nearest, real};
use crate::solve::row::{Bounds, Inequality, Interval};
use crate::value::ids::IdVec;

/// Costs are counted in so many parts, so that multipliers can be whole.
pub(crate) const PARTS: i64 = 1 << 20;

/// Rows, and how often each is taken: multipliers of 0 or more.
pub(crate) type Multipliers = Vec<(RowId, i64)>;

/// Consequences of multiples of rows.
#[derive(Debug, Default)]
pub(crate) struct Proved {
    /// The least cost, in parts.
    pub(crate) least: i128,
    /// The reduced cost of each variable that the rows name: what one more of it costs, in parts.
    pub(crate) reduced: Vec<(VariableId, i128)>,
}

/// The prices of variables, and a place for sums that is used again and again.
#[derive(Debug)]
pub(crate) struct Ledger {
    prices: IdVec<VariableId, i64>,
    sums: IdVec<VariableId, i128>,
}

impl Ledger {
    pub(crate) fn new(prices: IdVec<VariableId, i64>) -> Self {
        Self { sums: IdVec::filled(0, prices.len()), prices }
    }

    pub(crate) fn prices(&self) -> &IdVec<VariableId, i64> {
        &self.prices
    }

    /// The least cost that multiples of rows prove: they are added up, and every variable is put where its reduced cost
    /// makes it cheapest. `read` gives each row as it holds between the bounds; a row that says nothing there gives
    /// none. `None` if the numbers are beyond all measure.
    pub(crate) fn price(
        &mut self,
        multipliers: &[(RowId, i64)],
        read: impl Fn(RowId) -> Option<Inequality>,
        bounds: &Bounds,
    ) -> Option<Proved> {
        let Self { prices, sums } = self;
        let mut proved = added_up(multipliers, read, sums, |variable| prices[variable], bounds)?;
        // What is paid in any case.
        for (&price, interval) in prices.iter().zip(bounds) {
            if price != 0 && interval.lower != 0 {
                let paid = i128::from(price) * i128::from(PARTS) * i128::from(interval.lower);
                proved.least = proved.least.checked_add(paid)?;
            }
        }
        Some(proved)
    }

    /// True if multiples of rows demand more than the variables can reach: a Farkas row in whole numbers.
    pub(crate) fn contradicts(
        &mut self,
        multipliers: &[(RowId, i64)],
        read: impl Fn(RowId) -> Option<Inequality>,
        bounds: &Bounds,
    ) -> bool {
        let proved = added_up(multipliers, read, &mut self.sums, |_| 0, bounds);
        proved.is_some_and(|proved| proved.least > 0)
    }

    /// Whole multipliers near these, such that the rows times them contradict each other.
    pub(crate) fn confirmed(
        &mut self,
        multipliers: &[(RowId, f64)],
        read: impl Fn(RowId) -> Option<Inequality>,
        bounds: &Bounds,
    ) -> Option<Multipliers> {
        let largest = multipliers.iter().map(|&(_, multiplier)| multiplier).fold(0.0, f64::max);
        let sizes = multipliers.iter().map(|&(_, multiplier)| multiplier);
        let smallest = sizes.filter(|&multiplier| multiplier > largest * 1e-9).fold(largest, f64::min);
        // Where a variable has to cancel out, small multiples do better than nearly equal ones.
        let units = [largest / real(1 << 40), smallest, smallest / 2.0, smallest / 6.0];
        units.into_iter().find_map(|unit| {
            let whole: Multipliers =
                multipliers.iter().map(|&(row, multiplier)| (row, nearest(multiplier / unit))).collect();
            self.contradicts(&whole, &read, bounds).then_some(whole)
        })
    }
}

/// Adds up multiples of rows against prices; what is paid in any case is left out. `sums` is scratch paper.
fn added_up(
    multipliers: &[(RowId, i64)],
    read: impl Fn(RowId) -> Option<Inequality>,
    sums: &mut IdVec<VariableId, i128>,
    price: impl Fn(VariableId) -> i64,
    bounds: &Bounds,
) -> Option<Proved> {
    sums.clear();
    sums.resize(bounds.len(), 0);
    let mut least = 0_i128;
    let mut named: Vec<VariableId> = Vec::new();
    for &(row, multiplier) in multipliers {
        let Some(Inequality { terms, least: own }) = read(row) else { continue };
        // A row that is taken 0 times adds nothing, but its variables may be too dear by themselves.
        let multiplier = i128::from(multiplier.max(0));
        least = least.checked_add(multiplier * i128::from(own))?;
        for (variable, times) in terms {
            let sum = &mut sums[variable];
            if *sum == 0 {
                named.push(variable);
            }
            *sum = sum.checked_add(multiplier * i128::from(times))?;
        }
    }
    named.sort_unstable();
    named.dedup();
    let mut reduced = Vec::with_capacity(named.len());
    for variable in named {
        let price = i128::from(price(variable)) * i128::from(PARTS);
        let own = price.checked_sub(sums[variable])?;
        let Interval { lower, upper } = bounds[variable];
        let at = if own < 0 { upper } else { lower };
        least = least.checked_add(own.checked_mul(i128::from(at))?)?;
        least = least.checked_sub(price.checked_mul(i128::from(lower))?)?;
        reduced.push((variable, own));
    }
    Some(Proved { least, reduced })
}

impl Proved {
    /// The least cost that is a multiple of the grain, which divides all prices, and is not below what was proved.
    pub(crate) fn cost(&self, grain: i64) -> i64 {
        let grain = i128::from(grain);
        let unit = i128::from(PARTS) * grain;
        let grains = self.least.div_euclid(unit) + i128::from(self.least.rem_euclid(unit) > 0);
        i64::try_from(grains * grain).unwrap_or(if grains > 0 { i64::MAX } else { 0 }).max(0)
    }

    /// The bounds beyond which everything costs more than `most` (*reduced-cost fixing*): each variable may be only so
    /// far from where it is cheapest.
    pub(crate) fn within_reach(&self, most: i64, bounds: &Bounds) -> Vec<(VariableId, Interval)> {
        let left = (i128::from(most) * i128::from(PARTS) - self.least).max(0);
        let mut narrower = Vec::new();
        for &(variable, reduced) in &self.reduced {
            let Interval { lower, upper } = bounds[variable];
            if lower == upper || reduced == 0 {
                continue;
            }
            let far = i64::try_from(left / reduced.abs()).unwrap_or(i64::MAX);
            if far < upper - lower {
                let near =
                    if reduced > 0 { Interval::new(lower, lower + far) } else { Interval::new(upper - far, upper) };
                narrower.push((variable, near));
            }
        }
        narrower
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::enumeration::{every_point, holds, variable};
    use crate::solve::random::Random;
    use crate::solve::row::Row;

    /// What the rows leave of points, with what each costs.
    fn solutions(rows: &IdVec<RowId, Row>, prices: &IdVec<VariableId, i64>, bounds: &Bounds) -> Vec<Solution> {
        every_point(bounds)
            .filter(|point| rows.iter().all(|row| holds(row, point)))
            .map(|point| Solution { cost: prices.entries().map(|(of, price)| price * point[of]).sum(), point })
            .collect()
    }

    struct Solution {
        point: IdVec<VariableId, i64>,
        cost: i64,
    }

    #[test]
    fn nothing_that_is_proved_is_untrue() {
        let mut random = Random(0x5eed_0004);
        let (mut sharp, mut fixed, mut contradictions) = (0, 0, 0);
        for _ in 0..3000 {
            let bounds: Bounds = (0..4).map(|_| Interval::new(0, random.between(1, 2))).collect();
            let prices: IdVec<VariableId, i64> = (0..4).map(|_| 6 * random.between(0, 9)).collect();
            let rows: IdVec<RowId, Row> = (0..3)
                .map(|_| {
                    let terms = (0..3).map(|_| (variable(random.below(4)), random.between(-2, 4))).collect();
                    Row::at_least(terms, random.between(0, 6)).merged()
                })
                .collect();
            let multipliers: Multipliers = rows.ids().map(|row| (row, random.between(0, 3 * PARTS))).collect();
            let all = solutions(&rows, &prices, &bounds);
            let mut ledger = Ledger::new(prices);
            let read = |row: RowId| rows[row].sharpened(&bounds);
            let proved = ledger.price(&multipliers, read, &bounds).unwrap();
            let least = all.iter().map(|solution| solution.cost).min();
            assert!(least.is_none_or(|least| proved.cost(6) <= least), "{rows:?} {bounds:?}");
            sharp += u32::from(least == Some(proved.cost(6)) && least > Some(0));
            for most in [0, 12, 48] {
                for (variable, near) in proved.within_reach(most, &bounds) {
                    fixed += 1;
                    let mut cheap = all.iter().filter(|solution| solution.cost <= most);
                    assert!(cheap.all(|solution| near.contains(solution.point[variable])));
                }
            }
            if ledger.contradicts(&multipliers, read, &bounds) {
                contradictions += 1;
                assert!(all.is_empty());
            }
        }
        assert!(sharp > 20 && fixed > 500 && contradictions > 50, "{sharp} {fixed} {contradictions}");
    }
}
