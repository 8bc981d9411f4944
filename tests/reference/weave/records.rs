//! New words in records.

use super::super::generate::NAMES;
use super::super::model::*;
use super::Loom;

/// Further ids, by the place of the credential.
const OTHER_IDS: [Id; 10] =
    ["other-0", "other-1", "other-2", "other-3", "other-4", "other-5", "other-6", "other-7", "other-8", "other-9"];
/// Ids of awards.
const BADGES: [Id; 3] = ["badge-1", "badge-2", "badge-3"];

impl Loom {
    /// 3: an award that stands in the record twice; and ids of others.
    pub(super) fn repeat_award(&mut self) {
        if self.record.awards.is_empty() {
            return;
        }
        for (i, badge) in BADGES.into_iter().enumerate() {
            let n = self.drawing.below(self.record.awards.len());
            if self.record.awards[n].id.is_none() {
                self.record.awards[n].id = Some(badge);
                if i == 0 || self.drawing.chance(30) {
                    let again = self.record.awards[n].clone();
                    if self.drawing.chance(60) {
                        self.catalog.credentials.entry(again.credential).and_modify(|c| c.repeatable = true);
                    }
                    self.record.awards.push(again);
                }
            }
        }
    }

    /// 3: what is one award is told in the same way, whatever was changed in one place.
    pub(super) fn agree(&mut self) {
        let told = self.record.awards.clone();
        for a in self.record.awards.iter_mut().filter(|a| a.id.is_some()) {
            let first = told.iter().find(|other| other.id == a.id).unwrap();
            *a = Award { credential: a.credential, ..first.clone() };
        }
    }

    /// 3: an award that was revoked, on a day or nobody knows when.
    pub(super) fn revoke(&mut self) {
        for _ in 0..2 {
            if self.record.awards.is_empty() {
                return;
            }
            let n = self.drawing.below(self.record.awards.len());
            let day = self.drawing.pick(&[self.as_of, self.as_of.next(), self.as_of.plus_days(20)]);
            let before = self.a_day().plus_days(self.drawing.below(10) as u32);
            let day = if self.drawing.chance(50) { day } else { before };
            let a = &mut self.record.awards[n];
            (a.status, a.revoked_on) = (AwardStatus::Revoked, Some(day));
        }
    }

    /// 3: the caller's word on awards, and whether verified ones alone are asked for.
    pub(super) fn verify(&mut self) {
        self.record.only_verified = self.drawing.chance(40);
        for i in 0..self.record.awards.len() {
            use Verification::{Failed, Unchecked, Verified};
            self.record.awards[i].verification =
                self.drawing.pick(&[Verified, Unchecked, Verified, Failed, Verified, Unchecked]);
        }
    }

    /// 3: a waiver, mostly of a place that exists.
    fn waive(&mut self, places: &[(Id, Waived)]) {
        if !places.is_empty() {
            let (id, place) = self.drawing.pick(places);
            self.record.waivers.push(waiver(id, place));
        }
    }

    /// The places in rules, with their owners.
    fn places(&self, rule: fn(&Credential) -> Option<&Rule>) -> Vec<(Id, Waived)> {
        let mut places = Vec::new();
        for c in self.catalog.credentials.values() {
            if let Some(rule) = rule(c) {
                super::super::generate::walk(rule, &mut |part| match part {
                    Part::Credential { id, .. } => places.push((c.id, Waived::Component(id))),
                    Part::Group { name: Some(name), .. } => places.push((c.id, Waived::Requirement(name))),
                    Part::Group { .. } => {}
                });
            }
        }
        places
    }

    /// 3: all waivers end, one way or the other.
    pub(super) fn end_waiver(&mut self) {
        if self.record.waivers.is_empty() || self.drawing.chance(50) {
            let places = self.places(|c| c.stack.as_ref());
            self.waive(&places);
        }
        for i in 0..self.record.waivers.len() {
            let near = [self.as_of, self.as_of.previous(), self.as_of.plus_days(5), self.as_of.minus_days(20)];
            self.record.waivers[i].until = Some(self.drawing.pick(&near));
        }
    }

    /// 3: a component of a prerequisite.
    pub(super) fn waive_component_of_prerequisite(&mut self) {
        let mut places = self.places(|c| c.prerequisite.as_ref());
        places.retain(|(_, place)| matches!(place, Waived::Component(_)));
        self.waive(&places);
    }

    /// 3: what the first edition calls a group of that name.
    pub(super) fn say_prerequisite(&mut self) {
        for w in &mut self.record.waivers {
            if w.place == Waived::Requirement(PREREQUISITE) {
                w.place = Waived::Prerequisite;
            }
        }
    }

    /// 3: a whole prerequisite; and a group that is called so.
    pub(super) fn waive_prerequisite(&mut self) {
        let with: Vec<(Id, Waived)> = self
            .catalog
            .credentials
            .values()
            .filter(|c| c.prerequisite.is_some())
            .map(|c| (c.id, Waived::Prerequisite))
            .collect();
        self.waive(&with);
        if self.drawing.chance(40) {
            let name = self.drawing.pick(&NAMES[..2]);
            let fits = |part: &Part| matches!(part, Part::Group { name: Some(n), .. } if *n == name);
            self.change_part(&fits, &mut |part| {
                if let Part::Group { name, .. } = part {
                    *name = Some(PREREQUISITE);
                }
            });
            let mut places = self.places(|c| c.stack.as_ref());
            places.extend(self.places(|c| c.prerequisite.as_ref()));
            places.retain(|(_, place)| *place == Waived::Requirement(PREREQUISITE));
            self.waive(&places);
        }
    }

    /// 1: records use further ids.
    pub(super) fn use_other_ids(&mut self) {
        for (id, other) in self.ids().into_iter().zip(OTHER_IDS) {
            if self.drawing.chance(60) {
                self.catalog.credentials.get_mut(id).unwrap().ids = vec![other];
            }
        }
        let mut used: Vec<&mut Id> = self.record.awards.iter_mut().map(|a| &mut a.credential).collect();
        for w in &mut self.record.waivers {
            used.push(&mut w.credential);
            if let Waived::Component(id) = &mut w.place {
                used.push(id);
            }
        }
        for s in &mut self.record.substitutions {
            used.extend([&mut s.used, &mut s.stands_for]);
            used.extend(&mut s.within);
        }
        for id in used {
            let other = self.catalog.credentials.get(*id).and_then(|c| c.ids.first());
            if let (Some(other), true) = (other, self.drawing.chance(60)) {
                *id = other;
            }
        }
    }
}
