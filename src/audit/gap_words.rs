//! What is missing, in words.

use std::fmt::{self, Display, Formatter};

use crate::audit::audit::{FurtherWays, Gap, GapChoice, Missing, WrittenConditions};
use crate::value::date::Date;
use crate::value::points::GradePoints;
use crate::value::term::CalendarTerm;
use crate::value::text::printable;

/// Conditions on the day of an award, in words.
struct InTime<'t> {
    within: &'t [CalendarTerm],
    since: Option<Date>,
    until: Option<Date>,
    held_for: &'t [CalendarTerm],
}

impl InTime<'_> {
    fn words(&self) -> Vec<String> {
        let mut all: Vec<String> = self.within.iter().map(|term| format!("awarded within {term}")).collect();
        match (self.since, self.until) {
            (Some(since), Some(until)) => all.push(format!("awarded from {since} to {until}")),
            (Some(since), None) => all.push(format!("awarded {since} or later")),
            (None, Some(until)) => all.push(format!("awarded {until} or earlier")),
            (None, None) => {}
        }
        all.extend(self.held_for.iter().map(|term| format!("held for {term}")));
        all
    }
}

impl Display for WrittenConditions {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { within, since, until, held_for, grade, issuer, lapsed, span, average } = self;
        let mut all = InTime { within, since: *since, until: *until, held_for }.words();
        all.extend(grade.as_ref().map(|grade| format!("grade {} or better", printable(grade))));
        all.extend(issuer.as_ref().map(|issuers| {
            if issuers.is_empty() {
                "by no issuer".to_owned()
            } else {
                format!("awarded by {}", printable(&issuers.join(" or ")))
            }
        }));
        all.extend(lapsed.then(|| "lapsed awards count".to_owned()));
        all.extend(span.map(|span| format!("all within {span}")));
        all.extend(average.map(|average| format!("average {average} or better")));
        f.write_str(&all.join(", "))
    }
}

impl Display for Gap {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let choice = |choice: &GapChoice| choice.ways.len() > 1 || choice.further != FurtherWays::None;
        let between = if self.choices.iter().any(choice) { "; " } else { ", " };
        let choices: Vec<String> = self.choices.iter().map(|choice| choice.words(self.mean)).collect();
        f.write_str(&choices.join(between))
    }
}

impl GapChoice {
    /// The ways, the first one with the mean that its awards have to reach.
    fn words(&self, mean: Option<GradePoints>) -> String {
        let words = |way: &Vec<Missing>| {
            let way: Vec<String> = way.iter().map(ToString::to_string).collect();
            enumerated(&way)
        };
        let mut ways: Vec<String> = self.ways.iter().map(words).collect();
        if let (Some(first), Some(mean)) = (ways.first_mut(), mean) {
            *first = format!("{first}, on average {mean} or better");
        }
        ways.extend(match self.further {
            FurtherWays::None => None,
            FurtherWays::Number(1) => Some("one other way".to_owned()),
            FurtherWays::Number(more) => Some(format!("one of {more} other ways")),
            FurtherWays::Unknown => Some("another way".to_owned()),
        });
        ways.join(", or ")
    }
}

impl Display for GapChoice {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words(None))
    }
}

impl Display for Missing {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.title))?;
        if self.times > 1 {
            write!(f, " {} times", self.times)?;
        }
        if let Some(hours) = self.hours {
            write!(f, " with {hours} hours or more")?;
        }
        if let Some(grade) = &self.grade {
            let with = if self.hours.is_some() { "and" } else { "with" };
            write!(f, " {with} grade {} or better", printable(grade))?;
        }
        if let Some(issuer) = &self.issuer {
            write!(f, " by {}", printable(issuer))?;
        }
        let Self { within, since, until, held_for, .. } = self;
        let times = InTime { within, since: *since, until: *until, held_for }.words();
        if times.is_empty() { Ok(()) } else { write!(f, " ({})", times.join(", ")) }
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn enumerated(words: &[String]) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
