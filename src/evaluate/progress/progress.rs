//! The evaluator: the least fixpoint of the rules over what a learner has.
//!
//! It is computed by semi-naive forward chaining with a worklist, linear in the rules that the learner's awards touch:
//! each piece of evidence is spread once to the leaves that name it, each leaf and group tells the one above when it is
//! satisfied, each satisfied rule may give further evidence. Nothing is ever taken back, so cycles are harmless and a
//! set that supports only itself (an unfounded set) is never found.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Rule, RuleKind};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::{Admitted, Evidence, EvidenceId, Origin};
use crate::evaluate::exceptions::Exceptions;
use crate::evaluate::own_amounts::OwnAmounts;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::progress::scope::Supposing;
use crate::evaluate::renewals::{RenewalLedger, Renewed};
use crate::evaluate::standing::Standing;
use crate::value::date::Date;
use crate::value::ids::{ClassId, CredentialId, GroupId, Id, IdSet, IdVec, LeafId, RegionId, UnitId, to_u32};

/// A leaf, and an award that another award is besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RenewedAt {
    pub(crate) leaf: LeafId,
    pub(crate) by: Origin,
    pub(crate) credential: CredentialId,
}

/// The state of the network for one learner on one date.
#[derive(Debug, Clone)]
pub(crate) struct Progress<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) scope: Scope,
    pub(crate) cone: Option<&'c Cone>,
    pub(crate) exceptions: Arc<Exceptions>,
    /// The amounts that new awards carry because those that are there do.
    pub(crate) kept: Arc<BTreeMap<UnitId, OwnAmounts>>,
    /// Credentials of which an award is current that cannot be renewed.
    pub(crate) unrenewable: Arc<BTreeSet<CredentialId>>,
    /// Credentials of which a new award renews one that is current, whatever their rules say ([semantics
    /// 7.9](crate::semantics#7.9)).
    pub(crate) renewable: Arc<BTreeSet<CredentialId>>,
    /// Everything that counts, in the order in which it came to count.
    pub(crate) evidence: IdVec<EvidenceId, Admitted>,
    /// For each group, the satisfied parts or hundredths it has, as far as it was followed (to `u32::MAX`).
    /// And 0 while it is not satisfied; else one more than the number of pieces of evidence that had come by then.
    pub(crate) groups: IdVec<GroupId, GroupState>,
    pub(crate) leaf_met: IdSet<LeafId>,
    /// The hundredths that a leaf of a plain sum adds, where these are not its weight.
    pub(crate) adds: BTreeMap<LeafId, u32>,
    /// The hundredths that an award by renewal adds at a leaf of a plain sum whose units add each time: one award is
    /// one, however often it is found.
    pub(crate) adds_by_renewal: BTreeMap<RenewedAt, u32>,
    pub(crate) rules: IdVec<CredentialId, u8>,
    pub(crate) marks: IdVec<ClassId, u8>,
    /// For each joint region, the evidence that can be used at each of its leaves.
    pub(crate) usable: IdVec<RegionId, Vec<(LeafId, EvidenceId)>>,
    /// The groups that only a substitution makes joint regions, and the tops of these: an award could fill two places.
    pub(crate) joined: BTreeMap<GroupId, RegionId>,
    pub(crate) joined_tops: Vec<GroupId>,
    /// Conferred credentials met by their own rules, in the order in which they can be conferred.
    pub(crate) conferred: Vec<CredentialId>,
    /// For each credential that was begun together with others, the evidence before which all of them had come.
    pub(crate) came_by: BTreeMap<CredentialId, EvidenceId>,
    /// Credentials of which a rule was met, in the order in which that was found.
    pub(crate) advanced: Vec<CredentialId>,
    /// Joint regions that could not be decided within the work limit.
    pub(crate) undecided: BTreeSet<RegionId>,
    pub(crate) steps: u64,
    pub(crate) touched: u64,
    /// What renews what.
    pub(crate) renewals: RenewalLedger,
    pub(crate) work: Work,
}

/// The state of a group.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GroupState {
    pub(crate) have: u32,
    pub(crate) met: u32,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Work {
    pub(crate) admit: Vec<Admitted>,
    pub(crate) judge: BTreeSet<RegionId>,
    pub(crate) ready: BinaryHeap<Reverse<CredentialId>>,
    /// Awards of `while-components` credentials whose stack is not met yet.
    pub(crate) waiting: BTreeMap<CredentialId, Vec<Evidence>>,
    /// Credentials that wait for nothing but their corequisite, if they are supposed to be taken.
    pub(crate) lacking: BTreeSet<CredentialId>,
    /// Credentials whose corequisite has got something since it was last looked at.
    pub(crate) stirred: BTreeSet<CredentialId>,
    /// Whether awards by renewal are looked for: those of the standing are listed there.
    derives: bool,
    /// The awards by renewal that were found, and how many of them have come to count.
    pub(crate) renewed: Vec<Renewed>,
    renewed_in: usize,
    /// The evidence that a class was last visited for, so that each class is visited once.
    visited: IdVec<ClassId, u32>,
}

impl Work {
    fn of(catalog: &Catalog, scope: Scope) -> Self {
        let visited = if catalog.names.are_linked() { IdVec::filled(0, catalog.len()) } else { IdVec::default() };
        Self { derives: scope.derives, visited, ..Self::default() }
    }

    /// Takes back what has come since, but for what is known of classes.
    pub(crate) fn return_to(&mut self, earlier: &Self) {
        let Self { admit, judge, ready, waiting, lacking, stirred, derives, renewed, renewed_in, visited: _ } = self;
        admit.clone_from(&earlier.admit);
        judge.clone_from(&earlier.judge);
        ready.clone_from(&earlier.ready);
        waiting.clone_from(&earlier.waiting);
        lacking.clone_from(&earlier.lacking);
        stirred.clone_from(&earlier.stirred);
        (*derives, *renewed_in) = (earlier.derives, earlier.renewed_in);
        renewed.clone_from(&earlier.renewed);
    }

    /// Takes back what is known of a class.
    pub(crate) fn return_class(&mut self, class: ClassId, earlier: &Self) {
        if let Some(&before) = earlier.visited.get(class) {
            self.visited[class] = before;
        }
    }
}

/// Bits: what is known of a credential's own rules.
pub(crate) const PREREQUISITE: u8 = 1;
pub(crate) const STACK: u8 = 2;
pub(crate) const STARTED: u8 = 4;
pub(crate) const DONE: u8 = 8;
pub(crate) const COREQUISITE: u8 = 16;

/// The bit that says that a rule of the kind is met.
pub(crate) fn mark(kind: RuleKind) -> u8 {
    match kind {
        RuleKind::Prerequisite => PREREQUISITE,
        RuleKind::Corequisite => COREQUISITE,
        RuleKind::Stack => STACK,
    }
}

/// Under which kinds of evidence a class is held.
pub(crate) const HELD: u8 = 1;
pub(crate) const QUALIFIED: u8 = 2;

impl<'c> Progress<'c> {
    /// Runs the fixpoint for the awards of the standing that had been made by the scope's date.
    pub(crate) fn run(catalog: &'c Catalog, standing: &Standing, scope: Scope) -> Self {
        Self::run_within(catalog, standing, scope, None)
    }

    /// The same, following only the rules of the credentials in a cone: what is said of these is right, what of others
    /// is not.
    pub(crate) fn run_within(catalog: &'c Catalog, standing: &Standing, scope: Scope, cone: Option<&'c Cone>) -> Self {
        let network = &catalog.network;
        let mut progress = Self {
            catalog,
            scope,
            cone,
            exceptions: Exceptions::on(&standing.exceptions, scope.date),
            kept: Arc::clone(&standing.kept),
            unrenewable: Arc::clone(&standing.unrenewable),
            renewable: Arc::clone(&standing.renewable),
            evidence: IdVec::with_capacity(standing.issued.len() + 16),
            groups: IdVec::filled(GroupState::default(), network.groups.len()),
            leaf_met: IdSet::of(network.leaves.len()),
            adds: BTreeMap::new(),
            adds_by_renewal: BTreeMap::new(),
            rules: IdVec::filled(0, catalog.len()),
            marks: IdVec::filled(0, catalog.len()),
            usable: IdVec::filled(Vec::new(), network.regions.len()),
            joined: BTreeMap::new(),
            joined_tops: Vec::new(),
            conferred: Vec::new(),
            came_by: BTreeMap::new(),
            advanced: Vec::new(),
            undecided: BTreeSet::new(),
            steps: scope.steps,
            touched: 0,
            renewals: RenewalLedger::default(),
            work: Work::of(catalog, scope),
        };
        progress.join_substituted();
        for &group in &network.vacuous {
            progress.satisfied(group);
        }
        let exceptions = Arc::clone(&progress.exceptions);
        for &part in exceptions.waived.keys() {
            progress.waive(part);
        }
        for &credential in exceptions.started.keys() {
            progress.start(Rule::stack(credential));
        }
        progress.spare_rules();
        if scope.supposing != Supposing::Nothing {
            for credential in CredentialId::first(catalog.len()) {
                if network.top(Rule::prerequisite(credential)).is_none() {
                    progress.rule_changed(credential);
                }
            }
        }
        for evidence in standing.issued.iter().filter(|evidence| evidence.stands(scope.date)) {
            progress.receive(evidence.clone());
        }
        progress.work.derives = true;
        if scope.supposing != Supposing::Nothing {
            for evidence in standing.completed(catalog, scope.date) {
                progress.receive(evidence);
            }
        }
        progress.settle();
        progress
    }

    /// Asks for no rule of what can be renewed on its terms: it is as if all of them were met.
    fn spare_rules(&mut self) {
        for &credential in Arc::clone(&self.renewable).iter() {
            self.spare_rules_of(credential);
        }
    }

    /// Asks for no rule of the credential: it is as if all of them were met.
    pub(crate) fn spare_rules_of(&mut self, credential: CredentialId) {
        self.rules[credential] |= PREREQUISITE | COREQUISITE | STACK;
        self.rule_changed(credential);
    }

    /// Takes in an award: current, lapsed, or waiting for its components. `settle` then draws the consequences.
    pub(crate) fn receive(&mut self, evidence: Evidence) {
        let lasts = evidence.lasts(self.scope.date);
        let depends = evidence.depends();
        let again = lasts && depends;
        if again {
            if self.rules[evidence.credential] & STACK != 0 {
                self.work.admit.push(Admitted { evidence: evidence.clone(), current: true, again });
            } else {
                self.work.waiting.entry(evidence.credential).or_default().push(evidence.clone());
            }
        }
        self.admit(Admitted { evidence, current: lasts && !depends, again: false });
    }

    /// An award that is supposed to be made, with a sufficient grade.
    pub(crate) fn new_award(&self, credential: CredentialId, origin: Origin) -> Evidence {
        let Scope { date, suiting, .. } = self.scope;
        let terms = self.catalog.terms(credential);
        let made = terms.new_made.unwrap_or(date);
        let new = Evidence::new(self.catalog, credential, made, Grade::Sufficient, origin);
        let new = match terms.new_lasts {
            Some(last) => new.lasting_until(last),
            None => new,
        };
        let new = match self.kept.get(&self.catalog.names.unit(credential)) {
            Some(&kept) => new.with_amounts(kept),
            None => new,
        };
        new.suiting(self.catalog, suiting)
    }

    /// Takes in evidence that counts as current, whatever its components say.
    pub(crate) fn suppose(&mut self, evidence: Evidence) {
        self.admit(Admitted { evidence, current: true, again: false });
    }

    /// Works until nothing changes any more.
    pub(crate) fn settle(&mut self) {
        loop {
            if let Some(admitted) = self.work.admit.pop() {
                self.admit(admitted);
            } else if let Some(renewed) = self.work.renewed.get(self.work.renewed_in) {
                let award = renewed.award.clone();
                self.work.renewed_in += 1;
                self.receive(award);
            } else if self.scope.supposing != Supposing::Nothing
                && let Some(Reverse(credential)) = self.work.ready.pop()
            {
                // The order of what is only supposed does not matter, so regions wait until much has come together.
                self.confer(credential);
            } else if let Some(region) = self.work.judge.pop_first() {
                self.judge(region);
            } else if let Some(Reverse(credential)) = self.work.ready.pop() {
                self.confer(credential);
            } else if !self.begin_together() {
                break;
            }
        }
        let open = self.undecided.iter().copied();
        self.undecided = open.filter(|&region| self.groups[self.top(region)].met == 0).collect();
    }

    /// A credential whose rules are met: conferred, and, if so supposed, taken or claimed.
    pub(crate) fn confer(&mut self, credential: CredentialId) {
        let catalog = self.catalog;
        let date = self.scope.date;
        if catalog.network.has_stack(credential) {
            self.conferred.push(credential);
            if self.scope.qualification_counts && self.scope.without != Some(credential) {
                let evidence = Evidence::new(catalog, credential, date, Grade::None, Origin::Qualified);
                self.admit(Admitted { evidence, current: true, again: false });
            }
        }
        if self.is_supposed(credential) {
            self.receive(self.new_award(credential, Origin::Supposed));
        }
    }

    /// Whether the credential is supposed to be taken or claimed as soon as it can be.
    pub(crate) fn is_supposed(&self, credential: CredentialId) -> bool {
        let offered = &self.catalog.terms(credential).offered;
        match self.scope.supposing {
            Supposing::Nothing => false,
            Supposing::WhatIsOffered => !offered.is_over(self.scope.date),
            Supposing::WhatIsAlwaysOffered => offered.never_ends(),
            Supposing::WhatIsEverOffered => !offered.is_over(Date::FIRST),
            Supposing::Everything => true,
        }
    }

    /// Lets evidence count, under all names that it bears.
    #[inline]
    fn admit(&mut self, admitted: Admitted) {
        if !self.catalog.renewing.is_empty() && admitted.evidence.origin != Origin::Qualified {
            self.renew(&admitted);
        }
        if !self.exceptions.substitutions.is_empty() {
            self.admit_substituted(&admitted);
        }
        self.admit_as_named(admitted);
    }

    /// Looks for awards that come to be because the award renews something, or something renews it (semantics 3.9).
    #[cold]
    fn renew(&mut self, admitted: &Admitted) {
        let Admitted { evidence, current, again } = admitted;
        let (catalog, date) = (self.catalog, self.scope.date);
        let mut found = if *again { Vec::new() } else { self.renewals.take(catalog, evidence) };
        if *current && evidence.depends() {
            found.extend(self.renewals.take_on(catalog, evidence, date));
        }
        if self.work.derives {
            self.work.renewed.extend(found);
        }
    }

    /// Spreads evidence to every class whose names it bears by the catalog.
    #[inline]
    pub(crate) fn admit_as_named(&mut self, admitted: Admitted) {
        let names = &self.catalog.names;
        let class = names.class(admitted.evidence.named());
        let mark = match (admitted.current, admitted.evidence.is_issued()) {
            // What counts in the rules of one credential alone is not held.
            _ if admitted.evidence.within().is_some() => 0,
            (false, _) => 0,
            (true, true) => HELD,
            (true, false) => QUALIFIED,
        };
        self.evidence.push(admitted);
        if !names.are_linked() {
            self.spread(class, mark);
            return;
        }
        let stamp = to_u32(self.evidence.len());
        self.work.visited[class] = stamp;
        let mut open = vec![class];
        while let Some(class) = open.pop() {
            // A class that is held already learns something new only where it matters what the evidence is like.
            let matters = self.catalog.network.particular[class] || !self.joined.is_empty();
            let news = mark == 0 || self.marks[class] & mark == 0 || matters;
            if !news {
                continue;
            }
            self.spread(class, mark);
            for &further in names.up(class) {
                if self.work.visited[further] != stamp {
                    self.work.visited[further] = stamp;
                    open.push(further);
                }
            }
        }
    }
}
