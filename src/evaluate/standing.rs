//! A learner's standing: the awards of a record that count for a catalog, in its terms.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::catalog::catalog::Catalog;
use crate::catalog::network::Part;
use crate::evaluate::evidence::{AwardId, Evidence, Origin, RenewalId, evidence};
use crate::evaluate::exceptions::{Exceptions, SubstitutionId};
use crate::evaluate::options::{Accepted, View};
use crate::evaluate::own_amounts::OwnAmounts;
use crate::record::award::copies;
use crate::record::facts::AwardFacts;
use crate::record::record::{Award, AwardStatus, LearnerRecord, Verification};
use crate::value::date::Date;
use crate::value::ids::{ClassId, CredentialId, Id, IdVec, UnitId, id};

id! {
    /// The place of an award in the record.
    RecordPlace
}

/// The content of a record in the terms of a catalog, as known on one date and seen in one view.
#[derive(Debug, Clone, Default)]
pub(crate) struct Standing {
    /// The awards that count, in an order of their own: completed ones dated on or before the as-of date, or undated,
    /// and those that the view takes for completed.
    pub(crate) issued: Vec<Evidence>,
    /// Awards in progress that the view does not take for completed.
    pub(crate) in_progress: Vec<Evidence>,
    pub(crate) exceptions: Arc<Exceptions>,
    /// The amounts that new awards carry because those that are there do.
    pub(crate) kept: Arc<BTreeMap<UnitId, OwnAmounts>>,
    /// The place in the record of each of these awards.
    places: IdVec<AwardId, RecordPlace>,
    /// Ids that the catalog does not know, each once.
    pub(crate) unknown: Vec<String>,
    /// Credentials of which an award is current that cannot be renewed, as far as that was asked.
    pub(crate) unrenewable: Arc<BTreeSet<CredentialId>>,
    /// Those that can be renewed on terms that say all that it takes: their prerequisite, corequisite and stack are not
    /// asked for again.
    pub(crate) renewable: Arc<BTreeSet<CredentialId>>,
    /// Those of which that was not found out, being too many.
    pub(crate) unjudged: BTreeSet<CredentialId>,
    /// What the awards by renewal rest on.
    pub(crate) renewals: IdVec<RenewalId, RenewalGrounds>,
    /// Whether some awards that others are besides could not be found within bounds (semantics 3.9).
    pub(crate) renewals_open: bool,
}

/// What an award by renewal rests on beside the award that renews: what was current on the day (semantics 3.9).
#[derive(Debug, Clone, Default)]
pub(crate) struct RenewalGrounds {
    pub(crate) awards: BTreeSet<AwardId>,
    /// Awards by renewal that it rests on, with what these rest on.
    pub(crate) before: BTreeSet<RenewalId>,
    pub(crate) waived: BTreeSet<Part>,
    pub(crate) substitutions: BTreeSet<SubstitutionId>,
}

impl Standing {
    pub(crate) fn new(catalog: &Catalog, record: &LearnerRecord, as_of: Date, accepted: Accepted) -> Self {
        let mut standing = Self {
            issued: Vec::with_capacity(record.awards.len()),
            in_progress: Vec::new(),
            exceptions: Arc::new(Exceptions::new(catalog, record, as_of)),
            kept: Arc::default(),
            places: IdVec::new(),
            unknown: Vec::new(),
            unrenewable: Arc::default(),
            renewable: Arc::default(),
            unjudged: BTreeSet::new(),
            renewals: IdVec::new(),
            renewals_open: false,
        };
        let copies = copies(&record.awards);
        for (award, number) in record.awards.iter().zip(AwardId::first(record.awards.len())) {
            let (known, facts) = (catalog.credential(&award.credential), award.facts());
            if known.is_none() {
                standing.unknown.push(award.credential.clone());
            }
            let is_copy = copies.get(number.index()).is_some_and(|&is| is);
            let Some(counting) = AwardCounting::of(facts, as_of, accepted).filter(|_| !is_copy) else { continue };
            let evidence = match known {
                Some(id) => vec![evidence(catalog, facts, number, id)],
                None => standing.exceptions.foreign_evidence(catalog, award, number),
            };
            match counting {
                AwardCounting::AsMade => standing.issued.extend(evidence),
                AwardCounting::AsIfCompleted => {
                    standing.issued.extend(evidence.iter().map(|evidence| evidence.completed(catalog, as_of)));
                }
                AwardCounting::InProgress => standing.in_progress.extend(evidence),
            }
        }
        // What evidence does not tell apart, such as two issuers that the catalog does not know, the awards themselves
        // do.
        let award = |evidence: &Evidence| match evidence.origin {
            Origin::Issued(place) => record.awards.get(place.index()),
            _ => None,
        };
        let order = |a: &Evidence, b: &Evidence| a.kind().cmp(&b.kind()).then_with(|| award(a).cmp(&award(b)));
        standing.issued.sort_unstable_by(order);
        standing.in_progress.sort_unstable_by(order);
        // An award that several substitutions let in stays one award.
        let mut several: BTreeMap<AwardId, AwardId> = BTreeMap::new();
        for evidence in standing.issued.iter_mut().chain(&mut standing.in_progress) {
            if let Origin::Issued(place) = evidence.origin {
                let next = AwardId::at(standing.places.len());
                let number = if evidence.is_substituted() { *several.entry(place).or_insert(next) } else { next };
                evidence.origin = Origin::Issued(number);
                if number == next {
                    standing.places.push(RecordPlace::at(place.index()));
                }
            }
        }
        standing.follow_renewals(catalog);
        standing.unknown.sort();
        standing.unknown.dedup();
        standing
    }

    /// The award of the record that evidence is.
    pub(crate) fn award<'r>(&self, record: &'r LearnerRecord, origin: Origin) -> Option<&'r Award> {
        let Origin::Issued(number) = origin else { return None };
        self.places.get(number).and_then(|&place| record.awards.get(place.index()))
    }

    /// The awards that count as evidence, once for each way in which they do, by their places in the record.
    pub(crate) fn evidence_by_place(&self) -> BTreeMap<usize, Vec<&Evidence>> {
        let mut by_place: BTreeMap<usize, Vec<&Evidence>> = BTreeMap::new();
        for evidence in &self.issued {
            if let Origin::Issued(number) = evidence.origin
                && let Some(place) = self.places.get(number)
            {
                by_place.entry(place.index()).or_default().push(evidence);
            }
        }
        by_place
    }

    /// The last days of its awards and of its waivers.
    pub(crate) fn ends(&self) -> impl Iterator<Item = Date> {
        self.issued.iter().filter_map(|evidence| evidence.until).chain(self.exceptions.last_days())
    }

    /// The in-progress awards as if completed on the date, with a sufficient grade, and as many hours as are wanted
    /// where nobody says how many.
    pub(crate) fn completed(&self, catalog: &Catalog, date: Date) -> impl Iterator<Item = Evidence> {
        self.in_progress.iter().map(move |evidence| evidence.completed(catalog, date).with_any_hours(catalog))
    }

    /// For each class, whether one of the awards counts under its names everywhere.
    pub(crate) fn reached(&self, catalog: &Catalog, awards: &[&Evidence]) -> IdVec<ClassId, bool> {
        let names = &catalog.names;
        let mut reached = IdVec::filled(false, catalog.len());
        let mut open: Vec<ClassId> =
            awards.iter().filter(|award| award.within().is_none()).map(|award| names.class(award.named())).collect();
        while let Some(class) = open.pop() {
            if !std::mem::replace(&mut reached[class], true) {
                open.extend(names.up(class));
                open.extend(self.exceptions.stands_for(names, class));
            }
        }
        reached
    }
}

/// The way in which an award of a record counts on a date, in a view ([semantics 3.1](crate::semantics#3.1),
/// [3.8](crate::semantics#3.8)).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum AwardCounting {
    AsMade,
    /// It is not completed, but the view takes it for completed on the date.
    AsIfCompleted,
    InProgress,
}

impl AwardCounting {
    /// `None` if it does not count at all.
    pub(crate) fn of(award: AwardFacts, as_of: Date, accepted: Accepted) -> Option<Self> {
        let is_revoked_later = award.status == AwardStatus::Revoked && award.revoked_on.is_some();
        let made = || award.awarded.is_none_or(|awarded| awarded <= as_of);
        // It is there on the days before it was revoked, which the evidence knows.
        let status = if is_revoked_later { AwardStatus::Completed } else { award.status };
        Self::of_made(status, award.verification, accepted, made)
    }

    /// That of an award without a day on which it was revoked.
    pub(crate) fn of_made(
        status: AwardStatus,
        verification: Verification,
        accepted: Accepted,
        made: impl FnOnce() -> bool,
    ) -> Option<Self> {
        match status {
            _ if !accepted.takes(verification) => None,
            AwardStatus::Completed => made().then_some(Self::AsMade),
            AwardStatus::InProgress if accepted.view >= View::InProgress => Some(Self::AsIfCompleted),
            AwardStatus::InProgress => Some(Self::InProgress),
            AwardStatus::Planned => (accepted.view == View::Planned).then_some(Self::AsIfCompleted),
            AwardStatus::Revoked => None,
        }
    }
}
