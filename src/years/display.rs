//! What learners have under the versions that they are declared for, in words.

use std::fmt;

use crate::compare::answer::Verdict;
use crate::plan::answers::plan::{Plan, PlanOutcome};
use crate::schedule::answer::ScheduleOutcome;
use crate::value::amount::Amount;
use crate::value::text::printable;
use crate::years::answer::{AmountChange, Moved, Moving, PursuedReport, PursuedTarget, UnknownPursuit};

/// So many steps are named in a line.
const MOST_NAMED: usize = 8;

impl fmt::Display for PursuedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for target in &self.targets {
            tell_target(f, target, self)?;
        }
        for unknown in &self.unknown {
            writeln!(f, "{unknown}")?;
        }
        Ok(())
    }
}

fn tell_target(f: &mut fmt::Formatter<'_>, target: &PursuedTarget, report: &PursuedReport) -> fmt::Result {
    let under = printable(&target.under);
    let chosen = if target.declared { "" } else { ", the newest version" };
    writeln!(f, "{} under {under}{chosen}: {}", printable(&target.title), target.status)?;
    if let Some(last) = target.last_claim {
        let can = if last < report.as_of { "could last be claimed on" } else { "can be claimed until" };
        writeln!(f, "  it {can} {last}")?;
    }
    match &target.plan {
        PlanOutcome::Plan(plan) => writeln!(f, "  {}", steps(plan))?,
        PlanOutcome::Unattainable(_) => writeln!(f, "  there is no plan to it under {under}")?,
        PlanOutcome::Undecided(_) => writeln!(f, "  whether there is a plan to it is open")?,
    }
    match &target.schedule {
        None => {}
        Some(ScheduleOutcome::Schedule(schedule)) => writeln!(f, "  finished by {}", schedule.finish)?,
        Some(ScheduleOutcome::Infeasible(_)) => writeln!(f, "  at that pace it cannot be finished under {under}")?,
        Some(ScheduleOutcome::Undecided(_)) => writeln!(f, "  whether it can be finished in time is open")?,
    }
    let newest = printable(&report.newest);
    match &target.moving {
        None => Ok(()),
        Some(Moving::Gone) => writeln!(f, "  {newest} does not have it"),
        Some(Moving::To(moved)) => writeln!(f, "  moving to {newest}{}", Changes(moved)),
    }
}

fn steps(plan: &Plan) -> String {
    let named: Vec<String> = plan.steps.iter().take(MOST_NAMED).map(|step| printable(&step.credential)).collect();
    let more = plan.steps.len() - named.len();
    let rest = if more == 0 { String::new() } else { format!(" and {more} more") };
    match plan.steps.len() {
        0 => "nothing is to be done for it".to_owned(),
        1 => format!("1 step to it: {}", named.join(", ")),
        many => format!("{many} steps to it: {}{rest}", named.join(", ")),
    }
}

/// What changes, after the version to which it does.
struct Changes<'m>(&'m Moved);

impl fmt::Display for Changes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Moved { verdict, plan, cost, hours, more, fewer, .. } = self.0;
        f.write_str(match verdict {
            Verdict::Unchanged => ", which asks for the same: ",
            Verdict::Stricter => ", which asks for more: ",
            Verdict::Looser => ", which asks for less: ",
            Verdict::Incomparable => ", which asks for other things: ",
            Verdict::Undecided => ", which may ask for other things: ",
        })?;
        match plan {
            PlanOutcome::Plan(_) => {}
            PlanOutcome::Unattainable(_) => return f.write_str("there is no plan to it"),
            PlanOutcome::Undecided(_) => return f.write_str("whether there is a plan to it is open"),
        }
        let list = |ids: &[String]| ids.iter().map(|id| printable(id)).collect::<Vec<_>>().join(", ");
        let mut told = Vec::new();
        told.extend(cost.map(|cost| amounts(cost, "cost")));
        told.extend(hours.filter(|hours| hours.stays != hours.moves).map(|hours| amounts(hours, "hours")));
        told.extend((!more.is_empty()).then(|| format!("{} besides", list(more))));
        told.extend((!fewer.is_empty()).then(|| format!("without {}", list(fewer))));
        f.write_str(&if told.is_empty() { "there is a plan to it".to_owned() } else { told.join("; ") })
    }
}

fn amounts(change: AmountChange, of: &str) -> String {
    let AmountChange { stays, moves, at_least } = change;
    let stated = if at_least { ", as far as it is stated" } else { "" };
    let difference = Amount::from_hundredths;
    let (stays, moves) = (stays.hundredths(), moves.hundredths());
    match moves.checked_sub(stays) {
        Some(0) => format!("the same {of}{stated}"),
        Some(more) => format!("{} more in {of}{stated}", difference(more)),
        None => format!("{} less in {of}{stated}", difference(stays - moves)),
    }
}

impl fmt::Display for UnknownPursuit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (credential, under) = (printable(&self.pursued.credential), printable(&self.pursued.under));
        if self.version {
            write!(f, "{credential} is pursued under {under}, and there is no such version")?;
        } else {
            write!(f, "{under} has no {credential}")?;
        }
        match &self.meant {
            Some(meant) => write!(f, "; did you mean {}?", printable(meant)),
            None => Ok(()),
        }
    }
}
