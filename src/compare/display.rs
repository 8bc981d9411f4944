//! A comparison, and what it does to learners, as text.

use std::fmt;

use crate::value::date::Date;
use crate::value::text::counted;

use crate::plan::answers::plan::{PlanOutcome, PurposeRule};
use crate::value::text::printable;

use crate::compare::answer::{
    Cause, CauseGroup, Compared, Comparison, Difference, Effect, HeldAward, Learner, Renamed, Verdict,
};
use crate::compare::impact::{Affected, Impact, ImpactGroup};

/// The number of names that stand in one line.
const MOST: usize = 12;

fn listed<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let more = names.len().saturating_sub(MOST);
    let mut list: Vec<String> = names.take(MOST).map(printable).collect();
    if more > 0 {
        list.push(format!("and {more} more"));
    }
    list.join(", ")
}

/// The awards in a few words.
impl fmt::Display for Learner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.awards.is_empty() {
            return f.write_str("a learner with no award at all");
        }
        f.write_str("a learner with ")?;
        for (place, held) in self.awards.iter().enumerate() {
            let comma = if place > 0 { ", " } else { "" };
            write!(f, "{comma}{}", printable(&held.credential))?;
            if held.times > 1 {
                write!(f, " {} times", held.times)?;
            }
            let recorded = recorded(held, self.as_of);
            if !recorded.is_empty() {
                write!(f, " ({})", recorded.join(", "))?;
            }
        }
        Ok(())
    }
}

/// What is recorded of awards, in words; the day only where it is another than the one on which they are looked at.
fn recorded(held: &HeldAward, as_of: Date) -> Vec<String> {
    let HeldAward { credential: _, older_id: _, times: _, awarded, valid_until, grade, issuer, credits, hours } = held;
    let parts = [
        grade.as_ref().map(|grade| format!("grade {}", printable(grade))),
        issuer.as_ref().map(|issuer| format!("by {}", printable(issuer))),
        (*awarded != Some(as_of)).then(|| awarded.map_or("undated".to_owned(), |day| format!("awarded {day}"))),
        valid_until.map(|day| format!("valid until {day}")),
        credits.map(|credits| format!("{credits} credits")),
        hours.map(|hours| format!("{hours} hours")),
    ];
    parts.into_iter().flatten().collect()
}

/// A rule's demand now, or before.
fn write_cause(f: &mut fmt::Formatter<'_>, effect: Effect, cause: &Cause) -> fmt::Result {
    let rule = match cause.rule {
        PurposeRule::Prerequisite => "prerequisite",
        PurposeRule::Corequisite => "corequisite",
        PurposeRule::Renewal => "renewal",
        PurposeRule::Stack => "stack",
    };
    let (more, ask) = match effect {
        Effect::Loses => ("more", "asks for"),
        Effect::Gains => ("less", "asked for"),
    };
    let credential = printable(&cause.credential);
    let lines = match (cause.newer_line, cause.older_line) {
        (Some(newer), Some(older)) => format!(" (line {newer}, was line {older})"),
        (Some(newer), None) => format!(" (line {newer}, new)"),
        (None, Some(older)) => format!(" (was line {older})"),
        (None, None) => String::new(),
    };
    if cause.asks.is_empty() {
        let without =
            if effect == Effect::Loses { "is not earned by its stack any more" } else { "is now earned by its stack" };
        return writeln!(f, "`{credential}` {without}{lines}");
    }
    writeln!(f, "`{credential}` asks for {more}: its {rule} {ask} {}{lines}", printable(&cause.asks))?;
    if !cause.rests_on.is_empty() {
        let differ = cause.rests_on.iter().map(|on| format!("{} of `{}`", on.field, printable(&on.credential)));
        writeln!(f, "  the rule is the same; what differs is {}", differ.collect::<Vec<String>>().join(", "))?;
    }
    Ok(())
}

impl Comparison {
    /// The learner who shows what a cause does: for the credential whose rule it is, if that is among those concerned.
    fn shown_by(&self, group: &CauseGroup<'_>) -> Option<(&Compared, &Difference)> {
        let own = group.credentials.iter().find(|&&credential| credential == group.cause.credential);
        let compared = self.get(own.or(group.credentials.first())?)?;
        let difference = match group.effect {
            Effect::Loses => &compared.lost,
            Effect::Gains => &compared.gained,
        };
        Some((compared, difference.as_ref()?))
    }
}

/// By cause; then what is new, gone, undecided, or said differently; and how many there are of each.
impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in self.causes() {
            write_cause(f, group.effect, group.cause)?;
            if let Some((compared, difference)) = self.shown_by(&group) {
                let credential = printable(&compared.credential);
                let what = match group.effect {
                    Effect::Loses => format!("met the requirements of `{credential}` and does not any more"),
                    Effect::Gains => format!("newly meets the requirements of `{credential}`"),
                };
                writeln!(f, "  {} {what}", difference.learner)?;
            }
            writeln!(f, "  concerns: {}", listed(group.credentials.iter().copied()))?;
        }
        for Renamed { older, newer, accepted } in &self.renamed {
            let known = if *accepted { "" } else { ", and records that say so are not understood" };
            writeln!(f, "`{}` is renamed: it was `{}`{known}", printable(newer), printable(older))?;
        }
        for (title, ids) in [("added", &self.added), ("removed", &self.removed)] {
            if !ids.is_empty() {
                writeln!(f, "{title}: {}", listed(ids.iter().map(String::as_str)))?;
            }
        }
        let undecided: Vec<&str> = self.undecided().map(|compared| compared.credential.as_str()).collect();
        if !undecided.is_empty() {
            writeln!(f, "undecided: {}", listed(undecided.into_iter()))?;
        }
        for compared in &self.changed {
            for change in &compared.fields {
                let said = |text: &str| if text.is_empty() { "nothing".to_owned() } else { printable(text) };
                let (older, newer) = (said(&change.older), said(&change.newer));
                let (credential, field) = (printable(&compared.credential), &change.field);
                writeln!(f, "`{credential}`: {field} is {newer}, was {older}")?;
            }
        }
        write!(f, "{} unchanged", self.unchanged)?;
        let verdicts = [Verdict::Stricter, Verdict::Looser, Verdict::Incomparable, Verdict::Undecided];
        for verdict in verdicts {
            let many = self.changed.iter().filter(|compared| compared.verdict == verdict).count();
            if many > 0 {
                write!(f, ", {many} {verdict}")?;
            }
        }
        let others = self.changed.iter().filter(|compared| compared.verdict == Verdict::Unchanged).count();
        if others > 0 {
            write!(f, ", {others} with other changes only")?;
        }
        writeln!(f)
    }
}

impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for group in &self.groups {
            let ImpactGroup { effect, credential, cause, learners, affected } = group;
            if let Some(cause) = cause {
                write_cause(f, *effect, cause)?;
            } else {
                let what = if *effect == Effect::Loses { "removed" } else { "added" };
                writeln!(f, "`{}` is {what}", printable(credential))?;
            }
            let what = if *effect == Effect::Loses { "lose" } else { "gain" };
            writeln!(f, "  {learners} of {} {what} by it", counted(self.learners, "learner"))?;
            for Affected { learner, credential, repair } in affected {
                write!(f, "    {}: {}", printable(learner), printable(credential))?;
                match repair {
                    None => {}
                    Some(PlanOutcome::Plan(plan)) => {
                        let steps = plan.steps.iter().map(|step| step.credential.as_str());
                        write!(f, ", won back by {}", listed(steps))?;
                        write!(f, " (cost {}, {})", plan.cost, counted(plan.hours, "hour"))?;
                    }
                    Some(PlanOutcome::Unattainable(_)) => f.write_str(", out of reach")?,
                    Some(PlanOutcome::Undecided(_)) => f.write_str(", undecided whether it can be won back")?,
                }
                writeln!(f)?;
            }
        }
        if !self.undecided.is_empty() {
            writeln!(f, "undecided for {} learners and credentials", self.undecided.len())?;
        }
        if self.groups.is_empty() {
            writeln!(f, "{}, none of whom loses or gains a qualification", counted(self.learners, "learner"))?;
        }
        Ok(())
    }
}
