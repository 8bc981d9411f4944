//! Strategies for small cases: a catalog of two to seven credentials, a record of at most six awards, and an
//! as-of date, made so that dates, amounts and names meet often.
//!
//! Parts are drawn with ids and grades from fixed lists and then fitted to the catalog at hand (its number of
//! credentials, its kind of grades), so that cases shrink well.

use super::evaluate::days_of_change;
use super::model::*;
use super::plan::{Problem, Steps};
use super::write::{write_catalog, write_record};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;
use std::fmt;

pub const IDS: [Id; 7] = ["a", "b", "c", "d", "e", "f", "g"];
/// Known to no catalog, as all that follow.
pub const UNKNOWN: Id = "unknown";
pub const UNKNOWN_TOO: Id = "unknown-too";
const NO_SUCH_GROUP: Id = "no-such-group";
pub const GRADES: [&str; 5] = ["F", "D", "C", "B", "A"];
const ISSUERS: [Id; 2] = ["x", "y"];
const TAGS: [Id; 2] = ["t", "u"];
/// A list or filter of leaves; usable in every group.
const LEAF_POOL: Id = "leaves";
/// A list with `up_to` in it; usable in sums.
const SUM_POOL: Id = "amounts";
/// A list with groups in it; usable in `at_least`.
const GROUP_POOL: Id = "groups";
/// Names for groups, in the order of a credential's rules.
const NAMES: [Id; 8] = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"];

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

/// How many cases a property tries: usually the same ones, so that the tests say the same on every run; with
/// `CREDPATH_CASES`, as many new ones.
pub fn cases(usual: u32) -> ProptestConfig {
    let asked_for = std::env::var("CREDPATH_CASES").ok().and_then(|cases| cases.parse().ok());
    let rng_seed = if asked_for.is_some() { RngSeed::Random } else { RngSeed::Fixed(0) };
    ProptestConfig {
        cases: asked_for.unwrap_or(usual),
        rng_seed,
        failure_persistence: None,
        ..ProptestConfig::default()
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
    let waivers = prop_oneof![8 => vec(a_waiver(), 0), 4 => vec(a_waiver(), 1..=2), 1 => vec(a_waiver(), 3)];
    let substitutions = prop_oneof![
        5 => vec(a_substitution(), 0),
        2 => vec(a_substitution(), 1),
        4 => vec(a_substitution(), 2),
        1 => vec(a_substitution(), 3),
    ];
    let record = (awards, waivers, substitutions);
    let on_a_change = weighted(0.5, (any::<prop::sample::Index>(), any::<bool>()));
    (catalog, record, a_date(), on_a_change)
        .prop_map(|(catalog, record, as_of, on_a_change)| assemble(catalog, record, as_of, on_a_change))
}

/// Credentials, each with whether its rules may name it; equivalents, whether grades are numbers, and the members of
/// the three pools.
type Drawn = (Vec<(Credential, bool)>, Vec<Vec<Id>>, bool, Members, Vec<Part>, Vec<Part>);
type DrawnRecord = (Vec<Award>, Vec<(Waiver, Option<prop::sample::Index>)>, Vec<(Substitution, Aim)>);

/// What is drawn, as one case; `on_a_change` moves the as-of date to a day on which something changes, or to the day
/// before.
fn assemble(
    catalog: Drawn,
    record: DrawnRecord,
    as_of: Date,
    on_a_change: Option<(prop::sample::Index, bool)>,
) -> Case {
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
        if let Members::List(parts) = members {
            parts.iter_mut().for_each(|p| name_groups(p, &mut [].iter()));
        }
        catalog.pools.insert(name, members.clone());
    }
    // A pool of groups that uses itself would be cyclic.
    if let Some(Members::List(parts)) = catalog.pools.get_mut(GROUP_POOL) {
        parts.iter_mut().for_each(without_group_pool);
    }
    let (awards, waivers, substitutions) = record;
    let mut record = Record { awards, ..Record::default() };
    record.awards.iter_mut().for_each(|a| fit.award(a));
    record.waivers = waivers.into_iter().map(|(w, place)| fit.waiver(w, place, &catalog)).collect();
    for (s, aim) in substitutions {
        record.substitutions.push(fit.substitution(s, aim, &catalog, &record));
    }
    // Often a day on which something changes, or the day before.
    let near = |d: &Date| date(2025, 12, 15) < *d && *d < date(2026, 5, 1);
    let days: Vec<Date> = days_of_change(&catalog, &record, as_of, View::Earned).into_iter().filter(near).collect();
    let as_of = match on_a_change {
        Some((i, day_before)) if !days.is_empty() => {
            let day = *i.get(&days);
            if day_before { day.previous() } else { day }
        }
        _ => as_of,
    };
    Case { catalog, record, as_of }
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
        2 => vec(a_leaf(), 1..=3).prop_map(Members::List),
        2 => (vec(a_leaf(), 2..=3), vec(an_id(), 1..=2)).prop_map(|(mut parts, few_ids)| {
            parts.iter_mut().for_each(|p| only_naming(&few_ids, p));
            Members::List(parts)
        }),
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

fn is_distinct(often: f64) -> impl Strategy<Value = bool> {
    prop::bool::weighted(often)
}

/// Any name: each group that has one gets its own later.
fn a_name() -> impl Strategy<Value = Option<Id>> {
    weighted(0.3, Just(NAMES[0]))
}

/// A credential or `up_to`, as they stand in sums.
fn sum_part() -> BoxedStrategy<Part> {
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
            },
        )
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
    (kind, from, conditions(), span(), is_distinct(0.1), a_name())
        .prop_map(|(kind, members, conditions, span, distinct, name)| Part::Group {
            kind,
            members,
            conditions,
            span,
            distinct,
            name,
        })
        .boxed()
}

/// A group over the given parts. Empty lists and counts above the number of parts come up too.
fn a_group(part: BoxedStrategy<Part>) -> BoxedStrategy<Part> {
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
        })
        .boxed()
}

/// A group, mostly distinct, over parts that all name the same few credentials: those contest the awards.
fn a_contested_group(part: BoxedStrategy<Part>) -> BoxedStrategy<Part> {
    let few_ids = prop_oneof![2 => vec(an_id(), 1), 4 => vec(an_id(), 2), 1 => vec(an_id(), 3)];
    let number = prop::sample::select(vec![2, 2, 3, 1]);
    let labels = (is_distinct(0.9), a_name());
    (vec(part, 2..=3), few_ids, weighted(0.4, number), conditions(), span(), labels)
        .prop_map(|(mut parts, few_ids, number, conditions, span, (distinct, name))| {
            parts.iter_mut().for_each(|p| only_naming(&few_ids, p));
            let kind = number.map_or(Kind::AllOf, Kind::AtLeast);
            Part::Group { kind, members: Members::List(parts), conditions, span, distinct, name }
        })
        .boxed()
}

fn only_naming(ids: &[Id], part: &mut Part) {
    match part {
        Part::Credential { id, .. } => *id = ids[IDS.iter().position(|i| i == id).unwrap() % ids.len()],
        Part::Group { members: Members::List(parts), .. } => parts.iter_mut().for_each(|p| only_naming(ids, p)),
        Part::Group { .. } => {}
    }
}

fn a_rule() -> BoxedStrategy<Part> {
    let over_leaves = || a_group(a_leaf().boxed());
    let contested_leaves = a_contested_group(a_leaf().boxed());
    let contesting =
        prop_oneof![5 => a_leaf(), 2 => over_leaves(), 1 => a_sum(), 1 => contested_leaves.clone()].boxed();
    let low = prop_oneof![6 => a_leaf(), 1 => over_leaves(), 1 => a_sum(), 1 => contested_leaves].boxed();
    prop_oneof![5 => a_leaf(), 5 => a_group(low), 3 => a_sum(), 4 => a_contested_group(contesting)].boxed()
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
        },
    )
}

fn an_id_or_unknown() -> impl Strategy<Value = Id> {
    prop_oneof![12 => an_id(), 1 => Just(UNKNOWN)]
}

/// A waiver of a place that may not exist; or, by the index, of one that does.
fn a_waiver() -> impl Strategy<Value = (Waiver, Option<prop::sample::Index>)> {
    let requirement = prop::sample::select(vec![NAMES[0], NAMES[1], PREREQUISITE, NO_SUCH_GROUP]);
    let place = prop_oneof![
        1 => requirement.prop_map(Waived::Requirement),
        1 => an_id_or_unknown().prop_map(Waived::Component),
    ];
    let texts = (weighted(0.2, Just("moved here")), weighted(0.2, Just("the \"dean\"")));
    let existing = weighted(0.75, any::<prop::sample::Index>());
    (an_id_or_unknown(), place, texts, existing).prop_map(|(credential, place, (reason, authority), existing)| {
        (Waiver { credential, place, reason, authority }, existing)
    })
}

/// What is to replace the ids of a substitution by ids that make it matter.
#[derive(Clone, Copy, Debug)]
struct Aim {
    /// `use` is the id of an award: with the second, one that the catalog does not know, if there is any; without,
    /// one that is completed.
    an_award: Option<(prop::sample::Index, bool)>,
    /// `use` is the `for` of the substitution before; the leaf is preferably all of a rule.
    chained: bool,
    /// `for` is a leaf, and `within`, if it is given, the credential in whose rule the leaf stands.
    a_leaf: Option<prop::sample::Index>,
}

fn a_substitution() -> impl Strategy<Value = (Substitution, Aim)> {
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

// Claims (5.5).

#[derive(Clone, PartialEq, Eq)]
pub struct ClaimsCase {
    pub catalog: Catalog,
    pub record: Record,
    pub as_of: Date,
    pub targets: Vec<Id>,
}

impl fmt::Debug for ClaimsCase {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let ClaimsCase { catalog, record, as_of, targets } = self.clone();
        write!(f, "targets {targets:?} {:?}", Case { catalog, record, as_of })
    }
}

/// Taken credentials that the stacks of `CONFERRED` contest.
const TAKEN: [Id; 5] = ["a", "b", "c", "d", "e"];
const CONFERRED: [Id; 4] = ["p", "q", "r", "s"];
const TYPES: [Id; 3] = ["Certificate", "Degree", "MicroCredential"];

/// Two to four conferred credentials with small stacks over few taken ones, under one or two policies; few awards.
pub fn claims_case() -> impl Strategy<Value = ClaimsCase> {
    let a_taken =
        (an_amount(), prop::bool::weighted(0.3), weighted(0.3, prop::sample::select(TAKEN.to_vec())), period());
    let a_taken = a_taken.boxed();
    let taken = prop_oneof![1 => vec(a_taken.clone(), 2), 4 => vec(a_taken.clone(), 3), 2 => vec(a_taken, 4..=5)];
    let kind = prop_oneof![
        4 => Just(Some(TYPES[0])), 4 => Just(Some(TYPES[1])), 1 => Just(Some(TYPES[2])), 1 => Just(None),
    ];
    let validity = prop_oneof![4 => Just(ValidFor::Forever), 1 => Just(ValidFor::WhileComponents)];
    let links = (weighted(0.15, a_claim_leaf()), weighted(0.15, prop::sample::select(CONFERRED.to_vec())));
    let conferred = (kind, an_amount(), a_claim_rule(), validity, prop::bool::weighted(0.1), links);
    let conferred = vec(conferred, 2..=CONFERRED.len());
    let equivalent = weighted(0.2, prop::sample::subsequence(TAKEN.to_vec(), 2));
    let a_type = || prop_oneof![5 => Just(TYPES[0]), 5 => Just(TYPES[1]), 1 => Just(TYPES[2]), 1 => Just("Diploma")];
    let limits = prop_oneof![
        5 => prop::sample::select(vec![0, 0, 1]).prop_map(|n| (Some(n), None)),
        3 => prop::sample::select(vec![0, 50, 100, 0, 150, 200]).prop_map(|x| (None, Some(x))),
        1 => (0u32..=2, an_amount()).prop_map(|(n, x)| (Some(n), Some(x))),
    ];
    let sharing = (a_type(), a_type(), limits).prop_map(|(one, other, (max_awards, max_credits))| Sharing {
        between: (one, other),
        max_awards,
        max_credits,
    });
    // Mostly between the types of two of the conferred credentials.
    let of_two = weighted(0.7, (any::<prop::sample::Index>(), any::<prop::sample::Index>()));
    let sharing = vec((sharing, of_two), 1..=2);
    let a_day = || (0u32..40).prop_map(|n| date(2026, 2, 25).minus_days(n));
    let an_award = (
        prop_oneof![
            12 => prop::sample::select(TAKEN.to_vec()),
            4 => prop::sample::select(CONFERRED.to_vec()),
            3 => Just(UNKNOWN),
        ],
        weighted(0.95, a_day()),
        weighted(0.2, an_amount()),
        weighted(0.1, a_day()),
        prop_oneof![12 => Just(AwardStatus::Completed), 1 => Just(AwardStatus::InProgress)],
    )
        .prop_map(|(id, awarded, credits, valid_until, status)| Award {
            awarded,
            credits,
            valid_until,
            status,
            ..award(id, date(2026, 1, 1))
        });
    let plain = prop::sample::subsequence(TAKEN.to_vec(), 2..=5);
    let awards = (plain, vec(an_award, 0..=3)).prop_map(|(plain, mut awards)| {
        awards.extend(plain.into_iter().map(|id| award(id, date(2026, 2, 20))));
        awards
    });
    let place = prop_oneof![
        1 => Just(Waived::Requirement(NAMES[0])),
        1 => prop::sample::select(TAKEN.to_vec()).prop_map(Waived::Component),
    ];
    let waivers = (prop::sample::select(CONFERRED.to_vec()), place).prop_map(|(id, place)| waiver(id, place));
    let substitutions = (
        prop_oneof![2 => prop::sample::select(TAKEN.to_vec()), 3 => Just(UNKNOWN)],
        prop::sample::select(TAKEN.to_vec()),
        weighted(0.4, prop::sample::select(CONFERRED.to_vec())),
    )
        .prop_map(|(used, stands_for, within)| substitution(used, stands_for, within));
    let record = (
        awards,
        prop_oneof![5 => vec(waivers.clone(), 0), 1 => vec(waivers, 1)],
        prop_oneof![3 => vec(substitutions.clone(), 0), 1 => vec(substitutions, 1..=2)],
    )
        .prop_map(|(awards, waivers, substitutions)| Record { awards, waivers, substitutions });
    let targets = prop_oneof![
        4 => Just(CONFERRED.to_vec()),
        1 => prop::sample::subsequence(CONFERRED.to_vec(), 1..=3),
        1 => Just(vec!["s", "a", UNKNOWN, "q", "p", "q"]),
    ];
    (taken, conferred, equivalent, sharing, record, targets).prop_map(
        |(taken, conferred, equivalent, sharing, record, targets)| {
            let mut catalog = Catalog { equivalent: equivalent.into_iter().collect(), ..Catalog::default() };
            let taken_ids = &TAKEN[..taken.len()];
            let fit_taken = |id: Id| match TAKEN.iter().position(|t| *t == id) {
                Some(i) => taken_ids[i % taken_ids.len()],
                None => id,
            };
            let conferred_ids = &CONFERRED[..conferred.len()];
            let fit = |id: Id| match CONFERRED.iter().position(|c| *c == id) {
                Some(i) => conferred_ids[i % conferred_ids.len()],
                None => fit_taken(id),
            };
            for (i, (credits, repeatable, other, valid_for)) in taken.into_iter().enumerate() {
                let id = TAKEN[i];
                let counts_as = other.into_iter().map(fit_taken).filter(|other| *other != id).collect();
                let c = Credential { credits, repeatable, counts_as, valid_for, ..credential(id) };
                catalog.credentials.insert(id, c);
            }
            for (i, (kind, credits, mut rule, valid_for, repeatable, links)) in conferred.into_iter().enumerate() {
                let id = CONFERRED[i];
                let (prerequisite, other) = links;
                only_with(&fit, &mut rule);
                name_groups(&mut rule, &mut NAMES.iter());
                let prerequisite = prerequisite.map(|mut rule| {
                    only_with(&fit, &mut rule);
                    rule
                });
                let counts_as = other.into_iter().map(fit).filter(|other| *other != id).collect();
                let stack = Some(rule);
                let c = credential(id);
                let c = Credential { kind, credits, stack, valid_for, repeatable, prerequisite, counts_as, ..c };
                catalog.credentials.insert(id, c);
            }
            for (mut policy, of_two) in sharing {
                if let Some((one, other)) = of_two {
                    let (one, step) = (one.index(conferred_ids.len()), 1 + other.index(conferred_ids.len() - 1));
                    let kind = |i: usize| catalog.credentials[conferred_ids[i % conferred_ids.len()]].kind;
                    policy.between = (kind(one).unwrap_or(TYPES[2]), kind(one + step).unwrap_or(TYPES[2]));
                }
                catalog.sharing.push(policy);
            }
            for set in &mut catalog.equivalent {
                set.iter_mut().for_each(|id| *id = fit_taken(id));
                set.sort();
                set.dedup();
            }
            catalog.equivalent.retain(|set| set.len() > 1);
            let mut record = record;
            record.awards.iter_mut().for_each(|a| a.credential = fit(a.credential));
            for w in &mut record.waivers {
                w.credential = fit(w.credential);
                if let Waived::Component(id) = w.place {
                    w.place = Waived::Component(fit(id));
                }
            }
            for s in &mut record.substitutions {
                *s = substitution(fit(s.used), fit(s.stands_for), s.within.map(fit));
            }
            let targets = targets.into_iter().map(fit).collect();
            ClaimsCase { catalog, record, as_of: date(2026, 3, 1), targets }
        },
    )
}

/// How long an award of a taken credential of a claims case lasts.
fn period() -> impl Strategy<Value = ValidFor> {
    prop_oneof![6 => Just(ValidFor::Forever), 1 => Just(ValidFor::Period(days(28)))]
}

fn a_claim_leaf() -> impl Strategy<Value = Part> {
    let lapsed = Conditions { lapsed: true, ..Conditions::default() };
    let grown = Conditions { within: Some(days(28)), ..Conditions::default() };
    let conditions = prop_oneof![
        10 => Just(Conditions::default()),
        1 => Just(lapsed),
        1 => Just(grown),
    ];
    let id = prop_oneof![
        8 => prop::sample::select(TAKEN.to_vec()),
        1 => prop::sample::select(CONFERRED.to_vec()),
    ];
    (id, conditions).prop_map(|(id, conditions)| leaf_if(id, conditions))
}

fn a_claim_rule() -> BoxedStrategy<Part> {
    let few = |part: BoxedStrategy<Part>| {
        let kind = prop_oneof![
            4 => Just(Kind::AllOf),
            3 => Just(Kind::AnyOf),
            5 => Just(Kind::AtLeast(2)),
            3 => prop::sample::select(vec![200, 100, 300]).prop_map(Kind::Credits),
        ];
        (kind, vec(part, 2..=3), is_distinct(0.25), a_name()).prop_map(|(kind, parts, distinct, name)| {
            let sum = matches!(kind, Kind::Credits(_));
            let parts = parts.into_iter().filter(|p| !sum || matches!(p, Part::Credential { .. })).collect();
            let members = Members::List(parts);
            Part::Group { kind, members, conditions: Conditions::default(), span: None, distinct, name }
        })
    };
    let low = few(a_claim_leaf().boxed()).boxed();
    let part = prop_oneof![5 => a_claim_leaf(), 1 => low.clone()].boxed();
    prop_oneof![2 => a_claim_leaf(), 5 => low, 3 => few(part)].boxed()
}

fn only_with(fit: &dyn Fn(Id) -> Id, part: &mut Part) {
    match part {
        Part::Credential { id, .. } => *id = fit(id),
        Part::Group { members: Members::List(parts), .. } => parts.iter_mut().for_each(|p| only_with(fit, p)),
        Part::Group { .. } => {}
    }
}

// Plans (7).

#[derive(Clone, PartialEq, Eq)]
pub struct PlanCase {
    pub catalog: Catalog,
    pub record: Record,
    pub as_of: Date,
    pub target: Id,
    pub options: PlanOptions,
}

impl fmt::Debug for PlanCase {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let PlanCase { catalog, record, as_of, target, options } = self.clone();
        write!(f, "to {target}, {options:?}, {:?}", Case { catalog, record, as_of })
    }
}

/// What brute force is asked to do at most: so many steps, and so many sets of them; less if awards have to be shared
/// out among distinct parts.
const MOST: (u32, u32) = (14, 1200);
const MOST_DISTINCT: (u32, u32) = (8, 400);

/// A catalog of three to seven credentials with costs, exclusions and windows, a record of at most four awards, and
/// what is asked for. The target is mostly conferred and not held.
///
/// In most catalogs most rules name only credentials after their own, or only ones before it: so plans exist.
pub fn plan_case() -> impl Strategy<Value = PlanCase> {
    let credentials = |n: std::ops::RangeInclusive<usize>| vec((a_plan_credential(), prop::bool::weighted(0.05)), n);
    let catalog = (
        prop_oneof![1 => credentials(3..=4), 3 => credentials(5..=5), 6 => credentials(6..=7)],
        prop_oneof![8 => Just(Vec::new()), 2 => vec(vec(an_id(), 2), 1), 1 => vec(vec(an_id(), 2..=3), 2)],
        any::<bool>(),
        prop_oneof![
            3 => few(a_plan_leaf().boxed(), 2..=4).prop_map(Members::List),
            1 => a_filter().prop_map(Members::Filter),
        ],
        vec(a_plan_sum_part(), 2),
        vec(a_plan_rule(), 2),
    );
    let awards = prop_oneof![2 => vec(an_award(), 0), 4 => vec(an_award(), 1..=2), 3 => vec(an_award(), 3..=4)];
    let waivers = prop_oneof![7 => vec(a_waiver(), 0), 2 => vec(a_waiver(), 1)];
    let substitutions =
        prop_oneof![7 => vec(a_substitution(), 0), 2 => vec(a_substitution(), 1), 1 => vec(a_substitution(), 2)];
    let on_a_change = weighted(0.3, (any::<prop::sample::Index>(), any::<bool>()));
    let preferred = prop_oneof![14 => Just((true, false)), 2 => Just((false, false)), 2 => Just((true, true))];
    let preferred = (preferred, prop::bool::weighted(0.75), prop::bool::weighted(0.6), any::<prop::sample::Index>())
        .prop_map(|((aimed, hopeless), long, several, index)| Preferred { aimed, hopeless, long, several, index });
    let aimed = (weighted(0.7, any::<prop::sample::Index>()), any::<prop::sample::Index>(), any::<bool>())
        .prop_map(|(plan, step, less)| AimedOptions { plan, step, less });
    let prices = (prop::bool::weighted(0.25), prop::bool::weighted(0.25));
    let layers = (any::<bool>(), vec(prop::bool::weighted(0.8), IDS.len()), prop::bool::weighted(0.35))
        .prop_map(|(upward, marked, flat)| Layers { upward, marked, flat, repeatable: false });
    let counted = (any::<bool>(), vec(Just(true), IDS.len())).prop_map(|(upward, marked)| Layers {
        upward,
        marked,
        flat: true,
        repeatable: true,
    });
    let layers = prop_oneof![
        6 => (layers, vec(a_top_rule(), 0..=6)),
        1 => (counted, vec(a_large_sum(), 1..=6)),
    ];
    let case = (catalog, (awards, waivers, substitutions), a_date(), on_a_change);
    (case, layers, prices, preferred, (plan_options(), aimed)).prop_map(
        |((catalog, record, as_of, on_a_change), (layers, tops), prices, preferred, (mut options, aimed))| {
            let with_stack = |stack: Option<&Part>| {
                let mut catalog = catalog.clone();
                let top = layers.arrange(&mut catalog.0, stack);
                let mut case = assemble(catalog, record.clone(), as_of, on_a_change);
                same_prices(&mut case.catalog, prices);
                (case, top)
            };
            let (mut case, mut top) = with_stack(tops.first());
            let mut target = preferred.target(&mut case, top, options.view);
            for stack in tops.iter().skip(1) {
                if preferred
                    .is_met_by(&Problem::new(&case.catalog, &case.record, case.as_of, target, options.view).minimal())
                {
                    break;
                }
                (case, top) = with_stack(Some(stack));
                target = preferred.target(&mut case, top, options.view);
            }
            let Case { catalog, record, as_of } = case;
            let fit = Fit { count: catalog.credentials.len(), numeric: false };
            options.must_include = fit.ids(&options.must_include);
            options.avoid = fit.ids(&options.avoid);
            let mut case = PlanCase { catalog, record, as_of, target, options };
            aimed.at(&mut case);
            case
        },
    )
}

/// All that is taken costs the same, or takes as many hours, or both: so there are ties.
fn same_prices(catalog: &mut Catalog, (one_cost, one_hours): (bool, bool)) {
    for c in catalog.credentials.values_mut().filter(|c| c.stack.is_none()) {
        c.cost = if one_cost { 100 } else { c.cost };
        c.hours = if one_hours { 100 } else { c.hours };
    }
}

/// What is to replace the budget and the ids in filters, so that they matter.
#[derive(Clone, Copy, Debug)]
struct AimedOptions {
    /// One of the plans without filters, and one of its steps.
    plan: Option<prop::sample::Index>,
    step: prop::sample::Index,
    /// The budget is a bit less.
    less: bool,
}

impl AimedOptions {
    fn at(&self, case: &mut PlanCase) {
        let options = &mut case.options;
        let open = PlanOptions { objective: options.objective, view: options.view, ..PlanOptions::default() };
        let plans = super::plan::plan(&case.catalog, &case.record, case.as_of, case.target, &open).plans;
        let (Some(i), false) = (self.plan, plans.is_empty()) else {
            return;
        };
        let plan = i.get(&plans);
        if options.budget.is_some() {
            options.budget = Some((plan.cost - Amount::from(self.less)).max(0));
        }
        let steps: Vec<Id> = plan.steps.keys().copied().filter(|id| *id != case.target).collect();
        if steps.is_empty() {
            return;
        }
        let step = *self.step.get(&steps);
        if !options.must_include.is_empty() {
            options.must_include = vec![step];
        } else if !options.avoid.is_empty() {
            options.avoid = vec![step];
        }
    }
}

/// What is looked for in a target.
#[derive(Clone, Copy, Debug)]
struct Preferred {
    /// It takes some steps, and what follows.
    aimed: bool,
    /// It takes none, or none are enough.
    hopeless: bool,
    /// It takes more than two.
    long: bool,
    /// It can be reached in several ways.
    several: bool,
    /// Among those that are equally good.
    index: prop::sample::Index,
}

impl Preferred {
    fn target(&self, case: &mut Case, top: Option<Id>, view: View) -> Id {
        let Case { catalog, record, as_of } = case;
        let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
        ids.iter().for_each(|id| keep_small(catalog, record, *as_of, id, view));
        let sets = |id: &Id| (*id, Problem::new(catalog, record, *as_of, id, view).minimal());
        let sets: BTreeMap<Id, Vec<Steps>> = ids.iter().map(sets).collect();
        let mut targets = ids;
        let mut prefer = |is_better: &dyn Fn(&Id) -> bool| {
            if self.aimed && targets.iter().any(is_better) {
                targets.retain(is_better);
            }
        };
        prefer(&|id| sets[id].iter().any(|set| !set.is_empty()) != self.hopeless);
        prefer(&|id| self.is_met_by(&sets[id]));
        prefer(&|id| self.is_long_enough(&sets[id]));
        prefer(&|id| self.are_enough(&sets[id]));
        prefer(&|id| top == Some(id));
        prefer(&|id| catalog.credentials[id].stack.is_some());
        targets[self.index.index(targets.len())]
    }

    fn is_long_enough(&self, sets: &[Steps]) -> bool {
        !self.long || sets.iter().any(|set| set.len() > 2)
    }

    fn are_enough(&self, sets: &[Steps]) -> bool {
        !self.several || sets.len() > 1
    }

    fn is_met_by(&self, sets: &[Steps]) -> bool {
        !self.aimed || self.hopeless || (self.is_long_enough(sets) && self.are_enough(sets))
    }
}

/// What can be repeated most often is not repeatable, until there are few enough sets of steps towards the target.
fn keep_small(catalog: &mut Catalog, record: &Record, as_of: Date, target: Id, view: View) {
    loop {
        let problem = Problem::new(catalog, record, as_of, target, view);
        let (steps, sets): (u32, u32) =
            (problem.limits.values().sum(), problem.limits.values().map(|n| n + 1).product());
        let most = problem.limits.iter().max_by_key(|(_, n)| **n);
        let Some((most, 2..)) = most.map(|(id, n)| (*id, *n)) else {
            return;
        };
        let most_of_all = if has_distinct(catalog) { MOST_DISTINCT } else { MOST };
        if steps <= most_of_all.0 && sets <= most_of_all.1 {
            return;
        }
        let ids: Vec<Id> = catalog.credentials.keys().copied().collect();
        let family: Vec<Id> = ids.into_iter().filter(|id| problem.same(id, most)).collect();
        family.iter().for_each(|id| catalog.credentials.get_mut(id).unwrap().repeatable = false);
    }
}

fn has_distinct(catalog: &Catalog) -> bool {
    fn below(catalog: &Catalog, part: &Part) -> bool {
        let Part::Group { members, distinct, .. } = part else {
            return false;
        };
        let members = if let Members::Pool(name) = members { &catalog.pools[name] } else { members };
        *distinct || matches!(members, Members::List(parts) if parts.iter().any(|p| below(catalog, p)))
    }
    let rules = catalog.credentials.values().flat_map(|c| c.prerequisite.iter().chain(&c.stack));
    rules.into_iter().any(|rule| below(catalog, rule))
}

/// How the credentials of a catalog build on each other.
#[derive(Clone, Debug)]
struct Layers {
    /// Credentials build on those before them, not after.
    upward: bool,
    /// By place: the rules of others name whatever they do.
    marked: Vec<bool>,
    /// All but two are taken, without prerequisites.
    flat: bool,
    /// Those are repeatable.
    repeatable: bool,
}

impl Layers {
    /// Conferred credentials come first, or, upward, last. The one that can name all others gets the stack, if there is
    /// one, and is given back. The one that can name no other has no rules.
    fn arrange(&self, credentials: &mut [(Credential, bool)], top_stack: Option<&Part>) -> Option<Id> {
        credentials.sort_by_key(|(c, _)| c.stack.is_none() != self.upward);
        let count = credentials.len();
        let place = |i: usize| if self.upward { count - 1 - i } else { i };
        if let Some(stack) = top_stack {
            credentials[place(0)].0.stack = Some(stack.clone());
        }
        for i in 0..count {
            let (c, _) = &mut credentials[place(i)];
            let others = if self.upward { &IDS[..place(i)] } else { &IDS[i + 1..count] };
            if others.is_empty() || (self.flat && i > 1) {
                (c.prerequisite, c.stack, c.valid_for) = (None, None, ValidFor::Forever);
                if self.repeatable {
                    (c.repeatable, c.credits) = (true, c.credits.clamp(100, 200));
                }
            }
            if self.marked[i] && !others.is_empty() {
                for rule in c.prerequisite.iter_mut().chain(&mut c.stack) {
                    only_naming(others, rule);
                    each_once(rule);
                }
            }
        }
        top_stack.map(|_| IDS[place(0)])
    }
}

/// Half of them are all by default but the objective.
fn plan_options() -> impl Strategy<Value = PlanOptions> {
    let weight = || prop::sample::select(vec![0u16, 1, 1, 2, 5]);
    let weighted_sum = (weight(), weight(), weight()).prop_map(|(cost, hours, credentials)| Objective::Weighted {
        cost,
        hours,
        credentials,
    });
    let objective = prop_oneof![
        5 => Just(Objective::Cost),
        2 => Just(Objective::Hours),
        3 => Just(Objective::Credentials),
        2 => weighted_sum,
    ];
    let view = prop_oneof![8 => Just(View::Earned), 1 => Just(View::InProgress), 1 => Just(View::Planned)];
    let budget = prop::sample::select(vec![300, 200, 400, 100, 500, 250, 0]);
    let tags = || prop_oneof![4 => Just(vec!["t"]), 4 => Just(vec!["u"]), 2 => Just(vec!["t", "u"]), 1 => Just(vec![])];
    let filters = (
        weighted(0.2, budget),
        weighted(0.1, prop_oneof![9 => issuers(), 1 => Just(vec![])]),
        weighted(0.1, tags()),
        weighted(0.1, tags()),
        weighted(0.25, vec(an_id(), 1)),
        weighted(0.35, vec(an_id(), 1..=2)),
        prop::bool::weighted(0.2),
    );
    (objective, view, filters, any::<bool>()).prop_map(
        |(objective, view, (budget, issuers, tags, without_tags, must_include, avoid, offered_now), plain)| {
            if plain {
                return PlanOptions { objective, view, ..PlanOptions::default() };
            }
            PlanOptions {
                objective,
                budget,
                issuers,
                tags,
                without_tags: without_tags.unwrap_or_default(),
                must_include: must_include.unwrap_or_default(),
                avoid: avoid.unwrap_or_default(),
                offered_now,
                view,
            }
        },
    )
}

/// Fewer than elsewhere: most plans should exist.
fn plan_conditions() -> BoxedStrategy<Conditions> {
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

fn plan_span() -> impl Strategy<Value = Option<Period>> {
    weighted(0.25, prop_oneof![2 => prop::sample::select(vec![days(1), weeks(1), weeks(2)]), 1 => a_period()])
}

fn a_plan_leaf() -> impl Strategy<Value = Part> {
    (an_id(), plan_conditions()).prop_map(|(id, conditions)| Part::Credential { id, conditions })
}

/// Parts that, as far as they are credentials, name different ones.
fn few(part: BoxedStrategy<Part>, n: std::ops::RangeInclusive<usize>) -> BoxedStrategy<Vec<Part>> {
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

fn a_plan_sum_part() -> BoxedStrategy<Part> {
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
            },
        )
    };
    let shallow = prop_oneof![5 => a_plan_leaf(), 1 => up_to(a_plan_leaf().boxed())].boxed();
    prop_oneof![5 => a_plan_leaf(), 2 => up_to(shallow)].boxed()
}

fn a_plan_sum() -> BoxedStrategy<Part> {
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
        })
        .boxed()
}

/// A sum that takes several awards of the same few credentials.
fn a_large_sum() -> BoxedStrategy<Part> {
    let up_to = (prop::sample::select(vec![200, 300, 250, 100]), few(a_plan_leaf().boxed(), 1..=2))
        .prop_map(|(cap, parts)| group(Kind::UpTo(cap), parts));
    let part = prop_oneof![2 => a_plan_leaf(), 1 => up_to].boxed();
    let need = prop::sample::select(vec![400, 300, 350, 500]);
    (need, few(part, 2..=3)).prop_map(|(need, parts)| group(Kind::Credits(need), parts)).boxed()
}

fn a_plan_group(part: BoxedStrategy<Part>) -> BoxedStrategy<Part> {
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
        })
        .boxed()
}

/// A distinct group over parts that all name the same few credentials.
fn a_contested_plan_group(part: BoxedStrategy<Part>) -> BoxedStrategy<Part> {
    let few_ids = prop_oneof![1 => vec(an_id(), 1), 4 => vec(an_id(), 2), 8 => vec(an_id(), 3), 4 => vec(an_id(), 4)];
    let number = weighted(0.4, prop::sample::select(vec![2, 2, 3]));
    (vec(part, 2..=4), few_ids, number, plan_conditions(), a_name())
        .prop_map(|(mut parts, few_ids, number, conditions, name)| {
            parts.iter_mut().for_each(|p| only_naming(&few_ids, p));
            let kind = number.map_or(Kind::AllOf, Kind::AtLeast);
            Part::Group { kind, members: Members::List(parts), conditions, span: None, distinct: true, name }
        })
        .boxed()
}

fn a_plan_rule() -> BoxedStrategy<Part> {
    let over_leaves = || a_plan_group(a_plan_leaf().boxed());
    let contested_leaves = a_contested_plan_group(a_plan_leaf().boxed());
    let contesting =
        prop_oneof![4 => a_plan_leaf(), 3 => over_leaves(), 1 => a_plan_sum(), 1 => contested_leaves.clone()].boxed();
    let low = prop_oneof![6 => a_plan_leaf(), 2 => over_leaves(), 1 => a_plan_sum(), 1 => contested_leaves].boxed();
    prop_oneof![2 => a_plan_leaf(), 6 => a_plan_group(low), 3 => a_plan_sum(), 3 => a_contested_plan_group(contesting)]
        .boxed()
}

/// Takes away what is written twice in one list, and asks for no more parts than are left.
fn each_once(part: &mut Part) {
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
fn a_top_rule() -> BoxedStrategy<Part> {
    let over = |kind, parts: BoxedStrategy<Vec<Part>>, distinct| {
        (parts, prop::bool::weighted(distinct)).prop_map(move |(parts, distinct)| Part::Group {
            kind,
            members: Members::List(parts),
            conditions: Conditions::default(),
            span: None,
            distinct,
            name: None,
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

fn a_plan_credential() -> impl Strategy<Value = Credential> {
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
        let mut names = NAMES.iter();
        c.prerequisite.iter_mut().chain(&mut c.stack).for_each(|rule| name_groups(rule, &mut names));
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

    fn waiver(&self, mut w: Waiver, existing: Option<prop::sample::Index>, catalog: &Catalog) -> Waiver {
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

    fn substitution(&self, s: Substitution, aim: Aim, catalog: &Catalog, record: &Record) -> Substitution {
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

/// Gives each group that has a name the next one; no name when there are no more.
fn name_groups(part: &mut Part, names: &mut std::slice::Iter<Id>) {
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

fn without_group_pool(part: &mut Part) {
    if let Part::Group { members, .. } = part {
        match members {
            Members::Pool(GROUP_POOL) => *members = Members::Pool(LEAF_POOL),
            Members::List(parts) => parts.iter_mut().for_each(without_group_pool),
            _ => {}
        }
    }
}
