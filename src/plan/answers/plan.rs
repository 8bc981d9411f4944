//! What a planner answers, as data.

use serde::{Deserialize, Serialize};

use crate::audit::audit::WrittenConditions;
use crate::catalog::network::RuleKind;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::names::named;
use crate::value::stamp::Stamp;

use crate::catalog::sharing::Sharing;
use crate::claims::claims::OverShared;
use crate::evaluate::uncounted::Uncounted;
use crate::plan::answers::assignment::PlanClaim;
use crate::plan::answers::not_stated::{NotStated, StatedAmounts};
use crate::plan::question::options::{Objective, PlanOptions};
use crate::plan::search::certificate::Certificate;

/// The answer to a question for a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PlanOutcome {
    /// A plan; whether it is proven best, it says itself.
    Plan(Box<Plan>),
    /// There is no plan, and why.
    Unattainable(Unattainable),
    /// A limit was met before a plan was found, or before it was clear that there is none.
    Undecided(Undecided),
}

impl Plan {
    /// The title of a credential that has a step; else its id.
    pub(crate) fn title<'p>(&'p self, id: &'p str) -> &'p str {
        self.steps.iter().find(|step| step.credential == id).map_or(id, |step| &step.title)
    }
}

impl PlanOutcome {
    /// The plan, if there is one.
    #[must_use]
    pub fn plan(&self) -> Option<&Plan> {
        match self {
            Self::Plan(plan) => Some(plan),
            _ => None,
        }
    }

    /// The plan, if there is one.
    #[must_use]
    pub fn into_plan(self) -> Option<Plan> {
        match self {
            Self::Plan(plan) => Some(*plan),
            _ => None,
        }
    }

    /// The effort of the answer, whatever it is.
    pub(crate) fn effort(&self) -> Effort {
        match self {
            Self::Plan(plan) => plan.effort,
            Self::Unattainable(none) => none.effort,
            Self::Undecided(open) => open.effort,
        }
    }
}

/// The best way to an award that counts as the target ([semantics 7](crate::semantics#7)): steps of which none can be
/// left out.
///
/// It starts from the issued awards: nothing is held by qualification, and each conferred credential on the way is
/// claimed. Every rule is judged on the as-of date, and every new award is made then, by the credential's own issuer,
/// with a sufficient grade. Policies on sharing are kept to, as [`Plan::claims`] shows
/// ([semantics 5.5](crate::semantics#5.5)).
///
/// ```
/// use credpath::{Catalog, LearnerRecord, Optimality, PlanOptions};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential]
///     sql = { cost = 350, hours = 40 }
///     statistics = { cost = 500, hours = 60 }
///     charts = { cost = 200, hours = 20, prerequisite = "sql" }
///     analyst = { stack = { all_of = ["sql", { any_of = ["statistics", "charts"] }] } }
/// "#)?;
/// let analyst = catalog.credential("analyst").expect("defined above");
/// let record = LearnerRecord::default();
/// let outcome = catalog.plan(&record, "2026-11-25".parse()?, analyst, &PlanOptions::default());
/// let plan = outcome.plan().expect("there is a way");
///
/// let ids: Vec<&str> = plan.steps.iter().map(|step| step.credential.as_str()).collect();
/// assert_eq!(ids, ["sql", "charts", "analyst"]);
/// assert_eq!((plan.cost.to_string(), plan.optimality), ("550".to_owned(), Optimality::Proven));
/// assert_eq!(plan.essential, ["analyst", "sql"]);
/// plan.verify(&catalog, &record)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Plan {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// Id of the target.
    pub target: String,
    /// Its title, for people.
    pub target_title: String,
    /// The date that everything is judged on.
    pub as_of: Date,
    /// The objective that the plan is best in.
    pub objective: Objective,
    /// The steps, in an order in which each is possible when its turn comes. None if an award that counts as the target
    /// is current.
    pub steps: Vec<PlanStep>,
    /// The cost of all steps together, in the catalog's currency.
    pub cost: Amount,
    /// The hours of all steps together.
    pub hours: Amount,
    /// The number of credentials taken, each as often as it is; claims are not counted.
    pub credentials: u64,
    /// The steps whose amounts nobody stated: the cost and the hours of the plan are so much at least.
    pub not_stated: NotStated,
    /// True if nothing is better.
    pub optimality: Optimality,
    /// True if of all plans that are as good it is certainly the one that ties go to.
    pub ties_settled: bool,
    /// Ids of the credentials that every plan contains which keeps to the options, as far as that is decided, in byte
    /// order.
    pub essential: Vec<String>,
    /// Where policies on sharing limit what two claims of the plan, or one and an issued credential, may both use: each
    /// of these with the awards that it uses, so that all policies are kept to. First what is claimed, in byte order of
    /// ids, then what was issued.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<PlanClaim>,
    /// The awards of the record that do not count where the target or a step could have been expected to count them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Uncounted>,
    /// The catalog's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// The effort of the answer.
    pub effort: Effort,
    /// The options of the question.
    pub options: PlanOptions,
    /// Why no plan is better, for [`Plan::verify`].
    pub certificate: Certificate,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PlanStep {
    /// Id of the credential that is awarded.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// The kind of step.
    pub kind: StepKind,
    /// The number of times: once, unless the credential is repeatable.
    pub times: u32,
    /// The ids of other steps of the plan, next to this one, that have to be begun together with it: each has a
    /// corequisite that one of the others is to meet ([semantics 4.6](crate::semantics#4.6)).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begun_with: Vec<String>,
    /// Its cost, all times together; none if nobody stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
    /// The hours it takes, all times together; none if nobody stated them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// If it can be begun or claimed on the plan's date, the last day on which it can without a break; none if that
    /// never comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes: Option<Date>,
    /// The first day after the plan's date on which it can be begun or claimed again, or for the first time; none if
    /// there is none. A step that has this and does not close cannot be begun on the plan's date.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<Date>,
    /// The purposes of it.
    pub purposes: Vec<Purpose>,
}

impl PlanStep {
    /// What is stated of it.
    pub(crate) fn stated(&self) -> StatedAmounts<'_> {
        StatedAmounts { id: &self.credential, title: &self.title, cost: self.cost, hours: self.hours }
    }
}

/// The way in which a credential comes to be awarded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StepKind {
    /// Taken for the first time; or once more, if it is repeatable.
    Take,
    /// Taken again: an earlier award is no longer current, or does not count where it is needed.
    Retake,
    /// Taken again while an award is current that will lapse, so that there is something to renew.
    Renew,
    /// Conferred, its requirements being met.
    Claim,
}

named! {
    StepKind, "kind of step":
    Take = "take",
    Retake = "retake",
    Renew = "renew",
    Claim = "claim",
}

/// A requirement that a step helps to meet.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Purpose {
    /// Id of the credential whose requirement it is; the target itself, if the step brings the award that counts as it.
    pub credential: String,
    /// The rule of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<PurposeRule>,
    /// The name of the group in which it counts, if one around it has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
    /// The conditions that the award has to meet there.
    #[serde(default, skip_serializing_if = "WrittenConditions::is_empty")]
    pub conditions: WrittenConditions,
    /// The line of the catalog where it is written; 0 for the target itself.
    pub line: usize,
}

/// One of the rules of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PurposeRule {
    /// The rule for what is held before beginning.
    Prerequisite,
    /// The rule for what is held before beginning, or begun together with it.
    Corequisite,
    /// The components.
    Stack,
    /// The rule for what renewing it requires.
    Renewal,
}

named! {
    PurposeRule, "rule":
    Prerequisite = "prerequisite",
    Corequisite = "corequisite",
    Stack = "stack",
    Renewal = "renewal",
}

impl From<RuleKind> for PurposeRule {
    fn from(kind: RuleKind) -> Self {
        match kind {
            RuleKind::Prerequisite => Self::Prerequisite,
            RuleKind::Corequisite => Self::Corequisite,
            RuleKind::Stack => Self::Stack,
        }
    }
}

/// The certainty that a plan is good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Optimality {
    /// No plan is better.
    Proven,
    /// No plan is worth less than this, in the unit of the objective; whether there is one between, the work limit left
    /// open.
    Within {
        /// The least that any plan is worth.
        lower_bound: Amount,
    },
}

/// The effort of an answer. It depends on nothing but the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Effort {
    /// Steps of work, as the limit counts them.
    pub work: u64,
    /// Branches looked at.
    pub nodes: u64,
    /// Pivots of the relaxation.
    pub pivots: u64,
}

/// That there is no plan, and the cause: obstacles which together stand in the way, of which none could be spared. If
/// one of them went, there would be a plan, or the others would be another cause.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Unattainable {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// Id of the target.
    pub target: String,
    /// Its title, for people.
    pub target_title: String,
    /// The date that everything is judged on.
    pub as_of: Date,
    /// The obstacles in the way.
    pub causes: Vec<Blocked>,
    /// True if none of the causes could be spared; otherwise the work limit was met while that was looked at.
    pub minimal: bool,
    /// The first later day on which it can be attained although it could not before, by the passing of time alone: a
    /// plan judges everything on the date that it is asked for, so ask for one as of that day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The awards of the record that do not count where the target could have been expected to count them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Uncounted>,
    /// The effort of the answer.
    pub effort: Effort,
}

/// A credential that stands in the way of a target, and why it cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Blocked {
    /// Id of the credential; none where it is the plan as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
    /// Why it cannot be had.
    pub why: Blockage,
}

/// Why a credential cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Blockage {
    /// The question names a credential of another catalog ([`Catalog::knows`](crate::Catalog::knows)).
    OtherCatalog,
    /// Its rules ask for what cannot be had, whatever is taken; where these are written.
    Rules {
        /// The lines of the requirements that cannot be met.
        lines: Vec<usize>,
        /// Ids of other causes that it waits for.
        waits_for: Vec<String>,
        /// Ids of what has to be held for some time before it counts there, so that taking it now is of no use yet.
        to_be_held: Vec<String>,
    },
    /// It can no longer be begun or claimed, or not on the date, where that is asked.
    Closed {
        /// The last day before the date on which it could be; none if there was none.
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<Date>,
        /// The first day after the date on which it can be; none if there is none.
        #[serde(skip_serializing_if = "Option::is_none")]
        opens: Option<Date>,
    },
    /// An award that is held excludes it.
    Held {
        /// Id of that award's credential.
        excluded_by: String,
    },
    /// It and another one exclude each other, and both are needed.
    Excludes {
        /// Id of the other one.
        other: String,
    },
    /// All ways to the target would have to break a policy on sharing.
    Sharing {
        /// The policy.
        policy: Sharing,
        /// The awards that two of the claims of a plan, or one and an issued credential, would both use: of one that
        /// there would be if this policy were not, and the other causes were. None if the work limit did not suffice to
        /// find it.
        over: Vec<OverShared>,
    },
    /// The caller avoids it.
    Avoided,
    /// The caller allows only other issuers.
    Issuer,
    /// The caller allows only other tags.
    Tags,
    /// The caller wants it included, but no plan needs it.
    NotNeeded,
    /// The caller asks for another plan than those given, and there is none.
    NoOther,
    /// The caller allows fewer hours.
    Hours {
        /// The hours that a plan takes at least, as far as that is known.
        needs: Amount,
    },
    /// The budget is too small.
    Budget {
        /// The least that a plan costs, as far as that is known.
        needs: Amount,
    },
}

/// A limit that keeps a plan from being found, or it from being clear that there is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum PlanLimit {
    /// The work limit, [`PlanOptions::work`].
    Work,
    /// The limit on deciding whether a given set of steps meets the rules. It is the same whatever the work limit is.
    Evaluation,
    /// A repeatable credential could be wanted more than 10,000 times, which is not planned for.
    Repetition,
}

named! {
    PlanLimit, "limit of a plan":
    Work = "work",
    Evaluation = "evaluation",
    Repetition = "repetition",
}

/// That a limit was met first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Undecided {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// Id of the target.
    pub target: String,
    /// Its title, for people.
    pub target_title: String,
    /// The date that everything is judged on.
    pub as_of: Date,
    /// The limit that was met.
    pub limit: PlanLimit,
    /// No plan, if there is one, is worth less than this, in the unit of the objective.
    pub lower_bound: Amount,
    /// The awards of the record that do not count where the target could have been expected to count them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<Uncounted>,
    /// The effort of the answer.
    pub effort: Effort,
}
