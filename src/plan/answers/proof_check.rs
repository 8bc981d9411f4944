//! Whether a plan's proof shows what the plan says of others. A plan may have been stored, and anybody may have written
//! it: whatever it says is checked before anything is carried out for it, and all that is looked at for it is paid for.

use std::cell::RefCell;
use std::collections::BTreeSet;

use crate::evaluate::outcome::Met;
use crate::plan::model::policies::Obeyed;
use crate::plan::model::replay::Replay;
use crate::plan::model::statement::{Step, StepId};
use crate::plan::question::options::{Objective, PlanOptions};
use crate::plan::question::problem::Problem;
use crate::plan::question::ties::Prices;
use crate::plan::search::certificate::{Certificate, CutReason};
use crate::solve::certificate::{ProofClaim, ProofFollower, Unfollowed};
use crate::solve::ids::RowId;
use crate::solve::row::{Bounds, Interval, Row};
use crate::value::ids::{CredentialId, IdVec};
use crate::value::meter::Meter;

/// The work that a check may take for each line of a proof, for each variable and each term of the rows. A line looks
/// at all of them once, and one that is refused at some of them for each of its steps.
const WORK_PER_TERM: u64 = 64;

/// The work that a check may take beyond that is so many times what the search was allowed: the search asked about the
/// policies as often, but for what it remembered.
const TIMES_OF_SEARCH: u64 = 4;

/// Steps of work that a search is taken to have been allowed at the least, whatever its own limit was.
const LEAST_WORK: u64 = 50_000_000;

/// The check of one proof.
pub(crate) struct ProofCheck<'a, 's, 'p, 'c> {
    problem: &'a Problem<'s, 'p, 'c>,
    certificate: &'a Certificate,
    /// What is left for all of it.
    meter: RefCell<Meter>,
}

impl<'a, 's, 'p, 'c> ProofCheck<'a, 's, 'p, 'c> {
    pub(crate) fn new(problem: &'a Problem<'s, 'p, 'c>, certificate: &'a Certificate) -> Self {
        let others: usize = problem.limits.iter().map(|row| 1 + row.terms.len()).sum();
        let further: usize = certificate.further.iter().map(|reason| 1 + reason.steps()).sum();
        let size = problem.statement.size() + (others + further) as u64;
        let lines = (certificate.entries.len() + certificate.further.len() + 1) as u64;
        let searched = problem.question.options.work.clamp(LEAST_WORK, PlanOptions::MOST_WORK_AGAIN);
        let limit = lines.saturating_mul(size).saturating_mul(WORK_PER_TERM);
        let meter = Meter::new(limit.saturating_add(TIMES_OF_SEARCH * searched));
        Self { problem, certificate, meter: RefCell::new(meter) }
    }

    fn spend(&self, work: u64) -> Option<()> {
        self.meter.borrow_mut().spend(work)
    }

    /// True if no plan is worth less, by the objective, than is said.
    pub(crate) fn shows(&self, objective: Objective, said: u128) -> bool {
        let prices = Prices::new(self.problem.statement, objective);
        if u128::try_from(prices.combined.first(self.certificate.least)) != Ok(said) {
            return false;
        }
        self.rows().is_some_and(|rows| self.is_followed(&rows, &prices, &mut Unfollowed))
    }

    /// The rows that the proof rests on, those among them that were found on the way. `None` if one does not hold.
    pub(crate) fn rows(&self) -> Option<IdVec<RowId, Row>> {
        let mut rows = self.problem.rows();
        for row in &self.certificate.further {
            rows.push(self.further_row(row)?);
        }
        Some(rows)
    }

    /// True if the proof shows what it is said to, by these rows. What it says is told to whoever follows.
    pub(crate) fn is_followed(
        &self,
        rows: &IdVec<RowId, Row>,
        prices: &Prices,
        follower: &mut impl ProofFollower,
    ) -> bool {
        let &Certificate { least, ref entries, .. } = self.certificate;
        let statement = self.problem.statement;
        let barren = |bounds: &Bounds| self.leads(&self.allowed(bounds)) == Met::No;
        let refused = |bounds: &Bounds| {
            let variables = statement.steps.iter().flat_map(|step| [Some(step.variable), step.times]).flatten();
            let decided = variables.into_iter().all(|variable| {
                let Interval { lower, upper } = bounds[variable];
                lower == upper
            });
            decided && self.is_no_plan(&self.allowed(bounds))
        };
        let claim = ProofClaim {
            rows,
            bounds: statement.bounds(),
            prices: prices.combined.prices(),
            below: prices.combined.scale().below(least),
            barren: &barren,
            refused: &refused,
            spend: &|work| self.spend(work),
        };
        least <= 0 || claim.holds_by(entries, follower)
    }

    /// The steps that some bounds allow, as often as they do.
    fn allowed(&self, bounds: &Bounds) -> Vec<(CredentialId, u32)> {
        let most = |step: &Step| {
            let variable = step.times.unwrap_or(step.variable);
            if bounds[step.variable].upper < 1 { 0 } else { bounds[variable].upper.max(0) }
        };
        let steps = self.problem.statement.steps.iter();
        let steps = steps.map(|step| (step.credential, u32::try_from(most(step)).unwrap_or(u32::MAX)));
        steps.filter(|step| step.1 > 0).collect()
    }

    /// True if one of the steps can be spared, or they are all of those of a plan that is left aside.
    fn is_no_plan(&self, steps: &[(CredentialId, u32)]) -> bool {
        let spare = (0..steps.len()).any(|place| {
            let mut fewer = steps.to_vec();
            fewer[place].1 -= 1;
            fewer.retain(|step| step.1 > 0);
            self.leads(&fewer) == Met::Yes
        });
        let has = |&(id, times): &(CredentialId, u32)| steps.iter().any(|step| step.0 == id && step.1 >= times);
        let besides = &self.problem.question.options.besides;
        spare
            || besides.iter().any(|other| {
                let looks = other.steps.len().saturating_mul(steps.len());
                self.spend(looks as u64).is_some() && other.steps.iter().all(has)
            })
    }

    /// The row that was found on the way, if it holds. Nothing is carried out for what the rows do not know, more often
    /// than they count it, or twice.
    fn further_row(&self, further: &CutReason<CredentialId>) -> Option<Row> {
        let statement = self.problem.statement;
        self.spend(further.steps() as u64)?;
        let number = |id: &CredentialId| statement.step(*id);
        match further {
            CutReason::OneOf(credentials) => {
                let one_of: BTreeSet<StepId> = credentials.iter().map(number).collect::<Option<_>>()?;
                if one_of.len() < credentials.len() {
                    return None;
                }
                let mut others = statement.all_steps();
                others.retain(|(step, _)| !one_of.contains(step));
                let holds = self.leads(&statement.credentials(&others)) == Met::No;
                let terms = one_of.iter().map(|&step| (statement.steps[step].variable, 1)).collect();
                holds.then_some(Row::at_least(terms, 1))
            }
            CutReason::NotBeside { plan, beside } => {
                let last = (*beside, 1);
                let all = plan.iter().chain([&last]);
                let all: Vec<(StepId, i64)> =
                    all.map(|&(id, times)| Some((number(&id)?, times))).collect::<Option<_>>()?;
                let each: BTreeSet<StepId> = all.iter().map(|&(step, _)| step).collect();
                let row = statement.not_all(&all).filter(|_| each.len() == all.len())?;
                let holds = self.leads(&statement.credentials(&all[..plan.len()])) == Met::Yes;
                holds.then_some(row)
            }
        }
    }

    /// Whether these steps, each taken when it is possible, lead to the target, and some of them within the policies.
    fn leads(&self, steps: &[(CredentialId, u32)]) -> Met {
        let progress = self.problem.statement.progress;
        let mut replay = Replay::new(progress);
        replay.take_all(steps);
        if self.spend(replay.work(progress) + steps.len() as u64).is_none() {
            return Met::Undecided;
        }
        match replay.holds(self.problem.question.target) {
            true => self.obeys(replay.taken()),
            false if replay.is_undecided() => Met::Undecided,
            false => Met::No,
        }
    }

    /// Whether some of these steps, which lead to the target, do so within the policies.
    pub(crate) fn obeys(&self, steps: &[(CredentialId, u32)]) -> Met {
        let Some(policies) = self.problem.policies else { return Met::Yes };
        match policies.obey(steps, &BTreeSet::new(), &mut self.meter.borrow_mut()) {
            Some(Obeyed::Yes(_)) => Met::Yes,
            Some(Obeyed::No) => Met::No,
            Some(Obeyed::Undecided) | None => Met::Undecided,
        }
    }
}
