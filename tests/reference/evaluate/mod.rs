//! The naive evaluator: plain recursion, least fixpoints by repetition, brute force over choices. It is
//! written to be read beside the contract; each function names its section.

use super::edition::Feature;
use super::model::*;
use std::collections::{BTreeMap, BTreeSet};

mod averages;
mod claims;
mod days;
mod holds;
mod kept;
mod members;
mod records;
mod renewals;
mod rules;
mod sharing;
mod sums;
mod windows;
mod world;

pub use claims::{Judging, claims, claims_judged, met_without_claiming_again};
pub use days::days_of_change;
pub(super) use records::canonical;
pub use rules::Rules;
pub use rules::{Requirement, What};
pub(super) use sharing::{Chosen, Judge};
pub use windows::{offered, offering_over};
pub use world::World;

use records::{Given, completed_on, given};

/// The answers for every credential, and the set `qualified` (4.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub verdicts: BTreeMap<Id, Verdict>,
    pub qualified: BTreeSet<Id>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// One of the words of 4.2.
    pub status: &'static str,
    /// Conferred, and prerequisite and stack hold on the as-of date.
    pub met: bool,
    /// True without a prerequisite.
    pub prerequisite_met: bool,
    /// False without a stack.
    pub stack_met: bool,
    /// 4.5, only if `met`; none also if it holds on every day back without end.
    pub qualified_since: Option<Date>,
    /// 4.5, only if `met`; none also if it holds on every day on without end.
    pub valid_until: Option<Date>,
}

/// Evaluates on the days on which anything can change.
pub fn evaluate(catalog: &Catalog, record: &Record, as_of: Date, view: View) -> Outcome {
    let days = days_of_change(catalog, record, as_of, view);
    evaluate_on(&Rules::new(catalog, record), as_of, view, &days)
}

/// Evaluates day by day, as far as the given number of days either side of the as-of date.
pub fn evaluate_every_day(catalog: &Catalog, record: &Record, as_of: Date, view: View, horizon: u32) -> Outcome {
    let mut every_day = vec![as_of.minus_days(horizon)];
    for _ in 0..2 * horizon {
        every_day.push(every_day[every_day.len() - 1].next());
    }
    evaluate_on(&Rules::new(catalog, record), as_of, view, &every_day)
}

/// 3.8: the first view in which a credential is Held or Qualified.
pub fn first_view(catalog: &Catalog, record: &Record, as_of: Date) -> BTreeMap<Id, Option<View>> {
    let mut first: BTreeMap<Id, Option<View>> = catalog.credentials.keys().map(|id| (*id, None)).collect();
    for view in [View::Planned, View::InProgress, View::Earned] {
        for (id, verdict) in evaluate(catalog, record, as_of, view).verdicts {
            if ["Held", "Qualified"].contains(&verdict.status) {
                first.insert(id, Some(view));
            }
        }
    }
    first
}

/// All that 4.2 and 4.5 look at.
struct Asked<'r> {
    rules: &'r Rules<'r>,
    given: Vec<Given>,
    as_of: Date,
    now: World,
    best_case: World,
    /// The days before, the last one first, and those after.
    past: Vec<World>,
    future: Vec<World>,
}

/// Evaluates by looking at the given days only (ascending), and at the as-of date.
pub fn evaluate_on(rules: &Rules, as_of: Date, view: View, days: &[Date]) -> Outcome {
    let given = given(&rules.record, as_of, view);
    // 4.5 and Lapsed of 4.2: the same question on other days, from the awards known at the as-of date.
    let on = |d: &Date| rules.earned(&given, as_of, *d);
    let asked = Asked {
        now: on(&as_of),
        best_case: rules.best_case(&given, as_of),
        past: days.iter().filter(|d| **d <= as_of).rev().map(on).collect(),
        future: days.iter().filter(|d| **d > as_of).map(on).collect(),
        rules,
        as_of,
        given: given.clone(),
    };
    let mut outcome = Outcome { verdicts: BTreeMap::new(), qualified: BTreeSet::new() };
    for id in rules.catalog.credentials.keys() {
        let verdict = asked.verdict(id);
        if verdict.met && !rules.held(&asked.now, id) {
            outcome.qualified.insert(*id);
        }
        outcome.verdicts.insert(*id, verdict);
    }
    outcome
}

impl Asked<'_> {
    fn verdict(&self, id: Id) -> Verdict {
        let met = self.rules.own_rules_met(&self.now, id);
        let (mut qualified_since, mut valid_until) = (None, None);
        if met {
            let mut earliest = self.as_of;
            for world in &self.past {
                if !self.rules.own_rules_met(world, id) {
                    qualified_since = Some(earliest);
                    break;
                }
                earliest = world.day;
            }
            let ends = self.future.iter().find(|world| !self.rules.own_rules_met(world, id));
            valid_until = ends.map(|world| world.day.previous());
        }
        Verdict {
            status: self.status(id),
            met,
            prerequisite_met: self.rules.prerequisite_met(&self.now, id),
            stack_met: self.rules.stack_met(&self.now, id),
            qualified_since,
            valid_until,
        }
    }

    /// 4.2, the first that applies; "under any of its names" is an award that counts as it (3.4).
    fn status(&self, id: Id) -> &'static str {
        let (rules, now) = (self.rules, &self.now);
        let c = &rules.catalog.credentials[id];
        let in_progress =
            |g: &Given| g.award.status == AwardStatus::InProgress && rules.counts_as(g.award.credential, id);
        let can_begin = || {
            let open = |id: Id| offered(&rules.catalog.credentials[id], self.as_of);
            rules.can_be_begun(now, &open).contains(id)
        };
        if rules.held(now, id) {
            "Held"
        } else if rules.reached(now, id) {
            "Qualified"
        } else if self.given.iter().any(in_progress) {
            "InProgress"
        } else if self.past.iter().any(|world| rules.held(world, id)) {
            "Lapsed"
        } else if !rules.reached(&self.best_case, id) {
            "Unattainable"
        } else if c.stack.is_none() && can_begin() {
            "Eligible"
        } else if c.stack.is_some() && rules.some_leaf_holds(now, &rules.stack[id], &[], Awards::MAX) {
            "Started"
        } else {
            "Locked"
        }
    }
}

/// 4.3: whether the credentials can be conferred in this order. When the turn of one comes its rules
/// must be met by the record's awards, the awards by qualification of those before it in the list, and those
/// of Held conferred credentials as soon as those can be derived.
pub fn can_be_conferred_in_order(catalog: &Catalog, record: &Record, as_of: Date, view: View, ids: &[Id]) -> bool {
    let rules = Rules::new(catalog, record);
    let given = given(&rules.record, as_of, view);
    let now = rules.earned(&given, as_of, as_of);
    let mut allowed: BTreeSet<Id> = catalog.credentials.keys().filter(|id| rules.held(&now, id)).copied().collect();
    for id in ids {
        let mut world = rules.world(&given, as_of, as_of);
        rules.settle(&mut world, &Qualifying::Only(&allowed));
        if !catalog.credentials.contains_key(id) || !rules.own_rules_met(&world, id) {
            return false;
        }
        allowed.insert(*id);
    }
    true
}

/// Which conferred credentials contribute an award by qualification.
enum Qualifying<'a> {
    All,
    Only(&'a BTreeSet<Id>),
    /// All, and everything whose offering is not over is taken or claimed (4.2, Unattainable).
    BestCase,
}

/// A set of awards of a world, one bit for each.
type Awards = u64;

fn contains(awards: Awards, i: usize) -> bool {
    awards & 1 << i != 0
}

impl Rules<'_> {
    pub(super) fn has(&self, feature: Feature) -> bool {
        self.catalog.edition.has(feature)
    }
}

/// 1.
pub(super) fn type_of(c: &Credential) -> Id {
    c.kind.unwrap_or("MicroCredential")
}

/// The id and everything reached from it.
fn reach(id: Id, next: impl Fn(Id) -> Vec<Id>) -> BTreeSet<Id> {
    let mut reached = BTreeSet::from([id]);
    loop {
        let more: Vec<Id> = reached.iter().flat_map(|n| next(n)).filter(|n| !reached.contains(n)).collect();
        if more.is_empty() {
            return reached;
        }
        reached.extend(more);
    }
}
