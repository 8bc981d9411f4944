//! One learner after another from the same beginning: what has come since is taken back, in place of a copy of the
//! state of the whole network.

use crate::catalog::names::Names;
use crate::catalog::network::Part;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Supposing;
use crate::value::ids::{ClassId, CredentialId, LeafId};

impl Progress<'_> {
    /// Takes back whatever has come since an earlier state, of which this one was a copy: in proportion to what that
    /// changed. All of it lies above the leaves that name what has come.
    pub(crate) fn return_to(&mut self, earlier: &Self) {
        if self.scope.supposing != Supposing::Nothing {
            *self = earlier.clone();
            return;
        }
        let names = &self.catalog.names;
        let since = self.evidence.iter().skip(earlier.evidence.len());
        let mut named: Vec<CredentialId> = since.map(|admitted| admitted.evidence.named()).collect();
        named.sort_unstable();
        named.dedup();
        for credential in named {
            for class in Names::closure(names.class(credential), |class| names.up(class)) {
                self.return_class(class, earlier);
            }
        }
        self.evidence.truncate(earlier.evidence.len());
        self.adds_by_renewal.clone_from(&earlier.adds_by_renewal);
        self.conferred.truncate(earlier.conferred.len());
        self.advanced.truncate(earlier.advanced.len());
        self.came_by.clone_from(&earlier.came_by);
        self.undecided.clone_from(&earlier.undecided);
        self.renewals.clone_from(&earlier.renewals);
        self.scope = earlier.scope;
        (self.steps, self.touched) = (earlier.steps, earlier.touched);
        self.work.return_to(&earlier.work);
    }

    fn return_class(&mut self, class: ClassId, earlier: &Self) {
        let network = &self.catalog.network;
        self.marks[class] = earlier.marks[class];
        self.work.return_class(class, &earlier.work);
        let plain = network.plain_uses.list(class).iter().map(|&(leaf, _)| leaf);
        for leaf in plain.chain(network.particular_uses.list(class).iter().map(|used| used.leaf)) {
            if !self.is_outside(leaf) {
                self.return_leaf(leaf, earlier);
            }
        }
    }

    fn return_leaf(&mut self, leaf: LeafId, earlier: &Self) {
        let network = &self.catalog.network;
        if !earlier.leaf_met.contains(leaf) {
            self.leaf_met.remove(leaf);
        }
        match earlier.adds.get(&leaf) {
            Some(&adds) => self.adds.insert(leaf, adds),
            None => self.adds.remove(&leaf),
        };
        let owner = network.rule_of(leaf).credential();
        self.rules[owner] = earlier.rules[owner];
        let mut above = network.group_above(Part::Leaf(leaf));
        while let Some(group) = above {
            self.groups[group] = earlier.groups[group];
            above = network.group_above(Part::Group(group));
        }
        for region in self.regions_of(leaf) {
            self.usable[region].truncate(earlier.usable[region].len());
        }
    }
}
