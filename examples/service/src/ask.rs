//! Questions beside the threads that answer requests: few at once, each with its time, and stopped when nobody waits
//! for the answer any more.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use credpath::Watcher;
use tokio::task;

use crate::fault::Fault;
use crate::service::{Searches, Service};

/// Whether the client still waits, and for how long a search goes on.
#[derive(Debug, Clone)]
pub(crate) struct Patience {
    service: Arc<Service>,
    gone: Arc<AtomicBool>,
    until: Instant,
}

impl Patience {
    /// A watcher that stops a search when its time is over, or the client gone.
    pub(crate) fn watcher(&self) -> Watcher {
        let (patience, told) = (self.clone(), AtomicBool::new(false));
        Watcher::new(move |_| {
            let searches = &patience.service.searches;
            let counter = if patience.is_over() { &searches.abandoned } else { &searches.timed_out };
            let goes_on = !patience.is_late();
            if !goes_on && !told.swap(true, Ordering::Relaxed) {
                Searches::count(counter);
            }
            goes_on
        })
    }

    /// True if the client is gone, or the time over.
    pub(crate) fn is_late(&self) -> bool {
        self.is_over() || Instant::now() >= self.until
    }

    /// True if the client is gone.
    pub(crate) fn is_over(&self) -> bool {
        self.gone.load(Ordering::Relaxed)
    }
}

/// When a request is dropped before it was answered, the client is gone.
struct Waits(Arc<AtomicBool>);

impl Drop for Waits {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Answers a question in its turn. Its time begins then.
pub(crate) async fn ask<T: Send + 'static>(
    service: Arc<Service>,
    time: Option<Duration>,
    question: impl FnOnce(&Service, &Patience) -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    let room = Arc::clone(&service.room).try_acquire_owned().map_err(|_| Fault::Busy)?;
    let place = Arc::clone(&service.places).acquire_owned().await.map_err(|_| Fault::Busy)?;
    let waits = Waits(Arc::new(AtomicBool::new(false)));
    let gone = Arc::clone(&waits.0);
    let answered = task::spawn_blocking(move || {
        // The place is taken until the search is over, whether or not anybody waits.
        let _taken = (room, place);
        let time = time.map_or(service.options.time, |time| time.min(service.options.time));
        let patience = Patience { gone, until: Instant::now() + time, service: Arc::clone(&service) };
        question(&service, &patience)
    });
    let answer = answered.await.map_err(|failed| Fault::Internal(failed.into()))?;
    drop(waits);
    answer
}
