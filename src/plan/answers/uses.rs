//! What the claims of a plan use, found in what was assigned to them.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::claims::claims::OverShared;
use crate::evaluate::evidence::{Evidence, UnitOfAwards};
use crate::evaluate::sharing::claimants::{Claimant, ClaimantId, Claimants, PolicyId};
use crate::evaluate::sharing::judge::SharingJudge;
use crate::evaluate::standing::Standing;
use crate::plan::answers::assignment::{PlanAward, PlanClaim};
use crate::plan::model::policies::Assignment;
use crate::plan::model::replay::Replay;
use crate::plan::question::problem::Problem;
use crate::plan::question::question::Start;
use crate::record::record::{Award, LearnerRecord};
use crate::value::amount::Amount;
use crate::value::ids::{LeafId, to_u32};

/// The award that evidence is, after some steps.
pub(crate) fn plan_award(start: &Start<'_>, after: &Replay<'_>, evidence: &Evidence) -> PlanAward {
    let catalog = start.progress.catalog;
    let renews = evidence.renewal().map(|_| catalog.id(evidence.credential).to_owned());
    if let Some(brought) = after.brought(evidence.origin) {
        let award = Award::new(catalog.id(brought.credential)).on(start.progress.date());
        return PlanAward { award, renews, by_step: true, number: brought.number };
    }
    recorded(catalog, &start.standing, start.record, evidence)
}

/// The award of the record that evidence is.
pub(crate) fn recorded(
    catalog: &Catalog,
    standing: &Standing,
    record: &LearnerRecord,
    evidence: &Evidence,
) -> PlanAward {
    let of_record = |evidence: &Evidence| standing.award(record, evidence.origin);
    let own = of_record(evidence);
    // By the catalog's own id, whichever of its ids the record has.
    let named = |award: &Award| catalog.credential(&award.credential).map(|id| catalog.id(id).to_owned());
    let award = own.cloned().map(|award| Award { credential: named(&award).unwrap_or(award.credential), ..award });
    let alike = standing.issued.iter().filter(|other| of_record(other) == own);
    let before: BTreeSet<_> = alike.map(|other| other.origin).filter(|&origin| origin < evidence.origin).collect();
    PlanAward {
        award: award.unwrap_or_else(|| Award::new(catalog.id(evidence.credential))),
        renews: evidence.renewal().map(|_| catalog.id(evidence.credential).to_owned()),
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
