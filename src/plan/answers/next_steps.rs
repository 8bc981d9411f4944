//! What can be begun or claimed now, and what choosing it would cost (semantics 7.7).

use crate::value::ids::{CredentialId, IdVec};
use std::collections::BTreeSet;

use serde::Serialize;

use crate::catalog::catalog::Catalog;
use crate::evaluate::evidence::{AwardId, Evidence, Grade, Origin};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::HELD;
use crate::evaluate::standing::Standing;
use crate::record::record::LearnerRecord;
use crate::value::amount::Amount;
use crate::value::date::Date;

use crate::plan::answers::plan::{Optimality, Plan, PlanOutcome, PlanStep, StepKind, Unattainable, Undecided};
use crate::plan::answers::unlocks::Unlocks;
use crate::plan::model::closure::Closure;
use crate::plan::model::decisive::Decisive;
use crate::plan::model::obstacles::{besides, demands, musts};
use crate::plan::model::replay;
use crate::plan::model::replay::Replay;
use crate::plan::model::statement::StepId;
use crate::plan::question::make;
use crate::plan::question::make::{Known, Problem, amount, kind, state_with};
use crate::plan::question::options::PlanOptions;
use crate::plan::search::search::{Found, Search};
use crate::solve::simplex::Meter;

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
    /// True if every plan contains it, or a best one, or only dearer ones.
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
    /// A limit was met before the best plan was proven.
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
        let standing = Standing::new(self, record, as_of, options.view);
        let progress = replay::start(self, &standing, as_of);
        let mut known = Known::default();
        let outcome = match progress.marks(target) & HELD {
            0 => make::state(&progress, target, (as_of, options), |problem| make::solve(problem, &mut known)),
            _ => make::held(self, target, (as_of, options)),
        };
        let plan = match outcome {
            PlanOutcome::Plan(plan) => *plan,
            PlanOutcome::Unattainable(none) => return NextStepsOutcome::Unattainable(none),
            PlanOutcome::Undecided(open) => return NextStepsOutcome::Undecided(open),
        };
        if plan.steps.is_empty() {
            return NextStepsOutcome::Steps(Box::new(NextSteps { plan, steps: Vec::new() }));
        }
        let evaluate = EvaluateOptions { view: options.view, ..EvaluateOptions::default() };
        let unlocks = Unlocks::new(self, record, as_of, &evaluate);
        let steps = state_with(&progress, target, (as_of, options, true), |problem| {
            candidates(problem, (&plan, &known), &unlocks)
        });
        NextStepsOutcome::Steps(Box::new(NextSteps { plan, steps }))
    }
}

fn candidates(problem: &Problem<'_, '_, '_>, (plan, known): (&Plan, &Known), unlocks: &Unlocks<'_>) -> Vec<NextStep> {
    let statement = problem.statement;
    let (catalog, progress) = (statement.catalog, statement.progress);
    let replay = Replay::new(progress);
    let now = |credential: CredentialId| {
        catalog.at(credential).offered.contains(problem.as_of) && replay.is_possible(credential)
    };
    let open: Vec<StepId> = statement
        .steps
        .ids()
        .filter(|&number| {
            let step = &statement.steps[number];
            step.obstacles.is_empty() && now(step.credential)
        })
        .collect();
    let mut steps = Vec::new();
    for (number, regret) in regrets(problem, (plan, known), &open) {
        let step = &statement.steps[number];
        let credential = step.credential;
        let id = catalog.id(credential);
        let role = match regret {
            _ if plan.essential.iter().any(|essential| essential == id) => StepRole::Essential,
            Regret { most: Some(Amount::ZERO), .. } => StepRole::Optimal,
            _ => StepRole::Alternative,
        };
        let award = Evidence::new(catalog, credential, problem.as_of, Grade::Sufficient, Origin::Issued(AwardId::NONE));
        steps.push(NextStep {
            credential: id.to_owned(),
            title: catalog.at(credential).title.clone(),
            kind: kind(progress, credential),
            role,
            regret,
            cost: amount(step.cost),
            hours: amount(step.hours),
            unlocks: unlocks.by(credential).into_iter().map(|other| catalog.id(other).to_owned()).collect(),
            lapses: award.until,
        });
    }
    steps.sort_by(|a, b| (a.role, a.regret, &a.credential).cmp(&(b.role, b.regret, &b.credential)));
    steps
}

/// What each of the steps adds, for those that are on some plan.
fn regrets(problem: &Problem<'_, '_, '_>, (plan, known): (&Plan, &Known), open: &[StepId]) -> Vec<(StepId, Regret)> {
    let statement = problem.statement;
    let own = |step: &PlanStep| statement.step(statement.catalog.credential(&step.credential)?);
    let own: BTreeSet<StepId> = plan.steps.iter().filter_map(own).collect();
    let others: Vec<StepId> = open.iter().copied().filter(|step| !own.contains(step)).collect();
    let decisive = Decisive::new(statement, &others);
    let mut rows = problem.limits.clone();
    // Every plan needs all of its steps, which is all that tells a plan from what merely satisfies the rows.
    if problem.options.must_include.is_empty() {
        rows.extend(demands(statement));
    }
    rows.extend_from_slice(&decisive.rows);
    let mut prices = statement.prices(problem.options.objective);
    prices.resize(prices.len() + decisive.uppers.len(), 0);
    let bounds = statement.bounds();
    let all = bounds.iter().copied().chain(decisive.uppers.iter().map(|&upper| (0, upper))).collect();
    let mut meter = Meter::new(problem.options.work.saturating_sub(plan.effort.work));
    let mut closure = Closure::new(statement);
    let mut search = Search::new(&mut closure, statement, (prices, all), &rows, &mut meter);
    search.musts = musts(statement, problem.options);
    search.besides = besides(statement, problem.options);
    search.decisive = Some(&decisive);
    search.with = IdVec::filled(None, statement.steps.len());
    for chosen in &known.seen {
        search.remember(chosen);
    }
    let nothing_lost = decisive.uppers.iter().map(|_| (0, 0));
    let general = search.in_general(bounds.into_iter().chain(nothing_lost).collect());
    // The best plan is worth no more than the one that was found, and no less than this.
    let hundredths = |amount: Amount| i64::try_from(amount.hundredths()).unwrap_or(i64::MAX);
    let worth = hundredths(plan.value());
    let bound = match plan.optimality {
        Optimality::Proven => worth,
        Optimality::Within { lower_bound } => hundredths(lower_bound).min(worth),
    };
    let (least_more, most_more) =
        (|value: i64| amount((value - worth).max(0)), |value: i64| amount((value - bound).max(0)));
    let mut found: Vec<(StepId, Option<Regret>)> = open
        .iter()
        .map(|&step| {
            let (least, most) = (Amount::ZERO, own.contains(&step).then(|| most_more(worth)));
            (step, Some(Regret { least, most }))
        })
        .collect();
    // Each has its share of the work; those that it was too little for share in what is left.
    for _ in 0..2 {
        let is_open = |found: &(StepId, Option<Regret>)| {
            !own.contains(&found.0) && found.1.is_some_and(|regret| Some(regret.least) != regret.most)
        };
        let mut left = found.iter().filter(|found| is_open(found)).count() as u64;
        for (step, regret) in found.iter_mut().filter(|found| is_open(found)) {
            let kept = search.meter.left - search.meter.left / left;
            search.meter.left -= kept;
            left -= 1;
            *regret = match (decisive.opened(statement, *step), &general) {
                // What no plan needs is on none.
                (None, _) => None,
                (Some(opened), Some(general)) => {
                    search.want(*step, general, &opened);
                    let Found { best, least, .. } = search.run();
                    least.map(|least| Regret { least: least_more(least), most: best.map(|best| most_more(best.value)) })
                }
                (Some(_), None) => *regret,
            };
            search.meter.left += kept;
        }
    }
    found.into_iter().filter_map(|(step, regret)| Some((step, regret?))).collect()
}
