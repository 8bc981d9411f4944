//! In which ways what is wrong with a schedule can be put right by a later day.

use crate::catalog::catalog::Validity;
use crate::schedule::answer::Obstacle;
use crate::schedule::bounds::{Lag, Precedence};
use crate::schedule::judge::Judge;
use crate::schedule::model::{Job, JobId, Timing};
use crate::schedule::search::{Node, Remedy, SlotSearch};
use crate::schedule::timetable::{Asked, Earlier, Timetable};

/// Jobs that have yet to come of which it is asked whether one cannot be done without.
const MOST_COMING: usize = 12;

/// What a job that is not possible yet may wait for.
struct Awaiting {
    /// Jobs that it depends on and that have yet to come.
    coming: Vec<JobId>,
    /// The next day on which one of them has, or time itself has changed something.
    next: Option<i32>,
    /// Whether time alone may change something.
    turns: bool,
}

impl SlotSearch<'_, '_> {
    /// In which ways a rule that is not met on the day can come to be.
    pub(crate) fn ways(
        &mut self,
        at: Timetable<'_>,
        asked: Asked,
        node: &Node,
    ) -> Result<Vec<Remedy>, (Asked, Obstacle)> {
        // It is later, so that a further award has come; as long as none has, being later does not help.
        let awaiting = match asked {
            Asked::Job(job) => Some(self.awaiting(at, job, node)),
            Asked::Target => None,
        };
        let stale = self.stale(at, asked);
        let jobs: Vec<JobId> = stale.iter().map(|stale| stale.0).collect();
        if let (Asked::Job(job), Some(awaiting)) = (asked, &awaiting)
            && let Some(from) = self.indispensable(at, asked, awaiting, &jobs)
        {
            let lag = if at.model.jobs[job].claim { Lag::OnEnd } else { Lag::AfterEnd };
            return Ok(vec![Remedy::Waits(Precedence { from, to: job, lag })]);
        }
        let mut ways = Vec::new();
        if let (Asked::Job(job), Some(next)) = (asked, awaiting.as_ref().and_then(|awaiting| awaiting.next)) {
            ways.push(Remedy::NotBefore(job, next));
        }
        // Or one that has come is later, so that it counts as it does not now.
        if !jobs.is_empty() && self.judge.would_be_met(at, asked, &jobs) {
            // If one of them is needed whatever becomes of the others, there is no choice.
            let needed = stale.iter().copied().find(|stale| {
                let others: Vec<JobId> = jobs.iter().copied().filter(|&job| job != stale.0).collect();
                !self.judge.would_be_met(at, asked, &others)
            });
            if let (Some((job, _)), Asked::Job(by), true) = (needed, asked, ways.is_empty())
                && let Some(lasting) = self.lasting(at, job, by)
            {
                return Ok(vec![lasting]);
            }
            let stale = needed.map_or(stale, |needed| vec![needed]);
            ways.extend(stale.into_iter().map(|(job, from)| Remedy::NotBefore(job, from)));
        }
        if ways.is_empty() { Err(self.rule(at, asked)) } else { Ok(ways) }
    }

    /// What a job may wait for.
    fn awaiting(&mut self, at: Timetable<'_>, job: JobId, node: &Node) -> Awaiting {
        let Timetable { model, slots } = at;
        let asked = Asked::Job(job);
        let day = slots.begins[job];
        let claim = model.jobs[job].claim;
        let comes = |other: JobId| slots.ends[other] + i32::from(!claim);
        // What follows it never comes before it: each would wait for the other without end.
        let follows = self.following(node, job);
        let coming: Vec<JobId> = model.jobs.ids().filter(|&other| !follows[other] && comes(other) > day).collect();
        let coming = coming.into_iter().filter(|&o| self.judge.depends(model, asked, model.jobs[o].credential));
        let coming: Vec<JobId> = coming.collect();
        // Or so that one that has come has been held for long enough, or the day is there from which one counts.
        let mut days: Vec<i32> = coming.iter().map(|&other| comes(other)).collect();
        // Or another has begun, which its corequisite may ask for.
        let begins = |other: JobId| slots.begins[other];
        let beside = model.jobs.ids().filter(|&other| model.is_accompanied(job) && !model.jobs[other].claim);
        days.extend(beside.map(begins).filter(|&begin| begin > day));
        let held = self.judge.ripening(at, job).into_iter().map(|ripe| ripe.day);
        // Or the window opens in which it can be renewed.
        let Job { timing, credential, .. } = model.jobs[job];
        let renews = timing == Timing::WhileCurrent && !self.judge.is_renewed_anyway(credential);
        let opens = if renews { self.judge.window_opens(at, job) } else { None };
        let held = held.chain(opens).chain(self.judge.kept_from(at, asked));
        let turns = held.chain(self.judge.sinces.iter().map(|since| since.number())).filter(|&turn| turn > day);
        let turns: Vec<i32> = turns.collect();
        let asks_for_time = self.judge.asks_for_holding() || !self.judge.kept.is_empty() || renews;
        Awaiting {
            coming,
            next: days.into_iter().chain(turns.iter().copied()).min(),
            turns: !turns.is_empty() || asks_for_time || model.is_accompanied(job),
        }
    }

    /// The jobs that have come and would count as they do not if they came later, and from when on they have to begin
    /// for that.
    fn stale(&mut self, at: Timetable<'_>, asked: Asked) -> Vec<(JobId, i32)> {
        let Earlier { arrived, claims, begun: _ } = at.earlier(asked);
        let come = arrived.into_iter().chain(claims.into_iter().filter(|&other| asked != Asked::Job(other)));
        let renewed_on = match asked {
            Asked::Job(job) => self.judge.renewed_on(at, job),
            Asked::Target => None,
        };
        let mut stale: Vec<(JobId, i32)> = Vec::new();
        // What is kept up serves as well as any later award of the same.
        let kept = |judge: &Judge<'_>, job: JobId| {
            let credential = at.model.jobs[job].credential;
            judge.kept.iter().any(|kept| kept.credential == credential && kept.comes_by(at.day(asked)))
        };
        for job in come {
            if kept(self.judge, job) {
                continue;
            }
            if let Some(from) = self.judge.better_from(at, asked, job, renewed_on)
                && self.judge.depends(at.model, asked, at.model.jobs[job].credential)
            {
                stale.push((job, from));
            }
        }
        stale
    }

    /// A job that has yet to come and that what is asked for cannot be done without, on whatever day.
    fn indispensable(
        &mut self,
        at: Timetable<'_>,
        asked: Asked,
        awaiting: &Awaiting,
        stale: &[JobId],
    ) -> Option<JobId> {
        let coming = &awaiting.coming;
        if awaiting.turns || coming.len() > MOST_COMING {
            return None;
        }
        coming.iter().copied().find(|&job| {
            let others: Vec<JobId> = coming.iter().chain(stale).copied().filter(|&other| other != job).collect();
            !self.judge.would_be_met_with(at, asked, &others)
        })
    }

    /// That a job's award lasts until another begins, whenever that is; if it is the end of its validity alone that
    /// makes it stale.
    fn lasting(&mut self, at: Timetable<'_>, job: JobId, until: JobId) -> Option<Remedy> {
        let judge = &*self.judge;
        let credential = at.model.jobs[job].credential;
        let ages = judge.grows_old(credential) || !judge.sinces.is_empty();
        let renews = at.model.jobs[until].timing != Timing::Anew;
        let other = !judge.catalog.renewing.is_empty()
            || judge.asks_for_holding()
            || judge.catalog.keeps_cycle(credential)
            || !judge.kept.is_empty();
        match judge.catalog.terms(credential).valid_for {
            Validity::For(term) if !ages && !renews && !other => {
                Some(Remedy::Waits(Precedence { from: until, to: job, lag: Lag::Lasting(term) }))
            }
            _ => None,
        }
    }
}
