//! The options of a question to a cohort.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::evaluate::options::EvaluateOptions;
use crate::value::date::Date;
use crate::value::ids::CredentialId;
use crate::value::setters::setters;

/// The options of [`Catalog::cohort`](crate::Catalog::cohort).
///
/// ```
/// use credpath::{Catalog, CohortOptions};
///
/// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }")?;
/// let options = CohortOptions::default().credentials(catalog.credential("b"));
/// let cohort = catalog.cohort("2026-11-25".parse()?, &options);
/// assert_eq!(cohort.credentials().len(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CohortOptions {
    /// The options of each learner's evaluation: [`EvaluateOptions::default`].
    pub evaluate: EvaluateOptions,
    /// The credentials that are asked about; of the rules only those are looked at that these depend on. `None`, the
    /// default: all. Those that the catalog does not [know](crate::Catalog::knows), here and in `holders`, are left out
    /// and counted ([`Cohort::of_other_catalogs`](crate::Cohort::of_other_catalogs)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credentials: Option<Vec<CredentialId>>,
    /// Whether to find out what everybody is one award away from: false.
    pub one_award_away: bool,
    /// The days, both ends included, on which awards that lapse are looked for: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lapses: Option<RangeInclusive<Date>>,
    /// The credentials of which a report is to list the holders, out of those asked about: none.
    pub holders: Vec<CredentialId>,
    /// Tags, such as skills, of which a report is to say how far the cohort covers them: none.
    pub tags: Vec<String>,
    /// Whether a report leaves out its lists of learners, so that it stays small however many there are: false.
    /// How many they name is there all the same, and a visitor is shown whom
    /// ([`Cohort::report_visiting`](crate::Cohort::report_visiting)).
    pub counts_only: bool,
}

setters! { CohortOptions {
    /// The options of each learner's evaluation.
    evaluate: value => EvaluateOptions,
    /// The credentials that are asked about.
    credentials: some list => CredentialId,
    /// Whether to find out what everybody is one award away from.
    one_award_away: value => bool,
    /// The days, both ends included, on which awards that lapse are looked for.
    lapses: some => RangeInclusive<Date>,
    /// The credentials of which a report is to list the holders.
    holders: list => CredentialId,
    /// Tags of which a report is to say how far the cohort covers them.
    tags: list => String,
    /// Whether a report leaves out its lists of learners.
    counts_only: value => bool,
} }

impl CohortOptions {
    /// The same without credentials of other catalogs.
    pub(crate) fn known_to(&self, catalog: &Catalog) -> Self {
        let mut options = self.clone();
        options
            .credentials
            .iter_mut()
            .chain([&mut options.holders])
            .for_each(|ids| ids.retain(|&id| catalog.knows(id)));
        options
    }
}
