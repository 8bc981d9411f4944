//! Credentials, awards, waivers and substitutions, as they are drawn.

use super::draw::*;
use super::*;
use proptest::collection::vec;
use proptest::option::{of, weighted};

pub(super) fn a_credential() -> impl Strategy<Value = Credential> {
    let stack_and_validity = prop_oneof![
        4 => (Just(None), weighted(0.5, a_period()))
            .prop_map(|(none, p)| (none, p.map_or(ValidFor::Forever, ValidFor::Period))),
        5 => (a_rule().prop_map(Some), prop_oneof![
            3 => Just(ValidFor::Forever),
            2 => Just(ValidFor::WhileComponents),
            1 => a_period().prop_map(ValidFor::Period),
        ]),
    ];
    let window = prop_oneof![
        6 => Just((None, None)),
        1 => a_date().prop_map(|d| (Some(d), None)),
        2 => a_date().prop_map(|d| (None, Some(d))),
        1 => (a_date(), a_date()).prop_map(|(a, b)| (Some(a.min(b)), Some(a.max(b)))),
        1 => (a_date(), a_date()).prop_map(|(a, b)| (Some(a), Some(b))),
    ];
    let labels = (
        weighted(0.5, prop::sample::select(vec!["Course", "Certificate", "MicroCredential"])),
        of(prop::sample::select(ISSUERS.to_vec())),
        weighted(0.6, 1i64..=4),
        prop::sample::subsequence(TAGS.to_vec(), 0..=2),
    );
    let links = (
        weighted(0.25, a_rule()),
        weighted(0.25, vec(an_id(), 1..=2)),
        weighted(0.25, Just(())),
        weighted(0.05, an_id()),
    );
    let amounts = (an_amount(), an_amount(), weighted(0.3, an_amount()));
    (labels, amounts, stack_and_validity, window, links).prop_map(
        |(
            (kind, issuer, level, tags),
            (credits, hours, cost),
            (stack, valid_for),
            (offered_from, offered_until),
            links,
        )| {
            let (prerequisite, counts_as, repeatable, excludes) = links;
            Credential {
                kind,
                issuer,
                level,
                credits,
                hours,
                cost: cost.unwrap_or(0),
                valid_for,
                offered_from,
                offered_until,
                tags,
                prerequisite,
                stack,
                counts_as: counts_as.unwrap_or_default(),
                repeatable: repeatable.is_some(),
                excludes: excludes.into_iter().collect(),
                ..credential("")
            }
        },
    )
}

pub(super) fn an_award() -> impl Strategy<Value = Award> {
    let what = prop_oneof![30 => an_id(), 4 => Just(UNKNOWN), 1 => Just(UNKNOWN_TOO)];
    let grade = prop_oneof![
        9 => a_grade(),
        1 => prop::sample::select(vec![Grade::Text("E"), Grade::Number(100_000)]),
    ];
    let status = prop_oneof![
        24 => Just(AwardStatus::Completed),
        5 => Just(AwardStatus::InProgress),
        3 => Just(AwardStatus::Planned),
        2 => Just(AwardStatus::Revoked),
    ];
    let dates = (weighted(0.9, a_past_date()), weighted(0.2, a_date()));
    let own = (
        weighted(0.25, an_amount()),
        weighted(0.25, an_amount()),
        of(grade),
        weighted(0.3, prop::sample::select(ISSUERS.to_vec())),
    );
    (what, dates, own, status).prop_map(
        |(credential, (awarded, valid_until), (credits, hours, grade, issuer), status)| Award {
            credential,
            awarded,
            valid_until,
            credits,
            hours,
            grade,
            issuer,
            status,
            ..award(credential, date(2026, 1, 1))
        },
    )
}

pub(super) fn an_id_or_unknown() -> impl Strategy<Value = Id> {
    prop_oneof![12 => an_id(), 1 => Just(UNKNOWN)]
}

/// A waiver of a place that may not exist; or, by the index, of one that does.
pub(super) fn a_waiver() -> impl Strategy<Value = (Waiver, Option<prop::sample::Index>)> {
    let requirement = prop::sample::select(vec![NAMES[0], NAMES[1], PREREQUISITE, NO_SUCH_GROUP]);
    let place = prop_oneof![
        1 => requirement.prop_map(Waived::Requirement),
        1 => an_id_or_unknown().prop_map(Waived::Component),
    ];
    let texts = (weighted(0.2, Just("moved here")), weighted(0.2, Just("the \"dean\"")));
    let existing = weighted(0.75, any::<prop::sample::Index>());
    (an_id_or_unknown(), place, texts, existing).prop_map(|(credential, place, (reason, authority), existing)| {
        (Waiver { credential, place, until: None, reason, authority }, existing)
    })
}

/// What is to replace the ids of a substitution by ids that make it matter.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    /// `use` is the id of an award: with the second, one that the catalog does not know, if there is any; without,
    /// one that is completed.
    pub(super) an_award: Option<(prop::sample::Index, bool)>,
    /// `use` is the `for` of the substitution before; the leaf is preferably all of a rule.
    pub(super) chained: bool,
    /// `for` is a leaf, and `within`, if it is given, the credential in whose rule the leaf stands.
    pub(super) a_leaf: Option<prop::sample::Index>,
}

pub(super) fn a_substitution() -> impl Strategy<Value = (Substitution, Aim)> {
    let used = prop_oneof![3 => an_id(), 2 => Just(UNKNOWN), 1 => Just(UNKNOWN_TOO)];
    let texts = (weighted(0.2, Just("agreed")), weighted(0.2, Just("the registrar")));
    let index = any::<prop::sample::Index>;
    let aim = (weighted(0.85, (index(), any::<bool>())), prop::bool::weighted(0.7), weighted(0.85, index()))
        .prop_map(|(an_award, chained, a_leaf)| Aim { an_award, chained, a_leaf });
    (used, an_id_or_unknown(), weighted(0.5, an_id_or_unknown()), texts, aim).prop_map(
        |(used, stands_for, within, (reason, authority), aim)| {
            (Substitution { used, stands_for, within, reason, authority }, aim)
        },
    )
}
