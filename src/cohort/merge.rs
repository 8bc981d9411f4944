//! Reports on parts of a cohort put together ([semantics 10.4](crate::semantics#10.4)).

use std::collections::BTreeMap;

use crate::cohort::coverage::TagCoverage;
use crate::cohort::report::{CohortReport, CredentialReport};
use crate::cohort::uncounted::UncountedAwards;
use crate::value::date::Date;
use crate::value::stamp::Stamp;

/// Why two reports cannot be put together: they do not answer the same question.
///
/// ```
/// use credpath::{Catalog, CohortOptions, LearnerRecord};
///
/// let catalog = Catalog::parse("c", "credential.a = {}")?;
/// let report = |day: &str| {
///     let cohort = catalog.cohort(day.parse()?, &CohortOptions::default());
///     Ok::<_, credpath::InvalidDate>(cohort.report([LearnerRecord::default()]))
/// };
/// let mut merged = report("2026-11-25")?;
/// let refused = merged.merge(report("2026-11-26")?).unwrap_err();
/// assert_eq!(refused.to_string(), "the one is as of 2026-11-25, the other as of 2026-11-26");
/// assert_eq!(merged, report("2026-11-25")?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unmergeable {
    /// They were made under different catalogs, or in different forms.
    #[error("the one was made under catalog {}, the other under {}", own.catalog, other.catalog)]
    Catalog {
        /// The catalog of the report that was to take in the other one.
        own: Stamp,
        /// That of the other one.
        other: Stamp,
    },
    /// They are of different dates.
    #[error("the one is as of {own}, the other as of {other}")]
    Date {
        /// The date of the report that was to take in the other one.
        own: Date,
        /// That of the other one.
        other: Date,
    },
    /// They were made with different options.
    #[error("they were made with different options: the lists and totals of one are not those of the other")]
    Options,
    /// One names learners by numbers of the caller's own, the other by their places in a stream.
    #[error("the one names learners by numbers of the caller's own, the other by their places")]
    Names,
    /// One of them was changed, so that they are not about the same credentials and tags any more.
    #[error("they are not about the same credentials and tags, although their options are the same")]
    Contents,
}

impl CohortReport {
    /// Takes in the report on the learners who come after those of this one. The result is the report on all of them,
    /// to the byte where it is written; so a cohort can be judged in parts, on any number of machines, if the reports
    /// are put together in the order of the learners. Learners who are named by their place are counted on.
    ///
    /// ```
    /// use credpath::{Catalog, CohortOptions, CohortReport, LearnerRecord};
    ///
    /// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }")?;
    /// let cohort = catalog.cohort("2026-11-25".parse()?, &CohortOptions::default());
    /// let records = [&["a"][..], &[], &["a"]].map(|ids| LearnerRecord::from_iter(ids.iter().copied()));
    ///
    /// // Reports travel as JSON.
    /// let far = serde_json::to_string(&cohort.report(&records[1..]))?;
    /// let mut merged = cohort.report(&records[..1]);
    /// merged.merge(serde_json::from_str::<CohortReport>(&far)?)?;
    /// assert_eq!(merged, cohort.report(&records));
    /// assert_eq!(merged.of("b").expect("asked about").qualified, [0, 2]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`Unmergeable`] says in what the reports differ; this one is then as it was.
    pub fn merge(&mut self, later: Self) -> Result<(), Unmergeable> {
        self.check_alike(&later)?;
        if self.learners == 0 {
            self.keyed = later.keyed;
        }
        let first = if self.keyed { 0 } else { self.learners };
        let names = |learners: Vec<u64>| learners.into_iter().map(move |learner| first.saturating_add(learner));
        self.learners = self.learners.saturating_add(later.learners);
        self.judged_alone = self.judged_alone.saturating_add(later.judged_alone);
        self.lapses_undecided = self.lapses_undecided.saturating_add(later.lapses_undecided);
        self.unknown_awards.merge(later.unknown_awards);
        self.misplaced_count = self.misplaced_count.saturating_add(later.misplaced_count);
        self.misplaced.extend(names(later.misplaced));
        for (own, later) in self.credentials.iter_mut().zip(later.credentials) {
            own.merge_totals(&later);
            own.qualified.extend(names(later.qualified));
            own.one_award_away.extend(names(later.one_award_away));
            if let (Some(own), Some(later)) = (&mut own.held, later.held) {
                own.extend(names(later));
            }
        }
        let lapses = later.lapses.into_iter().map(|mut lapse| {
            lapse.learner = first.saturating_add(lapse.learner);
            lapse
        });
        self.lapses.extend(lapses);
        self.lapses.sort();
        for mut awards in later.uncounted {
            awards.learners = names(awards.learners).collect();
            self.take_uncounted(awards);
        }
        let mut tags: BTreeMap<String, TagCoverage> =
            later.coverage.into_iter().map(|tag| (tag.tag.clone(), tag)).collect();
        self.coverage.iter_mut().filter_map(|own| Some((tags.remove(&own.tag)?, own))).for_each(|(tag, own)| {
            own.merge(&tag);
        });
        self.coverage.sort_by(TagCoverage::by_thinness);
        Ok(())
    }

    fn take_uncounted(&mut self, awards: UncountedAwards) {
        let place = |own: &UncountedAwards| (&own.credential, &own.why).cmp(&(&awards.credential, &awards.why));
        match self.uncounted.binary_search_by(place) {
            Ok(known) => {
                let own = &mut self.uncounted[known];
                own.count = own.count.saturating_add(awards.count);
                own.learners.extend(awards.learners);
            }
            Err(new) => self.uncounted.insert(new, awards),
        }
    }

    /// Whether the other report answers the same question.
    fn check_alike(&self, other: &Self) -> Result<(), Unmergeable> {
        if self.stamp != other.stamp {
            return Err(Unmergeable::Catalog { own: self.stamp, other: other.stamp });
        }
        if self.as_of != other.as_of {
            return Err(Unmergeable::Date { own: self.as_of, other: other.as_of });
        }
        if (&self.options, self.of_other_catalogs) != (&other.options, other.of_other_catalogs) {
            return Err(Unmergeable::Options);
        }
        // Of nobody it makes no difference how they are named.
        if self.keyed != other.keyed && self.learners > 0 && other.learners > 0 {
            return Err(Unmergeable::Names);
        }
        let tags = |report: &Self| {
            let mut tags: Vec<String> = report.coverage.iter().map(|tag| tag.tag.clone()).collect();
            tags.sort_unstable();
            tags
        };
        let about = |report: &CredentialReport| (report.credential.clone(), report.held.is_some());
        let same = self.credentials.iter().map(about).eq(other.credentials.iter().map(about));
        if same && tags(self) == tags(other) { Ok(()) } else { Err(Unmergeable::Contents) }
    }
}
