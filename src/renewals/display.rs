//! What lapses, and what renewing it takes, in words.

use std::fmt::{self, Display, Formatter};

use crate::audit::audit::State;
use crate::audit::display::write_part;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::text::printable;

use crate::renewals::due::{AnotherWay, DueRenewal, RenewalTerms, Renewals};

impl Display for Renewals {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { as_of, until, .. } = self;
        write_others(f, self.of_other_catalogs)?;
        if self.due.is_empty() {
            return writeln!(f, "Nothing that is held as of {as_of} lapses up to {until}.");
        }
        writeln!(f, "Held as of {as_of}, lapsing up to {until}:")?;
        self.due.iter().try_for_each(|due| self.write_due(f, due))?;
        if !self.left_open.is_empty() {
            writeln!(f, "  what the renewals of {} more require was not looked at", self.left_open.len())?;
        }
        Ok(())
    }
}

/// Says that something of another catalog was asked about.
pub(crate) fn write_others(f: &mut Formatter<'_>, of_other_catalogs: u64) -> fmt::Result {
    match of_other_catalogs {
        0 => Ok(()),
        1 => writeln!(f, "The question names a credential of another catalog; nothing is said of it."),
        many => writeln!(f, "The question names {many} credentials of another catalog; nothing is said of them."),
    }
}

impl Renewals {
    fn write_due(&self, f: &mut Formatter<'_>, due: &DueRenewal) -> fmt::Result {
        write!(f, "  {}, last valid day {}", printable(&due.title), due.last_day)?;
        let days = due.last_day.number() - self.as_of.number();
        match days {
            0 => writeln!(f, " (today)")?,
            1 => writeln!(f, " (tomorrow)")?,
            days => writeln!(f, " (in {days} days)")?,
        }
        if due.by_components {
            writeln!(f, "    it lasts while its components do: renew these")?;
        }
        if let Some(terms) = &due.renewal {
            self.write_terms(f, terms)?;
        }
        let words = if due.again.conferred { "claim it again" } else { "take it again" };
        let or = if due.renewal.is_some() { "or " } else { "" };
        self.write_way(f, &due.again, &format!("{or}{words}"))?;
        for way in &due.renewed_by {
            self.write_way(f, way, &format!("or earn {}, which renews it", printable(&way.title)))?;
        }
        Ok(())
    }

    fn write_terms(&self, f: &mut Formatter<'_>, terms: &RenewalTerms) -> fmt::Result {
        write!(f, "    renew it: {}", self.effort(Some(terms.cost), Some(terms.hours)))?;
        match terms.from {
            Some(from) if from > self.as_of => write!(f, ", from {from} on")?,
            _ if terms.is_possible => write!(f, ", possible now")?,
            _ => {}
        }
        if let Some(opens) = terms.opens {
            write!(f, ", offered from {opens} on")?;
        }
        writeln!(f, "; {}", lasting(terms.renewed_until))?;
        if terms.renewed_late_until != terms.renewed_until {
            writeln!(f, "      on the last day: {}", lasting(terms.renewed_late_until))?;
        }
        let Some(required) = &terms.requires else { return Ok(()) };
        writeln!(f, "      it requires, made since then:")?;
        write_part(f, required, self.credit_unit.as_deref(), 4, required.state == State::Unmet)?;
        match &required.gap {
            Some(gap) if required.state != State::Met => writeln!(f, "      still missing: {gap}"),
            _ => Ok(()),
        }
    }

    fn write_way(&self, f: &mut Formatter<'_>, way: &AnotherWay, words: &str) -> fmt::Result {
        let (effort, lasting) = (self.effort(way.cost, way.hours), lasting(way.lasts_until));
        writeln!(f, "    {words}: {effort}; {lasting}")
    }

    /// Cost and hours, as far as they are stated.
    fn effort(&self, cost: Option<Amount>, hours: Option<Amount>) -> String {
        let currency = self.currency.as_deref().map(|currency| format!(" {currency}")).unwrap_or_default();
        let cost = cost.map_or("cost not stated".to_owned(), |cost| format!("{cost}{currency}"));
        let hours = hours.map_or("hours not stated".to_owned(), |hours| format!("{hours} hours"));
        format!("{cost}, {hours}")
    }
}

/// Until when it lasts then.
fn lasting(until: Option<Date>) -> String {
    until.map_or("then without end".to_owned(), |until| format!("then to {until}"))
}
