//! What a case exercises of corequisites, renewal by another, and windows.

use super::evaluate::*;
use super::model::*;
use super::probes::Probe;

impl Probe<'_> {
    fn ids(&self) -> Vec<Id> {
        self.case.catalog.credentials.keys().copied().collect()
    }

    fn is(&self, id: &Id, status: &str) -> bool {
        self.outcome.verdicts[id].status == status
    }

    pub(super) fn corequisites(&mut self) {
        let free = self.other(&|case| case.catalog.credentials.values_mut().for_each(|c| c.corequisite = None));
        let decides = free.as_ref().is_some_and(|other| *other != self.outcome);
        let asks = |id: &&Id| self.case.catalog.credentials[*id].corequisite.is_some();
        // With nobody else there to begin with.
        let alone = |id: &Id| {
            let closed = self.other(&|case| {
                let others = case.catalog.credentials.values_mut().filter(|c| c.id != *id);
                others.for_each(|c| {
                    (c.windows, c.offered_from, c.offered_until) = (None, None, Some(date(2000, 1, 1)));
                });
            });
            closed.is_some_and(|other| other.verdicts[id].status != "Eligible")
        };
        let together = self.ids().iter().filter(asks).any(|id| self.is(id, "Eligible") && alone(id));
        let attainable = |id: &Id| free.as_ref().is_some_and(|other| other.verdicts[id].status != "Unattainable");
        let barred = self.ids().iter().any(|id| self.is(id, "Unattainable") && attainable(id));
        self.note("corequisite decides", decides);
        self.note("Eligible together", together);
        self.note("unattainable by a corequisite", barred);
    }

    pub(super) fn renewals(&mut self) {
        let plain = self.other(&|case| case.catalog.credentials.values_mut().for_each(|c| c.renews.clear()));
        let decides = plain.as_ref().is_some_and(|other| *other != self.outcome);
        let not_held = |id: &Id| plain.as_ref().is_some_and(|other| other.verdicts[id].status != "Held");
        let held = self.ids().iter().any(|id| self.is(id, "Held") && not_held(id));
        let renewing: Vec<Id> =
            self.ids().into_iter().filter(|id| !self.case.catalog.credentials[id].renews.is_empty()).collect();
        let needed = |id: &Id| self.differs(&|case| case.catalog.credentials.get_mut(id).unwrap().renews.clear());
        let chain = renewing.len() > 1 && renewing.iter().all(needed);
        self.note("renewal decides", decides);
        self.note("held by renewal", held);
        self.note("renewal in a chain", chain);
    }

    pub(super) fn windows(&mut self) {
        let decides = self.differs(&|case| case.catalog.credentials.values_mut().for_each(|c| c.windows = None));
        let day = self.case.as_of;
        let with_windows = || self.case.catalog.credentials.values().filter(|c| c.windows.is_some());
        let between = with_windows().any(|c| !offered(c, day) && !offering_over(c, day));
        let over = with_windows().any(|c| offering_over(c, day));
        self.note("windows decide", decides);
        self.note("between windows", between);
        self.note("all windows over", over);
    }
}
