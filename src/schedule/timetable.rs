//! Jobs on days, and what has been awarded by the time that something is asked.

use crate::schedule::model::{JobId, Model};
use crate::value::ids::IdVec;

/// When each job begins and is awarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Slots {
    pub(crate) begins: IdVec<JobId, i32>,
    pub(crate) ends: IdVec<JobId, i32>,
}

impl Slots {
    /// The slots of all jobs but one.
    pub(crate) fn without(&self, job: JobId) -> Self {
        Self { begins: without(&self.begins, job), ends: without(&self.ends, job) }
    }

    pub(crate) fn finish(&self, start: i32) -> i32 {
        self.ends.iter().copied().fold(start, i32::max)
    }
}

/// The question that the evaluator is asked: can a job begin, or is the target held in the end?
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Asked {
    Job(JobId),
    Target,
}

/// The jobs of a model in their slots.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Timetable<'t> {
    pub(crate) model: &'t Model,
    pub(crate) slots: &'t Slots,
}

/// The jobs that may count when something is asked.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Earlier {
    /// Those that are awarded by then, the claims of the same day aside: before the day, or on it if a claim or the end
    /// is asked about.
    pub(crate) arrived: Vec<JobId>,
    /// The claims that are made on the day of a claim, itself too: each may rest on another.
    pub(crate) claims: Vec<JobId>,
    /// Those that are begun by the day on which a job with a corequisite begins, and not awarded by then: on the same
    /// day, too.
    pub(crate) begun: Vec<JobId>,
}

impl Earlier {
    /// All but one job.
    pub(crate) fn without(&self, left_out: JobId) -> Self {
        let others = |list: &[JobId]| list.iter().copied().filter(|&job| job != left_out).collect();
        Self { arrived: others(&self.arrived), claims: others(&self.claims), begun: self.begun.clone() }
    }
}

impl Timetable<'_> {
    /// The day that a question is about.
    pub(crate) fn day(self, asked: Asked) -> i32 {
        match asked {
            Asked::Job(job) => self.slots.begins[job],
            Asked::Target => self.slots.finish(self.model.start),
        }
    }

    /// The jobs that may count when it is asked.
    pub(crate) fn earlier(self, asked: Asked) -> Earlier {
        Earlier { arrived: self.arrived(asked), claims: self.claims_beside(asked), begun: self.begun_by(asked) }
    }

    /// And those that are underway, if that matters.
    fn begun_by(self, asked: Asked) -> Vec<JobId> {
        let (jobs, Slots { begins, ends }) = (&self.model.jobs, self.slots);
        let Asked::Job(job) = asked else { return Vec::new() };
        let day = begins[job];
        let underway =
            |&other: &JobId| other != job && !jobs[other].claim && begins[other] <= day && day <= ends[other];
        if self.model.is_accompanied(job) { jobs.ids().filter(underway).collect() } else { Vec::new() }
    }

    /// Of these, those that are awarded by then.
    pub(crate) fn arrived(self, asked: Asked) -> Vec<JobId> {
        let (jobs, ends) = (&self.model.jobs, &self.slots.ends);
        let Asked::Job(job) = asked else { return jobs.ids().collect() };
        let day = self.day(asked);
        let has_arrived = |&other: &JobId| {
            let on_the_day = jobs[job].claim && !jobs[other].claim && ends[other] == day;
            other != job && (ends[other] < day || on_the_day)
        };
        jobs.ids().filter(has_arrived).collect()
    }

    /// And the claims of the same day.
    fn claims_beside(self, asked: Asked) -> Vec<JobId> {
        let (jobs, begins) = (&self.model.jobs, &self.slots.begins);
        match asked {
            Asked::Job(job) if jobs[job].claim => {
                jobs.ids().filter(|&other| jobs[other].claim && begins[other] == begins[job]).collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The list for all jobs but one; those after it move up.
pub(crate) fn without<T: Clone>(list: &IdVec<JobId, T>, job: JobId) -> IdVec<JobId, T> {
    list.entries().filter(|&(other, _)| other != job).map(|(_, item)| item.clone()).collect()
}
