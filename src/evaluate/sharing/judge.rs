//! Whether claims hold together: each can choose awards that meet its stack so that no two share more than the policies
//! between their types allow ([semantics 5.5](crate::semantics#5.5)).
//!
//! All their needs and the limits between them are one system of whole numbers for `integer`; every answer is checked
//! by counting what each has by its own awards alone, the claims being made one after the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::network::Part;
use crate::evaluate::by_leaf::ByLeaf;
use crate::evaluate::division_rows::whole;
use crate::evaluate::evidence::{EvidenceId, UnitOfAwards};
use crate::evaluate::outcome::{Met, Outcome};
use crate::evaluate::sharing::claimants::{ClaimantId, Claimants, PolicyId};
use crate::evaluate::sharing::round::{Grounds, MadeClaims, Round, SharedOut};
use crate::solve::ids::VariableId;
use crate::solve::integer;
use crate::solve::integer::{Feasible, System};
use crate::solve::row::{Interval, Row};
use crate::value::amount::Amount;
use crate::value::ids::{IdVec, LeafId};
use crate::value::meter::Meter;

/// What a policy allows two claims to share: without a number, everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Allowance {
    pub(crate) units: Option<u64>,
    /// Hundredths of credits.
    pub(crate) credits: Option<u64>,
}

impl Allowance {
    /// Whether it allows so much.
    pub(crate) fn allows(self, shared: &SharedUnits) -> bool {
        let Self { units, credits } = self;
        units.is_none_or(|most| shared.units.len() as u64 <= most) && credits.is_none_or(|most| shared.credits <= most)
    }
}

/// The units that two claims share under a policy.
#[derive(Debug, Clone)]
pub(crate) struct SharedUnits {
    pub(crate) between: [ClaimantId; 2],
    pub(crate) policy: PolicyId,
    pub(crate) units: Vec<UnitOfAwards>,
    /// Hundredths of credits.
    pub(crate) credits: u64,
}

/// The answer for some claims; if they hold together, how each of them is met, and those that they rest on.
#[derive(Debug)]
pub(crate) struct HeldTogether {
    pub(crate) met: Met,
    pub(crate) made: MadeClaims,
}

impl HeldTogether {
    /// The claims that were made, if they hold together.
    pub(crate) fn into_made(self) -> Option<MadeClaims> {
        (self.met == Met::Yes).then_some(self.made)
    }

    fn none(met: Met) -> Self {
        Self { met, made: MadeClaims::new() }
    }
}

/// Claims of which one each has to be made.
pub(crate) type Demands = [Vec<ClaimantId>];

/// The claims that were made, seen from what is demanded.
enum Agreement {
    /// Something that is demanded was not made.
    Missing,
    /// A policy is broken.
    Broken,
    /// These are what is demanded and what that rests on.
    Kept(MadeClaims),
}

/// Judges claims, one question after the other.
#[derive(Debug)]
pub(crate) struct SharingJudge<'j, 'c> {
    pub(crate) claimants: &'j Claimants<'c>,
    pub(crate) allowances: IdVec<PolicyId, Allowance>,
    /// Whether no more is to be waived than has to be.
    pub(crate) is_thrifty: bool,
    pub(crate) steps: u64,
}

impl<'j, 'c> SharingJudge<'j, 'c> {
    pub(crate) fn new(claimants: &'j Claimants<'c>, steps: u64) -> Self {
        let allowance = |policy: &crate::catalog::sharing::Sharing| Allowance {
            units: policy.max_awards.map(u64::from),
            credits: policy.max_credits.map(Amount::hundredths),
        };
        let allowances = claimants.catalog.sharing().iter().map(allowance).collect();
        Self { claimants, allowances, is_thrifty: false, steps }
    }

    /// Whether one of each of these claims holds together with the others.
    pub(crate) fn hold(&mut self, demands: &Demands, grounds: &mut dyn Grounds) -> HeldTogether {
        let relevant = self.claimants.resting(demands.iter().flatten().copied());
        self.hold_among(demands, &relevant, grounds)
    }

    /// The same, where any of some claims, sorted, may be made for others to rest on.
    pub(crate) fn hold_among(
        &mut self,
        demands: &Demands,
        relevant: &[ClaimantId],
        grounds: &mut dyn Grounds,
    ) -> HeldTogether {
        let waivable = self.waivable(relevant);
        let mut unwaived: BTreeSet<Part> = waivable.iter().copied().collect();
        let mut best = self.with_waivers(demands, relevant, &unwaived, grounds);
        if waivable.is_empty() || best.met == Met::Yes {
            return best;
        }
        unwaived.clear();
        best = self.with_waivers(demands, relevant, &unwaived, grounds);
        for part in waivable {
            if !self.is_thrifty || best.met != Met::Yes {
                break;
            }
            unwaived.insert(part);
            let outcome = self.with_waivers(demands, relevant, &unwaived, grounds);
            if outcome.met == Met::Yes {
                best = outcome;
            } else {
                unwaived.remove(&part);
            }
        }
        best
    }

    /// The parts of their stacks that are waived.
    fn waivable(&self, relevant: &[ClaimantId]) -> Vec<Part> {
        let network = &self.claimants.catalog.network;
        let mut waivable = BTreeSet::new();
        for claimant in relevant.iter().map(|&id| &self.claimants.all[id]) {
            if !claimant.exceptions.waived.is_empty() {
                let groups = network.groups_below(claimant.top).into_iter().map(Part::Group);
                let parts = groups.chain(network.leaves_below(claimant.top).into_iter().map(Part::Leaf));
                waivable.extend(parts.filter(|&part| claimant.exceptions.is_waived(part)));
            }
        }
        waivable.into_iter().collect()
    }

    fn with_waivers(
        &mut self,
        demands: &Demands,
        relevant: &[ClaimantId],
        unwaived: &BTreeSet<Part>,
        grounds: &mut dyn Grounds,
    ) -> HeldTogether {
        let mut round = Round::new(self.claimants, relevant, unwaived);
        // All pairs of them are looked at.
        let pairs = (relevant.len() * relevant.len()) as u64;
        self.steps = self.steps.saturating_sub(pairs / 64 + self.claimants.evidence.len() as u64 / 64);
        // Most often nothing stands in the way.
        let Some(made) = round.make(&|_| true, None, grounds, &mut self.steps) else {
            return HeldTogether::none(Met::Undecided);
        };
        match self.agreement(made, demands, grounds) {
            Agreement::Missing => HeldTogether::none(Met::No),
            Agreement::Kept(made) => HeldTogether { met: Met::Yes, made },
            Agreement::Broken => self.by_rows(demands, &mut round, grounds),
        }
    }

    /// What is demanded of the claims that were made, with what it rests on.
    fn agreement(&self, mut made: MadeClaims, demands: &Demands, grounds: &dyn Grounds) -> Agreement {
        let first = |any: &Vec<ClaimantId>| any.iter().copied().find(|id| made.contains_key(id));
        let Some(demanded) = demands.iter().map(first).collect() else { return Agreement::Missing };
        let needed = grounds.needed(demanded, &made);
        made.retain(|id, _| needed.contains(id));
        let kept = |shared: &SharedUnits| self.allowances[shared.policy].allows(shared);
        if self.shared(&made).iter().all(kept) { Agreement::Kept(made) } else { Agreement::Broken }
    }

    /// What claims share under each policy between two of them.
    pub(crate) fn shared(&self, made: &MadeClaims) -> Vec<SharedUnits> {
        let claimants = self.claimants;
        let unit = |evidence: EvidenceId| {
            claimants.evidence[evidence].evidence.unit(&claimants.catalog.names, LeafId::NOWHERE)
        };
        let used = |outcome: &Outcome| outcome.filled.iter().map(|filled| unit(filled.evidence)).collect();
        let used: Vec<(ClaimantId, BTreeSet<UnitOfAwards>)> =
            made.iter().map(|(&id, outcome)| (id, used(outcome))).collect();
        let mut shared = Vec::new();
        for (place, (one, first)) in used.iter().enumerate() {
            for (other, second) in &used[place + 1..] {
                let policies = claimants.between(*one, *other);
                if policies.is_empty() {
                    continue;
                }
                let both: Vec<UnitOfAwards> = first.intersection(second).copied().collect();
                for &policy in policies {
                    let limited = both.iter().copied().filter(|&unit| claimants.is_limited(policy, unit));
                    let units: Vec<UnitOfAwards> = limited.collect();
                    if !units.is_empty() {
                        let credits = units.iter().map(|&unit| claimants.credits(unit)).fold(0, u64::saturating_add);
                        shared.push(SharedUnits { between: [*one, *other], policy, units, credits });
                    }
                }
            }
        }
        shared
    }

    /// Decides by search.
    fn by_rows(&mut self, demands: &Demands, round: &mut Round<'_>, grounds: &mut dyn Grounds) -> HeldTogether {
        let mut system = System::default();
        let claimed = round.ids.iter().map(|_| system.whole(Interval::new(0, 1))).collect();
        let Some(out) = round.rows(&mut system, claimed, &mut self.steps) else {
            return HeldTogether::none(Met::Undecided);
        };
        if self.limit(demands, &round.ids, &out, &mut system).is_none() {
            return HeldTogether::none(Met::Undecided);
        }
        let mut found = None;
        let mut meter = Meter::new(self.steps);
        let mut accept = |values: &IdVec<VariableId, i64>, meter: &mut Meter| {
            let given: Vec<ByLeaf<EvidenceId>> = round.given(&out, values);
            let wanted = |place: usize| values[out.claimed[place]] > 0;
            let Some(made) = round.make(&wanted, Some(&given), grounds, &mut meter.left) else { return false };
            match self.agreement(made, demands, grounds) {
                Agreement::Kept(made) => found = Some(made),
                Agreement::Missing | Agreement::Broken => {}
            }
            found.is_some()
        };
        let answer = integer::solve(&system, &mut meter, &mut accept);
        self.steps = meter.left;
        match (answer, found) {
            (Feasible::Yes, Some(made)) => HeldTogether { met: Met::Yes, made },
            (Feasible::Undecided, _) => {
                self.steps = 0;
                HeldTogether::none(Met::Undecided)
            }
            _ => HeldTogether::none(Met::No),
        }
    }

    /// The rows that say what is demanded, what rests on what, and what two claims may share. `None` if the steps run
    /// out.
    fn limit(&mut self, demands: &Demands, ids: &[ClaimantId], out: &SharedOut, system: &mut System) -> Option<()> {
        let columns: Vec<BTreeMap<UnitOfAwards, VariableId>> =
            out.shares.iter().map(crate::evaluate::shares::Shares::of_each_unit).collect();
        let claimed = |id: &ClaimantId| Some((out.claimed[ids.binary_search(id).ok()?], 1));
        for any in demands {
            system.add(Row::at_least(any.iter().filter_map(claimed).collect(), 1));
        }
        for (&id, columns) in ids.iter().zip(&columns) {
            for (unit, suppliers) in self.suppliers(id) {
                if let Some(&column) = columns.get(&unit) {
                    let terms = suppliers.iter().filter_map(claimed).collect();
                    system.add(Row { terms, head: Some(column), need: 1 });
                }
            }
        }
        for (place, &one) in ids.iter().enumerate() {
            for (other, second) in ids.iter().zip(&columns).skip(place + 1) {
                let policies = self.claimants.between(one, *other);
                if policies.is_empty() {
                    continue;
                }
                let both: Vec<(UnitOfAwards, [VariableId; 2])> =
                    columns[place].iter().filter_map(|(unit, &a)| Some((*unit, [a, *second.get(unit)?]))).collect();
                let looked_at = columns[place].len() + policies.len() * (both.len() + 1);
                self.steps = self.steps.checked_sub(looked_at as u64 + 1).filter(|&left| left > 0)?;
                self.limit_pair(policies, &both, system);
            }
        }
        Some(())
    }

    /// The units that a claim can use only if something else is claimed, with whatever would do.
    fn suppliers(&self, id: ClaimantId) -> BTreeMap<UnitOfAwards, BTreeSet<ClaimantId>> {
        let claimants = self.claimants;
        let mut suppliers: BTreeMap<UnitOfAwards, Option<BTreeSet<ClaimantId>>> = BTreeMap::new();
        for &(_, evidence) in &claimants.all[id].usable {
            let unit = claimants.evidence[evidence].evidence.unit(&claimants.catalog.names, LeafId::NOWHERE);
            let known = suppliers.entry(unit).or_insert_with(|| Some(BTreeSet::new()));
            match claimants.supplier[evidence] {
                None => *known = None,
                Some(supplier) => known.iter_mut().for_each(|known| _ = known.insert(supplier)),
            }
        }
        suppliers.into_iter().filter_map(|(unit, suppliers)| Some((unit, suppliers?))).collect()
    }

    /// The rows that say what two claims may share, of units that both could use.
    fn limit_pair(&self, policies: &[PolicyId], both: &[(UnitOfAwards, [VariableId; 2])], system: &mut System) {
        let mut shared: BTreeMap<UnitOfAwards, VariableId> = BTreeMap::new();
        for &policy in policies {
            let Allowance { units, credits } = self.allowances[policy];
            let (mut in_units, mut in_credits) = (Vec::new(), Vec::new());
            for &(unit, [a, b]) in both.iter().filter(|(unit, _)| self.claimants.is_limited(policy, *unit)) {
                let carried = self.claimants.credits(unit);
                if units == Some(0) || credits.is_some_and(|most| carried > most) {
                    system.add(Row::at_least(vec![(a, -1), (b, -1)], -1));
                    continue;
                }
                let column = *shared.entry(unit).or_insert_with(|| {
                    let column = system.whole(Interval::new(0, 1));
                    system.add(Row::at_least(vec![(column, 1), (a, -1), (b, -1)], -1));
                    column
                });
                in_units.push((column, -1));
                in_credits.push((column, -whole(carried)));
            }
            if let Some(most) = units {
                system.add(Row::at_least(in_units, -whole(most)));
            }
            if let Some(most) = credits {
                system.add(Row::at_least(in_credits, -whole(most)));
            }
        }
    }
}
