//! Rules for cases of plans: most of them can be met.

use super::draw::*;
use super::*;
use proptest::collection::vec;
use proptest::option::weighted;

/// Fewer than elsewhere: most plans should exist.
pub(super) fn plan_conditions() -> BoxedStrategy<Conditions> {
    let none = Conditions::default;
    prop_oneof![
        36 => Just(none()),
        6 => a_period().prop_map(move |p| Conditions { within: Some(p), ..none() }),
        2 => a_past_date().prop_map(move |d| Conditions { since: Some(d), ..none() }),
        4 => a_grade().prop_map(move |g| Conditions { grade: Some(g), ..none() }),
        2 => issuers().prop_map(move |i| Conditions { issuer: Some(i), ..none() }),
        5 => Just(Conditions { lapsed: true, ..none() }),
        2 => conditions(),
    ]
    .boxed()
}

pub(super) fn plan_span() -> impl Strategy<Value = Option<Period>> {
    weighted(0.25, prop_oneof![2 => prop::sample::select(vec![days(1), weeks(1), weeks(2)]), 1 => a_period()])
}

pub(super) fn a_plan_leaf() -> impl Strategy<Value = Part> {
    (an_id(), plan_conditions()).prop_map(|(id, conditions)| Part::Credential { id, conditions })
}

/// Parts that, as far as they are credentials, name different ones.
pub(super) fn few(part: BoxedStrategy<Part>, n: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Vec<Part>> {
    (vec(part, n), Just(IDS.to_vec()).prop_shuffle())
        .prop_map(|(mut parts, ids)| {
            for (part, other) in parts.iter_mut().zip(ids) {
                if let Part::Credential { id, .. } = part {
                    *id = other;
                }
            }
            parts
        })
        .boxed()
}

pub(super) fn a_plan_sum_part() -> BoxedStrategy<Part> {
    let up_to = |part: BoxedStrategy<Part>| {
        let from = prop_oneof![
            6 => few(part, 1..=3).prop_map(Members::List),
            1 => Just(Members::Pool(LEAF_POOL)),
            1 => a_filter().prop_map(Members::Filter),
        ];
        (an_amount(), from, plan_conditions(), plan_span(), a_name()).prop_map(
            |(cap, members, conditions, span, name)| Part::Group {
                kind: Kind::UpTo(cap),
                members,
                conditions,
                span,
                distinct: false,
                name,
                average: None,
            },
        )
    };
    let shallow = prop_oneof![5 => a_plan_leaf(), 1 => up_to(a_plan_leaf().boxed())].boxed();
    prop_oneof![5 => a_plan_leaf(), 2 => up_to(shallow)].boxed()
}

pub(super) fn a_plan_sum() -> BoxedStrategy<Part> {
    let from = prop_oneof![
        8 => few(a_plan_sum_part(), 2..=4).prop_map(Members::List),
        1 => Just(Members::Pool(LEAF_POOL)),
        1 => Just(Members::Pool(SUM_POOL)),
        2 => a_filter().prop_map(Members::Filter),
    ];
    let need = prop::sample::select(vec![200, 300, 150, 250, 100, 350]);
    let kind = (need, prop::bool::weighted(0.7)).prop_map(|(x, c)| if c { Kind::Credits(x) } else { Kind::Hours(x) });
    (kind, from, plan_conditions(), plan_span(), a_name())
        .prop_map(|(kind, members, conditions, span, name)| Part::Group {
            kind,
            members,
            conditions,
            span,
            distinct: false,
            name,
            average: None,
        })
        .boxed()
}

/// A sum that takes several awards of the same few credentials.
pub(super) fn a_large_sum() -> BoxedStrategy<Part> {
    let up_to = (prop::sample::select(vec![200, 300, 250, 100]), few(a_plan_leaf().boxed(), 1..=2))
        .prop_map(|(cap, parts)| group(Kind::UpTo(cap), parts));
    let part = prop_oneof![2 => a_plan_leaf(), 1 => up_to].boxed();
    let need = prop::sample::select(vec![400, 300, 350, 500]);
    (need, few(part, 2..=3)).prop_map(|(need, parts)| group(Kind::Credits(need), parts)).boxed()
}

pub(super) fn a_plan_group(part: BoxedStrategy<Part>) -> BoxedStrategy<Part> {
    let list = prop_oneof![12 => few(part.clone(), 2..=4), 1 => few(part, 0..=1)].prop_map(Members::List).boxed();
    let from = prop_oneof![
        6 => list.clone(),
        2 => Just(Members::Pool(LEAF_POOL)),
        1 => Just(Members::Pool(GROUP_POOL)),
        2 => a_filter().prop_map(Members::Filter),
    ];
    let of_kind = prop_oneof![
        5 => list.clone().prop_map(|m| (Kind::AllOf, m)),
        4 => list.prop_map(|m| (Kind::AnyOf, m)),
        5 => (prop::sample::select(vec![2, 2, 1, 2, 3]), from).prop_map(|(n, m)| (Kind::AtLeast(n), m)),
    ];
    (of_kind, plan_conditions(), plan_span(), is_distinct(0.25), a_name())
        .prop_map(|((kind, members), conditions, span, distinct, name)| Part::Group {
            kind,
            members,
            conditions,
            span,
            distinct,
            name,
            average: None,
        })
        .boxed()
}

/// A distinct group over parts that all name the same few credentials.
pub(super) fn a_contested_plan_group(part: BoxedStrategy<Part>) -> BoxedStrategy<Part> {
    let few_ids = prop_oneof![1 => vec(an_id(), 1), 4 => vec(an_id(), 2), 8 => vec(an_id(), 3), 4 => vec(an_id(), 4)];
    let number = weighted(0.4, prop::sample::select(vec![2, 2, 3]));
    (vec(part, 2..=4), few_ids, number, plan_conditions(), a_name())
        .prop_map(|(mut parts, few_ids, number, conditions, name)| {
            parts.iter_mut().for_each(|p| only_naming(&few_ids, p));
            let kind = number.map_or(Kind::AllOf, Kind::AtLeast);
            Part::Group {
                kind,
                members: Members::List(parts),
                conditions,
                span: None,
                distinct: true,
                name,
                average: None,
            }
        })
        .boxed()
}

pub(super) fn a_plan_rule() -> BoxedStrategy<Part> {
    let over_leaves = || a_plan_group(a_plan_leaf().boxed());
    let contested_leaves = a_contested_plan_group(a_plan_leaf().boxed());
    let contesting =
        prop_oneof![4 => a_plan_leaf(), 3 => over_leaves(), 1 => a_plan_sum(), 1 => contested_leaves.clone()].boxed();
    let low = prop_oneof![6 => a_plan_leaf(), 2 => over_leaves(), 1 => a_plan_sum(), 1 => contested_leaves].boxed();
    prop_oneof![2 => a_plan_leaf(), 6 => a_plan_group(low), 3 => a_plan_sum(), 3 => a_contested_plan_group(contesting)]
        .boxed()
}

/// Takes away what is written twice in one list, and asks for no more parts than are left.
pub(super) fn each_once(part: &mut Part) {
    if let Part::Group { kind, members: Members::List(parts), .. } = part {
        let mut left: Vec<Part> = Vec::new();
        for mut part in std::mem::take(parts) {
            each_once(&mut part);
            if !left.contains(&part) {
                left.push(part);
            }
        }
        if let Kind::AtLeast(n) = kind {
            *n = (*n).min(left.len() as u32);
        }
        *parts = left;
    }
}

/// One that can mostly be met, in several ways.
pub(super) fn a_top_rule() -> BoxedStrategy<Part> {
    let over = |kind, parts: BoxedStrategy<Vec<Part>>, distinct| {
        (parts, prop::bool::weighted(distinct)).prop_map(move |(parts, distinct)| Part::Group {
            kind,
            members: Members::List(parts),
            conditions: Conditions::default(),
            span: None,
            distinct,
            name: None,
            average: None,
        })
    };
    let leaves = || few(a_plan_leaf().boxed(), 2..=4);
    let low = prop_oneof![
        5 => a_plan_leaf(),
        2 => over(Kind::AnyOf, leaves(), 0.0),
        5 => over(Kind::AtLeast(2), few(a_plan_leaf().boxed(), 3..=5), 0.3),
        1 => over(Kind::AllOf, leaves(), 0.3),
        2 => a_plan_sum(),
    ]
    .boxed();
    prop_oneof![
        7 => over(Kind::AllOf, few(low.clone(), 2..=3), 0.3),
        3 => over(Kind::AtLeast(2), few(low.clone(), 3..=4), 0.5),
        1 => over(Kind::AnyOf, few(low, 2..=3), 0.0),
        2 => over(Kind::AtLeast(3), few(a_plan_leaf().boxed(), 4..=5), 0.3),
        2 => a_plan_sum(),
    ]
    .boxed()
}

pub(super) fn a_plan_credential() -> impl Strategy<Value = Credential> {
    let stack = prop_oneof![1 => a_plan_rule(), 1 => a_plan_group(a_plan_leaf().boxed()), 1 => a_plan_leaf()];
    let a_price = || prop::sample::select(vec![100, 200, 100, 300, 250, 150, 0, 500]);
    let for_a_while = weighted(0.4, a_period()).prop_map(|p| p.map_or(ValidFor::Forever, ValidFor::Period));
    let stack_and_validity = prop_oneof![
        8 => (Just(None), for_a_while),
        5 => (stack.prop_map(Some), prop_oneof![
            3 => Just(ValidFor::Forever),
            2 => Just(ValidFor::WhileComponents),
            1 => a_period().prop_map(ValidFor::Period),
        ]),
    ];
    let window = prop_oneof![
        20 => Just((None, None)),
        1 => a_date().prop_map(|d| (Some(d), None)),
        1 => a_date().prop_map(|d| (None, Some(d))),
        1 => (a_date(), a_date()).prop_map(|(a, b)| (Some(a.min(b)), Some(a.max(b)))),
    ];
    let labels = (
        weighted(0.5, prop::sample::select(vec!["Course", "Certificate", "MicroCredential"])),
        weighted(0.7, prop::sample::select(ISSUERS.to_vec())),
        weighted(0.6, 1i64..=4),
        prop_oneof![1 => Just(vec![]), 3 => prop::sample::subsequence(TAGS.to_vec(), 1..=2)],
    );
    let prerequisite = prop_oneof![4 => a_plan_leaf(), 1 => a_plan_rule()];
    let links = (
        weighted(0.35, prerequisite),
        weighted(0.12, vec(an_id(), 1..=2)),
        weighted(0.35, Just(())),
        weighted(0.12, vec(an_id(), 1..=2)),
    );
    let renewal = (a_price(), a_price()).prop_map(|(cost, hours)| Renewal { cost, hours });
    let amounts = (an_amount(), a_price(), a_price(), weighted(0.4, renewal), prop::bool::weighted(0.5));
    (labels, amounts, stack_and_validity, window, links).prop_map(
        |((kind, issuer, level, tags), amounts, (stack, valid_for), (offered_from, offered_until), links)| {
            let (credits, hours, cost, renewal, fee) = amounts;
            let (prerequisite, counts_as, repeatable, excludes) = links;
            // Half of the claims are free.
            let free = stack.is_some() && !fee;
            Credential {
                kind,
                issuer,
                level,
                credits,
                hours: if free { 0 } else { hours },
                cost: if free { 0 } else { cost },
                renewal,
                valid_for,
                offered_from,
                offered_until,
                tags,
                prerequisite,
                stack,
                counts_as: counts_as.unwrap_or_default(),
                repeatable: repeatable.is_some(),
                excludes: excludes.unwrap_or_default(),
                ..credential("")
            }
        },
    )
}
