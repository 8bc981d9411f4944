//! The same case without a feature: its words are taken away, or what they mean is that of the first edition.

use super::super::edition::Feature;
use super::super::model::*;
use super::each_part;

pub fn strip(catalog: &mut Catalog, record: &mut Record, feature: Feature) {
    let mut parts = |change: &dyn Fn(&mut Part)| each_part(catalog, &mut |part| change(part));
    match feature {
        Feature::PartsOfLists => parts(&|part| {
            if let Part::Group { members: Members::List(parts), .. } = part {
                parts.retain(|part| !matches!(part, Part::Group { kind: Kind::Each, .. }));
            }
        }),
        Feature::FilterWords => parts(&|part| {
            if let Part::Group { members: Members::Filter(filter), .. } = part {
                (filter.except, filter.credits, filter.without_tags) = (None, None, None);
            }
        }),
        Feature::Terms => {
            parts(&|part| {
                let c = super::conditions(part);
                c.within.iter_mut().chain(&mut c.held_for).for_each(|period| period.to = None);
            });
            for c in catalog.credentials.values_mut() {
                if let ValidFor::Period(period) = &mut c.valid_for {
                    period.to = None;
                }
            }
        }
        Feature::Until => parts(&|part| super::conditions(part).until = None),
        Feature::HeldFor => parts(&|part| super::conditions(part).held_for = None),
        Feature::Average => parts(&|part| {
            if let Part::Group { average, .. } = part {
                *average = None;
            }
        }),
        Feature::AwardIds => record.awards.iter_mut().for_each(|a| a.id = None),
        Feature::RevokedOn => record.awards.iter_mut().for_each(|a| a.revoked_on = None),
        Feature::Verification => {
            record.only_verified = false;
            record.awards.iter_mut().for_each(|a| a.verification = Verification::Unchecked);
        }
        Feature::WaiverUntil => record.waivers.iter_mut().for_each(|w| w.until = None),
        Feature::PrerequisiteWaiver => record.waivers.retain(|w| w.place != Waived::Prerequisite),
        Feature::OtherIds => catalog.credentials.values_mut().for_each(|c| c.ids.clear()),
        Feature::SharingOf => catalog.sharing.iter_mut().for_each(|p| p.of = None),
        Feature::Corequisite => catalog.credentials.values_mut().for_each(|c| c.corequisite = None),
        Feature::Renews => catalog.credentials.values_mut().for_each(|c| c.renews.clear()),
        Feature::Windows => catalog.credentials.values_mut().for_each(|c| c.windows = None),
        Feature::NotStated => catalog.credentials.values_mut().for_each(|c| c.not_stated = NotStated::default()),
        Feature::UnitsInAtLeast
        | Feature::ShortMonths
        | Feature::GradeOnGroups
        | Feature::AnyIssuer
        | Feature::ComponentsOfPrerequisites
        | Feature::SharingOfParts
        | Feature::PlansShare
        | Feature::ImpliedForAll => catalog.edition = catalog.edition.without(feature),
    }
}
