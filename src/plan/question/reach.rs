//! What a learner who begins with nothing can reach: questions of the checker, put to the rows and the search of plans.

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Rule;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::plan::model::statement::Goal;
use crate::solve::row::Row;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id, IdVec};

use crate::plan::model::barriers::Barrier;
use crate::plan::model::builder::Builder;
use crate::plan::model::closure::Closure;
use crate::plan::model::exclusions::Exclusions;
use crate::plan::model::replay;
use crate::plan::model::replay::Replay;
use crate::plan::model::statement::Chosen;
use crate::plan::model::statement::{Statement, StepId};
use crate::plan::question::options::Objective;
use crate::plan::search::oracle::{AskedPlans, PlanOracle, program};
use crate::solve::branch::log::BranchBounds;
use crate::value::meter::Meter;

/// True if there is a set of credentials, none excluding another, that can be earned one after the other from nothing,
/// and …
#[derive(Clone, Copy)]
pub(crate) struct ReachQuestion<'q> {
    /// … that brings all of these,
    pub(crate) goals: &'q [Goal],
    /// … if these rules count as met,
    pub(crate) supposed: &'q dyn Fn(Rule) -> bool,
    /// … these credentials can be begun,
    pub(crate) offered: &'q dyn Fn(CredentialId) -> bool,
    /// … these pairs exclude each other,
    pub(crate) exclusions: &'q [(CredentialId, CredentialId)],
    /// … and what the learner qualifies for and cannot claim helps to meet the parts all the same, or not?
    pub(crate) evaluated: bool,
}

/// The kind of set that is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// Any.
    Any,
    /// One without anything to spare.
    Small,
    /// The one that costs least.
    Cheapest,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reached {
    /// There is: these, with how often each is awarded, by number. What they cost, if the cheapest was asked for.
    With(Vec<(CredentialId, u32)>, i64),
    Never,
    Undecided,
}

/// A catalog, and a learner who has nothing yet.
pub(crate) struct Beginner<'c> {
    progress: Progress<'c>,
}

impl<'c> Beginner<'c> {
    /// Judged on a date, beginning on a day that may be another.
    pub(crate) fn new(catalog: &'c Catalog, date: Date, from: Date) -> Self {
        Self { progress: replay::start_from_nothing(catalog, date, from) }
    }

    /// All pairs of credentials that exclude each other, through equivalents.
    pub(crate) fn exclusions(&self) -> Vec<(CredentialId, CredentialId)> {
        let all: Vec<CredentialId> = CredentialId::first(self.progress.catalog.len()).collect();
        Exclusions::among(&self.progress, &all).pairs.into_iter().collect()
    }

    /// Those of the credentials that can be earned from nothing, in an order in which they can.
    pub(crate) fn in_order(&self, set: &[(CredentialId, u32)]) -> Vec<CredentialId> {
        Replay::new(&self.progress).take_all(set).into_iter().map(|(credential, _)| credential).collect()
    }

    /// Puts a question. What it takes is taken off the work; a search takes no more than so much of it.
    pub(crate) fn ask(&self, question: &ReachQuestion<'_>, wanted: Wanted, work: &mut u64, most: u64) -> Reached {
        let builder = Builder::new(&self.progress);
        let stated = builder.build_for(question.goals, question.evaluated, question.supposed);
        let Some(mut statement) = stated else { return Reached::Never };
        *work = work.saturating_sub((4 * statement.rows.len() + self.progress.catalog.len() / 16 + 1) as u64);
        if statement.rows.is_empty() {
            return Reached::With(Vec::new(), 0);
        }
        if statement.is_endless {
            return Reached::Undecided;
        }
        for step in statement.steps.iter_mut() {
            if !(question.offered)(step.credential) {
                step.barriers.push(Barrier::Avoided);
            }
        }
        let statement = &statement;
        let Some(limits) = limits(statement, question) else { return Reached::Undecided };
        let mut closure = Closure::new(statement);
        let everything = statement.all_steps();
        match reaches(&mut closure, &everything, work) {
            Met::No => return Reached::Never,
            Met::Undecided => return Reached::Undecided,
            Met::Yes => {}
        }
        if wanted == Wanted::Any
            && let Some(some) = any(&mut closure, statement, &everything, &limits, work)
        {
            return Reached::With(statement.credentials(&some), 0);
        }
        let given = most.min(*work);
        let mut meter = Meter::new(given);
        let program = program(statement, &limits, statement.prices(Objective::Cost), statement.bounds());
        let mut search = PlanOracle::new(statement, &mut closure, AskedPlans::default()).search(program, &mut meter);
        let found = match wanted {
            Wanted::Cheapest => search.best(),
            Wanted::Any | Wanted::Small => search.any(&BranchBounds::new(), i64::MAX),
        };
        drop(search);
        *work -= given - meter.left;
        match (found.best, found.least) {
            (Some(best), least) if wanted != Wanted::Cheapest || least == Some(best.value) => {
                Reached::With(statement.credentials(&best.candidate), best.value)
            }
            (None, None) => Reached::Never,
            _ => Reached::Undecided,
        }
    }
}

/// The same as the closure says, the work taken off what is left.
fn reaches(closure: &mut Closure<'_, '_, '_>, chosen: &Chosen, work: &mut u64) -> Met {
    let mut spent = 0;
    let met = closure.reaches(chosen, &mut spent);
    *work = work.saturating_sub(spent);
    met
}

/// Some set that reaches the goals and keeps to the limits, if a few attempts come across one.
fn any(
    closure: &mut Closure<'_, '_, '_>,
    statement: &Statement<'_, '_>,
    everything: &Chosen,
    limits: &[Row],
    work: &mut u64,
) -> Option<Chosen> {
    let turns = if limits.is_empty() { 1 } else { TURNS };
    for turn in 0..turns {
        let open = keeping(statement, everything, limits, turn)?;
        if reaches(closure, &open, work) == Met::Yes {
            let took = open.into_iter().filter(|&(step, _)| closure.took(step)).collect();
            // The smaller the set, the more it tells.
            let mut spent = 0;
            let way = closure.first_way(&mut spent);
            *work = work.saturating_sub(spent);
            let small = reaches(closure, &way, work) == Met::Yes;
            return Some(if small { way } else { took });
        }
    }
    None
}

/// So many sets are tried before a search is begun.
const TURNS: usize = 6;

/// Steps that keep to the limits: from each limit that the others break, some are left out, other ones at every turn.
/// `None` if nothing keeps to one.
fn keeping(statement: &Statement<'_, '_>, everything: &Chosen, limits: &[Row], turn: usize) -> Option<Chosen> {
    let mut out = IdVec::filled(false, statement.variables.len());
    for (limit, number) in limits.iter().zip(0_usize..) {
        let mut left = limit.terms.clone();
        loop {
            left.retain(|&(variable, _)| !out[variable]);
            let sum: i64 = left.iter().map(|(_, weight)| weight).sum();
            if sum >= limit.need {
                break;
            }
            if left.is_empty() {
                return None;
            }
            let place = match turn {
                0 => 0,
                1 => left.len() - 1,
                _ => (number.wrapping_mul(0x9e37_79b9).wrapping_add(turn.wrapping_mul(0x85eb_ca6b)) >> 7) % left.len(),
            };
            out[left[place].0] = true;
        }
    }
    let kept = |&(number, times): &(StepId, i64)| {
        let step = &statement.steps[number];
        let fewer = step.at_least.iter().zip(1..).filter(|(variable, _)| out[**variable]);
        let most = if out[step.variable] { 0 } else { fewer.map(|(_, most)| most).min().unwrap_or(times) };
        (most > 0).then_some((number, times.min(most)))
    };
    Some(everything.iter().filter_map(kept).collect())
}

/// A set in terms of steps; `None` if one of it cannot be taken, or not so often.
fn in_steps(statement: &Statement<'_, '_>, set: &[(CredentialId, u32)]) -> Option<Chosen> {
    let step = |&(credential, times): &(CredentialId, u32)| {
        let number = statement.step(credential)?;
        let step = &statement.steps[number];
        let most = step.times.map_or(1, |times| statement.variables[times].upper);
        (step.barriers.is_empty() && i64::from(times) <= most).then_some((number, i64::from(times)))
    };
    set.iter().map(step).collect()
}

/// The exclusions. `None` if there is no row that says so.
fn limits(statement: &Statement<'_, '_>, question: &ReachQuestion<'_>) -> Option<Vec<Row>> {
    let pairs = question.exclusions.iter().filter_map(|&(one, other)| in_steps(statement, &[(one, 1), (other, 1)]));
    let pairs: Vec<Chosen> = pairs.collect();
    pairs.iter().map(|set| statement.not_all(set)).collect()
}
