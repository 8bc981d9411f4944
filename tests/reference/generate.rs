//! Strategies for small cases: a catalog of two to seven credentials, a record of at most six awards, and an
//! as-of date, made so that dates, amounts and names meet often.
//!
//! Parts are drawn with ids and grades from fixed lists and then fitted to the catalog at hand (its number of
//! credentials, its kind of grades), so that cases shrink well.

use super::evaluate::days_of_change;
use super::model::*;
use super::write::{write_catalog, write_record};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use std::fmt;

pub const IDS: [Id; 7] = ["a", "b", "c", "d", "e", "f", "g"];
/// Known to no catalog.
pub const UNKNOWN: Id = "unknown";
pub const GRADES: [&str; 5] = ["F", "D", "C", "B", "A"];
const ISSUERS: [Id; 2] = ["x", "y"];
const TAGS: [Id; 2] = ["t", "u"];
/// A list or filter of leaves; usable in every group.
const LEAF_POOL: Id = "leaves";
/// A list with `up_to` in it; usable in sums.
const SUM_POOL: Id = "amounts";
/// A list with groups in it; usable in `at_least`.
const GROUP_POOL: Id = "groups";

#[derive(Clone, PartialEq, Eq)]
pub struct Case {
    pub catalog: Catalog,
    pub record: Record,
    pub as_of: Date,
}

/// The case as the engine would read it.
impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let (catalog, record) = (write_catalog(&self.catalog, None), write_record(&self.record, None));
        let Date { year, month, day } = self.as_of;
        write!(f, "as of {year:04}-{month:02}-{day:02}\n{catalog}\n# record\n{record}")
    }
}

pub fn case() -> impl Strategy<Value = Case> {
    let catalog = (
        vec((a_credential(), prop::bool::weighted(0.1)), 2..=7),
        prop_oneof![3 => Just(Vec::new()), 2 => vec(vec(an_id(), 2..=3), 1), 1 => vec(vec(an_id(), 2..=3), 2)],
        any::<bool>(),
        leaf_members(),
        vec(sum_part(), 0..=2),
        vec(a_rule(), 0..=3),
    );
    let awards = prop_oneof![1 => vec(an_award(), 0..=2), 4 => vec(an_award(), 2..=6)];
    let on_a_change = weighted(0.5, (any::<prop::sample::Index>(), any::<bool>()));
    (catalog, awards, a_date(), on_a_change).prop_map(|(catalog, awards, as_of, on_a_change)| {
        let (credentials, equivalent, numeric, leaves, amounts, groups) = catalog;
        let fit = Fit { count: credentials.len(), numeric };
        let mut catalog = Catalog { grades: if numeric { None } else { Some(GRADES.to_vec()) }, ..Catalog::default() };
        for (i, (mut c, names_itself)) in credentials.into_iter().enumerate() {
            c.id = IDS[i];
            fit.credential(&mut c, names_itself);
            catalog.credentials.insert(c.id, c);
        }
        catalog.equivalent = equivalent.into_iter().map(|set| fit.ids(&set)).filter(|set| set.len() > 1).collect();
        let (mut leaves, mut amounts, mut groups) = (leaves, Members::List(amounts), Members::List(groups));
        for (name, members) in [(LEAF_POOL, &mut leaves), (SUM_POOL, &mut amounts), (GROUP_POOL, &mut groups)] {
            fit.members(members);
            catalog.pools.insert(name, members.clone());
        }
        // A pool of groups that uses itself would be cyclic.
        if let Some(Members::List(parts)) = catalog.pools.get_mut(GROUP_POOL) {
            parts.iter_mut().for_each(without_group_pool);
        }
        let mut record = Record { awards };
        record.awards.iter_mut().for_each(|a| fit.award(a));
        // Often a day on which something changes, or the day before.
        let near = |d: &Date| date(2025, 12, 15) < *d && *d < date(2026, 5, 1);
        let days: Vec<Date> = days_of_change(&catalog, &record).into_iter().filter(near).collect();
        let as_of = match on_a_change {
            Some((i, day_before)) if !days.is_empty() => {
                let day = *i.get(&days);
                if day_before { day.previous() } else { day }
            }
            _ => as_of,
        };
        Case { catalog, record, as_of }
    })
}

// What is drawn.

fn an_id() -> impl Strategy<Value = Id> {
    (0..IDS.len()).prop_map(|i| IDS[i])
}

/// A few days around month ends, so that many coincide, and a few weeks around those.
fn a_date() -> impl Strategy<Value = Date> {
    let base = date(2026, 3, 1);
    prop_oneof![
        4 => prop::sample::select(vec![
            base, date(2026, 2, 28), date(2026, 3, 2), date(2026, 1, 31), date(2026, 3, 31), date(2026, 2, 1), date(2026, 2, 22),
        ]),
        2 => (0u32..15).prop_map(move |n| base.minus_days(n)),
        1 => (0u32..70).prop_map(move |n| base.minus_days(n)),
        1 => (0u32..35).prop_map(move |n| base.plus_days(n)),
    ]
}

/// A date for an award or a bound in the past: rarely after the usual as-of dates.
fn a_past_date() -> impl Strategy<Value = Date> {
    prop_oneof![
        3 => (0u32..65).prop_map(|n| date(2026, 3, 1).minus_days(n)),
        2 => a_date(),
        1 => Just(date(2025, 3, 1)),
        1 => Just(date(2024, 2, 29)),
    ]
}

fn a_period() -> impl Strategy<Value = Period> {
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

fn an_amount() -> impl Strategy<Value = Amount> {
    prop::sample::select(vec![100, 200, 100, 300, 100, 50, 200, 0, 150, 125])
}

fn issuers() -> impl Strategy<Value = Vec<Id>> {
    prop_oneof![3 => Just(vec!["x"]), 2 => Just(vec!["y"]), 1 => Just(vec!["x", "y"])]
}

fn a_grade() -> impl Strategy<Value = Grade> {
    prop::sample::select(GRADES.to_vec()).prop_map(Grade::Text)
}

/// Mostly none; otherwise mostly one.
fn conditions() -> BoxedStrategy<Conditions> {
    let none = Conditions::default;
    prop_oneof![
        30 => Just(none()),
        4 => a_period().prop_map(move |p| Conditions { within: Some(p), ..none() }),
        2 => a_past_date().prop_map(move |d| Conditions { since: Some(d), ..none() }),
        3 => a_grade().prop_map(move |g| Conditions { grade: Some(g), ..none() }),
        2 => issuers().prop_map(move |i| Conditions { issuer: Some(i), ..none() }),
        4 => Just(Conditions { lapsed: true, ..none() }),
        2 => (of(a_period()), of(a_past_date()), weighted(0.3, a_grade()), weighted(0.3, issuers()), any::<bool>())
            .prop_map(|(within, since, grade, issuer, lapsed)| Conditions { within, since, grade, issuer, lapsed }),
    ]
    .boxed()
}

fn a_leaf() -> impl Strategy<Value = Part> {
    (an_id(), conditions()).prop_map(|(id, conditions)| Part::Credential { id, conditions })
}

fn a_filter() -> impl Strategy<Value = Filter> {
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
            .prop_map(|(tags, kind, issuer, level)| Filter { tags, kind: Some(kind), issuer, level }),
    ]
}

fn leaf_members() -> impl Strategy<Value = Members> {
    prop_oneof![
        3 => vec(a_leaf(), 1..=3).prop_map(Members::List),
        1 => a_filter().prop_map(Members::Filter),
    ]
}

fn span() -> impl Strategy<Value = Option<Period>> {
    prop_oneof![
        6 => Just(None),
        3 => prop::sample::select(vec![weeks(1), days(1), weeks(2), days(2), months(1)]).prop_map(Some),
        1 => a_period().prop_map(Some),
    ]
}

/// A credential or `up_to`, as they stand in sums.
fn sum_part() -> BoxedStrategy<Part> {
    let up_to = |part: BoxedStrategy<Part>| {
        let from = prop_oneof![
            6 => vec(part, 0..=2).prop_map(Members::List),
            1 => Just(Members::Pool(LEAF_POOL)),
            1 => a_filter().prop_map(Members::Filter),
        ];
        (an_amount(), from, conditions(), weighted(0.1, a_period())).prop_map(|(cap, members, conditions, span)| {
            Part::Group { kind: Kind::UpTo(cap), members, conditions, span }
        })
    };
    let shallow = prop_oneof![5 => a_leaf(), 1 => up_to(a_leaf().boxed())].boxed();
    prop_oneof![9 => a_leaf(), 4 => up_to(shallow)].boxed()
}

fn a_sum() -> BoxedStrategy<Part> {
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
    (kind, from, conditions(), span())
        .prop_map(|(kind, members, conditions, span)| Part::Group { kind, members, conditions, span })
        .boxed()
}

/// A group over the given parts. Empty lists and counts above the number of parts come up too.
fn a_group(part: BoxedStrategy<Part>) -> BoxedStrategy<Part> {
    let list = vec(part, 0..=3).prop_map(Members::List).boxed();
    let from = prop_oneof![
        5 => list.clone(),
        1 => Just(Members::Pool(LEAF_POOL)),
        1 => Just(Members::Pool(GROUP_POOL)),
        1 => a_filter().prop_map(Members::Filter),
    ];
    let of_kind = prop_oneof![
        4 => list.clone().prop_map(|m| (Kind::AllOf, m)),
        2 => list.prop_map(|m| (Kind::AnyOf, m)),
        3 => (prop::sample::select(vec![2, 1, 2, 1, 3, 0]), from).prop_map(|(n, m)| (Kind::AtLeast(n), m)),
    ];
    (of_kind, conditions(), span())
        .prop_map(|((kind, members), conditions, span)| Part::Group { kind, members, conditions, span })
        .boxed()
}

fn a_rule() -> BoxedStrategy<Part> {
    let low = prop_oneof![6 => a_leaf(), 1 => a_group(a_leaf().boxed()), 1 => a_sum()].boxed();
    prop_oneof![5 => a_leaf(), 5 => a_group(low), 3 => a_sum()].boxed()
}

fn a_credential() -> impl Strategy<Value = Credential> {
    let stack_and_validity = prop_oneof![
        4 => (Just(None), weighted(0.5, a_period())).prop_map(|(none, p)| (none, p.map_or(ValidFor::Forever, ValidFor::Period))),
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

fn an_award() -> impl Strategy<Value = Award> {
    let what = prop_oneof![30 => an_id(), 1 => Just(UNKNOWN)];
    let grade = prop_oneof![
        9 => a_grade(),
        1 => prop::sample::select(vec![Grade::Text("E"), Grade::Number(100_000)]),
    ];
    let status = prop_oneof![
        12 => Just(AwardStatus::Completed),
        2 => Just(AwardStatus::InProgress),
        1 => Just(AwardStatus::Planned),
        1 => Just(AwardStatus::Revoked),
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
        },
    )
}

// What is drawn, fitted to the catalog.

struct Fit {
    count: usize,
    numeric: bool,
}

impl Fit {
    fn id(&self, id: Id) -> Id {
        IDS.iter().position(|i| *i == id).map_or(id, |i| IDS[i % self.count])
    }

    /// Sorted, each once.
    fn ids(&self, ids: &[Id]) -> Vec<Id> {
        let mut ids: Vec<Id> = ids.iter().map(|id| self.id(id)).collect();
        ids.sort();
        ids.dedup();
        ids
    }

    /// In a catalog with numeric grades, F to A are 0, 10, 20.5, 30 and 40.
    fn grade(&self, grade: &mut Option<Grade>) {
        if let (true, Some(Grade::Text(word))) = (self.numeric, *grade)
            && let Some(i) = GRADES.iter().position(|g| *g == word)
        {
            *grade = Some(Grade::Number([0, 1000, 2050, 3000, 4000][i]));
        }
    }

    fn credential(&self, c: &mut Credential, names_itself: bool) {
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
    }

    /// Most catalogs have no rule that names its own credential: the next one stands in its place.
    fn without(&self, owner: Id, part: &mut Part) {
        match part {
            Part::Credential { id, .. } if *id == owner => {
                let next = IDS.iter().position(|i| *i == owner).unwrap() + 1;
                *id = IDS[next % self.count];
            }
            Part::Group { members: Members::List(parts), .. } => parts.iter_mut().for_each(|p| self.without(owner, p)),
            _ => {}
        }
    }

    fn award(&self, a: &mut Award) {
        a.credential = self.id(a.credential);
        self.grade(&mut a.grade);
    }

    fn part(&self, part: &mut Part) {
        let (Part::Credential { conditions, .. } | Part::Group { conditions, .. }) = part;
        self.grade(&mut conditions.grade);
        match part {
            Part::Credential { id, .. } => *id = self.id(id),
            Part::Group { members, .. } => self.members(members),
        }
    }

    fn members(&self, members: &mut Members) {
        if let Members::List(parts) = members {
            parts.iter_mut().for_each(|p| self.part(p));
        }
    }
}

fn without_group_pool(part: &mut Part) {
    if let Part::Group { members, .. } = part {
        match members {
            Members::Pool(GROUP_POOL) => *members = Members::Pool(LEAF_POOL),
            Members::List(parts) => parts.iter_mut().for_each(without_group_pool),
            _ => {}
        }
    }
}
