//! Whether the rules of a catalog are consistent (semantics 8).
//!
//! A check reads the text of the catalog once more, for what the compiled rules no longer show: what is written where. What can be
//! earned is asked of the same rows and the same search as plans.

use crate::check::shape::shape;
use crate::finding::witness::Witness;
use std::ops::Range;

use crate::catalog::catalog::Catalog;
use crate::catalog::document;
use crate::catalog::document::{Document, WrittenCredential};
use crate::finding::code::Code;
use crate::finding::diagnostic::{Diagnostic, Diagnostics, Severity, Unsettled};
use crate::read::limits::Limits;
use crate::read::parse::parse;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

use crate::check::ground::Ground;

/// What a check looks for, and how long.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CheckOptions {
    /// The date on which new learners begin. Without one, a credential counts as offered if it is offered on any day, and what is
    /// closed or not open yet is not reported.
    pub as_of: Option<Date>,
    /// Targets that no choice should close for good; those credentials are looked at for dead ends.
    pub targets: Vec<CredentialId>,
    /// Whether to look for options that are never the cheapest, which takes a plan for each.
    pub prices: bool,
    /// How much work may be done, in search steps: 50 million by default. What is not settled then is told as undecided.
    pub work: u64,
    /// How many findings are listed one by one: 1,000 by default.
    pub findings: usize,
}

impl Default for CheckOptions {
    fn default() -> Self {
        Self { as_of: None, targets: Vec::new(), prices: false, work: 50_000_000, findings: 1_000 }
    }
}

/// What a check has before it, and what it has found.
pub(crate) struct Check<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) options: &'c CheckOptions,
    /// The catalog as it is written.
    pub(crate) document: Document,
    pub(crate) found: Vec<Diagnostic>,
    undecided: Vec<Unsettled>,
}

impl Catalog {
    /// Checks whether the rules are consistent: findings with their places, each with a witness, in the order of the text (semantics 8).
    /// They are exact; what the work limit leaves open is listed as [`undecided`](Diagnostics::undecided), never passed over as clean.
    #[must_use]
    pub fn check(&self, options: &CheckOptions) -> Diagnostics {
        let (name, text) = self.text();
        let mut check =
            Check { catalog: self, options, document: read_again(text), found: Vec::new(), undecided: Vec::new() };
        check.run();
        Diagnostics::new(name, text, check.found, options.findings).of_a_check(check.undecided)
    }
}

/// The document of a catalog that was accepted before, so that no limit needs to hold and no fault is to be expected.
fn read_again(text: &str) -> Document {
    let limits = Limits {
        catalog_bytes: usize::MAX,
        record_bytes: usize::MAX,
        memory_bytes: usize::MAX,
        nesting: usize::MAX,
        credentials: usize::MAX,
        requirement_nodes: usize::MAX,
        id_bytes: usize::MAX,
        errors: usize::MAX,
    };
    parse(text, usize::MAX, &limits)
        .ok()
        .and_then(|(table, mut reader)| document::read(&mut reader, &table, &limits))
        .unwrap_or_default()
}

impl Check<'_> {
    fn run(&mut self) {
        let ground = &Ground::new(self.catalog, self.options);
        shape::find(self, ground);
        self.distinct(ground);
        let faults = self.earnability(ground);
        let examples = self.exclusions(ground, faults);
        self.harmless_cycles(ground, &examples);
        self.strong_conflicts(ground, &examples);
        self.dead_ends(ground, &examples);
        self.lapses(ground);
        // There are many choices, so they come last.
        self.choices(ground, &examples);
    }

    pub(crate) fn written(&self, credential: CredentialId) -> &WrittenCredential {
        &self.document.credentials[credential]
    }

    /// Notes a finding about a credential.
    pub(crate) fn find(&mut self, credential: CredentialId, mut diagnostic: Diagnostic, severity: Severity) {
        if diagnostic.subjects.is_empty() {
            diagnostic.subjects = diagnostic.witness.iter().flat_map(Witness::subjects).collect();
        }
        self.found.push(diagnostic.severity(severity).about(self.catalog.id(credential)));
    }

    /// Notes that a question about a credential is open.
    pub(crate) fn leave_open(&mut self, code: Code, credential: CredentialId, place: &Range<usize>, message: String) {
        let credential = self.catalog.id(credential).to_owned();
        self.undecided.push(Unsettled { code, credential, line: self.catalog.line_at(place.start), message });
    }
}
