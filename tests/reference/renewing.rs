//! Renewals (semantics 7.9) as the contract has them, by plain recursion and by trying every set of steps, on a small
//! model of its own: credentials that lapse, what renewing them takes, awards by renewal (3.9), components.
//!
//! # Choices
//!
//! 1. Awards of just the id lapse; of several the one that lasts longest is to be renewed, of equals the latest.
//! 2. What keeps its cycle lasts, when an award of it is made while an earlier one of just its id is current, at the
//!    least as long as one that is made on the day after the latest last day of these. A recorded last day stands.
//! 3. In a joint renewal nothing is held by qualification (7). Steps are judged on the as-of date, each with the price
//!    of what it is; a renewal is possible if what it requires is there by awards made after the one to be renewed and
//!    by new ones, and is made on the first day of its window where that is later. What is kept has an award, under any
//!    name, that is current on the horizon.
//!    What a renewal that has to wait renews besides is not counted on.
//!    A renewal asks for no prerequisite and no stack, unless it lasts as its components do or can be repeated.
//! 4. What states how it is renewed, and not what it costs anew, is taken anew only where less would be kept otherwise.

use super::dates::{Date, Period};
use std::collections::BTreeSet;

/// The number of a credential.
pub type Number = usize;

#[derive(Clone, Debug)]
pub enum Need {
    One {
        of: Number,
        within: Option<Period>,
        lapsed: bool,
    },
    All(Vec<Need>),
    Any(Vec<Need>),
    /// A sum over credentials, in whole units.
    Sum {
        hours: bool,
        need: u32,
        of: Vec<Number>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Valid {
    Forever,
    For(Period),
    WhileComponents,
}

#[derive(Clone, Debug)]
pub struct Terms {
    pub cost: u32,
    pub hours: u32,
    pub window: Option<Period>,
    pub keeps_cycle: bool,
    pub requires: Option<Need>,
}

#[derive(Clone, Debug)]
pub struct Described {
    pub cost: Option<u32>,
    pub hours: Option<u32>,
    pub credits: u32,
    pub valid: Valid,
    pub repeatable: bool,
    pub prerequisite: Option<Need>,
    pub stack: Option<Need>,
    pub counts_as: Vec<Number>,
    pub renews: Vec<Number>,
    pub excludes: Vec<Number>,
    /// The last day on which it is offered.
    pub closes: Option<Date>,
    pub renewal: Option<Terms>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Made {
    pub of: Number,
    pub day: Date,
    /// The recorded last day; then the last day.
    pub until: Option<Date>,
    pub hours: Option<u32>,
    pub credits: Option<u32>,
    /// It is the award of another one besides.
    pub besides: bool,
    /// It is made on a later day than the others, and looked at as if it were made with them.
    pub waits: bool,
}

#[derive(Clone)]
pub struct Situation {
    pub catalog: Vec<Described>,
    pub record: Vec<Made>,
    pub as_of: Date,
    pub until: Date,
}

/// What is there: awards with their last days.
#[derive(Clone, Debug)]
pub struct Awards<'s> {
    pub catalog: &'s [Described],
    pub made: Vec<Made>,
}

/// Later than every day.
pub const NEVER: Date = Date { year: 9999, month: 12, day: 31 };

impl Situation {
    /// The awards of the record with their last days, and those that they are besides.
    pub fn awards(&self) -> Awards<'_> {
        let mut awards = Awards { catalog: &self.catalog, made: Vec::new() };
        let mut record: Vec<Made> = self.record.iter().filter(|made| made.day <= self.as_of).cloned().collect();
        record.sort_by_key(|made| made.day);
        let all = record.clone();
        for made in record {
            let earlier: Vec<Made> =
                awards.made.iter().filter(|one| one.of == made.of && one.day < made.day).cloned().collect();
            let until = made.until.unwrap_or_else(|| awards.last_of_new(made.of, made.day, &earlier));
            awards.made.push(Made { until: Some(until), ..made });
        }
        assert_eq!(all.len(), awards.made.len());
        awards.follow();
        awards
    }
}

impl Awards<'_> {
    /// The last day of an award that is made on a day, earlier ones being there.
    pub fn last_of_new(&self, of: Number, day: Date, earlier: &[Made]) -> Date {
        let Valid::For(period) = self.catalog[of].valid else { return NEVER };
        let own = day.end_of(period, true);
        let keeps = self.catalog[of].renewal.as_ref().is_some_and(|terms| terms.keeps_cycle);
        let last = earlier.iter().filter_map(|one| one.until).max();
        match last.filter(|&last| keeps && day <= last) {
            Some(NEVER) => NEVER,
            Some(last) => own.max(last.next().end_of(period, true)),
            None => own,
        }
    }

    /// 3.9, until nothing more comes.
    pub fn follow(&mut self) {
        loop {
            let mut more = Vec::new();
            for made in self.made.iter().filter(|made| !made.waits) {
                for &of in &self.catalog[made.of].renews {
                    let is_current =
                        |one: &&Made| one.of == of && one.day <= made.day && made.day <= one.until.unwrap();
                    if self.made.iter().any(|one| is_current(&one)) {
                        let own = match self.catalog[of].valid {
                            Valid::For(period) => made.day.end_of(period, true),
                            _ => NEVER,
                        };
                        let until = Some(own.max(made.until.unwrap()));
                        let new = Made { of, until, hours: None, credits: None, besides: true, ..made.clone() };
                        if !self.made.contains(&new) && !more.contains(&new) {
                            more.push(new);
                        }
                    }
                }
            }
            if more.is_empty() {
                return;
            }
            self.made.extend(more);
        }
    }

    /// The credentials that an award counts as.
    fn names(&self, of: Number) -> BTreeSet<Number> {
        let mut names = BTreeSet::from([of]);
        loop {
            let more: BTreeSet<Number> = names.iter().flat_map(|&name| self.catalog[name].counts_as.clone()).collect();
            if more.is_subset(&names) {
                return names;
            }
            names.extend(more);
        }
    }

    /// What is there on a day: for every award whether it is current, and what is qualified for, if that counts.
    pub fn on(&self, day: Date, qualifying: bool) -> World<'_> {
        let mut world = World { awards: self, day, current: vec![false; self.made.len()], qualified: BTreeSet::new() };
        loop {
            let before = (world.current.clone(), world.qualified.clone());
            for (place, made) in self.made.iter().enumerate() {
                let lasts = made.day <= day && day <= made.until.unwrap();
                let waits = self.catalog[made.of].valid == Valid::WhileComponents;
                let stack = || self.catalog[made.of].stack.as_ref().is_some_and(|need| world.meets(need));
                world.current[place] = lasts && (!waits || stack());
            }
            for (number, described) in self.catalog.iter().enumerate() {
                let met = |need: &Option<Need>| need.as_ref().is_none_or(|need| world.meets(need));
                if qualifying && described.stack.is_some() && met(&described.stack) && met(&described.prerequisite) {
                    world.qualified.insert(number);
                }
            }
            if before == (world.current.clone(), world.qualified.clone()) {
                return world;
            }
        }
    }
}

pub struct World<'a> {
    awards: &'a Awards<'a>,
    day: Date,
    pub current: Vec<bool>,
    qualified: BTreeSet<Number>,
}

impl World<'_> {
    /// An award that counts as it is current.
    pub fn holds(&self, of: Number) -> bool {
        self.counting(of, false).next().is_some()
    }

    /// An award of just the id is current.
    pub fn holds_own(&self, of: Number) -> bool {
        self.awards.made.iter().zip(&self.current).any(|(made, current)| made.of == of && *current)
    }

    fn counting(&self, of: Number, lapsed: bool) -> impl Iterator<Item = &Made> {
        let pairs = self.awards.made.iter().zip(&self.current);
        let there = move |made: &Made, current: bool| current || lapsed && made.day <= self.day;
        pairs
            .filter(move |(made, current)| there(made, **current) && self.awards.names(made.of).contains(&of))
            .map(|(made, _)| made)
    }

    pub fn meets(&self, need: &Need) -> bool {
        match need {
            Need::One { of, within, lapsed } => {
                let in_time = |made: &Made| within.is_none_or(|within| self.day <= made.day.plus(within));
                let qualified = self.qualified.iter().any(|&number| self.awards.names(number).contains(of));
                qualified || self.counting(*of, *lapsed).any(in_time)
            }
            Need::All(parts) => parts.iter().all(|part| self.meets(part)),
            Need::Any(parts) => parts.iter().any(|part| self.meets(part)),
            Need::Sum { hours, need, of } => self.sum(*hours, of) >= *need,
        }
    }

    /// Each member adds once, by the award that adds most; one that is repeatable once for each award. The members are
    /// such that nothing else counts as them.
    pub fn sum(&self, hours: bool, of: &[Number]) -> u32 {
        let adds = |made: &Made| {
            let described = &self.awards.catalog[made.of];
            if hours {
                made.hours.unwrap_or(described.hours.unwrap_or(0))
            } else {
                made.credits.unwrap_or(described.credits)
            }
        };
        let member = |&number: &Number| -> u32 {
            let each = self.counting(number, false).map(adds);
            if self.awards.catalog[number].repeatable { each.sum() } else { each.max().unwrap_or(0) }
        };
        of.iter().map(member).sum()
    }
}

/// What lapses, as 7.9 has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    pub of: Number,
    pub awarded: Date,
    pub last_day: Date,
    pub from: Option<Date>,
    /// None if the catalog states no terms.
    pub can_renew: Option<bool>,
    pub required: Option<bool>,
    pub renewed_until: Option<Date>,
    pub again_until: Date,
    pub renewed_by: Vec<(Number, Date)>,
}

impl Situation {
    /// Of the current awards of just the id, the one that lasts longest, and the last day of the credential by it.
    pub fn to_renew(&self, awards: &Awards<'_>, of: Number) -> Option<(Made, Date)> {
        let world = awards.on(self.as_of, true);
        let own = awards.made.iter().zip(&world.current).filter(|(made, current)| made.of == of && **current);
        let longest = own.map(|(made, _)| made).max_by_key(|made| (made.until, made.day))?;
        if self.catalog[of].valid != Valid::WhileComponents {
            return Some((longest.clone(), longest.until.unwrap()));
        }
        let mut last = self.as_of;
        while last <= self.until && awards.on(last.next(), true).holds_own(of) {
            last = last.next();
        }
        Some((longest.clone(), if last > self.until { NEVER } else { last }))
    }

    pub fn due(&self) -> Vec<Due> {
        let awards = self.awards();
        let mut due = Vec::new();
        for of in 0..self.catalog.len() {
            let Some((old, last_day)) = self.to_renew(&awards, of).filter(|(_, last)| *last <= self.until) else {
                continue;
            };
            let terms = self.catalog[of].renewal.as_ref();
            let from = terms.and_then(|terms| terms.window).map(|window| minus(last_day, window));
            let required = terms.and_then(|terms| terms.requires.as_ref()).map(|need| {
                let since = Awards {
                    made: awards.made.iter().filter(|made| made.day > old.day).cloned().collect(),
                    ..awards.clone()
                };
                since.on(self.as_of, true).meets(need)
            });
            let offered = self.catalog[of].closes.is_none_or(|closes| self.as_of <= closes);
            let can = offered && from.is_none_or(|from| from <= self.as_of) && required != Some(false);
            let ends = |day: Date| match self.catalog[of].valid {
                Valid::For(period) if terms.is_some_and(|terms| terms.keeps_cycle) => {
                    last_day.next().end_of(period, true)
                }
                Valid::For(period) => day.end_of(period, true),
                _ => NEVER,
            };
            let by = (0..self.catalog.len()).filter(|&by| self.catalog[by].renews.contains(&of));
            let renewed_by = by.map(|by| {
                let own = match self.catalog[by].valid {
                    Valid::For(period) => self.as_of.end_of(period, true),
                    _ => NEVER,
                };
                let this = match self.catalog[of].valid {
                    Valid::For(period) => self.as_of.end_of(period, true),
                    _ => NEVER,
                };
                (by, own.max(this))
            });
            due.push(Due {
                of,
                awarded: old.day,
                last_day,
                from,
                can_renew: terms.map(|_| can),
                required,
                renewed_until: terms.map(|_| ends(from.map_or(self.as_of, |from| from.max(self.as_of)))),
                again_until: ends(self.as_of),
                renewed_by: renewed_by.collect(),
            });
        }
        due.sort_by_key(|due| (due.last_day, due.of));
        due
    }
}

/// So long before a day, months first.
pub fn minus(day: Date, period: Period) -> Date {
    let months = (day.year * 12 + day.month as i32 - 1) - (12 * period.years + period.months) as i32;
    let (year, month) = (months.div_euclid(12), months.rem_euclid(12) as u32 + 1);
    let clamped = day.day.min(super::dates::days_in_month(year, month));
    Date { year, month, day: clamped }.minus_days(7 * period.weeks + period.days)
}
