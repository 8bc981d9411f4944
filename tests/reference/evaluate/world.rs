//! What is there on a day: the held set, and what could be (semantics 3.1 to 3.3, 4.1, 4.2, 4.6).

use super::super::edition::Feature;
use super::super::model::*;
use super::{Given, Qualifying, Rules, completed_on, given, offering_over};
use std::collections::BTreeSet;

/// 5.2: what counts once where awards are told apart.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
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
pub struct Counted {
    pub credential: Id,
    pub unit: Unit,
    pub awarded: Option<Date>,
    pub current: bool,
    /// 3.3: becomes current as soon as the stack of its credential is met.
    while_components: bool,
    pub credits: Option<Amount>,
    pub hours: Option<Amount>,
    pub grade: Option<Grade>,
    /// 4.2: a grade that meets every grade condition.
    pub sufficient_grade: bool,
    pub issuer: Option<Id>,
    /// 2.5: whichever issuer is asked for.
    pub any_issuer: bool,
    /// In the record; not by qualification.
    pub issued: bool,
    /// 4.2: as many awards like this one as anybody could want.
    pub endless: bool,
}

/// More hours than anything asks for.
const MANY: Amount = 1_000_000_000;

pub struct World {
    pub(super) day: Date,
    pub(super) awards: Vec<Counted>,
}

impl World {
    /// The credentials of the awards that are there, each with whether the award is current.
    pub fn all(&self) -> impl Iterator<Item = (Id, bool)> {
        self.awards.iter().map(|a| (a.credential, a.current))
    }
}

impl Rules<'_> {
    /// 3.1 to 3.3: the awards of the record that count on a day, among those known at the as-of date.
    pub(super) fn world(&self, given: &[Given], as_of: Date, day: Date) -> World {
        self.world_of(&self.renewed(given, as_of), as_of, day)
    }

    /// The same with no renewals but those that are given.
    pub(super) fn world_of(&self, given: &[Given], as_of: Date, day: Date) -> World {
        let there = |g: &&Given| g.counts_on(as_of, day);
        World { day, awards: given.iter().filter(there).filter_map(|g| self.counted(g, day)).collect() }
    }

    /// 3.2: the last valid day of an award, if it has one.
    pub(super) fn last_valid_day(&self, a: &Award) -> Option<Date> {
        let valid_for = self.catalog.credentials.get(a.credential).map(|c| c.valid_for);
        match (a.valid_until, a.awarded, valid_for) {
            (Some(last), _, _) => Some(last),
            (None, Some(awarded), Some(ValidFor::Period(p))) => Some(self.end_of(awarded, p)),
            _ => None,
        }
    }

    /// 1.2.
    pub(super) fn end_of(&self, begins: Date, term: Period) -> Date {
        begins.end_of(term, self.has(Feature::ShortMonths))
    }

    /// 3.2, 3.3: an award, current on the day or not. 3.6: one of an id which the catalog does not know is there
    /// only if a substitution uses it, and it ends only by itself.
    pub(super) fn counted(&self, g: &Given, day: Date) -> Option<Counted> {
        let a = &g.award;
        let known = self.catalog.credentials.get(a.credential);
        if known.is_none() && !self.substitutions.iter().any(|s| s.used == a.credential) {
            return None;
        }
        let in_time = self.last_valid_day(a).is_none_or(|last| day <= last);
        let while_components = known.is_some_and(|c| c.valid_for == ValidFor::WhileComponents);
        let issuer = a.issuer.or(known.and_then(|c| c.issuer));
        Some(Counted {
            credential: a.credential,
            unit: self.unit(a.credential, Unit::Award(g.number)),
            awarded: a.awarded,
            current: in_time && !while_components,
            while_components: in_time && while_components,
            credits: a.credits,
            hours: a.hours,
            grade: a.grade,
            sufficient_grade: g.supposed,
            any_issuer: g.supposed && known.is_some() && issuer.is_none() && self.has(Feature::AnyIssuer),
            issuer,
            issued: true,
            endless: false,
        })
    }

    /// 5.2: the unit of an award of the credential, if it is `own` for a repeatable one.
    pub(super) fn unit(&self, id: Id, own: Unit) -> Unit {
        if self.repeatable.contains(id) { own } else { Unit::All(self.same.get(id).copied().unwrap_or(id)) }
    }

    /// 4.1: a new award of a credential, dated that day, current, without a grade.
    fn new_award(&self, id: Id, day: Date) -> Counted {
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
            issuer: self.catalog.credentials[id].issuer,
            any_issuer: false,
            issued: false,
            endless: false,
        }
    }

    /// 4.2, Unattainable: one that is taken or claimed, with a sufficient grade; of a repeatable credential without
    /// end.
    pub(super) fn obtained_award(&self, id: Id, day: Date) -> Counted {
        let endless = self.repeatable.contains(id);
        let unit = self.unit(id, Unit::Endless(id));
        let new = self.new_award(id, day);
        let any_issuer = new.issuer.is_none() && self.has(Feature::AnyIssuer);
        Counted { sufficient_grade: true, any_issuer, endless, unit, hours: self.hours_of_any(id), ..new }
    }

    /// 1.1: hours that nobody stated may be any, as a record may say.
    fn hours_of_any(&self, id: Id) -> Option<Amount> {
        self.catalog.credentials.get(id).filter(|c| c.not_stated.hours).map(|_| MANY)
    }

    /// 4.1: the held set on a day.
    pub(super) fn earned(&self, given: &[Given], as_of: Date, day: Date) -> World {
        let mut world = self.world(given, as_of, day);
        self.settle(&mut world, &Qualifying::All);
        world
    }

    /// The held set of the record, for what is asked about single parts.
    pub fn held_set(&self, as_of: Date) -> World {
        self.earned(&given(&self.record, as_of, View::Earned), as_of, as_of)
    }

    /// 7: the issued awards on the as-of date, with new ones of the given credentials beside those of the record (7.5);
    /// nothing is held by qualification.
    pub fn issued(&self, as_of: Date, view: View, new: &[Id]) -> World {
        let mut given = given(&self.record, as_of, view);
        for id in new {
            let mut award = award(id, as_of);
            if let Some((credits, hours)) = self.same.get(id).and_then(|same| self.kept.get(same)) {
                (award.credits, award.hours) = (*credits, *hours);
            }
            given.push(Given { number: given.len(), award, supposed: true });
        }
        let mut world = self.world(&given, as_of, as_of);
        self.settle(&mut world, &Qualifying::Only(&BTreeSet::new()));
        world
    }

    /// 5.5: the issued awards as they were on a day; nothing is held by qualification.
    pub fn issued_on(&self, as_of: Date, day: Date, view: View) -> World {
        let mut world = self.world(&given(&self.record, as_of, view), as_of, day);
        self.settle(&mut world, &Qualifying::Only(&BTreeSet::new()));
        world
    }

    /// 8: a new award of each of the credentials, with a sufficient grade, of a repeatable one as many as anybody
    /// could want; and, if asked for, what a learner qualifies for by them.
    pub fn holding(&self, ids: impl Iterator<Item = Id>, day: Date, qualifies: bool) -> World {
        let mut world = World { day, awards: ids.map(|id| self.obtained_award(id, day)).collect() };
        if qualifies {
            self.settle(&mut world, &Qualifying::All);
        }
        world
    }

    /// 8: the awards of the record beside new ones of the given credentials, and what a learner qualifies for by them.
    pub fn given_and_qualified(&self, day: Date, new: &[Id]) -> World {
        let mut world = self.issued(day, View::Earned, new);
        self.settle(&mut world, &Qualifying::All);
        world
    }

    /// The held set of a record with one award on the day of each of the credentials, with a sufficient grade.
    pub fn holding_once(&self, ids: impl Iterator<Item = Id>, day: Date) -> World {
        let given = |(number, id)| Given { number, award: award(id, day), supposed: true };
        self.earned(&ids.enumerate().map(given).collect::<Vec<_>>(), day, day)
    }

    /// 4.2, Unattainable: everything that could be there on the as-of date.
    pub(super) fn best_case(&self, given: &[Given], as_of: Date) -> World {
        let mut all = given.to_vec();
        for g in given.iter().filter(|g| g.award.status == AwardStatus::InProgress) {
            let completed = completed_on(&g.award, as_of);
            let hours = completed.hours.or(self.hours_of_any(completed.credential));
            all.push(Given { number: g.number, award: Award { hours, ..completed }, supposed: true });
        }
        let mut world = self.world(&all, as_of, as_of);
        self.settle(&mut world, &Qualifying::BestCase);
        world
    }

    /// 4.1, 3.3: the least fixpoint, by adding what follows until nothing does.
    pub(super) fn settle(&self, world: &mut World, qualifying: &Qualifying) {
        let (mut conferred, mut obtained, mut renewed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
        loop {
            let mut changed = false;
            for id in self.catalog.credentials.keys() {
                let contributes = match qualifying {
                    Qualifying::Only(allowed) => allowed.contains(id),
                    _ => true,
                };
                if contributes && !conferred.contains(id) && self.own_rules_met(world, id) {
                    world.awards.push(self.new_award(id, world.day));
                    changed = conferred.insert(*id);
                }
            }
            if matches!(qualifying, Qualifying::BestCase) {
                for id in self.obtainable(world) {
                    if obtained.insert(id) {
                        world.awards.push(self.obtained_award(id, world.day));
                        changed = true;
                    }
                }
                for (by, id) in self.renewed_by_obtained(world, &obtained) {
                    if renewed.insert((by, id)) {
                        let issuer = self.catalog.credentials[by].issuer.or(self.catalog.credentials[id].issuer);
                        world.awards.push(Counted { issuer, ..self.obtained_award(id, world.day) });
                        changed = true;
                    }
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

    /// 4.2, Unattainable: what can be taken or claimed next, as its offering is not over.
    fn obtainable(&self, world: &World) -> Vec<Id> {
        let not_over = |id: Id| !offering_over(&self.catalog.credentials[id], world.day);
        let begun = self.can_be_begun(world, &not_over);
        let claimed = |id: &&Id| (self.own_rules_met(world, id) || self.is_renewable(world, id)) && not_over(id);
        begun.into_iter().chain(self.catalog.credentials.keys().filter(claimed).copied()).collect()
    }

    /// 4.2, 7.9: whether an award of just the credential is current and can be renewed on its terms, which ask for
    /// nothing here.
    fn is_renewable(&self, world: &World, id: Id) -> bool {
        let c = &self.catalog.credentials[id];
        c.renewal.is_some()
            && c.valid_for != ValidFor::WhileComponents
            && !self.repeatable.contains(id)
            && world.awards.iter().any(|a| a.issued && a.current && a.credential == id)
    }

    /// 4.6: the taken credentials that can be begun, alone or together with others, of those that are open: the
    /// greatest set in which the prerequisite of each is met by what is held, and its corequisite by that with an
    /// award of every member. What is left out of larger and larger sets is never in it.
    pub fn can_be_begun(&self, world: &World, open: &dyn Fn(Id) -> bool) -> BTreeSet<Id> {
        let taken = self.catalog.credentials.values().filter(|c| c.stack.is_none() && open(c.id));
        let mut together: BTreeSet<Id> = taken.map(|c| c.id).filter(|id| self.prerequisite_met(world, id)).collect();
        if !together.iter().any(|id| self.corequisite.contains_key(id)) {
            return together;
        }
        loop {
            let mut with_all = World { day: world.day, awards: world.awards.clone() };
            let one = |id: &Id| Counted { endless: false, ..self.obtained_award(id, world.day) };
            with_all.awards.extend(together.iter().map(one));
            let stays = |id: &&Id| self.corequisite_met(&with_all, id);
            let fewer: BTreeSet<Id> = together.iter().filter(stays).copied().collect();
            if fewer == together {
                return together;
            }
            together = fewer;
        }
    }

    /// 4.2, Held: a current award in the record, under any of its names.
    pub(super) fn held(&self, world: &World, id: Id) -> bool {
        world.awards.iter().any(|a| a.issued && a.current && self.counts_as(a.credential, id))
    }

    /// In the held set: a current award of any origin, under any of its names.
    pub fn reached(&self, world: &World, id: Id) -> bool {
        world.awards.iter().any(|a| a.current && self.counts_as(a.credential, id))
    }

    pub fn prerequisite_met(&self, world: &World, id: Id) -> bool {
        self.prerequisite.get(id).is_none_or(|rule| self.part_met(world, rule, &[]))
    }

    pub fn corequisite_met(&self, world: &World, id: Id) -> bool {
        self.corequisite.get(id).is_none_or(|rule| self.part_met(world, rule, &[]))
    }

    pub fn stack_met(&self, world: &World, id: Id) -> bool {
        self.stack.get(id).is_some_and(|rule| self.part_met(world, rule, &[]))
    }

    /// 1: conferred, and prerequisite and stack both hold.
    pub(super) fn own_rules_met(&self, world: &World, id: Id) -> bool {
        self.stack_met(world, id) && self.prerequisite_met(world, id)
    }
}
