//! The best schedule by trying every day for every step.

use std::collections::HashMap;

use credpath::{Catalog, CredentialId, Date, LearnerRecord, Plan};

use crate::replay::{is_accompanied, is_held, is_open, is_possible, is_renewable, plus, with};

/// Cost, hours and credentials of all steps, in hundredths; then the days from the first to the last.
pub(crate) type Worth = (u64, u64, u64, i64);

pub(crate) struct Exhaustive<'a> {
    catalog: &'a Catalog,
    record: &'a LearnerRecord,
    plan: &'a Plan,
    start: Date,
    /// Days after the first on which something may still be awarded.
    days: i64,
    /// Hundredths of hours a week.
    pace: u64,
    at_once: usize,
    /// What may be taken or claimed beside the plan.
    more: &'a [CredentialId],
    known: HashMap<Question, bool>,
    best: Option<Worth>,
}

/// A step that was begun: which, when, its last day, its hours.
type Begun = (CredentialId, i64, i64, u64);
/// What is asked of a credential on a day: possible, renewable, held, accompanied; after which awards.
type Question = (u8, CredentialId, i64, Vec<(CredentialId, i64)>);

impl<'a> Exhaustive<'a> {
    pub(crate) fn new(
        catalog: &'a Catalog,
        record: &'a LearnerRecord,
        plan: &'a Plan,
        start: Date,
        (pace, at_once, days): (u64, usize, i64),
        more: &'a [CredentialId],
    ) -> Self {
        Self { catalog, record, plan, start, days, pace, at_once, more, known: HashMap::new(), best: None }
    }

    /// The best that there is with at most so many further steps; if a bound is given, only what is better than that.
    pub(crate) fn best(mut self, most_added: usize, bound: Option<Worth>) -> Option<Worth> {
        self.best = bound;
        let planned = self
            .plan
            .steps
            .iter()
            .flat_map(|step| vec![self.catalog.credential(&step.credential).unwrap(); step.times as usize]);
        let planned: Vec<CredentialId> = planned.collect();
        let more = self.more;
        let mut sets: Vec<Vec<CredentialId>> = vec![Vec::new()];
        let mut from = 0;
        for _ in 0..most_added {
            let to = sets.len();
            for place in from..to {
                for &id in more {
                    if sets[place].last().is_none_or(|&last| last <= id) {
                        let mut longer = sets[place].clone();
                        longer.push(id);
                        sets.push(longer);
                    }
                }
            }
            from = to;
        }
        for added in sets {
            let mut steps = planned.clone();
            steps.extend(added);
            steps.sort();
            self.begin_from(0, None, &mut steps, &mut Vec::new(), (0, 0, 0));
        }
        self.best.filter(|&best| Some(best) != bound)
    }

    /// Everything that can be begun on this day or later; `after` is the last one begun on this day, if it is no claim.
    fn begin_from(
        &mut self,
        day: i64,
        after: Option<CredentialId>,
        left: &mut Vec<CredentialId>,
        begun: &mut Vec<Begun>,
        spent: (u64, u64, u64),
    ) {
        let finish = begun.iter().map(|step| step.2).max().unwrap_or(0);
        let worth = (spent.0, spent.1, spent.2, finish);
        // What the others cost at the least, and the first day on which they can be done.
        let mut least = (spent.0, spent.1, spent.2, if left.is_empty() { finish } else { finish.max(day) });
        for &id in left.iter() {
            let described = self.catalog.get(id);
            let (cost, hours) = (described.cost.unwrap_or_default(), described.hours.unwrap_or_default());
            let renewal = described.renewal.map_or((cost, hours), |it| (it.cost, it.hours));
            least.0 += cost.min(renewal.0).hundredths();
            least.1 += hours.min(renewal.1).hundredths();
            least.2 += u64::from(!self.catalog.is_conferred(id));
        }
        if self.best.is_some_and(|best| least >= best) || day > self.days {
            return;
        }
        if left.is_empty() && !self.are_accompanied(day, begun) {
            return;
        }
        if left.is_empty() {
            let target = self.catalog.credential(&self.plan.target).unwrap();
            if self.ask(2, target, finish, begun.iter()) {
                self.best = Some(worth);
            }
            return;
        }
        let claimed = begun.last().is_some_and(|step| step.1 == day && self.catalog.is_conferred(step.0));
        for place in 0..left.len() {
            let id = left[place];
            let claim = self.catalog.is_conferred(id);
            let repeated = place > 0 && left[place - 1] == id;
            let out_of_order = !claim && (claimed || after.is_some_and(|after| id < after));
            // Awards of one credential follow each other.
            let again = begun.iter().any(|step| step.0 == id && step.2 >= day);
            if repeated || out_of_order || again {
                continue;
            }
            for (step, more) in self.begin(id, day, begun) {
                left.remove(place);
                begun.push(step);
                let spent = (spent.0 + more.0, spent.1 + more.1, spent.2 + u64::from(!claim));
                self.begin_from(day, if claim { after } else { Some(id) }, left, begun, spent);
                begun.pop();
                left.insert(place, id);
            }
        }
        if self.are_accompanied(day, begun) {
            self.begin_from(day + 1, None, left, begun, spent);
        }
    }

    /// Whether the corequisites of all that was begun on a day are met, by what was awarded before, and what is
    /// underway.
    fn are_accompanied(&mut self, day: i64, begun: &[Begun]) -> bool {
        let taken = |step: &&Begun| !self.catalog.is_conferred(step.0);
        let own: Vec<CredentialId> =
            begun.iter().filter(|step| step.1 == day).filter(taken).map(|step| step.0).collect();
        let underway = begun.iter().filter(taken).filter(|step| step.2 >= day).map(|step| (step.0, day, day, 0));
        let there: Vec<Begun> = begun.iter().copied().filter(|step| step.2 < day).chain(underway).collect();
        own.into_iter().all(|id| self.ask(3, id, day, there.iter()))
    }

    /// The step and what it costs, if it can be begun on that day: renewed, or anew.
    fn begin(&mut self, id: CredentialId, day: i64, begun: &[Begun]) -> Vec<(Begun, (u64, u64))> {
        let described = self.catalog.get(id);
        let claim = self.catalog.is_conferred(id);
        if !is_open(&described.offered, plus(self.start, day)) {
            return Vec::new();
        }
        let before: Vec<Begun> = begun.iter().copied().filter(|step| step.2 < day || claim && step.2 == day).collect();
        let renewed = described.renewal.is_some() && self.ask(1, id, day, before.iter());
        let anew = self.ask(0, id, day, before.iter());
        let ways = [(renewed, described.renewal), (anew, None)].into_iter().filter(|way| way.0);
        ways.filter_map(|(_, renewal)| self.begin_at(id, day, begun, renewal)).collect()
    }

    fn begin_at(
        &self,
        id: CredentialId,
        day: i64,
        begun: &[Begun],
        renewal: Option<credpath::Renewal>,
    ) -> Option<(Begun, (u64, u64))> {
        let described = self.catalog.get(id);
        let claim = self.catalog.is_conferred(id);
        let anew = (described.cost.unwrap_or_default(), described.hours.unwrap_or_default());
        let (cost, hours) = renewal.map_or(anew, |renewal| (renewal.cost, renewal.hours));
        let (cost, hours) = (cost.hundredths(), hours.hundredths());
        if claim {
            return Some(((id, day, day, 0), (cost, hours)));
        }
        let duration = described.duration.filter(|_| renewal.is_none()).map(|period| u64::from(period.days()));
        let by_hours = (7 * hours).div_ceil(self.pace);
        let length = match duration {
            Some(duration) if !described.study => duration.max(1),
            duration => duration.unwrap_or(1).max(by_hours).max(1),
        };
        let step = (id, day, day + i64::try_from(length).unwrap() - 1, if described.study { 7 * hours } else { 0 });
        if !described.study {
            return Some((step, (cost, hours)));
        }
        // What runs on a day, in hundredths of hours a week, each rounded up.
        let load = |step: &Begun| step.3.div_ceil(u64::try_from(step.2 - step.1 + 1).unwrap());
        let shares = |id: CredentialId| !self.catalog.is_conferred(id) && self.catalog.get(id).study;
        let running: Vec<&Begun> =
            begun.iter().filter(|step| step.1 <= day && day <= step.2 && shares(step.0)).collect();
        let sum: u64 = running.iter().map(|step| load(step)).sum::<u64>() + load(&step);
        (running.len() < self.at_once && sum <= self.pace).then_some((step, (cost, hours)))
    }

    fn ask<'b>(&mut self, what: u8, id: CredentialId, day: i64, begun: impl Iterator<Item = &'b Begun>) -> bool {
        let mut awards: Vec<(CredentialId, i64)> = begun.map(|step| (step.0, step.2)).collect();
        awards.sort();
        let question = (what, id, day, awards);
        if let Some(&known) = self.known.get(&question) {
            return known;
        }
        let awards: Vec<(&str, Date)> =
            question.3.iter().map(|&(id, day)| (&self.catalog.get(id).id[..], plus(self.start, day))).collect();
        let (record, date) = (with(self.record, &awards), plus(self.start, day));
        let id = &self.catalog.get(id).id;
        let answer = match what {
            0 => is_possible(self.catalog, &record, date, id),
            1 => is_renewable(self.catalog, &record, date, id),
            3 => is_accompanied(self.catalog, &record, date, id),
            _ => is_held(self.catalog, &record, date, id),
        };
        self.known.insert(question, answer);
        answer
    }
}
