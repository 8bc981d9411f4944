//! Awards that renew others (semantics 3.9).

use super::super::model::*;
use super::{Given, Qualifying, Rules, World};
use std::collections::BTreeSet;

/// Later than any day that is ever looked at.
const NEVER: Date = Date { year: 9999, month: 12, day: 31 };

impl Rules<'_> {
    /// What an award of the credential renews; equivalents are one and the same.
    pub(super) fn renews(&self, id: Id) -> BTreeSet<Id> {
        let all = self.catalog.credentials.values();
        let same = all.filter(|c| self.same.get(id).is_some_and(|same| self.same[c.id] == *same));
        same.flat_map(|c| c.renews.iter().copied()).collect()
    }

    /// What an award of the credential may be an award of, by one renewal or several.
    pub fn may_become(&self, id: Id) -> BTreeSet<Id> {
        super::reach(id, |n| self.renews(n).into_iter().collect())
    }

    /// The awards with those that they are besides, one after the other in the order of days.
    pub(super) fn renewed(&self, given: &[Given], as_of: Date) -> Vec<Given> {
        let mut all = given.to_vec();
        if self.catalog.credentials.values().all(|c| c.renews.is_empty()) {
            return all;
        }
        loop {
            let mut next: Option<(Date, Given)> = None;
            for g in &all {
                let Some(day) = g.award.awarded.filter(|day| g.counts_on(as_of, *day)) else { continue };
                for id in self.renews(g.award.credential) {
                    let renewal = self.renewal(id, day, g);
                    let earlier = next.as_ref().is_none_or(|(first, _)| day < *first);
                    if earlier && !all.contains(&renewal) && self.is_current_on(&all, as_of, day, id) {
                        next = Some((day, renewal));
                    }
                }
            }
            match next {
                Some((_, renewal)) => all.push(renewal),
                None => return all,
            }
        }
    }

    /// Whether an award of just this credential, or of an equivalent, is current on a day.
    fn is_current_on(&self, given: &[Given], as_of: Date, day: Date, id: Id) -> bool {
        let mut world = self.world_of(given, as_of, day);
        self.settle(&mut world, &Qualifying::All);
        world.awards.iter().any(|a| a.issued && a.current && self.is_same(a.credential, id))
    }

    pub(super) fn is_same(&self, one: Id, other: Id) -> bool {
        self.same.get(one).is_some_and(|same| self.same.get(other) == Some(same))
    }

    /// An award of the credential, on the day of the one that renews it: with its own validity, at least to the last
    /// day of that. Grade and issuer are those of the award that it is; amounts are its own credential's.
    fn renewal(&self, id: Id, day: Date, by: &Given) -> Given {
        let plain =
            Award { credential: id, valid_until: None, credits: None, hours: None, id: None, ..by.award.clone() };
        let last = |a: &Award| self.last_valid_day(a).unwrap_or(NEVER);
        let until = last(&Award { awarded: Some(day), ..plain.clone() }).max(last(&by.award));
        let credential = self.catalog.credentials.get(by.award.credential);
        let issuer = by.award.issuer.or(credential.and_then(|c| c.issuer));
        let place = self.catalog.credentials.keys().position(|known| *known == id).unwrap();
        Given {
            number: NUMBERS * (place + 1) + by.number % NUMBERS,
            award: Award { valid_until: Some(until), issuer, ..plain },
            supposed: by.supposed,
        }
    }

    /// 4.2, Unattainable: what an obtained award renews, as there is one that is current.
    pub(super) fn renewed_by_obtained(&self, world: &World, obtained: &BTreeSet<Id>) -> Vec<(Id, Id)> {
        let is_current = |id: Id| {
            let counts = |a: &super::world::Counted| a.current && (a.issued || a.sufficient_grade);
            world.awards.iter().any(|a| counts(a) && self.is_same(a.credential, id))
        };
        let pairs = obtained.iter().flat_map(|by| self.renews(by).into_iter().map(move |id| (*by, id)));
        pairs.filter(|(_, id)| is_current(id)).collect()
    }
}

/// More than there are awards in a record: renewals are numbered beyond.
const NUMBERS: usize = 1000;
