//! The awards that jobs bring, and what an own award has to do with a job of its credential.

use crate::catalog::catalog::Validity;
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{Evidence, Origin};
use crate::schedule::judge::{Judge, number};
use crate::schedule::model::{JobId, Timing};
use crate::schedule::renewing::renewable;
use crate::schedule::timetable::Timetable;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// A day on which an award will have been held for long enough for some rule.
pub(crate) struct Ripe {
    pub(crate) day: i32,
    pub(crate) credential: CredentialId,
    /// The job that brings the award, if it is not of the record.
    pub(crate) job: Option<JobId>,
}

impl Judge<'_> {
    /// When awards that a job may need will have been held for as long as a rule may ask for: those of the record, and
    /// those that other jobs bring.
    pub(crate) fn ripening(&mut self, at: Timetable<'_>, job: JobId) -> Vec<Ripe> {
        if self.held_for.is_empty() {
            return Vec::new();
        }
        let standing = self.standing;
        let recorded = standing.issued.iter().map(|evidence| (evidence.credential, None, evidence.awarded));
        let made = at.model.jobs.entries().filter(|&(other, _)| other != job);
        let made = made.map(|(other, by)| (by.credential, Some(other), Date::numbered(at.slots.ends[other])));
        let mut found = Vec::new();
        for (credential, by, awarded) in recorded.chain(made) {
            if let Some(awarded) = awarded.filter(|_| self.job_asks(at.model, job, credential)) {
                let days = self.held_for.iter().filter_map(|term| term.first_held(awarded)).map(Date::number);
                found.extend(days.map(|day| Ripe { day, credential, job: by }));
            }
        }
        found
    }

    /// The awards of these jobs. One that keeps the cycle lasts on from the last day of an earlier one that is current
    /// on its day.
    pub(crate) fn awards(&self, at: Timetable<'_>, jobs: &[JobId]) -> Vec<Evidence> {
        let Timetable { model, slots } = at;
        let catalog = self.catalog;
        let award = |job: JobId| {
            let date = Date::numbered(slots.ends[job]).unwrap_or(Date::LAST);
            Evidence::new(catalog, model.jobs[job].credential, date, Grade::Sufficient, Origin::Issued(number(job)))
        };
        let mut made: Vec<Evidence> = jobs.iter().map(|&job| award(job)).collect();
        let keeping = |evidence: &Evidence| catalog.keeps_cycle(evidence.credential);
        if made.iter().any(keeping) {
            made.sort_by_key(|award| award.awarded);
            for place in 0..made.len() {
                let award = &made[place];
                let (Validity::For(term), Some(own_last)) = (catalog.terms(award.credential).valid_for, award.until)
                else {
                    continue;
                };
                let recorded = self.issued_of(award.credential).filter(|own| own.renewal().is_none());
                let before = made[..place].iter().filter(|before| before.credential == award.credential);
                let earlier = recorded.chain(before).filter(|own| own.awarded.is_some() && own.awarded < award.awarded);
                let last = earlier.filter_map(|own| own.until).filter(|&last| award.awarded <= Some(last)).max();
                if let Some(last) = last.filter(|_| keeping(award)) {
                    let kept = last.next().and_then(|begins| term.last_day(begins));
                    made[place].until = kept.map(|kept| kept.max(own_last));
                }
            }
        }
        made
    }

    /// The first day of the window in which a job can renew what it renews, if it is later than the day on which it
    /// begins.
    pub(crate) fn window_opens(&mut self, at: Timetable<'_>, job: JobId) -> Option<i32> {
        let replay = self.before_job(at, job);
        let award = renewable(replay.progress(), at.model.jobs[job].credential)?;
        award.opens.map(Date::number).filter(|&opens| opens > at.slots.begins[job])
    }

    /// The day of the award that a job renews, if renewing it requires others since.
    pub(crate) fn renewed_on(&mut self, at: Timetable<'_>, job: JobId) -> Option<i32> {
        let described = &at.model.jobs[job];
        if described.timing != Timing::WhileCurrent || !self.renewing.requires(described.credential) {
            return None;
        }
        let replay = self.before_job(at, job);
        renewable(replay.progress(), described.credential)?.awarded.map(Date::number)
    }

    /// The last day of the own awards that were made before the job begins; none if one of them has no end, or there is
    /// none.
    pub(crate) fn last_day_before(&mut self, at: Timetable<'_>, job: JobId) -> Option<i32> {
        let replay = self.before_job(at, job);
        let credential = at.model.jobs[job].credential;
        let own = replay.progress().evidence.iter().map(|admitted| &admitted.evidence);
        let own = own.filter(|evidence| evidence.is_issued() && evidence.is_award_of(credential));
        own.map(|evidence| evidence.until.map(Date::number)).reduce(|one, other| Some(one?.max(other?))).flatten()
    }

    /// True if there is no own award that was made before the job begins.
    pub(crate) fn is_first(&mut self, at: Timetable<'_>, job: JobId) -> bool {
        let replay = self.before_job(at, job);
        let credential = at.model.jobs[job].credential;
        let mut all = replay.progress().evidence.iter().map(|admitted| &admitted.evidence);
        !all.any(|evidence| evidence.is_issued() && evidence.is_award_of(credential))
    }
}
