//! Whether a joint renewal is what it says.

use crate::catalog::catalog::Catalog;
use crate::catalog::joint_rules::JointRules;
use crate::evaluate::evidence::{AwardId, Evidence, Origin};
use crate::evaluate::renewable::{made_since, meets};
use crate::evaluate::standing::Standing;
use crate::plan::answers::plan::{Plan, StepKind};
use crate::plan::answers::verify::Flaw;
use crate::plan::question::options::PlanOptions;
use crate::record::record::LearnerRecord;
use crate::renewals::joint::{CannotKeep, JointOutcome, JointPlan, JointProof, JointRenewal};
use crate::renewals::joint_answer::{nothing_to_do, set_aside, to_tell, told};
use crate::renewals::joint_question::{JointQuestion, as_written};
use crate::renewals::joint_reach::{plan_options, start, within_reach};
use crate::value::meter::Meter;

impl JointRenewal {
    /// Checks the answer: its plan as [`Plan::verify`] does, with the proof that nothing is better; that on the
    /// horizon all that it keeps is held, as the evaluator sees it there; and that what each renewal requires is there,
    /// by the awards made after the one that is renewed and those of the plan.
    ///
    /// Where the answer has no plan, only what is lasting and what cannot be kept is checked: not that the rest cannot
    /// be kept together, nor the causes of that, nor the bound of what is undecided, for which there is no proof.
    ///
    /// Of an answer that was left open, what is told is true; whether more could have been told is not looked at.
    ///
    /// # Errors
    /// [`Flaw`] says what is wrong first.
    pub fn verify(&self, catalog: &Catalog, record: &LearnerRecord) -> Result<(), Flaw> {
        Flaw::of_stamp(self.stamp, catalog)?;
        if self.options.name_others(catalog) {
            let is_said = self.outcome == JointOutcome::of_another_catalog();
            return if is_said { Ok(()) } else { Err(Flaw::BeyondLimits) };
        }
        let record = as_written(record);
        let mut meter = Meter::new(self.options.work.min(PlanOptions::MOST_WORK_AGAIN));
        let mut question = JointQuestion::new(catalog, &record, self.as_of, self.until, &self.options, &mut meter);
        let lasting = question.lasting.iter().map(|&credential| catalog.id(credential));
        if !lasting.eq(self.lasting.iter().map(String::as_str)) {
            return Err(Flaw::Short);
        }
        let mut cannot = std::mem::take(&mut question.not_held);
        let joint = within_reach(&mut question, &mut cannot, &mut meter);
        cannot.sort_by(|one, other| one.credential.cmp(&other.credential));
        let [cannot, own] =
            [&cannot, &self.cannot].map(|list| list.iter().map(CannotKeep::without_lines).collect::<Vec<_>>());
        // What was stopped before it was clear what cannot be kept says of some that they cannot.
        let is_open = matches!(self.outcome, JointOutcome::Undecided { .. });
        if cannot != own && !(is_open && own.iter().all(|one| cannot.contains(one))) {
            let told = own.iter().chain(&cannot).find(|one| !cannot.contains(one) || !own.contains(one));
            return Err(Flaw::Misstated(told.map(|one| one.credential.clone()).unwrap_or_default()));
        }
        let joint = match joint {
            Ok(joint) => joint,
            Err(met) => {
                let is_told = matches!(self.outcome, JointOutcome::Undecided { limit, .. } if limit == met);
                return if is_told { Ok(()) } else { Err(Flaw::Short) };
            }
        };
        let Some(plan) = self.plan() else { return Ok(()) };
        let Some(JointProof { plan: proof }) = &plan.proof else {
            let is_empty = *plan == nothing_to_do();
            return if is_empty && question.asked.kept.is_empty() { Ok(()) } else { Err(Flaw::Short) };
        };
        // What the plan was begun with is paid for before it.
        drop(start(&question, &joint, &mut meter).map_err(|_| Flaw::Short)?);
        set_aside(&question, &mut meter).map_err(|_| Flaw::Short)?;
        let is_asked = joint.catalog.credential(&proof.target) == Some(joint.together)
            && proof.as_of == self.as_of
            && proof.objective == self.objective
            && proof.options == plan_options(&question, &joint, meter.left - to_tell(&meter));
        if !is_asked {
            return Err(Flaw::Short);
        }
        proof.verify(&joint.catalog, &record)?;
        Self::check_told(&question, &joint, plan, proof, &mut meter)?;
        self.check_required(&question, plan)
    }

    /// What is told is what the proof is of, and all is kept on the horizon.
    fn check_told(
        question: &JointQuestion<'_>,
        joint: &JointRules,
        plan: &JointPlan,
        proof: &Plan,
        meter: &mut Meter,
    ) -> Result<(), Flaw> {
        let again = told(question, joint, proof, meter).map_err(|_| Flaw::Short)?;
        let (again, plan) = (again.without_lines(), plan.without_lines());
        if again.steps != plan.steps {
            let pairs = again.steps.iter().zip(&plan.steps).find(|(again, step)| again != step);
            let first = pairs.map(|(_, step)| step).or(plan.steps.last());
            return Err(Flaw::Misstated(first.map(|step| step.credential.clone()).unwrap_or_default()));
        }
        if again == plan { Ok(()) } else { Err(Flaw::WrongSums) }
    }

    /// What each renewal requires is there, as the evaluator sees what was made since.
    fn check_required(&self, question: &JointQuestion<'_>, plan: &JointPlan) -> Result<(), Flaw> {
        let JointQuestion { catalog, record, as_of, .. } = *question;
        let Some(rules) = catalog.renewal_rules.as_deref() else { return Ok(()) };
        let mut new: Vec<Evidence> = Vec::new();
        for step in &plan.steps {
            let number =
                catalog.credential(&step.credential).ok_or_else(|| Flaw::UnknownCredential(step.credential.clone()))?;
            let renewable = question.asked.renewable.get(&number).filter(|_| step.kind == StepKind::Renew);
            if let (Some(award), Some(&required)) = (renewable, rules.of.get(&number)) {
                let all = Standing::new(&rules.catalog, record, as_of, self.options.accepted());
                let mut standing = made_since(all, award.since.previous());
                standing.issued.extend(new.iter().cloned());
                if !meets(rules, required, &standing, as_of) {
                    return Err(Flaw::Impossible(step.credential.clone()));
                }
            }
            for _ in 0..step.times {
                let origin = Origin::Issued(AwardId::from_end(new.len() + 1));
                new.push(question.new_award(number, false, origin));
            }
        }
        Ok(())
    }
}
