//! Names: which credentials count as which ([semantics 3.4](crate::semantics#3.4), [5.2](crate::semantics#5.2)).

use std::collections::BTreeSet;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use petgraph::unionfind::UnionFind;

use crate::value::csr::Csr;
use crate::value::ids::{ClassId, CredentialId, Id, IdVec, UnitId, to_u32};

/// The names under which awards count.
///
/// Credentials that count as each other, by `equivalent` or by a cycle of `counts_as`, form one *class*: an award of
/// one counts under the names of all. `counts_as` leads from class to class, without cycles.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// The class of each credential.
    class: IdVec<CredentialId, ClassId>,
    /// The unit class of each credential: it and its equivalents.
    unit: IdVec<CredentialId, UnitId>,
    /// Whether each award of a unit class is a unit of its own; else all its awards together are one.
    repeatable: IdVec<UnitId, bool>,
    /// The classes that each class counts as directly, and the other way round.
    up: Csr<ClassId, ClassId>,
    down: Csr<ClassId, ClassId>,
    /// Every class, those that it counts as before it.
    order: Vec<ClassId>,
    /// The credentials of each class.
    members: Csr<ClassId, CredentialId>,
    /// For each class, whether it holds credentials that are not equivalent.
    mixed: IdVec<ClassId, bool>,
}

impl Names {
    /// `equivalent` sets, `counts_as` pairs and the repeatable flag are those of the catalog.
    pub(crate) fn new(
        equivalent: &[Vec<CredentialId>],
        counts_as: &[(CredentialId, CredentialId)],
        repeatable: &IdVec<CredentialId, bool>,
    ) -> Self {
        let credentials = repeatable.len();
        let unit = units(equivalent, credentials);
        let mut unit_repeatable = IdVec::filled(false, credentials);
        for (credential, &unit) in unit.entries() {
            unit_repeatable[unit] |= repeatable[credential];
        }
        let (class, order) = classes(&unit, counts_as);
        let mut edges: Vec<(ClassId, ClassId)> =
            counts_as.iter().map(|&(from, to)| (class[from], class[to])).filter(|(from, to)| from != to).collect();
        edges.sort_unstable();
        edges.dedup();
        let reversed: Vec<(ClassId, ClassId)> = edges.iter().map(|&(from, to)| (to, from)).collect();
        let (up, down) = (Csr::new(credentials, &edges), Csr::new(credentials, &reversed));
        let mut mixed = IdVec::filled(false, credentials);
        for (&class, &of) in class.iter().zip(&unit) {
            mixed[class] |= unit[class.first_credential()] != of;
        }
        let members: Vec<(ClassId, CredentialId)> = class.entries().map(|(member, &class)| (class, member)).collect();
        let members = Csr::new(credentials, &members);
        Self { class, unit, repeatable: unit_repeatable, up, down, order, members, mixed }
    }

    /// The number of credentials. Classes are numbered by their first credential, so a list by class is as long.
    pub(crate) fn len(&self) -> usize {
        self.class.len()
    }

    pub(crate) fn class(&self, credential: CredentialId) -> ClassId {
        self.class[credential]
    }

    pub(crate) fn unit(&self, credential: CredentialId) -> UnitId {
        self.unit[credential]
    }

    /// Whether every award of the credential is a unit of its own. A set of equivalents is one thing for every rule, so
    /// it is repeatable as a whole if one of it is.
    pub(crate) fn repeatable(&self, credential: CredentialId) -> bool {
        self.repeatable[self.unit(credential)]
    }

    /// The classes that this class counts as directly.
    pub(crate) fn up(&self, class: ClassId) -> &[ClassId] {
        self.up.list(class)
    }

    /// The classes that count as this class directly.
    pub(crate) fn down(&self, class: ClassId) -> &[ClassId] {
        self.down.list(class)
    }

    /// The class and all that it counts as; `None` if they are more than `most`.
    pub(crate) fn above(&self, class: ClassId, most: usize) -> Option<Vec<ClassId>> {
        let mut found = vec![class];
        let mut next = 0;
        while let Some(&class) = found.get(next).filter(|_| self.are_linked()) {
            for &up in self.up(class) {
                if !found.contains(&up) {
                    if found.len() >= most {
                        return None;
                    }
                    found.push(up);
                }
            }
            next += 1;
        }
        Some(found)
    }

    /// The credentials of a class, in id order.
    pub(crate) fn members(&self, class: ClassId) -> &[CredentialId] {
        self.members.list(class)
    }

    /// Whether the class holds credentials that are not equivalent.
    pub(crate) fn is_mixed(&self, class: ClassId) -> bool {
        self.mixed[class]
    }

    /// Whether any class counts as another one.
    pub(crate) fn are_linked(&self) -> bool {
        !self.up.is_empty()
    }

    /// Every class, those that it counts as before it.
    pub(crate) fn order(&self) -> &[ClassId] {
        &self.order
    }

    /// The class itself and every class that `step` leads to, each once, nearest first.
    pub(crate) fn closure<'n>(class: ClassId, step: impl Fn(ClassId) -> &'n [ClassId]) -> Vec<ClassId> {
        let mut found = vec![class];
        let mut seen: BTreeSet<ClassId> = [class].into();
        let mut next = 0;
        while let Some(&class) = found.get(next) {
            found.extend(step(class).iter().filter(|&&further| seen.insert(further)));
            next += 1;
        }
        found
    }
}

/// The unit class of each credential, by the first of its equivalents, whatever order the sets are written in.
fn units(equivalent: &[Vec<CredentialId>], credentials: usize) -> IdVec<CredentialId, UnitId> {
    let mut sets = UnionFind::new(credentials);
    for pair in equivalent.iter().flat_map(|set| set.windows(2)) {
        sets.union(pair[0].index(), pair[1].index());
    }
    let mut first = vec![None; credentials];
    let labels = sets.into_labeling();
    let unit = |(credential, label): (CredentialId, usize)| UnitId::by(*first[label].get_or_insert(credential));
    CredentialId::first(credentials).zip(labels).map(unit).collect()
}

/// The class of each credential, and every class, those that it counts as before it.
fn classes(
    unit: &IdVec<CredentialId, UnitId>,
    counts_as: &[(CredentialId, CredentialId)],
) -> (IdVec<CredentialId, ClassId>, Vec<ClassId>) {
    let mut graph = DiGraph::<(), (), u32>::with_capacity(unit.len(), counts_as.len());
    for _ in unit {
        graph.add_node(());
    }
    let joined = unit.entries().map(|(credential, unit)| (unit.first_credential(), credential)).filter(|(a, b)| a != b);
    let both_ways = joined.flat_map(|(unit, credential)| [(unit, credential), (credential, unit)]);
    let edges = both_ways.chain(counts_as.iter().copied());
    graph.extend_with_edges(edges.map(|(from, to)| (to_u32(from.index()), to_u32(to.index()))));
    let mut class = IdVec::filled(ClassId::default(), unit.len());
    let mut order = Vec::new();
    // Sinks come first: a class is listed after every class that it counts as.
    for component in kosaraju_scc(&graph) {
        let first = component.iter().map(|node| node.index()).min().unwrap_or(0);
        let by_first = ClassId::by(CredentialId::at(first));
        order.push(by_first);
        for node in component {
            class[CredentialId::at(node.index())] = by_first;
        }
    }
    (class, order)
}
