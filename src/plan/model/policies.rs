//! The policies on sharing in plans ([semantics 5.5](crate::semantics#5.5)): whether some of a set of steps lead to the
//! target, and all that is claimed among them, with what was issued, can keep to the policies.
//!
//! More steps never make that worse, as what is not needed need not be taken or claimed. So it is as good a question to
//! a set of steps as whether they lead to the target at all, and the search asks it with that one. All that is no claim
//! may as well be taken, but for one thing: of a unit that awards of several credentials belong to, one more award can
//! make it carry more credits, or let a policy limit it.

use std::collections::{BTreeMap, BTreeSet};

use crate::evaluate::evidence::{Admitted, EvidenceId, UnitOfAwards};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::sharing::claimants::{ClaimDay, ClaimantId, Claimants, PolicyId};
use crate::evaluate::sharing::fixed::{FixedClaims, issued};
use crate::evaluate::sharing::judge::{Allowance, HeldTogether, SharingJudge};
use crate::evaluate::sharing::round::MadeClaims;
use crate::evaluate::standing::Standing;
use crate::evaluate::usable::Usable;
use crate::plan::model::claim_grounds::{Arrival, PlanGrounds};
use crate::plan::model::replay::Replay;
use crate::plan::model::statement::Statement;
use crate::solve::deletion::{Trial, deletion_filter};
use crate::value::ids::{CredentialId, Id, IdVec, LeafId};
use crate::value::meter::Meter;

/// What the policies limit on the way to one target.
#[derive(Debug)]
pub(crate) struct PlanPolicies<'p> {
    start: &'p Progress<'p>,
    target: CredentialId,
    /// What was issued under a policy, as claimants, each on its own day.
    issued: Claimants<'p>,
    fixed: FixedClaims,
}

/// The answer for a set of steps.
#[derive(Debug)]
pub(crate) enum Obeyed<'p> {
    /// Some of them lead to the target and keep to the policies; how, if two of the claims have to keep to any.
    Yes(Option<Box<Assignment<'p>>>),
    No,
    /// Nobody can say, however much work is spent.
    Undecided,
}

/// Claims that are made on the way, and what was issued, each with awards that meet its stack.
#[derive(Debug)]
pub(crate) struct Assignment<'p> {
    pub(crate) claimants: Claimants<'p>,
    pub(crate) made: MadeClaims,
    /// The steps, taken.
    pub(crate) after: Replay<'p>,
    arrivals: IdVec<EvidenceId, Arrival>,
}

impl Assignment<'_> {
    /// Whether all that a claim uses is there after some of the steps.
    pub(crate) fn has_what_it_uses(&self, credential: CredentialId, after: &Replay<'_>) -> bool {
        let claimant = self.claimants.find(None, credential);
        let outcome = claimant.and_then(|claimant| self.made.get(&claimant));
        let mut used = outcome.into_iter().flat_map(|outcome| &outcome.filled);
        used.all(|filled| self.arrivals[filled.evidence].is_there(after))
    }
}

impl<'p> PlanPolicies<'p> {
    /// For plans of some of the steps of a statement; `None` if no policy can be in the way of any.
    pub(crate) fn new(
        start: &'p Progress<'p>,
        standing: &Standing,
        target: CredentialId,
        statement: &Statement<'_, '_>,
    ) -> Option<Self> {
        let catalog = start.catalog;
        if catalog.sharing().is_empty() {
            return None;
        }
        let claims = limited_claims(statement);
        let held: Vec<CredentialId> = issued(start).into_keys().collect();
        if !are_tied(start, &claims, &held) {
            return None;
        }
        let mut claimants = Claimants::new(catalog);
        let fixed = FixedClaims::admit(&mut claimants, start, standing, start.scope);
        Some(Self { start, target, issued: claimants, fixed })
    }

    /// The work that it took to find out what was issued.
    pub(crate) fn work(&self) -> u64 {
        self.fixed.work
    }

    /// The policies that could be in the way of what a statement claims.
    pub(crate) fn among(&self, statement: &Statement<'_, '_>) -> BTreeSet<PolicyId> {
        let catalog = self.start.catalog;
        let claims = limited_claims(statement);
        let held = self.held();
        let kind = |credential: CredentialId| &*catalog.at(credential).kind;
        let ties = |one: CredentialId, other: CredentialId, policy: PolicyId| {
            one != other && self.issued.policy(policy).applies(kind(one), kind(other))
        };
        let policies = self.issued.policies();
        policies
            .filter(|&policy| {
                let others = || claims.iter().chain(&held);
                claims.iter().any(|&one| others().any(|&other| ties(one, other, policy)))
            })
            .collect()
    }

    /// What was issued under a policy, as claimants.
    pub(crate) fn issued(&self) -> &Claimants<'p> {
        &self.issued
    }

    /// Of some steps, the claims that a policy limits by another of them, or by what was issued.
    pub(crate) fn tied_claims(&self, steps: impl Iterator<Item = CredentialId>) -> BTreeSet<CredentialId> {
        let claims: Vec<CredentialId> = steps.filter(|&step| is_limited(self.start, step)).collect();
        let held = self.held();
        let others: Vec<CredentialId> = claims.iter().chain(&held).copied().collect();
        claims.into_iter().filter(|&claim| are_tied(self.start, &[claim], &others)).collect()
    }

    /// What was issued and is limited by these claims, each on any of its days.
    pub(crate) fn tied_issued(&self, claims: &BTreeSet<CredentialId>) -> Vec<&[ClaimantId]> {
        let claims: Vec<CredentialId> = claims.iter().copied().collect();
        let all = self.fixed.all.iter().filter(|any| {
            let credential = any.first().map(|&first| self.issued.all[first].credential);
            credential.is_some_and(|credential| are_tied(self.start, &[credential], &claims))
        });
        all.map(Vec::as_slice).collect()
    }

    fn held(&self) -> Vec<CredentialId> {
        self.fixed.all.iter().filter_map(|any| any.first()).map(|&first| self.issued.all[first].credential).collect()
    }

    /// Whether some of the steps lead to the target and keep to the policies, some of which may be left aside. `None`
    /// if the work runs out.
    pub(crate) fn obey(
        &self,
        steps: &[(CredentialId, u32)],
        lifted: &BTreeSet<PolicyId>,
        meter: &mut Meter,
    ) -> Option<Obeyed<'p>> {
        let mut seen: BTreeSet<Vec<(CredentialId, u32)>> = BTreeSet::new();
        let mut open = vec![steps.to_vec()];
        let mut undecided = false;
        while let Some(steps) = open.pop() {
            let mut after = Replay::new(self.start);
            after.take_in_passes(&steps);
            meter.spend(after.work(self.start) + steps.len() as u64 / 8)?;
            if !after.holds(self.target) {
                undecided |= after.is_undecided();
                continue;
            }
            let unwelcome = self.unwelcome(&after);
            match self.obey_with_all(after, lifted, meter)? {
                Obeyed::No => {}
                Obeyed::Undecided => undecided = true,
                found @ Obeyed::Yes(_) => return Some(found),
            }
            for credential in unwelcome {
                let fewer: Vec<(CredentialId, u32)> =
                    steps.iter().copied().filter(|step| step.0 != credential).collect();
                if seen.insert(fewer.clone()) {
                    open.push(fewer);
                }
            }
        }
        Some(if undecided { Obeyed::Undecided } else { Obeyed::No })
    }

    /// The steps without which a unit of awards that is there all the same would carry less, or be limited by fewer
    /// policies.
    fn unwelcome(&self, after: &Replay<'_>) -> Vec<CredentialId> {
        let catalog = self.start.catalog;
        let policies: Vec<PolicyId> = self.issued.policies().collect();
        if policies.iter().all(|&policy| {
            let policy = self.issued.policy(policy);
            policy.max_credits.is_none() && policy.of.is_none()
        }) {
            return Vec::new();
        }
        let mut by_unit: BTreeMap<UnitOfAwards, Vec<&Admitted>> = BTreeMap::new();
        for admitted in &after.progress().evidence {
            by_unit.entry(admitted.evidence.unit(&catalog.names, LeafId::NOWHERE)).or_default().push(admitted);
        }
        let brought_by = |admitted: &Admitted| after.brought(admitted.evidence.origin).map(|by| by.credential);
        let credits = |all: &[&Admitted]| {
            let current = all.iter().filter(|admitted| admitted.current);
            current.map(|admitted| admitted.evidence.credits(catalog)).max().unwrap_or(0)
        };
        let limits = |all: &[&Admitted], policy: PolicyId| {
            let mut credentials = all.iter().map(|admitted| admitted.evidence.credential);
            credentials.any(|credential| catalog.sharing.limits(policy.index(), credential))
        };
        let mut unwelcome = BTreeSet::new();
        for all in by_unit.values().filter(|all| all.len() > 1) {
            let steps: BTreeSet<CredentialId> = all.iter().filter_map(|admitted| brought_by(admitted)).collect();
            for step in steps {
                let others: Vec<&Admitted> =
                    all.iter().copied().filter(|admitted| brought_by(admitted) != Some(step)).collect();
                let is_less = credits(&others) < credits(all)
                    || policies.iter().any(|&policy| limits(all, policy) && !limits(&others, policy));
                if !others.is_empty() && is_less {
                    unwelcome.insert(step);
                }
            }
        }
        unwelcome.into_iter().collect()
    }

    /// The same, all being taken that is no claim under a policy.
    fn obey_with_all(&self, after: Replay<'p>, lifted: &BTreeSet<PolicyId>, meter: &mut Meter) -> Option<Obeyed<'p>> {
        let taken = after.taken().iter().map(|step| step.0);
        let claims: Vec<CredentialId> = taken.filter(|&credential| is_limited(self.start, credential)).collect();
        // First with as few claims as are enough; where these do not hold together, with any.
        let few = self.enough(after.taken(), &claims, meter)?;
        if few.len() < claims.len() {
            let is_made = |&(credential, _): &(CredentialId, u32)| {
                !is_limited(self.start, credential) || few.contains(&credential)
            };
            let steps: Vec<(CredentialId, u32)> = after.taken().iter().copied().filter(is_made).collect();
            let mut after = Replay::new(self.start);
            after.take_in_passes(&steps);
            meter.spend(after.work(self.start) + steps.len() as u64 / 8)?;
            if let found @ Obeyed::Yes(_) = self.assign(after, &few, lifted, meter, true)? {
                return Some(found);
            }
        }
        self.assign(after, &claims, lifted, meter, few.len() == claims.len())
    }

    /// As few of the claims among some steps as lead to the target, the policies aside: none of them can be spared.
    fn enough(
        &self,
        steps: &[(CredentialId, u32)],
        claims: &[CredentialId],
        meter: &mut Meter,
    ) -> Option<Vec<CredentialId>> {
        let mut enough: BTreeSet<CredentialId> = claims.iter().copied().collect();
        let mut in_time = true;
        let all: Vec<CredentialId> = enough.iter().rev().copied().collect();
        deletion_filter(&all, |some| {
            let fewer: BTreeSet<CredentialId> = enough.iter().filter(|claim| !some.contains(claim)).copied().collect();
            match self.reaches(steps, |credential| fewer.contains(&credential), meter) {
                Some(Met::Yes) => {
                    enough = fewer;
                    Trial::Spared
                }
                Some(_) => Trial::Needed,
                None => {
                    in_time = false;
                    Trial::Stop
                }
            }
        });
        in_time.then(|| enough.into_iter().collect())
    }

    /// Whether the target is reached if only some of the claims among some steps are made, the policies aside.
    fn reaches(
        &self,
        steps: &[(CredentialId, u32)],
        is_claimed: impl Fn(CredentialId) -> bool,
        meter: &mut Meter,
    ) -> Option<Met> {
        let is_made =
            |&(credential, _): &(CredentialId, u32)| !is_limited(self.start, credential) || is_claimed(credential);
        let steps: Vec<(CredentialId, u32)> = steps.iter().copied().filter(is_made).collect();
        let mut replay = Replay::new(self.start);
        replay.take_in_passes(&steps);
        meter.spend(replay.work(self.start) + steps.len() as u64 / 8)?;
        Some(match replay.holds(self.target) {
            true => Met::Yes,
            false if replay.is_undecided() => Met::Undecided,
            false => Met::No,
        })
    }

    /// Assigns awards to claims, all of which are needed, or any that lead to the target.
    fn assign(
        &self,
        after: Replay<'p>,
        claims: &[CredentialId],
        lifted: &BTreeSet<PolicyId>,
        meter: &mut Meter,
        all_needed: bool,
    ) -> Option<Obeyed<'p>> {
        if self.fixed.undecided {
            return Some(if claims.is_empty() { Obeyed::Yes(None) } else { Obeyed::Undecided });
        }
        if !are_tied(self.start, claims, &self.held()) {
            return Some(Obeyed::Yes(None));
        }
        let mut claimants = self.issued.clone();
        let mut arrivals = IdVec::filled(Arrival::Before, claimants.evidence.len());
        claimants.learn(after.progress());
        let usable = Usable::new(after.progress());
        let mut today = ClaimDay::new(&usable, None, &|_| false);
        if !claimants.admit(&mut today, claims.iter().copied()) {
            return Some(Obeyed::Undecided);
        }
        let places: usize = claimants.all.iter().map(|claimant| claimant.usable.len()).sum();
        meter.spend((claimants.evidence.len() + places) as u64 / 16 + self.start.catalog.len() as u64 / 64)?;
        for number in arrivals.len()..claimants.evidence.len() {
            let number = EvidenceId::at(number);
            let arrival = Arrival::of(&claimants.evidence[number], &after);
            if let Arrival::ByStep(credential) | Arrival::ByRenewal { by: Some(credential), .. } = arrival {
                claimants.supplier[number] = claimants.find(None, credential);
            }
            arrivals.push(arrival);
        }
        let question = StepsQuestion { policies: self, claimants: &claimants, arrivals: &arrivals, after: &after };
        let claimed = if all_needed { question.all(lifted, meter)? } else { question.any(lifted, meter)? };
        Some(match claimed {
            ClaimedTogether::Made(made) => Obeyed::Yes(Some(Box::new(Assignment { claimants, made, after, arrivals }))),
            ClaimedTogether::Never => Obeyed::No,
            ClaimedTogether::Undecided => Obeyed::Undecided,
        })
    }
}

/// The steps of a statement that are claims under a policy.
fn limited_claims(statement: &Statement<'_, '_>) -> Vec<CredentialId> {
    let open = statement.steps.iter().filter(|step| step.barriers.is_empty()).map(|step| step.credential);
    open.filter(|&step| is_limited(statement.progress, step)).collect()
}

/// Whether a credential is claimed and a policy is about its type. What is renewed is no claim but the one that was
/// issued.
fn is_limited(start: &Progress<'_>, credential: CredentialId) -> bool {
    let is_claim = start.catalog.network.has_stack(credential) && !start.renewable.contains(&credential);
    is_claim && start.catalog.has_policy_on(credential)
}

/// Whether a policy is about two of the claims, or about one and what was issued.
fn are_tied(start: &Progress<'_>, claims: &[CredentialId], held: &[CredentialId]) -> bool {
    let kind = |credential: CredentialId| &*start.catalog.at(credential).kind;
    let policies = start.catalog.sharing();
    let ties = |one: CredentialId, other: CredentialId| {
        one != other && policies.iter().any(|policy| policy.applies(kind(one), kind(other)))
    };
    claims.iter().any(|&one| claims.iter().chain(held).any(|&other| ties(one, other)))
}

/// The outcome for the claims of a set of steps.
enum ClaimedTogether {
    Made(MadeClaims),
    Never,
    Undecided,
}

/// Whether the target can be reached by claims that keep to the policies, of all that a set of steps makes possible.
struct StepsQuestion<'q, 'p> {
    policies: &'q PlanPolicies<'p>,
    claimants: &'q Claimants<'p>,
    arrivals: &'q IdVec<EvidenceId, Arrival>,
    after: &'q Replay<'p>,
}

impl StepsQuestion<'_, '_> {
    /// The claims that are no matter of the past.
    fn claims(&self) -> Vec<ClaimantId> {
        self.claimants.all.entries().filter(|(_, claimant)| claimant.fixed.is_none()).map(|(id, _)| id).collect()
    }

    /// With all of the claims.
    fn all(&self, lifted: &BTreeSet<PolicyId>, meter: &mut Meter) -> Option<ClaimedTogether> {
        let all = self.claims();
        let demands = all.iter().map(|&claim| vec![claim]).collect();
        let made = self.made(demands, &all, lifted, meter)?.into_made();
        Some(made.map_or(ClaimedTogether::Never, ClaimedTogether::Made))
    }

    /// With any of them: some are asked for as it turns out that without one of these the target is not reached.
    fn any(&self, lifted: &BTreeSet<PolicyId>, meter: &mut Meter) -> Option<ClaimedTogether> {
        let all = self.claims();
        let mut demands: Vec<Vec<ClaimantId>> = Vec::new();
        loop {
            let Some(made) = self.made(demands.clone(), &all, lifted, meter)?.into_made() else {
                return Some(ClaimedTogether::Never);
            };
            let mut claimed: BTreeSet<ClaimantId> = all.iter().copied().filter(|id| made.contains_key(id)).collect();
            match self.reaches(&claimed, meter)? {
                Met::Yes => return Some(ClaimedTogether::Made(made)),
                Met::Undecided => return Some(ClaimedTogether::Undecided),
                Met::No => {}
            }
            let mut needed = Vec::new();
            for &claim in all.iter().filter(|id| !made.contains_key(id)) {
                claimed.insert(claim);
                match self.reaches(&claimed, meter)? {
                    Met::No => {}
                    Met::Yes | Met::Undecided => {
                        claimed.remove(&claim);
                        needed.push(claim);
                    }
                }
            }
            demands.push(needed);
        }
    }

    /// Whether the target is reached if only some of the claims are made, the policies aside.
    fn reaches(&self, claimed: &BTreeSet<ClaimantId>, meter: &mut Meter) -> Option<Met> {
        let is_claimed =
            |credential| self.claimants.find(None, credential).is_none_or(|claim| claimed.contains(&claim));
        self.policies.reaches(self.after.taken(), is_claimed, meter)
    }

    /// Whether one of each of those that are demanded can be claimed, and how. `None` if the work runs out.
    fn made(
        &self,
        mut demands: Vec<Vec<ClaimantId>>,
        claims: &[ClaimantId],
        lifted: &BTreeSet<PolicyId>,
        meter: &mut Meter,
    ) -> Option<HeldTogether> {
        let tied = |any: &&Vec<ClaimantId>| {
            any.iter().any(|&fixed| claims.iter().any(|&claim| !self.claimants.between(fixed, claim).is_empty()))
        };
        let fixed: Vec<Vec<ClaimantId>> = self.policies.fixed.all.iter().filter(tied).cloned().collect();
        let relevant: BTreeSet<ClaimantId> = fixed.iter().flatten().chain(claims).copied().collect();
        let relevant: Vec<ClaimantId> = relevant.into_iter().collect();
        demands.extend(fixed);
        let mut judge = SharingJudge::new(self.claimants, meter.left);
        for &policy in lifted {
            judge.allowances[policy] = Allowance::default();
        }
        let mut grounds = PlanGrounds::new(self.policies.start, self.claimants, self.arrivals, self.after.taken());
        let together = judge.hold_among(&demands, &relevant, &mut grounds);
        meter.left = judge.steps;
        if together.met == Met::Undecided {
            // That is for want of work, which is all spent.
            meter.left = 0;
            return None;
        }
        Some(together)
    }
}
