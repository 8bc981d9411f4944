//! The naive evaluator: plain recursion, least fixpoints by repetition, brute force over choices. It is
//! written to be read beside the contract; each function names its section.

use super::model::*;
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
pub fn evaluate(catalog: &Catalog, record: &Record, as_of: Date) -> Outcome {
    evaluate_on(&Rules::new(catalog), record, as_of, &days_of_change(catalog, record))
}

/// Evaluates day by day, as far as the given number of days either side of the as-of date.
pub fn evaluate_every_day(catalog: &Catalog, record: &Record, as_of: Date, horizon: u32) -> Outcome {
    let mut every_day = vec![as_of.minus_days(horizon)];
    for _ in 0..2 * horizon {
        every_day.push(every_day[every_day.len() - 1].next());
    }
    evaluate_on(&Rules::new(catalog), record, as_of, &every_day)
}

/// Evaluates by looking at the given days only (ascending), and at the as-of date.
pub fn evaluate_on(rules: &Rules, record: &Record, as_of: Date, days: &[Date]) -> Outcome {
    let now = rules.earned(record, as_of, as_of);
    let best_case = rules.best_case(record, as_of);
    // 4.5 and Lapsed of 4.2: the same question on other days, from the awards known at the as-of date.
    let past: Vec<World> =
        days.iter().filter(|d| **d <= as_of).rev().map(|d| rules.earned(record, as_of, *d)).collect();
    let future: Vec<World> = days.iter().filter(|d| **d > as_of).map(|d| rules.earned(record, as_of, *d)).collect();
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
        let in_progress = |a: &Award| a.status == AwardStatus::InProgress && rules.counts_as(a.credential, id);
        let status = if held {
            "Held"
        } else if rules.reached(&now, id) {
            "Qualified"
        } else if record.awards.iter().any(in_progress) {
            "InProgress"
        } else if past.iter().any(|world| rules.held(world, id)) {
            "Lapsed"
        } else if !rules.reached(&best_case, id) {
            "Unattainable"
        } else if c.stack.is_none() && rules.prerequisite_met(&now, id) && offered(c, as_of) {
            "Eligible"
        } else if c.stack.is_some() && rules.some_leaf_holds(&now, &rules.stack[id], &[]) {
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
pub fn can_be_conferred_in_order(catalog: &Catalog, record: &Record, as_of: Date, ids: &[Id]) -> bool {
    let rules = Rules::new(catalog);
    let now = rules.earned(record, as_of, as_of);
    let mut allowed: BTreeSet<Id> = catalog.credentials.keys().filter(|id| rules.held(&now, id)).copied().collect();
    for id in ids {
        let mut world = rules.world(record, as_of, as_of);
        rules.settle(&mut world, &Qualifying::Only(&allowed));
        if !catalog.credentials.contains_key(id) || !rules.own_rules_met(&world, id) {
            return false;
        }
        allowed.insert(*id);
    }
    true
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
/// and an award date plus a period (`valid_for`, `within`; `span` up to an award by qualification).
pub fn days_of_change(catalog: &Catalog, record: &Record) -> Vec<Date> {
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
    for a in &record.awards {
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

/// An award that counts by 3.1, an award by qualification (4.1), or an imagined one (4.2, Unattainable).
#[derive(Clone)]
struct Counted {
    credential: Id,
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

/// 2.2: one place of a sum where a credential is named, and the awards that may be used there.
struct Place<'p> {
    id: Id,
    conditions: Vec<&'p Conditions>,
    usable: Awards,
}

/// 2.2: the shape of a sum; the places are numbered as in the list of them.
enum Node {
    Place(usize),
    UpTo(Amount, Vec<Node>),
}

/// The catalog with what every rule needs: pools and filters written out, names and equivalents.
pub struct Rules<'a> {
    catalog: &'a Catalog,
    prerequisite: BTreeMap<Id, Part>,
    stack: BTreeMap<Id, Part>,
    /// 3.4: every name an award of the credential counts under.
    names: BTreeMap<Id, BTreeSet<Id>>,
    /// The least id among the credential and its equivalents.
    same: BTreeMap<Id, Id>,
    /// 5.2: the credential or an equivalent of it is repeatable.
    repeatable: BTreeSet<Id>,
    /// Not the contract: in sums, awards and members add in every place at once. Only to see, by comparing,
    /// whether the rule of 2.2 that each adds once decided something.
    pub places_do_not_compete: bool,
    /// For `span`, try every set of awards and not only the awards of every window. Only to check that this
    /// makes no difference.
    pub every_choice_for_span: bool,
}

impl<'a> Rules<'a> {
    pub fn new(catalog: &'a Catalog) -> Rules<'a> {
        let all = &catalog.credentials;
        let expand = |c: &Credential, rule: &Option<Rule>| rule.as_ref().map(|r| (c.id, expanded(catalog, c.id, r)));
        let names = |id: &Id| reach(id, |n| [equivalents(catalog, n), all[n].counts_as.clone()].concat());
        let family = |id: &Id| reach(id, |n| equivalents(catalog, n));
        Rules {
            catalog,
            prerequisite: all.values().filter_map(|c| expand(c, &c.prerequisite)).collect(),
            stack: all.values().filter_map(|c| expand(c, &c.stack)).collect(),
            names: all.keys().map(|id| (*id, names(id))).collect(),
            same: all.keys().map(|id| (*id, *family(id).first().unwrap())).collect(),
            repeatable: all.keys().filter(|id| family(id).iter().any(|n| all[n].repeatable)).copied().collect(),
            places_do_not_compete: false,
            every_choice_for_span: false,
        }
    }

    /// 3.4.
    pub fn counts_as(&self, award_of: Id, name: Id) -> bool {
        self.names.get(award_of).is_some_and(|names| names.contains(name))
    }

    /// 3.1 to 3.3: the awards of the record that count on a day, among those known at the as-of date.
    fn world(&self, record: &Record, as_of: Date, day: Date) -> World {
        let there = |a: &&Award| a.status == AwardStatus::Completed && a.awarded.is_none_or(|d| d <= as_of && d <= day);
        World { day, awards: record.awards.iter().filter(there).filter_map(|a| self.counted(a, day)).collect() }
    }

    /// 3.2, 3.3: an award, current on the day or not; none if the catalog does not know it (3.6).
    fn counted(&self, a: &Award, day: Date) -> Option<Counted> {
        let c = self.catalog.credentials.get(a.credential)?;
        let last_valid_day = match (a.valid_until, a.awarded, c.valid_for) {
            (Some(last), _, _) => Some(last),
            (None, Some(awarded), ValidFor::Period(p)) => Some(awarded.plus(p).previous()),
            _ => None,
        };
        let in_time = last_valid_day.is_none_or(|last| day <= last);
        let while_components = c.valid_for == ValidFor::WhileComponents;
        Some(Counted {
            credential: a.credential,
            awarded: a.awarded,
            current: in_time && !while_components,
            while_components: in_time && while_components,
            credits: a.credits,
            hours: a.hours,
            grade: a.grade,
            sufficient_grade: false,
            issuer: a.issuer.or(c.issuer),
            issued: true,
            endless: false,
        })
    }

    /// 4.1: a new award of a credential, dated that day, current, without a grade.
    fn new_award(&self, id: Id, day: Date) -> Counted {
        let a = Award { valid_until: Some(day), ..award(id, day) };
        Counted { current: true, while_components: false, issued: false, ..self.counted(&a, day).unwrap() }
    }

    /// 4.1: the held set on a day.
    fn earned(&self, record: &Record, as_of: Date, day: Date) -> World {
        let mut world = self.world(record, as_of, day);
        self.settle(&mut world, &Qualifying::All);
        world
    }

    /// 4.2, Unattainable: everything that could be there on the as-of date.
    fn best_case(&self, record: &Record, as_of: Date) -> World {
        let mut world = self.world(record, as_of, as_of);
        for a in record.awards.iter().filter(|a| a.status == AwardStatus::InProgress) {
            let completed = Award { awarded: Some(as_of), ..a.clone() };
            world.awards.extend(self.counted(&completed, as_of).map(|c| Counted { sufficient_grade: true, ..c }));
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
                let possible = self.prerequisite_met(world, id) && (c.stack.is_none() || self.stack_met(world, id));
                if open && !obtained.contains(id) && possible {
                    let endless = self.repeatable.contains(id);
                    world.awards.push(Counted { sufficient_grade: true, endless, ..self.new_award(id, world.day) });
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
    fn reached(&self, world: &World, id: Id) -> bool {
        world.awards.iter().any(|a| a.current && self.counts_as(a.credential, id))
    }

    fn prerequisite_met(&self, world: &World, id: Id) -> bool {
        self.prerequisite.get(id).is_none_or(|rule| self.met(world, rule))
    }

    fn stack_met(&self, world: &World, id: Id) -> bool {
        self.stack.get(id).is_some_and(|rule| self.met(world, rule))
    }

    /// 1: conferred, and prerequisite and stack both hold.
    fn own_rules_met(&self, world: &World, id: Id) -> bool {
        self.stack_met(world, id) && self.prerequisite_met(world, id)
    }

    fn met(&self, world: &World, rule: &Part) -> bool {
        self.holds(world, rule, &[], Awards::MAX)
    }

    /// 2: whether a requirement is met by the usable awards, given the conditions of the groups around it.
    fn holds(&self, world: &World, part: &Part, above: &[&Conditions], usable: Awards) -> bool {
        let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
        let conditions = [above, &[conditions]].concat();
        match part {
            Part::Credential { id, .. } => (0..world.awards.len())
                .any(|i| contains(usable, i) && self.counts(world, &world.awards[i], id, &conditions)),
            Part::Group { kind, members, span, .. } => self.choices(world, *span, usable).into_iter().any(|usable| {
                let parts = list(members);
                let met = || parts.iter().filter(|p| self.holds(world, p, &conditions, usable)).count();
                match kind {
                    Kind::AllOf => met() == parts.len(),
                    Kind::AnyOf => met() >= 1,
                    Kind::AtLeast(n) => met() >= *n as usize,
                    Kind::Credits(need) => self.sum(world, *need, false, parts, &conditions, usable),
                    Kind::Hours(need) => self.sum(world, *need, true, parts, &conditions, usable),
                    Kind::UpTo(_) => panic!("up_to stands only in sums"),
                }
            }),
        }
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
        sets
    }

    /// 2.5, 3.1, 3.2, 3.4: whether an award counts for a leaf that names `id`, under all its conditions.
    fn counts(&self, world: &World, a: &Counted, id: Id, conditions: &[&Conditions]) -> bool {
        self.counts_as(a.credential, id)
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

    /// 4.2, Started.
    fn some_leaf_holds(&self, world: &World, part: &Part, above: &[&Conditions]) -> bool {
        let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
        let conditions = [above, &[conditions]].concat();
        match part {
            Part::Credential { id, .. } => world.awards.iter().any(|a| self.counts(world, a, id, &conditions)),
            Part::Group { members, .. } => list(members).iter().any(|p| self.some_leaf_holds(world, p, &conditions)),
        }
    }

    /// 2.2: whether some assignment of units to places reaches the sum.
    fn sum(
        &self,
        world: &World,
        need: Amount,
        hours: bool,
        parts: &[Part],
        above: &[&Conditions],
        usable: Awards,
    ) -> bool {
        let layouts = self.lay_out(world, parts, above, usable);
        layouts.into_iter().any(|(nodes, places)| self.assign(world, need, hours, &nodes, &places))
    }

    /// 2.2: the shape of a sum and the places in it, each with all conditions that apply there; more than one if
    /// an `up_to` in it has a `span`, one for every choice of awards.
    fn lay_out<'p>(
        &self,
        world: &World,
        parts: &'p [Part],
        above: &[&'p Conditions],
        usable: Awards,
    ) -> Vec<(Vec<Node>, Vec<Place<'p>>)> {
        let Some((last, before)) = parts.split_last() else {
            return vec![(Vec::new(), Vec::new())];
        };
        let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = last;
        let conditions = [above, &[conditions]].concat();
        let mut layouts = Vec::new();
        match last {
            Part::Credential { id, .. } => {
                for (mut nodes, mut places) in self.lay_out(world, before, above, usable) {
                    nodes.push(Node::Place(places.len()));
                    places.push(Place { id, conditions: conditions.clone(), usable });
                    layouts.push((nodes, places));
                }
            }
            Part::Group { kind: Kind::UpTo(cap), members, span, .. } => {
                for choice in self.choices(world, *span, usable) {
                    for (inner, inner_places) in self.lay_out(world, list(members), &conditions, choice) {
                        for (mut nodes, mut places) in self.lay_out(world, before, above, usable) {
                            nodes.push(Node::UpTo(*cap, inner.iter().map(|n| n.shifted(places.len())).collect()));
                            places
                                .extend(inner_places.iter().map(|p| Place { conditions: p.conditions.clone(), ..*p }));
                            layouts.push((nodes, places));
                        }
                    }
                }
            }
            Part::Group { .. } => panic!("only credentials and up_to stand in sums"),
        }
        layouts
    }

    /// 2.2: tries every assignment, unit by unit; of assignments that have the same effect one is kept.
    fn assign(&self, world: &World, need: Amount, hours: bool, nodes: &[Node], places: &[Place]) -> bool {
        // What each unit can add, and where.
        let mut units: BTreeMap<(Id, usize, usize), BTreeSet<(usize, Amount)>> = BTreeMap::new();
        for (i, a) in world.awards.iter().enumerate() {
            for (p, place) in places.iter().enumerate() {
                if !contains(place.usable, i) || !self.counts(world, a, place.id, &place.conditions) {
                    continue;
                }
                let named = &self.catalog.credentials[place.id];
                let (own, other) = if hours { (a.hours, named.hours) } else { (a.credits, named.credits) };
                let mut amount = own.unwrap_or(other);
                if a.endless && amount > 0 && self.repeatable.contains(place.id) {
                    amount = need; // enough of them, if `up_to` lets them all add
                }
                // 5.2: the awards of a non-repeatable credential and of its equivalents are one unit.
                // Of an endless award there is one for every place.
                let where_else = if a.endless || self.places_do_not_compete { p } else { 0 };
                let unit = match self.repeatable.contains(a.credential) {
                    true => (a.credential, i, where_else),
                    false => (self.same[a.credential], usize::MAX, where_else),
                };
                units.entry(unit).or_default().insert((p, amount));
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

fn list(members: &Members) -> &[Part] {
    match members {
        Members::List(parts) => parts,
        _ => panic!("pools and filters are written out before"),
    }
}

/// 2.3: a rule of `owner` with its pools and filters written out as lists.
fn expanded(catalog: &Catalog, owner: Id, part: &Part) -> Part {
    match part {
        Part::Credential { .. } => part.clone(),
        Part::Group { kind, members, conditions, span } => Part::Group {
            kind: *kind,
            members: Members::List(expanded_members(catalog, owner, members)),
            conditions: conditions.clone(),
            span: *span,
        },
    }
}

fn expanded_members(catalog: &Catalog, owner: Id, members: &Members) -> Vec<Part> {
    match members {
        Members::List(parts) => parts.iter().map(|p| expanded(catalog, owner, p)).collect(),
        Members::Pool(name) => expanded_members(catalog, owner, &catalog.pools[name]),
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
