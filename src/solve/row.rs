//! Rows between bounds: how much they have to spare, what they force, and how they can be sharpened. Everything here is
//! exact.

use crate::solve::ids::VariableId;
use crate::solve::number::{common_divisor, divided_up};
use crate::value::ids::IdVec;

/// The values that a variable may have: the whole numbers from the lower bound to the upper one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Interval {
    pub(crate) lower: i64,
    pub(crate) upper: i64,
}

/// The values that each variable may have.
pub(crate) type Bounds = IdVec<VariableId, Interval>;

/// A variable, and what it is multiplied by.
pub(crate) type LinearTerm = (VariableId, i64);

/// The terms add up to `need` times the head, or more; without a head, to `need` or more. So where the head is 0 or 1
/// it says whether the inequality has to hold: an *indicator* of it.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Each variable once.
    pub(crate) terms: Vec<LinearTerm>,
    pub(crate) head: Option<VariableId>,
    pub(crate) need: i64,
}

/// Terms that add up to `least` or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Inequality {
    pub(crate) terms: Vec<LinearTerm>,
    pub(crate) least: i64,
}

impl Interval {
    pub(crate) fn new(lower: i64, upper: i64) -> Self {
        Self { lower, upper }
    }

    /// One value only.
    pub(crate) fn only(value: i64) -> Self {
        Self { lower: value, upper: value }
    }

    /// True if there is no choice any more.
    pub(crate) fn is_fixed(self) -> bool {
        self.lower >= self.upper
    }

    /// True if it has no value at all.
    pub(crate) fn is_empty(self) -> bool {
        self.lower > self.upper
    }

    pub(crate) fn contains(self, value: i64) -> bool {
        (self.lower..=self.upper).contains(&value)
    }

    /// The value that makes a multiple of it the greatest.
    fn best(self, times: i64) -> i64 {
        if times > 0 { self.upper } else { self.lower }
    }
}

impl Row {
    /// The terms add up to so much, or more.
    pub(crate) fn at_least(terms: Vec<LinearTerm>, need: i64) -> Self {
        Self { terms, head: None, need }
    }

    /// All terms, the head among them.
    fn all_terms(&self) -> impl Iterator<Item = LinearTerm> + '_ {
        self.terms.iter().copied().chain(self.head.map(|head| (head, self.need.saturating_neg())))
    }

    /// The least that all terms add up to.
    fn least(&self) -> i64 {
        if self.head.is_some() { 0 } else { self.need }
    }

    /// The sum of the terms at a point, heads aside (its *activity*).
    pub(crate) fn activity(&self, value: impl Fn(VariableId) -> i64) -> i64 {
        self.terms.iter().map(|&(variable, times)| times * value(variable)).sum()
    }

    /// The variables of the row.
    pub(crate) fn variables(&self) -> impl Iterator<Item = VariableId> + '_ {
        self.terms.iter().map(|&(variable, _)| variable).chain(self.head)
    }

    /// The row as one inequality, whatever the bounds are.
    pub(crate) fn inequality(&self) -> Inequality {
        Inequality { terms: self.all_terms().collect(), least: self.least() }
    }

    /// The *slack*: by how much the row is more than satisfied if every variable is where that is the most. Below 0
    /// nothing satisfies the row. `None` if the numbers are beyond all measure, and prove nothing.
    pub(crate) fn slack(&self, bounds: &Bounds) -> Option<i64> {
        let most = self.all_terms().try_fold(0_i64, |most, (variable, times)| {
            most.checked_add(times.checked_mul(bounds[variable].best(times))?)
        });
        most?.checked_sub(self.least())
    }

    /// True if a variable, by itself, can use up more than the slack.
    pub(crate) fn forces_something(&self, slack: i64, bounds: &Bounds) -> bool {
        self.all_terms().any(|(variable, times)| {
            let Interval { lower, upper } = bounds[variable];
            times.saturating_abs().saturating_mul(upper.saturating_sub(lower)) > slack
        })
    }

    /// The variables with what the row by itself leaves of their bounds, given its slack: none may be farther from its
    /// best value than the slack allows. A variable that need not be whole is kept within whole bounds.
    pub(crate) fn narrowed<'a>(
        &'a self,
        slack: i64,
        bounds: &'a Bounds,
        is_whole: impl Fn(VariableId) -> bool + 'a,
    ) -> impl Iterator<Item = (VariableId, Interval)> + 'a {
        self.all_terms().filter_map(move |(variable, times)| {
            let Interval { lower, upper } = bounds[variable];
            if times == 0 || lower == upper {
                return None;
            }
            let size = times.saturating_abs();
            let spare = (slack / size).saturating_add(i64::from(!is_whole(variable) && slack % size > 0));
            let narrower = if times > 0 {
                Interval::new(lower.max(upper.saturating_sub(spare)), upper)
            } else {
                Interval::new(lower, upper.min(lower.saturating_add(spare)))
            };
            (narrower != bounds[variable]).then_some((variable, narrower))
        })
    }

    /// The row between these bounds, as sharp as can be (*coefficient tightening*): what is certain is counted, and no
    /// term counts for more than is needed. It says the same about whole numbers, and more about others. `None` if
    /// nothing can break it.
    pub(crate) fn sharpened(&self, bounds: &Bounds) -> Option<Inequality> {
        let head = self.head.map_or(Interval::only(1), |head| bounds[head]);
        if head.upper > 1 || self.terms.iter().any(|term| term.1 < 0) {
            return Some(self.inequality());
        }
        if head.upper == 0 {
            return None;
        }
        let mut need = self.need;
        for &(variable, times) in &self.terms {
            need = need.saturating_sub(times.saturating_mul(bounds[variable].lower));
        }
        if need <= 0 {
            return None;
        }
        let free = self.terms.iter().filter(|(variable, _)| !bounds[*variable].is_fixed());
        let mut terms: Vec<LinearTerm> = free.map(|&(variable, times)| (variable, times.min(need))).collect();
        // The terms count from the lower bounds on.
        let certain = terms.iter().map(|&(variable, times)| times * bounds[variable].lower).sum::<i64>();
        let Some(head) = self.head.filter(|_| head.lower < 1) else {
            return Some(Inequality { terms, least: need + certain });
        };
        terms.push((head, -need));
        Some(Inequality { terms, least: certain })
    }

    /// The terms in order, with each variable once among them.
    pub(crate) fn merge(&mut self) {
        self.terms.sort_unstable_by_key(|&(variable, _)| variable);
        self.terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
    }

    /// Divides by what divides all factors, as sums of whole numbers are multiples of it. The head, if there is one, is
    /// 0 or 1.
    pub(crate) fn divide(&mut self) {
        let divisor = common_divisor(self.terms.iter().map(|&(_, times)| times));
        if divisor > 1 {
            self.terms.iter_mut().for_each(|(_, times)| *times /= divisor);
            self.need = divided_up(self.need, divisor);
        }
    }

    /// The same row with each variable once, the head among them.
    pub(crate) fn merged(mut self) -> Self {
        if self.head.is_some_and(|head| self.terms.iter().any(|term| term.0 == head)) {
            let Inequality { terms, least } = self.inequality();
            self = Self::at_least(terms, least);
        }
        self.merge();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::enumeration::{every_point, holds};
    use crate::solve::random::Random;
    use crate::value::ids::Id;

    fn random_row(random: &mut Random, variables: u32, head: bool) -> Row {
        let term = |random: &mut Random| (VariableId::at(random.below(variables) as usize), random.between(-3, 6));
        let terms = (0..random.below(5)).map(|_| term(random)).collect();
        let head = head.then(|| VariableId::at(random.below(variables) as usize));
        Row { terms, head, need: random.between(-3, 9) }.merged()
    }

    fn random_bounds(random: &mut Random, variables: u32) -> Bounds {
        let interval = |random: &mut Random| {
            let lower = random.between(0, 1);
            Interval::new(lower, lower + random.between(0, 2))
        };
        (0..variables).map(|_| interval(random)).collect()
    }

    #[test]
    fn no_row_cuts_off_what_satisfies_it() {
        let mut random = Random(0x5eed_0001);
        let (mut forced, mut broken) = (0, 0);
        for _ in 0..4000 {
            let bounds = random_bounds(&mut random, 4);
            let row = {
                let head = random.below(2) == 0;
                random_row(&mut random, 4, head)
            };
            let points: Vec<IdVec<VariableId, i64>> = every_point(&bounds).filter(|point| holds(&row, point)).collect();
            let slack = row.slack(&bounds).unwrap();
            // The variables of a row are independent of each other, so that its slack tells exactly whether it can be
            // satisfied.
            assert_eq!(slack < 0, points.is_empty(), "{row:?} {bounds:?}");
            if slack < 0 {
                broken += 1;
                continue;
            }
            let narrowed: Vec<(VariableId, Interval)> = row.narrowed(slack, &bounds, |_| true).collect();
            assert!(narrowed.is_empty() || row.forces_something(slack, &bounds));
            for (variable, left) in narrowed {
                forced += 1;
                assert!(points.iter().all(|point| left.contains(point[variable])), "{row:?} {bounds:?}");
                // And no less than that: both ends can be had.
                assert!(points.iter().any(|point| point[variable] == left.lower));
                assert!(points.iter().any(|point| point[variable] == left.upper));
            }
        }
        assert!(forced > 500 && broken > 200, "{forced} {broken}");
    }

    #[test]
    fn a_sharpened_row_says_the_same_about_whole_numbers() {
        let mut random = Random(0x5eed_0002);
        let mut sharper = 0;
        for _ in 0..4000 {
            let mut bounds = random_bounds(&mut random, 4);
            let head = random.below(2) == 0;
            let row = random_row(&mut random, 4, head);
            if let Some(head) = row.head {
                bounds[head].lower = bounds[head].lower.min(1);
                bounds[head].upper = bounds[head].upper.clamp(bounds[head].lower, 1);
            }
            let sharpened = row.sharpened(&bounds);
            sharper += u32::from(sharpened.as_ref() != Some(&row.inequality()));
            for point in every_point(&bounds) {
                let kept = sharpened.as_ref().is_none_or(|Inequality { terms, least }| {
                    terms.iter().map(|&(variable, times)| times * point[variable]).sum::<i64>() >= *least
                });
                assert_eq!(kept, holds(&row, &point), "{row:?} {bounds:?} {point:?}");
            }
        }
        assert!(sharper > 500, "{sharper}");
    }

    #[test]
    fn numbers_beyond_all_measure_prove_nothing() {
        let bounds: Bounds = vec![Interval::new(i64::MIN, i64::MAX); 2].into();
        let row = Row::at_least(vec![(VariableId::at(0), 2), (VariableId::at(1), -2)], i64::MAX);
        assert_eq!(row.slack(&bounds), None);
    }
}
