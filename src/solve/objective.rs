//! A *lexicographic objective*: several objectives in one number, so that an earlier one outweighs all later ones
//! together, and one search settles them in turn.

use crate::solve::ids::VariableId;
use crate::solve::number::common_divisor;
use crate::solve::row::Bounds;
use crate::value::ids::IdVec;

/// The sums of prices that there can be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scale {
    /// They are multiples of this.
    grain: i64,
    /// For each objective but the last.
    levels: Vec<ObjectiveLevel>,
}

#[derive(Debug, Clone, Copy)]
struct ObjectiveLevel {
    /// The weight of one grain of the objective.
    weight: i64,
    /// The most that all later ones come to. That is far less, so that a bound which lies beyond it is a bound for the
    /// next grain.
    rest: i64,
}

/// Prices by several objectives at once.
#[derive(Debug, Clone)]
pub(crate) struct Lexicographic {
    prices: IdVec<VariableId, i64>,
    scale: Scale,
    /// The greatest number that divides all prices of the first objective.
    first_grain: i64,
    /// The sum of everything.
    sum: i128,
    /// True if an objective found no room.
    full: bool,
}

/// No sum of combined prices is greater: floating-point numbers can still tell such sums apart.
const MOST: i128 = 1 << 50;
/// A grain of an objective weighs so many times as much as all later objectives together.
const SPREAD: i64 = 32;

impl Scale {
    /// All multiples of a grain.
    pub(crate) fn of(grain: i64) -> Self {
        Self { grain, levels: Vec::new() }
    }

    /// All multiples of the greatest common divisor of the prices.
    pub(crate) fn of_prices(prices: &IdVec<VariableId, i64>) -> Self {
        Self::of(grain(prices))
    }

    /// The greatest number that divides all sums.
    pub(crate) fn grain(&self) -> i64 {
        self.grain.max(1)
    }

    /// The greatest sum that there can be below a value.
    pub(crate) fn below(&self, value: i64) -> i64 {
        let mut rest = value.saturating_sub(1);
        let mut sum = 0_i64;
        for level in &self.levels {
            sum += rest.div_euclid(level.weight) * level.weight;
            rest = rest.rem_euclid(level.weight).min(level.rest);
        }
        (sum + rest).div_euclid(self.grain()) * self.grain()
    }
}

impl Lexicographic {
    pub(crate) fn new(first: &IdVec<VariableId, i64>, bounds: &Bounds) -> Self {
        let first_grain = grain(first);
        let prices: IdVec<VariableId, i64> = first.iter().map(|price| price / first_grain).collect();
        let sum = total(&prices, bounds);
        Self { scale: Scale::of_prices(&prices), prices, first_grain, sum, full: false }
    }

    /// Adds an objective that settles ties. Whether there was room for it; later ones find none then.
    pub(crate) fn then(&mut self, next: &IdVec<VariableId, i64>, bounds: &Bounds) -> bool {
        let own_grain = grain(next);
        let next: IdVec<VariableId, i64> = next.iter().map(|price| price / own_grain).collect();
        let most = total(&next, bounds);
        if most == 0 {
            return true;
        }
        let weight = (most + 1).saturating_mul(i128::from(SPREAD));
        let sum = self.sum.saturating_mul(weight).saturating_add(most);
        let (Ok(weight), Ok(most), false) = (i64::try_from(weight), i64::try_from(most), self.full || sum > MOST)
        else {
            self.full = true;
            return false;
        };
        self.sum = sum;
        for level in &mut self.scale.levels {
            *level = ObjectiveLevel { weight: level.weight * weight, rest: level.rest * weight + most };
        }
        self.scale.levels.push(ObjectiveLevel { weight, rest: most });
        self.prices.iter_mut().zip(&next).for_each(|(combined, price)| *combined = *combined * weight + price);
        self.scale.grain = grain(&self.prices);
        true
    }

    /// The prices by all objectives that found room.
    pub(crate) fn prices(&self) -> &IdVec<VariableId, i64> {
        &self.prices
    }

    /// The sums that there can be.
    pub(crate) fn scale(&self) -> &Scale {
        &self.scale
    }

    /// The number that divides all sums of the first objective.
    pub(crate) fn first_grain(&self) -> i64 {
        self.first_grain
    }

    /// How often a grain of the first objective counts in the combined one.
    pub(crate) fn first_weight(&self) -> i64 {
        self.scale.levels.first().map_or(1, |level| level.weight)
    }

    /// The least that the first objective comes to, if the combined one comes to so much.
    pub(crate) fn first(&self, combined: i64) -> i64 {
        let grains = match self.scale.levels.first() {
            Some(level) => {
                combined.div_euclid(level.weight) + i64::from(combined.rem_euclid(level.weight) > level.rest)
            }
            None => combined,
        };
        grains.saturating_mul(self.first_grain)
    }
}

fn grain(prices: &IdVec<VariableId, i64>) -> i64 {
    common_divisor(prices.iter().copied()).max(1)
}

/// The sum of everything.
fn total(prices: &IdVec<VariableId, i64>, bounds: &Bounds) -> i128 {
    prices.iter().zip(bounds).map(|(&price, interval)| i128::from(price) * i128::from(interval.upper)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::enumeration::every_point;
    use crate::solve::random::Random;
    use crate::solve::row::Interval;

    fn worth(prices: &IdVec<VariableId, i64>, point: &IdVec<VariableId, i64>) -> i64 {
        prices.iter().zip(point).map(|(price, value)| price * value).sum()
    }

    #[test]
    fn one_number_orders_as_one_objective_after_the_other() {
        let mut random = Random(0x5eed_0005);
        for _ in 0..300 {
            let bounds: Bounds = (0..4).map(|_| Interval::new(0, random.between(1, 2))).collect();
            let objectives: Vec<IdVec<VariableId, i64>> = (0..3)
                .map(|_| {
                    let times = random.between(1, 4);
                    (0..4).map(|_| times * random.between(0, 5)).collect()
                })
                .collect();
            let mut lexicographic = Lexicographic::new(&objectives[0], &bounds);
            assert!(objectives[1..].iter().all(|next| lexicographic.then(next, &bounds)));
            let mut all: Vec<(Vec<i64>, i64)> = every_point(&bounds)
                .map(|point| {
                    let each = objectives.iter().map(|prices| worth(prices, &point)).collect();
                    (each, worth(lexicographic.prices(), &point))
                })
                .collect();
            all.sort();
            assert!(all.is_sorted_by_key(|&(_, combined)| combined));
            for (each, combined) in &all {
                assert_eq!(lexicographic.first(*combined), each[0]);
            }
            // No sum lies between a sum and what is said to be the next one below it.
            for (_, combined) in &all {
                let below = lexicographic.scale().below(*combined);
                assert!(below < *combined);
                let next = all.iter().map(|&(_, other)| other).filter(|other| other < combined).max();
                assert!(next.is_none_or(|next| next <= below), "{next:?} {below}");
            }
        }
    }

    #[test]
    fn an_objective_that_finds_no_room_is_left_out() {
        let bounds: Bounds = vec![Interval::new(0, 1); 2].into();
        let prices: IdVec<VariableId, i64> = vec![(1 << 30) - 1, 1 << 30].into();
        let mut lexicographic = Lexicographic::new(&prices, &bounds);
        let before = lexicographic.prices().clone();
        assert!(!lexicographic.then(&prices, &bounds));
        assert!(!lexicographic.then(&vec![1, 0].into(), &bounds));
        assert_eq!(*lexicographic.prices(), before);
    }
}
