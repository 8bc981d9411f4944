//! What a learner can begin on the date, and what has to be begun with it, as an evaluation says it.

use crate::catalog::network::Rule;
use crate::evaluate::beginning::{Beginnings, Companions};
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::progress::progress::Progress;
use crate::value::ids::CredentialId;

impl Evaluation<'_> {
    /// If a taken credential can be begun on the as-of date, the credentials that have to be begun with it: none if it
    /// can be begun alone; `None` if it cannot be begun, or that is not decided. Where there is a choice, a set is
    /// given of which none can be left out; which of several, the order of ids says. (Where there are very many to
    /// choose from, some may be among them that could be left out.)
    ///
    /// ```
    /// use credpath::{Catalog, EvaluateOptions, LearnerRecord, Status};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     lecture = { corequisite = "lab" }
    ///     lab = { corequisite = "lecture" }
    /// "#)?;
    /// let [lab, lecture] = ["lab", "lecture"].map(|id| catalog.credential(id).expect("defined above"));
    /// let record = LearnerRecord::default();
    /// let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
    /// assert_eq!(evaluation.status(lecture), Status::Eligible);
    /// assert_eq!(evaluation.begun_with(lecture), Some(vec![lab]));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn begun_with(&self, id: CredentialId) -> Option<Vec<CredentialId>> {
        let begun = &self.beginnings().certainly;
        let companions = Companions { progress: &self.progress, among: begun, supposed: true };
        let tagged = |other: CredentialId| other.tagged(self.catalog.identity.tag);
        let is_begun = self.catalog.knows(id) && begun.contains(&id);
        is_begun.then(|| companions.of(id).into_iter().map(tagged).collect())
    }

    /// Whether a taken credential can be begun on the date, alone or together with others, if that is decided.
    pub(crate) fn can_be_begun(&self, credential: CredentialId) -> Option<bool> {
        let has = |rule| self.catalog.network.top(rule).is_some();
        let prerequisite = Rule::prerequisite(credential);
        let open = |progress: &Progress| !has(prerequisite) || progress.rule_is_met(prerequisite);
        let possibly = self.possible.as_ref().is_some_and(open);
        if !self.catalog.terms(credential).offered.contains(self.as_of) || !open(&self.progress) && !possibly {
            return Some(false);
        }
        let (certainly, possibly) = if has(Rule::corequisite(credential)) {
            let Beginnings { certainly, possibly } = self.beginnings();
            (certainly.contains(&credential), possibly.contains(&credential))
        } else {
            (open(&self.progress), possibly)
        };
        (certainly || !possibly).then_some(certainly)
    }
}
