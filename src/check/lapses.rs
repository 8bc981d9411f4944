//! Components that lapse before the stack can be finished.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::toposort;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::catalog::catalog::{Catalog, Validity};
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

/// Whether a chain takes longer than an award of its first link lasts.
enum Outlasts {
    /// On whatever day it is awarded: the chain, the first link last.
    Always(Vec<CredentialId>),
    NotAlways,
    /// There was not enough work left to find out.
    Undecided,
}

/// The earliest day on which an award can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Earliest {
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
        for begun in self.days(validity) {
            if facts.is_exhausted() {
                return Outlasts::Undecided;
            }
            facts.spend(self.links.len() / 4 + 1);
            let Earliest::On(awarded) = self.awarded(first, begun) else { continue };
            match (validity.last_day(awarded), self.finish(from, awarded)) {
                // Nobody who is awarded it on that day comes to the end.
                (_, Some((Earliest::Never, _))) => {}
                (Some(last), Some((finished, longest))) if self.lapses(facts, first, awarded, last, finished) => {
                    chain.get_or_insert(longest);
                }
                _ => return Outlasts::NotAlways,
            }
        }
        chain.map_or(Outlasts::NotAlways, Outlasts::Always)
    }

    /// The days that are looked at: four years of them, where windows come every year or never; else all on which
    /// something changes, as far as an award can last until then, and four years around these.
    fn days(&self, validity: CalendarTerm) -> impl Iterator<Item = Date> {
        let dates = self.links.iter().flat_map(|&(link, _)| self.catalog.at(link).offered.dates()).map(Date::number);
        let dates: Vec<i32> = dates.collect();
        let usual = Date::new(2027, 1, 1).map_or(0, Date::number);
        let reach = i32::try_from(validity.most_days()).unwrap_or(i32::MAX).saturating_add(DAYS);
        let from = dates.iter().min().map_or(usual, |&first| first.saturating_sub(reach).max(Date::FIRST.number()));
        let to = dates.iter().max().map_or(usual, |&last| last.max(usual)).saturating_add(DAYS);
        (from..to).filter_map(Date::numbered)
    }

    /// The day on which something is awarded that is begun on a day, if it is offered then.
    fn awarded(&self, credential: CredentialId, begun: Date) -> Earliest {
        let is_taken = !self.catalog.network.has_stack(credential);
        if is_taken && !self.catalog.at(credential).offered.contains(begun) {
            return Earliest::Never;
        }
        match takes(self.catalog, credential) {
            Some(duration) => begun.last_day_of(duration).map_or(Earliest::Later, |last| Earliest::On(last.max(begun))),
            None => Earliest::On(begun),
        }
    }

    /// Whether an award lapses before a day, though it be renewed on the terms that are stated for that, what these
    /// require aside: within its window, on a day on which it is offered.
    fn lapses(&self, facts: &Facts<'_>, first: CredentialId, awarded: Date, last: Date, finished: Earliest) -> bool {
        let described = self.catalog.at(first);
        let (mut made, mut last) = (awarded, last);
        while finished > Earliest::On(last) && !facts.is_exhausted() {
            facts.spend(1);
            let Some(renewal) = described.renewal else { return true };
            let opens = renewal.window.map_or(made, |window| last.before(window).max(made));
            let offered = &described.offered;
            let day = if offered.contains(last) { Some(last) } else { offered.last_before(last) };
            let Some(day) = day.filter(|&day| day >= opens) else { return true };
            match renewed_until(described, last, day) {
                Some(longer) if longer > last => (made, last) = (day, longer),
                Some(_) => return true,
                None => return false,
            }
        }
        false
    }

    /// The day on which the last link can be awarded if one was awarded on that day, and the critical chain that takes
    /// so long. `None` if it does not rest on that one.
    fn finish(&self, from: usize, awarded: Date) -> Option<(Earliest, Vec<CredentialId>)> {
        let mut days: Vec<Option<(Earliest, usize)>> = vec![None; self.links.len()];
        days[from] = Some((Earliest::On(awarded), from));
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
    fn after(&self, link: CredentialId, day: Earliest) -> Earliest {
        let Earliest::On(day) = day else { return day };
        let duration = takes(self.catalog, link);
        let next = if duration.is_some() { day.next() } else { Some(day) };
        let Some(next) = next else { return Earliest::Later };
        let offered = &self.catalog.at(link).offered;
        let begins = if self.catalog.network.has_stack(link) { Some(next) } else { offered.first_from(next) };
        match (begins, duration) {
            (None, _) => Earliest::Never,
            (Some(begins), None) => Earliest::On(begins),
            (Some(begins), Some(duration)) => {
                begins.previous().and_then(|before| before.after(duration)).map_or(Earliest::Later, Earliest::On)
            }
        }
    }
}
