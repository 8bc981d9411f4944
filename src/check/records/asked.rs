//! Requirements that a record may meet, and all that they rest on.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::catalog::catalog::Catalog;
use crate::catalog::conditions::Conditions;
use crate::catalog::names::Names;
use crate::catalog::network::{Measure, Part, Rule, Unit};
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::Evidence;
use crate::evaluate::exceptions::Exceptions;
use crate::evaluate::options::EvaluateOptions;
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::progress::scope::Scope;
use crate::evaluate::standing::Standing;
use crate::value::date::{Date, Period};
use crate::value::ids::{CredentialId, GroupId, LeafId};
use crate::value::meter::Meter;

use crate::check::learner::TrialLearner;

/// Parts of rules, all of which are to be met.
pub(crate) struct AskedParts<'c> {
    pub(crate) catalog: &'c Catalog,
    pub(crate) parts: Vec<Part>,
    cone: Cone,
    /// The leaves of the parts themselves.
    pub(crate) own: BTreeSet<LeafId>,
    /// The leaves and the groups of the parts, and of the rules that they rest on.
    pub(crate) leaves: Vec<LeafId>,
    pub(crate) groups: Vec<GroupId>,
    /// For each credential of which an award could fill a leaf of these, which leaves.
    pub(crate) fillers: BTreeMap<CredentialId, Vec<LeafId>>,
}

impl<'c> AskedParts<'c> {
    /// With all that they rest on.
    pub(crate) fn new(catalog: &'c Catalog, parts: Vec<Part>) -> Self {
        Self::met_by_awards_of(catalog, parts, |_| true)
    }

    /// With all that they rest on, where there are no awards but of some credentials.
    pub(crate) fn met_by_awards_of(
        catalog: &'c Catalog,
        parts: Vec<Part>,
        some: impl Fn(CredentialId) -> bool,
    ) -> Self {
        let network = &catalog.network;
        let leaves = parts.iter().flat_map(|&part| network.leaves_below(part));
        let named = leaves.flat_map(|leaf| suppliers(catalog, network.leaf(leaf).credential)).collect();
        Self::resting_on(catalog, parts, named, some)
    }

    /// By themselves.
    pub(crate) fn themselves(catalog: &'c Catalog, parts: Vec<Part>) -> Self {
        Self::resting_on(catalog, parts, Vec::new(), |_| true)
    }

    fn resting_on(
        catalog: &'c Catalog,
        parts: Vec<Part>,
        named: Vec<CredentialId>,
        some: impl Fn(CredentialId) -> bool,
    ) -> Self {
        let network = &catalog.network;
        let mut leaves: Vec<LeafId> = parts.iter().flat_map(|&part| network.leaves_below(part)).collect();
        let mut groups: Vec<GroupId> = parts.iter().flat_map(|&part| network.groups_below(part)).collect();
        let own = leaves.iter().copied().collect();
        let owners = leaves.iter().map(|&leaf| network.rule_of(leaf).credential());
        let owners: Vec<CredentialId> =
            owners.chain(groups.iter().map(|&group| network.group(group).rule.credential())).collect();
        // What is not conferred counts by its awards alone, whatever it asks for.
        let confers = |credential: CredentialId| network.has_stack(credential);
        let mut cone = Cone::following(catalog, &Exceptions::default(), named, |rule| confers(rule.credential()));
        for (credential, inside) in cone.credentials.entries_mut() {
            *inside &= confers(credential);
        }
        let inside = cone.credentials.entries().filter(|(_, inside)| **inside).map(|(credential, _)| credential);
        for top in inside.flat_map(Rule::all).filter_map(|rule| network.top(rule)) {
            leaves.extend(network.leaves_below(top));
            groups.extend(network.groups_below(top));
        }
        leaves.sort_unstable();
        leaves.dedup();
        groups.sort_unstable();
        groups.dedup();
        let mut fillers: BTreeMap<CredentialId, Vec<LeafId>> = BTreeMap::new();
        for &leaf in &leaves {
            for credential in suppliers(catalog, network.leaf(leaf).credential).filter(|&own| some(own)) {
                fillers.entry(credential).or_default().push(leaf);
            }
        }
        // The rules in which the parts stand are looked at as well, to judge these.
        for owner in owners {
            cone.credentials[owner] = true;
        }
        Self { catalog, parts, cone, own, leaves, groups, fillers }
    }

    /// About how much it took to collect, in steps.
    pub(crate) fn size(&self) -> usize {
        self.groups.len() + self.fillers.values().map(Vec::len).sum::<usize>() + self.catalog.len() / 32
    }

    /// The leaves that an award of the credential could fill.
    pub(crate) fn leaves_of(&self, credential: Option<CredentialId>) -> &[LeafId] {
        credential.and_then(|credential| self.fillers.get(&credential)).map_or(&[], Vec::as_slice)
    }

    /// What is asked of an award at a leaf.
    pub(crate) fn conditions(&self, leaf: LeafId) -> &'c Conditions {
        &self.catalog.network.conditions[self.catalog.network.leaf(leaf).conditions]
    }

    /// How far the days of awards may lie from each other, wherever that matters.
    pub(crate) fn spans(&self) -> BTreeSet<Period> {
        self.groups.iter().filter_map(|&group| self.catalog.network.extras(group).span).collect()
    }

    pub(crate) fn has_spans(&self) -> bool {
        !self.spans().is_empty()
    }

    /// Whether it asks for any award to have a day, or for the days of awards to be near each other.
    pub(crate) fn asks_for_days(&self) -> bool {
        self.has_spans() || self.fillers.values().flatten().any(|&leaf| self.conditions(leaf).asks_for_a_date())
    }

    /// Whether it matters what grades are worth.
    pub(crate) fn has_averages(&self) -> bool {
        self.groups.iter().any(|&group| self.catalog.network.extras(group).average.is_some())
    }

    /// The thresholds and caps of sums of amounts of a unit.
    pub(crate) fn thresholds(&self, unit: Unit) -> impl Iterator<Item = u32> {
        let groups = self.groups.iter().map(|&group| self.catalog.network.group(group));
        groups
            .filter(move |group| group.measure == Measure::Sum(unit) || group.measure == Measure::UpTo(unit))
            .map(|group| group.threshold)
    }

    /// For each sum of amounts of a unit, the credentials of which awards could add to it.
    pub(crate) fn sums(&self, unit: Unit) -> BTreeMap<GroupId, BTreeSet<CredentialId>> {
        let network = &self.catalog.network;
        let mut sums: BTreeMap<GroupId, BTreeSet<CredentialId>> = BTreeMap::new();
        for (&credential, leaves) in &self.fillers {
            for &leaf in leaves.iter().filter(|&&leaf| network.unit_of(leaf) == Some(unit)) {
                let mut around = network.group_above(Part::Leaf(leaf));
                while let Some(group) = around.filter(|&group| network.is_up_to(group)) {
                    around = network.group_above(Part::Group(group));
                }
                if let Some(sum) = around {
                    sums.entry(sum).or_default().insert(credential);
                }
            }
        }
        sums
    }

    /// Somebody who has nothing on the day.
    pub(crate) fn nobody(&self, day: Date, search_steps: u64) -> Progress<'_> {
        let scope = Scope::certain(day, &EvaluateOptions { search_steps, ..EvaluateOptions::default() });
        Progress::run_within(self.catalog, &Standing::default(), scope, Some(&self.cone))
    }

    /// Whether somebody with these awards meets all parts; and what it took to find out. The learner is whoever was
    /// asked about before.
    pub(crate) fn met_by<'p>(
        &self,
        nobody: &Progress<'p>,
        before: &mut Option<Progress<'p>>,
        awards: impl IntoIterator<Item = Evidence>,
    ) -> (Met, u64) {
        let given = nobody.scope.steps;
        let asking = Rc::new(RefCell::new(Meter::new(given)));
        let (progress, returned) = match before.take() {
            Some(mut progress) => {
                let returned = progress.return_to(nobody);
                (progress, returned)
            }
            None => (nobody.clone(), 0),
        };
        let mut learner = TrialLearner::new(progress, &asking);
        for award in awards {
            learner.progress.receive(award);
        }
        learner.settle();
        let met = self.parts.iter().map(|&part| learner.met(part)).min().unwrap_or(Met::Yes);
        let counted = asking.borrow().spent();
        let followed = learner.progress.touched - nobody.touched;
        *before = Some(learner.progress);
        (met, counted + (followed + returned / 4) / 4 + 4)
    }
}

/// The credentials whose awards count under a name.
pub(crate) fn suppliers(catalog: &Catalog, credential: CredentialId) -> impl Iterator<Item = CredentialId> {
    let names = &catalog.names;
    let classes = Names::closure(names.class(credential), |class| names.down(class));
    classes.into_iter().flat_map(|class| names.members(class)).copied()
}
