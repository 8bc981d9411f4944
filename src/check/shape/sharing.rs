//! Policies on sharing that limit nothing ([semantics 5.5](crate::semantics#5.5)).

use std::collections::BTreeMap;
use std::ops::Range;

use crate::catalog::sharing::Sharing;
use crate::check::findings::Findings;
use crate::check::shape::facts::ShapeFacts;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::read::near::nearest;
use crate::read::reader::excerpt;

pub(crate) fn sharing<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let catalog = shape.catalog();
    let mut findings = Findings::new(catalog);
    if catalog.sharing().is_empty() {
        return findings;
    }
    // How many stacks there are of each type: only what is conferred is claimed.
    let mut stacks: BTreeMap<&str, usize> = BTreeMap::new();
    for (id, credential) in catalog.credentials() {
        *stacks.entry(&credential.kind).or_default() += usize::from(catalog.network.has_stack(id));
    }
    let policies: Vec<Policy> = catalog.sharing.placed().map(|(sharing, place)| Policy { sharing, place }).collect();
    shape.facts.spend(catalog.len() / 4 + policies.len());
    for policy in &policies {
        let idle = without_claims(policy.sharing, &stacks)
            .or_else(|| selects_nothing(policy.sharing))
            .or_else(|| outdone(shape, policy, &policies));
        let Some((message, help)) = idle else { continue };
        let diagnostic = Diagnostic::new(Code::IdleSharing, policy.place.clone(), message).help(help);
        findings.tell_of_all(diagnostic.severity(Severity::Warning));
    }
    findings
}

/// A policy, and where it stands.
struct Policy<'c> {
    sharing: &'c Sharing,
    place: &'c Range<usize>,
}

/// What is wrong, and what would be right.
type Idle = (String, String);

fn without_claims(policy: &Sharing, stacks: &BTreeMap<&str, usize>) -> Option<Idle> {
    let [one, other] = &policy.between;
    let of = |kind: &str| stacks.get(kind).copied().unwrap_or(0);
    if one == other && of(one) == 1 {
        let message =
            format!("only one credential of the type `{}` has a stack, and it shares with no other", excerpt(one));
        return Some((message, "name the type of the other credentials, or leave the policy out".to_owned()));
    }
    let kind = policy.between.iter().find(|kind| of(kind) == 0)?;
    let message = format!("no credential of the type `{}` has a stack, so this limits nothing", excerpt(kind));
    let known = stacks.iter().filter(|&(_, &number)| number > 0).map(|(&kind, _)| kind);
    let help = match nearest(kind, known) {
        Some(near) => format!("did you mean `{}`?", excerpt(near)),
        None => "name types of credentials that are earned by a stack".to_owned(),
    };
    Some((message, help))
}

fn selects_nothing(policy: &Sharing) -> Option<Idle> {
    let message = "the filter `of` selects no credential, so this limits nothing";
    let help = "a filter selects what is taken, unless it names a `type`; leave it out to limit all awards";
    policy.of.as_ref()?.is_empty().then(|| (message.to_owned(), help.to_owned()))
}

/// Another policy on the same types, on these awards at least, that allows no more.
fn outdone(shape: &ShapeFacts<'_, '_>, policy: &Policy<'_>, policies: &[Policy<'_>]) -> Option<Idle> {
    shape.facts.spend(policies.len());
    let own = policy.sharing;
    let limits_all = |other: &Sharing| match (&other.of, &own.of) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(others), Some(own)) => own.iter().all(|id| others.binary_search(id).is_ok()),
    };
    let stricter = policies.iter().find(|Policy { sharing, place }| {
        // Of two that say the same, the one that is written later is one too many.
        let is_other = *place != policy.place && (*sharing != own || place.start < policy.place.start);
        is_other && sharing.between == own.between && limits_all(sharing) && sharing.allows_no_more_than(own)
    })?;
    let line = shape.catalog().line_at(stricter.place.start);
    let message = format!("the policy on line {line} is about these types too, and allows no more");
    Some((message, "leave the looser one out".to_owned()))
}
