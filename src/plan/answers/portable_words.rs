//! The words of a formula: what its variables stand for, and why what the evaluator answers for holds.

use std::fmt::Write as _;

use crate::catalog::network::Part;
use crate::plan::answers::plan::Plan;
use crate::plan::model::statement::{Name, Statement};
use crate::plan::question::options::Objective;
use crate::plan::search::certificate::CutReason;
use crate::solve::portable::formula::Formula;
use crate::value::ids::{CredentialId, Id as _};

/// What a formula is of, how it is to be read, and what each variable stands for.
pub(crate) fn words(plan: &Plan, statement: &Statement<'_, '_>, formula: &Formula) -> String {
    let unit = match plan.objective {
        Objective::Cost => "the cost",
        Objective::Hours => "the hours",
        Objective::Credentials => "the number of credentials taken",
        Objective::Weighted { .. } => "the weighted sum of cost, hours and credentials",
    };
    let mut words = format!(
        "Plans to `{}` as of {}, under the catalog {}.\n\
         What is minimised is {unit}, in hundredths. For every plan that keeps to what is asked for there are values\n\
         that satisfy all of this, and are worth what the plan is worth. That this is so is not proved here.\n\
         What a variable is stands before a colon; one with several bits is their weighted sum.\n",
        plan.target, plan.as_of, plan.stamp.catalog,
    );
    for (variable, described) in statement.variables.entries() {
        let bits = &formula.bits[variable];
        let sum: Vec<String> = bits
            .times(1)
            .map(|term| if term.factor == 1 { term.bit.to_string() } else { format!("{} {}", term.factor, term.bit) })
            .collect();
        // Writing to a string cannot fail.
        let _ = writeln!(words, "{}: {}", sum.join(" + "), meaning(statement, described.name));
    }
    words
}

/// What a variable stands for.
fn meaning(statement: &Statement<'_, '_>, name: Name) -> String {
    let network = &statement.catalog.network;
    let id = |credential: CredentialId| statement.catalog.id(credential);
    let within = |part: Part| {
        let rule = network.rule_around(part);
        format!("in the {} of `{}`", rule.kind().key(), id(rule.credential()))
    };
    match name {
        Name::Step(credential) => format!("`{}` is awarded anew", id(credential)),
        Name::Times(credential) => format!("how often `{}` is awarded", id(credential)),
        Name::AtLeast { credential, times } => format!("`{}` is awarded {times} times or more", id(credential)),
        Name::Waiting(credential) => format!("awards of `{}` that wait for its components are current", id(credential)),
        Name::WaitingTimes(credential) => {
            format!("how many awards of `{}` that wait for its components are current", id(credential))
        }
        Name::Renewed(award) => format!("award {} of those that are renewed is there", award.index()),
        Name::RenewedTimes(award) => format!("how often award {} of those that are renewed is there", award.index()),
        Name::Qualified(credential) => format!("the requirements of `{}` are met", id(credential)),
        Name::Other(_) => "something else".to_owned(),
        Name::Group(group) => format!("a group {} is satisfied", within(Part::Group(group))),
        Name::Leaf { leaf, .. } => {
            format!("a place for `{}` {} is filled", id(network.leaf(leaf).credential), within(Part::Leaf(leaf)))
        }
        Name::Passed(group) => format!("what a group {} passes on", within(Part::Group(group))),
        Name::Share { .. } => "a share of awards goes to a part of a rule".to_owned(),
        Name::Use { leaf, .. } => {
            format!("an award is used for `{}` {}", id(network.leaf(leaf).credential), within(Part::Leaf(leaf)))
        }
    }
}

/// Why a row that was found on the way holds.
pub(crate) fn reason(statement: &Statement<'_, '_>, reason: &CutReason<CredentialId>) -> String {
    let id = |credential: &CredentialId| format!("`{}`", statement.catalog.id(*credential));
    match reason {
        CutReason::OneOf(credentials) => {
            let ids: Vec<String> = credentials.iter().map(id).collect();
            format!("without one of {}, all else does not reach the target", ids.join(", "))
        }
        CutReason::NotBeside { plan, beside } => {
            let ids: Vec<String> = plan.iter().map(|(credential, _)| id(credential)).collect();
            format!("{} reach the target, so that a plan does not have {} as well", ids.join(", "), id(beside))
        }
    }
}
