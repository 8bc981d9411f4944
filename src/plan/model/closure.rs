//! The consequences of a set of steps: the *least fixpoint* over the rows that support, found by *forward chaining*
//! with counters. So nothing supports only itself: a set that does is *unfounded*, and nothing of it is reached. Joint
//! regions are judged by the same counting as in an evaluation.

use crate::solve::ids::{RowId, VariableId};
use crate::value::ids::{Id, IdVec};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::evaluate::counting::{Counting, CountingInput};
use crate::evaluate::evidence::{Admitted, AwardId, EvidenceId, Origin};
use crate::evaluate::outcome::Met;
use crate::value::csr::Csr;

use crate::plan::model::statement::{Chosen, JointId, Name, Region, Statement, StepId};

/// Follows sets of steps, one after the other; what it holds is of the last one.
pub(crate) struct Closure<'s, 'p, 'c> {
    statement: &'s Statement<'p, 'c>,
    /// For each variable, the rows that it is a term of, with what it is multiplied by.
    uses: Csr<VariableId, (RowId, i64)>,
    /// For each variable, the number of rows that it needs.
    needed_rows: IdVec<VariableId, u32>,
    /// Variables that need none and are not chosen.
    free: Vec<VariableId>,
    /// For what an `up_to` group passes on, the row that says how much.
    row_of: IdVec<VariableId, RowId>,
    /// For each variable, the regions that it is a source of.
    feeds: Csr<VariableId, JointId>,
    values: IdVec<VariableId, i64>,
    has: IdVec<RowId, i64>,
    /// The number of its rows that a variable still lacks.
    lacks: IdVec<VariableId, u32>,
    chosen: IdVec<StepId, i64>,
    touched_rows: Vec<RowId>,
    touched: Vec<VariableId>,
    ready: BinaryHeap<Reverse<(StepId, VariableId)>>,
    open: Vec<VariableId>,
    dirty: BTreeSet<JointId>,
    undecided: bool,
}

/// A turn that never came.
const NEVER: u32 = u32::MAX;

/// Search steps for one joint region.
const STEPS_OF_A_REGION: u64 = 200_000;

impl<'s, 'p, 'c> Closure<'s, 'p, 'c> {
    pub(crate) fn new(statement: &'s Statement<'p, 'c>) -> Self {
        let variables = statement.variables.len();
        let mut uses: Vec<(VariableId, (RowId, i64))> = Vec::new();
        let mut needed_rows = IdVec::filled(0, variables);
        let mut row_of = IdVec::filled(RowId::default(), variables);
        for (number, row) in statement.rows.entries() {
            if row.is_rule {
                uses.extend(row.row.terms.iter().map(|&(variable, times)| (variable, (number, times))));
                if let Some(head) = row.row.head {
                    needed_rows[head] += 1;
                    row_of[head] = number;
                }
            }
        }
        let mut is_joint = IdVec::filled(false, variables);
        let mut feeds: Vec<(VariableId, JointId)> = Vec::new();
        for (number, region) in statement.regions.entries() {
            is_joint[region.variable] = true;
            feeds.extend(region.sources.keys().map(|&variable| (variable, number)));
        }
        let free = |&variable: &VariableId| {
            let of_a_rule = matches!(
                statement.variables[variable].name,
                Name::Group(_)
                    | Name::Leaf { .. }
                    | Name::Passed(_)
                    | Name::Waiting(_)
                    | Name::Renewed(_)
                    | Name::Qualified(_)
            );
            of_a_rule && needed_rows[variable] == 0 && !is_joint[variable]
        };
        let free = VariableId::first(variables).filter(free).collect();
        Self {
            uses: Csr::new(variables, &uses),
            feeds: Csr::new(variables, &feeds),
            lacks: needed_rows.clone(),
            needed_rows,
            free,
            row_of,
            values: IdVec::filled(0, variables),
            has: IdVec::filled(0, statement.rows.len()),
            chosen: IdVec::filled(0, statement.steps.len()),
            touched_rows: Vec::new(),
            touched: Vec::new(),
            ready: BinaryHeap::new(),
            open: Vec::new(),
            dirty: BTreeSet::new(),
            undecided: false,
            statement,
        }
    }

    /// True if the steps, each taken when it is possible, lead to the target; what it took is added to `work`.
    pub(crate) fn reaches(&mut self, chosen: &[(StepId, i64)], work: &mut u64) -> Met {
        self.reaches_with(chosen, &[], work)
    }

    /// The same, some of the steps being possible whatever their rules say.
    pub(crate) fn reaches_with(&mut self, chosen: &[(StepId, i64)], free: &[StepId], work: &mut u64) -> Met {
        self.follow(chosen, free, work);
        self.met(None)
    }

    /// Takes the steps, each when it is possible, and what follows from them, until nothing more does.
    fn follow(&mut self, chosen: &[(StepId, i64)], free: &[StepId], work: &mut u64) {
        self.clear();
        let statement = self.statement;
        for &(step, times) in chosen {
            self.chosen[step] = times;
            let variable = statement.steps[step].variable;
            if times > 0 && self.lacks[variable] == 0 {
                self.ready.push(Reverse((step, variable)));
            }
        }
        for &step in free {
            self.ready.push(Reverse((step, statement.steps[step].variable)));
        }
        for place in 0..self.free.len() {
            let variable = self.free[place];
            self.raise(variable, statement.variables[variable].upper);
        }
        self.dirty.extend(statement.regions.ids());
        loop {
            if let Some(variable) = self.open.pop() {
                self.spread(variable);
            } else if let Some(region) = self.dirty.pop_first() {
                self.judge(region, work);
            } else if let Some(Reverse((step, variable))) = self.ready.pop() {
                if self.values[variable] > 0 {
                    continue;
                }
                self.raise(variable, 1);
                if let Some(times) = statement.steps[step].times {
                    self.raise(times, self.chosen[step]);
                }
            } else {
                break;
            }
        }
        *work += (self.touched_rows.len() + self.touched.len() + chosen.len()) as u64 / 8 + 1;
        for &(step, _) in chosen {
            self.chosen[step] = 0;
        }
    }

    /// The answer for what a variable says, or for the target.
    fn met(&self, goal: Option<VariableId>) -> Met {
        let statement = self.statement;
        let reached = match goal {
            None => self.has[RowId::TARGET] >= statement.rows[RowId::TARGET].row.need,
            Some(variable) => self.holds(variable),
        };
        if reached {
            Met::Yes
        } else if self.undecided {
            Met::Undecided
        } else {
            Met::No
        }
    }

    /// True if what a variable says was reached, last time.
    pub(crate) fn holds(&self, variable: VariableId) -> bool {
        self.values[variable] > 0
    }

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
        self.reduce_for(Some(variable), &mut enough, |_| 0, work, most).then_some(enough)
    }

    /// True if a step has become possible.
    pub(crate) fn took(&self, step: StepId) -> bool {
        self.values[self.statement.steps[step].variable] > 0
    }

    /// Of the steps that it took, those that what it reached rests on, as it came about: enough of what came first.
    pub(crate) fn first_way(&self) -> Chosen {
        let statement = self.statement;
        let mut turns = IdVec::filled(NEVER, statement.variables.len());
        for (&variable, turn) in self.touched.iter().zip(0..) {
            turns[variable] = turn;
        }
        let supporting = statement.rows.entries().filter(|(_, row)| row.is_rule);
        let rows_of: Vec<(VariableId, RowId)> =
            supporting.filter_map(|(number, row)| Some((row.row.head?, number))).collect();
        let rows_of = Csr::new(statement.variables.len(), &rows_of);
        let region_of: BTreeMap<VariableId, &Region> =
            statement.regions.iter().map(|region| (region.variable, region)).collect();
        let mut seen = IdVec::filled(false, statement.variables.len());
        let mut open = self.first_terms(RowId::TARGET, NEVER, &turns);
        while let Some(variable) = open.pop() {
            if std::mem::replace(&mut seen[variable], true) {
                continue;
            }
            let turn = turns[variable];
            for &row in rows_of.list(variable) {
                open.extend(self.first_terms(row, turn, &turns));
            }
            if let Some(region) = region_of.get(&variable) {
                open.extend(region.sources.keys().copied().filter(|&source| turns[source] < turn));
            }
            if let Some(step) = statement.step_of[variable].map(|step| &statement.steps[step])
                && step.times == Some(variable)
            {
                open.push(step.variable);
            }
        }
        let taken = statement.steps.entries().filter(|(_, step)| seen[step.variable]);
        taken.map(|(number, step)| (number, step.times.map_or(1, |times| self.values[times]))).collect()
    }

    /// The terms of a row that came first, as many as it needs; where it adds up an amount, all of them.
    fn first_terms(&self, row: RowId, before: u32, turns: &IdVec<VariableId, u32>) -> Vec<VariableId> {
        let described = &self.statement.rows[row].row;
        let is_amount = described.head.is_some_and(|head| self.statement.variables[head].name.is_amount());
        let mut terms: Vec<(u32, VariableId, i64)> = described
            .terms
            .iter()
            .map(|&(variable, times)| (turns[variable], variable, times.saturating_mul(self.values[variable])))
            .filter(|&(turn, _, amount)| turn < before && amount > 0)
            .collect();
        terms.sort_unstable();
        let mut left = if is_amount { i64::MAX } else { described.need };
        let mut taken = Vec::new();
        for (_, variable, amount) in terms {
            if left <= 0 {
                break;
            }
            left -= amount;
            taken.push(variable);
        }
        taken
    }

    fn clear(&mut self) {
        for row in self.touched_rows.drain(..) {
            self.has[row] = 0;
            if let Some(head) = self.statement.rows[row].row.head {
                self.lacks[head] = self.needed_rows[head];
            }
        }
        for variable in self.touched.drain(..) {
            self.values[variable] = 0;
        }
        self.undecided = false;
    }

    fn raise(&mut self, variable: VariableId, to: i64) {
        let value = &mut self.values[variable];
        if to > *value {
            if *value == 0 {
                self.touched.push(variable);
            }
            let more = to - *value;
            *value = to;
            self.tell(variable, more);
        }
    }

    fn tell(&mut self, variable: VariableId, more: i64) {
        for place in 0..self.uses.list(variable).len() {
            let (row, times) = self.uses.list(variable)[place];
            let Self { has, statement, .. } = self;
            let described = &statement.rows[row].row;
            let had = has[row];
            let now = had.saturating_add(times.saturating_mul(more));
            has[row] = now;
            if had == 0 {
                self.touched_rows.push(row);
            }
            let Some(head) = described.head else { continue };
            let upper = statement.variables[head].upper;
            let name = statement.variables[head].name;
            let counted = matches!(name, Name::Passed(_) | Name::WaitingTimes(_) | Name::RenewedTimes(_));
            if upper == 1 && !counted {
                if had < described.need && now >= described.need {
                    self.lacks[head] -= 1;
                    if self.lacks[head] == 0 {
                        self.open.push(head);
                    }
                }
            } else {
                self.open.push(head);
            }
        }
        for place in 0..self.feeds.list(variable).len() {
            self.dirty.insert(self.feeds.list(variable)[place]);
        }
    }

    /// A head that has what it needs, or more than it had.
    fn spread(&mut self, variable: VariableId) {
        let statement = self.statement;
        match statement.variables[variable].name {
            Name::Step(_) => {
                if let Some(step) = statement.step_of[variable].filter(|&step| self.chosen[step] > 0) {
                    self.ready.push(Reverse((step, variable)));
                }
            }
            // It has one row only: what goes into the group.
            Name::Passed(_) => {
                let has = self.has[self.row_of[variable]];
                self.raise(variable, has.min(statement.variables[variable].upper));
            }
            Name::WaitingTimes(_) | Name::RenewedTimes(_) => {
                if let Some(step) = statement.brought_by(variable).filter(|_| self.has[self.row_of[variable]] > 0) {
                    self.raise(variable, self.chosen[step]);
                }
            }
            _ => self.raise(variable, 1),
        }
    }

    fn judge(&mut self, number: JointId, work: &mut u64) {
        let statement = self.statement;
        let region = &statement.regions[number];
        if self.values[region.variable] > 0 {
            return;
        }
        let mut steps = STEPS_OF_A_REGION;
        let met = met(statement, region, |variable| self.amount(variable), &mut steps);
        *work += STEPS_OF_A_REGION - steps + 1 + region.usable.len() as u64 / 8;
        match met {
            Met::Yes => self.raise(region.variable, 1),
            Met::Undecided => self.undecided = true,
            Met::No => {}
        }
    }

    /// The number of awards that a source gives.
    fn amount(&self, variable: VariableId) -> i64 {
        let value = self.values[variable];
        let step = self.statement.brought_by(variable);
        match step.and_then(|step| self.statement.steps[step].times) {
            Some(times) if value > 0 => self.values[times],
            _ => value,
        }
    }
}

/// True if a joint region is satisfied when its sources give so many awards.
fn met(statement: &Statement<'_, '_>, region: &Region, amount: impl Fn(VariableId) -> i64, steps: &mut u64) -> Met {
    let mut evidence = region.evidence.clone();
    let mut usable = region.usable.clone();
    let mut taken = 0;
    // New awards are told apart by numbers that no award of the record has. What waits for components is the same as
    // what does not.
    let mut first_of: BTreeMap<Option<StepId>, usize> = BTreeMap::new();
    for (&variable, supplied) in &region.sources {
        let times = usize::try_from(amount(variable)).unwrap_or(0);
        // Of what none is there, no number is taken.
        if times == 0 {
            continue;
        }
        let step = statement.brought_by(variable);
        let last = *first_of.entry(step).or_insert_with(|| {
            taken += times;
            taken
        });
        for time in 0..times {
            let first = evidence.len();
            evidence.extend(supplied.evidence.iter().map(|award| {
                let new = || award.with_origin(Origin::Issued(AwardId::from_end(last - time)));
                let award = if step.is_none() { award.clone() } else { new() };
                Admitted { evidence: award, current: true, again: false }
            }));
            usable.extend(supplied.leaves.iter().map(|&(leaf, place)| (leaf, EvidenceId::at(first + place.index()))));
        }
    }
    let exceptions = &statement.progress.exceptions;
    let mut counting = Counting::new(
        CountingInput { catalog: statement.catalog, exceptions, evidence: &evidence, steps: *steps, thorough: false },
        usable,
    );
    let met = counting.outcome(region.top).met;
    *steps = counting.steps;
    met
}

impl Closure<'_, '_, '_> {
    /// Makes a set that reaches the target *irreducible*: leaves out whatever the rest can do without, what costs most
    /// first, of equals what has the greatest id. `false` if that takes more work than there is; then some may be left
    /// that can be spared.
    pub(crate) fn reduce(
        &mut self,
        chosen: &mut Chosen,
        price: impl Fn(StepId) -> i64,
        work: &mut u64,
        most: u64,
    ) -> bool {
        self.reduce_for(None, chosen, price, work, most)
    }

    /// The same for what a variable says, if there is one.
    fn reduce_for(
        &mut self,
        goal: Option<VariableId>,
        chosen: &mut Chosen,
        price: impl Fn(StepId) -> i64,
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
                chosen.iter_mut().filter(|(other, _)| *other == step).for_each(|(_, times)| *times = enough);
                chosen.retain(|&(_, times)| times > 0);
            }
        }
        true
    }
}
