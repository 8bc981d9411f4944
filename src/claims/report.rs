//! The answer on claims: the question, what was found, and the words of the record for it.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::explain::Auditor;
use crate::catalog::network::Part;
use crate::claims::claims::{Claim, Claims, LeftOut, Shared, WhyLeftOut};
use crate::claims::parties::{Parties, Party, PartyId, PartyLimit, policies};
use crate::claims::search::{ClaimSearch, ClaimSet};
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::evidence::UnitOfAwards;
use crate::evaluate::outcome::Filled;
use crate::record::record::Award;
use crate::value::ids::{CredentialId, IdVec, LeafId};

impl Evaluation<'_> {
    /// The targets that can be claimed together: see [`Claims`].
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
        let parties = Parties::new(self, &candidates, &issued, &mut left_out);
        let mut search = ClaimSearch::new(&parties);
        let best = search.largest();
        for candidate in parties.candidates().filter(|candidate| !best.claimed.contains(candidate)) {
            let why = search.in_the_way_of(candidate, &best.claimed);
            left_out.insert(parties.all[candidate].credential, why);
        }
        let proven = search.proven;
        let claims = ClaimsReport::new(&parties, &best).claims(left_out, proven);
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

/// A set of claims as it is reported.
struct ClaimsReport<'r, 'e, 'c> {
    parties: &'r Parties<'e, 'c>,
    best: &'r ClaimSet,
    auditor: Auditor<'e, 'c>,
}

impl<'r, 'e, 'c> ClaimsReport<'r, 'e, 'c> {
    fn new(parties: &'r Parties<'e, 'c>, best: &'r ClaimSet) -> Self {
        let evaluation = parties.evaluation;
        Self { parties, best, auditor: Auditor { evaluation, catalog: evaluation.catalog } }
    }

    fn claims(&self, left_out: BTreeMap<CredentialId, WhyLeftOut>, proven: bool) -> Claims {
        // What could not be decided might have been claimed.
        let proven = proven && !left_out.values().any(|why| *why == WhyLeftOut::Undecided);
        let catalog = self.auditor.catalog;
        let held = self.parties.all.entries().filter(|(_, party)| party.held).map(|(party, _)| self.claim(party));
        let reasons = left_out.into_iter().map(|(credential, why)| {
            let described = catalog.at(credential);
            LeftOut { credential: described.id.clone(), title: described.title.clone(), why }
        });
        Claims {
            as_of: self.auditor.evaluation.as_of,
            claimed: self.best.claimed.iter().map(|&party| self.claim(party)).collect(),
            held: held.filter(|claim| !claim.witness.is_empty()).collect(),
            shared: self.shared(),
            left_out: reasons.collect(),
            uncounted: Vec::new(),
            proven,
        }
    }

    fn leaves(&self, party: PartyId) -> BTreeSet<LeafId> {
        self.auditor.catalog.network.leaves_below(self.parties.all[party].top).into_iter().collect()
    }

    /// The evidence that fills some leaves.
    fn filled(&self, leaves: &BTreeSet<LeafId>) -> impl Iterator<Item = &Filled> {
        self.best.outcome.filled.iter().filter(|filled| leaves.contains(&filled.leaf))
    }

    /// One party with what meets its stack.
    fn claim(&self, party: PartyId) -> Claim {
        let network = &self.auditor.catalog.network;
        let Party { credential, top, held: _ } = self.parties.all[party];
        let leaves = self.leaves(party);
        let below = |part: &&Part| match part {
            Part::Leaf(leaf) => leaves.contains(leaf),
            Part::Group(group) => network.groups_below(top).contains(group),
        };
        let waived: Vec<Part> = self.best.outcome.waived.iter().filter(below).copied().collect();
        let described = self.auditor.catalog.at(credential);
        Claim {
            credential: described.id.clone(),
            title: described.title.clone(),
            credits: described.credits,
            witness: self.filled(&leaves).map(|filled| self.auditor.used(filled, &self.parties.evidence)).collect(),
            waived: self.auditor.waivers(&waived),
        }
    }

    /// The awards that parties share under the policies that limit it.
    fn shared(&self) -> Vec<Shared> {
        let catalog = self.auditor.catalog;
        let used: IdVec<PartyId, BTreeMap<UnitOfAwards, Award>> =
            self.parties.all.ids().map(|party| self.used(party)).collect();
        let mut shared = Vec::new();
        for &PartyLimit { between, .. } in &self.parties.limits {
            let [one, other] = between;
            let both = used[one].iter().filter(|(unit, _)| used[other].contains_key(unit));
            let mut awards: Vec<Award> = both.map(|(_, award)| award.clone()).collect();
            awards.sort();
            if awards.is_empty() {
                continue;
            }
            let [first, second] = between.map(|party| catalog.at(self.parties.all[party].credential));
            shared.extend(policies(catalog, [&first.kind, &second.kind]).map(|policy| Shared {
                between: [first.id.clone(), second.id.clone()],
                awards: awards.clone(),
                policy: policy.clone(),
            }));
        }
        shared
    }

    /// The units that a party uses, each with an award of it.
    fn used(&self, party: PartyId) -> BTreeMap<UnitOfAwards, Award> {
        let names = &self.auditor.catalog.names;
        self.filled(&self.leaves(party))
            .map(|filled| &self.parties.evidence[filled.evidence].evidence)
            .map(|evidence| (evidence.unit(names, LeafId::NOWHERE), self.auditor.award_of(evidence)))
            .collect()
    }
}
