//! The kinds of awards that rules tell apart.

use std::collections::BTreeSet;

use crate::catalog::network::{Measure, Part, Unit};
use crate::evaluate::award_kind::Grade;
use crate::evaluate::evidence::{AwardId, Evidence, evidence};
use crate::evaluate::own_amounts::OwnAmounts;
use crate::record::record::Award;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, Id, LeafId, UnitId};

use crate::check::records::asked::AskedParts;
use crate::check::records::question::RecordQuestion;
use crate::check::records::search::KindOfAward;
use crate::check::records::values::{AwardValues, KnownAs, recorded_amount};

/// So many awards of a kind are tried at the most.
pub(crate) const MOST_AWARDS: u32 = 24;

/// An award may be like this in so many ways at the most; where there are more, not all are tried.
const MOST_WAYS: u64 = 1_000;

/// An award that stands for all that the rules of both sides treat alike.
pub(crate) struct RecordedKind {
    pub(crate) award: Award,
    pub(crate) known_as: KnownAs,
    /// The leaves that it fills on each side.
    pub(crate) fills: [Vec<LeafId>; 2],
}

/// All kinds of awards on a day.
pub(crate) struct Kinds {
    pub(crate) all: Vec<RecordedKind>,
    pub(crate) searched: Vec<KindOfAward>,
    /// The kinds in the order in which the search takes them.
    pub(crate) order: Vec<usize>,
    /// Whether no record shows anything that these do not show.
    pub(crate) complete: bool,
    /// Whether all of them together meet whatever any record does.
    pub(crate) best_are_there: bool,
    /// Whether what each side sees is in the record.
    pub(crate) as_recorded: bool,
    /// What each side sees of awards in place of what is recorded: what suits the one best and the other least, which
    /// no record could exceed. None if they are seen as recorded.
    apart: Option<[SeenAs; 2]>,
}

/// What is seen of awards in place of what is recorded.
#[derive(Clone, Copy)]
struct SeenAs {
    amounts: OwnAmounts,
    grade: Option<Grade>,
    /// Whether they have no days, but for those whose days matter.
    undated: bool,
}

/// All that rules can ask of an award.
type Profile = ([Vec<LeafId>; 2], Option<Amount>, Option<Amount>, Option<Date>, Option<String>);

impl Kinds {
    /// Those of awards with the amounts that are recorded; or such as are asked for on the one side, and none on the
    /// other. `None` if going through them takes more work than is left.
    pub(crate) fn of(question: &RecordQuestion<'_, '_>, day: Date, recorded: bool, work: &mut u64) -> Option<Self> {
        let sides = question.sides;
        let averages = recorded && sides.iter().any(AskedParts::has_averages);
        let by_days = recorded && sides[1].has_spans() && sides[0].asks_for_days();
        let mut kinds = Self {
            all: Vec::new(),
            searched: Vec::new(),
            order: Vec::new(),
            // What a mean comes to, or how far days are apart, is a matter of many awards.
            complete: !averages && !by_days,
            best_are_there: !averages,
            as_recorded: recorded || !sides.iter().any(AskedParts::has_averages) && !sides[1].has_spans(),
            apart: (!recorded).then(|| seen_apart(sides)),
        };
        let mut all_amounts = true;
        for &credential in question.credentials {
            let mut values = AwardValues::of(sides, credential, day, recorded);
            all_amounts &= !values.more_amounts;
            if values.keep(MOST_WAYS) {
                (kinds.complete, kinds.best_are_there) = (false, false);
            }
            *work = work.checked_sub(values.ways() / 4 + 1)?;
            let before = kinds.all.len();
            kinds.add(sides, credential, day, &values);
            let added = (kinds.all.len() - before) as u64;
            *work = work.checked_sub(added * added / 32)?;
        }
        kinds.complete &= !recorded
            || [Unit::Credits, Unit::Hours]
                .into_iter()
                .all(|unit| are_apart(sides, unit) || all_amounts && are_of_one_unit(sides, unit));
        kinds.order = (0..kinds.all.len()).collect();
        let all = &kinds.all;
        let fills_own =
            |kind: usize, side: usize| all[kind].fills[side].iter().any(|leaf| sides[side].own.contains(leaf));
        kinds.order.sort_by_key(|&kind| {
            (fills_own(kind, 1), !fills_own(kind, 0), all[kind].fills[1].len(), all[kind].fills[0].len())
        });
        Some(kinds)
    }

    /// Adds the kinds of awards of a credential.
    fn add(&mut self, sides: &[AskedParts<'_>; 2], credential: KnownAs, day: Date, values: &AwardValues) {
        let averages = self.apart.is_none() && sides.iter().any(AskedParts::has_averages);
        let spans = sides.iter().any(AskedParts::has_spans);
        let Some(id) = (0..2).find_map(|side| Some(sides[side].catalog.id(credential[side]?))) else { return };
        let first = self.all.len();
        let mut seen: BTreeSet<Profile> = BTreeSet::new();
        for award in values.awards(id, day) {
            let fills = [0, 1].map(|side| filled(&sides[side], &award, credential[side], day));
            let awarded = award.awarded.filter(|_| spans);
            let grade = award.grade.clone().filter(|_| averages);
            let profile = (fills.clone(), award.credits, award.hours, awarded, grade);
            if fills.iter().any(|leaves| !leaves.is_empty()) && seen.insert(profile) {
                self.all.push(RecordedKind { award, known_as: credential, fills });
            }
        }
        let both_add = [Unit::Credits, Unit::Hours].into_iter().any(|unit| {
            sides.iter().zip(credential).all(|(side, own)| {
                side.leaves_of(own).iter().any(|&leaf| side.catalog.network.unit_of(leaf) == Some(unit))
            })
        });
        self.as_recorded &= self.apart.is_none() || !both_add;
        let mut known = sides.iter().zip(credential);
        let repeats = known.any(|(side, own)| own.is_some_and(|own| side.catalog.names.repeatable(own)));
        let most = if repeats { slots(sides, credential, self.apart.is_none()) } else { 1 };
        self.complete &= most <= MOST_AWARDS;
        self.best_are_there &= most <= MOST_AWARDS;
        for own in first..self.all.len() {
            let serves = |&other: &usize| !repeats && other != own && self.serves(own, other, spans, averages);
            let above = (first..self.all.len()).filter(serves).collect();
            let depends_on_days = self.apart.is_some_and(|seen| seen[1].undated) && {
                let RecordedKind { award, fills, .. } = &self.all[own];
                let undated = Award { awarded: None, valid_until: award.valid_until.or(Some(day)), ..award.clone() };
                filled(&sides[1], &undated, credential[1], day) != fills[1]
            };
            self.searched.push(KindOfAward { most: most.min(MOST_AWARDS), above, depends_on_days });
        }
    }

    /// Whether one kind of award of a credential serves wherever another one does.
    fn serves(&self, own: usize, other: usize, spans: bool, averages: bool) -> bool {
        let (one, other) = (&self.all[own], &self.all[other]);
        let fills = (0..2).all(|side| one.fills[side].iter().all(|leaf| other.fills[side].binary_search(leaf).is_ok()));
        // What is recorded adds as much everywhere, what is not may add less here and more there.
        let adds = |one: Option<Amount>, other: Option<Amount>| {
            one == other || !averages && matches!((one, other), (Some(less), Some(more)) if less <= more)
        };
        fills
            && adds(one.award.credits, other.award.credits)
            && adds(one.award.hours, other.award.hours)
            && (!spans || one.award.awarded == other.award.awarded)
            && (!averages || one.award.grade == other.award.grade)
    }

    /// Awards of these kinds, as they are recorded.
    pub(crate) fn awards(&self, sides: &[AskedParts<'_>; 2], counts: &[u32]) -> Vec<Award> {
        let recorded = |kind: usize| {
            let RecordedKind { award, known_as, fills: _ } = &self.all[kind];
            let mut award = award.clone();
            if self.apart.is_some() {
                award.credits = recorded_amount(sides, *known_as, Unit::Credits);
                award.hours = recorded_amount(sides, *known_as, Unit::Hours);
            }
            award
        };
        let spared = |kind: usize| self.searched[kind].above.iter().any(|&above| counts[above] > 0);
        let taken = (0..self.all.len()).filter(|&kind| counts[kind] > 0 && !spared(kind));
        taken.flat_map(|kind| std::iter::repeat_n(recorded(kind), counts[kind] as usize)).collect()
    }

    /// The work of going through them once.
    pub(crate) fn price(&self) -> u64 {
        let above: usize = self.searched.iter().map(|kind| kind.above.len()).sum();
        ((self.all.len() + above / 8) / 8) as u64
    }

    /// The awards of a side, each with a number of its own; those that others stand for are left out.
    pub(crate) fn evidence(&self, side: usize, asked: &AskedParts<'_>, counts: &[u32]) -> Vec<Evidence> {
        let mut found = Vec::new();
        for (kind, &count) in counts.iter().enumerate() {
            let RecordedKind { award, known_as, fills } = &self.all[kind];
            let spared = self.searched[kind].above.iter().any(|&above| counts[above] > 0);
            let Some(own) = known_as[side].filter(|_| !spared && !fills[side].is_empty()) else { continue };
            for _ in 0..count {
                let as_recorded = evidence(asked.catalog, award.facts(), AwardId::at(found.len()), own);
                found.push(match self.apart {
                    Some(seen) => seen[side].of(as_recorded, self.searched[kind].depends_on_days),
                    None => as_recorded,
                });
            }
        }
        found
    }
}

impl SeenAs {
    fn of(self, award: Evidence, day_matters: bool) -> Evidence {
        let award = award.with_amounts(self.amounts);
        let award = if self.undated && !day_matters { award.undated() } else { award };
        match self.grade {
            Some(grade) => award.with_grade(grade),
            None => award,
        }
    }
}

/// What is best for the one side, and worst for the other.
fn seen_apart(sides: &[AskedParts<'_>; 2]) -> [SeenAs; 2] {
    let most = |unit| sides[0].thresholds(unit).max();
    let all = OwnAmounts { credits: most(Unit::Credits), hours: most(Unit::Hours) };
    let nothing = OwnAmounts { credits: Some(0), hours: Some(0) };
    [
        SeenAs { amounts: all, grade: sides[0].has_averages().then_some(Grade::Sufficient), undated: false },
        SeenAs {
            amounts: nothing,
            grade: sides[1].has_averages().then_some(Grade::None),
            undated: sides[1].has_spans(),
        },
    ]
}

/// Whether no award adds to two sums, so that either all of what adds to a sum may be nothing, or each as much as is
/// asked for.
fn are_apart(sides: &[AskedParts<'_>; 2], unit: Unit) -> bool {
    let [one, other] = sides.each_ref().map(|side| side.sums(unit));
    let mut all: Vec<&BTreeSet<CredentialId>> = one.values().collect();
    if std::ptr::eq(sides[0].catalog, sides[1].catalog) {
        all.extend(other.iter().filter(|(sum, _)| !one.contains_key(sum)).map(|(_, adding)| adding));
    } else if !one.is_empty() && !other.is_empty() {
        return false;
    } else {
        all.extend(other.values());
    }
    let mut seen = BTreeSet::new();
    all.into_iter().flatten().all(|&credential| seen.insert(credential))
}

/// Whether to each sum only one unit of awards can add, so that an award is as good as one that adds just so much as
/// the greatest amount asked for that it reaches.
fn are_of_one_unit(sides: &[AskedParts<'_>; 2], unit: Unit) -> bool {
    sides.iter().all(|side| {
        let names = &side.catalog.names;
        let is_one = |adding: &BTreeSet<CredentialId>| {
            let units: BTreeSet<UnitId> = adding.iter().map(|&credential| names.unit(credential)).collect();
            units.len() <= 1 && !adding.iter().any(|&credential| names.repeatable(credential))
        };
        side.sums(unit).values().all(is_one)
    })
}

/// The leaves that an award fills on a day, components aside.
fn filled(side: &AskedParts<'_>, award: &Award, own: Option<CredentialId>, day: Date) -> Vec<LeafId> {
    let Some(own) = own else { return Vec::new() };
    let evidence = evidence(side.catalog, award.facts(), AwardId::at(0), own);
    let lasts = evidence.lasts(day);
    let fits = |&leaf: &LeafId| {
        let conditions = side.conditions(leaf);
        (conditions.lapsed || lasts) && evidence.meets(conditions, day)
    };
    side.leaves_of(Some(own)).iter().copied().filter(fits).collect()
}

/// As many awards of a credential as can be of use: one for each place that one could fill.
pub(crate) fn slots(sides: &[AskedParts<'_>; 2], credential: KnownAs, recorded: bool) -> u32 {
    let mut slots: u64 = 1;
    for (side, own) in sides.iter().zip(credential) {
        let network = &side.catalog.network;
        for &leaf in side.leaves_of(own) {
            let above = network.group_above(Part::Leaf(leaf));
            let weight = u64::from(network.leaf(leaf).weight.max(1));
            let adds =
                |measure: Measure| matches!(measure, Measure::Sum(Unit::Credits | Unit::Hours) | Measure::UpTo(_));
            slots += match above.map(|group| network.group(group)) {
                // One that carries as much as is asked for is enough.
                Some(group) if adds(group.measure) && !recorded => 1,
                Some(group) if adds(group.measure) => u64::from(group.threshold).div_ceil(weight),
                Some(group) => u64::from(group.threshold),
                None => 1,
            };
        }
    }
    u32::try_from(slots).unwrap_or(u32::MAX)
}
