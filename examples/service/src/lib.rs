//! credpath behind HTTP, with its catalog, its records and its plans in a database: what an engineer looks at who wants
//! to embed it. Each part shows one thing:
//!
//! - `catalog_rows`: a catalog that is rows of a database, by way of [`CatalogDocument`](credpath::CatalogDocument);
//! - `learner_rows`: records as rows, answers as they are;
//! - `service`: an `Arc<Catalog>` that is replaced while it is being asked, and compared before it is;
//! - `ask`: a time-out for each search, which is stopped as well when the client has gone;
//! - `catalog_routes`, `learner_routes`, `plan_routes`: the questions, their answers as JSON;
//! - `extract`, `fault`: limits on bodies, and faults with the path of what is wrong.

mod ask;
mod catalog_routes;
mod catalog_rows;
mod column;
mod extract;
mod fault;
mod learner_routes;
mod learner_rows;
mod plan_routes;
mod service;
mod store;

use std::io;
use std::sync::Arc;

use axum::routing::{Router, get};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Runtime};

pub use crate::fault::Fault;
pub use crate::service::{Service, ServiceOptions};
pub use crate::store::Store;

/// What a search may take of the stack: more than a thread has by default, since a build without optimisation has large
/// frames. How deep the library goes is bounded by its limits.
const STACK: usize = 16 << 20;

/// Threads to serve with.
///
/// # Errors
/// If the system has none.
pub fn runtime() -> io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()
}

/// Answers requests until the process ends.
///
/// # Errors
/// If connections can no longer be accepted.
pub async fn serve(listener: TcpListener, service: Arc<Service>) -> io::Result<()> {
    let limits = &service.options.limits;
    let (catalog_bytes, record_bytes) = (limits.catalog_bytes, limits.record_bytes);
    let router = Router::new()
        .route("/health", get(learner_routes::health))
        .merge(catalog_routes::routes(catalog_bytes))
        .merge(learner_routes::routes(record_bytes))
        .merge(plan_routes::routes(record_bytes))
        .with_state(service);
    axum::serve(listener, router).await
}
