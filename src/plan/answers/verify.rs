//! Whether a plan is what it says: its steps are carried out by the evaluator, and its proof is added up.

use crate::value::ids::CredentialId;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::catalog::catalog::Catalog;
use crate::record::record::LearnerRecord;
use crate::value::amount::Amount;

use crate::evaluate::outcome::Met;
use crate::plan::answers::not_stated::NotStated;
use crate::plan::answers::plan::{Optimality, Plan, PlanStep, StepKind};
use crate::plan::answers::proof_check::ProofCheck;
use crate::plan::answers::uses_check::UsesCheck;
use crate::plan::model::amounts::Price;
use crate::plan::model::replay::Replay;
use crate::plan::model::statement::MOST_TIMES;
use crate::plan::question::options::{Besides, Objective};
use crate::plan::question::order::{begun_with, kind};
use crate::plan::question::problem::{Formulation, Problem};
use crate::plan::question::question::Question;
use crate::value::stamp::{Fingerprint, Stamp};

/// A flaw of a plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Flaw {
    /// The plan was made under another catalog, or another version of this one.
    #[error("the plan was made under the catalog {made_under}, and this one is {this}")]
    OtherCatalog {
        /// The fingerprint of the catalog that it was made under.
        made_under: Fingerprint,
        /// The fingerprint of the one that is to verify it.
        this: Fingerprint,
    },
    /// The catalog has no such credential.
    #[error("the catalog has no credential `{0}`")]
    UnknownCredential(String),
    /// A step is not possible when its turn comes, or not allowed.
    #[error("`{0}` is not possible when its turn comes")]
    Impossible(String),
    /// A step is of another kind, costs other amounts, or can be begun on other days.
    #[error("`{0}` is not what the plan says: kind, cost, hours or days differ")]
    Misstated(String),
    /// The plan breaks an exclusion, the budget, or lacks what must be included.
    #[error("the plan does not keep to its limits")]
    BeyondLimits,
    /// After all steps, no award that counts as the target is current.
    #[error("the steps do not lead to the target")]
    Short,
    /// The plan leads to the target without this step, or with less of it.
    #[error("`{0}` can be left out")]
    Spare(String),
    /// The claim, or what was issued, is not met by the awards that the plan says it uses, or shares more of them than
    /// a policy allows.
    #[error("what the plan says that `{0}` uses does not keep to the policies on sharing")]
    OverShared(String),
    /// The sums do not agree with the steps.
    #[error("the sums of the plan do not agree with its steps")]
    WrongSums,
    /// The proof does not show that nothing is better than the plan says.
    #[error("the proof does not show what the plan says of others")]
    Unproven,
}

impl Flaw {
    /// That a report with this stamp was made under another catalog.
    pub(crate) fn of_stamp(stamp: Stamp, catalog: &Catalog) -> Result<(), Self> {
        let (made_under, this) = (stamp.catalog, catalog.fingerprint());
        if made_under == this { Ok(()) } else { Err(Self::OtherCatalog { made_under, this }) }
    }
}

impl Plan {
    /// The worth of the plan by its objective: money, hours, credentials, or their weighted sum.
    #[must_use]
    pub fn value(&self) -> Amount {
        Amount::from_hundredths(u64::try_from(self.worth()).unwrap_or(u64::MAX))
    }

    pub(crate) fn worth(&self) -> u128 {
        let (cost, hours) = (u128::from(self.cost.hundredths()), u128::from(self.hours.hundredths()));
        let credentials = 100 * u128::from(self.credentials);
        match self.objective {
            Objective::Cost => cost,
            Objective::Hours => hours,
            Objective::Credentials => credentials,
            Objective::Weighted { cost: a, hours: b, credentials: c } => {
                u128::from(a) * cost + u128::from(b) * hours + u128::from(c) * credentials
            }
        }
    }

    /// What plans are told apart by where each has another target: the value, then how many amounts are missing in it.
    pub(crate) fn nearness(&self) -> (Amount, usize, &str) {
        let NotStated { cost, hours } = &self.not_stated;
        let missing = match self.objective {
            Objective::Cost => cost.len(),
            Objective::Hours => hours.len(),
            Objective::Credentials => 0,
            Objective::Weighted { cost: a, hours: b, credentials: _ } => {
                let counted = |weight: u16, list: &[String]| if weight > 0 { list.len() } else { 0 };
                counted(a, cost) + counted(b, hours)
            }
        };
        (self.value(), missing, &self.target)
    }

    /// Checks the plan: carries out its steps in order, one by one, what is begun together at once, by the evaluator;
    /// sees that none can be left out and that all limits are kept; and adds up, in whole numbers, the proof that
    /// nothing is better. It shares the rows with the search, and nothing else.
    ///
    /// A plan may have been stored, and changed since: it is taken for no more than it proves. What a check takes is
    /// bounded: by the number of the proof's lines times the size of the rows, and by four times the work limit of the
    /// plan's options, which counts for 50,000,000 at the least and for 2,000,000,000 at the most. What would take more
    /// is [`Flaw::Unproven`], and no plan that was made here is, unless its search was allowed more work than that.
    ///
    /// # Errors
    /// [`Flaw`] says what is wrong first.
    pub fn verify(&self, catalog: &Catalog, record: &LearnerRecord) -> Result<(), Flaw> {
        self.check_catalog(catalog)?;
        let number = |id: &str| catalog.credential(id).ok_or_else(|| Flaw::UnknownCredential(id.to_owned()));
        let target = number(&self.target)?;
        let question = Question { target, as_of: self.as_of, options: &self.options };
        let start = question.start(catalog, record);
        let progress = &start.progress;
        let formulation = (!question.is_held(progress)).then(|| Formulation::new(&start, &question));
        let problem = formulation.as_ref().map(|formulation| formulation.problem(question));
        let steps = self.countable_steps(catalog, problem.as_ref())?;
        let mut replay = Replay::new(progress);
        for group in self.groups() {
            let steps = &steps[group.clone()];
            let together: BTreeSet<CredentialId> = steps.iter().map(|step| step.0).collect();
            let possible = match together.first() {
                Some(&only) if together.len() == 1 => replay.is_possible(only),
                _ => replay.is_group(&together),
            };
            for (step, &(credential, _)) in self.steps[group].iter().zip(steps) {
                if !possible {
                    return Err(Flaw::Impossible(step.credential.clone()));
                }
                Self::check_step(step, Price::of(progress, credential), kind(progress, credential))?;
                let offered = &catalog.at(credential).offered;
                let days = (step.closes, step.opens) == (offered.closes(self.as_of), offered.opens(self.as_of));
                if !days || step.begun_with != begun_with(catalog, &together, credential) {
                    return Err(Flaw::Misstated(step.credential.clone()));
                }
            }
            replay.take_together(steps);
        }
        if !replay.holds(target) {
            return Err(Flaw::Short);
        }
        let check = problem.as_ref().map(|problem| ProofCheck::new(problem, &self.certificate));
        self.check_spare(check.as_ref(), Replay::new(progress), target, &steps)?;
        self.check_sums()?;
        let (Some(problem), Some(check)) = (&problem, &check) else {
            return if self.options.must_include.is_empty() { Ok(()) } else { Err(Flaw::BeyondLimits) };
        };
        match problem.policies {
            Some(policies) => UsesCheck::new(self, &start, policies).run(&steps).map_err(Flaw::OverShared)?,
            None => self.claims.first().map_or(Ok(()), |claim| Err(Flaw::OverShared(claim.credential.clone())))?,
        }
        self.check_limits(problem, &steps)?;
        if self.is_proven(check) { Ok(()) } else { Err(Flaw::Unproven) }
    }

    /// The steps by number: each once, and no more often than the rules can use it, so that what is carried out for
    /// them is bounded by the catalog, whatever a plan says that was stored.
    fn countable_steps(
        &self,
        catalog: &Catalog,
        problem: Option<&Problem<'_, '_, '_>>,
    ) -> Result<Vec<(CredentialId, u32)>, Flaw> {
        let mut seen = BTreeSet::new();
        let counted = self.steps.iter().map(|PlanStep { credential: id, times, .. }| {
            let credential = catalog.credential(id).ok_or_else(|| Flaw::UnknownCredential(id.clone()))?;
            let repeated = *times > 1 && !catalog.names.repeatable(credential);
            if *times == 0 || *times > MOST_TIMES || repeated || !seen.insert(credential) {
                return Err(Flaw::Impossible(id.clone()));
            }
            let most = problem.map_or(1, |problem| problem.statement.most_times(credential));
            if i64::from(*times) > most { Err(Flaw::Spare(id.clone())) } else { Ok((credential, *times)) }
        });
        counted.collect()
    }

    /// No step can be left out: without it, those before it are as they were, and those after it are taken as far as
    /// they are possible.
    fn check_spare(
        &self,
        check: Option<&ProofCheck<'_, '_, '_, '_>>,
        mut before: Replay<'_>,
        target: CredentialId,
        steps: &[(CredentialId, u32)],
    ) -> Result<(), Flaw> {
        let is_allowed = |replay: &Replay<'_>| check.is_none_or(|check| check.obeys(replay.taken()) != Met::No);
        for group in self.groups() {
            for place in group.clone() {
                let mut others = steps[group.start..].to_vec();
                others[place - group.start].1 -= 1;
                others.retain(|step| step.1 > 0);
                let mut without = before.clone();
                without.take_in_passes(&others);
                if without.holds(target) && is_allowed(&without) {
                    return Err(Flaw::Spare(self.steps[place].credential.clone()));
                }
            }
            before.take_together(&steps[group]);
        }
        Ok(())
    }

    /// The places of steps that are begun together, those of each group next to each other.
    fn groups(&self) -> Vec<Range<usize>> {
        let mut groups: Vec<Range<usize>> = Vec::new();
        let mut start = 0;
        while let Some(first) = self.steps.get(start) {
            let end = (start + first.begun_with.len() + 1).min(self.steps.len());
            groups.push(start..end);
            start = end;
        }
        groups
    }

    /// It was made under this catalog: only there, the numbers in its options and its proof mean what they did.
    pub(crate) fn check_catalog(&self, catalog: &Catalog) -> Result<(), Flaw> {
        Flaw::of_stamp(self.stamp, catalog)?;
        let is_known = |id: &CredentialId| catalog.knows(*id);
        if !self.options.credentials().all(is_known) {
            return Err(Flaw::BeyondLimits);
        }
        if self.certificate.credentials().all(is_known) { Ok(()) } else { Err(Flaw::Unproven) }
    }

    fn check_step(step: &PlanStep, price: Price, kind: StepKind) -> Result<(), Flaw> {
        let times = u64::from(step.times);
        let all = |each: Option<i64>| each.map(|each| u64::try_from(each).unwrap_or(0).saturating_mul(times));
        let said = (step.cost.map(Amount::hundredths), step.hours.map(Amount::hundredths), step.kind);
        if said == (all(price.cost), all(price.hours), kind) {
            Ok(())
        } else {
            Err(Flaw::Misstated(step.credential.clone()))
        }
    }

    fn check_sums(&self) -> Result<(), Flaw> {
        let stated = |amount: Option<Amount>| amount.map_or(0, Amount::hundredths);
        let sum = |of: &dyn Fn(&PlanStep) -> u64| self.steps.iter().map(of).fold(0, u64::saturating_add);
        let credentials = sum(&|step| if step.kind == StepKind::Claim { 0 } else { u64::from(step.times) });
        let sums = (sum(&|step| stated(step.cost)), sum(&|step| stated(step.hours)), credentials);
        let said = (self.cost.hundredths(), self.hours.hundredths(), self.credentials);
        let missing = self.not_stated == NotStated::among(self.steps.iter().map(PlanStep::stated));
        if sums == said && missing && self.objective == self.options.objective { Ok(()) } else { Err(Flaw::WrongSums) }
    }

    fn check_limits(&self, problem: &Problem<'_, '_, '_>, steps: &[(CredentialId, u32)]) -> Result<(), Flaw> {
        let taken: BTreeMap<CredentialId, u32> = steps.iter().copied().collect();
        for step in problem.statement.steps.iter().filter(|step| taken.contains_key(&step.credential)) {
            if !step.barriers.is_empty() {
                return Err(Flaw::Impossible(problem.statement.catalog.id(step.credential).to_owned()));
            }
        }
        let mut pairs = problem.exclusions.pairs.iter();
        let excluded = pairs.any(|(one, other)| taken.contains_key(one) && taken.contains_key(other));
        let included = self.options.must_include.iter().all(|must| taken.contains_key(must));
        let affordable = self.options.budget.is_none_or(|budget| self.cost <= budget)
            && self.options.most_hours.is_none_or(|most| self.hours <= most);
        let left_out = |other: &Besides| {
            let fewer = other.steps.iter().filter(|&&(id, times)| taken.get(&id).is_none_or(|&own| own < times));
            fewer.count() >= other.differing.max(1) as usize
        };
        let other = self.options.besides.iter().all(left_out);
        let kept = taken.len() == steps.len() && !excluded && included && affordable && other;
        if kept { Ok(()) } else { Err(Flaw::BeyondLimits) }
    }

    /// True if the certificate proves what the plan says of others.
    fn is_proven(&self, check: &ProofCheck<'_, '_, '_, '_>) -> bool {
        let said = match self.optimality {
            Optimality::Proven => self.worth(),
            Optimality::Within { lower_bound } => u128::from(lower_bound.hundredths()),
        };
        said <= self.worth() && check.shows(self.objective, said)
    }
}
