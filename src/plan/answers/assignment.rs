//! The awards that the claims of a plan use, where policies on sharing limit that ([semantics
//! 5.5](crate::semantics#5.5)): as data, in words, and checked.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::catalog::network::{Part, Rule};
use crate::catalog::sharing::Sharing;
use crate::claims::claims::OverShared;
use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::evidence::{Admitted, Evidence, EvidenceId, UnitOfAwards};
use crate::evaluate::exceptions::Exceptions;
use crate::evaluate::outcome::Met;
use crate::evaluate::sharing::claimants::{Claimant, ClaimantId, Claimants, PolicyId};
use crate::evaluate::sharing::judge::SharingJudge;
use crate::evaluate::usable::Usable;
use crate::plan::answers::plan::Plan;
use crate::plan::answers::verify::Flaw;
use crate::plan::model::policies::{Assignment, PlanPolicies};
use crate::plan::model::replay::Replay;
use crate::plan::question::problem::Problem;
use crate::plan::question::question::Start;
use crate::record::record::Award;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, IdVec, LeafId, to_u32};
use crate::value::text::printable;

/// A claim of a plan, or an issued credential, with the awards that it uses: enough to meet its stack.
///
/// ```
/// use credpath::{Catalog, LearnerRecord, PlanOptions};
///
/// let catalog = Catalog::parse("catalog.toml", r#"
///     sharing = [{ between = ["Certificate", "Certificate"], max_awards = 0 }]
///     [credential]
///     a = {}
///     b = {}
///     c = { cost = 10 }
///     first = { type = "Certificate", stack = { any_of = ["a", "b"] } }
///     second = { type = "Certificate", stack = { any_of = ["a", "c"] } }
///     both = { stack = { all_of = ["first", "second"] } }
/// "#)?;
/// let both = catalog.credential("both").expect("defined");
/// let record = LearnerRecord::from_iter(["a"]);
/// let outcome = catalog.plan(&record, "2026-11-22".parse()?, both, &PlanOptions::default());
/// let plan = outcome.plan().expect("there is a way");
/// let claims: Vec<String> = plan.claims.iter().map(ToString::to_string).collect();
/// assert_eq!(claims, ["first uses b", "second uses a"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct PlanClaim {
    /// If it was issued: the day that it is judged on. None if the plan claims it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued: Option<Date>,
    /// Id of the credential.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// The awards that it uses, in the order of awards.
    pub awards: Vec<PlanAward>,
}

/// An award of the record, or one that a step of the plan brings.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct PlanAward {
    /// The award. One that a step brings is dated as of the plan.
    pub award: Award,
    /// Whether a step of the plan brings it.
    pub by_step: bool,
    /// Which one it is of those that look alike: of the same awards in the record, or of all that the step brings; from
    /// 1 on.
    pub number: u32,
}

impl fmt::Display for PlanClaim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&printable(&self.title))?;
        if let Some(day) = self.issued {
            write!(f, ", issued on {day},")?;
        }
        let mut often: BTreeMap<&str, usize> = BTreeMap::new();
        for PlanAward { award, .. } in &self.awards {
            *often.entry(&award.credential).or_default() += 1;
        }
        let told = |(id, times): (&str, usize)| match times {
            1 => printable(id),
            _ => format!("{} {times} times", printable(id)),
        };
        let awards: Vec<String> = often.into_iter().map(told).collect();
        write!(f, " uses {}", if awards.is_empty() { "no award".to_owned() } else { awards.join(", ") })
    }
}

/// The award that evidence is, after some steps.
fn plan_award(start: &Start<'_>, after: &Replay<'_>, evidence: &Evidence) -> PlanAward {
    let catalog = start.progress.catalog;
    if let Some(brought) = after.brought(evidence.origin) {
        let award = Award::new(catalog.id(brought.credential)).on(start.progress.date());
        return PlanAward { award, by_step: true, number: brought.number };
    }
    let of_record = |evidence: &Evidence| start.standing.award(start.record, evidence.origin);
    let own = of_record(evidence);
    // By the catalog's own id, whichever of its ids the record has.
    let named = |award: &Award| catalog.credential(&award.credential).map(|id| catalog.id(id).to_owned());
    let award = own.cloned().map(|award| Award { credential: named(&award).unwrap_or(award.credential), ..award });
    let alike = start.standing.issued.iter().filter(|other| of_record(other) == own);
    let before: BTreeSet<_> = alike.map(|other| other.origin).filter(|&origin| origin < evidence.origin).collect();
    PlanAward {
        award: award.unwrap_or_else(|| Award::new(catalog.id(evidence.credential))),
        by_step: false,
        number: to_u32(before.len() + 1),
    }
}

/// What the claims of a plan, and what was issued, use, so far as a policy is about them.
pub(crate) fn plan_claims(problem: &Problem<'_, '_, '_>, assignment: &Assignment<'_>) -> Vec<PlanClaim> {
    let Assignment { claimants, made, after, .. } = assignment;
    let is_tied = |&one: &ClaimantId| made.keys().any(|&other| !claimants.between(one, other).is_empty());
    let claim = |claimant: ClaimantId| {
        let Claimant { credential, fixed, .. } = claimants.all[claimant];
        let described = claimants.catalog.at(credential);
        let filled = made.get(&claimant).into_iter().flat_map(|outcome| &outcome.filled);
        let evidence = filled.map(|filled| &claimants.evidence[filled.evidence].evidence);
        let awards: BTreeSet<PlanAward> = evidence.map(|evidence| plan_award(problem.start, after, evidence)).collect();
        PlanClaim {
            issued: fixed,
            credential: described.id.clone(),
            title: described.title.clone(),
            awards: awards.into_iter().collect(),
        }
    };
    let mut claims: Vec<PlanClaim> = made.keys().copied().filter(is_tied).map(claim).collect();
    claims.retain(|claim| claim.issued.is_none() || !claim.awards.is_empty());
    claims.sort();
    claims
}

/// What two claims share beyond what a policy allows.
pub(crate) fn over_shared(
    problem: &Problem<'_, '_, '_>,
    assignment: &Assignment<'_>,
    policy: PolicyId,
) -> Vec<OverShared> {
    let Assignment { claimants, made, after, .. } = assignment;
    let judge = SharingJudge::new(claimants, 0);
    let allowed = judge.allowances[policy];
    let mut over: Vec<OverShared> = Vec::new();
    for shared in judge.shared(made).into_iter().filter(|shared| shared.policy == policy) {
        if allowed.allows(&shared) {
            continue;
        }
        let filled = made.get(&shared.between[0]).into_iter().flat_map(|outcome| &outcome.filled);
        let evidence = filled.map(|filled| &claimants.evidence[filled.evidence].evidence);
        let by_unit: BTreeMap<UnitOfAwards, Award> = evidence
            .map(|evidence| (unit(claimants, evidence), plan_award(problem.start, after, evidence).award))
            .filter(|(unit, _)| shared.units.contains(unit))
            .collect();
        let mut awards: Vec<Award> = by_unit.into_values().collect();
        awards.sort();
        let mut between = shared.between.map(|claimant| claimants.all[claimant].credential);
        between.sort();
        over.push(OverShared {
            between: between.map(|credential| claimants.catalog.id(credential).to_owned()),
            awards,
            credits: Amount::from_hundredths(shared.credits),
            policy: claimants.policy(policy).clone(),
        });
    }
    over.sort();
    over
}

fn unit(claimants: &Claimants<'_>, evidence: &Evidence) -> UnitOfAwards {
    evidence.unit(&claimants.catalog.names, LeafId::NOWHERE)
}

/// One that uses awards, by what a plan says.
struct CheckedClaim {
    credential: CredentialId,
    is_issued: bool,
    units: BTreeSet<UnitOfAwards>,
}

/// Checks what a plan says of its claims: each is met by the awards that it is said to use, of those that are there when
/// its turn comes, and no two share more of them than a policy allows.
pub(crate) struct AssignmentCheck<'v> {
    plan: &'v Plan,
    start: &'v Start<'v>,
    policies: &'v PlanPolicies<'v>,
    /// What claims of the plan use.
    checked: Vec<CheckedClaim>,
}

impl<'v> AssignmentCheck<'v> {
    pub(crate) fn new(plan: &'v Plan, start: &'v Start<'v>, policies: &'v PlanPolicies<'v>) -> Self {
        Self { plan, start, policies, checked: Vec::new() }
    }

    /// Checks them all by the steps of the plan.
    pub(crate) fn run(mut self, steps: &[(CredentialId, u32)]) -> Result<(), Flaw> {
        let tied = self.policies.tied_claims(steps.iter().map(|step| step.0));
        let catalog = self.start.progress.catalog;
        let named = |credential: CredentialId| Flaw::OverShared(catalog.id(credential).to_owned());
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
            return Err(Flaw::OverShared(other.credential.clone()));
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
