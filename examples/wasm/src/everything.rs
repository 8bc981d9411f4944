//! All that the library says of one learner under one catalog: the same bytes on every machine.

use credpath::{
    Audit, CheckOptions, CredentialId, DiagnosticsReport, EvaluateOptions, EvaluationReport, NextStepsOutcome,
    PlanOptions, PlanOutcome,
};
use serde::Serialize;

use crate::Asked;

#[derive(Serialize)]
pub(crate) struct Everything {
    statuses: EvaluationReport,
    audits: Vec<Audit>,
    /// To what is conferred: some end at the work limit, which is the same everywhere too.
    plans: Vec<PlanOutcome>,
    next_steps: Vec<NextStepsOutcome>,
    findings: DiagnosticsReport,
}

pub(crate) fn answer(asked: &Asked) -> Everything {
    let Asked { catalog, record, as_of } = asked;
    let evaluation = catalog.evaluate(record, *as_of, &EvaluateOptions::default());
    let conferred: Vec<CredentialId> =
        catalog.credentials().map(|(id, _)| id).filter(|&id| catalog.is_conferred(id)).collect();
    let options = PlanOptions::default().work(2_000_000);
    let steps = conferred.iter().take(3);
    Everything {
        statuses: evaluation.report(),
        audits: catalog.credentials().map(|(id, _)| evaluation.audit(id)).collect(),
        plans: conferred.iter().map(|&target| catalog.plan(record, *as_of, target, &options)).collect(),
        next_steps: steps.map(|&target| catalog.next_steps(record, *as_of, target, &options)).collect(),
        findings: catalog.check(&CheckOptions::default().work(2_000_000)).report(),
    }
}
