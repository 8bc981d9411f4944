//! Records as the rules take them (semantics 3).

use super::super::edition::Feature;
use super::super::model::*;

/// 1, 3: the record under the catalog's own ids; awards with one id are one award, and what the caller's word rules
/// out is not there.
pub fn canonical(catalog: &Catalog, record: &Record) -> Record {
    let known = |id: Id| {
        let named = catalog.credentials.values().find(|c| c.ids.contains(&id));
        named.map_or(id, |c| c.id)
    };
    let mut canonical = record.clone();
    canonical.awards.clear();
    for a in &record.awards {
        let again = a.id.is_some() && canonical.awards.iter().any(|other| other.id == a.id);
        let counts = match a.verification {
            Verification::Verified => true,
            Verification::Unchecked => !record.only_verified,
            Verification::Failed => false,
        };
        if !again && counts {
            canonical.awards.push(Award { credential: known(a.credential), ..a.clone() });
        }
    }
    for w in &mut canonical.waivers {
        w.credential = known(w.credential);
        if let Waived::Component(id) = w.place {
            w.place = Waived::Component(known(id));
        }
        // In the first edition the name of a group is taken for that.
        let by_name = w.place == Waived::Requirement(PREREQUISITE);
        if by_name && !catalog.edition.has(Feature::PrerequisiteWaiver) {
            w.place = Waived::Prerequisite;
        }
    }
    for s in &mut canonical.substitutions {
        *s = Substitution {
            used: known(s.used),
            stands_for: known(s.stands_for),
            within: s.within.map(known),
            ..s.clone()
        };
    }
    canonical
}

/// An award of the record as a view takes it.
#[derive(Clone, PartialEq, Eq)]
pub struct Given {
    /// Its place in the record.
    pub number: usize,
    pub award: Award,
    /// It is supposed to be completed: with a grade that meets every grade condition, and by any issuer if nobody is
    /// named.
    pub supposed: bool,
}

/// 3.8: the awards of the record; those that the view assumes are completed on the as-of date with a sufficient
/// grade, and are in progress or planned no longer.
pub fn given(record: &Record, as_of: Date, view: View) -> Vec<Given> {
    let mut list = Vec::new();
    for (number, award) in record.awards.iter().enumerate() {
        let supposed = match award.status {
            AwardStatus::InProgress => view >= View::InProgress,
            AwardStatus::Planned => view >= View::Planned,
            AwardStatus::Completed | AwardStatus::Revoked => false,
        };
        let award = if supposed { completed_on(award, as_of) } else { award.clone() };
        list.push(Given { number, award, supposed });
    }
    list
}

/// 3.8, 4.2: an award that is supposed to be completed on a day: its own amounts, issuer and `valid_until` stay.
pub fn completed_on(a: &Award, day: Date) -> Award {
    Award { status: AwardStatus::Completed, awarded: Some(day), ..a.clone() }
}

impl Given {
    /// 3, 3.1: whether it counts on a day, among the awards known at the as-of date. A revoked award counted before the
    /// day of its revocation, if that is known.
    pub fn counts_on(&self, as_of: Date, day: Date) -> bool {
        let stands = match self.award.status {
            AwardStatus::Completed => true,
            AwardStatus::Revoked => self.award.revoked_on.is_some_and(|revoked| day < revoked),
            AwardStatus::InProgress | AwardStatus::Planned => false,
        };
        stands && self.award.awarded.is_none_or(|d| d <= as_of && d <= day)
    }
}
