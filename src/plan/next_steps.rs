//! What can be begun or claimed now, and what choosing it would cost (semantics 7.7).

use std::collections::BTreeSet;

use serde::Serialize;

use crate::amount::Amount;
use crate::catalog::{Catalog, CredentialId};
use crate::date::Date;
use crate::evaluate::EvaluateOptions;
use crate::evaluate::progress::HELD;
use crate::evaluate::standing::{Evidence, Grade, Origin, Standing};
use crate::record::LearnerRecord;

use super::answer::{Optimality, Plan, PlanOutcome, StepKind, Unattainable, Undecided};
use super::closure::Closure;
use super::make::{Problem, amount, kind, state_with};
use super::options::PlanOptions;
use super::replay::{self, Replay};
use super::search::Search;
use super::simplex::Meter;
use super::statement::NONE;
use super::unlocks::Unlocks;

/// What a learner can begin or claim today on some plan to a target.
///
/// ```
/// use credpath::{Catalog, LearnerRecord, NextStepsOutcome, PlanOptions, StepRole};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     [credential]
///     sql = { cost = 100 }
///     python = { cost = 300 }
///     statistics = { cost = 250 }
///     analyst = { stack = { all_of = ["sql", { any_of = ["python", "statistics"] }] } }
/// "#)?;
/// let analyst = catalog.credential("analyst").expect("defined above");
/// let record = LearnerRecord::default();
/// let outcome = catalog.next_steps(&record, "2026-11-25".parse()?, analyst, &PlanOptions::default());
/// let NextStepsOutcome::Steps(next) = outcome else { panic!("there is a way") };
/// let told: Vec<_> = next.steps.iter().map(|step| (&*step.credential, step.role, step.regret.least.to_string())).collect();
/// assert_eq!(told, [
///     ("sql", StepRole::Essential, "0".to_owned()),
///     ("statistics", StepRole::Optimal, "0".to_owned()),
///     ("python", StepRole::Alternative, "50".to_owned()),
/// ]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NextSteps {
    /// The best plan.
    pub plan: Plan,
    /// The steps, sorted by role, regret, and id. What is on no plan is not among them.
    pub steps: Vec<NextStep>,
}

/// Something that can be begun or claimed now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NextStep {
    /// Id of the credential.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// What would be done.
    pub kind: StepKind,
    /// Whether every plan contains it, or a best one, or only dearer ones.
    pub role: StepRole,
    /// What the best plan with it is worth more than the best plan, in the unit of the objective.
    pub regret: Regret,
    /// What it costs, once.
    pub cost: Amount,
    /// The hours it takes, once.
    pub hours: Amount,
    /// Ids of the credentials that become eligible or qualified by it, in byte order.
    pub unlocks: Vec<String>,
    /// The last day on which an award made on the as-of date would be current; none if that has no end of its own.
    pub lapses: Option<Date>,
}

/// What a next step is to the plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum StepRole {
    /// Every plan contains it.
    Essential,
    /// Some plan that is as good as any contains it.
    Optimal,
    /// It is on a plan, but on none of the best; or the work limit was met before that was clear.
    Alternative,
}

/// What a choice adds: exact if both ends are the same, otherwise as far as the work limit allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Regret {
    /// It adds at least this.
    pub least: Amount,
    /// It adds at most this; none if no plan with it was found yet.
    pub most: Option<Amount>,
}

/// What came of asking for next steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum NextStepsOutcome {
    /// The steps.
    Steps(Box<NextSteps>),
    /// There is no plan, and why.
    Unattainable(Unattainable),
    /// The work limit was met before the best plan was proven.
    Undecided(Undecided),
}

impl Catalog {
    /// What the learner can begin or claim on the date that lies on some plan to the target, each with what choosing it would cost
    /// (semantics 7.7). Plans are those without a step to spare: what a plan does not need is on none. The work limit of the options is
    /// for all together.
    #[must_use]
    pub fn next_steps(
        &self,
        record: &LearnerRecord,
        as_of: Date,
        target: CredentialId,
        options: &PlanOptions,
    ) -> NextStepsOutcome {
        let plan = match self.plan(record, as_of, target, options) {
            PlanOutcome::Plan(plan) => *plan,
            PlanOutcome::Unattainable(none) => return NextStepsOutcome::Unattainable(none),
            PlanOutcome::Undecided(open) => return NextStepsOutcome::Undecided(open),
        };
        let standing = Standing::new(self, record, as_of, options.view);
        let progress = replay::start(self, &standing, as_of);
        if plan.steps.is_empty() || progress.marks(target.0) & HELD != 0 {
            return NextStepsOutcome::Steps(Box::new(NextSteps { plan, steps: Vec::new() }));
        }
        let evaluate = EvaluateOptions { view: options.view, ..EvaluateOptions::default() };
        let unlocks = Unlocks::new(self, record, as_of, &evaluate);
        let steps =
            state_with(&progress, target.0, (as_of, options, true), |problem| candidates(problem, &plan, &unlocks));
        NextStepsOutcome::Steps(Box::new(NextSteps { plan, steps }))
    }
}

fn candidates(problem: &Problem<'_, '_, '_>, plan: &Plan, unlocks: &Unlocks<'_>) -> Vec<NextStep> {
    let statement = problem.statement;
    let (catalog, progress) = (statement.catalog, statement.progress);
    let replay = Replay::new(progress);
    let own: BTreeSet<&str> = plan.steps.iter().map(|step| step.credential.as_str()).collect();
    let worth = i64::try_from(plan.value().hundredths()).unwrap_or(i64::MAX);
    let proven = plan.optimality == Optimality::Proven;
    let mut meter = Meter::new(problem.options.work.saturating_sub(plan.effort.work));
    let mut closure = Closure::new(statement);
    // Every plan needs all of its steps, which is all that tells a plan from what merely satisfies the rows.
    let mut limits = problem.limits.clone();
    if problem.options.must_include.is_empty() {
        limits.extend(super::obstacles::demands(statement));
    }
    let prices = statement.prices(problem.options.objective);
    let mut search = Search::new(&mut closure, statement, (prices, statement.bounds()), &limits, &mut meter);
    let musts = super::obstacles::musts(statement, problem.options);
    search.besides = super::obstacles::besides(statement, problem.options);
    let mut steps = Vec::new();
    for (step, number) in statement.steps.iter().zip(0_u32..) {
        let credential = step.credential;
        let now = catalog.at(credential).offered.contains(problem.as_of) && replay.is_possible(credential);
        if !now || !step.obstacles.is_empty() {
            continue;
        }
        let id = catalog.id(credential);
        let (least, most) = if own.contains(id) {
            (0, Some(0))
        } else {
            search.best = None;
            search.musts.clone_from(&musts);
            search.musts.push(number);
            let found = search.run_within(&[(step.variable, (1, 1))]);
            search.entries.clear();
            let more = |value: i64| (value - worth).max(0);
            match (found.best, found.least) {
                (best, Some(least)) => (more(least), best.map(|best| more(best.value))),
                // No plan contains it.
                (_, None) => continue,
            }
        };
        let role = match (least, most) {
            _ if plan.essential.iter().any(|essential| essential == id) => StepRole::Essential,
            (_, Some(0)) if proven => StepRole::Optimal,
            _ => StepRole::Alternative,
        };
        let award = Evidence::new(catalog, credential, problem.as_of, Grade::Sufficient, Origin::Issued(NONE));
        steps.push(NextStep {
            credential: id.to_owned(),
            title: catalog.at(credential).title.clone(),
            kind: kind(progress, credential),
            role,
            regret: Regret { least: amount(least), most: most.map(amount) },
            cost: amount(step.cost),
            hours: amount(step.hours),
            unlocks: unlocks.by(credential).into_iter().map(|other| catalog.id(other).to_owned()).collect(),
            lapses: award.until,
        });
    }
    steps.sort_by(|a, b| (a.role, a.regret, &a.credential).cmp(&(b.role, b.regret, &b.credential)));
    steps
}
