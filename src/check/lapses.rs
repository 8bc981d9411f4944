//! Components that lapse before the stack can be finished.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::{Leaf, Rule, to_u32};
use crate::catalog::{Catalog, Validity};
use crate::date::{Date, Period};
use crate::diagnostic::{Code, Diagnostic, Severity};

use super::Check;
use super::ground::Ground;
use super::witness::{Lasting, Witness};

/// Four years of days, with a leap day among them, hold every case of the calendar.
const DAYS: i32 = 1461;
/// Links of a chain that are named in a message.
const MOST_NAMED: usize = 6;

impl Check<'_> {
    /// Tells of every component after which another one takes longer than it lasts.
    pub(super) fn lapses(&mut self, ground: &Ground<'_>) {
        let network = &self.catalog.network;
        for credential in ground.numbers() {
            let rule = Rule::stack(credential);
            let required: Vec<&Leaf> = required(self.catalog, rule).collect();
            // What is never current is told as that.
            let current =
                |leaf: &&&Leaf| !network.conditions[leaf.conditions as usize].lapsed && ground.lasts(leaf.credential);
            let lasting: BTreeMap<u32, Period> = required
                .iter()
                .filter(current)
                .filter_map(|leaf| match self.catalog.at(leaf.credential).valid_for {
                    Validity::For(period) => Some((leaf.credential, period)),
                    Validity::Forever | Validity::WhileComponents => None,
                })
                .collect();
            if lasting.is_empty() {
                continue;
            }
            let components: BTreeSet<u32> = required.iter().map(|leaf| leaf.credential).collect();
            let mut told = BTreeSet::new();
            for last in components {
                let Some(way) = Way::to(ground, last) else { continue };
                for (&first, &validity) in lasting.iter().filter(|&(&first, _)| first != last) {
                    match way.outlasts(ground, first, validity) {
                        Outlasts::Always(chain) if told.insert(first) => self.lapse(rule, &chain),
                        Outlasts::Always(_) | Outlasts::NotAlways => {}
                        Outlasts::Undecided => {
                            let (first, of) = (self.quoted(first), self.quoted(credential));
                            let message = format!("whether {first} lasts until {of} can be finished");
                            let place = self.place_of(rule);
                            self.leave_open(Code::LapsesTooSoon, credential, &place, message);
                        }
                    }
                }
            }
        }
    }

    fn lapse(&mut self, rule: Rule, chain: &[u32]) {
        let (first, last) = (chain[chain.len() - 1], chain[0]);
        let credential = rule.credential();
        let steps: Vec<u32> = chain.iter().rev().copied().collect();
        let described = |&step: &u32| {
            let described = self.catalog.at(step);
            Lasting {
                credential: described.id.clone(),
                takes: takes(self.catalog, step).map(|duration| duration.to_string()),
                valid_for: described.valid_for.to_string(),
            }
        };
        let takes = |&step: &u32| Some(format!("{} takes {}", self.quoted(step), takes(self.catalog, step)?));
        let mut after: Vec<String> = steps.iter().skip(1).filter_map(takes).collect();
        if after.len() > MOST_NAMED {
            let more = after.len() - MOST_NAMED;
            after.truncate(MOST_NAMED);
            after.push(format!("and so on, {more} more"));
        }
        let message = format!(
            "{} lapses before {} can be finished: it lasts {}, and after it {}",
            self.quoted(first),
            self.quoted(credential),
            self.catalog.at(first).valid_for,
            after.join(", ")
        );
        let place = self.place_of(rule);
        let diagnostic = Diagnostic::new(Code::LapsesTooSoon, place, message)
            .also(self.written(first).places.value("valid_for"), "lasts no longer")
            .also(self.written(last).places.value("prerequisite"), "comes after it")
            .help("let it last longer, or let learners renew it in time")
            .witness(Witness::Chain { steps: steps.iter().map(described).collect() });
        self.find(credential, diagnostic, Severity::Warning);
    }
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

/// How long it takes; what is conferred is there as soon as its rules are met.
fn takes(catalog: &Catalog, credential: u32) -> Option<Period> {
    catalog.at(credential).duration.filter(|_| !catalog.network.has_stack(credential))
}

/// Whether a chain takes longer than an award of its first link lasts.
enum Outlasts {
    /// On whatever day it is awarded: the chain, the first link last.
    Always(Vec<u32>),
    NotAlways,
    /// There was not enough work left to find out.
    Undecided,
}

/// All that has to be held before a credential, link by link.
struct Way<'c> {
    catalog: &'c Catalog,
    /// Each with its own prerequisites, by their places; those come before it. The credential itself comes last.
    links: Vec<(u32, Vec<u32>)>,
}

impl<'c> Way<'c> {
    /// `None` if there is a circle, in which nothing can be first.
    fn to(ground: &Ground<'c>, last: u32) -> Option<Self> {
        let catalog = ground.catalog;
        let mut needs: BTreeMap<u32, BTreeSet<u32>> = BTreeMap::new();
        let mut open = vec![last];
        while let Some(credential) = open.pop() {
            needs.entry(credential).or_insert_with(|| {
                let before: BTreeSet<u32> =
                    required(catalog, Rule::prerequisite(credential)).map(|leaf| leaf.credential).collect();
                open.extend(&before);
                before
            });
        }
        ground.spend(needs.len());
        // Whoever has no more prerequisites left is next.
        let mut followers: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        let mut left: BTreeMap<u32, usize> = BTreeMap::new();
        for (&credential, before) in &needs {
            left.insert(credential, before.len());
            for &other in before {
                followers.entry(other).or_default().push(credential);
            }
        }
        let mut order: Vec<u32> = needs.keys().copied().filter(|credential| needs[credential].is_empty()).collect();
        let mut next = 0;
        while let Some(credential) = order.get(next) {
            next += 1;
            for follower in followers.remove(credential).into_iter().flatten() {
                let left = left.entry(follower).or_default();
                *left -= 1;
                if *left == 0 {
                    order.push(follower);
                }
            }
        }
        if order.len() < needs.len() {
            return None;
        }
        let places: BTreeMap<u32, u32> = order.iter().copied().zip(0..).collect();
        let links =
            order.iter().map(|credential| (*credential, needs[credential].iter().map(|id| places[id]).collect()));
        Some(Self { catalog, links: links.collect() })
    }

    /// Whether what comes between a link and the last one takes longer than an award of that link lasts.
    fn outlasts(&self, ground: &Ground<'_>, first: u32, validity: Period) -> Outlasts {
        let Some(from) = self.links.iter().position(|&(link, _)| link == first).map(to_u32) else {
            return Outlasts::NotAlways;
        };
        let Some(begin) = Date::new(2027, 1, 1).map(Date::number) else { return Outlasts::NotAlways };
        let mut chain = None;
        for awarded in (begin..begin + DAYS).filter_map(Date::numbered) {
            if ground.is_exhausted() {
                return Outlasts::Undecided;
            }
            ground.spend(self.links.len() / 4 + 1);
            match (awarded.after(validity), self.finish(from, awarded)) {
                (Some(ends), Some((finished, longest))) if finished >= ends => chain.get_or_insert(longest),
                _ => return Outlasts::NotAlways,
            };
        }
        chain.map_or(Outlasts::NotAlways, Outlasts::Always)
    }

    /// The earliest day on which the last link can be awarded if one was awarded on that day; and the chain that takes so long.
    fn finish(&self, from: u32, awarded: Date) -> Option<(Date, Vec<u32>)> {
        let mut days: Vec<Option<(Date, u32)>> = vec![None; self.links.len()];
        days[from as usize] = Some((awarded, from));
        for place in from as usize + 1..self.links.len() {
            let (link, before) = &self.links[place];
            let latest = before.iter().filter_map(|&other| Some((days[other as usize]?.0, other))).max();
            if let Some((day, other)) = latest {
                let done = takes(self.catalog, *link).map_or(Some(day), |duration| day.after(duration))?;
                days[place] = Some((done, other));
            }
        }
        let mut place = self.links.len() - 1;
        let (finished, _) = days[place]?;
        let mut chain = vec![self.links[place].0];
        while place != from as usize {
            place = days[place]?.1 as usize;
            chain.push(self.links[place].0);
        }
        Some((finished, chain))
    }
}
