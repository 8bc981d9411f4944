//! Limits on the size of an input.

use serde::{Deserialize, Serialize};

use crate::value::setters::setters;

/// Bounds on untrusted input. Reading stops with a [`limit-exceeded`](crate::Code::LimitExceeded) error that names the
/// bound, its value, and the place where it was met.
///
/// The default admits a catalog of 20,000 credentials from a source that is not trusted; [`Limits::large`] admits one
/// of 200,000 from a source that is.
///
/// ```
/// use credpath::{Catalog, Limits};
///
/// let limits = Limits::default().credentials(1);
/// let error = Catalog::parse_with("two.toml", "credential.a = {}\ncredential.b = {}\n", &limits).unwrap_err();
/// assert_eq!(error.diagnostics()[0].code.as_str(), "limit-exceeded");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Limits {
    /// Bytes of a catalog's text: 8 MiB.
    pub catalog_bytes: usize,
    /// Bytes of a learner record's text: 1 MiB.
    pub record_bytes: usize,
    /// Bytes that reading a text may take up, estimated before it is parsed: 384 MiB. A text can be small and still
    /// unfold into very many tables.
    pub memory_bytes: usize,
    /// Brackets open at one place of a text: 72. A requirement takes two (a table and a list).
    pub nesting: usize,
    /// Credentials in a catalog: 20,000.
    pub credentials: usize,
    /// Groups and named credentials in all requirements together, pools unfolded where they are used: 500,000. As many
    /// pairs of credentials may exclude each other, equivalents unfolded.
    pub requirement_nodes: usize,
    /// Windows in which one credential is offered: 100.
    pub windows: usize,
    /// Credentials that an award of one renews by [`renews`](crate::Credential::renews), one by another: 64.
    pub renewals: usize,
    /// Bytes of an id: 128.
    pub id_bytes: usize,
    /// Errors listed one by one; of the rest only the number is told: 200.
    pub errors: usize,
}

setters! { Limits {
    /// Bytes of a catalog's text.
    catalog_bytes: value => usize,
    /// Bytes of a learner record's text.
    record_bytes: value => usize,
    /// Bytes that reading a text may take up.
    memory_bytes: value => usize,
    /// Brackets open at one place of a text.
    nesting: value => usize,
    /// Credentials in a catalog.
    credentials: value => usize,
    /// Groups and named credentials in all requirements together.
    requirement_nodes: value => usize,
    /// Windows in which one credential is offered.
    windows: value => usize,
    /// Credentials that an award of one renews, one by another.
    renewals: value => usize,
    /// Bytes of an id.
    id_bytes: value => usize,
    /// Errors listed one by one.
    errors: value => usize,
} }

impl Default for Limits {
    fn default() -> Self {
        Self {
            catalog_bytes: 8 << 20,
            record_bytes: 1 << 20,
            memory_bytes: 384 << 20,
            nesting: 72,
            credentials: 20_000,
            requirement_nodes: 500_000,
            windows: 100,
            renewals: 64,
            id_bytes: 128,
            errors: 200,
        }
    }
}

impl Limits {
    /// None, for what was read before.
    pub(crate) fn none() -> Self {
        let most = usize::MAX;
        Self {
            catalog_bytes: most,
            record_bytes: most,
            memory_bytes: most,
            nesting: most,
            credentials: most,
            requirement_nodes: most,
            windows: most,
            renewals: most,
            id_bytes: most,
            errors: most,
        }
    }

    /// For catalogs of up to 200,000 credentials, and large records, from a trusted source: sixteen times the default
    /// bytes, ten times the credentials and nodes, or as much as a machine can address. Nesting and ids are bounded as
    /// by default.
    #[must_use]
    pub fn large() -> Self {
        let default = Self::default();
        Self {
            catalog_bytes: default.catalog_bytes.saturating_mul(16),
            record_bytes: default.record_bytes.saturating_mul(16),
            memory_bytes: default.memory_bytes.saturating_mul(16),
            credentials: default.credentials.saturating_mul(10),
            requirement_nodes: default.requirement_nodes.saturating_mul(10),
            ..default
        }
    }
}
