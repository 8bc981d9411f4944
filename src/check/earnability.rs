//! Which credentials nobody can ever earn, exclusions aside, and what is to blame: closed offerings, and circles in which none can be
//! first. Circles with a way round are told as well.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::catalog::names::Names;
use crate::catalog::network::{Part, Rule};
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Supposing;
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::plan::question::reach::{Goal, Reached, Wanted};
use crate::read::reader::some_listed;

use crate::check::check::Check;
use crate::check::derivation::Taken;
use crate::check::exclusions::{Examples, Item, cause, possible};
use crate::check::ground::{Ground, Learner};
use crate::finding::witness::{Because, Needs, Witness};
use crate::value::ids::{ClassId, CredentialId, RegionId, to_u32};

/// Credentials that cannot be earned, exclusions aside.
pub(crate) struct Faults {
    /// Those of which it is told why: because of their own rules, or in a circle.
    pub(crate) told: BTreeSet<CredentialId>,
    /// Those that are not offered, which is told as well.
    pub(crate) closed: BTreeSet<CredentialId>,
    /// The others: what they need cannot be earned.
    pub(crate) left: Vec<CredentialId>,
}

impl Check<'_> {
    /// Tells of every credential that cannot be earned, exclusions aside, why, once; but for those that need nothing but others.
    pub(crate) fn earnability(&mut self, ground: &Ground<'_>) -> Faults {
        for credential in ground.numbers() {
            if !ground.is_earned(credential) && !ground.is_unearnable(credential) {
                let message = format!("whether anybody can earn {}", self.quoted(credential));
                let place = self.written(credential).places.id.clone();
                self.leave_open(Code::Unearnable, credential, &place, message);
            }
        }
        let unearned = ground.numbers().filter(|&credential| ground.is_unearnable(credential));
        // What its own rules rule out is told of the rules.
        let everything = ground.holder(ground.numbers());
        let (impossible, unearned): (Vec<CredentialId>, Vec<CredentialId>) =
            unearned.partition(|&credential| everything.lacking(credential).is_some());
        let own: Vec<CredentialId> =
            unearned.iter().copied().filter(|&credential| needs_itself(ground, credential)).collect();
        let (closed, mut unearned): (BTreeSet<CredentialId>, BTreeSet<CredentialId>) =
            unearned.into_iter().partition(|&credential| !ground.offered[credential]);
        for &credential in &closed {
            self.closed(credential);
        }
        let offered = own.iter().filter(|&credential| ground.offered[*credential]);
        let mut told: BTreeSet<CredentialId> = impossible.iter().chain(offered).copied().collect();
        unearned.retain(|credential| !told.contains(credential));
        let known = self.told_of_rules();
        for &credential in told.iter().filter(|credential| !known.contains(credential)) {
            self.never_met(ground, &everything, credential);
        }
        for credential in self.blocking_cycles(ground, [impossible, own].concat()) {
            if unearned.remove(&credential) {
                told.insert(credential);
            }
        }
        Faults { told, closed, left: unearned.into_iter().collect() }
    }

    /// Tells of credentials that cannot be earned and are to blame for nothing: either they need what is not offered, or they only depend on
    /// others.
    pub(crate) fn consequences(
        &mut self,
        ground: &Ground<'_>,
        left: Vec<CredentialId>,
        (told, mended, examples): (&BTreeSet<CredentialId>, &BTreeSet<CredentialId>, &Examples),
    ) {
        // What is not offered is all that is missing to these.
        let near = ground.numbers().filter(|&other| examples.has(other) || !ground.offered[other]);
        let near = ground.holder_of_awards(near);
        let given: Vec<CredentialId> = mended.iter().copied().collect();
        let then = ground.supposing(ground.supposing, &given);
        let offered: BTreeSet<CredentialId> =
            ground.numbers().filter(|&other| !ground.offered[other] || mended.contains(&other)).collect();
        for credential in left {
            let missing = if near.lacking(credential).is_some() {
                Some(false)
            } else if ground.contested[credential] {
                match (possible(ground, credential, mended), possible(ground, credential, &offered)) {
                    (Reached::Undecided, _) | (_, Reached::Undecided) => None,
                    (without, with) => Some(without == Reached::Never && with != Reached::Never),
                }
            } else {
                Some(!then.is_complete(credential))
            };
            let Some(missing) = missing else {
                self.leave_why(Code::Unearnable, credential);
                continue;
            };
            let cause = missing.then(|| cause(ground, &[Goal::Credential(credential)], [credential], mended));
            match cause {
                Some((cause, smallest)) if cause.iter().any(|item| item.closed().is_some()) => {
                    // A cause that may not be the smallest may name offerings that make no difference.
                    if smallest {
                        self.needs_closed(ground, credential, &cause);
                    } else {
                        self.leave_why(Code::Unearnable, credential);
                    }
                }
                _ => self.following(ground, credential, told),
            }
        }
    }

    /// Credentials of which a finding says that a part of their rules rules them out.
    fn told_of_rules(&self) -> BTreeSet<CredentialId> {
        const CODES: &[Code] = &[
            Code::ImpossibleCount,
            Code::ImpossibleAmount,
            Code::ImpossibleCondition,
            Code::ImpossibleDistinct,
            Code::SelfReference,
        ];
        let grave = self.found.iter().filter(|finding| finding.severity == Severity::Error);
        let told =
            grave.filter(|finding| CODES.contains(&finding.code)).filter_map(|finding| finding.credential.as_deref());
        told.filter_map(|id| self.catalog.credential(id)).collect()
    }

    /// Its own rules rule it out, and no finding about a part of them says so: what stands in a pool is told of once, whoever uses it.
    fn never_met(&mut self, ground: &Ground<'_>, everything: &Learner<'_>, credential: CredentialId) {
        let idle: BTreeSet<CredentialId> = needed_by(ground, credential)
            .into_iter()
            .filter(|&other| other != credential && !ground.lasts(other))
            .collect();
        if !idle.is_empty() {
            // No award of these is ever current, which is told of them.
            return self.following(ground, credential, &idle);
        }
        let others = ground.holder(ground.numbers().filter(|&other| other != credential));
        let Some(rule) = everything.lacking(credential).or_else(|| others.lacking(credential)) else { return };
        let who = if everything.lacks(rule) { "who holds everything" } else { "who holds everything else" };
        let message = format!("nobody can earn {}: not even {who} meets this rule", self.quoted(credential));
        let diagnostic = Diagnostic::new(Code::Unearnable, self.place_of(rule), message)
            .help("ask for less, or for what can be had")
            .witness(Witness::Cause { because: vec![self.because_of(rule)] });
        self.find(credential, diagnostic, Severity::Error);
    }

    fn closed(&mut self, credential: CredentialId) {
        let id = self.quoted(credential);
        let since = if self.catalog.terms(credential).offered.is_empty() {
            "no day lies in its offering"
        } else {
            "it is no longer offered"
        };
        let message = format!("nobody can begin {id}: {since}");
        let witness = Witness::Cause {
            because: vec![Because::NotOffered { credential: self.catalog.id(credential).to_owned() }],
        };
        let place = self.written(credential).places.value("offered");
        let help = "who holds it keeps it; offer it again, or take it out of the rules that need it";
        let diagnostic = Diagnostic::new(Code::Unearnable, place, message).help(help).witness(witness);
        self.find(credential, diagnostic, Severity::Note);
    }

    /// Circles in which none can be first. Gives the credentials in them.
    fn blocking_cycles(&mut self, ground: &Ground<'_>, mut given: Vec<CredentialId>) -> Vec<CredentialId> {
        let mut told = Vec::new();
        loop {
            let progress = ground.supposing(Supposing::Everything, &given);
            let blocked: BTreeSet<CredentialId> = ground
                .numbers()
                .filter(|&credential| !progress.is_complete(credential) && !given.contains(&credential))
                .collect();
            if blocked.is_empty() {
                return told;
            }
            for component in last_components(&unmet_needs(ground, &progress, &blocked)) {
                let (members, smallest) = smallest(ground, component);
                self.blocking_cycle(ground, &progress, &members, smallest);
                told.extend(&members);
                given.extend(members);
            }
        }
    }

    fn blocking_cycle(
        &mut self,
        ground: &Ground<'_>,
        progress: &Progress<'_>,
        members: &[CredentialId],
        smallest: bool,
    ) {
        let set: BTreeSet<CredentialId> = members.iter().copied().collect();
        let needs = unmet_needs(ground, progress, &set);
        let ids = |numbers: &[CredentialId]| {
            numbers.iter().map(|&number| self.catalog.id(number).to_owned()).collect::<Vec<_>>()
        };
        let place = |credential: CredentialId| {
            let tops = Rule::all(credential).filter_map(|rule| {
                let top = self.catalog.network.top(rule)?;
                (!progress.rule_is_met(rule)).then(|| self.catalog.network.place(top))
            });
            tops.min_by_key(|place| place.start).unwrap_or_else(|| self.written(credential).places.id.clone())
        };
        let label = |credential: CredentialId| {
            let named = self.some_quoted(&needs[&credential]);
            let either = if needs[&credential].len() > 1 { "some of " } else { "" };
            format!("{} needs {either}{named}", self.quoted(credential))
        };
        let names = self.some_quoted(members);
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
            credential: self.catalog.id(credential).to_owned(),
            needs: ids(&needs[&credential]),
            line: self.catalog.line_at(place(credential).start),
        });
        let diagnostic = diagnostic
            .help("leave out one of these needs, or give one of them another way to be met")
            .witness(Witness::Circle { needs: circle.collect() });
        let open = place(first);
        self.find(first, diagnostic, Severity::Error);
        if !smallest {
            let message = format!("whether fewer than these {} credentials block each other", members.len());
            self.leave_open(Code::BlockingCycle, first, &open, message);
        }
    }

    /// It would be within reach if what it needs were offered.
    fn needs_closed(&mut self, ground: &Ground<'_>, credential: CredentialId, cause: &[Item]) {
        let closed: Vec<CredentialId> = cause.iter().filter_map(|item| item.closed()).collect();
        let are = if closed.len() == 1 { "which is" } else { "which are" };
        let names = self.some_quoted(&closed);
        let message = format!("nobody can earn {}: it needs {names}, {are} not offered", self.quoted(credential));
        let rules = Rule::all(credential);
        let rule =
            rules.into_iter().find(|&rule| !ground.all.rule_is_met(rule) && ground.catalog.network.top(rule).is_some());
        let place = self.place_of(rule.unwrap_or(Rule::stack(credential)));
        let mut diagnostic = Diagnostic::new(Code::Unearnable, place, message);
        for &other in closed.iter().take(4) {
            diagnostic = diagnostic.also(self.written(other).places.value("offered"), "not offered");
        }
        let diagnostic =
            self.with_cause(diagnostic, cause).help("name what is offered in its place, or offer it again");
        self.find(credential, diagnostic, Severity::Error);
    }

    /// It only depends on others that are told of: those that its rules name, or else all that it rests on.
    pub(crate) fn following(&mut self, ground: &Ground<'_>, credential: CredentialId, told: &BTreeSet<CredentialId>) {
        let named = needed_by(ground, credential);
        let mut needs: Vec<CredentialId> = named
            .into_iter()
            .filter(|other| *other != credential && (told.contains(other) || !ground.is_earned(*other)))
            .collect();
        if needs.is_empty() {
            let cone = ground.cone([credential]);
            needs = told.iter().copied().filter(|&other| cone.credentials[other]).collect();
        }
        let names = self.some_quoted(&needs);
        let message = format!("{} cannot be earned because of {names}", self.quoted(credential));
        let ids = needs.iter().map(|&other| self.catalog.id(other).to_owned()).collect();
        let place = self.written(credential).places.id.clone();
        let diagnostic = Diagnostic::new(Code::FollowingFault, place, message)
            .help("mend what is told of those first")
            .witness(Witness::Credentials { credentials: ids });
        self.find(credential, diagnostic, Severity::Note);
    }

    /// Tells of circles all of whose members can be earned.
    pub(crate) fn harmless_cycles(&mut self, ground: &Ground<'_>, examples: &Examples) {
        let network = &self.catalog.network;
        let named = ground.numbers().map(|credential| {
            let rules = Rule::all(credential);
            let leaves = rules.filter_map(|rule| network.top(rule)).flat_map(|top| network.leaves_below(top));
            (credential, leaves.map(|leaf| network.leaf(leaf).credential).collect())
        });
        let graph: BTreeMap<CredentialId, Vec<CredentialId>> = named.collect();
        for mut members in components(&graph) {
            if members.len() < 2 || !members.iter().all(|&member| examples.has(member)) {
                continue;
            }
            members.sort_unstable();
            let order = in_order(ground, &members);
            let ids = order.iter().map(|&member| self.catalog.id(member).to_owned()).collect();
            let message = format!("{} name each other in a circle, with a way round", self.some_quoted(&members));
            let help = format!("nothing has to be done: they can be earned in the order {}", self.some_quoted(&order));
            let mut diagnostic =
                Diagnostic::new(Code::HarmlessCycle, self.written(members[0]).places.id.clone(), message);
            for &other in members.iter().skip(1).take(3) {
                diagnostic = diagnostic.also(self.written(other).places.id.clone(), "");
            }
            let diagnostic = diagnostic.help(help).witness(Witness::Order { credentials: ids });
            self.find(members[0], diagnostic, Severity::Note);
        }
    }

    /// Where a rule is written.
    pub(crate) fn place_of(&self, rule: Rule) -> std::ops::Range<usize> {
        let top = self.catalog.network.top(rule);
        top.map_or_else(|| self.written(rule.credential()).places.id.clone(), |top| self.catalog.network.place(top))
    }

    /// A rule as a piece of a cause.
    pub(crate) fn because_of(&self, rule: Rule) -> Because {
        let credential = self.catalog.id(rule.credential()).to_owned();
        let line = self.catalog.line_at(self.place_of(rule).start);
        if rule.is_stack() { Because::Stack { credential, line } } else { Because::Prerequisite { credential, line } }
    }

    /// Its id in quotes.
    pub(crate) fn quoted(&self, credential: CredentialId) -> String {
        self.some_quoted(&[credential])
    }

    /// Their ids in quotes; of many, the first, and how many more.
    pub(crate) fn some_quoted(&self, credentials: &[CredentialId]) -> String {
        let ids: Vec<&str> = credentials.iter().map(|&credential| self.catalog.id(credential)).collect();
        some_listed(&ids)
    }
}

/// The members of a circle that can be earned and what they rest on, in an order in which they can be earned.
fn in_order(ground: &Ground<'_>, members: &[CredentialId]) -> Vec<CredentialId> {
    let mut all = ground.derivation(members.iter().map(|&member| Goal::Credential(member)), Taken::First);
    if ground.is_compatible(&all) {
        all.sort_by_key(|&credential| ground.turn(credential));
        return all;
    }
    let goals: Vec<Goal> = members.iter().map(|&member| Goal::Credential(member)).collect();
    match ground.ask(&goals, Wanted::Small) {
        Reached::With(set, _) => ground.in_order(&set),
        // They exclude each other: each has its own way.
        Reached::Never | Reached::Undecided => members.to_vec(),
    }
}

/// Whether it cannot be earned because a rule of its own needs an award of it.
fn needs_itself(ground: &Ground<'_>, credential: CredentialId) -> bool {
    let named = needed_by(ground, credential);
    ground.spend(named.len());
    named.binary_search(&credential).is_ok()
        && ground.holder(ground.numbers().filter(|&other| other != credential)).lacking(credential).is_some()
}

/// Every credential whose award fills a leaf of the credential's rules, in id order.
pub(crate) fn needed_by(ground: &Ground<'_>, credential: CredentialId) -> Vec<CredentialId> {
    let (network, names) = (&ground.catalog.network, &ground.catalog.names);
    let rules = Rule::all(credential);
    let leaves = rules.into_iter().filter_map(|rule| network.top(rule)).flat_map(|top| network.leaves_below(top));
    let classes: BTreeSet<ClassId> = leaves.map(|leaf| names.class(network.leaf(leaf).credential)).collect();
    let below: BTreeSet<ClassId> =
        classes.into_iter().flat_map(|class| Names::closure(class, |class| names.down(class))).collect();
    let all: BTreeSet<CredentialId> = below.into_iter().flat_map(|class| names.members(class)).copied().collect();
    all.into_iter().collect()
}

/// For each of some credentials whose rules are not met, which others of them fill leaves of those rules that are not filled.
fn unmet_needs(
    ground: &Ground<'_>,
    progress: &Progress<'_>,
    some: &BTreeSet<CredentialId>,
) -> BTreeMap<CredentialId, Vec<CredentialId>> {
    let network = &ground.catalog.network;
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
            open.flat_map(|leaf| ground.fillers(leaf)).filter(|filler| some.contains(filler)).collect();
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

/// A smallest part of a set of credentials none of which can be first, such that none of the part can be first although all others are
/// there; and whether it is certain that it is smallest.
fn smallest(ground: &Ground<'_>, set: Vec<CredentialId>) -> (Vec<CredentialId>, bool) {
    let blocked = |ground: &Ground<'_>, some: &[CredentialId]| -> Vec<CredentialId> {
        let others: Vec<CredentialId> = ground.numbers().filter(|other| some.binary_search(other).is_err()).collect();
        let progress = ground.supposing(Supposing::Everything, &others);
        ground.spend(usize::try_from(progress.touched() / 8).unwrap_or(usize::MAX) + ground.catalog.len() / 8 + 1);
        some.iter().copied().filter(|&member| !progress.is_complete(member)).collect()
    };
    let mut kept = set;
    if let Some(circle) = shortest_circle(ground, &kept) {
        let still = blocked(ground, &circle);
        if !still.is_empty() {
            kept = still;
        }
    }
    let mut place = 0;
    while place < kept.len() {
        if ground.is_exhausted() {
            return (kept, false);
        }
        let mut fewer = kept.clone();
        fewer.remove(place);
        let still = blocked(ground, &fewer);
        if still.is_empty() {
            place += 1;
        } else {
            // Those before it, none of which can be left out, are still there.
            kept = still;
        }
    }
    (kept, true)
}

/// A shortest circle of needs through the first of the set, sorted.
fn shortest_circle(ground: &Ground<'_>, set: &[CredentialId]) -> Option<Vec<CredentialId>> {
    let first = *set.first()?;
    let mut from: BTreeMap<CredentialId, CredentialId> = BTreeMap::new();
    let mut open = std::collections::VecDeque::from([first]);
    while let Some(credential) = open.pop_front() {
        for other in needed_by(ground, credential) {
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
