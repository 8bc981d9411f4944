//! The coverage of some tags by a team, and its gaps.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::evaluate::evaluation::Status;

use crate::cohort::batch::{Batch, Columns};
use crate::cohort::cohort::count;
use crate::cohort::question::{AskedId, CohortQuestion};

/// The coverage of one tag, such as a skill, by a cohort. Every learner is counted once, in the first group that they
/// belong to.
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
/// let tags = ["data", "design", "law"].map(str::to_owned).to_vec();
/// let options = CohortOptions::default().tags(tags).one_award_away(true);
/// let report = catalog.cohort("2026-11-25".parse()?, &options).report(&team);
/// let gaps: Vec<_> = report.gaps().map(|gap| (gap.tag.as_str(), gap.one_award_away)).collect();
/// assert_eq!(gaps, [("law", 1), ("design", 2)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TagCoverage {
    /// The tag.
    pub tag: String,
    /// The number of credentials asked about that carry it.
    pub credentials: usize,
    /// Learners who hold one of these credentials.
    pub held: u64,
    /// Others who are qualified for one.
    pub qualified: u64,
    /// Others to whom one award would bring one: they can begin one that is taken, or are one award away from one that
    /// is conferred, if the cohort was asked for that.
    pub one_award_away: u64,
    /// Others of whom something was not decided within the work limit.
    pub undecided: u64,
}

impl TagCoverage {
    /// The thinnest first.
    pub(crate) fn by_thinness(&self, other: &Self) -> Ordering {
        let key = |tag: &Self| (tag.held, tag.qualified, tag.one_award_away);
        key(self).cmp(&key(other)).then_with(|| self.tag.cmp(&other.tag))
    }

    /// Adds the learners of another part of the cohort.
    pub(crate) fn merge(&mut self, other: &Self) {
        for (total, more) in [
            (&mut self.held, other.held),
            (&mut self.qualified, other.qualified),
            (&mut self.one_award_away, other.one_award_away),
            (&mut self.undecided, other.undecided),
        ] {
            *total = total.saturating_add(more);
        }
    }
}

/// For each tag asked about, in byte order, the places of the credentials that carry it.
pub(crate) fn carrying(question: &CohortQuestion) -> Vec<Vec<AskedId>> {
    let carry = |tag: &String| {
        let carries = |place: &AskedId| question.catalog.get(question.asked[*place]).tags.contains(tag);
        question.asked.ids().filter(carries).collect()
    };
    question.tags.iter().map(carry).collect()
}

/// The tags with what was added up for each, the thinnest first.
pub(crate) fn ranked(question: &CohortQuestion, places: &[Vec<AskedId>], totals: Vec<[u64; 4]>) -> Vec<TagCoverage> {
    let tags = question.tags.iter().zip(places).zip(totals);
    let coverage =
        |((tag, places), [held, qualified, one_award_away, undecided]): ((&String, &Vec<AskedId>), [u64; 4])| {
            TagCoverage { tag: tag.clone(), credentials: places.len(), held, qualified, one_award_away, undecided }
        };
    let mut coverage: Vec<TagCoverage> = tags.map(coverage).collect();
    coverage.sort_by(TagCoverage::by_thinness);
    coverage
}

/// The numbers of learners of a batch who hold one of some credentials, are else qualified for one, else one award away
/// from one, else undecided.
pub(crate) fn of_tag(question: &CohortQuestion, batch: &mut dyn Batch, places: &[AskedId]) -> [u64; 4] {
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
