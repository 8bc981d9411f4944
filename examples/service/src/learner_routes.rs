//! Learners: their records, and what these mean under the catalog in force.

use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{Router, get, put};
use credpath::{Audit, Date, EvaluateOptions, EvaluationReport, LearnerRecord, RenewalOptions, Renewals, Stamp, View};
use serde::{Deserialize, Serialize};

use crate::ask::ask;
use crate::extract::{Body, Named, Params};
use crate::fault::Fault;
use crate::service::{Service, credential};

pub(crate) fn routes(most_bytes: usize) -> Router<Arc<Service>> {
    Router::new()
        .route("/learners/{learner}", put(put_record).get(record))
        .route("/learners/{learner}/status", get(status))
        .route("/learners/{learner}/audits/{credential}", get(audit))
        .route("/learners/{learner}/renewals", get(renewals))
        .layer(DefaultBodyLimit::max(most_bytes))
}

async fn put_record(
    State(service): State<Arc<Service>>,
    Named(learner): Named<String>,
    body: Body,
) -> Result<StatusCode, Fault> {
    let put = ask(service, None, move |service, _| {
        let record = body.record(&service.options.limits)?;
        Ok(service.store().put_record(&learner, &record)?)
    });
    put.await.map(|()| StatusCode::NO_CONTENT)
}

async fn record(
    State(service): State<Arc<Service>>,
    Named(learner): Named<String>,
) -> Result<Json<LearnerRecord>, Fault> {
    ask(service, None, move |service, _| service.record(&learner)).await.map(Json)
}

/// The day of a question, and which awards count.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    as_of: Date,
    #[serde(default)]
    view: View,
    #[serde(default)]
    verified_only: bool,
}

impl Asking {
    fn options(&self) -> EvaluateOptions {
        let mut options = EvaluateOptions::default();
        (options.view, options.verified_only) = (self.view, self.verified_only);
        options
    }
}

async fn status(
    State(service): State<Arc<Service>>,
    Named(learner): Named<String>,
    Params(asking): Params<Asking>,
) -> Result<Json<EvaluationReport>, Fault> {
    let found = ask(service, None, move |service, _| {
        let (catalog, record) = (service.catalog(), service.record(&learner)?);
        Ok(catalog.evaluate(&record, asking.as_of, &asking.options()).report())
    });
    found.await.map(Json)
}

/// The audit as data, and as it is read out to people.
#[derive(Serialize)]
struct Audited {
    text: String,
    audit: Audit,
}

async fn audit(
    State(service): State<Arc<Service>>,
    Named((learner, id)): Named<(String, String)>,
    Params(asking): Params<Asking>,
) -> Result<Json<Audited>, Fault> {
    let found = ask(service, None, move |service, _| {
        let (catalog, record) = (service.catalog(), service.record(&learner)?);
        let id = credential(&catalog, &id)?;
        let audit = catalog.evaluate(&record, asking.as_of, &asking.options()).audit(id);
        Ok(Audited { text: audit.to_string(), audit })
    });
    found.await.map(Json)
}

/// The days between which something lapses.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Lapsing {
    as_of: Date,
    until: Date,
}

async fn renewals(
    State(service): State<Arc<Service>>,
    Named(learner): Named<String>,
    Params(Lapsing { as_of, until }): Params<Lapsing>,
) -> Result<Json<Renewals>, Fault> {
    let found = ask(service, None, move |service, _| {
        let record = service.record(&learner)?;
        Ok(service.catalog().renewals(&record, as_of, until, &RenewalOptions::default()))
    });
    found.await.map(Json)
}

/// What the service is doing.
#[derive(Serialize)]
pub(crate) struct Health {
    stamp: Stamp,
    searching: usize,
    abandoned: u64,
    timed_out: u64,
}

pub(crate) async fn health(State(service): State<Arc<Service>>) -> Json<Health> {
    let [abandoned, timed_out] = service.searches.counts();
    let searching = service.options.at_once - service.places.available_permits();
    Json(Health { stamp: service.catalog().stamp(), searching, abandoned, timed_out })
}
