//! Why a schedule cannot finish earlier as it stands: the chain of steps that wait for each other.

use crate::catalog::catalog::Catalog;
use crate::value::date::Date;

use crate::schedule::answer::{ChainLink, WaitsFor};
use crate::schedule::judge::{Asked, Judge, Slots};
use crate::schedule::model::{JobId, Model, Timing};
use crate::schedule::search::too_many;

/// The chain that ends with the last of the jobs in this order.
pub(crate) fn chain(
    catalog: &Catalog,
    judge: &mut Judge<'_>,
    (model, slots): (&Model, &Slots),
    order: &[JobId],
) -> Vec<ChainLink> {
    let mut links = Vec::new();
    let finish = slots.finish(model.start);
    let mut at = order.iter().copied().rev().find(|&job| slots.ends[job] == finish);
    while let Some(job) = at {
        let (waits_for, before) = reason(catalog, judge, (model, slots), job);
        let date = |day: i32| Date::numbered(day).unwrap_or(Date::LAST);
        links.push(ChainLink {
            credential: catalog.id(model.jobs[job].credential).to_owned(),
            begin: date(slots.begins[job]),
            finish: date(slots.ends[job]),
            waits_for,
        });
        at = before.filter(|_| links.len() <= model.jobs.len());
    }
    links.reverse();
    links
}

/// Why a job does not begin earlier, and the job that it waits for.
fn reason(
    catalog: &Catalog,
    judge: &mut Judge<'_>,
    (model, slots): (&Model, &Slots),
    job: JobId,
) -> (WaitsFor, Option<JobId>) {
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
    let asked = Asked::Job(job);
    if !judge.is_met(model, &moved, asked) {
        // The latest of the awards that have come since, if it could not be done without.
        let known = Judge::arrived(model, &moved, asked);
        let (arrived, claims) = (Judge::arrived(model, slots, asked), Judge::claims_beside(model, slots, asked));
        let mut come: Vec<JobId> = arrived.iter().chain(&claims).copied().collect();
        come.retain(|&other| other != job && !known.contains(&other));
        come.sort_by_key(|&other| (std::cmp::Reverse(slots.ends[other]), model.jobs[other].credential));
        let without = |list: &[JobId], left_out: JobId| -> Vec<JobId> {
            list.iter().copied().filter(|&other| other != left_out).collect()
        };
        let needed = come.iter().copied().find(|&other| {
            !judge.is_met_with((model, slots), asked, (&without(&arrived, other), &without(&claims, other)))
        });
        return match needed.or_else(|| come.first().copied()) {
            Some(other) => (WaitsFor::Award { credential: id(other) }, Some(other)),
            None => (WaitsFor::Later, None),
        };
    }
    if described.mode == Timing::Lapsed && judge.current_until(model, &moved, job).is_some() {
        return (WaitsFor::Lapse, None);
    }
    // Moved, it might run together with too many on any of the days on which others begin.
    let starts = model.jobs.ids().filter(|&other| !model.jobs[other].claim && !described.claim);
    for other in starts {
        if let Some(together) = too_many(model, &moved, other).filter(|together| together.jobs.contains(&job)) {
            let last = together.jobs.into_iter().filter(|&other| other != job && slots.ends[other] < begin);
            if let Some(other) = last.max_by_key(|&other| (slots.ends[other], std::cmp::Reverse(other))) {
                return (WaitsFor::Hours { credential: id(other) }, Some(other));
            }
        }
    }
    (WaitsFor::Later, None)
}
