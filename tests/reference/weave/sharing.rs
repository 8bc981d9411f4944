//! Policies about sharing (semantics 5.5): new words for those that are there, and new ones for plans.

use super::super::drawing::Drawing;
use super::super::edition::{Edition, Feature};
use super::super::model::*;
use super::Loom;

impl Loom {
    fn conferred(&self) -> Vec<Id> {
        self.ids().into_iter().filter(|id| self.catalog.credentials[id].stack.is_some()).collect()
    }

    /// `of`: some of what is shared.
    pub(super) fn limit_some(&mut self) {
        for i in 0..self.catalog.sharing.len() {
            let none = Filter::default;
            let of = match self.drawing.below(5) {
                0 | 1 => Filter { tags: Some(vec!["t"]), ..none() },
                2 => Filter { tags: Some(vec!["u"]), ..none() },
                3 => Filter { kind: Some("Certificate"), ..none() },
                _ => Filter { credits: Some((Some(self.drawing.pick(&[100, 150, 200])), None)), ..none() },
            };
            let filter_words = self.catalog.edition.has(Feature::FilterWords);
            let of = if filter_words || of.credits.is_none() { of } else { Filter { tags: Some(vec!["t"]), ..none() } };
            self.catalog.sharing[i].of = Some(of);
        }
        for id in self.ids() {
            let tags = self.drawing.pick(&[&["t"][..], &["u"], &["t", "u"], &[]]);
            self.catalog.credentials.get_mut(id).unwrap().tags = tags.to_vec();
        }
    }

    /// A conferred credential as a component of others; and issued ones, with some awards that came before them and
    /// some that came later.
    pub(super) fn rest_on_each_other(&mut self) {
        let conferred = self.conferred();
        if conferred.len() < 2 || self.catalog.sharing.is_empty() {
            return;
        }
        for _ in 0..2 {
            let (part, owner) = (self.drawing.pick(&conferred), self.drawing.pick(&conferred));
            let which = self.drawing.below(3);
            if let (false, Some(stack)) = (part == owner, &mut self.catalog.credentials.get_mut(owner).unwrap().stack) {
                let mut leaves = Vec::new();
                collect_leaves(stack, &mut leaves);
                let n = leaves.len();
                if let Some(Part::Credential { id, .. }) = leaves.into_iter().nth(which % n.max(1)) {
                    *id = part;
                }
            }
        }
        let taken: Vec<Id> = self.ids().into_iter().filter(|id| !conferred.contains(id)).collect();
        if self.drawing.chance(35) {
            self.choose_after_the_day(&conferred, &taken);
        } else if self.drawing.chance(60) {
            let id = self.drawing.pick(&conferred);
            let day = self.as_of.minus_days(self.drawing.below(40) as u32);
            self.record.awards.push(award(id, day));
            for i in 0..self.record.awards.len() {
                let (before, after) = (day.minus_days(1), day.next());
                if self.record.awards[i].awarded.is_some() && self.drawing.chance(50) {
                    self.record.awards[i].awarded = Some(self.drawing.pick(&[before, day, after]));
                }
            }
        }
    }
}

impl Loom {
    /// Of what an issued claim could rest on now, only one award was there when it was made; others want just that.
    fn choose_after_the_day(&mut self, conferred: &[Id], taken: &[Id]) {
        let (issued, pair) = (self.drawing.some(conferred, 2), self.drawing.some(taken, 2));
        let ([issued, other], [before, after]) = (issued.as_slice(), pair.as_slice()) else {
            return;
        };
        let either = group(Kind::AnyOf, vec![leaf(before), leaf(after)]);
        for (id, kind, stack) in [(*issued, "Degree", either), (*other, "Certificate", leaf(before))] {
            let c = self.catalog.credentials.get_mut(id).unwrap();
            (c.kind, c.stack, c.prerequisite) = (Some(kind), Some(stack), None);
        }
        self.catalog.sharing[0].between = ("Certificate", "Degree");
        let day = self.as_of.minus_days(10);
        self.record.awards.retain(|a| ![*issued, *before, *after].contains(&a.credential));
        let days = [(before, day.previous()), (issued, day), (after, day.next())];
        self.record.awards.extend(days.map(|(id, day)| award(id, day)));
    }
}

fn collect_leaves<'p>(part: &'p mut Part, leaves: &mut Vec<&'p mut Part>) {
    match part {
        Part::Group { members: Members::List(parts), .. } => {
            parts.iter_mut().for_each(|p| collect_leaves(p, leaves));
        }
        leaf @ Part::Credential { .. } => leaves.push(leaf),
        Part::Group { .. } => {}
    }
}

/// A policy in a case of plans, about the claims that lie on the way to the target; often the target rests on another
/// claim, and both want the same few awards.
pub fn weave_policies(catalog: &mut Catalog, record: &mut Record, target: Id, numbers: Vec<u32>, edition: Edition) {
    let mut drawing = Drawing::new(numbers);
    if !edition.has(Feature::PlansShare) || !drawing.chance(45) {
        return;
    }
    let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
    let of_kind = |conferred: bool| -> Vec<Id> {
        let fits = |id: &Id| *id != target && catalog.credentials[id].stack.is_some() == conferred;
        ids.iter().copied().filter(fits).collect()
    };
    let (conferred, taken) = (of_kind(true), of_kind(false));
    if taken.is_empty() {
        return;
    }
    let wanted: Vec<Part> = drawing.some(&taken, 3).into_iter().map(leaf).collect();
    let need = drawing.pick(&[1, 2, 1]).min(wanted.len() as u32);
    let few = |drawing: &mut Drawing| {
        if drawing.chance(40) {
            group(Kind::Credits(drawing.pick(&[200, 100, 300])), wanted.clone())
        } else {
            group(Kind::AtLeast(need), wanted.clone())
        }
    };
    let kinds = ["Certificate", "Degree"];
    if drawing.chance(80) {
        let own = few(&mut drawing);
        let other = if conferred.is_empty() { None } else { Some(drawing.pick(&conferred)) };
        if let Some(other) = other {
            let stack = few(&mut drawing);
            let c = catalog.credentials.get_mut(other).unwrap();
            (c.stack, c.kind, c.prerequisite) = (Some(stack), Some(kinds[0]), None);
        }
        let parts = other.map(leaf).into_iter().chain([own]).collect();
        let c = catalog.credentials.get_mut(target).unwrap();
        (c.stack, c.kind, c.corequisite) = (Some(group(Kind::AllOf, parts)), Some(kinds[1]), None);
        for part in &wanted {
            if let Part::Credential { id, .. } = part {
                let c = catalog.credentials.get_mut(id).unwrap();
                c.credits = c.credits.max(100);
                c.repeatable = drawing.chance(25);
            }
        }
        // Sometimes the other is there, by awards that are there too.
        if let (Some(other), true) = (other, drawing.chance(40)) {
            record.awards.push(award(other, date(2026, 1, 15)));
            let had: Vec<Id> = drawing.some(&taken, 2);
            record.awards.extend(had.into_iter().map(|id| award(id, date(2026, 1, 10))));
        }
    }
    let max_awards = drawing.pick(&[Some(0), Some(1), None]);
    let max_credits = if max_awards.is_none() { Some(drawing.pick(&[0, 100, 150])) } else { None };
    let of = if edition.has(Feature::SharingOf) && drawing.chance(25) {
        Some(Filter { tags: Some(vec![drawing.pick(&["t", "u"])]), ..Filter::default() })
    } else {
        None
    };
    let between = drawing.pick(&[(kinds[0], kinds[1]), (kinds[0], kinds[1]), (kinds[1], "MicroCredential")]);
    catalog.sharing.push(Sharing { between, max_awards, max_credits, of });
}
