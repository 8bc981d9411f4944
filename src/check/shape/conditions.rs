//! Conditions that no award meets which could fill the place.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::conditions::Conditions;
use crate::catalog::network::Part;
use crate::check::findings::Findings;
use crate::check::shape::facts::{ShapeFacts, called, some};
use crate::evaluate::evidence::EvidenceId;
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::finding::witness::Witness;
use crate::value::date::Date;
use crate::value::ids::{ConditionsId, CredentialId, GroupId, IssuerId, LeafId};

/// Leaves that the conditions of one place shut out, by that place.
type ShutOut = BTreeMap<Part, Vec<LeafId>>;

/// Beside the findings, leaves that no award fills because a condition chooses among what a filter selects, which is no
/// fault.
pub(crate) fn conditions<'c>(shape: &ShapeFacts<'_, 'c>) -> (Findings<'c>, BTreeSet<LeafId>) {
    let (mut findings, mut excused) = (Findings::new(shape.catalog()), BTreeSet::new());
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
            excused.extend(take_what_was_meant(shape, group, &mut leaves));
        }
        if !leaves.is_empty() {
            tell(shape, &mut findings, part, &leaves);
        }
    }
    (findings, excused)
}

/// The innermost place at which the conditions written up to there shut out all that a learner who holds everything
/// could fill the leaf with; `None` if that is nothing even without conditions, which has its cause elsewhere.
fn to_blame(shape: &ShapeFacts, leaf: LeafId) -> Option<Part> {
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

/// A condition on a group may well be meant to choose among what a filter selects, unless it leaves nothing: what it
/// shuts out then is no fault, but not there either.
fn take_what_was_meant(shape: &ShapeFacts, group: GroupId, leaves: &mut Vec<LeafId>) -> Vec<LeafId> {
    let network = &shape.catalog().network;
    let shut_out: BTreeSet<LeafId> = leaves.iter().copied().collect();
    let selected = network.leaves_below(Part::Group(group)).into_iter().filter(|&leaf| !shape.is_written(leaf));
    let open: BTreeSet<usize> =
        selected.filter(|leaf| !shut_out.contains(leaf)).map(|leaf| network.place(Part::Leaf(leaf)).start).collect();
    let meant = |leaf: &LeafId| open.contains(&network.place(Part::Leaf(*leaf)).start);
    let (excused, left) = std::mem::take(leaves).into_iter().partition(meant);
    *leaves = left;
    excused
}

fn tell(shape: &ShapeFacts, findings: &mut Findings, part: Part, leaves: &[LeafId]) {
    let catalog = shape.catalog();
    let network = &catalog.network;
    let rule = network.rule_of(leaves[0]);
    let named: BTreeSet<CredentialId> = leaves.iter().map(|&leaf| network.leaf(leaf).credential).collect();
    let ids = shape.ids(named.iter().copied());
    let conditions = &network.conditions[network.leaf(leaves[0]).conditions];
    // The learner holds everything, made on the day with a sufficient grade: no award is too old, too bad or lapsed in
    // vain.
    let Conditions { within: _, since, grade: _, issuers, lapsed: _ } = conditions;
    let (label, help) = match since.filter(|&since| since > shape.facts.day) {
        Some(since) => words_of_since(since, shape.facts.day),
        None => words_of_issuers(catalog, issuers.as_deref().unwrap_or_default(), &named),
    };
    let message = format!("no award of {} meets the conditions here", some(&ids));
    let diagnostic = Diagnostic::new(Code::ImpossibleCondition, network.place(part), message)
        .label(label)
        .help(help)
        .subject(called(rule))
        .subject(ids.first().map(String::as_str))
        .witness(Witness::Credentials { credentials: ids });
    let severity = shape.severity_in(rule);
    findings.tell(rule.credential(), diagnostic, severity);
}

/// A label and help for a first day that is still to come.
fn words_of_since(since: Date, day: Date) -> (String, String) {
    let label = format!("counts only what is awarded from {since} on");
    (label, format!("nothing awarded by {day} can count; correct `since`, or wait"))
}

/// A label and help for issuers none of whom awards what is named.
fn words_of_issuers(catalog: &Catalog, issuers: &[IssuerId], named: &BTreeSet<CredentialId>) -> (String, String) {
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
}
