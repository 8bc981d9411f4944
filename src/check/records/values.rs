//! The grades, issuers, days and amounts of awards that rules tell apart.

use std::collections::BTreeSet;

use crate::catalog::catalog::Catalog;
use crate::catalog::conditions::Conditions;
use crate::catalog::network::{Part, Unit};
use crate::record::record::Award;
use crate::value::amount::Amount;
use crate::value::date::Date;
use crate::value::ids::{CredentialId, LeafId};
use crate::value::points::GradePoints;

use crate::check::records::asked::AskedParts;
use crate::check::records::days::{far_apart, made_on};

/// A credential as the catalogs of both sides number it.
pub(crate) type KnownAs = [Option<CredentialId>; 2];

/// What an award may be like; of each, what comes first is what an award is mostly like.
#[derive(Default)]
pub(crate) struct AwardValues {
    grades: Vec<Option<String>>,
    issuers: Vec<Option<String>>,
    awarded: Vec<Option<Date>>,
    valid_until: Vec<Option<Date>>,
    credits: Vec<Option<Amount>>,
    hours: Vec<Option<Amount>>,
    /// Whether more amounts than these are told apart.
    pub(crate) more_amounts: bool,
}

/// Amounts of awards that may be told apart where both sides add them up.
const MOST_AMOUNTS: usize = 6;

impl AwardValues {
    /// Those of awards of a credential on a day. Without `recorded`, no amounts are.
    pub(crate) fn of(sides: &[AskedParts<'_>; 2], credential: KnownAs, day: Date, recorded: bool) -> Self {
        let leaves: Vec<(&AskedParts<'_>, LeafId)> = sides
            .iter()
            .zip(credential)
            .flat_map(|(side, own)| side.leaves_of(own).iter().map(move |&leaf| (side, leaf)))
            .collect();
        let conditions: Vec<&Conditions> = leaves.iter().map(|(side, leaf)| side.conditions(*leaf)).collect();
        let averages = recorded && sides.iter().any(AskedParts::has_averages);
        let spans = sides.iter().any(AskedParts::has_spans);
        let terms = sides.iter().zip(credential).filter_map(|(side, own)| Some(side.catalog.terms(own?).valid_for));
        let days = made_on(conditions.iter().copied(), terms, day, spans).into_iter().map(Some);
        let mut values = Self {
            grades: vec![None],
            issuers: vec![None],
            awarded: days.collect(),
            valid_until: vec![None, Some(day)],
            credits: vec![None],
            hours: vec![None],
            more_amounts: false,
        };
        if recorded {
            let [credits, hours] = [Unit::Credits, Unit::Hours].map(|unit| amounts(sides, credential, unit, averages));
            values.more_amounts = credits.1 || hours.1;
            (values.credits, values.hours) = (credits.0, hours.0);
        }
        if spans {
            let apart = sides.iter().flat_map(AskedParts::spans).flat_map(|span| far_apart(span, day));
            values.awarded.extend(apart.map(Some));
            values.awarded.push(None);
        }
        if averages || conditions.iter().any(|conditions| conditions.grade.is_some()) {
            values.grades = grades(sides.each_ref().map(|side| side.catalog), averages);
        }
        if conditions.iter().any(|conditions| conditions.issuers.is_some()) {
            values.issuers = issuers(&leaves, sides.each_ref().map(|side| side.catalog));
        }
        if conditions.iter().any(|conditions| conditions.lapsed) {
            // It was made before it lapsed.
            values.awarded.extend(day.previous().map(Some));
            values.valid_until.extend(day.previous().map(Some));
        }
        let mut seen = BTreeSet::new();
        values.awarded.retain(|awarded| seen.insert(*awarded));
        values
    }

    /// Leaves out what is least likely to matter, until there are no more ways than these; and whether there were.
    pub(crate) fn keep(&mut self, most: u64) -> bool {
        let too_many = self.ways() > most;
        while self.ways() > most {
            let Self { grades, issuers, awarded, valid_until: _, credits, hours, more_amounts: _ } = self;
            let lengths = [grades.len(), issuers.len(), awarded.len(), credits.len(), hours.len()];
            let longest = lengths.iter().max().copied().unwrap_or(0);
            let kept = longest.saturating_sub(1).max(1);
            grades.truncate(kept);
            issuers.truncate(kept);
            awarded.truncate(kept);
            credits.truncate(kept);
            hours.truncate(kept);
            if longest <= 1 {
                break;
            }
        }
        too_many
    }

    /// The number of ways in which an award may be like this.
    pub(crate) fn ways(&self) -> u64 {
        let Self { grades, issuers, awarded, valid_until, credits, hours, more_amounts: _ } = self;
        let lengths = [grades.len(), issuers.len(), awarded.len(), valid_until.len(), credits.len(), hours.len()];
        lengths.into_iter().map(|length| length as u64).product()
    }

    /// All awards of these kinds under an id.
    pub(crate) fn awards(&self, id: &str, day: Date) -> impl Iterator<Item = Award> {
        let mut awards = vec![Award::new(id)];
        awards = each(&awards, &self.awarded, |award, &awarded| award.awarded = awarded);
        awards = each(&awards, &self.valid_until, |award, &until| award.valid_until = until);
        awards = each(&awards, &self.issuers, |award, issuer| award.issuer.clone_from(issuer));
        awards = each(&awards, &self.grades, |award, grade| award.grade.clone_from(grade));
        awards = each(&awards, &self.hours, |award, &hours| award.hours = hours);
        awards = each(&awards, &self.credits, |award, &credits| award.credits = credits);
        let in_order =
            move |award: &Award| award.awarded.is_none_or(|awarded| award.valid_until.unwrap_or(day) >= awarded);
        // Of two amounts, one is as the catalog says unless each is all or nothing.
        let ends = |amounts: &[Option<Amount>]| {
            [amounts.iter().max().copied(), amounts.iter().flatten().min().map(|least| Some(*least))]
        };
        let (credits, hours) = (ends(&self.credits), ends(&self.hours));
        let plain = move |award: &Award| {
            award.credits.is_none()
                || award.hours.is_none()
                || credits.contains(&Some(award.credits)) && hours.contains(&Some(award.hours))
        };
        awards.into_iter().filter(in_order).filter(plain)
    }
}

/// The award under an id that is like most on a day, and has the best grade that may matter.
pub(crate) fn plain_award(sides: &[AskedParts<'_>; 2], credential: KnownAs, id: &str, day: Date) -> Award {
    let mut leaves =
        sides.iter().zip(credential).flat_map(|(side, own)| side.leaves_of(own).iter().map(move |&leaf| (side, leaf)));
    let of_a_group = |side: &AskedParts<'_>, leaf: LeafId| {
        let above = side.catalog.network.group_above(Part::Leaf(leaf));
        above.is_some_and(|group| side.catalog.network.extras(group).average.is_some())
    };
    let graded = leaves.any(|(side, leaf)| side.conditions(leaf).grade.is_some() || of_a_group(side, leaf));
    let mut award = Award::new(id);
    award.awarded = Some(day);
    award.credits = recorded_amount(sides, credential, Unit::Credits);
    award.hours = recorded_amount(sides, credential, Unit::Hours);
    if graded {
        award.grade = grades(sides.each_ref().map(|side| side.catalog), true).into_iter().next().flatten();
    }
    award
}

/// Each award in each way.
fn each<T>(awards: &[Award], ways: &[T], set: impl Fn(&mut Award, &T)) -> Vec<Award> {
    let in_way = |way| awards.iter().map(move |award| (award.clone(), way));
    let mut all: Vec<Award> = Vec::with_capacity(awards.len() * ways.len());
    for (mut award, way) in ways.iter().flat_map(in_way) {
        set(&mut award, way);
        all.push(award);
    }
    all
}

/// Every grade that may matter, the best first, and none.
fn grades(catalogs: [&Catalog; 2], averages: bool) -> Vec<Option<String>> {
    let mut found: Vec<Option<String>> = Vec::new();
    for catalog in catalogs {
        let words = &catalog.header().grades;
        let mut names: Vec<String> = words.iter().rev().cloned().collect();
        if words.is_empty() {
            let asked = catalog.network.conditions.iter().filter_map(|conditions| conditions.grade);
            let mut values: BTreeSet<i64> = asked.collect();
            if averages {
                let means = catalog.network.averages().map(|average: GradePoints| average.millionths());
                values.extend(means.collect::<Vec<i64>>());
                // A mean can be raised by any grade, and lowered by one that is just not good enough.
                let below: Vec<i64> = values.iter().map(|value| value - 1).collect();
                values.extend(below);
                values.extend([0, GradePoints::MAX.millionths()]);
            }
            names = values.into_iter().rev().map(|value| catalog.grade_name(value)).collect();
        }
        found.extend(names.into_iter().map(Some));
    }
    let mut seen = BTreeSet::new();
    found.retain(|grade| seen.insert(grade.clone()));
    found.push(None);
    found
}

/// Its own issuer, every one that is asked for, and one that nobody asks for.
fn issuers(leaves: &[(&AskedParts<'_>, LeafId)], catalogs: [&Catalog; 2]) -> Vec<Option<String>> {
    let named = leaves.iter().flat_map(|(side, leaf)| {
        let issuers = side.conditions(*leaf).issuers.as_deref().unwrap_or_default();
        issuers.iter().map(|&issuer| side.catalog.issuer_name(issuer).to_owned())
    });
    let named: BTreeSet<String> = named.collect();
    let mut other = "another".to_owned();
    while catalogs.iter().any(|catalog| catalog.issuer(&other).is_some()) {
        other.push_str(" one");
    }
    std::iter::once(None).chain(named.into_iter().chain([other]).map(Some)).collect()
}

/// Whether awards of a credential add amounts of a unit to anything, on each side.
fn adds(sides: &[AskedParts<'_>; 2], credential: KnownAs, unit: Unit) -> [bool; 2] {
    [0, 1].map(|side: usize| {
        let network = &sides[side].catalog.network;
        sides[side].leaves_of(credential[side]).iter().any(|&leaf| network.unit_of(leaf) == Some(unit))
    })
}

/// The greatest amount that is asked for anywhere.
fn most_asked(sides: &[AskedParts<'_>; 2], unit: Unit) -> Amount {
    let most = sides.iter().flat_map(|side| side.thresholds(unit)).max().unwrap_or(0);
    Amount::from_hundredths(most.into())
}

/// The amount of an award where only one side adds it up: as much as is asked for where it is to help, and none where
/// it is not.
pub(crate) fn recorded_amount(sides: &[AskedParts<'_>; 2], credential: KnownAs, unit: Unit) -> Option<Amount> {
    match adds(sides, credential, unit) {
        [true, false] => Some(most_asked(sides, unit)),
        [false, true] => Some(Amount::ZERO),
        [false, false] | [true, true] => None,
    }
}

/// Amounts that may matter: none, as the catalog says, as much as is asked for anywhere, nothing, and between; and
/// whether there are more between.
fn amounts(
    sides: &[AskedParts<'_>; 2],
    credential: KnownAs,
    unit: Unit,
    averages: bool,
) -> (Vec<Option<Amount>>, bool) {
    let adds = adds(sides, credential, unit);
    if adds == [false; 2] || adds != [true; 2] && !averages {
        return (vec![recorded_amount(sides, credential, unit)], false);
    }
    let thresholds = |side: usize| sides[side].thresholds(unit).collect::<BTreeSet<u32>>();
    let (asked, other) = (thresholds(0), thresholds(1));
    let amount = |hundredths: u32| Some(Amount::from_hundredths(hundredths.into()));
    let most = asked.iter().chain(&other).max().copied().unwrap_or(0);
    let less = other.iter().map(|threshold| threshold.saturating_sub(1));
    let between: BTreeSet<u32> = less.chain(asked.iter().copied()).chain([0, most]).collect();
    let mut between: Vec<Option<Amount>> = between.into_iter().map(amount).collect();
    // Nothing and all are among them.
    between.reverse();
    let more = between.len() > MOST_AMOUNTS;
    if more {
        between.drain(MOST_AMOUNTS - 1..between.len() - 1);
    }
    (std::iter::once(None).chain(between).collect(), more)
}
