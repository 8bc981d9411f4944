//! Records taken in batch by batch, on one core or on all of them; results come out in the order of the records.

use std::collections::VecDeque;

use crate::cohort::batch::{Batch, batch};
use crate::cohort::learner::{AnyLearner, TakenBatch, TakenIn};
use crate::cohort::question::CohortQuestion;

/// A batch at work, with the learners who are in it.
#[derive(Debug)]
struct Worker<R> {
    batch: Box<dyn Batch>,
    records: Vec<R>,
    /// The number of the first learner in the stream.
    first: u64,
}

impl<R: AnyLearner> Worker<R> {
    fn work<T>(&mut self, question: &CohortQuestion, summary: impl Fn(&mut dyn Batch, &TakenBatch) -> T) -> Option<T> {
        if self.records.is_empty() {
            return None;
        }
        let learners: Vec<TakenIn> = self.records.iter().map(AnyLearner::taken_in).collect();
        self.batch.read(question, &learners);
        self.batch.evaluate(question, &learners);
        Some(summary(&mut *self.batch, &TakenBatch { learners: &learners, first: self.first }))
    }
}

/// The summaries of the batches of a stream of records, in order.
pub(crate) struct Batches<'q, 'c, R, I, T, F> {
    question: &'q CohortQuestion<'c>,
    records: I,
    read: u64,
    workers: Vec<Worker<R>>,
    ready: VecDeque<T>,
    summary: F,
}

impl<'q, 'c, R, I, T, F> Batches<'q, 'c, R, I, T, F>
where
    R: AnyLearner,
    I: Iterator<Item = R>,
    T: Send,
    F: Fn(&mut dyn Batch, &TakenBatch) -> T + Sync,
{
    /// At most about `at_once` learners are taken in at a time on each core.
    pub(crate) fn new(question: &'q CohortQuestion<'c>, records: I, at_once: usize, summary: F) -> Self {
        let learners = records.size_hint().1.unwrap_or(usize::MAX);
        let at_once = at_once.min(learners);
        let first = batch(question, at_once);
        let workers = threads().min(learners.div_ceil(first.capacity())).max(1);
        let further = (1..workers).map(|_| batch(question, at_once));
        let workers = std::iter::once(first)
            .chain(further.collect::<Vec<_>>())
            .map(|batch| Worker { batch, records: Vec::new(), first: 0 })
            .collect();
        Self { question, records, read: 0, workers, ready: VecDeque::new(), summary }
    }

    fn fill(&mut self) {
        for worker in &mut self.workers {
            worker.records.clear();
            worker.first = self.read;
            worker.records.extend(self.records.by_ref().take(worker.batch.capacity()));
            self.read += worker.records.len() as u64;
        }
    }

    #[cfg(not(feature = "rayon"))]
    fn work(&mut self) {
        let (question, summary) = (self.question, &self.summary);
        self.ready.extend(self.workers.iter_mut().filter_map(|worker| worker.work(question, summary)));
    }

    #[cfg(feature = "rayon")]
    fn work(&mut self) {
        use rayon::iter::{IntoParallelRefMutIterator, ParallelIterator};
        let (question, summary) = (self.question, &self.summary);
        // Collected in the order of the workers, whichever is done first.
        let done: Vec<Option<T>> = self.workers.par_iter_mut().map(|worker| worker.work(question, summary)).collect();
        self.ready.extend(done.into_iter().flatten());
    }
}

impl<R, I, T, F> Iterator for Batches<'_, '_, R, I, T, F>
where
    R: AnyLearner,
    I: Iterator<Item = R>,
    T: Send,
    F: Fn(&mut dyn Batch, &TakenBatch) -> T + Sync,
{
    type Item = T;

    fn next(&mut self) -> Option<T> {
        if self.ready.is_empty() {
            self.fill();
            self.work();
        }
        self.ready.pop_front()
    }
}

#[cfg(not(feature = "rayon"))]
fn threads() -> usize {
    1
}

#[cfg(feature = "rayon")]
fn threads() -> usize {
    rayon::current_num_threads()
}
