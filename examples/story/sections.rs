//! What a story tells: its sections in their order, and what they are made with.

use credpath::{Amount, CredentialId, NextStepsOutcome, Schedule, ScheduledStep, View};

use crate::story::answers::Answers;
use crate::story::words::{clean, titled};
use crate::story::{Block, Item, Line, Section, Story};

impl Answers<'_> {
    pub(crate) fn story(&self) -> Story {
        let supposing = match self.evaluation.view() {
            View::Earned => "",
            View::InProgress => ", if all that is in progress is completed",
            View::Planned => ", if all that is in progress or planned is completed",
        };
        let sections = vec![
            self.to_do(),
            self.lapsing(),
            self.held(),
            section("map", "The way there as a map", vec![Block::Picture(self.map.svg())]),
            self.audited(),
            self.planned(),
            self.other_ways(),
            self.near(),
            self.granted(),
        ];
        Story {
            title: format!("The way to {}", clean(&self.catalog().get(self.target).title)),
            as_of: format!("As of {}{supposing}", self.evaluation.as_of()),
            sections: sections.into_iter().filter(|section| !section.blocks.is_empty()).collect(),
        }
    }

    pub(crate) fn catalog(&self) -> &credpath::Catalog {
        &self.input.catalog
    }

    pub(crate) fn currency(&self) -> Option<&str> {
        self.catalog().header().currency.as_deref()
    }

    pub(crate) fn titled(&self, id: &str) -> Line {
        titled(self.catalog(), id)
    }

    /// Title and id of a credential by its number.
    pub(crate) fn named(&self, id: CredentialId) -> Line {
        self.titled(&self.catalog().get(id).id)
    }

    pub(crate) fn calendar(&self) -> Option<&Schedule> {
        self.schedule.as_ref().and_then(|outcome| outcome.schedule())
    }
}

impl Item {
    pub(crate) fn with(mut self, more: impl Into<Line>) -> Self {
        self.text = self.text.and(more);
        self
    }
}

pub(crate) fn section(anchor: &'static str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { anchor, heading: heading.to_owned(), blocks }
}

/// With a capital letter and a full stop.
pub(crate) fn sentence(text: &str) -> String {
    format!("{}.", clean(&capital(text)).trim_end_matches('.'))
}

/// With a capital letter.
pub(crate) fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// The days of an entry.
pub(crate) fn days(entry: &ScheduledStep) -> String {
    if entry.begin == entry.finish {
        format!("{}", entry.begin)
    } else {
        format!("{} to {}", entry.begin, entry.finish)
    }
}

/// How many days a schedule takes, its first and its last among them.
pub(crate) fn days_between(schedule: &Schedule) -> u64 {
    let day = |date: credpath::Date| date.to_string().parse::<jiff::civil::Date>();
    match (day(schedule.start), day(schedule.finish)) {
        (Ok(start), Ok(finish)) => u64::try_from(finish.duration_since(start).as_hours() / 24 + 1).unwrap_or(0),
        _ => 0,
    }
}

/// What is more or less, if anything is.
pub(crate) fn difference(own: Amount, other: Amount, words: impl Fn(Amount) -> String) -> Option<String> {
    let by = |more: Amount, less: Amount| Amount::from_hundredths(more.hundredths() - less.hundredths());
    match own.cmp(&other) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Less => Some(format!("{} more", words(by(other, own)))),
        std::cmp::Ordering::Greater => Some(format!("{} less", words(by(own, other)))),
    }
}

/// Whether there is a plan.
pub(crate) fn is_found(next: &NextStepsOutcome) -> bool {
    matches!(next, NextStepsOutcome::Steps(_))
}
