//! The map of a catalog, drawn up from its rules.

use std::collections::{BTreeMap, BTreeSet};

use crate::audit::audit::{PartKind, State, WrittenConditions};
use crate::catalog::catalog::Catalog;
use crate::catalog::network::{Measure, Part, Rule};
use crate::evaluate::evaluation::Evaluation;
use crate::evaluate::outcome::Met;
use crate::evaluate::usable::Usable;
use crate::map::also_by::{CountingAs, NamedOthers};
use crate::map::map::{MapArrow, MapBox, MapEnd, MapGroup, MapMember, MapName, MapOptions, PathwayMap};
use crate::map::words::brief;
use crate::plan::answers::plan::PurposeRule;
use crate::value::amount::Amount;
use crate::value::ids::{ClassId, ConditionsId, CredentialId, GroupId, IdSet, IdVec};

impl Catalog {
    /// The pathways of the catalog as a map, for nobody in particular.
    #[must_use]
    pub fn map(&self, options: &MapOptions) -> PathwayMap {
        Survey::new(self, None, options).map(options)
    }
}

impl Evaluation<'_> {
    /// The pathways of the catalog as a map, with how everything on it stands with the learner.
    ///
    /// ```
    /// use credpath::{Catalog, EvaluateOptions, LearnerRecord, MapOptions, Status};
    ///
    /// let catalog = Catalog::parse("catalog.toml", r#"
    ///     [credential]
    ///     sql = {}
    ///     analyst = { stack = "sql" }
    /// "#)?;
    /// let record = LearnerRecord::from_iter(["sql"]);
    /// let analyst = catalog.credential("analyst").expect("defined above");
    /// let evaluation = catalog.evaluate(&record, "2026-11-22".parse()?, &EvaluateOptions::default());
    /// let map = evaluation.map(&MapOptions::of(analyst));
    /// assert_eq!(map.boxes[0].status, Some(Status::Qualified));
    /// assert!(map.svg().contains("qualified for"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn map(&self, options: &MapOptions) -> PathwayMap {
        Survey::new(self.catalog, Some(self), options).map(options)
    }
}

/// A group by all that is drawn of it: groups with the same key are one on the map.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey {
    rule: PurposeRule,
    threshold: u32,
    measure: Measure,
    all: bool,
    distinct: bool,
    name: Option<Box<str>>,
    conditions: WrittenConditions,
    members: Vec<MemberKey>,
    state: Option<State>,
}

/// A part of a group. What applies to a credential besides what is written at it decides what the group means, so that
/// groups under different conditions stay apart.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum MemberKey {
    Credential { named: CredentialId, own: ConditionsId, all: ConditionsId },
    Group(usize),
}

/// Whether a learner has groups: by what is certain, and what could be.
struct GroupStates<'a, 'c> {
    certain: Usable<'a, 'c>,
    possible: Option<Usable<'a, 'c>>,
}

impl<'a, 'c> GroupStates<'a, 'c> {
    fn new(evaluation: &'a Evaluation<'c>) -> Self {
        Self { certain: Usable::new(&evaluation.progress), possible: evaluation.possible.as_ref().map(Usable::new) }
    }

    /// Nothing is said of an `up_to`, which is never asked for as a whole.
    fn state(&self, group: GroupId) -> Option<State> {
        let network = &self.certain.progress.catalog.network;
        if network.is_up_to(group) {
            return None;
        }
        let part = Part::Group(group);
        let could = || self.possible.as_ref().is_some_and(|possible| possible.met(part) != Met::No);
        Some(match self.certain.met(part) {
            Met::No if could() => State::Undecided,
            met => met.into(),
        })
    }
}

/// A map as it is drawn up, with credentials for the numbers of boxes.
struct Survey<'a, 'c> {
    catalog: &'c Catalog,
    evaluation: Option<&'a Evaluation<'c>>,
    judge: Option<GroupStates<'a, 'c>>,
    listed_from: usize,
    /// The credentials whose rules are shown.
    shown: IdSet<CredentialId>,
    /// The credentials that need a box.
    boxed: IdSet<CredentialId>,
    merged: BTreeMap<GroupKey, usize>,
    groups: Vec<MapGroup>,
    links: BTreeSet<Link>,
}

/// An arrow before boxes have numbers.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Link {
    to: LinkEnd,
    rule: PurposeRule,
    from: LinkEnd,
    conditions: WrittenConditions,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum LinkEnd {
    Credential(CredentialId),
    Group(usize),
}

impl<'a, 'c> Survey<'a, 'c> {
    fn new(catalog: &'c Catalog, evaluation: Option<&'a Evaluation<'c>>, options: &MapOptions) -> Self {
        let mut survey = Self {
            catalog,
            evaluation,
            judge: evaluation.map(GroupStates::new),
            listed_from: options.listed_from.max(2),
            shown: IdSet::of(catalog.len()),
            boxed: IdSet::of(catalog.len()),
            merged: BTreeMap::new(),
            groups: Vec::new(),
            links: BTreeSet::new(),
        };
        survey.look(options.target);
        survey
    }

    /// Marks what is shown, and draws up its rules. A credential that only stands in lists needs no box.
    fn look(&mut self, target: Option<CredentialId>) {
        let network = &self.catalog.network;
        let mut open: Vec<CredentialId> = match target {
            Some(target) => Some(target).filter(|&id| self.catalog.knows(id)).into_iter().collect(),
            None => self.catalog.credentials().map(|(id, _)| id).collect(),
        };
        for &credential in &open {
            self.shown.insert(credential);
        }
        while let Some(credential) = open.pop() {
            let tops = Rule::all(credential).filter_map(|rule| network.top(rule));
            for leaf in tops.flat_map(|top| network.leaves_below(top)) {
                let named = network.leaf(leaf).credential;
                if self.shown.insert(named) {
                    open.push(named);
                }
            }
        }
        let mut listed = IdSet::of(self.catalog.len());
        let credentials: Vec<CredentialId> = self.catalog.credentials().map(|(id, _)| id).collect();
        for &credential in &credentials {
            if !self.shown.contains(credential) {
                continue;
            }
            for rule in Rule::all(credential) {
                self.draw_up(rule, &mut listed);
            }
        }
        for credential in credentials {
            let alone = !listed.contains(credential) || target == Some(credential);
            if self.shown.contains(credential) && (alone || self.has_rules(credential)) {
                self.boxed.insert(credential);
            }
        }
    }

    fn has_rules(&self, credential: CredentialId) -> bool {
        Rule::all(credential).any(|rule| self.catalog.network.top(rule).is_some())
    }

    /// Draws up one rule, from the innermost groups outwards.
    fn draw_up(&mut self, rule: Rule, listed: &mut IdSet<CredentialId>) {
        let network = &self.catalog.network;
        let Some(top) = network.top(rule) else { return };
        let kind = PurposeRule::from(rule.kind());
        let mut numbers: BTreeMap<GroupId, usize> = BTreeMap::new();
        for group in network.groups_below(top).into_iter().rev() {
            let number = self.group(group, kind, &numbers, listed);
            numbers.insert(group, number);
        }
        let to = LinkEnd::Credential(rule.credential());
        self.link(to, kind, top, &numbers);
    }

    fn link(&mut self, to: LinkEnd, rule: PurposeRule, part: Part, numbers: &BTreeMap<GroupId, usize>) {
        let mut conditions = WrittenConditions::default();
        let from = match part {
            Part::Leaf(leaf) => {
                let leaf = self.catalog.network.leaf(leaf);
                conditions = WrittenConditions::new(self.catalog, leaf.own_conditions);
                self.boxed.insert(leaf.credential);
                LinkEnd::Credential(leaf.credential)
            }
            Part::Group(group) => LinkEnd::Group(numbers.get(&group).copied().unwrap_or_default()),
        };
        self.links.insert(Link { to, rule, from, conditions });
    }

    /// The number of a group on the map: that of one that is the same, or a new one.
    fn group(
        &mut self,
        group: GroupId,
        rule: PurposeRule,
        numbers: &BTreeMap<GroupId, usize>,
        listed: &mut IdSet<CredentialId>,
    ) -> usize {
        let network = &self.catalog.network;
        let mut members = Vec::new();
        for &part in network.parts(group) {
            members.push(match part {
                Part::Leaf(leaf) => {
                    let leaf = network.leaf(leaf);
                    MemberKey::Credential { named: leaf.credential, own: leaf.own_conditions, all: leaf.conditions }
                }
                Part::Group(inner) => MemberKey::Group(numbers.get(&inner).copied().unwrap_or_default()),
            });
        }
        members.sort_unstable();
        let (described, extras) = (network.group(group), network.extras(group));
        let key = GroupKey {
            rule,
            threshold: described.threshold,
            measure: described.measure,
            all: network.is_all_of(group),
            distinct: extras.distinct,
            name: extras.name.clone(),
            conditions: WrittenConditions::of_group(self.catalog, group),
            members,
            state: self.judge.as_ref().and_then(|judge| judge.state(group)),
        };
        if let Some(&known) = self.merged.get(&key) {
            return known;
        }
        let number = self.groups.len();
        let listed_here = self.listed(group);
        for &part in network.parts(group) {
            match part {
                Part::Leaf(leaf) if !listed_here.is_empty() && !self.has_rules(network.leaf(leaf).credential) => {
                    listed.insert(network.leaf(leaf).credential);
                }
                _ => self.link(LinkEnd::Group(number), rule, part, numbers),
            }
        }
        let unit = if described.measure.is_count() { 100 } else { 1 };
        self.groups.push(MapGroup {
            kind: PartKind::of_group(network, group),
            need: Amount::from_hundredths(u64::from(described.threshold) * unit),
            parts: network.parts(group).len(),
            credit_unit: self.catalog.header().credit_unit.as_deref().map(brief),
            name: key.name.as_deref().map(brief),
            distinct: key.distinct,
            conditions: key.conditions.clone(),
            state: key.state,
            listed: listed_here,
        });
        self.merged.insert(key, number);
        number
    }

    /// The members of a group that are listed in it: those without rules, if they are many.
    fn listed(&self, group: GroupId) -> Vec<MapMember> {
        let network = &self.catalog.network;
        let leaves = network.parts(group).iter().filter_map(|&part| match part {
            Part::Leaf(leaf) => Some(network.leaf(leaf)),
            Part::Group(_) => None,
        });
        let without_rules = leaves.filter(|leaf| !self.has_rules(leaf.credential));
        let members: Vec<MapMember> = without_rules
            .map(|leaf| MapMember {
                credential: self.catalog.id(leaf.credential).to_owned(),
                title: brief(&self.catalog.get(leaf.credential).title),
                conditions: WrittenConditions::new(self.catalog, leaf.own_conditions),
                status: self.evaluation.map(|evaluation| evaluation.status(leaf.credential)),
            })
            .collect();
        if members.len() < self.listed_from { Vec::new() } else { members }
    }

    fn map(self, options: &MapOptions) -> PathwayMap {
        let catalog = self.catalog;
        let credentials = catalog.credentials().map(|(id, _)| id).filter(|&id| self.boxed.contains(id));
        let number: BTreeMap<CredentialId, usize> = credentials.zip(0..).collect();
        let counting = CountingAs::all(&catalog.names);
        let boxes = number.keys().map(|&id| self.shown_box(id, options.target == Some(id), &counting)).collect();
        let end = |end| match end {
            LinkEnd::Credential(id) => MapEnd::Box(number.get(&id).copied().unwrap_or_default()),
            LinkEnd::Group(group) => MapEnd::Group(group),
        };
        let arrow = |link: Link| MapArrow {
            to: end(link.to),
            rule: link.rule,
            from: end(link.from),
            conditions: link.conditions,
        };
        let mut arrows: Vec<MapArrow> = self.links.into_iter().map(arrow).collect();
        arrows.sort();
        let target = options.target.map(|target| catalog.get(target));
        let title = match target {
            Some(target) => Some(&target.title),
            None => catalog.header().title.as_ref(),
        };
        PathwayMap {
            stamp: catalog.stamp(),
            title: title.filter(|title| !title.is_empty()).cloned().unwrap_or_else(|| "Pathways".to_owned()),
            target: target.map(|target| target.id.clone()),
            as_of: self.evaluation.map(Evaluation::as_of),
            boxes,
            groups: self.groups,
            arrows,
        }
    }

    fn shown_box(&self, id: CredentialId, target: bool, counting: &IdVec<ClassId, CountingAs>) -> MapBox {
        let (catalog, names) = (self.catalog, &self.catalog.names);
        let NamedOthers { named, more } = counting[names.class(id)].beside(id);
        let name = |other: CredentialId| MapName {
            credential: catalog.id(other).to_owned(),
            title: brief(&catalog.get(other).title),
        };
        let credential = catalog.get(id);
        MapBox {
            credential: credential.id.clone(),
            title: brief(&credential.title),
            kind: credential.kind.clone(),
            conferred: catalog.is_conferred(id),
            target,
            status: self.evaluation.map(|evaluation| evaluation.status(id)),
            also_by: named.into_iter().map(name).collect(),
            also_by_more: more,
        }
    }
}
