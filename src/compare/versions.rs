//! Two versions of a catalog side by side: what is written the same in both, and what each rule depends on.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use petgraph::algo::kosaraju_scc;
use petgraph::graph::DiGraph;

use crate::catalog::catalog::{Catalog, Header, Validity};
use crate::catalog::conditions::Conditions;
use crate::catalog::names::Names;
use crate::catalog::network::{Extras, Part, Rule};
use crate::value::date::Date;
use crate::value::ids::{ConditionsId, CredentialId, GroupId, Id, IdVec, LeafId, id, to_u32};
use crate::value::term::CalendarTerm;

id! {
    /// A credential of either version: those of both are numbered together, in the order of their ids.
    CommonId
}

/// One credential in both versions.
pub(crate) type VersionPair = [Option<CredentialId>; 2];

/// The older version, then the newer one. Credentials of either are numbered together, by id.
pub(crate) struct Versions<'c> {
    pub(crate) catalogs: [&'c Catalog; 2],
    pub(crate) pairs: IdVec<CommonId, VersionPair>,
    /// The common number of each credential of either version.
    pub(crate) common: [IdVec<CredentialId, CommonId>; 2],
    /// For a credential of the older version, whether the same awards count under its name in both, made by the same
    /// issuers.
    supplies: RefCell<BTreeMap<(CredentialId, bool), bool>>,
}

/// Conditions in terms that both versions share.
#[derive(PartialEq, Eq)]
struct SharedConditions<'c> {
    within: &'c [CalendarTerm],
    since: Option<Date>,
    until: Option<Date>,
    held_for: &'c [CalendarTerm],
    /// The grades that are good enough, the least first: of a scale all of them, else the number.
    grade: Option<Vec<String>>,
    issuers: Option<Vec<&'c str>>,
    lapsed: bool,
}

/// An award that counts under some name, as far as rules can tell awards apart.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Supplier<'c> {
    id: &'c str,
    unit: &'c str,
    repeatable: bool,
    valid_for: String,
    issuer: Option<&'c str>,
    /// What renews it, one by another, each with its issuer.
    renewed_by: BTreeSet<(&'c str, Option<&'c str>)>,
}

impl<'c> Versions<'c> {
    /// Both versions, these credentials being one each, under the newer id.
    pub(crate) fn new(catalogs: [&'c Catalog; 2], renamed: &[[CredentialId; 2]]) -> Self {
        let mut found: BTreeMap<&str, VersionPair> = BTreeMap::new();
        for (side, catalog) in catalogs.iter().enumerate() {
            for (id, credential) in catalog.credentials() {
                found.entry(&credential.id).or_default()[side] = Some(id);
            }
        }
        for &[old, new] in renamed {
            found.remove(catalogs[0].id(old));
            found.entry(catalogs[1].id(new)).or_default()[0] = Some(old);
        }
        let pairs: IdVec<CommonId, VersionPair> = found.into_values().collect();
        let mut common = catalogs.map(|catalog| IdVec::filled(CommonId::default(), catalog.len()));
        for (number, pair) in pairs.entries() {
            for (common, own) in common.iter_mut().zip(pair) {
                if let Some(own) = own {
                    common[*own] = number;
                }
            }
        }
        Self { catalogs, pairs, common, supplies: RefCell::default() }
    }

    /// The number that a credential of one side has on the other.
    pub(crate) fn across(&self, from: usize, credential: CredentialId) -> Option<CredentialId> {
        self.pairs[self.common[from][credential]][1 - from]
    }

    /// The id of a credential: the newer version's, if it has it.
    pub(crate) fn name(&self, common: CommonId) -> &'c str {
        self.name_for(1, common)
    }

    /// The id of a credential as one version says it, or else the other one.
    pub(crate) fn name_for(&self, side: usize, common: CommonId) -> &'c str {
        let pair = self.pairs[common];
        let named = [side, 1 - side].into_iter().find_map(|side| Some(self.catalogs[side].id(pair[side]?)));
        named.unwrap_or_default()
    }

    /// Whether the versions have other ids for a credential.
    pub(crate) fn is_renamed(&self, common: CommonId) -> bool {
        self.pairs[common].iter().all(Option::is_some) && self.name_for(0, common) != self.name(common)
    }

    /// A list of ids that the older version has in a field, each as the newer one has it.
    pub(crate) fn in_newer_words(&self, field: &str, text: String) -> String {
        if !matches!(field, "counts_as" | "renews" | "equivalent" | "excludes") {
            return text;
        }
        let own = |id: &str| self.catalogs[0].credential(id).filter(|&own| self.catalogs[0].id(own) == id);
        let newer = |id: &str| own(id).map(|own| self.name(self.common[0][own]).to_owned());
        let mut ids: Vec<String> = text.split(", ").map(|id| newer(id).unwrap_or_else(|| id.to_owned())).collect();
        ids.sort_unstable();
        ids.join(", ")
    }

    /// The parts of a group in the order of the ids below them that both versions share.
    pub(crate) fn in_common_order(&self, side: usize, group: GroupId) -> Vec<Part> {
        let network = &self.catalogs[side].network;
        let common = |leaf: LeafId| self.common[side][network.leaf(leaf).credential];
        let mut parts = network.parts(group).to_vec();
        parts.sort_by_cached_key(|&part| match part {
            Part::Leaf(leaf) => (Some(common(leaf)).into_iter().min(), false),
            Part::Group(_) => (network.leaves_below(part).into_iter().map(common).min(), true),
        });
        parts
    }

    /// Whether both rules of a credential are written the same, and rest on the same amounts and names.
    pub(crate) fn same_rules(&self, [old, new]: [CredentialId; 2]) -> bool {
        Rule::all(old).zip(Rule::all(new)).all(|(old, new)| self.same_rule([old, new]))
    }

    pub(crate) fn same_rule(&self, rules: [Rule; 2]) -> bool {
        match [0, 1].map(|side| self.catalogs[side].network.top(rules[side])) {
            [Some(old), Some(new)] => self.same_part([old, new], true),
            [None, None] => true,
            _ => false,
        }
    }

    /// Whether two parts of rules are written the same; and, if so asked, rest on the same amounts and names.
    pub(crate) fn same_part(&self, parts: [Part; 2], deeply: bool) -> bool {
        let mut open = vec![parts];
        while let Some(parts) = open.pop() {
            match parts {
                [Part::Leaf(old), Part::Leaf(new)] => {
                    if !self.same_leaf([old, new], deeply) {
                        return false;
                    }
                }
                [Part::Group(old), Part::Group(new)] => {
                    if !self.same_group([old, new]) {
                        return false;
                    }
                    let [old, new] = [(0, old), (1, new)].map(|(side, group)| self.in_common_order(side, group));
                    open.extend(old.into_iter().zip(new).map(|(old, new)| [old, new]));
                }
                _ => return false,
            }
        }
        true
    }

    /// Whether two groups ask for the same of equally many parts.
    pub(crate) fn same_group(&self, groups: [GroupId; 2]) -> bool {
        let [old, new] = [0, 1].map(|side| {
            let network = &self.catalogs[side].network;
            let group = network.group(groups[side]);
            // Names are for people. Conditions are compared leaf by leaf, and so is what a filter selects.
            let Extras { name: _, span, distinct, average, conditions: _, selected: _ } = network.extras(groups[side]);
            let Header { grades, grade_points, .. } = self.catalogs[side].header();
            let points = average.map(|_| (grades, grade_points));
            (group.measure, group.threshold, span, distinct, (average, points), network.parts(groups[side]).len())
        });
        old == new
    }

    /// Whether two leaves name the same credential on the same conditions; and, if so asked, rest on the same amounts
    /// and names.
    pub(crate) fn same_leaf(&self, leaves: [LeafId; 2], deeply: bool) -> bool {
        let [old, new] = [0, 1].map(|side| self.catalogs[side].network.leaf(leaves[side]));
        let conditions = [(0, old), (1, new)].map(|(side, leaf)| self.conditions(side, leaf.conditions));
        if self.across(0, old.credential) != Some(new.credential) || conditions[0] != conditions[1] {
            return false;
        }
        let by_issuer = conditions[0].issuers.is_some();
        !deeply || old.weight == new.weight && self.same_supply([old.credential, new.credential], by_issuer)
    }

    /// Conditions in terms that both versions share.
    fn conditions(&self, side: usize, number: ConditionsId) -> SharedConditions<'c> {
        let catalog = self.catalogs[side];
        let Conditions { within, since, until, held_for, grade, issuers, lapsed, lasts: _ } =
            &catalog.network.conditions[number];
        let issuers =
            issuers.as_ref().map(|issuers| issuers.iter().map(|&issuer| catalog.issuer_name(issuer)).collect());
        SharedConditions {
            within,
            since: *since,
            until: *until,
            held_for,
            grade: grade.map(|grade| good_enough(catalog, grade)),
            issuers,
            lapsed: *lapsed,
        }
    }

    /// Whether the same awards count under the name of a credential.
    pub(crate) fn same_supply(&self, [old, new]: [CredentialId; 2], by_issuer: bool) -> bool {
        if let Some(&known) = self.supplies.borrow().get(&(old, by_issuer)) {
            return known;
        }
        let same = self.supply(0, old, by_issuer) == self.supply(1, new, by_issuer);
        self.supplies.borrow_mut().insert((old, by_issuer), same);
        same
    }

    fn supply(&self, side: usize, credential: CredentialId, by_issuer: bool) -> Vec<Supplier<'c>> {
        let catalog = self.catalogs[side];
        let mut found: Vec<Supplier> = suppliers(catalog, credential)
            .map(|credential| {
                let described = catalog.at(credential);
                Supplier {
                    id: self.name(self.common[side][credential]),
                    unit: self.unit(side, credential),
                    repeatable: catalog.names.repeatable(credential),
                    valid_for: described.valid_for.to_string(),
                    issuer: described.issuer.as_deref().filter(|_| by_issuer),
                    renewed_by: self.renewers(side, credential),
                }
            })
            .collect();
        found.sort_unstable();
        found
    }

    /// What renews a credential, one by another, each by the id that both versions share and with its issuer.
    fn renewers(&self, side: usize, credential: CredentialId) -> BTreeSet<(&'c str, Option<&'c str>)> {
        let catalog = self.catalogs[side];
        let mut found: BTreeSet<CredentialId> = BTreeSet::new();
        let mut open = vec![credential];
        while let Some(next) = open.pop() {
            let by = catalog.renewing.renewed_by(catalog.names.unit(next)).iter();
            open.extend(by.filter(|&&by| found.insert(by)));
        }
        let named = found.into_iter();
        named.map(|by| (self.name(self.common[side][by]), catalog.at(by).issuer.as_deref())).collect()
    }

    /// The first id, by those that both versions share, of what is one unit with a credential.
    fn unit(&self, side: usize, credential: CredentialId) -> &'c str {
        let names = &self.catalogs[side].names;
        let members = names.members(names.class(credential)).iter();
        let same = members.filter(|&&other| names.unit(other) == names.unit(credential));
        same.map(|&other| self.name(self.common[side][other])).min().unwrap_or_default()
    }

    /// Whether everybody who meets a part on one side meets it on the other, written the same there: if what `follows`
    /// says of all conferred credentials that its leaves name.
    pub(crate) fn carries(&self, from: usize, parts: [Part; 2], follows: impl Fn(CredentialId) -> bool) -> bool {
        let catalog = self.catalogs[from];
        self.same_part(parts, true)
            && catalog
                .network
                .leaves_below(parts[from])
                .into_iter()
                .all(|leaf| suppliers(catalog, catalog.network.leaf(leaf).credential).all(&follows))
    }

    /// All credentials by their common numbers, those that a credential depends on before it; in one list if they
    /// depend on each other. And for each, which conferred ones it depends on directly.
    pub(crate) fn in_order(&self) -> (Vec<Vec<CommonId>>, IdVec<CommonId, BTreeSet<CommonId>>) {
        let mut needs: IdVec<CommonId, BTreeSet<CommonId>> = IdVec::filled(BTreeSet::new(), self.pairs.len());
        let conferred: IdVec<CommonId, bool> = self.pairs.iter().map(|pair| self.is_conferred(pair)).collect();
        for (needs, pair) in needs.iter_mut().zip(&self.pairs) {
            for (side, own) in pair.iter().enumerate() {
                for supplier in own.iter().flat_map(|&own| direct(self.catalogs[side], own)) {
                    let common = self.common[side][supplier];
                    if conferred[common] {
                        needs.insert(common);
                    }
                }
            }
        }
        let mut graph = DiGraph::<(), (), u32>::with_capacity(self.pairs.len(), 0);
        for _ in &self.pairs {
            graph.add_node(());
        }
        graph.extend_with_edges(
            needs
                .entries()
                .flat_map(|(user, needs)| needs.iter().map(move |&need| (to_u32(user.index()), to_u32(need.index())))),
        );
        // Sinks come first.
        let mut order: Vec<Vec<CommonId>> = kosaraju_scc(&graph)
            .into_iter()
            .map(|component| component.into_iter().map(|node| CommonId::at(node.index())).collect())
            .collect();
        for component in &mut order {
            component.sort_unstable();
        }
        (order, needs)
    }

    /// For every credential, whether its rules differ, or those of something that it depends on, at any remove.
    pub(crate) fn affected(
        &self,
        order: &[Vec<CommonId>],
        needs: &IdVec<CommonId, BTreeSet<CommonId>>,
    ) -> IdVec<CommonId, bool> {
        let mut affected = IdVec::filled(false, self.pairs.len());
        for component in order {
            let differs = |&common: &CommonId| match self.pairs[common] {
                [Some(old), Some(new)] => !self.same_rules([old, new]),
                _ => true,
            };
            let follows = |&common: &CommonId| needs[common].iter().any(|&need| affected[need]);
            let any = component.iter().any(|common| differs(common) || follows(common));
            for &common in component {
                affected[common] = any;
            }
        }
        affected
    }

    fn is_conferred(&self, pair: &VersionPair) -> bool {
        pair.iter().zip(&self.catalogs).any(|(own, catalog)| own.is_some_and(|own| catalog.network.has_stack(own)))
    }
}

/// The words of a scale for a grade and all better ones; of numbers, the least.
fn good_enough(catalog: &Catalog, grade: i64) -> Vec<String> {
    let scale = &catalog.header().grades;
    let words = usize::try_from(grade).ok().and_then(|rank| scale.get(rank..)).filter(|words| !words.is_empty());
    words.map_or_else(|| vec![catalog.grade_name(grade)], <[String]>::to_vec)
}

/// The credentials whose awards count under a name.
pub(crate) fn suppliers(catalog: &Catalog, credential: CredentialId) -> impl Iterator<Item = CredentialId> {
    let names = &catalog.names;
    let classes = Names::closure(names.class(credential), |class| names.down(class));
    classes.into_iter().flat_map(|class| names.members(class)).copied()
}

/// The credentials whose awards count in the rules of one.
pub(crate) fn direct(catalog: &Catalog, credential: CredentialId) -> BTreeSet<CredentialId> {
    let network = &catalog.network;
    let tops = Rule::all(credential).filter_map(|rule| network.top(rule));
    let named: BTreeSet<CredentialId> =
        tops.flat_map(|top| network.leaves_below(top)).map(|leaf| network.leaf(leaf).credential).collect();
    named.into_iter().flat_map(|credential| suppliers(catalog, credential)).collect()
}

/// Whether awards of a credential last while its components do.
pub(crate) fn waits(catalog: &Catalog, credential: CredentialId) -> bool {
    catalog.terms(credential).valid_for == Validity::WhileComponents
}
