//! Sets of steps made as small as can be: what can be left out is.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crate::evaluate::outcome::Met;
use crate::plan::model::closure::Closure;
use crate::plan::model::statement::{Chosen, StepId};
use crate::solve::deletion::{Trial, deletion_filter};
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
        let mut in_time = true;
        deletion_filter(&order, |some| {
            let cost = some.iter().map(|&(step, _)| price(step).max(0)).fold(0, i64::saturating_add);
            if cost > to_spare {
                return Trial::Needed;
            }
            let left_out: BTreeSet<StepId> = some.iter().map(|&(step, _)| step).collect();
            let fewer: Chosen = chosen.iter().copied().filter(|(step, _)| !left_out.contains(step)).collect();
            if *work > most {
                in_time = false;
                return Trial::Stop;
            }
            if self.are_enough(goal, &fewer, work) == Met::Yes {
                to_spare -= cost;
                *chosen = fewer;
                return Trial::Spared;
            }
            let &[(step, times)] = some else { return Trial::Needed };
            let Some(enough) = self.reduce_times(goal, chosen, step, work, most) else {
                in_time = false;
                return Trial::Stop;
            };
            to_spare = to_spare.saturating_sub(price(step).max(0).saturating_mul(times - enough));
            Trial::Needed
        });
        in_time
    }

    /// Takes a step that is needed no more often than it has to be; gives how often that is. `None` if the work runs
    /// out.
    fn reduce_times(
        &mut self,
        goal: Option<VariableId>,
        chosen: &mut Chosen,
        step: StepId,
        work: &mut u64,
        most: u64,
    ) -> Option<i64> {
        let place = chosen.iter().position(|&(other, _)| other == step)?;
        let mut too_few = 0;
        while chosen[place].1 - too_few > 1 {
            if *work > most {
                return None;
            }
            let mut fewer = chosen.clone();
            fewer[place].1 = too_few + (chosen[place].1 - too_few) / 2;
            if self.are_enough(goal, &fewer, work) == Met::Yes { *chosen = fewer } else { too_few = fewer[place].1 }
        }
        Some(chosen[place].1)
    }
}
