//! Joint regions in the closure of a plan: judged by the same counting as in an evaluation, with the awards that steps
//! bring.

use std::collections::{BTreeMap, VecDeque};

use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::evidence::{Admitted, AwardId, EvidenceId, Origin};
use crate::evaluate::outcome::Met;
use crate::solve::ids::VariableId;
use crate::value::ids::Id;

use crate::plan::model::closure::Closure;
use crate::plan::model::statement::{JointId, Region, Statement, StepId};

/// Search steps for one joint region.
const STEPS_OF_A_REGION: u64 = 1_000_000;
/// So many are kept of what satisfies a region, and of what does not.
const MOST_KEPT: usize = 128;
/// Numbers of awards that are kept of all regions before all is forgotten.
const MOST_NUMBERS: usize = 1 << 20;

/// What is known of joint regions, by the number of awards that each of their sources gave. More awards never satisfy
/// less, so what is known of some tells of all that have as many of each, or none that has more.
#[derive(Debug, Default)]
pub(crate) struct JudgedRegions {
    known: BTreeMap<JointId, JudgedRegion>,
    /// The numbers that were kept since all was forgotten.
    numbers: usize,
}

#[derive(Debug, Default)]
struct JudgedRegion {
    /// None has as many of each as another one.
    enough: VecDeque<GivenAwards>,
    /// None has no more of any than another one.
    too_few: VecDeque<GivenAwards>,
    /// Those for which the search steps were not enough.
    open: VecDeque<GivenAwards>,
}

/// The number of awards that each source of a region gave.
#[derive(Debug, PartialEq, Eq)]
struct GivenAwards {
    /// A bit of 64 for each source that gave any, several sources having one bit: what has more has these.
    support: u64,
    amounts: Vec<i64>,
}

impl GivenAwards {
    fn new(amounts: Vec<i64>) -> Self {
        let given = amounts.iter().zip(0_u32..).filter(|(amount, _)| **amount > 0);
        let support = given.fold(0, |support, (_, place)| support | 1_u64.rotate_left(place));
        Self { support, amounts }
    }

    /// True if there are as many of each as there.
    fn cover(&self, others: &Self) -> bool {
        others.support & !self.support == 0 && self.amounts.iter().zip(&others.amounts).all(|(own, other)| own >= other)
    }
}

impl JudgedRegions {
    /// The outcome for these awards, if it is known; what was looked at is added to `work`.
    fn outcome(&self, number: JointId, given: &GivenAwards, work: &mut u64) -> Option<Met> {
        let known = self.known.get(&number)?;
        *work += (known.enough.len() + known.too_few.len()) as u64 / 16;
        if known.enough.iter().any(|enough| given.cover(enough)) {
            Some(Met::Yes)
        } else if known.too_few.iter().any(|too_few| too_few.cover(given)) {
            Some(Met::No)
        } else {
            known.open.contains(given).then_some(Met::Undecided)
        }
    }

    fn keep(&mut self, number: JointId, given: GivenAwards, met: Met) {
        if self.numbers > MOST_NUMBERS {
            *self = Self::default();
        }
        self.numbers += given.amounts.len() + 1;
        let known = self.known.entry(number).or_default();
        let kept = match met {
            Met::Yes => {
                known.enough.retain(|other| !other.cover(&given));
                &mut known.enough
            }
            Met::No => {
                known.too_few.retain(|other| !given.cover(other));
                &mut known.too_few
            }
            Met::Undecided => &mut known.open,
        };
        if kept.len() == MOST_KEPT {
            kept.pop_front();
        }
        kept.push_back(given);
    }
}

impl Closure<'_, '_, '_> {
    /// True if a joint region is satisfied as things stand.
    pub(crate) fn is_met(&mut self, number: JointId, work: &mut u64) -> bool {
        let region = &self.statement.regions[number];
        let given = self.given(region, work);
        let met = self.judged_regions.outcome(number, &given, work).unwrap_or_else(|| {
            let met = self.judged(region, |variable| self.amount(region, variable), work);
            self.judged_regions.keep(number, given, met);
            met
        });
        self.undecided |= met == Met::Undecided;
        met == Met::Yes
    }

    /// The same if it is known from before.
    pub(crate) fn known(&mut self, number: JointId, work: &mut u64) -> Option<bool> {
        let given = self.given(&self.statement.regions[number], work);
        let met = self.judged_regions.outcome(number, &given, work)?;
        self.undecided |= met == Met::Undecided;
        Some(met == Met::Yes)
    }

    /// What the sources of a region give as things stand.
    fn given(&self, region: &Region, work: &mut u64) -> GivenAwards {
        let amounts: Vec<i64> = region.sources.keys().map(|&variable| self.amount(region, variable)).collect();
        *work += amounts.len() as u64 / 4 + 1;
        GivenAwards::new(amounts)
    }

    /// The number of awards that a source of a region gives as things stand.
    pub(crate) fn amount(&self, region: &Region, variable: VariableId) -> i64 {
        let statement = self.statement;
        let values = if statement.is_corequisite(region) { &self.tried } else { &self.values };
        match statement.brought_by(variable).and_then(|step| statement.steps[step].times) {
            Some(times) if values[variable] > 0 => values[times],
            _ => values[variable],
        }
    }

    /// Whether a joint region is satisfied when its sources give so many awards; what that took is added to `work`.
    pub(crate) fn judged(&self, region: &Region, amount: impl Fn(VariableId) -> i64, work: &mut u64) -> Met {
        let mut steps = STEPS_OF_A_REGION;
        let met = met(self.statement, region, amount, &mut steps);
        // What is there is copied and sorted by leaf.
        let copied = region.evidence.len() + region.usable.len() + 4 * region.sources.len();
        *work += STEPS_OF_A_REGION - steps + 1 + copied as u64;
        met
    }
}

/// True if a joint region is satisfied when its sources give so many awards.
fn met(statement: &Statement<'_, '_>, region: &Region, amount: impl Fn(VariableId) -> i64, steps: &mut u64) -> Met {
    let mut evidence = region.evidence.clone();
    let mut usable = region.usable.clone();
    let mut taken = 0;
    // New awards are told apart by numbers that no award of the record has. What waits for components is the same as
    // what does not.
    let mut first_of: BTreeMap<Option<StepId>, usize> = BTreeMap::new();
    for (&variable, supplied) in &region.sources {
        let times = usize::try_from(amount(variable)).unwrap_or(0);
        // Of what none is there, no number is taken.
        if times == 0 {
            continue;
        }
        let step = statement.brought_by(variable);
        let last = *first_of.entry(step).or_insert_with(|| {
            taken += times;
            taken
        });
        for time in 0..times {
            let first = evidence.len();
            evidence.extend(supplied.evidence.iter().map(|award| {
                let new = || award.with_origin(Origin::Issued(AwardId::from_end(last - time)));
                let award = if step.is_none() { award.clone() } else { new() };
                Admitted { evidence: award, current: true, again: false }
            }));
            usable.extend(supplied.leaves.iter().map(|&(leaf, place)| (leaf, EvidenceId::at(first + place.index()))));
        }
    }
    let exceptions = &statement.progress.exceptions;
    let mut counting = Counting::new(
        CountingInput { catalog: statement.catalog, exceptions, evidence: &evidence, steps: *steps, thorough: false },
        usable,
    );
    let met = counting.outcome(region.top).met;
    *steps = counting.steps;
    met
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_known_tells_of_what_has_more_or_less() {
        let (region, mut work) = (JointId::default(), 0);
        let mut judged = JudgedRegions::default();
        let given = |amounts: &[i64]| GivenAwards::new(amounts.to_vec());
        judged.keep(region, given(&[1, 0, 2]), Met::Yes);
        judged.keep(region, given(&[0, 3, 1]), Met::No);
        judged.keep(region, given(&[2, 0, 0]), Met::Undecided);
        let mut outcome = |amounts: &[i64]| judged.outcome(region, &given(amounts), &mut work);
        assert_eq!(outcome(&[1, 0, 2]), Some(Met::Yes));
        assert_eq!(outcome(&[5, 1, 2]), Some(Met::Yes));
        assert_eq!(outcome(&[0, 3, 1]), Some(Met::No));
        assert_eq!(outcome(&[0, 0, 1]), Some(Met::No));
        assert_eq!(outcome(&[2, 0, 0]), Some(Met::Undecided));
        // More of one and less of another, more than too few, fewer than enough, more than what was open.
        for open in [[2, 0, 1], [0, 3, 2], [1, 0, 1], [3, 0, 0]] {
            assert_eq!(outcome(&open), None, "{open:?}");
        }
    }

    #[test]
    fn more_sources_than_there_are_bits_are_told_apart() {
        let (region, mut work) = (JointId::default(), 0);
        let mut judged = JudgedRegions::default();
        let only = |place: usize| GivenAwards::new((0..130).map(|other| i64::from(other == place)).collect());
        judged.keep(region, only(1), Met::Yes);
        assert_eq!(judged.outcome(region, &only(1), &mut work), Some(Met::Yes));
        assert_eq!(judged.outcome(region, &only(65), &mut work), None);
        assert_eq!(judged.outcome(region, &only(129), &mut work), None);
    }

    #[test]
    fn what_is_kept_has_a_bound() {
        let (region, mut work) = (JointId::default(), 0);
        let mut judged = JudgedRegions::default();
        let given = |amount: i64| GivenAwards::new(vec![amount; MOST_NUMBERS / 2]);
        for amount in [1, 2] {
            judged.keep(region, given(amount), Met::No);
        }
        assert_eq!(judged.outcome(region, &given(2), &mut work), Some(Met::No));
        judged.keep(region, GivenAwards::new(vec![3]), Met::Yes);
        assert_eq!(judged.outcome(region, &given(2), &mut work), None);
    }

    #[test]
    fn so_many_are_kept_and_the_first_go() {
        let (region, mut work) = (JointId::default(), 0);
        let mut judged = JudgedRegions::default();
        let only = |place: usize| GivenAwards::new((0..=MOST_KEPT).map(|other| i64::from(other == place)).collect());
        for place in 0..=MOST_KEPT {
            judged.keep(region, only(place), Met::Yes);
        }
        assert_eq!(judged.outcome(region, &only(0), &mut work), None);
        assert_eq!(judged.outcome(region, &only(1), &mut work), Some(Met::Yes));
        assert_eq!(judged.outcome(region, &only(MOST_KEPT), &mut work), Some(Met::Yes));
    }
}
