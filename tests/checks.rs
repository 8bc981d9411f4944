//! What a check of a catalog finds: word for word, what it must not find, and how findings leave the library.
//!
//! `tests/checks/CODE-N.toml` is a catalog with one fault and `CODE-N.txt` all that is said about it;
//! `CODE-near-N.toml` comes near to the fault and does not have it. A first line such as `# check: as_of = 2026-11-22,
//! targets = a b` sets options. `UPDATE_GOLDEN=1 cargo test --test checks` rewrites the texts.

#[path = "check/exact.rs"]
mod exact;
#[path = "check/formats.rs"]
mod formats;
#[path = "check/golden.rs"]
mod golden;
#[path = "digests/hash.rs"]
mod hash;
#[path = "check/kept.rs"]
mod kept;
#[path = "check/named.rs"]
mod named;
mod reference;
#[path = "check/sarif.rs"]
mod sarif;

use credpath::{Catalog, CheckOptions, Code, Diagnostics};

/// The findings about a catalog that must be accepted.
fn check(text: &str) -> Diagnostics {
    check_with(text, &CheckOptions::default())
}

fn check_with(text: &str, options: &CheckOptions) -> Diagnostics {
    Catalog::parse("catalog.toml", text).unwrap_or_else(|error| panic!("{text}\n{error}")).check(options)
}

fn codes(findings: &Diagnostics) -> Vec<Code> {
    findings.as_slice().iter().map(|finding| finding.code).collect()
}
