//! The naive evaluator: plain recursion, least fixpoints by repetition, brute force over choices. It is
//! written to be read beside the contract; each function names its section.

use super::model::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

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
    evaluate_on(&Rules::new(catalog, record), record, as_of, view, &days)
}

/// Evaluates day by day, as far as the given number of days either side of the as-of date.
pub fn evaluate_every_day(catalog: &Catalog, record: &Record, as_of: Date, view: View, horizon: u32) -> Outcome {
    let mut every_day = vec![as_of.minus_days(horizon)];
    for _ in 0..2 * horizon {
        every_day.push(every_day[every_day.len() - 1].next());
    }
    evaluate_on(&Rules::new(catalog, record), record, as_of, view, &every_day)
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

/// Evaluates by looking at the given days only (ascending), and at the as-of date.
pub fn evaluate_on(rules: &Rules, record: &Record, as_of: Date, view: View, days: &[Date]) -> Outcome {
    let given = given(record, as_of, view);
    let now = rules.earned(&given, as_of, as_of);
    let best_case = rules.best_case(&given, as_of);
    // 4.5 and Lapsed of 4.2: the same question on other days, from the awards known at the as-of date.
    let past: Vec<World> =
        days.iter().filter(|d| **d <= as_of).rev().map(|d| rules.earned(&given, as_of, *d)).collect();
    let future: Vec<World> = days.iter().filter(|d| **d > as_of).map(|d| rules.earned(&given, as_of, *d)).collect();
    let mut verdicts = BTreeMap::new();
    let mut qualified = BTreeSet::new();
    for (id, c) in &rules.catalog.credentials {
        let met = rules.own_rules_met(&now, id);
        let (mut qualified_since, mut valid_until) = (None, None);
        if met {
            let mut earliest = as_of;
            for world in &past {
                if !rules.own_rules_met(world, id) {
                    qualified_since = Some(earliest);
                    break;
                }
                earliest = world.day;
            }
            let ends = future.iter().find(|world| !rules.own_rules_met(world, id));
            valid_until = ends.map(|world| world.day.previous());
        }
        let held = rules.held(&now, id);
        if met && !held {
            qualified.insert(*id);
        }
        // 4.2, the first that applies; "under any of its names" is an award that counts as it (3.4).
        let in_progress =
            |g: &Given| g.award.status == AwardStatus::InProgress && rules.counts_as(g.award.credential, id);
        let status = if held {
            "Held"
        } else if rules.reached(&now, id) {
            "Qualified"
        } else if given.iter().any(in_progress) {
            "InProgress"
        } else if past.iter().any(|world| rules.held(world, id)) {
            "Lapsed"
        } else if !rules.reached(&best_case, id) {
            "Unattainable"
        } else if c.stack.is_none() && rules.prerequisite_met(&now, id) && offered(c, as_of) {
            "Eligible"
        } else if c.stack.is_some() && rules.some_leaf_holds(&now, &rules.stack[id], &[], Awards::MAX) {
            "Started"
        } else {
            "Locked"
        };
        let prerequisite_met = rules.prerequisite_met(&now, id);
        let stack_met = rules.stack_met(&now, id);
        verdicts.insert(*id, Verdict { status, met, prerequisite_met, stack_met, qualified_since, valid_until });
    }
    Outcome { verdicts, qualified }
}

/// 4.3: whether the credentials can be conferred in this order. When the turn of one comes its rules
/// must be met by the record's awards, the awards by qualification of those before it in the list, and those
/// of Held conferred credentials as soon as those can be derived.
pub fn can_be_conferred_in_order(catalog: &Catalog, record: &Record, as_of: Date, view: View, ids: &[Id]) -> bool {
    let rules = Rules::new(catalog, record);
    let given = given(record, as_of, view);
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

/// 5.5: the largest set of targets that hold together, in the earned view; of equally many targets those whose declared
/// credits are more in sum, then the least list of ids.
pub fn claims(catalog: &Catalog, record: &Record, as_of: Date, targets: &[Id]) -> Vec<Id> {
    let rules = Rules::new(catalog, record);
    let given = given(record, as_of, View::Earned);
    let now = rules.earned(&given, as_of, as_of);
    let issued = |id: Id| now.awards.iter().any(|a| a.issued && a.current && a.credential == id);
    let under_a_policy =
        |c: &Credential| catalog.sharing.iter().any(|p| p.between.0 == type_of(c) || p.between.1 == type_of(c));
    let conferred = || catalog.credentials.values().filter(|c| c.stack.is_some());
    let candidates: Vec<Id> = conferred()
        .map(|c| c.id)
        .filter(|id| targets.contains(id) && rules.own_rules_met(&now, id) && !issued(id))
        .collect();
    let fixed: Vec<Id> = conferred().filter(|c| under_a_policy(c) && issued(c.id)).map(|c| c.id).collect();
    // For each claim, the smallest sets of units that satisfy its stack.
    let mut witnesses = BTreeMap::new();
    for id in candidates.iter().chain(&fixed) {
        witnesses.insert(*id, rules.witnesses(&given, as_of, id));
    }
    let mut best: Option<(usize, Amount, Reverse<Vec<Id>>)> = None;
    for chosen in subsets(&candidates) {
        let mut claims: Vec<(Id, bool)> = fixed.iter().map(|id| (*id, true)).collect();
        claims.extend(chosen.iter().map(|id| (*id, false)));
        if rules.hold_together(&now, &witnesses, &claims, &mut Vec::new()) {
            let credits = chosen.iter().map(|id| catalog.credentials[id].credits).sum();
            best = best.max(Some((chosen.len(), credits, Reverse(chosen))));
        }
    }
    best.map_or(Vec::new(), |(_, _, Reverse(ids))| ids)
}

/// Every choice out of a list, in its order.
fn subsets(ids: &[Id]) -> Vec<Vec<Id>> {
    let mut subsets = vec![Vec::new()];
    for id in ids {
        subsets.extend(subsets.clone().into_iter().map(|s| [s, vec![*id]].concat()));
    }
    subsets
}

/// 1.
fn type_of(c: &Credential) -> Id {
    c.kind.unwrap_or("MicroCredential")
}

/// 4.2, Eligible; 1: `offered` is inclusive.
pub fn offered(c: &Credential, day: Date) -> bool {
    c.offered_from.is_none_or(|from| from <= day) && c.offered_until.is_none_or(|until| day <= until)
}

/// 4.2, Unattainable; 2.6: an empty window is over on every date.
pub fn offering_over(c: &Credential, day: Date) -> bool {
    let empty = matches!((c.offered_from, c.offered_until), (Some(from), Some(until)) if from > until);
    empty || c.offered_until.is_some_and(|until| until < day)
}

/// Every day on which an answer can differ from the day before, and one day before all of them. Answers depend on
/// the day only through: award dates, last valid days, `since` against the date of an award by qualification,
/// and an award date plus a period (`valid_for`, `within`; `span` up to an award by qualification). Waivers and
/// substitutions hold on every day.
pub fn days_of_change(catalog: &Catalog, record: &Record, as_of: Date, view: View) -> Vec<Date> {
    let (mut dates, mut periods) = (BTreeSet::new(), BTreeSet::new());
    for c in catalog.credentials.values() {
        if let ValidFor::Period(p) = c.valid_for {
            periods.insert(p);
        }
        for rule in c.prerequisite.iter().chain(&c.stack) {
            dates_and_periods(rule, &mut dates, &mut periods);
        }
    }
    for members in catalog.pools.values() {
        if let Members::List(parts) = members {
            parts.iter().for_each(|p| dates_and_periods(p, &mut dates, &mut periods));
        }
    }
    for Given { award: a, .. } in &given(record, as_of, view) {
        dates.extend(a.valid_until);
        dates.extend(a.awarded);
        dates.extend(a.awarded.iter().flat_map(|d| periods.iter().map(|p| d.plus(*p))));
    }
    let mut days: BTreeSet<Date> = dates.iter().flat_map(|d| [*d, d.next()]).collect();
    days.extend(dates.first().map(|d| d.previous()));
    days.into_iter().collect()
}

fn dates_and_periods(part: &Part, dates: &mut BTreeSet<Date>, periods: &mut BTreeSet<Period>) {
    let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
    dates.extend(conditions.since);
    periods.extend(conditions.within);
    if let Part::Group { members, span, .. } = part {
        periods.extend(*span);
        if let Members::List(parts) = members {
            parts.iter().for_each(|p| dates_and_periods(p, dates, periods));
        }
    }
}

/// An award of the record as a view takes it.
struct Given {
    /// Its place in the record.
    number: usize,
    award: Award,
    /// A grade that meets every grade condition.
    sufficient_grade: bool,
}

/// 3.8: the awards of the record; those that the view assumes are completed on the as-of date with a sufficient
/// grade, and are in progress or planned no longer.
fn given(record: &Record, as_of: Date, view: View) -> Vec<Given> {
    let mut list = Vec::new();
    for (number, award) in record.awards.iter().enumerate() {
        let assumed = match award.status {
            AwardStatus::InProgress => view >= View::InProgress,
            AwardStatus::Planned => view >= View::Planned,
            AwardStatus::Completed | AwardStatus::Revoked => false,
        };
        let award = if assumed { completed_on(award, as_of) } else { award.clone() };
        list.push(Given { number, award, sufficient_grade: assumed });
    }
    list
}

/// 3.8, 4.2: an award that is supposed to be completed on a day: its own amounts, issuer and `valid_until` stay.
fn completed_on(a: &Award, day: Date) -> Award {
    Award { status: AwardStatus::Completed, awarded: Some(day), ..a.clone() }
}

/// 5.2: what counts once where awards are told apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    /// All awards of a non-repeatable credential and of its equivalents (of which this is the least id); or of an
    /// id that the catalog does not know.
    All(Id),
    /// One award of a repeatable credential, by its place in the record.
    Award(usize),
    /// The award by qualification of a repeatable credential.
    Qualification(Id),
    /// 4.2: any of the awards of a repeatable credential that are there without end.
    Endless(Id),
}

/// An award that counts by 3.1, an award by qualification (4.1), or an imagined one (4.2, Unattainable).
#[derive(Clone)]
struct Counted {
    credential: Id,
    unit: Unit,
    awarded: Option<Date>,
    current: bool,
    /// 3.3: becomes current as soon as the stack of its credential is met.
    while_components: bool,
    credits: Option<Amount>,
    hours: Option<Amount>,
    grade: Option<Grade>,
    /// 4.2: a grade that meets every grade condition.
    sufficient_grade: bool,
    issuer: Option<Id>,
    /// In the record; not by qualification.
    issued: bool,
    /// 4.2: as many awards like this one as anybody could want.
    endless: bool,
}

/// What is there on a day.
pub struct World {
    day: Date,
    awards: Vec<Counted>,
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

/// A requirement of a rule, with pools and filters written out and what is waived marked.
pub(super) struct Requirement {
    pub(super) conditions: Conditions,
    /// 3.7.
    waived: bool,
    pub(super) what: What,
}

pub(super) enum What {
    /// In a rule of `owner`.
    Credential {
        id: Id,
        owner: Id,
    },
    Group {
        kind: Kind,
        distinct: bool,
        span: Option<Period>,
        parts: Vec<Requirement>,
    },
}

/// 2.2: one place of a sum where a credential is named, and the awards that may be used there.
struct Place<'p> {
    id: Id,
    owner: Id,
    conditions: Vec<&'p Conditions>,
    usable: Awards,
}

/// 2.2: the shape of a sum; the places are numbered as in the list of them.
enum Node {
    Place(usize),
    UpTo(Amount, Vec<Node>),
}

/// The catalog with what every rule needs: pools and filters written out, names and equivalents, and the waivers
/// and substitutions of a record.
pub struct Rules<'a> {
    pub(super) catalog: &'a Catalog,
    pub(super) prerequisite: BTreeMap<Id, Requirement>,
    pub(super) stack: BTreeMap<Id, Requirement>,
    /// The substitutions whose places exist.
    substitutions: Vec<&'a Substitution>,
    /// 3.4: every name an award of the credential counts under, everywhere.
    names: BTreeMap<Id, BTreeSet<Id>>,
    /// The same for the leaves of the rules of one credential, given first, if it is different there.
    names_within: BTreeMap<(Id, Id), BTreeSet<Id>>,
    /// The least id among the credential and its equivalents.
    pub(super) same: BTreeMap<Id, Id>,
    /// 5.2: the credential or an equivalent of it is repeatable.
    pub(super) repeatable: BTreeSet<Id>,
    /// Not the contract: in sums, awards and members add in every place at once. Only to see, by comparing,
    /// whether the rule of 2.2 that each adds once decided something.
    pub places_do_not_compete: bool,
    /// For `span`, try every set of awards and not only the awards of every window. Only to check that this
    /// makes no difference.
    pub every_choice_for_span: bool,
    /// For `distinct`, try every way to give each unit to one part or to none. Only to check that this makes
    /// no difference.
    pub every_division: bool,
    /// Not the contract: for `distinct`, every award is a unit of its own. Only to see whether 5.2 decided something.
    pub awards_are_units: bool,
}

impl<'a> Rules<'a> {
    /// Waivers and substitutions are those of the record (3.6, 3.7); those whose place does not exist do nothing.
    pub fn new(catalog: &'a Catalog, record: &'a Record) -> Rules<'a> {
        let all = &catalog.credentials;
        let exists = |id: Id| all.contains_key(id);
        let substitutions: Vec<&Substitution> =
            record.substitutions.iter().filter(|s| exists(s.stands_for) && s.within.is_none_or(exists)).collect();
        // 3.4, 3.6: under which names an award counts for leaves in the rules of a credential, or elsewhere.
        let names = |id: Id, owner: Option<Id>| {
            reach(id, |n| {
                let here = |s: &&&Substitution| s.used == n && (s.within.is_none() || s.within == owner);
                let mut next: Vec<Id> = substitutions.iter().filter(here).map(|s| s.stands_for).collect();
                next.extend(equivalents(catalog, n));
                next.extend(all.get(n).iter().flat_map(|c| &c.counts_as));
                next
            })
        };
        let ids: BTreeSet<Id> = all.keys().copied().chain(substitutions.iter().map(|s| s.used)).collect();
        let mut names_within = BTreeMap::new();
        for owner in substitutions.iter().filter_map(|s| s.within) {
            names_within.extend(ids.iter().map(|id| ((owner, *id), names(id, Some(owner)))));
        }
        let family = |id: &Id| reach(id, |n| equivalents(catalog, n));
        let (mut prerequisite, mut stack) = (BTreeMap::new(), BTreeMap::new());
        for (id, c) in all {
            // 3.7: a component is waived in the stack only; a group in either rule.
            let waived = |place: Waived| record.waivers.iter().any(|w| w.credential == *id && w.place == place);
            let group = |part: &Part| match part {
                Part::Group { name: Some(name), .. } => waived(Waived::Requirement(name)),
                _ => false,
            };
            let group_or_component = |part: &Part| match part {
                Part::Credential { id, .. } => family(id).iter().any(|n| waived(Waived::Component(n))),
                Part::Group { .. } => group(part),
            };
            if let Some(rule) = &c.prerequisite {
                let mut rule = written_out(catalog, id, rule, &group);
                rule.waived |= waived(Waived::Requirement(PREREQUISITE));
                prerequisite.insert(*id, rule);
            }
            if let Some(rule) = &c.stack {
                stack.insert(*id, written_out(catalog, id, rule, &group_or_component));
            }
        }
        Rules {
            catalog,
            prerequisite,
            stack,
            names: ids.iter().map(|id| (*id, names(id, None))).collect(),
            names_within,
            substitutions,
            same: all.keys().map(|id| (*id, *family(id).first().unwrap())).collect(),
            repeatable: all.keys().filter(|id| family(id).iter().any(|n| all[n].repeatable)).copied().collect(),
            places_do_not_compete: false,
            every_choice_for_span: false,
            every_division: false,
            awards_are_units: false,
        }
    }

    /// 3.4, and 3.6 for substitutions that hold everywhere.
    pub fn counts_as(&self, award_of: Id, name: Id) -> bool {
        self.names.get(award_of).is_some_and(|names| names.contains(name))
    }

    /// 3.4, 3.6: the same for a leaf in the rules of `owner`.
    pub(super) fn counts_as_within(&self, owner: Id, award_of: Id, name: Id) -> bool {
        match self.names_within.get(&(owner, award_of)) {
            Some(names) => names.contains(name),
            None => self.counts_as(award_of, name),
        }
    }

    /// 3.1 to 3.3: the awards of the record that count on a day, among those known at the as-of date.
    fn world(&self, given: &[Given], as_of: Date, day: Date) -> World {
        let there = |g: &&Given| {
            g.award.status == AwardStatus::Completed && g.award.awarded.is_none_or(|d| d <= as_of && d <= day)
        };
        World { day, awards: given.iter().filter(there).filter_map(|g| self.counted(g, day)).collect() }
    }

    /// 3.2, 3.3: an award, current on the day or not. 3.6: one of an id which the catalog does not know is there
    /// only if a substitution uses it, and it ends only by itself.
    fn counted(&self, g: &Given, day: Date) -> Option<Counted> {
        let a = &g.award;
        let known = self.catalog.credentials.get(a.credential);
        if known.is_none() && !self.substitutions.iter().any(|s| s.used == a.credential) {
            return None;
        }
        let valid_for = known.map_or(ValidFor::Forever, |c| c.valid_for);
        let last_valid_day = match (a.valid_until, a.awarded, valid_for) {
            (Some(last), _, _) => Some(last),
            (None, Some(awarded), ValidFor::Period(p)) => Some(awarded.plus(p).previous()),
            _ => None,
        };
        let in_time = last_valid_day.is_none_or(|last| day <= last);
        let while_components = valid_for == ValidFor::WhileComponents;
        Some(Counted {
            credential: a.credential,
            unit: self.unit(a.credential, Unit::Award(g.number)),
            awarded: a.awarded,
            current: in_time && !while_components,
            while_components: in_time && while_components,
            credits: a.credits,
            hours: a.hours,
            grade: a.grade,
            sufficient_grade: g.sufficient_grade,
            issuer: a.issuer.or(known.and_then(|c| c.issuer)),
            issued: true,
            endless: false,
        })
    }

    /// 5.2: the unit of an award of the credential, if it is `own` for a repeatable one.
    fn unit(&self, id: Id, own: Unit) -> Unit {
        if self.repeatable.contains(id) { own } else { Unit::All(self.same.get(id).copied().unwrap_or(id)) }
    }

    /// 4.1: a new award of a credential, dated that day, current, without a grade.
    fn new_award(&self, id: Id, day: Date) -> Counted {
        let c = &self.catalog.credentials[id];
        Counted {
            credential: id,
            unit: self.unit(id, Unit::Qualification(id)),
            awarded: Some(day),
            current: true,
            while_components: false,
            credits: None,
            hours: None,
            grade: None,
            sufficient_grade: false,
            issuer: c.issuer,
            issued: false,
            endless: false,
        }
    }

    /// 4.2, Unattainable: one that is taken or claimed, with a sufficient grade; of a repeatable credential without
    /// end.
    fn obtained_award(&self, id: Id, day: Date) -> Counted {
        let endless = self.repeatable.contains(id);
        let unit = self.unit(id, Unit::Endless(id));
        Counted { sufficient_grade: true, endless, unit, ..self.new_award(id, day) }
    }

    /// 4.1: the held set on a day.
    fn earned(&self, given: &[Given], as_of: Date, day: Date) -> World {
        let mut world = self.world(given, as_of, day);
        self.settle(&mut world, &Qualifying::All);
        world
    }

    /// 7: the issued awards on the as-of date, with new ones of the given credentials beside those of the record (7.5);
    /// nothing is held by qualification.
    pub(super) fn issued(&self, record: &Record, as_of: Date, view: View, new: &[Id]) -> World {
        let mut given = given(record, as_of, view);
        for id in new {
            given.push(Given { number: given.len(), award: award(id, as_of), sufficient_grade: true });
        }
        let mut world = self.world(&given, as_of, as_of);
        self.settle(&mut world, &Qualifying::Only(&BTreeSet::new()));
        world
    }

    /// 8: a new award of each of the credentials, with a sufficient grade, of a repeatable one as many as anybody could
    /// want; and, if asked for, what a learner qualifies for by them.
    pub(super) fn holding(&self, ids: impl Iterator<Item = Id>, day: Date, qualifies: bool) -> World {
        let mut world = World { day, awards: ids.map(|id| self.obtained_award(id, day)).collect() };
        if qualifies {
            self.settle(&mut world, &Qualifying::All);
        }
        world
    }

    /// 8: the given awards of a record beside new ones of the given credentials, and what a learner qualifies for by
    /// them.
    pub(super) fn given_and_qualified(&self, record: &Record, day: Date, new: &[Id]) -> World {
        let mut world = self.issued(record, day, View::Earned, new);
        self.settle(&mut world, &Qualifying::All);
        world
    }

    /// The held set of a record with one award on the day of each of the credentials, with a sufficient grade.
    pub(super) fn holding_once(&self, ids: impl Iterator<Item = Id>, day: Date) -> World {
        let given = |(number, id)| Given { number, award: award(id, day), sufficient_grade: true };
        self.earned(&ids.enumerate().map(given).collect::<Vec<_>>(), day, day)
    }

    /// Whether a part is met, given the conditions of the groups around it.
    pub(super) fn part_met(&self, world: &World, part: &Requirement, above: &[&Conditions]) -> bool {
        self.holds(world, part, above, Awards::MAX)
    }

    /// 4.2, Unattainable: everything that could be there on the as-of date.
    fn best_case(&self, given: &[Given], as_of: Date) -> World {
        let mut world = self.world(given, as_of, as_of);
        for g in given.iter().filter(|g| g.award.status == AwardStatus::InProgress) {
            let completed = Given { number: g.number, award: completed_on(&g.award, as_of), sufficient_grade: true };
            world.awards.extend(self.counted(&completed, as_of));
        }
        self.settle(&mut world, &Qualifying::BestCase);
        world
    }

    /// 4.1, 3.3: the least fixpoint, by adding what follows until nothing does.
    fn settle(&self, world: &mut World, qualifying: &Qualifying) {
        let (mut conferred, mut obtained) = (BTreeSet::new(), BTreeSet::new());
        loop {
            let mut changed = false;
            for (id, c) in &self.catalog.credentials {
                let contributes = match qualifying {
                    Qualifying::Only(allowed) => allowed.contains(id),
                    _ => true,
                };
                if contributes && !conferred.contains(id) && self.own_rules_met(world, id) {
                    world.awards.push(self.new_award(id, world.day));
                    changed = conferred.insert(*id);
                }
                let open = matches!(qualifying, Qualifying::BestCase) && !offering_over(c, world.day);
                let possible = || self.prerequisite_met(world, id) && (c.stack.is_none() || self.stack_met(world, id));
                if open && !obtained.contains(id) && possible() {
                    world.awards.push(self.obtained_award(id, world.day));
                    changed = obtained.insert(*id);
                }
            }
            for i in 0..world.awards.len() {
                let a = &world.awards[i];
                if a.while_components && !a.current && self.stack_met(world, a.credential) {
                    world.awards[i].current = true;
                    changed = true;
                }
            }
            if !changed {
                return;
            }
        }
    }

    /// 4.2, Held: a current award in the record, under any of its names.
    fn held(&self, world: &World, id: Id) -> bool {
        world.awards.iter().any(|a| a.issued && a.current && self.counts_as(a.credential, id))
    }

    /// In the held set: a current award of any origin, under any of its names.
    pub(super) fn reached(&self, world: &World, id: Id) -> bool {
        world.awards.iter().any(|a| a.current && self.counts_as(a.credential, id))
    }

    pub(super) fn prerequisite_met(&self, world: &World, id: Id) -> bool {
        self.prerequisite.get(id).is_none_or(|rule| self.met(world, rule))
    }

    pub(super) fn stack_met(&self, world: &World, id: Id) -> bool {
        self.stack.get(id).is_some_and(|rule| self.met(world, rule))
    }

    /// 1: conferred, and prerequisite and stack both hold.
    fn own_rules_met(&self, world: &World, id: Id) -> bool {
        self.stack_met(world, id) && self.prerequisite_met(world, id)
    }

    fn met(&self, world: &World, rule: &Requirement) -> bool {
        self.holds(world, rule, &[], Awards::MAX)
    }

    /// 2: whether a requirement is met by the usable awards, given the conditions of the groups around it. 3.7: what
    /// is waived is met by none.
    fn holds(&self, world: &World, part: &Requirement, above: &[&Conditions], usable: Awards) -> bool {
        let conditions = [above, &[&part.conditions]].concat();
        if part.waived {
            return true;
        }
        match &part.what {
            What::Credential { id, owner } => (0..world.awards.len())
                .any(|i| contains(usable, i) && self.counts(world, &world.awards[i], id, owner, &conditions)),
            What::Group { kind, distinct, span, parts } => {
                self.choices(world, *span, usable).into_iter().any(|usable| match kind {
                    Kind::AllOf => self.several(world, parts.len(), *distinct, parts, &conditions, usable),
                    Kind::AnyOf => self.several(world, 1, *distinct, parts, &conditions, usable),
                    Kind::AtLeast(n) => self.several(world, *n as usize, *distinct, parts, &conditions, usable),
                    Kind::Credits(need) => self.sum(world, *need, false, parts, &conditions, usable),
                    Kind::Hours(need) => self.sum(world, *need, true, parts, &conditions, usable),
                    Kind::UpTo(_) => panic!("up_to stands only in sums"),
                })
            }
        }
    }

    /// 2, 5.1: whether so many of the parts are met; if `distinct`, by pairwise disjoint sets of units.
    fn several(
        &self,
        world: &World,
        need: usize,
        distinct: bool,
        parts: &[Requirement],
        conditions: &[&Conditions],
        usable: Awards,
    ) -> bool {
        let met = parts.iter().filter(|p| self.holds(world, p, conditions, usable)).count();
        if !distinct || met < need {
            return met >= need;
        }
        if self.every_division {
            return self.divided(world, need, parts, conditions, usable);
        }
        // It is enough to try, for every part, the sets of units out of which nothing can be left.
        let sets: Vec<Vec<Awards>> = parts.iter().map(|p| self.smallest(world, p, conditions, usable)).collect();
        some_are_disjoint(&sets, need, 0)
    }

    /// 5.1: the sets of units that meet a part and hold no smaller set that does. A set is given as the awards of its
    /// units. What there is without end (4.2) serves every part, and belongs to no set.
    fn smallest(&self, world: &World, part: &Requirement, above: &[&Conditions], usable: Awards) -> Vec<Awards> {
        let (mut units, endless) = self.units(world, usable);
        // A unit that counts for no leaf of the part is in no such set.
        units.retain(|unit| self.some_leaf_holds(world, part, above, *unit));
        let mut sets: Vec<(usize, Awards)> = vec![(0, 0)];
        for unit in units {
            sets.extend(sets.clone().into_iter().map(|(size, set)| (size + 1, set | unit)));
        }
        sets.sort(); // smaller ones first
        let mut smallest: Vec<Awards> = Vec::new();
        for (_, set) in sets {
            let holds_a_smaller_one = smallest.iter().any(|s| set & s == *s);
            if !holds_a_smaller_one && self.holds(world, part, above, set | endless) {
                smallest.push(set);
            }
        }
        smallest
    }

    /// 5.5: the smallest sets of units that satisfy the stack of a claim, out of the held set without its own award by
    /// qualification. One that is not satisfied uses nothing.
    fn witnesses(&self, given: &[Given], as_of: Date, claim: Id) -> Vec<BTreeSet<Unit>> {
        let others = self.catalog.credentials.keys().copied().filter(|id| *id != claim).collect();
        let mut world = self.world(given, as_of, as_of);
        self.settle(&mut world, &Qualifying::Only(&others));
        if !self.stack_met(&world, claim) {
            return vec![BTreeSet::new()];
        }
        let units = |set: Awards| {
            let in_set = (0..world.awards.len()).filter(|i| contains(set, *i));
            in_set.map(|i| world.awards[i].unit.clone()).collect()
        };
        self.smallest(&world, &self.stack[claim], &[], Awards::MAX).into_iter().map(units).collect()
    }

    /// 5.5: whether each of the claims can choose one of its witnesses so that no two claims share too much, those
    /// included that have chosen. A claim comes with whether it is fixed; two fixed ones are not judged.
    fn hold_together<'w>(
        &self,
        now: &World,
        witnesses: &'w BTreeMap<Id, Vec<BTreeSet<Unit>>>,
        claims: &[(Id, bool)],
        chosen: &mut Vec<(Id, bool, &'w BTreeSet<Unit>)>,
    ) -> bool {
        let Some(((id, fixed), rest)) = claims.split_first() else {
            return true;
        };
        for witness in &witnesses[id] {
            let fits = chosen.iter().all(|(other, other_fixed, other_witness)| {
                let shared: Vec<&Unit> = witness.intersection(other_witness).collect();
                (*fixed && *other_fixed) || self.may_share(now, id, other, &shared)
            });
            if fits {
                chosen.push((id, *fixed, witness));
                let together = self.hold_together(now, witnesses, rest, chosen);
                chosen.pop();
                if together {
                    return true;
                }
            }
        }
        false
    }

    /// 5.5: whether every policy between the types of two claims lets them share these units.
    fn may_share(&self, now: &World, one: Id, other: Id, shared: &[&Unit]) -> bool {
        let (one, other) = (type_of(&self.catalog.credentials[one]), type_of(&self.catalog.credentials[other]));
        let applies = |p: &&Sharing| p.between == (one, other) || p.between == (other, one);
        self.catalog.sharing.iter().filter(applies).all(|policy| {
            policy.max_awards.is_none_or(|most| shared.len() <= most as usize)
                && policy.max_credits.is_none_or(|most| {
                    let credits: Amount = shared.iter().map(|unit| self.credits_of(now, unit)).sum();
                    credits <= most
                })
        })
    }

    /// 5.5: the credits of a unit: the most that one of its current awards has.
    fn credits_of(&self, now: &World, unit: &Unit) -> Amount {
        let declared = |id: Id| self.catalog.credentials[id].credits;
        let of_award = |a: &Counted| match a.credits {
            Some(own) => own,
            None if self.catalog.credentials.contains_key(a.credential) => declared(a.credential),
            None => {
                let uses = self.substitutions.iter().filter(|s| s.used == a.credential);
                uses.map(|s| declared(s.stands_for)).max().unwrap_or(0)
            }
        };
        now.awards.iter().filter(|a| a.current && a.unit == *unit).map(of_award).max().unwrap_or(0)
    }

    /// 5.1, to the letter: every way to give each unit to one of the parts or to none.
    fn divided(
        &self,
        world: &World,
        need: usize,
        parts: &[Requirement],
        conditions: &[&Conditions],
        usable: Awards,
    ) -> bool {
        let (units, endless) = self.units(world, usable);
        let mut divisions = vec![vec![endless; parts.len()]];
        for unit in units {
            for division in divisions.clone() {
                for i in 0..parts.len() {
                    let mut division = division.clone();
                    division[i] |= unit;
                    divisions.push(division);
                }
            }
        }
        divisions.into_iter().any(|division| {
            let own = parts.iter().zip(division);
            own.filter(|(part, usable)| self.holds(world, part, conditions, *usable)).count() >= need
        })
    }

    /// 5.2: the usable awards, those of every unit by themselves; and those that are there without end (4.2).
    fn units(&self, world: &World, usable: Awards) -> (Vec<Awards>, Awards) {
        let (mut units, mut endless) = (BTreeMap::new(), 0);
        for (i, a) in world.awards.iter().enumerate().filter(|(i, _)| contains(usable, *i)) {
            if a.endless {
                endless |= 1 << i;
            } else {
                let which = if self.awards_are_units { i } else { 0 };
                *units.entry((&a.unit, which)).or_default() |= 1 << i;
            }
        }
        (units.into_values().collect(), endless)
    }

    /// 2.5, `span`: the sets of awards, latest ≤ earliest + period, out of which a group may choose; an undated award
    /// is in none (3.1). It is enough to try, for every earliest date, all awards from that date on that fit:
    /// those are the largest sets, and a larger set meets whatever a smaller one meets.
    fn choices(&self, world: &World, span: Option<Period>, usable: Awards) -> Vec<Awards> {
        let Some(period) = span else {
            return vec![usable];
        };
        let dated = |i: &usize| contains(usable, *i) && world.awards[*i].awarded.is_some();
        let awards: Vec<(usize, Date)> =
            (0..world.awards.len()).filter(dated).map(|i| (i, world.awards[i].awarded.unwrap())).collect();
        let mut sets = vec![0]; // a group that needs no award
        if self.every_choice_for_span {
            for (i, _) in &awards {
                sets.extend(sets.clone().into_iter().map(|set| set | 1 << i));
            }
            sets.retain(|set| {
                let dates = || awards.iter().filter(|(i, _)| contains(*set, *i)).map(|(_, d)| *d);
                dates().min().is_none_or(|earliest| dates().max().unwrap() <= earliest.plus(period))
            });
        } else {
            for (_, earliest) in &awards {
                let fits = awards.iter().filter(|(_, d)| earliest <= d && *d <= earliest.plus(period));
                sets.push(fits.fold(0, |set, (i, _)| set | 1 << i));
            }
        }
        sets.sort();
        sets.dedup();
        sets
    }

    /// 2.5, 3.1, 3.2, 3.4, 3.6: whether an award counts for a leaf that names `id`, in a rule of `owner`, under all its
    /// conditions.
    fn counts(&self, world: &World, a: &Counted, id: Id, owner: Id, conditions: &[&Conditions]) -> bool {
        self.counts_as_within(owner, a.credential, id)
            && (a.current || conditions.iter().any(|c| c.lapsed))
            && conditions.iter().all(|c| {
                c.within.is_none_or(|p| a.awarded.is_some_and(|d| d.plus(p) >= world.day))
                    && c.since.is_none_or(|since| a.awarded.is_some_and(|d| d >= since))
                    && c.grade.is_none_or(|least| a.sufficient_grade || self.at_least(a.grade, least))
                    && c.issuer.as_ref().is_none_or(|list| a.issuer.is_some_and(|i| list.contains(&i)))
            })
    }

    /// 2.5, `grade`: the order of the catalog's `grades`, or of numbers.
    fn at_least(&self, grade: Option<Grade>, least: Grade) -> bool {
        match (&self.catalog.grades, grade, least) {
            (Some(order), Some(Grade::Text(g)), Grade::Text(l)) => {
                let rank = |word| order.iter().position(|o| *o == word);
                rank(g).is_some_and(|g| rank(l).is_some_and(|l| g >= l))
            }
            (None, Some(Grade::Number(g)), Grade::Number(l)) => g >= l,
            _ => false,
        }
    }

    /// 4.2, Started: some leaf below holds by the usable awards, or is waived.
    fn some_leaf_holds(&self, world: &World, part: &Requirement, above: &[&Conditions], usable: Awards) -> bool {
        let conditions = [above, &[&part.conditions]].concat();
        match &part.what {
            What::Credential { id, owner } => {
                part.waived
                    || (0..world.awards.len())
                        .any(|i| contains(usable, i) && self.counts(world, &world.awards[i], id, owner, &conditions))
            }
            What::Group { parts, .. } => parts.iter().any(|p| self.some_leaf_holds(world, p, &conditions, usable)),
        }
    }

    /// 2.2: whether some assignment of units to places reaches the sum.
    fn sum(
        &self,
        world: &World,
        need: Amount,
        hours: bool,
        parts: &[Requirement],
        above: &[&Conditions],
        usable: Awards,
    ) -> bool {
        let layouts = self.lay_out(world, parts, above, usable);
        layouts.into_iter().any(|(nodes, places)| self.assign(world, need, hours, &nodes, &places))
    }

    /// 2.2: the shape of a sum and the places in it, each with all conditions that apply there; more than one if
    /// an `up_to` in it has a `span`, one for every choice of awards. 3.7: what is waived adds nothing.
    fn lay_out<'p>(
        &self,
        world: &World,
        parts: &'p [Requirement],
        above: &[&'p Conditions],
        usable: Awards,
    ) -> Vec<(Vec<Node>, Vec<Place<'p>>)> {
        let Some((last, before)) = parts.split_last() else {
            return vec![(Vec::new(), Vec::new())];
        };
        let conditions = [above, &[&last.conditions]].concat();
        let mut layouts = Vec::new();
        match &last.what {
            What::Credential { id, owner } => {
                for (mut nodes, mut places) in self.lay_out(world, before, above, usable) {
                    nodes.push(Node::Place(places.len()));
                    places.push(Place { id, owner, conditions: conditions.clone(), usable });
                    layouts.push((nodes, places));
                }
            }
            What::Group { kind: Kind::UpTo(cap), span, parts, .. } => {
                for choice in self.choices(world, *span, usable) {
                    for (inner, inner_places) in self.lay_out(world, parts, &conditions, choice) {
                        for (mut nodes, mut places) in self.lay_out(world, before, above, usable) {
                            nodes.push(Node::UpTo(*cap, inner.iter().map(|n| n.shifted(places.len())).collect()));
                            places
                                .extend(inner_places.iter().map(|p| Place { conditions: p.conditions.clone(), ..*p }));
                            layouts.push((nodes, places));
                        }
                    }
                }
            }
            What::Group { .. } => panic!("only credentials and up_to stand in sums"),
        }
        layouts
    }

    /// 2.2: what an award can add in a place: its own amount, else that of the credential named there. 3.6: if the
    /// catalog does not know the award's id, that of the `for` of a substitution by which it counts there.
    fn amounts(&self, a: &Counted, hours: bool, place: &Place) -> Vec<Amount> {
        let carried = |id: Id| {
            let c = &self.catalog.credentials[id];
            if hours { c.hours } else { c.credits }
        };
        if let Some(own) = if hours { a.hours } else { a.credits } {
            return vec![own];
        }
        if self.catalog.credentials.contains_key(a.credential) {
            return vec![carried(place.id)];
        }
        let by = |s: &&&Substitution| {
            s.used == a.credential
                && s.within.is_none_or(|within| within == place.owner)
                && self.counts_as_within(place.owner, s.stands_for, place.id)
        };
        self.substitutions.iter().filter(by).map(|s| carried(s.stands_for)).collect()
    }

    /// 2.2: tries every assignment, unit by unit; of assignments that have the same effect one is kept.
    fn assign(&self, world: &World, need: Amount, hours: bool, nodes: &[Node], places: &[Place]) -> bool {
        // What each unit can add, and where.
        let mut units: BTreeMap<(&Unit, usize), BTreeSet<(usize, Amount)>> = BTreeMap::new();
        for (i, a) in world.awards.iter().enumerate() {
            for (p, place) in places.iter().enumerate() {
                if !contains(place.usable, i) || !self.counts(world, a, place.id, place.owner, &place.conditions) {
                    continue;
                }
                // Of an endless award there is one for every place.
                let where_else = if a.endless || self.places_do_not_compete { p } else { 0 };
                for mut amount in self.amounts(a, hours, place) {
                    if a.endless && amount > 0 && self.repeatable.contains(place.id) {
                        amount = need; // enough of them, if `up_to` lets them all add
                    }
                    units.entry((&a.unit, where_else)).or_default().insert((p, amount));
                }
            }
        }
        // The amount in every place so far, and the members, not repeatable, that have added: by whatever
        // equivalent name and in whatever place, such a member adds once.
        let mut assignments = BTreeSet::from([(vec![0; places.len()], BTreeSet::new())]);
        for choices in units.values() {
            let mut next = BTreeSet::new();
            for (amounts, added) in assignments {
                for (p, amount) in choices {
                    let id = places[*p].id;
                    let member = if self.places_do_not_compete { (id, *p) } else { (self.same[id], 0) };
                    let (mut amounts, mut added) = (amounts.clone(), added.clone());
                    if self.repeatable.contains(id) || added.insert(member) {
                        amounts[*p] = need.min(amounts[*p] + amount); // more than all that is needed is as good
                        next.insert((amounts, added));
                    }
                }
                // In no place: no better where it could have added and kept nothing else out.
                if !choices.iter().any(|(p, _)| self.repeatable.contains(places[*p].id)) {
                    next.insert((amounts, added));
                }
            }
            assignments = next;
        }
        assignments.iter().any(|(amounts, _)| total(nodes, amounts) >= need)
    }
}

impl World {
    /// The credentials of the awards that are there, each with whether the award is current.
    pub(super) fn all(&self) -> impl Iterator<Item = (Id, bool)> {
        self.awards.iter().map(|a| (a.credential, a.current))
    }
}

impl Node {
    fn shifted(&self, by: usize) -> Node {
        match self {
            Node::Place(p) => Node::Place(p + by),
            Node::UpTo(cap, nodes) => Node::UpTo(*cap, nodes.iter().map(|n| n.shifted(by)).collect()),
        }
    }
}

/// 2.2: what the parts of a sum add, given the amount in every place; `up_to` adds at most its own.
fn total(nodes: &[Node], amounts: &[Amount]) -> Amount {
    let add = |node: &Node| match node {
        Node::Place(p) => amounts[*p],
        Node::UpTo(cap, nodes) => total(nodes, amounts).min(*cap),
    };
    nodes.iter().map(add).sum()
}

fn contains(awards: Awards, i: usize) -> bool {
    awards & 1 << i != 0
}

/// 5.1: whether so many sets, each out of another list, are pairwise disjoint and hold nothing that is taken.
fn some_are_disjoint(lists: &[Vec<Awards>], need: usize, taken: Awards) -> bool {
    let Some((first, rest)) = lists.split_first() else {
        return need == 0;
    };
    need == 0
        || first.iter().any(|set| set & taken == 0 && some_are_disjoint(rest, need - 1, taken | set))
        || some_are_disjoint(rest, need, taken)
}

/// 2.3, 3.7: a rule of `owner` with its pools and filters written out as lists, and the parts that are waived marked.
fn written_out(catalog: &Catalog, owner: Id, part: &Part, waived: &dyn Fn(&Part) -> bool) -> Requirement {
    let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
    let what = match part {
        Part::Credential { id, .. } => What::Credential { id, owner },
        Part::Group { kind, members, distinct, span, .. } => {
            let parts = listed(catalog, owner, members);
            let parts = parts.iter().map(|p| written_out(catalog, owner, p, waived)).collect();
            What::Group { kind: *kind, distinct: *distinct, span: *span, parts }
        }
    };
    Requirement { conditions: conditions.clone(), waived: waived(part), what }
}

/// 2.3: the members of a group in a rule of `owner`.
fn listed(catalog: &Catalog, owner: Id, members: &Members) -> Vec<Part> {
    match members {
        Members::List(parts) => parts.clone(),
        Members::Pool(name) => listed(catalog, owner, &catalog.pools[name]),
        Members::Filter(filter) => {
            let selected = catalog.credentials.values().filter(|c| c.id != owner && selects(filter, c));
            selected.map(|c| leaf(c.id)).collect()
        }
    }
}

/// 2.3: every key that is given must match; taken credentials only, unless `type` is given.
pub fn selects(filter: &Filter, c: &Credential) -> bool {
    filter.tags.as_ref().is_none_or(|tags| tags.iter().any(|t| c.tags.contains(t)))
        && match filter.kind {
            Some(kind) => c.kind.unwrap_or("MicroCredential") == kind,
            None => c.stack.is_none(),
        }
        && filter.issuer.as_ref().is_none_or(|list| c.issuer.is_some_and(|i| list.contains(&i)))
        && filter.level.is_none_or(|(min, max)| {
            c.level.is_some_and(|l| min.is_none_or(|min| min <= l) && max.is_none_or(|max| l <= max))
        })
}

/// 1: the other members of every set of equivalents that names the credential.
fn equivalents(catalog: &Catalog, id: Id) -> Vec<Id> {
    catalog.equivalent.iter().filter(|set| set.contains(&id)).flatten().copied().collect()
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
