//! What of a story belongs in a calendar, in the form of RFC 5545: the steps of the schedule, and the last days of what
//! lapses.

use std::collections::BTreeMap;

use credpath::{Date, Schedule};

use crate::input;
use crate::story::answers::Answers;
use crate::story::words::{clean, title, verb};

/// Octets of a line, at the most.
const LONGEST_LINE: usize = 75;

/// An event of whole days.
struct Event {
    key: String,
    from: Date,
    /// Its last day.
    until: Date,
    summary: String,
}

impl Answers<'_> {
    /// The calendar; that of a learner for whom nothing has to be done, and nothing lapses, has no events.
    pub(crate) fn calendar_text(&self) -> Result<String, String> {
        let catalog = &self.input.catalog;
        let title = |id: &str| title(catalog, id).text();
        let mut events = Vec::new();
        let entries = self.schedule.as_ref().and_then(|outcome| outcome.schedule());
        for entry in entries.map_or(&[][..], |schedule: &Schedule| &schedule.entries) {
            events.push(Event {
                key: format!("step-{}", entry.credential),
                from: entry.begin,
                until: entry.finish,
                summary: format!("{} {}", verb(entry.kind), title(&entry.credential)),
            });
        }
        for due in &self.renewals.due {
            events.push(Event {
                key: format!("lapse-{}", due.credential),
                from: due.last_day,
                until: due.last_day,
                summary: format!("last valid day: {}", title(&due.credential)),
            });
        }
        for id in self.evaluation.qualified() {
            if let Some(until) = self.evaluation.valid_until(id) {
                let id = &catalog.get(id).id;
                let summary = format!("last day to claim: {}", title(id));
                events.push(Event { key: format!("claim-{id}"), from: until, until, summary });
            }
        }
        events.sort_by(|a, b| (a.from, a.until, &a.key).cmp(&(b.from, b.until, &b.key)));
        calendar(self.evaluation.as_of(), &events)
    }
}

fn calendar(as_of: Date, events: &[Event]) -> Result<String, String> {
    let mut out = String::new();
    let mut line = |text: String| out.push_str(&folded(&text));
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//credpath//examples//EN", "CALSCALE:GREGORIAN"] {
        line(text.to_owned());
    }
    // What is taken twice from one day on is two events.
    let mut known: BTreeMap<(&str, Date), usize> = BTreeMap::new();
    for event in events {
        let before = known.entry((&event.key, event.from)).or_default();
        let again = if *before == 0 { String::new() } else { format!("-{}", *before + 1) };
        *before += 1;
        line("BEGIN:VEVENT".to_owned());
        line(format!("UID:{}-{}{again}@credpath.example", escaped(&event.key), compact(event.from)));
        line(format!("DTSTAMP:{}T000000Z", compact(as_of)));
        line(format!("DTSTART;VALUE=DATE:{}", compact(event.from)));
        // The end of an event is the first day after it.
        line(format!("DTEND;VALUE=DATE:{}", compact(input::later(event.until, 1)?)));
        line(format!("SUMMARY:{}", escaped(&event.summary)));
        line("TRANSP:TRANSPARENT".to_owned());
        line("END:VEVENT".to_owned());
    }
    line("END:VCALENDAR".to_owned());
    Ok(out)
}

fn compact(date: Date) -> String {
    date.to_string().replace('-', "")
}

/// Text as a value: a backslash before what would end or divide it.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for c in clean(text).chars() {
        if matches!(c, '\\' | ';' | ',') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// A line in pieces of no more octets than are allowed, none cut within a character; further pieces begin with a space.
fn folded(line: &str) -> String {
    let (mut out, mut octets) = (String::new(), 0);
    for c in line.chars() {
        if octets + c.len_utf8() > LONGEST_LINE {
            out.push_str("\r\n ");
            octets = 1;
        }
        out.push(c);
        octets += c.len_utf8();
    }
    out + "\r\n"
}
