//! Random situations for renewals, and how they are written for the engine.

use super::dates::{Date, Period, To, days, months, to};
use super::drawing::Drawing;
use super::renewing::{Described, Made, Need, Number, Situation, Terms, Valid};
use std::fmt::{self, Write};

pub const AS_OF: Date = Date { year: 2026, month: 11, day: 29 };

/// As the engine would read it.
impl fmt::Debug for Situation {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (as_of, until) = (written_day(self.as_of), written_day(self.until));
        write!(f, "{}# as of {as_of} to {until}\n{}", written_catalog(self), written_record(self))
    }
}

/// A situation out of numbers: courses first, then what lapses, then a role that lasts while its components do.
pub fn situation(numbers: Vec<u32>) -> Situation {
    let mut draw = Drawing::new(numbers);
    let courses = 2 + draw.below(2);
    let mut catalog: Vec<Described> = (0..courses).map(|_| course(&mut draw)).collect();
    let lapsing = 1 + draw.below(3);
    for _ in 0..lapsing {
        let described = licence(&mut draw, courses, catalog.len());
        catalog.push(described);
    }
    if draw.chance(35) {
        let described = role(&mut draw, courses, catalog.len());
        catalog.push(described);
    }
    let mut record: Vec<Made> = Vec::new();
    for of in 0..catalog.len() {
        let most = if of < courses { 2 } else { 1 };
        for _ in 0..=most {
            if draw.chance(if of < courses { 35 } else { 55 }) {
                let made = made(&mut draw, &catalog, of);
                record.push(made);
            }
        }
    }
    // What is made on the day of the award that is renewed was not made after it.
    let (first, last) = (draw.below(record.len().max(1)), draw.below(record.len().max(1)));
    if draw.chance(25) && !record.is_empty() {
        record[first].day = record[last].day;
    }
    let mut situation =
        Situation { catalog, record, as_of: AS_OF, until: AS_OF.plus_months(1 + draw.below(20) as u32) };
    if draw.chance(30) {
        // On a last day, as it is or as it would be: where boundaries are.
        let lasts: Vec<Date> = situation.awards().made.iter().filter_map(|made| made.until).collect();
        let new = situation.catalog.iter().filter_map(|described| match described.valid {
            Valid::For(period) => Some(AS_OF.end_of(period, true)),
            _ => None,
        });
        let near = |day: &Date| *day >= AS_OF && *day < AS_OF.plus_months(30);
        let days: Vec<Date> = lasts.into_iter().chain(new).filter(near).collect();
        if !days.is_empty() {
            situation.until = draw.pick(&days);
        }
    }
    situation
}

fn amount(draw: &mut Drawing, unstated: usize) -> Option<u32> {
    if draw.chance(unstated) { None } else { Some(draw.below(5) as u32 * 10) }
}

fn plain(draw: &mut Drawing) -> Described {
    Described {
        cost: amount(draw, 10),
        hours: amount(draw, 10),
        credits: draw.below(4) as u32,
        valid: Valid::Forever,
        repeatable: false,
        prerequisite: None,
        stack: None,
        counts_as: Vec::new(),
        renews: Vec::new(),
        excludes: Vec::new(),
        closes: None,
        renewal: None,
    }
}

fn course(draw: &mut Drawing) -> Described {
    let valid = if draw.chance(20) { Valid::For(period(draw)) } else { Valid::Forever };
    let closes = draw.chance(8).then(|| AS_OF.minus_days(draw.below(3) as u32));
    Described { repeatable: draw.chance(50), credits: 1 + draw.below(3) as u32, valid, closes, ..plain(draw) }
}

fn period(draw: &mut Drawing) -> Period {
    let length = months(3 + 3 * draw.below(7) as u32);
    match draw.below(6) {
        0 => to(To::MonthEnd, length),
        1 => to(To::Day(6, 30), length),
        2 => days(60 + draw.below(300) as u32),
        _ => length,
    }
}

fn licence(draw: &mut Drawing, courses: usize, number: usize) -> Described {
    // Taking it anew is mostly dearer than renewing it.
    let cost = (!draw.chance(15)).then(|| 20 * (2 + draw.below(6) as u32));
    let mut described = Described { valid: Valid::For(period(draw)), cost, ..plain(draw) };
    let earlier: Vec<Number> = (courses..number).collect();
    if draw.chance(25) {
        described.stack = Some(one(draw, courses));
    }
    if draw.chance(25) {
        described.prerequisite = Some(one(draw, number));
    }
    if !earlier.is_empty() {
        if draw.chance(30) {
            described.renews.push(draw.pick(&earlier));
        }
        if draw.chance(15) {
            described.counts_as.push(draw.pick(&earlier));
        }
        if draw.chance(15) {
            described.excludes.push(draw.pick(&earlier));
        }
    }
    if draw.chance(75) {
        described.renewal = Some(Terms {
            cost: draw.below(4) as u32 * 10,
            hours: draw.below(3) as u32 * 5,
            window: draw.chance(40).then(|| if draw.chance(50) { days(60) } else { months(1 + draw.below(8) as u32) }),
            keeps_cycle: draw.chance(40),
            requires: draw.chance(75).then(|| requires(draw, courses)),
        });
    }
    described
}

fn one(draw: &mut Drawing, below: usize) -> Need {
    let within = draw.chance(20).then(|| months(2 + draw.below(12) as u32));
    Need::One { of: draw.below(below), within, lapsed: draw.chance(10) }
}

fn requires(draw: &mut Drawing, courses: usize) -> Need {
    let all: Vec<Number> = (0..courses).collect();
    let sum = |draw: &mut Drawing| {
        let of = if draw.chance(60) { all.clone() } else { vec![draw.below(courses)] };
        let hours = draw.chance(40);
        Need::Sum { hours, need: if hours { 10 * (1 + draw.below(4) as u32) } else { 2 + draw.below(3) as u32 }, of }
    };
    match draw.below(6) {
        0 => one(draw, courses),
        1 => Need::All(vec![sum(draw), one(draw, courses)]),
        2 => Need::Any(vec![sum(draw), one(draw, courses)]),
        3 => Need::All(vec![one(draw, courses), one(draw, courses)]),
        _ => sum(draw),
    }
}

fn role(draw: &mut Drawing, courses: usize, number: usize) -> Described {
    let licence =
        |draw: &mut Drawing| Need::One { of: courses + draw.below(number - courses), within: None, lapsed: false };
    let stack = match draw.below(3) {
        0 => Need::All(vec![licence(draw), one(draw, courses)]),
        1 => Need::Any(vec![licence(draw), licence(draw)]),
        _ => Need::All(vec![licence(draw), licence(draw)]),
    };
    Described { valid: Valid::WhileComponents, stack: Some(stack), ..plain(draw) }
}

fn made(draw: &mut Drawing, catalog: &[Described], of: Number) -> Made {
    let back = draw.below(18) as u32;
    let day = super::renewing::minus(AS_OF, months(back)).minus_days(draw.below(28) as u32);
    let until = draw.chance(10).then(|| day.plus_months(draw.below(24) as u32));
    // Of what is awarded once, an award with an amount of its own is not earned again for another one (7).
    let own = catalog[of].repeatable;
    let hours = (own && draw.chance(20)).then(|| draw.below(5) as u32 * 5);
    let credits = (own && draw.chance(20)).then(|| draw.below(4) as u32);
    Made { of, day, until, hours, credits, besides: false, waits: false }
}

pub fn id(of: Number) -> String {
    format!("c{of}")
}

pub fn written_day(day: Date) -> String {
    let Date { year, month, day } = day;
    format!("{year:04}-{month:02}-{day:02}")
}

fn written_period(period: Period) -> String {
    let length = match (period.years * 12 + period.months, period.weeks * 7 + period.days) {
        (months, 0) => format!("\"{months} months\""),
        (_, days) => format!("\"{days} days\""),
    };
    match period.to {
        None => length,
        Some(To::MonthEnd) => format!("{{ period = {length}, to = \"month-end\" }}"),
        Some(To::QuarterEnd) => format!("{{ period = {length}, to = \"quarter-end\" }}"),
        Some(To::YearEnd) => format!("{{ period = {length}, to = \"year-end\" }}"),
        Some(To::Day(month, day)) => format!("{{ period = {length}, to = \"{month:02}-{day:02}\" }}"),
    }
}

fn written_need(need: &Need) -> String {
    let list = |parts: &[Need]| parts.iter().map(written_need).collect::<Vec<_>>().join(", ");
    match need {
        Need::One { of, within, lapsed } => {
            let within = within.map(|within| format!(", within = {}", written_period(within))).unwrap_or_default();
            let lapsed = if *lapsed { ", lapsed = true" } else { "" };
            format!("{{ credential = \"{}\"{within}{lapsed} }}", id(*of))
        }
        Need::All(parts) => format!("{{ all_of = [{}] }}", list(parts)),
        Need::Any(parts) => format!("{{ any_of = [{}] }}", list(parts)),
        Need::Sum { hours, need, of } => {
            let of: Vec<String> = of.iter().map(|&of| format!("\"{}\"", id(of))).collect();
            let word = if *hours { "hours" } else { "credits" };
            format!("{{ {word} = {need}, from = [{}] }}", of.join(", "))
        }
    }
}

pub fn written_catalog(situation: &Situation) -> String {
    let mut text = String::new();
    for (of, described) in situation.catalog.iter().enumerate() {
        let _ = writeln!(text, "[credential.{}]", id(of));
        let mut line = |key: &str, value: String| writeln!(text, "{key} = {value}").unwrap();
        let ids = |list: &[Number]| format!("{:?}", list.iter().map(|&of| id(of)).collect::<Vec<_>>());
        let Described { cost, hours, credits, repeatable, prerequisite, stack, counts_as, renews, .. } = described;
        cost.iter().for_each(|cost| line("cost", cost.to_string()));
        hours.iter().for_each(|hours| line("hours", hours.to_string()));
        line("credits", credits.to_string());
        if *repeatable {
            line("repeatable", "true".to_owned());
        }
        match described.valid {
            Valid::Forever => {}
            Valid::For(period) => line("valid_for", written_period(period)),
            Valid::WhileComponents => line("valid_for", "\"while-components\"".to_owned()),
        }
        prerequisite.iter().for_each(|need| line("prerequisite", written_need(need)));
        stack.iter().for_each(|need| line("stack", written_need(need)));
        line("counts_as", ids(counts_as));
        line("renews", ids(renews));
        line("excludes", ids(&described.excludes));
        described.closes.iter().for_each(|day| line("offered", format!("{{ until = {} }}", written_day(*day))));
        if let Some(Terms { cost, hours, window, keeps_cycle, requires }) = &described.renewal {
            let mut terms = vec![format!("cost = {cost}, hours = {hours}, keeps_cycle = {keeps_cycle}")];
            terms.extend(window.map(|window| format!("window = {}", written_period(window))));
            terms.extend(requires.as_ref().map(|need| format!("requires = {}", written_need(need))));
            line("renewal", format!("{{ {} }}", terms.join(", ")));
        }
    }
    text
}

pub fn written_record(situation: &Situation) -> String {
    let mut text = String::new();
    for Made { of, day, until, hours, credits, .. } in &situation.record {
        let _ = writeln!(text, "[[award]]\ncredential = \"{}\"\nawarded = {}", id(*of), written_day(*day));
        until.iter().for_each(|until| writeln!(text, "valid_until = {}", written_day(*until)).unwrap());
        hours.iter().for_each(|hours| writeln!(text, "hours = {hours}").unwrap());
        credits.iter().for_each(|credits| writeln!(text, "credits = {credits}").unwrap());
    }
    text
}
