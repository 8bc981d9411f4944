//! Circles of credentials that each need others of them: those in which none can be first, and those with a way round.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::catalog::network::{Part, Rule, RuleKind};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Supposing;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::finding::witness::{Needs, Witness};
use crate::plan::model::statement::Goal;
use crate::plan::question::reach::{Reached, Wanted};
use crate::value::ids::{CredentialId, RegionId, to_u32};

use crate::check::derivation::Preference;
use crate::check::examples::Examples;
use crate::check::facts::Facts;
use crate::check::findings::Findings;
use crate::check::needs::needed_by;
use crate::check::pass::Pass;

/// Tells of circles all of whose members can be earned.
pub(crate) fn harmless_cycles<'c>(facts: &Facts<'c>, examples: &Examples) -> Findings<'c> {
    let mut pass = Pass::new(facts);
    pass.harmless_cycles(examples);
    pass.findings
}

impl Pass<'_, '_> {
    /// Circles in which none can be first. Gives the credentials in them.
    pub(crate) fn blocking_cycles(&mut self, mut given: Vec<CredentialId>) -> Vec<CredentialId> {
        let facts = self.facts;
        let mut told = Vec::new();
        loop {
            let progress = facts.supposing(Supposing::Everything, &given);
            let blocked: BTreeSet<CredentialId> = facts
                .numbers()
                .filter(|&credential| !progress.is_complete(credential) && !given.contains(&credential))
                .collect();
            if blocked.is_empty() {
                return told;
            }
            for component in last_components(&unmet_needs(facts, &progress, &blocked)) {
                let (members, smallest) = smallest(facts, component);
                self.blocking_cycle(&progress, &members, smallest);
                told.extend(&members);
                given.extend(members);
            }
        }
    }

    fn blocking_cycle(&mut self, progress: &Progress<'_>, members: &[CredentialId], smallest: bool) {
        let facts = self.facts;
        let set: BTreeSet<CredentialId> = members.iter().copied().collect();
        let needs = unmet_needs(facts, progress, &set);
        let undecided = |&member: &CredentialId| {
            let mut tops = Rule::all(member).filter_map(|rule| facts.catalog.network.top(rule));
            tops.any(|top| facts.everything().met(top) == Met::Undecided)
        };
        if needs.values().all(Vec::is_empty) && members.iter().any(undecided) {
            // Whether its own rules rule it out could not be found within the work that was left.
            for &member in members {
                self.leave_why(Code::Unearnable, member);
            }
            return;
        }
        let ids = |numbers: &[CredentialId]| {
            numbers.iter().map(|&number| self.facts.catalog.id(number).to_owned()).collect::<Vec<_>>()
        };
        let place = |credential: CredentialId| {
            let tops = Rule::all(credential).filter_map(|rule| {
                let top = self.facts.catalog.network.top(rule)?;
                (!progress.rule_is_met(rule)).then(|| self.facts.catalog.network.place(top))
            });
            tops.min_by_key(|place| place.start).unwrap_or_else(|| self.facts.place_of_id(credential))
        };
        let label = |credential: CredentialId| {
            let named = self.facts.some_quoted(&needs[&credential]);
            let either = if needs[&credential].len() > 1 { "some of " } else { "" };
            format!("{} needs {either}{named}", self.facts.quoted(credential))
        };
        let names = self.facts.some_quoted(members);
        let message = match members {
            [_] => format!("{names} needs itself, so it can never be earned"),
            _ => format!("{names} need each other, so none of them can be earned first"),
        };
        let first = members[0];
        let mut diagnostic = Diagnostic::new(Code::BlockingCycle, place(first), message).label(label(first));
        for &other in members.iter().skip(1).take(5) {
            diagnostic = diagnostic.also(place(other), label(other));
        }
        let circle = members.iter().map(|&credential| Needs {
            credential: self.facts.catalog.id(credential).to_owned(),
            needs: ids(&needs[&credential]),
            line: self.facts.catalog.line_at(place(credential).start),
        });
        let diagnostic = diagnostic
            .help("leave out one of these needs, or give one of them another way to be met")
            .witness(Witness::Circle { needs: circle.collect() });
        let open = place(first);
        self.findings.find(first, diagnostic, Severity::Error);
        if !smallest {
            let message = format!("whether fewer than these {} credentials block each other", members.len());
            self.findings.leave_open(Code::BlockingCycle, first, &open, message);
        }
    }

    fn harmless_cycles(&mut self, examples: &Examples) {
        let facts = self.facts;
        let network = &self.facts.catalog.network;
        let named = facts.numbers().map(|credential| {
            let rules = Rule::all(credential);
            let leaves = rules.filter_map(|rule| network.top(rule)).flat_map(|top| network.leaves_below(top));
            (credential, leaves.map(|leaf| network.leaf(leaf).credential).collect())
        });
        let graph: BTreeMap<CredentialId, Vec<CredentialId>> = named.collect();
        for mut members in components(&graph) {
            let can_be_earned = || members.iter().all(|&member| examples.has(member));
            if members.len() < 2 || is_begun_together(facts, &members) || !can_be_earned() {
                continue;
            }
            members.sort_unstable();
            let order = in_order(facts, &members);
            let ids = order.iter().map(|&member| self.facts.catalog.id(member).to_owned()).collect();
            let message = format!("{} name each other in a circle, with a way round", self.facts.some_quoted(&members));
            let help =
                format!("nothing has to be done: they can be earned in the order {}", self.facts.some_quoted(&order));
            let mut diagnostic = Diagnostic::new(Code::HarmlessCycle, self.facts.place_of_id(members[0]), message);
            for &other in members.iter().skip(1).take(3) {
                diagnostic = diagnostic.also(self.facts.place_of_id(other), "");
            }
            let diagnostic = diagnostic.help(help).witness(Witness::Order { credentials: ids });
            self.findings.find(members[0], diagnostic, Severity::Note);
        }
    }
}

/// Whether only corequisites tie these to each other, so that they are begun together and none need be first.
fn is_begun_together(facts: &Facts<'_>, members: &[CredentialId]) -> bool {
    let network = &facts.catalog.network;
    let members: BTreeSet<CredentialId> = members.iter().copied().collect();
    let named = |rule: Rule| {
        let leaves = network.top(rule).map(|top| network.leaves_below(top)).unwrap_or_default();
        leaves.into_iter().any(|leaf| members.contains(&network.leaf(leaf).credential))
    };
    let rules = members.iter().flat_map(|&member| Rule::all(member));
    !rules.filter(|rule| rule.kind() != RuleKind::Corequisite).any(named)
}

/// The members of a circle that can be earned and what they rest on, in an order in which they can be earned.
fn in_order(facts: &Facts<'_>, members: &[CredentialId]) -> Vec<CredentialId> {
    let mut all = facts.derivation(members.iter().map(|&member| Goal::Credential(member)), Preference::First);
    if facts.is_compatible(&all) {
        all.sort_by_key(|&credential| facts.turn(credential));
        return all;
    }
    let goals: Vec<Goal> = members.iter().map(|&member| Goal::Credential(member)).collect();
    match facts.ask(&goals, Wanted::Small) {
        Reached::With(set, _) => facts.in_order(&set),
        // They exclude each other: each has its own way.
        Reached::Never | Reached::Undecided => members.to_vec(),
    }
}

/// For each of some credentials whose rules are not met, which others of them fill leaves of those rules that are not
/// filled.
fn unmet_needs(
    facts: &Facts<'_>,
    progress: &Progress<'_>,
    some: &BTreeSet<CredentialId>,
) -> BTreeMap<CredentialId, Vec<CredentialId>> {
    let network = &facts.catalog.network;
    let needs = some.iter().map(|&credential| {
        let rules = Rule::all(credential);
        let unmet = rules.into_iter().filter(|&rule| !progress.rule_is_met(rule)).filter_map(|rule| network.top(rule));
        let leaves = unmet.flat_map(|top| network.leaves_below(top));
        // Where one award may not fill two places, a place that is filled may still want another award.
        let joint = |leaf| {
            network.group_above(Part::Leaf(leaf)).is_some_and(|group| network.group(group).region != RegionId::PLAIN)
        };
        let open = leaves.filter(|&leaf| joint(leaf) || !progress.is_met(Part::Leaf(leaf)));
        let fillers: BTreeSet<CredentialId> =
            open.flat_map(|leaf| facts.fillers(leaf)).filter(|filler| some.contains(filler)).collect();
        (credential, fillers.into_iter().collect())
    });
    needs.collect()
}

/// The strongly connected components of a graph.
fn components(graph: &BTreeMap<CredentialId, Vec<CredentialId>>) -> Vec<Vec<CredentialId>> {
    let numbers: Vec<CredentialId> = graph.keys().copied().collect();
    let place = |number: CredentialId| numbers.binary_search(&number).map(to_u32).ok();
    let mut drawn: DiGraph<(), (), u32> = DiGraph::with_capacity(numbers.len(), 0);
    for _ in &numbers {
        drawn.add_node(());
    }
    let edges = graph.iter().flat_map(|(&from, to)| to.iter().filter_map(move |&to| Some((place(from)?, place(to)?))));
    drawn.extend_with_edges(edges);
    let numbered = |component: Vec<petgraph::graph::NodeIndex>| {
        component.into_iter().map(|node| numbers[node.index()]).collect::<Vec<CredentialId>>()
    };
    kosaraju_scc(&drawn).into_iter().map(numbered).collect()
}

/// The components that need none of the others, each sorted.
fn last_components(needs: &BTreeMap<CredentialId, Vec<CredentialId>>) -> Vec<Vec<CredentialId>> {
    let all = components(needs);
    let mut last = Vec::new();
    for mut component in all {
        component.sort_unstable();
        let inside = |other: &CredentialId| component.binary_search(other).is_ok();
        if component.iter().all(|member| needs[member].iter().all(inside)) {
            last.push(component);
        }
    }
    last.sort();
    last
}

/// A smallest part of a set of credentials none of which can be first, such that none of the part can be first although
/// all others are there; and whether it is certain that it is smallest.
fn smallest(facts: &Facts<'_>, set: Vec<CredentialId>) -> (Vec<CredentialId>, bool) {
    let blocked = |facts: &Facts<'_>, some: &[CredentialId]| -> Vec<CredentialId> {
        let others: Vec<CredentialId> = facts.numbers().filter(|other| some.binary_search(other).is_err()).collect();
        let progress = facts.supposing(Supposing::Everything, &others);
        facts.spend(usize::try_from(progress.touched() / 8).unwrap_or(usize::MAX) + facts.catalog.len() / 8 + 1);
        some.iter().copied().filter(|&member| !progress.is_complete(member)).collect()
    };
    let mut kept = set;
    if let Some(circle) = shortest_circle(facts, &kept) {
        let still = blocked(facts, &circle);
        if !still.is_empty() {
            kept = still;
        }
    }
    if each_brings_all(facts, &kept) {
        return (kept, true);
    }
    let mut place = 0;
    while place < kept.len() {
        if facts.is_exhausted() {
            return (kept, false);
        }
        let mut fewer = kept.clone();
        fewer.remove(place);
        let still = blocked(facts, &fewer);
        if still.is_empty() {
            place += 1;
        } else {
            // Those before it, none of which can be left out, are still there.
            kept = still;
        }
    }
    (kept, true)
}

/// Whether any one of a set, if it were there beside all that is not of the set, would bring another one, and so on
/// through all of them: then none can be left out. No answer is needed where that takes more than there is work for.
fn each_brings_all(facts: &Facts<'_>, set: &[CredentialId]) -> bool {
    let network = &facts.catalog.network;
    let is_member = |credential: &CredentialId| set.binary_search(credential).is_ok();
    let holder = facts.holder_of_awards(facts.numbers().filter(|other| !is_member(other))).progress;
    let mut with_one = holder.clone();
    let mut brings: BTreeMap<CredentialId, Vec<CredentialId>> =
        set.iter().map(|&member| (member, Vec::new())).collect();
    for &member in set {
        for other in needed_by(facts, member).into_iter().filter(is_member) {
            if facts.is_exhausted() {
                return false;
            }
            // What would not count at once brings nothing.
            let award = facts.award(other);
            if award.depends() || !facts.lasts(other) {
                continue;
            }
            let returned = with_one.return_to(&holder);
            with_one.suppose(award);
            with_one.settle();
            let walked = (with_one.touched() - holder.touched() + returned / 4) / 4;
            facts.spend(usize::try_from(walked).unwrap_or(usize::MAX) + 4);
            let asked = Rule::all(member).filter(|&rule| network.top(rule).is_some());
            if asked.into_iter().all(|rule| with_one.rule_is_met(rule)) {
                brings.entry(other).or_default().push(member);
            }
        }
    }
    components(&brings).len() == 1
}

/// A shortest circle of needs through the first of the set, sorted.
fn shortest_circle(facts: &Facts<'_>, set: &[CredentialId]) -> Option<Vec<CredentialId>> {
    let first = *set.first()?;
    let mut from: BTreeMap<CredentialId, CredentialId> = BTreeMap::new();
    let mut open = VecDeque::from([first]);
    while let Some(credential) = open.pop_front() {
        for other in needed_by(facts, credential) {
            if other == first {
                let mut circle = vec![first];
                let mut at = credential;
                while at != first {
                    circle.push(at);
                    at = from[&at];
                }
                circle.sort_unstable();
                return Some(circle);
            }
            if set.binary_search(&other).is_ok() && !from.contains_key(&other) {
                from.insert(other, credential);
                open.push_back(other);
            }
        }
    }
    None
}
