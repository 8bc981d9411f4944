//! From the question for a joint renewal to the answer: one plan for all of it, by the one planner.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::beside::Beside;
use crate::catalog::catalog::Catalog;
use crate::catalog::joint_rules::JointRules;
use crate::catalog::names::Names;
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{AwardId, Evidence, Origin};
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::plan::answers::not_stated::NotStated;
use crate::plan::answers::plan::{
    Blockage, Blocked, Effort, Optimality, Plan, PlanLimit, PlanOutcome, PlanStep, Purpose, PurposeRule, StepKind,
};
use crate::plan::question::answer::answer;
use crate::plan::question::essential::Known;
use crate::plan::question::options::PlanOptions;
use crate::plan::question::question::Question;
use crate::record::record::LearnerRecord;
use crate::renewals::joint::{
    CannotKeep, JointOutcome, JointPlan, JointProof, JointRenewal, JointRenewalOptions, JointStep, KeptCredential,
};
use crate::renewals::joint_last_days::{LastDays, counting_everywhere};
use crate::renewals::joint_question::{JointQuestion, as_written, run_work};
use crate::renewals::joint_reach::{plan_options, start, within_reach};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::meter::Meter;

impl Catalog {
    /// The cheapest set of steps that keeps what lapses current through a horizon, all of it together, or all that is
    /// named ([semantics 7.9](crate::semantics#7.9)): renewing it, taking or claiming it again, or earning what renews
    /// it, with whatever these require. It is proven as plans are.
    ///
    /// Total and pure: it depends on nothing but its arguments. The work limit is for all of it: for the reading of the
    /// rules as they are for the learner, for what can be kept at all and why the rest cannot, and for the plan. Where
    /// it ends before it is clear what can be kept, nothing is said of that.
    ///
    /// ```
    /// use credpath::{Catalog, JointRenewalOptions, LearnerRecord, Optimality};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     catalog.currency = "CAD"
    ///     [credential]
    ///     ethics = { title = "Ethics course", cost = 80, hours = 4, tags = ["nursing", "midwifery"] }
    ///     charts = { title = "Charting course", cost = 50, hours = 4, tags = ["nursing"] }
    ///     births = { title = "Births course", cost = 60, hours = 4, tags = ["midwifery"] }
    ///
    ///     [credential.nurse]
    ///     title = "Nurse"
    ///     valid_for = "2 years"
    ///     renewal = { cost = 100, hours = 0, requires = { hours = 4, from = { tags = ["nursing"] } } }
    ///
    ///     [credential.midwife]
    ///     title = "Midwife"
    ///     valid_for = "2 years"
    ///     renewal = { cost = 120, hours = 0, requires = { hours = 4, from = { tags = ["midwifery"] } } }
    /// "#)?;
    /// let record = LearnerRecord::parse("record.toml", r#"
    ///     award = [{ credential = "nurse", awarded = 2025-03-01 }, { credential = "midwife", awarded = 2025-02-01 }]
    /// "#)?;
    /// let (as_of, until) = ("2026-11-29".parse()?, "2027-12-31".parse()?);
    /// let joint = catalog.joint_renewal(&record, as_of, until, &JointRenewalOptions::default());
    /// // One course for both costs less than the two that are cheapest for each.
    /// assert_eq!(joint.to_string(), "\
    /// Midwife (midwife), Nurse (nurse): current through 2027-12-31, as of 2026-11-29
    ///   300 CAD, 4 hours
    ///   nothing costs less: proven
    ///
    ///    1. take Ethics course (ethics): 80 CAD, 4 hours
    ///         for the renewal of midwife; the renewal of nurse
    ///    2. renew Midwife (midwife): 120 CAD
    ///         lasts to 2028-11-28 then, not to 2027-01-31
    ///    3. renew Nurse (nurse): 100 CAD
    ///         lasts to 2028-11-28 then, not to 2027-02-28
    /// ");
    /// let plan = joint.plan().expect("there is a way");
    /// assert_eq!(plan.optimality, Optimality::Proven);
    /// joint.verify(&catalog, &record)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn joint_renewal(
        &self,
        record: &LearnerRecord,
        as_of: Date,
        until: Date,
        options: &JointRenewalOptions,
    ) -> JointRenewal {
        let record = as_written(record);
        let mut meter = Meter::watched_by(options.work.min(PlanOptions::MOST_WORK_AGAIN), options.watcher.as_ref());
        let mut question = JointQuestion::new(self, &record, as_of, until, options, &mut meter);
        let mut cannot = std::mem::take(&mut question.not_held);
        let mut effort = Effort::default();
        let outcome = if options.name_others(self) {
            JointOutcome::of_another_catalog()
        } else {
            planned(&mut question, &mut cannot, &mut effort, &mut meter)
        };
        effort.work = meter.spent();
        cannot.sort_by(|one, other| one.credential.cmp(&other.credential));
        JointRenewal {
            stamp: self.stamp(),
            as_of,
            until: question.until,
            objective: options.objective,
            outcome,
            lasting: question.lasting.iter().map(|&credential| self.id(credential).to_owned()).collect(),
            cannot,
            currency: self.header().currency.clone(),
            effort,
            options: JointRenewalOptions { watcher: None, ..options.clone() },
        }
    }
}

/// The plan for all that can be kept; what cannot is added to what cannot.
fn planned(
    question: &mut JointQuestion<'_>,
    cannot: &mut Vec<CannotKeep>,
    effort: &mut Effort,
    meter: &mut Meter,
) -> JointOutcome {
    let undecided = |limit, lower_bound| JointOutcome::Undecided { limit, lower_bound };
    let joint = match within_reach(question, cannot, meter) {
        Ok(joint) => joint,
        Err(limit) => return undecided(limit, Amount::ZERO),
    };
    if question.asked.kept.is_empty() {
        return JointOutcome::Plan(Box::new(nothing_to_do()));
    }
    let start = match start(question, &joint, meter) {
        Ok(start) => start,
        Err(limit) => return undecided(limit, Amount::ZERO),
    };
    if let Err(limit) = set_aside(question, meter) {
        return undecided(limit, Amount::ZERO);
    }
    let options =
        PlanOptions { watcher: meter.watcher(), ..plan_options(question, &joint, meter.left - to_tell(meter)) };
    let asked = Question { target: joint.together, as_of: question.as_of, options: &options };
    let outcome = answer(&start, &asked, &mut Known::default());
    *effort = outcome.effort();
    // The plan had what was left, and what it begins with besides.
    meter.left = meter.left.saturating_sub(effort.work);
    match outcome {
        PlanOutcome::Plan(plan) => match told_of(question, &joint, &plan, meter) {
            Ok(told) => JointOutcome::Plan(Box::new(told)),
            Err(limit) => match plan.optimality {
                Optimality::Proven => undecided(limit, plan.value()),
                Optimality::Within { lower_bound } => undecided(limit, lower_bound),
            },
        },
        PlanOutcome::Unattainable(none) => {
            JointOutcome::NotTogether { causes: written_causes(question, &joint.catalog, &none.causes) }
        }
        PlanOutcome::Undecided(open) => undecided(open.limit, open.lower_bound),
    }
}

/// The plan where all that is asked for lasts as it is.
pub(crate) fn nothing_to_do() -> JointPlan {
    JointPlan {
        steps: Vec::new(),
        kept: Vec::new(),
        cost: Amount::ZERO,
        hours: Amount::ZERO,
        credentials: 0,
        not_stated: NotStated::default(),
        optimality: Optimality::Proven,
        ties_settled: true,
        proof: None,
    }
}

/// Obstacles in the terms of the catalog as it is written.
pub(crate) fn written_causes(question: &JointQuestion<'_>, joint: &Catalog, causes: &[Blocked]) -> Vec<Blocked> {
    let catalog = question.catalog;
    let written = |id: &String| {
        let number = joint.credential(id)?;
        let of = joint.beside(number).map_or(Some(number), Beside::of)?;
        Some(catalog.id(of).to_owned())
    };
    let all = causes.iter().map(|Blocked { credential, why }| {
        let credential = credential.as_ref().and_then(written);
        let why = match why {
            Blockage::Rules { lines, waits_for, to_be_held } => {
                let mut waits_for: Vec<String> = waits_for.iter().filter_map(written).collect();
                waits_for.retain(|id| Some(id) != credential.as_ref());
                waits_for.dedup();
                Blockage::Rules { lines: lines.clone(), waits_for, to_be_held: to_be_held.clone() }
            }
            Blockage::Held { excluded_by } => Blockage::Held { excluded_by: written(excluded_by).unwrap_or_default() },
            Blockage::Excludes { other } => Blockage::Excludes { other: written(other).unwrap_or_default() },
            other => other.clone(),
        };
        Blocked { credential, why }
    });
    all.collect::<BTreeSet<Blocked>>().into_iter().collect()
}

/// Pays, before the plan is looked for, for what telling it takes whatever it is: a run of the evaluator on the
/// horizon, and the last days of all.
pub(crate) fn set_aside(question: &JointQuestion<'_>, meter: &mut Meter) -> Result<(), PlanLimit> {
    let last_days = (question.catalog.len() + question.later.evidence.len()) as u64 / 4;
    meter.spend(run_work(&question.later) + last_days).ok_or(PlanLimit::Work)
}

/// What of the work that is left is kept for telling the plan that is found: a plan is no use if it cannot be told.
pub(crate) fn to_tell(meter: &Meter) -> u64 {
    (meter.left / 8).min(MOST_TO_TELL)
}

/// Work that is kept for telling a plan, at the most.
const MOST_TO_TELL: u64 = 1_000_000;

/// The plan as it is told; once who watches has stopped the search, within what is kept for that.
fn told_of(
    question: &JointQuestion<'_>,
    joint: &JointRules,
    plan: &Plan,
    meter: &mut Meter,
) -> Result<JointPlan, PlanLimit> {
    if !meter.is_stopped() {
        return told(question, joint, plan, meter);
    }
    let mut kept = meter.portion(MOST_TO_TELL);
    let told = told(question, joint, plan, &mut kept);
    meter.take_back(&kept);
    told
}

/// The plan in the terms of the catalog as it is written.
///
/// # Errors
/// What it is for is not kept by it on the horizon, as the evaluator sees it there; or the work ends.
pub(crate) fn told(
    question: &JointQuestion<'_>,
    joint: &JointRules,
    plan: &Plan,
    meter: &mut Meter,
) -> Result<JointPlan, PlanLimit> {
    let steps: Vec<(Option<Beside>, CredentialId, &PlanStep)> = plan
        .steps
        .iter()
        .filter_map(|step| {
            let number = joint.catalog.credential(&step.credential)?;
            match joint.catalog.beside(number) {
                None => Some((None, number, step)),
                Some(Beside::Renewal(of)) => Some((Some(Beside::Renewal(of)), of, step)),
                Some(_) => None,
            }
        })
        .collect();
    let mut told = Vec::new();
    let mut later = question.later.clone();
    let mut origins: BTreeMap<Origin, usize> = BTreeMap::new();
    for (place, &(beside, credential, step)) in steps.iter().enumerate() {
        // An award is told apart, taken in, and looked at for what it keeps.
        meter.spend(4 * (1 + u64::from(step.times))).ok_or(PlanLimit::Work)?;
        for _ in 0..step.times {
            let origin = Origin::Issued(AwardId::from_end(origins.len() + 1));
            origins.insert(origin, place);
            later.receive(question.new_award(credential, beside.is_some(), origin));
        }
        told.push(question.step(joint, credential, beside.is_some(), step));
    }
    later.settle();
    meter.spend(later.touched() - question.later.touched().min(later.touched())).ok_or(PlanLimit::Work)?;
    let kept = kept(question, &later).ok_or(PlanLimit::Evaluation)?;
    for (place, keeps) in kept_by(question, &later, &origins, meter).ok_or(PlanLimit::Work)? {
        told[place].keeps = keeps.iter().map(|&credential| question.catalog.id(credential).to_owned()).collect();
    }
    Ok(JointPlan {
        not_stated: NotStated::among(told.iter().map(JointStep::stated)),
        steps: told,
        kept,
        cost: plan.cost,
        hours: plan.hours,
        credentials: plan.credentials,
        optimality: plan.optimality,
        ties_settled: plan.ties_settled,
        proof: Some(JointProof { plan: unwatched(plan) }),
    })
}

/// A plan as it is kept and verified: nobody watches that.
fn unwatched(plan: &Plan) -> Plan {
    let mut plan = plan.clone();
    plan.options.watcher = None;
    plan
}

/// What the awards of each step keep: all that they count as. `None` if the work ends.
fn kept_by(
    question: &JointQuestion<'_>,
    later: &Progress<'_>,
    origins: &BTreeMap<Origin, usize>,
    meter: &mut Meter,
) -> Option<BTreeMap<usize, BTreeSet<CredentialId>>> {
    let names = &later.catalog.names;
    let mut found: BTreeMap<usize, BTreeSet<CredentialId>> = BTreeMap::new();
    for award in counting_everywhere(later) {
        let Some(&place) = origins.get(&award.origin) else { continue };
        let classes = Names::closure(names.class(award.named()), |class| names.up(class));
        meter.spend(classes.iter().map(|&class| 1 + names.members(class).len() as u64).sum())?;
        let all = classes.into_iter().flat_map(|class| names.members(class)).copied();
        found.entry(place).or_default().extend(all.filter(|credential| question.asked.kept.contains(credential)));
    }
    Some(found)
}

/// What is kept, as it is on the horizon; `None` if not all of it is.
fn kept(question: &JointQuestion<'_>, later: &Progress<'_>) -> Option<Vec<KeptCredential>> {
    let last_days = LastDays::new(later);
    let kept = question.asked.kept.iter().map(|&credential| {
        let described = question.catalog.at(credential);
        let latest = last_days.of(credential);
        (later.marks(credential) & HELD != 0).then(|| KeptCredential {
            credential: described.id.clone(),
            title: described.title.clone(),
            last_day: question.last_days.get(&credential).copied(),
            lasts_until: latest.of_all.filter(|_| !latest.is_unending),
            by_components: !latest.is_own,
        })
    });
    kept.collect()
}

impl JointQuestion<'_> {
    /// A new award: of a renewal, from the day on which that is possible.
    pub(crate) fn new_award(&self, credential: CredentialId, renewed: bool, origin: Origin) -> Evidence {
        let renewable = self.asked.renewable.get(&credential).filter(|_| renewed);
        let day = renewable.and_then(|award| award.from).unwrap_or(self.as_of);
        let award = Evidence::new(self.catalog, credential, day, Grade::Sufficient, origin);
        let cycle = || self.asked.cycles.get(&credential).copied();
        match renewable.map_or_else(cycle, |award| award.renewed_until) {
            Some(last) => award.lasting_until(last),
            None => award,
        }
    }

    fn step(&self, joint: &JointRules, credential: CredentialId, renewed: bool, step: &PlanStep) -> JointStep {
        let described = self.catalog.at(credential);
        let written = |id: &String| {
            let number = joint.catalog.credential(id)?;
            Some(self.catalog.id(joint.catalog.beside(number).map_or(Some(number), Beside::of)?).to_owned())
        };
        let kind = match step.kind {
            _ if renewed => StepKind::Renew,
            StepKind::Renew if self.asked.renewable.contains_key(&credential) => StepKind::Retake,
            kind => kind,
        };
        let purposes: BTreeSet<Purpose> =
            step.purposes.iter().filter_map(|purpose| self.purpose(joint, purpose)).collect();
        JointStep {
            credential: described.id.clone(),
            title: described.title.clone(),
            kind,
            times: step.times,
            begun_with: step.begun_with.iter().filter_map(written).collect(),
            cost: step.cost,
            hours: step.hours,
            from: self.asked.renewable.get(&credential).filter(|_| renewed).and_then(|award| award.from),
            closes: step.closes,
            opens: step.opens,
            keeps: Vec::new(),
            purposes: purposes.into_iter().collect(),
        }
    }

    /// The same purpose in the terms of the catalog as it is written.
    fn purpose(&self, joint: &JointRules, purpose: &Purpose) -> Option<Purpose> {
        let number = joint.catalog.credential(&purpose.credential)?;
        let rule = match joint.catalog.beside(number) {
            None | Some(Beside::Renewal(_)) => purpose.rule,
            Some(Beside::Required(_)) => Some(PurposeRule::Renewal),
            Some(Beside::Lasting(_)) => Some(PurposeRule::Stack),
            Some(Beside::Kept(_) | Beside::Together) => return None,
        };
        let of = joint.catalog.beside(number).map_or(Some(number), Beside::of)?;
        Some(Purpose { credential: self.catalog.id(of).to_owned(), rule, ..purpose.clone() })
    }
}
