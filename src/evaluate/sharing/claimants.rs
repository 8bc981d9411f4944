//! All who lay claim to awards under the policies on sharing ([semantics 5.5](crate::semantics#5.5)): what is claimed,
//! what was issued once, and components that nobody issued; with the evidence that each can use.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Part, Rule};
use crate::catalog::sharing::Sharing;
use crate::evaluate::evidence::{Admitted, EvidenceId, Origin, UnitOfAwards};
use crate::evaluate::exceptions::Exceptions;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::usable::Usable;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id, IdVec, LeafId, id};

id! {
    /// One who lays claim to awards.
    ClaimantId
}
id! {
    /// A policy, by its place in the catalog.
    PolicyId
}

/// A credential that is claimed, could be, or was issued.
#[derive(Debug, Clone)]
pub(crate) struct Claimant {
    pub(crate) credential: CredentialId,
    /// If it was issued, or nobody issued it and something rests on it that was: the day that it is judged on.
    pub(crate) fixed: Option<Date>,
    /// The top of its stack.
    pub(crate) top: Part,
    /// Its place among all that could be claimed on that day, each after what it rests on.
    pub(crate) turn: usize,
    /// The exceptions on that day.
    pub(crate) exceptions: Arc<Exceptions>,
    /// What meets its stack, its own qualification aside.
    pub(crate) usable: Vec<(LeafId, EvidenceId)>,
}

/// Everything that is known of a unit of awards.
#[derive(Debug, Clone, Default)]
struct UnitFacts {
    /// The most hundredths of credits that a current award of it carries.
    credits: u64,
    /// The credentials that its awards are of.
    credentials: BTreeSet<CredentialId>,
}

/// All claimants, and the evidence that they use: of several days, every day with its own.
#[derive(Debug, Clone)]
pub(crate) struct Claimants<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) all: IdVec<ClaimantId, Claimant>,
    pub(crate) evidence: IdVec<EvidenceId, Admitted>,
    /// For each piece of evidence that nobody issued, the claimant that has to be there for it.
    pub(crate) supplier: IdVec<EvidenceId, Option<ClaimantId>>,
    units: BTreeMap<UnitOfAwards, UnitFacts>,
    /// The policies between two types, of which the first is not the greater one.
    policies: BTreeMap<[&'c str; 2], Vec<PolicyId>>,
    known: BTreeMap<(Option<Date>, CredentialId), ClaimantId>,
}

/// The awards of one day.
pub(crate) struct ClaimDay<'d, 'p, 'c> {
    pub(crate) usable: &'d Usable<'p, 'c>,
    /// For what was issued, the day.
    pub(crate) fixed: Option<Date>,
    /// Whether what nobody issued has to be claimed, by its credential.
    pub(crate) is_claimed: &'d dyn Fn(CredentialId) -> bool,
    /// Those of the evidence that claimants can use, by their numbers among all.
    places: BTreeMap<EvidenceId, EvidenceId>,
    turns: BTreeMap<CredentialId, usize>,
}

impl<'d, 'p, 'c> ClaimDay<'d, 'p, 'c> {
    pub(crate) fn new(
        usable: &'d Usable<'p, 'c>,
        fixed: Option<Date>,
        is_claimed: &'d dyn Fn(CredentialId) -> bool,
    ) -> Self {
        let turns = usable.progress.conferred.iter().copied().zip(0..).collect();
        Self { usable, fixed, is_claimed, places: BTreeMap::new(), turns }
    }
}

impl Catalog {
    /// Whether a policy is about credentials of this one's type.
    pub(crate) fn has_policy_on(&self, credential: CredentialId) -> bool {
        let kind = &self.at(credential).kind;
        self.sharing.written.iter().any(|policy| policy.names(kind))
    }
}

/// Claimants that are looked at together under policies, beyond which nothing is decided.
pub(crate) const MOST_CLAIMANTS: usize = 400;

impl<'c> Claimants<'c> {
    pub(crate) fn new(catalog: &'c Catalog) -> Self {
        let mut policies: BTreeMap<[&str; 2], Vec<PolicyId>> = BTreeMap::new();
        for (policy, number) in catalog.sharing().iter().zip(PolicyId::first(catalog.sharing().len())) {
            let [one, other] = &policy.between;
            let between = policies.entry([one.min(other), one.max(other)]).or_default();
            // Where another one about the same awards allows no more, it says nothing.
            let is_tighter = |tight: &PolicyId, loose: PolicyId| {
                let of = |number: PolicyId| &catalog.sharing()[number.index()];
                of(*tight).of == of(loose).of && of(*tight).allows_no_more_than(of(loose))
            };
            if !between.iter().any(|known| is_tighter(known, number)) {
                between.retain(|&known| !is_tighter(&number, known));
                between.push(number);
            }
        }
        Self {
            catalog,
            all: IdVec::new(),
            evidence: IdVec::new(),
            supplier: IdVec::new(),
            units: BTreeMap::new(),
            policies,
            known: BTreeMap::new(),
        }
    }

    pub(crate) fn policy(&self, policy: PolicyId) -> &'c Sharing {
        &self.catalog.sharing()[policy.index()]
    }

    /// The policies, but for those that say nothing beside others.
    pub(crate) fn policies(&self) -> impl Iterator<Item = PolicyId> {
        self.policies.values().flatten().copied()
    }

    /// The claimant for a credential, on the as-of date or a day on which it was issued.
    pub(crate) fn find(&self, fixed: Option<Date>, credential: CredentialId) -> Option<ClaimantId> {
        self.known.get(&(fixed, credential)).copied()
    }

    /// Learns what the units of the awards of a day are.
    pub(crate) fn learn(&mut self, progress: &Progress<'_>) {
        for Admitted { evidence, current, .. } in &progress.evidence {
            let facts = self.units.entry(evidence.unit(&self.catalog.names, LeafId::NOWHERE)).or_default();
            facts.credentials.insert(evidence.credential);
            if *current {
                facts.credits = facts.credits.max(u64::from(evidence.credits(self.catalog)));
            }
        }
    }

    /// Takes in credentials with all that meets their stacks, and those that this rests on and that have to be claimed.
    /// `false` if they are too many.
    pub(crate) fn admit(
        &mut self,
        day: &mut ClaimDay<'_, '_, '_>,
        credentials: impl IntoIterator<Item = CredentialId>,
    ) -> bool {
        let network = &self.catalog.network;
        let mut open: Vec<ClaimantId> =
            credentials.into_iter().filter_map(|credential| self.claimant(day, credential)).collect();
        while let Some(next) = open.pop() {
            if self.all.len() > MOST_CLAIMANTS && !self.policies.is_empty() {
                return false;
            }
            let Claimant { credential, top, .. } = self.all[next];
            let leaves = network.leaves_below(top).into_iter().filter(|&leaf| !network.is_shadowed(leaf));
            for leaf in leaves {
                for number in day.usable.at(leaf, EvidenceId::END) {
                    let evidence = &day.usable.progress.evidence[number].evidence;
                    let qualified = (evidence.origin == Origin::Qualified).then_some(evidence.credential);
                    if qualified != Some(credential) {
                        let place = self.place(day, number, qualified, &mut open);
                        self.all[next].usable.push((leaf, place));
                    }
                }
            }
        }
        true
    }

    /// The number of a piece of evidence among all.
    fn place(
        &mut self,
        day: &mut ClaimDay<'_, '_, '_>,
        number: EvidenceId,
        qualified: Option<CredentialId>,
        open: &mut Vec<ClaimantId>,
    ) -> EvidenceId {
        if let Some(&known) = day.places.get(&number) {
            return known;
        }
        let supplier = qualified.filter(|&credential| (day.is_claimed)(credential)).and_then(|credential| {
            let known = self.find(day.fixed, credential);
            known.or_else(|| {
                let fresh = self.claimant(day, credential);
                open.extend(fresh);
                fresh
            })
        });
        let place = self.evidence.push(day.usable.progress.evidence[number].clone());
        self.supplier.push(supplier);
        day.places.insert(number, place);
        place
    }

    /// A new claimant, unless there is one or the credential has no stack.
    fn claimant(&mut self, day: &ClaimDay<'_, '_, '_>, credential: CredentialId) -> Option<ClaimantId> {
        let top = self.catalog.network.top(Rule::stack(credential))?;
        if self.find(day.fixed, credential).is_some() {
            return None;
        }
        let exceptions = Arc::clone(&day.usable.progress.exceptions);
        let turn = day.turns.get(&credential).copied().unwrap_or(usize::MAX);
        let claimant = Claimant { credential, fixed: day.fixed, top, turn, exceptions, usable: Vec::new() };
        let number = self.all.push(claimant);
        self.known.insert((day.fixed, credential), number);
        Some(number)
    }

    /// Some claimants, and whatever they could rest on.
    pub(crate) fn resting(&self, on: impl IntoIterator<Item = ClaimantId>) -> Vec<ClaimantId> {
        let mut open: Vec<ClaimantId> = on.into_iter().collect();
        let mut found: BTreeSet<ClaimantId> = open.iter().copied().collect();
        while let Some(next) = open.pop() {
            for &(_, evidence) in &self.all[next].usable {
                open.extend(self.supplier[evidence].filter(|&supplier| found.insert(supplier)));
            }
        }
        found.into_iter().collect()
    }

    /// The policies that limit what two claimants share. What was issued once is not judged again, and nothing is
    /// judged against itself.
    pub(crate) fn between(&self, one: ClaimantId, other: ClaimantId) -> &[PolicyId] {
        let (one, other) = (&self.all[one], &self.all[other]);
        if one.fixed.is_some() && other.fixed.is_some() || one.credential == other.credential {
            return &[];
        }
        let [one, other] = [one, other].map(|claimant| &*self.catalog.at(claimant.credential).kind);
        self.policies.get(&[one.min(other), one.max(other)]).map_or(&[], Vec::as_slice)
    }

    /// Whether a policy is about a unit of awards.
    pub(crate) fn is_limited(&self, policy: PolicyId, unit: UnitOfAwards) -> bool {
        let policies = &self.catalog.sharing;
        let limited = |&credential: &CredentialId| policies.limits(policy.index(), credential);
        let of_some = |facts: &UnitFacts| facts.credentials.iter().any(limited);
        self.policy(policy).of.is_none() || self.units.get(&unit).is_some_and(of_some)
    }

    /// The hundredths of credits that a unit carries.
    pub(crate) fn credits(&self, unit: UnitOfAwards) -> u64 {
        self.units.get(&unit).map_or(0, |facts| facts.credits)
    }
}
