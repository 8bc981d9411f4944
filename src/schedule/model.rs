//! A plan's steps as jobs: how long each lasts, what it takes of the pace, when it can begin.

use std::collections::BTreeSet;

use crate::catalog::catalog::{Catalog, Validity};
use crate::catalog::network::Rule;
use crate::value::date::{Date, Period};
use crate::value::ids::{CredentialId, IdVec, id, to_u32};
use crate::value::offering::Offering;
use crate::value::term::CalendarTerm;

use crate::plan::model::amounts::Price;
use crate::schedule::answer::Obstacle;
use crate::schedule::options::{Pace, ScheduleOptions};

/// On which terms an award is made, and so on which days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Timing {
    /// On those of a renewal: while an award is current, within its window, with what that requires.
    WhileCurrent,
    /// On those of taking or claiming it.
    Anew,
    /// On either, whatever asks for less: no job of a schedule, but what bounds all of them.
    Either,
}

/// A step of a plan, or beside it, and when it may begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimedStep {
    pub(crate) credential: CredentialId,
    pub(crate) timing: Timing,
}

/// Where it has its place on the calendar, windows aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CalendarPlace {
    Anywhere,
    InTerm,
    WholeTerm,
}

/// When what rules say changes by itself.
pub(crate) struct Turns {
    /// Days that are known.
    pub(crate) days: Vec<i32>,
    /// Whether all lengths of time are counted in days.
    pub(crate) by_days: bool,
    /// The most days that something has to be held before it counts.
    pub(crate) held: i32,
}

id! {
    /// A job of a model.
    JobId
}

/// Something that is to be done once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Job {
    pub(crate) credential: CredentialId,
    pub(crate) added: bool,
    pub(crate) timing: Timing,
    pub(crate) claim: bool,
    /// Whether its hours are hours of study.
    study: bool,
    /// What is stated of its price.
    pub(crate) price: Price,
    /// In hundredths.
    pub(crate) cost: u64,
    pub(crate) hours: u64,
    /// Its length: the period, and so many days at least.
    period: Option<Period>,
    days: i32,
    /// The fewest days that it lasts, whenever it begins.
    pub(crate) shortest: i32,
    /// The most days that it lasts, if it can be done in two ways of different length; at least so many as it can be.
    pub(crate) longest: Option<i32>,
    /// Hundredths of hours a week, or of credits.
    pub(crate) load: u64,
    place: CalendarPlace,
    offered: Offering,
}

impl Job {
    /// True if its load is counted in the term in which it begins.
    pub(crate) fn counts_credits(&self) -> bool {
        self.place != CalendarPlace::Anywhere
    }

    /// True if it is one of those that share the pace, and run at once.
    pub(crate) fn shares(&self) -> bool {
        !self.claim && self.study
    }
}

/// The time that there is, and the jobs to be put on it.
#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) start: i32,
    /// The last day on which anything may begin: what is not possible by then never is.
    pub(crate) horizon: i32,
    pub(crate) jobs: IdVec<JobId, Job>,
    /// Credentials of jobs that have a corequisite, which what is begun by then may meet.
    pub(crate) accompanied: BTreeSet<CredentialId>,
    /// The first and the last day of each, in order, without a day in common. None if hours are what counts.
    pub(crate) terms: Vec<(i32, i32)>,
    /// Hundredths of hours a week, or of credits a term.
    pub(crate) capacity: u64,
    /// The most of it that one step without a duration takes.
    per_step: u64,
    pub(crate) at_once: usize,
    /// Whether credits of terms are counted, and not hours of weeks.
    by_terms: bool,
    /// What it took to find out how long jobs last at the least.
    pub(crate) work: u64,
}

impl Model {
    pub(crate) fn new(start: i32, options: &ScheduleOptions) -> Self {
        let (capacity, terms) = match &options.pace {
            Pace::HoursPerWeek(hours) => (hours.hundredths(), Vec::new()),
            Pace::CreditsPerTerm { terms, credits } => (credits.hundredths(), terms.clone()),
        };
        let mut days: Vec<(i32, i32)> = terms.iter().map(|term| (term.from.number(), term.until.number())).collect();
        days.sort_unstable();
        let mut free = i32::MIN;
        let mut apart = Vec::new();
        for (from, until) in days {
            let from = from.max(free);
            if from <= until {
                apart.push((from, until));
                free = until.saturating_add(1);
            }
        }
        let at_once = options.at_once.map_or(usize::MAX, |most| most as usize);
        let per_step = options.hours_per_step.map_or(capacity, |hours| hours.hundredths().min(capacity));
        Self {
            start,
            horizon: start,
            jobs: IdVec::new(),
            accompanied: BTreeSet::new(),
            terms: apart,
            capacity,
            per_step,
            at_once,
            by_terms: matches!(options.pace, Pace::CreditsPerTerm { .. }),
            work: 0,
        }
    }

    /// The same without one job, and without the time before a day.
    pub(crate) fn without(&self, job: JobId, start: i32) -> Self {
        let jobs = self.jobs.entries().filter(|&(other, _)| other != job).map(|(_, job)| job.clone()).collect();
        Self { start, jobs, ..self.clone() }
    }

    /// Adds a job, at the terms that its timing says; or what makes it impossible.
    pub(crate) fn add(&mut self, catalog: &Catalog, step: TimedStep, added: bool) -> Result<(), Obstacle> {
        let job = self.job(catalog, step, added)?;
        // Where it lasts so many months, every day of four years is looked at.
        let by_months = job.period.is_some_and(|period| period.months() > 0);
        self.work += if by_months { 4 * 366 / 2 } else { 4 };
        self.accompanied.extend(catalog.network.top(Rule::corequisite(step.credential)).map(|_| step.credential));
        self.jobs.push(job);
        Ok(())
    }

    /// A job at the terms that its timing says; or what makes it impossible.
    pub(crate) fn job(&self, catalog: &Catalog, step: TimedStep, added: bool) -> Result<Job, Obstacle> {
        if step.timing == Timing::Either {
            return self.either(catalog, step.credential, added);
        }
        let by_terms = self.by_terms;
        let TimedStep { credential, timing } = step;
        let described = catalog.at(credential);
        let renewal = described.renewal.filter(|_| timing == Timing::WhileCurrent);
        let price = Price::with(catalog, credential, renewal);
        let claim = catalog.network.has_stack(credential);
        let stated = |amount: Option<i64>| amount.map_or(0, |amount| u64::try_from(amount).unwrap_or(0));
        let mut job = Job {
            credential,
            added,
            timing,
            claim,
            study: described.study,
            price,
            cost: stated(price.cost),
            hours: stated(price.hours),
            period: described.duration.filter(|_| renewal.is_none() && !claim),
            days: 1,
            shortest: 0,
            longest: None,
            load: 0,
            place: match described.duration {
                _ if !by_terms || claim || !described.study || renewal.is_some() => CalendarPlace::Anywhere,
                Some(_) => CalendarPlace::InTerm,
                None => CalendarPlace::WholeTerm,
            },
            offered: described.offered.clone(),
        };
        if !claim {
            if job.counts_credits() {
                job.load = described.credits.hundredths();
                if job.load > self.capacity {
                    return Err(Obstacle::Pace);
                }
            } else if !by_terms && job.hours > 0 && (job.study || job.period.is_none()) {
                // A day has a seventh of a week's hours.
                let shared = job.study && job.period.is_none();
                let a_week = if shared { self.per_step } else { self.capacity };
                if a_week == 0 {
                    return Err(Obstacle::Pace);
                }
                job.days = i32::try_from((7 * job.hours).div_ceil(a_week)).map_err(|_| Obstacle::Pace)?;
            }
            job.shortest = self.shortest(&job);
            if !by_terms && job.study {
                job.load = (7 * job.hours).div_ceil(u64::try_from(job.shortest).unwrap_or(1).max(1));
            }
            if self.at_once == 0 && job.study {
                return Err(Obstacle::Pace);
            }
        }
        Ok(job)
    }

    /// The least of what a job is at the terms of a renewal, and anew.
    fn either(&self, catalog: &Catalog, credential: CredentialId, added: bool) -> Result<Job, Obstacle> {
        let anew = self.job(catalog, TimedStep { credential, timing: Timing::Anew }, added);
        if catalog.at(credential).renewal.is_none() {
            return anew.map(|anew| Job { timing: Timing::Either, ..anew });
        }
        let renewed = self.job(catalog, TimedStep { credential, timing: Timing::WhileCurrent }, added);
        let (anew, renewed) = match (anew, renewed) {
            (Ok(anew), Ok(renewed)) => (anew, renewed),
            (Err(_), only) | (only, Err(_)) => return only.map(|only| Job { timing: Timing::Either, ..only }),
        };
        let days = renewed.days.min(anew.shortest.max(1));
        let most = |job: &Job| {
            let days = job.period.map_or(0, |period| i64::from(period.months()) * 31 + i64::from(period.days()));
            let terms = self.terms.iter().filter(|_| job.place == CalendarPlace::WholeTerm);
            let term = terms.map(|&(from, until)| until - from + 1).max().unwrap_or(1);
            i32::try_from(days).unwrap_or(i32::MAX).max(job.days).max(term)
        };
        let longest = Some(most(&anew).max(most(&renewed)));
        let mut least = Job { timing: Timing::Either, days, period: None, longest, ..renewed };
        least.cost = least.cost.min(anew.cost);
        least.hours = least.hours.min(anew.hours);
        least.shortest = least.shortest.min(anew.shortest);
        let energy = |job: &Job| job.load.saturating_mul(u64::try_from(job.shortest).unwrap_or(0));
        if !self.by_terms && energy(&anew) < energy(&least) {
            least.load = energy(&anew) / u64::try_from(least.shortest).unwrap_or(1).max(1);
        }
        Ok(least)
    }

    /// The fewest days from the first to the last, whenever it begins.
    fn shortest(&self, job: &Job) -> i32 {
        if job.place == CalendarPlace::WholeTerm {
            return self.terms.iter().map(|&(from, until)| until - from + 1).min().unwrap_or(1);
        }
        match job.period {
            // Months differ in length; within four years every month has begun on every day of it, in a common year.
            Some(period) if period.months() > 0 => {
                let lengths = (self.start..self.start.saturating_add(4 * 366))
                    .filter_map(|day| Some(last(period, day)? - day + 1));
                lengths.min().unwrap_or(1).max(job.days)
            }
            Some(period) => i32::try_from(period.days()).unwrap_or(i32::MAX).max(job.days),
            None => job.days,
        }
    }

    /// The day of the award if it begins on that day; nothing if that is beyond all dates.
    pub(crate) fn end(&self, job: &Job, begin: i32) -> Option<i32> {
        if job.claim {
            return Some(begin);
        }
        if job.place == CalendarPlace::WholeTerm {
            return self.terms.iter().find(|term| begin <= term.1).map(|term| term.1);
        }
        let days = begin.checked_add(job.days - 1)?;
        let end = match job.period {
            Some(period) => last(period, begin)?.max(days),
            None => days,
        };
        (end <= Date::LAST.number()).then_some(end)
    }

    /// The first day on which it can begin, on this one or later.
    pub(crate) fn next_begin(&self, job: &Job, from: i32) -> Result<i32, Obstacle> {
        let mut day = from;
        // The first day of a window may lie in no term, and that of the next term in no window: each time round, a
        // later term is looked at.
        loop {
            let Some(opens) = Self::first_open(job, day) else {
                let date = Date::numbered(day).unwrap_or(Date::LAST);
                return Err(Obstacle::Closed { until: job.offered.last_before(date), earliest: date });
            };
            let no_term = || Obstacle::NoTerm { earliest: Date::numbered(from).unwrap_or(Date::LAST) };
            let begin = self.in_term(job, opens).ok_or_else(no_term)?;
            if begin == opens {
                return Ok(begin);
            }
            day = begin;
        }
    }

    /// The first day on which it is offered, on this one or later.
    fn first_open(job: &Job, from: i32) -> Option<i32> {
        if from > Date::LAST.number() || job.offered.is_always() {
            return (from <= Date::LAST.number()).then_some(from);
        }
        job.offered.first_from(Date::numbered(from)?).map(Date::number)
    }

    /// The first day, on this one or later, on which it can begin as far as terms matter.
    fn in_term(&self, job: &Job, from: i32) -> Option<i32> {
        if !job.counts_credits() {
            return Some(from);
        }
        let in_term = |&(first, last): &(i32, i32)| {
            let begin = from.max(first);
            let fits = |begin| self.end(job, begin).is_some_and(|end| end <= last);
            // What no term has room for begins with one.
            (begin <= last && (begin == first || job.place == CalendarPlace::InTerm && fits(first) && fits(begin)))
                .then_some(begin)
        };
        self.terms.iter().find_map(in_term)
    }

    /// The last day up to this one on which it can have been awarded, begun on the first day of all or later; none if
    /// there is none. Terms aside.
    pub(crate) fn last_award(&self, job: &Job, day: i32) -> Option<i32> {
        let begin = day.checked_sub(job.shortest.saturating_sub(1).max(0))?;
        let date = Date::numbered(begin)?;
        let opens =
            if job.offered.contains(date) { Some(begin) } else { job.offered.last_before(date).map(Date::number) };
        let begin = opens.filter(|&begin| begin >= self.start)?;
        // What can take longer as well may be awarded on any day from the shorter to the longer.
        let end = job.longest.map_or_else(|| self.end(job, begin), |longest| begin.checked_add(longest - 1));
        Some(end.map_or(day, |end| end.clamp(begin, day)))
    }

    /// The first day on which it is offered, on this one or later; terms aside.
    pub(crate) fn next_open(&self, job: &Job, from: i32) -> Option<i32> {
        Self::first_open(job, from.max(self.start))
    }

    /// The first day after this one on which it can begin so that it is awarded on that day or later, its offering
    /// aside.
    pub(crate) fn begin_to_end(&self, job: &Job, after: i32, award: i32) -> i32 {
        first(after.saturating_add(1), award.max(after.saturating_add(1)), |begin| {
            self.end(job, begin).is_none_or(|end| end >= award)
        })
    }

    /// The term that a day lies in.
    pub(crate) fn term(&self, day: i32) -> Option<usize> {
        self.terms.iter().position(|&(from, until)| from <= day && day <= until)
    }

    /// Whether it is offered on that day and was not on the day before.
    pub(crate) fn opens_on(job: &Job, day: i32) -> bool {
        let opens = Date::numbered(day - 1).and_then(|before| job.offered.opens(before));
        opens.is_some_and(|opens| opens.number() == day)
    }

    /// After these days nothing changes by itself. A step waits for others at most as long as those last and have to
    /// be held, each but once, and if it renews an award, at most as long as that is valid; so what is not possible by
    /// then never is. Where months are counted, their lengths go round once more in each four years. Where windows
    /// come again every year, there is nothing for four years, between two steps, only if all that follows could as
    /// well be done four years earlier.
    pub(crate) fn set_horizon(&mut self, catalog: &Catalog, turns: Turns) {
        let Turns { days, mut by_days, held } = turns;
        let windows = self.jobs.iter().flat_map(|job| job.offered.dates()).map(Date::number);
        let terms = self.terms.iter().map(|term| term.1);
        let last = windows.chain(terms).chain(days).fold(self.start, i32::max);
        let in_days = |term: CalendarTerm| i32::try_from(term.most_days()).unwrap_or(i32::MAX);
        let mut all = last;
        for job in &self.jobs {
            let valid_for = match catalog.at(job.credential).valid_for {
                Validity::For(term) => Some(term),
                _ => None,
            };
            let period = job.period.map(CalendarTerm::new);
            by_days &= period.iter().chain(&valid_for).all(|term| term.counts_days());
            all = all.saturating_add(job.shortest.max(period.map_or(0, in_days)));
            // And before it begins, at most for what has to be held the longest.
            all = all.saturating_add(held);
            // And until the window opens in which it can be renewed.
            if job.timing != Timing::Anew {
                all = all.saturating_add(valid_for.map_or(0, in_days));
            }
        }
        let years = if by_days { 0 } else { 8 * 366 };
        let round = if self.jobs.iter().any(|job| job.offered.is_yearly()) { 4 * 366 } else { 0 };
        let rounds = i32::try_from(self.jobs.len() + 1).unwrap_or(i32::MAX).saturating_mul(round);
        self.horizon = all.saturating_add(years).saturating_add(rounds).min(Date::LAST.number());
    }

    /// Whether a job has a corequisite.
    pub(crate) fn is_accompanied(&self, job: JobId) -> bool {
        self.accompanied.contains(&self.jobs[job].credential)
    }

    pub(crate) fn number(&self) -> u64 {
        u64::from(to_u32(self.jobs.len()))
    }
}

/// The last day of a period that begins on that day, which is at least the day itself.
fn last(period: Period, begin: i32) -> Option<i32> {
    let end = Date::numbered(begin)?.last_day_of(period)?.number();
    Some(end.max(begin))
}

/// The first number in a range for which it is so; the end of the range if for none before. It stays so once it is.
pub(crate) fn first(from: i32, to: i32, is_so: impl Fn(i32) -> bool) -> i32 {
    let (mut low, mut high) = (from, to);
    while low < high {
        let middle = low + (high - low) / 2;
        if is_so(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}
