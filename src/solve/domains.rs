//! The values that variables may still have, drawn in as far as each row by itself demands (*bound propagation*; where
//! a row needs one of several and only one is left, *unit propagation*), with a trail to go back along.

use crate::solve::ids::{RowId, VariableId};
use crate::solve::queue::Queue;
use crate::solve::row::{Bounds, Interval, Row};
use crate::value::csr::Csr;
use crate::value::ids::IdVec;

/// Bounds, the rows that draw them in, and what was changed since the search began.
#[derive(Debug)]
pub(crate) struct Domains {
    bounds: Bounds,
    rows: IdVec<RowId, Row>,
    /// The rows that name each variable: those that were there at first, and those that were added.
    uses: Csr<VariableId, RowId>,
    uses_of_added: IdVec<VariableId, Vec<RowId>>,
    /// Variables that need not be whole; none if all have to be.
    fractional: Option<IdVec<VariableId, bool>>,
    trail: Vec<BoundChange>,
    /// Rows that can say something new.
    due: Queue,
}

/// A variable whose bounds were narrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct BoundChange {
    pub(crate) variable: VariableId,
    /// The bounds before.
    before: Interval,
    /// The row that demanded it, if one did by itself.
    pub(crate) by: Option<RowId>,
}

/// A place on the trail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark(usize);

/// The outcome of looking at each row by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Propagated {
    /// Nothing contradicts itself.
    Consistent,
    /// This row cannot be satisfied.
    Conflict(RowId),
}

impl Domains {
    pub(crate) fn new(rows: IdVec<RowId, Row>, bounds: Bounds) -> Self {
        let mut rows = rows;
        let mut uses: Vec<(VariableId, RowId)> = Vec::new();
        let mut last_use: IdVec<VariableId, Option<RowId>> = IdVec::filled(None, bounds.len());
        let mut due = Queue::default();
        for (id, row) in rows.entries_mut() {
            let mut twice = false;
            for variable in row.variables() {
                twice |= last_use[variable].replace(id) == Some(id);
            }
            if twice {
                *row = row.clone().merged();
            }
            uses.extend(row.variables().map(|variable| (variable, id)));
            due.insert(id);
        }
        Self {
            uses: Csr::new(bounds.len(), &uses),
            uses_of_added: IdVec::filled(Vec::new(), bounds.len()),
            fractional: None,
            trail: Vec::new(),
            due,
            bounds,
            rows,
        }
    }

    /// The same where some variables need not be whole.
    pub(crate) fn with_fractional(self, fractional: IdVec<VariableId, bool>) -> Self {
        Self { fractional: Some(fractional), ..self }
    }

    pub(crate) fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    pub(crate) fn of(&self, variable: VariableId) -> Interval {
        self.bounds[variable]
    }

    pub(crate) fn rows(&self) -> &IdVec<RowId, Row> {
        &self.rows
    }

    /// Rows that were not looked at since a variable of theirs changed.
    pub(crate) fn due(&self) -> impl Iterator<Item = RowId> + '_ {
        self.due.iter()
    }

    /// Adds a row that was found on the way. It has each variable once.
    pub(crate) fn add(&mut self, row: Row) -> RowId {
        let variables: Vec<VariableId> = row.variables().collect();
        let id = self.rows.push(row);
        for variable in variables {
            self.uses_of_added[variable].push(id);
        }
        self.due.insert(id);
        id
    }

    /// The present bounds stay: there is no way back.
    pub(crate) fn forget_trail(&mut self) {
        self.trail.clear();
    }

    /// Begins anew with other bounds. What is due stays due.
    pub(crate) fn reset(&mut self, bounds: Bounds) {
        self.trail.clear();
        self.bounds = bounds;
    }

    /// Whatever is due has been seen to.
    pub(crate) fn clear_due(&mut self) {
        self.due.clear();
    }

    /// Changes the bounds of a variable for good.
    pub(crate) fn set(&mut self, variable: VariableId, interval: Interval) {
        self.bounds[variable] = interval;
        self.call(variable);
    }

    pub(crate) fn narrow(&mut self, variable: VariableId, interval: Interval) {
        self.narrow_by(variable, interval, None);
    }

    fn narrow_by(&mut self, variable: VariableId, interval: Interval, by: Option<RowId>) {
        self.trail.push(BoundChange { variable, before: self.bounds[variable], by });
        self.bounds[variable] = interval;
        self.call(variable);
    }

    /// Everything that names the variable is due.
    fn call(&mut self, variable: VariableId) {
        self.due.extend(self.uses.list(variable));
        self.due.extend(&self.uses_of_added[variable]);
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark(self.trail.len())
    }

    /// Variables whose bounds were narrowed, with what is left of them.
    pub(crate) fn narrowed(&self) -> Vec<(VariableId, Interval)> {
        self.trail.iter().map(|change| (change.variable, self.bounds[change.variable])).collect()
    }

    /// The changes since then, in order.
    pub(crate) fn changes(&self, since: Mark) -> &[BoundChange] {
        &self.trail[since.0..]
    }

    /// Goes back to where the trail ended there. What is due now is not due there.
    pub(crate) fn undo(&mut self, mark: Mark) {
        self.undo_changes(mark);
        self.due.clear();
    }

    /// The same, but rows that were added since are still to be looked at.
    pub(crate) fn undo_changes(&mut self, mark: Mark) {
        for change in self.trail.drain(mark.0..).rev() {
            self.bounds[change.variable] = change.before;
        }
    }

    /// Draws the bounds in as far as each row by itself demands, looking at so many rows at the most: bounds of a great
    /// many values can creep towards each other for ever. `toll` is told how many terms each row has; `None` if it
    /// gives none.
    pub(crate) fn propagate(
        &mut self,
        most_rows: usize,
        mut toll: impl FnMut(usize) -> Option<()>,
    ) -> Option<Propagated> {
        let mut narrower = Vec::new();
        for _ in 0..most_rows {
            let Some(id) = self.due.pop_first() else { return Some(Propagated::Consistent) };
            let row = &self.rows[id];
            toll(row.terms.len())?;
            let Some(slack) = row.slack(&self.bounds) else { continue };
            if slack < 0 {
                self.due.clear();
                return Some(Propagated::Conflict(id));
            }
            if !row.forces_something(slack, &self.bounds) {
                continue;
            }
            let fractional = self.fractional.as_ref();
            let is_whole = |variable| fractional.is_none_or(|fractional| !fractional[variable]);
            narrower.extend(row.narrowed(slack, &self.bounds, is_whole));
            for (variable, interval) in narrower.drain(..) {
                self.narrow_by(variable, interval, Some(id));
            }
        }
        self.due.clear();
        Some(Propagated::Consistent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solve::enumeration::{every_point, holds, variable};
    use crate::solve::random::Random;

    /// Rows over five variables from 0 to 2.
    fn random_domains(random: &mut Random) -> Domains {
        let row = |random: &mut Random| {
            let terms = (0..=random.below(3)).map(|_| (variable(random.below(5)), random.between(-2, 3))).collect();
            let head = (random.below(3) == 0).then(|| variable(random.below(5)));
            Row { terms, head, need: random.between(-2, 5) }
        };
        let rows = (0..2 + random.below(5)).map(|_| row(random)).collect();
        Domains::new(rows, vec![Interval::new(0, 2); 5].into())
    }

    #[test]
    fn no_solution_is_ever_cut_off() {
        let mut random = Random(0x5eed_0003);
        let (mut conflicts, mut decided) = (0, 0);
        for _ in 0..2000 {
            let mut domains = random_domains(&mut random);
            let all: Vec<IdVec<VariableId, i64>> = every_point(domains.bounds())
                .filter(|point| domains.rows().iter().all(|row| holds(row, point)))
                .collect();
            let before = domains.bounds().clone();
            match domains.propagate(usize::MAX, |_| Some(())).unwrap() {
                Propagated::Conflict(_) => {
                    assert!(all.is_empty());
                    conflicts += 1;
                }
                Propagated::Consistent => {
                    let inside = |point: &IdVec<VariableId, i64>| {
                        point.entries().all(|(variable, &value)| domains.of(variable).contains(value))
                    };
                    assert!(all.iter().all(inside));
                    decided += u32::from(domains.bounds().iter().all(|interval| interval.is_fixed()));
                    // Once more changes nothing.
                    let mark = domains.mark();
                    assert_eq!(domains.propagate(usize::MAX, |_| Some(())), Some(Propagated::Consistent));
                    assert!(domains.changes(mark).is_empty());
                }
            }
            domains.undo(Mark(0));
            assert_eq!(*domains.bounds(), before);
        }
        assert!(conflicts > 100 && decided > 10, "{conflicts} {decided}");
    }

    #[test]
    fn the_last_one_left_is_taken() {
        let rows = vec![Row::at_least((0..3).map(|number| (variable(number), 1)).collect(), 1)];
        let mut domains = Domains::new(rows.into(), vec![Interval::new(0, 1); 3].into());
        domains.narrow(variable(0), Interval::only(0));
        domains.narrow(variable(2), Interval::only(0));
        let mark = domains.mark();
        assert_eq!(domains.propagate(usize::MAX, |_| Some(())), Some(Propagated::Consistent));
        assert_eq!(domains.of(variable(1)), Interval::only(1));
        assert_eq!(domains.changes(mark).iter().map(|change| change.variable).collect::<Vec<_>>(), [variable(1)]);
    }

    #[test]
    fn bounds_that_creep_are_left_alone_after_a_while() {
        // Either is greater than the other.
        let row = |a, b| Row::at_least(vec![(variable(a), 1), (variable(b), -1)], 1);
        let rows = vec![row(0, 1), row(1, 0)];
        let mut domains = Domains::new(rows.into(), vec![Interval::new(0, 1 << 40); 2].into());
        assert_eq!(domains.propagate(16, |_| Some(())), Some(Propagated::Consistent));
        let mut terms = 10;
        let toll = |of: usize| {
            terms -= of;
            (terms > 0).then_some(())
        };
        let mut domains = Domains::new(domains.rows().clone(), vec![Interval::new(0, 1 << 40); 2].into());
        assert_eq!(domains.propagate(usize::MAX, toll), None);
    }
}
