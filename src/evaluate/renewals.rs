//! Awards that another award is besides, since that renews what is current on its day ([semantics
//! 3.9](crate::semantics#3.9)): awards that renew and awards that could be renewed are brought together as they come.

use std::collections::BTreeMap;

use crate::catalog::catalog::Catalog;
use crate::evaluate::evidence::{Evidence, Origin, RenewalId};
use crate::value::date::Date;
use crate::value::ids::{CredentialId, UnitId};

/// The awards that have come so far, as far as one could renew another. Awards are matched by their unit classes:
/// equivalents are one and the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct RenewalLedger {
    /// The awards that could be renewed.
    current: BTreeMap<UnitId, CurrentAwards>,
    /// The awards that renew, by what they renew and the day, as far as nothing was current then.
    waiting: BTreeMap<UnitId, BTreeMap<Date, Vec<(Evidence, CredentialId)>>>,
    /// The awards by renewal that have come, by the award that renews.
    known: BTreeMap<(Origin, CredentialId), Vec<Evidence>>,
}

/// The awards of a unit class by their first days; of these, those that end later than all before.
type CurrentAwards = BTreeMap<Date, Evidence>;

/// An award by renewal, what the award that renews rests on if it is one itself, and one that was current on its day.
#[derive(Debug, Clone)]
pub(crate) struct Renewed {
    pub(crate) award: Evidence,
    pub(crate) by: Option<RenewalId>,
    pub(crate) current: Evidence,
}

impl RenewalLedger {
    /// Takes in an award; the awards that come to be by it, in no order of days. It renews what is current on its day,
    /// and can be renewed itself unless it depends on components.
    pub(crate) fn take(&mut self, catalog: &Catalog, award: &Evidence) -> Vec<Renewed> {
        if award.is_substituted() {
            return Vec::new();
        }
        if award.renewal().is_some() {
            self.note(award);
        }
        let mut found = Vec::new();
        if !award.depends() {
            found = self.take_current(catalog, award, None);
        }
        found.extend(self.renews(catalog, award));
        found
    }

    /// Takes in that an award is current on a day whose components are met then; the awards that come to be by it.
    pub(crate) fn take_on(&mut self, catalog: &Catalog, award: &Evidence, day: Date) -> Vec<Renewed> {
        if award.is_substituted() { Vec::new() } else { self.take_current(catalog, award, Some(day)) }
    }

    /// Lists an award by renewal as known; whether it was not.
    fn note(&mut self, award: &Evidence) -> bool {
        let known = self.known.entry((award.origin, award.credential)).or_default();
        if known.iter().any(|known| known.kind() == award.kind()) {
            return false;
        }
        known.push(award.clone());
        true
    }

    /// An award that could be renewed by those that wait for one.
    fn take_current(&mut self, catalog: &Catalog, award: &Evidence, only_on: Option<Date>) -> Vec<Renewed> {
        let unit = catalog.names.unit(award.credential);
        if catalog.renewing.renewed_by(unit).is_empty() {
            return Vec::new();
        }
        let first = only_on.or(award.awarded).unwrap_or(Date::FIRST);
        let last = only_on.or(award.until).unwrap_or(Date::LAST);
        if last < first {
            return Vec::new();
        }
        let current = self.current.entry(unit).or_default();
        let end = |award: &Evidence| award.until.unwrap_or(Date::LAST);
        if current.range(..=first).next_back().is_some_and(|(_, before)| last <= end(before)) {
            return Vec::new();
        }
        let covered: Vec<Date> =
            current.range(first..).take_while(|(_, after)| end(after) <= last).map(|(&day, _)| day).collect();
        for day in covered {
            current.remove(&day);
        }
        let award = match only_on {
            Some(day) => award.clone().lasting_until(day),
            None => award.clone(),
        };
        current.insert(first, award.clone());
        let Some(waiting) = self.waiting.get_mut(&unit) else { return Vec::new() };
        let days: Vec<Date> = waiting.range(first..=last).map(|(&day, _)| day).collect();
        let renewing: Vec<_> = days.iter().filter_map(|day| waiting.remove(day)).flatten().collect();
        let renewed = |(by, credential): (Evidence, CredentialId)| self.renewed(catalog, &by, credential, &award);
        renewing.into_iter().filter_map(renewed).collect()
    }

    /// An award that renews whatever of this is current on its day.
    fn renews(&mut self, catalog: &Catalog, by: &Evidence) -> Vec<Renewed> {
        let Some(day) = by.awarded.filter(|&day| by.stands(day)) else { return Vec::new() };
        let mut found = Vec::new();
        for &credential in catalog.renewed_by(by.credential) {
            let unit = catalog.names.unit(credential);
            let last = self.current.get(&unit).and_then(|current| current.range(..=day).next_back());
            if let Some((_, current)) = last.filter(|(_, award)| award.lasts(day)) {
                let current = current.clone();
                found.extend(self.renewed(catalog, by, credential, &current));
            } else {
                let waiting = self.waiting.entry(unit).or_default().entry(day).or_default();
                waiting.push((by.clone(), credential));
            }
        }
        found
    }

    fn renewed(
        &mut self,
        catalog: &Catalog,
        by: &Evidence,
        credential: CredentialId,
        current: &Evidence,
    ) -> Option<Renewed> {
        let award = by.renewing(catalog, credential);
        self.note(&award).then(|| Renewed { award, by: by.renewal(), current: current.clone() })
    }
}
