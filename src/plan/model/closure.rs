//! What a set of steps leads to: the least fixpoint over the rows that support, so that nothing supports only itself. Joint regions
//! are judged by the same counting as in an evaluation.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

use crate::evaluate::counting::{Counting, Met};
use crate::evaluate::progress::progress::Admitted;
use crate::evaluate::standing::Origin;
use crate::value::csr::Csr;
use crate::value::ids::to_u32;

use crate::plan::model::statement::{NONE, Name, Region, Statement};

/// Steps by number, each with how often it is taken.
pub(crate) type Chosen = Vec<(u32, i64)>;

pub(crate) struct Closure<'s, 'p, 'c> {
    statement: &'s Statement<'p, 'c>,
    /// For each variable, the rows that it is a term of, with what it is multiplied by.
    uses: Csr<(u32, i64)>,
    /// For each variable, how many rows it needs.
    supports: Vec<u32>,
    /// Variables that need none and are not chosen.
    free: Vec<u32>,
    /// For what an `up_to` group passes on, the row that says how much.
    row_of: Vec<u32>,
    /// For each variable, the regions that it is a source of.
    feeds: Csr<u32>,
    values: Vec<i64>,
    has: Vec<i64>,
    /// How many of its rows a variable still lacks.
    lacks: Vec<u32>,
    chosen: Vec<i64>,
    touched_rows: Vec<u32>,
    touched: Vec<u32>,
    ready: BinaryHeap<Reverse<(u32, u32)>>,
    open: Vec<u32>,
    dirty: BTreeSet<u32>,
    undecided: bool,
    /// What is to be reached: the target, or a variable.
    goal: Option<u32>,
}

/// Search steps for one joint region.
const STEPS_OF_A_REGION: u64 = 200_000;

impl<'s, 'p, 'c> Closure<'s, 'p, 'c> {
    pub(crate) fn new(statement: &'s Statement<'p, 'c>) -> Self {
        let variables = statement.variables.len();
        let mut uses: Vec<(u32, (u32, i64))> = Vec::new();
        let mut supports = vec![0; variables];
        let mut row_of = vec![NONE; variables];
        for (row, number) in statement.rows.iter().zip(0..) {
            if row.supports {
                uses.extend(row.terms.iter().map(|&(variable, times)| (variable, (number, times))));
                if row.head != NONE {
                    supports[row.head as usize] += 1;
                    row_of[row.head as usize] = number;
                }
            }
        }
        let mut region_of = vec![NONE; variables];
        let mut feeds: Vec<(u32, u32)> = Vec::new();
        for (region, number) in statement.regions.iter().zip(0..) {
            region_of[region.variable as usize] = number;
            feeds.extend(region.sources.keys().map(|&variable| (variable, number)));
        }
        let free = |&variable: &u32| {
            let of_a_rule = matches!(
                statement.variables[variable as usize].name,
                Name::Group(_) | Name::Leaf { .. } | Name::Passed(_) | Name::Waiting(_) | Name::Qualified(_)
            );
            of_a_rule && supports[variable as usize] == 0 && region_of[variable as usize] == NONE
        };
        let free = (0..to_u32(variables)).filter(free).collect();
        Self {
            uses: Csr::new(variables, &uses),
            feeds: Csr::new(variables, &feeds),
            lacks: supports.clone(),
            supports,
            free,
            row_of,
            values: vec![0; variables],
            has: vec![0; statement.rows.len()],
            chosen: vec![0; statement.steps.len()],
            touched_rows: Vec::new(),
            touched: Vec::new(),
            ready: BinaryHeap::new(),
            open: Vec::new(),
            dirty: BTreeSet::new(),
            undecided: false,
            goal: None,
            statement,
        }
    }

    /// Whether the steps, each taken when it is possible, lead to the target; what it took is added to `work`.
    pub(crate) fn reaches(&mut self, chosen: &[(u32, i64)], work: &mut u64) -> Met {
        self.reaches_with(chosen, &[], work)
    }

    /// The same, some of the steps being possible whatever their rules say.
    pub(crate) fn reaches_with(&mut self, chosen: &[(u32, i64)], free: &[u32], work: &mut u64) -> Met {
        self.clear();
        let statement = self.statement;
        for &(step, times) in chosen {
            self.chosen[step as usize] = times;
            let variable = statement.steps[step as usize].variable;
            if times > 0 && self.lacks[variable as usize] == 0 {
                self.ready.push(Reverse((step, variable)));
            }
        }
        for &step in free {
            self.ready.push(Reverse((step, statement.steps[step as usize].variable)));
        }
        for place in 0..self.free.len() {
            let variable = self.free[place];
            self.raise(variable, statement.variables[variable as usize].upper);
        }
        for region in 0..to_u32(statement.regions.len()) {
            self.dirty.insert(region);
        }
        loop {
            if let Some(variable) = self.open.pop() {
                self.spread(variable);
            } else if let Some(region) = self.dirty.pop_first() {
                self.judge(region, work);
            } else if let Some(Reverse((step, variable))) = self.ready.pop() {
                if self.values[variable as usize] > 0 {
                    continue;
                }
                self.raise(variable, 1);
                if let Some(times) = statement.steps[step as usize].times {
                    self.raise(times, self.chosen[step as usize]);
                }
            } else {
                break;
            }
        }
        *work += (self.touched_rows.len() + self.touched.len() + chosen.len()) as u64 / 8 + 1;
        for &(step, _) in chosen {
            self.chosen[step as usize] = 0;
        }
        let reached = match self.goal {
            None => self.has[0] >= statement.rows[0].need,
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

    /// Whether what a variable says was reached, last time.
    pub(crate) fn holds(&self, variable: u32) -> bool {
        self.values[variable as usize] > 0
    }

    /// Steps among these, none of which can be left out, that are enough for what a variable says; these are. `None` if that takes
    /// more work than there is.
    pub(crate) fn enough_for(&mut self, variable: u32, among: &Chosen, work: (&mut u64, u64)) -> Option<Chosen> {
        let mut enough = among.clone();
        self.goal = Some(variable);
        let reduced = self.reduce(&mut enough, |_| 0, work);
        self.goal = None;
        reduced.then_some(enough)
    }

    /// Whether a step has become possible.
    pub(crate) fn took(&self, step: u32) -> bool {
        self.values[self.statement.steps[step as usize].variable as usize] > 0
    }

    /// Of the steps that it took, those that what it reached rests on, as it came about: enough of what came first.
    pub(crate) fn first_way(&self) -> Chosen {
        let statement = self.statement;
        let mut turns = vec![u32::MAX; statement.variables.len()];
        for (&variable, turn) in self.touched.iter().zip(0..) {
            turns[variable as usize] = turn;
        }
        let supporting = statement.rows.iter().zip(0..).filter(|(row, _)| row.supports && row.head != NONE);
        let rows_of: Vec<(u32, u32)> = supporting.map(|(row, number)| (row.head, number)).collect();
        let rows_of = Csr::new(statement.variables.len(), &rows_of);
        let region_of: BTreeMap<u32, &Region> =
            statement.regions.iter().map(|region| (region.variable, region)).collect();
        let mut seen = vec![false; statement.variables.len()];
        let mut open = match self.goal {
            None => self.first_terms(0, u32::MAX, &turns),
            Some(variable) => vec![variable],
        };
        while let Some(variable) = open.pop() {
            if std::mem::replace(&mut seen[variable as usize], true) {
                continue;
            }
            let turn = turns[variable as usize];
            for &row in rows_of.list(variable) {
                open.extend(self.first_terms(row, turn, &turns));
            }
            if let Some(region) = region_of.get(&variable) {
                open.extend(region.sources.keys().copied().filter(|&source| turns[source as usize] < turn));
            }
            if let Some(step) = statement.steps.get(statement.step_of[variable as usize] as usize)
                && step.times == Some(variable)
            {
                open.push(step.variable);
            }
        }
        let taken = statement.steps.iter().zip(0..).filter(|(step, _)| seen[step.variable as usize]);
        taken.map(|(step, number)| (number, step.times.map_or(1, |times| self.values[times as usize]))).collect()
    }

    /// The terms of a row that came first, as many as it needs; where it adds up an amount, all of them.
    fn first_terms(&self, row: u32, before: u32, turns: &[u32]) -> Vec<u32> {
        let described = &self.statement.rows[row as usize];
        let is_amount = described.head != NONE && self.statement.variables[described.head as usize].name.is_amount();
        let mut terms: Vec<(u32, u32, i64)> = described
            .terms
            .iter()
            .map(|&(variable, times)| {
                (turns[variable as usize], variable, times.saturating_mul(self.values[variable as usize]))
            })
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
            self.has[row as usize] = 0;
            let head = self.statement.rows[row as usize].head;
            if head != NONE {
                self.lacks[head as usize] = self.supports[head as usize];
            }
        }
        for variable in self.touched.drain(..) {
            self.values[variable as usize] = 0;
        }
        self.undecided = false;
    }

    fn raise(&mut self, variable: u32, to: i64) {
        let value = &mut self.values[variable as usize];
        if to > *value {
            if *value == 0 {
                self.touched.push(variable);
            }
            // What it had is told apart from what it has when it is spread.
            let more = to - *value;
            *value = to;
            self.tell(variable, more);
        }
    }

    fn tell(&mut self, variable: u32, more: i64) {
        for place in 0..self.uses.list(variable).len() {
            let (row, times) = self.uses.list(variable)[place];
            let Self { has, statement, .. } = self;
            let described = &statement.rows[row as usize];
            let had = has[row as usize];
            let now = had.saturating_add(times.saturating_mul(more));
            has[row as usize] = now;
            if had == 0 {
                self.touched_rows.push(row);
            }
            if described.head == NONE {
                continue;
            }
            let head = described.head;
            let upper = statement.variables[head as usize].upper;
            let counted = matches!(statement.variables[head as usize].name, Name::Passed(_) | Name::WaitingTimes(_));
            if upper == 1 && !counted {
                if had < described.need && now >= described.need {
                    self.lacks[head as usize] -= 1;
                    if self.lacks[head as usize] == 0 {
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
    fn spread(&mut self, variable: u32) {
        let statement = self.statement;
        match statement.variables[variable as usize].name {
            Name::Step(_) => {
                let step = statement.step_of[variable as usize];
                if self.chosen[step as usize] > 0 {
                    self.ready.push(Reverse((step, variable)));
                }
            }
            // It has one row only: what goes into the group.
            Name::Passed(_) => {
                let has = self.has[self.row_of[variable as usize] as usize];
                self.raise(variable, has.min(statement.variables[variable as usize].upper));
            }
            Name::WaitingTimes(_) => {
                if self.has[self.row_of[variable as usize] as usize] > 0 {
                    self.raise(variable, self.chosen[statement.step_of[variable as usize] as usize]);
                }
            }
            _ => self.raise(variable, 1),
        }
    }

    fn judge(&mut self, number: u32, work: &mut u64) {
        let statement = self.statement;
        let region = &statement.regions[number as usize];
        if self.values[region.variable as usize] > 0 {
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

    /// How many awards a source gives.
    fn amount(&self, variable: u32) -> i64 {
        let value = self.values[variable as usize];
        let step = self.statement.step_of[variable as usize];
        match self.statement.steps.get(step as usize).and_then(|step| step.times) {
            Some(times) if value > 0 => self.values[times as usize],
            _ => value,
        }
    }
}

/// Whether a joint region is satisfied when its sources give so many awards.
fn met(statement: &Statement<'_, '_>, region: &Region, amount: impl Fn(u32) -> i64, steps: &mut u64) -> Met {
    let mut evidence = region.evidence.clone();
    let mut usable = region.usable.clone();
    let mut number = NONE;
    // New awards are told apart by numbers that no award of the record has. What waits for components is the same as what does not.
    let mut first_of: BTreeMap<u32, u32> = BTreeMap::new();
    for (&variable, supplied) in &region.sources {
        let times = to_u32(usize::try_from(amount(variable)).unwrap_or(0));
        let step = statement.step_of[variable as usize];
        let first_number = *first_of.entry(step).or_insert_with(|| {
            number -= times;
            number
        });
        for time in 0..times {
            let first = to_u32(evidence.len());
            evidence.extend(supplied.evidence.iter().map(|award| {
                let new = || award.with_origin(Origin::Issued(first_number + time));
                let award = if step == NONE { award.clone() } else { new() };
                Admitted { evidence: award, current: true, again: false }
            }));
            usable.extend(supplied.leaves.iter().map(|&(leaf, place)| (leaf, first + place)));
        }
    }
    let exceptions = &statement.progress.exceptions;
    let mut counting = Counting::new((statement.catalog, exceptions), &evidence, usable, (*steps, false));
    let met = counting.outcome(region.top).met;
    *steps = counting.steps;
    met
}

impl Closure<'_, '_, '_> {
    /// Leaves out of a set that reaches the target whatever the rest can do without: what costs most first, of equals what has the
    /// greatest id. `false` if that takes more work than there is; then some may be left that can be spared.
    pub(crate) fn reduce(
        &mut self,
        chosen: &mut Chosen,
        price: impl Fn(u32) -> i64,
        (work, most): (&mut u64, u64),
    ) -> bool {
        // What never becomes possible is of no use.
        if self.reaches(chosen, work) == Met::Yes {
            chosen.retain(|&(step, _)| self.took(step));
        }
        let dearness = |&(step, _): &(u32, i64)| Reverse((price(step), step));
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
                if self.reaches(&fewer, work) == Met::Yes { enough = middle } else { too_few = middle }
            }
            if enough < times {
                chosen.iter_mut().filter(|(other, _)| *other == step).for_each(|(_, times)| *times = enough);
                chosen.retain(|&(_, times)| times > 0);
            }
        }
        true
    }
}
