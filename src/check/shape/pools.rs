//! Pools that no rule takes its members from.

use crate::catalog::requirement::{Listed, Members};
use crate::check::findings::Findings;
use crate::check::shape::facts::ShapeFacts;
use crate::check::shape::mend;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::value::ids::{IdVec, PoolId};

pub(crate) fn pools<'c>(shape: &ShapeFacts<'_, 'c>) -> Findings<'c> {
    let mut findings = Findings::new(shape.catalog());
    let document = &shape.facts.document;
    let pools = &document.pools;
    // What each pool takes members from, and what rules do.
    let mut named = IdVec::<PoolId, bool>::filled(false, pools.len());
    let mut used = IdVec::<PoolId, bool>::filled(false, pools.len());
    let mut open: Vec<PoolId> = Vec::new();
    for written in &document.credentials {
        for (_, rule) in written.rules() {
            open.extend(taken_from(rule.members().into_iter().collect()));
        }
    }
    let within: IdVec<PoolId, Vec<PoolId>> = pools.iter().map(|pool| taken_from(vec![&pool.members])).collect();
    for &pool in within.iter().flatten() {
        named[pool] = true;
    }
    while let Some(pool) = open.pop() {
        if !std::mem::replace(&mut used[pool], true) {
            open.extend(&within[pool]);
        }
    }
    let mut found = Vec::new();
    for (name, &number) in &document.lookup.pools {
        let Some(pool) = pools.get(number) else { continue };
        if used[number] {
            continue;
        }
        let message = format!("no rule takes its members from the pool `{}`", crate::read::reader::excerpt(name));
        let mut diagnostic =
            Diagnostic::new(Code::UnusedPool, pool.place.clone(), message).severity(Severity::Note).subject(&**name);
        if named[number] {
            diagnostic = diagnostic.help("only pools that are not used themselves name it; remove those first");
        } else {
            diagnostic = diagnostic
                .help(format!("remove it, or name it by `from = \"{}\"`", crate::read::reader::excerpt(name)));
            if let Some(span) = mend::without_table(shape.catalog().text().1, pool) {
                diagnostic = diagnostic.fix(span, "");
            }
        }
        found.push(diagnostic);
    }
    for diagnostic in found {
        findings.tell_of_all(diagnostic);
    }
    findings
}

/// The pools that members are taken from, also by groups among the members.
fn taken_from(members: Vec<&Members>) -> Vec<PoolId> {
    let mut found = Vec::new();
    let mut open = members;
    while let Some(members) = open.pop() {
        match members {
            Members::Pool(pool) => found.push(*pool),
            Members::Filter(..) => {}
            Members::List(list) => open.extend(list.iter().filter_map(Listed::members)),
        }
    }
    found
}
