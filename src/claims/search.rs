//! Search for the largest set of claims that holds together ([semantics 5.5](crate::semantics#5.5)): branch and bound
//! over the candidates, each group that limits tie together by itself.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use crate::catalog::network::Part;
use crate::claims::claims::WhyLeftOut;
use crate::claims::parties::{Parties, PartyId, PartyLimit};
use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::division::{SharingLimit, SharingLimits};
use crate::evaluate::outcome::{Met, Outcome};
use crate::value::ids::Id;

/// Candidates that are claimed together, with what meets their stacks.
pub(crate) struct ClaimSet {
    pub(crate) claimed: BTreeSet<PartyId>,
    pub(crate) outcome: Outcome,
}

impl ClaimSet {
    fn empty() -> Self {
        Self { claimed: BTreeSet::new(), outcome: Outcome::none(Met::Yes) }
    }

    fn extend(&mut self, other: Self) {
        self.claimed.extend(other.claimed);
        self.outcome.filled.extend(other.outcome.filled);
        self.outcome.waived.extend(other.outcome.waived);
    }
}

pub(crate) struct ClaimSearch<'p, 'e, 'c> {
    parties: &'p Parties<'e, 'c>,
    steps: u64,
    /// Whether nothing was passed over for want of steps.
    pub(crate) proven: bool,
}

impl<'p, 'e, 'c> ClaimSearch<'p, 'e, 'c> {
    pub(crate) fn new(parties: &'p Parties<'e, 'c>) -> Self {
        Self { parties, steps: parties.evaluation.options.search_steps, proven: true }
    }

    /// The largest set of candidates that holds together.
    pub(crate) fn largest(&mut self) -> ClaimSet {
        let mut ties = UnionFind::<usize>::new(self.parties.all.len());
        for PartyLimit { between: [one, other], .. } in &self.parties.limits {
            ties.union(one.index(), other.index());
        }
        let mut groups: BTreeMap<usize, Vec<PartyId>> = BTreeMap::new();
        for candidate in self.parties.candidates() {
            groups.entry(ties.find(candidate.index())).or_default().push(candidate);
        }
        let mut all = ClaimSet::empty();
        for group in groups.into_values() {
            // Most often there is nothing to choose.
            let whole: BTreeSet<PartyId> = group.iter().copied().collect();
            let outcome = self.together(&self.with_held(&whole)).filter(|outcome| outcome.met == Met::Yes);
            let best = outcome.map(|outcome| ClaimSet { claimed: whole, outcome });
            let best = best.or_else(|| self.choose(&group));
            if let Some(best) = best {
                all.extend(best);
            }
        }
        all
    }

    /// Tries with and without each of a group in turn, depth first; gives the best set found, the incumbent. Of equals
    /// it is the first by ids, as those come first.
    fn choose(&mut self, group: &[PartyId]) -> Option<ClaimSet> {
        let mut incumbent: Option<ClaimSet> = None;
        // How many of the group were looked at, and which of them are chosen.
        let mut open = vec![(0, ClaimSet::empty())];
        while let Some((looked_at, chosen)) = open.pop() {
            // The bound: all that is left besides.
            let hoped: BTreeSet<PartyId> = chosen.claimed.iter().chain(&group[looked_at..]).copied().collect();
            if incumbent.as_ref().is_some_and(|best| self.worth(&hoped) <= self.worth(&best.claimed)) {
                continue;
            }
            // Without steps, the first set found stands.
            if self.steps == 0 && incumbent.is_some() {
                self.proven = false;
                break;
            }
            let Some(&next) = group.get(looked_at) else {
                incumbent = Some(chosen);
                continue;
            };
            let mut claimed = chosen.claimed.clone();
            claimed.insert(next);
            open.push((looked_at + 1, chosen));
            match self.together(&self.with_held(&claimed)) {
                Some(outcome) if outcome.met == Met::Yes => open.push((looked_at + 1, ClaimSet { claimed, outcome })),
                Some(_) => {}
                None => self.proven = false,
            }
        }
        incumbent
    }

    /// The worth of a set, ids aside: its size, then its credits. A set of some of these and more of the rest is worth
    /// no more than all of them.
    fn worth(&self, claimed: &BTreeSet<PartyId>) -> (usize, u64) {
        let catalog = self.parties.evaluation.catalog;
        let credits = |&party: &PartyId| catalog.at(self.parties.all[party].credential).credits.hundredths();
        (claimed.len(), claimed.iter().map(credits).fold(0, u64::saturating_add))
    }

    /// The candidates, and all that is held and that limits tie to one of them.
    fn with_held(&self, chosen: &BTreeSet<PartyId>) -> BTreeSet<PartyId> {
        let tied = |party: PartyId, with: PartyId| self.parties.all[party].held && chosen.contains(&with);
        let held = self.parties.limits.iter().flat_map(|&PartyLimit { between: [one, other], .. }| {
            [(one, other), (other, one)].into_iter().filter(|&(party, with)| tied(party, with)).map(|(party, _)| party)
        });
        held.chain(chosen.iter().copied()).collect()
    }

    /// Whether these hold together; `None` if the work limit comes first.
    fn together(&mut self, chosen: &BTreeSet<PartyId>) -> Option<Outcome> {
        let parties = self.parties;
        let chosen: Vec<PartyId> = chosen.iter().copied().collect();
        self.steps = self.steps.saturating_sub((parties.usable.len() + parties.limits.len()) as u64);
        if self.steps == 0 {
            return None;
        }
        let place = |party: PartyId| chosen.binary_search(&party).ok();
        let limits = parties.limits.iter().filter_map(|&PartyLimit { between: [one, other], units, credits }| {
            Some(SharingLimit { between: [place(one)?, place(other)?], units, credits })
        });
        let sharing = SharingLimits { limits: limits.collect(), credits: &parties.credits };
        let parts: Vec<Part> = chosen.iter().map(|&party| parties.all[party].top).collect();
        let (catalog, exceptions) = (parties.evaluation.catalog, &*parties.evaluation.progress.exceptions);
        let usable = parties.usable.iter().copied();
        let (evidence, steps) = (&parties.evidence, self.steps);
        let mut counting =
            Counting::new(CountingInput { catalog, exceptions, evidence, steps, thorough: false }, usable);
        let outcome = counting.met_together(&parts, &sharing);
        self.steps = counting.steps;
        (outcome.met != Met::Undecided).then_some(outcome)
    }

    /// The reason against a candidate that was not chosen: an irreducible set of the others, found by leaving
    /// out one after the other (a deletion filter).
    pub(crate) fn in_the_way_of(&mut self, candidate: PartyId, chosen: &BTreeSet<PartyId>) -> WhyLeftOut {
        let mut parties = self.with_held(&chosen.iter().copied().chain([candidate]).collect());
        for other in parties.clone() {
            if other == candidate {
                continue;
            }
            parties.remove(&other);
            match self.together(&parties) {
                Some(outcome) if outcome.met == Met::Yes => drop(parties.insert(other)),
                Some(_) => {}
                None => return WhyLeftOut::Undecided,
            }
        }
        parties.remove(&candidate);
        let catalog = self.parties.evaluation.catalog;
        let id = |party: PartyId| catalog.id(self.parties.all[party].credential).to_owned();
        WhyLeftOut::Conflict { with: parties.into_iter().map(id).collect() }
    }
}
