//! Whether the rules of a catalog are consistent ([semantics 8](crate::semantics#8)).
//!
//! A check reads the text of the catalog once more, for what the compiled rules no longer show: what is written where.
//! What can be earned is asked of the same rows and the same search as plans.

use crate::catalog::catalog::Catalog;
use crate::finding::diagnostic::Diagnostics;

use crate::check::choices::choices;
use crate::check::cycles::harmless_cycles;
use crate::check::distinct::distinct;
use crate::check::earnability::{consequences, earnability};
use crate::check::exclusions::{dead_ends, exclusions, strong_conflicts};
use crate::check::facts::Facts;
use crate::check::lapses::lapses;
use crate::check::options::CheckOptions;
use crate::check::required::required;
use crate::check::shape::shape::shape;

impl Catalog {
    /// Checks whether the rules are consistent: findings with their places, each with a witness, in the order of the
    /// text ([semantics 8](crate::semantics#8)). They are exact; what the work limit leaves open is listed as
    /// [`undecided`](Diagnostics::undecided), never passed over as clean.
    #[must_use]
    pub fn check(&self, options: &CheckOptions) -> Diagnostics {
        let facts = &Facts::new(self, options);
        let of_rules = shape(facts).chain(distinct(facts));
        // Each pass leaves as much to those after it as it may take.
        let (earnable, faults) = facts.sharing(2, || earnability(facts, &of_rules));
        let (excluded, examples, ruled_out) = facts.sharing(2, || exclusions(facts, &faults));
        let findings = of_rules
            .chain(earnable)
            .chain(excluded)
            .chain(facts.sharing(2, || consequences(facts, &faults, &ruled_out, &examples)))
            .chain(facts.sharing(2, || harmless_cycles(facts, &examples)))
            .chain(facts.sharing(2, || strong_conflicts(facts, &examples)))
            .chain(facts.sharing(2, || dead_ends(facts, &examples)))
            .chain(facts.sharing(2, || lapses(facts)))
            .chain(facts.sharing(2, || required(facts)))
            // There are many choices, so they come last.
            .chain(choices(facts, &examples));
        let (name, text) = self.text();
        Diagnostics::new(name, text, findings.found, options.findings).of_a_check(findings.undecided, self.stamp())
    }
}
