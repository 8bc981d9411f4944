//! How the hostile cases are run and what every refusal has to look like.

use std::any::Any;
use std::collections::BTreeSet;
use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread::Builder;
use std::time::Duration;

use credpath::{Catalog, Date, Diagnostic, EvaluateOptions, LearnerRecord, Limits, Status};

/// Far above what any case takes, also unoptimised on a busy machine.
const HANG: Duration = Duration::from_secs(180);

/// Runs `work` on a thread with a small stack and gives its result; a panic in it is passed on, a hang is one.
pub(crate) fn small_stack<T: Send + 'static>(name: &str, work: impl FnOnce() -> T + Send + 'static) -> T {
    let (send, receive) = channel();
    let thread = Builder::new().name(name.to_owned()).stack_size(256 * 1024);
    let thread = thread.spawn(move || send.send(work())).expect("a thread");
    match receive.recv_timeout(HANG) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => panic!("{name}: no answer after {HANG:?}"),
        Err(RecvTimeoutError::Disconnected) => {
            resume_unwind(thread.join().err().unwrap_or_else(|| Box::new("no result") as Box<dyn Any + Send>))
        }
    }
}

/// The distinct codes of an error, after a look at whether it is fit to be shown: places within the text, a message of
/// bounded size, nothing that would act on a terminal.
pub(crate) fn sound_codes(text: &str, diagnostics: &[Diagnostic], rendered: &str) -> BTreeSet<&'static str> {
    assert!(!diagnostics.is_empty(), "refused without a reason");
    for diagnostic in diagnostics {
        for label in diagnostic.secondary.iter().chain([&diagnostic.primary]) {
            assert!(
                text.get(label.span.clone()).is_some(),
                "{:?} of {} is no place in the text",
                label.span,
                diagnostic.code.as_str()
            );
        }
        assert!(diagnostic.message.len() < 1000, "a message of {} bytes", diagnostic.message.len());
    }
    let unsafe_to_print = |c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    assert!(!rendered.contains(unsafe_to_print), "{rendered:?}");
    assert!(rendered.lines().all(|line| line.len() < 2000), "a rendered line is too long");
    diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
}

/// The catalog, or the codes of what is wrong with it.
pub(crate) fn read_with(text: &str, limits: &Limits) -> Result<Catalog, BTreeSet<&'static str>> {
    Catalog::parse_with("hostile.toml", text, limits)
        .map_err(|error| sound_codes(text, error.diagnostics(), &error.to_string()))
}

pub(crate) fn read_record(text: &str) -> Result<LearnerRecord, BTreeSet<&'static str>> {
    LearnerRecord::parse("hostile.toml", text)
        .map_err(|error| sound_codes(text, error.diagnostics(), &error.to_string()))
}

/// Asserts that a catalog is refused with exactly these codes.
#[track_caller]
pub(crate) fn refused(what: &str, text: impl Into<String>, expected: &[&str]) {
    let text = text.into();
    let found = small_stack(what, move || read_with(&text, &Limits::default()).err());
    let found = found.unwrap_or_else(|| panic!("{what}: accepted"));
    assert_eq!(found, expected.iter().copied().collect(), "{what}");
}

#[track_caller]
pub(crate) fn record_refused(what: &str, text: impl Into<String>, expected: &[&str]) {
    let text = text.into();
    let found = small_stack(what, move || read_record(&text).err());
    let found = found.unwrap_or_else(|| panic!("{what}: accepted"));
    assert_eq!(found, expected.iter().copied().collect(), "{what}");
}

/// The statuses of some credentials in a catalog that must be accepted.
pub(crate) fn statuses(name: &str, text: String, held: &[&str], asked: &[&str]) -> Vec<Status> {
    let owned = |ids: &[&str]| -> Vec<String> { ids.iter().map(|&id| id.to_owned()).collect() };
    let (held, asked) = (owned(held), owned(asked));
    small_stack(name, move || {
        let catalog = read_with(&text, &Limits::large()).expect("a valid catalog");
        let record: LearnerRecord = held.iter().map(String::as_str).collect();
        let evaluation = catalog.evaluate(&record, as_of(), &EvaluateOptions::default());
        asked.iter().map(|id| evaluation.status(catalog.credential(id).expect("a known id"))).collect()
    })
}

pub(crate) fn as_of() -> Date {
    Date::new(2026, 11, 22).expect("a day")
}

/// `id`, quoted and separated by commas, for 0, 1, … up to `n`.
pub(crate) fn ids(prefix: &str, n: usize) -> String {
    (0..n).map(|at| format!("\"{prefix}{at}\"")).collect::<Vec<_>>().join(", ")
}

/// What `line` makes of 0, 1, … up to `n`.
pub(crate) fn repeated(n: usize, line: impl Fn(usize) -> String) -> String {
    (0..n).map(line).collect()
}

/// A table for each of `n` credentials, with the same body.
pub(crate) fn credentials(prefix: &str, n: usize, body: &str) -> String {
    repeated(n, |at| format!("[credential.{prefix}{at}]\n{body}\n"))
}
