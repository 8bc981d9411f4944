//! Groups that nothing is needed for, whose parts overlap, or that add up a credential and its own components.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::{Measure, Part, Rule, Unit};

use crate::check::findings::Findings;
use crate::check::shape::facts::{ShapeFacts, called, some};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::Witness;
use crate::value::ids::{CredentialId, GroupId, LeafId, UnitId};

pub(crate) fn groups<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let mut findings = Findings::new(shape.catalog());
    let network = &shape.catalog().network;
    for group in network.groups.ids() {
        let described = network.group(group);
        match described.measure {
            Measure::Count | Measure::Sum(Unit::Places) if described.threshold >= 2 => {
                overlap(shape, &mut findings, group);
            }
            Measure::Sum(_) => pooled(shape, &mut findings, group),
            _ => {}
        }
        let inner = network.parts(group).iter().any(|&part| network.needs_nothing(part));
        if !inner && network.needs_nothing(Part::Group(group)) {
            vacuous(shape, &mut findings, group);
        }
    }
    findings
}

fn vacuous(shape: &ShapeFacts, findings: &mut Findings, group: GroupId) {
    let catalog = shape.catalog();
    let network = &catalog.network;
    let described = network.group(group);
    let rule = described.rule;
    let credential = rule.credential();
    let whole = rule.is_stack() && network.top(rule).is_some_and(|top| network.needs_nothing(top));
    let (message, help) = if whole {
        let open = network.top(Rule::prerequisite(credential)).is_none_or(|top| network.needs_nothing(top));
        let whom = if open { "everybody" } else { "everybody who meets its prerequisite" };
        (
            format!(
                "the stack of `{}` is met by no awards at all, so it awards itself to {whom}",
                shape.id(credential)
            ),
            "say what earns it; a credential that is simply taken has no stack",
        )
    } else {
        ("this is met by no awards at all, so it requires nothing".to_owned(), "say what is required, or leave it out")
    };
    let label = match (described.measure, network.parts(group).is_empty()) {
        (Measure::Count | Measure::Sum(Unit::Places), true) => "nothing is listed",
        (Measure::Count | Measure::Sum(Unit::Places), false) => "none of these is needed",
        _ => "none of this is needed",
    };
    let place = network.place(Part::Group(group));
    let diagnostic = Diagnostic::new(Code::VacuousRequirement, place, message)
        .label(label)
        .help(help)
        .subject(called(rule))
        .witness(Witness::Learner { awards: Vec::new() });
    findings.tell(credential, diagnostic, Severity::Warning);
}

/// Whether an award fits two direct parts of a group that needs two or more of them, one of these parts being a group.
fn overlap(shape: &ShapeFacts, findings: &mut Findings, group: GroupId) {
    let catalog = shape.catalog();
    let network = &catalog.network;
    let parts = network.parts(group);
    let place = network.place(Part::Group(group));
    let groups = parts.iter().filter(|part| matches!(part, Part::Group(_))).count();
    if groups == 0 || parts.len() < 2 || shape.stated.contains(&place.start) {
        return;
    }
    let credential = network.group(group).rule.credential();
    // The first part that each unit fits; two leaves that name one credential are a member repeated, not parts that
    // overlap.
    let mut first: BTreeMap<UnitId, Part> = BTreeMap::new();
    let mut shared: BTreeMap<(Part, Part), BTreeSet<CredentialId>> = BTreeMap::new();
    let in_order = parts.iter().filter(|part| matches!(part, Part::Group(_)));
    let in_order = in_order.chain(parts.iter().filter(|part| matches!(part, Part::Leaf(_))));
    for &part in in_order {
        for leaf in network.leaves_below(part) {
            let Some(fitting) = shape.fitting(leaf) else {
                let message =
                    "whether parts of this group overlap, which does not say whether they are `distinct`".to_owned();
                return findings.leave_open(Code::UnstatedDistinct, credential, &place, message);
            };
            for unit in fitting.into_iter().map(|credential| catalog.names.unit(credential)) {
                let before = *first.entry(unit).or_insert(part);
                if before != part && !matches!((before, part), (Part::Leaf(_), Part::Leaf(_))) {
                    shared.entry((before, part)).or_default().insert(unit.first_credential());
                }
            }
        }
    }
    // In the order of the list; where in the text what comes from a pool stands decides nothing.
    let number = |part: Part| parts.iter().position(|&other| other == part);
    let pair = shared.into_iter().min_by_key(|((a, b), _)| {
        let (a, b) = (number(*a), number(*b));
        (a.min(b), a.max(b))
    });
    let Some(((one, other), units)) = pair else { return };
    let ids = shape.ids(units);
    let (one, other) = if number(one) <= number(other) { (one, other) } else { (other, one) };
    let fits = if ids.len() == 1 {
        format!("an award of {} fits", some(&ids))
    } else {
        format!("awards of {} fit", some(&ids))
    };
    let message = format!("{fits} two parts of this group, and it is not said whether one may count for both");
    let diagnostic = Diagnostic::new(Code::UnstatedDistinct, place, message)
        .also(network.place(one), "it fits this part")
        .also(network.place(other), "and this one")
        .help(
            "say `distinct = true` if each part needs awards of its own; \
             `distinct = false` if one may count for several, as it does now",
        )
        .subject(called(network.group(group).rule))
        .subject(network.extras(group).name.as_deref())
        .witness(Witness::Credentials { credentials: ids });
    findings.tell(credential, diagnostic, Severity::Warning);
}

/// Whether a sum adds up a conferred credential, or what one counts as, and something of its stack.
fn pooled(shape: &ShapeFacts, findings: &mut Findings, sum: GroupId) {
    let catalog = shape.catalog();
    let network = &catalog.network;
    let rule = network.group(sum).rule;
    let carrying = network.leaves_below(Part::Group(sum)).into_iter().filter(|&leaf| network.leaf(leaf).weight > 0);
    let mut members: BTreeMap<UnitId, LeafId> = BTreeMap::new();
    for leaf in carrying {
        members.entry(catalog.names.unit(network.leaf(leaf).credential)).or_insert(leaf);
    }
    let is_made = |leaf: LeafId| {
        let (whole, names) = (network.leaf(leaf).credential, &catalog.names);
        let class = names.class(whole);
        network.has_stack(whole) || names.members(class).len() > 1 || !names.down(class).is_empty()
    };
    for &leaf in members.values().filter(|&&leaf| is_made(leaf)) {
        let Some(found) = Pooled::at(shape, &members, leaf) else {
            let whole = shape.id(network.leaf(leaf).credential);
            let message = format!("whether this sum adds up `{whole}` and components of it");
            let place = network.place(Part::Group(sum));
            return findings.leave_open(Code::PooledComponents, rule.credential(), &place, message);
        };
        if !found.listed.is_empty() {
            tell_pooled(shape, findings, sum, &found);
        }
    }
}

/// A member of a sum, and others of it that a credential consists of which counts as that member.
struct Pooled {
    leaf: LeafId,
    /// The credential that consists of the others: what the member names, or what counts as it.
    made: CredentialId,
    listed: BTreeSet<LeafId>,
}

impl Pooled {
    /// The members beside a member that go into something which counts as it. `None` if that takes more looks than
    /// there are.
    fn at(shape: &ShapeFacts, members: &BTreeMap<UnitId, LeafId>, leaf: LeafId) -> Option<Self> {
        let catalog = shape.catalog();
        let (network, names) = (&catalog.network, &catalog.names);
        let whole = network.leaf(leaf).credential;
        let mut makers = shape.fitting(leaf)?;
        // What is named comes first, then its equivalents.
        makers.sort_unstable_by_key(|&made| (made != whole, names.unit(made) != names.unit(whole), made));
        for made in makers {
            let Some(top) = network.top(Rule::stack(made)) else { continue };
            let mut listed = BTreeSet::new();
            for component in network.leaves_below(top) {
                let fitting = shape.fitting(component)?.into_iter().map(|fit| names.unit(fit));
                let others = fitting.filter(|&fit| fit != names.unit(whole) && fit != names.unit(made));
                listed.extend(others.filter_map(|unit| members.get(&unit)));
            }
            if !listed.is_empty() {
                return Some(Self { leaf, made, listed });
            }
        }
        Some(Self { leaf, made: whole, listed: BTreeSet::new() })
    }
}

fn tell_pooled(shape: &ShapeFacts, findings: &mut Findings, sum: GroupId, found: &Pooled) {
    let network = &shape.catalog().network;
    let Pooled { leaf, made, listed } = found;
    let (leaf, Some(&first)) = (*leaf, listed.first()) else { return };
    let whole = network.leaf(leaf).credential;
    let ids = shape.ids(listed.iter().map(|&leaf| network.leaf(leaf).credential));
    let (id, parts) = (shape.id(whole), some(&ids));
    let message = if *made == whole {
        format!("this sum adds up `{id}` and also {parts}, of which `{id}` consists")
    } else {
        let made = shape.id(*made);
        format!("this sum adds up `{id}` and also {parts}, of which `{made}` consists, which counts as `{id}`")
    };
    // A filter selects both at one place; the sum is then what the finding is about.
    let (place, part) = (network.place(Part::Leaf(leaf)), network.place(Part::Leaf(first)));
    let diagnostic = if place == part {
        Diagnostic::new(Code::PooledComponents, network.place(Part::Group(sum)), message)
            .also(place, "both are selected here")
    } else {
        Diagnostic::new(Code::PooledComponents, place, message)
            .label("adds its own credits")
            .also(part, "and this is one of the components")
    };
    let [id, made] = [whole, *made].map(|credential| shape.catalog().id(credential).to_owned());
    let between = if made == id { Vec::new() } else { vec![made] };
    let diagnostic = diagnostic
        .help("leave the credential or its components out of the sum, if nobody is meant to be credited twice")
        .subject(&*id)
        .witness(Witness::Credentials { credentials: [vec![id], between, ids].concat() });
    let credential = network.group(sum).rule.credential();
    findings.tell(credential, diagnostic, Severity::Warning);
}
