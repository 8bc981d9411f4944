//! Sets of steps made as small as can be: what can be left out is.

use std::cmp::Reverse;

use crate::evaluate::outcome::Met;
use crate::plan::model::closure::Closure;
use crate::plan::model::statement::{Chosen, StepId};
use crate::solve::ids::VariableId;

impl Closure<'_, '_, '_> {
    /// Steps among these, none of which can be left out, that are enough for what a variable says; these are. `None` if
    /// that takes more work than there is.
    pub(crate) fn enough_for(
        &mut self,
        variable: VariableId,
        among: &Chosen,
        work: &mut u64,
        most: u64,
    ) -> Option<Chosen> {
        let mut enough = among.clone();
        self.reduce_for(Some(variable), &mut enough, |_| 0, i64::MAX, work, most).then_some(enough)
    }

    /// Makes a set that reaches the target *irreducible*: leaves out whatever the rest can do without, what costs most
    /// first, of equals what has the greatest id. What costs more than there is to spare, which is by how much the set
    /// costs more than any that reaches the target, is needed in any case. `false` if that takes more work than there
    /// is; then some may be left that can be spared.
    pub(crate) fn reduce(
        &mut self,
        chosen: &mut Chosen,
        price: impl Fn(StepId) -> i64,
        to_spare: i64,
        work: &mut u64,
        most: u64,
    ) -> bool {
        self.reduce_for(None, chosen, price, to_spare, work, most)
    }

    /// The same for what a variable says, if there is one.
    fn reduce_for(
        &mut self,
        goal: Option<VariableId>,
        chosen: &mut Chosen,
        price: impl Fn(StepId) -> i64,
        mut to_spare: i64,
        work: &mut u64,
        most: u64,
    ) -> bool {
        // What never becomes possible is of no use.
        self.follow(chosen, &[], work);
        if self.met(goal) == Met::Yes {
            chosen.retain(|&(step, _)| self.took(step));
        }
        let dearness = |&(step, _): &(StepId, i64)| Reverse((price(step), step));
        let mut order = chosen.clone();
        order.sort_unstable_by_key(dearness);
        for (step, times) in order {
            if price(step) > to_spare {
                continue;
            }
            // The least number of times that does.
            let (mut too_few, mut enough) = (-1, times);
            while enough - too_few > 1 {
                if *work > most {
                    return false;
                }
                let middle = if too_few < 0 { 0 } else { too_few + (enough - too_few) / 2 };
                let fewer: Chosen = chosen
                    .iter()
                    .map(|&(other, times)| (other, if other == step { middle } else { times }))
                    .filter(|&(_, times)| times > 0)
                    .collect();
                self.follow(&fewer, &[], work);
                if self.met(goal) == Met::Yes { enough = middle } else { too_few = middle }
            }
            if enough < times {
                to_spare = to_spare.saturating_sub(price(step).max(0));
                chosen.iter_mut().filter(|(other, _)| *other == step).for_each(|(_, times)| *times = enough);
                chosen.retain(|&(_, times)| times > 0);
            }
        }
        true
    }
}
