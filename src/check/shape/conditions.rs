//! Conditions that no award meets which could fill the place.

use crate::evaluate::evidence::EvidenceId;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::conditions::Conditions;
use crate::catalog::network::Part;
use crate::check::shape::shape::{Shape, called, some};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::finding::witness::Witness;
use crate::value::ids::{ConditionsId, CredentialId, GroupId, LeafId};

/// Leaves that the conditions of one place shut out, by that place.
type ShutOut = BTreeMap<Part, Vec<LeafId>>;

pub(crate) fn find(shape: &mut Shape) {
    let network = &shape.catalog().network;
    let mut shut_out = ShutOut::new();
    for (number, leaf) in network.leaves.entries() {
        if leaf.conditions == ConditionsId::NONE || shape.progress().is_met(Part::Leaf(number)) {
            continue;
        }
        if let Some(part) = to_blame(shape, number) {
            shut_out.entry(part).or_default().push(number);
        }
    }
    for (part, mut leaves) in shut_out {
        if let Part::Group(group) = part {
            excuse_what_was_meant(shape, group, &mut leaves);
        }
        if !leaves.is_empty() {
            tell(shape, part, &leaves);
        }
    }
}

/// The innermost place at which the conditions written up to there shut out all that a learner who holds everything could fill the leaf with;
/// `None` if that is nothing even without conditions, which has its cause elsewhere.
fn to_blame(shape: &Shape, leaf: LeafId) -> Option<Part> {
    let network = &shape.catalog().network;
    let lapsed = network.conditions[network.leaf(leaf).conditions].lapsed;
    let meets = |conditions: &Conditions| {
        let conditions = Conditions { lapsed, ..conditions.clone() };
        !shape.usable.meeting(leaf, &conditions, EvidenceId::END).is_empty()
    };
    if !meets(&Conditions::default()) {
        return None;
    }
    let mut part = Part::Leaf(leaf);
    let mut conditions = network.conditions[network.leaf(leaf).own_conditions].clone();
    while meets(&conditions) {
        let group = network.group_above(part)?;
        conditions = conditions.and(&network.conditions[network.extras(group).conditions]);
        part = Part::Group(group);
    }
    Some(part)
}

/// A condition on a group may well be meant to choose among what a filter selects, unless it leaves nothing: what it shuts out then is no
/// fault, but not there either.
fn excuse_what_was_meant(shape: &mut Shape, group: GroupId, leaves: &mut Vec<LeafId>) {
    let network = &shape.catalog().network;
    let shut_out: BTreeSet<LeafId> = leaves.iter().copied().collect();
    let selected = network.leaves_below(Part::Group(group)).into_iter().filter(|&leaf| !shape.is_written(leaf));
    let open: BTreeSet<usize> =
        selected.filter(|leaf| !shut_out.contains(leaf)).map(|leaf| network.place(Part::Leaf(leaf)).start).collect();
    let excused = |leaf: LeafId| open.contains(&network.place(Part::Leaf(leaf)).start);
    shape.excused.extend(leaves.iter().copied().filter(|&leaf| excused(leaf)));
    leaves.retain(|&leaf| !excused(leaf));
}

fn tell(shape: &mut Shape, part: Part, leaves: &[LeafId]) {
    let catalog = shape.catalog();
    let network = &catalog.network;
    let rule = network.rule_of(leaves[0]);
    let named: BTreeSet<CredentialId> = leaves.iter().map(|&leaf| network.leaf(leaf).credential).collect();
    let ids = shape.ids(named.iter().copied());
    let conditions = &network.conditions[network.leaf(leaves[0]).conditions];
    let late = conditions.since.filter(|&since| since > shape.day);
    let (label, help) = if let Some(since) = late {
        let label = format!("counts only what is awarded from {since} on");
        (label, format!("nothing awarded by {} can count; correct `since`, or wait", shape.day))
    } else {
        let issuers = conditions.issuers.as_deref().unwrap_or_default();
        let wanted: Vec<String> = issuers.iter().map(|&issuer| catalog.issuer_name(issuer).to_owned()).collect();
        let label = match &wanted[..] {
            [] => "no issuer is left that could".to_owned(),
            _ => format!("counts only what {} awards", some(&wanted)),
        };
        let of: BTreeSet<String> = named
            .iter()
            .map(|&credential| catalog.at(credential).issuer.clone().unwrap_or_else(|| "no issuer".to_owned()))
            .collect();
        let of: Vec<String> = of.into_iter().collect();
        let help = match &of[..] {
            [one] if one == "no issuer" => "say by `issuer` who awards it, or leave the condition out".to_owned(),
            _ => format!("its issuer is {}; correct one of the two, or leave the condition out", some(&of)),
        };
        (label, help)
    };
    let message = format!("no award of {} meets the conditions here", some(&ids));
    let diagnostic = Diagnostic::new(Code::ImpossibleCondition, network.place(part), message)
        .label(label)
        .help(help)
        .subject(called(rule))
        .subject(ids.first().map(String::as_str))
        .witness(Witness::Credentials { credentials: ids });
    let severity = shape.severity_in(rule);
    shape.tell(rule.credential(), diagnostic, severity);
}
