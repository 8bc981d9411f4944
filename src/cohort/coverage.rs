//! What a team covers of some tags, and where it is thin.

use std::borrow::Borrow;

use serde::Serialize;

use crate::evaluate::Status;
use crate::record::LearnerRecord;

use super::batch::{Batch, Columns};
use super::question::Question;
use super::{Cohort, count};

/// How far a team covers some tags.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Coverage {
    /// How many learners there were.
    pub learners: u64,
    /// The tags asked about, each once, the thinnest first: by how many hold something, then by how many qualify, then by how many are one award
    /// away; then in byte order.
    pub tags: Vec<TagCoverage>,
}

/// How far a team covers one tag. Every learner is counted once, in the first group that they belong to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TagCoverage {
    /// The tag.
    pub tag: String,
    /// How many credentials that were asked about carry it.
    pub credentials: usize,
    /// Learners who hold one of these credentials.
    pub held: u64,
    /// Others who are qualified for one.
    pub qualified: u64,
    /// Others to whom one award would bring one: they can begin one that is taken, or are one award away from one that is conferred, if the
    /// cohort was asked for that.
    pub one_award_away: u64,
    /// Others of whom something was not decided within the work limit.
    pub undecided: u64,
}

impl Coverage {
    /// The tags of which nobody holds anything, the thinnest first.
    pub fn gaps(&self) -> impl Iterator<Item = &TagCoverage> {
        self.tags.iter().take_while(|tag| tag.held == 0)
    }
}

impl Cohort<'_> {
    /// How far a team covers some tags, by the credentials that carry them and that were asked about.
    ///
    /// ```
    /// use credpath::{Catalog, CohortOptions, LearnerRecord};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     sql = { tags = ["data"] }
    ///     sketching = { tags = ["design"] }
    ///     audits = { tags = ["law"], prerequisite = "sql" }
    /// "#)?;
    /// let team = [LearnerRecord::from_iter(["sql"]), LearnerRecord::default()];
    /// let options = CohortOptions { one_award_away: true, ..CohortOptions::default() };
    /// let coverage = catalog.cohort("2026-11-25".parse()?, &options).coverage(&team, ["data", "design", "law"]);
    /// let gaps: Vec<_> = coverage.gaps().map(|gap| (gap.tag.as_str(), gap.one_award_away)).collect();
    /// assert_eq!(gaps, [("law", 1), ("design", 2)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn coverage<R: Borrow<LearnerRecord> + Send + Sync, T: Into<String>>(
        &self,
        records: impl IntoIterator<Item = R>,
        tags: impl IntoIterator<Item = T>,
    ) -> Coverage {
        let question = &self.question;
        let mut tags: Vec<String> = tags.into_iter().map(Into::into).collect();
        tags.sort_unstable();
        tags.dedup();
        let carry = |tag: &String| {
            let carries = |place: &usize| question.catalog.get(question.asked[*place]).tags.contains(tag);
            (0..question.asked.len()).filter(carries).collect::<Vec<usize>>()
        };
        let places: Vec<Vec<usize>> = tags.iter().map(carry).collect();
        let mut coverage = Coverage { learners: 0, tags: Vec::new() };
        for (tag, places) in tags.into_iter().zip(&places) {
            let credentials = places.len();
            let nobody = TagCoverage { tag, credentials, held: 0, qualified: 0, one_award_away: 0, undecided: 0 };
            coverage.tags.push(nobody);
        }
        let parts = self.batches(records, |batch, _| {
            let found: Vec<[u64; 4]> = places.iter().map(|places| of_tag(question, batch, places)).collect();
            (batch.learners().0, found)
        });
        for (learners, found) in parts {
            coverage.learners += learners as u64;
            for (tag, [held, qualified, one_award_away, undecided]) in coverage.tags.iter_mut().zip(found) {
                tag.held += held;
                tag.qualified += qualified;
                tag.one_award_away += one_award_away;
                tag.undecided += undecided;
            }
        }
        coverage.tags.sort_by_key(|tag| (tag.held, tag.qualified, tag.one_award_away, tag.tag.clone()));
        coverage
    }
}

/// How many learners of a batch hold one of some credentials, are else qualified for one, else one award away from one, else undecided.
fn of_tag(question: &Question, batch: &mut dyn Batch, places: &[usize]) -> [u64; 4] {
    let mut columns = Columns::default();
    let mut groups: [Vec<u64>; 4] = std::array::from_fn(|_| vec![0; batch.capacity().div_ceil(64)]);
    for &place in places {
        batch.columns(question, place, &mut columns);
        let of = |status: Status| &columns.statuses[status as usize];
        let mut add = |group: usize, column: &[u64]| {
            for (word, more) in groups[group].iter_mut().zip(column) {
                *word |= more;
            }
        };
        add(0, of(Status::Held));
        add(1, of(Status::Qualified));
        if question.one_award_away {
            add(2, of(Status::Eligible));
        }
        add(2, &columns.nearly);
        add(3, of(Status::Undecided));
        add(3, &columns.nearly_undecided);
    }
    let mut before = vec![0; groups[0].len()];
    groups.map(|mut group| {
        for (word, before) in group.iter_mut().zip(&mut before) {
            *word &= !*before;
            *before |= *word;
        }
        count(&group)
    })
}
