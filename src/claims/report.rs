//! The answer on claims: the question, what was found, and the words of the record for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::explain::Auditor;
use crate::catalog::network::Part;
use crate::claims::claims::{Claim, Claims, LeftOut, OverShared, Shared, WhyLeftOut};
use crate::claims::conflict::InTheWay;
use crate::claims::parties::Parties;
use crate::claims::search::{ClaimSearch, ClaimSet};
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::sharing::claimants::{Claimant, ClaimantId};
use crate::evaluate::sharing::judge::SharedUnits;
use crate::evaluate::sharing::round::MadeClaims;
use crate::record::record::Award;
use crate::value::amount::Amount;
use crate::value::ids::{CredentialId, LeafId};

impl Evaluation<'_> {
    /// The targets that can be claimed together: see [`Claims`].
    #[must_use]
    pub fn claims(&self, targets: &[CredentialId]) -> Claims {
        let known = |target: &CredentialId| self.catalog.knows(*target);
        let others = targets.iter().filter(|target| !known(target)).count();
        let targets: BTreeSet<CredentialId> = targets.iter().copied().filter(known).collect();
        let issued = self.issued();
        let mut left_out: BTreeMap<CredentialId, WhyLeftOut> = BTreeMap::new();
        let mut candidates: Vec<CredentialId> = Vec::new();
        for &target in &targets {
            match self.why_not(target, &issued) {
                None => candidates.push(target),
                Some(why) => drop(left_out.insert(target, why)),
            }
        }
        let parties = Parties::new(self, &candidates, &mut left_out);
        let mut search = ClaimSearch::new(&parties);
        let report = ClaimsReport::new(&parties);
        let mut best = ClaimSet::default();
        for group in search.groups() {
            let ClaimSet { claimed, made } = search.largest(&group);
            for &candidate in group.candidates.iter().filter(|candidate| !claimed.contains(candidate)) {
                let why = search.in_the_way_of(candidate, &group, &claimed);
                let why = why.map_or(WhyLeftOut::Undecided, |in_the_way| report.conflict(in_the_way));
                left_out.insert(parties.credential(candidate), why);
            }
            best.claimed.extend(claimed);
            best.made.extend(made);
        }
        let shared = search.judge.shared(&best.made);
        let mut claims = report.claims(&best, &shared, left_out, search.proven);
        claims.left_out.extend(std::iter::repeat_n(LeftOut::of_another_catalog(), others));
        Claims { uncounted: self.uncounted_for(targets), ..claims }
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

    /// The reason why a target is no candidate, by itself.
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

/// Claims as they are reported.
struct ClaimsReport<'r, 'e, 'c> {
    parties: &'r Parties<'e, 'c>,
    auditor: Auditor<'e, 'c>,
}

impl<'r, 'e, 'c> ClaimsReport<'r, 'e, 'c> {
    fn new(parties: &'r Parties<'e, 'c>) -> Self {
        let evaluation = parties.evaluation;
        Self { parties, auditor: Auditor { evaluation, catalog: evaluation.catalog } }
    }

    fn claims(
        &self,
        best: &ClaimSet,
        shared: &[SharedUnits],
        left_out: BTreeMap<CredentialId, WhyLeftOut>,
        proven: bool,
    ) -> Claims {
        // What could not be decided might have been claimed.
        let proven = proven && !left_out.values().any(|why| *why == WhyLeftOut::Undecided);
        let catalog = self.auditor.catalog;
        let held: BTreeSet<ClaimantId> = self.parties.fixed.iter().flatten().copied().collect();
        let list = |wanted: &dyn Fn(ClaimantId) -> bool| {
            let mut list: Vec<ClaimantId> = best.made.keys().copied().filter(|&claimant| wanted(claimant)).collect();
            list.sort_by_key(|&claimant| (self.parties.credential(claimant), claimant));
            list.into_iter().map(|claimant| self.claim(claimant, &best.made)).collect::<Vec<Claim>>()
        };
        let reasons = left_out.into_iter().map(|(credential, why)| {
            let described = catalog.at(credential);
            LeftOut { credential: described.id.clone(), title: described.title.clone(), why }
        });
        let mut held_claims = list(&|claimant| held.contains(&claimant));
        held_claims.retain(|claim| !claim.witness.is_empty());
        Claims {
            stamp: catalog.stamp(),
            as_of: self.auditor.evaluation.as_of,
            claimed: list(&|claimant| best.claimed.contains(&claimant)),
            components: list(&|claimant| !best.claimed.contains(&claimant) && !held.contains(&claimant)),
            held: held_claims,
            shared: shared.iter().map(|shared| self.shared(shared, &best.made)).collect(),
            left_out: reasons.collect(),
            uncounted: Vec::new(),
            proven,
        }
    }

    /// One party with what meets its stack.
    fn claim(&self, claimant: ClaimantId, made: &MadeClaims) -> Claim {
        let Claimant { credential, fixed, .. } = self.parties.claimants.all[claimant];
        let described = self.auditor.catalog.at(credential);
        let outcome = made.get(&claimant);
        let filled = outcome.into_iter().flat_map(|outcome| &outcome.filled);
        let waived: Vec<Part> = outcome.into_iter().flat_map(|outcome| &outcome.waived).copied().collect();
        Claim {
            credential: described.id.clone(),
            title: described.title.clone(),
            credits: described.credits,
            judged_on: fixed.unwrap_or(self.auditor.evaluation.as_of),
            witness: filled.map(|filled| self.auditor.used(filled, &self.parties.claimants.evidence)).collect(),
            waived: self.auditor.waivers(&waived),
        }
    }

    fn ids(&self, claimants: impl IntoIterator<Item = ClaimantId>) -> Vec<String> {
        let credentials: BTreeSet<CredentialId> =
            claimants.into_iter().map(|claimant| self.parties.credential(claimant)).collect();
        credentials.into_iter().map(|credential| self.auditor.catalog.id(credential).to_owned()).collect()
    }

    /// The awards that two claims share, in the order of awards; one of each unit.
    fn awards(&self, shared: &SharedUnits, made: &MadeClaims) -> Vec<Award> {
        let claimants = &self.parties.claimants;
        let names = &claimants.catalog.names;
        let [one, _] = shared.between;
        let filled = made.get(&one).into_iter().flat_map(|outcome| &outcome.filled);
        let evidence = filled.map(|filled| &claimants.evidence[filled.evidence].evidence);
        let by_unit: BTreeMap<_, Award> = evidence
            .map(|evidence| (evidence.unit(names, LeafId::NOWHERE), self.auditor.award_of(evidence)))
            .filter(|(unit, _)| shared.units.contains(unit))
            .collect();
        let mut awards: Vec<Award> = by_unit.into_values().collect();
        awards.sort();
        awards
    }

    fn pair(&self, shared: &SharedUnits) -> [String; 2] {
        let mut pair = shared.between.map(|claimant| self.parties.credential(claimant));
        pair.sort();
        pair.map(|credential| self.auditor.catalog.id(credential).to_owned())
    }

    fn shared(&self, shared: &SharedUnits, made: &MadeClaims) -> Shared {
        let policy = self.parties.claimants.policy(shared.policy).clone();
        Shared { between: self.pair(shared), awards: self.awards(shared, made), policy }
    }

    fn conflict(&self, in_the_way: InTheWay) -> WhyLeftOut {
        let over = in_the_way.over.iter().map(|(made, shared)| OverShared {
            between: self.pair(shared),
            awards: self.awards(shared, made),
            credits: Amount::from_hundredths(shared.credits),
            policy: self.parties.claimants.policy(shared.policy).clone(),
        });
        WhyLeftOut::Conflict {
            over: over.collect(),
            give_up: in_the_way.give_up.map(|claims| self.ids(claims)),
            with: self.ids(in_the_way.with),
        }
    }
}
