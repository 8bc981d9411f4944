//! Plans in words, as an adviser would hand them to a learner.

use std::fmt::{self, Display, Formatter};

use crate::amount::Amount;
use crate::render::printable;

use super::answer::{
    Blockage, Blocked, Optimality, Plan, PlanOutcome, PlanStep, Purpose, PurposeRule, StepKind, Unattainable, Undecided,
};
use super::explain::{Binding, Choice, Explanation};
use super::options::Objective;

impl Display for PlanOutcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(plan) => plan.fmt(f),
            Self::Unattainable(none) => none.fmt(f),
            Self::Undecided(open) => open.fmt(f),
        }
    }
}

impl Display for Plan {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}, as of {}", titled(&self.target_title, &self.target), self.as_of)?;
        if self.steps.is_empty() {
            return writeln!(f, "  nothing to do: an award is current");
        }
        let currency = self.currency.as_deref();
        let credentials = match self.credentials {
            0 => "nothing to take".to_owned(),
            1 => "1 credential to take".to_owned(),
            many => format!("{many} credentials to take"),
        };
        writeln!(f, "  {}, {} hours, {credentials}", money(self.cost, currency), self.hours)?;
        writeln!(f, "  {}\n", self.verdict())?;
        for (number, step) in self.steps.iter().enumerate() {
            write_step(f, number + 1, step, currency)?;
        }
        if !self.essential.is_empty() {
            let all = self.essential.len() == self.steps.len();
            let list: Vec<String> = self.essential.iter().map(|id| printable(id)).collect();
            writeln!(f, "\n  in every plan: {}", if all { "all of these".to_owned() } else { list.join(", ") })?;
        }
        Ok(())
    }
}

impl Plan {
    fn verdict(&self) -> String {
        let (least, unit) = match self.objective {
            Objective::Cost => ("no plan costs less", self.currency.as_deref().unwrap_or_default()),
            Objective::Hours => ("no plan takes fewer hours", "hours"),
            Objective::Credentials => ("no plan takes fewer credentials", "credentials"),
            Objective::Weighted { .. } => ("no plan weighs less", ""),
        };
        match self.optimality {
            Optimality::Proven => format!("{least}: proven"),
            Optimality::Within { lower_bound } => {
                let bound = format!("{lower_bound} {unit}");
                format!("the best found within the work limit; no plan is below {}", bound.trim_end())
            }
        }
    }
}

fn write_step(f: &mut Formatter<'_>, number: usize, step: &PlanStep, currency: Option<&str>) -> fmt::Result {
    let verb = match step.kind {
        StepKind::Take => "take",
        StepKind::Retake => "take again",
        StepKind::Renew => "renew",
        StepKind::Claim => "claim",
    };
    write!(f, "  {number:>2}. {verb} {}", titled(&step.title, &step.credential))?;
    if step.times > 1 {
        write!(f, ", {} times", step.times)?;
    }
    let mut takes = Vec::new();
    if step.cost > Amount::ZERO {
        takes.push(money(step.cost, currency));
    }
    if step.hours > Amount::ZERO {
        takes.push(format!("{} hours", step.hours));
    }
    if !takes.is_empty() {
        write!(f, ": {}", takes.join(", "))?;
    }
    writeln!(f)?;
    // What a step is for, each credential once.
    let mut purposes: Vec<String> = step.purposes.iter().map(ToString::to_string).collect();
    purposes.dedup();
    if purposes.is_empty() { Ok(()) } else { writeln!(f, "        for {}", purposes.join("; ")) }
}

impl Display for Purpose {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let id = printable(&self.credential);
        match (self.rule, &self.requirement) {
            (None, _) => f.write_str("the target"),
            (Some(_), Some(name)) => write!(f, "{} of {id}", printable(name)),
            (Some(PurposeRule::Prerequisite), None) => write!(f, "the prerequisite of {id}"),
            (Some(PurposeRule::Stack), None) => f.write_str(&id),
        }
    }
}

impl Display for Unattainable {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "No plan leads to {}, as of {}.", titled(&self.target_title, &self.target), self.as_of)?;
        writeln!(f, "What stands in the way{}:", if self.minimal { "" } else { ", among it what may not matter" })?;
        self.causes.iter().try_for_each(|cause| writeln!(f, "  {cause}"))
    }
}

impl Display for Undecided {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let target = titled(&self.target_title, &self.target);
        writeln!(f, "The work limit was met before a plan to {target} was found, as of {}.", self.as_of)?;
        writeln!(f, "If there is one, it is not below {}.", self.lower_bound)
    }
}

impl Display for Blocked {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if let Some(id) = &self.credential {
            write!(f, "{}: ", printable(id))?;
        }
        self.why.fmt(f)
    }
}

impl Display for Blockage {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rules { lines, waits_for } => {
                let lines: Vec<String> = lines.iter().map(ToString::to_string).collect();
                let ids: Vec<String> = waits_for.iter().map(|id| printable(id)).collect();
                match (&lines[..], &ids[..]) {
                    ([], _) => f.write_str("nothing that could be taken counts as it"),
                    (_, []) => write!(f, "what {} asks for cannot be had", line_numbers(&lines)),
                    _ => write!(f, "what {} asks for cannot be had without {}", line_numbers(&lines), ids.join(", ")),
                }
            }
            Self::Closed { from: Some(from), until: Some(until) } if from > until => {
                write!(f, "never offered: the window from {from} to {until} is empty")
            }
            Self::Closed { from, until } => match (from, until) {
                (Some(from), None) => write!(f, "not offered before {from}"),
                (None, Some(until)) => write!(f, "closed after {until}"),
                (Some(from), Some(until)) => write!(f, "offered only from {from} to {until}"),
                (None, None) => f.write_str("closed"),
            },
            Self::Held { excluded_by } => write!(f, "cannot be taken beside {}, which is held", printable(excluded_by)),
            Self::Excludes { other } => write!(f, "it and {} exclude each other", printable(other)),
            Self::Avoided => f.write_str("is to be avoided"),
            Self::Issuer => f.write_str("its issuer is not among those allowed"),
            Self::Tags => f.write_str("its tags are not among those allowed"),
            Self::NotNeeded => f.write_str("has to be included, but no plan needs it"),
            Self::Budget { needs } => write!(f, "the budget is too small; {needs} is needed at least"),
        }
    }
}

impl Display for Explanation {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.essential > Amount::ZERO {
            writeln!(f, "what every plan contains: {}", self.essential)?;
        }
        for binding in &self.binding {
            writeln!(f, "{binding}")?;
        }
        for choice in &self.choices {
            writeln!(f, "{choice}")?;
        }
        Ok(())
    }
}

impl Display for Binding {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (&self.credential, &self.requirement) {
            (None, _) => f.write_str("exclusions and limits")?,
            (Some(id), Some(name)) => write!(f, "{} of {}", printable(name), printable(id))?,
            (Some(id), None) => write!(f, "{} (line {})", printable(id), self.line)?,
        }
        write!(f, ": accounts for {}", self.share)
    }
}

impl Display for Choice {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "without {}: ", printable(&self.credential))?;
        let bound = if self.exact { "" } else { "at least " };
        match self.adds {
            None => f.write_str("there is no plan")?,
            Some(Amount::ZERO) if self.exact => f.write_str("as good")?,
            Some(adds) => write!(f, "{bound}{adds} more")?,
        }
        let instead: Vec<String> = self.instead.iter().map(|id| printable(id)).collect();
        if instead.is_empty() { Ok(()) } else { write!(f, ", with {}", instead.join(", ")) }
    }
}

fn line_numbers(lines: &[String]) -> String {
    match lines {
        [one] => format!("line {one}"),
        _ => format!("lines {}", lines.join(", ")),
    }
}

pub(super) fn money(amount: Amount, currency: Option<&str>) -> String {
    match currency {
        Some(currency) => format!("{amount} {}", printable(currency)),
        None => format!("{amount}"),
    }
}

/// A title, with the id if that says more.
pub(super) fn titled(title: &str, id: &str) -> String {
    if title == id { printable(id) } else { format!("{} ({})", printable(title), printable(id)) }
}
