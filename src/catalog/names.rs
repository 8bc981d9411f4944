//! Which credentials count as which (semantics 3.4, 5.2).

use crate::value::csr::Csr;
use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;
use petgraph::unionfind::UnionFind;

use crate::value::ids::to_u32;

/// The names under which awards count.
///
/// Credentials that count as each other, by `equivalent` or by a cycle of `counts_as`, form one *class*: an award of one counts
/// under the names of all. `counts_as` leads from class to class, without cycles.
#[derive(Debug, Clone, Default)]
pub(crate) struct Names {
    /// The class of each credential.
    class: Vec<u32>,
    /// The unit class of each credential: it and its equivalents.
    unit: Vec<u32>,
    /// Whether each award of a unit class is a unit of its own; else all its awards together are one.
    repeatable: Vec<bool>,
    /// The classes that each class counts as directly, and the other way round.
    up: Csr,
    down: Csr,
    /// Every class, those that it counts as before it.
    order: Vec<u32>,
    /// The credentials of each class.
    members: Csr,
    /// For each class, whether it holds credentials that are not equivalent.
    mixed: Vec<bool>,
}

impl Names {
    /// `equivalent` sets, `counts_as` pairs and the repeatable flag are those of the catalog.
    pub(crate) fn new(equivalent: &[Vec<u32>], counts_as: &[(u32, u32)], repeatable: &[bool]) -> Self {
        let credentials = repeatable.len();
        let mut sets = UnionFind::new(credentials);
        for pair in equivalent.iter().flat_map(|set| set.windows(2)) {
            sets.union(pair[0] as usize, pair[1] as usize);
        }
        // A unit class goes by its first credential, whatever order the sets are written in.
        let mut first = vec![None; credentials];
        let labels = sets.into_labeling();
        let unit: Vec<u32> =
            labels.iter().zip(0..).map(|(&label, credential)| *first[label].get_or_insert(credential)).collect();
        let mut unit_repeatable = vec![false; credentials];
        for (credential, &unit) in unit.iter().enumerate() {
            unit_repeatable[unit as usize] |= repeatable[credential];
        }
        let mut graph = DiGraph::<(), (), u32>::with_capacity(credentials, counts_as.len());
        for _ in 0..credentials {
            graph.add_node(());
        }
        let joined = unit.iter().zip(0_u32..).flat_map(|(&unit, credential)| [(unit, credential), (credential, unit)]);
        graph.extend_with_edges(joined.filter(|(a, b)| a != b).chain(counts_as.iter().copied()));
        let mut class = vec![0; credentials];
        let mut order = Vec::new();
        // Sinks come first: a class is listed after every class that it counts as.
        for component in kosaraju_scc(&graph) {
            let first = component.iter().map(|node| node.index()).min().map_or(0, to_u32);
            order.push(first);
            for node in component {
                class[node.index()] = first;
            }
        }
        let mut edges: Vec<(u32, u32)> =
            counts_as.iter().map(|&(a, b)| (class[a as usize], class[b as usize])).filter(|(a, b)| a != b).collect();
        edges.sort_unstable();
        edges.dedup();
        let reversed: Vec<(u32, u32)> = edges.iter().map(|&(a, b)| (b, a)).collect();
        let (up, down) = (Csr::new(credentials, &edges), Csr::new(credentials, &reversed));
        let mut mixed = vec![false; credentials];
        for (&class, &of) in class.iter().zip(&unit) {
            mixed[class as usize] |= unit[class as usize] != of;
        }
        let members: Vec<(u32, u32)> = class.iter().copied().zip(0..).collect();
        let members = Csr::new(credentials, &members);
        Self { class, unit, repeatable: unit_repeatable, up, down, order, members, mixed }
    }

    /// The number of credentials. Classes are numbered by their first credential, so a list by class is as long.
    pub(crate) fn len(&self) -> usize {
        self.class.len()
    }

    pub(crate) fn class(&self, credential: u32) -> u32 {
        self.class[credential as usize]
    }

    pub(crate) fn unit(&self, credential: u32) -> u32 {
        self.unit[credential as usize]
    }

    /// Whether every award of the credential is a unit of its own. A set of equivalents is one thing for every rule, so it is
    /// repeatable as a whole if one of it is.
    pub(crate) fn repeatable(&self, credential: u32) -> bool {
        self.repeatable[self.unit(credential) as usize]
    }

    /// The classes that this class counts as directly.
    pub(crate) fn up(&self, class: u32) -> &[u32] {
        self.up.list(class)
    }

    /// The classes that count as this class directly.
    pub(crate) fn down(&self, class: u32) -> &[u32] {
        self.down.list(class)
    }

    /// The credentials of a class, in id order.
    pub(crate) fn members(&self, class: u32) -> &[u32] {
        self.members.list(class)
    }

    /// Whether the class holds credentials that are not equivalent.
    pub(crate) fn is_mixed(&self, class: u32) -> bool {
        self.mixed[class as usize]
    }

    /// Whether any class counts as another one.
    pub(crate) fn are_linked(&self) -> bool {
        !self.up.is_empty()
    }

    /// Every class, those that it counts as before it.
    pub(crate) fn order(&self) -> &[u32] {
        &self.order
    }

    /// The class itself and every class that `step` leads to, each once, nearest first.
    pub(crate) fn closure<'n>(class: u32, step: impl Fn(u32) -> &'n [u32]) -> Vec<u32> {
        let mut found = vec![class];
        let mut seen: std::collections::BTreeSet<u32> = [class].into();
        let mut next = 0;
        while let Some(&class) = found.get(next) {
            found.extend(step(class).iter().filter(|&&further| seen.insert(further)));
            next += 1;
        }
        found
    }
}
