//! Credentials that are supposed to be kept up beside the jobs, as often as wanted: what no number of further steps can
//! do more than.

use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::evaluate::evidence::{Evidence, Grade, Origin, last_day};
use crate::schedule::model::{Job, Model, TimedStep, Timing};
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// A credential that further steps may bring on any day on which they can.
#[derive(Debug, Clone)]
pub(crate) struct KeptUp {
    pub(crate) credential: CredentialId,
    /// What bringing it takes at the least.
    job: Job,
    /// Whether an award of it may last on, whatever its own day.
    lasts_on: bool,
}

impl KeptUp {
    /// These credentials, and what their awards are besides. What can never be brought is left out.
    pub(crate) fn all(catalog: &Catalog, model: &Model, credentials: &BTreeSet<CredentialId>) -> Vec<Self> {
        let mut renewed: BTreeSet<CredentialId> = BTreeSet::new();
        for &credential in credentials {
            let all = catalog.renewing.in_turn(credential, &catalog.names, usize::MAX);
            renewed.extend(all.into_iter().flatten());
        }
        let job = |credential| model.job(catalog, TimedStep { credential, timing: Timing::Either }, true).ok();
        let kept = |credential: CredentialId| {
            // What another award is besides comes as that one does: it is not asked when.
            let lasts_on = catalog.keeps_cycle(credential) || renewed.contains(&credential);
            Some(Self { credential, job: job(credential)?, lasts_on })
        };
        let all: BTreeSet<CredentialId> = credentials.union(&renewed).copied().collect();
        all.into_iter().filter_map(kept).collect()
    }

    /// Whether one that was made by then can be current on a day.
    pub(crate) fn is_current(&self, catalog: &Catalog, model: &Model, day: i32) -> bool {
        let made = model.last_award(&self.job, day).and_then(Date::numbered);
        let lasts =
            |made| last_day(catalog.terms(self.credential).valid_for, made).is_none_or(|last| last.number() >= day);
        self.lasts_on || made.is_some_and(lasts)
    }

    /// The first later day on which one can be made.
    pub(crate) fn next(&self, model: &Model, day: i32) -> Option<i32> {
        let next = day.saturating_add(1);
        if model.last_award(&self.job, next) == Some(next) {
            return Some(next);
        }
        let days = self.job.shortest.saturating_sub(1).max(0);
        let begin = day.saturating_add(1).saturating_sub(days).max(model.start);
        Some(model.next_open(&self.job, begin)?.saturating_add(days)).filter(|&award| award <= Date::LAST.number())
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
