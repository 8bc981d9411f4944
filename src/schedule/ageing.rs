//! What comes of awards as they age: which of them would serve better if made later, which have lapsed, and of how many
//! there is any use.

use crate::value::ids::{CredentialId, Id};
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::names::Names;
use crate::catalog::network::Rule;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::last_day;
use crate::value::date::Date;

use crate::schedule::answer::Lapsing;
use crate::schedule::judge::{Judge, number};
use crate::schedule::model::{Job, JobId, Model, Timing, first};
use crate::schedule::renewing::MadeAward;
use crate::schedule::timetable::{Asked, Timetable};

/// Days after the last award that are looked at, for what is kept up; beyond them, anything may be.
const MOST_DAYS_LATER: usize = 16;

impl Judge<'_> {
    /// True if what is asked can depend on awards of the credential.
    pub(crate) fn depends(&mut self, model: &Model, asked: Asked, credential: CredentialId) -> bool {
        match asked {
            // Any award may count as the target by its names.
            Asked::Target => true,
            Asked::Job(job) => model.jobs[job].credential == credential || self.job_asks(model, job, credential),
        }
    }

    /// True if what a job asks for before it begins can depend on awards of the credential.
    pub(crate) fn job_asks(&mut self, model: &Model, job: JobId, credential: CredentialId) -> bool {
        let Job { credential: of, timing, .. } = model.jobs[job];
        let renews = timing == Timing::WhileCurrent;
        let by_terms = renews && self.catalog.renewal_spares_rules(of);
        // It can depend on what is renewed besides, too.
        if renews && (self.renewing.asks(of, credential) || !self.catalog.renewing.is_empty()) {
            return true;
        }
        !by_terms && self.rules_ask(of, credential)
    }

    /// True if the rules of one credential, or those behind them, can depend on awards of another, or of the same.
    pub(crate) fn rules_ask(&mut self, of: CredentialId, credential: CredentialId) -> bool {
        if !self.cones.contains_key(&of) {
            self.spent += 1 + (self.catalog.network.len() + self.catalog.len()) as u64 / 8;
        }
        let (catalog, exceptions) = (self.catalog, &self.standing.exceptions);
        let (network, names) = (&catalog.network, &catalog.names);
        let cone = self.cones.entry(of).or_insert_with(|| {
            let tops = Rule::all(of).filter_map(|rule| network.top(rule));
            let named =
                tops.flat_map(|top| network.leaves_below(top)).map(|leaf| names.class(network.leaf(leaf).credential));
            let classes = named.flat_map(|class| Names::closure(class, |class| names.down(class)));
            let asked = classes.flat_map(|class| names.members(class).iter().copied());
            Cone::of(catalog, exceptions, asked.collect::<Vec<_>>())
        });
        // By a substitution, an award can matter although nothing depends on its own credential.
        !exceptions.substitutions.is_empty() || cone.credentials[credential]
    }

    /// The first days, after the one on which something is asked, on which what is kept up and not current then can be
    /// there.
    pub(crate) fn kept_from(&mut self, at: Timetable<'_>, asked: Asked) -> Vec<i32> {
        let day = at.day(asked);
        let coming: Vec<(CredentialId, i32)> = self
            .kept
            .iter()
            .filter(|kept| !kept.is_current(self.catalog, at.model, day))
            .filter_map(|kept| Some((kept.credential, kept.next(at.model, day)?)))
            .collect();
        self.spent += self.kept.len() as u64;
        let asked_for = coming.into_iter().filter(|&(credential, _)| self.depends(at.model, asked, credential));
        asked_for.map(|(_, day)| day).collect()
    }

    /// Whether what is kept up could bring the target on a day after the last award, so that this is not the last one.
    pub(crate) fn may_be_held_later(&mut self, at: Timetable<'_>) -> bool {
        if self.kept.is_empty() {
            return false;
        }
        // By then, something could have been held for long enough, too.
        if self.asks_for_holding() || !self.sinces.is_empty() {
            return true;
        }
        let jobs: Vec<JobId> = at.model.jobs.ids().collect();
        let mut day = at.day(Asked::Target);
        for _ in 0..MOST_DAYS_LATER {
            let coming = self.kept.iter().filter(|kept| !kept.is_current(self.catalog, at.model, day));
            let Some(next) = coming.filter_map(|kept| kept.next(at.model, day)).min() else { return false };
            if self.on(at, next, &jobs, &[]).counts(self.target) {
                return true;
            }
            day = next;
        }
        true
    }

    /// The first day on which the job, being awarded later than it is, would count where it does not yet; none if it
    /// could not count more. `renewed_on` is the day of the award that is to be renewed, after which it has to be made.
    pub(crate) fn better_from(
        &self,
        at: Timetable<'_>,
        asked: Asked,
        job: JobId,
        renewed_on: Option<i32>,
    ) -> Option<i32> {
        let Timetable { model, slots } = at;
        let (made, day) = (slots.ends[job], at.day(asked));
        let valid_for = self.catalog.terms(model.jobs[job].credential).valid_for;
        let date = Date::numbered(made)?;
        // The end of what begins with the award on that day; none if that never comes.
        let mut needed: Option<i32> = None;
        let mut need = |award: i32| needed = Some(needed.map_or(award, |before: i32| before.min(award)));
        let validity = |award: Date| last_day(valid_for, award);
        if validity(date).is_some_and(|last| last.number() < day) {
            need(earliest(made + 1, day, &validity));
        }
        let credential = model.jobs[job].credential;
        // What it renews besides lasts from its day on, too.
        for &renewed in self.catalog.renewing.renews(self.catalog.names.unit(credential)) {
            let valid_for = self.catalog.terms(renewed).valid_for;
            if last_day(valid_for, date).is_some_and(|last| last.number() < day) {
                need(earliest(made + 1, day, &|award: Date| last_day(valid_for, award)));
            }
        }
        for award in self.cycle_kept_from(at, job, day) {
            need(award);
        }
        let withins = if self.grows_old(credential) { self.withins.clone() } else { BTreeSet::new() };
        for within in withins {
            if within.last_within(date).is_some_and(|last| last.number() < day) {
                need(earliest(made + 1, day, &|award: Date| within.last_within(award)));
            }
        }
        if let Some(since) = self.sinces.iter().find(|&&since| since > date) {
            need(since.number());
        }
        if let Some(renewed) = renewed_on.filter(|&renewed| made <= renewed) {
            need(renewed + 1);
        }
        for &span in &self.spans {
            let Some(reach) = date.after(span) else { continue };
            let others = model.jobs.ids().filter(|&other| other != job).map(|other| slots.ends[other]);
            let recorded = self.standing.issued.iter().filter_map(|evidence| evidence.awarded).map(Date::number);
            let next =
                others.chain(recorded).chain([day]).filter(|&other| other > reach.number() && other <= day).min();
            if let Some(next) = next {
                need(earliest(made + 1, next, &|award: Date| award.after(span)));
            }
        }
        needed.map(|award| model.begin_to_end(&model.jobs[job], slots.begins[job], award))
    }

    /// The first days on which an award would have to be made so that those of its credential that follow, each lasting
    /// on from the one before it, last until a day, where the cycle is kept.
    fn cycle_kept_from(&self, at: Timetable<'_>, job: JobId, day: i32) -> Vec<i32> {
        let Timetable { model, slots } = at;
        let (credential, made) = (model.jobs[job].credential, slots.ends[job]);
        let Some(date) = Date::numbered(made).filter(|_| self.catalog.keeps_cycle(credential)) else {
            return Vec::new();
        };
        let valid_for = self.catalog.terms(credential).valid_for;
        let validity = |award: Date| last_day(valid_for, award);
        let following: Vec<JobId> =
            model.jobs.ids().filter(|&other| other > job && model.jobs[other].credential == credential).collect();
        let together =
            |award: Date| following.iter().try_fold(validity(award)?, |last, _| last_day(valid_for, last.next()?));
        let mut found = Vec::new();
        if together(date).is_some_and(|last| last.number() < day) {
            found.push(earliest(made + 1, day, &together));
        }
        // Each follows while this one is current.
        let ends = following.iter().map(|&other| slots.ends[other]).filter(|&end| end <= day);
        let ends = ends.filter(|&end| validity(date).is_some_and(|last| last.number() < end));
        found.extend(ends.map(|end| earliest(made + 1, end, &validity)));
        found
    }

    /// The awards that have lapsed by the day on which something is not possible; those alone that would make it so, if
    /// there are such.
    pub(crate) fn lapsed(&mut self, at: Timetable<'_>, asked: Asked) -> Vec<Lapsing> {
        let (earlier, day) = (at.earlier(asked), at.day(asked));
        let replay = self.on(at, day, &earlier.arrived, &[]);
        let mut ended: BTreeMap<CredentialId, Date> = BTreeMap::new();
        for admitted in replay.progress().evidence.iter().filter(|admitted| admitted.evidence.by().is_empty()) {
            let credential = admitted.evidence.credential;
            if let Some(until) = admitted.evidence.until.filter(|until| until.number() < day)
                && !admitted.current
                && self.depends(at.model, asked, credential)
            {
                ended.entry(credential).and_modify(|known| *known = until.max(*known)).or_insert(until);
            }
        }
        let number = number(JobId::at(at.model.jobs.len()));
        let date = Date::numbered(day).unwrap_or(Date::LAST);
        let alone: Vec<CredentialId> = ended
            .keys()
            .copied()
            .filter(|&credential| self.holds(at, asked, &earlier, &[MadeAward { credential, number, date }]))
            .collect();
        let named = ended.iter().filter(|(id, _)| alone.is_empty() || alone.contains(id));
        named.map(|(&id, &until)| Lapsing { credential: self.catalog.id(id).to_owned(), until }).collect()
    }
}

/// The first day in a range on which what begins with an award lasts until its end.
fn earliest(from: i32, to: i32, lasts: &dyn Fn(Date) -> Option<Date>) -> i32 {
    first(from, to.max(from), |award| Date::numbered(award).and_then(lasts).is_none_or(|last| last.number() >= to))
}
