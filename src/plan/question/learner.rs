//! The smallest learner who meets the requirements of a credential and is not refused: a question of the comparison of
//! two catalogs, put to the rows and the search of plans.

use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::plan::question::unmet_rows;
use crate::value::ids::CredentialId;

use crate::plan::model::builder::Builder;
use crate::plan::model::closure::Closure;
use crate::plan::model::statement::Chosen;
use crate::plan::model::statement::{Statement, StepId};
use crate::plan::question::options::Objective;
use crate::plan::question::ties;
use crate::plan::question::ties::Tied;
use crate::plan::question::unmet_rows::OtherCatalog;
use crate::plan::search::oracle::{AskedPlans, PlanOracle, program};
use crate::value::meter::Meter;

/// Awards that are held directly: the credentials by number, each with how often.
pub(crate) type Awards = Vec<(CredentialId, u32)>;

/// Asks another catalog about a learner.
pub(crate) type AskOther<'q> = &'q mut dyn FnMut(&[(CredentialId, u32)]) -> OtherVerdict;

/// The answer of another catalog about a learner.
pub(crate) enum OtherVerdict {
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

/// The smallest learner who meets the requirements of the target, and not those in the other catalog. `start` is a
/// learner who has nothing, does not meet them yet, and for whom what is qualified for counts. What it took is taken
/// off the work.
pub(crate) fn smallest(
    start: &Progress<'_>,
    target: CredentialId,
    other: &OtherCatalog<'_, '_>,
    says: AskOther<'_>,
    work: &mut u64,
) -> Smallest {
    let mut statement = Builder::new(start).build_for_holders(target);
    let limits = unmet_rows::rows(&mut statement, other);
    *work = work.saturating_sub((statement.rows.len() + limits.len()) as u64 / 8 + 1);
    if statement.is_endless {
        return Smallest::Undecided;
    }
    let statement = &statement;
    let mut closure = Closure::new(statement);
    let mut spent = 0;
    let reaches = closure.reaches(&statement.all_steps(), &mut spent);
    *work = work.saturating_sub(spent);
    match reaches {
        Met::No => return Smallest::Never,
        Met::Undecided => return Smallest::Undecided,
        Met::Yes => {}
    }
    let mut undecided = false;
    let mut refusal = |chosen: &[(StepId, i64)]| match says(&statement.credentials(chosen)) {
        OtherVerdict::Unmet => None,
        OtherVerdict::Met(part) => Some(in_steps(statement, &part)),
        OtherVerdict::Undecided => {
            undecided = true;
            Some(chosen.to_vec())
        }
    };
    let mut meter = Meter::new(*work);
    let prices = statement.prices(Objective::Credentials);
    let program = program(statement, &limits, prices, statement.bounds());
    let asked = AskedPlans { refusal: Some(&mut refusal), ..AskedPlans::default() };
    let mut search = PlanOracle::new(statement, &mut closure, asked).search(program, &mut meter);
    let found = search.best();
    let proven = found.is_proven();
    let (chosen, settled) = match found.best.clone() {
        Some(best) if proven && found.complete => {
            let Tied { chosen, settled } = ties::by_ids(&mut search, statement, best);
            (Some(chosen), settled)
        }
        best => (best.map(|best| best.candidate), false),
    };
    drop(search);
    *work = meter.left;
    match chosen {
        Some(chosen) => Smallest::Learner(statement.credentials(&chosen), settled && !undecided),
        None if found.least.is_none() && !undecided => Smallest::Never,
        None => Smallest::Undecided,
    }
}

fn in_steps(statement: &Statement<'_, '_>, awards: &[(CredentialId, u32)]) -> Chosen {
    let step = |&(credential, times): &(CredentialId, u32)| Some((statement.step(credential)?, i64::from(times)));
    awards.iter().filter_map(step).collect()
}
