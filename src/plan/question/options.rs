//! What is asked of a plan.

use crate::value::ids::CredentialId;
use serde::{Deserialize, Serialize};

use crate::evaluate::options::{Accepted, View};
use crate::value::amount::Amount;
use crate::value::meter::Watcher;
use crate::value::setters::setters;

/// The objective that a plan should be best in ([semantics 7.1](crate::semantics#7.1)).
///
/// Of plans that are alike in it, the one is taken that is best in the others, in the order cost, hours, credentials;
/// of those that are alike in all, the one that does without the last id, in byte order, in which they differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Objective {
    /// The least money.
    #[default]
    Cost,
    /// The fewest hours.
    Hours,
    /// The fewest credentials taken; claims are free.
    Credentials,
    /// The least sum of cost, hours and credentials, each times a weight.
    Weighted {
        /// The weight of one unit of the currency.
        cost: u16,
        /// The weight of an hour.
        hours: u16,
        /// The weight of a credential.
        credentials: u16,
    },
}

/// The wishes for a plan, and the limits that it must keep to.
///
/// ```
/// use credpath::{Catalog, LearnerRecord, Objective, PlanOptions};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     credential.night = { cost = 300, hours = 60 }
///     credential.block = { cost = 500, hours = 40 }
///     credential.baker = { stack = { any_of = ["block", "night"] } }
/// "#)?;
/// let baker = catalog.credential("baker").expect("defined above");
/// let options = PlanOptions::default().objective(Objective::Hours);
/// let outcome = catalog.plan(&LearnerRecord::default(), "2026-11-25".parse()?, baker, &options);
/// assert_eq!(outcome.plan().map(|plan| plan.cost.to_string()), Some("500".to_owned()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PlanOptions {
    /// The objective: cost.
    pub objective: Objective,
    /// The most that all steps together may cost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Amount>,
    /// The most hours that all steps together may take.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most_hours: Option<Amount>,
    /// If given, only credentials of these issuers are awarded on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuers: Option<Vec<String>>,
    /// If given, only credentials with one of these tags are taken on the way. A mode of delivery is a tag. Claims are
    /// exempt.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    /// No credential with one of these tags is awarded on the way.
    pub without_tags: Vec<String>,
    /// The plan has a step for each of these, and needs it: what a plan can do without is no part of it.
    pub must_include: Vec<CredentialId>,
    /// The plan has no step for any of these.
    pub avoid: Vec<CredentialId>,
    /// The plan is another one than these.
    pub besides: Vec<Besides>,
    /// True if every step has to be offered on the as-of date; otherwise it is enough that its offering is not over.
    pub offered_now: bool,
    /// The view that decides which awards of the record count as issued: [`View::Earned`].
    pub view: View,
    /// Whether only awards count that are [verified](crate::Verification::Verified): false.
    pub verified_only: bool,
    /// The work limit, in steps of the search: 200,000,000. Never seconds, so that the answer is the same everywhere. A
    /// plan is verified and explained as if it had been no more than 2,000,000,000, as a stored one may say anything.
    pub work: u64,
    /// Who is shown how far the search has come, and may stop it: nobody.
    #[serde(skip)]
    pub watcher: Option<Watcher>,
}

setters! { PlanOptions {
    /// The objective.
    objective: value => Objective,
    /// The most that all steps together may cost.
    budget: some => Amount,
    /// The most hours that all steps together may take.
    most_hours: some => Amount,
    /// Only credentials of these issuers are awarded on the way.
    issuers: some list => String,
    /// Only credentials with one of these tags are taken on the way.
    tags: some list => String,
    /// No credential with one of these tags is awarded on the way.
    without_tags: list => String,
    /// The plan has a step for each of these, and needs it.
    must_include: list => CredentialId,
    /// The plan has no step for any of these.
    avoid: list => CredentialId,
    /// The plan is another one than these.
    besides: list => Besides,
    /// Whether every step has to be offered on the as-of date.
    offered_now: value => bool,
    /// The view that decides which awards of the record count as issued.
    view: value => View,
    /// Whether only verified awards count.
    verified_only: value => bool,
    /// The work limit, in steps of the search.
    work: value => u64,
    /// Who is shown how far the search has come, and may stop it.
    watcher: some => Watcher,
} }

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            objective: Objective::Cost,
            budget: None,
            most_hours: None,
            issuers: None,
            tags: None,
            without_tags: Vec::new(),
            must_include: Vec::new(),
            avoid: Vec::new(),
            besides: Vec::new(),
            offered_now: false,
            view: View::Earned,
            verified_only: false,
            work: 200_000_000,
            watcher: None,
        }
    }
}

impl PlanOptions {
    /// The most work that a plan is verified and explained with, whatever its own options say.
    pub(crate) const MOST_WORK_AGAIN: u64 = 2_000_000_000;

    /// Which awards of the record count.
    pub(crate) fn accepted(&self) -> Accepted {
        Accepted { view: self.view, verified_only: self.verified_only }
    }

    /// The objective that they limit, if there is one: what is best by that keeps to the limit soonest.
    pub(crate) fn limited(&self) -> Option<Objective> {
        self.most_hours.map(|_| Objective::Hours).or(self.budget.map(|_| Objective::Cost))
    }

    /// All credentials that they name.
    pub(crate) fn credentials(&self) -> impl Iterator<Item = &CredentialId> {
        let besides = self.besides.iter().flat_map(|other| other.steps.iter().map(|(id, _)| id));
        self.must_include.iter().chain(&self.avoid).chain(besides)
    }
}

/// Steps that a plan is not to have all of: those of another plan, for an alternative to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Besides {
    /// Credentials, each with how often it is awarded.
    pub steps: Vec<(CredentialId, u32)>,
    /// The least number of these that the plan has to leave out, or take less often: 1 means that it does not contain
    /// them all. More than one can be asked for only where every credential is awarded once; otherwise it counts as
    /// one.
    pub differing: u32,
}
