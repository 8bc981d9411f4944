//! What parts and rules are drawn of.

use super::super::model::*;
use super::*;
use proptest::collection::vec;
use proptest::option::{of, weighted};

pub(super) fn an_id() -> impl Strategy<Value = Id> {
    (0..IDS.len()).prop_map(|i| IDS[i])
}

/// A few days around month ends, so that many coincide, and a few weeks around those.
pub(super) fn a_date() -> impl Strategy<Value = Date> {
    let base = date(2026, 3, 1);
    prop_oneof![
        4 => prop::sample::select(vec![
            base, date(2026, 2, 28), date(2026, 3, 2), date(2026, 1, 31), date(2026, 3, 31), date(2026, 2, 1),
            date(2026, 2, 22),
        ]),
        2 => (0u32..15).prop_map(move |n| base.minus_days(n)),
        1 => (0u32..70).prop_map(move |n| base.minus_days(n)),
        1 => (0u32..35).prop_map(move |n| base.plus_days(n)),
    ]
}

/// A date for an award or a bound in the past: rarely after the usual as-of dates.
pub(super) fn a_past_date() -> impl Strategy<Value = Date> {
    prop_oneof![
        3 => (0u32..65).prop_map(|n| date(2026, 3, 1).minus_days(n)),
        2 => a_date(),
        1 => Just(date(2025, 3, 1)),
        1 => Just(date(2024, 2, 29)),
    ]
}

pub(super) fn a_period() -> impl Strategy<Value = Period> {
    prop::sample::select(vec![
        months(1),
        days(1),
        days(2),
        days(7),
        weeks(1),
        weeks(2),
        weeks(4),
        months(1),
        months(2),
        years(1),
        days(28),
        years(2),
    ])
}

pub(super) fn an_amount() -> impl Strategy<Value = Amount> {
    prop::sample::select(vec![100, 200, 100, 300, 100, 50, 200, 0, 150, 125])
}

pub(super) fn issuers() -> impl Strategy<Value = Vec<Id>> {
    prop_oneof![3 => Just(vec!["x"]), 2 => Just(vec!["y"]), 1 => Just(vec!["x", "y"])]
}

pub(super) fn a_grade() -> impl Strategy<Value = Grade> {
    prop::sample::select(GRADES.to_vec()).prop_map(Grade::Text)
}

/// Mostly none; otherwise mostly one.
pub(super) fn conditions() -> BoxedStrategy<Conditions> {
    let none = Conditions::default;
    prop_oneof![
        30 => Just(none()),
        4 => a_period().prop_map(move |p| Conditions { within: Some(p), ..none() }),
        2 => a_past_date().prop_map(move |d| Conditions { since: Some(d), ..none() }),
        3 => a_grade().prop_map(move |g| Conditions { grade: Some(g), ..none() }),
        2 => issuers().prop_map(move |i| Conditions { issuer: Some(i), ..none() }),
        4 => Just(Conditions { lapsed: true, ..none() }),
        2 => (of(a_period()), of(a_past_date()), weighted(0.3, a_grade()), weighted(0.3, issuers()), any::<bool>())
            .prop_map(move |(within, since, grade, issuer, lapsed)| Conditions {
                within,
                since,
                grade,
                issuer,
                lapsed,
                ..none()
            }),
    ]
    .boxed()
}

pub(super) fn a_leaf() -> impl Strategy<Value = Part> {
    (an_id(), conditions()).prop_map(|(id, conditions)| Part::Credential { id, conditions })
}

pub(super) fn a_filter() -> impl Strategy<Value = Filter> {
    let none = Filter::default;
    let kind = || prop::sample::select(vec!["Course", "MicroCredential", "Certificate"]);
    let tags = || prop_oneof![Just(vec!["t"]), Just(vec!["u"]), Just(vec!["t", "u"])];
    let level = || (of(1i64..=2), of(2i64..=4)).prop_filter("a bound", |(min, max)| min.is_some() || max.is_some());
    prop_oneof![
        3 => tags().prop_map(move |t| Filter { tags: Some(t), ..none() }),
        2 => kind().prop_map(move |k| Filter { kind: Some(k), ..none() }),
        1 => issuers().prop_map(move |i| Filter { issuer: Some(i), ..none() }),
        1 => level().prop_map(move |l| Filter { level: Some(l), ..none() }),
        1 => (of(tags()), kind(), of(issuers()), weighted(0.3, level()))
            .prop_map(move |(tags, kind, issuer, level)| Filter { tags, kind: Some(kind), issuer, level, ..none() }),
    ]
}

pub(super) fn leaf_members() -> impl Strategy<Value = Members> {
    prop_oneof![
        2 => vec(a_leaf(), 1..=3).prop_map(Members::List),
        2 => (vec(a_leaf(), 2..=3), vec(an_id(), 1..=2)).prop_map(|(mut parts, few_ids)| {
            parts.iter_mut().for_each(|p| only_naming(&few_ids, p));
            Members::List(parts)
        }),
        1 => a_filter().prop_map(Members::Filter),
    ]
}

pub(super) fn span() -> impl Strategy<Value = Option<Period>> {
    prop_oneof![
        6 => Just(None),
        3 => prop::sample::select(vec![weeks(1), days(1), weeks(2), days(2), months(1)]).prop_map(Some),
        1 => a_period().prop_map(Some),
    ]
}

pub(super) fn is_distinct(often: f64) -> impl Strategy<Value = bool> {
    prop::bool::weighted(often)
}

/// Any name: each group that has one gets its own later.
pub(super) fn a_name() -> impl Strategy<Value = Option<Id>> {
    weighted(0.3, Just(NAMES[0]))
}

/// A credential or `up_to`, as they stand in sums.
pub(super) fn sum_part() -> BoxedStrategy<Part> {
    let up_to = |part: BoxedStrategy<Part>| {
        let from = prop_oneof![
            6 => vec(part, 0..=2).prop_map(Members::List),
            1 => Just(Members::Pool(LEAF_POOL)),
            1 => a_filter().prop_map(Members::Filter),
        ];
        let labels = (is_distinct(0.05), a_name());
        (an_amount(), from, conditions(), weighted(0.1, a_period()), labels).prop_map(
            |(cap, members, conditions, span, (distinct, name))| Part::Group {
                kind: Kind::UpTo(cap),
                members,
                conditions,
                span,
                distinct,
                name,
                average: None,
            },
        )
    };
    let shallow = prop_oneof![5 => a_leaf(), 1 => up_to(a_leaf().boxed())].boxed();
    prop_oneof![9 => a_leaf(), 4 => up_to(shallow)].boxed()
}

pub(super) fn a_sum() -> BoxedStrategy<Part> {
    let from = prop_oneof![
        8 => vec(sum_part(), 1..=3).prop_map(Members::List),
        1 => Just(Members::Pool(LEAF_POOL)),
        1 => Just(Members::Pool(SUM_POOL)),
        1 => a_filter().prop_map(Members::Filter),
    ];
    let need = prop_oneof![
        6 => prop::sample::select(vec![200, 300, 100, 400, 250, 350]),
        1 => 0i64..=600,
    ];
    let kind =
        (need, weighted(0.7, Just(()))).prop_map(|(x, c)| if c.is_some() { Kind::Credits(x) } else { Kind::Hours(x) });
    (kind, from, conditions(), span(), is_distinct(0.1), a_name())
        .prop_map(|(kind, members, conditions, span, distinct, name)| Part::Group {
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

/// A group over the given parts. Empty lists and counts above the number of parts come up too.
pub(super) fn a_group(part: BoxedStrategy<Part>) -> BoxedStrategy<Part> {
    let list = vec(part, 0..=3).prop_map(Members::List).boxed();
    let from = prop_oneof![
        5 => list.clone(),
        2 => Just(Members::Pool(LEAF_POOL)),
        1 => Just(Members::Pool(GROUP_POOL)),
        2 => a_filter().prop_map(Members::Filter),
    ];
    let of_kind = prop_oneof![
        4 => list.clone().prop_map(|m| (Kind::AllOf, m)),
        2 => list.prop_map(|m| (Kind::AnyOf, m)),
        3 => (prop::sample::select(vec![2, 1, 2, 1, 3, 0]), from).prop_map(|(n, m)| (Kind::AtLeast(n), m)),
    ];
    (of_kind, conditions(), span(), is_distinct(0.5), a_name())
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

/// A group, mostly distinct, over parts that all name the same few credentials: those contest the awards.
pub(super) fn a_contested_group(part: BoxedStrategy<Part>) -> BoxedStrategy<Part> {
    let few_ids = prop_oneof![2 => vec(an_id(), 1), 4 => vec(an_id(), 2), 1 => vec(an_id(), 3)];
    let number = prop::sample::select(vec![2, 2, 3, 1]);
    let labels = (is_distinct(0.9), a_name());
    (vec(part, 2..=3), few_ids, weighted(0.4, number), conditions(), span(), labels)
        .prop_map(|(mut parts, few_ids, number, conditions, span, (distinct, name))| {
            parts.iter_mut().for_each(|p| only_naming(&few_ids, p));
            let kind = number.map_or(Kind::AllOf, Kind::AtLeast);
            Part::Group { kind, members: Members::List(parts), conditions, span, distinct, name, average: None }
        })
        .boxed()
}

pub(super) fn only_naming(ids: &[Id], part: &mut Part) {
    match part {
        Part::Credential { id, .. } => *id = ids[IDS.iter().position(|i| i == id).unwrap() % ids.len()],
        Part::Group { members: Members::List(parts), .. } => parts.iter_mut().for_each(|p| only_naming(ids, p)),
        Part::Group { .. } => {}
    }
}

pub(super) fn a_rule() -> BoxedStrategy<Part> {
    let over_leaves = || a_group(a_leaf().boxed());
    let contested_leaves = a_contested_group(a_leaf().boxed());
    let contesting =
        prop_oneof![5 => a_leaf(), 2 => over_leaves(), 1 => a_sum(), 1 => contested_leaves.clone()].boxed();
    let low = prop_oneof![6 => a_leaf(), 1 => over_leaves(), 1 => a_sum(), 1 => contested_leaves].boxed();
    prop_oneof![5 => a_leaf(), 5 => a_group(low), 3 => a_sum(), 4 => a_contested_group(contesting)].boxed()
}
