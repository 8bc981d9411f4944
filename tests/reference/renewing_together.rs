//! The joint renewal (semantics 7.9) by trying every set of steps: the choices are listed in [`super::renewing`].

use super::dates::Date;
use super::renewing::{Awards, Made, NEVER, Need, Number, Situation, Valid};
use std::collections::{BTreeMap, BTreeSet};

/// A step: a credential, whether it is renewed on the terms for that, and how often it is awarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Taken {
    pub of: Number,
    pub renewed: bool,
    pub times: u32,
}

/// What a set of steps is worth: what plans are told apart by, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Worth {
    pub cost: u32,
    pub missing: u32,
    pub hours: u32,
    pub credentials: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Together {
    /// What lapses and is current on the horizon all the same.
    pub lasting: Vec<Number>,
    pub kept: Vec<Number>,
    pub cannot: Vec<Number>,
    /// The least worth, and a set of steps of it; none if they cannot be kept together.
    pub best: Option<(Worth, Vec<Taken>)>,
}

/// New awards of one repeatable credential that are tried.
pub const MOST: u32 = 4;

impl Situation {
    pub fn together(&self) -> Together {
        let search = Search::new(self);
        let later = search.start.on(self.until, false);
        let due = self.due();
        let (lasting, asked): (Vec<Number>, Vec<Number>) =
            due.iter().map(|due| due.of).partition(|&of| later.holds(of));
        let (mut lasting, mut asked) = (lasting, asked);
        lasting.sort();
        asked.sort();
        // Held by qualified components alone: not held, as plans see it.
        let now = search.start.on(self.as_of, false);
        let (asked, not_held): (Vec<Number>, Vec<Number>) = asked.into_iter().partition(|&of| now.holds(of));
        let unstated = |taken: &Taken| {
            !taken.renewed
                && self.catalog[taken.of].cost.is_none()
                && search.old.contains_key(&taken.of)
                && self.catalog[taken.of].renewal.is_some()
        };
        let reaches = |of: Number, steps: &[Taken]| search.keeps(&search.possible(steps), of);
        // Freed are those without which less is kept, the others being held back one after the other.
        let without = |held: &BTreeSet<Number>| -> Vec<Taken> {
            let is_left = |taken: &&Taken| !unstated(taken) || !held.contains(&taken.of);
            search.steps.iter().filter(is_left).copied().collect()
        };
        let kept_without = |held: &BTreeSet<Number>| {
            let steps = without(held);
            asked.iter().filter(|&&of| reaches(of, &steps)).count()
        };
        let most = kept_without(&BTreeSet::new());
        let mut held = BTreeSet::new();
        for of in search.steps.iter().filter(|taken| unstated(taken)).map(|taken| taken.of).collect::<BTreeSet<_>>() {
            held.insert(of);
            if kept_without(&held) < most {
                held.remove(&of);
            }
        }
        let steps = without(&held);
        let (kept, mut cannot): (Vec<Number>, Vec<Number>) = asked.into_iter().partition(|&of| reaches(of, &steps));
        cannot.extend(not_held);
        cannot.sort();
        let best = if kept.is_empty() {
            Some((Worth { cost: 0, missing: 0, hours: 0, credentials: 0 }, Vec::new()))
        } else {
            search.best(&steps, &kept)
        };
        Together { lasting, kept, cannot, best }
    }
}

struct Search<'s> {
    situation: &'s Situation,
    start: Awards<'s>,
    /// What is renewed: the award, and its last day.
    old: BTreeMap<Number, (Made, Date)>,
    /// All that can be done, each as often as could be of use.
    steps: Vec<Taken>,
}

impl<'s> Search<'s> {
    fn new(situation: &'s Situation) -> Self {
        let start = situation.awards();
        let old: BTreeMap<Number, (Made, Date)> =
            (0..situation.catalog.len()).filter_map(|of| Some((of, situation.to_renew(&start, of)?))).collect();
        let mut search = Search { situation, start, old, steps: Vec::new() };
        let now = search.start.on(situation.as_of, false);
        for (of, described) in situation.catalog.iter().enumerate() {
            let over = described.closes.is_some_and(|closes| closes < situation.as_of);
            let excluded = (0..situation.catalog.len()).any(|other| {
                let pair = described.excludes.contains(&other) || situation.catalog[other].excludes.contains(&of);
                pair && now.holds_own(other)
            });
            if over || excluded {
                continue;
            }
            let times = if described.repeatable { MOST } else { 1 };
            search.steps.push(Taken { of, renewed: false, times });
            if described.renewal.is_some() && search.old.contains_key(&of) {
                search.steps.push(Taken { of, renewed: true, times: 1 });
            }
        }
        search
    }

    /// The steps that are possible out of these, one after the other.
    fn possible(&self, steps: &[Taken]) -> Vec<Taken> {
        let mut done: Vec<Taken> = Vec::new();
        loop {
            // Awards on the as-of date: a renewal that has to wait for its window is judged as if made then.
            let awards = self.after(&done, false);
            let world = awards.on(self.situation.as_of, false);
            let next = steps.iter().find(|taken| {
                let described = &self.situation.catalog[taken.of];
                let met = |need: &Option<Need>| need.as_ref().is_none_or(|need| world.meets(need));
                let by_terms = taken.renewed && !described.repeatable && described.valid != Valid::WhileComponents;
                !done.contains(taken)
                    && (by_terms || met(&described.prerequisite) && met(&described.stack))
                    && (!taken.renewed || self.is_required_there(&awards, taken.of))
            });
            match next {
                Some(next) => done.push(*next),
                None => return done,
            }
        }
    }

    fn is_required_there(&self, awards: &Awards<'_>, of: Number) -> bool {
        let Some(need) = self.situation.catalog[of].renewal.as_ref().and_then(|terms| terms.requires.as_ref()) else {
            return true;
        };
        let (old, _) = &self.old[&of];
        // What is current by components that were made before is so all the same; its own award has to be new.
        let world = awards.on(self.situation.as_of, false);
        let since = |place: usize| world.current[place] && awards.made[place].day > old.day;
        let made = (0..awards.made.len()).filter(|&place| since(place)).map(|place| awards.made[place].clone());
        let lapsed = awards.made.iter().filter(|made| made.day > old.day).cloned();
        let there = Awards { catalog: awards.catalog, made: made.collect() };
        let with_lapsed = Awards { catalog: awards.catalog, made: lapsed.collect() };
        let mut plain = there.on(self.situation.as_of, false);
        plain.current.iter_mut().for_each(|current| *current = true);
        meets_either(need, &|need| plain.meets(need), &|need| with_lapsed.on(self.situation.as_of, false).meets(need))
    }

    /// The awards with those of the steps: on their own days, or all as of the date.
    fn after(&self, steps: &[Taken], on_their_days: bool) -> Awards<'s> {
        let mut awards = self.start.clone();
        for taken in steps {
            let as_of = self.situation.as_of;
            let old = self.old.get(&taken.of);
            let terms = self.situation.catalog[taken.of].renewal.as_ref().filter(|_| taken.renewed);
            let window = terms.and_then(|terms| terms.window).zip(old.filter(|(_, last)| *last != NEVER));
            let day = window.map_or(as_of, |(window, (_, last))| super::renewing::minus(*last, window).max(as_of));
            let earlier: Vec<Made> =
                old.map(|(made, last)| Made { until: Some(*last), ..made.clone() }).into_iter().collect();
            let until = Some(self.start.last_of_new(taken.of, day, &earlier));
            let waits = day > as_of;
            let day = if on_their_days { day } else { as_of };
            let new = Made { of: taken.of, day, until, hours: None, credits: None, besides: false, waits };
            awards.made.extend(vec![new; taken.times as usize]);
        }
        awards.follow();
        awards
    }

    fn keeps(&self, steps: &[Taken], of: Number) -> bool {
        self.after(steps, true).on(self.situation.until, false).holds(of)
    }

    fn best(&self, steps: &[Taken], kept: &[Number]) -> Option<(Worth, Vec<Taken>)> {
        let mut sets: Vec<Vec<Taken>> = vec![Vec::new()];
        for taken in steps {
            for set in sets.clone() {
                sets.extend((1..=taken.times).map(|times| [&set[..], &[Taken { times, ..*taken }]].concat()));
            }
        }
        sets.sort_by_cached_key(|set| self.worth(set));
        let is_plan = |set: &Vec<Taken>| {
            let excluded = set.iter().any(|one| {
                let excludes = &self.situation.catalog[one.of].excludes;
                set.iter().any(|other| excludes.contains(&other.of))
            });
            !excluded && self.possible(set).len() == set.len() && {
                let later = self.after(set, true);
                let later = later.on(self.situation.until, false);
                kept.iter().all(|&of| later.holds(of))
            }
        };
        sets.into_iter().find(is_plan).map(|set| (self.worth(&set), set))
    }

    pub fn worth(&self, set: &[Taken]) -> Worth {
        let mut worth = Worth { cost: 0, missing: 0, hours: 0, credentials: 0 };
        for taken in set {
            let described = &self.situation.catalog[taken.of];
            let (cost, hours) = match described.renewal.as_ref().filter(|_| taken.renewed) {
                Some(terms) => (Some(terms.cost), Some(terms.hours)),
                None => (described.cost, described.hours),
            };
            worth.cost += cost.unwrap_or(0) * taken.times;
            worth.missing += u32::from(cost.is_none());
            worth.hours += hours.unwrap_or(0) * taken.times;
            worth.credentials += if described.stack.is_none() { taken.times } else { 0 };
        }
        worth
    }
}

/// Leaves for which lapsed awards do are asked of these as well.
fn meets_either(need: &Need, plain: &dyn Fn(&Need) -> bool, lapsed: &dyn Fn(&Need) -> bool) -> bool {
    match need {
        Need::One { lapsed: true, .. } => lapsed(need),
        Need::All(parts) => parts.iter().all(|part| meets_either(part, plain, lapsed)),
        Need::Any(parts) => parts.iter().any(|part| meets_either(part, plain, lapsed)),
        other => plain(other),
    }
}
