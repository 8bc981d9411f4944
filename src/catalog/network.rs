//! The compiled rules: one form for every spelling, read by everything that judges.
//!
//! A requirement becomes a tree of [`Group`]s and [`Leaf`]s in flat vectors. Every group is a threshold over weighted parts:
//! `all_of` is n of n, `any_of` 1 of n, `credits` and `hours` weigh their parts in hundredths, `up_to` passes on at most its cap.
//! One written group is one group here, with its place in the text; only its spelling is gone.

use crate::value::ids::to_u32;
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

use crate::value::csr::Csr;
use crate::value::date::{Date, Period};

/// A part of a group, or the top of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Part {
    Group(u32),
    Leaf(u32),
}

/// What stands directly above a group or leaf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Above {
    Group(u32),
    Rule(Rule),
}

/// The same in four bytes: the worklist reads it for every leaf that it follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct PackedAbove(u32);

impl From<Above> for PackedAbove {
    fn from(above: Above) -> Self {
        // Groups and rules are bounded by `Limits` far below two billion.
        match above {
            Above::Group(group) => Self(group << 1),
            Above::Rule(Rule(rule)) => Self(rule << 1 | 1),
        }
    }
}

impl PackedAbove {
    pub(crate) fn get(self) -> Above {
        if self.0 & 1 == 0 { Above::Group(self.0 >> 1) } else { Above::Rule(Rule(self.0 >> 1)) }
    }
}

/// What the worklist needs to know of a leaf that is not plain, listed by the class that the leaf names.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct LeafUse {
    pub(crate) leaf: u32,
    pub(crate) above: PackedAbove,
    pub(crate) conditions: u32,
    pub(crate) weight: u32,
}

/// One of the two rules of a credential: twice its number, plus one for the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rule(u32);

impl Rule {
    pub(crate) fn prerequisite(credential: u32) -> Self {
        Self(2 * credential)
    }

    pub(crate) fn stack(credential: u32) -> Self {
        Self(2 * credential + 1)
    }

    pub(crate) fn credential(self) -> u32 {
        self.0 / 2
    }

    pub(crate) fn is_stack(self) -> bool {
        self.0 % 2 == 1
    }
}

/// The unit that a sum adds up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Unit {
    Credits,
    Hours,
}

/// How a group turns what its parts have into what it passes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Measure {
    /// Satisfied parts are counted; satisfied from the threshold on.
    Count,
    /// Amounts are added, in hundredths; satisfied from the threshold on.
    Sum(Unit),
    /// Amounts are added and passed on up to the threshold, which is a cap.
    UpTo(Unit),
}

/// What the worklist needs to know of a group; what else there is to it is in [`Written`].
#[derive(Debug, Clone)]
pub(crate) struct Group {
    pub(crate) above: Above,
    /// The rule that the group belongs to.
    pub(crate) rule: Rule,
    /// Parts or hundredths needed; for `up_to`, the cap.
    pub(crate) threshold: u32,
    /// The joint region that the group is judged in, or [`PLAIN`].
    pub(crate) region: u32,
    pub(crate) measure: Measure,
}

/// How a group is written.
#[derive(Debug, Clone)]
struct Written {
    parts: (u32, u32),
    /// Index into [`Network::extras`].
    extras: u32,
    place: (u32, u32),
    /// Whether it is written as `all_of`, so that it needs one part less if one is left out.
    all: bool,
}

/// The region of a group whose parts count independently of each other: it is kept up to date by adding. Every other region
/// is judged as a whole, because a `span` ties its awards together or an award could fill two places where it may fill only one.
pub(crate) const PLAIN: u32 = u32::MAX;

/// What only few groups have.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Extras {
    pub(crate) name: Option<Box<str>>,
    pub(crate) span: Option<Period>,
    /// Whether no unit of awards may count for two of the direct parts.
    pub(crate) distinct: bool,
    /// The group's own conditions (those above it are not in here), for the audit to show.
    pub(crate) conditions: u32,
    /// Whether its members are not written out but selected by a filter.
    pub(crate) selected: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Leaf {
    above: PackedAbove,
    pub(crate) credential: u32,
    /// Index into [`Network::conditions`], all that apply; 0 is "none".
    pub(crate) conditions: u32,
    /// The same, only what is written at the leaf itself.
    pub(crate) own_conditions: u32,
    /// Hundredths that the credential itself carries, in the unit of the sum that the leaf stands in; 1 elsewhere.
    pub(crate) weight: u32,
    place: (u32, u32),
}

/// What an award has to be like to count at a leaf.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Conditions {
    /// Every period must hold; one that another implies is left out.
    pub(crate) within: Vec<Period>,
    pub(crate) since: Option<Date>,
    /// At least this value on the catalog's scale.
    pub(crate) grade: Option<i64>,
    /// Numbers of issuers, ascending; an empty list lets no award count.
    pub(crate) issuers: Option<Arc<[u32]>>,
    pub(crate) lapsed: bool,
}

impl Conditions {
    /// Whether an award of that day is recent enough on the date.
    pub(crate) fn are_met_in_time(&self, awarded: Option<Date>, date: Date) -> bool {
        let within = |&period| awarded.is_some_and(|awarded| awarded.after(period).is_none_or(|end| date <= end));
        self.within.iter().all(within) && self.since.is_none_or(|since| awarded.is_some_and(|awarded| since <= awarded))
    }

    /// These and the others together (semantics 2.5).
    pub(crate) fn and(&self, other: &Self) -> Self {
        let mut within = self.within.clone();
        for &period in &other.within {
            if !within.iter().any(|known| known.within(period)) {
                within.retain(|&known| !period.within(known));
                within.push(period);
            }
        }
        within.sort_unstable();
        let issuers = match (&self.issuers, &other.issuers) {
            (Some(these), Some(those)) => {
                let (few, many) = if these.len() < those.len() { (these, those) } else { (those, these) };
                Some(few.iter().filter(|issuer| many.binary_search(issuer).is_ok()).copied().collect())
            }
            (these, those) => these.as_ref().or(those.as_ref()).cloned(),
        };
        Self {
            within,
            since: self.since.max(other.since),
            grade: self.grade.max(other.grade),
            issuers,
            lapsed: self.lapsed || other.lapsed,
        }
    }
}

/// The rules of every credential.
#[derive(Debug, Clone, Default)]
pub(crate) struct Network {
    pub(crate) groups: Vec<Group>,
    written: Vec<Written>,
    pub(crate) leaves: Vec<Leaf>,
    parts: Vec<Part>,
    pub(crate) conditions: Vec<Conditions>,
    extras: Vec<Extras>,
    /// The top of each rule, by rule number.
    tops: Vec<Option<Part>>,
    /// The leaves that name a credential of a class and that any current award satisfies once and for all: no conditions, in a
    /// group that counts, in no joint region; and leaves for which another one counts. Each with what stands above it.
    pub(crate) plain_uses: Csr<(u32, PackedAbove)>,
    /// All other leaves that name a credential of a class.
    pub(crate) particular_uses: Csr<LeafUse>,
    /// The group at the top of each joint region.
    pub(crate) regions: Vec<u32>,
    /// Leaves of joint sums beside which another one stands in the same group that is the same member, on the same conditions, and
    /// carries no less. They are there to be seen, but whatever fills them fills the other one as well.
    pub(crate) shadowed: BTreeSet<u32>,
    /// Groups that nothing at all satisfies: plain ones that need nothing, and tops of joint regions.
    pub(crate) vacuous: Vec<u32>,
    /// For each class, whether leaves that are not plain name it, or a class that it counts as.
    pub(crate) particular: Vec<bool>,
}

impl Network {
    pub(crate) fn new(credentials: usize) -> Self {
        Self {
            conditions: vec![Conditions::default()],
            extras: vec![Extras::default()],
            tops: vec![None; 2 * credentials],
            ..Self::default()
        }
    }

    /// The number of groups and leaves.
    pub(crate) fn len(&self) -> usize {
        self.groups.len() + self.leaves.len()
    }

    pub(crate) fn top(&self, rule: Rule) -> Option<Part> {
        self.tops[rule.0 as usize]
    }

    pub(crate) fn has_stack(&self, credential: u32) -> bool {
        self.top(Rule::stack(credential)).is_some()
    }

    pub(crate) fn parts(&self, group: u32) -> &[Part] {
        let (start, end) = self.written[group as usize].parts;
        &self.parts[start as usize..end as usize]
    }

    /// Whether the group is written as one that needs all of its parts, however many these are.
    pub(crate) fn is_all_of(&self, group: u32) -> bool {
        self.written[group as usize].all
    }

    pub(crate) fn extras(&self, group: u32) -> &Extras {
        &self.extras[self.written[group as usize].extras as usize]
    }

    pub(crate) fn group(&self, group: u32) -> &Group {
        &self.groups[group as usize]
    }

    pub(crate) fn leaf(&self, leaf: u32) -> &Leaf {
        &self.leaves[leaf as usize]
    }

    /// Whether another leaf counts for this one.
    pub(crate) fn is_shadowed(&self, leaf: u32) -> bool {
        !self.shadowed.is_empty() && self.shadowed.contains(&leaf)
    }

    /// Whether several parts of a group have to be met by different awards. In a sum an award adds once anyway.
    pub(crate) fn parts_differ(&self, group: u32) -> bool {
        let described = self.group(group);
        self.extras(group).distinct
            && described.measure == Measure::Count
            && described.threshold > 1
            && self.parts(group).len() > 1
    }

    /// What stands directly above a leaf.
    pub(crate) fn above(&self, leaf: u32) -> Above {
        self.leaf(leaf).above.get()
    }

    /// The group directly above a part, if it is not the top of a rule.
    pub(crate) fn group_above(&self, part: Part) -> Option<u32> {
        let above = match part {
            Part::Leaf(leaf) => self.above(leaf),
            Part::Group(group) => self.group(group).above,
        };
        match above {
            Above::Group(group) => Some(group),
            Above::Rule(_) => None,
        }
    }

    /// Where the part is written.
    pub(crate) fn place(&self, part: Part) -> Range<usize> {
        let (start, end) = match part {
            Part::Group(group) => self.written[group as usize].place,
            Part::Leaf(leaf) => self.leaf(leaf).place,
        };
        start as usize..end as usize
    }

    /// The rule that a leaf belongs to.
    pub(crate) fn rule_of(&self, leaf: u32) -> Rule {
        match self.above(leaf) {
            Above::Rule(rule) => rule,
            Above::Group(group) => self.group(group).rule,
        }
    }

    /// Whether a group around the leaf has a span.
    pub(crate) fn is_spanned(&self, leaf: u32) -> bool {
        let mut above = self.group_above(Part::Leaf(leaf));
        while let Some(group) = above {
            if self.extras(group).span.is_some() {
                return true;
            }
            above = self.group_above(Part::Group(group));
        }
        false
    }

    /// The unit of the sum that a leaf stands in.
    pub(crate) fn unit_of(&self, leaf: u32) -> Option<Unit> {
        match self.above(leaf) {
            Above::Rule(_) => None,
            Above::Group(group) => match self.group(group).measure {
                Measure::Count => None,
                Measure::Sum(unit) | Measure::UpTo(unit) => Some(unit),
            },
        }
    }

    /// The parts of a group in the order of the ids below them, which is the order in which equals are chosen.
    pub(crate) fn parts_in_id_order(&self, group: u32) -> Vec<Part> {
        let mut parts = self.parts(group).to_vec();
        parts.sort_by_cached_key(|&part| match part {
            Part::Leaf(leaf) => (self.leaf(leaf).credential, false),
            Part::Group(_) => {
                let ids = self.leaves_below(part).into_iter().map(|leaf| self.leaf(leaf).credential);
                (ids.min().unwrap_or(u32::MAX), true)
            }
        });
        parts
    }

    /// Whether no award at all is needed to satisfy the part. What `up_to` passes on satisfies nothing by itself.
    pub(crate) fn needs_nothing(&self, part: Part) -> bool {
        let Part::Group(group) = part else { return false };
        let threshold = self.group(group).threshold;
        match self.group(group).measure {
            Measure::Count => {
                to_u32(self.parts(group).iter().filter(|&&part| self.needs_nothing(part)).count()) >= threshold
            }
            Measure::Sum(_) => threshold == 0,
            Measure::UpTo(_) => false,
        }
    }

    /// Whether a group is satisfied only by all of its parts.
    pub(crate) fn needs_all(&self, group: u32) -> bool {
        self.group(group).measure == Measure::Count && self.group(group).threshold as usize >= self.parts(group).len()
    }

    /// The leaves of a rule without which it cannot be met: those below groups alone that need all of their parts.
    pub(crate) fn required(&self, rule: Rule) -> Vec<u32> {
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

    /// All groups at or below a part.
    pub(crate) fn groups_below(&self, part: Part) -> Vec<u32> {
        let mut found = Vec::new();
        let mut open = vec![part];
        while let Some(part) = open.pop() {
            if let Part::Group(group) = part {
                found.push(group);
                open.extend(self.parts(group).iter().rev());
            }
        }
        found
    }

    /// All leaves below a part, in the order they are written.
    pub(crate) fn leaves_below(&self, part: Part) -> Vec<u32> {
        let mut found = Vec::new();
        let mut open = vec![part];
        while let Some(part) = open.pop() {
            match part {
                Part::Leaf(leaf) => found.push(leaf),
                Part::Group(group) => open.extend(self.parts(group).iter().rev()),
            }
        }
        found
    }
}

/// The steps in which `compile` builds a network.
impl Network {
    pub(crate) fn add_group(
        &mut self,
        (above, rule): (Above, Rule),
        (measure, threshold): (Measure, u32),
        extras: Extras,
        place: &Range<usize>,
    ) -> u32 {
        let extras = if extras == Extras::default() { 0 } else { push(&mut self.extras, extras) };
        let place = narrow(place);
        push(&mut self.written, Written { parts: (0, 0), extras, place, all: false });
        push(&mut self.groups, Group { above, rule, measure, threshold, region: PLAIN })
    }

    pub(crate) fn add_leaf(
        &mut self,
        above: Above,
        (credential, weight): (u32, u32),
        (conditions, own_conditions): (u32, u32),
        place: &Range<usize>,
    ) -> u32 {
        push(
            &mut self.leaves,
            Leaf { above: above.into(), credential, conditions, own_conditions, weight, place: narrow(place) },
        )
    }

    pub(crate) fn set_parts(&mut self, group: u32, parts: &[Part]) {
        let start = to_u32(self.parts.len());
        self.parts.extend_from_slice(parts);
        self.written[group as usize].parts = (start, to_u32(self.parts.len()));
    }

    /// Lets the group need all of its parts, as it is written.
    pub(crate) fn need_all(&mut self, group: u32) {
        self.groups[group as usize].threshold = to_u32(self.parts(group).len());
        self.written[group as usize].all = true;
    }

    pub(crate) fn set_top(&mut self, rule: Rule, top: Part) {
        self.tops[rule.0 as usize] = Some(top);
    }

    /// Makes the group and all groups below it one region.
    pub(crate) fn add_region(&mut self, top: u32) {
        let region = push(&mut self.regions, top);
        let mut open = vec![top];
        while let Some(group) = open.pop() {
            self.groups[group as usize].region = region;
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

fn push<T>(list: &mut Vec<T>, item: T) -> u32 {
    list.push(item);
    to_u32(list.len() - 1)
}

fn narrow(place: &Range<usize>) -> (u32, u32) {
    (to_u32(place.start), to_u32(place.end))
}
