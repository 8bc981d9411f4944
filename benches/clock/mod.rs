//! How long something takes, whatever else the machine does meanwhile.

use std::time::{Duration, Instant};

/// What takes less is over before anything else gets its turn, mostly; and of less, the system keeps no account.
const SHORT: Duration = Duration::from_millis(20);

/// A clock that was started.
pub(crate) struct Clock {
    start: Instant,
    worked: Option<Duration>,
}

impl Clock {
    pub(crate) fn start() -> Self {
        Self { start: Instant::now(), worked: worked() }
    }

    /// The processor time since it was started, where the system tells that; else, and of what is short, the time that
    /// has passed.
    pub(crate) fn elapsed(&self) -> Duration {
        let passed = self.start.elapsed();
        match (self.worked, worked()) {
            (Some(before), Some(now)) if passed > SHORT => now.saturating_sub(before).min(passed),
            _ => passed,
        }
    }
}

/// The processor time of this program so far, on systems that keep it in a file.
fn worked() -> Option<Duration> {
    let account = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds = account.split_whitespace().next()?.parse().ok()?;
    Some(Duration::from_nanos(nanoseconds))
}
