//! Random catalogs for checks, of up to eleven credentials: with cycles, exclusions, closed offerings, `distinct`,
//! sums, equivalents and `counts_as`. They are made out of a list of numbers, each of which decides one thing, so that
//! cases shrink.

use super::drawing::Drawing;
use super::edition::Edition;
use super::model::*;
use super::weave::{NUMBERS, weave_check};
use super::write::write_catalog_in_lines;
use proptest::collection::vec;
use proptest::prelude::*;
use std::fmt;

pub const IDS: [Id; 11] = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"];
const LEAF_POOL: Id = "leaves";

#[derive(Clone, PartialEq, Eq)]
pub struct CheckCase {
    pub catalog: Catalog,
    pub as_of: Option<Date>,
    pub targets: Vec<Id>,
    pub prices: bool,
}

/// The case as the engine would read it.
impl fmt::Debug for CheckCase {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let CheckCase { catalog, as_of, targets, prices } = self;
        write!(f, "as of {as_of:?}, targets {targets:?}, prices {prices}\n{}", write_catalog_in_lines(catalog))
    }
}

/// A catalog for checks with what is switched on of the second edition.
pub fn check_case() -> BoxedStrategy<CheckCase> {
    check_case_of(Edition::current())
}

/// A catalog for checks with features of this edition woven in.
pub fn check_case_of(edition: Edition) -> BoxedStrategy<CheckCase> {
    let first = vec(any::<u32>(), 150..=500).prop_map(|numbers| Drawing::new(numbers).case());
    if edition == Edition::FIRST {
        return first.boxed();
    }
    let case = (first, vec(any::<u32>(), NUMBERS));
    case.prop_map(move |(case, numbers)| CheckCase { catalog: weave_check(case.catalog, numbers, edition), ..case })
        .boxed()
}

/// A larger catalog, of `n` credentials named `cred-100` and so on, which build on some of those shortly before them.
pub fn large_catalog(seed: u64, n: usize) -> Catalog {
    let mut state = seed;
    let numbers: Vec<u32> = (0..n * 200)
        .map(|_| {
            state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (state >> 32) as u32
        })
        .collect();
    let mut drawing = Drawing::new(numbers);
    let ids: Vec<Id> = (0..n).map(|i| &*format!("cred-{}", 100 + i).leak()).collect();
    let mut catalog = Catalog::default();
    for i in 0..n {
        let earlier: Vec<Id> = ids[i.saturating_sub(12)..i].iter().rev().copied().collect();
        let near = &ids[i.saturating_sub(20)..(i + 3).min(n)];
        let mut c = drawing.credential(ids[i], &earlier, near, false, if i < 5 { 0 } else { 45 });
        c.tags = if drawing.chance(3) { vec!["t"] } else { Vec::new() };
        catalog.credentials.insert(c.id, c);
    }
    catalog
}

impl Drawing {
    fn case(&mut self) -> CheckCase {
        let size = self.below(100);
        let n = 3 + [3, 14, 38, 62, 78, 88, 95, 98].iter().filter(|percent| size >= **percent).count();
        let ids = &IDS[..n];
        let mut catalog = Catalog::default();
        let upward = self.chance(70);
        let with_pool = self.chance(10);
        for (i, id) in ids.iter().enumerate() {
            let mut earlier = if upward { ids[..i].to_vec() } else { ids[i + 1..].to_vec() };
            earlier.sort_by_key(|other| IDS.iter().position(|known| known == other).unwrap().abs_diff(i));
            let conferred = if earlier.len() < 2 { 15 } else { 60 };
            let c = self.credential(id, &earlier, ids, with_pool, conferred);
            catalog.credentials.insert(id, c);
        }
        if self.chance(14) {
            catalog.equivalent.push(self.some(ids, 2));
            if self.chance(20) {
                catalog.equivalent.push(self.some(ids, 2));
            }
        }
        if with_pool {
            let n = 2 + self.below(2);
            let leaves = self.some(ids, n).into_iter().map(leaf).collect();
            catalog.pools.insert(LEAF_POOL, Members::List(leaves));
        }
        let motifs = self.pick(&[1, 2, 2, 3, 3, 0]);
        let mut targets = Vec::new();
        for _ in 0..motifs {
            let target = self.motif(&mut catalog, ids);
            targets.extend(target.filter(|_| self.chance(50)));
        }
        let as_of = self.chance(50).then(|| date(2026, 3, 1));
        let n = self.below(2);
        targets.extend(self.some(ids, n));
        targets.sort();
        targets.dedup();
        CheckCase { targets, prices: self.chance(60), catalog, as_of }
    }

    fn credential(&mut self, id: Id, earlier: &[Id], ids: &[Id], with_pool: bool, conferred: usize) -> Credential {
        let mut c = credential(id);
        self.labels(&mut c);
        if self.chance(conferred) {
            c.stack = Some(self.rule(earlier, ids, with_pool, 2));
            if self.chance(6) {
                c.valid_for = ValidFor::WhileComponents;
            }
        }
        if self.chance(25) {
            c.prerequisite = Some(if self.chance(25) {
                self.rule(earlier, ids, with_pool, 1)
            } else {
                leaf(self.one(earlier, ids))
            });
        }
        if self.chance(14) {
            c.excludes = self.some(ids, 1);
        }
        if self.chance(8) {
            c.counts_as = self.some(ids, 1);
            c.counts_as.retain(|other| *other != id);
        }
        c
    }

    fn labels(&mut self, c: &mut Credential) {
        c.credits = self.pick(&[100, 200, 300, 150, 0]);
        c.hours = self.pick(&[100, 200, 0]);
        c.cost = self.pick(&[100, 200, 300, 0, 100]);
        c.repeatable = self.chance(8);
        if self.chance(50) {
            c.tags = vec!["t"];
        }
        if self.chance(20) {
            c.kind = Some("Course");
        }
        if self.chance(40) {
            c.issuer = Some(self.pick(&["x", "y"]));
        }
        if self.chance(7) {
            let (soon, early, late) = (date(2026, 6, 1), date(2025, 1, 1), date(2025, 12, 31));
            (c.offered_from, c.offered_until) =
                self.pick(&[(None, Some(late)), (None, Some(late)), (Some(soon), None), (Some(late), Some(early))]);
        }
    }

    /// Mostly one of the near ones.
    fn one(&mut self, earlier: &[Id], ids: &[Id]) -> Id {
        if earlier.is_empty() || self.chance(6) { self.pick(ids) } else { self.pick(&earlier[..earlier.len().min(4)]) }
    }

    fn several(&mut self, earlier: &[Id], ids: &[Id], n: usize) -> Vec<Id> {
        let mut found: Vec<Id> = Vec::new();
        for _ in 0..n {
            let id = self.one(earlier, ids);
            if !found.contains(&id) || self.chance(6) {
                found.push(id);
            }
        }
        found
    }

    fn leaf(&mut self, id: Id) -> Part {
        let none = Conditions::default;
        let conditions = match self.below(60) {
            56 => Conditions { since: Some(date(2026, 6, 1)), ..none() },
            57 => Conditions { since: Some(date(2026, 1, 1)), ..none() },
            58 => Conditions { grade: Some(Grade::Number(300)), ..none() },
            59 => Conditions { issuer: Some(vec![self.pick(&["x", "y"])]), ..none() },
            _ => none(),
        };
        leaf_if(id, conditions)
    }

    fn rule(&mut self, earlier: &[Id], ids: &[Id], with_pool: bool, depth: usize) -> Part {
        let n = 2 + self.below(3);
        let mut parts: Vec<Part> = Vec::new();
        for id in self.several(earlier, ids, n) {
            parts.push(if depth > 0 && self.chance(30) {
                self.rule(earlier, ids, with_pool, depth - 1)
            } else {
                self.leaf(id)
            });
        }
        let of = parts.len() as u32;
        match self.below(20) {
            0..=2 => parts.swap_remove(0),
            3..=7 => group(Kind::AllOf, parts),
            8..=11 => group(Kind::AnyOf, parts),
            12..=13 => group(Kind::AtLeast(self.pick(&[2, 1, 2, 3]).min(of + 1)), parts),
            14 => distinct(Kind::AllOf, parts),
            15 => distinct(Kind::AtLeast(2), parts),
            16..=17 => self.sum(earlier, ids),
            18 if with_pool => group_from(Kind::AtLeast(self.pick(&[1, 2])), Members::Pool(LEAF_POOL)),
            18 => {
                let filter = Filter { tags: Some(vec!["t"]), ..Filter::default() };
                group_from(Kind::AtLeast(self.pick(&[1, 2])), Members::Filter(filter))
            }
            _ => {
                let Part::Group { kind, members, .. } = group(Kind::AllOf, parts) else { unreachable!() };
                let conditions = Conditions { issuer: Some(vec!["x", "y"]), ..Conditions::default() };
                Part::Group {
                    kind,
                    members,
                    conditions,
                    span: Some(days(10)),
                    distinct: false,
                    name: None,
                    average: None,
                }
            }
        }
    }

    fn sum(&mut self, earlier: &[Id], ids: &[Id]) -> Part {
        let n = 2 + self.below(3);
        let mut parts: Vec<Part> = self.several(earlier, ids, n).into_iter().map(leaf).collect();
        if self.chance(30) && parts.len() > 2 {
            let capped = parts.split_off(parts.len() - 2);
            parts.push(group(Kind::UpTo(self.pick(&[100, 200])), capped));
        }
        let need = self.pick(&[100, 200, 300, 400]);
        group(if self.chance(20) { Kind::Hours(need) } else { Kind::Credits(need) }, parts)
    }

    /// Something that a finding is about, at a random place; gives the credential that it ends in.
    fn motif(&mut self, catalog: &mut Catalog, ids: &[Id]) -> Option<Id> {
        let which = self.pick(&[6, 0, 1, 1, 2, 3, 3, 4, 5, 5, 7, 7, 7, 7, 8]);
        let chosen = self.some(ids, 5);
        let (one, other) = (chosen.first().copied()?, chosen.get(1).copied()?);
        let [x, y, z] = [2, 3, 4].map(|i| chosen.get(i % chosen.len()).copied().unwrap_or(one));
        for id in &chosen[1..] {
            if self.chance(80) {
                let c = catalog.credentials.get_mut(id).unwrap();
                (c.prerequisite, c.stack, c.valid_for) = (None, None, ValidFor::Forever);
                (c.offered_from, c.offered_until, c.repeatable) = (None, None, false);
            }
        }
        let any = |ids: &[Id]| group(Kind::AnyOf, ids.iter().map(|id| leaf(id)).collect());
        let all = |ids: &[Id]| group(Kind::AllOf, ids.iter().map(|id| leaf(id)).collect());
        let set =
            |catalog: &mut Catalog, id: Id, stack: Part| catalog.credentials.get_mut(id).unwrap().stack = Some(stack);
        let exclude =
            |catalog: &mut Catalog, id: Id, other: Id| catalog.credentials.get_mut(id).unwrap().excludes = vec![other];
        match which {
            0 => {
                set(catalog, one, all(&[other, x]));
                set(catalog, other, self.pick(&[[one, y], [one, one], [one, x]]).map_all());
            }
            1 => {
                set(catalog, one, any(&[other, x]));
                set(catalog, other, any(&[one, y]));
            }
            2 => {
                set(catalog, one, all(&[x, y]));
                exclude(catalog, x, y);
            }
            3 => {
                set(catalog, one, group(Kind::AllOf, vec![leaf(x), any(&[y, z])]));
                exclude(catalog, y, x);
            }
            4 => {
                set(catalog, one, group(Kind::AllOf, vec![any(&[x, z]), leaf(y)]));
                catalog.credentials.get_mut(y).unwrap().prerequisite = Some(leaf(x));
            }
            5 => {
                let parts = vec![any(&[x, y]), any(&[x, y]), self.pick(&[leaf(x), any(&[y, x])].each_ref()).clone()];
                set(catalog, one, distinct(Kind::AllOf, parts));
            }
            6 => {
                set(catalog, one, all(&[x, y]));
                catalog.credentials.get_mut(y).unwrap().prerequisite = Some(leaf(x));
            }
            7 => {
                catalog.credentials.get_mut(one).unwrap().prerequisite = None;
                set(catalog, one, all(&[x, z]));
                set(catalog, other, all(&[y, z]));
                exclude(catalog, x, y);
            }
            _ => {
                set(catalog, one, all(&[x, y]));
                catalog.credentials.get_mut(x).unwrap().offered_until = Some(date(2019, 12, 31));
                catalog.credentials.get_mut(x).unwrap().offered_from = Some(date(2020, 1, 1));
            }
        }
        Some(one)
    }
}

trait MapAll {
    fn map_all(self) -> Part;
}

impl MapAll for [Id; 2] {
    /// Both, or the one if they are the same.
    fn map_all(self) -> Part {
        let [one, other] = self;
        if one == other { leaf(one) } else { group(Kind::AllOf, vec![leaf(one), leaf(other)]) }
    }
}
