//! Gaps: sets of awards that would satisfy an unmet part, none of them needless ([semantics
//! 4.4](crate::semantics#4.4)).
//!
//! A set that suffices is reduced to an irreducible one by a deletion filter that halves: awards are left out while the
//! rest still satisfies the part. Which other sets would do is found in [`ways`](super::ways).

use crate::value::ids::{CredentialId, IssuerId, LeafId, RegionId};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::audit::grades::best_grade;
use crate::audit::ways::{GapChoices, Ways};
use crate::catalog::catalog::{Catalog, Validity};
use crate::catalog::network::{Measure, Part, Rule, Unit};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::cone::Cone;
use crate::evaluate::evidence::{AwardId, Evidence, Origin, last_day};
use crate::evaluate::outcome::Met;
use crate::evaluate::progress::progress::Progress;
use crate::evaluate::usable::Usable;
use crate::value::date::Date;
use crate::value::term::CalendarTerm;

/// An award that could be granted: of the credential a leaf names, as the leaf's conditions ask for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Grant {
    pub(crate) credential: CredentialId,
    pub(crate) grade: Option<i64>,
    /// Whether an average asks for it, so that the grade is to be the best that there is.
    pub(crate) graded: bool,
    /// Made by this issuer, where the credential's own will not do.
    pub(crate) issuer: Option<IssuerId>,
    /// The as-of date, or an earlier day if it has to have been held for some time.
    pub(crate) awarded: Date,
    /// For how long it has to have been held, if that is why the day is earlier.
    pub(crate) held_for: Vec<CalendarTerm>,
    /// The hundredths of hours that its record has to state, where the catalog states none and a sum asks for them.
    pub(crate) hours: Option<u32>,
    /// The number of awards; more than one only if it is repeatable.
    pub(crate) times: u32,
}

impl Grant {
    /// One award of it, however many hours that is to state: grants of one kind are more or less of the same.
    pub(super) fn kind(&self) -> Self {
        Self { times: 1, hours: self.hours.map(|_| 0), ..self.clone() }
    }
}

/// Grants that satisfy a part, none of them needless.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Way {
    pub(crate) grants: Vec<Grant>,
    /// Whether it is certain that none of them is needless: the work limit was not met.
    pub(crate) minimal: bool,
}

/// Awards of one repeatable credential that a gap may name.
const MOST_TIMES: u32 = 100_000;

pub(crate) struct Gaps<'p, 'c> {
    pub(crate) catalog: &'c Catalog,
    pub(super) usable: &'p Usable<'p, 'c>,
    /// Work that may still be done, in words of state copied and leaves followed.
    pub(super) work: u64,
    /// How often the rules were asked whether grants would do.
    pub(super) asked: u64,
    /// What was found already, for the parts around a part.
    pub(super) found: BTreeMap<Part, Option<GapChoices>>,
    /// All that what is granted could lead to and that matters to the credential.
    cone: &'p Cone,
    /// Who was asked about last: what there is, with what was granted then.
    before: Option<Progress<'p>>,
}

impl<'p, 'c> Gaps<'p, 'c> {
    /// Work for each search step that the evaluation was given; by default about two seconds for all parts of an audit.
    const WORK: u64 = 50;
    /// Work in any case.
    const LEAST: u64 = 100_000;
    /// The cost of a search step, in the same unit.
    const WORK_OF_A_STEP: u64 = 16;

    /// Gaps in the rules of what lies in the cone.
    pub(crate) fn new(catalog: &'c Catalog, usable: &'p Usable<'p, 'c>, cone: &'p Cone) -> Self {
        let work = usable.progress.scope.steps.saturating_mul(Self::WORK).saturating_add(Self::LEAST);
        Self { catalog, usable, work, asked: 0, found: BTreeMap::new(), cone, before: None }
    }

    /// What would satisfy the part when looked at as a whole; `None` if no awards made on the as-of date can.
    pub(super) fn of_whole(&mut self, part: Part) -> Option<Ways> {
        if let Part::Leaf(leaf) = part
            && let Some(grant) = self.grant(leaf).filter(|grant| self.stays(grant) && !self.depends(grant.credential))
        {
            // By itself it is met whatever the award adds.
            return Some(Ways::only(Way { grants: vec![Grant { hours: None, ..grant }], minimal: true }));
        }
        let mut chosen = self.completed(self.likely(part), Self::likely);
        let mut all = self.completed(self.own(part), Self::own);
        self.repeat(&mut all, part);
        if !self.satisfies(&chosen, part) {
            chosen = self.completed(self.everything(part), Self::everything);
            if !self.satisfies(&chosen, part) {
                return None;
            }
            all.clone_from(&chosen);
        }
        let asked = self.asked;
        let first = self.reduced(&chosen, part);
        let worth = 16 + 2 * (self.asked - asked);
        let mut ways = self.further(first, &all, part, worth);
        ways.list = ways.list.into_iter().map(|way| self.graded(way, part)).collect();
        Some(ways)
    }

    pub(crate) fn progress(&self) -> &'p Progress<'c> {
        self.usable.progress
    }

    fn depends(&self, credential: CredentialId) -> bool {
        self.catalog.at(credential).valid_for == Validity::WhileComponents
    }

    /// The award that fills the leaf, if one made today can: of the credential itself, unless only one that counts as
    /// it stays current.
    fn grant(&self, leaf: LeafId) -> Option<Grant> {
        let credential = self.catalog.network.leaf(leaf).credential;
        let stays = |grant: &Grant| self.stays(grant) && !self.depends(grant.credential);
        let own = self.grant_of(credential, leaf);
        if own.as_ref().is_some_and(stays) {
            return own;
        }
        let others = self.counting_as(leaf).into_iter().filter_map(|other| self.grant_of(other, leaf));
        others.filter(stays).min_by_key(|grant| grant.credential).or(own)
    }

    /// The award of a credential made today that would fill the leaf if it were current.
    fn grant_of(&self, credential: CredentialId, leaf: LeafId) -> Option<Grant> {
        let network = &self.catalog.network;
        let conditions = &network.conditions[network.leaf(leaf).conditions];
        let date = self.progress().date();
        let awarded = conditions.last_to_count(date)?;
        let held_for = if awarded < date { conditions.held_for.clone() } else { Vec::new() };
        let graded = network.averaged_around(leaf).is_some();
        let grade = conditions.grade;
        let hours = self.hours_to_state(leaf);
        let mut grant = Grant { credential, grade, graded, issuer: None, awarded, held_for, hours, times: 1 };
        if !self.evidence(&grant).meets(conditions, date) {
            grant.issuer = conditions.issuers.as_ref()?.first().copied();
        }
        self.evidence(&grant).meets(conditions, date).then_some(grant)
    }

    /// All the hours that the sum around a leaf asks for, if the catalog does not state those of what the leaf names
    /// ([semantics 1.1](crate::semantics#1.1)): an award of it adds what its record says.
    fn hours_to_state(&self, leaf: LeafId) -> Option<u32> {
        let network = &self.catalog.network;
        let named = self.catalog.at(network.leaf(leaf).credential);
        if network.adds_up(leaf) != Some(Unit::Hours) || named.hours.is_some() {
            return None;
        }
        let mut above = network.group_above(Part::Leaf(leaf))?;
        while network.is_up_to(above) {
            above = network.group_above(Part::Group(above))?;
        }
        Some(network.group(above).threshold)
    }

    /// Every credential that counts as the one the leaf names, itself among them.
    fn counting_as(&self, leaf: LeafId) -> Vec<CredentialId> {
        let Catalog { names, network, .. } = self.catalog;
        let class = names.class(network.leaf(leaf).credential);
        let within = Some(network.rule_of(leaf).credential());
        let classes = self.progress().exceptions.counting_as(names, class, within);
        classes.into_iter().flat_map(|class| names.members(class)).copied().collect()
    }

    /// Whether what is granted is current today at all.
    fn stays(&self, grant: &Grant) -> bool {
        let last = last_day(self.catalog.at(grant.credential).valid_for, grant.awarded);
        last.is_none_or(|last| self.progress().date() <= last)
    }

    /// Whether some of what is granted cannot be made today, since it has to have been held.
    fn waits(&self, grants: &[Grant]) -> bool {
        grants.iter().any(|grant| grant.awarded < self.progress().date())
    }

    /// The number of awards for the leaf that a sum around it could want.
    fn often(&self, leaf: LeafId) -> u32 {
        let network = &self.catalog.network;
        let described = network.leaf(leaf);
        if !self.catalog.names.repeatable(described.credential) || described.weight == 0 {
            return 1;
        }
        let mut above = network.group_above(Part::Leaf(leaf));
        while let Some(group) = above {
            match network.group(group).measure {
                Measure::Count if network.counts_units(group) => {
                    return network.group(group).threshold.clamp(1, MOST_TIMES);
                }
                Measure::Count => break,
                Measure::Sum(_) => {
                    return network.group(group).threshold.div_ceil(described.weight).clamp(1, MOST_TIMES);
                }
                Measure::UpTo(_) => above = network.group_above(Part::Group(group)),
            }
        }
        1
    }

    fn evidence(&self, grant: &Grant) -> Evidence {
        self.award(grant, AwardId::NONE)
    }

    /// The award that a grant makes, told apart from others by a number.
    pub(super) fn award(&self, grant: &Grant, number: AwardId) -> Evidence {
        let grade = grant.grade.map_or(Grade::None, Grade::Value);
        let origin = Origin::Issued(number);
        let award = Evidence::new(self.catalog, grant.credential, grant.awarded, grade, origin).issued_by(grant.issuer);
        let award = if grant.hours.is_some() { award.with_hours(grant.hours) } else { award };
        if grant.graded { award.with_grade(best_grade(&self.catalog.header, grant.grade)) } else { award }
    }

    /// A small set that is likely to do, most wanted first: for a count, the parts that lack least; for a sum, what
    /// adds most.
    fn likely(&self, part: Part) -> Vec<Grant> {
        let network = &self.catalog.network;
        let group = match part {
            Part::Leaf(leaf) => return self.grant(leaf).into_iter().collect(),
            Part::Group(group) => group,
        };
        let described = network.group(group);
        if self.progress().region(group) == RegionId::PLAIN && described.measure == Measure::Count {
            let unmet = network.parts_in_id_order(group).into_iter().filter(|&part| self.usable.met(part) != Met::Yes);
            let mut lacking: Vec<Vec<Grant>> =
                unmet.map(|part| self.likely(part)).filter(|grants| !grants.is_empty()).collect();
            lacking.sort_by_key(|grants| (self.waits(grants), grants.len()));
            let wanted = described.threshold.saturating_sub(self.progress().have(group));
            return lacking.into_iter().take(wanted as usize).flatten().collect();
        }
        self.own(part)
    }

    /// An award of what each leaf below a part names, what adds most first.
    pub(super) fn own(&self, part: Part) -> Vec<Grant> {
        let network = &self.catalog.network;
        let mut leaves = network.leaves_below(part);
        let filled = |leaf: LeafId| self.progress().is_met(Part::Leaf(leaf));
        leaves.sort_by_key(|&leaf| {
            (filled(leaf), std::cmp::Reverse(network.leaf(leaf).weight), network.leaf(leaf).credential)
        });
        leaves.into_iter().filter_map(|leaf| Some(Grant { times: self.often(leaf), ..self.grant(leaf)? })).collect()
    }

    /// All that could fill any leaf of the part. That an award of some credential may be there already, waiting for its
    /// components, is one reason to try every credential that counts.
    fn everything(&self, part: Part) -> Vec<Grant> {
        let mut all = Vec::new();
        for leaf in self.catalog.network.leaves_below(part) {
            let times = self.often(leaf);
            let counting = self.counting_as(leaf).into_iter();
            let grant = |other| self.grant_of(other, leaf).or_else(|| self.waiting(other));
            all.extend(counting.filter_map(|other| Some(Grant { times, ..grant(other)? })));
        }
        all.sort();
        all
    }

    /// An award that will not do where it would have to be an older one; of a credential of which an older one may be
    /// there, waiting for its components.
    fn waiting(&self, credential: CredentialId) -> Option<Grant> {
        let awarded = self.progress().date();
        let (held_for, graded) = (Vec::new(), false);
        let grant = Grant { credential, grade: None, graded, issuer: None, awarded, held_for, hours: None, times: 1 };
        self.depends(credential).then_some(grant)
    }

    /// Grants of what is repeatable, as often as all the places that they could fill want together: those of the part,
    /// and of the stacks of what is granted and lasts while its components do.
    fn repeat(&self, grants: &mut [Grant], part: Part) {
        let Catalog { names, network, .. } = self.catalog;
        let granted: BTreeSet<CredentialId> = grants.iter().map(|grant| grant.credential).collect();
        let depending = granted.into_iter().filter(|&credential| self.depends(credential));
        let stacks = depending.filter_map(|credential| network.top(Rule::stack(credential)));
        let mut wanted: BTreeMap<CredentialId, u32> = BTreeMap::new();
        for leaf in stacks.chain([part]).flat_map(|part| network.leaves_below(part)) {
            for credential in self.counting_as(leaf).into_iter().filter(|&credential| names.repeatable(credential)) {
                let times = wanted.entry(credential).or_default();
                *times = times.saturating_add(self.often(leaf)).min(MOST_TIMES);
            }
        }
        for grant in grants {
            grant.times = wanted.get(&grant.credential).copied().unwrap_or(1).max(grant.times);
        }
    }

    /// Everything that could be granted for a part, what is repeatable as often as it could be wanted.
    pub(super) fn possible(&self, part: Part) -> Vec<Grant> {
        let mut all = self.completed(self.own(part), Self::own);
        all.extend(self.completed(self.everything(part), Self::everything));
        self.repeat(&mut all, part);
        all
    }

    /// With what the granted credentials need in turn to be current: an award that lasts while its components do is
    /// none by itself.
    fn completed(&self, mut grants: Vec<Grant>, choose: fn(&Self, Part) -> Vec<Grant>) -> Vec<Grant> {
        let mut seen = BTreeSet::new();
        let mut next = 0;
        while let Some(Grant { credential, .. }) = grants.get(next).cloned() {
            next += 1;
            let rule = Rule::stack(credential);
            if self.depends(credential) && !self.progress().rule_is_met(rule) && seen.insert(credential) {
                let top = self.catalog.network.top(rule);
                grants.extend(top.into_iter().flat_map(|top| choose(self, top)));
            }
        }
        // A repeatable credential may be wanted in several places; any other serves all of them at once.
        let mut places: BTreeMap<Grant, usize> = BTreeMap::new();
        let mut merged: Vec<Grant> = Vec::new();
        for grant in grants {
            let repeats = self.catalog.names.repeatable(grant.credential);
            if let Some(&place) = places.get(&grant.kind()) {
                let known = &mut merged[place];
                known.hours = known.hours.max(grant.hours);
                if repeats {
                    known.times = known.times.saturating_add(grant.times).min(MOST_TIMES);
                }
            } else {
                places.insert(grant.kind(), merged.len());
                merged.push(grant);
            }
        }
        merged
    }

    pub(crate) fn satisfies(&mut self, grants: &[Grant], part: Part) -> bool {
        let progress = self.with(grants);
        let met = if progress.is_met(part) || !progress.is_inside(part) {
            progress.is_met(part)
        } else {
            let given = self.work / Self::WORK_OF_A_STEP;
            let mut left = given;
            let met = progress.met_within(part, &mut left);
            self.work = self.work.saturating_sub(Self::WORK_OF_A_STEP * (given - left));
            met == Met::Yes
        };
        self.ask_next(progress);
        met
    }

    /// What there is with what is granted.
    pub(crate) fn with(&mut self, grants: &[Grant]) -> Progress<'p> {
        let mut progress = self.begun();
        let mut number = AwardId::NONE;
        for grant in grants {
            for _ in 0..grant.times {
                // Every granted award is one of its own, not one of the record's.
                number = number.before();
                progress.receive(self.award(grant, number));
            }
        }
        progress.settle();
        self.pay_for(&progress);
        progress
    }

    /// What there is: whoever was asked about last, without what was granted then, or a copy.
    pub(super) fn begun(&mut self) -> Progress<'p> {
        let base: &'p Progress<'p> = self.progress();
        if let Some(mut progress) = self.before.take() {
            let returned = progress.return_to(base);
            self.work = self.work.saturating_sub(returned / 4);
            return progress;
        }
        let network = &self.catalog.network;
        let words = (2 * network.groups.len() + network.leaves.len() / 32 + self.catalog.len()) as u64;
        self.work = self.work.saturating_sub(words);
        Progress { cone: Some(self.cone), ..base.clone() }
    }

    /// Whoever was asked about need not be copied for the next question.
    pub(super) fn ask_next(&mut self, progress: Progress<'p>) {
        self.before = Some(progress);
    }

    /// Pays for the consequences of some grants, and for taking them back.
    pub(super) fn pay_for(&mut self, progress: &Progress<'p>) {
        let searched = self.progress().steps_left().saturating_sub(progress.steps_left());
        let followed = progress.touched() - self.progress().touched();
        self.work = self.work.saturating_sub(2 * followed + Self::WORK_OF_A_STEP * (1 + searched));
        self.asked += 1;
    }

    /// Leaves out, from the last, whatever the rest can do without.
    pub(super) fn reduced(&mut self, grants: &[Grant], part: Part) -> Way {
        let mut kept = Vec::new();
        let minimal = self.keep_needed(grants, 0..grants.len(), &mut kept, part);
        for number in 0..kept.len() {
            self.lower_hours(&mut kept, number, part);
        }
        kept.sort();
        Way { grants: kept, minimal }
    }

    /// Leaves a grant no more hours to state than are needed beside the others.
    fn lower_hours(&mut self, grants: &mut [Grant], number: usize, part: Part) {
        let Some(mut enough) = grants[number].hours else { return };
        let mut too_few = 0;
        while enough - too_few > 1 && self.work > 0 {
            let hours = too_few + (enough - too_few) / 2;
            grants[number].hours = Some(hours);
            if self.satisfies(grants, part) {
                enough = hours;
            } else {
                too_few = hours;
            }
        }
        grants[number].hours = Some(enough);
    }

    /// Keeps those of a range that cannot be left out, given all before the range and what is kept of those after it. A
    /// range that can be left out as a whole is. Whether there was time to look at all.
    fn keep_needed(&mut self, grants: &[Grant], range: Range<usize>, kept: &mut Vec<Grant>, part: Part) -> bool {
        if self.work == 0 {
            kept.extend_from_slice(&grants[range]);
            return false;
        }
        let others = [&grants[..range.start], kept].concat();
        if self.satisfies(&others, part) {
            return true;
        }
        if range.len() > 1 {
            let middle = range.start + range.len() / 2;
            let after = self.keep_needed(grants, middle..range.end, kept, part);
            return self.keep_needed(grants, range.start..middle, kept, part) && after;
        }
        for grant in &grants[range] {
            // The least number of times that does.
            let (mut too_few, mut enough) = (0, grant.times);
            while enough - too_few > 1 {
                let times = too_few + (enough - too_few) / 2;
                let with = [&others[..], &[Grant { times, ..grant.clone() }]].concat();
                if self.satisfies(&with, part) {
                    enough = times;
                } else {
                    too_few = times;
                }
            }
            kept.push(Grant { times: enough, ..grant.clone() });
        }
        true
    }
}
