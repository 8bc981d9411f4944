//! Waivers in the terms of a catalog: which parts they waive, and how long (semantics 3.7).

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::iter;
use std::sync::Arc;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Measure, Part, Rule};
use crate::evaluate::exceptions::{Exceptions, NoPlace, Resolver, WaiverId};
use crate::record::exception::{Exception, Waived, Waiver};
use crate::record::record::LearnerRecord;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, GroupId, LeafId, UnitId};

impl Exceptions {
    /// The exceptions as they hold on a date: without the waivers that have ended.
    pub(crate) fn on(this: &Arc<Self>, date: Date) -> Arc<Self> {
        let holds = |waiver: WaiverId| this.waivers[waiver].until.is_none_or(|last| date <= last);
        if this.waivers.ids().all(holds) {
            return Arc::clone(this);
        }
        let mut holding = Self::clone(this);
        holding.waived.retain(|_, waiver| holds(*waiver));
        holding.started.retain(|_, waiver| holds(*waiver));
        Arc::new(holding)
    }

    pub(crate) fn is_waived(&self, part: Part) -> bool {
        !self.waived.is_empty() && self.waived.contains_key(&part)
    }

    /// The last day on which a waived part is; none if that does not end.
    pub(crate) fn waived_until(&self, part: Part) -> Option<Date> {
        self.waived.get(&part).and_then(|&waiver| self.waivers[waiver].until)
    }

    /// The last days of the waivers that end.
    pub(crate) fn last_days(&self) -> impl Iterator<Item = Date> {
        self.waivers.iter().filter_map(|waiver| waiver.until)
    }
}

/// What can be waived in one credential.
pub(crate) struct WaivablePlaces<'c> {
    credential: CredentialId,
    prerequisites: Vec<Part>,
    groups: BTreeMap<&'c str, Vec<GroupId>>,
    components: BTreeMap<UnitId, Vec<LeafId>>,
}

impl<'c> WaivablePlaces<'c> {
    fn of(catalog: &'c Catalog, credential: CredentialId) -> Self {
        let network = &catalog.network;
        let all = || iter::once(credential).chain(catalog.having_rules_of(credential));
        let tops = || all().flat_map(Rule::all).filter_map(|rule| network.top(rule));
        let mut groups: BTreeMap<&str, Vec<GroupId>> = BTreeMap::new();
        for group in tops().flat_map(|top| network.groups_below(top)) {
            if let Some(name) = network.extras(group).name.as_deref() {
                groups.entry(name).or_default().push(group);
            }
        }
        let mut components: BTreeMap<UnitId, Vec<LeafId>> = BTreeMap::new();
        for leaf in tops().flat_map(|top| network.leaves_below(top)) {
            components.entry(catalog.names.unit(network.leaf(leaf).credential)).or_default().push(leaf);
        }
        let own_prerequisite = network.top(Rule::prerequisite(credential));
        let further = catalog.having_rules_of(credential).filter_map(|number| network.top(Rule::prerequisite(number)));
        // Beside it stands what the renewal requires, which is no part of the prerequisite.
        let copies = further.filter_map(|top| own_prerequisite.and(network.last_part(top)));
        Self { credential, prerequisites: own_prerequisite.into_iter().chain(copies).collect(), groups, components }
    }
}

/// Why a waiver has no effect, with the nearest name that would have a place.
type Refused = (NoPlace, Option<String>);

impl<'c> Resolver<'c> {
    /// Waivers are taken credential by credential, so that the places of one serve all of its waivers, and those that
    /// last longest first: what is waived already needs no other one.
    pub(crate) fn waive_all(&mut self, record: &LearnerRecord, as_of: Date) {
        let mut waivers: Vec<&Waiver> = record.waivers.iter().collect();
        waivers.sort_by_cached_key(|waiver| {
            let ends = waiver.until.is_some();
            (self.catalog.credential(&waiver.credential), ends, Reverse(waiver.until), *waiver)
        });
        let mut places = None;
        for waiver in waivers {
            let ended = |until: Date| Err((NoPlace::Ended(until), None));
            let placed = self.waive(waiver, &mut places);
            let placed = placed.and_then(|()| waiver.until.filter(|&until| until < as_of).map_or(Ok(()), ended));
            if let Err((place, nearest)) = placed {
                self.misplaced(Exception::Waiver(waiver.clone()), place, nearest);
            }
        }
    }

    fn waive(&mut self, waiver: &Waiver, places: &mut Option<WaivablePlaces<'c>>) -> Result<(), Refused> {
        let Some(credential) = self.catalog.credential(&waiver.credential) else {
            return Err(self.no_credential(&waiver.credential, &BTreeSet::new()));
        };
        if places.as_ref().is_none_or(|places| places.credential != credential) {
            *places = None;
        }
        let places = places.get_or_insert_with(|| WaivablePlaces::of(self.catalog, credential));
        let named = match self.named(waiver, places) {
            Err(_) if self.is_of_a_renewal(waiver, credential) => return Ok(()),
            named => named?,
        };
        let network = &self.catalog.network;
        let number = self.exceptions.waivers.push(waiver.clone());
        let Exceptions { waived, started, .. } = &mut self.exceptions;
        // What only adds to a sum has nothing to waive, for a waiver adds no credits; but it is a component that holds.
        let adds = |part: &Part| match *part {
            Part::Leaf(leaf) => network.unit_of(leaf).is_some(),
            Part::Group(group) => matches!(network.group(group).measure, Measure::UpTo(_)),
        };
        let in_stack = |part: &Part| matches!(*part, Part::Leaf(leaf) if network.rule_of(leaf).is_stack());
        if named.iter().any(|part| adds(part) && in_stack(part)) {
            started.entry(credential).or_insert(number);
        }
        let waivable: Vec<Part> = named.into_iter().filter(|part| !adds(part)).collect();
        if waivable.is_empty() {
            return Err((NoPlace::OnlyAdds, None));
        }
        let before = waived.len();
        for part in waivable {
            waived.entry(part).or_insert(number);
        }
        if waived.len() == before { Err((NoPlace::Repeated, None)) } else { Ok(()) }
    }

    /// Whether a waiver names a part of what renewing the credential requires: there it is looked up when that is asked
    /// about.
    fn is_of_a_renewal(&self, waiver: &Waiver, credential: CredentialId) -> bool {
        let Some(rules) = self.catalog.renewal_rules.as_deref() else { return false };
        let Some(&required) = rules.of.get(&credential) else { return false };
        let places = WaivablePlaces::of(&rules.catalog, required);
        let network = &rules.catalog.network;
        match &waiver.waived {
            Waived::Prerequisite => false,
            Waived::Requirement(name) => places.groups.contains_key(&**name),
            Waived::Component(id) => {
                let unit = rules.catalog.credential(id).map(|component| rules.catalog.names.unit(component));
                let leaves = unit.and_then(|unit| places.components.get(&unit));
                leaves.is_some_and(|leaves| leaves.iter().any(|&leaf| network.unit_of(leaf).is_none()))
            }
        }
    }

    /// The parts that a waiver names.
    fn named(&mut self, waiver: &Waiver, places: &WaivablePlaces<'c>) -> Result<Vec<Part>, Refused> {
        let (catalog, network) = (self.catalog, &self.catalog.network);
        match &waiver.waived {
            Waived::Prerequisite => {
                if places.prerequisites.is_empty() {
                    return Err((NoPlace::Prerequisite, None));
                }
                Ok(places.prerequisites.clone())
            }
            Waived::Requirement(name) => match places.groups.get(&**name) {
                Some(groups) => Ok(groups.iter().map(|&group| Part::Group(group)).collect()),
                None => Err((NoPlace::Requirement, self.near(name, places.groups.keys().copied()))),
            },
            Waived::Component(id) => {
                let unit = catalog.credential(id).map(|component| catalog.names.unit(component));
                if let Some(leaves) = unit.and_then(|unit| places.components.get(&unit)) {
                    return Ok(leaves.iter().map(|&leaf| Part::Leaf(leaf)).collect());
                }
                let leaves = places.components.values().flatten();
                let known = leaves.map(|&leaf| catalog.id(network.leaf(leaf).credential));
                Err((NoPlace::Component, self.near(id, known)))
            }
        }
    }
}
