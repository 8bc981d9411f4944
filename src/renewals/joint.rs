//! The cheapest set of steps that keeps several credentials current to a day, as data ([semantics
//! 7.9](crate::semantics#7.9)).

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::evaluate::options::{Accepted, View};
use crate::plan::answers::not_stated::{NotStated, StatedAmounts};
use crate::plan::answers::plan::{Blockage, Blocked, Effort, Optimality, Plan, PlanLimit, Purpose, StepKind};
use crate::plan::question::options::{Objective, PlanOptions};
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::meter::Watcher;
use crate::value::setters::setters;
use crate::value::stamp::Stamp;

/// What is asked of a joint renewal, beside the learner, the date and the horizon.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct JointRenewalOptions {
    /// The credentials that are to be kept; if none are given, all whose own awards lapse by then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Vec<CredentialId>>,
    /// The objective: cost.
    pub objective: Objective,
    /// The most that all steps together may cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Amount>,
    /// Credentials that are neither taken, claimed nor renewed on the way.
    pub avoid: Vec<CredentialId>,
    /// The view that decides which awards of the record count as issued: [`View::Earned`].
    pub view: View,
    /// Whether only awards count that are [verified](crate::Verification::Verified): false.
    pub verified_only: bool,
    /// The work limit, for all of it: 200,000,000 steps. It counts as no more than 2,000,000,000, as a stored answer,
    /// which is verified under it again, may say anything.
    pub work: u64,
    /// Is shown how far the search has come, and may stop it ([semantics 7.10](crate::semantics#7.10)): none.
    #[serde(skip)]
    pub watcher: Option<Watcher>,
}

setters! { JointRenewalOptions {
    /// The credentials that are to be kept.
    credentials: some list => CredentialId,
    /// The objective.
    objective: value => Objective,
    /// The most that all steps together may cost.
    budget: some => Amount,
    /// Credentials that are neither taken, claimed nor renewed on the way.
    avoid: list => CredentialId,
    /// The view that decides which awards of the record count as issued.
    view: value => View,
    /// Whether only verified awards count.
    verified_only: value => bool,
    /// The work limit, for all of it.
    work: value => u64,
    /// Who is shown how far the search has come, and may stop it.
    watcher: some => Watcher,
} }

impl Default for JointRenewalOptions {
    fn default() -> Self {
        let PlanOptions { objective, budget, avoid, view, verified_only, work, .. } = PlanOptions::default();
        Self { credentials: None, objective, budget, avoid, view, verified_only, work, watcher: None }
    }
}

impl JointRenewalOptions {
    /// Whether they name a credential of another catalog.
    pub(crate) fn name_others(&self, catalog: &Catalog) -> bool {
        !self.credentials.iter().flatten().chain(&self.avoid).all(|&id| catalog.knows(id))
    }

    /// Which awards of the record count.
    pub(crate) fn accepted(&self) -> Accepted {
        Accepted { view: self.view, verified_only: self.verified_only }
    }
}

/// The cheapest set of steps that keeps credentials current through a horizon, all together: an answer of
/// [`Catalog::joint_renewal`](crate::Catalog::joint_renewal). `Display` tells it to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JointRenewal {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The date that everything is judged on.
    pub as_of: Date,
    /// The day through which they are to be current.
    pub until: Date,
    /// The objective that the plan is best in.
    pub objective: Objective,
    /// What to do, or why that is not told.
    pub outcome: JointOutcome,
    /// What is asked about and is current through the horizon as it is, in id order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lasting: Vec<String>,
    /// What cannot be kept, whatever is done now, in id order; the plan is for all others.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cannot: Vec<CannotKeep>,
    /// The catalog's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The effort of the answer.
    pub effort: Effort,
    /// The options of the question.
    pub options: JointRenewalOptions,
}

impl JointRenewal {
    /// The plan, if there is one.
    #[must_use]
    pub fn plan(&self) -> Option<&JointPlan> {
        match &self.outcome {
            JointOutcome::Plan(plan) => Some(plan),
            _ => None,
        }
    }
}

/// What to do to keep credentials current, or why that is not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum JointOutcome {
    /// A plan; whether it is proven best, it says itself.
    Plan(Box<JointPlan>),
    /// Each could be kept by itself, and not all of them together, or not within the budget.
    NotTogether {
        /// What stands in the way.
        causes: Vec<Blocked>,
    },
    /// A limit was met before a plan was found, or before it was clear that there is none.
    Undecided {
        /// The limit.
        limit: PlanLimit,
        /// No plan, if there is one, is worth less than this, in the unit of the objective.
        lower_bound: Amount,
    },
}

/// Steps that keep credentials current, none of which can be left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JointPlan {
    /// The steps, in an order in which each is possible when its turn comes. None if nothing is to be done.
    pub steps: Vec<JointStep>,
    /// What is kept, in id order.
    pub kept: Vec<KeptCredential>,
    /// The cost of all steps together, in the catalog's currency.
    pub cost: Amount,
    /// The hours of all steps together.
    pub hours: Amount,
    /// The number of credentials that are taken or renewed and not conferred, each as often as it is.
    pub credentials: u64,
    /// The steps whose amounts nobody stated: the cost and the hours are so much at least.
    pub not_stated: NotStated,
    /// True if nothing is better.
    pub optimality: Optimality,
    /// True if of all plans that are as good it is certainly the one that ties go to.
    pub ties_settled: bool,
    /// Why nothing is better, for [`JointRenewal::verify`]; none if there is nothing to be done.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proof: Option<JointProof>,
}

/// The proof of a joint renewal: the same as one plan for all of it together, over renewals that stand beside the
/// catalog, with its certificate. [`JointRenewal::verify`] checks it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JointProof {
    pub(crate) plan: Plan,
}

/// One step of a joint renewal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct JointStep {
    /// Id of the credential that is renewed, taken or claimed.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// The kind of step: [`StepKind::Renew`] is on the terms that the catalog states for that, or as taking it anew
    /// where it states none.
    pub kind: StepKind,
    /// The number of times: once, unless the credential is repeatable.
    pub times: u32,
    /// The ids of other steps that have to be begun together with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begun_with: Vec<String>,
    /// Its cost, all times together; none if nobody stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
    /// The hours it takes, all times together; none if nobody stated them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// The first day on which it can be renewed, where that is after the date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// If it is offered on the date, the last day on which it is without a break; none if that never comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes: Option<Date>,
    /// The first day after the date on which it is offered again, or for the first time; none if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<Date>,
    /// Ids of what is kept by the award that it brings, in id order.
    pub keeps: Vec<String>,
    /// The requirements that it helps to meet; [`PurposeRule::Renewal`](crate::PurposeRule::Renewal) is what a renewal
    /// requires.
    pub purposes: Vec<Purpose>,
}

impl JointStep {
    /// What is stated of it.
    pub(crate) fn stated(&self) -> StatedAmounts<'_> {
        StatedAmounts { id: &self.credential, title: &self.title, cost: self.cost, hours: self.hours }
    }
}

/// A credential that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct KeptCredential {
    /// Id of the credential.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// The last day of its own awards as they are; none if it has none that ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Date>,
    /// The last day afterwards; none if it never ends, or lasts while its components do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lasts_until: Option<Date>,
    /// Whether it lasts while its components do.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_components: bool,
}

/// A credential that cannot be kept by anything that could be done now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CannotKeep {
    /// Id of the credential.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// The last day of its own awards as they are; none if none is current.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_day: Option<Date>,
    /// Why it cannot be kept.
    pub why: WhyNotKept,
}

/// Why a credential cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WhyNotKept {
    /// It is not held on the date: it has to be earned, or has lapsed already.
    NotHeld {
        /// The last day of the last award of it; none if there was none that ended.
        #[serde(skip_serializing_if = "Option::is_none")]
        lapsed: Option<Date>,
    },
    /// It can be renewed, and does not last to the horizon then.
    TooShort {
        /// The last day, if all is done that could be done now.
        lasts_until: Date,
    },
    /// Nothing that makes it last can be done.
    Blocked {
        /// What stands in the way.
        causes: Vec<Blocked>,
    },
}

// Lines are those of the text that an answer was made under. The same catalog in another layout has others, so they are
// left aside where an answer is verified.

impl JointPlan {
    /// The same without the lines of what its steps are for.
    pub(crate) fn without_lines(&self) -> Self {
        let mut plan = self.clone();
        for step in &mut plan.steps {
            step.purposes.iter_mut().for_each(|purpose| purpose.line = 0);
            step.purposes.sort();
            step.purposes.dedup();
        }
        plan
    }
}

impl CannotKeep {
    /// The same without the lines of the causes.
    pub(crate) fn without_lines(&self) -> Self {
        let mut cannot = self.clone();
        if let WhyNotKept::Blocked { causes } = &mut cannot.why {
            for Blocked { why, .. } in causes {
                if let Blockage::Rules { lines, .. } = why {
                    lines.clear();
                }
            }
        }
        cannot
    }
}

impl JointOutcome {
    /// That the options name a credential of another catalog.
    pub(crate) fn of_another_catalog() -> Self {
        Self::NotTogether { causes: vec![Blocked { credential: None, why: Blockage::OtherCatalog }] }
    }
}
