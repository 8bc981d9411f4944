//! From the question for a joint renewal to the answer: one plan for all of it, by the one planner.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::beside::Beside;
use crate::catalog::catalog::Catalog;
use crate::catalog::joint_rules::JointRules;
use crate::catalog::names::Names;
use crate::evaluate::evidence::{AwardId, Evidence, Grade, Origin};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::plan::answers::not_stated::NotStated;
use crate::plan::answers::plan::{
    Blockage, Blocked, Effort, Optimality, Plan, PlanLimit, PlanOutcome, PlanStep, Purpose, PurposeRule, StepKind,
};
use crate::plan::model::closure::Closure;
use crate::plan::model::replay;
use crate::plan::question::answer::answer;
use crate::plan::question::cause;
use crate::plan::question::essential::Known;
use crate::plan::question::options::PlanOptions;
use crate::plan::question::problem::Formulation;
use crate::plan::question::question::{Question, Start};
use crate::record::record::LearnerRecord;
use crate::renewals::joint::{
    CannotKeep, JointOutcome, JointPlan, JointProof, JointRenewal, JointRenewalOptions, JointStep, KeptCredential,
    WhyNotKept,
};
use crate::renewals::joint_question::{JointQuestion, as_written};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::meter::Meter;

impl Catalog {
    /// The cheapest set of steps that keeps what lapses current through a horizon, all of it together, or all that is
    /// named ([semantics 7.9](crate::semantics#7.9)): renewing it, taking or claiming it again, or earning what renews
    /// it, with whatever these require. It is proven as plans are.
    ///
    /// Total and pure: it depends on nothing but its arguments. The work limit is that of the search for the plan, and
    /// of the search for each cause; what can be kept at all is found out besides, in time with the catalog's size.
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
        let mut question = JointQuestion::new(self, &record, as_of, until, options);
        let mut cannot = std::mem::take(&mut question.not_held);
        let mut effort = Effort::default();
        let outcome = if options.name_others(self) {
            JointOutcome::of_another_catalog()
        } else if question.is_settled {
            planned(&mut question, &mut cannot, &mut effort)
        } else {
            JointOutcome::Undecided { limit: PlanLimit::Evaluation, lower_bound: Amount::ZERO }
        };
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
            options: options.clone(),
        }
    }
}

/// The plan for all that can be kept; what cannot is added to what cannot.
fn planned(question: &mut JointQuestion<'_>, cannot: &mut Vec<CannotKeep>, effort: &mut Effort) -> JointOutcome {
    let undecided = |limit, lower_bound| JointOutcome::Undecided { limit, lower_bound };
    let unreadable = || undecided(PlanLimit::Evaluation, Amount::ZERO);
    let Some(joint) = within_reach(question, cannot, effort) else { return unreadable() };
    if question.asked.kept.is_empty() {
        return JointOutcome::Plan(Box::new(nothing_to_do()));
    }
    let options = plan_options(question, &joint);
    let asked = Question { target: joint.together, as_of: question.as_of, options: &options };
    let start = asked.start(&joint.catalog, question.record);
    match answer(&start, &asked, &mut Known::default()) {
        PlanOutcome::Plan(plan) => {
            add(effort, plan.effort);
            let Some(told) = told(question, &joint, &plan) else { return unreadable() };
            JointOutcome::Plan(Box::new(told))
        }
        PlanOutcome::Unattainable(none) => {
            add(effort, none.effort);
            JointOutcome::NotTogether { causes: written_causes(question, &joint.catalog, &none.causes) }
        }
        PlanOutcome::Undecided(open) => {
            add(effort, open.effort);
            undecided(open.limit, open.lower_bound)
        }
    }
}

/// The rules for all that can be kept; what cannot is asked for no more, and added to what cannot.
pub(crate) fn within_reach(
    question: &mut JointQuestion<'_>,
    cannot: &mut Vec<CannotKeep>,
    effort: &mut Effort,
) -> Option<JointRules> {
    let joint = JointRules::new(question.catalog, &question.asked)?;
    let mut beyond = out_of_reach(question, &joint, effort);
    if !beyond.is_empty() {
        // What would have to be taken anew for it is taken anew, and no more than that.
        let held_back = std::mem::take(&mut question.not_anew);
        beyond = out_of_reach(question, &joint, effort);
        for credential in held_back {
            question.not_anew.insert(credential);
            if out_of_reach(question, &joint, effort).len() > beyond.len() {
                question.not_anew.remove(&credential);
            }
        }
    }
    if beyond.is_empty() {
        return Some(joint);
    }
    for (credential, why) in beyond {
        question.asked.kept.remove(&credential);
        cannot.push(question.cannot(credential, why));
    }
    JointRules::new(question.catalog, &question.asked)
}

fn add(effort: &mut Effort, more: Effort) {
    effort.work = effort.work.saturating_add(more.work);
    effort.nodes = effort.nodes.saturating_add(more.nodes);
    effort.pivots = effort.pivots.saturating_add(more.pivots);
}

fn nothing_to_do() -> JointPlan {
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

/// The options of the plan: what is avoided is not renewed either.
pub(crate) fn plan_options(question: &JointQuestion<'_>, joint: &JointRules) -> PlanOptions {
    let avoided: BTreeSet<CredentialId> = question.plan.avoid.iter().copied().collect();
    let not_anew = question.not_anew.iter().copied();
    let renewals = joint.catalog.beside.iter().filter_map(|(&number, beside)| match beside {
        Beside::Renewal(of) if avoided.contains(of) => Some(number),
        _ => None,
    });
    PlanOptions { avoid: avoided.iter().copied().chain(renewals).chain(not_anew).collect(), ..question.plan.clone() }
}

/// What cannot be kept, exclusions between steps and the budget aside; and why. It is decided whatever the work limit
/// is.
fn out_of_reach(
    question: &JointQuestion<'_>,
    joint: &JointRules,
    effort: &mut Effort,
) -> BTreeMap<CredentialId, WhyNotKept> {
    let options = plan_options(question, joint);
    let asked = Question { target: joint.together, as_of: question.as_of, options: &options };
    let start = asked.start(&joint.catalog, question.record);
    let formulation = Formulation::new(&start, &asked);
    let problem = formulation.problem(asked);
    let mut closure = Closure::new(problem.statement);
    let all = problem.statement.all_steps();
    closure.follow(&all, &[], &mut effort.work);
    if closure.met(None) != Met::No {
        return BTreeMap::new();
    }
    let took = |kept| problem.statement.step(kept).is_some_and(|step| closure.took(step));
    let missed: Vec<(CredentialId, CredentialId)> =
        joint.kept.iter().filter(|&(_, &kept)| !took(kept)).map(|(&credential, &kept)| (credential, kept)).collect();
    let everything = replay::everything(&joint.catalog, &start.standing, question.as_of);
    let why = |(credential, kept): (CredentialId, CredentialId)| {
        let last_day = question.last_days.get(&credential).copied();
        let why = match last_kept(&everything, credential) {
            Some(lasts_until) if Some(lasts_until) > last_day && lasts_until < question.until => {
                WhyNotKept::TooShort { lasts_until }
            }
            _ => {
                let causes = causes(&start, Question { target: kept, ..asked });
                WhyNotKept::Blocked { causes: written_causes(question, &joint.catalog, &causes) }
            }
        };
        (credential, why)
    };
    missed.into_iter().map(why).collect()
}

/// Why one of them cannot be kept.
fn causes(start: &Start<'_>, asked: Question<'_>) -> Vec<Blocked> {
    let formulation = Formulation::new(start, &asked);
    let problem = formulation.problem(asked);
    let mut closure = Closure::new(problem.statement);
    cause::of_rules(&problem, &mut closure, &mut Meter::new(asked.options.work)).causes
}

/// The last day of the awards that count as a credential; none if there is none with a last day of its own.
fn last_kept(progress: &Progress<'_>, credential: CredentialId) -> Option<Date> {
    counting_as(progress, credential).filter(|award| !award.depends()).filter_map(|award| award.until).max()
}

/// The current awards that count as a credential everywhere.
fn counting_as<'p>(progress: &'p Progress<'_>, credential: CredentialId) -> impl Iterator<Item = &'p Evidence> {
    let names = &progress.catalog.names;
    let counts = move |award: &&Evidence| {
        let up = Names::closure(names.class(award.named()), |class| names.up(class));
        award.within().is_none() && up.contains(&names.class(credential))
    };
    progress.evidence.iter().filter(|admitted| admitted.current).map(|admitted| &admitted.evidence).filter(counts)
}

/// Obstacles in the terms of the catalog as it is written.
fn written_causes(question: &JointQuestion<'_>, joint: &Catalog, causes: &[Blocked]) -> Vec<Blocked> {
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

/// The plan in the terms of the catalog as it is written; `None` if what it is for is not kept by it on the horizon, as
/// the evaluator sees it there.
pub(crate) fn told(question: &JointQuestion<'_>, joint: &JointRules, plan: &Plan) -> Option<JointPlan> {
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
    let mut origins: Vec<(Origin, usize)> = Vec::new();
    for (place, &(beside, credential, step)) in steps.iter().enumerate() {
        for _ in 0..step.times {
            let origin = Origin::Issued(AwardId::from_end(origins.len() + 1));
            origins.push((origin, place));
            later.receive(question.new_award(credential, beside.is_some(), origin));
        }
        told.push(question.step(joint, credential, beside.is_some(), step));
    }
    later.settle();
    let kept = kept(question, &later)?;
    for &credential in &question.asked.kept {
        for award in counting_as(&later, credential) {
            if let Some(&(_, place)) = origins.iter().find(|(origin, _)| *origin == award.origin) {
                told[place].keeps.push(question.catalog.id(credential).to_owned());
            }
        }
    }
    for step in &mut told {
        step.keeps.dedup();
    }
    Some(JointPlan {
        not_stated: NotStated::among(told.iter().map(JointStep::stated)),
        steps: told,
        kept,
        cost: plan.cost,
        hours: plan.hours,
        credentials: plan.credentials,
        optimality: plan.optimality,
        ties_settled: plan.ties_settled,
        proof: Some(JointProof { plan: plan.clone() }),
    })
}

/// What is kept, as it is on the horizon; `None` if not all of it is.
fn kept(question: &JointQuestion<'_>, later: &Progress<'_>) -> Option<Vec<KeptCredential>> {
    let kept = question.asked.kept.iter().map(|&credential| {
        let described = question.catalog.at(credential);
        let awards: Vec<&Evidence> = counting_as(later, credential).collect();
        let is_unending = awards.iter().any(|award| award.until.is_none());
        (later.marks(credential) & HELD != 0).then(|| KeptCredential {
            credential: described.id.clone(),
            title: described.title.clone(),
            last_day: question.last_days.get(&credential).copied(),
            lasts_until: awards.iter().filter_map(|award| award.until).max().filter(|_| !is_unending),
            by_components: awards.iter().all(|award| award.depends()),
        })
    });
    kept.collect()
}

impl JointQuestion<'_> {
    /// A new award: of a renewal, from the day on which that is possible.
    pub(crate) fn new_award(&self, credential: CredentialId, renewed: bool, origin: Origin) -> Evidence {
        let day = self.from.get(&credential).copied().filter(|_| renewed).unwrap_or(self.as_of);
        let award = Evidence::new(self.catalog, credential, day, Grade::Sufficient, origin);
        let renewable = self.asked.renewable.get(&credential).filter(|_| renewed);
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
            from: self.from.get(&credential).copied().filter(|_| renewed),
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
