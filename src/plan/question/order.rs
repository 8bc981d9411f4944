//! The steps of a plan in the order in which they are taken.

use std::collections::BTreeSet;

use crate::catalog::catalog::{Catalog, Validity};
use crate::evaluate::evidence::Evidence;
use crate::evaluate::progress::progress::Progress;
use crate::value::ids::CredentialId;

use crate::plan::answers::plan::{PlanStep, StepKind};
use crate::plan::model::amounts::{Price, amount, is_renewal};
use crate::plan::model::policies::Assignment;
use crate::plan::model::replay::Replay;
use crate::plan::model::statement::{Statement, StepId};
use crate::plan::question::purposes::Purposes;

/// The steps in an order in which each is possible, at every turn the first by its id; `None` if the evaluator does not
/// agree that they lead to the target. What a claim uses by an assignment comes before it.
pub(crate) fn in_order(
    statement: &Statement<'_, '_>,
    target: CredentialId,
    chosen: &[(StepId, i64)],
    assignment: Option<&Assignment<'_>>,
) -> Option<Vec<PlanStep>> {
    let mut replay = Replay::new(statement.progress);
    let steps: Vec<(CredentialId, u32)> = chosen
        .iter()
        .map(|&(step, times)| Some((statement.steps[step].credential, u32::try_from(times).ok()?)))
        .collect::<Option<_>>()?;
    let taken = replay.take_all_when(&steps, |replay, credential| {
        assignment.is_none_or(|assignment| assignment.has_what_it_uses(credential, replay))
    });
    if taken.iter().map(Vec::len).sum::<usize>() < steps.len() || !replay.holds(target) {
        return None;
    }
    let credentials: BTreeSet<CredentialId> = steps.iter().map(|step| step.0).collect();
    let purposes = Purposes::new(statement, target, &credentials);
    let step = |group: &BTreeSet<CredentialId>, (credential, times): (CredentialId, u32)| {
        let Price { cost, hours, claimed: _ } = Price::of(statement.progress, credential);
        let all = |each: Option<i64>| each.map(|each| amount(each.saturating_mul(i64::from(times))));
        let described = statement.catalog.at(credential);
        PlanStep {
            credential: described.id.clone(),
            title: described.title.clone(),
            kind: kind(statement.progress, credential),
            times,
            begun_with: begun_with(statement.catalog, group, credential),
            cost: all(cost),
            hours: all(hours),
            closes: described.offered.closes(statement.progress.date()),
            opens: described.offered.opens(statement.progress.date()),
            purposes: purposes.of(credential),
        }
    };
    let steps_of = |group: &Vec<(CredentialId, u32)>| -> Vec<PlanStep> {
        let together: BTreeSet<CredentialId> = group.iter().map(|step| step.0).collect();
        group.iter().map(|&taken| step(&together, taken)).collect()
    };
    Some(taken.iter().flat_map(steps_of).collect())
}

/// The ids of the others that are begun together with a credential.
pub(crate) fn begun_with(catalog: &Catalog, group: &BTreeSet<CredentialId>, credential: CredentialId) -> Vec<String> {
    let others = group.iter().filter(|&&other| other != credential);
    others.map(|&other| catalog.id(other).to_owned()).collect()
}

/// A new award of the credential as it stands to those before it.
pub(crate) fn kind(progress: &Progress<'_>, credential: CredentialId) -> StepKind {
    let own = |evidence: &Evidence| evidence.is_issued() && evidence.is_award_of(credential);
    if progress.catalog.network.has_stack(credential) {
        StepKind::Claim
    } else if progress.catalog.names.repeatable(credential) {
        // It comes beside what there is.
        StepKind::Take
    } else if has_what_lapses(progress, credential) {
        StepKind::Renew
    } else if progress.evidence.iter().any(|admitted| own(&admitted.evidence)) {
        StepKind::Retake
    } else {
        StepKind::Take
    }
}

/// True if an award of the credential is current and it has a validity: without one there is nothing to renew.
fn has_what_lapses(progress: &Progress<'_>, credential: CredentialId) -> bool {
    let described = progress.catalog.at(credential);
    let lapses = described.renewal.is_some() || described.valid_for != Validity::Forever;
    lapses && is_renewal(progress, credential)
}
