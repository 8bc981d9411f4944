//! What a question may take, what is left of it, and who watches.

use std::fmt;
use std::fmt::{Debug, Formatter};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::value::amount::Amount;

/// What the work limit leaves. Work is counted in steps of a fixed meaning and not in time, so that every run comes to
/// the same end.
#[derive(Debug, Clone)]
pub(crate) struct Meter {
    pub(crate) limit: u64,
    pub(crate) left: u64,
    watched: Option<WatchedWork>,
}

/// Somebody watches.
#[derive(Debug, Clone)]
struct WatchedWork {
    watcher: Watcher,
    /// What was done before this meter was begun with, and what may be done in all.
    before: u64,
    limit: u64,
    /// They are shown something once no more than this is left.
    next: u64,
    /// What the values of the search are worth.
    worth: Option<WorthOf>,
    best: Option<Amount>,
    bound: Option<Amount>,
    /// Whether they have stopped it: known to all meters of one question.
    stopped: Arc<AtomicBool>,
}

impl WatchedWork {
    fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// What a value of a search is worth, in the unit of the objective.
#[derive(Clone)]
struct WorthOf(Arc<dyn Fn(i64) -> Amount + Send + Sync>);

impl Debug for WorthOf {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("WorthOf").finish_non_exhaustive()
    }
}

/// Steps between one look and the next: about two milliseconds.
const LOOK_AFTER: u64 = 1 << 16;

impl Meter {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, left: limit, watched: None }
    }

    /// The same, watched by somebody, if they do.
    pub(crate) fn watched_by(limit: u64, watcher: Option<&Watcher>) -> Self {
        let watched = watcher.map(|watcher| WatchedWork {
            watcher: watcher.clone(),
            before: 0,
            limit,
            next: limit.saturating_sub(LOOK_AFTER),
            worth: None,
            best: None,
            bound: None,
            stopped: Arc::default(),
        });
        Self { limit, left: limit, watched }
    }

    /// `None` if so much is not left.
    pub(crate) fn spend(&mut self, work: u64) -> Option<()> {
        self.left = self.left.checked_sub(work)?;
        if self.watched.is_some() {
            self.look();
        }
        Some(())
    }

    /// Shows how far it has come, if that is due.
    fn look(&mut self) {
        let spent = self.spent();
        let due = |watched: &&mut WatchedWork| !watched.is_stopped() && self.left <= watched.next;
        let Some(watched) = self.watched.as_mut().filter(due) else { return };
        watched.next = self.left.saturating_sub(LOOK_AFTER);
        let WatchedWork { before, limit, best, bound, .. } = *watched;
        if !watched.watcher.goes_on(&WorkDone { work: before + spent, limit, best, bound }) {
            watched.stopped.store(true, Ordering::Relaxed);
            // It is as if there had been no more.
            (self.limit, self.left) = (spent, 0);
        }
    }

    /// Takes so much off, or whatever is left.
    pub(crate) fn spend_at_most(&mut self, work: u64) {
        if self.spend(work).is_none() {
            self.left = 0;
        }
    }

    /// Who watches, for a search with a meter of its own: they are shown what was done before it too, and the whole
    /// limit.
    pub(crate) fn watcher(&self) -> Option<Watcher> {
        let WatchedWork { watcher, before, limit, stopped, .. } = self.watched.clone()?;
        let before = before + self.spent();
        Some(Watcher::new(move |done| {
            let goes_on = watcher.goes_on(&WorkDone { work: before + done.work, limit, ..*done });
            stopped.fetch_or(!goes_on, Ordering::Relaxed);
            goes_on
        }))
    }

    /// True if who watches has stopped it.
    pub(crate) fn is_stopped(&self) -> bool {
        self.watched.as_ref().is_some_and(WatchedWork::is_stopped)
    }

    pub(crate) fn spent(&self) -> u64 {
        self.limit - self.left
    }

    pub(crate) fn is_watched(&self) -> bool {
        self.watched.is_some()
    }

    /// True if somebody watches who can be told what is known of the answer.
    pub(crate) fn tells(&self) -> bool {
        self.watched.as_ref().is_some_and(|watched| watched.worth.is_some())
    }

    /// Says what the values of the search are worth that is begun now, if they are told.
    pub(crate) fn measure(&mut self, worth: impl Fn(i64) -> Amount + Send + Sync + 'static) {
        if let Some(watched) = &mut self.watched {
            watched.worth = Some(WorthOf(Arc::new(worth)));
        }
    }

    /// What is known by now is all that is told from now on.
    pub(crate) fn tell_no_more(&mut self) {
        if let Some(watched) = &mut self.watched {
            watched.worth = None;
        }
    }

    /// Tells who watches the value of the best answer so far, and what no answer is below.
    pub(crate) fn tell(&mut self, best: Option<i64>, bound: i64) {
        if let Some(watched) = &mut self.watched
            && let Some(WorthOf(worth)) = &watched.worth
        {
            (watched.best, watched.bound) = (best.map(|best| worth(best)), Some(worth(bound)));
        }
    }

    /// One of so many equal parts of what is left, to be given back.
    pub(crate) fn share(&self, parts: u64) -> Self {
        self.portion(self.left / parts.max(1))
    }

    /// So much of what is left, to be given back.
    pub(crate) fn portion(&self, most: u64) -> Self {
        let limit = most.min(self.left);
        let before = self.spent();
        let watched = self.watched.clone().map(|watched| WatchedWork {
            before: watched.before + before,
            next: limit.saturating_sub(LOOK_AFTER),
            ..watched
        });
        Self { limit, left: limit, watched }
    }

    /// Takes what a share has spent off what is left.
    pub(crate) fn take_back(&mut self, share: &Self) {
        self.left = self.left.saturating_sub(share.spent());
        if share.is_stopped() {
            (self.limit, self.left) = (self.spent(), 0);
        } else if self.is_watched() {
            // However small the shares are, they are much together.
            self.look();
        }
    }
}

/// Is shown how far a search has come, and may stop it: a plan is then what it would have been if the work limit had
/// been the work done by then ([semantics 7.10](crate::semantics#7.10)). Where an answer is made of several searches,
/// that holds of the one that was stopped; what each may do depends on the limit that was given.
///
/// It is shown something every now and then, after equal amounts of work. A watcher that looks at a clock makes the
/// answer depend on it.
///
/// ```
/// use std::sync::Arc;
/// use std::sync::atomic::{AtomicBool, Ordering};
///
/// use credpath::{PlanOptions, Watcher};
///
/// let cancelled = Arc::new(AtomicBool::new(false));
/// let seen = Arc::clone(&cancelled);
/// let watcher = Watcher::new(move |done| done.work < done.limit / 2 && !seen.load(Ordering::Relaxed));
/// let options = PlanOptions::default().watcher(watcher);
/// ```
#[derive(Clone)]
pub struct Watcher(Arc<dyn Fn(&WorkDone) -> bool + Send + Sync>);

impl Watcher {
    /// A watcher that lets the search go on as long as it returns true.
    pub fn new(goes_on: impl Fn(&WorkDone) -> bool + Send + Sync + 'static) -> Self {
        Self(Arc::new(goes_on))
    }

    fn goes_on(&self, done: &WorkDone) -> bool {
        (self.0)(done)
    }
}

impl Debug for Watcher {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watcher").finish_non_exhaustive()
    }
}

/// The same watcher is equal to itself.
impl PartialEq for Watcher {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Watcher {}

/// How far a search has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct WorkDone {
    /// Steps of work that were done.
    pub work: u64,
    /// The work limit.
    pub limit: u64,
    /// What the best answer so far is worth, in the unit of the objective, if there is one.
    pub best: Option<Amount>,
    /// No answer is worth less, as far as is known.
    pub bound: Option<Amount>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each takes less than what is between two looks, and than it may; together they take more.
    fn ask_small_questions(meter: &mut Meter) {
        const SMALL: u64 = LOOK_AFTER / 50;
        while meter.left > 0 {
            let mut small = meter.portion(2 * SMALL);
            small.spend_at_most(SMALL);
            meter.take_back(&small);
        }
    }

    #[test]
    fn small_shares_are_shown_and_stopped() {
        let watcher = Watcher::new(|done| done.work < 3 * LOOK_AFTER);
        let mut by_itself = Meter::watched_by(20 * LOOK_AFTER, Some(&watcher));
        ask_small_questions(&mut by_itself);
        let mut around = Meter::watched_by(20 * LOOK_AFTER, Some(&watcher));
        let mut half = around.share(2);
        ask_small_questions(&mut half);
        around.take_back(&half);
        for meter in [by_itself, around] {
            assert!(meter.is_stopped());
            assert!((3 * LOOK_AFTER..5 * LOOK_AFTER).contains(&meter.spent()), "{}", meter.spent());
        }
    }
}
