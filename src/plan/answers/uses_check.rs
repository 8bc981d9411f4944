//! Whether the claims of a plan keep to the policies on sharing by what the plan says that they use.

use std::collections::BTreeSet;

use crate::catalog::network::{Part, Rule};
use crate::catalog::sharing::Sharing;
use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::evidence::{Admitted, EvidenceId, UnitOfAwards};
use crate::evaluate::exceptions::Exceptions;
use crate::evaluate::outcome::Met;
use crate::evaluate::sharing::claimants::{Claimant, ClaimantId, Claimants};
use crate::evaluate::usable::Usable;
use crate::plan::answers::assignment::{PlanAward, PlanClaim};
use crate::plan::answers::plan::Plan;
use crate::plan::answers::uses::plan_award;
use crate::plan::model::policies::PlanPolicies;
use crate::plan::model::replay::Replay;
use crate::plan::question::question::Start;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, IdVec, LeafId};

/// One that uses awards, by what a plan says.
struct CheckedClaim {
    credential: CredentialId,
    is_issued: bool,
    units: BTreeSet<UnitOfAwards>,
}

/// Checks what a plan says of its claims: each is met by the awards that it is said to use, of those that are there
/// when its turn comes, and no two share more of them than a policy allows.
pub(crate) struct UsesCheck<'v> {
    plan: &'v Plan,
    start: &'v Start<'v>,
    policies: &'v PlanPolicies<'v>,
    /// What claims of the plan use.
    checked: Vec<CheckedClaim>,
}

impl<'v> UsesCheck<'v> {
    pub(crate) fn new(plan: &'v Plan, start: &'v Start<'v>, policies: &'v PlanPolicies<'v>) -> Self {
        Self { plan, start, policies, checked: Vec::new() }
    }

    /// Checks them all by the steps of the plan. The error is the id of one that the plan is wrong about.
    pub(crate) fn run(mut self, steps: &[(CredentialId, u32)]) -> Result<(), String> {
        let tied = self.policies.tied_claims(steps.iter().map(|step| step.0));
        let catalog = self.start.progress.catalog;
        let named = |credential: CredentialId| catalog.id(credential).to_owned();
        let mut replay = Replay::new(&self.start.progress);
        for &(credential, times) in steps {
            if tied.contains(&credential) {
                let said = self.said(credential, None).ok_or_else(|| named(credential))?;
                let units = self.units_met(credential, said, &replay).ok_or_else(|| named(credential))?;
                self.checked.push(CheckedClaim { credential, is_issued: false, units });
            }
            replay.take(credential, times);
        }
        let mut claimants = self.policies.issued().clone();
        claimants.learn(replay.progress());
        for any in self.policies.tied_issued(&tied) {
            let credential = claimants.all[any[0]].credential;
            let met = any.iter().find_map(|&claimant| self.issued_units(&claimants, claimant, &replay));
            let units = met.ok_or_else(|| named(credential))?;
            self.checked.push(CheckedClaim { credential, is_issued: true, units });
        }
        // Nothing is said of others.
        let is_checked = |claim: &&PlanClaim| {
            let is_it = |checked: &CheckedClaim| {
                catalog.id(checked.credential) == claim.credential && checked.is_issued == claim.issued.is_some()
            };
            self.checked.iter().any(is_it)
        };
        if let Some(other) = self.plan.claims.iter().find(|claim| !is_checked(claim)) {
            return Err(other.credential.clone());
        }
        for (place, one) in self.checked.iter().enumerate() {
            for other in &self.checked[place + 1..] {
                if !keep_to_policies(&claimants, one, other) {
                    return Err(named(one.credential));
                }
            }
        }
        Ok(())
    }

    /// The awards that the plan says something uses.
    fn said(&self, credential: CredentialId, issued: Option<Date>) -> Option<&'v [PlanAward]> {
        let id = self.start.progress.catalog.id(credential);
        let mut claims = self.plan.claims.iter();
        claims.find(|claim| claim.credential == id && claim.issued == issued).map(|claim| &*claim.awards)
    }

    /// The units of awards that a claim is said to use, if they are there and meet its stack.
    fn units_met(
        &self,
        credential: CredentialId,
        said: &[PlanAward],
        before: &Replay<'_>,
    ) -> Option<BTreeSet<UnitOfAwards>> {
        let progress = before.progress();
        let network = &progress.catalog.network;
        let top = network.top(Rule::stack(credential))?;
        let usable = Usable::new(progress);
        let leaves = network.leaves_below(top).into_iter().filter(|&leaf| !network.is_shadowed(leaf));
        let places =
            leaves.flat_map(|leaf| usable.at(leaf, EvidenceId::END).into_iter().map(move |number| (leaf, number)));
        let stack = Stack { top, exceptions: &progress.exceptions, evidence: &progress.evidence };
        self.units(&stack, places, said, before)
    }

    /// The same of what was issued, on its own day.
    fn issued_units(
        &self,
        claimants: &Claimants<'_>,
        claimant: ClaimantId,
        after: &Replay<'_>,
    ) -> Option<BTreeSet<UnitOfAwards>> {
        let Claimant { credential, fixed, top, ref exceptions, ref usable, .. } = claimants.all[claimant];
        let said = self.said(credential, fixed).unwrap_or_default();
        let stack = Stack { top, exceptions, evidence: &claimants.evidence };
        self.units(&stack, usable.iter().copied(), said, after)
    }

    fn units(
        &self,
        stack: &Stack<'_>,
        places: impl Iterator<Item = (LeafId, EvidenceId)>,
        said: &[PlanAward],
        after: &Replay<'_>,
    ) -> Option<BTreeSet<UnitOfAwards>> {
        let Start { progress, .. } = self.start;
        let award = |number: EvidenceId| plan_award(self.start, after, &stack.evidence[number].evidence);
        let used: Vec<(LeafId, EvidenceId, PlanAward)> = places
            .map(|(leaf, number)| (leaf, number, award(number)))
            .filter(|(_, _, award)| said.contains(award))
            .collect();
        let are_there = said.iter().all(|award| used.iter().any(|(_, _, own)| own == award));
        let names = &progress.catalog.names;
        let unit = |&(_, number, _): &(LeafId, EvidenceId, PlanAward)| {
            stack.evidence[number].evidence.unit(names, LeafId::NOWHERE)
        };
        let units: BTreeSet<UnitOfAwards> = used.iter().map(unit).collect();
        let usable = used.into_iter().map(|(leaf, number, _)| (leaf, number));
        let input = CountingInput {
            catalog: progress.catalog,
            exceptions: stack.exceptions,
            evidence: stack.evidence,
            steps: progress.scope.steps,
            thorough: false,
        };
        let met = Counting::new(input, usable).part(stack.top).met == Met::Yes;
        (are_there && met).then_some(units)
    }
}

/// The stack of a claim, and the evidence for it.
struct Stack<'s> {
    top: Part,
    exceptions: &'s Exceptions,
    evidence: &'s IdVec<EvidenceId, Admitted>,
}

/// Whether two claims share no more than each policy between their types allows.
fn keep_to_policies(claimants: &Claimants<'_>, one: &CheckedClaim, other: &CheckedClaim) -> bool {
    if one.credential == other.credential || one.is_issued && other.is_issued {
        return true;
    }
    let kind = |claim: &CheckedClaim| &*claimants.catalog.at(claim.credential).kind;
    claimants.policies().all(|number| {
        let policy: &Sharing = claimants.policy(number);
        let both = one.units.intersection(&other.units).copied();
        let limited: Vec<UnitOfAwards> = both.filter(|&unit| claimants.is_limited(number, unit)).collect();
        let credits = limited.iter().map(|&unit| claimants.credits(unit)).fold(0, u64::saturating_add);
        !policy.applies(kind(one), kind(other))
            || policy.max_awards.is_none_or(|most| limited.len() <= most as usize)
                && policy.max_credits.is_none_or(|most| credits <= most.hundredths())
    })
}
