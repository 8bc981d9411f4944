//! What requests bring: parameters and bodies, with the faults of this service.

use std::sync::Arc;

use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use credpath::{CatalogDocument, LearnerRecord, Limits};
use serde::de::DeserializeOwned;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use crate::fault::Fault;
use crate::service::Service;

/// The parameters of the address.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let query = Query::<T>::from_request_parts(parts, state).await;
        query.map(|Query(params)| Self(params)).map_err(|refused| Fault::Unreadable(refused.body_text()))
    }
}

/// What the path of the address names.
pub(crate) struct Named<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Named<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Fault> {
        let path = Path::<T>::from_request_parts(parts, state).await;
        path.map(|Path(named)| Self(named)).map_err(|refused| Fault::Unreadable(refused.body_text()))
    }
}

/// A body: TOML if its content type says so, else JSON. No more of them are in memory at once than there is room for,
/// and each has to be there in time.
pub(crate) struct Body {
    is_toml: bool,
    text: String,
    _room: OwnedSemaphorePermit,
}

impl FromRequest<Arc<Service>> for Body {
    type Rejection = Fault;

    async fn from_request(request: Request, service: &Arc<Service>) -> Result<Self, Fault> {
        let room = Arc::clone(&service.bodies).try_acquire_owned().map_err(|_| Fault::Busy)?;
        let content_type = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let is_toml = content_type.is_some_and(|value| value.starts_with("application/toml"));
        let read = timeout(service.options.time, String::from_request(request, service)).await;
        let read = read.map_err(|_| Fault::Unreadable("the body did not come in time".to_owned()))?;
        let text = read.map_err(|refused| {
            let told = refused.body_text();
            if refused.status().as_u16() == 413 { Fault::TooLarge(told) } else { Fault::Unreadable(told) }
        })?;
        Ok(Self { is_toml, text, _room: room })
    }
}

impl Body {
    /// A catalog. What is wrong with one in JSON is found when it is compiled.
    pub(crate) fn catalog(&self, limits: &Limits) -> Result<CatalogDocument, Fault> {
        if self.is_toml { Ok(CatalogDocument::parse_with("body", &self.text, limits)?) } else { self.json() }
    }

    /// A learner record. What a text could not say is refused in JSON as well.
    pub(crate) fn record(&self, limits: &Limits) -> Result<LearnerRecord, Fault> {
        if self.is_toml { Ok(LearnerRecord::parse_with("body", &self.text, limits)?) } else { self.json() }
    }

    /// Anything that is read by serde.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Fault> {
        serde_json::from_str(&self.text).map_err(|error| Fault::Unreadable(error.to_string()))
    }
}
