//! Schedules in words, as an adviser would hand them to a client.

use std::fmt::{self, Display, Formatter};

use crate::value::text::{counted, money};

use crate::evaluate::uncounted::write_uncounted;
use crate::plan::answers::display::titled;
use crate::plan::answers::not_stated::Totals;
use crate::plan::answers::plan::StepKind;
use crate::value::amount::Amount;
use crate::value::text::printable;

use crate::schedule::answer::{
    ChainLink, Infeasible, LoadUnit, Obstacle, Schedule, ScheduleOptimality, ScheduleOutcome, ScheduledStep,
    UndecidedSchedule, WaitsFor,
};

impl Display for ScheduleOutcome {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schedule(schedule) => schedule.fmt(f),
            Self::Infeasible(none) => none.fmt(f),
            Self::Undecided(open) => open.fmt(f),
        }
    }
}

impl Display for Schedule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let target = titled(&self.target_title, &self.target);
        if self.entries.is_empty() {
            writeln!(f, "{target}, on {}", self.start)?;
            return writeln!(f, "  nothing to do: an award is current");
        }
        writeln!(f, "{target}, from {} to {}", self.start, self.finish)?;
        match self.optimality {
            ScheduleOptimality::Proven => writeln!(f, "  these steps cannot be finished earlier: proven")?,
            ScheduleOptimality::Within => writeln!(
                f,
                "  the earliest finish found within the work limit; these steps cannot be finished before {}",
                self.lower_bound
            )?,
        }
        let currency = self.currency.as_deref();
        let totals = self.totals();
        write!(f, "  {}, {} in all", totals.cost(), totals.hours())?;
        if self.entries.iter().any(|entry| entry.added.is_some()) {
            let (cost, hours) = (money(self.added_cost, currency), counted(self.added_hours, "hour"));
            write!(f, ", {cost} and {hours} of it for what would lapse")?;
        }
        writeln!(f)?;
        if let Some(left_out) = totals.left_out() {
            writeln!(f, "  {left_out}")?;
        }
        writeln!(f)?;
        self.entries.iter().try_for_each(|entry| self.write_entry(f, entry))?;
        writeln!(f, "\n  what the finish depends on:")?;
        self.chain.iter().try_for_each(|link| writeln!(f, "    {link}"))?;
        write_uncounted(f, &self.uncounted, "  ")
    }
}

impl Schedule {
    fn totals(&self) -> Totals<'_> {
        let steps = self.entries.iter().map(ScheduledStep::stated).collect();
        Totals { cost: self.cost, hours: self.hours, currency: self.currency.as_deref(), steps }
    }

    /// Cost and hours of a step, as far as they are stated.
    fn amounts(&self, cost: Option<Amount>, hours: Option<Amount>) -> String {
        let cost = cost.map_or("no stated cost".to_owned(), |cost| money(cost, self.currency.as_deref()));
        let hours = hours.map_or("no stated hours".to_owned(), |hours| counted(hours, "hour"));
        format!("{cost}, {hours}")
    }

    fn write_entry(&self, f: &mut Formatter<'_>, entry: &ScheduledStep) -> fmt::Result {
        let verb = match entry.kind {
            StepKind::Take => "take",
            StepKind::Retake => "take again",
            StepKind::Renew => "renew",
            StepKind::Claim => "claim",
        };
        if entry.begin == entry.finish {
            write!(f, "  {}               {verb} ", entry.begin)?;
        } else {
            write!(f, "  {} to {} {verb} ", entry.begin, entry.finish)?;
        }
        f.write_str(&titled(&entry.title, &entry.credential))?;
        if entry.load > Amount::ZERO {
            match self.load_unit {
                LoadUnit::HoursPerWeek => write!(f, ", {} a week", counted(entry.load, "hour"))?,
                LoadUnit::Credits => write!(f, ", {}", counted(entry.load, "credit"))?,
            }
        }
        writeln!(f)?;
        let indent = " ".repeat(27);
        if let Some(planned) = &entry.planned {
            let amounts = self.amounts(planned.cost, planned.hours);
            let (here, on_its_day) = (
                self.amounts(entry.cost, entry.hours),
                match entry.kind {
                    StepKind::Renew => "renewed on its terms",
                    _ => "too late to be renewed",
                },
            );
            writeln!(f, "{indent}{here}, and not {amounts} as in the plan: {on_its_day}")?;
        }
        let Some(added) = &entry.added else { return Ok(()) };
        let needing = printable(&added.needed_for);
        match added.until {
            Some(until) => writeln!(
                f,
                "{indent}added: the award before it ends on {until}, and {needing} needs one on {}",
                added.needed_on
            ),
            None if added.first => writeln!(f, "{indent}added: {needing} needs one on {}", added.needed_on),
            None => {
                writeln!(f, "{indent}added: the award before it no longer counts for {needing} on {}", added.needed_on)
            }
        }
    }
}

impl Display for ChainLink {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let id = printable(&self.credential);
        if self.begin == self.finish {
            write!(f, "{id}, on {}: ", self.begin)?;
        } else {
            write!(f, "{id}, from {} to {}: ", self.begin, self.finish)?;
        }
        self.waits_for.fmt(f)?;
        match self.opens {
            Some(opens) if !matches!(self.waits_for, WaitsFor::Window { .. }) => write!(f, "; offered from {opens} on"),
            _ => Ok(()),
        }
    }
}

impl Display for WaitsFor {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start => f.write_str("from the first day on"),
            Self::Held { credential } => write!(f, "{} has to be held for some time first", printable(credential)),
            Self::Award { credential } => write!(f, "needs {}", printable(credential)),
            Self::Beginning { credential } => write!(f, "begins no earlier than {}", printable(credential)),
            Self::Hours { credential } => write!(f, "has no room before the end of {}", printable(credential)),
            Self::Window { from } => write!(f, "not offered before {from}"),
            Self::Term { from } => write!(f, "waits for the term that begins on {from}"),
            Self::Renewal { from } => write!(f, "cannot be renewed before {from}"),
            Self::Later => f.write_str("no earlier, so that what follows is in time"),
        }
    }
}

impl Display for Infeasible {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let target = titled(&self.target_title, &self.target);
        writeln!(f, "The plan to {target} has no place on the calendar from {} on.", self.start)?;
        writeln!(f, "  {}: {}", printable(&self.credential), self.obstacle)
    }
}

impl Display for Obstacle {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Closed { until: Some(until), earliest } => {
                write!(f, "possible on {earliest} at the earliest, but closed after {until}")
            }
            Self::Closed { until: None, earliest } => {
                write!(f, "possible on {earliest} at the earliest, but not offered then or later")
            }
            Self::NoTerm { earliest } => {
                write!(f, "possible on {earliest} at the earliest, and no term has room for it then")
            }
            Self::Pace => f.write_str("takes more than the pace ever allows"),
            Self::Rule { on, lapsed } if lapsed.is_empty() => write!(f, "its rules are not met on {on}, nor later"),
            Self::Rule { on, lapsed } => {
                let ends: Vec<String> = lapsed
                    .iter()
                    .map(|award| format!("{} (to {})", printable(&award.credential), award.until))
                    .collect();
                write!(f, "not possible before {on}, and by then there has lapsed: {}", ends.join(", "))
            }
            Self::Sharing { on } => {
                write!(f, "met on {on} only by awards that the plan keeps from it, for the policies on sharing")
            }
            Self::NeverTogether => f.write_str("what it takes is never current at the same time"),
            Self::Unknown => f.write_str("the catalog has no such credential"),
        }
    }
}

impl Display for UndecidedSchedule {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let target = titled(&self.target_title, &self.target);
        writeln!(f, "The work limit was met before a schedule to {target} was found, from {} on.", self.start)?;
        writeln!(f, "If there is one, it does not finish before {}.", self.lower_bound)
    }
}
