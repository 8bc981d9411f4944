//! Search for the largest set of claims that holds together ([semantics 5.5](crate::semantics#5.5)): branch and bound
//! over the candidates, each group that policies tie together by itself.

use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use crate::claims::parties::Parties;
use crate::evaluate::outcome::Met;
use crate::evaluate::sharing::claimants::ClaimantId;
use crate::evaluate::sharing::judge::{HeldTogether, SharingJudge};
use crate::evaluate::sharing::round::{MadeClaims, OfClaims};
use crate::value::ids::Id;

/// Candidates that are claimed together, with all claims that are made then and what meets their stacks.
#[derive(Default)]
pub(crate) struct ClaimSet {
    pub(crate) claimed: BTreeSet<ClaimantId>,
    pub(crate) made: MadeClaims,
}

/// Candidates that policies tie together, and what is held and tied to them.
pub(crate) struct TiedGroup {
    pub(crate) candidates: Vec<ClaimantId>,
    pub(crate) fixed: Vec<Vec<ClaimantId>>,
}

pub(crate) struct ClaimSearch<'p, 'e, 'c> {
    pub(crate) parties: &'p Parties<'e, 'c>,
    pub(crate) judge: SharingJudge<'p, 'c>,
    /// Whether nothing was passed over for want of steps.
    pub(crate) proven: bool,
}

impl<'p, 'e, 'c> ClaimSearch<'p, 'e, 'c> {
    pub(crate) fn new(parties: &'p Parties<'e, 'c>) -> Self {
        let mut judge = SharingJudge::new(&parties.claimants, parties.evaluation.options.search_steps);
        judge.is_thrifty = true;
        Self { parties, judge, proven: true }
    }

    /// The candidates in groups, each by itself.
    pub(crate) fn groups(&self) -> Vec<TiedGroup> {
        let Parties { claimants, candidates, fixed, .. } = self.parties;
        let mut ties = UnionFind::<usize>::new(claimants.all.len());
        for (one, claimant) in claimants.all.entries() {
            for supplier in claimant.usable.iter().filter_map(|&(_, evidence)| claimants.supplier[evidence]) {
                ties.union(one.index(), supplier.index());
            }
            if !claimants.catalog.sharing().is_empty() {
                let others = claimants.all.ids().filter(|&other| other > one);
                for other in others.filter(|&other| !claimants.between(one, other).is_empty()) {
                    ties.union(one.index(), other.index());
                }
            }
        }
        for any in fixed {
            any.windows(2).for_each(|pair| _ = ties.union(pair[0].index(), pair[1].index()));
        }
        let mut groups: BTreeMap<usize, TiedGroup> = BTreeMap::new();
        for &candidate in candidates {
            let fresh = || TiedGroup { candidates: Vec::new(), fixed: Vec::new() };
            groups.entry(ties.find(candidate.index())).or_insert_with(fresh).candidates.push(candidate);
        }
        for any in fixed {
            let group = any.first().and_then(|first| groups.get_mut(&ties.find(first.index())));
            if let Some(group) = group {
                group.fixed.push(any.clone());
            }
        }
        groups.into_values().collect()
    }

    /// The largest set of a group's candidates that holds together.
    pub(crate) fn largest(&mut self, group: &TiedGroup) -> ClaimSet {
        // Most often there is nothing to choose.
        let whole: BTreeSet<ClaimantId> = group.candidates.iter().copied().collect();
        let made = self.together(group, &whole).and_then(HeldTogether::into_made);
        made.map_or_else(
            || self.choose(group, &group.candidates, &BTreeSet::new()).unwrap_or_default(),
            |made| ClaimSet { claimed: whole, made },
        )
    }

    /// Tries with and without each of some candidates in turn, depth first, beside those that are claimed in any case;
    /// gives the best set found, the incumbent. Of equals it is the first by ids, as those come first.
    pub(crate) fn choose(
        &mut self,
        group: &TiedGroup,
        candidates: &[ClaimantId],
        beside: &BTreeSet<ClaimantId>,
    ) -> Option<ClaimSet> {
        let mut incumbent: Option<ClaimSet> = None;
        // How many of them were looked at, and which of them are chosen.
        let mut open = vec![(0, ClaimSet::default())];
        while let Some((looked_at, chosen)) = open.pop() {
            // The bound: all that is left besides.
            let hoped: BTreeSet<ClaimantId> = chosen.claimed.iter().chain(&candidates[looked_at..]).copied().collect();
            if incumbent.as_ref().is_some_and(|best| self.worth(&hoped) <= self.worth(&best.claimed)) {
                continue;
            }
            // Without steps, the first set found stands.
            if self.judge.steps == 0 && incumbent.is_some() {
                self.proven = false;
                break;
            }
            let Some(&next) = candidates.get(looked_at) else {
                incumbent = Some(chosen);
                continue;
            };
            let mut claimed = chosen.claimed.clone();
            claimed.insert(next);
            open.push((looked_at + 1, chosen));
            let all: BTreeSet<ClaimantId> = claimed.union(beside).copied().collect();
            match self.together(group, &all) {
                Some(together) => {
                    let made = together.into_made();
                    open.extend(made.map(|made| (looked_at + 1, ClaimSet { claimed, made })));
                }
                None => self.proven = false,
            }
        }
        incumbent
    }

    /// The worth of a set, ids aside: its size, then its credits. A set of some of these and more of the rest is worth
    /// no more than all of them.
    fn worth(&self, claimed: &BTreeSet<ClaimantId>) -> (usize, u64) {
        let catalog = self.parties.evaluation.catalog;
        let credits = |&claimant: &ClaimantId| catalog.at(self.parties.credential(claimant)).credits.hundredths();
        (claimed.len(), claimed.iter().map(credits).fold(0, u64::saturating_add))
    }

    /// Whether these hold together beside what is held; `None` if the work limit comes first.
    pub(crate) fn together(&mut self, group: &TiedGroup, claimed: &BTreeSet<ClaimantId>) -> Option<HeldTogether> {
        let mut demands: Vec<Vec<ClaimantId>> = claimed.iter().map(|&claimant| vec![claimant]).collect();
        demands.extend(group.fixed.iter().cloned());
        self.hold(&demands)
    }

    /// The same of any claims.
    pub(crate) fn hold(&mut self, demands: &[Vec<ClaimantId>]) -> Option<HeldTogether> {
        if self.judge.steps == 0 {
            return None;
        }
        let together = self.judge.hold(demands, &mut OfClaims::new(&self.parties.claimants));
        (together.met != Met::Undecided).then_some(together)
    }
}
