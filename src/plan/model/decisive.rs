//! What a plan needs a step for, as rows: without the step, something that the plan rests on is lacking, and so on up
//! to the target.
//!
//! A plan has no step to spare. So if one of its steps is left out, the others do not reach the target: some of what
//! holds with all of them does not hold any more, it is *lost*. The target is; what is lost is lost because one of its
//! requirements is not satisfied any more, that requirement is *decided* by the step; and that is so because something
//! it names is lost, and all else that it names is not enough. For every plan with the step there are values that
//! satisfy these rows and all others: a variable is 1 where it holds and the plan rests on it.

use crate::solve::branch::log::BranchBounds;
use crate::solve::ids::{RowId, VariableId};
use crate::solve::row::{Interval, LinearTerm, Row};
use crate::value::ids::{Id, IdVec, id};
use std::collections::BTreeMap;

use crate::value::csr::Csr;

use crate::plan::model::statement::{JointId, StatedRow, Statement, StepId};

id! {
    /// A variable beside those of the statement.
    AuxiliaryId
}

/// The rows for several steps that need nothing themselves, one of which is looked at at a time.
pub(crate) struct Decisive {
    pub(crate) rows: Vec<Row>,
    /// The greatest value of each variable that comes beside those of the statement.
    pub(crate) uppers: IdVec<AuxiliaryId, i64>,
    /// The number of variables of the statement.
    variables: usize,
    /// For each variable, the one that says whether it is lost, or how much of it.
    lost: IdVec<VariableId, Option<VariableId>>,
    /// For each step that can be looked at, by number, the variable that says that it is.
    looked_at: BTreeMap<StepId, VariableId>,
    /// For each of these, the variable of the statement that it is about, if any.
    of: IdVec<AuxiliaryId, Option<VariableId>>,
    /// For each of these, those that can be lost or decided because it is.
    with: Csr<AuxiliaryId, VariableId>,
}

impl Decisive {
    pub(crate) fn new(statement: &Statement<'_, '_>, steps: &[StepId]) -> Self {
        Writer::new(statement).write(steps)
    }

    /// The bounds of all that can be lost without the step; `None` if that is not the target, so that no plan needs it.
    pub(crate) fn opened(&self, statement: &Statement<'_, '_>, step: StepId) -> Option<BranchBounds> {
        let described = &statement.steps[step];
        let own = self.lost[described.variable]?;
        let mut seen = IdVec::filled(false, self.uppers.len());
        let mut open = vec![own];
        let mut opened = vec![(own, Interval::only(1))];
        while let Some(variable) = open.pop() {
            for &other in self.with.list(self.place(variable)) {
                let place = self.place(other);
                if !std::mem::replace(&mut seen[place], true) {
                    open.push(other);
                    opened.push((other, Interval::new(0, self.uppers[place])));
                }
            }
        }
        // The first one of all says that the target is lost.
        let target = opened.iter_mut().find(|(variable, _)| self.place(*variable) == AuxiliaryId::default())?;
        target.1 = Interval::only(1);
        Some(opened)
    }
}

impl Decisive {
    /// A variable beside the statement's, by its place among these.
    fn place(&self, variable: VariableId) -> AuxiliaryId {
        AuxiliaryId::at(variable.index() - self.variables)
    }

    /// The variable that says that the step is the one that is looked at, if it can be.
    pub(crate) fn looked_at(&self, step: StepId) -> Option<VariableId> {
        self.looked_at.get(&step).copied()
    }

    /// All that need not be lost without the step, given what holds without it: the variables, with those that say that
    /// they are lost. Whatever else is lost with the step, the target is only if one of these is.
    pub(crate) fn kept(
        &self,
        variable: VariableId,
        holds: impl Fn(VariableId) -> bool,
    ) -> Vec<(VariableId, VariableId)> {
        let mut seen = IdVec::filled(false, self.uppers.len());
        let mut open: Vec<VariableId> = self.lost[variable].into_iter().collect();
        let mut kept = Vec::new();
        while let Some(lost) = open.pop() {
            for &other in self.with.list(self.place(lost)) {
                let place = self.place(other);
                if !std::mem::replace(&mut seen[place], true) {
                    match self.of[place] {
                        Some(of) if holds(of) => kept.push((of, other)),
                        _ => open.push(other),
                    }
                }
            }
        }
        kept
    }
}

/// The ids of what is marked.
fn marked<I: Id>(list: &IdVec<I, bool>) -> Vec<I> {
    list.entries().filter(|(_, is)| **is).map(|(id, _)| id).collect()
}

/// Writes the rows.
struct Writer<'s, 'p, 'c> {
    statement: &'s Statement<'p, 'c>,
    /// For each variable, the rows that it is a term of and that support something; and for each head, its rows.
    uses: Csr<VariableId, RowId>,
    rows_of_head: Csr<VariableId, RowId>,
    /// For each variable, the regions that it is a source of.
    feeds: Csr<VariableId, JointId>,
    lost: IdVec<VariableId, Option<VariableId>>,
    uppers: IdVec<AuxiliaryId, i64>,
    rows: Vec<Row>,
    with: Vec<(VariableId, VariableId)>,
    /// For what has several rows, those that can be decided.
    alternatives: IdVec<VariableId, Vec<LinearTerm>>,
}

impl<'s, 'p, 'c> Writer<'s, 'p, 'c> {
    fn new(statement: &'s Statement<'p, 'c>) -> Self {
        let variables = statement.variables.len();
        let supporting = || statement.rows.entries().filter(|(_, row)| row.is_rule);
        let terms =
            |(number, row): (RowId, &'s StatedRow)| row.row.terms.iter().map(move |&(variable, _)| (variable, number));
        let uses: Vec<(VariableId, RowId)> = supporting().flat_map(terms).collect();
        let heads: Vec<(VariableId, RowId)> =
            supporting().filter_map(|(number, row)| Some((row.row.head?, number))).collect();
        let regions = statement.regions.entries();
        let feeds: Vec<(VariableId, JointId)> = regions
            .flat_map(|(number, region)| region.sources.keys().map(move |&variable| (variable, number)))
            .collect();
        Self {
            uses: Csr::new(variables, &uses),
            rows_of_head: Csr::new(variables, &heads),
            feeds: Csr::new(variables, &feeds),
            lost: IdVec::filled(None, variables),
            uppers: IdVec::new(),
            rows: Vec::new(),
            with: Vec::new(),
            alternatives: IdVec::filled(Vec::new(), variables),
            statement,
        }
    }

    fn write(mut self, steps: &[StepId]) -> Decisive {
        let variables = self.statement.variables.len();
        let place = |variable: VariableId| AuxiliaryId::at(variable.index() - variables);
        // That the target is lost.
        let target = self.variable(1);
        let (rows, regions) = self.reached(steps);
        for row in rows {
            self.decided(row, target);
        }
        for region in regions {
            let described = &self.statement.regions[region];
            let because = self.lost_among(described.sources.keys().copied());
            if let Some(lost) = self.lost[described.variable] {
                self.because(lost, because);
            }
        }
        for variable in self.statement.variables.ids() {
            if let Some(lost) = self.lost[variable] {
                self.row(vec![(variable, 1), (lost, -1)], 0);
                self.counted(variable);
                let alternatives = std::mem::take(&mut self.alternatives[variable]);
                if !alternatives.is_empty() {
                    self.because(lost, alternatives);
                }
            }
        }
        let pairs: Vec<(AuxiliaryId, VariableId)> = self.with.iter().map(|&(from, to)| (place(from), to)).collect();
        let with = Csr::new(self.uppers.len(), &pairs);
        for &step in steps {
            // Whatever it is needed for is lost.
            let step = &self.statement.steps[step];
            let Some(own) = self.lost[step.variable] else { continue };
            let times = step.times.and_then(|times| self.lost[times]);
            let lists = [Some(own), times].into_iter().flatten().flat_map(|of| with.list(place(of)));
            let mut terms: Vec<LinearTerm> =
                lists.filter(|&&other| Some(other) != times).map(|&other| (other, 1)).collect();
            terms.push((own, -1));
            self.row(terms, 0);
        }
        let mut of = IdVec::filled(None, self.uppers.len());
        for (variable, &lost) in self.lost.entries() {
            // Of an amount, some can be lost where some is left.
            if let Some(lost) = lost.filter(|_| !self.statement.variables[variable].name.is_amount()) {
                of[place(lost)] = Some(variable);
            }
        }
        let own = |&step: &StepId| Some((step, self.lost[self.statement.steps[step].variable]?));
        Decisive {
            looked_at: steps.iter().filter_map(own).collect(),
            of,
            with,
            rows: self.rows,
            uppers: self.uppers,
            lost: self.lost,
            variables,
        }
    }

    /// Variables for all that can be lost without one of the steps, and the rows and regions in which something of it
    /// matters.
    fn reached(&mut self, steps: &[StepId]) -> (Vec<RowId>, Vec<JointId>) {
        let statement = self.statement;
        let mut rows = IdVec::filled(false, statement.rows.len());
        let mut regions = IdVec::filled(false, statement.regions.len());
        let mut open = Vec::new();
        for &step in steps {
            self.lose(statement.steps[step].variable, &mut open);
        }
        while let Some(variable) = open.pop() {
            if let Some(times) = statement.times_of(variable).filter(|&times| times != variable) {
                self.lose(times, &mut open);
            }
            for &row in self.uses.list(variable) {
                rows[row] = true;
            }
            for &region in self.feeds.list(variable) {
                regions[region] = true;
            }
            let heads = self.uses.list(variable).iter().filter_map(|&row| statement.rows[row].row.head);
            let tops = self.feeds.list(variable).iter().map(|&region| statement.regions[region].variable);
            let further: Vec<VariableId> = heads.chain(tops).collect();
            for other in further {
                self.lose(other, &mut open);
            }
        }
        (marked(&rows), marked(&regions))
    }

    fn lose(&mut self, variable: VariableId, open: &mut Vec<VariableId>) {
        if self.lost[variable].is_none() {
            self.lost[variable] = Some(self.variable(self.statement.variables[variable].upper));
            open.push(variable);
        }
    }

    fn variable(&mut self, upper: i64) -> VariableId {
        let place = self.uppers.push(upper);
        VariableId::at(self.statement.variables.len() + place.index())
    }

    fn row(&mut self, terms: Vec<LinearTerm>, need: i64) {
        self.rows.push(Row::at_least(terms, need));
    }

    /// `with` says that what is lost is one of these.
    fn because(&mut self, lost: VariableId, mut among: Vec<LinearTerm>) {
        self.with.extend(among.iter().map(|&(other, _)| (other, lost)));
        among.push((lost, -1));
        self.row(among, 0);
    }

    /// The variables that say that one of these is lost.
    fn lost_among(&self, variables: impl Iterator<Item = VariableId>) -> Vec<LinearTerm> {
        variables.filter_map(|variable| Some((self.lost[variable]?, 1))).collect()
    }

    /// Says of a requirement what it means that it is not satisfied without the step.
    fn decided(&mut self, number: RowId, target: VariableId) {
        let statement = self.statement;
        let row = &statement.rows[number].row;
        let decided = match row.head {
            None => target,
            Some(head) if statement.variables[head].name.is_amount() => {
                // No more of what passes is lost than of what comes in.
                let terms = row.terms.iter().filter_map(|&(variable, times)| Some((self.lost[variable]?, times)));
                let terms = terms.collect();
                let Some(lost) = self.lost[head] else { return };
                return self.because(lost, terms);
            }
            Some(head) => {
                let Some(lost) = self.lost[head] else { return };
                if self.rows_of_head.list(head).len() == 1 {
                    lost
                } else {
                    let decided = self.variable(1);
                    self.row(vec![(lost, 1), (decided, -1)], 0);
                    self.alternatives[head].push((decided, 1));
                    decided
                }
            }
        };
        let because = self.lost_among(row.terms.iter().map(|&(variable, _)| variable));
        self.because(decided, because);
        self.too_little(row, decided);
    }

    /// If the row is decided, what holds without the step is too little for it.
    fn too_little(&mut self, row: &Row, decided: VariableId) {
        let statement = self.statement;
        let upper = |variable: VariableId| statement.variables[variable].upper;
        let clause = row.need == 1;
        let mut all = Vec::new();
        let mut most = 1 - row.need;
        for &(variable, times) in &row.terms {
            let mut terms = vec![(variable, -times)];
            terms.extend(self.lost[variable].map(|lost| (lost, times)));
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

    /// Whatever one award is enough for, holds if that award is there.
    fn follows(&mut self, variable: VariableId, decided: VariableId) {
        let statement = self.statement;
        let &[only] = self.rows_of_head.list(variable) else { return };
        let row = &statement.rows[only].row;
        let is_step = statement.step_of[variable].is_some();
        if is_step || row.need != 1 || statement.variables[variable].upper != 1 {
            return;
        }
        for &(other, _) in row.terms.iter().filter(|&&(other, _)| statement.variables[other].upper == 1) {
            let mut terms = vec![(variable, 1), (other, -1), (decided, -1)];
            for (of, times) in [(variable, -1), (other, 1)] {
                terms.extend(self.lost[of].map(|lost| (lost, times)));
            }
            self.row(terms, -1);
        }
    }

    /// As often as a credential is awarded, it is lost or not.
    fn counted(&mut self, variable: VariableId) {
        let times = self.statement.times_of(variable);
        let Some(times) = times.filter(|&times| times != variable) else { return };
        let (Some(own), Some(lost)) = (self.lost[variable], self.lost[times]) else { return };
        let upper = self.statement.variables[times].upper;
        self.with.push((own, lost));
        self.row(vec![(lost, -1), (own, upper)], 0);
        self.row(vec![(times, -1), (lost, 1), (own, -upper)], -upper);
    }
}
