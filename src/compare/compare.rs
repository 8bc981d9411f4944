//! Two versions of a catalog compared by what they ask of learners, not by how they are written.

use serde::{Deserialize, Serialize};

use crate::catalog::catalog::Catalog;
use crate::value::date::Date;
use crate::value::ids::IdVec;
use crate::value::meter::{Meter, Watcher};

use crate::compare::answer::{Compared, Comparison, Difference, HeldAward, Learner, Renamed, Verdict};
use crate::compare::cause;
use crate::compare::comparing::{Comparing, Follows};
use crate::compare::fields;
use crate::compare::holder::BlankLearner;
use crate::compare::renamed;
use crate::compare::shown::{CommonAward, are_as_supposed};
use crate::compare::versions::{VersionPair, Versions};
use crate::value::setters::setters;

/// The options of [`Catalog::compare`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CompareOptions {
    /// The day for which the rules are judged. Without one they are judged on whatever day, beginning with the latest
    /// that either version mentions in a `since` or as the beginning of an offering, so that all conditions on time can
    /// be met; 2000-01-01 if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<Date>,
    /// The work that may be done, in search steps: 50 million by default. Each question has a share of it. What is not
    /// settled then is [`Verdict::Undecided`].
    pub work: u64,
    /// Who is shown how far the comparison has come, and may stop it: nobody. What is not settled then is told as
    /// undecided.
    #[serde(skip)]
    pub watcher: Option<Watcher>,
}

setters! { CompareOptions {
    /// The day for which the rules are judged.
    as_of: some => Date,
    /// The work that may be done, in search steps.
    work: value => u64,
    /// Who is shown how far the comparison has come, and may stop it.
    watcher: some => Watcher,
} }

impl Default for CompareOptions {
    fn default() -> Self {
        Self { as_of: None, work: 50_000_000, watcher: None }
    }
}

impl Catalog {
    /// Compares this version of a catalog, the older one, with a newer one: for each credential of both, whether the
    /// same learners meet its requirements. They are judged as
    /// [`Evaluation::meets_requirements`](crate::Evaluation::meets_requirements) does, so that what a learner qualifies
    /// for counts and changes further down are seen; of a taken credential without a prerequisite everybody meets them.
    ///
    /// The learners are all records there could be: awards of any credentials of either version, conferred ones too,
    /// with whatever grades, days, issuers and amounts ([semantics 8.2](crate::semantics#8.2)).
    ///
    /// Nothing is guessed: each difference comes with a learner who shows it, by the word of both evaluators, and with
    /// the rule that causes it; where there is none, that is proven, and what is left open is undecided.
    ///
    /// ```
    /// use credpath::{Catalog, CompareOptions, EvaluateOptions, Verdict};
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
    ///     let (record, options) = (learner.record(catalog), EvaluateOptions::default());
    ///     catalog.evaluate(&record, learner.as_of, &options).meets_requirements(lead)
    /// };
    /// assert!(meets(&older) && !meets(&newer));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn compare(&self, newer: &Catalog, options: &CompareOptions) -> Comparison {
        let versions = renamed::versions([self, newer]);
        let as_of = options.as_of.unwrap_or_else(|| self.latest_begin().max(newer.latest_begin()));
        let blank = [self, newer].map(|catalog| BlankLearner::new(catalog, as_of));
        let (order, needs) = versions.in_order();
        let affected = versions.affected(&order, &needs);
        let mut meter = Meter::watched_by(options.work, options.watcher.as_ref());
        let mut questions = 2 * affected.iter().filter(|affected| **affected).count() as u64;
        let mut follows = [0, 1].map(|from| {
            let mut comparing = Comparing {
                versions: &versions,
                needs: &needs,
                blank: &blank,
                from,
                only_on: options.as_of,
                as_supposed: are_as_supposed([self, newer], as_of),
                meter: &mut meter,
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
        let mut comparison = Comparison {
            older: self.stamp(),
            newer: newer.stamp(),
            as_of,
            added: only(1),
            removed: only(0),
            renamed: renamed_ids(&versions),
            changed: Vec::new(),
            unchanged: 0,
        };
        for (common, pair) in versions.pairs.entries() {
            let &[Some(old), Some(new)] = pair else { continue };
            let found = [0, 1].map(|from| std::mem::replace(&mut follows[from][common], Follows::Yes));
            let undecided = found.contains(&Follows::Undecided);
            let [lost, gained] = [0, 1].map(|from| difference(&versions, from, *pair, &found[from]));
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
                let credential = versions.name(common).to_owned();
                comparison.changed.push(Compared { credential, verdict, lost, gained, fields });
            }
        }
        comparison
    }
}

/// The learner who shows that a credential differs, and the cause.
fn difference(versions: &Versions<'_>, from: usize, pair: VersionPair, follows: &Follows) -> Option<Difference> {
    let (Follows::No(shown), Some(own)) = (follows, pair[from]) else { return None };
    let [meeting, missing] = [from, 1 - from].map(|side| shown.progress(versions, side));
    let mut awards: Vec<HeldAward> = Vec::new();
    for CommonAward { credential, award } in &shown.awards {
        let mut held = HeldAward::new(versions.name(*credential), award);
        held.older_id = versions.is_renamed(*credential).then(|| versions.name_for(0, *credential).to_owned());
        match awards.last_mut() {
            Some(last) if (HeldAward { times: 1, ..last.clone() }) == held => last.times += 1,
            _ => awards.push(held),
        }
    }
    Some(Difference {
        learner: Learner { awards, as_of: shown.as_of },
        smallest: shown.is_smallest,
        cause: cause::cause(versions, from, [&meeting, &missing], own),
    })
}

/// The credentials that were renamed, in the order of their newer ids.
fn renamed_ids(versions: &Versions<'_>) -> Vec<Renamed> {
    let is_renamed = versions.pairs.entries().map(|(common, _)| common).filter(|&common| versions.is_renamed(common));
    let told = is_renamed.map(|common| {
        let [older, newer] = [0, 1].map(|side| versions.name_for(side, common).to_owned());
        let accepted = versions.catalogs[1].credential(&older).is_some();
        Renamed { older, newer, accepted }
    });
    told.collect()
}
