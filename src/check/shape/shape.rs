//! Faults in the shape of rules: what a look at one rule, or at what is said of a few credentials, shows.
//!
//! Findings about what stands in a pool are told once, wherever the pool is used.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::ops::Range;

use crate::finding::diagnostic::Diagnostic;

use crate::catalog::network::RuleKind;
use crate::check::facts::Facts;
use crate::check::findings::Findings;
use crate::check::shape::amounts::amounts;
use crate::check::shape::averages::averages;
use crate::check::shape::conditions::conditions;
use crate::check::shape::copies::copies;
use crate::check::shape::credentials::credentials;
use crate::check::shape::facts::ShapeFacts;
use crate::check::shape::groups::groups;
use crate::check::shape::impossible::impossible;
use crate::check::shape::members::members;
use crate::check::shape::pools::pools;
use crate::check::shape::sharing::sharing;
use crate::check::shape::time::time;
use crate::check::shape::totals::totals;
use crate::check::shape::validity::validity;

/// Finds all of them.
pub(crate) fn shape<'c>(facts: &Facts<'c>) -> Findings<'c> {
    let shape = &ShapeFacts::new(facts, facts.everything());
    let (unmet, excused) = conditions(shape);
    let mut findings = unmet
        .chain(impossible(shape, &excused))
        .chain(averages(shape))
        .chain(groups(shape))
        .chain(members(shape))
        .chain(pools(shape))
        .chain(sharing(shape))
        .chain(credentials(shape))
        .chain(copies(shape))
        .chain(amounts(shape))
        .chain(totals(shape))
        .chain(validity(shape))
        .chain(time(shape));
    findings.found = told_once(findings.found);
    findings
}

/// Of findings that tell the same at the same place, only one, the graver one.
fn told_once(found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut kept: Vec<Diagnostic> = Vec::new();
    let mut places = BTreeMap::new();
    for diagnostic in found {
        let Range { start, end } = diagnostic.primary.span;
        // What stands in a pool may be met by way of both rules.
        let subjects = diagnostic.subjects.iter().map(String::as_str);
        let subjects: Vec<&str> =
            subjects.filter(|&name| !RuleKind::ALL.iter().any(|&kind| kind.key() == name)).collect();
        match places.entry((diagnostic.code, start, end, subjects.join("\n"))) {
            Entry::Vacant(vacant) => {
                vacant.insert(kept.len());
                kept.push(diagnostic);
            }
            Entry::Occupied(told) => {
                let told = &mut kept[*told.get()];
                if diagnostic.severity < told.severity {
                    *told = diagnostic;
                }
            }
        }
    }
    kept
}
