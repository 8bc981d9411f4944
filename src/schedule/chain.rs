//! Why a schedule cannot finish earlier as it stands: the chain of steps that wait for each other.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::value::date::Date;

use crate::schedule::answer::{ChainLink, WaitsFor};
use crate::schedule::judge::Judge;
use crate::schedule::model::{JobId, Model, Timing};
use crate::schedule::search::too_many;
use crate::schedule::timetable::{Asked, Timetable};

/// The chain that ends with the last of the jobs in this order.
pub(crate) fn chain(catalog: &Catalog, judge: &mut Judge<'_>, at: Timetable<'_>, order: &[JobId]) -> Vec<ChainLink> {
    let Timetable { model, slots } = at;
    let mut links = Vec::new();
    let mut seen = BTreeSet::new();
    let finish = slots.finish(model.start);
    let mut next = order.iter().copied().rev().find(|&job| slots.ends[job] == finish);
    while let Some(job) = next {
        seen.insert(job);
        let (waits_for, before) = reason(catalog, judge, at, job);
        // What is begun together waits for each other.
        let before = before.filter(|before| !seen.contains(before));
        let in_a_circle = before.is_none() && matches!(waits_for, WaitsFor::Beginning { .. });
        let waits_for = if in_a_circle { WaitsFor::Later } else { waits_for };
        let date = |day: i32| Date::numbered(day).unwrap_or(Date::LAST);
        links.push(ChainLink {
            credential: catalog.id(model.jobs[job].credential).to_owned(),
            begin: date(slots.begins[job]),
            finish: date(slots.ends[job]),
            opens: Model::opens_on(&model.jobs[job], slots.begins[job]).then(|| date(slots.begins[job])),
            waits_for,
        });
        next = before.filter(|_| links.len() <= model.jobs.len());
    }
    links.reverse();
    links
}

/// Why a job does not begin earlier, and the job that it waits for.
fn reason(catalog: &Catalog, judge: &mut Judge<'_>, at: Timetable<'_>, job: JobId) -> (WaitsFor, Option<JobId>) {
    let Timetable { model, slots } = at;
    let described = &model.jobs[job];
    let begin = slots.begins[job];
    let id = |job: JobId| catalog.id(model.jobs[job].credential).to_owned();
    let allowed = |&day: &i32| model.next_begin(described, day) == Ok(day);
    let Some(earlier) = (model.start..begin).rev().find(allowed) else {
        let date = Date::numbered(begin).unwrap_or(Date::LAST);
        return match () {
            () if begin == model.start => (WaitsFor::Start, None),
            () if Model::opens_on(described, begin) => (WaitsFor::Window { from: date }, None),
            () => (WaitsFor::Term { from: date }, None),
        };
    };
    let mut moved = slots.clone();
    moved.begins[job] = earlier;
    moved.ends[job] = model.end(described, earlier).unwrap_or(earlier);
    let moved = Timetable { model, slots: &moved };
    if !judge.is_met(moved, Asked::Job(job)) {
        if described.timing == Timing::WhileCurrent
            && let Some(opens) = judge.window_opens(moved, job).filter(|&opens| opens == begin)
        {
            return (WaitsFor::Renewal { from: Date::numbered(opens).unwrap_or(Date::LAST) }, None);
        }
        // Or for what has been held for long enough since.
        let mut ripening = judge.ripening(at, job).into_iter();
        let ripe = ripening.find(|ripe| earlier < ripe.day && ripe.day <= begin);
        return match (awaited(judge, at, moved, job), ripe) {
            (Awaited::Needed(other), _) | (Awaited::Latest(other), None) => {
                (WaitsFor::Award { credential: id(other) }, Some(other))
            }
            (Awaited::Begun(other), _) => (WaitsFor::Beginning { credential: id(other) }, Some(other)),
            (_, Some(ripe)) => (WaitsFor::Held { credential: catalog.id(ripe.credential).to_owned() }, ripe.job),
            (Awaited::Nothing, None) => (WaitsFor::Later, None),
        };
    }
    // Moved, it might run together with too many on any of the days on which others begin.
    let starts = model.jobs.ids().filter(|&other| model.jobs[other].shares() && described.shares());
    for other in starts {
        if let Some(together) = too_many(moved, other).filter(|together| together.jobs.contains(&job)) {
            let last = together.jobs.into_iter().filter(|&other| other != job && slots.ends[other] < begin);
            if let Some(other) = last.max_by_key(|&other| (slots.ends[other], Reverse(other))) {
                return (WaitsFor::Hours { credential: id(other) }, Some(other));
            }
        }
    }
    (WaitsFor::Later, None)
}

/// The award that has come since a job could have begun.
enum Awaited {
    /// The latest one that it could not be done without.
    Needed(JobId),
    /// The latest one, of several that it could be done without.
    Latest(JobId),
    /// One that has begun since, and not been awarded.
    Begun(JobId),
    Nothing,
}

fn awaited(judge: &mut Judge<'_>, at: Timetable<'_>, moved: Timetable<'_>, job: JobId) -> Awaited {
    let asked = Asked::Job(job);
    let known = moved.arrived(asked);
    let earlier = at.earlier(asked);
    let mut come: Vec<JobId> = earlier.arrived.iter().chain(&earlier.claims).copied().collect();
    come.retain(|&other| other != job && !known.contains(&other));
    come.sort_by_key(|&other| (Reverse(at.slots.ends[other]), at.model.jobs[other].credential));
    let needed = come.iter().copied().find(|&other| !judge.holds(at, asked, &earlier.without(other), &[]));
    match (needed, come.first()) {
        (Some(needed), _) => Awaited::Needed(needed),
        (None, Some(&latest)) => Awaited::Latest(latest),
        (None, None) => {
            let before = moved.earlier(asked).begun;
            let begun = earlier.begun.into_iter().filter(|other| !before.contains(other) && !come.contains(other));
            begun.max_by_key(|&other| (at.slots.begins[other], Reverse(other))).map_or(Awaited::Nothing, Awaited::Begun)
        }
    }
}
