//! Parties to claims: the candidates, what is held already, and the limits between them.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Part, Rule};
use crate::catalog::sharing::Sharing;
use crate::claims::claims::WhyLeftOut;
use crate::evaluate::cone::Cone;
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::evidence::{Admitted, EvidenceId, UnitOfAwards};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::usable::Usable;
use crate::value::amount::Amount;
use crate::value::ids::{CredentialId, IdVec, LeafId, id};

id! {
    /// One of the parties to a set of claims, in the order of the ids of their credentials.
    PartyId
}

/// A credential that is claimed or could be.
pub(crate) struct Party {
    pub(crate) credential: CredentialId,
    /// Whether it is held already; else it is a candidate.
    pub(crate) held: bool,
    /// The top of its stack.
    pub(crate) top: Part,
}

/// A limit on what two parties may share; without one they share freely.
pub(crate) struct PartyLimit {
    pub(crate) between: [PartyId; 2],
    pub(crate) units: Option<u64>,
    /// Hundredths of credits.
    pub(crate) credits: Option<u64>,
}

/// All parties, with the evidence of each: every party has a piece of its own for every award.
pub(crate) struct Parties<'e, 'c> {
    pub(crate) evaluation: &'e Evaluation<'c>,
    pub(crate) all: IdVec<PartyId, Party>,
    pub(crate) evidence: IdVec<EvidenceId, Admitted>,
    pub(crate) usable: Vec<(LeafId, EvidenceId)>,
    pub(crate) limits: Vec<PartyLimit>,
    /// Hundredths of credits that each unit carries.
    pub(crate) credits: BTreeMap<UnitOfAwards, u64>,
}

/// Credentials that are looked at together; those beyond are left out undecided.
const MOST_PARTIES: usize = 400;

/// The policies for two types.
pub(crate) fn policies<'c>(catalog: &'c Catalog, [one, other]: [&str; 2]) -> impl Iterator<Item = &'c Sharing> {
    catalog.sharing().iter().filter(move |policy| policy.applies(one, other))
}

/// Whether there is a policy between a type and one of some types.
fn is_tied<'k>(catalog: &Catalog, one: &str, types: impl IntoIterator<Item = &'k str>) -> bool {
    types.into_iter().any(|other| policies(catalog, [one, other]).next().is_some())
}

impl<'e, 'c> Parties<'e, 'c> {
    /// The candidates, and what is `issued` and tied to one of them by a policy. Candidates that are none after all are
    /// added to `left_out`.
    pub(crate) fn new(
        evaluation: &'e Evaluation<'c>,
        candidates: &[CredentialId],
        issued: &BTreeSet<CredentialId>,
        left_out: &mut BTreeMap<CredentialId, WhyLeftOut>,
    ) -> Self {
        let mut parties = Self {
            evaluation,
            all: IdVec::new(),
            evidence: IdVec::new(),
            usable: Vec::new(),
            limits: Vec::new(),
            credits: credits(evaluation),
        };
        let catalog = evaluation.catalog;
        let types: BTreeSet<&str> = candidates.iter().map(|&candidate| parties.kind(candidate)).collect();
        let tied = |&held: &CredentialId| is_tied(catalog, parties.kind(held), types.iter().copied());
        let held: Vec<CredentialId> =
            issued.iter().copied().filter(|&held| catalog.network.has_stack(held)).filter(tied).collect();
        let room = candidates.len().min(MOST_PARTIES.saturating_sub(held.len()));
        let (candidates, too_many) = candidates.split_at(room);
        left_out.extend(too_many.iter().map(|&credential| (credential, WhyLeftOut::Undecided)));
        let mut invited: Vec<(CredentialId, bool)> = candidates.iter().map(|&credential| (credential, false)).collect();
        invited.extend(held.into_iter().map(|credential| (credential, true)).filter(|_| room > 0));
        invited.sort_unstable();
        parties.admit_all(&invited, left_out);
        parties.find_limits();
        parties
    }

    fn kind(&self, credential: CredentialId) -> &'c str {
        &self.evaluation.catalog.at(credential).kind
    }

    /// Takes in all that can be, each with whether it is held.
    fn admit_all(&mut self, invited: &[(CredentialId, bool)], left_out: &mut BTreeMap<CredentialId, WhyLeftOut>) {
        let catalog = self.evaluation.catalog;
        let mut unclear: BTreeSet<&str> = BTreeSet::new();
        for &(credential, held) in invited {
            match self.admit(credential, held) {
                Err(WhyLeftOut::Undecided) if held => _ = unclear.insert(self.kind(credential)),
                Err(why) if !held => _ = left_out.insert(credential, why),
                _ => {}
            }
        }
        // What nobody can say of a credential that is held, nobody can say of those that may share with it.
        for party in self.all.iter().filter(|party| !party.held) {
            if is_tied(catalog, self.kind(party.credential), unclear.iter().copied()) {
                left_out.insert(party.credential, WhyLeftOut::Undecided);
            }
        }
        let stays = |party: &Party| party.held || !left_out.contains_key(&party.credential);
        self.all = std::mem::take(&mut self.all).into_iter().filter(stays).collect();
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
        self.all.push(Party { credential, held, top });
        Ok(())
    }

    /// Finds the tightest limit that policies set between each two parties.
    fn find_limits(&mut self) {
        let catalog = self.evaluation.catalog;
        let mut of_types: BTreeMap<[&str; 2], (Option<u64>, Option<u64>)> = BTreeMap::new();
        for (one, first) in self.all.entries() {
            for (other, second) in self.all.entries().filter(|&(other, _)| one < other) {
                // What was issued once is not judged again.
                if first.held && second.held {
                    continue;
                }
                let types = [first, second].map(|party| self.kind(party.credential));
                let (units, credits) = *of_types.entry(types).or_insert_with(|| {
                    let least = |limit: fn(&Sharing) -> Option<u64>| policies(catalog, types).filter_map(limit).min();
                    (
                        least(|policy| policy.max_awards.map(u64::from)),
                        least(|policy| policy.max_credits.map(Amount::hundredths)),
                    )
                });
                if units.is_some() || credits.is_some() {
                    self.limits.push(PartyLimit { between: [one, other], units, credits });
                }
            }
        }
    }

    /// The parties that are not held already.
    pub(crate) fn candidates(&self) -> impl Iterator<Item = PartyId> {
        self.all.entries().filter(|(_, party)| !party.held).map(|(id, _)| id)
    }
}

/// The credits that each unit of current awards carries.
fn credits(evaluation: &Evaluation) -> BTreeMap<UnitOfAwards, u64> {
    let catalog = evaluation.catalog;
    let mut credits: BTreeMap<UnitOfAwards, u64> = BTreeMap::new();
    for admitted in evaluation.progress.evidence.iter().filter(|admitted| admitted.current) {
        let unit = admitted.evidence.unit(&catalog.names, LeafId::NOWHERE);
        let known = credits.entry(unit).or_default();
        *known = (*known).max(u64::from(admitted.evidence.credits(catalog)));
    }
    credits
}
