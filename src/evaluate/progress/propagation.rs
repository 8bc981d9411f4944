//! Forward chaining: what a piece of evidence changes in the network, from the leaves that it fills up to the rules
//! that are met.

use std::cmp::Reverse;

use crate::catalog::network::{Above, LeafUse, Measure, Part, Rule, RuleKind, Unit};
use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::evidence::{Admitted, EvidenceId, Origin};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::{DONE, PREREQUISITE, Progress, RenewedAt, STACK, STARTED, mark};
use crate::evaluate::progress::scope::Supposing;
use crate::value::ids::{ClassId, ConditionsId, CredentialId, GroupId, Id, LeafId, RegionId, to_u32};

impl Progress<'_> {
    /// The newest evidence reaches the leaves that name one class.
    #[inline]
    pub(crate) fn spread(&mut self, class: ClassId, mark: u8) {
        let network = &self.catalog.network;
        let newest = self.newest();
        let before = self.marks[class];
        self.marks[class] |= mark;
        let within = self.evidence[newest].evidence.within();
        let fills = if within.is_some() { self.evidence[newest].current } else { mark != 0 && before == 0 };
        if !self.joined.is_empty() && self.evidence[newest].current {
            self.spread_to_joined(class, fills);
        } else if fills {
            for &(leaf, above) in network.plain_uses.list(class) {
                if within.is_none_or(|within| network.rule_of(leaf).credential() == within) {
                    self.fill(leaf, above.get());
                }
            }
        }
        for used in network.particular_uses.list(class) {
            if self.is_outside(used.leaf) {
                continue;
            }
            let admitted = &self.evidence[newest];
            if within.is_some_and(|within| network.rule_of(used.leaf).credential() != within) {
                continue;
            }
            let counts = match used.conditions {
                ConditionsId::NONE => admitted.current,
                number => admitted.counts_on(&network.conditions[number], self.scope.date),
            };
            if counts {
                self.reach(used);
            }
        }
    }

    /// The newest evidence, which is current, reaches the leaves that are plain but for the groups which substitutions
    /// make joint.
    #[cold]
    fn spread_to_joined(&mut self, class: ClassId, fills: bool) {
        let network = &self.catalog.network;
        let within = self.evidence[self.newest()].evidence.within();
        for &(leaf, above) in network.plain_uses.list(class) {
            if within.is_some_and(|within| network.rule_of(leaf).credential() != within) {
                continue;
            }
            match above.get() {
                Above::Group(group) if self.joined.contains_key(&group) => {
                    let repeatable = self.catalog.names.repeatable(network.leaf(leaf).credential);
                    self.reach(&LeafUse { leaf, above, conditions: ConditionsId::NONE, weight: 1, repeatable });
                }
                above if fills => self.fill(leaf, above),
                _ => {}
            }
        }
    }

    /// The evidence that came last.
    pub(crate) fn newest(&self) -> EvidenceId {
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

    /// The joint regions that a leaf stands in: what is joint by itself may stand in a group that only a substitution
    /// makes joint.
    pub(crate) fn regions_of(&self, leaf: LeafId) -> impl Iterator<Item = RegionId> + use<> {
        let [own, around] = match self.catalog.network.above(leaf) {
            Above::Group(group) => [Some(self.region(group)), self.joined.get(&group).copied()],
            Above::Rule(_) => [None; 2],
        };
        let is_joint = |region: &RegionId| *region != RegionId::PLAIN;
        own.into_iter().chain(around.filter(|_| around != own)).filter(is_joint)
    }

    /// The group at the top of a joint region.
    pub(crate) fn top(&self, region: RegionId) -> GroupId {
        let regions = &self.catalog.network.regions;
        regions.get(region).copied().unwrap_or_else(|| self.joined_tops[region.index() - regions.len()])
    }

    /// Whether the rule of a leaf is not followed.
    pub(crate) fn is_outside(&self, leaf: LeafId) -> bool {
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
                let region = self.region(group);
                if region == RegionId::PLAIN {
                    self.add(group, 1);
                } else if self.exceptions.is_waived(Part::Leaf(leaf)) {
                    self.work.judge.insert(region);
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
        self.start(above.rule);
        let region = self.region(group);
        if region != RegionId::PLAIN {
            // The leaf that counts for a shadowed one is filled by itself.
            if network.is_shadowed(number) {
                return;
            }
            self.offer(number, region);
            // What is joint by itself may stand in a group that only a substitution makes joint.
            if let Some(&around) = self.joined.get(&group)
                && around != region
            {
                self.offer(number, around);
            }
            return;
        }
        match above.measure {
            Measure::Count if first => self.add(group, 1),
            Measure::Count => {}
            Measure::Sum(unit) | Measure::UpTo(unit) => {
                let more = self.adds_more(leaf, unit, first);
                if more > 0 {
                    self.add(group, more);
                }
            }
        }
    }

    /// The newest evidence can be used at a leaf of a joint region.
    fn offer(&mut self, leaf: LeafId, region: RegionId) {
        let newest = self.newest();
        let usable = &mut self.usable[region];
        // What the step budget could never look at is not kept, and the region cannot be denied then.
        if (usable.len() as u64) < self.scope.steps {
            usable.push((leaf, newest));
        } else {
            self.undecided.insert(region);
        }
        self.work.judge.insert(region);
    }

    /// The hundredths that the newest evidence adds at a leaf of a plain sum beyond what was added there.
    fn adds_more(&mut self, leaf: &LeafUse, unit: Unit, first: bool) -> u32 {
        let number = leaf.leaf;
        let evidence = &self.evidence[self.newest()].evidence;
        let amount = evidence.adds(unit, leaf.weight);
        if leaf.repeatable {
            if evidence.renewal().is_some() {
                let at = RenewedAt { leaf: number, by: evidence.origin, credential: evidence.credential };
                let added = self.adds_by_renewal.entry(at).or_default();
                let more = amount.saturating_sub(*added);
                *added += more;
                return more;
            }
            return if amount > 0 && evidence.origin == Origin::Supposed { u32::MAX } else { amount };
        }
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
    pub(crate) fn judge(&mut self, region: RegionId) {
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
        counting.pay(usable.len() as u64);
        let mut met = counting.outcome(top).met;
        // A step of a search takes as long as touching two leaves.
        let searched = self.steps.saturating_sub(counting.steps);
        self.touched = self.touched.saturating_add(searched.saturating_mul(2));
        self.steps = counting.steps;
        if met == Met::Undecided || met == Met::No && usable.len() as u64 >= self.scope.steps {
            met = Met::Undecided;
            self.undecided.insert(region);
        }
        if met == Met::Yes || met == Met::Undecided && self.scope.undecided_met {
            self.satisfied(top);
        }
    }

    /// A leaf of the rule holds, or has got more.
    pub(crate) fn start(&mut self, rule: Rule) {
        match rule.kind() {
            RuleKind::Stack => self.rules[rule.credential()] |= STARTED,
            RuleKind::Corequisite if self.scope.supposing != Supposing::Nothing => {
                self.work.stirred.insert(rule.credential());
            }
            RuleKind::Prerequisite | RuleKind::Corequisite => {}
        }
    }

    pub(crate) fn rule_met(&mut self, rule: Rule) {
        let credential = rule.credential();
        self.rules[credential] |= mark(rule.kind());
        self.advanced.push(credential);
        if rule.is_stack()
            && let Some(waiting) = self.work.waiting.remove(&credential)
        {
            self.work.admit.extend(waiting.into_iter().map(|evidence| Admitted {
                evidence,
                current: true,
                again: true,
            }));
        }
        self.rule_changed(credential);
    }

    /// Makes a credential ready once all its rules are met. One without a stack waits to be taken, which only happens
    /// if so supposed.
    pub(crate) fn rule_changed(&mut self, credential: CredentialId) {
        let has_stack = self.catalog.network.has_stack(credential);
        let rules = self.rules[credential];
        let open = self.catalog.network.top(Rule::prerequisite(credential)).is_none() || rules & PREREQUISITE != 0;
        let complete = if has_stack { rules & STACK != 0 } else { self.scope.supposing != Supposing::Nothing };
        if open && complete && rules & DONE == 0 {
            if self.lacks_corequisite(credential) {
                self.lack(credential);
            } else {
                self.rules[credential] |= DONE;
                self.work.lacking.remove(&credential);
                self.work.ready.push(Reverse(credential));
            }
        }
    }
}
