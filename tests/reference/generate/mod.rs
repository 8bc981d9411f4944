//! Strategies for small cases: a catalog of two to seven credentials, a record of at most six awards, and an
//! as-of date, made so that dates, amounts and names meet often.
//!
//! Parts are drawn with ids and grades from fixed lists and then fitted to the catalog at hand (its number of
//! credentials, its kind of grades), so that cases shrink well.

use super::edition::Edition;
use super::evaluate::days_of_change;
use super::model::*;
use super::weave::{NUMBERS, weave};
use super::write::{write_catalog, write_record};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::fmt;

mod claims;
mod draw;
mod entries;
mod fit;
mod plan_rules;
mod plans;

pub use claims::{ClaimsCase, claims_case, claims_case_of};
pub use fit::walk;
pub use plans::{PlanCase, plan_case, plan_case_of};

use draw::{a_date, a_rule, an_id, leaf_members, sum_part};
use entries::{Aim, a_credential, a_substitution, a_waiver, an_award};
use fit::{Fit, name_groups, without_group_pool};

pub const IDS: [Id; 7] = ["a", "b", "c", "d", "e", "f", "g"];
/// Known to no catalog, as all that follow.
pub const UNKNOWN: Id = "unknown";
pub const UNKNOWN_TOO: Id = "unknown-too";
const NO_SUCH_GROUP: Id = "no-such-group";
pub const GRADES: [&str; 5] = ["F", "D", "C", "B", "A"];
const ISSUERS: [Id; 2] = ["x", "y"];
const TAGS: [Id; 2] = ["t", "u"];
/// A list or filter of leaves; usable in every group.
pub const LEAF_POOL: Id = "leaves";
/// A list with `up_to` in it; usable in sums.
pub const SUM_POOL: Id = "amounts";
/// A list with groups in it; usable in `at_least`.
const GROUP_POOL: Id = "groups";
/// Names for groups, in the order of a credential's rules.
pub const NAMES: [Id; 8] = ["n1", "n2", "n3", "n4", "n5", "n6", "n7", "n8"];

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

/// A case with what is switched on of the second edition.
pub fn case() -> BoxedStrategy<Case> {
    case_of(Edition::current())
}

/// A case with features of this edition woven in.
pub fn case_of(edition: Edition) -> BoxedStrategy<Case> {
    if edition == Edition::FIRST {
        return first_case().prop_map(of_first_edition).boxed();
    }
    (first_case(), vec(any::<u32>(), NUMBERS)).prop_map(move |(case, numbers)| weave(case, numbers, edition)).boxed()
}

/// The catalog says of which edition it is, whatever the engine knows.
fn of_first_edition(mut case: Case) -> Case {
    case.catalog.edition = Edition::FIRST;
    case
}

fn first_case() -> impl Strategy<Value = Case> {
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
