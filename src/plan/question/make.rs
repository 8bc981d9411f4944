//! From the question to the answer.

use crate::plan::model::statement::{Name, Row, Statement, StepId};
use crate::solve::ids::RowId;
use crate::value::ids::{ClassId, CredentialId, IdVec, LeafId};
use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::names::Names;
use crate::catalog::network::{Part, Rule};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::{HELD, Progress};
use crate::evaluate::standing::Standing;
use crate::record::record::LearnerRecord;
use crate::value::amount::Amount;
use crate::value::date::Date;

use crate::plan::answers::plan::{
    Effort, Optimality, Plan, PlanLimit, PlanOutcome, PlanStep, Purpose, PurposeRule, StepKind, Undecided,
};
use crate::plan::model::builder::Builder;
use crate::plan::model::closure::{Chosen, Closure};
use crate::plan::model::obstacles::Exclusions;
use crate::plan::model::replay::Replay;
use crate::plan::model::{obstacles, replay, statement};
use crate::plan::question::options::PlanOptions;
use crate::plan::question::ties::Prices;
use crate::plan::question::{cause, ties};
use crate::plan::search::certificate::{Certificate, Further};
use crate::plan::search::search::{Found, Search};
use crate::solve::simplex::Meter;

/// A question in terms of rows.
pub(crate) struct Problem<'s, 'p, 'c> {
    pub(crate) statement: &'s Statement<'p, 'c>,
    /// Rows that are no rules of the catalog.
    pub(crate) limits: Vec<Row>,
    pub(crate) exclusions: &'s Exclusions,
    pub(crate) target: CredentialId,
    pub(crate) as_of: Date,
    pub(crate) options: &'s PlanOptions,
}

impl<'s, 'p, 'c> Problem<'s, 'p, 'c> {
    fn new(
        statement: &'s Statement<'p, 'c>,
        exclusions: &'s Exclusions,
        (target, as_of, options): (CredentialId, Date, &'s PlanOptions),
    ) -> Self {
        let limits = obstacles::limits(statement, options, &exclusions.pairs);
        Self { statement, limits, exclusions, target, as_of, options }
    }

    /// The same with other plans left aside, or other limits.
    pub(crate) fn with<'o>(&'o self, options: &'o PlanOptions) -> Problem<'o, 'p, 'c> {
        Problem::new(self.statement, self.exclusions, (self.target, self.as_of, options))
    }

    /// The rows of the rules, and of all else.
    pub(crate) fn rows(&self) -> IdVec<RowId, Row> {
        self.statement.rows.iter().chain(&self.limits).cloned().collect()
    }
}

/// States the question for a learner who does not hold the target; and answers it.
pub(crate) fn state<A>(
    progress: &Progress<'_>,
    target: CredentialId,
    (as_of, options): (Date, &PlanOptions),
    answer: impl FnOnce(&Problem<'_, '_, '_>) -> A,
) -> A {
    state_with(progress, target, (as_of, options, counts(options)), answer)
}

/// True if it matters how often something is awarded at least.
fn counts(options: &PlanOptions) -> bool {
    !options.must_include.is_empty() || !options.besides.is_empty()
}

/// The same, with variables for how often something is awarded if so asked.
pub(crate) fn state_with<A>(
    progress: &Progress<'_>,
    target: CredentialId,
    (as_of, options, counts): (Date, &PlanOptions, bool),
    answer: impl FnOnce(&Problem<'_, '_, '_>) -> A,
) -> A {
    let mut statement = Builder::new(progress).build(target, counts);
    let credentials: Vec<CredentialId> = statement.steps.iter().map(|step| step.credential).collect();
    let exclusions = Exclusions::among(progress, &credentials);
    for step in statement.steps.iter_mut() {
        step.obstacles = obstacles::of(progress.catalog, step.credential, (as_of, options), &exclusions);
    }
    answer(&Problem::new(&statement, &exclusions, (target, as_of, options)))
}

impl Catalog {
    /// The best plan to an award that counts as the target: exact, and with a proof that nothing is better (semantics 7.1 to 7.5).
    ///
    /// Total and pure: it depends on nothing but its arguments, and ends within the work limit of the options. An example is at [`Plan`].
    ///
    /// # Panics
    /// Never for a target that comes from this catalog.
    #[must_use]
    pub fn plan(
        &self,
        record: &LearnerRecord,
        as_of: Date,
        target: CredentialId,
        options: &PlanOptions,
    ) -> PlanOutcome {
        let standing = Standing::new(self, record, as_of, options.view);
        let progress = replay::start(self, &standing, as_of);
        if progress.marks(target) & HELD != 0 {
            return held(self, target, (as_of, options));
        }
        state(&progress, target, (as_of, options), |problem| solve(problem, &mut Known::default()))
    }
}

/// What is known from plans that were made with fewer left aside, or wider limits.
#[derive(Default)]
pub(crate) struct Known {
    /// Credentials that every plan contains.
    essential: BTreeSet<CredentialId>,
    /// Plans, by the numbers of their steps.
    pub(crate) seen: Vec<Chosen>,
}

/// An award that counts as the target is current: there is nothing to do, unless something must be included.
pub(crate) fn held(catalog: &Catalog, target: CredentialId, (as_of, options): (Date, &PlanOptions)) -> PlanOutcome {
    if !options.must_include.is_empty() {
        return PlanOutcome::Unattainable(cause::nothing_needed(catalog, target, (as_of, options)));
    }
    PlanOutcome::Plan(Box::new(Plan {
        target: catalog.id(target).to_owned(),
        target_title: catalog.at(target).title.clone(),
        as_of,
        objective: options.objective,
        steps: Vec::new(),
        cost: Amount::ZERO,
        hours: Amount::ZERO,
        credentials: 0,
        optimality: Optimality::Proven,
        ties_settled: true,
        essential: Vec::new(),
        currency: catalog.header().currency.clone(),
        effort: Effort::default(),
        options: options.clone(),
        certificate: Certificate::default(),
    }))
}

/// The best plan. What is learnt on the way is added to what is known.
pub(crate) fn solve(problem: &Problem<'_, '_, '_>, known: &mut Known) -> PlanOutcome {
    let Problem { statement, options, .. } = *problem;
    if statement.is_endless {
        return undecided(problem, PlanLimit::Repetition, 0, Effort::default());
    }
    let mut meter = Meter::new(options.work);
    let mut closure = Closure::new(statement);
    // Whether the target can be reached at all, exclusions and such aside, is decided whatever the work limit is.
    let everything: Chosen = all_steps(statement, None);
    let mut work = 0;
    let reaches = closure.reaches(&everything, &mut work);
    match reaches {
        Met::Yes => {}
        Met::No => return PlanOutcome::Unattainable(cause::of_rules(problem, &mut closure, &mut meter)),
        Met::Undecided => {
            return undecided(problem, PlanLimit::Evaluation, 0, Effort { work, ..Effort::default() });
        }
    }
    let prices = Prices::new(statement, options.objective);
    let start = (prices.combined.clone(), statement.bounds());
    let mut search = Search::new(&mut closure, statement, start, &problem.limits, &mut meter);
    search.scale = prices.scale.clone();
    search.musts = obstacles::musts(statement, options);
    search.besides = obstacles::besides(statement, options);
    search.begin_with(std::mem::take(&mut known.seen));
    let Found { best, least, complete, ended } = search.run();
    let (entries, further) = (std::mem::take(&mut search.entries), std::mem::take(&mut search.further));
    let proven = best.as_ref().is_some_and(|best| least == Some(best.value));
    let (mut chosen, mut settled) = (best.as_ref().map(|best| best.chosen.clone()).unwrap_or_default(), false);
    if let Some(best) = best.clone().filter(|_| proven && complete && prices.left.is_empty()) {
        (chosen, settled) = ties::by_ids(&mut search, statement, best);
    }
    let mut effort = Effort { work: 0, nodes: search.nodes, pivots: search.pivots() };
    known.seen = std::mem::take(&mut search.seen);
    drop(search);
    effort.work = meter.spent();
    let Some(best) = best else {
        return match least {
            Some(least) => {
                let limit = if ended { PlanLimit::Evaluation } else { PlanLimit::Work };
                undecided(problem, limit, prices.first(least), effort)
            }
            None => PlanOutcome::Unattainable(cause::of_limits(problem, &mut closure, &mut meter)),
        };
    };
    if proven && complete && !prices.left.is_empty() {
        (chosen, settled) = ties::in_turn(problem, &mut closure, (&prices, &best), &mut meter);
    }
    let essential = essential(problem, &mut closure, (&chosen, known), &mut meter);
    effort.work = meter.spent();
    let id = |credential: CredentialId| statement.catalog.id(credential).to_owned();
    let further = further.into_iter().map(|further| in_credentials(statement, further)).collect();
    let Some(steps) = in_order(problem, &chosen) else {
        return undecided(problem, PlanLimit::Evaluation, 0, effort);
    };
    let sum = |of: fn(&PlanStep) -> Amount| {
        Amount::from_hundredths(steps.iter().map(|step| of(step).hundredths()).fold(0, u64::saturating_add))
    };
    let taken = steps.iter().filter(|step| step.kind != StepKind::Claim).map(|step| u64::from(step.times));
    PlanOutcome::Plan(Box::new(Plan {
        target: id(problem.target),
        target_title: statement.catalog.at(problem.target).title.clone(),
        as_of: problem.as_of,
        objective: options.objective,
        cost: sum(|step| step.cost),
        hours: sum(|step| step.hours),
        credentials: taken.sum(),
        optimality: if proven {
            Optimality::Proven
        } else {
            Optimality::Within { lower_bound: amount(prices.first(least.unwrap_or(0))) }
        },
        ties_settled: settled,
        essential: essential.into_iter().map(id).collect(),
        currency: statement.catalog.header().currency.clone(),
        effort,
        options: options.clone(),
        certificate: Certificate { least: least.unwrap_or(0), further, entries },
        steps,
    }))
}

fn undecided(problem: &Problem<'_, '_, '_>, limit: PlanLimit, least: i64, effort: Effort) -> PlanOutcome {
    let catalog = problem.statement.catalog;
    PlanOutcome::Undecided(Undecided {
        target: catalog.id(problem.target).to_owned(),
        target_title: catalog.at(problem.target).title.clone(),
        as_of: problem.as_of,
        limit,
        lower_bound: amount(least),
        effort,
    })
}

pub(crate) fn amount(hundredths: i64) -> Amount {
    Amount::from_hundredths(u64::try_from(hundredths).unwrap_or(0))
}

/// All steps that nothing stands in the way of, but for one; a repeatable one as often as could be of use.
pub(crate) fn all_steps(statement: &Statement<'_, '_>, without: Option<StepId>) -> Chosen {
    let open = |&(step, _): &(StepId, i64)| statement.steps[step].obstacles.is_empty() && Some(step) != without;
    every_step(statement).into_iter().filter(open).collect()
}

/// All steps, whatever stands in the way.
pub(crate) fn every_step(statement: &Statement<'_, '_>) -> Chosen {
    let most = |step: &statement::Step| statement.variables[step.times.unwrap_or(step.variable)].upper;
    statement.steps.entries().map(|(number, step)| (number, most(step))).collect()
}

fn in_credentials(statement: &Statement<'_, '_>, further: Further<StepId>) -> Further<CredentialId> {
    let credential = |step: StepId| statement.steps[step].credential;
    match further {
        Further::OneOf(steps) => Further::OneOf(steps.into_iter().map(credential).collect()),
        Further::NotBeside { plan, beside } => Further::NotBeside {
            plan: plan.into_iter().map(|(step, times)| (credential(step), times)).collect(),
            beside: credential(beside),
        },
    }
}

/// The chosen credentials that every plan contains.
fn essential<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    closure: &mut Closure<'s, 'p, 'c>,
    (chosen, known): (&[(StepId, i64)], &mut Known),
    meter: &mut Meter,
) -> Vec<CredentialId> {
    let statement = problem.statement;
    let spares = |plan: &Chosen, step: StepId| plan.iter().all(|&(other, _)| other != step);
    let mut open = Vec::new();
    let Known { essential, seen } = known;
    let in_all = |step: &StepId| {
        let known = essential.contains(&statement.steps[*step].credential);
        !known && !seen.iter().any(|plan| spares(plan, *step))
    };
    let unclear: Vec<StepId> = chosen.iter().map(|&(step, _)| step).filter(in_all).collect();
    for step in unclear {
        let mut work = 0;
        let met = closure.reaches(&all_steps(statement, Some(step)), &mut work);
        let in_time = meter.spend(work).is_some();
        if met == Met::No {
            essential.insert(statement.steps[step].credential);
        } else if in_time {
            open.push(step);
        } else {
            break;
        }
    }
    if !problem.limits.is_empty() && !open.is_empty() {
        // With exclusions and such, there may be no way round it all the same.
        let prices = statement.prices(problem.options.objective);
        let mut search = Search::new(closure, statement, (prices, statement.bounds()), &problem.limits, meter);
        search.musts = obstacles::musts(statement, problem.options);
        search.besides = obstacles::besides(statement, problem.options);
        search.any = true;
        for step in open {
            if search.seen.iter().any(|plan| spares(plan, step)) {
                continue;
            }
            let described = &statement.steps[step];
            search.best = None;
            let found = search.run_within(&[(described.variable, (0, 0))]);
            if found.best.is_none() && found.least.is_none() {
                essential.insert(described.credential);
            }
        }
    }
    essential.iter().copied().collect()
}

/// The steps in an order in which each is possible, at every turn the first by its id; `None` if the evaluator does not agree that
/// they lead to the target.
fn in_order(problem: &Problem<'_, '_, '_>, chosen: &[(StepId, i64)]) -> Option<Vec<PlanStep>> {
    let statement = problem.statement;
    let mut replay = Replay::new(statement.progress);
    let steps: Vec<(CredentialId, u32)> = chosen
        .iter()
        .map(|&(step, times)| Some((statement.steps[step].credential, u32::try_from(times).ok()?)))
        .collect::<Option<_>>()?;
    let taken = replay.take_all(&steps);
    if taken.len() < steps.len() || !replay.holds(problem.target) {
        return None;
    }
    let credentials: BTreeSet<CredentialId> = taken.iter().map(|step| step.0).collect();
    let purposes = Purposes::new(problem, &credentials);
    Some(
        taken
            .into_iter()
            .map(|(credential, times)| {
                let (cost, hours) = statement::price(statement.progress, credential);
                let all = |each: i64| amount(each.saturating_mul(i64::from(times)));
                PlanStep {
                    credential: statement.catalog.id(credential).to_owned(),
                    title: statement.catalog.at(credential).title.clone(),
                    kind: kind(statement.progress, credential),
                    times,
                    cost: all(cost),
                    hours: all(hours),
                    purposes: purposes.of(credential),
                }
            })
            .collect(),
    )
}

/// What a new award of the credential is to what there was before.
pub(crate) fn kind(progress: &Progress<'_>, credential: CredentialId) -> StepKind {
    let own = |evidence: &crate::evaluate::evidence::Evidence| evidence.is_issued() && evidence.is_award_of(credential);
    if progress.catalog.network.has_stack(credential) {
        StepKind::Claim
    } else if progress.catalog.names.repeatable(credential) {
        // It comes beside what there is.
        StepKind::Take
    } else if statement::is_renewal(progress, credential) {
        StepKind::Renew
    } else if progress.evidence.iter().any(|admitted| own(&admitted.evidence)) {
        StepKind::Retake
    } else {
        StepKind::Take
    }
}

/// The requirements of a plan's credentials that nothing met before.
struct Purposes<'s, 'p, 'c> {
    problem: &'s Problem<'s, 'p, 'c>,
    /// Leaves, with the class that each names.
    leaves: Vec<(LeafId, ClassId)>,
}

impl<'s, 'p, 'c> Purposes<'s, 'p, 'c> {
    fn new(problem: &'s Problem<'s, 'p, 'c>, credentials: &BTreeSet<CredentialId>) -> Self {
        let statement = problem.statement;
        let (network, names) = (&statement.catalog.network, &statement.catalog.names);
        let waiting = statement.variables.iter().filter_map(|variable| match variable.name {
            Name::Waiting(credential) => Some(credential),
            _ => None,
        });
        let rules = credentials
            .iter()
            .flat_map(|&credential| Rule::all(credential))
            .chain(waiting.map(Rule::stack))
            .filter(|&rule| !statement.progress.rule_is_met(rule));
        let leaves = rules.filter_map(|rule| network.top(rule)).flat_map(|top| network.leaves_below(top));
        let is_met = |part| statement.progress.is_met(part);
        // Of what counts each time, one more may be needed where there is one already.
        let again = |leaf: LeafId| {
            let repeats = network.unit_of(leaf).is_some() && names.repeatable(network.leaf(leaf).credential);
            repeats && network.group_above(Part::Leaf(leaf)).is_some_and(|sum| !is_met(Part::Group(sum)))
        };
        let unmet = leaves.filter(|&leaf| !is_met(Part::Leaf(leaf)) || again(leaf));
        Self { problem, leaves: unmet.map(|leaf| (leaf, names.class(network.leaf(leaf).credential))).collect() }
    }

    fn of(&self, credential: CredentialId) -> Vec<Purpose> {
        let catalog = self.problem.statement.catalog;
        let (network, names) = (&catalog.network, &catalog.names);
        let exceptions = &self.problem.statement.progress.exceptions;
        let class = names.class(credential);
        let reaches =
            |to: ClassId, within: Option<CredentialId>| exceptions.counting_as(names, to, within).contains(&class);
        let borne: BTreeSet<ClassId> = Names::closure(class, |class| names.up(class)).into_iter().collect();
        let substituted = !exceptions.substitutions.is_empty();
        let mut purposes = BTreeSet::new();
        let target = self.problem.target;
        if reaches(names.class(target), None) {
            let (rule, requirement) = (None, None);
            purposes.insert(Purpose { credential: catalog.id(target).to_owned(), rule, requirement, line: 0 });
        }
        for &(leaf, named) in &self.leaves {
            let rule = network.rule_of(leaf);
            let counts = borne.contains(&named) || substituted && reaches(named, Some(rule.credential()));
            if !counts || rule.credential() == credential {
                continue;
            }
            let mut around = network.group_above(Part::Leaf(leaf));
            let mut requirement = None;
            while let Some(group) = around.filter(|_| requirement.is_none()) {
                requirement = network.extras(group).name.as_deref().map(str::to_owned);
                around = network.group_above(Part::Group(group));
            }
            purposes.insert(Purpose {
                credential: catalog.id(rule.credential()).to_owned(),
                rule: Some(if rule.is_stack() { PurposeRule::Stack } else { PurposeRule::Prerequisite }),
                requirement,
                line: catalog.line(Part::Leaf(leaf)),
            });
        }
        purposes.into_iter().collect()
    }
}
