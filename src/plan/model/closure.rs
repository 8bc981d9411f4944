//! The consequences of a set of steps: the *least fixpoint* over the rows that support, found by *forward chaining*
//! with counters. So nothing supports only itself: a set that does is *unfounded*, and nothing of it is reached. Joint
//! regions are judged by the same counting as in an evaluation.
//!
//! What can only be begun together is taken together ([semantics 4.6](crate::semantics#4.6)). So the rows of
//! corequisites have a view of their own of how often steps are taken, that of a [trial](crate::plan::model::trial).

use crate::solve::ids::{RowId, VariableId};
use crate::value::ids::{Id, IdVec};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::evaluate::outcome::Met;
use crate::value::csr::Csr;

use crate::plan::model::judging::JudgedRegions;
use crate::plan::model::statement::{Chosen, JointId, Name, Region, Statement, StepId};

/// Follows sets of steps, one after the other; what it holds is of the last one.
pub(crate) struct Closure<'s, 'p, 'c> {
    pub(crate) statement: &'s Statement<'p, 'c>,
    /// For each variable, the rows that it is a term of, with what it is multiplied by: those of corequisites apart.
    uses: Csr<VariableId, (RowId, i64)>,
    pub(crate) corequisite_uses: Csr<VariableId, (RowId, i64)>,
    /// For each variable, the number of rows that it needs.
    needed_rows: IdVec<VariableId, u32>,
    /// For each step that has one, the number of rows of its corequisite.
    pub(crate) corequisite_rows: BTreeMap<StepId, u32>,
    /// Variables that need none and are not chosen.
    free: Vec<VariableId>,
    /// For what an `up_to` group passes on, the row that says how much.
    pub(crate) row_of: IdVec<VariableId, RowId>,
    /// For each variable, the regions that it is a source of: those of corequisites apart.
    feeds: Csr<VariableId, JointId>,
    pub(crate) corequisite_feeds: Csr<VariableId, JointId>,
    pub(crate) values: IdVec<VariableId, i64>,
    /// The values that the rows of corequisites know of.
    pub(crate) tried: IdVec<VariableId, i64>,
    pub(crate) has: IdVec<RowId, i64>,
    /// The number of its rows that a variable still lacks, and how many of these are of a corequisite.
    pub(crate) lacks: IdVec<VariableId, u32>,
    pub(crate) lacks_of_corequisite: BTreeMap<VariableId, u32>,
    pub(crate) chosen: IdVec<StepId, i64>,
    touched_rows: Vec<RowId>,
    pub(crate) touched: Vec<VariableId>,
    /// What came in a trial, with the turn by which all of its set had come.
    pub(crate) came_by: BTreeMap<VariableId, u32>,
    ready: BinaryHeap<Reverse<(StepId, VariableId)>>,
    pub(crate) open: Vec<VariableId>,
    pub(crate) dirty: BTreeSet<JointId>,
    /// Regions of which it is not known whether what there is satisfies them.
    unjudged: BTreeSet<JointId>,
    pub(crate) undecided: bool,
    pub(crate) judged_regions: JudgedRegions,
    /// The terms of rows that were added to or taken from.
    followed: u64,
}

/// When to stop following what steps lead to.
#[derive(Clone, Copy)]
enum Until {
    NothingFollows,
    /// What a variable says is reached, or the target.
    Reached(Option<VariableId>),
}

impl Until {
    fn is_there(self, closure: &Closure<'_, '_, '_>) -> bool {
        matches!(self, Self::Reached(goal) if closure.has_reached(goal))
    }
}

/// A turn that never came.
const NEVER: u32 = u32::MAX;

impl<'s, 'p, 'c> Closure<'s, 'p, 'c> {
    pub(crate) fn new(statement: &'s Statement<'p, 'c>) -> Self {
        let variables = statement.variables.len();
        let (mut uses, mut of_corequisites) = (Vec::new(), Vec::new());
        let mut needed_rows = IdVec::filled(0, variables);
        let mut row_of = IdVec::filled(RowId::default(), variables);
        let mut corequisite_rows: BTreeMap<StepId, u32> = BTreeMap::new();
        for (number, row) in statement.rows.entries().filter(|(_, row)| row.is_rule) {
            let of_corequisite = statement.is_of_corequisite(row);
            let list = if of_corequisite { &mut of_corequisites } else { &mut uses };
            list.extend(row.row.terms.iter().map(|&(variable, times)| (variable, (number, times))));
            if let Some(head) = row.row.head {
                needed_rows[head] += 1;
                row_of[head] = number;
                let step = statement.step_of[head].filter(|_| of_corequisite);
                if let Some(step) = step {
                    *corequisite_rows.entry(step).or_default() += 1;
                }
            }
        }
        let mut is_joint = IdVec::filled(false, variables);
        let (mut feeds, mut corequisite_feeds) = (Vec::new(), Vec::new());
        for (number, region) in statement.regions.entries() {
            is_joint[region.variable] = true;
            let list = if statement.is_corequisite(region) { &mut corequisite_feeds } else { &mut feeds };
            list.extend(region.sources.keys().map(|&variable| (variable, number)));
        }
        let free = |&variable: &VariableId| {
            let follows = statement.variables[variable].name.follows();
            follows && needed_rows[variable] == 0 && !is_joint[variable]
        };
        let free = VariableId::first(variables).filter(free).collect();
        Self {
            uses: Csr::new(variables, &uses),
            corequisite_uses: Csr::new(variables, &of_corequisites),
            feeds: Csr::new(variables, &feeds),
            corequisite_feeds: Csr::new(variables, &corequisite_feeds),
            lacks: needed_rows.clone(),
            lacks_of_corequisite: BTreeMap::new(),
            needed_rows,
            corequisite_rows,
            free,
            row_of,
            values: IdVec::filled(0, variables),
            tried: IdVec::filled(0, variables),
            has: IdVec::filled(0, statement.rows.len()),
            chosen: IdVec::filled(0, statement.steps.len()),
            touched_rows: Vec::new(),
            touched: Vec::new(),
            came_by: BTreeMap::new(),
            ready: BinaryHeap::new(),
            open: Vec::new(),
            dirty: BTreeSet::new(),
            unjudged: BTreeSet::new(),
            undecided: false,
            judged_regions: JudgedRegions::default(),
            followed: 0,
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

    /// True if the steps lead to what a variable says, or to the target. What else they lead to is not followed once
    /// that is known.
    pub(crate) fn are_enough(&mut self, goal: Option<VariableId>, chosen: &[(StepId, i64)], work: &mut u64) -> Met {
        self.follow_until(Until::Reached(goal), chosen, &[], work);
        self.met(goal)
    }

    /// Takes the steps, each when it is possible, and what follows from them, until nothing more does.
    pub(crate) fn follow(&mut self, chosen: &[(StepId, i64)], free: &[StepId], work: &mut u64) {
        self.follow_until(Until::NothingFollows, chosen, free, work);
    }

    fn follow_until(&mut self, until: Until, chosen: &[(StepId, i64)], free: &[StepId], work: &mut u64) {
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
            } else if let Some(Reverse((step, variable))) = self.ready.pop() {
                if self.values[variable] == 0 {
                    self.take(step);
                }
            } else if until.is_there(self) {
                break;
            } else if let Some(region) = self.dirty.pop_first() {
                // It is judged once much has come together, and only if it is not known.
                self.judge_from_memory(region, work);
            } else if let Some(region) = self.unjudged.pop_first() {
                self.judge(region, work);
            } else if !self.take_together(chosen, work) {
                break;
            }
        }
        *work += self.followed / 4 + (self.touched_rows.len() + self.touched.len() + 2 * chosen.len()) as u64 / 2 + 1;
        for &(step, _) in chosen {
            self.chosen[step] = 0;
        }
    }

    pub(crate) fn take(&mut self, step: StepId) {
        let described = &self.statement.steps[step];
        self.raise(described.variable, 1);
        if let Some(times) = described.times {
            self.raise(times, self.chosen[step]);
        }
    }

    /// The answer for what a variable says, or for the target.
    pub(crate) fn met(&self, goal: Option<VariableId>) -> Met {
        if self.has_reached(goal) {
            Met::Yes
        } else if self.undecided {
            Met::Undecided
        } else {
            Met::No
        }
    }

    fn has_reached(&self, goal: Option<VariableId>) -> bool {
        match goal {
            None => self.has[RowId::TARGET] >= self.statement.rows[RowId::TARGET].row.need,
            Some(variable) => self.holds(variable),
        }
    }

    /// True if what a variable says was reached, last time.
    pub(crate) fn holds(&self, variable: VariableId) -> bool {
        self.values[variable] > 0
    }

    /// True if a step has become possible.
    pub(crate) fn took(&self, step: StepId) -> bool {
        self.values[self.statement.steps[step].variable] > 0
    }

    /// Of the steps that it took, those that what it reached rests on, as it came about: enough of what came first. The
    /// work is added to `work`.
    pub(crate) fn first_way(&self, work: &mut u64) -> Chosen {
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
            // What is begun together may rest on what came with it.
            let together = self.came_by.get(&variable).copied().unwrap_or(turn);
            for &row in rows_of.list(variable) {
                let of_corequisite = statement.is_of_corequisite(&statement.rows[row]);
                open.extend(self.first_terms(row, if of_corequisite { together } else { turn }, &turns));
            }
            if let Some(region) = region_of.get(&variable) {
                let turn = if statement.is_corequisite(region) { together } else { turn };
                open.extend(self.first_sources(region, turn, &turns, work));
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

    /// The sources of a joint region that came first before a turn, as many as satisfy it.
    fn first_sources(
        &self,
        region: &Region,
        before: u32,
        turns: &IdVec<VariableId, u32>,
        work: &mut u64,
    ) -> Vec<VariableId> {
        let mut sources: Vec<VariableId> =
            region.sources.keys().copied().filter(|&source| turns[source] < before).collect();
        sources.sort_by_key(|&source| turns[source]);
        let (mut too_few, mut enough) = (0, sources.len());
        while enough - too_few > 1 {
            let middle = too_few + (enough - too_few) / 2;
            let last = sources.get(middle - 1).map_or(0, |&source| turns[source]);
            let among = |variable: VariableId| {
                if turns[variable] <= last { self.amount(region, variable) } else { 0 }
            };
            if self.judged(region, among, work) == Met::Yes { enough = middle } else { too_few = middle }
        }
        sources.truncate(enough);
        sources
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
            self.tried[variable] = 0;
        }
        // What was left when all that was asked for was reached.
        self.open.clear();
        self.ready.clear();
        self.dirty.clear();
        self.unjudged.clear();
        self.lacks_of_corequisite.clear();
        self.came_by.clear();
        self.undecided = false;
        self.followed = 0;
    }

    pub(crate) fn raise(&mut self, variable: VariableId, to: i64) {
        let value = &mut self.values[variable];
        if to > *value {
            if *value == 0 {
                self.touched.push(variable);
            }
            let more = to - *value;
            *value = to;
            self.followed += self.uses.list(variable).len() as u64;
            for place in 0..self.uses.list(variable).len() {
                let (row, times) = self.uses.list(variable)[place];
                self.add(row, times.saturating_mul(more));
            }
            for place in 0..self.feeds.list(variable).len() {
                self.dirty.insert(self.feeds.list(variable)[place]);
            }
            self.tell_corequisites(variable, to);
        }
    }

    /// Takes back some of what came in a trial.
    pub(crate) fn lower(&mut self, variable: VariableId, to: i64) {
        let more = to - std::mem::replace(&mut self.values[variable], to);
        self.followed += self.uses.list(variable).len() as u64;
        for place in 0..self.uses.list(variable).len() {
            let (row, times) = self.uses.list(variable)[place];
            self.add(row, times.saturating_mul(more));
        }
        self.tell_corequisites(variable, to);
    }

    /// Adds to what a row has; tells its head if that makes a difference.
    pub(crate) fn add(&mut self, row: RowId, more: i64) {
        let statement = self.statement;
        let described = &statement.rows[row].row;
        let had = self.has[row];
        let now = had.saturating_add(more);
        self.has[row] = now;
        if had == 0 {
            self.touched_rows.push(row);
        }
        let Some(head) = described.head else { return };
        let upper = statement.variables[head].upper;
        let name = statement.variables[head].name;
        let counted = matches!(name, Name::Passed(_) | Name::WaitingTimes(_) | Name::RenewedTimes(_));
        if upper > 1 || counted {
            self.open.push(head);
        } else if had < described.need && now >= described.need {
            self.lacks[head] -= 1;
            if statement.is_of_corequisite(&statement.rows[row]) {
                self.lack(head, -1);
            }
            if self.lacks[head] == 0 {
                self.open.push(head);
            }
        } else if had >= described.need && now < described.need {
            self.lacks[head] += 1;
            if statement.is_of_corequisite(&statement.rows[row]) {
                self.lack(head, 1);
            }
            self.open.push(head);
        }
    }

    /// A head that has what it needs, or more than it had.
    pub(crate) fn spread(&mut self, variable: VariableId) {
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

    fn judge_from_memory(&mut self, number: JointId, work: &mut u64) {
        let variable = self.statement.regions[number].variable;
        if self.values[variable] > 0 {
            return;
        }
        match self.known(number, work) {
            Some(true) => {
                self.unjudged.remove(&number);
                self.raise(variable, 1);
            }
            Some(false) => {
                self.unjudged.remove(&number);
            }
            None => {
                self.unjudged.insert(number);
            }
        }
    }

    fn judge(&mut self, number: JointId, work: &mut u64) {
        let variable = self.statement.regions[number].variable;
        if self.values[variable] == 0 && self.is_met(number, work) {
            self.raise(variable, 1);
        }
    }
}
