//! Amounts that nobody stated, where the like have one ([semantics 1.1](crate::semantics#1.1)).

use std::collections::BTreeMap;

use crate::check::findings::Findings;
use crate::check::shape::facts::{ShapeFacts, some};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::Witness;
use crate::value::ids::{CredentialId, Id};

/// Credentials that are alike: of one type, and all of them taken, or all of them conferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Likeness<'c> {
    kind: &'c str,
    is_conferred: bool,
}

/// What is stated of the like.
#[derive(Debug, Default)]
struct StatedOf {
    lacking: Vec<CredentialId>,
    stated: usize,
}

pub(crate) fn amounts<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let mut findings = Findings::new(shape.catalog());
    let catalog = shape.catalog();
    for key in ["cost", "hours"] {
        let mut like: BTreeMap<Likeness<'_>, StatedOf> = BTreeMap::new();
        for credential in CredentialId::first(catalog.len()) {
            let described = catalog.at(credential);
            let likeness = Likeness { kind: &described.kind, is_conferred: catalog.network.has_stack(credential) };
            let found = like.entry(likeness).or_default();
            match if key == "cost" { described.cost } else { described.hours } {
                Some(_) => found.stated += 1,
                None => found.lacking.push(credential),
            }
        }
        for (likeness, StatedOf { lacking, stated }) in like {
            if stated > 0 && !lacking.is_empty() {
                tell(shape, &mut findings, key, likeness, &lacking, stated);
            }
        }
    }
    findings
}

fn tell(
    shape: &ShapeFacts,
    findings: &mut Findings,
    key: &str,
    likeness: Likeness<'_>,
    lacking: &[CredentialId],
    stated: usize,
) {
    let Likeness { kind, is_conferred } = likeness;
    let way = if is_conferred { "conferred" } else { "taken" };
    let all = shape.ids(lacking.iter().copied());
    let first = lacking[0];
    let message = format!(
        "{} of {} credentials of type `{kind}` that are {way} state no {key}: {}",
        lacking.len(),
        lacking.len() + stated,
        some(&all)
    );
    let diagnostic = Diagnostic::new(Code::MissingAmount, shape.facts.place_of_id(first), message)
        .label(format!("no `{key}`"))
        .help(format!(
            "state `{key}`; `{key} = 0` says that there is none, and what is not stated adds nothing to a sum"
        ))
        .subject(key)
        .witness(Witness::Credentials { credentials: all });
    findings.tell(first, diagnostic, Severity::Note);
}
