//! Two versions of a catalog compared by what they ask of learners, not by how they are written.

mod answer;
mod cause;
mod display;
mod fields;
mod findings;
mod holder;
mod impact;
mod sides;

use std::collections::BTreeSet;

use crate::catalog::Catalog;
use crate::catalog::network::{Part, Rule, to_u32};
use crate::date::Date;
use crate::evaluate::counting::Met;
use crate::plan::learner::{Awards, Said, Smallest, smallest};
use crate::plan::refused::Other;

pub use answer::{
    Cause, CauseGroup, Compared, Comparison, Difference, Effect, FieldChange, HeldAward, Learner, RestsOn, Verdict,
};
pub use findings::{FindingChanges, compare_findings};
pub use impact::{Affected, Impact, ImpactGroup, ImpactOptions};

use holder::{Empty, meets};
use sides::{Pair, Sides, waits};

/// How to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompareOptions {
    /// The day on which the learners' awards are made, and for which the rules are judged. Without one, the latest day that either version
    /// mentions in a `since` or as the beginning of an offering, so that all conditions on time can be met; 2000-01-01 if there is none.
    pub as_of: Option<Date>,
    /// How much work may be done, in search steps: 50 million by default. What is not settled then is [`Verdict::Undecided`].
    pub work: u64,
}

impl Default for CompareOptions {
    fn default() -> Self {
        Self { as_of: None, work: 50_000_000 }
    }
}

/// What one question may take in any case, as far as there is that much.
const LEAST_WORK: u64 = 100_000;

/// Whether everybody who meets the requirements of a credential on one side meets those on the other.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Follows {
    Yes,
    /// Not this learner, by the numbers of the first side; and whether none is smaller.
    No(Awards, bool),
    Undecided,
}

impl Catalog {
    /// Compares this version of a catalog, the older one, with a newer one: for each credential of both, whether the same learners meet its
    /// requirements. They are judged as [`Evaluation::meets_requirements`](crate::Evaluation::meets_requirements) does, so that what a
    /// learner qualifies for counts and changes further down are seen; of a taken credential without a prerequisite everybody meets them.
    ///
    /// The learners are all those whose awards are made on one day, with a sufficient grade, by each credential's own issuer: any
    /// credentials of either version, conferred ones too, each once, repeatable ones as often as wanted. So what concerns grades and the
    /// age of awards alone makes no difference here, and is listed as a change in how a rule is written.
    ///
    /// Nothing is guessed: each difference comes with a smallest learner who shows it, and with the rule that causes it; where
    /// there is none, the search has excluded it, and what the work limit leaves open is undecided.
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
    /// `analyst`: stack is line 6, was line 6
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
        let sides = Sides::new([self, newer]);
        let as_of = options.as_of.unwrap_or_else(|| latest_day([self, newer]));
        let empty = [self, newer].map(|catalog| Empty::new(catalog, as_of));
        let (order, needs) = sides.in_order();
        let mut work = options.work;
        let mut follows = [0, 1].map(|from| {
            let mut comparing = Comparing {
                sides: &sides,
                empty: &empty,
                from,
                work: &mut work,
                follows: Vec::new(),
                by_rule: Vec::new(),
            };
            comparing.settle(&order, &needs);
            comparing.follows
        });
        let only = |side: usize| {
            let alone = sides.pairs.iter().filter(|pair| pair[1 - side].is_none()).filter_map(|pair| pair[side]);
            alone.map(|own| sides.catalogs[side].id(own).to_owned()).collect()
        };
        let mut comparison = Comparison { as_of, added: only(1), removed: only(0), changed: Vec::new(), unchanged: 0 };
        for (common, pair) in sides.pairs.iter().enumerate() {
            let &[Some(old), Some(new)] = pair else { continue };
            let found = [0, 1].map(|from| std::mem::replace(&mut follows[from][common], Follows::Yes));
            let undecided = found.contains(&Follows::Undecided);
            let [lost, gained] = [0, 1].map(|from| difference(&sides, &empty, from, (*pair, &found[from])));
            let verdict = match (&lost, &gained) {
                _ if undecided => Verdict::Undecided,
                (None, None) => Verdict::Unchanged,
                (Some(_), None) => Verdict::Stricter,
                (None, Some(_)) => Verdict::Looser,
                (Some(_), Some(_)) => Verdict::Incomparable,
            };
            let fields = fields::changed(&sides, [old, new]);
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

/// The latest day that one of the catalogs mentions in a `since` or as the beginning of an offering.
fn latest_day(catalogs: [&Catalog; 2]) -> Date {
    let mentioned = catalogs.into_iter().flat_map(|catalog| {
        let since = catalog.network.conditions.iter().filter_map(|conditions| conditions.since);
        since.chain(catalog.credentials().filter_map(|(_, credential)| credential.offered.from))
    });
    mentioned.max().or_else(|| Date::new(2000, 1, 1)).unwrap_or(Date::FIRST)
}

/// The learner who shows that a credential differs, and the cause.
fn difference(
    sides: &Sides<'_>,
    empty: &[Empty<'_>; 2],
    from: usize,
    (pair, follows): (Pair, &Follows),
) -> Option<Difference> {
    let (Follows::No(awards, is_smallest), Some(own)) = (follows, pair[from]) else { return None };
    let catalog = sides.catalogs[from];
    let across = across(sides, from, awards);
    let (meeting, missing) = (empty[from].with(awards), empty[1 - from].with(&across));
    let held = |&(credential, times): &(u32, u32)| HeldAward { credential: catalog.id(credential).to_owned(), times };
    Some(Difference {
        learner: Learner { awards: awards.iter().map(held).collect(), as_of: meeting.date() },
        smallest: *is_smallest,
        cause: cause::cause(sides, from, [&meeting, &missing], own),
    })
}

/// Awards by the numbers of the other side; those that it does not know count for nothing there.
fn across(sides: &Sides<'_>, from: usize, awards: &[(u32, u32)]) -> Awards {
    awards.iter().filter_map(|&(own, times)| Some((sides.across(from, own)?, times))).collect()
}

/// Who meets the requirements on side `from`: do they meet them on the other side?
struct Comparing<'q, 'c> {
    sides: &'q Sides<'c>,
    empty: &'q [Empty<'c>; 2],
    from: usize,
    /// By the common numbers of credentials.
    follows: Vec<Follows>,
    /// Where that is because the rules are the same and rest on what follows, so that each rule follows by itself.
    by_rule: Vec<bool>,
    work: &'q mut u64,
}

impl Comparing<'_, '_> {
    /// Settles the question for all credentials, those that others depend on first.
    fn settle(&mut self, order: &[Vec<u32>], needs: &[BTreeSet<u32>]) {
        self.follows = vec![Follows::Undecided; self.sides.pairs.len()];
        self.by_rule = vec![false; self.sides.pairs.len()];
        for component in order {
            let same = |&common: &u32| match self.sides.pairs[common as usize] {
                [Some(old), Some(new)] => self.sides.same_rules([old, new]),
                _ => false,
            };
            let same: Vec<bool> = component.iter().map(same).collect();
            let inside: BTreeSet<u32> = component.iter().copied().collect();
            let rests_on_same = |&common: &u32| {
                needs[common as usize].iter().all(|&need| inside.contains(&need) || self.is_carried(need))
            };
            // Rules that are the same all round and rest on what follows: so does what they give.
            if same.iter().all(|&same| same) && component.iter().all(rests_on_same) {
                for &common in component {
                    self.follows[common as usize] = Follows::Yes;
                    self.by_rule[common as usize] = true;
                }
                continue;
            }
            for (&common, same) in component.iter().zip(same) {
                let carried = same && needs[common as usize].iter().all(|&need| self.is_carried(need));
                self.by_rule[common as usize] = carried;
                self.follows[common as usize] = match self.sides.pairs[common as usize] {
                    [Some(_), Some(_)] if carried => Follows::Yes,
                    [Some(old), Some(new)] => self.ask([old, new]),
                    _ => Follows::Undecided,
                };
            }
        }
    }

    /// Whether the rules of the other side give the credential to everybody to whom those of this side do.
    fn is_carried(&self, common: u32) -> bool {
        let pair = self.sides.pairs[common as usize];
        let Some(own) = pair[self.from] else { return true };
        let (catalog, other) = (self.sides.catalogs[self.from], self.sides.catalogs[1 - self.from]);
        if !catalog.network.has_stack(own) {
            return true;
        }
        // An award that waits for its components does not wait for the prerequisite.
        let as_one = !waits(catalog, own) || catalog.network.top(Rule::prerequisite(own)).is_none();
        pair[1 - self.from].is_some_and(|there| other.network.has_stack(there))
            && self.follows[common as usize] == Follows::Yes
            && (as_one || self.by_rule[common as usize])
    }

    fn ask(&mut self, pair: [u32; 2]) -> Follows {
        let (own, there) = (pair[self.from], pair[1 - self.from]);
        let (here, other) = (&self.empty[self.from], &self.empty[1 - self.from]);
        // Whatever is asked, as much is looked at as there are credentials.
        *self.work = self.work.saturating_sub(1 + self.sides.pairs.len() as u64 / 64);
        match (meets(&here.progress, own), meets(&other.progress, there)) {
            (_, Met::Yes) => return Follows::Yes,
            (Met::Undecided, _) | (_, Met::Undecided) => return Follows::Undecided,
            (Met::Yes, Met::No) => return Follows::No(Awards::new(), true),
            (Met::No, Met::No) if *self.work == 0 => return Follows::Undecided,
            (Met::No, Met::No) => {}
        }
        let (sides, from) = (self.sides, self.from);
        let carried = |own: u32| self.is_carried(sides.common[from][own as usize]);
        let implied = |here: Part, there: Part| {
            let parts = if from == 0 { [here, there] } else { [there, here] };
            sides.carries(from, parts, carried)
        };
        let question = Other {
            start: &other.progress,
            target: there,
            same: &|credential| sides.across(1 - from, credential),
            follows: &carried,
            implied: &implied,
        };
        // No one question takes all that is left, nor is a little work divided into nothing.
        let mut work = (*self.work / 16).max(LEAST_WORK).min(*self.work);
        let before = work;
        let mut evaluations = 0;
        let mut says = |awards: &[(u32, u32)]| {
            let across = across(sides, from, awards);
            evaluations += 1;
            match meets(&other.with(&across), there) {
                Met::No => Said::Unmet,
                Met::Undecided => Said::Undecided,
                Met::Yes => {
                    evaluations += across.len();
                    let part = other.reduced(&across, there);
                    Said::Met(
                        part.into_iter()
                            .filter_map(|(own, times)| Some((sides.across(1 - from, own)?, times)))
                            .collect(),
                    )
                }
            }
        };
        let found = smallest((&here.progress, own), &question, &mut says, &mut work);
        let evaluated = evaluations as u64 * (1 + u64::from(to_u32(other.progress.catalog.network.len())) / 64);
        *self.work = self.work.saturating_sub(before - work).saturating_sub(evaluated);
        match found {
            Smallest::Never => Follows::Yes,
            Smallest::Undecided => Follows::Undecided,
            // The evaluator has the last word.
            Smallest::Learner(awards, is_smallest) => match meets(&here.with(&awards), own) {
                Met::Yes => Follows::No(awards, is_smallest),
                Met::No | Met::Undecided => Follows::Undecided,
            },
        }
    }
}
