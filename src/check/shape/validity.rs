//! Lengths of validity that have no effect ([semantics 4.5](crate::semantics#4.5)).

use crate::catalog::catalog::Validity;
use crate::catalog::network::Rule;
use crate::check::findings::Findings;
use crate::check::shape::facts::ShapeFacts;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::value::ids::{ClassId, CredentialId, Id, IdVec};

/// A conferred credential is qualified for again for as long as its rules are met. So a length of validity matters only
/// if they can cease to be met: if one of their leaves can.
pub(crate) fn validity<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let mut findings = Findings::new(shape.catalog());
    let catalog = shape.catalog();
    let ceasing = Ceasing::all(shape);
    for (credential, described) in catalog.credentials() {
        let Validity::For(term) = described.valid_for else { continue };
        let number = credential;
        // A validity without a day has a finding of its own.
        if !catalog.network.has_stack(number) || ceasing.rules[number] || term.is_empty() {
            continue;
        }
        let place = shape.facts.written(number).places.value("valid_for");
        let message = format!("nothing in the rules of `{}` lapses, so its validity has no effect", shape.id(number));
        let diagnostic = Diagnostic::new(Code::IdleValidity, place, message)
            .label("after this time it is qualified for again at once")
            .help(
                "leave `valid_for` out, or say how long its components stay current, \
                 or that they must have been earned `within` some time",
            );
        findings.tell(number, diagnostic, Severity::Note);
    }
    findings
}

/// A least fixpoint: everything that can cease to hold although it held.
struct Ceasing {
    /// For each conferred credential, whether its rules can cease to be met.
    rules: IdVec<CredentialId, bool>,
    /// For each class, the ways in which what counts under its names can cease to fill a leaf.
    class: IdVec<ClassId, [bool; 3]>,
    open: Vec<(ClassId, WayToCease)>,
}

/// A way in which a leaf can cease to hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum WayToCease {
    /// The award lapses, unless lapsed awards count.
    Lapses,
    /// It was never awarded, and is not qualified for any more.
    IsLost,
    /// It is qualified for, which counts as awarded on the day: so it moves away from the other awards within a span.
    Moves,
}

impl Ceasing {
    fn all(shape: &ShapeFacts) -> Self {
        let catalog = shape.catalog();
        let (network, names) = (&catalog.network, &catalog.names);
        let mut ceasing = Self {
            rules: IdVec::filled(false, catalog.len()),
            class: IdVec::filled([false; 3], catalog.len()),
            open: Vec::new(),
        };
        for credential in CredentialId::first(catalog.len()) {
            // Also one that is conferred: it may have been issued although its rules are not met.
            if matches!(catalog.terms(credential).valid_for, Validity::For(_)) {
                ceasing.open.push((names.class(credential), WayToCease::Lapses));
            }
            if network.has_stack(credential) {
                ceasing.open.push((names.class(credential), WayToCease::Moves));
            }
        }
        for (number, leaf) in network.leaves.entries() {
            if network.conditions[leaf.conditions].are_outgrown() {
                ceasing.rule(shape, network.rule_of(number));
            }
        }
        while let Some((class, way)) = ceasing.open.pop() {
            if std::mem::replace(&mut ceasing.class[class][way as usize], true) {
                continue;
            }
            ceasing.open.extend(names.up(class).iter().map(|&up| (up, way)));
            for leaf in network.uses(class) {
                let ceases = match way {
                    WayToCease::Lapses => !network.conditions[network.leaf(leaf).conditions].lapsed,
                    WayToCease::IsLost => true,
                    WayToCease::Moves => {
                        network.is_spanned(leaf) || network.conditions[network.leaf(leaf).conditions].until.is_some()
                    }
                };
                if ceases {
                    ceasing.rule(shape, network.rule_of(leaf));
                }
            }
        }
        ceasing
    }

    /// A leaf of the rule can cease to hold.
    fn rule(&mut self, shape: &ShapeFacts, rule: Rule) {
        let catalog = shape.catalog();
        let credential = rule.credential();
        if catalog.network.has_stack(credential) && !std::mem::replace(&mut self.rules[credential], true) {
            self.open.push((catalog.names.class(credential), WayToCease::IsLost));
        }
    }
}
