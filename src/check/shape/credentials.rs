//! Credentials that do not fit their components or equivalents.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::names::Names;
use crate::catalog::network::{Part, Rule};
use crate::check::findings::Findings;
use crate::check::shape::facts::{ShapeFacts, called, some};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::Witness;
use crate::value::amount::Amount;
use crate::value::ids::{ClassId, CredentialId, Id, IdVec, LeafId, UnitId};

/// The tag of credentials that are meant to be part of others.
const COMPONENT: &str = "component";

pub(crate) fn credentials<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let mut findings = Findings::new(shape.catalog());
    let mut levels = BTreeSet::new();
    for (_, rule) in shape.rules() {
        level(shape, &mut findings, rule, &mut levels);
    }
    unused(shape, &mut findings);
    for credential in CredentialId::first(shape.catalog().len()) {
        if shape.catalog().network.has_stack(credential) {
            idle_stack(shape, &mut findings, credential);
        }
    }
    unequal(shape, &mut findings);
    findings
}

/// Required components of a higher level.
fn level(shape: &ShapeFacts, findings: &mut Findings, rule: Rule, told: &mut BTreeSet<(CredentialId, CredentialId)>) {
    let catalog = shape.catalog();
    let credential = rule.credential();
    let Some(own) = catalog.at(credential).level else { return };
    for leaf in shape.catalog().network.required(rule) {
        let component = catalog.network.leaf(leaf).credential;
        let Some(level) = catalog.at(component).level.filter(|&level| level > own) else { continue };
        if component == credential || !told.insert((credential, component)) {
            continue;
        }
        let (id, other) = (shape.id(credential), shape.id(component));
        let message = format!("`{id}` is of level {own}, and requires `{other}`, which is of level {level}");
        let place = catalog.network.place(Part::Leaf(leaf));
        let (level_of_whole, level_of_part) = (
            shape.facts.written(credential).places.value("level"),
            shape.facts.written(component).places.value("level"),
        );
        let diagnostic = Diagnostic::new(Code::LevelInversion, place, message)
            .label(format!("level {level}"))
            .also(level_of_whole, "the level of the whole")
            .also(level_of_part, "the level of its part")
            .help("one of the two levels is likely to be wrong")
            .subject(catalog.id(component))
            .witness(Witness::Levels {
                level: own,
                component: catalog.id(component).to_owned(),
                component_level: level,
            });
        findings.tell(credential, diagnostic, Severity::Warning);
    }
}

/// Whose rules name a class.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Namers {
    None,
    One(CredentialId),
    Several,
}

impl Namers {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::None, one) | (one, Self::None) => one,
            (one, other) if one == other => one,
            _ => Self::Several,
        }
    }
}

/// Credentials that are tagged as components, and that no rule of another one can use.
fn unused(shape: &ShapeFacts, findings: &mut Findings) {
    let catalog = shape.catalog();
    let (network, names) = (&catalog.network, &catalog.names);
    let mut namers = IdVec::filled(Namers::None, catalog.len());
    for (number, leaf) in network.leaves.entries() {
        let class = names.class(leaf.credential);
        namers[class] = namers[class].and(Namers::One(network.rule_of(number).credential()));
    }
    // Whatever names a class can also use what counts as it.
    for &class in names.order() {
        let above = names.up(class).iter().map(|&up| namers[up]);
        namers[class] = above.fold(namers[class], Namers::and);
    }
    for (credential, described) in catalog.credentials() {
        let number = credential;
        let others = match namers[names.class(number)] {
            Namers::None => false,
            Namers::One(namer) => namer != number,
            Namers::Several => true,
        };
        if others || !described.tags.iter().any(|tag| tag == COMPONENT) {
            continue;
        }
        let places = &shape.facts.written(number).places;
        let message =
            format!("`{}` has the tag `{COMPONENT}`, and no rule of another credential uses it", shape.id(number));
        let diagnostic = Diagnostic::new(Code::UnusedComponent, places.id.clone(), message)
            .also(places.value("tags"), "tagged here")
            .help("list it where it belongs, or remove the tag");
        findings.tell(number, diagnostic, Severity::Note);
    }
}

/// Stacks that only those meet who hold the credential already.
fn idle_stack(shape: &ShapeFacts, findings: &mut Findings, credential: CredentialId) {
    let catalog = shape.catalog();
    let names = &catalog.names;
    let class = names.class(credential);
    if names.down(class).is_empty() && names.members(class).len() == 1 {
        return;
    }
    let required = shape.catalog().network.required(Rule::stack(credential));
    let required = required.into_iter().filter(|&leaf| catalog.network.leaf(leaf).credential != credential);
    let required: Vec<LeafId> = required.collect();
    if required.is_empty() {
        return;
    }
    let counting = if shape.look(0) { Names::closure(class, |class| names.down(class)) } else { Vec::new() };
    if !shape.look(counting.len()) {
        let place = shape.facts.written(credential).places.value("stack");
        let message = format!("whether a component of `{}` counts as it", shape.id(credential));
        return findings.leave_open(Code::IdleStack, credential, &place, message);
    }
    let counting: BTreeSet<ClassId> = counting.into_iter().collect();
    let counts = |&leaf: &LeafId| counting.contains(&names.class(catalog.network.leaf(leaf).credential));
    let Some(leaf) = required.into_iter().find(counts) else { return };
    let component = catalog.network.leaf(leaf).credential;
    let (id, other) = (shape.id(credential), shape.id(component));
    let equivalent = names.unit(component) == names.unit(credential);
    let why = if equivalent { format!("is equivalent to `{id}`") } else { format!("counts as `{id}`") };
    let message = format!("the stack of `{id}` requires `{other}`, which {why} already");
    let diagnostic = Diagnostic::new(Code::IdleStack, catalog.network.place(Part::Leaf(leaf)), message)
        .label(format!("whoever has it has `{id}`"))
        .help(format!("leave `{other}` out of the stack, or do not let it count as `{id}`"))
        .subject(called(Rule::stack(credential)))
        .subject(catalog.id(component))
        .witness(Witness::Learner { awards: vec![catalog.id(component).to_owned()] });
    findings.tell(credential, diagnostic, Severity::Warning);
}

/// Equivalents that do not carry the same.
fn unequal(shape: &ShapeFacts, findings: &mut Findings) {
    let catalog = shape.catalog();
    let mut classes: BTreeMap<UnitId, Vec<CredentialId>> = BTreeMap::new();
    for credential in CredentialId::first(catalog.len()) {
        let unit = catalog.names.unit(credential);
        if unit.first_credential() != credential {
            classes.entry(unit).or_default().push(credential);
        }
    }
    for (unit, others) in classes {
        let first = unit.first_credential();
        let described = catalog.at(first);
        let differs = |key: &'static str| {
            let of = |credential: CredentialId| {
                let described = catalog.at(credential);
                if key == "credits" { Some(described.credits) } else { described.hours }
            };
            let other = others.iter().copied().find(|&other| of(other) != of(first))?;
            Some((key, other, of(first), of(other)))
        };
        let Some((key, other, one, two)) = differs("credits").or_else(|| differs("hours")) else { continue };
        let all = shape.ids(others.iter().copied().chain([first]));
        let message = format!("{} are equivalent, and carry different {key}", some(&all));
        let place = shape.facts.written(first).places.value(key);
        let diagnostic = Diagnostic::new(Code::UnequalEquivalents, place, message)
            .label(format!("`{}` carries {}", shape.id(first), carried(one, key)))
            .also(
                shape.facts.written(other).places.value(key),
                format!("`{}` carries {}", shape.id(other), carried(two, "")),
            )
            .help(format!("state the same {key} for all of them; what counts depends on which one a rule names"))
            .subject(&*described.id)
            .witness(Witness::Credentials { credentials: all });
        findings.tell(first, diagnostic, Severity::Warning);
    }
}

/// An amount, in words, and what it counts.
fn carried(amount: Option<Amount>, what: &str) -> String {
    amount.map_or_else(|| "none that is stated".to_owned(), |amount| format!("{amount} {what}").trim_end().to_owned())
}
