//! Plans with the permission to begin without a prerequisite, beside the plan without ([semantics
//! 7.8](crate::semantics#7.8)).

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Rule;
use crate::record::exception::{Waived, Waiver};
use crate::record::record::LearnerRecord;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::meter::Meter;
use crate::value::stamp::Stamp;
use crate::value::text::printable;

use crate::plan::answers::display::titled;
use crate::plan::answers::plan::{Optimality, Plan, PlanOutcome};
use crate::plan::answers::verify::Flaw;
use crate::plan::model::replay::Replay;
use crate::plan::question::options::PlanOptions;
use crate::plan::question::question::Question;
use crate::solve::deletion::{Trial, deletion_filter};

/// A prerequisite that somebody may waive for a learner: by permission, or in recognition of what the learner can do.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Permission {
    /// Id of the credential that may be begun, or claimed, without its prerequisite.
    pub credential: String,
    /// Who may decide that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub authority: Option<String>,
}

impl Permission {
    /// For one credential, by its id.
    #[must_use]
    pub fn new(credential: impl Into<String>, authority: Option<&str>) -> Self {
        Self { credential: credential.into(), authority: authority.map(str::to_owned) }
    }

    /// For every credential of the catalog that has a prerequisite.
    #[must_use]
    pub fn for_all(catalog: &Catalog, authority: Option<&str>) -> Vec<Self> {
        let asking = catalog.credentials().filter(|&(number, _)| has_prerequisite(catalog, number));
        asking.map(|(_, described)| Self::new(&*described.id, authority)).collect()
    }

    /// The waiver that it comes down to.
    fn waiver(&self) -> Waiver {
        Waiver {
            credential: self.credential.clone(),
            waived: Waived::Prerequisite,
            reason: Some("permission".to_owned()),
            authority: self.authority.clone(),
            until: None,
        }
    }
}

/// The best plan without permissions, and beside it the best one if some prerequisites were waived: an answer of
/// [`Catalog::plan_with_permission`]. `Display` tells it to people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct PermittedPlan {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The plan by the rules as they are.
    pub without: PlanOutcome,
    /// The best plan with the permissions, if it is better or there is none without; or if that was not found out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with: Option<PlanOutcome>,
    /// The permissions that the plan with permission needs, in the order of the ids: it cannot be carried out if one of
    /// them is left out.
    pub needs: Vec<Permission>,
    /// Whether it does need all of these: false if the work limit ended before that was found out of each.
    pub needs_all: bool,
    /// The permissions that were asked about and have a prerequisite to waive, in the order of the ids, each once.
    pub asked: Vec<Permission>,
}

impl Catalog {
    /// What a plan would take if some prerequisites were waived, beside the plan without. A permission is a waiver of
    /// the whole prerequisite ([semantics 3.7](crate::semantics#3.7)); with one, a plan never costs more.
    ///
    /// Permissions for what the catalog does not know, or what has no prerequisite, have no effect. Of several for one
    /// credential the first in their order stands. The work limit of the options is for both plans
    /// together, and for what the second one needs.
    ///
    /// ```
    /// use credpath::{Catalog, LearnerRecord, Permission, PlanOptions};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     catalog.currency = "CAD"
    ///     [credential]
    ///     algebra = { cost = 300, hours = 60 }
    ///     statistics = { title = "Statistics", cost = 500, hours = 60, prerequisite = "algebra" }
    ///     analyst = { title = "Analyst", cost = 0, hours = 0, stack = "statistics" }
    /// "#)?;
    /// let analyst = catalog.credential("analyst").expect("defined above");
    /// let (record, as_of) = (LearnerRecord::default(), "2026-11-29".parse()?);
    /// let permissions = Permission::for_all(&catalog, Some("the instructor"));
    /// let both = catalog.plan_with_permission(&record, as_of, analyst, &permissions, &PlanOptions::default());
    /// assert_eq!(both.without.plan().map(|plan| plan.cost.to_string()).as_deref(), Some("800"));
    /// assert_eq!(both.saves().map(|less| less.to_string()).as_deref(), Some("300"));
    /// assert_eq!(both.needs, [Permission::new("statistics", Some("the instructor"))]);
    /// both.verify(&catalog, &record)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn plan_with_permission(
        &self,
        record: &LearnerRecord,
        as_of: Date,
        target: CredentialId,
        permissions: &[Permission],
        options: &PlanOptions,
    ) -> PermittedPlan {
        let asked = asked(self, permissions);
        let without = self.plan(record, as_of, target, options);
        let mut meter = Meter::new(options.work);
        meter.left = meter.left.saturating_sub(without.effort().work);
        let left = PlanOptions { work: meter.left, ..options.clone() };
        let with = (!asked.is_empty()).then(|| self.plan(&granted(record, &asked), as_of, target, &left));
        meter.left = meter.left.saturating_sub(with.as_ref().map_or(0, |with| with.effort().work));
        let with = with.filter(|with| is_better(with, &without));
        let (needs, needs_all) = match &with {
            Some(PlanOutcome::Plan(plan)) => needed(self, record, plan, &asked, &mut meter),
            _ => (Vec::new(), true),
        };
        PermittedPlan { stamp: self.stamp(), without, with, needs, needs_all, asked }
    }
}

impl PermittedPlan {
    /// By how much the plan with permission is better, in the unit of the objective, if both are proven.
    #[must_use]
    pub fn saves(&self) -> Option<Amount> {
        let proven = |plan: &&Plan| plan.optimality == Optimality::Proven;
        let without = self.without.plan().filter(proven)?;
        let with = self.with.as_ref().map_or(Some(without), PlanOutcome::plan).filter(proven)?;
        let less = without.value().hundredths().saturating_sub(with.value().hundredths());
        Some(Amount::from_hundredths(less))
    }

    /// Checks both plans as [`Plan::verify`] does, the one with permission for a learner who has all of those that were
    /// asked about; and that it can be carried out with those that it is said to need, and not with fewer.
    ///
    /// # Errors
    /// [`Flaw`] says what is wrong first.
    pub fn verify(&self, catalog: &Catalog, record: &LearnerRecord) -> Result<(), Flaw> {
        Flaw::of_stamp(self.stamp, catalog)?;
        if let Some(without) = self.without.plan() {
            without.verify(catalog, record)?;
        }
        let Some(with) = self.with.as_ref().and_then(PlanOutcome::plan) else { return Ok(()) };
        with.verify(catalog, &granted(record, &self.asked))?;
        let is_asked = self.needs.iter().all(|permission| self.asked.contains(permission));
        if !is_asked || !leads(catalog, record, with, &self.needs).0 {
            return Err(Flaw::Short);
        }
        let spared = if self.needs_all { &self.needs[..] } else { &[] };
        for (place, permission) in spared.iter().enumerate() {
            let mut others = self.needs.clone();
            others.remove(place);
            if leads(catalog, record, with, &others).0 {
                return Err(Flaw::Spare(permission.credential.clone()));
            }
        }
        Ok(())
    }
}

fn has_prerequisite(catalog: &Catalog, credential: CredentialId) -> bool {
    catalog.network.top(Rule::prerequisite(credential)).is_some()
}

/// The permissions that have an effect, one for each credential, in the order of the ids.
fn asked(catalog: &Catalog, permissions: &[Permission]) -> Vec<Permission> {
    let mut known: Vec<(CredentialId, &Permission)> = permissions
        .iter()
        .filter_map(|permission| Some((catalog.credential(&permission.credential)?, permission)))
        .filter(|&(credential, _)| has_prerequisite(catalog, credential))
        .collect();
    known.sort();
    known.dedup_by_key(|(credential, _)| *credential);
    known.into_iter().map(|(_, permission)| permission.clone()).collect()
}

/// The record of a learner who has these permissions.
fn granted(record: &LearnerRecord, permissions: &[Permission]) -> LearnerRecord {
    let mut granted = record.clone();
    granted.waivers.extend(permissions.iter().map(Permission::waiver));
    granted
}

/// Whether what is there with permission says more than what is there without.
fn is_better(with: &PlanOutcome, without: &PlanOutcome) -> bool {
    match (with, without) {
        (PlanOutcome::Plan(with), PlanOutcome::Plan(without)) => {
            let both = [with, without].iter().all(|plan| plan.optimality == Optimality::Proven);
            !both || with.nearness() < without.nearness()
        }
        (PlanOutcome::Unattainable(_), _) => false,
        _ => true,
    }
}

/// The permissions without which the steps cannot be carried out: whatever can be left out is. And whether that was
/// found out of each.
fn needed(
    catalog: &Catalog,
    record: &LearnerRecord,
    plan: &Plan,
    asked: &[Permission],
    meter: &mut Meter,
) -> (Vec<Permission>, bool) {
    let steps: BTreeSet<CredentialId> = steps(catalog, plan).into_iter().map(|step| step.0).collect();
    let of_a_step = |permission: &&Permission| {
        catalog.credential(&permission.credential).is_some_and(|credential| steps.contains(&credential))
    };
    let all: Vec<Permission> = asked.iter().filter(of_a_step).cloned().collect();
    let (mut left, mut needs_all) = (all.clone(), true);
    let mut needed = deletion_filter(&all, |some| {
        let others: Vec<Permission> = left.iter().filter(|one| !some.contains(one)).cloned().collect();
        let (leads, work) = leads(catalog, record, plan, &others);
        if meter.spend(work).is_none() {
            needs_all = false;
            Trial::Stop
        } else if leads {
            left = others;
            Trial::Spared
        } else {
            Trial::Needed
        }
    });
    needed.sort();
    (needed, needs_all)
}

fn steps(catalog: &Catalog, plan: &Plan) -> Vec<(CredentialId, u32)> {
    plan.steps.iter().filter_map(|step| Some((catalog.credential(&step.credential)?, step.times))).collect()
}

/// Whether a learner with these permissions can take all of the steps, in whatever order, and holds the target then;
/// and the work of finding that out.
fn leads(catalog: &Catalog, record: &LearnerRecord, plan: &Plan, permissions: &[Permission]) -> (bool, u64) {
    let Some(target) = catalog.credential(&plan.target) else { return (false, 1) };
    let record = granted(record, permissions);
    let question = Question { target, as_of: plan.as_of, options: &plan.options };
    let start = question.start(catalog, &record);
    let mut replay = Replay::new(&start.progress);
    let steps = steps(catalog, plan);
    replay.take_in_passes(&steps);
    let size = (catalog.network.len() + catalog.len()) as u64 / 16;
    let work = size + start.progress.touched() + replay.work(&start.progress);
    (replay.taken().len() == steps.len() && replay.holds(target), work)
}

impl Display for PermittedPlan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.without.fmt(f)?;
        let Some(with) = &self.with else {
            return writeln!(f, "\nNo permission that was asked about makes a better plan.");
        };
        writeln!(f, "\nWith permission:")?;
        for Permission { credential, authority } in &self.needs {
            let by = authority.as_ref().map(|authority| format!(", by {}", printable(authority))).unwrap_or_default();
            let title = with.plan().and_then(|plan| plan.steps.iter().find(|step| step.credential == *credential));
            let name = title.map_or_else(|| printable(credential), |step| titled(&step.title, credential));
            writeln!(f, "  to begin {name} without its prerequisite{by}")?;
        }
        if !self.needs_all {
            writeln!(f, "  whether it needs all of these was not found out")?;
        }
        if let (Some(saves), Some(plan)) = (self.saves(), with.plan()) {
            writeln!(f, "  {} less", plan.objective.worth(saves, plan.currency.as_deref()))?;
        }
        with.fmt(f)
    }
}
