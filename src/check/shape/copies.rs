//! Stacks that ask for the same under several ids.

use std::collections::BTreeMap;

use crate::catalog::names::Names;
use crate::catalog::network::{Extras, Measure, Part, Rule};
use crate::check::findings::Findings;
use crate::check::shape::facts::{ShapeFacts, some};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::Witness;
use crate::value::date::Period;
use crate::value::ids::{ClassId, ConditionsId, CredentialId, Id};
use crate::value::points::GradePoints;

/// What a part asks for, whatever the order in which it is written.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum AskedFor {
    Award {
        class: ClassId,
        conditions: ConditionsId,
        weight: u32,
    },
    Parts {
        measure: Measure,
        threshold: u32,
        distinct: bool,
        span: Option<Period>,
        average: Option<GradePoints>,
        parts: Vec<AskedFor>,
    },
}

/// Tells of stacks of several parts that are the same as another one, where neither credential counts as the other. One
/// part alone, an exam, may well be all of more than one credential.
pub(crate) fn copies<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let catalog = shape.catalog();
    let network = &catalog.network;
    let mut findings = Findings::new(catalog);
    let mut same: BTreeMap<Vec<Option<AskedFor>>, Vec<CredentialId>> = BTreeMap::new();
    for credential in CredentialId::first(catalog.len()) {
        let Some(top) = network.top(Rule::stack(credential)) else { continue };
        if network.leaves_below(top).len() > 1 {
            let asked = Rule::all(credential).map(|rule| network.top(rule).map(|top| asked(shape, top))).collect();
            same.entry(asked).or_default().push(credential);
        }
    }
    for mut copies in same.into_values() {
        let first = copies.remove(0);
        copies.retain(|&copy| !count_as_each_other(&catalog.names, [first, copy]));
        if !copies.is_empty() {
            tell(shape, &mut findings, first, &copies);
        }
    }
    findings
}

fn asked(shape: &ShapeFacts, part: Part) -> AskedFor {
    let catalog = shape.catalog();
    let network = &catalog.network;
    match part {
        Part::Leaf(leaf) => {
            let described = network.leaf(leaf);
            let class = catalog.names.class(described.credential);
            AskedFor::Award { class, conditions: described.conditions, weight: described.weight }
        }
        Part::Group(group) => {
            let Extras { name: _, span, distinct, average, conditions: _, selected: _ } = network.extras(group);
            let described = network.group(group);
            let mut parts: Vec<AskedFor> = network.parts(group).iter().map(|&part| asked(shape, part)).collect();
            parts.sort_unstable();
            AskedFor::Parts {
                measure: described.measure,
                threshold: described.threshold,
                distinct: *distinct,
                span: *span,
                average: *average,
                parts,
            }
        }
    }
}

/// Whether an award of one is known to count as the other, either way.
fn count_as_each_other(names: &Names, pair: [CredentialId; 2]) -> bool {
    let [one, other] = pair.map(|credential| names.class(credential));
    let above = |class: ClassId| Names::closure(class, |class| names.up(class));
    above(one).contains(&other) || above(other).contains(&one)
}

fn tell(shape: &ShapeFacts, findings: &mut Findings, first: CredentialId, copies: &[CredentialId]) {
    let place = |credential: CredentialId| shape.facts.written(credential).places.value("stack");
    let ids = shape.ids(copies.iter().copied());
    let (asks, counts) = if ids.len() == 1 { ("asks", "neither counts") } else { ("ask", "none of them counts") };
    let other = shape.id(first);
    let message = format!("{} {asks} for exactly what `{other}` asks for, and {counts} as the other", some(&ids));
    let diagnostic = Diagnostic::new(Code::CopiedStack, place(copies[0]), message)
        .also(place(first), "the same here")
        .help("mend what was copied; or say `equivalent` or `counts_as`, if one is meant to be the other")
        .subject(shape.catalog().id(first))
        .witness(Witness::Credentials { credentials: shape.ids(copies.iter().copied().chain([first])) });
    findings.tell(copies[0], diagnostic, Severity::Note);
}
