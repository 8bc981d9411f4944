//! Credentials that are supposed to be kept up beside the jobs, as often as wanted: what no number of further steps can
//! do more than.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{Evidence, Origin, last_day};
use crate::schedule::model::{Job, Model, TimedStep, Timing};
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// What brings a credential: a job, or further steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bringer {
    /// The first day on which it can.
    pub(crate) day: i32,
    /// Whether it renews it, so that it has to be current; and is no award of its own.
    pub(crate) renews: bool,
    pub(crate) is_job: bool,
}

/// A credential that further steps may bring on any day on which they can.
#[derive(Debug, Clone)]
pub(crate) struct KeptUp {
    pub(crate) credential: CredentialId,
    /// What bringing it takes at the least.
    job: Job,
    /// Whether an award of it may last on, whatever its own day.
    lasts_on: bool,
    /// The credentials of further steps that bring it: its own, and those that renew it.
    by: BTreeSet<CredentialId>,
    /// The first day on which one can be there.
    from: i32,
}

impl KeptUp {
    /// These credentials, and what their awards are besides. What can never be brought is left out.
    pub(crate) fn all(catalog: &Catalog, model: &Model, credentials: &BTreeSet<CredentialId>) -> Vec<Self> {
        let own = |&credential: &CredentialId| (credential, BTreeSet::from([credential]));
        let mut brought: BTreeMap<CredentialId, BTreeSet<CredentialId>> = credentials.iter().map(own).collect();
        let mut renewed: BTreeSet<CredentialId> = BTreeSet::new();
        for &credential in credentials {
            let all = catalog.renewing.in_turn(credential, &catalog.names, usize::MAX);
            for other in all.into_iter().flatten() {
                renewed.insert(other);
                brought.entry(other).or_default().insert(credential);
            }
        }
        let job = |credential| model.job(catalog, TimedStep { credential, timing: Timing::Either }, true).ok();
        let kept = |(credential, by): (CredentialId, BTreeSet<CredentialId>)| {
            // What another award is besides comes as that one does: it is not asked when.
            let lasts_on = catalog.keeps_cycle(credential) || renewed.contains(&credential);
            Some(Self { credential, job: job(credential)?, lasts_on, by, from: model.start })
        };
        brought.into_iter().filter_map(kept).collect()
    }

    /// Whether further steps of its own bring it, and not only others that renew it.
    pub(crate) fn is_its_own(&self) -> bool {
        self.by.contains(&self.credential)
    }

    /// The same, if the first awards of further steps come on these days, and those of jobs in their slots; none if it
    /// never comes. What is renewed by another has to be current on that day: `lasts` is the last day on which it is
    /// so by what is there, if there is anything.
    pub(crate) fn in_time(
        self,
        first: &BTreeMap<CredentialId, i32>,
        jobs: &[Bringer],
        lasts: Option<i32>,
    ) -> Option<Self> {
        let further = self.by.iter().filter_map(|by| {
            let day = *first.get(by)?;
            Some(Bringer { day, renews: *by != self.credential, is_job: false })
        });
        let mut all: Vec<Bringer> = further.chain(jobs.iter().copied()).collect();
        all.sort_unstable();
        let (mut lasts, mut waits) = (lasts, false);
        for Bringer { day, renews, is_job } in all {
            if renews && lasts.is_none_or(|last| last < day) {
                // What comes with further steps can come on any later day as well, once there is something to renew.
                waits |= !is_job;
                continue;
            }
            if !is_job || waits {
                return Some(Self { from: day.max(self.from), ..self });
            }
            // What comes of a job may be kept up from then on.
            lasts = Some(i32::MAX);
        }
        None
    }

    /// The first day on which one can be made that is begun on a day or later; none if it is offered no more.
    pub(crate) fn first_award(&self, model: &Model, begin: i32) -> Option<i32> {
        let days = self.job.shortest.saturating_sub(1).max(0);
        Some(model.next_open(&self.job, begin)?.saturating_add(days)).filter(|&award| award <= Date::LAST.number())
    }

    /// Whether the first one can have come by a day.
    pub(crate) fn comes_by(&self, day: i32) -> bool {
        self.from <= day
    }

    /// Whether one that was made by then can be current on a day.
    pub(crate) fn is_current(&self, catalog: &Catalog, model: &Model, day: i32) -> bool {
        let made = model.last_award(&self.job, day).and_then(Date::numbered);
        let lasts =
            |made| last_day(catalog.terms(self.credential).valid_for, made).is_none_or(|last| last.number() >= day);
        day >= self.from && (self.lasts_on || made.is_some_and(lasts))
    }

    /// The first later day on which one can be made.
    pub(crate) fn next(&self, model: &Model, day: i32) -> Option<i32> {
        if self.lasts_on {
            return (day < self.from).then_some(self.from);
        }
        let next = day.saturating_add(1).max(self.from);
        if model.last_award(&self.job, next) == Some(next) {
            return Some(next);
        }
        let days = self.job.shortest.saturating_sub(1).max(0);
        self.first_award(model, next.saturating_sub(days).max(model.start))
    }

    /// An award of it that serves best on a day, made on one of these days; none if there can be none by then.
    pub(crate) fn awards(
        &self,
        catalog: &Catalog,
        model: &Model,
        day: i32,
        days: &BTreeSet<Date>,
    ) -> impl Iterator<Item = Evidence> {
        let start = Date::numbered(model.start).unwrap_or(Date::FIRST);
        let latest = if self.lasts_on { Some(day) } else { model.last_award(&self.job, day) };
        let latest = latest.filter(|&latest| latest >= self.from);
        let latest = latest.and_then(Date::numbered);
        let until = |latest: Date| {
            if self.lasts_on { None } else { last_day(catalog.terms(self.credential).valid_for, latest) }
        };
        let dates = latest.into_iter().flat_map(move |latest| {
            let others = days.iter().copied().filter(move |&other| other < latest);
            others.chain([latest]).map(move |made| (made, until(latest)))
        });
        let credential = self.credential;
        let award = move |(made, until): (Date, Option<Date>)| {
            let award = Evidence::new(catalog, credential, made, Grade::Sufficient, Origin::Supposed);
            let mut award = award.suiting(catalog, Some(start));
            award.until = until;
            award
        };
        dates.map(award)
    }
}
