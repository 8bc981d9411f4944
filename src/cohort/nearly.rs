//! Learners who are one award away from something: every award that could be made is tried for all learners at once,
//! and only what it changes is worked out again.

use crate::value::ids::{Id, IdVec};

use crate::cohort::machine::{BlockId, Cell, Change, DOUBT, Execution, Lanes, ZEROS};
use crate::cohort::question::{AskedId, CohortQuestion};
use crate::cohort::rules::Rules;

impl<const L: usize, const C: usize> Execution<L, C> {
    /// For each credential asked about, the learners who newly qualify for it by one award, out of some learners.
    pub(crate) fn one_award_away(
        &mut self,
        question: &CohortQuestion,
        rules: &Rules,
        of: &Lanes<L, C>,
    ) -> IdVec<AskedId, Lanes<L, C>> {
        let machine = &rules.machine;
        let mut nearly = IdVec::filled(Lanes::NONE, question.asked.len());
        let mut place_of: IdVec<Cell, Option<AskedId>> = IdVec::filled(None, machine.cells);
        for (place, &id) in question.asked.entries() {
            place_of[rules.conferred[id]] = Some(place);
        }
        place_of[ZEROS] = None;
        let end = BlockId::at(machine.blocks.len());
        let mut changes: Vec<Change<L, C>> = Vec::new();
        for candidate in &question.candidates {
            let open = self.cells[candidate.open].and(of).without(&self.cells[candidate.held]);
            let learners = open.without(&self.cells[DOUBT]);
            if learners.is_none() {
                continue;
            }
            for &cell in &candidate.fills {
                let before = self.cells[cell];
                let after = before.or(&learners);
                if after != before {
                    self.cells[cell] = after;
                    changes.push((cell, before));
                    self.touched(machine, cell, end);
                }
            }
            self.settle(machine, end, |change| changes.push(change));
            for &(cell, before) in &changes {
                if let Some(place) = place_of[cell] {
                    let new = self.cells[cell].without(&before);
                    nearly[place] = nearly[place].or(&new);
                }
            }
            for (cell, before) in changes.drain(..).rev() {
                self.cells[cell] = before;
            }
        }
        for (&id, nearly) in question.asked.iter().zip(nearly.iter_mut()) {
            let class = question.catalog.names.class(id);
            *nearly = nearly.without(&self.cells[rules.held[class]]).without(&self.cells[rules.by_components[class]]);
        }
        nearly
    }
}
