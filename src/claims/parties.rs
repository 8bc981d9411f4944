//! Parties to claims: the candidates, components of theirs that nobody issued, and what is held already.

use std::collections::BTreeMap;

use crate::claims::claims::WhyLeftOut;
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::sharing::claimants::{ClaimDay, ClaimantId, Claimants};
use crate::evaluate::sharing::fixed::FixedClaims;
use crate::evaluate::usable::Usable;
use crate::value::ids::CredentialId;

/// All parties.
pub(crate) struct Parties<'e, 'c> {
    pub(crate) evaluation: &'e Evaluation<'c>,
    pub(crate) claimants: Claimants<'c>,
    /// The targets that can be claimed, in the order of their ids.
    pub(crate) candidates: Vec<ClaimantId>,
    pub(crate) fixed: Vec<Vec<ClaimantId>>,
}

impl<'e, 'c> Parties<'e, 'c> {
    /// The candidates, in the order of their ids. Those that cannot be decided are added to `left_out`.
    pub(crate) fn new(
        evaluation: &'e Evaluation<'c>,
        candidates: &[CredentialId],
        left_out: &mut BTreeMap<CredentialId, WhyLeftOut>,
    ) -> Self {
        let Evaluation { catalog, standing, progress, as_of, options, .. } = evaluation;
        let mut claimants = Claimants::new(catalog);
        let mut fixed = FixedClaims::default();
        if !candidates.is_empty() {
            fixed = FixedClaims::admit(&mut claimants, progress, standing, Scope::certain(*as_of, options));
        }
        claimants.learn(progress);
        let usable = Usable::new(progress);
        let mut today = ClaimDay::new(&usable, None, &|_| true);
        let mut admitted = Vec::new();
        for (place, &candidate) in candidates.iter().enumerate() {
            // It is there if another one rests on it.
            let known = claimants.find(None, candidate).is_some();
            if !known && !claimants.admit(&mut today, [candidate]) {
                // Those before have all that they rest on.
                let rest = candidates[place..].iter().filter(|&&left| claimants.find(None, left).is_none());
                left_out.extend(rest.map(|&credential| (credential, WhyLeftOut::Undecided)));
                left_out.insert(candidate, WhyLeftOut::Undecided);
                break;
            }
            admitted.extend(claimants.find(None, candidate));
        }
        let mut parties = Self { evaluation, claimants, candidates: admitted, fixed: fixed.all };
        if fixed.undecided {
            parties.leave_out_tied(left_out);
        }
        parties
    }

    /// What nobody can say of a credential that is held, nobody can say of those that may share with it.
    fn leave_out_tied(&mut self, left_out: &mut BTreeMap<CredentialId, WhyLeftOut>) {
        let candidates = std::mem::take(&mut self.candidates);
        let (tied, free): (Vec<ClaimantId>, Vec<ClaimantId>) = candidates.into_iter().partition(|&candidate| {
            let all = self.claimants.resting([candidate]);
            all.iter().any(|&claimant| self.claimants.catalog.has_policy_on(self.credential(claimant)))
        });
        left_out.extend(tied.into_iter().map(|candidate| (self.credential(candidate), WhyLeftOut::Undecided)));
        self.candidates = free;
    }

    pub(crate) fn credential(&self, claimant: ClaimantId) -> CredentialId {
        self.claimants.all[claimant].credential
    }
}
