//! What can go wrong with a request, and how the client is told.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use credpath::{DiagnosticsReport, Fingerprint, InvalidCatalog, InvalidRecord};
use serde::Serialize;

/// Why a request has no answer. The client gets it as JSON: a word for programs, a sentence for people, and what is
/// wrong with the input, each fault with its code, its path and its place.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// There is no such thing.
    #[error("there is no {what} `{id}`")]
    NoSuch {
        /// The kind of thing.
        what: &'static str,
        /// What it was called.
        id: String,
    },
    /// The request is not one.
    #[error("{0}")]
    Unreadable(String),
    /// The body is larger than what is asked for could be.
    #[error("{0}")]
    TooLarge(String),
    /// The catalog, or the record, cannot be used.
    #[error("the {what} cannot be used")]
    Invalid {
        /// What it is.
        what: &'static str,
        /// What is wrong with it.
        diagnostics: Box<DiagnosticsReport>,
    },
    /// Numbers of credentials are of a catalog with other ids.
    #[error("these credentials are numbered as in another catalog than {this}: ask for the numbers again")]
    OtherCatalog {
        /// The catalog in force.
        this: Fingerprint,
    },
    /// Somebody else has changed the catalog.
    #[error("the catalog in force is {this}: look at what has changed, and say that this is to be replaced")]
    Replaced {
        /// The catalog in force.
        this: Fingerprint,
    },
    /// As much is being asked as the service takes on.
    #[error("too much is asked at once: ask again in a moment")]
    Busy,
    /// There is more to be read than there was time for.
    #[error("there are more learners than can be looked at in the time that an answer may take")]
    Late,
    /// The service is at fault. What it is stands in its log.
    #[error("this is a fault of the service")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Fault {
    fn status(&self) -> StatusCode {
        match self {
            Self::NoSuch { .. } => StatusCode::NOT_FOUND,
            Self::Unreadable(_) => StatusCode::BAD_REQUEST,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Invalid { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::OtherCatalog { .. } | Self::Replaced { .. } => StatusCode::CONFLICT,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Late => StatusCode::GATEWAY_TIMEOUT,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn word(&self) -> &'static str {
        match self {
            Self::NoSuch { .. } => "no-such",
            Self::Unreadable(_) => "unreadable",
            Self::TooLarge(_) => "too-large",
            Self::Invalid { .. } => "invalid",
            Self::OtherCatalog { .. } => "other-catalog",
            Self::Replaced { .. } => "replaced",
            Self::Busy => "busy",
            Self::Late => "late",
            Self::Internal(_) => "internal",
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Internal(error.into())
    }
}

impl From<InvalidCatalog> for Fault {
    fn from(invalid: InvalidCatalog) -> Self {
        Self::Invalid { what: "catalog", diagnostics: Box::new(invalid.report().report()) }
    }
}

impl From<InvalidRecord> for Fault {
    fn from(invalid: InvalidRecord) -> Self {
        Self::Invalid { what: "record", diagnostics: Box::new(invalid.report().report()) }
    }
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        #[derive(Serialize)]
        struct Told {
            fault: &'static str,
            message: String,
            #[serde(skip_serializing_if = "Option::is_none")]
            diagnostics: Option<Box<DiagnosticsReport>>,
        }
        let (status, fault, message) = (self.status(), self.word(), self.to_string());
        let diagnostics = match self {
            Self::Invalid { diagnostics, .. } => Some(diagnostics),
            Self::Internal(error) => {
                eprintln!("fault: {error}");
                None
            }
            _ => None,
        };
        (status, Json(Told { fault, message, diagnostics })).into_response()
    }
}
