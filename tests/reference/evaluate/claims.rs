//! Which targets can be claimed together (semantics 5.5).

use super::super::edition::Feature;
use super::super::model::*;
use super::sharing::{Chosen, Judge, Witness};
use super::{Given, Qualifying, Rules, World, given};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// 5.5: the largest set of targets that hold together, in the earned view; of equally many targets those whose declared
/// credits are more in sum, then the least list of ids.
pub fn claims(catalog: &Catalog, record: &Record, as_of: Date, targets: &[Id]) -> Vec<Id> {
    let second = catalog.edition.has(Feature::SharingOfParts);
    claims_judged(catalog, record, as_of, targets, Judging { parts: second, own_dates: second })
}

/// What is looked at beside the targets themselves. The first edition has neither.
#[derive(Clone, Copy)]
pub struct Judging {
    /// What nobody issued is claimed with what rests on it.
    pub parts: bool,
    /// Issued claims are judged on their own date; else on the as-of date.
    pub own_dates: bool,
}

pub fn claims_judged(catalog: &Catalog, record: &Record, as_of: Date, targets: &[Id], judging: Judging) -> Vec<Id> {
    let rules = Rules::new(catalog, record);
    let given = given(&rules.record, as_of, View::Earned);
    let now = rules.earned(&given, as_of, as_of);
    let issued = |id: Id| now.awards.iter().any(|a| a.issued && a.current && a.credential == id);
    // A target that is issued is not claimed; as a component of others it may be claimed once more.
    let is_target = |id: &Id| targets.contains(id) && !issued(id);
    let can_be_claimed = |id: &Id| rules.own_rules_met(&now, id);
    let of_use = |id: &Id| judging.parts || is_target(id);
    let candidates: Vec<Id> =
        catalog.credentials.keys().copied().filter(|id| of_use(id) && can_be_claimed(id)).collect();
    let fixed: Vec<(Id, Vec<Date>)> = rules.fixed_claims(&now);
    let mut together = Together {
        rules: &rules,
        given: &given,
        as_of,
        judging,
        judge: Judge::new(&rules),
        worlds: BTreeMap::new(),
        issued: now.awards.iter().filter(|a| a.issued).map(|a| a.credential).collect(),
    };
    together.world(as_of);
    if judging.own_dates {
        fixed.iter().flat_map(|(_, days)| days).for_each(|day| together.world(*day));
    }
    let mut best: Option<(usize, Amount, Reverse<Vec<Id>>)> = None;
    for claimed in subsets(&candidates) {
        let chosen: Vec<Id> = claimed.iter().copied().filter(is_target).collect();
        let credits = chosen.iter().map(|id| catalog.credentials[id].credits).sum();
        let rank = Some((chosen.len(), credits, Reverse(chosen)));
        if rank <= best {
            continue;
        }
        let mut open: Vec<(Id, Vec<Option<Date>>)> = claimed.iter().map(|id| (*id, vec![None])).collect();
        for (id, days) in &fixed {
            let days = if judging.own_dates { days.clone() } else { vec![as_of] };
            open.push((id, days.into_iter().map(Some).collect()));
        }
        if together.hold(&open, &mut Vec::new()) {
            best = rank;
        }
    }
    best.map_or(Vec::new(), |(_, _, Reverse(ids))| ids)
}

/// Whose own rules are met if nothing counts by qualification that was issued before: that is not claimed once more for
/// what needs a newer award of it.
pub fn met_without_claiming_again(catalog: &Catalog, record: &Record, as_of: Date) -> BTreeSet<Id> {
    let rules = Rules::new(catalog, record);
    let given = given(&rules.record, as_of, View::Earned);
    let mut world = rules.world(&given, as_of, as_of);
    let issued: BTreeSet<Id> = world.awards.iter().filter(|a| a.issued).map(|a| a.credential).collect();
    let others = catalog.credentials.keys().copied().filter(|id| !issued.contains(id)).collect();
    rules.settle(&mut world, &Qualifying::Only(&others));
    catalog.credentials.keys().copied().filter(|id| rules.own_rules_met(&world, id)).collect()
}

/// Every choice out of a list, in its order.
fn subsets(ids: &[Id]) -> Vec<Vec<Id>> {
    let mut subsets = vec![Vec::new()];
    for id in ids {
        subsets.extend(subsets.clone().into_iter().map(|s| [s, vec![*id]].concat()));
    }
    subsets
}

struct Together<'r> {
    rules: &'r Rules<'r>,
    given: &'r [Given],
    as_of: Date,
    judging: Judging,
    judge: Judge<'r>,
    /// The held sets of the days on which claims are judged.
    worlds: BTreeMap<Date, World>,
    /// Credentials that somebody issued.
    issued: BTreeSet<Id>,
}

impl Together<'_> {
    fn world(&mut self, day: Date) {
        let world = self.rules.earned(self.given, self.as_of, day);
        self.judge.learn(&world);
        self.worlds.insert(day, world);
    }

    /// Whether each of the open claims, fixed ones on one of their days, can choose what it uses so that no two claims
    /// share too much, and what each rests on is claimed as well.
    fn hold(&self, open: &[(Id, Vec<Option<Date>>)], chosen: &mut Vec<Chosen>) -> bool {
        let Some(((id, days), rest)) = open.split_first() else {
            return self.is_founded(chosen);
        };
        for fixed in days {
            for witness in self.witnesses(id, *fixed) {
                let claim = Chosen { id, fixed: *fixed, witness };
                if !chosen.iter().all(|other| self.judge.may_share(&claim, other)) {
                    continue;
                }
                let mut open = rest.to_vec();
                if self.judging.parts {
                    open.extend(self.fixed_parts(&claim, &open, chosen));
                }
                chosen.push(claim);
                let together = self.hold(&open, chosen);
                chosen.pop();
                if together {
                    return true;
                }
            }
        }
        false
    }

    fn witnesses(&self, id: Id, fixed: Option<Date>) -> Vec<Witness> {
        let world = &self.worlds[&fixed.unwrap_or(self.as_of)];
        let found = if self.judging.parts {
            self.rules.witnesses(world, id)
        } else {
            // Its own award by qualification is not there, nor what rests on that; nothing else is claimed.
            let others = self.rules.catalog.credentials.keys().copied().filter(|other| *other != id).collect();
            let mut world = self.rules.world(self.given, self.as_of, world.day);
            self.rules.settle(&mut world, &Qualifying::Only(&others));
            self.rules.witnesses(&world, id)
        };
        if found.is_empty() && fixed.is_some() {
            // The rules of what is issued are not met: it uses nothing.
            return vec![Witness::default()];
        }
        found
    }

    /// What a fixed claim rests on and nobody issued: fixed claims of the same day, unless they are there already.
    fn fixed_parts(
        &self,
        claim: &Chosen,
        open: &[(Id, Vec<Option<Date>>)],
        chosen: &[Chosen],
    ) -> Vec<(Id, Vec<Option<Date>>)> {
        let Some(day) = claim.fixed else {
            return Vec::new();
        };
        let there = |id: &Id| {
            open.iter().any(|(other, days)| other == id && *days == vec![Some(day)])
                || chosen.iter().any(|other| other.id == *id && other.fixed == Some(day))
        };
        let parts = claim.witness.rests_on.iter().filter(|id| !self.issued.contains(*id) && !there(id));
        parts.map(|id| (*id, vec![Some(day)])).collect()
    }

    /// Whether all that claims rest on is claimed, and nothing rests on itself.
    fn is_founded(&self, chosen: &[Chosen]) -> bool {
        if !self.judging.parts {
            return true;
        }
        let mut founded: BTreeSet<(Id, Option<Date>)> = BTreeSet::new();
        loop {
            let is_founded = |claim: &&Chosen| {
                let by_issue = |id: &Id| claim.fixed.is_some() && self.issued.contains(id);
                claim.witness.rests_on.iter().all(|id| by_issue(id) || founded.contains(&(id, claim.fixed)))
            };
            let more: BTreeSet<(Id, Option<Date>)> =
                chosen.iter().filter(is_founded).map(|claim| (claim.id, claim.fixed)).collect();
            if more.len() == founded.len() {
                return founded.len() == chosen.len();
            }
            founded = more;
        }
    }
}
