//! A sum under caps as a system of whole numbers: how many units of awards of each kind add by which choice, what each
//! `up_to` passes on, and that this is as much as is asked for.
//!
//! Units that could add by the same choices are of one kind: a column counts how many of them add by a choice, so that
//! none is told apart from another. Whatever is found is added up anew.

use std::collections::BTreeMap;

use crate::evaluate::assignment::{Bucket, Placement, SumGoal, total};
use crate::evaluate::evidence::UnitOfAwards;
use crate::solve::ids::VariableId;
use crate::solve::integer;
use crate::solve::integer::{Feasible, System};
use crate::solve::number::common_divisor;
use crate::solve::row::{Interval, LinearTerm, Row};
use crate::value::ids::{IdVec, UnitId};
use crate::value::meter::Meter;

/// What is added up.
#[derive(Clone, Copy)]
pub(crate) struct CappedSum<'c> {
    pub(crate) choices: &'c [Placement],
    /// Those of them that matter.
    pub(crate) kept: &'c [usize],
    pub(crate) buckets: &'c [Bucket],
}

/// A total, and the choices that reach it.
pub(crate) struct SumReached {
    pub(crate) total: u64,
    pub(crate) used: Vec<usize>,
    /// Whether nothing more, or at least not what is needed, can be reached.
    pub(crate) complete: bool,
}

/// A way in which units of a kind can add: the member, the bucket, the amount.
type WayToAdd = (Option<UnitId>, usize, u64);

/// Units that could add by the same choices.
struct UnitKind {
    ways: Vec<WayToAdd>,
    /// For each of the units, its choices, in the order of the ways.
    units: Vec<Vec<usize>>,
}

/// How units of a kind add: by the choice at this place.
struct KindColumn {
    kind: usize,
    way: usize,
    variable: VariableId,
}

impl CappedSum<'_> {
    /// The most that is reached, up to a ceiling that nothing exceeds.
    pub(crate) fn most(self, wanted: SumGoal, ceiling: u64, steps: &mut u64) -> SumReached {
        let mut best = SumReached { total: 0, used: Vec::new(), complete: true };
        let kinds = self.kinds();
        // First what is needed, if it can be reached at all.
        let mut most = ceiling;
        if wanted.needed <= ceiling {
            match self.at_least(&kinds, wanted.needed, steps) {
                Ok(Some(used)) => best = self.reached(used),
                Ok(None) => most = wanted.needed.saturating_sub(1),
                Err(()) => return SumReached { complete: false, ..best },
            }
            if !wanted.most {
                return best;
            }
        }
        let grain = self.grain();
        while best.total < most {
            let middle = (best.total + (most - best.total).div_ceil(2)).next_multiple_of(grain).min(most);
            match self.at_least(&kinds, middle, steps) {
                Ok(Some(used)) => best = self.reached(used),
                Ok(None) => most = (middle - 1) / grain * grain,
                Err(()) => return SumReached { complete: most < wanted.needed, ..best },
            }
        }
        best
    }

    fn reached(self, used: Vec<usize>) -> SumReached {
        let mut amounts = vec![0_u64; self.buckets.len()];
        for &number in &used {
            let Placement { bucket, amount, .. } = self.choices[number];
            amounts[bucket] = amounts[bucket].saturating_add(amount);
        }
        SumReached { total: total(&amounts, self.buckets), used, complete: true }
    }

    /// What divides all amounts and caps, and so every total.
    fn grain(self) -> u64 {
        let amounts = self.kept.iter().map(|&number| whole(self.choices[number].amount));
        let caps = self.buckets[1..].iter().map(|bucket| whole(bucket.cap));
        u64::try_from(common_divisor(amounts.chain(caps))).unwrap_or(1).max(1)
    }

    fn kinds(self) -> Vec<UnitKind> {
        let mut by_unit: BTreeMap<UnitOfAwards, Vec<usize>> = BTreeMap::new();
        for &number in self.kept {
            by_unit.entry(self.choices[number].unit).or_default().push(number);
        }
        let way = |&number: &usize| {
            let Placement { member, bucket, amount, .. } = self.choices[number];
            (member, bucket, amount)
        };
        let mut kinds: BTreeMap<Vec<WayToAdd>, Vec<Vec<usize>>> = BTreeMap::new();
        for mut choices in by_unit.into_values() {
            choices.sort_by_key(way);
            kinds.entry(choices.iter().map(way).collect()).or_default().push(choices);
        }
        kinds.into_iter().map(|(ways, units)| UnitKind { ways, units }).collect()
    }

    /// Choices that add up to so much; none if there are none. An error if the steps run out.
    fn at_least(self, kinds: &[UnitKind], least: u64, steps: &mut u64) -> Result<Option<Vec<usize>>, ()> {
        let (system, columns) = self.system(kinds, least);
        *steps = steps.saturating_sub(8 * self.kept.len() as u64);
        let mut meter = Meter::new(*steps);
        let mut found = None;
        let mut accept = |values: &IdVec<VariableId, i64>, _: &mut Meter| {
            let mut used = Vec::new();
            let mut given = vec![0_usize; kinds.len()];
            for &KindColumn { kind, way, variable } in &columns {
                let times = values.get(variable).copied().unwrap_or(0);
                let first = given[kind];
                let units = kinds[kind].units[first..].iter().take(usize::try_from(times).unwrap_or(0));
                used.extend(units.map(|choices| choices[way]));
                given[kind] = first + usize::try_from(times).unwrap_or(0).min(kinds[kind].units.len() - first);
            }
            let enough = self.reached(used.clone()).total >= least;
            if enough {
                found = Some(used);
            }
            enough
        };
        let answer = integer::solve(&system, &mut meter, &mut accept);
        *steps = meter.left;
        match (answer, found) {
            (Feasible::Yes, Some(used)) => Ok(Some(used)),
            (Feasible::No, _) => Ok(None),
            _ => {
                *steps = 0;
                Err(())
            }
        }
    }

    fn system(self, kinds: &[UnitKind], least: u64) -> (System, Vec<KindColumn>) {
        let mut system = System::default();
        let mut columns = Vec::new();
        let mut of_member: BTreeMap<UnitId, Vec<LinearTerm>> = BTreeMap::new();
        // What goes into each bucket.
        let mut into: Vec<Vec<LinearTerm>> = vec![Vec::new(); self.buckets.len()];
        for (kind, UnitKind { ways, units }) in kinds.iter().enumerate() {
            let number = whole(units.len() as u64);
            let mut of_kind = Vec::new();
            for (way, &(member, bucket, amount)) in ways.iter().enumerate() {
                let variable = system.whole(Interval::new(0, if member.is_some() { 1 } else { number }));
                columns.push(KindColumn { kind, way, variable });
                of_kind.push((variable, -1));
                into[bucket].push((variable, whole(amount)));
                if let Some(member) = member {
                    of_member.entry(member).or_default().push((variable, -1));
                }
            }
            system.add(Row::at_least(of_kind, -number));
        }
        for terms in of_member.into_values().filter(|terms| terms.len() > 1) {
            system.add(Row::at_least(terms, -1));
        }
        // Every bucket comes after the one above it.
        for bucket in (1..self.buckets.len()).rev() {
            let Bucket { above, cap } = self.buckets[bucket];
            let passed = system.fractional(Interval::new(0, whole(cap)));
            let mut terms = std::mem::take(&mut into[bucket]);
            terms.push((passed, -1));
            system.add(Row::at_least(terms, 0));
            into[above].push((passed, 1));
        }
        system.add(Row::at_least(std::mem::take(&mut into[0]), whole(least)));
        (system, columns)
    }
}

fn whole(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX).min(1 << 32)
}
