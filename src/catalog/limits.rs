//! Faults of a document as a whole: exclusions that unfold into too many pairs, and pools that are made of each other.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::catalog::document::{Pool, WrittenCredential};
use crate::catalog::names::Names;
use crate::catalog::renewing::Renewing;
use crate::catalog::requirement::{Listed, Members};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::read::limits::Limits;
use crate::read::reader::{RAISE, Reader, excerpt, listed};
use crate::value::ids::{CredentialId, Id, IdVec, PoolId, UnitId, to_u32};

/// Complains if equivalents that exclude each other unfold into too many pairs: of every two sets, each excludes each.
pub(crate) fn bound_exclusions(
    credentials: &IdVec<CredentialId, WrittenCredential>,
    names: &Names,
    reader: &mut Reader,
    limits: &Limits,
) -> Option<()> {
    let mut size: BTreeMap<UnitId, usize> = BTreeMap::new();
    for credential in credentials.ids() {
        *size.entry(names.unit(credential)).or_default() += 1;
    }
    let mut seen: BTreeSet<(UnitId, UnitId)> = BTreeSet::new();
    let mut pairs = 0_usize;
    for (credential, written) in credentials.entries() {
        for (excluded, place) in &written.places.excludes {
            let (one, other) = (names.unit(credential), names.unit(*excluded));
            if !seen.insert((one.min(other), one.max(other))) {
                continue;
            }
            pairs = pairs.saturating_add(size[&one].saturating_mul(size[&other]));
            let most = limits.requirement_nodes;
            if pairs > most {
                let message =
                    format!("`excludes` keeps more than {most} pairs of credentials apart, equivalents unfolded");
                reader.push(Diagnostic::new(Code::LimitExceeded, place.clone(), message).help(RAISE));
                return None;
            }
        }
    }
    Some(())
}

/// What awards renew; complains, and gives nothing, if an award of one credential would renew too many.
pub(crate) fn bounded_renewals(
    credentials: &IdVec<CredentialId, WrittenCredential>,
    names: &Names,
    reader: &mut Reader,
    limits: &Limits,
) -> Option<Renewing> {
    let written = || credentials.entries().filter(|(_, written)| !written.renews.is_empty());
    let pairs = written().flat_map(|(by, written)| written.renews.iter().map(move |&renewed| (by, renewed)));
    let renewing = Renewing::new(&pairs.collect::<Vec<_>>(), names);
    for (by, written) in written() {
        if renewing.in_turn(by, names, limits.renewals).is_none() {
            let (id, most) = (excerpt(&written.credential.id), limits.renewals);
            let message = format!("an award of `{id}` renews more than {most} credentials, one by another");
            let place = written.places.value("renews");
            reader.push(Diagnostic::new(Code::LimitExceeded, place, message).help(RAISE));
            return None;
        }
    }
    Some(renewing)
}

/// Complains about every set of pools that are made of each other, and gives these.
pub(crate) fn reject_cyclic_pools(
    pools: &IdVec<PoolId, Pool>,
    names: &BTreeMap<Box<str>, PoolId>,
    reader: &mut Reader,
) -> BTreeSet<PoolId> {
    const ONE_LIST: &str = "leave the others out of the `members` of one of them";
    let mut graph = DiGraph::<(), (), u32>::new();
    for _ in pools {
        graph.add_node(());
    }
    let (mut own, mut edges) = (BTreeSet::new(), BTreeSet::new());
    for (from, pool) in pools.entries() {
        let mut open = vec![&pool.members];
        while let Some(members) = open.pop() {
            match members {
                Members::Pool(to) => {
                    if *to == from {
                        own.insert(from);
                    }
                    edges.insert((from, *to));
                }
                Members::Filter(..) => {}
                Members::List(list) => open.extend(list.iter().filter_map(Listed::members)),
            }
        }
    }
    graph.extend_with_edges(
        edges.into_iter().map(|(from, to): (PoolId, PoolId)| (to_u32(from.index()), to_u32(to.index()))),
    );
    let named: BTreeMap<PoolId, &str> = names.iter().map(|(name, &number)| (number, &**name)).collect();
    let mut cyclic = BTreeSet::new();
    for component in kosaraju_scc(&graph) {
        let mut members: Vec<PoolId> = component.into_iter().map(|node| PoolId::at(node.index())).collect();
        members.sort_unstable();
        if members.len() == 1 && !own.contains(&members[0]) {
            continue;
        }
        let of: Vec<String> = members.iter().take(8).map(|pool| excerpt(named[pool])).collect();
        let of: Vec<&str> = of.iter().map(String::as_str).collect();
        let (message, help) = match &of[..] {
            [one] => (format!("the pool `{one}` is made of itself"), "leave it out of its own `members`"),
            _ if members.len() > of.len() => (
                format!("`{}` and {} more pools are made of each other", of.join("`, `"), members.len() - of.len()),
                ONE_LIST,
            ),
            _ => (format!("the pools {} are made of each other", listed(&of)), ONE_LIST),
        };
        let place = |pool: PoolId| pools[pool].place.clone();
        let mut diagnostic = Diagnostic::new(Code::CyclicPool, place(members[0]), message);
        for &other in members.iter().skip(1).take(3) {
            diagnostic = diagnostic.also(place(other), "");
        }
        reader.push(diagnostic.help(help));
        cyclic.extend(members);
    }
    cyclic
}
