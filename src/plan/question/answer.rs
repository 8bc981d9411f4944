//! From the question to the answer: formulate, search, break ties, find what is essential, put in order.

use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::evaluate::outcome::Met;
use crate::evaluate::standing::Standing;
use crate::evaluate::supposed_renewals::SupposedRenewals;
use crate::evaluate::waiting::Waiting;
use crate::record::record::LearnerRecord;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

use crate::plan::answers::not_stated::NotStated;
use crate::plan::answers::plan::{
    Blockage, Effort, Optimality, Plan, PlanLimit, PlanOutcome, PlanStep, StepKind, Undecided,
};
use crate::plan::answers::uses::plan_claims;
use crate::plan::model::amounts::amount;
use crate::plan::model::closure::Closure;
use crate::plan::model::policies::{Assignment, Obeyed};
use crate::plan::model::statement::{Chosen, Step, StepId};
use crate::plan::question::cause;
use crate::plan::question::essential::{Known, essential};
use crate::plan::question::options::PlanOptions;
use crate::plan::question::order::in_order;
use crate::plan::question::problem::{Formulation, Problem};
use crate::plan::question::question::{Question, Start};
use crate::plan::question::ties;
use crate::plan::question::ties::{Prices, Tied};
use crate::plan::question::uncounted::UncountedInPlans;
use crate::plan::search::certificate::{Certificate, CutReason};
use crate::plan::search::oracle::{Best, FoundPlan, PlanOracle, program};
use crate::solve::branch::search::Program;
use crate::solve::certificate::Entry;
use crate::value::meter::Meter;

impl Catalog {
    /// The best plan to an award that counts as the target: exact, and with a proof that nothing is better (semantics
    /// 7.1 to 7.5).
    ///
    /// Total and pure: it depends on nothing but its arguments, and ends within the work limit of the options. An
    /// example is at [`Plan`].
    #[must_use]
    pub fn plan(
        &self,
        record: &LearnerRecord,
        as_of: Date,
        target: CredentialId,
        options: &PlanOptions,
    ) -> PlanOutcome {
        let question = Question { target, as_of, options };
        if let Some(none) = cause::of_another_catalog(self, &question) {
            return PlanOutcome::Unattainable(none);
        }
        let mut outcome = answer(&question.start(self, record), &question, &mut Known::default());
        if let PlanOutcome::Unattainable(none) = &mut outcome
            && none.causes.iter().any(|cause| matches!(cause.why, Blockage::Rules { .. }))
        {
            let standing = Standing::new(self, record, as_of, options.accepted());
            let renewals = SupposedRenewals::new(self, record, as_of, options.accepted(), &standing);
            none.from = Waiting::new(self, &standing, as_of, target).first_attainable(&renewals);
        }
        UncountedInPlans::new(self, record, as_of, options).told(outcome)
    }
}

/// The best plan for a learner. What is learnt on the way is added to what is known.
pub(crate) fn answer(start: &Start<'_>, question: &Question<'_>, known: &mut Known) -> PlanOutcome {
    if question.is_held(&start.progress) {
        return held(start.progress.catalog, question);
    }
    solve(&Formulation::new(start, question).problem(*question), known)
}

/// An award that counts as the target is current: there is nothing to do, unless something must be included.
fn held(catalog: &Catalog, question: &Question<'_>) -> PlanOutcome {
    if !question.options.must_include.is_empty() {
        return PlanOutcome::Unattainable(cause::nothing_needed(catalog, question));
    }
    let proven = ProvenSoFar { optimality: Optimality::Proven, ties_settled: true };
    PlanOutcome::Plan(Box::new(plan(catalog, question, Vec::new(), proven)))
}

/// The best plan. What is learnt on the way is added to what is known.
pub(crate) fn solve(problem: &Problem<'_, '_, '_>, known: &mut Known) -> PlanOutcome {
    let Problem { statement, question, .. } = *problem;
    if statement.is_endless {
        return undecided(problem, PlanLimit::Repetition, 0, Effort::default());
    }
    let standing = &problem.start.standing;
    let is_unjudged = |step: &Step| standing.unjudged.contains(&step.credential);
    if standing.renewals_open || statement.steps.iter().any(is_unjudged) {
        return undecided(problem, PlanLimit::Evaluation, 0, Effort::default());
    }
    let mut meter = Meter::watched_by(question.options.work, question.options.watcher.as_ref());
    let mut closure = Closure::new(statement);
    if let Some(outcome) = unreachable_outcome(problem, &mut closure, &mut meter) {
        return outcome;
    }
    if problem.policies.is_some_and(|policies| meter.spend(policies.work()).is_none()) {
        return undecided(problem, PlanLimit::Work, 0, Effort::default());
    }
    let prices = Prices::new(statement, question.options.objective);
    let searched = search(problem, &prices, &mut closure, known, &mut meter);
    let Some(best) = searched.found.best.clone() else {
        return no_plan(problem, &prices, &searched, &mut closure, &mut meter);
    };
    let Tied { chosen, settled } = break_ties(problem, &prices, &searched, &best, &mut closure, &mut meter);
    let essential = essential(problem, &mut closure, &chosen, known, &mut meter);
    let assignment = assignment(problem, &chosen, &mut meter);
    let effort = Effort { work: meter.spent(), ..searched.effort };
    let Some(steps) = in_order(statement, question.target, &chosen, assignment.as_ref()) else {
        return undecided(problem, PlanLimit::Evaluation, 0, effort);
    };
    let least = searched.found.least.unwrap_or(0);
    let lower_bound = prices.combined.first(least);
    // What the rest of the search was for may only have been ties.
    let optimality = if searched.is_proven() || lower_bound >= prices.combined.first(best.value) {
        Optimality::Proven
    } else {
        Optimality::Within { lower_bound: amount(lower_bound) }
    };
    let further =
        searched.further.into_iter().map(|further| further.map(|step| statement.steps[step].credential)).collect();
    PlanOutcome::Plan(Box::new(Plan {
        essential: essential.into_iter().map(|id| statement.catalog.id(id).to_owned()).collect(),
        effort,
        claims: assignment.map(|assignment| plan_claims(problem, &assignment)).unwrap_or_default(),
        certificate: Certificate { least, further, entries: searched.entries },
        ..plan(statement.catalog, &question, steps, ProvenSoFar { optimality, ties_settled: settled })
    }))
}

/// How the claims of a plan keep to the policies on sharing. That they do was found in the search; where that used up
/// the work, it is found once more.
fn assignment<'s>(problem: &Problem<'s, '_, '_>, chosen: &Chosen, meter: &mut Meter) -> Option<Assignment<'s>> {
    let policies = problem.policies?;
    let steps = problem.statement.credentials(chosen);
    let none = BTreeSet::new();
    let found = policies.obey(&steps, &none, meter);
    let found = found.or_else(|| policies.obey(&steps, &none, &mut Meter::new(problem.question.options.work)));
    match found {
        Some(Obeyed::Yes(assignment)) => assignment.map(|assignment| *assignment),
        _ => None,
    }
}

/// The outcome if the target cannot be reached at all, exclusions and such aside; or cannot be decided. It is decided
/// whatever the work limit is.
fn unreachable_outcome<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    closure: &mut Closure<'s, 'p, 'c>,
    meter: &mut Meter,
) -> Option<PlanOutcome> {
    let mut work = 0;
    match closure.reaches(&problem.statement.all_steps(), &mut work) {
        Met::Yes => None,
        Met::No => Some(PlanOutcome::Unattainable(cause::of_rules(problem, closure, meter))),
        Met::Undecided => {
            let effort = Effort { work, ..Effort::default() };
            Some(undecided(problem, PlanLimit::Evaluation, 0, effort))
        }
    }
}

/// The result of the search.
struct Searched {
    found: FoundPlan,
    /// Where all is proven, the best plan that ties go to, as far as the prices tell ties apart.
    tied: Option<Tied>,
    entries: Vec<Entry>,
    further: Vec<CutReason<StepId>>,
    effort: Effort,
}

impl Searched {
    /// True if nothing is better than the best.
    fn is_proven(&self) -> bool {
        self.found.is_proven()
    }

    /// True if every branch was looked at as well, so that it is known where others as good can be.
    fn is_complete(&self) -> bool {
        self.is_proven() && self.found.complete
    }
}

/// Looks for the best plan and, if all objectives found room in the prices, for the one that ties go to.
fn search<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    prices: &Prices,
    closure: &mut Closure<'s, 'p, 'c>,
    known: &mut Known,
    meter: &mut Meter,
) -> Searched {
    let statement = problem.statement;
    let program = program(statement, &problem.limits, prices.combined.prices().clone(), statement.bounds());
    let program = Program { scale: prices.combined.scale().clone(), ..program };
    let asked = problem.asked_knowing(std::mem::take(&mut known.seen));
    if meter.is_watched() {
        let combined = prices.combined.clone();
        meter.measure(move |value| amount(combined.first(value)));
    }
    let mut search = PlanOracle::new(statement, closure, asked).search(program, meter);
    let found = search.best();
    search.tell_no_more();
    let (entries, further) = search.take_proof();
    let mut searched = Searched { found, tied: None, entries, further, effort: Effort::default() };
    if let Some(best) = searched.found.best.clone().filter(|_| searched.is_complete() && prices.left.is_empty()) {
        searched.tied = Some(ties::by_ids(&mut search, statement, best));
    }
    known.seen = search.oracle_mut().take_seen();
    searched.effort = Effort { work: 0, nodes: search.nodes(), pivots: search.pivots() };
    drop(search);
    searched.effort.work = meter.spent();
    searched
}

/// The plan that ties go to, as far as that can be told.
fn break_ties<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    prices: &Prices,
    searched: &Searched,
    best: &Best,
    closure: &mut Closure<'s, 'p, 'c>,
    meter: &mut Meter,
) -> Tied {
    match &searched.tied {
        Some(tied) => tied.clone(),
        None if searched.is_complete() => ties::in_turn(problem, closure, prices, best, meter),
        None => Tied { chosen: best.candidate.clone(), settled: false },
    }
}

/// The answer if the search found none.
fn no_plan<'s, 'p, 'c>(
    problem: &Problem<'s, 'p, 'c>,
    prices: &Prices,
    searched: &Searched,
    closure: &mut Closure<'s, 'p, 'c>,
    meter: &mut Meter,
) -> PlanOutcome {
    match searched.found.least {
        Some(least) => {
            let limit = if searched.found.ended { PlanLimit::Evaluation } else { PlanLimit::Work };
            undecided(problem, limit, prices.combined.first(least), searched.effort)
        }
        None => PlanOutcome::Unattainable(cause::of_limits(problem, closure, meter)),
    }
}

fn undecided(problem: &Problem<'_, '_, '_>, limit: PlanLimit, least: i64, effort: Effort) -> PlanOutcome {
    let catalog = problem.statement.catalog;
    let Question { target, as_of, .. } = problem.question;
    PlanOutcome::Undecided(Undecided {
        stamp: catalog.stamp(),
        target: catalog.id(target).to_owned(),
        target_title: catalog.at(target).title.clone(),
        as_of,
        limit,
        lower_bound: amount(least),
        uncounted: Vec::new(),
        effort,
    })
}

/// The certainty about plans that are not given.
#[derive(Clone, Copy)]
struct ProvenSoFar {
    optimality: Optimality,
    ties_settled: bool,
}

/// A plan of these steps; without what the search tells of it.
fn plan(catalog: &Catalog, question: &Question<'_>, steps: Vec<PlanStep>, bounds: ProvenSoFar) -> Plan {
    let Question { target, as_of, options } = *question;
    let ProvenSoFar { optimality, ties_settled } = bounds;
    let sum = |of: fn(&PlanStep) -> Option<Amount>| {
        Amount::from_hundredths(steps.iter().filter_map(of).map(Amount::hundredths).fold(0, u64::saturating_add))
    };
    let taken = steps.iter().filter(|step| step.kind != StepKind::Claim).map(|step| u64::from(step.times));
    Plan {
        stamp: catalog.stamp(),
        target: catalog.id(target).to_owned(),
        target_title: catalog.at(target).title.clone(),
        as_of,
        objective: options.objective,
        cost: sum(|step| step.cost),
        hours: sum(|step| step.hours),
        credentials: taken.sum(),
        not_stated: NotStated::among(steps.iter().map(PlanStep::stated)),
        optimality,
        ties_settled,
        essential: Vec::new(),
        claims: Vec::new(),
        uncounted: Vec::new(),
        currency: catalog.header().currency.clone(),
        effort: Effort::default(),
        options: options.clone(),
        certificate: Certificate::default(),
        steps,
    }
}
