//! A schedule carried out day by day, through the public interface only: nothing here is shared with the scheduler.

use credpath::{
    Award, Catalog, Date, EvaluateOptions, Evaluation, LearnerRecord, LoadUnit, Offering, OfferingWindow, Pace, Plan,
    RenewalOptions, Schedule, ScheduleOptions, State, Status, StepKind, Validity, YearDay,
};

/// Days since the year 0, by counting.
pub(crate) fn number(date: Date) -> i64 {
    let (y, m, d) = (i64::from(date.year()), i64::from(date.month()), i64::from(date.day()));
    let (y, m) = if m <= 2 { (y - 1, m + 9) } else { (y, m - 3) };
    365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + d - 1
}

pub(crate) fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// The date so many days after another one.
pub(crate) fn plus(date: Date, days: i64) -> Date {
    let (mut year, mut month, mut day) = (date.year(), date.month(), date.day());
    for _ in 0..days {
        match Date::new(year, month, day + 1) {
            Some(_) => day += 1,
            None if month < 12 => (month, day) = (month + 1, 1),
            None => (year, month, day) = (year + 1, 1, 1),
        }
    }
    Date::new(year, month, day).unwrap()
}

pub(crate) fn with(record: &LearnerRecord, awards: &[(&str, Date)]) -> LearnerRecord {
    let mut record = record.clone();
    record.awards.extend(awards.iter().map(|&(id, date)| Award::new(id).on(date)));
    record
}

pub(crate) fn evaluate(
    catalog: &Catalog,
    record: &LearnerRecord,
    date: Date,
    check: impl FnOnce(&Evaluation<'_>) -> bool,
) -> bool {
    let options = EvaluateOptions::default().qualification_counts(false);
    check(&catalog.evaluate(record, date, &options))
}

/// Whether a day lies in one of the windows, read off their dates.
pub(crate) fn is_open(offered: &Offering, date: Date) -> bool {
    let last_of_february = (date.month(), date.day()) == (2, 28) && Date::new(date.year(), 2, 29).is_none();
    let of_year = |day: &YearDay| (day.month(), day.day());
    // Where there is no 29 February, the 28th is both.
    let today = [Some((date.month(), date.day())), last_of_february.then_some((2, 29))];
    offered.windows().is_none_or(|windows| {
        windows.iter().any(|window| match window {
            OfferingWindow::Once { from, until } => {
                from.is_none_or(|from| from <= date) && until.is_none_or(|until| date <= until)
            }
            OfferingWindow::Yearly { from, until } => today.into_iter().flatten().any(|today| {
                let (from, until) = (of_year(from), of_year(until));
                if from <= until { from <= today && today <= until } else { from <= today || today <= until }
            }),
            other => unreachable!("no catalog here is offered by {other:?}"),
        })
    })
}

/// Whether the rules of a credential are met on the day, the corequisite aside.
pub(crate) fn is_possible(catalog: &Catalog, record: &LearnerRecord, date: Date, id: &str) -> bool {
    let credential = catalog.credential(id).unwrap();
    evaluate(catalog, record, date, |evaluation| {
        let audit = evaluation.audit(credential);
        audit.prerequisite.iter().chain(&audit.stack).all(|part| part.state == State::Met)
    })
}

/// Whether the corequisite of a credential is met on the day, by a record with what is underway.
pub(crate) fn is_accompanied(catalog: &Catalog, record: &LearnerRecord, date: Date, id: &str) -> bool {
    let credential = catalog.credential(id).unwrap();
    evaluate(catalog, record, date, |evaluation| {
        evaluation.audit(credential).corequisite.iter().all(|part| part.state == State::Met)
    })
}

/// Whether an award that counts as the credential is current.
pub(crate) fn is_held(catalog: &Catalog, record: &LearnerRecord, date: Date, id: &str) -> bool {
    let credential = catalog.credential(id).unwrap();
    evaluate(catalog, record, date, |evaluation| evaluation.status(credential) == Status::Held)
}

/// Whether an award of this very credential is current; only for catalogs without other names, and periods in days.
pub(crate) fn is_current(catalog: &Catalog, record: &LearnerRecord, date: Date, id: &str) -> bool {
    is_held(catalog, record, date, id)
}

/// The awards of a record that are not of its future, of just this id, with their days and last days, by hand.
fn own_awards(catalog: &Catalog, record: &LearnerRecord, date: Date, id: &str) -> Vec<(Option<Date>, Option<Date>)> {
    let described = catalog.get(catalog.credential(id).unwrap());
    let keeps_cycle = described.renewal.is_some_and(|renewal| renewal.keeps_cycle);
    let last = |day: Date| match described.valid_for {
        Validity::For(term) if term.period().months() > 0 => {
            let months = u16::from(day.month()) - 1 + u16::try_from(term.period().months()).unwrap();
            let (year, month) = (day.year() + months / 12, u8::try_from(months % 12 + 1).unwrap());
            let anniversary = Date::new(year, month, day.day()).unwrap();
            Some(Date::new(year, month, day.day() - 1).unwrap_or_else(|| panic!("{anniversary}")))
        }
        Validity::For(term) => Some(plus(day, i64::from(term.period().days()) - 1)),
        _ => None,
    };
    let mut awards: Vec<&Award> = record.awards.iter().filter(|award| award.credential == id).collect();
    awards.sort_by_key(|award| award.awarded);
    let mut own: Vec<(Option<Date>, Option<Date>)> = Vec::new();
    for award in awards.into_iter().filter(|award| award.awarded.is_none_or(|day| day <= date)) {
        let mut until = award.valid_until.or_else(|| award.awarded.and_then(&last));
        if keeps_cycle && award.valid_until.is_none() {
            let earlier = own.iter().filter(|own| own.0 < award.awarded && own.1 >= award.awarded);
            let kept = earlier.filter_map(|own| own.1).max().and_then(|before| last(plus(before, 1)));
            until = until.max(kept);
        }
        own.push((award.awarded, until));
    }
    own
}

/// Whether a credential can be renewed on the day on its own terms: an award of it is current, the one that lasts
/// longest is in its window, and what was made since meets what renewing requires; only for validities in days.
pub(crate) fn is_renewable(catalog: &Catalog, record: &LearnerRecord, date: Date, id: &str) -> bool {
    let Some(renewal) = catalog.get(catalog.credential(id).unwrap()).renewal else { return false };
    let own = own_awards(catalog, record, date, id).into_iter();
    let current = own.filter(|own| own.1.is_none_or(|last| date <= last));
    let Some((_, last)) = current.max_by_key(|own| (own.1.is_none(), own.1, own.0)) else { return false };
    let open = renewal.window.zip(last).is_none_or(|(window, last)| {
        assert_eq!(window.months(), 0);
        number(last) - i64::from(window.days()) <= number(date)
    });
    let until = Date::new(date.year() + 50, 1, 1).unwrap();
    let credentials = Some(vec![catalog.credential(id).unwrap()]);
    let mut options = RenewalOptions::default();
    options.credentials = credentials;
    // What is required is asked of the report on renewals, which shares nothing with schedules.
    let required = catalog.renewals(record, date, until, &options).due.into_iter().next();
    let required = required.and_then(|due| due.renewal).and_then(|terms| terms.requires);
    open && required.is_none_or(|required| required.state == State::Met)
}

/// Panics at the first thing that is wrong with a schedule.
#[track_caller]
pub(crate) fn check(
    catalog: &Catalog,
    record: &LearnerRecord,
    plan: &Plan,
    options: &ScheduleOptions,
    schedule: &Schedule,
) {
    let start = options.start.unwrap_or(plan.as_of);
    assert_eq!(schedule.start, start);
    assert!(schedule.lower_bound <= schedule.finish);
    let entries = &schedule.entries;
    // The steps of the plan, each as often as it says, and besides only what is said to be added.
    let mut planned: Vec<&str> =
        plan.steps.iter().flat_map(|step| vec![&step.credential[..]; step.times as usize]).collect();
    let mut found: Vec<&str> =
        entries.iter().filter(|entry| entry.added.is_none()).map(|entry| &entry.credential[..]).collect();
    planned.sort_unstable();
    found.sort_unstable();
    assert_eq!(planned, found);
    for (place, entry) in entries.iter().enumerate() {
        let id = &entry.credential[..];
        let described = catalog.get(catalog.credential(id).unwrap());
        let claim = catalog.is_conferred(catalog.credential(id).unwrap());
        assert!(start <= entry.begin && entry.begin <= entry.finish, "{schedule}");
        assert!(is_open(&described.offered, entry.begin), "{id} is offered\n{schedule}");
        let before: Vec<(&str, Date)> = entries
            .iter()
            .enumerate()
            .filter(|&(other, made)| {
                let earlier = made.finish < entry.begin;
                let conferred = catalog.is_conferred(catalog.credential(&made.credential).unwrap());
                let same = claim && made.finish == entry.begin && (!conferred || other < place);
                other != place && (earlier || same)
            })
            .map(|(_, made)| (&made.credential[..], made.finish))
            .collect();
        let now = with(record, &before);
        let renewed = described.renewal.is_some() && entry.kind == StepKind::Renew;
        let possible = if renewed {
            is_renewable(catalog, &now, entry.begin, id)
        } else {
            is_possible(catalog, &now, entry.begin, id)
        };
        assert!(possible, "{id} is possible on {}\n{schedule}", entry.begin);
        let taken = |id: &str| !catalog.is_conferred(catalog.credential(id).unwrap());
        let underway = entries.iter().filter(|other| taken(&other.credential));
        let underway = underway.filter(|other| other.begin <= entry.begin && entry.begin <= other.finish);
        let underway: Vec<(&str, Date)> = underway.map(|other| (&other.credential[..], entry.begin)).collect();
        let beside = with(&now, &underway);
        assert!(
            renewed || is_accompanied(catalog, &beside, entry.begin, id),
            "{id} is accompanied on {}\n{schedule}",
            entry.begin
        );
        let current = !described.repeatable && is_current(catalog, &now, entry.begin, id);
        if claim {
            let kind = if renewed { StepKind::Renew } else { StepKind::Claim };
            assert_eq!((entry.kind, entry.begin), (kind, entry.finish));
        } else if described.renewal.is_none() {
            let lapses = described.valid_for != Validity::Forever;
            assert_eq!(entry.kind == StepKind::Renew, current && lapses, "{id}\n{schedule}");
        }
        let renewal = described.renewal.filter(|_| renewed);
        let takes =
            renewal.map_or((described.cost, described.hours), |renewal| (Some(renewal.cost), Some(renewal.hours)));
        assert_eq!((entry.cost, entry.hours), takes, "{id}\n{schedule}");
        if let Some(added) = &entry.added {
            // A claim may need it on its own day.
            let on_the_day = |other: &credpath::ScheduledStep| {
                !taken(&other.credential) && other.begin == added.needed_on && entry.finish == added.needed_on
            };
            let claimed = claim || entries.iter().any(on_the_day);
            // What is needed beside something is begun by then.
            let needed_for = catalog.credential(&added.needed_for).unwrap();
            let beside = catalog.audit(record, start, needed_for, &EvaluateOptions::default()).corequisite.is_some();
            let in_time = added.needed_on > entry.finish || added.needed_on == schedule.finish;
            assert!(in_time || claimed || beside && entry.begin <= added.needed_on, "{schedule}");
            assert!(added.until.is_none_or(|until| until < added.needed_on));
        }
    }
    let all: Vec<(&str, Date)> = entries.iter().map(|entry| (&entry.credential[..], entry.finish)).collect();
    assert!(is_held(catalog, &with(record, &all), schedule.finish, &schedule.target), "{schedule}");
    assert_eq!(schedule.finish, entries.iter().map(|entry| entry.finish).max().unwrap_or(start));
    check_load(catalog, options, schedule);
    check_chain(schedule);
}

fn check_load(catalog: &Catalog, options: &ScheduleOptions, schedule: &Schedule) {
    let study = |id: &str| catalog.get(catalog.credential(id).unwrap()).study;
    let is_taken = |id: &str| !catalog.is_conferred(catalog.credential(id).unwrap());
    let taken = schedule.entries.iter().filter(|entry| is_taken(&entry.credential));
    let (taken, beside): (Vec<_>, Vec<_>) = taken.partition(|entry| study(&entry.credential));
    assert!(beside.iter().all(|entry| entry.load == credpath::Amount::ZERO), "{schedule}");
    for entry in &taken {
        let running: Vec<_> =
            taken.iter().filter(|other| other.begin <= entry.begin && entry.begin <= other.finish).collect();
        assert!(options.at_once.is_none_or(|most| running.len() <= most as usize), "{schedule}");
        if let Pace::HoursPerWeek(hours) = options.pace {
            // Hundredths of an hour on that day, times the product of all lengths.
            let lengths: Vec<u128> =
                running.iter().map(|run| u128::try_from(number(run.finish) - number(run.begin) + 1).unwrap()).collect();
            let product: u128 = lengths.iter().product();
            let sum: u128 = running
                .iter()
                .zip(&lengths)
                .map(|(run, length)| u128::from(run.hours.unwrap_or_default().hundredths()) * 7 * product / length)
                .sum();
            assert!(sum <= u128::from(hours.hundredths()) * product, "{} too much\n{schedule}", entry.begin);
            let loads: u64 = running.iter().map(|run| run.load.hundredths()).sum();
            assert!(loads <= hours.hundredths());
            assert_eq!(schedule.load_unit, LoadUnit::HoursPerWeek);
        }
    }
    if let Pace::CreditsPerTerm { terms, credits } = &options.pace {
        for term in terms {
            let begun = taken.iter().filter(|entry| term.from <= entry.begin && entry.begin <= term.until);
            let sum: u64 = begun
                .map(|entry| {
                    let described = catalog.get(catalog.credential(&entry.credential).unwrap());
                    let renewed = entry.kind == StepKind::Renew && described.renewal.is_some();
                    if renewed { 0 } else { described.credits.hundredths() }
                })
                .sum();
            assert!(sum <= credits.hundredths(), "{schedule}");
        }
    }
}

/// Every link waits for the one before it, and the last one finishes last.
fn check_chain(schedule: &Schedule) {
    use credpath::WaitsFor::{Award, Beginning, Held, Hours};
    let chain = &schedule.chain;
    assert_eq!(chain.last().map_or(schedule.start, |link| link.finish), schedule.finish);
    for pair in chain.windows(2) {
        let named = match &pair[1].waits_for {
            Award { credential } | Held { credential } | Hours { credential } | Beginning { credential } => credential,
            other => panic!("{other:?}\n{schedule}"),
        };
        assert_eq!(named, &pair[0].credential, "{schedule}");
        let before = if matches!(pair[1].waits_for, Beginning { .. }) { pair[0].begin } else { pair[0].finish };
        assert!(before <= pair[1].begin, "{schedule}");
    }
}
