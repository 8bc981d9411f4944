//! What comes of awards as they age: which of them would serve better if made later, which have lapsed, and of how many
//! there is any use.

use crate::value::ids::{CredentialId, Id};
use std::collections::BTreeMap;

use crate::catalog::catalog::Validity;
use crate::catalog::names::Names;
use crate::catalog::network::Rule;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::last_day;
use crate::value::date::Date;

use crate::schedule::answer::Lapsing;
use crate::schedule::judge::{Judge, Supposed, number};
use crate::schedule::model::{JobId, Model, TimedStep, Timing, first};
use crate::schedule::timetable::{Asked, Timetable};

impl Judge<'_> {
    /// True if what is asked can depend on awards of the credential.
    pub(crate) fn depends(&mut self, model: &Model, asked: Asked, credential: CredentialId) -> bool {
        match asked {
            // Any award may count as the target by its names.
            Asked::Target => true,
            Asked::Job(job) => {
                model.jobs[job].credential == credential || self.rules_ask(model.jobs[job].credential, credential)
            }
        }
    }

    /// True if the rules of one credential, or those behind them, can depend on awards of another, or of the same.
    pub(crate) fn rules_ask(&mut self, of: CredentialId, credential: CredentialId) -> bool {
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

    /// True if the schedule's awards of the credential may all be of use: each for something that is asked on a day of
    /// its own. Of two that were made by one day, the later one serves better on it, unless what counts is how far
    /// awards lie apart.
    pub(crate) fn may_all_serve(&mut self, steps: &[TimedStep], credential: CredentialId) -> bool {
        let catalog = self.catalog;
        let awards = steps.iter().filter(|step| step.credential == credential).count();
        let asking = steps.iter().filter(|step| {
            let renews = step.credential == credential && step.timing == Timing::WhileCurrent;
            renews || self.rules_ask(step.credential, credential)
        });
        let asking = asking.count();
        let of_components = |id: CredentialId| catalog.terms(id).valid_for == Validity::WhileComponents;
        let in_the_end = self.targets.contains(&credential) || self.targets.iter().any(|&id| of_components(id));
        // What no rule asks for serves in the end alone.
        !self.spans.is_empty() && asking > 0 || awards <= asking + usize::from(in_the_end)
    }

    /// The first day on which the job, being awarded later than it is, would count where it does not yet; none if it
    /// could not count more.
    pub(crate) fn better_from(&self, at: Timetable<'_>, asked: Asked, job: JobId) -> Option<i32> {
        let Timetable { model, slots } = at;
        let (made, day) = (slots.ends[job], at.day(asked));
        let valid_for = self.catalog.terms(model.jobs[job].credential).valid_for;
        let date = Date::numbered(made)?;
        // The end of what begins with the award on that day; none if that never comes.
        let mut needed: Option<i32> = None;
        let mut need = |award: i32| needed = Some(needed.map_or(award, |before: i32| before.min(award)));
        let earliest = |from: i32, to: i32, lasts: &dyn Fn(Date) -> Option<Date>| {
            first(from, to.max(from), |award| {
                Date::numbered(award).and_then(lasts).is_none_or(|last| last.number() >= to)
            })
        };
        let validity = |award: Date| last_day(valid_for, award);
        if validity(date).is_some_and(|last| last.number() < day) {
            need(earliest(made + 1, day, &validity));
        }
        for &within in &self.withins {
            if within.last_within(date).is_some_and(|last| last.number() < day) {
                need(earliest(made + 1, day, &|award: Date| within.last_within(award)));
            }
        }
        if let Some(since) = self.sinces.iter().find(|&&since| since > date) {
            need(since.number());
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
            .filter(|&credential| self.holds(at, asked, &earlier, &[Supposed { credential, number, date }]))
            .collect();
        let named = ended.iter().filter(|(id, _)| alone.is_empty() || alone.contains(id));
        named.map(|(&id, &until)| Lapsing { credential: self.catalog.id(id).to_owned(), until }).collect()
    }
}
