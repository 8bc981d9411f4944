//! The choice of awards for an average ([semantics 2.7](crate::semantics#2.7)): enough of them, and with a mean that is
//! high enough.
//!
//! By how much an award raises or lowers the mean is its *surplus*: its points less the mean that is asked for, times
//! what it adds. A choice will do if it adds enough and its surplus in sum is not below nothing. Where no award could
//! take the place of another, those with the most points are chosen; else the choice is a system of whole numbers for
//! `integer`, with a row for the surplus. Whatever is found is added up anew.

use std::collections::BTreeMap;

use crate::evaluate::assignment;
use crate::evaluate::assignment::{Bucket, Placement, SumGoal};
use crate::evaluate::averages::{GradedOffer, Weighed, surplus};
use crate::solve::ids::VariableId;
use crate::solve::integer;
use crate::solve::integer::{Feasible, System};
use crate::solve::row::{Interval, LinearTerm, Row};
use crate::value::ids::IdVec;
use crate::value::meter::Meter;
use crate::value::points::GradePoints;

/// An amount that is needed, with a mean.
#[derive(Clone, Copy)]
pub(crate) struct Averaged<'o> {
    pub(crate) offers: &'o [GradedOffer],
    pub(crate) buckets: &'o [Bucket],
    pub(crate) needed: u64,
    pub(crate) least: GradePoints,
}

/// Offers with what each of them adds.
pub(crate) type AddedOffers = Vec<(usize, u64)>;

/// What was found.
pub(crate) enum MeanChoice {
    Enough(AddedOffers),
    No,
    Undecided,
}

impl Averaged<'_> {
    /// A choice that adds enough, with a mean that is high enough, none of it needless.
    pub(crate) fn choice(self, steps: &mut u64) -> MeanChoice {
        let chosen = if self.buckets.len() == 1 && !self.competes() { self.of_the_best() } else { None };
        match chosen.unwrap_or_else(|| self.searched(steps)) {
            MeanChoice::Enough(added) => MeanChoice::Enough(self.without_needless(added, steps)),
            other => other,
        }
    }

    /// Whether two of the offers are of one unit, or fill one member.
    fn competes(self) -> bool {
        let mut units: Vec<_> = self.offers.iter().map(|offer| offer.placement.unit).collect();
        let mut members: Vec<_> = self.offers.iter().filter_map(|offer| offer.placement.member).collect();
        units.sort_unstable();
        members.sort_unstable();
        units.windows(2).any(|pair| pair[0] == pair[1]) || members.windows(2).any(|pair| pair[0] == pair[1])
    }

    /// The offers, those with the most points first.
    fn best_first(self, mut numbers: Vec<usize>) -> Vec<usize> {
        numbers.sort_by_key(|&number| (std::cmp::Reverse(self.offers[number].merit), number));
        numbers
    }

    /// The choice where no offer stands in the way of another: those that raise the mean, and as many of the others,
    /// the best first, as it takes. `None` if it is not settled by that.
    fn of_the_best(self) -> Option<MeanChoice> {
        let order = self.best_first((0..self.offers.len()).collect());
        let (mut taken, mut total, mut surplus) = (Vec::new(), 0_u64, Some(0_i128));
        for number in order {
            let GradedOffer { placement: Placement { amount, .. }, merit, fills } = self.offers[number];
            let above = merit.above(self.least);
            if above.is_some_and(|above| above < 0) {
                if total >= self.needed {
                    break;
                }
                if !fills {
                    continue;
                }
                // With no more of it than is missing the mean is as high as it can be.
                let missing = amount.min(self.needed - total);
                let at_best = surplus.zip(above).map(|(surplus, above)| surplus + above * i128::from(missing));
                if surplus.is_some() && at_best.is_some_and(|at_best| at_best < 0) {
                    return Some(MeanChoice::No);
                }
            }
            taken.push(number);
            total = total.saturating_add(if fills { amount } else { 0 });
            surplus = surplus.zip(above).map(|(surplus, above)| surplus + above * i128::from(amount));
        }
        if total < self.needed {
            return Some(MeanChoice::No);
        }
        let added = self.added(taken);
        self.is_enough(&added).then_some(MeanChoice::Enough(added))
    }

    /// What each of some offers adds: under caps, those with the most points add first.
    fn added(self, chosen: Vec<usize>) -> AddedOffers {
        let mut used = vec![0_u64; self.buckets.len()];
        let mut added = Vec::with_capacity(chosen.len());
        for number in self.best_first(chosen) {
            let Placement { bucket, amount, .. } = self.offers[number].placement;
            let around = self.around(bucket);
            let room = around.iter().map(|&bucket| self.buckets[bucket].cap - used[bucket]).min();
            let adds = amount.min(room.unwrap_or(u64::MAX));
            for bucket in around {
                used[bucket] += adds;
            }
            added.push((number, adds));
        }
        added
    }

    /// A bucket, and those around it, but for the sum itself, which has no cap.
    fn around(self, mut bucket: usize) -> Vec<usize> {
        let mut around = Vec::new();
        while bucket > 0 {
            around.push(bucket);
            bucket = self.buckets[bucket].above;
        }
        around
    }

    /// What is added to the amount that is needed.
    pub(crate) fn total(self, added: &AddedOffers) -> u64 {
        let filling = added.iter().filter(|(number, _)| self.offers[*number].fills);
        filling.map(|(_, adds)| *adds).fold(0, u64::saturating_add)
    }

    /// Whether it is enough, with a mean that is high enough. That of nothing is.
    fn is_enough(self, added: &AddedOffers) -> bool {
        let surplus = added.iter().filter(|(_, adds)| *adds > 0).try_fold(0_i128, |surplus, &(number, adds)| {
            Some(surplus.saturating_add(self.offers[number].merit.above(self.least)?.saturating_mul(i128::from(adds))))
        });
        self.total(added) >= self.needed && surplus.is_none_or(|surplus| surplus >= 0)
    }

    /// Leaves out what the rest can do without, that with the fewest points first.
    fn without_needless(self, added: AddedOffers, steps: &mut u64) -> AddedOffers {
        let mut kept: Vec<usize> = added.iter().map(|&(number, _)| number).collect();
        let mut order = self.best_first(kept.clone());
        order.reverse();
        let mut best = added;
        for number in order {
            let Some(left) = steps.checked_sub(kept.len() as u64 / 8 + 1) else { break };
            *steps = left;
            let fewer: Vec<usize> = kept.iter().copied().filter(|&other| other != number).collect();
            let added = self.added(fewer.clone());
            if self.is_enough(&added) {
                (kept, best) = (fewer, added);
            }
        }
        best.retain(|(_, adds)| *adds > 0);
        best
    }

    /// Looks for a choice as for whole numbers.
    fn searched(self, steps: &mut u64) -> MeanChoice {
        let (system, columns) = self.system();
        *steps = steps.saturating_sub(columns.len() as u64);
        let mut meter = Meter::new(*steps);
        let mut found = None;
        let mut accept = |values: &IdVec<VariableId, i64>, _: &mut Meter| {
            let chosen =
                columns.iter().enumerate().filter(|(_, column)| values.get(**column).is_some_and(|&value| value > 0));
            let added = self.added(chosen.map(|(number, _)| number).collect());
            let enough = self.is_enough(&added);
            if enough {
                found = Some(added);
            }
            enough
        };
        let answer = integer::solve(&system, &mut meter, &mut accept);
        *steps = meter.left;
        match (answer, found) {
            (Feasible::Yes, Some(added)) => MeanChoice::Enough(added),
            (Feasible::No, _) => MeanChoice::No,
            _ => {
                *steps = 0;
                MeanChoice::Undecided
            }
        }
    }

    /// The rows, and a column for each offer that says whether it is chosen.
    fn system(self) -> (System, Vec<VariableId>) {
        let mut system = System::default();
        let columns: Vec<VariableId> = self.offers.iter().map(|_| system.whole(Interval::new(0, 1))).collect();
        let (mut of_unit, mut of_member) = (BTreeMap::new(), BTreeMap::new());
        for (offer, &column) in self.offers.iter().zip(&columns) {
            let Placement { unit, member, .. } = offer.placement;
            of_unit.entry(unit).or_insert_with(Vec::new).push((column, -1));
            if let Some(member) = member {
                of_member.entry(member).or_insert_with(Vec::new).push((column, -1));
            }
        }
        for terms in of_unit.into_values().chain(of_member.into_values()).filter(|terms| terms.len() > 1) {
            system.add(Row::at_least(terms, -1));
        }
        let adding = if self.buckets.len() == 1 {
            let amount = |(offer, &column): (&GradedOffer, &VariableId)| (column, whole(offer.placement.amount));
            self.offers.iter().zip(&columns).map(amount).collect()
        } else {
            self.capped(&mut system, &columns)
        };
        let filling = adding.iter().zip(self.offers).filter(|(_, offer)| offer.fills);
        system.add(Row::at_least(filling.map(|(&term, _)| term).collect(), whole(self.needed)));
        let weighed = adding.iter().zip(self.offers).map(|(&(column, amount), offer)| Weighed {
            column,
            amount,
            most: if self.buckets.len() == 1 { 1 } else { whole(offer.placement.amount) },
            merit: offer.merit,
        });
        if let Some(terms) = surplus(&weighed.collect::<Vec<_>>(), self.least) {
            system.add(Row::at_least(terms, 0));
        }
        (system, columns)
    }

    /// The columns for what each offer adds under caps. As much of it adds as is offered, unless some cap around it is
    /// full.
    fn capped(self, system: &mut System, columns: &[VariableId]) -> Vec<LinearTerm> {
        let full: Vec<VariableId> = self.buckets.iter().map(|_| system.whole(Interval::new(0, 1))).collect();
        let mut within: Vec<Vec<LinearTerm>> = vec![Vec::new(); self.buckets.len()];
        let mut adding = Vec::with_capacity(columns.len());
        for (offer, &column) in self.offers.iter().zip(columns) {
            let amount = whole(offer.placement.amount);
            let adds = system.fractional(Interval::new(0, amount));
            system.add(Row::at_least(vec![(column, amount), (adds, -1)], 0));
            let mut terms = vec![(adds, 1), (column, -amount)];
            for bucket in self.around(offer.placement.bucket) {
                within[bucket].push((adds, 1));
                terms.push((full[bucket], amount));
            }
            system.add(Row::at_least(terms, 0));
            adding.push((adds, 1));
        }
        for (bucket, mut terms) in within.into_iter().enumerate().skip(1) {
            let cap = whole(self.buckets[bucket].cap);
            system.add(Row::at_least(terms.iter().map(|&(adds, _)| (adds, -1)).collect(), -cap));
            terms.push((full[bucket], -cap));
            system.add(Row::at_least(terms, 0));
        }
        adding
    }

    /// The most that can be added, whatever the mean.
    pub(crate) fn most(self, steps: &mut u64) -> u64 {
        let filling = self.offers.iter().filter(|offer| offer.fills);
        let placements: Vec<Placement> = filling.map(|offer| offer.placement).collect();
        assignment::most(&placements, self.buckets, SumGoal { needed: self.needed, most: true }, steps).total
    }

    /// The choice that adds what is needed with the highest mean.
    pub(crate) fn best_mean(self, steps: &mut u64) -> AddedOffers {
        let points = self.offers.iter().filter_map(|offer| offer.merit.points());
        let points: Vec<i64> = points.map(GradePoints::millionths).collect();
        let (Some(&lowest), Some(&highest)) = (points.iter().min(), points.iter().max()) else { return Vec::new() };
        let (mut enough, mut most) = (lowest, highest);
        let mut choice =
            |least: i64| match (Averaged { least: GradePoints::from_millionths(least), ..self }).choice(steps) {
                MeanChoice::Enough(added) => Some(added),
                MeanChoice::No | MeanChoice::Undecided => None,
            };
        let mut best = choice(lowest).unwrap_or_default();
        while enough < most {
            let middle = enough + (most - enough + 1) / 2;
            match choice(middle) {
                Some(added) => (enough, best) = (middle, added),
                None => most = middle - 1,
            }
        }
        best
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).min(1 << 32)
}
