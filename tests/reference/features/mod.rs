//! What a case exercises, by name. "x decides" means that the answers differ if x is taken away.

use super::model::*;
use std::collections::BTreeSet;

mod cases;
mod claims;
mod plans;

pub use cases::interesting;
pub use claims::{ALL_OF_CLAIMS, interesting_claims};
pub use plans::{ALL_OF_PLANS, interesting_plans};

pub type Features = BTreeSet<&'static str>;

/// Every name that `interesting` knows.
pub const ALL: &[&str] = &[
    "Held",
    "Qualified",
    "InProgress",
    "Lapsed",
    "Unattainable",
    "Eligible",
    "Started",
    "Locked",
    "held by another name",
    "qualified by another name",
    "taken, qualified by another name",
    "lapsed by another name",
    "in progress by another name",
    "unattainable and conferred",
    "unattainable, window open",
    "attainable by repetition",
    "attainable by claiming",
    "qualified in a chain",
    "two orders possible, one not",
    "met and held",
    "qualified_since finite",
    "valid_until finite",
    "both finite",
    "met since ever",
    "ends on the as-of date",
    "begins on the as-of date",
    "lapsed award",
    "award never current",
    "last valid day is as-of",
    "awarded on as-of",
    "awarded later",
    "undated",
    "unknown id",
    "month-end clamp",
    "while-components current",
    "while-components not current",
    "prerequisite holds a stack back",
    "self reference",
    "cycle",
    "counts_as cycle",
    "overlapping equivalents",
    "mixed repeatable equivalents",
    "vacuous group",
    "impossible group",
    "nested up_to",
    "window over",
    "window not yet",
    "window empty",
    "window ends on as-of",
    "window begins on as-of",
    "sum contested",
    "sum tight",
    "up_to decides",
    "span decides",
    "span of a sum decides",
    "nested span decides",
    "within decides",
    "since decides",
    "grade decides",
    "issuer decides",
    "lapsed decides",
    "equivalent decides",
    "counts_as decides",
    "repeatable decides",
    "own amount decides",
    "own valid_until decides",
    "undated decides",
    "filter decides",
    "pool decides",
    "revoked decides",
    "prerequisite decides",
    "distinct decides",
    "distinct decides attainability",
    "distinct decides in a nested group",
    "distinct over groups decides",
    "distinct with a sum decides",
    "distinct with a span decides",
    "distinct pool or filter decides",
    "distinct met and tight",
    "distinct, several awards of a unit decide",
    "distinct, met by repetition",
    "waiver decides",
    "waived group decides",
    "waived sum decides",
    "waived component decides",
    "waived equivalent component decides",
    "waived prerequisite decides",
    "waived group in a prerequisite decides",
    "waiver in a distinct group decides",
    "waiver with a span decides",
    "waiver in a sum",
    "waiver of an up_to",
    "waiver without a place",
    "waiver makes attainable",
    "started by a waived leaf",
    "substitution decides",
    "substitution everywhere decides",
    "substitution within decides",
    "substitution of an unknown id within decides",
    "substitutions chain",
    "substitutions chain, one within",
    "held by substitution",
    "in progress by substitution",
    "lapsed by substitution",
    "qualified by substitution",
    "substitution without a place",
    "unknown award counts",
    "unknown award in progress counts",
    "several awards of an unknown id",
    "unknown award, amount of another credential",
    "first view in progress",
    "first view planned",
    "first view none",
    "in progress no longer",
    "qualified in a view",
    "met in a view, not for ever",
    "attainable in a view",
    "Eligible in a view",
];

/// Changes every part as written, given how deep it stands; a part of a pool stands below a group.
fn every_part(catalog: &mut Catalog, change: &dyn Fn(&mut Part, usize)) {
    fn below(part: &mut Part, depth: usize, change: &dyn Fn(&mut Part, usize)) {
        change(part, depth);
        if let Part::Group { members: Members::List(parts), .. } = part {
            parts.iter_mut().for_each(|p| below(p, depth + 1, change));
        }
    }
    let rules = catalog.credentials.values_mut().flat_map(|c| c.prerequisite.iter_mut().chain(&mut c.stack));
    rules.for_each(|r| below(r, 0, change));
    for members in catalog.pools.values_mut() {
        if let Members::List(parts) = members {
            parts.iter_mut().for_each(|p| below(p, 1, change));
        }
    }
}

/// Whether `to` is reached from `from` in one step or more.
fn reaches(from: Id, to: Id, next: &dyn Fn(Id) -> Vec<Id>) -> bool {
    let mut seen: Vec<Id> = next(from);
    let mut i = 0;
    while i < seen.len() {
        if seen[i] == to {
            return true;
        }
        for n in next(seen[i]) {
            if !seen.contains(&n) {
                seen.push(n);
            }
        }
        i += 1;
    }
    false
}
