//! Why a claim does not hold together with others, and the least to give up for it ([semantics
//! 5.5](crate::semantics#5.5)).

use std::collections::BTreeSet;

use crate::claims::search::{ClaimSearch, TiedGroup};
use crate::evaluate::sharing::claimants::{ClaimantId, PolicyId};
use crate::evaluate::sharing::judge::{Allowance, HeldTogether, SharedUnits};
use crate::evaluate::sharing::round::MadeClaims;
use crate::solve::deletion::{Trial, deletion_filter};

/// What stands in the way of a candidate.
pub(crate) struct InTheWay {
    /// As few of the claims, and of what is held, as it does not hold together with.
    pub(crate) with: Vec<ClaimantId>,
    /// For each policy that stands in the way, how they would share least if it allowed it: the claims that were made
    /// then, and what two of them share beyond what is allowed.
    pub(crate) over: Vec<(MadeClaims, SharedUnits)>,
    /// The least to give up of what is claimed, if that helps at all.
    pub(crate) give_up: Option<BTreeSet<ClaimantId>>,
}

/// Raises of an allowance.
#[derive(Clone, Copy)]
struct Raise {
    units: bool,
    credits: bool,
}

impl ClaimSearch<'_, '_, '_> {
    /// What stands in the way of a candidate that was not chosen. `None` if the work limit comes first.
    pub(crate) fn in_the_way_of(
        &mut self,
        candidate: ClaimantId,
        group: &TiedGroup,
        claimed: &BTreeSet<ClaimantId>,
    ) -> Option<InTheWay> {
        let mut demands: Vec<Vec<ClaimantId>> = claimed.iter().map(|&claimant| vec![claimant]).collect();
        demands.extend(group.fixed.iter().cloned());
        demands.push(vec![candidate]);
        // An irreducible set, found by leaving out one after the other (a deletion filter).
        let mut kept = 0;
        while kept + 1 < demands.len() {
            let without = demands.remove(kept);
            if self.hold(&demands)?.into_made().is_some() {
                demands.insert(kept, without);
                kept += 1;
            }
        }
        let over = self.with_a_part_of_the_steps(|search| search.all_over(&demands)).unwrap_or_default();
        let give_up = self.with_a_part_of_the_steps(|search| search.least_to_give_up(candidate, group, claimed));
        demands.pop();
        let mut with: Vec<ClaimantId> = demands.iter().filter_map(|any| any.first().copied()).collect();
        with.sort_by_key(|&claimant| self.parties.credential(claimant));
        Some(InTheWay { with, over, give_up })
    }

    /// What would be shared beyond what each policy that stands in the way allows, no other one being looked at.
    fn all_over(&mut self, demands: &[Vec<ClaimantId>]) -> Option<Vec<(MadeClaims, SharedUnits)>> {
        let policies = self.policies_in_the_way(demands)?;
        let before = self.judge.allowances.clone();
        // The others are not needed to be in the way, and are left aside.
        for (policy, allowance) in self.judge.allowances.entries_mut() {
            if !policies.contains(&policy) {
                *allowance = Allowance::default();
            }
        }
        let over: Option<Vec<_>> = policies.into_iter().map(|policy| self.least_over(policy, demands)).collect();
        self.judge.allowances = before;
        Some(over?.into_iter().flatten().collect())
    }

    /// The least to give up of what is claimed for the candidate. `None` if that does not help, or the steps run out.
    fn least_to_give_up(
        &mut self,
        candidate: ClaimantId,
        group: &TiedGroup,
        claimed: &BTreeSet<ClaimantId>,
    ) -> Option<BTreeSet<ClaimantId>> {
        let rest: Vec<ClaimantId> = claimed.iter().copied().collect();
        let beside = BTreeSet::from([candidate]);
        self.together(group, &beside)?.into_made()?;
        let proven = std::mem::replace(&mut self.proven, true);
        let left = self.choose(group, &rest, &beside);
        let in_time = std::mem::replace(&mut self.proven, proven);
        left.filter(|_| in_time).map(|left| claimed.difference(&left.claimed).copied().collect())
    }

    /// Explains with a part of the steps that are left, so that there are some for what comes after.
    fn with_a_part_of_the_steps<T>(&mut self, explain: impl FnOnce(&mut Self) -> T) -> T {
        let kept = self.judge.steps - self.judge.steps / 8;
        self.judge.steps -= kept;
        let explained = explain(self);
        self.judge.steps += kept;
        explained
    }

    /// As few policies as stand in the way of claims that do not hold together.
    fn policies_in_the_way(&mut self, demands: &[Vec<ClaimantId>]) -> Option<Vec<PolicyId>> {
        let claimants = &self.parties.claimants;
        let all = claimants.resting(demands.iter().flatten().copied());
        let mut policies: BTreeSet<PolicyId> = BTreeSet::new();
        for (place, &one) in all.iter().enumerate() {
            all[place + 1..].iter().for_each(|&other| policies.extend(claimants.between(one, other)));
        }
        let before = self.judge.allowances.clone();
        let mut in_time = true;
        let all: Vec<PolicyId> = policies.into_iter().collect();
        let needed = deletion_filter(&all, |some| {
            let kept = self.judge.allowances.clone();
            for &policy in some {
                self.judge.allowances[policy] = Allowance::default();
            }
            match self.hold(demands).map(HeldTogether::into_made) {
                Some(None) => return Trial::Spared,
                Some(Some(_)) => {}
                None => in_time = false,
            }
            self.judge.allowances = kept;
            if in_time { Trial::Needed } else { Trial::Stop }
        });
        self.judge.allowances = before;
        in_time.then_some(needed)
    }

    /// How claims share least, if one policy allowed it; what two of them share beyond what it allows.
    fn least_over(&mut self, policy: PolicyId, demands: &[Vec<ClaimantId>]) -> Option<Vec<(MadeClaims, SharedUnits)>> {
        let before = self.judge.allowances[policy];
        let ways = [(true, false), (false, true), (true, true)].map(|(units, credits)| Raise { units, credits });
        let mut least = None;
        for raise in ways {
            self.judge.allowances[policy] = Allowance {
                units: before.units.filter(|_| !raise.units),
                credits: before.credits.filter(|_| !raise.credits),
            };
            if let Some(made) = self.hold(demands)?.into_made() {
                least = Some(self.lowered(policy, demands, raise, made)?);
                break;
            }
        }
        self.judge.allowances[policy] = before;
        let Some(made) = least else { return Some(Vec::new()) };
        let is_over = |shared: &SharedUnits| shared.policy == policy && !before.allows(shared);
        let over = self.judge.shared(&made).into_iter().filter(is_over);
        Some(over.map(|shared| (made.clone(), shared)).collect())
    }

    /// Lowers what was raised, as far as the claims still hold together.
    fn lowered(
        &mut self,
        policy: PolicyId,
        demands: &[Vec<ClaimantId>],
        raise: Raise,
        mut best: MadeClaims,
    ) -> Option<MadeClaims> {
        for (is_raised, units) in [(raise.units, true), (raise.credits, false)] {
            let mut lower = is_raised;
            while lower {
                let shared = self.judge.shared(&best).into_iter().filter(|shared| shared.policy == policy);
                let amount = |shared: SharedUnits| if units { shared.units.len() as u64 } else { shared.credits };
                let Some(less) = shared.map(amount).max().and_then(|most| most.checked_sub(1)) else { break };
                let kept = self.judge.allowances[policy];
                let allowance = &mut self.judge.allowances[policy];
                *(if units { &mut allowance.units } else { &mut allowance.credits }) = Some(less);
                if let Some(made) = self.hold(demands)?.into_made() {
                    best = made;
                } else {
                    // As much as there is has to be allowed, from now on.
                    let allowance = &mut self.judge.allowances[policy];
                    *allowance = kept;
                    *(if units { &mut allowance.units } else { &mut allowance.credits }) = Some(less + 1);
                    lower = false;
                }
            }
        }
        Some(best)
    }
}
