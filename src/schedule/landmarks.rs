//! What comes before what in every schedule, whatever steps are added: *landmarks*, found by taking all else that could
//! ever be taken.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{Evidence, Origin};
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::plan::model::replay::Replay;
use crate::schedule::bounds::{Lag, Precedence};
use crate::schedule::judge::Judge;
use crate::schedule::kept::{Bringer, KeptUp};
use crate::schedule::model::{Job, JobId, Model, TimedStep, Timing};
use crate::schedule::timetable::Slots;
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::meter::Meter;

/// What waits for an award of a credential.
#[derive(Debug, Clone, Copy)]
struct Follower {
    credential: CredentialId,
    /// Whether it can be begun while that is underway.
    beside: bool,
}

/// What comes before what, found as it is asked.
pub(crate) struct Landmarks<'j> {
    /// The learner as things are at the beginning, where nothing lapses, and what has to be held for long has been.
    base: Option<Progress<'j>>,
    start: Date,
    /// All that may be taken or claimed, and how often; without end, if it can be repeated and be added.
    all: BTreeMap<CredentialId, u32>,
    endless: BTreeSet<CredentialId>,
    /// What is current and can be renewed: it may come again whatever its stack asks for.
    renewable: BTreeSet<CredentialId>,
    /// What waits for an award of a credential beside so many others of it.
    known: BTreeMap<(CredentialId, u32), Vec<Follower>>,
}

impl<'j> Landmarks<'j> {
    /// For plans with these steps, to which any of these may be added.
    pub(crate) fn new(
        judge: &mut Judge<'j>,
        start: Date,
        planned: &[TimedStep],
        added: &BTreeSet<CredentialId>,
        renewable: BTreeSet<CredentialId>,
    ) -> Self {
        let mut all: BTreeMap<CredentialId, u32> = added.iter().map(|&credential| (credential, 1)).collect();
        let repeatable = |credential: &&CredentialId| judge.catalog.names.repeatable(**credential);
        let endless: BTreeSet<CredentialId> = added.iter().filter(repeatable).copied().collect();
        for step in planned {
            let times = all.entry(step.credential).or_default();
            *times = if added.contains(&step.credential) { 1 } else { times.saturating_add(1) };
        }
        // What counts from a later day on only is not seen on the first one.
        let suits = judge.sinces.iter().all(|&since| since <= start);
        let base = suits.then(|| base(judge, start));
        Self { base, start, all, endless, renewable, known: BTreeMap::new() }
    }

    /// The precedences of every schedule of these jobs; of those that could be found with the work that is left.
    pub(crate) fn precedences(&mut self, model: &Model, judge: &mut Judge<'j>, meter: &mut Meter) -> Vec<Precedence> {
        let jobs = &model.jobs;
        let mut by_credential: BTreeMap<CredentialId, Vec<JobId>> = BTreeMap::new();
        for (job, described) in jobs.entries() {
            by_credential.entry(described.credential).or_default().push(job);
        }
        let mut arcs = Vec::new();
        for (&credential, alike) in &by_credential {
            let lag = if judge.catalog.names.repeatable(credential) { Lag::WithBegin } else { Lag::AfterEnd };
            arcs.extend(alike.windows(2).map(|pair| Precedence { from: pair[0], to: pair[1], lag }));
        }
        // Where more of it may come beside these, it is not these that others wait for.
        let kept: BTreeSet<CredentialId> = judge.kept.iter().map(|kept| kept.credential).collect();
        for (&credential, alike) in by_credential.iter().filter(|(credential, _)| !kept.contains(credential)) {
            for (&from, before) in alike.iter().zip(0..) {
                let Some(waiting) = self.waiting(credential, before, judge, meter) else { return arcs };
                for waiting in waiting {
                    let all = by_credential.get(&waiting.credential).into_iter().flatten();
                    // What a renewal takes is not said by the rules of what it renews.
                    for &to in all.filter(|&&to| jobs[to].timing == Timing::Anew || !judge.spares_rules(model, to)) {
                        let lag = match waiting.beside {
                            true => Lag::AfterBegin,
                            false if jobs[to].claim => Lag::OnEnd,
                            false => Lag::AfterEnd,
                        };
                        arcs.push(Precedence { from, to, lag });
                    }
                }
            }
        }
        arcs
    }

    /// What waits for one more award of a credential, if there are so many of it already; `None` if the work ends.
    fn waiting(
        &mut self,
        credential: CredentialId,
        before: u32,
        judge: &mut Judge<'j>,
        meter: &mut Meter,
    ) -> Option<&[Follower]> {
        if !self.known.contains_key(&(credential, before)) {
            let spent = judge.spent;
            meter.spend(1 + self.all.len() as u64)?;
            let found = self.found(credential, before, judge);
            meter.spend(judge.spent - spent)?;
            self.known.insert((credential, before), found);
        }
        self.known.get(&(credential, before)).map(Vec::as_slice)
    }

    /// An award that comes when it suits.
    fn again(&self, catalog: &Catalog, credential: CredentialId) -> Evidence {
        let award = Evidence::new(catalog, credential, self.start, Grade::Sufficient, Origin::Supposed);
        award.suiting(catalog, Some(self.start))
    }

    /// What is kept up beside the jobs of a model, each from the first day on which it can be there: that on which its
    /// rules are met, if jobs are awarded in these slots and no earlier, and all else is kept up as early as it can be.
    /// What never comes is left out.
    pub(crate) fn in_time(
        &self,
        judge: &mut Judge<'j>,
        model: &Model,
        slots: &Slots,
        kept: Vec<KeptUp>,
    ) -> Vec<KeptUp> {
        let Some(base) = &self.base else { return kept };
        let catalog = judge.catalog;
        let mut replay = Replay::new(base);
        let mut coming: BTreeMap<i32, Vec<CredentialId>> = BTreeMap::new();
        for (job, described) in model.jobs.entries() {
            coming.entry(slots.ends[job]).or_default().push(described.credential);
        }
        // What is there can be renewed, whatever its rules say.
        let is_there = |credential| judge.has_terms(credential) && judge.issued_of(credential).next().is_some();
        let mut waiting: Vec<(&KeptUp, bool)> =
            kept.iter().filter(|kept| kept.is_its_own()).map(|kept| (kept, is_there(kept.credential))).collect();
        let mut first: BTreeMap<CredentialId, i32> = BTreeMap::new();
        let (mut day, mut looked_at) = (model.start, 0);
        loop {
            looked_at += 1 + waiting.len() as u64;
            waiting.retain(|&(kept, is_there)| {
                let is_open = is_there || replay.is_open(kept.credential);
                if let Some(award) = kept.first_award(model, day).filter(|_| is_open) {
                    first.insert(kept.credential, award);
                    coming.entry(award).or_default().push(kept.credential);
                }
                !is_open
            });
            let Some((next, brought)) = coming.pop_first() else { break };
            day = day.max(next);
            replay.receive(brought.into_iter().map(|credential| self.again(catalog, credential)));
        }
        judge.spent += looked_at / 2 + replay.work(base);
        if replay.is_undecided() {
            return kept;
        }
        let by_jobs = JobsBringing::new(catalog, model, slots);
        judge.spent += by_jobs.all.len() as u64 * kept.len() as u64 / 4;
        let in_time = |kept: KeptUp| {
            let lasts = lasts(judge, kept.credential);
            let jobs = by_jobs.of(catalog, kept.credential);
            kept.in_time(&first, &jobs, lasts)
        };
        kept.into_iter().filter_map(in_time).collect()
    }

    fn found(&self, credential: CredentialId, before: u32, judge: &mut Judge<'j>) -> Vec<Follower> {
        let Some(base) = &self.base else { return Vec::new() };
        let mut steps: Vec<(CredentialId, u32)> =
            self.all.iter().map(|(&other, &times)| (other, times)).filter(|step| step.0 != credential).collect();
        steps.extend((before > 0).then_some((credential, before)));
        let mut replay = Replay::new(base);
        let catalog = judge.catalog;
        let again = |other: CredentialId| self.again(catalog, other);
        replay.receive(self.renewable.iter().filter(|&&other| other != credential).map(|&other| again(other)));
        let mut endless: Vec<CredentialId> =
            self.endless.iter().copied().filter(|&other| other != credential).collect();
        let mut taken: BTreeSet<CredentialId> = BTreeSet::new();
        loop {
            let left: Vec<(CredentialId, u32)> =
                steps.iter().copied().filter(|step| !taken.contains(&step.0)).collect();
            replay.take_in_passes(&left);
            taken = replay.taken().iter().map(|step| step.0).collect();
            judge.spent += 2 * steps.len() as u64;
            let (come, waiting): (Vec<CredentialId>, Vec<CredentialId>) =
                endless.into_iter().partition(|other| taken.contains(other));
            endless = waiting;
            if come.is_empty() {
                break;
            }
            replay.receive(come.into_iter().map(again));
        }
        let is_missing = |other: &CredentialId| !taken.contains(other) && !replay.is_possible(*other);
        let without: Vec<CredentialId> =
            steps.iter().map(|step| step.0).filter(|other| *other != credential && is_missing(other)).collect();
        // What can be done while it is underway waits for its beginning alone.
        replay.take_beside(credential, &steps);
        // The learner is copied, group by group; every step is asked about at the end once more.
        judge.spent += 1 + 2 * steps.len() as u64 + replay.looked_at();
        judge.spent += replay.progress().touched().saturating_sub(base.touched());
        judge.spent += (judge.catalog.network.len() + judge.catalog.len()) as u64 / 16;
        if replay.is_undecided() {
            return Vec::new();
        }
        let taken: BTreeSet<CredentialId> = replay.taken().iter().map(|step| step.0).collect();
        let beside = |other: CredentialId| taken.contains(&other) || replay.is_possible(other);
        let waiting = |other: CredentialId| Follower { credential: other, beside: beside(other) };
        without.into_iter().map(waiting).collect()
    }
}

/// The learner at the beginning, at the best: all that is recorded has been made by then, and is held for long enough
/// if that will ever be so.
fn base<'j>(judge: &mut Judge<'j>, start: Date) -> Progress<'j> {
    let mut standing = judge.standing.clone();
    let from = start.min(judge.as_of);
    for award in &mut standing.issued {
        let comes_later = award.awarded.is_some_and(|awarded| awarded > from);
        if comes_later || judge.asks_for_holding() {
            *award = award.clone().whenever_it_suits();
        }
        if comes_later {
            award.awarded = Some(from);
        }
    }
    let options = EvaluateOptions { qualification_counts: false, ..EvaluateOptions::default() };
    let scope = Scope { suiting: Some(start), ..Scope::certain(from, &options) };
    let base = Progress::run_within(judge.catalog, &standing, scope, Some(judge.cone));
    judge.spent += 1 + base.touched();
    base
}

/// What the jobs of a model bring, in their slots.
struct JobsBringing {
    all: Vec<JobBringing>,
}

struct JobBringing {
    credential: CredentialId,
    renews: BTreeSet<CredentialId>,
    day: i32,
}

impl JobsBringing {
    fn new(catalog: &Catalog, model: &Model, slots: &Slots) -> Self {
        let bringing = |(job, described): (JobId, &Job)| {
            let credential = described.credential;
            let renews = catalog.renewing.in_turn(credential, &catalog.names, usize::MAX);
            JobBringing { credential, renews: renews.into_iter().flatten().collect(), day: slots.ends[job] }
        };
        Self { all: model.jobs.entries().map(bringing).collect() }
    }

    /// Those that bring one credential.
    fn of(&self, catalog: &Catalog, credential: CredentialId) -> Vec<Bringer> {
        let unit = catalog.names.unit(credential);
        let brings = |job: &JobBringing| {
            let renews = catalog.names.unit(job.credential) != unit;
            (!renews || job.renews.contains(&credential)).then_some(Bringer { day: job.day, renews, is_job: true })
        };
        self.all.iter().filter_map(brings).collect()
    }
}

/// The last day on which something is current by what is recorded, the most that it can be; none if nothing is.
fn lasts(judge: &Judge<'_>, credential: CredentialId) -> Option<i32> {
    let names = &judge.catalog.names;
    let own = judge.standing.issued.iter().filter(|award| names.unit(award.credential) == names.unit(credential));
    own.map(|award| award.until.filter(|_| !award.depends()).map_or(i32::MAX, Date::number)).max()
}
