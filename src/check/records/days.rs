//! The days on which it may matter that an award was made, and those on which it may matter to look at it.

use std::collections::BTreeSet;

use crate::catalog::catalog::Validity;
use crate::catalog::conditions::Conditions;
use crate::value::date::{Date, Period};
use crate::value::term::CalendarTerm;

use crate::check::records::asked::AskedParts;

/// As many days are looked at, at the most; where there are so many, they may not be all.
pub(crate) const MOST_DAYS: usize = 60;

/// As many days are tried that lie far apart.
const MOST_APART: usize = 3;

/// The first day up to a date of which something holds that then holds of every later one.
fn first_day(until: Date, holds: impl Fn(Date) -> bool) -> Option<Date> {
    let (mut before, mut from) = (Date::FIRST.number() - 1, until.number() + 1);
    while before + 1 < from {
        let middle = before + (from - before) / 2;
        if Date::numbered(middle).is_some_and(&holds) { from = middle } else { before = middle }
    }
    Date::numbered(from).filter(|&day| day <= until)
}

/// The days up to a date with which something begins that conditions ask for, or ends.
fn turning_days(conditions: &Conditions, day: Date) -> Vec<Date> {
    let Conditions { within, since, until, held_for, grade: _, issuers: _, lapsed: _, lasts: _ } = conditions;
    let within = within.iter().filter_map(|term| first_day(day, |awarded| term.reaches(awarded, day)));
    let too_new =
        held_for.iter().filter_map(|&term| CalendarTerm::last_held(&[term], day).map_or(Some(Date::FIRST), Date::next));
    let after = until.and_then(Date::next);
    within.chain(too_new).chain(*since).chain(after).filter(|&turning| turning <= day).collect()
}

/// Days up to a date on which awards may be made that conditions tell apart, or lengths of validity; the latest first.
pub(crate) fn made_on<'q>(
    conditions: impl Iterator<Item = &'q Conditions>,
    valid_for: impl Iterator<Item = Validity>,
    day: Date,
    with_first: bool,
) -> Vec<Date> {
    let mut turning: BTreeSet<Date> = conditions.flat_map(|conditions| turning_days(conditions, day)).collect();
    for validity in valid_for {
        if let Validity::For(term) = validity {
            turning.extend(first_day(day, |awarded| term.last_day(awarded).is_none_or(|last| day <= last)));
        }
    }
    let before: Vec<Date> = turning.iter().copied().filter_map(Date::previous).collect();
    let mut days: BTreeSet<Date> = before.into_iter().chain([day]).collect();
    if with_first {
        days.extend(turning);
    }
    days.into_iter().rev().collect()
}

/// Days before a date that lie further from it, and from each other, than a span allows.
pub(crate) fn far_apart(span: Period, day: Date) -> Vec<Date> {
    let mut days = vec![day];
    for _ in 0..MOST_APART {
        let Some(&last) = days.last() else { break };
        let near = first_day(last, |awarded| awarded.after(span).is_none_or(|end| last <= end));
        days.extend(near.and_then(Date::previous));
    }
    days
}

/// The days on which rules that mention days or lengths of time may see things differently: one at least, and no more
/// than [`MOST_DAYS`].
pub(crate) fn looked_at(sides: &[AskedParts<'_>; 2], day: Date) -> Vec<Date> {
    let (mut named, mut terms) = (BTreeSet::new(), BTreeSet::new());
    for side in sides {
        // Also of what nobody is awarded: whoever qualifies for it does so on the day.
        for &leaf in &side.leaves {
            let Conditions { within, since, until, held_for, grade: _, issuers: _, lapsed: _, lasts: _ } =
                side.conditions(leaf);
            named.extend(since.iter().chain(until).copied());
            terms.extend(within.iter().chain(held_for).copied());
        }
        for &credential in side.fillers.keys() {
            if let Validity::For(term) = side.catalog.terms(credential).valid_for {
                terms.insert(term);
            }
        }
    }
    let mut days = BTreeSet::new();
    for &from in &named {
        days.extend([Some(from), from.previous(), from.next()].into_iter().flatten());
        for term in &terms {
            let last = term.last_day(from);
            days.extend(last.into_iter().chain(last.and_then(Date::next)));
        }
    }
    if terms.len() > 1 {
        // Where months are of different lengths, so are the terms that have as many.
        let ends = [(2025, 3, 1), (2024, 2, 29), (2024, 3, 1), (2026, 8, 31), (2026, 12, 31)];
        days.extend(ends.into_iter().filter_map(|(year, month, day)| Date::new(year, month, day)));
    }
    days.remove(&day);
    std::iter::once(day).chain(days.into_iter().rev()).take(MOST_DAYS).collect()
}
