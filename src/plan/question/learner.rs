//! The smallest learner who meets the requirements of a credential and is not refused: a question of the comparison of two catalogs,
//! put to the rows and the search of plans.

use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::value::ids::CredentialId;

use crate::plan::model::builder::Builder;
use crate::plan::model::closure::{Chosen, Closure};
use crate::plan::model::statement::{Statement, StepId};
use crate::plan::question::make::all_steps;
use crate::plan::question::options::Objective;
use crate::plan::question::refused::Other;
use crate::plan::question::{refused, ties};
use crate::plan::search::search::Search;
use crate::solve::simplex::Meter;

/// Awards that are held directly: the credentials by number, each with how often.
pub(crate) type Awards = Vec<(CredentialId, u32)>;

/// Asks another catalog about a learner.
pub(crate) type Says<'q> = &'q mut dyn FnMut(&[(CredentialId, u32)]) -> Said;

/// What another catalog says of a learner.
pub(crate) enum Said {
    /// The requirements are not met there.
    Unmet,
    /// They are: this part of the awards suffices.
    Met(Awards),
    Undecided,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Smallest {
    /// These awards; and whether none is smaller, and of those as small none comes first.
    Learner(Awards, bool),
    Never,
    Undecided,
}

/// The smallest learner who meets the requirements of the target, and not those in the other catalog. `start` is a learner who has
/// nothing, does not meet them yet, and for whom what is qualified for counts. What it took is taken off the work.
pub(crate) fn smallest(
    (start, target): (&Progress<'_>, CredentialId),
    other: &Other<'_, '_>,
    says: Says<'_>,
    work: &mut u64,
) -> Smallest {
    let mut statement = Builder::new(start).build_for_holders(target);
    let limits = refused::rows(&mut statement, other);
    *work = work.saturating_sub((statement.rows.len() + limits.len()) as u64 / 8 + 1);
    if statement.is_endless {
        return Smallest::Undecided;
    }
    let statement = &statement;
    let mut closure = Closure::new(statement);
    let mut spent = 0;
    let reaches = closure.reaches(&all_steps(statement, None), &mut spent);
    *work = work.saturating_sub(spent);
    match reaches {
        Met::No => return Smallest::Never,
        Met::Undecided => return Smallest::Undecided,
        Met::Yes => {}
    }
    let mut undecided = false;
    let mut refusal = |chosen: &[(StepId, i64)]| match says(&in_credentials(statement, chosen)) {
        Said::Unmet => None,
        Said::Met(part) => Some(in_steps(statement, &part)),
        Said::Undecided => {
            undecided = true;
            Some(chosen.to_vec())
        }
    };
    let mut meter = Meter::new(*work);
    let prices = statement.prices(Objective::Credentials);
    let mut search = Search::new(&mut closure, statement, (prices, statement.bounds()), &limits, &mut meter);
    search.refusal = Some(&mut refusal);
    let found = search.run();
    let proven = found.best.as_ref().is_some_and(|best| found.least == Some(best.value));
    let (chosen, settled) = match found.best.clone() {
        Some(best) if proven && found.complete => {
            let (chosen, settled) = ties::by_ids(&mut search, statement, best);
            (Some(chosen), settled)
        }
        best => (best.map(|best| best.chosen), false),
    };
    drop(search);
    *work = meter.left;
    match chosen {
        Some(chosen) => Smallest::Learner(in_credentials(statement, &chosen), settled && !undecided),
        None if found.least.is_none() && !undecided => Smallest::Never,
        None => Smallest::Undecided,
    }
}

fn in_credentials(statement: &Statement<'_, '_>, chosen: &[(StepId, i64)]) -> Awards {
    let credential =
        |&(step, times): &(StepId, i64)| (statement.steps[step].credential, u32::try_from(times).unwrap_or(u32::MAX));
    let mut found: Awards = chosen.iter().map(credential).collect();
    found.sort_unstable();
    found
}

fn in_steps(statement: &Statement<'_, '_>, awards: &[(CredentialId, u32)]) -> Chosen {
    let step = |&(credential, times): &(CredentialId, u32)| Some((statement.step(credential)?, i64::from(times)));
    awards.iter().filter_map(step).collect()
}
