//! What can be begun or claimed now, and what choosing it would cost ([semantics 7.7](crate::semantics#7.7)).

use crate::value::ids::CredentialId;
use crate::value::stamp::Stamp;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{AwardId, Evidence, Origin};
use crate::evaluate::options::EvaluateOptions;
use crate::record::record::LearnerRecord;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::names::named;

use crate::plan::answers::alike::alike;
use crate::plan::answers::plan::{Optimality, Plan, PlanOutcome, PlanStep, StepKind, Unattainable, Undecided};
use crate::plan::answers::unlocks::Unlocks;
use crate::plan::model::amounts::{amount, hundredths};
use crate::plan::model::closure::Closure;
use crate::plan::model::decisive::Decisive;
use crate::plan::model::limits::demands;
use crate::plan::model::replay::Replay;
use crate::plan::model::statement::{Step, StepId};
use crate::plan::question::answer::answer;
use crate::plan::question::cause;
use crate::plan::question::essential::Known;
use crate::plan::question::options::PlanOptions;
use crate::plan::question::order::kind;
use crate::plan::question::problem::{Formulation, Problem};
use crate::plan::question::question::Question;
use crate::plan::question::uncounted::UncountedInPlans;
use crate::plan::search::oracle::{AskedPlans, FoundPlan, PlanOracle, program};
use crate::solve::branch::search::Program;
use crate::solve::row::Interval;
use crate::value::meter::Meter;

/// The steps that a learner can begin or claim today on some plan to a target.
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
/// let steps = next.steps.iter();
/// let told: Vec<_> = steps.map(|step| (&*step.credential, step.role, step.regret.least.to_string())).collect();
/// assert_eq!(told, [
///     ("sql", StepRole::Essential, "0".to_owned()),
///     ("statistics", StepRole::Optimal, "0".to_owned()),
///     ("python", StepRole::Alternative, "50".to_owned()),
/// ]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NextSteps {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The best plan.
    pub plan: Plan,
    /// The steps, sorted by role, regret, and id. What is on no plan is not among them.
    pub steps: Vec<NextStep>,
    /// What lies on some plan and could be begun or claimed now, were it, and what has to be begun with it, offered
    /// already: sorted by the day on which it opens, then as the steps are.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub later: Vec<NextStep>,
}

/// Something that can be begun or claimed now, or as soon as it is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NextStep {
    /// Id of the credential.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// The kind of step.
    pub kind: StepKind,
    /// True if every plan contains it, or a best one, or only dearer ones.
    pub role: StepRole,
    /// The amount by which the best plan with it is worth more than the best plan, in the unit of the objective.
    pub regret: Regret,
    /// Ids of the credentials that have to be begun together with it: each has a corequisite that one of the others is
    /// to meet ([semantics 4.6](crate::semantics#4.6)). Where there is a choice, the first in the order of ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub begun_with: Vec<String>,
    /// Its cost, once; none if nobody stated it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Amount>,
    /// The hours it takes, once; none if nobody stated them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<Amount>,
    /// Ids of the credentials that become eligible or qualified by it, in byte order.
    pub unlocks: Vec<String>,
    /// The last day on which an award made on the as-of date would be current; none if that has no end of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapses: Option<Date>,
    /// If it can be begun or claimed now, the last day on which it can without a break; none if that never comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes: Option<Date>,
    /// The first day after the as-of date on which it can be begun or claimed again, or for the first time; none if
    /// there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<Date>,
}

/// The place of a next step in the plans.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepRole {
    /// Every plan contains it.
    Essential,
    /// Some plan that is as good as any contains it.
    Optimal,
    /// It is on a plan, but on none of the best; or the work limit was met before that was clear.
    Alternative,
}

named! {
    StepRole, "role of a step":
    Essential = "essential",
    Optimal = "optimal",
    Alternative = "alternative",
}

/// The amount that a choice adds: exact if both ends are the same, otherwise as far as the work limit allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Regret {
    /// It adds at least this.
    pub least: Amount,
    /// It adds at most this; none if no plan with it was found yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub most: Option<Amount>,
}

/// The answer to a question for next steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
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
    /// The steps that the learner can begin or claim on the date and that lie on some plan to the target, each with
    /// what choosing it would cost ([semantics 7.7](crate::semantics#7.7)). Plans are those without a step to spare:
    /// what a plan does not need is on none. The work limit of the options is for all together.
    #[must_use]
    pub fn next_steps(
        &self,
        record: &LearnerRecord,
        as_of: Date,
        target: CredentialId,
        options: &PlanOptions,
    ) -> NextStepsOutcome {
        let question = Question { target, as_of, options };
        if let Some(none) = cause::of_another_catalog(self, &question) {
            return NextStepsOutcome::Unattainable(none);
        }
        let start = question.start(self, record);
        let mut known = Known::default();
        let outcome = answer(&start, &question, &mut known);
        let plan = match UncountedInPlans::new(self, record, as_of, options).told(outcome) {
            PlanOutcome::Plan(plan) => *plan,
            PlanOutcome::Unattainable(none) => return NextStepsOutcome::Unattainable(none),
            PlanOutcome::Undecided(open) => return NextStepsOutcome::Undecided(open),
        };
        if plan.steps.is_empty() {
            return NextStepsOutcome::Steps(Box::new(NextSteps {
                stamp: plan.stamp,
                plan,
                steps: Vec::new(),
                later: Vec::new(),
            }));
        }
        let PlanOptions { view, verified_only, .. } = *options;
        let evaluate = EvaluateOptions { view, verified_only, ..EvaluateOptions::default() };
        let mut unlocks = Unlocks::new(self, record, as_of, &evaluate);
        let formulation = Formulation::counted(&start, &question);
        let candidates = candidates(&formulation.problem(question), &plan, &known, &mut unlocks);
        let now = |id: &str| self.credential(id).is_some_and(|id| self.at(id).offered.contains(as_of));
        let now = |step: &NextStep| now(&step.credential) && step.begun_with.iter().all(|id| now(id));
        let (steps, mut later): (Vec<NextStep>, Vec<NextStep>) = candidates.into_iter().partition(now);
        later.sort_by_key(|step| step.opens);
        NextStepsOutcome::Steps(Box::new(NextSteps { stamp: plan.stamp, plan, steps, later }))
    }
}

/// What can be begun or claimed as soon as it is offered, sorted by role, regret, and id.
fn candidates(problem: &Problem<'_, '_, '_>, plan: &Plan, known: &Known, unlocks: &mut Unlocks<'_>) -> Vec<NextStep> {
    let statement = problem.statement;
    let (catalog, progress, as_of) = (statement.catalog, statement.progress, problem.question.as_of);
    let replay = Replay::new(progress);
    let (now, beginnings) = (replay.beginnings(false), replay.beginnings(true));
    // What is over has a barrier.
    let is_open = |step: &Step| {
        let possible = beginnings.contains(&step.credential) || replay.is_possible(step.credential);
        step.barriers.is_empty() && possible
    };
    let open = statement.steps.entries().filter(|(_, step)| is_open(step)).map(|(id, _)| id).collect();
    let mut steps = Vec::new();
    for (number, regret) in Regrets::new(problem, plan, open).all(known) {
        let step = &statement.steps[number];
        let credential = step.credential;
        let id = catalog.id(credential);
        let role = match regret {
            _ if plan.essential.iter().any(|essential| essential == id) => StepRole::Essential,
            Regret { most: Some(Amount::ZERO), .. } => StepRole::Optimal,
            _ => StepRole::Alternative,
        };
        let among = if now.contains(&credential) { &now } else { &beginnings };
        let begun_with = replay.begun_with(credential, among);
        let award = Evidence::new(catalog, credential, as_of, Grade::Sufficient, Origin::Issued(AwardId::NONE));
        steps.push(NextStep {
            credential: id.to_owned(),
            title: catalog.at(credential).title.clone(),
            kind: kind(progress, credential),
            role,
            regret,
            begun_with: begun_with.map(|other| catalog.id(other).to_owned()).collect(),
            cost: step.price.cost.map(amount),
            hours: step.price.hours.map(amount),
            unlocks: unlocks.by(credential).into_iter().map(|other| catalog.id(other).to_owned()).collect(),
            lapses: award.until,
            closes: catalog.at(credential).offered.closes(as_of),
            opens: catalog.at(credential).offered.opens(as_of),
        });
    }
    steps.sort_by(|a, b| (a.role, a.regret, &a.credential).cmp(&(b.role, b.regret, &b.credential)));
    steps
}

/// For each time that a step is looked at, into how many parts its share of the work is divided, one of which it has
/// then.
const PARTS_OF_A_SHARE: [u64; 4] = [16, 4, 1, 1];
/// With less work than this nothing is found, where there are sums that may not share.
const LEAST_PART: u64 = 150_000;

/// The regrets of the steps that can be begun: what each adds to the best plan.
struct Regrets<'r, 's, 'p, 'c> {
    problem: &'r Problem<'s, 'p, 'c>,
    open: Vec<StepId>,
    /// The steps of the plan.
    own: BTreeSet<StepId>,
    /// The best plan is worth no more than this, which the plan that was found is worth, and no less than the bound.
    worth: i64,
    bound: i64,
    /// Work that is left.
    work: u64,
}

impl<'r, 's, 'p, 'c> Regrets<'r, 's, 'p, 'c> {
    fn new(problem: &'r Problem<'s, 'p, 'c>, plan: &Plan, open: Vec<StepId>) -> Self {
        let statement = problem.statement;
        let own = |step: &PlanStep| statement.step(statement.catalog.credential(&step.credential)?);
        let worth = hundredths(plan.value());
        let bound = match plan.optimality {
            Optimality::Proven => worth,
            Optimality::Within { lower_bound } => hundredths(lower_bound).min(worth),
        };
        let own = plan.steps.iter().filter_map(own).collect();
        let work = problem.question.options.work.saturating_sub(plan.effort.work);
        Self { problem, open, own, worth, bound, work }
    }

    /// The best plan that is worth this adds at least so much.
    fn at_least(&self, value: i64) -> Amount {
        amount((value - self.worth).max(0))
    }

    fn at_most(&self, value: i64) -> Amount {
        amount((value - self.bound).max(0))
    }

    /// The regrets of all steps that are on some plan.
    fn all(&self, known: &Known) -> Vec<(StepId, Regret)> {
        let statement = self.problem.statement;
        // The rows for what a step is needed for are those of steps that need nothing themselves.
        let lacks = |&step: &StepId| statement.progress.lacks_corequisite(statement.steps[step].credential);
        if self.problem.policies.is_some() || self.open.iter().any(lacks) {
            return self.each_included();
        }
        // One of those that nothing but names tells apart speaks for all, if it can be one of the plan.
        let like = alike(self.problem, self.own.iter().chain(&self.open).copied());
        let speaking: BTreeSet<StepId> = like.values().copied().collect();
        let others: Vec<StepId> = speaking.iter().copied().filter(|step| !self.own.contains(step)).collect();
        let decisive = Decisive::new(statement, &others);
        let mut meter = Meter::watched_by(self.work, self.problem.question.options.watcher.as_ref());
        let mut closure = Closure::new(statement);
        let asked = AskedPlans { decisive: Some(&decisive), are_all: false, ..self.problem.asked() };
        let program = self.program(&decisive);
        let mut oracle = PlanOracle::new(statement, &mut closure, asked);
        for chosen in &known.seen {
            oracle.remember(chosen, &program.prices);
        }
        let mut search = oracle.search(program, &mut meter);
        let nothing_lost = decisive.uppers.iter().map(|_| Interval::only(0));
        let root = search.root(statement.bounds().into_iter().chain(nothing_lost).collect());
        let mut found: BTreeMap<StepId, Option<Regret>> =
            speaking.iter().map(|&step| (step, Some(self.at_first(step)))).collect();
        // Each has a small part of its share of the work first: what is learnt of one may settle others.
        for parts in PARTS_OF_A_SHARE {
            let mut left = found.iter().filter(|(step, regret)| self.is_unclear(**step, **regret)).count() as u64;
            for (step, regret) in found.iter_mut().filter(|(step, regret)| self.is_unclear(**step, **regret)) {
                let parts = (left * parts).min(search.parts_of(LEAST_PART));
                *regret = search.with_part_of_the_work(parts, |search| {
                    match (decisive.opened(statement, *step), &root) {
                        // What no plan needs is on none.
                        (None, _) => None,
                        (Some(opened), Some(root)) => {
                            let known = search.oracle_mut().want(*step);
                            let FoundPlan { best, least, .. } = search.best_from(root, &opened, known);
                            let most = best.map(|best| self.at_most(best.value));
                            least.map(|least| Regret { least: self.at_least(least), most })
                        }
                        (Some(_), None) => *regret,
                    }
                });
                left -= 1;
            }
        }
        let of = |step: &StepId| Some((*step, (*found.get(like.get(step)?)?)?));
        self.open.iter().filter_map(of).collect()
    }

    /// The regrets of all steps that are on some plan, each found as the best plan that must include it: where policies
    /// are in the way, a step may be needed although nothing is lost without it.
    fn each_included(&self) -> Vec<(StepId, Regret)> {
        let statement = self.problem.statement;
        let mut closure = Closure::new(statement);
        let mut meter = Meter::watched_by(self.work, self.problem.question.options.watcher.as_ref());
        let mut found: Vec<(StepId, Option<Regret>)> = Vec::new();
        let mut left = self.open.iter().filter(|step| !self.own.contains(step)).count() as u64;
        for &step in &self.open {
            if self.own.contains(&step) {
                found.push((step, Some(self.at_first(step))));
                continue;
            }
            let mut options = self.problem.question.options.clone();
            options.must_include.push(statement.steps[step].credential);
            let problem = self.problem.within(&options);
            let mut share = meter.share(left);
            let prices = statement.prices(options.objective);
            let program = program(statement, &problem.limits, prices, statement.bounds());
            let FoundPlan { best, least, .. } =
                PlanOracle::new(statement, &mut closure, problem.asked()).search(program, &mut share).best();
            meter.take_back(&share);
            left -= 1;
            let most = best.map(|best| self.at_most(best.value));
            found.push((step, least.map(|least| Regret { least: self.at_least(least), most })));
        }
        found.into_iter().filter_map(|(step, regret)| Some((step, regret?))).collect()
    }

    /// The regret as far as it is known before anything is looked for.
    fn at_first(&self, step: StepId) -> Regret {
        let most = self.own.contains(&step).then(|| self.at_most(self.worth));
        Regret { least: Amount::ZERO, most }
    }

    /// True if the regret of a step that is not on the plan is not exact.
    fn is_unclear(&self, step: StepId, regret: Option<Regret>) -> bool {
        !self.own.contains(&step) && regret.is_some_and(|regret| Some(regret.least) != regret.most)
    }

    /// The rows for plans that need one of some steps.
    fn program(&self, decisive: &Decisive) -> Program {
        let Problem { statement, question, .. } = *self.problem;
        let mut rows = self.problem.limits.clone();
        // Every plan needs all of its steps, which is all that tells a plan from what merely satisfies the rows.
        if question.options.must_include.is_empty() {
            rows.extend(demands(statement));
        }
        rows.extend_from_slice(&decisive.rows);
        let mut prices = statement.prices(question.options.objective);
        prices.resize(prices.len() + decisive.uppers.len(), 0);
        let beside = decisive.uppers.iter().map(|&upper| Interval::new(0, upper));
        program(statement, &rows, prices, statement.bounds().into_iter().chain(beside).collect())
    }
}
