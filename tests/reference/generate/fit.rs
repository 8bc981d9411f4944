//! What is drawn, fitted to the catalog.

use super::entries::Aim;
use super::*;

pub(super) struct Fit {
    pub(super) count: usize,
    pub(super) numeric: bool,
}

impl Fit {
    pub(super) fn id(&self, id: Id) -> Id {
        IDS.iter().position(|i| *i == id).map_or(id, |i| IDS[i % self.count])
    }

    /// Sorted, each once.
    pub(super) fn ids(&self, ids: &[Id]) -> Vec<Id> {
        let mut ids: Vec<Id> = ids.iter().map(|id| self.id(id)).collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// In a catalog with numeric grades, F to A are 0, 10, 20.5, 30 and 40.
    pub(super) fn grade(&self, grade: &mut Option<Grade>) {
        if let (true, Some(Grade::Text(word))) = (self.numeric, *grade)
            && let Some(i) = GRADES.iter().position(|g| *g == word)
        {
            *grade = Some(Grade::Number([0, 1000, 2050, 3000, 4000][i]));
        }
    }

    pub(super) fn credential(&self, c: &mut Credential, names_itself: bool) {
        c.counts_as = self.ids(&c.counts_as);
        c.excludes = self.ids(&c.excludes);
        c.counts_as.retain(|id| *id != c.id);
        c.excludes.retain(|id| *id != c.id);
        c.prerequisite.iter_mut().chain(&mut c.stack).for_each(|rule| {
            self.part(rule);
            if !names_itself {
                self.without(c.id, rule);
            }
        });
        let mut names = NAMES.iter();
        c.prerequisite.iter_mut().chain(&mut c.stack).for_each(|rule| name_groups(rule, &mut names));
    }

    /// Most catalogs have no rule that names its own credential: the next one stands in its place.
    pub(super) fn without(&self, owner: Id, part: &mut Part) {
        match part {
            Part::Credential { id, .. } if *id == owner => {
                let next = IDS.iter().position(|i| *i == owner).unwrap() + 1;
                *id = IDS[next % self.count];
            }
            Part::Group { members: Members::List(parts), .. } => parts.iter_mut().for_each(|p| self.without(owner, p)),
            _ => {}
        }
    }

    pub(super) fn award(&self, a: &mut Award) {
        a.credential = self.id(a.credential);
        self.grade(&mut a.grade);
    }

    pub(super) fn waiver(&self, mut w: Waiver, existing: Option<prop::sample::Index>, catalog: &Catalog) -> Waiver {
        w.credential = self.id(w.credential);
        if let Waived::Component(id) = w.place {
            w.place = Waived::Component(self.id(id));
        }
        let mut places = Vec::new();
        for c in catalog.credentials.values() {
            places.extend(c.prerequisite.iter().map(|_| (c.id, Waived::Requirement(PREREQUISITE))));
            for (rule, is_stack) in c.prerequisite.iter().map(|r| (r, false)).chain(c.stack.iter().map(|r| (r, true))) {
                walk(rule, &mut |part| match part {
                    Part::Group { name: Some(name), .. } => places.push((c.id, Waived::Requirement(name))),
                    Part::Credential { id, .. } if is_stack => {
                        places.push((c.id, Waived::Component(id)));
                        let sets = catalog.equivalent.iter().filter(|set| set.contains(id));
                        places.extend(sets.flatten().map(|other| (c.id, Waived::Component(other))));
                    }
                    _ => {}
                });
            }
        }
        if let Some(i) = existing
            && !places.is_empty()
        {
            (w.credential, w.place) = *i.get(&places);
        }
        w
    }

    pub(super) fn substitution(&self, s: Substitution, aim: Aim, catalog: &Catalog, record: &Record) -> Substitution {
        let mut s = Substitution {
            used: self.id(s.used),
            stands_for: self.id(s.stands_for),
            within: s.within.map(|id| self.id(id)),
            ..s
        };
        let mut leaves = Vec::new();
        for c in catalog.credentials.values() {
            for rule in c.prerequisite.iter().chain(&c.stack) {
                walk(rule, &mut |part| {
                    if let Part::Credential { id, .. } = part {
                        leaves.push((c.id, *id));
                    }
                });
            }
        }
        let alone = |(owner, id): &(Id, Id)| {
            let c = &catalog.credentials[owner];
            [&c.prerequisite, &c.stack].into_iter().flatten().any(|rule| *rule == leaf(id))
        };
        if let (true, Some(before)) = (aim.chained, record.substitutions.last()) {
            leaves.retain(|(_, id)| *id != before.stands_for);
            if leaves.iter().any(alone) {
                leaves.retain(alone);
            }
        }
        if let Some(i) = aim.a_leaf
            && !leaves.is_empty()
        {
            let (owner, id) = *i.get(&leaves);
            s.stands_for = id;
            s.within = s.within.map(|within| if catalog.credentials.contains_key(within) { owner } else { within });
        }
        let is_unknown = |id: &Id| !catalog.credentials.contains_key(id);
        let completed = |a: &&Award| a.status == AwardStatus::Completed;
        let mut awards: Vec<Id> = record.awards.iter().filter(completed).map(|a| a.credential).collect();
        if awards.is_empty() || matches!(aim.an_award, Some((_, true))) {
            awards = record.awards.iter().map(|a| a.credential).collect();
        }
        let unknown: Vec<Id> = awards.iter().copied().filter(is_unknown).collect();
        match aim.an_award {
            Some((i, true)) if !unknown.is_empty() => s.used = *i.get(&unknown),
            Some((i, _)) if !awards.is_empty() => s.used = *i.get(&awards),
            _ => {}
        }
        if let (true, Some(before)) = (aim.chained, record.substitutions.last()) {
            s.used = before.stands_for;
        }
        s
    }

    pub(super) fn part(&self, part: &mut Part) {
        let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
        self.grade(&mut conditions.grade);
        match part {
            Part::Credential { id, .. } => *id = self.id(id),
            Part::Group { members, .. } => self.members(members),
        }
    }

    pub(super) fn members(&self, members: &mut Members) {
        if let Members::List(parts) = members {
            parts.iter_mut().for_each(|p| self.part(p));
        }
    }
}

/// Gives each group that has a name the next one; no name when there are no more.
pub(super) fn name_groups(part: &mut Part, names: &mut std::slice::Iter<Id>) {
    if let Part::Group { members, name, .. } = part {
        if name.is_some() {
            *name = names.next().copied();
        }
        if let Members::List(parts) = members {
            parts.iter_mut().for_each(|p| name_groups(p, names));
        }
    }
}

/// The part and all parts written below it.
pub fn walk(part: &Part, visit: &mut dyn FnMut(&Part)) {
    visit(part);
    if let Part::Group { members: Members::List(parts), .. } = part {
        parts.iter().for_each(|p| walk(p, visit));
    }
}

pub(super) fn without_group_pool(part: &mut Part) {
    if let Part::Group { members, .. } = part {
        match members {
            Members::Pool(GROUP_POOL) => *members = Members::Pool(LEAF_POOL),
            Members::List(parts) => parts.iter_mut().for_each(without_group_pool),
            _ => {}
        }
    }
}
