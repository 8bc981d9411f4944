//! The compiled rules: one form for every spelling, read by everything that judges.
//!
//! A requirement becomes a tree of [`Group`]s and [`Leaf`]s in flat vectors. Every group is a threshold over weighted
//! parts: `all_of` is n of n, `any_of` 1 of n, `credits` and `hours` weigh their parts in hundredths, `up_to` passes on
//! at most its cap. One written group is one group here, with its place in the text; only its spelling is gone.

use std::collections::BTreeSet;
use std::ops::Range;

use crate::catalog::conditions::Conditions;
use crate::value::csr::Csr;
use crate::value::date::Period;
use crate::value::ids::{
    ClassId, ConditionsId, CredentialId, Either, GroupId, Id, IdVec, LeafId, RegionId, id, to_u32,
};
use crate::value::points::GradePoints;

/// A part of a group, or the top of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Group(GroupId),
    Leaf(LeafId),
}

/// The group or rule directly above a group or leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Above {
    Group(GroupId),
    Rule(Rule),
}

/// The same in four bytes: the worklist reads it for every leaf that it follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PackedAbove(Either);

impl From<Above> for PackedAbove {
    fn from(above: Above) -> Self {
        match above {
            Above::Group(group) => Self(Either::left(group)),
            Above::Rule(rule) => Self(Either::right(rule)),
        }
    }
}

impl PackedAbove {
    pub(crate) fn get(self) -> Above {
        match self.0.get() {
            Ok(group) => Above::Group(group),
            Err(rule) => Above::Rule(rule),
        }
    }
}

/// A leaf that is not plain, as far as the worklist needs to know it, listed by the class that the leaf names.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LeafUse {
    pub(crate) leaf: LeafId,
    pub(crate) above: PackedAbove,
    pub(crate) conditions: ConditionsId,
    pub(crate) weight: u32,
    /// Whether every award of the credential that is named is a unit of its own.
    pub(crate) repeatable: bool,
}

/// The purpose of a rule of a credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum RuleKind {
    /// Held before beginning.
    Prerequisite,
    /// Held before beginning, or begun together with it.
    Corequisite,
    /// The components that earn it.
    Stack,
}

impl RuleKind {
    /// Every kind of rule that a credential can have, in the order in which rules are numbered.
    pub(crate) const ALL: [Self; 3] = [Self::Prerequisite, Self::Corequisite, Self::Stack];

    /// Its key in a catalog, which is also its name in messages.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::Prerequisite => "prerequisite",
            Self::Corequisite => "corequisite",
            Self::Stack => "stack",
        }
    }
}

id! {
    /// One of the rules of a credential: the rules of one credential are numbered one after the other, one of each
    /// kind.
    Rule
}

impl Rule {
    pub(crate) fn new(credential: CredentialId, kind: RuleKind) -> Self {
        let place = RuleKind::ALL.iter().position(|&known| known == kind).unwrap_or(0);
        Self::at(RuleKind::ALL.len() * credential.index() + place)
    }

    pub(crate) fn prerequisite(credential: CredentialId) -> Self {
        Self::new(credential, RuleKind::Prerequisite)
    }

    pub(crate) fn corequisite(credential: CredentialId) -> Self {
        Self::new(credential, RuleKind::Corequisite)
    }

    pub(crate) fn stack(credential: CredentialId) -> Self {
        Self::new(credential, RuleKind::Stack)
    }

    /// All rules that the credential can have, whether or not it has them.
    pub(crate) fn all(credential: CredentialId) -> impl DoubleEndedIterator<Item = Self> + Clone {
        RuleKind::ALL.into_iter().map(move |kind| Self::new(credential, kind))
    }

    pub(crate) fn credential(self) -> CredentialId {
        CredentialId::at(self.index() / RuleKind::ALL.len())
    }

    pub(crate) fn kind(self) -> RuleKind {
        RuleKind::ALL[self.index() % RuleKind::ALL.len()]
    }

    pub(crate) fn is_stack(self) -> bool {
        self.kind() == RuleKind::Stack
    }
}

/// What a sum adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unit {
    Credits,
    Hours,
    /// Places: each unit of awards fills one, of an `at_least` in which it could fill several, or several units one.
    Places,
}

/// The way in which a group turns what its parts have into what it passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Measure {
    /// Satisfied parts are counted; satisfied from the threshold on.
    Count,
    /// Amounts are added, in hundredths; satisfied from the threshold on.
    Sum(Unit),
    /// Amounts are added and passed on up to the threshold, which is a cap.
    UpTo(Unit),
}

impl Measure {
    /// Whether parts count, or the places that they are, and not amounts.
    pub(crate) fn is_count(self) -> bool {
        matches!(self, Self::Count | Self::Sum(Unit::Places))
    }
}

/// A group, as far as the worklist needs to know it; what else there is to it is in [`WrittenGroup`].
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) above: Above,
    /// The rule that the group belongs to.
    pub(crate) rule: Rule,
    /// Parts or hundredths needed; for `up_to`, the cap.
    pub(crate) threshold: u32,
    /// The joint region that the group is judged in, or [`RegionId::PLAIN`].
    pub(crate) region: RegionId,
    pub(crate) measure: Measure,
}

id! {
    /// Special properties, which only few groups have; the first is what a group without anything special has.
    ExtrasId
}

/// A group as it is written.
#[derive(Debug, Clone)]
struct WrittenGroup {
    parts: (u32, u32),
    extras: ExtrasId,
    place: (u32, u32),
    /// Whether it is written as `all_of`, so that it needs one part less if one is left out.
    all: bool,
}

/// The properties that only few groups have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Extras {
    pub(crate) name: Option<Box<str>>,
    pub(crate) span: Option<Period>,
    /// Whether no unit of awards may count for two of the direct parts.
    pub(crate) distinct: bool,
    /// The group's own conditions (those above it are not in here), for the audit to show.
    pub(crate) conditions: ConditionsId,
    /// Whether its members are not written out but selected by a filter.
    pub(crate) selected: bool,
    /// The least mean of the points of what is counted ([semantics 2.7](crate::semantics#2.7)).
    pub(crate) average: Option<GradePoints>,
}

#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    above: PackedAbove,
    pub(crate) credential: CredentialId,
    /// All that apply.
    pub(crate) conditions: ConditionsId,
    /// The same, only what is written at the leaf itself.
    pub(crate) own_conditions: ConditionsId,
    /// Hundredths that the credential itself carries, in the unit of the sum that the leaf stands in; 1 elsewhere.
    pub(crate) weight: u32,
    place: (u32, u32),
}

/// The rules of every credential.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    pub(crate) groups: IdVec<GroupId, Group>,
    written: IdVec<GroupId, WrittenGroup>,
    pub(crate) leaves: IdVec<LeafId, Leaf>,
    parts: Vec<Part>,
    pub(crate) conditions: IdVec<ConditionsId, Conditions>,
    extras: IdVec<ExtrasId, Extras>,
    /// The top of each rule.
    tops: IdVec<Rule, Option<Part>>,
    /// The leaves that name a credential of a class and that any current award satisfies once and for all: no
    /// conditions, in a group that counts, in no joint region; and leaves for which another one counts. Each with what
    /// stands above it.
    pub(crate) plain_uses: Csr<ClassId, (LeafId, PackedAbove)>,
    /// All other leaves that name a credential of a class.
    pub(crate) particular_uses: Csr<ClassId, LeafUse>,
    /// The leaves of corequisites that name a credential of a class.
    pub(crate) corequisite_uses: Csr<ClassId, LeafId>,
    /// The group at the top of each joint region.
    pub(crate) regions: IdVec<RegionId, GroupId>,
    /// Leaves of joint sums beside which another one stands in the same group that is the same member, on the same
    /// conditions, and carries no less. They are there to be seen, but whatever fills them fills the other one as well.
    pub(crate) shadowed: BTreeSet<LeafId>,
    /// Groups that nothing at all satisfies: plain ones that need nothing, and tops of joint regions.
    pub(crate) vacuous: Vec<GroupId>,
    /// For each class, whether leaves that are not plain name it, or a class that it counts as.
    pub(crate) particular: IdVec<ClassId, bool>,
}

impl Network {
    pub(crate) fn new(credentials: usize) -> Self {
        Self {
            conditions: vec![Conditions::default()].into(),
            extras: vec![Extras::default()].into(),
            tops: IdVec::filled(None, RuleKind::ALL.len() * credentials),
            ..Self::default()
        }
    }

    /// The number of groups and leaves.
    pub(crate) fn len(&self) -> usize {
        self.groups.len() + self.leaves.len()
    }

    pub(crate) fn top(&self, rule: Rule) -> Option<Part> {
        self.tops[rule]
    }

    pub(crate) fn has_stack(&self, credential: CredentialId) -> bool {
        self.top(Rule::stack(credential)).is_some()
    }

    pub(crate) fn parts(&self, group: GroupId) -> &[Part] {
        let (start, end) = self.written[group].parts;
        &self.parts[start as usize..end as usize]
    }

    /// Whether the group is written as one that needs all of its parts, however many these are.
    pub(crate) fn is_all_of(&self, group: GroupId) -> bool {
        self.written[group].all
    }

    pub(crate) fn extras(&self, group: GroupId) -> &Extras {
        &self.extras[self.written[group].extras]
    }

    pub(crate) fn group(&self, group: GroupId) -> &Group {
        &self.groups[group]
    }

    pub(crate) fn leaf(&self, leaf: LeafId) -> &Leaf {
        &self.leaves[leaf]
    }

    /// The leaves that name a credential of a class.
    pub(crate) fn uses(&self, class: ClassId) -> impl Iterator<Item = LeafId> + '_ {
        let plain = self.plain_uses.list(class).iter().map(|&(leaf, _)| leaf);
        plain.chain(self.particular_uses.list(class).iter().map(|used| used.leaf))
    }

    /// Whether another leaf counts for this one.
    pub(crate) fn is_shadowed(&self, leaf: LeafId) -> bool {
        !self.shadowed.is_empty() && self.shadowed.contains(&leaf)
    }

    /// Whether several parts of a group have to be met by different awards. In a sum an award adds once anyway.
    pub(crate) fn parts_differ(&self, group: GroupId) -> bool {
        let described = self.group(group);
        self.extras(group).distinct
            && described.measure == Measure::Count
            && described.threshold > 1
            && self.parts(group).len() > 1
    }

    /// Whether several parts of a group have to be met by different awards: each part by its own, or each place that
    /// its leaves are.
    pub(crate) fn wants_different(&self, group: GroupId) -> bool {
        self.parts_differ(group) || self.extras(group).distinct && self.counts_units(group)
    }

    /// Whether what is special about the group ties its parts together, so that they are judged as a whole.
    pub(crate) fn ties_parts(&self, group: GroupId) -> bool {
        let Extras { span, average, distinct: _, name: _, conditions: _, selected: _ } = self.extras(group);
        span.is_some() || average.is_some() || self.parts_differ(group)
    }

    /// The group or rule directly above a leaf.
    pub(crate) fn above(&self, leaf: LeafId) -> Above {
        self.leaf(leaf).above.get()
    }

    /// The group directly above a part, if it is not the top of a rule.
    pub(crate) fn group_above(&self, part: Part) -> Option<GroupId> {
        let above = match part {
            Part::Leaf(leaf) => self.above(leaf),
            Part::Group(group) => self.group(group).above,
        };
        match above {
            Above::Group(group) => Some(group),
            Above::Rule(_) => None,
        }
    }

    /// The last of the parts of a group.
    pub(crate) fn last_part(&self, part: Part) -> Option<Part> {
        match part {
            Part::Group(group) => self.parts(group).last().copied(),
            Part::Leaf(_) => None,
        }
    }

    /// Where the part is written.
    pub(crate) fn place(&self, part: Part) -> Range<usize> {
        let (start, end) = match part {
            Part::Group(group) => self.written[group].place,
            Part::Leaf(leaf) => self.leaf(leaf).place,
        };
        start as usize..end as usize
    }

    /// The rule that a leaf belongs to.
    pub(crate) fn rule_of(&self, leaf: LeafId) -> Rule {
        match self.above(leaf) {
            Above::Rule(rule) => rule,
            Above::Group(group) => self.group(group).rule,
        }
    }

    /// The rule that a part belongs to.
    pub(crate) fn rule_around(&self, part: Part) -> Rule {
        match part {
            Part::Leaf(leaf) => self.rule_of(leaf),
            Part::Group(group) => self.group(group).rule,
        }
    }

    /// Whether a group around the leaf has a span.
    pub(crate) fn is_spanned(&self, leaf: LeafId) -> bool {
        let mut above = self.group_above(Part::Leaf(leaf));
        while let Some(group) = above {
            if self.extras(group).span.is_some() {
                return true;
            }
            above = self.group_above(Part::Group(group));
        }
        false
    }

    /// What the sum that a leaf stands in adds up.
    pub(crate) fn adds_up(&self, leaf: LeafId) -> Option<Unit> {
        match self.above(leaf) {
            Above::Rule(_) => None,
            Above::Group(group) => match self.group(group).measure {
                Measure::Count => None,
                Measure::Sum(unit) | Measure::UpTo(unit) => Some(unit),
            },
        }
    }

    /// The unit of the amounts that are added up where a leaf stands, if it is a sum of amounts.
    pub(crate) fn unit_of(&self, leaf: LeafId) -> Option<Unit> {
        self.adds_up(leaf).filter(|&unit| unit != Unit::Places)
    }

    /// Whether the group is an `at_least`, so that each unit of awards fills one of its leaves
    /// ([semantics 2.2](crate::semantics#2.2)). Where one is enough, that makes no difference.
    pub(crate) fn counts_units(&self, group: GroupId) -> bool {
        let described = self.group(group);
        described.measure.is_count() && described.threshold > 1 && !self.is_all_of(group)
    }

    /// Whether a group is an `up_to`, which adds to the sum around it, and not what counts there as a whole.
    pub(crate) fn is_up_to(&self, group: GroupId) -> bool {
        matches!(self.group(group).measure, Measure::UpTo(_))
    }

    /// The parts of a group in the order of the ids below them, which is the order in which equals are chosen.
    pub(crate) fn parts_in_id_order(&self, group: GroupId) -> Vec<Part> {
        let mut parts = self.parts(group).to_vec();
        self.sort_by_id(&mut parts);
        parts
    }

    /// Brings parts into the order of the ids below them.
    pub(crate) fn sort_by_id(&self, parts: &mut [Part]) {
        parts.sort_by_cached_key(|&part| match part {
            Part::Leaf(leaf) => (self.leaf(leaf).credential, false),
            Part::Group(_) => {
                let ids = self.leaves_below(part).into_iter().map(|leaf| self.leaf(leaf).credential);
                (ids.min().unwrap_or(CredentialId::at(usize::MAX)), true)
            }
        });
    }

    /// Whether no award at all is needed to satisfy the part. What `up_to` passes on satisfies nothing by itself.
    pub(crate) fn needs_nothing(&self, part: Part) -> bool {
        let Part::Group(group) = part else { return false };
        let threshold = self.group(group).threshold;
        match self.group(group).measure {
            Measure::Count | Measure::Sum(Unit::Places) => {
                to_u32(self.parts(group).iter().filter(|&&part| self.needs_nothing(part)).count()) >= threshold
            }
            Measure::Sum(_) => threshold == 0,
            Measure::UpTo(_) => false,
        }
    }

    /// Whether a group is satisfied only by all of its parts.
    pub(crate) fn needs_all(&self, group: GroupId) -> bool {
        self.group(group).measure == Measure::Count && self.group(group).threshold as usize >= self.parts(group).len()
    }

    /// The leaves of a rule without which it cannot be met: those below groups alone that need all of their parts.
    pub(crate) fn required(&self, rule: Rule) -> Vec<LeafId> {
        let mut found = Vec::new();
        let mut open: Vec<Part> = self.top(rule).into_iter().collect();
        while let Some(part) = open.pop() {
            match part {
                Part::Leaf(leaf) => found.push(leaf),
                Part::Group(group) if self.needs_all(group) => open.extend(self.parts(group).iter().rev()),
                Part::Group(_) => {}
            }
        }
        found
    }
}

/// A group to be added to a network: see [`Group`].
#[derive(Clone, Copy)]
pub(crate) struct NewGroup {
    pub(crate) above: Above,
    pub(crate) rule: Rule,
    pub(crate) measure: Measure,
    pub(crate) threshold: u32,
}

/// A leaf to be added to a network: see [`Leaf`].
#[derive(Clone, Copy)]
pub(crate) struct NewLeaf {
    pub(crate) above: Above,
    pub(crate) credential: CredentialId,
    pub(crate) weight: u32,
    pub(crate) conditions: ConditionsId,
    pub(crate) own_conditions: ConditionsId,
}

/// The steps in which `compile` builds a network.
impl Network {
    pub(crate) fn add_group(&mut self, group: NewGroup, extras: Extras, place: &Range<usize>) -> GroupId {
        let NewGroup { above, rule, measure, threshold } = group;
        let extras = if extras == Extras::default() { ExtrasId::default() } else { self.extras.push(extras) };
        let place = narrow(place);
        self.written.push(WrittenGroup { parts: (0, 0), extras, place, all: false });
        self.groups.push(Group { above, rule, measure, threshold, region: RegionId::PLAIN })
    }

    pub(crate) fn add_leaf(&mut self, leaf: NewLeaf, place: &Range<usize>) -> LeafId {
        let NewLeaf { above, credential, weight, conditions, own_conditions } = leaf;
        self.leaves.push(Leaf {
            above: above.into(),
            credential,
            conditions,
            own_conditions,
            weight,
            place: narrow(place),
        })
    }

    pub(crate) fn set_parts(&mut self, group: GroupId, parts: &[Part]) {
        let start = to_u32(self.parts.len());
        self.parts.extend_from_slice(parts);
        self.written[group].parts = (start, to_u32(self.parts.len()));
    }

    /// Lets the group need all of its parts, as it is written.
    pub(crate) fn need_all(&mut self, group: GroupId) {
        self.groups[group].threshold = to_u32(self.parts(group).len());
        self.written[group].all = true;
    }

    pub(crate) fn set_top(&mut self, rule: Rule, top: Part) {
        self.tops[rule] = Some(top);
    }

    /// Lets a group that counts its parts add up the places that awards fill.
    pub(crate) fn fill_places(&mut self, group: GroupId) {
        self.groups[group].measure = Measure::Sum(Unit::Places);
    }

    /// Makes the group and all groups below it one region.
    pub(crate) fn add_region(&mut self, top: GroupId) {
        let region = self.regions.push(top);
        let mut open = vec![top];
        while let Some(group) = open.pop() {
            self.groups[group].region = region;
            open.extend(self.parts(group).iter().filter_map(|part| match part {
                Part::Group(group) => Some(*group),
                Part::Leaf(_) => None,
            }));
        }
    }

    /// Gives back what growing the vectors over-reserved.
    pub(crate) fn shrink(&mut self) {
        self.groups.shrink_to_fit();
        self.written.shrink_to_fit();
        self.leaves.shrink_to_fit();
        self.parts.shrink_to_fit();
        self.conditions.shrink_to_fit();
        self.extras.shrink_to_fit();
    }
}

fn narrow(place: &Range<usize>) -> (u32, u32) {
    (to_u32(place.start), to_u32(place.end))
}
