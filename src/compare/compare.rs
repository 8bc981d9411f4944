//! Two versions of a catalog compared by what they ask of learners, not by how they are written.

use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Part, Rule};
use crate::evaluate::cone::Cone;
use crate::evaluate::exceptions::Exceptions;
use crate::evaluate::outcome::Met;
use crate::plan::question::learner::{Awards, OtherVerdict, Smallest, smallest};
use crate::plan::question::unmet_rows::OtherCatalog;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, IdVec};

use crate::compare::answer::{Compared, Comparison, Difference, HeldAward, Learner, Verdict};
use crate::compare::cause;
use crate::compare::fields;
use crate::compare::holder::{BlankLearner, Growing, meets};
use crate::compare::versions::{CommonId, VersionPair, Versions, waits};

/// The options of [`Catalog::compare`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompareOptions {
    /// The day on which the learners' awards are made, and for which the rules are judged. Without one, the latest day
    /// that either version mentions in a `since` or as the beginning of an offering, so that all conditions on time can
    /// be met; 2000-01-01 if there is none.
    pub as_of: Option<Date>,
    /// The work that may be done, in search steps: 50 million by default. What is not settled then is
    /// [`Verdict::Undecided`].
    pub work: u64,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self { as_of: None, work: 50_000_000 }
    }
}

/// The work that one question may take in any case, as far as there is that much.
const LEAST_WORK: u64 = 100_000;
/// Into so many shares the work is divided at the least.
const FEWEST_SHARES: u64 = 16;

/// Whether everybody who meets the requirements of a credential on one side meets those on the other.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Follows {
    Yes,
    /// Not this learner, by the numbers of the first side; and whether none is smaller.
    No(Awards, bool),
    Undecided,
}

impl Catalog {
    /// Compares this version of a catalog, the older one, with a newer one: for each credential of both, whether the
    /// same learners meet its requirements. They are judged as
    /// [`Evaluation::meets_requirements`](crate::Evaluation::meets_requirements) does, so that what a learner qualifies
    /// for counts and changes further down are seen; of a taken credential without a prerequisite everybody meets them.
    ///
    /// The learners are all those whose awards are made on one day, with a sufficient grade, by each credential's own
    /// issuer: any credentials of either version, conferred ones too, each once, repeatable ones as often as wanted. So
    /// what concerns grades and the age of awards alone makes no difference here, and is listed as a change in how a
    /// rule is written.
    ///
    /// Nothing is guessed: each difference comes with a smallest learner who shows it, and with the rule that causes
    /// it; where there is none, the search has excluded it, and what the work limit leaves open is undecided.
    ///
    /// ```
    /// use credpath::{Catalog, CompareOptions, Verdict};
    ///
    /// let older = Catalog::parse("2025.toml", r#"
    ///     [credential]
    ///     sql = {}
    ///     python = {}
    ///     statistics = {}
    ///     analyst = { stack = { at_least = 2, from = ["python", "sql", "statistics"] } }
    ///     lead = { stack = "analyst" }
    /// "#)?;
    /// let newer = Catalog::parse("2026.toml", r#"
    ///     [credential]
    ///     sql = {}
    ///     python = {}
    ///     statistics = {}
    ///     analyst = { stack = { all_of = ["sql", { any_of = ["python", "statistics"] }] } }
    ///     lead = { stack = "analyst" }
    /// "#)?;
    /// let comparison = older.compare(&newer, &CompareOptions::default());
    /// assert_eq!(comparison.verdict("lead"), Verdict::Stricter);
    /// assert_eq!(comparison.to_string(), "\
    /// `analyst` asks for more: its stack asks for `sql` (line 6, was line 6)
    ///   a learner with python, statistics met the requirements of `analyst` and does not any more
    ///   concerns: analyst, lead
    /// `analyst`: stack is all of 2 parts: any of `python`, `statistics`; `sql` (line 6), \
    /// was 2 of `python`, `statistics`, `sql` (line 6)
    /// 3 unchanged, 2 stricter
    /// ");
    /// // The learner can be put to the test.
    /// let learner = &comparison.get("lead").and_then(|lead| lead.lost.as_ref()).expect("it is stricter").learner;
    /// let meets = |catalog: &Catalog| {
    ///     let lead = catalog.credential("lead").expect("in both");
    ///     catalog.evaluate(&learner.record(catalog), learner.as_of).meets_requirements(lead)
    /// };
    /// assert!(meets(&older) && !meets(&newer));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn compare(&self, newer: &Catalog, options: &CompareOptions) -> Comparison {
        let versions = Versions::new([self, newer]);
        let as_of = options.as_of.unwrap_or_else(|| self.latest_begin().max(newer.latest_begin()));
        let blank = [self, newer].map(|catalog| BlankLearner::new(catalog, as_of));
        let (order, needs) = versions.in_order();
        let affected = versions.affected(&order, &needs);
        let (mut work, mut questions) =
            (options.work, 2 * affected.iter().filter(|affected| **affected).count() as u64);
        let mut follows = [0, 1].map(|from| {
            let mut comparing = Comparing {
                versions: &versions,
                needs: &needs,
                blank: &blank,
                from,
                work: &mut work,
                questions: &mut questions,
                follows: IdVec::new(),
                by_rule: IdVec::new(),
            };
            comparing.settle(&order, &affected);
            comparing.follows
        });
        let only = |side: usize| {
            let alone = versions.pairs.iter().filter(|pair| pair[1 - side].is_none()).filter_map(|pair| pair[side]);
            alone.map(|own| versions.catalogs[side].id(own).to_owned()).collect()
        };
        let mut comparison = Comparison { as_of, added: only(1), removed: only(0), changed: Vec::new(), unchanged: 0 };
        for (common, pair) in versions.pairs.entries() {
            let &[Some(old), Some(new)] = pair else { continue };
            let found = [0, 1].map(|from| std::mem::replace(&mut follows[from][common], Follows::Yes));
            let undecided = found.contains(&Follows::Undecided);
            let [lost, gained] = [0, 1].map(|from| difference(&versions, &blank, from, *pair, &found[from]));
            let verdict = match (&lost, &gained) {
                _ if undecided => Verdict::Undecided,
                (None, None) => Verdict::Unchanged,
                (Some(_), None) => Verdict::Stricter,
                (None, Some(_)) => Verdict::Looser,
                (Some(_), Some(_)) => Verdict::Incomparable,
            };
            let fields = fields::changed(&versions, [old, new]);
            if verdict == Verdict::Unchanged && fields.is_empty() {
                comparison.unchanged += 1;
            } else {
                let credential = self.id(old).to_owned();
                comparison.changed.push(Compared { credential, verdict, lost, gained, fields });
            }
        }
        comparison
    }
}

/// The learner who shows that a credential differs, and the cause.
fn difference(
    versions: &Versions<'_>,
    blank: &[BlankLearner<'_>; 2],
    from: usize,
    pair: VersionPair,
    follows: &Follows,
) -> Option<Difference> {
    let (Follows::No(awards, is_smallest), Some(own)) = (follows, pair[from]) else { return None };
    let catalog = versions.catalogs[from];
    let across = across(versions, from, awards);
    let (meeting, missing) = (blank[from].with(awards), blank[1 - from].with(&across));
    let held =
        |&(credential, times): &(CredentialId, u32)| HeldAward { credential: catalog.id(credential).to_owned(), times };
    Some(Difference {
        learner: Learner { awards: awards.iter().map(held).collect(), as_of: meeting.date() },
        smallest: *is_smallest,
        cause: cause::cause(versions, from, [&meeting, &missing], own),
    })
}

/// Awards by the numbers of the other side; those that it does not know count for nothing there.
fn across(versions: &Versions<'_>, from: usize, awards: &[(CredentialId, u32)]) -> Awards {
    awards.iter().filter_map(|&(own, times)| Some((versions.across(from, own)?, times))).collect()
}

/// The search for a counterexample in one direction: a learner who meets the requirements on side `from` and not on the
/// other.
struct Comparing<'q, 'c> {
    versions: &'q Versions<'c>,
    /// For each credential, which conferred ones it depends on directly; both by common numbers.
    needs: &'q IdVec<CommonId, BTreeSet<CommonId>>,
    blank: &'q [BlankLearner<'c>; 2],
    from: usize,
    /// By the common numbers of credentials.
    follows: IdVec<CommonId, Follows>,
    /// For each, whether that is because the rules are the same and rest on what follows, so that each rule follows by
    /// itself.
    by_rule: IdVec<CommonId, bool>,
    work: &'q mut u64,
    /// The number of questions that there may still be.
    questions: &'q mut u64,
}

impl Comparing<'_, '_> {
    /// Settles the question for all credentials, those that others depend on first.
    fn settle(&mut self, order: &[Vec<CommonId>], affected: &IdVec<CommonId, bool>) {
        self.follows = IdVec::filled(Follows::Yes, self.versions.pairs.len());
        // Rules that are the same all round and rest on what follows: so does what they give.
        self.by_rule = affected.iter().map(|affected| !affected).collect();
        for &common in order.iter().flatten().filter(|&&common| affected[common]) {
            self.follows[common] = Follows::Undecided;
        }
        for &common in order.iter().flatten().filter(|&&common| affected[common]) {
            *self.questions -= 1;
            let [Some(old), Some(new)] = self.versions.pairs[common] else { continue };
            let needs = &self.needs[common];
            if self.versions.same_rules([old, new]) && needs.iter().all(|&need| self.is_carried(need)) {
                self.follows[common] = Follows::Yes;
                self.by_rule[common] = true;
            } else {
                self.follows[common] = self.ask([old, new]);
            }
        }
    }

    /// Whether the rules of the other side give the credential to everybody to whom those of this side do.
    fn is_carried(&self, common: CommonId) -> bool {
        let pair = self.versions.pairs[common];
        let Some(own) = pair[self.from] else { return true };
        let (catalog, other) = (self.versions.catalogs[self.from], self.versions.catalogs[1 - self.from]);
        if !catalog.network.has_stack(own) {
            return true;
        }
        // An award that waits for its components does not wait for the prerequisite.
        let as_one = !waits(catalog, own) || catalog.network.top(Rule::prerequisite(own)).is_none();
        pair[1 - self.from].is_some_and(|there| other.network.has_stack(there))
            && self.follows[common] == Follows::Yes
            && (as_one || self.by_rule[common])
    }

    /// A learner who shows a difference, if one is easily found where the search found none: as much as the other side
    /// still refuses, to begin with somebody who loses what the rules draw on.
    fn guess(&mut self, pair: [CredentialId; 2]) -> Option<Awards> {
        let (own, there) = (pair[self.from], pair[1 - self.from]);
        let (here, other) = (&self.blank[self.from], &self.blank[1 - self.from]);
        let (versions, from) = (self.versions, self.from);
        let nothing = Awards::new();
        let mut seeds: Vec<(Option<CredentialId>, &Awards)> = vec![(None, &nothing)];
        for &need in &self.needs[versions.common[from][own]] {
            if let Follows::No(awards, _) = &self.follows[need] {
                seeds.push((versions.pairs[need][from], awards));
            }
        }
        let cone = Cone::of(here.progress.catalog, &Exceptions::default(), [own]);
        let useful = cone.credentials.entries().filter(|(_, inside)| **inside).map(|(credential, _)| credential);
        let useful: Vec<CredentialId> = useful.filter(|&credential| credential != own).collect();
        let refuses =
            |held: &[(CredentialId, u32)]| meets(&other.with(&across(versions, from, held)), there) == Met::No;
        let mut most = self.share() / self.evaluation(1);
        for (lost, awards) in seeds {
            let mut growing = Growing { held: awards.clone(), evaluations: 1, most };
            let mut known = None;
            if refuses(&growing.held) {
                // What is lost is of no use if it is held.
                let others = useful.iter().copied().filter(|&credential| Some(credential) != lost);
                growing.grow(others.collect(), &refuses);
                if meets(&here.with(&growing.held), own) == Met::Yes {
                    growing.evaluations += growing.held.len() as u64;
                    known = Some(here.reduced(&growing.held, own));
                }
            }
            *self.work = self.work.saturating_sub(self.evaluation(growing.evaluations));
            most = most.saturating_sub(growing.evaluations);
            if known.is_some() || most == 0 {
                return known;
            }
        }
        None
    }

    /// Every question has its share of what is left; none takes all of it, nor is a little divided into nothing.
    fn share(&self) -> u64 {
        (*self.work / (*self.questions).max(FEWEST_SHARES)).max(LEAST_WORK).min(*self.work)
    }

    /// The price of some evaluations.
    fn evaluation(&self, times: u64) -> u64 {
        let network = self.versions.catalogs.iter().map(|catalog| catalog.network.len() as u64).max();
        times * (1 + network.unwrap_or(0) / 64)
    }

    fn ask(&mut self, pair: [CredentialId; 2]) -> Follows {
        let (own, there) = (pair[self.from], pair[1 - self.from]);
        let (here, other) = (&self.blank[self.from], &self.blank[1 - self.from]);
        // Whatever is asked, as much is looked at as there are credentials.
        *self.work = self.work.saturating_sub(1 + self.versions.pairs.len() as u64 / 64);
        match (meets(&here.progress, own), meets(&other.progress, there)) {
            (_, Met::Yes) => return Follows::Yes,
            (Met::Undecided, _) | (_, Met::Undecided) => return Follows::Undecided,
            (Met::Yes, Met::No) => return Follows::No(Awards::new(), true),
            (Met::No, Met::No) if *self.work == 0 => return Follows::Undecided,
            (Met::No, Met::No) => {}
        }
        let (versions, from) = (self.versions, self.from);
        let carried = |own: CredentialId| self.is_carried(versions.common[from][own]);
        let implied = |here: Part, there: Part| {
            let parts = if from == 0 { [here, there] } else { [there, here] };
            versions.carries(from, parts, carried)
        };
        let question = OtherCatalog {
            start: &other.progress,
            target: there,
            same: &|credential| versions.across(1 - from, credential),
            follows: &carried,
            implied: &implied,
        };
        let mut work = self.share();
        let before = work;
        let mut evaluations = 0;
        let mut says = |awards: &[(CredentialId, u32)]| {
            let across = across(versions, from, awards);
            evaluations += 1;
            match meets(&other.with(&across), there) {
                Met::No => OtherVerdict::Unmet,
                Met::Undecided => OtherVerdict::Undecided,
                Met::Yes => {
                    evaluations += across.len() as u64;
                    let part = other.reduced(&across, there);
                    OtherVerdict::Met(
                        part.into_iter()
                            .filter_map(|(own, times)| Some((versions.across(1 - from, own)?, times)))
                            .collect(),
                    )
                }
            }
        };
        let found = smallest(&here.progress, own, &question, &mut says, &mut work);
        *self.work = self.work.saturating_sub(before - work).saturating_sub(self.evaluation(evaluations));
        match found {
            Smallest::Never => Follows::Yes,
            Smallest::Undecided => self.guess(pair).map_or(Follows::Undecided, |awards| Follows::No(awards, false)),
            // The evaluator has the last word.
            Smallest::Learner(awards, is_smallest) => match meets(&here.with(&awards), own) {
                Met::Yes => Follows::No(awards, is_smallest),
                Met::No | Met::Undecided => Follows::Undecided,
            },
        }
    }
}
