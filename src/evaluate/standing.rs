//! A learner's standing: the awards of a record that count for a catalog, in its terms.

use crate::catalog::network::{Conditions, Unit, to_u32};
use crate::catalog::{Catalog, Validity};
use crate::date::Date;
use crate::record::{Award, AwardStatus, LearnerRecord};

/// An award that counts, or one that the rules themselves give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Evidence {
    pub(crate) credential: u32,
    pub(crate) awarded: Option<Date>,
    /// The last day on which it is current, whatever becomes of its components; none if that never comes.
    pub(crate) until: Option<Date>,
    credits: Option<u32>,
    hours: Option<u32>,
    pub(crate) grade: Grade,
    issuer: Issuer,
    pub(crate) origin: Origin,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Origin {
    /// An award of the record, by its place in the standing's order.
    Issued(u32),
    /// The learner qualifies for it (semantics 4.1).
    Qualified,
    /// Supposed to be taken, for the question what is attainable (semantics 4.2); without end if it is repeatable.
    Supposed,
}

/// A grade on the catalog's scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Grade {
    /// None, or one that the catalog's scale does not have: meets no condition.
    None,
    Value(i64),
    /// Sufficient for any condition.
    Sufficient,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Issuer {
    /// None, or one that the catalog does not mention: meets no condition.
    Unknown,
    Known(u32),
}

impl Evidence {
    /// An award of the credential as its own issuer makes it on that day.
    pub(crate) fn new(catalog: &Catalog, credential: u32, date: Date, grade: Grade, origin: Origin) -> Self {
        let terms = catalog.terms(credential);
        let until = match origin {
            Origin::Qualified => None,
            _ => last_day(terms.valid_for, date),
        };
        let issuer = Issuer::from(terms.issuer);
        Self { credential, awarded: Some(date), until, credits: None, hours: None, grade, issuer, origin }
    }

    /// Whether its last day has not passed; components aside.
    pub(crate) fn lasts(&self, date: Date) -> bool {
        self.until.is_none_or(|until| date <= until)
    }

    /// Whether it is of a kind that the conditions ask for on that date. Whether it is current is not asked here.
    pub(crate) fn meets(&self, conditions: &Conditions, date: Date) -> bool {
        let within = |&period| self.awarded.is_some_and(|awarded| awarded.after(period).is_none_or(|end| date <= end));
        conditions.within.iter().all(within)
            && conditions.since.is_none_or(|since| self.awarded.is_some_and(|awarded| since <= awarded))
            && conditions.grade.is_none_or(|least| match self.grade {
                Grade::None => false,
                Grade::Value(grade) => least <= grade,
                Grade::Sufficient => true,
            })
            && conditions.issuers.as_ref().is_none_or(|issuers| match self.issuer {
                Issuer::Unknown => false,
                Issuer::Known(issuer) => issuers.binary_search(&issuer).is_ok(),
            })
    }

    /// What it adds to a sum, in hundredths: the recorded amount, else that of the credential which the rule names.
    pub(crate) fn adds(&self, unit: Unit, named: u32) -> u32 {
        let recorded = match unit {
            Unit::Credits => self.credits,
            Unit::Hours => self.hours,
        };
        recorded.unwrap_or(named)
    }

    /// Made by this issuer instead, with this grade.
    pub(crate) fn by(self, issuer: Option<u32>) -> Self {
        Self { issuer: issuer.map_or(self.issuer, Issuer::Known), ..self }
    }

    /// All that rules can ask about it.
    fn kind(&self) -> impl Ord + use<> {
        let Self { credential, awarded, until, credits, hours, grade, issuer, origin: _ } = *self;
        (credential, awarded, until, credits, hours, grade, issuer)
    }

    pub(crate) fn is_issued(&self) -> bool {
        matches!(self.origin, Origin::Issued(_))
    }
}

impl From<Option<u32>> for Issuer {
    fn from(issuer: Option<u32>) -> Self {
        issuer.map_or(Self::Unknown, Self::Known)
    }
}

/// The last day on which an award made on this day is current (semantics 3.2).
pub(crate) fn last_day(valid_for: Validity, awarded: Date) -> Option<Date> {
    match valid_for {
        Validity::Forever | Validity::WhileComponents => None,
        Validity::For(period) => awarded.after(period).map(|anniversary| anniversary.previous().unwrap_or(anniversary)),
    }
}

/// What a record says in the terms of a catalog, as known on one date.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// Completed awards dated on or before the as-of date, or undated, in an order of their own.
    pub(crate) issued: Vec<Evidence>,
    pub(crate) in_progress: Vec<Evidence>,
    /// The place in the record of each of these awards, by the number in their [`Origin`].
    places: Vec<u32>,
    /// Ids that the catalog does not know, each once.
    pub(crate) unknown: Vec<String>,
}

impl Standing {
    pub(crate) fn new(catalog: &Catalog, record: &LearnerRecord, as_of: Date) -> Self {
        let mut standing = Self {
            issued: Vec::with_capacity(record.awards.len()),
            in_progress: Vec::new(),
            places: Vec::new(),
            unknown: Vec::new(),
        };
        for (award, number) in record.awards.iter().zip(0..) {
            let Some(id) = catalog.credential(&award.credential) else {
                standing.unknown.push(award.credential.clone());
                continue;
            };
            let terms = catalog.terms(id.0);
            let end = || award.awarded.and_then(|awarded| last_day(terms.valid_for, awarded));
            // An award that is still in progress has a last day only if one is recorded.
            let until = award.valid_until.or_else(|| if award.status == AwardStatus::Completed { end() } else { None });
            let grade = award.grade.as_deref().and_then(|grade| catalog.grade(grade)).map_or(Grade::None, Grade::Value);
            let evidence = Evidence {
                credential: id.0,
                awarded: award.awarded,
                until,
                credits: award.credits.map(crate::Amount::weight),
                hours: award.hours.map(crate::Amount::weight),
                grade,
                issuer: award.issuer.as_deref().map_or(terms.issuer, |issuer| catalog.issuer(issuer)).into(),
                origin: Origin::Issued(number),
            };
            match award.status {
                AwardStatus::Completed if award.awarded.is_none_or(|awarded| awarded <= as_of) => {
                    standing.issued.push(evidence);
                }
                AwardStatus::InProgress => standing.in_progress.push(evidence),
                AwardStatus::Completed | AwardStatus::Planned | AwardStatus::Revoked => {}
            }
        }
        // What evidence does not tell apart, such as two issuers that the catalog does not know, the awards themselves do.
        let award = |evidence: &Evidence| match evidence.origin {
            Origin::Issued(place) => record.awards.get(place as usize),
            _ => None,
        };
        let order = |a: &Evidence, b: &Evidence| a.kind().cmp(&b.kind()).then_with(|| award(a).cmp(&award(b)));
        standing.issued.sort_unstable_by(order);
        standing.in_progress.sort_unstable_by(order);
        for evidence in standing.issued.iter_mut().chain(&mut standing.in_progress) {
            if let Origin::Issued(place) = evidence.origin {
                evidence.origin = Origin::Issued(to_u32(standing.places.len()));
                standing.places.push(place);
            }
        }
        standing.unknown.sort();
        standing.unknown.dedup();
        standing
    }

    /// The award of the record that evidence is.
    pub(crate) fn award<'r>(&self, record: &'r LearnerRecord, origin: Origin) -> Option<&'r Award> {
        let Origin::Issued(number) = origin else { return None };
        self.places.get(number as usize).and_then(|&place| record.awards.get(place as usize))
    }

    /// The in-progress awards as if completed on the date, with a sufficient grade.
    pub(crate) fn completed(&self, catalog: &Catalog, date: Date) -> impl Iterator<Item = Evidence> {
        self.in_progress.iter().map(move |evidence| {
            let until = evidence.until.or_else(|| last_day(catalog.terms(evidence.credential).valid_for, date));
            Evidence { awarded: Some(date), until, grade: Grade::Sufficient, ..evidence.clone() }
        })
    }
}
