//! Finding the largest set of claims that holds together (semantics 5.5).

use crate::value::ids::{CredentialId, IdVec, LeafId};
use std::collections::{BTreeMap, BTreeSet};

use petgraph::unionfind::UnionFind;

use crate::audit::explain::Auditor;
use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Part, Rule};
use crate::catalog::sharing::Sharing;
use crate::claims::claims::{Claim, Claims, LeftOut, Shared, WhyLeftOut};
use crate::evaluate::cone::Cone;
use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::division::{SharingLimit, SharingLimits};
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::evidence::{Admitted, EvidenceId, UnitOfAwards};
use crate::evaluate::outcome::{Met, Outcome};
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::usable::Usable;
use crate::record::record::Award;
use crate::value::amount::Amount;

impl Evaluation<'_> {
    /// Which of the targets can be claimed together: see [`Claims`].
    #[must_use]
    pub fn claims(&self, targets: &[CredentialId]) -> Claims {
        let targets: BTreeSet<CredentialId> = targets.iter().copied().collect();
        let issued = self.issued();
        let mut left_out: BTreeMap<CredentialId, WhyLeftOut> = BTreeMap::new();
        let mut candidates: Vec<CredentialId> = Vec::new();
        for &target in &targets {
            match self.why_not(target, &issued) {
                None => candidates.push(target),
                Some(why) => drop(left_out.insert(target, why)),
            }
        }
        let mut desk = ClaimSearch::new(self, &candidates, &issued, &mut left_out);
        let (chosen, outcome) = desk.largest();
        for claim in desk.candidates().filter(|claim| !chosen.contains(claim)).collect::<Vec<usize>>() {
            let why = desk.in_the_way_of(claim, &chosen);
            left_out.insert(desk.claims[claim].credential, why);
        }
        desk.report(&chosen, &outcome, left_out)
    }

    /// The credentials of which a current award is in the record.
    fn issued(&self) -> BTreeSet<CredentialId> {
        let current = self.progress.evidence.iter().filter(|admitted| admitted.current);
        let issued = current.map(|admitted| &admitted.evidence).filter(|evidence| evidence.is_issued());
        issued
            .filter(|evidence| evidence.is_award_of(evidence.credential))
            .map(|evidence| evidence.credential)
            .collect()
    }

    /// Why a target is no candidate, by itself.
    fn why_not(&self, target: CredentialId, issued: &BTreeSet<CredentialId>) -> Option<WhyLeftOut> {
        if issued.contains(&target) {
            return Some(WhyLeftOut::Held);
        }
        if !self.catalog.network.has_stack(target) {
            return Some(WhyLeftOut::Taken);
        }
        if self.progress.is_conferred(target) {
            return None;
        }
        let possible = self.possible.as_ref().is_some_and(|possible| possible.is_conferred(target));
        Some(if possible { WhyLeftOut::Undecided } else { WhyLeftOut::Unmet })
    }
}

/// Credentials that are looked at together; more than that are left out undecided.
const MOST_AT_DESK: usize = 400;

/// The policies for two types.
fn policies<'c>(catalog: &'c Catalog, [one, other]: [&str; 2]) -> impl Iterator<Item = &'c Sharing> {
    catalog.sharing().iter().filter(move |policy| policy.applies(one, other))
}

/// One credential at the desk: a candidate, or one that is held already.
struct ClaimCandidate {
    credential: CredentialId,
    held: bool,
    top: Part,
}

/// Candidates by their places at the desk, with what meets their stacks.
type ChosenClaims = (BTreeSet<usize>, Outcome);

/// Everything that is claimed or could be, with the evidence of all of them side by side: each has a piece of its own for every award.
struct ClaimSearch<'e, 'c> {
    evaluation: &'e Evaluation<'c>,
    /// In id order.
    claims: Vec<ClaimCandidate>,
    evidence: IdVec<EvidenceId, Admitted>,
    usable: Vec<(LeafId, EvidenceId)>,
    /// The limits between claims, by their places.
    limits: Vec<SharingLimit>,
    credits: BTreeMap<UnitOfAwards, u64>,
    steps: u64,
    proven: bool,
}

impl<'e, 'c> ClaimSearch<'e, 'c> {
    fn new(
        evaluation: &'e Evaluation<'c>,
        candidates: &[CredentialId],
        issued: &BTreeSet<CredentialId>,
        left_out: &mut BTreeMap<CredentialId, WhyLeftOut>,
    ) -> Self {
        let catalog = evaluation.catalog;
        let mut desk = Self {
            evaluation,
            claims: Vec::new(),
            evidence: IdVec::new(),
            usable: Vec::new(),
            limits: Vec::new(),
            credits: BTreeMap::new(),
            steps: evaluation.options.search_steps,
            proven: true,
        };
        for admitted in evaluation.progress.evidence.iter().filter(|admitted| admitted.current) {
            let unit = admitted.evidence.unit(&catalog.names, LeafId::NOWHERE);
            let credits = desk.credits.entry(unit).or_default();
            *credits = (*credits).max(u64::from(admitted.evidence.credits(catalog)));
        }
        let kind = |credential: CredentialId| &*catalog.at(credential).kind;
        let types: BTreeSet<&str> = candidates.iter().map(|&candidate| kind(candidate)).collect();
        let tied = |held: CredentialId| types.iter().any(|of| policies(catalog, [kind(held), of]).next().is_some());
        let held: Vec<CredentialId> =
            issued.iter().copied().filter(|&held| catalog.network.has_stack(held) && tied(held)).collect();
        let room = candidates.len().min(MOST_AT_DESK.saturating_sub(held.len()));
        let (candidates, too_many) = candidates.split_at(room);
        left_out.extend(too_many.iter().map(|&credential| (credential, WhyLeftOut::Undecided)));
        let mut at_desk: Vec<(CredentialId, bool)> = candidates.iter().map(|&credential| (credential, false)).collect();
        at_desk.extend(held.into_iter().map(|credential| (credential, true)).filter(|_| room > 0));
        at_desk.sort_unstable();
        // What nobody can say of a credential that is held, nobody can say of those that may share with it.
        let mut unclear: BTreeSet<&str> = BTreeSet::new();
        for (credential, held) in at_desk {
            match desk.admit(credential, held) {
                Err(WhyLeftOut::Undecided) if held => _ = unclear.insert(kind(credential)),
                Err(why) if !held => _ = left_out.insert(credential, why),
                _ => {}
            }
        }
        for claim in desk.claims.iter().filter(|claim| !claim.held) {
            if unclear.iter().any(|of| policies(catalog, [kind(claim.credential), of]).next().is_some()) {
                left_out.insert(claim.credential, WhyLeftOut::Undecided);
            }
        }
        desk.claims.retain(|claim| claim.held || !left_out.contains_key(&claim.credential));
        desk.limit();
        desk
    }

    /// Finds the limits on what two of the claims may share.
    fn limit(&mut self) {
        let catalog = self.evaluation.catalog;
        let mut limits = Vec::new();
        let mut of_types: BTreeMap<[&str; 2], (Option<u64>, Option<u64>)> = BTreeMap::new();
        for (one, first) in self.claims.iter().enumerate() {
            for (other, second) in self.claims.iter().enumerate().skip(one + 1) {
                // What was issued once is not judged again.
                if first.held && second.held {
                    continue;
                }
                let types = [first, second].map(|claim| &*catalog.at(claim.credential).kind);
                let (units, credits) = *of_types.entry(types).or_insert_with(|| {
                    let least = |limit: fn(&Sharing) -> Option<u64>| policies(catalog, types).filter_map(limit).min();
                    (
                        least(|policy| policy.max_awards.map(u64::from)),
                        least(|policy| policy.max_credits.map(Amount::hundredths)),
                    )
                });
                if units.is_some() || credits.is_some() {
                    limits.push(SharingLimit { between: [one, other], units, credits });
                }
            }
        }
        self.limits = limits;
    }

    /// Takes in a credential with all that meets its stack and does not rest on itself.
    fn admit(&mut self, credential: CredentialId, held: bool) -> Result<(), WhyLeftOut> {
        let Evaluation { catalog, standing, as_of, options, .. } = self.evaluation;
        let Some(top) = catalog.network.top(Rule::stack(credential)) else { return Err(WhyLeftOut::Taken) };
        let cone = Cone::of(catalog, &standing.exceptions, [credential]);
        let scope = Scope { without: Some(credential), ..Scope::certain(*as_of, options) };
        let progress = Progress::run_within(catalog, standing, scope, Some(&cone));
        match progress.met(top) {
            Met::Yes => {}
            _ if progress.undecided.is_empty() => return Err(WhyLeftOut::Unmet),
            _ => return Err(WhyLeftOut::Undecided),
        }
        let usable = Usable::new(&progress);
        let mut places: BTreeMap<EvidenceId, EvidenceId> = BTreeMap::new();
        let leaves = catalog.network.leaves_below(top).into_iter();
        for leaf in leaves.filter(|&leaf| !catalog.network.is_shadowed(leaf)) {
            for number in usable.at(leaf, EvidenceId::END) {
                let copy = || self.evidence.push(progress.evidence[number].clone());
                let place = *places.entry(number).or_insert_with(copy);
                self.usable.push((leaf, place));
            }
        }
        self.claims.push(ClaimCandidate { credential, held, top });
        Ok(())
    }

    fn candidates(&self) -> impl Iterator<Item = usize> {
        (0..self.claims.len()).filter(|&claim| !self.claims[claim].held)
    }

    /// The largest set of candidates that holds together, each group of those that limits tie together by itself.
    fn largest(&mut self) -> ChosenClaims {
        let mut ties = UnionFind::<usize>::new(self.claims.len());
        for SharingLimit { between: [one, other], .. } in &self.limits {
            ties.union(*one, *other);
        }
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for claim in self.candidates() {
            groups.entry(ties.find(claim)).or_default().push(claim);
        }
        let mut all = (BTreeSet::new(), Outcome::none(Met::Yes));
        for group in groups.into_values() {
            // Most often there is nothing to choose.
            let whole: BTreeSet<usize> = group.iter().copied().collect();
            let outcome = self.together(&self.with_held(&whole)).filter(|outcome| outcome.met == Met::Yes);
            let best = outcome.map(|outcome| (whole, outcome));
            let best = best.or_else(|| self.choose(&group));
            if let Some((chosen, outcome)) = best {
                all.0.extend(chosen);
                all.1.filled.extend(outcome.filled);
                all.1.waived.extend(outcome.waived);
            }
        }
        all
    }

    /// Tries with and without each of a group in turn; gives the best set found. Of equals it is the first by ids, as those come first.
    fn choose(&mut self, group: &[usize]) -> Option<ChosenClaims> {
        let mut best: Option<ChosenClaims> = None;
        // How many of the group were looked at, and which of them are chosen.
        let mut open = vec![(0, (BTreeSet::new(), Outcome::none(Met::Yes)))];
        while let Some((looked_at, chosen)) = open.pop() {
            let hoped: BTreeSet<usize> = chosen.0.iter().chain(&group[looked_at..]).copied().collect();
            if best.as_ref().is_some_and(|(best, _)| self.value(&hoped) <= self.value(best)) {
                continue;
            }
            // Without steps, the first set found stands.
            if self.steps == 0 && best.is_some() {
                self.proven = false;
                break;
            }
            let Some(&next) = group.get(looked_at) else {
                best = Some(chosen);
                continue;
            };
            let mut with = chosen.0.clone();
            with.insert(next);
            open.push((looked_at + 1, chosen));
            match self.together(&self.with_held(&with)) {
                Some(outcome) if outcome.met == Met::Yes => open.push((looked_at + 1, (with, outcome))),
                Some(_) => {}
                None => self.proven = false,
            }
        }
        best
    }

    /// What a set is worth, ids aside. A set of some of these and more of the rest is worth no more than all of them.
    fn value(&self, claims: &BTreeSet<usize>) -> (usize, u64) {
        let credits = |&claim: &usize| self.evaluation.catalog.at(self.claims[claim].credential).credits.hundredths();
        (claims.len(), claims.iter().map(credits).fold(0, u64::saturating_add))
    }

    /// The candidates, and all that is held and that limits tie to one of them.
    fn with_held(&self, chosen: &BTreeSet<usize>) -> BTreeSet<usize> {
        let tied = |claim: usize, with: usize| self.claims[claim].held && chosen.contains(&with);
        let held = self.limits.iter().flat_map(|&SharingLimit { between: [one, other], .. }| {
            [(one, other), (other, one)].into_iter().filter(|&(claim, with)| tied(claim, with)).map(|(claim, _)| claim)
        });
        held.chain(chosen.iter().copied()).collect()
    }

    /// Whether these hold together; `None` if the work limit comes first.
    fn together(&mut self, parties: &BTreeSet<usize>) -> Option<Outcome> {
        let parties: Vec<usize> = parties.iter().copied().collect();
        self.steps = self.steps.saturating_sub((self.usable.len() + self.limits.len()) as u64);
        if self.steps == 0 {
            return None;
        }
        let place = |claim: usize| parties.binary_search(&claim).ok();
        let limits = self.limits.iter().filter_map(|&SharingLimit { between: [one, other], units, credits }| {
            Some(SharingLimit { between: [place(one)?, place(other)?], units, credits })
        });
        let limits = limits.collect();
        let parts: Vec<Part> = parties.iter().map(|&claim| self.claims[claim].top).collect();
        let exceptions = &self.evaluation.standing.exceptions;
        let usable = self.usable.iter().copied();
        let (catalog, evidence, steps) = (self.evaluation.catalog, &self.evidence, self.steps);
        let mut counting =
            Counting::new(CountingInput { catalog, exceptions, evidence, steps, thorough: false }, usable);
        let sharing = SharingLimits { limits, credits: &self.credits };
        let outcome = counting.met_together(&parts, &sharing);
        self.steps = counting.steps;
        (outcome.met != Met::Undecided).then_some(outcome)
    }

    /// What stands in the way of a candidate that was not chosen.
    fn in_the_way_of(&mut self, claim: usize, chosen: &BTreeSet<usize>) -> WhyLeftOut {
        let mut parties = self.with_held(&chosen.iter().copied().chain([claim]).collect());
        for other in parties.clone() {
            if other == claim {
                continue;
            }
            parties.remove(&other);
            match self.together(&parties) {
                Some(outcome) if outcome.met == Met::Yes => drop(parties.insert(other)),
                Some(_) => {}
                None => return WhyLeftOut::Undecided,
            }
        }
        parties.remove(&claim);
        let id = |party: usize| self.evaluation.catalog.id(self.claims[party].credential).to_owned();
        WhyLeftOut::Conflict { with: parties.into_iter().map(id).collect() }
    }

    fn report(
        &self,
        chosen: &BTreeSet<usize>,
        outcome: &Outcome,
        left_out: BTreeMap<CredentialId, WhyLeftOut>,
    ) -> Claims {
        // What could not be decided might have been claimed.
        let proven = self.proven && !left_out.values().any(|why| *why == WhyLeftOut::Undecided);
        let held = (0..self.claims.len()).filter(|&claim| self.claims[claim].held);
        let described = |(credential, why): (CredentialId, WhyLeftOut)| {
            let described = self.evaluation.catalog.at(credential);
            LeftOut { credential: described.id.clone(), title: described.title.clone(), why }
        };
        Claims {
            as_of: self.evaluation.as_of,
            claimed: chosen.iter().map(|&chosen| self.claim(chosen, outcome)).collect(),
            held: held.map(|held| self.claim(held, outcome)).filter(|claim| !claim.witness.is_empty()).collect(),
            shared: self.shared(outcome),
            left_out: left_out.into_iter().map(described).collect(),
            proven,
        }
    }

    /// A claim with what meets it.
    fn claim(&self, claim: usize, outcome: &Outcome) -> Claim {
        let catalog = self.evaluation.catalog;
        let auditor = Auditor { evaluation: self.evaluation, catalog };
        {
            let ClaimCandidate { credential, top, .. } = self.claims[claim];
            let leaves: BTreeSet<LeafId> = catalog.network.leaves_below(top).into_iter().collect();
            let filled = outcome.filled.iter().filter(|filled| leaves.contains(&filled.leaf));
            let below = |part: &&Part| match part {
                Part::Leaf(leaf) => leaves.contains(leaf),
                Part::Group(group) => catalog.network.groups_below(top).contains(group),
            };
            let waived: Vec<Part> = outcome.waived.iter().filter(below).copied().collect();
            let described = catalog.at(credential);
            Claim {
                credential: described.id.clone(),
                title: described.title.clone(),
                credits: described.credits,
                witness: filled.map(|filled| auditor.used(filled, &self.evidence)).collect(),
                waived: auditor.waivers(&waived),
            }
        }
    }

    /// The awards that claims under a policy have in common.
    fn shared(&self, outcome: &Outcome) -> Vec<Shared> {
        let catalog = self.evaluation.catalog;
        let auditor = Auditor { evaluation: self.evaluation, catalog };
        let used: Vec<BTreeMap<UnitOfAwards, Award>> = (0..self.claims.len())
            .map(|claim| {
                let leaves: BTreeSet<LeafId> =
                    catalog.network.leaves_below(self.claims[claim].top).into_iter().collect();
                let filled = outcome.filled.iter().filter(|filled| leaves.contains(&filled.leaf));
                filled
                    .map(|filled| &self.evidence[filled.evidence].evidence)
                    .map(|evidence| (evidence.unit(&catalog.names, LeafId::NOWHERE), auditor.award_of(evidence)))
                    .collect()
            })
            .collect();
        let mut shared = Vec::new();
        for &SharingLimit { between, .. } in &self.limits {
            let [one, other] = between;
            let both = used[one].iter().filter(|(unit, _)| used[other].contains_key(unit));
            let mut awards: Vec<Award> = both.map(|(_, award)| award.clone()).collect();
            awards.sort();
            if awards.is_empty() {
                continue;
            }
            let [first, second] = between.map(|claim| catalog.at(self.claims[claim].credential));
            shared.extend(policies(catalog, [&first.kind, &second.kind]).map(|policy| Shared {
                between: [first.id.clone(), second.id.clone()],
                awards: awards.clone(),
                policy: policy.clone(),
            }));
        }
        shared
    }
}
