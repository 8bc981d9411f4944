//! Metrics of curricula: how much a course stands in the way of others.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::Direction;
use petgraph::algo::{kosaraju_scc, toposort};
use petgraph::graph::{DiGraph, NodeIndex};
use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Rule, RuleKind};
use crate::value::ids::CredentialId;
use crate::value::stamp::Stamp;

/// How the courses of a curriculum stand in each other's way. [`Catalog::curricular_metrics`] makes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CurricularMetrics {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The courses, in the byte order of their ids.
    pub courses: Vec<CourseMetrics>,
    /// The sum of their blocking factors.
    pub blocking: u64,
    /// The sum of their delay factors.
    pub delay: u64,
    /// The sum of their centralities; none if it is too large to be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centrality: Option<u64>,
    /// The structural complexity: the sum of those of the courses.
    pub complexity: u64,
    /// Ids of the courses of a longest chain, each a requisite of the next.
    pub longest: Vec<String>,
}

/// How one course stands in the way of others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CourseMetrics {
    /// Id of the credential.
    pub credential: String,
    /// The blocking factor: how many other courses cannot be begun without it, directly or through others.
    pub blocking: u64,
    /// The delay factor: how many courses are in the longest chain that it is in.
    pub delay: u64,
    /// The centrality: the lengths of all chains through it that begin where nothing is required and end where nothing
    /// is blocked, added up; 0 where it begins or ends them itself, none if it is too large to be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub centrality: Option<u64>,
    /// The structural complexity: blocking factor and delay factor together.
    pub complexity: u64,
}

/// Courses that are requisites of each other in a circle, so that no chain of them has a length.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} require each other in a circle, so that no chain of them has a length", .ids.join(", "))]
#[non_exhaustive]
pub struct CircularRequisites {
    /// Ids of the courses, in byte order.
    pub ids: Vec<String>,
}

impl Catalog {
    /// The metrics of curricular analytics (Heileman, Abdallah, Slim and Hickman, 2018): blocking factor, delay factor,
    /// centrality and structural complexity, of each course and of all together; of all taken credentials, or of those
    /// that `target` needs: what its stack names, whatever stacks these have in turn, and their requisites. Of a target
    /// that the catalog does not [know](Catalog::knows) there are no courses.
    ///
    /// An arrow leads from a course to each that names it in its prerequisite or corequisite; a requisite that is
    /// conferred stands for what earns it. Of two that are corequisites of each other, which are begun together, the
    /// arrow leads from the first in the byte order of the ids.
    ///
    /// The metrics know arrows and not rules. Where *any of* several is enough, or so many credits of a list, they
    /// count as if all were required; a grade, a term, an amount is nothing to them; and whatever is needed without
    /// being a requisite, like the components of the target, stands in nobody's way. So they compare curricula that
    /// list what is required, and overstate those that leave a choice: what a learner has to take and how long that
    /// takes is what a [plan](Catalog::plan) and a [schedule](Catalog::schedule) say.
    ///
    /// # Errors
    /// [`CircularRequisites`] if courses require each other in a circle.
    ///
    /// ```
    /// use credpath::Catalog;
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     calculus = {}
    ///     physics = { prerequisite = "calculus" }
    ///     waves = { prerequisite = "physics" }
    ///     chemistry = { prerequisite = "calculus" }
    /// "#)?;
    /// let metrics = catalog.curricular_metrics(None)?;
    /// let calculus = &metrics.courses[0];
    /// assert_eq!((calculus.blocking, calculus.delay, calculus.complexity), (3, 3, 6));
    /// assert_eq!(metrics.complexity, 15);
    /// assert_eq!(metrics.longest, ["calculus", "physics", "waves"]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn curricular_metrics(&self, target: Option<CredentialId>) -> Result<CurricularMetrics, CircularRequisites> {
        let graph = self.arrows(&self.courses_of(target));
        let order = toposort(&graph, None).map_err(|_| self.circle(&graph))?;
        Ok(self.measured(&graph, &order))
    }

    /// The taken credentials that are measured, in the order of their ids.
    fn courses_of(&self, target: Option<CredentialId>) -> Vec<CredentialId> {
        let Some(target) = target else {
            return self.credentials.ids().filter(|&id| !self.is_conferred(id)).collect();
        };
        let mut needed = BTreeSet::new();
        let mut open: Vec<CredentialId> = Some(target).filter(|&id| self.knows(id)).into_iter().collect();
        while let Some(id) = open.pop() {
            if needed.insert(id) {
                open.extend(self.named_by(id, |_| true));
            }
        }
        needed.into_iter().filter(|&id| !self.is_conferred(id)).collect()
    }

    /// The arrows between courses, and through whatever is conferred and a requisite: that is a vertex of no length, so
    /// that as many courses as it has need not be joined to as many as name it.
    fn arrows(&self, courses: &[CredentialId]) -> Arrows {
        let mut graph = Arrows::with_capacity(courses.len(), courses.len());
        let mut nodes: BTreeMap<CredentialId, NodeIndex> = BTreeMap::new();
        for &course in courses {
            nodes.insert(course, graph.add_node(course));
        }
        let corequisites: BTreeMap<CredentialId, BTreeSet<CredentialId>> = courses
            .iter()
            .map(|&course| (course, self.named_by(course, |kind| kind == RuleKind::Corequisite)))
            .filter(|(_, named)| !named.is_empty())
            .collect();
        let names = |from: CredentialId, to| corequisites.get(&from).is_some_and(|named| named.contains(&to));
        let mut open: Vec<CredentialId> = courses.to_vec();
        while let Some(id) = open.pop() {
            let is_conferred = self.is_conferred(id);
            for named in self.named_by(id, |kind| is_conferred || kind != RuleKind::Stack) {
                // Of two that are begun together one comes first.
                if id < named && names(id, named) && names(named, id) {
                    continue;
                }
                let from = *nodes.entry(named).or_insert_with(|| {
                    open.push(named);
                    graph.add_node(named)
                });
                graph.add_edge(from, nodes[&id], ());
            }
        }
        graph
    }

    /// What some rules of a credential name.
    fn named_by(&self, id: CredentialId, which: impl Fn(RuleKind) -> bool) -> BTreeSet<CredentialId> {
        let tops = Rule::all(id).filter(|rule| which(rule.kind())).filter_map(|rule| self.network.top(rule));
        let leaves = tops.flat_map(|top| self.network.leaves_below(top));
        leaves.map(|leaf| self.network.leaf(leaf).credential).collect()
    }

    /// The circle with the first id.
    fn circle(&self, graph: &Arrows) -> CircularRequisites {
        let is_circle = |nodes: &Vec<NodeIndex>| nodes.len() > 1 || graph.contains_edge(nodes[0], nodes[0]);
        let circles = kosaraju_scc(graph).into_iter().filter(is_circle).map(|nodes| {
            let mut ids: Vec<String> = nodes.into_iter().map(|node| self.id(graph[node]).to_owned()).collect();
            ids.sort_unstable();
            ids
        });
        CircularRequisites { ids: circles.min().unwrap_or_default() }
    }

    fn measured(&self, graph: &Arrows, order: &[NodeIndex]) -> CurricularMetrics {
        let is_course = |node: NodeIndex| !self.is_conferred(graph[node]);
        let blocking = blocking_factors(graph, order, is_course);
        let before = Chains::new(graph, order, Direction::Incoming, is_course);
        let backwards: Vec<NodeIndex> = order.iter().rev().copied().collect();
        let after = Chains::new(graph, &backwards, Direction::Outgoing, is_course);
        let mut courses: Vec<CourseMetrics> = Vec::with_capacity(order.len());
        for node in graph.node_indices().filter(|&node| is_course(node)) {
            let at = node.index();
            let delay = before.longest[at] + after.longest[at] - 1;
            courses.push(CourseMetrics {
                credential: self.id(graph[node]).to_owned(),
                blocking: blocking[at],
                delay,
                centrality: centrality(&before, &after, at),
                complexity: blocking[at] + delay,
            });
        }
        courses.sort_by(|a, b| a.credential.cmp(&b.credential));
        let longest = longest_chain(graph, &after).into_iter().filter(|&node| is_course(node));
        CurricularMetrics {
            stamp: self.stamp(),
            longest: longest.map(|node| self.id(graph[node]).to_owned()).collect(),
            blocking: courses.iter().map(|course| course.blocking).sum(),
            delay: courses.iter().map(|course| course.delay).sum(),
            centrality: courses.iter().try_fold(0_u64, |sum, course| sum.checked_add(course.centrality?)),
            complexity: courses.iter().map(|course| course.complexity).sum(),
            courses,
        }
    }
}

/// Arrows from requisites to what requires them.
type Arrows = DiGraph<CredentialId, ()>;

/// For each node, how many courses can be reached from it: 64 of them in every pass, one to a bit.
fn blocking_factors(graph: &Arrows, order: &[NodeIndex], is_course: impl Fn(NodeIndex) -> bool) -> Vec<u64> {
    let mut factors = vec![0; order.len()];
    let mut reached = vec![0_u64; order.len()];
    let mut bits = vec![0_u64; order.len()];
    let courses: Vec<NodeIndex> = order.iter().copied().filter(|&node| is_course(node)).collect();
    for some in courses.chunks(64) {
        for (bit, node) in some.iter().enumerate() {
            bits[node.index()] = 1 << bit;
        }
        for &node in order.iter().rev() {
            let further = graph.neighbors(node).fold(0, |found, next| found | reached[next.index()]);
            factors[node.index()] += u64::from(further.count_ones());
            reached[node.index()] = further | bits[node.index()];
        }
        for node in some {
            bits[node.index()] = 0;
        }
    }
    factors
}

/// The chains that end at each node.
struct Chains {
    /// The number of courses in the longest.
    longest: Vec<u64>,
    /// How many begin where nothing comes before; none if there are too many to be counted.
    number: Vec<Option<u128>>,
    /// The courses in all of them, added up.
    lengths: Vec<Option<u128>>,
}

impl Chains {
    /// `before` leads from a node to what comes before it in the order.
    fn new(graph: &Arrows, order: &[NodeIndex], before: Direction, is_course: impl Fn(NodeIndex) -> bool) -> Self {
        let count = order.len();
        let mut chains = Self { longest: vec![0; count], number: vec![None; count], lengths: vec![None; count] };
        for &node in order {
            let own = u64::from(is_course(node));
            let (mut longest, mut number, mut lengths) = (0, Some(0_u128), Some(0_u128));
            let mut previous = graph.neighbors_directed(node, before).map(NodeIndex::index).peekable();
            if previous.peek().is_none() {
                number = Some(1);
            }
            for previous in previous {
                longest = longest.max(chains.longest[previous]);
                number = added(number, chains.number[previous]);
                lengths = added(lengths, chains.lengths[previous]);
            }
            let at = node.index();
            chains.longest[at] = longest + own;
            chains.number[at] = number;
            chains.lengths[at] = if own == 0 { lengths } else { added(lengths, number) };
        }
        chains
    }
}

fn added(one: Option<u128>, other: Option<u128>) -> Option<u128> {
    one?.checked_add(other?)
}

/// The lengths of all chains through a course, added up: each that ends there goes on in each that begins there.
fn centrality(before: &Chains, after: &Chains, at: usize) -> Option<u64> {
    if before.longest[at] == 1 || after.longest[at] == 1 {
        return Some(0);
    }
    let (ending, beginning) = (before.number[at]?, after.number[at]?);
    let first = before.lengths[at]?.checked_mul(beginning)?;
    let second = after.lengths[at]?.checked_mul(ending)?;
    // The course itself is in both halves.
    let sum = first.checked_add(second)?.checked_sub(ending.checked_mul(beginning)?)?;
    u64::try_from(sum).ok()
}

/// A longest chain: at each step the first node that is in one.
fn longest_chain(graph: &Arrows, after: &Chains) -> Vec<NodeIndex> {
    let length = after.longest.iter().max().copied().unwrap_or_default();
    let mut next = graph.node_indices().find(|node| length > 0 && after.longest[node.index()] == length);
    let mut chain = Vec::new();
    while let Some(node) = next {
        chain.push(node);
        let best = graph.neighbors(node).map(|next| after.longest[next.index()]).max();
        next = graph.neighbors(node).filter(|next| Some(after.longest[next.index()]) == best).min();
    }
    chain
}
