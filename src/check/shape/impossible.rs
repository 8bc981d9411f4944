//! Groups and sums that not even a learner who holds everything can meet.
use std::collections::BTreeSet;

use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Measure, Part, Unit};
use crate::evaluate::evidence::EvidenceId;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;

use crate::check::findings::Findings;
use crate::check::shape::facts::{ShapeFacts, called};
use crate::evaluate::counting::{Counting, CountingInput};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::finding::witness::Witness;
use crate::value::amount::Amount;
use crate::value::ids::{GroupId, LeafId, RegionId, to_u32};

/// A group is to blame if it would not be met even if every part of it were that has a fault of its own.
pub(crate) fn impossible<'c>(shape: &ShapeFacts<'_, 'c>, excused: &BTreeSet<LeafId>) -> Findings<'c> {
    let mut findings = Findings::new(shape.catalog());
    let network = &shape.catalog().network;
    for group in network.groups.ids() {
        let described = network.group(group);
        match described.measure {
            Measure::Count => count(shape, &mut findings, group, available(shape, excused, group)),
            // Where places want different awards, that is what is told.
            Measure::Sum(Unit::Places) if network.wants_different(group) => {}
            Measure::Sum(_) if !shape.is_unmet(Part::Group(group)) => {}
            Measure::Sum(Unit::Places) => places(shape, &mut findings, excused, group),
            Measure::Sum(_) => sum(shape, &mut findings, excused, group),
            Measure::UpTo(_) => {}
        }
    }
    findings
}

/// The number of parts of a group that can be met, those with a fault of their own included.
fn available(shape: &ShapeFacts, excused: &BTreeSet<LeafId>, group: GroupId) -> u32 {
    let parts = shape.catalog().network.parts(group);
    let is_excused = |part: &Part| matches!(part, Part::Leaf(leaf) if excused.contains(leaf));
    let missing = if excused.is_empty() { 0 } else { parts.iter().filter(|&part| is_excused(part)).count() };
    to_u32(parts.len() - missing)
}

fn count(shape: &ShapeFacts, findings: &mut Findings, group: GroupId, most: u32) {
    let network = &shape.catalog().network;
    let need = network.group(group).threshold;
    if most >= need {
        return;
    }
    let (message, label, help) = match (need, most) {
        (1, _) => (
            "one of these has to be met, and there are none".to_owned(),
            "nothing to choose from".to_owned(),
            "list what may be chosen, or leave the group out".to_owned(),
        ),
        (_, 0) => (
            format!("{need} of these have to be met, and there are none"),
            "nothing to choose from".to_owned(),
            "list what may be chosen, or leave the group out".to_owned(),
        ),
        _ => (
            format!("{need} of these have to be met, and there {}", are(most)),
            format!("only {most} to choose from"),
            format!("ask for at most {most}, or list more"),
        ),
    };
    let diagnostic = Diagnostic::new(Code::ImpossibleCount, network.place(Part::Group(group)), message)
        .label(label)
        .help(help)
        .witness(Witness::Counts { need: need.into(), most: most.into() });
    tell(shape, findings, group, diagnostic);
}

fn are(number: u32) -> String {
    if number == 1 { "is only 1".to_owned() } else { format!("are only {number}") }
}

fn tell(shape: &ShapeFacts, findings: &mut Findings, group: GroupId, diagnostic: Diagnostic) {
    let network = &shape.catalog().network;
    let rule = network.group(group).rule;
    let severity = shape.severity_in(rule);
    let name = network.extras(group).name.as_deref();
    let diagnostic = diagnostic.subject(called(rule)).subject(name);
    findings.tell(rule.credential(), diagnostic, severity);
}

fn places(shape: &ShapeFacts, findings: &mut Findings, excused: &BTreeSet<LeafId>, group: GroupId) {
    let network = &shape.catalog().network;
    // Groups with a fault of their own are taken for sound.
    let groups = network.parts(group).iter().filter(|&&part| matches!(part, Part::Group(_)) && shape.is_unmet(part));
    let groups = groups.count() as u64;
    let Some((most, _)) = most(shape, excused, group) else {
        let message = "whether so many of these can be met".to_owned();
        let (place, rule) = (network.place(Part::Group(group)), network.group(group).rule);
        return findings.leave_open(Code::ImpossibleCount, rule.credential(), &place, message);
    };
    let most = most.saturating_add(groups);
    count(shape, findings, group, u32::try_from(most).unwrap_or(u32::MAX));
}

fn sum(shape: &ShapeFacts, findings: &mut Findings, excused: &BTreeSet<LeafId>, sum: GroupId) {
    let network = &shape.catalog().network;
    let described = network.group(sum);
    let place = network.place(Part::Group(sum));
    let Some((most, capped)) = most(shape, excused, sum) else {
        let message = "whether the members of this sum carry enough together".to_owned();
        return findings.leave_open(Code::ImpossibleAmount, described.rule.credential(), &place, message);
    };
    if most >= u64::from(described.threshold) {
        return;
    }
    let unit = unit(described.measure);
    let (need, below) = (Amount::from_hundredths(described.threshold.into()), Amount::from_hundredths(most));
    let nothing = network.leaves_below(Part::Group(sum)).is_empty();
    let (message, help) = if nothing {
        (format!("{need} {unit} are needed, and there is nothing to add up"), "list what carries them".to_owned())
    } else if capped.is_empty() {
        (
            format!("{need} {unit} are needed, and all members together carry {below}"),
            format!("ask for at most {below}, list more members, or correct what they carry"),
        )
    } else {
        (
            format!("{need} {unit} are needed, and no more than {below} can count"),
            format!("ask for at most {below}, raise a cap, or list more members outside of it"),
        )
    };
    let mut diagnostic = Diagnostic::new(Code::ImpossibleAmount, place, message)
        .label(format!("at most {below}"))
        .help(help)
        .witness(Witness::Amounts { need, below: Some(below), above: None });
    for (group, carried) in capped.into_iter().take(3) {
        let (cap, carried) =
            (Amount::from_hundredths(network.group(group).threshold.into()), Amount::from_hundredths(carried));
        let carried =
            if carried.hundredths() >= u64::from(u32::MAX) { "any number".to_owned() } else { carried.to_string() };
        diagnostic = diagnostic.also(network.place(Part::Group(group)), format!("{cap} of {carried} count here"));
    }
    tell(shape, findings, sum, diagnostic);
}

pub(crate) fn unit(measure: Measure) -> &'static str {
    match measure {
        Measure::Sum(Unit::Hours) | Measure::UpTo(Unit::Hours) => "hours",
        _ => "credits",
    }
}

/// The most that the sum can have, and the `up_to` groups in it whose caps take something away, with what is in each.
/// Members with a fault of their own are taken for sound.
fn most(shape: &ShapeFacts, excused: &BTreeSet<LeafId>, sum: GroupId) -> Option<(u64, Vec<(GroupId, u64)>)> {
    let everything = shape.progress();
    let network = &shape.catalog().network;
    let leaves = network.leaves_below(Part::Group(sum));
    let capped = |of: &dyn Fn(GroupId) -> u64| {
        let groups = network.groups_below(Part::Group(sum)).into_iter().filter(|&group| group != sum);
        let binding = groups.map(|group| (group, of(group)));
        binding.filter(|&(group, has)| has > u64::from(network.group(group).threshold)).collect()
    };
    let plain = network.group(sum).region == RegionId::PLAIN;
    if plain && leaves.iter().all(|&leaf| everything.is_met(Part::Leaf(leaf))) {
        return Some((everything.have(sum).into(), capped(&|group| everything.have(group).into())));
    }
    let any = Conditions { lapsed: true, ..Conditions::default() };
    let counted = |leaf: &LeafId| !network.is_shadowed(*leaf) && !excused.contains(leaf);
    let usable = leaves.into_iter().filter(counted).flat_map(|leaf| {
        let fitting = shape.usable.at(leaf, EvidenceId::END);
        let fitting = if fitting.is_empty() { shape.usable.meeting(leaf, &any, EvidenceId::END) } else { fitting };
        fitting.into_iter().map(move |evidence| (leaf, evidence))
    });
    let usable: Vec<(LeafId, EvidenceId)> = usable.collect();
    let steps = shape.facts.steps();
    let Progress { catalog, exceptions, evidence, .. } = everything;
    let mut counting = Counting::new(CountingInput { catalog, exceptions, evidence, steps, thorough: true }, usable);
    let outcome = counting.outcome(sum);
    shape.facts.spend_steps(steps - counting.steps);
    let listed = |group: GroupId| {
        let leaves = network.leaves_below(Part::Group(group)).into_iter().filter(counted);
        leaves.map(|leaf| u64::from(network.leaf(leaf).weight)).sum()
    };
    (outcome.met != Met::Undecided).then(|| (outcome.have, capped(&listed)))
}
