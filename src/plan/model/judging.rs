//! Joint regions in the closure of a plan: judged by the same counting as in an evaluation, with the awards that steps
//! bring.

use std::collections::BTreeMap;

use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::evidence::{Admitted, AwardId, EvidenceId, Origin};
use crate::evaluate::outcome::Met;
use crate::solve::ids::VariableId;
use crate::value::ids::Id;

use crate::plan::model::closure::Closure;
use crate::plan::model::statement::{JointId, Region, Statement, StepId};

/// Search steps for one joint region.
const STEPS_OF_A_REGION: u64 = 1_000_000;
/// Numbers that are kept of what regions were asked for.
const MOST_NUMBERS: usize = 1 << 18;

/// The outcomes of joint regions, by what their sources gave: where one step after the other is left out, most regions
/// are asked for the same again.
#[derive(Debug, Default)]
pub(crate) struct JudgedRegions {
    outcomes: BTreeMap<JudgedRegion, Met>,
    numbers: usize,
}

/// A region, and the number of awards that each of its sources gives.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct JudgedRegion {
    number: JointId,
    amounts: Vec<i64>,
}

impl JudgedRegions {
    fn keep(&mut self, asked: JudgedRegion, met: Met) {
        if self.numbers > MOST_NUMBERS {
            *self = Self::default();
        }
        self.numbers += asked.amounts.len() + 1;
        self.outcomes.insert(asked, met);
    }
}

impl Closure<'_, '_, '_> {
    /// True if a joint region is satisfied as things stand.
    pub(crate) fn is_met(&mut self, number: JointId, work: &mut u64) -> bool {
        let region = &self.statement.regions[number];
        let amounts: Vec<i64> = region.sources.keys().map(|&variable| self.amount(region, variable)).collect();
        *work += amounts.len() as u64 / 4 + 1;
        let asked = JudgedRegion { number, amounts };
        let met = if let Some(&met) = self.judged_regions.outcomes.get(&asked) {
            met
        } else {
            let met = self.judged(region, |variable| self.amount(region, variable), work);
            self.judged_regions.keep(asked, met);
            met
        };
        self.undecided |= met == Met::Undecided;
        met == Met::Yes
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
