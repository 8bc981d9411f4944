//! What the steps of a plan are for.

use std::collections::BTreeSet;

use crate::audit::audit::WrittenConditions;
use crate::catalog::names::Names;
use crate::catalog::network::{Network, Part, Rule};
use crate::value::ids::{ClassId, CredentialId, LeafId};

use crate::plan::answers::plan::Purpose;
use crate::plan::model::statement::{Name, Statement};

/// The requirements of a plan's credentials that were not met before.
pub(crate) struct Purposes<'s, 'p, 'c> {
    statement: &'s Statement<'p, 'c>,
    target: CredentialId,
    /// Leaves of rules that were not met.
    leaves: Vec<OpenLeaf>,
}

/// A leaf of a rule that was not met.
#[derive(Debug, Clone, Copy)]
struct OpenLeaf {
    leaf: LeafId,
    named: ClassId,
    /// True if nothing filled it before; else it is one that more may be needed of.
    is_unmet: bool,
}

impl<'s, 'p, 'c> Purposes<'s, 'p, 'c> {
    /// For the credentials of a plan to the target.
    pub(crate) fn new(
        statement: &'s Statement<'p, 'c>,
        target: CredentialId,
        credentials: &BTreeSet<CredentialId>,
    ) -> Self {
        let (network, names) = (&statement.catalog.network, &statement.catalog.names);
        let waiting = statement.variables.iter().filter_map(|variable| match variable.name {
            Name::Waiting(credential) => Some(credential),
            _ => None,
        });
        // What is claimed under a policy on sharing may need other awards than those that meet its stack.
        let is_limited = |rule: Rule| {
            let step = statement.step(rule.credential()).map(|step| statement.steps[step].variable);
            rule.is_stack() && step.is_some_and(|step| statement.limited.contains_key(&step))
        };
        let rules = credentials
            .iter()
            .flat_map(|&credential| Rule::all(credential))
            .chain(waiting.map(Rule::stack))
            .filter(|&rule| !statement.progress.rule_is_met(rule) || is_limited(rule));
        let leaves = rules.filter_map(|rule| network.top(rule)).flat_map(|top| network.leaves_below(top));
        let is_met = |part| statement.progress.is_met(part);
        // Of what counts each time, one more may be needed where there is one already.
        let again = |leaf: LeafId| {
            let repeats = network.adds_up(leaf).is_some() && names.repeatable(network.leaf(leaf).credential);
            repeats && network.group_above(Part::Leaf(leaf)).is_some_and(|sum| !is_met(Part::Group(sum)))
        };
        let open = |leaf: LeafId| OpenLeaf {
            leaf,
            named: names.class(network.leaf(leaf).credential),
            is_unmet: !is_met(Part::Leaf(leaf)) || again(leaf),
        };
        Self { statement, target, leaves: leaves.map(open).collect() }
    }

    /// The purposes of one of them. It has one: where nothing is filled that was not filled before, more of what fills
    /// it already is needed, as for a sum.
    pub(crate) fn of(&self, credential: CredentialId) -> Vec<Purpose> {
        let purposes = self.among(credential, |leaf| leaf.is_unmet);
        if purposes.is_empty() { self.among(credential, |_| true) } else { purposes }
    }

    /// The classes of which a step brings awards: its own, and those of what it renews.
    fn classes(&self, credential: CredentialId) -> BTreeSet<ClassId> {
        let (names, renewing) = (&self.statement.catalog.names, &self.statement.catalog.renewing);
        let renewed = renewing.in_turn(credential, names, usize::MAX).unwrap_or_default();
        [credential].into_iter().chain(renewed).map(|credential| names.class(credential)).collect()
    }

    fn among(&self, credential: CredentialId, asked: impl Fn(&OpenLeaf) -> bool) -> Vec<Purpose> {
        let catalog = self.statement.catalog;
        let (network, names) = (&catalog.network, &catalog.names);
        let exceptions = &self.statement.progress.exceptions;
        let classes = self.classes(credential);
        let reaches = |to: ClassId, within: Option<CredentialId>| {
            exceptions.counting_as(names, to, within).iter().any(|class| classes.contains(class))
        };
        let borne = classes.iter().flat_map(|&class| Names::closure(class, |class| names.up(class)));
        let borne: BTreeSet<ClassId> = borne.collect();
        let substituted = !exceptions.substitutions.is_empty();
        let mut purposes = BTreeSet::new();
        let target = self.target;
        if reaches(names.class(target), None) {
            purposes.insert(Purpose {
                credential: catalog.id(target).to_owned(),
                rule: None,
                requirement: None,
                conditions: WrittenConditions::default(),
                line: 0,
            });
        }
        for &OpenLeaf { leaf, named, .. } in self.leaves.iter().filter(|leaf| asked(leaf)) {
            let rule = network.rule_of(leaf);
            let counts = borne.contains(&named) || substituted && reaches(named, Some(rule.credential()));
            if !counts || rule.credential() == credential {
                continue;
            }
            purposes.insert(Purpose {
                credential: catalog.id(rule.credential()).to_owned(),
                rule: Some(rule.kind().into()),
                requirement: requirement_around(network, leaf),
                conditions: WrittenConditions {
                    average: network.averaged_around(leaf).and_then(|group| network.extras(group).average),
                    ..WrittenConditions::new(catalog, network.leaf(leaf).conditions)
                },
                line: catalog.line(Part::Leaf(leaf)),
            });
        }
        purposes.into_iter().collect()
    }
}

/// The name of the nearest group around a leaf that has one.
fn requirement_around(network: &Network, leaf: LeafId) -> Option<String> {
    let mut around = network.group_above(Part::Leaf(leaf));
    while let Some(group) = around {
        if let Some(name) = &network.extras(group).name {
            return Some(name.as_ref().to_owned());
        }
        around = network.group_above(Part::Group(group));
    }
    None
}
