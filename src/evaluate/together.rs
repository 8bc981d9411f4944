//! What can be begun together ([semantics 4.6](crate::semantics#4.6)): the greatest set of credentials in which the
//! corequisite of each is met by what is held with a new award of every member.
//!
//! The awards of all candidates are added to their corequisites, and to nothing else; then whoever misses something is
//! left out, with the award, until nobody is. So each award is looked at twice at the most, and each joint region is
//! judged as often as one of its awards is left out.

use std::cell::OnceCell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::names::Names;
use crate::catalog::network::{Above, Measure, Part, Rule};
use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::evidence::{Admitted, AwardId, Evidence, EvidenceId, Origin};
use crate::evaluate::exceptions::Bearer;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::value::ids::{ConditionsId, CredentialId, GroupId, Id, IdVec, LeafId, RegionId, id};

id! {
    /// An award that a candidate would have, under one of the names that it bears.
    TriedId
}

/// An award that a candidate would have.
#[derive(Debug)]
struct TriedAward {
    credential: CredentialId,
    evidence: Evidence,
}

/// The awards of candidates that fill a leaf, those that add most first.
#[derive(Debug, Default)]
struct TriedLeaf {
    awards: Vec<(u32, TriedId)>,
    /// Those before this one are left out.
    next: usize,
    /// What all of them add together that are not left out.
    total: i64,
    /// What the leaf adds with them beyond what it adds without.
    adds: i64,
}

/// Candidates for being begun together, and what their corequisites have.
pub(crate) struct JointBeginning<'p, 'c> {
    progress: &'p Progress<'c>,
    /// Those whose corequisite has to be met.
    asking: BTreeSet<CredentialId>,
    /// Those that are not left out.
    staying: BTreeSet<CredentialId>,
    /// Of these, those whose corequisite is met.
    met: BTreeSet<CredentialId>,
    awards: IdVec<TriedId, TriedAward>,
    /// By candidate, the leaves that its awards fill, and what they add there.
    fills: BTreeMap<CredentialId, Vec<(LeafId, u32)>>,
    leaves: BTreeMap<LeafId, TriedLeaf>,
    groups: BTreeMap<GroupId, i64>,
    /// For each joint region that such awards reach, which of them can be used at which leaf, and whether it is met.
    regions: BTreeMap<RegionId, Vec<(LeafId, TriedId)>>,
    met_regions: BTreeSet<RegionId>,
    dirty: BTreeSet<RegionId>,
    evidence: OnceCell<IdVec<EvidenceId, Admitted>>,
    /// Whether what cannot be decided is taken as met.
    undecided_met: bool,
    undecided: BTreeSet<RegionId>,
    steps: u64,
    touched: u64,
}

/// What can be begun together.
#[derive(Debug, Clone, Default)]
pub(crate) struct BegunTogether {
    pub(crate) credentials: BTreeSet<CredentialId>,
    /// Joint regions that could not be decided.
    pub(crate) undecided: BTreeSet<RegionId>,
    /// Search steps that were not needed.
    pub(crate) steps: u64,
    /// Leaves that were looked at.
    pub(crate) touched: u64,
}

impl Progress<'_> {
    /// Of these credentials, each with the award that it would bring, the greatest set whose members can be begun
    /// together, prerequisites and offerings aside.
    pub(crate) fn begun_together(
        &self,
        candidates: impl IntoIterator<Item = (CredentialId, Evidence)>,
        undecided_met: bool,
    ) -> BegunTogether {
        let mut together = self.trying(candidates, undecided_met);
        together.asking.clone_from(&together.staying);
        together.settle();
        let JointBeginning { staying, undecided, steps, touched, .. } = together;
        BegunTogether { credentials: staying, undecided, steps, touched }
    }

    /// The same while others are underway, whose awards count for corequisites, whatever their own ask for.
    pub(crate) fn begun_beside(
        &self,
        candidates: impl IntoIterator<Item = (CredentialId, Evidence)>,
        underway: impl IntoIterator<Item = (CredentialId, Evidence)>,
    ) -> BTreeSet<CredentialId> {
        let mut together = self.trying(candidates, false);
        together.asking.clone_from(&together.staying);
        for (credential, evidence) in underway {
            together.name(credential, evidence);
            together.staying.insert(credential);
        }
        together.settle();
        let JointBeginning { asking, staying, .. } = together;
        asking.intersection(&staying).copied().collect()
    }

    fn trying(
        &self,
        candidates: impl IntoIterator<Item = (CredentialId, Evidence)>,
        undecided_met: bool,
    ) -> JointBeginning<'_, '_> {
        let mut together = JointBeginning {
            progress: self,
            asking: BTreeSet::new(),
            staying: BTreeSet::new(),
            met: BTreeSet::new(),
            awards: IdVec::new(),
            fills: BTreeMap::new(),
            leaves: BTreeMap::new(),
            groups: BTreeMap::new(),
            regions: BTreeMap::new(),
            met_regions: BTreeSet::new(),
            dirty: BTreeSet::new(),
            evidence: OnceCell::new(),
            undecided_met,
            undecided: BTreeSet::new(),
            steps: self.steps,
            touched: 0,
        };
        for (credential, evidence) in candidates {
            together.staying.insert(credential);
            together.name(credential, evidence);
        }
        together
    }

    /// The award that a credential would bring that is begun now, told apart from all others. One that is only supposed
    /// to be made has as many hours as are wanted, where nobody says how many.
    pub(crate) fn tried_award(&self, credential: CredentialId, supposed: bool) -> Evidence {
        /// Beyond all numbers of awards that were taken on the way.
        const TRIED: usize = 1 << 31;
        let origin = Origin::Issued(AwardId::from_end(TRIED + credential.index()));
        self.new_award(credential, if supposed { Origin::Supposed } else { origin }).with_origin(origin)
    }

    /// Whether a credential has a corequisite that what is held does not meet.
    pub(crate) fn lacks_corequisite(&self, credential: CredentialId) -> bool {
        let rule = Rule::corequisite(credential);
        self.catalog.network.top(rule).is_some() && !self.rule_is_met(rule)
    }
}

impl JointBeginning<'_, '_> {
    /// Notes the award of a candidate, under all names that it bears.
    fn name(&mut self, credential: CredentialId, evidence: Evidence) {
        let progress = self.progress;
        let names = &progress.catalog.names;
        let mut borne = vec![evidence];
        if !progress.exceptions.substitutions.is_empty() {
            let routes = progress.exceptions.routes(names, Bearer::Class(names.class(credential)));
            borne.extend(routes.into_iter().map(|route| borne[0].by_way_of(route)).collect::<Vec<_>>());
        }
        for evidence in borne {
            self.awards.push(TriedAward { credential, evidence });
        }
    }

    /// Adds all awards, then leaves out who misses something, until nobody does.
    fn settle(&mut self) {
        for number in self.awards.ids() {
            self.reach(number);
        }
        let leaves: Vec<LeafId> = self.leaves.keys().copied().collect();
        for leaf in leaves {
            if let Some(tried) = self.leaves.get_mut(&leaf) {
                tried.awards.sort_unstable_by_key(|&(amount, number)| (Reverse(amount), number));
            }
            self.update(leaf);
        }
        self.judge_all();
        let missing =
            |credential: &CredentialId| self.progress.lacks_corequisite(*credential) && !self.met.contains(credential);
        let mut open: Vec<CredentialId> = self.asking.iter().copied().filter(missing).collect();
        while !open.is_empty() {
            for credential in std::mem::take(&mut open) {
                if self.staying.remove(&credential) {
                    self.leave_out(credential, &mut open);
                }
            }
            open.extend(self.judge_all());
        }
    }

    /// An award reaches the leaves of corequisites of candidates that name it.
    fn reach(&mut self, number: TriedId) {
        let progress = self.progress;
        let (network, names) = (&progress.catalog.network, &progress.catalog.names);
        let TriedAward { credential, evidence } = &self.awards[number];
        let admitted = Admitted { evidence: evidence.clone(), current: true, again: false };
        for class in Names::closure(names.class(evidence.named()), |class| names.up(class)) {
            for &leaf in network.corequisite_uses.list(class) {
                self.touched += 1;
                let by = network.rule_of(leaf).credential();
                let described = network.leaf(leaf);
                let counts = described.conditions == ConditionsId::NONE
                    || admitted.counts_on(&network.conditions[described.conditions], progress.scope.date);
                if !counts || !evidence.counts_in(by) || !self.asking.contains(&by) || network.is_shadowed(leaf) {
                    continue;
                }
                let amount = match network.adds_up(leaf) {
                    Some(unit) => evidence.adds(unit, described.weight),
                    None => 1,
                };
                let tried = self.leaves.entry(leaf).or_default();
                tried.awards.push((amount, number));
                tried.total += i64::from(amount);
                self.fills.entry(*credential).or_default().push((leaf, amount));
                for region in progress.regions_of(leaf) {
                    self.regions.entry(region).or_default().push((leaf, number));
                    self.dirty.insert(region);
                }
            }
        }
    }

    /// What a leaf of no joint region adds with the awards that are not left out, beyond what it adds without.
    fn adds(&mut self, leaf: LeafId) -> i64 {
        let progress = self.progress;
        let catalog = progress.catalog;
        let Some(tried) = self.leaves.get_mut(&leaf) else { return 0 };
        while let Some((_, number)) = tried.awards.get(tried.next)
            && !self.staying.contains(&self.awards[*number].credential)
        {
            tried.next += 1;
        }
        let most = tried.awards.get(tried.next).map(|&(amount, _)| i64::from(amount));
        if catalog.network.adds_up(leaf).is_none() {
            return i64::from(most.is_some() && !progress.is_met(Part::Leaf(leaf)));
        }
        if catalog.names.repeatable(catalog.network.leaf(leaf).credential) {
            // What is held is in the group already, however often it adds.
            return tried.total;
        }
        // One unit adds once, by the award that adds most.
        let held = progress.adds_at(leaf).map_or(0, i64::from);
        (most.unwrap_or(0) - held).max(0)
    }

    /// Lets a leaf add what it adds now; whose corequisite is not met any more by that.
    fn update(&mut self, leaf: LeafId) -> Option<CredentialId> {
        let above = self.progress.catalog.network.above(leaf);
        if let Above::Group(group) = above
            && self.progress.region(group) != RegionId::PLAIN
        {
            return None;
        }
        let now = self.adds(leaf);
        let tried = self.leaves.get_mut(&leaf)?;
        let more = now - std::mem::replace(&mut tried.adds, now);
        self.pass(above, more)
    }

    /// Passes on what something adds more, or less, as far as that matters; whose corequisite is not met any more.
    fn pass(&mut self, mut above: Above, mut more: i64) -> Option<CredentialId> {
        let network = &self.progress.catalog.network;
        while more != 0 {
            self.touched += 1;
            let group = match above {
                Above::Group(group) => group,
                Above::Rule(rule) if more > 0 => {
                    self.met.insert(rule.credential());
                    return None;
                }
                Above::Rule(rule) => return self.met.remove(&rule.credential()).then(|| rule.credential()),
            };
            let described = network.group(group);
            let threshold = i64::from(described.threshold);
            let has = self.groups.entry(group).or_insert_with(|| i64::from(self.progress.have(group)));
            let had = std::mem::replace(has, *has + more);
            more = match described.measure {
                Measure::UpTo(_) => (*has).min(threshold) - had.min(threshold),
                Measure::Count | Measure::Sum(_) if self.progress.is_met(Part::Group(group)) => 0,
                Measure::Count | Measure::Sum(_) => i64::from(*has >= threshold) - i64::from(had >= threshold),
            };
            above = described.above;
        }
        None
    }

    /// A candidate is left out, with its award.
    fn leave_out(&mut self, credential: CredentialId, open: &mut Vec<CredentialId>) {
        for (leaf, amount) in self.fills.remove(&credential).unwrap_or_default() {
            self.touched += 1;
            if let Some(tried) = self.leaves.get_mut(&leaf) {
                tried.total -= i64::from(amount);
            }
            open.extend(self.update(leaf));
            self.dirty.extend(self.progress.regions_of(leaf));
        }
    }

    /// Judges the joint regions that have changed; whose corequisite is not met any more.
    fn judge_all(&mut self) -> Vec<CredentialId> {
        let mut fallen = Vec::new();
        while let Some(region) = self.dirty.pop_first() {
            let top = self.progress.top(region);
            if self.progress.is_met(Part::Group(top)) {
                continue;
            }
            let is_met = self.judge(region, top);
            let was_met = if is_met { !self.met_regions.insert(region) } else { self.met_regions.remove(&region) };
            let more = i64::from(is_met) - i64::from(was_met);
            fallen.extend(self.pass(self.progress.catalog.network.group(top).above, more));
        }
        fallen
    }

    fn judge(&mut self, region: RegionId, top: GroupId) -> bool {
        let Progress { catalog, exceptions, evidence, scope, .. } = self.progress;
        let held = evidence.len();
        let evidence = self.evidence.get_or_init(|| {
            let tried = self.awards.iter().map(|tried| &tried.evidence);
            let tried = tried.map(|evidence| Admitted { evidence: evidence.clone(), current: true, again: false });
            evidence.iter().cloned().chain(tried).collect()
        });
        let tried = self.regions.get(&region).into_iter().flatten();
        let tried = tried.filter(|(_, number)| self.staying.contains(&self.awards[*number].credential));
        let tried = tried.map(|&(leaf, number)| (leaf, EvidenceId::at(held + number.index())));
        let usable: Vec<(LeafId, EvidenceId)> = self.progress.usable[region].iter().copied().chain(tried).collect();
        self.touched += usable.len() as u64;
        let many = usable.len() as u64 >= scope.steps;
        let input = CountingInput { catalog, exceptions, evidence, steps: self.steps, thorough: false };
        let mut counting = Counting::new(input, usable);
        counting.pay(counting.usable.len() as u64);
        let met = counting.outcome(top).met;
        self.steps = counting.steps;
        if met == Met::Undecided || met == Met::No && many {
            self.undecided.insert(region);
            return self.undecided_met;
        }
        met == Met::Yes
    }
}
