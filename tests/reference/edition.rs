//! The second edition of the contract, feature by feature: what the engine does not know yet is switched off here, for
//! the generator and for the evaluator alike.

/// What the second edition adds or changes. Those that bring new words are drawn by the generator only if they are on;
/// those that change what old words mean change the evaluator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    /// 2.2: `at_least` counts units and members.
    UnitsInAtLeast,
    /// 2: `{ pool = … }` and `{ filter = … }` as parts of lists.
    PartsOfLists,
    /// 2: `except`, `credits` and `without_tags` of filters.
    FilterWords,
    /// 1.2: the last day of a period that ends in a month too short for it.
    ShortMonths,
    /// 1.2: `{ period, to }` in `valid_for` and `within`, and in `held_for` if that is on.
    Terms,
    /// 2.5: `until`.
    Until,
    /// 2.5: `held_for`.
    HeldFor,
    /// 2.5: `grade` on a group does not reach conferred credentials.
    GradeOnGroups,
    /// 2.5: a credential without an issuer may be issued by anybody.
    AnyIssuer,
    /// 2.7: `average`, with `grade_points`.
    Average,
    /// 3: `id` of an award.
    AwardIds,
    /// 3: `revoked_on`.
    RevokedOn,
    /// 3: `verification`, and the option that asks for verified awards alone.
    Verification,
    /// 3: `until` of a waiver.
    WaiverUntil,
    /// 3: a waiver of a component of a prerequisite (or corequisite).
    ComponentsOfPrerequisites,
    /// 3: `prerequisite = true` of a waiver; no group name is reserved.
    PrerequisiteWaiver,
    /// 1: `ids` of a credential.
    OtherIds,
    /// 5.5: `of` of a policy.
    SharingOf,
    /// 5.5: what nobody issued is claimed with what rests on it; issued claims are judged on their own date.
    SharingOfParts,
    /// 5.5: plans obey the policies.
    PlansShare,
    /// 8.1: implied for every record, not only for the learner who does everything well.
    ImpliedForAll,
    /// 4.6: `corequisite`.
    Corequisite,
    /// 3.9: `renews`.
    Renews,
    /// 1: several windows, and yearly ones.
    Windows,
    /// 1.1: amounts that are not stated, in the order of plans.
    NotStated,
}

/// What the engine knows. This is the one place to switch a feature on, for the tests that compare it with the
/// reference.
pub const SECOND_EDITION: [(Feature, bool); 25] = [
    (Feature::UnitsInAtLeast, true),
    (Feature::PartsOfLists, true),
    (Feature::FilterWords, true),
    (Feature::ShortMonths, true),
    (Feature::Terms, true),
    (Feature::Until, true),
    (Feature::HeldFor, true),
    (Feature::GradeOnGroups, true),
    (Feature::AnyIssuer, true),
    (Feature::Average, true),
    (Feature::AwardIds, true),
    (Feature::RevokedOn, true),
    (Feature::Verification, true),
    (Feature::WaiverUntil, true),
    (Feature::ComponentsOfPrerequisites, true),
    (Feature::PrerequisiteWaiver, true),
    (Feature::OtherIds, true),
    (Feature::SharingOf, true),
    (Feature::SharingOfParts, true),
    (Feature::PlansShare, true),
    (Feature::ImpliedForAll, true),
    (Feature::Corequisite, true),
    (Feature::Renews, true),
    (Feature::Windows, true),
    (Feature::NotStated, true),
];

/// The features by which a catalog is read: a catalog of the model carries them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Edition(u32);

impl Edition {
    pub const FIRST: Edition = Edition(0);

    /// All features.
    pub fn second() -> Edition {
        SECOND_EDITION.iter().fold(Edition::FIRST, |edition, (feature, _)| edition.with(*feature))
    }

    /// What is switched on.
    pub fn current() -> Edition {
        let on = SECOND_EDITION.iter().filter(|(_, on)| *on);
        on.fold(Edition::FIRST, |edition, (feature, _)| edition.with(*feature))
    }

    pub fn with(self, feature: Feature) -> Edition {
        Edition(self.0 | 1 << feature as u32)
    }

    pub fn without(self, feature: Feature) -> Edition {
        Edition(self.0 & !(1 << feature as u32))
    }

    pub fn has(self, feature: Feature) -> bool {
        self.0 & 1 << feature as u32 != 0
    }
}

impl Default for Edition {
    fn default() -> Edition {
        Edition::current()
    }
}

impl std::fmt::Debug for Edition {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let on = SECOND_EDITION.iter().map(|(feature, _)| feature).filter(|feature| self.has(**feature));
        f.debug_set().entries(on).finish()
    }
}
