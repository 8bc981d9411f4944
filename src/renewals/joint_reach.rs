//! What of all that is to be kept can be kept at all, exclusions between steps and the budget aside; and why the rest
//! cannot.

use std::collections::BTreeSet;

use crate::catalog::beside::Beside;
use crate::catalog::joint_rules::JointRules;
use crate::evaluate::outcome::Met;
use crate::plan::answers::plan::{Blocked, PlanLimit};
use crate::plan::model::closure::Closure;
use crate::plan::model::replay;
use crate::plan::question::cause;
use crate::plan::question::options::PlanOptions;
use crate::plan::question::problem::Formulation;
use crate::plan::question::question::{Question, Start};
use crate::renewals::joint::{CannotKeep, WhyNotKept};
use crate::renewals::joint_answer::written_causes;
use crate::renewals::joint_last_days::LastDays;
use crate::renewals::joint_question::{JointQuestion, run_work};
use crate::value::ids::CredentialId;
use crate::value::meter::Meter;

/// The rules for all that can be kept; what cannot is asked for no more, and added to what cannot.
///
/// # Errors
/// The limit that was met before it was clear what can be kept.
pub(crate) fn within_reach(
    question: &mut JointQuestion<'_>,
    cannot: &mut Vec<CannotKeep>,
    meter: &mut Meter,
) -> Result<JointRules, PlanLimit> {
    if let Some(limit) = question.limit {
        return Err(limit);
    }
    let joint = rules(question, meter)?;
    let start = start(question, &joint, meter)?;
    let reach = Reach { joint: &joint, start: &start };
    if reach.missed(question, meter)?.is_empty() {
        drop(start);
        return Ok(joint);
    }
    // What would have to be taken anew for it is taken anew, and no more than that.
    let held_back = std::mem::take(&mut question.not_anew);
    let missed = reach.missed(question, meter)?;
    let beyond = reach.why(question, &missed, meter)?;
    for credential in held_back {
        question.not_anew.insert(credential);
        if reach.missed(question, meter)?.len() > missed.len() {
            question.not_anew.remove(&credential);
        }
    }
    drop(start);
    if beyond.is_empty() {
        return Ok(joint);
    }
    for (credential, _) in &missed {
        question.asked.kept.remove(credential);
    }
    cannot.extend(beyond);
    rules(question, meter)
}

/// The rules beside those that are written. Reading the text again takes about as long as some steps for each rule.
fn rules(question: &JointQuestion<'_>, meter: &mut Meter) -> Result<JointRules, PlanLimit> {
    // By the rules and not by the bytes: a catalog that says the same in another layout gives the same answer.
    let rules = question.catalog.network.len() + question.catalog.len();
    meter.spend(32 * rules as u64).ok_or(PlanLimit::Work)?;
    JointRules::new(question.catalog, &question.asked).ok_or(PlanLimit::Evaluation)
}

/// The learner by these rules.
pub(crate) fn start<'j>(
    question: &JointQuestion<'j>,
    joint: &'j JointRules,
    meter: &mut Meter,
) -> Result<Start<'j>, PlanLimit> {
    let asked = Question { target: joint.together, as_of: question.as_of, options: &question.plan };
    let start = asked.start(&joint.catalog, question.record);
    meter.spend(run_work(&start.progress)).ok_or(PlanLimit::Work)?;
    Ok(start)
}

/// The options of the plan, for which so much work is left: what is avoided is not renewed either.
pub(crate) fn plan_options(question: &JointQuestion<'_>, joint: &JointRules, work: u64) -> PlanOptions {
    let avoided: BTreeSet<CredentialId> = question.plan.avoid.iter().copied().collect();
    let not_anew = question.not_anew.iter().copied();
    let renewals = joint.catalog.beside.iter().filter_map(|(&number, beside)| match beside {
        Beside::Renewal(of) if avoided.contains(of) => Some(number),
        _ => None,
    });
    let avoid = avoided.iter().copied().chain(renewals).chain(not_anew).collect();
    PlanOptions { avoid, work, ..question.plan.clone() }
}

/// A credential that cannot be kept, and what says that it is.
type Missed = (CredentialId, CredentialId);

struct Reach<'r> {
    joint: &'r JointRules,
    start: &'r Start<'r>,
}

impl Reach<'_> {
    /// What cannot be kept, by all that could be done.
    fn missed(&self, question: &JointQuestion<'_>, meter: &mut Meter) -> Result<Vec<Missed>, PlanLimit> {
        let options = plan_options(question, self.joint, meter.left);
        let asked = Question { target: self.joint.together, as_of: question.as_of, options: &options };
        let formulation = Formulation::new(self.start, &asked);
        let problem = formulation.problem(asked);
        let mut closure = Closure::new(problem.statement);
        let mut work = problem.statement.size() / 4;
        closure.follow(&problem.statement.all_steps(), &[], &mut work);
        meter.spend(work).ok_or(PlanLimit::Work)?;
        if closure.met(None) != Met::No {
            return Ok(Vec::new());
        }
        let took = |kept| problem.statement.step(kept).is_some_and(|step| closure.took(step));
        let kept = self.joint.kept.iter().filter(|&(_, &kept)| !took(kept));
        Ok(kept.map(|(&credential, &kept)| (credential, kept)).collect())
    }

    /// Why it cannot be kept.
    fn why(
        &self,
        question: &JointQuestion<'_>,
        missed: &[Missed],
        meter: &mut Meter,
    ) -> Result<Vec<CannotKeep>, PlanLimit> {
        let everything = replay::everything(&self.joint.catalog, &self.start.standing, question.as_of);
        let looked_at = everything.evidence.len() + self.joint.catalog.len();
        meter.spend(run_work(&everything) + looked_at as u64 / 4).ok_or(PlanLimit::Work)?;
        let last_days = LastDays::new(&everything);
        let mut all = Vec::new();
        for &(credential, kept) in missed {
            meter.spend(1).ok_or(PlanLimit::Work)?;
            let last_day = question.last_days.get(&credential).copied();
            let why = match last_days.of(credential).of_own {
                Some(lasts_until) if Some(lasts_until) > last_day && lasts_until < question.until => {
                    WhyNotKept::TooShort { lasts_until }
                }
                _ => {
                    let causes = self.causes(question, kept, meter)?;
                    WhyNotKept::Blocked { causes: written_causes(question, &self.joint.catalog, &causes) }
                }
            };
            all.push(question.cannot(credential, why));
        }
        Ok(all)
    }

    /// What stands in the way of one of them.
    fn causes(
        &self,
        question: &JointQuestion<'_>,
        kept: CredentialId,
        meter: &mut Meter,
    ) -> Result<Vec<Blocked>, PlanLimit> {
        let options = plan_options(question, self.joint, meter.left);
        let asked = Question { target: kept, as_of: question.as_of, options: &options };
        let formulation = Formulation::new(self.start, &asked);
        let problem = formulation.problem(asked);
        meter.spend(problem.statement.size() / 4).ok_or(PlanLimit::Work)?;
        let mut closure = Closure::new(problem.statement);
        let found = cause::of_rules(&problem, &mut closure, meter);
        if found.minimal { Ok(found.causes) } else { Err(PlanLimit::Work) }
    }
}
