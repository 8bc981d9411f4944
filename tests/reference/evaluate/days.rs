//! The days on which answers change.

use super::super::edition::Feature;
use super::super::model::*;
use super::{canonical, given};
use std::collections::BTreeSet;

/// Every day on which an answer can differ from the day before, and one day before all of them. Answers depend on the
/// day only through: award dates, last valid days and revocations, the last days of waivers, `since` and `until`
/// against the date of an award by qualification, and an award date plus a period (`valid_for`, `within`, `held_for`;
/// `span` up to an award by qualification). Other waivers and substitutions hold on every day. Periods follow each
/// other where an award renews another.
pub fn days_of_change(catalog: &Catalog, record: &Record, as_of: Date, view: View) -> Vec<Date> {
    let (mut dates, mut periods) = (BTreeSet::new(), BTreeSet::new());
    for c in catalog.credentials.values() {
        if let ValidFor::Period(p) = c.valid_for {
            periods.insert(p);
        }
        for rule in c.prerequisite.iter().chain(&c.corequisite).chain(&c.stack) {
            dates_and_periods(rule, &mut dates, &mut periods);
        }
    }
    for members in catalog.pools.values() {
        if let Members::List(parts) = members {
            parts.iter().for_each(|p| dates_and_periods(p, &mut dates, &mut periods));
        }
    }
    let record = canonical(catalog, record);
    let short_months = catalog.edition.has(Feature::ShortMonths);
    for a in given(&record, as_of, view).into_iter().map(|g| g.award) {
        dates.extend(a.valid_until);
        dates.extend(a.revoked_on);
        dates.extend(a.awarded);
        for p in &periods {
            dates.extend(a.awarded.map(|d| d.plus(*p)));
            dates.extend(a.awarded.map(|d| d.end_of(*p, short_months)));
        }
    }
    dates.extend(record.waivers.iter().filter_map(|w| w.until));
    let mut days: BTreeSet<Date> = dates.iter().flat_map(|d| [*d, d.next()]).collect();
    days.extend(dates.first().map(|d| d.previous()));
    days.into_iter().collect()
}

fn dates_and_periods(part: &Part, dates: &mut BTreeSet<Date>, periods: &mut BTreeSet<Period>) {
    let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
    dates.extend(conditions.since);
    dates.extend(conditions.until);
    periods.extend(conditions.within);
    periods.extend(conditions.held_for);
    if let Part::Group { members, span, .. } = part {
        periods.extend(*span);
        if let Members::List(parts) = members {
            parts.iter().for_each(|p| dates_and_periods(p, dates, periods));
        }
    }
}
