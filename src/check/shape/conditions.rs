//! Conditions that no award meets which could fill the place.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::{Catalog, Validity};
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
use crate::value::term::CalendarTerm;

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
        leaves.retain(|&leaf| !is_for_others(shape, leaf));
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
    let conferred = network.has_stack(network.leaf(leaf).credential);
    while meets(&conditions) {
        let group = network.group_above(part)?;
        conditions = conditions.and(&network.conditions[network.extras(group).conditions].reaching(conferred));
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
    let in_time = words_of_days(conditions, shape.facts.day).or_else(|| words_of_lengths(catalog, conditions, &named));
    let (label, help) = in_time.unwrap_or_else(|| {
        let issuers = conditions.issuers.as_deref().unwrap_or_default();
        words_of_issuers(catalog, issuers, &named)
    });
    let message = format!("no new award of {} meets the conditions here", some(&ids));
    let diagnostic = Diagnostic::new(Code::ImpossibleCondition, network.place(part), message)
        .label(label)
        .help(help)
        .subject(called(rule))
        .subject(ids.first().map(String::as_str))
        .witness(Witness::Credentials { credentials: ids });
    let severity = shape.severity_in(rule);
    findings.tell(rule.credential(), diagnostic, severity);
}

/// Whether a leaf counts only what was awarded before the day of the check, where whoever comes later has another way
/// to meet the rule.
fn is_for_others(shape: &ShapeFacts, leaf: LeafId) -> bool {
    let network = &shape.catalog().network;
    let conditions = &network.conditions[network.leaf(leaf).conditions];
    let Some(until) = conditions.until.filter(|&until| until < shape.facts.day) else { return false };
    let earlier = Conditions { until: None, ..conditions.clone() };
    conditions.since.is_none_or(|since| since <= until)
        && !shape.usable.meeting(leaf, &earlier, EvidenceId::END).is_empty()
        && network.top(network.rule_of(leaf)).is_some_and(|top| !shape.is_unmet(top))
}

/// A label and help for days between which no award can be made, seen from a day.
fn words_of_days(conditions: &Conditions, day: Date) -> Option<(String, String)> {
    // Nothing is too old for a learner who has what rules ask for.
    let Conditions { within: _, since, until, held_for: _, grade: _, issuers: _, lapsed: _, lasts: _ } = *conditions;
    match (since, until) {
        (Some(since), Some(until)) if since > until => Some((
            format!("counts only what is awarded from {since} on, and by {until}"),
            "no day lies between; exchange the two dates, or correct one of them".to_owned(),
        )),
        (Some(since), _) if since > day => Some((
            format!("counts only what is awarded from {since} on"),
            format!("nothing awarded by {day} can count; correct `since`, or wait"),
        )),
        (_, Some(until)) if until < day => Some((
            format!("counts only what was awarded by {until}"),
            format!("nothing awarded on {day} or later can count; name what has taken its place"),
        )),
        _ => None,
    }
}

/// A label and help for what has to be held for longer than it can count.
fn words_of_lengths(
    catalog: &Catalog,
    conditions: &Conditions,
    named: &BTreeSet<CredentialId>,
) -> Option<(String, String)> {
    let Conditions { within, since: _, until: _, held_for, grade: _, issuers: _, lapsed, lasts: _ } = conditions;
    let lasting = named.iter().filter_map(|&credential| match catalog.at(credential).valid_for {
        Validity::For(term) => Some(term),
        Validity::Forever | Validity::WhileComponents => None,
    });
    let lasting: Vec<CalendarTerm> = lasting.filter(|_| !lapsed).collect();
    held_for.iter().find_map(|held| {
        let too_old = within.iter().find(|&&within| held.exceeds(within)).map(|within| {
            let label = format!("has to be held for {held}, and awarded within {within}");
            (label, "nothing is both; correct one of the two".to_owned())
        });
        too_old.or_else(|| {
            let valid_for = lasting.iter().find(|&&valid_for| held.exceeds_validity(valid_for))?;
            let label = format!("has to be held for {held}, and is current for {valid_for}");
            Some((label, "let it last longer, ask for less, or say `lapsed = true`".to_owned()))
        })
    })
}

/// A label and help for issuers none of whom awards what is named.
fn words_of_issuers(catalog: &Catalog, issuers: &[IssuerId], named: &BTreeSet<CredentialId>) -> (String, String) {
    let wanted: Vec<String> = issuers.iter().map(|&issuer| catalog.issuer_name(issuer).to_owned()).collect();
    let label = match &wanted[..] {
        [] => "no issuer is left that could".to_owned(),
        _ => format!("counts only what {} awards", some(&wanted)),
    };
    let of: BTreeSet<String> = named.iter().filter_map(|&credential| catalog.at(credential).issuer.clone()).collect();
    let of: Vec<String> = of.into_iter().collect();
    let help = match &of[..] {
        // Whoever awards it, none is left.
        [] => "let the conditions have an issuer in common, or leave one of them out".to_owned(),
        _ => format!("its issuer is {}; correct one of the two, or leave the condition out", some(&of)),
    };
    (label, help)
}
