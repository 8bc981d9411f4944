//! Members of a list that stand there twice, name the credential itself, or carry nothing.

use crate::catalog::conditions::Conditions;
use crate::evaluate::evidence::EvidenceId;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use std::collections::BTreeMap;
use std::ops::Range;

use crate::catalog::network::{Measure, Part, Rule, RuleKind, Unit};

use crate::catalog::requirement::{Kind, Listed, Members, Requirement};
use crate::check::findings::Findings;
use crate::check::shape::facts::{ShapeFacts, called};
use crate::check::shape::mend;
use crate::evaluate::counting::{Counting, CountingInput};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::Witness;
use crate::value::ids::{CredentialId, LeafId, UnitId};

pub(crate) fn members<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let mut findings = Findings::new(shape.catalog());
    repeated(shape, &mut findings);
    for (_, rule) in shape.rules() {
        names_itself(shape, &mut findings, rule);
    }
    without_credits(shape, &mut findings);
    findings
}

/// A list of members, and whose it is.
struct List<'d> {
    members: &'d [Listed],
    /// The group that takes its members from the list, if it is written there.
    of: Option<&'d Requirement>,
    /// The credential whose rule it stands in; or the name of the pool that it is.
    credential: Option<CredentialId>,
    pool: Option<&'d str>,
}

/// Every list of members that is written.
fn lists<'d>(shape: &'d ShapeFacts) -> Vec<List<'d>> {
    let document = &shape.facts.document;
    let mut found = Vec::new();
    let mut open: Vec<(&Requirement, Option<CredentialId>, Option<&str>)> = Vec::new();
    for (credential, written) in document.credentials.entries() {
        open.extend(written.rules().map(|(_, rule)| (rule, Some(credential), None)));
    }
    for (name, &number) in &document.lookup.pools {
        if let Some(Members::List(members)) = document.pools.get(number).map(|pool| &pool.members) {
            found.push(List { members, of: None, credential: None, pool: Some(name) });
            open.extend(members.iter().filter_map(Listed::requirement).map(|member| (member, None, Some(&**name))));
        }
    }
    while let Some((group, credential, pool)) = open.pop() {
        if let Some(Members::List(members)) = group.members() {
            found.push(List { members, of: Some(group), credential, pool });
            open.extend(members.iter().filter_map(Listed::requirement).map(|member| (member, credential, pool)));
        }
    }
    found
}

fn repeated(shape: &ShapeFacts, findings: &mut Findings) {
    let catalog = shape.catalog();
    let text = catalog.text().1;
    let mut found: Vec<(Option<CredentialId>, Diagnostic)> = Vec::new();
    for List { members, of, credential, pool } in lists(shape) {
        let distinct = of.is_some_and(|group| {
            group.distinct == Some(true) && matches!(group.kind, Kind::AllOf(_) | Kind::AtLeast(..))
        });
        let mut first: BTreeMap<(UnitId, &Conditions), (usize, CredentialId)> = BTreeMap::new();
        for (member, at) in members.iter().zip(0..) {
            let Some(Requirement { place, kind: Kind::Credential(named), conditions, .. }) = member.requirement()
            else {
                continue;
            };
            let named = *named;
            // Where parts are met by different awards, several of a repeatable credential are asked for like this.
            if distinct && catalog.names.repeatable(named) {
                continue;
            }
            let key = (catalog.names.unit(named), conditions.get());
            let (before, first_named) = *first.entry(key).or_insert((at, named));
            if before == at {
                continue;
            }
            let (id, other) = (shape.id(named), shape.id(first_named));
            let message = if named == first_named {
                format!("`{id}` is listed twice")
            } else {
                format!("`{id}` and `{other}` are both listed, and they are equivalent")
            };
            let what = of.map_or("the pool", |group| match group.kind {
                Kind::AtLeast(..) => "the choice",
                Kind::Sum(..) | Kind::UpTo(..) => "the sum",
                _ => "the list",
            });
            let previous = at.checked_sub(1).and_then(|at| members.get(at)).map(|member| member.place().end);
            let diagnostic = Diagnostic::new(Code::RepeatedMember, place.clone(), message)
                .label("one award fills both places")
                .also(members[before].place().clone(), "first here")
                .help(format!("leave one of them out; {what} has one member less than it seems"))
                .subject(catalog.id(named))
                .fix(mend::without_member(text, previous, place), "")
                .witness(Witness::Credentials { credentials: shape.ids([named, first_named]) });
            found.push((credential, diagnostic.subject(pool).severity(Severity::Warning)));
        }
    }
    for (credential, diagnostic) in found {
        match credential {
            Some(credential) => findings.tell(credential, diagnostic, Severity::Warning),
            None => findings.tell_of_all(diagnostic),
        }
    }
}

/// Whether a rule names its own credential, or an equivalent.
fn names_itself(shape: &ShapeFacts, findings: &mut Findings, rule: Rule) {
    let catalog = shape.catalog();
    let (network, names) = (&catalog.network, &catalog.names);
    let credential = rule.credential();
    let Some(top) = network.top(rule) else { return };
    let unit = names.unit(credential);
    let leaves = network.leaves_below(top);
    let own = leaves.iter().copied().filter(|&leaf| names.unit(network.leaf(leaf).credential) == unit);
    let own: Vec<LeafId> = own.filter(|&leaf| shape.is_written(leaf)).collect();
    if own.is_empty() {
        return;
    }
    let together = rule.kind() == RuleKind::Corequisite;
    let blocked = !together && is_blocked_by_itself(shape, rule, top);
    let severity = if blocked { Severity::Error } else { Severity::Warning };
    for leaf in own {
        let named = network.leaf(leaf).credential;
        let (id, other) = (shape.id(credential), shape.id(named));
        let called = called(rule);
        let message = if named == credential {
            format!("the {called} of `{id}` names `{id}` itself")
        } else {
            format!("the {called} of `{id}` names `{other}`, which is equivalent to it")
        };
        let label = match blocked {
            true => "nobody has it before having it",
            false if together => "whoever begins it begins it",
            false => "needs what it gives",
        };
        let diagnostic = Diagnostic::new(Code::SelfReference, network.place(Part::Leaf(leaf)), message)
            .label(label)
            .help("leave it out, or name what was meant")
            .subject(called)
            .subject(catalog.id(named))
            .witness(Witness::Credentials { credentials: shape.ids([credential, named]) });
        findings.tell(credential, diagnostic, severity);
    }
}

/// Whether a rule is met by everything together with an award of its own credential, and not by everything else alone.
/// What waits for its components is taken for current: it may be its own credential that it waits for.
fn is_blocked_by_itself(shape: &ShapeFacts, rule: Rule, top: Part) -> bool {
    let everything = shape.progress();
    let (catalog, credential) = (shape.catalog(), rule.credential());
    let network = &catalog.network;
    let mut usable = Vec::new();
    for leaf in network.leaves_below(top).into_iter().filter(|&leaf| !network.is_shadowed(leaf)) {
        let conditions = &network.conditions[network.leaf(leaf).conditions];
        let fitting = shape.usable.meeting(leaf, &Conditions { lapsed: true, ..conditions.clone() }, EvidenceId::END);
        let counts = |number: &EvidenceId| {
            let admitted = &everything.evidence[*number];
            let waits = admitted.evidence.depends() && admitted.evidence.lasts(shape.facts.day);
            conditions.lapsed || admitted.current || waits
        };
        usable.extend(fitting.into_iter().filter(counts).map(|number| (leaf, number)));
    }
    let met = |usable: Vec<(LeafId, EvidenceId)>| {
        let Progress { catalog, exceptions, evidence, .. } = everything;
        let steps = shape.facts.steps();
        let input = CountingInput { catalog, exceptions, evidence, steps, thorough: false };
        let mut counting = Counting::new(input, usable);
        let met = counting.part(top).met;
        shape.facts.spend_steps(steps - counting.steps);
        met
    };
    let others = usable.iter().copied();
    let others = others.filter(|&(_, number)| everything.evidence[number].evidence.credential != credential);
    met(others.collect()) == Met::No && met(usable) == Met::Yes
}

/// Members of a credit sum that carry no credits. Hours are often known of an award only, so nothing is said of them.
fn without_credits(shape: &ShapeFacts, findings: &mut Findings) {
    let catalog = shape.catalog();
    let network = &catalog.network;
    for group in network.groups.ids() {
        if !matches!(network.group(group).measure, Measure::Sum(Unit::Credits) | Measure::UpTo(Unit::Credits)) {
            continue;
        }
        let leaves = network.parts(group).iter().filter_map(|&part| match part {
            Part::Leaf(leaf) => Some(leaf),
            Part::Group(_) => None,
        });
        for leaf in leaves {
            if network.leaf(leaf).weight > 0 || !shape.is_written(leaf) {
                continue;
            }
            let named = network.leaf(leaf).credential;
            let message = format!("`{}` carries no credits, and stands in a sum of credits", shape.id(named));
            let place: Range<usize> = network.place(Part::Leaf(leaf));
            let diagnostic = Diagnostic::new(Code::IdleMember, place, message)
                .label("adds nothing")
                .also(shape.facts.written(named).places.id.clone(), "defined here without `credits`")
                .help("say how many credits it carries, or leave it out of the sum")
                .subject(catalog.id(named))
                .witness(Witness::Credentials { credentials: vec![catalog.id(named).to_owned()] });
            findings.tell(network.group(group).rule.credential(), diagnostic, Severity::Warning);
        }
    }
}
