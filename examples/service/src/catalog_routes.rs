//! The catalog: read, looked through, compared with what is to replace it, and replaced.

use std::sync::Arc;

use axum::Json;
use axum::extract::{DefaultBodyLimit, State};
use axum::routing::{Router, get, post};
use credpath::{
    Catalog, CatalogDocument, CheckOptions, CompareOptions, Comparison, CredentialDocument, CredentialId, Date,
    DiagnosticsReport, Fingerprint, Impact, ImpactOptions, RuleEdge, compare_findings,
};
use serde::{Deserialize, Serialize};

use crate::ask::{Patience, ask};
use crate::extract::{Body, Named, Params};
use crate::fault::Fault;
use crate::service::{InForce, Service, credential};

pub(crate) fn routes(most_bytes: usize) -> Router<Arc<Service>> {
    Router::new()
        .route("/catalog", get(document).put(put_in_force))
        .route("/catalog/credentials", get(credentials))
        .route("/catalog/credentials/{id}", get(rules).put(put_credential))
        .route("/catalog/check", get(check))
        .route("/catalog/comparison", post(compare))
        .route("/catalog/reload", post(reload))
        .layer(DefaultBodyLimit::max(most_bytes))
}

/// The catalog in force, as data.
#[derive(Serialize)]
struct Written {
    fingerprint: Fingerprint,
    document: CatalogDocument,
}

async fn document(State(service): State<Arc<Service>>) -> Result<Json<Written>, Fault> {
    let found = ask(service, None, |service, _| {
        let InForce { catalog, document } = service.in_force();
        Ok(Written { fingerprint: catalog.fingerprint(), document: CatalogDocument::clone(&document) })
    });
    found.await.map(Json)
}

/// A credential as options name it.
#[derive(Serialize)]
struct Numbered {
    credential: String,
    title: String,
    /// What stands for it in the options of plans, as long as the catalog has the same ids.
    number: CredentialId,
}

async fn credentials(State(service): State<Arc<Service>>) -> Json<Vec<Numbered>> {
    let catalog = service.catalog();
    let numbered = catalog.credentials().map(|(number, known)| Numbered {
        credential: known.id.clone(),
        title: known.title.clone(),
        number,
    });
    Json(numbered.collect())
}

/// What the rules say of one credential: as written, what it needs, and what needs it.
#[derive(Serialize)]
struct Rules {
    credential: String,
    document: CredentialDocument,
    requires: Vec<RuleEdge>,
    required_by: Vec<RuleEdge>,
}

async fn rules(State(service): State<Arc<Service>>, Named(id): Named<String>) -> Result<Json<Rules>, Fault> {
    let found = ask(service, None, move |service, _| {
        let InForce { catalog, document } = service.in_force();
        let known = credential(&catalog, &id)?;
        let id = catalog.get(known).id.clone();
        let document = document.credentials.get(&id).cloned().unwrap_or_default();
        let (requires, required_by) = (catalog.requires(known), catalog.required_by(known));
        Ok(Rules { credential: id, document, requires, required_by })
    });
    found.await.map(Json)
}

/// The catalog that is to be replaced: whoever asks has seen it, and compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Replacing {
    replaces: Fingerprint,
}

/// What is in force from now on.
#[derive(Serialize)]
struct NowInForce {
    fingerprint: Fingerprint,
}

async fn put_in_force(
    State(service): State<Arc<Service>>,
    Params(Replacing { replaces }): Params<Replacing>,
    body: Body,
) -> Result<Json<NowInForce>, Fault> {
    let put = ask(service, None, move |service, _| {
        let document = body.catalog(&service.options.limits)?;
        service.put_in_force(document, replaces).map(|fingerprint| NowInForce { fingerprint })
    });
    put.await.map(Json)
}

async fn put_credential(
    State(service): State<Arc<Service>>,
    Named(id): Named<String>,
    Params(Replacing { replaces }): Params<Replacing>,
    body: Body,
) -> Result<Json<NowInForce>, Fault> {
    let put = ask(service, None, move |service, _| {
        let changed: CredentialDocument = body.json()?;
        service.put_credential(id, changed, replaces).map(|fingerprint| NowInForce { fingerprint })
    });
    put.await.map(Json)
}

async fn reload(State(service): State<Arc<Service>>) -> Result<Json<NowInForce>, Fault> {
    let reloaded = ask(service, None, |service, _| service.reload());
    reloaded.await.map(|fingerprint| Json(NowInForce { fingerprint }))
}

/// The day of a check; any day if none is given.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checking {
    as_of: Option<Date>,
}

fn checked(catalog: &Catalog, as_of: Option<Date>, patience: &Patience) -> credpath::Diagnostics {
    let mut options = CheckOptions::default();
    options.as_of = as_of;
    options.watcher = Some(patience.watcher());
    catalog.check(&options)
}

async fn check(
    State(service): State<Arc<Service>>,
    Params(Checking { as_of }): Params<Checking>,
) -> Result<Json<DiagnosticsReport>, Fault> {
    let found = ask(service, None, move |service, patience| Ok(checked(&service.catalog(), as_of, patience).report()));
    found.await.map(Json)
}

/// The day for which two versions are compared.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Comparing {
    as_of: Date,
}

/// What a new version would change, before it is taken.
#[derive(Serialize)]
struct Compared {
    /// What it replaces, and its own fingerprint.
    replaces: Fingerprint,
    fingerprint: Fingerprint,
    /// For whom it is stricter or looser, and because of which rule.
    comparison: Comparison,
    /// Findings that are new, and such that are mended.
    findings: serde_json::Value,
    /// The learners who lose or gain a qualification.
    impact: Impact,
}

async fn compare(
    State(service): State<Arc<Service>>,
    Params(Comparing { as_of }): Params<Comparing>,
    body: Body,
) -> Result<Json<Compared>, Fault> {
    let compared = ask(service, None, move |service, patience| {
        let document = body.catalog(&service.options.limits)?;
        let (older, newer) = (service.catalog(), Catalog::compile_with(&document, &service.options.limits)?);
        let mut options = CompareOptions::default();
        options.as_of = Some(as_of);
        options.watcher = Some(patience.watcher());
        let comparison = older.compare(&newer, &options);
        let [before, after] = [&older, &newer].map(|catalog| checked(catalog, Some(as_of), patience));
        let findings = serde_json::to_value(compare_findings(&before, &after));
        Ok(Compared {
            replaces: older.fingerprint(),
            fingerprint: newer.fingerprint(),
            comparison,
            findings: findings.map_err(|error| Fault::Internal(error.into()))?,
            impact: impact(service, [&older, &newer], as_of, patience)?,
        })
    });
    compared.await.map(Json)
}

/// Reads one record after the other; what cannot be read ends it, and so does the end of its time.
fn impact(service: &Service, [older, newer]: [&Catalog; 2], as_of: Date, patience: &Patience) -> Result<Impact, Fault> {
    let mut options = ImpactOptions::default();
    options.plan.watcher = Some(patience.watcher());
    let learners = service.store().learners()?;
    let mut unread = None;
    let records = learners.into_iter().map_while(|learner| {
        let record = if patience.is_late() { Err(Fault::Late) } else { service.record(&learner) };
        match record {
            Ok(record) => Some((learner, record)),
            Err(fault) => {
                unread = Some(fault);
                None
            }
        }
    });
    let impact = older.impact(newer, records, as_of, &options);
    unread.map_or(Ok(impact), Err)
}
