//! How far long work has come, for whoever looks on: on a terminal, and nowhere else.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use credpath::{Watcher, WorkDone};

/// Whether there is a line that has to make room.
static SHOWN: AtomicBool = AtomicBool::new(false);

/// Work that is done sooner shows nothing; and so much time is between two lines.
const PATIENCE: Duration = Duration::from_millis(700);
const BETWEEN: Duration = Duration::from_millis(150);

/// Whether anybody looks on.
pub(crate) fn is_watched() -> bool {
    std::io::stderr().is_terminal()
}

/// Who is shown how far a search has come, and never stops it; nobody if nobody looks on.
pub(crate) fn watcher() -> Option<Watcher> {
    if !is_watched() {
        return None;
    }
    let next = Mutex::new(Instant::now() + PATIENCE);
    Some(Watcher::new(move |done| {
        if let Ok(mut next) = next.lock()
            && Instant::now() >= *next
        {
            *next = Instant::now() + BETWEEN;
            show(&line(done));
        }
        true
    }))
}

/// How far it has come, in a line.
pub(crate) fn line(done: &WorkDone) -> String {
    let millions = |steps: u64| format!("{}.{}", steps / 1_000_000, steps / 100_000 % 10);
    let worth = match (done.best, done.bound) {
        (Some(best), Some(bound)) => format!(", the best so far {best}, nothing below {bound}"),
        (None, Some(bound)) => format!(", nothing below {bound}"),
        _ => String::new(),
    };
    format!("searching: {} million steps of {}{worth}", millions(done.work), millions(done.limit))
}

/// Shows a line in the place of the one before.
pub(crate) fn show(line: &str) {
    SHOWN.store(true, Ordering::Relaxed);
    let mut terminal = std::io::stderr();
    _ = write!(terminal, "\r\x1b[2K{line}");
    _ = terminal.flush();
}

/// Makes room for an answer.
pub(crate) fn clear() {
    if SHOWN.swap(false, Ordering::Relaxed) {
        show("");
        SHOWN.store(false, Ordering::Relaxed);
    }
}
