//! What a plan has to satisfy, as rows over whole numbers: the rules read backwards from the target.
//!
//! A variable says whether a credential is taken, how often, or whether a requirement is met; a row says that something
//! which holds needs enough of something else. For every plan there are values that satisfy all rows: so what the rows
//! make impossible is impossible, and what they make dear is dear. The converse is not claimed, as the rows are a
//! *relaxation*: *unfounded sets*, which support only themselves, and spans satisfy the rows; whether a set of steps is
//! a plan, [`Closure`](crate::plan::model::closure::Closure) says.

use crate::solve::ids::{RowId, VariableId};
use crate::solve::row::{Bounds, Interval, LinearTerm, Row};
use crate::value::ids::{CredentialId, GroupId, Id, IdVec, LeafId, id, to_u32};
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Part, RuleKind};
use crate::evaluate::evidence::{Admitted, Evidence, EvidenceId};
use crate::evaluate::progress::progress::Progress;
use crate::plan::model::amounts::Price;
use crate::plan::model::barriers::Barrier;
use crate::plan::question::options::Objective;

id! {
    /// A step: a credential that may be awarded anew. Steps are in the order of the credentials.
    StepId
}
id! {
    /// A joint region that is judged as a whole when steps are followed.
    JointId
}
id! {
    /// A unit of awards in a joint region.
    StockId
}
id! {
    /// A part of a joint region that has to be met by awards of its own.
    ArmId
}

impl ArmId {
    /// The region as a whole, which is around all others.
    pub(crate) const WHOLE: Self = Self(0);
}

id! {
    /// An award that another one would be besides.
    RenewedId
}
id! {
    /// An award among those that can fill the leaves of a joint region.
    SupplyId
}

/// The meaning of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Name {
    /// The credential is awarded anew.
    Step(CredentialId),
    /// The number of times that it is, if it is repeatable.
    Times(CredentialId),
    /// It is awarded so often, or more often.
    AtLeast { credential: CredentialId, times: i64 },
    /// The awards of the record that wait for the credential's components are current.
    Waiting(CredentialId),
    /// The number of these, if the credential is repeatable and its awards are chosen.
    WaitingTimes(CredentialId),
    /// An award that another one is besides is there.
    Renewed(RenewedId),
    /// The number of these, if each of several awards that renew brings one.
    RenewedTimes(RenewedId),
    /// The requirements of the credential are met.
    Qualified(CredentialId),
    /// Something about another catalog.
    Other(VariableId),
    /// The group is satisfied.
    Group(GroupId),
    /// The leaf is filled; in a sum, by an award that adds so much.
    Leaf { leaf: LeafId, level: u32 },
    /// The amount that the group passes on, up to its cap, beyond what it passes on already.
    Passed(GroupId),
    /// The part of a unit of awards that goes to an arm.
    Share { region: JointId, unit: StockId, arm: ArmId },
    /// A unit of awards is used for a leaf: by an award that is there, or by a new one.
    Use { region: JointId, unit: StockId, leaf: LeafId, new: bool },
}

impl Name {
    /// True if it is an amount, and not a yes or no.
    pub(crate) fn is_amount(self) -> bool {
        matches!(self, Self::Passed(_) | Self::Times(_) | Self::WaitingTimes(_) | Self::RenewedTimes(_))
    }

    /// Whether what it stands for follows by rules from others, and is no step.
    pub(crate) fn follows(self) -> bool {
        let of_a_rule = matches!(self, Self::Group(_) | Self::Leaf { .. } | Self::Passed(_));
        of_a_rule || matches!(self, Self::Waiting(_) | Self::Renewed(_) | Self::Qualified(_))
    }
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Variable {
    pub(crate) name: Name,
    /// It is from 0 to this.
    pub(crate) upper: i64,
}

/// A row that states something of the rules.
#[derive(Debug, Clone)]
pub(crate) struct StatedRow {
    pub(crate) row: Row,
    /// True if the row is a rule that the closure follows: its terms are what supports its head.
    pub(crate) is_rule: bool,
    /// The part of a rule that it says something of.
    pub(crate) part: Option<Part>,
}

/// A credential that may be awarded anew.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) credential: CredentialId,
    pub(crate) variable: VariableId,
    /// The variable that counts it, if it is repeatable.
    pub(crate) times: Option<VariableId>,
    /// Variables that say whether it is taken twice or more, three times or more, and so on, where that is of interest.
    pub(crate) at_least: Vec<VariableId>,
    pub(crate) barriers: Vec<Barrier>,
    /// Its price each time.
    pub(crate) price: Price,
}

/// Something that a set of credentials is to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Goal {
    /// An award of this very credential.
    Credential(CredentialId),
    /// That a part of a rule is met.
    Part(Part),
}

/// Steps, each with how often it is taken.
pub(crate) type Chosen = Vec<(StepId, i64)>;

/// A group that is judged as a whole.
#[derive(Debug)]
pub(crate) struct Region {
    pub(crate) top: GroupId,
    pub(crate) variable: VariableId,
    /// The awards that can fill its leaves already, and which of them fills which leaf.
    pub(crate) evidence: IdVec<EvidenceId, Admitted>,
    pub(crate) usable: Vec<(LeafId, EvidenceId)>,
    /// The awards that a variable brings if it is not 0, and the leaves that they fill.
    pub(crate) sources: BTreeMap<VariableId, Supplied>,
}

#[derive(Debug, Default)]
pub(crate) struct Supplied {
    pub(crate) evidence: IdVec<SupplyId, Evidence>,
    /// Leaves, and which of the evidence fills them.
    pub(crate) leaves: Vec<(LeafId, SupplyId)>,
}

#[derive(Debug)]
pub(crate) struct Statement<'p, 'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) progress: &'p Progress<'c>,
    pub(crate) variables: IdVec<VariableId, Variable>,
    pub(crate) rows: IdVec<RowId, StatedRow>,
    /// By the number of the credential.
    pub(crate) steps: IdVec<StepId, Step>,
    /// The step of each variable that stands for one, or counts one, or stands for its awards where these wait.
    pub(crate) step_of: IdVec<VariableId, Option<StepId>>,
    pub(crate) regions: IdVec<JointId, Region>,
    /// For each variable that stands for awards by renewal, the credential whose new awards renew.
    pub(crate) renewed_by: BTreeMap<VariableId, CredentialId>,
    /// Where policies limit what claims share: for what is claimed under one, whatever could fill a place of its stack.
    pub(crate) limited: BTreeMap<VariableId, BTreeSet<VariableId>>,
    /// True if something could be of use more often than is planned for.
    pub(crate) is_endless: bool,
}

/// The most often that one repeatable credential is planned for; every award is one that the evaluator takes in.
pub(crate) const MOST_TIMES: u32 = 10_000;

impl Statement<'_, '_> {
    /// The price of each variable by the objective.
    pub(crate) fn prices(&self, objective: Objective) -> IdVec<VariableId, i64> {
        let mut prices = IdVec::filled(0, self.variables.len());
        for step in &self.steps {
            prices[step.times.unwrap_or(step.variable)] = step.price.by(objective);
        }
        prices
    }

    /// For each variable, the number of amounts that the objective asks for and nobody stated; once for each step,
    /// however often it is taken.
    pub(crate) fn missing_amounts(&self, objective: Objective) -> IdVec<VariableId, i64> {
        let mut missing = IdVec::filled(0, self.variables.len());
        for step in &self.steps {
            missing[step.variable] = step.price.missing(objective);
        }
        missing
    }

    /// True if the head of a row needs its terms once at the most.
    pub(crate) fn is_of_one(&self, head: Option<VariableId>) -> bool {
        head.is_none_or(|head| self.variables[head].upper == 1 && !self.variables[head].name.is_amount())
    }

    /// The row that says that not all of these steps are taken, each as often as given. `None` if a step is counted for
    /// which there are no variables to say so.
    pub(crate) fn not_all(&self, steps: &[(StepId, i64)]) -> Option<Row> {
        let term = |&(number, times): &(StepId, i64)| {
            let step = &self.steps[number];
            let variable = match times {
                1 => step.variable,
                _ => *step.at_least.get(usize::try_from(times).ok()?.checked_sub(2)?)?,
            };
            Some((variable, -1))
        };
        let terms: Vec<LinearTerm> = steps.iter().map(term).collect::<Option<_>>()?;
        let need = 1 - i64::from(to_u32(terms.len()));
        Some(Row::at_least(terms, need))
    }

    /// True if a row is of a corequisite.
    pub(crate) fn is_of_corequisite(&self, row: &StatedRow) -> bool {
        row.is_rule
            && row.part.is_some_and(|part| self.catalog.network.rule_around(part).kind() == RuleKind::Corequisite)
    }

    /// True if a joint region is one of a corequisite.
    pub(crate) fn is_corequisite(&self, region: &Region) -> bool {
        self.catalog.network.group(region.top).rule.kind() == RuleKind::Corequisite
    }

    /// True if the variable is one of the rules, and not one that says something else beside them.
    pub(crate) fn has(&self, variable: VariableId) -> bool {
        self.variables.get(variable).is_some()
    }

    /// The variable that counts the step which a variable stands for, if it stands for one that is counted.
    pub(crate) fn times_of(&self, variable: VariableId) -> Option<VariableId> {
        self.steps[self.step_of[variable]?].times
    }

    /// The step that brings what a variable stands for: awards of its own, or others by renewal.
    pub(crate) fn brought_by(&self, variable: VariableId) -> Option<StepId> {
        let renewing = || self.step(*self.renewed_by.get(&variable)?);
        self.step_of[variable].or_else(renewing)
    }

    /// All steps, as often as could be of use, whatever stands in the way.
    pub(crate) fn every_step(&self) -> Chosen {
        let most = |step: &Step| self.variables[step.times.unwrap_or(step.variable)].upper;
        self.steps.entries().map(|(id, step)| (id, most(step))).collect()
    }

    /// The most often that a step could be of use; once, if there is no such step.
    pub(crate) fn most_times(&self, credential: CredentialId) -> i64 {
        let step = self.step(credential).and_then(|step| self.steps.get(step));
        step.and_then(|step| step.times).map_or(1, |times| self.variables[times].upper)
    }

    /// All steps that nothing stands in the way of.
    pub(crate) fn all_steps(&self) -> Chosen {
        self.every_step().into_iter().filter(|&(step, _)| self.steps[step].barriers.is_empty()).collect()
    }

    /// The same, but for one.
    pub(crate) fn all_steps_but(&self, without: StepId) -> Chosen {
        self.all_steps().into_iter().filter(|&(step, _)| step != without).collect()
    }

    /// Steps as credentials.
    pub(crate) fn credentials(&self, chosen: &[(StepId, i64)]) -> Vec<(CredentialId, u32)> {
        let credential =
            |&(step, times): &(StepId, i64)| (self.steps[step].credential, u32::try_from(times).unwrap_or(u32::MAX));
        let mut found: Vec<(CredentialId, u32)> = chosen.iter().map(credential).collect();
        found.sort_unstable();
        found
    }

    /// The number of a credential's step.
    pub(crate) fn step(&self, credential: CredentialId) -> Option<StepId> {
        self.steps.as_slice().binary_search_by_key(&credential, |step| step.credential).ok().map(StepId::at)
    }

    /// Its variables, and the terms of its rows.
    pub(crate) fn size(&self) -> u64 {
        let terms: usize = self.rows.iter().map(|row| 1 + row.row.terms.len()).sum();
        (self.variables.len() + terms) as u64
    }

    /// The least and the greatest value of every variable.
    pub(crate) fn bounds(&self) -> Bounds {
        let mut bounds: Bounds = self.variables.iter().map(|variable| Interval::new(0, variable.upper)).collect();
        for step in self.steps.iter().filter(|step| !step.barriers.is_empty()) {
            for variable in [Some(step.variable), step.times].into_iter().flatten() {
                bounds[variable].upper = 0;
            }
        }
        bounds
    }
}

impl RowId {
    /// The first row says that the target is reached, or whatever else is asked for.
    pub(crate) const TARGET: Self = Self::FIRST;
}
