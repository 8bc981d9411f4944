//! What a plan needs a step for, as rows: without the step, something that the plan rests on is lacking, and so on up to the target.
//!
//! A plan has no step to spare. So if one of its steps is left out, the others do not reach the target: some of what holds with all
//! of them does not hold any more, it is *lost*. The target is; what is lost is lost because one of its requirements is not
//! satisfied any more, that requirement is *decided* by the step; and that is so because something it names is lost, and all else that
//! it names is not enough. For every plan with the step there are values that satisfy these rows and all others: a variable is 1 where
//! it holds and the plan rests on it.

use std::collections::BTreeMap;

use crate::value::csr::Csr;
use crate::value::ids::to_u32;

use crate::plan::model::statement::{NONE, Row, Statement};

/// The rows for several steps that need nothing themselves, one of which is looked at at a time.
pub(crate) struct Decisive {
    pub(crate) rows: Vec<Row>,
    /// The greatest value of each variable that comes beside those of the statement.
    pub(crate) uppers: Vec<i64>,
    /// How many variables the statement has.
    variables: u32,
    /// For each variable, the one that says whether it is lost, or how much of it.
    lost: Vec<u32>,
    /// For each step that can be looked at, by number, the variable that says that it is.
    looked_at: BTreeMap<u32, u32>,
    /// For each of these, the variable of the statement that it is about, if any.
    of: Vec<u32>,
    /// For each of these, those that can be lost or decided because it is.
    with: Csr,
}

/// What is of interest where one step is looked at: the bounds of variables beside the statement's.
pub(crate) type Opened = Vec<(u32, (i64, i64))>;

impl Decisive {
    pub(crate) fn new(statement: &Statement<'_, '_>, steps: &[u32]) -> Self {
        Writer::new(statement).write(steps)
    }

    /// What can be lost without the step; `None` if that is not the target, so that no plan needs it.
    pub(crate) fn opened(&self, statement: &Statement<'_, '_>, step: u32) -> Option<Opened> {
        let described = &statement.steps[step as usize];
        let own = self.lost[described.variable as usize];
        let mut seen = vec![false; self.uppers.len()];
        let mut open = vec![own];
        let mut opened = vec![(own, (1, 1))];
        while let Some(variable) = open.pop() {
            for &other in self.with.list(variable - self.variables) {
                let place = (other - self.variables) as usize;
                if !std::mem::replace(&mut seen[place], true) {
                    open.push(other);
                    opened.push((other, (0, self.uppers[place])));
                }
            }
        }
        // The first one of all says that the target is lost.
        let target = opened.iter_mut().find(|(variable, _)| *variable == self.variables)?;
        target.1 = (1, 1);
        Some(opened)
    }
}

impl Decisive {
    /// The variable that says that the step is the one that is looked at, if it can be.
    pub(crate) fn looked_at(&self, step: u32) -> Option<u32> {
        self.looked_at.get(&step).copied()
    }

    /// What need not be lost without the step, given what holds without it: the variables, with those that say that they are lost. Whatever
    /// else is lost with the step, the target is only if one of these is.
    pub(crate) fn kept(&self, variable: u32, holds: impl Fn(u32) -> bool) -> Vec<(u32, u32)> {
        let own = self.lost[variable as usize];
        let mut seen = vec![false; self.uppers.len()];
        let mut open = vec![own];
        let mut kept = Vec::new();
        while let Some(lost) = open.pop() {
            for &other in self.with.list(lost - self.variables) {
                let place = (other - self.variables) as usize;
                if !std::mem::replace(&mut seen[place], true) {
                    match self.of[place] {
                        of if of != NONE && holds(of) => kept.push((of, other)),
                        _ => open.push(other),
                    }
                }
            }
        }
        kept
    }
}

/// Writes the rows.
struct Writer<'s, 'p, 'c> {
    statement: &'s Statement<'p, 'c>,
    /// For each variable, the rows that it is a term of and that support something; and for each head, its rows.
    uses: Csr,
    supports: Csr,
    /// For each variable, the regions that it is a source of.
    feeds: Csr,
    lost: Vec<u32>,
    uppers: Vec<i64>,
    rows: Vec<Row>,
    with: Vec<(u32, u32)>,
    /// For what has several rows, those that can be decided.
    alternatives: Vec<Vec<(u32, i64)>>,
}

impl<'s, 'p, 'c> Writer<'s, 'p, 'c> {
    fn new(statement: &'s Statement<'p, 'c>) -> Self {
        let variables = statement.variables.len();
        let supporting = || statement.rows.iter().zip(0_u32..).filter(|(row, _)| row.supports);
        let terms = |(row, number): (&'s Row, u32)| row.terms.iter().map(move |&(variable, _)| (variable, number));
        let uses: Vec<(u32, u32)> = supporting().flat_map(terms).collect();
        let heads: Vec<(u32, u32)> =
            supporting().filter(|(row, _)| row.head != NONE).map(|(row, number)| (row.head, number)).collect();
        let regions = statement.regions.iter().zip(0_u32..);
        let feeds: Vec<(u32, u32)> = regions
            .flat_map(|(region, number)| region.sources.keys().map(move |&variable| (variable, number)))
            .collect();
        Self {
            uses: Csr::new(variables, &uses),
            supports: Csr::new(variables, &heads),
            feeds: Csr::new(variables, &feeds),
            lost: vec![NONE; variables],
            uppers: Vec::new(),
            rows: Vec::new(),
            with: Vec::new(),
            alternatives: vec![Vec::new(); variables],
            statement,
        }
    }

    fn write(mut self, steps: &[u32]) -> Decisive {
        let variables = to_u32(self.statement.variables.len());
        // That the target is lost.
        let target = self.variable(1);
        let (rows, regions) = self.reached(steps);
        for row in rows {
            self.decided(row, target);
        }
        for region in regions {
            let described = &self.statement.regions[region as usize];
            let because = self.lost_among(described.sources.keys().copied());
            self.because(self.lost[described.variable as usize], because);
        }
        for variable in 0..variables {
            let lost = self.lost[variable as usize];
            if lost != NONE {
                self.row(vec![(variable, 1), (lost, -1)], 0);
                self.counted(variable);
                let alternatives = std::mem::take(&mut self.alternatives[variable as usize]);
                if !alternatives.is_empty() {
                    self.because(lost, alternatives);
                }
            }
        }
        let pairs: Vec<(u32, u32)> = self.with.iter().map(|&(from, to)| (from - variables, to)).collect();
        let with = Csr::new(self.uppers.len(), &pairs);
        for &step in steps {
            // Whatever it is needed for is lost.
            let step = &self.statement.steps[step as usize];
            let own = self.lost[step.variable as usize];
            let times = step.times.map(|times| self.lost[times as usize]);
            let lists = [Some(own), times].into_iter().flatten().flat_map(|of| with.list(of - variables));
            let mut terms: Vec<(u32, i64)> =
                lists.filter(|&&other| Some(other) != times).map(|&other| (other, 1)).collect();
            terms.push((own, -1));
            self.row(terms, 0);
        }
        let mut of = vec![NONE; self.uppers.len()];
        for (variable, &lost) in (0_u32..).zip(&self.lost).filter(|(_, lost)| **lost != NONE) {
            // Of an amount, some can be lost where some is left.
            if !self.statement.variables[variable as usize].name.is_amount() {
                of[(lost - variables) as usize] = variable;
            }
        }
        let own = |&step: &u32| (step, self.lost[self.statement.steps[step as usize].variable as usize]);
        Decisive {
            looked_at: steps.iter().map(own).collect(),
            of,
            with,
            rows: self.rows,
            uppers: self.uppers,
            lost: self.lost,
            variables,
        }
    }

    /// Variables for all that can be lost without one of the steps, and the rows and regions in which something of it matters.
    fn reached(&mut self, steps: &[u32]) -> (Vec<u32>, Vec<u32>) {
        let statement = self.statement;
        let mut rows = vec![false; statement.rows.len()];
        let mut regions = vec![false; statement.regions.len()];
        let mut open = Vec::new();
        for &step in steps {
            self.lose(statement.steps[step as usize].variable, &mut open);
        }
        while let Some(variable) = open.pop() {
            let times = statement.step_of[variable as usize];
            let times = statement.steps.get(times as usize).and_then(|step| step.times);
            if let Some(times) = times.filter(|&times| times != variable) {
                self.lose(times, &mut open);
            }
            for &row in self.uses.list(variable) {
                rows[row as usize] = true;
            }
            for &region in self.feeds.list(variable) {
                regions[region as usize] = true;
            }
            let heads = self.uses.list(variable).iter().map(|&row| statement.rows[row as usize].head);
            let tops = self.feeds.list(variable).iter().map(|&region| statement.regions[region as usize].variable);
            let further: Vec<u32> = heads.filter(|&head| head != NONE).chain(tops).collect();
            for other in further {
                self.lose(other, &mut open);
            }
        }
        let numbers = |list: Vec<bool>| (0_u32..).zip(list).filter(|(_, is)| *is).map(|(number, _)| number).collect();
        (numbers(rows), numbers(regions))
    }

    fn lose(&mut self, variable: u32, open: &mut Vec<u32>) {
        if self.lost[variable as usize] == NONE {
            self.lost[variable as usize] = self.variable(self.statement.variables[variable as usize].upper);
            open.push(variable);
        }
    }

    fn variable(&mut self, upper: i64) -> u32 {
        self.uppers.push(upper);
        to_u32(self.statement.variables.len() + self.uppers.len() - 1)
    }

    fn row(&mut self, terms: Vec<(u32, i64)>, need: i64) {
        self.rows.push(Row { terms, head: NONE, need, supports: false, part: None });
    }

    /// `with` says that what is lost is one of these.
    fn because(&mut self, lost: u32, mut among: Vec<(u32, i64)>) {
        self.with.extend(among.iter().map(|&(other, _)| (other, lost)));
        among.push((lost, -1));
        self.row(among, 0);
    }

    /// The variables that say that one of these is lost.
    fn lost_among(&self, variables: impl Iterator<Item = u32>) -> Vec<(u32, i64)> {
        let lost = variables.map(|variable| self.lost[variable as usize]);
        lost.filter(|&lost| lost != NONE).map(|lost| (lost, 1)).collect()
    }

    /// What it means that a requirement is not satisfied without the step.
    fn decided(&mut self, number: u32, target: u32) {
        let statement = self.statement;
        let row = &statement.rows[number as usize];
        let decided = match row.head {
            NONE => target,
            head if statement.variables[head as usize].name.is_amount() => {
                // No more of what passes is lost than of what comes in.
                let terms = row.terms.iter().map(|&(variable, times)| (self.lost[variable as usize], times));
                let terms = terms.filter(|&(lost, _)| lost != NONE).collect();
                return self.because(self.lost[head as usize], terms);
            }
            head if self.supports.list(head).len() == 1 => self.lost[head as usize],
            head => {
                let decided = self.variable(1);
                self.row(vec![(self.lost[head as usize], 1), (decided, -1)], 0);
                self.alternatives[head as usize].push((decided, 1));
                decided
            }
        };
        let because = self.lost_among(row.terms.iter().map(|&(variable, _)| variable));
        self.because(decided, because);
        self.too_little(row, decided);
    }

    /// If the row is decided, what holds without the step is too little for it.
    fn too_little(&mut self, row: &Row, decided: u32) {
        let statement = self.statement;
        let upper = |variable: u32| statement.variables[variable as usize].upper;
        let clause = row.need == 1;
        let mut all = Vec::new();
        let mut most = 1 - row.need;
        for &(variable, times) in &row.terms {
            let lost = self.lost[variable as usize];
            let mut terms = vec![(variable, -times)];
            if lost != NONE {
                terms.push((lost, times));
            }
            if clause {
                let upper = upper(variable) * times;
                terms.push((decided, -upper));
                self.row(terms, -upper);
            } else {
                all.append(&mut terms);
                most = most.saturating_add(times.saturating_mul(upper(variable)));
            }
            self.follows(variable, decided);
        }
        if !clause {
            all.push((decided, -most));
            self.row(all, 1 - row.need - most);
        }
    }

    /// What one award is enough for, holds if that award is there.
    fn follows(&mut self, variable: u32, decided: u32) {
        let statement = self.statement;
        let &[only] = self.supports.list(variable) else { return };
        let row = &statement.rows[only as usize];
        let is_step = (statement.step_of[variable as usize]) != NONE;
        if is_step || row.need != 1 || statement.variables[variable as usize].upper != 1 {
            return;
        }
        for &(other, _) in row.terms.iter().filter(|&&(other, _)| statement.variables[other as usize].upper == 1) {
            let mut terms = vec![(variable, 1), (other, -1), (decided, -1)];
            for (of, times) in [(variable, -1), (other, 1)] {
                if self.lost[of as usize] != NONE {
                    terms.push((self.lost[of as usize], times));
                }
            }
            self.row(terms, -1);
        }
    }

    /// As often as a credential is awarded, it is lost or not.
    fn counted(&mut self, variable: u32) {
        let step = self.statement.step_of[variable as usize];
        let times = self.statement.steps.get(step as usize).and_then(|step| step.times);
        let Some(times) = times.filter(|&times| times != variable) else { return };
        let (own, lost) = (self.lost[variable as usize], self.lost[times as usize]);
        let upper = self.statement.variables[times as usize].upper;
        self.with.push((own, lost));
        self.row(vec![(lost, -1), (own, upper)], 0);
        self.row(vec![(times, -1), (lost, 1), (own, -upper)], -upper);
    }
}
