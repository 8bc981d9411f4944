//! What comes to be by the passing of time alone: an award has been held for long enough, or the day comes from which
//! one counts.

use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::conditions::Conditions;
use crate::catalog::network::Rule;
use crate::evaluate::cone::Cone;
use crate::evaluate::evaluation::{Evaluation, Status};
use crate::evaluate::evidence::Evidence;
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::{Scope, Supposing};
use crate::evaluate::standing::Standing;
use crate::evaluate::supposed_renewals::SupposedRenewals;
use crate::value::date::Date;
use crate::value::ids::CredentialId;

/// Leaves followed on all days together before the search for a day ends: a small part of a second.
const MOST_TOUCHED: u64 = 10_000_000;

impl Evaluation<'_> {
    /// If a conferred credential's requirements are not met, the first day after the as-of date on which they are if
    /// nothing is awarded until then: an award has been held for long enough, or the day has come from which one
    /// counts.
    ///
    /// ```
    /// use credpath::{Award, Catalog, EvaluateOptions, LearnerRecord};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     rank-1 = {}
    ///     rank-2 = { stack = { credential = "rank-1", held_for = "1 year" } }
    /// "#)?;
    /// let second = catalog.credential("rank-2").expect("defined above");
    /// let awards = vec![Award::new("rank-1").on("2026-04-22".parse()?)];
    /// let record = LearnerRecord { awards, ..LearnerRecord::default() };
    /// let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
    /// assert_eq!(evaluation.met_from(second), Some("2027-04-22".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn met_from(&self, id: CredentialId) -> Option<Date> {
        let waits = self.catalog.is_conferred(id) && !self.meets_requirements(id);
        let waiting = waits.then(|| Waiting::new(self.catalog, &self.standing, self.as_of, id))?;
        waiting.first_met(&self.options)
    }

    /// If a credential is unattainable, the first day after the as-of date on which it is attainable by the passing of
    /// time alone.
    #[must_use]
    pub fn attainable_from(&self, id: CredentialId) -> Option<Date> {
        let waits = self.catalog.knows(id) && self.status(id) == Status::Unattainable;
        let waiting = waits.then(|| Waiting::new(self.catalog, &self.standing, self.as_of, id))?;
        let (record, accepted) = (self.record, self.options.accepted());
        waiting.first_attainable(&SupposedRenewals::new(self.catalog, record, self.as_of, accepted, &self.standing))
    }
}

/// A question about later days, if nothing is awarded until then.
pub(crate) struct Waiting<'c, 's> {
    catalog: &'c Catalog,
    standing: &'s Standing,
    as_of: Date,
    credential: CredentialId,
    cone: Cone,
}

impl<'c, 's> Waiting<'c, 's> {
    pub(crate) fn new(catalog: &'c Catalog, standing: &'s Standing, as_of: Date, credential: CredentialId) -> Self {
        let cone = Cone::of(catalog, &standing.exceptions, [credential]);
        Self { catalog, standing, as_of, credential, cone }
    }

    /// The first later day on which the credential's own rules are met, although they were not before.
    pub(crate) fn first_met(&self, options: &EvaluateOptions) -> Option<Date> {
        let scope = Scope::certain(self.as_of, options);
        self.first(scope, |progress| {
            Some(Rule::all(self.credential).all(|rule| !self.has(rule) || progress.rule_is_met(rule)))
        })
    }

    /// The first later day on which the credential can be reached, although it could not before (semantics 4.2).
    pub(crate) fn first_attainable(&self, renewals: &SupposedRenewals<'_>) -> Option<Date> {
        let scope = Scope::certain(self.as_of, &EvaluateOptions::default());
        self.first(Scope { supposing: Supposing::WhatIsOffered, ..scope }, |progress| {
            let is_settled = renewals.add_to(progress);
            let is_reached = progress.marks(self.credential) != 0;
            (is_reached || is_settled).then_some(is_reached)
        })
    }

    fn has(&self, rule: Rule) -> bool {
        self.catalog.network.top(rule).is_some()
    }

    /// The first of the days on which it is so; none, if that is not known of one before.
    fn first(&self, scope: Scope, is_so: impl Fn(&mut Progress<'_>) -> Option<bool>) -> Option<Date> {
        let mut touched = 0;
        for date in self.turns() {
            let scope = Scope { date, ..scope };
            let mut progress = Progress::run_within(self.catalog, self.standing, scope, Some(&self.cone));
            if is_so(&mut progress)? {
                return Some(date);
            }
            touched += progress.touched() + (self.catalog.network.len() / 64 + self.standing.issued.len()) as u64;
            if touched > MOST_TOUCHED {
                return None;
            }
        }
        None
    }

    /// The later days on which something begins to count by itself.
    fn turns(&self) -> BTreeSet<Date> {
        let network = &self.catalog.network;
        let inside = self.cone.credentials.entries().filter(|&(_, &inside)| inside).map(|(credential, _)| credential);
        let tops = inside.flat_map(Rule::all).filter_map(|rule| network.top(rule));
        let leaves = tops.flat_map(|top| network.leaves_below(top));
        let asked: BTreeSet<_> = leaves.map(|leaf| network.leaf(leaf).conditions).collect();
        let asked: Vec<&Conditions> = asked.into_iter().map(|number| &network.conditions[number]).collect();
        let mut turns: BTreeSet<Date> = asked.iter().filter_map(|conditions| conditions.since).collect();
        let held_for: BTreeSet<_> = asked.iter().flat_map(|conditions| &conditions.held_for).collect();
        // By a substitution, an award can matter although nothing depends on its credential.
        let substituted = !self.standing.exceptions.substitutions.is_empty();
        let matters = |evidence: &&Evidence| substituted || self.cone.credentials[evidence.credential];
        for awarded in self.standing.issued.iter().filter(matters).filter_map(|evidence| evidence.awarded) {
            turns.extend(held_for.iter().filter_map(|term| term.first_held(awarded)));
        }
        turns.split_off(&self.as_of).into_iter().filter(|&turn| turn > self.as_of).collect()
    }
}
