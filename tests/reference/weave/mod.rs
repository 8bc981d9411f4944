//! What the second edition brings, woven into cases of the first: so each feature is drawn only if it is on, and
//! without any the cases are what they always were.

pub use sharing::weave_policies;
pub use strip::strip;

use super::drawing::Drawing;
use super::edition::{Edition, Feature, SECOND_EDITION};
use super::evaluate::days_of_change;
use super::generate::Case;
use super::model::*;

mod later;
mod records;
mod rules;
mod sharing;
mod strip;

/// How many numbers it takes at most.
pub const NUMBERS: usize = 300;

/// A case that is being changed.
struct Loom {
    catalog: Catalog,
    record: Record,
    as_of: Date,
    /// The as-of date is chosen so that something matters.
    day_matters: bool,
    drawing: Drawing,
}

/// Weaves some of the features of the edition into a case.
pub fn weave(case: Case, numbers: Vec<u32>, edition: Edition) -> Case {
    let Case { catalog, record, as_of } = case;
    let mut loom = Loom { catalog, record, as_of, day_matters: false, drawing: Drawing::new(numbers) };
    loom.catalog.edition = edition;
    if edition.has(Feature::PrerequisiteWaiver) && loom.drawing.chance(80) {
        loom.say_prerequisite();
    }
    let features: Vec<Feature> = SECOND_EDITION.iter().map(|(f, _)| *f).filter(|f| edition.has(*f)).collect();
    // Few features come up more often each.
    let percent = if features.len() > 6 { 30 } else { 60 };
    for feature in features {
        if loom.drawing.chance(percent) {
            loom.weave(feature);
        }
    }
    loom.begin_what_is_taken();
    loom.move_day();
    loom.agree();
    let Loom { catalog, record, as_of, .. } = loom;
    Case { catalog, record, as_of }
}

/// Weaves what checks are about into a catalog: no words that make a supposed award depend on when it was made.
pub fn weave_check(catalog: Catalog, numbers: Vec<u32>, edition: Edition) -> Catalog {
    let (record, as_of) = (Record::default(), date(2026, 3, 1));
    let mut loom = Loom { catalog, record, as_of, day_matters: false, drawing: Drawing::new(numbers) };
    loom.catalog.edition = edition;
    let of_checks = [
        Feature::UnitsInAtLeast,
        Feature::FilterWords,
        Feature::GradeOnGroups,
        Feature::AnyIssuer,
        Feature::Average,
        Feature::ImpliedForAll,
    ];
    for feature in of_checks.into_iter().filter(|feature| edition.has(*feature)) {
        if loom.drawing.chance(if feature == Feature::ImpliedForAll { 60 } else { 20 }) {
            loom.weave(feature);
        }
    }
    loom.catalog
}

impl Loom {
    fn weave(&mut self, feature: Feature) {
        match feature {
            Feature::UnitsInAtLeast => self.contest_members(),
            Feature::PartsOfLists => self.put_pool_in_list(),
            Feature::FilterWords => self.narrow_filter(),
            Feature::ShortMonths => self.begin_at_month_ends(),
            Feature::Terms => self.take_to_an_end(),
            Feature::Until => self.ask_for_until(),
            Feature::HeldFor => self.ask_for_held_for(),
            Feature::GradeOnGroups => self.grade_a_group(),
            Feature::AnyIssuer => self.leave_issuer_open(),
            Feature::Average => self.ask_for_average(),
            Feature::AwardIds => self.repeat_award(),
            Feature::RevokedOn => self.revoke(),
            Feature::Verification => self.verify(),
            Feature::WaiverUntil => self.end_waiver(),
            Feature::ComponentsOfPrerequisites => self.waive_component_of_prerequisite(),
            Feature::PrerequisiteWaiver => self.waive_prerequisite(),
            Feature::OtherIds => self.use_other_ids(),
            Feature::SharingOf => self.limit_some(),
            Feature::SharingOfParts => self.rest_on_each_other(),
            Feature::ImpliedForAll => self.repeat_with_condition(),
            Feature::PlansShare => {}
            Feature::Corequisite => self.begin_together(),
            Feature::Renews => self.renew_by_another(),
            Feature::Windows => self.open_windows(),
            Feature::NotStated => self.leave_amounts_out(),
        }
    }

    fn ids(&self) -> Vec<Id> {
        self.catalog.credentials.keys().copied().collect()
    }

    /// Mostly one of which there is an award.
    fn an_id(&mut self) -> Id {
        let ids = self.ids();
        let there: Vec<Id> = self.record.awards.iter().map(|a| a.credential).filter(|id| ids.contains(id)).collect();
        if there.is_empty() || self.drawing.chance(30) { self.drawing.pick(&ids) } else { self.drawing.pick(&there) }
    }

    /// Often the day of an award or the day after or before.
    fn a_day(&mut self) -> Date {
        let days: Vec<Date> = self.record.awards.iter().filter_map(|a| a.awarded).collect();
        if days.is_empty() || self.drawing.chance(20) {
            return self.as_of.minus_days(self.drawing.below(40) as u32);
        }
        let day = self.drawing.pick(&days);
        match self.drawing.below(4) {
            0 | 1 => day,
            2 => day.previous(),
            _ => day.next(),
        }
    }

    /// A completed award, with a date, for a leaf: the id that the leaf names, and its date. That there is one is
    /// likely.
    fn an_award_of_a_leaf(&mut self) -> Option<(Id, Date)> {
        let mut named = Vec::new();
        each_part(&mut self.catalog, &mut |part| {
            if let Part::Credential { id, .. } = part {
                named.push(*id);
            }
        });
        let completed = |a: &&Award| a.status == AwardStatus::Completed && named.contains(&a.credential);
        let there = self.record.awards.iter().filter(completed);
        let there: Vec<(Id, Date)> =
            there.filter_map(|a| a.awarded.filter(|d| *d <= self.as_of).map(|d| (a.credential, d))).collect();
        if there.is_empty() { None } else { Some(self.drawing.pick(&there)) }
    }

    /// Changes the conditions of a leaf that names the credential, or, seldom, of a group; tells whether there is one.
    fn change_conditions(&mut self, named: Option<Id>, change: &mut dyn FnMut(&mut Conditions)) {
        let group = self.drawing.chance(20);
        let fits = |part: &Part| match part {
            Part::Credential { id, .. } => !group && named.is_none_or(|named| *id == named),
            Part::Group { .. } => group,
        };
        self.change_part(&fits, &mut |part| change(conditions(part)));
    }

    /// Of all parts in rules and pools that fit, one is changed; tells whether there is any. Pools and filters in
    /// lists do not fit.
    fn change_part(&mut self, fits: &dyn Fn(&Part) -> bool, change: &mut dyn FnMut(&mut Part)) -> bool {
        let mut number = 0;
        each_part(&mut self.catalog, &mut |part| number += usize::from(fits(part)));
        if number == 0 {
            return false;
        }
        let (chosen, mut i) = (self.drawing.below(number), 0);
        each_part(&mut self.catalog, &mut |part| {
            if fits(part) {
                if i == chosen {
                    change(part);
                }
                i += 1;
            }
        });
        true
    }

    /// Often a day on which something changes, or the day before.
    fn move_day(&mut self) {
        if !self.day_matters && self.drawing.chance(60) {
            let near = |d: &Date| date(2025, 12, 15) < *d && *d < date(2026, 6, 1);
            let days = days_of_change(&self.catalog, &self.record, self.as_of, View::Earned);
            let days: Vec<Date> = days.into_iter().filter(near).collect();
            if !days.is_empty() {
                let day = self.drawing.pick(&days);
                self.as_of = if self.drawing.chance(50) { day.previous() } else { day };
            }
        }
    }
}

/// Every part in rules and pools but pools and filters in lists; those that a change adds are not visited.
pub(super) fn each_part(catalog: &mut Catalog, visit: &mut dyn FnMut(&mut Part)) {
    fn below(part: &mut Part, visit: &mut dyn FnMut(&mut Part)) {
        if let Part::Group { kind: Kind::Each, .. } = part {
            return;
        }
        if let Part::Group { members: Members::List(parts), .. } = part {
            parts.iter_mut().for_each(|p| below(p, visit));
        }
        visit(part);
    }
    for c in catalog.credentials.values_mut() {
        c.prerequisite.iter_mut().chain(&mut c.corequisite).chain(&mut c.stack).for_each(|rule| below(rule, visit));
    }
    for members in catalog.pools.values_mut() {
        if let Members::List(parts) = members {
            parts.iter_mut().for_each(|p| below(p, visit));
        }
    }
}

fn conditions(part: &mut Part) -> &mut Conditions {
    let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
    conditions
}

fn is_leaf(part: &Part) -> bool {
    matches!(part, Part::Credential { .. })
}
