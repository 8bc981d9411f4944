//! What a plan has to satisfy, as rows over whole numbers: the rules read backwards from the target.
//!
//! A variable says whether a credential is taken, how often, or whether a requirement is met; a row says that something which holds
//! needs enough of something else. For every plan there are values that satisfy all rows: so what the rows make impossible is
//! impossible, and what they make dear is dear. The converse is not claimed: sets that support only themselves, and spans, satisfy
//! the rows; whether a set of steps is a plan, [`Closure`](crate::plan::model::closure::Closure) says.

use std::collections::BTreeMap;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Part;
use crate::evaluate::progress::progress::{Admitted, Progress};
use crate::evaluate::standing::Evidence;
use crate::plan::model::obstacles::Obstacle;
use crate::plan::question::options::Objective;
use crate::value::amount::Amount;
use crate::value::ids::to_u32;

/// No variable, no head.
pub(crate) const NONE: u32 = u32::MAX;

/// What a variable stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Name {
    /// The credential is awarded anew.
    Step(u32),
    /// How often, if it is repeatable.
    Times(u32),
    /// It is awarded so often, or more often.
    AtLeast { credential: u32, times: i64 },
    /// The awards of the record that wait for the credential's components are current.
    Waiting(u32),
    /// How many they are, if the credential is repeatable and its awards are chosen.
    WaitingTimes(u32),
    /// The requirements of the credential are met.
    Qualified(u32),
    /// Something about another catalog.
    Other(u32),
    /// The group is satisfied.
    Group(u32),
    /// The leaf is filled; in a sum, by an award that adds so much.
    Leaf { leaf: u32, level: u32 },
    /// What the group passes on, up to its cap, beyond what it passes on already.
    Passed(u32),
    /// How much of a unit of awards goes to an arm.
    Share { region: u32, unit: u32, arm: u32 },
    /// A unit of awards is used for a leaf: by an award that is there, or by a new one.
    Use { region: u32, unit: u32, leaf: u32, new: bool },
}

impl Name {
    /// Whether it is an amount, and not a yes or no.
    pub(crate) fn is_amount(self) -> bool {
        matches!(self, Self::Passed(_) | Self::Times(_) | Self::WaitingTimes(_))
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    pub(crate) name: Name,
    /// It is from 0 to this.
    pub(crate) upper: i64,
}

/// If the head is 1, or if there is no head, the terms add up to `need` or more; in general, to `need` times the head or more.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) terms: Vec<(u32, i64)>,
    pub(crate) head: u32,
    pub(crate) need: i64,
    /// Whether the row is a rule that the closure follows: its terms are what supports its head.
    pub(crate) supports: bool,
    /// The part of a rule that it says something of.
    pub(crate) part: Option<Part>,
}

/// A credential that may be awarded anew.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) credential: u32,
    pub(crate) variable: u32,
    /// The variable that counts it, if it is repeatable.
    pub(crate) times: Option<u32>,
    /// Variables that say whether it is taken twice or more, three times or more, and so on, where that is of interest.
    pub(crate) at_least: Vec<u32>,
    pub(crate) obstacles: Vec<Obstacle>,
    /// What it takes each time, in hundredths.
    pub(crate) cost: i64,
    pub(crate) hours: i64,
    /// Whether it is claimed, and not taken.
    pub(crate) claimed: bool,
}

/// A group that is judged as a whole.
#[derive(Debug)]
pub(crate) struct Region {
    pub(crate) top: u32,
    pub(crate) variable: u32,
    /// The awards that can fill its leaves already, and which of them fills which leaf.
    pub(crate) evidence: Vec<Admitted>,
    pub(crate) usable: Vec<(u32, u32)>,
    /// What a variable lets fill which leaves, if it is not 0.
    pub(crate) sources: BTreeMap<u32, Supplied>,
}

#[derive(Debug, Default)]
pub(crate) struct Supplied {
    pub(crate) evidence: Vec<Evidence>,
    /// Leaves, and which of the evidence fills them.
    pub(crate) leaves: Vec<(u32, u32)>,
}

#[derive(Debug)]
pub(crate) struct Statement<'p, 'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) progress: &'p Progress<'c>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) rows: Vec<Row>,
    /// By the number of the credential.
    pub(crate) steps: Vec<Step>,
    /// The step of each variable that stands for one, or counts one, or stands for its awards where these wait.
    pub(crate) step_of: Vec<u32>,
    pub(crate) regions: Vec<Region>,
    /// Whether something could be of use more often than is planned for.
    pub(crate) is_endless: bool,
}

/// How often one repeatable credential is planned for at the most; every award is one that the evaluator takes in.
pub(crate) const MOST_TIMES: u32 = 10_000;

/// What a new award of the credential takes, cost and hours: while one is current, what renewing takes.
pub(crate) fn price(progress: &Progress<'_>, credential: u32) -> (i64, i64) {
    let described = progress.catalog.at(credential);
    let renewal = described.renewal.filter(|_| is_renewal(progress, credential));
    let (cost, hours) = renewal.map_or((described.cost, described.hours), |renewal| (renewal.cost, renewal.hours));
    let hundredths = |amount: Amount| i64::try_from(amount.hundredths()).unwrap_or(i64::MAX);
    (hundredths(cost), hundredths(hours))
}

/// Whether a new award of the credential renews one that is current.
pub(crate) fn is_renewal(progress: &Progress<'_>, credential: u32) -> bool {
    let current = |admitted: &Admitted| {
        admitted.current && admitted.evidence.is_issued() && admitted.evidence.is_award_of(credential)
    };
    progress.evidence.iter().any(current)
}

impl Statement<'_, '_> {
    /// What each variable adds to what a plan should be best in.
    pub(crate) fn prices(&self, objective: Objective) -> Vec<i64> {
        let mut prices = vec![0; self.variables.len()];
        for step in &self.steps {
            let counted = if step.claimed { 0 } else { 100 };
            prices[step.times.unwrap_or(step.variable) as usize] = match objective {
                Objective::Cost => step.cost,
                Objective::Hours => step.hours,
                Objective::Credentials => counted,
                Objective::Weighted { cost, hours, credentials } => {
                    i64::from(cost) * step.cost + i64::from(hours) * step.hours + i64::from(credentials) * counted
                }
            };
        }
        prices
    }

    /// The terms that say that not all of these steps are taken, each as often as given: they add up to the number, or more. `None` if
    /// a step is counted for which there are no variables to say so.
    pub(crate) fn not_all(&self, steps: &[(u32, i64)]) -> Option<(Vec<(u32, i64)>, i64)> {
        let term = |&(number, times): &(u32, i64)| {
            let step = &self.steps[number as usize];
            let variable = match times {
                1 => step.variable,
                _ => *step.at_least.get(usize::try_from(times).ok()?.checked_sub(2)?)?,
            };
            Some((variable, -1))
        };
        let terms: Vec<(u32, i64)> = steps.iter().map(term).collect::<Option<_>>()?;
        let need = 1 - i64::from(to_u32(terms.len()));
        Some((terms, need))
    }

    /// The number of a credential's step.
    pub(crate) fn step(&self, credential: u32) -> Option<u32> {
        self.steps.binary_search_by_key(&credential, |step| step.credential).ok().map(to_u32)
    }

    /// The least and the greatest value of every variable.
    pub(crate) fn bounds(&self) -> Vec<(i64, i64)> {
        let mut bounds: Vec<(i64, i64)> = self.variables.iter().map(|variable| (0, variable.upper)).collect();
        for step in self.steps.iter().filter(|step| !step.obstacles.is_empty()) {
            for variable in [Some(step.variable), step.times].into_iter().flatten() {
                bounds[variable as usize].1 = 0;
            }
        }
        bounds
    }
}

impl Row {
    /// Whether the terms are needed once at the most.
    pub(crate) fn is_of_one(&self, variables: &[Variable]) -> bool {
        self.head == NONE || variables[self.head as usize].upper == 1 && !variables[self.head as usize].name.is_amount()
    }

    /// Each variable once, in order.
    pub(crate) fn merge(&mut self) {
        self.terms.sort_unstable_by_key(|&(variable, _)| variable);
        self.terms.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 = kept.1.saturating_add(next.1);
            }
            same
        });
    }
}

/// The greatest number that divides both; 0 divides nothing but 0.
pub(crate) fn common_divisor(a: i64, b: i64) -> i64 {
    if b == 0 { a.saturating_abs() } else { common_divisor(b, a % b) }
}
