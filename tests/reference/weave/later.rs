//! What belongs to a later stage: corequisites (4.6), awards that renew others (3.9), several windows and yearly ones
//! (1).

use super::super::model::*;
use super::Loom;

impl Loom {
    fn taken(&self) -> Vec<Id> {
        self.ids().into_iter().filter(|id| self.catalog.credentials[id].stack.is_none()).collect()
    }

    /// 4.6: two or three taken credentials that ask for each other, or one that asks for another; often nothing else
    /// is in the way.
    pub(super) fn begin_together(&mut self) {
        let taken = self.taken();
        let some = self.drawing.some(&taken, 3);
        let [one, other, third] = match some.as_slice() {
            [one, other, third] => [*one, *other, *third],
            [one, other] => [*one, *other, *one],
            _ => return,
        };
        let anything = self.an_id();
        let mut pairs = match self.drawing.below(5) {
            0 => vec![(one, leaf(other))],
            1 | 2 => vec![(one, leaf(other)), (other, leaf(one))],
            3 => vec![(one, leaf(other)), (other, leaf(third)), (third, leaf(one))],
            _ => vec![(one, group(Kind::AnyOf, vec![leaf(other), leaf(anything)])), (other, leaf(one))],
        };
        if self.drawing.chance(20) {
            let grade = Conditions { grade: Some(self.a_grade()), ..Conditions::default() };
            pairs[0].1 = leaf_if(other, grade);
        }
        let easy = self.drawing.chance(60);
        for (id, rule) in pairs {
            let c = self.catalog.credentials.get_mut(id).unwrap();
            c.corequisite = Some(rule);
            if easy {
                (c.prerequisite, c.offered_from, c.offered_until) = (None, None, None);
            }
        }
        if self.drawing.chance(50) {
            self.record.awards.retain(|a| a.credential != one && a.credential != other);
        }
    }

    /// 1: what is conferred is not begun, and has no corequisite.
    pub(super) fn begin_what_is_taken(&mut self) {
        let conferred = self.catalog.credentials.values_mut().filter(|c| c.stack.is_some());
        conferred.for_each(|c| c.corequisite = None);
    }

    /// 3.9: an award of one credential, and one of another that renews it, in time or a day too late.
    pub(super) fn renew_by_another(&mut self) {
        let taken = self.taken();
        let some = self.drawing.some(&taken, 3);
        let (Some(renewed), Some(by)) = (some.first().copied(), some.get(1).copied()) else {
            return;
        };
        let by = if self.drawing.chance(25) { self.an_id() } else { by };
        if by == renewed {
            return;
        }
        let period = self.drawing.pick(&[days(7), weeks(2), months(1), months(2)]);
        let own = self.drawing.pick(&[None, Some(weeks(2)), Some(months(1)), Some(days(2))]);
        let chained = some.get(2).copied().filter(|_| self.drawing.chance(30));
        let first = self.a_day().minus_days(10);
        let last = first.end_of(period, true);
        let second = self.drawing.pick(&[last, last.next(), first.plus_days(1), first]);
        self.catalog.credentials.get_mut(renewed).unwrap().valid_for = ValidFor::Period(period);
        let c = self.catalog.credentials.get_mut(by).unwrap();
        c.renews = vec![renewed];
        if c.valid_for != ValidFor::WhileComponents {
            c.valid_for = own.map_or(ValidFor::Forever, ValidFor::Period);
        }
        self.record.awards.retain(|a| a.credential != renewed && a.credential != by);
        self.record.awards.push(award(renewed, first));
        if self.drawing.chance(70) {
            self.record.awards.push(Award { issuer: self.drawing.pick(&[None, Some("x")]), ..award(by, second) });
        }
        if let Some(top) = chained.filter(|top| *top != by) {
            self.catalog.credentials.get_mut(top).unwrap().renews = vec![by];
            let third = self.drawing.pick(&[second, second.next(), second.plus_days(8)]);
            self.record.awards.retain(|a| a.credential != top);
            self.record.awards.push(award(top, third));
        }
        // So that it is asked for.
        if self.drawing.chance(50) {
            let within = self.drawing.chance(40).then_some(days(10));
            self.set_stack(renewed, leaf_if(renewed, Conditions { within, ..Conditions::default() }));
        }
        if self.drawing.chance(60) {
            let about = [last, last.next(), second.end_of(period, true), second.end_of(period, true).next()];
            (self.as_of, self.day_matters) = (self.drawing.pick(&about), true);
        }
    }

    /// 1: several windows, and yearly ones, about the as-of date.
    pub(super) fn open_windows(&mut self) {
        for _ in 0..2 {
            let ids = self.ids();
            let id = self.drawing.pick(&ids);
            let day = |loom: &mut Loom| {
                let around = [-40, -1, 0, 1, 30];
                let n: i32 = loom.drawing.pick(&around);
                if n < 0 { loom.as_of.minus_days(n.unsigned_abs()) } else { loom.as_of.plus_days(n as u32) }
            };
            let windows = if self.drawing.chance(60) {
                let mut windows = Vec::new();
                for _ in 0..2 {
                    let (from, until) = (day(self), day(self));
                    let (from, until) =
                        if self.drawing.chance(85) { (from.min(until), from.max(until)) } else { (from, until) };
                    windows.push(match self.drawing.below(6) {
                        0 => (None, Some(from)),
                        1 => (Some(until), None),
                        _ => (Some(from), Some(until)),
                    });
                }
                Windows::Several(windows)
            } else {
                let of_year = |d: Date| if (d.month, d.day) == (2, 29) { (3, 1) } else { (d.month, d.day) };
                Windows::Yearly(of_year(day(self)), of_year(day(self)))
            };
            let c = self.catalog.credentials.get_mut(id).unwrap();
            (c.windows, c.offered_from, c.offered_until) = (Some(windows), None, None);
        }
    }

    /// 1.1: costs and hours that nobody wrote down, beside some that are zero.
    pub(super) fn leave_amounts_out(&mut self) {
        for id in self.ids() {
            let (cost, hours) = (self.drawing.below(5), self.drawing.below(5));
            let c = self.catalog.credentials.get_mut(id).unwrap();
            if cost < 2 {
                (c.cost, c.not_stated.cost) = (0, cost == 0);
            }
            if hours < 2 {
                (c.hours, c.not_stated.hours) = (0, hours == 0);
            }
        }
    }
}
