//! Components that lapse before the stack can be finished.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::iter::{once, successors};
use std::ops::Range;

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::catalog::catalog::{Catalog, Credential, Validity};
use crate::catalog::network::{Leaf, Rule};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Severity};
use crate::value::date::{Date, Period};
use crate::value::term::CalendarTerm;

use crate::check::facts::Facts;
use crate::check::findings::Findings;
use crate::check::pass::Pass;
use crate::finding::witness::{Lasting, Witness};
use crate::renewals::find::renewed_until;
use crate::value::ids::CredentialId;

/// Four years of days, with a leap day among them, hold every case of the calendar.
const DAYS: i32 = 1461;
/// Links of a chain that are named in a message.
const MOST_NAMED: usize = 6;

/// Tells of every component after which another one takes longer than it lasts.
pub(crate) fn lapses<'c>(facts: &Facts<'c>) -> Findings<'c> {
    let mut pass = Pass::new(facts);
    pass.lapses();
    pass.findings
}

impl Pass<'_, '_> {
    fn lapses(&mut self) {
        let facts = self.facts;
        // What may come last, with the credentials whose component it is, so that every way to it is looked at once.
        let mut credentials: BTreeMap<CredentialId, Vec<CredentialId>> = BTreeMap::new();
        let mut lasting: BTreeMap<CredentialId, BTreeMap<CredentialId, CalendarTerm>> = BTreeMap::new();
        for credential in facts.numbers() {
            let components = lasting_components(facts, credential);
            if !components.is_empty() {
                let all: BTreeSet<CredentialId> =
                    required(self.facts.catalog, Rule::stack(credential)).map(|leaf| leaf.credential).collect();
                for last in all {
                    credentials.entry(last).or_default().push(credential);
                }
                lasting.insert(credential, components);
            }
        }
        let mut told = BTreeSet::new();
        for (&last, credentials) in &credentials {
            let way = facts.go_on().map(|()| PrerequisiteChain::to(facts, last));
            let mut known: BTreeMap<CredentialId, Outlasts> = BTreeMap::new();
            for &credential in credentials {
                for (&first, &validity) in lasting[&credential].iter().filter(|&(&first, _)| first != last) {
                    let outlasts = known.entry(first).or_insert_with(|| match &way {
                        Some(Some(way)) => way.outlasts(facts, first, validity),
                        Some(None) => Outlasts::NotAlways,
                        None => Outlasts::Undecided,
                    });
                    match outlasts {
                        Outlasts::Always(chain) if told.insert((credential, first)) => self.lapse(credential, chain),
                        Outlasts::Always(_) | Outlasts::NotAlways => {}
                        Outlasts::Undecided => {
                            let (first, of) = (self.facts.quoted(first), self.facts.quoted(credential));
                            let message = format!("whether {first} lasts until {of} can be finished");
                            let place = self.facts.place_of(Rule::stack(credential));
                            self.findings.leave_open(Code::LapsesTooSoon, credential, &place, message);
                        }
                    }
                }
            }
        }
    }

    fn lapse(&mut self, credential: CredentialId, chain: &[CredentialId]) {
        let (first, last) = (chain[chain.len() - 1], chain[0]);
        let steps: Vec<CredentialId> = chain.iter().rev().copied().collect();
        let described = |&step: &CredentialId| {
            let described = self.facts.catalog.at(step);
            Lasting {
                credential: described.id.clone(),
                takes: takes(self.facts.catalog, step).map(|duration| duration.to_string()),
                valid_for: described.valid_for.to_string(),
            }
        };
        let mut after: Vec<String> = steps.iter().skip(1).filter_map(|&step| delay(self.facts, step)).collect();
        if after.len() > MOST_NAMED {
            let more = after.len() - MOST_NAMED;
            after.truncate(MOST_NAMED);
            after.push(format!("and so on, {more} more"));
        }
        let message = format!(
            "{} lapses before {} can be finished: it lasts {}, and after it {}",
            self.facts.quoted(first),
            self.facts.quoted(credential),
            self.facts.catalog.at(first).valid_for,
            after.join(", ")
        );
        let place = self.facts.place_of(Rule::stack(credential));
        let diagnostic = Diagnostic::new(Code::LapsesTooSoon, place, message)
            .also(self.facts.written(first).places.value("valid_for"), "lasts no longer")
            .also(self.facts.written(last).places.value("prerequisite"), "comes after it")
            .help("let it last longer, or let learners renew it in time")
            .witness(Witness::Chain { steps: steps.iter().map(described).collect() });
        self.findings.find(credential, diagnostic, Severity::Warning);
    }
}

/// The components that a credential cannot do without and that have to be current; with how long an award of each
/// lasts.
fn lasting_components(facts: &Facts<'_>, credential: CredentialId) -> BTreeMap<CredentialId, CalendarTerm> {
    let conditions = &facts.catalog.network.conditions;
    // What is never current is told as that.
    let current = |leaf: &&Leaf| !conditions[leaf.conditions].lapsed && facts.lasts(leaf.credential);
    let lasts = |leaf: &Leaf| match facts.catalog.at(leaf.credential).valid_for {
        Validity::For(period) => Some((leaf.credential, period)),
        Validity::Forever | Validity::WhileComponents => None,
    };
    required(facts.catalog, Rule::stack(credential)).filter(current).filter_map(lasts).collect()
}

/// The leaves that a rule cannot be met without, as far as no other credential counts as the one that is named.
fn required(catalog: &Catalog, rule: Rule) -> impl Iterator<Item = &Leaf> {
    let Catalog { names, network, .. } = catalog;
    let alone = |leaf: &&Leaf| {
        let class = names.class(leaf.credential);
        names.members(class).len() == 1 && names.down(class).is_empty()
    };
    network.required(rule).into_iter().map(|leaf| network.leaf(leaf)).filter(alone)
}

/// The time that it takes; what is conferred is there as soon as its rules are met.
fn takes(catalog: &Catalog, credential: CredentialId) -> Option<Period> {
    catalog.at(credential).duration.filter(|_| !catalog.network.has_stack(credential))
}

/// What holds learners up at a link, in words.
fn delay(facts: &Facts<'_>, step: CredentialId) -> Option<String> {
    let catalog = facts.catalog;
    let waits = !catalog.network.has_stack(step) && !catalog.at(step).offered.is_always();
    let waits = waits.then(|| "waits until it is offered".to_owned());
    let takes = takes(catalog, step).map(|duration| format!("takes {duration}"));
    let both: Vec<String> = waits.into_iter().chain(takes).collect();
    (!both.is_empty()).then(|| format!("{} {}", facts.quoted(step), both.join(" and ")))
}

/// The days from the opening of a window to the last day of an award on which it can be renewed, those before a day
/// aside that were looked at; or the one after which no other leads further: the latest, where the cycle is kept or it
/// can be renewed from the day on which it is made.
fn renewal_days(described: &Credential, opens: Date, last: Date, looked_at: Date) -> impl Iterator<Item = Date> {
    let offered = &described.offered;
    let one_will_do = described.renewal.is_none_or(|renewal| renewal.keeps_cycle || renewal.window.is_none());
    let latest = || if offered.contains(last) { Some(last) } else { offered.last_before(last) };
    let first = if one_will_do { latest() } else { offered.first_from(opens.max(looked_at)) };
    let following = |day: &Date| day.next().and_then(|next| offered.first_from(next));
    successors(first.filter(|&day| day >= opens), following).take_while(move |&day| day <= last)
}

/// Whether a chain takes longer than an award of its first link lasts.
enum Outlasts {
    /// On whatever day it is awarded: the chain, the first link last.
    Always(Vec<CredentialId>),
    NotAlways,
    /// There was not enough work left to find out.
    Undecided,
}

/// A day on which a link is awarded, or up to which an award is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ChainDay {
    On(Date),
    /// After the last day of the calendar.
    Later,
    /// On none, since something is offered no more by then.
    Never,
}

/// All that has to be held before a credential, link by link.
struct PrerequisiteChain<'c> {
    catalog: &'c Catalog,
    /// Each with its own prerequisites, by their places; those come before it. The credential itself comes last.
    links: Vec<(CredentialId, Vec<usize>)>,
}

impl<'c> PrerequisiteChain<'c> {
    /// `None` if there is a circle, in which nothing can be first.
    fn to(facts: &Facts<'c>, last: CredentialId) -> Option<Self> {
        let catalog = facts.catalog;
        let mut needs: BTreeMap<CredentialId, BTreeSet<CredentialId>> = BTreeMap::new();
        let mut open = vec![last];
        while let Some(credential) = open.pop() {
            needs.entry(credential).or_insert_with(|| {
                let before: BTreeSet<CredentialId> =
                    required(catalog, Rule::prerequisite(credential)).map(|leaf| leaf.credential).collect();
                open.extend(&before);
                before
            });
        }
        facts.spend(4 * needs.len());
        let mut graph = DiGraph::new();
        let nodes: BTreeMap<CredentialId, NodeIndex> =
            needs.keys().map(|&credential| (credential, graph.add_node(credential))).collect();
        for (credential, before) in &needs {
            for other in before {
                graph.add_edge(nodes[other], nodes[credential], ());
            }
        }
        let order = toposort(&graph, None).ok()?;
        let places: BTreeMap<CredentialId, usize> = order.iter().map(|&node| graph[node]).zip(0..).collect();
        let link = |node| (graph[node], needs[&graph[node]].iter().map(|before| places[before]).collect());
        Some(Self { catalog, links: order.into_iter().map(link).collect() })
    }

    /// Whether what comes between a link and the last one takes longer than an award of that link lasts.
    fn outlasts(&self, facts: &Facts<'_>, first: CredentialId, validity: CalendarTerm) -> Outlasts {
        let Some(from) = self.links.iter().position(|&(link, _)| link == first) else { return Outlasts::NotAlways };
        let mut chain = None;
        for begun in self.days(first, validity) {
            if facts.is_exhausted() {
                return Outlasts::Undecided;
            }
            facts.spend(self.links.len() / 4 + 1);
            let ChainDay::On(awarded) = self.awarded(first, begun) else { continue };
            let Some((finished, longest)) = self.finish(from, awarded) else { return Outlasts::NotAlways };
            if finished == ChainDay::Never {
                // Nobody who is awarded it on that day comes to the end.
                continue;
            }
            let last = validity.last_day(awarded).map_or(ChainDay::Later, ChainDay::On);
            match self.held_until(facts, first, awarded, last, finished) {
                None => return Outlasts::Undecided,
                Some(held_until) if held_until < finished => _ = chain.get_or_insert(longest),
                // Those who came earlier are too late: how it ends for these is not on the calendar any more.
                Some(ChainDay::Later) if finished == ChainDay::Later && chain.is_some() => {}
                Some(_) => return Outlasts::NotAlways,
            }
        }
        chain.map_or(Outlasts::NotAlways, Outlasts::Always)
    }

    /// The days that are looked at: four years of them, and as many around every date on which something changes, from
    /// as long before it as an award can last until then. What lies between these is as it is four years before or
    /// after. What can be renewed may last however long, so all days between the dates are looked at.
    fn days(&self, first: CredentialId, validity: CalendarTerm) -> impl Iterator<Item = Date> {
        let taken = takes(self.catalog, first).map_or(0, |duration| CalendarTerm::new(duration).most_days());
        let most = validity.most_days().saturating_add(taken);
        let reach = i32::try_from(most).unwrap_or(i32::MAX).saturating_add(DAYS);
        let dates = self.links.iter().flat_map(|&(link, _)| self.catalog.at(link).offered.dates()).map(Date::number);
        let around = dates.map(|date| date.saturating_sub(reach)..date.saturating_add(DAYS));
        let usual = Date::new(2027, 1, 1).map_or(0, Date::number);
        let mut spans: Vec<Range<i32>> = around.chain(once(usual..usual.saturating_add(DAYS))).collect();
        if self.catalog.at(first).renewal.is_some() {
            let whole = |one: Range<i32>, other: Range<i32>| one.start.min(other.start)..one.end.max(other.end);
            spans = spans.into_iter().reduce(whole).into_iter().collect();
        }
        spans.sort_unstable_by_key(|span| span.start);
        let mut looked_at = Date::FIRST.number();
        let unseen = move |span: Range<i32>| {
            let from = span.start.max(looked_at);
            looked_at = looked_at.max(span.end);
            from..span.end
        };
        spans.into_iter().flat_map(unseen).filter_map(Date::numbered)
    }

    /// The day on which something is awarded that is begun on a day, if it is offered then.
    fn awarded(&self, credential: CredentialId, begun: Date) -> ChainDay {
        let is_taken = !self.catalog.network.has_stack(credential);
        if is_taken && !self.catalog.at(credential).offered.contains(begun) {
            return ChainDay::Never;
        }
        match takes(self.catalog, credential) {
            Some(duration) => begun.last_day_of(duration).map_or(ChainDay::Later, |last| ChainDay::On(last.max(begun))),
            None => ChainDay::On(begun),
        }
    }

    /// Up to which day an award can be held, as far as it has to be, if it is renewed on the terms that are stated for
    /// that, what these require aside: within its window, on a day on which it is offered. It is awarded on a day and
    /// lasts to another one. `None` if the work ends.
    fn held_until(
        &self,
        facts: &Facts<'_>,
        first: CredentialId,
        awarded: Date,
        last: ChainDay,
        needed: ChainDay,
    ) -> Option<ChainDay> {
        let described = self.catalog.at(first);
        let Some(renewal) = described.renewal else { return Some(last) };
        let mut latest = last;
        // Awards by the day of the last renewal, each with a later last day than those before it.
        let mut reached = VecDeque::from([(awarded, last)]);
        let mut looked_at = Date::FIRST;
        while let Some((made, ChainDay::On(last))) = reached.pop_front().filter(|_| latest < needed) {
            let opens = renewal.window.map_or(made, |window| last.before(window).max(made));
            for day in renewal_days(described, opens, last, looked_at) {
                facts.spend(1);
                facts.go_on()?;
                let longer = renewed_until(described, last, day).map_or(ChainDay::Later, ChainDay::On);
                if longer > latest {
                    latest = longer;
                    reached.push_back((day, longer));
                }
                if latest >= needed {
                    break;
                }
            }
            looked_at = last.next().unwrap_or(Date::LAST);
        }
        Some(latest)
    }

    /// The day on which the last link can be awarded if one was awarded on that day, and the critical chain that takes
    /// so long. `None` if it does not rest on that one.
    fn finish(&self, from: usize, awarded: Date) -> Option<(ChainDay, Vec<CredentialId>)> {
        let mut days: Vec<Option<(ChainDay, usize)>> = vec![None; self.links.len()];
        days[from] = Some((ChainDay::On(awarded), from));
        for place in from + 1..self.links.len() {
            let (link, before) = &self.links[place];
            let latest = before.iter().filter_map(|&other| Some((days[other]?.0, other))).max();
            days[place] = latest.map(|(day, other)| (self.after(*link, day), other));
        }
        let mut place = self.links.len() - 1;
        let (finished, _) = days[place]?;
        let mut chain = vec![self.links[place].0];
        while place != from {
            place = days[place]?.1;
            chain.push(self.links[place].0);
        }
        Some((finished, chain))
    }

    /// The day on which a link is awarded that is begun after a day, or on it if it takes no time, once it is offered.
    fn after(&self, link: CredentialId, day: ChainDay) -> ChainDay {
        let ChainDay::On(day) = day else { return day };
        let duration = takes(self.catalog, link);
        let next = if duration.is_some() { day.next() } else { Some(day) };
        let Some(next) = next else { return ChainDay::Later };
        let offered = &self.catalog.at(link).offered;
        let begins = if self.catalog.network.has_stack(link) { Some(next) } else { offered.first_from(next) };
        match (begins, duration) {
            (None, _) => ChainDay::Never,
            (Some(begins), None) => ChainDay::On(begins),
            (Some(begins), Some(duration)) => {
                begins.previous().and_then(|before| before.after(duration)).map_or(ChainDay::Later, ChainDay::On)
            }
        }
    }
}
