//! Records of a cohort as they are read, and what is said meanwhile.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::io::{BufRead, Read};

use credpath::{LearnerRecord, Limits};

use crate::input;
use crate::input::lines::parse;

/// So many names in a line are shown as text.
const NAMED: usize = 3;
/// Lines that are skipped are told one by one up to so many, and of a line so much is looked at to tell what it is.
const MOST_SKIPPED: u64 = 50;
const MOST_LOOKED_AT: usize = 400;

/// What was said while records were read, and what is kept of them.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) read: u64,
    pub(crate) skipped: u64,
    /// The beginning of the first line that was skipped.
    pub(crate) first_skipped: Option<String>,
    /// The ids that lines have, by the place of the learner.
    pub(crate) ids: BTreeMap<u64, String>,
}

impl Told {
    pub(crate) fn progress(&mut self) {
        self.read += 1;
        if self.read.is_multiple_of(10_000) && input::progress::is_watched() {
            input::progress::show(&format!("{} learners read", self.read));
        }
    }

    pub(crate) fn name(&self, learner: u64) -> String {
        self.ids.get(&learner).cloned().unwrap_or_else(|| format!("#{learner}"))
    }

    /// Some of the learners, for a line of text.
    pub(crate) fn names(&self, learners: &[u64]) -> String {
        let named: Vec<String> = learners.iter().take(NAMED).map(|&learner| self.name(learner)).collect();
        let more = if learners.len() > NAMED { ", …" } else { "" };
        format!("{}{more}", named.join(", "))
    }
}

/// The records of a source, one to a line.
pub(crate) struct Lines<'t> {
    pub(crate) name: String,
    pub(crate) source: Box<dyn BufRead>,
    pub(crate) number: u64,
    pub(crate) told: &'t mut Told,
    /// Why the source could not be read to its end.
    pub(crate) failed: Option<String>,
}

impl Iterator for Lines<'_> {
    type Item = LearnerRecord;

    fn next(&mut self) -> Option<LearnerRecord> {
        loop {
            self.number += 1;
            let mut line = Vec::new();
            let most = Limits::large().record_bytes as u64;
            if let Err(error) = self.source.by_ref().take(most).read_until(b'\n', &mut line) {
                self.failed = Some(format!("cannot read {}: {error}", self.name));
                return None;
            }
            if line.is_empty() {
                return None;
            }
            // A byte order mark is no part of the first line.
            let text = match self.number {
                1 => line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line),
                _ => &line,
            };
            let mut read = parse(text);
            if line.len() as u64 == most && line.last() != Some(&b'\n') {
                read = Err((line.len(), format!("longer than {most} bytes")));
                if let Err(error) = self.source.skip_until(b'\n') {
                    self.failed = Some(format!("cannot read {}: {error}", self.name));
                }
            }
            match read {
                Ok(None) => {}
                Ok(Some(mut line)) => {
                    if let Some(id) = line.id.take() {
                        self.told.ids.insert(self.told.read, id);
                    }
                    self.told.progress();
                    return Some(line.into());
                }
                Err((column, message)) => self.skip(text, column, &message),
            }
        }
    }
}

impl Lines<'_> {
    /// Counts a line that cannot be read, and says so of the first ones.
    fn skip(&mut self, text: &[u8], column: usize, message: &str) {
        self.told.skipped += 1;
        if self.told.first_skipped.is_none() {
            let beginning = &text[..text.len().min(MOST_LOOKED_AT)];
            self.told.first_skipped = Some(String::from_utf8_lossy(beginning).into_owned());
        }
        match self.told.skipped.cmp(&MOST_SKIPPED) {
            Ordering::Less => {
                input::say(format_args!("{}:{}:{column}: skipped: {message}", self.name, self.number));
            }
            Ordering::Equal => input::say("further lines that are skipped are counted only"),
            Ordering::Greater => {}
        }
    }
}
