//! From the document to the catalog: pools and filters unfolded, conditions handed down, every group and leaf put in its place.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::rc::Rc;
use std::sync::OnceLock;

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::catalog::catalog::{Catalog, Credential, Terms};
use crate::catalog::document::{Document, Pool, Written};
use crate::catalog::names::Names;
use crate::catalog::network::{Above, Conditions, Extras, LeafUse, Measure, Network, PLAIN, Part, Rule, Unit};
use crate::catalog::requirement::{Filter, Kind, Members, Requirement};
use crate::finding::code::Code;
use crate::finding::diagnostic::Diagnostic;
use crate::finding::source::Source;
use crate::read::limits::Limits;
use crate::read::reader::{FLATTEN, RAISE, Reader, excerpt, listed};
use crate::value::csr::Csr;
use crate::value::ids::to_u32;

/// Makes the catalog; `None` if a fault was found that leaves no network to make.
pub(crate) fn compile(document: Document, source: Source, reader: &mut Reader, limits: &Limits) -> Option<Catalog> {
    let Document { header, equivalent, sharing, mut credentials, mut pools, lookup } = document;
    reject_cyclic_pools(&mut pools, lookup.pools, reader);
    let network = Network::new(credentials.len());
    let mut tagged: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for (written, number) in credentials.iter().zip(0..) {
        for tag in &written.credential.tags {
            tagged.entry(tag).or_default().push(number);
        }
    }
    let mut compiler = Compiler {
        credentials: &credentials,
        pools: &pools,
        limits,
        reader,
        network,
        known: BTreeMap::new(),
        filters: BTreeMap::new(),
        tagged,
        scanned: 0,
    };
    for (written, number) in credentials.iter().zip(0..) {
        for (rule, requirement) in
            [(Rule::prerequisite(number), &written.prerequisite), (Rule::stack(number), &written.stack)]
        {
            if let Some(requirement) = requirement {
                let top = compiler.requirement(requirement, &Site::top(rule))?;
                compiler.network.set_top(rule, top);
            }
        }
    }
    let mut network = compiler.network;
    let counts_as: Vec<(u32, u32)> = credentials
        .iter()
        .zip(0..)
        .flat_map(|(written, from)| written.counts_as.iter().map(move |&to| (from, to)))
        .collect();
    let repeatable: Vec<bool> = credentials.iter().map(|written| written.credential.repeatable).collect();
    let names = Names::new(&equivalent, &counts_as, &repeatable);
    bound_exclusions(&credentials, &names, reader, limits)?;
    mark_regions(&mut network, &names);
    shadow_members(&mut network, &names);
    index_uses(&mut network, &names);
    list_vacuous(&mut network);
    let issuers = number_issuers(&lookup.issuers, &mut network);
    network.shrink();
    let credentials: Vec<Credential> = credentials.drain(..).map(|written| written.credential).collect();
    let terms = credentials
        .iter()
        .map(|Credential { valid_for, issuer, offered, .. }| {
            let issuer = issuer.as_deref().and_then(|issuer| number_of(&issuers, issuer));
            Terms { valid_for: *valid_for, issuer, offered: *offered }
        })
        .collect();
    let (attainable, index) = (OnceLock::new(), lookup.credentials);
    Some(Catalog { source, header, sharing, credentials, terms, attainable, index, issuers, network, names })
}

/// The issuers in the order of their names, and the rules with their numbers in that order: no answer may turn on which of two was
/// written first.
fn number_issuers(read: &HashMap<Box<str>, u32>, network: &mut Network) -> Vec<Box<str>> {
    let mut names: Vec<(&Box<str>, u32)> = read.iter().map(|(name, &number)| (name, number)).collect();
    names.sort_unstable();
    let mut numbers = vec![0; names.len()];
    for (&(_, before), after) in names.iter().zip(0..) {
        numbers[before as usize] = after;
    }
    for issuers in network.conditions.iter_mut().filter_map(|conditions| conditions.issuers.as_mut()) {
        let mut renumbered: Vec<u32> = issuers.iter().map(|&before| numbers[before as usize]).collect();
        renumbered.sort_unstable();
        *issuers = renumbered.into();
    }
    names.into_iter().map(|(name, _)| name.clone()).collect()
}

/// The number of an issuer, of those in the order of their names.
pub(crate) fn number_of(issuers: &[Box<str>], issuer: &str) -> Option<u32> {
    issuers.binary_search_by(|known| (**known).cmp(issuer)).ok().map(to_u32)
}

/// Complains if equivalents that exclude each other unfold into too many pairs: of every two sets, each excludes each.
fn bound_exclusions(credentials: &[Written], names: &Names, reader: &mut Reader, limits: &Limits) -> Option<()> {
    let mut size: BTreeMap<u32, usize> = BTreeMap::new();
    for credential in 0..to_u32(credentials.len()) {
        *size.entry(names.unit(credential)).or_default() += 1;
    }
    let mut seen: BTreeSet<(u32, u32)> = BTreeSet::new();
    let mut pairs = 0_usize;
    for (written, credential) in credentials.iter().zip(0..) {
        for (excluded, place) in &written.places.excludes {
            let (one, other) = (names.unit(credential), names.unit(*excluded));
            if !seen.insert((one.min(other), one.max(other))) {
                continue;
            }
            pairs = pairs.saturating_add(size[&one].saturating_mul(size[&other]));
            let most = limits.requirement_nodes;
            if pairs > most {
                let message =
                    format!("`excludes` keeps more than {most} pairs of credentials apart, equivalents unfolded");
                reader.push(Diagnostic::new(Code::LimitExceeded, place.clone(), message).help(RAISE));
                return None;
            }
        }
    }
    Some(())
}

/// Complains about every set of pools that are made of each other, and empties them: such pools have no members.
fn reject_cyclic_pools(pools: &mut [Pool], names: BTreeMap<Box<str>, u32>, reader: &mut Reader) {
    const ONE_LIST: &str = "leave the others out of the `members` of one of them";
    let mut graph = DiGraph::<(), (), u32>::new();
    for _ in &*pools {
        graph.add_node(());
    }
    let (mut own, mut edges) = (BTreeSet::new(), BTreeSet::new());
    for (pool, from) in pools.iter().zip(0_u32..) {
        let mut open = vec![&pool.members];
        while let Some(members) = open.pop() {
            match members {
                Members::Pool(to) => {
                    if *to == from {
                        own.insert(from);
                    }
                    edges.insert((from, *to));
                }
                Members::Filter(..) => {}
                Members::List(list) => open.extend(list.iter().filter_map(Requirement::members)),
            }
        }
    }
    graph.extend_with_edges(edges);
    let named: BTreeMap<u32, Box<str>> = names.into_iter().map(|(name, number)| (number, name)).collect();
    for component in kosaraju_scc(&graph) {
        let mut members: Vec<u32> = component.into_iter().map(|node| to_u32(node.index())).collect();
        members.sort_unstable();
        if members.len() == 1 && !own.contains(&members[0]) {
            continue;
        }
        let of: Vec<String> = members.iter().take(8).map(|pool| excerpt(&named[pool])).collect();
        let of: Vec<&str> = of.iter().map(String::as_str).collect();
        let (message, help) = match &of[..] {
            [one] => (format!("the pool `{one}` is made of itself"), "leave it out of its own `members`"),
            _ if members.len() > of.len() => (
                format!("`{}` and {} more pools are made of each other", of.join("`, `"), members.len() - of.len()),
                ONE_LIST,
            ),
            _ => (format!("the pools {} are made of each other", listed(&of)), ONE_LIST),
        };
        let place = |pool: u32| pools[pool as usize].place.clone();
        let mut diagnostic = Diagnostic::new(Code::CyclicPool, place(members[0]), message);
        for &other in members.iter().skip(1).take(3) {
            diagnostic = diagnostic.also(place(other), "");
        }
        reader.push(diagnostic.help(help));
        for pool in members {
            pools[pool as usize].members = Members::default();
        }
    }
}

struct Compiler<'d> {
    credentials: &'d [Written],
    pools: &'d [Pool],
    limits: &'d Limits,
    reader: &'d mut Reader,
    network: Network,
    /// The number of every set of conditions met so far.
    known: BTreeMap<Conditions, u32>,
    /// What each filter selects, whatever the rule it stands in.
    filters: BTreeMap<Filter, Rc<[u32]>>,
    /// The credentials that have each tag.
    tagged: BTreeMap<&'d str, Vec<u32>>,
    scanned: usize,
}

/// Where a requirement stands.
struct Site {
    above: Above,
    rule: Rule,
    /// The unit of the sum around it, if it stands in one.
    sum: Option<Unit>,
    /// Number of the conditions of all groups around it.
    conditions: u32,
    depth: usize,
}

impl Site {
    fn top(rule: Rule) -> Self {
        Self { above: Above::Rule(rule), rule, sum: None, conditions: 0, depth: 0 }
    }
}

impl<'d> Compiler<'d> {
    /// Adds a requirement to the network. `None` when a limit is met: no more is added then.
    fn requirement(&mut self, written: &'d Requirement, site: &Site) -> Option<Part> {
        if site.depth > self.limits.nesting {
            let message = format!("requirements are nested more than {} deep, pools unfolded", self.limits.nesting);
            self.reader.push(Diagnostic::new(Code::LimitExceeded, written.place.clone(), message).help(FLATTEN));
            return None;
        }
        let conditions = self.conditions(site.conditions, &written.conditions);
        let place = &written.place;
        let (measure, threshold, members) = match &written.kind {
            Kind::Credential(credential) => {
                let own = self.conditions(0, &written.conditions);
                return self.leaf(*credential, site, (conditions, own), place);
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
        let own = self.conditions(0, &written.conditions);
        let Requirement { name, span, distinct, .. } = written;
        let extras = Extras {
            name: name.clone(),
            span: *span,
            distinct: distinct.unwrap_or(false),
            conditions: own,
            selected: self.is_filter(members),
        };
        let group = self.network.add_group((site.above, site.rule), (measure, threshold), extras, place);
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
        // Pools are not cyclic (checked before), so this ends.
        while let Members::Pool(pool) = members {
            members = &self.pools[*pool as usize].members;
        }
        members
    }

    fn is_filter(&self, members: &'d Members) -> bool {
        matches!(self.unfolded(members), Members::Filter(..))
    }

    fn members(&mut self, members: &'d Members, site: &Site) -> Option<Vec<Part>> {
        match self.unfolded(members) {
            Members::List(list) => list.iter().map(|written| self.requirement(written, site)).collect(),
            Members::Filter(filter, place) => {
                let selected = self.select(filter, place)?;
                let own = site.rule.credential();
                selected
                    .iter()
                    .filter(|&&credential| credential != own)
                    .map(|&credential| self.leaf(credential, site, (site.conditions, 0), place))
                    .collect()
            }
            Members::Pool(_) => Some(Vec::new()),
        }
    }

    fn leaf(&mut self, credential: u32, site: &Site, conditions: (u32, u32), place: &Range<usize>) -> Option<Part> {
        self.room(place)?;
        let described = &self.credentials[credential as usize].credential;
        let weight = match site.sum {
            None => 1,
            Some(Unit::Credits) => described.credits.weight(),
            Some(Unit::Hours) => described.hours.weight(),
        };
        Some(Part::Leaf(self.network.add_leaf(site.above, (credential, weight), conditions, place)))
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

    fn conditions(&mut self, above: u32, written: &Conditions) -> u32 {
        if *written == Conditions::default() {
            return above;
        }
        let all = self.network.conditions[above as usize].and(written);
        if let Some(&number) = self.known.get(&all) {
            return number;
        }
        let number = to_u32(self.network.conditions.len());
        self.network.conditions.push(all.clone());
        self.known.insert(all, number);
        number
    }

    /// The credentials that a filter selects, in the order of their ids: taken ones only, unless it names a type.
    fn select(&mut self, filter: &Filter, place: &Range<usize>) -> Option<Rc<[u32]>> {
        /// Credentials looked at, for each node that the limits allow, before filters count as an attack.
        const PER_NODE: usize = 100;
        if let Some(selected) = self.filters.get(filter) {
            return Some(Rc::clone(selected));
        }
        // Tags are looked up; only a filter without them has to look at every credential.
        let candidates: BTreeSet<u32> = match &filter.tags {
            Some(tags) => tags.iter().filter_map(|tag| self.tagged.get(tag.as_str())).flatten().copied().collect(),
            None => (0..to_u32(self.credentials.len())).collect(),
        };
        self.scanned += candidates.len();
        if self.scanned / PER_NODE > self.limits.requirement_nodes {
            let message = "the catalog has too many different filters for its size";
            self.reader.push(Diagnostic::new(Code::LimitExceeded, place.clone(), message).help(RAISE));
            return None;
        }
        let selects = |&number: &u32| {
            let written = &self.credentials[number as usize];
            (filter.kinds.is_some() || written.stack.is_none()) && filter.selects(&written.credential)
        };
        let selected: Rc<[u32]> = candidates.into_iter().filter(selects).collect();
        self.filters.insert(filter.clone(), Rc::clone(&selected));
        Some(selected)
    }
}

impl Filter {
    /// Whether every key that is given matches.
    fn selects(&self, credential: &Credential) -> bool {
        let any = |values: &Option<Vec<String>>, of: &[String]| {
            // The values are sorted.
            values.as_ref().is_none_or(|values| of.iter().any(|value| values.binary_search(value).is_ok()))
        };
        any(&self.tags, &credential.tags)
            && any(&self.kinds, std::slice::from_ref(&credential.kind))
            && any(&self.issuers, credential.issuer.as_slice())
            && self.level.is_none_or(|(min, max)| credential.level.is_some_and(|level| (min..=max).contains(&level)))
    }
}

/// Finds the groups that have to be judged as a whole: those with a `span`, those whose parts must be met by different awards, and
/// sums in which an award could fill two places.
fn mark_regions(network: &mut Network, names: &Names) {
    let mut looks = 20_000_000;
    for group in 0..to_u32(network.groups.len()) {
        if network.group(group).region != PLAIN {
            continue;
        }
        let outermost_sum = matches!(network.group(group).measure, Measure::Sum(_));
        if network.extras(group).span.is_some()
            || network.parts_differ(group)
            || outermost_sum && is_joint_sum(network, names, group, &mut looks)
        {
            network.add_region(group);
        }
    }
}

/// Whether the parts of a sum depend on each other: an award could fill two of its places, several awards that are one unit
/// could fill a repeatable one, or a span lies within. Once there are no more `looks` at names, a sum counts as joint: that is only
/// slower, never wrong.
fn is_joint_sum(network: &Network, names: &Names, sum: u32, looks: &mut usize) -> bool {
    let mut open = vec![sum];
    let mut filled_by: BTreeMap<u32, u32> = BTreeMap::new();
    let mut units = BTreeSet::new();
    while let Some(group) = open.pop() {
        for &part in network.parts(group) {
            let leaf = match part {
                Part::Group(part) if network.extras(part).span.is_some() => return true,
                Part::Group(part) => {
                    open.push(part);
                    continue;
                }
                Part::Leaf(leaf) => leaf,
            };
            let credential = network.leaf(leaf).credential;
            if !units.insert(names.unit(credential)) {
                return true;
            }
            let class = names.class(credential);
            if *looks == 0 && !names.down(class).is_empty() {
                return true;
            }
            let reaching = Names::closure(class, |class| names.down(class));
            *looks = looks.saturating_sub(reaching.len());
            if names.repeatable(credential) && (reaching.len() > 1 || names.is_mixed(class)) {
                return true;
            }
            if reaching.into_iter().any(|class| filled_by.insert(class, leaf).is_some()) {
                return true;
            }
        }
    }
    false
}

/// Finds the members of joint sums for which an equivalent one counts.
fn shadow_members(network: &mut Network, names: &Names) {
    let mut first: BTreeMap<(u32, u32, u32), u32> = BTreeMap::new();
    let mut shadowed = BTreeSet::new();
    for (leaf, number) in network.leaves.iter().zip(0..) {
        let Above::Group(group) = network.above(number) else { continue };
        if network.group(group).region == PLAIN || network.group(group).measure == Measure::Count {
            continue;
        }
        let best = first.entry((group, names.unit(leaf.credential), leaf.conditions)).or_insert(number);
        if *best != number {
            let order = |leaf: u32| (Reverse(network.leaf(leaf).weight), network.leaf(leaf).credential, leaf);
            let (better, worse) = if order(number) < order(*best) { (number, *best) } else { (*best, number) };
            *best = better;
            shadowed.insert(worse);
        }
    }
    network.shadowed = shadowed;
}

/// Lists the leaves that name each class.
fn index_uses(network: &mut Network, names: &Names) {
    let (mut plain, mut particular) = (Vec::new(), Vec::new());
    for (leaf, number) in network.leaves.iter().zip(0..) {
        let above = network.above(number);
        let counted = match above {
            Above::Rule(_) => true,
            Above::Group(group) => {
                let group = network.group(group);
                group.region == PLAIN && group.measure == Measure::Count
            }
        };
        let once = (counted || network.is_shadowed(number)) && leaf.conditions == 0;
        let class = names.class(leaf.credential);
        if once {
            plain.push((class, (number, above.into())));
        } else {
            let used = LeafUse { leaf: number, above: above.into(), conditions: leaf.conditions, weight: leaf.weight };
            particular.push((class, used));
        }
    }
    network.plain_uses = Csr::new(names.len(), &plain);
    network.particular_uses = Csr::new(names.len(), &particular);
    network.particular = vec![false; names.len()];
    for &class in names.order() {
        let named = !network.particular_uses.list(class).is_empty();
        network.particular[class as usize] = named || names.up(class).iter().any(|&up| network.particular[up as usize]);
    }
}

/// Lists the groups that are satisfied from the start, as far as the others do not follow from them.
fn list_vacuous(network: &mut Network) {
    let plain = |group: &u32| network.group(*group).region == PLAIN && network.group(*group).threshold == 0;
    let mut vacuous: Vec<u32> = (0..to_u32(network.groups.len()))
        .filter(|group| plain(group) && !matches!(network.group(*group).measure, Measure::UpTo(_)))
        .collect();
    vacuous.extend(network.regions.iter().filter(|&&top| network.needs_nothing(Part::Group(top))));
    network.vacuous = vacuous;
}
