//! Since when and until when: the same network, run on the days on which something changes (semantics 4.5).

use std::collections::BTreeSet;

use crate::catalog::Validity;
use crate::catalog::network::{Network, Part};
use crate::date::{Date, Period};
use crate::evaluate::progress::{Progress, Scope};
use crate::evaluate::standing::Standing;
use crate::evaluate::{Evaluation, numbers};

/// For each credential whose own requirements are met on the as-of date, the days between which they are.
#[derive(Debug, Clone)]
pub(crate) struct Timeline {
    since: Vec<Option<Date>>,
    until: Vec<Option<Date>>,
    complete: bool,
}

/// Leaves followed on all days together, and days, before the search for dates ends: about a second.
const MOST_TOUCHED: u64 = 100_000_000;

impl Timeline {
    pub(crate) fn new(evaluation: &Evaluation) -> Self {
        let catalog = evaluation.catalog;
        let mut timeline = Self { since: vec![None; catalog.len()], until: vec![None; catalog.len()], complete: true };
        let mut touched = 0;
        let days: Vec<Date> = turning_days(&catalog.network, &evaluation.standing).into_iter().collect();
        let scope = Scope::certain(evaluation.as_of, &evaluation.options);
        let on = |date| Progress::run(catalog, &evaluation.standing, Scope { date, ..scope });
        // Between two turning days nothing changes, so a day stands for the time up to the next one.
        let (past, future) = days.split_at(days.partition_point(|&day| day <= evaluation.as_of));
        let met: Vec<u32> =
            numbers(catalog).filter(|&credential| evaluation.progress.is_conferred(credential)).collect();
        let mut open = met.clone();
        for (i, &day) in past.iter().enumerate().rev() {
            if open.is_empty() {
                break;
            }
            let before = match i.checked_sub(1) {
                Some(i) => past.get(i).copied(),
                None => day.previous(),
            };
            let before = before.map(on);
            touched += day_cost(evaluation) + before.as_ref().map_or(0, Progress::touched);
            if touched > MOST_TOUCHED || before.as_ref().is_some_and(|before| !before.undecided.is_empty()) {
                timeline.complete = false;
                break;
            }
            open.retain(|&credential| {
                let held_before = before.as_ref().is_some_and(|before| before.is_conferred(credential));
                if !held_before {
                    timeline.since[credential as usize] = Some(day);
                }
                held_before
            });
        }
        let mut open = met;
        for &day in future {
            if open.is_empty() {
                break;
            }
            let progress = on(day);
            touched += day_cost(evaluation) + progress.touched();
            if touched > MOST_TOUCHED || !progress.undecided.is_empty() {
                timeline.complete = false;
                break;
            }
            open.retain(|&credential| {
                let holds = progress.is_conferred(credential);
                if !holds {
                    timeline.until[credential as usize] = day.previous();
                }
                holds
            });
        }
        timeline
    }

    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    pub(crate) fn since(&self, credential: u32) -> Option<Date> {
        self.since[credential as usize]
    }

    pub(crate) fn until(&self, credential: u32) -> Option<Date> {
        self.until[credential as usize]
    }
}

/// The credentials with awards that depend on components and were current on some day up to the as-of date: certainly, and possibly
/// where something was undecided then.
pub(crate) fn were_current(evaluation: &Evaluation) -> (BTreeSet<u32>, BTreeSet<u32>) {
    let catalog = evaluation.catalog;
    let depends = |credential: u32| catalog.at(credential).valid_for == Validity::WhileComponents;
    let wanted: BTreeSet<u32> = evaluation
        .standing
        .issued
        .iter()
        .map(|evidence| evidence.credential)
        .filter(|&credential| depends(credential))
        .collect();
    let days = turning_days(&catalog.network, &evaluation.standing);
    let scope = Scope::certain(evaluation.as_of, &evaluation.options);
    let (mut certainly, mut possibly) = (BTreeSet::new(), BTreeSet::new());
    let mut touched = 0;
    let first = days.first().and_then(|day| day.previous());
    for date in first.into_iter().chain(days.range(..=evaluation.as_of).rev().copied()).chain([evaluation.as_of]) {
        if certainly.len() == wanted.len() {
            break;
        }
        if touched > MOST_TOUCHED {
            possibly = wanted.clone();
            break;
        }
        let run = |scope| Progress::run(catalog, &evaluation.standing, scope);
        let found = |progress: &Progress| -> BTreeSet<u32> {
            let current = progress.evidence.iter().filter(|admitted| admitted.current && admitted.evidence.is_issued());
            current
                .map(|admitted| admitted.evidence.credential)
                .filter(|credential| wanted.contains(credential))
                .collect()
        };
        let progress = run(Scope { date, ..scope });
        touched += progress.touched() + day_cost(evaluation);
        certainly.extend(found(&progress));
        if !progress.undecided.is_empty() {
            possibly.extend(found(&run(Scope { date, undecided_met: true, ..scope })));
        }
    }
    (certainly, possibly)
}

/// What a run costs beside the leaves that it follows.
fn day_cost(evaluation: &Evaluation) -> u64 {
    (evaluation.catalog.network.len() / 64 + evaluation.standing.issued.len()) as u64
}

/// The days on which something can begin or cease to hold: an award is made, has passed its last day, or is too old for a condition;
/// a condition's first day comes, which awards by qualification can meet from then on.
fn turning_days(network: &Network, standing: &Standing) -> BTreeSet<Date> {
    let mut periods: BTreeSet<Period> =
        network.conditions.iter().flat_map(|conditions| conditions.within.iter().copied()).collect();
    periods.extend(network.regions.iter().flat_map(|&top| spans(network, top)));
    let mut days: BTreeSet<Date> = network.conditions.iter().filter_map(|conditions| conditions.since).collect();
    for evidence in &standing.issued {
        days.extend(evidence.until.and_then(Date::next));
        if let Some(awarded) = evidence.awarded {
            days.insert(awarded);
            days.extend(periods.iter().filter_map(|&period| awarded.after(period)).filter_map(Date::next));
        }
    }
    days
}

/// The spans of a joint region.
fn spans(network: &Network, top: u32) -> Vec<Period> {
    let mut found = Vec::new();
    let mut open = vec![top];
    while let Some(group) = open.pop() {
        found.extend(network.extras(group).span);
        open.extend(network.parts(group).iter().filter_map(|part| match part {
            Part::Group(group) => Some(*group),
            Part::Leaf(_) => None,
        }));
    }
    found
}
