//! The evaluator: the least fixpoint of the rules over what a learner has.
//!
//! A worklist, linear in the rules that the learner's awards touch: each piece of evidence is spread once to the leaves that name
//! it, each leaf and group tells the one above when it is satisfied, each satisfied rule may give further evidence. Nothing is
//! ever taken back, so cycles are harmless and a set that supports only itself is never found.

use crate::value::ids::{ClassId, ConditionsId, CredentialId, GroupId, Id, IdSet, IdVec, LeafId, RegionId, id, to_u32};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Above, LeafUse, Measure, Part, Rule};
use crate::evaluate::cone::Cone;
use crate::evaluate::counting::{Counting, CountingInput, Met};
use crate::evaluate::exceptions::Exceptions;
use crate::evaluate::standing::{Evidence, Grade, Origin, Standing};
use crate::value::date::Date;

id! {
    /// Evidence that has come to count, in the order in which it came.
    EvidenceId
}

impl EvidenceId {
    /// Beyond all evidence: a limit that leaves nothing out.
    pub(crate) const END: Self = Self(u32::MAX);

    /// The evidence that came just before; the first one for the first.
    pub(crate) fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

/// The state of the network for one learner on one date.
#[derive(Debug, Clone)]
pub(crate) struct Progress<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) scope: Scope,
    pub(crate) cone: Option<&'c Cone>,
    pub(crate) exceptions: Arc<Exceptions>,
    /// Everything that counts, in the order in which it came to count.
    pub(crate) evidence: IdVec<EvidenceId, Admitted>,
    /// For each group, the satisfied parts or hundredths it has, as far as it was followed (to `u32::MAX`).
    /// And 0 while it is not satisfied; else one more than the number of pieces of evidence that had come by then.
    pub(crate) groups: IdVec<GroupId, GroupState>,
    pub(crate) leaf_met: IdSet<LeafId>,
    /// What a leaf in a plain sum adds, where that is not its weight.
    pub(crate) adds: BTreeMap<LeafId, u32>,
    pub(crate) rules: IdVec<CredentialId, u8>,
    pub(crate) marks: IdVec<ClassId, u8>,
    /// For each joint region, the evidence that can be used at each of its leaves.
    pub(crate) usable: IdVec<RegionId, Vec<(LeafId, EvidenceId)>>,
    /// The groups of sums that only a substitution makes joint regions, and the tops of these: an award could fill two places.
    pub(crate) joined: BTreeMap<GroupId, RegionId>,
    pub(crate) joined_tops: Vec<GroupId>,
    /// Conferred credentials met by their own rules, in the order in which they can be conferred.
    pub(crate) conferred: Vec<CredentialId>,
    /// Credentials of which a rule was met, in the order in which that was found.
    pub(crate) advanced: Vec<CredentialId>,
    /// Joint regions that could not be decided within the work limit.
    pub(crate) undecided: BTreeSet<RegionId>,
    pub(crate) steps: u64,
    pub(crate) touched: u64,
    pub(crate) work: Work,
}

/// How far a group has got.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct GroupState {
    pub(crate) have: u32,
    pub(crate) met: u32,
}

/// What the learner is supposed to take or claim as soon as it can be (semantics 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Supposing {
    Nothing,
    /// Everything whose offering is not over; and awards in progress are completed.
    WhatIsOffered,
    /// Everything that is offered without end, so that the answer holds on every date.
    WhatIsAlwaysOffered,
    /// Everything that is offered on any day.
    WhatIsEverOffered,
    /// Everything, offered or not.
    Everything,
}

/// What is asked of the fixpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) date: Date,
    /// Whether a credential that the learner qualifies for counts as an award of it.
    pub(crate) qualification_counts: bool,
    /// A credential that does not count by qualification, so that what is found does not rest on it.
    pub(crate) without: Option<CredentialId>,
    /// What is supposed to be taken or claimed as soon as it can be.
    pub(crate) supposing: Supposing,
    /// Whether a region that cannot be decided is supposed to be satisfied: gives the upper bound where three-valued logic needs it.
    pub(crate) undecided_met: bool,
    /// Search steps for all joint regions together.
    pub(crate) steps: u64,
}

/// Evidence that has come to count.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    pub(crate) evidence: Evidence,
    /// Whether it counts as current; else it counts only where a lapsed award does.
    pub(crate) current: bool,
    /// Whether it had come before as lapsed, so that it must not count once more where lapsed awards do.
    pub(crate) again: bool,
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Work {
    admit: Vec<Admitted>,
    pub(crate) judge: BTreeSet<RegionId>,
    ready: BinaryHeap<Reverse<CredentialId>>,
    /// Awards of `while-components` credentials whose stack is not met yet.
    pub(crate) waiting: BTreeMap<CredentialId, Vec<Evidence>>,
    /// The evidence that a class was last visited for, so that each class is visited once.
    visited: IdVec<ClassId, u32>,
}

/// What is known of a credential's own rules.
pub(crate) const PREREQUISITE: u8 = 1;
pub(crate) const STACK: u8 = 2;
pub(crate) const STARTED: u8 = 4;
pub(crate) const DONE: u8 = 8;

/// Under which kinds of evidence a class is held.
pub(crate) const HELD: u8 = 1;
pub(crate) const QUALIFIED: u8 = 2;

impl<'c> Progress<'c> {
    /// Runs the fixpoint for the awards of the standing that had been made by the scope's date.
    pub(crate) fn run(catalog: &'c Catalog, standing: &Standing, scope: Scope) -> Self {
        Self::run_within(catalog, standing, scope, None)
    }

    /// The same, following only the rules of the credentials in a cone: what is said of these is right, what of others is not.
    pub(crate) fn run_within(catalog: &'c Catalog, standing: &Standing, scope: Scope, cone: Option<&'c Cone>) -> Self {
        let network = &catalog.network;
        let mut progress = Self {
            catalog,
            scope,
            cone,
            exceptions: Arc::clone(&standing.exceptions),
            evidence: IdVec::with_capacity(standing.issued.len() + 16),
            groups: IdVec::filled(GroupState::default(), network.groups.len()),
            leaf_met: IdSet::of(network.leaves.len()),
            adds: BTreeMap::new(),
            rules: IdVec::filled(0, catalog.len()),
            marks: IdVec::filled(0, catalog.len()),
            usable: IdVec::filled(Vec::new(), network.regions.len()),
            joined: BTreeMap::new(),
            joined_tops: Vec::new(),
            conferred: Vec::new(),
            advanced: Vec::new(),
            undecided: BTreeSet::new(),
            steps: scope.steps,
            touched: 0,
            work: Work::default(),
        };
        if catalog.names.are_linked() {
            progress.work.visited = IdVec::filled(0, catalog.len());
        }
        progress.join_substituted_sums();
        for &group in &network.vacuous {
            progress.satisfied(group);
        }
        for &part in standing.exceptions.waived.keys() {
            progress.waive(part);
        }
        for &credential in &standing.exceptions.started {
            progress.start(Rule::stack(credential));
        }
        if scope.supposing != Supposing::Nothing {
            for credential in CredentialId::first(catalog.len()) {
                if network.top(Rule::prerequisite(credential)).is_none() {
                    progress.rule_changed(credential);
                }
            }
        }
        let known =
            standing.issued.iter().filter(|evidence| evidence.awarded.is_none_or(|awarded| awarded <= scope.date));
        for evidence in known {
            progress.receive(evidence.clone());
        }
        if scope.supposing != Supposing::Nothing {
            for evidence in standing.completed(catalog, scope.date) {
                progress.receive(evidence);
            }
        }
        progress.settle();
        progress
    }

    /// Takes in an award: current, lapsed, or waiting for its components. `settle` then draws the consequences.
    pub(crate) fn receive(&mut self, evidence: Evidence) {
        let catalog = self.catalog;
        let lasts = evidence.lasts(self.scope.date);
        let depends = evidence.depends(catalog);
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

    /// Takes in evidence that counts as current, whatever its components say.
    pub(crate) fn suppose(&mut self, evidence: Evidence) {
        self.admit(Admitted { evidence, current: true, again: false });
    }

    /// Works until nothing changes any more.
    pub(crate) fn settle(&mut self) {
        loop {
            if let Some(admitted) = self.work.admit.pop() {
                self.admit(admitted);
            } else if self.scope.supposing != Supposing::Nothing
                && let Some(Reverse(credential)) = self.work.ready.pop()
            {
                // The order of what is only supposed does not matter, so regions wait until much has come together.
                self.confer(credential);
            } else if let Some(region) = self.work.judge.pop_first() {
                self.judge(region);
            } else if let Some(Reverse(credential)) = self.work.ready.pop() {
                self.confer(credential);
            } else {
                break;
            }
        }
        let open = self.undecided.iter().copied();
        self.undecided = open.filter(|&region| self.groups[self.top(region)].met == 0).collect();
    }

    /// A credential whose rules are met: conferred, and, if so supposed, taken or claimed.
    fn confer(&mut self, credential: CredentialId) {
        let catalog = self.catalog;
        let date = self.scope.date;
        if catalog.network.has_stack(credential) {
            self.conferred.push(credential);
            if self.scope.qualification_counts && self.scope.without != Some(credential) {
                let evidence = Evidence::new(catalog, credential, date, Grade::None, Origin::Qualified);
                self.admit(Admitted { evidence, current: true, again: false });
            }
        }
        let offered = catalog.terms(credential).offered;
        let supposed = match self.scope.supposing {
            Supposing::Nothing => false,
            Supposing::WhatIsOffered => !offered.is_over(date),
            Supposing::WhatIsAlwaysOffered => offered.until.is_none(),
            Supposing::WhatIsEverOffered => !offered.is_over(Date::FIRST),
            Supposing::Everything => true,
        };
        if supposed {
            self.receive(Evidence::new(catalog, credential, date, Grade::Sufficient, Origin::Supposed));
        }
    }

    /// Lets evidence count, under all names that it bears.
    #[inline]
    fn admit(&mut self, admitted: Admitted) {
        if !self.exceptions.substitutions.is_empty() {
            self.admit_substituted(&admitted);
        }
        self.admit_as_named(admitted);
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
            let news = mark == 0 || self.marks[class] & mark == 0 || self.catalog.network.particular[class];
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

    /// The newest evidence reaches the leaves that name one class.
    #[inline]
    fn spread(&mut self, class: ClassId, mark: u8) {
        let network = &self.catalog.network;
        let newest = self.newest();
        let before = self.marks[class];
        self.marks[class] |= mark;
        let within = self.evidence[newest].evidence.within();
        let fills = if within.is_some() { self.evidence[newest].current } else { mark != 0 && before == 0 };
        if fills {
            for &(leaf, above) in network.plain_uses.list(class) {
                if within.is_none_or(|within| network.rule_of(leaf).credential() == within) {
                    self.fill(leaf, above.get());
                }
            }
        }
        for used in network.particular_uses.list(class) {
            let Admitted { evidence, current, again } = &self.evidence[newest];
            if within.is_some_and(|within| network.rule_of(used.leaf).credential() != within) {
                continue;
            }
            let counts = match used.conditions {
                ConditionsId::NONE => *current,
                number => {
                    let conditions = &network.conditions[number];
                    (if conditions.lapsed { !again } else { *current }) && evidence.meets(conditions, self.scope.date)
                }
            };
            if counts {
                self.reach(used);
            }
        }
    }

    /// The evidence that came last.
    fn newest(&self) -> EvidenceId {
        EvidenceId::at(self.evidence.len() - 1)
    }

    /// The joint region that a group is judged in.
    pub(crate) fn region(&self, group: GroupId) -> RegionId {
        let region = self.catalog.network.group(group).region;
        if region == RegionId::PLAIN && !self.joined.is_empty() {
            return self.joined.get(&group).copied().unwrap_or(RegionId::PLAIN);
        }
        region
    }

    /// The group at the top of a joint region.
    pub(crate) fn top(&self, region: RegionId) -> GroupId {
        let regions = &self.catalog.network.regions;
        regions.get(region).copied().unwrap_or_else(|| self.joined_tops[region.index() - regions.len()])
    }

    /// Whether the rule of a leaf is not followed.
    fn is_outside(&self, leaf: LeafId) -> bool {
        self.cone.is_some_and(|cone| !cone.credentials[self.catalog.network.rule_of(leaf).credential()])
    }

    /// A plain leaf is filled, or any leaf is waived, once and for all.
    pub(crate) fn fill(&mut self, leaf: LeafId, above: Above) {
        if self.is_outside(leaf) {
            return;
        }
        self.touched += 1;
        if !self.leaf_met.insert(leaf) {
            return;
        }
        match above {
            Above::Rule(rule) => {
                self.start(rule);
                self.rule_met(rule);
            }
            Above::Group(group) => {
                let described = self.catalog.network.group(group);
                self.start(described.rule);
                if described.region == RegionId::PLAIN {
                    self.add(group, 1);
                } else if self.exceptions.is_waived(Part::Leaf(leaf)) {
                    self.work.judge.insert(described.region);
                }
            }
        }
    }

    /// The newest evidence fills a leaf.
    fn reach(&mut self, leaf: &LeafUse) {
        let number = leaf.leaf;
        if self.is_outside(number) {
            return;
        }
        self.touched += 1;
        let network = &self.catalog.network;
        let first = self.leaf_met.insert(number);
        let group = match leaf.above.get() {
            Above::Rule(rule) => {
                if first {
                    self.start(rule);
                    self.rule_met(rule);
                }
                return;
            }
            Above::Group(group) => group,
        };
        let above = network.group(group);
        if first {
            self.start(above.rule);
        }
        let region = self.region(group);
        if region != RegionId::PLAIN {
            // The leaf that counts for a shadowed one is filled by itself.
            if network.is_shadowed(number) {
                return;
            }
            let newest = self.newest();
            let usable = &mut self.usable[region];
            // What the step budget could never look at is not kept, and the region cannot be denied then.
            if (usable.len() as u64) < self.scope.steps {
                usable.push((number, newest));
            } else {
                self.undecided.insert(region);
            }
            self.work.judge.insert(region);
            return;
        }
        let unit = match above.measure {
            Measure::Count => {
                if first {
                    self.add(group, 1);
                }
                return;
            }
            Measure::Sum(unit) | Measure::UpTo(unit) => unit,
        };
        let evidence = &self.evidence[self.newest()].evidence;
        let amount = evidence.adds(unit, leaf.weight);
        let more = if self.catalog.names.repeatable(network.leaf(number).credential) {
            if amount > 0 && evidence.origin == Origin::Supposed { u32::MAX } else { amount }
        } else {
            // One unit adds once, by the award that adds most.
            let added = if first { 0 } else { self.adds.get(&number).copied().unwrap_or(leaf.weight) };
            if first || amount > added {
                if amount != leaf.weight {
                    self.adds.insert(number, amount);
                } else if !first {
                    self.adds.remove(&number);
                }
            }
            amount.saturating_sub(added)
        };
        if more > 0 {
            self.add(group, more);
        }
    }

    /// A plain group has more than it had: tells the groups above, as far as that matters to them.
    fn add(&mut self, mut group: GroupId, mut amount: u32) {
        while let Some(Above::Group(above)) = self.add_here(group, &mut amount) {
            group = above;
        }
    }

    /// Adds to one group; if that makes a difference above it, says where, and `amount` is what to add there.
    fn add_here(&mut self, group: GroupId, amount: &mut u32) -> Option<Above> {
        let described = self.catalog.network.group(group);
        let state = &mut self.groups[group];
        let had = state.have;
        let has = had.saturating_add(*amount);
        state.have = has;
        match described.measure {
            Measure::UpTo(_) => {
                *amount = has.min(described.threshold) - had.min(described.threshold);
                (*amount > 0).then_some(described.above)
            }
            Measure::Count | Measure::Sum(_) => {
                if state.met == 0 && has >= described.threshold {
                    state.met = to_u32(self.evidence.len()) + 1;
                    match described.above {
                        Above::Rule(rule) => {
                            self.rule_met(rule);
                            None
                        }
                        Above::Group(_) => {
                            *amount = 1;
                            Some(described.above)
                        }
                    }
                } else {
                    None
                }
            }
        }
    }

    /// A group at the top of a region, or one that needs nothing, is satisfied.
    pub(crate) fn satisfied(&mut self, group: GroupId) {
        let described = self.catalog.network.group(group);
        if std::mem::replace(&mut self.groups[group].met, to_u32(self.evidence.len()) + 1) != 0 {
            return;
        }
        match described.above {
            Above::Rule(rule) => self.rule_met(rule),
            Above::Group(above) => self.add(above, 1),
        }
    }

    /// Judges a joint region as a whole.
    fn judge(&mut self, region: RegionId) {
        let top = self.top(region);
        if self.groups[top].met != 0 {
            return;
        }
        let usable = &self.usable[region];
        let mut counting = Counting::new(
            CountingInput {
                catalog: self.catalog,
                exceptions: &self.exceptions,
                evidence: &self.evidence,
                steps: self.steps,
                thorough: false,
            },
            usable.iter().copied(),
        );
        let mut met = counting.outcome(top).met;
        // A step of a search takes as long as touching several leaves.
        let searched = self.steps.saturating_sub(counting.steps);
        self.touched = self.touched.saturating_add(searched.saturating_mul(8));
        self.steps = counting.steps;
        if met == Met::Undecided || met == Met::No && usable.len() as u64 >= self.scope.steps {
            met = Met::Undecided;
            self.undecided.insert(region);
        }
        if met == Met::Yes || met == Met::Undecided && self.scope.undecided_met {
            self.satisfied(top);
        }
    }

    /// A leaf of the rule holds.
    fn start(&mut self, rule: Rule) {
        if rule.is_stack() {
            self.rules[rule.credential()] |= STARTED;
        }
    }

    fn rule_met(&mut self, rule: Rule) {
        let credential = rule.credential();
        self.rules[credential] |= if rule.is_stack() { STACK } else { PREREQUISITE };
        self.advanced.push(credential);
        if rule.is_stack() {
            let waiting = self.work.waiting.remove(&credential).unwrap_or_default();
            self.work.admit.extend(waiting.into_iter().map(|evidence| Admitted {
                evidence,
                current: true,
                again: true,
            }));
        }
        self.rule_changed(credential);
    }

    /// Makes a credential ready once all its rules are met. One without a stack waits to be taken, which only happens if so supposed.
    fn rule_changed(&mut self, credential: CredentialId) {
        let has_stack = self.catalog.network.has_stack(credential);
        let rules = &mut self.rules[credential];
        let open = self.catalog.network.top(Rule::prerequisite(credential)).is_none() || *rules & PREREQUISITE != 0;
        let complete = if has_stack { *rules & STACK != 0 } else { self.scope.supposing != Supposing::Nothing };
        if open && complete && *rules & DONE == 0 {
            *rules |= DONE;
            self.work.ready.push(Reverse(credential));
        }
    }
}
