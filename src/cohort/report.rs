//! Reports on everybody, for an institution: totals, and lists of whom they are about.

use std::borrow::Borrow;
use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::evaluate::evaluation::Status;
use crate::evaluate::options::View;
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id};
use crate::value::stamp::Stamp;
use crate::value::text::is_zero;

use crate::cohort::batch::{Batch, Columns, STATUSES};
use crate::cohort::cohort::{Cohort, count, lanes};
use crate::cohort::coverage;
use crate::cohort::coverage::TagCoverage;
use crate::cohort::learner::{AnyLearner, TakenBatch};
use crate::cohort::listed::{CohortList, ListCounts, ListedLearner};
use crate::cohort::options::CohortOptions;
use crate::cohort::question::{AskedId, CohortQuestion};
use crate::cohort::uncounted::{GatheredUncounted, UncountedAwards};
use crate::cohort::unknown::{Unknown, UnknownAwards};

/// The report on a cohort. Learners are named by their place in the stream of records, from 0, or
/// by numbers of the caller's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CohortReport {
    /// The catalog that it was made under, and the schema of the report.
    pub stamp: Stamp,
    /// The date that everybody was judged on.
    pub as_of: Date,
    /// The view: the awards that counted.
    pub view: View,
    /// What was asked about, each list in order and without repetitions; no credentials if all were asked about.
    pub options: CohortOptions,
    /// The number of credentials in the options that are of another catalog, so that nothing is said of them.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub of_other_catalogs: u64,
    /// Whether lists name learners by numbers of the caller's own
    /// ([`AwardColumns::learner`](crate::AwardColumns::learner)), and not by their places in the stream.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keyed: bool,
    /// The number of learners.
    pub learners: u64,
    /// The number of them who were judged one by one as a whole, because of what their records are like, or the rules
    /// that concern them. It makes no difference to what was found.
    pub judged_alone: u64,
    /// The awards in the records that count for nothing, because the catalog does not know it, whatever was asked
    /// about.
    pub unknown_awards: UnknownAwards,
    /// The awards that count nowhere although the catalog knows what they are of: dated after the as-of date, revoked,
    /// not genuine, or copies of another one. Of the credentials that an answer can depend on, by credential.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uncounted: Vec<UncountedAwards>,
    /// Learners whose records have waivers or substitutions without a place in the catalog ([semantics
    /// 3.7](crate::semantics#3.7)), in order; [`Evaluation::misplaced`](crate::Evaluation::misplaced) says which.
    pub misplaced: Vec<u64>,
    /// The number of these learners, also where lists were to be left out.
    pub misplaced_count: u64,
    /// The credentials asked about, in the byte order of their ids.
    pub credentials: Vec<CredentialReport>,
    /// The awards that lapse on one of the days asked about: by last day, then credential, then learner.
    pub lapses: Vec<Lapse>,
    /// Learners and credentials for which the work limit was met before the last day was found.
    pub lapses_undecided: u64,
    /// The coverage of the tags asked about, by the credentials that carry them and were asked about: the thinnest
    /// first, by how many hold something, then by how many qualify, then by how many are one award away; then in byte
    /// order.
    pub coverage: Vec<TagCoverage>,
}

/// The report on one credential in a cohort: who holds it, and who nearly does.
///
/// ```
/// use credpath::{Catalog, CohortOptions, LearnerRecord};
///
/// let rules = "credential.a = {}\ncredential.b = {}\ncredential.s = { stack = { all_of = ['a', 'b'] } }";
/// let catalog = Catalog::parse("c", rules)?;
/// let s = catalog.credential("s").expect("defined above");
/// let options = CohortOptions::default().credentials([s]).one_award_away(true).holders([s]);
/// let records = [&["s"][..], &["a", "b"], &["b"], &[]].map(|ids| LearnerRecord::from_iter(ids.iter().copied()));
/// let report = catalog.cohort("2026-11-25".parse()?, &options).report(&records);
/// let of_s = report.of("s").expect("asked about");
/// assert_eq!(of_s.held, Some(vec![0]));
/// assert_eq!((&*of_s.qualified, &*of_s.one_award_away), (&[1][..], &[2][..]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CredentialReport {
    /// Id of the credential.
    pub credential: String,
    /// Its title, for people.
    pub title: String,
    /// True if a policy on sharing could change the answers, which are about it alone: see
    /// [`Catalog::sharing_is_limited`](crate::Catalog::sharing_is_limited).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sharing_is_limited: bool,
    /// The number of learners with each status of it.
    pub statuses: StatusCounts,
    /// The numbers of learners whom the lists on it name.
    pub counts: ListCounts,
    /// The learners who hold it, if they were to be listed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub held: Option<Vec<u64>>,
    /// The learners who meet its own requirements and do not hold it: it was earned, and not awarded ([semantics
    /// 4.3](crate::semantics#4.3)).
    pub qualified: Vec<u64>,
    /// The learners who do not hold it and would newly qualify for it by one award of something that they can begin or
    /// claim on the date ([semantics 7.8](crate::semantics#7.8)), if that was asked for. Only conferred credentials
    /// have any.
    pub one_award_away: Vec<u64>,
    /// The number of learners of whom that was not decided within the work limit.
    pub one_award_away_undecided: u64,
}

/// The number of learners with each status; together they are all learners.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StatusCounts([u64; 9]);

impl StatusCounts {
    pub(crate) fn new(counts: [u64; 9]) -> Self {
        Self(counts)
    }

    /// The number of learners with this status.
    #[must_use]
    pub fn of(&self, status: Status) -> u64 {
        self.0[status as usize]
    }

    fn merge(&mut self, other: Self) {
        for (total, more) in self.0.iter_mut().zip(other.0) {
            *total = total.saturating_add(more);
        }
    }

    /// Every status with its number of learners, in the order of [`Status`].
    pub fn iter(&self) -> impl Iterator<Item = (Status, u64)> {
        STATUSES.into_iter().zip(self.0)
    }
}

/// The numbers by the names of the statuses, without those that nobody has.
impl Serialize for StatusCounts {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (status, count) in self.iter().filter(|&(_, count)| count > 0) {
            map.serialize_entry(&status, &count)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for StatusCounts {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut counts = Self::default();
        for (status, count) in BTreeMap::<Status, u64>::deserialize(deserializer)? {
            counts.0[status as usize] = count;
        }
        Ok(counts)
    }
}

/// A credential that a learner holds, and that lapses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Lapse {
    /// The last day on which it is held, if nothing new is awarded
    /// ([`Evaluation::held_until`](crate::Evaluation::held_until)).
    pub until: Date,
    /// Id of the credential.
    pub credential: String,
    /// The learner.
    pub learner: u64,
}

impl CredentialReport {
    /// Adds the numbers of another report on it; a report that was changed may hold any, and nothing overflows.
    pub(crate) fn merge_totals(&mut self, other: &Self) {
        self.statuses.merge(other.statuses);
        self.counts.merge(other.counts);
        let undecided = &mut self.one_award_away_undecided;
        *undecided = undecided.saturating_add(other.one_award_away_undecided);
    }
}

impl CohortReport {
    /// The report on a credential, if it was asked about.
    #[must_use]
    pub fn of(&self, credential: &str) -> Option<&CredentialReport> {
        let place = self.credentials.binary_search_by(|report| report.credential.as_str().cmp(credential)).ok()?;
        Some(&self.credentials[place])
    }

    /// The tags of which nobody holds anything, the thinnest first.
    pub fn gaps(&self) -> impl Iterator<Item = &TagCoverage> {
        self.coverage.iter().take_while(|tag| tag.held == 0)
    }
}

/// The summary of one batch, which is added to the report.
struct BatchSummary {
    learners: (usize, usize),
    unknown: Unknown,
    uncounted: GatheredUncounted,
    misplaced: Vec<u64>,
    credentials: Vec<CredentialSummary>,
    lapses: Vec<GatheredLapse>,
    lapses_undecided: u64,
    tags: Vec<[u64; 4]>,
}

struct GatheredLapse {
    place: AskedId,
    until: Date,
    learner: u64,
}

struct CredentialSummary {
    statuses: [u64; 9],
    held: Vec<u64>,
    qualified: Vec<u64>,
    nearly: Vec<u64>,
    nearly_undecided: u64,
}

impl CredentialSummary {
    /// Shows whom it lists of a credential.
    fn show(&self, credential: CredentialId, visitor: &mut dyn FnMut(ListedLearner)) {
        let lists = [
            (CohortList::Held, &self.held),
            (CohortList::Qualified, &self.qualified),
            (CohortList::OneAwardAway, &self.nearly),
        ];
        for (list, learners) in lists {
            for &learner in learners {
                visitor(ListedLearner { credential, list, learner });
            }
        }
    }

    fn add_to(self, total: &mut CredentialReport, counts_only: bool) {
        total.statuses.merge(StatusCounts(self.statuses));
        total.counts.qualified += self.qualified.len() as u64;
        total.counts.one_award_away += self.nearly.len() as u64;
        total.one_award_away_undecided += self.nearly_undecided;
        if let Some(total) = &mut total.held {
            total.extend(self.held);
        }
        if !counts_only {
            total.qualified.extend(self.qualified);
            total.one_award_away.extend(self.nearly);
        }
    }
}

impl Cohort<'_> {
    /// Totals and lists for the credentials asked about. Takes the records in batch by batch; the lists grow with what
    /// is found.
    #[must_use]
    pub fn report<R: Borrow<LearnerRecord> + Send + Sync>(&self, records: impl IntoIterator<Item = R>) -> CohortReport {
        self.report_of(records, &mut |_| ())
    }

    /// The [report](Self::report), and whom it lists, shown to a visitor batch by batch: in each by credential,
    /// list and learner, then what lapses. With [`CohortOptions::counts_only`] the lists are never all in memory.
    ///
    /// ```
    /// use credpath::{Catalog, CohortList, CohortOptions, LearnerRecord};
    ///
    /// let catalog = Catalog::parse("c", "credential.a = {}\ncredential.b = { stack = 'a' }")?;
    /// let options = CohortOptions::default().counts_only(true);
    /// let records = [&["a"][..], &[], &["a"]].map(|ids| LearnerRecord::from_iter(ids.iter().copied()));
    /// let mut letters = Vec::new();
    /// let report = catalog.cohort("2026-11-25".parse()?, &options).report_visiting(&records, |listed| {
    ///     if listed.list == CohortList::Qualified {
    ///         letters.push(listed.learner);
    ///     }
    /// });
    /// assert_eq!(letters, [0, 2]);
    /// let b = report.of("b").expect("asked about");
    /// assert_eq!((b.counts.qualified, b.qualified.len()), (2, 0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn report_visiting<R: Borrow<LearnerRecord> + Send + Sync>(
        &self,
        records: impl IntoIterator<Item = R>,
        mut visitor: impl FnMut(ListedLearner),
    ) -> CohortReport {
        self.report_of(records, &mut visitor)
    }

    /// The report on nobody.
    fn empty_report(&self) -> CohortReport {
        let question = &self.question;
        CohortReport {
            stamp: question.catalog.stamp(),
            as_of: question.as_of,
            view: question.evaluate.view,
            options: question.options(),
            of_other_catalogs: question.of_other_catalogs,
            keyed: false,
            learners: 0,
            judged_alone: 0,
            unknown_awards: UnknownAwards::default(),
            uncounted: Vec::new(),
            misplaced: Vec::new(),
            misplaced_count: 0,
            credentials: question.asked.ids().map(|place| empty(question, place)).collect(),
            lapses: Vec::new(),
            lapses_undecided: 0,
            coverage: Vec::new(),
        }
    }

    /// The report on learners, however they come.
    pub(crate) fn report_of<R: AnyLearner>(
        &self,
        learners: impl IntoIterator<Item = R>,
        visitor: &mut dyn FnMut(ListedLearner),
    ) -> CohortReport {
        let (question, mut report) = (&self.question, self.empty_report());
        let counts_only = question.counts_only;
        let places = coverage::carrying(question);
        let mut tags = vec![[0; 4]; places.len()];
        let (mut unknown, mut uncounted) = (Unknown::default(), GatheredUncounted::default());
        for part in self.batches(learners, usize::MAX, |batch, taken| part(question, &places, batch, taken)) {
            uncounted.extend(part.uncounted, counts_only);
            report.learners += part.learners.0 as u64;
            report.judged_alone += part.learners.1 as u64;
            unknown.extend(&part.unknown);
            report.misplaced_count += part.misplaced.len() as u64;
            if !counts_only {
                report.misplaced.extend(part.misplaced);
            }
            report.lapses_undecided += part.lapses_undecided;
            for (total, more) in tags.iter_mut().flatten().zip(part.tags.into_iter().flatten()) {
                *total += more;
            }
            for ((total, more), &id) in report.credentials.iter_mut().zip(part.credentials).zip(&question.asked) {
                more.show(id, visitor);
                more.add_to(total, counts_only);
            }
            for GatheredLapse { place, until, learner } in part.lapses {
                visitor(ListedLearner { credential: question.asked[place], list: CohortList::Lapses(until), learner });
                let of = &mut report.credentials[place.index()];
                of.counts.lapses += 1;
                if !counts_only {
                    report.lapses.push(Lapse { until, credential: of.credential.clone(), learner });
                }
            }
        }
        report.unknown_awards = unknown.told(question.catalog);
        report.uncounted = uncounted.told(question);
        report.lapses.sort();
        report.coverage = coverage::ranked(question, &places, tags);
        report
    }
}

fn empty(question: &CohortQuestion, place: AskedId) -> CredentialReport {
    let described = question.catalog.get(question.asked[place]);
    CredentialReport {
        credential: described.id.clone(),
        title: described.title.clone(),
        sharing_is_limited: question.catalog.sharing_is_limited(question.asked[place]),
        statuses: StatusCounts::default(),
        counts: ListCounts::default(),
        held: (question.list_holders[place] && !question.counts_only).then(Vec::new),
        qualified: Vec::new(),
        one_award_away: Vec::new(),
        one_award_away_undecided: 0,
    }
}

fn part(question: &CohortQuestion, places: &[Vec<AskedId>], batch: &mut dyn Batch, taken: &TakenBatch) -> BatchSummary {
    let mut columns = Columns::default();
    let learners = |column: &[u64]| lanes(column).map(|lane| taken.name(lane)).collect::<Vec<u64>>();
    let credentials = question.asked.ids().map(|place| {
        batch.columns(question, place, &mut columns);
        CredentialSummary {
            statuses: std::array::from_fn(|status| count(&columns.statuses[status])),
            held: if question.list_holders[place] {
                learners(&columns.statuses[Status::Held as usize])
            } else {
                Vec::new()
            },
            qualified: learners(&columns.qualified),
            nearly: learners(&columns.nearly),
            nearly_undecided: count(&columns.nearly_undecided),
        }
    });
    let credentials = credentials.collect();
    let tags = places.iter().map(|places| coverage::of_tag(question, batch, places)).collect();
    let lapses = batch.lapses().iter().filter_map(|ends| {
        Some(GatheredLapse { place: ends.place, until: ends.until?, learner: taken.name(ends.lane) })
    });
    let lapses_undecided = batch.lapses().iter().filter(|ends| ends.until.is_none()).count() as u64;
    let lapses = lapses.collect();
    let misplaced = batch.misplaced().into_iter().map(|lane| taken.name(lane)).collect();
    let (unknown, uncounted) = (batch.unknown(question, taken), batch.uncounted(question, taken));
    let learners = batch.learners();
    BatchSummary { learners, unknown, uncounted, misplaced, credentials, lapses, lapses_undecided, tags }
}
