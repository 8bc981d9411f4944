//! Cases of claims (5.5).

use super::draw::*;
use super::*;
use proptest::collection::vec;
use proptest::option::weighted;

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
pub(super) const TAKEN: [Id; 5] = ["a", "b", "c", "d", "e"];
pub(super) const CONFERRED: [Id; 4] = ["p", "q", "r", "s"];
pub(super) const TYPES: [Id; 3] = ["Certificate", "Degree", "MicroCredential"];

/// A case of claims with what is switched on of the second edition.
pub fn claims_case() -> BoxedStrategy<ClaimsCase> {
    claims_case_of(Edition::current())
}

/// A case of claims with features of this edition woven in.
pub fn claims_case_of(edition: Edition) -> BoxedStrategy<ClaimsCase> {
    if edition == Edition::FIRST {
        let of_first_edition = |mut case: ClaimsCase| {
            case.catalog.edition = Edition::FIRST;
            case
        };
        return first_claims_case().prop_map(of_first_edition).boxed();
    }
    let case = (first_claims_case(), vec(any::<u32>(), NUMBERS));
    case.prop_map(move |(case, numbers)| {
        let ClaimsCase { catalog, record, as_of, targets } = case;
        let Case { catalog, record, as_of } = weave(Case { catalog, record, as_of }, numbers, edition);
        ClaimsCase { catalog, record, as_of, targets }
    })
    .boxed()
}

/// Two to four conferred credentials with small stacks over few taken ones, under one or two policies; few awards.
pub(super) fn first_claims_case() -> impl Strategy<Value = ClaimsCase> {
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
        of: None,
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
        .prop_map(|(awards, waivers, substitutions)| Record {
            awards,
            waivers,
            substitutions,
            only_verified: false,
        });
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
pub(super) fn period() -> impl Strategy<Value = ValidFor> {
    prop_oneof![6 => Just(ValidFor::Forever), 1 => Just(ValidFor::Period(days(28)))]
}

pub(super) fn a_claim_leaf() -> impl Strategy<Value = Part> {
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

pub(super) fn a_claim_rule() -> BoxedStrategy<Part> {
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
            Part::Group { kind, members, conditions: Conditions::default(), span: None, distinct, name, average: None }
        })
    };
    let low = few(a_claim_leaf().boxed()).boxed();
    let part = prop_oneof![5 => a_claim_leaf(), 1 => low.clone()].boxed();
    prop_oneof![2 => a_claim_leaf(), 5 => low, 3 => few(part)].boxed()
}

pub(super) fn only_with(fit: &dyn Fn(Id) -> Id, part: &mut Part) {
    match part {
        Part::Credential { id, .. } => *id = fit(id),
        Part::Group { members: Members::List(parts), .. } => parts.iter_mut().for_each(|p| only_with(fit, p)),
        Part::Group { .. } => {}
    }
}
