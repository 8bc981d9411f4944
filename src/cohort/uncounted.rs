//! Awards of a cohort that do not count, whatever rules ask for ([semantics 3.10](crate::semantics#3.10)).

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::cohort::question::CohortQuestion;
use crate::evaluate::expected::set_aside;
use crate::evaluate::uncounted::{Uncounted, WhyUncounted};
use crate::record::record::{Award, LearnerRecord};
use crate::value::ids::CredentialId;
use crate::value::text::{counted, printable};

/// Awards of one credential in the records of a cohort that do not count for one reason, whatever rules ask for.
///
/// ```
/// use credpath::{Award, Catalog, CohortOptions, LearnerRecord};
///
/// let catalog = Catalog::parse("c", "credential.hardware = { title = 'Hardware' }")?;
/// let mistyped = Award::new("hardware").on("2027-01-10".parse()?);
/// let records = [LearnerRecord::default(), LearnerRecord { awards: vec![mistyped], ..LearnerRecord::default() }];
/// let report = catalog.cohort("2026-11-28".parse()?, &CohortOptions::default()).report(&records);
/// assert_eq!(report.uncounted[0].learners, [1]);
/// assert_eq!(report.uncounted[0].to_string(), "Hardware, dated after 2026-11-28 (1 learner)");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct UncountedAwards {
    /// Id of the credential awarded.
    pub credential: String,
    /// Its title.
    pub title: String,
    /// Why the awards do not count; of revoked ones the day is not told here.
    pub why: WhyUncounted,
    /// The number of learners who have such an award.
    pub count: u64,
    /// These learners, in order, unless lists were to be left out.
    pub learners: Vec<u64>,
}

impl fmt::Display for UncountedAwards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let award = Award::new(&*self.credential);
        let told = Uncounted { award, title: Some(self.title.clone()), why: self.why.clone() };
        write!(f, "{}, {} ({})", printable(&self.title), told.reason(), counted(self.count, "learner"))
    }
}

/// What does not count while it is gathered, with the learners who have it.
#[derive(Debug, Default)]
pub(crate) struct GatheredUncounted(BTreeMap<(CredentialId, WhyUncounted), CountedLearners>);

#[derive(Debug, Default)]
struct CountedLearners {
    count: u64,
    learners: Vec<u64>,
}

impl GatheredUncounted {
    /// Takes in the record of the next learner, by the number that names them.
    pub(crate) fn add(&mut self, question: &CohortQuestion, record: &LearnerRecord, learner: u64) {
        let catalog = question.catalog;
        for found in set_aside(catalog, record, question.as_of, question.evaluate.accepted()) {
            if question.relevant[catalog.names.class(found.0)] {
                let counted = self.0.entry(found).or_default();
                counted.count += 1;
                counted.learners.push(learner);
            }
        }
    }

    /// Takes in what was found of later learners, who are listed or counted only.
    pub(crate) fn extend(&mut self, other: Self, counts_only: bool) {
        for (found, more) in other.0 {
            let counted = self.0.entry(found).or_default();
            counted.count += more.count;
            if !counts_only {
                counted.learners.extend(more.learners);
            }
        }
    }

    pub(crate) fn told(self, question: &CohortQuestion) -> Vec<UncountedAwards> {
        let told = self.0.into_iter().map(|((credential, why), CountedLearners { count, learners })| {
            let described = question.catalog.at(credential);
            let (credential, title) = (described.id.clone(), described.title.clone());
            UncountedAwards { credential, title, why, count, learners }
        });
        told.collect()
    }
}
