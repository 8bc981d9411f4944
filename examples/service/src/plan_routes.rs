//! Plans: searched within their time, kept, and verified whenever anybody asks, under the catalog they were made under.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{Router, get, post};
use credpath::{Catalog, CredentialId, Date, Fingerprint, LearnerRecord, NextStepsOutcome, PlanOptions, PlanOutcome};
use serde::{Deserialize, Serialize};

use crate::ask::{Patience, ask};
use crate::extract::{Body, Named};
use crate::fault::Fault;
use crate::learner_rows::KeptPlan;
use crate::service::{Service, credential};

pub(crate) fn routes(most_bytes: usize) -> Router<Arc<Service>> {
    Router::new()
        .route("/learners/{learner}/next-steps", post(next_steps))
        .route("/learners/{learner}/plans", post(plan))
        .route("/plans/{id}", get(kept))
        .route("/plans/{id}/verification", get(verify))
        .layer(DefaultBodyLimit::max(most_bytes))
}

/// A question for a plan.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Planning {
    target: String,
    as_of: Date,
    /// How long it may take; what is found by then is the answer.
    milliseconds: Option<u64>,
    #[serde(default)]
    options: PlanOptions,
}

/// What the planner is asked.
struct Asked {
    catalog: Arc<Catalog>,
    record: LearnerRecord,
    as_of: Date,
    target: CredentialId,
    options: PlanOptions,
}

impl Planning {
    fn time(&self) -> Option<Duration> {
        self.milliseconds.map(Duration::from_millis)
    }

    /// The question, if its credentials are those of the catalog in force. Numbers that were given out under a catalog
    /// with other ids are refused: they would be taken for no credential.
    fn asked(self, service: &Service, learner: &str, patience: &Patience) -> Result<Asked, Fault> {
        let Self { target, as_of, mut options, .. } = self;
        let (catalog, record) = (service.catalog(), service.record(learner)?);
        let target = credential(&catalog, &target)?;
        let besides = options.besides.iter().flat_map(|besides| &besides.steps).map(|(id, _)| id);
        if !options.must_include.iter().chain(&options.avoid).chain(besides).all(|&id| catalog.knows(id)) {
            return Err(Fault::OtherCatalog { this: catalog.fingerprint() });
        }
        options.work = options.work.min(service.options.work);
        options.watcher = Some(patience.watcher());
        Ok(Asked { catalog, record, as_of, target, options })
    }
}

async fn next_steps(
    State(service): State<Arc<Service>>,
    Named(learner): Named<String>,
    body: Body,
) -> Result<Json<NextStepsOutcome>, Fault> {
    let planning: Planning = body.json()?;
    let found = ask(service, planning.time(), move |service, patience| {
        let Asked { catalog, record, as_of, target, options } = planning.asked(service, &learner, patience)?;
        Ok(catalog.next_steps(&record, as_of, target, &options))
    });
    found.await.map(Json)
}

/// The answer to a question for a plan, and the number under which it is kept.
#[derive(Serialize)]
struct Planned {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<i64>,
    outcome: PlanOutcome,
}

async fn plan(
    State(service): State<Arc<Service>>,
    Named(learner): Named<String>,
    body: Body,
) -> Result<Json<Planned>, Fault> {
    let planning: Planning = body.json()?;
    let found = ask(service, planning.time(), move |service, patience| {
        let Asked { catalog, record, as_of, target, options } = planning.asked(service, &learner, patience)?;
        let outcome = catalog.plan(&record, as_of, target, &options);
        let is_to_be_kept = outcome.plan().is_some() && !patience.is_over();
        let id = is_to_be_kept.then(|| service.store().keep_plan(&learner, &outcome)).transpose()?;
        Ok(Planned { id, outcome })
    });
    found.await.map(Json)
}

fn kept_plan(service: &Service, id: i64) -> Result<KeptPlan, Fault> {
    let kept = service.store().kept_plan(id)?;
    kept.ok_or_else(|| Fault::NoSuch { what: "plan", id: id.to_string() })
}

async fn kept(State(service): State<Arc<Service>>, Named(id): Named<i64>) -> Result<Json<PlanOutcome>, Fault> {
    let found = ask(service, None, move |service, _| {
        let kept = kept_plan(service, id)?.outcome;
        kept.ok_or_else(|| Fault::NoSuch { what: "plan", id: id.to_string() })
    });
    found.await.map(Json)
}

/// What came of verifying a plan that was kept.
#[derive(Serialize)]
struct Verified {
    /// Whether it still holds, for the record as it is now.
    holds: bool,
    /// Why not.
    #[serde(skip_serializing_if = "Option::is_none")]
    flaw: Option<String>,
    /// The catalog that it was made under, and whether that is in force.
    made_under: Fingerprint,
    in_force: bool,
}

async fn verify(State(service): State<Arc<Service>>, Named(id): Named<i64>) -> Result<Json<Verified>, Fault> {
    let found = ask(service, None, move |service, _| {
        let KeptPlan { learner, outcome } = kept_plan(service, id)?;
        let plan = outcome.and_then(PlanOutcome::into_plan);
        let plan = plan.ok_or_else(|| Fault::NoSuch { what: "plan", id: id.to_string() })?;
        let (record, in_force, made_under) = (service.record(&learner)?, service.catalog(), plan.stamp.catalog);
        // Where its own catalog is no longer kept, the one in force says that it is another.
        let catalog = service.catalog_of(made_under)?.unwrap_or_else(|| Arc::clone(&in_force));
        let flaw = plan.verify(&catalog, &record).err().map(|flaw| flaw.to_string());
        Ok(Verified { holds: flaw.is_none(), flaw, made_under, in_force: made_under == in_force.fingerprint() })
    });
    found.await.map(Json)
}
