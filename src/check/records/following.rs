//! Requirements that follow from others as they are written: whoever meets the one meets the other by the same awards.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::catalog::{Catalog, Validity};
use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Extras, Measure, Part, Rule, Unit};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{Evidence, Origin};
use crate::value::date::Date;
use crate::value::ids::{CredentialId, GroupId, IssuerId, LeafId, UnitId};

use crate::check::records::asked::suppliers;

/// Rules of one catalog, and those that may follow from them, of the same or of another one.
pub(crate) struct Following<'q, 'c> {
    pub(crate) catalogs: [&'c Catalog; 2],
    /// The number that a credential of the first catalog has in the other.
    pub(crate) across: &'q dyn Fn(CredentialId) -> Option<CredentialId>,
    /// Whether the other catalog confers a credential of the first on everybody on whom the first one does.
    pub(crate) confers: &'q dyn Fn(CredentialId) -> bool,
    pub(crate) looks: Looks,
}

/// What was looked at: each pair of parts once, and no more than so many pairs.
#[derive(Debug, Default)]
pub(crate) struct Looks {
    number: Cell<usize>,
    known: RefCell<BTreeMap<PartPair, bool>>,
}

/// A part that is met, and one that may follow.
type PartPair = (Part, Part);

/// As many pairs of parts, or of members, are looked at; beyond, the search may say what follows.
const MOST_LOOKS: usize = 100_000;

impl Looks {
    /// The number of pairs.
    pub(crate) fn number(&self) -> usize {
        self.number.get()
    }

    /// Whether one more may be looked at.
    fn go_on(&self) -> bool {
        self.number.set(self.number.get() + 1);
        self.number.get() <= MOST_LOOKS
    }
}

/// The rules of so many credentials are gone into at the most.
const MOST_GONE_THROUGH: usize = 64;

/// Credentials whose rules were gone into, and whether everybody qualifies for them.
type GoneThrough = BTreeMap<CredentialId, bool>;

/// The members of a group that are taken, each with the member for which it is.
type Taken = BTreeMap<UnitId, UnitId>;

impl Following<'_, '_> {
    /// Whether whoever meets all of some parts meets another one.
    pub(crate) fn all_imply(&self, goals: &[Part], part: Part) -> bool {
        self.all_imply_through(goals, part, &mut BTreeMap::new())
    }

    /// The parts of some that do not follow from the goals, each of which has to be met: as far in as that is so.
    pub(crate) fn not_implied(&self, goals: &[Part], parts: &[Part]) -> Vec<Part> {
        let network = &self.catalogs[1].network;
        let mut open: Vec<Part> = parts.iter().rev().copied().collect();
        let mut found = Vec::new();
        while let Some(part) = open.pop() {
            match part {
                _ if self.all_imply(goals, part) => {}
                Part::Group(group) if self.is_all(group) => {
                    let inner = network.parts(group);
                    // Where fewer are enough, no single one is needed.
                    if (network.group(group).threshold as usize) < inner.len() {
                        found.push(part);
                    } else {
                        open.extend(inner.iter().rev());
                    }
                }
                Part::Group(_) | Part::Leaf(_) => found.push(part),
            }
        }
        found
    }

    /// The same; of credentials whose rules were gone into it is known whether the goals let everybody qualify.
    fn all_imply_through(&self, goals: &[Part], part: Part, through: &mut GoneThrough) -> bool {
        if goals.iter().any(|&goal| self.part_implies(goal, part)) {
            return true;
        }
        let network = &self.catalogs[1].network;
        match part {
            Part::Group(group) if self.is_any(group) => {
                network.parts(group).iter().any(|&inner| self.all_imply_through(goals, inner, through))
            }
            Part::Group(group) if self.is_all(group) => {
                network.parts(group).iter().all(|&inner| self.all_imply_through(goals, inner, through))
            }
            Part::Group(group) => self.sums_imply(goals, group),
            Part::Leaf(leaf) => self.qualifies(goals, leaf, through),
        }
    }

    /// Whether whoever meets some parts qualifies for a credential that fills a leaf, on whatever day.
    fn qualifies(&self, goals: &[Part], leaf: LeafId, through: &mut GoneThrough) -> bool {
        let catalog = self.catalogs[1];
        let leaf = catalog.network.leaf(leaf);
        let conditions = &catalog.network.conditions[leaf.conditions];
        if !conditions.admit_qualification() || conditions.since.is_some() || conditions.until.is_some() {
            return false;
        }
        suppliers(catalog, leaf.credential).filter(|&filler| catalog.network.has_stack(filler)).any(|filler| {
            let own = Evidence::new(catalog, filler, Date::FIRST, Grade::None, Origin::Qualified);
            if !own.is_of_kind(conditions) {
                return false;
            }
            if let Some(&known) = through.get(&filler) {
                return known;
            }
            // Nothing supports itself; and what is further away than this, the search may say.
            if through.len() >= MOST_GONE_THROUGH {
                return false;
            }
            through.insert(filler, false);
            let mut tops = Rule::all(filler).filter_map(|rule| catalog.network.top(rule));
            let qualifies = tops.all(|top| self.all_imply_through(goals, top, through));
            through.insert(filler, qualifies);
            qualifies
        })
    }

    /// Whether whoever meets a part meets another one.
    fn part_implies(&self, goal: Part, part: Part) -> bool {
        if let Some(&known) = self.looks.known.borrow().get(&(goal, part)) {
            return known;
        }
        let implies = self.looks.go_on() && self.part_implies_as_written(goal, part);
        self.looks.known.borrow_mut().insert((goal, part), implies);
        implies
    }

    fn part_implies_as_written(&self, goal: Part, part: Part) -> bool {
        let networks = self.catalogs.map(|catalog| &catalog.network);
        match (goal, part) {
            (Part::Leaf(goal), Part::Leaf(part)) => return self.leaf_implies(goal, part),
            (Part::Group(goal), Part::Group(part)) if self.group_implies(goal, part) => return true,
            _ => {}
        }
        if let Part::Group(part) = part {
            let parts = networks[1].parts(part);
            if self.is_all(part) && parts.iter().all(|&inner| self.part_implies(goal, inner))
                || self.is_any(part) && parts.iter().any(|&inner| self.part_implies(goal, inner))
            {
                return true;
            }
        }
        // Something of a group that asks for anything is there.
        let Part::Group(goal) = goal else { return false };
        let parts = networks[0].parts(goal);
        let implies = |&inner: &Part| self.part_implies(inner, part);
        let all = networks[0].needs_all(goal);
        networks[0].group(goal).threshold > 0
            && !parts.is_empty()
            && if all { parts.iter().any(implies) } else { parts.iter().all(implies) }
    }

    /// Whether the group of the other side is met by all of its parts, each by itself.
    fn is_all(&self, group: GroupId) -> bool {
        let network = &self.catalogs[1].network;
        let described = network.group(group);
        let Extras { name: _, span, distinct, average, conditions: _, selected: _ } = network.extras(group);
        let by_itself = span.is_none() && average.is_none() && !distinct;
        by_itself && described.measure == Measure::Count && described.threshold as usize <= network.parts(group).len()
    }

    /// Whether any part of the group of the other side is enough.
    fn is_any(&self, group: GroupId) -> bool {
        let network = &self.catalogs[1].network;
        let described = network.group(group);
        let Extras { name: _, span, distinct: _, average, conditions: _, selected: _ } = network.extras(group);
        // One award lies within any span, unless it has no date.
        let alone = span.is_none() && average.is_none();
        alone && described.measure == Measure::Count && described.threshold <= 1
    }

    /// Whether every award that fills a leaf fills another one.
    fn leaf_implies(&self, goal: LeafId, part: LeafId) -> bool {
        let [goal, part] = [(0, goal), (1, part)].map(|(side, leaf)| self.catalogs[side].network.leaf(leaf));
        let conditions =
            [(0, goal), (1, part)].map(|(side, leaf)| &self.catalogs[side].network.conditions[leaf.conditions]);
        if !self.implies(conditions[0], conditions[1]) {
            return false;
        }
        let there: BTreeSet<CredentialId> = suppliers(self.catalogs[1], part.credential).collect();
        suppliers(self.catalogs[0], goal.credential).all(|own| {
            (self.across)(own).is_some_and(|other| there.contains(&other) && self.counts(own, other, conditions))
        })
    }

    /// Whether an award of a credential that counts on the first conditions counts on the other ones.
    fn counts(&self, own: CredentialId, other: CredentialId, [goal, part]: [&Conditions; 2]) -> bool {
        if std::ptr::eq(self.catalogs[0], self.catalogs[1]) {
            return true;
        }
        let [one, there] = [(0, own), (1, other)].map(|(side, own)| self.catalogs[side].at(own));
        let lasts = part.lapsed || one.valid_for == there.valid_for || there.valid_for == Validity::Forever;
        let issued = part.issuers.is_none() || one.issuer == there.issuer;
        let conferred = !self.catalogs[0].network.has_stack(own) || (self.confers)(own);
        let stays = lasts && conferred && self.is_renewed_as_well(own);
        (stays && issued) || (goal.issuers.is_some() && stays && one.issuer == there.issuer)
    }

    /// Whether whatever renews an award of the credential in the first catalog, one by another, does so in the other.
    fn is_renewed_as_well(&self, own: CredentialId) -> bool {
        let [here, there] = self.catalogs;
        let (mut open, mut seen) = (vec![own], BTreeSet::from([own]));
        while let Some(renewed) = open.pop() {
            for &by in here.renewing.renewed_by(here.names.unit(renewed)) {
                let [Some(other), Some(other_by)] = [renewed, by].map(self.across) else { return false };
                let lasts = here.at(by).valid_for == there.at(other_by).valid_for;
                let same = lasts && here.at(by).issuer == there.at(other_by).issuer;
                if !same || !there.renewing.renewed_by(there.names.unit(other)).contains(&other_by) {
                    return false;
                }
                if seen.insert(by) {
                    open.push(by);
                }
            }
        }
        true
    }

    /// Whether every award that meets some conditions meets others, on whatever day.
    fn implies(&self, goal: &Conditions, part: &Conditions) -> bool {
        let Conditions { within, since, until, held_for, grade, issuers, lapsed, lasts } = part;
        let no_worse = |least: i64| {
            let own = goal.grade.map(|grade| self.catalogs[0].grade_name(grade));
            own.and_then(|own| self.catalogs[1].grade(&own)).is_some_and(|own| least <= own) && self.same_scale()
        };
        let among = |wanted: &[IssuerId]| {
            let names: BTreeSet<&str> = wanted.iter().map(|&issuer| self.catalogs[1].issuer_name(issuer)).collect();
            let own = goal.issuers.as_deref();
            own.is_some_and(|own| own.iter().all(|&issuer| names.contains(self.catalogs[0].issuer_name(issuer))))
        };
        within.iter().all(|&term| goal.within.iter().any(|own| own.is_within(term)))
            && held_for.iter().all(|&term| goal.held_for.iter().any(|own| own.outlasts(term)))
            && since.is_none_or(|since| goal.since.is_some_and(|own| since <= own))
            && until.is_none_or(|until| goal.until.is_some_and(|own| own <= until))
            && grade.is_none_or(no_worse)
            && issuers.as_deref().is_none_or(among)
            && (*lapsed || !goal.lapsed)
            && lasts.is_none_or(|lasts| goal.lasts.is_some_and(|own| lasts <= own))
    }

    fn same_scale(&self) -> bool {
        self.catalogs[0].header().grades == self.catalogs[1].header().grades
    }

    /// Whether a group that asks for some of its parts follows from another one that asks for as much of the same.
    fn group_implies(&self, goal: GroupId, part: GroupId) -> bool {
        let described = [(0, goal), (1, part)].map(|(side, group)| self.catalogs[side].network.group(group));
        let [own, other] = [(0, goal), (1, part)].map(|(side, group)| self.catalogs[side].network.extras(group));
        let scales = self.catalogs.map(|catalog| (&catalog.header().grades, &catalog.header().grade_points));
        let no_wider = other.span.is_none_or(|span| own.span.is_some_and(|own| own.within(span)));
        // Where one award must not fill two places here, it may not there: what fills them must be the same.
        let apart = !other.distinct || own.distinct;
        let as_good = other.average.is_none() || scales[0] == scales[1] && own.average >= other.average;
        let enough = match described[1].measure {
            // A cap of no less lets as much through.
            Measure::UpTo(_) => described[0].threshold <= described[1].threshold,
            Measure::Count | Measure::Sum(_) => described[0].threshold >= described[1].threshold,
        };
        // Each place that is filled is a part that is met.
        let like = match (described[0].measure, described[1].measure) {
            (Measure::Sum(Unit::Places), Measure::Count) => true,
            (own, other) => own == other,
        };
        like && enough && no_wider && apart && as_good && self.holds_all(goal, part)
    }

    /// Whether each part of a group stands for one of its own in another group.
    fn holds_all(&self, goal: GroupId, part: GroupId) -> bool {
        let networks = self.catalogs.map(|catalog| &catalog.network);
        // What weighs otherwise brings another mean.
        let weighed = networks[1].extras(part).average.is_some();
        let counts = networks[1].group(part).measure.is_count();
        let mut taken = Taken::new();
        let mut stands_for = |inner: Part, other: Part| match (inner, other) {
            (Part::Leaf(own), Part::Leaf(other)) => {
                self.is_member(own, other, weighed) && self.takes(own, other, &mut taken)
            }
            (Part::Group(_), Part::Group(_)) if counts => self.part_implies(inner, other),
            (Part::Group(own), Part::Group(other)) => self.group_implies(own, other),
            _ => false,
        };
        let mut left = networks[1].parts(part).to_vec();
        networks[0].parts(goal).iter().all(|&inner| {
            let place = left.iter().position(|&other| stands_for(inner, other));
            place.map(|place| left.swap_remove(place)).is_some()
        })
    }

    /// Takes a member of a group for a leaf, unless it is taken for what is another member here.
    fn takes(&self, goal: LeafId, part: LeafId, taken: &mut Taken) -> bool {
        let [own, other] = [(0, goal), (1, part)]
            .map(|(side, leaf)| self.catalogs[side].names.unit(self.catalogs[side].network.leaf(leaf).credential));
        *taken.entry(other).or_insert(own) == own
    }

    /// Whether whatever a leaf is filled with fills another one, which adds no less, or exactly as much; and as often.
    fn is_member(&self, goal: LeafId, part: LeafId, exactly: bool) -> bool {
        if !self.looks.go_on() {
            return false;
        }
        let [own, other] = [(0, goal), (1, part)].map(|(side, leaf)| self.catalogs[side].network.leaf(leaf));
        let repeats = [(0, own), (1, other)].map(|(side, leaf)| self.catalogs[side].names.repeatable(leaf.credential));
        let is_one = |across: CredentialId| repeats == [false; 2] || self.same_unit(across, other.credential);
        let same = (self.across)(own.credential).is_some_and(is_one);
        let no_less = if exactly { own.weight == other.weight } else { own.weight <= other.weight };
        same && no_less && self.same_units(own.credential) && self.leaf_implies(goal, part)
    }

    fn same_unit(&self, one: CredentialId, other: CredentialId) -> bool {
        self.catalogs[1].names.unit(one) == self.catalogs[1].names.unit(other)
    }

    /// Whether what is one unit under a name of the first catalog is in the other, and repeatable in both or in none.
    fn same_units(&self, credential: CredentialId) -> bool {
        if std::ptr::eq(self.catalogs[0], self.catalogs[1]) {
            return true;
        }
        let members = |side: usize, credential: CredentialId| -> BTreeSet<&str> {
            let (catalog, names) = (self.catalogs[side], &self.catalogs[side].names);
            let own = suppliers(catalog, credential);
            own.map(|other| catalog.id(names.unit(other).first_credential())).collect()
        };
        let Some(there) = (self.across)(credential) else { return false };
        let repeats = [(0, credential), (1, there)].map(|(side, own)| self.catalogs[side].names.repeatable(own));
        repeats[0] == repeats[1] && members(0, credential) == members(1, there)
    }

    /// Whether a plain sum follows from sums that no unit adds to two of, and that come to as much together.
    fn sums_imply(&self, goals: &[Part], group: GroupId) -> bool {
        let network = &self.catalogs[1].network;
        let described = network.group(group);
        let extras = network.extras(group);
        if !matches!(described.measure, Measure::Sum(_))
            || extras.span.is_some()
            || extras.average.is_some()
            || extras.distinct
        {
            return false;
        }
        let (mut used, mut taken, mut sum) = (BTreeSet::<UnitId>::new(), Taken::new(), 0_u64);
        for &goal in goals {
            let Part::Group(goal) = goal else { continue };
            let own = self.catalogs[0].network.group(goal);
            let mut with = taken.clone();
            let units = self.units_in(goal, group, &mut with).filter(|units| units.is_disjoint(&used));
            if let Some(units) = units.filter(|_| own.measure == described.measure) {
                used.extend(units);
                taken = with;
                sum += u64::from(own.threshold);
            }
        }
        sum >= u64::from(described.threshold)
    }

    /// The units that can add to a group, if each of its members can be taken for one of a sum.
    fn units_in(&self, goal: GroupId, sum: GroupId, taken: &mut Taken) -> Option<BTreeSet<UnitId>> {
        let networks = self.catalogs.map(|catalog| &catalog.network);
        let mut units = BTreeSet::new();
        for leaf in networks[0].leaves_below(Part::Group(goal)) {
            let mut is_one = |part: &&Part| match **part {
                Part::Leaf(other) => self.is_member(leaf, other, false) && self.takes(leaf, other, taken),
                Part::Group(_) => false,
            };
            networks[1].parts(sum).iter().find(&mut is_one)?;
            let names = &self.catalogs[0].names;
            units.extend(suppliers(self.catalogs[0], networks[0].leaf(leaf).credential).map(|own| names.unit(own)));
        }
        Some(units)
    }
}
