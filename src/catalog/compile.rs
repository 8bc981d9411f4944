//! From the document to the catalog: pools and filters unfolded, conditions handed down, every group and leaf put in
//! its place.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use crate::catalog::beside::Beside;
use crate::catalog::catalog::{Catalog, Credential, Identity};
use crate::catalog::conditions::Conditions;
use crate::catalog::document::{Document, Pool, WrittenCredential};
use crate::catalog::filter::Filter;
use crate::catalog::names::Names;
use crate::catalog::network::{
    Above, Extras, Leaf, LeafUse, Measure, Network, NewGroup, NewLeaf, Part, Rule, RuleKind, Unit,
};
use crate::catalog::requirement::{Kind, Listed, Members, Requirement};
use crate::catalog::sharing::{PlacedSharing, Policies};
use crate::catalog::sharing_tables::WrittenSharing;
use crate::catalog::terms::{end_claims, terms};
use crate::catalog::{limits, regions};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::finding::source::Source;
use crate::read::limits::Limits;
use crate::read::reader::{FLATTEN, RAISE, Reader};
use crate::value::amount::Amount;
use crate::value::csr::Csr;
use crate::value::ids::{ConditionsId, CredentialId, GroupId, Id, IdVec, IssuerId, PoolId, RegionId};
use crate::value::text_hash::TextMap;

/// Makes the catalog; `None` if a fault was found that leaves no network to make.
pub(crate) fn compile(document: &Document, source: Source, reader: &mut Reader, limits: &Limits) -> Option<Catalog> {
    let Document { header, equivalent, sharing, credentials, pools, lookup } = document;
    let cyclic = limits::reject_cyclic_pools(pools, &lookup.pools, reader);
    let network = Network::new(credentials.len());
    let mut compiler = NetworkCompiler {
        credentials,
        pools,
        cyclic,
        limits,
        reader,
        network,
        known: BTreeMap::new(),
        filters: BTreeMap::new(),
        tagged: tagged(credentials),
        scanned: 0,
        unfolded: 0,
    };
    for (number, written) in credentials.entries() {
        for (kind, requirement) in written.rules() {
            let rule = Rule::new(number, kind);
            let top = compiler.requirement(requirement, &Site::top(rule))?;
            compiler.network.set_top(rule, top);
        }
    }
    let sharing = compiler.policies(sharing)?;
    let mut network = compiler.network;
    let names = names(credentials, equivalent, reader, limits)?;
    let renewing = limits::bounded_renewals(credentials, &names, reader, limits)?;
    regions::count_units(&mut network, &names);
    regions::mark_regions(&mut network, &names);
    regions::shadow_members(&mut network, &names);
    index_uses(&mut network, &names);
    list_vacuous(&mut network);
    let issuers = number_issuers(&lookup.issuers, &mut network);
    network.shrink();
    let beside: BTreeMap<CredentialId, Beside> =
        credentials.entries().filter_map(|(number, written)| Some((number, written.beside?))).collect();
    let mut credentials: IdVec<CredentialId, Arc<Credential>> =
        credentials.iter().map(|written| Arc::clone(&written.credential)).collect();
    end_claims(&mut credentials, &network, &beside, header.teach_out);
    let terms = credentials.iter().map(|described| terms(described, &issuers)).collect();
    let sharing = Policies::new(sharing, |credential| credentials[credential].id.clone(), &names);
    Some(Catalog {
        source,
        header: header.clone(),
        sharing,
        credentials,
        terms,
        identity: Identity::default(),
        attainable: OnceLock::new(),
        touched: OnceLock::new(),
        index: lookup.further.beside(lookup.credentials.clone()),
        issuers,
        network,
        names,
        renewing,
        beside,
        renewal_rules: None,
    })
}

/// The credentials that have each tag.
fn tagged(credentials: &IdVec<CredentialId, WrittenCredential>) -> BTreeMap<&str, Vec<CredentialId>> {
    let mut tagged: BTreeMap<&str, Vec<CredentialId>> = BTreeMap::new();
    for (number, written) in credentials.entries() {
        for tag in &written.credential.tags {
            tagged.entry(tag).or_default().push(number);
        }
    }
    tagged
}

/// Which credentials count as which; `None` if too many of them keep each other apart.
fn names(
    credentials: &IdVec<CredentialId, WrittenCredential>,
    equivalent: &[Vec<CredentialId>],
    reader: &mut Reader,
    limits: &Limits,
) -> Option<Names> {
    let counts_as: Vec<(CredentialId, CredentialId)> =
        credentials.entries().flat_map(|(from, written)| written.counts_as.iter().map(move |&to| (from, to))).collect();
    let repeatable: IdVec<CredentialId, bool> =
        credentials.iter().map(|written| written.credential.repeatable).collect();
    let names = Names::new(equivalent, &counts_as, &repeatable);
    limits::bound_exclusions(credentials, &names, reader, limits)?;
    Some(names)
}

/// The issuers in the order of their names, and the rules with their numbers in that order: no answer may turn on which
/// of two was written first.
fn number_issuers(read: &TextMap<IssuerId>, network: &mut Network) -> IdVec<IssuerId, Box<str>> {
    let mut names: Vec<(&Box<str>, IssuerId)> = read.iter().map(|(name, &number)| (name, number)).collect();
    names.sort_unstable();
    let mut numbers = IdVec::filled(IssuerId::default(), names.len());
    for (&(_, before), after) in names.iter().zip(IssuerId::first(names.len())) {
        numbers[before] = after;
    }
    for issuers in network.conditions.iter_mut().filter_map(|conditions| conditions.issuers.as_mut()) {
        let mut renumbered: Vec<IssuerId> = issuers.iter().map(|&before| numbers[before]).collect();
        renumbered.sort_unstable();
        *issuers = renumbered.into();
    }
    names.into_iter().map(|(name, _)| name.clone()).collect()
}

struct NetworkCompiler<'d> {
    credentials: &'d IdVec<CredentialId, WrittenCredential>,
    pools: &'d IdVec<PoolId, Pool>,
    /// Pools that are made of each other: these have no members.
    cyclic: BTreeSet<PoolId>,
    limits: &'d Limits,
    reader: &'d mut Reader,
    network: Network,
    /// The number of every set of conditions met so far.
    known: BTreeMap<Conditions, ConditionsId>,
    /// The credentials that each filter selects, whatever the rule it stands in.
    filters: BTreeMap<Filter, Rc<[CredentialId]>>,
    /// The credentials that have each tag.
    tagged: BTreeMap<&'d str, Vec<CredentialId>>,
    scanned: usize,
    /// How often a pool stood in a list.
    unfolded: usize,
}

/// Where a requirement stands.
struct Site {
    above: Above,
    rule: Rule,
    /// The unit of the sum around it, if it stands in one.
    sum: Option<Unit>,
    /// The conditions of all groups around it.
    conditions: ConditionsId,
    depth: usize,
}

impl Site {
    fn top(rule: Rule) -> Self {
        Self { above: Above::Rule(rule), rule, sum: None, conditions: ConditionsId::NONE, depth: 0 }
    }
}

impl<'d> NetworkCompiler<'d> {
    /// Adds a requirement to the network. `None` when a limit is met: no more is added then.
    fn requirement(&mut self, written: &'d Requirement, site: &Site) -> Option<Part> {
        if site.depth > self.limits.nesting {
            let message = format!("requirements are nested more than {} deep, pools unfolded", self.limits.nesting);
            self.reader.push(Diagnostic::new(Code::LimitExceeded, written.place.clone(), message).help(FLATTEN));
            return None;
        }
        let place = &written.place;
        let (measure, threshold, members) = match &written.kind {
            Kind::Credential(credential) => {
                return self.leaf(*credential, site, written.conditions.get(), place);
            }
            Kind::AllOf(members) => (Measure::Count, u32::MAX, members),
            Kind::AtLeast(needed, members) => (Measure::Count, *needed, members),
            Kind::Sum(unit, amount, members) => (Measure::Sum(*unit), amount.weight(), members),
            Kind::UpTo(amount, members) => (Measure::UpTo(site.sum.unwrap_or(Unit::Credits)), amount.weight(), members),
        };
        match (site.sum.is_some(), measure) {
            (true, Measure::UpTo(_)) | (false, Measure::Count | Measure::Sum(_)) => {}
            (true, _) => {
                let message = "only credentials and `up_to` groups carry an amount that a sum can add";
                let help = "list the credentials themselves, or put the group beside the sum in an `all_of`";
                self.reader.push(Diagnostic::new(Code::InvalidPart, place.clone(), message).help(help));
            }
            (false, Measure::UpTo(_)) => {
                let message = "`up_to` has a meaning only inside a `credits` or `hours` sum";
                let help = "put it among the members of such a sum";
                self.reader.push(Diagnostic::new(Code::InvalidPart, place.clone(), message).help(help));
            }
        }
        self.room(place)?;
        let own = self.conditions(ConditionsId::NONE, written.conditions.get());
        let conditions = self.conditions(site.conditions, written.conditions.get());
        let Requirement { name, span, distinct, average, .. } = written;
        let extras = Extras {
            name: name.clone(),
            span: *span,
            distinct: distinct.unwrap_or(false),
            conditions: own,
            selected: self.is_filter(members),
            average: *average,
        };
        let group =
            self.network.add_group(NewGroup { above: site.above, rule: site.rule, measure, threshold }, extras, place);
        let sum = match measure {
            Measure::Count => None,
            Measure::Sum(unit) | Measure::UpTo(unit) => Some(unit),
        };
        let site = Site { above: Above::Group(group), rule: site.rule, sum, conditions, depth: site.depth + 1 };
        let parts = self.members(members, &site)?;
        self.network.set_parts(group, &parts);
        if let Kind::AllOf(_) = written.kind {
            self.network.need_all(group);
        }
        Some(Part::Group(group))
    }

    /// The members themselves, if they are those of a pool.
    fn unfolded(&self, mut members: &'d Members) -> &'d Members {
        // No other pools are made of each other, so this ends.
        while let Members::Pool(pool) = members
            && !self.cyclic.contains(pool)
        {
            members = &self.pools[*pool].members;
        }
        members
    }

    fn is_filter(&self, members: &'d Members) -> bool {
        matches!(self.unfolded(members), Members::Filter(..))
    }

    fn members(&mut self, members: &'d Members, site: &Site) -> Option<Vec<Part>> {
        match self.unfolded(members) {
            Members::List(list) => {
                let mut parts = Vec::with_capacity(list.len());
                for listed in list {
                    match listed {
                        Listed::Requirement(written) => parts.push(self.requirement(written, site)?),
                        Listed::Members(members, place) => parts.extend(self.listed(members, place, site)?),
                    }
                }
                Some(parts)
            }
            Members::Filter(filter, place) => {
                let selected = self.select(filter, place)?;
                let rule_of = |own: CredentialId| self.credentials[own].beside.and_then(Beside::rule_of).unwrap_or(own);
                let own = rule_of(site.rule.credential());
                selected
                    .iter()
                    .filter(|&&credential| credential != own)
                    .map(|&credential| self.leaf(credential, site, &Conditions::default(), place))
                    .collect()
            }
            Members::Pool(_) => Some(Vec::new()),
        }
    }

    /// The members of a pool or filter that stands in a list, as if they were written there in the order of their ids.
    fn listed(&mut self, members: &'d Members, place: &Range<usize>, site: &Site) -> Option<Vec<Part>> {
        // Pools in lists of pools can be many, and bring nothing.
        self.unfolded += 1;
        if self.unfolded > self.limits.requirement_nodes {
            let message =
                format!("pools stand in lists more than {} times, pools unfolded", self.limits.requirement_nodes);
            self.reader.push(Diagnostic::new(Code::LimitExceeded, place.clone(), message).help(RAISE));
            return None;
        }
        if site.depth > self.limits.nesting {
            let message = format!("requirements are nested more than {} deep, pools unfolded", self.limits.nesting);
            self.reader.push(Diagnostic::new(Code::LimitExceeded, place.clone(), message).help(FLATTEN));
            return None;
        }
        let mut parts = self.members(members, &Site { depth: site.depth + 1, ..*site })?;
        self.network.sort_by_id(&mut parts);
        Some(parts)
    }

    fn leaf(
        &mut self,
        credential: CredentialId,
        site: &Site,
        written: &Conditions,
        place: &Range<usize>,
    ) -> Option<Part> {
        self.room(place)?;
        let described = &self.credentials[credential];
        let (above, weight) = (
            self.reaching(site.conditions, described.stack.is_some()),
            match site.sum {
                None | Some(Unit::Places) => 1,
                Some(Unit::Credits) => described.credential.credits.weight(),
                Some(Unit::Hours) => described.credential.hours.map_or(0, Amount::weight),
            },
        );
        let (conditions, own_conditions) =
            (self.conditions(above, written), self.conditions(ConditionsId::NONE, written));
        let leaf = NewLeaf { above: site.above, credential, weight, conditions, own_conditions };
        Some(Part::Leaf(self.network.add_leaf(leaf, place)))
    }

    /// Whether there is room for one more group or leaf.
    fn room(&mut self, place: &Range<usize>) -> Option<()> {
        let most = self.limits.requirement_nodes;
        if self.network.len() < most {
            return Some(());
        }
        let message = format!("the requirements have more than {most} groups and members, pools unfolded");
        self.reader.push(Diagnostic::new(Code::LimitExceeded, place.clone(), message).help(RAISE));
        None
    }

    fn conditions(&mut self, above: ConditionsId, written: &Conditions) -> ConditionsId {
        if *written == Conditions::default() {
            return above;
        }
        self.number(self.network.conditions[above].and(written))
    }

    /// What reaches a leaf of the conditions of all groups around it.
    fn reaching(&mut self, above: ConditionsId, conferred: bool) -> ConditionsId {
        let all = &self.network.conditions[above];
        if !conferred || all.grade.is_none() {
            return above;
        }
        let reaching = all.reaching(conferred);
        self.number(reaching)
    }

    fn number(&mut self, conditions: Conditions) -> ConditionsId {
        if conditions == Conditions::default() {
            return ConditionsId::NONE;
        }
        if let Some(&number) = self.known.get(&conditions) {
            return number;
        }
        let number = self.network.conditions.push(conditions.clone());
        self.known.insert(conditions, number);
        number
    }

    /// The policies on sharing, each with what its filter selects.
    fn policies(&mut self, written: &[WrittenSharing]) -> Option<Vec<PlacedSharing>> {
        let placed = written.iter().map(|WrittenSharing { policy, place, of }| {
            let selected = match of {
                Some((filter, place)) => Some(self.select(filter, place)?),
                None => None,
            };
            Some(PlacedSharing { policy: policy.clone(), place: place.clone(), selected })
        });
        placed.collect()
    }

    /// The credentials that a filter selects, in the order of their ids: taken ones only, unless it names a type.
    fn select(&mut self, filter: &Filter, place: &Range<usize>) -> Option<Rc<[CredentialId]>> {
        /// Credentials looked at, for each node that the limits allow, before filters count as an attack.
        const PER_NODE: usize = 100;
        if let Some(selected) = self.filters.get(filter) {
            return Some(Rc::clone(selected));
        }
        // Tags are looked up; only a filter without them has to look at every credential.
        let candidates: BTreeSet<CredentialId> = match &filter.tags {
            Some(tags) => tags.iter().filter_map(|tag| self.tagged.get(tag.as_str())).flatten().copied().collect(),
            None => self.credentials.ids().collect(),
        };
        self.scanned += candidates.len() * filter.depth();
        if self.scanned / PER_NODE > self.limits.requirement_nodes {
            let message = "the catalog has too many different filters for its size";
            self.reader.push(Diagnostic::new(Code::LimitExceeded, place.clone(), message).help(RAISE));
            return None;
        }
        let selects = |&number: &CredentialId| {
            let written = &self.credentials[number];
            written.beside.is_none()
                && (filter.kinds.is_some() || written.stack.is_none())
                && filter.matches(number, &written.credential)
        };
        let selected: Rc<[CredentialId]> = candidates.into_iter().filter(selects).collect();
        self.filters.insert(filter.clone(), Rc::clone(&selected));
        Some(selected)
    }
}

/// Lists the leaves that name each class.
fn index_uses(network: &mut Network, names: &Names) {
    let (mut plain, mut particular, mut of_corequisites) = (Vec::new(), Vec::new(), Vec::new());
    for (number, leaf) in network.leaves.entries() {
        let above = network.above(number);
        let counted = match above {
            Above::Rule(_) => true,
            Above::Group(group) => {
                let group = network.group(group);
                group.region == RegionId::PLAIN && group.measure == Measure::Count
            }
        };
        let once = (counted || network.is_shadowed(number)) && leaf.conditions == ConditionsId::NONE;
        let class = names.class(leaf.credential);
        if network.rule_of(number).kind() == RuleKind::Corequisite {
            of_corequisites.push((class, number));
        }
        if once {
            plain.push((class, (number, above.into())));
        } else {
            let Leaf { conditions, weight, credential, .. } = *leaf;
            let repeatable = names.repeatable(credential);
            let used = LeafUse { leaf: number, above: above.into(), conditions, weight, repeatable };
            particular.push((class, used));
        }
    }
    network.plain_uses = Csr::new(names.len(), &plain);
    network.particular_uses = Csr::new(names.len(), &particular);
    network.corequisite_uses = Csr::new(names.len(), &of_corequisites);
    network.particular = IdVec::filled(false, names.len());
    for &class in names.order() {
        let named = !network.particular_uses.list(class).is_empty();
        network.particular[class] = named || names.up(class).iter().any(|&up| network.particular[up]);
    }
}

/// Lists the groups that are satisfied from the start, as far as the others do not follow from them.
fn list_vacuous(network: &mut Network) {
    let plain =
        |group: &GroupId| network.group(*group).region == RegionId::PLAIN && network.group(*group).threshold == 0;
    let mut vacuous: Vec<GroupId> = network
        .groups
        .ids()
        .filter(|group| plain(group) && !matches!(network.group(*group).measure, Measure::UpTo(_)))
        .collect();
    vacuous.extend(network.regions.iter().filter(|&&top| network.needs_nothing(Part::Group(top))));
    network.vacuous = vacuous;
}
